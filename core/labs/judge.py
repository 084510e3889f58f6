"""The judge of made-up images: a classifier that has learned the real ones, and is the same for all runs of a source.

It is a run of the CNN lab, made by whoever needs it first and kept beside the runs of the store. A generator that is judged never
learns from it.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from core.frame import End, Frame, Status
from core.labs.saving import cnn_model
from core.settings import settings
from core.specs.cnn import CnnSpec
from core.training.cache import Cache

SURE = 0.9  # how likely its answer has to be for the judge to be sure of a fake
COVERED = 0.01  # of all fakes: a class is covered if the judge is sure of so many that they are of it
JUDGES = {  # accuracy on the sealed test set: 0.98, 0.99, 0.90
    "digits": CnnSpec(filters=(16, 32), dense=(64,), epochs=15),
    "mnist": CnnSpec(dataset="mnist", points=60_000, train_share=0.9, filters=(8, 16), kernel=5, dense=(64,), schedule="cosine",
                     learning_rate=0.003, batch_size=64, epochs=3),
    "fashion": CnnSpec(dataset="fashion", points=60_000, train_share=0.9, filters=(8, 16), kernel=5, dense=(64,), schedule="cosine",
                       learning_rate=0.003, batch_size=64, epochs=4),
}
_judges: Cache[keras.Sequential] = Cache(limit=3)


def judge_of(source: str) -> keras.Sequential:
    """The judge of these images: pixels from 0 to 255 (n, height, width, 1) → how likely each class is (n, 10). It takes up to a minute
    where nobody has asked for it before. Trouble, as from the CNN lab, if its images are not here."""
    for _status in prepared(source):
        pass
    return _judges.get(source, dict)  # type: ignore[arg-type]  # it is there


def prepared(source: str) -> Iterator[Status | End]:
    """See to it that `judge_of` answers at once, several signs of life a second until then; an End is why that cannot be."""
    if source in _judges:
        return
    spec, arrays = JUDGES[source], _read(source)
    if not arrays:
        from core.labs import cnn  # the labs do not need one another otherwise

        for item in cnn.train(spec):
            if isinstance(item, End) and item.state != "finished":
                yield item
                return
            if isinstance(item, Frame):
                arrays = item.arrays
            yield Status("compiling")
        arrays = {name: array for name, array in arrays.items() if name[0] in "kb" and name[1:].isdigit()}
        _write(source, arrays)
    _judges.get(source, lambda: cnn_model(spec, arrays))


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


def verdict(answers: np.ndarray) -> tuple[float, int, np.ndarray]:
    """What is said of fakes by the judge's answers (n, 10): the share that it is sure of, how many classes are covered, and the share of
    all fakes that it is sure are of each class (10,)."""
    said, sure = answers.argmax(1), answers.max(1) >= SURE
    shares = np.bincount(said[sure], minlength=answers.shape[1]) / max(len(answers), 1)
    return float(sure.mean()), int((shares >= COVERED).sum()), shares
