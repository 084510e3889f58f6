"""The runner: everything a page or a route may ask about runs. One per web process (`get_runner`).

Pages call it from Streamlit's script threads, routes from the server's event loop.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np

from core.frame import End, Message, Record, encode_end, records
from core.runs.costs import Costs
from core.runs.questions import ask
from core.runs.records import rows_of
from core.runs.run import Reader, Run
from core.runs.shelf import Shelf
from core.runs.store import Store
from core.runs.trainer import Trainer
from core.runs.wishes import Slot, Uploads, Wish, Wishes
from core.settings import Settings, settings
from core.specs.base import Spec

PAUSED = 8  # runs that may be paused at once; the one that was paused first gives way


class Runner:
    """Shares, queues, cancels and keeps runs. See `open`, `stream`, `result` and `ask`."""

    def __init__(self, options: Settings = settings) -> None:
        self.settings = options
        self.store = Store(options.store, options.store_mb)
        self._lock = threading.RLock()  # guards what follows; held for microseconds
        self._wishes = Wishes()
        self._shelf = Shelf(self.store, self._lock, self._wishes)
        self._runs = self._shelf.runs
        self._costs = Costs()
        self._trainer = Trainer(options, self._lock, sessions=self._wishes.sessions, uploads=self._wishes.uploads,
                                settle=self._settle, tick=self._cancel_unwanted, points=self._shelf.points)

    # ------------------------------------------------------------------ for pages

    def open(self, spec: Spec, *, session: str, role: str = "main", uploads: Uploads | None = None, keep: bool = False,
             again: bool = False) -> str:
        """Put a spec into a slot (session, the spec's lab, role) and return its run key. Never waits for a worker.

        The slot's old run is cancelled, a project's paused, unless another slot holds it. A spec that is being trained, in memory or in the
        store is shared; any other waits for a worker. uploads: arrays by content hash, then by name.
        keep: a project run, which goes on when nobody watches. A run that failed is tried again, and one that is paused goes on, when a
        slot turns to it; where the slot holds it already, only with `again`."""
        return self._open([spec], (session, spec.lab, role), uploads, keep=keep, background=False, again=again)[0]

    def open_group(self, specs: Sequence[Spec], *, session: str, role: str, uploads: Uploads | None = None) -> list[str]:
        """Put specs of one lab into one slot, as `open` does with one; none empty it. Returns their keys. They train in the background."""
        if not specs:
            self.release(session, role=role)
            return []
        return self._open(specs, (session, specs[0].lab, role), uploads, keep=False, background=True)

    def _open(self, specs: Sequence[Spec], slot: Slot, uploads: Uploads | None, *, keep: bool, background: bool, again: bool = False
              ) -> list[str]:
        keys = [spec.key for spec in specs]
        with self._lock:
            before = self._wishes.get(slot)
            wishes = {key: Wish(spec, tuple(uploads or ()), keep) for key, spec in zip(keys, specs, strict=True)}
            for old in self._wishes.put(slot, wishes, uploads or {}, group=background):
                self._leave(old)
            for key in wishes:
                self._ensure(key, again=again or key not in before)
            self._rank([*before, *wishes])
        return keys

    def release(self, session: str, *, lab: str | None = None, role: str | None = None) -> None:
        """Empty a session's slots: all of them (project runs go on), or those of one lab or role ("stop")."""
        with self._lock:
            for key in self._wishes.take(session, lab, role):
                run = self._runs.get(key)
                if not (run and run.keep and lab is None and role is None):
                    self._cancel(key)
            self._rank(list(self._runs))

    def pause(self, session: str, *, lab: str, role: str) -> bool:
        """Have the run in a session's slot leave its worker at its next checkpoint, to go on from there when it is opened again. Returns
        whether it does: one that others watch too trains on for them. (A session that has just ended still has its slots.)"""
        with self._lock:
            runs = [run for key in self._wishes.get((session, lab, role)) if (run := self._runs.get(key)) and not run.over]
            watched = any(len(run.readers) > 1 and not self._wishes.alone(run.key) for run in runs)
            for run in () if watched else runs:
                self._pause(run.key)
            return not watched

    def paused(self, key: str) -> str:
        """Why a run waits to be opened again: "stopped" by somebody, or "spent", its time is up, and it would have as much again; or ""."""
        return self._shelf.paused().get(key, "")

    def there(self, key: str) -> bool:
        """Whether to open a run costs no training from zero: it is in training or paused, or has ended well."""
        return self._shelf.there(key)

    def learned_from(self) -> set[str]:
        """The uploads that project runs learn from, or have until lately: whoever closed the tab comes back to them."""
        return self._shelf.learned_from()

    def forget(self, upload: str, *, runs: bool = True) -> None:
        """Delete an upload's arrays and, if asked, the runs that learned from it, in training, in memory and in the store."""
        with self._lock:
            asked = self._wishes.forget(upload, runs=runs)  # the latest; of others only the run itself says what it learned from
            keys = {*asked, *(self._shelf.naming(upload) if runs else ())}
            for key in keys:
                self._cancel(key)
                self._shelf.drop(key)
        self.store.remove(*keys, *(self.store.naming(upload) if runs else ()))

    def known(self, key: str) -> bool:
        """True if some session asked for this run."""
        with self._lock:
            return self._wishes.asked(key) is not None

    def result(self, key: str) -> End | None:
        """How a run ended; None if it has not, or is unknown."""
        return run.end if (run := self._shelf.find(key)) else None

    def not_kept(self, key: str) -> Message | None:
        """Why a finished run could not be put into the store; None if it was."""
        return run.not_kept if (run := self._shelf.find(key)) else None

    def records(self, key: str) -> list[Record]:
        """All records of a run so far, decoded; of a finished one those that are kept. Empty if it is unknown."""
        run = self._shelf.find(key)
        return list(records(run.data())) if run else []

    def rows(self, key: str) -> list[dict[str, float | None]]:
        """The metric rows of a run so far, one an epoch. Empty if it is unknown."""
        run = self._shelf.find(key)
        return rows_of(run.data()) if run else []

    def estimate(self, spec: Spec) -> float | None:
        """Seconds that training this spec will take, from its `cost` and the latest runs of its lab; None without."""
        with self._lock:
            return self._costs.estimate(spec)

    def workers(self) -> int:
        """How many workers are ready now."""
        return self._trainer.workers()

    def waiting(self) -> int:
        """How many runs wait for a worker."""
        return len(self._trainer.queue)

    def ask(self, key: str, probe: str, *, epoch: int | None = None, arguments: dict[str, Any] | None = None) -> dict[str, np.ndarray]:
        """Ask the lab a question about a run as it was at an epoch (default: the latest stored). AskError if it fails."""
        return self._trainer.call(self._ask(key, probe, epoch, arguments or {})).result()

    async def ask_async(self, key: str, probe: str, *, epoch: int | None = None,
                        arguments: dict[str, Any] | None = None) -> dict[str, np.ndarray]:
        """`ask`, within an event loop."""
        return await asyncio.wrap_future(self._trainer.call(self._ask(key, probe, epoch, arguments or {})))

    # ------------------------------------------------------------------ for the server

    async def stream(self, key: str, *, after: int | None = None) -> AsyncIterator[bytes]:
        """Yield a run's records: everything so far, then live, up to its end. Each chunk holds whole records. after: leave out frames up
        to and including this epoch. A frame's rows may then begin earlier: rows are numbered by epoch, and a reader drops those it has.
        KeyError if no session asked for the key. A run that was cancelled because nobody watched starts again, as long as a slot holds it.
        """
        if not self.known(key):
            raise KeyError(key)
        if self._runs.get(key) is None and self.store.has(key):
            await asyncio.to_thread(self._shelf.load, key)
        reader = Reader()
        with self._lock:
            if self._wishes.held(key):
                self._ensure(key, again=False)
            run = self._runs.get(key)
            if run is not None:
                run.readers.add(reader)
                run.unwatched_since = None
        if run is None:  # its slot has moved on to another spec
            yield encode_end(End("cancelled"))
            return
        try:
            async for data in run.read(reader, after):
                yield data
        finally:
            with self._lock:
                run.readers.discard(reader)
                if not run.readers:
                    run.unwatched_since = time.monotonic()

    def start(self) -> None:
        """Start the pool now rather than with the first run. Returns at once."""
        self._trainer.start()

    def dismiss(self) -> None:
        """End all open streams, without an end record: a server that stops waits for its open connections."""
        with self._lock:
            for run in self._runs.values():
                for reader in run.readers:
                    reader.dismissed = True
                    reader.wake()

    def close(self) -> None:
        """Cancel everything and end the pool. Blocks for some seconds at most."""
        with self._lock:
            for key in list(self._runs):
                self._cancel(key)
        self._trainer.close()

    # ------------------------------------------------------------------ runs; the lock is held

    def _ensure(self, key: str, *, again: bool) -> None:
        """Have the run in memory, stored, in training or queued. again: also if it has failed."""
        run = self._runs.get(key)
        if run is not None:
            self._runs.move_to_end(key)
            if again and run.paused and not run.over:
                self._trainer.go_on(run)
            if not run.over or run.finished and not run.spec.errand or not again:
                return
        elif self.store.has(key):
            return  # read when a player asks for it
        wish = self._wishes.asked(key)
        assert wish
        self._runs[key] = run = Run(key, wish.spec, keep=wish.keep, uploads=wish.uploads)
        run.background = self._wishes.background(key)
        self._trainer.add(run)

    def _rank(self, keys: Sequence[str]) -> None:
        """Have runs be in the background, or not, as the slots that hold them now say."""
        for key in keys:
            if (run := self._runs.get(key)) is not None:
                run.background = self._wishes.background(key)
        self._trainer.queue.order()

    def _cancel(self, key: str) -> None:
        run = self._runs.get(key)
        if run is not None and not run.over:
            self._shelf.leave(key)
            self._trainer.cancel(run)

    def _pause(self, key: str) -> None:
        self._trainer.pause(self._runs[key])
        self._cancel_unwanted()

    def _leave(self, key: str) -> None:
        """A slot has turned to another run, and none holds this one: a project's waits for whoever comes back to it."""
        run = self._runs.get(key)
        keeps = run is not None and run.keep and not run.spec.errand and not run.over
        (self._pause if keeps else self._cancel)(key)

    def _cancel_unwanted(self) -> None:
        with self._lock:
            late = [run.key for run in self._runs.values() if not run.over and not run.keep and run.unwatched_since is not None
                    and time.monotonic() - run.unwatched_since > self._wishes.patience(run.key, self.settings.unwatched_s)]
            for key in (*late, *list(self._shelf.paused())[:-PAUSED]):
                self._cancel(key)

    # ------------------------------------------------------------------ memory and store

    def _settle(self, run: Run, end: End, raw: bytes) -> bytes:
        """Keep a run that finished. Returns what its readers should know before the end: that it could not be kept."""
        if end.state != "finished":
            return b""
        with self._lock:
            self._costs.note(run.spec, end.seconds)
            self._shelf.bound()
        before = run.keep_in(self.store, raw)
        if run.over and not self.known(run.key):  # it was deleted meanwhile
            self.store.remove(run.key)
        return before

    async def _ask(self, key: str, probe: str, epoch: int | None, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
        run = await asyncio.to_thread(self._shelf.asked, key)
        return await ask(self._trainer, run, probe, epoch, arguments)


_runner: Runner | None = None
_runner_lock = threading.Lock()


def get_runner() -> Runner:
    """The runner of this process, made at first use."""
    global _runner
    with _runner_lock:
        if _runner is None:
            _runner = Runner()
        return _runner


def close_runner() -> None:
    """Close the runner of this process, if there is one."""
    global _runner
    with _runner_lock:
        runner, _runner = _runner, None
    if runner is not None:
        runner.close()
