"""One unit that feeds itself, h ← tanh(w·h + b), and how gradient descent fares on its loss: the cliff of Pascanu, Mikolov and Bengio
(On the difficulty of training recurrent neural networks, 2013), and clipping by the norm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Slope(NamedTuple):
    """The loss (h_n − target)² and its derivatives by w and b; arrays of the shape of w and b, or numbers."""

    loss: Any
    w: Any
    b: Any

    @property
    def norm(self) -> Any:
        """The length of the gradient."""
        return np.hypot(self.w, self.b)


def slope(w: Any, b: Any, steps: int, start: float, target: float) -> Slope:
    """The loss after so many steps from h = start, and its gradient, carried forward along with h (the same number as through time)."""
    tanh: Callable[[Any], Any] = np.tanh if isinstance(w, np.ndarray) else math.tanh
    h, by_w, by_b = start + 0.0 * w * b, 0.0 * w, 0.0 * b
    for _ in range(steps):
        new = tanh(w * h + b)
        bend = 1 - new * new
        h, by_w, by_b = new, bend * (h + w * by_w), bend * (1 + w * by_b)
    return Slope((h - target) ** 2, 2 * (h - target) * by_w, 2 * (h - target) * by_b)


class Descent(NamedTuple):
    """places: (updates + 1, 2); loss, norm: of the gradient there, (updates + 1,) each."""

    places: Array
    loss: Array
    norm: Array


def clipped(gradient: Array, limit: float) -> Array:
    """The gradient, or one of the same direction and of length `limit` where it is longer: what `global_clipnorm` does in Keras."""
    return gradient * min(1.0, limit / max(float(np.linalg.norm(gradient)), 1e-300))


def descend(w: float, b: float, steps: int, start: float, target: float, rate: float, updates: int, limit: float = np.inf) -> Descent:
    """Gradient descent. rate: its learning rate; limit: the gradient's length is clipped to it."""
    place, places, losses, norms = np.array([w, b]), [], [], []
    for _ in range(updates + 1):
        here = slope(float(place[0]), float(place[1]), steps, start, target)
        gradient = np.array([here.w, here.b])
        places.append(place)
        losses.append(here.loss)
        norms.append(float(np.linalg.norm(gradient)))
        place = place - rate * clipped(gradient, limit)
    return Descent(np.array(places), np.array(losses), np.array(norms))
