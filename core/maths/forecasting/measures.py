"""How far forecasts are off, and how often they have the direction right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.maths.evaluation import r_squared
from core.maths.forecasting.windows import Array
from core.maths.intervals import wilson


@dataclass(frozen=True)
class Direction:
    """share: of the forecasts that name a direction (up or down from the last price known), on days with a change, those that are right;
    nan without any. count: how many these are. up: of these days, the share with a rise, which is what saying “up” every day would get.
    interval: where the share on many more days would lie, with 95 % confidence.
    """

    share: float
    up: float
    count: int
    interval: tuple[float, float]


@dataclass(frozen=True)
class Scores:
    """mae, rmse: in the price's unit. mape: a share, nan if a price is 0. mase: mae ÷ that of persistence on the same days, below 1 is
    better than the last price; nan if that made no error. r2: 1 − squared errors ÷ squared distances from the mean; nan if prices never
    change.
    """

    mae: float
    rmse: float
    mape: float
    mase: float
    r2: float
    direction: Direction


def scores(truth: Array, forecast: Array, origin: Array, horizon: int = 1) -> Scores:
    """truth, forecast, origin (the price on the day of the forecast): (k,), one a forecast.

    The scale of `mase` (Hyndman and Koehler, 2006, take persistence's error one step ahead on the training part) is here that of
    persistence at the same horizon and on the same days: the only one that says who was better on them.
    """
    error = truth - forecast
    naive = float(np.abs(truth - origin).mean())
    mae = float(np.abs(error).mean())
    return Scores(mae, float(np.sqrt((error ** 2).mean())),
                  float(np.abs(error / truth).mean()) if (truth != 0).all() else float("nan"),
                  mae / naive if naive else float("nan"),
                  r_squared(truth, forecast) if np.ptp(truth) else float("nan"), direction(truth, forecast, origin, horizon))


def direction(truth: Array, forecast: Array, origin: Array, horizon: int = 1) -> Direction:
    """As `scores`. Wilson's interval wants independent trials. Changes over h days that begin one day apart share h − 1 days; so for the
    interval the number of forecasts is divided by h: so many stretches of h days there are that share none.
    """
    moved, said = np.sign(truth - origin), np.sign(forecast - origin)
    told = (moved != 0) & (said != 0)
    count = int(told.sum())
    share, up = (float(right[told].mean()) if count else float("nan") for right in (moved == said, moved > 0))
    independent = count / horizon
    return Direction(share, up, count, wilson(share * independent, independent) if count else (0.0, 1.0))
