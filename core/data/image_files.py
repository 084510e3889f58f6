"""MNIST, Fashion-MNIST and CIFAR-10 from the files that Keras keeps, read without Keras and without trusting them.

They are looked for in the data folder (`DATA_DIR`, else where Keras keeps them), anew at each look: what was just downloaded is found.

| name | files |
| --- | --- |
| mnist | mnist.npz: x_train, y_train, x_test, y_test |
| fashion | fashion-mnist/{train,t10k}-{images-idx3,labels-idx1}-ubyte.gz |
| cifar10 | cifar10.npz with the same arrays as MNIST's; else cifar-10-batches-py-target/cifar-10-batches-py/ (Keras 3), else |
| | cifar-10-batches-py/ (Keras before), with data_batch_1 to _5 and test_batch |

A set that is not there or is broken is a `Trouble` that says what would be right.
"""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.data import batches
from core.data.image_sets import entry
from core.frame import Message, Trouble
from core.i18n import N_
from core.settings import settings

MOST = 100_000  # images in one array; a header that claims more is not believed
FASHION = tuple(f"fashion-mnist/{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))
BATCHES = ("cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py")
PARTS = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")
NAMES = ("x_train", "y_train", "x_test", "y_test")
TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST", "cifar10": "CIFAR-10"}
KERAS = {"mnist": "mnist", "fashion": "fashion_mnist", "cifar10": "cifar10"}
UNREADABLE = (OSError, EOFError, KeyError, ValueError, SyntaxError, RuntimeError, MemoryError, struct.error, zlib.error, zipfile.BadZipFile)


class Official(NamedTuple):
    """A published set: images (n, height, width, channels) uint8 and classes (n,) int32. Not to be written to."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def files_of(name: str) -> tuple[Path, ...]:
    """The files of a set that are here, all of them, or none."""
    choices: dict[str, list[tuple[str, ...]]] = {
        "mnist": [("mnist.npz",)], "fashion": [FASHION],
        "cifar10": [("cifar10.npz",), *(tuple(f"{folder}/{part}" for part in PARTS) for folder in BATCHES)]}
    whole = (tuple(settings.data / file for file in files) for files in choices[name])
    return next((files for files in whole if all(file.is_file() for file in files)), ())


def official(name: str) -> Official:
    """"mnist", "fashion" or "cifar10". Trouble if it is not here, or broken. The three used last are kept in memory."""
    files = files_of(name)
    if not files:
        raise Trouble(Message(N_("{what} is not on this computer: the folder “{folder}”, where datasets are kept, has no {file}. With a "
                                 "network it can be downloaded, once: below the choice of data, or by {line}. Or set DATA_DIR to a "
                                 "folder that has it, or take the digits or the shapes: they are built in."),
                              {"what": TITLES[name], "folder": settings.data.name, "line": f"keras.datasets.{KERAS[name]}.load_data()",
                               "file": {"mnist": "mnist.npz", "fashion": "fashion-mnist/*.gz",
                                        "cifar10": f"cifar10.npz, {BATCHES[1]}"}[name]}))
    return _read(name, files, tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=3)  # CIFAR-10 has 180 MB
def _read(name: str, files: tuple[Path, ...], _changed: tuple[int, ...]) -> Official:
    if name == "fashion":
        arrays = [_idx(file, images=i % 2 == 0) for i, file in enumerate(files)]
    elif len(files) == 1:
        arrays = _npz(files[0], entry(name).shape)
    else:
        read = [_batch(file) for file in files]
        arrays = [np.concatenate([x for x, _ in read[:-1]]), np.concatenate([y for _, y in read[:-1]]), *read[-1]]
    where = files if name == "fashion" else (files[0],) * 4
    checked = []
    for i in (0, 2):
        x, y = _pair(arrays[i], arrays[i + 1], name, where[i].name, where[i + 1].name)
        checked += [x, y]
    for array in checked:
        array.setflags(write=False)
    return Official(*checked)


def _pair(x: np.ndarray, y: np.ndarray, name: str, images: str, labels: str) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels as they should be. Trouble names the file that they are not so in."""
    shape, classes = entry(name).shape, len(entry(name).classes)
    if x.dtype != np.uint8 or not 1 <= len(x) <= MOST or x.shape[1:] not in (shape, shape[:2] if shape[2] == 1 else shape):
        raise _wrong(images, f"(n, {', '.join(map(str, shape))}) uint8", f"{x.shape} {x.dtype}")
    if y.dtype.kind not in "ui" or y.shape not in ((len(x),), (len(x), 1)):
        raise _wrong(labels, f"({len(x)},) int", f"{y.shape} {y.dtype}")
    if not 0 <= y.min() <= y.max() < classes:
        raise _wrong(labels, f"0 … {classes - 1}", f"{y.min()} … {y.max()}")
    return np.ascontiguousarray(x).reshape(len(x), *shape), y.reshape(-1).astype(np.int32)


def _wrong(file: str, right: str, found: str) -> Trouble:
    return Trouble(Message(N_("The file {file} holds other data than it should: {found} in place of {right}. Remove it and fetch it "
                              "again."), {"file": file, "right": right, "found": found}))


def _damaged(file: Path) -> Trouble:
    return Trouble(Message(N_("The file {file} is damaged or not complete and cannot be read. Remove it and fetch it again."),
                           {"file": file.name}))


def _npz(file: Path, shape: tuple[int, int, int]) -> list[np.ndarray]:
    """The four arrays of an .npz file. Their headers are read first, so that a false one cannot ask for all memory."""
    try:
        with np.load(file, allow_pickle=False) as loaded:
            if missing := [key for key in NAMES if key not in loaded]:
                raise _wrong(file.name, ", ".join(NAMES), f"{', '.join(key for key in loaded if key not in missing)} …")
            for key in NAMES:
                with loaded.zip.open(f"{key}.npy") as stream:
                    version = np.lib.format.read_magic(stream)
                    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                    size, _, kind = read(stream)
                if kind.hasobject or np.prod(size, dtype=float) * kind.itemsize > MOST * np.prod(shape):
                    raise _wrong(file.name, f"{key} (n, …) uint8", f"{size} {kind}")
            return [loaded[key] for key in NAMES]
    except Trouble:
        raise
    except (*UNREADABLE, TypeError, AttributeError):  # a lone .npy file has no context
        raise _damaged(file) from None


def _idx(file: Path, images: bool) -> np.ndarray:
    """The images (n, rows, columns) or labels (n,) of a packed file in the IDX format of MNIST: big-endian sizes, then bytes."""
    numbers = 4 if images else 2
    try:
        with gzip.open(file) as stream:
            magic, n, *size = struct.unpack(f">{numbers}I", stream.read(4 * numbers))
            if magic != (0x803 if images else 0x801) or n > MOST or max(size, default=1) > 256:
                raise _wrong(file.name, "IDX", f"{magic:#x} {(n, *size)}")
            count = int(np.prod([n, *size]))
            data = stream.read(count + 1)
    except Trouble:
        raise
    except UNREADABLE:
        raise _damaged(file) from None
    if len(data) != count:
        raise _damaged(file)
    return np.frombuffer(data, np.uint8).reshape(n, *size)


def _batch(file: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        rows, labels = batches.read(file.read_bytes())
    except UNREADABLE:
        raise _damaged(file) from None
    if rows.dtype != np.uint8 or rows.shape != (len(labels), 3 * 32 * 32):
        raise _wrong(file.name, "(n, 3072) uint8", f"{rows.shape} {rows.dtype}")
    return rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels
