"""A small network learns, step by step, with any of our update rules: its weights and its loss at every step, in plain NumPy.

The loss is the mean binary cross-entropy; the last layer gives logits. The weights are those that Keras comes to (tests).
Several optimizers train side by side: one pass of NumPy is for all of them, and each costs little more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.maths.activations import ACTIVATIONS, sigmoid
from core.maths.dense import Dense, flat
from core.maths.optimizers import Rule, begin, step

Array = np.ndarray
TOO_FAR = 1e6  # a weight beyond this: the training is lost
# Rules that are one: gradient descent is momentum of 0, Adam is AdamW without decay. They take their steps together.
SAME = {"sgd": "momentum", "adamw": "adam"}
NUMBERS = ("momentum", "rho", "beta_1", "beta_2", "weight_decay")  # of a rule, which may differ within such a group
Layers = list[tuple[Array, Array]]
# the derivative of an activation, from its value: what went in need not be kept
DERIVED: dict[str, Callable[[Array], Array]] = {
    "tanh": lambda a: 1 - a * a, "linear": np.ones_like, "sigmoid": lambda a: a * (1 - a), "relu": lambda a: (a > 0).astype(a.dtype)}


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


def train(net: Dense, x: Array, y: Array, rules: Sequence[Rule], rates: Array, *, looks: Sequence[Array] | None = None
          ) -> tuple[Training, ...]:
    """Train copies of a network side by side, each by its own rule, one step for each column of `rates`, (rules, steps).

    x: (samples, inputs); y: (samples, 1), 0 or 1; looks: the samples of each step, None for all of them. A training is cut off before
    the step at which a weight would leave [-1e6, 1e6].
    """
    count, steps = rates.shape
    start = flat(net)
    weights = np.empty((steps + 1, count, len(start)))
    logits = np.empty((steps + 1, count, len(x)))
    weights[0] = start
    groups = _groups(rules, rates)
    memories = [begin(rule, weights[0, at]) for at, rule, _rates in groups]
    g = np.empty((count, len(start)))
    slopes = _views(net, g)
    with np.errstate(over="ignore", invalid="ignore"):  # of those that are lost the rest is cut off
        for t in range(steps):
            layers = _views(net, weights[t])
            seen, wanted = (x, y) if looks is None else (x[looks[t]], y[looks[t]])
            a = _outputs(net, layers, seen)
            if looks is None:
                logits[t] = a[-1][..., 0]
            delta = (sigmoid(a[-1]) - wanted) / len(wanted)
            for k in range(net.depth - 1, -1, -1):
                (into, shift), (w, _b) = slopes[k], layers[k]
                np.matmul(a[k].swapaxes(-1, -2), delta, out=into)
                delta.sum(axis=1, keepdims=True, out=shift)
                if k:
                    delta = delta @ w.swapaxes(-1, -2) * DERIVED[net.activations[k - 1]](a[k])
            for i, (at, rule, own) in enumerate(groups):
                weights[t + 1, at], memories[i] = step(rule, weights[t, at], g[at], own[t], memories[i])
        if looks is None:
            logits[-1] = _outputs(net, _views(net, weights[-1]), x)[-1][..., 0]
        else:
            logits = _outputs(net, _views(net, weights.reshape(-1, len(start))), x)[-1].reshape(logits.shape)
        near = np.abs(weights).max(axis=2) <= TOO_FAR  # (steps + 1, rules); not for NaN either
        losses = np.mean(np.logaddexp(0, logits) - y[:, 0] * logits, axis=2)
    kept = np.where(near.all(axis=0), steps + 1, near.argmin(axis=0))
    return tuple(Training(weights[:n, k].copy(), losses[:n, k].copy()) for k, n in enumerate(kept.tolist()))


def _groups(rules: Sequence[Rule], rates: Array) -> list[tuple[Array, Rule, Array]]:
    """Rules that can take their steps together: their places, one rule with columns of numbers, and their rates, (steps, places, 1)."""
    found = []
    kinds = [(SAME.get(rule.name, rule.name), rule.epsilon, rule.accumulator) for rule in rules]
    for kind in dict.fromkeys(kinds):
        at = [k for k, one in enumerate(kinds) if one == kind]
        numbers: dict[str, Any] = {what: np.array([[getattr(rules[k], what)] for k in at]) for what in NUMBERS}
        if kind[0] == "rmsprop" and not numbers["momentum"].any():
            numbers["momentum"] = 0.0  # then the step keeps no velocity
        found.append((np.array(at), replace(rules[at[0]], name=kind[0], **numbers), rates[at].T[..., None]))
    return found


def _views(net: Dense, many: Array) -> Layers:
    """Weights (networks, inputs, outputs) and biases (networks, 1, outputs) of each layer, as views of `flat` networks, (networks, d)."""
    found, at = [], 0
    for w, b in zip(net.weights, net.biases, strict=True):
        end = at + w.size
        found.append((many[:, at:end].reshape(-1, *w.shape), many[:, None, end:end + b.size]))
        at = end + b.size
    return found


def _outputs(net: Dense, layers: Layers, x: Array) -> list[Array]:
    """What each layer gives, the input first, (networks, samples, neurons)."""
    a = [x]
    for (w, b), name in zip(layers, net.activations, strict=True):
        a.append(ACTIVATIONS[name].f(a[-1] @ w + b))
    return a


def losses_of(net: Dense, many: Array, x: Array, y: Array) -> Array:
    """The loss of many networks of one shape, (n, d) flat ones: (n,)."""
    a = _outputs(net, _views(net, many), x)[-1]
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
