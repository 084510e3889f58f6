"""Maps of what a convolutional network looks at: against formulas, NumPy and loops, and against a network whose reason is known."""

from __future__ import annotations

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.training import attribution
from core.training.attribution import (
    grad_cam,
    integrated_gradients,
    occlusion,
    saliency,
    score_of,
    scores,
    spread,
    upsample,
    windows,
)
from core.training.program import Program
from core.training.warm import warm
from tests.conftest import slow_after

warm()

SEEDS = slow_after(range(20), 2)


def forward_of(model):
    def forward(x):
        values = {}
        for layer in model.layers:
            x = layer(x, training=False)
            values[layer.name] = x
        return values
    return forward


def linear(seed, classes=3, softmax=False, shape=(4, 5, 3)):
    """A network with nothing in it but weights (h, w, c, classes): its forward, and those."""
    w = np.random.default_rng(seed).normal(0, 0.02, (*shape, classes)).astype(np.float32)

    def forward(x):
        logits = tf.tensordot(x, tf.constant(w), 3) + 0.5
        return {"output": tf.nn.softmax(logits) if softmax else logits}
    return forward, w


def picture(seed, shape=(4, 5, 3)):
    return np.random.default_rng(1000 + seed).integers(0, 256, shape).astype(np.float32)


def network(seed, classes=4, shape=(12, 10, 2)):
    """A random convolutional network with random biases, so that ReLUs switch somewhere else than at black."""
    keras.utils.set_random_seed(seed)
    rng, la = np.random.default_rng(seed), keras.layers
    activation = str(rng.choice(["relu", "tanh"]))
    model = keras.Sequential([
        keras.Input(shape), la.Rescaling(1 / 255), la.Conv2D(6, 3, padding="same", activation=activation, name="first"),
        la.MaxPooling2D() if rng.random() < 0.5 else la.AveragePooling2D(2), la.Conv2D(8, 3, activation="relu", name="second"),
        la.Flatten(), la.Dense(12, activation="relu"), la.Dense(classes, activation="softmax", name="output")])
    for v in model.trainable_variables:
        v.assign(v + rng.normal(0, 0.1, v.shape))
    return model


# ---- the score

@pytest.mark.parametrize("seed", SEEDS)
def test_scores_of_logits_and_of_probabilities(seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 4, (5, 6)).astype(np.float32)
    e = np.exp(z.astype(float))
    p, label = e / e.sum(1, keepdims=True), int(rng.integers(0, 6))
    behind = tf.nn.softmax(z)
    assert_allclose(score_of(tf.constant(z), label, "logit", softmax=False), z[:, label])
    assert_allclose(score_of(tf.constant(z), label, "probability", softmax=False), p[:, label], rtol=1e-5)
    assert_allclose(score_of(behind, label, "probability"), p[:, label], rtol=1e-5)
    assert_allclose(score_of(behind, label, "logit"), z[:, label] - z.mean(1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_of_a_logit_behind_a_softmax_is_that_of_the_centred_logit_however_certain_it_is(seed):
    rng = np.random.default_rng(seed)
    z = tf.constant(rng.normal(0, 12, (1, 5)), tf.float32)  # p as good as 0 and 1; its own gradient has vanished
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        found = score_of(tf.nn.softmax(z), 2, "logit")
    assert_allclose(tape.gradient(found, z).numpy()[0], np.eye(5)[2] - 1 / 5, atol=1e-6)


def test_scores_go_through_the_network_in_chunks(monkeypatch):
    model = network(1)
    x = picture(1, (7, 12, 10, 2))
    expected = model(x).numpy()[:, 3]
    for chunk in (1, 3, 7, 64):
        monkeypatch.setattr(attribution, "CHUNK", chunk)
        assert_allclose(scores(forward_of(model), x, 3, score="probability"), expected, rtol=1e-5)
    assert scores(forward_of(model), x[:0], 3).shape == (0,)


# ---- maps of a linear network: the formulas say what they are

@pytest.mark.parametrize("seed", SEEDS)
def test_saliency_of_a_linear_network_is_its_weights(seed):
    x, label = picture(seed), seed % 3
    forward, w = linear(seed)
    assert_allclose(saliency(forward, x, label, softmax=False), np.abs(w[..., label]).max(-1), rtol=1e-6)
    behind, _ = linear(seed, softmax=True)
    assert_allclose(saliency(behind, x, label), np.abs(w[..., label] - w.mean(-1)).max(-1), rtol=2e-4)
    z = np.tensordot(x.astype(float), w, 3)
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    expected = np.abs(p[label] * (w[..., label] - w @ p)).max(-1)
    for f, softmax in ((behind, True), (forward, False)):
        assert_allclose(saliency(f, x, label, score="probability", softmax=softmax), expected, rtol=2e-3, atol=1e-8)  # 1 − p in float32


@pytest.mark.parametrize("seed", SEEDS)
def test_integrated_gradients_of_a_linear_network_are_weight_times_difference(seed):
    x, label = picture(seed), seed % 3
    forward, w = linear(seed)
    for steps in (1, 5, 40):
        assert_allclose(integrated_gradients(forward, x, label, steps=steps, softmax=False), w[..., label] * x, rtol=1e-5)
    other = picture(seed + 50)
    for baseline in (60.0, np.array([10, 200, 30]), other):
        found = integrated_gradients(forward, x, label, baseline=baseline, steps=3, softmax=False)
        assert_allclose(found, w[..., label] * (x - baseline), rtol=1e-4, atol=1e-5)
    behind, _ = linear(seed, softmax=True)
    found = integrated_gradients(behind, x, label, score="probability", steps=64)
    change = scores(behind, np.stack([x, 0 * x]), label, score="probability")
    assert_allclose(found.sum(), change[0] - change[1], atol=0.01)


@pytest.mark.parametrize("score", ["logit", "probability"])
@pytest.mark.parametrize("seed", SEEDS)
def test_integrated_gradients_add_up_to_the_change_of_the_score(seed, score):
    """Completeness, within 1 % of what was added and taken away, on random networks."""
    forward, x = forward_of(network(seed)), picture(seed, (12, 10, 2))
    baseline = None if seed % 2 else picture(seed + 1, (12, 10, 2))
    start = 0 * x if baseline is None else baseline
    for label in range(4):
        found = integrated_gradients(forward, x, label, baseline=baseline, score=score)
        after, before = scores(forward, np.stack([x, start]), label, score=score)
        assert found.sum() == pytest.approx(after - before, abs=0.01 * float(np.abs(found).sum()))


def test_integrated_gradients_do_not_depend_on_chunks(monkeypatch):
    forward, x = forward_of(network(2)), picture(2, (12, 10, 2))
    expected = integrated_gradients(forward, x, 1, steps=20)
    monkeypatch.setattr(attribution, "CHUNK", 7)
    assert_allclose(integrated_gradients(forward, x, 1, steps=20), expected, rtol=1e-4, atol=1e-6)


# ---- Grad-CAM

@pytest.mark.parametrize("seed", SEEDS)
def test_grad_cam_of_a_network_made_by_hand(seed):
    """Two 3 × 3 kernels, ReLU, a tanh layer and a linear one, whose gradient NumPy knows."""
    from scipy.signal import correlate2d

    rng = np.random.default_rng(seed)
    kernels, v, u = rng.normal(0, 0.01, (3, 3, 2)), rng.normal(0, 0.3, (20 * 2, 6)), rng.normal(size=(6, 3))
    x, label = picture(seed, (6, 7, 1)), seed % 3

    def forward(x):
        maps = tf.nn.relu(tf.nn.conv2d(x, tf.constant(kernels[:, :, None], tf.float32), 1, "VALID"))
        hidden = tf.tanh(tf.reshape(maps, (-1, 40)) @ tf.constant(v, tf.float32))
        return {"maps": maps, "hidden": hidden, "output": hidden @ tf.constant(u, tf.float32)}

    maps = np.maximum(np.stack([correlate2d(x[..., 0], kernels[..., k], "valid") for k in range(2)], -1), 0)  # (4, 5, 2)
    hidden = np.tanh(maps.reshape(40) @ v)
    alpha = (v @ ((1 - hidden**2) * u[:, label])).reshape(20, 2).mean(0)
    found = grad_cam(forward, x, label, "maps", softmax=False)
    assert found.dtype == np.float32 and found.shape == (4, 5)
    assert_allclose(found, np.maximum(maps @ alpha, 0), rtol=1e-3, atol=1e-5)


def test_grad_cam_before_global_average_pooling_is_the_class_map():
    """Zhou et al. 2016: features times the last layer's weights; Grad-CAM has the pooling's 1 / places in it."""
    la = keras.layers
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((9, 9, 1)), la.Rescaling(1 / 255), la.Conv2D(5, 3, activation="relu", name="maps"),
                              la.GlobalAveragePooling2D(), la.Dense(3, name="output")])
    x = picture(3, (9, 9, 1))
    maps, w = forward_of(model)(x[None])["maps"].numpy()[0], model.layers[-1].kernel.numpy()
    for label in range(3):
        assert_allclose(grad_cam(forward_of(model), x, label, "maps", softmax=False), np.maximum(maps @ w[:, label] / 49, 0), atol=1e-6)


@pytest.mark.parametrize("small, size", [((3, 4), (12, 10)), ((5, 5), (28, 28)), ((1, 1), (6, 7)), ((7, 2), (7, 8))])
def test_upsample_is_bilinear_between_the_middles_of_cells(small, size):
    from scipy.ndimage import zoom

    values = np.random.default_rng(sum(size)).random(small)
    expected = zoom(values, np.divide(size, small), order=1, mode="nearest", grid_mode=True)
    assert_allclose(upsample(values, size), expected, atol=1e-6)


# ---- occlusion

@pytest.mark.parametrize("seed", SEEDS)
def test_occlusion_and_its_spread_against_loops(seed):
    rng = np.random.default_rng(seed)
    forward, x = forward_of(network(seed)), picture(seed, (12, 10, 2))
    window = int(rng.integers(1, 6))
    stride = int(rng.integers(1, window + 1))
    fill = [0.0, 128.0, np.array([20.0, 220.0]), x[::-1]][seed % 4]
    found = occlusion(forward, x, 1, window=window, stride=stride, fill=fill)
    tops, lefts = windows(12, window, stride), windows(10, window, stride)
    whole = forward(x[None])["output"].numpy()[0, 1]
    per_pixel = [[[] for _ in range(10)] for _ in range(12)]
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            covered = x.copy()
            for row in range(top, top + window):
                for column in range(left, left + window):
                    covered[row, column] = np.broadcast_to(fill, x.shape)[row, column]
                    per_pixel[row][column].append(found[i, j])
            assert found[i, j] == pytest.approx(whole - forward(covered[None])["output"].numpy()[0, 1], abs=1e-6)
    means = [[np.mean(drops) for drops in row] for row in per_pixel]  # every pixel is covered
    assert_allclose(spread(found, (12, 10), window=window, stride=stride), means, atol=1e-6)


def test_windows_reach_the_end():
    assert windows(8, 4, 2).tolist() == [0, 2, 4]
    assert windows(9, 4, 2).tolist() == [0, 2, 4, 5]
    assert windows(5, 5, 1).tolist() == [0]


# ---- within a scope, as a lab computes

def test_maps_are_those_of_the_weights_of_the_scope():
    model, x = network(5), picture(5, (12, 10, 2))
    program = Program(model, keras.optimizers.SGD(), keras.losses.CategoricalCrossentropy(), batch_size=4)
    flat = program.flat.numpy() * np.random.default_rng(5).normal(1, 0.3, program.flat.shape).astype(np.float32)
    maps = [saliency, integrated_gradients, partial(grad_cam, layer="second"), partial(occlusion, window=3, stride=3, fill=0)]
    before = [f(forward_of(model), x, 2) for f in maps]
    with program.weights(tf.constant(flat)):
        inside = [f(forward_of(model), x, 2) for f in maps]
    program.flat.assign(flat)
    program.scatter()
    for f, old, mine in zip(maps, before, inside, strict=True):
        assert_array_equal(mine, f(forward_of(model), x, 2))
        assert np.abs(mine - old).max() > 1e-6


# ---- what is refused

@pytest.mark.parametrize("call, words", [
    (lambda f, x: saliency(f, x, 3), "from 0 to 2, not 3"), (lambda f, x: saliency(f, x, -1), "not -1"),
    (lambda f, x: saliency(f, x, True), "not True"), (lambda f, x: saliency(f, x, 1.0), "not 1.0"),
    (lambda f, x: saliency(f, x[..., 0], 1), r"not \(4, 5\)"), (lambda f, x: saliency(f, x, 1, score="odds"), "not 'odds'"),
    (lambda f, x: integrated_gradients(f, x, 1, steps=0), "not 0"),
    (lambda f, x: integrated_gradients(f, x, 1, baseline=np.zeros(2)), r"\(2,\)"),
    (lambda f, x: occlusion(f, x, 1, window=2, stride=3, fill=0), "stride 3, window 2"),
    (lambda f, x: occlusion(f, x, 1, window=5, stride=1, fill=0), "window 5"),
    (lambda f, x: occlusion(f, x, 1, window=2, stride=1, fill=np.zeros((4, 5))), r"\(4, 5\)"),
    (lambda f, x: spread(np.zeros((2, 2)), (4, 5), window=2, stride=1), r"\(3, 4\) drops, not \(2, 2\)"),
    (lambda f, x: upsample(x, (8, 8)), r"not \(4, 5, 3\)"),
    (lambda f, x: grad_cam(f, x, 1, "conv"), "'conv'; the layers are output"),
    (lambda f, x: grad_cam(f, x, 1, "output"), r"'output' gives \(3,\)"),
    (lambda f, x: grad_cam(lambda x: {**f(x), "aside": x * 2}, x, 1, "aside"), "does not depend on the layer 'aside'"),
    (lambda f, x: saliency(lambda x: {"output": x}, x, 1), r"not \(1, 4, 5, 3\)"),
    (lambda f, x: saliency(linear(0, 1)[0], x, 0), "this output has one")])
def test_errors_quote_what_they_received(call, words):
    with pytest.raises(ValueError, match=words):
        call(linear(0, softmax=True)[0], picture(0))


def test_a_score_that_does_not_depend_on_the_picture_has_an_empty_map():
    assert not saliency(lambda x: {"output": tf.constant([[0.2, 0.8]])}, picture(0), 1).any()
