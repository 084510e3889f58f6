"""A plain recurrent network that guesses the next character of a short text, and the gradient of its recurrent weights, whole and cut.

At step t it reads character t, its state is h = tanh(x·W + h₋·U), and softmax(h·V) says what it expects next; the loss of a step is
−log of what it gave to the character that came. The loss of the text is their sum.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.maths import cells, through_time
from core.maths.cells import Array, Weights


class Guesses(NamedTuple):
    """T steps, v different characters, u units. known: the characters, in the order in which they come; read, told: (T,) places in it, of
    what is read and of what comes next; states: (T, u); chances: (T, v); losses: (T,); upstream: ∂loss of a step / ∂h of that step,
    (T, u); weights: of the cell; readout: V, (u, v)."""

    known: tuple[str, ...]
    read: Array
    told: Array
    x: Array
    states: Array
    chances: Array
    losses: Array
    upstream: Array
    weights: Weights
    readout: Array


class Parts(NamedTuple):
    """of: ∂(loss of step s) / ∂U as far as it comes from step t, (T losses, T steps, u, u); states: ‖∂(loss of step s) / ∂hₜ‖, (T, T)."""

    of: Array
    states: Array

    @property
    def whole(self) -> Array:
        """The gradient of the text's loss, (u, u)."""
        return self.of.sum(axis=(0, 1))

    @property
    def sizes(self) -> Array:
        """‖…‖ of each part, (T, T)."""
        return np.linalg.norm(self.of, axis=(2, 3))

    def along(self, direction: Array) -> Array:
        """How much each step contributes in a direction (u, u) of length 1: (T,); they add up to the whole in that direction."""
        return np.einsum("stij,ij->t", self.of, direction)


@lru_cache(16)
def guessed(text: str, units: int, scale: float, seed: int) -> Guesses:
    """Read a text of at least two characters. scale: multiplies the recurrent kernel. The arrays are not to be changed."""
    known = tuple(dict.fromkeys(text))
    places = np.array([known.index(letter) for letter in text])
    own = cells.random("rnn", len(known), units, seed)
    weights = own._replace(recurrent=scale * own.recurrent)
    reach = np.sqrt(6 / (units + len(known)))
    readout = np.random.default_rng([seed]).uniform(-reach, reach, (units, len(known)))
    read, told = places[:-1], places[1:]
    x = np.eye(len(known))[read]
    states = cells.forward("rnn", weights, x)["h"]
    scores = states @ readout
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    wrong = chances - np.eye(len(known))[told]  # ∂loss / ∂score of softmax and cross-entropy
    return Guesses(known, read, told, x, states, chances, -np.log(chances[np.arange(len(told)), told]), wrong @ readout.T, weights, readout)


def gradient(found: Guesses, k: int, cut: str) -> Parts:
    """The gradient of U, loss by loss and step by step, truncated to k steps as `through_time.firsts` says."""
    steps = len(found.read)
    first = through_time.firsts(steps, k, cut)
    done = {"h": found.states}
    back = through_time.by_loss("rnn", found.weights, done, found.upstream, first)
    parts = through_time.contributions("rnn", back, found.x, done)
    return Parts(parts.recurrent, np.linalg.norm(back.h, axis=-1))


def alike(one: Array, other: Array) -> tuple[float, float]:
    """The cosine of the angle between two gradients, and the length of the second in lengths of the first; 0 where one is 0."""
    a, b = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    return (float((one * other).sum()) / (a * b), b / a) if a > 0 and b > 0 else (0.0, 0.0)
