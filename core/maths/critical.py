"""Critical points of a function of two variables, and their kind by the Hessian's eigenvalues."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
FLAT = 1e-3  # of an eigenvalue, measured against the larger one


def kind(hessian: Array) -> str:
    """ "minimum", "maximum", "saddle" or "flat" (an eigenvalue is 0: the second derivatives do not decide). hessian: (2, 2)."""
    low, high = np.linalg.eigvalsh(hessian)
    least = FLAT * max(abs(low), abs(high), 1e-9)
    if abs(low) <= least or abs(high) <= least:
        return "flat"
    return "minimum" if low > 0 else "maximum" if high < 0 else "saddle"


def critical_points(gradient: Callable[[Array, Array], Array], hessian: Callable[[Array, Array], Array], reach: float, *, starts: int = 13,
                    rounds: int = 30, most: int = 40) -> Array:
    """Where the gradient is 0 within ±reach in both variables: (points, 2), sorted by x, then y; at most `most`.

    Newton's method from a grid of starts at once; gradient: x, y → (2, …), hessian: x, y → (2, 2, …). A point where the Hessian is
    singular may be missed; where the gradient is 0 along a line some of its points are found.
    """
    edge = np.linspace(-reach, reach, starts)
    x, y = (axis.ravel() for axis in np.meshgrid(edge, edge))
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            g, h = gradient(x, y), hessian(x, y)
            det = h[0, 0] * h[1, 1] - h[0, 1] * h[1, 0]
            det = np.where(np.abs(det) < 1e-12, np.nan, det)
            dx, dy = (h[1, 1] * g[0] - h[0, 1] * g[1]) / det, (h[0, 0] * g[1] - h[1, 0] * g[0]) / det
            length = np.maximum(np.hypot(dx, dy), 1e-300)
            short = np.minimum(1, 0.5 / length)
            still = ~np.isfinite(dx + dy) & (np.hypot(*g) < 1e-9)  # arrived where the Hessian is singular
            x, y = np.where(still, x, x - dx * short), np.where(still, y, y - dy * short)
        norm = np.hypot(*gradient(x, y))
    good = np.isfinite(norm) & (norm < 1e-7) & (np.abs(x) <= reach + 1e-9) & (np.abs(y) <= reach + 1e-9)
    points, norms = np.stack([x[good], y[good]], axis=1), norm[good]
    rough = np.round(points, 2)  # where the Hessian is singular Newton only creeps, and many starts stop beside one point
    with np.errstate(all="ignore"):
        better = np.hypot(*gradient(rough[:, 0], rough[:, 1])) <= norms
    return np.unique(np.where(better[:, None], rough, np.round(points, 5)) + 0.0, axis=0)[:most]
