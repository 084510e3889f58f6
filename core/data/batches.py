"""CIFAR-10's own files, which are pickles, and IMDB's, which hold one: read so that nothing in them can run.

A pickle says which functions to call. Here it can name four, and gets stand-ins of ours for them: an array is taken apart into its
shape, its type and its bytes, and put together by `numpy.frombuffer`; of an array of objects the list of them is taken. All other names
are refused.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np

MOST_BYTES = 64 * 2**20  # a batch of 10,000 images has 31 MB
OBJECTS = ("O8", "O4", "O", "object")


class _Kind:
    """Stands for numpy.dtype: only its name is kept."""

    def __init__(self, name: Any = "", *_more: Any) -> None:
        self.name = name.decode("ascii") if isinstance(name, bytes) else str(name)

    def __setstate__(self, _state: Any) -> None:
        pass


class _Array:
    """Stands for numpy.ndarray: takes the state of one with bytes, or with objects in a row."""

    value: np.ndarray | None = None
    objects: list[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        _version, shape, kind, columns_first, data = state
        if isinstance(kind, _Kind) and kind.name in OBJECTS and isinstance(data, list) and len(shape) == 1:
            self.objects = data
            return
        if not isinstance(kind, _Kind) or kind.name not in ("u1", "uint8") or not isinstance(data, bytes):
            raise pickle.UnpicklingError("an array of something else than bytes")
        self.value = np.frombuffer(data, np.uint8).reshape(shape, order="F" if columns_first else "C")


def _reconstruct(*_what: Any) -> _Array:
    return _Array()


KNOWN = {("ndarray", "numpy"): _Array, ("dtype", "numpy"): _Kind,
         ("_reconstruct", "numpy.core.multiarray"): _reconstruct, ("_reconstruct", "numpy._core.multiarray"): _reconstruct}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (name, module) not in KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a batch of images")
        return KNOWN[name, module]

    def persistent_load(self, _id: Any) -> Any:
        raise pickle.UnpicklingError("a batch of images refers to nothing outside it")


def read(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The rows (n, 3072) uint8 and labels (n,) int32 of a batch file. ValueError for anything that is not one."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data)} bytes; a batch has at most {MOST_BYTES}")
    try:
        batch = _Unpickler(io.BytesIO(data), encoding="bytes").load()
        fields = {key.decode() if isinstance(key, bytes) else key: value for key, value in batch.items()}
        rows, labels = fields["data"].value, np.asarray(fields["labels"])
    except Exception as problem:  # a broken pickle can raise anything
        raise ValueError(f"not a batch of images: {problem}") from None
    if rows is None or rows.ndim != 2 or labels.dtype.kind not in "ui" or labels.ndim != 1:
        raise ValueError("a batch of images needs rows of bytes and a list of labels")
    return rows, labels.astype(np.int32)


def lists(data: bytes) -> list[Any]:
    """The objects of a pickled array of them. ValueError for anything else."""
    try:
        found = _Unpickler(io.BytesIO(data), encoding="bytes").load()
    except Exception as problem:  # a broken pickle can raise anything
        raise ValueError(f"no array of lists: {problem}") from None
    if not isinstance(found, _Array) or found.objects is None:
        raise ValueError("no array of lists")
    return found.objects
