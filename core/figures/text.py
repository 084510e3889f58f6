"""The figures of the text project: how a network learns, its words on a map, and what it is worth beside the simple model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.figures import confusion, curves
from core.figures.template import Binding, Template
from core.figures.theme import DIVERGING, axis, colour, layout
from core.i18n import _
from core.insight.texts import Answers, Group, area
from core.specs.text import LOOKED, TextSpec
from core.specs.text_project import TextView

HEIGHT, NAMED = 340, 50  # pixels; words of the map that are written out
SHORT = 12  # letters of a word on the map


@dataclass(frozen=True)
class Known:
    """What the page knows before the network has learned anything: the words of the map, most frequent first, how much each leans to class
    1 in the training texts (log odds), and the validation accuracy of the simple model and of whoever names the commonest class."""

    words: tuple[str, ...] = ()
    lean: tuple[float, ...] = ()
    simple: float | None = None
    luck: float | None = None


def training(spec: TextSpec, view: TextView, classes: Sequence[str], known: Known) -> list[Template]:
    """How it learns: the two curves, with the simple model drawn in, and its words."""
    marks = {name: value for name, value in ((_("TF-IDF"), known.simple), (_("always the same"), known.luck)) if value is not None}
    loss = replace(curves.loss(spec.epochs, log=view.log_scale), area="main", span=6, height=HEIGHT - 60)
    accuracy = replace(curves.accuracy(spec.epochs, marks=marks), area="main", span=6, height=HEIGHT - 60)
    layers = dict(enumerate(_layers(spec), 1))
    gradients, updates = (replace(make(spec.epochs, layers, log=True), area="more", span=6) for make in (curves.gradients, curves.updates))
    return [loss, accuracy, words(known, area="curves", span=8), matrix(spec, classes), gradients, updates]


def matrix(spec: TextSpec, classes: Sequence[str]) -> Template:
    """Of a person's own texts there may be fewer than are looked at; all other sets have more."""
    many = _("up to {n}", n=LOOKED) if spec.upload else str(LOOKED)
    made = confusion.matrix([_shortened(name, 8) for name in classes], area="curves", height=HEIGHT)
    return replace(made, title=_("Confusion matrix, {n} validation texts", n=many))


def prepare(spec: TextSpec, known: Known) -> list[Template]:
    """The embedding as it changes."""
    return [words(known, area="main", span=12)]


def _layers(spec: TextSpec) -> list[str]:
    """The layers with weights in the order in which rows number them: that of the network."""
    between = {"article": ["LSTM 1", "LSTM 2", _("dense")], "lstm": ["LSTM"], "gru": ["GRU"], "bilstm": ["LSTM"],
               "conv": [_("convolution")], "average": [],
               "transformer": [_("positions"), _("attention"), _("norm {n}", n=1), _("dense {n}", n=1), _("dense {n}", n=2),
                               _("norm {n}", n=2)]}
    return [_("embedding"), *between[spec.model], _("output")]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most - 1] + "…"


def words(known: Known, *, area: str, span: int) -> Template:
    """The most frequent words where their embedding puts them, by its two main directions; blue ones stand more often in texts of class 1,
    orange ones in the other. Those that lean most are written out."""
    lean = np.array(known.lean)
    order = np.argsort(-np.abs(lean), kind="stable")[:NAMED]
    text = [_shortened(word, SHORT) if i in set(order.tolist()) else "\u00a0" for i, word in enumerate(known.words)]
    most = float(np.abs(lean).max()) if len(lean) else 1.0
    dots = {"type": "scatter", "mode": "markers+text", "x": [], "y": [], "text": text, "hovertext": list(known.words),
            "textposition": "top center", "textfont": {"size": 11, "color": colour("text")}, "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": {"size": 8, "color": list(known.lean) or colour("muted"), "colorscale": DIVERGING, "cmin": -most, "cmax": most,
                       "opacity": 0.9, "line": {"width": 0.5, "color": colour("border")}}}
    quiet: dict[str, Any] = {"showticklabels": False, "showgrid": False, "showline": False}
    figure = {"data": [dots], "layout": layout(xaxis=axis(**quiet), yaxis=axis(**quiet), hovermode="closest",
                                               margin={"l": 8, "r": 8, "t": 8, "b": 8})}
    title = _("The words as the network sees them, epoch {epoch}")
    return Template("words", figure, (Binding("cloud", 0, ("map",), {"class": 0}),), title,
                    _("The most frequent words where the embedding puts them at epoch {epoch}: words that mean the same to the network "
                      "stand together."), HEIGHT, area, span, _("The words as the network sees them"))


# ---- what it is worth

def _figure(data: list[dict[str, Any]], xaxis: dict[str, Any], yaxis: dict[str, Any], height: int = 300, **more: Any) -> dict[str, Any]:
    return {"data": data, "layout": layout(xaxis=xaxis, yaxis=yaxis, height=height, margin={"l": 50, "r": 12, "t": 24, "b": 40}, **more)}


def _legend() -> dict[str, Any]:
    return {"showlegend": True, "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 11}}}


def rocs(network: Answers, simple: Answers | None) -> dict[str, Any]:
    """Both models at every threshold; nothing of one that has no such curve."""
    lines = [{"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip", "showlegend": False,
              "line": {"color": colour("baseline"), "width": 1.2, "dash": "dot"}}]
    for name, found, token, dash in ((_("network"), network, "loss", "solid"), (_("TF-IDF"), simple, "layer1", "dash")):
        if found is not None and (below := area(found)) is not None:
            alarms, hits = found["roc"].T
            lines.append({"type": "scatter", "mode": "lines", "name": f"{name}: {below:.3f}", "x": alarms.tolist(), "y": hits.tolist(),
                          "line": {"color": colour(token), "width": 2, "dash": dash}, "hovertemplate": "%{y:.1%} / "
                                                                                                       "%{x:.1%}<extra></extra>"})
    share = {"tickformat": ".0%", "range": [-0.01, 1.01], "nticks": 6}
    return _figure(lines, axis(_("false alarms"), **share), axis(_("found"), **share), **_legend())


def by_length(network: Sequence[Group], simple: Sequence[Group] = ()) -> dict[str, Any]:
    """Accuracy of groups of texts by their length, with intervals."""
    names = [f"{g.least}–{g.greatest}" if g.least < g.greatest else str(g.least) for g in network]
    traces = []
    for name, groups, token, shift in ((_("network"), network, "loss", -0.08), (_("TF-IDF"), simple, "layer1", 0.08)):
        if not groups:
            continue
        share = np.array([g.right / g.count for g in groups])
        low, high = np.array([g.interval for g in groups]).T
        traces.append({"type": "scatter", "mode": "markers", "name": name, "x": (np.arange(len(groups)) + shift).tolist(),
                       "y": share.tolist(), "marker": {"size": 9, "color": colour(token), "symbol": "circle" if shift < 0 else "diamond"},
                       "error_y": {"type": "data", "symmetric": False, "array": (high - share).tolist(),
                                   "arrayminus": (share - low).tolist(), "color": colour(token), "thickness": 1.4, "width": 4},
                       "customdata": [g.count for g in groups],
                       "hovertemplate": _("%{y:.1%} of %{customdata} texts") + "<extra></extra>"})
    return _figure(traces, axis(_("tokens of a text"), tickvals=list(range(len(names))), ticktext=names, range=[-0.5, len(names) - 0.5]),
                   axis(_("share that is right"), tickformat=".0%", nticks=6), **_legend())
