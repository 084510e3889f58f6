"""The page on Transformers without a browser: its challenge, which asks the networks themselves, and its questions."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from core.data import owntext, tasks, uploads
from core.figures.transformer_side import variants
from core.i18n import say
from core.insight.challenges import ANSWERS, runs_for, seeds_for, verdict
from core.insight.exercises import transformer as exercises
from core.insight.exercises.transformer import HeadSpec, ahead, each, heads_of, made, text_of
from core.specs.transformer import TransformerSpec, TransformerView
from tests.opening import opener, remembering

(FIND,) = exercises.CHALLENGES
SPEC = exercises.REFERENCE.changed(layers=2, heads=2, named="1.1-2.2-1.2")


def answered(whole: float, lost: list[list[float]]) -> list[dict]:
    """Rows whose network gets these shares of answers right, with all heads on and with each off."""
    measured = np.array(lost, np.float32)[..., None] * np.ones(3, np.float32)
    return [{"epoch": 1.0}, {"epoch": 2.0, ANSWERS: ({"metrics": np.full(3, whole, np.float32), "lost": measured},)}]


def test_heads_are_read_as_they_are_written() -> None:
    r = random.Random(0)
    for _ in range(50):
        heads = [r.choice([None, (r.randint(1, 6), r.randint(1, 8))]) for _ in range(3)]
        assert heads_of(text_of(heads)) == heads
        assert HeadSpec(named=text_of(heads)).named == TransformerView(named=text_of(heads)).named
    assert heads_of("") == [None] * 3 and text_of([None] * 3) == ""
    for wrong in ("1.9-0-0", "7.1-0-0", "1.1", "1.1-1.2"):
        assert TransformerView.from_query({"named": wrong})[1]


def test_what_is_named_changes_no_run_and_draws_no_other_seeds() -> None:
    plain = TransformerSpec(heads=4)
    one, other = (made(plain, TransformerView(named=named)) for named in ("", "1.1-2.2-1.2"))
    assert one.key == other.key == plain.key
    seeds = seeds_for(FIND, one)
    assert seeds_for(FIND, other) == seeds and len(set(seeds)) == 3
    assert seeds_for(FIND, made(plain.changed(seed=seeds[1]), TransformerView())) == seeds  # while one of the three is looked at
    assert [run.key for run in runs_for(FIND, other)] == [plain.changed(seed=seed).key for seed in seeds]
    assert [heads_of(run.named)[0] for run in runs_for(FIND, other)] == [(1, 1), (2, 2), (1, 2)]
    assert HeadSpec.from_query(other.to_query()) == (other, [])  # as a completion code keeps it


def test_the_head_that_is_named_must_cost_more_than_any_other() -> None:
    spec = each(SPEC, 1)  # 2.2
    assert ahead(spec, answered(1.0, [[0.9, 0.8], [1.0, 0.3]])) == pytest.approx(0.5)
    assert ahead(spec, answered(1.0, [[0.9, 0.1], [1.0, 0.3]])) == pytest.approx(-0.2)
    assert ahead(spec, answered(0.95, [[0.95, 0.95], [0.95, 0.95]])) == 0
    assert ahead(spec, answered(0.5, [[0.5, 0.5], [0.5, 0.1]])) is None  # it has learned nothing that could be lost


def test_the_challenge_is_passed_by_two_right_heads_of_three() -> None:
    costs = {"1.1": [[0.2, 0.9], [0.9, 0.9]], "2.2": [[0.9, 0.9], [0.9, 0.2]], "1.2": [[0.9, 0.2], [0.9, 0.9]]}
    runs = [answered(0.99, costs[name]) for name in ("1.1", "2.2", "1.2")]
    assert verdict(FIND, SPEC, runs).passed
    found = verdict(FIND, SPEC.changed(named="1.1-2.2-2.1"), runs)
    assert found.passed and [value is not None and value > 0 for value in found.values] == [True, True, False]
    assert not verdict(FIND, SPEC.changed(named="1.1-1.1-1.1"), runs).passed
    assert not verdict(FIND, SPEC, [runs[0], None, answered(0.4, costs["1.2"])]).passed


def test_the_rules_say_what_is_missing() -> None:
    assert FIND.allows(SPEC) is None
    assert "1 of 3" in say(FIND.allows(SPEC.changed(named="1.1-0-0")))  # type: ignore[arg-type]
    assert "2 layers of 2 heads" in say(FIND.allows(SPEC.changed(named="1.1-1.3-1.1")))  # type: ignore[arg-type]
    assert FIND.allows(SPEC.changed(heads=1)) is not None and FIND.allows(SPEC.changed(task="sort")) is not None


def test_the_question_on_masks_is_answered_by_counting() -> None:
    masked, _off, _temperature = exercises.QUESTIONS
    assert masked.answer == np.tril(np.ones((32, 32))).sum()  # type: ignore[union-attr]
    assert all(fits(n) for (fits, _said), n in zip(masked.wrong, (1024, 496, 512, 32), strict=True))  # type: ignore[union-attr]


@pytest.mark.slow
def test_the_reference_passes() -> None:
    from core.frame import Frame
    from core.insight.challenges import with_answers
    from core.labs.transformer import ask, train
    from core.training.warm import warm

    warm()
    runs = []
    for spec in runs_for(FIND, exercises.REFERENCE):
        frames = [item for item in train(spec) if isinstance(item, Frame)]
        rows = [row for frame in frames for row in frame.rows]
        runs.append(with_answers(rows, [ask(spec, probe, frames[-1].arrays, dict(more)) for probe, more in FIND.goal.asks(spec)]))
    found = verdict(FIND, exercises.REFERENCE, runs)
    assert found.passed, found.values


def test_gpt_and_bert_side_by_side_read_ones_own_text(monkeypatch: Any, make_runner: Any, tmp_path: Any) -> None:
    runner, digest = make_runner(), "7" * 32
    grouped: dict[TransformerSpec, Any] = {}
    opened = runner.open_group

    def open_group(specs: Any, **more: Any) -> list[str]:
        grouped.update(dict.fromkeys(specs, more["uploads"]))
        return opened(specs, **more)

    monkeypatch.setattr(runner, "open_group", open_group)
    remembering(monkeypatch, runner, result=lambda key: None, rows=lambda key: [])
    text = "".join(chr(97 + i % 26) for i in np.random.default_rng(0).integers(0, 500, 3000))
    uploads.keep(digest, {"text": owntext.read(text.encode())}, [])
    uploads.share(digest, "somebody", True)
    try:
        app = opener(tmp_path)("transformer", task="text", length="32", points="40", epochs="2", upload=digest)
        app.pills[0].set_value("A text, as BERT").run()  # a preset of a text keeps one's own
        assert app.session_state["transformer:spec"].upload == digest and app.session_state["transformer:spec"].task == "masked"
        app.button(key="transformer:undo").click().run()
        (button,) = (b for b in app.button if b.key == "transformer:side:go")
        button.click().run()
        assert not app.exception
        spec = TransformerSpec().revised(task="text", length=32, points=40, epochs=2, upload=digest)
        assert list(grouped) == list(variants(spec).values()) and {one.task for one in grouped} == {"text", "masked"}
        for one, own in grouped.items():
            assert set(tasks.load(one, own).answers) == set(text)
    finally:
        uploads.forget(digest)
    assert not app.run().exception  # the text is gone, and so is what was trained on it
