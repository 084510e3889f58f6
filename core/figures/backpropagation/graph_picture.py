"""The graph of an expression as a picture: signs in the nodes, values above them, gradients below, slopes on the edges; and its film."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures.backpropagation.diagram import BLANK, LINES, legend_at_foot, lines, put
from core.figures.backpropagation.numerals import added, factor, short
from core.figures.board import figure
from core.figures.template import Template
from core.figures.theme import colour, layout
from core.i18n import _
from core.maths.graph import Edge, Graph, Node, Worked
from core.maths.layout import places

SIZE = 38  # of a node, in pixels
BEND = 0.11  # how far the second edge between the same two nodes bends away
IN_NODES = {"sigmoid": "σ", "leaky_relu": "leaky", "softplus": "soft+"}
LIT, FAINT, SLOPES, NODES, ABOVE, BELOW = 0, 1, 8, 9, 10, 11
Places = Sequence[tuple[float, float]]
Traces = dict[int, dict[str, Any]]


@dataclass(frozen=True)
class Step:
    """One step of the film: its label, the picture's title, and what of each trace belongs to it."""

    label: str
    title: str
    traces: Traces


def sign(node: Node) -> str:
    """What stands in a node, as short as can be."""
    return IN_NODES.get(node.sign, node.sign.replace("^ ", "^").replace("-", "−"))


def closed(text: str) -> str:
    """In parentheses, unless it is one letter."""
    return text if len(text) == 1 else f"({text})"


def shown(found: Graph, k: int) -> str:
    """A node's text, short enough for a title."""
    text = found.nodes[k].text.replace("*", "·").replace("-", "−")
    return text if len(text) <= 14 else text[:13] + "…"


def moves(found: Graph, edge: Edge) -> bool:
    """Whether a gradient goes back along it: a number of the expression needs none."""
    return found.nodes[edge.child].kind != "number"


# ---- where the lines are

def _line(at: Places, edge: Edge) -> tuple[list[float], list[float]]:
    (x0, y0), (x1, y1) = at[edge.child], at[edge.parent]
    if edge.twin:
        s = np.linspace(0, 1, 9)
        return (x0 + (x1 - x0) * s).round(3).tolist(), (y0 + (y1 - y0) * s - BEND * 4 * s * (1 - s)).round(3).tolist()
    if x1 - x0 > 1:  # level until the last column: it goes round what lies between
        return [x0, x1 - 1, x1], [y0, y0, y1]
    return [x0, x1], [y0, y1]


def _middle(at: Places, edge: Edge) -> tuple[float, float]:
    (x0, y0), (x1, y1) = at[edge.child], at[edge.parent]
    return round(max((x0 + x1) / 2, x1 - 0.5), 3), round((y0 + y1) / 2 - (BEND if edge.twin else 0), 3)


def _path(at: Places, edges: Collection[Edge]) -> dict[str, list[Any]]:
    x: list[Any] = []
    y: list[Any] = []
    for edge in edges:
        xs, ys = _line(at, edge)
        x += [*xs, None]
        y += [*ys, None]
    return {"x": x, "y": y}


# ---- the film

def _traces(found: Graph, done: Worked, known: Collection[int], passed: int, *, lit: Collection[Edge] = (), node: int = -1) -> Traces:
    """What each trace shows when these nodes have a value and gradients have gone back along this many edges (-1: not even begun)."""
    at, count = places(found), len(found.nodes)
    largest = max([abs(v) for v in done.came.values()], default=1.0) or 1.0
    gradients: dict[int, float] = {count - 1: 1.0} if passed >= 0 else {}
    groups: list[list[Edge]] = [[] for _ in range(6)]
    for edge in found.edges[:max(passed, 0)]:
        if not moves(found, edge):
            continue
        came = done.came[edge]
        gradients[edge.child] = gradients.get(edge.child, 0.0) + came
        if came:
            groups[min(int(abs(came) / largest * 3), 2) + (3 if came < 0 else 0)].append(edge)
    told = [k < passed and moves(found, edge) for k, edge in enumerate(found.edges)]
    return {LIT: _path(at, lit), **{FAINT + 1 + k: _path(at, group) for k, group in enumerate(groups)},
            SLOPES: {"text": [f"×{short(done.slopes[edge])}" if now else BLANK for edge, now in zip(found.edges, told, strict=True)],
                     "marker.opacity": [float(now) for now in told]},  # without a number an edge has no gap for it
            NODES: {"marker.line.width": [3.5 if k == node else 1.2 for k in range(count)]},
            ABOVE: {"text": [f"<b>{short(v)}</b>" if k in known else BLANK for k, v in enumerate(done.values)]},
            BELOW: {"text": [f"∂ {short(gradients[k])}" if k in gradients else BLANK for k in range(count)]}}


def _operated(found: Graph, done: Worked, k: int) -> str:
    """The operation in numbers: 2 + (−1), tanh(3)."""
    node = found.nodes[k]
    values = [done.values[child] for child in node.children]
    done_there = sign(node)
    if done_there.startswith("^") and len(values) == 1:
        return f"{factor(values[0])}{done_there}"
    if len(values) == 2 and len(done_there) == 1:
        return f"{short(values[0])} {done_there} {factor(values[1])}"
    return f"{done_there}({', '.join(map(short, values))})"


def steps(found: Graph, done: Worked, look: int) -> list[Step]:
    """Nodes forward, edges back; at the end everything, and the node `look` with the ways that lead on from it."""
    everything = range(len(found.nodes))
    known = {k for k, node in enumerate(found.nodes) if not node.children}
    inputs = ", ".join(f"{node.sign} = {short(v)}" for node, v in zip(found.nodes, done.values, strict=True) if node.kind == "variable")
    all_steps = [Step(_("what goes in"), inputs, _traces(found, done, known, -1))]
    for k, node in enumerate(found.nodes):
        if node.children:
            known = known | {k}
            enters = [edge for edge in found.edges if edge.parent == k]
            title = f"{shown(found, k)} = {_operated(found, done, k)} = {short(done.values[k])}"
            all_steps.append(Step(_("forward: {name}", name=shown(found, k)), title, _traces(found, done, known, -1, lit=enters, node=k)))
    all_steps.append(Step(_("back: the end itself"), _("∂f/∂f = 1: the way back begins"),
                          _traces(found, done, everything, 0, node=len(found.nodes) - 1)))
    so_far: dict[int, float] = {}
    for count, edge in enumerate(found.edges, 1):
        if not moves(found, edge):
            continue
        rule = f"{short(done.gradients[edge.parent])}·{factor(done.slopes[edge])}"
        before = so_far.get(edge.child)
        so_far[edge.child] = (before or 0.0) + done.came[edge]
        sums = rule if before is None else added([short(before), rule])
        title = f"∂f/∂{closed(shown(found, edge.child))} = {sums} = {short(so_far[edge.child])}"
        all_steps.append(Step(_("back to {name}", name=shown(found, edge.child)), title,
                              _traces(found, done, everything, count, lit=[edge], node=edge.child)))
    last = _traces(found, done, everything, len(found.edges), lit=found.users(look), node=look)
    return [*all_steps, Step(_("all gradients"), _title(found, done, look), last)]


def _title(found: Graph, done: Worked, look: int) -> str:
    value, gradient, ways = short(done.values[-1]), short(done.gradients[look]), len(found.users(look))
    name = closed(shown(found, look))
    return _("f = {value}; ∂f/∂{name} = {gradient}, from {ways} ways", value=value, name=name, gradient=gradient, ways=ways) if ways > 1 \
        else f"f = {value}; ∂f/∂{name} = {gradient}"


# ---- the picture

def _texts(points: Places, size: int, position: str, token: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "markers+text", "x": [x for x, _y in points], "y": [round(y, 3) for _x, y in points],
            "text": [""] * len(points), "textposition": position, "textfont": {"size": size, "color": colour(token)}, "hoverinfo": "skip",
            "cliponaxis": False, "marker": {"size": SIZE, "opacity": 0, "color": colour("text")}}


def picture(found: Graph, done: Worked, film: Sequence[Step], look: int) -> Template:
    """The figure as it is at the last step."""
    at, nodes = places(found), found.nodes
    slopes = _texts([_middle(at, edge) for edge in found.edges], 12, "middle center", "muted")
    slopes["marker"] = {"symbol": "line-ew-open", "size": 26, "color": colour("background"), "line": {"width": 14}}
    signs = _texts(at, 13, "middle center", "text")
    signs |= {"hoverinfo": "text", "hovertext": [f"{node.text} = {v:.5g}" for node, v in zip(nodes, done.values, strict=True)],
              "text": [sign(node) if node.kind != "number" else "" for node in nodes]}
    signs["marker"] = {"size": [SIZE if node.kind != "number" else 10 for node in nodes], "color": colour("hollow"), "opacity": 1,
                       "symbol": ["square" if node.kind == "variable" else "circle" for node in nodes],
                       "line": {"width": 1.2, "color": [colour("layer1" if k == look else "text") for k in range(len(nodes))]}}
    data = [lines("score", 13, opacity=0.35), {**lines("border", 1.4), **_path(at, found.edges)},
            *[lines("positive", width) for width in LINES], *[lines("negative", width, dash="dash") for width in LINES],
            slopes, signs, _texts(at, 13, "top center", "text"), _texts(at, 12, "bottom center", "text")]
    for trace, values in film[-1].traces.items():
        for key, value in values.items():
            put(data[trace], key, value)
    hidden = {"visible": False, "fixedrange": True}
    every = "; ".join(f"{shown(found, k)}: {short(done.values[k])}, {short(done.gradients[k])}" for k, node in enumerate(nodes)
                      if node.kind != "number")
    foot = legend_at_foot(_("above a node: value · below: gradient ∂ · on an edge: its slope"))
    columns = max(x for x, _y in at)
    beside = max(0.35, 0.075 * columns)  # room for half a node, on a phone too
    return figure("graph", data, layout(
        xaxis={**hidden, "range": [-beside, columns + beside]}, yaxis={**hidden, "range": [-0.16, 1.12]}, dragmode=False,
        annotations=[foot], margin={"l": 0, "r": 0, "t": 2, "b": 2}, hovermode="closest"), title=film[-1].title,
        alt=_("The expression as a graph of {count} nodes, each with its value and its gradient: {every}.", count=len(nodes), every=every),
        height=340, span=8)
