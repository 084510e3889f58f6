"""The code: the Keras program that does what the lab just did, to read, to copy and to take away."""

from __future__ import annotations

import streamlit as st

from core.export.notebook import notebook
from core.export.program import program
from core.frame import Trouble
from core.i18n import _, say
from core.specs.study import StudySpec
from core.ui.language import speaking
from core.ui.text import plain
from core.ui.tools import Bench


def draw(bench: Bench) -> None:
    spec, name = bench.spec, bench.state.name
    st.caption(_("This program computes the numbers on screen.") if isinstance(spec, StudySpec) else
               _("This program trains the network on screen, from its data to its score. What it needs stands in its first lines."))
    try:
        text = program(spec)
    except Trouble as trouble:  # what is set or typed cannot be drawn either, and the page says so above
        st.info(plain(say(trouble.message)), icon=":material/edit:")
        return
    with st.container(horizontal=True):
        st.download_button(_("Program (.py)"), text, f"{name}.py", "text/x-python", key=bench.key("code:py"), icon=":material/download:",
                           on_click="ignore")
        st.download_button(_("Notebook (.ipynb)"), speaking(lambda: notebook(spec)), f"{name}.ipynb", "application/x-ipynb+json",
                           key=bench.key("code:ipynb"), icon=":material/download:", on_click="ignore")
    st.code(text, language="python", line_numbers=True, height=520)
