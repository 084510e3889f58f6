"""A look at a set of pictures before anything is trained on it: some of those for training, and how many there are for what.

`list(train(PicturesSpec()))` runs it from a plain Python prompt. The arrays of its one frame:

    pictures         (n, h, w, c) uint8    training images, as many of each class as of the others, at most 40
    pictures_truth   (n,) int32            what they are
    changed          (n, h, w, c) uint8    the same as a network is shown them once; only with augmentation
    counts           (3c, 2) float32       class, and how many images of it there are, for training, validation and test
    counts_part      (3c,) int32           0 for training, 1 for validation, 2 for test
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.data import images
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.specs.image_project import PicturesSpec

MOST = 40  # pictures shown


def train(spec: PicturesSpec, *, resume: Checkpoint | None = None, uploads: dict[str, dict[str, np.ndarray]] | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Load the pictures of a spec: one frame, and what there is to notice. A set that is not here ends the run with the sentence why."""
    start = time.perf_counter()
    try:
        sample = images.load(spec.dataset, points=spec.points, seed=spec.seed, train_share=spec.train_share,
                             upload=(uploads or {}).get(spec.upload))
    except Trouble as missing:
        yield End("failed", error=missing.message, change={"dataset": "digits"})
        return
    kinds = len(sample.classes)
    parts = [sample.y[part] for part in (slice(sample.train), slice(sample.train, sample.train + sample.validation),
                                         slice(sample.train + sample.validation, None))]
    counts = np.array([np.bincount(part, minlength=kinds) for part in parts])  # (3, classes)
    chosen = shown(sample.y[:sample.train], kinds)
    arrays = {"pictures": sample.x[chosen], "pictures_truth": sample.y[chosen].astype(np.int32),
              "counts": np.stack([np.tile(np.arange(kinds), 3), counts.ravel()], 1).astype(np.float32),
              "counts_part": np.repeat(np.arange(3), kinds).astype(np.int32)}
    if spec.augmentation != "none":
        yield Status("compiling")
        arrays["changed"] = changed(spec, arrays["pictures"])
    yield Frame(0, 0, time.perf_counter() - start, arrays=arrays)
    yield End("finished", time.perf_counter() - start, [Message(
        N_("Pictures to learn from: {train:,}; to tune on: {validation:,}; in the sealed test: {test:,}. To learn from there are of each "
           "class at least {least:,} and at most {most:,}."),
        {"train": len(parts[0]), "validation": len(parts[1]), "test": len(parts[2]), "least": int(counts[0].min()),
         "most": int(counts[0].max())}), held_back(spec.dataset, len(parts[2]))])


def held_back(dataset: str, test: int) -> Message:
    """What the parts are for. test: how many pictures the sealed test has."""
    if dataset not in images.OFFICIAL:
        return Message(N_("Training learns from its part, you choose by validation, and the test is opened once, at the end. Which picture "
                          "is for what follows from the seed, the number of pictures and the share for training."))
    if test == images.OFFICIAL_TEST:
        return Message(N_("The test set is the official one: whoever publishes a number for these pictures means this test."))
    return Message(N_("The test set is a part of the official one: of its {all:,} pictures the data folder here holds {test:,}. A "
                      "published number is about all of them."), {"all": images.OFFICIAL_TEST, "test": test})


def shown(y: np.ndarray, kinds: int) -> np.ndarray:
    """Which training images are shown: the first of each class, in the order of the classes. y: (n,) → (at most 40,)"""
    each = max(MOST // kinds, 1)
    return np.concatenate([np.flatnonzero(y == kind)[:each] for kind in range(kinds)])


def changed(spec: PicturesSpec, pictures: np.ndarray) -> np.ndarray:
    """The pictures as augmentation shows them once. (n, h, w, c) uint8, the same ones every time."""
    from core.models.cnn import AUGMENTATIONS, augmentation
    from core.training.warm import warm

    warm()
    x: Any = pictures.astype(np.float32)
    for i, name in enumerate(AUGMENTATIONS[spec.augmentation]):
        x = augmentation(name, spec.seed + i)(x, training=True)
    return np.clip(np.rint(np.asarray(x)), 0, 255).astype(np.uint8)
