"""The recurrent cells, step by step and back through time, in Keras' conventions: once for TensorFlow, and once for NumPy.

Keras' own layers run a loop whose body, and whose gradient, TensorFlow takes operation by operation: dozens a step. Here the products
with the inputs are one for all steps, and going back whatever does not depend on what came back is computed for all steps at once, so
that a step back is one product and five operations at most. Names as in `core.maths.cells`, with σ the logistic function:

    rnn    h = bend(x·W + h₋·U + b)
    lstm   i, f, g, o = σ, σ, tanh, σ of x·W + h₋·U + b;   c = f ⊙ c₋ + i ⊙ g;   h = o ⊙ tanh(c)
    gru    z, r = σ(x·W + b₀ + h₋·U + b₁);   g = tanh(x·W + b₀ + r ⊙ q), q = h₋·U + b₁;   h = z ⊙ h₋ + (1 − z) ⊙ g
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Held = Mapping[str, float]
Steps = dict[str, list[Any]]  # of every quantity its value after each step, (batch, units)
NONE: Held = {}
KEPT = {"rnn": ("h",), "lstm": ("i", "f", "g", "o", "c", "t", "h"), "gru": ("z", "r", "g", "q", "h")}  # t: tanh(c)
PARTS = {"rnn": (1,), "lstm": (1,), "gru": (2, 1)}  # of an input's product, what is added at one place: the gates', the candidate's
PASSED = {"rnn": "", "lstm": "f", "gru": "z"}  # what decides how much of a state passes by a step


@dataclass(frozen=True)
class Ops:
    """What NumPy and TensorFlow call differently. split(a, sizes): the last axis in parts of these proportions; concat(parts, axis);
    tanh_slope(a, d), sigmoid_slope(a, d): d times the slope of the function whose value is a."""

    tanh: Callable[[Any], Any]
    sigmoid: Callable[[Any], Any]
    tanh_slope: Callable[[Any, Any], Any]
    sigmoid_slope: Callable[[Any, Any], Any]
    relu: Callable[[Any], Any]
    sign: Callable[[Any], Any]
    split: Callable[[Any, Sequence[int]], Any]
    concat: Callable[[Any, int], Any]
    stack: Callable[[Any], Any]
    unstack: Callable[[Any], Any]
    zeros: Callable[[Any], Any]
    transpose: Callable[[Any], Any]


class Slopes(NamedTuple):
    """What `backward` finds, over all steps, each (T, batch, …): the derivatives by the parts of xs; by h₋·U, the same but for the GRU; by
    h; by the LSTM's c, else None; and the states that the steps began with, which the slope of U takes."""

    xs: list[Any]
    inner: Any
    h: Any
    c: Any
    before: Any


def _split(a: np.ndarray, sizes: Sequence[int]) -> list[np.ndarray]:
    return np.split(a, np.cumsum(sizes)[:-1] * (a.shape[-1] // sum(sizes)), -1)


NUMPY = Ops(np.tanh, lambda a: 0.5 * (1 + np.tanh(0.5 * a)), lambda a, d: d * (1 - a * a), lambda a, d: d * a * (1 - a),
            lambda a: np.maximum(a, 0), np.sign, _split, np.concatenate, np.stack, list, np.zeros_like, np.transpose)


def step(ops: Ops, cell: str, activation: str, x: Any, h: Any, c: Any, u: Any, inner: Any, held: Held = NONE) -> dict[str, Any]:
    """One step: all of KEPT[cell]. x: PARTS[cell] of the input's product and bias; h, c: the states before, (batch, units); u:
    the recurrent kernel; inner: the GRU's second bias; held: gates that have one value instead of their own."""
    if cell == "rnn":
        return {"h": getattr(ops, activation)(x[0] + h @ u)}
    if cell == "lstm":
        i, f, g, o = ops.split(x[0] + h @ u, (1, 1, 1, 1))
        found = {name: _held(ops, ops.sigmoid(total), name, held) for name, total in (("i", i), ("f", f), ("o", o))}
        found["g"] = ops.tanh(g)
        found["c"] = found["f"] * c + found["i"] * found["g"]
        found["t"] = ops.tanh(found["c"])
        return {**found, "h": found["o"] * found["t"]}
    to_gates, to_g = x
    sums, q = ops.split(h @ u + inner, (2, 1))
    z, r = (_held(ops, value, name, held) for name, value in zip("zr", ops.split(ops.sigmoid(to_gates + sums), (1, 1)), strict=True))
    g = ops.tanh(to_g + r * q)
    return {"z": z, "r": r, "g": g, "q": q, "h": g + z * (h - g)}


def _held(ops: Ops, value: Any, name: str, held: Held) -> Any:
    return ops.zeros(value) + held[name] if name in held else value


def cut(ops: Ops, cell: str, whole: Any) -> list[Any]:
    """PARTS[cell] of inputs' products, or of the weights that they are products with: of (…, blocks · units)."""
    return list(ops.split(whole, PARTS[cell])) if len(PARTS[cell]) > 1 else [whole]


def forward(ops: Ops, cell: str, activation: str, xs: Sequence[Any], start: Any, u: Any, inner: Any,
            held: Held = NONE, memory: Any = None) -> Steps:
    """All steps: their inputs' products xs, cut into parts (T, batch, …), from the state `start` (batch, units) on, and from the LSTM's
    cell state `memory`, which is `start` if it is not given (both are zeros where a sequence begins)."""
    found: Steps = {name: [] for name in KEPT[cell]}
    h, c = start, start if memory is None else memory
    for x in zip(*(ops.unstack(part) for part in xs), strict=True):
        now = step(ops, cell, activation, x, h, c, u, inner, held)
        h, c = now["h"], now.get("c", c)
        for name, value in now.items():
            found[name].append(value)
    return found


def slopes(ops: Ops, cell: str, activation: str, a: Mapping[str, Any], c_before: Any, held: Held = NONE) -> tuple[Any, Any, Any]:
    """What going back does not depend on what comes back, of all steps at once, each (T, batch, …).

    a: what each step kept; c_before: the LSTM's cell states that each began with. Returns what a step's ∂loss/∂h or ∂loss/∂c is multiplied
    by to go into its sums; the LSTM's ∂h/∂c, else None; what the GRU's is multiplied by to go into the sum of its candidate, else None.
    """
    def gate(name: str, d: Any) -> Any:
        return ops.zeros(d) if name in held else ops.sigmoid_slope(a[name], d)

    if cell == "rnn":
        return 1 - a["h"] * a["h"] if activation == "tanh" else ops.sign(a["h"]), None, None
    if cell == "lstm":
        back = ops.concat([gate("i", a["g"]), gate("f", c_before), ops.tanh_slope(a["g"], a["i"]), gate("o", a["t"])], -1)
        return back, ops.tanh_slope(a["t"], a["o"]), None
    fresh = 1 - a["z"]
    written = ops.tanh_slope(a["g"], fresh)
    to_z = ops.zeros(fresh) if "z" in held else (a["h"] - a["g"]) * fresh  # since h − g = z ⊙ (h₋ − g)
    return ops.concat([to_z, gate("r", written * a["q"]), written * a["r"]], -1), None, written


def by_inputs(cell: str, d_inner: Any, d_h: Any, written: Any) -> list[Any]:
    """The derivatives by the parts of xs, of those by h₋·U and by h, all (T, batch, …): the same, but for the GRU's candidate."""
    return [d_inner[..., :2 * written.shape[-1]], d_h * written] if cell == "gru" else [d_inner]


def retrace(ops: Ops, cell: str, turned: Any, backs: Sequence[Any], intos: Sequence[Any], passed: Sequence[Any], incoming: Sequence[Any],
            dh: Any, dc: Any) -> tuple[list[Any], list[Any], list[Any], Any, Any]:
    """Back through some steps, given ∂loss/∂h and ∂loss/∂c behind the last of them.

    turned: the recurrent kernel, transposed; backs, intos: of `slopes`; passed: what a step lets pass of c (LSTM: f) or h (GRU: z);
    incoming: as of `backward`. Returns of each step, in the order of time, the derivatives by h₋·U, by h and, of an LSTM, by c; then those
    by the states that the first of them began with.
    """
    inner, dhs, dcs = [], [], []
    for t in reversed(range(len(incoming))):
        dh = dh if incoming[t] is None else dh + incoming[t]
        dhs.append(dh)
        if cell == "rnn":
            total = dh * backs[t]
            dh = total @ turned
        elif cell == "lstm":
            dc = dc + dh * intos[t]
            dcs.append(dc)
            total = ops.concat([dc, dc, dc, dh], -1) * backs[t]
            dh, dc = total @ turned, dc * passed[t]
        else:
            total = ops.concat([dh, dh, dh], -1) * backs[t]
            dh = total @ turned + dh * passed[t]
        inner.append(total)
    return inner[::-1], dhs[::-1], dcs[::-1], dh, dc


def backward(ops: Ops, cell: str, activation: str, steps: Steps, start: Any, u: Any, incoming: Sequence[Any],
             held: Held = NONE) -> Slopes:
    """From ∂loss/∂h where a state is used for something else than the next step (incoming, None where it is not) back through all steps."""
    a = {name: ops.stack([start, *values] if name in "hc" else values) for name, values in steps.items()}
    before = {name: a[name][:-1] for name in "hc" if name in a}
    a |= {name: a[name][1:] for name in before}
    back, into, written = slopes(ops, cell, activation, a, before.get("c"), held)
    inner, dhs, dcs, _h, _c = retrace(ops, cell, ops.transpose(u), ops.unstack(back), ops.unstack(into) if cell == "lstm" else [],
                                      steps.get(PASSED[cell], []), incoming, ops.zeros(start), ops.zeros(start))
    d_inner, d_h = ops.stack(inner), ops.stack(dhs)
    return Slopes(by_inputs(cell, d_inner, d_h, written), d_inner, d_h, ops.stack(dcs) if dcs else None, before["h"])
