"""Links from one page to another that take something along in the address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.ui.pages import headers


def link(name: str, label: str, values: Mapping[str, str]) -> None:
    """A link to the page `name`, the stem of its file: as it was left in this session, but for these values of its address. Nothing where
    there is no such page. label: translated."""
    header = next((header for header in headers() if header.name == name), None)
    if header is None:
        return
    kept: dict[str, str] = {}
    for part in ("spec", "view"):
        if (state := st.session_state.get(f"{name}:{part}")) is not None:
            kept |= state.to_query()
    st.page_link(str(header.path), label=label, icon=header.icon, width="content", query_params={**kept, **values})
