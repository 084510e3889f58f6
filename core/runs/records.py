"""Small operations on encoded records: look at a header, change it, thin a run for keeping, drop what was seen."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from core.frame import LENGTHS, decode, encode, split


def header(raw: bytes) -> dict[str, Any]:
    """Return the header of one record without its arrays."""
    length, _ = LENGTHS.unpack_from(raw)
    return json.loads(raw[LENGTHS.size:LENGTHS.size + length])


def rewrite(raw: bytes, **changes: Any) -> bytes:
    """Return the record with header fields changed; the arrays stay as they are."""
    length, body = LENGTHS.unpack_from(raw)
    head = json.dumps({**header(raw), **changes}, allow_nan=False).encode()
    return LENGTHS.pack(len(head), body) + head + raw[LENGTHS.size + length:]


def thin(data: bytes, *, final: bool) -> bytes:
    """Leave out statuses and the frames that were for the screen only; their rows move into the next frame kept.

    The newest frame always stays, and with `final` it counts as stored, so that no row is lost.
    """
    kept: list[bytes] = []
    rows: list[Any] = []
    waiting = b""  # the newest frame, if it is not a stored one
    for raw in split(data):
        head = header(raw)
        if head["kind"] == "frame":
            rows += head["rows"]
            if not head["stored"]:
                waiting = raw
                continue
            kept.append(rewrite(raw, rows=rows) if len(rows) > len(head["rows"]) else raw)
            rows, waiting = [], b""
        elif head["kind"] != "status":
            if head["kind"] == "end" and waiting:
                kept.append(rewrite(waiting, rows=rows, stored=True))
                rows, waiting = [], b""
            kept.append(raw)
    if waiting:
        kept.append(rewrite(waiting, rows=rows, stored=final))
    return b"".join(kept)


def rows_of(data: bytes) -> list[dict[str, float | None]]:
    """The metric rows of all frames; of an epoch that was told twice what came last."""
    found: dict[float | None, dict[str, float | None]] = {}
    for raw in split(data):
        if (head := header(raw))["kind"] == "frame":
            for row in head["rows"]:
                found[row["epoch"]] = {**found.get(row["epoch"], {}), **row}
    return list(found.values())


def slim(data: bytes, run: str, metrics: Collection[str], arrays: Collection[str] = ()) -> bytes:
    """The same records naming their run: of their arrays these alone; rows hold these metrics and the epoch alone."""
    slimmed = []
    for raw in split(data):
        head = header(raw)
        head.pop("arrays", None)
        kept = {name: array for name, array in decode(raw).arrays.items() if name in arrays} if arrays else {}
        if head["kind"] == "frame":
            head["rows"] = [{name: row[name] for name in ("epoch", *metrics) if name in row} for row in head["rows"]]
        if head["kind"] in ("frame", "status", "end"):
            slimmed.append(encode(head.pop("kind"), {**head, "run": run}, kept))
    return b"".join(slimmed)


def after(data: bytes, epoch: int) -> bytes:
    """Leave out the frames up to and including an epoch: what a player that reconnects has already."""
    return b"".join(raw for raw in split(data) if (h := header(raw))["kind"] != "frame" or h["epoch"] > epoch)


class Seen:
    """What a stream has shown already, so that a restarted training repeats nothing and loses nothing."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.step = self.stored_step = -1
        self.row_epoch: float = -1
        self._held: list[Any] = []  # new rows of frames that were left out
        for raw in _split_all(parts):
            head = header(raw)
            if head["kind"] == "frame":
                self._note(head)

    def _note(self, head: dict[str, Any]) -> None:
        self.step = max(self.step, head["step"])
        if head["stored"]:
            self.stored_step = max(self.stored_step, head["step"])
        for row in head["rows"]:
            self.row_epoch = max(self.row_epoch, row["epoch"])

    def fresh(self, data: bytes) -> bytes:
        """Return what of these records is new."""
        kept = []
        for raw in split(data):
            head = header(raw)
            if head["kind"] != "frame":
                kept.append(raw)
                continue
            rows = self._held + [row for row in head["rows"] if row["epoch"] > self.row_epoch]
            known = head["step"] <= self.step and not (head["stored"] and head["step"] > self.stored_step)
            self._note(head)
            self._held = rows if known else []
            if not known:
                kept.append(raw if rows == head["rows"] else rewrite(raw, rows=rows))
        return b"".join(kept)


def _split_all(parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield from split(part)
