"""History: the runs of this person on this page, newest first, kept by their own browser."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import streamlit as st

from core.i18n import _
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.specs.links import LETTERS
from core.ui import files
from core.ui.controls import allowed, shown
from core.ui.memory import RUNS, memory
from core.ui.tools import Bench
from core.ui.tools.results import result

POINTS = 24  # of a small curve


def note(bench: Bench) -> None:
    """Take the run on screen into the history, once it has finished; one that is there already moves to the top."""
    spec = bench.spec
    found = result(spec)
    if found is None or found.state != "finished" or not np.isfinite(found.score):
        return
    entries = memory()["history"].setdefault(bench.state.name, [])
    query = spec.to_query()
    if entries and entries[0]["query"] == query or st.session_state.get(bench.key("history:noted")) == spec.key:
        return  # it may have been deleted since
    if get_runner().result(spec.key) is None:  # known from before, and in training once more
        return
    rows = get_runner().rows(spec.key)
    values = [row[spec.score.metric] for row in rows if row.get(spec.score.metric) is not None]
    curve = [float(f"{values[round(i)]:.3g}") for i in np.linspace(0, len(values) - 1, min(POINTS, len(values)))]
    entry = {"query": query, "time": round(time.time()), "score": float(f"{found.score:.4g}"), "metric": spec.score.metric, "curve": curve}
    entries[:] = [entry, *(e for e in entries if e["query"] != query)][:RUNS]
    st.session_state[bench.key("history:noted")] = spec.key


def draw(bench: Bench) -> None:
    entries = memory()["history"].get(bench.state.name, [])
    kind = type(bench.spec)
    read = [(entry, spec) for entry in entries for spec, wrong in [kind.from_query(entry["query"])] if not wrong]
    if not read:
        st.caption(_("Every run that ends is listed here, in this browser only. None has ended yet."))
        return
    st.caption(_("Mark runs at their left edge (by keyboard: Shift and space) to show, pin or delete them."))
    here = zone()
    labels = dict.fromkeys(spec.score.label for _entry, spec in read)  # an accuracy is not to be sorted among errors
    scores = {_(label): [entry["score"] if spec.score.label == label else None for entry, spec in read] for label in labels}
    table = {_("when"): [datetime.fromtimestamp(entry["time"], here) for entry, _spec in read],
             _("setting"): [describe(spec) for _entry, spec in read],
             **scores,
             _("curve"): [entry["curve"] for entry, _spec in read]}
    score = st.column_config.NumberColumn(format="%.3f", width="small", help=_("Of the network that the run has at its end."))
    chosen = st.dataframe(
        table, hide_index=True, width="stretch", key=bench.key(f"history:{len(read)}:{entries[0]['time']}"), on_select="rerun",
        selection_mode="multi-row", height=min(38 + 35 * len(read), 320),
        column_config={_("when"): st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width="small"),
                       _("setting"): st.column_config.TextColumn(width="large"),
                       **dict.fromkeys(scores, score),
                       _("curve"): st.column_config.LineChartColumn(width="small")})
    picked = [read[i] for i in chosen["selection"]["rows"] if i < len(read)]  # type: ignore[index]
    for _entry, spec in picked:  # a cell cuts it short
        st.caption(describe(spec))
    free = len(LETTERS) - len(bench.state.pins)
    with st.container(horizontal=True):
        st.button(_("Show"), icon=":material/visibility:", key=bench.key("history:show"),
                  disabled=len(picked) != 1 or not allowed(bench.state, picked[0][1]),
                  on_click=lambda: bench.state.apply(picked[0][1]))
        st.button(_("Pin"), icon=":material/push_pin:", key=bench.key("history:pin"), disabled=not 0 < len(picked) <= free,
                  on_click=lambda: _pin(bench, [spec for _entry, spec in picked]))
        st.button(_("Delete"), icon=":material/delete:", key=bench.key("history:delete"), disabled=not picked,
                  on_click=lambda: _delete(bench, [entry for entry, _spec in picked]))


def _pin(bench: Bench, specs: list[Spec]) -> None:
    lost = {spec: problem for spec in specs if (digest := getattr(spec, "upload", ""))
            and (problem := files.missing(digest, spec.control("upload").label))}
    for spec in specs:
        if spec not in lost:
            bench.state.pin(spec)
    bench.state.problems = list(lost.values())
    if len(lost) < len(specs):
        st.toast(_("Pinned: its curves are in the figures, its numbers in “Compare”."), icon=":material/push_pin:")


def _delete(bench: Bench, gone: list[dict[str, Any]]) -> None:
    entries = memory()["history"][bench.state.name]
    entries[:] = [entry for entry in entries if entry not in gone]


def describe(spec: Spec) -> str:
    """What differs from the setting the page opens with, in words."""
    default = type(spec)()
    differing = [f"{_(spec.control(name).label)} {shown(spec, name)}" for name in type(spec).model_fields
                 if getattr(spec, name) != getattr(default, name)]
    return " · ".join(differing) or _("as the page opens")


def zone() -> ZoneInfo:
    """The time zone of the person's browser."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError):  # a name that this system does not know
        return ZoneInfo("UTC")
