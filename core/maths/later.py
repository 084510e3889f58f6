"""Answers that may come later: a question is worked on in a thread, and whoever asks waits for a moment only, then goes on without.

The answer is kept, and is there at once for whoever asks the same again: a picture is drawn in time, and the exact forms that were not
ready come with the next move.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any

from core.frame import Message, Trouble
from core.i18n import N_

KEPT, WAITING = 1024, 12  # answers that are remembered; questions that wait: older ones are dropped, the point has moved on


class Later:
    """work: what answers a question, from any thread, Trouble where it has no answer; moment: seconds that a question is waited for."""

    def __init__(self, work: Callable[..., Any], moment: float) -> None:
        self.work, self.moment = work, moment
        self._changed = threading.Condition()
        self._known: OrderedDict[Any, Future[Any]] = OrderedDict()
        self._waiting: list[tuple[Any, Future[Any]]] = []
        self._thread: threading.Thread | None = None

    def ask(self, question: tuple[Any, ...]) -> Any:
        """work(*question), whose parts are hashable. Trouble if there is no answer, or not yet."""
        with self._changed:
            if question not in self._known:
                self._take(question)
            found = self._known[question]
        try:
            return found.result(self.moment)
        except (TimeoutError, CancelledError):
            raise Trouble(Message(N_("SymPy is still at it. The exact form comes with the next move."))) from None

    def _take(self, question: tuple[Any, ...]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        found: Future[Any] = Future()
        self._known[question] = found
        self._waiting.append((question, found))
        for old, dropped in self._waiting[:-WAITING]:
            self._known.pop(old)
            dropped.cancel()
        self._waiting = self._waiting[-WAITING:]
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                question, found = self._waiting.pop()  # the newest: that is where the point is now
            try:
                found.set_result(self.work(*question))
            except Exception as problem:  # what has no answer is asked anew: `work` itself knows what took too long
                with self._changed:
                    self._known.pop(question, None)
                found.set_exception(problem)
