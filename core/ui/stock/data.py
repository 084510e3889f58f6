"""Step 1: which prices, how a file was read, and which stretch is for what."""

from __future__ import annotations

import streamlit as st

from core.data.prices import NoPrices, Prices
from core.figures import stock as figures
from core.frame import Message, Trouble
from core.i18n import N_, _, said, say
from core.ui import controls, lab
from core.ui.evaluation import chart
from core.ui.stock import corrections, series
from core.ui.text import plain
from core.ui.tools import Bench

PURPOSE = N_("First of all, look at the prices, and at how they were read. The network learns from the past, you choose by what follows, "
             "and the end stays sealed.")


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "series")
    corrections.place(state)
    if state.spec.series == "upload":
        _correct(bench)
    if state.spec.generated:
        controls.draw(state, "points", "seed")
    controls.draw(state, "train_share")
    lab.history(state)


def _correct(bench: Bench) -> None:
    """What may be corrected: open where something is in doubt, or could not be read at all."""
    state = bench.state
    try:
        prices = series.prices_of(state.spec)
    except Trouble as trouble:
        known = (trouble.headers, trouble.tickers) if isinstance(trouble, NoPrices) else ((), ())
        corrections.corrections(state, *known)
        return
    with st.expander(_("Correct how it was read"), expanded=corrections.doubtful(state.spec, prices.doubts), icon=":material/edit:"):
        corrections.corrections(state, prices.headers, prices.tickers)


def show(bench: Bench) -> None:
    spec = bench.state.spec
    try:
        prices = series.prices_of(spec)
    except Trouble as trouble:
        st.error(plain(say(trouble.message)), icon=":material/block:")
        return
    found = series.prepared_of(spec)
    prepared = None if isinstance(found, Message) else found[1]
    st.markdown(f"**{plain(prices.name)}**" if spec.upload else f"**{controls.shown(spec, 'series')}**")
    chart(figures.series(prices, prepared), bench.key("series"), alt=_("Prices over time: {n} of them.", n=len(prices)))
    if isinstance(found, Message):
        st.warning(plain(say(found)), icon=":material/error:")
    else:
        split = found[1].split
        told = [Message(N_("Forecasts to learn from: {train}; validation: {validation}; sealed test: {test}."),
                        {"train": len(split.train), "validation": len(split.validation), "test": len(split.test)})]
        if split.between:
            told.append(Message(N_("{n} more are left out: made before a cut, they are about a price behind it."), {"n": split.between}))
        st.caption(said(told))
    _report(prices)


def _report(prices: Prices) -> None:
    """How it was read: what was understood, what was dropped, what is in doubt."""
    for title, messages in ((_("In doubt: please check"), prices.doubts), (_("Left out"), prices.dropped),
                            (_("How it was read"), prices.understood)):
        if messages:
            st.markdown(f"**{title}**\n\n" + "\n".join(f"- {plain(say(message))}" for message in messages))
