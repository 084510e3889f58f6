"""Networks that forecast prices from windows: recurrent layers, dense layers or convolutions over time, then one output."""

from __future__ import annotations

from typing import Any

import keras

from core.models.recurrent import CELLS, build_recurrent, reseed_recurrent
from core.models.seeding import initializer, reseed
from core.specs.stock import KERNEL, StockSpec

INITIALIZER = "glorot_uniform"


def build_stock(spec: StockSpec) -> keras.Sequential:
    """The network of a spec, for scaled windows (n, look_back, features); (n, 1) scaled targets. Its layers have Keras' first weights, from
    seeds of their own."""
    shape = (spec.look_back, spec.features)
    if spec.model in CELLS:
        return build_recurrent(shape, 1, cell=spec.model, units=spec.units, layers=spec.layers, seed=spec.seed)
    stack: list[Any] = [keras.Input(shape)]
    stack += [keras.layers.Flatten()] if spec.model == "dense" else []
    for i in range(spec.layers):
        kernel = initializer(INITIALIZER, spec.seed, i)
        if spec.model == "dense":
            stack.append(keras.layers.Dense(spec.units, "relu", kernel_initializer=kernel))
        else:
            stack.append(keras.layers.Conv1D(spec.units, KERNEL, padding="causal", activation="relu", kernel_initializer=kernel))
    stack += [keras.layers.Flatten()] if spec.model == "conv" else []
    return keras.Sequential([*stack, keras.layers.Dense(1, kernel_initializer=initializer(INITIALIZER, spec.seed, spec.layers))])


def reseed_stock(network: keras.Sequential, spec: StockSpec) -> None:
    """Give a built network the very weights that `build_stock` gives a new one."""
    if spec.model in CELLS:
        reseed_recurrent(network, initializer="orthogonal", forget_bias=True, seed=spec.seed)
    else:
        reseed(network, INITIALIZER, spec.seed)


def whole(network: keras.Sequential, inputs: tuple[Any, Any], targets: tuple[float, float]) -> keras.Sequential:
    """The network between two layers that scale: from windows as they are to targets as they are. inputs: of each feature, targets: of the
    target, what stands for 0, and the width of 1 (`core.maths.forecasting.parts.Scaler`)."""
    low, width = inputs
    scaled = keras.layers.Rescaling([float(1 / w) for w in width], [float(-a / w) for a, w in zip(low, width, strict=True)], name="scaled")
    back = keras.layers.Rescaling(targets[1], targets[0], name="unscaled")
    return keras.Sequential([keras.Input(network.input_shape[1:]), scaled, *network.layers, back])
