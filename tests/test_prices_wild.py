"""One series, written in every way the world writes them, comes back the same; what is no series is refused in a sentence."""

import gzip
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import i18n
from core.data import text
from core.data.prices import Corrections, read, reading
from core.data.prices.numbers import marks, number
from core.frame import Trouble
from tests.test_prices import lines, refuse, said, sound, table

HEADERS = [("Date", "Close", "Open", "Volume"), ("日期", "收盘价", "开盘价", "成交量"), ("Datum", "Schluss", "Eröffnung", "Umsatz"),
           ("trade_date", "close", "open", "vol"), ("<DATE>", "<CLOSE>", "<OPEN>", "<VOL>"),
           ("Time", "AAPL.Close", "AAPL.Open", "AAPL.Volume")]
GROUPS = {"": "", ",": ",", ".": ".", "space": " ", "narrow": "\u202f", "apostrophe": "'", "quote": "’"}
FORMS = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%y", "%Y年%m月%d日", "%b %d, %Y", "%d-%b-%Y", "%Y%m%d",
         "%Y-%m-%dT%H:%M:%S+08:00", "%Y-%m-%d %H:%M", "epoch", "epoch ms"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "cp1252"]


def written(value, decimal, group, money, places=2):
    """A number as it stands in a cell."""
    plain = f"{value:,.{places}f}".replace(",", "G").replace(".", decimal).replace("G", group)
    return {"": plain, "$": f"${plain}", " €": f"{plain} €", "¥": f"¥{plain}", "CNY ": f"CNY {plain}", "元": f"{plain}元"}[money]


def volume(value, unit):
    """A count as it stands in a cell: in units of ten thousand, of a million, or plain."""
    return {"": f"{value}", "万": f"{value / 1e4:.4f}万", "M": f"{value / 1e6:.6f}M"}[unit]


@st.composite
def styles(draw):
    decimal = draw(st.sampled_from([".", ","]))
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    encoding = draw(st.sampled_from(ENCODINGS))
    group = draw(st.sampled_from([g for g in GROUPS.values() if g != decimal]))
    header, form = draw(st.sampled_from(HEADERS)), draw(st.sampled_from(FORMS))
    money = draw(st.sampled_from(["", "$", " €", "¥", "CNY ", "元"]))
    unit = draw(st.sampled_from(["", "万", "M"]))
    letters = "".join([*header, group, form, money, unit])
    if encoding == "gb18030" and "日" not in letters:
        encoding = "utf-8"  # nobody writes a file without Chinese letters so
    try:
        letters.encode(encoding)
    except UnicodeEncodeError:
        encoding = "utf-8"
    return {"decimal": decimal, "separator": separator, "encoding": encoding, "group": group, "header": header, "form": form,
            "money": money, "unit": unit if decimal == "." else "", "newest": draw(st.booleans()), "quoted": draw(st.booleans()),
            "ends": draw(st.sampled_from(["\n", "\r\n"])),
            "size": draw(st.sampled_from([3.0, 60.0, 3000.0, 2e6])), "n": draw(st.integers(40, 90)), "seed": draw(st.integers(0, 999))}


def file(style):
    """A true series in a style: bytes, dates, closing and opening prices, volume."""
    rng = np.random.default_rng(style["seed"])
    dates = pd.bdate_range("2019-01-02", periods=style["n"])
    close = np.round(style["size"] * np.exp(np.cumsum(rng.normal(0, 0.01, style["n"]))), 2)
    opened, count = np.round(close * rng.uniform(0.99, 1.01, style["n"]), 2), rng.integers(10**5, 10**7, style["n"])
    if style["form"].startswith("epoch"):
        days = [str(t) for t in dates.to_numpy("datetime64[ms]" if "ms" in style["form"] else "datetime64[s]").astype(np.int64)]
    else:
        days = list(dates.strftime(style["form"]))
    price = lambda v: written(v, style["decimal"], style["group"], style["money"])  # noqa: E731
    rows = [[day, price(c), price(o), volume(v, style["unit"])] for day, c, o, v in zip(days, close, opened, count, strict=True)]
    rows = [list(style["header"]), *(rows[::-1] if style["newest"] else rows)]
    quote = lambda cell: f'"{cell}"' if style["quoted"] or style["separator"] in cell else cell  # noqa: E731
    body = style["ends"].join(style["separator"].join(map(quote, row)) for row in rows) + style["ends"]
    return body.encode(style["encoding"]), dates.to_numpy("datetime64[D]"), close, opened, count


@given(styles())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_series_comes_back_the_same_however_it_is_written(style):
    data, dates, close, opened, count = file(style)
    prices = sound(read(data, "x"))
    np.testing.assert_array_equal(prices.dates, dates)
    np.testing.assert_array_equal(prices.close, close)
    np.testing.assert_array_equal(prices.columns["open"], opened)
    np.testing.assert_allclose(prices.columns["volume"], count, rtol=1e-9)
    assert ("turned round" in said(prices)) == style["newest"] and not prices.dropped
    assert not prices.doubts, (style, prices.doubts)


@given(styles(), st.data())
@settings(max_examples=30, deadline=None, derandomize=True)
def test_repeated_empty_and_odd_rows_change_nothing_else(style, data):
    body, dates, close, _opened, _count = file(style)
    rows = body.decode(style["encoding"]).split(style["ends"])
    again = data.draw(st.integers(1, len(rows) - 2))
    rows.insert(again, rows[again])
    rows.insert(data.draw(st.integers(1, len(rows) - 1)), "")
    rows.append("***" + style["separator"])
    prices = sound(read(style["ends"].join(rows).encode(style["encoding"]), "x"))
    np.testing.assert_array_equal(prices.dates, dates)
    np.testing.assert_array_equal(prices.close, close)
    assert len(prices.dropped) == 2, prices.dropped


# ---- cells

@pytest.mark.parametrize("cell, decimal, value", [
    ("1,234.50", "point", 1234.5), ("1.234,50", "comma", 1234.5), ("$1,438.39", "point", 1438.39), ("1 234,5", "comma", 1234.5),
    ("1\u00a0234\u00a0567,5", "comma", 1234567.5), ("12.3万", "point", 123000), ("59.44B", "point", 59.44e9), ("1.2亿", "point", 1.2e8),
    ("3.5K", "point", 3500), ("(3.20)", "point", -3.2), ("−4.5", "point", -4.5), ("￥１２．５", "point", 12.5),
    ("1'234.5", "point", 1234.5),
    ("12,34,567.00", "point", 1234567), ("1.5e3", "point", 1500), (".5", "point", 0.5), ("12 €", "comma", 12), ("27.35元", "point", 27.35),
    ("1,2", "point", np.nan), ("1.2.3", "point", np.nan), ("12 34", "point", np.nan), ("5%", "point", np.nan), ("12 kg", "point", np.nan),
    ("1_000", "point", np.nan), ("", "point", np.nan), ("Infinity", "point", np.inf), ("-inf", "point", -np.inf), ("²", "point", np.nan)])
def test_numbers(cell, decimal, value):
    np.testing.assert_allclose(number(cell, decimal), value, rtol=1e-15)


@pytest.mark.parametrize("cells, found", [
    (["1,234.5", "7"], ("point", "")), (["1.234,5"], ("comma", "")), (["0,125"], ("comma", "")), (["1,234"], ("", "1,234")),
    (["12"], ("", "")),
    (["1.234"], ("", "1.234")), (["1234,567"], ("comma", "")), (["1,234,567"], ("point", "")), (["1,5", "1.25", "2,5"], ("comma", ""))])
def test_what_numbers_tell_of_their_marks(cells, found):
    assert marks(cells) == found


def test_letters_of_every_kind():
    for word, how in (("收盘", "gb18030"), ("Schlußkurs", "cp1252"), ("Close", "utf-16-be"), ("Close", "utf-16"), ("收盘", "utf-8")):
        content = lines(f"Date,{word}", *table()).encode(how)
        assert text.decoded(content, "cp1252")[0].startswith(f"Date,{word}\n")
        assert sound(read(content, "x")).used["close"] == word


# ---- what is no series

DATES, CLOSE = table()
PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize("content, sentence", [
    (b"", "The file is empty."), (b"\n \n", "The file is empty."), (zipped(), "an Excel workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "old Excel"),
    (gzip.compress(b"Date,Close", mtime=0), "a compressed file"), (b"%PDF-1.7 ...", "a PDF"), (b"\x89PNG\r\n\x1a\n", "a picture"),
    (bytes(range(256)) * 4, "no text file"), (PAGE, "a web page (“<!DOCTYPE html>"),
    (json.dumps({"chart": {"result": []}}), "JSON (“{\"chart\""),
    (json.dumps([["2019-03-04", 1.5]] * 30), "JSON (“[[\"2019"), ('{"a": [1, 2', "JSON"),
    ("Date,Close\n", "no rows below “Date, Close”"), ("Date,Close\n2019-03-04,1.5\n", "1 prices; it needs 20"),
    ("just a sentence\nand another one\n", "No column holds dates. The columns are: just"),
    ("name,price\n" + "a,1\n" * 30, "The columns are: name, price."),
    (lines("Date,Close", range(40), CLOSE), "“Date” holds no dates: it has “0” in row 2"),
    (lines("Date,Close", DATES.date, ["high"] * 40), "“Close” holds too few prices: it has “high” in row 2"),
    (lines("Date,Word", DATES.date, ["up"] * 40), "holds prices. The columns are: Date, Word; the first row says “2019-03-04, up”."),
    (lines("Date,Close", DATES.date, np.diff(CLOSE, prepend=50.3)), "Prices are above zero; are these changes or returns?"),
    (lines("Date,Close", DATES.date, [0] * 40), "“Close” has “0” in row 2"), (lines("Date,Close", DATES.date, [-5] * 40), "“-5”"),
    (lines("Date,Close", DATES.date, ["inf"] * 40), "“Close” holds too few prices: it has “inf” in row 2"),
    (lines("Date,Close", DATES.date, [7] * 40), "All 40 prices are 7"),
    (lines("Date,Close", ["2019-02-31"] * 40, CLOSE), "too few dates: it has “2019-02-31”"),
    ("Date,Close\n" + "2019-03-04,1,234.50\n" * 40, "Row 2 has 3 cells, the header 2."),
    ('Date,Close\n2019-03-04,"1.5\n' + lines("x", DATES.date, CLOSE), "Row 2 cannot be read: is a quotation mark missing?"),
    (lines("Date,Close", [DATES[0].date()] * 40, CLOSE), "Of 40 rows only 1 have a day of their own"),
    ("Date,Close\n" + "\n" * 1_000_001, "1000002 rows; at most 1000000"),
    ("Date;Close\n" + "x" * 200_000 + ";1\n", "Row 2 cannot be read")])
def test_what_cannot_be_a_series_is_refused_with_what_was_found(content, sentence):
    said = refuse(content)
    assert sentence in said, said


def test_files_too_large_are_refused(monkeypatch):
    assert "at most 0.001 MB" in refuse(lines("Date,Close", DATES.date, CLOSE) * 3, 0.001)
    monkeypatch.setattr(reading, "POINTS", 39)
    assert "40 prices; at most 39" in refuse(lines("Date,Close", DATES.date, CLOSE))


# ---- anything at all

def tried(data, corrections=None):
    """Whatever the bytes: a sound series, or a sentence."""
    try:
        prices = read(data, "x", corrections or Corrections())
    except Trouble as trouble:
        assert trouble.message.id.format(**trouble.message.args) and i18n.say(trouble.message)
        return
    sound(prices)
    if b"{" in data:  # which may be quoted
        assert all(i18n.say(message) for message in prices.report)
    else:
        said(prices)


ALPHABET = '2019-03/4:年月日DateClose,;\t\n"\r .$€%()KM万eE∞|[]{}<é收'


@given(st.one_of(st.binary(max_size=400), st.text(alphabet=ALPHABET, max_size=400).map(str.encode)))
@settings(max_examples=150, deadline=None, derandomize=True)
@example(b"1")
@example(b"\xff\xfe")
@example("Date,Close\n²,³\n".encode())
def test_whatever_the_bytes_it_is_a_series_or_a_sentence(data):
    tried(data)


MUTATIONS = [  # of bytes b, at a place i, with a number r
    lambda b, i, r: b[:i] + bytes([r % 256]) + b[i + 1:], lambda b, i, r: b[:i] + b[i + r % 40:],
    lambda b, i, r: b[:i] + b[i:i + r % 60] + b[i:], lambda b, i, r: b[:i] + b'"' + b[i:], lambda b, i, r: b.replace(b"1", str(r).encode()),
    lambda b, i, r: b.replace(b"2019", str(r * 7).encode()), lambda b, i, r: b[:i] + b"1e999" + b[i:],
    lambda b, i, r: b[:i] + b"\n" + b[i:], lambda b, i, r: b[:i] + b"-" + b[i:], lambda b, i, r: b[:i]]


CHANGES = st.lists(st.tuples(st.sampled_from(MUTATIONS), st.integers(0, 10**6), st.integers(0, 9999)), min_size=1, max_size=12)
CORRECTED = st.sampled_from([Corrections(), Corrections(date_order="day"), Corrections(decimal="comma", order="newest"),
                             Corrections(price="Open"), Corrections(ticker="AAPL"), Corrections(date="Volume"),
                             Corrections(splits=True, date_order="year")])


@given(styles(), CHANGES, CORRECTED)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_whatever_befalls_a_file_it_is_a_series_or_a_sentence(style, changes, corrections):
    data = file(style)[0]
    for change, place, value in changes:
        data = change(data, place % max(1, len(data)), value)
    tried(data, corrections)


@pytest.mark.slow
@given(styles())
@settings(max_examples=1000, deadline=None, database=None)
def test_a_thousand_more_ways_to_write_a_series(style):
    test_a_series_comes_back_the_same_however_it_is_written.hypothesis.inner_test(style)


@pytest.mark.slow
@given(styles(), CHANGES, CORRECTED)
@settings(max_examples=1000, deadline=None, database=None)
def test_a_thousand_more_accidents(style, changes, corrections):
    test_whatever_befalls_a_file_it_is_a_series_or_a_sentence.hypothesis.inner_test(style, changes, corrections)
