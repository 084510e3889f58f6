"""The normal distribution of two variables: covariance, its eigenvectors as an ellipse's axes, and what one variable tells of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


def covariance(direction: tuple[float, float], long: float, short: float) -> Array:
    """Σ = long² v vᵀ + short² w wᵀ: standard deviations `long` along `direction` and `short` across it. -> (2, 2).

    A direction of length 0 counts as (1, 0).
    """
    v = unit(direction)
    w = np.array([-v[1], v[0]])
    return long**2 * np.outer(v, v) + short**2 * np.outer(w, w)


def unit(direction: tuple[float, float]) -> Array:
    """The vector of length 1 in this direction; (1, 0) for (0, 0). -> (2,)."""
    length = float(np.hypot(*direction))
    return np.array(direction, float) / length if length > 0 else np.array([1.0, 0.0])


def ellipse(mean: Array, sigma: Array, distance: float, points: int = 97) -> Array:
    """The points at this Mahalanobis distance from the mean, going once around. mean: (2,); sigma: (2, 2). -> (points, 2)."""
    values, vectors = np.linalg.eigh(sigma)
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return mean + distance * circle * np.sqrt(np.maximum(values, 0)) @ vectors.T


def inside(distance: float) -> float:
    """The probability within this Mahalanobis distance in two dimensions: 1 − exp(−d²/2), since d² is χ² with two degrees of freedom."""
    return float(-np.expm1(-distance**2 / 2))


@dataclass(frozen=True)
class Conditional:
    """y, once x is known: normal with this mean and standard deviation; slope: of the mean as x changes."""

    mean: float
    deviation: float
    slope: float


def given_x(mean: Array, sigma: Array, x: float) -> Conditional:
    """y given x: E = μ_y + σ_xy/σ_x² · (x − μ_x), Var = σ_y² − σ_xy²/σ_x². mean: (2,); sigma: (2, 2), σ_x > 0."""
    slope = float(sigma[0, 1] / sigma[0, 0])
    return Conditional(float(mean[1] + slope * (x - mean[0])), float(np.sqrt(max(sigma[1, 1] - slope * sigma[0, 1], 0.0))), slope)


def correlation(sigma: Array) -> float:
    """ρ = σ_xy / (σ_x σ_y), from −1 to 1. sigma: (2, 2), both variances above 0."""
    return float(np.clip(sigma[0, 1] / np.sqrt(sigma[0, 0] * sigma[1, 1]), -1, 1))
