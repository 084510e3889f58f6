"""Four teams, four pipelines, one of which leaks: what each reports, and what fresh rows say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.leaks import ROWS, best, folds_of
from core.maths.tables import Array, one_thread

TEAMS = ("A", "B", "C", "D")
RECIPES = ("selection", "scaled", "inside", "plain")  # the first leaks; the second looks as if it did
COLUMNS, KEEP, SIGNAL = 600, 12, 1.0
MOST = 200  # fresh rows a team
CASES = (10, 43, 244, 119, 141, 296)  # seeds: from 60 fresh rows on the evidence is against the leaking team alone


@dataclass(frozen=True)
class Team:
    """recipe: one of RECIPES; right: (100,) bool, which of its own rows the five folds got right; fresh: (200,) bool, likewise for rows
    that nobody had seen before."""

    recipe: str
    right: Array
    fresh: Array

    @property
    def reported(self) -> float:
        return float(self.right.mean())


def wilson(hits: int, rows: int) -> tuple[float, float]:
    """The 95% interval of a share, after Wilson (1927); (0, 1) without rows."""
    if rows == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share, shrink = hits / rows, 1 + z * z / rows
    middle = (share + z * z / (2 * rows)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    return float(middle - half), float(middle + half)


def _rows(rng: np.random.Generator, rows: int, informative: int) -> tuple[Array, Array]:
    """Noise in which the first `informative` columns are shifted by the label's sign, together by SIGNAL standard deviations."""
    y = rng.permutation(rows) % 2
    x = rng.normal(size=(rows, COLUMNS if informative == 0 else 2 * KEEP))
    if informative:
        x[:, :informative] += (2 * y[:, None] - 1) * SIGNAL / np.sqrt(informative)
    return x, y


def _team(recipe: str, rng: np.random.Generator) -> Team:
    from sklearn.linear_model import LogisticRegression

    informative = 0 if recipe == "selection" else 3
    x, y = _rows(rng, ROWS, informative)
    new, labels = _rows(rng, MOST, informative)
    model, right = LogisticRegression(), np.zeros(ROWS, bool)
    if recipe == "selection":
        keep = best(x, y, KEEP)
        x, new = x[:, keep], new[:, keep]
    if recipe == "scaled":  # by means and spreads of all rows, before the split
        mean, spread = x.mean(axis=0), x.std(axis=0)
        x, new = (x - mean) / spread, (new - mean) / spread
    for train, held in folds_of(y):
        own = best(x[train], y[train], KEEP) if recipe == "inside" else np.arange(x.shape[1])
        right[held] = model.fit(x[train][:, own], y[train]).predict(x[held][:, own]) == y[held]
    own = best(x, y, KEEP) if recipe == "inside" else np.arange(x.shape[1])
    return Team(recipe, right, model.fit(x[:, own], y).predict(new[:, own]) == labels)


@lru_cache(64)
def teams(case: int) -> dict[str, Team]:
    """Four teams in an order of the case (1 to 6). The leaking one has columns of noise; of the others’, three say something."""
    rng = np.random.default_rng([CASES[case - 1], 7])
    with one_thread():
        recipes = [RECIPES[i] for i in rng.permutation(len(RECIPES))]
        return {name: _team(recipe, rng) for name, recipe in zip(TEAMS, recipes, strict=True)}


@dataclass(frozen=True)
class Evidence:
    """reported and fresh: share right; between: the 95% intervals of both; apart: the fresh one lies wholly below the reported one."""

    reported: float
    fresh: float | None
    reported_between: tuple[float, float]
    fresh_between: tuple[float, float]

    @property
    def apart(self) -> bool:
        return self.fresh is not None and self.fresh_between[1] < self.reported_between[0]


def evidence(case: int, team: str, fresh: int) -> Evidence:
    """What is known of a team once its model has been tried on so many fresh rows (0 to 200)."""
    found = teams(case)[team]
    seen = found.fresh[:fresh]
    return Evidence(found.reported, float(seen.mean()) if fresh else None, wilson(int(found.right.sum()), ROWS),
                    wilson(int(seen.sum()), fresh))
