"""The frame that every session runs: page settings, language, navigation, sidebar; then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import i18n
from core.i18n import _
from core.runs.runner import get_runner
from core.ui import language, memory, mine, projector, terms
from core.ui.address import enter, write_frame
from core.ui.garbage import freeze
from core.ui.pages import SECTIONS, headers
from core.ui.style import style

ART = Path(__file__).parent / "core" / "ui" / "art"


def workers() -> None:
    ready = get_runner().workers()
    st.caption(_("workers ready to train: {n}", n=ready) if ready else _("The workers are starting …"))


language.speak()
projector.hear()
st.set_page_config(page_title=_("Deep Learning Lab"), page_icon=str(ART / "icon.svg"), layout="wide",
                   initial_sidebar_state="auto")
st.html(style() + terms.STYLE)
scheme = "dark" if st.context.theme.type == "dark" else "light"
st.logo(str(ART / f"logo-{scheme}-{i18n.language()}.svg"), size="large", icon_image=str(ART / "icon.svg"))

memory.hear()
sections: dict[str, list[st.Page]] = {}
for header in headers():
    page = st.Page(header.path, title=_(header.title) + mine.solved(header.name), icon=header.icon,
                   url_path=header.name if header.section else None,
                   default=not header.section)
    sections.setdefault(_(SECTIONS[header.section]), []).append(page)
page = st.navigation(sections, expanded=True)  # else some are behind a button that speaks English only

with st.sidebar:
    st.session_state["language_switch"] = i18n.language()
    st.segmented_control(_("Language"), list(i18n.LANGUAGES), format_func=i18n.LANGUAGES.__getitem__, required=True,
                         key="language_switch", label_visibility="collapsed",
                         on_change=lambda: language.choose(st.session_state["language_switch"]))
    (workers if get_runner().workers() else language.fragment(workers, run_every=2))()  # it may change while nothing else does
    mine.kept()
    memory.read()

projector.leave()
enter(page.url_path)
page.run()
write_frame()
freeze()
