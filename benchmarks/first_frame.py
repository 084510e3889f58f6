"""From the opening of a run to its first trained frame at the server, for the benchmarks of the labs."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import Figure, Report, median

if TYPE_CHECKING:
    from core.runs.runner import Runner
    from core.specs.base import Spec

WARM = 4  # runs before those that count: each of the workers has then trained


def report(to: Report, strange: Iterable[Spec], new: Iterable[Spec], known: Iterable[Spec], *, least: float, notes: tuple[str, str],
           ) -> None:
    """Add `server_first_frame_new_ms` (bar: `least`) and `server_first_frame_ms`, measured on workers that are warm, with an empty
    compiler's cache.

    strange: WARM specs of other networks; new: each a network of its own; known: all of one network, of which the first WARM train to
    their end, so that the step is traced on all workers; notes: what differs among the new, and among the known.
    """
    from core.runs.runner import Runner
    from core.settings import settings

    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(replace(settings, store=Path(folder) / "runs"))
        runner.start()
        try:
            for spec in strange:
                first_frame(runner, spec)
            fresh = [first_frame(runner, spec) for spec in new]
            again = [first_frame(runner, spec, whole=i < WARM) for i, spec in enumerate(known)][WARM:]
        finally:
            runner.close()
    to.add(Figure("server_first_frame_new_ms", median(fresh), ("≤", least), fresh, notes[0]),
           Figure("server_first_frame_ms", median(again), ("≤", 200), again, notes[1]))


def first_frame(runner: Runner, spec: Spec, whole: bool = False) -> float:
    """Milliseconds from opening a run to its first trained frame. whole: wait for its end."""
    from core.frame import decode

    async def watch() -> float:
        begin, found = time.perf_counter(), 0.0
        key = runner.open(spec, session="bench")
        stream = runner.stream(key)
        async for raw in stream:
            record = decode(raw)
            if not found and record.kind == "frame" and record.header["step"] > 0:
                found = 1000 * (time.perf_counter() - begin)
                if not whole:
                    break
        await stream.aclose()  # type: ignore[attr-defined]
        return found

    found = asyncio.run(asyncio.wait_for(watch(), 120))
    runner.release("bench")
    if not found:
        raise RuntimeError(f"no trained frame of {spec!r}")
    time.sleep(0.5)  # the worker has stopped by then
    return found
