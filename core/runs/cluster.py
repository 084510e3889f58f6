"""The Dask cluster as the runner uses it: connect by address, know the workers, start and cancel a training, ask.

All methods but `__init__` belong to one asyncio loop. `distributed` is imported only here and only when needed.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from core.frame import Message
from core.i18n import N_
from core.runs import work
from core.runs.pool import Pool, PoolError
from core.runs.run import Run

CONNECT_S = 5
STEP_KEYS = 64  # compiled steps remembered per worker


class Unreachable(Exception):
    """No cluster answers. `message` names the address."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id.format(**message.args))
        self.message = message


class Worker:
    """What is known of a worker: its last reported memory and the compiled steps it should still have."""

    def __init__(self) -> None:
        self.rss_mb = 0.0
        self.leaving = False  # being restarted: it gets nothing new
        self.used = 0.0
        self.steps: OrderedDict[Any, None] = OrderedDict()


class Cluster:
    """A connection to a cluster: our own pool, or the one at `address`."""

    def __init__(self, topic: str, receive: Callable[[dict[str, Any]], None], address: str | None = None) -> None:
        self.topic, self._receive, self._address = topic, receive, address
        self.pool = None if address else Pool()
        self.client: Any = None
        self.workers: dict[str, Worker] = {}

    @property
    def connected(self) -> bool:
        return (self.client is not None and self.client.status == "running"
                and (self.pool is None or self.pool.alive()))

    async def connect(self) -> None:
        """Connect if need be, starting the pool. Unreachable if nobody answers within five seconds."""
        if self.connected:
            return
        await self.disconnect()
        address = self._address or "127.0.0.1"
        try:
            if self.pool is not None:
                address = await asyncio.to_thread(self.pool.address)
            Client = await asyncio.to_thread(_import_client)  # noqa: N806 - half a second of imports
            client = Client(address, asynchronous=True, timeout=CONNECT_S, set_as_default=False, name="dashboard")
            try:
                await asyncio.wait_for(client, CONNECT_S)
            except BaseException:
                await _quietly(client.close(timeout=2))
                raise
        except (OSError, TimeoutError, ValueError, PoolError) as problem:
            raise Unreachable(Message(
                N_("The computers that train cannot be reached at {address}. Is the scheduler running, and is the address "
                   "right? Your next change tries again."), {"address": address})) from problem
        client.subscribe_topic(self.topic, lambda event: self._receive(event[1]))
        self.client = client
        await self.refresh()

    async def disconnect(self) -> None:
        client, self.client, self.workers = self.client, None, {}
        if client is not None:
            await _quietly(client.close(timeout=2))

    async def refresh(self) -> None:
        """Learn which workers there are."""
        try:
            found = await asyncio.wait_for(self.client.nthreads(), CONNECT_S)
        except (OSError, TimeoutError):
            return  # the connection's own state says more
        for address in self.workers.keys() - found.keys():
            del self.workers[address]
        for address in found:
            self.workers.setdefault(address, Worker())

    def pick(self, busy: set[str], step_key: Any) -> str | None:
        """Return an idle worker: one that has the compiled step if there is one, else the one idle for longest."""
        idle = [a for a, w in self.workers.items() if a not in busy and not w.leaving]
        return min(idle, key=lambda a: (step_key not in self.workers[a].steps, self.workers[a].used), default=None)

    def note(self, address: str, step_key: Any, rss_mb: float | None = None) -> None:
        """Remember that a run with this step went to this worker."""
        worker = self.workers.setdefault(address, Worker())
        worker.used = time.monotonic()
        worker.steps[step_key] = None
        worker.steps.move_to_end(step_key)
        if len(worker.steps) > STEP_KEYS:
            worker.steps.popitem(last=False)
        if rss_mb is not None:
            worker.rss_mb = rss_mb

    def submit(self, run: Run, uploads: dict[str, Any] | None, time_budget_s: float, spent_s: float) -> Any:
        """Start one attempt of a run, on its worker if that still lives. Returns the Dask future. An errand has all the time it takes."""
        budget = math.inf if run.spec.errand else time_budget_s
        return self.client.submit(
            work.train_task, run.id, run.attempt, spec_class(run.spec), run.spec.model_dump_json(), self.topic,
            run.resume_point(), uploads, budget, spent_s, run.keep, key=f"run-{run.id}-{run.attempt}", pure=False, retries=0,
            workers=[run.address] if run.address else None, allow_other_workers=bool(run.address))

    @staticmethod
    async def fate(future: Any) -> str:
        """Wait for a future: "finished", "killed" (its worker died), "lost" (the connection did) or "error: …"."""
        from distributed.scheduler import KilledWorker

        problem = await future.exception()
        if future.cancelled():  # which Dask does itself to all futures when a connection breaks
            return "lost"
        if problem is None:
            return "finished"
        return "killed" if isinstance(problem, KilledWorker) else f"error: {problem}"

    async def cancel(self, future: Any) -> None:
        if self.client is not None:
            await _quietly(self.client.cancel([future]))

    async def step_aside(self, run: Run) -> None:
        """Have a run leave its worker at its next checkpoint."""
        if self.client is not None:
            await _quietly(self.client.run(work.step_aside, run.id, run.attempt, workers=[run.address]))

    async def ask(self, address: str, spec: Any, probe: str, arrays: dict[str, Any], arguments: dict[str, Any],
                  uploads: dict[str, Any] | None) -> dict[str, Any]:
        """Run a lab's `ask` on a worker, beside whatever trains there."""
        answers = await self.client.run(work.ask_task, spec_class(spec), spec.model_dump_json(), probe, arrays, arguments,
                                        uploads, workers=[address])
        return answers[address]

    async def restart(self, address: str) -> None:
        """Restart a worker if it is idle. Until it has gone it gets nothing new."""
        worker = self.workers[address]
        worker.leaving = True
        try:
            answers = await asyncio.wait_for(self.client.run(work.may_restart, workers=[address]), CONNECT_S)
        except Exception:  # it has gone already, or does not answer; the next look will tell
            answers = {}
        if answers.get(address):
            await self.kill(address)
        worker.leaving = False
        worker.rss_mb = 0.0  # should it still be here: look again after its next run

    async def kill(self, address: str) -> None:
        """Have a worker's nanny end it and start another."""
        await _quietly(self.client.restart_workers([address], timeout=30, raise_for_error=False))


def spec_class(spec: Any) -> tuple[str, str]:
    return type(spec).__module__, type(spec).__qualname__


def _import_client() -> Any:
    from distributed import Client

    return Client


async def _quietly(what: Any) -> None:
    """Await something whose failure means only that the other side has gone."""
    try:
        await what
    except Exception:
        pass
