"""Step 5: what the trained network says to a picture of yours."""

from __future__ import annotations

import streamlit as st

from core.i18n import N_, _
from core.ui.tools import Bench

PURPOSE = N_("Now it has to work outside: give it pictures of your own, see what it takes them for and why, and find out what breaks it.")


def left(bench: Bench) -> None:
    if bench.spec.shape[-1] == 1:
        st.markdown(_("**Draw** in the empty field with the mouse or a finger. The network answers as soon as you lift the pen."))
    st.markdown(_("**Press** one of the pictures to send it through: the four maps show where it speaks for the answer."))
    st.caption(_("A drawing is centred and scaled the way the pictures to learn from were. A network knows only what it was shown: turned, "
                 "tiny or upside down is new to it, and it answers all the same."))
