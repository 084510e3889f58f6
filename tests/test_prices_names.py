"""Several series one below the other: the column that names them is found by what it does, whatever its header; and can be chosen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from core.data.prices import ONE, Corrections, NoPrices, read
from core.data.prices.naming import names
from core.specs.stock import StockSpec
from tests.test_prices import lines, refuse, said, sound, table

HEADERS = ["fund", "coin", "security", "etf", "pair", "permno", "index", "Currency", "Aktie", "Wertpapier", "Symbol Name", "基金代码",
           "基金名称", "指数代码", "指数名称", "品种", "币种", "Coin", "Token", "Fonds", "valor", "", "Série", "Market"]
KINDS = {"words": ("BTC", "ETH", "纳指"), "codes": ("000001", "110022", "510300"), "numbers": ("10107", "14593", "93436"),
         "long": tuple(f"World Equity Index Fund for Retirement class {letter}" for letter in "ABC")}


def walk(seed, n, start, level):
    dates, close = table(n, start, seed=seed)
    return dates, np.round(close * level / 50, 2)


def stacked(series, header, how, place, newest=False, extra=False):
    """Series, name → (dates, closes), in one long file: blocks, or sorted by day; the names' column before or behind the price."""
    rows = [(date, name, price) for name, (dates, close) in series.items() for date, price in zip(dates.date, close, strict=True)]
    rows = sorted(rows, key=lambda row: row[0]) if how == "by day" else rows
    rows = rows[::-1] if newest else rows
    cells = [["Date", header, "Close"], *([str(d), str(n), str(p)] for d, n, p in rows)]
    cells = [[*row, *(["Note"] if i == 0 else ["ok"])] if extra else row for i, row in enumerate(cells)]
    order = {"before": [0, 1, 2], "behind": [0, 2, 1], "first": [1, 0, 2]}[place] + [3] * extra
    return "\n".join(",".join(row[i] for i in order) for row in cells).encode() + b"\n"


def same(prices, dates, close):
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
    np.testing.assert_array_equal(prices.close, close)


STACKS = (st.sampled_from(HEADERS), st.sampled_from(sorted(KINDS)), st.sampled_from(["blocks", "by day"]),
          st.sampled_from(["before", "behind", "first"]), st.booleans(), st.booleans(), st.integers(2, 3), st.integers(40, 200),
          st.floats(0.1, 1.0), st.integers(0, 999))


@given(*STACKS)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_names_are_found_whatever_their_header(header, kind, how, place, newest, extra, count, n, overlap, seed):
    calendar = pd.bdate_range("2015-01-01", periods=n * 3)
    starts = [calendar[int(i * n * (1 - overlap) * 0.9)] for i in range(count)]
    series = {name: walk(seed + i, n, starts[i], 50 * 1.3**i) for i, name in enumerate(KINDS[kind][:count])}
    data = stacked(series, header, how, place, newest, extra)
    found = sound(read(data, "x"))
    assert len(found.tickers) == count and len(set(found.tickers)) == count and "series in the file" in said(found)
    assert len(found.doubts) == 1 and f"“{found.ticker}”, is read; another can be picked" in i18n.say(found.doubts[0])
    told = names(list(series))
    for name, (dates, close) in zip(told, series.values(), strict=True):
        one = sound(read(data, "x", Corrections(ticker=name)))
        same(one, dates, close)
        assert one.ticker == name and not one.doubts and "names the series" in said(one)


@pytest.mark.slow
@given(*STACKS)
@settings(max_examples=200, deadline=None, database=None)
def test_two_hundred_more_stacks(header, kind, how, place, newest, extra, count, n, overlap, seed):
    test_the_names_are_found_whatever_their_header.hypothesis.inner_test(header, kind, how, place, newest, extra, count, n, overlap, seed)


@pytest.mark.parametrize("header", HEADERS)
def test_two_coins_years_apart(header):
    """800 days near 5,000 from 2015, and 800 near 50 from 2016: one series of each, not one of both."""
    series = {"BTC": walk(1, 800, "2015-01-01", 5000), "ETH": walk(2, 800, "2016-01-01", 50)}
    prices = sound(read(stacked(series, header, "blocks", "before"), "x"))
    assert prices.tickers == ("BTC", "ETH")
    same(prices, *series["BTC"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_any_header(kind):
    one, other = names(list(KINDS[kind][:2]))
    series = {KINDS[kind][0]: walk(1, 300, "2015-01-01", 5000), KINDS[kind][1]: walk(2, 300, "2015-06-01", 50)}
    for place in ("before", "behind", "first"):
        data = stacked(series, "Coin", "blocks", place).split(b"\n", 1)[1]
        for name, truth in zip((one, other), series.values(), strict=True):
            same(sound(read(data, "x", Corrections(ticker=name))), *truth)
        assert read(data, "x").ticker == one


@pytest.mark.parametrize("kind", ["words", "codes"])
@pytest.mark.parametrize("header", ["Fonds", "品种", "Note"])
def test_funds_without_a_common_day_are_told_apart_by_their_prices(kind, header):
    series = {KINDS[kind][0]: walk(1, 200, "2015-01-01", 70), KINDS[kind][1]: walk(2, 200, "2017-01-02", 10)}
    data = stacked(series, header, "blocks", "before")
    prices = sound(read(data, "x"))
    same(prices, *series[KINDS[kind][0]])
    assert not prices.splits and prices.tickers == KINDS[kind][:2]
    odd, even = (walk(i, 200, "2015-01-01", level) for i, level in ((1, 50), (2, 60)))  # days of the one are none of the other
    series = {"A": (odd[0][::2], odd[1][::2]), "B": (even[0][1::2], even[1][1::2])}
    same(sound(read(stacked(series, header, "by day", "before"), "x", Corrections(ticker="B"))), *series["B"])


def test_what_may_name_series_is_said_and_can_be_chosen():
    """Two funds without a common day, the second begins where the first ended: nobody can tell."""
    first, second = walk(1, 200, "2015-01-01", 50), walk(2, 200, "2017-01-02", 50)
    second = second[0], np.round(second[1] * first[1][-1] / second[1][0], 2)
    data = stacked({"Alpha": first, "Beta": second}, "Fonds", "blocks", "before")
    prices = sound(read(data, "x"))
    assert len(prices) == 400 and not prices.tickers and len(prices.doubts) == 1
    assert "Column “Fonds” has 2 values (Alpha, Beta), each for a stretch of its own." in i18n.say(prices.doubts[0])
    said(prices)
    same(read(data, "x", Corrections(names="Fonds", ticker="Beta")), *second)
    same(read(data, "x", Corrections(names="Fonds")), *first)
    assert not read(data, "x", Corrections(names=ONE)).doubts and len(read(data, "x", Corrections(names=ONE))) == 400


@pytest.mark.parametrize("label", [
    lambda d, c: d.strftime("%Y"), lambda d, c: [f"FY{t.year}" for t in d], lambda d, c: d.strftime("%A"), lambda d, c: d.strftime("%b"),
    lambda d, c: [f"Q{t.quarter}" for t in d], lambda d, c: ["up" if x > 0 else "down" for x in np.diff(c, prepend=c[0])],
    lambda d, c: np.where(np.abs(np.diff(np.log(c), prepend=np.log(c[0]))) > 0.015, "wild", "calm"), lambda d, c: ["USD"] * len(d),
    lambda d, c: ["earnings" if i % 63 == 5 else "" for i in range(len(d))], lambda d, c: [10**6] * 300 + [2 * 10**6] * 300,
    lambda d, c: [0.25] * 300 + [0.5] * 300, lambda d, c: [i // 20 % 2 for i in range(len(d))],
    lambda d, c: [i // 60 for i in range(len(d))]])
@pytest.mark.parametrize("name", ["Label", "品种"])
def test_other_labels_of_one_series_are_no_names(label, name):
    dates, close = table(600, "2016-01-04", seed=5)
    prices = sound(read(lines(f"Date,{name},Close", dates.date, label(dates, close), close).encode(), "x"))
    same(prices, dates, close)
    assert not prices.tickers and not prices.doubts, [i18n.say(m) for m in prices.doubts]


def test_a_header_that_names_something_else_gives_way():
    series = {"BTC": walk(1, 200, "2015-01-01", 5000), "ETH": walk(2, 200, "2015-01-01", 50)}
    data = stacked(series, "Coin", "blocks", "before").decode().split("\n")
    text = "\n".join([f"{row},{name}" for row, name in zip(data, ["Company", *["Acme"] * 400], strict=False)])
    prices = sound(read(text.encode(), "x"))
    assert prices.tickers == ("BTC", "ETH")
    same(prices, *series["BTC"])
    same(read(text.encode(), "x", Corrections(names="Coin", ticker="ETH")), *series["ETH"])


def test_a_column_of_names_chosen_by_hand():
    dates, close = table(60)
    half = ["A"] * 30 + ["B"] * 30
    text = lines("Date,Kind,Close", dates.date, half, close)
    prices = sound(read(text.encode(), "x", Corrections(names="Kind", ticker="B")))
    same(prices, dates[30:], close[30:])
    assert "no column “Knid”" in refuse(text, names="Knid") and "“Date” holds the dates; the names" in refuse(text, names="Date")
    assert "60 different values in 60 rows" in refuse(lines("Date,Id,Close", dates.date, [f"x{i}" for i in range(60)], close), names="Id")
    gone = ["", *half[1:]]
    prices = read(lines("Date,Kind,Close", dates.date, gone, close).encode(), "x", Corrections(names="Kind"))
    assert len(prices) == 29 and "without a name of their series: 1, the first is row 2." in said(prices)
    with pytest.raises(NoPrices, match="named as a closing price"):  # not one of the columns as a series, beside the names
        read(lines("Date,Kind,worth,cap", dates.date, half, close, close * 9).encode(), "x", Corrections(names="Kind"))


def test_what_series_are_called():
    long = "World Equity Index Fund for Retirement and Children, class "
    told = names([long + "A", "'600519", long + "B", long + "A", "BTC"])
    assert told == ["World Equity Index …nd Children, class A", "600519", "World Equity Index …nd Children, class B", told[0], "BTC"]
    assert len(set(names([long + middle + long for middle in "ABA"]))) == 2 and max(map(len, names([long + long]))) <= 40


def test_another_column_of_names_has_names_of_its_own():
    spec = StockSpec(series="upload", upload="a" * 32, ticker="BTC")
    assert spec.revised(names="Coin").ticker == "" and spec.revised(names="Coin", ticker="ETH").ticker == "ETH"
    assert spec.revised(decimal="comma").ticker == "BTC" and spec.revised(names="Coin").names == "Coin"


def test_days_with_two_prices_are_in_doubt():
    dates, close = table(60)
    rows = [f"{d},{c}" for d, c in zip(dates.date, close, strict=True)]
    prices = sound(read("\n".join(["Date,Close", *rows[:20], *rows[15:]]).encode(), "x"))  # the same again is a slip
    assert not prices.doubts and "appears again: 5" in said(prices)
    other = [f"{d},{c}" for d, c in zip(dates.date[15:20], close[15:20] * 2, strict=True)]
    prices = sound(read("\n".join(["Date,Close", *rows, *other]).encode(), "x"))
    assert [i18n.say(m) for m in prices.doubts][0].startswith(
        f"Moments with different prices: 5, the first is {dates[15].date()} with {close[15]:.12g} and {close[15] * 2:.12g}.")
    said(prices)
