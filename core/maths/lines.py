"""A straight line through points, by the loss it makes least: squared, absolute or Huber's; and points with outliers to fit it to."""

from __future__ import annotations

from itertools import combinations

import numpy as np

Array = np.ndarray
POINTS = 20
INTERCEPT, SLOPE, NOISE = 2.0, 0.5, 0.6  # the line that the points come from, and the standard deviation around it
PAIRS = np.array(list(combinations(range(POINTS), 2))).T


def points(seed: int, outliers: int, x: float, y: float) -> tuple[Array, Array, Array]:
    """20 points around the line 2 + x/2, so many of which stand near (x, y) instead. Returns x, y and which are outliers, (20,) each.

    The points that become outliers are drawn, so that with more of them the rest stay where they are.
    """
    rng = np.random.default_rng(seed)
    xs = np.linspace(0.5, 9.5, POINTS)
    ys = INTERCEPT + SLOPE * xs + NOISE * rng.standard_normal(POINTS)
    out = rng.permutation(POINTS)[:outliers]
    near = (np.arange(outliers) + 1) // 2 * np.where(np.arange(outliers) % 2, 1, -1)  # 0, 1, -1, 2, -2, …
    xs[out], ys[out] = x + 0.3 * near, y + 0.35 * (np.arange(outliers) % 3)
    far = np.zeros(POINTS, bool)
    far[out] = True
    return xs, ys, far


def least_squares(x: Array, y: Array) -> tuple[float, float]:
    """Intercept and slope with the least Σ r², in closed form. x, y: (points,), not all x equal."""
    dx = x - x.mean()
    slope = float(dx @ (y - y.mean()) / (dx @ dx))
    return float(y.mean() - slope * x.mean()), slope


def least_absolute(x: Array, y: Array) -> tuple[float, float]:
    """Intercept and slope with the least Σ |r|, exactly: such a line goes through two of the points (Boscovich, 1757), so try all pairs."""
    i, j = PAIRS if len(x) == POINTS else np.array(list(combinations(range(len(x)), 2))).T
    apart = np.abs(x[i] - x[j]) > 1e-12
    i, j = i[apart], j[apart]
    slopes = (y[i] - y[j]) / (x[i] - x[j])
    intercepts = y[i] - slopes * x[i]
    best = int(np.abs(y - intercepts[:, None] - slopes[:, None] * x).sum(axis=1).argmin())
    return float(intercepts[best]), float(slopes[best])


def least_huber(x: Array, y: Array, delta: float) -> tuple[float, float]:
    """Intercept and slope with the least Σ huber(r, delta).

    Reweighted least squares (weights min(1, delta/|r|)) come near; once it is known which errors are beyond delta and on which side,
    the minimum is one linear system. ArithmeticError if 2,000 rounds do not settle that.
    """
    design = np.stack([np.ones_like(x), x], axis=1)
    line = np.array(least_absolute(x, y) if delta < 1 else least_squares(x, y))
    for _ in range(2000):
        r = y - design @ line
        inside = np.abs(r) <= delta
        if inside.sum() >= 2 and np.ptp(x[inside]) > 0:
            pull = delta * (np.sign(r) * ~inside) @ design
            core = design[inside]
            exact = np.linalg.solve(core.T @ core, core.T @ y[inside] + pull)
            again = y - design @ exact
            if np.array_equal(np.abs(again) <= delta, inside) and np.array_equal(np.sign(again[~inside]), np.sign(r[~inside])):
                return float(exact[0]), float(exact[1])
        weights = np.minimum(1, delta / np.maximum(np.abs(r), 1e-12))
        weighted = design * weights[:, None]
        step = np.linalg.solve(design.T @ weighted, weighted.T @ y)
        if np.abs(step - line).max() < 1e-13:  # an error stands on delta itself
            return float(step[0]), float(step[1])
        line = step
    raise ArithmeticError(f"no line for delta {delta}")


def fit(loss: str, x: Array, y: Array, delta: float) -> tuple[float, float]:
    """Intercept and slope by the loss "mse", "mae" or "huber"."""
    return {"mse": lambda: least_squares(x, y), "mae": lambda: least_absolute(x, y), "huber": lambda: least_huber(x, y, delta)}[loss]()


def off(line: tuple[float, float], left: float = 0.0, right: float = 10.0) -> float:
    """Mean distance (root mean square, in y) of a line from the true one between two places."""
    a, b = line[0] - INTERCEPT + (line[1] - SLOPE) * left, line[0] - INTERCEPT + (line[1] - SLOPE) * right
    return float(np.sqrt((a * a + a * b + b * b) / 3))  # ∫ of a straight line, squared


def off_on_average(loss: str, delta: float, outliers: int, x: float, y: float, seeds: range) -> float:
    """The same over many sets of points."""
    return float(np.mean([off(fit(loss, *points(seed, outliers, x, y)[:2], delta)) for seed in seeds]))
