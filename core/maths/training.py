"""A small network learns, step by step, with any of our update rules: its weights and its loss at every step, in plain NumPy.

The loss is the mean binary cross-entropy; the last layer gives logits. The weights are those that Keras comes to (tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from core.maths.activations import ACTIVATIONS, sigmoid
from core.maths.dense import Dense, flat, forward, shaped, slope
from core.maths.optimizers import Rule, begin, step

Array = np.ndarray


def cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """Mean binary cross-entropy and its derivative with respect to the logits. Both (samples, 1); targets 0 or 1."""
    return float(np.mean(np.logaddexp(0, logits) - targets * logits)), (sigmoid(logits) - targets) / len(logits)


@dataclass(frozen=True)
class Training:
    """weights: (n + 1, d), `flat` networks; loss: (n + 1,), on all samples. n is less than was asked for if the loss became infinite."""

    weights: Array
    loss: Array


def batches(samples: int, size: int, steps: int, seed: int) -> list[Array]:
    """Which samples each step looks at: all of them, shuffled anew in every epoch, in batches (the last of an epoch may be smaller)."""
    rng = np.random.default_rng([seed, 3])
    found: list[Array] = []
    while len(found) < steps:
        order = rng.permutation(samples)
        found += [order[k:k + size] for k in range(0, samples, size)]
    return found[:steps]


def train(net: Dense, x: Array, y: Array, rule: Rule, rates: Array, *, looks: Sequence[Array] | None = None) -> Training:
    """Train a network with one step for each of `rates`.

    x: (samples, inputs); y: (samples, 1), 0 or 1; looks: the samples of each step, None for all of them.
    """
    w = flat(net)
    memory = begin(rule, w)
    weights, losses = [w], []
    for t, rate in enumerate(rates.tolist()):
        if looks is None:
            value, g = slope(shaped(net, w), x, partial(cross_entropy, targets=y))
            losses.append(value)
        else:
            losses.append(cross_entropy(forward(shaped(net, w), x).output, y)[0])
            at = looks[t]
            _value, g = slope(shaped(net, w), x[at], partial(cross_entropy, targets=y[at]))
        w, memory = step(rule, w, g, rate, memory)
        if not np.isfinite(w).all() or np.abs(w).max() > 1e6:
            break
        weights.append(w)
    losses.append(cross_entropy(forward(shaped(net, weights[-1]), x).output, y)[0])
    return Training(np.array(weights), np.array(losses[:len(weights)]))


def losses_of(net: Dense, many: Array, x: Array, y: Array) -> Array:
    """The loss of many networks of one shape, (n, d) flat ones: (n,)."""
    a, at = np.broadcast_to(x, (len(many), *x.shape)), 0
    for w, b, name in zip(net.weights, net.biases, net.activations, strict=True):
        matrix = many[:, at:at + w.size].reshape(-1, *w.shape)
        bias = many[:, at + w.size:at + w.size + b.size]
        a = ACTIVATIONS[name].f(a @ matrix + bias[:, None, :])
        at += w.size + b.size
    return np.mean(np.logaddexp(0, a) - y * a, axis=(1, 2))


def main_plane(paths: Sequence[Array]) -> tuple[Array, Array, float]:
    """The plane in which paths spread most: a place in it (d,), two orthonormal directions (2, d), and their share of all spread.

    paths: (n, d) each. The place is the mean of the paths; the directions are the first two principal components.
    """
    every = np.concatenate(list(paths))
    middle = every.mean(axis=0)
    centred = every - middle
    values, vectors = np.linalg.eigh(centred.T @ centred)  # a few dozen weights: much quicker than a decomposition of all places
    values = np.maximum(values, 0)
    return middle, vectors[:, :-3:-1].T, float(values[-2:].sum() / max(float(values.sum()), 1e-300))
