"""What a sample is: two short programs side by side, one with a usual mistake and one without, and what they teach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.i18n import _

Framework = Literal["numpy", "keras", "torch"]
Side = Literal["printed", "repaired"]
SIDES: tuple[Side, Side] = ("printed", "repaired")
MARK = re.compile(r"#(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Program:
    """A program that runs alone. Where its code says #1, #2, … at the end of a line, a reader sees the marked comment.

    What it prints stays as it is in every language, so that a run has one output.
    """

    code: str
    comments: tuple[str, ...] = ()

    def text(self) -> str:
        """The program as it is read, commented in the session's language; it ends with a line break."""
        return MARK.sub(lambda found: f"# {_(self.comments[int(found[1]) - 1])}", self.code)


def program(code: str, *comments: str) -> Program:
    """A program written as a block in triple quotes. ValueError if its marks are not #1, #2, … of its comments."""
    code = code.lstrip("\n")
    if sorted(map(int, MARK.findall(code))) != list(range(1, len(comments) + 1)):
        raise ValueError(f"the marks {MARK.findall(code)} do not number {len(comments)} comments: {code}")
    return Program(code, comments)


@dataclass(frozen=True)
class Sample:
    """A mistake and its repair. id: unique among all pages; page: the stem of the page that shows it.

    title, look (what to look at) and lesson are marked texts. framework: "torch" programs are not run here: what they
    print was recorded (`core.samples.recorded`). "keras" ones need the engine, "numpy" ones may use scikit-learn and pandas.
    leads: where more is to be seen of it, if anywhere: the stem of that page, a marked text for the link, values for its address.
    """

    id: str
    page: str
    title: str
    printed: Program
    repaired: Program
    look: str
    lesson: str
    framework: Framework = "keras"
    leads: tuple[str, str, Mapping[str, str]] | None = None

    def program(self, side: Side) -> Program:
        return self.printed if side == "printed" else self.repaired
