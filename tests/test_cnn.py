"""The CNN lab: its arithmetic, numbers and pictures are those of Keras and NumPy, and the same ones every time."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from streamlit.testing.v1 import AppTest

from core import i18n
from core.data import image_files, images
from core.data.changes import changed
from core.data.drawing import FORMS
from core.data.handwriting import as_digits, as_mnist
from core.data.published import available
from core.export.program import program
from core.export.report import report
from core.figures import cnn as figures
from core.figures.template import to_figure
from core.frame import Checkpoint, End, Frame, decode, encode_checkpoint, encode_frame, records
from core.insight.cures import Cures
from core.labs import cnn as lab
from core.labs import subject
from core.labs.cnn import ask, lab_of, sample_of, train
from core.labs.convolutional import View
from core.labs.notes import reached_images
from core.labs.passing import EAGER
from core.labs.saving import cnn_model
from core.labs.weights import PRECISE
from core.models.cnn import build_cnn
from core.models.seeding import reseed
from core.specs.cnn import CLASSES, CnnSpec, CnnView
from core.specs.stack import BETWEEN, Misfit
from core.training import attribution
from core.training.cache import Cache
from core.training.program import Program
from core.training.warm import warm
from core.ui.tools import take
from tests.bits import frames
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

ROW = 6e-6  # half a unit in the sixth digit, which is all that a row keeps; then Keras averages batch by batch
SMALL: dict[str, Any] = {"points": 300, "epochs": 3, "filters": (6, 8), "dense": (12,)}
CASES: dict[str, dict[str, Any]] = {
    "plain": {}, "everything": {"batch_norm": True, "dropout": 0.3, "augmentation": "shift_turn", "schedule": "cosine"},
    "average": {"end": "average", "dense": (), "repeat": 2, "pooling": "average", "optimizer": "momentum"},
    "no pooling": {"pooling": "none", "dropout": 0.2, "dense": (8, 8), "kernel": 5, "activation": "tanh"},
    "mirrored": {"augmentation": "shift_flip", "optimizer": "adamw"}, "shapes": {"dataset": "shapes", "points": 200, "padding": "valid"}}


def small(case: str = "plain", **changes: Any) -> CnnSpec:
    return CnnSpec(**{**SMALL, **CASES[case], **changes})


@cache
def trained(spec: CnnSpec) -> list[Any]:
    """A run of a spec; the same one for all tests that only look at it."""
    return list(train(spec))


def rows(items: Sequence[Any]) -> list[dict[str, Any]]:
    return [row for item in items if isinstance(item, Frame) for row in item.rows]


def last(spec: CnnSpec) -> Frame:
    return frames(trained(spec))[-1]


# ---- the arithmetic

def random_spec(seed: int) -> CnnSpec:
    """A network that may fit or not."""
    rng = np.random.default_rng(seed)

    def of(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    return CnnSpec(dataset=(name := of("digits", "shapes", "mnist")), points={"digits": 300}.get(name, 400), kernel=of(1, 3, 5, 7),
                   filters=tuple(int(n) for n in rng.integers(1, 5, rng.integers(1, 5))), repeat=of(1, 2), padding=of("same", "valid"),
                   pooling=of("max", "average", "none"), end=of("flatten", "average"), dense=of((), (5,), (4, 6)),
                   batch_norm=of(True, False))


def built(spec: CnnSpec) -> keras.Sequential:
    return build_cnn(spec.shape, spec.layers, dropout=spec.dropout, drops=spec.drops, augment=spec.augmentation, seed=spec.seed)


@pytest.mark.parametrize("seed", slow_after(range(24), 6))
def test_sizes_and_weights_are_those_of_the_built_network(seed):
    spec = random_spec(seed)
    if not spec.fits:
        with pytest.raises(ValueError):
            built(spec)
        return
    model = built(spec)
    for size in spec.sizes:
        assert model.get_layer(size.layer.name).output.shape[1:] == size.shape
    assert sum(size.weights for size in spec.sizes) == model.count_params()


@pytest.mark.parametrize("seed", slow_after(range(12), 4))
def test_a_place_sees_what_its_gradient_reaches(seed):
    """With all weights 1 and no activation every pixel within the receptive field has a gradient, and none outside. Average pools are
    taken for all: a maximum has a gradient at one pixel only."""
    spec = random_spec(seed).changed(dataset="shapes", points=300, pooling="average", padding="valid", activation="linear",
                                     batch_norm=False)
    while not spec.fits:
        spec = spec.changed(filters=spec.filters[:-1]) if len(spec.filters) > 1 else spec.changed(kernel=3, repeat=1)
    layers = [size for size in spec.sizes if size.layer.slides]
    model = built(spec)
    for layer in model.layers:
        layer.set_weights([np.ones_like(w) for w in layer.get_weights()])
    x = tf.Variable(np.ones((1, *spec.shape), np.float32))
    values = {}
    with tf.GradientTape(persistent=True) as tape:
        h = x
        for layer in model.layers:
            h = layer(h, training=False)
            values[layer.name] = h[0, 0, 0, 0] if len(h.shape) == 4 else None
    for size in layers:
        reached = np.abs(tape.gradient(values[size.layer.name], x).numpy()[0]).sum(-1) > 0
        assert reached.any(0).sum() == reached.any(1).sum() == size.receptive


def test_what_does_not_fit_is_said_with_the_arithmetic_and_a_change_that_helps():
    wide = CnnSpec(kernel=7, padding="valid", filters=(4, 4), pooling="none")
    for spec in (CnnSpec(padding="valid"), CnnSpec(filters=(4, 4, 4, 4)), wide):
        with pytest.raises(Misfit):
            _ = spec.sizes
        (end,) = train(spec)
        assert isinstance(end, End) and end.state == "failed" and end.error is not None
        assert end.change and spec.revised(**end.change) != spec
        assert figures.fitting(spec).fits and figures.figures(figures.fitting(spec), CnnView(), list("0123456789"))
    assert CnnSpec(padding="valid").revised(padding="same").fits


@pytest.mark.parametrize("seed", slow_after(range(40), 12))
def test_the_change_that_is_offered_fits(seed):
    spec = random_spec(seed)
    assert spec.fits == (not spec.nearest)
    if spec.nearest:
        assert spec.changed(**spec.nearest).fits


def test_networks_too_large_and_images_that_are_not_here_are_refused(monkeypatch):
    heavy = CnnSpec(filters=(128,), pooling="none", dense=(256, 256), points=300)
    (end,) = train(heavy)
    assert end.state == "failed" and end.change == {"end": "average"} and heavy.changed(end="average").weights < 2_000_000
    whole = images.load("digits", points=300, seed=0, train_share=0.7)
    monkeypatch.setattr(lab, "sample_of", lambda spec, uploads=None: whole)
    (end,) = train(CnnSpec(dataset="cifar10", points=50_000))
    assert end.state == "failed" and end.change == {"points": whole.train + whole.validation}


def test_the_numbers_without_a_map_are_those_of_the_run_where_the_loss_is_large():
    """Keras takes the loss from the logits behind the softmax: it does not stop at 1e-7."""
    spec = small(points=200, filters=(4,), dense=(), activation="linear", learning_rate=1.0, epochs=2)
    lab_of(spec).chunk = 8  # so that some images go through the network operation by operation, and others traced
    arrays, found = dict(last(spec).arrays), [rows(trained(spec))[-1][f"val_{name}"] for name in ("loss", "accuracy")]
    assert found[0] > 16.2  # more than −ln 1e-7
    evaluated = ask(spec, "evaluate", arrays, {"part": "validation"})["summary"]
    for metrics in (ask(spec, "look", arrays, {})["metrics"], evaluated[[2, 0]]):
        assert_allclose(metrics, found, rtol=1e-4)


def test_nothing_excites_a_map_that_is_zero_everywhere():
    spec = small()
    arrays = {name: array.copy() for name, array in last(spec).arrays.items()}
    arrays["k0"][..., 1], arrays["b0"][1] = 0, -1
    assert ask(spec, "look", arrays, {"unit": [1, 1]})["exciting"].shape == (0, 8, 8, 1)


def test_another_set_brings_its_number_of_images():
    assert CnnSpec().revised(dataset="mnist").points == 6000
    assert CnnSpec(dataset="mnist", points=60_000).revised(dataset="digits").points == 1797
    assert CnnSpec().revised(points=5000).points == 1797
    spec, problems = CnnSpec.from_query({"points": "5000"})
    assert spec == CnnSpec() and len(problems) == 1


def test_its_doctor_knows_the_rates_of_its_own():
    assert Cures(CnnSpec(learning_rate=0.1)).rushed and not Cures(CnnSpec()).faster()


def test_what_does_not_fit_is_told_with_its_sides():
    (end,) = train(CnnSpec(padding="valid"))
    assert end.state == "failed" and end.error is not None and end.change == {"padding": "same"}
    assert "8 → 6 → 3 → 1." in i18n.say(end.error) and "1 × 1 pixels are left" in i18n.say(end.error)


@pytest.mark.parametrize("accuracies, said", [
    ((0.1, 0.85, 0.9), "It was within 1% of that at epoch 2."), ((0.1, 0.895, 0.9), "It was within 1% of that at epoch 1."),
    ((0.1, 1.0, 0.857), "It had been better: 100.0% at epoch 1.")])
def test_a_run_is_not_said_to_have_been_as_good_when_it_was_better(accuracies, said):
    (message,) = reached_images(CnnSpec(), [{"epoch": i, "accuracy": 0.9, "val_accuracy": value} for i, value in enumerate(accuracies)])
    assert i18n.say(message).replace("[[", "").replace("]]", "").endswith(said)


def test_images_that_are_not_here_are_told_of(monkeypatch, tmp_path):
    monkeypatch.setattr(image_files.settings.__class__, "data", tmp_path, raising=False)
    monkeypatch.setattr(image_files, "settings", replace(image_files.settings, data=tmp_path))
    (end,) = train(CnnSpec(dataset="fashion", points=500))
    assert end.state == "failed" and end.change == {"dataset": "digits"} and end.error is not None


# ---- the numbers

@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_the_program_ends_in_the_labs_numbers(case):
    """Which are then those of `model.fit`: the program is plain Keras."""
    spec = small(case, seed=3)
    row, said = rows(trained(spec))[-1], io.StringIO()
    names: dict[str, Any] = {}
    code = program(spec).replace("tf.config.threading.set_intra_op_parallelism_threads(1)\n", "")  # it is so already
    with contextlib.redirect_stdout(said):
        exec(compile(code, "program.py", "exec"), names)
    assert_allclose([names["val_loss"], names["val_accuracy"]], [row["val_loss"], row["val_accuracy"]], rtol=ROW)
    assert f"{names['val_loss']:.6g}" in said.getvalue()
    kept = last(spec).arrays["k0"].dtype  # half precision, of a large network
    weights = cnn_model(spec, {**last(spec).arrays})
    for mine, theirs in zip(weights.get_weights(), names["model"].get_weights(), strict=True):
        if mine.dtype == np.float32:
            assert_array_equal(mine, theirs.astype(kept).astype(np.float32))


REACHED: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {  # and with how many rows and columns each is computed
    "MNIST": ({"dataset": "mnist", "filters": (32, 64), "dense": (64,)}, (26, 26)),
    "colour": ({"dataset": "shapes", "augmentation": "shift_flip"}, (30, 30)),
    "average": ({"dataset": "mnist", "pooling": "average", "activation": "tanh", "end": "average"}, (26, 26)),
    "deep": ({"dataset": "cifar10", "filters": (16, 48, 80), "activation": "sigmoid"}, (30, 30)),
    "seven": ({"dataset": "mnist", "kernel": 7, "filters": (16, 112)}, (26, 26)),
    "wide": ({"dataset": "mnist", "kernel": 5, "filters": (16, 16, 16), "pooling": "none"}, (28, 28)),
    "padded": ({"dataset": "mnist", "padding": "same"}, (28, 28)),
    "averaged whole": ({"dataset": "mnist", "batch_norm": True}, (28, 28)),
    "dropped": ({"dataset": "mnist", "dropout": 0.2}, (28, 28)),
    "places alone": ({"dataset": "mnist", "kernel": 1, "filters": (16, 16, 16)}, (28, 28)),
    "uneven": ({"dataset": "shapes", "kernel": 7, "filters": (118, 115), "pooling": "average"}, (32, 32)),
    "one filter": ({"dataset": "mnist", "filters": (1, 8)}, (28, 28))}


@pytest.mark.parametrize("case", REACHED)
def test_what_reaches_no_answer_is_not_computed_and_changes_no_bit(case):
    """A step's answers and gradient are those of the whole images, as Keras takes them."""
    changes, enough = REACHED[case]
    spec = CnnSpec(**{**SMALL, "padding": "valid", "filters": (16, 32), **changes})
    network, other, rng = lab_of(spec), built(spec), np.random.default_rng(1)
    assert spec.enough == enough
    for batch in (32, 7):
        x, y = rng.integers(0, 256, (batch, *spec.shape)).astype(np.float32), rng.integers(0, CLASSES, (batch, 1))
        found = []
        for model, forward in ((network.model, network.predict), (other, partial(other, training=True))):
            with tf.GradientTape() as tape:
                answer = forward(x)
                loss = network.loss(y, answer)
            found.append([answer, *tape.gradient(loss, model.trainable_variables)])
        for mine, theirs in zip(*found, strict=True):
            assert_array_equal(mine.numpy(), theirs.numpy())
    for forward in (network.predict, network.passing.ends_of):
        graph = tf.function(forward).get_concrete_function(tf.TensorSpec((None, *spec.shape))).graph
        assert next(op for op in graph.get_operations() if op.type == "Conv2D").inputs[0].shape[1:3] == enough


@pytest.mark.parametrize("changes, said", [
    ({}, "Of 28 × 28 pixels only the first 26 × 26 reach the answer"), ({"padding": "same"}, ""), ({"batch_norm": True}, ""),
    ({"augmentation": "shift"}, "")])
def test_the_page_says_what_reaches_no_answer(changes, said):
    def page(changes):
        from core.specs.cnn import CnnSpec
        from core.ui import layers

        layers.table(CnnSpec(**{"dataset": "mnist", "points": 400, "padding": "valid", **changes}))

    app = AppTest.from_function(page, args=(changes,), default_timeout=60).run()
    assert not app.exception and [text.value.partition(":")[0] for text in app.caption[1:]] == ([said] if said else [])


def test_grad_cam_marks_nothing_that_a_pool_leaves_over():
    """11 places a side, of which pooling takes five pairs: cell 10 speaks for nothing, and neither do the pixels that only it covers."""
    spec = CnnSpec(**{**SMALL, "dataset": "mnist", "points": 400, "padding": "valid", "filters": (8, 12)})
    network, x = lab_of(spec), np.random.default_rng(3).integers(0, 256, (5, 28, 28, 1)).astype(np.uint8)
    for image in x:
        passed = network.passing.one(image, {})
        found, whole = network.passing.cam(passed), attribution.weighted(passed.values["conv_2"], passed.gradient)
        assert found.shape == (11, 11) and not found[10:].any() and not found[:, 10:].any()
        assert_array_equal(found[:10, :10], whole[:10, :10])
        assert (subject.cam(network, passed)["cam"][0, 27] == 128).all()


def test_an_image_is_asked_about_without_what_reaches_no_answer():
    """And a change there is none for the network: its logits are those that Keras has."""
    spec = CnnSpec(**{**SMALL, "padding": "valid", "filters": (16, 32), **REACHED["colour"][0]})
    network = lab_of(spec)
    x = np.random.default_rng(2).integers(0, 256, (4, *spec.shape)).astype(np.float32)
    elsewhere = x.copy()
    elsewhere[:, 30:] = elsewhere[:, :, 30:] = 255
    inner = keras.Model(network.model.inputs, [network.model.get_layer(name).output for name in network.names[-2:]])
    for asked in (x, elsewhere):
        found = network.passing.ends_of(tf.constant(asked))
        for name, theirs in zip(network.names[-2:], inner.predict(x, verbose=0), strict=True):
            assert_allclose(found[name].numpy(), theirs, atol=1e-6)


@pytest.mark.slow
def test_a_branch_ends_where_its_program_ends():
    spec = small(epochs=2, seed=1).fork(1, learning_rate=0.01, epochs=3)
    names: dict[str, Any] = {}
    code = program(spec).replace("tf.config.threading.set_intra_op_parallelism_threads(1)\n", "")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "program.py", "exec"), names)
    assert_allclose(names["val_loss"], rows(trained(spec))[-1]["val_loss"], rtol=ROW)


def test_a_run_goes_on_from_a_checkpoint_to_the_same_bits(monkeypatch):
    from core.training import loop

    monkeypatch.setattr(loop, "CHECKPOINT_S", 0.0)
    spec = small("everything", epochs=4)
    items = list(train(spec))
    point = next(item for item in items if isinstance(item, Checkpoint) and item.epoch == 2)
    again = list(train(spec, resume=decode(encode_checkpoint(point)).checkpoint()))
    for name, array in frames(items)[-1].arrays.items():
        assert_array_equal(frames(again)[-1].arrays[name], array, name)
    assert next(i for i in again if isinstance(i, End)).notes == next(i for i in items if isinstance(i, End)).notes


def test_what_is_said_of_a_files_digits_names_the_weights_from_which_on_it_is_so():
    assert f"more than {PRECISE:,} weights a .keras file" in Path(take.__file__).read_text("utf-8")


def test_a_report_has_no_figure_that_only_an_answer_fills():
    spec = small()
    kept = list(records(b"".join(encode_frame(frame) for frame in frames(trained(spec)))))
    templates = figures.figures(spec, CnnView(), [str(k) for k in range(CLASSES)])
    assert {"reasons", "exciting", "examples", "filters"} <= {template.id for template in templates}
    html = report(spec, kept, templates, title="t", date="d")
    assert {name: f'id="figure-{name}"' in html for name in ("examples", "filters", "reasons", "exciting")} == {
        "examples": True, "filters": True, "reasons": False, "exciting": False}


def test_the_same_spec_gives_the_same_bits_and_another_seed_others():
    spec = small("everything")
    again = frames(list(train(spec)))[-1].arrays
    for name, array in last(spec).arrays.items():
        assert_array_equal(again[name], array)
    assert not np.array_equal(last(spec).arrays["k0"], frames(list(train(spec.changed(seed=7))))[-1].arrays["k0"])


@pytest.mark.parametrize("case", slow_after(["no pooling", "everything", "average", "mirrored", "shapes"], 1))
def test_the_first_steps_are_seen_before_all_are_traced_and_change_no_bit(case, monkeypatch):
    spec = small(case, batch_size=16, epochs=2)
    items = []
    for ahead in (4, 0):
        monkeypatch.setattr(Program, "steps_ahead", lambda self, steps, ahead=ahead: ahead)
        monkeypatch.setattr(lab, "_labs", Cache(limit=1))
        items.append(list(train(spec)))
    early = [item for item in items[0] if isinstance(item, Frame)][1]
    assert (early.step, early.epoch, early.stored, early.rows) == (4, 0, False, [])
    assert not np.array_equal(early.arrays["thumbs"], frames(items[0])[0].arrays["thumbs"])
    assert rows(items[0]) == rows(items[1])
    for mine, theirs in zip(*map(frames, items), strict=True):
        assert all(np.array_equal(mine.arrays[name], array) for name, array in theirs.arrays.items())


def test_a_built_network_takes_another_seeds_weights():
    spec = small("everything")
    model, other = built(spec), built(spec.changed(seed=9))
    reseed(model, "glorot_uniform", 9)
    for mine, theirs in zip(model.variables, other.variables, strict=True):
        assert_array_equal(mine.numpy(), theirs.numpy())


# ---- what a frame shows

def outputs(spec: CnnSpec, x: np.ndarray, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Keras' own values of every named layer."""
    model = cnn_model(spec, arrays)
    names = [size.layer.name for size in spec.sizes if size.layer.kind not in BETWEEN]
    inner = keras.Model(model.inputs, [model.get_layer(name).output for name in names])
    return dict(zip(names, inner.predict(x, verbose=0), strict=True))


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_a_frame_shows_what_keras_computes(case):
    spec = small(case)
    frame, sample = last(spec), sample_of(spec)
    part = slice(sample.train, sample.train + min(sample.validation, 500))
    x, y = sample.x[part], sample.y[part]
    exact = all(a.dtype == np.float32 for name, a in frame.arrays.items() if name[0] == "k" and name[1:].isdigit())
    tolerance = 1e-5 if exact else 5e-3
    values = outputs(spec, x.astype(np.float32), frame.arrays)
    p = values["output"]
    a = frame.arrays
    if exact:
        assert_array_equal(a["confusion"], np.bincount(y * 10 + p.argmax(1), minlength=100).reshape(10, 10))
        wrong = np.flatnonzero(p.argmax(1) != y)
        assert set(a["mistakes_ids"]) <= set(wrong) and len(a["mistakes_ids"]) <= 12
        own = p[np.arange(len(y)), y]
        assert np.all(np.diff(own[a["mistakes_ids"]]) >= -1e-6)
    assert_array_equal(a["mistakes"], x[a["mistakes_ids"]])
    assert_array_equal(a["examples_truth"], np.arange(CLASSES))
    assert_array_equal(y[a["examples_ids"]], np.arange(CLASSES))
    assert_allclose(a["examples_sure"], p[a["examples_ids"]].max(1), atol=tolerance)
    image = a["examples_ids"][0]
    assert_allclose(a["answer"], p[image], atol=tolerance)
    side, at = min(spec.shape[0], 32), 1
    for name, value in values.items():
        found = value[image] if value.ndim == 4 else value[image][None, None]
        shown = found.shape[-1] if name == "output" else min(found.shape[-1], spec.maps_shown)
        scale = 1.0 if name == "output" else np.abs(found).max()
        for k in range(shown):
            picture = (a["thumbs"][at].astype(float)[::-1] - 128) / 127 * scale  # row 0 is the lowest
            place = np.arange(side) * found.shape[0] // side
            assert_allclose(picture, found[place][:, place, k], atol=scale / 120 + tolerance)
            at += 1
    assert at == len(a["thumbs"])


def test_its_kernels_are_drawn_with_their_signs():
    spec = small()
    kernel = last(spec).arrays["k0"].astype(float)
    drawn = (last(spec).arrays["filters"].astype(float) - 128) / 127 * np.abs(kernel).max()
    assert_allclose(drawn, kernel.transpose(3, 0, 1, 2), atol=np.abs(kernel).max() / 100)


def test_every_figure_takes_a_frame():
    spec = small()
    frame = last(spec)
    for template in figures.figures(spec, CnnView(), list("0123456789")):
        figure = to_figure(template, frame, rows(trained(spec)))
        assert figure.data, template.id
    picture = to_figure(figures.examples(spec, list("0123456789")), frame).data[0].z
    assert_array_equal(np.array(picture)[:8, :8, 0], frame.arrays["examples"][0][..., 0])


# ---- questions

def test_a_map_that_is_off_is_a_kernel_of_zeros():
    spec = small()
    arrays = dict(last(spec).arrays)
    found = ask(spec, "look", arrays, {"removed": [[1, 2], [3, 0]]})
    without = {name: array.copy() for name, array in arrays.items()}
    for kernel, unit in ((0, 2), (1, 0)):
        without[f"k{kernel}"][..., unit] = without[f"b{kernel}"][unit] = 0
    sample = sample_of(spec)
    part = slice(sample.train, sample.train + sample.validation)
    p = outputs(spec, sample.x[part].astype(np.float32), without)["output"]
    assert_array_equal(found["confusion"], np.bincount(sample.y[part] * 10 + p.argmax(1), minlength=100).reshape(10, 10))
    loss = keras.losses.SparseCategoricalCrossentropy()(sample.y[part], p).numpy()
    assert_allclose(found["metrics"], [loss, (p.argmax(1) == sample.y[part]).mean()], rtol=1e-4)
    assert not np.array_equal(found["thumbs"], arrays["thumbs"])


@pytest.mark.parametrize("image", [None, 3])
def test_other_maps_of_a_layer_are_drawn(image):
    """The pages of a layer have what Keras computes, and the layers beside it stay as they are."""
    spec = small(filters=(40,), dense=(20,), pooling="none")
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    asked = {} if image is None else {"image": image}
    x = sample.x[sample.train + (View(sample).chosen if image is None else image)][None].astype(np.float32)
    values = outputs(spec, x, arrays)
    plain = ask(spec, "look", arrays, {**asked, "first": []} if asked else {"image": View(sample).chosen})
    found = ask(spec, "look", arrays, {**asked, "first": [[1, 24], [2, 4]]})
    for name, start, at in (("conv_1", 24, 1), ("dense_1", 4, 17)):
        maps = np.atleast_3d(values[name][0] if values[name].ndim > 2 else values[name][0][None, None])
        scale = float(np.abs(maps).max())
        for k in range(16):
            picture = (found["thumbs"][at + k].astype(float)[::-1] - 128) / 127 * scale  # row 0 is the lowest
            block = np.broadcast_to(maps[..., start + k], picture.shape)
            assert_allclose(picture, block, atol=scale / 127)
    same = [0, *range(33, len(found["thumbs"]))]
    assert len(found["thumbs"]) == len(plain["thumbs"]) == 1 + 16 + 16 + 10
    assert_array_equal(found["thumbs"][same], plain["thumbs"][same])
    with pytest.raises(ValueError, match="cannot be drawn from 25"):
        ask(spec, "look", arrays, {"first": [[1, 25]]})


def test_another_image_is_sent_through():
    spec = small()
    arrays, number = dict(last(spec).arrays), 5
    sample = sample_of(spec)
    x = sample.x[sample.train + number][None].astype(np.float32)
    assert_allclose(ask(spec, "look", arrays, {"image": number})["answer"], outputs(spec, x, arrays)["output"][0], atol=1e-5)


def drawn(seed: int) -> np.ndarray:
    """A drawing (56, 56) uint8 of random straight lines, somewhere and of some size, as the player's round brush leaves them."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(8, 48, 2) * 0.4 + rng.uniform(0, 34, (4, 2))
    v, u = np.meshgrid(np.arange(56) + 0.5, np.arange(56) + 0.5, indexing="ij")
    distance = np.full((56, 56), np.inf)
    for (x0, y0), (x1, y1) in pairwise(points):
        along = np.clip(((u - x0) * (x1 - x0) + (v - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
        distance = np.minimum(distance, np.hypot(u - x0 - along * (x1 - x0), v - y0 - along * (y1 - y0)))
    return np.rint(255 * np.clip(2.9 - distance, 0, 1)).astype(np.uint8)


def told(drawing: np.ndarray) -> str:
    return b64encode(drawing.tobytes()).decode()


@pytest.mark.parametrize("name", ["digits", pytest.param("mnist", marks=[
    pytest.mark.slow, pytest.mark.skipif(not available("mnist"), reason="mnist.npz is not in the data folder")])])
def test_a_drawing_is_answered_as_keras_answers_it_in_the_form_of_the_set(name):
    spec = small(dataset=name, points=300 if name == "digits" else 400, epochs=1)
    arrays = dict(last(spec).arrays)
    for seed in range(4):
        seen = {"digits": as_digits, "mnist": as_mnist}[name](drawn(seed))
        found = ask(spec, "look", arrays, {"drawing": told(drawn(seed)), "reasons": True})
        assert_array_equal(found["seen"], seen[..., None])
        assert_allclose(found["answer"], outputs(spec, seen[None, ..., None].astype(np.float32), arrays)["output"][0], atol=1e-5)
        assert found["reasons"].shape == (4, *spec.shape)
    number = 5
    image = sample_of(spec).x[sample_of(spec).train + number]
    plain = ask(spec, "look", arrays, {"image": number})
    assert_array_equal(plain["seen"], image)
    assert "seen" not in ask(spec, "look", arrays, {})
    assert set(plain) == {"seen", "thumbs", "answer"}  # all else is as in the frame


@pytest.mark.parametrize(("drawing", "said"), [
    (told(drawn(0))[:-4], "3135"), (told(drawn(0)[:28, :28]), "784"), ("", "has 0"), (7, "7"), (["AAAA"], "AAAA"), (True, "True"),
    ("??" + told(drawn(0))[2:], "??"), ("数字", "数字"), (told(np.zeros((56, 56), np.uint8)), "nothing is drawn")])
def test_a_drawing_that_is_none_is_refused_with_what_came(drawing, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        ask(small(), "look", dict(last(small()).arrays), {"drawing": drawing})


def test_a_drawing_is_for_grey_sets_and_in_the_place_of_an_image():
    spec = small("shapes")
    with pytest.raises(ValueError, match="shapes"):
        ask(spec, "look", dict(last(spec).arrays), {"drawing": told(drawn(0))})
    with pytest.raises(ValueError, match="image 3"):
        ask(small(), "look", dict(last(small()).arrays), {"drawing": told(drawn(0)), "image": 3})
    for name in ("digits", "mnist", "fashion", "shapes", "cifar10"):
        page = {t.id for t in figures.figures(small(dataset=name, points=300), CnnView(), list("0123456789"))}
        assert ("sketch" in page) == (name in FORMS)


def test_what_is_asked_about_is_changed_as_asked_and_answered_as_keras_answers_it():
    spec = small()
    arrays, sample, rng = dict(last(spec).arrays), sample_of(spec), np.random.default_rng(5)
    for _case in range(4):
        change = {"turn": rng.uniform(-90, 90), "right": rng.uniform(-0.3, 0.3), "down": 0, "noise": rng.uniform(0, 0.4)}
        drawing, picture = drawn(int(rng.integers(99))), rng.integers(0, 256, spec.shape, dtype=np.uint8)
        number = int(rng.integers(20))
        own = sample.x[sample.train:sample.train + sample.validation]
        first = own[np.flatnonzero(sample.y[sample.train:] == 0)[0]]
        for given, plain in (({"drawing": told(drawing)}, as_digits(drawing)[..., None]), ({"picture": told(picture)}, picture),
                             ({"image": number}, own[number]), ({}, first)):
            found = ask(spec, "look", arrays, {**given, "change": change})
            assert_array_equal(found["seen"], changed(plain, **change))
            assert_allclose(found["answer"], outputs(spec, found["seen"][None].astype(np.float32), arrays)["output"][0], atol=1e-5)
            if given:
                assert_array_equal(ask(spec, "look", arrays, given)["seen"], plain)


def test_an_answer_has_what_does_not_change_with_its_image():
    spec = small()
    arrays = dict(last(spec).arrays)
    whole, changing = (ask(spec, "look", arrays, {"removed": [[1, 2]], **more}) for more in ({}, {"image": 3, "change": {"turn": 40}}))
    for name in ("examples", "examples_said", "mistakes_ids", "confusion", "cloud", "metrics"):
        assert_array_equal(whole[name], changing[name])
    assert not np.array_equal(whole["thumbs"], changing["thumbs"])
    early = dict(frames(trained(spec))[0].arrays)
    there = {"image": 3, "removed": [[1, 2]]}
    assert not np.array_equal(ask(spec, "look", early, there)["metrics"], ask(spec, "look", arrays, there)["metrics"])
    assert ask(spec, "look", arrays, {"image": 3}).keys() == {"seen", "thumbs", "answer"}  # all else is what the frame has


def test_the_fast_map_is_the_one_among_the_reasons():
    spec = small()
    arrays = dict(last(spec).arrays)
    for number in range(3):
        found = ask(spec, "look", arrays, {"image": number, "reasons": True, "cam": True, "removed": [[1, 0]]})
        assert_array_equal(found["cam"][0], found["reasons"][3])
        assert_array_equal(found["cam_ids"], [3])
    assert "cam" not in ask(spec, "look", arrays, {"image": 0})
    built, image = lab.Lab(spec.revised(filters=(), dense=(12,))), sample_of(spec).x[0]
    reseed(built.model, "glorot_uniform", 3)
    built.program.gather()
    with built.program.weights():
        plain = subject.cam(built, built.passing.one(image, {}))
        reasons = attribution.saliency(built.forward, image.astype(np.float32), int(built.answers(image[None])[0].argmax()))
    assert_array_equal(plain["cam_ids"], [1])
    assert_allclose(plain["cam"][0, ..., 0], 128 + 127 * reasons / reasons.max(), atol=1)


def test_the_figure_of_a_drawing_takes_an_answer():
    spec = small()
    answer = ask(spec, "look", dict(last(spec).arrays), {"drawing": told(drawn(1))})
    template = figures.sketch(spec, list("0123456789"))
    picture = to_figure(template, replace(last(spec), arrays=answer)).data[0].z
    assert_array_equal(np.array(picture)[..., 0], answer["seen"][..., 0])


def test_the_sealed_test_and_the_file():
    spec = small()
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    rest = slice(sample.train + sample.validation, None)
    p = outputs(spec, sample.x[rest].astype(np.float32), arrays)["output"]
    accuracy, count, validation = ask(spec, "sealed", arrays, {})["metrics"]
    assert_allclose([accuracy, count], [(p.argmax(1) == sample.y[rest]).mean(), len(p)], rtol=1e-6)
    assert_allclose(validation, rows(trained(spec))[-1]["val_accuracy"], atol=1e-5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(ask(spec, "model", arrays, {})["file"].tobytes())
        assert_allclose(keras.models.load_model(path).predict(sample.x[rest].astype(np.float32), verbose=0), p, atol=1e-6)


@pytest.mark.parametrize(("probe", "arguments"), [
    ("look", {"removed": 5}), ("look", {"removed": [[1, 0]] * 5000}), ("look", {"removed": [[0, 0]]}),
    ("look", {"removed": [[1, 99]]}), ("look", {"removed": ["x"]}), ("look", {"removed": [[1.0, 0]]}),
    ("look", {"first": 3}), ("look", {"first": [[1]]}), ("look", {"first": [[99, 0]]}), ("look", {"first": [[1, 500]]}),
    ("look", {"image": -1}), ("look", {"image": 10_000}), ("look", {"image": True}), ("look", {"image": "7"}), ("dream", {}),
    ("look", {"change": {"turn": 181}}), ("look", {"change": {"spin": 1}}), ("look", {"change": 5}), ("look", {"change": {"noise": True}}),
    ("look", {"picture": "AAAA"}), ("look", {"picture": 7}), ("look", {"image": 1, "picture": "A" * 88})])
def test_a_question_that_is_none_is_refused(probe, arguments):
    with pytest.raises(ValueError):
        ask(small(), probe, dict(last(small()).arrays), arguments)


# ---- the data in their order

def test_classes_take_turns():
    for seed in range(5):
        y = np.random.default_rng(seed).choice(4, 200, p=[0.1, 0.2, 0.3, 0.4])
        order = images.in_turns(y, np.random.default_rng(seed))
        assert sorted(order) == list(range(200))
        share = np.bincount(y) / 200
        for start, stop in ((0, 50), (30, 90), (111, 200)):
            assert np.all(np.abs(np.bincount(y[order[start:stop]], minlength=4) - share * (stop - start)) <= 2)
    assert not np.array_equal(images.in_turns(y, np.random.default_rng(1)), images.in_turns(y, np.random.default_rng(2)))


# ---- why, and what for

def test_what_excites_a_map_most_is_where_it_is_largest():
    spec = small("shapes")
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    x = sample.x[sample.train:sample.train + min(sample.validation, 500)]
    values = outputs(spec, x.astype(np.float32), arrays)
    pool = values["pool_1"][..., 4]
    found = ask(spec, "look", arrays, {"unit": [2, 4], "removed": [[2, 4]]})["exciting"]  # off or not
    best = np.argsort(-pool.max((1, 2)), kind="stable")[:9]
    for picture, i in zip(found, best, strict=True):
        row, column = np.unravel_index(pool[i].argmax(), pool[i].shape)  # it sees 4 pixels from twice its place on
        assert_array_equal(picture, x[i][2 * row:2 * row + 4, 2 * column:2 * column + 4])
    neuron = ask(spec, "look", arrays, {"unit": [5, 3]})["exciting"]
    assert_array_equal(neuron, x[np.argsort(-values["dense_1"][:, 3], kind="stable")[:9]])


def test_reasons_are_those_of_the_answer():
    """On a network without hidden bends the slope at a pixel is known: integrated gradients are then weight times pixel."""
    spec = small(activation="linear", pooling="average", epochs=1)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    found = ask(spec, "look", arrays, {"image": 3, "reasons": True})
    assert found["reasons"].shape == (4, 8, 8, 1) and found["reasons_ids"].tolist() == [0, 1, 2, 3]
    assert "reasons" not in ask(spec, "look", arrays, {"image": 3})
    model = cnn_model(spec, arrays)
    x = tf.constant(sample.x[sample.train + 3][None].astype(np.float32))
    label = int(model(x)[0].numpy().argmax())
    with tf.GradientTape() as tape:
        tape.watch(x)
        p = model(x)
        score = tf.math.log(p[0, label]) - tf.reduce_mean(tf.math.log(p[0]))
    slope = tape.gradient(score, x).numpy()[0, ..., 0]
    parts = slope * x.numpy()[0, ..., 0]  # the network is linear up to its softmax
    for picture, expected in ((found["reasons"][1], np.abs(slope)), (found["reasons"][2], parts)):
        assert_allclose((picture[..., 0].astype(float) - 128) / 127, expected / np.abs(expected).max(), atol=0.02)


def test_neighbours_are_those_of_scikit_learn_and_asked_for_once():
    from sklearn.manifold import TSNE, trustworthiness

    spec = small(epochs=1)
    arrays, sample = dict(last(spec).arrays), sample_of(spec)
    found = ask(spec, "look", arrays, {"neighbours": True})
    features = outputs(spec, sample.x[sample.train:sample.train + sample.validation].astype(np.float32), arrays)["dense_1"]
    n = len(found["neighbours"])
    theirs = TSNE(init="pca", perplexity=min(30, (n - 1) / 3), random_state=0).fit_transform(features)
    assert n == min(150, sample.validation) and trustworthiness(features, found["neighbours"]) > trustworthiness(features, theirs) - 0.05
    assert ask(spec, "look", arrays, {"neighbours": True})["neighbours"] is found["neighbours"]
    assert_array_equal(found["neighbours_truth"], sample.y[sample.train:sample.train + n])


def test_the_flat_map_keeps_the_distances_of_the_two_largest_components():
    from sklearn.decomposition import PCA

    spec = small()
    sample = sample_of(spec)
    features = outputs(spec, sample.x[sample.train:sample.train + sample.validation].astype(np.float32), last(spec).arrays)["dense_1"]
    expected, found = PCA(2).fit_transform(features), last(spec).arrays["cloud"]
    for i, j in ((0, 1), (5, 20), (7, 30)):
        assert_allclose(np.linalg.norm(found[i] - found[j]), np.linalg.norm(expected[i] - expected[j]), rtol=1e-3)


@pytest.mark.parametrize("values", [{}, {"batch_norm": True, "dropout": 0.2, "end": "average"}, {"filters": (), "dense": (12, 8)},
                                    {"augmentation": "shift", "pooling": "average"}])
def test_a_traced_network_answers_as_before_it_was(values):
    """Whatever weights it is asked with, and whatever is switched off: the first calls are taken operation by operation."""
    spec = small().revised(**values)
    built, sample = lab.Lab(spec), sample_of(spec)
    keep = {built.names[0]: (np.arange(built.units[0]) > 1).astype(np.float32)}
    about = built.convolutions[-1] if built.convolutions else ""
    seen: dict[int, list[np.ndarray]] = {}
    for _time in range(EAGER):
        for n, removed in ((0, {}), (1, keep), (2, {})):
            flat = tf.constant(np.random.default_rng(n).normal(0, 0.3, built.program.flat.shape).astype(np.float32))
            others = [tf.abs(tf.convert_to_tensor(v)) + 0.1 * n if v.dtype == "float32" else tf.convert_to_tensor(v)
                      for v in built.model.non_trainable_variables]
            image = sample.x[n]
            with built.program.weights(flat, others):
                one, many = built.passing.one(image, removed), built.through(sample.x[:20], built.names[-2:])
                forward = partial(built.forward, removed=removed)
                label = int(one.values["output"].argmax())
                x = image.astype(np.float32)
                by_hand = (attribution.grad_cam(forward, x, label, about) if about else attribution.saliency(forward, x, label))
            fast = attribution.weighted(one.values[about], one.gradient) if about else attribution.steepness(one.gradient)
            assert_allclose(fast, by_hand, rtol=1e-5, atol=1e-6 * max(float(by_hand.max()), 1e-6))
            now = [*one.values.values(), one.gradient, *many]
            for a, b in zip(now, seen.setdefault(n, now), strict=True):
                assert_array_equal(a, b)
