"""What the player needs, named in the head of Streamlit's own page, so that the browser fetches it while it still starts.

Otherwise plotly.js and our own modules are asked for only once the page's script has run and its component has been drawn, half a
second later. Streamlit has no place for such lines; a page that looks different from what is expected here is passed on as it is.
"""

from __future__ import annotations

from typing import Any

HEAD = b"</head>"


class EarlyHead:
    """ASGI middleware: adds lines to the head of every HTML page."""

    def __init__(self, app: Any, lines: str) -> None:
        self.app, self.lines = app, lines.encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers") or ())
        if scope["type"] != "http" or scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
            await self.app(scope, receive, send)
            return
        scope["headers"] = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]  # to read it, it must be plain
        start: dict[str, Any] = {}
        body = b""

        async def hold(message: Any) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                if not self._page(start):
                    await send(start)
            elif not self._page(start):
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    body = body.replace(HEAD, self.lines + HEAD, 1)
                    start["headers"] = [(k, str(len(body)).encode() if k == b"content-length" else v) for k, v in start["headers"]]
                    await send(start)
                    await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, hold)

    @staticmethod
    def _page(start: dict[str, Any]) -> bool:
        headers = dict(start.get("headers") or ())
        return start.get("status") == 200 and headers.get(b"content-type", b"").startswith(b"text/html")
