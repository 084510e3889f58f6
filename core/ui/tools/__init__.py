"""The tools of every lab, in the drawer below its figures: each is a function of a `Bench`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.figures.template import Template
from core.i18n import _
from core.ui import kept
from core.ui.state import State


@dataclass(frozen=True)
class Bench:
    """What a tool works on: the page's state, the run on screen and its spec (which is not the state's while that waits for a guess),
    what makes its figures, for the tools that need them, and the page's title, translated.
    """

    state: State[Any, Any]
    run: str
    spec: Any
    figures: Callable[[], Sequence[Template]] = tuple
    title: str = ""

    def later(self, sentence: str) -> None:
        """Say what there will be once the run has ended; of one that was stopped, how it may still end."""
        if st.session_state.get(self.key("stopped")) == self.run:
            sentence = _("This run was stopped. “Continue” lets it go on to its end.") if kept.on(self.state) else _(
                "This run was stopped, and what a stopped run had learned is not kept. “Train it again” lets it run to its end.")
        st.caption(sentence)

    def key(self, name: str) -> str:
        """A name of this page's own in the session."""
        return f"{self.state.name}:{name}"
