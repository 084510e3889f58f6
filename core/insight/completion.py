"""The completion code: what a student hands in, without an account. It carries the specs of the solved challenges.

    DLD1-xxxxx-xxxxx-…    letters and digits of Crockford's base 32 (no I, L, O, U), of

    CRC-32 (4 bytes, big-endian) | zlib( {"n": name, "s": {challenge id: {field: text as in the address}}} )

A code proves nothing about who made it, or that anything was trained: it says which specs are claimed to solve what. Checking
it trains them again: `verdict(challenge, spec, …)` on the runs of `runs_for(challenge, spec)` (`core/insight/challenges.py`).
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.frame import Message
from core.i18n import N_
from core.insight.exercises import all_challenges
from core.specs.base import Spec

START, VERSION = "DLD", "1"
LONGEST = 32_768  # characters of a code
MOST = 131_072  # bytes that it may unpack to
TEXT = 1000  # characters of one value: a branch may have so many
NAME = 60  # characters
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PYTHON = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # what base64.b32encode writes
WRITE = str.maketrans(PYTHON, LETTERS)
READ = str.maketrans(LETTERS + "OIL", PYTHON + PYTHON[0] + PYTHON[1] + PYTHON[1])  # what is easily taken for a digit is one


class CodeError(ValueError):
    """A text that is no code that can be read; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


@dataclass(frozen=True)
class Completion:
    """What a code says: the student's name, the specs by challenge id, and what of it this version cannot read."""

    name: str
    solved: dict[str, Spec]
    problems: tuple[Message, ...] = ()


def encode(name: str, solved: Mapping[str, Spec]) -> str:
    """The code of these solutions. ValueError if it would become longer than a code may be."""
    what = {"n": _line(name)[:NAME], "s": {key: solved[key].to_query() for key in sorted(solved)}}
    plain = json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()
    code = wrap(zlib.compress(plain, 9))
    if len(plain) > MOST or len(code) > LONGEST:
        raise ValueError(f"{len(solved)} solutions make a code of {len(code)} characters; it may have {LONGEST}")
    return code


def wrap(packed: bytes) -> str:
    """Put a checksum before some bytes and write them as a code."""
    text = base64.b32encode(zlib.crc32(packed).to_bytes(4, "big") + packed).decode().rstrip("=").translate(WRITE)
    return "-".join([START + VERSION, *(text[i:i + 5] for i in range(0, len(text), 5))])


def decode(code: str) -> Completion:
    """Read a code. Case, blanks and hyphens do not matter. CodeError for anything that is not a whole code."""
    what = _content(_unwrap(code))
    solved: dict[str, Spec] = {}
    problems = []
    for key, query in what["s"].items():
        challenge = all_challenges().get(key)
        if challenge is None:
            problems.append(Message(N_("It names the challenge “{id}”, which this version does not have."), {"id": _line(key)[:40]}))
            continue
        spec, misfits = type(challenge.reference).from_query(query)
        if misfits:
            problems.append(Message(N_("Its solution of “{title}” is from another version of the lab and cannot be read."),
                                    {"title": ["_", challenge.title]}))
            continue
        solved[key] = spec
    return Completion(_line(what["n"])[:NAME], solved, tuple(problems))


def _unwrap(code: str) -> bytes:
    """The packed bytes of a code, once its checksum is found right."""
    if len(code) > 2 * LONGEST:
        raise CodeError(Message(N_("That is {length} characters; a completion code has at most {most}."),
                                {"length": len(code), "most": LONGEST}))
    found = re.search(START + "([0-9A-Z])(.*)", unicodedata.normalize("NFKC", code).upper(), re.DOTALL)
    if found is None:
        raise CodeError(Message(N_("That is not a completion code: one begins with {start}."), {"start": START + VERSION}))
    if found[1] not in (VERSION, "I", "L"):
        raise CodeError(Message(N_("The code is of version {version}, made by another version of the dashboard; this one reads "
                                   "version {ours}."), {"version": found[1], "ours": VERSION}))
    text = re.sub("[^0-9A-Z]", "", found[2])
    if "U" in text:
        raise CodeError(Message(N_("There is a “U” in the code, a letter that no code has. Copy it once more.")))
    text = text.translate(READ)
    damaged = CodeError(Message(N_("The code is damaged: a character is missing, mistyped or one too many. Copy it once more, from "
                                   "{start} to its end."), {"start": START + VERSION}))
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise damaged from None
    if len(raw) < 4 or int.from_bytes(raw[:4], "big") != zlib.crc32(raw[4:]):
        raise damaged
    return raw[4:]


def _content(packed: bytes) -> dict[str, Any]:
    """What the packed bytes say, in its agreed form. They may come from anybody: no more than `MOST` bytes are unpacked."""
    try:
        unpack = zlib.decompressobj()
        plain = unpack.decompress(packed, MOST + 1)
        if len(plain) > MOST or not unpack.eof or unpack.unused_data:
            raise ValueError("it unpacks to more than a code may hold, or goes on after its end")
        what = json.loads(plain)
        texts = [what["n"], *what["s"], *(text for query in what["s"].values() for pair in query.items() for text in pair)]
        if not all(isinstance(text, str) and len(text) <= TEXT for text in texts):
            raise ValueError("a text is not a text, or too long")
    except (zlib.error, ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise CodeError(Message(N_("The code is whole, but what it says cannot be read: this dashboard did not make it."))) from None
    return what


def _line(text: str) -> str:
    """A text on one line, without anything that does not print (line breaks, marks that turn the direction of writing)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
