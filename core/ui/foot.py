"""The end of a page: changes worth trying, the pages before and after this one, what to read, and what tutorials print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.i18n import _
from core.specs.examples import Trial
from core.ui import lab
from core.ui.pages import headers
from core.ui.printed import printed
from core.ui.state import State


def draw(state: State[Any, Any], trials: Sequence[Trial], deeper: Sequence[tuple[str, str]], *, needs: Sequence[str] = (),
         leads: Sequence[str] = (), **view: Any) -> None:
    """Of a page with a run. deeper: addresses and marked titles; needs, leads: as of `ways`; view: what of the display a trial changes."""
    left, right = st.columns(2, gap="medium")
    with left:
        lab.trials(state, trials, **view)
        ways(needs, leads)
    with right:
        lab.deeper(deeper)
    printed(state.name)


def ways(needs: Sequence[str], leads: Sequence[str]) -> None:
    """Where this page comes from and where it leads to, as far as those pages are there: the pages that it builds on and that build on
    it, by the stems of their files."""
    pages = {header.name: header for header in headers()}
    for label, names in ((_("Builds on"), needs), (_("Leads to"), leads)):
        there = [pages[name] for name in names if name in pages]
        if there:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(label, width="content")
                for header in there:
                    st.page_link(str(header.path), label=_(header.title), icon=header.icon, width="content")
