"""The runs of this process: those that wait, train or are paused, and of those that are over the latest; more lie in the store."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from core.frame import decode, split
from core.runs.run import Run
from core.runs.store import Store
from core.runs.wishes import Wishes

AWAITED_S = 3600.0  # for so long after its end somebody may come back to see how a project run went
LEFT = 32 << 20  # bytes of runs that were cancelled and are still on somebody's screen, who may ask their networks
MEMORY = 64 << 20  # bytes of finished runs held in memory; more are read from the store again


class Shelf:
    """Runs by key, the ones used longest ago first. lock: guards them, and the wishes."""

    def __init__(self, store: Store, lock: threading.RLock, wishes: Wishes) -> None:
        self.runs: OrderedDict[str, Run] = OrderedDict()
        self._left: OrderedDict[str, Run] = OrderedDict()
        self._store, self._lock, self._wishes = store, lock, wishes

    def find(self, key: str) -> Run | None:
        """A run, from memory or from the store; None if it is unknown."""
        with self._lock:
            run = self.runs.get(key)
        return run or self.load(key)

    def asked(self, key: str) -> Run | None:
        """A run to ask: one that was cancelled, too, of the latest."""
        return self.find(key) or self._left.get(key)

    def leave(self, key: str) -> None:
        """A run is cancelled: it is no longer there, but for questions; the last one in any case. The lock is held."""
        self._left[key] = self.runs.pop(key)
        while len(self._left) > 1 and sum(run.size for run in self._left.values()) > LEFT:
            self._left.popitem(last=False)

    def drop(self, key: str) -> None:
        """Forget a run wholly. The lock is held."""
        for runs in (self.runs, self._left):
            runs.pop(key, None)

    def naming(self, upload: str) -> set[str]:
        """The runs, cancelled ones among them, that learned from an upload. The lock is held."""
        return {key for runs in (self.runs, self._left) for key, run in runs.items() if getattr(run.spec, "upload", "") == upload}

    def load(self, key: str) -> Run | None:
        """Bring a run from the store into memory. Reads the disk: not for the event loop of a server."""
        with self._lock:
            wish = self._wishes.asked(key)
        data = self._store.get(key) if wish else None
        if wish is None or data is None:
            return None
        *_, last = split(data)
        run = Run.kept(key, wish.spec, data, decode(last).end())
        with self._lock:
            run = self.runs.setdefault(key, run)
            self.bound()
        return run

    def points(self, key: str) -> list[bytes]:
        """The checkpoints that are kept of a run."""
        run = self.runs.get(key)
        return run.points if run and run.points else self._store.points(key)

    def paused(self) -> dict[str, str]:
        """The runs that are paused, by key, the first one first: "stopped" or "spent"."""
        with self._lock:
            return {key: run.paused for key, run in self.runs.items() if run.paused and not run.over}

    def learned_from(self) -> set[str]:
        """The uploads that project runs learn from, or have learned from until lately (AWAITED_S)."""
        now = time.monotonic()
        with self._lock:
            return {name for run in self.runs.values() if run.keep and (run.ended is None or now - run.ended < AWAITED_S)
                    for name in run.uploads}

    def there(self, key: str) -> bool:
        """Whether a run is in training, waits, is paused or has ended well."""
        with self._lock:
            run = self.runs.get(key)
        return (run is not None and (not run.over or run.finished)) or self._store.has(key)

    def bound(self) -> None:
        """Let go of finished runs that nobody reads, beyond MEMORY. The lock is held."""
        total = sum(run.size for run in self.runs.values() if run.over)
        for key, run in list(self.runs.items()):
            if total <= MEMORY:
                break
            if run.over and not run.readers:
                del self.runs[key]
                total -= run.size
