"""A small network as a picture of numbers: what each neuron passes on, and on each edge its weight or, later, its gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.figures.backpropagation.numerals import neuron, short, typed
from core.figures.board import Track
from core.figures.theme import colour, layout
from core.maths.backpropagation import Sample
from core.specs.wiring import names, written

LEFT, RIGHT, WIDE, HIGH = 6.0, 96.0, 104.0, 100.0
LINES = (1.2, 2.6, 4.6)  # line widths, by growing size
BLANK = "\u00a0"  # for a text that comes later: Plotly forgets a point whose text was empty once
HALF = 0.8  # a weight of this size is of middle width
Neuron = tuple[int, int]
Point = tuple[float, float]
LIT, FAINT, PLATES, NEURONS, NAMES, BELOW, WEIGHTS, GRADIENTS, MARKS, FEW = 0, 1, 8, 9, 10, 11, 12, 13, 14, 15
NARROW = 480  # pixels of width below which a large network has numbers only on the edges that a step is about
CROWDED = 16  # edges; with fewer there is room for all their numbers, on a phone too


@dataclass(frozen=True)
class Moment:
    """What the picture shows at one step. shown: text in each neuron; below: text under it; coloured: edges that have a sign and a size;
    gradients: texts of the edges that show a gradient instead of their weight; lit: edges and neurons that the step is about.
    """

    label: str
    title: str
    shown: Mapping[Neuron, str]
    below: Mapping[Neuron, str]
    coloured: Mapping[str, float]
    gradients: Mapping[str, str] = field(default_factory=dict)
    lit: tuple[str, ...] = ()
    lit_neurons: tuple[Neuron, ...] = ()
    largest: float = 0.0  # the size that is drawn widest; 0 for weights, whose widths can be compared between networks


def ends(name: str) -> tuple[Neuron, Neuron]:
    """From which neuron to which an edge leads; a bias, from its neuron to itself."""
    layer = int(name[1])
    there = (layer, int(name[-1]) - 1)
    return ((layer - 1, int(name[3]) - 1), there) if name[0] == "w" else (there, there)


def edges(widths: Sequence[int]) -> list[str]:
    return [name for name in names(widths) if name[0] == "w"]


def places(widths: Sequence[int]) -> dict[Neuron, Point]:
    """Where the neurons stand, the first of each layer on top."""
    step = (RIGHT - LEFT) / (len(widths) - 1)
    return {(k, i): (LEFT + step * k, HIGH * (n - i - 0.5) / n) for k, n in enumerate(widths) for i in range(n)}


def label_places(widths: Sequence[int]) -> dict[str, Point]:
    """Where the edges' numbers stand: nearer to the smaller layer, where they are evenly spread from top to bottom."""
    at, found = places(widths), {}
    for name in edges(widths):
        one, two = ends(name)
        n, m = widths[one[0]], widths[two[0]]
        small = 1.06 / (min(n, m) + 1)  # a little away from the neurons
        share = small if n <= m else 1 - small
        found[name] = (at[one][0] * (1 - share) + at[two][0] * share, at[one][1] * (1 - share) + at[two][1] * share)
    return found


def opposite(widths: Sequence[int], name: str) -> Point:
    """A place on the edge away from its number."""
    (x0, y0), (x1, y1) = (places(widths)[end] for end in ends(name))
    share = 0.72 if label_places(widths)[name][0] < (x0 + x1) / 2 else 0.28
    return x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def _path(at: Mapping[Neuron, Point], lines: Sequence[str]) -> dict[str, list[float | None]]:
    x: list[float | None] = []
    y: list[float | None] = []
    for name in lines:
        (x0, y0), (x1, y1) = (at[end] for end in ends(name))
        x += [round(x0, 2), round(x1, 2), None]
        y += [round(y0, 2), round(y1, 2), None]
    return {"x": x, "y": y}


def _changing(here: Sample, moment: Moment) -> dict[int, dict[str, Any]]:
    """What of each trace belongs to a moment."""
    at = places(here.widths)
    found: dict[int, dict[str, Any]] = {LIT: _path(at, [name for name in moment.lit if name[0] == "w"])}
    found[FAINT] = {}
    groups: list[list[str]] = [[] for _ in range(6)]
    for name, value in moment.coloured.items():
        size = abs(value) / moment.largest if moment.largest else abs(value) / (abs(value) + HALF)
        if value:
            groups[min(int(size * 3), 2) + (3 if value < 0 else 0)].append(name)
    found |= {2 + k: _path(at, group) for k, group in enumerate(groups)}
    values = here.values
    found[WEIGHTS] = {"text": [BLANK if name in moment.gradients else typed(values[name]) for name in edges(here.widths)]}
    found[GRADIENTS] = {"text": [f"<b>{moment.gradients[name]}</b>" if name in moment.gradients else BLANK for name in edges(here.widths)]}
    told = [name in moment.lit for name in edges(here.widths)]
    found[FEW] = {"text": [BLANK if not lit else f"<b>{moment.gradients[name]}</b>" if name in moment.gradients else typed(values[name])
                           for name, lit in zip(edges(here.widths), told, strict=True)],
                  "marker.opacity": [float(lit) for lit in told]}
    found[NEURONS] = {"text": [moment.shown.get(n, BLANK) for n in at],
                      "marker.line.width": [3 if n in moment.lit_neurons else 1.2 for n in at]}
    found[BELOW] = {"text": [moment.below.get(n, BLANK) for n in at]}
    return found


def _texts(points: Sequence[Point], token: str, size: int, position: str = "middle center", **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "text", "x": [round(x, 2) for x, _y in points], "y": [round(y, 2) for _x, y in points],
            "text": [""] * len(points), "textposition": position, "hoverinfo": "skip", "cliponaxis": False,
            "textfont": {"size": size, "color": colour(token)}, **more}


def lines(token: str, width: float, *, opacity: float = 1.0, **more: Any) -> dict[str, Any]:
    """A trace of lines that has no points yet."""
    return {"type": "scatter", "mode": "lines", "x": [], "y": [], "hoverinfo": "skip", "opacity": opacity,
            "line": {"color": colour(token), "width": width, **more}}


def traces(here: Sample, moment: Moment, marks: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The picture at a moment. marks: edges with a sign of their own, at their other end."""
    at, labels = places(here.widths), label_places(here.widths)
    depth = here.net.depth
    spots, row = list(at.values()), list(labels.values())
    data = [lines("score", 12, opacity=0.35), {**lines("border", 1), **_path(at, edges(here.widths))},
            *[lines("positive", width) for width in LINES], *[lines("negative", width, dash="dash") for width in LINES]]
    data.append({"type": "scatter", "mode": "markers", "x": [p[0] for p in row], "y": [p[1] for p in row], "hoverinfo": "skip",
                 "marker": {"symbol": "line-ew-open", "size": 26, "color": colour("background"), "line": {"width": 13}}})
    size, across = (12, 34) if max(here.widths) < 4 else (10, 28)
    ghost = {"mode": "markers+text", "marker": {"size": across, "opacity": 0, "color": colour("text")}}  # keeps a text clear of a neuron
    data.append({**_texts(spots, "text", size if size > 10 else 9), "mode": "markers+text", "hoverinfo": "text",
                 "hovertext": _hover(here, at, depth),
                 "marker": {"symbol": ["square" if n[0] == 0 else "circle" for n in at], "size": across, "color": colour("hollow"),
                            "line": {"width": 1.2, "color": colour("text")}}})
    data.append({**_texts(spots, "text", 12, "top center"), **ghost,
                 "text": [neuron(*n, depth) + (f" (t {typed(here.t[0, n[1]])})" if n[0] == depth else "") for n in at]})
    data.append({**_texts(spots, "muted", size, "bottom center"), **ghost})
    data.append(_texts(row, "muted", size))
    data.append(_texts(row, "text", size))
    marked = [opposite(here.widths, name) for name in marks or {}]
    data.append({**_texts(marked, "background", 12), "mode": "markers+text", "text": list((marks or {}).values()),
                 "marker": {"size": 18, "color": colour("text")}})
    few = {"size": 30, "symbol": "square", "color": colour("background"), "line": {"width": 0}}
    data.append({**_texts(row, "text", 11), "mode": "markers+text", "marker": few, "visible": False})
    for trace, values in _changing(here, moment).items():
        for key, value in values.items():
            put(data[trace], key, value)
    return data


def _hover(here: Sample, at: Mapping[Neuron, Point], depth: int) -> list[str]:
    return [f"{neuron(k, i, depth)} = {here.done.a[k][0, i]:.5g}" + (f", z = {here.done.z[k - 1][0, i]:.5g}" if k else "") for k, i in at]


def put(trace: dict[str, Any], key: str, value: Any) -> None:
    """Set what a track names "marker.line.width"."""
    *path, last = key.split(".")
    for part in path:
        trace = trace[part]
    trace[last] = value


def tracks(here: Sample, moments: Sequence[Moment], figure: str = "network") -> tuple[Track, ...]:
    """What changes from one moment to the next."""
    each = [_changing(here, moment) for moment in moments]
    return tuple(Track(figure, trace, {key: [now[trace][key] for now in each] for key in values})
                 for trace, values in each[0].items() if values)


def frame(legend: str, narrow: Mapping[str, Any]) -> dict[str, Any]:
    """The layout of the picture: no axes, nothing to zoom. legend: what the numbers are, in the corner; narrow: see `on_a_phone`."""
    hidden = {"visible": False, "fixedrange": True}
    return layout(xaxis={**hidden, "range": [0, WIDE]}, yaxis={**hidden, "range": [-12, HIGH + 4]}, annotations=[legend_at_foot(legend)],
                  dragmode=False, hovermode="closest", meta={"narrow": narrow},
                  margin={"l": 0, "r": 0, "t": 2, "b": 2})


def on_a_phone(here: Sample, legend: str = "", shown: Collection[str] = ()) -> dict[str, Any]:
    """How the picture is drawn where it is narrow: a target stands below its output's name. Of a large network fewer edges have numbers:
    those that a step is about, with a legend of their own, or, where there are no steps, those named in `shown`.
    """
    depth = here.net.depth
    found: dict[str, Any] = {"below": NARROW, "traces": {NAMES: {"text": [
        neuron(*n, depth) + (f"<br>t {typed(here.t[0, n[1]])}" if n[0] == depth else "") for n in places(here.widths)]}}}
    if len(edges(here.widths)) <= CROWDED:
        return found
    gone = {"visible": False}
    if legend:
        found["traces"] |= {PLATES: gone, WEIGHTS: gone, GRADIENTS: gone, FEW: {"visible": True}}
        found["layout"] = {"annotations": [legend_at_foot(legend)]}
    else:
        row = [at if name in shown else (None, None) for name, at in label_places(here.widths).items()]
        there = {"x": [x if x is None else round(x, 2) for x, _y in row], "y": [y if y is None else round(y, 2) for _x, y in row]}
        found["traces"] |= {PLATES: there, WEIGHTS: there, GRADIENTS: there}
    return found


def legend_at_foot(text: str) -> dict[str, Any]:
    """A line of small print at the foot of a picture."""
    return {"text": text, "x": 0.5, "y": 0, "xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False,
            "font": {"size": 11, "color": colour("muted")}}


def presses(here: Sample) -> tuple[tuple[str, float, float, str], ...]:
    """Where a weight is chosen, at its number, and a bias, at its neuron."""
    depth, at = here.net.depth, places(here.widths)
    found: list[tuple[str, float, float, str]] = [(name, round(point[0], 2), round(point[1], 2),
                                                   f"{written(name)}: {neuron(*ends(name)[0], depth)} → {neuron(*ends(name)[1], depth)}")
             for name, point in label_places(here.widths).items()]
    found += [(name, round(at[ends(name)[0]][0], 2), round(at[ends(name)[0]][1], 2), f"{written(name)}: {neuron(*ends(name)[1], depth)}")
              for name in names(here.widths) if name[0] == "b"]
    return tuple(found)


# ---- the moments

def untouched(here: Sample) -> dict[Neuron, str]:
    """Under each neuron its bias."""
    return {ends(name)[0]: f"b {typed(v)}" for name, v in here.values.items() if name[0] == "b"}


def inputs(here: Sample) -> dict[Neuron, str]:
    return {(0, i): typed(v) for i, v in enumerate(here.x[0])}


def answered(here: Sample) -> dict[Neuron, str]:
    """In each neuron what it passes on."""
    return {**inputs(here), **{(k, i): short(v) for k in range(1, here.net.depth + 1) for i, v in enumerate(here.done.a[k][0])}}


def forwarded(here: Sample, label: str, title: str) -> Moment:
    """All values, no gradient."""
    return Moment(label, title, answered(here), untouched(here), _weights(here))


def _weights(here: Sample) -> dict[str, float]:
    return {name: v for name, v in here.values.items() if name[0] == "w"}


def finished(here: Sample, label: str, title: str, lit: str = "") -> Moment:
    """All values and all gradients. lit: the weight or bias that stands out."""
    slopes = {name: v for name, v in here.slopes.items() if name[0] == "w"}
    return Moment(label, title, answered(here), deltas(here), slopes, {name: short(v) for name, v in slopes.items()},
                  (lit,) if lit else (), (ends(lit)[1],) if lit.startswith("b") else (), largest(here))


def largest(here: Sample) -> float:
    """The size of the largest gradient on an edge."""
    return max(abs(v) for name, v in here.slopes.items() if name[0] == "w")


def deltas(here: Sample) -> dict[Neuron, str]:
    """Under each neuron its δ."""
    return {(k + 1, i): f"δ {short(v)}" for k, d in enumerate(here.gradients.delta) for i, v in enumerate(d[0])}
