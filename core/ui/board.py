"""The board: one browser component that draws a picture, has its handles dragged and its film played, and tells what was moved.

It shares the figures, cards and the bar with the player (core/ui/player/board.js).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import streamlit as st

from core.figures import theme
from core.figures.board import Picture, board_json
from core.i18n import _, language
from core.ui import ahead, projector
from core.ui.player import assets_version, base_path, plotly_version, strings

LOADER = """
export default async function (component) {
  const { base, version } = component.data
  const board = await import(new URL(`${base}/assets/board.js?v=${version}`, window.location.origin).href)
  return board.default(component)
}
"""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("board", js=LOADER, isolate_styles=False)  # plotly needs the page's styles


def words() -> dict[str, Any]:
    """What the board says: the player's words, where they are about steps rather than epochs."""
    return strings() | {"scrubber": _("Step shown"), "player": _("Steps"), "grip": _("{label}: drag it, or move it with the arrow keys"),
                        "paint": _("{label}: paint with the mouse or a finger, or with arrow keys and space. Here: {cell}"),
                        "step": _("step {step} of {total}")}


def board(picture: Picture, *, key: str, film: str, on_moved: Callable[[Mapping[str, Any], bool, bool], None],
          still: frozenset[str] = frozenset(), show: int = 0) -> None:
    """Mount the board. Call it once in a script run, under a key that stays the same.

    film: whatever tells one film from another: a new one starts where it says, the same one stays at its step. on_moved(values, first,
    done): what a handle was dragged to, in values of the spec's fields; `first` for the first move of a drag, `done` for its last.
    still: fields that must not be moved (a lesson fixes them): their handles are not there. show: another number has the figures scrolled
    into view.
    """
    shown = board_json(replace(picture, figures=tuple(projector.figures(picture.figures))))
    for part, names in (("handles", lambda h: h["fields"]), ("presses", lambda p: [p["field"]]), ("paints", lambda p: [p["field"]])):
        shown[part] = [one for one in shown[part] if not still & set(names(one))]
    heard = f"{key}:heard"

    def moved() -> None:
        told = st.session_state[key].moved or {}
        fields = {name for handle in picture.handles for name in handle.fields} | {press.field for press in picture.presses} | {
            paint.field for paint in picture.paints}
        values = {name: value for name, value in told.get("values", {}).items() if name in fields - still and _plain(value)}
        st.session_state[heard] = str(told.get("n", ""))
        if values or told.get("done"):
            on_moved(values, bool(told.get("first")), bool(told.get("done")))

    data = {**shown, "base": base_path(), "strings": words(), "lang": language(), "theme": theme.TOKENS, "version": assets_version(),
            "plotly": plotly_version(), "filmed": film, "show": show}
    ahead.tell(key, data)
    data["heard"] = st.session_state.get(heard, "")  # not ahead: the next move would stop the script before it has drawn its controls
    _component()(key=key, data=data, on_moved_change=moved)


def _plain(value: Any) -> bool:
    """Whether a value from the browser is one that a field may hold."""
    return isinstance(value, (str, bool)) or isinstance(value, (int, float)) and math.isfinite(value)
