"""The doctor: what ails the run on screen, with the evidence, the reason, and the one change that helps."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.i18n import _, say
from core.insight.signs import ROWS
from core.runs.examined import diagnoses
from core.runs.runner import get_runner
from core.ui import mend, terms
from core.ui.tools import Bench


def draw(bench: Bench) -> None:
    if get_runner().result(bench.run) is None:
        bench.later(_("The doctor looks at the run as soon as it has ended."))
        return
    found = diagnoses(get_runner(), bench.spec, bench.run)
    if not found and len(get_runner().rows(bench.run)) < ROWS:
        st.markdown(_(":material/hourglass_empty: This run is too short to tell: the doctor needs a few epochs more."))
        return
    if not found:
        st.markdown(_(":material/check_circle: Nothing ails this run, as far as its curves tell."))
        return
    offered: list[dict[str, Any]] = []
    for number, diagnosis in enumerate(found):
        terms.markdown(f"**{say(diagnosis.evidence)}** {say(diagnosis.why)}")
        if diagnosis.change not in offered:  # of one cause, with one cure
            mend.button(bench.state, bench.spec, diagnosis.change, bench.key(f"doctor:{number}"))
        offered.append(diagnosis.change)
