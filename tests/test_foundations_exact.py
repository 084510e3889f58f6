"""Exact forms beside the numbers, against SymPy; and points without a derivative, which are said to have none."""

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy.parsing.sympy_parser import implicit_multiplication_application, parse_expr, rationalize, standard_transformations

from core.figures import calculus, linear_algebra
from core.frame import Trouble
from core.i18n import say
from core.maths import exact, quadratic
from core.specs.calculus import CalculusSpec
from core.specs.linear_algebra import LinearAlgebraSpec
from tests.conftest import slow_after

RNG = np.random.default_rng(11)


def drawn(**values):
    spec = CalculusSpec(**values)
    return calculus.STUDY.scene(spec).draw(spec)


def algebra(**values):
    spec = LinearAlgebraSpec(**values)
    return linear_algebra.STUDY.scene(spec).draw(spec)


def figure(picture, name):
    return next(t for t in picture.figures if t.id == name).figure


def read(latex):
    """What a LaTeX form says, as a SymPy number: our own reading, so that what stands on screen is what is compared."""
    text, before = latex, None
    while text != before:
        before = text
        text = re.sub(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    text = re.sub(r"\\(left|right|bigl|bigr|,|;)", "", text).replace(r"\cdot", "*").replace("\\", "").replace("^", "**")
    steps = (*standard_transformations, rationalize, implicit_multiplication_application)
    return parse_expr(text, local_dict={"e": sympy.E}, transformations=steps)


def parted(formula, opening, closing):
    """The entries of the last exact form of a formula, before its decimals."""
    body = formula.split(r"\approx")[0]
    inner = body[body.rindex(opening) + len(opening):body.rindex(closing)]
    return [read(part) for part in re.split(r",\\;|&|\\\\(?:\[[\d.]+em\])?", inner)]


def of(picture, name):
    return dict(picture.formulas).get(name, "")


QUARTERS = np.arange(-8, 9) / 4
SURFACES = ["x^2 + y^2", "x^2*y - 3y", "sin(x)cos(2y)", "e^(x)*y", "x^2/4 + 3y^2", "x*y^2 - x", "sqrt(x + 3) + y"]


@pytest.mark.parametrize("text", SURFACES)
def test_the_exact_gradient_is_sympys(text):
    x, y = sympy.symbols("x y")
    tree = parse_expr(text.replace("^", "**"), local_dict={"e": sympy.E, "x": x, "y": y},
                      transformations=(*standard_transformations, implicit_multiplication_application))
    seen = 0
    for _case in range(4):
        px, py = (float(v) for v in RNG.choice(QUARTERS, 2))
        picture = drawn(scene="gradient", g=text, px=px, py=py)
        at = {x: sympy.Rational(str(px)), y: sympy.Rational(str(py))}
        slope = [sympy.diff(tree, name).subs(at) for name in (x, y)]
        gradient, length = of(picture, "Gradient"), of(picture, "Its length")
        shown = parted(gradient, "= (", ")")
        for mine, theirs in zip(shown, slope, strict=True):
            assert abs(float(mine) - float(theirs)) < 1e-3 * (1 + abs(float(theirs))), (gradient, slope)
        if r"\approx" in gradient:
            seen += 1
            assert all(sympy.simplify(mine - theirs) == 0 for mine, theirs in zip(shown, slope, strict=True)), gradient
        if r"\approx" in length:
            root = read(length.split("=")[1].split(r"\approx")[0])
            assert sympy.simplify(root ** 2 - slope[0] ** 2 - slope[1] ** 2) == 0, length
    assert seen or text in ("x^2 + y^2", "x^2*y - 3y", "x^2/4 + 3y^2", "x*y^2 - x")  # fractions with four digits are exact as decimals


MAPS = [("x^2 - y^2", "2xy"), ("x*y/3", "x + y/7"), ("sin(x)", "x*y"), ("e^x", "y^2"), ("x*cos(y)", "x*sin(y)")]


@pytest.mark.parametrize(("u", "v"), MAPS)
def test_the_exact_jacobian_is_sympys(u, v):
    x, y = sympy.symbols("x y")
    rules = (*standard_transformations, implicit_multiplication_application)
    trees = [parse_expr(t.replace("^", "**").replace("xy", "x*y"), local_dict={"e": sympy.E, "x": x, "y": y}, transformations=rules)
             for t in (u, v)]
    exactly = 0
    for _case in range(4):
        px, py = (float(p) for p in RNG.choice(QUARTERS, 2))
        picture = drawn(scene="jacobian", u=u, v=v, px=px, py=py)
        theirs = sympy.Matrix(trees).jacobian([x, y]).subs({x: sympy.Rational(str(px)), y: sympy.Rational(str(py))})
        entries, det = of(picture, "Jacobian"), of(picture, "Determinant")
        shown = parted(entries, r"\begin{pmatrix}", r"\end{pmatrix}")
        assert all(abs(float(a) - float(b)) < 1e-3 * (1 + abs(float(b))) for a, b in zip(shown, theirs, strict=True)), (entries, theirs)
        if r"\approx" in entries:
            exactly += 1
            assert all(sympy.simplify(a - b) == 0 for a, b in zip(shown, theirs, strict=True)), entries
        if r"\approx" in det:
            assert sympy.simplify(read(det.split("=")[1].split(r"\approx")[0]) - theirs.det()) == 0, det
    assert exactly or u == "x^2 - y^2"


@pytest.mark.parametrize("case", range(30))
def test_v_and_d_are_sympys(case):
    rng = np.random.default_rng(case)
    a, b, c, d = (float(v) for v in np.round(rng.uniform(-3, 3, 4) * rng.choice([1, 2, 20]), 0) / rng.choice([1, 2, 20]))
    a, b, c, d = (min(max(v, -3.0), 3.0) for v in (a, b, c, d))
    rows = tuple(tuple(map(exact.exact, row)) for row in ((a, b), (c, d)))
    theirs = sympy.Matrix([[sympy.Rational(str(e)) for e in row] for row in rows])
    roots = quadratic.eigenvalues(rows)
    assert (roots is None) == any(not r.is_real for r in theirs.eigenvals())
    if roots is None:
        return
    number = lambda s: sympy.Rational(str(s.p)) + sympy.Rational(str(s.q)) * sympy.sqrt(s.r)  # noqa: E731
    assert {sympy.nsimplify(sympy.expand(number(r))) for r in roots} == {sympy.expand(sympy.simplify(r)) for r in theirs.eigenvals()}
    for root in roots:
        assert sympy.expand(read(root.latex()) - number(root)) == 0 and float(root) == pytest.approx(float(number(root)))
        assert sympy.expand(number(root.power(5)) - sympy.expand(number(root) ** 5)) == 0
    picture = algebra(scene="diagonal", a=a, b=b, c=c, d=d, k=3)
    shown = of(picture, "Diagonalised")
    if not shown:  # one line
        assert len(theirs.eigenvects()[0][2]) == 1 and len(theirs.eigenvects()) == 1
        return
    v_text, d_text = shown.split(r"\quad V =")[1].split(r", \quad D =")
    near = len(v_text.split(r"\approx")) == 1, len(d_text.split(r"\approx")) == 1
    left, middle = (sympy.Matrix(2, 2, parted(text, r"\begin{pmatrix}", r"\end{pmatrix}")) for text in (v_text, d_text))
    off = (theirs * left - left * middle).applyfunc(sympy.expand)
    if not any(near):
        assert off.applyfunc(sympy.simplify) == sympy.zeros(2, 2), shown
    assert np.abs(np.array(off.evalf().tolist(), float)).max() < 2e-2 * (1 + float(theirs.norm())), shown
    decimals = [np.array([float(read(e)) for e in re.split(r"&|\\\\(?:\[.{3}em\])?", text.split(r"\begin{pmatrix}")[-1].split(r"\end")[0])])
                for text in (v_text, d_text)]
    for mine, numbers in zip((left, middle), decimals, strict=True):  # the two forms say the same
        assert np.allclose(np.array(mine.evalf().tolist(), float).ravel(), numbers, rtol=6e-3, atol=6e-3), shown


def test_irrational_eigenvectors_have_roots_and_rational_ones_fractions():
    fibonacci = algebra(scene="diagonal", a=1, b=1, c=1, d=0, k=3)
    assert r"\frac{1 + \sqrt{5}}{2}" in of(fibonacci, "Diagonalised") and r"2 + \sqrt{5}" in of(fibonacci, "Power of D")
    assert r"\approx" not in of(algebra(scene="diagonal"), "Diagonalised")  # 2, 1 and 0.5 are exact as they stand
    assert exact.about(r"\frac{3}{2}", "1.5") == "1.5" and exact.about(r"\frac{1}{3}", "0.3333") == r"\frac{1}{3} \approx 0.3333"


# ---- points without a derivative

def corners(rng):
    """A formula with a corner or a jump at a random place, the place, and the slopes (or heights) on its sides."""
    a, m = round(float(rng.integers(-50, 51)) / 20, 2), int(rng.integers(1, 4))
    inside = f"({m}x - {m * Fraction(str(a))})".replace("- -", "+ ")
    return a, m, inside


@pytest.mark.parametrize("case", range(8))
@pytest.mark.parametrize("kind", ["abs", "relu", "max", "min", "leaky_relu", "sign", "step"])
def test_where_there_is_no_derivative_none_is_drawn(kind, case):
    a, m, inside = corners(np.random.default_rng(case))
    text = {"max": f"max({inside}, 0)", "min": f"min({inside}, 0)"}.get(kind, f"{kind}{inside}")
    sides = {"abs": (-m, m), "relu": (0, m), "max": (0, m), "min": (m, 0), "leaky_relu": (0.2 * m, m)}.get(kind)
    heights = {"sign": (-1, 1), "step": (0, 1)}.get(kind)
    for scene, field in (("rules", "derived"), ("numeric", "checked"), ("secant", "f"), ("zoom", "f")):
        picture = drawn(scene=scene, **{field: text}, x=a)
        said = say(picture.notes[0])
        assert "no derivative" in said, (scene, text, said)
        name, formula = picture.formulas[-1] if scene != "rules" else dict(picture.formulas)["No derivative here"] and picture.formulas[-1]
        assert name in ("No derivative here", "No tangent here"), name
        values = [float(v) for v in re.findall(r"= (-?[\d.]+)", formula)]
        np.testing.assert_allclose(values, sides or heights, rtol=1e-3, atol=1e-6)
        if scene == "secant":
            assert set(figure(picture, "curve")["data"][1]["y"]) == {None}
    rule = drawn(scene="rules", derived=text, x=a)
    assert set(figure(rule, "both")["data"][2]["y"]) == {None} and "slope is" not in rule.figures[1].title
    check = drawn(scene="numeric", checked=text, x=a, log_step=-3.0)
    assert "off by" not in check.figures[0].title and "error" not in say(check.notes[1])
    if sides:
        assert check.numbers["ahead"] == pytest.approx(sides[1], abs=1e-6)
        assert check.numbers["both"] == pytest.approx(sum(sides) / 2, abs=1e-6)
    beside = drawn(scene="rules", derived=text, x=a + 0.25)  # a little further there is one
    assert "the slope is" in beside.figures[1].title and None not in figure(beside, "both")["data"][2]["y"]
    with pytest.raises(Trouble, match="no derivatives"):
        drawn(scene="taylor", expanded=text, a=a, degree=2)


@pytest.mark.parametrize("text", ["x*abs(x)", "relu(x)^2", "x^2", "sin(3x)", "e^x", "tanh(20x)", "elu(x)", "max(x, x)", "x^3*sign(x)"])
def test_a_smooth_curve_has_its_tangent(text):
    for x in (0.0, 0.35, -1.2):
        assert "the slope is" in drawn(scene="rules", derived=text, x=x).figures[1].title
        assert "no derivative" not in " ".join(map(say, drawn(scene="numeric", checked=text, x=x).notes))


@pytest.mark.parametrize("case", slow_after(range(9), 3))
def test_where_corners_cancel_the_slope_is_that_of_both_sides(case):
    rng = np.random.default_rng(case)
    a, m = int(rng.integers(-8, 9)) / 4, int(rng.integers(1, 4))
    inside = f"({m}x - {m * Fraction(str(a))})".replace("- -", "+ ")
    bent = ("sin(2*x)", "x^3 - 2*x", "tanh(x)")[case % 3]
    text = (f"relu({inside}) - relu(-{inside})", f"max({inside}, -{inside}) - 2relu(-{inside})",
            f"(abs({inside}) + {inside})/2 - relu(-{inside})")[case // 3] + f" + {bent}"  # each is m (x − a) + bent
    true = pytest.approx(m + float(sympy.diff(sympy.sympify(bent), "x").subs("x", a)), rel=1e-9)
    for scene, field in (("secant", "f"), ("zoom", "f"), ("rules", "derived"), ("numeric", "checked"), ("chain", "inner")):
        spec, name = CalculusSpec(scene=scene, x=a, outer="u", **{field: text}), "slope" if scene in ("rules", "chain") else "exact"
        picture, names = calculus.STUDY.scene(spec).draw(spec), {}
        exec(calculus.STUDY.scene(spec).program(spec), names)
        assert picture.numbers[name] == true and float(names[name]) == true, (scene, text)
        assert "cancel" in " ".join(map(say, picture.notes))
    for scene, fields in (("gradient", {"g": f"{text} + 3y"}), ("jacobian", {"u": f"{text} + 3y", "v": "y"})):
        spec = CalculusSpec(scene=scene, px=a, **fields)
        picture, names = calculus.STUDY.scene(spec).draw(spec), {}
        exec(calculus.STUDY.scene(spec).program(spec), names)
        name = "slope" if scene == "gradient" else "matrix"
        assert np.ravel(picture.numbers[name])[:2].tolist() == np.ravel(names[name])[:2].tolist() == [true, 3], (scene, text)
        assert "cancel" in say(picture.notes[-1])


def test_what_frameworks_take_at_a_corner():
    import tensorflow as tf

    from core.figures.calculus.common import curve

    known = {"abs(x)": tf.abs, "relu(x)": tf.nn.relu, "sign(x)": tf.sign, "leaky_relu(x)": lambda x: tf.nn.leaky_relu(x, 0.2)}
    for text, function in known.items():
        x = tf.Variable(0.0)
        with tf.GradientTape() as tape:
            y = function(x)
        assert float(tape.gradient(y, x) or 0) == pytest.approx(float(curve(text).d(0.0))), text
    for function in (tf.maximum, tf.minimum):  # where both are equal the first one has the slope
        x, y = tf.Variable(0.0), tf.Variable(0.0)
        with tf.GradientTape() as tape:
            z = function(x, y)
        assert [float(g) for g in tape.gradient(z, [x, y])] == [1, 0]
    assert "TensorFlow takes the slope of the first" in say(drawn(scene="rules", derived="max(x, 0)", x=0.0).notes[0])


def test_a_crease_has_no_gradient_and_no_jacobian():
    for text, at in (("abs(x) + abs(y)", (0.0, 0.0)), ("max(x, y)", (0.75, 0.75)), ("abs(x - 0.7)", (0.7, 0.1)),
                     ("sign(x) + y", (0.0, 1.0))):
        picture = drawn(scene="gradient", g=text, px=at[0], py=at[1])
        assert "no gradient" in say(picture.notes[0]) and picture.figures[1].title == "No gradient here"
        assert not any("∇f" in str(t.get("text", "")) for t in figure(picture, "plane")["data"])
        assert "no Jacobian" in say(drawn(scene="jacobian", u=text, v="y", px=at[0], py=at[1]).notes[0])
        beside = drawn(scene="gradient", g=text, px=at[0] + 0.5, py=at[1] + 0.25)
        assert "no gradient" not in say(beside.notes[0]) and "Gradient (" in beside.figures[1].title


def test_a_sketch_is_not_held_to_a_slope_that_is_not_there():
    picture = drawn(scene="sketch", f="abs(x)", slope1=-1.0, slope2=-1.0, slope3=0.5, slope4=1.0, slope5=1.0, reveal=True)
    assert "no derivative" in say(picture.notes[0]) and "fits" in say(picture.notes[1])
    assert any("no slope" in label for label in picture.film.labels)


# ---- roots of numbers that are hard to factor

def primes(low, count):
    found = [n for n in range(low, low + 60 * count) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
    return found[:count]


@pytest.mark.parametrize("case", range(4))
def test_a_root_is_reduced_as_sympy_does_or_stays_true(case):
    rng = np.random.default_rng(case)
    for _time in range(30):
        top, bottom = (int(n) for n in rng.integers(1, 10 ** int(rng.integers(1, 12)), 2))
        factor, rest = exact.square_root(Fraction(top, bottom))
        theirs = sympy.sqrt(sympy.Rational(top, bottom))
        assert sympy.Rational(str(factor)) * sympy.sqrt(rest) == theirs and sympy.factorint(rest) == dict.fromkeys(sympy.factorint(rest), 1)


def test_a_root_is_not_searched_for_long():
    p, q = primes(10 ** 6, 2)  # both above every divisor that is tried
    assert exact.square_root(Fraction(p * p * q, 4)) == (Fraction(1, 2), p * p * q)  # true, though not reduced
    assert exact.square_root(Fraction(p * p * q * q)) == (p * q, 1)
    assert exact.surd(Fraction(1), Fraction(p * q)) == "" and exact.about("", "2.5") == "2.5"
    tried = []

    class Counted(int):
        def __mod__(self, other):
            tried.append(other)
            return Counted(int(self) % other)

    exact._square_free(Counted(p * q * primes(2 * 10 ** 6, 1)[0] * primes(3 * 10 ** 6, 1)[0]))
    assert len(tried) <= 2 * exact.DIVISORS


HARD = {"cube": "1.2347/997 2.3459/991 0; 3.1237/983 4.7777/977 0; 0 0 2"}


def test_there_is_no_exact_form_where_nobody_would_read_it():
    vectors = algebra(scene="vectors", u1=2.519917, u2=-3.462866, v1=-2.662857, v2=2.360496)
    assert of(vectors, "Angle").endswith("= -0.9767") and r"\approx" not in of(vectors, "Angle")
    assert of(algebra(scene="space", **HARD), "Eigenvalues, exactly").endswith("= 0")
    plane = algebra(scene="transform", a=1.234567, b=0.345678, c=0.456789, d=-1.567891)
    assert of(plane, "Eigenvalues, exactly").endswith("= 0")
    bent = drawn(scene="critical", bent="3413/6096*x^2+6585/2879*x*y+7193/4510*y^2", px=1.0, py=1.0)
    assert not of(bent, "Eigenvalues, exactly") and r"\frac{3413}{3048}" in of(bent, "Hessian")


@pytest.mark.parametrize("cube", ["0.0001/999 0 0; 0 1 1; 0 1 2", HARD["cube"]])
def test_an_eigenvalue_with_a_large_denominator_is_a_fraction_still(cube):
    picture = algebra(scene="space", cube=cube)
    assert exact.fraction_among(exact.read_matrix(cube, "A"))
    assert not any("No eigenvalue is a fraction" in say(note) or "would be longer" in say(note) for note in picture.notes)


@pytest.mark.parametrize(("cube", "said"), [("1 1 1; 1 1 1; 1 1 1", "3, 0, 0"), ("2 0 0; 0 2 0; 0 0 2", "2, 2, 2"),
                                            ("2 0 0; 0 2 0; 0 0 1", "1, 2, 2"), ("0 -4 -3; 0 4 2; 2 1 2", "2, 2, 2"),
                                            ("2 0 0; 0 1 0; 0 0 3", "1, 2, 3")])
def test_every_eigenvalue_is_written_as_often_as_it_counts(cube, said):
    found = of(algebra(scene="space", cube=cube), "Eigenvalues, exactly").split(r"\lambda = ")[1]
    assert sorted(found.split(r",\; ")) == sorted(said.split(", "))
