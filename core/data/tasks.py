"""Tasks for a Transformer, drawn from a seed: what it reads, and the answers it is asked for.

Sequences for training, validation and the test are different ones wherever there are enough of them, so that whoever answers well on
validation has found the rule and has not learned sequences by heart. A text is cut into pieces that follow each other, training first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.data import grammar, owntext, reviews, words
from core.data.task_rules import BRACKETS, DIGITS, QUESTION, SIGNS, answer, dealt, read
from core.specs.transformer import TEST, TEXTS, VALIDATION, TransformerSpec

Uploads = Mapping[str, Mapping[str, np.ndarray]]

HIDDEN = "▢"  # stands for a character that is hidden
VERDICTS = ("✗", "✓")
SIGN_OF = ("−", "+")  # of a review: bad, good
PADDING = "·"
MASKED = 0.15  # of a piece's characters are hidden, as in BERT (Devlin et al., 2019)
PIECES = 200  # of a text for validation, and as many for the test
CONTEXTS = 30  # characters from which on more of them make a text no easier to foretell, to four digits


@dataclass(frozen=True)
class Sample:
    """The sequences of a spec: training, then validation, then test.

    x (n, T) int32: what is read, places in `symbols`; y (n, a) int32: the answers at the last a places, places in `answers`, and -1 where
    none is asked for; every sequence is asked for equally many. symbols, answers: what the numbers stand for. train, validation:
    how many sequences are for these.
    """

    x: np.ndarray
    y: np.ndarray
    symbols: tuple[str, ...]
    answers: tuple[str, ...]
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
        """The accuracy on validation of whoever always gives the same answer, at best: of two answers never below a half."""
        asked = self.y[self.asked]
        asked = asked[asked >= 0]
        return float(np.bincount(asked).max() / len(asked))

    @property
    def guess(self) -> float:
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


def vocabulary(spec: TransformerSpec, uploads: Uploads | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the numbers stand for that a spec's network reads, and those that it answers with. Trouble if its own text is not here."""
    names = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:spec.symbols])
    if spec.task in TEXTS:
        letters = tuple(owntext.letters(owntext.of(spec.upload, uploads)) if spec.upload else grammar.alphabet(spec.language))
        return ((*letters, HIDDEN) if spec.task == "masked" else letters), letters
    if spec.task == "reviews":
        return (PADDING, *reviews.vocabulary(spec.language)[1:]), SIGN_OF
    return {"majority": (names, names), "brackets": (tuple(BRACKETS), VERDICTS),
            "addition": (tuple(DIGITS + SIGNS + QUESTION), tuple(DIGITS))}.get(spec.task, ((*names, QUESTION), names))


def sizes(spec: TransformerSpec, uploads: Uploads | None = None) -> tuple[int, int]:
    """How many different symbols the network of a spec reads, and how many it answers with."""
    symbols, answers = vocabulary(spec, uploads)
    return len(symbols), len(answers)


def load(spec: TransformerSpec, uploads: Uploads | None = None) -> Sample:
    """The sequences of a spec; equal ones of specs with equal `split`. Trouble if its own text is not here."""
    symbols, answers = vocabulary(spec, uploads)
    rng = np.random.default_rng([spec.seed, 37])
    if spec.task in TEXTS:
        return _text(spec, symbols, answers, rng, uploads)
    if spec.task == "reviews":
        return _reviews(spec, symbols, answers)
    counts = (spec.points, VALIDATION, TEST)
    drawn = dealt(spec, rng, counts)
    return Sample(read(spec, drawn), answer(spec, drawn), symbols, answers, spec.points, VALIDATION, spec)


def _reviews(spec: TransformerSpec, symbols: tuple[str, ...], answers: tuple[str, ...]) -> Sample:
    """Generated reviews, of long ones the end, short ones padded behind."""
    written = reviews.generated(spec.language, spec.seed, spec.points + VALIDATION + TEST)
    known = words.numbered(reviews.vocabulary(spec.language))
    rows = [words.ids(words.tokens(text, reviews.TOKENS[spec.language]), known) for text in written.texts]
    x = words.table(rows, spec.steps, pad="back").astype(np.int32)
    return Sample(x, written.labels[:, None].astype(np.int32), symbols, answers, spec.points, VALIDATION, spec)


def _text(spec: TransformerSpec, symbols: tuple[str, ...], answers: tuple[str, ...], rng: np.random.Generator,
          uploads: Uploads | None) -> Sample:
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
    return Sample(np.ascontiguousarray(x, np.int32), np.ascontiguousarray(y, np.int32), symbols, answers, train, validation, spec)


def masked(size: int) -> int:
    """How many characters of a piece are hidden."""
    return max(round(MASKED * size), 1)
