"""Sketch the derivative first, then see it: five guesses, and a tangent that glides along and writes the true one."""

from __future__ import annotations

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.calculus import marks
from core.figures.calculus.common import (
    CURVE,
    EDGE,
    SECANT,
    TANGENT,
    XS,
    Curve,
    cancelled,
    clipped,
    curve,
    line_of,
    rounded,
    short,
    without_slope,
)
from core.figures.theme import layout
from core.figures.values import numbers
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.source import definitions, python
from core.specs.calculus import SLOPES, CalculusSpec
from core.specs.examples import Preset, Trial

PLACES = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
HEIGHT = 205
REACH = 40.0  # of a sketched slope


def reach(f: Curve) -> float:
    """How far up and down the second figure goes: a round number that holds the slopes between −2.5 and 2.5."""
    slopes = np.abs(f.d(np.linspace(-2.5, 2.5, 101)))
    slopes = slopes[np.isfinite(slopes)]
    if not slopes.size:
        raise Trouble(Message(N_("{formula} has no slope between −2.5 and 2.5. Type another formula."), {"formula": f.tree.text()[:60]}))
    most = float(np.quantile(slopes, 0.97)) * 1.25 + 1e-9
    scale = 10.0 ** np.floor(np.log10(most))
    return min(rounded(float(np.ceil(2 * most / scale) / 2 * scale)), REACH)


def through(values: np.ndarray, xs: np.ndarray) -> np.ndarray:
    """A smooth line through five points: cubic pieces whose slope at a point is that of its neighbours (Catmull and Rom 1974)."""
    slopes = np.gradient(values, PLACES)
    k = np.clip(np.searchsorted(PLACES, xs) - 1, 0, len(PLACES) - 2)
    t = xs - PLACES[k]
    a, b, m, n = values[k], values[k + 1], slopes[k], slopes[k + 1]
    return (2 * t**3 - 3 * t**2 + 1) * a + (t**3 - 2 * t**2 + t) * m + (3 * t**2 - 2 * t**3) * b + (t**3 - t**2) * n


def draw(spec: CalculusSpec) -> Picture:
    f = curve(spec.f)
    top = reach(f)
    sketch = np.array([getattr(spec, name) for name in SLOPES])
    true = f.slopes(PLACES)
    off = np.abs(sketch - true)
    values, (low, high) = line_of(spec.f)
    inner = np.linspace(-2, 2, 81)
    data = [marks.line(numbers(XS), values, CURVE, width=2.6, name="f"),
            *[marks.line([p, p], [low, high], "border", dash="dot", width=1) for p in PLACES]]
    film = None
    lower = [marks.line([-EDGE, EDGE], [0, 0], "border", width=1),
             marks.line(inner, np.clip(through(sketch, inner), -top, top), SECANT, dash="dot", width=2.4, name=_("your sketch"))]
    named = [(1, _("your sketch"), SECANT)]
    if spec.reveal:
        film, moving, written = _film(f, top)
        data.append(moving)
        lower.append(written)
        named.append((2, _("derivative"), TANGENT))
    side = marks.labels(*named)["margin"]  # the same for both, so that x stands over x
    lower += [marks.line([p, p], [-1.1 * top, 1.1 * top], "border", dash="dot", width=1) for p in PLACES]
    figures = (
        figure("curve", data, layout(**(marks.labels((0, "f", CURVE)) | {"margin": side}), xaxis=marks.span("", -EDGE, EDGE),
                                     yaxis=marks.span("f(x)", low, high, nticks=5)),
               title=_("The curve: where does it climb, where does it fall?"),
               alt=_("The curve {formula} from x = −3 to 3.", formula=f.tree.text()), height=HEIGHT, span=12),
        figure("sketch", lower, layout(xaxis=marks.span("x", -EDGE, EDGE),
                                       yaxis=marks.span(_("slope of f"), -1.1 * top, 1.1 * top, nticks=5),
                                       **marks.labels(*named)),
               title=_("None of the five points has a slope to compare with") if spec.reveal and not np.isfinite(off).any() else
               _("Your sketch is off by {off} on average", off=short(float(np.nanmean(off)), 3)) if spec.reveal else
               _("Its slope: pull the five points to your guess"),
               alt=_("Your sketch of the derivative: {slopes} at x = −2, −1, 0, 1 and 2.", slopes=", ".join(short(s, 3) for s in sketch)),
               height=HEIGHT, span=12))
    handles = tuple(Handle(name, "sketch", _(CalculusSpec.control(name).label), (float(p), float(np.clip(s, -top, top))), (name,),
                           rail=((-top, float(p), -top), (top, float(p), top)), step=rounded(top / 40, 2), colour=SECANT)
                    for name, p, s in zip(SLOPES, PLACES, sketch, strict=True))
    return Picture(figures, handles=handles, film=film, notes=_notes(f, sketch, true, top, spec.reveal),
                   formulas=((_("Derivative"), f"f'(x) = {f.slope.latex()}"),) if spec.reveal else (),
                   numbers={"sketch": sketch.tolist(), **({"true": true.tolist()} if np.isfinite(true).all() else {})})


def _film(f: Curve, top: float):  # type: ignore[no-untyped-def]
    """The tangent glides along the curve, and below its slope is written down."""
    xs = np.linspace(-3, 3, 61)
    y, d = f(xs), f.slopes(xs)
    reach = 0.7 / np.sqrt(1 + np.minimum(d**2, 1e6))
    pieces = [(numbers([x - r, x + r]), numbers([v - r * s, v + r * s])) for x, v, s, r in zip(xs, y, d, reach, strict=True)]
    moving = marks.line(*pieces[-1], TANGENT, width=4, name=_("tangent"))
    written = marks.line(numbers(xs), clipped(d, -top, top), TANGENT, width=2.8, name=_("derivative"))
    tracks = (Track("curve", 6, {"x": [p[0] for p in pieces], "y": [p[1] for p in pieces]}, smooth=True),
              Track("sketch", 2, reveal=tuple(range(1, len(xs) + 1))))
    return Film(tuple(_("x = {x}: slope {slope}", x=short(x, 2), slope=short(s, 3)) if np.isfinite(s) else
                      _("x = {x}: no slope", x=short(x, 2)) for x, s in zip(xs, d, strict=True)), tracks,
                seconds=5), moving, written


def _notes(f: Curve, sketch: np.ndarray, true: np.ndarray, top: float, reveal: bool) -> tuple[Message, ...]:
    if not reveal:
        if not sketch.any():
            return (Message(N_("A slope is a number: above 0 where the curve climbs, below 0 where it falls, 0 where it is level. Pull "
                               "the five points there, then switch on “Show the derivative”.")),)
        level = np.abs(true) < 0.05 * top
        wrong = int(((np.sign(true) * np.sign(sketch) < 0) & ~level | level & (np.abs(sketch) > 0.15 * top)).sum())
        if wrong:
            return (Message(N_("Points whose sign cannot be right: {wrong}. Follow the curve from left to right: does it climb or fall "
                               "there?"),
                            {"wrong": wrong}),)
        if left := int((~level & np.isfinite(true) & (sketch == 0)).sum()):
            return (Message(N_("No sign is wrong so far. Points that are still at 0, though the curve is not level there: {left}."),
                            {"left": left}),)
        return (Message(N_("All signs fit: your sketch is above 0 where the curve climbs. How steep is it? One step to the right, how many "
                           "up?")),)
    broken = (*_without(f, true), *(m for m in (without_slope(f, float(p)) for p in PLACES) if m),
              *(m for p in PLACES for m in cancelled(f, float(p))))
    if not np.isfinite(true).any():
        return broken
    off = np.where(np.isfinite(true), np.abs(sketch - true), 0)
    worst = int(off.argmax())
    said = {"x": short(PLACES[worst]), "yours": short(sketch[worst], 3), "true": short(true[worst], 3)}
    if off.max() < 0.05 * top:
        return (*broken, Message(N_("Your sketch fits: no point is off by more than {most}. You can see slopes."),
                                 {"most": short(float(off.max()), 2)}))
    return (*broken, Message(N_("Your sketch is furthest off at x = {x}: {yours} instead of {true}. Play the film: the tangent glides "
                                "along, and its slope is written down."), said))


def _without(f: Curve, true: np.ndarray) -> tuple[Message, ...]:
    """Where the curve has no value, and where it has one but no slope: there is nothing to compare with."""
    known = f.there(PLACES)
    missing = {"places": ", ".join(map(short, PLACES[~known]))}
    steep = {"places": ", ".join(map(short, PLACES[known & ~np.isfinite(true) & f.smooth(PLACES)]))}
    return ((Message(N_("No value at x = {places}, so no slope there either: these points do not count."), missing),) * bool(
        missing["places"]) + (Message(N_("At x = {places} the curve has a value, but its slope is no finite number: these points do not "
                                         "count."), steep),) * bool(steep["places"]))


def program(spec: CalculusSpec) -> str:
    words = [_("your five guesses"), _("your sketch"), _("derivative"), _("off by"), _("nan: no value, or no slope")]
    f = curve(spec.f)
    pole = " & (np.abs(y) < 1e9)" if (np.isfinite(f(PLACES)) & ~f.there(PLACES)).any() else ""
    guard = "" if np.isfinite(f.d(PLACES)).all() else f"""
y = {python(f.tree)} + 0 * x
true = np.where(np.isfinite(y + true){pole}, true, np.nan)  # {words[4]}"""
    return f"""{definitions(f.tree, f.slope) if guard else definitions(f.slope)}

def derivative(x):
    return {python(f.written(*PLACES.tolist()))} + 0 * x


x = np.array({PLACES.tolist()})
sketch = np.array({[getattr(spec, name) for name in SLOPES]})  # {words[0]}
true = derivative(x){guard}
print("{words[1]}", sketch)
print("{words[2]}", true)
print("{words[3]}", np.abs(sketch - true))"""


SCENE = Scene(
    "sketch", N_("Sketch the derivative"),
    N_("Guess first: how steep is the curve at each dotted line? Pull the five points, then show the [[derivative]]."),
    ("f", "reveal"), draw, program, more=SLOPES,
    presets=(Preset("x²", {"scene": "sketch"}), Preset("sin(x)", {"scene": "sketch", "f": "sin(x)"}),
             Preset("x³ − 3x", {"scene": "sketch", "f": "x^3 - 3x"}), Preset(N_("A sigmoid"), {"scene": "sketch", "f": "sigmoid(3x)"}),
             Preset("|x|", {"scene": "sketch", "f": "abs(x)"})),
    trials=(Trial(N_("A wave"), N_("Where the sine is level its derivative is 0; where it climbs fastest the derivative has its top."),
                  {"scene": "sketch", "f": "sin(2x)", "reveal": True}),
            Trial(N_("A corner"), N_("Left of the corner the slope is −1, right of it 1: the derivative jumps."),
                  {"scene": "sketch", "f": "abs(x)", "reveal": True})),
)
