"""Tasks for a Transformer, drawn from a seed: what it reads, and the answers it is asked for.

Sequences for training, validation and the test are different ones wherever there are enough of them, so that whoever answers well on
validation has found the rule and has not learned sequences by heart. A text is cut into pieces that follow each other, training first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.data import grammar, owntext
from core.specs.transformer import TEST, TEXTS, VALIDATION, WRITTEN, TransformerSpec

Uploads = Mapping[str, Mapping[str, np.ndarray]]

QUESTION, HIDDEN = "?", "▢"  # stands where an answer is asked for; stands for a character that is hidden
DIGITS, SIGNS = "0123456789", "+="
BRACKETS = "()[]"  # those that open are even
VERDICTS = "✗✓"
MASKED = 0.15  # of a piece's characters are hidden, as in BERT (Devlin et al., 2019)
PIECES = 200  # of a text for validation, and as many for the test
CONTEXTS = 30  # characters from which on more of them make a text no easier to foretell, to four digits
ROUNDS = 4  # of drawing, before sequences are taken to be too few
SHARES = (6, 1, 1)  # of training, validation and test, where there are few different sequences


@dataclass(frozen=True)
class Sample:
    """The sequences of a spec: training, then validation, then test.

    x (n, T) int32: what is read, places in `letters`; y (n, a) int32: the answers at the last a places, places in `answers`, and -1 where
    none is asked for; every sequence is asked for equally many. letters, answers: what the numbers stand for. train, validation:
    how many sequences are for these.
    """

    x: np.ndarray
    y: np.ndarray
    letters: str
    answers: str
    train: int
    validation: int
    spec: TransformerSpec

    @property
    def known(self) -> slice:
        """What training and its measuring see: all but the test."""
        return slice(self.train + self.validation)

    @property
    def asked(self) -> slice:
        """The sequences for validation."""
        return slice(self.train, self.train + self.validation)

    @property
    def test(self) -> slice:
        return slice(self.train + self.validation, None)

    @property
    def luck(self) -> float:
        """The accuracy on validation of whoever always gives the answer that is most frequent in training."""
        known, asked = (part[part >= 0] for part in (self.y[:self.train], self.y[self.asked]))
        return float(np.mean(asked == np.bincount(known).argmax()))

    @property
    def constant(self) -> float:
        """The loss on validation of whoever takes answers to be as likely as they are frequent in training."""
        known, asked = (part[part >= 0] for part in (self.y[:self.train], self.y[self.asked]))
        share = np.maximum(np.bincount(known, minlength=len(self.answers)) / len(known), 1e-7)
        return float(-np.log(share[asked]).mean())

    @property
    def floor(self) -> float | None:
        """The least loss that can be hoped for on fresh sequences; None if nobody knows."""
        return floor(self.spec)


def floor(spec: TransformerSpec) -> float | None:
    """The least loss that can be hoped for: 0 where a rule decides. Of a built-in text it is the mean over a piece's places of the entropy
    of the next character, for a reader who has seen the piece so far; it takes half a second once. None if nobody knows."""
    if spec.task == "text" and not spec.upload:
        return float(np.mean([grammar.entropy(spec.language, min(t, CONTEXTS)) for t in range(1, spec.steps + 1)]))
    return None if spec.task in (*TEXTS, "reviews") else 0.0


def vocabulary(spec: TransformerSpec, uploads: Uploads | None = None) -> tuple[str, str]:
    """What the numbers stand for that a spec's network reads, and that it answers with. Trouble if its own text is not here."""
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:spec.symbols]
    if spec.task in TEXTS:
        written = owntext.of(spec.upload, uploads) if spec.upload else ""
        letters = owntext.letters(written) if written else grammar.alphabet(spec.language)
        return (letters + HIDDEN if spec.task == "masked" else letters), letters
    return {"majority": (names, names), "brackets": (BRACKETS, VERDICTS),
            "addition": (DIGITS + SIGNS + QUESTION, DIGITS)}.get(spec.task, (names + QUESTION, names))


def sizes(spec: TransformerSpec, uploads: Uploads | None = None) -> tuple[int, int]:
    """How many different symbols the network of a spec reads, and how many it answers with."""
    letters, answers = vocabulary(spec, uploads)
    return len(letters), len(answers)


def load(spec: TransformerSpec, uploads: Uploads | None = None) -> Sample:
    """The sequences of a spec; equal ones of specs with equal `split`. Trouble if its own text is not here."""
    letters, answers = vocabulary(spec, uploads)
    rng = np.random.default_rng([spec.seed, 37])
    if spec.task in TEXTS:
        return _text(spec, letters, answers, rng, uploads)
    counts = (spec.points, VALIDATION, TEST)
    drawn = _dealt(spec, rng, counts)
    return Sample(read(spec, drawn), answer(spec, drawn), letters, answers, spec.points, VALIDATION, spec)


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


# ---- drawing

def _dealt(spec: TransformerSpec, rng: np.random.Generator, counts: tuple[int, int, int]) -> np.ndarray:
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
    ends = np.cumsum(SHARES) * len(rows) // sum(SHARES)
    parts = np.split(rows, ends[:-1])
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


def _text(spec: TransformerSpec, letters: str, answers: str, rng: np.random.Generator, uploads: Uploads | None) -> Sample:
    size = spec.steps
    if spec.upload:
        written = owntext.of(spec.upload, uploads)
        pieces = (len(written) - 1) // size
        validation = test = min(max(pieces // 10, 1), PIECES)
        train = min(spec.points, pieces - validation - test)
    else:
        train, validation, test = spec.points, PIECES, PIECES
        written = grammar.text(spec.language, spec.seed, (train + validation + test) * size + 1)
    place = {letter: i for i, letter in enumerate(answers)}
    numbers = np.array([place.get(c, len(answers) - 1) for c in written], np.int32)
    ends = (len(numbers) - 1) // size - validation - test  # of one's own text these pieces stay aside, however few are to train on
    first = np.concatenate([np.arange(train), ends + np.arange(validation + test)]) * size
    windows = numbers[first[:, None] + np.arange(size + 1)]
    x, y = windows[:, :-1], windows[:, 1:]
    if spec.task == "masked":
        hidden = rng.permuted(np.tile(np.arange(size) < masked(size), (len(x), 1)), axis=1)
        x, y = np.where(hidden, len(answers), x), np.where(hidden, x, -1)
    return Sample(np.ascontiguousarray(x, np.int32), np.ascontiguousarray(y, np.int32), letters, answers, train, validation, spec)


def masked(size: int) -> int:
    """How many characters of a piece are hidden."""
    return max(round(MASKED * size), 1)
