"""One small network, trained twice from the same first weights by two losses, full batch, with Adam.

A curve: 1-8-1, tanh. Two classes: 2-6-1, tanh, whose output is a logit. Both take well under a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.activations import sigmoid
from core.maths.dense import Dense, flat, forward, initial, shaped, slope
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
POINTS = {"curve": 40, "classes": 80}
NOISE, LIFT = 0.1, 2.5  # of a curve: standard deviation, and how far too high an outlier is
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
    """A training. weights: flat, after 0, 10, …, 200 steps, (looks, numbers); losses: before each step, and after the last, (steps + 1,)."""

    net: Dense
    weights: Array
    losses: Array

    def at(self, look: int) -> Dense:
        return shaped(self.net, self.weights[look])


def truth(x: Array) -> Array:
    """The curve that the points of a regression come from, for x between -2 and 2."""
    return np.sin(2 * x)


def task(pair: str) -> str:
    return "curve" if pair.startswith("mse") else "classes"


@lru_cache(maxsize=64)
def points(kind: str, wrong: int, rare: int, seed: int) -> Points:
    """kind: "curve" or "classes"; wrong, rare: percent. Points of a curve lie right of 0 if they are rare; rare points of classes are of class 1."""
    rng = np.random.default_rng(seed)
    n = POINTS[kind]
    few = np.arange(n) < max(round(n * rare / 100), 1)
    out = np.isin(np.arange(n), rng.permutation(n)[:round(n * wrong / 100)])
    if kind == "curve":
        x = rng.uniform(0.0, 2.0, (n, 1)) * np.where(few, 1, -1)[:, None]
        y = truth(x) + NOISE * rng.standard_normal((n, 1)) + LIFT * out[:, None]
    else:
        centre = np.where(few, 1.0, -1.0)[:, None]
        x = np.clip(rng.standard_normal((n, 2)) * 0.7 + centre * [0.8, 0.8], -LIMIT, LIMIT)
        y = np.where(few != out, 1.0, 0.0)[:, None]
    return Points(x, y, out, few)


def weight(found: Points, weighted: bool) -> Array:
    """How much each point counts, (points, 1), with mean 1: all alike, or both groups alike."""
    n, few = len(found.x), int(found.rare.sum())
    if not weighted or few in (0, n):
        return np.ones((n, 1))
    return np.where(found.rare, n / (2 * few), n / (2 * (n - few)))[:, None]


@lru_cache(maxsize=64)
def train(loss: str, kind: str, wrong: int, rare: int, weighted: bool, seed: int) -> Course:
    """200 steps of Adam (rate 0.03, Keras' other constants; Kingma and Ba, 2015) on the mean loss over all points."""
    found = points(kind, wrong, rare, seed)
    net = initial((1, 8, 1) if kind == "curve" else (2, 6, 1), "tanh", "linear", np.random.default_rng(seed + 1000))
    share = weight(found, weighted) / len(found.x)
    value, derivative = LOSSES[loss]

    def judged(output: Array) -> tuple[float, Array]:
        return float((share * value(found.y, output)).sum()), share * derivative(found.y, output)

    w = flat(net)
    m, v = np.zeros_like(w), np.zeros_like(w)
    looks, losses = [w], []
    for t in range(1, STEPS + 1):
        now, g = slope(shaped(net, w), found.x, judged)
        losses.append(now)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
        if t % EVERY == 0:
            looks.append(w)
    losses.append(judged(forward(shaped(net, w), found.x).output)[0])
    return Course(net, np.array(looks), np.array(losses))


def score(course: Course, kind: str, grid: Array) -> Array:
    """The same ruler for every loss, at each look: of a curve the distance from the true one (root mean square, less is better), of classes
    the share of the plane's true classes that it gets right, both classes counting alike. grid: (places, 1) or (places, 2)."""
    outputs = np.stack([forward(course.at(k), grid).output[:, 0] for k in range(len(course.weights))])
    if kind == "curve":
        return np.sqrt(np.mean((outputs - truth(grid[:, 0])) ** 2, axis=1))
    return np.mean((outputs > 0) == (grid.sum(axis=1) > 0), axis=1)


def probability(net: Dense, grid: Array) -> Array:
    """Of class 1 at each place, (places,)."""
    return sigmoid(forward(net, grid).output[:, 0])
