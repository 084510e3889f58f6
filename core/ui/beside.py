"""Side by side: Transformers that know the order in different ways, or GPT and BERT on one text, trained at the press of a button."""

from __future__ import annotations

import streamlit as st

from core.data import uploads
from core.figures.transformer import facts
from core.figures.transformer_side import NAMES, arrays, metric, side, variants
from core.i18n import _
from core.runs.runner import get_runner
from core.specs.transformer import TEXTS, TransformerSpec, TransformerView
from core.ui import files
from core.ui import guess as guessing
from core.ui.group import Member, group
from core.ui.session import session
from core.ui.state import State
from core.ui.tools.results import result

ROLE = "side"


def draw(state: State[TransformerSpec, TransformerView]) -> None:
    """The button, and once it is pressed the figures and a table."""
    asked, role = f"{state.name}:{ROLE}", f"{ROLE}:{state.name}"
    now = guessing.on_screen(state)
    texts = now.task in TEXTS
    with st.container(border=True, key="side"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Side by side: GPT and BERT") if texts else _("Side by side: with and without positions"),
                      icon=":material/view_column:", type="primary", key=f"{asked}:go",
                      on_click=lambda: st.session_state.update({asked: guessing.on_screen(state)}))
            st.caption(_("The same text: GPT foretells what comes next, BERT finds what is hidden.") if texts else _(
                "An encoder sees a set unless places are marked. Which of these four can still tell an order?"))
        spec = st.session_state.get(asked)
        if spec is None:
            return
        if spec.brought and files.missing(spec.upload, "", "text"):  # the page has another text by now, and this one is gone
            st.session_state.pop(asked)
            return
        own = uploads.arrays(spec.upload) if spec.brought else {}
        specs = variants(spec)
        if specs != variants(now):
            st.caption(_(":material/history: These runs are of the setting before the last change. The button takes the one on screen."))
        keys = get_runner().open_group(list(specs.values()), session=session(), role=role, uploads=own)
        runs = dict(zip(specs, keys, strict=True))
        name, label = metric(spec)
        group([Member(key, number) for number, key in enumerate(keys)], side(spec, runs, {one: facts(s, own) for one, s in specs.items()}),
              key=f"{asked}:figure", metrics=[name], arrays=arrays(spec))
        ended = {one: result(s) for one, s in specs.items()}
        if all(ended.values()):
            rows = [get_runner().rows(key) for key in keys]
            st.dataframe([{_("network"): _(NAMES[one]), label: _last(found, name)} for one, found in zip(specs, rows, strict=True)],
                         hide_index=True, width="stretch", key="side:table")
            if not texts:
                st.markdown(_("One run each. Attention asks who fits, not who stands where: without positions all questions about a place "
                              "look the same to an unmasked network. A causal mask shows each place another part of the sequence, and "
                              "from that an order can be learned."))
            else:
                st.markdown(_("The two losses are not of the same question: GPT must foretell every character from what comes before it, "
                              "BERT finds a hidden one from both its sides. Only GPT can write: it needs nothing that is not there yet."))


def _last(rows: list[dict[str, float | None]], name: str) -> str:
    value = rows[-1].get(name) if rows else None
    return "–" if value is None else f"{value:.3g}"
