"""Functions of two variables on which optimizers are watched: heights, exact slopes, where the lowest places are.

All take arrays of any one shape (or numbers). Rosenbrock (1960), Himmelblau (1972), Rastrigin (1974) with their usual numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any  # a NumPy array of floats, or a float
Box = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Surface:
    """f: (x, y) → height; slope: (x, y) → its two partial derivatives; box: ((left, right), (bottom, top)), what is shown of it.

    minima: the lowest places in the box; lowest: the height there; start: where a ball may begin; log: whether its heights are so
    different that log₁₀(1 + f − lowest) is shown instead.
    """

    f: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], tuple[Array, Array]]
    box: Box
    minima: tuple[tuple[float, float], ...]
    lowest: float
    start: tuple[float, float]
    log: bool = False

    def gradient(self, at: np.ndarray) -> np.ndarray:
        """At a point (2,), or at points (…, 2)."""
        if at.ndim == 1:
            return np.array(self.slope(float(at[0]), float(at[1])))
        return np.stack(self.slope(at[..., 0], at[..., 1]), axis=-1)

    def shown(self, height: Array) -> Array:
        """A height as the figures show it: as it is, or on the logarithmic scale."""
        return np.log10(1 + np.maximum(height - self.lowest, 0)) if self.log else height


def hessian(steep: float, flat: float, angle: float) -> np.ndarray:
    """The matrix (2, 2) of a quadratic with these eigenvalues; the flat direction is turned by `angle` degrees from the x axis."""
    a = math.radians(angle)
    along, across = np.array([math.cos(a), math.sin(a)]), np.array([-math.sin(a), math.cos(a)])
    return flat * np.outer(along, along) + steep * np.outer(across, across)


def ravine(steep: float, flat: float, angle: float) -> Surface:
    """½ pᵀHp with `hessian(steep, flat, angle)`: as steep across as it is flat along."""
    (a, b), (_, d) = hessian(steep, flat, angle).tolist()
    return Surface(lambda x, y: 0.5 * (a * x * x + 2 * b * x * y + d * y * y), lambda x, y: (a * x + b * y, b * x + d * y),
                   ((-5.0, 5.0), (-3.6, 3.6)), ((0.0, 0.0),), 0.0, (-4.0, 2.0), log=True)


def _himmelblau(x: Array, y: Array) -> Array:
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def _himmelblau_slope(x: Array, y: Array) -> tuple[Array, Array]:
    p, q = x * x + y - 11, x + y * y - 7
    return 4 * x * p + 2 * q, 2 * p + 4 * y * q


TURN = 2 * math.pi
SURFACES = {
    "rosenbrock": Surface(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        lambda x, y: (2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)),
        ((-2.0, 2.0), (-0.7, 2.2)), ((1.0, 1.0),), 0.0, (-1.2, 1.0), log=True),
    "himmelblau": Surface(
        _himmelblau, _himmelblau_slope, ((-6.1, 6.1), (-4.4, 4.4)),
        ((3.0, 2.0), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
         (3.584428340330492, -1.848126526964404)), 0.0, (0.0, -0.5), log=True),
    "saddle": Surface(  # falls from the saddle at 0 into two valleys
        lambda x, y: x * x - y * y + y**4 / 4, lambda x, y: (2 * x, y**3 - 2 * y),
        ((-3.2, 3.2), (-2.3, 2.3)), ((0.0, -math.sqrt(2)), (0.0, math.sqrt(2))), -1.0, (-2.8, 0.0)),
    "rastrigin": Surface(
        lambda x, y: 20 + x * x + y * y - 10 * (np.cos(TURN * x) + np.cos(TURN * y)),
        lambda x, y: (2 * x + 10 * TURN * np.sin(TURN * x), 2 * y + 10 * TURN * np.sin(TURN * y)),
        ((-4.7, 4.7), (-3.4, 3.4)), ((0.0, 0.0),), 0.0, (-3.3, 2.2)),
}
