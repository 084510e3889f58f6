"""Step 2: which network is to learn them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.figures.cnn import fitting
from core.i18n import N_, _, language
from core.specs.cnn import CnnSpec
from core.specs.cnn_presets import NETWORKS
from core.ui import controls, lab, layers
from core.ui.controls import allowed, bound
from core.ui.state import State
from core.ui.tools import Bench

PURPOSE = N_("Choose the network: the articles’ own ones stand side by side, and each says where it comes from. Then change it.")


def chips(state: State[CnnSpec, Any]) -> None:
    """The networks that have a name; the one on screen is marked, and its source stands below. They keep the data."""
    if state.lesson is not None and not state.lesson.presets:
        return
    specs = {network.name: network.on(state.spec) for network in NETWORKS}
    specs = {name: spec for name, spec in specs.items() if allowed(state, spec)}
    if not specs:
        return
    current = next((name for name, spec in specs.items() if spec == state.spec), None)
    binding = bound(f"{state.name}:network.{language()}", current, lambda name: None if name is None else state.apply(specs[name]),
                    list(specs))
    st.pills(_("Networks"), list(specs), default=binding.pop("value"), format_func=_, wrap=True, **binding)
    source = next((network.source for network in NETWORKS if network.name == current), None)
    st.caption(_(source) if source else _("A network of your own."))


def left(bench: Bench) -> None:
    state = bench.state
    chips(state)
    controls.layers(state, name="filters", most=4, widest=128, usual=32,
                    least=0 if state.spec.dense else 1,
                    each=(N_("Filters in block {layer}"), N_("How many filters each convolution of this block has.")))
    lab.history(state)
    with lab.more(_("More: network"), f"{state.name}:network") as opened:
        if opened:
            controls.draw(state, "kernel", "repeat", "padding", "pooling", "end")
            controls.layers(state, name="dense", most=3, widest=256, narrowest=4, usual=64, least=0 if state.spec.filters else 1,
                            each=(N_("Neurons in dense layer {layer}"), N_("How many neurons this dense layer has.")))
            controls.draw(state, "activation", "batch_norm", "dropout")


def right(bench: Bench) -> None:
    layers.numbers(fitting(bench.state.spec), f"{bench.state.name}:sizes")
