"""A small network of dense layers in plain NumPy: its forward pass, its gradients by the chain rule, its training step by step.

For pages that compute as they are moved: a network of a few neurons takes microseconds here. The gradients are those of
TensorFlow's GradientTape and the weights after training those of Keras (tests).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.maths.activations import ACTIVATIONS

Array = np.ndarray


@dataclass(frozen=True)
class Dense:
    """Layers one after the other. weights: (inputs, outputs) each; biases: (outputs,) each; activations: a name each."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    activations: tuple[str, ...]

    @property
    def depth(self) -> int:
        return len(self.weights)


@dataclass(frozen=True)
class Pass:
    """A forward pass. z: what enters each layer's activation, a: what leaves it, a[0] being the input; each (samples, neurons)."""

    z: tuple[Array, ...]
    a: tuple[Array, ...]

    @property
    def output(self) -> Array:
        return self.a[-1]


@dataclass(frozen=True)
class Gradients:
    """Of a loss with respect to each layer's weights, biases and z (delta, (samples, neurons)), and to the input."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    delta: tuple[Array, ...]
    input: Array


def forward(net: Dense, x: Array) -> Pass:
    """x: (samples, inputs)."""
    z, a = [], [x]
    for w, b, name in zip(net.weights, net.biases, net.activations, strict=True):
        z.append(a[-1] @ w + b)
        a.append(ACTIVATIONS[name].f(z[-1]))
    return Pass(tuple(z), tuple(a))


def backward(net: Dense, done: Pass, dloss: Array) -> Gradients:
    """dloss: the loss's derivative with respect to the output, (samples, outputs)."""
    weights, biases, deltas = [], [], []
    upstream = dloss
    for k in reversed(range(net.depth)):
        delta = upstream * ACTIVATIONS[net.activations[k]].df(done.z[k])
        deltas.append(delta)
        weights.append(done.a[k].T @ delta)
        biases.append(delta.sum(axis=0))
        upstream = delta @ net.weights[k].T
    return Gradients(tuple(weights[::-1]), tuple(biases[::-1]), tuple(deltas[::-1]), upstream)


def initial(widths: Sequence[int], activation: str, last: str, rng: np.random.Generator, scale: str = "glorot") -> Dense:
    """Random weights and zero biases. widths: inputs, hidden layers, outputs; activation: of hidden layers, last: of the output.

    scale: "glorot" (uniform, Glorot and Bengio 2010), "he" (normal, He et al. 2015) or "normal" (σ = 1).
    """
    def drawn(n: int, m: int) -> Array:
        limit = np.sqrt(6 / (n + m))
        if scale == "glorot":
            return rng.uniform(-limit, limit, (n, m))
        return rng.normal(0, np.sqrt(2 / n) if scale == "he" else 1.0, (n, m))

    weights = [drawn(n, m) for n, m in zip(widths, widths[1:], strict=False)]
    names = [activation] * (len(weights) - 1) + [last]
    return Dense(tuple(weights), tuple(np.zeros(m) for m in widths[1:]), tuple(names))


def flat(net: Dense) -> Array:
    """All weights and biases as one vector, layer by layer, the weights first."""
    return np.concatenate([part.ravel() for w, b in zip(net.weights, net.biases, strict=True) for part in (w, b)])


def shaped(net: Dense, vector: Array) -> Dense:
    """The network with the weights of a vector that `flat` could have made."""
    weights, biases, at = [], [], 0
    for w, b in zip(net.weights, net.biases, strict=True):
        weights.append(vector[at:at + w.size].reshape(w.shape))
        biases.append(vector[at + w.size:at + w.size + b.size])
        at += w.size + b.size
    return Dense(tuple(weights), tuple(biases), net.activations)


def slope(net: Dense, x: Array, loss: Callable[[Array], tuple[float, Array]]) -> tuple[float, Array]:
    """A loss and its gradient with respect to `flat(net)`. loss: output → (value, derivative with respect to the output)."""
    done = forward(net, x)
    value, dloss = loss(done.output)
    found = backward(net, done, dloss)
    parts = [part.ravel() for w, b in zip(found.weights, found.biases, strict=True) for part in (w, b)]
    return value, np.concatenate(parts)
