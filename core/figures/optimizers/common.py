"""What the scenes on optimizers share: the ground, the paths on it, and how each optimizer is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.theme import SEQUENTIAL, colour, width_of
from core.i18n import _
from core.maths.descent import Path, descend
from core.maths.optimizers import RULES, Rule, rates
from core.maths.surfaces import SURFACES, Surface, ravine
from core.specs.optimizers import ADAPTIVE, RACERS, OptimizersSpec

TOLERANCE = 1e-3  # a step and a gradient both no longer than this: converged
FAR = 8.0  # half widths of the picture; beyond that a path has diverged
# colour, marker, the same marker in a line of text, dash
MARKS = {"gd": ("text", "circle", "●", "solid"), "sgd": ("muted", "x", "✖", "dot"), "momentum": ("point4", "square", "■", "solid"),
         "nesterov": ("point3", "diamond", "◆", "dash"), "adagrad": ("point8", "pentagon", "⬟", "dashdot"),
         "rmsprop": ("point2", "triangle-up", "▲", "dash"), "adam": ("point0", "star", "★", "solid"),
         "adamw": ("point7", "cross", "✚", "dot")}
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
    return np.where(np.isfinite(rounded), rounded.astype(object), None).tolist()


@lru_cache(maxsize=64)
def _ground(name: str, steep: float, flat: float, angle: float, formula: str) -> Surface:
    if name == "own":
        from core.maths.typed import typed

        return typed(formula)
    return ravine(steep, flat, angle) if name == "ravine" else SURFACES[name]


def ground_key(spec: OptimizersSpec) -> tuple[Any, ...]:
    """What the ground of a race depends on."""
    if spec.surface == "ravine":
        return ("ravine", spec.steep, spec.flat, spec.angle, "")
    return (spec.surface, 0.0, 0.0, 0.0, spec.formula if spec.surface == "own" else "")


def ground(spec: OptimizersSpec) -> Surface:
    """The surface of a race. Trouble if the typed one cannot be read."""
    return _ground(*ground_key(spec))


def rule_of(spec: OptimizersSpec, racer: str) -> Rule:
    """An optimizer with the numbers of the spec."""
    own: dict[str, Any] = {"momentum": {"momentum": spec.momentum}, "nesterov": {"momentum": spec.momentum}, "rmsprop": {"rho": spec.rho},
                           "adam": {"beta_1": spec.beta_1, "beta_2": spec.beta_2},
                           "adamw": {"beta_1": spec.beta_1, "beta_2": spec.beta_2, "weight_decay": spec.weight_decay}}.get(racer, {})
    return replace(RULES["sgd" if racer == "gd" else racer], **own)


def rate_of(spec: OptimizersSpec, racer: str) -> float:
    return spec.adaptive_rate if racer in ADAPTIVE else spec.learning_rate


def noise_of(spec: OptimizersSpec, racer: str) -> float:
    return spec.noise if racer == "sgd" or spec.all_noisy else 0.0


def limit_of(surface: Surface) -> float:
    """How far from 0 a path may go."""
    return FAR * max(abs(edge) for side in surface.box for edge in side)


@lru_cache(maxsize=256)
def _path(key: tuple[Any, ...], rule: Rule, start: tuple[float, float], schedule: str, rate: float, steps: int, noise: float,
          seed: int) -> Path:
    surface = _ground(*key)
    drawn = noise * np.random.default_rng(seed).normal(size=(steps, 2)) if noise else None
    return descend(rule, surface.gradient, np.array(start), rates(schedule, rate, steps), noise=drawn, tolerance=TOLERANCE,
                   limit=limit_of(surface))


def path(spec: OptimizersSpec, racer: str) -> Path:
    """Where an optimizer goes on the spec's ground."""
    noise = noise_of(spec, racer)
    return _path(ground_key(spec), rule_of(spec, racer), (spec.start_x, spec.start_y), spec.schedule, rate_of(spec, racer), spec.steps,
                 noise, spec.seed if noise else 0)


def grid(surface: Surface, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The box in columns and rows: x (columns,), y (rows,) and the shown heights (rows, columns), NaN where there are none."""
    (left, right), (bottom, top) = surface.box
    x, y = np.linspace(left, right, columns), np.linspace(bottom, top, rows)
    with np.errstate(all="ignore"):
        z = np.asarray(surface.shown(surface.f(*np.meshgrid(x, y))), dtype=float)
    return x, y, np.where(np.isfinite(z), z, np.nan)


def heights(surface: Surface, places: np.ndarray) -> np.ndarray:
    """(n, 2) → the height of each above the lowest place, (n,)."""
    with np.errstate(all="ignore"):
        return np.asarray(surface.f(places[:, 0], places[:, 1]), dtype=float) - surface.lowest


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
            shown.append({"text": f"{sign} {name_of(racer)}", "xref": "paper", "x": 0, "xshift": at, "xanchor": "left", "yref": "paper", "y": 1,
                          "yshift": 16 * (len(lines) - 1 - row), "yanchor": "bottom", "showarrow": False, "borderpad": 0,
                          "font": {"size": 12, "color": colour(token)}})
    return shown
