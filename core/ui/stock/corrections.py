"""A person's own prices: the place for a file or a ticker, what was refused and why, and what may be corrected."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data import uploads
from core.data.prices import ONE, Corrections, NoPrices, read, yahoo
from core.data.stock import as_file
from core.frame import Message, Trouble
from core.i18n import N_, _, language, say
from core.specs.stock import READING, StockSpec
from core.ui import files
from core.ui.controls import bound, draw
from core.ui.state import State
from core.ui.text import plain

LIMIT_MB = 20.0
PENDING = "stock_project:pending"  # a file that could not be read yet: its bytes, its name, what was corrected, why it was refused


def place(state: State[StockSpec, Any]) -> None:
    """The place for a file, and for a ticker. Nothing where another series is on screen."""
    if not (state.wants_upload or state.spec.series == "upload"):
        return
    control = state.spec.control("upload")
    limit = min(LIMIT_MB, st.get_option("server.maxUploadSize"))
    key = f"{state.name}:file"
    st.file_uploader(_(control.label), key=key, help=_(control.help), on_change=lambda: _chosen(state, key))
    st.caption(_("{kind}, at most {limit:g} MB", kind=_("A CSV or text file"), limit=limit))
    with st.popover(_("By ticker, from Yahoo"), icon=":material/travel_explore:"):
        st.text_input(_("Ticker"), key=f"{state.name}:ticker", max_chars=20, placeholder="AAPL")
        st.button(_("Fetch prices"), key=f"{state.name}:fetch", on_click=lambda: _fetch(state, st.session_state[f"{state.name}:ticker"]))
        st.caption(_("This asks Yahoo over the network, five years of daily prices; it may take some seconds."))
    if state.wants_upload:
        st.caption(_("Until there are prices of your own, those on screen stay."))
    _refused(state)
    if state.spec.upload:
        files.sharing(state.spec.upload, f"{state.name}:shared")


def take(state: State[StockSpec, Any], data: bytes, name: str, **corrections: Any) -> None:
    """Have the page forecast these prices. If they cannot be read, the page says why, and keeps the file to be corrected."""
    try:
        read(data, name, Corrections(**corrections), min(LIMIT_MB, st.get_option("server.maxUploadSize")))
    except Trouble as trouble:
        known = (trouble.headers, trouble.tickers) if isinstance(trouble, NoPrices) else ((), ())
        st.session_state[PENDING] = (data, name, corrections, trouble.message, known)
        return
    st.session_state.pop(PENDING, None)
    digest = hashlib.sha256(data).hexdigest()[:32]
    uploads.keep(digest, {"file": np.frombuffer(data, np.uint8)}, [name])
    files.take(digest)
    state.change(series="upload", upload=digest, **corrections)


def _chosen(state: State[StockSpec, Any], key: str) -> None:
    """Read what was chosen, once. That it is taken out again changes nothing: the prices in use stay."""
    file = st.session_state[key]
    if isinstance(file, UploadedFile):
        take(state, file.getvalue(), file.name)
        files.drop_copies([file])


def _fetch(state: State[StockSpec, Any], ticker: str) -> None:
    try:
        prices = yahoo(ticker)
    except Trouble as trouble:
        state.problems = [trouble.message]
        return
    take(state, as_file(prices), prices.name)


def _refused(state: State[StockSpec, Any]) -> None:
    """A file that could not be read: the reason, and what may be said of it so that it can."""
    pending = st.session_state.get(PENDING)
    if pending is None:
        return
    data, name, corrections, why, (headers, tickers) = pending
    st.error(f"**{plain(name)}**: {plain(say(why))}", icon=":material/block:")
    if not headers:
        return
    st.caption(_("If you know better how to read it, say so:"))

    def change(**values: Any) -> None:
        stale = {"ticker"} if "names" in values else set()
        take(state, data, name, **{**{field: value for field, value in corrections.items() if field not in stale}, **values})

    for field, options in (("date", headers), ("price", headers), ("names", (ONE, *headers))):
        choose(field, [*options], corrections.get(field, ""), change)
    if len(tickers) > 1:
        choose("ticker", [*tickers], corrections.get("ticker", ""), change)
    for field in ("date_order", "zone", "decimal", "order"):
        choose(field, list(StockSpec().control(field).choices or ())[1:], corrections.get(field, ""), change)
    st.button(_("Forget this file"), key=f"{state.name}:forget", on_click=lambda: st.session_state.pop(PENDING, None))


def choose(field: str, options: list[str], value: str, change: Any, place: str = "pending") -> None:
    """A choice of one correction; "" leaves it to the file."""
    control = StockSpec().control(field)
    words = {ONE: N_("none: it is one series")} if field == "names" else control.choices or {}
    known = ["", *[option for option in options if option]]
    known += [value] if value not in known else []
    binding = bound(f"stock_project:{place}:{field}.{language()}", value, lambda now: change(**{field: now or ""}), known)
    st.selectbox(_(control.label), known, index=known.index(binding.pop("value")), help=_(control.help),
                 format_func=lambda one: _(words[one]) if one in words else one or _("as the file suggests"), **binding)


def corrections(state: State[StockSpec, Any], headers: tuple[str, ...], tickers: tuple[str, ...]) -> None:
    """What may be corrected of the file that is in use."""
    spec = state.spec
    for field, options in (("date", headers), ("price", headers), ("names", (ONE, *headers)), ("ticker", tickers)):
        if len(options) > 1:
            choose(field, list(options), getattr(spec, field), lambda **values: state.change(**values), "used")
    draw(state, "date_order", "zone", "decimal", "order", "splits")


def found(state: State[StockSpec, Any]) -> dict[str, dict[str, np.ndarray]]:
    """The file that the page's spec needs, as the runner takes it. If this person cannot have it (any more), the page takes the default
    series and says why."""
    digest = state.spec.upload
    if digest and (problem := files.missing(digest, state.spec.control("upload").label, "file")):
        state.drop("series", problem)
    if state.spec.upload:
        files.hold(state.spec.upload)
    return uploads.arrays(state.spec.upload)


def doubtful(spec: StockSpec, report: tuple[Message, ...]) -> bool:
    """Whether corrections are to be offered at once: something is in doubt, or was corrected before."""
    return bool(report) or any(getattr(spec, name) != StockSpec.model_fields[name].default for name in READING)
