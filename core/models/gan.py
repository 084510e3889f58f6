"""Generator and discriminator of the plane: as Keras models, and as functions of one flat vector of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.maths.dense import Dense, shaped
from core.models.feedforward import build_feedforward
from core.models.seeding import layer_seed
from core.specs.gan import GanSpec

DISCRIMINATORS = 50  # a discriminator's seeds are those of layers from here on: beside equal ones they would be born alike


@dataclass(frozen=True)
class Net:
    """Dense layers whose weights and biases stand in one vector, layer by layer. widths: from what goes in to what comes out; activation:
    of all but the last layer, which has none."""

    widths: tuple[int, ...]
    activation: str

    @property
    def sizes(self) -> list[int]:
        """How many numbers each part of the vector has: weights and biases by turns."""
        return [size for n, m in zip(self.widths, self.widths[1:], strict=False) for size in (n * m, m)]

    @property
    def size(self) -> int:
        return sum(self.sizes)

    def run(self, flat: Any, x: Any) -> Any:
        """What tensors (n, inputs) become, for a flat tensor of weights: (n, outputs)."""
        parts = tf.split(flat, self.sizes)
        bend = keras.activations.get(self.activation)
        for i, (n, m) in enumerate(zip(self.widths, self.widths[1:], strict=False)):
            x = tf.matmul(x, tf.reshape(parts[2 * i], (n, m))) + parts[2 * i + 1]
            if i < len(self.widths) - 2:
                x = bend(x)
        return x

    def plain(self, flat: np.ndarray) -> Dense:
        """The same network for NumPy (`core.maths.dense`)."""
        layers = list(zip(self.widths, self.widths[1:], strict=False))
        empty = Dense(tuple(np.empty(pair, np.float32) for pair in layers), tuple(np.empty(m, np.float32) for _n, m in layers),
                      tuple([self.activation] * (len(layers) - 1) + ["linear"]))
        return shaped(empty, flat)

    def first(self, seed: int, place: int) -> np.ndarray:
        """The weights before any training (Glorot's), as `build` gives them: (size,) float32."""
        parts = []
        for i, (n, m) in enumerate(zip(self.widths, self.widths[1:], strict=False)):
            parts += [keras.initializers.GlorotUniform(seed=layer_seed(seed, place + i))((n, m)), np.zeros(m, np.float32)]
        return np.concatenate([np.asarray(part, np.float32).ravel() for part in parts])


def nets(spec: GanSpec) -> tuple[Net, Net]:
    """The generator and the discriminator of a spec."""
    generator = Net((spec.noise_size, *[spec.g_units] * spec.g_layers, 2), spec.g_activation)
    return generator, Net((2, *[spec.d_units] * spec.d_layers, 1), spec.d_activation)


def first_weights(spec: GanSpec) -> tuple[np.ndarray, np.ndarray]:
    """Both networks' weights before any training."""
    generator, discriminator = nets(spec)
    return generator.first(spec.seed, 0), discriminator.first(spec.seed, DISCRIMINATORS)


def build(net: Net, flat: np.ndarray, name: str, output: str = "linear") -> keras.Sequential:
    """A network as Keras has it, with these weights; output: the last layer's activation."""
    hidden = net.widths[1:-1]
    model = build_feedforward(net.widths[0], hidden, net.widths[-1], activations=[net.activation] * len(hidden), output_activation=output)
    model.name = name
    plain = net.plain(flat)
    model.set_weights([part for pair in zip(plain.weights, plain.biases, strict=True) for part in pair])
    return model
