"""What the scenes on optimizers share: the ground from above, and how each optimizer is marked and named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.theme import SEQUENTIAL, colour
from core.figures.values import numbers
from core.i18n import _
from core.maths.race import noise_of
from core.maths.surfaces import Surface
from core.specs.optimizers import ADAPTIVE, RACERS, OptimizersSpec

# colour, marker, the same marker in a line of text, dash
MARKS = {"gd": ("text", "circle", "●", "solid"), "sgd": ("muted", "x", "✖", "dot"), "momentum": ("point7", "square", "■", "solid"),
         "nesterov": ("point3", "diamond", "◆", "dash"), "adagrad": ("point8", "pentagon", "⬟", "dashdot"),
         "rmsprop": ("point2", "triangle-up", "▲", "dash"), "adam": ("point0", "star", "★", "solid"),
         "adamw": ("point4", "cross", "✚", "dot")}
Line = dict[str, Any]
# Fields of a rule, and whose they are; all others belong to everybody
OF = {"momentum": ("momentum", "nesterov"), "beta_1": ("adam", "adamw"), "beta_2": ("adam", "adamw"), "rho": ("rmsprop",),
      "weight_decay": ("adamw",), "adaptive_rate": ADAPTIVE, "network_adaptive_rate": ADAPTIVE,
      **dict.fromkeys(("learning_rate", "network_rate"), tuple(racer for racer in RACERS if racer not in ADAPTIVE))}


def has(field: str, racers: Sequence[str]) -> bool:
    """Whether a field of a rule plays a part where these race; one that is of no rule does."""
    return any(racer in OF.get(field, RACERS) for racer in racers)


def on_ground(spec: OptimizersSpec, field: str, racers: Sequence[str]) -> bool:
    """The same on a surface: the shape of the ravine is the ravine's alone, and noise is for those that are given it."""
    if field in ("steep", "flat", "angle"):
        return spec.surface == "ravine"
    if field == "noise":
        return spec.all_noisy or "sgd" in racers
    return any(noise_of(spec, racer) for racer in racers) if field == "seed" else has(field, racers)


def name_of(racer: str) -> str:
    return _(RACERS[racer])


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
    return {"type": "contour", "x": numbers(x), "y": numbers(y), "z": numbers(z, 4), "colorscale": SEQUENTIAL,
            "showscale": False, "opacity": 0.5, "ncontours": 18, "line": {"width": 0.6, "color": colour("muted")},
            "hoverinfo": "skip"}


def key(racers: Sequence[str]) -> list[Line]:
    """Which mark is which optimizer."""
    return legend([(f"{MARKS[racer][2]} {name_of(racer)}", MARKS[racer][0]) for racer in racers])


def _letter(letter: str) -> float:
    """Pixels that a letter takes at size 12: names stand one after the other, and a width for all would leave gaps of all sizes."""
    if letter in "il.,'| ":
        return 3.2
    if letter in "fjrtI()":
        return 4.6
    if letter > "\u2190":  # marks and Chinese
        return 12.0
    return 10.2 if letter in "mwMW" else 8.3 if letter.isupper() else 6.8


def floored(values: Any, floor: float, name: str) -> Line:
    """y of a line whose axis ends at `floor`, and its words under the pointer, which tell the true numbers."""
    y = numbers(np.maximum(values, floor), 4)
    if not (np.asarray(values) < floor).any():
        return {"y": y, "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>"}
    return {"y": y, "customdata": numbers(values, 4), "hovertemplate": f"{name}: %{{customdata:.3g}}<extra></extra>"}


def legend(names: Sequence[tuple[str, str]], room: int = 330) -> list[Line]:
    """Lines of (text, token of its colour) above a figure, as annotations; `room` pixels wide, so that a phone has them, too."""
    shown: list[Line] = []
    row, x = 0, 0
    for text, token in names:
        wide = round(sum(map(_letter, text))) + 14
        if x and x + wide > room:
            row, x = row + 1, 0
        shown.append({"text": text, "xref": "paper", "x": 0, "xshift": x, "xanchor": "left", "yref": "paper", "y": 1, "yshift": -16 * row,
                      "yanchor": "bottom", "showarrow": False, "borderpad": 0, "font": {"size": 12, "color": colour(token)}})
        x += wide
    return [{**one, "yshift": one["yshift"] + 16 * row} for one in shown]


def above(notes: Sequence[Line]) -> int:
    """The margin in pixels that a `legend` needs."""
    return 4 + 16 * len({note["yshift"] for note in notes})
