"""The feedforward lab: its numbers and pictures are those of Keras, NumPy and scikit-learn, and the same ones every time."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import accuracy_score, confusion_matrix

from core import i18n
from core.data import points
from core.frame import Checkpoint, End, Frame, Message, Status, decode, encode_checkpoint, encode_end, encode_frame
from core.labs import feedforward as lab
from core.labs.feedforward import ask, lab_of, sample_of, train
from core.specs.feedforward import FeedforwardSpec
from core.training import loop
from core.training.batches import order
from core.training.cache import Cache
from core.training.program import Program
from core.training.warm import warm
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

ROOT = Path(__file__).parent.parent
SMALL: dict[str, Any] = {"points": 120, "epochs": 6, "hidden": (5, 4), "batch_size": 16, "noise": 0.2}
CASES: dict[str, dict[str, Any]] = {
    "binary": {}, "no hidden layer": {"hidden": ()}, "three classes": {"dataset": "blobs3"}, "regression": {"dataset": "plane"},
    "huber": {"dataset": "hills", "loss": "huber"}, "mae": {"dataset": "hills", "loss": "mae"}, "hinge": {"loss": "hinge"},
    "hinge of four": {"dataset": "blobs4", "loss": "hinge"}, "mse": {"dataset": "xor", "loss": "mse"},
    "mse of three": {"dataset": "blobs3", "loss": "mse"}, "batch norm": {"batch_norm": True}, "dropout": {"dropout": 0.4},
    "penalty": {"l1": 0.01, "l2": 0.02}, "features": {"features": ("x2", "sin x1", "x1x2"), "activations": ("same", "relu")}}
XLA: dict[str, Any] = {"points": 200, "epochs": 200, "batch_size": 1, "hidden": (4,), "optimizer": "sgd", "learning_rate": 0.01}


def small(case: str = "binary", **changes: Any) -> FeedforwardSpec:
    return FeedforwardSpec(**{**SMALL, **CASES[case], **changes})


def run(spec: FeedforwardSpec, **more: Any) -> list[Any]:
    return list(train(spec, **more))


@cache
def trained(spec: FeedforwardSpec) -> list[Any]:
    """A run of a spec; the same one for all tests that only look at it."""
    return run(spec)


def frames(items: Sequence[Any]) -> list[Frame]:
    """The frames that belong to the run for good, one for each of its stored epochs."""
    return [item for item in items if isinstance(item, Frame) and item.stored]


def rows(items: Sequence[Any]) -> list[dict[str, Any]]:
    return [row for item in items if isinstance(item, Frame) for row in item.rows]


def signature(items: Sequence[Any]) -> list[str]:
    """Everything of a run that does not follow the clock, every bit of it."""
    end = replace(items[-1], seconds=0.0)
    parts = [encode_frame(replace(frame, seconds=0.0, rows=[])) for frame in frames(items)]
    return [*(hashlib.sha256(part).hexdigest() for part in parts), *map(json.dumps, rows(items)), encode_end(end).hex()]


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Cache[Any]:
    """No network has been built yet."""
    labs: Cache[Any] = Cache(limit=48)
    monkeypatch.setattr(lab, "_labs", labs)
    return labs


# ---- an independent reading of a frame

TARGETS = {"hinge": (-1, 1), "mse": (-1, 1), "crossentropy": (0, 1)}


def network(spec: FeedforwardSpec, arrays: dict[str, np.ndarray]) -> keras.Model:
    """The network of a frame, built by hand from the arrays in it. Outputs: every layer's values, inputs first."""
    classes = sample_of(spec, None).classes
    loss = spec.loss if spec.loss != "auto" else "crossentropy" if classes else "mse"
    last = {(True, "crossentropy"): "sigmoid", (True, "mse"): "tanh", (False, "crossentropy"): "softmax",
            (False, "mse"): "softmax"}.get((classes == 2, loss), "linear") if classes else "linear"
    shapes = [arrays[f"w{i}"].shape for i in range(len(spec.hidden) + 1)]
    h = inputs = keras.Input((shapes[0][0],))
    outputs = [inputs]
    for i, (_, units) in enumerate(shapes):
        dense = keras.layers.Dense(units)
        h = dense(h)
        dense.set_weights([arrays[f"w{i}"].astype("float32"), arrays[f"b{i}"].astype("float32")])
        if spec.batch_norm and i < len(spec.hidden):
            norm = keras.layers.BatchNormalization()
            h = norm(h)
            norm.set_weights(list(arrays[f"n{i}"].astype("float32")))
        h = keras.layers.Activation(spec.activation_of(i) if i < len(spec.hidden) else last)(h)
        outputs.append(h)
    return keras.Model(inputs, outputs)


def values(model: keras.Model, x: np.ndarray) -> list[np.ndarray]:
    return [v.numpy() for v in model(tf.constant(x, tf.float32))]


def fed(spec: FeedforwardSpec, x: np.ndarray) -> np.ndarray:
    return points.features(x, spec.features) if x.shape[1] == 2 else x


def part(spec: FeedforwardSpec, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, targets as the loss wants them, and classes, of "train" or "validation"."""
    p = sample_of(spec, None)
    rows_ = slice(0, p.train) if name == "train" else slice(p.train, p.train + p.validation)
    y = p.y[rows_]
    if p.classes == 2:
        targets = np.array(TARGETS[spec.loss_name], "float32")[y.astype(int)][:, None]
    else:
        targets = np.eye(p.classes, dtype="float32")[y.astype(int)] if p.classes else y[:, None]
    return fed(spec, p.x[rows_]), targets, y


def loss_of(spec: FeedforwardSpec) -> keras.losses.Loss:
    many = sample_of(spec, None).classes > 2
    return {"crossentropy": keras.losses.CategoricalCrossentropy() if many else keras.losses.BinaryCrossentropy(),
            "hinge": keras.losses.CategoricalHinge() if many else keras.losses.Hinge(), "mae": keras.losses.MeanAbsoluteError(),
            "mse": keras.losses.MeanSquaredError(), "huber": keras.losses.Huber(delta=0.1)}[spec.loss_name]


def named(spec: FeedforwardSpec, output: np.ndarray) -> np.ndarray:
    """The classes that outputs name."""
    return output.argmax(1) if output.shape[1] > 1 else (output[:, 0] > np.mean(TARGETS[spec.loss_name])).astype(int)


# ---- the metric rows

@pytest.mark.parametrize("case", slow_after([*CASES], 2))
def test_the_last_row_is_what_keras_evaluates(case: str) -> None:
    spec = small(case)
    items = trained(spec)
    row, whole = rows(items)[-1], network(spec, frames(items)[-1].arrays)
    model = keras.Model(whole.inputs, whole.outputs[-1])
    model.compile(loss=loss_of(spec), run_eagerly=True)
    for name, prefix in (("train", ""), ("validation", "val_")):
        x, targets, y = part(spec, name)
        assert row[f"{prefix}loss"] == pytest.approx(model.evaluate(x, targets, verbose=0), rel=1e-4)
        output = values(whole, x)[-1]
        if spec.regression:
            assert row[f"{prefix}mae"] == pytest.approx(np.abs(output - targets).mean(), rel=1e-4)
        else:
            assert row[f"{prefix}accuracy"] == pytest.approx(accuracy_score(y, named(spec, output)), abs=1e-5)


@pytest.mark.parametrize("case", slow_after([*CASES], 6))
def test_every_epoch_has_a_row_with_every_column(case: str) -> None:
    spec = small(case)
    found = rows(trained(spec))
    assert [row["epoch"] for row in found] == list(range(spec.epochs + 1))
    metric, layers = "mae" if spec.regression else "accuracy", range(1, len(spec.hidden) + 2)
    dead = {f"dead_{i}" for i in layers[:-1] if spec.activation_of(i - 1) == "relu"}
    measured = {"epoch", "loss", "val_loss", metric, f"val_{metric}", *dead}
    assert set(found[0]) == measured
    for row in found[1:]:
        assert set(row) == measured | {f"{what}_{i}" for what in ("grad", "update") for i in layers}
        assert all(np.isfinite(value) for value in row.values())


@pytest.mark.parametrize("epochs", slow_after([99, 1, 100, 400], 2))
def test_stored_frames_are_few_and_rows_are_for_every_epoch(epochs: int) -> None:
    items = trained(small(epochs=epochs))
    stored = [frame.epoch for frame in frames(items)]
    assert stored[0] == 0 and stored[-1] == epochs and len(stored) == min(epochs + 1, len(stored), 100)
    assert [row["epoch"] for row in rows(items)] == list(range(epochs + 1))
    steps = -(-60 // 16)
    assert [frame.step for frame in frames(items)] == [epoch * steps for epoch in stored]
    assert isinstance(items[-1], End) and items[-1].state == "finished"
    assert all(isinstance(item, (Frame, Status, Checkpoint)) for item in items[:-1])


def test_frame_zero_is_the_untrained_network() -> None:
    spec = small()
    first = trained(spec)[0]
    assert isinstance(first, Frame) and (first.step, first.epoch) == (0, 0)
    expected = keras.initializers.GlorotUniform(seed=0)((2, 5))
    assert_array_equal(first.arrays["w0"], expected)
    assert not first.arrays["b0"].any()


@pytest.mark.parametrize("case", slow_after(["binary", "three classes", "regression", "batch norm", "penalty", "features"], 1))
def test_gradient_norms_are_those_of_a_tape(case: str) -> None:
    """With one batch an epoch, the last step starts from the frame before, and sees all training points."""
    spec = small(case, batch_size=64)
    items = trained(spec)
    for before, row in [*zip(frames(items), rows(items)[1:], strict=False)][::3]:
        whole = network(spec, before.arrays)
        layers = [layer for layer in whole.layers if isinstance(layer, keras.layers.Dense)]
        x, targets, _ = part(spec, "train")
        with tf.GradientTape() as tape:
            loss = loss_of(spec)(targets, whole(tf.constant(x), training=True)[-1])
            for layer in layers:
                loss += spec.l1 * tf.reduce_sum(tf.abs(layer.kernel.value)) + spec.l2 * tf.reduce_sum(layer.kernel.value**2)
        gradients = tape.gradient(loss, [[layer.kernel.value, layer.bias.value] for layer in layers])
        for i, (kernel, bias) in enumerate(gradients, 1):
            size = float(tf.sqrt(tf.reduce_sum(kernel**2) + tf.reduce_sum(bias**2)))
            assert row[f"grad_{i}"] == pytest.approx(size, rel=2e-3, abs=1e-6)


def linear(spec: FeedforwardSpec) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Linear regression by SGD in NumPy: after every step its weights (3,), its gradient and its loss; the bias last."""
    p = sample_of(spec, None)
    x, y = np.c_[p.x[:p.train], np.ones(p.train)], p.y[:p.train].astype(float)
    w = np.append(frames(trained(spec))[0].arrays["w0"].ravel().astype(float), 0.0)
    for epoch in range(spec.epochs):
        o = order(spec.seed, epoch, p.train)
        for i in range(0, p.train, spec.batch_size):
            batch = o[i:i + spec.batch_size]
            error = x[batch] @ w - y[batch]
            gradient = 2 * x[batch].T @ error / len(batch)
            w = w - spec.learning_rate * gradient
            yield w, gradient, np.mean(error**2)


@pytest.mark.parametrize("schedule", ["constant"])
def test_linear_regression_is_that_of_numpy(schedule: str) -> None:
    spec = small("regression", hidden=(), optimizer="sgd", learning_rate=0.02, batch_size=7, schedule=schedule)
    items = trained(spec)
    found, steps = list(linear(spec)), -(-60 // 7)
    previous = np.append(frames(items)[0].arrays["w0"], 0)
    for frame, row in zip(frames(items)[1:], rows(items)[1:], strict=True):
        w, gradient, _ = found[frame.epoch * steps - 1]
        assert_allclose(np.append(frame.arrays["w0"], frame.arrays["b0"]), w, rtol=1e-4, atol=1e-6)
        assert row["grad_1"] == pytest.approx(np.linalg.norm(gradient), rel=1e-3)
        assert row["update_1"] == pytest.approx(np.linalg.norm(w - previous) / np.linalg.norm(previous), rel=1e-3)
        previous = w


@pytest.mark.parametrize("batch_size", slow_after([64, 16, 4, 1], 2))
def test_updates_are_relative_changes_over_the_epoch(batch_size: int, cold: Cache[Any]) -> None:
    spec = small(batch_size=batch_size)
    for items in (run(spec), run(spec)):  # compiled for the first, there for the second
        for (before, after), row in zip(pairwise(frames(items)), rows(items)[1:], strict=True):
            for i in range(3):
                a, b = (np.append(f.arrays[f"w{i}"], f.arrays[f"b{i}"]).astype(float) for f in (before, after))
                assert row[f"update_{i + 1}"] == pytest.approx(np.linalg.norm(b - a) / np.linalg.norm(a), rel=1e-3)


def test_dead_units_are_zero_for_every_training_point() -> None:
    spec = small(activation="relu", hidden=(8, 6), learning_rate=0.3, epochs=12, points=60)
    items = trained(spec)
    seen = set()
    for frame, row in zip(frames(items), rows(items), strict=True):
        hidden = values(network(spec, frame.arrays), part(spec, "train")[0])[1:-1]
        for i, h in enumerate(hidden, 1):
            assert row[f"dead_{i}"] == pytest.approx(np.mean(~(h > 0).any(0)), abs=1e-5)
            seen.add(row[f"dead_{i}"])
    assert len(seen) > 2 and max(seen) > 0.3


@pytest.mark.parametrize("case", slow_after(["binary", "three classes", "hinge of four", "mse", "hinge", "mse of three", "batch norm"], 3))
def test_confusion_is_that_of_sklearn_on_validation_points(case: str) -> None:
    spec = small(case)
    x, _, y = part(spec, "validation")
    for frame in frames(trained(spec)):
        classes = sample_of(spec, None).classes
        expected = confusion_matrix(y, named(spec, values(network(spec, frame.arrays), x)[-1]), labels=range(classes))
        assert_array_equal(frame.arrays["confusion"], expected)
        assert frame.arrays["confusion"].dtype == np.int32


# ---- the pictures

def places(n: int) -> np.ndarray:
    line = np.linspace(-6, 6, n)
    return np.array([[a, b] for b in line for a in line])  # row by row, from the lowest x₂


def shown(spec: FeedforwardSpec, frame: Frame, n: int) -> list[np.ndarray]:
    p = sample_of(spec, None)
    return values(network(spec, frame.arrays), fed(spec, p.inputs(places(n).astype("float32"))))


def check_surface(spec: FeedforwardSpec, arrays: dict[str, np.ndarray], output: np.ndarray) -> None:
    """The picture against outputs (2500, k): off by one of 255 at most where rounding may fall either way."""
    assert arrays["surface"].shape == (50, 50) and arrays["surface"].dtype == np.uint8
    if output.shape[1] > 1:
        output = tf.nn.softmax(output).numpy() if spec.loss == "hinge" else output
        assert np.mean(arrays["surface"].ravel() == output.argmax(1)) > 0.999
        assert np.abs(arrays["surface_p"].ravel() - 255 * output.max(1)).max() <= 1.01
        return
    assert "surface_p" not in arrays
    low = 0 if spec.loss_name == "crossentropy" else -1
    expected = np.clip((output[:, 0] - low) / (1 - low), 0, 1) * 255
    assert np.abs(arrays["surface"].ravel() - expected).max() <= 0.51


@pytest.mark.parametrize("case", slow_after([*CASES], 6))
def test_the_surface_is_what_the_network_predicts_over_the_plane(case: str) -> None:
    spec = small(case)
    for frame in (frames(trained(spec))[i] for i in (0, 3, -1)):
        check_surface(spec, frame.arrays, shown(spec, frame, 50)[-1])


@pytest.mark.parametrize("case", slow_after(["binary", "no hidden layer", "three classes", "batch norm", "dropout", "features"], 4))
def test_thumbnails_are_what_each_neuron_says_over_the_plane(case: str) -> None:
    spec = small(case)
    for frame in frames(trained(spec))[::3]:
        values = shown(spec, frame, 20)
        if spec.dataset not in ("plane", "hills", "blobs3", "blobs4", "features100"):  # two classes: as the plane shows them
            no, yes = (0, 1) if spec.loss_name == "crossentropy" else (-1, 1)
            values[-1] = (2 * values[-1] - no - yes) / (yes - no)
        neurons = np.concatenate([v[:, :16] for v in values], 1).T.reshape(-1, 20, 20)
        scale = np.abs(neurons).max((1, 2), keepdims=True)
        assert frame.arrays["thumbs"].shape == neurons.shape and frame.arrays["thumbs"].dtype == np.uint8
        assert np.abs(frame.arrays["thumbs"] - 128.0 - 127 * neurons / scale).max() <= 0.6


def test_at_most_sixteen_thumbnails_of_a_layer() -> None:
    assert frames(trained(small(hidden=(20, 3), epochs=1)))[0].arrays["thumbs"].shape == (2 + 16 + 3 + 1, 20, 20)


def test_a_hundred_features_are_looked_at_in_their_principal_plane() -> None:
    spec = FeedforwardSpec(dataset="features100", hidden=(8,), activation="relu", points=400, epochs=4, learning_rate=0.003)
    frame = frames(trained(spec))[-1]
    assert frame.arrays["w0"].shape == (100, 8) and frame.arrays["confusion"].shape == (10, 10)
    check_surface(spec, frame.arrays, shown(spec, frame, 50)[-1])
    assert frame.arrays["thumbs"].shape == (16 + 8 + 10, 20, 20)


def test_a_large_network_is_kept_in_half_precision() -> None:
    spec = small(hidden=(64, 64), epochs=2)
    frame = frames(trained(spec))[-1]
    assert frame.arrays["w1"].dtype == np.float16
    expected = (shown(spec, frame, 50)[-1][:, 0] * 255).reshape(50, 50)
    assert np.abs(frame.arrays["surface"] - expected).max() < 2


def test_a_look_is_the_same_eager_or_traced(cold: Cache[Any]) -> None:
    spec = small("batch norm", epochs=1)
    run(spec)
    built = lab_of(spec, sample_of(spec, None))
    view = lab.View(spec, sample_of(spec, None))
    seen = []
    for looks in (0, 10, 10):
        built.looks = looks
        seen.append(built.look(view))
    for name in seen[0]:
        assert seen[0][name].tobytes() == seen[1][name].tobytes() == seen[2][name].tobytes(), name


@pytest.mark.parametrize(("batch_size", "ahead"), [(32, True), (4, False)])
def test_the_first_steps_of_a_new_network_do_not_wait_for_their_tracing(batch_size: int, ahead: bool, cold: Cache[Any]) -> None:
    spec = FeedforwardSpec(hidden=(3,), points=200, batch_size=batch_size, epochs=700)  # so many that epoch 1 is not stored
    sample = sample_of(spec, None)
    steps = -(-sample.train // batch_size)
    assert (steps <= 16) is ahead and not spec.compiled(sample.train)
    traced = []
    frames = (item for item in lab.train(spec) if isinstance(item, Frame))
    for frame in frames:
        traced.append((frame.epoch, frame.step, lab_of(spec, sample).program._compiled is not None))
        if traced[-1][2]:
            break
    assert traced[:2] == [(0, 0, False), (1, steps, False) if ahead else (0, 2, False)]  # others may follow before it is traced


# ---- questions

@pytest.mark.parametrize("case", slow_after(["binary", "three classes", "hinge of four", "regression", "batch norm", "dropout",
                                             "penalty"], 4))
def test_without_any_neuron_pulled_out_nothing_changes(case: str) -> None:
    spec = small(case)
    frame, row = frames(trained(spec))[3], rows(trained(spec))[3]
    answer = ask(spec, "ablate", frame.arrays, {"removed": []})
    for name in ("surface", "surface_p", "thumbs", "confusion"):
        assert (name in answer) == (name in frame.arrays)
        if name in answer:
            assert answer[name].dtype == frame.arrays[name].dtype
            assert_array_equal(answer[name], frame.arrays[name])
    metric = row["val_mae" if spec.regression else "val_accuracy"]
    assert_allclose(answer["metrics"], [row["val_loss"], metric], rtol=1e-4)


@pytest.mark.parametrize("case", slow_after(["binary", "three classes", "regression", "batch norm", "features"], 4))
@pytest.mark.parametrize("removed", [[[1, 2]], [[2, 0]], [[0, 1]], [[1, 0], [1, 3], [2, 2]]], ids=str)
def test_a_neuron_pulled_out_is_one_with_no_weights_going_out(case: str, removed: list[list[int]]) -> None:
    spec = small(case)
    frame = frames(trained(spec))[4]
    answer = ask(spec, "ablate", frame.arrays, {"removed": removed})
    arrays = {name: array.copy() for name, array in frame.arrays.items()}
    for layer, unit in removed:
        arrays[f"w{layer}"][unit] = 0
    without = Frame(0, 0, 0.0, [], arrays)
    check_surface(spec, answer, shown(spec, without, 50)[-1])
    x, targets, y = part(spec, "validation")
    output = values(network(spec, arrays), x)[-1]
    second = np.abs(output - targets).mean() if spec.regression else accuracy_score(y, named(spec, output))
    assert_allclose(answer["metrics"], [float(loss_of(spec)(targets, output)), second], rtol=1e-4)
    sizes = np.cumsum([0, arrays["w0"].shape[0], *spec.hidden])
    for layer, unit in removed:
        assert (answer["thumbs"][sizes[layer] + unit] == 128).all()
    assert not np.array_equal(answer["surface"], frame.arrays["surface"])


def test_a_question_leaves_a_run_alone() -> None:
    spec = small("dropout")
    expected = signature(trained(spec))
    items: list[Any] = []
    for item in train(spec):
        items.append(item)
        if isinstance(item, Frame):
            ask(spec, "ablate", item.arrays, {"removed": [[1, 1]]})
            ask(spec, "point", item.arrays, {"x": [1, -2]})
    assert signature(items) == expected


@pytest.mark.parametrize("case", slow_after(["binary", "three classes", "regression", "batch norm", "features", "no hidden layer"], 4))
def test_a_point_is_answered_layer_by_layer(case: str) -> None:
    spec = small(case)
    arrays = frames(trained(spec))[2].arrays
    answer = ask(spec, "point", arrays, {"x": [1.5, -3.25]})
    expected = values(network(spec, arrays), fed(spec, np.array([[1.5, -3.25]], "float32")))
    assert [*answer] == [f"act_{i}" for i in range(len(expected))]
    for found, right in zip(answer.values(), expected, strict=True):
        assert_allclose(found, right[0], rtol=1e-4, atol=1e-6)


def test_a_point_of_the_principal_plane_is_taken_back_to_its_features() -> None:
    spec = FeedforwardSpec(dataset="features100", hidden=(8,), activation="relu", points=400, epochs=4, learning_rate=0.003)
    p, arrays = sample_of(spec, None), frames(trained(spec))[-1].arrays
    assert p.axes is not None
    answer = ask(spec, "point", arrays, {"x": [2.0, 1.0]})
    assert_allclose(answer["act_0"], p.axes[0] + 2 * p.axes[1][0] + p.axes[1][1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("probe", "arguments", "quoted"), [
    ("explain", {}, "explain"), ("", {}, "''"), ("ablate", {"removed": [[3, 0]]}, "layer 3"),
    ("ablate", {"removed": [[1, 5]]}, "neuron 5"),
    ("ablate", {"removed": [[-1, 0]]}, "layer -1"), ("ablate", {"removed": [[1, -1]]}, "neuron -1"),
    ("ablate", {"removed": [[1]]}, ""), ("ablate", {"removed": "all"}, "all"), ("ablate", {"removed": [["a", 0]]}, "a"),
    ("ablate", {"removed": [[0.5, 0]]}, "0.5"), ("ablate", {"removed": None}, "None"), ("ablate", {}, "removed"),
    ("point", {"x": [1]}, ""), ("point", {"x": [1, 2, 3]}, ""), ("point", {"x": ["a", 1]}, "a"), ("point", {"x": None}, "None"),
    ("point", {}, "x")], ids=str)
def test_a_wrong_question_is_a_value_error_that_quotes_it(probe: str, arguments: dict[str, Any], quoted: str) -> None:
    spec = small()
    with pytest.raises(ValueError) as caught:
        ask(spec, probe, frames(trained(spec))[1].arrays, arguments)
    assert quoted in str(caught.value)


# ---- the same numbers every time

SPECS = [small("dropout", batch_norm=True, epochs=8), small("three classes", batch_size=3, epochs=8, optimizer="nesterov"),
         FeedforwardSpec(**{**XLA, "l2": 0.001}), small("hinge", points=400, batch_size=1, epochs=3)]
TELL = """
import json, sys
from core.training.warm import warm
warm()
from tests.test_lab_feedforward import FeedforwardSpec, run, signature
for line in sys.stdin:
    print(json.dumps(signature(run(FeedforwardSpec.model_validate_json(line)))), flush=True)
"""


def elsewhere(specs: list[FeedforwardSpec]) -> subprocess.Popen[str]:
    """A new process that trains these specs and prints their signatures."""
    process = subprocess.Popen([sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdin
    process.stdin.write("\n".join(spec.model_dump_json() for spec in specs))
    process.stdin.close()
    return process


def told(process: subprocess.Popen[str]) -> list[list[str]]:
    assert process.stdout
    found = [json.loads(line) for line in process.stdout if line.startswith("[")]
    assert process.wait() == 0
    return found


@pytest.mark.parametrize("i", slow_after(range(len(SPECS)), 2))
def test_cold_and_warm_give_the_same_frames(i: int, cold: Cache[Any]) -> None:
    first = signature(run(SPECS[i]))
    assert signature(run(SPECS[i])) == first
    run(SPECS[i].changed(seed=7, noise=0.3))  # the same network, used for something else in between
    assert signature(run(SPECS[i])) == first


@pytest.mark.slow
def test_new_processes_side_by_side_give_the_same_frames() -> None:
    processes = [elsewhere(SPECS), elsewhere(SPECS[::-1])]
    here = [signature(trained(spec)) for spec in SPECS]
    assert told(processes[0]) == here
    assert told(processes[1]) == here[::-1]


def test_the_speed_of_the_machine_changes_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small(epochs=12)
    expected = signature(trained(spec))
    monkeypatch.setattr(loop, "CHUNK_S", 1e-9)  # a machine so slow that a call has room for one step
    assert signature(run(spec)) == expected


def test_the_seed_changes_points_weights_and_batches() -> None:
    a, b = (frames(trained(small(seed=seed)))[0].arrays["w0"] for seed in (0, 1))
    assert not np.array_equal(a, b)
    assert not np.array_equal(sample_of(small(seed=0), None).x, sample_of(small(seed=1), None).x)


def test_the_test_set_stays_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small("three classes")
    expected = signature(trained(spec))
    p = sample_of(spec, None)
    sealed = p.train + p.validation
    x, y = p.x.copy(), p.y.copy()
    x[sealed:], y[sealed:] = 4.5, 2
    monkeypatch.setattr(lab, "_samples", Cache(4))
    monkeypatch.setattr(points, "load", lambda *a, **k: replace(p, x=x, y=y))
    assert not np.array_equal(sample_of(spec, None).x, p.x)
    assert signature(run(spec)) == expected
    y[:sealed] = 0  # and the others do count
    assert signature(run(spec)) != expected


@pytest.mark.parametrize(("path", "spec"), [(False, small()), (True, FeedforwardSpec(**XLA))], ids=["traced", "xla"])
def test_the_path_is_the_one_the_spec_names(path: bool, spec: FeedforwardSpec) -> None:
    sample = sample_of(spec, None)
    assert spec.compiled(sample.train) is lab_of(spec, sample).program.jit is path


@pytest.mark.parametrize(("spec", "changes"), slow_after([
    (small("penalty"), {"points": 200, "epochs": 9, "l1": 0.3, "l2": 1e-5, "dataset": "moons"}),
    (small("batch norm"), {"points": 77}),
    (FeedforwardSpec(**XLA, l2=0.01), {"points": 244, "epochs": 230, "l2": 0.5})], 1), ids=["traced", "batch norm", "xla"])
def test_these_change_without_compiling(spec: FeedforwardSpec, changes: dict[str, Any], cold: Cache[Any],
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    traces: list[Any] = []
    block = Program._block
    monkeypatch.setattr(Program, "_block", lambda self, *a: (tf.executing_eagerly() or traces.append(self), block(self, *a))[1])
    run(spec)
    built = lab_of(spec, sample_of(spec, None))
    compiled = built.program._compiled
    everything = {"learning_rate": 0.2, "schedule": "cosine", "noise": 0.3, "seed": 8, "train_share": 0.6,
                  "initializer": "he_normal", **changes}
    for name, value in everything.items():
        changed = spec.changed(**{name: value})
        assert lab_of(changed, sample_of(changed, None)) is built, name
    run(spec.changed(**everything))
    assert built.program._compiled is compiled and traces == [built.program]


@pytest.mark.parametrize("change", [{"hidden": (5, 5)}, {"activation": "relu"}, {"activations": ("elu",)}, {"batch_size": 8},
                                    {"dropout": 0.1}, {"batch_norm": True}, {"optimizer": "sgd"}, {"l1": 0.1}, {"l2": 0.1},
                                    {"loss": "hinge"}, {"dataset": "blobs3"}, {"features": ("x1",)}], ids=str)
def test_another_architecture_is_another_lab(change: dict[str, Any]) -> None:
    spec = small()
    changed = spec.changed(**change)
    assert lab_of(changed, sample_of(changed, None)) is not lab_of(spec, sample_of(spec, None))


# ---- stopped and continued

def continued(spec: FeedforwardSpec, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[int]]:
    """A run with a checkpoint wherever there can be one, and where those before its end are among its items."""
    monkeypatch.setattr(loop, "CHECKPOINT_S", 0)
    items = run(spec)
    return items, [i for i, item in enumerate(items) if isinstance(item, Checkpoint) and item.epoch < spec.epochs]


@pytest.mark.parametrize("spec", slow_after([small("dropout", batch_norm=True), FeedforwardSpec(**XLA),
                                             small("penalty", optimizer="nesterov", schedule="cosine")], 1),
                         ids=["dropout", "xla", "penalty"])
def test_continued_is_undisturbed(spec: FeedforwardSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = signature(trained(spec))
    items, checkpoints = continued(spec, monkeypatch)
    assert signature(items) == expected and len(checkpoints) >= 4
    for at in (checkpoints[0], checkpoints[len(checkpoints) // 2], checkpoints[-1]):
        run(spec.changed(seed=99))  # the worker does something else in between
        point = decode(encode_checkpoint(items[at])).checkpoint()
        rest = run(spec, resume=point)
        assert all(item.epoch > point.epoch for item in rest if isinstance(item, Frame))
        assert [f.arrays.keys() for f in frames(rest)] == [f.arrays.keys() for f in frames(items[at:])]
        for a, b in zip(frames(rest), frames(items[at:]), strict=True):
            assert encode_frame(replace(a, seconds=0.0, rows=[])) == encode_frame(replace(b, seconds=0.0, rows=[]))
        assert rows(rest) == rows(items)[-len(rows(rest)):]


def test_no_row_is_lost_between_a_frame_and_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small(epochs=160, batch_size=64)
    monkeypatch.setattr(loop, "CHUNK_S", 1e-9)  # one epoch a call: checkpoints fall between the stored frames
    items, checkpoints = continued(spec, monkeypatch)
    assert [row["epoch"] for row in rows(items)] == list(range(161))
    stored = {frame.epoch for frame in frames(items)}
    at = next(i for i in checkpoints[120:] if items[i].epoch not in stored)
    assert [row["epoch"] for row in rows(items[:at]) + rows(run(spec, resume=items[at]))] == list(range(161))


def test_a_continued_run_ends_with_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = FeedforwardSpec(**preset("Overfitting"))
    items, checkpoints = continued(spec, monkeypatch)
    rest = run(spec, resume=items[checkpoints[-1]])
    assert rest[-1].notes == items[-1].notes


# ---- divergence

def oracle(spec: FeedforwardSpec) -> int | None:
    """The first step whose loss is not a finite number, one step at a time with Keras' own loss; None if there is none."""
    p = sample_of(spec, None)
    x, targets, _ = part(spec, "train")
    model = network(spec, frames(trained(spec.changed(epochs=1, learning_rate=1e-5)))[0].arrays)
    weights, loss_fn, step = [v.value for v in model.trainable_variables], loss_of(spec), 0
    for epoch in range(spec.epochs):
        o = order(spec.seed, epoch, p.train)
        for i in range(0, p.train, spec.batch_size):
            batch = o[i:i + spec.batch_size]
            with tf.GradientTape() as tape:
                loss = loss_fn(targets[batch], model(x[batch])[-1])
            step += 1
            if not np.isfinite(float(loss)):
                return step
            for w, g in zip(weights, tape.gradient(loss, weights), strict=True):
                w.assign_sub(spec.learning_rate * g)
    return None


def check_end(items: list[Any], spec: FeedforwardSpec) -> None:
    """Words in every language, a change that helps, and JSON that a browser can read."""
    end = items[-1]
    assert isinstance(end, End) and end.state == "failed" and end.error
    for said in spoken(end.error):
        assert str(end.error.args["step"]) in said and "{" not in said
    assert end.change["learning_rate"] < spec.learning_rate
    spec.changed(**end.change)
    for item in items:
        raw = encode_end(item) if isinstance(item, End) else encode_frame(item) if isinstance(item, Frame) else b""
        if raw:
            json.loads(json.dumps(decode(raw).header, allow_nan=False))
    for row in rows(items):
        assert all(value is None or np.isfinite(value) for value in row.values())


DIVERGING = [{"epochs": 2000, "learning_rate": 0.2}, {"epochs": 99, "learning_rate": 0.3, "batch_size": 1},
             {"epochs": 150, "learning_rate": 0.11}, {"epochs": 2000, "learning_rate": 0.11, "batch_size": 10}]


@pytest.mark.parametrize("changes", slow_after(DIVERGING, 2), ids=str)
def test_a_run_that_diverges_ends_at_the_very_step(changes: dict[str, Any]) -> None:
    spec = FeedforwardSpec(dataset="plane", optimizer="sgd", hidden=(), points=400, **changes)
    items, step, steps = run(spec), oracle(spec), -(-200 // spec.batch_size)
    assert step is not None
    check_end(items, spec)
    assert items[-1].error.args["step"] == step
    assert items[-1].error.args["epoch"] == -(-step // steps)
    assert [row["epoch"] for row in rows(items)] in (list(range(-(-step // steps))), list(range(-(-step // steps) + 1)))
    assert [item for item in items if isinstance(item, Frame)][-1].step == step


def test_a_run_that_diverges_has_no_rows_for_epochs_that_never_were() -> None:
    spec = FeedforwardSpec(dataset="plane", optimizer="sgd", hidden=(), epochs=2000, learning_rate=0.2)
    found = rows(run(spec))
    assert found[-1]["loss"] is None and all(row["loss"] != 0 for row in found)


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_run_that_breaks_in_its_very_last_step_has_diverged(epochs: int) -> None:
    spec = FeedforwardSpec(dataset="plane", optimizer="sgd", learning_rate=10.0, epochs=epochs, hidden=(8, 8, 8),
                           activation="linear", batch_size=256)
    items = run(spec)
    encode_end(items[-1])  # raises if there is a NaN in it
    if rows(items)[-1]["loss"] is None:
        check_end(items, spec)
    else:
        assert items[-1].state == "finished" and epochs == 1


def test_another_run_is_well_after_one_that_diverged() -> None:
    spec = FeedforwardSpec(dataset="plane", hidden=(4,), optimizer="sgd", activation="linear", epochs=30, learning_rate=0.02)
    expected = signature(run(spec))
    assert run(spec.changed(learning_rate=10.0))[-1].state == "failed"
    assert signature(run(spec)) == expected


# ---- what there is to notice

def spoken(message: Message) -> list[str]:
    said = []
    for language in i18n.LANGUAGES:
        i18n.use(language)
        said.append(i18n.say(message))
        i18n.use("en")
    return said


@cache
def preset(label: str) -> dict[str, Any]:
    """The values of a preset of the page, read from its source: the page itself needs Streamlit."""
    names: dict[str, Any] = {}
    for node in ast.parse((ROOT / "pages" / "feedforward.py").read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            code = compile(ast.Expression(node.value), "pages/feedforward.py", "eval")
            names[node.targets[0].id] = eval(code, {"N_": str, "Preset": lambda *a: a, "Trial": lambda *a: a, **names})
    return dict(names["PRESETS"])[label]


@pytest.mark.parametrize(("values_", "there"), [
    ({"epochs": 100}, "It was first that good"),
    ({"dataset": "gaussians", "hidden": (), "epochs": 60}, "It was first that good"),
    ({"dataset": "xor", "hidden": (), "epochs": 60}, "never learned from."),
    ({"dataset": "plane", "epochs": 60}, "off on validation points"),
], ids=str)
def test_the_last_sentence_says_how_good_the_run_is(values_: dict[str, Any], there: str) -> None:
    spec = FeedforwardSpec(**values_)
    items = trained(spec)
    found, (note,) = rows(items), items[-1].notes
    scores = [row[spec.score.metric] for row in found]
    assert there in note.id and note.args["val"] == scores[-1]
    if "epoch" in note.args:
        at = note.args["epoch"]
        assert scores[at] >= scores[-1] - 0.01 > max(scores[:at], default=0)
    assert all("{" not in words for words in spoken(note))


# ---- the presets do what they promise

@pytest.mark.parametrize("seed", slow_after(range(3), 1))
def test_the_cure_lowers_the_validation_loss(seed: int) -> None:
    sick, cured = (rows(trained(FeedforwardSpec(**{**preset(name), "seed": seed})))[-1]
                   for name in ("Overfitting", "… and its cure: L2"))
    assert cured["val_loss"] < sick["val_loss"] * 0.95
    assert sick["loss"] < 0.05 and sick["val_loss"] > 2 * sick["loss"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_spiral_that_works_works(seed: int) -> None:
    assert rows(run(FeedforwardSpec(**{**preset("A spiral that works"), "seed": seed})))[-1]["val_accuracy"] >= 0.95


@pytest.mark.parametrize("seed", slow_after([0, 4], 1))
def test_the_articles_network_learns(seed: int) -> None:
    items = trained(FeedforwardSpec(**{**preset("The articles’ network"), "seed": seed}))
    assert rows(items)[0]["val_accuracy"] < 0.3 and rows(items)[-1]["val_accuracy"] > 0.9


@pytest.mark.slow
def test_xor_without_a_hidden_layer_does_not_and_with_one_does() -> None:
    assert rows(trained(FeedforwardSpec(**preset("XOR without a hidden layer"))))[-1]["val_accuracy"] < 0.75
    assert rows(trained(FeedforwardSpec(dataset="xor", hidden=(4,))))[-1]["val_accuracy"] > 0.9


# ---- own points

def test_uploaded_points_are_trained_on_and_asked_about() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = rng.normal(0, 0.5, (90, 2)) + 3 * np.array([[-1, -1], [0, 1], [1, -1]])[y]
    own = {"x": x.astype("float32"), "y": y.astype("float32")}
    spec = FeedforwardSpec(dataset="upload", upload="a" * 32, epochs=60, noise=0.0, learning_rate=0.05)
    items = run(spec, uploads={"a" * 32: own})
    assert rows(items)[-1]["val_accuracy"] > 0.95
    answer = ask(spec, "point", frames(items)[-1].arrays, {"x": [0, 3]}, uploads={"a" * 32: own})
    assert answer["act_3"].argmax() == 1
    with pytest.raises(KeyError):
        run(spec.changed(upload="b" * 32))
