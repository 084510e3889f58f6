"""Linear algebra of the plane and of space, with NumPy: angles, projections, eigenvalues, powers, low rank, principal axes.

Vectors are (d,) arrays, matrices (rows, columns); angles are in degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
TINY = 1e-9


def angle_between(u: Array, v: Array) -> float:
    """The angle from 0 to 180 between two vectors; nan if one of them is 0."""
    lengths = np.linalg.norm(u) * np.linalg.norm(v)
    return float(np.degrees(np.arccos(np.clip(u @ v / lengths, -1, 1)))) if lengths > TINY else float("nan")


def projection(u: Array, v: Array) -> Array:
    """The shadow of u on the line of v: (u·v / v·v) v. Zeros if v is 0."""
    square = float(v @ v)
    return (u @ v / square) * v if square > TINY else np.zeros_like(v, dtype=float)


def turns(matrix: Array, v: Array) -> Array:
    """By how much a 2×2 matrix turns each of the vectors v (n, 2): the angle from v to Av, (n,) in (-180, 180], counter-clockwise;
    nan where Av or v is 0.
    """
    image = v @ matrix.T
    x, y, p, q = v[:, 0], v[:, 1], image[:, 0], image[:, 1]
    found = np.degrees(np.arctan2(x * q - y * p, x * p + y * q))
    return np.where(np.hypot(p, q) * np.hypot(x, y) > TINY, found, np.nan)


def turn(matrix: Array, v: Array) -> float:
    """The same for one vector (2,)."""
    return float(turns(matrix, v[None])[0])


@dataclass(frozen=True)
class Eigen:
    """The eigenvalues of a 2×2 matrix, the greater first, and its real eigenvectors.

    kind: "two" (two lines stay), "all" (a multiple of I: every line stays), "one" (one line stays), "none" (complex).
    vectors: unit vectors (2,), one a line that stays, with the eigenvalues in the same order.
    """

    kind: str
    values: tuple[complex, complex]
    vectors: tuple[Array, ...]


def eigen(matrix: Array, tolerance: float = 1e-13) -> Eigen:
    """Eigenvalues of a 2×2 matrix from trace and determinant, λ = (t ± √(t² - 4 det)) / 2, its eigenvectors from A - λI.

    tolerance: a quarter of the discriminant, by the size of A squared, that counts as 0. It only forgives rounding: 1 ± 0.0001 are two.
    """
    (a, b), (c, d) = matrix
    half, gap = (a + d) / 2, ((a - d) / 2) ** 2 + b * c  # gap: a quarter of the discriminant, without its rounding errors
    size = max(1.0, float(np.abs(matrix).max())) ** 2
    if gap < -tolerance * size:
        root = np.sqrt(-gap)
        return Eigen("none", (complex(half, root), complex(half, -root)), ())
    if gap <= tolerance * size:
        if np.abs(matrix - half * np.eye(2)).max() <= np.sqrt(tolerance * size):
            return Eigen("all", (complex(half), complex(half)), (np.array([1.0, 0.0]), np.array([0.0, 1.0])))
        return Eigen("one", (complex(half), complex(half)), (_kernel(matrix - half * np.eye(2)),))
    root = np.sqrt(gap)
    values = half + root, half - root
    return Eigen("two", (complex(values[0]), complex(values[1])), tuple(_kernel(matrix - value * np.eye(2)) for value in values))


def _kernel(matrix: Array) -> Array:
    """A unit vector that a singular 2×2 matrix sends to 0, its first number positive (or its second, if that is 0)."""
    row = matrix[np.argmax(np.abs(matrix).sum(axis=1))]
    v = np.array([-row[1], row[0]])
    v = v / np.linalg.norm(v)
    return -v if v[0] < -TINY or (abs(v[0]) <= TINY and v[1] < 0) else v


def eigenbasis(matrix: Array) -> tuple[Array, Array] | None:
    """(V, λ) with A = V diag(λ) V⁻¹ and V (2, 2) with columns of length 1, in the order and with the signs nearest to I.

    None where no two real lines stay.
    """
    found = eigen(matrix)
    if len(found.vectors) < 2:
        return None
    first, second = found.vectors
    one, other = found.values[0].real, found.values[1].real
    tries = [(np.column_stack([s * p, t * q]), np.array([x, y])) for p, q, x, y in ((first, second, one, other), (second, first, other,
                                                                                                                  one))
             for s in (1, -1) for t in (1, -1)]
    return max(tries, key=lambda pair: float(np.trace(pair[0])))


def powers(matrix: Array, start: Array, steps: int) -> Array:
    """start, A start, A² start, …: (steps + 1, d)."""
    path = [np.asarray(start, float)]
    for _step in range(steps):
        path.append(matrix @ path[-1])
    return np.array(path)


@dataclass(frozen=True)
class Spaces:
    """rank; null: unit vectors (columns - rank, columns) that go to 0; image: unit vectors (rank, rows) that span what is reached;
    singular: the singular values, falling."""

    rank: int
    null: Array
    image: Array
    singular: Array


def spaces(matrix: Array, tolerance: float = 0.01) -> Spaces:
    """The four things that a matrix's singular value decomposition tells of its rank. tolerance: singular values below are 0."""
    left, singular, right = np.linalg.svd(matrix)
    rank = int((singular > tolerance).sum())
    return Spaces(rank, right[rank:], left[:, :rank].T, singular)


def low_rank(decomposed: tuple[Array, Array, Array], rank: int) -> Array:
    """The nearest matrix of this rank (Eckart and Young, 1936), from (U, σ, Vᵀ) as NumPy's svd gives them."""
    left, singular, right = decomposed
    return (left[:, :rank] * singular[:rank]) @ right[:rank]


def energies(singular: Array) -> Array:
    """The share of the sum of squares that the first k singular values hold, k from 1. Same shape."""
    squares = singular ** 2
    return np.cumsum(squares) / squares.sum()


def variance_along(covariance: Array, degrees: Array | float) -> Array:
    """The variance of two features along axes at these angles: w·Cw with w = (cos, sin). Same shape as `degrees`."""
    radians = np.radians(degrees)
    w = np.stack([np.cos(radians), np.sin(radians)], axis=-1)
    return np.einsum("...i,ij,...j->...", w, covariance, w)


def principal_angle(covariance: Array) -> float:
    """The angle in [0, 180) of the axis with the most variance, of a covariance matrix (2, 2)."""
    return float(np.degrees(0.5 * np.arctan2(2 * covariance[0, 1], covariance[0, 0] - covariance[1, 1]))) % 180
