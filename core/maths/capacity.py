"""Bias and variance: one polynomial fitted to many samples of the same curve; exact by least squares on a Legendre basis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.tables import Array

SAMPLES, MOST = 60, 15
GRID = np.linspace(-1, 1, 101)


def truth(x: Array) -> Array:
    """The curve behind the noise: sin(3x) + x / 2 on [-1, 1]."""
    return np.sin(3 * x) + x / 2


def basis(x: Array, degree: int) -> Array:
    """Legendre polynomials 0…degree, (points,) -> (points, degree + 1): the same fits as powers of x, without their rounding."""
    return np.polynomial.legendre.legvander(x, degree)


@dataclass(frozen=True)
class Fits:
    """Of one degree. x: (points,), y: (60, points); curves: (60, 101) on GRID; bias: mean over GRID of (mean curve − truth)²;
    variance: mean of the curves' variance there; training, fresh: mean squared error over all samples, the latter on new noise.
    """

    x: Array
    y: Array
    curves: Array
    bias: float
    variance: float
    training: float
    fresh: float


@lru_cache(256)
def fits(degree: int, points: int, noise: float, seed: int) -> Fits:
    """Least squares of a polynomial on 60 samples of `points` evenly spread x with normal noise. ValueError for more powers than points."""
    if degree >= points:
        raise ValueError(f"degree {degree} needs more than {points} points")
    rng = np.random.default_rng(seed)
    x = np.linspace(-1, 1, points)
    y = truth(x) + noise * rng.normal(size=(SAMPLES, points))
    weights = np.linalg.pinv(basis(x, degree))  # (degree + 1, points)
    curves = y @ (basis(GRID, degree) @ weights).T
    mean = curves.mean(axis=0)
    bias, variance = float(((mean - truth(GRID)) ** 2).mean()), float(curves.var(axis=0).mean())
    training = float(((y @ (basis(x, degree) @ weights).T - y) ** 2).mean())
    return Fits(x, y, curves, bias, variance, training, bias + variance + noise**2)


def expected(degree: int, points: int, noise: float) -> tuple[float, float]:
    """Bias² and variance that infinitely many samples would give: (mean over GRID of (H f − f)², noise² · mean of Σ H²)."""
    x = np.linspace(-1, 1, points)
    smoother = basis(GRID, degree) @ np.linalg.pinv(basis(x, degree))  # (101, points)
    return float(((smoother @ truth(x) - truth(GRID)) ** 2).mean()), float(noise**2 * (smoother**2).sum(axis=1).mean())


def sizes(degree: int) -> list[int]:
    """The numbers of points of a learning curve: from the fewest that a degree takes to 200."""
    return [n for n in (4, 6, 8, 10, 12, 15, 20, 30, 40, 60, 80, 120, 200) if n >= degree + 2]
