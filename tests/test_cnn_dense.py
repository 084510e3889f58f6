"""The CNN lab without a convolution: a network of dense layers on the pixels."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.data.published import available
from core.export.program import program
from core.figures import cnn as figures
from core.figures.template import to_figure
from core.insight.doctor import diagnose
from core.labs.cnn import ask, sample_of, train
from core.labs.saving import cnn_model
from core.specs.cnn import CnnSpec, CnnView
from core.specs.stack import until_misfit
from tests.conftest import slow_after
from tests.test_cnn import ROW, built, frames, last, outputs, rows, small, trained

DENSE: dict[str, Any] = {"filters": (), "dense": (16, 8)}
CASES: dict[str, dict[str, Any]] = {
    "plain": {}, "dropped": {"dropout": 0.3, "schedule": "cosine", "optimizer": "momentum"},
    "averaged": {"dataset": "shapes", "end": "average"}, "changed": {"augmentation": "shift_turn", "activation": "tanh", "dense": (40,)},
    "shapes": {"dataset": "shapes", "points": 200, "dense": (5,)}}


def dense(case: str = "plain", **changes: Any) -> CnnSpec:
    return small(**{**DENSE, **CASES[case], **changes})


def ran(spec: CnnSpec) -> dict[str, Any]:
    """The names that its program leaves, run in this process."""
    names: dict[str, Any] = {}
    code = program(spec).replace("tf.config.threading.set_intra_op_parallelism_threads(1)\n", "")  # it is so already
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "program.py", "exec"), names)
    return names


def same_weights(model: keras.Model, spec: CnnSpec, arrays: dict[str, np.ndarray]) -> None:
    """The model has a frame's weights, to the last bit that the frame keeps."""
    kept = arrays["k0"].dtype
    for mine, theirs in zip(cnn_model(spec, arrays).get_weights(), model.get_weights(), strict=True):
        if mine.dtype == np.float32:
            assert_array_equal(mine, theirs.astype(kept).astype(np.float32))


@pytest.mark.parametrize("seed", range(8))
def test_its_arithmetic_is_that_of_the_built_network(seed):
    rng = np.random.default_rng(seed)
    widths = tuple(int(n) for n in rng.integers(4, 257, rng.integers(1, 4)))
    spec = CnnSpec(dataset=("digits", "shapes", "mnist")[seed % 3], points=300, filters=(), dense=widths)
    sides = [int(np.prod(spec.shape)), *widths, 10]
    expected = sum((a + 1) * b for a, b in zip(sides, sides[1:], strict=False))
    assert spec.weights == expected == built(spec).count_params()
    assert until_misfit(spec.shape, spec.layers) == spec.sizes and spec.fits and not spec.nearest
    assert [size.receptive for size in spec.sizes[1:]] == [0] * (len(widths) + 1)


def test_the_widest_is_not_too_heavy_and_a_network_of_nothing_is_none():
    assert CnnSpec(dataset="shapes", points=300, filters=(), dense=(256, 256, 256)).weights < 2_000_000
    with pytest.raises(ValueError, match="neither"):
        CnnSpec(filters=(), dense=())


@pytest.mark.parametrize("case", slow_after(CASES, 2))
def test_its_program_ends_in_the_labs_weights(case):
    spec = dense(case, seed=5)
    names, row = ran(spec), rows(trained(spec))[-1]
    assert_allclose([names["val_loss"], names["val_accuracy"]], [row["val_loss"], row["val_accuracy"]], rtol=ROW)
    same_weights(names["model"], spec, last(spec).arrays)
    assert "Conv2D" not in program(spec) and "A dense network" in program(spec)


@pytest.mark.parametrize("case", ["plain", "averaged"])
def test_the_weights_of_its_first_layer_are_pictures(case):
    spec = dense(case)
    kernel = cnn_model(spec, last(spec).arrays).get_layer("dense_1").get_weights()[0]
    shape = spec.shape if case == "plain" else (1, 1, 3)
    expected = np.stack([kernel[:, unit].reshape(shape) for unit in range(16)])
    drawn = (last(spec).arrays["filters"].astype(float) - 128) / 127 * np.abs(expected).max()
    assert_allclose(drawn, expected, atol=np.abs(expected).max() / 100)


def test_of_many_neurons_32_are_pictures_and_the_title_says_so():
    spec = dense("changed", epochs=1)
    assert last(spec).arrays["filters"].shape == (32, 8, 8, 1)
    assert "dense layer 1" in figures.filters(dense()).title and "32" not in figures.filters(dense()).title
    assert "32" in figures.filters(spec).title


def test_a_frame_shows_what_keras_computes():
    spec = dense()
    frame, sample = last(spec), sample_of(spec)
    x = sample.x[sample.train:sample.train + sample.validation]
    values = outputs(spec, x.astype(np.float32), frame.arrays)
    y = sample.y[sample.train:sample.train + sample.validation]
    assert list(values) == ["dense_1", "dense_2", "output"]
    said = values["output"].argmax(1)
    assert_array_equal(frame.arrays["confusion"], np.bincount(y * 10 + said, minlength=100).reshape(10, 10))
    assert len(frame.arrays["thumbs"]) == 1 + 16 + 8 + 10
    found = ask(spec, "look", dict(frame.arrays), {"unit": [1, 3], "removed": [[1, 0], [2, 7]]})
    best = np.argsort(-values["dense_1"][:, 3], kind="stable")
    best = best[values["dense_1"][best, 3] > 0][:9]
    assert_array_equal(found["exciting"], x[best])
    without = {name: array.copy() for name, array in frame.arrays.items()}
    for kernel, unit in ((0, 0), (1, 7)):
        without[f"k{kernel}"][..., unit] = without[f"b{kernel}"][unit] = 0
    p = outputs(spec, x.astype(np.float32), without)["output"]
    assert_array_equal(found["confusion"], np.bincount(y * 10 + p.argmax(1), minlength=100).reshape(10, 10))


def test_its_reasons_are_three_and_those_of_the_answer():
    spec = dense(activation="linear", epochs=1)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    found = ask(spec, "look", arrays, {"image": 2, "reasons": True})
    assert found["reasons"].shape == (3, 8, 8, 1) and found["reasons_ids"].tolist() == [0, 1, 2]
    model, x = cnn_model(spec, arrays), tf.constant(sample.x[sample.train + 2][None].astype(np.float32))
    label = int(model(x)[0].numpy().argmax())
    with tf.GradientTape() as tape:
        tape.watch(x)
        p = model(x)
        score = tf.math.log(p[0, label]) - tf.reduce_mean(tf.math.log(p[0]))
    parts = tape.gradient(score, x).numpy()[0, ..., 0] * x.numpy()[0, ..., 0]  # the network is linear up to its softmax
    assert_allclose((found["reasons"][2][..., 0].astype(float) - 128) / 127, parts / np.abs(parts).max(), atol=0.02)
    names = figures.reasons(5, dense=True).bindings[0].options["classes"]
    assert len(names) == 3 and names == figures.reasons(5).bindings[0].options["classes"][:3]


def test_its_neighbours_its_sealed_test_and_its_file():
    spec = dense()
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    assert ask(spec, "look", arrays, {"neighbours": True})["neighbours"].shape == (sample.validation, 2)
    rest = sample.x[sample.train + sample.validation:].astype(np.float32)
    p = outputs(spec, rest, arrays)["output"]
    accuracy, count, _validation = ask(spec, "sealed", arrays, {})["metrics"]
    assert count == len(rest)
    assert_allclose(accuracy, (p.argmax(1) == sample.y[-len(rest):]).mean(), rtol=1e-6)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(ask(spec, "model", arrays, {})["file"].tobytes())
        assert_allclose(keras.models.load_model(path).predict(rest, verbose=0), p, atol=1e-6)


@pytest.mark.parametrize("case", ["plain", "shapes"])
def test_every_figure_takes_a_frame_and_names_neurons(case):
    spec = dense(case)
    templates = figures.figures(spec, CnnView(), list("0123456789"))
    for template in templates:
        assert to_figure(template, last(spec), rows(trained(spec))).data, template.id
    text = repr(templates)
    assert "neuron" in text and "Grad-CAM" not in text and "convolution" not in text


def test_the_doctor_sees_nothing_in_a_healthy_one_and_a_rate_that_is_too_high():
    spec = dense(points=600, epochs=20, dense=(64,))
    assert diagnose(spec, rows(trained(spec)), frames(trained(spec)), trained(spec)[-1]) == []
    wild = spec.changed(learning_rate=1.0)
    found = diagnose(wild, rows(trained(wild)), frames(trained(wild)), trained(wild)[-1])
    assert found and found[0].change.get("learning_rate", 1.0) < 1.0


# ---- early stopping in the program

def test_the_program_puts_the_best_epoch_back():
    """The weights are those of the lab after the best epoch, whenever training ended."""
    spec = dense(points=200, epochs=30, learning_rate=0.05, seed=2)
    losses = [row["val_loss"] for row in rows(trained(spec))[1:]]
    waited = min(e for e in range(1, 31) if e - 1 - int(np.argmin(losses[:e])) >= 4)  # 4 epochs without a smaller loss
    best = int(np.argmin(losses[:waited])) + 1
    names = ran(spec.changed(patience=4))
    assert len(names["model"].history.history["loss"]) == waited < 30
    same_weights(names["model"], spec, last(spec.changed(epochs=best)).arrays)
    assert "patience" not in program(spec).casefold()


@pytest.mark.slow
def test_at_the_regular_end_it_puts_the_best_back_too():
    spec = dense(points=200, epochs=12, learning_rate=0.05, seed=2)
    losses = [row["val_loss"] for row in rows(trained(spec))[1:]]
    best = int(np.argmin(losses)) + 1
    assert best < 12, losses
    names = ran(spec.changed(patience=12))
    assert len(names["model"].history.history["loss"]) == 12
    same_weights(names["model"], spec, last(spec.changed(epochs=best)).arrays)


@pytest.mark.slow
def test_a_branch_stops_early_in_its_last_leg_only():
    spec = dense(points=200, epochs=20, patience=3, seed=2).fork(2, learning_rate=0.05, epochs=20)
    code = program(spec)
    assert code.count("EarlyStopping") == code.count("callbacks=[stopping]") == 1
    names = ran(spec)
    plain = spec.parent[0].changed(patience=0).fork(2, learning_rate=0.05, epochs=20)
    losses = [row["val_loss"] for row in rows(list(train(plain))) if row["epoch"] > 2]
    best = 3 + int(np.argmin(losses[:len(names["model"].history.history["loss"])]))
    assert 3 <= best < 20
    shorter = spec.parent[0].changed(patience=0).fork(2, learning_rate=0.05, epochs=best)
    same_weights(names["model"], shorter, frames(list(train(shorter)))[-1].arrays)


@pytest.mark.slow
@pytest.mark.skipif(not available("mnist"), reason="mnist.npz is not in the data folder")
def test_784_64_64_10_learns_mnist():
    spec = CnnSpec(dataset="mnist", points=3000, filters=(), dense=(64, 64), epochs=4, batch_size=64)
    assert spec.weights == 785 * 64 + 65 * 64 + 65 * 10
    summary = ask(spec, "evaluate", dict(last(spec).arrays), {"part": "test"})["summary"]
    assert summary[1] == 10_000 and summary[0] > 0.85


def test_the_challenge_of_the_cnn_page_answers_for_networks_without_maps_too() -> None:
    from core.insight.exercises.cnn import far_with_few, sees

    for end in ("flatten", "average"):
        spec = CnnSpec(filters=(), dense=(8,), end=end)
        assert sees(spec) == 1 and far_with_few(spec) is not None
