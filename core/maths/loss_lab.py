"""One small network, trained twice from the same first weights by two losses, full batch, with Adam.

A curve: 1-8-1, tanh. Two classes: 2-6-1, tanh, whose output is a logit. Both take well under a tenth of a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.activations import sigmoid
from core.maths.dense import Dense, flat, initial, shaped
from core.maths.losses import (
    binary_crossentropy_logits,
    dabsolute,
    dbinary_crossentropy_logits,
    dhinge,
    dhuber,
    dsquared,
    dsquared_logits,
    hinge,
    huber,
    squared,
    squared_logits,
)

Array = np.ndarray
STEPS, EVERY, RATE = 200, 10, 0.03
POINTS = {"curve": 40, "classes": 100}
NOISE, LIFT = 0.1, 2.5  # of a curve: standard deviation, and how far too high an outlier is
CENTRE, SPREAD = 0.8, 0.7  # of the classes: (0.8, 0.8) and (-0.8, -0.8), and their standard deviation
LIMIT = 3.0  # the plane of the classes goes from -3 to 3

# loss → (value, derivative) of labels and outputs, each (points, 1); a label of a class is 0 or 1, an output its logit
LOSSES: dict[str, tuple[Callable[[Array, Array], Array], Callable[[Array, Array], Array]]] = {
    "mse": (lambda y, o: squared(o - y), lambda y, o: dsquared(o - y)),
    "mae": (lambda y, o: np.abs(o - y), lambda y, o: dabsolute(o - y)),
    "huber": (lambda y, o: huber(o - y, 0.5), lambda y, o: dhuber(o - y, 0.5)),
    "bce": (binary_crossentropy_logits, dbinary_crossentropy_logits),
    "class_mse": (squared_logits, dsquared_logits),
    "hinge": (lambda y, o: hinge(2 * y - 1, o), lambda y, o: dhinge(2 * y - 1, o)),
}
PAIRS = {"mse_mae": ("mse", "mae"), "mse_huber": ("mse", "huber"), "bce_mse": ("bce", "class_mse"), "bce_hinge": ("bce", "hinge")}


@dataclass(frozen=True)
class Points:
    """x: (points, 1 or 2); y: (points, 1), a number or a class; wrong: which are outliers; rare: which belong to the rarer group."""

    x: Array
    y: Array
    wrong: Array
    rare: Array


@dataclass(frozen=True)
class Course:
    """A training. net: as it begins; weights: as of `core.maths.dense.flat`, after 0, 10, …, 200 steps, (looks, numbers)."""

    net: Dense
    weights: Array

    def at(self, look: int) -> Dense:
        return shaped(self.net, self.weights[look])


def truth(x: Array) -> Array:
    """The curve that the points of a regression come from, for x between -2 and 2."""
    return np.sin(2 * x)


def task(pair: str) -> str:
    return "curve" if pair.startswith("mse") else "classes"


@lru_cache(maxsize=64)
def points(kind: str, wrong: int, rare: int, seed: int) -> Points:
    """kind: "curve" or "classes"; wrong, rare: percent. A curve's rare points lie right of 0; rare points of classes are of class 1."""
    rng = np.random.default_rng(seed)
    n = POINTS[kind]
    few = np.arange(n) < max(round(n * rare / 100), 1)
    out = np.isin(np.arange(n), rng.permutation(n)[:round(n * wrong / 100)])
    if kind == "curve":
        x = rng.uniform(0.0, 2.0, (n, 1)) * np.where(few, 1, -1)[:, None]
        y = truth(x) + NOISE * rng.standard_normal((n, 1)) + LIFT * out[:, None]
    else:
        x = np.clip(rng.standard_normal((n, 2)) * SPREAD + np.where(few, CENTRE, -CENTRE)[:, None], -LIMIT, LIMIT)
        y = np.where(few != out, 1.0, 0.0)[:, None]
    return Points(x, y, out, few)


def weight(found: Points, weighted: bool) -> Array:
    """How much each point counts, (points, 1), with mean 1: all alike, or both groups alike."""
    n, few = len(found.x), int(found.rare.sum())
    if not weighted or few in (0, n):
        return np.ones((n, 1))
    return np.where(found.rare, n / (2 * few), n / (2 * (n - few)))[:, None]


def views(net: Dense, vectors: Array) -> tuple[Array, Array, Array, Array]:
    """Weights and biases of both layers, of several networks at once, as views of their flat weights, (networks, numbers)."""
    (n, h), count = net.weights[0].shape, len(vectors)
    w, b, v = n * h, n * h + h, n * h + 2 * h
    return (vectors[:, :w].reshape(count, n, h), vectors[:, None, w:b], vectors[:, b:v].reshape(count, h, 1), vectors[:, None, v:])


@lru_cache(maxsize=64)
def train(losses: tuple[str, ...], kind: str, wrong: int, rare: int, weighted: bool, seed: int) -> tuple[Course, ...]:
    """200 steps of Adam (rate 0.03, Keras' other constants; Kingma and Ba, 2015) on the mean of each of these losses over all points.

    The networks learn side by side, each by its own loss: one pass of NumPy is for all of them.
    """
    found = points(kind, wrong, rare, seed)
    net = initial((1, 8, 1) if kind == "curve" else (2, 6, 1), "tanh", "linear", np.random.default_rng(seed + 1000))
    share = weight(found, weighted) / len(found.x)
    slopes = [LOSSES[loss][1] for loss in losses]
    x, back = found.x, found.x.T
    w = np.tile(flat(net), (len(losses), 1))
    g, m, v = np.empty_like(w), np.zeros_like(w), np.zeros_like(w)
    w1, b1, w2, b2 = views(net, w)
    g1, h1, g2, h2 = views(net, g)
    looks = [w.copy()]
    for t in range(1, STEPS + 1):
        hidden = np.tanh(x @ w1 + b1)
        output = hidden @ w2 + b2
        delta = np.stack([share * slope(found.y, o) for slope, o in zip(slopes, output, strict=True)])
        below = delta @ w2.transpose(0, 2, 1) * (1 - hidden * hidden)
        g1[:], h1[:] = back @ below, below.sum(axis=1, keepdims=True)
        g2[:], h2[:] = hidden.transpose(0, 2, 1) @ delta, delta.sum(axis=1, keepdims=True)
        m += 0.1 * (g - m)
        v += 0.001 * (g * g - v)
        w -= RATE * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
        if t % EVERY == 0:
            looks.append(w.copy())
    return tuple(Course(net, one) for one in np.stack(looks, axis=1))


@lru_cache(maxsize=2)
def fresh(kind: str) -> tuple[Array, Array]:
    """What no network has learned from: places along the true curve, or points of both classes, half and half, none of them wrong.

    Returns x, and which are of the group that may be rare, (places,).
    """
    if kind == "curve":
        x = np.linspace(-2, 2, 82)[:, None]
        return x, x[:, 0] > 0
    rare = np.arange(400) < 200
    return np.random.default_rng(77).standard_normal((400, 2)) * SPREAD + np.where(rare, CENTRE, -CENTRE)[:, None], rare


def answers(course: Course, kind: str, x: Array) -> Array:
    """What the network answers at places, at each look: a number, or σ of its logit. x: (places, 1 or 2); returns (looks, places)."""
    w1, b1, w2, b2 = views(course.net, course.weights)
    found = (np.tanh(x @ w1 + b1) @ w2 + b2)[..., 0]
    return found if kind == "curve" else sigmoid(found)


def scores(course: Course, kind: str) -> Array:
    """One ruler for all losses, at each look and for either group, (looks, 2), the one that may be rare second.

    Of a curve the distance from the true one (root mean square; less is better), of classes the share of fresh points told rightly.
    """
    x, rare = fresh(kind)
    found = answers(course, kind, x)
    if kind == "curve":
        r = (found - truth(x[:, 0])) ** 2
        return np.sqrt(np.stack([r[:, ~rare].mean(axis=1), r[:, rare].mean(axis=1)], axis=1))
    told = (found > 0.5) == rare
    return np.stack([told[:, ~rare].mean(axis=1), told[:, rare].mean(axis=1)], axis=1)
