"""The stock project's page: its steps, of which one is on screen, around one run."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figures import stock as figures
from core.i18n import _
from core.specs.examples import Preset
from core.specs.stock import StockSpec
from core.specs.stock_project import STEPS as NAMES
from core.specs.stock_project import StockView
from core.ui import guess, lab, steps
from core.ui.drawer import drawer
from core.ui.state import State
from core.ui.steps import Step
from core.ui.stock import corrections, data, forecast, prepare, take, training, walk
from core.ui.tools import Bench, lesson

ELSEWHERE = ("sealed", "code", "take")  # tools of the drawer that are steps here
STEPS = {
    "data": Step(data.PURPOSE, data.left, show=data.show),
    "prepare": Step(prepare.PURPOSE, prepare.left, show=prepare.show),
    "training": Step(training.PURPOSE, training.left, figures.training),
    "forecast": Step(forecast.PURPOSE, forecast.left, figures.training, show=forecast.show),
    "walk": Step(walk.PURPOSE, walk.left, show=walk.show),
    "take": Step(take.PURPOSE, lambda bench: None, show=take.show),
}


def draw(state: State[StockSpec, StockView], presets: Sequence[Preset], title: str) -> None:
    """Everything below the heading. Call it at the end of the page's fragment. title: translated."""
    own = corrections.found(state)
    run = lab.open_run(state, own)
    spec, view = guess.on_screen(state), state.view
    step = STEPS[view.step]
    bench = Bench(state, run, spec, lambda: figures.training(spec, view), title)
    top = st.container()
    left, right = st.columns([2.2, 8.4], gap="medium")
    with right:
        instead = step.show(bench) if step.show else False
        if step.figures and not instead:
            lab.play(state, run, step.figures(spec, view), epochs=spec.epochs)
    with top:
        lab.problems(state.problems)
        lesson.banner(state)
        lab.failure(state, run)
        lab.branched(state)
        steps.bar(state, NAMES)
        st.markdown(f"{_(step.purpose)} {standing(bench)}")
        if view.step in ("data", "forecast"):
            lab.presets(state, presets)
    with left:
        step.left(bench)
        steps.onward(state, NAMES)
    with right:
        if view.step == "training":
            lab.notice(state, run)
        drawer(state, run, bench.figures, title, without=ELSEWHERE)
    state.write_url()


def standing(bench: Bench) -> str:
    """The state of the project's run, in one sentence."""
    return steps.standing(bench, lambda row: None if row.get("val_mae") is None else _(
        "Trained up to epoch {epochs:.0f}: on validation off by {error:.4g} on average.", epochs=row["epoch"], error=row["val_mae"]))
