"""Uploaded points and tables, kept in memory by content hash for as long as someone holds them and there is room.

A server that lacks them says so. The runner has arrays of its own, to start runs again: whoever lets go of an upload here, or
forgets it, tells the runner (`Runner.forget`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

LIMIT = 200  # of at most 2,000 points each: 5 MB in all
ROOM = 64 * 2**20  # bytes of all arrays: a table of words may have one or two MB


@dataclass(frozen=True)
class Upload:
    """Points: arrays x (n, 2) and y (n,), and the names of the classes. A table: the arrays of `core.data.tables`, and the names of its
    columns."""

    arrays: dict[str, np.ndarray]
    classes: list[str]


@dataclass
class _Place:
    """An upload that is kept, and for whom: holders are sessions; owners the browsers that have brought it, sharers those of them that let
    everybody open it."""

    upload: Upload
    holders: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    sharers: set[str] = field(default_factory=set)


_kept: OrderedDict[str, _Place] = OrderedDict()
_lock = threading.Lock()


def keep(digest: str, arrays: dict[str, np.ndarray], classes: list[str]) -> None:
    """Remember an upload under its content hash; the ones used longest ago are forgotten."""
    with _lock:
        upload = Upload(arrays, classes)
        _kept.setdefault(digest, _Place(upload)).upload = upload
        _kept.move_to_end(digest)
        while len(_kept) > LIMIT or (len(_kept) > 1 and sum(_size(place) for place in _kept.values()) > ROOM):
            _kept.popitem(last=False)


def _size(place: _Place) -> int:
    return sum(array.nbytes for array in place.upload.arrays.values())


def find(digest: str) -> Upload | None:
    """The upload with this content hash, or None."""
    with _lock:
        if digest not in _kept:
            return None
        _kept.move_to_end(digest)
        return _kept[digest].upload


def arrays(digest: str) -> dict[str, dict[str, np.ndarray]]:
    """The upload as the runner takes it, by its content hash; empty for none or one that is gone."""
    found = find(digest) if digest else None
    return {digest: found.arrays} if found else {}


def forget(digest: str) -> None:
    """Keep this upload no longer, whoever holds it. A run that a worker trains has a copy until it ends."""
    with _lock:
        _kept.pop(digest, None)


# ---- sessions

def hold(digest: str, session: str) -> None:
    """Have an upload kept for a session."""
    with _lock:
        if digest in _kept:
            _kept[digest].holders.add(session)


def holders(digest: str) -> set[str]:
    """The sessions that an upload is kept for."""
    with _lock:
        return set(_kept[digest].holders) if digest in _kept else set()


def let_go(session: str, needed: Collection[str] = ()) -> list[str]:
    """A session is over: what no other one holds, and nobody shares, is forgotten, but for what is still needed: that it holds on to.
    Returns the content hashes of what is forgotten."""
    gone = []
    with _lock:
        for digest, place in list(_kept.items()):
            if session in place.holders and digest not in needed:
                place.holders.discard(session)
                if not place.holders and not place.sharers:
                    del _kept[digest]
                    gone.append(digest)
    return gone


def held(session: str) -> bool:
    """Whether anything is kept for a session."""
    with _lock:
        return any(session in place.holders for place in _kept.values())


# ---- browsers

def bring(digest: str, owner: str) -> None:
    """Note that a browser has brought an upload that is kept."""
    with _lock:
        if digest in _kept:
            _kept[digest].owners.add(owner)


def brought(digest: str, owner: str) -> bool:
    """Whether this browser has brought it."""
    with _lock:
        return digest in _kept and owner in _kept[digest].owners


def hand_over(owner: str, other: str) -> None:
    """What one browser has brought and shares is another's from now on: they have turned out to be the same."""
    with _lock:
        for place in _kept.values():
            for names in (place.owners, place.sharers):
                if owner in names:
                    names.discard(owner)
                    names.add(other)


def of(owner: str) -> list[str]:
    """The content hashes of what this browser has brought and is still here."""
    with _lock:
        return [digest for digest, place in _kept.items() if owner in place.owners]


def disown(digest: str, owner: str) -> bool:
    """A browser wants an upload to be gone. Returns whether it is: nobody else has brought the same."""
    with _lock:
        if digest in _kept:
            _kept[digest].owners.discard(owner)
            _kept[digest].sharers.discard(owner)
            if not _kept[digest].owners:
                del _kept[digest]
        return digest not in _kept


def share(digest: str, owner: str, on: bool) -> None:
    """A browser that has brought an upload lets everybody open it, or no longer. It stays open while anybody does."""
    with _lock:
        if digest in _kept:
            (_kept[digest].sharers.add if on else _kept[digest].sharers.discard)(owner)


def shared(digest: str, owner: str | None = None) -> bool:
    """Whether everybody may open it: by anybody's leave, or by this owner's."""
    with _lock:
        sharers = _kept[digest].sharers if digest in _kept else set()
        return bool(sharers) if owner is None else owner in sharers
