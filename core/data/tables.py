"""A student's own table: any CSV of up to 2,000 rows and 20 columns, its types inferred, with errors a person can use.

| type | when | in `table` |
| --- | --- | --- |
| number | every cell that is not missing is one, with a decimal point, or a comma where commas do not part columns | itself |
| date | every one is 2024-01-31, 2024/1/31 or 31.01.2024, a time may follow | days since 1970 |
| category | at most half as many different values as there are cells, and at most 40 | the place of its word |
| text | anything else | the place of its word |

Missing is an empty cell and what is often written instead (`GAPS`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from core.data import uploads
from core.data.csv import COMMA, UploadError
from core.data.text import decoded, named, separator
from core.frame import Message
from core.i18n import N_

LEAST, MOST, COLUMNS, WORDS, LONGEST = 5, 2000, 20, 40, 40
CODES = 10  # so many different whole numbers may be classes
LARGEST = 1e12
MINUS = "\u2212"
NUMBER, CATEGORY, DATE, TEXT = range(4)
KINDS = (N_("number"), N_("category"), N_("date"), N_("text"))
GAPS = ("", "na", "n/a", "nan", "null", "none", "?", "-", "–", "—", "#n/a")  # in small letters
DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
DAY = re.compile(r"(?:(\d{4})([-/])(\d{1,2})\2(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?Z?)?",
                 re.ASCII)


@dataclass(frozen=True)
class Own:
    """A table that was read: names and kinds (one of NUMBER, …) of its columns; values: (rows, columns) float64, nan where a cell is
    missing; words: of a category or text column its words; odd: column → the only kind of cell that kept it from being numbers (row in the
    file, text); parted, comma: what parts its cells, and whether commas are decimal ones; encoding: of the file, as Python names it;
    minus: whether it writes − for minus anywhere."""

    names: list[str]
    kinds: tuple[int, ...]
    values: np.ndarray
    words: list[list[str]]
    odd: dict[int, tuple[int, str]]
    parted: str
    comma: bool
    encoding: str = "utf-8"
    minus: bool = False

    def cell(self, row: int, column: int) -> str:
        """A cell as it is shown; "" where it is missing."""
        value = float(self.values[row, column])
        if np.isnan(value):
            return ""
        kind = self.kinds[column]
        if kind == NUMBER:
            return f"{value:.6g}"
        if kind == DATE:
            moment = np.datetime64(0, "s") + np.timedelta64(round(value * 86400), "s")
            return str(moment)[:10] if value == round(value) else str(moment)[:16].replace("T", " ")
        return self.words[column][int(value)]

    def of(self, kind: int) -> list[int]:
        """The places of the columns of a kind."""
        return [i for i, k in enumerate(self.kinds) if k == kind]

    def classes(self) -> list[int]:
        """The places of the columns that can say which class a row is of: categories, and whole numbers of which at most ten differ."""
        return [i for i, kind in enumerate(self.kinds) if kind == CATEGORY and len(self.words[i]) > 1
                or kind == NUMBER and _coded(self.values[:, i])]

    def named(self, column: int, value: float) -> str:
        """The name of a class: a category's word, a number as it is written."""
        return self.words[column][int(value)] if self.kinds[column] != NUMBER else f"{value:g}"


def _coded(values: np.ndarray) -> bool:
    """Whether these numbers are codes of classes: whole, and two to ten different ones."""
    seen = np.unique(values[~np.isnan(values)])
    return 2 <= len(seen) <= CODES and bool((seen == np.round(seen)).all())


def refused(sentence: str, /, **values: Any) -> UploadError:
    return UploadError(Message(sentence, values))


def read_table(data: bytes, limit_mb: float) -> tuple[str, dict[str, np.ndarray], list[str]]:
    """Read a CSV file. Returns its content hash (32 hex digits), plain arrays (see `unpacked`) and the names of the columns.

    UploadError for anything else than a header and 5 to 2,000 rows of 1 to 20 columns, one of numbers or of
    categories at least.
    """
    if len(data) > limit_mb * 2**20:
        raise refused(N_("The file has {size:.1f} MB; at most {limit:g} MB can be read."), size=len(data) / 2**20, limit=limit_mb)
    text, encoding = decoded(data)
    parted = separator(text.lstrip().split("\n", 1)[:1])
    names, lines, rows = _rows(text, parted)
    comma = parted != ","
    table, kinds, words, odd = np.full((len(rows), len(names)), np.nan), [], [], {}
    for place, name in enumerate(names):
        cells = [row[place] for row in rows]
        if all(cell.lower() in GAPS for cell in cells):
            raise refused(N_("Column “{column}” is empty. Delete it, or fill it."), column=name)
        kind, table[:, place], said, stray = _column(name, cells, comma, lines)
        kinds.append(kind)
        words.append(said)
        if stray is not None:
            odd[place] = stray
    if not {NUMBER, CATEGORY} & set(kinds):
        for place, (line, cell) in odd.items():
            raise refused(N_("No column holds numbers only. The first that nearly does, “{column}”, has “{text}” in row {row}."),
                          column=names[place], text=cell, row=line)
        raise refused(N_("No column holds numbers only, and none holds words that recur; one of either is needed to see anything."))
    told = {"words": words, "odd": {str(k): list(v) for k, v in odd.items()}, "parted": parted, "comma": comma,
            "encoding": encoding, "minus": MINUS in text}
    arrays = {"table": table, "kinds": np.array(kinds, np.uint8), "told": np.frombuffer(json.dumps(told).encode(), np.uint8)}
    content = b"table" + b"".join(arrays[part].tobytes() for part in arrays) + json.dumps(names).encode()
    return hashlib.sha256(content).hexdigest()[:32], arrays, names


def unpacked(arrays: dict[str, np.ndarray], names: list[str]) -> Own:
    """What `read_table` has packed."""
    told = json.loads(arrays["told"].tobytes())
    return Own(list(names), tuple(map(int, arrays["kinds"])), arrays["table"], told["words"],
               {int(k): (int(row), text) for k, (row, text) in told["odd"].items()}, told["parted"], told["comma"],
               told["encoding"], told["minus"])


def own(digest: str) -> Own | None:
    """The table with this content hash; None for none, one that is not here (any more), or points of the other kind of upload."""
    found = uploads.find(digest) if digest else None
    return unpacked(found.arrays, found.classes) if found is not None and "table" in found.arrays else None


def _rows(text: str, parted: str) -> tuple[list[str], list[int], list[list[str]]]:
    """The names of the columns, the rows' lines in the file and their cells, all stripped; every row as long as the header."""
    rows: list[tuple[int, list[str]]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted, skipinitialspace=True, strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(rows) > MOST + 1:
                raise refused(N_("The file has {rows} rows; it needs {least} to {most}."), rows=f"> {MOST}", least=LEAST, most=MOST)
    except csv.Error:
        raise refused(N_("Row {row} cannot be read: is a quotation mark missing?"), row=reader.line_num) from None
    if not rows:
        raise refused(N_("The file is empty."))
    (_line, head), body = rows[0], rows[1:]
    while len(head) > 1 and not head[-1] and all(len(cells) < len(head) or not cells[len(head) - 1] for _, cells in body):
        head = head[:-1]  # a separator at the end of every row
        body = [(line, cells[:len(head)] if len(cells) == len(head) + 1 else cells) for line, cells in body]
    if len(head) > COLUMNS:
        raise refused(N_("The file has {columns} columns; at most {most} can be read."), columns=len(head), most=COLUMNS)
    if all(_number(cell, parted != ",") is not None for cell in head):
        raise refused(N_("The first row has to name the columns, for example “width, height, kind”; it says “{text}”."),
                      text=", ".join(head)[:60])
    for line, cells in body:
        if len(cells) != len(head):
            raise refused(N_("Row {row} has {cells} cells, the header {columns}. Put text that has a separator in it in quotation marks."),
                          row=line, cells=len(cells), columns=len(head))
    if len(body) < LEAST:
        raise refused(N_("The file has {rows} rows; it needs {least} to {most}."), rows=f"{len(body)}", least=LEAST, most=MOST)
    return named(head), [line for line, _ in body], [cells for _, cells in body]


def _number(cell: str, comma: bool) -> float | None:
    cell = cell.replace(MINUS, "-")
    if comma:
        cell = re.sub(COMMA, r"\1.\2", cell)
    return float(cell) if DIGITS.fullmatch(cell) else None


def _date(cell: str) -> float | None:
    """Days since 1970; None for what is no date, a day that does not exist among it."""
    found = DAY.fullmatch(cell)
    if found is None:
        return None
    year, _sign, month, day, day2, month2, year2, hour, minute, second = found.groups()
    try:
        moment = datetime(int(year or year2), int(month or month2), int(day or day2), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    return (moment - datetime(1970, 1, 1)).total_seconds() / 86400


def _column(name: str, cells: list[str], comma: bool, lines: list[int]) -> tuple[int, np.ndarray, list[str], tuple[int, str] | None]:
    """Its kind, values, words, and what kept it from being numbers if most of it are."""
    there = [i for i, cell in enumerate(cells) if cell.lower() not in GAPS]
    values = np.full(len(cells), np.nan)
    for kind, read in ((NUMBER, lambda cell: _number(cell, comma)), (DATE, _date)):
        found = [read(cells[i]) for i in there]
        if all(value is not None for value in found):
            values[there] = np.array(found, float)
            if kind == NUMBER and not np.abs(values[there]).max() <= LARGEST:
                raise refused(N_("Column “{column}” has a number larger than 10¹², in row {row}."), column=name,
                              row=lines[there[int(np.argmax(~(np.abs(values[there]) <= LARGEST)))]])
            return kind, values, [], None
        if kind == NUMBER and sum(value is not None for value in found) > len(there) / 2:
            first = next(i for i, value in zip(there, found, strict=True) if value is None)
            stray: tuple[int, str] | None = (lines[first], cells[first][:LONGEST])
        elif kind == NUMBER:
            stray = None
    words = sorted({cells[i] for i in there})
    place = {word: i for i, word in enumerate(words)}
    values[there] = [place[cells[i]] for i in there]
    kind = CATEGORY if len(words) <= min(WORDS, max(2, len(there) // 2)) else TEXT
    return kind, values, [word[:LONGEST] for word in words], stray
