"""The page on GANs without a browser: its challenge, its questions, what is painted, and pins of runs without a validation set."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit

from core.data import mixtures, uploads
from core.figures.gan import figures
from core.figures.pins import Pin, with_pins
from core.frame import Frame
from core.insight.challenges import runs_for, verdict
from core.insight.exercises import gan as exercises
from core.insight.exercises.gan import PRESET, changed
from core.runs import runner as runners
from core.specs.gan import GanSpec, GanView
from core.ui.lab import _paint
from tests.opening import opener
from tests.test_uploads import ME, browser  # noqa: F401 - a fixture

(MODES,) = exercises.CHALLENGES
SATURATES, SQUASHED, APART, DRAW = exercises.QUESTIONS


def ended(modes: int) -> list[dict[str, Any]]:
    return [{"epoch": 0, "modes": 8}, {"epoch": 9, "modes": modes}]


def test_two_settings_may_be_changed_and_no_third() -> None:
    others = {"loss": "wgan_gp", "d_steps": 4, "learning_rate": 0.0007, "g_units": 37, "instance_noise": 0.35,
              "d_rate": 0.7, "noise": "normal"}
    r = random.Random(0)
    for count in range(5):
        for _ in range(5):
            names = r.sample([name for name in others if others[name] != getattr(PRESET, name)], count)
            spec = PRESET.changed(**{name: others[name] for name in names}, seed=r.randint(0, 99))
            assert set(changed(spec)) == set(names)
            assert (MODES.allows(spec) is None) == (count <= 2)
            if 0 < count <= 2:
                assert MODES.why is not None and len(MODES.why(spec).args) == count
    assert MODES.allows(PRESET.changed(dataset="grid25")) is not None
    assert MODES.allows(PRESET.changed(g_steps=1)) is not None  # the rescue that stands among the presets
    assert MODES.allows(PRESET.fork(1, loss="wgan_gp")) is not None  # a run that goes on from another
    assert changed(PRESET.changed(penalty=7.0)) == []  # which has no say without the penalty


@pytest.mark.slow
def test_the_reference_covers_all_eight_and_the_preset_does_not() -> None:
    from core.training.warm import warm

    warm()
    from core.labs import gan as lab

    for spec, passed in ((MODES.reference, True), (PRESET, False)):
        runs = [[row for item in lab.train(run) if isinstance(item, Frame) for row in item.rows] for run in runs_for(MODES, spec)]
        assert verdict(MODES, spec, runs).passed is passed


def test_it_is_passed_by_two_runs_of_three_that_cover_all_eight() -> None:
    spec = MODES.reference
    assert [one.key for one in runs_for(MODES, spec)] != [spec.key] * 3
    assert verdict(MODES, spec, [ended(8), ended(8), ended(2)]).passed
    assert not verdict(MODES, spec, [ended(8), ended(7), ended(7)]).passed
    assert not verdict(MODES, spec, [ended(8), None, ended(7)]).passed  # its last row counts


def test_the_questions_answers_are_those_of_arithmetic() -> None:
    h, logit = 1e-6, np.log(0.01 / 0.99)

    def sigma(v: float) -> float:
        return 1 / (1 + np.exp(-v))

    slopes = [(f(logit + h) - f(logit - h)) / (2 * h) for f in (lambda v: -np.log(sigma(v)), lambda v: np.log(1 - sigma(v)))]
    assert SATURATES.answer == pytest.approx(slopes[0] / slopes[1], rel=1e-6)
    p = np.linspace(0, 1, 1001)
    losses = np.log1p(np.exp(-p))
    assert SQUASHED.answer == pytest.approx(losses.min(), abs=1e-4) and round(losses.max(), 3) == 0.693
    for question, slips in ((SATURATES, (100, 1 / 99, 0.99, 1)), (SQUASHED, (0, np.log(2), sigma(1), -np.log(1 - sigma(1))))):
        assert all(fits(n) for (fits, _said), n in zip(question.wrong, slips, strict=True))


def test_of_two_lines_coming_nearer_only_wassersteins_distance_falls_all_the_way() -> None:
    from core.maths.distances import density, jensen_shannon, sliced_wasserstein

    y = np.linspace(-1, 1, 200)
    data = np.stack([np.zeros(200), y], 1)
    apart = [sliced_wasserstein(data, data + [x, 0]) for x in (1.4, 1.0, 0.6, 0.3)]
    finely = [jensen_shannon(density(data + 0.01, 3.0, 600), density(data + [x + 0.01, 0], 3.0, 600)) for x in (1.4, 1.0, 0.6, 0.3)]
    assert np.all(np.diff(apart) < -0.1) and finely == pytest.approx([1.0] * 4)
    assert APART.options[APART.correct][0].startswith("Wasserstein")


def test_a_discriminator_without_a_hidden_layer_settles_at_a_half_where_only_the_middles_agree() -> None:
    rng = np.random.default_rng(0)
    angle = 2 * np.pi * np.arange(300) / 300
    ring, spot = 2 * np.stack([np.cos(angle), np.sin(angle)], 1), np.tile(rng.normal(size=(150, 2)) * 0.1, (2, 1))
    spot -= spot.mean(0)
    w, b = np.array([1.0, -1.0]), 0.5
    for _ in range(4000):  # gradient descent on the cross-entropy
        real, fake = (1 / (1 + np.exp(-(x @ w + b))) for x in (ring, spot))
        w -= 0.05 * ((real - 1) @ ring + fake @ spot) / 300
        b -= 0.05 * ((real - 1).mean() + fake.mean())
    assert real == pytest.approx(0.5, abs=1e-3) and fake == pytest.approx(0.5, abs=1e-3)
    assert DRAW.correct == 1


class Shown:
    """As much of a page's state as painting asks for."""

    def __init__(self) -> None:
        self.spec = GanSpec(dataset="drawn")

    def change(self, **values: Any) -> None:
        self.spec = self.spec.revised(**values)


def test_what_was_painted_is_learned_from_and_what_is_no_drawing_changes_nothing() -> None:
    state = Shown()
    for text in ("0" * 143 + "1", "f" * 144):
        _paint(state, text)  # type: ignore[arg-type]
        assert state.spec.drawn == text and mixtures.cells(text).any()
    for wrong in ("0" * 144, "f" * 143, "g" * 144, 7, None):  # nothing painted; too few cells; no digits
        _paint(state, wrong)  # type: ignore[arg-type]
        assert state.spec.drawn == "f" * 144


def test_a_pinned_run_has_its_distance_beside_the_others_and_nothing_else() -> None:
    shown = with_pins(figures(GanSpec(dataset="ring8"), GanView()), [Pin("A", "run-a", 300), Pin("B", "run-b", 50)])
    pinned = {t.id: [b.source[0] for b in t.bindings if b.options.get("run")] for t in shown}
    assert {name: found for name, found in pinned.items() if found} == {"distance": ["distance", "distance"]}
    chart = next(t for t in shown if t.id == "distance").figure
    assert chart["layout"]["xaxis"]["range"][1] == 300 and [x["text"] for x in chart["layout"]["meta"]["labels"]][-2:] == ["A", "B"]


# ---- one's own points

@pytest.mark.usefixtures("browser")
def test_the_page_takes_a_file_of_two_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_runner: Callable[[], Any]) -> None:
    monkeypatch.setattr(runners, "_runner", make_runner())  # whose workers never train
    rerun = streamlit.rerun
    monkeypatch.setattr(streamlit, "rerun", lambda scope="app": rerun())  # AppTest runs a whole page anew, never a fragment alone
    app = opener(tmp_path)("gan", dataset="upload")
    data = "\n".join(["x,y", *(f"{i % 7},{i % 5 / 2}" for i in range(40))])
    app.file_uploader[0].upload("mine.csv", data.encode(), "text/csv").run()
    spec = app.session_state["gan:spec"]
    assert not app.exception and spec.dataset == "upload" and uploads.brought(spec.upload, ME)
    assert not [w.value for w in app.warning if "columns" in w.value]
    uploads.forget(spec.upload)
