"""The page on recurrent networks without a browser: what stands beside what, what three cells say, and its challenges."""

from __future__ import annotations

import math
import re

import pytest

from core import i18n
from core.data.sequences import sizes
from core.figures.recurrent import facts, figures
from core.i18n import _, say
from core.insight.cells import judgement
from core.insight.challenges import runs_for, verdict
from core.insight.exercises import recurrent as exercises
from core.specs.base import Score
from core.specs.recurrent import CELLS, TASKS, RecurrentSpec, RecurrentView
from core.specs.transformer import TransformerSpec
from core.ui import steps
from core.ui.side import specs_of
from tests.opening import opener, remembering

RIGHT, WRONG = Score("val_accuracy", "accuracy"), Score("val_loss", "error", higher_is_better=False)


@pytest.mark.parametrize("task", TASKS)
def test_what_a_page_knows_of_a_task_is_what_its_sequences_say(task: str) -> None:
    spec = RecurrentSpec(points=1000).revised(task=task, learning_rate=0.3)
    known = facts(spec)
    assert (known.inputs, known.classes or 1) == sizes(task)
    assert len(known.names) == known.classes and " " not in known.names
    assert known.guess > known.floor >= 0 and (known.last > known.floor) == (task == "wave")
    if task in ("recall", "parity"):
        assert known.guess == pytest.approx(math.log(known.classes), rel=0.02) and abs(known.luck - 1 / known.classes) < 0.08
    if task == "adding":
        assert known.guess == pytest.approx(1 / 6, rel=0.2)
    assert facts(spec.changed(learning_rate=0.01, units=3, epochs=2)) is known  # its sequences are drawn once


def test_three_cells_share_everything_but_the_cell() -> None:
    spec = RecurrentSpec(cell="rnn", initializer="identity", activation="relu", epochs=7, seed=3)
    specs = specs_of(spec.fork(2, learning_rate=0.02))
    assert list(specs) == list(CELLS) and specs["rnn"].initializer == "identity" and specs["lstm"].initializer == "orthogonal"
    for cell, one in specs.items():
        assert one.cell == cell and one.parent is None and one.split == spec.split
        assert (one.epochs, one.seed, one.units, one.learning_rate) == (7, 3, 50, 0.02)


def test_the_page_runs_again_when_one_of_the_three_has_ended(monkeypatch, make_runner, tmp_path) -> None:
    """The table's numbers come from the page's script; the figures alone would have it run again only once all three have ended."""
    waited: list[list[str]] = []
    monkeypatch.setattr(steps, "awaited", lambda keys: waited.append(list(keys)))
    specs = remembering(monkeypatch, make_runner())
    app = opener(tmp_path)("recurrent")
    assert not app.exception and not waited
    (button,) = [one for one in app.button if one.key and one.key.endswith(":go")]
    button.click().run()
    assert not app.exception and [specs[key].cell for key in waited[-1]] == list(CELLS)


def test_a_number_of_steps_and_the_truth_in_chinese() -> None:
    """步数 counts steps on an axis; behind a number it is 步. A wave has no classes, so its truth is none of a class."""
    try:
        i18n.use("zh")
        assert {_(RecurrentSpec.control(name).unit) for name in ("length", "period")} == {"步"}
        assert _(TransformerSpec.control("warmup").unit) == "步"
        (wave,) = [one for one in figures(RecurrentSpec(), RecurrentView(), facts(RecurrentSpec())) if one.id == "wave"]
        assert wave.figure["data"][0]["name"] == "真值"
    finally:
        i18n.use("en")


def test_what_three_cells_say() -> None:
    def said(score: Score, **values: float) -> str:
        return " ".join(say(note) for note in judgement(score, values, 0.25 if score.higher_is_better else 0.5))

    assert said(RIGHT, rnn=0.5, lstm=0.7, gru=1.0).startswith("Ahead is the GRU with 1.000, last is the plain cell with 0.500.")
    assert said(WRONG, rnn=0.011, lstm=0.2, gru=0.3).startswith("Ahead is the plain cell with 0.011, last is the GRU with 0.3.")
    assert said(RIGHT, rnn=0.99, lstm=1.0, gru=0.985) == "All are about as good, from 1.000 to 0.985: here gates do not matter."
    assert said(WRONG, rnn=0.0215, lstm=0.021, gru=0.02).startswith("All are about as good, from 0.02 to 0.0215")
    assert said(RIGHT, rnn=0.24, lstm=0.26, gru=0.25) == "None of them has learned it: the best has 0.260, guessing gets 0.250."
    assert said(WRONG, rnn=0.49, lstm=0.51, gru=0.9).startswith("None of them has learned it: the best has 0.49,")
    assert said(RIGHT, rnn=math.nan, lstm=0.5, gru=0.9).startswith("One run broke off before its end: the plain cell. Ahead is the GRU")
    assert said(RIGHT, rnn=math.nan, lstm=math.nan, gru=0.9).count("broke off") == 2


GAP, LIGHTER = exercises.CHALLENGES


def test_the_rules_of_the_challenges() -> None:
    assert all(challenge.allows(challenge.reference) is None for challenge in exercises.CHALLENGES)
    assert "must be at least 20" in say(GAP.allows(GAP.reference.changed(length=19)))  # type: ignore[arg-type]
    assert GAP.allows(GAP.reference.changed(length=40)) is None and GAP.allows(RecurrentSpec()) is not None
    heavy = LIGHTER.allows(exercises.LSTM)
    assert heavy is not None and re.search(r"It has \d,\d{3} weights", say(heavy))
    wide = LIGHTER.reference.changed(units=exercises.LSTM.units)
    assert LIGHTER.allows(wide) is not None  # a GRU as wide is a little heavier than three quarters: it has two rows of biases
    runs = runs_for(LIGHTER, LIGHTER.reference)
    assert [run.cell for run in runs] == ["gru"] * 3 + ["lstm"] * 3
    assert all(a.split == b.split and a.seed == b.seed for a, b in zip(runs[:3], runs[3:], strict=True))


def test_the_questions_are_answered_by_a_formula() -> None:
    weights, fade, _entropy = exercises.QUESTIONS
    assert weights.answer == RecurrentSpec(units=50).weights(1, 1) - 51  # type: ignore[union-attr]
    assert fade.answer == pytest.approx(0.8**20, abs=0.0005)  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize("challenge", exercises.CHALLENGES, ids=lambda c: c.id)
def test_references_pass(challenge) -> None:
    from core.frame import Frame
    from core.labs.recurrent import train
    from core.training.warm import warm

    warm()
    runs = [[row for item in train(spec) if isinstance(item, Frame) for row in item.rows]
            for spec in runs_for(challenge, challenge.reference)]
    found = verdict(challenge, challenge.reference, runs)
    assert found.passed, found.values
