"""What `app.py` does to Streamlit's server: the head of its page, and small writes that do not wait for each other."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from core.runs.routes import assets
from core.runs.shell import EarlyHead
from core.ui.player import early

PAGE = "<!DOCTYPE html><html><head><title>é</title></head><body></head></body></html>"


class Answer:
    """What came back: status, headers, text."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start, *rest = messages
        self.headers = {k.decode(): v.decode() for k, v in start["headers"]}
        self.content = b"".join(m.get("body", b"") for m in rest)
        self.text = self.content.decode()


def get(path: str, **headers: str) -> tuple[Answer, list[Request]]:
    """The answer of a small server behind the middleware, and the requests that reached it."""
    seen: list[Request] = []

    async def page(request: Request) -> Response:
        seen.append(request)
        return HTMLResponse(PAGE)

    async def parts(request: Request) -> Response:
        async def chunks() -> Any:
            for c in PAGE:
                yield c.encode()
        return StreamingResponse(chunks(), media_type="text/html")

    async def other(request: Request) -> Response:
        seen.append(request)
        return PlainTextResponse("</head>")

    async def missing(request: Request) -> Response:
        return HTMLResponse(PAGE, 404)

    app = EarlyHead(Starlette(routes=[Route("/", page), Route("/parts", parts), Route("/other", other), Route("/no", missing)]), "<x>")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "http_version": "1.1", "scheme": "http",
             "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()], "server": ("test", 80), "root_path": ""}
    sent: list[dict[str, Any]] = []
    asked = [{"type": "http.request"}]

    async def ask() -> None:
        never = asyncio.Event()

        async def receive() -> dict[str, Any]:
            return asked.pop() if asked else {"type": "http.disconnect"} if await never.wait() else {}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(ask())
    return Answer(sent), seen


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_the_lines_stand_at_the_end_of_the_head_and_the_length_is_right(path: str) -> None:
    answer, _ = get(path, Accept="text/html,*/*")
    assert answer.text == PAGE.replace("</head>", "<x></head>", 1)
    assert int(answer.headers.get("content-length", len(answer.content))) == len(answer.content)


def test_a_page_is_asked_for_in_plain_text_and_all_else_is_left_alone() -> None:
    _, [request] = get("/", **{"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert "accept-encoding" not in request.headers
    answer, [request] = get("/other", **{"Accept": "*/*", "Accept-Encoding": "gzip"})
    assert answer.text == "</head>" and request.headers["accept-encoding"] == "gzip"
    assert get("/other", Accept="text/html")[0].text == "</head>"
    assert get("/no", Accept="text/html")[0].text == PAGE


def test_the_lines_name_files_that_are_there() -> None:
    for base in ("", "/lab/"):
        names = re.findall(r'href="([^"]+)"', early(base))
        assert {"player.js", "charts.js", "plotly.min.js"} <= {name.split("/")[-1].split("?")[0] for name in names}
        for name in names:
            path, query = name.split("?")
            assert path.startswith("/lab/assets/" if base else "/assets/") and re.fullmatch(r"v=[0-9a-z.]+", query)
            assert path.rsplit("/", 1)[1] in assets()


def test_small_writes_do_not_wait_for_each_other() -> None:
    """Streamlit hands asyncio a socket that does not say it is TCP; its connections must have Nagle's algorithm off."""
    import app  # noqa: F401

    async def main() -> int:
        found = asyncio.get_running_loop().create_future()
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = await asyncio.start_server(lambda _reader, writer: found.set_result(writer), sock=listening)
            _, mine = await asyncio.open_connection(*listening.getsockname())
            writer = await found
            off = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            mine.close()
            writer.close()
            server.close()
            return off

    assert asyncio.run(main()) == 1
