"""The series of the page and its windows, as far as there are any."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import streamlit as st

from core.data import stock, uploads
from core.data.prices import Prices
from core.frame import Message, Trouble
from core.insight.forecasts import judge
from core.maths.forecasting.outcome import Outcome
from core.maths.forecasting.parts import Prepared
from core.runs.questions import AskError
from core.runs.runner import get_runner
from core.specs.stock import StockSpec
from core.ui.tools import Bench

UNITS = {"daily": "day", "weekly": "week", "monthly": "month"}
KEPT = 24  # answers of a session
Arrays = dict[str, Any]


def prices_of(spec: StockSpec) -> Prices:
    """The series of a spec; Trouble if there is none."""
    own = ("series", "upload", *(("seed", "points") if spec.generated else ()), *(spec.reading if spec.upload else ()))
    return _prices(StockSpec(**{name: getattr(spec, name) for name in own}))


@lru_cache(maxsize=8)
def _prices(spec: StockSpec) -> Prices:
    upload = uploads.find(spec.upload) if spec.upload else None
    return stock.prices_of(spec, uploads.arrays(spec.upload), upload.classes[0] if upload else "")


def prepared_of(spec: StockSpec) -> tuple[Prices, Prepared] | Message:
    """The series and its windows, or why there are none."""
    try:
        prices = prices_of(spec)
        return prices, stock.prepared_of(spec, prices)
    except Trouble as trouble:
        return trouble.message


def asked(bench: Bench, spec: StockSpec, part: str) -> Arrays | Message:
    """The forecast of the run of a spec on one part, asked once; or why there is none."""
    known: dict[Any, Arrays] = st.session_state.setdefault(bench.key("asked"), {})
    what = (spec.key, part)
    if what not in known:
        try:
            found = dict(get_runner().ask(spec.key, "forecast", arguments={"part": part}))
        except AskError as problem:
            return problem.message
        known[what] = found
        while len(known) > KEPT:
            known.pop(next(iter(known)))
    return known[what]


def verdict_of(spec: StockSpec, prices: Prices, found: Outcome, tried: int) -> Any:
    """What follows from it; see `core.insight.forecasts.judge`."""
    return judge(found, tried=tried, leak=spec.leak, unit=UNITS.get(prices.frequency, ""))
