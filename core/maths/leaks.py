"""Scores that lie: what a mistake before the split adds to a reported score, beside the score on rows nobody has seen.

All of it is computed as a person would: scikit-learn's models and folds on rows drawn with a seed. Labels are shuffled wherever a
score of one half is the only honest answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.maths.tables import Array, quick, table

ROWS, FOLDS, FRESH = 100, 5, 2000


def correlations(x: Array, y: Array) -> Array:
    """Pearson's correlation of every column with the labels. (rows, columns), (rows,) -> (columns,)."""
    a, b = x - x.mean(axis=0), y - y.mean()
    return (a.T @ b) / np.sqrt((a * a).sum(axis=0) * (b @ b))


def best(x: Array, y: Array, keep: int) -> Array:
    """The places of the `keep` columns that go best with the labels, rising: those of SelectKBest, whose F grows with |r|."""
    return np.sort(np.argsort(np.abs(correlations(x, y)))[-keep:])


def folds_of(y: Array) -> list[tuple[Array, Array]]:
    """Training and held-out rows of five stratified folds, in the order of the rows (what cross_val_score takes)."""
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS).split(np.zeros(len(y)), y))


@dataclass(frozen=True)
class Selection:
    """Columns chosen on pure noise. before, after: mean accuracy over five folds with the columns chosen on all rows, and chosen within
    each training part; fresh: the accuracy of the finished model on 2,000 new rows (it is the same model either way).
    """

    before: float
    after: float
    fresh: float


@lru_cache(16)
def noise(columns: int, seed: int) -> tuple[Array, Array]:
    """100 rows of standard normal numbers, and as many labels 0 as 1 in random order: nothing can be learned."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(ROWS, columns))
    return x, rng.permutation(ROWS) % 2


@lru_cache(256)
def selection(columns: int, chosen: int, seed: int) -> Selection:
    """Keep the `chosen` columns (all, if there are fewer) that go best with the labels; logistic regression; five folds."""
    from sklearn.linear_model import LogisticRegression

    x, y = noise(columns, seed)
    keep = min(chosen, columns)
    model, everything = LogisticRegression(), best(x, y, keep)
    before, after = [], []
    with quick():
        for train, held in folds_of(y):
            before.append(_accuracy(model.fit(x[train][:, everything], y[train]), x[held][:, everything], y[held]))
            own = best(x[train], y[train], keep)
            after.append(_accuracy(model.fit(x[train][:, own], y[train]), x[held][:, own], y[held]))
        model.fit(x[:, everything], y)
        rng = np.random.default_rng([seed, 1])
        new, labels = rng.normal(size=(FRESH, keep)), rng.permutation(FRESH) % 2
        return Selection(float(np.mean(before)), float(np.mean(after)), _accuracy(model, new, labels))


def agreement(columns: int, chosen: int, seed: int, *, before: bool) -> tuple[Array, Array]:
    """The chosen columns' correlation with the labels on the first fold's training rows, and on its held-out rows. Two (chosen,)."""
    x, y = noise(columns, seed)
    train, held = folds_of(y)[0]
    rows = slice(None) if before else train
    own = best(x[rows], y[rows], min(chosen, columns))
    return correlations(x[train][:, own], y[train]), correlations(x[held][:, own], y[held])


# ---- three other mistakes, in doses

DOSES = (0.0, 0.25, 0.5, 0.75, 1.0)
MISTAKES = ("duplicates", "target", "scaling")
SAMPLE = 150


@lru_cache(16)
def tumours(seed: int, *, shuffled: bool) -> tuple[Array, Array, Array, Array]:
    """75 malignant and 75 benign tumours, standardized by their own means, and all other tumours as fresh rows; labels shuffled or true.

    x (150, 30), y (150,), fresh x (419, 30), fresh y (419,).
    """
    rng = np.random.default_rng(seed)
    cancer = table("breast_cancer")
    own = np.concatenate([rng.permutation(np.flatnonzero(cancer.y == k))[:SAMPLE // 2] for k in (0, 1)])
    own = rng.permutation(own)
    rest = np.setdiff1d(np.arange(len(cancer.y)), own)
    y, fresh = cancer.y[own], cancer.y[rest]
    if shuffled:
        y, fresh = rng.permutation(y), rng.permutation(fresh)
    return cancer.x[own], y, cancer.x[rest], fresh


@dataclass(frozen=True)
class Dosed:
    """One mistake at one dose: reported, the mean accuracy over five folds; fresh, that of the finished model on 419 other rows;
    why: an array that shows the reason (see `duplicates`, `target`, `scaling`)."""

    reported: float
    fresh: float
    why: Array


def _pipeline(model: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), model)


def _accuracy(model: Any, x: Array, y: Array) -> float:
    """What `score` says of a classifier, without its checks, which take as long as a fit here."""
    return float(np.mean(model.predict(x) == y))


def _scores(model: Any, x: Array, y: Array, splits: list[tuple[Array, Array]]) -> float:
    return float(np.mean([_accuracy(model.fit(x[train], y[train]), x[held], y[held]) for train, held in splits]))


def _shuffled_folds(y: Array, seed: int) -> list[tuple[Array, Array]]:
    from sklearn.model_selection import KFold

    return list(KFold(FOLDS, shuffle=True, random_state=seed).split(y))


def duplicates(dose: float, seed: int) -> Dosed:
    """A share of the rows was entered twice, then split at random; nearest neighbour, shuffled labels.

    why: of every held-out row, how far its nearest training row is, in standard deviations; 0 is its own copy.
    """
    from sklearn.neighbors import KNeighborsClassifier

    x, y, new, labels = tumours(seed, shuffled=True)
    rows = np.concatenate([np.arange(SAMPLE), np.arange(round(dose * SAMPLE))])
    x, y = x[rows], y[rows]
    model, scores, distances = _pipeline(KNeighborsClassifier(1)), [], []
    for train, held in _shuffled_folds(y, seed):
        model.fit(x[train], y[train])
        near, place = model[-1].kneighbors(model[:-1].transform(x[held]), 1)
        scores.append(float(np.mean(y[train][place[:, 0]] == y[held])))
        distances.append(near[:, 0])
    return Dosed(float(np.mean(scores)), _accuracy(model.fit(x, y), new, labels), np.concatenate(distances))


def target(dose: float, seed: int) -> Dosed:
    """A column more, noted after the diagnosis: in a share of the rows it holds the label (-1 or 1), in the others, and in all fresh
    rows, 0. Logistic regression, shuffled labels. why: |weight| of each standardized column, the new one last.
    """
    from sklearn.linear_model import LogisticRegression

    x, y, new, labels = tumours(seed, shuffled=True)
    known = np.arange(SAMPLE) < round(dose * SAMPLE)
    x = np.column_stack([x, np.where(known, 2.0 * y - 1, 0.0)])
    model = _pipeline(LogisticRegression())
    reported = _scores(model, x, y, _shuffled_folds(y, seed))
    model.fit(x, y)
    return Dosed(reported, _accuracy(model, np.column_stack([new, np.zeros(len(new))]), labels), np.abs(model[-1].coef_[0]))


def scaling(dose: float, seed: int) -> Dosed:
    """The scaler also sees a share of the held-out rows; true labels, logistic regression.

    why: of the first fold, how far each column's mean moves because of it, in standard deviations of the column.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    x, y, new, labels = tumours(seed, shuffled=False)
    model, scores, moved = LogisticRegression(), [], np.zeros(x.shape[1])
    for i, (train, held) in enumerate(_shuffled_folds(y, seed)):
        seen = np.concatenate([train, held[:round(dose * len(held))]])
        scaler = StandardScaler().fit(x[seen])
        if i == 0:
            own = StandardScaler().fit(x[train])
            moved = (scaler.mean_ - own.mean_) / own.scale_
        model.fit(scaler.transform(x[train]), y[train])
        scores.append(_accuracy(model, scaler.transform(x[held]), y[held]))
    return Dosed(float(np.mean(scores)), _accuracy(_pipeline(LogisticRegression()).fit(x, y), new, labels), moved)


HOW: dict[str, Callable[[float, int], Dosed]] = {"duplicates": duplicates, "target": target, "scaling": scaling}


@lru_cache(256)
def dosed(mistake: str, dose: float, seed: int) -> Dosed:
    """One of `MISTAKES` at a dose between 0 (none) and 1."""
    with quick():
        return HOW[mistake](dose, seed)
