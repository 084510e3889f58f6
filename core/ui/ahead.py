"""What a player or a board is told ahead of the elements of its page (`core.runs.lines`)."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import streamlit as st

from core.frame import encode
from core.runs.lines import lines

AHEAD_S = 0.04  # the elements of a page keep the browser's one thread busy for about so long; the picture goes first


def tell(key: str, data: dict[str, Any]) -> None:
    """Send new data down the page's line and give them a head start; number them: the browser takes nothing older than what
    it has. `data` get the line's name and their number.
    """
    line = st.session_state.setdefault(f"{key}:line", {"name": uuid.uuid4().hex, "told": "", "serial": 0})
    text = json.dumps(data)
    new = text != line["told"]
    if new:
        line["told"], line["serial"] = text, line["serial"] + 1
    data |= {"line": line["name"], "serial": line["serial"]}
    if lines.tell(line["name"], encode("page", {"data": data}) if new else b""):
        time.sleep(AHEAD_S)
