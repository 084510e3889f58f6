"""The doctor: what ails the run on screen, with the evidence, the reason, and the one change that helps."""

from __future__ import annotations

from collections import OrderedDict

import streamlit as st

from core.i18n import _, say
from core.insight.doctor import diagnose
from core.insight.patient import Diagnosis
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.ui.controls import shown
from core.ui.tools import Bench

KEPT = 200
_known: OrderedDict[str, list[Diagnosis]] = OrderedDict()  # of runs that have ended


def examine(spec: Spec, key: str) -> list[Diagnosis]:
    """The diagnoses of a run as far as it is."""
    if key in _known:
        return _known[key]
    runner = get_runner()
    end = runner.result(key)
    frames = [record.frame() for record in runner.records(key) if record.kind == "frame"]
    found = diagnose(spec, runner.rows(key), frames, end)
    if end is not None and end.state == "finished":
        _known[key] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def draw(bench: Bench) -> None:
    state = bench.state
    if get_runner().result(bench.run) is None:
        st.caption(_("The doctor looks at the run as soon as it has ended."))
        return
    found = examine(bench.spec, bench.run)
    if not found:
        st.markdown(_(":material/check_circle: Nothing ails this run, as far as its curves tell."))
        return
    for number, diagnosis in enumerate(found):
        st.markdown(f"**{say(diagnosis.evidence)}** {say(diagnosis.why)}")
        if not diagnosis.change:
            continue
        cured = bench.spec.revised(**diagnosis.change)
        what = ", ".join(_("“{label}” to {text}", label=_(cured.control(name).label), text=shown(cured, name))
                            for name in diagnosis.change)
        st.button(_("Set {what}", what=what), key=bench.key(f"doctor:{number}"), icon=":material/healing:",
                  on_click=lambda spec=cured: state.apply(spec))
