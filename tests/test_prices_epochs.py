"""Counts since 1970 as dates, whatever their unit, sign, notation and time of the day; and what is no such count."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from core.data.prices import Corrections, Split, read
from core.data.prices.epochs import EARLIEST, LATEST
from tests.test_prices import lines, refuse, said, sound, table

UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
NOTATIONS = {"plain": str, "scientific": lambda v: f"{v:.18e}", "float": lambda v: f"{v}.0", "signed": lambda v: f"{v:+d}",
             "capital": lambda v: f"{v:.12E}"}


def counted(dates, unit="s", shift=0):
    return [int(t) * UNITS[unit] for t in dates.to_numpy("datetime64[s]").astype(np.int64) + shift]


def same(prices, dates, close):
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
    np.testing.assert_array_equal(prices.close, close)


def test_the_years_it_knows():
    assert np.datetime64(EARLIEST, "s") == np.datetime64("1800-01-01T00:00:00")
    assert np.datetime64(LATEST, "s") == np.datetime64("2200-12-31T23:59:59")


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(NOTATIONS)), st.sampled_from(["B", "D", "W-FRI", "MS"]), st.booleans(),
       st.integers(40, 400), st.integers(-80 * 365, 80 * 365), st.sampled_from(["Date", "timestamp", "time", "unix", "epoch", "t", ""]),
       st.integers(0, 999))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_counts_of_any_century(unit, notation, freq, newest, n, start, header, seed):
    if abs(start) < 400:
        start += 800  # around 1970 counts are as small as numbers of rows
    dates, close = table(n, str(np.datetime64("1970-01-01") + start), freq, seed)
    cells = [NOTATIONS[notation](v) for v in counted(dates, unit)]
    rows = [f"{c},{p}" for c, p in zip(cells, close, strict=True)]
    text = "\n".join([*([f"{header},close"] if header else []), *(rows[::-1] if newest else rows)])
    prices = sound(read(text.encode(), "x"))
    same(prices, dates, close)
    assert "read as UTC" in said(prices) and not [m for m in prices.doubts if "midnight" in i18n.say(m)]


@pytest.mark.parametrize("start", ["1955-01-03", "1968-06-03", "1970-01-02", "1973-02-01", "1980-01-01", "2001-09-03", "2019-01-01"])
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_counts_of_few_digits_and_before_1970(start, unit, notation):
    dates, close = table(500, start)
    same(sound(read(lines("Date,Close", map(NOTATIONS[notation], counted(dates, unit)), close).encode(), "x")), dates, close)


@pytest.mark.parametrize("form", ["%Y", "%Y%m", "%Y%m%d", "%Y%m%d.0", "%Y.0", "%y%m%d"])
def test_days_months_and_years_in_digits_are_no_counts(form):
    freq = {"%Y": "YS", "%Y.0": "YS", "%Y%m": "MS"}.get(form, "B")
    dates, close = table(60, "1971-01-01", freq)
    same(sound(read(lines("Date,Close", dates.strftime(form), close).encode(), "x")), dates, close)
    cells = [*dates.strftime(form)[:59], "123456789012"]
    assert len(sound(read(lines("Date,Close", cells, close).encode(), "x"))) == 59  # one odd cell makes no column of counts


@pytest.mark.parametrize("first", [0, 1, 1000, 99_990, 10_000_000, 20_190_000, 1_546_300_800])
def test_numbers_of_rows_are_no_counts(first):
    _dates, close = table(300)
    sentence = refuse(lines("Date,Close", range(first, first + 300), close))
    assert "dates" in sentence


@pytest.mark.parametrize("volume", [lambda r: r.integers(10**7, 10**9, 300), lambda r: r.integers(10**5, 10**7, 300) * 1000,
                                    lambda r: np.cumsum(r.integers(10**6, 10**7, 300))])
@pytest.mark.parametrize("headed", [True, False])
def test_a_volume_is_no_column_of_counts(volume, headed):
    dates, close = table(300)
    text = lines("size,close,when", volume(np.random.default_rng(0)), close, [*dates.date[:299], "total"])
    prices = sound(read((text if headed else text.split("\n", 1)[1]).encode(), "x", Corrections(price="close" if headed else "#2")))
    same(prices, dates[:299], close[:299])


def test_a_date_of_another_kind_among_counts_is_left_out():
    dates, close = table(60)
    cells = [*counted(dates)[:59], "2019-01-01"]
    prices = sound(read(lines("Date,Close", cells, close).encode(), "x"))
    cells = [*dates.date[:59], "1546300800"]
    other = sound(read(lines("Date,Close", cells, close).encode(), "x"))
    assert len(prices) == 60 and len(other) == 59 and "(“1546300800”)" in said(other)


# ---- midnights elsewhere

@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Europe/Berlin", "Europe/Moscow", "Australia/Sydney",
                                  "Pacific/Auckland"])
@pytest.mark.parametrize("freq", ["B", "D", "W-MON"])
@pytest.mark.parametrize("written", ["", "Z", "+00:00"])
def test_midnights_east_of_greenwich_are_the_day_there(zone, freq, written):
    """As counts, and as times that say that they are in UTC."""
    dates, close = table(300, "2018-01-01", freq)
    moments = dates.tz_localize(zone).tz_convert("UTC").tz_localize(None)
    cells = [f"{moment:%Y-%m-%dT%H:%M:%S}{written}" for moment in moments] if written else counted(moments, "ms")
    text = lines("Date,Close", cells, close).encode()
    prices = sound(read(text, "x"))
    same(prices, dates, close)
    assert any(f"the day there is taken, {dates[0].date()}" in i18n.say(m) for m in prices.doubts)
    said(prices)
    utc = sound(read(text, "x", Corrections(zone="utc")))
    np.testing.assert_array_equal(utc.dates, moments.to_numpy("datetime64[D]"))
    local = sound(read(text, "x", Corrections(zone="local")))
    same(local, dates, close)
    assert "midnight" in said(local) and not [m for m in (*local.doubts, *utc.doubts) if "midnight" in i18n.say(m)]


@pytest.mark.parametrize("zone, clock", [("America/New_York", "16:00"), ("America/New_York", "09:30"), ("America/New_York", "00:00"),
                                         ("Europe/London", "16:30"), ("UTC", "12:00"), ("UTC", "21:00"), ("America/Sao_Paulo", "00:00")])
def test_hours_of_trading_are_no_midnights(zone, clock):
    dates, close = table(300, "2018-01-01")
    moments = (dates + pd.Timedelta(f"{clock}:00")).tz_localize(zone).tz_convert("UTC").tz_localize(None)
    prices = sound(read(lines("Date,Close", counted(moments), close).encode(), "x"))
    same(prices, dates, close)
    assert not prices.doubts


def test_the_price_of_now_keeps_its_day():
    dates, close = table(300, "2018-01-01")
    cells = counted(dates, shift=-8 * 3600)
    cells[-1] += 10 * 3600 + 17  # Beijing, 10:00
    same(sound(read(lines("Date,Close", cells, close).encode(), "x")), dates, close)


# ---- three for two

@pytest.mark.parametrize("new, old", [(3, 2), (2, 3), (2, 1)])
@pytest.mark.parametrize("beside", ["", "open"])
@pytest.mark.parametrize("slip", [-0.04, 0.0, 0.04])
def test_a_split_of_three_for_two_is_named(new, old, beside, slip):
    dates, smooth = table(120, seed=3)
    smooth = smooth / smooth[69] * 48
    close = np.round(np.where(np.arange(120) < 70, smooth, smooth[69] * (1 + slip) * old / new * smooth / smooth[70]), 4)
    columns = [np.round(close * 1.001, 4)] if beside else []
    prices = sound(read(lines("Date,Close,Open" if beside else "Date,Close", dates.date, close, *columns).encode(), "x"))
    assert prices.splits == (Split(dates[70].to_numpy().astype("datetime64[D]"), new, old),)
    assert any(f"looks like a split {new}:{old}" in i18n.say(m) for m in prices.doubts)


@pytest.mark.parametrize("seed", range(10))
def test_a_fall_by_a_third_is_no_split_where_prices_often_move_much(seed):
    rng = np.random.default_rng(seed)
    steps = np.clip(rng.normal(0, 0.07, 200), -0.3, 0.3)
    steps[100] = np.log(2 / 3)
    dates = pd.bdate_range("2018-01-01", periods=200)
    assert not read(lines("Date,Close", dates.date, np.round(50 * np.exp(np.cumsum(steps)), 4)).encode(), "x").splits
