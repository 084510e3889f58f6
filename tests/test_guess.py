"""The guess before a run: how it is judged, how it travels, and how a page waits for it (under AppTest, with real runs)."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from core import i18n
from core.data import points
from core.figures.feedforward import figures
from core.frame import Message
from core.i18n import say
from core.insight.guesses import (
    CHOICES,
    COUNTS,
    GRID,
    LIMIT,
    Guess,
    distance,
    margin,
    outcome,
    pack_guess,
    unpack_guess,
    verdict,
)
from core.runs import runner as runners
from core.specs.base import Score
from core.specs.feedforward import FeedforwardSpec, FeedforwardView
from core.specs.links import pack
from core.ui import guess as guesses
from core.ui import lab as labs
from tests.conftest import slow_after, until

ACCURACY, ERROR = Score("val_accuracy", "validation accuracy"), Score("val_mae", "validation error", higher_is_better=False)
FLAT = Guess("sketch", (0.5,) * len(GRID))


ROOT = Path(__file__).resolve().parent.parent


def rows(values, metric="val_accuracy"):
    return [{"epoch": i, metric: v} for i, v in enumerate(values)]


# ---- judged


def test_the_distance_of_a_sketch_is_the_mean_gap_to_the_curve():
    epochs = 50
    sketch = np.array([0.1, 0.4, 0.5, 0.7, 0.6, 0.9, 0.8])
    curve = np.random.default_rng(0).uniform(0, 1, epochs + 1)
    at = np.array(GRID) * epochs
    expected = []
    for epoch, value in enumerate(curve):  # by hand: the two places around it, and the line between them
        right = next(i for i, x in enumerate(at) if x >= epoch)
        left = max(right - 1, 0)
        share = (epoch - at[left]) / (at[right] - at[left]) if right > left else 0
        expected.append(sketch[left] + share * (sketch[right] - sketch[left]) - value)
    mean, end = distance(sketch, rows(curve), "val_accuracy", epochs)
    assert mean == pytest.approx(np.abs(expected).mean(), abs=1e-12) and end == pytest.approx(expected[-1], abs=1e-12)


def test_only_recorded_epochs_count():
    found = [{"epoch": 0, "val_accuracy": 0.5}, {"epoch": 1, "val_accuracy": None}, {"epoch": 2}, {"epoch": 10, "val_accuracy": 0.7}]
    assert distance(FLAT.values, found, "val_accuracy", 10) == pytest.approx((0.1, -0.2))
    assert np.isnan(distance(FLAT.values, [], "val_accuracy", 10)).all()


@pytest.mark.parametrize("guess, curve, score, said", [
    (FLAT, [0.5, 0.5, 0.7, 0.9], ACCURACY, "15.0 accuracy points off the curve; at the end it was 40.0 points too low"),
    (FLAT, [0.7, 0.3, 0.5], ACCURACY, "13.3 accuracy points off the curve; its end was right"),
    (FLAT, [0.3, 0.2], ERROR, "0.25 off the curve; at the end it was 0.3 too high"),
    (Guess("number", (0.9,)), [0.5, 0.956], ACCURACY, "you said 0.900, and the run ended at 0.956. That is 5.6 accuracy points too low."),
    (Guess("number", (0.9,)), [0.9], ACCURACY, "That is right."),
    (Guess("number", (0.3,)), [0.1], ERROR, "That is 0.2 too high."),
    (Guess("choice", (0.8,), "better"), [0.9], ACCURACY,
     "you said “better”, and that is right. The validation accuracy went from 0.800 to 0.900"),
    (Guess("choice", (0.8,), "better"), [0.81], ACCURACY,
     "Not this time: the validation accuracy went from 0.800 to 0.810, which is about"),
    (Guess("choice", (0.8,), "worse"), [0.7], ERROR, "Not this time: the validation error went from 0.800 to 0.700, which is better"),
])
def test_one_honest_sentence(guess, curve, score, said):
    assert said in say(verdict(guess, rows(curve, score.metric), score, len(curve) - 1 or 1))


def test_about_the_same_has_a_margin_and_an_error_is_better_when_it_is_small():
    assert [outcome(ACCURACY, 0.8, after) for after in (0.82, 0.821, 0.78, 0.779)] == ["same", "better", "same", "worse"]
    assert [outcome(ERROR, 0.4, after) for after in (0.42, 0.43, 0.38, 0.37)] == ["same", "worse", "same", "better"]
    assert margin(ACCURACY, 0.8) == 0.02 and margin(ERROR, 0.4) == pytest.approx(0.02)


def test_a_run_that_broke_off_or_was_stopped_is_not_called_a_miss():
    for guess in (FLAT, Guess("number", (0.4,))):
        assert "nothing to hold your guess against" in verdict(guess, rows([0.5]), ACCURACY, 5, state="failed").id
        assert "nothing to hold your guess against" in verdict(guess, [], ACCURACY, 5).id
    assert "that is right" in verdict(Guess("choice", (0.8,), "worse"), [], ACCURACY, 5, state="failed").id
    assert "Not this time" in verdict(Guess("choice", (0.8,), "same"), [], ACCURACY, 5, state="failed").id
    assert "stays open" in verdict(FLAT, rows([0.5]), ACCURACY, 5, state="cancelled").id


# ---- in an address


finite = some.floats(-LIMIT, LIMIT, allow_subnormal=False)


@given(some.one_of(
    some.builds(lambda v: Guess("sketch", tuple(v)), some.lists(finite, min_size=len(GRID), max_size=len(GRID))),
    some.builds(lambda v: Guess("number", (v,)), finite),
    some.builds(lambda v, c: Guess("choice", (v,), c), finite, some.sampled_from(list(CHOICES)))))
def test_a_guess_survives_an_address(guess):
    text = pack_guess(guess)
    back, wrong = unpack_guess(text)
    assert len(text) <= 90 and not wrong and set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert back and (back.kind, back.choice) == (guess.kind, guess.choice)
    assert back.values == pytest.approx(guess.values, rel=6e-4)


@pytest.mark.parametrize("text", ["x", "s", "s0.1_0.2", "s" + "_".join(["0.5"] * 8), "nnan", "ninf", "n1e9", "n", "n0.5_0.5",
                                  "cbetter", "cnever_0.5",
                                  "c_0.5", "n--1", "n0x1", "n 1", "n1_", "n٣", "s" + "0" * 5000, "<b>", "n1e999999999"])
def test_a_tampered_guess_gets_a_sentence(text):
    guess, problems = unpack_guess(text)
    assert guess is None and len(problems) == 1 and isinstance(problems[0], Message) and "guess in the address" in say(problems[0])


@given(some.text(max_size=40))
def test_no_text_breaks_it(text):
    guess, problems = unpack_guess(text)
    assert (guess is None) == bool(problems) or not text


def test_no_guess_is_no_text():
    assert unpack_guess("") == (None, [])


@pytest.mark.parametrize("arguments", [("sketch", (0.5,)), ("number", (float("nan"),)), ("choice", (0.5,)), ("choice", (0.5,), "maybe"),
                                       ("number", (0.5,), "better"), ("paint", (0.5,)), ("number", ())])
def test_a_guess_that_is_none_is_refused(arguments):
    with pytest.raises(ValueError):
        Guess(*arguments)


# ---- in the figures


def shown_with(guess, **settings):
    spec = FeedforwardSpec(points=40, epochs=20, **settings)
    sample = points.load(spec.dataset, points=spec.points, noise=spec.noise, seed=spec.seed, train_share=spec.train_share)
    before = figures(spec, FeedforwardView(), sample)
    return before, guesses.with_guess(before, guess, spec)


@pytest.mark.parametrize("dataset, figure", [("circles", "accuracy"), ("hills", "mae")])
@pytest.mark.parametrize("guess, x, y, name", [
    (Guess("sketch", tuple(np.linspace(0.2, 0.8, len(GRID)))), [g * 20 for g in GRID], list(np.linspace(0.2, 0.8, len(GRID))), "guess"),
    (Guess("number", (0.7,)), [15, 20], [0.7, 0.7], "guess"), (Guess("choice", (0.6,), "better"), [0, 20], [0.6, 0.6], "before")])
def test_the_guess_is_a_dotted_line_of_its_own_in_the_score_s_figure_alone(dataset, figure, guess, x, y, name):
    before, after = shown_with(guess, dataset=dataset)
    changed = [b.id for a, b in zip(before, after, strict=True) if a is not b]
    assert changed == [figure]
    old, new = (next(t for t in those if t.id == figure) for those in (before, after))
    *kept, line = new.figure["data"]
    assert kept == old.figure["data"] and new.bindings == old.bindings
    assert line["x"] == pytest.approx(x) and line["y"] == pytest.approx(y) and line["line"]["dash"] == "dot"
    assert line["line"]["color"] not in [trace["line"]["color"] for trace in kept]
    label = new.figure["layout"]["meta"]["labels"][-1]
    assert (label["text"], label["value"]) == (name, y[-1])


def test_a_page_without_the_score_s_figure_shows_no_guess():
    before, _after = shown_with(FLAT)
    others = [t for t in before if t.id != "accuracy"]
    assert guesses.with_guess(others, FLAT, FeedforwardSpec()) is others


# ---- a page waits


PAGE = """
from core.data import points
from core.figures.feedforward import figures
from core.specs.feedforward import FeedforwardSpec, FeedforwardView
from core.ui import controls, guess, lab
from core.ui.state import State

state = State("feedforward", FeedforwardSpec, FeedforwardView)
spec = guess.on_screen(state)
run = lab.open_run(state)
sample = points.load(spec.dataset, points=spec.points, noise=spec.noise, seed=spec.seed, train_share=spec.train_share)
lab.play(state, run, figures(spec, state.view, sample), epochs=spec.epochs)
controls.draw(state, "dataset", "learning_rate", "epochs")
lab.history(state)
guess.toggle(state)
lab.notice(state, run)
state.write_url()
"""


@pytest.fixture
def page(monkeypatch, make_runner, tmp_path):
    """Open a small lab page on real runs; in place of the browser's player there is a button that sends `go.answer`."""
    import streamlit as st

    runner = make_runner(unwatched_s=300)
    runner.start()
    until(lambda: runner.workers() == 2)
    monkeypatch.setattr(runners, "_runner", runner)

    def player(run, templates, *, key, on_guess, question=None, **more):
        go.calls.append(SimpleNamespace(run=run, templates=templates, question=question, **more))

        def send():
            st.session_state[key] = SimpleNamespace(guess=go.answer)
            on_guess()

        st.button("send", key="send", on_click=send)

    monkeypatch.setattr(labs, "player", player)
    script = tmp_path / "page.py"
    script.write_text(PAGE)

    def go(**query):
        app = AppTest.from_file(str(script), default_timeout=30)
        for name, value in {"epochs": "5", "points": "40", **query}.items():
            app.query_params[name] = value
        app.run()
        return settle(app)

    def settle(app):
        until(lambda: runner.result(go.calls[-1].run), 60)
        app.run()
        assert not app.exception
        return app

    def send(app, kind, values=(), choice="", *, to=None):
        go.answer = {"for": to or go.calls[-1].question["for"], "kind": kind, "values": list(values), "choice": choice}
        app.button(key="send").click().run()
        assert not app.exception
        return app

    go.calls, go.settle, go.send, go.runner, go.answer = [], settle, send, runner, None
    yield go
    i18n.use("en")


SPEC = FeedforwardSpec(epochs=5, points=40)
SLOW = SPEC.changed(learning_rate=1e-5)


def hold(page, **query):
    """“Guess first” on, and a change that has to wait."""
    app = page(**query)
    app.toggle[0].set_value(True).run()
    app.select_slider[0].set_value(1e-5).run()
    assert not app.exception
    return app


def said(app):
    return " ".join(m.value for m in app.markdown)


@pytest.mark.slow
def test_with_guess_first_off_nothing_is_held(page):
    app = page()
    assert not app.toggle[0].value and page.calls[-1].question is None
    app.select_slider[0].set_value(1e-5).run()
    assert page.calls[-1].run == SLOW.key and page.runner.known(SLOW.key) and page.calls[-1].question is None
    assert "feedforward:shown" not in app.session_state and "Your guess" not in said(page.settle(app))


def test_the_next_run_is_held_and_not_trained_until_the_guess_is_given(page):
    app = hold(page)
    call = page.calls[-1]
    assert call.run == SPEC.key and not page.runner.known(SLOW.key)
    assert call.question["for"] == SLOW.key and call.question["figure"] == "accuracy"
    assert call.question["kinds"] == ["sketch", "number", "choice"]
    app.run()
    assert not page.runner.known(SLOW.key) and page.calls[-1].run == SPEC.key  # however often the page runs
    page.send(app, "sketch", [0.5] * len(GRID))
    call = page.calls[-1]
    assert call.run == SLOW.key and call.question is None and page.runner.known(SLOW.key)
    drawn = next(t for t in call.templates if t.id == "accuracy").figure["data"][-1]
    assert drawn["name"] == "guess" and drawn["y"] == [0.5] * len(GRID)
    page.settle(app)
    curve = [row["val_accuracy"] for row in page.runner.rows(SLOW.key)]
    assert f"{100 * np.abs(0.5 - np.array(curve)).mean():.1f} accuracy points off the curve" in said(app)
    app.select_slider[0].set_value(0.02).run()  # and the next one waits again
    assert page.calls[-1].run == SLOW.key and page.calls[-1].question


def test_a_wave_of_the_hand_runs_it_without_a_guess(page):
    app = page.settle(page.send(hold(page), ""))
    assert page.calls[-1].run == SLOW.key and "Your guess" not in said(app)
    assert not any(trace["name"] == "guess" for t in page.calls[-1].templates for trace in t.figure["data"] if "name" in trace)


def test_a_choice_is_held_against_the_run_before(page):
    app = hold(page)
    before, = (row["val_accuracy"] for row in page.runner.rows(SPEC.key)[-1:])
    page.settle(page.send(app, "choice", choice="better"))
    after = page.runner.rows(SLOW.key)[-1]["val_accuracy"]
    right = "that is right" if after > before + 0.02 else "Not this time"
    assert right in said(app) and f"from {before:.3f} to {after:.3f}" in said(app)
    assert app.session_state["feedforward:guess"] == (SLOW.key, Guess("choice", (before,), "better"))


def test_a_number_is_a_guess_too(page):
    app = page.settle(page.send(hold(page), "number", [0.123]))
    assert "you said 0.123" in said(app)


@pytest.mark.parametrize("kind, values, choice", [("sketch", [0.5], ""), ("number", ["a lot"], ""), ("number", [float("nan")], ""),
                                                  ("choice", (), "maybe"),
                                                  ("paint", [0.5], ""), ("sketch", [[1]] * len(GRID), "")])
def test_what_is_no_guess_changes_nothing(page, kind, values, choice):
    app = page.send(hold(page), kind, values, choice)
    assert page.calls[-1].run == SPEC.key and page.calls[-1].question and not page.runner.known(SLOW.key)
    page.answer = "nonsense"
    app.button(key="send").click().run()
    assert not app.exception and page.calls[-1].question


def test_a_guess_at_a_run_that_is_no_longer_wanted_does_not_start_the_one_that_is(page):
    app = hold(page)
    old = page.calls[-1].question["for"]
    app.select_slider[0].set_value(0.02).run()
    page.send(app, "number", [0.5], to=old)
    assert page.calls[-1].question and page.calls[-1].run == SPEC.key


def test_back_at_the_run_on_screen_and_with_the_switch_off_there_is_nothing_to_wait_for(page):
    app = hold(page)
    app.button(key="feedforward:undo").click().run()
    assert page.calls[-1].question is None and page.calls[-1].run == SPEC.key
    app.select_slider[0].set_value(1e-5).run()
    assert page.calls[-1].question
    app.toggle[0].set_value(False).run()
    assert page.calls[-1].question is None and page.calls[-1].run == SLOW.key and not app.toggle[0].value


def test_a_run_that_was_guessed_is_not_asked_for_again(page):
    app = page.settle(page.send(hold(page), "number", [0.5]))
    app.select_slider[0].set_value(0.02).run()
    page.send(app, "")
    app.button(key="feedforward:undo").click().run()  # the guess went with the wave of the hand
    assert page.calls[-1].question["for"] == SLOW.key
    app = page.settle(page.send(app, "number", [0.25]))
    app.select_slider[0].set_value(0.03).run()
    app.button(key="feedforward:undo").click().run()
    assert page.calls[-1].question is None and "you said 0.250" in said(app)


def test_a_run_that_streams_is_left_alone_while_the_next_is_guessed(page):
    app = AppTest.from_string(PAGE, default_timeout=30)
    for name, value in {"epochs": "2000", "points": "400", "batch_size": "4", "dropout": "0.1"}.items():
        app.query_params[name] = value
    app.run()
    key = page.calls[-1].run
    until(lambda: len(page.runner.rows(key)) > 5, 60)
    app.toggle[0].set_value(True).run()
    app.select_slider[0].set_value(1e-5).run()
    rows = len(page.runner.rows(key))
    assert page.calls[-1].run == key and page.calls[-1].question and page.runner.result(key) is None
    until(lambda: len(page.runner.rows(key)) > rows + 5, 30)  # it goes on
    page.send(app, "")
    assert page.calls[-1].run != key and not app.exception


def test_another_number_of_epochs_gives_the_figure_the_axis_of_the_next_run(page):
    app = page()
    app.toggle[0].set_value(True).run()
    app.select_slider(key=next(s.key for s in app.select_slider if "epochs" in s.key)).set_value(10).run()
    call = page.calls[-1]
    axes = {t.id: t.figure["layout"]["xaxis"]["range"][1] for t in call.templates if t.id in ("accuracy", "loss")}
    assert call.question["epochs"] == 10 and axes == {"accuracy": 10, "loss": 5}


@pytest.mark.slow
def test_a_run_that_is_judged_by_another_score_can_only_be_given_a_number(page):
    app = page()
    app.toggle[0].set_value(True).run()
    app.selectbox[0].set_value("hills").run()
    question = page.calls[-1].question
    assert question["kinds"] == ["number"] and question["bounds"] == [0.0, None] and question["figure"] == "accuracy"
    page.settle(page.send(app, "number", [0.4]))
    assert "you said 0.4" in said(app) and "accuracy points" not in said(app)


def test_a_link_shows_the_guess_over_the_run(page):
    app = page(guess=pack_guess(Guess("number", (0.75,))))
    assert "you said 0.750" in said(app) and app.query_params["guess"] in ("n0.75", ["n0.75"])
    app.select_slider[0].set_value(1e-5).run()  # the guess was for another run
    assert "guess" not in app.query_params and "you said" not in said(app)


def test_an_address_keeps_a_run_waiting_with_the_one_that_was_on_screen(page):
    app = hold(page)
    first = app.query_params["guess_first"]
    again = page(learning_rate="1e-05", guess_first=first[0] if isinstance(first, list) else first)
    call = page.calls[-1]
    assert call.run == SPEC.key and call.question["for"] == SLOW.key and not page.runner.known(SLOW.key) and again.toggle[0].value
    page.settle(page.send(again, "number", [0.5]))
    assert page.runner.known(SLOW.key) and again.query_params["guess_first"] in ("1", ["1"])
    again.select_slider[0].set_value(0.02).run()  # the next one waits; the guess at the one on screen is still there, and in the address
    address = {name: value[0] if isinstance(value, list) else value for name, value in again.query_params.items()}
    reloaded = page(**address)
    assert page.calls[-1].run == SLOW.key and page.calls[-1].question and "you said 0.5" in said(reloaded)
    again = reloaded
    again.toggle[0].set_value(False).run()
    assert "guess_first" not in again.query_params


def test_a_link_with_guess_first_shows_its_own_run_and_has_the_next_wait(page):
    app = page(guess_first="1")
    assert page.calls[-1].run == SPEC.key and page.calls[-1].question is None and app.toggle[0].value
    app.select_slider[0].set_value(1e-5).run()
    assert page.calls[-1].run == SPEC.key and page.calls[-1].question["for"] == SLOW.key


@pytest.mark.parametrize("text", slow_after(["x", "A", "2", "eNqrVspR", pack({"B": SPEC})], 3))
def test_a_tampered_wait_gets_a_sentence_and_shows_the_run_in_the_address(page, text):
    app = page(guess_first=text)
    assert page.calls[-1].run == SPEC.key and app.toggle[0].value
    assert any("which run was on screen" in say(m) for m in app.session_state["feedforward:problems"])


def test_a_tampered_link_gets_a_sentence(page):
    app = page(guess="s1_2_3")
    assert not app.exception and "guess" not in app.query_params
    assert any("guess in the address" in say(m) for m in app.session_state["feedforward:problems"])


def test_the_kinds_of_a_guess_are_those_that_the_player_knows():
    script = (ROOT / "core" / "ui" / "player" / "guess.js").read_text("utf-8")
    assert all(f'"{kind}"' in script for kind in COUNTS) and json.dumps([*CHOICES])[1:-1] in script
