"""A guess made before a run, and how close it was: a sketched curve, a number, or better / about the same / worse than before.

A guess is a few characters of an address: "s" and seven values of a sketch, "n" and a number, "c", a choice and the score of the run
before, joined by "_".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.specs.base import Score

Rows = Sequence[Mapping[str, float | None]]

GRID = (0.0, 0.08, 0.18, 0.32, 0.5, 0.75, 1.0)  # shares of the run that a sketch has values at: a curve bends most at its start
CHOICES = {"better": N_("better"), "same": N_("about the same"), "worse": N_("worse")}
COUNTS = {"sketch": len(GRID), "number": 1, "choice": 1}  # how many values a guess of each kind has
LIMIT = 1e6  # no score of ours is larger
TEXT = 200  # characters of an address
SAME, SAME_ERROR = 0.02, 0.05  # "about the same": so far apart at most; of an error, so large a share of the one before

DAMAGED = N_("The guess in the address cannot be read: part of it is missing or was changed. The page shows none.")


@dataclass(frozen=True)
class Guess:
    """kind: of COUNTS; values: of the sketch at GRID, or the number alone, or the score of the run before a choice was made;
    choice: of CHOICES, "" for the other kinds. ValueError if that does not fit together.
    """

    kind: str
    values: tuple[float, ...]
    choice: str = ""

    def __post_init__(self) -> None:
        if len(self.values) != COUNTS.get(self.kind) or not all(math.isfinite(v) and abs(v) <= LIMIT for v in self.values):
            raise ValueError(f"no guess: {self.kind!r} with {self.values!r}")
        if (self.choice in CHOICES) != (self.kind == "choice") or (self.kind != "choice" and self.choice):
            raise ValueError(f"no guess: {self.kind!r} with the choice {self.choice!r}")


def pack_guess(guess: Guess) -> str:
    """Write a guess into the characters that an address may hold: four digits of each value."""
    values = [f"{v + 0.0:.4g}".replace("e+", "e") for v in guess.values]
    return "_".join([guess.kind[0] + guess.choice if guess.kind == "choice" else guess.kind[0] + values.pop(0), *values])


def unpack_guess(text: str) -> tuple[Guess | None, list[Message]]:
    """Read what `pack_guess` wrote; None without one. What cannot be read is left out, with a message that says so."""
    if not text:
        return None, []
    try:
        kind = next((k for k in COUNTS if text[0] == k[0]), "")
        first, *rest = text[1:TEXT].split("_")
        parts = rest if kind == "choice" else [first, *rest]
        if len(text) > TEXT or not all(re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", part) for part in parts):
            raise ValueError(text)
        return Guess(kind, tuple(map(float, parts)), first if kind == "choice" else ""), []
    except ValueError:
        return None, [Message(DAMAGED)]


def margin(score: Score, before: float) -> float:
    """How far two scores may lie apart and still count as about the same."""
    return SAME if score.higher_is_better else SAME_ERROR * abs(before)


def outcome(score: Score, before: float, after: float) -> str:
    """Which of CHOICES came true."""
    gain = (after - before) * (1 if score.higher_is_better else -1)
    return "same" if abs(gain) <= margin(score, before) + 1e-9 else "better" if gain > 0 else "worse"


def distance(values: Sequence[float], rows: Rows, metric: str, epochs: int) -> tuple[float, float]:
    """How far a sketch lies from a run's curve: the mean of |sketch − curve| over the recorded epochs, and sketch − curve at the last
    of them. Between its values the sketch is a straight line. NaN for a run without the metric.
    """
    found = [(float(row["epoch"] or 0), float(v)) for row in rows if (v := row.get(metric)) is not None]
    if not found:
        return math.nan, math.nan
    at, curve = np.array(found).T
    gap = np.interp(at / max(epochs, 1), GRID, values) - curve
    return float(np.abs(gap).mean()), float(gap[-1])


def verdict(guess: Guess, rows: Rows, score: Score, epochs: int, *, state: str = "finished") -> Message:
    """One honest sentence on a guess. rows and epochs: of the run that was guessed; state: how it ended."""
    if state == "cancelled":
        return Message(N_("The run was stopped before its end: your guess stays open."))
    values = [float(v) for row in rows if (v := row.get(score.metric)) is not None]
    if state == "failed" or not values:
        return _broken(guess)
    if guess.kind == "choice":
        return _chosen(guess, score, values[-1])
    unit = 100.0 if "accuracy" in score.metric else 1.0
    if guess.kind == "number":
        off = (guess.values[0] - values[-1]) * unit
        return _sided(NUMBER if unit > 1 else NUMBER_PLAIN, off, unit, {"guess": guess.values[0], "final": values[-1]})
    mean, end = distance(guess.values, rows, score.metric, epochs)
    return _sided(SKETCH if unit > 1 else SKETCH_PLAIN, end * unit, unit, {"mean": mean * unit})


SKETCH = (N_("Your guess: on average your sketch lay {mean:.1f} accuracy points off the curve; at the end it was {off:.1f} points {side}."),
          N_("Your guess: on average your sketch lay {mean:.1f} accuracy points off the curve; its end was right."))
SKETCH_PLAIN = (N_("Your guess: on average your sketch lay {mean:.3g} off the curve; at the end it was {off:.3g} {side}."),
                N_("Your guess: on average your sketch lay {mean:.3g} off the curve; its end was right."))
NUMBER = (N_("Your guess: you said {guess:.3f}, and the run ended at {final:.3f}. That is {off:.1f} accuracy points {side}."),
          N_("Your guess: you said {guess:.3f}, and the run ended at {final:.3f}. That is right."))
NUMBER_PLAIN = (N_("Your guess: you said {guess:.3g}, and the run ended at {final:.3g}. That is {off:.3g} {side}."),
                N_("Your guess: you said {guess:.3g}, and the run ended at {final:.3g}. That is right."))


def _sided(templates: tuple[str, str], off: float, unit: float, values: dict[str, Any]) -> Message:
    """The first sentence, or, if nothing that can be written is left of the difference, the second."""
    if abs(off) < (0.05 if unit > 1 else 5e-4):
        return Message(templates[1], values)
    return Message(templates[0], {**values, "off": abs(off), "side": ["_", N_("too high") if off > 0 else N_("too low")]})


def _chosen(guess: Guess, score: Score, after: float) -> Message:
    before = guess.values[0]
    came = outcome(score, before, after)
    values = {"choice": ["_", CHOICES[guess.choice]], "label": ["_", score.label], "before": before, "after": after}
    if came == guess.choice:
        return Message(N_("Your guess: you said “{choice}”, and that is right. The {label} went from {before:.3f} to {after:.3f}."), values)
    return Message(N_("Your guess: you said “{choice}”. Not this time: the {label} went from {before:.3f} to {after:.3f}, "
                      "which is {came}."),
                   {**values, "came": ["_", CHOICES[came]]})


def _broken(guess: Guess) -> Message:
    if guess.choice == "worse":
        return Message(N_("Your guess: you said “worse”, and that is right. The run broke off."))
    if guess.choice:
        return Message(N_("Your guess: you said “{choice}”. Not this time: the run broke off."), {"choice": ["_", CHOICES[guess.choice]]})
    return Message(N_("The run broke off: there is nothing to hold your guess against."))
