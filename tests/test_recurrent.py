"""The lab for recurrent networks: its tasks, weights, gates and gradients are those of NumPy and Keras, and the same ones every time."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.data import grammar, sequences
from core.frame import End, Frame
from core.labs import reading
from core.labs import recurrent as lab
from core.labs.recurrent import ask, sample_of, train
from core.labs.saving import recurrent_model
from core.models import recurrence
from core.models.recurrent import build_recurrent, named_weights, reseed_recurrent, run
from core.specs.recurrent import CELLS, GATES, TASKS, TEST, VALIDATION, RecurrentSpec
from core.training import choices
from core.training.batches import learning_rates, order
from core.training.cache import Cache
from core.training.warm import warm
from tests.bits import equal_runs, frames, resumed
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

SMALL: dict[str, Any] = {"points": 100, "epochs": 3, "units": 6, "length": 5, "learning_rate": 0.01}
CASES: dict[str, dict[str, Any]] = {
    "lstm": {}, "gru, two layers": {"cell": "gru", "task": "text", "layers": 2, "clip": 0.5},
    "plain, both ways": {"cell": "rnn", "task": "recall", "bidirectional": True, "dropout": 0.3},
    "plain, ReLU": {"cell": "rnn", "activation": "relu", "task": "adding", "initializer": "identity", "schedule": "cosine"},
    "all": {"layers": 2, "bidirectional": True, "dropout": 0.2, "task": "parity", "optimizer": "momentum", "clip": 1.0, "batch_size": 24,
            "forget_bias": False, "initializer": "shrinking"},
    "gru, both ways": {"cell": "gru", "bidirectional": True, "optimizer": "adamw", "initializer": "glorot_uniform"},
    "plain": {"cell": "rnn", "layers": 3, "optimizer": "rmsprop", "initializer": "growing", "clip": 0.1}}
ALONE = [case for case, values in CASES.items() if not values.get("bidirectional")]


def small(case: str = "lstm", **changes: Any) -> RecurrentSpec:
    return RecurrentSpec(**{**SMALL, **CASES[case], **changes})


@cache
def trained(spec: RecurrentSpec) -> list[Any]:
    """A run of a spec; the same one for all tests that only look at it."""
    return list(train(spec))


def last(spec: RecurrentSpec) -> Frame:
    return frames(trained(spec))[-1]


def parts(sample: sequences.Sequences) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(sample.x[p], sample.y[p]) for p in (slice(sample.train), sample.validation, sample.test)]


# ---- the tasks

@pytest.mark.parametrize("seed", slow_after(range(6), 2))
def test_in_recall_the_answer_is_the_first_symbol_and_no_other_step_tells_it(seed: int) -> None:
    spec = RecurrentSpec(task="recall", length=3 + seed, seed=seed, points=2000)
    sample = sample_of(spec)
    assert sample.x.shape == (2000 + VALIDATION + TEST, 5 + seed, 9) and (sample.x.sum(-1) == 1).all()
    assert sample.tokens is not None
    assert_array_equal(sample.x.argmax(-1), sample.tokens)
    assert_array_equal(sample.y[:, 0], sample.tokens[:, 0])
    assert set(sample.tokens[:, 0]) == set(range(4)) and set(sample.tokens[:, 1:-1].ravel()) == set(range(4, 8))
    assert (sample.tokens[:, -1] == 8).all()
    for t in range(1, spec.steps - 1):  # distractors and answers are independent: χ² with 9 degrees of freedom
        table = np.histogram2d(sample.tokens[:, t], sample.y[:, 0], bins=(4, 4))[0]
        expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
        assert ((table - expected) ** 2 / expected).sum() < 40


@pytest.mark.parametrize("seed", slow_after(range(6), 2))
def test_in_adding_two_marked_numbers_are_added_and_a_constant_is_a_sixth_off(seed: int) -> None:
    sample = sample_of(RecurrentSpec(task="adding", length=4 + 3 * seed, seed=seed, points=5000))
    assert ((sample.x[..., 1] == 1).sum(1) == 2).all() and set(np.unique(sample.x[..., 1])) == {0.0, 1.0}
    for x, y in zip(sample.x[:50], sample.y[:50, 0], strict=True):
        assert y == pytest.approx(x[x[:, 1] == 1, 0].sum(), abs=1e-6)
    assert sample.y.var() == pytest.approx(1 / 6, rel=0.05)
    assert sample.constant == pytest.approx(1 / 6, rel=0.25) and sample.floor == 0


def test_in_parity_the_answer_is_whether_the_ones_are_odd() -> None:
    sample = sample_of(RecurrentSpec(task="parity", length=7, seed=3))
    assert_array_equal(sample.y[:, 0], np.bitwise_xor.reduce(sample.x[..., 0].astype(int), axis=1))
    assert sample.luck == pytest.approx(0.5, abs=0.08) and sample.constant == pytest.approx(np.log(2), abs=0.01)


@pytest.mark.parametrize("seed", slow_after(range(6), 2))
def test_a_waves_noise_is_the_least_error_and_its_parts_share_no_value(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spec = RecurrentSpec(seed=seed, noise=0.05 * (1 + seed), period=float(rng.uniform(4, 60)), waves=1 + seed % 3, points=5000, length=12)
    sample = sample_of(spec)
    wave = sequences.clean(spec, 10_000)
    assert abs(wave).max() <= 1 and wave.std() > 0.2
    seen = [set(np.concatenate([x.ravel(), y.ravel()])) for x, y in parts(sample)]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
    errors = []
    for (x, y), start in zip(parts(sample), sequences.starts(spec), strict=True):
        at = start + np.arange(len(x))
        errors.append(y[:, 0] - wave[at + spec.steps])
        assert_array_equal(x[1:, :-1], x[:-1, 1:])  # windows follow each other
        assert_array_equal(y[:-1, 0], x[1:, -1, 0])
    wrong = np.concatenate(errors)
    assert (wrong**2).mean() == pytest.approx(sample.floor, rel=0.06)  # whoever knows the wave is off by the noise
    assert abs(np.corrcoef(wrong[:5000][1:], wrong[:5000][:-1])[0, 1]) < 0.05  # which nobody can foresee
    x, y = parts(sample)[1]
    assert sample.last == pytest.approx(float(((x[:, -1, 0] - y[:, 0]) ** 2).mean()))
    spectrum = abs(np.fft.rfft(wave[:9600] * np.hanning(9600)))
    assert 9600 / spectrum.argmax() == pytest.approx(spec.period, rel=0.03)


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_texts_are_windows_of_the_grammars_and_their_floor_is_its_entropy(language: str) -> None:
    spec = RecurrentSpec(task="text", language=language, length=9, seed=2, points=300)
    sample = sample_of(spec)
    assert sample.tokens is not None
    text = grammar.text(language, 2, 3000)
    assert sequences.spelled(sample.tokens[0], sample.symbols) == text[:9]
    assert sequences.spelled(sample.tokens[7], sample.symbols) + sample.symbols[sample.y[7, 0]] == text[7:17]
    assert sample.symbols == grammar.alphabet(language) and sample.floor == grammar.entropy(language, 9)
    assert_array_equal(sample.x.argmax(-1), sample.tokens)
    assert sample.constant > sample.floor


@pytest.mark.parametrize("task", TASKS)
def test_sequences_follow_from_the_split_alone(task: str) -> None:
    one, again = (sequences.load(RecurrentSpec(task=task, points=200, seed=4, units=units)) for units in (5, 6))
    assert_array_equal(one.x, again.x)
    assert_array_equal(one.y, again.y)
    assert not np.array_equal(one.x, sequences.load(RecurrentSpec(task=task, points=200, seed=5)).x)
    assert one.x.shape[1:] == (RecurrentSpec(task=task).steps, sequences.sizes(task)[0]) and one.x.dtype == np.float32
    assert one.y.dtype == (np.int32 if one.classes else np.float32)


# ---- the cells

def values(random: np.random.Generator, model: keras.Model) -> None:
    for v in model.trainable_variables:
        v.assign(random.normal(size=v.shape, scale=0.4))


@pytest.mark.parametrize("seed", slow_after(range(24), 8))
def test_answers_and_gradients_are_those_of_keras_layers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = [*CELLS][seed % 3]
    steps, inputs, layers = (int(rng.integers(1, high)) for high in (9, 4, 4))
    model = build_recurrent((steps, inputs), 3, cell=cell, units=int(rng.integers(1, 7)), layers=layers, bidirectional=bool(seed % 2),
                            activation="relu" if seed % 4 == 3 else "tanh", seed=seed)
    values(rng, model)
    x = tf.constant(rng.normal(size=(5, steps, inputs)).astype(np.float32))
    found = []
    for function in (model, lambda x: run(model, x)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = function(x)
            loss = tf.reduce_sum(output**2)
        found.append([output, *tape.gradient(loss, [x, *model.trainable_variables])])
    for ours, keras_ in zip(found[1], found[0], strict=True):
        assert_allclose(ours, keras_, atol=2e-4, rtol=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_a_network_with_another_seeds_first_weights_is_a_new_one(case: str) -> None:
    spec, other = small(case), small(case, seed=9, initializer="orthogonal", forget_bias=False)

    def built(spec: RecurrentSpec) -> keras.Sequential:
        return recurrent_model(spec, {name: v.numpy() for name, v in named_weights(lab.Lab(spec).model).items()})

    model, new = lab.Lab(spec).model, lab.Lab(other).model
    reseed_recurrent(model, initializer="orthogonal", forget_bias=False, seed=9)
    for ours, keras_ in zip(model.trainable_variables, new.trainable_variables, strict=True):
        assert_array_equal(ours, keras_)
    for ours, keras_ in zip(model.layers, new.layers, strict=True):
        if isinstance(ours, keras.layers.Dropout):
            assert_array_equal(ours.seed_generator.state, keras_.seed_generator.state)
    kernels = [v.numpy().tobytes() for v in model.trainable_variables if "kernel" in v.path]
    assert len(set(kernels)) == len(kernels)  # no two are twins
    assert built(spec).count_params() == spec.weights(*sequences.sizes(spec.task))


# ---- training

def fitted(spec: RecurrentSpec) -> keras.Sequential:
    """`model.fit` with Keras' own layers, the same batches and rates."""
    sample = sample_of(spec)
    model = build_recurrent((spec.steps, sample.x.shape[2]), sequences.sizes(spec.task)[1], cell=spec.cell, units=spec.units,
                            layers=spec.layers, bidirectional=spec.bidirectional, dropout=spec.dropout, activation=spec.activation,
                            initializer=spec.initializer, forget_bias=spec.forget_bias, seed=spec.seed,
                            output_activation="linear" if spec.regression else "softmax")
    optimizer = choices.optimizer(spec.optimizer, spec.learning_rate)
    optimizer.global_clipnorm = spec.clip or None
    model.compile(optimizer, "mse" if spec.regression else "sparse_categorical_crossentropy")
    steps = -(-spec.points // spec.batch_size)
    rates = learning_rates(
        spec.schedule, spec.learning_rate, spec.epochs * steps)
    step = 0
    for epoch in range(spec.epochs):
        which = order(spec.seed, epoch, spec.points)
        for i in range(steps):
            part = which[i * spec.batch_size:(i + 1) * spec.batch_size]
            optimizer.learning_rate = rates[step]
            model.train_on_batch(sample.x[part], sample.y[part])
            step += 1
    return model


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_it_ends_in_the_weights_of_fit(case: str) -> None:
    spec = small(case)
    model = fitted(spec)
    arrays = last(spec).arrays
    for name, v in named_weights(model).items():
        assert_allclose(arrays[name], v.numpy(), atol=1e-5 if arrays[name].dtype == np.float32 else 1e-3, err_msg=name)
    sample = sample_of(spec)
    loss, *_ = [model.evaluate(*parts(sample)[1], verbose=0)]
    row = last(spec).rows[-1]
    assert row["val_loss"] == pytest.approx(loss, rel=2e-4)
    assert {"loss", "val_loss", "grad_1", "update_1"} <= row.keys()
    assert {"mae", "val_mae"} <= row.keys() if spec.regression else {"accuracy", "val_accuracy"} <= row.keys()


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_equal_specs_give_equal_bits_also_where_the_step_is_traced_already(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small(case)
    known = frames(trained(spec))
    monkeypatch.setattr(lab, "_labs", Cache(limit=4))
    for _ in range(2):
        equal_runs(known, frames(train(spec)))


@pytest.mark.parametrize("case", slow_after(CASES, 2))
def test_a_run_goes_on_from_a_checkpoint_to_the_same_bits(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.loop.CHECKPOINT_S", 0.0)
    resumed(train, small(case), last(small(case)))


@pytest.mark.slow
def test_a_branch_ends_where_the_whole_way_does() -> None:
    elder = small("gru, two layers", epochs=4)
    same = elder.fork(2)
    for name, array in last(elder).arrays.items():
        assert_array_equal(frames(list(train(same)))[-1].arrays[name], array, err_msg=name)
    other = frames(list(train(elder.fork(2, clip=0.0, optimizer="sgd", dropout=0.1))))[-1]
    assert not np.array_equal(other.arrays["u0"], last(elder).arrays["u0"])


def test_what_has_no_say_in_a_run_is_no_part_of_its_key() -> None:
    spec = RecurrentSpec(task="recall", cell="gru")
    assert set(spec.idle) == {"noise", "period", "waves", "language", "activation", "forget_bias"}
    for name, value in {"noise": 0.3, "period": 9.0, "waves": 1, "language": "chinese", "activation": "relu", "forget_bias": False}.items():
        assert spec.changed(**{name: value}).key == spec.key
        assert spec.changed(**{name: value}).split == spec.split
    assert RecurrentSpec(noise=0.3).key != RecurrentSpec().key and spec.changed(length=21).key != spec.key
    assert RecurrentSpec(cell="rnn", initializer="identity").revised(cell="lstm").initializer == "orthogonal"
    with pytest.raises(ValueError, match="identity"):
        RecurrentSpec(cell="gru", initializer="identity")
    assert RecurrentSpec().revised(task="recall").length == 20 and RecurrentSpec().revised(task="recall", length=7).steps == 9


# ---- frames

def by_hand(spec: RecurrentSpec, arrays: dict[str, np.ndarray], x: np.ndarray) -> dict[str, np.ndarray]:
    """States and gates of one sequence (T, d), step by step through Keras' cells, and every gate from its formula."""
    model = recurrent_model(spec, arrays)
    found: dict[str, np.ndarray] = {}
    below = x
    for i, layer in enumerate([one for one in model.layers if isinstance(one, keras.layers.RNN | keras.layers.Bidirectional)], 1):
        outputs = []
        for part, back in zip([layer.forward_layer, layer.backward_layer] if spec.bidirectional else [layer], ("", "b"), strict=False):
            cell = part.cell
            states = [tf.zeros((1, spec.units))] * (2 if spec.cell == "lstm" else 1)
            kernel, recurrent, bias = (v.numpy() for v in (cell.kernel, cell.recurrent_kernel, cell.bias))
            rows: dict[str, list[np.ndarray]] = {}
            for value in below[::-1] if back else below:
                before = states[0].numpy()[0]
                _output, states = cell(tf.constant(value[None]), states)
                at_x, at_h = (value @ kernel + bias[0], before @ recurrent + bias[1]) if spec.cell == "gru" else (
                    value @ kernel + bias, before @ recurrent)
                for block, gate in enumerate({"rnn": "", "lstm": "ifgo", "gru": "zr"}[spec.cell]):
                    if gate in GATES[spec.cell]:
                        cut = slice(block * spec.units, (block + 1) * spec.units)
                        rows.setdefault(gate, []).append(1 / (1 + np.exp(-(at_x + at_h)[cut])))
                for name, state in zip("hc", states, strict=False):
                    rows.setdefault(name, []).append(state.numpy()[0])
            for name, each in rows.items():
                found[f"{name}_{i}{back}"] = np.stack(each[::-1] if back else each)
            outputs.append(found[f"h_{i}{back}"])
        below = np.concatenate(outputs, -1).astype(np.float32)
    return found


@pytest.mark.parametrize("case", slow_after(CASES, 4))
def test_states_and_gates_are_those_of_keras_cells(case: str) -> None:
    spec = small(case)
    arrays, sample = last(spec).arrays, sample_of(spec)
    expected = by_hand(spec, arrays, sample.x[sample.train])
    assert {name for name in arrays if name[:2] in ("h_", "c_", "i_", "f_", "o_", "z_", "r_")} == expected.keys()
    for name, value in expected.items():
        assert_allclose(arrays[name], value, atol=2e-5, err_msg=name)
    assert_array_equal(arrays["inputs"], sample.x[sample.train])
    assert arrays["truth"][0] == sample.y[sample.train, 0]
    model = recurrent_model(spec, arrays)
    assert_allclose(arrays["answer"], model(sample.x[sample.train][None])[0], atol=2e-5)
    if not spec.bidirectional:
        prefixes = [arrays[f"h_{spec.layers}"][t] @ arrays[f"k{spec.layers}"] + arrays[f"b{spec.layers}"] for t in range(spec.steps)]
        soft = np.stack(prefixes) if spec.regression else tf.nn.softmax(np.stack(prefixes)).numpy()
        assert_allclose(arrays["sofar"], soft, atol=2e-5)


@pytest.mark.parametrize("case", slow_after(CASES, 4))
def test_the_gradient_through_time_is_the_tapes(case: str) -> None:
    """A tape that watches every state of the last layer, the layers below being constants to it."""
    spec = small(case)
    arrays, sample = last(spec).arrays, sample_of(spec)
    model = recurrent_model(spec, arrays)
    x = sample.x[sample.train:sample.train + reading.BACK]
    y = sample.y[sample.train:sample.train + reading.BACK]
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)]
    for layer in recurrent[:-1]:
        x = layer(x).numpy()
    top = recurrent[-1]
    found: dict[str, list[float]] = {}
    with tf.GradientTape(persistent=True) as tape:
        watched: dict[str, list[Any]] = {}
        ends = []
        for part, back in zip([top.forward_layer, top.backward_layer] if spec.bidirectional else [top], ("", "b"), strict=False):
            states = [tf.zeros((len(x), spec.units))] * (2 if spec.cell == "lstm" else 1)
            for t in reversed(range(spec.steps)) if back else range(spec.steps):
                _output, states = part.cell(tf.constant(x[:, t]), states)
                states = [tf.identity(state) for state in states]
                for state in states:
                    tape.watch(state)
                for name, state in zip("hc", states, strict=False):
                    watched.setdefault(name + back, []).append(state)
            ends.append(states[0])
        output = model.layers[-1](tf.concat(ends, -1))
        loss = tf.reduce_sum(keras.losses.MeanSquaredError(reduction=None)(y, output) if spec.regression else
                             keras.losses.SparseCategoricalCrossentropy(reduction=None)(y, output))
    through = {name: [tape.gradient(loss, state, unconnected_gradients="zero").numpy() for state in states]
               for name, states in watched.items()}
    for name, grads in through.items():
        if name[0] == "c":  # a tape sees where c goes on to the next step; it also has a part in h = o · tanh(c) of its own
            hs = "h" + name[1:]
            bent = [(h.numpy(), np.tanh(c.numpy())) for h, c in zip(watched[hs], watched[name], strict=True)]
            grads = [g + d * (h / t) * (1 - t * t) for g, d, (h, t) in zip(grads, through[hs], bent, strict=True)]
        found[name] = [float(np.sqrt((g**2).sum(-1)).mean()) for g in grads]
    for name, norms in found.items():
        key = {"h": "through", "hb": "through_b", "c": "through_c", "cb": "through_cb"}[name]
        assert_allclose(arrays[key], norms[::-1] if name.endswith("b") else norms, rtol=2e-3, atol=1e-7, err_msg=key)


@pytest.mark.parametrize("case", [*CASES])
def test_a_wave_goes_on_and_a_text_is_written_window_by_window(case: str) -> None:
    for task in ("wave", "text"):
        spec = small(case, task=task, epochs=1, dropout=0.0)
        arrays, sample = last(spec).arrays, sample_of(spec)
        network = reading.Network(spec, arrays)
        if task == "wave":
            window = [float(v) for v in sample.x[sample.train, :, 0]]
            expected = []
            for _ in range(reading.AHEAD):
                expected.append(float(network.read(np.array(window[-spec.steps:], np.float32)[None, :, None])[1][0, 0]))
                window.append(expected[-1])
            assert_allclose(arrays["free"][:40], expected[:40], atol=1e-3)
            model = recurrent_model(spec, arrays)
            assert_allclose(arrays["ahead"], model(sample.x[sample.train:sample.train + 100])[:, 0], atol=1e-4)
            assert_array_equal(arrays["ahead_truth"], sample.y[sample.train:sample.train + 100, 0])
        else:
            assert sample.tokens is not None
            said = arrays["said"]
            assert_array_equal(said[:spec.steps], sample.tokens[sample.train])
            assert len(said) == spec.steps + reading.SAID and said.max() < sample.classes
            rng = np.random.default_rng([spec.seed, 31])
            for i in range(20):
                seen = np.eye(sample.classes, dtype=np.float32)[said[i:i + spec.steps]]
                sums = np.cumsum(network.read(seen[None])[1][0])
                drawn = rng.random()
                assert np.abs(sums - drawn).min() < 1e-4 or said[i + spec.steps] == np.searchsorted(sums, drawn, side="right")


def test_a_classs_matrix_counts_validation_sequences() -> None:
    spec = small("gru, two layers")
    arrays, sample = last(spec).arrays, sample_of(spec)
    said = recurrent_model(spec, arrays)(sample.x[sample.validation][:reading.LOOKED]).numpy().argmax(1)
    truth = sample.y[sample.validation, 0][:reading.LOOKED]
    assert arrays["confusion"].sum() == reading.LOOKED
    for i, j in product(range(3), range(3)):
        assert arrays["confusion"][i, j] == ((truth == i) & (said == j)).sum()


# ---- questions

@pytest.mark.parametrize("case", slow_after(CASES, 3))
def test_the_sealed_probe_and_the_file_are_keras(case: str) -> None:
    spec = small(case)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    sealed = ask(spec, "sealed", arrays, {})["metrics"]
    file = ask(spec, "model", arrays, {})["file"].tobytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(file)
        model = keras.models.load_model(path)
    x, y = parts(sample)[2]
    output = model.predict(x, verbose=0)
    right = np.abs(output - y).mean() if spec.regression else (output.argmax(1) == y[:, 0]).mean()
    assert sealed[0] == pytest.approx(right, abs=2e-3) and sealed[1] == TEST
    assert sealed[2] == pytest.approx(last(spec).rows[-1][spec.score.metric if not spec.regression else "val_mae"], abs=2e-3)


def test_a_gate_can_be_held() -> None:
    spec = small("lstm", layers=2, task="recall", epochs=2)
    arrays = dict(last(spec).arrays)
    free = ask(spec, "look", arrays, {"example": 3})
    held = ask(spec, "look", arrays, {"example": 3, "held": {"f_2": 0.0, "i_1": 0.5}})
    assert (held["f_2"] == 0).all() and (held["i_1"] == 0.5).all() and not (free["f_2"] == 0).any()
    assert_allclose(held["c_2"], held["i_2"] * held["g_2"], atol=1e-6)
    assert_array_equal(held["f_1"][0], free["f_1"][0])
    assert held["metrics"][0] != free["metrics"][0]
    assert free["metrics"][0] == pytest.approx(last(spec).rows[-1]["val_loss"], rel=1e-4)
    assert_array_equal(free["inputs"], sample_of(spec).x[sample_of(spec).train + 3])
    assert held["example"][0] == 3
    # nothing of the first steps reaches the last one but through the state: with the forget gates shut, only through h
    shut = ask(spec, "look", arrays, {"held": {"f_1": 0.0, "f_2": 0.0}})
    assert shut["through_c"][0] < free["through_c"][0]


@pytest.mark.parametrize("seed", slow_after(range(9), 3))
def test_gradients_with_held_gates_are_the_slopes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = [*CELLS][seed % 3]
    units, steps = 3, 4
    wide = {"rnn": 1, "lstm": 4, "gru": 3}[cell] * units
    u, inner = rng.normal(size=(units, wide)), rng.normal(size=wide) if cell == "gru" else 0.0
    xs, start = rng.normal(size=(steps, 1, wide)), np.zeros((1, units))
    held = {gate: 0.3 for gate in GATES[cell] if rng.random() < 0.5}
    weight = rng.normal(size=(1, units))

    def loss(xs: np.ndarray) -> float:
        parts = recurrence.cut(recurrence.NUMPY, cell, xs)
        return float((recurrence.forward(recurrence.NUMPY, cell, "tanh", parts, start, u, inner, held)["h"][-1] * weight).sum())

    ran = recurrence.forward(recurrence.NUMPY, cell, "tanh", recurrence.cut(recurrence.NUMPY, cell, xs), start, u, inner, held)
    d_x = np.concatenate(recurrence.backward(recurrence.NUMPY, cell, "tanh", ran, start, u, [None] * (steps - 1) + [weight], held).xs, -1)
    for index in np.ndindex(*xs.shape):
        up, down = xs.copy(), xs.copy()
        up[index] += 1e-6
        down[index] -= 1e-6
        assert d_x[index] == pytest.approx((loss(up) - loss(down)) / 2e-6, abs=1e-6)


@pytest.mark.parametrize(("probe", "arguments", "said"), [
    ("look", {"example": 500}, "0 … 499"), ("look", {"example": True}, "0 … 499"), ("look", {"held": {"f_9": 1}}, "f_1"),
    ("look", {"held": {"f_1": 2}}, "0 to 1"), ("look", {"held": [1]}, "0 to 1"), ("what", {}, "look, model, sealed")])
def test_a_wrong_question_gets_a_sentence(probe: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask(small(), probe, dict(last(small()).arrays), arguments)


def test_a_run_that_diverges_says_so_and_is_shown_as_it_is() -> None:
    spec = small("plain, ReLU", optimizer="sgd", learning_rate=1.0, initializer="growing", length=60, schedule="constant")
    items = list(train(spec))
    assert isinstance(items[-1], End) and items[-1].state == "failed" and items[-1].error is not None
    for frame in frames(items):
        assert all(np.isfinite(a.astype(float)).all() for name, a in frame.arrays.items() if name[0] not in "kub" or "_" in name)


def test_frames_are_small_and_weights_above_4096_are_kept_in_half_precision() -> None:
    spec = RecurrentSpec(epochs=1, points=100, units=40)
    arrays = last(spec).arrays
    assert arrays["u0"].dtype == np.float16 and arrays["h_1"].shape == (10, 32)
    assert replace(frames(trained(spec))[0]).arrays["u0"].shape == (40, 160)
