"""The chain rule: three number lines that one nudge moves, and the same as a computational graph, multiplied back."""

from __future__ import annotations

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.calculus import marks
from core.figures.calculus.common import (
    CURVE,
    SECANT,
    TANGENT,
    Curve,
    cancelled,
    curve,
    rounded,
    short,
    signed,
    tex,
    window,
    without_slope,
)
from core.figures.calculus.rules import pretty
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.graph import Graph, graph, worked
from core.maths.layout import columns
from core.maths.source import definitions, python
from core.maths.tree import Name
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

HEIGHT = 330
MOST = 14  # nodes of a graph that can still be read
SPAN = (-4.2, 4.2)  # of x
ABOVE = 2.42  # where the nudge is taken hold of
ROWS = {"x": 2.0, "u": 1.0, "y": 0.0}


def draw(spec: CalculusSpec) -> Picture:
    g, f = curve(spec.inner), curve(spec.outer, "u")
    x, nudge = spec.x, spec.nudge
    u, du = g.at(x)
    y, dy = f.at(u)
    after = float(f(g(x + nudge)))
    if not np.isfinite(after):
        f.at(float(g(x + nudge)))
    whole = f.tree.replaced(Name("u"), g.tree)
    net = graph(whole, merged=True, numbers=False)
    if len(net.nodes) > MOST:
        raise Trouble(Message(N_("The graph of this formula has {count} nodes; up to {most} can be drawn. Type shorter functions."),
                              {"count": len(net.nodes), "most": MOST}))
    picture, film = _graph(net, x, dy * du)
    moved, said = after - y, dy * du * nudge
    return Picture((_lines(g, f, x, nudge, u, du, y, dy, moved, said), picture), film=film, handles=_handles(x, nudge),
                   notes=_notes(u, du, dy, nudge, moved, said, net, without_slope(g, x) or without_slope(f, u),
                                (*cancelled(g, x), *cancelled(f, u))),
                   formulas=((_("Chain rule"), rf"\frac{{dy}}{{dx}} = \frac{{dy}}{{du}} \cdot \frac{{du}}{{dx}} = "
                                               rf"{signed(dy)} \cdot {signed(du)} = {tex(dy * du)}"),
                             (_("The nudge"), rf"\Delta y \approx {signed(dy * du)} \cdot {signed(nudge)} = {tex(said)}, \qquad "
                                              rf"\Delta y = {tex(moved)}")),
                   numbers={"u": u, "y": y, "slope": dy * du, "moved": moved})


def _at(value: float, span: tuple[float, float]) -> float:
    """Where a value stands on a number line, from 0 to 1."""
    return float(np.clip((value - span[0]) / (span[1] - span[0]), -0.03, 1.03))


def spans(g: Curve, f: Curve) -> dict[str, tuple[float, float]]:
    """What the three lines reach: they stay where they are while x moves."""
    inner = g(np.linspace(-3, 3, 121))
    us = window(inner)
    return {"x": SPAN, "u": us, "y": window(f(np.linspace(*us, 121)))}


def round_ticks(low: float, high: float) -> list[float]:
    """Four to eight round numbers between two."""
    raw = (high - low) / 5
    base = 10.0 ** np.floor(np.log10(raw))
    step = next(base * m for m in (1, 2, 5, 10) if base * m >= raw)
    return [rounded(k * step) + 0.0 for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def _lines(g: Curve, f: Curve, x: float, nudge: float, u: float, du: float, y: float, dy: float, moved: float, said: float) -> Template:
    span = spans(g, f)
    before = {"x": x, "u": u, "y": y}
    after = {"x": x + nudge, "u": float(g(x + nudge)), "y": y + moved}
    linear = {"x": x + nudge, "u": u + du * nudge, "y": y + said}
    data = []
    for name, row in ROWS.items():
        ticks = round_ticks(*span[name])
        data += [marks.line([0, 1], [row, row], "border", width=2),
                 marks.words([_at(t, span[name]) for t in ticks], [row - 0.17] * len(ticks), [short(t, 3) for t in ticks], "muted",
                             size=10)]
    here, there, guess = ([_at(values[name], span[name]) for name in ROWS] for values in (before, after, linear))
    rows = list(ROWS.values())
    data += [marks.line(here, rows, CURVE, width=2), marks.line(there, rows, SECANT, dash="dash", width=2),
             marks.dots(here, rows, CURVE, size=11), marks.dots(there[1:], rows[1:], SECANT, size=10, symbol="diamond"),
             marks.dots(guess[1:], rows[1:], TANGENT, size=15, symbol="circle-open")]
    for name, a, b in zip(ROWS, here, there, strict=True):
        data.append(marks.line([a, b], [ROWS[name]] * 2, SECANT, width=6))
    data.append(marks.line([there[0]] * 2, [2.0, ABOVE], SECANT, dash="dot", width=1.5))
    shifts = [f"Δx = {short(nudge, 3)}", f"Δu = {short(after['u'] - u, 3)}", f"Δy = {short(moved, 3)}"]
    left = [False, *(above > here[k + 1] for k, above in enumerate(here[:-1]))]  # away from the line that comes down from above
    beside = [min(a, b) - 0.02 if flag else max(a, b) + 0.02 for a, b, flag in zip(here, there, left, strict=True)]
    data.append(marks.words(beside, [2.2, 1.2, 0.2], shifts, SECANT, place=[f"middle {'left' if flag else 'right'}" for flag in left]))
    named = ["x", f"u = {pretty(g.tree)}", f"y = {pretty(f.tree)}"]
    data.append(marks.words([-0.075] * 3, rows, named, "text", place="middle left", size=13))
    data.append(marks.words([1.06] * 2, [1.5, 0.5], [f"× {short(du, 3)}", f"× {short(dy, 3)}"], TANGENT, place="middle right", size=14))
    blank = axis(visible=False, fixedrange=True)
    return figure("lines", data, layout(xaxis={**blank, "range": [-0.3, 1.2]}, yaxis={**blank, "range": [-0.4, 2.68]},
                                        margin={"l": 4, "r": 4, "t": 4, "b": 4}),
                  title=_("Δx = {nudge} moves y by {moved}; the rule says {said}", nudge=short(nudge, 3), moved=short(moved, 3),
                          said=short(said, 3)),
                  alt=_("Three number lines: x = {x}, u = {u}, y = {y}. A nudge of {nudge} on the first moves y by {moved}.",
                        x=short(x), u=short(u), y=short(y), nudge=short(nudge, 3), moved=short(moved, 3)), height=HEIGHT, span=6)


def _handles(x: float, nudge: float) -> tuple[Handle, ...]:
    ends = [(float(v), _at(v, SPAN), 2.0) for v in (-3.0, 3.0)]
    pushes = [(float(d), _at(x + d, SPAN), ABOVE) for d in (-1.0, 1.0)]
    return (Handle("nudge", "lines", _("Nudge"), (_at(x + nudge, SPAN), ABOVE), ("nudge",), rail=tuple(pushes), step=0.02, colour=SECANT),
            Handle("point", "lines", _("Point x"), (_at(x, SPAN), 2.0), ("x",), rail=tuple(ends), step=0.05, colour=CURVE))


def places(net: Graph) -> list[tuple[float, float]]:
    """Where the nodes stand: each operation a column further to the right, nodes of one column one above the other."""
    members_of: dict[int, list[int]] = {}
    for i, column in enumerate(columns(net)):
        members_of.setdefault(column, []).append(i)
    found = [(0.0, 0.0)] * len(net.nodes)
    for depth, members in members_of.items():
        for k, i in enumerate(members):
            found[i] = (float(depth), float((len(members) - 1) / 2 - k) * 1.2 + (0.12 if len(members) == 1 and depth % 2 else 0))
    return found


def _graph(net: Graph, x: float, slope: float):  # type: ignore[no-untyped-def]
    done = worked(net, {"x": x})
    values, local, back = done.values, tuple(done.slopes.values()), done.gradients
    if not np.isfinite([*values, *local, *back]).all():
        raise Trouble(Message(N_("This chain has no slope at x = {x:.3g}. Move the point."), {"x": x}))
    spots, edges = places(net), net.edges
    xs, ys = [p[0] for p in spots], [p[1] for p in spots]
    ends: list[list[float | None]] = [[], []]
    for e in edges:
        for k in (0, 1):
            ends[k] += [spots[e.child][k], spots[e.parent][k], None]
    middle = [[spots[e.child][k] * 0.45 + spots[e.parent][k] * 0.55 for e in edges] for k in (0, 1)]
    names = [node.sign for node in net.nodes]
    shown = [short(v, 3) for v in values]
    factors = [f"× {short(v, 3)}" for v in local]
    grads = [short(v, 3) for v in back]
    data = [marks.line(ends[0], ends[1], "muted", width=1.5),
            {**marks.dots(xs, ys, CURVE, size=34), "marker": {"size": 34, "color": colour("background"),
                                                             "line": {"color": colour(CURVE), "width": 2}}},
            marks.words(xs, ys, names, "text", size=12),
            marks.words(xs, [v + 0.34 for v in ys], shown, CURVE, size=12),
            marks.words(middle[0], [v + 0.13 for v in middle[1]], factors, TANGENT, size=12),
            marks.words(xs, [v - 0.36 for v in ys], grads, SECANT, size=12)]
    tall = max(1.3, max(ys) + 0.7, 0.9 - min(ys))
    key = ((_("value"), CURVE, 0.1), (_("slope of the step"), TANGENT, 0.5), (_("slope of y by this"), SECANT, 0.9))
    deep = max(*xs, 1.0)
    data += [marks.words([-0.55 + at * (deep + 1.1)], [-tall + 0.12], [text], token, size=11) for text, token, at in key]
    blank = axis(visible=False, fixedrange=True)
    result = figure("graph", data, layout(xaxis={**blank, "range": [-0.55, deep + 0.55]}, yaxis={**blank, "range": [-tall, tall]},
                                          margin={"l": 4, "r": 4, "t": 4, "b": 4}),
                    title=_("Slope {slope}: the factors on the way back", slope=short(back[0], 3))
                    if abs(back[0] - slope) <= 1e-9 * (1 + abs(slope)) else
                    _("Part by part, by convention: {slope}", slope=short(back[0], 3)),
                    alt=_("The formula as a graph of {count} nodes: values forwards, a local derivative on every edge, and their products "
                          "backwards; at x they come to {slope}.", count=len(net.nodes), slope=short(back[0], 3)), height=HEIGHT, span=6)
    return result, _film(net, shown, factors, grads)


def _film(net: Graph, shown: list[str], factors: list[str], grads: list[str]) -> Film | None:
    """Forwards node by node, then backwards: factors first, then what has come together in each node."""
    edges = net.edges
    count = len(net.nodes)
    if count < 2:
        return None
    steps = [([i <= k for i in range(count)], [False] * len(edges), [False] * count, _("forwards: {name}", name=net.nodes[k].sign))
             for k in range(count)]
    backwards = [False] * count
    backwards[-1] = True
    used = [False] * len(edges)
    steps.append(([True] * count, list(used), list(backwards), _("backwards begins with 1")))
    for k in reversed(range(count)):
        if not net.nodes[k].children:
            continue
        used = [u or e.parent == k for u, e in zip(used, edges, strict=True)]
        backwards = [b or any(e.child == i and e.parent == k for e in edges) and all(used[j] for j, e in enumerate(edges) if e.child == i)
                     for i, b in enumerate(backwards)]
        steps.append(([True] * count, list(used), list(backwards), _("backwards through {name}", name=net.nodes[k].sign)))

    def seen(texts: list[str], flags: list[bool]) -> list[str]:
        return [text if flag else "" for text, flag in zip(texts, flags, strict=True)]

    flags = [s[:3] for s in steps]
    tracks = tuple(Track("graph", 3 + k, {"text": [seen(texts, s[k]) for s in flags]}) for k, texts in enumerate((shown, factors, grads)))
    return Film(tuple(s[3] for s in steps), tracks, seconds=1.0 + 0.7 * len(steps))


def _notes(u: float, du: float, dy: float, nudge: float, moved: float, said: float, net: Graph,
           broken: Message | None, smooth: tuple[Message, ...]) -> tuple[Message, ...]:
    words = {"du": short(du, 3), "dy": short(dy, 3), "slope": short(du * dy, 3), "nudge": short(nudge, 3), "moved": short(moved, 3),
             "said": short(said, 3), "off": short(abs(moved - said), 2)}
    if broken:
        first = broken
    elif abs(du * dy) < 1e-9 and abs(moved) < 1e-9:
        first = Message(N_("One of the factors is 0 ({du} and {dy}), so the product is 0: a nudge of x dies on the way. In a deep "
                           "network this is a vanishing gradient."), words)
    elif abs(du * dy) < 1e-9:
        first = Message(N_("One of the factors is 0 ({du} and {dy}), so the product is 0: y moves by {moved} only because the curve bends, "
                           "and for a small nudge hardly at all. In a deep network this is a vanishing gradient."), words)
    elif nudge == 0:
        first = Message(N_("Push x a little: drag the orange point of the first line."), words)
    else:
        first = Message(N_("The first function stretches the nudge by {du}, the second by {dy}; together by {slope}. The rings show "
                           "what the rule says, the diamonds what happens: {off} apart."), words)
    again = [i for i in range(len(net.nodes)) if len(net.users(i)) > 1]
    several = Message(N_("x is used in several places of the graph: its slope is the sum over all ways."))
    return (first, *smooth, *([several] if 0 in again else ()))


def program(spec: CalculusSpec) -> str:
    words = [_("the chain rule"), _("by the rule"), _("in truth")]
    g, f = curve(spec.inner), curve(spec.outer, "u")
    return f"""{definitions(g.tree, f.tree, g.slope, f.slope)}

def inner(x):
    return {python(g.tree)}


def outer(u):
    return {python(f.tree)}


x, nudge = {spec.x!r}, {spec.nudge!r}
u = inner(x) + 0 * x
y = outer(u) + 0 * x
first = {python(g.written(spec.x))} + 0 * x  # du/dx
second = {python(f.written(float(g(spec.x))))} + 0 * x  # dy/du
slope = second * first  # {words[0]}
moved = outer(inner(x + nudge) + 0 * x) - y
print("u =", u, " y =", y)
print("dy/dx =", second, "*", first, "=", slope)
print("{words[1]}", slope * nudge, " {words[2]}", moved)"""


SCENE = Scene(
    "chain", N_("Chain rule"),
    N_("Push the orange point on the first line: the nudge goes through both functions. Then play it on the graph, there and back."),
    ("inner", "outer", "x", "nudge"), draw, program,
    presets=(Preset("sin(x²)", {"scene": "chain"}),
             Preset(N_("A neuron: σ(2x − 1)"), {"scene": "chain", "inner": "2x - 1", "outer": "sigmoid(u)"}),
             Preset(N_("A squared error"), {"scene": "chain", "inner": "3x - 2", "outer": "u^2"}),
             Preset(N_("x in two places"), {"scene": "chain", "inner": "x*sin(x)", "outer": "u^2"})),
    trials=(Trial(N_("A smaller nudge"), N_("The smaller the nudge, the closer ring and diamond: the rule is about small changes."),
                  {"scene": "chain", "nudge": 0.1}),
            Trial(N_("A dead ReLU"), N_("u is negative, the slope of ReLU there is 0, and nothing of the nudge arrives."),
                  {"scene": "chain", "inner": "2x - 1", "outer": "relu(u)", "x": -0.5})),
)
