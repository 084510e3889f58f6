"""The gradient on a surface and its contours, and a dial for directions: steepest along it, level across it."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.calculus import exactly, marks
from core.figures.calculus.common import SECANT, TANGENT, rounded, short, signed, tex
from core.figures.calculus.surfaces import EDGE, Surface, cancelled, contours, level, path, plane, sheet, space, surface
from core.figures.template import Template
from core.figures.theme import layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact
from core.maths.source import definitions, python
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

RADIUS = 0.8  # of the dial
HEIGHT = 330
EVEN = 0.51  # degrees from a direction that counts as it: the dial goes by whole ones
LEVEL = 1e-6  # a gradient that is as short as this is none


def draw(spec: CalculusSpec) -> Picture:
    f, p = surface(spec.g), np.array([spec.px, spec.py])
    value, slope = f.at(*p)
    norm = float(np.hypot(*slope))
    u = _unit(spec.angle)
    along = float(slope @ u)
    uphill = float(np.degrees(np.arctan2(slope[1], slope[0])) % 360)
    smooth = f.smooth(*p)
    drawn = norm if smooth else 0.0  # on a crease there is no gradient to draw
    named, lengths = exactly.vector(f.slopes_at(*p), *p.tolist())
    where = _("where it exists")
    near = rf"({tex(slope[0])},\; {tex(slope[1])})"
    there = exact.about(named, near) if named else near
    length = exact.about(lengths, tex(norm)) if lengths else tex(norm)
    formulas = ((_("Gradient"), rf"\nabla f = \bigl({f.partials[0].latex()},\; {f.partials[1].latex()}\bigr) = {there}"),
                (_("Its length"), rf"\|\nabla f\| = {length}"),
                (_("In this direction"), rf"D_u f = {signed(slope[0])} \cdot {signed(round(u[0], 4))} + {signed(slope[1])} "
                                         rf"\cdot {signed(round(u[1], 4))} = {tex(along)}")) if smooth else (
        (_("Gradient"), rf"\nabla f = \bigl({f.partials[0].latex()},\; {f.partials[1].latex()}\bigr) \quad "
                        rf"\text{{{where}}}"),)
    return Picture((_space(f, p, value, slope, u, smooth), _plane(f, p, value, slope, u, drawn),
                    _dial(f, slope, drawn, spec.angle, along, uphill, smooth)),
                   handles=_handles(spec, f, slope, along), notes=(*_notes(norm, along, uphill, spec.angle), *cancelled(f, p)) if smooth
                   else _creased(slope),
                   formulas=formulas, numbers={"slope": slope.tolist(), "norm": norm, "along": along})


def _creased(slope: np.ndarray) -> tuple[Message, ...]:
    return (Message(N_("Here the surface has a crease or a step: from side to side its slopes differ, so there is no gradient. By "
                       "convention frameworks take a value such as ({a}, {b}) there and go on."),
                    {"a": short(slope[0], 3), "b": short(slope[1], 3)}),)


def _unit(angle: float) -> np.ndarray:
    return np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])


def _space(f: Surface, p: np.ndarray, value: float, slope: np.ndarray, u: np.ndarray, smooth: bool) -> Template:
    low, high = f.window
    t = np.linspace(-5, 5, 121)
    x, y = p[0] + t * u[0], p[1] + t * u[1]
    there = (np.abs(x) <= EDGE) & (np.abs(y) <= EDGE)
    z = f(x[there], y[there])
    cut = np.where((z < low) | (z > high), np.nan, z)
    step = np.array([-0.7, 0.7])
    data = [*sheet(f), path(x[there], y[there], cut, SECANT, width=7),
            path(p[0] + step * u[0], p[1] + step * u[1], value + step * (float(slope @ u) if smooth else np.nan), TANGENT, width=9),
            path([p[0]], [p[1]], [value], "text", mode="markers", size=6),
            path([p[0]] * 2, [p[1]] * 2, [low, value], "muted", width=2, dash="dot")]
    return figure("space", data, layout(**space(low, high)), title=_("Slope this way: {along}", along=short(float(slope @ u), 3)) if smooth
                  else _("No gradient on a crease"),
                  alt=_("The surface {formula}, cut along the direction chosen. At ({x}, {y}) it is {value} high and climbs {along} a "
                        "step.",
                        formula=f.tree.text(), x=short(p[0]), y=short(p[1]), value=short(value), along=short(float(slope @ u), 3)),
                  height=HEIGHT, span=4)


def _plane(f: Surface, p: np.ndarray, value: float, slope: np.ndarray, u: np.ndarray, norm: float) -> Template:
    turn = np.linspace(0, 2 * np.pi, 73)
    data = [*contours(f), level(f, value),
            marks.line(p[0] + RADIUS * np.cos(turn), p[1] + RADIUS * np.sin(turn), "muted", dash="dot", width=1.2)]
    arrows = [marks.arrow(p, p + RADIUS * u, SECANT, width=3)]
    if norm > LEVEL:
        tip = p + slope / norm * min(1.5 * norm / f.steepest + 0.25, 1.6)
        arrows.insert(0, marks.arrow(p, tip, TANGENT, width=4))
        data.append(marks.words([tip[0]], [tip[1]], ["∇f"], TANGENT, place="top center", size=13))
    return figure("plane", data, layout(**plane(), annotations=arrows),
                  title=_("Gradient ({a}, {b})", a=short(slope[0], 3), b=short(slope[1], 3)) if f.smooth(*p) else _("No gradient here"),
                  alt=_("Contour lines of {formula}. At ({x}, {y}) the gradient is ({a}, {b}); it stands across the contour line.",
                        formula=f.tree.text(), x=short(p[0]), y=short(p[1]), a=short(slope[0], 3), b=short(slope[1], 3)),
                  height=HEIGHT, span=4)


def _dial(f: Surface, slope: np.ndarray, norm: float, angle: float, along: float, uphill: float, smooth: bool) -> Template:
    top = 1.15 * max(f.steepest, 1e-3)
    share = 100 * along / norm if norm > LEVEL else 0.0
    turn = np.arange(0, 361, 5)
    curve = np.clip(np.cos(np.radians(turn - uphill)) * norm, -top, top)
    level_at = sorted((uphill + quarter) % 360 for quarter in (90, 270))
    data = [marks.line([0, 360], [0, 0], "border", width=1),
            marks.line(turn.astype(float), curve, SECANT, width=2.4, name=_("slope in this direction")),
            marks.line([angle, angle], [0, rounded(float(np.clip(along, -top, top)))], SECANT, width=3)] if smooth else [
        marks.line([0, 360], [0, 0], "border", width=1)]
    if norm > LEVEL:
        data += [marks.dots([uphill], [min(norm, top)], TANGENT, size=10, symbol="triangle-up", name=_("steepest uphill")),
                 marks.words([uphill], [min(norm, top)], [" ‖∇f‖ "], TANGENT, place="top right" if uphill < 180 else "top left"),
                 marks.dots(level_at, [0, 0], "text", size=9, symbol="circle-open", name=_("along the contour line"))]
    return figure("dial", data, layout(xaxis=marks.span(_("direction (degrees)"), 0, 360, tickvals=[0, 90, 180, 270, 360]),
                                       yaxis=marks.span(_("slope in this direction"), -1.1 * top, 1.1 * top)),
                  title=_("{angle}°: {share}% of the steepest", angle=short(angle), share=short(share, 3)) if smooth else
                  _("No gradient, so no steepest way"),
                  alt=_("The slope for every direction is a cosine: {norm} at {uphill}°, 0 along the contour line. Now {along} at "
                        "{angle}°.",
                        norm=short(norm, 3), uphill=short(uphill, 3), along=short(along, 3), angle=short(angle)), height=HEIGHT, span=4)


def _handles(spec: CalculusSpec, f: Surface, slope: np.ndarray, along: float) -> tuple[Handle, ...]:
    turn = range(0, 361, 3)
    top = 1.15 * max(f.steepest, 1e-3)
    around = tuple((float(a), spec.px + RADIUS * float(_unit(a)[0]), spec.py + RADIUS * float(_unit(a)[1])) for a in turn)
    wave = tuple((float(a), float(a), float(np.clip(slope @ _unit(a), -top, top))) for a in turn)
    tip = np.array([spec.px, spec.py]) + RADIUS * _unit(spec.angle)
    return (Handle("point", "plane", _("The point"), (spec.px, spec.py), ("px", "py"), bounds=((-2.0, 2.0), (-2.0, 2.0)), step=0.05,
                   anywhere=True),
            Handle("way", "plane", _("Direction"), (float(tip[0]), float(tip[1])), ("angle",), rail=around, step=1, colour=SECANT),
            Handle("dial", "dial", _("Direction"), (spec.angle, float(np.clip(along, -top, top))), ("angle",), rail=wave, step=1,
                   colour=SECANT))


def _notes(norm: float, along: float, uphill: float, angle: float) -> tuple[Message, ...]:
    if norm <= LEVEL:
        return (Message(N_("Here the gradient is 0: the surface is level in every direction. Such a point is called critical; gradient "
                           "descent would stop here.")),)
    turn = abs((angle - uphill + 180) % 360 - 180)
    said = {"norm": short(norm, 3), "uphill": short(uphill, 3), "down": short((uphill + 180) % 360, 3), "along": short(along, 3),
            "turn": short(turn, 3), "level": short((uphill + 90) % 360, 3)}
    if abs(turn - 90) <= EVEN:
        return (Message(N_("You walk along the contour line: the height does not change. The gradient stands at a right angle to "
                           "it."), said),)
    if turn <= EVEN:
        return (Message(N_("This is the steepest way up, the direction of the gradient: {norm} a step, its length."), said),)
    if turn >= 180 - EVEN:
        return (Message(N_("This is the steepest way down, against the gradient. Gradient descent takes exactly this direction."), said),)
    return (Message(N_("Your direction is {turn}° away from the gradient, so the slope is {norm} times the cosine of that: {along}. "
                       "Turn to {uphill}° for the steepest way up, to {level}° for a level path."), said),)


def program(spec: CalculusSpec) -> str:
    words = [_("the two partial derivatives"), _("the slope in this direction"), _("gradient"), _("its length"), _("in this direction")]
    f = surface(spec.g)
    across, up = map(python, f.slopes_at(spec.px, spec.py))
    return f"""{definitions(f.tree, *f.partials)}

def f(x, y):
    return {python(f.tree)}


x, y, angle = {spec.px!r}, {spec.py!r}, {spec.angle!r}
slope = np.array([{across}, {up}]) + 0.0  # {words[0]}
norm = np.linalg.norm(slope)
u = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
along = slope @ u  # {words[1]}
h = 1e-5
check = (f(x + h * u[0], y + h * u[1]) - f(x - h * u[0], y - h * u[1])) / (2 * h)
print("{words[2]}", slope)
print("{words[3]}", norm)
print("{words[4]}", along, "≈", check)"""


SCENE = Scene(
    "gradient", N_("Gradient"),
    N_("Drag the point over the contour lines, and turn the orange arrow: how steep is it that way? The green arrow is the [[gradient]]."),
    ("g", "angle", "px", "py"), draw, program,
    presets=(Preset(N_("The articles’ x² + y²"), {"scene": "gradient"}), Preset(N_("A saddle"), {"scene": "gradient", "g": "x^2 - y^2"}),
             Preset(N_("A long valley"), {"scene": "gradient", "g": "x^2/4 + 3y^2"}),
             Preset(N_("Hills"), {"scene": "gradient", "g": "sin(2x)cos(2y)"}),
             Preset(N_("A plane"), {"scene": "gradient", "g": "x + 2y"})),
    trials=(Trial(N_("Walk along the contour"), N_("At a right angle to the gradient the slope is 0: the height stays."),
                  {"scene": "gradient", "angle": 117.0}),
            Trial(N_("Down the long valley"), N_("The gradient points across the valley, hardly along it: that is why plain gradient "
                                                 "descent zigzags."),
                  {"scene": "gradient", "g": "x^2/4 + 3y^2", "px": -1.5, "py": 0.5, "angle": 282.0})),
)
