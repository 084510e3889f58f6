"""A table that somebody brought: what is wrong with it, what repairs, codes, scalers, splits make of it. Nobody knows its true values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.maths.tables import FENCE, Array, one_thread, scaler_of


@dataclass(frozen=True)
class Repaired:
    """values: (rows left, columns); rows: their places in the table; filled: (rows left, columns) bool; fenced: (all rows, columns) bool,
    cells beyond the fences, taken for missing or not; twice: (all rows,) bool, rows that repeat an earlier one."""

    values: Array
    rows: Array
    filled: Array
    fenced: Array
    twice: Array


def repeats(values: Array) -> Array:
    """(rows, columns) -> (rows,) bool: which rows repeat an earlier one, gap for gap."""
    first = np.unique(np.where(np.isnan(values), -np.inf, values), axis=0, return_index=True)[1]
    return ~np.isin(np.arange(len(values)), first)


def far_out(values: Array) -> Array:
    """Cells more than three quartile ranges beyond the quartiles of their column. Where the middle half of a column is one number there
    is no range to measure by, and nothing is far out. (rows, columns) -> bool"""
    low, high = np.nanquantile(values, [0.25, 0.75], axis=0)
    wide = FENCE * (high - low)
    with np.errstate(invalid="ignore"):
        return ((values < low - wide) | (values > high + wide)) & (wide > 0)


def repaired(values: Array, numbers: list[int], categories: list[int], *, fill: str, fence: bool, deduplicate: bool) -> Repaired:
    """Drop repeated rows, take numbers beyond the fences for missing, then fill: "drop" (rows with a gap in any column), "mean",
    "median" or "neighbours" (the five rows most alike in the standardized numbers, `sklearn.impute.KNNImputer`). A category's gap gets
    its commonest value, the first of those in order; dates and texts stay as they are.
    """
    twice = repeats(values)
    rows = np.flatnonzero(~twice) if deduplicate else np.arange(len(values))
    x = values[rows].copy()
    fenced = np.zeros(values.shape, bool)
    out = far_out(x[:, numbers])
    fenced[np.ix_(rows, np.array(numbers))] = out
    if fence:
        x[:, numbers] = np.where(out, np.nan, x[:, numbers])
    gaps = np.isnan(x)
    if fill == "drop":
        whole = ~gaps.any(axis=1)
        return Repaired(x[whole], rows[whole], gaps[whole], fenced, twice)
    part = x[:, numbers]
    if fill == "neighbours":
        from sklearn.impute import KNNImputer

        mean, spread = np.nanmean(part, axis=0), np.nanstd(part, axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        made = KNNImputer(n_neighbors=5).fit_transform((part - mean) / spread) * spread + mean
    else:
        made = np.broadcast_to(np.nanmean(part, axis=0) if fill == "mean" else np.nanmedian(part, axis=0), part.shape)
    x[:, numbers] = np.where(np.isnan(part), made, part)  # what was there stays, to the last bit
    for column in categories:
        seen = x[~np.isnan(x[:, column]), column]
        if len(seen):
            x[np.isnan(x[:, column]), column] = float(np.argmax(np.bincount(seen.astype(int))))
    return Repaired(x, rows, gaps & ~np.isnan(x), fenced, twice)


# ---- codes

def codes(classes: Array, y: Array, order: str) -> Array:
    """A number 0, 1, 2, … for each class that occurs: in "alphabet" (the classes are in it), the commonest first ("frequency"), or by the
    class's mean of y, the least first ("mean"); of equals the first in the alphabet. (rows,) of classes, (rows,) -> (classes,) by place.
    """
    seen, place, often = np.unique(classes, return_inverse=True, return_counts=True)
    by = {"alphabet": seen, "frequency": -often, "mean": np.bincount(place, y) / often}[order]
    found = np.empty(len(seen), int)
    found[np.argsort(by, kind="stable")] = np.arange(len(seen))
    return found


@dataclass(frozen=True)
class Coded:
    """places: (rows,) the place of each row's class among those that occur; codes: (classes,); means: (classes,) of y; line: (intercept,
    slope) through the codes; by_line: order → R² of its line; one_hot: R² of the classes' means."""

    places: Array
    codes: Array
    means: Array
    line: tuple[float, float]
    by_line: dict[str, float]
    one_hot: float


def coded(classes: Array, y: Array, order: str) -> Coded:
    """Classes as numbers, in each order, and as one-hot columns. (rows,), (rows,); ValueError where y has one value only."""
    from core.maths.evaluation import line, r_squared

    if not np.ptp(y) > 0:
        raise ValueError("y has one value only")
    seen, places = np.unique(classes, return_inverse=True)
    means = np.bincount(places, y) / np.bincount(places)
    fits, scores = {}, {}
    for how in ("alphabet", "frequency", "mean"):
        x = codes(classes, y, how)[places].astype(float)
        a, b = line(x, y) if len(seen) > 1 else (float(y.mean()), 0.0)
        fits[how], scores[how] = (a, b), r_squared(y, a + b * x)
    return Coded(places, codes(classes, y, order), means, fits[order], scores, r_squared(y, means[places]))


# ---- scalers

def distances(z: Array) -> Array:
    """Which share of the squared distance between two rows each column makes, on average over all pairs: that of its variance. nan where
    no row differs from another. (rows, columns) -> (columns,)"""
    variance = z.var(axis=0)
    with np.errstate(invalid="ignore"):
        return variance / variance.sum()


def neighbours(x: Array, y: Array, scaler: str) -> float | None:
    """Five nearest neighbours, a third of the rows held out: the share they get right; None for fewer than 9 rows. (rows, columns), (rows,)
    """
    from sklearn.model_selection import train_test_split
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    if len(x) < 9:
        return None
    train, test, y_train, y_test = train_test_split(x, y, test_size=1 / 3, random_state=0)
    with one_thread():
        return float(make_pipeline(scaler_of(scaler), KNeighborsClassifier(5)).fit(train, y_train).score(test, y_test))


# ---- splits

def sets(rows: int, train: int, validation: int, seed: int, strata: Array | None = None) -> Array:
    """Which set each row is in: training (0), validation (1), test (2); shares in per cent, at least one row each. (rows,)

    strata: (rows,) classes whose shares each set keeps. ValueError where that cannot be: too few rows, or too few of a class.
    """
    from sklearn.model_selection import train_test_split

    first, second = max(1, round(train / 100 * rows)), max(1, round(validation / 100 * rows))
    if first + second >= rows:
        raise ValueError(f"{rows} rows are too few")
    found, places = np.zeros(rows, int), np.arange(rows)
    _train, rest = train_test_split(places, train_size=first, random_state=seed, stratify=strata)
    _validation, test = train_test_split(rest, train_size=second, random_state=seed, stratify=None if strata is None else strata[rest])
    found[rest], found[test] = 1, 2
    return found


def shares(classes: Array, found: Array) -> Array:
    """The share of each class that occurs, in each of the three sets and in all. (rows,), (rows,) -> (4, classes)"""
    seen, place = np.unique(classes, return_inverse=True)
    parts = [place[found == k] for k in range(3)] + [place]
    return np.array([np.bincount(part, minlength=len(seen)) / len(part) for part in parts])


def forecast(when: Array, value: Array, held: Array) -> Array:
    """For each row held out, the mean of the two training rows nearest in time. (rows,), (rows,), (rows,) bool -> (held out,)"""
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(2).fit(when[~held, None], value[~held]).predict(when[held, None])
