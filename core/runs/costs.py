"""How long runs take, learned from those that have ended. The caller holds the lock."""

from __future__ import annotations

import statistics
from collections import defaultdict, deque

from core.specs.base import Spec


class Costs:
    """Seconds per unit of a spec's own `cost`, by lab: the median of its latest runs."""

    def __init__(self) -> None:
        self._ratios: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=20))

    def note(self, spec: Spec, seconds: float) -> None:
        """A run of this spec took so long."""
        if cost := getattr(spec, "cost", None):
            self._ratios[spec.lab].append(seconds / cost)

    def estimate(self, spec: Spec) -> float | None:
        """Seconds that training this spec will take; None if it names no cost."""
        cost, ratios = getattr(spec, "cost", None), self._ratios[spec.lab]
        return None if cost is None else float(cost) * (statistics.median(ratios) if ratios else 1.0)
