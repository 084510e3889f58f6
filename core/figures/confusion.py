"""The confusion matrix: what was meant against what was answered."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.template import Template
from core.figures.template import matrix as matrix_binding
from core.figures.theme import SEQUENTIAL, axis, layout
from core.i18n import _


def matrix(classes: Sequence[str], *, array: str = "confusion", area: str = "more", span: int = 4,
              height: int = 168) -> Template:
    """Rows are the true classes, columns the network's answers; a cell says how many, its colour the row's share."""
    names = [str(c) for c in classes]
    size = len(names)
    trace = {"type": "heatmap", "x": list(range(size)), "y": list(range(size)), "z": [[0] * size] * size,
             "text": [[""] * size] * size, "texttemplate": "%{text}", "colorscale": SEQUENTIAL, "zmin": 0, "zmax": 1,
             "showscale": False, "xgap": 1, "ygap": 1, "textfont": {"size": 13 if size < 6 else 10},
             "customdata": [[[true, answer] for answer in names] for true in names],
             "hovertemplate": _("%{customdata[0]} taken for %{customdata[1]}: %{text} (%{z:.0%})") + "<extra></extra>"}
    ticks = {"tickvals": list(range(size)), "ticktext": names, "showgrid": False, "showline": False, "fixedrange": True}
    figure = {"data": [trace], "layout": layout(
        xaxis=axis(_("answer"), **ticks), yaxis=axis(_("truth"), autorange="reversed", **ticks),
        margin={"l": 60, "r": 10, "t": 6, "b": 34})}
    return Template("confusion", figure, (matrix_binding(0, array),), _("Confusion matrix, validation"),
                    _("Confusion matrix of the validation points at epoch {epoch}: rows are true classes, columns answers."),
                    height, area, span, _("Confusion matrix, validation"))
