"""A secant becomes the tangent as h → 0; smaller still, and the digits of the computer run out."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.calculus import marks
from core.figures.calculus.common import (
    CURVE,
    EDGE,
    SECANT,
    TANGENT,
    XS,
    Curve,
    cancelled,
    curve,
    foot,
    line_of,
    rounded,
    short,
    sides,
    tex,
    without_slope,
)
from core.figures.template import Template
from core.figures.theme import layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.source import definitions, python
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

LOGS = np.round(np.arange(-16, 0.301, 0.05), 2)  # the places of the slider
NOISE = 1e-7  # below it a slope keeps fewer digits than two programs agree on
HEIGHT = 400


def secant_slopes(f: Curve, x: float, h: np.ndarray) -> np.ndarray:
    """(f(x + h) − f(x)) / h as the computer works it out, rounding errors and all."""
    return (f(x + h) - float(f(x))) / h


def draw(spec: CalculusSpec) -> Picture:
    f, x, h = curve(spec.f), spec.x, 10**spec.log_h
    value, slope = f.at(x)
    secant = float(secant_slopes(f, x, np.array(h)))
    if not np.isfinite(secant):
        f.at(x + h)
        secant = 0.0
    return Picture((_curve(spec, f, value, slope, secant, h), _slopes(spec, f, slope, secant)), handles=_handles(spec, f, slope, secant, h),
                   notes=(*_notes(f, x, h, value, slope, secant), *cancelled(f, x)),
                   formulas=((_("Secant"), rf"\frac{{f({tex(x)} + h) - f({tex(x)})}}{{h}} = {tex(secant, 6)}, \qquad h = {tex(h, 3)}"),
                             _tangent(f, x, slope)),
                   numbers={"exact": slope, **({"slope": secant} if h >= NOISE else {})})


def _tangent(f: Curve, x: float, slope: float) -> tuple[str, str]:
    if not f.smooth(x):
        return _("No tangent here"), sides(f, x)
    return _("Tangent"), rf"f'(x) = {f.slope.latex()}, \qquad f'({tex(x)}) = {tex(slope, 6)}"


def _curve(spec: CalculusSpec, f: Curve, value: float, slope: float, secant: float, h: float) -> Template:
    values, (low, high) = line_of(spec.f)
    x, ends = spec.x, np.array([-EDGE, EDGE])
    top, smooth = float(f(x + h)), bool(f.smooth(x))
    said = {"secant": short(secant), "slope": short(slope), "formula": f.tree.text(), "x": short(x), "end": short(x + h)}
    data = [
        marks.line(numbers(XS), values, CURVE, width=2.6, name="f"),
        marks.line(ends, value + slope * (ends - x) + (0 if smooth else np.nan), TANGENT, dash="dash", name=_("tangent")),
        marks.line(ends, value + secant * (ends - x), SECANT, width=2.4, name=_("secant")),
        marks.line([x, rounded(x + h), rounded(x + h)], numbers([value, value, top]), "muted", dash="dot", width=1.5),
        marks.words([x + h / 2, x + h], [value, (value + top) / 2], ["h" if h > 0.15 else "", "Δf" if h > 0.15 else ""], "muted",
              place=["bottom center", "middle right"]),
        marks.dots([x, x + h], [value, top], "text", size=9, name=_("on the curve")),
        marks.line([x, x], [low, rounded(value)], "border", dash="dot", width=1),
    ]
    return figure("curve", data, layout(
        xaxis=marks.span("x", -EDGE, EDGE), yaxis=marks.span("f(x)", low, high),
        **marks.labels((0, "f", CURVE), *([(1, _("tangent"), TANGENT)] if smooth else []), (2, _("secant"), SECANT))),
        title=_("Secant slope {secant}, tangent slope {slope}", **said) if smooth else
        _("Secant slope {secant}, no tangent here", **said),
        alt=_("The curve {formula} with a secant from x = {x} to x = {end}, slope {secant}, and the tangent at x = {x}, slope {slope}.",
              **said) if smooth else
        _("The curve {formula} with a secant from x = {x} to x = {end}, slope {secant}. At x = {x} it has no tangent.",
          **said),
        height=HEIGHT, span=7)


def _reach(f: Curve, x: float, slope: float) -> float:
    """Half the height of the second figure: it holds the secants of all h ≥ 0.001."""
    off = np.abs(secant_slopes(f, x, 10 ** LOGS[LOGS >= -3]) - slope)
    off = off[np.isfinite(off)]
    return rounded(1.2 * max(float(off.max()) if off.size else 1.0, 0.5), 3)


def _track(f: Curve, x: float, slope: float) -> np.ndarray:
    """The secant's slope at every place of the slider, within the figure."""
    reach = _reach(f, x, slope)
    found = secant_slopes(f, x, 10**LOGS)
    return np.clip(np.where(np.isfinite(found), found, slope), slope - reach, slope + reach)


def _slopes(spec: CalculusSpec, f: Curve, slope: float, secant: float) -> Template:
    reach, found = _reach(f, spec.x, slope), _track(f, spec.x, slope)
    smooth, said = bool(f.smooth(spec.x)), {"slope": short(slope), "h": short(10**spec.log_h, 3)}
    data = [marks.line(LOGS, found, SECANT, width=1.6, name=_("secant slope")),
            marks.line([-16.3, 0.6], [rounded(slope) if smooth else None] * 2, TANGENT, dash="dash", name=_("tangent slope")),
            marks.line([spec.log_h] * 2, [slope - 1.1 * reach, slope + 1.1 * reach], "border", dash="dot", width=1)]
    return figure("slopes", data, layout(
        xaxis=marks.span(_("h, smaller to the right"), 0.6, -16.3, **marks.decades(-16, 0, 4)),
        yaxis=marks.span(_("slope of the secant"), slope - 1.1 * reach, slope + 1.1 * reach),
        **marks.labels(*([(1, _("tangent"), TANGENT)] if smooth else []))),
        title=_("h = {h}: off by {error}", **said, error=short(abs(secant - slope), 2)) if smooth else
        _("h = {h}: secant slope {secant}", **said, secant=short(secant)),
        alt=_("The slope of the secant for every h from 2 down to 10⁻¹⁶: it settles at {slope}, then jumps about. Now h = {h}.",
              **said) if smooth else
        _("The slope of the secant for every h from 2 down to 10⁻¹⁶. There is no tangent to compare it with. Now h = {h}.", **said),
        height=HEIGHT, span=5)


def _handles(spec: CalculusSpec, f: Curve, slope: float, secant: float, h: float) -> tuple[Handle, ...]:
    low = foot(*line_of(spec.f)[1])
    steps = np.linspace(0.03, 2, 60)
    rail = tuple((rounded(np.log10(d), 6), rounded(spec.x + d, 9), rounded(y, 9)) for d, y in zip(steps, f(spec.x + steps), strict=True)
                 if np.isfinite(y))
    rail = tuple((min(v, 0.3), x, y) for v, x, y in rail)
    found = _track(f, spec.x, slope)
    track = tuple(zip(LOGS.tolist(), LOGS.tolist(), found.tolist(), strict=True))
    here = secant_slopes(f, spec.x, np.array(h))
    reach = _reach(f, spec.x, slope)
    at = float(np.clip(here if np.isfinite(here) else slope, slope - reach, slope + reach))
    last = (spec.x + h, float(f(spec.x + h)))
    moved = (Handle("end", "curve", _("The other end of the secant"), last, ("log_h",), rail=rail, step=0.01, colour=SECANT),) \
        if len(rail) > 1 else ()
    return (Handle("point", "curve", _("Point x"), (spec.x, low), ("x",), rail=((-3.0, -3.0, low), (3.0, 3.0, low)), step=0.05), *moved,
            Handle("step", "slopes", _("Step h"), (spec.log_h, at), ("log_h",), rail=track, step=0.05, colour=SECANT))


def _notes(f: Curve, x: float, h: float, value: float, slope: float, secant: float) -> tuple[Message, ...]:
    error = abs(secant - slope)
    said = {"h": short(h, 3), "secant": short(secant), "slope": short(slope), "error": short(error, 2), "x": short(x)}
    if broken := without_slope(f, x):
        return (broken, Message(N_("Secants to either side do not settle on one line, so there is no tangent: here the secant climbs "
                                   "{secant}."), said))
    if x + h == x:
        return (Message(N_("h = {h} is so small that x + h is x itself for the computer: it works out 0 / h = 0. The true slope is "
                           "{slope}."),
                        said),)
    lost = 2e-16 * abs(value) / h  # what rounding may take from the secant's slope
    if h < 3e-8 and error > 0 and lost > error / 30:
        kept = max(0, round(-np.log10(max(error / max(abs(slope), 1e-3), 1e-16))))
        return (Message(N_("Smaller is not better any more. f(x + h) and f(x) agree in nearly all of their 16 digits, and their "
                           "difference keeps only the rest. Digits of the slope that are right: about {kept}."), {**said, "kept": kept}),
                Message(N_("The formula f′(x) is right at any rate: {slope}. That is why frameworks work out gradients by rule and use "
                           "small steps only to check them."), said))
    if error < 1e-9:
        return (Message(N_("Secant and tangent have the same slope, {slope}, to nine digits."), said),)
    if h > 0.3:
        return (Message(N_("The secant through two points climbs {secant} for each step to the right; the tangent at x = {x} climbs "
                           "{slope}. Pull the second point towards the first and watch the line turn."), said),)
    less = abs(float(secant_slopes(f, x, np.array(h / 10))) - slope)
    if not 8 < error / max(less, 1e-300) < 12.5:  # the second derivative is 0 here, or h is still too large for it to rule
        return (Message(N_("With h = {h} secant and tangent differ by {error}; with a tenth of h it is {less}."),
                        {**said, "less": short(less, 2)}),)
    return (Message(N_("With h = {h} secant and tangent differ by {error}, which is {ratio} times h: a tenth of h, a tenth of the "
                       "difference."), {**said, "ratio": short(error / h, 2)}),)


def program(spec: CalculusSpec) -> str:
    words = [_("by rule"), _("of the secant"), _("of the tangent"), _("secant"), _("tangent"),
             _("smaller and smaller: better first, then worse")]
    f = curve(spec.f)
    if not f.smooth(spec.x):
        words[2], words[4] = _("what the rule gives; there is no tangent here"), words[0]
    return f"""{definitions(f.tree, f.slope)}

def f(x):
    return {python(f.tree)}


def derivative(x):  # {words[0]}
    return {python(f.written(spec.x))}


x = np.float64({spec.x!r})
h = 10.0**{spec.log_h!r}
slope = (f(x + h) - f(x)) / h  # {words[1]}
exact = derivative(x) + 0 * x  # {words[2]}
print("{words[3]}", slope)
print("{words[4]}", exact)
for k in range(17):  # {words[5]}
    print(f"h = 1e-{{k:02d}}", (f(x + 10.0**-k) - f(x)) / 10.0**-k - exact)"""


SCENE = Scene(
    "secant", N_("Secant to tangent"),
    N_("Pull the orange point towards the other one, then go on with the slider: h → 0 makes the secant the tangent."),
    ("f", "x", "log_h"), draw, program,
    presets=(Preset(N_("The articles’ x²"), {}), Preset("sin(x)", {"f": "sin(x)", "x": 0.5}), Preset("eˣ", {"f": "e^x", "x": 0.0}),
             Preset(N_("A kink: |x|"), {"f": "abs(x)", "x": 0.0}), Preset(N_("A sigmoid"), {"f": "sigmoid(2x)", "x": 0.0})),
    trials=(Trial("h = 0.001", N_("No eye can tell the two lines apart now, and the slope has three digits right."), {"log_h": -3.0}),
            Trial(N_("Far too small"), N_("At h = 10⁻¹⁵ the secant is wrong again: there are no digits left to subtract."),
                  {"log_h": -15.0})),
)
