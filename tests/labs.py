"""Tiny labs without TensorFlow, to try the runner with: each names what goes wrong in it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from core.frame import Checkpoint, End, Frame, Message, Status
from core.i18n import N_
from core.specs.base import Spec, setting


class CountSpec(Spec):
    """Counts epochs. `mode` says what happens at epoch `at`."""

    lab: ClassVar[str] = "tests.labs"

    epochs: int = setting(10, label="Epochs", help="", group="Test", ge=0, le=100000)
    pause: float = setting(0.0, label="Pause", help="seconds between epochs", group="Test", ge=0, le=10)
    seed: int = setting(0, label="Seed", help="", group="Test")
    mode: str = setting("plain", label="Mode", help="", group="Test")
    at: int = setting(5, label="At", help="", group="Test")
    size: int = setting(8, label="Size", help="values per frame", group="Test", ge=1)
    marker: str = setting("", label="Marker", help="a file that tells what happened before", group="Test")
    checkpoints: int = setting(0, label="Checkpoints", help="epochs between two", group="Test", ge=0)
    stored_every: int = setting(1, label="Stored", help="epochs between two stored frames", group="Test", ge=1)

    @property
    def cost(self) -> float:
        return self.epochs * max(self.pause, 1e-6)


class ErrandSpec(CountSpec):
    """Counts, and changes something outside."""

    errand: ClassVar[bool] = True


def train(spec: CountSpec, *, resume: Checkpoint | None = None,
          uploads: dict[str, dict[str, np.ndarray]] | None = None) -> Iterator[Status | Frame | Checkpoint | End]:
    start = time.perf_counter()
    first = resume.epoch + 1 if resume else 0
    total = resume.arrays["total"].item() if resume else 0.0
    try:
        yield Status("compiling")
        for epoch in range(first, spec.epochs + 1):
            if epoch == spec.at and spec.mode not in ("plain", "tell"):
                happen(spec)
            total += epoch
            rows = [{"epoch": epoch, "loss": 1 / (epoch + 1)}] if epoch else []
            arrays = {"total": np.full(spec.size, total, "float32")}
            yield Frame(epoch, epoch, time.perf_counter() - start, rows, arrays,
                        stored=epoch % spec.stored_every == 0)
            if spec.checkpoints and epoch % spec.checkpoints == 0:
                yield Checkpoint(epoch, epoch, time.perf_counter() - start, {"total": np.float32([total])})
            if spec.pause:
                time.sleep(spec.pause)
        yield End("finished", time.perf_counter() - start, [Message(N_("Counted to {epochs}."), {"epochs": spec.epochs})])
    finally:
        if spec.mode == "tell" and spec.marker:
            with open(spec.marker, "a") as file:
                file.write("closed\n")


def happen(spec: CountSpec) -> None:
    """What `mode` says."""
    if spec.marker:
        with open(spec.marker, "a") as file:
            file.write(f"{os.getpid()}\n")
        times = open(spec.marker).read().count("\n")
    else:
        times = 1
    if spec.mode == "die" or spec.mode == "die once" and times == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if spec.mode == "raise":
        raise RuntimeError("the lab tripped")
    if spec.mode == "memory":
        import resource

        limits = resource.getrlimit(resource.RLIMIT_AS)
        used = int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), limits[1]))
        try:
            np.ones(1 << 30)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)
    if spec.mode == "hang":
        time.sleep(1000)


def ask(spec: CountSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: dict[str, dict[str, np.ndarray]] | None = None) -> dict[str, np.ndarray]:
    if probe != "times":
        raise ValueError(f"probe {probe!r} is not “times”")
    return {"answer": arrays["total"] * np.float32(arguments.get("factor", 1)), "pid": np.int32([os.getpid()])}
