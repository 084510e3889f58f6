"""Keras' optimizers as pure functions of tensors: what they remember goes in and comes out, so that a step can be taken again anywhere.

A memory is a matrix with a row for each number that the optimizer keeps of every weight; `Rule.fresh` is a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from core.training.choices import MOMENTUM

EPSILON, RHO, BETA2, DECAY = 1e-7, 0.9, 0.999, 0.004  # Keras' own
KEPT = {"sgd": 0, "momentum": 1, "nesterov": 1, "rmsprop": 1, "adagrad": 1, "adam": 2, "adamw": 2}
ACCUMULATED = 0.1  # what Adagrad's sum of squares starts from


@dataclass(frozen=True)
class Rule:
    """An optimizer under the name that specs have for it (`core.training.choices`). beta1: of Adam and AdamW."""

    name: str
    beta1: float = 0.9

    def fresh(self, size: int) -> np.ndarray:
        """The memory of an optimizer that has taken no step: (rows, size) float32."""
        return np.full((KEPT[self.name], size), ACCUMULATED if self.name == "adagrad" else 0.0, np.float32)

    def step(self, w: Any, memory: Any, t: Any, gradient: Any, rate: Any) -> tuple[Any, Any]:
        """Weights (n,) and memory after a step; t: which one it is, float32, counted from 1."""
        g, kept = gradient, tf.unstack(memory) if KEPT[self.name] else []
        if self.name == "sgd":
            return w - g * rate, memory
        if self.name in ("momentum", "nesterov"):
            m = kept[0] * MOMENTUM - g * rate
            return w + (m * MOMENTUM - g * rate if self.name == "nesterov" else m), m[None]
        if self.name == "rmsprop":
            v = RHO * kept[0] + (1 - RHO) * tf.square(g)
            return w - rate * g / tf.sqrt(v + EPSILON), v[None]
        if self.name == "adagrad":
            v = kept[0] + tf.square(g)
            return w - rate * g / tf.sqrt(v + EPSILON), v[None]
        if self.name == "adamw":
            w = w - w * DECAY * rate
        m, v = kept[0] + (g - kept[0]) * (1 - self.beta1), kept[1] + (tf.square(g) - kept[1]) * (1 - BETA2)
        alpha = rate * tf.sqrt(1 - tf.pow(BETA2, t)) / (1 - tf.pow(self.beta1, t))
        return w - m * alpha / (tf.sqrt(v) + EPSILON), tf.stack([m, v])
