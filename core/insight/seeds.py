"""What the seed does: scores of the same setting on several seeds, and whether two settings differ by more than that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.specs.base import Score

Rows = Sequence[Mapping[str, float | None]]
LIKELY = 0.05  # a difference that shuffling brings about less often than this is called one
EXACT = 20_000  # so many ways to shuffle are all tried; of more, so many at random


def final(rows: Rows, metric: str) -> float:
    """The last finite value of a metric; NaN if there is none, as in a run that failed at once."""
    values = [row.get(metric) for row in rows]
    return next((float(v) for v in reversed(values) if v is not None), float("nan"))


def best(rows: Rows, score: Score) -> tuple[float, int]:
    """The best value of the score and its epoch, the first of equals; (NaN, 0) if there is none."""
    found = [(float(v), int(row["epoch"] or 0)) for row in rows if (v := row.get(score.metric)) is not None]
    if not found:
        return float("nan"), 0
    return min(found, key=lambda pair: (-pair[0] if score.higher_is_better else pair[0], pair[1]))


@dataclass(frozen=True)
class Comparison:
    """wins: the share of pairs (a run of the one, a run of the other) that the first setting wins, ties counting half; p: how often
    shuffling the runs between the settings brings about a share as far from one half, or further.
    """

    wins: float
    p: float


def compare(a: Sequence[float], b: Sequence[float], *, higher_is_better: bool = True) -> Comparison:
    """Compare the scores of two settings by ranks (Mann and Whitney, 1947). NaN is a run that failed: worse than any other."""
    worst = -np.inf if higher_is_better else np.inf
    x, y = (np.nan_to_num(np.asarray(v, float), nan=worst) * (1 if higher_is_better else -1) for v in (a, b))
    both = np.concatenate([x, y])
    wins = (both[:, None] > both[None]) + 0.5 * (both[:, None] == both[None])  # (runs, runs)
    n, m = len(x), len(y)

    def share(chosen: np.ndarray) -> np.ndarray:
        """chosen: (ways, n + m), True for the first setting."""
        return np.einsum("wi,ij,wj->w", chosen, wins, ~chosen, optimize=True) / (n * m)

    ways = np.zeros((min(comb(n + m, n), EXACT), n + m), bool)
    if comb(n + m, n) <= EXACT:
        for i, places in enumerate(combinations(range(n + m), n)):
            ways[i, list(places)] = True
    else:
        rng = np.random.default_rng(0)
        ways[np.arange(len(ways))[:, None], np.argsort(rng.random((len(ways), n + m)), 1)[:, :n]] = True
    own = float(share(np.arange(n + m)[None] < n)[0])
    far = np.abs(share(ways) - 0.5) >= abs(own - 0.5) - 1e-9
    return Comparison(own, float(far.mean()))


def spread(values: Sequence[float], score: Score) -> list[Message]:
    """What several seeds of one setting say."""
    finite = [v for v in values if np.isfinite(v)]
    notes = []
    if len(finite) < len(values):
        notes.append(Message(
            N_("{failed} of {n} runs broke off before their end."),
            {"failed": len(values) - len(finite), "n": len(values)}))
    if len(finite) > 1:
        notes.append(Message(
            N_("Median {label}: {median:.3f}; from {least:.3f} to {most:.3f} over {n} seeds. Between two single runs, a "
               "difference of up to "
               "{range:.3f} can be the seed alone."),
            {"label": ["_", score.label], "median": float(np.median(finite)), "least": min(finite), "most": max(finite),
             "n": len(finite), "range": max(finite) - min(finite)}))
    return notes


def judgement(a: Sequence[float], b: Sequence[float], score: Score, name: str) -> Message:
    """An honest sentence about two settings: the one on screen (a) and the one called `name` (b)."""
    finite_a, finite_b = ([v for v in values if np.isfinite(v)] for values in (a, b))
    if not finite_a or not finite_b:
        return Message(N_("All runs of {name} broke off before their end: there is nothing to compare.") if finite_a else
                       N_("All runs of this setting broke off before their end: there is nothing to compare."), {"name": name})
    found = compare(a, b, higher_is_better=score.higher_is_better)
    values = {"name": name, "wins": found.wins, "n": len(a), "m": len(b), "p": found.p,
              "difference": abs(float(np.median(finite_a) - np.median(finite_b))),
              "range": max(max(v) - min(v) for v in (finite_a, finite_b))}
    if 2 / comb(len(a) + len(b), len(a)) >= LIKELY:
        return Message(N_("This setting wins {wins:.0%} of the pairs against {name}. With {n} and {m} runs, nothing could be "
                          "told from that: "
                          "take at least 4 seeds each."), values)
    if found.p >= LIKELY:
        return Message(N_("This setting wins {wins:.0%} of the pairs against {name}. The difference of the medians "
                          "({difference:.3f}) is not "
                          "larger than what the seed does: shuffled at random, runs differ as much in {p:.0%} of all cases."), values)
    if found.wins > 0.5:
        return Message(N_("This setting is better than {name}: it wins {wins:.0%} of the pairs, which the seed alone brings "
                          "about in {p:.1%} "
                          "of all cases. The medians differ by {difference:.3f}."), values)
    return Message(N_("This setting is worse than {name}: it wins only {wins:.0%} of the pairs, which the seed alone brings "
                      "about in {p:.1%} "
                      "of all cases. The medians differ by {difference:.3f}."), values)
