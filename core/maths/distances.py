"""How far two clouds of points of the plane are from each other: measures that stay finite, and that can be had from samples.

The Kullback-Leibler divergence is none of them: where one cloud has points and the other has none it is infinite, which is nearly always
so of two samples, and says nothing about how far apart they are.
"""

from __future__ import annotations

import numpy as np

DIRECTIONS, WIDTHS, CELLS = 32, (1.0, 0.5, 0.25), 24
COVERED, NEAR = 0.01, 3.0  # a mode is covered when this share of all samples lies within so many σ of it


def directions(count: int = DIRECTIONS) -> np.ndarray:
    """Unit vectors evenly spread over half a turn: (count, 2)."""
    angle = np.pi * np.arange(count) / count
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def sliced_wasserstein(a: np.ndarray, b: np.ndarray, along: np.ndarray | None = None) -> float:
    """The mean over directions of how far, on average, points must be moved along each to turn one cloud into the other.

    a (n, 2), b (m, 2); along (k, 2): unit vectors, by default `directions()`. That is Wasserstein's distance of order 1 between the
    projections (Rabin et al., Wasserstein barycenter and its application to texture mixing, 2011), which on a line needs no more than
    sorting; in the unit of the points, 0 for equal clouds. Infinite where a point is not finite.
    """
    along = directions() if along is None else along
    u, v = np.sort(along @ a.T, 1), np.sort(along @ b.T, 1)
    if not (np.isfinite(u).all() and np.isfinite(v).all()):
        return float("inf")
    if u.shape == v.shape:
        return float(np.abs(u - v).mean())
    shares = np.union1d(np.arange(1, len(a) + 1) / len(a), np.arange(1, len(b) + 1) / len(b))
    middle = shares - np.diff(shares, prepend=0.0) / 2  # both quantile functions are level between two shares
    apart = u[:, (middle * len(a)).astype(int)] - v[:, (middle * len(b)).astype(int)]
    return float((np.abs(apart) @ np.diff(shares, prepend=0.0)).mean())


def kernel(a: np.ndarray, b: np.ndarray) -> float:
    """The mean over all pairs of the mean of Gaussian kernels with standard deviations WIDTHS."""
    wide = np.exp(squares(a, b) * -0.5)
    middle = np.square(np.square(wide))  # half the width: the fourth power, which is quicker than another exponential
    return float(wide.mean() + middle.mean() + np.square(np.square(middle)).mean()) / len(WIDTHS)


def squares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The squared distances between points (n, 2) and (m, 2): (n, m)."""
    return np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T, 0)


def mmd(a: np.ndarray, b: np.ndarray, own: float | None = None) -> float:
    """Maximum mean discrepancy of clouds a (n, 2) and b (m, 2): how far the means of their features are apart, where the features are
    those of `kernel` (Gretton et al., A kernel two-sample test, 2012, equation 5). From 0 for equal clouds to √2. own: kernel(b, b), where
    it is known. Not a number where a point is not finite."""
    square = kernel(a, a) + (kernel(b, b) if own is None else own) - 2 * kernel(a, b)
    return float(np.sqrt(max(square, 0.0))) if np.isfinite(square) else float("nan")


def density(a: np.ndarray, bound: float, cells: int = CELLS) -> np.ndarray:
    """The share of points (n, 2) in each cell of a grid over [-bound, bound]²: (cells²,), row by row from the lowest x₂. What lies outside
    counts to the nearest cell."""
    place = np.clip((np.nan_to_num(a, nan=bound) + bound) * (cells / (2 * bound)), 0, cells - 1).astype(int)
    return np.bincount(place[:, 1] * cells + place[:, 0], minlength=cells * cells) / len(a)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    """The Jensen-Shannon divergence of two distributions over the same cells, in bits: 0 where they are equal, 1 where no cell has some of
    both (Lin, Divergence measures based on the Shannon entropy, 1991)."""
    middle = (p + q) / 2

    def apart(one: np.ndarray) -> float:
        there = one > 0
        return float((one[there] * np.log2(one[there] / middle[there])).sum())

    return max((apart(p) + apart(q)) / 2, 0.0)


def modes(a: np.ndarray, centres: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """The share of points (n, 2) within NEAR · σ of each of k centres (k, 2), float32, and whether that is COVERED or more, uint8."""
    share = (squares(a, centres) <= (NEAR * sigma) ** 2).mean(0)
    return share.astype(np.float32), (share >= COVERED).astype(np.uint8)
