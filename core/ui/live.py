"""The lab of a page whose networks are trained: the picture first, then what surrounds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.figures.template import Template
from core.specs.examples import Preset
from core.ui import guess, lab
from core.ui.drawer import drawer
from core.ui.state import State
from core.ui.tools import lesson


def draw(state: State[Any, Any], run: str, figures: Sequence[Template], *, title: str, ask: Mapping[str, Mapping[str, Any]],
         presets: Sequence[Preset], controls: Callable[[], None], below: Callable[[], None] | None = None,
         without: Sequence[str] = ()) -> None:
    """Play a run on its figures, with the page's controls at their left. Call it at the end of the page's fragment.

    run: the key that `lab.open_run` gave; title: of the page, translated; ask: as in `lab.play`; controls: draws them; below: draws what
    stands under the figures before what to notice; without: tools that make no sense here.
    """
    top = st.container()
    left, right = st.columns([2.2, 8.4], gap="medium")
    with right:  # first of all the picture; nothing else is in its way
        lab.play(state, run, figures, epochs=guess.on_screen(state).epochs, ask=ask)
    with top:
        lab.problems(state.problems)
        lesson.banner(state)
        lab.failure(state, run)
        lab.branched(state)
        lab.presets(state, presets)
    with left, st.container(key="settings"):  # a name for the style sheet
        controls()
    with right:
        if below is not None:
            below()
        lab.notice(state, run)
        drawer(state, run, lambda: figures, title, without)
    state.write_url()
