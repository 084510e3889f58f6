"""The image project's page: its steps, of which one is on screen, around one run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.figures import project as figures
from core.figures.cnn import ASK, fitting
from core.i18n import _
from core.specs.cnn import CnnSpec
from core.specs.examples import Preset
from core.specs.image_project import STEPS as NAMES
from core.specs.image_project import ImageView
from core.ui import guess, kept, lab, own_pictures, steps
from core.ui.drawer import drawer
from core.ui.project import data, network, take, test, training, use
from core.ui.state import State
from core.ui.steps import Step
from core.ui.tools import Bench, lesson

ELSEWHERE = ("sealed", "code", "take")  # tools of the drawer that are steps here
Project = State[CnnSpec, ImageView]


STEPS = {
    "data": Step(data.PURPOSE, data.left, show=data.show),
    "network": Step(network.PURPOSE, network.left, figures.network, right=network.right),
    "training": Step(training.PURPOSE, training.left, figures.training),
    "test": Step(test.PURPOSE, test.left, figures.training, show=test.show),
    "use": Step(use.PURPOSE, use.left, use.figures),
    "take": Step(take.PURPOSE, lambda bench: None, show=take.show),
}


def open_run(state: Project, own: dict[str, dict[str, np.ndarray]]) -> str:
    """The project's run. While the pictures are looked at nothing is trained; the run is opened with the next step."""
    if state.view.step == "data":
        return guess.on_screen(state).key
    return lab.open_run(state, own)


def draw(state: Project, presets: Sequence[Preset], title: str) -> None:
    """Everything below the heading. Call it at the end of the page's fragment. title: translated."""
    kept.begin(state)
    own = own_pictures.found(state)
    spec, view = guess.on_screen(state), state.view
    run, step = open_run(state, own), STEPS[view.step]
    classes, seen = own_pictures.classes_of(spec), fitting(spec)
    bench = Bench(state, run, spec, lambda: figures.everything(seen, view, classes), title)
    top = st.container()
    left, right = st.columns([2.2, 8.4], gap="medium")
    with right:
        instead = step.show(bench) if step.show else False
        if step.figures and not instead:
            lab.play(state, run, step.figures(seen, view, classes), epochs=spec.epochs, ask=ASK,
                     start="end" if view.step == "use" else "play")  # what is used is the trained network
    with top:
        lab.problems(state.problems)
        lesson.banner(state)
        if view.step != "data":
            lab.failure(state, run)
        lab.branched(state)
        steps.bar(state, NAMES)
        st.markdown(f"{_(step.purpose)} {standing(bench)}")
        if view.step == "data":
            lab.presets(state, presets)
    with left:
        step.left(bench)
        if view.step in ("network", "training"):
            kept.buttons(state)
        steps.onward(state, NAMES)
    with right:
        if step.right:
            step.right(bench)
        if view.step not in ("data", "take"):
            lab.notice(state, run)
        drawer(state, run, bench.figures, title, without=ELSEWHERE)
    state.write_url()


def standing(bench: Bench) -> str:
    """The state of the project's run, in one sentence."""
    return steps.standing(bench, lambda row: None if row.get("val_accuracy") is None else _(
        "Trained up to epoch {epochs:.0f}: validation accuracy {accuracy:.3f}.", epochs=row["epoch"], accuracy=row["val_accuracy"]))
