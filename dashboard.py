"""The frame that every session runs: page settings, language, navigation, sidebar; then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import i18n
from core.i18n import _
from core.runs.runner import get_runner
from core.ui.pages import SECTIONS, headers
from core.ui.style import STYLE

ART = Path(__file__).parent / "core" / "ui" / "art"


def speak() -> None:
    """Choose the session's language: the one it chose, the URL's, the browser's."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang")
        chosen = asked if asked in i18n.LANGUAGES else None
        st.session_state["language"] = chosen or i18n.choose([st.context.locale])
        st.session_state["language_chosen"] = chosen is not None
    i18n.use(st.session_state["language"])


def choose_language() -> None:
    value = st.session_state["language_switch"]
    if value:
        st.session_state["language"], st.session_state["language_chosen"] = value, True


speak()
st.set_page_config(page_title=_("Deep Learning Lab"), page_icon=str(ART / "icon.svg"), layout="wide",
                   initial_sidebar_state="auto")
st.html(STYLE)
st.logo(str(ART / f"logo-{'dark' if st.context.theme.type == 'dark' else 'light'}.svg"), size="large",
        icon_image=str(ART / "icon.svg"))

sections: dict[str, list[st.Page]] = {}
for header in headers():
    page = st.Page(header.path, title=_(header.title), icon=header.icon, url_path=header.name if header.section else None,
                   default=not header.section)
    sections.setdefault(_(SECTIONS[header.section]), []).append(page)
page = st.navigation(sections)

with st.sidebar:
    st.session_state["language_switch"] = i18n.language()
    st.segmented_control(_("Language"), list(i18n.LANGUAGES), format_func=i18n.LANGUAGES.__getitem__, required=True,
                         key="language_switch", on_change=choose_language, label_visibility="collapsed")
    ready = get_runner().workers()
    st.caption(_("{n} workers ready", n=ready) if ready else _("The workers are starting …"))

page.run()
