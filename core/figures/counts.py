"""How many examples of each class are for what: the bars that a look at the data begins with."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.template import Binding, Template
from core.figures.theme import axis, colour, layout
from core.i18n import _

LONGEST = 40  # letters of all names below the bars


def counts(classes: Sequence[str], what: str, *, title: str, alt: str, span: int, height: int) -> Template:
    """Stacked bars of the arrays "counts" (3c, 2), class and number, and "counts_part" (3c,): 0 training, 1 validation, 2 test. what: the
    examples, translated."""
    parts = ((_("training"), "loss", ""), (_("validation"), "score", "/"), (_("sealed test"), "baseline", "x"))
    traces = [{"type": "bar", "name": name, "x": [], "y": [], "marker": {"color": colour(token), "pattern": {
        "shape": shape, "fgcolor": colour("background"), "size": 5, "solidity": 0.25,
        "fillmode": "overlay"}},
        "hovertemplate": f"{name}: %{{y:,.0f}}<extra>%{{x}}</extra>"} for name, token, shape in parts]
    most = max(LONGEST // max(len(classes), 1), 8)
    short = [name if len(name) < most else name[:most - 2] + "…" for name in classes]
    figure = {"data": traces, "layout": layout(
        barmode="stack", bargap=0.25, showlegend=True, margin={"l": 44, "r": 6, "t": 26, "b": 34},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 11}},
        xaxis=axis(_("class"), tickvals=list(range(len(short))), ticktext=short, range=[-0.6, len(short) - 0.4], fixedrange=True),
        yaxis=axis(what, rangemode="tozero", fixedrange=True))}
    bindings = tuple(Binding("cloud", k, ("counts", "counts_part"), {"class": k}) for k in range(len(parts)))
    return Template("counts", figure, bindings, title, alt, height, "main", span, title)
