"""A file's bytes → `Prices`, with a sentence for everything that was understood, left out or assumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.data.prices import clean, dates, epochs, numbers
from core.data.prices.chosen import Choice, choose
from core.data.prices.columns import PRICES
from core.data.prices.layout import Sheet, sheet
from core.data.prices.series import FREQUENCIES, LEAST, POINTS, Corrections, Prices, frequency_of, refused, short
from core.data.tables import GAPS, LARGEST
from core.frame import Message
from core.i18n import N_

SMALLEST = 1e-9
LIMIT_MB = 20.0
MARKED = 5000  # cells of a column that tell what parts its decimals
NOT_ABOVE_ZERO = 0.1  # so many of the prices at zero or below are no slips


def read(data: bytes, name: str, corrections: Corrections = Corrections(), limit_mb: float = LIMIT_MB) -> Prices:  # noqa: B008 - frozen
    """Read a file of prices as it was found somewhere. name: what to call it.

    Trouble (`NoPrices`, which knows the columns) with a sentence for what cannot be a series of 20 to 100,000 prices above zero.
    """
    page = sheet(data, limit_mb)
    choice = choose(page, corrections)
    understood, dropped, doubts = choice.understood, choice.dropped, choice.doubts
    if page.before:
        dropped.append(Message(N_("Lines above the names of the columns: {count}."), {"count": page.before}))
    if page.odd:
        dropped.append(Message(N_("Rows with more cells than there are columns: {count}, the first is row {row}."),
                               {"count": len(page.odd), "row": page.odd[0][0]}))
    cells = {role: [page.rows[i][place] for i in choice.rows] for role, place in choice.columns.items()}
    lines = np.array([page.lines[i] for i in choice.rows])
    decimal = _decimal(cells, page, corrections, understood, doubts)
    columns = {role: numbers.numbers(texts, decimal) for role, texts in cells.items() if role in (*PRICES, "volume")}
    stamps = _stamps(cells, page, corrections, understood, doubts)
    good = _usable(stamps, columns["close"], cells, lines, page, choice, dropped)
    _enough(len(good), page, choice)
    place, order, again, unlike = clean.in_order(stamps[good], columns["close"][good], corrections.order)
    if len(again) and 2 * len(place) < len(good):
        raise refused(N_("Of {rows} rows only {days} have a day of their own. If there are several series in the file, a column has to say "
                         "which (“symbol”)."), page.names, choice.tickers, rows=len(good), days=len(place))
    rows = good[place]
    _enough(len(rows), page, choice)
    when, timed = clean.whole_days(stamps[rows])
    columns = _others({role: values[rows] for role, values in columns.items()})
    if columns["close"].min() == columns["close"].max():
        raise refused(N_("All {count} prices are {value:g}; there is nothing to forecast."), page.names, choice.tickers, count=len(rows),
                      value=float(columns["close"][0]))
    frequency = frequency_of(when)
    on, odd = clean.weekends(when, frequency)
    splits = clean.find_splits(when, columns)
    changed = splits and corrections.splits
    said = clean.splits_said(splits, when, columns["close"], bool(changed))
    used = {role: page.names[place] for role, place in choice.columns.items() if role in columns or role in ("date", "time")}
    understood = [*_columns_said(used, page), *understood, *order, *timed, *on, *clean.gaps(when, frequency),
                  Message(N_("{count} prices from {first} to {last}, {frequency}."),
                          {"count": len(when), "first": clean.moment(when[0]), "last": clean.moment(when[-1]),
                           "frequency": ["_", FREQUENCIES[frequency]]}), *(said if changed else [])]
    doubts = [*doubts, *unlike, *odd, *_unlikely(columns), *([] if changed else said)]
    return Prices(choice.ticker or name, when, clean.undo(splits, when, columns) if changed else columns, frequency, tuple(understood),
                  (*dropped, *again), tuple(doubts), splits, tuple(page.names), used, choice.tickers, choice.ticker)


def _decimal(cells: dict[str, list[str]], page: Sheet, corrections: Corrections, understood: list[Message],
             doubts: list[Message]) -> str:
    """What parts the decimals of the numbers: "point" or "comma"."""
    if corrections.decimal:
        return corrections.decimal
    texts = [texts for role, texts in cells.items() if role in (*PRICES, "volume")]
    mark, example = numbers.marks(cell for column in texts for cell in column[::max(1, len(column) // MARKED)])
    if not mark and example:
        ways = {way: numbers.numbers(cells["close"], way) for way in ("point", "comma")}
        rough = {way: _rough(values) for way, values in ways.items()}
        mark = min(rough, key=lambda way: rough[way])
        if rough["point"] == rough["comma"]:  # nothing in the file tells
            mark = "comma" if "," in example and page.parted != "," else "point"
            other = "point" if mark == "comma" else "comma"
            doubts.append(Message(N_("“{text}” is read as {value:.12g}; it might be {other:.12g} as well."),
                                  {"text": short(example), "value": numbers.number(example, mark),
                                   "other": numbers.number(example, other)}))
    if mark == "comma":
        shown = next((cell for column in texts for cell in column if "," in cell and np.isfinite(numbers.number(cell, mark))), "")
        if shown:
            understood.append(Message(N_("Commas part the decimals: “{text}” is {value:.12g}."),
                                      {"text": short(shown), "value": numbers.number(shown, mark)}))
    return mark or "point"


def _rough(values: np.ndarray) -> float:
    """How much prices move in all; numbers of which some are a thousand times too large move far more."""
    values = values[(values > SMALLEST) & (values < LARGEST)]
    return round(float(np.abs(np.diff(np.log(values))).sum()), 6)


def _stamps(cells: dict[str, list[str]], page: Sheet, corrections: Corrections, understood: list[Message],
            doubts: list[Message]) -> np.ndarray:
    """The moments of the rows: (n,) datetime64[s], NaT for none."""
    found = dates.read_dates(cells["date"], True, corrections.date_order)
    first = {"day": N_("the day"), "month": N_("the month"), "year": N_("the year")}
    if found.order and not found.why:
        other = "day" if found.order == "month" else "month"
        doubts.append(Message(N_("“{text}” is read as {date}, with {first} first. Nothing in the file tells; with {other} first it would "
                                 "be {another}."),
                              {"text": short(found.example), "first": ["_", first[found.order]], "other": ["_", first[other]],
                               **{key: clean.moment(dates.read_dates([found.example], True, way).stamps[0])
                                  for key, way in (("date", found.order), ("another", other))}}))
    elif found.order and found.example:
        why = {"said": N_("In dates such as “{text}”, {first} stands first."),
               "range": N_("In dates such as “{text}”, {first} stands first: other rows have numbers there that fit nothing else."),
               "points": N_("In dates such as “{text}”, {first} stands first: nobody writes others with points."),
               "sequence": N_("In dates such as “{text}”, {first} stands first: only so are the rows in order."),
               "weekends": N_("In dates such as “{text}”, {first} stands first: otherwise many would be weekends."),
               "steps": N_("In dates such as “{text}”, {first} stands first: only so do they follow each other at even steps.")}
        understood.append(Message(why[found.why], {"text": short(found.example), "first": ["_", first[found.order]]}))
    in_utc = found.epochs or bool(found.zones) and {*found.zones} <= dates.UTC
    local = epochs.midnights(found.stamps, corrections.zone == "local") if in_utc and corrections.zone != "utc" else None
    if local is not None:
        found = replace(found, stamps=_local(found.stamps, local, cells["date"], corrections, understood, doubts))
    elif found.counted:
        understood.append(Message(N_("The dates are counts, such as {text}, read as UTC."), {"text": short(cells["date"][0])}))
    elif found.zones:
        understood.append(Message(N_("The times have a time zone ({zones}); they are kept as they stand there."),
                                  {"zones": ", ".join(found.zones[:4])}))
    stamps = found.stamps
    if "time" in cells and not found.counted and not (stamps > stamps.astype("datetime64[D]")).any():
        seconds = [dates.seconds_of(cell) for cell in cells["time"]]
        if None not in seconds:
            stamps = stamps + np.array(seconds, np.int64).astype("timedelta64[s]")
    return stamps


def _local(utc: np.ndarray, local: np.ndarray, cells: list[str], corrections: Corrections, understood: list[Message],
           doubts: list[Message]) -> np.ndarray:
    """Midnights elsewhere, and the sentence on that."""
    at = int(np.argmin(np.isnat(utc)))
    shown = {"text": short(cells[at]), "time": str(utc[at]).split("T")[1][:5], "utc": str(utc[at])[:10], "local": str(local[at])[:10]}
    if corrections.zone:
        understood.append(Message(N_("The dates are in UTC; {text} is {utc}, {time}, and {local} where it is midnight then."),
                                  shown))
    else:
        doubts.append(Message(N_("The dates are in UTC; {text} is {utc}, {time}. All are midnights somewhere east of Greenwich, so "
                                 "the day there is taken, {local}; it can be the day in UTC instead."), shown))
    return local


def _usable(stamps: np.ndarray, close: np.ndarray, cells: dict[str, list[str]], lines: np.ndarray, page: Sheet,
            choice: Choice, dropped: list[Message]) -> np.ndarray:
    """The places of the rows that have a date and a price; Trouble where too few have."""
    left = np.ones(len(lines), bool)
    total = len(lines)

    def leave(bad: np.ndarray, said: str, role: str, most: float, refusal: Callable[[int], Exception]) -> None:
        nonlocal left
        bad = bad & left
        if not bad.any():
            return
        at = int(np.argmax(bad))
        left &= ~bad
        if bad.sum() > most * total or left.sum() < LEAST <= total:
            raise refusal(at)
        dropped.append(Message(said, {"count": int(bad.sum()), "row": int(lines[at]), "text": short(cells[role][at])}))

    def no_date(at: int) -> Exception:
        return refused(N_("Column “{column}” holds too few dates: it has “{text}” in row {row}. A day such as 2019-03-04 would be right."),
                       page.names, column=shown["date"], text=short(cells["date"][at]), row=int(lines[at]))

    def no_price(at: int) -> Exception:
        return refused(N_("Column “{column}” holds too few prices: it has “{text}” in row {row}. A number such as 27.35 would be right."),
                       page.names, column=shown["close"], text=short(cells["close"][at]), row=int(lines[at]))

    def not_above(at: int) -> Exception:
        return refused(N_("Column “{column}” has “{text}” in row {row}, and more such rows. Prices are above zero; are these changes or "
                          "returns?"), page.names, column=shown["close"], text=short(cells["close"][at]), row=int(lines[at]))

    shown = {role: page.names[place] for role, place in choice.columns.items()}
    leave(np.isnat(stamps), N_("Rows without a date that can be read: {count}, the first is row {row} (“{text}”)."), "date", 0.5, no_date)
    empty = np.array([cell.lower() in GAPS for cell in cells["close"]], bool)
    leave(empty, N_("Rows without a price: {count}, the first is row {row}."), "close", 1.0, no_price)
    leave(np.isnan(close), N_("Rows with a price that cannot be read: {count}, the first is row {row} (“{text}”)."), "close", 1.0, no_price)
    leave(np.abs(close) > LARGEST, N_("Rows with a price that is infinite or above 10¹²: {count}, the first is row {row} (“{text}”)."),
          "close", 0.5, no_price)
    leave(close < SMALLEST, N_("Rows with a price that is not above zero: {count}, the first is row {row} (“{text}”)."), "close",
          NOT_ABOVE_ZERO, not_above)
    return np.flatnonzero(left)


def _enough(count: int, page: Sheet, choice: Choice) -> None:
    if count < LEAST:
        raise refused(N_("The file has {rows} prices; it needs {least} to {most}."), page.names, choice.tickers, rows=count, least=LEAST,
                      most=POINTS)
    if count > POINTS:
        raise refused(N_("The series has {rows} prices; at most {most} can be read. Take one a day."), page.names, choice.tickers,
                      rows=count, most=POINTS)


def _others(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """nan where other prices are not above zero, or a volume is below; columns of nothing else go."""
    kept = {}
    for role, values in columns.items():
        with np.errstate(invalid="ignore"):
            good = (values >= (0 if role == "volume" else SMALLEST)) & (values < (np.inf if role == "volume" else LARGEST))
        if good.any():
            kept[role] = np.where(good, values, np.nan)
    return kept


def _columns_said(used: dict[str, str], page: Sheet) -> list[Message]:
    said = [Message(N_("The dates are in column “{date}”, the prices in “{price}”."), {"date": used["date"], "price": used["close"]})]
    others = [header for role, header in used.items() if role not in ("date", "close")]
    if others:
        said.append(Message(N_("Read as well: {columns}."), {"columns": ", ".join(f"“{header}”" for header in others)}))
    if page.encoding != "utf-8":
        said.append(Message(N_("The letters of the file are {encoding}."), {"encoding": page.encoding.upper()}))
    return said


def _unlikely(columns: dict[str, np.ndarray]) -> list[Message]:
    """A sentence if closing prices are not between the lowest and the highest of the day."""
    if not {"high", "low"} <= set(columns):
        return []
    close, slack = columns["close"], 1e-4 * columns["close"]
    with np.errstate(invalid="ignore"):
        out = (close > columns["high"] + slack) | (close < columns["low"] - slack)
    return [Message(N_("Rows whose price is not between the lowest and the highest of the day: {count}."), {"count": int(out.sum())})
            ] if out.any() else []
