"""Which samples are learned from, which validate, which test; and scaling, which must not look ahead either."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.forecasting.windows import Array, Samples

SCALERS = ("min-max", "standard")
LEAST = 10  # samples to learn from, and to test on; below that nothing can be said


@dataclass(frozen=True)
class Split:
    """Places of samples, rising. Whatever is learned from was over before the first forecast of the next part was made."""

    train: Array
    validation: Array
    test: Array

    @property
    def between(self) -> int:
        """How many samples up to the end of the test belong to no part, since their target lies beyond a cut."""
        return int(self.test.max()) + 1 - len(self.train) - len(self.validation) - len(self.test)


def split(samples: Samples, train: float = 0.67, validation: float = 0.2, seed: int = 0) -> Split:
    """Cut by time: the first `train` of the days are for learning, forecasts made on later days are the test. The last `validation` of the
    learning part's samples validate. A sample whose target lies beyond its own part belongs to none.

    With the leak "shuffled": parts of about the same sizes, drawn by the seed from samples of all days. Trouble if a part has too few.
    """
    first = int(train * len(samples.price))
    later = np.flatnonzero(samples.origins >= first)
    if samples.windowing.leak == "shuffled":
        order = np.random.default_rng(seed).permutation(len(samples.y))
        found = _drawn(samples, order[:len(later)], validation, seed)
    else:
        found = Split(*_before(samples, first, validation), later)
    if min(len(found.train), len(found.test)) < LEAST:
        raise _too_few(samples)
    return found


def walk_forward(samples: Samples, folds: int = 5, train: float = 0.67, validation: float = 0.2, seed: int = 0) -> list[Split]:
    """The test part of `split` in `folds` stretches, each forecast by what was learned from all days before it: an expanding window.

    All stretches together are the test part of `split`. Trouble if a part has too few samples.
    """
    whole = split(samples, train, validation, seed)
    if samples.windowing.leak == "shuffled":
        mixed = np.random.default_rng(seed).permutation(whole.test)
        return [_drawn(samples, part, validation, seed) for part in np.array_split(mixed, folds)]
    if len(whole.test) < folds:
        raise _too_few(samples)
    stretches = np.array_split(whole.test, folds)
    return [Split(*_before(samples, int(samples.origins[part[0]]), validation), part) for part in stretches]


def _before(samples: Samples, first: int, validation: float) -> tuple[Array, Array]:
    """Samples to learn from and to validate on, whose targets lie before the day `first`."""
    rows = np.flatnonzero(samples.origins + samples.horizon < first)
    held = rows[len(rows) - max(round(validation * len(rows)), 1):]
    if not len(held):
        raise _too_few(samples)
    return rows[samples.origins[rows] + samples.horizon < samples.origins[held[0]]], held


def _drawn(samples: Samples, test: Array, validation: float, seed: int) -> Split:
    rest = np.random.default_rng([seed, 1]).permutation(np.setdiff1d(np.arange(len(samples.y)), test))
    held = max(round(validation * len(rest)), 1)
    return Split(np.sort(rest[held:]), np.sort(rest[:held]), np.sort(test))


def _too_few(samples: Samples) -> Trouble:
    return Trouble(Message(
        N_("{n} prices give too few samples to learn from or to test on: {least} of each are the least. Take a longer series, a smaller "
           "horizon, or shorter windows."),
        {"n": len(samples.price), "least": LEAST}))


@dataclass(frozen=True)
class Scaler:
    """(values − low) / width, feature by feature. low, width: (d,), or () for one feature."""

    low: Array
    width: Array

    def scaled(self, values: Array) -> Array:
        return (values - self.low) / self.width

    def back(self, values: Array) -> Array:
        return values * self.width + self.low


def scaler(values: Array, kind: str) -> Scaler:
    """Fit a scaler to (k, d) or (k,): "min-max" maps least and greatest to 0 and 1, "standard" mean and standard deviation to 0 and 1.
    A feature that never changes becomes 0."""
    if kind not in SCALERS:
        raise ValueError(f"scaler {kind!r} is not one of {', '.join(SCALERS)}")
    low, width = ((values.min(axis=0), np.ptp(values, axis=0)) if kind == "min-max" else (values.mean(axis=0), values.std(axis=0)))
    return Scaler(low, np.where(width > 1e-12 * np.maximum(np.abs(low), 1e-300), width, 1.0))


@dataclass(frozen=True)
class Prepared:
    """Samples as a network takes them: scaled by what the training part knows (with the leak "scaler": by all samples)."""

    samples: Samples
    split: Split
    inputs: Scaler
    targets: Scaler

    def x(self, rows: Array) -> Array:
        """(k,) -> (k, look_back, d) float32."""
        return self.inputs.scaled(self.samples.x[rows]).astype(np.float32)

    def y(self, rows: Array) -> Array:
        """(k,) -> (k,) float32."""
        return self.targets.scaled(self.samples.y[rows]).astype(np.float32)

    def prices(self, predicted: Array, rows: Array) -> Array:
        """A network's answers for the samples `rows` as prices. (k,) or (k, 1) -> (k,) float64."""
        return self.samples.to_price(self.targets.back(np.asarray(predicted, float).reshape(len(rows))), rows)


def prepared(samples: Samples, split: Split, kind: str = "min-max") -> Prepared:
    """Scale samples; kind: one of SCALERS."""
    seen = np.arange(len(samples.y)) if samples.windowing.leak == "scaler" else split.train
    return Prepared(samples, split, scaler(samples.x[seen].reshape(-1, samples.x.shape[2]), kind), scaler(samples.y[seen], kind))
