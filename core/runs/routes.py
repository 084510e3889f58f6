"""The server's own routes: a run's frames, questions to a trained model, and the files of the player.

    GET  /frames/{run}?after=epoch   records (core.frame), streamed; 404 for a run that no session asked for
    GET  /rows/{runs}?metrics=a,b    the rows of several runs (keys with commas between), with no arrays but those of &arrays=a,b
    GET  /page/{line}                what a page tells its player, ahead of its elements (core.runs.lines): "page" records
    POST /ask/{run}                  {"probe", "epoch", "arguments"} -> one "answer" record, or {"error": Message}
    GET  /assets/{name}              plotly.min.js and the files of core/ui/player
"""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.frame import Message, encode
from core.i18n import N_
from core.runs import many
from core.runs.lines import lines
from core.runs.questions import AskError
from core.runs.runner import get_runner

FIRST_BYTES, PIECE_BYTES = 32 * 1024, 256 * 1024
ASK_BYTES = 64 * 1024
PLAYER = Path(__file__).resolve().parent.parent / "ui" / "player"
PLOTLY = "plotly.min.js"
# Chromium compiles all of a script that begins so while it still arrives, off the page's own thread: plotly.js takes 0.47 s of that
# thread instead of 0.78 s. Other browsers read a comment ("explicit compile hints", in Chromium since version 136).
COMPILE_AHEAD = b"//# allFunctionsCalledOnLoad\n"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
# "identity" keeps the server's gzip away: it would spend processor time on arrays that hardly shrink.
STREAM = {"Cache-Control": "no-store", "Content-Encoding": "identity", "X-Accel-Buffering": "no"}


def routes(base_url: str = "") -> list[Route]:
    """The routes, below Streamlit's `server.baseUrlPath`."""
    base = "/" + base_url.strip("/") if base_url.strip("/") else ""
    return [Route(f"{base}/frames/{{run}}", frames, methods=["GET"]),
            Route(f"{base}/rows/{{runs}}", rows, methods=["GET"]),
            Route(f"{base}/page/{{line}}", page, methods=["GET"]),
            Route(f"{base}/ask/{{run}}", ask, methods=["POST"]),
            Route(f"{base}/assets/{{name}}", asset, methods=["GET"])]


def _error(status: int, message: Message) -> JSONResponse:
    return JSONResponse({"error": message.to_json()}, status, {"Cache-Control": "no-store"})


def _unknown() -> JSONResponse:
    return _error(404, Message(N_("No open page has asked for this run. Reload the page to train it again.")))


class _Stream(StreamingResponse):
    """Closes its generator when the reader goes away, rather than when the garbage is collected."""

    async def stream_response(self, send: Any) -> None:
        async with aclosing(self.body_iterator):  # type: ignore[type-var]
            await super().stream_response(send)


async def frames(request: Request) -> Response:
    """Stream a run from where the player is."""
    runner, key, after = get_runner(), request.path_params["run"], request.query_params.get("after")
    try:
        epoch = None if after is None else int(after)
    except ValueError:
        return _error(400, Message(N_("“after” is an epoch, a whole number; the address says “{text}”."), {"text": str(after)[:40]}))
    if not runner.known(key):
        return _unknown()

    async def chunks() -> AsyncIterator[bytes]:
        async with aclosing(runner.stream(key, after=epoch)) as stream:  # type: ignore[type-var]
            async for data in stream:
                # A whole run may come at once. Its first frames go ahead: the picture need not wait for the rest.
                yield data[:FIRST_BYTES]
                if len(data) > FIRST_BYTES:
                    await asyncio.sleep(0)
                for at in range(FIRST_BYTES, len(data), PIECE_BYTES):
                    yield data[at:at + PIECE_BYTES]

    return _Stream(chunks(), media_type="application/octet-stream", headers=STREAM)


async def rows(request: Request) -> Response:
    """Stream what the curves of several runs need."""
    keys = list(dict.fromkeys(request.path_params["runs"].split(",")))
    if len(keys) > many.MOST:
        return _error(400, Message(N_("At most {most} runs can be followed at once; the address names {n}."),
                                   {"most": many.MOST, "n": len(keys)}))
    metrics, arrays = ([part for part in request.query_params.get(name, "").split(",") if part] for name in ("metrics", "arrays"))
    return _Stream(many.rows(get_runner(), keys, metrics, arrays), media_type="application/octet-stream", headers=STREAM)


async def page(request: Request) -> Response:
    """Keep a line open: what its page tells from now on."""
    name = request.path_params["line"]
    if not lines.known(name):
        return _error(404, Message(N_("No open page has this line.")))
    return _Stream(lines.listen(name), media_type="application/octet-stream", headers=STREAM)


async def ask(request: Request) -> Response:
    """Answer a question about a run."""
    runner, key = get_runner(), request.path_params["run"]
    if not runner.known(key):
        return _unknown()
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > ASK_BYTES:
            return _error(413, Message(N_("A question may have at most {limit} kB."), {"limit": ASK_BYTES // 1024}))
    try:
        question = json.loads(body)
        probe, epoch, arguments = question["probe"], question.get("epoch"), question.get("arguments", {})
        well_formed = isinstance(probe, str) and (epoch is None or type(epoch) is int) and isinstance(arguments, dict)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        well_formed = False
    if not well_formed:
        return _error(400, Message(N_("A question is a JSON object with “probe”, “epoch” and “arguments”.")))
    try:
        arrays = await runner.ask_async(key, probe, epoch=epoch, arguments=arguments)
        record = encode("answer", {"probe": probe, "epoch": epoch}, arrays)
    except AskError as problem:
        return _error(400 if problem.asker else 503, problem.message)
    return Response(record, media_type="application/octet-stream", headers=STREAM)


async def asset(request: Request) -> Response:
    """Send one of the player's files. With ?v=<hash> the browser may keep it for good."""
    found = await asyncio.to_thread(_asset, request.path_params["name"])
    if found is None:
        return Response("not found", 404)
    plain, packed, media_type = found
    cache = "public, max-age=31536000, immutable" if request.query_params.get("v") else "no-cache"
    packing = "gzip" in request.headers.get("accept-encoding", "")
    return Response(packed if packing else plain, media_type=media_type, headers={
        "Cache-Control": cache, "Content-Encoding": "gzip" if packing else "identity", "Vary": "Accept-Encoding"})


def _asset(name: str) -> tuple[bytes, bytes, str] | None:
    """The file, the file compressed, and its type; None if there is no such asset."""
    path = assets().get(name)  # only names from the list: no part of the address ever becomes a path
    return None if path is None else _read(path, path.stat().st_mtime_ns)


def assets() -> dict[str, Path]:
    """The files that may be fetched, by name."""
    found = {path.name: path for path in sorted(PLAYER.glob("*")) if path.suffix in TYPES}
    plotly = importlib.util.find_spec("plotly")  # found, not imported
    if plotly and plotly.origin:
        found[PLOTLY] = Path(plotly.origin).parent / "package_data" / PLOTLY
    return found


@lru_cache(maxsize=32)
def _read(path: Path, changed: int) -> tuple[bytes, bytes, str]:
    data = path.read_bytes()
    if path.name == PLOTLY:
        data = COMPILE_AHEAD + data
    return data, gzip.compress(data, 6), TYPES[path.suffix]  # once, not at every request as the server would
