"""What travels from a worker to the browser, and what a stored run is made of: a sequence of records.

A record is two little-endian unsigned 32-bit lengths, a JSON header and a binary body:

    header_length | body_length | header (UTF-8 JSON, with "kind") | body

A finished run on disk and a run streamed live are the same bytes, so live and replay are one path.  Kinds:

    run         key, lab, spec, versions                       first record of a stored run
    status      state ("starting", "queued", "compiling", "resumed", "paused", "not_kept"), place, seconds, epoch, message
                                                                                            never stored
    frame       step, epoch, seconds, rows, arrays, stored                              see `Frame`
    checkpoint  step, epoch, part, arrays: everything training needs to go on; kept by the runner only
    end         state ("finished", "failed", "cancelled"), seconds, notes, error, change, epoch     see `End`
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

R = TypeVar("R", bound=Mapping[str, float | None])
LENGTHS = struct.Struct("<II")
DTYPES = ("uint8", "int32", "float16", "float32")
HEADER_LIMIT = 1 << 24  # bytes; a longer header is not one of ours


@dataclass(frozen=True)
class Message:
    """A sentence without a language: the id of a template and what fills it. Pages translate it (`core.i18n.say`)."""

    id: str
    args: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "args": self.args}

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> Message | None:
        return None if value is None else cls(value["id"], dict(value.get("args", {})))


class Trouble(ValueError):
    """What a person typed or brought cannot be used; `message` says what is wrong and what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


@dataclass(frozen=True)
class Frame:
    """One look at a run in progress.

    step: optimizer steps done; epoch: epochs done (0 = untrained); seconds: of training so far.
    rows: metric rows since the last frame, each a dict with "epoch" and finite numbers or None; none is ever lost.
    arrays: what the figures draw, by name; uint8, int32, float16 or float32.
    stored: True if the frame belongs to the run for good, False if it is for the screen only.
    """

    step: int
    epoch: int
    seconds: float
    rows: list[dict[str, float | None]] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    stored: bool = True


@dataclass(frozen=True)
class Checkpoint:
    """All that training needs to go on as if it had never stopped: weights, optimizer, seed generators, epoch.

    part: steps done of the epoch after that; 0 between two epochs.
    """

    step: int
    epoch: int
    seconds: float
    arrays: dict[str, np.ndarray]
    part: int = 0


@dataclass(frozen=True)
class Status:
    """What a run is doing while there is no frame to show: state as in the table above; "" tells nothing, and only lets in whoever
    waits for the worker."""

    state: str


@dataclass(frozen=True)
class End:
    """How a run ended: state, what there is to notice, and, for a failure, what happened and the change that helps.

    epoch: the one whose network the run has at its end, where that is not its last one (early stopping put weights back).
    """

    state: str = "finished"
    seconds: float = 0.0
    notes: list[Message] = field(default_factory=list)
    error: Message | None = None
    change: dict[str, Any] = field(default_factory=dict)
    epoch: int | None = None

    def own(self, rows: Sequence[R]) -> Sequence[R]:
        """A run's metric rows without those after the epoch whose network it has: the last of them speaks of that network."""
        return rows if self.epoch is None else [row for row in rows if (row["epoch"] or 0) <= self.epoch]


def encode(kind: str, header: dict[str, Any] | None = None, arrays: dict[str, np.ndarray] | None = None) -> bytes:
    """Return one record. Arrays are laid out one after the other, each at a multiple of 8 bytes."""
    described, parts, offset = [], [], 0
    for name, array in (arrays or {}).items():
        array = np.require(array, requirements="C")  # np.ascontiguousarray would give a scalar a dimension
        if array.dtype.name not in DTYPES:
            raise TypeError(f"array {name!r} has dtype {array.dtype}; a record holds {', '.join(DTYPES)}")
        described.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "offset": offset})
        data = array.tobytes()
        data += b"\0" * (-len(data) % 8)
        parts.append(data)
        offset += len(data)
    head = json.dumps({"kind": kind, **(header or {}), "arrays": described}, allow_nan=False).encode()
    return LENGTHS.pack(len(head), offset) + head + b"".join(parts)


def encode_frame(frame: Frame) -> bytes:
    header = {"step": frame.step, "epoch": frame.epoch, "seconds": round(frame.seconds, 4), "rows": frame.rows,
              "stored": frame.stored}
    return encode("frame", header, frame.arrays)


def encode_checkpoint(point: Checkpoint) -> bytes:
    return encode("checkpoint", {"step": point.step, "epoch": point.epoch, "seconds": point.seconds, "part": point.part}, point.arrays)


def encode_status(state: str, **more: Any) -> bytes:
    """`more` is what the state needs: place, seconds, epoch, message (as JSON)."""
    return encode("status", {"state": state, **more})


def encode_end(end: End) -> bytes:
    return encode("end", {"state": end.state, "seconds": round(end.seconds, 4),
                          "notes": [note.to_json() for note in end.notes],
                          "error": end.error.to_json() if end.error else None, "change": end.change,
                          **({} if end.epoch is None else {"epoch": end.epoch})})


@dataclass(frozen=True)
class Record:
    """A decoded record: its header, its arrays (read-only views) and the bytes it came from."""

    header: dict[str, Any]
    arrays: dict[str, np.ndarray]
    raw: bytes

    @property
    def kind(self) -> str:
        return self.header["kind"]

    def frame(self) -> Frame:
        h = self.header
        return Frame(h["step"], h["epoch"], h["seconds"], h["rows"], self.arrays, h["stored"])

    def checkpoint(self) -> Checkpoint:
        h = self.header
        return Checkpoint(h["step"], h["epoch"], h["seconds"], self.arrays, h["part"])

    def end(self) -> End:
        h = self.header
        notes = [note for note in map(Message.from_json, h["notes"]) if note]
        return End(h["state"], h["seconds"], notes, Message.from_json(h["error"]), h.get("change", {}), h.get("epoch"))


def split(data: bytes) -> Iterator[bytes]:
    """Cut a byte string into the records it is made of. ValueError if it ends inside one."""
    at = 0
    while at < len(data):
        if len(data) - at < LENGTHS.size:
            raise ValueError(f"{len(data) - at} bytes left over at byte {at}: not a whole record")
        head, body = LENGTHS.unpack_from(data, at)
        end = at + LENGTHS.size + head + body
        if head > HEADER_LIMIT or end > len(data):
            raise ValueError(f"the record at byte {at} claims {head} + {body} bytes; {len(data) - at} are there")
        yield data[at:end]
        at = end


def decode(raw: bytes) -> Record:
    """Decode one record made by `encode`."""
    head, _ = LENGTHS.unpack_from(raw)
    start = LENGTHS.size + head
    header = json.loads(raw[LENGTHS.size:start])
    arrays = {}
    for a in header.pop("arrays"):
        count = int(np.prod(a["shape"], dtype=np.int64))
        arrays[a["name"]] = np.frombuffer(raw, a["dtype"], count, start + a["offset"]).reshape(a["shape"])
    return Record(header, arrays, raw)


def records(data: bytes | Iterable[bytes]) -> Iterator[Record]:
    """Decode all records of a byte string, or of byte strings that each hold whole records."""
    for part in [data] if isinstance(data, bytes) else data:
        yield from map(decode, split(part))
