"""The tools of every lab, in the drawer below its figures: each is a function of a `Bench`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.ui.state import State


@dataclass(frozen=True)
class Bench:
    """What a tool works on: the page's state and the run on screen."""

    state: State[Any, Any]
    run: str

    def key(self, name: str) -> str:
        """A name of this page's own in the session."""
        return f"{self.state.name}:{name}"
