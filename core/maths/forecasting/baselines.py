"""What every model must be compared with: forecasts that need no network. All use only what is known on the day of the forecast.

statsmodels' exponential smoothing and ARIMA are not among them: another dependency of some size, and seconds a fit, for what the drift,
the seasonal copy and ridge regression on the same windows (an autoregression) already show.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.maths.forecasting.parts import Prepared
from core.maths.forecasting.windows import Array, average

ALPHAS = tuple(10.0 ** k for k in range(-5, 4))
LONGEST = 400  # days: a period of more is not looked for
AS_NEAR = 1.15  # the price one period back may be off by so much more than that of the best lag, which may be several periods
DEPTH = 0.8  # … and is nearer than half a period back, at least by so much


def last(price: Array, origins: Array) -> Array:
    """Persistence: the price will be what it is. price (n,), origins (m,) -> (m,), as all of these."""
    return price[origins]


def drift(price: Array, origins: Array, horizon: int) -> Array:
    """The price goes on as it went on average since day 0: p_t + h (p_t − p_0) / t."""
    return price[origins] + horizon * (price[origins] - price[0]) / np.maximum(origins, 1)


def moving(price: Array, origins: Array, length: int) -> Array:
    """The mean of the last `length` prices; of all, where there are fewer."""
    grown = np.cumsum(price) / np.arange(1, len(price) + 1)
    return np.where(origins >= length - 1, average(price, length)[origins], grown[origins])


def seasonal(price: Array, origins: Array, horizon: int, period: int) -> Array:
    """Seasonal naive: the price of the latest known day that is whole periods before the target day; the last price where there is none."""
    day = origins + horizon - period * -(-horizon // period)
    return np.where(day >= 0, price[np.maximum(day, 0)], price[origins])


def period(price: Array) -> int | None:
    """The length in days of a season in a stretch of prices, at least twice in it; None if there is no clear one.

    For every lag, how much the price differs from itself so many days before, apart from a constant (a trend). A season is the first lag
    from 2 on that comes about as near as any, and as the day before, and nearer than lags below it. What a random walk differs by grows
    with the lag, so that it has none.
    """
    lags = np.arange(1, min(len(price) // 2, LONGEST) + 1)
    if len(lags) < 3:
        return None
    off = np.array([np.std(price[lag:] - price[:-lag]) for lag in lags])
    near = AS_NEAR * off.min() + 1e-9 * off.max()
    later = off[1:]
    valley = (later <= off[:-1]) & (later <= np.append(off[2:], np.inf)) & (later <= DEPTH * np.maximum.accumulate(off)[1:])
    found = np.flatnonzero(valley & (later <= near) & (later <= AS_NEAR * off[0]))
    return int(lags[1:][found[0]]) if len(found) else None


def ridge(prepared: Prepared) -> Array:
    """Ridge regression on the windows that the network gets, as prices; of the penalties ALPHAS the one with the least mean absolute error
    on validation. A forecast for every sample: (m,)."""
    from sklearn.linear_model import Ridge

    samples, split = prepared.samples, prepared.split
    rows = np.arange(len(samples.y))
    x = prepared.inputs.scaled(samples.x).reshape(len(rows), -1)
    y = prepared.targets.scaled(samples.y[split.train])
    made = [prepared.prices(Ridge(alpha).fit(x[split.train], y).predict(x), rows) for alpha in ALPHAS]
    return min(made, key=lambda prices: _error(prices, samples.truth, split.validation))


def forecasts(prepared: Prepared, season: int | None = None, length: int | None = None) -> dict[str, Array]:
    """All baselines' price forecasts of all samples: "last", "drift", "average", "ridge" and, if there is a season, "seasonal". (m,) each.

    season: its period in days; None looks for one in the days before validation begins. length: of the moving average; None is the
    window's.
    """
    samples, split = prepared.samples, prepared.split
    price, origins, h = samples.price, samples.origins, samples.horizon
    known = price[:origins[split.validation[0]]]
    season = season or period(known)
    made = {"last": last(price, origins), "drift": drift(price, origins, h),
            "average": moving(price, origins, length or samples.windowing.look_back), "ridge": ridge(prepared)}
    return made | ({"seasonal": seasonal(price, origins, h, season)} if season else {})


def best(made: Mapping[str, Array], prepared: Prepared) -> str:
    """The baseline with the least mean absolute error on validation, the first of equals."""
    samples, split = prepared.samples, prepared.split
    return min(made, key=lambda name: _error(made[name], samples.truth, split.validation))


def _error(prices: Array, truth: Array, rows: Array) -> float:
    return float(np.abs(prices[rows] - truth[rows]).mean())
