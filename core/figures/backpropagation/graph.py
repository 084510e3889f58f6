"""A typed expression as a graph of plain numbers: values forward, then gradients back along every edge."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.backpropagation.graph_picture import moves, picture, shown, steps
from core.figures.backpropagation.numerals import latex, latex_factor, latex_sum, short
from core.figures.backpropagation.printing import python
from core.figures.backpropagation.typed import VARIABLES, graph, worked
from core.figures.board import Film, Handle, Picture, Press, Scene, Track, figure, readable
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.expressions import parse
from core.maths.graph import ARGUMENTS, Graph, Worked, forward
from core.maths.layout import places
from core.specs.backpropagation import BackpropagationSpec
from core.specs.examples import Preset, Trial

STEP, RANGE = 0.1, 3.0
HUGE = 1e300  # twice as much is still a number
HALF_TANGENT = 0.8


def variables(spec: BackpropagationSpec) -> dict[str, float]:
    return {name: getattr(spec, name) for name in VARIABLES}


def chosen(spec: BackpropagationSpec, found: Graph) -> int:
    """The node that is looked at, counted from 0. A number of the expression does not move: then the next node that does."""
    first = min(spec.node, len(found.nodes)) - 1
    return next(k for k in range(first, len(found.nodes)) if found.nodes[k].kind != "number")


# ---- f as a curve of one node

def _curve(found: Graph, done: Worked, values: dict[str, float], k: int) -> tuple[Template, Handle | None]:
    """f where one node takes other values and all else stays, with its tangent; a variable's point is to be dragged."""
    node, now, slope, f = found.nodes[k], done.values[k], done.gradients[k], done.values[-1]
    middle, unit = 0.0, 1.0
    if node.kind != "variable":  # a step of 1 is nothing to a value of 10¹⁰
        middle, unit = round(now, 1), 10.0 ** max(0, math.floor(math.log10(max(abs(now), 1.0))) - 3)
    count = round(RANGE / STEP * 2)
    xs = np.round(middle + np.arange(-count, count + 1) * (unit * STEP / 2), 3)
    low, high = _range(np.asarray(forward(found, dict(values), {k: xs})[-1]), f)
    if node.kind == "variable" and now not in xs:  # typed, between two of them
        xs = np.sort(np.append(xs, now))
    ys = np.broadcast_to(forward(found, dict(values), {k: xs})[-1], xs.shape)
    span = high - low
    there = (np.abs(ys) <= HUGE) & (np.abs(ys - (low + high) / 2) < 1e6 * span) | (xs == now)  # a point stands on its own curve
    shown_f = float(np.clip(f, low, high))
    ends = np.array([now - HALF_TANGENT * unit, now + HALF_TANGENT * unit])
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": xs.tolist(),
         "y": [_rounded(y, span) if ok else None for y, ok in zip(ys.tolist(), there, strict=True)],
         "line": {"color": colour("loss"), "width": 2.2}, "hovertemplate": "f(%{x:.2f}) = %{y:.4g}<extra></extra>"},
        {"type": "scatter", "mode": "lines", "x": ends.round(4).tolist(),
         "y": [_rounded(y, span) for y in (f + slope * (ends - now)).tolist()],
         "hoverinfo": "skip", "line": {"color": colour("text"), "width": 2, "dash": "dash"}},
        {"type": "scatter", "mode": "markers", "x": [now], "y": [_rounded(shown_f, span)], "hoverinfo": "skip",
         "marker": {"size": 9, "color": colour("text")}}]
    name = shown(found, k)
    plot = figure("curve", data, layout(
        xaxis=axis(_("value of {name}", name=name), range=[middle - (RANGE + 0.1) * unit, middle + (RANGE + 0.1) * unit],
                   fixedrange=True, nticks=7),
        yaxis=axis(_("value of f"), range=[low, high], nticks=5, fixedrange=True), dragmode=False,
        margin={"l": 44, "r": 8, "t": 6, "b": 34}),
        title=_("Node {number}, {name}: slope {slope}", number=k + 1, name=name, slope=short(slope)),
        alt=_("f against the value of {name}, all else fixed. At {value} it is {f}, and its tangent has the slope {slope}.", name=name,
              value=short(now), f=short(f), slope=short(slope)), height=340, span=4)
    if node.kind != "variable":
        return plot, None
    inside = [(float(x), float(x), float(np.clip(y, low, high))) for x, y, ok in zip(xs, ys, there, strict=True) if ok]
    return plot, Handle("variable", "curve", _("the value of {name}", name=name), (now, shown_f), (node.text,), rail=tuple(inside),
                        step=STEP)


def _rounded(y: float, span: float) -> float:
    """To five digits, of the number itself or of how far the axis reaches, whichever are more."""
    return float(f"{y:.5g}") if abs(y) <= span or not span else round(y, 5 - math.floor(math.log10(span)))


def _range(ys: np.ndarray, f: float) -> tuple[float, float]:
    """What of the curve is shown: all of it, or, where it shoots off, what most of it reaches. It follows from the curve alone, so that
    nothing jumps while the point is dragged along it."""
    finite = ys[np.abs(ys) <= HUGE]
    if not finite.size:
        return f - 1, f + 1
    (least, low, high, most) = np.quantile(finite, [0, 0.05, 0.95, 1])
    if most - least <= 6 * (high - low):
        low, high = least, most
    pad = 0.08 * float(high - low) or 1.0
    return float(low - pad), float(high + pad)


# ---- the scene

def formulas(text: str, found: Graph, done: Worked, k: int) -> tuple[tuple[str, str], ...]:
    ways = found.users(k)
    node = found.nodes[k]
    letter = node.text if node.kind == "variable" else "(" + parse(node.text, VARIABLES).latex() + ")"
    whole = (_("forward pass"), rf"f = {parse(text, VARIABLES).latex()} = {latex(done.values[-1])}")
    if not ways:
        return (whole, (_("backward pass"), r"\frac{\partial f}{\partial f} = 1"))
    terms = latex_sum([rf"{latex(done.gradients[edge.parent])}\cdot {latex_factor(done.slopes[edge])}" for edge in ways])
    return (whole, (_("backward pass"), rf"\frac{{\partial f}}{{\partial {letter}}} = {terms} = {latex(done.gradients[k])}"))


def _rests(found: Graph, values: dict[str, float], k: int) -> bool:
    """Whether f stays exactly as it is when the node takes values nearby."""
    now = float(forward(found, dict(values))[k])
    near = np.asarray(forward(found, dict(values), {k: now + np.array([-1e-2, 0.0, 1e-2])})[-1])
    return bool(np.ptp(near) == 0)


def notes(found: Graph, done: Worked, values: dict[str, float], k: int) -> tuple[Message, ...]:
    ways = found.users(k)
    name, gradient = shown(found, k), done.gradients[k]
    said = {"name": name, "gradient": short(gradient), "ways": len(ways), "parts": ", ".join(short(done.came[edge]) for edge in ways)}
    if not ways:
        first = Message(N_("The end itself: if f grows by 1, f grows by 1. From this 1 the way back begins."))
    elif len(ways) > 1:
        first = Message(N_("{name} is used {ways} times. What comes back along each way ({parts}) is added: {gradient}."), said)
    elif gradient == 0 and not _rests(found, values, k):
        first = Message(N_("The slope at {name} is 0: move it a little, and f moves far less than that. Move it further, and f does move."),
                        said)
    elif gradient == 0:
        first = Message(N_("Nothing comes back to {name}: move it a little, and f stays as it is."), said)
    else:
        first = Message(N_("Move {name} by 0.01 and f moves by about {change}: its gradient, {gradient}, times 0.01."),
                        {**said, "change": readable(f"{gradient * 0.01:.2g}")})
    edges = [edge for edge in found.edges if moves(found, edge)]
    count = sum(n.kind == "variable" for n in found.nodes)
    second = Message(N_("One pass back: each of the {edges} edges is passed once, and all {count} variables have their gradient."),
                     {"edges": len(edges), "count": count}) if count > 1 else \
        Message(N_("Each edge is passed once on the way back, {edges} in all; every node hands on the gradient it has received."),
                {"edges": len(edges)})
    return (first, second)


def draw(spec: BackpropagationSpec) -> Picture:
    found, values = graph(spec.expression), variables(spec)
    done, k = worked(found, values), chosen(spec, found)
    film = steps(found, done, k)
    net = picture(found, done, film, k)
    curve, handle = _curve(found, done, values, k)
    tracks = tuple(Track("graph", trace, {key: [step.traces[trace][key] for step in film] for key in parts})
                   for trace, parts in film[0].traces.items())
    at = places(found)
    press = Press("graph", "node", tuple((n + 1, at[n][0], round(at[n][1], 3), _("node {name}", name=shown(found, n)))
                                         for n, node in enumerate(found.nodes) if node.kind != "number"), radius=20)
    used = {f"d{node.text}": done.gradients[n] for n, node in enumerate(found.nodes) if node.kind == "variable"}
    return Picture((net, curve), (handle,) if handle else (), (press,),
                   Film(tuple(step.label for step in film), tracks, {"graph": [step.title for step in film]}, seconds=0.7 * len(film)),
                   notes(found, done, values, k), formulas(spec.expression, found, done, k), {"f": done.values[-1], **used})


def program(spec: BackpropagationSpec) -> str:
    found = graph(spec.expression)
    names = [node.text if node.kind == "variable" else f"n{k + 1}" for k, node in enumerate(found.nodes)]
    lines = ["import numpy as np", ""]
    lines += [f"{node.text} = {getattr(spec, node.text)}" for node in found.nodes if node.kind == "variable"]
    lines += ["", "# " + _("forward: each node from those before it")]
    for k, node in enumerate(found.nodes):
        if node.kind == "variable":
            continue
        lines.append(f"{names[k]} = {python(node.own, dict(zip(ARGUMENTS, (names[c] for c in node.children), strict=False)))}")
    lines += [f"f = {names[-1]}", "", "# " + _("back: each edge once, from the end"), f"d{names[-1]} = 1.0"]
    begun: set[int] = set()
    for edge in found.edges:
        node = found.nodes[edge.parent]
        if found.nodes[edge.child].kind == "number":
            continue
        slope = python(node.slope(edge.place), dict(zip(ARGUMENTS, (names[c] for c in node.children), strict=False)))
        sign = "+=" if edge.child in begun else "="
        more = "  # " + _("used again: add") if edge.child in begun else ""
        lines.append(f"d{names[edge.child]} {sign} d{names[edge.parent]} * ({slope}){more}")
        begun.add(edge.child)
    lines.append("")
    lines += ['print("f:", f)'] + [f'print("d{n.text}:", d{n.text})' for n in found.nodes if n.kind == "variable"]
    return "\n".join(lines) + "\n"


SCENE = Scene(
    "graph", N_("A graph of plain numbers"),
    N_("Play the film: values go forward, then gradients come back. Click a node; drag its point; type an expression of your own."),
    ("expression", "x", "y", "z", "node"), draw, program,
    presets=(
        Preset(N_("x is used twice"), {"scene": "graph"}),
        Preset(N_("The articles’ x² + y²"), {"scene": "graph", "expression": "x^2 + y^2", "x": 1.0, "y": 2.0}),
        Preset(N_("One neuron: tanh(x·y + z)"), {"scene": "graph", "expression": "tanh(x*y + z)", "x": 1.0, "y": 0.5, "z": -0.2}),
    ),
    trials=(
        Trial(N_("x against itself"), N_("x · x: two edges lead from x to the same node. Each brings back x, together 2x, the rule you "
                                         "know."),
              {"scene": "graph", "expression": "x * x", "x": 1.5}),
        Trial(N_("Two ways that cancel"), N_("x goes in with a plus and with a minus. What comes back along the two ways adds up to 0: f "
                                             "does not depend on x at all."), {"scene": "graph", "expression": "(x + y) * z - x * z"}),
        Trial(N_("Shut the way with a zero"), N_("z is 0: the product passes nothing back to x + y, so only the other way to x is left."),
              {"scene": "graph", "z": 0.0}),
    ))
