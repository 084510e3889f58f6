"""The drawer of tools on a lab page, under Streamlit's AppTest with real runs of the tests' own workers."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from pathlib import Path
from unittest.mock import Mock

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import i18n
from core.export.program import program
from core.frame import End
from core.insight.challenges import Choice, final, runs_for
from core.insight.exercises import challenges_of, questions_of
from core.runs import runner as runners
from core.specs import links
from core.specs.cnn import CnnSpec
from core.specs.feedforward import FeedforwardSpec
from core.specs.sweep import values
from core.ui import guess
from core.ui.tools import results
from core.ui.tools.results import Result, result
from tests.conftest import slow_after, until
from tests.opening import opener

ROOT = Path(__file__).resolve().parent.parent
QUICK = {"epochs": 5, "points": 40}
SPEC = FeedforwardSpec(**QUICK)


@pytest.fixture
def lab(monkeypatch, make_runner, tmp_path):
    """Open the feedforward page; runs go on although no browser watches."""
    runner = make_runner(unwatched_s=300)
    runner.start()
    until(lambda: runner.workers() == 2)
    monkeypatch.setattr(runners, "_runner", runner)
    opened = opener(tmp_path, 30)

    def go(*, language="en", wait=True, **query):
        app = opened("feedforward", language, **{"epochs": "5", "points": "40", **query})
        if wait:
            settle(app)
        return app

    def settle(app):
        until(lambda: runner.result(app.session_state["feedforward:spec"].key), 60)
        app.run()
        assert not app.exception

    go.settle, go.runner = settle, runner
    yield go
    i18n.use("en")


def choose(app, tool):
    app.button_group(key="feedforward:tool").set_value(tool).run()
    assert not app.exception
    return app


def table(app):
    return app.dataframe[0].value


def texts(app):
    return [m.value for m in app.markdown]


def test_the_drawer_appears_with_the_first_finished_run(lab):
    app = lab(wait=False, epochs="200", points="2000", batch_size="8")  # long enough not to be over when the page first looks
    assert "feedforward:drawer" not in app.session_state
    lab.settle(app)
    assert app.session_state["feedforward:drawer"] and not app.button_group(key="feedforward:tool").value
    app.select_slider[0].set_value(0.02).run()  # a new run has not finished: the drawer stays
    assert app.button_group(key="feedforward:tool") is not None and not app.exception


@pytest.mark.parametrize(("seconds", "said"), slow_after([(None, "a moment"), (1.9, "a moment"), (12.4, "about 12 s")], 1))
def test_how_long_a_run_will_take_is_said_before_it_starts(lab, monkeypatch, seconds, said):
    monkeypatch.setattr(lab.runner, "estimate", lambda _spec: seconds)
    app = lab()
    assert [c.value for c in app.caption if "A run takes" in c.value and said in c.value] and not app.exception


def test_a_pinned_run_stays_beside_the_next_and_in_the_address(lab):
    app = choose(lab(), "compare")
    app.button(key="feedforward:pin").click().run()
    assert app.session_state["feedforward:pins"] == {"A": SPEC} and app.button(key="feedforward:pin").disabled
    assert links.unpack(FeedforwardSpec, app.query_params["pins"])[0] == {"A": SPEC}
    app.select_slider[0].set_value(0.00001).run()
    lab.settle(app)
    slow = SPEC.changed(learning_rate=1e-5)
    rows = table(app)
    assert sorted(rows["run"]) == ["A", "now"] and set(rows["Learning rate"]) == {"0.01", "0.00001"}
    a, b = result(SPEC), result(slow)
    better = ["A", "now"] if a.score >= b.score else ["now", "A"]
    assert list(rows["run"]) == better and dict(zip(rows["run"], rows["validation accuracy"], strict=True)) == {
        "A": f"{a.score:.3f}", "now": f"{b.score:.3f}"}
    assert any("Learning rate" in c.value for c in app.caption)
    app.button(key="feedforward:showA").click().run()
    assert app.session_state["feedforward:spec"] == SPEC
    app.button(key="feedforward:unpinA").click().run()
    assert not app.session_state["feedforward:pins"] and "pins" not in app.query_params


def test_pins_come_back_with_the_address_and_train_again_if_they_are_gone(lab):
    pinned = SPEC.changed(seed=77)
    app = choose(lab(pins=links.pack({"B": pinned})), "compare")
    until(lambda: lab.runner.result(pinned.key), 60)
    app.run()
    assert set(table(app)["run"]) == {"B", "now"}
    assert "in training" not in " ".join(table(app)["validation accuracy"])


@pytest.mark.slow
def test_a_pinned_run_that_broke_off_says_so(lab):
    broken = SPEC.changed(dataset="hills", optimizer="sgd", activation="relu", learning_rate=10.0, epochs=40)
    app = choose(lab(pins=links.pack({"A": broken})), "compare")
    until(lambda: lab.runner.result(broken.key), 60)
    assert lab.runner.result(broken.key).state == "failed"
    app.run()
    rows = table(app)
    assert not app.exception and list(rows["run"]) == ["now", "A"] and "broke off" in rows.to_string() and "None" not in rows.to_string()
    assert not any("is ahead" in c.value for c in app.caption)


def test_runs_on_other_data_are_not_ranked_and_the_one_on_screen_is_never_left_out(lab):
    pins = {"A": SPEC, "B": SPEC.changed(learning_rate=0.03), "C": SPEC.changed(dataset="moons")}
    app = choose(lab(pins=links.pack(pins), learning_rate="0.00001"), "compare")
    until(lambda: all(lab.runner.result(spec.key) for spec in pins.values()), 60)
    app.run()
    assert any("learned from other data" in c.value for c in app.caption) and not any("is ahead" in c.value for c in app.caption)
    app.button(key="feedforward:unpinC").click().run()
    sentences = [c.value for c in app.caption if "is ahead" in c.value or "no difference" in c.value]
    assert len(sentences) == 1 and "run on screen" in sentences[0]


def test_runs_that_are_as_good_are_not_said_to_be_behind(lab, monkeypatch):
    same = Result("finished", 1.0, 1.0, 0.1, 1.0, 5)
    monkeypatch.setattr("core.ui.tools.compare.result", lambda _spec: same)
    pins = links.pack({"A": SPEC.changed(seed=1), "B": SPEC.changed(seed=2)})
    app = choose(lab(pins=pins), "compare")
    (said,) = [c.value for c in app.caption if "no difference" in c.value]
    assert "as well as A" in said and "behind" not in said
    monkeypatch.setattr("core.ui.tools.compare.result", lambda spec: Result("finished", 1.0, 1 - spec.seed / 10, 0.1, 1.0, 5))
    assert any("is ahead of" in c.value for c in app.run().caption)


def test_what_a_tool_offered_first_may_be_gone(monkeypatch):
    def script():
        import streamlit as st

        from core.ui.controls import kept

        st.text(str(kept(st.selectbox, "one", "one", st.session_state["options"][0], options=st.session_state["options"])))
        st.text(str(kept(st.multiselect, "some", "some", [], options=st.session_state["options"])))

    app = AppTest.from_function(script)
    app.session_state["options"] = ["a", "b", "c"]
    app.run()
    app.selectbox[0].set_value("b").run()
    app.multiselect[0].set_value(["a", "b"]).run()
    app.session_state["options"] = ["b", "c"]  # without what they began with
    app.run()
    assert not app.exception and [t.value for t in app.text] == ["b", "['b']"]
    app.selectbox[0].set_value("c").run()
    app.session_state["options"] = ["c", "d"]
    app.run()
    assert not app.exception and [t.value for t in app.text] == ["c", "[]"]


@pytest.mark.slow
def test_a_run_that_broke_off_is_last_and_never_ahead(lab):
    hills = {"dataset": "hills", "activation": "relu", "epochs": "40"}
    broken = SPEC.changed(dataset="hills", optimizer="sgd", activation="relu", learning_rate=10.0, epochs=40)
    poor = SPEC.changed(dataset="hills", activation="relu", epochs=1, learning_rate=1e-5)
    app = choose(lab(pins=links.pack({"A": broken, "B": poor}), **hills), "compare")
    until(lambda: lab.runner.result(broken.key) and lab.runner.result(poor.key), 60)
    app.run()
    assert list(table(app)["run"])[-1] == "A"
    assert any("is ahead of B" in c.value for c in app.caption) and not any("ahead of A" in c.value for c in app.caption)


@pytest.mark.parametrize("pins, said", [("nonsense", "cannot be read"),
                                        (links.pack({"A": FeedforwardSpec(dataset="upload", upload="a" * 32)}), "not on this server")])
def test_a_tampered_or_lost_pin_gets_a_sentence(lab, pins, said):
    app = lab(pins=pins)
    assert any(said in w.value for w in app.warning) and not app.session_state["feedforward:pins"]
    assert not choose(app, "compare").exception


def test_accuracy_is_not_ranked_against_error(lab):
    app = choose(lab(dataset="hills", pins=links.pack({"A": SPEC})), "compare")
    until(lambda: lab.runner.result(SPEC.key), 60)
    app.run()
    assert any("only runs of one kind" in c.value for c in app.caption) and not any("is ahead" in c.value for c in app.caption)
    app = choose(app, "seeds")
    assert app.selectbox(key="feedforward:seeds:against.en").disabled


def test_runs_that_are_not_trained_yet_can_be_given_up(lab):
    app = choose(lab(), "seeds")
    app.session_state["feedforward:seeds"] = (SPEC.changed(epochs=2000, points=2000, batch_size=1), 5, "", None)
    app.run()
    app.button(key="feedforward:seeds:stop").click().run()
    assert "feedforward:seeds" not in app.session_state and not app.exception
    keys = [SPEC.changed(epochs=2000, points=2000, batch_size=1, seed=s).key for s in range(5)]
    assert not any(lab.runner._wishes.held(key) for key in keys)


def test_many_seeds_end_in_an_honest_sentence(lab):
    app = choose(lab(pins=links.pack({"A": SPEC.changed(learning_rate=1e-5)})), "seeds")
    app.slider(key="feedforward:seeds:count.en").set_value(4).run()
    app.selectbox(key="feedforward:seeds:against.en").set_value("A").run()
    app.button(key="feedforward:seeds:go").click().run()
    keys = [SPEC.changed(seed=s, learning_rate=rate).key for rate in (0.01, 1e-5) for s in range(4)]
    until(lambda: all(lab.runner.result(key) for key in keys), 60)
    app.run()
    assert not app.exception
    assert any("over 4 seeds" in t for t in texts(app)) and any("A" in t and "of the pairs" in t for t in texts(app))
    app.select_slider[0].set_value(0.02).run()  # the group stays what it was, and says so
    assert any("before the last change" in c.value for c in app.caption)


def test_a_sweep_offers_the_best_value(lab):
    app = choose(lab(learning_rate="0.00001"), "sweep")
    app.slider(key="feedforward:sweep:count.en").set_value(1).run()
    app.button(key="feedforward:sweep:go").click().run()
    spec = app.session_state["feedforward:spec"]
    tried = [spec.changed(learning_rate=v) for v in values(spec, "learning_rate")]
    until(lambda: all(lab.runner.result(s.key) for s in tried), 90)
    app.run()
    best = max(tried, key=lambda s: (result(s).score if result(s).state == "finished" else -1))
    assert any("One seed a value" in t for t in texts(app))
    app.button(key="feedforward:sweep:take").click().run()
    assert app.session_state["feedforward:spec"] == best
    assert not any("before the last change" in c.value for c in app.caption)  # only the swept value has changed: it is marked there
    assert not [b for b in app.button if b.key == "feedforward:sweep:take"]


@pytest.mark.parametrize(("field", "language"), slow_after(
    itertools.product(["hidden", "activation", "batch_norm", "l2", "points"], ["zh", "en"]), 1))
def test_any_field_can_be_swept(lab, field, language):
    app = choose(lab(language=language), "sweep")
    app.selectbox(key=f"feedforward:sweep:field.{language}").set_value(field).run()
    app.slider(key=f"feedforward:sweep:count.{language}").set_value(1).run()
    app.button(key="feedforward:sweep:go").click().run()
    assert not app.exception


@pytest.mark.slow
def test_a_sweep_of_what_a_branch_keeps_begins_at_zero_and_says_so(lab):
    child = SPEC.fork(3, learning_rate=0.1, epochs=6)
    app = choose(lab(**child.to_query()), "sweep")
    app.slider(key="feedforward:sweep:count.en").set_value(1).run()
    for field, said in (("activation", True), ("optimizer", False)):
        app.selectbox(key="feedforward:sweep:field.en").set_value(field).run()
        app.button(key="feedforward:sweep:go").click().run()
        assert not app.exception and any("begins at zero" in c.value for c in app.caption) == said
        assert any("goes on from epoch 3" in c.value for c in app.caption) != said
    assert all(epochs > 3 for epochs in values(child, "epochs")) and len(values(child, "epochs")) > 2


def test_a_branch_on_screen_says_so_and_leads_out(lab):
    child = SPEC.fork(3, learning_rate=0.1, epochs=6)
    app = lab(**child.to_query())
    assert any("up to epoch 3" in c.value for c in app.caption)
    app.button(key="feedforward:unbranch").click().run()
    assert app.session_state["feedforward:spec"] == child.changed(branch="")
    assert not any("up to epoch 3" in c.value for c in app.caption) and not app.exception


def test_the_learning_rate_finder_suggests_a_rate(lab):
    app = choose(lab(), "sweep")
    app.selectbox(key="feedforward:sweep:field.en").set_value("finder").run()
    app.slider(key="feedforward:sweep:count.en").set_value(2).run()
    app.button(key="feedforward:sweep:go").click().run()
    tried = [SPEC.changed(seed=s, schedule="range", epochs=100) for s in range(2)]
    until(lambda: all(lab.runner.result(s.key) for s in tried), 60)
    app.run()
    assert not app.exception and any("usually a good rate" in t for t in texts(app))
    app.button(key="feedforward:sweep:take").click().run()
    assert 1e-4 < app.session_state["feedforward:spec"].learning_rate < 1


def test_the_program_of_a_branch_is_shown(lab):
    child = SPEC.fork(3, learning_rate=0.001, epochs=6)
    app = choose(lab(**child.to_query()), "code")
    assert app.code[0].value == program(child).rstrip() and "initial_epoch=" in app.code[0].value


# ---- doctor, check yourself, sealed test, code, take away, history


def test_the_doctor_offers_the_change_that_helps(lab):
    ill = {"dataset": "moons", "hidden": "32-32", "activation": "relu", "noise": "0.3", "points": "100", "train_share": "0.4",
           "epochs": "400", "learning_rate": "0.01", "seed": "3"}
    app = choose(lab(**ill), "doctor")
    assert any("validation loss rose" in t for t in texts(app))
    before = app.session_state["feedforward:spec"]
    app.button(key="feedforward:doctor:0").click().run()
    after = app.session_state["feedforward:spec"]
    assert not app.exception and after != before and sum(getattr(after, n) != getattr(before, n) for n in type(after).model_fields) == 1


@pytest.mark.slow
def test_the_doctor_says_so_of_a_healthy_run_and_of_one_that_broke_off(lab):
    app = choose(lab(epochs="200", points="400"), "doctor")
    assert any("Nothing ails" in t for t in texts(app))
    app = lab(dataset="hills", optimizer="sgd", activation="relu", learning_rate="10", epochs="40")
    assert not app.exception  # the first run of this session failed: there is no drawer yet, and the page says why
    assert app.error and "feedforward:drawer" not in app.session_state


@pytest.mark.slow
def test_a_run_too_short_is_not_called_healthy_and_one_cure_is_offered_once(lab):
    app = choose(lab(epochs="3", learning_rate="0.001"), "doctor")
    assert any("too short to tell" in t for t in texts(app)) and not any("Nothing ails" in t for t in texts(app))
    app = choose(lab(learning_rate="3", activation="relu", epochs="60", points="400"), "doctor")
    cures = [b.label for b in app.button if b.key.startswith("feedforward:doctor:")]
    assert cures and len(cures) == len(set(cures))


def test_a_value_between_the_steps_of_a_slider_can_be_moved_from(lab):
    app = lab(learning_rate="0.0011", points="123", epochs="7")
    app.select_slider[0].set_value(0.0015).run()
    assert not app.exception and app.session_state["feedforward:spec"].learning_rate == 0.0015
    app.select_slider[0].set_value(0.0011).run()
    assert not app.exception and app.session_state["feedforward:spec"].learning_rate == 0.0011


@pytest.mark.slow
def test_a_challenge_refuses_judges_and_remembers(lab, monkeypatch):
    app = choose(lab(), "check")
    assert app.button(key="feedforward:check:feedforward-spiral-16").disabled
    assert any("must be “spiral”" in c.value for c in app.caption)
    reference = challenges_of("feedforward")[0].reference
    app = choose(lab(**reference.to_query()), "check")
    app.button(key="feedforward:check:feedforward-spiral-16").click().run()
    keys = [s.key for s in runs_for(challenges_of("feedforward")[0], reference)]
    until(lambda: all(lab.runner.result(key) for key in keys), 90)
    app.run()
    assert not app.exception and any("solved" in s.value for s in app.success)
    assert app.session_state["memory"]["solved"] == {"feedforward-spiral-16": reference.to_query()}
    weak = reference.changed(hidden=(1,), seed=5)
    app = choose(lab(**weak.to_query()), "check")
    app.button(key="feedforward:check:feedforward-spiral-16").click().run()
    until(lambda: all(lab.runner.result(s.key) for s in runs_for(challenges_of("feedforward")[0], weak)), 90)
    app.run()
    assert not app.success and any("None of them gets there" in i.value for i in app.info) and not app.session_state["memory"]["solved"]


def test_a_run_that_stopped_early_is_spoken_of_by_the_network_that_it_has(monkeypatch):
    """By History, Compare, seeds, sweeps and challenges, all of which ask here; and by a guess."""
    spec = CnnSpec(patience=2, epochs=9)
    rows = [{"epoch": e, "val_loss": loss, "val_accuracy": accuracy} for e, loss, accuracy in
            ((0, 2.3, 0.1), (1, 0.5, 0.8), (2, 0.3, 0.875), (3, 0.4, 0.9), (4, 0.6, 0.5))]
    end = End("finished", 1.0, epoch=2)
    monkeypatch.setattr(runners, "_runner", Mock(result=lambda key: end, rows=lambda key: rows))
    monkeypatch.setattr(results, "_known", OrderedDict())
    found = result(spec)
    assert found == Result("finished", 1.0, 0.875, 0.3, 0.9, 3)
    challenge = Mock(goal=final(spec.score, 0.88))
    assert challenge.goal.measure(spec, results.rows_to_judge(challenge, spec, found)) == 0.875
    assert guess._before(spec, spec.changed(seed=1)) == 0.875


@pytest.mark.parametrize("language", slow_after(["en", "zh"], 1))
def test_every_question_explains_every_answer(lab, language):
    app = choose(lab(language=language), "check")
    for question in questions_of("feedforward"):
        key = f"feedforward:question:{question.id}.{language}"
        if isinstance(question, Choice):
            for i in range(len(question.options)):
                app.radio(key=key).set_value(i).run()
                assert len(app.success) == (i == question.correct) and len(app.info) == (i != question.correct)
            app.radio(key=key).set_value(None).run()
        else:
            for text, right in ((f"{question.answer:g}", True), ("1e999", False), ("abc", False), ("-1", False)):
                app.text_input(key=key).set_value(text).run()
                assert len(app.success) == right and len(app.info) == (not right)
            app.text_input(key=key).set_value("").run()
    assert not app.exception


def test_a_test_set_is_not_looked_at_through_a_network_that_broke(lab):
    app = choose(lab(), "sealed")
    app.session_state["feedforward:spec"] = SPEC.changed(dataset="hills", optimizer="sgd", activation="relu", learning_rate=10.0, epochs=40)
    app.run()
    lab.settle(app)
    app.button(key="feedforward:sealed:open").click().run()
    assert not app.session_state["memory"]["looks"] and any("no numbers any more" in t for t in texts(app))
    assert any("have not looked" in c.value for c in app.caption) and "nan" not in " ".join(texts(app))


def test_looks_at_the_sealed_test_are_counted_for_its_split(lab):
    app = choose(lab(language="zh", dataset="hills"), "sealed")
    app.button(key="feedforward:sealed:open").click().run()
    assert any("封存" in t and "验证" in t for t in texts(app))  # said in the page's language
    app = choose(lab(), "sealed")
    assert any("not looked" in c.value for c in app.caption)
    app.button(key="feedforward:sealed:open").click().run()
    assert not app.exception and any("Sealed test examples: 10." in t for t in texts(app))
    app.button(key="feedforward:sealed:open").click().run()  # the same number once more
    assert any("Looked once" in c.value for c in app.caption) and any("not counted" in c.value for c in app.caption)
    app.select_slider[0].set_value(0.02).run()  # the same points: the looks count on, the number is gone until the next look
    lab.settle(app)
    assert any("Looked once" in c.value for c in app.caption) and not any("Sealed test examples" in t for t in texts(app))
    assert not any("not counted" in c.value for c in app.caption)
    app.button(key="feedforward:sealed:open").click().run()
    assert any("2 times" in c.value for c in app.caption)
    assert list(app.session_state["memory"]["looks"].values()) == [2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_code_and_the_files_are_there(lab, language):
    app = choose(lab(language=language), "code")
    assert app.code[0].value.strip() == program(SPEC).strip()
    choose(app, "take")
    labels = [b.proto.label for b in app.get("download_button")]
    assert len(labels) == 5 and len(set(labels)) == 5


def test_the_history_shows_reopens_and_deletes(lab):
    app = lab()
    app.select_slider[0].set_value(0.02).run()
    lab.settle(app)
    entries = app.session_state["memory"]["history"]["feedforward"]
    assert [e["query"].get("learning_rate") for e in entries] == ["0.02", None]
    choose(app, "history")
    rows = table(app)
    assert "0.02" in rows["setting"][0] and len(rows) == 2 and len(entries[0]["curve"]) == 6
    assert rows["validation accuracy"][0] == pytest.approx(result(SPEC.changed(learning_rate=0.02)).score, abs=1e-3)
    del entries[0]  # the run on screen does not come back by itself
    app.run()
    assert [e["query"].get("learning_rate") for e in app.session_state["memory"]["history"]["feedforward"]] == [None]


def test_marked_runs_of_the_history_are_shown_pinned_and_deleted(lab, monkeypatch):
    app = lab()
    app.select_slider[0].set_value(0.02).run()
    lab.settle(app)
    choose(app, "history")
    marked = []
    drawn = st.dataframe
    monkeypatch.setattr(st, "dataframe", lambda *a, **more: drawn(*a, **more) and None or {"selection": {"rows": marked}})
    press = lambda what: app.button(key=f"feedforward:history:{what}").click().run()  # noqa: E731
    app.run()
    assert all(app.button(key=f"feedforward:history:{what}").disabled for what in ("show", "pin", "delete"))
    marked[:] = [1]  # the older one
    app.run()
    assert not press("show").exception and app.session_state["feedforward:spec"] == SPEC
    lab.settle(app)
    queries = [e["query"] for e in app.session_state["memory"]["history"]["feedforward"]]
    assert [q.get("learning_rate") for q in queries] == [None, "0.02"]  # the one on screen has moved to the top
    marked[:] = [0, 1]
    app.run()
    assert app.button(key="feedforward:history:show").disabled and not press("pin").exception
    assert set(app.session_state["feedforward:pins"].values()) == {SPEC, SPEC.changed(learning_rate=0.02)}
    marked[:] = [1]
    app.run()
    assert any("Learning rate 0.02" in c.value for c in app.caption)  # in full, where the cell has too little room
    assert not press("delete").exception
    assert [e["query"].get("learning_rate") for e in app.session_state["memory"]["history"]["feedforward"]] == [None]


def test_what_cannot_be_pinned_is_told(lab, monkeypatch):
    app = lab()
    lost = SPEC.changed(dataset="upload", upload="d" * 32).to_query()
    app.session_state["memory"]["history"]["feedforward"].append(
        {"query": lost, "time": 1_800_000_000, "score": 0.5, "metric": "val_accuracy", "curve": [0.5]})
    drawn = st.dataframe
    monkeypatch.setattr(st, "dataframe", lambda *a, **more: drawn(*a, **more) and None or {"selection": {"rows": [1]}})
    choose(app, "history").button(key="feedforward:history:pin").click().run()
    assert any("not on this server" in w.value for w in app.warning) and not app.toast and not app.session_state["feedforward:pins"]


def test_a_stopped_run_cannot_be_pinned(lab):
    app = choose(lab(), "compare")
    assert not app.button(key="feedforward:pin").disabled
    app.session_state["feedforward:stopped"] = SPEC.key
    assert app.run().button(key="feedforward:pin").disabled


@pytest.mark.slow
def test_accuracy_and_error_have_columns_of_their_own_in_the_history(lab):
    app = lab()
    app.session_state["feedforward:spec"] = SPEC.changed(dataset="hills")
    app.run()
    lab.settle(app)
    rows = table(choose(app, "history"))
    assert rows["validation error"].notna().tolist() == [True, False] and rows["validation accuracy"].notna().tolist() == [False, True]


def test_the_open_tool_is_still_open_after_another_page(lab):
    app = choose(lab(), "doctor")
    app.switch_page(str(ROOT / "pages" / "home.py")).run()
    assert not app.exception
    app.switch_page(str(ROOT / "pages" / "feedforward.py")).run()
    assert app.button_group(key="feedforward:tool").value == "doctor"
