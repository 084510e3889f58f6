"""A file's text as rows of cells: what parts them, which row names the columns, and what is no table at all."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass

from core.data.prices import dates
from core.data.prices.columns import meaning
from core.data.prices.numbers import number
from core.data.prices.series import CELLS, LINES, WIDE, refused, short
from core.data.text import decoded, named, separator
from core.i18n import N_

WESTERN = "cp1252"
HEAD = 30  # rows within which the first price has to stand
MAGIC = {b"PK\x03\x04": N_("an Excel workbook or another zip archive"), b"\xd0\xcf\x11\xe0": N_("an old Excel workbook"),
         b"%PDF": N_("a PDF document"), b"\x1f\x8b": N_("a compressed file"), b"PAR1": N_("a Parquet file"),
         b"\x89PNG": N_("a picture"), b"\xff\xd8\xff": N_("a picture"), b"GIF8": N_("a picture"),
         b"{\\rtf": N_("a document of a word processor")}
PAGE = re.compile(r"\s*<(!doctype|html|\?xml|head|body|table|div|script|svg)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """names: of the columns, each its own; rows: their cells, as many as names, stripped; lines: their rows in the file;
    headed: whether the file names its columns; before: lines above those names; odd: the rows, and their cells, that have more cells than
    there are names, which are left out; parted: what parts the cells; encoding: as Python names it."""

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    headed: bool
    before: int
    odd: list[tuple[int, int]]
    parted: str
    encoding: str

    def column(self, place: int) -> list[str]:
        return [row[place] for row in self.rows]


def sheet(data: bytes, limit_mb: float) -> Sheet:
    """Take a file apart. Trouble for what is empty, no text, a web page, JSON, too large, or has an open quotation mark."""
    if len(data) > limit_mb * 2**20:
        raise refused(N_("The file has {size:.1f} MB; at most {limit:g} MB can be read."), size=len(data) / 2**20, limit=limit_mb)
    for start, what in MAGIC.items():
        if data.startswith(start):
            raise refused(N_("This is {what}, whatever its name says. Open it with its own program, and save the table as CSV (UTF-8)."),
                          what=["_", what])
    text, encoding = decoded(data, WESTERN)
    if PAGE.match(text):
        raise refused(N_("This is a web page (“{text}”), not a table. On the site, look for “Download” or “Export to CSV”."),
                      text=short(text.lstrip()))
    if text.lstrip()[:1] in "{[":
        _no_json(text)
    if text.count("\n") > LINES:
        raise refused(N_("The file has {rows} rows; at most {most} can be read."), rows=text.count("\n"), most=LINES)
    parted = separator([line for line in text[:20_000].split("\n") if line.strip()][:HEAD])
    rows = _split(text, parted)
    wide = max(len(cells) for _line, cells in rows[:HEAD])
    if wide > WIDE:
        raise refused(N_("The file has {columns} columns; at most {most} can be read."), columns=wide, most=WIDE)
    names, body, before = _head(rows)
    wide = len(names)
    if wide * len(rows) > CELLS:
        raise refused(N_("The file has {rows} rows of {columns} cells; at most {most} cells can be read."), names, rows=len(rows),
                      columns=wide, most=CELLS)
    kept, lines, odd = [], [], []
    for line, cells in rows[body:]:
        while len(cells) > wide and not cells[-1]:
            cells = cells[:-1]
        if len(cells) > wide:
            odd.append((line, len(cells)))
        else:
            kept.append(cells + [""] * (wide - len(cells)))
            lines.append(line)
    if odd and len(odd) >= len(kept):
        raise refused(N_("Row {row} has {cells} cells, the header {columns}. Put text that has a separator in it in quotation marks."),
                      names, row=odd[0][0], cells=odd[0][1], columns=wide)
    return Sheet(names, kept, lines, body > 0, before, odd, parted, encoding)


def _no_json(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        if not re.match(r'\s*[{\[]\s*["{\[]', text):
            return
    raise refused(N_("This is JSON (“{text}”), not a table. Save it as CSV: a header, then a row for each day."), text=short(text.lstrip()))


def _split(text: str, parted: str) -> list[tuple[int, list[str]]]:
    """The rows that have any cell, with their numbers in the file."""
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted, skipinitialspace=True)
    start = 1
    try:
        for cells in reader:
            if reader.line_num - start > 3:
                raise refused(N_("Row {row} cannot be read: is a quotation mark missing?"), row=start)
            if any(cell.strip() for cell in cells):
                rows.append((start, [" ".join(cell.split()) for cell in cells]))
            start = reader.line_num + 1
    except csv.Error:
        raise refused(N_("Row {row} cannot be read: is a quotation mark missing?"), row=start) from None
    if not rows:
        raise refused(N_("The file is empty."))
    if all(len(cells) == 1 for _line, cells in rows[:HEAD]):  # blanks part them, or nothing does
        spaced = [(line, cells[0].split()) for line, cells in rows]
        if min(len(cells) for _line, cells in spaced[:HEAD]) > 1:
            return spaced
    return rows


def _head(rows: list[tuple[int, list[str]]]) -> tuple[list[str], int, int]:
    """The names of the columns, how many rows belong to them or stand above them, and how many of those stand above."""
    first = next((i for i, (_line, cells) in enumerate(rows[:HEAD]) if _priced(cells)), None)
    if first == 0:
        return [f"#{i + 1}" for i in range(max(len(cells) for _line, cells in rows[:HEAD]))], 0, 0
    above = [cells for _line, cells in rows[:first or 1]]
    if len(above) > 1 and _bare(above[-1]):  # several rows of names, as pandas writes them: “Close”, “Close” above “AAPL”, “MSFT”
        levels = above[max(0, len(above) - 3):-1]
        wide = max(map(len, levels))
        levels = [cells + [""] * (wide - len(cells)) for cells in levels]
        names = [" ".join(filter(None, parts)) for parts in zip(*levels, strict=True)]
        return named([above[-1][0], *names[1:]]), len(above), len(above) - 1 - len(levels)
    best = max(range(len(above)), key=lambda i: (sum(meaning(cell)[0] != "" for cell in above[i]), sum(map(bool, above[i])), -i))
    names = list(above[best])
    wide = max(len(cells) for _line, cells in rows[best + 1:best + HEAD] or [(0, names)])
    while len(names) > wide and not names[-1]:
        names.pop()
    return named(names), best + 1, best


def _priced(cells: list[str]) -> bool:
    """Whether a row has a date and a number beside it."""
    days = [i for i, cell in enumerate(cells) if dates.parsed(cell, counted=True)]
    return any(number(cell, mark) > 0 for i, cell in enumerate(cells) if days and i != days[0] for mark in ("point", "comma"))


def _bare(cells: list[str]) -> bool:
    """Whether a row names the dates and nothing else."""
    return meaning(cells[0])[0] == "date" and not any(cells[1:])
