"""Find the head that does the copying: three networks from seeds that nobody chose, and the head that the person names for each."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.i18n import _, language
from core.insight.challenges import broken, seeds_for
from core.insight.exercises.transformer import CHALLENGES, SETTING, heads_of, made, text_of
from core.specs.transformer import TransformerSpec, TransformerView
from core.ui import lab
from core.ui.controls import bound
from core.ui.state import State


def draw(state: State[TransformerSpec, TransformerView]) -> None:
    """The three networks, where the setting is one of the challenge's."""
    if broken(SETTING, made(state.spec, state.view)) or state.guess_first:
        return
    with lab.more(_("Find the head that does the copying"), "transformer:finding") as opened:
        if opened:
            _networks(state)


def _networks(state: State[TransformerSpec, TransformerView]) -> None:
    spec = state.spec
    st.markdown(_("Three networks of the setting on screen. Have each shown, switch its heads off above, one by one, and name the one "
                  "without which the answers break. “Check yourself” below then measures it."))
    seeds = seeds_for(CHALLENGES[0], made(spec, state.view))
    every = [(layer, head) for layer in range(1, spec.layers + 1) for head in range(1, spec.heads + 1)]
    for i, (column, seed, letter) in enumerate(zip(st.columns(3), seeds, "ABC", strict=True)):
        with column:
            st.button(_("Show network {letter}", letter=letter), key=f"transformer:show{i}", icon=":material/visibility:",
                      type="primary" if spec.seed == seed else "secondary", on_click=_show, args=(state, seed))
            named = heads_of(state.view.named)[i]
            binding = bound(f"transformer:named{i}.{language()}", named if named in every else None, partial(_name, state, i), every)
            st.pills(_("The head of network {letter}", letter=letter), every, default=binding.pop("value"),
                     format_func=lambda head: f"{head[0]}.{head[1]}", **binding)


def _show(state: State[TransformerSpec, TransformerView], seed: int) -> None:
    state.change(seed=seed)
    st.session_state[f"{state.name}:shows"] = st.session_state.get(f"{state.name}:shows", 0) + 1  # it is further up


def _name(state: State[TransformerSpec, TransformerView], i: int, head: tuple[int, int] | None) -> None:
    heads = heads_of(state.view.named)
    heads[i] = head
    state.show(named=text_of(heads))
