"""A dense network, as `keras.Sequential`, with every source of randomness seeded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from core.models.seeding import DROPPED, initializer, layer_seed


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
            layers.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, DROPPED + i)))
    last = initializer(initializer_name, seed, len(hidden))
    layers.append(keras.layers.Dense(outputs, output_activation, kernel_initializer=last, kernel_regularizer=regularizer,
                                     name="output"))
    return keras.Sequential(layers)

