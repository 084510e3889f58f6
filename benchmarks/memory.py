"""What the dashboard holds in memory. All figures are resident memory; of several processes, summed, shared pages each time."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from benchmarks.browser import chromium, open_lab, press, settle
from benchmarks.common import Figure, Report, progress
from benchmarks.server import App, has_tensorflow, rss_mb, until

FEW, MANY = 10, 200
COMPILED_EVERY = 20  # of the many, each twentieth is a run long enough for the XLA path, whose steps take the most


def measure(report: Report) -> None:
    """The web process with one page open; then all processes after ten architectures."""
    with App() as app, chromium() as browser:
        page = open_lab(browser, app.url)
        until(lambda: len(app.family()["workers"]) == 2, 60, "there are not two workers")
        web = rss_mb(app.family()["web"])
        for _ in range(FEW):
            press(page, "Neurons in layer 1")
            settle(page)
        parts = {name: rss_mb(processes) for name, processes in app.family().items()}
    report.add(
        Figure("web_rss_mb", web, ("≤", 260), (), "one feedforward page open, its run drawn"),
        Figure("total_rss_mb", sum(parts.values()), ("≤", 2500), (),
               f"after {FEW} architectures: " + ", ".join(f"{name} {value:.0f}" for name, value in parts.items())))


def architectures() -> Iterator[Any]:
    """Networks of one to three layers, none of them twice."""
    from core.specs.feedforward import FeedforwardSpec

    for i in range(MANY):
        hidden = (2 + i % 60, 2 + i // 4, *([4 + i % 7] if i % 3 == 0 else []))
        long = {"epochs": 2000, "batch_size": 16} if i % COMPILED_EVERY == 0 else {"epochs": 20}
        spec = FeedforwardSpec.model_validate({"hidden": hidden, **long})
        assert spec.compiled(200) == (i % COMPILED_EVERY == 0)
        yield spec


def worker(report: Report) -> None:
    """The largest worker while two hundred new architectures are trained, one after the other."""
    one_after_the_other(report, "worker_peak_mb", MANY, 1)


def busy(report: Report) -> None:
    """The same for two sessions at once, so that no worker is ever without something to do."""
    one_after_the_other(report, "worker_peak_busy_mb", MANY // 2, 2)


def one_after_the_other(report: Report, name: str, many: int, sessions: int) -> None:
    """Train this many architectures through the real runner, with two workers of its own, and watch their size."""
    from core.runs.runner import Runner
    from core.settings import settings

    with tempfile.TemporaryDirectory(prefix="dashboard-bench-") as folder:
        os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={folder}/xla"
        runner = Runner(replace(settings, scheduler=None, workers=2, store=Path(folder) / "runs"))
        try:
            runner.start()
            until(lambda: runner.workers() == 2, 60, "there are not two workers")
            begin = time.monotonic()
            with watched() as sizes:
                ended = asyncio.run(train_all(runner, many, sessions))
            seconds = time.monotonic() - begin
        finally:
            runner.close()
    failed = [end for end in ended if end != "finished"]
    if len(ended) != many or failed:
        raise RuntimeError(f"{len(ended)} runs ended, {len(failed)} not well: {failed[:3]}")
    progress(f"{many} architectures in {seconds:.0f} s; workers seen: {[round(peak) for peak in sizes.values()]} MB")
    report.add(Figure(name, max(sizes.values()), ("≤", 1500), list(sizes.values()),
                      f"{many} new architectures, {many // COMPILED_EVERY} of them XLA, {sessions} at a time, none failed; "
                      "n: worker processes"))


async def train_all(runner: Any, many: int, sessions: int) -> list[str]:
    """Each session trains its share of the architectures, one after the other; how the runs ended."""
    from core.frame import records

    async def one_session(name: str, specs: list[Any]) -> list[str]:
        ended = []
        for spec in specs:
            key = runner.open(spec, session=name)
            last = None
            async for data in runner.stream(key):
                *_, last = records(data)
            ended.append("no end" if last is None or last.kind != "end" else
                         last.header["state"] if last.header["state"] == "finished" else str(last.header))
        return ended

    specs = list(architectures())[:many]
    assert len({spec.hidden for spec in specs}) == many
    ended = await asyncio.gather(*(one_session(f"bench{i}", specs[i::sessions]) for i in range(sessions)))
    return [end for part in ended for end in part]


@contextmanager
def watched(every: float = 0.1) -> Iterator[dict[int, float]]:
    """The largest resident size of every worker below this process, by process, in megabytes."""
    sizes: dict[int, float] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(every):
            for process in psutil.Process().children(recursive=True):
                try:
                    if process.pid in sizes or has_tensorflow(process):
                        sizes[process.pid] = max(sizes.get(process.pid, 0.0), process.memory_info().rss / 1e6)
                except psutil.Error:
                    continue

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield sizes
    finally:
        over.set()
        thread.join()
