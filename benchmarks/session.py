"""A browser session without a browser: Streamlit's own websocket messages, and the player's requests for frames.

What a browser would send is sent: the states of its widgets, the fragment that a slider belongs to, the query string, and,
when a run has ended, the player's word that it has. What is left out is drawing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from core.frame import LENGTHS


class Session:
    """One visitor of a page.

    run: the key that the page's player is to show; on_run is called with every new one. ids: widgets by their label.
    """

    def __init__(self, url: str, page: str, on_run: Callable[[str], None]) -> None:
        self.url, self.page, self._on_run = url, page, on_run
        self.run = self._query = self._fragment = self._component = ""
        self.ids: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self.problem = ""

    async def open(self) -> None:
        """Connect and have the page's script run."""
        self._socket: ClientConnection = await connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
        self._reading = asyncio.create_task(self._read())
        await self._rerun()

    async def has(self, label: str) -> str:
        """The id of a widget, as soon as the page has drawn it. RuntimeError if it does not, or if its script failed."""
        end = time.monotonic() + 60
        while label not in self.ids:
            if self.problem or time.monotonic() > end:
                raise RuntimeError(f"the page has drawn no {label!r}: {self.problem or 'it takes too long'}")
            await asyncio.sleep(0.02)
        return self.ids[label]

    async def close(self) -> None:
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await self._socket.close()

    async def open_group(self, label: str) -> None:
        """Unfold a group of controls."""
        await self._rerun(WidgetState(id=await self.has(label), bool_value=True), fragment=self._fragment)

    async def slide(self, label: str, value: float) -> None:
        """Move a slider."""
        state = WidgetState(id=await self.has(label))
        state.double_array_value.data.append(value)
        await self._rerun(state, fragment=self._fragment)

    async def ended(self, run: str, state: str) -> None:
        """What the player tells the page when a run has ended: the page writes its sentences then."""
        await self._rerun(WidgetState(id=self._component, json_value=json.dumps({"ended": {"run": run, "state": state}})),
                          fragment=self._fragment)

    async def _rerun(self, *states: WidgetState, fragment: str = "") -> None:
        self._states |= {state.id: state for state in states}
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.fragment_id, asked.query_string = ("" if fragment else self.page), fragment, self._query
        asked.context_info.locale, asked.context_info.url = "en-US", f"{self.url}/{self.page}"
        asked.widget_states.widgets.extend(self._states.values())
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for data in self._socket:
            message = ForwardMsg()
            message.ParseFromString(data)  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._take(message)
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string

    def _take(self, message: ForwardMsg) -> None:
        delta = message.delta
        if delta.WhichOneof("type") == "add_block":
            if delta.add_block.WhichOneof("type") == "expandable":
                self.ids[delta.add_block.expandable.label] = delta.add_block.id
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "slider":
            self.ids[element.slider.label] = element.slider.id
        elif kind == "exception":
            self.problem = f"{element.exception.type}: {element.exception.message}"
        elif kind == "bidi_component":
            self._component, self._fragment = element.bidi_component.id, delta.fragment_id
            run = json.loads(element.bidi_component.json or "{}").get("run", "")
            if run and run != self.run:
                self.run = run
                self._on_run(run)


async def frames(url: str, run: str) -> AsyncIterator[tuple[float, dict]]:
    """The records of a run's stream as they come: the moment of arrival and the header. RuntimeError if it is refused."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 22)
    try:
        writer.write(f"GET /frames/{run} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"/frames/{run}: {head.splitlines()[0].decode()}")
        held = b""
        while size := int((await reader.readline()).strip() or b"0", 16):  # HTTP chunks; records lie across them as they please
            held += (await reader.readexactly(size + 2))[:-2]
            now = time.perf_counter()
            while len(held) >= LENGTHS.size:
                header, body = LENGTHS.unpack_from(held)
                end = LENGTHS.size + header + body
                if len(held) < end:
                    break
                yield now, json.loads(held[LENGTHS.size:LENGTHS.size + header])
                held = held[end:]
    finally:
        writer.close()
