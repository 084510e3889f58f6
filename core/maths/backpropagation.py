"""What the page on back-propagation computes beside `core.maths.dense`: one sample's loss, its curve along one weight and along the
gradient, networks whose gradients are guessed, and how a gradient fares in a long chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.activations import ACTIVATIONS
from core.maths.dense import Array, Dense, Gradients, Pass, backward, flat, forward, shaped, slope
from core.specs.wiring import SHAPES, names

LEAST, GREATEST = 0.15, 1.3  # sizes of the gradients that are asked for


@dataclass(frozen=True)
class Sample:
    """A network, one sample x (1, inputs), its target t (1, outputs), and what comes of them. loss: ½ Σ (output − t)²."""

    net: Dense
    x: Array
    t: Array
    done: Pass
    loss: float
    gradients: Gradients

    @property
    def widths(self) -> tuple[int, ...]:
        return (len(self.x[0]), *(len(b) for b in self.net.biases))

    @property
    def values(self) -> dict[str, float]:
        """Weights and biases by name."""
        return dict(zip(names(self.widths), flat(self.net).tolist(), strict=True))

    @property
    def slopes(self) -> dict[str, float]:
        """The loss's derivative with respect to each weight and bias, by name."""
        return dict(zip(names(self.widths), self.gradient.tolist(), strict=True))

    @property
    def gradient(self) -> Array:
        """All of them as one vector, in the order of `flat`."""
        pairs = zip(self.gradients.weights, self.gradients.biases, strict=True)
        return np.concatenate([part.ravel() for pair in pairs for part in pair])

    def half_squared(self, output: Array) -> tuple[float, Array]:
        """The loss of an output and its derivative with respect to it."""
        return float(((output - self.t) ** 2).sum() / 2), output - self.t


def network(widths: Sequence[int], values: Mapping[str, float], activation: str, last: str) -> Dense:
    """The network with these weights and biases, given by name."""
    depth = len(widths) - 1
    empty = Dense(tuple(np.zeros(pair) for pair in zip(widths, widths[1:], strict=False)), tuple(np.zeros(m) for m in widths[1:]),
                  (activation,) * (depth - 1) + (last,))
    return shaped(empty, np.array([values[name] for name in names(widths)]))


def sample(net: Dense, x: Sequence[float], t: Sequence[float]) -> Sample:
    """One pass forward and one back. x: as many numbers as there are inputs; t: as many as there are outputs."""
    xs, ts = np.array([x], float), np.array([t], float)
    done = forward(net, xs)
    error = done.output - ts
    return Sample(net, xs, ts, done, float((error**2).sum() / 2), backward(net, done, error))


def loss_at(here: Sample, weights: Array) -> float:
    """The loss with other weights, given as one vector."""
    return here.half_squared(forward(shaped(here.net, weights), here.x).output)[0]


def along(here: Sample, name: str, values: Sequence[float] | Array) -> Array:
    """The loss where one weight or bias takes these values and all others stay."""
    at, start = names(here.widths).index(name), flat(here.net)
    found = []
    for value in values:
        start[at] = value
        found.append(loss_at(here, start))
    return np.array(found)


def finite_difference(here: Sample, name: str, h: float = 1e-3) -> float:
    """(L(w + h) − L(w − h)) / 2h; its error shrinks with h²."""
    value = here.values[name]
    low, high = along(here, name, [value - h, value + h])
    return float((high - low) / (2 * h))


def after_step(here: Sample, rates: Sequence[float] | Array) -> Array:
    """The loss after one step w − rate · gradient, for each of these learning rates."""
    start, gradient = flat(here.net), here.gradient
    return np.array([loss_at(here, start - rate * gradient) for rate in rates])


def descent(here: Sample, rate: float, steps: int, largest: float = 1e6) -> Array:
    """The loss before the first of these steps and after each; it stops early, as NaN, where it exceeds `largest`."""
    weights = flat(here.net)
    found = np.full(steps + 1, np.nan)
    for k in range(steps + 1):
        loss, gradient = slope(shaped(here.net, weights), here.x, here.half_squared)
        if not loss <= largest:
            break
        found[k] = loss
        weights = weights - rate * gradient
    return found


# ---- guessing

@dataclass(frozen=True)
class Case:
    """A network to guess at, and the three weights that are asked for: from the last layer back to the first."""

    sample: Sample
    asked: tuple[str, str, str]

    @property
    def answers(self) -> tuple[float, ...]:
        return tuple(self.sample.slopes[name] for name in self.asked)


@lru_cache(maxsize=64)
def case(shape: str, activation: str, number: int) -> Case:
    """Network `number` of this shape: weights, inputs and targets of one decimal, linear outputs.

    The weights asked for lie in a row on one way through the network (where it has only two layers, two of them leave the same input
    layer); the size of each gradient is between `LEAST` and `GREATEST`.
    """
    widths = SHAPES[shape]
    rng = np.random.default_rng([number, list(SHAPES).index(shape), list(ACTIVATIONS).index(activation)])
    while True:
        values = {name: float(np.round(rng.normal(0, 0.8 if name[0] == "w" else 0.2), 1)) or 0.1 for name in names(widths)}
        x = np.round(rng.uniform(0.4, 1.5, widths[0]) * rng.choice([-1, 1], widths[0]), 1)
        t = np.round(rng.uniform(-1, 1, widths[-1]), 1)
        here = sample(network(widths, values, activation, "linear"), x.tolist(), t.tolist())
        way = [int(rng.integers(1, n + 1)) for n in widths]
        row = [f"w{k + 1}_{way[k]}{way[k + 1]}" for k in reversed(range(len(widths) - 1))]
        if len(row) == 2:
            row.append(f"w1_{way[0] % widths[0] + 1}{way[1]}")
        asked = (row[0], row[1], row[2])
        slopes = [abs(here.slopes[name]) for name in asked]
        if all(LEAST <= size <= GREATEST for size in slopes):
            return Case(here, asked)


def fits(guess: float, answer: float, tolerance: float = 0.2) -> tuple[bool, bool]:
    """Whether the sign is right, and whether the size is within this share of the answer's."""
    return guess * answer > 0, abs(abs(guess) - abs(answer)) <= tolerance * abs(answer) + 1e-9


# ---- depth

@dataclass(frozen=True)
class Chain:
    """Neurons one after the other: a_k = f(w · a_{k−1}). All arrays: (layers,).

    a: the outputs; slopes: f′ at each; factors: w · f′, what each layer multiplies by on the way back; gradients: the last output's
    derivative with respect to what enters each layer, the product of the factors from there to the end.
    """

    z: Array
    a: Array
    slopes: Array
    factors: Array
    gradients: Array


def chain(layers: int, gain: float, activation: str, start: float) -> Chain:
    """Values beyond 1e150 stay there, as infinity has no logarithm."""
    f = ACTIVATIONS[activation]
    z, a = [], [start]
    for _ in range(layers):
        z.append(np.clip(gain * a[-1], -1e150, 1e150))
        a.append(float(f.f(np.array(z[-1]))))
    slopes = f.df(np.array(z))
    factors = gain * slopes
    return Chain(np.array(z), np.array(a[1:]), slopes, factors, np.cumprod(factors[::-1])[::-1])
