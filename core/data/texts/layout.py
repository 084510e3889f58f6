"""A file of texts as rows of cells, and which of its columns hold the texts and the labels."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.tables import GAPS
from core.data.text import decoded, named, separator
from core.data.texts.encodings import likeliest, written
from core.data.texts.own import CLASSES, LEAST, LONGEST, MOST, Corrections, NoTexts, refused, short
from core.frame import Message, Trouble
from core.i18n import N_

HEAD = 30  # lines that tell what parts the cells
WIDE = 60  # columns
WORDS = 30  # characters that a label has on average, at most
LABEL = re.compile(r"label|sentiment|class|categor|target|polarity|rating|stars|score|^y$|标签|类别|分类|情感|评分", re.IGNORECASE)
TEXT = re.compile(r"text|review|comment|content|sentence|message|tweet|body|评论|内容|文本|正文|句子", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """names: of the columns, each its own; rows: their cells; lines: their rows in the file; headed: whether the file names its
    columns; encoding: as Python names it."""

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    headed: bool
    encoding: str


@dataclass(frozen=True)
class Columns:
    """The places of the texts and the labels; joined: how many rows had more cells than the file has columns, and were put together."""

    text: int
    label: int
    joined: int


def text_of(data: bytes, encoding: str) -> tuple[str, str]:
    """A file's text and its encoding. Trouble if it is no text, or not in the encoding that was asked for."""
    if not encoding:
        try:
            return decoded(data, likeliest)
        except Trouble as problem:  # the page then asks for the encoding
            raise NoTexts(problem.message, ()) from None
    try:
        text = written(data, encoding)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise refused(N_("The file is not in the encoding {encoding}: row {row} has bytes that mean nothing in it. Choose another one, or "
                         "leave it to the file."), encoding=encoding.upper(), row=data[:start].count(b"\n") + 1) from None
    if not text.strip():
        raise refused(N_("The file is empty."))
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def sheet(data: bytes, corrections: Corrections) -> tuple[Sheet, Columns]:
    """Take a file apart. Trouble for what is empty, no text, has no column of labels, or an open quotation mark."""
    text, encoding = text_of(data, corrections.encoding)
    if re.match(r"\s*<(!doctype|html|\?xml|head|body)\b", text, re.IGNORECASE):
        raise refused(N_("This is a web page (“{text}”), not a table. On the site, look for “Download” or “Export to CSV”."),
                      text=short(text.lstrip()))
    parted = separator([line for line in text[:50_000].split("\n") if line.strip()][:HEAD])
    rows = _rows(text, parted)
    if len(rows) < LEAST:
        raise refused(N_("The file has {rows} rows; it needs {least} to {most}."), rows=len(rows), least=LEAST, most=MOST)
    usual = Counter(len(cells) for _line, cells in rows[1:] or rows)
    wide = len(rows[0][1]) if usual[len(rows[0][1])] else max(usual, key=lambda n: (usual[n], -n))
    if wide < 2:
        raise refused(N_("Each row needs two cells at least, a text and a label, parted by commas, semicolons or tabs. Row {row} has one: "
                         "“{text}”."), row=rows[0][0], text=short(rows[0][1][0]))
    if wide > WIDE:
        raise refused(N_("The file has {columns} columns; at most {most} can be read."), columns=wide, most=WIDE)
    even = [cells for _line, cells in rows if len(cells) == wide]
    names = named(rows[0][1][:wide] + [""] * (wide - len(rows[0][1])))
    found = _places(names, even[1:] or even, corrections)
    first = rows[0][1]
    label = first[found[1]].strip() if len(first) == wide else ""
    headed = len(first) == wide and label not in {cells[found[1]].strip() for cells in even[1:]} and not label.isdigit()
    if not headed:
        names = [f"#{i + 1}" for i in range(wide)]
        found = _places(names, even, corrections)
    fitted, joined = [], 0
    for _line, cells in rows[headed:]:
        more = len(cells) - wide
        if more > 0:  # a text whose commas were not put in quotation marks
            at = found[0]
            cells = [*cells[:at], f"{parted} ".join(cells[at:at + more + 1]), *cells[at + more + 1:]]
            joined += 1
        fitted.append(cells + [""] * -min(more, 0))
    return Sheet(names, fitted, [line for line, _cells in rows[headed:]], headed, encoding), Columns(*found, joined)


def _rows(text: str, parted: str) -> list[tuple[int, list[str]]]:
    """The rows that have any cell, with their numbers in the file. A file by tabs may have quotation marks that are nothing but that."""
    lines = text.split("\n")
    plain = [line.split("\t") for line in lines if line.strip()]
    even = parted == "\t" and len({len(cells) for cells in plain}) == 1
    loose = any(cell.count('"') % 2 or (cell.startswith('"') and not cell.endswith('"')) for cells in plain for cell in cells)
    if even and loose:
        return [(i, line.split("\t")) for i, line in enumerate(lines, 1) if line.strip()]
    rows, start = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted, skipinitialspace=True)
    limit = csv.field_size_limit(10 * LONGEST)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error:
        raise refused(N_("Row {row} cannot be read: is a quotation mark missing?"), row=start) from None
    finally:
        csv.field_size_limit(limit)
    if not rows:
        raise refused(N_("The file is empty."))
    return rows


def _places(names: Sequence[str], rows: Sequence[Sequence[str]], corrections: Corrections) -> tuple[int, int]:
    """The places of the texts and of the labels: those that are said; else the labels are the column that is named so, or has the fewest
    different values, and the texts the longest of the others."""
    columns = [[row[i].strip() for row in rows] for i in range(len(names))]
    lengths = [sum(map(len, cells)) / max(len(cells), 1) for cells in columns]
    kinds = [len({cell for cell in cells if cell.lower() not in GAPS}) for cells in columns]
    text, label = (_named(names, name) for name in (corrections.text_column, corrections.label_column))
    if text is None and label is None:
        text = max(range(len(names)), key=lambda i: (kinds[i] > CLASSES, bool(TEXT.search(names[i])) and lengths[i] > WORDS / 2,
                                                     lengths[i]))
    if label is None:
        fit = [i for i in range(len(names)) if i != text and 2 <= kinds[i] <= CLASSES and lengths[i] <= WORDS]
        if not fit:
            raise refused(N_("No column holds labels: one with 2 to {most} different values, such as “good” and “bad”. The columns are: "
                             "{columns}."), names, most=CLASSES, columns=short(", ".join(names), 200))
        label = min(fit, key=lambda i: (not LABEL.search(names[i]), kinds[i], i))
    if text is None:
        others = [i for i in range(len(names)) if i != label]
        text = max(others, key=lambda i: (bool(TEXT.search(names[i])) and lengths[i] > WORDS / 2, lengths[i]))
    if text == label:
        raise refused(N_("“{text}” cannot hold both the texts and the labels."), names, text=names[text])
    return text, label


def _named(names: Sequence[str], name: str) -> int | None:
    if not name:
        return None
    if name not in names:
        raise refused(N_("There is no column “{text}”. The columns are: {columns}."), names, text=short(name),
                      columns=short(", ".join(names), 200))
    return list(names).index(name)


def too_large(data: bytes, limit_mb: float) -> None:
    """Trouble if a file is larger than may be read."""
    if len(data) > limit_mb * 2**20:
        raise Trouble(Message(N_("The file has {size:.1f} MB; at most {limit:g} MB can be read."),
                              {"size": len(data) / 2**20, "limit": limit_mb}))
