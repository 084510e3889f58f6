"""Formulas in two variables as surfaces and contours, and their slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from core.figures.calculus.common import rounded, window
from core.figures.nets import level_lines, mesh
from core.figures.theme import SEQUENTIAL, axis, colour
from core.figures.values import numbers
from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.expressions import parse
from core.maths.onesided import SIDE, agreed, beside, breaks, noise, settled
from core.maths.rules import differentiate
from core.maths.tree import Expression

Array = np.ndarray
EDGE, CELLS, LEVELS = 2.3, 41, 12
MANY = 1700, 900  # points of the lines of equal height, in the plane and in space
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
        """Whether it has a gradient there: from all sides the slopes, and the heights, are the same."""
        if not any(map(breaks, (self.tree, *self.partials))):
            return True
        turn = np.radians(np.arange(11.25, 360, 22.5))
        at, side = {"x": x, "y": y}, {"x": x + SIDE * np.cos(turn), "y": y + SIDE * np.sin(turn)}
        around, slopes = self.gradient(**side), np.stack([np.broadcast_to(beside(p, at, side), turn.shape) for p in self.partials])
        heights = np.broadcast_to(beside(self.tree, at, side), turn.shape)
        if not (np.isfinite(around).all() and np.isfinite(slopes).all() and np.isfinite(heights).all()):
            return True
        size, place = np.abs(slopes).max(axis=1), max(abs(x), abs(y))
        level = np.ptp(slopes, axis=1) <= noise(2 * size, np.abs(around - slopes).max() / SIDE, place)
        return bool(level.all() and np.abs(heights - self(x, y)).max() <= noise(2 * np.abs(heights).max(), size.max(), place))

    def slopes_at(self, x: float, y: float) -> tuple[Expression, Expression]:
        """The formulas that give the partial derivatives at a point: the rule's, unless corners of its parts cancel there."""
        a, b = (settled(part, {"x": x, "y": y}) for part in self.partials)
        return a, b

    def bends_at(self, x: float, y: float) -> tuple[tuple[Expression, Expression], tuple[Expression, Expression]] | None:
        """The formulas that give the second derivatives at a point; None where there are none: from side to side they differ."""
        at = {"x": x, "y": y}
        if not all(agreed(part, at) for row in self.seconds for part in row):
            return None
        (a, b), (c, d) = (tuple(settled(part, at) for part in row) for row in self.seconds)
        return (a, b), (c, d)

    def at(self, x: float, y: float) -> tuple[float, Array]:
        """Value and gradient. Trouble where there is none."""
        value, slope = float(self(x, y)), np.array([float(p.evaluate(x=x, y=y)) for p in self.slopes_at(x, y)])
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


def cancelled(f: Surface, p: Array) -> tuple[Message, ...]:
    """Where parts of a smooth surface have creases, so that a framework need not find its gradient. p: (2,)."""
    if f.slopes_at(*p.tolist()) == f.partials:
        return ()
    return (Message(N_("Here the creases of the formula’s parts cancel, and all of it is smooth. A framework goes part by part and may "
                       "take other slopes.")),)


@lru_cache(maxsize=64)
def contours(f: Surface) -> tuple[dict[str, Any], dict[str, Any]]:
    """A quiet colour of the height, and contour lines over it. (Plotly's own contours take four times as long to draw again.)"""
    low, high = f.window
    x, y, _z = level_lines(GRID, GRID, f.heights, f.levels, MANY[0])
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


@lru_cache(maxsize=64)
def sheet(f: Surface) -> tuple[dict[str, Any], dict[str, Any]]:
    """The surface itself, and its lines of equal height."""
    low, high = f.window
    height = f.heights[::2, ::2]
    inside = np.where((height < low) | (height > high), np.nan, height)
    surface = mesh(GRID[::2], GRID[::2], inside, colorscale=SEQUENTIAL, cmin=low, cmax=high, showscale=False, opacity=0.85,
                   hovertemplate="(%{x:.2f}, %{y:.2f}): %{z:.3g}<extra></extra>",
                   lighting={"ambient": 0.8, "diffuse": 0.8, "specular": 0.05, "roughness": 0.5})
    x, y, z = level_lines(GRID[::2], GRID[::2], inside, f.levels, MANY[1])
    return surface, {"type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z, "hoverinfo": "skip",
                     "line": {"color": colour("border"), "width": 1.5}}


def path(x: Any, y: Any, z: Any, token: str, *, width: float = 6, dash: str = "solid", mode: str = "lines",
         size: int = 5) -> dict[str, Any]:
    """A line or points in space."""
    return {"type": "scatter3d", "mode": mode, "x": numbers(x), "y": numbers(y), "z": numbers(z), "hoverinfo": "skip",
            "line": {"color": colour(token), "width": width, "dash": dash}, "marker": {"color": colour(token), "size": size}}
