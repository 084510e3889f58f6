"""Exact forms that may come later: nobody waits long for them, and whoever asks again has them."""

import threading

import numpy as np
import pytest

from benchmarks.maths import on_sliders, setting
from core.figures import studies
from core.figures.calculus import exactly
from core.frame import Message, Trouble
from core.i18n import say
from core.maths import later, symbolic
from core.maths.expressions import parse
from core.maths.later import Later
from core.maths.rules import differentiate
from tests.conftest import until
from tests.studies import random_spec


def test_what_is_not_ready_in_a_moment_is_there_when_asked_again():
    go, asked = threading.Event(), []

    def work(text):
        asked.append(text)
        assert go.wait(30)
        return text.upper()

    own = Later(work, moment=0.01)
    for _again in range(3):
        with pytest.raises(Trouble) as trouble:
            own.ask(("a",))
        assert "next move" in say(trouble.value.message)
    go.set()
    until(lambda: own._known[("a",)].done(), 30)
    assert own.ask(("a",)) == "A" and asked == ["a"]


def test_a_drag_leaves_only_its_last_questions_and_the_newest_is_answered_first(monkeypatch):
    monkeypatch.setattr(later, "WAITING", 3)
    go, asked = threading.Event(), []

    def work(k):
        asked.append(k)
        assert go.wait(30)
        return k

    own = Later(work, moment=0.001)
    for k in range(10):
        with pytest.raises(Trouble):
            own.ask((k,))
        until(lambda: asked, 30)  # the first is being worked on
    go.set()
    until(lambda: len(asked) == 4, 30)
    assert asked == [0, 9, 8, 7]
    own.moment = 30
    assert own.ask((3,)) == 3  # one that was dropped is asked anew


def test_what_has_no_answer_is_not_remembered_here():
    answers = [Trouble(Message("busy")), 5]

    def work():
        found = answers.pop(0)
        if isinstance(found, Trouble):
            raise found
        return found

    own = Later(work, moment=30)
    with pytest.raises(Trouble, match="busy"):
        own.ask(())
    assert own.ask(()) == 5 == own.ask(()) and not answers


FORMULA = parse("x^1.5*y", ("x", "y"))


def test_a_picture_asks_for_all_its_exact_forms_at_once(monkeypatch):
    monkeypatch.setattr(symbolic.helper, "limit", 30.0)
    asked, soon = [], symbolic.soon
    monkeypatch.setattr(symbolic, "soon", lambda *question, **values: asked.append(question) or soon(*question, **values))
    first = tuple(differentiate(FORMULA, name) for name in "xy")
    second = tuple(tuple(differentiate(part, name) for name in "xy") for part in first)
    shown, length = exactly.vector((parse("x^0.5"), parse("y", ("y",))), 0.5, 0.25)
    assert r"\sqrt{2}" in shown and length == "0.75" and len(asked) == 1
    root, y = parse("x^0.5"), parse("y", ("y",))
    rows, det = exactly.determinant(((root, y), (y, root)), 0.5, 0.25)
    assert r"\sqrt{2}" in rows and det == "0.4375" and len(asked) == 2
    assert r"\sqrt{2}" in exactly.matrix(second, 0.5, 0.25)[0] and len(asked) == 3


def test_a_picture_is_drawn_without_the_forms_that_are_not_ready(monkeypatch):
    """As at a page's start: SymPy is still imported."""
    monkeypatch.setattr(symbolic, "later", Later(lambda *_question: threading.Event().wait(5), moment=0.001))
    study = studies.study("calculus")
    for scene in study.scenes:
        spec = study.spec(scene=scene.id)
        if "px" in scene.controls + scene.more:
            spec = spec.changed(px=0.25, py=0.5)
        assert scene.draw(spec).figures


@pytest.mark.parametrize("name", ["calculus", "linear_algebra"])
def test_the_benchmark_stops_where_sliders_stop_and_half_the_time_at_quarters(name):
    study = studies.study(name)
    for scene in study.scenes:
        quarter = []
        for seed in range(40):
            spec = setting(study, scene, seed)
            for field in (*scene.controls, *scene.more):
                control, (least, _greatest) = spec.control(field), spec.bounds(field)
                if type(spec).model_fields[field].annotation is float and control.step and not control.log:
                    steps = (getattr(spec, field) - least) / control.step
                    assert abs(steps - round(steps)) < 1e-6, field
            quarter.append(exactly.at_quarter(*(getattr(spec, at) for at in ("px", "py") if at in (*scene.controls, *scene.more))))
        assert sum(quarter) >= 20
    plain = random_spec(study, study.scenes[0], np.random.default_rng(0))
    assert on_sliders(plain, study.scenes[0], False).scene == plain.scene
