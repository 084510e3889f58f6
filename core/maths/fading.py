"""How much of a gradient is left, step by step back through time, in untrained recurrent networks.

A network reads random numbers for LENGTH + 1 steps. A loss L pulls its last state in a random direction, with ‖∂L/∂h‖ = 1 there;
‖∂L/∂hₜ‖ then says how far it would still move a state so many steps earlier. It is measured on several networks, each with weights,
inputs and a direction of its own. All cells of one number read the same inputs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.maths import cells, through_time
from core.maths.cells import Array, Weights

NETWORKS, LENGTH = 11, 100
DEAD = 1e-3  # a gradient below this share is too small to learn from, on the page
LOW, HIGH = 0.1, 0.9  # of the band: of 11 networks all but the least and the greatest


class Fade(NamedTuple):
    """h: ‖∂L/∂h‖ so many steps back, (NETWORKS, LENGTH + 1), h[:, 0] = 1; c: ‖∂L/∂c‖ of the LSTM's memory, None for others; weights:
    of all networks; states: of `cells.forward`, (NETWORKS, LENGTH + 1, units) each, in time's order."""

    h: Array
    c: Array | None
    weights: Weights
    states: dict[str, Array]

    @property
    def carried(self) -> Array:
        """The gradient at what carries it: the LSTM's memory, the others' state."""
        return self.h if self.c is None else self.c


def recurrent(initializer: str, drawn: Array, rng: np.random.Generator) -> Array:
    """The recurrent kernel, (units, blocks·units). "orthogonal": as it was drawn, with orthonormal rows; "glorot": uniform within
    ±√(6 / (rows + columns)); "identity": a state is passed on as it is, in every block (Le, Jaitly and Hinton, 2015). KeyError for others.
    """
    units, wide = drawn.shape
    if initializer == "orthogonal":
        return drawn
    if initializer == "glorot":
        reach = np.sqrt(6.0 / (units + wide))
        return rng.uniform(-reach, reach, (units, wide))
    return {"identity": np.tile(np.eye(units), (1, wide // units))}[initializer]


@lru_cache(32)
def fading(cell: str, units: int, inputs: int, strength: float, initializer: str, scale: float, gate_bias: float, seed: int) -> Fade:
    """Measure one kind of network. strength: the standard deviation of its inputs; scale: multiplies the recurrent kernel; gate_bias: of
    the LSTM's forget gate or the GRU's update gate, without effect on the plain cell. The arrays are shared, and are not to be changed.
    """
    weights, x, direction = [], [], []
    for k in range(NETWORKS):
        number = 1000 * seed + k
        rng = np.random.default_rng([number])
        x.append(strength * rng.normal(size=(LENGTH + 1, inputs)))
        g = rng.normal(size=units)
        direction.append(g / np.linalg.norm(g))
        own = cells.random(cell, inputs, units, number, forget_bias=gate_bias)
        if cell == "gru":
            own.bias[0, :units] = gate_bias
        weights.append(own._replace(recurrent=scale * recurrent(initializer, own.recurrent, rng)))
    all_of = Weights(*(np.stack(parts) for parts in zip(*weights, strict=True)))
    states = cells.forward(cell, all_of, np.stack(x))
    upstream = np.zeros((NETWORKS, LENGTH + 1, units))
    upstream[:, -1] = direction
    with np.errstate(over="ignore", under="ignore"):
        back = through_time.backward(cell, all_of, states, upstream)
        h, c = (None if part is None else np.linalg.norm(part, axis=-1)[:, ::-1] for part in (back.h, back.c))
    assert h is not None
    return Fade(h, c, all_of, states)


def passed(sizes: Array, limit: float = DEAD) -> int | None:
    """How many steps back the median over the networks first falls below the limit; None if it stays. sizes: (networks, steps back)."""
    below = np.flatnonzero(np.median(sizes, axis=0) < limit)
    return int(below[0]) if below.size else None


def per_step(sizes: Array) -> Array:
    """By how much each step back multiplies: the median over the networks, (steps,). A gradient of 0 stays 0."""
    return np.median(np.divide(sizes[:, 1:], sizes[:, :-1], out=np.zeros_like(sizes[:, 1:]), where=sizes[:, :-1] > 0), axis=0)


def typical(sizes: Array, steps: int) -> float:
    """The factor that, taken so many times, gives the median after that many steps; 0 if nothing is left."""
    start, end = np.median(sizes[:, [0, steps]], axis=0)
    return float((end / start) ** (1 / steps)) if start > 0 else 0.0


@lru_cache(8)
def bound(units: int, inputs: int, strength: float, initializer: str, scale: float, seed: int) -> Array:
    """By how much each step back can multiply at most in the first plain network: ‖diag(1 − h²)·U‖₂, (LENGTH,); the first entry is the last
    step's."""
    found = fading("rnn", units, inputs, strength, initializer, scale, 0.0, seed)
    first = Weights(*(part[0] for part in found.weights))
    return through_time.factors(first, found.states["h"][0])[:0:-1]


def chance(steps: int) -> float:
    """The bias with which a gate keeps 1/e of its memory over so many steps: σ(b) = 1 − 1/steps (Tallec and Ollivier, 2018)."""
    return float(np.log(max(steps, 2) - 1)) if steps > 2 else 0.0
