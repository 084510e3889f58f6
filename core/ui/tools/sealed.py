"""The sealed test: opened on purpose, and every look is counted for this browser and these data; seeing the same run again is none."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable

import streamlit as st

from core.frame import Message
from core.i18n import N_, _, say
from core.runs.questions import AskError
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.ui.memory import OPENED, memory
from core.ui.tools import Bench

NO_NUMBER = N_("This network’s answers are no numbers any more, so there is nothing to be scored. This did not count as a look.")


def name_of(spec: Spec) -> str:
    """A name of a spec's test set: equal for specs that share it, or some of its samples; see `Spec.sealed`."""
    what = json.dumps(spec.sealed, sort_keys=True, default=str).encode()
    return hashlib.sha256(what).hexdigest()[:16]


def looks_at(spec: Spec) -> int:
    """How often this browser has looked at the test set that a spec shares."""
    return memory()["looks"].get(name_of(spec), 0)


def known(run: str) -> bool:
    """Whether this browser has opened the sealed test for this very run before: seeing its number again says nothing new."""
    return run in memory()["opened"]


def count(spec: Spec, run: str) -> None:
    """Count one more look at it, unless it was opened for this run before."""
    if not known(run):
        memory()["looks"][name_of(spec)] = looks_at(spec) + 1
        memory()["opened"] = [run, *memory()["opened"]][:OPENED]


def said(looks: int) -> str:
    """How often, as a sentence."""
    return (_("You have not looked at this test set.") if not looks else _("Looked once.") if looks == 1 else
            _("Looked {n} times.", n=looks))


def button(spec: Spec, run: str, key: str, look: Callable[[], None]) -> None:
    """The button that opens a sealed test for a run, how often that was done, and whether it counts."""
    looks = looks_at(spec)
    st.button(_("Open the sealed test") if not looks else _("Look again"), key=key, icon=":material/lock_open:", on_click=look)
    st.caption(said(looks))
    if known(run):
        st.caption(_("Already opened for this run: it is shown again, and not counted."))


def why() -> None:
    """What a sealed test is for."""
    st.markdown(_("These examples were set aside before the first epoch: nothing was trained or tuned on them. Look once, when nothing is "
                  "left to decide. Whoever looks, changes something and looks again is tuning on them, and the number becomes too good."))


def draw(bench: Bench) -> None:
    why()
    if get_runner().result(bench.run) is None:
        bench.later(_("The test set can be opened once the run has ended."))
        return
    button(bench.spec, bench.run, bench.key("sealed:open"), lambda: _look(bench))
    seen = st.session_state.get(bench.key("sealed"))
    if seen and seen[0] == bench.run:
        st.markdown(say(seen[1]))


def _look(bench: Bench) -> None:
    score = bench.spec.score
    try:
        value, points, validation = get_runner().ask(bench.run, "sealed")["metrics"].tolist()
    except AskError as problem:
        st.session_state[bench.key("sealed")] = (bench.run, problem.message)
        return
    if not math.isfinite(value):  # nothing was seen
        st.session_state[bench.key("sealed")] = (bench.run, Message(NO_NUMBER))
        return
    count(bench.spec, bench.run)
    text = N_("Sealed test examples: {n:.0f}. Score on them: **{value:.3f}**. The {label} was {validation:.3f}.")
    st.session_state[bench.key("sealed")] = (bench.run, Message(text, {
        "n": points, "value": value, "label": ["_", score.label], "validation": validation}))  # said when it is drawn, in its language
