"""Price series from files as they are in the wild: real ones against pandas with knowledge of each file, and what a person may correct."""

import io

import numpy as np
import pandas as pd
import pytest

from core import i18n
from core.data.prices import COLUMNS, FREQUENCIES, Corrections, NoPrices, Prices, Split, read
from core.frame import Trouble
from core.settings import settings

STOCKS = settings.data / "stocks"


def said(prices):
    """All sentences on a series, each complete in both languages."""
    texts = [i18n.say(message) for message in prices.report]
    i18n.use("zh")
    chinese = [i18n.say(message) for message in prices.report]
    i18n.use("en")
    assert all(text and "{" not in text for text in [*texts, *chinese])
    return " ".join(texts)


def sound(prices):
    """What holds of every series."""
    n = len(prices)
    assert isinstance(prices, Prices) and n >= 20 and prices.dates.dtype in ("datetime64[D]", "datetime64[s]")
    assert (np.diff(prices.dates.astype("datetime64[s]").astype(int)) > 0).all()
    assert set(prices.columns) <= set(COLUMNS) and all(c.shape == (n,) and c.dtype == np.float64 for c in prices.columns.values())
    assert np.isfinite(prices.close).all() and prices.close.min() > 0 and prices.frequency in FREQUENCIES
    assert all(name in prices.headers for name in prices.used.values()) and (not prices.ticker or prices.ticker in prices.tickers)
    return prices


def refuse(text, *args, **changes):
    with pytest.raises(Trouble) as caught:
        read(text if isinstance(text, bytes) else text.encode(), "file", Corrections(**changes), *args)
    for language in ("zh", "en"):
        i18n.use(language)
        sentence = i18n.say(caught.value.message)
        assert sentence
    return sentence


def table(n=40, start="2019-03-04", freq="B", seed=0):
    """Dates (n,) and closing prices (n,) of two decimals."""
    dates = pd.date_range(start, periods=n, freq=freq)
    return dates, np.round(50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, n))), 2)


def lines(header, *columns, by=","):
    return "\n".join([header, *(by.join(map(str, row)) for row in zip(*columns, strict=True))]) + "\n"


# ---- real files

def by_hand(name):
    """Dates and closing prices of a file, read with pandas by someone who knows it."""
    path = STOCKS / f"{name}.csv"
    if name.startswith("investing"):
        frame = pd.read_csv(path, encoding="utf-8-sig", thousands=",", parse_dates=["日期"]).set_index("日期")["收盘"]
    elif name.startswith("nasdaq"):
        frame = pd.read_csv(path, skipinitialspace=True)
        frame = pd.Series(frame["Close/Last"].str.replace("$", "").astype(float).to_numpy(),
                          pd.to_datetime(frame["Date"], format="%m/%d/%Y"))
    elif name.startswith("plotly_tesla"):
        frame = pd.read_csv(path, skiprows=[1])
        frame = pd.Series(frame["close"].to_numpy(), pd.to_datetime(frame["date"], format="%Y/%m/%d"))
    elif name.startswith("vega"):
        frame = pd.read_csv(path)
        frame = frame[frame["symbol"] == "MSFT"]
        frame = pd.Series(frame["price"].to_numpy(), pd.to_datetime(frame["date"], format="%b %d %Y"))
    else:
        columns = {"moex_SBER_2019_2021": "CLOSE", "plotly_finance-charts-apple": "AAPL.Close", "plotly_stockdata": "MSFT"}
        frame = pd.read_csv(path)
        frame = pd.Series(frame[columns.get(name, "Close")].to_numpy(), pd.to_datetime(frame["date" if "date" in frame else "Date"]))
    return frame.sort_index()


KNOWN = {  # rows, first and last day, first and last close, as anyone can see in the file; frequency
    "investing_zhCN_shanghai_composite": (1424, "2020-01-02", "2025-11-18", 3085.20, 3939.81, "daily"),
    "moex_SBER_2019_2021": (693, "2019-01-03", "2021-09-30", 186.99, 328.5, "daily"),
    "nasdaq_GOOG_dollar_newest_first": (1259, "2015-06-08", "2020-06-05", 526.83, 1438.39, "daily"),
    "plotly_finance-charts-apple": (506, "2015-02-17", "2017-02-16", 127.830002, 135.350006, "daily"),
    "plotly_stockdata": (2306, "2007-01-03", "2016-03-01", 23.950705, 52.580002, "daily"),
    "plotly_tesla-stock-price": (756, "2015-10-15", "2018-10-15", 221.31, 259.59, "daily"),
    "vega_stocks_monthly_long": (123, "2000-01-01", "2010-03-01", 39.81, 28.8, "monthly"),
    "yahoo_AAPL_to_2012": (3175, "2000-02-01", "2012-09-12", 0.895089, 23.92107, "daily"),
    "yahoo_SPY_to_2012": (3174, "2000-02-01", "2012-09-11", 140.9375, 143.910004, "daily")}


@pytest.mark.skipif(not STOCKS.is_dir(), reason="the stock files are not in DATA_DIR")
@pytest.mark.parametrize("name", KNOWN)
def test_real_files_are_read_right(name):
    prices = sound(read((STOCKS / f"{name}.csv").read_bytes(), name))
    truth = by_hand(name)
    np.testing.assert_array_equal(prices.dates, truth.index.to_numpy("datetime64[D]"))
    np.testing.assert_array_equal(prices.close, truth.to_numpy())
    rows, first, last, start, end, frequency = KNOWN[name]
    assert (len(prices), str(prices.dates[0]), str(prices.dates[-1]), prices.close[0], prices.close[-1], prices.frequency) == KNOWN[name]
    assert f"{rows} prices from {first} to {last}, {frequency}." in said(prices)


@pytest.mark.skipif(not STOCKS.is_dir(), reason="the stock files are not in DATA_DIR")
def test_what_is_said_of_real_files():
    def report(name, **changes):
        prices = read((STOCKS / f"{name}.csv").read_bytes(), name, Corrections(**changes))
        return prices, said(sound(prices))

    prices, text = report("plotly_tesla-stock-price")
    assert "Rows without a date that can be read: 1, the first is row 2 (“11:34”)." in text and "The newest came first" in text
    prices, text = report("vega_stocks_monthly_long")
    assert prices.tickers == ("MSFT", "AMZN", "IBM", "GOOG", "AAPL") and "5 series" in text and prices.name == prices.ticker == "MSFT"
    assert report("vega_stocks_monthly_long", ticker="AAPL")[0].close[-1] == 223.02
    prices, text = report("plotly_stockdata", ticker="GSPC")
    assert prices.close[0] == 1416.599976 and prices.used == {"date": "Date", "close": "GSPC"} and not prices.doubts
    prices, text = report("nasdaq_GOOG_dollar_newest_first")
    assert "the month stands first: other rows" in text
    assert prices.columns["volume"][-1] == 1735244 and prices.columns["high"][-1] == 1445.05
    prices, text = report("investing_zhCN_shanghai_composite")
    assert prices.columns["volume"][-1] == pytest.approx(59.44e9) and "Gaps of more than 10 days: 3." in text
    prices, text = report("yahoo_SPY_to_2012", price="Adj Close")
    assert prices.close[0] == 93.857681 and not prices.splits and "adjusted" not in prices.columns
    assert report("moex_SBER_2019_2021")[1].count("Saturday") == 1


# ---- kinds of files

def test_the_article_s_file():
    dates, close = table()
    prices = sound(read(lines("Date,Close", dates.date, close).encode(), "article"))
    np.testing.assert_array_equal(prices.close, close)
    assert prices.name == "article" and prices.frequency == "daily" and prices.headers == ("Date", "Close") and not prices.doubts


def test_several_rows_of_names():
    dates, close = table()
    body = "\n".join(f"{d},{c},{2 * c},{c + 1}" for d, c in zip(dates.date, close, strict=True))
    one = "Price,Close,High,Open\nTicker,AAPL,AAPL,AAPL\nDate,,,\n" + body
    prices = sound(read(one.encode(), "x"))
    assert prices.ticker == "AAPL" and prices.used["close"] == "Close AAPL" and prices.close[0] == close[0]
    two = ",Close,Close,Open\n,AAPL,MSFT,MSFT\nDate,,,\n" + body
    prices = sound(read(two.encode(), "x", Corrections(ticker="MSFT")))
    assert prices.tickers == ("AAPL", "MSFT") and prices.close[0] == 2 * close[0] and prices.columns["open"][0] == close[0] + 1


def test_lines_above_the_names_and_below_the_prices():
    dates, close = table()
    text = "Prices of a share\nfrom a bank, in dollars\n\n" + lines("Date,Close,Note", dates.date, close, ["x"] * 40) + "Total,,\n"
    prices = sound(read(text.encode(), "x"))
    assert len(prices) == 40 and "Lines above the names of the columns: 2." in said(prices) and "(“Total”)" in said(prices)


def test_a_file_that_names_no_columns():
    dates, close = table()
    high, low = close + 1, close - 1
    prices = sound(read(lines("x", dates.date, close + 0.5, high, low, close, [1000] * 40).split("\n", 1)[1].encode(), "x"))
    np.testing.assert_array_equal(prices.close, close)
    assert set(prices.columns) == {"open", "high", "low", "close", "volume"} and "does not name its columns" in said(prices)


def test_times_and_their_zones():
    dates, close = table()
    prices = sound(read(lines("Date,Close", [f"{d} 00:00:00-05:00" for d in dates.date], close).encode(), "x"))
    assert prices.dates.dtype == "datetime64[D]" and prices.dates[0] == dates[0].to_datetime64() and "(-05:00)" in said(prices)
    prices = sound(read(lines("Date,Close", [f"{d} 16:00:00" for d in dates.strftime("%m/%d/%Y")], close).encode(), "x"))
    assert prices.dates.dtype == "datetime64[D]" and "such as 16:00, is left out" in said(prices)
    hours = pd.date_range("2024-01-01 09:00", periods=60, freq="h")
    close = np.linspace(1, 2, 60)
    text = lines("<TICKER>;<PER>;<DATE>;<TIME>;<CLOSE>", ["SBER"] * 60, [60] * 60, hours.strftime("%Y%m%d"), hours.strftime("%H%M%S"),
                 close, by=";")
    prices = sound(read(text.encode(), "x"))
    np.testing.assert_array_equal(prices.dates, hours.to_numpy("datetime64[s]"))
    assert prices.frequency == "intraday" and prices.ticker == "SBER"


@pytest.mark.parametrize("unit, name", [("s", "time"), ("ms", "Open time"), ("us", "timestamp"), ("ns", "date")])
def test_counts_of_seconds(unit, name):
    dates, close = table()
    prices = sound(read(lines(f"{name},close", dates.to_numpy(f"datetime64[{unit}]").astype(np.int64), close).encode(), "x"))
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
    assert "read as UTC" in said(prices)


@pytest.mark.parametrize("form", ["%b %d, %Y", "%d-%b-%y", "%d %B %Y", "%A, %d %B %Y", "%Y年%m月%d日", "%Y%m%d", "%y%m%d", "%Y.%m.%d",
                                  "%d.%m.%Y", "%a %b %d %Y 00:00:00 GMT+0800 (CST)"])
def test_forms_of_dates(form):
    dates, close = table()
    days = [f'"{d}"' for d in dates.strftime(form)]
    prices = sound(read(lines("日期,收盘价(元)", days, close).encode(), "x"))
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
    np.testing.assert_array_equal(prices.close, close)


@pytest.mark.parametrize("freq, form, frequency", [("W-MON", "%Y-%m-%d", "weekly"), ("MS", "%Y-%m", "monthly"), ("MS", "%b %Y", "monthly"),
                                                   ("MS", "%Y年%m月", "monthly"), ("MS", "%Y%m", "monthly"),
                                                   ("QS", "%Y-%m-%d", "quarterly"), ("YS", "%Y", "yearly"),
                                                   ("D", "%Y-%m-%d", "daily"), ("17D", "%Y-%m-%d", "irregular")])
def test_frequencies(freq, form, frequency):
    dates, close = table(freq=freq, start="1990-01-01")
    prices = sound(read(lines("date,price", dates.strftime(form), close).encode(), "x"))
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
    assert prices.frequency == frequency and ("Saturdays" in said(prices)) == (freq == "D")


# ---- what is open, and corrected

def test_day_or_month_first_is_told_by_whatever_tells_it():
    dates, close = table(200)
    for order, form in (("day", "%d/%m/%Y"), ("month", "%m/%d/%Y"), ("day", "%d/%m/%y"), ("year", "%y/%m/%d")):
        prices = sound(read(lines("date,close", dates.strftime(form), close).encode(), "x"))
        np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
        assert f"the {order} stands first" in said(prices) and not prices.doubts
    months = pd.date_range("2010-01-01", periods=60, freq="MS")
    prices = sound(read(lines("date,close", months.strftime("%d/%m/%Y"), table(60)[1]).encode(), "x"))
    np.testing.assert_array_equal(prices.dates, months.to_numpy("datetime64[D]"))
    assert "even steps" in said(prices)
    early = dates[(dates.day <= 12)][:40]  # weekdays of which no day is beyond 12
    prices = sound(read(lines("date,close", early.strftime("%d/%m/%Y"), close[:40]).encode(), "x"))
    np.testing.assert_array_equal(prices.dates, early.to_numpy("datetime64[D]"))


def test_an_order_that_nothing_tells_is_assumed_aloud_and_can_be_corrected():
    text = lines("date,close", [f"05/09/{year}" for year in range(1990, 2012)], table(22)[1]).encode()  # 9 May and 5 September: one weekday
    prices = sound(read(text, "x"))
    assert [i18n.say(m) for m in prices.doubts] == ["“05/09/2011” is read as 2011-05-09, with the month first. Nothing in the file tells; "
                                                    "with the day first it would be 2011-09-05."]
    first = {order: sound(read(text, "x", Corrections(date_order=order))) for order in ("day", "month")}
    assert str(first["day"].dates[0]) == "1990-09-05" and str(first["month"].dates[0]) == "1990-05-09"
    assert not first["day"].doubts and not first["month"].doubts
    np.testing.assert_array_equal(prices.dates, first["month"].dates)
    pointed = sound(read(text.replace(b"/", b"."), "x"))
    np.testing.assert_array_equal(pointed.dates, first["day"].dates)
    assert not pointed.doubts


def test_a_mark_that_may_part_thousands_or_decimals():
    dates, _close = table()
    cells = [f'"{n:,}"' for n in range(1200, 1240)]
    prices = sound(read(lines("date,close", dates.date, cells).encode(), "x"))
    assert prices.close[0] == 1200 and any("it might be 1.2 as well" in i18n.say(m) for m in prices.doubts)
    prices = sound(read(lines("date;close", dates.date, [f"{n:,}" for n in range(1200, 1240)], by=";").encode(), "x"))
    assert prices.close[0] == 1.2 and len(prices.doubts) == 1
    prices = sound(read(lines("date;close", dates.date, [f"{n:,}" for n in range(980, 1020)], by=";").encode(), "x"))
    assert prices.close[0] == 980 and prices.close[-1] == 1019 and not prices.doubts  # or it would jump a thousandfold
    prices = sound(read(lines("date;close", dates.date, [f"{n:,}" for n in range(1200, 1240)], by=";").encode(), "x",
                        Corrections(decimal="point")))
    assert prices.close[0] == 1200 and not prices.doubts


def test_columns_are_chosen_by_hand():
    dates, close = table()
    later = [f"{d}" for d in dates.date + pd.Timedelta(days=2)]
    text = lines("traded,settled,open,high,low", dates.date, later, close, close + 1, close - 1)
    with pytest.raises(NoPrices, match="closing price") as caught:
        read(text.encode(), "x")
    assert caught.value.headers == ("traded", "settled", "open", "high", "low")
    prices = sound(read(text.encode(), "x", Corrections(price="high", date="settled")))
    assert prices.close[0] == close[0] + 1 and str(prices.dates[0]) == "2019-03-06" and set(prices.columns) == {"close", "open", "low"}
    assert "no column “height”. The columns are: traded, settled" in refuse(text, price="height")
    assert "“traded” holds the dates" in refuse(text, price="traded")
    assert "“high” holds no dates: it has" in refuse(text, date="high")
    assert "one series in the file; “X”" in refuse(lines("date,close", dates.date, close), ticker="X")
    assert "It has: A, B." in refuse(lines("date,A,B", dates.date, close, close), ticker="X")
    for field in ("date_order", "decimal", "order"):
        with pytest.raises(Trouble, match="no such correction"):
            Corrections(**{field: "sideways"})


# ---- what is left out, and what looks wrong

def test_order_and_days_that_appear_twice():
    dates, close = table()
    rows = [f"{d},{c}" for d, c in zip(dates.date, close, strict=True)]
    twice = [*rows[:10], f"{dates[9].date()},1.5", *rows[10:]]
    prices = sound(read("\n".join(["Date,Close", *twice]).encode(), "x"))
    assert len(prices) == 40 and prices.close[9] == 1.5
    assert "a moment that appears again: 1, the first of 2019-03-15. The last of each is kept." in said(prices)
    prices = sound(read("\n".join(["Date,Close", *twice[::-1]]).encode(), "x"))  # newest first: the upper row is the later one
    assert prices.close[9] == 1.5 and "turned round" in said(prices)
    prices = sound(read("\n".join(["Date,Close", *twice[::-1]]).encode(), "x", Corrections(order="oldest")))
    assert prices.close[9] == close[9]
    np.random.default_rng(0).shuffle(rows)
    prices = sound(read("\n".join(["Date,Close", *rows]).encode(), "x"))
    np.testing.assert_array_equal(prices.close, close)
    assert "in no order of time" in said(prices)
    assert "a column has to say which" in refuse("\n".join(["Date,Close", *(f"{d},{c}" for d in dates.date for c in (1, 2, 3))]))


@pytest.mark.parametrize("cell, sentence", [("", "without a price: 1"), ("n/a", "without a price: 1, the first is row 6."),
                                            ("closed", "cannot be read: 1, the first is row 6 (“closed”)"),
                                            ("0", "not above zero: 1"), ("-37.63", "is row 6 (“-37.63”)"),
                                            ("inf", "infinite or above 10¹²: 1"), ("1e300", "(“1e300”)"), ("-∞", "infinite"),
                                            ("5%", "(“5%”)")])
def test_rows_without_a_price_are_left_out_and_said(cell, sentence):
    dates, close = table()
    cells = [*map(str, close[:4]), cell, *map(str, close[5:])]
    prices = sound(read(lines("Date,Close", dates.date, cells).encode(), "x"))
    np.testing.assert_array_equal(prices.close, np.delete(close, 4))
    assert sentence in said(prices)


def test_rows_longer_and_shorter_than_the_header():
    dates, close = table()
    rows = [f"{d},{c},1" for d, c in zip(dates.date, close, strict=True)]
    rows[3] += ",7"
    rows[5] = rows[5][:-2]
    rows[7] += ",,"
    prices = sound(read("\n".join(["Date,Close,Volume", *rows]).encode(), "x"))
    np.testing.assert_array_equal(prices.close, np.delete(close, 3))
    assert np.isnan(prices.columns["volume"][4]) and "more cells than there are columns: 1, the first is row 5." in said(prices)


def test_gaps_and_weekends():
    dates, close = table(60)
    keep = (np.arange(60) < 20) | (np.arange(60) >= 30)
    prices = sound(read(lines("Date,Close", dates.date[keep], close[keep]).encode(), "x"))
    assert "Gaps of more than 10 days: 1. The longest goes from 2019-03-29 to 2019-04-15." in said(prices)
    moved = [*dates[:4].date, "2019-03-09", *dates[5:].date]
    assert "Prices on a Saturday or a Sunday: 1, the first on 2019-03-09. They are kept." in said(sound(read(
        lines("Date,Close", moved, close).encode(), "x")))


@pytest.mark.parametrize("new, old", [(2, 1), (3, 1), (7, 1), (1, 10), (20, 1)])
@pytest.mark.parametrize("beside", ["", "open", "adjusted"])
def test_splits_are_named_and_can_be_undone(new, old, beside):
    dates, smooth = table(120, seed=3)
    smooth = smooth * 100
    close = smooth.copy()
    close[:70] *= new / old
    columns = {"": [], "open": [np.round(close * 1.004, 2)], "adjusted": [smooth * np.linspace(0.9, 1, 120)]}[beside]
    header = ",".join(["Date,Close", *({"open": "Open", "adjusted": "Adj Close"}[beside] for _ in columns)])
    text = lines(header, dates.date, close, *columns).encode()
    prices = sound(read(text, "x"))
    np.testing.assert_array_equal(prices.close, close)
    assert prices.splits == (Split(dates[70].to_numpy().astype("datetime64[D]"), new, old),)
    assert any(f"looks like a split {new}:{old}" in i18n.say(m) for m in prices.doubts)
    undone = sound(read(text, "x", Corrections(splits=True)))
    np.testing.assert_allclose(undone.close, smooth, rtol=1e-12)
    assert f"The split {new}:{old} of {dates[70].date()} is undone" in said(undone) and not undone.doubts


def test_a_crash_is_no_split_where_adjusted_prices_fall_too():
    dates, close = table(60, seed=4)
    close[30:] /= 2
    assert read(lines("Date,Close", dates.date, close).encode(), "x").splits
    assert not read(lines("Date,Close,Adj Close", dates.date, close, close * 0.97).encode(), "x").splits
    close[30:] *= 0.85  # no plain ratio
    assert not read(lines("Date,Close", dates.date, close).encode(), "x").splits


def test_prices_beyond_the_day_s_lowest_and_highest():
    dates, close = table()
    high = close + np.where(np.arange(40) < 3, -1, 1)
    prices = sound(read(lines("Date,Close,High,Low", dates.date, close, high, close - 2).encode(), "x"))
    assert any("between the lowest and the highest of the day: 3" in i18n.say(m) for m in prices.doubts)


def test_what_pandas_writes_comes_back():
    dates, close = table()
    frame = pd.DataFrame({"Close": close, "Volume": 7}, index=pd.Index(dates.tz_localize("America/New_York"), name="Date"))
    buffer = io.StringIO()
    frame.to_csv(buffer)
    prices = sound(read(buffer.getvalue().encode(), "x"))
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))


@pytest.mark.parametrize(("header", "row", "said_"), [
    ("Date,Return,Trades", "{r:.5f},{n}", "No column is named as a closing price; “Trades”, such as 300, is taken for it."),
    ("Date,tmin,tmax", "{m:.2f},{c:.2f}", "No column is named as a closing price; “tmax”"),
    ("Date,Close,Close", "{c:.2f},{d:.2f}", "Columns 2 (“Close”, such as 100.00) and 3 (“Close"),
    ("Date,Price,Close", "{c:.2f},{d:.2f}", "are both named as a closing price"),
    ("Date,Close,Close", "{c:.2f},{c:.2f}", ""), ("Date,Value", "{c:.2f}", ""), ("Date,Close,Return", "{c:.2f},{r:.5f}", "")])
def test_a_price_that_is_only_likely_is_a_doubt(header, row, said_):
    days = pd.bdate_range("2019-01-01", periods=120)
    rows = [f"{day:%Y-%m-%d}," + row.format(r=(-1) ** i * 0.01, n=300 + i * i, c=100 + i % 7, d=50 + i % 7, m=-5.5 + i % 3)
            for i, day in enumerate(days)]
    prices = sound(read("\n".join([header, *rows]).encode(), "x"))
    doubts = " ".join(i18n.say(message) for message in prices.doubts)
    assert said_ in doubts if said_ else not doubts
