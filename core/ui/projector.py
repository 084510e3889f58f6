"""Projector mode: large type, thick lines, no sidebar. It belongs to the frame and stands in the address, like the language."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figures.projector import enlarge
from core.figures.template import Template
from core.frame import Message
from core.i18n import N_, _
from core.ui.language import troubles

NEITHER = N_("The address has “{text}” for the projector mode, which is on with 1 and else off. It is off.")

STYLE = """
<style>
  html { font-size: 125%; }
  [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stSidebarCollapsedControl"] { display: none; }
  [data-testid="stMain"] [data-testid="stMainBlockContainer"] { max-width: none; }
  .dl-label { font-size: 14px; }
</style>
"""


def hear() -> None:
    """Take the mode from the address, once a session."""
    if "projector" not in st.session_state:
        asked = st.query_params.get("projector", "")
        st.session_state["projector"] = asked == "1"
        if asked not in ("", "0", "1"):
            troubles().append(Message(NEITHER, {"text": asked[:40]}))


def on() -> bool:
    return bool(st.session_state.get("projector"))


def switch(value: bool) -> None:
    st.session_state["projector"] = value
    st.session_state.pop("written", None)  # the address is to say so
    st.session_state["projector:switched"] = True


def settle() -> None:
    """Draw the frame anew if the mode was switched from within a page, which runs again without it."""
    if st.session_state.pop("projector:switched", False):
        st.rerun()


def leave() -> None:
    """The way out, since there is no sidebar."""
    if on():
        st.html(STYLE)
        st.button(_("Leave projector mode"), key="projector:leave", icon=":material/close_fullscreen:", type="tertiary",
                  on_click=lambda: switch(False))


def figures(templates: Sequence[Template]) -> list[Template]:
    return enlarge(templates) if on() else list(templates)
