"""The figures of the stock project: a series and its parts, windows, the forecast beside the truth, shifted, and what it leaves over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.data.prices import Prices
from core.data.stock import BASELINES as ORDER
from core.figures import curves
from core.figures.sequences import line
from core.figures.template import Template
from core.figures.theme import axis, colour, layout, width_of
from core.i18n import _
from core.insight.forecasts import BASELINES
from core.maths.forecasting.outcome import Outcome
from core.maths.forecasting.parts import Prepared
from core.maths.forecasting.residuals import autocorrelation
from core.maths.forecasting.shifting import distances, places
from core.specs.stock import StockSpec
from core.specs.stock_project import StockView

HEIGHT, MOST = 330, 3000  # pixels; points of a line that are drawn
TOKENS = {"last": "baseline", "drift": "layer1", "average": "layer3", "ridge": "layer5", "seasonal": "layer2"}
PARTS = (("train", "layer0"), ("validation", "layer2"), ("test", "layer1"))
Figure = dict[str, Any]


def part_names() -> dict[str, str]:
    return {"train": _("training"), "validation": _("validation"), "test": _("test, sealed")}


def _line(name: str, x: np.ndarray, y: np.ndarray, token: str, dash: str = "solid", width: float = 1.6, **more: Any) -> Figure:
    step = max(1, -(-len(x) // MOST))
    return {"type": "scatter", "mode": "lines", "name": name, "x": np.asarray(x)[::step].tolist(), "y": np.asarray(y)[::step].tolist(),
            "line": {"color": colour(token), "width": width, "dash": dash}, "hovertemplate": f"{name}: %{{y:.5g}}<extra></extra>", **more}


def _dates(prices: Prices, first: float, last: float, count: int = 6) -> dict[str, Any]:
    """Ticks of an axis of days (places in the series) that say dates."""
    low, high = max(int(np.ceil(first)), 0), min(int(last), len(prices) - 1)
    ticks = np.unique(np.linspace(low, high, count).round().astype(int))
    return {"tickvals": ticks.tolist(), "ticktext": [str(prices.dates[day])[:10] for day in ticks], "range": [float(first), float(last)]}


def _keys(names: Sequence[tuple[str, str]]) -> list[Figure]:
    """Names of lines above a figure, in their colours. names: (text, colour token)."""
    found, x = [], 0
    for name, token in names:
        found.append({"text": f"━ {name}", "xref": "paper", "x": 0, "xshift": x, "xanchor": "left", "yref": "paper", "y": 1,
                      "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": colour(token)}})
        x += width_of(name) + 26
    return found


def _figure(data: list[Figure], xaxis: Figure, yaxis: Figure, height: int = HEIGHT, **more: Any) -> Figure:
    return {"data": data, "layout": layout(xaxis=xaxis, yaxis=yaxis, height=height, hovermode="x unified",
                                           margin={"l": 52, "r": 12, "t": 24, "b": 34}, **more)}


# ---- data and windows

def series(prices: Prices, prepared: Prepared | None) -> Figure:
    """The series, and which stretch is for what, by the days that forecasts are made on."""
    days = np.arange(len(prices))
    shapes, names = [], [(_("price"), "text")]
    for name, token in PARTS:
        if prepared is None or prepared.samples.windowing.leak == "shuffled":  # whose parts are spread over all days
            break
        rows = getattr(prepared.split, name)
        made = prepared.samples.origins[rows]
        first = 0 if name == "train" else int(made[0])
        last = int(made[-1]) + (prepared.samples.horizon if name == "test" else 0)
        shapes.append({"type": "rect", "xref": "x", "yref": "paper", "x0": first, "x1": last, "y0": 0, "y1": 1, "layer": "below",
                       "line": {"width": 0}, "fillcolor": colour(token), "opacity": 0.13})
        names.append((part_names()[name], token))
    return _figure([_line(_("price"), days, prices.close, "text")], axis("", **_dates(prices, 0, len(prices) - 1)), axis(_("price")),
                   shapes=shapes, annotations=_keys(names))


def windows(prepared: Prepared, count: int = 4) -> Figure:
    """A few training windows as the network sees them, scaled, each with the target that it is to answer."""
    rows = prepared.split.train[np.linspace(0, len(prepared.split.train) - 1, min(count, len(prepared.split.train))).astype(int)]
    x, y, length = prepared.x(rows), prepared.y(rows), prepared.samples.windowing.look_back
    data, own = [], prepared.samples.names
    gap = length + prepared.samples.horizon + 2
    names = [(feature(name), f"layer{i % 6}") for i, name in enumerate(own)]
    for k in range(len(rows)):
        for i, (name, token) in enumerate(names):
            data.append(_line(name, np.arange(length) + k * gap, x[k, :, i], token, mode="lines+markers", marker={"size": 4}))
        data.append({"type": "scatter", "mode": "markers", "name": _("target"), "y": [float(y[k])],
                     "x": [k * gap + length - 1 + prepared.samples.horizon],
                     "marker": {"symbol": "star", "size": 11, "color": colour("text")},
                     "hovertemplate": _("target: %{y:.3g}") + "<extra></extra>"})
    ticks = [k * gap + (length - 1) / 2 for k in range(len(rows))]
    across = axis("", tickvals=ticks, ticktext=[_("window {n}", n=int(row) + 1) for row in rows])
    figure = _figure(data, across, axis(_("scaled")), annotations=_keys([*names, ("★ " + _("target"), "text")]))
    figure["layout"]["hovermode"] = "closest"
    return figure


def feature(name: str) -> str:
    """A feature's name, as `Samples.names` has it, in words."""
    kind, *length = name.split(" ")
    if kind == "average":
        return _("mean of {n}", n=length[0])
    if kind == "centred":
        return _("mean of {n}, centred", n=length[0])
    return {"price": _("price"), "difference": _("change"), "log-return": _("log-return"), "volume": _("volume")}[kind]


# ---- while it trains

def training(spec: StockSpec, view: StockView) -> list[Template]:
    """The loss, the error, and the forecast of the validation part beside the truth and the last price."""
    loss, error = (replace(chart, span=6) for chart in (curves.loss(spec.epochs, log=view.log_scale), curves.error(spec.epochs)))
    names = [(_("the truth"), "muted"), (_("forecast"), "loss"), (_("the last price"), "baseline")]
    data = [{**_line(name, np.array([]), np.array([]), token, dash), "x": [], "y": []}
            for (name, token), dash in zip(names, ("solid", "solid", "dot"), strict=True)]
    data[0]["line"]["width"] = 4
    data[0]["opacity"] = 0.45
    live = Template("live", _figure(data, axis(_("day on which the forecast is made"), nticks=6), axis(_("price"), nticks=5)),
                    (line(0, "truth", "days"), line(1, "forecast", "days"), line(2, "origin", "days")),
                    _("Validation: the forecast is off by {val_mae:.3g} on average"),
                    _("Prices of the validation part, the forecast at epoch {epoch}, off by {val_mae:.3g} on average, and the last price, "
                      "which is the simplest forecast."), HEIGHT, "main", 12, _("The forecast on validation"))
    live.figure["layout"]["annotations"] = _keys(names)
    layers = {i + 1: _("layer {n}", n=i + 1) for i in range(spec.layers)} | {spec.layers + 1: _("output")}
    gradients, updates = (replace(make(spec.epochs, layers, log=True), area="more", span=6) for make in (curves.gradients, curves.updates))
    return [live, loss, error, gradients, updates]


# ---- forecasts

def forecast(found: Outcome, prices: Prices, shift: float = 0.0, shown: Sequence[str] = (), best: np.ndarray | None = None,
             height: int = HEIGHT + 20) -> Figure:
    """The price, the forecast shifted back by `shift` prices with its interval, and the baselines `shown`; best: the best possible one."""
    days, h = found.days, found.horizon
    first, last = int(days.min()) - 2 * h, int(days.max()) + h
    around = np.arange(max(first, 0), last + 1)
    at = places(days, h, shift)
    data, names = [], [(_("price"), "muted"), (_("forecast"), "loss")]
    if found.low is not None and found.high is not None:
        edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": at.tolist()}
        data += [{**edge, "y": found.low.tolist(), "name": _("low")},
                 {**edge, "y": found.high.tolist(), "fill": "tonexty", "fillcolor": colour("score_band"), "name": _("high")}]
        names.append((_("{level:.0%} interval", level=found.level), "score"))
    data.append(_line(_("price"), around, prices.close[around], "muted", width=4.5, opacity=0.5))
    for name in [name for name in ORDER if name in shown and name in found.baselines]:
        data.append(_line(_(BASELINES[name]), days + h, found.baselines[name], TOKENS[name], "dot"))
        names.append((_(BASELINES[name]), TOKENS[name]))
    if best is not None:
        data.append(_line(_("best possible"), days + h, best, "layer4", "dash"))
        names.append((_("best possible"), "layer4"))
    data.append(_line(_("forecast"), at, found.forecast, "loss", width=2))
    return _figure(data, axis("", **_dates(prices, first, last)), axis(_("price")), height, annotations=_keys(names), uirevision="forecast")


def by_shift(found: Outcome, prices: Prices, shift: float) -> Figure:
    """How far the shifted forecast is from the price, for every shift up to that of the slider, where a dot is."""
    shifts, far = distances(prices.close, found.days, found.forecast, found.horizon)
    here, top, so_far = float(np.interp(shift, shifts, far)), float(far.max()), shifts <= shift
    dot = {"type": "scatter", "mode": "markers", "name": _("now"), "x": [shift], "y": [here],
           "marker": {"size": 13, "color": colour("loss")}, "hovertemplate": "%{y:.4g}<extra></extra>"}
    figure = _figure([_line(_("distance"), shifts[so_far], far[so_far], "loss"), dot],
                     axis(_("shifted back by"), range=[-0.05 * found.horizon, 1.05 * found.horizon], nticks=5),
                     axis(_("distance from the price"), range=[0, 1.1 * top], nticks=5), 220)
    figure["layout"]["hovermode"] = "closest"
    return figure


def residuals(found: Outcome, prices: Prices) -> Figure:
    """What is left over: truth − forecast, on the days that the forecasts are about."""
    off, days = found.truth - found.forecast, found.days + found.horizon
    zero = _line("0", np.array([days.min(), days.max()]), np.zeros(2), "baseline", "dot", hoverinfo="skip")
    return _figure([zero, _line(_("truth − forecast"), days, off, "loss", mode="lines+markers", marker={"size": 4})],
                   axis("", **_dates(prices, days.min(), days.max(), 4)), axis(_("truth − forecast")), 240)


def echoes(found: Outcome) -> Figure:
    """How errors go together with those so many days earlier; within the band nothing is shown."""
    off = (found.truth - found.forecast)[::found.horizon]
    r = autocorrelation(off, 15)[1:]
    band = 1.96 / np.sqrt(len(off))
    lags = np.arange(1, len(r) + 1)
    bars = {"type": "bar", "name": _("autocorrelation"), "x": lags.tolist(), "y": np.nan_to_num(r).tolist(),
            "marker": {"color": colour("loss")}, "hovertemplate": "%{y:.2f}<extra></extra>"}
    shape = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": -band, "y1": band, "line": {"width": 0}, "fillcolor": colour("muted"),
             "opacity": 0.18, "layer": "below"}
    return _figure([bars], axis(_("forecasts earlier"), nticks=8), axis(_("autocorrelation of errors"), nticks=5), 240, shapes=[shape])


def folds(parts: Sequence[Outcome | None], prices: Prices, prepared: Sequence[Prepared]) -> Figure:
    """Walk-forward: each stretch of the test, forecast by a network that had learned from all days before it. None: not yet there."""
    first = int(prepared[0].samples.origins[prepared[0].split.test[0]])
    h = prepared[0].samples.horizon
    start = max(first - (len(prices) - first) // 3, 0)
    around = np.arange(start, len(prices))
    data, shapes = [_line(_("price"), around, prices.close[around], "muted", width=4.5, opacity=0.5)], []
    for k, (part, sample) in enumerate(zip(parts, prepared, strict=True)):
        days = sample.samples.origins[sample.split.test]
        token = f"layer{k % 6}"
        shapes.append({"type": "rect", "xref": "x", "yref": "paper", "x0": int(days.min()) + h, "x1": int(days.max()) + h, "y0": 0, "y1": 1,
                       "layer": "below", "line": {"width": 0}, "fillcolor": colour(token), "opacity": 0.1})
        if part is not None:
            data.append(_line(_("fold {n}", n=k + 1), part.days + h, part.forecast, token, width=2))
    return _figure(data, axis("", **_dates(prices, start, len(prices) - 1)), axis(_("price")), HEIGHT, shapes=shapes)
