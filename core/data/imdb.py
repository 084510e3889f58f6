"""IMDB's 50,000 film reviews (Maas et al. 2011) from the files that Keras keeps, read without Keras and without trusting them.

imdb.npz and imdb_word_index.json are looked for in the data folder (`DATA_DIR`, else where Keras keeps them). Words are ranks there, 1
being the most frequent word. `keras.datasets.imdb.load_data` moves all of them by 3, puts a 1 before each review, and says 2 for what is no
part of the vocabulary: whoever looks its numbers up in the word index as they are reads nonsense (`keras_ids`, `decoded`).

Here a word is what `core.data.words` makes of a typed one: “don’t” and “dont” are one.
"""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.data import batches
from core.data.words import STRIPPED
from core.frame import Message, Trouble
from core.i18n import N_
from core.settings import settings

FILES = ("imdb.npz", "imdb_word_index.json")
HASHES = {"imdb.npz": "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",  # SHA-256, as they were published
          "imdb_word_index.json": "027313fe9a320280f3bf0fac5baf58c4a683cf39a7ed9c3d3d3912bde4284cf6"}
MOST_BYTES = 2**28  # of an array in the archive; the published ones have 15 MB
MOST_WORDS = 200_000
SHIFT, START, UNKNOWN = 3, 1, 2  # of Keras' loader
UNREADABLE = (OSError, EOFError, KeyError, ValueError, TypeError, SyntaxError, RuntimeError, MemoryError, pickle.UnpicklingError,
              zipfile.BadZipFile)


class Reviews(NamedTuple):
    """words: every word, the most frequent first; flat: places among them, of one review after the other, (tokens,) int32; lengths (n,)
    int32: how many each review has; labels (n,) int32: 1 positive, 0 negative; train: how many of them, the first, are the published
    training set, the rest being the test set. Not to be written to."""

    words: tuple[str, ...]
    flat: np.ndarray
    lengths: np.ndarray
    labels: np.ndarray
    train: int


def files() -> tuple[Path, ...]:
    """The files if all of them are here, else none."""
    found = tuple(settings.data / name for name in FILES)
    return found if all(path.is_file() for path in found) else ()


def reviews() -> Reviews:
    """All reviews. Trouble if they are not here, or broken. They are kept in memory: 50 MB."""
    found = files()
    if not found:
        missing = next(name for name in FILES if not (settings.data / name).is_file())
        raise Trouble(Message(N_("IMDB’s reviews are not on this computer: the folder “{folder}”, where datasets are kept, has no {file}. "
                                 "With a network they can be downloaded, once: below the choice of texts, or by {line} and {other}. Or set "
                                 "DATA_DIR to a folder that has them, or take the generated reviews: they are built in."),
                              {"folder": settings.data.name, "file": missing, "line": "keras.datasets.imdb.load_data()",
                               "other": "keras.datasets.imdb.get_word_index()"}))
    return _read(found, tuple(path.stat().st_mtime_ns for path in found))


@lru_cache(maxsize=1)
def _read(found: tuple[Path, ...], _changed: tuple[int, ...]) -> Reviews:
    archive, index = found
    try:
        ranks = {int(rank): str(word) for word, rank in json.loads(index.read_bytes()).items()}
        if not ranks or len(ranks) > MOST_WORDS or min(ranks) < 1 or max(ranks) > MOST_WORDS:
            raise ValueError("ranks from 1 on")
    except UNREADABLE:
        raise _broken(index.name) from None
    try:
        with zipfile.ZipFile(archive) as file:
            flats, lengths = zip(*(_flat(_lists(_member(file, f"x_{part}.npy"))) for part in ("train", "test")), strict=True)
            labels = [np.load(io.BytesIO(_member(file, f"y_{part}.npy")), allow_pickle=False) for part in ("train", "test")]
        flat = np.concatenate(flats)
        fine = all(y.shape == n.shape and set(np.unique(y).tolist()) <= {0, 1} and len(n) for y, n in zip(labels, lengths, strict=True))
        if not fine or flat.min() < 1 or flat.max() > max(ranks):
            raise ValueError("reviews of ranks, with labels 0 and 1")
    except UNREADABLE:
        raise _broken(archive.name) from None
    words, place = _merged(ranks)
    flat = place[flat]
    counts = np.concatenate(lengths)
    review = np.repeat(np.arange(len(counts)), counts)[flat >= 0]
    found_ = Reviews(words, flat[flat >= 0], np.bincount(review, minlength=len(counts)).astype(np.int32),
                     np.concatenate(labels).astype(np.int32), len(lengths[0]))
    for array in found_[1:4]:
        array.setflags(write=False)
    return found_


def _merged(ranks: Mapping[int, str]) -> tuple[tuple[str, ...], np.ndarray]:
    """The words as `core.data.words` writes them, and the place of each rank among them, −1 for what is nothing but punctuation."""
    places: dict[str, int] = {}
    found = np.full(max(ranks) + 1, -1, np.int32)
    for rank in sorted(ranks):
        word = STRIPPED.sub("", ranks[rank])
        if word:
            found[rank] = places.setdefault(word, len(places))
    return tuple(places), found


def _flat(lists: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Lists of numbers, one after the other, and how long each is."""
    lengths = np.fromiter(map(len, lists), np.int32, len(lists))
    return np.fromiter(chain.from_iterable(lists), np.int32, int(lengths.sum())), lengths


def _member(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return file.read(name)


def _lists(data: bytes) -> Sequence[Sequence[int]]:
    """The lists of numbers in a .npy file that holds an array of objects. ValueError for anything else; nothing in it can run."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    header: Any = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _order, kind = header(stream)
    found = batches.lists(data[stream.tell():]) if kind.hasobject else []
    if (len(found),) != shape or not all(type(each) is list for each in found):
        raise ValueError("no array of lists")
    return found


def _broken(name: str) -> Trouble:
    return Trouble(Message(N_("{file} is not the file that was published, or did not arrive whole. Delete it, and have it downloaded "
                              "again."),
                           {"file": name}))


# ---- what Keras' loader makes of them


def keras_ids(ranks: Sequence[int], vocabulary: int) -> list[int]:
    """What `keras.datasets.imdb.load_data(num_words=vocabulary)` makes of a review's ranks: a 1, then each rank + 3, or 2 where that is
    `vocabulary` or more."""
    moved = [START, *(rank + SHIFT for rank in ranks)]
    return [i if i < vocabulary else UNKNOWN for i in moved]


def word_index() -> dict[str, int]:
    """The published ranks by their words, as they are. Trouble if the file is not here."""
    if not (found := files()):
        reviews()
    return json.loads(found[1].read_bytes())


def decoded(ids: Sequence[int], index: Mapping[str, int], shift: int = SHIFT) -> str:
    """Ids of Keras' loader as words; with shift 0 the usual mistake."""
    words = {rank + shift: word for word, rank in index.items()}
    special = {0: "<PAD>", START: "<START>", UNKNOWN: "<UNK>"} if shift == SHIFT else {}
    return " ".join(special.get(i) or words.get(i, "?") for i in ids)
