"""What a trained classifier's answers on one part of the data come to: from the arrays of the probe "evaluate", without anything else.

    confusion  (c, c) int32      rows the truth, columns the answer
    summary    (4,) float32      accuracy, how many images, cross-entropy, expected calibration error
    bins       (10, 3) float32   tenths of the answer's probability: how many, their mean probability, their accuracy
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.maths.intervals import wilson


@dataclass(frozen=True)
class PerClass:
    """Of one class: how many there are, how many answers name it; precision, recall and F1 are nan where nothing is divided by nothing."""

    count: int
    answers: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Verdicts:
    """confusion: (c, c); bins: (10, 3), as above."""

    confusion: np.ndarray
    bins: np.ndarray
    cross_entropy: float
    calibration_error: float

    @property
    def count(self) -> int:
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        return self.right / max(self.count, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy on many more such images would lie, with 95 % confidence (Wilson)."""
        return wilson(self.right, self.count)

    @property
    def classes(self) -> list[PerClass]:
        found = []
        for k, row in enumerate(self.confusion):
            hit, count, answers = int(row[k]), int(row.sum()), int(self.confusion[:, k].sum())
            found.append(PerClass(count, answers, _share(hit, answers), _share(hit, count), _share(2 * hit, count + answers)))
        return found

    @property
    def worst(self) -> tuple[int, int]:
        """The most frequent mistake: truth and answer; without any the first class, taken for itself."""
        mistakes = self.confusion - np.diag(np.diag(self.confusion))
        truth, said = divmod(int(mistakes.argmax()), len(mistakes))
        return (truth, said) if mistakes.any() else (0, 0)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def verdicts(found: Mapping[str, np.ndarray]) -> Verdicts | None:
    """Read an answer of the probe; None if the network's answers were no numbers any more."""
    if not np.isfinite(found["summary"]).all():
        return None
    return Verdicts(found["confusion"].astype(int), found["bins"].astype(float), *(float(v) for v in found["summary"][2:]))
