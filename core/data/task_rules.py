"""The rules of the tasks for a Transformer: what is drawn, how it is read, and the right answers."""

from __future__ import annotations

import numpy as np

from core.specs.transformer import WRITTEN, TransformerSpec

QUESTION = "?"  # stands where an answer is asked for
DIGITS, SIGNS = "0123456789", "+="
BRACKETS = "()[]"  # those that open are even
ROUNDS = 4  # of drawing, before sequences are taken to be too few


def read(spec: TransformerSpec, drawn: np.ndarray) -> np.ndarray:
    """What the network reads of what was drawn (n, …): (n, T) int32."""
    if spec.task == "addition":
        first, second = drawn[:, :spec.length], drawn[:, spec.length:]
        plus, equals = (np.full((len(drawn), 1), len(DIGITS) + i) for i in range(2))
        parts = [first, plus, second, equals, np.full((len(drawn), spec.length + 1), len(DIGITS + SIGNS))]
    else:
        parts = [drawn] + [np.full_like(drawn, spec.symbols)] * (spec.task in WRITTEN)
    return np.concatenate(parts, 1).astype(np.int32)


def answer(spec: TransformerSpec, drawn: np.ndarray) -> np.ndarray:
    """The right answers to what was drawn (n, …): (n, a) int32."""
    if spec.task == "reverse":
        found = drawn[:, ::-1]
    elif spec.task == "sort":
        found = np.sort(drawn, 1)
    elif spec.task == "majority":
        found = counted(drawn, spec.symbols).argmax(1)[:, None]
    elif spec.task == "brackets":
        found = closed(drawn)[:, None]
    elif spec.task == "addition":
        tens = 10 ** np.arange(spec.length)[::-1]
        total = drawn[:, :spec.length] @ tens + drawn[:, spec.length:] @ tens
        found = total[:, None] // 10 ** np.arange(spec.length + 1)[::-1] % 10
    else:
        found = drawn
    return np.ascontiguousarray(found, np.int32)


def counted(drawn: np.ndarray, symbols: int) -> np.ndarray:
    """How often each symbol comes in each sequence: (n, symbols)."""
    return np.stack([(drawn == symbol).sum(1) for symbol in range(symbols)], 1)


def closed(drawn: np.ndarray) -> np.ndarray:
    """Whether every bracket is closed by one of its kind, and none is left over: (n,) bool."""
    rows = np.arange(len(drawn))
    waiting = np.zeros((len(drawn), drawn.shape[1] + 1), int)  # the kinds that are open, the last one at `depth`
    depth, fine = np.zeros(len(drawn), int), np.ones(len(drawn), bool)
    for bracket in drawn.T:
        opens = bracket % 2 == 0
        fine &= opens | ((depth > 0) & (waiting[rows, depth] == bracket // 2))
        depth = np.maximum(depth + np.where(opens, 1, -1), 0)
        waiting[rows[opens], depth[opens]] = bracket[opens] // 2
    return fine & (depth == 0)


def dealt(spec: TransformerSpec, rng: np.random.Generator, counts: tuple[int, int, int]) -> np.ndarray:
    """So many sequences for training, validation and test: each different from all others, or, where there are not enough, at least from
    those of the other parts."""
    rows = np.zeros((0, 0), np.int8)
    for _ in range(ROUNDS):
        more = _drawn(spec, rng, sum(counts)).astype(np.int8)
        rows = np.concatenate([rows, more]) if len(rows) else more
        _values, first = np.unique(rows, axis=0, return_index=True)
        rows = rows[np.sort(first)]
        if len(rows) >= sum(counts):
            return rows[:sum(counts)].astype(np.int64)
    aside = max(len(rows) // 8, 1)
    parts = rows[:-2 * aside], rows[-2 * aside:-aside], rows[-aside:]
    return np.concatenate([part[np.arange(count) % len(part)] for part, count in zip(parts, counts, strict=True)]).astype(np.int64)


def _drawn(spec: TransformerSpec, rng: np.random.Generator, count: int) -> np.ndarray:
    if spec.task == "brackets":
        return _brackets(rng, count, spec.steps)
    if spec.task == "addition":
        return rng.integers(0, 10, (count, 2 * spec.length))
    drawn = rng.integers(0, spec.symbols, (count, spec.length))
    if spec.task != "majority":
        return drawn
    while len(tied := np.flatnonzero(_tied(drawn, spec.symbols))):
        drawn[tied] = rng.integers(0, spec.symbols, (len(tied), spec.length))
    return drawn


def _tied(drawn: np.ndarray, symbols: int) -> np.ndarray:
    """Whether no symbol comes more often than all others."""
    counts = np.sort(counted(drawn, symbols), 1)
    return np.asarray(counts[:, -1] == counts[:, -2])


def _brackets(rng: np.random.Generator, count: int, length: int) -> np.ndarray:
    """Sequences in which every bracket is closed, and in every second of them two brackets have changed places, so that this is no longer
    so. Both have equally many of each kind: only the order tells."""
    drawn = np.zeros((count, length), int)
    waiting, depth = np.zeros((count, length + 1), int), np.zeros(count, int)
    rows = np.arange(count)
    for t in range(length):
        opens = (depth == 0) | ((depth < length - t) & (rng.random(count) < 0.5))
        kind = np.where(opens, rng.integers(0, 2, count), waiting[rows, depth])
        drawn[:, t] = 2 * kind + ~opens
        depth += np.where(opens, 1, -1)
        waiting[rows[opens], depth[opens]] = kind[opens]
    wrong = rows[rng.random(count) < 0.5]
    for _ in range(3 * length):  # a few cannot be made wrong by one exchange, such as ()()
        one, other = rng.integers(0, length, (2, len(wrong)))
        drawn[wrong, one], drawn[wrong, other] = drawn[wrong, other], drawn[wrong, one]
        wrong = wrong[closed(drawn[wrong])]
    return drawn
