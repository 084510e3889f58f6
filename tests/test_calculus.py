"""The page on calculus against SymPy, finite differences and plain arithmetic; its pictures, its challenges, and what is typed wrong."""

import json

import numpy as np
import pytest
import sympy

from core.figures.board import board_json
from core.figures.calculus import STUDY
from core.figures.calculus.common import curve, short, tex
from core.figures.calculus.critical import marked, points_of
from core.figures.calculus.rules import derivation, pretty, target
from core.figures.calculus.surfaces import surface
from core.figures.calculus.taylor import reach
from core.frame import Trouble
from core.i18n import say
from core.insight.challenges import judge
from core.insight.exercises.calculus import CHALLENGES, QUESTIONS, START
from core.maths import symbolic
from core.maths.critical import critical_points, kind
from core.maths.differences import central, forward
from core.maths.expressions import parse
from core.maths.graph import graph, worked
from core.maths.rules import differentiate
from core.maths.series import taylor
from core.maths.source import definitions, for_sympy, python
from core.maths.tree import FUNCTIONS, Expression, Name
from core.specs.calculus import CalculusSpec
from tests.conftest import slow_after

RNG = np.random.default_rng(3)
ONE = ["x^2", "sin(2x)", "e^(-x^2)", "1/(1 + x^2)", "x^3 - 2x", "tanh(x)*cos(x)", "ln(x^2 + 1)", "sqrt(x + 4)", "sigmoid(3x)", "x^x", "2^x"]
TWO = ["x^2 + y^2", "sin(x)cos(2y)", "x*y^2 - x", "e^(-x^2 - y^2)", "(x^2 - 1)^2 + y^2", "tanh(x - 2y)"]


def drawn(**values):
    spec = CalculusSpec(**values)
    return STUDY.scene(spec).draw(spec)


def figure(picture, name):
    return next(t for t in picture.figures if t.id == name).figure


# ---- the maths

@pytest.mark.parametrize("text", [*ONE, "gelu(x)", "softplus(x)", "silu(x)", "erf(x)", "atan(x)", "asin(x/4)", "tan(x/2)", "x^-2",
                                         "log10(x + 3)"])
def test_series_have_the_derivatives_of_sympy(text):
    for at in ("0.5", "1.25"):
        found = taylor(parse(text), "x", float(at), 3)
        slope, expected = parse(text), []
        for k in range(4):  # derivatives by rule, which have an oracle of their own, one after the other
            expected.append(float(slope.evaluate(x=float(at))) / float(sympy.factorial(k)))
            slope = differentiate(slope, "x")
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)


def test_series_are_sympys_coefficients():
    for text in ("sin(x)", "e^x*cos(x)", "1/(1 + x^2)"):
        exact = [float(c.evaluate()) for c in symbolic.taylor(parse(text), "x", "1/2", 8)]
        np.testing.assert_allclose(taylor(parse(text), "x", 0.5, 8), exact, rtol=1e-10, atol=1e-12)


def test_a_corner_has_no_series():
    for text in ("abs(x)", "relu(x)", "ln(x)", "1/x"):
        with pytest.raises(Trouble):
            taylor(parse(text), "x", 0.0, 2)
    np.testing.assert_allclose(taylor(parse("abs(x)"), "x", -2.0, 3), [2, -1, 0, 0])


@pytest.mark.parametrize("text", ONE)
def test_a_graph_multiplied_back_gives_the_derivative(text):
    tree = parse(text)
    net = graph(tree, merged=True, numbers=False)
    assert net.nodes[0].own == Name("x") and all(node.kind != "number" for node in net.nodes)
    for x in (0.3, 1.1, 2.0):
        done = worked(net, {"x": x})
        assert done.values[-1] == pytest.approx(float(tree.evaluate(x=x)))
        step = 1e-6
        expected = float(tree.evaluate(x=x + step) - tree.evaluate(x=x - step)) / (2 * step)
        assert done.gradients[0] == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_equal_parts_are_one_node_and_substitution_is_composition():
    net = graph(parse("sin(x)*sin(x) + x"), merged=True)
    assert [node.sign for node in net.nodes] == ["x", "sin", "×", "+"]
    assert [node.sign for node in graph(parse("sin(x)*sin(x) + x")).nodes] == ["x", "sin", "sin", "×", "+"]
    assert [node.sign for node in graph(parse("(2x - 3)^2"), numbers=False).nodes] == ["x", "× 2", "− 3", "^ 2"]
    assert [node.sign for node in graph(parse("(2x - 3)^2")).nodes] == ["x", "2", "×", "3", "−", "^ 2"]
    assert [node.sign for node in graph(parse("1 - 2/x + 2^x"), numbers=False).nodes] == ["x", "2 ÷", "1 −", "2 ^", "+"]
    whole = parse("u^2 + u", ("u",)).replaced(Name("u"), parse("3x - 1"))
    assert float(whole.evaluate(x=2.0)) == 30


def test_differences_make_the_errors_that_theory_says():
    tree = parse("e^x")
    for h in (1e-2, 1e-3, 1e-4):
        assert float(forward(tree, 1.0, h)) - np.e == pytest.approx(h * np.e / 2, rel=0.02)
    for h in (1e-1, 1e-2):
        assert float(central(tree, 1.0, h)) - np.e == pytest.approx(h**2 * np.e / 6, rel=0.02)
    assert abs(float(forward(tree, 1.0, 1e-5, np.float32)) - np.e) > 100 * abs(float(forward(tree, 1.0, 1e-5)) - np.e)
    assert forward(tree, 1.0, 0.1, np.float32).dtype == np.float32


@pytest.mark.parametrize(("text", "expected"), [
    ("x^2 + y^2", {(0, 0): "minimum"}), ("x^2 - y^2", {(0, 0): "saddle"}), ("-x^2 - 2y^2", {(0, 0): "maximum"}), ("x + y", {}),
    ("(x^2 - 1)^2 + y^2", {(-1, 0): "minimum", (0, 0): "saddle", (1, 0): "minimum"}),
])
def test_critical_points_and_their_kinds(text, expected):
    tree = parse(text, ("x", "y"))
    first = [differentiate(tree, n) for n in "xy"]
    second = [[differentiate(f, n) for n in "xy"] for f in first]
    slope = lambda x, y: np.stack([f.evaluate(x=x, y=y) for f in first])  # noqa: E731
    bend = lambda x, y: np.stack([np.stack([f.evaluate(x=x, y=y) for f in row]) for row in second])  # noqa: E731
    found = critical_points(slope, bend, 2.0)
    assert {tuple(np.round(p, 3)): kind(bend(*p)) for p in found} == expected
    assert kind(np.zeros((2, 2))) == "flat"


def test_source_is_the_formula():
    for text in [*ONE, "max(x, 1)", "-x^2 - (1 - x)/3", "2^-x", "leaky_relu(x) + elu(x) + step(x)", "gelu(x) + silu(x) + softplus(x)"]:
        tree, names = parse(text), {}
        exec(definitions(tree) + "\nx = np.array([0.2, 0.7, 1.9])\ny = " + python(tree), names)
        np.testing.assert_allclose(names["y"], tree.evaluate(x=names["x"]), rtol=1e-12)
    assert for_sympy(parse("sigmoid(x)")) == ""
    assert eval(for_sympy(parse("e^x + abs(x)")), {"sympy": sympy, "x": sympy.Symbol("x")}) == sympy.E**sympy.Symbol("x") + sympy.Abs(
        sympy.Symbol("x"))
    assert {"sin", "relu"} <= set(FUNCTIONS)


# ---- the pictures

def test_the_secant_on_screen_is_the_secant():
    picture = drawn(f="x^2", x=1.0, log_h=0.0)
    data = figure(picture, "curve")["data"]
    assert picture.numbers == {"exact": 2.0, "slope": 3.0}
    (x0, x1), (y0, y1) = data[2]["x"], data[2]["y"]
    assert (y1 - y0) / (x1 - x0) == pytest.approx(3, rel=1e-4)
    (x0, x1), (y0, y1) = data[1]["x"], data[1]["y"]
    assert (y1 - y0) / (x1 - x0) == pytest.approx(2, rel=1e-4)
    assert data[5]["x"] == [1, 2] and data[5]["y"] == [1, 4]


def test_nothing_jumps_while_a_point_is_dragged():
    for scene, fields in (("secant", ("x", "log_h")), ("zoom", ("x",)), ("taylor", ("a", "degree")), ("gradient", ("px", "angle"))):
        def ranges(scene=scene, **values):
            first = drawn(scene=scene, **values).figures[0].figure["layout"]
            return [first[a]["range"] for a in ("xaxis", "yaxis")] if "xaxis" in first else first["scene"]["zaxis"]["range"]
        for name in fields:
            low, high = (-3.0, -1.0) if name == "log_h" else (1, 2)
            assert ranges(**{name: low}) == ranges(**{name: high}), (scene, name)


def test_a_corner_is_said_and_no_tangent_is_drawn():
    picture = drawn(f="abs(x)", x=0.0)
    assert "corner" in say(picture.notes[0])
    assert figure(picture, "curve")["data"][1]["y"] == [None, None]
    near = drawn(scene="zoom", f="abs(x)", x=0.0, log_zoom=4.0)
    far = drawn(scene="zoom", f="abs(x)", x=0.0, log_zoom=0.0)
    assert near.numbers["off"] == pytest.approx(far.numbers["off"])


def scale(rng):
    return 10 ** rng.uniform(-6, 6)


@pytest.mark.parametrize("seed", range(8))
def test_smooth_formulas_have_no_corner_however_large_their_numbers(seed):
    rng = np.random.default_rng(seed)
    for text in (*ONE, "x*abs(x)", "relu(x)^2", "elu(x)", "abs(x)*x^2", "abs((x - 1)^2)", "relu(x^2)", "max(x^2 + 1, 0)"):
        for x in (0.0, 1.0, round(float(rng.uniform(-3, 3)), 2)):
            f = curve(f"{scale(rng):.6f}*({text}) + {scale(rng):.6f}")
            assert f.smooth(x) and f.corner(x) is None and f.jump(x) is None, (f.tree.text(), x)
    for text in (*TWO, "abs(x*y)", "relu(x)*relu(y)", "x*abs(x)"):
        for x, y in ((0.0, 0.0), np.round(rng.uniform(-2, 2, 2), 2)):
            assert surface(f"{scale(rng):.6f}*({text})").smooth(x, y), (text, x, y)


@pytest.mark.parametrize("seed", range(8))
def test_every_corner_and_every_jump_is_found(seed):
    rng = np.random.default_rng(seed)
    for text in ("sin(2x)", "x^3 - 2x", "e^(-x^2)", "tanh(x)*cos(x)"):
        c, k, a = round(float(rng.uniform(-3, 3)), 2), float(f"{scale(rng):.6f}") + 1e-6, float(f"{scale(rng) ** 0.5:.6f}")
        bent, slope = f"{a}*({text})", a * float(differentiate(parse(text), "x").evaluate(x=c))
        for kink, left, right in ((f"abs({k:.7f}(x - {c}))", -k, k), (f"relu({k:.7f}(x - {c}))", 0, k),
                                  (f"max({k:.7f}x, {k:.7f}*{c})", 0, k)):
            found = curve(f"{kink} + {bent}").corner(c)
            assert found == pytest.approx((slope + left, slope + right), rel=1e-6, abs=1e-6), (kink, bent)
            assert curve(f"{kink} + {bent}").smooth(c + 0.01)
        height = a * float(parse(text).evaluate(x=c))
        found = curve(f"{k:.7f}*step(x - {c}) + {bent}").jump(c)
        assert found == pytest.approx((height, height + k), rel=1e-6, abs=1e-6)
        y = round(float(rng.uniform(-2, 2)), 2)
        assert not surface(f"abs({k:.7f}(x - {c})) + y^2 + {bent}").smooth(c, y)
        assert not surface(f"{k:.7f}*step(y - {y}) + x").smooth(c, y)
    assert not surface("max(x, y)").smooth(0.3, 0.3) and surface("max(x, y)").smooth(0.3, 0.31)


@pytest.mark.parametrize(("text", "said"), [
    ("leaky_relu(x)*y", "no second derivatives"), ("abs(x)*x + y^2", "no second derivatives"), ("elu(x) + y^2", "no second derivatives"),
    ("relu(x)^2 + y^2", "no second derivatives"), ("x*relu(y)", "crease|no second derivatives"), ("abs(x) + y^2", "crease"),
    ("abs(x)^3 + y^2", ""), ("gelu(x)^2 + y^2", "")])
def test_where_second_derivatives_jump_there_is_no_hessian(text, said):
    f = surface(text)
    sides = [[float(f.seconds[i][j].evaluate(x=x, y=y)) for x in (-1e-7, 1e-7) for y in (-1e-7, 1e-7)] for i in (0, 1) for j in (0, 1)]
    if not said:
        picture = drawn(scene="critical", bent=text, px=0.0, py=0.0)
        np.testing.assert_allclose(picture.numbers["hessian"], np.mean(sides, axis=1).reshape(2, 2), atol=1e-5)
        return
    assert max(map(np.ptp, sides)) > 0.1 or said == "crease"
    with pytest.raises(Trouble, match=said):
        drawn(scene="critical", bent=text, px=0.0, py=0.0)
    assert not any(np.hypot(*q) < 1e-3 for q in marked(text))


def test_to_move_the_point_is_not_to_look_for_critical_points_again(monkeypatch):
    drawn(scene="critical", bent="sin(8x)sin(8y)", px=0.3)
    calls, evaluate = [], Expression.evaluate
    monkeypatch.setattr(Expression, "evaluate", lambda *a, **k: calls.append(1) or evaluate(*a, **k))
    drawn(scene="critical", bent="sin(8x)sin(8y)", px=0.35)
    assert len(points_of("sin(8x)sin(8y)")[0]) == 40 > len(calls)


@pytest.mark.slow
def test_the_kind_of_a_critical_point_is_that_of_its_eigenvalues_however_long_the_valley():
    for _ in range(40):
        turn, sizes = RNG.uniform(0, np.pi), 10 ** RNG.uniform(-3, 3, 2) * RNG.choice([-1, 1], 2)
        c, s = np.cos(turn), np.sin(turn)
        (p, q), (_q, r) = np.array([[c, -s], [s, c]]) @ np.diag(sizes) @ np.array([[c, s], [-s, c]])
        x, y = np.round(RNG.uniform(-1.5, 1.5, 2), 2)
        text = f"{p / 2:.12f}(x - {x})^2 + {q:.12f}(x - {x})(y - {y}) + {r / 2:.12f}(y - {y})^2".replace("- -", "+ ").replace("+ -", "- ")
        sentence = say(drawn(scene="critical", bent=text, px=x, py=y).notes[0])
        assert {2: "A minimum", 0: "A saddle", -2: "A maximum"}[int(np.sign(sizes).sum())] in sentence, (text, sizes, sentence)
        beside = say(drawn(scene="critical", bent=text, px=x + 0.1, py=y).notes[0])
        assert "not critical" in beside
        assert "here: 1" in drawn(scene="critical", bent=text, px=x, py=y).figures[1].title


def test_a_program_judges_a_point_as_the_page_does(capsys):
    words = {"A minimum": "minimum", "A maximum": "maximum", "A saddle": "saddle point", "not decide": "not decided",
             "not critical": "not critical"}
    for text, x, y in (("(1 - x)^2 + 100(y - x^2)^2", 1, 1), ("(1 - x)^2 + 100(y - x^2)^2", 0, 0), ("x^4 + y^4", 0, 0), ("x^2", 0, 0.3),
                       ("x^2 - 0.0001y^2", 0, 0), ("-x^2 - y^2", 0.0004, 0), ("sin(8x)sin(8y)", 0, 0), ("x + y^2", 0, 0),
                       ("x^2 + y^2", 0.05, 0)):
        spec = CalculusSpec(scene="critical", bent=text, px=x, py=y)
        exec(STUDY.scene(spec).program(spec), {})
        printed, sentence = capsys.readouterr().out.strip().splitlines()[-1], say(STUDY.scene(spec).draw(spec).notes[0])
        assert [word for part, word in words.items() if part in sentence] == [printed], (text, x, y)


def test_a_program_compares_a_sketch_only_where_there_is_a_slope():
    for text in ("1/x^2", "sqrt(x)", "asin(x)", "tan(pi*x/2)", "ln(x - 2.1)", "x^3"):
        spec, names = CalculusSpec(scene="sketch", f=text, reveal=True), {}
        with np.errstate(all="ignore"):
            exec(STUDY.scene(spec).program(spec), names)
        np.testing.assert_allclose(names["true"], curve(text).slopes(np.array([-2.0, -1, 0, 1, 2])), rtol=1e-9)


def test_the_error_of_a_polynomial_is_read_where_the_function_has_a_value():
    for text in ("ln(x)", "1/x", "sqrt(x)", "ln(2 - x)", "1/(x^2 - 1)", "asin(x/2)"):
        for a in np.round(RNG.uniform(-2.9, 2.9, 8), 2):
            try:
                title = drawn(scene="taylor", expanded=text, a=a, degree=4).figures[1].title
            except Trouble:
                continue
            x = float(title.split("=")[1].split(":")[0].replace("−", "-"))
            assert x != a and np.isfinite(parse(text).evaluate(x=x)) and not title.endswith(": 0")


@pytest.mark.parametrize("text", slow_after(["sin(10x)sin(10y)", "sin(12x + 17y)*cos(19x*y)", "cos(12x) + cos(12y)", "tan(x)*tan(y)",
                                             "sin(14x)sin(19y)", "1/sin(20x*y)"], 2))
def test_a_picture_of_an_egg_box_is_small(text):
    for scene, field in (("gradient", "g"), ("critical", "bent")):
        assert len(json.dumps(board_json(drawn(scene=scene, px=0.3, **{field: text})))) < 150_000


def test_zooming_in_straightens_a_smooth_curve():
    offs = [drawn(scene="zoom", f="sin(x)", x=1.0, log_zoom=z).numbers["off"] for z in (0.0, 1.0, 2.0, 3.0)]
    ratios = [a / b for a, b in zip(offs, offs[1:], strict=False)]
    assert all(7 < r < 13 for r in ratios[1:])  # ten times nearer, ten times straighter


def test_a_sketch_is_judged_only_when_it_is_revealed():
    hidden = drawn(scene="sketch", f="x^2", slope1=-4.0, slope2=-2.0, slope4=2.0, slope5=4.0)
    assert hidden.film is None and len(figure(hidden, "sketch")["data"]) == 7 and "signs fit" in say(hidden.notes[0])
    shown = drawn(scene="sketch", f="x^2", slope1=-4.0, slope2=-2.0, slope4=2.0, slope5=4.0, reveal=True)
    assert shown.film is not None and "fits" in say(shown.notes[0]) and shown.numbers["true"] == [-4, -2, 0, 2, 4]
    wrong = drawn(scene="sketch", f="x^2", slope1=3.0)
    assert "cannot be right: 1" in say(wrong.notes[0])
    written = shown.film.tracks[1].reveal
    assert list(written) == list(range(1, 62))


def test_a_derivation_is_shown_as_it_was_made():
    picture = drawn(scene="rules", derived="x^2 sin(x)", x=1.0)
    lines = figure(picture, "steps")["data"][0]["text"]
    assert lines[0] == "<b>(x² · sin(x))′</b>" and lines[-1] == "= 2x · sin(x) + x² · cos(x)"
    assert picture.numbers["slope"] == pytest.approx(2 * np.sin(1) + np.cos(1))
    assert all(target(step.line) is None for step in derivation("x^2 sin(x)")[-1:])
    assert pretty(parse("1/x*x")) == "(1 / x) · x"


@pytest.mark.parametrize("text", TWO)
def test_the_gradient_and_the_slope_in_a_direction(text):
    tree = sympy.sympify(for_sympy(parse(text, ("x", "y"))).replace("sympy.", "").replace("E**", "exp(1)**"))
    for _ in range(2):
        px, py, angle = round(float(RNG.uniform(-2, 2)), 2), round(float(RNG.uniform(-2, 2)), 2), float(RNG.integers(0, 361))
        numbers = drawn(scene="gradient", g=text, px=px, py=py, angle=angle).numbers
        slope = [float(sympy.diff(tree, n).subs({"x": px, "y": py})) for n in ("x", "y")]
        np.testing.assert_allclose(numbers["slope"], slope, rtol=1e-9, atol=1e-12)
        assert numbers["along"] == pytest.approx(np.cos(np.radians(angle)) * slope[0] + np.sin(np.radians(angle)) * slope[1])
        bend = np.array(sympy.hessian(tree, ("x", "y")).subs({"x": px, "y": py}).tolist(), dtype=float)
        found = drawn(scene="critical", bent=text, px=px, py=py).numbers
        np.testing.assert_allclose(found["hessian"], bend, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(found["eigenvalues"], np.linalg.eigvalsh(bend)[::-1], rtol=1e-8, atol=1e-10)


def test_across_the_gradient_the_surface_is_level_and_along_it_steepest():
    slope = np.array(drawn(scene="gradient").numbers["slope"])
    uphill = float(np.degrees(np.arctan2(slope[1], slope[0])))
    steep, level = (drawn(scene="gradient", angle=round(a, 0)).numbers["along"] for a in (uphill, uphill + 90))
    assert steep == pytest.approx(np.hypot(*slope), rel=1e-3) and abs(level) < 0.03
    assert "contour line" in say(drawn(scene="gradient", angle=round(uphill + 90)).notes[0])


def test_a_small_square_grows_by_the_determinant():
    big, small = (figure(drawn(scene="jacobian", side=s), "after")["data"][2] for s in (0.5, 0.05))
    det = drawn(scene="jacobian").numbers["det"]
    for data, side, slack in ((big, 0.5, 2), (small, 0.05, 0.12)):
        x, y = np.array(data["x"]), np.array(data["y"])
        area = 0.5 * abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))
        assert abs(area / side**2 / det - 1) < slack
    assert det == pytest.approx(4 * (1**2 + 0.5**2))  # of the square of a complex number: |2z|²


def test_the_chain_on_screen():
    numbers = drawn(scene="chain", inner="x^2", outer="sin(u)", x=1.0, nudge=0.2).numbers
    assert numbers["slope"] == pytest.approx(2 * np.cos(1)) and numbers["moved"] == pytest.approx(np.sin(1.44) - np.sin(1))
    assert "vanishing" in say(drawn(scene="chain", inner="2x - 1", outer="relu(u)", x=-0.5).notes[0])
    film = drawn(scene="chain").film
    assert film.tracks[2].values["text"][0] == [""] * 3 and film.tracks[2].values["text"][-1] == ["1.08", "0.54", "1"]


def test_how_far_a_polynomial_reaches():
    xs = np.linspace(-3, 3, 601)
    assert reach(xs, np.abs(xs) ** 3, 0.0) == pytest.approx((-0.21, 0.21), abs=0.012)
    widths = []
    for degree in (1, 3, 5, 7):
        shape = figure(drawn(scene="taylor", degree=degree), "curves")["layout"]["shapes"][0]
        widths.append(shape["x1"] - shape["x0"])
    assert widths == sorted(widths)


def test_32_bits_are_worse_and_say_so():
    picture = drawn(scene="numeric", precision="float32", log_step=-6.0)
    assert "32 bits" in say(picture.notes[1])
    assert "of 9" in picture.figures[1].title
    assert "of 17" in drawn(scene="numeric").figures[1].title


# ---- what is typed

@pytest.mark.parametrize(("scene", "field"), [("secant", "f"), ("zoom", "f"), ("sketch", "f"), ("rules", "derived"),
                                              ("gradient", "g"), ("chain", "inner"),
                                              ("chain", "outer"), ("jacobian", "u"), ("critical", "bent"), ("taylor", "expanded"),
                                              ("numeric", "checked")])
def test_what_cannot_be_drawn_is_refused_in_words(scene, field):
    for text in ("", "2+", "foo(x)", "__import__('os')", "x**(9**9**9)", "sqrt(-1-x^2-u^2)" if field == "outer" else "(" * 50):
        with pytest.raises(Trouble) as error:
            drawn(scene=scene, **{field: text})
        assert say(error.value.message)


def test_a_point_without_a_value_is_refused_in_words():
    for values in ({"f": "ln(x)", "x": -1.0}, {"scene": "gradient", "g": "ln(x)", "px": -1.0}, {"scene": "taylor", "expanded": "1/x"},
                   {"scene": "sketch", "f": "ln(-1 - x^2)"}, {"scene": "critical", "bent": "ln(x)", "px": -1.0}):
        with pytest.raises(Trouble, match="no"):
            drawn(**values)


@pytest.mark.parametrize("text", ["abs(x)^3", "x*abs(x)", "relu(x) - relu(-x)"])
def test_what_has_a_derivative_is_not_said_to_have_none(text):
    with pytest.raises(Trouble, match="it, or a part of it, has no value or no derivatives"):
        drawn(scene="taylor", expanded=text, a=0.0, degree=1)


def test_numbers_as_they_are_written():
    assert [short(v) for v in (190, -0.5, 3e-8, 1e-15, 0, -0.0, 1234567.0)] == ["190", "−0.5", "3·10⁻⁸", "10⁻¹⁵", "0", "0", "1.235·10⁶"]
    assert tex(1e-3) == "0.001" and tex(2.5e-9) == "2.5 \\cdot 10^{-9}" and tex(-1e-9) == "-10^{-9}"
    assert curve("x^2").corner(0.0) is None and curve("abs(x)").corner(0.0) == (-1.0, 1.0)


# ---- check yourself

def test_challenges_are_won_only_at_the_edge():
    first, second = CHALLENGES
    assert [first.state(START.changed(log_step=h))[0] for h in (-3.1, -3.15, -3.2, -5.0, -13.0)] == [False, True, False, False, False]
    assert not second.state(START.changed(log_step=-8.0))[0] and not second.state(START.changed(log_step=-15.0))[0]
    assert not second.state(START.changed(log_step=-10.0))[0] and second.state(second.reference)[0]
    assert first.allows(START.changed(checked="x^2")) is not None and first.allows(START.changed(precision="float32")) is not None


def test_questions_have_one_right_answer():
    number, across, chain = QUESTIONS
    assert judge(number, "6.5").correct and not judge(number, "6").correct and not judge(number, "3.25").correct
    for choice in (across, chain):
        assert [judge(choice, i).correct for i in range(len(choice.options))].count(True) == 1


def test_at_a_corner_nothing_speaks_of_a_tangent_and_elsewhere_all_do():
    corner, smooth = drawn(f="abs(x)", x=0.0), drawn(f="abs(x)", x=0.5)
    curve_title, slopes_title = (t.title for t in corner.figures)
    assert "no tangent here" in curve_title and "off by" not in slopes_title
    assert figure(corner, "slopes")["data"][1]["y"] == [None, None] and figure(smooth, "slopes")["data"][1]["y"] == [1.0, 1.0]
    assert not any(label["trace"] == 1 for t in corner.figures for label in t.figure["layout"]["meta"]["labels"])
    word, formula = corner.formulas[1]
    assert word == "No tangent here" and "-1" in formula and "neq" in formula
    assert "tangent slope 1" in smooth.figures[0].title and smooth.formulas[1][0] == "Tangent"


def test_the_slope_at_a_point_is_not_said_to_be_a_function():
    formula = drawn(scene="numeric", checked="e^x", x=0.0).formulas[2][1]
    assert formula.startswith("f'(x) = ") and formula.endswith("f'(0) = 1")


def test_short_names_of_lines_have_room_beside_the_plot():
    assert figure(drawn(scene="rules"), "both")["layout"]["margin"]["r"] >= 28
