"""A look at the texts of a setting before anything is trained on them: how many and how long they are, and what becomes of them.

`list(train(TextsSpec()))` runs it from a plain Python prompt. Its one row: epoch, known (the share of the validation texts' tokens that the
vocabulary has), cut (the share of training texts that are longer than a network reads), lost (the share of all training tokens that are
cut off), padding (the share of padding in what a network reads of them), median (tokens of a training text), words (in the vocabulary).
The arrays of its one frame; texts are UTF-8 in uint8, with a zero between two of them:

    counts        (3c, 2) float32   class, and how many texts of it there are, for training, validation and test
    counts_part   (3c,) int32       0 for training, 1 for validation, 2 for test
    lengths_at    (b,) float32      middles of stretches of lengths, in tokens; the last one holds all longer texts
    lengths       (b,) float32      how many training texts have such a length
    covered_at    (s,) float32      sizes of a vocabulary
    covered       (s,) float32      the share of the validation texts' tokens that it would know
    words         uint8             the words of the map (`core.data.corpus.telling`)
    words_lean    (w,) float32      by how much each leans to the last class: the logarithm of its odds
    frequent      uint8             the most frequent words, at most 20; frequent_count (f,) int32: in how many training texts
    unknown       uint8             the most frequent words of the training texts that are left out, at most 20
    shown         uint8             training texts, some of each class, in full; shown_truth (n,) int32: what they are
    shown_tokens  uint8             of each of them its tokens, with blanks between; of characters a blank is written ␣
    shown_ids     (n, length) int32 what a network reads of them
    shown_kept    (n, 2) int32      the first of their tokens that is kept, and the first that is not any more
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from core.data import corpus as corpora
from core.data.corpus import Corpus, Uploads
from core.data.words import kept, packed
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.specs.text_project import TextsSpec

SHOWN, NAMED, BINS, SIZES = 12, 20, 40, 40
LONG = 0.98  # of the texts are shown at their own length; the rest stand in the last bar


def train(spec: TextsSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Load the texts of a spec: one frame, and what there is to notice. Texts that are not here end the run with the sentence why."""
    start = time.perf_counter()
    yield Status("compiling")
    try:
        corpus = corpora.load(spec, uploads)
    except Trouble as missing:
        yield End("failed", error=missing.message, change={"source": "reviews"})
        return
    arrays = {**counted(corpus), **lengths(corpus), **coverage(corpus), **words(corpus), **shown(corpus, spec)}
    row = numbers(corpus, spec)
    yield Frame(0, 0, time.perf_counter() - start, rows=[{"epoch": 0, **row}], arrays=arrays)
    yield End("finished", time.perf_counter() - start, notes(corpus, spec, row))


def counted(corpus: Corpus) -> dict[str, np.ndarray]:
    kinds = len(corpus.classes)
    each = np.array([np.bincount(corpus.labels[corpus.part(part)], minlength=kinds) for part in ("train", "validation", "test")])
    return {"counts": np.stack([np.tile(np.arange(kinds), 3), each.ravel()], 1).astype(np.float32),
            "counts_part": np.repeat(np.arange(3), kinds).astype(np.int32)}


def lengths(corpus: Corpus) -> dict[str, np.ndarray]:
    found = corpus.lengths[corpus.part("train")]
    top = max(float(np.quantile(found, LONG)), 2.0)
    width = max(int(np.ceil(top / BINS)), 1)
    edges = np.arange(0, top + width, width)
    which = np.minimum(found // width, len(edges) - 2)
    return {"lengths_at": (edges[:-1] + width / 2).astype(np.float32),
            "lengths": np.bincount(which, minlength=len(edges) - 1).astype(np.float32)}


def coverage(corpus: Corpus) -> dict[str, np.ndarray]:
    """Of all tokens of the validation texts, which share the so many most frequent ones of the training texts are."""
    train, validation = (_counts(corpus, part) for part in ("train", "validation"))
    rank = np.argsort(-train, kind="stable")[:int((train > 0).sum())]
    share = np.cumsum(validation[rank]) / max(validation.sum(), 1)
    sizes = np.unique(np.geomspace(min(10, len(rank)), max(len(rank), 1), SIZES).astype(int))
    return {"covered_at": sizes.astype(np.float32), "covered": share[sizes - 1].astype(np.float32)}


def _counts(corpus: Corpus, part: str) -> np.ndarray:
    """How often each token of `Corpus.raw` stands in the texts of a part."""
    raw = corpus.raw
    within = np.zeros(len(raw.lengths), bool)
    within[corpus.order[corpus.part(part)]] = True
    return np.bincount(raw.flat[np.repeat(within, raw.lengths)], minlength=len(raw.vocabulary))


def words(corpus: Corpus) -> dict[str, np.ndarray]:
    texts, leans = corpora.leaning(corpus)
    places = corpora.telling(texts, leans)
    counts = _counts(corpus, "train")
    left_out = [corpus.raw.vocabulary[i] for i in np.argsort(-counts, kind="stable")[:len(corpus.words) + NAMED]
                if counts[i] and corpus.raw.vocabulary[i] not in corpus.known]
    frequent = corpus.words[2:2 + NAMED]
    return {"words": packed([corpus.words[i] for i in places]), "words_lean": leans[places].astype(np.float32),
            "frequent": packed(frequent), "frequent_count": texts[2:2 + len(frequent)].sum(1).astype(np.int32),
            "unknown": packed(left_out[:NAMED])}


def shown(corpus: Corpus, spec: TextsSpec) -> dict[str, np.ndarray]:
    """Some training texts: as many of each class as of the others."""
    labels = corpus.labels[corpus.part("train")]
    each = max(SHOWN // len(corpus.classes), 1)
    found = [np.flatnonzero(labels == k)[:each] for k in range(len(corpus.classes))]
    turn = np.argsort(np.concatenate([np.arange(len(those)) for those in found]), kind="stable")  # the classes take turns
    chosen = np.concatenate(found)[turn]
    parts = [kept(int(corpus.lengths[i]), spec.length, spec.keep) for i in chosen]
    tokens = [" ".join(token.replace(" ", "␣") for token in corpus.tokens(i)) for i in chosen]
    rows = np.concatenate([corpus.table(slice(i, i + 1), spec) for i in chosen])
    ends = [[part.start, min(part.stop, corpus.lengths[i])] for part, i in zip(parts, chosen, strict=True)]
    return {"shown": packed([corpus.text(i) for i in chosen]), "shown_truth": labels[chosen].astype(np.int32),
            "shown_tokens": packed(tokens), "shown_ids": rows.astype(np.int32), "shown_kept": np.array(ends, np.int32)}


def numbers(corpus: Corpus, spec: TextsSpec) -> dict[str, float]:
    """The row, see above."""
    long = corpus.lengths[corpus.part("train")]
    ids = corpus.ids[corpus.part("validation")]
    tokens = sum(map(len, ids))
    read = np.minimum(long, spec.length)
    return {"known": 1 - sum(int((row == 1).sum()) for row in ids) / max(tokens, 1), "cut": float((long > spec.length).mean()),
            "lost": 1 - float(read.sum() / max(long.sum(), 1)), "padding": 1 - float(read.sum() / max(len(long) * spec.length, 1)),
            "median": float(np.median(long)), "words": float(len(corpus.words))}


def notes(corpus: Corpus, spec: TextsSpec, row: dict[str, float]) -> list[Message]:
    """What there is to notice."""
    found = [Message(N_("Texts to learn from: {train:,}; to tune on: {validation:,}; in the sealed test: {test:,}. Half of them have at "
                        "most {median:.0f} tokens."),
                     {"train": corpus.train, "validation": corpus.validation, "test": corpus.test, "median": row["median"]}),
             Message(N_("The training texts have {different:,} different tokens. A vocabulary of {own:,} knows {known:.1%} of the "
                        "words of new texts; all others become <UNK>."),
                     {"different": corpus.different, "own": len(corpus.words) - 2, **row})]
    if row["cut"] > 0:
        found.append(Message(N_("Cut to {length} tokens, {cut:.0%} of the texts lose something, {lost:.1%} of all tokens."),
                             {"length": spec.length, **row}))
    if corpus.how == "characters":
        found.append(Message(N_("Here a token is a single character: Chinese has no spaces between its words.")))
    return found
