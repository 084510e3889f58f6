"""What the figures on losses share: a colour and a dash for each loss, lines with their names beside them, points on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.board import figure
from core.figures.template import Template
from core.figures.theme import axis, colour, layout, width_of
from core.i18n import N_, _

# a loss has one colour and one dash wherever it is drawn: name (marked, unless it is a name in every language), token, dash
LOOKS = {
    "mse": ("MSE", "layer1", "solid"), "mae": ("MAE", "layer2", "dash"), "huber": ("Huber", "layer3", "dashdot"),
    "bce": (N_("cross-entropy"), "layer0", "solid"), "cce": (N_("3 classes"), "layer5", "dot"),
    "hinge": (N_("hinge"), "layer4", "dash"), "kl": ("KL", "layer2", "dash"), "true": (N_("the truth"), "baseline", "dot"),
    "right": (N_("correct"), "layer0", "solid"), "mistake": (N_("the mistake"), "layer1", "solid"), "keras": ("Keras", "layer2", "dash"),
}


SHORT = {"bce": N_("CE"), "hinge": N_("hinge loss")}  # where a figure is narrow and its title has the whole name


def name(loss: str) -> str:
    return _(LOOKS[loss][0])


def short(loss: str) -> str:
    return _(SHORT[loss]) if loss in SHORT else name(loss)


def short_number(value: float) -> float:
    """Three significant digits, to be said with {:g}: 1520 rather than 1.52e+03."""
    return float(f"{value:.3g}")


def minus(text: str) -> str:
    """Numbers with a minus sign rather than a hyphen."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)


def rounded(values: Any, digits: int = 5) -> list[Any]:
    """Numbers with a few significant digits, as plain lists: they travel to the browser at every step of a drag."""
    array = np.asarray(values, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(array))))
        kept = np.where(np.isfinite(scale) & np.isfinite(array), np.round(array * scale) / scale, array)
    return [None if not np.isfinite(v) else v for v in kept.tolist()] if kept.ndim == 1 else kept.tolist()


def stroke(loss: str, x: Any, y: Any, *, width: float = 2.2, said: str = "", **more: Any) -> dict[str, Any]:
    """The line of a loss."""
    _name, token, dash = LOOKS[loss]
    return {"type": "scatter", "mode": "lines", "name": name(loss), "x": rounded(x), "y": rounded(y),
            "line": {"color": colour(token), "width": width, "dash": dash, "simplify": False},
            "hovertemplate": f"{said or name(loss)}: %{{y:.3g}}<extra></extra>", **more}


def dot(loss: str, x: Any, y: Any, *, size: int = 10, **more: Any) -> dict[str, Any]:
    """Points in the colour of a loss."""
    return {"type": "scatter", "mode": "markers", "x": rounded(np.atleast_1d(x)), "y": rounded(np.atleast_1d(y)), "name": name(loss),
            "marker": {"color": colour(LOOKS[loss][1]), "size": size, "line": {"color": colour("ring"), "width": 1.5}},
            "hovertemplate": f"{name(loss)}: %{{y:.4g}}<extra></extra>", **more}


def labels(traces: Sequence[tuple[int, str, float | None]], narrow: bool = False) -> dict[str, Any]:
    """Names beside the ends of lines: (trace, loss, height at which the name stands; None where the line ends)."""
    said = short if narrow else name
    return {"meta": {"labels": [{"trace": i, "text": said(loss), "color": colour(LOOKS[loss][1]), **({} if at is None else {"value": at})}
                                for i, loss, at in traces]},
            "margin": {"l": 42, "r": 12 + max(width_of(said(loss)) for _i, loss, _at in traces), "t": 8, "b": 34}}


def plot(id: str, data: Sequence[dict[str, Any]], x: tuple[str, float, float], y: tuple[str, float, float], *, title: str, alt: str,
         height: int = 240, span: int = 4, area: str = "main", **more: Any) -> Template:
    """A plane with fixed axes: (title, from, to) each."""
    form = layout(xaxis=axis(x[0], range=list(x[1:]), fixedrange=True, nticks=7),
                  yaxis=axis(y[0], range=list(y[1:]), fixedrange=True, nticks=6),
                  **{"margin": {"l": 42, "r": 12, "t": 8, "b": 34}, **more})
    return figure(id, data, form, title=minus(title), alt=minus(alt), height=height, span=span, area=area)


def upright(at: float, low: float, high: float) -> dict[str, Any]:
    """A quiet vertical line at the place that is moved."""
    return {"type": "scatter", "mode": "lines", "x": [at, at], "y": [low, high], "hoverinfo": "skip",
            "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}


def code(text: str) -> str:
    """A program as it is given away: without the blank line it begins with."""
    return text.strip("\n") + "\n"
