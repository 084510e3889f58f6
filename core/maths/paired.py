"""Two classifiers on the same examples: whether one is better, or only luckier.

Q. McNemar, “Note on the sampling error of the difference between correlated proportions or percentages”, 1947. Examples that both read
right, or both wrong, say nothing about which is better; of the others each is as likely to be read right by the one as by the other,
if the two are equally good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Paired:
    """both, first, second, neither: how many examples both read right, only the first, only the second, none of the two."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def p(self) -> float:
        """How likely two equally good ones differ so much, or more: McNemar's exact test, two-sided; 1 where they never differ."""
        from scipy.stats import binomtest

        differ = self.first + self.second
        return float(binomtest(self.first, differ).pvalue) if differ else 1.0

    @property
    def gap(self) -> float:
        """By how much the first is right more often, as a share of all examples."""
        return (self.first - self.second) / max(self.both + self.first + self.second + self.neither, 1)


def paired(first: np.ndarray, second: np.ndarray) -> Paired:
    """Count. first, second: (n,) bool, whether each example is read right."""
    return Paired(int((first & second).sum()), int((first & ~second).sum()), int((~first & second).sum()), int((~first & ~second).sum()))
