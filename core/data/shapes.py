"""Ten drawn shapes, 32×32 in colour: made by NumPy from a seed, so that images to learn from are there without a network.

Each image holds one shape at a random place, of a random size, turned by any angle, in a random colour on a darker ground that goes from
one random colour to another, with coarse stains and fine noise. Neither colour nor place tells the class: only the outline does.
(Shapes darker or lighter than their ground by chance keep a small network at chance level for many epochs.)

An outline is a function of places (u, v) that is negative inside and grows by about 1 per unit of length, the shape being as large
as the circle of radius 1; unions are minima and sections maxima (see https://iquilezles.org/articles/distfunctions2d/).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.i18n import N_

SIDE = 32  # pixels
CLASSES = (N_("circle"), N_("square"), N_("triangle"), N_("star"), N_("cross"), N_("ring"), N_("heart"), N_("crescent"), N_("arrow"),
           N_("ellipse"))
CHUNK = 256  # images drawn at once, which bounds the memory at work
SMALLEST, LARGEST = 7.5, 13.0  # pixels, the radius of a shape
CONTRAST = 0.35  # by which a shape's mean colour value is above its ground's at least, black being 0 and white 1

Outline = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _box(u: np.ndarray, v: np.ndarray, width: float, height: float) -> np.ndarray:
    return np.maximum(np.abs(u) - width, np.abs(v) - height)


def _triangle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Equilateral, its corners on the circle of radius 1, one of them at (1, 0)."""
    return np.maximum(u * 0.5 + np.abs(v) * (3 ** 0.5 / 2), -u) - 0.5


def _star(u: np.ndarray, v: np.ndarray, points: int = 5, inner: float = 0.42) -> np.ndarray:
    """All tips are folded onto the one at (1, 0), whose edge goes on to the dent between it and the next."""
    sector = np.pi / points
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    folded = np.abs((angle + sector) % (2 * sector) - sector)
    dent = inner * np.cos(sector), inner * np.sin(sector)
    normal = np.array([dent[1], 1 - dent[0]]) / np.hypot(dent[1], 1 - dent[0])
    return (radius * np.cos(folded) - 1) * normal[0] + radius * np.sin(folded) * normal[1]


def _heart(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A square that stands on a corner, and a disc on each of its two upper sides."""
    a, b = (u + v) / 2 ** 0.5 + 0.2, (v - u) / 2 ** 0.5 + 0.2
    side = 0.55
    return np.minimum(_box(a, b, side, side), np.minimum(np.hypot(a - side, b), np.hypot(a, b - side)) - side)


def _arrow(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    head = np.maximum((u - 1) * 0.62 + np.abs(v) * 0.785, 0.05 - u)
    return np.minimum(_box(u + 0.4, v, 0.6, 0.2), head)


OUTLINES: tuple[Outline, ...] = (
    lambda u, v: np.hypot(u, v) - 0.85,
    lambda u, v: _box(u, v, 0.75, 0.75),
    _triangle,
    _star,
    lambda u, v: np.minimum(_box(u, v, 0.95, 0.28), _box(u, v, 0.28, 0.95)),
    lambda u, v: np.abs(np.hypot(u, v) - 0.7) - 0.22,
    _heart,
    lambda u, v: np.maximum(np.hypot(u, v) - 0.95, 0.78 - np.hypot(u - 0.5, v)),
    _arrow,
    lambda u, v: (np.hypot(u, v / 0.5) - 1) * 0.6,
)


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n images (n, 32, 32, 3) uint8 and their classes (n,) int32, equally many of each, up to one. Equal arguments give equal arrays."""
    rng = np.random.default_rng([seed, 32])
    y = rng.permutation(np.arange(n) % len(CLASSES)).astype(np.int32)
    x = np.empty((n, SIDE, SIDE, 3), np.uint8)
    for start in range(0, n, CHUNK):
        x[start:start + CHUNK] = _chunk(y[start:start + CHUNK], rng)
    return x, y


def _chunk(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = len(y)
    column = lambda low, high: rng.uniform(low, high, (n, 1, 1)).astype(np.float32)  # noqa: E731
    size = column(SMALLEST, LARGEST)
    reach = 0.8 * (SIDE / 2 - 0.75 * size)  # a tip may leave the picture, the shape may not
    across, down = column(-1, 1) * reach, column(-1, 1) * reach
    angle = column(0, 2 * np.pi)
    places = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    dx, dy = places[None, None, :] - across, places[None, :, None] - down
    u = (dx * np.cos(angle) + dy * np.sin(angle)) / size
    v = (dy * np.cos(angle) - dx * np.sin(angle)) / size
    distance = np.empty((n, SIDE, SIDE), np.float32)
    for kind, outline in enumerate(OUTLINES):
        at = y == kind
        distance[at] = outline(u[at], v[at])
    shape = np.clip(0.5 - distance * size, 0, 1)[..., None]  # the edge is one pixel wide
    ground = _ground(n, rng)
    colour = _colours(ground.mean(axis=(1, 2)), rng)[:, None, None, :]
    noise = rng.normal(0, 1, (n, SIDE, SIDE, 3)).astype(np.float32) * column(0.01, 0.05)[..., None]
    return np.rint(255 * np.clip(ground + (colour - ground) * shape + noise, 0, 1)).astype(np.uint8)


def _ground(n: int, rng: np.random.Generator) -> np.ndarray:
    """Grounds (n, 32, 32, 3), about 0 to 1: one colour that goes over into another in any direction, with stains 8 pixels wide."""
    first = rng.uniform(0, 0.6, (n, 1, 1, 3)).astype(np.float32)
    second = np.clip(first + rng.uniform(-0.3, 0.3, (n, 1, 1, 3)), 0, 0.7).astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi, (n, 1, 1)).astype(np.float32)
    places = np.linspace(-1, 1, SIDE, dtype=np.float32)
    along = 0.5 + 0.35 * (places[None, None, :] * np.cos(angle) + places[None, :, None] * np.sin(angle))
    coarse = rng.normal(0, 0.04, (n, 5, 5, 1)).astype(np.float32)
    at = np.linspace(0, 4, SIDE)
    weights = np.maximum(1 - np.abs(at[:, None] - np.arange(5)), 0).astype(np.float32)  # (32, 5), linear in between
    stains = np.einsum("ai,nijc,bj->nabc", weights, coarse, weights, optimize=True)
    return first + (second - first) * along[..., None] + stains


def _colours(grounds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A colour (n, 3) for each ground (n, 3), brighter than it by at least CONTRAST."""
    colours = rng.uniform(0, 1, grounds.shape)
    while (near := colours.mean(1) < np.minimum(grounds.mean(1), 0.6) + CONTRAST).any():
        colours[near] = rng.uniform(0, 1, (int(near.sum()), 3))
    return colours.astype(np.float32)
