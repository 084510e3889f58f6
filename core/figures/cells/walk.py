"""A cell's way through a sequence: what it is fed, its weights, and every value at every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.maths import cells, feeds
from core.maths.cells import Array, Weights
from core.maths.feeds import Feed
from core.specs.cells import CellSpec


@dataclass(frozen=True)
class Walk:
    """cell: its name; found: the values of `cells.forward`, (T, units) each; unit: the one that is shown; held: gates held, and at what."""

    cell: str
    feed: Feed
    weights: Weights
    found: Mapping[str, Array]
    unit: int
    held: Mapping[str, float]

    @property
    def steps(self) -> int:
        return self.feed.steps

    def before(self, name: str, t: int) -> Array:
        """A state before step t, (units,): zeros before the first."""
        return self.found[name][t - 1] if t else np.zeros(self.weights.units)

    def at(self, name: str, t: int) -> float:
        """A value of the unit that is shown."""
        return float(self.found[name][t, self.unit])

    def sums(self, t: int) -> dict[str, cells.Sums]:
        """The parts of every weighted sum of step t, (units,) each."""
        return cells.sums(self.cell, self.weights, self.feed.x[t], self.before("h", t))

    def flow(self, t: int) -> dict[str, float]:
        """What flows where in the drawing of the unit shown, by the names that its plan uses."""
        u, found = self.unit, {name: self.at(name, t) for name in self.found}
        parts = self.sums(t)
        found |= {"hₜ₋₁": float(self.before("h", t)[u]), "x": float(self.feed.x[t, 0])}
        if self.cell == "lstm":
            before = float(self.before("c", t)[u])
            found |= {"cₜ₋₁": before, "f·cₜ₋₁": found["f"] * before, "i·g": found["i"] * found["g"], "tanh c": float(np.tanh(found["c"]))}
        elif self.cell == "gru":
            q = float(parts["g"].state[u] + parts["g"].inner[u])
            found |= {"q": q, "r·q": found["r"] * q, "z·hₜ₋₁": found["z"] * found["hₜ₋₁"], "1−z": 1 - found["z"],
                      "(1−z)·g": (1 - found["z"]) * found["g"]}
        else:
            part = parts["h"]
            found |= {"w·x": float(part.input[u]), "u·hₜ₋₁": float(part.state[u]), "b": float(part.bias[u]), "sum": float(part.total[u])}
        return found


def feed_of(spec: CellSpec) -> Feed:
    """What the spec feeds. Trouble for what was typed wrong."""
    if spec.feed == "numbers":
        return feeds.of_numbers(spec.numbers)
    if spec.feed == "sine":
        return feeds.of_sine(spec.period, spec.length)
    return feeds.of_word(spec.word, spec.coding == "onehot" and spec.weights == "drawn")


def weights_of(spec: CellSpec, inputs: int) -> Weights:
    """Drawn or typed. Trouble for what was typed wrong."""
    if spec.weights == "own":
        return feeds.read_weights(spec.cell, spec.own_weights)
    return cells.random(spec.cell, inputs, spec.units, spec.seed, scale=spec.scale)


def walked(spec: CellSpec) -> Walk:
    feed = feed_of(spec)
    weights = weights_of(spec, feed.x.shape[1])
    return Walk(spec.cell, feed, weights, cells.forward(spec.cell, weights, feed.x, spec.holds), spec.shown, spec.holds)
