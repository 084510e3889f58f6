"""Who is trained on and who is judged by: shares, strata, time; and what a category's code makes of a line."""

from __future__ import annotations

import csv
import gzip
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from core.maths.tables import Array, table

ROWS = 100


@lru_cache(64)
def shares(train: int, validation: int, rare: int, seed: int, *, stratified: bool) -> tuple[Array, Array]:
    """100 tumours, `rare` of them malignant (1), cut into training (0), validation (1) and test (2) sets.

    -> labels (100,), sets (100,); the two sizes are in rows, the rest is the test set. ValueError where so few rare
    ones cannot be stratified.
    """
    from sklearn.model_selection import train_test_split

    y = (np.arange(ROWS) < rare).astype(int)
    rows, sets = np.arange(ROWS), np.zeros(ROWS, int)
    _train, rest = train_test_split(rows, train_size=train, random_state=seed, stratify=y if stratified else None)
    _validation, test = train_test_split(rest, train_size=validation, random_state=seed, stratify=y[rest] if stratified else None)
    sets[rest], sets[test] = 1, 2
    return y, sets


def chances(rare: int, test: int) -> Array:
    """The probability that a random test set holds 0, 1, …, `rare` of the rare rows: the hypergeometric distribution. (rare + 1,)"""
    from math import comb

    return np.array([comb(rare, k) * comb(ROWS - rare, test - k) / comb(ROWS, test) if test >= k else 0.0 for k in range(rare + 1)])


@cache
def stock(name: str) -> tuple[list[str], Array]:
    """Weekly closes of a real share, 2018 and 2019, as a multiple of the first: dates (105) and (105,). Read from plotly's own file,
    without importing plotly. KeyError for a name that it does not have."""
    spec = find_spec("plotly")
    assert spec is not None and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "package_data" / "datasets" / "stocks.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row["date"] for row in rows], np.array([float(row[name]) for row in rows])


def split_weeks(weeks: int, held: int, seed: int, *, by_time: bool) -> Array:
    """Which weeks are held out: the last ones, or as many at random. (weeks,) bool."""
    out = np.zeros(weeks, bool)
    if by_time:
        out[-held:] = True
    else:
        out[np.random.default_rng(seed).permutation(weeks)[:held]] = True
    return out


def neighbours_in_time(close: Array, held: Array, neighbours: int = 2) -> Array:
    """The forecast for each held-out week: the mean close of the nearest training weeks. (weeks,), (weeks,) -> (held out,)."""
    from sklearn.neighbors import KNeighborsRegressor

    week = np.arange(len(close), dtype=float)[:, None]
    return KNeighborsRegressor(neighbours).fit(week[~held], close[~held]).predict(week[held])


def coded(codes: tuple[float, float, float], column: str) -> tuple[Array, Array, Array, float, float]:
    """A line through a wine column against its cultivar's code, and a mean for each cultivar (one-hot).

    -> x (178,), y (178,), class means (3,), R² of the line, R² of one-hot. The line is flat if all codes are equal.
    """
    from core.maths.evaluation import line, r_squared

    wine = table("wine")
    y = wine.x[:, wine.names.index(column)]
    x = np.array(codes)[wine.y]
    means = np.array([y[wine.y == k].mean() for k in range(3)])
    intercept, slope = line(x, y) if np.ptp(x) > 0 else (float(y.mean()), 0.0)
    return x, y, means, r_squared(y, intercept + slope * x), r_squared(y, means[wine.y])
