"""A step's arithmetic written out: each gate, the candidate and the states, with their numbers and a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.figures.backpropagation.numerals import added, closed, fine, short
from core.figures.board import Track, figure
from core.figures.cells.walk import Walk
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.i18n import N_, _
from core.maths.cells import GATES

SUMS = "sums"
ROW = 46  # pixels
NARROW = 620
WIDE, SLIM = 80, 38  # letters of a sum, on a screen and on a phone; of a longer one only its parts are written
LINE = 84  # letters of a line on a screen
NAMES = {"i": N_("input gate i"), "f": N_("forget gate f"), "o": N_("output gate o"), "g": N_("candidate g"), "c": N_("cell state c"),
         "h": N_("hidden state h"), "z": N_("update gate z"), "r": N_("reset gate r")}
ORDER = {"rnn": ("h",), "lstm": ("f", "i", "g", "c", "o", "h"), "gru": ("z", "r", "g", "h")}  # in the order of the drawing


@dataclass(frozen=True)
class Row:
    """A value's name, what it is made of, and what comes out: name = left = right, where there is a right side."""

    name: str
    left: str
    right: str
    value: float

    def text(self, between: str) -> str:
        return f"{self.name} = {self.left}" + (f"{between}{self.right}" if self.right else "")


def _factor(value: float) -> str:
    return closed(fine(value))


def terms(walk: Walk, name: str, t: int) -> tuple[list[str], list[str]]:
    """The products of a block's sum that are not 0: of the input, and of the state before."""
    k, u, units = tuple(walk.sums(t)).index(name), walk.unit, walk.weights.units
    column = k * units + u
    products = lambda values, weights: [f"{fine(w)}·{_factor(v)}" for v, w in zip(values, weights, strict=True) if v]  # noqa: E731
    return (products(walk.feed.x[t], walk.weights.kernel[:, column]),
            products(walk.before("h", t), walk.weights.recurrent[:, column]))


def candidate(walk: Walk, t: int, room: int) -> Row:
    """The GRU's candidate, in which the reset gate multiplies what comes from the state."""
    (from_x, from_h), value, r = terms(walk, "g", t), walk.at("g", t), walk.at("r", t)
    x, h, b, inner = (float(v[walk.unit]) for v in walk.sums(t)["g"])
    before = added([*from_x, *([fine(b)] if b else [])] or ["0"])
    behind = added([*from_h, *([fine(inner)] if inner else [])] or ["0"])
    if len(before) + len(behind) <= room - 12:
        return Row("g", f"tanh({before} + {fine(r)}·({behind}))", f"tanh({fine(x + b + r * (h + inner))}) = {fine(value)}", value)
    return Row("g", "tanh(W·x + b₀ + r·(U·hₜ₋₁ + b₁))", f"tanh({fine(x + b)} + {fine(r)}·{_factor(h + inner)}) = {fine(value)}", value)


def block(walk: Walk, name: str, t: int, room: int = WIDE) -> Row:
    """A gate, the candidate, or the plain cell's state: a sum, bent. room: letters that the sum may take."""
    part, u, value = walk.sums(t)[name], walk.unit, walk.at(name, t)
    if name in walk.held:
        return Row(name, _("{value}, held", value=fine(value)), "", value)
    from_x, from_h = terms(walk, name, t)
    if walk.cell == "gru" and name == "g":
        return candidate(walk, t, room)
    x, h, b, inner = (float(v[u]) for v in part)
    bend = "σ" if name in GATES[walk.cell] else "tanh"
    biases = [fine(v) for v in (b, inner) if v]
    said = added([*from_x, *from_h, *biases] or ["0"])
    if len(said) <= room:
        return Row(name, f"{bend}({said})", f"{bend}({fine(x + h + b + inner)}) = {fine(value)}", value)
    bias = " + b" if biases else ""
    return Row(name, f"{bend}(W·x + U·hₜ₋₁{bias})", f"{bend}({added([fine(x), fine(h), *biases])}) = {fine(value)}", value)


def mixed(walk: Walk, name: str, t: int) -> Row:
    """A state: what is made of the gates and the candidate."""
    u, value = walk.unit, walk.at(name, t)
    now = {key: walk.at(key, t) for key in walk.found}
    if name == "c":
        before = float(walk.before("c", t)[u])
        left = f"f·cₜ₋₁ + i·g = {fine(now['f'])}·{_factor(before)} + {fine(now['i'])}·{_factor(now['g'])}"
        return Row(name, left, fine(value), value)
    if walk.cell == "lstm":
        return Row(name, f"o·tanh(c) = {fine(now['o'])}·tanh({fine(now['c'])})", fine(value), value)
    before = float(walk.before("h", t)[u])
    left = f"z·hₜ₋₁ + (1 − z)·g = {fine(now['z'])}·{_factor(before)} + {fine(1 - now['z'])}·{_factor(now['g'])}"
    return Row(name, left, fine(value), value)


def rows(walk: Walk, t: int, room: int = WIDE) -> list[Row]:
    blocks = walk.sums(t)
    return [block(walk, name, t, room) if name in blocks else mixed(walk, name, t) for name in ORDER[walk.cell]]


def picture(walk: Walk, *, start: int = 0) -> tuple[Template, list[Track]]:
    """The figure at step `start`, and its tracks over all steps."""
    steps, slim = ([rows(walk, t, room) for t in range(walk.steps)] for room in (WIDE, SLIM))
    now, names = steps[start], [row.name for row in steps[start]]
    reach = max(1.0, *(abs(row.value) for step in steps for row in step))
    y = list(range(len(now)))
    wide = lambda step: [row.text("<br>= " if len(row.text(" = ")) > LINE else " = ") for row in step]  # noqa: E731
    narrow = lambda step: [row.text("<br>= ") for row in step]  # noqa: E731
    tints = lambda step: [colour("positive" if row.value >= 0 else "negative") for row in step]  # noqa: E731
    text = {"type": "scatter", "mode": "text", "x": [0] * len(y), "y": y, "xaxis": "x2", "textposition": "middle right",
            "hoverinfo": "skip", "cliponaxis": False}
    data: list[dict[str, Any]] = [
        {"type": "bar", "orientation": "h", "y": y, "x": [row.value for row in now], "width": 0.5, "hoverinfo": "skip",
         "marker": {"color": tints(now), "line": {"width": 0}}},
        {**text, "text": wide(now), "textfont": {"size": 14, "color": colour("text")}},
        {**text, "text": narrow(slim[start]), "textfont": {"size": 11, "color": colour("text")}, "visible": False}]
    quiet = {**axis(""), "fixedrange": True}
    shape = layout(
        xaxis={**quiet, "domain": [0, 0.24], "range": [-1.04 * reach, 1.04 * reach], "tickvals": [-1, 0, 1], "showline": False,
               "zeroline": True, "zerolinecolor": colour("muted")},
        xaxis2={"domain": [0.26, 1], "range": [0, 1], "visible": False, "fixedrange": True},
        yaxis={**quiet, "range": [len(y) - 0.45, -0.55], "showgrid": False, "tickvals": y, "ticktext": [_(NAMES[name]) for name in names],
               "automargin": True, "showline": False, "tickfont": {"size": 12, "color": colour("text")}},
        margin={"l": 90, "r": 6, "t": 4, "b": 20}, dragmode=False,
        meta={"narrow": {"below": NARROW, "traces": {1: {"visible": False}, 2: {"visible": True}}, "layout": {
            "xaxis": {"domain": [0, 0.2]}, "xaxis2": {"domain": [0.22, 1]}, "yaxis": {"ticktext": names}, "margin": {"l": 16}}}})
    made = figure(SUMS, data, shape, title=title_of(walk, start), span=12, area="curves", height=ROW * len(y) + 30,
                  alt="; ".join(row.text(" = ") for row in now))
    tracks = [Track(SUMS, 0, {"x": [[round(row.value, 5) for row in step] for step in steps], "marker.color": [tints(s) for s in steps]},
                    smooth=False),
              Track(SUMS, 1, {"text": [wide(step) for step in steps]}), Track(SUMS, 2, {"text": [narrow(step) for step in slim]})]
    return made, tracks


def title_of(walk: Walk, t: int) -> str:
    """What is known at the start of a step."""
    mark, before = walk.feed.marks[t], short(float(walk.before("h", t)[walk.unit]))
    if walk.weights.units == 1:
        return _("The sums of step {step}: input {x}, state before hₜ₋₁ = {h}", step=t + 1, x=mark, h=before)
    return _("The sums of step {step}, unit {unit} of {units}: input {x}, state before hₜ₋₁ = {h}", step=t + 1, unit=walk.unit + 1,
             units=walk.weights.units, x=mark, h=before)
