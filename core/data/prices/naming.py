"""Several series one below the other: which column names them, by its header or, whatever that says, by what its values do.

| evidence | judged |
| --- | --- |
| days repeat, and between the rows of each value they do not | it names the series |
| from one value to another the price jumps, within each it does not | words, and codes such as 000001, name the series; other numbers may |
| each value has one stretch of rows, and the price goes on | words may name the series, unless they are years or months |
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.data.prices import dates, epochs, numbers
from core.data.prices.columns import PRICES
from core.data.prices.layout import Sheet
from core.data.prices.series import Corrections, short
from core.data.tables import GAPS

FEW, ROWS = 5, 5  # rows for each value, as a mean and in each block
FILLED, RESOLVED, PRESENT = 0.95, 0.9, 0.3
REPEATS = (3, 0.02)  # days that repeat by no slip: so many, and such a share of the rows
JUMP, FAR, SEAMS = float(np.log(1.3)), 5.0, 10  # of a price, as a logarithm; usual changes; so many seams need no large jumps


@dataclass(frozen=True)
class Naming:
    """place: of the column that names the series, or may; sure: whether it is to be believed; named: whether its header says so."""

    place: int
    sure: bool
    named: bool


@dataclass(frozen=True)
class _Column:
    """A column that may name series: the rows' values by number (n,), how many there are, whether they are words, or numbers such as
    000001 that count nothing, and whether all have a digit."""

    place: int
    values: np.ndarray
    count: int
    words: bool
    code: bool
    digits: bool


def find(sheet: Sheet, corrections: Corrections, plain: dict[str, int], date: int, price: int) -> Naming | None:
    """The column that names the series, or may; None if there is none. plain: role → place; price: of a column of prices, −1 if none is
    known yet."""
    known = plain.get("ticker", -1)
    known = known if known != date and _recurring(sheet, known) else -1
    others = {date, price, plain.get("time", -1), *(place for role, place in plain.items() if role in (*PRICES, "volume"))}
    columns = [column for place in range(len(sheet.names)) if place not in others and (column := _column(sheet, place))]
    header = Naming(known, True, True) if known >= 0 else None
    if not columns:
        return header
    days = {cell: i for i, cell in enumerate(dict.fromkeys(sheet.column(date)))}  # each is read once: long files repeat them
    found = dates.read_dates(list(days), True, corrections.date_order).stamps[[days[cell] for cell in sheet.column(date)]]
    if "time" in plain and plain["time"] != date:
        seconds = [dates.seconds_of(cell) or 0 for cell in sheet.column(plain["time"])]
        found = found + np.array(seconds, np.int64).astype("timedelta64[s]")
    rows = {tuple(row): i for i, row in enumerate(sheet.rows)}  # those that are the same in every cell are slips
    kept = np.array(sorted(i for i in rows.values() if not np.isnat(found[i])), np.int64)
    apart = {column.place: _parts(column, kept, found) for column in columns}
    best = max(columns, key=lambda c: (apart[c.place], c.place == known, -c.count, -c.place))
    if apart[best.place] and not apart.get(known, 0):
        return Naming(best.place, True, False)
    if header:
        return header
    close = _prices(sheet, price)
    for column in columns:
        jumps = _jumps(column.values, found, close)
        blocks = (np.diff(column.values) != 0).sum() == column.count - 1 and np.bincount(column.values).min() >= ROWS
        if jumps and (column.words or column.code):
            return Naming(column.place, True, False)
        if blocks and (jumps or column.words and not _calendar(column, found)):
            return Naming(column.place, False, False)
    return None


def _recurring(sheet: Sheet, place: int) -> bool:
    """Whether a column has names that recur, be it one."""
    return place >= 0 and 0 < len({cell for cell in sheet.column(place) if cell}) <= max(1, len(sheet.rows) // 2)


def _column(sheet: Sheet, place: int) -> _Column | None:
    """A column of few values, none of them days, times or prices; None for any other."""
    cells = sheet.column(place)
    seen = list(dict.fromkeys(cells))
    if not 2 <= len(seen) <= len(cells) / FEW or sum(cell.lower() not in GAPS for cell in cells) < FILLED * len(cells):
        return None
    known = {cell: i for i, cell in enumerate(seen)}
    values = np.array([known[cell] for cell in cells])
    counts = not np.isnan([epochs.value(cell.strip("'")) for cell in seen]).any()
    if counts and not all(cell.strip("'").isdigit() for cell in seen):
        return None  # prices, rates, dividends
    if not counts and any(sum(read(cell) is not None for cell in seen) > len(seen) / 2 for read in (dates.parsed, dates.seconds_of)):
        return None
    if not counts and sum(not np.isnan(numbers.number(cell, "point")) for cell in seen) > len(seen) / 2:
        return None
    lengths = {len(cell) for cell in seen}
    zeros = any(len(cell) > 1 and cell[0] in "0'" for cell in seen)
    digits = all(any(letter.isdigit() for letter in cell) for cell in seen)
    return _Column(place, values, len(seen), not counts, counts and (zeros or lengths in ({5}, {6})), digits)


def _parts(column: _Column, kept: np.ndarray, stamps: np.ndarray) -> float:
    """Of the moments that repeat in the rows kept (places), the share that does not within the rows of each value; 0 where few repeat,
    that share is below `RESOLVED`, or the values come and go."""
    moments, day = np.unique(stamps[kept], return_inverse=True)
    repeats = len(kept) - len(moments)
    if repeats < max(REPEATS[0], REPEATS[1] * len(kept)):
        return 0.0
    pairs = np.unique(column.values[kept] * len(moments) + day)
    resolved = 1 - (len(kept) - len(pairs)) / repeats
    _values, start, days = np.unique(pairs // len(moments), return_index=True, return_counts=True)
    at = pairs % len(moments)  # ascending for each value
    present = float(np.median(days / (at[start + days - 1] - at[start] + 1)))
    return round(resolved, 1) if resolved >= RESOLVED and present >= PRESENT else 0.0


def _prices(sheet: Sheet, place: int) -> np.ndarray:
    """Logarithms of the prices (n,), nan for none."""
    if place < 0:
        return np.full(len(sheet.rows), np.nan)
    cells = sheet.column(place)
    mark, _example = numbers.marks(cells[::max(1, len(cells) // 5000)])
    values = numbers.numbers(cells, mark or "point")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((values > 0) & np.isfinite(values), np.log(np.abs(values)), np.nan)


def _jumps(values: np.ndarray, stamps: np.ndarray, close: np.ndarray) -> bool:
    """Whether, in order of time, the price jumps from the rows of one value to those of another, and within each it does not."""
    good = np.flatnonzero(~np.isnat(stamps) & ~np.isnan(close))
    good = good[np.isin(values[good], np.flatnonzero(np.bincount(values[good], minlength=1) >= ROWS))] if len(good) else good
    if len(np.unique(values[good])) < 2:
        return False
    inside = good[np.lexsort((stamps[good], values[good]))]
    within = np.abs(np.diff(close[inside]))[np.diff(values[inside]) == 0]
    merged = good[np.argsort(stamps[good], kind="stable")]
    across = np.abs(np.diff(close[merged]))[np.diff(values[merged]) != 0]
    usual = float(np.median(within))
    if len(across) >= SEAMS:
        return bool(np.median(across) > max(FAR * usual, 0.02))
    return bool(np.median(across) > max(FAR * float(np.quantile(within, 0.95)), JUMP))


def _calendar(column: _Column, stamps: np.ndarray) -> bool:
    """Whether each value is a year, a quarter or a month, one after the other. Two values have to look so as well: two funds may happen
    to follow each other at the end of a year."""
    good = ~np.isnat(stamps)
    months, values = stamps[good].astype("datetime64[M]").astype(np.int64), column.values[good]
    for unit in (months // 12, months // 3, months):
        kinds, pairs = np.unique(unit), np.unique(np.stack([unit, values]), axis=1)
        if len(kinds) == pairs.shape[1] == len(np.unique(values)) == kinds[-1] - kinds[0] + 1:
            return len(kinds) > 2 or column.digits
    return False


def names(cells: list[str]) -> list[str]:
    """What the series are called, row by row: short, and different where the cells are; of those that begin alike the ends are kept."""
    whole = {cell: " ".join(cell.split()).strip("'") for cell in cells}
    often = Counter(short(name) for name in set(whole.values()))
    known: dict[str, str] = {}
    taken: dict[str, str] = {}
    for cell, name in whole.items():
        plain = said = f"{name[:19]}…{name[-20:]}" if often[short(name)] > 1 else short(name)
        again = 1
        while taken.setdefault(said, name) != name:
            again += 1
            said = f"{plain} ({again})"
        known[cell] = said
    return [known[cell] for cell in cells]
