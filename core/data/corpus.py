"""The texts of a spec as numbers: split into training, validation and a sealed test, with the vocabulary of the training texts. Without
TensorFlow: for the lab, the page and TF-IDF alike.

Of IMDB 5,000 of the published training reviews are for validation, and the published test set is the test; of generated reviews 1,000 and
1,000 more; of a person's own 15% each. How many texts are trained with changes neither of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from core.data import imdb, reviews, texts, words
from core.data.images import in_turns
from core.frame import Message, Trouble
from core.i18n import N_
from core.specs.text import GENERATED, TextSpec, TfidfSpec

Uploads = Mapping[str, Mapping[str, np.ndarray]]

HELD = {"imdb": 5000, "reviews": 1000, "reviews_zh": 1000}  # for validation
TESTED = 1000  # generated reviews of the test
SHARE = 0.15  # of a person's own texts for validation, and for the test
CLASSES = (N_("negative"), N_("positive"))


@dataclass(frozen=True, eq=False)
class Raw:
    """Texts whose tokens are numbered, before anything is chosen. vocabulary: every token there is; flat (tokens,) int32: places among
    them, of one text after the other; lengths (n,) int32; labels (n,) int32; texts: as they are, None of IMDB, which has words only."""

    vocabulary: tuple[str, ...]
    flat: np.ndarray
    lengths: np.ndarray
    labels: np.ndarray
    texts: tuple[str, ...] | None

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each text begins in `flat`, and where the last one ends: (n + 1,)."""
        return np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts in order: the first `train` are trained on, the next `validation` are for tuning, all after that is the sealed test.

    how: "words" or "characters"; words: the vocabulary, whose places are the ids, "" and "<UNK>" first; classes: their names, marked or a
    person's own; ids: of each text (tokens,) uint16; labels (n,) int32; unknown: the share of the training texts' tokens that are no part
    of the vocabulary; different: how many different tokens the training texts have.
    """

    how: str
    words: tuple[str, ...]
    classes: tuple[str, ...]
    ids: Sequence[np.ndarray]
    labels: np.ndarray
    train: int
    validation: int
    unknown: float
    different: int
    raw: Raw
    order: np.ndarray

    @property
    def test(self) -> int:
        return len(self.labels) - self.train - self.validation

    @cached_property
    def lengths(self) -> np.ndarray:
        """How many tokens each text has: (n,) int32."""
        return self.raw.lengths[self.order]

    @cached_property
    def known(self) -> dict[str, int]:
        """The id of each word."""
        return words.numbered(self.words)

    def part(self, name: str) -> slice:
        """The texts of "train", "validation" or "test"."""
        end = self.train + self.validation
        return {"train": slice(0, self.train), "validation": slice(self.train, end), "test": slice(end, None)}[name]

    def tokens(self, i: int) -> list[str]:
        """All tokens of text i, in the vocabulary or not."""
        at = int(self.order[i])
        return [self.raw.vocabulary[token] for token in self.raw.flat[self.raw.starts[at]:self.raw.starts[at + 1]]]

    def text(self, i: int) -> str:
        """Text i as it is; of IMDB its words."""
        return self.raw.texts[int(self.order[i])] if self.raw.texts is not None else " ".join(self.tokens(i))

    def table(self, part: slice, spec: TextSpec) -> np.ndarray:
        """Texts as a network of the spec reads them: (texts, length) uint16."""
        return words.table(self.ids[part], spec.length, keep=spec.keep, pad=spec.padding)


def load(spec: TextSpec | TfidfSpec, uploads: Uploads | None = None) -> Corpus:
    """The texts of a spec. Equal specs give equal arrays. uploads: content hash → {"file": its bytes, uint8}.

    Trouble if they are not here, or the file cannot be read so.
    """
    how, classes = "words", CLASSES
    if spec.source == "imdb":
        raw, order, train, validation = _imdb(spec)
    elif spec.source in GENERATED:
        language = reviews.SOURCES[spec.source]
        how = reviews.TOKENS[language]
        count = spec.points + HELD[spec.source] + TESTED
        found = reviews.generated(language, spec.seed, count)
        raw = _numbered(found.texts, found.labels, how)
        order = np.roll(np.arange(count), spec.points)  # the training texts were made last, so that more of them change no other
        train, validation = spec.points, HELD[spec.source]
    else:
        own = read(spec, uploads)
        how = spec.tokens or words.suggested(own.texts[:200])
        classes = own.classes
        raw = _numbered(own.texts, own.labels, how)
        order = in_turns(own.labels, np.random.default_rng([spec.seed, 11]))
        held = max(round(SHARE * len(order)), 1)
        train, validation = min(spec.points, len(order) - 2 * held), held
        order = np.concatenate([order[2 * held:2 * held + train], order[:2 * held]])
    return _chosen(raw, order, train, validation, spec.vocabulary, how, classes)


def read(spec: TextSpec | TfidfSpec, uploads: Uploads | None, name: str = "") -> texts.Own:
    """The file of a spec. name: what to call it. Trouble if it is not here, or cannot be read so."""
    found = (uploads or {}).get(spec.upload)
    if found is None:
        raise Trouble(Message(N_("The uploaded file is no longer here. Please choose it again.")))
    return texts.read(found["file"].tobytes(), name, texts.Corrections(**spec.reading))


def tokens_of(spec: TextSpec | TfidfSpec, uploads: Uploads | None) -> str:
    """What a token of a spec's texts is: "words" or "characters"."""
    if not spec.upload:
        return reviews.TOKENS[reviews.SOURCES[spec.source]] if spec.source in GENERATED else "words"
    return spec.tokens or words.suggested(read(spec, uploads).texts[:200])


def _imdb(spec: TextSpec | TfidfSpec) -> tuple[Raw, np.ndarray, int, int]:
    found = imdb.reviews()
    raw = Raw(found.words, found.flat, found.lengths, found.labels, None)
    order = np.random.default_rng([spec.seed, 11]).permutation(found.train)
    held = min(HELD["imdb"], found.train // 5)
    train = min(spec.points, found.train - held)
    test = np.random.default_rng(0).permutation(np.arange(found.train, len(found.labels)))  # its beginning speaks for all of it
    return raw, np.concatenate([order[held:held + train], order[:held], test]), train, held


def _numbered(own: Sequence[str], labels: np.ndarray, how: str) -> Raw:
    """Texts with all their tokens numbered, as they come."""
    places: dict[str, int] = {}
    each = [[places.setdefault(token, len(places)) for token in words.tokens(text, how)] for text in own]
    lengths = np.fromiter(map(len, each), np.int32, len(each))
    return Raw(tuple(places), np.fromiter(chain.from_iterable(each), np.int32, int(lengths.sum())), lengths, labels, tuple(own))


def _chosen(raw: Raw, order: np.ndarray, train: int, validation: int, most: int, how: str, classes: tuple[str, ...]) -> Corpus:
    """The most frequent tokens of the training texts get ids, of equally frequent ones the first in the alphabet."""
    within = np.zeros(len(raw.lengths), bool)
    within[order[:train]] = True
    counts = np.bincount(raw.flat[np.repeat(within, raw.lengths)], minlength=len(raw.vocabulary))
    seen = np.flatnonzero(counts)
    least = np.sort(counts[seen])[::-1][most - 3] if len(seen) > most - 2 else 1  # of those that may get an id: few need sorting by letters
    ranked = sorted(np.flatnonzero(counts >= least).tolist(), key=lambda i: (-counts[i], raw.vocabulary[i]))[:most - 2]
    ids = np.full(len(raw.vocabulary), words.UNKNOWN, np.uint16)
    ids[ranked] = np.arange(2, len(ranked) + 2)
    flat = ids[raw.flat]
    rows = [flat[raw.starts[i]:raw.starts[i + 1]] for i in order]
    return Corpus(how, (*words.SPECIAL, *(raw.vocabulary[i] for i in ranked)), classes, rows, raw.labels[order].astype(np.int32), train,
                  validation, 1 - float(counts[ranked].sum() / max(counts.sum(), 1)), len(seen), raw, order)


# ---- words and what they tell

def leaning(corpus: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """For each id, in how many training texts of each class its token stands: (ids, classes) int64; and how much it tells: the logarithm of
    its odds in the last class against the others, each count one more than it is: (ids,) float64."""
    k, n, part = len(corpus.classes), len(corpus.words), corpus.part("train")
    row = np.repeat(np.arange(corpus.train, dtype=np.int64), corpus.lengths[part])
    once = np.unique(row * n + np.concatenate([np.zeros(0, np.uint16), *corpus.ids[part]]))
    counts = np.bincount(once % n * k + corpus.labels[once // n], minlength=n * k).reshape(n, k)
    sizes = np.bincount(corpus.labels[corpus.part("train")], minlength=k)
    last, others = counts[:, -1], counts[:, :-1].sum(1)
    return counts, np.log((last + 1) / (sizes[-1] + 2)) - np.log((others + 1) / (sizes[:-1].sum() + 2))


def telling(counts: np.ndarray, leans: np.ndarray, most: int = 200) -> np.ndarray:
    """The ids of words that are worth a place on a map: half of them the most frequent, half those that tell classes apart best (a word's
    leaning times the square root of how many texts have it): (at most `most`,) int32, ascending. counts, leans: of `leaning`."""
    weight = np.abs(leans) * np.sqrt(counts.sum(1))
    weight[:2] = -1
    frequent = np.arange(2, min(2 + most // 2, len(leans)))
    weight[frequent] = -1
    best = np.argsort(-weight, kind="stable")[:most - len(frequent)]
    return np.sort(np.concatenate([frequent, best[weight[best] >= 0]])).astype(np.int32)
