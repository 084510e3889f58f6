"""Points for generative adversarial networks to imitate: generated, seeded, in the square [-3, 3]², painted, or uploaded.

| name | what |
| --- | --- |
| line | a straight line from (-2.2, -1.4) to (2.2, 1.4), σ = 0.06 across |
| ring | a circle of radius 2, σ = 0.1 |
| ring8 | eight normal clouds on a circle of radius 2, σ = 0.1 |
| grid25 | 5 × 5 normal clouds, one apart, σ = 0.08 |
| moons | two interleaved half circles, σ = 0.08 |
| spiral | one arm of 1½ turns, σ = 0.06 |
| blobs | three normal clouds on a circle of radius 2, σ = 0.25 |
| drawn | evenly spread over the painted cells of a 24 × 24 grid |
| upload | a student's own points, scaled to fit; a fifth of them, drawn by the seed, is set aside |
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.points import DOMAIN
from core.specs.gan import SIDE

BOUND = 3.0  # the picture shows [-BOUND, BOUND] in both directions
SET_ASIDE = 2000  # fresh points of data that can be drawn again
SIGMA = {"ring8": 0.1, "grid25": 0.08, "blobs": 0.25}


@dataclass(frozen=True)
class Mixture:
    """x (n, 2) float32: the real points to learn from; fresh (m, 2): others, that nobody has learned from; centres (k, 2) and sigma: the
    clouds that can be counted, none where k = 0."""

    x: np.ndarray
    fresh: np.ndarray
    centres: np.ndarray
    sigma: float


def load(name: str, *, points: int, seed: int, drawn: str = "", upload: dict[str, np.ndarray] | None = None) -> Mixture:
    """The real points of a dataset. Equal arguments give equal points. ValueError names an unknown dataset, or an upload that is not
    here."""
    rng = np.random.default_rng([seed, 8])
    if name == "upload":
        if upload is None:
            raise ValueError("the uploaded points are not here")
        x = upload["x"].astype(np.float32)[rng.permutation(len(upload["x"]))] * (BOUND / DOMAIN)
        kept = max(len(x) * 4 // 5, 1)
        return Mixture(x[:kept], x[kept:], np.zeros((0, 2), np.float32), 0.0)
    x = sample(name, points + SET_ASIDE, rng, drawn).astype(np.float32)
    return Mixture(x[:points], x[points:], centres(name), SIGMA.get(name, 0.0))


def centres(name: str) -> np.ndarray:
    """The middles of the clouds that can be counted: (k, 2) float32."""
    if name in ("ring8", "blobs"):
        count = 8 if name == "ring8" else 3
        angle = 2 * np.pi * np.arange(count) / count + (0 if name == "ring8" else np.pi / 2)
        return (2 * np.stack([np.cos(angle), np.sin(angle)], 1)).astype(np.float32)
    if name == "grid25":
        line = np.arange(5.0) - 2
        return np.stack(np.meshgrid(line, line), -1).reshape(-1, 2).astype(np.float32)
    return np.zeros((0, 2), np.float32)


def sample(name: str, n: int, rng: np.random.Generator, drawn: str = "") -> np.ndarray:
    """n points of a dataset that can be drawn: (n, 2). ValueError for another name."""
    if name in SIGMA:
        middle = centres(name)
        return middle[rng.integers(len(middle), size=n)] + rng.normal(0, SIGMA[name], (n, 2))
    if name == "line":
        return rng.uniform(-1, 1, (n, 1)) * [2.2, 1.4] + rng.normal(0, 0.06, (n, 2))
    if name == "ring":
        angle = rng.uniform(0, 2 * np.pi, n)
        return 2 * np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.1, (n, 2))
    if name == "moons":
        angle, lower = rng.uniform(0, np.pi, n), rng.integers(2, size=n)
        x = np.where(lower == 0, [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]).T
        return (x - [0.5, 0.25]) * [1.5, 2.0] + rng.normal(0, 0.08, (n, 2))
    if name == "spiral":
        t = np.sqrt(rng.uniform(0.02, 1, n))  # evenly along the arm, which grows longer with each turn
        return 2.4 * t[:, None] * np.stack([np.sin(3 * np.pi * t), np.cos(3 * np.pi * t)], 1) + rng.normal(0, 0.06, (n, 2))
    if name == "drawn":
        rows, columns = np.nonzero(cells(drawn))
        i = rng.integers(len(rows), size=n)
        place = np.stack([columns[i], SIDE - 1 - rows[i]], 1) + rng.random((n, 2))
        return place * (2 * BOUND / SIDE) - BOUND
    raise ValueError(f"dataset {name!r} is not one of {', '.join(SIGMA)}, line, ring, moons, spiral, drawn, upload")


def cells(drawn: str) -> np.ndarray:
    """The painted cells (24, 24) of a drawing, bool, row 0 at the top: 144 hexadecimal digits row by row, or "" for a heart."""
    if drawn:
        return np.unpackbits(np.frombuffer(bytes.fromhex(drawn), np.uint8)).reshape(SIDE, SIDE).astype(bool)
    line = (np.arange(SIDE) + 0.5) / SIDE * 2.8 - 1.4
    x, y = np.meshgrid(line, -line)
    return (x * x + y * y - 1) ** 3 - x * x * y ** 3 <= 0


def written(painted: np.ndarray) -> str:
    """A drawing (24, 24) as `cells` reads it."""
    return np.packbits(painted.astype(bool)).tobytes().hex()
