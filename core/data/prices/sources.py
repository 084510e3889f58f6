"""Prices that need no file: six series that come with plotly, and Yahoo's, through a package that may be there."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from core.data.prices.reading import read
from core.data.prices.series import Prices, refused, short
from core.frame import Message
from core.i18n import N_

BUILT_IN = {"GOOG": "Google", "AAPL": "Apple", "AMZN": "Amazon", "FB": "Facebook", "NFLX": "Netflix", "MSFT": "Microsoft"}
PERIODS = ("1y", "2y", "5y", "10y", "max")
INTERVALS = ("1d", "1wk", "1mo")
TICKER = re.compile(r"[A-Za-z0-9^][A-Za-z0-9.\-=^]{0,14}", re.ASCII)
PATIENCE_S = 10.0


def built_in(name: str) -> Prices:
    """One of `BUILT_IN`: 105 weekly closing prices of 2018 and 2019, divided by the first, from `plotly.data.stocks()`. KeyError for
    another name."""
    from plotly.data import stocks

    title, table = BUILT_IN[name], stocks()
    dates = table["date"].to_numpy("datetime64[D]")
    said = Message(N_("{what}: weekly closing prices of 2018 and 2019, divided by the first. They come with plotly."), {"what": title})
    return Prices(name, dates, {"close": table[name].to_numpy(np.float64)}, "weekly", (said,), tickers=tuple(BUILT_IN), ticker=name)


def yahoo(ticker: str, period: str = "5y", interval: str = "1d") -> Prices:
    """Fetch prices from Yahoo with the package yfinance, if it is installed. period: one of `PERIODS`; interval: of `INTERVALS`.

    Trouble with a sentence for a ticker that cannot be one, without the package or a network, or where Yahoo refuses or knows none. It
    waits for the network for some ten seconds at most per question.
    """
    ticker = ticker.strip()
    if not TICKER.fullmatch(ticker):
        raise refused(N_("“{text}” is no ticker. Yahoo’s are such as AAPL, ^GSPC, 600519.SS or BTC-USD."), text=ticker[:20])
    try:
        import yfinance
    except ImportError:
        raise refused(N_("Prices from Yahoo need the package yfinance, which is not installed here (pip install yfinance). A series that "
                         "is built in, or a CSV file of your own, needs nothing.")) from None
    try:
        table = yfinance.Ticker(ticker).history(period=period, interval=interval, auto_adjust=False, actions=False, timeout=PATIENCE_S,
                                                raise_errors=True)
    except Exception as problem:  # a stranger's package, with errors of its own and those of whatever it fetches with
        raise _explained(problem, ticker) from None
    if not len(table):
        raise _explained(None, ticker)
    return read(table.to_csv().encode(), ticker.upper())


def _explained(problem: Any, ticker: str) -> Exception:
    """Say in plain words why Yahoo gave nothing. The kinds are told by their names: those of yfinance have changed with its versions."""
    kinds = {kind.__name__ for kind in type(problem).__mro__}
    if {"YFRateLimitError"} & kinds:
        return refused(N_("Yahoo refuses for now: too many have asked from this network. Try again later, or take a series that is "
                         "built in."))
    if problem is None or {"YFPricesMissingError", "YFTzMissingError", "YFTickerMissingError", "YFInvalidPeriodError"} & kinds:
        return refused(N_("Yahoo has no prices for “{ticker}”. Is it spelled as there, such as AAPL, ^GSPC, 600519.SS or BTC-USD?"),
                       ticker=ticker)
    return refused(N_("“{ticker}” could not be fetched from Yahoo: {text}. Without a network, take a series that is built in, or a CSV "
                      "file of your own."), ticker=ticker, text=short(f"{type(problem).__name__}: {problem}", 100))
