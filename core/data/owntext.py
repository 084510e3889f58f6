"""A text of one's own, to be learned character by character: as an upload holds it, {"text": (n,) int32}, the numbers of its characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from core.data.csv import UploadError
from core.data.text import decoded
from core.frame import Message, Trouble
from core.i18n import N_

LEAST, MOST = 1000, 400_000  # characters
LETTERS = 250  # different ones that a network tells apart; all others are one
OTHER = "□"


def read(data: bytes, encoding: str = "") -> np.ndarray:
    """The characters of a text file. encoding: how to read what is neither UTF-8 nor Chinese. UploadError says what is wrong with it."""
    text, _how = decoded(data, encoding)
    if not LEAST <= len(text) <= MOST:
        raise UploadError(Message(N_("The text has {count:,} characters; a network can learn from {least:,} to {most:,} here."),
                                  {"count": len(text), "least": LEAST, "most": MOST}))
    return np.array([ord(character) for character in text], np.int32)


def of(digest: str, uploads: Mapping[str, Mapping[str, np.ndarray]] | None) -> str:
    """The text with this content hash. Trouble if it is not here."""
    found = (uploads or {}).get(digest)
    if found is None:
        raise Trouble(Message(N_("The uploaded file is no longer here. Please choose it again.")))
    return "".join(map(chr, found["text"].tolist()))


@lru_cache(maxsize=4)
def letters(text: str) -> str:
    """The characters that a network tells apart, the rarest of many as OTHER, which stands last then."""
    found = Counter(text)
    if len(found) <= LETTERS:
        return "".join(sorted(found))
    return "".join(sorted({letter for letter, _count in found.most_common(LETTERS)} - {OTHER})) + OTHER
