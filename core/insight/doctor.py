"""The doctor: what ails a training run, told from its metric rows and frames alone, and the one change that helps.

A cause comes before what follows from it, and silences it: a run whose units are all dead is not also told that it learns
too slowly. Which change helps was measured, on the runs that `core.insight.signs` names: each made most of its runs better
and almost none worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.frame import End, Frame, Message
from core.insight import breakdowns, duels, learning
from core.insight.patient import Diagnosis, Patient
from core.insight.signs import ROWS, Signs
from core.specs.base import Spec

__all__ = ["Diagnosis", "diagnose", "sentences"]


def diagnose(spec: Spec, rows: Sequence[Mapping[str, Any]], frames: Sequence[Frame], end: End | None = None) -> list[Diagnosis]:
    """What ails a run, the most telling first; [] for a healthy one.

    rows: all its metric rows, one an epoch: epoch, loss, val_loss, the judged metric with and without "val_", dead_1, …,
    grad_1, …, update_1, …; of two networks against each other d_real, d_fake, grad_g, modes, …; whatever is missing only makes a
    diagnosis impossible. frames: those stored so far, in order; of use are surface, surface_p, confusion, w0, w1, …. end: None while it
    runs; then nothing is said that its rest may mend.
    """
    try:
        score = spec.score
    except (AttributeError, NotImplementedError):  # a spec that does not say what it is judged by
        score = None
    with np.errstate(all="ignore"):
        signs = Signs(rows, frames, getattr(score, "metric", ""), getattr(score, "higher_is_better", True))
        patient = Patient(spec, signs, end) if signs.n >= 2 else None
        return [] if patient is None else duels.examine(patient) if duels.against(patient) else _examine(patient)


def sentences(found: Sequence[Diagnosis]) -> list[tuple[Message, ...]]:
    """What is said of each without being asked: the evidence, and of the first also how it comes about."""
    return [(one.evidence, one.why) if i == 0 else (one.evidence,) for i, one in enumerate(found)]


def _examine(p: Patient) -> list[Diagnosis]:
    s = p.signs
    broken = breakdowns.exploding(p) or breakdowns.diverging(p)
    if s.n < ROWS:
        return broken
    dead = [] if s.twins else breakdowns.dead(p)
    if broken:
        return broken + (dead if p.cures.rushed and broken[0].name == "diverging" else [])  # of one cause, with one cure
    if dead and s.poor or not p.late:
        return dead
    nothing = learning.not_learning(p) if p.over else []
    if nothing and (p.cures.rushed or s.path < learning.STILL and p.cures.faster()):  # the size of the steps explains the rest
        return nothing
    little = learning.too_slow(p) or learning.underfitting(p) if p.over else []
    if little and not nothing and p.cures.straight():
        return little
    stuck = breakdowns.vanishing(p) or breakdowns.saturated(p)
    if stuck or nothing:
        return dead + (stuck or nothing)
    uneven = learning.overfitting(p) + learning.noisy(p)
    if uneven:
        return dead + uneven
    if little and s.path < learning.SHORT:  # that explains a class without answers
        return dead + little
    return dead + (learning.ignored(p) or little)
