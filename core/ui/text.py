"""Words of strangers, made safe to show."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """A sentence with words of a stranger in it (a URL, a file), safe to show: no links, no markup."""
    text = text.replace("://", ":\u2060//").replace("www.", "www\u2060.")  # a word joiner: no link is made of an address
    return re.sub(r"([\\`*_{}\[\]()#+!|<>$:~])", r"\\\1", text)
