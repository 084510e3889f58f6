"""The weights of a network as a frame keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from core.training.program import Program

PRECISE = 4096  # weights up to which a frame keeps all their digits
LARGEST = 6e4  # that a float16 holds


class Kept:
    """named: trained variables by the names that a frame has for them; norms: batch normalizations, n0, … (4, units) in a frame: gamma,
    beta, moving mean, moving variance. float16 in a frame of a large network, else float32.
    """

    def __init__(self, program: Program, named: Mapping[str, Any], norms: Sequence[Any] = ()) -> None:
        self.program, self.named, self.norms = program, named, norms

    def values(self) -> dict[str, np.ndarray]:
        """The named weights in training, as they are."""
        flat = self.program.flat.numpy()
        parts = dict(zip((id(v) for v in self.program.trained), self.program.parts(flat), strict=True))
        return {name: parts[id(v)] for name, v in self.named.items()}

    def out(self) -> dict[str, np.ndarray]:
        """The weights in training."""
        flat = self.program.flat.numpy()
        dtype = np.float32 if len(flat) <= PRECISE else np.float16
        parts = dict(zip((id(v) for v in self.program.trained), self.program.parts(flat), strict=True))
        kept = {name: _fit(parts[id(v)], dtype) for name, v in self.named.items()}
        for i, layer in enumerate(self.norms):
            values = [parts[id(layer.gamma)], parts[id(layer.beta)], layer.moving_mean.numpy(), layer.moving_variance.numpy()]
            kept[f"n{i}"] = _fit(np.stack(values), dtype)
        return kept

    def back(self, arrays: dict[str, np.ndarray]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The flat weights and the other variables' values from what `out` put into a frame. KeyError names what is missing."""
        values = {id(v): arrays[name] for name, v in self.named.items()}
        for i, layer in enumerate(self.norms):
            variables = (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
            values |= {id(v): a for v, a in zip(variables, arrays[f"n{i}"], strict=True)}
        flat = np.concatenate([values[id(v)].astype(np.float32).ravel() for v in self.program.trained])
        others = [tf.constant(values[id(v)], tf.float32) if id(v) in values else tf.convert_to_tensor(v)
                  for v in self.program.model.non_trainable_variables]
        return tf.constant(flat), others


def kernels(layers: Sequence[Any], letter: str) -> dict[str, Any]:
    """The variables of layers with a kernel and a bias by their names in a frame: letter + number, and b0, b1, …"""
    return {name: v for i, layer in enumerate(layers) for name, v in ((f"{letter}{i}", layer.kernel), (f"b{i}", layer.bias))}


def _fit(a: np.ndarray, dtype: Any) -> np.ndarray:
    return np.clip(a, -LARGEST, LARGEST).astype(dtype) if dtype == np.float16 else a.astype(dtype)
