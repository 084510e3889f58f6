"""What the scenes of this page share: words in a figure, lines, dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.board import figure
from core.figures.template import Template
from core.figures.theme import axis, colour
from core.figures.theme import layout as laid_out
from core.i18n import _

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


WHOLE, GAP, FAR, TWICE = range(4)  # what is wrong with a cell


def sheet(kinds: Sequence[Sequence[int]], text: Sequence[Sequence[str]], names: Sequence[str], rows: Sequence[int], hover: Sequence[str], *,
          title: str, alt: str) -> Template:
    """Some cells of a table, as they were typed, coloured by what is wrong with them; hover: a word for each kind of fault."""
    scale = [[0.0, colour("background")], [0.25, colour("background")], [0.25, colour("border")], [0.5, colour("border")],
             [0.5, colour("pin0_band")], [0.75, colour("pin0_band")], [0.75, colour("pin3_band")], [1.0, colour("pin3_band")]]
    trace = {"type": "heatmap", "z": [list(row) for row in kinds], "text": [list(row) for row in text], "texttemplate": "%{text}",
             "customdata": [[hover[kind] for kind in row] for row in kinds], "zmin": -0.5, "zmax": 3.5, "colorscale": scale,
             "showscale": False, "xgap": 1, "ygap": 1, "textfont": {"size": 11, "color": colour("text")},
             "hovertemplate": "%{text}: %{customdata}<extra></extra>"}
    return figure("cells", [trace], laid_out(
        xaxis=axis(tickvals=list(range(len(names))), ticktext=list(names), side="top", showgrid=False, fixedrange=True),
        yaxis=axis(_("row"), tickvals=list(range(len(rows))), ticktext=[str(row) for row in rows], autorange="reversed", showgrid=False,
                   fixedrange=True), margin={"l": 46, "r": 8, "t": 26, "b": 8}), title=title, alt=alt, height=400, span=5)
