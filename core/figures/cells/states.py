"""All steps of a cell as a map: a row for the input, for each gate and for the states, a column for each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation.numerals import short
from core.figures.board import Track, figure
from core.figures.cells.sums import NAMES, ORDER
from core.figures.cells.walk import Walk
from core.figures.convolution.common import ink, size_of
from core.figures.template import Template
from core.figures.theme import DIVERGING, axis, colour, layout
from core.figures.values import numbers
from core.i18n import _

STATES = "states"
HEIGHT = 330
CELL = 26  # pixels of a cell at eight steps: what its number has room for


def rows(walk: Walk) -> list[tuple[str, str, np.ndarray]]:
    """(letter, name, values at every step) of what the map shows: the unit shown, and other units' hidden states below it."""
    found = [("x", _("input x"), walk.feed.x[:, 0])] if walk.feed.x.shape[1] == 1 else []
    found += [(name, _(NAMES[name]), walk.found[name][:, walk.unit]) for name in ORDER[walk.cell]]
    others = [k for k in range(walk.weights.units) if k != walk.unit]
    return found + [(f"h{'₁₂₃₄'[k]}", _("h of unit {unit}", unit=k + 1), walk.found["h"][:, k]) for k in others]


def outline(step: int, count: int) -> dict[str, list[float]]:
    """Around a step's column."""
    left, right, top, foot = step - 0.5, step + 0.5, -0.5, count - 0.5
    return {"x": [left, right, right, left, left], "y": [top, top, foot, foot, top]}


def picture(walk: Walk, *, span: int = 5, start: int = 0) -> tuple[Template, list[Track]]:
    """The figure with step `start` outlined, and its track."""
    shown, steps = rows(walk), walk.steps
    z = np.array([values for _letter, _name, values in shown])
    reach, y = max(1.0, float(np.abs(z).max())), list(range(len(shown)))
    said = [short(round(float(v), 2)) for v in z.ravel()]
    size = size_of(said, CELL * 8 / steps, 11)
    data: list[dict[str, Any]] = [
        {"type": "heatmap", "z": numbers(z, 3), "zmin": -reach, "zmax": reach, "colorscale": DIVERGING, "showscale": False, "xgap": 1,
         "ygap": 1, "hovertemplate": "%{y}: %{z}<extra></extra>"},
        {"type": "scatter", "mode": "text", "x": list(range(steps)) * len(shown), "y": [k for k in y for _s in range(steps)],
         "text": said, "hoverinfo": "skip", "visible": size > 0,
         "textfont": {"size": size or 8, "color": [ink(v, reach) for v in z.ravel()]}},
        {"type": "scatter", "mode": "lines", **outline(start, len(shown)), "hoverinfo": "skip", "cliponaxis": False,
         "line": {"color": colour("text"), "width": 3}}]
    quiet = {**axis(""), "fixedrange": True, "showgrid": False, "showline": False}
    shape = layout(xaxis={**quiet, "range": [-0.55, steps - 0.45], "tickvals": list(range(steps)), "ticktext": list(walk.feed.marks),
                          "tickangle": 0 if max(map(len, walk.feed.marks)) * steps < 44 else -60,
                          "title": {"text": _("step by step, what is fed"), "font": {"size": 11, "color": colour("muted")}}},
                   yaxis={**quiet, "range": [len(shown) - 0.4, -0.6], "tickvals": y, "ticktext": [name for _l, name, _v in shown],
                          "automargin": True, "tickfont": {"size": 12, "color": colour("text")}},
                   margin={"l": 60, "r": 6, "t": 4, "b": 44}, dragmode=False,
                   meta={"narrow": {"below": 340, "layout": {"yaxis": {"ticktext": [letter for letter, _n, _v in shown]}}}})
    last = ", ".join(f"{letter} = {short(float(values[-1]))}" for letter, _name, values in shown)
    made = figure(STATES, data, shape, title=_("All {count} steps", count=steps), height=HEIGHT, span=span,
                  alt=_("A map of all {count} steps, a row for each value, blue for plus and orange for minus. At the last step {values}.",
                        count=steps, values=last))
    boxes = [outline(t, len(shown)) for t in range(steps)]
    return made, [Track(STATES, 2, {"x": [box["x"] for box in boxes], "y": [box["y"] for box in boxes]})]
