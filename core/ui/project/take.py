"""Step 6: what the project leaves: the model, its numbers, and the program that makes it again."""

from __future__ import annotations

import streamlit as st

from core.export import evaluation as files
from core.frame import Message
from core.i18n import N_, _
from core.insight.verdicts import Verdicts, verdicts
from core.runs.runner import get_runner
from core.ui import evaluation, own_pictures
from core.ui.language import speaking
from core.ui.project import test
from core.ui.tools import Bench, code, take

PURPOSE = N_("Take it with you: the trained model, the numbers it is judged by, and the program that makes it again.")


def parts(bench: Bench) -> dict[str, Verdicts]:
    """What is known of the run: validation, and the sealed test if it was opened."""
    found = {}
    validation = evaluation.read(bench, "validation")
    if not isinstance(validation, Message):
        found["validation"] = validation[1]
    opened = test.opened(bench)
    if opened is not None and (read := verdicts(opened)) is not None:
        found["test"] = read
    return found


def show(bench: Bench) -> None:
    end = get_runner().result(bench.run)
    st.subheader(_("Model and run"))
    take.draw(bench)
    if end is not None and end.state == "finished" and (known := parts(bench)):
        _numbers(bench, known)
    st.subheader(_("The program"))
    code.draw(bench)


def _numbers(bench: Bench, known: dict[str, Verdicts]) -> None:
    st.subheader(_("The evaluation"))
    classes, spec, name = own_pictures.classes_of(bench.spec), bench.spec, bench.state.name
    st.caption(_("Accuracy with its interval, precision and recall of each class, calibration, and the confusion matrix. Of the sealed "
                 "test only if it was opened for this run."))
    part, best = list(known.items())[-1]
    title = _("Confusion matrix, sealed test: accuracy {accuracy:.3f}", accuracy=best.accuracy) if part == "test" else _(
        "Confusion matrix, validation: accuracy {accuracy:.3f}", accuracy=best.accuracy)
    with st.container(horizontal=True):
        st.download_button(_("Evaluation (JSON)"), lambda: files.to_json(spec, known, classes), f"{name}_evaluation.json",
                           "application/json", key=bench.key("take:json"), icon=":material/data_object:", on_click="ignore")
        st.download_button(_("By class (CSV)"), lambda: files.to_csv(known, classes), f"{name}_classes.csv", "text/csv",
                           key=bench.key("take:classes"), icon=":material/table:", on_click="ignore")
        st.download_button(_("Confusion matrix (SVG)"), speaking(lambda: files.svg(best, classes, title)), f"{name}_confusion.svg",
                           "image/svg+xml", key=bench.key("take:svg"), icon=":material/grid_on:", on_click="ignore")
