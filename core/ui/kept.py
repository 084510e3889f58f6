"""The runs of a project's page: long ones wait until “Train” is pressed, go on when nobody watches, and after a stop where they were.

What lies in the session: `<page>:kept`, that the page is such a one; `<page>:last`, the spec whose run is on screen; `<page>:wanted`, the
key of the run that “Train” was pressed for; `<page>:stopped`, the key of the one that was stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.i18n import _
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.ui.session import session

if TYPE_CHECKING:
    from core.ui.state import State

ROLE = "project"  # of its slot: the lab whose network it trains has a page and a slot of its own
SHORT = 15.0  # seconds; what takes less trains at once, as everywhere


def begin(state: State[Any, Any]) -> None:
    """Have the runs of this page be a project's. Call it first of all in the page."""
    st.session_state[f"{state.name}:kept"] = True


def on(state: State[Any, Any]) -> bool:
    """Whether this page's runs are a project's."""
    return bool(st.session_state.get(f"{state.name}:kept"))


def role(state: State[Any, Any]) -> str:
    """The role of the slot that this page's run on screen has."""
    return ROLE if on(state) else "main"


def on_screen(state: State[Any, Any], spec: Any) -> Any:
    """The spec whose run is shown: this one, or the one before while this one is long and nobody has asked for its training."""
    last = st.session_state.get(f"{state.name}:last")
    if not on(state) or last == spec:
        return spec
    if last is None or st.session_state.get(f"{state.name}:wanted") == spec.key or _seconds(spec) <= SHORT or get_runner().there(spec.key):
        st.session_state[f"{state.name}:last"] = spec
        return spec
    return last


def open_run(state: State[Any, Any], spec: Spec, uploads: Mapping[str, Any] | None) -> str:
    """Open the run on screen, as `core.ui.lab.open_run` does: one that is paused stays so until “Continue” is pressed."""
    key, runner = spec.key, get_runner()
    again = st.session_state.pop(f"{state.name}:go_on", None) == key
    if not again and (st.session_state.get(f"{state.name}:stopped") == key or runner.paused(key)):
        st.session_state[f"{state.name}:stopped"] = key
        return key
    st.session_state[f"{state.name}:stopped"] = None
    return runner.open(spec, session=session(), role=ROLE, uploads=dict(uploads or {}), keep=True, again=again)


def stop(state: State[Any, Any], spec: Spec) -> None:
    """Pause the run on screen, unless others watch it too."""
    paused = get_runner().pause(session(), lab=spec.lab, role=ROLE)
    st.session_state[f"{state.name}:stopped"] = spec.key if paused else None
    st.session_state[f"{state.name}:shared"] = None if paused else spec.key


def buttons(state: State[Any, Any]) -> None:
    """“Train” while the settings are not those of the run on screen, “Stop” while that trains, “Continue” after it was stopped; with a
    sentence on what happens. Always the same height, so that nothing moves."""
    shown, runner = on_screen(state, state.spec), get_runner()
    waits, end = shown != state.spec, runner.result(shown.key)
    stopped = st.session_state.get(f"{state.name}:stopped") == shown.key
    seconds = _minutes(_seconds(state.spec))
    with st.container(horizontal=True, vertical_alignment="center"):
        if waits:
            st.button(_("Train"), key=f"{state.name}:train", icon=":material/play_arrow:", type="primary", on_click=lambda: _train(state))
            if end is None and not stopped:
                st.button(_("Stop"), key=f"{state.name}:halt", icon=":material/stop:", on_click=lambda: stop(state, shown))
        elif stopped:
            go_on(state, "continue")
        else:
            st.button(_("Stop"), key=f"{state.name}:halt", icon=":material/stop:", disabled=end is not None,
                      on_click=lambda: stop(state, shown))
        if waits:
            st.caption(_("The settings have changed; the figures show the run before. This one takes about {time}.", time=seconds))
        elif stopped and runner.paused(shown.key) == "spent":
            st.caption(_("Stopped: it has had the {time} that one run may take here at a stretch. “Continue” gives it as much again; it "
                         "goes on where it was, to the same result.", time=_minutes(runner.settings.project_budget_s)))
        elif stopped:
            st.caption(_("Stopped. It goes on where it was, to the same result as without a stop."))
        elif end is None and st.session_state.get(f"{state.name}:shared") == shown.key:
            st.caption(_("This run is open on another page, too, so it goes on. Close that one to stop it here."))
        elif end is None:
            st.caption(_("It trains. You may close this page and come back by its address: it goes on."))
        elif (longer := _longer(shown)) is not None and end.state == "finished":
            n = longer.epochs - shown.epochs
            st.button(_("{n} epochs more", n=n) if n > 1 else _("1 epoch more"), key=f"{state.name}:more", icon=":material/forward:",
                      on_click=lambda: _extend(state, longer))
            st.caption(_("This run has ended. It can go on from its last epoch, or begin anew with other settings."))
        else:
            st.caption(_("This run has ended. Change a setting, and the next one can begin."))


def go_on(state: State[Any, Any], name: str) -> None:
    """The button that lets a paused run go on."""
    shown = on_screen(state, state.spec)
    st.button(_("Continue"), key=f"{state.name}:{name}", icon=":material/play_arrow:", type="primary",
              on_click=lambda: _go_on(state, shown))


def _train(state: State[Any, Any]) -> None:
    st.session_state[f"{state.name}:wanted"] = state.spec.key


def _go_on(state: State[Any, Any], spec: Spec) -> None:
    st.session_state[f"{state.name}:stopped"] = None
    st.session_state[f"{state.name}:go_on"] = spec.key


def _longer(spec: Any) -> Any:
    """The run that goes on from the last epoch of this one, for half as long again; None where none can: it stopped early because more
    would not help, or may not become longer."""
    if getattr(spec, "patience", 0):
        return None
    try:
        return spec.fork(spec.epochs, epochs=spec.epochs + max(spec.epochs // 2, 1))
    except ValueError:  # as many epochs, or as many steps of a branch, as there may be
        return None


def _extend(state: State[Any, Any], longer: Any) -> None:
    st.session_state[f"{state.name}:wanted"] = longer.key
    state.apply(longer)


def _seconds(spec: Any) -> float:
    """How long a run takes, by what others took."""
    return get_runner().estimate(spec) or 0.0


def _minutes(seconds: float) -> str:
    """A time in words: "40 s", "3 min"."""
    return _("{n:d} s", n=max(round(seconds), 1)) if seconds < 90 else _("{n:d} min", n=round(seconds / 60))
