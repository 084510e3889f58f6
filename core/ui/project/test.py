"""Step 4: how good it is: on validation as often as you like, on the sealed test once."""

from __future__ import annotations

import streamlit as st

from core.frame import Message
from core.i18n import N_, _
from core.insight.verdicts import verdicts
from core.runs.runner import get_runner
from core.ui import evaluation, own_pictures, parts
from core.ui.tools import Bench, sealed

PURPOSE = N_("Find out how good it is and where it errs: on validation as often as you like, on the sealed test once, when all is decided.")


def opened(bench: Bench) -> parts.Arrays | None:
    """What the sealed test has shown of the run on screen; None if it has not been opened for it."""
    return parts.opened(bench).get(bench.run)


def _look(bench: Bench) -> parts.Arrays | Message:
    """What the sealed test shows; a network whose answers are no numbers shows nothing."""
    found = evaluation.answers(bench, "test")
    return Message(sealed.NO_NUMBER) if not isinstance(found, Message) and verdicts(found) is None else found


def left(bench: Bench) -> None:
    st.subheader(_("The sealed test"))
    sealed.why()
    parts.sealed_test(bench, lambda: _look(bench))
    found = opened(bench)
    if found is not None and (read := verdicts(found)) is not None:
        st.metric(_("Accuracy on the sealed test"), f"{read.accuracy:.3f}")
        st.caption(_("95% interval: {least:.3f} to {greatest:.3f}; pictures: {n:,}", least=read.interval[0], greatest=read.interval[1],
                     n=read.count))


def show(bench: Bench) -> bool:
    """The evaluation, if the run has ended. Returns whether it is there; until then the page shows how it trains."""
    end = get_runner().result(bench.run)
    if end is None or end.state != "finished":
        return False
    classes, part = own_pictures.classes_of(bench.spec), parts.part_of(bench)
    if part == "test" and (arrays := opened(bench)) is not None and (found := verdicts(arrays)) is not None:
        evaluation.draw(bench, part, arrays, found, classes)
        return True
    read = evaluation.read(bench, "validation")
    if isinstance(read, Message):
        parts.unanswered(bench, read)
    else:
        evaluation.draw(bench, "validation", *read, classes)
    return True
