"""One run in this web process: what it has sent so far, who is reading it, and how it ended."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from core.frame import Checkpoint, End, Message, decode, encode, encode_end, encode_status
from core.runs import points
from core.runs.records import Seen, after, thin
from core.runs.store import Store, StoreError
from core.specs.base import Spec, versions

log = logging.getLogger(__name__)
CHUNK = 1 << 18  # bytes; readers are handed at most about this much at once
HISTORY = 8 << 20  # bytes; a run that has sent more than this forgets old frames that were for the screen only
BEHIND = 32 << 20  # bytes; a reader further behind is cut off and may reconnect


class _Node:
    """A link of the chain of batches. A reader holds its place; what no reader and no newcomer needs is freed."""

    __slots__ = ("data", "next", "total")

    def __init__(self, data: bytes, total: int) -> None:
        self.data = data
        self.next: _Node | None = None
        self.total = total  # bytes up to and including this node


class Reader:
    """An open stream: wakes a coroutine in whatever event loop serves it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.event = asyncio.Event()
        self.dismissed = False  # the server is about to stop

    def wake(self) -> None:
        # Set but not yet cleared means that it will look again anyway: one wake for many batches.
        if not self.event.is_set():
            with suppress(RuntimeError):  # its loop has closed
                self.loop.call_soon_threadsafe(self.event.set)


class Run:
    """A run that is waiting, training or over. Pushed to by one thread, read by any number."""

    def __init__(self, key: str, spec: Spec, *, keep: bool = False, uploads: tuple[str, ...] = ()) -> None:
        self.key, self.spec, self.keep, self.uploads = key, spec, keep, uploads
        self.id = uuid.uuid4().hex  # a key may be run more than once; messages name this
        self.readers: set[Reader] = set()
        self.not_kept: Message | None = None
        self.unwatched_since: float | None = time.monotonic()
        # In training:
        self.training = False
        self.background = False  # it waits behind runs that are not
        self.attempt = 0
        self.address: str | None = None  # of its worker, once known
        self.checkpoint: bytes | None = None  # where it goes on, should its worker die; a branch begins with one
        self.points: list[bytes] = []  # those for others to branch off, until they are in the store
        self.spent = 0.0  # seconds that its attempts took
        self.queued = 0.0  # when it last began to wait for one
        self.began = 0.0  # when it was given the one it has
        self.heard = 0.0  # when that said that it begins
        self.ended: float | None = None  # when it was over; it may take a moment to leave its worker
        self.deaths = 0  # workers that died of it, or with it
        self.again: Message | None = None  # that it was taken up after one of them, and where
        self.asked: float | None = None  # when it was asked to step aside, for others that wait
        self.paused = ""  # it steps aside, or has, and waits to be asked for again: "stopped", or "spent" for its time was up
        self.asides, self.since = 0, 0.0  # how often it did, and when it last did
        self.place: int | None = None  # in the queue, as last told; 0: there is no worker yet
        self.gone = asyncio.Event()  # touched in the engine's loop only, like all that follows
        self.stop = asyncio.Event()
        self.started = False
        self.last: bytes | None = None  # the end its worker reported
        self.left = ""  # how it stepped aside, as its worker reported: "aside", or "spent" for its time was up
        self.sequence = 0
        self._seen: Seen | None = None
        self._attempt_seen = 0
        # What was sent:
        head = encode("run", {"key": key, "lab": spec.lab, "spec": spec.model_dump(mode="json"), "versions": versions()})
        self._lock = threading.Lock()
        self._head = self._tail = _Node(head, len(head))
        self._thinned_at = 0
        self.end: End | None = None

    @property
    def step_key(self) -> Any:
        """What the compiled training step depends on: runs with equal keys go to the same worker if it is free.

        The spec's own `step_key` if it has one, else its lab.
        """
        return getattr(self.spec, "step_key", self.spec.lab)

    @property
    def over(self) -> bool:
        return self.end is not None

    @property
    def finished(self) -> bool:
        """True if it ended well. Only such a run is kept: any other end may have been this server's bad moment."""
        return self.end is not None and self.end.state == "finished"

    @property
    def size(self) -> int:
        """Bytes sent so far, and of checkpoints held."""
        return self._tail.total + sum(map(len, self.points))

    def push(self, data: bytes) -> None:
        """Add whole records for all readers. Nothing is added once the run is over."""
        with self._lock:
            if self.over or not data:
                return
            self._append(data)
        self._wake()

    def push_status(self, state: str, **more: Any) -> None:
        self.push(encode_status(state, **more))

    def _append(self, data: bytes) -> None:
        node = _Node(data, self._tail.total + len(data))
        self._tail.next = node
        self._tail = node
        if node.total - self._thinned_at > HISTORY:
            self._thin()

    def _thin(self) -> None:
        """Give newcomers a shorter chain; readers under way go on along the old one, which meets the new at its tail."""
        data = thin(self.data(), final=False)
        joint = _Node(b"", self._tail.total)
        self._tail.next = joint
        self._head = _Node(data, self._tail.total)
        self._head.next = self._tail = joint
        self._thinned_at = joint.total

    def _wake(self) -> None:
        for reader in tuple(self.readers):
            reader.wake()

    def receive(self, message: dict[str, Any]) -> None:
        """Take one message from the worker (see `core.runs.work`). Messages of an earlier attempt are ignored."""
        if message["attempt"] != self.attempt or self.over:
            return
        if message.get("started"):
            self.started, self.address, self.sequence = True, message["worker"], 0
            # Also when Dask itself started the task again: whatever was shown before is not shown twice.
            self._seen = Seen(self._parts()) if self._has_frames() else None
        if message.get("checkpoint"):
            self.checkpoint = message["checkpoint"]
            own = self.spec.parent is None or points.epoch_of(self.checkpoint) > self.spec.parent[1]
            if own and points.between(self.checkpoint):
                self.points = points.added(self.points, self.checkpoint)
        data = message["data"]
        self.push(self._seen.fresh(data) if self._seen and data else data)
        self.sequence += 1

    def _has_frames(self) -> bool:
        return self.attempt > 1 or self.sequence > 0

    def leave(self) -> bool:
        """It has left its worker without an end. Returns whether it stepped aside; if its time was up, it waits, and has as much again."""
        aside = bool(self.left)
        if self.left == "spent":
            self.paused, self.spent = "spent", 0.0
        self.left, self.training, self.place = "", False, None
        return aside

    def resume_point(self) -> Checkpoint | None:
        return decode(self.checkpoint).checkpoint() if self.checkpoint else None

    def told(self, raw: bytes) -> tuple[End, bytes]:
        """The end that its worker reported, and its record, with a note if an earlier worker was lost: that status is gone with the next
        frame."""
        end = decode(raw).end()
        if self.again is None:
            return end, raw
        end = replace(end, notes=[*end.notes, self.again])
        return end, encode_end(end)

    def keep_in(self, store: Store, raw: bytes) -> bytes:
        """Keep a run that has finished; raw: its "end". Returns what readers should know before that: that it could not be kept.
        An errand is not: what it did is outside, and may be gone later."""
        if self.spec.errand:
            return b""
        try:
            store.put(self.key, [self.content(raw)])
            store.put_points(self.key, self.points)
            self.points = []
        except StoreError as problem:
            log.warning("%s", problem)
            self.not_kept = problem.message
            return encode_status("not_kept", message=problem.message.to_json())
        return b""

    def content(self, end: bytes) -> bytes:
        """The whole run as it is kept, ending in the given end record."""
        return thin(self.data() + end, final=True)

    def finish(self, end: End, raw: bytes | None = None, *, before: bytes = b"") -> None:
        """End the run: the first end counts. `before`: a status that precedes the end."""
        raw = raw or encode_end(end)
        with self._lock:
            if self.over:
                return
            # A cancelled run has no newcomers; those of any other get what the store would give them.
            kept = None if end.state == "cancelled" else self.content(raw)
            self._append(before + raw)
            self.ended = time.monotonic()
            self.end = end  # after the record: a reader that sees the run over must find its last record
            if kept is not None:
                if before:
                    kept = kept[:-len(raw)] + before + raw
                self._head = self._tail = _Node(kept, len(kept))
        self.training = False
        self._wake()

    @classmethod
    def kept(cls, key: str, spec: Spec, data: bytes, end: End) -> Run:
        """A finished run from the store."""
        run = cls(key, spec)
        run._head = _Node(data, len(data))
        run._tail = run._head
        run.end = end
        return run

    def _parts(self) -> Iterator[bytes]:
        node: _Node | None = self._head
        while node is not None:
            yield node.data
            node = node.next

    def data(self) -> bytes:
        """All records so far."""
        return b"".join(self._parts())

    async def read(self, reader: Reader, epoch: int | None = None) -> AsyncIterator[bytes]:
        """Yield all records so far, then live, to the end. The reader must be among `readers` already."""
        node: _Node | None = _Node(b"", 0)
        assert node
        node.next = self._head
        while True:
            reader.event.clear()
            over = self.over  # before looking, or the last batch could slip through
            while node.next is not None:
                parts, size = [], 0
                while node.next is not None and size < CHUNK:
                    node = node.next
                    parts.append(node.data)
                    size += len(node.data)
                data = parts[0] if len(parts) == 1 else b"".join(parts)
                if epoch is not None:
                    data = after(data, epoch)
                if data:
                    yield data
                if self._tail.total - node.total > BEHIND:
                    return
            if over or reader.dismissed:
                return
            await reader.event.wait()
