"""Tasks on sequences, generated from a seed: what is read step by step, and the one answer at the end.

A wave's windows follow each other in time, training first, then validation, then the test; no value of one part is in another. In all
other tasks each sequence is drawn by itself. Recall and adding: Hochreiter and Schmidhuber (1997), Long short-term memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data import grammar
from core.specs.recurrent import TEST, VALIDATION, RecurrentSpec

SYMBOLS, DISTRACTORS = "ABCD", "····"  # of "recall"; the distractors differ for the network, not for whoever looks
QUESTION = "?"
GOLDEN = (1 + math.sqrt(5)) / 2  # periods whose quotient is this fit into each other as badly as any two
CONTEXTS = 30  # characters from which on more of them make a text no easier to foretell, to four digits


@dataclass(frozen=True)
class Sequences:
    """The sequences of a spec: training, then validation, then test.

    x (n, T, d) float32; y (n, 1): float32 numbers, or int32 places in `symbols`; tokens (n, T) uint8: x as symbols, None for numbers.
    symbols: what a token or answer stands for; the first `classes` of them can be answers, none of a regression.
    floor: the least loss that can be hoped for on fresh sequences (of a text it takes half a second); constant: the loss on validation of
    whoever gives every sequence the training answers' mean, or their frequencies; last: of a wave, that of whoever answers with the last
    value; luck: the accuracy on validation of whoever always gives the most frequent answer, 0 of a regression.
    """

    x: np.ndarray
    y: np.ndarray
    spec: RecurrentSpec
    tokens: np.ndarray | None = None
    symbols: str = ""
    classes: int = 0

    @property
    def train(self) -> int:
        return self.spec.points

    @property
    def floor(self) -> float:
        spec = self.spec
        if spec.task == "text":
            return grammar.entropy(spec.language, min(spec.steps, CONTEXTS))
        return spec.noise**2 if spec.task == "wave" else 0.0

    @property
    def validation(self) -> slice:
        return slice(self.train, self.train + VALIDATION)

    @property
    def test(self) -> slice:
        return slice(self.train + VALIDATION, None)

    @property
    def constant(self) -> float:
        known, asked = self.y[:self.train, 0], self.y[self.validation, 0]
        if not self.classes:
            return float(np.mean((asked - known.mean()) ** 2))
        share = np.maximum(np.bincount(known, minlength=self.classes) / len(known), 1e-7)
        return float(-np.log(share[asked]).mean())

    @property
    def luck(self) -> float:
        return float(np.mean(self.y[self.validation, 0] == np.bincount(self.y[:self.train, 0]).argmax())) if self.classes else 0.0

    @property
    def last(self) -> float:
        return float(np.mean((self.y[self.validation, 0] - self.x[self.validation, -1, 0]) ** 2))


def symbols(task: str, language: str = "english") -> str:
    """What tokens stand for, place by place; empty for a task on numbers."""
    return {"recall": SYMBOLS + DISTRACTORS + QUESTION, "parity": "01", "text": grammar.alphabet(language)}.get(task, "")


def sizes(task: str, language: str = "english") -> tuple[int, int]:
    """How many numbers a network of this task reads at each step, and how many it answers with."""
    return {"wave": (1, 1), "recall": (len(symbols("recall")), len(SYMBOLS)), "adding": (2, 1), "parity": (1, 2),
            "text": (len(symbols("text", language)),) * 2}[task]


def load(spec: RecurrentSpec) -> Sequences:
    """The sequences of a spec; equal ones of specs with equal `split`."""
    rng = np.random.default_rng([spec.seed, 23])
    count = spec.points + VALIDATION + TEST
    if spec.task == "wave":
        return _wave(spec, rng)
    if spec.task == "text":
        return _text(spec)
    if spec.task == "adding":
        x = np.zeros((count, spec.steps, 2), np.float32)
        x[..., 0] = rng.random((count, spec.steps))
        half = spec.steps // 2
        places = np.stack([rng.integers(0, half, count), rng.integers(half, spec.steps, count)], 1)
        np.put_along_axis(x[..., 1], places, 1.0, 1)
        return Sequences(x, (x[..., 0] * x[..., 1]).sum(1, keepdims=True), spec)
    if spec.task == "parity":
        bits = rng.integers(0, 2, (count, spec.steps)).astype(np.uint8)
        y = (bits.sum(1, dtype=np.int32) % 2)[:, None].astype(np.int32)
        return Sequences(bits[..., None].astype(np.float32), y, spec, bits, symbols("parity"), 2)
    tokens = rng.integers(len(SYMBOLS), len(SYMBOLS + DISTRACTORS), (count, spec.steps)).astype(np.uint8)
    tokens[:, 0] = rng.integers(0, len(SYMBOLS), count)
    tokens[:, -1] = len(SYMBOLS + DISTRACTORS)
    return Sequences(_one_hot(tokens, sizes("recall")[0]), tokens[:, :1].astype(np.int32), spec, tokens, symbols("recall"), len(SYMBOLS))


def clean(spec: RecurrentSpec, length: int) -> np.ndarray:
    """The first values of a spec's wave without its noise, from -1 to 1: (length,) float64."""
    phases = np.random.default_rng([spec.seed, 29]).random(spec.waves)
    t = np.arange(length)
    parts = [np.sin(2 * np.pi * (t * GOLDEN**j / spec.period + phases[j])) / (j + 1) for j in range(spec.waves)]
    return np.sum(parts, 0) / sum(1 / (j + 1) for j in range(spec.waves))


def starts(spec: RecurrentSpec) -> tuple[int, int, int]:
    """Where in a wave or a text the first window of training, validation and test begins."""
    validation = spec.points + spec.steps
    return 0, validation, validation + VALIDATION + spec.steps


def _windows(series: np.ndarray, spec: RecurrentSpec) -> tuple[np.ndarray, np.ndarray]:
    """Windows of a series (length, …) and what follows each: (n, T, …), (n, …)."""
    counts = (spec.points, VALIDATION, TEST)
    first = np.concatenate([start + np.arange(n) for start, n in zip(starts(spec), counts, strict=True)])
    return series[first[:, None] + np.arange(spec.steps)], series[first + spec.steps]


def _length(spec: RecurrentSpec) -> int:
    return starts(spec)[-1] + TEST + spec.steps


def _wave(spec: RecurrentSpec, rng: np.random.Generator) -> Sequences:
    series = clean(spec, _length(spec)) + spec.noise * rng.normal(size=_length(spec))
    x, y = _windows(series.astype(np.float32), spec)
    return Sequences(x[..., None], y[:, None], spec)


def _text(spec: RecurrentSpec) -> Sequences:
    letters = symbols("text", spec.language)
    place = {letter: i for i, letter in enumerate(letters)}
    written = np.array([place[c] for c in grammar.text(spec.language, spec.seed, _length(spec))], np.uint8)
    tokens, y = _windows(written, spec)
    return Sequences(_one_hot(tokens, len(letters)), y[:, None].astype(np.int32), spec, tokens, letters, len(letters))


def _one_hot(tokens: np.ndarray, width: int) -> np.ndarray:
    return np.eye(width, dtype=np.float32)[tokens]


def spelled(tokens: Sequence[int] | np.ndarray, letters: str) -> str:
    """Tokens as a text."""
    return "".join(letters[int(token)] for token in tokens)
