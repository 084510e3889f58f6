"""Activation functions and their derivatives, as Keras 3 defines them: arrays of any shape in, the same shape out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. (2017)
LEAK, ALPHA = 0.2, 1.0  # of Keras' leaky_relu and elu, unless they are told another
ROOT = np.sqrt(2 / np.pi)


@dataclass(frozen=True)
class Activation:
    """f: the function; df: its derivative, at a kink the value that TensorFlow takes."""

    f: Callable[[Array], Array]
    df: Callable[[Array], Array]


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), without overflow for any z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


def erf(z: Array) -> Array:
    """The error function, to about 1e-13: SciPy's, which comes with scikit-learn, loaded when first asked for."""
    from scipy.special import erf as exact

    return exact(z)


def _gelu(z: Array) -> Array:
    return 0.5 * z * (1 + erf(z / np.sqrt(2)))


def _dgelu(z: Array) -> Array:
    return 0.5 * (1 + erf(z / np.sqrt(2))) + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def _exp(z: Array) -> Array:
    """e^z where it is needed, z ≤ 0."""
    return np.exp(np.minimum(z, 0))


def leaky_relu(negative_slope: float) -> Activation:
    """z above 0, negative_slope · z below, as `keras.activations.leaky_relu(z, negative_slope)`; a slope of 0 is ReLU, of 1 a straight
    line."""
    return Activation(lambda z: np.where(z > 0, z, negative_slope * z), lambda z: np.where(z > 0, 1.0, negative_slope))


def elu(alpha: float) -> Activation:
    """z above 0, alpha · (e^z − 1) below, as `keras.activations.elu(z, alpha)`: it runs down to −alpha (Clevert et al. 2016)."""
    return Activation(lambda z: np.where(z > 0, z, alpha * (_exp(z) - 1)), lambda z: np.where(z > 0, 1.0, alpha * _exp(z)))


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(lambda z: z, np.ones_like),
    "step": Activation(lambda z: np.where(z > 0, 1.0, 0.0), np.zeros_like),
    "sigmoid": Activation(sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky_relu": leaky_relu(LEAK),
    "elu": elu(ALPHA),
    "selu": Activation(lambda z: SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * (_exp(z) - 1)),
                       lambda z: SELU_SCALE * np.where(z < 0, SELU_ALPHA * _exp(z), 1.0)),
    "gelu": Activation(_gelu, _dgelu),
    "silu": Activation(lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * sigmoid(-z))),
    "softplus": Activation(lambda z: np.logaddexp(0, z), sigmoid),
}


def activation(name: str, negative_slope: float = LEAK, alpha: float = ALPHA) -> Activation:
    """The function of this name; leaky ReLU and ELU with a parameter of their own. KeyError if there is none."""
    return leaky_relu(negative_slope) if name == "leaky_relu" else elu(alpha) if name == "elu" else ACTIVATIONS[name]


def softmax(z: Array, temperature: float = 1.0) -> Array:
    """e^(z/T) divided by its sum over the last axis. z: (…, classes); temperature > 0."""
    e = np.exp((z - z.max(axis=-1, keepdims=True)) / temperature)
    return e / e.sum(axis=-1, keepdims=True)
