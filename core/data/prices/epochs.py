"""Days written as counts since 1970 (UTC): their unit by the size of the whole column, and whose midnights they are."""

from __future__ import annotations

import re

import numpy as np

from core.data.tables import MINUS

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
LEAST = 1e7  # seconds, April 1970: what is nearer to zero may be numbers of rows
EARLIEST, LATEST = -5_364_662_400, 7_289_654_399  # 1800-01-01 and the last second of 2200
UNITS = (1, 10**3, 10**6, 10**9)  # ticks in a second
DAY, HOUR = 86_400, 3_600


def value(cell: str) -> float:
    """The number in a cell, also 1.546387200e+09 and −315619200; nan for none."""
    cell = cell.strip("'\" ").replace(MINUS, "-")
    return float(cell.replace(",", ".")) if NUMBER.fullmatch(cell) else np.nan


def unit(values: np.ndarray) -> int:
    """Ticks in a second of the counts (n,), nan for none; 0 if they are none: too small, too large, or going up or down by one."""
    values = values[~np.isnan(values)]
    size = float(np.quantile(np.abs(values), 0.75)) if len(values) else 0.0
    if size < LEAST or len(values) > 2 and (np.abs(np.diff(values)) == 1).mean() > 0.9:
        return 0
    return next((ticks for ticks in UNITS if size <= LATEST * ticks), 0)


def stamps(values: np.ndarray, ticks: int) -> np.ndarray:
    """Counts (n,) of so many ticks in a second as datetime64[s]; NaT for nan and what is not between 1800 and 2200."""
    seconds = np.floor(values / ticks)
    good = (seconds >= EARLIEST) & (seconds <= LATEST)
    return np.where(good, np.where(good, seconds, 0).astype("datetime64[s]"), np.datetime64("NaT", "s"))


def likely(values: np.ndarray) -> bool:
    """Whether numbers (n,) of a column that no name calls dates are counts: whole minutes that go one way, or a time of the day that
    recurs. A volume is neither."""
    if not (ticks := unit(values)):
        return False
    found = stamps(values, ticks)
    seconds = found[~np.isnat(found)].astype(np.int64)
    if len(seconds) < 0.9 * len(values) or (seconds % 60 == 0).mean() < 0.9:
        return False
    steps = np.diff(seconds)
    if max((steps >= 0).mean(), (steps <= 0).mean()) > 0.95 and steps.any():
        return True
    often = np.sort(np.unique(seconds % DAY, return_counts=True)[1])[-2:]
    return bool(often.sum() >= 0.9 * len(seconds))


def midnights(moments: np.ndarray, sure: bool = False) -> np.ndarray | None:
    """Moments (n,) datetime64[s] in UTC, as they are where they are midnights: east of Greenwich, where it is the next day by then.

    None if they are no midnights there: not all at one time of the day (or two, an hour apart, where clocks are put forward), not a
    whole or half hour, in the morning, or, unless sure, at weekends then and on weekdays in UTC. One in fifty may be a price of now.
    """
    there = moments[~np.isnat(moments)].astype(np.int64)
    times, counts = np.unique(there % DAY, return_counts=True)
    if not len(times):
        return None
    main = int(times[np.argmax(counts)])
    kept = np.isin(there % DAY, (main - HOUR, main, main + HOUR))
    found = np.unique(there[kept] % DAY)
    if (~kept).sum() > 0.02 * len(there) or len(found) > 2 or (found % (HOUR // 2)).any() or found[0] < 11 * HOUR or found[-1] < 12 * HOUR:
        return None
    days = there[kept] // DAY
    weekends = {ahead: float(((days + ahead + 3) % 7 >= 5).mean()) for ahead in (0, 1)}  # 1970-01-01 was a Thursday
    open_ = abs(weekends[1] - weekends[0]) <= 0.1
    if not sure and (weekends[1] > weekends[0] + 0.1 or open_ and found[0] == 12 * HOUR):  # noon is more likely than midnight in Fiji
        return None
    seconds = np.where(np.isnat(moments), 0, moments.astype(np.int64))
    midnight = np.isin(seconds % DAY, found)
    moved = np.where(midnight, (seconds // DAY + 1) * DAY, seconds + DAY - main)
    return np.where(np.isnat(moments), moments, moved.astype("datetime64[s]"))
