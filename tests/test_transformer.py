"""The lab for Transformers: its attention, weights and what it shows are those of Keras' layers, and the same ones every time."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.data import tasks
from core.frame import End, Frame
from core.labs import transformer as lab
from core.labs import transforming
from core.labs.saving import transformer_model
from core.labs.transformer import ask, sample_of, train
from core.models.attention import attend, even, feed, normalize
from core.models.transformer import build_transformer, named_weights, reseed_transformer, run
from core.specs.transformer import ARTICLE, TASKS, TEST, VALIDATION, WHOLE, TransformerSpec
from core.training import choices
from core.training.batches import learning_rates, order
from core.training.cache import Cache
from core.training.warm import warm
from tests.bits import equal_runs, frames, resumed
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

SMALL: dict[str, Any] = {"points": 100, "epochs": 3, "width": 12, "feed": 8, "batch_size": 24, "learning_rate": 0.01}
CASES: dict[str, dict[str, Any]] = {
    "reverse": {"length": 4, "symbols": 5, "clip": 0.5, "warmup": 20, "schedule": "cosine"},
    "text, pre": {"task": "text", "length": 9, "positions": "learned", "heads": 3, "dropout": 0.2},
    "masked, post": {"task": "masked", "length": 13, "norm": "post", "layers": 1, "heads": 5, "optimizer": "adamw"},
    "pooled": {"task": "brackets", "length": 8, "norm": "post", "positions": "none", "head_size": 7, "optimizer": "sgd", "dropout": 0.1},
    "causal": {"task": "addition", "length": 2, "mask": "causal", "positions": "learned", "layers": 3, "optimizer": "rmsprop"},
    "reviews": {"task": "reviews", "length": 12, "language": "chinese"}}


def small(case: str = "reverse", **changes: Any) -> TransformerSpec:
    return TransformerSpec(**{**SMALL, **CASES[case], **changes})


@cache
def trained(spec: TransformerSpec) -> list[Any]:
    """A run of a spec; the same one for all tests that only look at it."""
    return list(train(spec))


def last(spec: TransformerSpec) -> Frame:
    return frames(trained(spec))[-1]


def scattered(model: keras.Model, rng: np.random.Generator) -> None:
    """Give every weight a random value, so that none is 0 or 1 by its beginning."""
    for v in model.trainable_variables:
        v.assign(rng.normal(size=v.shape, scale=0.4))


def drawn(seed: int) -> TransformerSpec:
    rng = np.random.default_rng(seed)
    spec = TransformerSpec().revised(
        task=[*TASKS][seed % 9], layers=int(rng.integers(1, 4)), heads=int(rng.integers(1, 6)), head_size=int(rng.choice([0, 3, 8])),
        width=int(4 * rng.integers(1, 6)), feed=int(4 * rng.integers(1, 6)), norm=str(rng.choice(["pre", "post"])),
        positions=str(rng.choice(["sine", "learned", "none"])), mask=str(rng.choice(["full", "causal"])), seed=seed, points=20,
        symbols=int(rng.integers(2, 9)))
    least, most = spec.bounds_of("length")
    return spec.revised(length=int(rng.integers(least, min(most, least + 12) + 1)))


# ---- the layers

@pytest.mark.parametrize("seed", slow_after(range(24), 6))
def test_attention_norm_and_feed_forward_are_those_of_keras_layers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps, width, heads, size = (int(rng.integers(2, most)) for most in (12, 20, 6, 9))
    causal = bool(seed % 2)
    looks, norm = keras.layers.MultiHeadAttention(heads, size), keras.layers.LayerNormalization()
    first, second = keras.layers.Dense(int(rng.integers(1, 20)), "relu"), keras.layers.Dense(width)
    x = tf.constant(rng.normal(size=(3, steps, width)).astype(np.float32))

    def flat(function: Any) -> Any:
        return lambda z: tf.reshape(function(tf.reshape(z, [-1, width])), [-1, steps, width])

    pairs = [((looks,), lambda z: looks(z, z, use_causal_mask=causal), flat(lambda z: attend(looks, z, steps, causal))),
             ((norm, looks), lambda z: looks(norm(z), norm(z), use_causal_mask=causal),
              flat(lambda z: attend(looks, even(norm, z), steps, causal, norm))),
             ((norm,), norm, flat(lambda z: normalize(norm, z))),
             ((first, second), lambda z: second(first(z)), flat(lambda z: feed(first, second, z))),
             ((norm, first, second), lambda z: second(first(norm(z))), flat(lambda z: feed(first, second, even(norm, z), norm)))]
    for layers, theirs, ours in pairs:
        theirs(x)
        variables = [v for layer in layers for v in layer.trainable_variables]
        for v in variables:
            v.assign(rng.normal(size=v.shape, scale=0.5))
        found = []
        for function in (theirs, ours):
            with tf.GradientTape() as tape:
                tape.watch(x)
                output = function(x)
                loss = tf.reduce_sum(output * tf.cos(tf.range(tf.size(output), dtype=tf.float32)[:, None, None][:1] + output))
            found.append([output, *tape.gradient(loss, [x, *(v.value for v in variables)], unconnected_gradients="zero")])
        assert_allclose(found[1][0], found[0][0], atol=1e-5, rtol=1e-5)
        for mine, keras_ in zip(found[1][1:], found[0][1:], strict=True):
            assert_allclose(mine, keras_, atol=1e-5 * max(20, np.abs(keras_).max()), rtol=1e-3)  # sums of large terms


@pytest.mark.parametrize("seed", slow_after(range(36), 9))
def test_what_a_network_answers_is_what_keras_answers_and_numpy_shows(seed: int) -> None:
    spec = drawn(seed)
    sample = sample_of(spec)
    model = build_transformer(spec, len(sample.symbols), len(sample.answers))
    scattered(model, np.random.default_rng(seed))
    x = sample.x[:6]
    theirs = model(x).numpy()
    assert_allclose(tf.nn.softmax(run(model, spec, tf.constant(x))), theirs, atol=2e-5)
    fixed = spec.steps * spec.width if spec.positions == "sine" else 0
    assert model.count_params() - fixed == spec.weights(len(sample.symbols), len(sample.answers))

    network = transforming.Network(spec, {name: v.numpy() for name, v in named_weights(model, spec).items()})
    read = network.read(x)
    p = tf.nn.softmax(read.output).numpy()
    assert_allclose(p[:, -spec.asked:], theirs, atol=2e-5)
    inner = {layer.name: layer.output for layer in model.layers}
    looks = [model.get_layer(f"attention_{i}") for i in range(1, spec.layers + 1)]
    states = keras.Model(model.input, [one.input[0] if isinstance(one.input, list) else one.input for one in looks])(x)
    for one, state, flow in zip(looks, states if isinstance(states, list) else [states], read.flows, strict=True):
        _output, scores = one(state, state, use_causal_mask=spec.causal, return_attention_scores=True)
        assert_allclose(flow.seen.weights, scores, atol=1e-5)
    at_end = "norm" if spec.norm == "pre" else f"norm_feed_{spec.layers}"
    behind = keras.Model(model.input, inner[at_end])(x).numpy()
    end = read.flows[-1].output
    ours = transforming.layer_norm(end, network.norm) if spec.norm == "pre" else end
    assert_allclose(ours, behind, atol=1e-4)


def test_the_articles_block_has_the_weights_that_it_is_said_to_have() -> None:
    assert TransformerSpec(**ARTICLE).attention_weights == 8416
    assert TransformerSpec(**{**ARTICLE, "head_size": 0}).attention_weights == 4224


@pytest.mark.parametrize("case", CASES)
def test_a_network_with_another_seeds_first_weights_is_a_new_one(case: str) -> None:
    spec, other = small(case), small(case, seed=9)
    model, new = (build_transformer(one, *tasks.sizes(one)) for one in (spec, other))
    scattered(model, np.random.default_rng(0))
    reseed_transformer(model, other)
    for ours, keras_ in zip(model.variables, new.variables, strict=True):
        assert_array_equal(ours, keras_)
    kernels = [v.numpy().tobytes() for v in new.trainable_variables if v.path.endswith(("kernel", "embeddings"))]
    assert len(set(kernels)) == len(kernels)  # no two are twins: queries, keys and values least of all


# ---- training

def fitted(spec: TransformerSpec) -> keras.Model:
    """Keras' own training of Keras' own layers, with the same batches and rates."""
    sample = sample_of(spec)
    model = build_transformer(spec, len(sample.symbols), len(sample.answers))
    optimizer = choices.optimizer(spec.optimizer, spec.learning_rate)
    optimizer.global_clipnorm = spec.clip or 1e9  # which makes one table of the slices of an embedding's gradient: Adam would square each
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(ignore_class=-1))
    steps = -(-sample.train // spec.batch_size)
    rates = learning_rates(spec.schedule, spec.learning_rate, spec.epochs * steps, spec.warmup)
    step = 0
    for epoch in range(spec.epochs):
        which = order(spec.seed, epoch, sample.train)
        for i in range(steps):
            part = which[i * spec.batch_size:(i + 1) * spec.batch_size]
            optimizer.learning_rate = rates[step]
            model.train_on_batch(sample.x[part], sample.y[part])
            step += 1
    return model


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_it_ends_in_the_weights_of_fit(case: str) -> None:
    spec = small(case)
    model, arrays, sample = fitted(spec), last(spec).arrays, sample_of(spec)
    for name, v in named_weights(model, spec).items():
        if not name.startswith("kb_"):  # what is added to all keys alike changes no softmax: its gradient is rounding
            assert_allclose(arrays[name], v.numpy(), atol=1e-3 if arrays[name].dtype == np.float32 else 3e-3, err_msg=name)
    x, y = sample.x[sample.asked], sample.y[sample.asked]
    p = model.predict(x, verbose=0)
    asked = y >= 0
    row = last(spec).rows[-1]
    losses = -np.log(np.take_along_axis(p, np.maximum(y, 0)[..., None], -1)[..., 0])
    assert row["val_loss"] == pytest.approx(losses[asked].mean(), rel=1e-3)
    assert row["val_accuracy"] == pytest.approx((p.argmax(-1) == y)[asked].mean(), abs=0.01)
    if spec.task in WHOLE:
        assert row["val_exact"] == pytest.approx((p.argmax(-1) == y).all(1).mean(), abs=0.01)
    groups = range(1, spec.layers + 3)
    wanted = {"loss", "accuracy", *(f"grad_{i}" for i in groups), *(f"update_{i}" for i in groups)}
    assert wanted <= row.keys() and ("val_exact" in row) == (spec.task in WHOLE)


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_equal_specs_give_equal_bits_also_where_the_step_is_traced_already(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small(case)
    known = frames(trained(spec))
    monkeypatch.setattr(lab, "_labs", Cache(limit=4))
    for _ in range(2):
        equal_runs(known, frames(train(spec)))


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_a_run_goes_on_from_a_checkpoint_to_the_same_bits(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.loop.CHECKPOINT_S", 0.0)
    resumed(train, small(case), last(small(case)))


@pytest.mark.slow
def test_a_branch_ends_where_the_whole_way_does() -> None:
    elder = small("text, pre", epochs=4)
    for name, array in last(elder).arrays.items():
        assert_array_equal(frames(list(train(elder.fork(2))))[-1].arrays[name], array, err_msg=name)
    other = frames(list(train(elder.fork(2, optimizer="sgd", warmup=20))))[-1]
    assert not np.array_equal(other.arrays["q_1"], last(elder).arrays["q_1"])


def test_rates_grow_over_a_warm_up() -> None:
    whole, warmed = (learning_rates("cosine", 0.1, 50, steps) for steps in (0, 10))
    assert_allclose(warmed[:10], whole[:10] * np.arange(1, 11) / 10, rtol=1e-6)
    assert_array_equal(warmed[10:], whole[10:])


def test_what_has_no_say_in_a_run_is_no_part_of_its_key() -> None:
    spec = small("pooled")
    assert set(spec.idle) == {"symbols", "language", "upload"}
    for name, value in {"symbols": 3, "language": "chinese", "upload": "0" * 32}.items():
        assert spec.changed(**{name: value}).key == spec.key and spec.changed(**{name: value}).split == spec.split
    assert small("text, pre", mask="causal").key == small("text, pre").key
    assert small("text, pre").causal and not small("masked, post").causal
    assert spec.changed(length=10).key != spec.key
    assert TransformerSpec().revised(task="addition").length == 2
    assert TransformerSpec(length=24).revised(task="addition", length=9).length == 6
    with pytest.raises(ValueError, match="from 1 to 6"):
        TransformerSpec(task="addition", length=7)
    query, problems = TransformerSpec.from_query({"task": "addition", "length": "9"})
    assert query.task == "reverse" or query.length <= 6
    assert problems


# ---- frames

@pytest.mark.parametrize("case", slow_after(CASES, 3))
def test_a_frame_is_about_the_first_validation_sequence(case: str) -> None:
    spec = small(case)
    arrays, sample = last(spec).arrays, sample_of(spec)
    at = sample.train
    model = transformer_model(spec, sample, arrays)
    p = model(sample.x[at:at + 1]).numpy()[0]
    assert_array_equal(arrays["tokens"], sample.x[at])
    assert_array_equal(arrays["truth"][-spec.asked:], sample.y[at])
    assert (arrays["truth"][:-spec.asked] == -1).all() and len(arrays["truth"]) == (1 if spec.pooled else spec.steps)
    assert_allclose(arrays["p"][-spec.asked:], p, atol=2e-3)
    assert_array_equal(arrays["said"], arrays["p"].argmax(-1))
    for i in range(1, spec.layers + 1):
        looks = arrays[f"a_{i}"]
        assert looks.shape == (spec.heads, spec.steps, spec.steps)
        assert_allclose(looks.sum(-1), 1, atol=1e-4)
        assert (np.triu(looks, 1) == 0).all() if spec.causal else looks.min() > 0
    assert arrays["stream"].shape == (2 * spec.layers + 1, spec.steps) and arrays["added"].shape == (2 * spec.layers, spec.steps)
    assert arrays["positions_"].shape == (spec.steps, spec.width) and (arrays["positions_"] == 0).all() == (spec.positions == "none")
    places = arrays["positions_"] if spec.positions != "none" else 0
    start = model.get_layer("symbols").embeddings.numpy()[sample.x[at]] + places
    assert_allclose(arrays["stream"][0], np.linalg.norm(start, axis=1), rtol=2e-3)
    if spec.task == "masked":
        assert_array_equal(arrays["hidden"], sample.y[at] >= 0)


@pytest.mark.parametrize("seed", slow_after(range(12), 4))
def test_what_flows_through_a_block_is_what_keras_layers_pass_on(seed: int) -> None:
    spec = drawn(9 * seed)
    sample = sample_of(spec)
    model = build_transformer(spec, len(sample.symbols), len(sample.answers))
    scattered(model, np.random.default_rng(seed))
    found = transforming.about(spec, transforming.Network(spec, {n: v.numpy() for n, v in named_weights(model, spec).items()}),
                               sample.x[0], sample.y[0])
    names = [f"{kind}_{i}" for i in range(1, spec.layers + 1) for kind in ("attention", "shrink")]
    outputs = keras.Model(model.input, [model.get_layer(name).output for name in names])(sample.x[:1])
    for row, output in zip(found["added"], outputs, strict=True):
        assert_allclose(row, np.linalg.norm(output[0], axis=-1), rtol=1e-3, atol=1e-4)
    if spec.norm == "post":
        norms = [f"norm_{kind}_{i}" for i in range(1, spec.layers + 1) for kind in ("attention", "feed")]
        outputs = keras.Model(model.input, [model.get_layer(name).output for name in norms])(sample.x[:1])
        for row, output in zip(found["stream"][1:], outputs, strict=True):
            assert_allclose(row, np.linalg.norm(output[0], axis=-1), rtol=1e-3, atol=1e-4)


def test_a_run_that_diverges_says_so_and_is_shown_as_it_is() -> None:
    items = list(train(small("pooled", learning_rate=1.0, optimizer="sgd", clip=0.0, norm="pre", points=400, epochs=60)))
    assert isinstance(items[-1], End)
    for frame in frames(items):
        assert all(np.isfinite(frame.arrays[name]).all() for name in ("p", "a_1", "stream", "added"))


# ---- questions

@pytest.mark.parametrize("case", slow_after(CASES, 3))
def test_the_sealed_probe_and_the_file_are_keras(case: str) -> None:
    spec = small(case)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    sealed = ask(spec, "sealed", arrays, {})["metrics"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(ask(spec, "model", arrays, {})["file"].tobytes())
        model = keras.models.load_model(path)
    x, y = sample.x[sample.test], sample.y[sample.test]
    p, asked = model.predict(x, verbose=0), y >= 0
    own = np.take_along_axis(p, np.maximum(y, 0)[..., None], -1)[..., 0]
    score = -np.log(own)[asked].mean() if spec.score.metric == "val_loss" else (p.argmax(-1) == y)[asked].mean()
    assert sealed[0] == pytest.approx(score, abs=3e-3) and sealed[1] == (tasks.PIECES if spec.task in ("text", "masked") else TEST)
    assert sealed[2] == pytest.approx(last(spec).rows[-1][spec.score.metric], abs=3e-3)


@pytest.mark.parametrize("case", slow_after(CASES, 2))
def test_a_head_that_is_off_adds_nothing(case: str) -> None:
    """As if its rows of the output kernel were zero."""
    spec = small(case)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    off = [(spec.layers, 1), (1, spec.heads)]
    model = transformer_model(spec, sample, arrays)
    for layer, head in off:
        kernel = model.get_layer(f"attention_{layer}").output_dense.kernel
        value = kernel.numpy()
        value[head - 1] = 0
        kernel.assign(value)
    found = ask(spec, "look", arrays, {"example": 3, "off": [f"{layer}.{head}" for layer, head in off]})
    x, y = sample.x[sample.asked], sample.y[sample.asked]
    p, asked = model.predict(x, verbose=0), y >= 0
    assert_allclose(found["p"][-spec.asked:], p[3], atol=2e-3)
    own = np.take_along_axis(p, np.maximum(y, 0)[..., None], -1)[..., 0]
    assert found["measured"][0] == len(x)
    assert found["metrics"][0] == pytest.approx(-np.log(own)[asked].mean(), rel=5e-3)
    assert found["metrics"][1] == pytest.approx((p.argmax(-1) == y)[asked].mean(), abs=0.01)
    free = ask(spec, "look", arrays, {"example": 3})
    assert free["metrics"][0] == pytest.approx(last(spec).rows[-1]["val_loss"], rel=2e-3)
    assert not np.allclose(free["p"], found["p"])


@pytest.mark.parametrize("case", ["reverse", "masked, post"])
def test_the_heads_probe_says_what_each_head_is_worth(case: str) -> None:
    spec = small(case)
    arrays = dict(last(spec).arrays)
    found = ask(spec, "heads", arrays, {})
    count = 3 if spec.task in WHOLE else 2
    assert found["lost"].shape == (spec.layers, spec.heads, count)
    sample = sample_of(spec)
    part = slice(sample.train, sample.train + int(found["measured"][0]))
    network = transforming.Network(spec, arrays)
    for layer in range(1, spec.layers + 1):
        for head in range(1, spec.heads + 1):
            alone = transforming.measured(spec, network, sample.x[part], sample.y[part], [(layer, head)])
            assert_allclose(found["lost"][layer - 1, head - 1], alone, rtol=1e-4, atol=1e-5)
    assert_allclose(found["metrics"], transforming.measured(spec, network, sample.x[part], sample.y[part]), rtol=1e-4, atol=1e-5)


def test_a_sequence_that_somebody_put_together_is_read_and_judged() -> None:
    spec = small("reverse")
    arrays = dict(last(spec).arrays)
    tokens = [1, 0, 4, 2, *[5] * 4]
    found = ask(spec, "look", arrays, {"tokens": tokens})
    assert_array_equal(found["truth"], [-1] * 4 + [2, 4, 0, 1])
    text = small("text, pre")
    found = ask(text, "look", dict(last(text).arrays), {"tokens": [3, 4, 5]})
    assert_array_equal(found["truth"], [4, 5, -1])
    assert found["a_2"].shape == (3, 3, 3)
    masked = small("masked, post")
    found = ask(masked, "look", dict(last(masked).arrays), {"tokens": [3, len(sample_of(masked).answers), 5]})
    assert_array_equal(found["hidden"], [0, 1, 0])


def test_a_text_is_written_character_by_character() -> None:
    spec = small("text, pre", epochs=8)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    model = transformer_model(spec, sample, arrays)
    before = [int(t) for t in sample.x[0, :4]]
    found = ask(spec, "write", arrays, {"before": before, "n": 20, "temperature": 0})
    known = list(before)
    for written, logits in zip(found["written"], found["logits"], strict=True):
        window = known[-spec.steps:]
        padded = np.array([window + [0] * (spec.steps - len(window))])  # nobody looks ahead
        p = model(padded).numpy()[0, len(window) - 1]
        assert_allclose(np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum(), p, atol=2e-3)
        assert written == logits.argmax()
        known.append(int(written))
    assert arrays["begun"][0] == 4 and len(arrays["written"]) == 4 + transforming.WRITTEN
    assert arrays["logits"].shape == (transforming.WRITTEN, len(sample.answers)) and arrays["logits"].dtype == np.float16
    one, same, other = (ask(spec, "write", arrays, {"before": before, "seed": seed})["written"] for seed in (1, 1, 2))
    assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    without = ask(spec, "write", arrays, {"before": before, "n": 1, "off": ["1.1"]})["logits"][0]
    network = transforming.Network(spec, arrays)
    assert_allclose(without, network.read(np.array(before), transforming.off_of(spec, ["1.1"])).output[-1], rtol=1e-6)
    assert not np.allclose(without, found["logits"][0])


@pytest.mark.parametrize("seed", slow_after(range(20), 6))
def test_drawing_keeps_what_top_k_and_top_p_leave(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=7) * 2
    temperature, top_k, top_p = float(rng.uniform(0.3, 2)), int(rng.integers(0, 8)), float(rng.uniform(0.1, 1))
    p = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
    ranked = sorted(range(7), key=lambda i: -p[i])[:top_k or 7]
    share, kept = sum(p[i] for i in ranked), list[int]()
    for i in ranked:
        kept.append(i)
        if sum(p[j] for j in kept) / share >= top_p:
            break
    expected = np.zeros(7)
    expected[kept] = p[kept] / p[kept].sum()
    luck = (np.arange(4000) + 0.5) / 4000
    counts = np.bincount([transforming.draw(logits, u, temperature, top_k, top_p) for u in luck], minlength=7) / 4000
    assert_allclose(counts, expected, atol=1e-3)
    assert transforming.draw(logits, 0.99, 0) == logits.argmax()


@pytest.mark.parametrize(("case", "probe", "arguments", "said"), [
    ("reverse", "look", {"example": VALIDATION}, "0 to 499"), ("reverse", "look", {"example": True}, "0 to 499"),
    ("reverse", "look", {"off": ["3.1"]}, "1.1 to 2.2"), ("reverse", "look", {"off": "1.1"}, "lists heads"),
    ("reverse", "look", {"tokens": [1, 2]}, "lists 8"), ("text, pre", "look", {"tokens": []}, "lists 1 to 9"),
    ("text, pre", "write", {}, "before"), ("text, pre", "write", {"before": [0], "temperature": -1}, "temperature"),
    ("text, pre", "write", {"before": [0], "n": 10_000}, "n"), ("reverse", "write", {"before": [0]}, "only a network"),
    ("reverse", "what", {}, "look, heads, write, sealed, model")])
def test_a_wrong_question_gets_a_sentence(case: str, probe: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask(small(case), probe, dict(last(small(case)).arrays), arguments)


def test_without_its_text_a_run_says_what_is_wrong() -> None:
    end = list(train(TransformerSpec(task="text", length=16, upload="0" * 32)))[-1]
    assert isinstance(end, End) and end.state == "failed" and end.error is not None
