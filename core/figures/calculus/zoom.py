"""Under the microscope a smooth curve is a line; a corner stays a corner."""

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
    apart,
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
from core.figures.theme import colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.source import definitions, python
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

WIDEST = 2.0  # half the box at zoom 1
HEIGHT = 400


def steepness(f: Curve, x: float, slope: float) -> float:
    """Half the height of the box by half its width: a line of the tangent's slope leaves it at the sides."""
    corner = f.corner(x)
    return 1.15 * max(1.0, abs(slope), *map(abs, corner or ()))


def inside(f: Curve, x: float, value: float, width: float, steep: float) -> tuple[np.ndarray, np.ndarray]:
    """The curve in the box, both ways from −1 to 1."""
    across = np.linspace(-1, 1, 121)
    return across, (f(x + across * width) - value) / (width * steep)


def draw(spec: CalculusSpec) -> Picture:
    f, x = curve(spec.f), spec.x
    value, slope = f.at(x)
    zoom = 10**spec.log_zoom
    width, steep = WIDEST / zoom, steepness(f, x, slope)
    across, up = inside(f, x, value, width, steep)
    tangent = across * slope / steep
    off, closer = (float(np.nanmax(np.abs(np.where(np.isfinite(seen), seen, np.nan) - tangent)))
                   for seen in (up, inside(f, x, value, width / 10, steep)[1]))
    values, (low, high) = line_of(spec.f)
    box = [[x - width, value - width * steep], [x + width, value + width * steep]]
    whole = figure("whole", [
        marks.line(numbers(XS), values, CURVE, width=2.6, name="f"),
        marks.line([x, x], [low, rounded(value)], "border", dash="dot", width=1),
        marks.dots([x], [value], "text", size=7, name=_("the point")),
    ], layout(xaxis=marks.span("x", -EDGE, EDGE), yaxis=marks.span("f(x)", low, high),
              shapes=[{"type": "rect", "x0": rounded(box[0][0], 7), "x1": rounded(box[1][0], 7), "y0": rounded(box[0][1], 7),
                       "y1": rounded(box[1][1], 7), "line": {"color": colour(SECANT), "width": 2}, "fillcolor": "rgba(127,127,127,0.08)"}]),
        title=_("The curve, and a box {width} wide", width=short(2 * width, 2)),
        alt=_("The curve {formula}, and a box around x = {x}, {width} wide.", formula=f.tree.text(), x=short(x), width=short(2 * width, 2)),
        height=HEIGHT, span=6)
    ticks = np.array([-1, -0.5, 0, 0.5, 1])
    smooth = bool(f.smooth(x))
    tilt = tangent if smooth else np.full_like(tangent, np.nan)
    view = figure("view", [
        marks.line(across, tilt, TANGENT, dash="dash", width=3.5, name=_("tangent")),
        marks.line(across, up, CURVE, width=2.6, name="f"),
        marks.dots([0], [0], "text", size=8, name=_("the point")),
    ], layout(xaxis=marks.span(_("distance from x"), -1, 1, tickvals=ticks.tolist(), ticktext=[short(t * width, 2) for t in ticks]),
              yaxis=marks.span(_("distance from f(x)"), -1, 1, tickvals=ticks.tolist(),
                               ticktext=[short(t * width * steep, 2) for t in ticks]),
              **marks.labels((0, _("tangent"), TANGENT), (1, "f", CURVE)),
              shapes=[{"type": "rect", "xref": "paper", "yref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 1,
                       "line": {"color": colour(SECANT), "width": 2}}]),
        title=_("{zoom} times larger: {off}% off a line", zoom=short(zoom, 3), off=short(100 * off, 2)) if smooth else
        _("{zoom} times larger: still no line", zoom=short(zoom, 3)),
        alt=_("The inside of the box, {zoom} times enlarged. The curve is at most {off}% of the box away from its tangent.",
              zoom=short(zoom, 3), off=short(100 * off, 2)) if smooth else
        _("The inside of the box, {zoom} times enlarged. The curve has no tangent at this point.", zoom=short(zoom, 3)),
        height=HEIGHT, span=6)
    stand = foot(low, high)
    zooms = np.arange(0, 1.51, 0.05)
    rail = tuple((rounded(z), rounded(x + WIDEST / 10**z, 9), rounded(value + WIDEST / 10**z * steep, 9)) for z in zooms)
    rail += tuple((z, rounded(x + WIDEST / 10**z, 9), rounded(value + WIDEST / 10**z * steep, 9)) for z in (2.0, 3.0, 4.0, 5.0))
    return Picture(
        (whole, view),
        handles=(Handle("point", "whole", _("Point x"), (x, stand), ("x",), rail=((-3.0, -3.0, stand), (3.0, 3.0, stand)), step=0.05),
                 Handle("corner", "whole", _("Corner of the box"), (box[1][0], box[1][1]), ("log_zoom",), rail=rail, step=0.05,
                        colour=SECANT)),
        notes=(*_notes(f, x, slope, zoom, off, closer), *cancelled(f, x)),
        formulas=((_("In the box"), rf"f(x) \approx {tex(value)} + {signed_slope(slope)} \, (x - {tex(x)})"),) if smooth else
        ((_("No tangent here"), sides(f, x)),),
        numbers={"off": off, "exact": slope})


def signed_slope(slope: float) -> str:
    return f"({tex(slope)})" if slope < 0 else tex(slope)


def _notes(f: Curve, x: float, slope: float, zoom: float, off: float, closer: float) -> tuple[Message, ...]:
    said = {"x": short(x), "slope": short(slope), "zoom": short(zoom, 3), "off": short(100 * off, 2), "next": short(100 * closer, 2)}
    if corner := f.corner(x):
        left, right = apart(*corner)
        return (Message(N_("The corner at x = {x} looks the same however far you zoom in: slope {left} on the left, {right} on the "
                           "right. No line fits both, so there is no derivative here."),
                        {**said, "left": left, "right": right}),)
    if jump := without_slope(f, x):
        return (jump,)
    if off < 1e-3:
        return (Message(N_("In this box the curve is a line of slope {slope}. That number is the derivative at x = {x}."), said),)
    return (Message(N_("{zoom} times enlarged, the curve is off its tangent by {off}% of the box. Zoom in ten times more and it will "
                       "be {next}%: the bend shrinks faster than the box."), said),)


def program(spec: CalculusSpec) -> str:
    words = [_("the derivative at x"), _("half the width of the box"),
             _("the curve in the box, from −1 to 1"), _("as a share of half the box"), _("slope"), _("off a line by")]
    f = curve(spec.f)
    _value, slope = f.at(spec.x)
    return f"""{definitions(f.tree, f.slope)}

def f(x):
    return {python(f.tree)}


x, zoom = {spec.x!r}, 10.0**{spec.log_zoom!r}
exact = ({python(f.written(spec.x))}) + 0 * x  # {words[0]}
width = {WIDEST} / zoom  # {words[1]}
height = width * {steepness(f, spec.x, slope)!r}
across = np.linspace(-1, 1, 121)
curve = (f(x + across * width) - f(x)) / height  # {words[2]}
tangent = exact * across * width / height
off = np.nanmax(np.abs(np.where(np.isfinite(curve), curve, np.nan) - tangent))  # {words[3]}
print("{words[4]}", exact)
print("{words[5]}", off)"""


SCENE = Scene(
    "zoom", N_("Zoom in"),
    N_("Pull the corner of the box inwards: what is in it becomes a line. The slope of that line is the [[derivative]] there."),
    ("f", "x", "log_zoom"), draw, program,
    presets=(Preset("x²", {"scene": "zoom"}), Preset("sin(3x)", {"scene": "zoom", "f": "sin(3x)", "x": 0.5}),
             Preset(N_("A corner: |x|"), {"scene": "zoom", "f": "abs(x)", "x": 0.0}),
             Preset("ReLU", {"scene": "zoom", "f": "relu(x)", "x": 0.0}),
             Preset(N_("Wild: x² + sin(20x)/20"), {"scene": "zoom", "f": "x^2 + sin(20x)/20", "x": 0.5})),
    trials=(Trial(N_("100 times"), N_("One hundred times enlarged, the parabola cannot be told from its tangent."),
                  {"scene": "zoom", "log_zoom": 2.0}),
            Trial(N_("Zoom into a corner"), N_("A thousand times, and the corner is as sharp as before."),
                  {"scene": "zoom", "f": "abs(x)", "x": 0.0, "log_zoom": 3.0})),
)
