"""Figures of many runs: the median and the band of several seeds over the epochs, or of a sweep over a hyperparameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.figures.template import Binding, Template, curve
from core.figures.theme import axis, colour, layout
from core.i18n import _
from core.specs.base import Score
from core.specs.sweep import RATES

HEIGHT = 250


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _band(number: int, metric: str, token: str, name: str, over: str = "") -> tuple[list[dict[str, Any]], list[str]]:
    """The traces of one setting, lowest first, and their sources."""
    base = {"type": "scatter", "x": [], "y": [], "hoverinfo": "skip", "mode": "lines"}
    low = {**base, "line": {"width": 0}}
    high = {**base, "line": {"width": 0}, "fill": "tonexty", "fillcolor": colour(f"{token}_band")}
    middle = {**base, "mode": "lines+markers" if over else "lines", "name": name, "line": {"color": colour(token), "width": 2},
              "hoverinfo": "all", "hovertemplate": f"{name} %{{y:.4g}}<extra></extra>", "marker": {"size": 6}}
    return [low, high, middle], [f"{number}:{what}:{metric}{over}" for what in ("low", "high", "median")]


def seeds(score: Score, epochs: int, sets: Sequence[tuple[str, str]]) -> Template:
    """Median and band of one or two settings over the epochs. sets: name and colour token of each."""
    data: list[dict[str, Any]] = []
    bindings: list[Binding] = []
    labels = []
    for number, (name, token) in enumerate(sets):
        traces, sources = _band(number, score.metric, token, name)
        bindings += [curve(len(data) + i, source) for i, source in enumerate(sources)]
        data += traces
        labels.append({"trace": len(data) - 1, "text": name, "color": colour(token)})
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("epoch"), range=[0, epochs], nticks=6), yaxis=axis(_(score.label), nticks=6), hovermode="x unified",
        margin={"l": 52, "r": 72, "t": 8, "b": 32}, meta={"labels": labels})}
    medians = ", ".join(f"{name} {{median_{number}_{score.metric}:.3f}}" for number, (name, _token) in enumerate(sets))
    return Template("seeds", figure, tuple(bindings),
                    _("{label}, median and range: {medians}", label=_capital(_(score.label)), medians=medians),
                    _("{label} over the epochs, median and range of several seeds: {medians}", label=_capital(_(score.label)),
                      medians=medians),
                    HEIGHT, "curves", 12, _capital(_(score.label)))


def finder(now: float) -> Template:
    """The training loss while the learning rate grows: the learning-rate finder. now: the rate on screen."""
    traces, sources = _band(0, "loss", "score", _("median"))
    text = _("Training loss while the learning rate grows")
    line = {"type": "line", "xref": "x", "yref": "paper", "x0": now, "x1": now, "y0": 0, "y1": 1,
            "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}
    figure = {"data": traces, "layout": layout(
        xaxis=axis(_("learning rate"), type="log", range=[math.log10(v) for v in RATES], dtick=1, exponentformat="power"),
        yaxis=axis(_("training loss"), nticks=6, type="log", exponentformat="power", minexponent=4), shapes=[line], hovermode="x unified",
        margin={"l": 52, "r": 14, "t": 8, "b": 40}, meta={"labels": []})}
    return Template("finder", figure, tuple(curve(i, f"{source}:rate") for i, source in enumerate(sources)), text, text, HEIGHT,
                    "curves", 12, text)


def sweep(score: Score, label: str, values: Sequence[str], *, now: int | None = None) -> Template:
    """Final score against the values of a hyperparameter, as they are written, at the places 0, 1, 2, …; now: the place of the
    setting on screen.
    """
    over = ":x"
    data, sources = _band(0, score.metric, "score", _("median"), over)
    each = {"type": "scatter", "x": [], "y": [], "mode": "markers", "marker": {"size": 5, "color": colour("muted"), "opacity": 0.7},
            "hovertemplate": "%{y:.4g}<extra></extra>"}
    bindings = [*(curve(i, source) for i, source in enumerate(sources)), curve(3, f"0:each:{score.metric}{over}")]
    ticks = {"tickvals": list(range(len(values))), "ticktext": list(values), "range": [-0.4, len(values) - 0.6]}
    shapes = [] if now is None else [{"type": "line", "xref": "x", "yref": "paper", "x0": now, "x1": now, "y0": 0, "y1": 1,
                                      "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}]
    figure = {"data": [*data, each], "layout": layout(
        xaxis=axis(label, **ticks), yaxis=axis(_(score.label), nticks=6),
        shapes=shapes, margin={"l": 52, "r": 14, "t": 8, "b": 44}, meta={"labels": []})}
    text = _("{label} at the end, by {field}", label=_capital(_(score.label)), field=label)
    return Template("sweep", figure, tuple(bindings), text, text, HEIGHT, "curves", 12, text)


def learning(score: Score, names: Sequence[tuple[str, str]], most: int) -> Template:
    """Score against the number of examples to learn from, which is where the members of the group stand. names: of each setting, with its
    colour token; most: examples."""
    data: list[dict[str, Any]] = []
    bindings: list[Binding] = []
    labels = []
    for number, (name, token) in enumerate(names):
        bindings.append(curve(len(data), f"{number}:median:{score.metric}:x"))
        data.append({"type": "scatter", "x": [], "y": [], "mode": "lines+markers", "name": name, "marker": {"size": 8},
                     "line": {"color": colour(token), "width": 2, "dash": "dot" if number else "solid"},
                     "hovertemplate": f"{name} %{{y:.4g}}<extra></extra>"})
        labels.append({"trace": number, "text": name, "color": colour(token)})
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("texts to learn from"), type="log", range=[math.log10(most) - 1.05, math.log10(most) + 0.05], dtick="D2"),
        yaxis=axis(_(score.label), nticks=6), hovermode="x unified", margin={"l": 52, "r": 84, "t": 8, "b": 40},
        meta={"labels": labels})}
    text = _("{label} by the number of texts to learn from", label=_capital(_(score.label)))
    return Template("learning", figure, tuple(bindings), text, text, HEIGHT, "curves", 12, text)
