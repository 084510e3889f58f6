"""A symbol first, then distractors, and gates held by hand: what is left of the symbol. The LSTM's and the GRU's scene “hold”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures.backpropagation.numerals import short
from core.figures.board import Handle, figure
from core.figures.template import Template
from core.figures.theme import axis, colour, layout, width_of
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.insight.remembering import percent
from core.maths import holding
from core.maths.holding import Held
from core.specs.cells import MemorySpec

GATES, MEMORY, ORIGINS = "gates", "memory", "origins"
HEIGHT, LOWER = 340, 190
LANE = 1.4  # from the foot of one gate's lane to the next


@dataclass(frozen=True)
class Lane:
    """A gate's lane. name: marked; token: its colour; grips: (field, label, first step?, value) of what is dragged in it."""

    gate: str
    name: str
    token: str
    grips: tuple[tuple[str, str, bool, float], ...] = ()


def gates(held: Held, lanes: Sequence[Lane]) -> tuple[Template, tuple[Handle, ...]]:
    """The gates' values over time, one lane below the other, and what is fed in a lane at the foot; held ones are dragged."""
    steps, grips = list(range(held.gap + 1)), []
    data: list[dict[str, Any]] = []
    foot = {lane.gate: LANE * (len(lanes) - k) for k, lane in enumerate(lanes)}
    place = 0.62 * held.gap
    names = [_(lane.name) for lane in lanes]
    for lane in lanes:
        base, values = foot[lane.gate], held.found[lane.gate]
        data.append({"type": "scatter", "mode": "lines", "x": [steps[0] - 0.5, steps[-1] + 0.5], "y": [base, base], "hoverinfo": "skip",
                     "line": {"color": colour("border"), "width": 1}})
        data.append({"type": "scatter", "mode": "lines", "x": [steps[0] - 0.5, steps[-1] + 0.5], "y": [base + 1, base + 1],
                     "hoverinfo": "skip", "line": {"color": colour("border"), "width": 1, "dash": "dot"}})
        data.append({"type": "bar", "x": steps, "y": numbers(values, 3), "base": base, "width": 0.8,
                     "marker": {"color": colour(lane.token)}, "hovertemplate": f"{lane.gate} = %{{y:.2f}}<extra></extra>"})
        for field, label, first, value in lane.grips:
            x = 0.0 if first else place
            grips.append(Handle(field, GATES, label, (x, base + value), (field,), rail=((0.0, x, base), (1.0, x, base + 1)), step=0.01,
                                colour=lane.token))
    top = float(np.abs(held.x).max())
    data.append({"type": "bar", "x": steps, "y": numbers(0.45 * held.x / top, 3), "base": 0.5, "width": 0.8,
                 "marker": {"color": [colour("text" if k == 0 else "muted") for k in steps]}, "hoverinfo": "text",
                 "hovertext": [f"x = {short(float(v))}" for v in held.x]})
    shape = layout(xaxis=axis(_("step"), range=[-0.8, held.gap + 0.8], showgrid=False, fixedrange=True, nticks=6),
                   yaxis={**axis(""), "range": [-0.1, LANE * (len(lanes) + 1) - 0.25], "showgrid": False, "fixedrange": True,
                          "tickvals": [0.5, *(foot[lane.gate] + 0.5 for lane in lanes)], "ticktext": [_("input x"), *names],
                          "tickfont": {"size": 12, "color": colour("text")}, "showline": False, "automargin": True},
                   margin={"l": 20, "r": 8, "t": 6, "b": 34}, barmode="overlay", bargap=0,
                   meta={"narrow": {"below": 420, "layout": {"yaxis": {"ticktext": ["x", *(lane.gate for lane in lanes)]}}}})
    said = ", ".join(f"{lane.gate}: {short(float(held.found[lane.gate][0]))}, {short(float(held.found[lane.gate][1:].mean()))}"
                     for lane in lanes)
    made = figure(GATES, data, shape, title=_("The gates, step by step"), height=HEIGHT, span=5,
                  alt=_("The gates of all {count} steps, at the symbol and on average afterwards: {said}. Below them what is fed.",
                        count=len(steps), said=said))
    return made, tuple(grips)


def memory(held: Held) -> Template:
    """The state, and in it the part that the symbol has and the part of all distractors together."""
    steps, mine = list(range(held.gap + 1)), held.parts[:, 0]
    others, state = held.parts[:, 1:].sum(axis=1), held.found[held.state]
    names = [_("the symbol’s part"), _("the distractors’ part"), _("cell state c") if held.cell == "lstm" else _("hidden state h")]
    line = lambda y, token, name, **more: {  # noqa: E731
        "type": "scatter", "mode": "lines", "x": steps, "y": numbers(y, 4), "name": name,
        "hovertemplate": f"{name}: %{{y:.3f}}<extra></extra>", "line": {"color": colour(token), "width": 2.5, **more}}
    data = [{**line(mine, "layer0", names[0]), "fill": "tozeroy", "fillcolor": colour("middle")},
            line(others, "layer1", names[1], dash="dot"), line(state, "text", names[2], width=1.5)]
    if held.cell == "lstm":
        data.append(line(held.found["h"], "muted", _("hidden state h"), dash="dash", width=1.5))
        names.append(_("hidden state h"))
    tokens = ("layer0", "layer1", "text", "muted")
    ends = (mine[-1], others[-1], state[-1], held.found["h"][-1])
    labels: list[dict[str, Any]] = [{"trace": k, "text": name, "color": colour(tokens[k]), "value": float(ends[k])}
                                    for k, name in enumerate(names)]
    reach = 1.1 * max(1.0, *(float(np.abs(v).max()) for v in (mine, others, state)))
    shape = layout(xaxis=axis(_("step"), range=[-0.4, held.gap + 0.4], nticks=6),
                   yaxis=axis("", range=[-reach, reach], zeroline=True, zerolinecolor=colour("border")),
                   margin={"l": 34, "r": 14 + max(width_of(name) for name in names), "t": 8, "b": 34}, hovermode="x",
                   meta={"labels": labels})
    said = {"gap": held.gap, "left": percent(held.left), "state": held.state, "others": percent(held.distractors)}
    return figure(MEMORY, data, shape, height=HEIGHT, span=7,
                  title=_("After {gap} steps {left} of the symbol is left; distractors: {others}", **said),
                  alt=_("The state {state} over {gap} steps, taken apart: {left} of what the symbol offered is left at the end, and "
                        "distractors have {others}.", **said))


def origins(held: Held) -> Template:
    """What each step has in the last state."""
    parts, steps = held.parts[-1], list(range(held.gap + 1))
    data = [{"type": "bar", "x": steps, "y": numbers(parts, 4), "hovertemplate": _("from step") + " %{x}: %{y:.3f}<extra></extra>",
             "marker": {"color": [colour("layer0" if k == 0 else "layer1") for k in steps]}}]
    reach = 1.15 * max(1e-3, float(np.abs(parts).max()))
    shape = layout(xaxis=axis(_("step in which it was written"), range=[-0.8, held.gap + 0.8], nticks=8),
                   yaxis=axis("", range=[-reach, reach], zeroline=True, zerolinecolor=colour("muted"), nticks=5),
                   margin={"l": 44, "r": 8, "t": 6, "b": 34}, bargap=0.25)
    return figure(ORIGINS, data, shape, height=LOWER, span=12, area="curves",
                  title=_("Where the last {state} = {value} comes from", state=held.state, value=short(float(parts.sum()))),
                  alt=_("What each step has in the last state: the symbol {mine}, the strongest distractor {other}.",
                        mine=short(float(parts[0])), other=short(float(parts[1:][np.abs(parts[1:]).argmax()]))))


def gradient(held: Held) -> Message:
    """What the product of the gates means on the way back."""
    if held.passed > 0.5:
        return Message(N_("The same product {product} is the gradient along the belt: what the last step would like to change about the "
                          "first arrives nearly whole, however many steps lie between."), {"product": short(held.passed)})
    return Message(N_("The same product {product} is the gradient along the belt: what the last step would like to change about the first "
                      "arrives that much smaller. What is forgotten on the way forward cannot be learned on the way back."),
                   {"product": short(held.passed)})


def read(spec: MemorySpec) -> Held:
    return holding.read(**spec.task)


def code(spec: MemorySpec) -> str:
    """The program: the cell of one unit step by step, and beside it the part of its state that the symbol has."""
    cell, seed, scale, (first, after) = spec.cell, spec.seed, spec.scale, spec.phases
    blocks = 4 if cell == "lstm" else 3
    gate = lambda name: f"({first.get(name, name)!s} if t == 0 else {after.get(name, name)!s})"  # noqa: E731
    hold = lambda *names: [f"{name} = {gate(name)}  # " + _("held") for name in names if name in after or name in first]  # noqa: E731
    lines = [
        "import numpy as np", "",
        f"rng = np.random.default_rng({seed})",
        f"reach = np.sqrt(6 / (1 + {blocks}))  # " + _("weights of one unit, as Keras draws them"),
        f"W = {scale!r} * rng.uniform(-reach, reach, {blocks})",
        f"q, r = np.linalg.qr(rng.normal(size=({blocks}, 1)))",
        f"U = {scale!r} * (q * np.sign(r[0, 0]))[:, 0]",
        f"noise = {spec.noise!r} * np.random.default_rng({seed + 100}).uniform(-1, 1, {spec.gap})",
        f"x = np.concatenate([[{float(spec.symbol)!r}], noise])  # " + _("the symbol, then distractors"),
        "sigmoid = lambda v: 1 / (1 + np.exp(-v))", "",
        "c, h, mine, others = 0.0, 0.0, 0.0, 0.0", "for t, x_t in enumerate(x):"]
    if cell == "lstm":
        lines += ["    i, f, g, o = W * x_t + U * h + np.array([0, 1, 0, 0])",
                  "    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)", *(f"    {one}" for one in hold("i", "f", "o")),
                  "    keep, add = f, i * g", "    c = keep * c + add", "    h = o * np.tanh(c)"]
    else:
        lines += ["    z, r = sigmoid(W[:2] * x_t + U[:2] * h)", *(f"    {one}" for one in hold("z", "r")),
                  "    g = np.tanh(W[2] * x_t + r * (U[2] * h))", "    keep, add = z, (1 - z) * g", "    h = keep * h + add"]
    lines += ["    if t == 0:", "        offered = g",
              "    mine, others = keep * mine + (add if t == 0 else 0), keep * others + (add if t else 0)",
              "left = mine / offered", "state = c" if cell == "lstm" else "state = h", "", "print(state, mine, others)", "print(left)"]
    return "\n".join(lines)


def printed(held: Held) -> dict[str, Any]:
    return {"state": float(held.found[held.state][-1]), "mine": float(held.parts[-1, 0]), "others": float(held.parts[-1, 1:].sum()),
            "left": held.left}
