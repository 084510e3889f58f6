"""The drawer below a lab: the tools that every lab has, one open at a time. It appears with the first finished run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.figures.template import Template
from core.i18n import N_, _
from core.runs.runner import get_runner
from core.ui import guess, memory
from core.ui.state import State
from core.ui.tools import Bench, branch, check, code, compare, doctor, history, lesson, sealed, seeds, sweep, take


@dataclass(frozen=True)
class Tool:
    """name: marked; icon: of Material Symbols."""

    name: str
    icon: str
    draw: Callable[[Bench], None]


TOOLS = {
    "compare": Tool(N_("Compare"), "compare_arrows", compare.draw),
    "seeds": Tool(N_("Many seeds"), "casino", seeds.draw),
    "sweep": Tool(N_("Sweep"), "timeline", sweep.draw),
    "branch": Tool(N_("Branch"), "call_split", branch.draw),
    "doctor": Tool(N_("Doctor"), "stethoscope", doctor.draw),
    "check": Tool(N_("Check yourself"), "verified", check.draw),
    "sealed": Tool(N_("Sealed test"), "lock", sealed.draw),
    "code": Tool(N_("Code"), "code", code.draw),
    "take": Tool(N_("Take away"), "download", take.draw),
    "history": Tool(N_("History"), "history", history.draw),
    "lesson": Tool(N_("For teachers"), "school", lesson.draw),
}


def _offered(state: State[Any, Any], without: Sequence[str]) -> list[str]:
    """The tools there are now: a lesson without answers has no doctor."""
    return [name for name in TOOLS if name not in without and (name != "doctor" or state.lesson is None or state.lesson.answers)]


STUDY = ("check", "code", "lesson")  # the tools of a page that needs no run


def drawer(state: State[Any, Any], run: str, figures: Callable[[], Sequence[Template]], title: str, without: Sequence[str] = ()) -> None:
    """Draw the row of tools, and the one that is open. Nothing before the first run of the page has finished.

    figures: makes the page's figures, when a tool wants them; title: of the page, translated; without: tools that the page has elsewhere.
    """
    bench = Bench(state, run, guess.on_screen(state), figures, title)
    history.note(bench)
    end = get_runner().result(run)
    if end is not None and end.state == "finished":
        st.session_state[bench.key("drawer")] = True
    if not st.session_state.get(bench.key("drawer")):
        memory.write()
        return
    _tools(bench, _offered(state, without))


def study_drawer(state: State[Any, Any], title: str) -> None:
    """The same below a page that computes as it is moved: without the tools that are about runs."""
    _tools(Bench(state, "", state.spec, title=title), STUDY)


def _tools(bench: Bench, offered: Sequence[str]) -> None:
    with st.container(key="drawer"):  # a name for the style sheet
        chosen = st.pills(_("Tools"), offered, format_func=lambda name: f":material/{TOOLS[name].icon}: {_(TOOLS[name].name)}",
                          key=bench.key("tool"), label_visibility="collapsed", persist_state="session")
    if chosen:
        with st.container(border=True, key=f"tool-{chosen}"):
            TOOLS[chosen].draw(bench)
    memory.write()
