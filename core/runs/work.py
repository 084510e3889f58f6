"""What runs inside a worker: one training at a time, and questions to trained models in between.

A training's records go to the web process as Dask events under one topic: dicts with

    run, attempt, sequence          whose they are; sequence counts from 0 within an attempt
    data                            whole records (frames, statuses), one after the other
    started                         True in the first message of an attempt
    checkpoint                      one checkpoint record: the newest
    gone, end, worker, rss_mb       the last message of an attempt; end is missing if the attempt was cancelled
    aside                           in one without: "aside" or, its time being up, "spent": it goes on from its checkpoint; "": cancelled

Batched, because one event per frame would cost a class of thirty too much processor time.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from core.frame import (
    Checkpoint,
    End,
    Frame,
    Message,
    Status,
    Trouble,
    encode_checkpoint,
    encode_end,
    encode_frame,
    encode_status,
)
from core.i18n import N_
from core.training import aside

FIRST_S, BATCH_S, GRACE_S = 0.005, 0.025, 60.0  # the last: by when a project's run whose time is up has come to a checkpoint
log = logging.getLogger(__name__)


class _Turn:
    """Who may use TensorFlow: one thread at a time (in two it gives wrong answers), questions before training."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._busy = False
        self._asking = 0

    @contextmanager
    def training(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._busy and not self._asking)
            self._busy = True
        yield from self._hold()

    @contextmanager
    def asking(self) -> Iterator[None]:
        with self._condition:
            self._asking += 1
            self._condition.wait_for(lambda: not self._busy)
            self._asking -= 1
            self._busy = True
        yield from self._hold()

    def _hold(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._condition:
                self._busy = False
                self._condition.notify_all()


turn = _Turn()


class _Outbox:
    """Collects the records of one attempt and sends them: the first trained frame at once, with the untrained one before it
    if that is not older than 5 ms, later ones every 25 ms."""

    def __init__(self, worker: Any, topic: str, run: str, attempt: int) -> None:
        self._worker, self._topic, self._run, self._attempt = worker, topic, run, attempt
        self._lock = threading.Lock()
        self._parts: list[bytes] = []
        self._sequence = 0
        self._timer = False

    def add(self, record: bytes, *, within: float = BATCH_S) -> None:
        with self._lock:
            self._parts.append(record)
            wait = bool(within) and not self._timer
            self._timer = self._timer or wait
        if not within:
            self.send()
        elif wait:  # a timer, because the next record may be long in coming
            loop = self._worker.loop
            loop.add_callback(loop.call_later, within, self._tick)

    def _tick(self) -> None:
        with self._lock:
            self._timer = False
            waiting = bool(self._parts)
        if waiting:
            self.send()

    def send(self, **more: Any) -> None:
        with self._lock:  # held while logging: the sequence must be the order of sending
            message = {"run": self._run, "attempt": self._attempt, "sequence": self._sequence,
                       "data": b"".join(self._parts), **more}
            self._parts.clear()
            self._sequence += 1
            self._worker.log_event(self._topic, message)


def train_task(run: str, attempt: int, spec_class: tuple[str, str], spec_json: str, topic: str,
               resume: Checkpoint | None, uploads: dict[str, dict[str, np.ndarray]] | None,
               time_budget_s: float, spent_s: float = 0.0, keep: bool = False) -> None:
    """Train one spec and send what its lab yields. Ends early when its Dask task is cancelled or its time is up, of which earlier
    attempts took spent_s; a project's (keep) then only steps aside.

    run: the Dask key is made of it and the attempt. spec_class: module and name. Raises nothing: what goes wrong is told in the End.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    outbox = _Outbox(worker, topic, run, attempt)
    outbox.send(started=True, worker=worker.address)
    end: End | None
    left = ""
    try:
        end, left = _drive(run, spec_class, spec_json, outbox, resume, uploads, time_budget_s, spent_s, keep,
                           lambda: _cancelled(worker, key), lambda: _aside == (run, attempt))
    except BaseException as problem:  # a lab may raise anything, and none of it may end the worker
        log.error("run %s failed", run, exc_info=True)
        end = End("failed", error=explain(problem))
    try:
        last: dict[str, Any] = {"aside": left} if end is None else {"end": encode_end(end)}
    except (ValueError, TypeError) as problem:  # an end that no browser could read; the worker must be given back all the same
        log.error("run %s ended badly", run, exc_info=True)
        last = {"end": encode_end(End("failed", error=explain(problem)))}
    outbox.send(gone=True, worker=worker.address, rss_mb=rss_mb(), **last)


def _cancelled(worker: Any, key: Any) -> bool:
    task = worker.state.tasks.get(key)  # the worker's own view, up to date within milliseconds
    return task is None or task.state == "cancelled"


def _drive(run: str, spec_class: tuple[str, str], spec_json: str, outbox: _Outbox, resume: Checkpoint | None,
           uploads: dict[str, dict[str, np.ndarray]] | None, time_budget_s: float, spent_s: float, keep: bool,
           cancelled: Callable[[], bool], asked_aside: Callable[[], bool]) -> tuple[End | None, str]:
    """Drive the lab's generator to its End. Without one: "aside" or "spent" if it stepped aside, "" if it was cancelled."""
    with turn.training():  # importing a lab imports TensorFlow
        spec = read_spec(spec_class, spec_json)
        items = _lab_of(spec).train(spec, resume=resume, uploads=uploads)
    aside.wanted.clear()
    start, frames, epoch = time.monotonic() - spent_s, 0, resume.epoch if resume else 0
    try:
        while not cancelled():
            seconds = time.monotonic() - start
            spent = seconds > time_budget_s
            if seconds > time_budget_s + GRACE_S or spent and not keep:
                return End("failed", seconds, error=Message(
                    N_("This training was stopped after {seconds} s, the time one run may take here. It had reached "
                       "epoch {epoch}. Fewer epochs or a smaller network fit into the time."),
                    {"seconds": round(seconds), "epoch": epoch})), ""
            if spent or asked_aside():
                aside.wanted.set()
            with turn.training():
                item = next(items, None)
            if isinstance(item, Frame):
                frames, epoch = frames + 1, item.epoch
                outbox.add(encode_frame(item), within=FIRST_S if frames == 1 else 0 if frames == 2 else BATCH_S)
            elif isinstance(item, Status):
                if item.state:
                    outbox.add(encode_status(item.state), within=0)
            elif isinstance(item, Checkpoint):
                outbox.send(checkpoint=encode_checkpoint(item))
                if aside.wanted.is_set():
                    return None, "spent" if spent else "aside"
            elif isinstance(item, End):
                return item, ""
            else:
                raise TypeError(f"the lab {spec.lab} yielded {type(item).__name__} where a Frame, Status, Checkpoint "
                                "or, last, an End belongs")
        return None, ""
    finally:
        aside.wanted.clear()
        with turn.training():
            items.close()


_aside: tuple[str, int] | None = None


async def step_aside(run: str, attempt: int) -> None:
    """Have this attempt leave its worker at its next checkpoint. Nothing happens if it has left."""
    global _aside
    _aside = (run, attempt)


def _lab_of(spec: Any) -> Any:
    """A spec's lab. One that computes with TensorFlow finds it as `warm` leaves it, also on a worker that did not start with us: the
    bits depend on it."""
    lab = importlib.import_module(spec.lab)
    if "tensorflow" in sys.modules:
        importlib.import_module("core.training.warm").warm()
    return lab


def read_spec(spec_class: tuple[str, str], spec_json: str) -> Any:
    """Import the class of a spec and validate its JSON. The class must be a Spec: nothing else is ever called."""
    from core.specs.base import Spec

    kind = getattr(importlib.import_module(spec_class[0]), spec_class[1])
    if not (isinstance(kind, type) and issubclass(kind, Spec)):
        raise TypeError(f"{'.'.join(spec_class)} is not a Spec")
    return kind.model_validate_json(spec_json)


def explain(problem: BaseException) -> Message:
    """Say in one plain sentence what an exception from a lab means."""
    names = {kind.__name__ for kind in type(problem).__mro__}
    if names & {"MemoryError", "ResourceExhaustedError"} or "RESOURCE_EXHAUSTED" in str(problem):
        return Message(N_("The training ran out of memory. A smaller network, a smaller batch or fewer points need less."))
    text = " ".join(str(problem).split())[:300]
    return Message(N_("The training stopped because of an error in the program: {kind}: {text}"),
                   {"kind": type(problem).__name__, "text": text or "-"})


async def ask_task(spec_class: tuple[str, str], spec_json: str, probe: str, arrays: dict[str, np.ndarray],
                   arguments: dict[str, Any], uploads: dict[str, dict[str, np.ndarray]] | None) -> dict[str, Any]:
    """Answer a question to a trained model, beside the trainings rather than queued behind them.

    Returns {"arrays": …} or {"error": Message as JSON, "asker": True if the question itself was wrong}.
    """
    def answer() -> dict[str, Any]:
        try:
            with turn.asking():
                spec = read_spec(spec_class, spec_json)
                return {"arrays": _lab_of(spec).ask(spec, probe, arrays, arguments, uploads=uploads)}
        except Trouble as problem:  # pictures that are no longer here, say
            return {"error": problem.message.to_json()}
        except ValueError as problem:  # what the lab says of a question that is none
            return {"error": Message(N_("This question has no answer: {text}"), {"text": str(problem)[:300]}).to_json(), "asker": True}
        except Exception as problem:
            log.error("probe %s failed", probe, exc_info=True)
            text = " ".join(str(problem).split())[:300] or "-"
            return {"error": Message(N_("The question could not be answered because of an error in the program: {kind}: {text}"),
                                     {"kind": type(problem).__name__, "text": text}).to_json()}

    return await asyncio.to_thread(answer)


async def may_restart(dask_worker: Any = None) -> bool:
    """True if nothing runs on this worker (another app may share it) and a nanny will start it again."""
    state = dask_worker.state
    return dask_worker.nanny is not None and not state.executing_count and not state.ready


def rss_mb() -> float:
    """The memory of this process in megabytes."""
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def dask_setup(worker: Any) -> None:
    """Called by Dask before a worker registers: import what labs need, so that the first run finds it ready."""
    try:
        warm = importlib.import_module("core.training.warm")
    except ModuleNotFoundError as problem:
        if problem.name not in ("core.training", "core.training.warm"):
            raise
        return
    with turn.training(), _silence():
        warm.warm()


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what TensorFlow's libraries write at their first breath, whatever the log level, out of the app's output."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
