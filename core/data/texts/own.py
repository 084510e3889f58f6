"""What a file of texts is here, what a person may correct of how it was read, and why a file is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.specs.tfidf import Encoding

LEAST, MOST = 40, 30_000  # texts of a file
CLASSES = 10  # at most
FEWEST = 4  # texts of a class
LONGEST = 20_000  # characters of a text
ENCODINGS: tuple[str, ...] = get_args(Encoding)


@dataclass(frozen=True)
class Corrections:
    """What a person says of a file that was read wrongly; "" leaves it to the file.

    text_column, label_column: names of columns (`Own.headers`); encoding: as Python names it. Trouble for an unknown encoding.
    """

    text_column: str = ""
    label_column: str = ""
    encoding: str = ""

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise refused(N_("“{text}” is no such correction; it has to be one of: {words}."), text=short(self.encoding),
                          words=", ".join(ENCODINGS[1:]))


@dataclass(frozen=True, eq=False)
class Own:
    """Texts with labels, in the order of the file.

    name: of the file; texts; labels (n,) int32: places among classes, the labels as the file writes them, numbers in their order, else
    by the alphabet; headers: the names of the file's columns (#1, #2, … where it names none); text_column, label_column: those that were
    taken; encoding: as Python names it; understood: what was taken for what; dropped: what was left out, and why; doubts: what was assumed,
    or looks wrong, and can be corrected.
    """

    name: str
    texts: tuple[str, ...]
    labels: np.ndarray
    classes: tuple[str, ...]
    headers: tuple[str, ...]
    text_column: str
    label_column: str
    encoding: str
    understood: tuple[Message, ...] = ()
    dropped: tuple[Message, ...] = ()
    doubts: tuple[Message, ...] = field(default=())

    @property
    def report(self) -> list[Message]:
        """All that is to be said of how it was read."""
        return [*self.understood, *self.dropped, *self.doubts]

    def __len__(self) -> int:
        return len(self.texts)


class NoTexts(Trouble):
    """The file cannot be read as texts with labels; headers: its columns as far as they are known, of which a person may name the right
    ones."""

    def __init__(self, message: Message, headers: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.headers = tuple(headers)


def refused(sentence: str, /, headers: Iterable[str] = (), **values: Any) -> NoTexts:
    return NoTexts(Message(sentence, values), headers)


def short(text: object, most: int = 40) -> str:
    """What a file says, on one line, as it is quoted."""
    line = " ".join(str(text).split())
    return line if len(line) <= most else line[:most - 1] + "…"
