"""Image datasets as NumPy arrays: split into training, validation and a sealed test set, in an order that a seed decides.

What there is stands in `core.data.image_sets`. Nothing is downloaded here (`core.labs.download` does that); the large
sets are read from the data folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.data import image_files, shapes
from core.data.classics import table
from core.data.image_sets import entry
from core.frame import Message, Trouble
from core.i18n import N_

OFFICIAL = ("mnist", "fashion", "cifar10")  # these have a test set of their own
OFFICIAL_TEST = 10_000  # images in the test set of each, where the data folder holds all of it


@dataclass(frozen=True)
class Images:
    """A dataset split three ways: the first `train` images are trained on, the next `validation` are for tuning, the rest is the sealed
    test set.

    x: (n, height, width, channels) uint8, 0 to 255; y: (n,) int32 class indices; classes: marked English names (an upload's are the
    person's own, or "0", "1", …). The arrays are not to be written to.
    """

    x: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...]
    train: int
    validation: int

    @property
    def test(self) -> int:
        return len(self.x) - self.train - self.validation


def shape_of(name: str) -> tuple[int, int, int]:
    """(height, width, channels) of a dataset's images; of an upload, if it is read as `core.data.archive` does unless told."""
    return entry(name).shape


def classes_of(name: str) -> tuple[str, ...]:
    """The marked names of a dataset's classes; none for an upload."""
    return entry(name).classes


def points_of(name: str) -> int:
    """The most images that `load` takes for training and validation. Of digits, shapes and uploads the test set is among them. A data
    folder may hold fewer; then `load` takes what there is."""
    return entry(name).points


def load(name: str, *, points: int, seed: int, train_share: float, upload: Mapping[str, np.ndarray] | None = None,
         classes: Sequence[str] = ()) -> Images:
    """Choose images and split them. Equal arguments give equal arrays.

    points: how many (or all, if there are fewer), as many of each class as its share of the whole. train_share: of training data.
    Of digits, shapes and an upload the rest is halved into validation and test, and of an upload a class with three images or more has
    at least one in each part if the parts have room for that; MNIST, Fashion-MNIST and CIFAR-10 leave the rest to validation, and their
    official test set follows whole. upload: arrays x (n, height, width, channels) uint8 and y (n,), with `classes`, their names.
    Trouble if a dataset is not here or broken; ValueError names an unknown dataset or an argument out of range.
    """
    if points < 3 or not 0 < train_share < 1:
        raise ValueError(f"points={points} has to be at least 3, train_share={train_share} between 0 and 1")
    test: tuple[np.ndarray, ...] = ()
    names = entry(name).classes
    if name in OFFICIAL:
        whole = image_files.official(name)
        x, y, test = whole.x_train, whole.y_train, (whole.x_test, whole.y_test)
    elif name == "upload":
        if upload is None:
            raise Trouble(Message(N_("The uploaded pictures are no longer on this server. Please upload them again.")))
        x, y = upload["x"], upload["y"].astype(np.int32)
        names = tuple(classes) or tuple(map(str, range(int(y.max()) + 1)))
    else:
        x, y = _digits() if name == "digits" else _drawn(min(points, entry(name).points), seed)
    rng = np.random.default_rng([seed, 11])
    if name == "upload":  # whose classes may be small and uneven
        parts = split(y, points, train_share, rng, with_test=True)
        order, train, validation = np.concatenate(parts), len(parts[0]), len(parts[1])
    else:
        order = in_turns(y, rng)[:points]
        train = min(max(round(len(order) * train_share), 1), len(order) - 2)
        validation = len(order) - train if test else (len(order) - train) // 2
    x, y = x[order], y[order]
    if test:
        x, y = np.concatenate([x, test[0]]), np.concatenate([y, test[1]])
    for array in (x, y):
        array.setflags(write=False)
    return Images(x, y, names, train, validation)


@lru_cache(maxsize=1)
def _digits() -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's digits, their 17 levels of grey spread over 0 to 255."""
    x, y = table("digits")
    return np.rint(x * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1), y.astype(np.int32)


_drawn = lru_cache(maxsize=2)(shapes.draw)  # 15 MB each at most; the same are asked for again and again


def in_turns(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An order of all images in which the classes take turns: any stretch of it holds as much of each as the whole, to within one. (n,)"""
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]  # class by class
    turn = np.concatenate([(np.arange(n) + 0.5) / n for n in np.bincount(y)])
    return order[np.argsort(turn, kind="stable")]


def split(y: np.ndarray, points: int, train_share: float, rng: np.random.Generator, *, with_test: bool) -> list[np.ndarray]:
    """Stratified indices for training, validation and (`with_test`) test, together `points` or as many as there are.

    Within each part the classes take turns, so that a part's beginning is stratified too.
    """
    counts = np.bincount(y)
    chosen = _quotas(counts, min(points, len(y)))
    held = int(chosen.sum()) - min(max(round(int(chosen.sum()) * train_share), 1), int(chosen.sum()) - 1 - with_test)
    test = _quotas(chosen, held - held // 2 if with_test else 0, most=np.maximum(chosen - 2, 0))
    validation = _quotas(chosen, held - int(test.sum()), most=np.maximum(chosen - test - 1, 0))
    parts: list[list[np.ndarray]] = [[], [], []]
    for kind in range(len(counts)):
        indices = rng.permutation(np.flatnonzero(y == kind))[:chosen[kind]]
        pieces = np.split(indices, np.cumsum([chosen[kind] - validation[kind] - test[kind], validation[kind]]))
        for part, piece in zip(parts, pieces, strict=True):
            part.append(piece)
    return [_turns(part, rng) for part in parts[:2 + with_test]]


def _quotas(counts: np.ndarray, total: int, most: np.ndarray | None = None) -> np.ndarray:
    """How many of each class to take for `total` in all: in proportion to `counts`, at least one where there is one and room for it,
    and at most `most` (else all). The largest remainders round up (Hamilton's method)."""
    most = counts if most is None else most
    total = min(total, int(most.sum()))
    ideal = counts * (total / max(int(counts.sum()), 1))
    least = np.minimum(most, 1) if total >= np.count_nonzero(most) else 0
    quotas = np.clip(np.floor(ideal).astype(int), least, most)
    while (left := total - int(quotas.sum())) != 0:
        if left > 0:
            quotas[int(np.argmax(np.where(quotas < most, ideal - quotas, -np.inf)))] += 1
        else:
            quotas[int(np.argmax(np.where(quotas > least, quotas - ideal, -np.inf)))] -= 1
    return quotas


def _turns(pieces: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """The indices of all classes in one order, each class spread evenly over it."""
    places = [(np.arange(len(piece)) + rng.random(len(piece))) / max(len(piece), 1) for piece in pieces]
    return np.concatenate(pieces)[np.argsort(np.concatenate(places), kind="stable")]
