"""Linear algebra against SymPy, SciPy, scikit-learn and Pillow: the formulas, the pictures, the challenges, what is typed."""

import base64
import io
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import classics
from core.figures.linear_algebra import STUDY, space
from core.figures.linear_algebra.parts import clear_places, conjugates
from core.figures.linear_algebra.solid import LATTICE
from core.figures.linear_algebra.transform import X, Y
from core.frame import Message, Trouble
from core.i18n import say
from core.insight.exercises import challenges_of
from core.maths import exact, linear
from core.specs.linear_algebra import LinearAlgebraSpec
from tests.conftest import slow_after
from tests.test_expressions import PAYLOADS

SCENES = {scene.id: scene for scene in STUDY.scenes}
RNG = np.random.default_rng(0)
SOME = [np.round(RNG.uniform(-3, 3, (2, 2)) * 20) / 20 for _case in range(40)]
KNOWN = {"two": [[1.5, 1], [0.25, 1.5]], "none": [[0, -1], [1, 0]], "one": [[1, 1], [0, 1]], "all": [[2, 0], [0, 2]]}


def picture(**values):
    spec = LinearAlgebraSpec(**values)
    return SCENES[spec.scene].draw(spec)


def trace(shown, figure, index):
    return next(t for t in shown.figures if t.id == figure).figure["data"][index]


def tip(shown, figure, index):
    drawn = trace(shown, figure, index)
    return [drawn["x"][-1], drawn["y"][-1]]


# ---- formulas

@pytest.mark.parametrize("matrix", SOME, ids=str)
def test_eigenvalues_are_numpy_s_and_eigenvectors_do_not_turn(matrix):
    found = linear.eigen(matrix)
    np.testing.assert_allclose(np.sort_complex(np.array(found.values)), np.sort_complex(np.linalg.eigvals(matrix)), atol=1e-6)
    for value, vector in zip(found.values, found.vectors, strict=False):
        np.testing.assert_allclose(matrix @ vector, value.real * vector, atol=1e-6)
    basis = linear.eigenbasis(matrix)
    assert (basis is None) == (found.kind in ("one", "none"))
    if basis is not None:
        np.testing.assert_allclose(basis[0] @ np.diag(basis[1]) @ np.linalg.inv(basis[0]), matrix, atol=1e-6)


@pytest.mark.parametrize("kind", KNOWN)
def test_how_many_lines_stay(kind):
    assert linear.eigen(np.array(KNOWN[kind], float)).kind == kind


@pytest.mark.parametrize("case", range(20))
def test_angle_projection_and_turn_agree_with_scipy_and_complex_numbers(case):
    from scipy.spatial.distance import cosine

    rng = np.random.default_rng(case)
    u, v = rng.normal(size=(2, 3))
    assert np.cos(np.radians(linear.angle_between(u, v))) == pytest.approx(1 - cosine(u, v))
    shadow = linear.projection(u, v)
    assert (u - shadow) @ v == pytest.approx(0, abs=1e-12) and np.linalg.matrix_rank(np.array([shadow, v]), tol=1e-9) == 1
    matrix, w = rng.normal(size=(2, 2)), rng.normal(size=2)
    image = matrix @ w
    expected = np.degrees(np.angle(complex(*image) / complex(*w)))
    assert linear.turn(matrix, w) == pytest.approx(expected)
    assert np.isnan(linear.turn(matrix, np.zeros(2))) and np.isnan(linear.angle_between(u, 0 * u))


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("case", range(12))
def test_exact_forms_are_sympy_s(size, case):
    import sympy

    rng = np.random.default_rng(100 * size + case)
    rows = tuple(tuple(Fraction(int(n), int(rng.choice([1, 1, 2, 4, 20]))) for n in rng.integers(-6, 7, size)) for _row in range(size))
    theirs = sympy.Matrix([[sympy.Rational(e.numerator, e.denominator) for e in row] for row in rows])
    assert sympy.Rational(str(exact.determinant(rows))) == theirs.det()
    polynomial = [sympy.Rational(str(c)) for c in exact.characteristic(rows)]
    assert polynomial == theirs.charpoly().all_coeffs()
    if size == 2:
        roots = read_roots(exact.eigenvalues(rows))
        assert {sympy.nsimplify(sympy.simplify(r)) for r in roots} == {sympy.simplify(r) for r in theirs.eigenvals()}


def read_roots(latex):
    """What our LaTeX says, as SymPy numbers."""
    import sympy

    plain = latex
    for old, new in ((r"\,", "*"), (r"\;", ""), (r"\sqrt", "sqrt"), (r"\pm", "±"), ("i", "I")):
        plain = plain.replace(old, new)
    while r"\frac" in plain.replace("fracI", "frac"):
        start = plain.index(r"\frac")
        parts, at = [], start + 5
        for _part in range(2):
            depth, begin = 0, at
            while True:
                depth += {"{": 1, "}": -1}.get(plain[at], 0)
                at += 1
                if not depth:
                    break
            parts.append(plain[begin + 1:at - 1])
        plain = plain[:start] + f"(({parts[0]})/({parts[1]}))" + plain[at:]
    plain = plain.replace("{", "(").replace("}", ")")
    found = []
    for one in plain.split(","):
        one = one.strip()
        for sign in ("+", "-") if "±" in one else ("",):
            text = one.replace("±", sign)
            for digit in "0123456789":
                text = text.replace(digit + "sqrt", digit + "*sqrt").replace(digit + "I", digit + "*I")
            found.append(sympy.sympify(text.replace("sqrt", "sqrt"), locals={"I": sympy.I}))
    return found


@pytest.mark.parametrize("rows, said", [([[2, 0], [0, 2]], "2"), ([[0, -1], [1, 0]], r"\pm i"),
                                        ([[1, 1], [1, 0]], r"\frac{1 \pm \sqrt{5}}{2}"),
                                        ([[1, -2], [2, 1]], r"1 \pm 2i"),
                                        ([[Fraction(5, 4), Fraction(3, 4)]] + [[Fraction(3, 4), Fraction(5, 4)]],
                                                                          r"2,\; \frac{1}{2}"), ([[0, 2], [1, 0]], r"\pm \sqrt{2}")])
def test_exact_eigenvalues_are_written_as_a_person_would(rows, said):
    assert exact.eigenvalues(tuple(tuple(map(Fraction, row)) for row in rows)) == said


def test_a_3_by_3_matrix_with_a_rational_eigenvalue_is_solved_exactly():
    cyclic = exact.read_matrix("0 0 1; 1 0 0; 0 1 0", "A")
    assert exact.eigenvalues(cyclic) == r"1,\; \frac{-1 \pm \sqrt{3}\,i}{2}"
    assert exact.eigenvalues(exact.read_matrix("1 1 0; 0 1 1; 1 0 2", "A")) == ""  # λ³ - 4λ² + 5λ - 3 has no rational root


@pytest.mark.parametrize("text", ["1 2; 3 4", "[[1, 2], [3, 4]]", "1，2；3，4", "１ ２； ３ ４", "1,2;3,4;", "2/2 2.0; 3 4"])
def test_a_matrix_is_read_however_it_is_written(text):
    assert exact.read_matrix(text, "A") == ((1, 2), (3, 4))


@pytest.mark.parametrize("text, said", [("", "empty"), ("1 2; 3", "Row 2"), ("1 x", "“x” at place 3"), ("1 2 3 4 5", "1×5"),
                                        ("1/0", "“1/0” at place 2 has no value"), ("1 1e9", "“1e9” in A, at place 3"),
                                        ("__import__('os')", "“_” at place 1 has no meaning in a number"),
                                        ("1 2; 3 9**9**9", "“9^9^9” at place 9 is too large"), (";", "empty"),
                                        ("[[1, 2],\n [3, 4$]]", "In A: “$” at place 16"), ("　１ ２； ３ ＄", "“＄” at place 9"),
                                        ("1 2; 3 (4", "“(” at place 8 is never closed"), ("1 -", "after “-” at place 3")])
def test_what_is_no_matrix_is_refused_in_words_with_its_place(text, said):
    with pytest.raises(Trouble) as trouble:
        exact.read_matrix(text, "A")
    assert said in say(trouble.value.message)


def test_entries_are_numbers_as_formulas_have_them():
    """As exact as a fraction can be; a blank beside an operator separates nothing, one before a sign does."""
    assert exact.read_matrix("1 -1; 1 + 1 -2; 3 / 4 2^-2", "A") == ((1, -1), (2, -2), (Fraction(3, 4), Fraction(1, 4)))
    assert exact.read_matrix("max(1, 2) sqrt(4/9); -(1+1)/3 cos(0)", "A") == ((2, Fraction(2, 3)), (Fraction(-2, 3), 1))
    assert not exact.rounded("max(1, 2) sqrt(4/9); -(1+1)/3 cos(0)", "A")
    for row in np.random.default_rng(4).integers(-30, 31, (40, 4)).tolist():
        a, b, c, d = row
        text, value = f"{a}+{b}/({abs(c) + 1})*{d} ({a}-{b})^2/{abs(d) + 1}", Fraction
        assert exact.read_matrix(text, "A") == ((value(a) + value(b, abs(c) + 1) * d, value((a - b) ** 2, abs(d) + 1)),)


@pytest.mark.parametrize("scene, values", [("space", {"cube": "√(2) 0 0; 0 1 0; 0 0 pi"}), ("product", {"left": "1 2; √(2) 3"}),
                                           ("product", {"left": "1 2 3; √(2) 3 4"})])
def test_an_irrational_entry_is_rounded_and_that_is_said(scene, values):
    (text,) = values.values()
    rows = exact.read_matrix(text, "A")
    assert Fraction("1.4142") in [entry for row in rows for entry in row]
    (said,) = [say(note) for note in picture(scene=scene, **values).notes if "no short fraction" in say(note)]
    assert f"“√(2)” in A, at place {text.index('√') + 1}," in said and "1.4142 is taken" in said
    assert not any("no short fraction" in say(note) for note in picture(scene=scene, left="1 1/3; 2/7 0.1255").notes)


@given(st.text(alphabet="12 0.;,/-+*^()[]√x（）９；，\n\tpisqrt", max_size=80) | st.text(max_size=120) | st.sampled_from(PAYLOADS))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_a_matrix_or_a_sentence(text):
    try:
        rows = exact.read_matrix(text, "A")
    except Trouble as trouble:
        assert len(say(trouble.message)) > 15
        assert 0 <= trouble.message.args.get("place", 0) <= len(text) + 1
    else:
        assert 1 <= len(rows) <= 4 and all(isinstance(entry, Fraction) and abs(entry) <= 9999 for row in rows for entry in row)
        again = "; ".join(" ".join(map(str, row)) for row in rows)
        assert exact.read_matrix(again, "A") == rows and not exact.rounded(again, "A")
        [say(note) for note in exact.rounded(text, "A")]


@pytest.mark.parametrize("text", [*PAYLOADS, "9**9**9", "1" * 10_000, "1 " * 10_000, "((" * 5000])
def test_what_runs_code_elsewhere_is_no_matrix(text):
    with pytest.raises(Trouble):
        exact.read_matrix(f"1 {text}; 2 3", "A")


# ---- pictures

@pytest.mark.parametrize("matrix", SOME[:8], ids=str)
def test_the_plane_is_moved_as_the_matrix_says(matrix):
    (a, b), (c, d) = matrix
    shown = picture(a=a, b=b, c=c, d=d, p=1.2, q=-0.7)
    data = next(t for t in shown.figures if t.id == "plane").figure["data"]
    np.testing.assert_allclose(tip(shown, "plane", -2), matrix @ [1.2, -0.7], atol=1e-3)
    np.testing.assert_allclose([tip(shown, "plane", -4), tip(shown, "plane", -3)], matrix.T, atol=1e-3)
    square = np.column_stack([data[1]["x"][:-1], data[1]["y"][:-1]])
    sides = square[1] - square[0], square[3] - square[0]
    assert sides[0][0] * sides[1][1] - sides[0][1] * sides[1][0] == pytest.approx(np.linalg.det(matrix), abs=1e-3)
    for track in shown.film.tracks:  # from doing nothing to what is on screen
        for name, values in track.values.items():
            assert values[-1] == data[track.trace][name]
    assert tip_of(shown.film.tracks[2], 0) == [1, 0] and tip_of(shown.film.tracks[4], 0) == [1.2, -0.7]


def tip_of(track, step):
    return [track.values["x"][step][-1], track.values["y"][step][-1]]


def test_v_is_found_on_the_line_that_stays_and_only_there():
    found, missed = picture(p=2.0, q=1.0), picture(p=2.0, q=0.8)
    assert "does not turn" in found.figures[0].title and "does not turn" not in missed.figures[0].title
    assert [len(trace(found, "plane", k)["x"]) for k in (2, 3)] == [2, 0] and len(trace(missed, "plane", 2)["x"]) == 0
    crossings = trace(missed, "turn", 1)["x"]
    assert np.allclose(sorted(np.tan(np.radians(crossings))), [-0.5, -0.5, 0.5, 0.5], atol=1e-3)  # through (2, 1) and (2, -1)
    assert "turned" in picture(a=0, b=-1, c=1, d=0).figures[1].title and not trace(picture(a=0, b=-1, c=1, d=0), "turn", 1)["x"]


def test_the_articles_sum_and_product():
    shown = picture(**SCENES["vectors"].presets[0].values)
    assert shown.figures[0].title == "u + v = (5, 7, 9)" and shown.numbers["dot"] == 32
    product = picture(**SCENES["product"].presets[0].values)
    assert product.numbers["product"].tolist() == [[19, 22], [43, 50]]
    assert trace(product, "product", 5)["text"] == ["19", "22", "43", "50"]


@pytest.mark.parametrize("left, right", [("1 2 3; 4 5 6", "1; 0; -1"), ("1 2", "3 4 5; 6 7 8"), ("1/2 2; 3 4", "0.25 1; 1 0")])
def test_the_film_of_a_product_ends_in_numpy_s(left, right):
    shown = picture(scene="product", left=left, right=right)
    a, b = (np.array([[float(e) for e in row] for row in exact.read_matrix(t, "M")]) for t in (left, right))
    np.testing.assert_allclose(shown.numbers["product"], a @ b)
    written = next(t for t in shown.film.tracks if t.trace == 5).values["text"]
    assert "?" in written[0] and "?" not in written[-1] and len(written) == 3 * (a @ b).size - 1


def test_shapes_that_do_not_fit_are_explained():
    shown = picture(scene="product", left="1 2 3; 4 5 6", right="1 2; 3 4")
    assert "3" in shown.figures[0].title and "2" in shown.figures[0].title and shown.film is None
    assert "must be the same" in say(shown.notes[0]) and shown.numbers["inner"].tolist() == [3, 2]


@pytest.mark.parametrize("text", ["1 2; 3 4", "a b c; 1 2 3; 4 5 6", "9 0 0; 0 1 0; 0 0 1"])
def test_a_cube_needs_a_3_by_3_matrix(text):
    with pytest.raises(Trouble):
        picture(scene="space", cube=text)


def test_the_cube_has_the_determinant_as_its_volume():
    from scipy.spatial import ConvexHull

    shown = picture(scene="space", cube="2 1 0; 0 1.5 0; 0 1 0.5")
    corners = np.column_stack([trace(shown, "space", 0)[c] for c in "xyz"])
    assert ConvexHull(corners).volume == pytest.approx(abs(shown.numbers["det"]), rel=1e-3)


def test_the_grid_of_space_is_whole_and_moves_with_the_matrix():
    along = np.diff(LATTICE, axis=0)
    assert ((along != 0).sum(axis=1) <= 1).all()  # every stretch lies on a line of the grid
    whole = {(axis, *np.delete(row, axis)) for row, step in zip(LATTICE, along, strict=False) for axis in range(3) if abs(step[axis]) == 2}
    assert len(whole) == 27
    matrix = np.array([[2, 1, 0], [0, 1.5, 0], [0, 1, 0.5]])
    shown = picture(scene="space", cube="2 1 0; 0 1.5 0; 0 1 0.5")
    np.testing.assert_allclose(np.column_stack([trace(shown, "space", 3)[c] for c in "xyz"]), LATTICE @ matrix.T, atol=1e-3)
    track = next(track for track in shown.film.tracks if track.trace == 3)
    for step, share in ((0, 0.0), (6, 0.5), (-1, 1.0)):
        between = np.eye(3) + share * (matrix - np.eye(3))
        np.testing.assert_allclose(np.column_stack([track.values[c][step] for c in "xyz"]), LATTICE @ between.T, atol=1e-3)
    reach = shown.figures[0].figure["layout"]["scene"]["xaxis"]["range"][1]
    assert reach >= np.abs(LATTICE @ matrix.T).max()


def value_of(latex):
    """What SymPy's LaTeX says, as a number."""
    text = latex.replace(r"\left", "").replace(r"\right", "")
    rules = [(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"), (r"\\sqrt\[3\]\{([^{}]*)\}", r"cbrt(\1)"),
             (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"), (r"\\(cos|sin|arccos)\{([^{}]*)\}", r"\1(\2)"), (r"\\pi", "pi")]
    while "\\" in text:
        for old, new in rules:
            text = re.sub(old, new, text)
    text = re.sub(r"(?<=[\w)]) +(?=[\w(])", "*", re.sub(r"\bi\b", "1j", text))
    return complex(eval(text, {"cbrt": lambda z: complex(z) ** (1 / 3), "sqrt": np.emath.sqrt, "cos": np.cos, "sin": np.sin,  # noqa: S307
                               "arccos": np.arccos, "pi": np.pi}))


@pytest.mark.parametrize("case", range(16))
def test_the_eigenvalues_of_space_are_exact_where_a_square_root_is_not_enough(case):
    rng = np.random.default_rng(case)
    rows = rng.integers(-2, 3, (3, 3))
    if case % 2:
        rows = rows + rows.T
    shown = picture(scene="space", cube="; ".join(" ".join(map(str, row)) for row in rows))
    forms = {int(latex[8]): latex.split(" = ")[1] for _words, latex in shown.formulas if latex.startswith(r"\lambda_")}
    assert bool(forms) == (exact.eigenvalues(tuple(tuple(map(Fraction, map(int, row))) for row in rows)) == ""), shown.formulas
    values = sorted(np.linalg.eigvals(rows.astype(float)), key=lambda z: (-round(z.real, 6), -z.imag))
    for k, form in forms.items():
        assert value_of(form) == pytest.approx(values[k - 1], abs=1e-6), form
    said = "\n".join(map(say, shown.notes))
    irrational = bool(forms) and np.abs(np.imag(values)).max() < 1e-6
    assert ("need cosines" in said) == irrational and ("need cube roots" in said) == (bool(forms) and not irrational)


def test_roots_too_long_to_read_are_left_to_their_polynomial():
    shown = picture(scene="space", cube="0.3 0.7 1.1; 2.3 0.17 0.9; 1 1.3 0.123")
    assert [latex for _words, latex in shown.formulas][1:] == [
        r"\lambda^3 - \frac{593}{1000}\lambda^2 - \frac{377119}{100000}\lambda - \frac{3189243}{1000000} = 0"]
    assert "longer than anyone would read" in say(shown.notes[-1])


def test_numbers_are_there_without_sympy(monkeypatch):
    def late(_rows):
        raise Trouble(Message("late"))

    monkeypatch.setattr(space.symbolic, "exact_eigenvalues", late)
    shown = picture(scene="space", cube="2 1 0; 1 3 1; 0 1 1")
    assert shown.formulas[-1][1].endswith("= 0") and len(shown.notes) == 2


@pytest.mark.parametrize("off", [1e-2, 1e-4, 1e-5, 1e-6])
def test_nearly_the_identity_is_not_the_identity(off):
    shown = picture(scene="transform", a=1.0, b=off, c=off, d=1.0)
    said = say(shown.notes[1])
    one, other = map(float, re.search(r"eigenvalues ([\d.]+) and ([\d.]+);", said).groups())
    np.testing.assert_allclose([one, other], sorted(np.linalg.eigvalsh([[1, off], [off, 1]]))[::-1], atol=off / 4)
    assert "are the same" not in say(shown.notes[0])  # (0.4, 1.4) is on neither line
    assert "times the identity" in say(picture(scene="transform", a=1.0, b=0.0, c=0.0, d=1.0).notes[1])
    assert "times the identity" not in say(picture(scene="diagonal", a=1.0, b=off, c=off, d=1.0).notes[0])


@pytest.mark.parametrize("re, im, skew", [(0.88, 0.4, 1.0), (-0.5, 0.9, 2.0), (0.3, -0.7, 1.5)])
def test_a_path_of_powers_is_that_of_complex_powers(re, im, skew):
    shown = picture(scene="powers", re=re, im=im, skew=skew, steps=12, begin1=1.0, begin2=0.5)
    path = np.column_stack([trace(shown, "path", 0)["x"], trace(shown, "path", 0)["y"]])
    turned = complex(1.0, 0.5 * skew) * complex(re, im) ** np.arange(13)  # the circle of which the path is a flattened image
    np.testing.assert_allclose(path, np.column_stack([turned.real, turned.imag / skew]), atol=1e-3)
    assert shown.film.tracks[0].reveal == tuple(range(1, 14))


def test_rank_null_space_and_span_are_scipy_s():
    from scipy.linalg import null_space

    shown = picture(scene="rank")
    matrix = np.array([[2, -1], [1, -0.5]])
    null = null_space(matrix)[:, 0]
    line = np.array([trace(shown, "inputs", 2)["x"], trace(shown, "inputs", 2)["y"]])
    assert abs(np.cross(np.append(null, 0), np.append(line[:, 1] - line[:, 0], 0))[2]) < 1e-3 and shown.numbers["rank"] == 1
    assert picture(scene="rank", col3=-0.5, col4=1.5).numbers["rank"] == 2
    assert picture(scene="rank", col1=0, col2=0, col3=0, col4=0).numbers["nullity"] == 2


def test_coordinates_of_a_basis_make_the_vector_again():
    shown = picture(scene="basis", w1=1.3, w2=-0.4)
    one, two = shown.numbers["coordinates"]
    assert np.allclose([one * 1.5 + two * -0.5, one * 0.5 + two * 1.0], [1.3, -0.4])
    np.testing.assert_allclose(tip(shown, "new", -1), [one, two], atol=1e-3)
    diagonal = picture(scene="basis", base1=2.0, base2=1.0, base3=-2.0, base4=1.0).numbers["seen"]
    np.testing.assert_allclose(diagonal, np.diag([2, 1]), atol=1e-9)
    assert "det" in picture(scene="basis", base1=1.0, base2=1.0, base3=2.0, base4=2.0).numbers


@pytest.mark.parametrize("values", [{}, {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0, "k": 6}, {"a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0},
                                    {"k": 0}])
def test_the_film_of_a_power_ends_in_the_power(values):
    shown = picture(scene="diagonal", p=1.0, q=0.5, **values)
    spec = LinearAlgebraSpec(scene="diagonal", **values)
    power = np.linalg.matrix_power(np.array(spec.matrix()), spec.k)
    np.testing.assert_allclose(shown.numbers["power"], power)
    np.testing.assert_allclose(tip_of(shown.film.tracks[1], -1), power @ [1.0, 0.5] if shown.film.tracks[1].trace == 4 and spec.k else [1.0,
                                                                                                                                        0.5],
                               rtol=1e-3)


@pytest.mark.parametrize("photo", ["china", "flower"])
def test_a_low_rank_picture_is_scikit_learn_s(photo):
    from PIL import Image
    from sklearn.decomposition import TruncatedSVD

    grey = classics.photograph(photo)
    shown = picture(scene="svd", photo=photo, rank=12)
    model = TruncatedSVD(12, algorithm="arpack").fit(grey)
    theirs = model.inverse_transform(model.transform(grey))
    assert shown.numbers["error"] == pytest.approx(np.sqrt(np.mean((grey - theirs) ** 2)), rel=1e-6)
    assert shown.numbers["energy"] == pytest.approx((model.singular_values_ ** 2).sum() / (grey ** 2).sum(), rel=1e-6)
    source = trace(shown, "kept", 0)["source"].split(",")[1]
    pixels = np.array(Image.open(io.BytesIO(base64.b64decode(source))))
    assert np.abs(pixels - np.clip(theirs, 0, 255)).max() <= 0.51


@pytest.mark.parametrize("pair", ["petal", "sepal", "flower", "digits"])
def test_the_best_axis_is_scikit_learn_s_and_no_other_keeps_more(pair):
    from sklearn.decomposition import PCA

    from core.figures.linear_algebra.pca import cloud

    points = cloud(pair).points
    model = PCA(1).fit(points)
    shown = picture(scene="pca", pair=pair, angle=30.0)
    assert shown.numbers["most"] == pytest.approx(model.explained_variance_[0])
    assert abs(np.sin(np.radians(shown.numbers["best"]) - np.arctan2(*model.components_[0][::-1]))) < 1e-9
    assert (linear.variance_along(cloud(pair).covariance, np.arange(0, 180, 0.25)) <= shown.numbers["most"] + 1e-12).all()
    w = np.array([np.cos(np.radians(30)), np.sin(np.radians(30))])
    assert shown.numbers["kept"] == pytest.approx(np.var(points @ w, ddof=1))
    handle = next(h for h in picture(scene="pca", pair=pair).handles if h.id == "axis")
    assert any(value == shown.numbers["best"] for value, *_place in handle.rail)  # it snaps exactly there
    assert "best axis" in picture(scene="pca", pair=pair, angle=shown.numbers["best"]).figures[0].title


# ---- challenges

def passes(name, **values):
    challenge = next(c for c in challenges_of("linear_algebra") if c.id == name)
    spec = challenge.reference.changed(**values)
    return challenge.allows(spec) is None and challenge.state(spec)[0]


def test_only_the_matrix_of_the_two_lines_passes():
    assert passes("linear_algebra-lines")
    for near in ({"a": 1.55}, {"b": 0.95}, {"c": 0.45}, {"d": 1.05}, {"a": 1.0, "b": 1.0, "c": 0.5, "d": 1.5},
                 {"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0},
                 {"a": -1.5, "b": -1.0, "c": -0.5, "d": -1.0}, {"scene": "vectors"}):
        assert not passes("linear_algebra-lines", **near), near


def test_only_the_least_rank_passes():
    rank = next(c for c in challenges_of("linear_algebra") if c.id == "linear_algebra-rank").reference.rank
    assert passes("linear_algebra-rank")
    assert not any(passes("linear_algebra-rank", rank=rank + off) for off in (-1, 1, 40)) and not passes("linear_algebra-rank",
                                                                                                         photo="china")
    squares = np.linalg.svd(classics.photograph("flower"), compute_uv=False) ** 2
    assert rank == int(np.argmax(np.cumsum(squares) / squares.sum() >= 0.99)) + 1


def test_nobody_is_asked_for_a_line_that_is_not_there():
    def said(**values):
        return " ".join(say(note) for note in picture(**values).notes)

    turned = said(a=0, b=-1, c=1, d=0)
    assert "Drag v" not in turned and "complex, ±i." in turned and "Av is as long as v and turned" in turned
    assert "Drag v" in said(p=2.0, q=0.8) and "Drag v" not in said(p=2.0, q=1.0) and "Drag v" not in said(p=0.0, q=0.0)
    assert "1 times" not in said(a=1, b=1, c=0, d=1, p=1.5, q=0.0) and "1 times" not in said(a=0, b=1, c=1, d=0, p=1.0, q=0.5)
    assert conjugates(-1e-17 + 0.5j) == "±0.5i" and conjugates(1 + 1j) == "1 ± i"


def test_a_line_that_is_flipped_is_not_said_to_be_left_alone():
    assert "stay on their line" in picture(a=0, b=1, c=1, d=0).figures[1].title  # a mirror: 1 and -1
    assert "stays on its line" in picture(a=-1, b=0, c=0, d=-1).figures[1].title


@pytest.mark.parametrize("matrix", [*SOME, *map(np.array, KNOWN.values()), np.array([[0, 1], [1, 0]])], ids=str)
@pytest.mark.parametrize("v", [(0.4, 1.4), (2.0, 1.0), (-1.5, 0.5)], ids=str)
def test_names_of_arrows_do_not_lie_on_one_another(matrix, v):
    tips = [np.array(v), matrix @ v, matrix[:, 0], matrix[:, 1]]
    names, widths = ["v", "Av", "Ae₁", "Ae₂"], [2.5, 5.0, 2.0, 2.0]
    boxes = []
    for tip, name, width, place in zip(tips, names, widths, clear_places(list(zip(tips, names, widths, strict=True)), X, Y), strict=True):
        up, side = place.split()
        turn = np.array([{"left": -1, "center": 0, "right": 1}[side], {"bottom": -1, "middle": 0, "top": 1}[up]])
        size = np.array([8.0 * len(name), 15.0])
        boxes.append((45 * tip + turn * ((8 + 2 * width) / 1.6 + 1 + size / 2), size))
    for k, (one, size) in enumerate(boxes):
        assert all(np.any(np.abs(one - other) >= (size + its) / 2) for other, its in boxes[:k])


def test_v_lies_on_av_and_both_are_seen():
    shown = picture(p=2.0, q=1.0)
    under, over = trace(shown, "plane", -2), trace(shown, "plane", -1)
    assert (under["text"][1], over["text"][1]) == ("Av", "v") and under["line"]["width"] > 1.5 * over["line"]["width"]


def multiplied(rng):
    """A matrix of whole numbers P J P⁻¹ in Jordan form with an eigenvalue that counts twice or three times, and its lines that stay."""
    while True:
        basis = rng.integers(-1, 2, (3, 3)).astype(float)
        if abs(round(np.linalg.det(basis))) != 1:
            continue
        one, other = rng.choice(np.arange(-2, 3), 2, replace=False)
        blocks = [(one, one, one), (one, one, other)][int(rng.integers(2))]
        jordan, kept = np.diag(blocks).astype(float), 3
        for k in range(2):
            if jordan[k, k] == jordan[k + 1, k + 1] and rng.integers(2):
                jordan[k, k + 1], kept = 1, kept - 1
        matrix = np.round(basis @ jordan @ np.linalg.inv(basis)).astype(int)
        if np.abs(matrix).max() <= 5:
            return matrix, sorted(map(int, blocks)), kept


@pytest.mark.parametrize("case", slow_after(range(60), 15))
def test_where_eigenvalues_coincide_as_many_lines_are_drawn_as_stay(case):
    matrix, values, kept = multiplied(np.random.default_rng(case))
    spec = LinearAlgebraSpec(scene="space", cube="; ".join(" ".join(map(str, row)) for row in matrix))
    found = space.lines(space.read(spec))
    assert len(found) == kept == np.linalg.matrix_rank([v for _value, v in found])
    for value, v in found:
        np.testing.assert_allclose(matrix @ v, value * v, atol=1e-9)
    shown = space.draw(spec)
    said = "\n".join(map(say, shown.notes))
    assert sorted(shown.numbers["real"]) == values and not shown.numbers["imag"].any()
    depth = max(3 - int(np.linalg.matrix_rank(matrix - value * np.eye(3))) for value in values)
    assert ("one line beside" in said) == (depth == 2 and kept == 3) and ("no other line" in said) == (depth == 2 and kept == 2), said
    exactly = next(latex for _words, latex in shown.formulas if "Rightarrow" in latex).split(r"\lambda = ")[-1]
    assert sorted(map(int, exactly.split(r",\; "))) == values
    assert "rounding pulls apart" in space.program(spec)


@pytest.mark.parametrize(("cube", "there", "not_there"), [
    ("0.001 0 0; 0 0.001 0; 0 0 0.001", "det A = 1·10⁻⁹", "det A = 0"), ("1 0 1; 0 1 1; 1 1 2", "det A = 0", "·10"),
    ("1 0.001 0; -0.001 1 0; 0 0 2", "turns by 0.0573°", "turns by 0°"),
    ("1 0.0001/999 0; -0.0001/999 1 0; 0 0 2", "λ = 1 ± 1·10⁻⁷i", "all eigenvalues are real"),
    ("0 0 1; 1 0 0; 0 1 0", "turns by 120°", "e\\+")])
def test_what_is_nearly_nothing_in_space_is_not_said_to_be_nothing(cube, there, not_there):
    shown = picture(scene="space", cube=cube)
    text = "\n".join([*(f.title for f in shown.figures), *map(say, shown.notes)])
    assert there in text and not re.search(not_there, text), text
    assert shown.film.labels[-1].removeprefix("volume × ") in shown.figures[0].title


@pytest.mark.parametrize("photo", ["china", "flower"])
def test_the_trial_that_saves_nothing_is_the_first_that_does(photo):
    rank = SCENES["svd"].trials[-1].values["rank"]
    assert f"With {rank} layers" in SCENES["svd"].trials[-1].look
    below, there = (picture(scene="svd", photo=photo, rank=k).numbers["size"] for k in (rank - 1, rank))
    assert below < classics.photograph(photo).size < there


def test_matrices_are_read_aloud_as_they_are_typed():
    assert "product: 0.0001 0; 0 1." in picture(scene="product", left="0.0001 0; 0 1", right="1 0; 0 1").figures[0].alt
    assert "matrix 1/3 0 0; 0 1 0; 0 0 1:" in picture(scene="space", cube="1/3 0 0; 0 1 0; 0 0 1").figures[0].alt
