"""The sealed test: opened on purpose, and every look is counted for this browser and this split of the data."""

from __future__ import annotations

import hashlib
import json
import math

import streamlit as st

from core.frame import Message
from core.i18n import N_, _, say
from core.runs.questions import AskError
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.ui.memory import memory
from core.ui.tools import Bench

NO_NUMBER = N_("This network’s answers are no numbers any more, so there is nothing to be scored. This did not count as a look.")


def split_of(spec: Spec) -> str:
    """A name of the split that a spec's test set comes from: equal for specs that share it."""
    what = json.dumps(spec.split, sort_keys=True, default=str).encode()
    return hashlib.sha256(what).hexdigest()[:16]


def draw(bench: Bench) -> None:
    spec = bench.spec
    split = split_of(spec)
    looks = memory()["looks"].get(split, 0)
    st.markdown(_("These examples were set aside before the first epoch: nothing was trained or tuned on them. Look once, when nothing is "
                  "left to decide. Whoever looks, changes something and looks again is tuning on them, and the number becomes too good."))
    if get_runner().result(bench.run) is None:
        bench.later(_("The test set can be opened once the run has ended."))
        return
    st.button(_("Open the sealed test") if not looks else _("Look again"), key=bench.key("sealed:open"), icon=":material/lock_open:",
              on_click=lambda: _look(bench, split))
    st.caption(_("You have not looked at this test set.") if not looks else _("Looked once.") if looks == 1 else
               _("Looked {n} times.", n=looks))
    seen = st.session_state.get(bench.key("sealed"))
    if seen and seen[0] == bench.run:
        st.markdown(say(seen[1]))


def _look(bench: Bench, split: str) -> None:
    score = bench.spec.score
    try:
        value, count, validation = get_runner().ask(bench.run, "sealed")["metrics"].tolist()
    except AskError as problem:
        st.session_state[bench.key("sealed")] = (bench.run, problem.message)
        return
    if not math.isfinite(value):  # nothing was seen
        st.session_state[bench.key("sealed")] = (bench.run, Message(NO_NUMBER))
        return
    looks = memory()["looks"]
    looks[split] = looks.get(split, 0) + 1
    text = N_("On {n:.0f} sealed test examples: **{value:.3f}**. The {label} was {validation:.3f}.")
    st.session_state[bench.key("sealed")] = (bench.run, Message(text, {
        "n": count, "value": value, "label": ["_", score.label], "validation": validation}))  # said when it is drawn, in its language
