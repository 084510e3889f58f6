"""The image project's page: its steps, of which one is on screen, around one run."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import project as figures
from core.figures.cnn import ASK, fitting
from core.i18n import _
from core.specs.cnn import CnnSpec
from core.specs.examples import Preset
from core.specs.image_project import STEPS, ImageView
from core.ui import guess, kept, lab, own_pictures, steps
from core.ui.project import data, network, take, test, training, use
from core.ui.state import State
from core.ui.steps import Project, Step
from core.ui.tools import Bench

PROJECT = Project({
    "data": Step(data.PURPOSE, data.left, show=data.show),
    "network": Step(network.PURPOSE, network.left, figures.network, right=network.right),
    "training": Step(training.PURPOSE, training.left, figures.training),
    "test": Step(test.PURPOSE, test.left, figures.training, show=test.show),
    "use": Step(use.PURPOSE, use.left, use.figures),
    "take": Step(take.PURPOSE, lambda bench: None, show=take.show),
}, STEPS, presets=("data",), noticed=("network", "training", "test", "use"), pausable=("network", "training"), idle=("data",))


def draw(state: State[CnnSpec, ImageView], presets: Sequence[Preset], title: str) -> None:
    """Everything below the heading. Call it at the end of the page's fragment. title: translated."""
    kept.begin(state)
    own = own_pictures.found(state)
    spec, view = guess.on_screen(state), state.view
    run = PROJECT.open_run(state, own)
    classes, seen = own_pictures.classes_of(spec), fitting(spec)
    bench = Bench(state, run, spec, lambda: figures.everything(seen, view, classes), title)

    def play(step: Step) -> None:
        assert step.figures
        lab.play(state, run, step.figures(seen, view, classes), epochs=spec.epochs, ask=ASK,
                 start="end" if view.step == "use" else "play")  # what is used is the trained network

    PROJECT.draw(bench, presets, standing(bench), play)


def standing(bench: Bench) -> str:
    """The state of the project's run, in one sentence."""
    return steps.standing(bench, lambda row: None if row.get("val_accuracy") is None else _(
        "Trained up to epoch {epochs:.0f}: validation accuracy {accuracy:.3f}.", epochs=row["epoch"], accuracy=row["val_accuracy"]))
