"""A head that looks some places back or on: which places have one there, how much it gets from them, and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.attention.common import Array
from core.frame import Message
from core.i18n import N_
from core.specs.attention import AttentionSpec

SURE = 0.5  # of the weight: a head that gives as much has found its place


def seekers(spec: AttentionSpec) -> tuple[Array, Array]:
    """The places that have one `offset` on, counted from 0: those that a table's query matrix is fitted to, where both are in the first
    half, and the others."""
    half, k = spec.length // 2, spec.offset
    rows = np.arange(max(0, -k), min(spec.length, spec.length - k))
    within = (rows < half) & (rows + k < half)
    return rows[within], rows[~within]


def found_share(spec: AttentionSpec, weights: Array, rows: Array) -> float:
    """The median weight that the place looked for gets from these places; they all have one."""
    return float(np.median(weights[rows, rows + spec.offset]))


def said_share(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}" if value >= 0.0005 else "< 0.001"


def nowhere(spec: AttentionSpec) -> Message:
    return Message(N_("None of the {places} places has one {offset} back.") if spec.offset < 0 else
                   N_("None of the {places} places has one {offset} on."), {"places": spec.length, "offset": abs(spec.offset)})


def fitted(spec: AttentionSpec, weights: Array) -> tuple[Message, ...]:
    """What the query matrix of a table was fitted to, and what it does there and elsewhere."""
    rows, others = seekers(spec)
    values: dict[str, Any] = {"half": spec.length // 2, "fitted": len(rows), "others": len(others), "width": spec.width,
                              "places": spec.length}
    if not len(rows):
        return (Message(N_("Of the first {half} places none has the one looked for among them, so there was nothing to fit the query "
                           "matrix to: it is 0, and every place gets 1/{places}."), values),)
    early, late = found_share(spec, weights, rows), found_share(spec, weights, others)
    values |= {"early": said_share(early), "late": said_share(late)}
    if not spec.offset:
        return (Message(N_("The query matrix was fitted to give each of the first {half} places its own row back: there a place gives "
                           "itself {early} in the median, behind them {late}."), values),
                Message(N_("It has become the identity, which is right for every row.") if len(rows) >= spec.width else
                        N_("Of the {width} directions that a row may have, it keeps the {half} that those rows span and loses the others."),
                        values))
    told = Message(N_("The query matrix was fitted to those of the first {half} places that have the one looked for among them, {fitted} "
                      "in all: they give it {early} in the median, the other {others} places that have one give it {late}."), values)
    if early < SURE:
        return told, Message(N_("Even where it was fitted that is little: {width} numbers a place are few. A wider table would do better."),
                             values)
    return (told, Message(N_("What was learned for some places does not hold for others."))) if late < early / 2 else (told,)
