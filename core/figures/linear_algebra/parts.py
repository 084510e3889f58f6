"""What the scenes of linear algebra share: arrows, grids, lines, planes, and how numbers are written."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from core.figures.board import readable
from core.figures.theme import axis, colour, layout
from core.maths import exact

Array = np.ndarray
Lines = tuple[tuple[str, str], ...]  # a picture's formulas
WHOLE = 4  # lines of the grid on each side of 0


def short(values: Any) -> Any:
    """Numbers with five significant digits, as plain JSON values (None for what is not finite)."""
    array = np.asarray(values, float)
    if array.ndim > 1:
        return [short(part) for part in array]
    found = [float(f"{round(x, 9):.5g}") + 0.0 if isfinite(x) else None for x in np.atleast_1d(array).tolist()]
    return found if array.ndim else found[0]


def number(value: float, digits: int = 3) -> str:
    """A number as a person writes it: no exponent for ordinary sizes, a true minus, no minus zero."""
    text = f"{value:.{digits}g}"
    if "e" in text and abs(value) < 1e6:
        text = f"{value:.0f}" if abs(value) >= 1 else f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "-0.0", "-") else text.replace("-", "\u2212")


def apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with as many digits as their difference needs, from three on: (1.0001, 0.9999)."""
    digits = next((n for n in range(3, 13) if max(abs(float(f"{x:.{n}g}") - x) for x in (one, other)) <= 0.1 * abs(one - other)), 3)
    return number(one, digits), number(other, digits)


def times_i(value: float) -> str:
    """A positive imaginary part: 0.5i, i, 1·10⁻⁷i; never 0."""
    return "i" if abs(value - 1) < 1e-9 else (number(value) if value > 1e-3 else readable(f"{value:.3g}")) + "i"


def conjugates(value: complex) -> str:
    """A complex pair: 1 ± 2i, ±i."""
    imaginary = times_i(abs(value.imag))
    return f"±{imaginary}" if abs(value.real) < 1e-9 else f"{number(value.real)} ± {imaginary}"


def pair(v: Sequence[float] | Array, digits: int = 3) -> str:
    """(1, 2)"""
    return "(" + ", ".join(number(float(x), digits) for x in v) + ")"


def tex(value: float, digits: int = 4) -> str:
    """A number in LaTeX."""
    return number(value, digits).replace("\u2212", "-")


def column(v: Sequence[float] | Array, digits: int = 4) -> str:
    """A column vector in LaTeX."""
    return r"\begin{pmatrix} " + r" \\ ".join(tex(float(x), digits) for x in v) + r" \end{pmatrix}"


def decimals(rows: Any, digits: int = 4) -> str:
    """A matrix in LaTeX."""
    return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(tex(float(x),
                                                             digits) for x in row) for row in np.asarray(rows)) + r" \end{pmatrix}"


def characteristic(rows: exact.Matrix) -> str:
    """A matrix's characteristic equation in LaTeX, and the eigenvalues, where they have a form that can be read."""
    found = exact.eigenvalues(rows)
    return rf"{exact.polynomial(exact.characteristic(rows))} = 0" + (rf" \;\Rightarrow\; \lambda = {found}" if found else "")


def array(rows: Any) -> str:
    """A matrix as a program writes it."""
    return f"np.array({np.asarray(rows, float).tolist()})"


def beside(v: Sequence[float] | Array) -> str:
    """Where the name of an arrow stands, that it does not lie on the arrow."""
    x, y = float(v[0]), float(v[1])
    up, right = "top" if y >= 0 else "bottom", "right" if x >= 0 else "left"
    return f"{up} center" if abs(y) > 2.4 * abs(x) else f"{up} {right}"


def arrow(tip: Sequence[float] | Array, name: str, token: str, *, tail: Sequence[float] | Array = (0, 0), dash: str = "solid",
          width: float = 3, said: str = "", place: str = "") -> dict[str, Any]:
    """A vector from its tail to its tip, its name beside the tip. said: what hovering says before its numbers (the name if "")."""
    run = np.asarray(tip, float) - np.asarray(tail, float)
    return {"type": "scatter", "mode": "lines+markers+text", "x": short([tail[0], tip[0]]), "y": short([tail[1], tip[1]]),
            "line": {"color": colour(token), "width": width, "dash": dash}, "cliponaxis": True,
            "marker": {"symbol": ["circle", "arrow"], "size": [0.1, 8 + 2 * width], "color": colour(token), "angleref": "previous",
                       "opacity": 1},
            "text": ["", name], "textposition": place or beside(run), "textfont": {"color": colour(token), "size": 14},
            "hovertemplate": f"{said or name} = (%{{x:.3g}}, %{{y:.3g}})<extra></extra>"}


def clear_places(arrows: Sequence[tuple[Array, str, float]], x: tuple[float, float], y: tuple[float, float], *,
                 unit: float = 45) -> list[str]:
    """Where the names of arrows from the origin (tip, name, width) stand that none lies on an arrow, a tip or another name.

    The first choose first. x, y: the window; unit: pixels of 1 in it.
    """
    line = np.linspace(0, 1, 60)[:, None] * unit
    drawn = [line * np.asarray(tip, float) for tip, _name, _width in arrows]
    taken: list[tuple[Array, Array]] = []
    found: list[str] = []
    for tip, name, width in arrows:
        size, away = np.array([8.0 * len(name), 15.0]), (8 + 2 * width) / 1.6 + 1
        way = np.asarray(tip, float) / max(float(np.hypot(*tip)), 1e-9)
        costs = {}
        for up, side in ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)):
            turn = np.array([side, up])
            middle = unit * np.asarray(tip, float) + turn * (away + size / 2)
            out = [float(np.max(np.abs(points - middle) - size / 2, axis=1).min()) for points in drawn]  # from the box's edge
            tips = [float(np.max(np.abs(points[-1] - middle) - size / 2)) for points in drawn]
            names = [float(np.max(np.abs(other - middle) - (size + its) / 2)) for other, its in taken]
            edge = float(np.min([unit * x[1] - middle[0], middle[0] - unit * x[0], unit * y[1] - middle[1], middle[1] - unit * y[0]]
                                - np.tile(size, 2)[[0, 0, 1, 1]] / 2))
            cost = sum(max(0.0, 4 - gap) for gap in out) + sum(max(0.0, 8 - gap) for gap in tips)
            cost += sum(3 * max(0.0, 3 - gap) for gap in names) + 3 * max(0.0, -edge)
            cost += 0 if up else 6  # right beside the tip a handle's disc touches it, and a line on which the arrow lies crosses it
            costs[up, side] = cost - 2 * float(way @ turn) / float(np.hypot(*turn)) - 0.05 * min(min(out), 30), middle
        up, side = min(costs, key=lambda place: costs[place][0])
        taken.append((costs[up, side][1], size))
        found.append(f"{('middle', 'top', 'bottom')[up]} {('center', 'right', 'left')[side]}")
    return found


def grid_points(n: int = WHOLE) -> Array:
    """The corners of a path that draws all lines of a square grid in one go, (points, 2): no gaps, so that it can be moved smoothly."""
    lines = np.arange(-n, n + 1)
    up = [(x, y) for i, x in enumerate(lines) for y in ((-n, n) if i % 2 == 0 else (n, -n))]
    across = [(x, y) for i, y in enumerate(lines[::-1]) for x in ((n, -n) if i % 2 == 0 else (-n, n))]
    return np.array(up + across, float)


def path(points: Array, token: str, *, width: float = 1, dash: str = "solid", opacity: float = 1.0, hover: str = "") -> dict[str, Any]:
    """A line through points (n, 2)."""
    trace: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": short(points[:, 0]), "y": short(points[:, 1]), "opacity": opacity,
                             "line": {"color": colour(token), "width": width, "dash": dash}}
    return trace | ({"hovertemplate": hover + "<extra></extra>"} if hover else {"hoverinfo": "skip"})


def through(direction: Array | None, token: str, *, at: Sequence[float] = (0, 0), width: float = 2, dash: str = "dash", reach: float = 30,
            opacity: float = 1.0, hover: str = "") -> dict[str, Any]:
    """A whole line in a direction; an empty trace for None."""
    points = np.zeros((0, 2)) if direction is None else np.asarray(at, float) + np.outer([-reach, reach], direction)
    return path(points, token, width=width, dash=dash, opacity=opacity, hover=hover)


def area(points: Array, token: str, *, opacity: float = 0.25, hover: str = "") -> dict[str, Any]:
    """A filled polygon with corners (n, 2)."""
    closed = np.vstack([points, points[:1]])
    return path(closed, token, width=1.5, opacity=opacity, hover=hover) | {"fill": "toself", "fillcolor": colour(token), "hoveron": "fills"}


def dots(points: Array, token: str, *, size: float = 8, symbol: str = "circle", text: Sequence[str] = (), place: str = "top center",
         hover: str = "(%{x:.3g}, %{y:.3g})", opacity: float = 1.0) -> dict[str, Any]:
    """Markers at points (n, 2), with texts if there are any."""
    return {"type": "scatter", "mode": "markers+text" if text else "markers", "x": short(points[:, 0]), "y": short(points[:, 1]),
            "marker": {"color": colour(token), "size": size, "symbol": symbol, "line": {"width": 1, "color": colour("ring")}},
            "opacity": opacity, "hovertemplate": hover + "<extra></extra>"} | (
        {"text": list(text), "textposition": place, "textfont": {"color": colour(token), "size": 13}} if text else {})


def plane(x: tuple[float, float], y: tuple[float, float], names: tuple[str, str] = ("x", "y"), *, ticks: float | None = 1,
          **more: Any) -> dict[str, Any]:
    """The layout of a plane whose two axes have the same scale and stay as they are."""
    step = {"dtick": ticks} if ticks else {}
    zero = {"zeroline": True, "zerolinecolor": colour("border"), "zerolinewidth": 1.5}
    return layout(xaxis=axis(names[0], range=list(x), **step, **zero),
                  yaxis=axis(names[1], range=list(y), scaleanchor="x", **step, **zero), hovermode="closest", **more)


def note(x: float, y: float, text: str, token: str = "muted", **more: Any) -> dict[str, Any]:
    """A word in a figure, without an arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 12, "color": colour(token)}, **more}


def stages(start: Array, *ends: Array, each: int = 12) -> tuple[Array, list[int]]:
    """Matrices on straight lines from start to one end after the other, (steps, n, n), and which stretch each of them belongs to."""
    found, belongs, now = [start], [0], start
    for index, end in enumerate(ends):
        found += [now + (end - now) * k / each for k in range(1, each + 1)]
        belongs += [index] * each
        now = end
    return np.array(found), belongs


def moved(points: Array, frames: Array) -> dict[str, Any]:
    """Where every matrix of a film (steps, n, n) sends points (m, n), as what a track of their trace holds."""
    places = points @ frames.transpose(0, 2, 1)
    return {name: short(places[..., i]) for i, name in zip(range(frames.shape[-1]), "xyz", strict=False)}


def from_zero(tip: Any, frames: Array) -> dict[str, Any]:
    """The same for an arrow from the origin."""
    return moved(np.vstack([np.zeros(frames.shape[-1]), tip]), frames)
