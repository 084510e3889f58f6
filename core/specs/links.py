"""Specs in a few characters of an address: the pinned runs of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from core.frame import Message
from core.i18n import N_
from core.specs import packed
from core.specs.base import Spec

S = TypeVar("S", bound=Spec)
LETTERS = "ABCDEF"  # names of pinned runs; so many there may be

DAMAGED = N_("The pinned runs in the address cannot be read: part of it is missing or was changed. The page shows none.")
LEFT_OUT = N_("The pinned run {letter} in the address does not fit this page and was left out.")


def pack(specs: Mapping[str, Spec]) -> str:
    """Write specs by letter into the characters that an address may hold; "" for none."""
    if not specs:
        return ""
    return packed.pack({letter: spec.to_query() for letter, spec in specs.items()})


def unpack(kind: type[S], text: str) -> tuple[dict[str, S], list[Message]]:
    """Read what `pack` wrote. What is wrong is left out, with a message that says so."""
    try:
        data = packed.unpack(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return {}, [Message(DAMAGED)]
    found: dict[str, S] = {}
    problems = []
    for letter, query in data.items():
        fits = letter in LETTERS and len(letter) == 1 and isinstance(query, dict) and all(isinstance(v, str) for v in query.values())
        spec, wrong = kind.from_query(query) if fits else (None, [])
        if spec is None or wrong:
            problems.append(Message(LEFT_OUT, {"letter": str(letter)[:1]}))
        else:
            found[letter] = spec
    return dict(sorted(found.items())), problems
