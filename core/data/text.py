"""What every file of text needs before it is a table: its letters, whoever wrote them, and the sign that parts its cells."""

from __future__ import annotations

import codecs
import re
import statistics
from collections.abc import Callable, Sequence

from core.data.csv import UploadError
from core.frame import Message
from core.i18n import N_


def decoded(data: bytes, otherwise: str | Callable[[bytes], tuple[str, str]] = "") -> tuple[str, str]:
    """A file's text, with \\n at the ends of its lines, and its encoding as Python names it.

    otherwise: how to read what is neither UTF-8 nor Chinese, or what is to read all that is no Unicode: it returns text and encoding,
    both "" if it cannot. UploadError for what is no text; it names the row where nothing else helped.
    """
    wide = _wide(data)
    if not wide and (b"\0" in data or data.startswith(b"PK\x03\x04")):
        raise UploadError(Message(N_("This is no text file. From a spreadsheet, save the table as CSV (UTF-8).")))
    how = wide or "utf-8"
    try:
        text = data.decode("utf-8-sig" if how == "utf-8" else how)
    except UnicodeDecodeError as error:
        text, how = ("", "") if wide else otherwise(data) if callable(otherwise) else _usual(data, otherwise)
        if not text:
            row = data[:error.start].count(b"\n") + 1
            raise UploadError(Message(N_("Row {row} has a character that is not UTF-8. Save the file as “CSV UTF-8”."),
                                      {"row": row})) from None
    if not text.strip():
        raise UploadError(Message(N_("The file is empty.")))
    return text.replace("\r\n", "\n").replace("\r", "\n"), how


def _wide(data: bytes) -> str:
    """UTF-16, by its mark or by every second byte of it being zero; "" for anything else."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:2000]
    for how, odd in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(head) >= 40 and odd.count(0) > 0.6 * len(odd) and head.count(0) < 1.05 * odd.count(0):
            return how
    return ""


def _usual(data: bytes, otherwise: str) -> tuple[str, str]:
    text = _chinese(data)
    return (text, "gb18030") if text else (_read(data, otherwise), otherwise)


def _read(data: bytes, how: str) -> str:
    try:
        return data.decode(how) if how else ""
    except UnicodeDecodeError:
        return ""


def _chinese(data: bytes) -> str:
    """What a spreadsheet on a Chinese Windows has saved (GBK); "" for what hardly is that: four in five of its letters are common ones (in
    GB2312 those before 0xD8), while the small letters of Western Europe (from 0xDF on) read as GBK give rare ones, if any.
    """
    text = _read(data, "gb18030")
    signs = [sign for sign in text if ord(sign) > 127 and sign.isalpha()]
    common = sum(b"\xa1" <= sign.encode("gb2312", "ignore")[:1] < b"\xd8" for sign in signs)
    return text if signs and common >= 0.8 * len(signs) else ""


def separator(lines: Sequence[str]) -> str:
    """What parts the cells: a semicolon or a tab where most lines have it outside quotes, before a comma or a bar, which may stand within
    numbers or names; of those two the one that more lines have equally many of, or most. A semicolon where there is none.
    """
    plain = [re.sub(r'"[^"\n]*"', "", line) for line in lines]
    counts = {by: [line.count(by) for line in plain] for by in ";\t,|"}
    usual = {by: statistics.median_low(each) if each else 0 for by, each in counts.items()}
    if not any(usual.values()):
        return ";"
    return next((by for by in ";\t" if usual[by]),
                max(",|", key=lambda by: (usual[by] > 0, max(map(counts[by].count, counts[by])), usual[by])))


def named(head: Sequence[str]) -> list[str]:
    """A name of at most 40 letters for each column of a header, each its own; #3 for a third without one."""
    names: dict[str, None] = {}
    for place, cell in enumerate(head):
        plain = name = " ".join(cell.split())[:40] or f"#{place + 1}"
        again = 1
        while name in names:
            again += 1
            name = f"{plain} ({again})"
        names[name] = None
    return list(names)
