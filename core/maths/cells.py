"""Recurrent cells in plain NumPy, in Keras' conventions: the plain cell, the LSTM and the GRU, one step after the other.

For pages that compute as they are moved, and for what is drawn of a trained network. All is float64; values are those of
`keras.layers.SimpleRNN`, `LSTM` and `GRU` with their defaults (tests, to 1e-6), so weights may be taken from there as they are:
`Weights(*layer.get_weights())`. With σ the logistic function and ⊙ the product element by element:

    rnn    h = tanh(x·W + h₋·U + b)
    lstm   i, f, o = σ(x·W + h₋·U + b) of each gate,  g = tanh(x·W + h₋·U + b)
           c = f ⊙ c₋ + i ⊙ g,  h = o ⊙ tanh(c)                                    (Hochreiter and Schmidhuber, 1997; Gers et al., 2000)
    gru    z, r = σ(x·W + b₀ + h₋·U + b₁) of each gate,  g = tanh(x·W + b₀ + r ⊙ (h₋·U + b₁))
           h = z ⊙ h₋ + (1 − z) ⊙ g                                         (Cho et al., 2014, with the reset *after* the product)

Keras stacks the columns of W, U and b gate by gate: i, f, g, o for the LSTM (it calls the third c), z, r, g for the GRU (it calls the
third h). PyTorch has the same formulas, with i, f, g, o for the LSTM, r, z, n for the GRU, and two biases everywhere, of which the
LSTM and the plain cell only ever use the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

Array = np.ndarray
CELLS: dict[str, tuple[str, ...]] = {"rnn": ("h",), "lstm": ("i", "f", "g", "o"), "gru": ("z", "r", "g")}  # blocks, in Keras' order
GATES: dict[str, tuple[str, ...]] = {"rnn": (), "lstm": ("i", "f", "o"), "gru": ("z", "r")}  # those between 0 (shut) and 1 (open)


class Weights(NamedTuple):
    """What `get_weights()` of a Keras layer gives, for a cell of g blocks (1, 4, 3), d inputs and u units.

    kernel: W, (d, g·u); recurrent: U, (u, g·u); bias: b, (g·u,), or (2, 3·u) for the GRU: beside the input, beside the state.
    Several networks at once have the same axes before these in all three, and their sequences (…, T, d) as well.
    """

    kernel: Array
    recurrent: Array
    bias: Array

    @property
    def inputs(self) -> int:
        return int(self.kernel.shape[-2])

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[-2])

    @property
    def parameters(self) -> int:
        """How many numbers these are."""
        return sum(part.size for part in self)


class Sums(NamedTuple):
    """What is added up before a block is bent, of the input, of the state before, and the bias; (…, units) each.

    For the GRU `bias` is what stands beside the input, `inner` what stands beside the state (in z and r it is added as well; in g it
    is inside what the reset gate multiplies). Elsewhere `inner` is 0.
    """

    input: Array
    state: Array
    bias: Array
    inner: Array

    @property
    def total(self) -> Array:
        return np.asarray(self.input + self.state + self.bias + self.inner)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^−x), written so that nothing overflows."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x, dtype=float)))


def count(cell: str, inputs: int, units: int) -> int:
    """The number of weights: g·(u·(d + u) + u) for g blocks; the GRU's second bias makes it 3·(u·(d + u) + 2·u)."""
    return len(CELLS[cell]) * (units * (inputs + units) + units * (2 if cell == "gru" else 1))


def random(cell: str, inputs: int, units: int, seed: int, forget_bias: float = 1.0, scale: float = 1.0) -> Weights:
    """Weights as Keras draws them, from a generator of our own: kernel uniform (Glorot), recurrent kernel orthogonal, biases 0.

    forget_bias: of the LSTM's forget gate, 1 with Keras' `unit_forget_bias=True`; scale: multiplies both matrices.
    """
    rng, wide = np.random.default_rng(seed), len(CELLS[cell]) * units
    reach = np.sqrt(6.0 / (inputs + wide))
    kernel = rng.uniform(-reach, reach, (inputs, wide))
    q, r = np.linalg.qr(rng.normal(size=(wide, units)))
    recurrent = (q * np.sign(np.diag(r))).T
    bias = np.zeros((2, wide) if cell == "gru" else wide)
    if cell == "lstm":
        bias[units:2 * units] = forget_bias
    return Weights(scale * kernel, scale * recurrent, bias)


def product(rows: Array, matrix: Array) -> Array:
    """rows (…, n) times one matrix (n, m), or each of them times its own (…, n, m): (…, m)."""
    return rows @ matrix if matrix.ndim == 2 else (rows[..., None, :] @ matrix)[..., 0, :]


def sums(cell: str, weights: Weights, x: Array, h: Array) -> dict[str, Sums]:
    """The parts of every block's weighted sum in one step. x: (…, inputs); h: the state before, (…, units)."""
    units, names = weights.units, CELLS[cell]
    bias = weights.bias
    outer, inner = (bias[..., 0, :], bias[..., 1, :]) if cell == "gru" else (bias, np.zeros_like(bias))
    from_x, from_h = (product(np.asarray(a, dtype=float), w) for a, w in ((x, weights.kernel), (h, weights.recurrent)))
    at = {name: slice(k * units, (k + 1) * units) for k, name in enumerate(names)}
    return {name: Sums(from_x[..., s], from_h[..., s], outer[..., s], inner[..., s]) for name, s in at.items()}


def step(cell: str, weights: Weights, x: Array, h: Array, c: Array | None = None,
         held: Mapping[str, float | Array] | None = None) -> dict[str, Array]:
    """One step: every block's value, "h", and the LSTM's "c"; (…, units) each.

    x: (…, inputs); h, c: the states before, (…, units); c is the LSTM's only, 0 if None. held: see `forward`.
    """
    outer, inner = _biases(cell, weights)
    return _step(cell, product(np.asarray(x, dtype=float), weights.kernel) + outer, product(h, weights.recurrent) + inner, h, c, held or {})


def _biases(cell: str, weights: Weights) -> tuple[Array, Array | float]:
    """What is added to the product with the input, and to that with the state."""
    return (weights.bias[..., 0, :], weights.bias[..., 1, :]) if cell == "gru" else (weights.bias, 0.0)


def _step(cell: str, outer: Array, inner: Array, h: Array, c: Array | None, held: Mapping[str, float | Array]) -> dict[str, Array]:
    """outer, inner: (…, blocks·units), what comes from the input and from the state, each with its bias."""
    if wrong := set(held) - set(GATES[cell]):
        raise KeyError(f"the cell {cell!r} has no gate {', '.join(sorted(wrong))}; its gates are {', '.join(GATES[cell]) or 'none'}")
    total, units = outer + inner, h.shape[-1]
    at = {name: slice(k * units, (k + 1) * units) for k, name in enumerate(CELLS[cell])}
    found: dict[str, Array] = {}
    for name in GATES[cell]:
        value = sigmoid(total[..., at[name]])
        found[name] = np.broadcast_to(np.asarray(held[name], dtype=float), value.shape).copy() if name in held else value
    if cell == "rnn":
        found["h"] = np.tanh(total)
    elif cell == "lstm":
        found["g"] = np.tanh(total[..., at["g"]])
        before: Array | float = 0.0 if c is None else c
        found["c"] = found["f"] * before + found["i"] * found["g"]
        found["h"] = found["o"] * np.tanh(found["c"])
    else:
        found["g"] = np.tanh(outer[..., at["g"]] + found["r"] * inner[..., at["g"]])
        found["h"] = found["z"] * h + (1 - found["z"]) * found["g"]
    return found


def forward(cell: str, weights: Weights, x: Array, held: Mapping[str, float | Array] | None = None,
            start: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """A whole sequence. x: (…, T, inputs). The values of every block, "h", and the LSTM's "c", after each step: (…, T, units) each.

    held: gates that do not listen: their name → the value they have at every step, 1 for open, 0 for shut, one number or one for
    each unit. start: "h" and "c" before the first step, (…, units); zeros if not given.
    KeyError for a name that is no gate of this cell; ValueError if x does not have the kernel's inputs.
    """
    x = np.asarray(x, dtype=float)
    if x.shape[-1] != weights.inputs:
        raise ValueError(f"x has {x.shape[-1]} inputs at every step, the kernel {weights.inputs}")
    nothing = np.zeros((*x.shape[:-2], weights.units))
    start = start or {}
    h, c = start.get("h", nothing), start.get("c", nothing)
    outer, inner = _biases(cell, weights)
    outside = x @ weights.kernel + (outer[..., None, :] if outer.ndim > 1 else outer)  # of all steps at once
    names = [*CELLS[cell], *(["c"] if cell == "lstm" else []), *(["h"] if cell != "rnn" else [])]
    steps: dict[str, list[Array]] = {name: [] for name in names}
    for t in range(x.shape[-2]):
        found = _step(cell, outside[..., t, :], product(h, weights.recurrent) + inner, h, c if cell == "lstm" else None, held or {})
        h, c = found["h"], found.get("c", c)
        for name in names:
            steps[name].append(found[name])
    return {name: np.stack(values, axis=-2) if values else np.zeros((*x.shape[:-1], weights.units)) for name, values in steps.items()}
