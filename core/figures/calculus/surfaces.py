"""Formulas in two variables as surfaces and contours, and their slopes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from core.figures.calculus.common import GAP, SIDE, numbers, rounded, window
from core.figures.theme import SEQUENTIAL, axis, colour
from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.expressions import parse
from core.maths.rules import differentiate
from core.maths.tree import Expression

Array = np.ndarray
EDGE, CELLS, LEVELS = 2.3, 41, 12
GRID = np.linspace(-EDGE, EDGE, CELLS)
AXIS = numbers(GRID)


@dataclass(frozen=True)
class Surface:
    """A formula f(x, y) with its partial derivatives."""

    tree: Expression
    partials: tuple[Expression, Expression]
    seconds: tuple[tuple[Expression, Expression], tuple[Expression, Expression]]

    def __call__(self, x: Any, y: Any) -> Array:
        return self.tree.evaluate(x=x, y=y)

    def gradient(self, x: Any, y: Any) -> Array:
        """(2, …)"""
        return np.stack([p.evaluate(x=x, y=y) for p in self.partials])

    def hessian(self, x: Any, y: Any) -> Array:
        """(2, 2, …)"""
        return np.stack([np.stack([p.evaluate(x=x, y=y) for p in row]) for row in self.seconds])

    def smooth(self, x: float, y: float) -> bool:
        """Whether it has a gradient there, as far as can be told: on all sides the slopes, and the heights, are the same."""
        turn = np.radians(np.arange(11.25, 360, 22.5))
        around = x + SIDE * np.cos(turn), y + SIDE * np.sin(turn)
        slopes, heights = self.gradient(*around), self(*around) - self(x, y)
        if not np.isfinite(slopes).all():
            return True
        return bool((np.ptp(slopes, axis=1) < GAP * (1 + np.abs(slopes).min(axis=1))).all() and np.abs(heights).max() < GAP)

    def at(self, x: float, y: float) -> tuple[float, Array]:
        """Value and gradient. Trouble where there is none."""
        value, slope = float(self(x, y)), self.gradient(x, y)
        if not (math.isfinite(value) and np.isfinite(slope).all()):
            raise Trouble(Message(N_("{formula} has no value or no slope at ({x:.3g}, {y:.3g}). Move the point, or type another formula."),
                                  {"formula": self.tree.text()[:60], "x": x, "y": y}))
        return value, slope

    @cached_property
    def heights(self) -> Array:
        """Over GRID × GRID, rows of equal y."""
        return self(GRID[None, :], GRID[:, None])

    @cached_property
    def clipped_rows(self) -> list[Any]:
        """Within the window, for colours."""
        return numbers(np.clip(self.heights, *self.window))

    @cached_property
    def levels(self) -> Array:
        """The heights of its contour lines."""
        return np.linspace(*self.window, LEVELS + 1)[1:-1]

    @cached_property
    def window(self) -> tuple[float, float]:
        return window(self.heights)

    @cached_property
    def steepest(self) -> float:
        """The norm of the gradient that is not passed in nearly all of the plane: what axes of slopes go by."""
        norms = np.hypot(*self.gradient(GRID[None, ::4], GRID[::4, None]))
        known = norms[np.isfinite(norms)]
        return max(rounded(float(np.quantile(known, 0.97)), 2), 0.1) if known.size else 1.0


@lru_cache(maxsize=64)
def surface(text: str) -> Surface:
    """A typed formula in x and y. Trouble if it is none."""
    tree = parse(text, ("x", "y"))
    a, b = differentiate(tree, "x"), differentiate(tree, "y")
    return Surface(tree, (a, b), ((differentiate(a, "x"), differentiate(a, "y")), (differentiate(b, "x"), differentiate(b, "y"))))


@lru_cache(maxsize=64)
def contours(f: Surface) -> tuple[dict[str, Any], dict[str, Any]]:
    """A quiet colour of the height, and contour lines over it. (Plotly's own contours take four times as long to draw again.)"""
    low, high = f.window
    x, y, _z = level_lines(GRID, GRID, f.heights, f.levels)
    return ({"type": "heatmap", "x": AXIS, "y": AXIS, "z": f.clipped_rows, "zsmooth": "fast", "colorscale": SEQUENTIAL, "zmin": low,
             "zmax": high, "showscale": False, "opacity": 0.7, "hovertemplate": "(%{x:.2f}, %{y:.2f}): %{z:.3g}<extra></extra>"},
            {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": {"width": 1, "color": colour("border")}})


def level(f: Surface, value: float, token: str = "text") -> dict[str, Any]:
    """The one contour line at a height."""
    x, y, _z = level_lines(GRID, GRID, f.heights, (value,))
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": {"width": 2.4, "color": colour(token)}}


def plane(**more: Any) -> dict[str, Any]:
    """Of a layout: a square piece of the plane."""
    return {"xaxis": axis("x", range=[-EDGE, EDGE], dtick=1, constrain="domain"),
            "yaxis": axis("y", range=[-EDGE, EDGE], dtick=1, scaleanchor="x", constrain="domain"),
            "margin": {"l": 34, "r": 6, "t": 6, "b": 32}, **more}


def space(low: float, high: float, title: str = "f", *, eye: tuple[float, float, float] = (-1.35, -1.5, 0.95)) -> dict[str, Any]:
    """Of a layout: a room with three axes."""
    quiet = {"gridcolor": colour("grid"), "zeroline": False, "showbackground": False, "color": colour("muted"), "tickfont": {"size": 9}}
    named = lambda text, **more: {**quiet, "title": {"text": text, "font": {"size": 11}}, **more}  # noqa: E731
    return {"scene": {"xaxis": named("x", range=[-EDGE, EDGE], dtick=1), "yaxis": named("y", range=[-EDGE, EDGE], dtick=1),
                      "zaxis": named(title, range=[low, high], nticks=5), "aspectmode": "cube",
                      "camera": {"eye": dict(zip("xyz", eye, strict=True))}, "uirevision": "keep", "dragmode": "orbit"},
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}


def triangles(rows: int, columns: int) -> Array:
    """The corners of the triangles that a grid of points is made of, two a cell: (triangles, 3) places in the flat grid.

    Cell by cell from the far end, as the camera stands at first: a translucent surface shows what is behind it, if that is drawn before.
    """
    corner = (np.arange(rows - 1)[::-1, None] * columns + np.arange(columns - 1)[::-1]).ravel()
    pairs = [[corner + 1, corner + columns + 1, corner + columns], [corner, corner + 1, corner + columns]]
    return np.stack([np.stack(pair, axis=1) for pair in pairs], axis=1).reshape(-1, 3)


def level_lines(x: Array, y: Array, z: Array, levels: Iterable[float]) -> tuple[list[Any], list[Any], list[Any]]:
    """Where the triangles over a grid reach heights, as one line with gaps: x, y, z.

    x (columns,), y (rows,), z (rows, columns); where z is nan there is nothing.
    """
    across, up = (part.ravel() for part in np.meshgrid(x, y))
    heights, corners = z.ravel(), triangles(*z.shape)
    corners = corners[np.isfinite(heights[corners]).all(axis=1)]
    found: list[list[float]] = [[], [], []]
    for height in levels:
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
    return numbers(found[0], 4), numbers(found[1], 4), numbers(found[2], 4)


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

    A trace of the type "surface" would be refined to 360 × 360 points before it is drawn, and again whenever anything beside it moves.
    """
    whole = triangles(*z.shape)
    whole = whole[np.isfinite(z.ravel()[whole]).all(axis=1)]
    across, up = np.meshgrid(x, y)
    known = np.nan_to_num(z, nan=float(np.nanmean(z)) if np.isfinite(z).any() else 0.0)
    return {"type": "mesh3d", **{name: numbers(part.ravel()) for name, part in zip("xyz", (across, up, known), strict=True)},
            **{name: whole[:, k].tolist() for k, name in enumerate("ijk")}, **more}


@lru_cache(maxsize=64)
def sheet(f: Surface) -> tuple[dict[str, Any], dict[str, Any]]:
    """The surface itself, and its lines of equal height."""
    low, high = f.window
    height = f.heights[::2, ::2]
    inside = np.where((height < low) | (height > high), np.nan, height)
    surface = mesh(GRID[::2], GRID[::2], inside, colorscale=SEQUENTIAL, cmin=low, cmax=high, showscale=False, opacity=0.85,
                   hovertemplate="(%{x:.2f}, %{y:.2f}): %{z:.3g}<extra></extra>",
                   lighting={"ambient": 0.8, "diffuse": 0.8, "specular": 0.05, "roughness": 0.5})
    surface["intensity"] = surface["z"]
    x, y, z = level_lines(GRID[::2], GRID[::2], inside, f.levels)
    return surface, {"type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z, "hoverinfo": "skip",
                     "line": {"color": colour("border"), "width": 1.5}}


def path(x: Any, y: Any, z: Any, token: str, *, width: float = 6, dash: str = "solid", mode: str = "lines",
         size: int = 5) -> dict[str, Any]:
    """A line or points in space."""
    return {"type": "scatter3d", "mode": mode, "x": numbers(x), "y": numbers(y), "z": numbers(z), "hoverinfo": "skip",
            "line": {"color": colour(token), "width": width, "dash": dash}, "marker": {"color": colour(token), "size": size}}
