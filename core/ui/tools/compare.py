"""Compare: runs that were pinned, their curves beside the new ones, and a table of what differs and what came of it."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from core.data import uploads
from core.figures.pins import Pin
from core.i18n import _, listed
from core.runs.runner import get_runner
from core.runs.wishes import PINS
from core.specs.base import Spec
from core.specs.links import LETTERS
from core.ui import files
from core.ui.controls import allowed, shown
from core.ui.session import session
from core.ui.state import State
from core.ui.tools import Bench
from core.ui.tools.results import Result, result


def open_pins(state: State[Any, Any]) -> list[Pin]:
    """Ask for the pinned runs, which train again if they are gone, and tell the player of them."""
    for letter, spec in list(state.pins.items()):
        digest = getattr(spec, "upload", "")
        if digest and (problem := files.missing(digest, spec.control("upload").label)):
            state.unpin(letter)
            state.problems = [*state.problems, problem]
        elif digest:
            files.hold(digest)
    specs = list(state.pins.values())
    if specs or st.session_state.get(f"{state.name}:pinned"):
        st.session_state[f"{state.name}:pinned"] = bool(specs)
        get_runner().open_group(specs, session=session(), role=f"{PINS}{state.name}",
                                uploads={k: v for spec in specs for k, v in uploads.arrays(getattr(spec, "upload", "")).items()})
    return [Pin(letter, spec.key, spec.epochs) for letter, spec in state.pins.items()]


def pin_button(bench: Bench) -> None:
    """The button that pins the run on screen."""
    state = bench.state
    full, pinned = len(state.pins) == len(LETTERS), bench.spec in state.pins.values()
    stopped = st.session_state.get(f"{state.name}:stopped") == bench.spec.key  # a pin would train it after all
    st.button(_("Pin this run"), icon=":material/push_pin:", key=bench.key("pin"), disabled=full or pinned or stopped,
              on_click=lambda: state.pin(bench.spec),
              help=_("Its curves stay in the figures, thinner, while you go on; up to {most} runs. They are part of the page’s address.",
                     most=len(LETTERS)))


def draw(bench: Bench) -> None:
    state = bench.state
    pin_button(bench)
    if not state.pins:
        st.caption(_("Pin a run, then change something: both stay on screen, and a table here says what differs and what came of it."))
        return
    specs = {**state.pins} if bench.spec in state.pins.values() else {**state.pins, _("now"): bench.spec}
    rows = [(name, spec, result(spec)) for name, spec in specs.items()]
    score = bench.spec.score
    ordered = sorted(rows, key=lambda row: _rank(row[2], score.higher_is_better))
    differing = [name for name in type(bench.spec).model_fields if len({getattr(spec, name) for spec in specs.values()}) > 1]
    alike = len({spec.score for spec in specs.values()}) == 1
    if not alike:
        st.caption(_("Some of these runs are judged by accuracy, others by their error: only runs of one kind can be ranked."))
    lines = [_line(name, spec, found, differing) for name, spec, found in ordered]
    columns = dict.fromkeys(column for line in sorted(lines, key=len, reverse=True) for column in line)
    st.dataframe([{column: line.get(column, "–") for column in columns} for line in lines], hide_index=True, width="stretch",
                 key=bench.key("compared"))
    if len({(getattr(spec, "dataset", ""), getattr(spec, "upload", "")) for spec in specs.values()}) > 1:
        st.caption(_("Some of these runs learned from other data: which of them is better, their numbers cannot say."))
    elif alike:
        st.caption(_sentence(ordered, differing))
    with st.container(horizontal=True):
        for letter, spec in state.pins.items():
            st.button(_("Show {name}", name=letter), key=bench.key(f"show{letter}"), icon=":material/visibility:",
                      disabled=spec == bench.spec or not allowed(state, spec), on_click=lambda s=spec: state.apply(s))
            st.button(_("Unpin {name}", name=letter), key=bench.key(f"unpin{letter}"), icon=":material/close:", type="tertiary",
                      on_click=lambda at=letter: state.unpin(at))


def _rank(found: Result | None, higher_is_better: bool) -> float:
    value = found.score if found and found.state == "finished" and math.isfinite(found.score) else math.nan
    return math.inf if math.isnan(value) else -value if higher_is_better else value


def _same(a: Result, b: Result) -> bool:
    """Whether two scores are the same as far as they are shown."""
    return f"{a.score:.3f}" == f"{b.score:.3f}"


def _line(name: str, spec: Spec, found: Result | None, differing: list[str]) -> dict[str, str]:
    line = {_("run"): name}
    line |= {_(spec.control(field).label): shown(spec, field) for field in differing}
    label = _(spec.score.label)
    if found is None:
        return {**line, label: _("in training …")}
    if found.state != "finished":
        return {**line, label: _("broke off")}
    return {**line, label: f"{found.score:.3f}",
            _("best, at epoch"): _("{best:.3f}, at {epoch}", best=found.best, epoch=found.epoch),
            _("validation loss"): f"{found.loss:.3g}"}


def _sentence(ordered: list[tuple[str, Any, Result | None]], differing: list[str]) -> str:
    """What the table says, in words."""
    ended = [row for row in ordered if row[2] is not None and row[2].state == "finished" and math.isfinite(row[2].score)]
    if len(ended) < 2 or not differing:
        return ""
    (first, spec, a), (second, _spec, b) = ended[0], ended[1]
    assert a and b
    now = next((found for name, _spec, found in ended[2:] if name == _("now")), None)
    behind = "" if now is None else " " + (
        _("The run on screen does as well as {first}.", first=first) if _same(a, now) else
        _("The run on screen is behind {first} by {gap:.3f}.", first=first, gap=abs(a.score - now.score)))
    fields = listed(_(spec.control(field).label) for field in differing)
    first, second = (_("the run on screen") if name == _("now") else name for name in (first, second))
    if _same(a, b):
        return _("By {label} at the end, there is no difference between {first} and {second}. The runs differ in: {fields}.",
                 label=_(spec.score.label), first=first, second=second, fields=fields) + behind
    return _("By {label}, {first} is ahead of {second}: a difference of {gap:.3f}. The runs differ in: {fields}. That is one run each; "
             "“Many seeds” shows how much of it may be luck.", label=_(spec.score.label), first=first, second=second,
             gap=abs(a.score - b.score), fields=fields) + behind
