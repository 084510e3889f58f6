"""What the pages on the foundations say of settings at their edges: no sentence that the numbers on screen refute."""

import re

import numpy as np
import pytest

from core.figures import calculus, linear_algebra, probability
from core.i18n import say

STUDIES = {"calculus": calculus.STUDY, "linear_algebra": linear_algebra.STUDY, "probability": probability.STUDY}


def said(page, **values):
    """All that is said of a setting: the titles and the sentences."""
    study = STUDIES[page]
    spec = study.spec(**values)
    picture = study.scene(spec).draw(spec)
    return "\n".join([*(f.title for f in picture.figures), *map(say, picture.notes)])


@pytest.mark.parametrize(("page", "values", "there", "not_there"), [
    # where the second derivative is 0, a tenth of h is a hundredth of the error
    ("calculus", {"scene": "secant", "f": "sigmoid(2x)", "x": 0.0, "log_h": -1.0}, "with a tenth of h it is 1.7·10⁻⁵", "a tenth of the"),
    ("calculus", {"scene": "secant", "f": "x^2", "x": 1.0, "log_h": -1.0}, "a tenth of the difference", ""),
    ("calculus", {"scene": "zoom", "f": "sin(3x)", "x": 0.0, "log_zoom": 0.5}, "0.52%", "4.4%"),
    ("calculus", {"scene": "numeric", "checked": "sin(x)", "x": 0.0, "log_step": -1.0}, "falls to 0.01 of", "about a tenth."),
    ("calculus", {"scene": "numeric", "checked": "2x + 1", "log_step": -1.0}, "as good as it gets", "most of them cancel"),
    ("calculus", {"scene": "numeric", "checked": "x^2 + 1000", "log_step": -1.0}, "its best h was larger", "about a hundredth"),
    # one point is pulled, four are not
    ("calculus", {"scene": "sketch", "f": "x^2", "slope5": 2.0}, "not level there: 3", "All signs fit"),
    ("calculus", {"scene": "sketch", "f": "x^2", "slope3": 10.0}, "cannot be right: 1", "All signs fit"),
    ("calculus", {"scene": "critical", "bent": "x^4 + y^4", "px": 0.0, "py": 0.0}, "Critical points here: 1", "here: 1\\d"),
    ("calculus", {"scene": "critical", "bent": "x^2", "px": 0.0, "py": 0.0}, "without end", "points here"),
    ("calculus", {"scene": "critical", "bent": "x^2 + 8y^2", "px": 0.05, "py": 0.0}, "still 0.1 long", ""),
    ("calculus", {"scene": "jacobian", "u": "2x + y", "v": "x + y"}, "however large the square", "make the square smaller"),
    ("calculus", {"scene": "jacobian", "u": "x^2", "v": "y", "px": -0.25, "side": 1.0}, "make the square smaller", "however large"),
    ("calculus", {"scene": "jacobian", "u": "sqrt(1 - x)", "v": "y", "px": 0.8}, "has no image", "nan"),
    ("calculus", {"scene": "rules", "derived": "max(x, 0)"}, "More steps follow: 3", "One rule is enough"),
    # three eigenvalues 1 are no complex pair, and an ellipse is no circle
    ("linear_algebra", {"scene": "space", "cube": "0 1 0; 0 0 1; 1 -3 3"}, "λ = 1, 1, 1", "complex pair"),
    ("linear_algebra", {"scene": "space", "cube": "1 -2 0; 0.5 1 0; 0 0 2"}, "on ellipses", "everything turns by"),
    ("linear_algebra", {"scene": "space", "cube": "0 0 1; 1 0 0; 0 1 0"}, "everything turns by 120°", "ellipses"),
    ("linear_algebra", {"scene": "powers", "re": -0.5, "im": 0.0}, "nothing turns", "turns 180°"),
    ("linear_algebra", {"scene": "powers", "re": 0.96, "im": 0.28, "skew": 2.0}, "goes up and down", "from 0 stays"),
    ("linear_algebra", {"scene": "rank", "col1": 3, "col2": 2.95, "col3": 2.95, "col4": 2.9}, "Rank 2", "rank 1"),
    ("linear_algebra", {"scene": "basis", "base1": 0.1, "base2": 0, "base3": 0, "base4": 0.1}, "20 b₁ + 20 b₂", "on one line"),
    ("linear_algebra", {"scene": "diagonal", "a": 0.5, "b": 1, "c": 0, "d": 0.5}, "0.5 times a shear", "by adding"),
    ("probability", {"scene": "variables", "distribution": "binomial", "tries": 25, "p": 0.28}, "spread as the law", "No single draw"),
    ("probability", {"scene": "variables", "distribution": "die"}, "No single draw is ever 3.5", ""),
    ("probability", {"scene": "central_limit", "distribution": "uniform", "together": 2}, "like 1/n:", "1/√n"),
])
def test_a_sentence_holds_where_it_is_said(page, values, there, not_there):
    text = said(page, **values)
    assert there in text and not (not_there and re.search(not_there, text)), text


def shown_texts(part):
    """The words in a Plotly figure."""
    if isinstance(part, dict):
        return [found for key, value in part.items() if key not in ("source", "color") for found in shown_texts(value)]
    if isinstance(part, list | tuple):
        return [found for value in part for found in shown_texts(value)]
    return [part] if isinstance(part, str) else []


@pytest.mark.parametrize(("page", "values"), [
    ("calculus", {"scene": "numeric", "checked": "-x^2", "x": 1.0}), ("calculus", {"scene": "rules", "derived": "x^2 - 3x"}),
    ("calculus", {"scene": "chain", "inner": "-3x", "x": 1.0}), ("probability", {"scene": "joint", "given": -1.0}),
])
def test_words_in_figures_have_a_minus_and_no_hyphen(page, values):
    study = STUDIES[page]
    spec = study.spec(**values)
    texts = shown_texts([f.figure["data"] for f in study.scene(spec).draw(spec).figures] +
                        [f.figure["layout"].get("annotations", []) for f in study.scene(spec).draw(spec).figures])
    assert not [text for text in texts if re.search(r"(?<![\w.)-])-(?=[\d.])", text)]


def test_the_eigenvalues_of_random_cubes_are_numpys():
    from core.figures.linear_algebra.space import eigenvalues
    from core.maths import exact

    rng = np.random.default_rng(5)
    for _case in range(60):
        matrix = rng.integers(-3, 4, (3, 3))
        rows = exact.read_matrix("; ".join(" ".join(map(str, row)) for row in matrix), "A")
        assert np.allclose(np.sort_complex(eigenvalues(rows)), np.sort_complex(np.linalg.eigvals(matrix.astype(float))), atol=1e-4)


def formula(page, name, **values):
    study = STUDIES[page]
    spec = study.spec(**values)
    return dict(study.scene(spec).draw(spec).formulas).get(name, "")


@pytest.mark.parametrize(("page", "name", "values", "there"), [
    ("calculus", "Exactly", {"scene": "taylor", "degree": 5}, r"x - \frac{1}{6} x^{3} + \frac{1}{120} x^{5}"),
    ("calculus", "Exactly", {"scene": "taylor", "expanded": "sigmoid(2x)", "degree": 5},
     r"\frac{1}{2} + \frac{1}{2} x - \frac{1}{6} x^{3} + \frac{1}{15} x^{5}"),
    ("calculus", "Exactly", {"scene": "taylor", "expanded": "1/(1 + x^2)", "a": 0.25, "degree": 2}, r"\frac{16}{17} - \frac{128}{289}"),
    ("calculus", "Exactly", {"scene": "taylor", "expanded": "e^x", "a": 0.5, "degree": 1}, r"e^{0.5} + e^{0.5} (x - \frac{1}{2})"),
    ("calculus", "Eigenvalues, exactly", {"scene": "critical", "bent": "x^2 + 3x*y", "px": 0.35}, r"1 \pm \sqrt{10}"),
    ("calculus", "Hessian", {"scene": "critical", "bent": "sin(2x)cos(2y)", "px": 0.25, "py": 0.0}, r"\sin\left(0.5\right)"),
    ("linear_algebra", "Angle", {"scene": "vectors"}, r"\frac{\sqrt{2}}{2} \approx 0.7071"),
    ("linear_algebra", "Shadow of u on v, exactly", {"scene": "vectors", "u1": -2.0, "u2": 1.1}, r"\frac{2}{25}"),
    ("linear_algebra", "A basis of the null space", {"scene": "rank"}, r"\frac{1}{2} \\ 1"),
    ("linear_algebra", "New coordinates", {"scene": "basis"}, r"\frac{12}{7} \\ \frac{8}{7}"),
    ("linear_algebra", "Eigenvalues, exactly", {"scene": "diagonal", "a": 1, "b": 1, "c": 1, "d": 0}, r"\frac{1 \pm \sqrt{5}}{2}"),
    ("linear_algebra", "The power", {"scene": "diagonal", "k": 2}, r"\frac{5}{2}"),
    ("linear_algebra", "Length of λ", {"scene": "powers"}, r"\frac{2\sqrt{146}}{25} \approx 0.9666"),
])
def test_exact_forms_stand_beside_the_numbers(page, name, values, there):
    assert there in formula(page, name, **values)


def test_no_exact_form_is_waited_for():
    assert not formula("calculus", "Exactly", scene="taylor", expanded="tanh(sin(x^2))", a=0.25)
    assert not formula("calculus", "Exactly", scene="taylor", expanded="sin(x)", a=0.35)
    assert not formula("calculus", "Exactly", scene="taylor", expanded="x^2", a=1.0, degree=2)  # the same in decimals


def test_roots_and_solutions_are_sympys():
    import sympy

    from core.maths import exact

    rng = np.random.default_rng(7)
    for _case in range(40):
        a, b, c, d, times, over = (int(n) for n in rng.integers(1, 30, 6))
        shown = sympy.sqrt(sympy.Rational(a, b)) * sympy.Rational(times, over)
        found = exact.surd(exact.Fraction(times, over), exact.Fraction(a, b))
        numbers = re.sub(r"\\sqrt\{(\d+)\}", r"*sqrt(\1)", re.sub(r"\\frac\{(.*)\}\{(\d+)\}$", r"(\1)/\2", found))
        value = sympy.sympify(re.sub(r"(^|\()\*", r"\1", numbers))
        assert abs(float(value - shown)) < 1e-9, found
        if a * d - b * c:
            rows = tuple(tuple(map(exact.Fraction, row)) for row in ((a, b), (c, d)))
            answer = exact.solve(rows, ((exact.Fraction(times),), (exact.Fraction(over),)))
            assert np.allclose(np.array(answer, float), np.linalg.solve([[a, b], [c, d]], [[times], [over]]))


def test_a_negative_factor_stands_in_brackets():
    assert r"\cdot (-1) =" in formula("probability", "y, once x is known", scene="joint", given=-1.0)
