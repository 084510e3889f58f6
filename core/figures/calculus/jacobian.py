"""A map of the plane, and its Jacobian: near a point it is a matrix, and a small square becomes a parallelogram."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.calculus import exactly, marks
from core.figures.calculus.common import CURVE, SECANT, TANGENT, rounded, short, tex
from core.figures.calculus.surfaces import Surface, cancelled, surface
from core.figures.template import Template
from core.figures.theme import axis, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact
from core.maths.onesided import SIDE
from core.maths.source import definitions, python
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

HEIGHT = 400
EDGE = 2.0
WAY = np.linspace(0, 1, 5)  # of the film, which is smooth in between
PLACES = np.linspace(-EDGE, EDGE, 9)
FINE = np.linspace(-EDGE, EDGE, 31)


def mesh() -> tuple[np.ndarray, np.ndarray]:
    """A square net as one line, nan between its threads: (2, points)."""
    pieces = [np.stack([np.full_like(FINE, p), FINE]) for p in PLACES] + [np.stack([FINE, np.full_like(FINE, p)]) for p in PLACES]
    gap = np.full((2, 1), np.nan)
    whole = np.concatenate([part for piece in pieces for part in (piece, gap)], axis=1)
    return whole[0], whole[1]


@lru_cache(maxsize=32)
def net_of(u: Surface, v: Surface) -> tuple[tuple[list[Any], list[Any]], float]:
    """The net on its way to its image, ready to be drawn: x and y at every step; and how far the image reaches."""
    x, y = mesh()
    to_x, to_y = u(x, y), v(x, y)
    far = np.maximum(np.abs(to_x), np.abs(to_y))
    far = far[np.isfinite(far)]
    reach = rounded(float(np.clip(1.1 * np.quantile(far, 0.9), 1.0, 30.0)), 3) if far.size else 2.0
    steps = tuple([numbers(start + (end - start) * k) for k in WAY] for start, end in ((x, to_x), (y, to_y)))
    return (steps[0], steps[1]), reach


def square(p: np.ndarray, side: float, points: int = 13) -> np.ndarray:
    """The outline of a square whose lower left corner is p: (2, points)."""
    t = np.linspace(0, 1, points)
    zero, one = np.zeros_like(t), np.ones_like(t)
    return p[:, None] + side * np.concatenate([[t, zero], [one, t], [t[::-1], one], [zero, t[::-1]]], axis=1)


def draw(spec: CalculusSpec) -> Picture:
    u, v = surface(spec.u), surface(spec.v)
    p, side = np.array([spec.px, spec.py]), spec.side
    a, row1 = u.at(*p)
    b, row2 = v.at(*p)
    matrix, image = np.stack([row1, row2]), np.array([a, b])
    det = float(np.linalg.det(matrix))
    outline = square(p, side)
    bent = np.stack([u(*outline), v(*outline)])
    area = abs(_area(bent)) if np.isfinite(bent).all() else float("nan")
    beside = outline + SIDE * np.array([[1.0], [0.2]])  # on a crease the rule has a value of its own
    (ux, uy), (vx, vy) = u.gradient(*beside), v.gradient(*beside)
    around = ux * vy - uy * vx
    film, before, after = _figures(u, v, p, matrix, image, outline, bent, det, side)
    off = area / side**2 - abs(det)
    said = {"det": short(det, 3), "grow": short(abs(det), 3), "true": short(area / side**2, 3), "off": short(abs(off), 2)}
    smooth = u.smooth(*p) and v.smooth(*p)
    rows, size = exactly.determinant((u.slopes_at(*p), v.slopes_at(*p)), *p.tolist())
    near = exactly.decimals(matrix)
    there = exact.about(rows, near) if rows else near
    return Picture((before, after), film=film, handles=_handles(spec),
                   notes=(*_notes(det, off, bool(np.ptp(around) < 1e-9 * max(1.0, abs(det))), said),
                          *(cancelled(u, p) or cancelled(v, p))) if smooth else _creased(),
                   formulas=((_("Jacobian"), rf"J = \begin{{pmatrix}} {u.partials[0].latex()} & {u.partials[1].latex()} \\ "
                                             rf"{v.partials[0].latex()} & {v.partials[1].latex()} \end{{pmatrix}} = {there}"),
                             (_("Determinant"), rf"\det J = {exact.about(size, tex(det)) if size else tex(det)}")) if smooth else (
                       (_("No Jacobian here"), rf"J = {near}"),),
                   numbers={"matrix": matrix.tolist(), "det": det})


def _creased() -> tuple[Message, ...]:
    return (Message(N_("Here the map has a crease or a step: from side to side its slopes differ, so it has no Jacobian at this point. The "
                       "matrix shown is what frameworks would take by convention.")),)


def _area(outline: np.ndarray) -> float:
    """Of the shape inside an outline, by Gauss's shoelace formula."""
    x, y = outline
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _figures(u: Surface, v: Surface, p: np.ndarray, matrix: np.ndarray, image: np.ndarray, outline: np.ndarray, bent: np.ndarray,
             det: float, side: float) -> tuple[Film, Template, Template]:
    net, reach = net_of(u, v)
    low, high = -reach, reach
    flat = image[:, None] + matrix @ (outline - p[:, None])
    ghost = {"fill": "toself", "fillcolor": "rgba(127,127,127,0.15)"}
    before = figure("before", [
        marks.line(net[0][0], net[1][0], "border", width=1),
        marks.line(outline[0], outline[1], SECANT, width=3, **ghost),
        marks.dots([p[0]], [p[1]], "text", size=8),
    ], layout(xaxis=axis("x", range=[-EDGE, EDGE], dtick=1, constrain="domain"),
              yaxis=axis("y", range=[-EDGE, EDGE], dtick=1, scaleanchor="x", constrain="domain")),
        title=_("A square with side {side} at ({x}, {y})", side=short(side), x=short(p[0]), y=short(p[1])),
        alt=_("A square net, and in it a square with side {side} at ({x}, {y}).", side=short(side), x=short(p[0]), y=short(p[1])),
        height=HEIGHT, span=6)
    whole = np.isfinite(bent).all()
    data = [marks.line(net[0][-1], net[1][-1], "border", width=1),
            marks.line(flat[0], flat[1], TANGENT, dash="dash", width=3, name=_("Jacobian")),
            marks.line(bent[0], bent[1], SECANT, width=3, **(ghost if whole else {})),
            marks.dots([image[0]], [image[1]], "text", size=8)]
    after = figure("after", data, layout(
        xaxis=axis("u", range=[low, high], constrain="domain"), yaxis=axis("v", range=[low, high], scaleanchor="x", constrain="domain"),
        annotations=[marks.arrow(image, image + matrix[:, k] * side, token, width=2.5) for k, token in enumerate((CURVE, TANGENT))],
    ), title=_("det J = {det}: areas times {grow}", det=short(det, 3), grow=short(abs(det), 3)),
        alt=_("What the map makes of the net: the square has become a bent shape, close to the parallelogram of the Jacobian, whose "
              "area is {grow} times the square’s.", grow=short(abs(det), 3)), height=HEIGHT, span=6)
    x, y = ([numbers(start + (end - start) * k) for k in WAY] for start, end in zip(outline, bent, strict=True))
    tracks = (Track("after", 0, {"x": net[0], "y": net[1]}, smooth=True), Track("after", 2, {"x": x, "y": y}, smooth=True))
    film = Film(tuple(_("{share}% of the way", share=round(100 * k)) for k in WAY), tracks, seconds=3)
    return film, before, after


def _handles(spec: CalculusSpec) -> tuple[Handle, ...]:
    ends = tuple((s, rounded(spec.px + s, 9), rounded(spec.py + s, 9)) for s in (0.05, 1.0))
    return (Handle("point", "before", _("The point"), (spec.px, spec.py), ("px", "py"), bounds=((-2.0, 2.0), (-2.0, 2.0)), step=0.05),
            Handle("side", "before", _("Side of the square"), (spec.px + spec.side, spec.py + spec.side), ("side",), rail=ends, step=0.05,
                   colour=SECANT))


def _notes(det: float, off: float, alike: bool, said: dict[str, str]) -> tuple[Message, ...]:
    if abs(det) < 1e-6:
        return (Message(N_("det J = 0: the matrix J presses the square flat. The map itself leaves it {true} times its area.") if alike else
                        N_("det J = 0: the matrix J presses the square flat. The map itself leaves it {true} times its area, and less and "
                           "less the smaller the square is."), said),) if np.isfinite(off) else (
            Message(N_("det J = 0: the matrix J presses the square flat.")),)
    turned = (Message(N_("det J is negative: the square is turned over, like a page."), said),) if det < 0 else ()
    if not np.isfinite(off):
        return (Message(N_("The dashed parallelogram is what the matrix J makes of the square: {grow} times its area. Part of the square "
                           "has no image: make it smaller, or move it."), said), *turned)
    if alike:
        return (Message(N_("What the matrix J makes of the square, {grow} times its area, is as large as what the map makes of it, however "
                           "large the square: det J is the same everywhere in it."), said), *turned)
    return (Message(N_("The dashed parallelogram is what the matrix J makes of the square: {grow} times its area. The bent shape has "
                       "{true} times; make the square smaller and the two agree."), said), *turned)


def program(spec: CalculusSpec) -> str:
    words = [_("the Jacobian"), _("how areas grow"), _("by differences")]
    u, v = surface(spec.u), surface(spec.v)
    (ux, uy), (vx, vy) = (map(python, part.slopes_at(spec.px, spec.py)) for part in (u, v))
    return f"""{definitions(u.tree, v.tree, *u.partials, *v.partials)}

def f(x, y):
    return np.array([{python(u.tree)}, {python(v.tree)}])


x, y = {spec.px!r}, {spec.py!r}
matrix = np.array([[{ux}, {uy}],
                   [{vx}, {vy}]]) + 0.0  # {words[0]}
det = np.linalg.det(matrix)  # {words[1]}
h = 1e-5
check = np.stack([f(x + h, y) - f(x - h, y), f(x, y + h) - f(x, y - h)], axis=1) / (2 * h)
print(matrix)
print("{words[2]}")
print(check)
print("det J =", det)"""


SCENE = Scene(
    "jacobian", N_("Jacobian"),
    N_("Drag the square on the left: the map bends it, and the Jacobian says what becomes of it when it is small. Play the map."),
    ("u", "v", "px", "py", "side"), draw, program,
    presets=(Preset(N_("Square a complex number"), {"scene": "jacobian"}),
             Preset(N_("A matrix"), {"scene": "jacobian", "u": "2x + y", "v": "x + y"}),
             Preset(N_("A swirl"), {"scene": "jacobian", "u": "x*cos(y) - y*sin(y)", "v": "x*sin(y) + y*cos(y)"}),
             Preset(N_("A layer of a network: tanh"), {"scene": "jacobian", "u": "tanh(2x - y)", "v": "tanh(x + y)"})),
    trials=(Trial(N_("A small square"), N_("The smaller the square, the less it is bent: near a point every smooth map is a matrix."),
                  {"scene": "jacobian", "side": 0.1}),
            Trial(N_("A fold"), N_("Left of the middle the map turns the square over, and det J is negative."),
                  {"scene": "jacobian", "u": "x^2", "v": "y", "px": -1.0})),
)
