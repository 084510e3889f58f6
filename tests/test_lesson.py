"""For a teacher: lessons in an address, what they lock, the projector, and completion codes that are judged anew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.figures import curves
from core.figures.network import BUCKETS, diagram
from core.figures.projector import LINES, TYPE, enlarge
from core.insight import completion
from core.insight.challenges import Choice, runs_for
from core.insight.exercises import challenges_of, questions_of
from core.specs import links, packed
from core.specs.feedforward import FeedforwardSpec
from core.specs.lesson import PROMPT, Lesson, unpack
from tests.conftest import until
from tests.test_tools import SPEC, choose, lab, texts  # noqa: F401 - a fixture

FIELDS = list(FeedforwardSpec.model_fields)
lessons = st.builds(Lesson, st.text(max_size=PROMPT), st.lists(st.sampled_from(FIELDS), max_size=4).map(tuple),
                    st.lists(st.sampled_from(FIELDS), max_size=4).map(tuple), st.sampled_from(["", "feedforward-spiral-16"]),
                    st.booleans(), st.booleans())


@given(lessons)
def test_a_lesson_survives_an_address(lesson):
    text = lesson.pack()
    assert all(c.isalnum() or c in "-_" for c in text) and unpack(FeedforwardSpec, text) == (lesson, [])


@settings(max_examples=200)
@given(st.text(max_size=60) | st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=6), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(["prompt", "hidden", "locked", "answers", "x"]), inner, max_size=3)
).map(packed.pack))
def test_a_tampered_lesson_gives_none_and_says_so(text):
    lesson, problems = unpack(FeedforwardSpec, text)
    assert (lesson is None) == bool(problems)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("ABCDEF"), st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4), min_size=1))
def test_what_was_cut_is_never_read_as_whole(data):
    text = packed.pack(data)
    assert packed.unpack(text) == data
    for length in range(len(text)):
        with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
            packed.unpack(text[:length])


@pytest.mark.parametrize("data", [{"hidden": ["nonsense"]}, {"locked": "seed"}, {"prompt": "x" * (PROMPT + 1)}, {"answers": 1}, [1],
                                  {"y": 1}])
def test_what_does_not_fit_the_page_is_no_lesson(data):
    assert unpack(FeedforwardSpec, packed.pack(data))[0] is None


def test_a_lesson_locks_hides_and_asks(lab):  # noqa: F811
    lesson = Lesson("Find **the** rate [x](http://evil.example)", hidden=("dataset",), locked=("activation", "hidden"), presets=False,
                    answers=False)
    app = lab(lesson=lesson.pack(), learning_rate="0.1")
    prompt = next(t for t in texts(app) if "Find" in t)
    assert "\\*\\*the" in prompt and "http://" not in prompt  # a stranger's words are shown as they are
    boxes = {box.label: box.disabled for box in app.selectbox}
    assert "Data" not in boxes and boxes["Activation"] is True and not app.select_slider[0].disabled
    assert all(s.disabled for s in app.slider if s.label in ("Hidden layers", "Neurons in layer 1"))
    assert not any(b.key and b.key.startswith("feedforward:try") for b in app.button) and not any(
        h.value == "What to notice" for h in app.subheader)
    app.select_slider[0].set_value(0.02).run()
    assert app.session_state["feedforward:spec"].learning_rate == 0.02 and lesson.pack() == app.query_params["lesson"]
    app.button(key="feedforward:reset").click().run()  # whatever is pressed, what is fixed stays
    assert app.session_state["feedforward:spec"].hidden == SPEC.hidden
    assert "doctor" not in app.button_group(key="feedforward:tool").options
    choose(app, "lesson")
    app.button(key="feedforward:lesson:leave").click().run()
    assert "lesson" not in app.query_params and not app.selectbox(key="feedforward.activation.en").disabled


def test_a_lesson_offers_only_what_keeps_to_it(lab):  # noqa: F811
    offered = []
    for locked in ((), ("dataset",), ("learning_rate",)):
        app = lab(lesson=Lesson(locked=locked).pack(), learning_rate="0.03")
        offered.append((app.button_group(key="feedforward:preset").options if any(
            b.key == "feedforward:preset" for b in app.button_group) else [], [b.key for b in app.button if "feedforward:try" in b.key]))
    (free, all_of_them), (circles, some), (none, nothing) = offered
    assert 0 < len(circles) < len(free) and 0 < len(some) < len(all_of_them) and not none and not nothing


def test_a_locked_field_survives_undo(lab):  # noqa: F811
    app = lab(lesson=Lesson(locked=("activation",)).pack(), activation="relu")
    app.select_slider[0].set_value(0.02).run()
    past = app.session_state["feedforward:past"]
    app.session_state["feedforward:past"] = [*past[:-1], past[-1].changed(activation="tanh")]  # from before the lesson
    app.button(key="feedforward:undo").click().run()
    spec = app.session_state["feedforward:spec"]
    assert (spec.learning_rate, spec.activation) == (0.01, "relu") and not app.session_state["feedforward:past"]


ANY = tuple(name for name in FeedforwardSpec.model_fields if name != "branch")


@pytest.mark.slow
def test_a_lesson_offers_no_cure_that_it_locks(lab):  # noqa: F811
    ill = {"dataset": "moons", "hidden": "32-32", "activation": "relu", "noise": "0.3", "points": "100", "train_share": "0.4",
           "epochs": "400", "learning_rate": "0.01", "seed": "3"}
    keys = [{b.key for b in choose(lab(**ill, **more), "doctor").button} for more in ({}, {"lesson": Lesson(locked=ANY).pack()})]
    assert "feedforward:doctor:0" in keys[0] - keys[1]


def test_reset_in_a_lesson_goes_back_to_what_the_teacher_set(lab):  # noqa: F811
    app = lab(lesson=Lesson(prompt="Go").pack(), hidden="4", dataset="xor")
    start = app.session_state["feedforward:spec"]
    assert app.button(key="feedforward:reset").disabled
    app.select_slider[0].set_value(0.02).run()
    app.button(key="feedforward:reset").click().run()
    assert app.session_state["feedforward:spec"] == start and start.hidden == (4,) and not app.exception


def test_a_lesson_without_answers_only_says_right_or_not(lab):  # noqa: F811
    app = choose(lab(lesson=Lesson(answers=False, challenge="nobody-knows").pack()), "check")
    assert any("does not have" in w.value for w in app.warning)
    question = next(q for q in questions_of("feedforward") if isinstance(q, Choice))
    said = set()
    for i in range(len(question.options)):
        app.radio(key=f"feedforward:question:{question.id}.en").set_value(i).run()
        said |= {message.value for message in (*app.success, *app.info)}
    assert said == {"Right.", "Not yet. Think again."}


def test_what_a_lesson_locks_no_tool_changes(lab):  # noqa: F811
    app = choose(lab(lesson=Lesson(locked=("learning_rate",)).pack()), "branch")
    field = next(box for box in app.selectbox if ":field." in box.key and "branch" in box.key)
    assert "Learning rate" not in field.options and not app.exception


def test_a_damaged_lesson_opens_the_page_and_says_so(lab):  # noqa: F811
    app = lab(lesson="abc")
    assert any("lesson" in w.value for w in app.warning) and app.session_state["feedforward:lesson"] is None


def test_the_form_makes_the_link_that_the_page_reads(lab):  # noqa: F811
    app = choose(lab(), "lesson")
    app.text_area(key="feedforward:lesson:prompt.en").set_value("为什么？").run()
    app.multiselect(key="feedforward:lesson:locked.en").set_value(["seed"]).run()
    link = next(c.value for c in app.code if "lesson=" in c.value)
    text = link.split("lesson=")[1].split("&")[0]
    assert unpack(FeedforwardSpec, text)[0] == Lesson("为什么？", locked=("seed",)) and "epochs=5" in link and "guess_first" not in link
    next(t for t in app.toggle if t.label == "Guess first").set_value(True).run()
    assert any("lesson=" in c.value and "guess_first=1" in c.value for c in app.code)


def test_a_completion_code_is_made_and_judged_anew(lab):  # noqa: F811
    challenge = challenges_of("feedforward")[0]
    weak = challenge.reference.changed(hidden=(1,), points=400)
    app = choose(lab(), "lesson")
    app.text_area(key="feedforward:code:text.en").set_value("DLD1-NONSENSE").run()
    assert app.warning and not app.exception
    app.text_area(key="feedforward:code:text.en").set_value(completion.encode("小明", {challenge.id: weak})).run()
    assert any("小明" in t for t in texts(app))
    app.button(key="feedforward:code:go").click().run()
    until(lambda: all(lab.runner.result(s.key) for s in runs_for(challenge, weak)), 60)
    app.run()
    assert not app.exception and any("None of them gets there" in t for t in texts(app))


def test_a_code_of_many_challenges_is_judged_in_groups_of_what_a_response_may_hold(lab, monkeypatch):  # noqa: F811
    challenge = challenges_of("feedforward")[0]
    weak = challenge.reference.changed(hidden=(1,), points=400, epochs=2)
    groups = []
    monkeypatch.setattr("core.ui.tools.lesson.MOST", 2)
    monkeypatch.setattr("core.ui.tools.lesson.group", lambda members, *_a, **_k: groups.append([m.run for m in members]))
    app = choose(lab(), "lesson")
    app.text_area(key="feedforward:code:text.en").set_value(completion.encode("x", {challenge.id: weak})).run()
    app.button(key="feedforward:code:go").click().run()
    keys = [spec.key for spec in runs_for(challenge, weak)]
    assert groups[-2:] == [keys[:2], keys[2:]] and not app.exception


def test_what_breaks_the_rules_is_judged_without_training(lab, monkeypatch):  # noqa: F811
    challenge = challenges_of("feedforward")[0]
    cheat = challenge.reference.changed(dataset="circles", epochs=2000, points=2000, batch_size=1)
    app = choose(lab(), "lesson")
    app.text_area(key="feedforward:code:text.en").set_value(completion.encode("Eve", {challenge.id: cheat})).run()
    monkeypatch.setattr("core.ui.tools.lesson.train", lambda *_args: pytest.fail("it was to be trained"))
    app.button(key="feedforward:code:go").click().run()
    assert not app.exception and any(":material/cancel:" in t and "spiral" in t for t in texts(app))


def test_a_teacher_can_stop_the_judging(lab):  # noqa: F811
    challenge = challenges_of("feedforward")[0]
    slow = challenge.reference.changed(batch_size=2, dropout=0.1)
    app = choose(lab(), "lesson")
    app.text_area(key="feedforward:code:text.en").set_value(completion.encode("x", {challenge.id: slow})).run()
    app.button(key="feedforward:code:go").click().run()
    app.button(key="feedforward:code:stop").click().run()
    assert not any(lab.runner._wishes.held(spec.key) for spec in runs_for(challenge, slow))
    assert not any(b.key == "feedforward:code:stop" for b in app.button) and not app.exception


def test_a_lesson_says_why_it_changes_nothing(lab):  # noqa: F811
    app = lab(lesson=Lesson(locked=("loss",)).pack(), loss="crossentropy")
    app.selectbox(key="feedforward.dataset.en").set_value("hills").run()
    assert any("fixes some settings" in w.value for w in app.warning) and app.session_state["feedforward:spec"].dataset == "circles"


def test_a_lesson_about_a_branch_has_no_way_out_of_it(lab):  # noqa: F811
    address = SPEC.fork(3, learning_rate=0.1, epochs=6).to_query()
    assert any(b.key == "feedforward:unbranch" for b in lab(**address).button)
    app = lab(**address, lesson=Lesson(locked=("branch",)).pack())
    assert app.session_state["feedforward:spec"].parent and not any(b.key == "feedforward:unbranch" for b in app.button)


def test_a_change_of_nothing_but_what_a_lesson_fixes_is_refused_aloud(lab):  # noqa: F811
    app = lab(lesson=Lesson(locked=("learning_rate",)).pack(), points=40, epochs=5)
    before = app.session_state["feedforward:spec"]
    app.session_state["feedforward:past"] = [before.changed(learning_rate=0.05)]
    app.run()
    app.button(key="feedforward:undo").click().run()
    assert app.session_state["feedforward:spec"] == before and any("fixes some settings" in w.value for w in app.warning)


def test_a_pinned_run_that_a_lesson_rules_out_cannot_be_shown(lab):  # noqa: F811
    pins = links.pack({"A": SPEC.changed(learning_rate=0.05), "B": SPEC.changed(seed=4)})
    app = choose(lab(lesson=Lesson(locked=("learning_rate",)).pack(), pins=pins), "compare")
    assert app.button(key="feedforward:showA").disabled and not app.button(key="feedforward:showB").disabled


def st_dataframe():
    import streamlit

    return streamlit.dataframe


def test_nor_can_one_of_the_history_or_of_the_family(lab, monkeypatch):  # noqa: F811
    app = lab(lesson=Lesson(locked=("learning_rate",)).pack(), pins=links.pack({"A": SPEC.fork(3, learning_rate=0.1, epochs=6)}))
    others = [SPEC.changed(learning_rate=0.05), SPEC.changed(seed=9)]
    app.session_state["memory"]["history"]["feedforward"] += [
        {"query": spec.to_query(), "time": 1_800_000_000, "score": 0.5, "metric": "val_accuracy", "curve": [0.5]} for spec in others]
    drawn, marked = st_dataframe(), []
    monkeypatch.setattr("streamlit.dataframe", lambda *a, **more: drawn(*a, **more) and None or {"selection": {"rows": marked}})
    shown = {}
    for row in (1, 2):
        marked[:] = [row]
        choose(app, "history")
        shown[row] = app.button(key="feedforward:history:show").disabled
    assert shown == {1: True, 2: False}
    choose(app, "branch")
    (button,) = [b for b in app.button if b.key and b.key.startswith("feedforward:branch:show:")]
    assert button.disabled


def test_a_lesson_without_answers_still_leads_back_from_a_stop(lab):  # noqa: F811
    app = lab(lesson=Lesson(answers=False).pack())
    assert not any(b.key == "feedforward:again" for b in app.button)
    app.session_state["feedforward:stopped"] = SPEC.key
    app.run().button(key="feedforward:again").click().run()
    assert not app.session_state["feedforward:stopped"] and not app.exception


def test_the_projector_enlarges_type_and_lines():
    plain = curves.loss(100)
    large = enlarge([plain])[0]
    a, b = plain.figure, large.figure
    assert b["data"][0]["line"]["width"] == pytest.approx(a["data"][0]["line"]["width"] * LINES, abs=0.01)
    assert b["layout"]["font"]["size"] == pytest.approx(a["layout"]["font"]["size"] * TYPE, abs=0.1)
    assert large.height > plain.height and large.bindings == plain.bindings
    drawn = diagram([2, 3, 1], ["inputs", "layer", "output"], ["x₁", "x₂"])
    (thick,) = [b.options["buckets"] for b in enlarge([drawn])[0].bindings if b.kind == "network"]
    assert thick == pytest.approx([width * LINES for width in BUCKETS], abs=0.01)
    assert b["data"][0]["line"]["color"] == a["data"][0]["line"]["color"]


def test_the_projector_stands_in_the_address_and_has_a_way_out(lab):  # noqa: F811
    app = lab(projector="1")
    assert "projector" not in app.session_state or app.session_state["projector"] is False  # heard when a session begins, not later
    choose(app, "lesson")
    app.toggle(key="feedforward:projector").set_value(True).run()
    assert app.query_params["projector"] == "1"
    app.button(key="projector:leave").click().run()
    assert "projector" not in app.query_params and not app.exception
