"""Cells that hold numbers as the world writes them: $1,234.50 · 1.234,50 € · 1 234,50 · 12.3万 · 59.44B · (3.20)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from core.data.tables import MINUS

SIMPLE = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
LONGEST = 40  # letters of a number
MONEY = r"(?:US\$|HK\$|R\$|C\$|A\$|[$€£¥₽₹₩₺元]|zł|kr\.?|USD|EUR|CNY|RMB|GBP|GBX|JPY|CHF|HKD|RUB|INR|KRW)"
TIMES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "千": 1e3, "万": 1e4, "萬": 1e4, "百万": 1e6,
         "千万": 1e7, "亿": 1e8, "億": 1e8, "万亿": 1e12}
SUFFIX = "|".join(sorted(TIMES, key=len, reverse=True))
FORM = re.compile(rf"(?P<open>\()?(?P<sign>[+-]?)\s*(?:{MONEY})?\s*(?P<again>[+-]?)(?P<digits>\d[\d.,'’ ]*|[.,]\d+)"
                  rf"(?P<power>e[+-]?\d{{1,3}})?\s*(?P<times>{SUFFIX})?\.?\s*(?:{MONEY})?(?:股|手)?(?P<close>\))?",
                  re.ASCII | re.IGNORECASE)
SPACED = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?", re.ASCII)
PLAIN: dict[int, str | int] = {ord(MINUS): "-", 0x3000: " ", 0xFFE5: "¥", **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F), " "),
         **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}  # what means the same: signs of full width, blanks that do not break
INFINITE = ("inf", "+inf", "-inf", "infinity", "-infinity", "∞", "-∞")


def _form(cell: str) -> tuple[str, float] | None:
    """The digits of a number with the marks between them, and what they are multiplied by; None for no number (a percentage among them)."""
    if len(cell) > LONGEST:
        return None
    if not cell.isascii():
        cell = cell.translate(PLAIN)
    found = FORM.fullmatch(cell.strip())
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["again"]):
        return None
    digits = found["digits"].strip()
    if re.search(r"[ '’]", digits):
        if not SPACED.fullmatch(digits):
            return None
        digits = re.sub(r"[ '’]", "", digits)
    factor = TIMES.get((found["times"] or "").lower(), 1.0) * (float("1" + found["power"]) if found["power"] else 1.0)
    negative = found["open"] or "-" in (found["sign"], found["again"])
    return digits, -factor if negative else factor


def _told(digits: str) -> str:
    """What a number tells of its marks: the decimal one, "point" or "comma"; "," or "." for one that may be either; "" for nothing."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "point" if digits.rfind(".") > digits.rfind(",") else "comma"
    if not points and not commas:
        return ""
    mark, here, other = (".", "point", "comma") if points else (",", "comma", "point")
    if points + commas > 1:
        return other
    before, after = digits.split(mark)
    return mark if len(after) == 3 and 1 <= len(before) <= 3 and before != "0" else here


def marks(cells: Iterable[str]) -> tuple[str, str]:
    """What parts the decimals of these cells, by what most of them show: ("point" or "comma", "") or, where none shows it, ("", an example
    that may be read in two ways, or "" where no number has a mark at all)."""
    votes, example = {"point": 0, "comma": 0}, ""
    for cell in cells:
        if (form := _form(cell)) is None:
            continue
        told = _told(form[0])
        if told in votes:
            votes[told] += 1
        elif told and not example:
            example = cell
    if votes["point"] == votes["comma"] == 0:
        return "", example
    return max(votes, key=lambda mark: votes[mark]), ""


def number(cell: str, decimal: str) -> float:
    """The number in a cell; nan for none, ±inf for what is written as that."""
    if SIMPLE.fullmatch(cell) and (decimal == "point" or "." not in cell):
        return float(cell)
    if (form := _form(cell)) is None:
        return {"-": -np.inf}.get(cell[:1], np.inf) if cell.lower() in INFINITE else np.nan
    digits, factor = form
    mark, group = (".", ",") if decimal == "point" else (",", ".")
    whole, _mark, part = digits.partition(mark)
    if mark in part or group in part:
        return np.nan
    if group in whole:
        if not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(group)}\d{{2,3}})*{re.escape(group)}\d{{3}}", whole, re.ASCII):
            return np.nan
        whole = whole.replace(group, "")
    return float(f"{whole or '0'}.{part or '0'}") * factor


def numbers(cells: Iterable[str], decimal: str) -> np.ndarray:
    """The numbers in cells: (n,) float64, as `number` reads them."""
    return np.array([number(cell, decimal) for cell in cells], np.float64)
