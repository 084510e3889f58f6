"""What a page tells its player ahead of its own elements.

A component gets its data only once the browser has drawn whatever elements came with it, some 50 ms later on a page full of
controls. The same data goes down a line of its own, one open response a page, and is there before them. Nothing depends on
it: a player whose line is down hears the same from the page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import AsyncIterator

from core.runs.run import Reader

KNOWN = 4000  # lines remembered; the player of an older one does without


class _Listener(Reader):
    news = b""


class Lines:
    """Lines by name. `tell` from any thread, `listen` in an event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: OrderedDict[str, set[_Listener]] = OrderedDict()

    def known(self, name: str) -> bool:
        """True if some page has told something on this line."""
        return name in self._listeners

    def tell(self, name: str, record: bytes) -> bool:
        """Send a record to whoever listens now; of several that he has not heard yet the newest counts. Returns whether
        anyone does. An empty record only makes the line known.
        """
        with self._lock:
            known = self._listeners.setdefault(name, set())
            listeners = tuple(known) if record else ()
            self._listeners.move_to_end(name)
            while len(self._listeners) > KNOWN:
                self._listeners.popitem(last=False)
            for listener in listeners:
                listener.news = record
        for listener in listeners:
            listener.wake()
        return bool(listeners)

    async def listen(self, name: str) -> AsyncIterator[bytes]:
        """Yield what is told from now on."""
        listener = _Listener()
        with self._lock:
            self._listeners.setdefault(name, set()).add(listener)
        try:
            while not listener.dismissed:
                await listener.event.wait()
                listener.event.clear()
                with self._lock:
                    record, listener.news = listener.news, b""
                if record:
                    yield record
        finally:
            with self._lock:
                self._listeners.get(name, set()).discard(listener)

    def dismiss(self) -> None:
        """End all lines: a server that stops waits for its open connections."""
        with self._lock:
            listeners = [listener for those in self._listeners.values() for listener in those]
        for listener in listeners:
            listener.dismissed = True
            listener.wake()


lines = Lines()
