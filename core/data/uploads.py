"""Uploaded points, kept in memory by content hash for as long as someone holds them and there is room.

A server that lacks them says so. The runner has arrays of its own, to start runs again: whoever lets go of an upload here, or
forgets it, tells the runner (`Runner.forget`).
"""

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


EVERYBODY = "*"  # who holds an upload that its owner has shared

_holders: dict[str, set[str]] = {}
_owners: dict[str, set[str]] = {}  # the browsers that have brought it
_sharers: dict[str, set[str]] = {}  # those of them that let everybody open it
_kept: OrderedDict[str, Upload] = OrderedDict()
_lock = threading.Lock()


def keep(digest: str, arrays: dict[str, np.ndarray], classes: list[str]) -> None:
    """Remember an upload under its content hash; the ones used longest ago are forgotten."""
    with _lock:
        _kept[digest] = Upload(arrays, classes)
        _kept.move_to_end(digest)
        while len(_kept) > LIMIT:
            old, _upload = _kept.popitem(last=False)
            for table in (_owners, _sharers):
                table.pop(old, None)


def arrays(digest: str) -> dict[str, dict[str, np.ndarray]]:
    """The upload as the runner takes it, by its content hash; empty for none or one that is gone."""
    found = find(digest) if digest else None
    return {digest: found.arrays} if found else {}


def hold(digest: str, who: str) -> None:
    """Have an upload kept for a session, or for EVERYBODY."""
    with _lock:
        if digest in _kept:
            _holders.setdefault(digest, set()).add(who)


def bring(digest: str, owner: str) -> None:
    """Note that a browser has brought an upload that is kept."""
    with _lock:
        if digest in _kept:
            _owners.setdefault(digest, set()).add(owner)


def brought(digest: str, owner: str) -> bool:
    """Whether this browser has brought it."""
    return owner in _owners.get(digest, ())


def of(owner: str) -> list[str]:
    """The content hashes of what this browser has brought and is still here."""
    with _lock:
        return [digest for digest in _kept if owner in _owners.get(digest, ())]


def disown(digest: str, owner: str) -> bool:
    """A browser wants an upload to be gone. Returns whether it is: nobody else has brought the same."""
    share(digest, owner, False)
    with _lock:
        owners = _owners.get(digest, set())
        owners.discard(owner)
    if not owners:
        forget(digest)
    return not owners


def share(digest: str, owner: str, on: bool) -> None:
    """A browser that has brought an upload lets everybody open it, or no longer. It stays open while anybody does."""
    with _lock:
        sharers = _sharers.setdefault(digest, set())
        (sharers.add if on and digest in _kept else sharers.discard)(owner)
        (_holders.setdefault(digest, set()).add if sharers else _holders.get(digest, set()).discard)(EVERYBODY)
        if not sharers:
            del _sharers[digest]


def shared(digest: str, owner: str | None = None) -> bool:
    """Whether everybody may open it: by anybody's leave, or by this owner's."""
    sharers = _sharers.get(digest, set())
    return bool(sharers) if owner is None else owner in sharers


def let_go(who: str) -> list[str]:
    """A session is over: what nobody else holds is forgotten. Returns the content hashes of that."""
    gone = []
    with _lock:
        for digest in list(_holders):
            holders = _holders[digest]
            holders.discard(who)
            if not holders:
                for table in (_holders, _owners, _sharers, _kept):
                    table.pop(digest, None)  # type: ignore[attr-defined]
                gone.append(digest)
    return gone


def forget(digest: str) -> None:
    """Keep this upload no longer, whoever holds it. A run that a worker trains has a copy until it ends."""
    with _lock:
        for table in (_holders, _owners, _sharers, _kept):
            table.pop(digest, None)  # type: ignore[attr-defined]


def find(digest: str) -> Upload | None:
    """The upload with this content hash, or None."""
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
        return _kept.get(digest)
