"""Which run trains when, and on which worker: the queue, its limits, and one training from its start to its end.

Lives in an asyncio loop of its own, in a thread of its own, so that neither a page nor a route waits for a cluster.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

from core.frame import End
from core.runs.attempt import attempt, once_more
from core.runs.cluster import Cluster, Unreachable
from core.runs.points import start_of
from core.runs.run import Run
from core.runs.waiting import Waiting, fair, tell_place, to_pause
from core.runs.wishes import Uploads
from core.runs.work import explain
from core.settings import Settings

TICK_S = 0.2
log = logging.getLogger(__name__)


class Trainer:
    """Trains the runs it is given, as many at once as there are workers.

    lock: guards whatever several threads touch. sessions: of a key, who wants it. uploads: arrays by name.
    settle: called with a run and its End before readers see it; returns a record to put before the end, or b"".
    tick: called every fifth of a second. points: the checkpoints kept of a run.
    """

    def __init__(self, options: Settings, lock: threading.RLock, *, sessions: Callable[[str], set[str]],
                 uploads: Callable[[tuple[str, ...]], Uploads], settle: Callable[[Run, End, bytes], bytes],
                 tick: Callable[[], None], points: Callable[[str], list[bytes]]) -> None:
        self.settings, self._lock = options, lock
        self._sessions, self.uploads, self._settle, self._tick, self._points = sessions, uploads, settle, tick, points
        self.queue = Waiting()
        self._training: set[Run] = set()  # on a worker, or not yet off it
        self._by_id: dict[str, Run] = {}
        self._lengths: deque[float] = deque(maxlen=20)  # seconds a run held its worker
        self._tasks: set[asyncio.Task[Any]] = set()
        self._expected = 0  # workers that there should be before another one is restarted
        self._closed = False
        self.cluster = Cluster(f"dashboard-{uuid.uuid4().hex}", self._receive, options.scheduler)
        self._loop = asyncio.new_event_loop()
        self._wake, self._connecting = asyncio.Event(), asyncio.Lock()
        self._thread = threading.Thread(target=self._run_loop, name="trainer", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------ from any thread; the lock is held

    def add(self, run: Run) -> None:
        """Queue a run."""
        self._by_id[run.id] = run
        self.queue.add(run)
        self.nudge()

    def cancel(self, run: Run) -> None:
        """End a run now: at once for its readers, within a chunk of training for its worker."""
        if run in self.queue:
            self.queue.remove(run)
        if not run.training:
            self._by_id.pop(run.id, None)
        run.finish(End("cancelled"))
        self._loop.call_soon_threadsafe(run.stop.set)

    def pause(self, run: Run) -> None:
        """Take a run out of the queue, or have it step aside without coming back, until `go_on`."""
        run.paused, run.asked = "stopped", None
        if run in self.queue:
            self.queue.remove(run)
            run.push_status("paused")
        else:
            self.nudge()

    def go_on(self, run: Run) -> None:
        """Have a paused run queue again; one that has not left its worker yet will when it has."""
        run.paused, run.place = "", None
        if not run.training:
            self.queue.add(run)
            self.nudge()

    # ------------------------------------------------------------------ from any thread

    def nudge(self) -> None:
        """Look at the queue now."""
        self._loop.call_soon_threadsafe(self._wake.set)

    def start(self) -> None:
        """Connect, and start the pool, now rather than with the first run."""
        self.call(self._connect())

    def call(self, what: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Run a coroutine in the loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop)

    def workers(self) -> int:
        return sum(not worker.leaving for worker in tuple(self.cluster.workers.values()))

    def close(self) -> None:
        """End the pool and the loop. Blocks for some seconds at most."""
        self._closed = True
        try:
            self.call(self._shut()).result(10)
        except Exception:
            log.warning("the trainer did not close cleanly", exc_info=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    # ------------------------------------------------------------------ the loop

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._spawn(self._tend())
        self._loop.run_forever()

    def _spawn(self, what: Coroutine[Any, Any, Any]) -> None:
        task = self._loop.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tend(self) -> None:
        """Every tick, and whenever nudged: start what can start, and see to the cluster."""
        looked = 0.0
        while not self._closed:
            try:
                await asyncio.wait_for(self._wake.wait(), TICK_S)
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                self._tick()
                if self.queue and not self.cluster.connected:
                    await self._connect()
                for run in to_pause(tuple(self._training)):
                    run.asked = time.monotonic()
                    self._spawn(self.cluster.step_aside(run))
                self._start_waiting()
                now = time.monotonic()
                short = len(self.cluster.workers) < max(self._expected, self.settings.workers)
                if self.cluster.connected and now - looked > (TICK_S if short else 2.0):
                    looked = now
                    await self.cluster.refresh()
                    self._restart_one()
                    self._start_waiting()
            except Exception:
                log.exception("the trainer stumbled and goes on")

    async def _connect(self) -> None:
        for run in tuple(self.queue):
            self._tell_place(run, 0)
        try:
            await self.reach()
        except Unreachable as problem:
            log.error("%s", problem)
            with self._lock:
                failed, self.queue = self.queue, Waiting()
                for run in failed:
                    self._by_id.pop(run.id, None)
            for run in failed:
                run.finish(End("failed", error=problem.message))
        self._wake.set()

    async def reach(self) -> None:
        """Connect if need be. Unreachable if there is no cluster."""
        async with self._connecting:
            await self.cluster.connect()

    async def _shut(self) -> None:
        until = time.monotonic() + 1
        while self._training and time.monotonic() < until:  # workers of a cluster that is not ours should know
            await asyncio.sleep(0.02)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()
        await self.cluster.disconnect()
        if self.cluster.pool is not None:
            await asyncio.to_thread(self.cluster.pool.close)

    # ------------------------------------------------------------------ workers

    def busy(self) -> set[str]:
        """The workers known to be training."""
        return {run.address for run in self._training if run.address}

    def _restart_one(self) -> None:
        """Restart one idle worker above the memory limit, once those restarted before are back."""
        workers = self.cluster.workers
        if len(workers) < self._expected or any(worker.leaving for worker in workers.values()):
            return
        self._expected = 0
        if any(run.address is None for run in self._training):
            return  # nobody knows yet where it will run
        for address in workers.keys() - self.busy():
            if workers[address].rss_mb > self.settings.worker_memory_mb:
                self._expected = len(workers)
                workers[address].leaving = True  # before anything else can be given to it
                self._spawn(self.cluster.restart(address))
                return

    def _start_waiting(self) -> None:
        if not self.queue or not self.cluster.connected:
            return
        with self._lock:
            self.queue.order()
            for run in tuple(self.queue):
                unplaced = sum(other.address is None for other in self._training)
                busy, workers = self.busy(), self.cluster.workers
                free = sum(not worker.leaving for address, worker in workers.items() if address not in busy)
                # Before any worker has come up, one run is handed to Dask so that it starts the moment one does.
                if free <= unplaced if workers else unplaced:
                    break
                if self._may_start(run):
                    self.queue.remove(run)
                    run.training, run.asked, run.began = True, None, time.monotonic()
                    run.address = self.cluster.pick(busy, run.step_key)
                    self._training.add(run)
                    self._spawn(self._train(run))
            self._make_room()
            waiting = tuple(self.queue)
        for place, run in enumerate(waiting, 1):
            self._tell_place(run, place)

    def _make_room(self) -> None:
        """Ask trainings to step aside for runs that have shown nothing yet: nobody waits for the end of another's."""
        for left, run in self.queue.in_the_way(self._training, self._may_start, self._sessions):
            if not left:
                run.asked = time.monotonic()
                self._spawn(self.cluster.step_aside(run))
            elif left < TICK_S:  # otherwise it is looked at again before
                self._loop.call_later(left, self._wake.set)

    def _may_start(self, run: Run) -> bool:
        return fair(run, self._training, self._sessions, self.settings.runs_per_session)

    def _tell_place(self, run: Run, place: int) -> None:
        mean = statistics.fmean(self._lengths) if self._lengths else 2.0
        tell_place(run, place if self.cluster.workers else 0, mean * place / max(1, self.workers()))

    # ------------------------------------------------------------------ one training

    def _receive(self, message: dict[str, Any]) -> None:
        """Take a message from a worker. Called in the loop."""
        worker = self.cluster.workers.get(message.get("worker", ""))
        if worker and "rss_mb" in message:
            worker.rss_mb = message["rss_mb"]
        run = self._by_id.get(message["run"])
        if run is None or message["attempt"] != run.attempt:
            return
        run.receive(message)
        if message.get("started"):
            run.heard = time.monotonic()  # what came before was waiting
            self._wake.set()  # it may have been paused on its way here, where nobody could tell it
            self.cluster.note(message["worker"], run.step_key)
        if message.get("gone"):
            run.last, run.left = message.get("end"), message.get("aside", "")
            run.gone.set()

    async def _train(self, run: Run) -> None:
        """Train a run to its end, or until it steps aside or its worker dies; then free its place. What goes on waits for another one."""
        goes_on = False
        try:
            if run.spec.parent is not None and run.checkpoint is None:
                run.checkpoint = await asyncio.to_thread(start_of, run.spec, self._points)
            if not run.over:
                run.attempt += 1
                budget = self.settings.project_budget_s if run.keep else self.settings.time_budget_s
                fate = await attempt(self.cluster, run, self.uploads(run.uploads), budget, run.spent)
                run.spent += time.monotonic() - run.heard if run.started else 0.0
                goes_on = not run.over and (bool(run.left) if fate == "gone" else once_more(self.cluster, run, fate))
                if fate == "gone" and run.last is not None and not run.over:
                    end, raw = run.told(run.last)
                    before = await asyncio.to_thread(self._settle, run, end, raw)
                    run.finish(end, raw, before=before)
        except Exception as problem:
            log.exception("run %s could not be trained", run.key)
            run.finish(End("failed", error=explain(problem)))
        finally:
            with self._lock:
                self._training.discard(run)
                if goes_on := goes_on and not run.over:
                    aside = run.leave()
                    if run.paused:
                        run.push_status("paused")
                    else:
                        (self.queue.put_back if aside else self.queue.add)(run)
                else:
                    self._by_id.pop(run.id, None)
            if not goes_on and (run.end is None or run.end.state != "cancelled"):
                self._lengths.append(run.spent)
            self._restart_one()  # before its worker is given the next run
            self._wake.set()
