"""Which columns and rows of a sheet make the series: the dates, the ticker, the price, and what stands beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from core.data.prices import dates, epochs, naming, numbers
from core.data.prices.columns import PRICES, meaning, places
from core.data.prices.layout import Sheet
from core.data.prices.series import ONE, Corrections, refused, short
from core.data.tables import GAPS
from core.frame import Message
from core.i18n import N_

SAMPLE = 100  # cells that tell what a column is
NAMES = 8  # that are listed in a sentence


@dataclass
class Choice:
    """columns: role → place in the sheet, with "date" and "close" always there; rows: of the sheet, those of the series;
    tickers, ticker: see `Prices`; understood, dropped, doubts: what is to be said."""

    columns: dict[str, int]
    rows: list[int]
    tickers: tuple[str, ...] = ()
    ticker: str = ""
    understood: list[Message] = field(default_factory=list)
    dropped: list[Message] = field(default_factory=list)
    doubts: list[Message] = field(default_factory=list)


def choose(sheet: Sheet, corrections: Corrections) -> Choice:
    """Trouble where there is no date, no price, or a correction names what is not there."""
    if not sheet.rows:
        raise refused(N_("The file has no rows below “{text}”."), sheet.names, text=short(", ".join(sheet.names), 60))
    plain, many = places(sheet.names)
    date = _date(sheet, corrections, plain)
    choice = Choice({"date": date}, list(range(len(sheet.rows))))
    if "time" in plain and plain["time"] != date:
        choice.columns["time"] = plain["time"]
    _long(sheet, corrections, plain, choice)
    roles = {role: place for role, place in plain.items() if role in (*PRICES, "volume")
             and place not in (date, choice.columns.get("names"))}
    if corrections.price:
        roles["close"] = _named(sheet, corrections.price)
        many = {}
        if roles["close"] == date:
            raise refused(N_("“{text}” holds the dates; the prices have to be in another column."), sheet.names, text=corrections.price)
    elif many:
        _wide(sheet, corrections, {t: {**roles, **its} for t, its in many.items()}, choice)
        roles = {}
    elif "close" not in roles:
        roles = _unnamed(sheet, corrections, roles, choice)
    else:
        _rivals(sheet, roles["close"], choice)
    if corrections.ticker and corrections.ticker not in choice.tickers:
        raise _missing(corrections.ticker, choice.tickers, sheet)
    seen: dict[int, str] = {}
    for role, place in roles.items():  # a price that was chosen by hand is nothing else as well
        if place != roles.get("close") or role == "close":
            seen[place] = role
    choice.columns |= {role: place for place, role in seen.items()}
    return choice


def _rivals(sheet: Sheet, taken: int, choice: Choice) -> None:
    """A doubt where another column is called a closing price, too, and holds something else."""
    for place, name in enumerate(sheet.names):
        if place != taken and meaning(name)[:2] == ("close", "") and any(sheet.rows[i][place] != sheet.rows[i][taken] for i in choice.rows):
            choice.doubts.append(Message(N_("Columns {taken} (“{name}”, such as {text}) and {other} (“{rival}”, such as {another}) are "
                                            "both named as a closing price; column {taken} is read."),
                                         {"taken": taken + 1, "name": sheet.names[taken], "text": short(sheet.rows[choice.rows[0]][taken]),
                                          "other": place + 1, "rival": name, "another": short(sheet.rows[choice.rows[0]][place])}))
            return


def _named(sheet: Sheet, name: str) -> int:
    if name not in sheet.names:
        raise refused(N_("There is no column “{text}”. The columns are: {columns}."), sheet.names, text=short(name),
                      columns=short(", ".join(sheet.names), 200))
    return sheet.names.index(name)


def sample(cells: list[str]) -> list[str]:
    """Some of the cells that hold anything, from all over the column."""
    there = [cell for cell in cells[::max(1, len(cells) // (4 * SAMPLE))] if cell.lower() not in GAPS]
    return there[::max(1, len(there) // SAMPLE)]


def _dated(cells: list[str], counted: bool) -> float:
    return sum(dates.parsed(cell, counted) is not None for cell in cells) / max(1, len(cells))


def _unnamed_dates(cells: list[str], counted: bool) -> float:
    """The share of dates in a column that is not named as one; large numbers may be seconds since 1970, or just large."""
    forms = [day.form if (day := dates.parsed(cell, True)) else -1 for cell in cells]
    if 2 * forms.count(dates.EPOCH) > len(forms):
        return float(epochs.likely(np.array([epochs.value(cell) for cell in cells])))
    return _dated(cells, counted)


def _date(sheet: Sheet, corrections: Corrections, plain: dict[str, int]) -> int:
    """The place of the column of dates: the one that is said or named so; else the one that holds them."""
    if corrections.date:
        place = _named(sheet, corrections.date)
        cells = sample(sheet.column(place))
        if _dated(cells, True) < 0.5:
            raise _no_dates(sheet, place)
        return place
    place = plain.get("date", plain.get("time", -1))
    if place >= 0 and _dated(sample(sheet.column(place)), True) >= 0.5:
        return place
    shares = {}
    for i in range(len(sheet.names)):
        cells = sample(sheet.column(i))
        shares[i] = (_unnamed_dates(cells, not sheet.headed), _dated(cells, False))  # 10107 may be a day of a spreadsheet, or a code
    best = max(shares, key=lambda i: (*shares[i], -i))
    if shares[best][0] >= 0.8:
        return best
    if place >= 0:
        raise _no_dates(sheet, place)
    raise refused(N_("No column holds dates. The columns are: {columns}. A price series needs a day, such as 2019-03-04, in each row."),
                  sheet.names, columns=short(", ".join(sheet.names), 200))


def _no_dates(sheet: Sheet, place: int) -> Exception:
    at = next((i for i, cell in enumerate(sheet.column(place)) if dates.parsed(cell, True) is None), 0)
    return refused(N_("Column “{column}” holds no dates: it has “{text}” in row {row}. A day such as 2019-03-04 would be right."),
                   sheet.names, column=sheet.names[place], text=short(sheet.rows[at][place]), row=sheet.lines[at])


def _missing(ticker: str, tickers: tuple[str, ...], sheet: Sheet) -> Exception:
    if not tickers:
        return refused(N_("There is one series in the file; “{text}” is none of its names."), sheet.names, text=short(ticker))
    return refused(N_("There is no series “{text}” in the file. It has: {names}."), sheet.names, tickers, text=short(ticker),
                   names=listing(tickers))


def listing(names: tuple[str, ...]) -> str:
    return ", ".join(short(name, 20) for name in names[:NAMES]) + (", …" if len(names) > NAMES else "")


def _take(tickers: tuple[str, ...], corrections: Corrections, choice: Choice, sheet: Sheet) -> str:
    """Which of several series: the one that is wanted, or the first, and the sentence on that."""
    if corrections.ticker and corrections.ticker not in tickers:
        raise _missing(corrections.ticker, tickers, sheet)
    choice.tickers, choice.ticker = tickers, corrections.ticker or tickers[0]
    said = N_("There are {count} series in the file: {names}. “{ticker}” is read.")
    if corrections.ticker:
        choice.understood.append(Message(said, {"count": len(tickers), "names": listing(tickers), "ticker": choice.ticker}))
    elif len(tickers) > 1:
        said = N_("There are {count} series in the file: {names}. The first, “{ticker}”, is read; another can be picked.")
        choice.doubts.append(Message(said, {"count": len(tickers), "names": listing(tickers), "ticker": choice.ticker}))
    return choice.ticker


def _long(sheet: Sheet, corrections: Corrections, plain: dict[str, int], choice: Choice) -> None:
    """Several series one below the other: a column names them."""
    date = choice.columns["date"]
    if corrections.names == ONE:
        return
    if corrections.names:
        found = naming.Naming(_named(sheet, corrections.names), True, True)
        if found.place == date:
            raise refused(N_("“{text}” holds the dates; the names of the series have to be in another column."), sheet.names,
                          text=corrections.names)
    elif (maybe := naming.find(sheet, corrections, plain, date, _likely_price(sheet, corrections, plain, choice))) is None:
        return
    else:
        found = maybe
    column, names = sheet.names[found.place], naming.names(sheet.column(found.place))
    counts = Counter(name for name in names if name)
    if not counts or 2 * len(counts) > max(2, len(names)):
        raise refused(N_("Column “{column}” has {count} different values in {rows} rows; names of series recur."), sheet.names,
                      column=column, count=len(counts), rows=len(names))
    if not found.sure:
        choice.doubts.append(Message(N_("Column “{column}” has {count} values ({names}), each for a stretch of its own. All rows are read "
                                        "as one series; if the column names several, it can be chosen."),
                                     {"column": column, "count": len(counts), "names": listing(tuple(counts))}))
        return
    choice.columns["names"] = found.place
    if len(counts) > 1:
        choice.understood.append(Message(N_("Column “{column}” names the series."), {"column": column}))
    ticker = _take(tuple(counts), corrections, choice, sheet)
    choice.rows = [i for i, name in enumerate(names) if name == ticker]
    without = [i for i, name in enumerate(names) if not name]
    if without:
        choice.dropped.append(Message(N_("Rows without a name of their series: {count}, the first is row {row}."),
                                      {"count": len(without), "row": sheet.lines[without[0]]}))


def _likely_price(sheet: Sheet, corrections: Corrections, plain: dict[str, int], choice: Choice) -> int:
    """The place of a column that holds prices, before it is known which rows are whose; −1 for none."""
    if corrections.price:
        return _named(sheet, corrections.price)
    if "close" in plain or "adjusted" in plain:
        return plain.get("close", plain.get("adjusted", -1))
    taken = {*choice.columns.values(), plain.get("ticker")}
    free = [i for i in range(len(sheet.names)) if i not in taken and _numeric(sheet, i, choice.rows)]
    return max(free, key=lambda i: (len(set(sample(sheet.column(i)))), -i), default=-1)


def _wide(sheet: Sheet, corrections: Corrections, many: dict[str, dict[str, int]], choice: Choice) -> None:
    """Several series side by side: each has columns of its own."""
    choice.columns |= many[_take(tuple(many), corrections, choice, sheet)]
    if "close" not in choice.columns:
        choice.columns["close"] = choice.columns.pop("adjusted")


def _unnamed(sheet: Sheet, corrections: Corrections, roles: dict[str, int], choice: Choice) -> dict[str, int]:
    """Where no column says that it is the price: an adjusted one, columns without names, the only numbers, or several."""
    if "adjusted" in roles:
        roles["close"] = roles.pop("adjusted")
        return roles
    taken = {*choice.columns.values(), *roles.values()}
    free = [i for i in range(len(sheet.names)) if i not in taken and _numeric(sheet, i, choice.rows)]
    if "names" in choice.columns and len(free) > 1:  # what is the same in all rows of a series is another of its names
        free = [i for i in free if len({sheet.rows[at][i] for at in choice.rows}) > 1] or free
    if set(roles) - {"volume"} or not free or "names" in choice.columns and sheet.headed and len(free) > 1:
        shown = [sheet.names[i] for i in sorted({*free, *roles.values()})]
        if shown:
            raise refused(N_("No column is named as a closing price. Those with numbers are: {columns}. Choose one of them."), sheet.names,
                          columns=short(", ".join(shown), 200))
        raise refused(N_("No column holds prices. The columns are: {columns}; the first row says “{text}”."), sheet.names,
                      columns=short(", ".join(sheet.names), 200), text=short(", ".join(sheet.rows[0]), 80))
    if not sheet.headed:
        return _without_names(sheet, free, choice)
    if len(free) == 1:
        if any(i not in taken and i not in free and _counted(sheet, i, choice.rows) for i in range(len(sheet.names))):
            choice.doubts.append(Message(N_("No column is named as a closing price; “{price}”, such as {text}, is taken for it."),
                                         {"price": sheet.names[free[0]], "text": short(sheet.rows[choice.rows[0]][free[0]])}))
        return {**roles, "close": free[0]}
    _wide(sheet, corrections, {sheet.names[i]: {"close": i} for i in free}, choice)
    return {}


def _numeric(sheet: Sheet, place: int, rows: list[int]) -> bool:
    """Whether a column holds numbers above zero that are more than the numbers of the rows."""
    cells = [sheet.rows[i][place] for i in rows]
    if cells[:SAMPLE] in ([str(i + first) for i in range(min(len(cells), SAMPLE))] for first in (0, 1)):
        return False
    cells = sample(cells)
    return any((numbers.numbers(cells, mark) > 0).sum() >= 0.6 * max(1, len(cells)) for mark in ("point", "comma"))


def _counted(sheet: Sheet, place: int, rows: list[int]) -> bool:
    """Whether a column holds numbers of any kind."""
    cells = sample([sheet.rows[i][place] for i in rows])
    return bool(cells) and any(np.isfinite(numbers.numbers(cells, mark)).mean() >= 0.6 for mark in ("point", "comma"))


def _without_names(sheet: Sheet, free: list[int], choice: Choice) -> dict[str, int]:
    """The columns of a file without a header: open, high, low, close where the second of four is the highest and the third the lowest."""
    roles = {"close": free[0]}
    if len(free) >= 4:
        o, h, low, c = (numbers.numbers([sheet.rows[i][place] for i in choice.rows], "point") for place in free[:4])
        with np.errstate(invalid="ignore"):
            if ((h >= np.maximum(o, c)) & (low <= np.minimum(o, c))).mean() > 0.95 and (h > low).any():
                roles = dict(zip(("open", "high", "low", "close", "volume"), free, strict=False))
    choice.doubts.append(Message(N_("The file does not name its columns; “{price}”, such as {text}, is taken for the closing price."),
                                 {"price": sheet.names[roles["close"]], "text": short(sheet.rows[choice.rows[0]][roles["close"]])}))
    return roles
