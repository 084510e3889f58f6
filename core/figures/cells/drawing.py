"""A cell as a drawing whose wires carry the values of a step: as wide as the number is large, blue for plus, orange for minus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.figures.backpropagation.numerals import short
from core.figures.board import Track, figure
from core.figures.cells.plans import PLANS, STUBS, Plan, Wire
from core.figures.cells.walk import Walk
from core.figures.convolution.common import ink
from core.figures.template import Template
from core.figures.theme import DIVERGING, colour, layout
from core.i18n import _

DRAWING = "drawing"
HEIGHT = 330
NARROW = 440  # pixels of width below which numbers stand without their names
PIPE = 17  # pixels: the width of the conveyor belt
Values = Mapping[str, float]


def width(value: float, *, belt: bool) -> float:
    """How wide a wire is that carries a number: a hair for 0, full at 1 and above."""
    return round(1.2 + (PIPE - 5 if belt else 7) * min(abs(value), 1.0), 2)


def sign(value: float) -> str:
    return colour("positive" if value > 0 else "negative" if value < 0 else "muted")


def line(path: Sequence[tuple[float, float]], token: str, thick: float) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": [x for x, _y in path], "y": [y for _x, y in path], "hoverinfo": "skip",
            "cliponaxis": False, "line": {"color": colour(token), "width": thick}}


def arrows(wires: Sequence[Wire]) -> dict[str, Any]:
    """A triangle at the end of every wire that leads into something."""
    found = [(wire.path[-2], wire.path[-1]) for wire in wires if wire.arrow and not wire.belt]
    shapes = ["triangle-right" if b[0] > a[0] else "triangle-left" if b[0] < a[0] else "triangle-up" if b[1] > a[1] else "triangle-down"
              for a, b in found]
    return {"type": "scatter", "mode": "markers", "x": [b[0] for _a, b in found], "y": [b[1] for _a, b in found], "hoverinfo": "skip",
            "cliponaxis": False, "marker": {"symbol": shapes, "size": 8, "color": colour("muted"), "opacity": 1}}


def written(places: Sequence[tuple[float, float]], said: Sequence[str], size: int, token: str, side: str | Sequence[str],
            **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "text", "x": [x for x, _y in places], "y": [y for _x, y in places], "text": list(said),
            "textposition": side if isinstance(side, str) else list(side), "textfont": {"size": size, "color": colour(token)},
            "hoverinfo": "skip", "cliponaxis": False, **more}


def knots(plan: Plan) -> dict[str, Any]:
    """The circles in which numbers are multiplied, added or bent."""
    round_ = [knot for knot in plan.knots if not knot.value]
    marker = {"size": [38 if len(knot.text) > 1 else 24 for knot in round_], "color": colour("hollow"), "opacity": 1, "symbol": "circle",
              "line": {"width": 1.5, "color": colour("text")}}
    signs = written([knot.at for knot in round_], [knot.text for knot in round_], 12, "text", "middle center")
    signs["textfont"]["size"] = [12 if len(knot.text) > 1 else 18 for knot in round_]
    return {**signs, "mode": "markers+text", "marker": marker}


def boxes(plan: Plan, now: Values, held: Mapping[str, float]) -> dict[str, Any]:
    """Gates and candidates, tinted by what comes out of them; one that is held has a thick border."""
    marker = {"symbol": "square", "size": 34, "color": [], "colorscale": DIVERGING, "cmin": -1, "cmax": 1, "opacity": 1,
              "line": {"width": [4 if box.text in held else 1.5 for box in plan.boxes], "color": colour("text")}}
    return {**written([box.at for box in plan.boxes], [f"<b>{box.text}</b>" for box in plan.boxes], 15, "text", "middle center"),
            "mode": "markers+text", "marker": marker, **_boxes(plan, now, merged={"marker": marker})}


def _boxes(plan: Plan, now: Values, merged: dict[str, Any] | None = None) -> dict[str, Any]:
    """What of the boxes changes from step to step: by name for a film, or put into the trace."""
    tints = [round(now[box.value], 4) for box in plan.boxes]
    inks = [ink(v, 1.0) for v in tints]
    if merged is None:
        return {"marker.color": tints, "textfont.color": inks}
    return {"marker": {**merged["marker"], "color": tints}, "textfont": {"size": 15, "color": inks}}


def bends(plan: Plan) -> dict[str, Any]:
    """What bends the sum in each box, written beside it."""
    side = lambda box: "middle right" if box.bend == "σ" or box.text == "g" else "top center"  # noqa: E731
    places = [(box.at[0] + 1.2, box.at[1] - 8.3) if side(box) == "middle right" else (box.at[0], box.at[1] + 7) for box in plan.boxes]
    return written(places, [box.bend for box in plan.boxes], 12, "muted", [side(box) for box in plan.boxes])


def _labels(plan: Plan, now: Values, *, named: bool) -> list[str]:
    return [f"{label.name if named else ''}{short(now[label.value])}" for label in plan.labels]


def _ends(plan: Plan, now: Values, mark: str) -> list[str]:
    """cₜ₋₁ and its value below it; of the input what is fed, be it a letter."""
    return [f"<b>{name}</b><br>{mark if name == 'x' else short(now[name])}" for _at, name in plan.ends]


def picture(walk: Walk, *, span: int = 7, start: int = 0) -> tuple[Template, list[Track], list[str]]:
    """The figure at step `start`, its tracks over all steps, and its titles."""
    plan, flows = PLANS[walk.cell], [walk.flow(t) for t in range(walk.steps)]
    marks, now = walk.feed.marks, flows[start]
    carrying = [wire for wire in plan.wires if wire.value]
    data = [line(wire.path, "border", 1.5) for wire in plan.wires if not wire.value]
    belt = [wire.path for wire in plan.wires if wire.belt]
    if belt:
        data.append(line([belt[0][0], belt[-1][-1]], "grid", PIPE + 3))
    tracks, at = [], len(data)
    for wire in sorted(carrying, key=lambda w: not w.belt):
        data.append(line(wire.path, "muted", 1))
        data[-1]["line"] = {"color": sign(now[wire.value]), "width": width(now[wire.value], belt=wire.belt)}
        tracks.append(Track(DRAWING, len(data) - 1, {"line.color": [sign(flow[wire.value]) for flow in flows],
                                                     "line.width": [width(flow[wire.value], belt=wire.belt) for flow in flows]}))
    data += [arrows(plan.wires), knots(plan), boxes(plan, now, walk.held), bends(plan)]
    changing = [_boxes(plan, flow) for flow in flows]
    tracks.append(Track(DRAWING, len(data) - 2, {key: [one[key] for one in changing] for key in changing[0]}))
    places, sides = [label.at for label in plan.labels], [label.side for label in plan.labels]
    for named in (True, False):  # on a phone the second, in which numbers stand alone
        data.append(written(places, _labels(plan, now, named=named), 12, "text", sides, visible=named))
        tracks.append(Track(DRAWING, len(data) - 1, {"text": [_labels(plan, flow, named=named) for flow in flows]}))
    data.append(written([place for place, _name in plan.ends], _ends(plan, now, marks[start]), 13, "text", "middle center"))
    tracks.append(Track(DRAWING, len(data) - 1, {"text": [_ends(plan, flow, mark) for flow, mark in zip(flows, marks, strict=True)]}))
    if STUBS[walk.cell]:
        data.append(written([place for place, _said in STUBS[walk.cell]], [said for _place, said in STUBS[walk.cell]], 12, "muted",
                            "middle center"))
    last = at + len(carrying) + 4
    hidden = {"visible": False, "fixedrange": True}
    shape = layout(xaxis={**hidden, "range": [0, 100]}, yaxis={**hidden, "range": [-7, 64]}, dragmode=False,
                   margin={"l": 12, "r": 12, "t": 4, "b": 4},
                   meta={"narrow": {"below": NARROW, "traces": {last: {"visible": False}, last + 1: {"visible": True}}}})
    titles = [title_of(walk, t) for t in range(walk.steps)]
    told = ", ".join(f"{knot.text} = {short(now[knot.value])}" for knot in plan.boxes)
    made = figure(DRAWING, data, shape, title=titles[start], height=HEIGHT, span=span,
                  alt=_("The cell as a drawing at step {step}: {values}. Wires are wider the larger their number, blue for plus, orange "
                        "for minus.", step=start + 1, values=told))
    return made, tracks, titles


def title_of(walk: Walk, t: int) -> str:
    said = {"step": t + 1, "x": walk.feed.marks[t], "h": short(walk.at("h", t)), "unit": walk.unit + 1}
    if walk.cell == "lstm":
        return _("Step {step}, input {x}: c = {c}, h = {h}", **said, c=short(walk.at("c", t)))
    return _("Step {step}, input {x}: h = {h}", **said)


