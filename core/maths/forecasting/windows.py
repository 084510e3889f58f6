"""From a series of prices to samples for supervised learning, and from predictions back to prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.frame import Message, Trouble
from core.i18n import N_

Array = np.ndarray
TARGETS = ("price", "difference", "log-return")
LEAKS = ("none", "centred average", "shuffled", "scaler")
HORIZONS = (1, 20)


@dataclass(frozen=True)
class Windowing:
    """What a sample is made of.

    look_back: days in a window; horizon: days ahead, 1 … 20; target: "price", or from the price of the day of the forecast its
    "difference" or "log-return"; averages: lengths in days of moving averages among the features; volume: is it a feature?
    leak: one of LEAKS; half_width: of the centred average, which takes so many days on either side.
    """

    look_back: int = 10
    horizon: int = 1
    target: str = "price"
    averages: tuple[int, ...] = ()
    volume: bool = False
    leak: str = "none"
    half_width: int = 2

    def __post_init__(self) -> None:
        if self.target not in TARGETS or self.leak not in LEAKS:
            raise ValueError(f"target {self.target!r} or leak {self.leak!r} is not known")
        if not HORIZONS[0] <= self.horizon <= HORIZONS[1] or min(self.look_back, self.half_width, *self.averages) < 1:
            raise ValueError(f"{self}: the horizon is 1 … 20, all lengths at least 1")


@dataclass(frozen=True)
class Samples:
    """m samples in the order of time.

    x (m, look_back, d): windows, oldest day first; y (m,): targets; origins (m,): the day on which each forecast is made, the last of its
    window; price (n,): the series; names: of the d features, "price" / "difference" / "log-return", "average 5", "volume", "centred 5".
    Nothing is scaled yet.
    """

    x: Array
    y: Array
    origins: Array
    price: Array
    names: tuple[str, ...]
    windowing: Windowing

    @property
    def horizon(self) -> int:
        return self.windowing.horizon

    @property
    def origin(self) -> Array:
        """The price on the day of each forecast, which is the last one known. (m,)"""
        return self.price[self.origins]

    @property
    def truth(self) -> Array:
        """The price that each forecast is about. (m,)"""
        return self.price[self.origins + self.horizon]

    def to_price(self, y: Array, rows: Array) -> Array:
        """Predicted targets of the samples `rows` as prices. (k,), (k,) -> (k,)."""
        return to_price(y, self.origin[rows], self.windowing.target)


def to_price(y: Array, origin: Array, target: str) -> Array:
    """Predicted targets as prices; origin: the prices on the days of the forecasts. (k,), (k,) -> (k,).

    A log-return r becomes origin · exp(r). If r is a mean this is the median price, not its mean, which is larger by a factor of about
    exp(σ²/2): one in ten thousand for daily returns of 1.4%.
    """
    if target == "price":
        return np.asarray(y, float)
    return origin + y if target == "difference" else origin * np.exp(y)


def average(values: Array, length: int) -> Array:
    """The mean of each day and the length − 1 days before it; nan where there are not so many. (n,) -> (n,)."""
    found = np.full(len(values), np.nan)
    if len(values) >= length:
        found[length - 1:] = sliding_window_view(values, length).mean(axis=1)
    return found


def centred(values: Array, half_width: int) -> Array:
    """The mean of each day, the `half_width` days before and as many after it; nan where there are not so many. (n,) -> (n,)."""
    return np.concatenate([average(values, 2 * half_width + 1)[half_width:], np.full(half_width, np.nan)])[:len(values)]


def samples(price: Array, windowing: Windowing, volume: Array | None = None) -> Samples:
    """Cut a series into samples. price (n,): finite, positive for log-returns; volume (n,): nan where it is not known.

    Averages enter as prices do: themselves where the target is a price, otherwise as their distance from (the logarithm of their ratio to)
    the day's price, which does not grow with it. Volume enters as log(1 + volume); where it is missing the last known one is taken.
    Trouble if the series cannot be used so.
    """
    price = np.asarray(price, float)
    _check(price, windowing)
    columns = _features(price, windowing, volume)
    known = np.isfinite(np.column_stack(list(columns.values()))).all(axis=1)
    days = np.flatnonzero(known)
    length, h = windowing.look_back, windowing.horizon
    if not len(days) or days[-1] - days[0] + 1 < length or days[0] + length + h > len(price):
        raise Trouble(Message(
            N_("{n} prices are too few for windows of {look_back} and a forecast {horizon} ahead, with these features. Take a longer "
               "series, or shorter windows, averages and horizon."),
            {"n": len(price), "look_back": length, "horizon": h}))
    first, last = days[0], days[-1]
    table = np.column_stack(list(columns.values()))[first:last + 1]
    x = sliding_window_view(table, length, axis=0).transpose(0, 2, 1)
    origins = np.arange(first + length - 1, min(last, len(price) - 1 - h) + 1)
    return Samples(np.ascontiguousarray(x[:len(origins)]), _target(price, origins, windowing), origins, price, tuple(columns), windowing)


def _check(price: Array, windowing: Windowing) -> None:
    if price.ndim != 1 or not np.isfinite(price).all():
        raise Trouble(Message(N_("A price is missing or no number: leave out days without a price.")))
    if windowing.target == "log-return" and (price <= 0).any():
        raise Trouble(Message(
            N_("The series has prices of 0 or less, which have no logarithm: choose the price or the difference as target.")))


def _target(price: Array, origins: Array, windowing: Windowing) -> Array:
    now, then = price[origins], price[origins + windowing.horizon]
    if windowing.target == "price":
        return then
    return then - now if windowing.target == "difference" else np.log(then / now)


def _features(price: Array, windowing: Windowing, volume: Array | None) -> dict[str, Array]:
    """Every feature's value on every day, nan where it has none. name: (n,)"""
    level = np.log(price) if windowing.target == "log-return" else price
    columns = {windowing.target: price if windowing.target == "price" else np.concatenate([[np.nan], np.diff(level)])}

    def beside(mean: Array) -> Array:
        if windowing.target == "price":
            return mean
        return mean - price if windowing.target == "difference" else np.log(mean / price)

    for length in windowing.averages:
        columns[f"average {length}"] = beside(average(price, length))
    if windowing.volume:
        columns["volume"] = _volume(volume)
    if windowing.leak == "centred average":
        columns[f"centred {2 * windowing.half_width + 1}"] = beside(centred(price, windowing.half_width))
    return columns


def _volume(volume: Array | None) -> Array:
    """log(1 + volume), missing days filled with the last known one; nan before the first."""
    known = None if volume is None else np.asarray(volume, float)
    if known is None or not np.isfinite(known).any():
        raise Trouble(Message(N_("This series has no volume: leave it out of the features.")))
    last = np.maximum.accumulate(np.where(np.isfinite(known), np.arange(len(known)), -1))
    return np.where(last >= 0, np.log1p(np.maximum(known[last], 0.0)), np.nan)
