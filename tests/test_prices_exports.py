"""What well-known sites and programs write: their names of columns, lines above and below, forms of dates and numbers."""

import numpy as np
import pandas as pd
import pytest

from core.data.prices import Corrections, read
from core.data.prices.columns import meaning
from tests.test_prices import lines, refuse, said, sound

N = 30
DATES = pd.bdate_range("2020-01-02", periods=N)
CLOSE = np.round(100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, N))), 2)

EXPORTS = {  # header, then a row of: d the day, i its number, c the price, o, h, l others around it, and u, v: c and h with a decimal comma
    "investing.com": ('"Date","Price","Open","High","Low","Vol.","Change %"', '"{d:%b %d, %Y}","{c}","{o}","{h}","{l}","12.5M","-0.81%"'),
    "investing.com, German": ('"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"',
                              '"{d:%d.%m.%Y}","{u}","{u}","{v}","9,5","1,5M","-0,81%"'),
    "TradingView": ("time,open,high,low,close,Volume,RSI", "{s},{o},{h},{l},{c},1000,50.3"),
    "NetEase": ("日期,股票代码,名称,收盘价,最高价,最低价,开盘价,前收盘,涨跌额,涨跌幅,换手率,成交量,成交金额,总市值",
                "{d:%Y-%m-%d},'600519,贵州茅台,{c},{h},{l},{o},{o},0.1,0.01,0.02,12345,1.5e9,1.3e12"),
    "Tushare": ("ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount",
                "600519.SH,{d:%Y%m%d},{o},{h},{l},{c},{o},0.1,0.2,12345,678"),
    "AKShare": (",日期,股票代码,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率",
                "{i},{d:%Y-%m-%d},600519,{o},{c},{h},{l},1000,5,1,2,3,4"),
    "a Chinese broker": ("日期\t收盘(元)\t成交量(股)", "{d.year}年{d.month}月{d.day}日 星期一\t{c}\t12.3万股"),
    "CryptoDataDownload": ("https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD",
                           "{s}000,{d:%Y-%m-%d} 00:00:00,BTC/USD,{o},{h},{l},{c},10.5,1000.2"),
    "NSE": ('"Date ","series ","OPEN ","HIGH ","LOW ","PREV. CLOSE ","ltp ","close ","vwap ","52W H","VOLUME ","VALUE "',
            '"{d:%d-%b-%Y}","EQ","{o}","{h}","{l}","1.2","{o}","{c}","{o}","2,000.00","12,34,567","1,23,45,678.90"'),
    "Stooq": ("Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen", "{d:%Y-%m-%d},{o},{h},{l},{c},1000"),
    "Nikkei": ('"データ日付","終値","始値","高値","安値"', '"{d:%Y/%m/%d}","{c}","{o}","{h}","{l}"'),
    "Google Sheets": ("Date,Close", "{d.month}/{d.day}/{d.year} 16:00:00,{c}"),
    "a German bank": ('"DAX (WKN 846900)"\n\n"Datum";"Eröffnung";"Hoch";"Tief";"Schluss";"Volumen"',
                      '"{d:%d.%m.%Y}";"9,5";"{v}";"1,25";"{u}";"1.000"'),
    "MetaTrader": ("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>",
                   "{d:%Y.%m.%d}\t00:00:00\t{o}\t{h}\t{l}\t{c}\t10\t1000\t5"),
    "FRED": ("DATE,SP500", "{d:%Y-%m-%d},{c}"),
    "R": ('"","Index","AAPL.Open","AAPL.High","AAPL.Low","AAPL.Close","AAPL.Volume"', '"{i}",{d:%Y-%m-%d},{o},{h},{l},{c},1000'),
    "Barchart": ("Time,Open,High,Low,Last,Change,%Chg,Volume", '{d:%m/%d/%Y},{o},{h},{l},{c},0.1,"+0.5%",1000'),
    "Alpha Vantage": ("timestamp,open,high,low,close,adjusted_close,volume,dividend_amount", "{d:%Y-%m-%d},{o},{h},{l},{c},{o},1000,0.0"),
    "Quandl": ("Date,Open,High,Low,Last,Close,Total Trade Quantity", "{d:%Y-%m-%d},{o},{h},{l},{o},{c},1000"),
    "a spreadsheet's numbers": ("Date;Close", "{x};{u}"), "a print-out": ("Date        Close", "{d:%Y-%m-%d}   {c}"),
    "two plain columns": ("", "{d:%Y-%m-%d},{c}")}


def exported(name):
    header, row = EXPORTS[name]
    rows = []
    for i, (day, price) in enumerate(zip(DATES, CLOSE, strict=True)):
        numbers = {"c": price, "o": round(price + 0.05, 2), "h": round(price + 1, 2), "l": round(price - 1, 2)}
        comma = {"u": f"{price}".replace(".", ","), "v": f"{price + 1:.2f}".replace(".", ",")}
        rows.append(row.format(d=day, i=i, s=int(day.timestamp()), x=(day - pd.Timestamp("1899-12-30")).days, **numbers, **comma))
    return "\n".join([header, *rows][not header:]) + "\n"


@pytest.mark.parametrize("name", EXPORTS)
def test_files_of_well_known_sites(name):
    prices = sound(read(exported(name).encode(), name))
    np.testing.assert_array_equal(prices.dates, DATES.to_numpy("datetime64[D]"))
    np.testing.assert_array_equal(prices.close, CLOSE)
    known = {"investing.com, German": {"volume", "open", "high", "low"}, "FRED": set(), "Google Sheets": set(), "a print-out": set(),
             "a spreadsheet's numbers": set(), "two plain columns": set(), "a Chinese broker": {"volume"}, "CryptoDataDownload":
             {"open", "high", "low"}, "Nikkei": {"open", "high", "low"}, "Alpha Vantage": {"open", "high", "low", "volume", "adjusted"},
             "Quandl": {"open", "high", "low"}}.get(name, {"open", "high", "low", "volume"})
    assert set(prices.columns) - {"close"} == known
    if "high" in known:
        np.testing.assert_allclose(prices.columns["high"], CLOSE + 1, atol=1e-9)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_chinese_files_in_their_encodings(encoding):
    prices = sound(read(exported("NetEase").encode(encoding), "x"))
    assert prices.ticker == "600519" and prices.used["close"] == "收盘价" and ("GB18030" in said(prices)) == (encoding == "gbk")


@pytest.mark.parametrize("header, role, ticker", [
    ("Close/Last", "close", ""), ("AAPL.Close", "close", "AAPL"), ("Adj Close BRK-B", "adjusted", "BRK-B"),
    ("('Close', 'MSFT')", "close", "MSFT"), ("Prev Close", "", ""), ("Open Interest", "", ""), ("前收盘", "", ""),
    ("收盘价(元)", "close", ""), ("Vol.", "volume", ""), ("% Chg", "", ""), ("Unnamed: 0", "date", ""), ("Volume USD", "", ""),
    ("adj_close", "adjusted", ""), ("", "", ""), ("(", "", "")])
def test_what_names_of_columns_mean(header, role, ticker):
    assert meaning(header)[:2] == (role, ticker)


def test_a_file_of_many_series_side_by_side():
    names = [f"S{k}" for k in range(300)]
    text = lines(",".join(["Date", *names]), DATES.date, *(CLOSE + k for k in range(300)))
    prices = sound(read(text.encode(), "x", Corrections(ticker="S299")))
    assert prices.close[0] == CLOSE[0] + 299 and len(prices.tickers) == 300
    late = text.replace(f",{CLOSE[3]},", ",,")  # a share that is not traded on a day
    assert len(read(late.encode(), "x")) == N - 1
    assert "1001 columns; at most 1000" in refuse(lines(",".join(["Date", *map(str, range(1000))]), DATES.date, *([CLOSE] * 1000)))
    assert "6000 rows of 1000 cells" in refuse("Date," + ",".join(f"c{i}" for i in range(999)) + "\n" + "2020-01-02,1\n" * 5999)
