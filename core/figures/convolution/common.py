"""What the scenes of convolution share: maps of cells, outlines on them, and how numbers are written."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from core.figures.theme import DIVERGING, colour, layout
from core.figures.values import numbers

Array = np.ndarray
GREY = [[0.0, "#000000"], [1.0, "#FFFFFF"]]
BLANK = "\u00a0"  # a text that was once "" would stay away for the rest of a film
LETTER = 0.62  # width of a digit, in sizes of its letters


def short(value: float) -> str:
    """A number of a cell: whole numbers as they are, others with three digits, a true minus."""
    value = round(float(value), 9)
    text = f"{value:.0f}" if value.is_integer() or abs(value) >= 1000 else f"{value:.3g}"
    if "e" in text:
        text = f"{value:.4f}"
    return ("0" if text in ("-0", "-0.0000") else text).replace("-", "\u2212")


def weight(value: float) -> str:
    """A weight: a short decimal, or a fraction such as 1/9."""
    near = Fraction(float(value)).limit_denominator(49)
    if abs(float(near) - value) < 1e-12 and Fraction(f"{value:.3g}") != near:
        return str(near).replace("-", "\u2212")
    return short(value)


def closed(text: str) -> str:
    """A factor: in brackets if it has a sign."""
    return f"({text})" if text.startswith("\u2212") else text


def size_of(texts: Sequence[str], cell: float, most: int = 15) -> int:
    """The size of letters at which all these texts fit into cells so many pixels wide; 0 where they would be too small to read."""
    longest = max((len(text) for text in texts), default=1)
    size = min(most, int(0.55 * cell), int((cell - 3) / (LETTER * longest)))
    return size if size >= 8 else 0


def grid(values: Any, low: float, high: float, scale: Any, **more: Any) -> dict[str, Any]:
    """A map of cells. values: (rows, columns); the first row is on top where the y axis points down (see `frame`)."""
    return {"type": "heatmap", "z": numbers(values), "zmin": low, "zmax": high, "colorscale": scale, "showscale": False,
            "hovertemplate": "%{z}<extra></extra>", **more}


def grey(values: Any, top: float, **more: Any) -> dict[str, Any]:
    """Brightness: black is 0, white the brightest there can be."""
    return grid(values, 0, top, GREY, **more)


def signed(values: Any, reach: float, **more: Any) -> dict[str, Any]:
    """Positive blue, negative orange."""
    return grid(values, -(reach or 1.0), reach or 1.0, DIVERGING, **more)


def ink(value: float, reach: float) -> str:
    """The colour of a number on a cell of a diverging map."""
    share = value / reach if reach else 0.0
    return "#FFFFFF" if share > 0.8 else "#111111" if share < -0.6 else colour("text")


def on_grey(value: float, top: float) -> str:
    return "#111111" if value > 0.45 * top else "#F2F2F2"


def texts(x: Sequence[float], y: Sequence[float], said: Sequence[str], colours: Sequence[str] | str, size: int,
          **more: Any) -> dict[str, Any]:
    """Numbers in cells. None of them, where size is 0."""
    return {"type": "scatter", "mode": "text", "x": list(x), "y": list(y), "text": list(said), "hoverinfo": "skip", "cliponaxis": False,
            "textfont": {"size": size or 8, "color": colours if isinstance(colours, str) else list(colours)},
            "visible": size > 0, **more}


def cells(rows: int, columns: int, x: float = 0, y: float = 0) -> tuple[list[float], list[float]]:
    """The middles of cells, row by row, the first at (x, y)."""
    return [x + j for _i in range(rows) for j in range(columns)], [y + i for i in range(rows) for _j in range(columns)]


def box(x: float, y: float, width: float, height: float, grow: float = 0.0) -> dict[str, list[float]]:
    """The closed outline around cells whose first has its middle at (x, y)."""
    left, right, top, foot = x - 0.5 - grow, x + width - 0.5 + grow, y - 0.5 - grow, y + height - 0.5 + grow
    return {"x": [left, right, right, left, left], "y": [top, top, foot, foot, top]}


def outline(at: dict[str, list[float]], token: str, width: float = 3, fill: str = "") -> dict[str, Any]:
    """A line along points. fill: the token of a filled area."""
    filled = {"fill": "toself", "fillcolor": colour(fill), "hoveron": "points"} if fill else {}
    return {"type": "scatter", "mode": "lines", **at, "hoverinfo": "skip", "cliponaxis": False,
            "line": {"color": colour(token), "width": width}, **filled}


def frame(left: float, right: float, top: float, foot: float, **more: Any) -> dict[str, Any]:
    """The layout of a map: no axes, square cells, y pointing down; from cell `left` to cell `right`, `top` to `foot`, inclusive."""
    still = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return layout(xaxis={**still, "range": [left - 0.55, right + 0.55]}, margin={"l": 4, "r": 4, "t": 4, "b": 4}, dragmode=False,
                  yaxis={**still, "range": [foot + 0.55, top - 0.55], "scaleanchor": "x"}, hovermode="closest", **more)


def rectangle(x: float, y: float, width: float, height: float, token: str = "muted") -> dict[str, Any]:
    """A border that stays where it is, around cells whose first has its middle at (x, y)."""
    return {"type": "rect", "x0": x - 0.5, "x1": x + width - 0.5, "y0": y - 0.5, "y1": y + height - 0.5,
            "line": {"color": colour(token), "width": 1}}


def said_at(x: float, y: float, text: str, token: str = "muted", size: int = 12, **more: Any) -> dict[str, Any]:
    """A word in a figure."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": size, "color": colour(token)}, **more}
