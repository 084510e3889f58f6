"""The series of the page and its windows, as far as there are any."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from core.data import stock, uploads
from core.data.prices import Prices
from core.frame import Message, Trouble
from core.insight.forecasts import judge
from core.maths.forecasting.outcome import Outcome
from core.maths.forecasting.parts import Prepared
from core.specs.stock import StockSpec
from core.ui import parts
from core.ui.tools import Bench

UNITS = {"daily": "day", "weekly": "week", "monthly": "month"}


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


def asked(bench: Bench, spec: StockSpec, part: str) -> parts.Arrays | Message:
    """The forecast of the run of a spec on one part, asked once; or why there is none."""
    return parts.asked(bench, spec.key, "forecast", {"part": part})


def verdict_of(spec: StockSpec, prices: Prices, found: Outcome, tried: int) -> Any:
    """What follows from it; see `core.insight.forecasts.judge`."""
    return judge(found, tried=tried, leak=spec.leak, unit=UNITS.get(prices.frequency, ""))
