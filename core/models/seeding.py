"""Where the random numbers of a network come from: every layer of every run has a seed of its own, and a built network can be given the
first weights of another seed."""

from __future__ import annotations

from typing import Any

import keras

INITIALIZERS: dict[str, Any] = {
    "glorot_uniform": keras.initializers.GlorotUniform, "he_normal": keras.initializers.HeNormal,
    "lecun_normal": keras.initializers.LecunNormal,
    "small": lambda seed: keras.initializers.RandomNormal(stddev=0.01, seed=seed),
    "large": lambda seed: keras.initializers.RandomNormal(stddev=1.0, seed=seed),
    "zeros": lambda seed: keras.initializers.Zeros(),
}
DROPPED, CHANGED = 100, 200  # the first places of dropout and of augmentation, which are no kernels


def layer_seed(seed: int, layer: int) -> int:
    """A seed of its own for every layer of every run."""
    return seed * 1009 + layer


def initializer(name: str, seed: int, layer: int) -> keras.initializers.Initializer:
    return INITIALIZERS[name](seed=layer_seed(seed, layer))


def reseed(model: keras.Model, initializer_name: str, seed: int) -> None:
    """Give a built network the very weights and random states that its builder with this initializer and seed gives a new one.

    Layers with a kernel are numbered from 0; dropout has the number of the kernel before it, augmentation its own.
    """
    kernels = changing = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense | keras.layers.Conv1D | keras.layers.Conv2D):
            layer.kernel.assign(initializer(initializer_name, seed, kernels)(layer.kernel.shape, layer.kernel.dtype))
            layer.bias.assign(keras.ops.zeros(layer.bias.shape))
            kernels += 1
        elif isinstance(layer, keras.layers.BatchNormalization):
            for variable, value in ((layer.gamma, 1.0), (layer.beta, 0.0), (layer.moving_mean, 0.0),
                                    (layer.moving_variance, 1.0)):
                variable.assign(keras.ops.full(variable.shape, value))
        elif isinstance(layer, keras.layers.Dropout):
            restart(layer.seed_generator, layer_seed(seed, DROPPED + kernels - 1))
        elif isinstance(getattr(layer, "generator", None), keras.random.SeedGenerator):
            restart(layer.generator, layer_seed(seed, CHANGED + changing))
            changing += 1


def restart(generator: keras.random.SeedGenerator, seed: int) -> None:
    generator.state.assign(keras.random.SeedGenerator(seed).state)
