"""Points for the feedforward lab: generated, seeded, in the square [-6, 6]², or uploaded.

| name | task | what |
| --- | --- | --- |
| circles | 2 classes | a disc of radius 2.5 in a ring of radii 3.5 to 5 |
| xor | 2 classes | opposite quadrants share a class |
| gaussians | 2 classes | two normal clouds around (-2, -2) and (2, 2) |
| spiral | 2 classes | two interleaved arms of 1¾ turns |
| moons | 2 classes | two interleaved half circles, those of `sklearn.datasets.make_moons`, scaled |
| blobs3, blobs4 | 3, 4 classes | normal clouds on a circle of radius 3.5 |
| plane | regression | (x₁ + x₂)/10, in [-1, 1] |
| hills | regression | two positive and two negative normal bumps, in [-1, 1] |
| features100 | 10 classes | normal clouds around 10 corners of a cube turned at random into 100 features |
| upload | 2–10 classes | a student's own points, standardized to fit the square |
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DOMAIN = 6.0  # the picture shows [-DOMAIN, DOMAIN] in both directions
CLASSES = {"circles": 2, "xor": 2, "gaussians": 2, "spiral": 2, "moons": 2, "blobs3": 3, "blobs4": 4, "plane": 0,
           "hills": 0, "features100": 10}


@dataclass(frozen=True)
class Points:
    """A dataset split three ways: the first `train` rows, then `validation` rows, then the sealed test set.

    x: (n, d) float32 inputs; y: (n,) class index as float32, or the target of a regression;
    plane: (n, 2) float32, where each point is drawn; axes: (mean (d,), directions (2, d)) that take a place in the plane to
    an input where d > 2, else None. classes: how many, 0 for a regression.
    """

    x: np.ndarray
    y: np.ndarray
    plane: np.ndarray
    classes: int
    train: int
    validation: int
    axes: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def test(self) -> int:
        return len(self.x) - self.train - self.validation

    def inputs(self, plane: np.ndarray) -> np.ndarray:
        """The inputs (m, d) that belong to places (m, 2) of the plane."""
        if self.axes is None:
            return plane
        mean, directions = self.axes
        return (mean + plane @ directions).astype(np.float32)


def load(name: str, *, points: int, noise: float, seed: int, train_share: float,
         upload: dict[str, np.ndarray] | None = None) -> Points:
    """Generate a dataset and split it. Equal arguments give equal points.

    points: how many; an upload brings its own number, and its points stay
    where they are. noise: standard deviation of what is added to every coordinate, 1 being
    a quarter of the picture's width (a regression's targets get half of `noise`, the 100 features just it). train_share: of
    training data; the rest is halved. ValueError names an unknown dataset.
    """
    rng = np.random.default_rng([seed, 7])
    axes = None
    if name == "upload":
        if upload is None:
            raise ValueError("the uploaded points are not here")
        x, y = upload["x"].astype(np.float32), upload["y"].astype(np.float32)
        classes = int(y.max()) + 1
    elif name in CLASSES:
        classes = CLASSES[name]
        x, y = _generate(name, points, noise, rng)
    else:
        raise ValueError(f"dataset {name!r} is not one of {', '.join(CLASSES)}, upload")
    order = rng.permutation(len(x))
    x, y = x[order].astype(np.float32), y[order].astype(np.float32)
    train = min(max(round(len(x) * train_share), 1), len(x) - 2)
    plane = x
    if x.shape[1] > 2:
        plane, axes = _principal_plane(x, train)
    return Points(x, y, plane, classes, train, (len(x) - train) // 2, axes)


def _generate(name: str, n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    y = np.arange(n) % max(CLASSES[name], 1)
    spread = noise * DOMAIN / 2
    if name == "circles":
        radius = np.where(y == 0, 2.5 * np.sqrt(rng.random(n)), 3.5 + 1.5 * rng.random(n))
        angle = rng.random(n) * 2 * np.pi
        x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    elif name == "xor":
        x = rng.uniform(0.3, 5, (n, 2)) * rng.choice([-1, 1], (n, 1))
        x[:, 1] *= np.where(y == 0, 1, -1)
    elif name == "gaussians":
        x = rng.normal(0, 1, (n, 2)) + np.where(y == 0, -2, 2)[:, None]
    elif name == "spiral":
        t = (np.arange(n) // 2) / max((n + 1) // 2, 1)
        angle = 1.75 * 2 * np.pi * t + np.pi * y
        x = 5 * t[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    elif name == "moons":
        angle = np.pi * (np.arange(n) // 2) / max((n - 1) // 2, 1)
        x = np.where(y == 0, [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]).T
        x = (x - [0.5, 0.25]) * [3.2, 4.5]
    elif name in ("blobs3", "blobs4"):
        angle = 2 * np.pi * (y + 0.25) / CLASSES[name]
        x = 3.5 * np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.9, (n, 2))
    elif name == "features100":
        bits = rng.choice(1 << 9, 10, replace=False)[:, None] >> np.arange(9) & 1
        corners = np.hstack([bits, bits.sum(1, keepdims=True) % 2]) * 4.0 - 2  # the last bit keeps any two corners apart by 2
        informative = corners[y] + rng.normal(0, 1, (n, 10))
        turn, _ = np.linalg.qr(rng.normal(0, 1, (100, 100)))
        x = np.hstack([informative, rng.normal(0, 1, (n, 90))]) @ turn
        return x / 1.2 + rng.normal(0, noise, x.shape), y
    else:
        x = rng.uniform(-5.5, 5.5, (n, 2))
        if name == "plane":
            target = x.sum(1) / 10
        else:
            target = sum(sign * np.exp(-((x - centre) ** 2).sum(1) / 5)
                         for sign, centre in ((1, (-3, 3)), (1, (3, -3)), (-1, (3, 3)), (-1, (-3, -3))))
        return x, np.clip(target + rng.normal(0, noise / 2, n), -1, 1)
    return x + rng.normal(0, 1, (n, 2)) * spread, y


def _principal_plane(x: np.ndarray, train: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Where points with many features are drawn: their first two principal components over the training points.

    The components are scaled so that nearly all points lie in the picture. Returns places (n, 2) and the axes that
    take a place back to an input.
    """
    mean = x[:train].mean(0)
    _, _, rows = np.linalg.svd(x[:train] - mean, full_matrices=False)
    directions = rows[:2] if len(rows) > 1 else np.vstack([rows, np.zeros_like(rows)])
    places = (x - mean) @ directions.T
    scale = max(float(np.quantile(np.abs(places), 0.995)) / (DOMAIN * 0.92), 1e-6)
    return (places / scale).astype(np.float32), (mean, (directions * scale).astype(np.float32))


def features(x: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """What the network is shown of points (n, 2): the named features (n, len(names)), float32."""
    a, b = x[:, 0], x[:, 1]
    known = {"x1": a, "x2": b, "x1²": a * a, "x2²": b * b, "x1x2": a * b, "sin x1": np.sin(a), "sin x2": np.sin(b)}
    return np.stack([known[name] for name in names], 1).astype(np.float32)
