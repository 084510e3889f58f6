"""The figures of an evaluation: a confusion matrix whose cells can be chosen, and how far the network's confidence can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures import confusion
from core.figures.template import shares
from core.figures.theme import axis, colour, layout
from core.i18n import _
from core.insight.verdicts import Verdicts

HEIGHT = 340
CELLS = 1  # the trace of the matrix that is pressed


def matrix(found: Verdicts, classes: Sequence[str], chosen: tuple[int, int]) -> dict[str, Any]:
    """The confusion matrix as a figure: counts, coloured by the row's share, the chosen cell framed.

    Plotly does not let the cells of a heatmap be chosen, so each lies under a marker that is not seen. classes: translated.
    """
    figure = confusion.matrix([name if len(name) < 9 else name[:7] + "…" for name in classes]).figure
    trace, size = figure["data"][0], len(classes)
    counts = found.confusion
    # the root: one mistake of fifty is to be seen beside the diagonal
    trace |= {"z": (shares(counts)**0.5).round(4).tolist(), "hoverinfo": "skip",
              "text": [[str(n) if n else "" for n in row] for row in counts]}
    trace.pop("hovertemplate")
    trace["textfont"] = {"size": 13 if size < 6 else 11}
    rows, columns = np.divmod(np.arange(size * size), size)
    unseen = {"marker": {"opacity": 0}}
    cells = {"type": "scatter", "mode": "markers", "x": columns.tolist(), "y": rows.tolist(), "selected": unseen, "unselected": unseen,
             "marker": {"symbol": "square", "size": 24, "opacity": 0, "color": colour("background")},
             "customdata": [[classes[r], classes[c], int(counts[r, c]), float(v)] for r, c, v in
                            zip(rows, columns, shares(counts).ravel(), strict=True)],
             "hovertemplate": _("%{customdata[0]} taken for %{customdata[1]}: %{customdata[2]} (%{customdata[3]:.0%})") + "<extra></extra>"}
    truth, said = chosen
    frame = {"type": "rect", "x0": said - 0.5, "x1": said + 0.5, "y0": truth - 0.5, "y1": truth + 0.5,
             "line": {"color": colour("text"), "width": 2}}
    figure["data"].append(cells)
    figure["layout"] |= {"shapes": [frame], "height": HEIGHT, "clickmode": "event+select", "dragmode": False, "hovermode": "closest"}
    for name in ("xaxis", "yaxis"):
        figure["layout"][name] |= {"range": [-0.5, size - 0.5] if name == "xaxis" else [size - 0.5, -0.5], "autorange": False}
    return figure


def calibration(found: Verdicts) -> dict[str, Any]:
    """Of the answers of each tenth of confidence: how many are right, against the diagonal on which confidence would say just that."""
    bins = found.bins
    here = [i for i in range(len(bins)) if bins[i, 0]]
    sure, right, count = (bins[here, column] for column in (1, 2, 0))
    bars = {"type": "bar", "name": _("right"), "x": [(i + 0.5) / len(bins) for i in here], "y": right.tolist(), "width": 0.092,
            "marker": {"color": colour("score")}, "text": [f"{int(n):,}" for n in count], "textposition": "outside", "cliponaxis": False,
            "textfont": {"size": 10, "color": colour("muted")}, "customdata": np.stack([count, sure], 1).tolist() if here else [],
            "hovertemplate": _("%{customdata[0]:,} answers, %{customdata[1]:.1%} sure on average: %{y:.1%} right") + "<extra></extra>"}
    line = {"type": "scatter", "mode": "lines", "name": _("as sure as right"), "x": [0, 1], "y": [0, 1], "hoverinfo": "skip",
            "line": {"color": colour("baseline"), "width": 1.5, "dash": "dot"}}
    return {"data": [bars, line], "layout": layout(
        height=HEIGHT, bargap=0, margin={"l": 46, "r": 18, "t": 16, "b": 40},
        xaxis=axis(_("how sure the network is of its answer"), range=[0, 1.005], tickformat=".0%", fixedrange=True, tickvals=[0, 0.5, 1]),
        yaxis=axis(_("share that is right"), range=[0, 1.09], tickformat=".0%", fixedrange=True, tickvals=[0, 0.25, 0.5, 0.75, 1]))}
