"""Generator and discriminator for images, with every source of randomness seeded.

The article's networks (noise → dense, leaky ReLU → pixels, tanh; pixels → dense, leaky ReLU → one number), or small ones with two strided
convolutions each, after Radford and others, Unsupervised representation learning with deep convolutional generative adversarial networks
(2015), with a dense layer between convolutions and noise, or answer, as in Chen and others, InfoGAN (2016).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from core.models.seeding import DROPPED, initializer, layer_seed
from core.specs.gan_images import CLASSES, ImageGanSpec

MOMENTUM = 0.9  # of batch normalization's averages: fakes shown after a hundred steps are made with them
FIRST = 50  # the place of the discriminator's first kernel among the seeds; the generator's begin at 0


def build_generator(spec: ImageGanSpec) -> keras.Model:
    """Noise (batch, noise_size), and classes (batch, 1) int32 where they are said, → images (batch, height, width, 1), −1 to 1."""
    height, width, _channels = spec.shape
    noise = keras.Input((spec.noise_size,), name="noise")
    inputs, h = _told(spec, noise, noise)

    def init(place: int) -> Any:
        return initializer("glorot_uniform", spec.seed, place)

    if spec.model == "article":
        h = layers.Dense(spec.units, kernel_initializer=init(0))(h)
        h = layers.LeakyReLU(spec.leak)(h)
        h = layers.Dense(height * width, "tanh", kernel_initializer=init(1))(h)
        return keras.Model(inputs, layers.Reshape((height, width, 1))(h), name="generator")
    rows, columns, inner = height // 4, width // 4, 2 * spec.filters
    for i, width in enumerate((spec.units, rows * columns * inner)):
        h = layers.Dense(width, use_bias=False, kernel_initializer=init(i))(h)
        h = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(h))
    h = layers.Reshape((rows, columns, inner))(h)
    h = layers.Conv2DTranspose(spec.filters, 4, 2, "same", use_bias=False, kernel_initializer=init(2))(h)
    h = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(h))
    h = layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh", kernel_initializer=init(3))(h)
    return keras.Model(inputs, h, name="generator")


def build_discriminator(spec: ImageGanSpec) -> keras.Model:
    """Images (batch, height, width, 1), and classes (batch, 1) int32 where they are said, → logits (batch, 1): above 0 is real."""
    image = keras.Input(spec.shape, name="image")

    def init(place: int) -> Any:
        return initializer("glorot_uniform", spec.seed, FIRST + place)

    if spec.model == "article":
        inputs, h = _told(spec, image, layers.Flatten()(image))
        h = layers.LeakyReLU(spec.leak)(layers.Dense(spec.units, kernel_initializer=init(0))(h))
        if spec.dropout:
            h = layers.Dropout(spec.dropout, seed=layer_seed(spec.seed, DROPPED + FIRST))(h)
        return keras.Model(inputs, layers.Dense(1, kernel_initializer=init(1))(h), name="discriminator")
    h = image
    for i, filters in enumerate((spec.filters, 2 * spec.filters)):
        h = layers.LeakyReLU(spec.leak)(layers.Conv2D(filters, 4, 2, "same", kernel_initializer=init(i))(h))
        if spec.dropout:
            h = layers.Dropout(spec.dropout, seed=layer_seed(spec.seed, DROPPED + FIRST + i))(h)
    inputs, h = _told(spec, image, layers.Flatten()(h))
    h = layers.LeakyReLU(spec.leak)(layers.Dense(spec.units, kernel_initializer=init(2))(h))
    return keras.Model(inputs, layers.Dense(1, kernel_initializer=init(3))(h), name="discriminator")


def given(first: Any, kinds: Any | None) -> Any:
    """What one of the networks is called with: noise or images alone, or with the classes (batch, 1) as well."""
    return first if kinds is None else [first, kinds]


def _told(spec: ImageGanSpec, first: Any, h: Any) -> tuple[Any, Any]:
    """The inputs of a network, and what goes into its next layer: with the class, as ten numbers of which one is 1, where it is said."""
    if not spec.conditional:
        return first, h
    kind = keras.Input((1,), dtype="int32", name="kind")
    told = layers.CategoryEncoding(CLASSES, "one_hot")(kind)
    return [first, kind], layers.Concatenate()([h, told])
