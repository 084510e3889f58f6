"""The judge of made-up images: a classifier that has learned the real ones, and is the same for all runs of a source.

It is a run of the CNN lab, made by whoever needs it first and kept beside the runs of the store. A generator that is judged never
learns from it.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from core.frame import End, Frame, Status, Trouble
from core.labs import cnn
from core.labs.saving import cnn_model
from core.settings import settings
from core.specs.cnn import CnnSpec
from core.specs.gan_images import SURE

TESTED = 2000  # real images that nobody learned from, at most, on which it is tried
_STRONG: dict[str, Any] = {"points": 60_000, "train_share": 0.9, "filters": (8, 16), "kernel": 5, "dense": (64,), "schedule": "cosine",
           "learning_rate": 0.003, "batch_size": 64}
JUDGES = {
    "digits": CnnSpec(filters=(16, 32), dense=(64,), epochs=20, schedule="cosine", learning_rate=0.003, augmentation="shift"),
    "mnist": CnnSpec(dataset="mnist", **_STRONG, epochs=3),
    "fashion": CnnSpec(dataset="fashion", **_STRONG, epochs=4),
}


@dataclass(frozen=True)
class Judge:
    """model: pixels from 0 to 255 (n, height, width, 1) → how likely each class is (n, 10). Of real images that it never learned from:
    accuracy, and sure, the share that it is sure of."""

    model: keras.Sequential
    accuracy: float
    sure: float


_judges: dict[str, Judge] = {}  # by the keys of their specs


def judge_of(source: str) -> Judge:
    """The judge of these images. It takes up to a minute where nobody has asked for it before. Trouble if its images are not here."""
    for item in prepared(source):
        if isinstance(item, End):
            raise Trouble(item.error) if item.error else RuntimeError(item.state)
    return _judges[JUDGES[source].key]


def prepared(source: str) -> Iterator[Status | End]:
    """See to it that `judge_of` answers at once, several signs of life a second until then; an End is why that cannot be."""
    spec = JUDGES[source]
    if spec.key in _judges:
        return
    arrays = _read(source)
    if not arrays:
        for item in cnn.train(spec):
            if isinstance(item, End) and item.state != "finished":
                yield item
                return
            if isinstance(item, Frame):
                arrays = item.arrays
            yield Status("compiling")
        arrays = {name: array for name, array in arrays.items() if name[0] in "kb" and name[1:].isdigit()}
        arrays["tried"] = _tried(cnn_model(spec, arrays), spec)
        _write(source, arrays)
    accuracy, sure = map(float, arrays["tried"])
    _judges[spec.key] = Judge(cnn_model(spec, arrays), accuracy, sure)


def _tried(model: keras.Sequential, spec: CnnSpec) -> np.ndarray:
    """Accuracy on its sealed test set, and the share of it that it is sure of: (2,) float32."""
    sample = cnn.sample_of(spec)
    test = slice(sample.train + sample.validation, sample.train + sample.validation + TESTED)
    answers = np.asarray(model(sample.x[test].astype(np.float32), training=False))
    return np.array([(answers.argmax(1) == sample.y[test]).mean(), (answers.max(1) >= SURE).mean()], np.float32)


def _path(source: str) -> Path:
    return Path(settings.store) / "judges" / f"{JUDGES[source].key}.npz"


def _read(source: str) -> dict[str, np.ndarray]:
    """The judge's weights from the disk; {} where there are none that can be read."""
    try:
        with np.load(_path(source), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError, KeyError):
        return {}


def _write(source: str, arrays: dict[str, np.ndarray]) -> None:
    """Keep the judge's weights for others, unless the store keeps nothing; a disk that is full is no matter."""
    if settings.store_mb <= 0:
        return
    path = _path(source)
    aside = path.with_name(f"{uuid.uuid4().hex}.npz")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(aside, **arrays)  # type: ignore[arg-type]
        os.replace(aside, path)

