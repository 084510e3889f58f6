"""Taylor polynomials: how a polynomial takes after a function around a point, and where it gives up."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.calculus import exactly, marks
from core.figures.calculus.common import CURVE, EDGE, SECANT, XS, Curve, clipped, curve, foot, line_of, rounded, short, tex
from core.figures.theme import colour, layout
from core.figures.values import numbers
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.series import no_series, taylor
from core.maths.source import definitions, for_sympy, python
from core.maths.tree import Name
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

HEIGHT = 400
GOOD = 0.01


def draw(spec: CalculusSpec) -> Picture:
    f, a, n = curve(spec.expanded), spec.a, spec.degree
    coefficients = taylor(f.tree, "x", a, n)
    if n and not f.smooth(a):
        raise Trouble(no_series(f.tree, "x", a))
    value = float(coefficients[0])
    values, (low, high) = line_of(spec.expanded)
    polynomial = np.polynomial.polynomial.polyval(XS - a, coefficients)
    error = np.abs(f(XS) - polynomial)
    left, right = reach(XS, error, a)
    good = [i for i, x in enumerate(XS) if left <= x <= right]
    curves = figure("curves", [
        marks.line(numbers(XS), values, CURVE, width=2.6, name="f"),
        marks.line(numbers(XS), clipped(polynomial, low, high), SECANT, dash="dash", width=2.6, name="T"),
        marks.dots([a], [value], "text", size=9, name=_("the point")),
    ], layout(xaxis=marks.span("x", -EDGE, EDGE), yaxis=marks.span("", low, high),
              shapes=[{"type": "rect", "x0": rounded(left), "x1": rounded(right), "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0},
                       "fillcolor": colour("score_band"), "layer": "below"}],
              **marks.labels((0, "f", CURVE), (1, f"T{str(n).translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}", SECANT))),
        title=_("Degree {n}: within 0.01 from {left} to {right}", n=n, left=short(left, 2), right=short(right, 2)),
        alt=_("The function {formula} and its Taylor polynomial of degree {n} at a = {a}. They agree to 0.01 from x = {left} to {right}.",
              formula=f.tree.text(), n=n, a=short(a), left=short(left, 2), right=short(right, 2)), height=HEIGHT, span=7)
    logs = np.log10(np.maximum(error, 1e-16))
    errors = figure("errors", [
        marks.line(numbers(XS), numbers(logs), SECANT, width=2.2, name=_("error")),
        marks.line([-EDGE, EDGE], [np.log10(GOOD)] * 2, "muted", dash="dot", width=1.2),
        marks.line([a, a], [-16, 3], "border", dash="dot", width=1),
    ], layout(xaxis=marks.span("x", -EDGE, EDGE), yaxis=marks.span(_("error |f − T|"), -16.4, 3, **marks.decades(-16, 0, 4)),
              **marks.labels((0, _("error"), SECANT), (1, "0.01", "muted"))),
        title=_("Error at x = {x}: {error}", x=short(_probe(f, a)), error=short(_off(f, coefficients, a), 2)),
        alt=_("The error of the polynomial for every x, on a logarithmic axis: least at a = {a}, growing with the distance.", a=short(a)),
        height=HEIGHT, span=5)
    first, found = _polynomial(coefficients, a), exactly.polynomial(f.tree, a, tuple(coefficients.tolist()))
    second = rf"T_{{{n}}}(x) = {found}" if found else ""
    formulas = [(_("Polynomial"), first)]
    if second and second.split() != first.split():
        formulas.append((_("Exactly"), second))
    return Picture((curves, errors),
                   handles=(Handle("point", "curves", _("Point a"), (a, foot(low, high)), ("a",),
                                   rail=((-3.0, -3.0, foot(low, high)), (3.0, 3.0, foot(low, high))),
                                   step=0.05),),
                   notes=_notes(coefficients, a, n, left, right, len(good)),
                   formulas=tuple(formulas),
                   numbers={"coefficients": coefficients[:4].tolist(), "error": _off(f, coefficients, a)})


def _probe(f: Curve, a: float) -> float:
    """Where the error is read off: one step from a towards the middle, or the next place where the function has a value."""
    inwards = 1 if a <= 0 else -1
    places = [rounded(a + way * step) for step in (1, 0.5, 0.25, 0.1) for way in (inwards, -inwards)]
    return next((x for x in places if np.isfinite(f(x)) and abs(x) <= EDGE), a)


def _off(f: Curve, coefficients: np.ndarray, a: float) -> float:
    x = _probe(f, a)
    return float(np.abs(f(x) - np.polynomial.polynomial.polyval(x - a, coefficients)))


def reach(xs: np.ndarray, error: np.ndarray, a: float) -> tuple[float, float]:
    """From where to where around a the error stays below GOOD; a itself if it does nowhere."""
    bad = ~(error < GOOD)
    left, right = xs[bad & (xs <= a)], xs[bad & (xs >= a)]
    step = xs[1] - xs[0]
    low = float(left.max()) + step if left.size else float(xs[0])
    high = float(right.min()) - step if right.size else float(xs[-1])
    return min(low, a), max(high, a)


def _polynomial(coefficients: np.ndarray, a: float) -> str:
    """Its first terms that are not 0, in LaTeX."""
    base = "x" if a == 0 else f"(x {'-' if a > 0 else '+'} {tex(abs(a))})"
    terms = []
    for k, c in enumerate(coefficients):
        if abs(c) < 1e-12 and not (k == 0 and len(coefficients) == 1):
            continue
        size = tex(abs(c), 4)
        power = "" if k == 0 else base if k == 1 else f"{base}^{{{k}}}"
        terms.append(("-" if c < 0 else "+", power if size == "1" and power else f"{size} {power}"))
    shown, more = terms[:5], len(terms) > 5
    text = " ".join(f"{sign} {term}" for sign, term in shown) or "+ 0"
    rest = r" + \cdots" if more else ""
    return f"T_{{{len(coefficients) - 1}}}(x) = {text.removeprefix('+ ')}{rest}"


def _notes(coefficients: np.ndarray, a: float, n: int, left: float, right: float, count: int) -> tuple[Message, ...]:
    said = {"n": n, "a": short(a), "left": short(left, 2), "right": short(right, 2), "width": short(right - left, 2)}
    missing = [k for k in range(1, n + 1) if abs(coefficients[k]) < 1e-12]
    if n == 0:
        first = Message(N_("Degree 0 knows the height at a = {a} and nothing else: a level line. Add a degree for each thing it should "
                           "know."), said)
    elif n == 1:
        first = Message(N_("Degree 1 is the tangent: height and slope at a = {a} are right, and it is good enough over {width} of the "
                           "axis."), said)
    elif left <= -EDGE + 0.05 and right >= EDGE - 0.05:
        first = Message(N_("With degree {n} the polynomial fits to 0.01 over all that is shown. Value and {n} derivatives at one point "
                           "were enough."), said)
    else:
        first = Message(N_("Degree {n} fits to 0.01 from {left} to {right}. Outside it runs away: a polynomial is steered by what it "
                           "knows at one point."), said)
    if missing and n >= 2 and len(missing) < n:
        return (first, Message(N_("Some powers are missing: their derivatives are 0 at a = {a}, so adding such a degree "
                                  "changes nothing."), said))
    return (first,)


def program(spec: CalculusSpec) -> str:
    words = [_("coefficients"), _("error at")]
    f = curve(spec.expanded)
    known = taylor(f.tree, "x", spec.a, spec.degree)
    return f"""{definitions(f.tree)}

def f(x):
    return {python(f.tree)} + 0 * x


a, n = {spec.a!r}, {spec.degree}
{_coefficients(spec, known)}
x = {_probe(f, spec.a)!r}
error = abs(f(x) - np.polynomial.polynomial.polyval(x - a, coefficients))
coefficients = coefficients[:4]
print("{words[0]}", coefficients)
print("{words[1]}", x, "=", error)"""


def _coefficients(spec: CalculusSpec, known: np.ndarray) -> str:
    words = [_("derivatives at a, divided by 0!, 1!, 2!, …")]
    source = for_sympy(curve(spec.expanded).tree)
    if not source:
        return f"coefficients = np.array({[float(c) for c in known]})  # {words[0]}"
    return f"""import sympy

t = sympy.Symbol("t", real=True)
slope, coefficients = {for_sympy(curve(spec.expanded).tree.replaced(Name("x"), Name("t")))}, []
for k in range(n + 1):  # {words[0]}
    coefficients.append(float(sympy.sympify(slope).subs(t, sympy.Rational(str(a))).evalf(30)) / float(sympy.factorial(k)))
    slope = sympy.diff(slope, t)"""


SCENE = Scene(
    "taylor", N_("Taylor polynomial"),
    N_("Raise the degree: each one makes the polynomial right in one more derivative at the point. Then drag the point."),
    ("expanded", "degree", "a"), draw, program,
    presets=(Preset("sin(x)", {"scene": "taylor"}), Preset("eˣ", {"scene": "taylor", "expanded": "e^x"}),
             Preset("x²", {"scene": "taylor", "expanded": "x^2", "a": 1.0, "degree": 2}),
             Preset("1/(1 + x²)", {"scene": "taylor", "expanded": "1/(1 + x^2)", "degree": 6}),
             Preset(N_("A sigmoid"), {"scene": "taylor", "expanded": "sigmoid(2x)", "degree": 5})),
    trials=(Trial(N_("Nine degrees"), N_("Degree 9 holds the sine over nearly all of the picture."),
                  {"scene": "taylor", "degree": 9}),
            Trial(N_("More does not always help"), N_("1/(1 + x²) is smooth everywhere, yet beyond ±1 more degrees make it worse."),
                  {"scene": "taylor", "expanded": "1/(1 + x^2)", "degree": 14})),
)
