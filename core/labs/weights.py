"""The weights of a network as a frame keeps them, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from core.training.program import Program

PRECISE = 4096  # weights up to which a frame keeps all their digits
LARGEST = 6e4  # that a float16 holds


class Kept:
    """letter: of the kernels' names in a frame, which are letter + number, with b0, b1, … for the biases and n0, … (4, units) for the
    batch normalizations: gamma, beta, moving mean, moving variance. float16 in a frame of a large network, else float32.
    """

    def __init__(self, program: Program, kernels: Sequence[Any], norms: Sequence[Any], letter: str) -> None:
        self.program, self.kernels, self.norms, self.letter = program, kernels, norms, letter

    def out(self) -> dict[str, np.ndarray]:
        """The weights in training."""
        flat = self.program.flat.numpy()
        dtype = np.float32 if len(flat) <= PRECISE else np.float16
        parts = dict(zip((id(v) for v in self.program.trained), self.program.parts(flat), strict=True))
        kept = {}
        for i, layer in enumerate(self.kernels):
            kept[f"{self.letter}{i}"], kept[f"b{i}"] = (_fit(parts[id(v)], dtype) for v in (layer.kernel, layer.bias))
        for i, layer in enumerate(self.norms):
            values = [parts[id(layer.gamma)], parts[id(layer.beta)], layer.moving_mean.numpy(), layer.moving_variance.numpy()]
            kept[f"n{i}"] = _fit(np.stack(values), dtype)
        return kept

    def back(self, arrays: dict[str, np.ndarray]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The flat weights and the other variables' values from what `out` put into a frame. KeyError names what is missing."""
        values: dict[int, np.ndarray] = {}
        for i, layer in enumerate(self.kernels):
            values |= {id(layer.kernel): arrays[f"{self.letter}{i}"], id(layer.bias): arrays[f"b{i}"]}
        for i, layer in enumerate(self.norms):
            variables = (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
            values |= {id(v): a for v, a in zip(variables, arrays[f"n{i}"], strict=True)}
        flat = np.concatenate([values[id(v)].astype(np.float32).ravel() for v in self.program.trained])
        others = [tf.constant(values[id(v)], tf.float32) if id(v) in values else tf.convert_to_tensor(v)
                  for v in self.program.model.non_trainable_variables]
        return tf.constant(flat), others


def _fit(a: np.ndarray, dtype: Any) -> np.ndarray:
    return np.clip(a, -LARGEST, LARGEST).astype(dtype) if dtype == np.float16 else a.astype(dtype)
