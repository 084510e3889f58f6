"""Whom a head looks at, in words that follow from its weights: the same head is decided or not, by scale, temperature and mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.figures.attention.common import Array
from core.frame import Message
from core.i18n import N_

DECIDED = 0.8  # of a row's weight: what gets as much is what the head hands over
CLOSE = 10  # times the smallest weight of a row: scores are close together up to here


def rows_of(weights: Array, there: Array) -> list[Array]:
    """The weights of each row that may look at more than one, without what the mask forbids. weights: (T, T) or (H, T, T)."""
    return [row[seen] for one in weights.reshape(-1, *there.shape) for row, seen in zip(one, there, strict=True) if seen.sum() > 1]


def drawn(weights: Array, there: Array) -> tuple[bool, dict[str, str]]:
    """Whether scores are close together, in every row, and between which weights the rows with a choice are."""
    rows = rows_of(weights, there)
    return (all(row.max() <= CLOSE * row.min() for row in rows),
            {"least": f"{min(row.min() for row in rows):.2f}", "most": f"{max(row.max() for row in rows):.2f}"})


def sought(kind: str, words: Sequence[str]) -> Array:
    """What a head that was made by hand looks for: True where who looks (row) wants whom (column)."""
    n = len(words)
    if kind == "same":
        return np.array([[a.lower() == b.lower() for b in words] for a in words])
    if kind == "first":
        return np.eye(1, n, dtype=bool).repeat(n, axis=0)
    return np.eye(n, k=-1 if kind == "previous" else 1, dtype=bool)


def found(kind: str, words: Sequence[str], weights: Array, there: Array) -> float | None:
    """The median of the weight that goes where the head is to look, over the rows that have a choice and may see such a token."""
    wanted = sought(kind, words) & there
    rows = wanted.any(axis=1) & (there.sum(axis=1) > 1)
    return float(np.median(np.where(wanted, weights, 0).sum(axis=1)[rows])) if rows.any() else None


MEANS = {
    "same": N_("The query is the word, and so is the key: equal words have the largest product, and places play no part in it."),
    "previous": N_("The query is the place turned back by one, the key is the place: the product is largest one place before. The "
                   "values are the words."),
    "next": N_("The query is the place turned on by one: the product is largest one place further. A causal mask leaves "
                   "it blind."),
    "first": N_("Every query is the same, the bias: place 1. Trained networks have many such heads, which look at the first token when "
                "they have nothing to do."),
    "even": N_("Queries and keys are 0, so all scores are: the head averages whatever it may see."),
    "own": N_("These are your weights. A query meets a key where both read the same: paint the same cell of the query’s weights "
              "and of the key’s. What is handed over is whatever the value’s weights read."),
}
SURE = {
    "same": N_("In the median a word and its equals get {share} of a row: such a head finds a word wherever it may see it."),
    "previous": N_("The word before gets {share} in the median, so this head copies the word before."),
    "next": N_("The word after gets {share} in the median, so this head copies the word after."),
    "first": N_("The first token gets {share} in the median."),
}
UNSURE = {
    "same": N_("In the median a word and its equals get only {share} of a row: what is handed over is a mixture. Larger scores would "
               "decide it."),
    "previous": N_("The word before gets only {share} in the median: what is handed over is a mixture. Larger scores would decide it."),
    "next": N_("The word after gets only {share} in the median: what is handed over is a mixture. Larger scores would decide it."),
    "first": N_("The first token gets only {share} in the median: what is handed over is a mixture. Larger scores would decide it."),
}


def of_kind(kind: str, words: Sequence[str], weights: Array, there: Array) -> list[Message]:
    """What the head was made for, and how far it does it here."""
    if kind == "drawn":
        close, values = drawn(weights, there)
        return [Message(N_("Nothing is trained yet: scores are close together, and every token looks a little at each that it may see. "
                           "Where there is a choice, weights run from {least} to {most}.") if close else
                        N_("Nothing is trained yet: nobody chose whom a token looks at. But the scores are far enough apart for weights "
                           "from {least} to {most}."), values)]
    said = [Message(MEANS[kind])]
    if kind in SURE and (share := found(kind, words, weights, there)) is not None:
        said.append(Message((SURE if share >= DECIDED else UNSURE)[kind], {"share": f"{share:.2f}"}))
    return said


def of_drawn(weights: Array, there: Array) -> Message:
    """Of the heads behind those made by hand. weights: (H, T, T)."""
    close, values = drawn(weights, there)
    return Message(N_("From head 6 on nothing was made by hand: those are drawn. Their scores are close together, and every token looks a "
                      "little at each that it may see: where there is a choice, weights run from {least} to {most}.") if close else
                   N_("From head 6 on nothing was made by hand: those are drawn, and nobody chose whom they look at. Where there is a "
                      "choice, weights run from {least} to {most}."), values)
