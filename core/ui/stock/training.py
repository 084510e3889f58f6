"""Step 3: which network learns, and how."""

from __future__ import annotations

import streamlit as st

from core.i18n import N_, _, language
from core.specs.stock import MODELS
from core.ui import controls, guess, lab
from core.ui.controls import bound, hidden, locked
from core.ui.tools import Bench

PURPOSE = N_("Choose the network and train it. Watch the forecast of the validation part beside the grey dots, the last price: that is the "
             "one to beat.")


def left(bench: Bench) -> None:
    state = bench.state
    if not hidden(state, "model"):
        binding = bound(f"{state.name}:models.{language()}", state.spec.model, lambda name: state.change(model=name), list(MODELS))
        st.pills(_("Network"), list(MODELS), default=binding.pop("value"), format_func=lambda name: _(MODELS[name]), required=True,
                 wrap=True, disabled=locked(state, "model"), help=_(state.spec.control("model").help), **binding)
    st.caption(_("Weights: {n:,}", n=state.spec.weights))
    controls.draw(state, "units", "learning_rate", "epochs")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: training"), f"{state.name}:training") as opened:
        if opened:
            controls.draw(state, "layers", "batch_size", "patience", "loss", "optimizer", "schedule", "seed", "log_scale")
