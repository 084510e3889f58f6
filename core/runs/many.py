"""The rows of many runs down one response: a browser opens only six at once to one server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import aclosing

from core.frame import End, encode_end
from core.runs.records import slim
from core.runs.runner import Runner

MOST = 64  # runs of one response
WAITING = 64  # chunks that are held for a slow reader


async def rows(runner: Runner, keys: Sequence[str], metrics: Collection[str], arrays: Collection[str] = ()) -> AsyncIterator[bytes]:
    """Yield the records of several runs as they come, with these arrays alone, each naming its run, until all have ended.

    A run that nobody asked for ends at once in the state "missing".
    """
    arrived: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)

    async def follow(key: str) -> None:
        try:
            if not runner.known(key):
                await arrived.put(slim(encode_end(End("missing")), key, ()))
                return
            async with aclosing(runner.stream(key)) as stream:  # type: ignore[type-var]
                async for data in stream:
                    await arrived.put(slim(data, key, metrics, arrays))
        finally:
            tasks.discard(asyncio.current_task())
            if not tasks:
                await arrived.put(None)

    tasks: set[asyncio.Task[None] | None] = {asyncio.ensure_future(follow(key)) for key in keys}
    followed = [task for task in tasks if task]
    try:
        while (data := await arrived.get()) is not None:
            yield data
    finally:
        for task in followed:
            task.cancel()
        await asyncio.gather(*followed, return_exceptions=True)
