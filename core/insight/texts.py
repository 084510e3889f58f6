"""What a classifier of texts is worth: from the arrays of the probe "evaluate" (`core.labs.verdicts`) of a network and of TF-IDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.forecasts import SHOWN, probability
from core.insight.verdicts import Verdicts
from core.maths.calibration import calibration, expected_error
from core.maths.intervals import NORMAL_95, wilson
from core.maths.paired import Paired, paired

Answers = Mapping[str, np.ndarray]


def verdicts(found: Answers) -> Verdicts | None:
    """Matrix, accuracy and calibration; None if the answers are no numbers any more."""
    if not np.isfinite(found["sure"]).all() or not len(found["truth"]):
        return None
    bins = calibration(found["sure"], right(found))
    return Verdicts(found["confusion"].astype(int), bins, float(found["summary"][3]), expected_error(bins))


def right(found: Answers) -> np.ndarray:
    """Which texts are read right: (n,) bool."""
    return found["said"] == found["truth"]


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


def by_length(found: Answers) -> list[Group]:
    """Accuracy by length: groups of about equally many texts, the shortest first."""
    return [Group(int(least), int(greatest), int(count), round(float(count * share)))
            for least, greatest, count, share in found["by_length"]]


def area(found: Answers) -> float | None:
    """The area under the ROC curve; None of more than two classes, and where one of the two is missing."""
    value = float(found["auc"][0]) if "auc" in found else float("nan")
    return value if np.isfinite(value) else None


def commonest(found: Answers) -> float:
    """The accuracy of whoever always names the commonest class of these texts."""
    return float(np.bincount(found["truth"]).max() / max(len(found["truth"]), 1))


def beside(found: Answers, simple: Answers) -> Paired:
    """The network beside the simple model, text by text; a slow network may have read the first texts only. ValueError if they were asked
    about different texts."""
    n = len(found["truth"])
    if not np.array_equal(found["truth"], simple["truth"][:n]):
        raise ValueError("the two models were asked about different texts")
    return paired(right(found), right(simple)[:n])


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
    many = [Message(N_("This test was looked at {tried} times: one look of several is lucky more easily than a single one, so p is "
                       "multiplied by {tried}."), values)] if tried > 1 else []
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


Curve = Sequence[tuple[int, float]]  # texts to learn from, and the validation accuracy


def more_texts(network: Curve, simple: Curve, held: int) -> list[Message]:
    """What a learning curve says: whether the last doubling helped, and which model is ahead with few texts and with many. held: how many
    validation texts there are, by which the accuracies may be off. Two points each at least, the fewest texts first."""
    (few, before), (many, after) = network[-2:]
    noise = NORMAL_95 * np.sqrt(after * (1 - after) / max(held, 1))
    values = {"few": few, "many": many, "gain": after - before, "noise": noise}
    if after - before > noise:
        found = [Message(N_("The last step, from {few:,} to {many:,} texts, brought {gain:.1%} of accuracy. More texts would bring more."),
                         values)]
    else:
        found = [Message(N_("The last step, from {few:,} to {many:,} texts, changed the accuracy by {gain:.1%}, no more than chance may "
                            "(±{noise:.1%}). More texts of this kind would hardly help."), values)]
    least, most = (network[i][1] - simple[i][1] for i in (0, -1))
    ends = {"few": network[0][0], "many": network[-1][0]}
    if least < -noise and most > noise:
        found.append(Message(N_("With {few:,} texts the simple model is ahead, with {many:,} the network: what it has to learn by itself "
                                "takes texts."), ends))
    elif most < -noise:
        found.append(Message(N_("The simple model is ahead even with {many:,} texts."), ends))
    return found
