"""What is kept of a model's forecasts on a test part: arrays, from which everything that is said of it follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.forecasting import baselines
from core.maths.forecasting.parts import Prepared
from core.maths.forecasting.residuals import interval
from core.maths.forecasting.windows import Array


@dataclass(frozen=True)
class Outcome:
    """Forecasts of the test part, in the order of time. (k,) each:

    days: on which they were made; origin: the price then; truth, forecast: the price `horizon` days later; low, high: its interval, or
    None; learned: so many independent residuals the interval was learned from, 0 for those of these very days; baselines: by name; rival:
    the baseline that was best on validation (with several folds, fold by fold), and rivals: its names.
    """

    horizon: int
    days: Array
    origin: Array
    truth: Array
    forecast: Array
    baselines: dict[str, Array]
    rival: Array
    rivals: tuple[str, ...]
    low: Array | None = None
    high: Array | None = None
    level: float = 0.9
    learned: float = 0.0

    @property
    def coverage(self) -> float:
        """The share of truths within the interval; nan without one."""
        if self.low is None or self.high is None:
            return float("nan")
        return float(((self.low <= self.truth) & (self.truth <= self.high)).mean())


def outcome(prepared: Prepared, validation: Array, test: Array, level: float = 0.9, season: int | None = None,
           made: dict[str, Array] | None = None) -> Outcome:
    """A model's forecasts (prices) of the validation and the test part, beside the baselines'.

    validation, test: as long as the split's parts; season: a period in days that is known, None looks for one; made: what
    `baselines.forecasts` gave, if that has been asked before. Intervals are relative where the target is a log-return. Trouble for
    forecasts that are not finite.
    """
    validation, test = np.asarray(validation, float), np.asarray(test, float)
    if not (np.isfinite(validation).all() and np.isfinite(test).all()):
        raise Trouble(Message(N_("This network’s answers are no numbers any more, so there is nothing to be scored.")))
    samples, split = prepared.samples, prepared.split
    made = made or baselines.forecasts(prepared, season)
    name = baselines.best(made, prepared)
    around = interval(samples.truth[split.validation], validation, test, samples.horizon, level,
                      relative=samples.windowing.target == "log-return")
    rows = split.test
    return Outcome(samples.horizon, samples.origins[rows], samples.origin[rows], samples.truth[rows], test,
                  {key: prices[rows] for key, prices in made.items()}, made[name][rows], (name,),
                  around.low if around else None, around.high if around else None, level, around.independent if around else 0.0)


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Several walk-forward folds as one test, in the order of time. Baselines that a fold does not have (no season found) are left out;
    intervals, too, unless every fold has them."""
    order = np.argsort(np.concatenate([part.days for part in parts]), kind="stable")

    def whole(arrays: Sequence[Array]) -> Array:
        return np.concatenate(arrays)[order]

    lows, highs = ([a for part in parts if (a := getattr(part, side)) is not None] for side in ("low", "high"))
    full = len(lows) == len(parts)
    names = [name for name in parts[0].baselines if all(name in part.baselines for part in parts)]
    days, origin, truth, forecast = (whole([getattr(part, key) for part in parts]) for key in ("days", "origin", "truth", "forecast"))
    return Outcome(parts[0].horizon, days, origin, truth, forecast,
                  {name: whole([part.baselines[name] for part in parts]) for name in names}, whole([part.rival for part in parts]),
                  tuple(dict.fromkeys(name for part in parts for name in part.rivals)),
                  whole(lows) if full else None, whole(highs) if full else None, parts[0].level, sum(part.learned for part in parts))
