"""Step 1: which texts, how many of each class there are, how long they are, and what they look like."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.data.about import TEXTS
from core.data.words import unpacked
from core.figures import texts as figures
from core.frame import Trouble
from core.i18n import N_, _, say
from core.runs.runner import get_runner
from core.specs.text_project import texts_of
from core.ui import controls, download, lab, mend, projector
from core.ui.player import base_path, player
from core.ui.session import session
from core.ui.state import State
from core.ui.text import plain
from core.ui.textual import cards, corrections, looked
from core.ui.tools import Bench

PURPOSE = N_("First of all, read some of the texts. Could you tell them apart? How many are there of each kind, and how long are they?")


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "source")
    if not state.spec.upload:
        lab.about(TEXTS["imdb" if state.spec.source == "imdb" else "reviews"])
        download.offer(state.spec.source, retry=lambda: _again(state))
    corrections.place(state)
    controls.draw(state, "points", "seed")
    lab.history(state)


def _again(state: State[Any, Any]) -> None:
    """The files are here at last: look at them, and train what failed without them."""
    for spec, role in ((texts_of(state.spec), "main"), (texts_of(state.spec), "run"), (state.spec.beside, "main")):
        get_runner().release(session(), lab=spec.lab, role=role)
    lab.retry(state)


def show(bench: Bench) -> None:
    spec = bench.state.spec
    key = looked.look(spec)
    classes = looked.classes_of(spec)
    opened(bench, key, [] if _failed(key) else figures.data(texts_of(spec), classes))
    found = looked.arrays_of(key)
    if found is not None:
        st.markdown(_("**Some of the texts to learn from**, in full. Read them before a network does."))
        cards.texts((classes[truth], text) for truth, text in zip(found["shown_truth"], unpacked(found["shown"]), strict=True))
        notes(key)
    if spec.upload:
        _report(bench)


def _failed(key: str) -> bool:
    end = get_runner().result(key)
    return end is not None and end.state == "failed"


def opened(bench: Bench, key: str, templates: list[figures.Template]) -> None:
    """The figures of a look at texts, or why there are none."""
    end = get_runner().result(key)
    above = st.container()
    with st.container(key="pictures"):  # a name for the style sheet: no bar, since nothing moves
        player(key, projector.figures(templates), key=bench.key("look"), epochs=0, base=base_path(),
               on_popped=lambda: bench.state.read(st.session_state[bench.key("look")].popped))
    if end is not None and end.error is not None:
        with above:
            st.error(plain(say(end.error)), icon=":material/error:")
            mend.button(bench.state, bench.state.spec, end.change, bench.key("mend:look"))


def notes(key: str) -> None:
    """What there is to notice in a look."""
    end = get_runner().result(key)
    if end is not None and end.notes:
        st.subheader(_("What to notice"))
        st.markdown("\n".join(f"- {say(note)}" for note in end.notes))


def _report(bench: Bench) -> None:
    """How a person's own file was read: what was understood, what was dropped, what is in doubt."""
    try:
        own = looked.own_of(bench.state.spec)
    except Trouble as trouble:
        st.error(plain(say(trouble.message)), icon=":material/block:")
        return
    for title, messages in ((_("In doubt: please check"), own.doubts), (_("Left out"), own.dropped),
                            (_("How it was read"), own.understood)):
        if messages:
            st.markdown(f"**{title}**\n\n" + "\n".join(f"- {plain(say(message))}" for message in messages))
