"""The text lab: networks, gradients and files are Keras', attributions add up, TF-IDF is scikit-learn's, equal specs give equal runs."""

from __future__ import annotations

import tempfile
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.data import reviews, words
from core.frame import Checkpoint, End, decode, encode_checkpoint
from core.labs import text as lab
from core.labs import tfidf
from core.labs.reader import Lab
from core.labs.text import ask, corpus_of, train
from core.maths import classified
from core.models import long
from core.models.text import Network
from core.specs.text import ARTICLE, MODELS, USUAL, TextSpec
from core.training import attribution
from core.training.batches import learning_rates, order
from core.training.cache import Cache
from core.training.warm import warm
from tests.bits import frames
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

SMALL: dict[str, Any] = {"points": 150, "epochs": 2, "units": 8, "width": 6, "length": 30, "learning_rate": 0.01, "dropout": 0.0}
EVERY = slow_after(["average", "conv", "bilstm", "transformer", "article", "gru", "lstm"], 2)
CSV = "label,text\n" + "".join(f"{'abc'[i % 3]},{['good film', 'bad film', 'no film at all'][i % 3]} number {i}\n" for i in range(90))
UPLOAD = {"1" * 32: {"file": np.frombuffer(CSV.encode(), np.uint8)}}


def small(model: str = "lstm", **changes: Any) -> TextSpec:
    return TextSpec(**{**SMALL, "model": model, **changes})


def own(**changes: Any) -> TextSpec:
    return TextSpec().revised(source="upload", upload="1" * 32, **{**SMALL, **changes})


@cache
def trained(spec: TextSpec) -> list[Any]:
    """A run of a spec; the same one for all tests that only look at it."""
    return list(train(spec, uploads=UPLOAD))


def arrays(spec: TextSpec) -> dict[str, np.ndarray]:
    return frames(trained(spec))[-1].arrays


# ---- recurrent layers over many steps

KINDS = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)
LAYERS = [*zip(KINDS, (23, 10, 7), (True, False, True), (True, False, False), strict=True),
          *product(KINDS, (7, 10, 23, 60), (True, False), (True, False))]


@pytest.mark.parametrize("kind, steps, whole, both", slow_after(LAYERS, 3))
def test_long_layers_are_those_of_keras(kind: Any, steps: int, whole: bool, both: bool) -> None:
    rng = np.random.default_rng(steps)
    layer = kind(5, return_sequences=whole)
    layer = keras.layers.Bidirectional(layer) if both else layer
    x = tf.constant(rng.normal(size=(3, steps, 4)).astype(np.float32))
    layer(x)
    for v in layer.trainable_variables:
        v.assign(rng.normal(size=v.shape) * 0.5)
    answers = []
    for call in (layer, lambda x: long.read(layer, x), tf.function(lambda x: long.read(layer, x))):
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = call(x)
            loss = tf.reduce_sum(tf.sin(output + tf.range(output.shape[-1], dtype=tf.float32)))
        answers.append([output, *tape.gradient(loss, [x, *layer.trainable_variables])])
    for other in answers[1:]:
        for a, b in zip(answers[0], other, strict=True):
            assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert_allclose(long.read(layer, x, slope=False), answers[1][0], atol=1e-6)


# ---- networks

@pytest.mark.parametrize("model", EVERY)
@pytest.mark.parametrize("classes", slow_after([2, 4], 1))
def test_a_network_is_the_keras_model_beside_it(model: str, classes: int) -> None:
    spec, rng = small(model, length=20, l2=0.001), np.random.default_rng(3)
    network = Network(spec, 50, classes)
    for v in network.model.trainable_variables:
        v.assign(rng.normal(size=v.shape) * 0.3)
    ids = rng.integers(0, 50, (5, 20))
    ids[0] = 0
    ids[1, :12] = 0
    answer = np.asarray(network.model(ids))
    assert_allclose(network.run(ids), answer, rtol=1e-4, atol=1e-5)
    assert_allclose(network.run(ids, slope=False), answer, rtol=1e-4, atol=1e-5)
    logits = network.through(ids, network.layers["embedding"](ids), quick=True, logits=True)
    assert_allclose(tf.sigmoid(logits) if classes == 2 else tf.nn.softmax(logits), answer, rtol=1e-4, atol=1e-5)
    assert sum(v.numpy().size for v in network.model.trainable_variables) == spec.weights(50, classes)
    assert network.model.trainable_variables[0] is network.layers["embedding"].embeddings


def test_the_article_has_the_article_s_weights() -> None:
    spec = TextSpec(**ARTICLE)
    assert spec.weights(10_000) == 1_280_000 + 4 * 64 * (128 + 64 + 1) + 4 * 64 * (64 + 64 + 1) + 65 * 64 + 65
    assert [type(layer).__name__ for layer in Network(small("article"), 9, 2).model.layers] == [
        "InputLayer", "Embedding", "Dropout", "LSTM", "LSTM", "Dense", "Dropout", "Dense"]


@pytest.mark.parametrize("model", EVERY)
def test_training_ends_in_the_weights_of_keras(model: str) -> None:
    """Of Keras with dense gradients: of an embedding's sparse ones its optimizers square the parts of a word that stands in a batch
    twice before they are added up. A penalty of next to nothing makes them dense."""
    spec = small(model, l2=0.0001 if model == "conv" else 1e-30)
    corpus = corpus_of(spec)
    x, y = corpus.table(corpus.part("train"), spec).astype(np.int32), corpus.labels[:150, None].astype(np.float32)
    network = Network(spec, len(corpus.words), 2).model
    steps = -(-150 // spec.batch_size)
    rates = learning_rates(spec.schedule, spec.learning_rate, spec.epochs * steps)
    network.compile(keras.optimizers.Adam(spec.learning_rate), "binary_crossentropy")
    for epoch in range(spec.epochs):
        turn = order(spec.seed, epoch, 150)
        for i in range(steps):
            network.optimizer.learning_rate = float(rates[epoch * steps + i])
            batch = turn[i * spec.batch_size:(i + 1) * spec.batch_size]
            network.train_on_batch(x[batch], y[batch])
    flat, _others = lab.lab_of(spec, len(corpus.words), 2).kept.back(arrays(spec))
    assert_allclose(flat, np.concatenate([v.numpy().ravel() for v in network.trainable_variables]), atol=2e-4)
    row = frames(trained(spec))[-1].rows[-1]
    part = corpus.part("validation")
    p = network(corpus.table(part, spec)).numpy()[:, 0]
    assert row["val_accuracy"] == pytest.approx(((p > 0.5) == corpus.labels[part]).mean(), abs=0.003)
    assert row["val_loss"] == pytest.approx(float(keras.losses.BinaryCrossentropy()(corpus.labels[part][:, None], p[:, None])), abs=2e-3)


# ---- runs

def test_equal_specs_give_equal_runs_whatever_was_trained_before() -> None:
    spec = small("transformer", dropout=0.3)
    lab._labs = Cache(limit=12)
    first = frames(list(train(spec)))
    list(train(spec.changed(seed=5)))
    again = frames(list(train(spec)))
    assert [f.rows for f in first] == [f.rows for f in again]
    for a, b in zip(first, again, strict=True):
        assert a.arrays.keys() == b.arrays.keys()
        for name in a.arrays:
            assert_array_equal(a.arrays[name], b.arrays[name])


def test_a_run_goes_on_from_its_checkpoint_to_the_bit() -> None:
    spec = small("gru", dropout=0.2, epochs=3)
    whole = frames(trained(spec))
    from core.training import aside
    aside.wanted.set()
    try:
        point = next(item for item in train(spec) if isinstance(item, Checkpoint))
    finally:
        aside.wanted.clear()
    lab._labs = Cache(limit=12)
    rest = frames(list(train(spec, resume=decode(encode_checkpoint(point)).checkpoint())))
    for name, array in whole[-1].arrays.items():
        assert_array_equal(rest[-1].arrays[name], array)


def test_what_a_frame_shows() -> None:
    spec = small("conv", points=400, epochs=3)
    corpus, found = corpus_of(spec), arrays(spec)
    part = slice(corpus.train, corpus.train + 500)
    p = lab.lab_of(spec, len(corpus.words), 2).answers(
        lab.lab_of(spec, len(corpus.words), 2).kept.back(found)[0], corpus.table(part, spec))
    assert_array_equal(found["confusion"], classified.matrix(corpus.labels[part], p.argmax(1), 2))
    truth = corpus.labels[part][found["worst"]]
    assert (p[found["worst"]].argmax(1) != truth).all()
    assert_allclose(found["worst_p"], p[found["worst"], truth], atol=1e-4)
    assert (np.diff(found["worst_p"]) >= 0).all()
    assert found["vocabulary"].tobytes().decode().split("\n") == list(corpus.words)
    leaning = np.corrcoef(found["map"][:, 0], found["map_lean"])[0, 1]
    assert found["map"].shape == (len(found["map_ids"]), 2) and leaning > 0
    names = [name for name in found if name[0] == "w" and name[1:].isdigit()]
    assert sum(found[name].size for name in names) == spec.weights(len(corpus.words))


def test_three_classes_of_an_own_file() -> None:
    spec = own(model="average", epochs=5, learning_rate=0.05)
    end, found = trained(spec)[-1], arrays(spec)
    assert end.state == "finished" and found["confusion"].shape == (3, 3)
    answer = ask(spec, "read", found, {"text": "a good film"}, UPLOAD)
    assert answer["p"].shape == (3,) and answer["label"][0] == answer["p"].argmax() == 0
    p = answer["p"].astype(float)
    assert float(answer["logit"][0]) == pytest.approx(np.log(p[0]) - np.log(p).mean(), abs=1e-3)
    verdict = ask(spec, "evaluate", found, {"part": "validation"}, UPLOAD)
    assert verdict["classes"].shape == (3, 3) and "roc" not in verdict
    gone = list(train(spec, uploads={}))[-1]
    assert isinstance(gone, End) and gone.state == "failed" and gone.change == {"source": "reviews"}


def test_a_network_of_too_many_weights_is_refused_with_what_helps() -> None:
    rows = (" ".join(f"w{i * 120 + j}" for j in range(120)) for i in range(400))
    file = "label,text\n" + "".join(f"{'ab'[i % 2]},{row}\n" for i, row in enumerate(rows))
    upload = {"1" * 32: {"file": np.frombuffer(file.encode(), np.uint8)}}
    spec = own(vocabulary=20_000, width=128, points=20_000)
    end = list(train(spec, uploads=upload))[-1]
    assert end.state == "failed" and end.error.args["weights"] > 2_000_000
    assert spec.changed(**end.change).weights(20_000) < 2_000_000


# ---- questions

TEXTS = ["the film was wonderful", "the film was not wonderful", "I hated it, but my sister came with me!", "", "xyzzy"]


@pytest.mark.parametrize("model", EVERY)
@pytest.mark.parametrize("pad, keep", slow_after([("back", "beginning"), ("front", "end")], 1))
def test_attributions_add_up_to_the_change_of_the_logit(model: str, pad: str, keep: str) -> None:
    spec = small(model, pad=pad, keep=keep, epochs=3, points=300)
    found = arrays(spec)
    for text in (*TEXTS, " ".join(["the plot was dull."] * 12)):
        answer = ask(spec, "read", found, {"text": text, "attention": True})
        tokens = words.tokens(text, "words")
        assert len(answer["ids"]) == len(answer["attributions"]) == min(len(tokens), 30)
        assert answer["first"][0] == (max(len(tokens) - 30, 0) if keep == "end" else 0)
        logit, base = float(answer["logit"][0]), float(answer["base"][0])
        assert answer["attributions"].sum() == pytest.approx(logit - base, abs=1e-3 * max(1, abs(logit - base)))
        assert abs(answer["missing"][0]) <= 0.01 * max(1, abs(logit - base)), text  # before anything was spread
        assert answer["p"][1] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-4)
        other = ask(spec, "read", found, {"text": text, "label": 0})
        assert_allclose(other["attributions"], -answer["attributions"], atol=2e-3)
        if model == "transformer":
            assert answer["attention"].shape == (2, len(answer["ids"]), len(answer["ids"]))
            assert_allclose(answer["attention"].sum(-1), 1, atol=1e-5)
    each = [ask(spec, "read", found, {"text": text})["p"] for text in TEXTS]
    assert_allclose(ask(spec, "compare", found, {"texts": TEXTS})["p"], each, atol=1e-6)


@pytest.mark.parametrize("model", slow_after([*MODELS], 1))
def test_wrong_gradients_are_found_out(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is spread to make the sum right is told: it would hide any mistake."""
    spec = small(model, epochs=3, points=300)
    found, own = arrays(spec), Lab._gradients

    def wrong(*args: Any) -> tuple[np.ndarray, np.ndarray]:
        scores, gradients = own(*args)
        return scores, 0.3 * gradients

    monkeypatch.setattr(Lab, "_gradients", wrong)
    for text in TEXTS[:3]:
        answer = ask(spec, "read", found, {"text": text})
        change = float(answer["logit"][0] - answer["base"][0])
        assert answer["attributions"].sum() == pytest.approx(change, abs=1e-3)
        assert answer["missing"][0] == pytest.approx(0.7 * change, rel=0.05)


def test_base_is_the_logit_of_padding() -> None:
    spec = small("lstm")
    found = arrays(spec)
    assert ask(spec, "read", found, {"text": TEXTS[0]})["base"] == pytest.approx(ask(spec, "read", found, {"text": ""})["logit"], abs=1e-5)


@pytest.mark.parametrize("seed", slow_after(range(3), 1))
def test_attributions_find_the_planted_words(seed: int) -> None:
    """In reviews whose judging words count as they stand, the sign of a word's attribution is what it counts."""
    spec = TextSpec(model="conv", points=2000, epochs=6, seed=seed, learning_rate=0.005)
    found = arrays(spec)
    right = shares = count = 0
    for text in reviews.generated("english", 77, 120).texts:
        judged = reviews.read(text, "english")
        if any(j.own != j.counted for j in judged):
            continue
        answer = ask(spec, "read", found, {"text": text})
        if len(answer["ids"]) != len(words.tokens(text, "words")):
            continue
        counted = reviews.planted(text, "english")
        there = counted != 0
        right += (np.sign(answer["attributions"][there]) == counted[there]).sum()
        count += there.sum()
        shares += np.abs(answer["attributions"][there]).mean() > 3 * np.abs(answer["attributions"][~there]).mean()
    assert count > 40 and right / count > 0.9 and shares > 20


@pytest.mark.parametrize("seed", range(4))
def test_integrated_gradients_of_a_polynomial(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, x, start = (rng.normal(size=(3, 2)) for _ in range(3))

    def slope(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (a * points**3).sum((1, 2)), 3 * a * points**2

    parts, after, before, missing = attribution.along(slope, x, start)
    assert missing == pytest.approx(0, abs=1e-5)
    assert_allclose(parts, a * (x**3 - start**3), atol=1e-5)  # each number goes its own way
    assert (after, before) == (pytest.approx((a * x**3).sum()), pytest.approx((a * start**3).sum()))


@pytest.mark.parametrize("model", EVERY)
@pytest.mark.parametrize("pad, keep", slow_after([("front", "end"), ("back", "beginning"), ("front", "beginning"), ("back", "end")], 1))
def test_the_file_takes_raw_strings(model: str, pad: str, keep: str) -> None:
    spec = small(model, pad=pad, keep=keep)
    found = arrays(spec)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(ask(spec, "model", found, {})["file"].tobytes())
        model_ = keras.models.load_model(path)
    texts = [*TEXTS, " ".join(["The plot was DULL."] * 12), *reviews.generated("english", 9, 8).texts]
    assert_allclose(model_(tf.constant(texts))[:, 0], ask(spec, "compare", found, {"texts": texts})["p"][:, 1], atol=2e-5)
    assert float(model_(tf.constant([""]))[0, 0]) == pytest.approx(float(ask(spec, "read", found, {"text": ""})["p"][1]), abs=2e-5)


def test_the_file_of_a_chinese_network() -> None:
    spec = small("conv", source="reviews_zh", length=40)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(ask(spec, "model", arrays(spec), {})["file"].tobytes())
        model = keras.models.load_model(path)
    texts = list(reviews.generated("chinese", 4, 10).texts)
    assert_allclose(model(tf.constant(texts))[:, 0], ask(spec, "compare", arrays(spec), {"texts": texts})["p"][:, 1], atol=2e-5)


def test_the_verdict_is_that_of_scikit_learn() -> None:
    from sklearn import metrics

    spec = small("average", points=1000, epochs=3)
    corpus, found = corpus_of(spec), ask(spec, "evaluate", arrays(spec), {"part": "test"})
    truth, said, score = found["truth"], found["said"], found["scores"]
    assert_array_equal(truth, corpus.labels[corpus.part("test")])
    assert_array_equal(found["lengths"], [len(row) for row in corpus.ids[corpus.part("test")]])
    assert_array_equal(found["confusion"], metrics.confusion_matrix(truth, said))
    assert_allclose(found["classes"], np.stack(metrics.precision_recall_fscore_support(truth, said, zero_division=0)[:3], 1), atol=1e-6)
    assert_allclose(found["summary"], [metrics.accuracy_score(truth, said), 1000, 1000, metrics.log_loss(truth, score.astype(float)),
                                       metrics.f1_score(truth, said, average="macro")], atol=1e-4)
    assert found["auc"][0] == pytest.approx(metrics.roc_auc_score(truth, score), abs=1e-5)
    low, high, count, accuracy = found["by_length"].T
    assert count.sum() == 1000 and (low[1:] > high[:-1]).all()
    within = (found["lengths"] >= low[1]) & (found["lengths"] <= high[1])
    assert (within.sum(), (truth == said)[within].mean()) == (count[1], pytest.approx(accuracy[1]))
    sealed = ask(spec, "sealed", arrays(spec), {})["metrics"]
    row = frames(trained(spec))[-1].rows[-1]
    assert_allclose(sealed, [found["summary"][0], 1000, row["val_accuracy"]], atol=2e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_roc_is_that_of_scikit_learn(seed: int) -> None:
    from sklearn import metrics

    rng = np.random.default_rng(seed)
    truth, score = rng.integers(0, 2, 120), rng.integers(0, 40, 120) / 40
    curve, area = classified.roc(score, truth)
    alarms, recall, _ = metrics.roc_curve(truth, score, drop_intermediate=False)
    assert_allclose(curve, np.stack([alarms, recall], 1))
    assert area == pytest.approx(metrics.roc_auc_score(truth, score))
    assert np.isnan(classified.roc(score, np.ones(120, int))[1])


@pytest.mark.parametrize("probe, arguments, said", [
    ("guess", {}, "guess"), ("read", {}, "text"), ("read", {"text": "a", "label": 2}, "label"),
    ("read", {"text": "a" * 30_000}, "characters"),
    ("compare", {"texts": ["a"] * 65}, "texts"), ("evaluate", {"part": "train"}, "part")])
def test_a_question_that_is_none(probe: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask(small("average"), probe, arrays(small("average")), arguments)


# ---- TF-IDF

@pytest.mark.parametrize("source", ["reviews", "reviews_zh"])
def test_tfidf_is_that_of_scikit_learn(source: str) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    spec = TextSpec(source=source, points=300)
    corpus, beside = corpus_of(spec), spec.beside
    items = list(tfidf.train(beside))
    found = frames(items)[-1].arrays
    vectorizer = TfidfVectorizer(analyzer=lambda text: words.tokens(text, corpus.how), vocabulary=list(corpus.words[2:]))
    x = vectorizer.fit_transform([corpus.text(i) for i in range(300)])
    model = LogisticRegression(C=tfidf.STRENGTH, max_iter=300).fit(x, corpus.labels[:300])
    part = range(300, 1300)
    p = model.predict_proba(vectorizer.transform([corpus.text(i) for i in part]))
    ours = tfidf.ask(beside, "evaluate", found, {"part": "validation"})
    assert_allclose(ours["scores"], p[:, 1], atol=2e-3)
    assert frames(items)[-1].rows[0]["val_accuracy"] == pytest.approx((p.argmax(1) == corpus.labels[300:1300]).mean(), abs=0.003)
    text = corpus.text(310)
    answer = tfidf.ask(beside, "read", found, {"text": text})
    logit = np.log(answer["p"][1] / answer["p"][0])
    assert answer["attributions"].sum() + found["bias"][0] == pytest.approx(logit, abs=1e-3)
    assert tfidf.ask(beside, "read", found, {"text": ""})["attributions"].shape == (0,)
    assert items[-1].state == "finished" and found["telling"].shape == (20, 2)


def test_tfidf_of_three_classes() -> None:
    beside = own().beside
    found = frames(list(tfidf.train(beside, uploads=UPLOAD)))[-1]
    assert found.rows[0]["val_accuracy"] == 1 and found.arrays["weights"].shape[1] == 3
    answer = tfidf.ask(beside, "read", found.arrays, {"text": "good"}, UPLOAD)
    assert answer["p"].argmax() == 0
    assert tfidf.ask(beside, "sealed", found.arrays, {}, UPLOAD)["metrics"][0] == 1


# ---- the spec

def test_what_no_longer_fits_gives_way() -> None:
    imdb = TextSpec().revised(source="imdb")
    assert {name: getattr(imdb, name) for name in USUAL["imdb"]} == USUAL["imdb"]
    assert TextSpec().revised(source="imdb", length=500).length == 500
    mine = own(text_column="text")
    assert mine.text_column == "text" and mine.revised(source="reviews").upload == ""
    assert mine.revised(upload="2" * 32).text_column == ""
    assert imdb.revised(source="reviews").points == 2000 and imdb.changed(points=20_000).bounds_of("points") == (20, 20_000)
    with pytest.raises(ValueError, match="6000 training texts"):
        TextSpec(points=6000)


def test_fields_without_a_say_make_no_other_run() -> None:
    plain = TextSpec(model="average")
    assert plain.key == plain.changed(units=64, heads=4, pad="back").key
    assert TextSpec(model="lstm").key != TextSpec(model="lstm", pad="back").key
    assert plain.beside.key == TextSpec(model="lstm", length=100, units=64, epochs=3).beside.key != plain.changed(points=500).beside.key
