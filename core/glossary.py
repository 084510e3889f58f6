"""The glossary: what a term means, in English and 简体中文, and how texts mark their terms.

A text marks a term with `[[learning rate]]`, or with `[[what is shown|term]]` where the words differ; a Chinese text does
the same: `[[学习率]]`, `[[步子|step]]`. The entries stand in `glossary.json`: one file, both languages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
# Stars around a mark are taken with it: "在**[[验证集]]**上" would not be bold, as Markdown sees no word beside the stars.
MARK = re.compile(r"(?P<stars>\*{0,3})\[\[(?P<shown>[^\[\]|]+)(?:\|(?P<term>[^\[\]|]+))?\]\](?P=stars)")


@dataclass(frozen=True)
class Entry:
    """A term: its names, other forms of them (plurals, abbreviations), and one or two sentences in each language."""

    id: str
    en: str
    zh: str
    aliases: tuple[str, ...]
    explained: Mapping[str, str]

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def names(self) -> set[str]:
        """Everything that the term is found by, as `find` compares it."""
        return {_plainly(name) for name in (self.id, self.en, self.zh, *self.aliases)}


def _plainly(name: str) -> str:
    return " ".join(name.split()).casefold()


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the order of the file: from what a network is to what becomes of it."""
    return tuple(Entry(e["id"], e["en"], e["zh"], tuple(e["aliases"]), e["explained"]) for e in json.loads(FILE.read_text("utf-8")))


@cache
def _index() -> dict[str, Entry]:
    return {name: entry for entry in entries() for name in entry.names()}


def find(term: str) -> Entry | None:
    """The entry of a term, by its id, its name in either language or another form; None if there is none."""
    return _index().get(_plainly(term))


def marked(text: str) -> list[tuple[str, str]]:
    """The marked terms of a text: what is shown, and the entry's id, or the term as it is written if it has no entry."""
    found = []
    for mark in MARK.finditer(text):
        term = (mark["term"] or mark["shown"]).strip("* ")
        entry = find(term)
        found.append((mark["shown"], entry.id if entry else term))
    return found


def plain(text: str) -> str:
    """A text without its marks: for alternative texts, reports, help."""
    return MARK.sub(lambda mark: mark["stars"] + mark["shown"] + mark["stars"], text)


def search(words: str, language: str) -> list[Entry]:
    """The entries in which all the words occur, in names or explanations of either language, sorted for a reader of this one."""
    wanted = _plainly(words).split()
    found = [e for e in entries() if all(any(w in text for text in (*e.names(), *map(_plainly, e.explained.values()))) for w in wanted)]
    # GB 18030 has the usual characters in the order of their pronunciation, which is how Chinese lists are sorted.
    return sorted(found, key=lambda e: e.name(language).casefold().encode("gb18030" if language == "zh" else "utf-8"))
