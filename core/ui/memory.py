"""What the person's browser keeps for them: the history of their runs, solved challenges, looks at sealed test sets.

The page's session holds it while it is open; the browser's own storage keeps it. Nothing of it is sent anywhere else. What comes
back from a browser is a stranger's text, and is taken only where it has the right form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from core.data import uploads
from core.ui.player import assets_version, base_path
from core.ui.session import COOKIE, known_as, owner

LIMIT = 2_000_000  # characters of JSON, sixty runs on each of forty pages; a browser has room for about five millions
YEAR_2100 = 4_102_444_800  # seconds
NOBODY = "-"  # before a name: a browser without files needs none
RUNS = 60  # of one page's history
OPENED = 200  # runs whose sealed test was opened
KEY = re.compile("[0-9a-f]{32}")  # of a run
LOADER = """
export default async function (component) {
  const { base, version } = component.data
  const memory = await import(new URL(`${base}/assets/memory.js?v=${version}`, window.location.origin).href)
  return memory.default(component)
}
"""


def empty() -> dict[str, Any]:
    """history: by page, entries newest first; solved: by challenge id, the query of the spec; looks: at test sets, by name; opened: the
    keys of the runs whose test set was looked at, newest first."""
    return {"history": {}, "solved": {}, "looks": {}, "opened": []}


def memory() -> dict[str, Any]:
    """What is kept of this person, as far as the browser has told. Change it in place; `write` sends it back."""
    return st.session_state.setdefault("memory", empty())


def parse(text: str) -> dict[str, Any]:
    """Read what a browser kept; what has not the right form is left out."""
    kept = empty()
    try:
        data = json.loads(text) if len(text) <= LIMIT else {}
    except (ValueError, RecursionError):
        return kept
    if not isinstance(data, dict):
        return kept
    history, solved, looks = (part if isinstance(part := data.get(name), dict) else {} for name in ("history", "solved", "looks"))
    for page, entries in history.items():
        if isinstance(entries, list):
            kept["history"][page] = [e for e in entries if _entry(e)][:RUNS]
    kept["solved"] = {k: v for k, v in solved.items() if _query(v)}
    kept["looks"] = {k: v for k, v in looks.items() if type(v) is int and 0 < v < 10_000}
    opened = data.get("opened")
    kept["opened"] = [v for v in opened if isinstance(v, str) and KEY.fullmatch(v)][:OPENED] if isinstance(opened, list) else []
    return kept


def _query(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _entry(value: Any) -> bool:
    return (isinstance(value, dict) and _query(value.get("query")) and _number(value.get("time")) and 0 <= value["time"] < YEAR_2100
            and _number(value.get("score")) and isinstance(value.get("curve"), list) and all(map(_number, value["curve"]))
            and isinstance(value.get("metric"), str))


def _number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e12


def merge(into: dict[str, Any], kept: dict[str, Any]) -> None:
    """Add what a browser kept to what this session has seen before it told."""
    for page, entries in kept["history"].items():
        new = into["history"].get(page, [])
        known = [entry["query"] for entry in new]
        into["history"][page] = [*new, *(e for e in entries if e["query"] not in known)][:RUNS]
    into["solved"] = {**kept["solved"], **into["solved"]}
    for name, count in kept["looks"].items():
        into["looks"][name] = into["looks"].get(name, 0) + count
    into["opened"] = [*into["opened"], *(run for run in kept["opened"] if run not in into["opened"])][:OPENED]


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("browser_memory", js=LOADER, isolate_styles=False)


def _mount(role: str, text: str | None) -> None:
    def nothing() -> None:
        """Streamlit keeps only those values that have a callback."""

    def named() -> None:
        known_as(st.session_state[f"memory:{role}"].owner)

    data = {"role": role, "text": text, "heard": bool(st.session_state.get("memory:heard")), "base": base_path(),
            "version": assets_version(), "cookie": COOKIE,
            "owner": owner() if uploads.of(owner()) else NOBODY + owner() if st.session_state.get("memory:disowned") else ""}
    _component()(key=f"memory:{role}", data=data, height=1, on_kept_change=nothing, on_owner_change=named)


def hear() -> None:
    """Take what the browser has told, once a session: first of all in the frame of every page."""
    told = st.session_state.get("memory:read", {}).get("kept")
    if told and not st.session_state.get("memory:heard"):
        st.session_state["memory:heard"] = True
        merge(memory(), parse(told))


def read() -> None:
    """Ask the browser what it keeps, or tell it to keep nothing any more: in the frame of every page."""
    _mount("read", "" if st.session_state.pop("memory:erase", False) else None)


def write() -> None:
    """Have the browser keep what there is now; what it kept before is not written over until it was heard."""
    kept = memory()
    if any(kept.values()) or uploads.of(owner()) or st.session_state.get("memory:written"):
        st.session_state["memory:written"] = True
        _mount("write", json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if any(kept.values()) else None)


def disown() -> None:
    """Have the browser forget the name by which its files were known."""
    st.session_state["memory:disowned"] = True


def forget() -> None:
    """Keep nothing any more, here or in the browser."""
    st.session_state["memory"] = empty()
    st.session_state["memory:heard"] = st.session_state["memory:erase"] = True
