"""What a sweep says, and the learning-rate finder: one run whose rate grows from tiny to huge shows which rates work.

The finder follows Smith, "Cyclical learning rates for training neural networks" (2017).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.specs.base import Score, Spec
from core.specs.sweep import RATES

EPOCHS = 100
SMOOTH = 5  # epochs on either side that a point of the curve is averaged over
FALLEN = 0.02  # a curve that falls by less than this share of its start has not learned anywhere


def possible(spec: Spec) -> bool:
    """Whether this lab's spec has a schedule that runs through the rates."""
    return "schedule" in type(spec).model_fields and "range" in spec.choices_of("schedule")


def spec_of(spec: Any) -> Any:
    """The run of the finder for a setting: from zero, whatever the setting branches off."""
    whole = {"branch": ""} if spec.parent else {}
    return spec.changed(schedule="range", epochs=EPOCHS, **whole)


def rates(epochs: int) -> list[float]:
    """The learning rate at the end of every epoch, from epoch 0."""
    least, greatest = RATES
    return [float(f"{least * (greatest / least) ** (epoch / epochs):.4g}") for epoch in range(epochs + 1)]


@dataclass(frozen=True)
class Suggestion:
    """rate: one worth trying, None if the curve names none."""

    note: Message
    rate: float | None


def suggestion(runs: Sequence[Sequence[Mapping[str, float | None]]], at: Sequence[float]) -> Suggestion:
    """Read the finder's curves: rows of several seeds, whose rate at epoch e is at[e].

    Worth trying is a tenth of the rate at which the loss is least: there it is about to rise, a little before it falls safely.
    """
    losses = np.full((len(runs), len(at)), np.nan)
    for line, rows in zip(losses, runs, strict=True):
        for row in rows:
            epoch, loss = int(row["epoch"] or 0), row.get("loss")
            if loss is not None and epoch < len(at):
                line[epoch] = loss
    counted = np.isfinite(losses).all(0)
    length = int(np.argmin(counted)) if not counted.all() else len(at)  # up to where the first of them broke off
    if length < 2 * SMOOTH:
        return Suggestion(Message(N_("The runs broke off before anything could be read from them.")), None)
    curve = np.median(losses[:, :length], 0)
    padded = np.pad(curve, SMOOTH, mode="edge")
    smooth = np.convolve(padded, np.ones(2 * SMOOTH + 1) / (2 * SMOOTH + 1), "valid")
    lowest = int(np.argmin(smooth))
    if smooth[0] - smooth[lowest] < FALLEN * abs(smooth[0]):
        return Suggestion(Message(N_("The loss falls at no rate: it is not the learning rate that holds this setting back.")), None)
    rate = max(float(f"{at[lowest] / 10:.1g}"), RATES[0])  # no field takes less
    return Suggestion(Message(N_("The loss is least where the rate has grown to about {lowest:.2g}, and rises behind it. A tenth of that, "
                                 "{rate:g}, is usually a good rate for a whole run."), {"lowest": at[lowest], "rate": rate}), rate)


def best_value(scores: Sequence[Sequence[float]], score: Score, values: Sequence[str], label: str, now: int) -> tuple[Message, int]:
    """What a sweep says, and the place of the value with the best median. scores: of every value, its seeds; NaN for one that
    failed; now: the place of the value on screen.
    """
    sign = 1 if score.higher_is_better else -1
    worst = -np.inf
    medians = [float(np.median(np.nan_to_num(np.array(those, float) * sign, nan=worst))) for those in scores]
    best = now if medians[now] == max(medians) else int(np.argmax(medians))  # of equals the one that is set: no change for nothing
    whole = bool(np.isfinite([*scores[best], *scores[now]]).all())
    within = max(max(those) - min(those) for those in (scores[best], scores[now])) if whole else math.nan
    arguments: dict[str, Any] = {"label": label, "best": values[best], "score": sign * medians[best], "metric": ["_", score.label],
                                 "range": within}
    if not np.isfinite(medians[best]):
        return Message(N_("At no value of “{label}” did the runs reach their end."), arguments), now
    if best == now:
        return Message(N_("No other value of “{label}” has a better median {metric} than {best}, which was set: {score:.3f}."),
                       arguments), best
    if not whole:
        return Message(N_("“{label}” at {best} has the best median {metric}, {score:.3f}. Some of the runs broke off, so what the seed "
                          "does cannot be seen."), arguments), best
    if medians[best] - medians[now] <= within and len(scores[0]) > 1:
        return Message(N_("“{label}” at {best} has the best median {metric}, {score:.3f}; but the value that was set is within "
                          "what the seed does ({range:.3f})."), arguments), best
    if len(scores[0]) == 1:
        return Message(N_("“{label}” at {best} has the best {metric}, {score:.3f}. One seed a value: what the seed does cannot be seen."),
                       arguments), best
    return Message(N_("“{label}” at {best} has the best median {metric}, {score:.3f}, and the value that was set is worse by more "
                      "than the seed does ({range:.3f})."), arguments), best
