"""Side by side: a plain cell, an LSTM and a GRU on the same data, with the same seed and budget, trained at the press of a button."""

from __future__ import annotations

import streamlit as st

from core.figures.recurrent import Facts, facts, name_of, side
from core.i18n import _, say
from core.insight.cells import judgement
from core.runs.runner import get_runner
from core.specs.recurrent import CELLS, RecurrentSpec, RecurrentView
from core.ui import guess as guessing
from core.ui import steps
from core.ui.group import Member, group
from core.ui.session import session
from core.ui.state import State
from core.ui.tools.results import Result, result

ROLE = "side"


def specs_of(spec: RecurrentSpec) -> dict[str, RecurrentSpec]:
    """The settings on screen for each cell; a run from zero, whatever they branched off. What a cell has no use for gives way."""
    return {cell: spec.revised(cell=cell, branch="") for cell in CELLS}


def draw(state: State[RecurrentSpec, RecurrentView]) -> None:
    """The button, and once it is pressed the figures, the table and what they say."""
    asked, role = f"{state.name}:{ROLE}", f"{ROLE}:{state.name}"
    with st.container(border=True, key="side"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Side by side: plain, LSTM, GRU"), icon=":material/view_column:", type="primary", key=f"{asked}:go",
                      on_click=lambda: st.session_state.update({asked: guessing.on_screen(state)}))
            st.caption(_("The same data, seed, units and epochs for all three, trained at once."))
        spec = st.session_state.get(asked)
        if spec is None:
            return
        specs = specs_of(spec)
        if specs != specs_of(guessing.on_screen(state)):
            st.caption(_(":material/history: These runs are of the setting before the last change. The button takes the one on screen."))
        keys = get_runner().open_group(list(specs.values()), session=session(), role=role, uploads={})
        runs = dict(zip(specs, keys, strict=True))
        group([Member(key, number) for number, key in enumerate(keys)], side(spec, state.view, runs), key=f"{asked}:figure",
              metrics=[spec.score.metric], arrays=["through"])
        found = {cell: result(one) for cell, one in specs.items()}
        known = facts(spec)  # of the setting that was asked for, which may not be the one on screen
        table(specs, found, known)
        steps.awaited(keys)
        if all(found.values()):
            guess = known.luck if spec.score.higher_is_better else known.guess
            for note in judgement(spec.score, {cell: one.score for cell, one in found.items() if one}, guess):
                st.markdown(f"- {say(note)}")


def table(specs: dict[str, RecurrentSpec], found: dict[str, Result | None], known: Facts) -> None:
    """Weights, seconds and score of each; what is not known yet is a dash."""
    outputs = known.classes or 1
    score = next(iter(specs.values())).score
    label = _(score.label)
    rows = []
    for cell, spec in specs.items():
        one = found[cell]
        rows.append({_("cell"): name_of(cell), _("weights"): f"{spec.weights(known.inputs, outputs):,}",
                     _("seconds"): "–" if one is None else f"{one.seconds:.1f}",
                     label: _("in training …") if one is None else _("broke off") if one.state != "finished" else f"{one.score:.3g}"})
    st.dataframe(rows, hide_index=True, width="stretch", key="side:table")
