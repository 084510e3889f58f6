"""What may be asked on the page on calculus: a typed function, a point on it, a step h, a direction, a degree."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

SCENES = {
    "secant": N_("Secant to tangent"), "zoom": N_("Zoom in"), "sketch": N_("Sketch the derivative"), "rules": N_("Rule by rule"),
    "gradient": N_("Gradient"), "chain": N_("Chain rule"), "jacobian": N_("Jacobian"), "critical": N_("Hessian"),
    "taylor": N_("Taylor polynomial"), "numeric": N_("Numerical check"),
}
SHOW, FORMULA, POINT = N_("Display"), N_("Formula"), N_("Point")
TYPED = N_("Type it as on paper: x^2, 2x(x+1), sin(x), e^(-x^2), sqrt(x), |x| as abs(x).")
SLOPES = ("slope1", "slope2", "slope3", "slope4", "slope5")


def _formula(default: str, label: str, help: str) -> str:
    return setting(default, label=label, help=help, group=FORMULA, max_length=200)


def _slope(label: str) -> float:
    return setting(0.0, label=label, help=N_("How steep you think the curve is there."), group=POINT, ge=-40, le=40, step=0.1)


class CalculusSpec(StudySpec):
    study: ClassVar[str] = "calculus"

    scene: Literal["secant", "zoom", "sketch", "rules", "gradient", "chain", "jacobian", "critical", "taylor", "numeric"] = setting(
        "secant", choices=SCENES, label=N_("Scene"), help=N_("What this page shows."), group=SHOW)
    f: str = _formula("x^2", "f(x)", TYPED)
    x: float = setting(1.0, label=N_("Point x"), help=N_("Where on the curve we look."), group=POINT, ge=-3, le=3, step=0.05)
    log_h: float = setting(0.0, label=N_("Step: log₁₀ h"), group=POINT, ge=-16, le=0.3, step=0.05,
                           help=N_("The step h is ten to this power: 0 is h = 1, −3 is h = 0.001."))
    log_zoom: float = setting(0.3, label=N_("Zoom: log₁₀"), group=POINT, ge=0, le=5, step=0.05,
                              help=N_("How many times the box is enlarged, as a power of ten: 2 is 100 times."))
    slope1: float = _slope(N_("Slope at x = −2"))
    slope2: float = _slope(N_("Slope at x = −1"))
    slope3: float = _slope(N_("Slope at x = 0"))
    slope4: float = _slope(N_("Slope at x = 1"))
    slope5: float = _slope(N_("Slope at x = 2"))
    derived: str = _formula("x^2 sin(x)", "f(x)", TYPED)
    expanded: str = _formula("sin(x)", "f(x)", TYPED)
    checked: str = _formula("e^x", "f(x)", TYPED)
    reveal: bool = setting(False, label=N_("Show the derivative"), help=N_("Draws the true derivative over your sketch."), group=SHOW)
    g: str = _formula("x^2 + y^2", "f(x, y)", N_("A function of two variables, such as x^2 + y^2 or sin(x)cos(y)."))
    px: float = setting(1.0, label=N_("Point x"), help=N_("Where in the plane we stand, to the "
                                                          "right."), group=POINT, ge=-2, le=2, step=0.05)
    py: float = setting(0.5, label=N_("Point y"), help=N_("Where in the plane we stand, upwards."), group=POINT, ge=-2, le=2, step=0.05)
    angle: float = setting(90.0, label=N_("Direction"), help=N_("Which way we walk: 0 is to the right, 90 is up."), group=POINT, unit="°",
                           ge=0, le=360, step=1)
    bent: str = _formula("(x^2 - 1)^2 + y^2", "f(x, y)", N_("A function of two variables, such as x^2 + y^2 or sin(x)cos(y)."))
    inner: str = _formula("x^2", "u = g(x)", N_("The inner function, of x."))
    outer: str = _formula("sin(u)", "y = f(u)", N_("The outer function, of u."))
    nudge: float = setting(0.2, label=N_("Nudge Δx"), help=N_("How far x is pushed."), group=POINT, ge=-1, le=1, step=0.02)
    u: str = _formula("x^2 - y^2", "u(x, y)", N_("Where a point goes, to the right."))
    v: str = _formula("2xy", "v(x, y)", N_("Where a point goes, upwards."))
    side: float = setting(0.5, label=N_("Side of the square"), help=N_("How large the square is that the map bends."), group=POINT,
                          ge=0.05, le=1, step=0.05)
    a: float = setting(0.0, label=N_("Point a"), help=N_("Where the polynomial takes after the function."), group=POINT, ge=-3, le=3,
                       step=0.05)
    log_step: float = setting(-1.0, label=N_("Step: log₁₀ h"), group=POINT, ge=-16, le=0.3, step=0.05,
                              help=N_("The step h is ten to this power: 0 is h = 1, −3 is h = 0.001."))
    degree: int = setting(3, label=N_("Degree n"), help=N_("How many powers of x − a the polynomial may use."), group=POINT, ge=0, le=15)
    precision: Literal["float64", "float32"] = setting(
        "float64", label=N_("Numbers"), group=POINT, choices={"float64": N_("64 bits: 16 digits"), "float32": N_("32 bits: 7 digits")},
        help=N_("How many digits the computer keeps of every number. Networks are trained with 32 bits."))
