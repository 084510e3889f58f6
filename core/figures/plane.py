"""The plane of two inputs: what the network answers everywhere, under the points it learns from and is checked on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from core.figures.template import Template, heatmap
from core.figures.theme import CLASS_COLOURS, CLASS_SYMBOLS, DIVERGING, axis, colour, layout, width_of
from core.i18n import _

Task = Literal["binary", "classes", "regression"]
Scale = list[list[Any]]


def class_scale(classes: int, steps: int = 8) -> Scale:
    """A colour scale for z = class + confidence: each class fades from the middle to its own colour.

    Colours between tokens cannot be named, so the fade has two stops a class; a class at confidence 1/classes is
    as pale as it gets.
    """
    scale: Scale = []
    for k in range(classes):
        scale += [[k / classes, "theme:middle"], [(k + 1) / classes, f"theme:class{k % len(CLASS_COLOURS)}"]]
    return scale


def scale(task: Task, classes: int, discretize: bool) -> Scale:
    if task == "classes" and discretize:
        return [[edge / classes, f"theme:class{k % len(CLASS_COLOURS)}"] for k in range(classes) for edge in (k, k + 1)]
    if task == "classes":
        return class_scale(classes)
    if discretize:
        return [[0.0, "theme:negative"], [0.5, "theme:negative"], [0.5, "theme:positive"], [1.0, "theme:positive"]]
    return DIVERGING


SIGNS = "■●▲◆✚✖▼★⬟⬢"  # what CLASS_SYMBOLS look like in a line of text
ROOM = 300  # pixels above the plane, at its narrowest
MORE = 14  # of which the mark takes that says that there are more


def key_to(classes: Sequence[str]) -> list[dict[str, Any]]:
    """Which colour and shape is which class: a line above the plane, as many names as have room. (Plotly's own legend would take
    twice the height from the picture.)"""
    shown, x = [], 0
    for k, name in enumerate(classes):
        text = f"{SIGNS[k % len(SIGNS)]} {name}"
        wide = width_of(text) + 10
        last = k == len(classes) - 1
        full = x + wide > ROOM - (0 if last else MORE)
        shown.append({"text": "…" if full else text, "xref": "paper", "x": 0, "xshift": x, "xanchor": "left", "yref": "paper", "y": 1,
                      "yanchor": "bottom", "showarrow": False, "borderpad": 0,
                      "font": {"size": 11, "color": colour(f"point{k % len(CLASS_COLOURS)}")}})
        if full:
            break
        x += wide
    return shown


def _points(x: np.ndarray, hover: str, name: str, symbol: str, fill: Any, ring: str, **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "markers", "name": name, "x": x[:, 0].round(3).tolist(),
            "y": x[:, 1].round(3).tolist(), "hovertemplate": hover + "<extra></extra>", "cliponaxis": True,
            "marker": {"symbol": symbol, "size": 7, "color": fill, "opacity": 0.95,
                       "line": {"width": 1.2, "color": ring}, **more}}


def points(x: np.ndarray, y: np.ndarray, train: np.ndarray, *, task: Task, classes: Sequence[str], lo: float,
           hi: float, at: str) -> list[dict[str, Any]]:
    """Traces of the points: training filled, validation hollow; a colour and a shape for every class."""
    traces = []
    for filled, which in ((train, _("training")), (~train, _("validation"))):
        training = filled is train
        if task == "regression":
            shown = {"color": y[filled].round(3).tolist(), "colorscale": DIVERGING, "cmin": lo, "cmax": hi}
            trace = _points(x[filled], f"{which}: %{{marker.color:.2f}}<br>{at}", which,
                            "circle" if training else "diamond", None, colour("text"))
            trace["marker"] |= shown
            traces.append(trace)
            continue
        for k, name in enumerate(classes):
            own, here = colour(f"class{k % len(CLASS_COLOURS)}"), filled & (y == k)
            deep = colour(f"point{k % len(CLASS_COLOURS)}")
            traces.append(_points(x[here], f"{which}: {name}<br>{at}", f"{name}, {which}",
                                  CLASS_SYMBOLS[k % len(CLASS_SYMBOLS)], deep if training else colour("hollow"),
                                  colour("ring") if training else own))
    return traces


def surface(x: np.ndarray, y: np.ndarray, train: np.ndarray, *, task: Task, classes: Sequence[str] = (),
            domain: tuple[float, float, float, float], names: tuple[str, str] = ("x₁", "x₂"), lo: float = 0.0,
            hi: float = 1.0, discretize: bool = False, grid: int = 50, wrong: bool = True, height: int = 316,
            span: int = 5) -> Template:
    """The network's answer over the plane, with the points.

    x: (n, 2); y: (n,) class indices or values; train: (n,) True for training, False for validation. domain: least
    and greatest x1, least and greatest x2. lo, hi: the answers that 0 and 255 of the array "surface" stand for.
    Its shape is (grid, grid), row 0 the least x2; with several classes it holds the winning class, and "surface_p"
    how sure the network is.
    """
    train = np.asarray(train, bool)
    several = task == "classes"
    left, right, bottom, top = domain
    which = _("circles: training, diamonds: validation") if task == "regression" else _("coloured: training, blank: validation")
    at = f"{names[0]} %{{x:.2f}}, {names[1]} %{{y:.2f}}"
    trace = {"type": "heatmap", "z": [[None] * 2] * 2, "x0": left, "dx": (right - left) / (grid - 1), "y0": bottom,
             "dy": (top - bottom) / (grid - 1), "colorscale": scale(task, len(classes), discretize), "showscale": False,
             "zmin": 0 if several else lo, "zmax": len(classes) if several else hi, "opacity": 0.85,
             "zsmooth": False if several or discretize else "fast",
             "hovertemplate": at + "<br>" + _("output") + (" %{text}" if several else " %{z:.2f}") + "<extra></extra>"}
    figure = {"data": [trace, *points(np.asarray(x, float), np.asarray(y), train, task=task, classes=classes,
                                      lo=lo, hi=hi, at=at)],
              "layout": layout(xaxis=axis(f"{names[0]} · {which}", range=[left, right], showgrid=False, nticks=5),
                               yaxis=axis(names[1], range=[bottom, top], showgrid=False, nticks=5),
                               margin={"l": 34, "r": 8, "t": 18 if task != "regression" else 4, "b": 32}, hovermode="closest",
                               annotations=key_to(classes) if task != "regression" else [])}
    binding = heatmap(0, "surface", confidence="surface_p" if several else None, domain=domain, lo=lo, hi=hi,
                      classes=list(classes), point=True)
    if task == "regression":
        title, alt = _("Its answer: off by {val_mae:.3g} on average"), _(
            "The network’s answer over the plane at epoch {epoch}; on the validation points it is off by {val_mae:.3g} "
            "on average.")
    else:
        title, alt = _("Its answer: {val_accuracy:.0%} of validation right"), _(
            "The network’s answer over the plane at epoch {epoch}; of the validation points {val_accuracy:.0%} are right.")
    return Template("surface", figure, (binding,), title, alt, height, "main", span, _("Its answer"))
