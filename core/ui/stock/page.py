"""The stock project's page: its steps, of which one is on screen, around one run."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import stock as figures
from core.i18n import _
from core.specs.examples import Preset
from core.specs.stock import StockSpec
from core.specs.stock_project import STEPS, StockView
from core.ui import guess, lab, steps
from core.ui.state import State
from core.ui.steps import Project, Step
from core.ui.stock import corrections, data, forecast, prepare, take, training, walk
from core.ui.tools import Bench

PROJECT = Project({
    "data": Step(data.PURPOSE, data.left, show=data.show),
    "prepare": Step(prepare.PURPOSE, prepare.left, show=prepare.show),
    "training": Step(training.PURPOSE, training.left, figures.training),
    "forecast": Step(forecast.PURPOSE, forecast.left, figures.training, show=forecast.show),
    "walk": Step(walk.PURPOSE, walk.left, show=walk.show),
    "take": Step(take.PURPOSE, lambda bench: None, show=take.show),
}, STEPS, presets=("data", "forecast"))


def draw(state: State[StockSpec, StockView], presets: Sequence[Preset], title: str) -> None:
    """Everything below the heading. Call it at the end of the page's fragment. title: translated."""
    own = corrections.found(state)
    run = PROJECT.open_run(state, own)
    spec, view = guess.on_screen(state), state.view
    bench = Bench(state, run, spec, lambda: figures.training(spec, view), title)
    PROJECT.draw(bench, presets, standing(bench), lambda step: lab.play(state, run, bench.figures(), epochs=spec.epochs))


def standing(bench: Bench) -> str:
    """The state of the project's run, in one sentence."""
    return steps.standing(bench, lambda row: None if row.get("val_mae") is None else _(
        "Trained up to epoch {epochs:.0f}: on validation off by {error:.4g} on average.", epochs=row["epoch"], error=row["val_mae"]))
