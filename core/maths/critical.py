"""Critical points of a function of two variables, and their kind by the Hessian's eigenvalues."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
FLAT = 1e-9  # of an eigenvalue, measured against the larger one: derivatives by rule are wrong by rounding alone
NEAR = 1e-3  # a Newton step that is shorter ends in the critical point where one stands
MOST = 40


def kind(hessian: Array) -> str:
    """ "minimum", "maximum", "saddle" or "flat" (an eigenvalue is 0: the second derivatives do not decide). hessian: (2, 2)."""
    low, high = np.linalg.eigvalsh(hessian)
    least = FLAT * max(abs(low), abs(high))
    if abs(low) <= least or abs(high) <= least:
        return "flat"
    return "minimum" if low > 0 else "maximum" if high < 0 else "saddle"


def newton_step(slope: Array, hessian: Array) -> Array:
    """The way to the critical point that a gradient and a Hessian promise, as short as can be where the Hessian is singular: (2,).

    slope: (2,); hessian: (2, 2), symmetric.
    """
    return -np.linalg.pinv(hessian, rcond=FLAT, hermitian=True) @ slope


def critical(slope: Array, hessian: Array, steepest: float) -> bool:
    """Whether a critical point is here: Newton's step to it is short and takes the whole gradient away.

    slope: (2,); hessian: (2, 2); steepest: how long gradients of this surface are.
    """
    step = newton_step(slope, hessian)
    return bool(np.linalg.norm(step) < NEAR and np.linalg.norm(slope + hessian @ step) <= 1e-6 * steepest)


def critical_points(gradient: Callable[[Array, Array], Array], hessian: Callable[[Array, Array], Array], reach: float, *, starts: int = 25,
                    rounds: int = 30, most: int = MOST) -> Array:
    """Where the gradient is 0 within ±reach in both variables: (points, 2), sorted by x, then y; at most `most`, those in the middle.

    Newton's method from a grid of starts at once; gradient: x, y → (2, …), hessian: x, y → (2, 2, …). Where the gradient is 0 along a
    line some of its points are found.
    """
    edge = np.linspace(-reach, reach, starts)
    x, y = (axis.ravel() for axis in np.meshgrid(edge, edge))
    with np.errstate(all="ignore"):
        norms = np.hypot(*gradient(x, y))
        norms = norms[np.isfinite(norms) & (norms > 0)]
        least = 1e-7 * min(1.0, float(np.median(norms))) if norms.size else 1e-7
        length, going = np.zeros_like(x), np.arange(x.size)
        for _ in range(rounds):
            dx, dy = _steps(gradient(x[going], y[going]), hessian(x[going], y[going]))
            length[going] = size = np.hypot(dx, dy)
            short = np.minimum(1, 0.5 / np.maximum(size, 1e-300))
            x[going], y[going] = x[going] - dx * short, y[going] - dy * short
            going = going[size > 1e-15]  # who has arrived stays, and who has no next step
        norm = np.hypot(*gradient(x, y))
    # far out on e^(-x²) the gradient is short as well, but the next step is not
    good = np.isfinite(norm) & (norm < least) & (length < NEAR) & (np.abs(x) <= reach + 1e-9) & (np.abs(y) <= reach + 1e-9)
    points, norm = np.stack([x[good], y[good]], axis=1), norm[good]
    for digits in (12, 5, 2):  # where the Hessian is singular Newton only creeps, and many starts stop beside one point
        rough = np.round(points, digits) + 0.0
        with np.errstate(all="ignore"):
            found = np.hypot(*gradient(rough[:, 0], rough[:, 1]))
        better = found <= np.maximum(norm, 1e-6 * least)
        points, norm = np.where(better[:, None], rough, points), np.where(better, found, norm)
    kept = np.zeros((0, 2))
    for k in np.lexsort((points[:, 1], points[:, 0], np.round(np.hypot(*points.T), 6), norm > 1e-3 * least)):
        if (np.hypot(*(points[k] - kept).T) > NEAR).all():
            kept = np.append(kept, points[k][None], axis=0)
    middle = kept[np.argsort(np.hypot(*kept.T), kind="stable")[:most]]
    return middle[np.lexsort((middle[:, 1], middle[:, 0]))]


def _steps(g: Array, h: Array) -> tuple[Array, Array]:
    """Newton's steps at many places; where the Hessian is singular, along the one direction that it bends in. g: (2, n); h: (2, 2, n)."""
    size = h[0, 0] ** 2 + h[0, 1] ** 2 + h[1, 0] ** 2 + h[1, 1] ** 2
    det = h[0, 0] * h[1, 1] - h[0, 1] * h[1, 0]
    singular, size = np.abs(det) <= FLAT * size, np.where(size > 0, size, np.inf)
    det = np.where(singular, np.nan, det)
    return (np.where(singular, (h[0, 0] * g[0] + h[0, 1] * g[1]) / size, (h[1, 1] * g[0] - h[0, 1] * g[1]) / det),
            np.where(singular, (h[1, 0] * g[0] + h[1, 1] * g[1]) / size, (h[0, 0] * g[1] - h[1, 0] * g[0]) / det))
