"""Who comes to the doctor: a run, measured, with its spec; and what the doctor says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.frame import End, Message
from core.insight.cures import Cures
from core.insight.signs import Signs
from core.specs.base import Spec


@dataclass(frozen=True)
class Diagnosis:
    """One illness of one run.

    name: diverging, not_learning, too_slow, overfitting, underfitting, dead_relus, vanishing_gradients,
        exploding_gradients, saturated_outputs, noisy or class_ignored; of two networks against each other vanishing_generator,
        discriminator_too_strong, mode_collapse, unfinished, squashed_twice
        or oscillating.
    evidence: one sentence with numbers of this run; why: one sentence on how it comes about.
    change: the one change of spec fields that helps, fit for `spec.revised(**change)`; empty where none is known.
    """

    name: str
    evidence: Message
    why: Message
    change: dict[str, Any] = field(default_factory=dict)


class Patient:
    """One run. over: it has ended as planned; late: at least half of it is done, so that its shape tells."""

    def __init__(self, spec: Spec, signs: Signs, end: End | None) -> None:
        self.spec, self.signs, self.end, self.cures = spec, signs, end, Cures(spec)
        planned, done = self.cures.number("epochs"), int(signs.epochs[-1])
        self.over = end is not None and end.state != "cancelled" or planned is not None and done >= planned
        self.late = self.over or planned is not None and done >= planned / 2
