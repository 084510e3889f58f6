"""A person's own prices: the place for a file or a ticker, and what may be corrected of how they were read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.data.prices import ONE, Corrections, NoPrices, read, yahoo
from core.data.stock import as_file
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.specs.stock import READING, StockSpec
from core.ui import own_file
from core.ui.controls import draw
from core.ui.own_file import Kind, Options
from core.ui.state import State

COLUMNS, SIGNS = ("date", "price", "names", "ticker"), ("date_order", "zone", "decimal", "order")
WORDS = {"names": {ONE: N_("none: it is one series")}}  # what a choice is called that is no word of the file's


def _read(data: bytes, name: str, corrections: Mapping[str, Any], limit_mb: float) -> object:
    return read(data, name, Corrections(**corrections), limit_mb)


def _columns(headers: tuple[str, ...], tickers: tuple[str, ...]) -> Options:
    """What each column may be, where there is something to choose."""
    known = dict(zip(COLUMNS, (headers, headers, (ONE, *headers) if headers else (), tickers), strict=True))
    return {name: options for name, options in known.items() if len(options) > 1}


def _correctable(trouble: Trouble) -> Options:
    if not isinstance(trouble, NoPrices) or not trouble.headers:
        return {}
    return {"date": trouble.headers, "price": trouble.headers, "names": (ONE, *trouble.headers), **_columns((), trouble.tickers),
            **{name: list(StockSpec.control(name).choices or ())[1:] for name in SIGNS}}


KIND = Kind("series", N_("A CSV or text file"), N_("Until there are prices of your own, those on screen stay."), 20.0, _read, _correctable,
            WORDS)


def place(state: State[StockSpec, Any]) -> None:
    """The place for a file, and for a ticker. Nothing where another series is on screen."""
    own_file.place(state, KIND, lambda: _tickers(state))


def _tickers(state: State[StockSpec, Any]) -> None:
    with st.popover(_("By ticker, from Yahoo"), icon=":material/travel_explore:"):
        st.text_input(_("Ticker"), key=f"{state.name}:ticker", max_chars=20, placeholder="AAPL")
        st.button(_("Fetch prices"), key=f"{state.name}:fetch", on_click=lambda: _fetch(state, st.session_state[f"{state.name}:ticker"]))
        st.caption(_("This asks Yahoo over the network, five years of daily prices; it may take some seconds."))


def _fetch(state: State[StockSpec, Any], ticker: str) -> None:
    try:
        prices = yahoo(ticker)
    except Trouble as trouble:
        state.problems = [trouble.message]
        return
    own_file.take(state, KIND, as_file(prices), prices.name)


def corrections(state: State[StockSpec, Any], headers: tuple[str, ...], tickers: tuple[str, ...]) -> None:
    """What may be corrected of the file that is in use."""
    own_file.choose(state, _columns(headers, tickers), state.spec.reading, state.change, "used", WORDS)
    draw(state, *SIGNS, "splits")


def found(state: State[StockSpec, Any]) -> dict[str, dict[str, np.ndarray]]:
    """The file that the page's spec needs, as the runner takes it; see `own_file.found`."""
    return own_file.found(state, KIND)


def doubtful(spec: StockSpec, report: tuple[Message, ...]) -> bool:
    """Whether corrections are to be offered at once: something is in doubt, or was corrected before."""
    return bool(report) or any(getattr(spec, name) != StockSpec.model_fields[name].default for name in READING)
