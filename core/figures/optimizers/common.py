"""What the scenes on optimizers share: the ground from above, and how each optimizer is marked and named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.theme import SEQUENTIAL, colour, width_of
from core.i18n import _
from core.maths.surfaces import Surface
from core.specs.optimizers import RACERS

# colour, marker, the same marker in a line of text, dash
MARKS = {"gd": ("text", "circle", "●", "solid"), "sgd": ("muted", "x", "✖", "dot"), "momentum": ("point7", "square", "■", "solid"),
         "nesterov": ("point3", "diamond", "◆", "dash"), "adagrad": ("point8", "pentagon", "⬟", "dashdot"),
         "rmsprop": ("point2", "triangle-up", "▲", "dash"), "adam": ("point0", "star", "★", "solid"),
         "adamw": ("point4", "cross", "✚", "dot")}
Line = dict[str, Any]


def name_of(racer: str) -> str:
    return _(RACERS[racer])


def short(racer: str) -> str:
    """The name beside a line's end."""
    return {"gd": "GD", "sgd": "SGD"}.get(racer) or name_of(racer)


def digits(values: Any, n: int = 5) -> list[Any]:
    """An array as lists of numbers with n significant digits; what is not finite is None."""
    array = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** (n - 1 - np.floor(np.log10(np.abs(np.where(array == 0, 1.0, array)))))
        rounded = np.round(array * power) / power
    if np.isfinite(rounded).all():
        return rounded.tolist()
    held = rounded.astype(object)
    held[~np.isfinite(rounded)] = None
    return list(held.tolist())


def grid(surface: Surface, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The box in columns and rows: x (columns,), y (rows,) and the shown heights (rows, columns), NaN where there are none."""
    (left, right), (bottom, top) = surface.box
    x, y = np.linspace(left, right, columns), np.linspace(bottom, top, rows)
    with np.errstate(all="ignore"):
        z = np.asarray(surface.shown(surface.f(*np.meshgrid(x, y))), dtype=float)
    return x, y, np.where(np.isfinite(z), z, np.nan)


def contour(surface: Surface, *, columns: int = 60, rows: int = 38) -> Line:
    """The surface from above: darker is higher."""
    x, y, z = grid(surface, columns, rows)
    return {"type": "contour", "x": digits(x), "y": digits(y), "z": digits(z, 4), "colorscale": SEQUENTIAL,
            "showscale": False, "opacity": 0.5, "ncontours": 18, "line": {"width": 0.6, "color": colour("muted")},
            "hoverinfo": "skip"}


def key(racers: Sequence[str], room: int = 560) -> list[Line]:
    """Which mark is which optimizer: lines of names above a figure, as annotations; give it 18 pixels of margin a line."""
    shown: list[Line] = []
    lines: list[list[tuple[str, int]]] = [[]]
    x = 0
    for racer in racers:
        wide = width_of(f"● {name_of(racer)}") + 14
        if x + wide > room and lines[-1]:
            lines.append([])
            x = 0
        lines[-1].append((racer, x))
        x += wide
    for row, line in enumerate(lines):
        for racer, at in line:
            token, _marker, sign, _dash = MARKS[racer]
            shown.append({"text": f"{sign} {name_of(racer)}", "xref": "paper", "x": 0, "xshift": at, "xanchor": "left", "yref": "paper",
                          "y": 1,
                          "yshift": 16 * (len(lines) - 1 - row), "yanchor": "bottom", "showarrow": False, "borderpad": 0,
                          "font": {"size": 12, "color": colour(token)}})
    return shown
