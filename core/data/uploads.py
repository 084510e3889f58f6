"""Uploaded points, kept in memory by content hash for as long as there is room. A server that lacks them says so."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

LIMIT = 200  # of at most 2,000 points each: 5 MB in all


@dataclass(frozen=True)
class Upload:
    """Arrays x (n, 2) and y (n,), and the names of the classes."""

    arrays: dict[str, np.ndarray]
    classes: list[str]


_kept: OrderedDict[str, Upload] = OrderedDict()
_lock = threading.Lock()


def keep(digest: str, arrays: dict[str, np.ndarray], classes: list[str]) -> None:
    """Remember an upload under its content hash; the ones used longest ago are forgotten."""
    with _lock:
        _kept[digest] = Upload(arrays, classes)
        _kept.move_to_end(digest)
        while len(_kept) > LIMIT:
            _kept.popitem(last=False)


def arrays(digest: str) -> dict[str, dict[str, np.ndarray]]:
    """The upload as the runner takes it, by its content hash; empty for none or one that is gone."""
    found = find(digest) if digest else None
    return {digest: found.arrays} if found else {}


def forget(digest: str) -> None:
    """Keep this upload no longer. Runs under way have their own copy until they end."""
    with _lock:
        _kept.pop(digest, None)


def find(digest: str) -> Upload | None:
    """The upload with this content hash, or None."""
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
        return _kept.get(digest)
