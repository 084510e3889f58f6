"""How long runs take, learned from those that have ended. The caller holds the lock."""

from __future__ import annotations

from collections import defaultdict, deque

from core.specs.base import Spec


class Costs:
    """Seconds per unit of a spec's own `cost`, by lab, over its latest runs: long ones count for more, since short ones spend their time
    on what costs the same for all."""

    def __init__(self) -> None:
        self._known: defaultdict[str, deque[tuple[float, float]]] = defaultdict(lambda: deque(maxlen=20))  # cost, seconds

    def note(self, spec: Spec, seconds: float) -> None:
        """A run of this spec took so long."""
        if cost := getattr(spec, "cost", None):
            self._known[spec.lab].append((float(cost), seconds))

    def estimate(self, spec: Spec) -> float | None:
        """Seconds that training this spec will take; None if it names no cost."""
        cost, known = getattr(spec, "cost", None), self._known[spec.lab]
        if cost is None:
            return None
        return float(cost) * (sum(seconds for _cost, seconds in known) / sum(one for one, _seconds in known) if known else 1.0)
