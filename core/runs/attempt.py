"""One attempt at training a run: handed to a worker, watched, and taken back when nobody wants it any more."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from core.frame import End, Message
from core.i18n import N_
from core.runs.cluster import Cluster
from core.runs.run import Run
from core.runs.wishes import Uploads

ATTEMPTS = 2  # a run whose worker died is tried once more
LOOK_S = 0.2
STUCK_S = 30  # a cancelled training that has not ended after this does not answer any more; its worker is restarted
log = logging.getLogger(__name__)


async def attempt(cluster: Cluster, run: Run, uploads: Uploads, time_budget_s: float, spent_s: float) -> str:
    """Submit a run once and wait for one of: "gone" (its worker said so), "cancelled", "misplaced" (its worker had died
    before it began), or what became of the future (`Cluster.fate`). spent_s: what earlier attempts took of the time budget.
    """
    run.gone.clear()
    run.started = False
    if run.stop.is_set():
        return "cancelled"
    future = cluster.submit(run, uploads, time_budget_s, spent_s)
    fate = asyncio.ensure_future(cluster.fate(future))
    gone, stop = asyncio.ensure_future(run.gone.wait()), asyncio.ensure_future(run.stop.wait())
    try:
        while not (await asyncio.wait({fate, gone, stop}, timeout=None if run.started else LOOK_S,
                                      return_when=asyncio.FIRST_COMPLETED))[0]:
            # Dask may wait for ever for a worker that died before the task reached it.
            if not run.started and run.address and run.address not in cluster.workers:
                await cluster.cancel(future)
                return "misplaced"
        if run.gone.is_set():
            return "gone"
        if run.stop.is_set():
            await cluster.cancel(future)
            await _until_gone(cluster, run, gone)
            return "cancelled"
        if fate.result() == "finished":  # its last message cannot be far
            await asyncio.wait({gone}, timeout=1)
        return "gone" if run.gone.is_set() else fate.result()
    finally:
        for task in (fate, gone, stop):
            task.cancel()
        future.release()


async def _until_gone(cluster: Cluster, run: Run, gone: asyncio.Future[Any]) -> None:
    """Wait for a cancelled training to leave its worker, which is free only when it says so.

    One that has not begun has nothing to say. A worker that does not answer any more is restarted.
    """
    until = time.monotonic() + STUCK_S
    await asyncio.wait({gone}, timeout=LOOK_S)
    while run.started and not run.gone.is_set() and run.address in cluster.workers:
        if time.monotonic() > until:
            log.error("worker %s does not stop; it is restarted", run.address)
            await cluster.kill(run.address)
            return
        await asyncio.wait({gone}, timeout=LOOK_S)


def once_more(cluster: Cluster, run: Run, fate: str) -> bool:
    """Its worker is gone without a word: whether the run goes on elsewhere; if not, it is ended."""
    run.deaths += fate not in ("misplaced", "lost")  # of which neither is the run's doing
    if fate.startswith("error: "):  # the cluster could not even begin: it lacks our code, or speaks another version
        log.error("run %s: %s", run.key, fate)
        run.finish(End("failed", error=Message(
            N_("The training could not begin: the cluster of workers does not fit this app ({text})."), {"text": fate[7:200]})))
    elif run.deaths >= ATTEMPTS:
        log.error("run %s broke off twice: %s", run.key, fate)
        run.finish(End("failed", error=Message(
            N_("This training broke off twice: the process that trained it was ended, most often because memory "
               "ran out. A smaller network or fewer points may get through."))))
    else:
        log.warning("run %s starts again: %s", run.key, fate)
        if fate != "misplaced":
            point = run.resume_point()
            run.push_status("resumed", epoch=point.epoch if point else 0)
            run.again = Message(
                N_("The process that trained it was lost on the way. It was taken up again at its last checkpoint, in epoch {epoch}, so "
                   "nothing of it is missing."), {"epoch": point.epoch + (point.part > 0)}) if point else Message(
                N_("The process that trained it was lost on the way, before the first checkpoint. It began again from the start."))
        cluster.workers.pop(run.address or "", None)
        run.address = None
    return not run.over
