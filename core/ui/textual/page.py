"""The text project's page: its steps, of which one is on screen, around one run."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import text as figures
from core.i18n import _
from core.specs.examples import Preset
from core.specs.text import TextSpec
from core.specs.text_project import STEPS, TextView
from core.ui import guess, kept, lab, steps
from core.ui.state import State
from core.ui.steps import Project, Step
from core.ui.textual import corrections, data, looked, prepare, take, test, training, use
from core.ui.tools import Bench

PROJECT = Project({
    "data": Step(data.PURPOSE, data.left, show=data.show),
    "prepare": Step(prepare.PURPOSE, prepare.left, show=prepare.show),
    "training": Step(training.PURPOSE, training.left, figures.training, right=training.right),
    "test": Step(test.PURPOSE, test.left, figures.training, show=test.show),
    "use": Step(use.PURPOSE, use.left, figures.training, show=use.show),
    "take": Step(take.PURPOSE, lambda bench: None, show=take.show),
}, STEPS, presets=("data", "use"), pausable=("prepare", "training", "use"), idle=("data",))


def draw(state: State[TextSpec, TextView], presets: Sequence[Preset], title: str) -> None:
    """Everything below the heading. Call it at the end of the page's fragment. title: translated."""
    kept.begin(state)
    own = corrections.found(state)
    spec, view = guess.on_screen(state), state.view
    run = PROJECT.open_run(state, own)
    known, beside = looked.known(spec) if view.step != "data" else (figures.Known(), [])
    classes = looked.classes_of(spec)
    bench = Bench(state, run, spec, lambda: figures.training(spec, view, classes, known), title)
    PROJECT.draw(bench, presets, standing(bench), lambda step: lab.play(state, run, bench.figures(), epochs=spec.epochs, beside=beside))


def standing(bench: Bench) -> str:
    """The state of the project's run, in one sentence."""
    return steps.standing(bench, lambda row: None if row.get("val_accuracy") is None else _(
        "Trained up to epoch {epochs:.0f}: validation accuracy {accuracy:.3f}.", epochs=row["epoch"], accuracy=row["val_accuracy"]))
