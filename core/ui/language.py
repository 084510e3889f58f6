"""The session's language: the one it chose, the URL's, the browser's; spoken anew by every script run and every fragment."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import streamlit as st

from core import i18n
from core.frame import Message
from core.i18n import N_

T = TypeVar("T")
UNKNOWN = N_("The address asks for the language “{text}”; there are {choices}. The browser’s is spoken.")


def troubles() -> list[Message]:
    """What was wrong with the frame's own part of the address, until the first page has told it."""
    return st.session_state.setdefault("frame_problems", [])


def speak() -> None:
    """Speak the session's language in this script run."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang")
        chosen = i18n.known(asked)
        if asked is not None and chosen is None:
            troubles().append(Message(UNKNOWN, {"text": asked[:40], "choices": ", ".join(i18n.LANGUAGES)}))
        st.session_state["language"] = chosen or i18n.choose([st.context.locale])
        st.session_state["language_chosen"] = chosen is not None
    i18n.use(st.session_state["language"])


def choose(language: str) -> None:
    """Speak this language from now on, and keep it in the URL."""
    st.session_state["language"], st.session_state["language_chosen"] = language, True


def speaking(make: Callable[[], T]) -> Callable[[], T]:
    """A function that is called later, in another thread (a file made when it is downloaded), in the language of now."""
    language = i18n.language()

    def spoken() -> T:
        i18n.use(language)
        return make()

    return spoken


def fragment(function: Callable[[], None], run_every: float | None = None) -> Callable[[], None]:
    """`st.fragment` for pages: when a fragment runs again without its page, it still speaks the session's language.

    run_every: seconds after which it runs again by itself.
    """

    @st.fragment(run_every=run_every)
    @wraps(function)
    def spoken() -> None:
        speak()
        function()

    return spoken
