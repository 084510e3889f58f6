"""What the scenes of this page share: words in a figure, lines, dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.theme import colour

LEAKY, HONEST = "layer1", "layer0"  # vermilion and blue; a leaky score is drawn solid, an honest one dashed


def neat(values: Any, digits: int = 5) -> Any:
    """Numbers for a figure, at most `digits` behind the point: less to send."""
    return np.round(np.asarray(values, float), digits).tolist()


def word(x: float, y: float, text: str, token: str = "muted", *, size: int = 11, **more: Any) -> dict[str, Any]:
    """A word in a figure, without an arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": size, "color": colour(token)}, **more}


def line(x: Sequence[Any], y: Sequence[Any], token: str, *, dash: str = "solid", width: float = 2.0, hover: str = "",
         **more: Any) -> dict[str, Any]:
    """A line; hover: a template, nothing is shown without one."""
    told = {"hovertemplate": hover + "<extra></extra>"} if hover else {"hoverinfo": "skip"}
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "line": {"color": colour(token), "width": width, "dash": dash},
            **told, **more}


def dots(x: Sequence[Any], y: Sequence[Any], token: str, *, symbol: str = "circle", size: float = 7, hover: str = "",
         opacity: float = 1.0, **more: Any) -> dict[str, Any]:
    """Points of one kind."""
    told = {"hovertemplate": hover + "<extra></extra>"} if hover else {"hoverinfo": "skip"}
    hollow = symbol.endswith("-open")
    edge = {} if hollow else {"line": {"width": 0.6, "color": colour("ring")}}
    return {"type": "scatter", "mode": "markers", "x": list(x), "y": list(y),
            "marker": {"color": colour(token), "symbol": symbol, "size": size, "opacity": opacity, **edge}, **told, **more}
