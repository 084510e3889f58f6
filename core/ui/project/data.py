"""Step 1: which pictures, how they are split, and what they look like."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.data import uploads
from core.data.image_sets import entry
from core.figures import pictures as figures
from core.frame import Message
from core.i18n import N_, _, say
from core.runs.runner import get_runner
from core.specs.image_project import PicturesSpec, pictures_of
from core.ui import controls, download, lab, mend, own_pictures, projector
from core.ui.player import base_path, player
from core.ui.session import session
from core.ui.state import State
from core.ui.text import plain
from core.ui.tools import Bench

PURPOSE = N_("First of all, look at the pictures: what is there to tell apart, how many are there of each kind, and which are set aside?")


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "dataset")
    lab.about(entry(state.spec.dataset).about)
    download.offer(state.spec.dataset, retry=lambda: _again(state))
    own_pictures.draw(state)
    controls.draw(state, "points", "train_share")
    lab.history(state)
    with lab.more(_("More: data"), f"{state.name}:data") as opened:
        if opened:
            controls.draw(state, "augmentation", "seed")


def show(bench: Bench) -> None:
    """The pictures of the settings, trained or not, loaded by a worker: the web process keeps no set in memory."""
    state = bench.state
    spec = pictures_of(state.spec)
    key = get_runner().open(spec, session=session(), uploads=uploads.arrays(spec.upload))
    end = get_runner().result(key)
    above = st.container()
    with st.container(key="pictures"):  # a name for the style sheet
        player(key, projector.figures(figures.figures(spec, own_pictures.classes_of(state.spec))), key=f"{state.name}:pictures", epochs=0,
               base=base_path(), on_popped=lambda: state.read(st.session_state[f"{state.name}:pictures"].popped))
    if end is not None and end.error is not None:
        with above:
            _missing(state, end.error, end.change)
    if end is not None and end.state == "finished":
        st.subheader(_("What to notice"))
        st.markdown("\n".join(f"- {say(note)}" for note in end.notes))


def _again(state: State[Any, Any]) -> None:
    """The files are here at last: look at them, and train what failed without them."""
    get_runner().release(session(), lab=PicturesSpec.lab, role="main")
    lab.retry(state)


def _missing(state: State[Any, Any], error: Message, change: dict[str, Any]) -> None:
    st.error(plain(say(error)), icon=":material/error:")
    mend.button(state, state.spec, change, f"{state.name}:mend:pictures")
