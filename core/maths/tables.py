"""Real tables that come with scikit-learn, read once, and what is done to them on purpose: cells knocked out, slips, copies.

scikit-learn is imported when a table is first asked for, never with this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Table:
    """x: (rows, columns) float64 in the columns' own units; y: (rows,) int classes or float targets; names: a name a column. Read-only."""

    x: Array
    y: Array
    names: tuple[str, ...]


@cache
def table(name: str) -> Table:
    """"wine" (178, 13; three cultivars), "breast_cancer" (569, 30; 1 is malignant) or "diabetes" (442, 10; progression after a year).

    KeyError for another name. Source: `sklearn.datasets`, with scikit-learn's 0 = malignant turned round, so that 1 is what is looked for.
    """
    from sklearn import datasets

    load = {"wine": datasets.load_wine, "breast_cancer": datasets.load_breast_cancer,
            "diabetes": lambda: datasets.load_diabetes(scaled=False)}[name]
    found = load()
    y = 1 - found.target if name == "breast_cancer" else found.target
    x = np.asarray(found.data, float)
    for array in (x, y):
        array.setflags(write=False)
    return Table(x, y, tuple(map(str, found.feature_names)))


@cache
def _pools() -> object:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Small fits on one thread: on a busy machine a second one costs twenty times what it brings."""
    import sklearn.linear_model  # noqa: F401 - brings the libraries whose threads are counted

    with _pools().limit(limits=1):  # type: ignore[attr-defined]
        yield


@contextmanager
def quick() -> Iterator[None]:
    """One thread, and no checks of what scikit-learn is given: for tables and settings of our own, never for a person's."""
    import sklearn

    with one_thread(), sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        yield


# ---- a table with faults

@dataclass(frozen=True)
class Spoiled:
    """A training table with faults made on purpose, and what only we know of it.

    x: (rows, columns), nan where a cell is missing; y: (rows,); truth: the same rows without a fault; missing, slipped: (rows, columns)
    bool; copy: (rows,) bool, rows that repeat an earlier one.
    """

    x: Array
    y: Array
    truth: Array
    missing: Array
    slipped: Array
    copy: Array


TRAIN = 118  # rows of wine that are spoiled; the other 60 stay as they are, to judge by


@cache
def wine_split() -> tuple[Array, Array, Array, Array]:
    """Training x (118, 13) and y, test x (60, 13) and y: stratified, always the same."""
    from sklearn.model_selection import train_test_split

    wine = table("wine")
    x, x_test, y, y_test = train_test_split(wine.x, wine.y, train_size=TRAIN, stratify=wine.y, random_state=0)
    return x, y, x_test, y_test


@lru_cache(64)
def spoiled(missing: float, slips: int, copies: int, seed: int) -> Spoiled:
    """Wine's training rows with a share of cells missing, `slips` cells in which the decimal point slipped one place to the right,
    and `copies` rows entered a second time (at the end). Every cell has its own fixed luck, so that a slider only adds faults.
    """
    rng = np.random.default_rng(seed)
    x, y, _x, _y = wine_split()
    luck, order, again = rng.random(x.shape), rng.permutation(x.size), rng.permutation(len(x))
    slipped = np.isin(np.arange(x.size), order[:slips]).reshape(x.shape)
    gone = (luck < missing) & ~slipped
    rows = np.concatenate([np.arange(len(x)), again[:copies]])
    seen = np.where(gone, np.nan, np.where(slipped, 10 * x, x))
    return Spoiled(seen[rows], y[rows], x[rows], gone[rows], slipped[rows], np.arange(len(rows)) >= len(x))


@dataclass(frozen=True)
class Cleaned:
    """x: (rows, columns) without a gap; y: (rows,); rows: their places in the spoiled table; filled: (rows, columns) bool, cells that
    were filled in; fenced: (spoiled rows, columns) bool, cells taken for slips."""

    x: Array
    y: Array
    rows: Array
    filled: Array
    fenced: Array


FENCE = 3.0  # quartile ranges beyond the quartiles: Tukey's "far out" (Exploratory Data Analysis, 1977)


def fences(x: Array) -> tuple[Array, Array]:
    """The lower and upper fence of each column: quartiles ∓ 3 quartile ranges, gaps left out. (rows, columns) -> two (columns,)."""
    low, high = np.nanquantile(x, [0.25, 0.75], axis=0)
    return low - FENCE * (high - low), high + FENCE * (high - low)


def cleaned(dirty: Spoiled, *, fill: str, fence: bool, deduplicate: bool) -> Cleaned:
    """Drop repeated rows, take cells beyond the fences for missing, then fill: "drop" (rows with a gap), "mean", "median" or
    "neighbours" (mean of the five most alike rows, `sklearn.impute.KNNImputer` on standardized columns).
    """
    rows = np.arange(len(dirty.x))
    if deduplicate:
        first = np.unique(np.nan_to_num(dirty.x, nan=-1.0), axis=0, return_index=True)[1]
        rows = np.sort(first)
    x = dirty.x[rows].copy()
    fenced = np.zeros(dirty.x.shape, bool)
    if fence:
        low, high = fences(x)
        out = (x < low) | (x > high)
        x[out] = np.nan
        fenced[rows] = out
    gaps = np.isnan(x)
    if fill == "drop":
        whole = ~gaps.any(axis=1)
        rows, x, gaps = rows[whole], x[whole], gaps[whole]
    elif fill == "neighbours":
        from sklearn.impute import KNNImputer

        mean, spread = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
        x = KNNImputer(n_neighbors=5).fit_transform((x - mean) / spread) * spread + mean
    else:
        x = np.where(gaps, np.nanmean(x, axis=0) if fill == "mean" else np.nanmedian(x, axis=0), x)
    return Cleaned(x, dirty.y[rows], rows, gaps, fenced)


def judged(x: Array, y: Array, x_test: Array, y_test: Array, *, scaler: str = "standard", neighbours: int = 5) -> float:
    """The accuracy on test rows of the nearest neighbours among training rows; the scaler learns from the training rows alone.

    What KNeighborsClassifier does, without its overhead: this is done at every step of a drag.
    """
    scaling = scaler_of(scaler)
    train, test = scaling.fit_transform(x), scaling.transform(x_test)
    distance = ((test[:, None, :] - train[None, :, :]) ** 2).sum(axis=2)
    near = y[np.argsort(distance, axis=1, kind="stable")[:, :neighbours]]
    votes = (near[:, :, None] == np.arange(y.max() + 1)).sum(axis=1)  # of a tie the least class
    return float((votes.argmax(axis=1) == y_test).mean())


@cache
def ideal() -> float:
    """The same, trained on the wines without a fault."""
    return judged(*wine_split())


def scaler_of(name: str):  # type: ignore[no-untyped-def]  # scikit-learn has no types
    """A new scaler of scikit-learn: "none" (leaves numbers as they are), "standard", "minmax" or "robust"."""
    from sklearn import preprocessing as p

    return {"none": p.FunctionTransformer, "standard": p.StandardScaler, "minmax": p.MinMaxScaler, "robust": p.RobustScaler}[name]()
