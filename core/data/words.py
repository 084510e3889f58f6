"""Texts as tokens and as numbers, exactly as Keras' `TextVectorization` makes them, so that a saved network takes raw strings.

Words: small letters (A to Z only), punctuation taken out, parted at blanks: “Don’t miss it!” → dont, miss, it. Characters: the same, then
every character is a token. Ids: 0 is padding, 1 an unknown token (<UNK>), from 2 on the tokens of the vocabulary, the most frequent first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

PADDING, UNKNOWN, SPECIAL = 0, 1, ("", "<UNK>")
STRIPPED = re.compile(r'[!"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~\']')  # of ASCII only, as Keras does by itself
CURLY = str.maketrans({"’": "'", "‘": "'"})  # a phone types these
SMALL = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
BLANKS = re.compile(r"[ \t\n\r\f\v]+")


class Token(NamedTuple):
    """A token, and where in the text the letters that it was made of begin and end."""

    text: str
    start: int
    end: int


def plain(text: str) -> str:
    """A text with small letters and without punctuation, as Keras' “lower_and_strip_punctuation” leaves it."""
    return STRIPPED.sub("", text.translate(CURLY).translate(SMALL))


def tokens(text: str, how: str) -> list[str]:
    """A text's tokens. ValueError if `how` is neither "words" nor "characters"."""
    if how not in ("words", "characters"):
        raise ValueError(f"tokens are “words” or “characters”, not {how!r}")
    left = plain(text)
    return [word for word in BLANKS.split(left) if word] if how == "words" else list(left)


def placed(text: str, how: str) -> list[Token]:
    """The same tokens, each with its place in the text."""
    same = text.translate(CURLY).translate(SMALL)  # letter for letter as long as the text
    pieces = ([m.span() for m in re.finditer(r"[^ \t\n\r\f\v]+", same)] if how == "words" else [(i, i + 1) for i in range(len(same))])
    found = [Token(STRIPPED.sub("", same[start:end]), start, end) for start, end in pieces]
    return [token for token in found if token.text]


def suggested(texts: Iterable[str]) -> str:
    """"characters" where at least a third of the letters are Chinese or Japanese, which have no blanks between words; else "words"."""
    letters = [sign for text in texts for sign in text if sign.isalpha()]
    wide = sum("぀" <= sign <= "ヿ" or "㐀" <= sign <= "鿿" for sign in letters)
    return "characters" if letters and 3 * wide >= len(letters) else "words"


def vocabulary(texts: Iterable[Sequence[str]], most: int) -> tuple[str, ...]:
    """The `most` − 2 most frequent tokens, of equally frequent ones the first in the alphabet, behind those for padding and <UNK>."""
    counts = Counter(chain.from_iterable(texts))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return (*SPECIAL, *ranked[:most - len(SPECIAL)])


def numbered(words: Sequence[str]) -> dict[str, int]:
    """The id of each token of a vocabulary but the special ones."""
    return {word: i for i, word in enumerate(words) if i >= len(SPECIAL)}


def ids(words: Sequence[str], known: Mapping[str, int]) -> np.ndarray:
    """The ids of a text's tokens: (tokens,) int32."""
    return np.fromiter((known.get(word, UNKNOWN) for word in words), np.int32, len(words))


def kept(count: int, length: int, keep: str) -> slice:
    """Which of a text's tokens are read: all, or the first or last `length` of them."""
    return slice(0, length) if keep == "beginning" else slice(max(count - length, 0), count)


def table(texts: Sequence[np.ndarray], length: int, *, keep: str = "end", pad: str = "front") -> np.ndarray:
    """Texts (each (tokens,) of ids) as rows of one length, cut and padded: (texts, length) uint16."""
    rows = np.zeros((len(texts), length), np.uint16)
    for row, text in zip(rows, texts, strict=True):
        part = text[kept(len(text), length, keep)]
        if len(part):
            row[slice(0, len(part)) if pad == "back" else slice(length - len(part), None)] = part
    return rows


def packed(texts: Iterable[str]) -> np.ndarray:
    """Texts as one array of bytes, (bytes,) uint8: in UTF-8, a zero between two of them; one within a text is left out."""
    return np.frombuffer("\0".join(text.replace("\0", "") for text in texts).encode(errors="replace"), np.uint8)


def unpacked(array: np.ndarray) -> list[str]:
    """The texts of such an array."""
    return array.tobytes().decode().split("\0") if len(array) else []
