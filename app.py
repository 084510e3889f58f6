"""The server: `streamlit run app.py`. It serves the dashboard, the frames of its runs and the player's files."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from asyncio import base_events
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from core.maths.symbolic import close_symbolic
from core.runs.lines import lines
from core.runs.routes import routes
from core.runs.runner import close_runner, get_runner
from core.runs.shell import EarlyHead
from core.ui.player import early

# Streamlit takes a folder named "pages" for its older kind of navigation until `st.navigation` has run once: the first
# visitor with a link to a page would see it without the frame. It has no public way to say so; a browser test watches this.
PagesManager.uses_pages_directory = False



def _without_delay(connection: socket.socket) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


# asyncio turns Nagle's algorithm off only on sockets that name their protocol, and Streamlit's does not: the second of two
# small writes (a header and its body, two websocket messages) would wait for the first one's receipt, up to 40 ms.
base_events._set_nodelay = _without_delay  # type: ignore[attr-defined]

# Threads of scripts share the interpreter with the loop that passes frames on; it should not wait five milliseconds for its turn.
sys.setswitchinterval(0.001)


@contextmanager
def dismissing() -> Iterator[None]:
    """End the streams when a signal stops the server, which would otherwise wait for the end of every run."""
    if threading.current_thread() is not threading.main_thread():  # as in tests; only the main thread has signals
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in signals}

    def stop(number: int, frame: Any) -> None:
        get_runner().dismiss()
        lines.dismiss()
        handler = before[number]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start the workers with the server, so that they import TensorFlow while the student reads."""
    get_runner().start()
    with dismissing():
        yield
    close_runner()
    close_symbolic()


base_path = st.get_option("server.baseUrlPath") or ""
app = st.App("dashboard.py", routes=routes(base_path), lifespan=lifespan, middleware=[Middleware(EarlyHead, lines=early(base_path))])
