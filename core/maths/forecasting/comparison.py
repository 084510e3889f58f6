"""Is one forecast better than another, or was it luck? Diebold and Mariano's test, and what looking often does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.maths.forecasting.windows import Array

LOSSES = ("absolute", "squared")
LEAST = 10  # forecasts; of fewer, or of less than two horizons, nothing is said
NOTHING = 1e-9  # of a mean loss: differences below that are rounding


@dataclass(frozen=True)
class Comparison:
    """Two forecasts of the same days. difference: mean loss of the first less that of the second, negative if the first is better.

    statistic: Student's t of it, with `freedom` degrees of freedom. better: the probability of as small a statistic, or a smaller one, if
    both are equally good (one-sided); differs: of one as far from 0 (two-sided, what verdicts go by). nan for too few forecasts.
    """

    difference: float
    statistic: float
    freedom: float
    better: float
    differs: float
    count: int


def lags(n: int, horizon: int) -> int:
    """Up to how many days apart two losses are taken to depend on each other.

    Forecasts h days ahead overlap on h − 1 days. Twice the horizon, since the weights below fall to 0 towards the end. At least 4 (n /
    100)^(2/9) (Newey and West, 1994), also for h = 1: calm and wild days come in stretches, and a poor model errs to one side for many
    days.
    """
    return min(max(2 * horizon if horizon > 1 else 0, int(4 * (n / 100) ** (2 / 9))), n // 2)


def variance(values: Array, lag: int) -> float:
    """The long-run variance of a series, its autocovariances up to `lag` weighted 1 − k / (lag + 1) (Newey and West, 1987). values: (n,),
    n > lag."""
    off, n = values - values.mean(), len(values)
    found = np.array([off[k:] @ off[:n - k] / n for k in range(lag + 1)])
    return float(found[0] + 2 * (1 - np.arange(1, lag + 1) / (lag + 1)) @ found[1:])


def compare(truth: Array, first: Array, second: Array, horizon: int = 1, loss: str = "absolute") -> Comparison:
    """Diebold and Mariano's test (1995) of two forecasts. truth, first, second: (n,), in the order of time; loss: one of LOSSES.

    The mean difference of losses over its standard error, `variance`, corrected as Harvey, Leybourne and Newbold (1997) do for few
    forecasts. Their n − 1 degrees of freedom are far too many where forecasts overlap: here there are at most n / 2h, and at most 1.5 n
    / lags, as many as such a variance has. On 4,000 simulated pairs of equally good forecasts 20 days ahead, 400 of them, this finds a
    difference at 5% in 6.6% of all cases; h − 1 lags and n − 1 degrees of freedom do in 12%.

    Two traps. Persistence is a special case of most models, and what they learn beyond it from a random walk is noise: they are a little
    worse, so “better” at 2.5% on one side is found in about 2% of all cases. And absolute errors are what MASE compares.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss {loss!r} is not one of {', '.join(LOSSES)}")
    own, other = (np.abs(truth - made) if loss == "absolute" else (truth - made) ** 2 for made in (first, second))
    d, n = own - other, len(truth)
    if n < max(LEAST, 2 * horizon):
        unknown = float("nan")
        return Comparison(float(d.mean()) if n else unknown, unknown, unknown, unknown, unknown, n)
    mean, lag = float(d.mean()), lags(n, horizon)
    freedom = min(n - 1 if horizon == 1 else n / (2 * horizon), 1.5 * n / (lag + 1))
    smallest = NOTHING * float(max(own.mean(), other.mean()))
    if abs(mean) <= smallest:  # the same forecasts
        return Comparison(mean, 0.0, freedom, 0.5, 1.0, n)
    error = max(variance(d, lag), smallest ** 2) ** 0.5 / n ** 0.5
    correction = ((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n) ** 0.5
    t = mean / error * correction

    from scipy import stats

    return Comparison(mean, t, freedom, float(stats.t.cdf(t, freedom)), float(2 * stats.t.sf(abs(t), freedom)), n)


def corrected(p: float, tried: int, how: str = "bonferroni") -> float:
    """p after `tried` settings were looked at on the same test: the chance that the luckiest of so many comes as far by luck.

    "bonferroni": p · tried, at most 1, whatever the settings have to do with each other. "sidak": 1 − (1 − p)^tried, exact if they had
    nothing to do with each other. Settings of one model on one test are much alike, so both ask for more than is needed; that errs to
    the safe side.
    """
    if how not in ("bonferroni", "sidak") or tried < 1:
        raise ValueError(f"{how!r} is bonferroni or sidak, {tried} at least 1")
    return min(p * tried, 1.0) if how == "bonferroni" else 1.0 - (1.0 - p) ** tried
