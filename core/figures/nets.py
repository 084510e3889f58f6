"""Heights over a grid: as a net of triangles in space, and the lines of equal height on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from core.figures.values import numbers

Array = np.ndarray


def triangles(rows: int, columns: int) -> Array:
    """The corners of the triangles that a grid of points is made of, two a cell: (triangles, 3) places in the flat grid.

    Cell by cell from the far end, as the camera stands at first: a translucent surface shows what is behind it, if that is drawn before.
    """
    corner = (np.arange(rows - 1)[::-1, None] * columns + np.arange(columns - 1)[::-1]).ravel()
    pairs = [[corner + 1, corner + columns + 1, corner + columns], [corner, corner + 1, corner + columns]]
    return np.stack([np.stack(pair, axis=1) for pair in pairs], axis=1).reshape(-1, 3)


def level_lines(x: Array, y: Array, z: Array, levels: Iterable[float], most: float = np.inf) -> tuple[list[Any], list[Any], list[Any]]:
    """Where the triangles over a grid reach heights, as one line with gaps: x, y, z.

    x (columns,), y (rows,), z (rows, columns); where z is nan there is nothing. If that takes more than `most` points, as on an egg box,
    only every second height has a line, or every third, …: they show its form as well. One always has.
    """
    across, up = (part.ravel() for part in np.meshgrid(x, y))
    heights, corners = z.ravel(), triangles(*z.shape)
    corners = corners[np.isfinite(heights[corners]).all(axis=1)]
    parts: list[list[list[float]]] = []
    for height in levels:
        found: list[list[float]] = [[], [], []]
        parts.append(found)
        above = heights[corners] > height
        alone = above ^ (above.sum(axis=1, keepdims=True) == 2)  # the corner on its own side: the line crosses the two edges there
        cut = above.sum(axis=1) % 3 > 0
        own = corners[cut, alone[cut].argmax(axis=1)]
        others = corners[cut][~alone[cut]].reshape(-1, 2)
        edges = np.sort(np.stack([np.stack([own, others[:, k]], axis=1) for k in (0, 1)], axis=1), axis=2)  # (segments, 2 ends, 2)
        if not len(edges):
            continue
        names, ends = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True)
        a, b = names.T
        share = (height - heights[a]) / (heights[b] - heights[a])
        places = across[a] + share * (across[b] - across[a]), up[a] + share * (up[b] - up[a])
        for chain in _chains(ends.reshape(-1, 2)):
            for line, values in zip(found, (*places, np.full(len(names), height)), strict=True):
                line += [*values[chain], np.nan]
    chosen = parts
    for k in range(1, len(parts) + 1):
        chosen = parts[(len(parts) - 1) % k // 2::k]
        if sum(len(part[0]) for part in chosen) <= most:
            break
    return tuple(numbers([v for part in chosen for v in part[axis]], 4) for axis in range(3))  # type: ignore[return-value]


def _chains(segments: Array) -> list[list[int]]:
    """Segments (n, 2) between numbered points, put together to lines as long as possible; open ones from their ends."""
    ways: dict[int, list[int]] = {}
    for a, b in segments.tolist():
        ways.setdefault(a, []).append(b)
        ways.setdefault(b, []).append(a)
    found = []
    for start in [*(p for p, ends in ways.items() if len(ends) == 1), *ways]:
        while ways[start]:
            chain, at = [start], start
            while ways[at]:
                following = ways[at].pop()
                ways[following].remove(at)
                chain.append(at := following)
            found.append(chain)
    return found


def mesh(x: Array, y: Array, z: Array, **more: Any) -> dict[str, Any]:
    """Heights over a grid as a net of triangles, with holes where they are nan. x (columns,), y (rows,), z (rows, columns).

    With a colorscale it is coloured by height. A trace of the type "surface" would be refined to 360 × 360 points before it is drawn, and
    again whenever anything beside it moves.
    """
    whole = triangles(*z.shape)
    whole = whole[np.isfinite(z.ravel()[whole]).all(axis=1)]
    across, up = np.meshgrid(x, y)
    known = np.nan_to_num(z, nan=float(np.nanmean(z)) if np.isfinite(z).any() else 0.0)
    trace = {"type": "mesh3d", **{name: numbers(part.ravel()) for name, part in zip("xyz", (across, up, known), strict=True)},
            **{name: whole[:, k].tolist() for k, name in enumerate("ijk")}, **more}
    return trace | {"intensity": trace["z"]} if "colorscale" in more else trace


def height_on(x: Array, y: Array, z: Array, places: Array) -> Array:
    """How high the net over an even grid is at places (n, 2), those outside at its edge: (n,); nan over a hole."""
    i = np.clip((places[:, 0] - x[0]) / (x[1] - x[0]), 0, len(x) - 1.001)
    j = np.clip((places[:, 1] - y[0]) / (y[1] - y[0]), 0, len(y) - 1.001)
    a, b, s, t = i.astype(int), j.astype(int), i % 1, j % 1
    right, up = z[b, a + 1], z[b + 1, a]  # the two triangles of a cell meet between these
    near = z[b, a] + s * (right - z[b, a]) + t * (up - z[b, a])
    far = z[b + 1, a + 1] + (1 - s) * (up - z[b + 1, a + 1]) + (1 - t) * (right - z[b + 1, a + 1])
    return np.where(s + t <= 1, near, far)
