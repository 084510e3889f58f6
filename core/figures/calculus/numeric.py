"""A derivative checked by differences: the error falls with h, until the digits of the computer run out."""

from __future__ import annotations

from os.path import commonprefix

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.calculus import marks
from core.figures.calculus.common import (
    CURVE,
    SECANT,
    TANGENT,
    Curve,
    cancelled,
    curve,
    short,
    sides,
    tex,
    window,
    without_slope,
)
from core.figures.calculus.secant import LOGS, NOISE
from core.figures.template import Template
from core.figures.theme import axis, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.differences import central, forward
from core.maths.source import definitions, python
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

HEIGHT = 400
LEAST, MOST = -17.0, 3.0  # of the axis of errors
DTYPES: dict[str, type] = {"float64": np.float64, "float32": np.float32}
DIGITS = {"float64": 17, "float32": 9}


def logs(errors: np.ndarray) -> np.ndarray:
    """log₁₀ of errors, within the figure; an error of 0 is drawn at its lower edge."""
    with np.errstate(all="ignore"):
        return np.clip(np.nan_to_num(np.log10(np.abs(errors)), nan=MOST, neginf=LEAST, posinf=MOST), LEAST, MOST)


def draw(spec: CalculusSpec) -> Picture:
    f, x, h, dtype = curve(spec.checked), spec.x, 10**spec.log_step, DTYPES[spec.precision]
    value, slope = f.at(x)
    ahead, both = float(forward(f.tree, x, h, dtype)), float(central(f.tree, x, h, dtype))
    rails = {"forward": logs(forward(f.tree, x, 10**LOGS, dtype) - slope), "central": logs(central(f.tree, x, 10**LOGS, dtype) - slope)}
    off = [abs(v - slope) if np.isfinite(v) else float("inf") for v in (ahead, both)]
    at = float(logs(np.array([ahead - slope]))[0])
    track = tuple(zip(LOGS.tolist(), LOGS.tolist(), rails["forward"].tolist(), strict=True))
    limit = NOISE if dtype is np.float64 else 1e9
    exactly = {"exact": slope, **({"ahead": ahead, "both": both} if h >= limit else {})}
    if broken := without_slope(f, x):
        return _broken(spec, f, broken, ahead, both, exactly)
    return Picture(
        (_errors(spec, rails, off), _digits(spec, f, h, ahead, slope, dtype)),
        handles=(Handle("step", "errors", _("Step h"), (spec.log_step, at), ("log_step",), rail=track, step=0.05, colour=SECANT),),
        notes=(*_notes(spec, rails, off, h), *cancelled(f, x)),
        formulas=((_("forward difference"), rf"\frac{{f(x+h) - f(x)}}{{h}} = {_tex(ahead)}"),
                  (_("central difference"), rf"\frac{{f(x+h) - f(x-h)}}{{2h}} = {_tex(both)}"),
                  (_("By rule"), rf"f'(x) = {f.slope.latex()}, \qquad f'({tex(x)}) = {tex(slope, 12)}")),
        numbers=exactly)


def _broken(spec: CalculusSpec, f: Curve, why: Message, ahead: float, both: float, found: dict[str, float]) -> Picture:
    """Where there is no derivative there is no error either: what the two differences give instead, for every h."""
    x, h, dtype = spec.x, 10**spec.log_step, DTYPES[spec.precision]
    steep = f.jump(x) is not None
    rails = {"forward": forward(f.tree, x, 10**LOGS, dtype), "central": central(f.tree, x, 10**LOGS, dtype)}
    known = {name: np.nan_to_num(rail) for name, rail in rails.items()}
    seen = {name: np.log10(np.maximum(np.abs(rail), 0.1)) for name, rail in known.items()} if steep else known
    heights = np.array([*(f.corner(x) or ()), *seen["forward"][LOGS > -6], *seen["central"][LOGS > -6]])
    low, high = (-1.0, 17.0) if steep else window(heights)
    rail = np.clip(seen["forward"], low, high)
    at = float(rail[int(np.abs(LOGS - spec.log_step).argmin())])
    said = {"h": short(h, 2), "ahead": _said(ahead), "both": _said(both)}
    data = [marks.line(LOGS, np.clip(seen["forward"], low, high), SECANT, width=1.8, name=_("forward step")),
            marks.line(LOGS, np.clip(seen["central"], low, high), CURVE, width=1.4, name=_("central")),
            *(marks.line([-16.5, 0.6], [side, side], TANGENT, dash="dot", width=1.2) for side in f.corner(x) or ()),
            marks.line([spec.log_step] * 2, [low, high], "border", dash="dot", width=1)]
    figure_ = figure("errors", data, layout(
        xaxis=marks.span(_("h, smaller to the right"), 0.6, -16.3, **marks.decades(-16, 0, 4)),
        yaxis=marks.span(_("the difference, as a power of ten") if steep else _("the difference"), low, high,
                         **(marks.decades(0, 16, 4) if steep else {})),
        **marks.labels((0, _("forward step"), SECANT), (1, _("central"), CURVE))),
        title=_("h = {h}: forward gives {ahead}, central {both}", **said),
        alt=_("What the forward and the central difference give for every h. There is no derivative to compare them with. Now h = {h}: "
              "{ahead} and {both}.", **said), height=HEIGHT, span=7)
    corner = f.corner(x)
    second = Message(N_("As h gets smaller the difference across the jump grows without end: there is no number that it comes to.")
                     if corner is None else
                     N_("The forward difference gives {ahead}, the slope on the right; the central one {both}, the mean of both sides. "
                        "Neither is a derivative, however small h is, so a check at a corner says nothing."), said)
    if corner and (abs(ahead - corner[1]) > 0.01 * (1 + abs(corner[1])) or abs(both - sum(corner) / 2) > 0.01 * (1 + abs(sum(corner)))):
        second = Message(N_("With small h the forward difference comes to {right}, the slope on the right, and the central one to "
                            "{middle}, the mean of both sides. Neither is a derivative, so a check at a corner says nothing."),
                         {"right": short(corner[1]), "middle": short(sum(corner) / 2)})
    handle = Handle("step", "errors", _("Step h"), (spec.log_step, at), ("log_step",),
                    rail=tuple(zip(LOGS.tolist(), LOGS.tolist(), rail.tolist(), strict=True)), step=0.05, colour=SECANT)
    return Picture((figure_, _digits(spec, f, h, ahead, None, dtype)), handles=(handle,), notes=(why, second),
                   formulas=((_("forward difference"), rf"\frac{{f(x+h) - f(x)}}{{h}} = {_tex(ahead)}"),
                             (_("central difference"), rf"\frac{{f(x+h) - f(x-h)}}{{2h}} = {_tex(both)}"),
                             (_("No derivative here"), sides(f, x))), numbers=found)


def _tex(value: float) -> str:
    return tex(value, 12) if np.isfinite(value) else r"\text{--}"


def _errors(spec: CalculusSpec, rails: dict[str, np.ndarray], off: list[float]) -> Template:
    data = [marks.line(LOGS, rails["forward"], SECANT, width=1.8, name=_("forward step")),
            marks.line(LOGS, rails["central"], CURVE, width=1.4, name=_("central")),
            marks.line([-16.5, 0.6], [-3, -3], "muted", dash="dot", width=1.2),
            marks.line([spec.log_step] * 2, [LEAST, MOST], "border", dash="dot", width=1)]
    return figure("errors", data, layout(
        xaxis=marks.span(_("h, smaller to the right"), 0.6, -16.3, **marks.decades(-16, 0, 4)),
        yaxis=marks.span(_("error of the slope"), LEAST, MOST, **marks.decades(-16, 0, 4)),
        **marks.labels((0, _("forward step"), SECANT), (1, _("central"), CURVE), (2, "0.001", "muted"))),
        title=_("h = {h}: forward off by {off}, central by {both}", h=short(10**spec.log_step, 2), off=_said(off[0]), both=_said(off[1])),
        alt=_("The errors of the forward and the central difference for every h, both axes logarithmic: each falls, reaches a least "
              "value and rises again. Now h = {h}: {off} and {both}.", h=short(10**spec.log_step, 2),
              off=_said(off[0]), both=_said(off[1])),
        height=HEIGHT, span=7)


def _said(value: float) -> str:
    return short(value, 2) if np.isfinite(value) else "–"


def written(value: float, digits: int) -> str:
    """All digits that a computer keeps of a number, at fixed places."""
    whole = max(1, len(str(int(abs(value))))) if np.isfinite(value) else 1
    return f"{value:.{max(digits - whole, 0)}f}" if abs(value) < 1e15 else f"{value:.{digits}g}"


def _digits(spec: CalculusSpec, f: Curve, h: float, ahead: float, slope: float | None, dtype: type) -> Template:
    """f(x + h) and f(x), digit by digit: what is the same is lost when they are subtracted. slope: None where there is none."""
    x, digits = dtype(spec.x), DIGITS[spec.precision]
    a, b = float(f.tree.evaluate(dtype, x=x + dtype(h))), float(f.tree.evaluate(dtype, x=x))
    first, second = written(a, digits), written(b, digits)
    same = commonprefix([first, second])
    shared = sum(sign.isdigit() for sign in same.lstrip("-").lstrip("0").lstrip(".").lstrip("0"))
    family = {"family": "ui-monospace, Menlo, Consolas, monospace"}
    rows = [3.0, 2.4, 1.5, 0.9]
    split = 0.02 + 0.0345 * len(same)
    heads = ["f(x + h)", "f(x)", "(f(x + h) − f(x)) / h", "f′(x)"]
    first, second, same, *found = (text.replace("-", "−") for text in (
        first, second, same, written(ahead, digits), _("there is none") if slope is None else written(slope, digits)))
    data = [marks.words([0] * 4, [r + 0.26 for r in rows], heads, "muted", place="middle right", size=11),
            marks.words([split] * 2, rows[:2], [same] * 2, "muted", place="middle left", size=17),
            marks.words([split] * 2, rows[:2], [first[len(same):], second[len(same):]], SECANT, place="middle right", size=17),
            marks.words([0.02], rows[2:3], found[:1], SECANT, place="middle right", size=17),
            marks.words([0.02], rows[3:], found[1:], TANGENT, place="middle right", size=17)]
    for trace in data[1:]:
        trace["textfont"] |= family
    blank = axis(visible=False, fixedrange=True)
    return figure("digits", data, layout(xaxis={**blank, "range": [-0.02, 1]}, yaxis={**blank, "range": [0.5, 3.6]},
                                         margin={"l": 8, "r": 4, "t": 4, "b": 4}),
                  title=_("Digits that cancel: {shared} of {digits}", shared=min(shared, digits), digits=digits),
                  alt=_("f(x + h) = {a} and f(x) = {b}: the first {shared} digits are the same and are lost in the difference.", a=first,
                        b=second, shared=shared), height=HEIGHT, span=5)


def _falls(rail: np.ndarray, log_h: float) -> float:
    """The error with a tenth of h, as a share of that with h."""
    now, less = np.interp([log_h, log_h - 1], LOGS, rail)
    return float(10 ** (less - now))


def _notes(spec: CalculusSpec, rails: dict[str, np.ndarray], off: list[float], h: float) -> tuple[Message, ...]:
    best = float(LOGS[int(rails["forward"].argmin())])
    other = float(LOGS[int(rails["central"].argmin())])
    said = {"h": short(h, 2), "off": _said(off[0]), "both": _said(off[1]), "best": short(10**best, 1), "other": short(10**other, 1),
            "digits": DIGITS[spec.precision] - 1 if spec.precision == "float64" else 7}
    smallest = float(10 ** rails["forward"].min())
    falls, falls_both = (_falls(rails[name], spec.log_step) for name in ("forward", "central"))
    if off[0] <= smallest * 30 or off[0] < 1e-13 or rails["forward"].min() == rails["forward"].max():
        first = Message(N_("Here the forward difference is about as good as it gets: off by {off}. Its best h is near {best}; the "
                           "central one is best near {other}."), said)
    elif spec.log_step > best and 0.08 < falls < 0.125:
        first = Message(N_("h is still too large: the curve bends between the two points. With a tenth of h the forward error falls to "
                           "about a tenth."), said)
    elif spec.log_step > best:
        first = Message(N_("h is still too large: the curve bends between the two points. With a tenth of h the forward error falls to "
                           "{falls} of what it is."), {**said, "falls": short(falls, 2)})
    else:
        first = Message(N_("h is too small: the numbers have only {digits} digits, and most of them cancel. With a tenth of h the error "
                           "grows about ten times."), said)
    if spec.precision == "float32":
        second = Message(N_("32 bits run out of digits much sooner, and a network computes with them: check gradients in 64 bits."))
    elif off[1] < 1e-13:
        second = Message(N_("The central difference is off by next to nothing here: what the bend adds on one side it takes "
                            "away on the other."))
    elif spec.log_step > other and 0.006 < falls_both < 0.016:
        second = Message(N_("The central difference, off by {both}, has a point on either side, so that most of the bend cancels: with a "
                            "tenth of h its error falls to about a hundredth."), said)
    elif spec.log_step > other:
        second = Message(N_("The central difference, off by {both}, has a point on either side; with a tenth of h its error is {falls} of "
                            "what it is."), {**said, "falls": short(falls_both, 2)})
    elif off[1] <= 100 * float(10 ** rails["central"].min()):
        second = Message(N_("The central difference is off by {both}, about as good as it gets: its best h is near {other}."), said)
    else:
        second = Message(N_("The central difference is off by {both}; its best h was larger, near {other}."), said)
    return (first, second)


def program(spec: CalculusSpec) -> str:
    words = [_("by rule"), _("forward difference"), _("central difference"), _("forward step"), _("off by"), _("central")]
    f = curve(spec.checked)
    if not f.smooth(spec.x):
        words[0] = _("what the rule gives; there is no derivative here")
    return f"""{definitions(f.tree, f.slope)}

def f(x):
    return {python(f.tree)} + 0 * x


real = np.{spec.precision}
x = np.float64({spec.x!r})
exact = {python(f.written(spec.x))} + 0 * x  # {words[0]}
x, h = real(x), real(10.0**{spec.log_step!r})
ahead = (f(x + h) - f(x)) / h  # {words[1]}
both = (f(x + h) - f(x - h)) / (2 * h)  # {words[2]}
print("{words[0]}", exact)
print("{words[3]}", ahead, " {words[4]}", abs(ahead - exact))
print("{words[5]}", both, " {words[4]}", abs(both - exact))
for k in range(1, 16):
    step = real(10.0**-k)
    print(f"h = 1e-{{k:02d}}", abs((f(x + step) - f(x)) / step - exact), abs((f(x + step) - f(x - step)) / (2 * step) - exact))"""


SCENE = Scene(
    "numeric", N_("Numerical check"),
    N_("Ride down the error with the orange point: how small should h be, and what goes wrong when it is smaller still?"),
    ("checked", "x", "log_step", "precision"), draw, program,
    presets=(Preset("eˣ", {"scene": "numeric"}), Preset("x²", {"scene": "numeric", "checked": "x^2"}),
             Preset("sin(x)", {"scene": "numeric", "checked": "sin(x)"}),
             Preset(N_("A large offset: x² + 1000"), {"scene": "numeric", "checked": "x^2 + 1000"}),
             Preset(N_("32 bits"), {"scene": "numeric", "precision": "float32"})),
    trials=(Trial(N_("The best h"), N_("Near h = 10⁻⁸ both faults are equally small, and eight digits are right: half of 16."),
                  {"scene": "numeric", "log_step": -8.0}),
            Trial(N_("A thousand on top"), N_("The constant changes nothing in the slope, but it eats three digits of every difference."),
                  {"scene": "numeric", "checked": "x^2 + 1000", "log_step": -10.0})),
)
