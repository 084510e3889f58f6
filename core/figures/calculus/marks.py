"""Marks that figures of this page are made of, as parts of Plotly figures: lines, dots, words, arrows, names of lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.figures.calculus.common import SUPERSCRIPTS, rounded
from core.figures.theme import axis, colour, width_of
from core.figures.values import numbers


def line(x: Any, y: Any, token: str, *, dash: str = "solid", width: float = 2.0, name: str = "", **more: Any) -> dict[str, Any]:
    hover = {"hovertemplate": f"{name}: (%{{x:.4g}}, %{{y:.4g}})<extra></extra>"} if name else {"hoverinfo": "skip"}
    return {"type": "scatter", "mode": "lines", "name": name, "x": numbers(x) if not isinstance(x, (list, tuple)) else list(x),
            "y": numbers(y) if not isinstance(y, (list, tuple)) else list(y),
            "line": {"color": colour(token), "width": width, "dash": dash, "simplify": False}, **hover, **more}


def dots(x: Any, y: Any, token: str, *, size: int = 8, symbol: str = "circle", name: str = "", **more: Any) -> dict[str, Any]:
    hover = {"hovertemplate": f"{name}: (%{{x:.4g}}, %{{y:.4g}})<extra></extra>"} if name else {"hoverinfo": "skip"}
    return {"type": "scatter", "mode": "markers", "name": name, "x": numbers(x), "y": numbers(y),
            "marker": {"color": colour(token), "size": size, "symbol": symbol}, **hover, **more}


def words(x: Sequence[float], y: Sequence[float], text: Sequence[str], token: str = "text", *, place: str | Sequence[str] = "middle center",
          size: int = 12, **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "text", "x": numbers(x), "y": numbers(y), "text": list(text), "textposition": place,
            "textfont": {"color": colour(token), "size": size}, "hoverinfo": "skip", "cliponaxis": False, **more}


def arrow(start: Any, end: Any, token: str, *, width: float = 3) -> dict[str, Any]:
    """An annotation of a layout: an arrow in data coordinates."""
    return {"x": rounded(end[0]), "y": rounded(end[1]), "ax": rounded(start[0]), "ay": rounded(start[1]), "xref": "x", "yref": "y",
            "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2, "arrowsize": 1, "arrowwidth": width, "arrowcolor": colour(token),
            "text": "", "standoff": 0}


def labels(*named: tuple[int, str, str]) -> dict[str, Any]:
    """Of a layout: names of lines beside their ends, and the margin that they take. named: (trace, text, token)."""
    wide = max((width_of(text) for _trace, text, _token in named), default=0)
    return {"meta": {"labels": [{"trace": trace, "text": text, "color": colour(token)} for trace, text, token in named]},
            "margin": {"l": 38, "r": 10 + min(max(wide, 18), 96), "t": 6, "b": 32}}  # a short one keeps away from the edge, too


def span(title: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    return axis(title, range=[low, high], **{"nticks": 7, **more})


def decades(low: int, high: int, step: int) -> dict[str, Any]:
    """Of an axis of logarithms: 10⁻⁸ at −8."""
    places = list(range(low, high + 1, step))
    return {"tickvals": places, "ticktext": ["1" if k == 0 else f"10{str(k).translate(SUPERSCRIPTS)}" for k in places]}
