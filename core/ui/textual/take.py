"""Step 6: what the project leaves: a model that takes raw texts, the numbers it is judged by, and the program that makes it again."""

from __future__ import annotations

import streamlit as st

from core.data import uploads
from core.data.corpus import load
from core.export.texts import answers_csv, texts_csv, to_json
from core.frame import Message
from core.i18n import N_, _
from core.runs.runner import get_runner
from core.ui.language import speaking
from core.ui.parts import opened
from core.ui.textual import looked, test
from core.ui.tools import Bench, code, take

PURPOSE = N_("Take it with you: a model that takes raw texts, the numbers it is judged by, and the program that makes it again.")


def known(bench: Bench) -> dict[str, tuple[test.Arrays, test.Arrays | None]]:
    """What is known of the run: validation, and the sealed test if it was opened; of the network and of the simple model."""
    found = {}
    validation = test.asked(bench, "validation")
    if not isinstance(validation, Message):
        found["validation"] = (validation[0], test.simple_of(bench, "validation"))
    if (arrays := opened(bench).get(bench.run)) is not None:
        found["test"] = (arrays, test.simple_of(bench, "test"))
    return found


def show(bench: Bench) -> None:
    end = get_runner().result(bench.run)
    st.subheader(_("Model and run"))
    st.caption(_("The model (.keras) holds its vocabulary: it takes raw texts, and needs no code of ours."))
    take.draw(bench)
    if end is not None and end.state == "finished" and (parts := known(bench)):
        _numbers(bench, parts)
    st.subheader(_("The program"))
    if bench.spec.source != "imdb":
        spec, classes = bench.spec, list(looked.classes_of(bench.spec))
        st.download_button(_("The texts (CSV), for beside the program"),
                           lambda: texts_csv(load(spec, uploads.arrays(spec.upload)), classes), "texts.csv", "text/csv",
                           key=bench.key("take:texts"), icon=":material/article:", on_click="ignore")
    code.draw(bench)


def _numbers(bench: Bench, parts: dict[str, tuple[test.Arrays, test.Arrays | None]]) -> None:
    spec, classes, name = bench.spec, list(looked.classes_of(bench.spec)), bench.state.name
    st.subheader(_("The evaluation"))
    st.caption(_("Accuracy with its interval, F1, ROC, calibration, accuracy by length and the matrix, of the network and of TF-IDF; and a "
                 "line for each text. Of the sealed test only if it was opened for this run."))
    labels = {"validation": _("Answers on validation (CSV)"), "test": _("Answers on the test (CSV)")}
    with st.container(horizontal=True):
        st.download_button(_("Evaluation (JSON)"), speaking(lambda: to_json(spec, parts, classes)), f"{name}_evaluation.json",
                           "application/json", key=bench.key("take:json"), icon=":material/data_object:", on_click="ignore")
        for part, (arrays, _simple) in parts.items():
            st.download_button(labels[part], answers_csv(arrays, classes), f"{name}_{part}.csv", "text/csv", key=bench.key(f"take:{part}"),
                               icon=":material/table:", on_click="ignore")
