"""The parts of the data on a project's page: what a trained network is asked about them, once, and how the sealed one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.frame import Message
from core.i18n import N_, _, language, say
from core.runs.questions import AskError
from core.runs.runner import get_runner
from core.ui.controls import bound
from core.ui.text import plain
from core.ui.tools import Bench, sealed

Arrays = dict[str, np.ndarray]
PARTS = {"validation": N_("Validation"), "test": N_("Sealed test")}
KEPT = 24  # answers of a session, some ten kilobytes each
OPEN = 10  # tests that a session has open


def asked(bench: Bench, run: str, probe: str, arguments: Mapping[str, Any]) -> Arrays | Message:
    """The answer of a run's network, asked once; or why there is none."""
    known: dict[Any, Arrays] = st.session_state.setdefault(bench.key("asked"), {})
    what = (run, probe, *arguments.values())
    if what not in known:
        try:
            known[what] = dict(get_runner().ask(run, probe, arguments=dict(arguments)))
        except AskError as problem:
            return problem.message
        while len(known) > KEPT:
            known.pop(next(iter(known)))
    return known[what]


def opened(bench: Bench) -> dict[str, Arrays]:
    """What the sealed test has shown, by run."""
    return st.session_state.setdefault(bench.key("opened"), {})


def sealed_test(bench: Bench, look: Callable[[], Arrays | Message]) -> None:
    """The button that opens the sealed test for the run on screen, once that has ended. look: what is seen, or why nothing is; what is not
    seen is no look."""
    end = get_runner().result(bench.run)
    if end is None or end.state != "finished":
        bench.later(_("The test set can be opened once the run has ended."))
        return
    sealed.button(bench.spec, bench.run, bench.key("sealed:open"), lambda: _open(bench, look))
    problem = st.session_state.get(bench.key("unopened"))
    if problem and problem[0] == bench.run:
        st.warning(plain(say(problem[1])), icon=":material/error:")


def _open(bench: Bench, look: Callable[[], Arrays | Message]) -> None:
    found = look()
    if isinstance(found, Message):
        st.session_state[bench.key("unopened")] = (bench.run, found)
        return
    st.session_state.pop(bench.key("unopened"), None)
    sealed.count(bench.spec, bench.run)
    known = opened(bench)
    known[bench.run] = found
    while len(known) > OPEN:
        known.pop(next(iter(known)))
    st.session_state[bench.key("part")] = "test"


def part_of(bench: Bench) -> str:
    """Which part is shown: validation, until the sealed test was opened for this run; then as the person chooses."""
    if bench.run not in opened(bench):
        return "validation"
    place = bench.key("part")
    binding = bound(f"{place}.{language()}", st.session_state.get(place, "validation"),
                    lambda part: st.session_state.update({place: part}), list(PARTS))
    st.segmented_control(_("Part of the data"), list(PARTS), default=binding.pop("value"), format_func=lambda name: _(PARTS[name]),
                         label_visibility="collapsed", required=True, **binding)
    return st.session_state.get(place, "validation")


def unanswered(bench: Bench, why: Message) -> None:
    """Why the network did not answer, and a button that asks again: it draws the page anew."""
    st.warning(plain(say(why)), icon=":material/error:")
    st.button(_("Ask again"), key=bench.key("ask:again"), icon=":material/refresh:")
