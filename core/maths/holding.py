"""What becomes of a first symbol in a cell whose gates are held: the share of each step in the state, and how long a gate's bias keeps it.

A cell's belt is s_t = k_t·s_{t−1} + a_t, with k the forget gate and a = i·g in an LSTM, k the update gate and a = (1 − z)·g in a GRU. So a
state is the sum over all steps of what they added, times every gate it has passed since; the same product is ∂s_T/∂s_t along the belt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.maths import cells
from core.maths.cells import Array, Weights


def symbol_first(symbol: float, noise: float, gap: int, seed: int) -> Array:
    """A symbol, then `gap` random numbers between −noise and noise: (gap + 1, 1)."""
    rest = noise * np.random.default_rng(seed + 100).uniform(-1, 1, gap)
    return np.concatenate([[symbol], rest])[:, None]


def two_phases(cell: str, weights: Weights, x: Array, first: Mapping[str, float], after: Mapping[str, float]) -> dict[str, Array]:
    """`cells.forward`, with gates held at `first` in the first step, and at `after` in the others."""
    start = cells.forward(cell, weights, x[:1], first)
    rest = cells.forward(cell, weights, x[1:], after, start={name: start[name][-1] for name in ("h", "c") if name in start})
    return {name: np.concatenate([start[name], rest[name]]) for name in start}


def belt(cell: str, found: Mapping[str, Array]) -> tuple[Array, Array]:
    """(kept, added) at every step, (T, units) each, of an LSTM's or a GRU's `cells.forward`."""
    if cell == "lstm":
        return found["f"], found["i"] * found["g"]
    return found["z"], (1 - found["z"]) * found["g"]


def shares(kept: Array, added: Array) -> Array:
    """What of the state after step t was added in step k: [t, k], (T, T); 0 for k > t. Its rows sum to the states. kept, added: (T,)."""
    found = np.zeros((len(kept), len(kept)))
    for t, (keep, add) in enumerate(zip(kept, added, strict=True)):
        if t:
            found[t] = keep * found[t - 1]
        found[t, t] = add
    return found


def kept_by_bias(bias: float, steps: int) -> Array:
    """σ(bias)^t for t = 0 … steps: what a gate leaves that hears nothing but its bias."""
    return cells.sigmoid(np.array(bias)) ** np.arange(steps + 1)


def half_life(bias: float) -> float:
    """Steps after which half is left: ln ½ / ln σ(bias). ln σ(b) = −ln(1 + e^−b)."""
    return float(np.log(2) / np.logaddexp(0, -bias))


def drawn_gates(bias: float, steps: int, units: int, seed: int) -> Array:
    """The product of an untrained LSTM's forget gates over 0 … steps steps of noise, each unit's: (steps + 1, units).

    Weights are drawn as Keras draws them, but for the forget bias; the input is one random number a step, normal with spread 1.
    """
    weights = cells.random("lstm", 1, units, seed, forget_bias=bias)
    x = np.random.default_rng(seed + 100).normal(size=(steps, 1))
    gates = cells.forward("lstm", weights, x)["f"]
    return np.concatenate([np.ones((1, units)), np.cumprod(gates, axis=0)])


@dataclass(frozen=True)
class Held:
    """A cell of one unit that has read a symbol and distractors. x: (T,); found: values by name, (T,); parts: `shares`."""

    cell: str
    x: Array
    found: dict[str, Array]
    parts: Array

    @property
    def gap(self) -> int:
        return len(self.x) - 1

    @property
    def state(self) -> str:
        """The name of what lies on the belt."""
        return "c" if self.cell == "lstm" else "h"

    @property
    def offered(self) -> float:
        """The candidate that the symbol made: all that could be stored of it."""
        return float(self.found["g"][0])

    @property
    def left(self) -> float:
        """The share of it that is in the state at the end."""
        return float(self.parts[-1, 0]) / self.offered

    @property
    def passed(self) -> float:
        """The product of the gates that it has passed since."""
        kept = self.found["f" if self.cell == "lstm" else "z"]
        return float(np.prod(kept[1:]))

    @property
    def distractors(self) -> float:
        """The sizes of all that distractors have in the state at the end, added up, relative to the candidate of the symbol."""
        return float(np.abs(self.parts[-1, 1:]).sum()) / abs(self.offered)


def read(cell: str, *, symbol: float, noise: float, gap: int, seed: int, scale: float, first: dict[str, float],
        after: dict[str, float]) -> Held:
    """A cell of one unit, with weights drawn as Keras draws them, reads a symbol and then distractors.

    first, after: the gates that are held in the first step, and afterwards, each at what.
    """
    x = symbol_first(symbol, noise, gap, seed)
    found = two_phases(cell, cells.random(cell, 1, 1, seed, scale=scale), x, first, after)
    kept, added = belt(cell, found)
    return Held(cell, x[:, 0], {name: values[:, 0] for name, values in found.items()}, shares(kept[:, 0], added[:, 0]))
