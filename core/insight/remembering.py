"""Whether a symbol survives in a cell whose gates are held, said in words: for the pages on the LSTM and the GRU, and their challenges."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_, _
from core.maths.holding import Held

ENOUGH, LITTLE = 0.9, 0.1  # of the symbol that must be left, and at most of that in distractors: a challenge's goal


def percent(value: float) -> str:
    """98%, 0.2%, or “less than 0.01%”."""
    size = abs(100 * value)
    if 0 < size < 0.01:
        return _("less than 0.01%")
    text = f"{100 * value:.0f}" if size >= 9.95 else f"{100 * value:.2g}"
    return text.replace("-", "−") + "%"


def survives(held: Held) -> bool:
    return held.left >= ENOUGH and held.distractors <= LITTLE


def verdict(held: Held) -> tuple[bool, Message]:
    """Whether the symbol survives, for a challenge."""
    said = {"left": percent(held.left), "others": percent(held.distractors), "gap": held.gap}
    if held.left < ENOUGH:
        return False, Message(N_("After {gap} steps {left} of what the symbol offered is left; it should be at least 90%."), said)
    if held.distractors > LITTLE:
        return False, Message(N_("{left} of the symbol is left, but distractors have written {others} beside it; 10% is the most."), said)
    return True, Message(N_("After {gap} steps {left} of the symbol is left, and distractors have {others}."), said)
