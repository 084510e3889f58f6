"""A group of runs on the page: one browser component that follows them all and draws their medians and bands as they come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from core.figures import theme
from core.figures.template import Template, to_json
from core.i18n import _, language
from core.ui import projector
from core.ui.player import assets_version, base_path, card_strings, plotly_version

LOADER = """
export default async function (component) {
  const { base, version } = component.data
  const group = await import(new URL(`${base}/assets/group.js?v=${version}`, window.location.origin).href)
  return group.default(component)
}
"""


@dataclass(frozen=True)
class Member:
    """One run of a group: its key, the setting it belongs to (0, 1, …), and its place on the axis of a sweep."""

    run: str
    set: int = 0
    x: float = 0


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("run_group", js=LOADER, isolate_styles=False)


def group(members: Sequence[Member], templates: Sequence[Template], *, key: str, metrics: Sequence[str],
          rates: Sequence[float] = (), arrays: Sequence[str] = ()) -> None:
    """Mount the figures of a group. Once all its runs have ended the page runs again, to say what they say.

    rates: the learning rate at every epoch, for figures over it; arrays: of their pictures that figures draw (`sequences.line`).
    """
    def nothing() -> None:
        """Streamlit reruns only for values that have a callback."""

    data = {"members": [{"run": m.run, "set": m.set, "x": m.x} for m in members], "figures": to_json(projector.figures(templates)),
            "metrics": list(metrics), "arrays": list(arrays), "rates": list(rates),
            "theme": theme.TOKENS, "lang": language(), "base": base_path(),
            "version": assets_version(), "plotly": plotly_version(), "strings": card_strings() | {
                "coming": _("{done:d} of {total:d} runs trained …"), "done": _("{total:d} runs trained"),
                "failed": _("{total:d} runs, of which {failed:d} broke off")}}
    _component()(key=key, data=data, on_ended_change=nothing)
