"""What the pages on the foundations say of settings at their edges: no sentence that the numbers on screen refute."""

import re

import numpy as np
import pytest

from core.figures import (
    activations,
    backpropagation,
    calculus,
    data_preparation,
    linear_algebra,
    losses,
    optimizers,
    probability,
)
from core.i18n import say

STUDIES = {"calculus": calculus.STUDY, "linear_algebra": linear_algebra.STUDY, "probability": probability.STUDY,
           "activations": activations.STUDY, "backpropagation": backpropagation.STUDY, "data_preparation": data_preparation.STUDY,
           "losses": losses.STUDY, "optimizers": optimizers.STUDY}

ROSENBROCK = "(1 - x)^2 + 100(y - x^2)^2"


def said(page, **values):
    """All that is said of a setting: the titles and the sentences."""
    study = STUDIES[page]
    spec = study.spec(**values)
    picture = study.scene(spec).draw(spec)
    return "\n".join([*(f.title for f in picture.figures), *map(say, picture.notes)])


@pytest.mark.parametrize(("page", "values", "there", "not_there"), [
    # what is left of the gap is more than the steps of whole numbers
    ("probability", {"scene": "central_limit", "distribution": "bernoulli", "p": 0.05, "together": 30}, "how lopsided", "is what is left"),
    ("probability", {"scene": "central_limit", "distribution": "bernoulli", "p": 0.5, "together": 30}, "is what is left", "lopsided"),
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
    ("calculus", {"scene": "critical", "bent": "x^2 + 8y^2", "px": 0.05, "py": 0.0}, "not critical: the gradient is 0.1 long", ""),
    ("calculus", {"scene": "critical", "bent": "x^2 + 8y^2", "px": 0.0005, "py": 0.0}, "still 0.001 long", "not critical"),
    ("calculus", {"scene": "critical", "bent": "x + y"}, "No critical point with a Hessian", "snap"),
    ("calculus", {"scene": "critical", "bent": "sin(8x)sin(8y)"}, "here: at least 40", "here: 40"),
    ("calculus", {"scene": "critical", "bent": "(x^2 + y^2 - 1)^2", "px": 0.6, "py": 0.8}, "without end", "points here"),
    ("calculus", {"scene": "critical", "bent": "exp(-8(x^2 + y^2))", "px": 2.0, "py": 2.0}, "not critical", "A minimum|A maximum"),
    ("calculus", {"scene": "critical", "bent": ROSENBROCK, "px": 1.0, "py": 1.0}, "(1000 and 0.399)", "not decide"),
    ("calculus", {"scene": "critical", "bent": ROSENBROCK, "px": 0.0, "py": 0.0}, "not critical: the gradient is 2 long", "A minimum"),
    # an eigenvalue that is small beside the other is not 0, and where there is no gradient nothing is critical
    ("calculus", {"scene": "critical", "bent": "10^9*x^2 + y^2", "px": 0.0, "py": 0.0}, "next to nothing", "is 0|λ = 0"),
    ("calculus", {"scene": "critical", "bent": "x^2 + y^2/10^12", "px": 0.0, "py": 0.0}, "next to nothing", "is 0|λ = 0|they form"),
    ("calculus", {"scene": "critical", "bent": "x^2 + y^4", "px": 0.0, "py": 0.0}, "an eigenvalue is 0 (2 and 0)", "next to"),
    ("calculus", {"scene": "critical", "bent": "(x^2 + y^2)/10^12", "px": 0.0, "py": 0.0}, "A minimum", "λ = 0"),
    ("calculus", {"scene": "critical", "bent": "relu(x) - relu(-x) + y^2", "px": 0.0, "py": 0.0}, "No critical point with a", "A min"),
    ("calculus", {"scene": "critical", "bent": "abs(x) + y^2"}, "No critical point with a Hessian", "snap"),
    ("calculus", {"scene": "critical", "bent": "abs(x) + abs(y)"}, "No critical point with a Hessian", "snap"),
    ("calculus", {"scene": "critical", "bent": "abs(x)*x + y^2"}, "No critical point with a Hessian", "here: 0|snap"),
    ("calculus", {"scene": "critical", "bent": "(relu(x) - relu(-x))^2 + y^2", "px": 0.0, "py": 0.0}, "(2 and 2)", "decide"),
    # where there is no value nothing is off
    ("calculus", {"scene": "taylor", "expanded": "ln(x)", "a": 1.0, "degree": 5}, "Error at x = 2: 0.09", "x = 0:"),
    ("calculus", {"scene": "taylor", "expanded": "1/x", "a": 1.0, "degree": 5}, "Error at x = 2: 0.5", "x = 0:"),
    ("calculus", {"scene": "sketch", "f": "1/x^2", "reveal": True}, "No value at x = 0", "corner|inf|nan"),
    ("calculus", {"scene": "sketch", "f": "ln(x^2)", "reveal": True}, "No value at x = 0", "corner|inf|nan"),
    ("calculus", {"scene": "sketch", "f": "log10(abs(x))", "reveal": True}, "No value at x = 0", "corner|inf|nan"),
    ("calculus", {"scene": "sketch", "f": "tan(pi*x/2)", "reveal": True}, "No value at x = −1, 1", "corner|inf|nan|10"),
    ("calculus", {"scene": "sketch", "f": "sqrt(x)", "reveal": True}, "off by 0.427 on average", "corner|inf|nan"),
    ("calculus", {"scene": "sketch", "f": "asin(x)", "reveal": True}, "off by 1 on average", "corner|inf\\b|nan"),
    ("calculus", {"scene": "sketch", "f": "sqrt(1 - x^2)", "reveal": True}, "At x = −1, 1 the curve has a value", "corner|inf\\b|nan"),
    ("calculus", {"scene": "sketch", "f": "ln(x - 2.1)", "reveal": True}, "None of the five points", "off by|You can see|nan"),
    # a strong bend is no corner
    ("calculus", {"scene": "secant", "f": "1000000x^2", "x": 0.0}, "tangent slope 0", "corner|no tangent"),
    ("calculus", {"scene": "gradient", "g": "exp(8x) + y", "px": 2.0}, "Gradient (", "crease|No gradient"),
    ("calculus", {"scene": "jacobian", "u": "2x + y", "v": "x + y"}, "however large the square", "make the square smaller"),
    ("calculus", {"scene": "jacobian", "u": "x^2", "v": "y", "px": -0.25, "side": 1.0}, "make the square smaller", "however large"),
    ("calculus", {"scene": "jacobian", "u": "sqrt(1 - x)", "v": "y", "px": 0.8}, "has no image", "nan"),
    # a lone point is no jump, and two slopes that differ are written so
    ("calculus", {"scene": "rules", "derived": "sign(x)^2", "x": 0.0}, "the height is 1, at the point itself 0", "from 1"),
    ("calculus", {"scene": "zoom", "f": "step(x) + step(-x)", "x": 0.0}, "the height is 1, at the point itself 0", "from 1 to 1"),
    ("calculus", {"scene": "numeric", "checked": "sign(x)", "x": 0.0}, "jumps, from −1 to 1", "apart from"),
    ("calculus", {"scene": "rules", "derived": "x^2 + 0.000001*abs(x - 1)"}, "slope is 1.999999 on the left and 2.000001 on", "slope 2 on"),
    ("calculus", {"scene": "zoom", "f": "x^2 + 0.000001*abs(x - 1)"}, "1.999999 on the left, 2.000001 on", "2 on the left"),
    ("calculus", {"scene": "rules", "derived": "max(x, 0)"}, "More steps follow: 3", "One rule is enough"),
    # three eigenvalues 1 are no complex pair, and an ellipse is no circle
    ("linear_algebra", {"scene": "space", "cube": "0 1 0; 0 0 1; 1 -3 3"}, "λ = 1, 1, 1", "complex pair"),
    ("linear_algebra", {"scene": "space", "cube": "1 1 0; 0 1.001 0; 0 0 2"}, "Three lines stay", "coincide"),
    ("linear_algebra", {"scene": "space", "cube": "1 1 0; 0 1 0; 0 0 2"}, "coincide", "Three lines stay"),
    ("linear_algebra", {"scene": "space", "cube": "1 -2 0; 0.5 1 0; 0 0 2"}, "on ellipses", "everything turns by"),
    ("linear_algebra", {"scene": "space", "cube": "0 0 1; 1 0 0; 0 1 0"}, "everything turns by 120°", "ellipses"),
    ("linear_algebra", {"scene": "powers", "re": -0.5, "im": 0.0}, "nothing turns", "turns 180°"),
    ("linear_algebra", {"scene": "powers", "re": 0.96, "im": 0.28, "skew": 2.0}, "goes up and down", "from 0 stays"),
    ("linear_algebra", {"scene": "rank", "col1": 3, "col2": 2.95, "col3": 2.95, "col4": 2.9}, "Rank 2", "rank 1"),
    ("linear_algebra", {"scene": "basis", "base1": 0.1, "base2": 0, "base3": 0, "base4": 0.1}, "20 b₁ + 20 b₂", "on one line"),
    ("linear_algebra", {"scene": "diagonal", "a": 0.5, "b": 1, "c": 0, "d": 0.5}, "0.5 times a shear", "by adding"),
    ("probability", {"scene": "variables", "distribution": "binomial", "tries": 25, "p": 0.28}, "the law’s 5.04", "No single draw"),
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
    ("linear_algebra", "A basis of the null space", {"scene": "rank"}, r"\frac{1}{2} \\[0.4em] 1"),
    ("linear_algebra", "New coordinates", {"scene": "basis"}, r"\frac{12}{7} \\[0.4em] \frac{8}{7}"),
    ("linear_algebra", "Eigenvalues, exactly", {"scene": "diagonal", "a": 1, "b": 1, "c": 1, "d": 0}, r"\frac{1 \pm \sqrt{5}}{2}"),
    ("linear_algebra", "The power", {"scene": "diagonal", "k": 2}, r"\frac{5}{2}"),
    ("linear_algebra", "Length of λ", {"scene": "powers"}, r"\frac{2\sqrt{146}}{25} \approx 0.9666"),
])
def test_exact_forms_stand_beside_the_numbers(page, name, values, there):
    assert there in formula(page, name, **values)


def test_no_exact_form_is_waited_for():
    assert not formula("calculus", "Exactly", scene="taylor", expanded="tanh(sin(x^2))", a=0.25)
    assert not formula("calculus", "Exactly", scene="taylor", expanded="sin(x)", a=0.35)
    for text in ("tan(x)/(2 + x)", "tanh(x)", "cos(x)^2", "sin(x)/(2 + cos(x))", "sigmoid(2x)"):
        assert not formula("calculus", "Exactly", scene="taylor", expanded=text, a=0.75, degree=4), text
    for text in ("tan(x)/(2 + x)", "cos(x)^2"):
        assert formula("calculus", "Exactly", scene="taylor", expanded=text, a=0.0, degree=4), text
    for text in ("3ln(x + 4)/2 + x", "sin(2x)"):
        assert formula("calculus", "Exactly", scene="taylor", expanded=text, a=0.75, degree=3), text
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


# ---- what is said of random settings, held against NumPy

@pytest.mark.parametrize("case", range(60))
def test_what_is_said_of_a_random_cube_is_so(case):
    rng = np.random.default_rng(case)
    matrix = rng.integers(-2, 3, (3, 3)).astype(float)
    if case % 3 == 0:  # eigenvalues that coincide, eigenvectors that fill a plane
        lines = rng.integers(-2, 3, (3, 3))
        if abs(np.linalg.det(lines)) < 0.5:
            return
        twice = int(rng.integers(-2, 3))
        matrix = np.round(lines @ np.diag([twice, twice, int(rng.integers(-2, 3))]) @ np.linalg.inv(lines), 4)
        if np.abs(matrix).max() > 5 or not np.allclose(matrix, np.round(matrix)):
            return
    text = said("linear_algebra", scene="space", cube="; ".join(" ".join(f"{v:.4g}" for v in row) for row in matrix))
    values, rank = np.linalg.eigvals(matrix), int(np.linalg.matrix_rank(matrix))
    assert ("the rank is" in text) == (rank < 3) and (rank == 3 or f"the rank is {rank}" in text), text
    assert ("negative: a right hand" in text) == (np.linalg.det(matrix) < -1e-6), text
    assert ("complex pair" in text) == bool((np.abs(values.imag) > 1e-3).any()), text
    real = [v.real for v in values if abs(v.imag) < 1e-3]
    depth = max(3 - int(np.linalg.matrix_rank(matrix - v * np.eye(3), tol=1e-4)) for v in real)
    assert ("times the identity" in text) == (depth == 3) and ("whole plane of lines" in text) == (depth == 2), (text, values)


@pytest.mark.parametrize("case", range(80))
def test_what_is_said_of_random_matrices_of_the_plane_is_so(case):
    rng = np.random.default_rng(case)
    a, b, c, d = (float(v) for v in (np.round(rng.uniform(-3, 3, 4) * 20) / 20 if case % 2 else rng.integers(-2, 3, 4)))
    matrix = np.array([[a, b], [c, d]])
    det, values = float(np.linalg.det(matrix)), np.linalg.eigvals(matrix)
    gap = (a - d) ** 2 + 4 * b * c
    v = np.round(rng.uniform(-3, 3, 2) * 20) / 20
    text = said("linear_algebra", scene="transform", a=a, b=b, c=c, d=d, p=v[0], q=v[1])
    assert ("determinant is 0" in text) == (abs(det) < 1e-9), text
    assert ("negative: the plane" in text) == (det < -1e-9), text
    assert ("eigenvalues are complex" in text) == (gap < -1e-9), text
    if found := re.search(r"eigenvector with the (?:negative )?eigenvalue (-?[\d.]+)|it ([\d.]+) times as long\. That is", text):
        value = float(found[1] or found[2])
        assert np.allclose(matrix @ v, value * v, atol=0.02), text
    basis = np.round(rng.uniform(-2, 2, 4) * 20) / 20
    if abs(basis[0] * basis[3] - basis[1] * basis[2]) > 0.05:
        words = said("linear_algebra", scene="basis", a=a, b=b, c=c, d=d, base1=basis[0], base2=basis[1], base3=basis[2], base4=basis[3])
        assert ("Drag b₁ and b₂ onto the lines" not in words) or gap > 1e-9, words
        assert ("A leaves no real line" in words) == (gap < -1e-9) or "perpendicular" in words, words
    k = int(rng.integers(0, 9))
    words = said("linear_algebra", scene="diagonal", a=a, b=b, c=c, d=d, p=v[0], q=v[1], k=k)
    if gains := re.search(r"line of (-?[\d.]+) gains", words):
        assert abs(float(gains[1])) == pytest.approx(np.abs(values).max(), abs=0.006), words
    matrix2 = np.array([[a, c], [b, d]])  # the same numbers as columns
    words = said("linear_algebra", scene="rank", col1=a, col2=b, col3=c, col4=d, in1=v[0], in2=v[1])
    assert f"Rank {int(np.linalg.matrix_rank(matrix2))}" in words, words
    assert ("lies in the null space" in words) == (0 < np.linalg.matrix_rank(matrix2) < 2 and np.allclose(matrix2 @ v, 0, atol=1e-3)
                                                   and bool(np.any(v))), words
    if "nearly lie on one line" in words:
        assert abs(np.linalg.det(matrix2)) < 0.21 * np.prod(np.linalg.norm(matrix2, axis=0)), words


@pytest.mark.parametrize(("page", "values", "there", "not_there"), [
    ("linear_algebra", {"scene": "transform", "a": 0.05, "b": 0, "c": 0, "d": 0.05}, "area 0.0025", "determinant is 0"),
    ("linear_algebra", {"scene": "space", "cube": "0.005 0 0; 0 1 0; 0 0 1"}, "it has 0.005", "flat"),
    ("linear_algebra", {"scene": "space", "cube": "2 0 0; 0 2 0; 0 0 2"}, "every line stays", "Three lines"),
    ("linear_algebra", {"scene": "space", "cube": "2 0 0; 0 1 0; 0 0 1"}, "whole plane of lines", "Three lines"),
    ("linear_algebra", {"scene": "space", "cube": "1 1 0; 0 1 0; 0 0 1"}, "no other line", "Fewer"),
    ("linear_algebra", {"scene": "powers", "re": 1.0, "im": 0.01}, "1.00005 is above 1", "for ever"),
    ("linear_algebra", {"scene": "powers", "re": 0.6, "im": 0.8}, "for ever", "above|below"),
    ("linear_algebra", {"scene": "powers", "begin1": 0.0}, "from 0 stays", "dies out$"),
    ("linear_algebra", {"scene": "vectors", "u1": 6, "u2": 5.9, "v1": 5.9, "v2": 5.8}, "positive", "on one line"),
    ("linear_algebra", {"scene": "rank", "col1": 3, "col2": 0, "col3": 0, "col4": 0.05}, "much shorter", "nearly lie"),
    ("linear_algebra", {"scene": "basis", "a": 0, "b": -1, "c": 1, "d": 0}, "no real line", "Drag b₁"),
    ("linear_algebra", {"scene": "basis", "base1": 0.95, "base2": 0.3, "base3": -0.3, "base4": 0.95}, "mixes", "length 1"),
    ("linear_algebra", {"scene": "diagonal", "a": 1, "b": 0, "c": 0, "d": -2, "p": 2, "q": 0}, "line of 1, whose", "smaller eigenvalue"),
    ("calculus", {"scene": "secant", "f": "x^2", "x": 0.0, "log_h": -9.0}, "a tenth of the difference", "agree in nearly all"),
    ("calculus", {"scene": "gradient", "angle": 29.0}, "away from the gradient", "steepest way up, the"),
    ("calculus", {"scene": "gradient", "angle": 27.0}, "the steepest way up, the direction", "away from"),
    ("calculus", {"scene": "jacobian", "u": "x^2", "v": "y", "px": 0.0}, "0.5 times its area, and less", "hardly any area"),
    ("calculus", {"scene": "critical", "bent": "x^4 + y^4", "px": 0.0, "py": 0.0}, "to second order", "No cut|bend down"),
    ("calculus", {"scene": "chain", "inner": "x^2", "outer": "sin(u)", "x": 0.0, "nudge": 0.5}, "because the curve bends", "dies on"),
    ("calculus", {"scene": "chain", "inner": "2x - 1", "outer": "relu(u)", "x": 0.5}, "no derivative", "vanishing"),
])
def test_what_is_nearly_so_is_not_said_to_be_so(page, values, there, not_there):
    text = said(page, **values)
    assert there in text and not (not_there and re.search(not_there, text, re.MULTILINE)), text


@pytest.mark.parametrize(("page", "values", "there", "not_there"), [
    ("linear_algebra", {"scene": "basis", "base1": 1, "base2": 0, "base3": 0, "base4": 1}, "the same two numbers", "has changed"),
    ("linear_algebra", {"scene": "basis"}, "has changed", "the same two numbers"),
    ("linear_algebra", {"scene": "product", "left": "1; 2; 3", "right": "4 5 6"}, "one product: 3 × 3 in all", "1 multiplications"),
    ("linear_algebra", {"scene": "svd", "rank": 1}, "at layer 1", "falls from"),
    ("data_preparation", {"scene": "clean"}, "“Remove outliers” finds", "within the fences"),
    ("data_preparation", {"scene": "clean", "fence": True}, "One slipped number is still in the table: it lies within", "Remove outliers"),
    ("data_preparation", {"scene": "clean", "fence": True, "fill": "neighbours", "deduplicate": True}, "2 slipped numbers",
     "Remove outliers"),
    ("data_preparation", {"scene": "folds", "rows": 40}, "is 0.950 every time", "stays between"),
    ("data_preparation", {"scene": "folds"}, "stays between", "every time"),
    ("losses", {"scene": "from_logits", "logit": 8.0}, "is the right one, 0.000335", r"0\.000\b"),
    ("probability", {"scene": "bayes", "prevalence": 0.001}, "of them sick: 1", "1 are"),
    ("backpropagation", {"scene": "graph", "node": 1, "expression": "tanh(x*y + z)", "x": 1.0, "y": 0.5, "z": -0.2},
     "by about 0.0046: its gradient, 0.46, times 0.01", "0.005"),
    ("activations", {"scene": "curves", "activation": "sigmoid", "z": 6.0}, "The chosen function saturates",
     "^z = |^sigmoid (is flat|saturates)"),
    ("optimizers", {"scene": "map", "rate": 0.33, "friction": 0.67}, "distance below 1% after 32 steps", "there in"),
])
def test_sentences_fit_what_is_shown(page, values, there, not_there):
    text = said(page, **values)
    assert there in text and not (not_there and re.search(not_there, text, re.MULTILINE)), text


def test_a_line_of_the_right_slope_leaves_residuals_without_tilt():
    from core.figures.data_preparation import residuals
    from core.maths import evaluation

    scene = next(scene for scene in data_preparation.STUDY.scenes if scene.id == "residuals")
    values = next(trial.values for trial in scene.trials if trial.button == "Right slope, too high")
    spec = data_preparation.STUDY.spec(**values)
    x, y = residuals.patients(spec.measure)
    left, right = residuals.EDGES[spec.measure]
    rest = y - (spec.line_left + (spec.line_right - spec.line_left) * (x - left) / (right - left))
    assert abs(evaluation.line(x, rest)[1]) * (right - left) < 1 and rest.mean() < -20


def test_the_fewest_steps_are_looked_for_on_the_ravine_of_the_lesson():
    spec = optimizers.STUDY.spec(scene="quadratic").revised(angle=65, start_x=1.0, start_y=-4.0)  # what another scene left behind
    scene = next(scene for scene in optimizers.STUDY.scenes if scene.id == "map")
    for trial in scene.trials:
        assert spec.revised(**trial.values) == optimizers.STUDY.spec(**trial.values)


def test_means_are_said_to_come_together_only_where_they_do():
    scene = next(scene for scene in probability.STUDY.scenes if scene.id == "large_numbers")
    for law, together in (("die", True), ("cauchy", False), ("exponential", True)):
        spec = probability.STUDY.spec(scene="large_numbers", distribution=law)
        assert ("their means come together" in scene.look_at(spec)) == together


def notes_of(page, figure, **values):
    study = STUDIES[page]
    spec = study.spec(**values)
    shown = next(f for f in study.scene(spec).draw(spec).figures if f.id == figure)
    return shown.figure["layout"]["annotations"]


def test_letters_of_equal_codes_stand_side_by_side():
    letters = [a for a in notes_of("data_preparation", "plane", scene="encode", code_a=1.0, code_b=1.0, code_c=1.0) if a["text"] in "ABC"]
    assert np.diff([a["xshift"] for a in letters]).min() >= 12
    assert {a["xshift"] for a in notes_of("data_preparation", "plane", scene="encode") if a["text"] in "ABC"} == {0}


@pytest.mark.parametrize("friction", [0.0, 0.6, 0.67, 0.8])
def test_the_stars_name_stands_away_from_the_handle(friction):
    from core.maths.descent import best_pair

    name = next(a for a in notes_of("optimizers", "map", scene="map", rate=0.33, friction=friction) if a["text"] == "best in theory")
    assert abs(name["yshift"]) > 18 and (name["yshift"] > 0) == (friction <= best_pair(10.0, 0.1, False)[1])


def test_an_outlier_above_the_figure_is_written_without_an_exponent():
    texts = [a["text"] for a in notes_of("data_preparation", "scaled", scene="scale", scaler="none", outlier=3000.0)]
    assert any("3000" in text for text in texts) and not any("e+" in text for text in texts)
