"""What a classifier of texts is worth: from the arrays of the probe "evaluate" of the text lab and of the simple model beside it.

    p        (n, k) float32    how likely the model takes each text to be of each class
    y        (n,) int32        what it is
    lengths  (n,) int32        how many tokens it has, before anything is cut
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.forecasts import SHOWN, probability
from core.insight.verdicts import Verdicts
from core.maths.calibration import calibration, expected_error
from core.maths.intervals import wilson
from core.maths.paired import Paired, paired

Answers = Mapping[str, np.ndarray]
GROUPS = 5  # of texts by their length, equally many in each
LEAST = 1e-12  # a probability below counts as this one in the cross-entropy


def verdicts(found: Answers) -> Verdicts | None:
    """Matrix, accuracy and calibration; None if the answers are no numbers any more."""
    p, y = found["p"].astype(np.float64), found["y"].astype(int)
    if not np.isfinite(p).all() or not len(y):
        return None
    said, kinds = p.argmax(1), p.shape[1]
    matrix = np.bincount(y * kinds + said, minlength=kinds * kinds).reshape(kinds, kinds)
    bins = calibration(p.max(1), said == y)
    loss = float(-np.log(np.maximum(p[np.arange(len(y)), y], LEAST)).mean())
    return Verdicts(matrix, bins, loss, expected_error(bins))


def right(found: Answers) -> np.ndarray:
    """Which texts are read right: (n,) bool."""
    return found["p"].argmax(1) == found["y"]


@dataclass(frozen=True)
class Roc:
    """Every threshold at once, of two classes: the share of class 0 that is taken for class 1, the share of class 1 that is found, both
    (m,) from 0 to 1; the area below the line."""

    alarms: np.ndarray
    hits: np.ndarray
    area: float


def roc(found: Answers) -> Roc | None:
    """Of two classes; None of more, and where one of them is missing."""
    from sklearn.metrics import roc_auc_score, roc_curve

    p, y = found["p"], found["y"]
    if p.shape[1] != 2 or len(np.unique(y)) != 2:
        return None
    alarms, hits, _thresholds = roc_curve(y, p[:, 1])
    return Roc(alarms, hits, float(roc_auc_score(y, p[:, 1])))


@dataclass(frozen=True)
class Group:
    """Texts of least … greatest tokens: how many, how many of them are read right."""

    least: int
    greatest: int
    count: int
    right: int

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, self.count)


def by_length(found: Answers, groups: int = GROUPS) -> list[Group]:
    """Accuracy by length: groups of about equally many texts, none of which parts texts of one length; fewer where lengths are few."""
    lengths, good = found["lengths"].astype(int), right(found)
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, groups + 1)[1:-1], method="inverted_cdf")) if len(lengths) else []
    which = np.searchsorted(edges, lengths, side="left")  # an edge is the greatest length of its group
    return [Group(int(lengths[here].min()), int(lengths[here].max()), int(here.sum()), int(good[here].sum()))
            for k in np.unique(which) for here in [which == k]]


def commonest(found: Answers) -> float:
    """The accuracy of whoever always names the commonest class of these texts."""
    return float(np.bincount(found["y"]).max() / max(len(found["y"]), 1))


def beside(found: Answers, simple: Answers) -> Paired:
    """The network beside the simple model, text by text. ValueError if they were asked about different texts."""
    if not np.array_equal(found["y"], simple["y"]):
        raise ValueError("the two models were asked about different texts")
    return paired(right(found), right(simple))


def judged(found: Paired, tried: int = 1) -> list[Message]:
    """Whether the network is better than the simple model. tried: settings that were looked at on these texts; the greater p is for it."""
    p = min(found.p * max(tried, 1), 1.0)
    values = {"first": found.first, "second": found.second, "both": found.both, "p": probability(p), "tried": tried}
    counts = Message(N_("Read right by both: {both:,}; by the network alone: {first:,}; by TF-IDF alone: {second:,}."), values)
    if p >= SHOWN:
        first = Message(N_("Better than TF-IDF with logistic regression: not shown (p {p})."), values)
    elif found.gap > 0:
        first = Message(N_("Better than TF-IDF with logistic regression: shown (p {p})."), values)
    else:
        first = Message(N_("The simple model wins: TF-IDF with logistic regression reads more texts right, and that is shown (p {p})."),
                        values)
    many = [Message(N_("This test was looked at with {tried} settings: one of them is lucky more easily than one alone, so p is multiplied "
                       "by {tried}."), values)] if tried > 1 else []
    return [first, counts, *many]


def shorter_or_longer(groups: list[Group]) -> Message | None:
    """What accuracy by length says: where the least and the greatest group are apart by more than their intervals; None where not."""
    if len(groups) < 2:
        return None
    worst, best = min(groups, key=lambda g: g.right / g.count), max(groups, key=lambda g: g.right / g.count)
    if worst.interval[1] >= best.interval[0]:
        return Message(N_("Length makes no difference that so many texts could show: all intervals overlap."))
    return Message(N_("Texts of {a} to {b} tokens are read right in {low:.0%}, those of {c} to {d} in {high:.0%} of all cases."),
                   {"a": worst.least, "b": worst.greatest, "c": best.least, "d": best.greatest, "low": worst.right / worst.count,
                    "high": best.right / best.count})
