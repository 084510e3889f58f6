"""The browser's address: what a page finds in it, writes into it, and hands on as a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from core.frame import Message
from core.i18n import N_, language

OWN = ("lang", "projector")  # parameters that belong to the frame, not to a page
UNTOLD = {"": ""}  # stands for an address that the browser may not have been told
IGNORED = N_("The address names “{name}”, which this page does not have; it was ignored.")
TWICE = N_("The address names “{name}” more than once; what it says last, “{text}”, counts.")


def twice() -> list[Message]:
    """What the address names more than once."""
    return [Message(TWICE, {"name": name[:40], "text": st.query_params[name][:40]}) for name in st.query_params
            if len(st.query_params.get_all(name)) > 1]


def link(parameters: Mapping[str, str]) -> str:
    """The address of the page on screen with these parameters."""
    parts = urlsplit(st.context.url or "")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(parameters), ""))


def with_frame(parameters: Mapping[str, str]) -> dict[str, str]:
    """With what belongs to the frame: the language, where the person chose one, and whether it is shown by a projector."""
    own = {"lang": language() if st.session_state.get("language_chosen") else "",
           "projector": "1" if st.session_state.get("projector") else ""}
    return {**parameters, **{name: value for name, value in own.items() if value}}


def write_query(parameters: Mapping[str, str]) -> None:
    """Set the URL's parameters to these and the frame's own.

    Once for all: a URL that differs although it was told is one that the person went back to, or one that is not yet told.
    """
    wanted, told = with_frame(parameters), st.session_state.get("written")
    if told == wanted:
        return
    st.session_state["written"] = UNTOLD  # the script may be stopped at the message, for a newer change, and then it is not sent
    if told == UNTOLD or st.query_params.to_dict() != wanted:
        if wanted:
            st.query_params.from_dict(wanted)
        else:
            st.query_params.clear()
    st.session_state["written"] = wanted


def strays(query: Iterable[str] | None = None) -> list[Message]:
    """What a page that takes nothing from the address finds there all the same, and what the frame could not read of its part."""
    names = st.query_params if query is None else query
    return [*(Message(IGNORED, {"name": name[:40]}) for name in names if name not in OWN), *st.session_state.pop("frame_problems", [])]


def write_frame() -> None:
    """Have the language stand in the address of a page that writes nothing of its own."""
    if st.session_state.get("written") is None:
        write_query({})


def enter(page: str) -> None:
    """Say which page is run: one that the person has just come to reads the URL, and writes its own."""
    if st.session_state.get("page") != page:
        st.session_state["page"], st.session_state["entered"] = page, True
        st.session_state.pop("written", None)
