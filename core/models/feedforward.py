"""A dense network, as `keras.Sequential`, with every source of randomness seeded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

INITIALIZERS: dict[str, Any] = {
    "glorot_uniform": keras.initializers.GlorotUniform, "he_normal": keras.initializers.HeNormal,
    "lecun_normal": keras.initializers.LecunNormal,
    "small": lambda seed: keras.initializers.RandomNormal(stddev=0.01, seed=seed),
    "large": lambda seed: keras.initializers.RandomNormal(stddev=1.0, seed=seed),
    "zeros": lambda seed: keras.initializers.Zeros(),
}


def layer_seed(seed: int, layer: int) -> int:
    """A seed of its own for every layer of every run."""
    return seed * 1009 + layer


def initializer(name: str, seed: int, layer: int) -> keras.initializers.Initializer:
    return INITIALIZERS[name](seed=layer_seed(seed, layer))


def build_feedforward(inputs: int, hidden: Sequence[int], outputs: int, *, activations: Sequence[str],
                      output_activation: str, initializer_name: str = "glorot_uniform", dropout: float = 0.0,
                      batch_norm: bool = False, regularizer: Any = None, seed: int = 0) -> keras.Sequential:
    """Build Dense (→ BatchNormalization) → activation (→ Dropout) for every hidden layer, then the output layer.

    inputs, hidden, outputs: units; activations: one a hidden layer. Initializers and Dropout get seeds of their own, made
    from `seed` and the layer's place, so that equal arguments give equal networks. The layers whose outputs are the
    neurons' values are named hidden_1, hidden_2, …, output.
    """
    layers: list[Any] = [keras.Input((inputs,))]
    for i, (units, activation) in enumerate(zip(hidden, activations, strict=True)):
        kernel = initializer(initializer_name, seed, i)
        if batch_norm:
            layers += [keras.layers.Dense(units, kernel_initializer=kernel, kernel_regularizer=regularizer),
                       keras.layers.BatchNormalization(), keras.layers.Activation(activation, name=f"hidden_{i + 1}")]
        else:
            layers.append(keras.layers.Dense(units, activation, kernel_initializer=kernel,
                                             kernel_regularizer=regularizer, name=f"hidden_{i + 1}"))
        if dropout:
            layers.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, 100 + i)))
    last = initializer(initializer_name, seed, len(hidden))
    layers.append(keras.layers.Dense(outputs, output_activation, kernel_initializer=last, kernel_regularizer=regularizer,
                                     name="output"))
    return keras.Sequential(layers)


def reseed(model: keras.Sequential, initializer_name: str, seed: int) -> None:
    """Give a built network the very weights that `build_feedforward` with this initializer and seed gives a new one."""
    dense = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            layer.kernel.assign(initializer(initializer_name, seed, dense)(layer.kernel.shape, layer.kernel.dtype))
            layer.bias.assign(keras.ops.zeros(layer.bias.shape))
            dense += 1
        elif isinstance(layer, keras.layers.BatchNormalization):
            for variable, value in ((layer.gamma, 1.0), (layer.beta, 0.0), (layer.moving_mean, 0.0),
                                    (layer.moving_variance, 1.0)):
                variable.assign(keras.ops.full(variable.shape, value))
        elif isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(keras.random.SeedGenerator(layer_seed(seed, 100 + dense - 1)).state)
