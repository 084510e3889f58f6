"""What forecasts leave over: does it hold more to learn, how wide must an interval be, and is the forecast just the last price?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.maths.forecasting.windows import Array

FEW = 5  # residuals, below which an interval is a guess


def autocorrelation(values: Array, most: int = 20) -> Array:
    """Correlation of a series with itself 0, 1, … days later, up to `most` or a third of its length: (lags + 1,), the first one 1.

    Sums over the days there are, divided by that of all days, as usual (Box and Jenkins). nan for a series that never changes.
    """
    off, n = values - values.mean(), len(values)
    found = np.array([off[k:] @ off[:n - k] for k in range(min(most, n // 3) + 1)])
    return found / found[0] if found[0] > 0 else np.full(len(found), np.nan)


@dataclass(frozen=True)
class Whiteness:
    """Ljung and Box's test (1978): q is chi-squared with `lags` degrees of freedom if nothing is left to learn from residuals; p is the
    probability of as large a q then; nan for too few."""

    q: float
    lags: int
    p: float


def whiteness(residuals: Array, horizon: int = 1, most: int = 10) -> Whiteness:
    """Test residuals (n,), in the order of time. Forecasts h days ahead share days, so that even the residuals of the best ones go
    together: every h-th is taken."""
    own = residuals[::horizon]
    n, lag = len(own), min(most, len(own) // 5)
    r = autocorrelation(own, lag)[1:]
    if lag < 1 or not np.isfinite(r).all():
        return Whiteness(float("nan"), lag, float("nan"))
    from scipy import stats

    q = float(n * (n + 2) * (r ** 2 / (n - np.arange(1, lag + 1))).sum())
    return Whiteness(q, lag, float(stats.chi2.sf(q, lag)))


@dataclass(frozen=True)
class Interval:
    """Around forecasts: low, high (k,) prices; level: the share of truths that should lie within; independent: so many residuals that have
    nothing to do with each other would say as much as those it was learned from; how: "conformal" or "student"."""

    low: Array
    high: Array
    level: float
    independent: float
    how: str


def independent(residuals: Array, horizon: int) -> float:
    """How many independent residuals say as much about the size of errors as these (n,): n / (1 + 2 Σ ρ_k²), k = 1 … h − 1, where ρ_k
    is how residuals k days apart go together about 0. For squares of a normal series (Bartlett); between 1 and n."""
    n, own = len(residuals), float(residuals @ residuals)
    if own == 0:
        return float(n)
    rho = np.array([residuals[k:] @ residuals[:n - k] for k in range(1, min(horizon, n))]) / own
    return max(n / (1 + 2 * float(rho @ rho)), 1.0)


def least(level: float) -> int:
    """So many residuals a conformal interval of this level needs: with fewer, none of them is far enough out."""
    return int(np.ceil(2 / (1 - level) - 1 - 1e-9))


def interval(truth: Array, forecast: Array, wanted: Array, horizon: int = 1, level: float = 0.9, *,
             relative: bool = False) -> Interval | None:
    """An interval around the forecasts `wanted` (k,) from truth and forecast on validation (n,), all `horizon` days ahead.

    With `least` independent residuals, split conformal prediction (Vovk and others, 2005) on either side: of n residuals the ⌊(n + 1)
    α/2⌋-th smallest and greatest, α = 1 − level; the + 1 pays for there being so few. If those to come are like these, at least `level`
    lie within. Forecasts far ahead overlap, so that a hundred may be worth eight: then Student's t times the root mean square, with as
    many degrees of freedom. On random walks of 250 to 1,000 days and 1 to 20 days ahead 86% to 94% lay within 90% (quantiles alone: 60%
    to 92%). Markets change, so coverage is measured. relative: residuals are log(truth / forecast), for errors that grow with the
    price. None for less than FEW residuals, or for prices that have no logarithm.
    """
    if len(truth) < FEW or (relative and min(truth.min(), forecast.min(), wanted.min()) <= 0):
        return None
    off = np.log(truth / forecast) if relative else truth - forecast
    count = independent(off, horizon)
    if count >= least(level):
        k, placed = int((len(off) + 1) * (1 - level) / 2 + 1e-9), np.sort(off)
        low, high, how = placed[k - 1], placed[len(off) - k], "conformal"
    else:
        from scipy import stats

        high, how = float(np.sqrt((off ** 2).mean()) * stats.t.ppf((1 + level) / 2, count)), "student"
        low = -high
    below, above = (wanted * np.exp(low), wanted * np.exp(high)) if relative else (wanted + low, wanted + high)
    return Interval(below, above, level, count, how)


@dataclass(frozen=True)
class Echo:
    """Is a forecast the last price, shifted? to_last, to_truth: its mean distance from the price of the day it was made on, and from the
    price that it is about. with_last, with_truth: how the forecast's change from one day to the next goes with the change up to the day it
    was made on, and with the one that it is about (correlations; nan where nothing changes).
    """

    to_last: float
    to_truth: float
    with_last: float
    with_truth: float

    @property
    def shifted(self) -> bool:
        """Nearer to the last price than to the truth, and moving with the former."""
        return self.to_last < self.to_truth and self.with_last > abs(self.with_truth)


def echo(truth: Array, forecast: Array, origin: Array) -> Echo:
    """truth, forecast, origin: (k,), of days that follow each other.

    In levels everything goes together with everything (0.99 and 0.99); changes tell the two apart.
    """
    return Echo(float(np.abs(forecast - origin).mean()), float(np.abs(forecast - truth).mean()),
                _correlation(np.diff(forecast), np.diff(origin)), _correlation(np.diff(forecast), np.diff(truth)))


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else float("nan")
