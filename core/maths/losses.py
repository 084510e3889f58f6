"""Loss functions, their derivatives and the noise they assume, with the conventions of Keras 3, element by element.

Arrays of any shape in, the same shape out (losses over classes: the last axis is the class). No mean is taken and nothing is clipped:
a certain and wrong probability costs infinitely much. Sources: keras.losses; Huber (1964); Goodfellow, Bengio and Courville, chapter 6.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.maths.activations import sigmoid, softmax

Array = Any  # a number or an array


# ---- of an error r = ŷ - y

def squared(r: Array) -> Array:
    """r²; keras.losses.MeanSquaredError is its mean."""
    return np.square(r)


def dsquared(r: Array) -> Array:
    return 2 * np.asarray(r)


def absolute(r: Array) -> Array:
    """|r|; keras.losses.MeanAbsoluteError is its mean."""
    return np.abs(r)


def dabsolute(r: Array) -> Array:
    """The sign, 0 at the kink, as in TensorFlow."""
    return np.sign(r)


def huber(r: Array, delta: float = 1.0) -> Array:
    """r²/2 up to an error of delta > 0, from there on straight with slope delta."""
    size = np.abs(r)
    return np.where(size <= delta, 0.5 * np.square(r), delta * (size - 0.5 * delta))


def dhuber(r: Array, delta: float = 1.0) -> Array:
    return np.clip(r, -delta, delta)


# ---- of a probability p of class 1, with a label y from 0 to 1

def _times_log(a: Array, b: Array) -> Array:
    """a ln b, where 0 times anything is 0."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a == 0, 0.0, a * np.log(b))


def binary_crossentropy(y: Array, p: Array) -> Array:
    """-y ln p - (1 - y) ln(1 - p), in nats."""
    return -_times_log(y, p) - _times_log(1 - np.asarray(y, float), 1 - np.asarray(p, float))


def dbinary_crossentropy(y: Array, p: Array) -> Array:
    """With respect to p, which lies strictly between 0 and 1."""
    return (1 - y) / (1 - p) - y / p


def entropy(y: Array) -> Array:
    """Of a coin that shows 1 with probability y: the least cross-entropy that label allows, in nats."""
    return binary_crossentropy(y, y)


def kl(y: Array, p: Array) -> Array:
    """KL divergence of a coin p from a coin y: the cross-entropy less the label's own entropy. 0 where p = y, and only there."""
    return binary_crossentropy(y, p) - entropy(y)


def categorical_crossentropy(y: Array, p: Array) -> Array:
    """-Σ y ln p over the last axis. y, p: (…, classes); returns (…)."""
    return -_times_log(y, p).sum(axis=-1)


# ---- of a logit z: what stands before the sigmoid or the softmax

def binary_crossentropy_logits(y: Array, z: Array) -> Array:
    """The cross-entropy of σ(z), never by way of σ(z): max(z, 0) - zy + ln(1 + e^-|z|). Finite for any z."""
    return np.maximum(z, 0) - np.asarray(z) * y + np.log1p(np.exp(-np.abs(z)))


def dbinary_crossentropy_logits(y: Array, z: Array) -> Array:
    """σ(z) - y: the prediction less the label, and nothing else."""
    return sigmoid(z) - y


def squared_logits(y: Array, z: Array) -> Array:
    """(σ(z) - y)²: the squared error of a sigmoid's output."""
    return np.square(sigmoid(z) - y)


def dsquared_logits(y: Array, z: Array) -> Array:
    """2 (p - y) p (1 - p): the last two factors, the sigmoid's slope, are nearly 0 wherever the network is sure, right or wrong."""
    return 2 * (sigmoid(z) - y) * sigmoid(z) * sigmoid(-np.asarray(z))


def categorical_crossentropy_logits(y: Array, z: Array) -> Array:
    """The cross-entropy of softmax(z), by way of log Σ e^z. y, z: (…, classes), each y sums to 1; returns (…)."""
    top = z.max(axis=-1, keepdims=True)
    return top[..., 0] + np.log(np.exp(z - top).sum(axis=-1)) - (y * z).sum(axis=-1)


def dcategorical_crossentropy_logits(y: Array, z: Array) -> Array:
    """softmax(z) - y, (…, classes): it sums to 0."""
    return softmax(z) - y


def hinge(sign: Array, s: Array) -> Array:
    """max(0, 1 - sign·s) of a score s and a label of -1 or 1."""
    return np.maximum(0.0, 1 - np.asarray(sign) * s)


def dhinge(sign: Array, s: Array) -> Array:
    return np.where(np.asarray(sign) * s < 1, -np.asarray(sign, float), 0.0)


def twice(y: Array, z: Array) -> Array:
    """A sigmoid's output taken for a logit: the cross-entropy of σ(σ(z)). For a label of 1 it lies between 0.313 and 0.693."""
    return binary_crossentropy_logits(y, sigmoid(z))


def dtwice(y: Array, z: Array) -> Array:
    """With respect to z: (σ(p) - y) p (1 - p) with p = σ(z)."""
    return (sigmoid(sigmoid(z)) - y) * sigmoid(z) * sigmoid(-np.asarray(z))


# ---- the noise that a loss assumes

def gaussian(x: Array, centre: float) -> Array:
    """Density of the normal distribution with σ = 1; its negative logarithm is r²/2 + ln √(2π)."""
    return np.exp(-0.5 * np.square(np.asarray(x) - centre)) / np.sqrt(2 * np.pi)


def laplace(x: Array, centre: float) -> Array:
    """Density of the Laplace distribution with b = 1; its negative logarithm is |r| + ln 2."""
    return 0.5 * np.exp(-np.abs(np.asarray(x) - centre))


def bernoulli(x: Array, p: float) -> Array:
    """Probability of x, 0 or 1, of a coin that shows 1 with probability p; its negative logarithm is the binary cross-entropy."""
    return np.where(np.asarray(x) > 0.5, p, 1 - p)


# ---- gradient descent on a single logit

def descent(slope: Callable[[float], Any], z: float, rate: float, steps: int) -> np.ndarray:
    """Where z stands after 0, 1, …, `steps` steps z ← z - rate · slope(z); (steps + 1,)."""
    path = [float(z)]
    for _ in range(steps):
        path.append(path[-1] - rate * float(slope(path[-1])))
    return np.array(path)
