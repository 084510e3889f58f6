"""A convolutional network, as `keras.Sequential`, with every source of randomness seeded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

from core.models.seeding import CHANGED, DROPPED, initializer, layer_seed
from core.specs.stack import Layer

SHIFT, TURN = 0.1, 0.05  # of the side, and of a full turn
AUGMENTATIONS: dict[str, tuple[str, ...]] = {
    "none": (), "shift": ("shift",), "shift_flip": ("shift", "flip"), "shift_turn": ("shift", "turn")}


def augmentation(name: str, seed: int) -> keras.layers.Layer:
    """One layer that changes training images at random and leaves others as they are: shift, flip or turn."""
    if name == "shift":
        return keras.layers.RandomTranslation(SHIFT, SHIFT, fill_mode="nearest", interpolation="nearest", seed=seed)
    if name == "flip":
        return keras.layers.RandomFlip("horizontal", seed=seed)
    return keras.layers.RandomRotation(TURN, fill_mode="nearest", seed=seed)


def build_cnn(shape: Sequence[int], layers: Sequence[Layer], *, dropout: float = 0.0, drops: Callable[[Layer], bool] = lambda layer: False,
              augment: str = "none", initializer_name: str = "glorot_uniform", seed: int = 0) -> keras.Sequential:
    """Build a network for images of this shape (height, width, channels), pixels from 0 to 255, which its first layer divides by 255.

    layers: as `CnnSpec.layers` gives them; those of the built network have the same names, with BatchNormalization between a convolution
    and its activation, which then has the name. dropout: behind the layers for which `drops` says so; augment: a name of AUGMENTATIONS.
    Initializers, Dropout and augmentation get seeds of their own, made from `seed` and the layer's place, so that equal arguments give
    equal networks. ValueError of Keras' if a window does not fit.
    """
    stack: list[Any] = [keras.Input(tuple(shape))]
    stack += [augmentation(name, layer_seed(seed, CHANGED + i)) for i, name in enumerate(AUGMENTATIONS[augment])]
    stack.append(keras.layers.Rescaling(1 / 255, name="scaled"))
    kernels = 0
    for layer in layers:
        kernel = initializer(initializer_name, seed, kernels)
        if layer.kind == "conv":
            if layer.norm:
                stack += [keras.layers.Conv2D(layer.filters, layer.kernel, layer.stride, layer.padding, kernel_initializer=kernel),
                          keras.layers.BatchNormalization(), keras.layers.Activation(layer.activation, name=layer.name)]
            else:
                stack.append(keras.layers.Conv2D(layer.filters, layer.kernel, layer.stride, layer.padding, activation=layer.activation,
                                                 kernel_initializer=kernel, name=layer.name))
        elif layer.pools:
            kind = keras.layers.MaxPooling2D if layer.kind == "max" else keras.layers.AveragePooling2D
            stack.append(kind(layer.kernel, layer.stride, layer.padding, name=layer.name))
        elif layer.kind == "flatten":
            stack.append(keras.layers.Flatten(name=layer.name))
        elif layer.kind == "global":
            stack.append(keras.layers.GlobalAveragePooling2D(name=layer.name))
        else:
            stack.append(keras.layers.Dense(layer.filters, layer.activation, kernel_initializer=kernel, name=layer.name))
        kernels += layer.kind in ("conv", "dense")
        if dropout and drops(layer):
            stack.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, DROPPED + kernels - 1)))
    return keras.Sequential(stack)
