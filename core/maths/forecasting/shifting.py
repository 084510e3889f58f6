"""Forecasts drawn earlier than the day they are about: how far are they then from the price?"""

from __future__ import annotations

import numpy as np

from core.maths.forecasting.windows import Array


def places(days: Array, horizon: int, shift: float) -> Array:
    """Where forecasts made on `days` (k,) are drawn, shifted back by `shift` prices: on the day that they are about with 0, on the day
    that they were made with `horizon`. (k,) in days."""
    return days + horizon - shift


def distance(price: Array, days: Array, forecast: Array, horizon: int, shift: float) -> float:
    """The mean distance of the shifted forecasts (k,) from the price (n,) at their places; between two days the price is interpolated.

    With 0 it is the mean absolute error; with `horizon` the distance from the price that was known when the forecast was made.
    """
    at = np.interp(places(days, horizon, shift), np.arange(len(price)), price)
    return float(np.abs(forecast - at).mean())


def distances(price: Array, days: Array, forecast: Array, horizon: int, count: int = 41) -> tuple[Array, Array]:
    """The same for `count` shifts from 0 to the horizon: shifts and distances, (count,) each."""
    shifts = np.linspace(0, horizon, count)
    return shifts, np.array([distance(price, days, forecast, horizon, shift) for shift in shifts])
