"""Checkpoints that stay when their run has ended, for others to branch off: which ones, and where a branch goes on from.

A worker sends one every two seconds, so a run of a moment leaves none: to train it again costs less than to keep it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

from core.frame import encode, split
from core.runs.records import header
from core.specs.base import Spec

MOST = 16  # of one run: of half a minute, all of them; a branch off the longest run begins after a sixteenth of its time
BYTES = 4 << 20  # of one run


def epoch_of(raw: bytes) -> int:
    return header(raw)["epoch"]


def between(raw: bytes) -> bool:
    """Whether a checkpoint lies between two epochs; nothing branches off within one."""
    return not header(raw)["part"]


def added(points: Sequence[bytes], raw: bytes) -> list[bytes]:
    """The checkpoints of a run with its newest: as many as there may be, as evenly spaced as can be, the newest always."""
    new = epoch_of(raw)
    kept = [point for point in points if epoch_of(point) < new] + [raw]
    epochs = [0, *map(epoch_of, kept)]
    while len(kept) > 1 and (len(kept) > MOST or sum(map(len, kept)) > BYTES):
        gaps = [later - earlier for earlier, later in zip(epochs, epochs[2:], strict=False)]  # that leaving one out would leave
        least = gaps.index(min(gaps))
        del kept[least], epochs[least + 1]
    return kept


def start_of(spec: Spec, kept: Callable[[str], Sequence[bytes]]) -> bytes | None:
    """The checkpoint from which a branch gets soonest to where it begins: of the run it comes from, else of one before that.

    kept: the checkpoints of a run by its key. None: there is none, and it begins at zero.
    """
    link = spec.parent
    while link is not None:
        spec, until = link
        link = spec.parent
        since = link[1] if link else 0
        fit = [point for point in kept(spec.key) if since < epoch_of(point) <= until]
        if fit:
            return max(fit, key=epoch_of)
    return None


def pack(key: str, points: Sequence[bytes]) -> bytes:
    """The file of a run's checkpoints."""
    data = b"".join(points)
    return encode("points", {"key": key, "sum": zlib.crc32(data)}) + data


def unpack(key: str, data: bytes) -> list[bytes]:
    """Read such a file. ValueError if it is another run's, or not as it was written."""
    try:
        first, *points = split(data)
        head = header(first)
        if head["kind"] == "points" and head["key"] == key and head["sum"] == zlib.crc32(data[len(first):]):
            return points
    except (KeyError, TypeError):
        pass  # no header of ours
    raise ValueError(f"no checkpoints of {key}")
