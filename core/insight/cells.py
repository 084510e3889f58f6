"""What three cells that were trained side by side say, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.frame import Message
from core.i18n import N_
from core.specs.base import Score

NAMES = {"rnn": N_("the plain cell"), "lstm": N_("the LSTM"), "gru": N_("the GRU")}
CLOSE = {True: 0.02, False: 0.1}  # accuracies so near, or errors whose quotient is so near 1, are not told apart by one run each


def judgement(score: Score, values: Mapping[str, float], guess: float) -> list[Message]:
    """values: the score of each cell's run at its end, NaN for one that broke off; guess: that of whoever does not look at the sequence."""
    ended = {cell: value for cell, value in values.items() if math.isfinite(value)}
    broke = [Message(N_("One run broke off before its end: {cell}."), {"cell": ["_", NAMES[cell]]}) for cell in values if cell not in ended]
    if len(ended) < 2:
        return broke
    order = sorted(ended, key=lambda cell: -ended[cell] if score.higher_is_better else ended[cell])
    first, last = order[0], order[-1]
    near = abs(ended[first] - ended[last]) <= CLOSE[True] if score.higher_is_better else (
        ended[last] <= ended[first] * (1 + CLOSE[False]))
    form = "{:.3f}" if score.higher_is_better else "{:.3g}"
    said: dict[str, object] = {"first": ["_", NAMES[first]], "last": ["_", NAMES[last]], "best": form.format(ended[first]),
                               "worst": form.format(ended[last])}
    if (ended[first] <= guess + CLOSE[True]) if score.higher_is_better else (ended[first] >= guess * (1 - CLOSE[False])):
        return [*broke, Message(N_("None of them has learned it: the best has {best}, guessing gets {guess}."),
                                said | {"guess": form.format(guess)})]
    if near:
        return [*broke, Message(N_("All are about as good, from {best} to {worst}: here gates do not matter."), said)]
    return [*broke, Message(N_("Ahead is {first} with {best}, last is {last} with {worst}. That is one run each: “Many seeds” shows how "
                               "much of it may be luck."), said)]
