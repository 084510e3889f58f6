"""Cells that hold days as the world writes them, and which of 03/04/2019 is the day.

| form | examples |
| --- | --- |
| year first | 2019-03-04, 2019/3/4, 2019.03.04, 20190304, 2019年3月4日 |
| by evidence | 03/04/2019, 4.3.2019, 04-03-19 |
| with a word | Mar 4, 2019 · 4 March 2019 · 04-Mar-19 · Mon Mar 04 2019 |
| a month, a year | 2019-03, 2019年3月, Mar 2019, 201903, 2019, 2019Q1: their first day |
| a count | seconds, milli-, micro-, nanoseconds since 1970 (UTC), as `epochs` tells, days of a spreadsheet |

A time and a time zone may follow. The time is kept as it is written there, whatever the zone: a day of trading is a local one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.prices import epochs
from core.data.tables import GAPS

MONTHS = {name: i % 12 + 1 for i, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january", "february", "march", "april", "may",
     "june", "july", "august", "september", "october", "november", "december"])} | {"sept": 9}
WORD = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
CLOCK = re.compile(r"(?P<day>.+?)(?:[T ,]\s*(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<half>[ap]\.?m\.?)?)"
                   r"\s*(?P<zone>Z|[A-Z]{2,5}|(?:UTC|GMT)?\s?[+-]\d{2}:?\d{2})?(?:\s*\([^()]*\))?", re.ASCII | re.IGNORECASE)
WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s*|\s*(?:星期|周|礼拜)[一二三四五六日天]$",
                     re.IGNORECASE)
YEAR_FIRST = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)", re.ASCII)
OPEN = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
DAY_WORD = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]*{WORD}[-/., ]*('?\d{{2}}|\d{{4}})", re.ASCII | re.IGNORECASE)
WORD_DAY = re.compile(rf"{WORD}[-/. ]*(\d{{1,2}})(?:st|nd|rd|th)?[-/., ]+(\d{{4}})", re.ASCII | re.IGNORECASE)
WORD_YEAR = re.compile(rf"{WORD}[-/., ]*('?\d{{2}}|\d{{4}})", re.ASCII | re.IGNORECASE)
MONTH = re.compile(r"(\d{4})(?:[-/](\d{1,2})|年(\d{1,2})月|[- ]?Q([1-4]))", re.ASCII | re.IGNORECASE)
TIME = re.compile(r"(\d{1,2}):?(\d{2}):?(\d{2})?(?:\.\d+)?", re.ASCII)
SURE, OPEN_LONG, OPEN_SHORT, MOMENT, BARE, EPOCH = range(6)
UTC = {"Z", "UTC", "GMT", "+00:00", "+0000", "-00:00"}  # zones, as they are written
FIRST, LAST = 1800, 2200


@dataclass(frozen=True)
class Day:
    """A cell: form (one of SURE, …); three numbers in the order in which they stand (year, month, day where SURE), or one and zeros where
    MOMENT (seconds since 1970) or BARE (six digits), or zeros where EPOCH (a count, of which its column tells the unit); seconds of the
    day; the time zone as it is written."""

    form: int
    parts: tuple[int, int, int]
    seconds: int = 0
    zone: str = ""


def parsed(cell: str, counted: bool = False) -> Day | None:
    """What a cell says; None for no date. counted: whether plain numbers (epochs, 201903, 2019, days of a spreadsheet) are dates."""
    cell = cell.strip("'\" ")
    if not 4 <= len(cell) <= 60 or cell.lower() in GAPS:
        return None
    if (counted or len(cell) == 8 and cell.isdigit()) and not np.isnan(number := epochs.value(cell)):
        return _count(number, counted)
    seconds, zone = 0, ""
    if (clock := CLOCK.fullmatch(cell)) is not None:
        hour, minute, second = (int(clock[k] or 0) for k in "hms")
        half = (clock["half"] or "").lower()[:1]
        hour = hour % 12 + (12 if half == "p" else 0) if half else hour
        if hour > 23 or minute > 59 or second > 59:
            return None
        cell, seconds, zone = clock["day"], hour * 3600 + minute * 60 + second, (clock["zone"] or "").upper()
    form = _day(WEEKDAY.sub("", cell).strip(" ,T"))
    return Day(*form, seconds, zone) if form else None


def _count(number: float, counted: bool) -> Day | None:
    whole = str(int(number)) if 0 <= number < 1e8 else ""  # 20190304.0 is a day as well
    plain = bool(whole) and number == int(number)
    if plain and len(whole) == 8 and FIRST <= int(whole[:4]) <= LAST:
        return Day(SURE, (int(whole[:4]), int(whole[4:6]), int(whole[6:])))
    if not counted:
        return None
    if epochs.LEAST <= abs(number) <= epochs.LATEST * epochs.UNITS[-1]:
        return Day(EPOCH, (0, 0, 0))
    if plain and len(whole) == 6:
        return Day(BARE, (int(whole), 0, 0))
    if plain and len(whole) == 4 and FIRST <= int(whole) <= LAST:
        return Day(SURE, (int(whole), 1, 1))
    if len(whole) == 5:
        return Day(MOMENT, (round((number - 25569) * 86400), 0, 0))
    return None


def _year(text: str) -> int:
    text = text.strip("'")
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 70 else 1900)


def _day(cell: str) -> tuple[int, tuple[int, int, int]] | None:
    if (found := YEAR_FIRST.fullmatch(cell)) is not None:
        return SURE, (int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    if (found := OPEN.fullmatch(cell)) is not None:
        return OPEN_LONG if len(found[4]) == 4 else OPEN_SHORT, (int(found[1]), int(found[3]), int(found[4]))
    if (found := DAY_WORD.fullmatch(cell)) is not None:
        return SURE, (_year(found[3]), MONTHS[found[2].lower()], int(found[1]))
    if (found := WORD_DAY.fullmatch(cell)) is not None:
        return SURE, (_year(found[3]), MONTHS[found[1].lower()], int(found[2]))
    if (found := MONTH.fullmatch(cell)) is not None:
        return SURE, (int(found[1]), int(found[4]) * 3 - 2 if found[4] else int(found[2] or found[3]), 1)
    if (found := WORD_YEAR.fullmatch(cell)) is not None:
        return SURE, (_year(found[2]), MONTHS[found[1].lower()], 1)
    return None


def seconds_of(cell: str) -> int | None:
    """The second of the day that a cell of a column of times says: 10:30, 10:30:00, 103000, 1030 or 0; None for no time."""
    cell = cell.strip()
    cell = cell.zfill(6) if cell.isdigit() and cell.isascii() and (len(cell) in (1, 5)) else cell
    found = TIME.fullmatch(cell)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


@dataclass(frozen=True)
class Dates:
    """stamps (n,) datetime64[s], NaT where there is no date; order: "day", "month" or "year", what stands first where that was open, ""
    where it was not; why: "said", "range", "sequence", "weekends", "steps" or "points", what told it, "" for an assumption; example: a
    cell that can be read in two ways; zones: those written; counted: whether they are counts of days or seconds; epochs: whether they are
    counts since 1970."""

    stamps: np.ndarray
    order: str
    why: str
    example: str
    zones: tuple[str, ...]
    counted: bool
    epochs: bool


def read_dates(cells: Sequence[str], counted: bool, order: str = "") -> Dates:
    """The dates in the cells of a column. order: what stands first in 03/04/2019, "" to find out."""
    days = [parsed(cell, counted) for cell in cells]
    form = np.array([-1 if day is None else day.form for day in days])
    parts = np.array([(0, 0, 0) if day is None else day.parts for day in days], np.int64).reshape(-1, 3)
    seconds = np.array([0 if day is None else day.seconds for day in days], np.int64)
    stamps = np.full(len(days), "NaT", "datetime64[s]")
    since = False
    if (form == EPOCH).any():  # then all plain numbers are counts, or none is
        values = np.array([epochs.value(cell) for cell in cells])
        numbers, ticks = ~np.isnan(values), epochs.unit(values)
        if since := bool(ticks and 2 * (form == EPOCH).sum() > numbers.sum() > len(cells) / 2):
            form[numbers] = EPOCH
            stamps[numbers] = epochs.stamps(values[numbers], ticks)
    sure, moment, bare = form == SURE, form == MOMENT, form == BARE
    stamps[sure] = _stamps(*parts[sure].T)
    stamps[moment] = parts[moment, 0].astype("datetime64[s]")
    if bare.any():
        stamps[bare] = _six(parts[bare, 0])
    told, why, example = "", "", ""
    open_ = (form == OPEN_LONG) | (form == OPEN_SHORT)
    if open_.any():
        told, why = _ordered(parts[open_], (form == OPEN_LONG)[open_], order, any("." in c for c in np.array(cells, object)[open_][:1]))
        stamps[open_] = _in_order(parts[open_], (form == OPEN_LONG)[open_], told)
        both = [int(i) for i in np.flatnonzero(open_) if told == "year" or parts[i, 0] != parts[i, 1] and max(parts[i, :2]) <= 12]
        example = cells[both[-1]] if both else ""
        why = why or ("" if both else "range")
    stamps = stamps + seconds.astype("timedelta64[s]")
    return Dates(stamps, told, why, example, tuple(sorted({day.zone for day in days if day is not None and day.zone})),
                 since or bool(moment.sum() > len(days) / 2), since)


def _stamps(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days as datetime64[s]; NaT for those that no calendar has."""
    good = (year >= FIRST) & (year <= LAST) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (np.where(good, day, 1) - 1).astype("timedelta64[D]")
    good &= days.astype("datetime64[M]").astype(np.int64) == months
    return np.where(good, days.astype("datetime64[s]"), np.datetime64("NaT", "s"))


def _six(values: np.ndarray) -> np.ndarray:
    """201903 or 190304: whichever more of them can be."""
    months = _stamps(values // 100, values % 100, np.ones_like(values))
    days = _stamps(_full(values // 10000), values // 100 % 100, values % 100)
    return days if np.isnat(months).sum() > np.isnat(days).sum() else months


def _full(year: np.ndarray) -> np.ndarray:
    return np.where(year >= 100, year, year + np.where(year < 70, 2000, 1900))


def _in_order(parts: np.ndarray, long: np.ndarray, order: str) -> np.ndarray:
    """parts (n, 3) as they stand; long (n,): whether the third is a year of four digits, which then is the year in any order."""
    a, b, c = parts.T
    if order == "year":
        return _stamps(np.where(long, c, _full(a)), np.where(long, a, b), np.where(long, b, c))
    return _stamps(_full(c), b, a) if order == "day" else _stamps(_full(c), a, b)


def _ordered(parts: np.ndarray, long: np.ndarray, order: str, pointed: bool) -> tuple[str, str]:
    """What stands first, and what told it: see `Dates`. pointed: 4.3.2019, which nobody writes with the month first."""
    if order:
        return order, "said"
    orders = ["month", "day"] if long.all() else ["month", "day", "year"]
    read = {way: _in_order(parts, long, way) for way in orders}
    missing = {way: int(np.isnat(read[way]).sum()) for way in orders}
    orders = [way for way in orders if missing[way] == min(missing.values())]
    if len(orders) == 1:
        return orders[0], "range"
    days = {way: read[way][~np.isnat(read[way])].astype("datetime64[D]").astype(np.int64) for way in orders}
    for why, measure, apart in (("sequence", _disorder, 0.05), ("weekends", _weekends, 0.1), ("steps", _roughness, 1.0)):
        found = sorted(orders, key=lambda way: measure(days[way]))
        if measure(days[found[1]]) - measure(days[found[0]]) > apart:
            return found[0], why
    return ("day", "points") if pointed else ("month", "")


def _disorder(days: np.ndarray) -> float:
    """The share of steps against the direction that most have."""
    signs = np.sign(np.diff(days))
    return float(min((signs > 0).sum(), (signs < 0).sum()) / max(1, len(signs)))


def _weekends(days: np.ndarray) -> float:
    return float(((days + 3) % 7 >= 5).mean()) if len(days) else 0.0  # 1970-01-01 was a Thursday


def _roughness(days: np.ndarray) -> float:
    """How many times longer than the usual step the longest is, as a logarithm."""
    steps = np.diff(np.unique(days))
    return float(np.log(steps.max() / np.median(steps))) if len(steps) else 0.0
