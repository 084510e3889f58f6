"""The text project's page: what is judged and drawn of a classifier of texts, its steps, files of one's own, its challenges."""

from __future__ import annotations

import csv as table
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binom
from sklearn.metrics import roc_auc_score
from streamlit.testing.v1 import AppTest

from core import i18n
from core.data import corpus, reviews, uploads
from core.data.words import packed, placed, unpacked
from core.export.texts import answers_csv, texts_csv, to_json
from core.figures import text as figures
from core.figures import texts as looks
from core.figures import theme
from core.figures.template import to_figure
from core.frame import End, Frame, Message, Trouble
from core.insight import fooling, texts
from core.insight.challenges import broken, runs_for, seeds_for, verdict, with_answers
from core.insight.exercises.text_project import CHALLENGES, FoolSpec
from core.labs import texts as lab
from core.maths import classified
from core.maths.calibration import calibration, expected_error
from core.maths.paired import paired
from core.runs.questions import AskError
from core.specs.text import TextSpec
from core.specs.text_project import STEPS, TextsSpec, TextView, texts_of
from core.specs.text_project import fooling as made
from core.ui.textual import training, use
from tests.conftest import slow_after
from tests.opening import opener, remembering

ROOT = Path(__file__).resolve().parent.parent
FIRST, SECOND = CHALLENGES
SMALL: dict[str, Any] = {"points": 60}


def evaluated(seed: int = 0, n: int = 300, kinds: int = 2, wrong: float = 0.2) -> dict[str, np.ndarray]:
    """The arrays of the probe "evaluate" of a network that is wrong so often."""
    rng = np.random.default_rng(seed)
    truth = np.random.default_rng(7).integers(0, kinds, n).astype(np.int32)
    said = np.where(rng.random(n) < wrong, (truth + 1) % kinds, truth)
    p = rng.dirichlet(np.ones(kinds), n) * 0.4
    p[np.arange(n), said] += 0.6
    lengths = rng.integers(3, 60, n).astype(np.int32)
    confusion = classified.matrix(truth, said, kinds)
    worst = np.flatnonzero(said != truth)[:20].astype(np.int32)
    own = p[np.arange(n), truth]
    found = {"summary": np.array([(said == truth).mean(), n, n, -np.log(own).mean(), 0.5], np.float32), "confusion": confusion,
             "scores": p[:, -1].astype(np.float32), "sure": p.max(1).astype(np.float32), "truth": truth, "said": said.astype(np.int32),
             "lengths": lengths, "by_length": classified.by_size(lengths, said == truth).astype(np.float32), "worst": worst,
             "worst_p": own[worst].astype(np.float32), "worst_texts": packed([f"text {i}, which is <b>wrong</b>" for i in worst])}
    if kinds == 2:
        curve, area = classified.roc(p[:, 1], truth)
        found |= {"roc": curve.astype(np.float32), "auc": np.array([area], np.float32)}
    return found


# ---- judgements

@pytest.mark.parametrize("seed", range(6))
def test_mcnemar_is_the_binomial_test_on_what_differs(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.random((2, 200)) < 0.7
    found = paired(first, second)
    a, b = found.first, found.second
    assert (a, b, found.both + found.neither) == (int((first > second).sum()), int((second > first).sum()), int((first == second).sum()))
    tail = binom.cdf(min(a, b), a + b, 0.5) * 2
    assert_allclose(found.p, min(tail, 1.0))
    assert_allclose(found.gap, first.mean() - second.mean())
    assert paired(first, first).p == 1.0


@pytest.mark.parametrize("kinds", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_what_answers_come_to_is_what_sklearn_says(seed, kinds):
    arrays = evaluated(seed, kinds=kinds)
    found = texts.verdicts(arrays)
    assert found is not None and found.count == 300
    assert_allclose(found.accuracy, (arrays["said"] == arrays["truth"]).mean())
    bins = calibration(arrays["sure"], arrays["said"] == arrays["truth"])
    assert_allclose(found.calibration_error, expected_error(bins))
    assert texts.area(arrays) == (None if kinds > 2 else pytest.approx(roc_auc_score(arrays["truth"], arrays["scores"]), abs=1e-6))
    groups = texts.by_length(arrays)
    assert sum(g.count for g in groups) == 300 and sum(g.right for g in groups) == found.right
    assert texts.verdicts({**arrays, "sure": np.full(300, np.nan, np.float32)}) is None


def test_a_difference_is_claimed_only_where_it_is_shown():
    good, bad, same = evaluated(1, 2000, wrong=0.1), evaluated(2, 2000, wrong=0.3), evaluated(3, 2000, wrong=0.101)
    ids = [texts.judged(texts.beside(one, other))[0].id for one, other in ((good, bad), (bad, good), (good, same))]
    assert ["not shown" in i for i in ids] == [False, False, True] and "simple model wins" in ids[1]
    found = texts.beside(good, evaluated(4, 2000, wrong=0.13))
    assert found.p < 0.05 < 20 * found.p or found.p < 0.0025
    assert "not shown" in texts.judged(found, tried=100)[0].id or found.p < 0.0005  # looked at a hundred times
    with pytest.raises(ValueError, match="different texts"):
        texts.beside(good, {**good, "truth": 1 - good["truth"]})
    first = {**good, **{name: good[name][:500] for name in ("truth", "said")}}
    assert texts.beside(first, bad).both <= 500  # a slow network has read the first texts only


def test_a_learning_curve_says_what_it_shows():
    simple = [(250, 0.80), (500, 0.82), (1000, 0.83)]
    rising = texts.more_texts([(250, 0.6), (500, 0.75), (1000, 0.9)], simple, 1000)
    assert "would bring more" in rising[0].id and "simple model is ahead, with" in rising[1].id
    flat = texts.more_texts([(250, 0.7), (500, 0.71), (1000, 0.712)], simple, 1000)
    assert "hardly help" in flat[0].id and "ahead even with" in flat[1].id
    for message in (*rising, *flat):
        assert "{" not in i18n.say(message)


# ---- figures

@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kinds", [2, 3])
def test_figures_are_valid_and_show_what_there_is(kinds, mode):
    network, simple = evaluated(0, kinds=kinds), evaluated(1, kinds=kinds)
    roc = go.Figure(theme.resolve(figures.rocs(network, simple), mode))
    assert len(roc.data) == (3 if kinds == 2 else 1)
    lengths = go.Figure(theme.resolve(figures.by_length(texts.by_length(network), texts.by_length(simple)), mode))
    assert [t.name for t in lengths.data] == ["network", "TF-IDF"]
    groups = texts.by_length(network)
    assert_allclose(lengths.data[0].y, [g.right / g.count for g in groups])
    assert_allclose(np.array(lengths.data[0].y) + lengths.data[0].error_y.array, [g.interval[1] for g in groups])


def test_the_map_has_its_words_and_the_accuracy_the_simple_model():
    known = figures.Known(("good", "bad", "the"), (2.0, -2.0, 0.0), 0.75, 0.5)
    frame = Frame(2, 2, 0.1, [{"epoch": 2, "val_accuracy": 0.8, "val_loss": 0.4}], {"map": np.float32([[1, 2], [3, 4], [5, 6]])})
    drawn = {t.id: to_figure(t, frame, frame.rows) for t in figures.training(TextSpec(), TextView(), ["no", "yes"], known)}
    words = drawn["words"].data[0]
    assert list(words.x) == [1, 3, 5] and list(words.y) == [2, 4, 6] and list(words.hovertext) == ["good", "bad", "the"]
    assert list(words.marker.color) == [2.0, -2.0, 0.0]
    assert {line.name: line.y[0] for line in drawn["accuracy"].data[2:]} == {"TF-IDF": 0.75, "always the same": 0.5}


@pytest.mark.parametrize("model", slow_after(["article", "transformer", "bilstm", "average", "conv", "gru"], 2))
def test_each_layer_with_weights_has_a_curve(model):
    from core.models.text import Network

    network = Network(TextSpec(model=model), 50, 2)
    layers = [layer for layer in network.model.layers if layer.trainable_variables]
    drawn = figures.training(TextSpec(model=model), TextView(), ["a", "b"], figures.Known())
    assert len(next(t for t in drawn if t.id == "gradients").bindings) == len(layers)


# ---- the look at the texts

@pytest.mark.parametrize("values", [{}, {"length": 20, "pad": "back", "keep": "beginning", "model": "lstm"}, {"vocabulary": 100},
                                    {"source": "reviews_zh"}], ids=str)
def test_a_look_shows_what_a_network_gets(values):
    spec = TextSpec().revised(**SMALL, **values)
    seen = texts_of(spec)
    frame, end = list(lab.train(seen))[1:]
    arrays, found = frame.arrays, corpus.load(spec)
    rows = found.table(slice(0, found.train), spec)
    chosen = unpacked(arrays["shown"])
    for text, ids, (first, last), tokens in zip(chosen, arrays["shown_ids"], arrays["shown_kept"], unpacked(arrays["shown_tokens"]),
                                                strict=True):
        i = next(i for i in range(found.train) if found.text(i) == text)
        assert (rows[i] == ids).all() and [t.replace(" ", "␣") for t in found.tokens(i)] == tokens.split(" ")
        assert last - first == (ids > 0).sum()
    row = frame.rows[0]
    long = found.lengths[:found.train]
    assert_allclose([row["cut"], row["median"]], [(long > spec.length).mean(), np.median(long)])
    assert_allclose(row["padding"], (rows == 0).mean(), atol=1e-12)
    held = np.concatenate(found.ids[found.part("validation")])
    assert_allclose(row["known"], (held != 1).mean())
    assert arrays["lengths"].sum() == found.train and arrays["counts"][:, 1].sum() == len(found.labels)
    assert_allclose(arrays["covered"][-1] if values.get("vocabulary") != 100 else row["known"], row["known"], atol=1e-6)
    assert end.state == "finished" and all("{" not in i18n.say(note) for note in end.notes)
    for template in (*looks.data(seen, ["a", "b"]), *looks.prepare(seen)):
        to_figure(template, frame, frame.rows)


def test_what_a_look_does_not_depend_on_makes_no_other():
    spec = TextSpec()
    assert texts_of(spec).key == texts_of(spec.revised(model="lstm", epochs=3, learning_rate=0.1)).key
    assert texts_of(spec).key != texts_of(spec.revised(length=50)).key != TextSpec().key
    assert isinstance(texts_of(spec), TextsSpec)


# ---- taking away

def test_what_is_taken_away_says_what_was_shown():
    spec, network, simple = TextSpec(), evaluated(0), evaluated(1)
    found = json.loads(to_json(spec, {"validation": (network, simple), "test": (network, None)}, ["no", "=yes"]))
    part = found["validation"]
    assert_allclose(part["network"]["accuracy"], (network["said"] == network["truth"]).mean())
    assert_allclose(part["side_by_side"]["mcnemar_p"], texts.beside(network, simple).p)
    assert "tf_idf" not in found["test"] and found["setting"]["source"] == "reviews"
    rows = list(table.DictReader(io.StringIO(answers_csv(network, ["no", "=yes"]).removeprefix("\ufeff"))))
    assert len(rows) == 300 and {row["truth"] for row in rows} == {"no", "'=yes"}  # no formula for a spreadsheet
    assert [int(row["right"]) for row in rows] == (network["said"] == network["truth"]).astype(int).tolist()
    own = corpus.load(TextSpec(**SMALL))
    rows = list(table.DictReader(io.StringIO(texts_csv(own, ["n", "p"]).removeprefix("\ufeff"))))
    assert [row["text"] for row in rows if row["part"] == "train"] == [own.text(i) for i in range(60)]
    assert [int(row["label"]) for row in rows] == own.labels.tolist()


# ---- fooling

def said(spec: FoolSpec, wrong: bool, heeds: bool) -> list[dict[str, np.ndarray]]:
    """What a network says that is fooled or not, and heeds what the reason is about or not."""
    right = fooling.truth_of(spec)
    found = []
    for place, (_probe, arguments) in enumerate(fooling.asks(spec)):
        own = reviews.answer(arguments["text"], "english")
        answer = right if place == 0 else own
        flip = wrong if place == 0 else not heeds if spec.why == "denial" else False
        p = np.float32([0.9, 0.1]) if (answer == 0) != flip else np.float32([0.1, 0.9])
        n = len(placed(arguments["text"], "words"))
        found.append({"p": p, "ids": np.full(n, 5, np.int32), "first": np.int32([0])})
    return found


def test_a_review_fools_only_with_a_reason_that_holds():
    spec = FIRST.reference
    assert fooling.truth_of(spec) == 1 and reviews.answer(fooling.turned(spec), "english") == 0
    heeded = said(spec, True, True)  # negative with the denial, and negative without it: it does not heed the denial
    assert_allclose(fooling.far(spec, heeded), 0.1, rtol=1e-6)
    assert_allclose(fooling.far(spec, said(spec, False, True)), 0.9, rtol=1e-6)  # it is not fooled
    assert_allclose(fooling.far(spec, said(spec, True, False)), 0.9, rtol=1e-6)  # fooled, but without the denial it says something else
    heeded[0]["ids"][3] = 1  # “not” is unknown to it: that is another reason
    assert fooling.far(spec, heeded) == 1.0


@pytest.mark.parametrize("why, change, far", [
    ("unknown", {"ids": 1}, 0.1), ("unknown", {}, 1.0), ("cut", {"first": 4, "keep": 0}, 0.1), ("cut", {}, 1.0)])
def test_words_that_are_unknown_or_cut_off_are_looked_up(why, change, far):
    spec = FoolSpec(review="boring. it was shown with subtitles", why=why)
    n = len(placed(spec.review, "words"))
    first = change.get("first", 0)
    answers = [{"p": np.float32([0.1, 0.9]), "ids": np.full(n - first, change.get("ids", 5), np.int32), "first": np.int32([first])}]
    assert_allclose(fooling.far(spec, answers), far, rtol=1e-6)


@pytest.mark.parametrize("values, word", [
    ({"review": ""}, "no review"), ({"why": ""}, "Say why"), ({"review": "it runs for two hours"}, "judges nothing"),
    ({"source": "imdb", "points": 1000}, "generated"), ({"review": "The story was boring."}, "No denial"),
    ({"why": "contrast"}, "outweighed"), ({"epochs": 90}, "at most 40")])
def test_what_the_challenge_does_not_allow(values, word):
    assert broken(FIRST.allows, FIRST.reference) == [] == broken(SECOND.allows, SECOND.reference)
    assert any(word in i18n.say(one) for one in broken(FIRST.allows, FIRST.reference.changed(**values)))


def test_a_review_is_an_answer_and_makes_no_other_run():
    spec, other = FIRST.reference, FIRST.reference.changed(review="The plot was never dull.")
    assert spec.key == other.key == TextSpec().key and seeds_for(FIRST, spec) == seeds_for(FIRST, other)
    assert [one.key for one in runs_for(FIRST, spec)] == [TextSpec(seed=seed).key for seed in seeds_for(FIRST, spec)]
    assert made(TextSpec(epochs=3), TextView(review="a", why="cut")) == FoolSpec(epochs=3, review="a", why="cut")
    found, wrong = FoolSpec.from_query(spec.to_query())
    assert found == spec and not wrong
    rows = with_answers([{"epoch": 1.0, "val_accuracy": 0.7}], said(spec, True, True))
    weak = with_answers([{"epoch": 1.0, "val_accuracy": 0.6}], said(spec, True, True))
    judged = verdict(FIRST, spec, [rows, rows, weak])
    assert judged.passed and judged.values == (pytest.approx(0.1), pytest.approx(0.1), 1.0)
    assert "does not heed" in i18n.say(judged.sentences[-1])


@pytest.mark.slow
@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.id)
def test_the_reference_passes_on_seeds_that_nobody_chose(challenge):
    from core.labs import text

    runs = []
    for spec in runs_for(challenge, challenge.reference):
        frames = [record for record in text.train(spec) if isinstance(record, Frame)]
        arrays = [frame.arrays for frame in frames if "w0" in frame.arrays][-1]
        answers = [text.ask(spec, probe, arrays, dict(arguments)) for probe, arguments in challenge.goal.asks(spec)]
        runs.append(with_answers(frames[-1].rows, answers))
    assert verdict(challenge, challenge.reference, runs).passed


def test_examples_say_what_they_are_called():
    for language, ready in use.EXAMPLES.items():
        for _name, text in ready:
            assert reviews.answer(text, language) == 1


# ---- the page

@pytest.fixture
def project(monkeypatch, make_runner, tmp_path):
    """Open the page on runs that have ended; returns the app and what was asked."""
    runner = make_runner()
    asked: list[str] = []
    problems: list[Message] = []
    def ask(key, probe, *, epoch=None, arguments=None):
        asked.append((arguments or {}).get("part", probe))
        if problems:
            raise AskError(problems[0])
        found = evaluated(int(key[:4], 16), wrong=0.25 if isinstance(specs[key], TextSpec) else 0.2)
        found["summary"][2] = getattr(go, "whole", found["summary"][2])
        return found

    def records(key):
        spec = specs.get(key)
        if not isinstance(spec, TextsSpec):
            return []
        held = uploads.arrays(spec.upload)
        return [frame for frame in lab.train(spec, uploads=held) if isinstance(frame, Frame)]

    class Kept:
        """A record as the page reads it."""

        kind = "frame"

        def __init__(self, frame):
            self.arrays = frame.arrays

    def rows(key):
        if isinstance(specs.get(key), TextsSpec):
            return [dict(frame.rows[0]) for frame in records(key)]
        return [{"epoch": 0.0, "val_accuracy": 0.5}, {"epoch": 10.0, "val_accuracy": 0.75, "accuracy": 0.8, "val_loss": 0.5, "loss": 0.4}]

    paused: list[str] = []  # why the network's run waits to go on, if it does

    def result(key):
        return None if paused and isinstance(specs.get(key), TextSpec) else End("finished")

    monkeypatch.setattr(runner, "paused", lambda key: paused[0] if paused and isinstance(specs.get(key), TextSpec) else "")
    specs = remembering(monkeypatch, runner, ask=ask, result=result, rows=rows,
                        records=lambda key: [Kept(frame) for frame in records(key)])
    opened = opener(tmp_path)

    def go(step="", language="en", **query):
        app = opened("text_project", language, **{"points": "60", **({"step": step} if step else {}), **query})
        assert not app.exception
        return app

    go.asked, go.problems, go.paused = asked, problems, paused
    yield go
    i18n.use("en")


@pytest.mark.parametrize("language", slow_after(list(i18n.LANGUAGES), 1))
@pytest.mark.parametrize("step", list(STEPS))
def test_every_step_opens(project, step, language):
    app = project(step, language)
    assert not app.warning and not app.error


def test_the_first_sight_is_a_review_and_what_is_right(project):
    app = project()
    assert app.session_state["text_project:view"].step == "use"
    assert any("By the rules of these reviews it is **positive**" in text.value for text in app.markdown)


@pytest.mark.parametrize("why, said", [("spent", "it has had the 30 min"), ("stopped", "It goes on where it was")])
def test_a_run_that_is_paused_can_go_on_and_be_asked(project, why, said):
    project("use")  # which opens it
    project.paused.append(why)
    app = project("use")
    assert any(said in text.value for text in app.caption) and app.button(key="text_project:continue").label == "Continue"
    assert any("By the rules of these reviews it is **positive**" in text.value for text in app.markdown)
    assert not app.error


def test_what_a_stranger_wrote_is_no_markup(project):
    app = project("use", review="<script>alert(1)</script> **good** wonderful [x](javascript:1)")
    assert not any("<script>" in text.value for text in app.markdown)
    app = project("test")
    assert not any("<b>wrong</b>" in text.value for text in app.markdown)


def test_the_test_stays_sealed_until_it_is_opened(project):
    app = project("test")
    assert set(project.asked) == {"validation"}
    app.button(key="text_project:sealed:open").click().run()
    assert not app.exception and list(app.session_state["memory"]["looks"].values()) == [1]
    assert any("Sealed test texts" in text.value for text in app.markdown) and "test" in project.asked


def test_a_part_of_the_texts_is_called_one(project):
    assert not any("first 300" in text.value for text in project("test").caption)
    project.whole = 5000
    assert any("first 300 of 5,000" in text.value for text in project("test", seed=1).caption)


def test_a_look_that_fails_does_not_count(project):
    app = project("test")
    project.problems.append(Message("no worker"))
    app.button(key="text_project:sealed:open").click().run()
    assert not app.exception and app.session_state["memory"]["looks"] == {}


def test_a_learning_curve_halves_the_texts_that_there_are():
    assert training.sizes(TextSpec(points=2000), 2000) == [250, 500, 1000, 2000]
    assert training.sizes(TextSpec(points=2000), 400) == [50, 100, 200, 400]  # a file may have fewer
    assert training.sizes(TextSpec(points=30), 30) == [20, 30]


def csv(words=("label", "text"), n=60) -> bytes:
    rows = "\n".join(f"{'good' if i % 2 else 'bad'},\"text number {i} is {'fine' if i % 2 else 'poor'}, really\"" for i in range(n))
    return f"{','.join(words)}\n{rows}\n".encode()


def bring(app: AppTest, name: str, content: bytes) -> None:
    app.selectbox(key="text_project.source.en").set_value("upload").run()
    app.file_uploader[0].set_value([(name, content, "text/csv")]).run()
    assert not app.exception


def test_a_file_is_read_and_a_reading_corrected(project):
    app = project("data")
    bring(app, "own.csv", csv())
    spec = app.session_state["text_project:spec"]
    assert spec.source == "upload" and uploads.find(spec.upload).classes == ["own.csv"]
    assert any("60 texts" in text.value for text in app.markdown)
    for step in ("prepare", "training", "test", "use"):
        app.session_state["text_project:view"] = TextView(step=step)
        app.run()
        assert not app.exception and not app.error


def test_a_refused_file_loses_nothing_and_can_be_forgotten(project):
    app = project("data")
    content = b"number,text\n" + b"\n".join(b"%d,some words" % i for i in range(60))
    with pytest.raises(Trouble):
        corpus.texts.read(content, "odd.csv")
    bring(app, "odd.csv", content)
    assert any("odd" in text.value for text in app.error)
    assert app.session_state["text_project:spec"].source == "reviews"
    app.button(key="text_project:forget").click().run()
    assert not app.exception and not app.error
