"""The fused training loop against `fit`: every optimizer with every kind of network, and Keras as it comes out of the box."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from core.training import choices
from core.training.batches import order
from core.training.program import Program
from core.training.warm import warm
from tests.test_training import BATCH, OPTIMIZERS, RATE, SOME, VARIANTS, data, keras_fit, moved, orders, ours, same_weights

warm()  # fixes the number of threads, before anything computes

pytestmark = pytest.mark.slow
REST = [(o, v) for o in OPTIMIZERS for v in VARIANTS if (o, v) not in SOME]  # the others are tested every time


@pytest.mark.parametrize("jit", [False, True], ids=["traced", "xla"])
@pytest.mark.parametrize(("optimizer", "variant"), REST)
def test_every_optimizer_with_every_variant_ends_where_fit_ends(optimizer: str, variant: str, jit: bool) -> None:
    v = replace(VARIANTS[variant], jit=jit)
    weights = ours(v, optimizer)
    moved(weights, v)
    same_weights(weights, keras_fit(v, choices.optimizer(optimizer, RATE)), v)


PLAIN_FIT = """
import sys
import keras
import numpy as np
from core.models.feedforward import build_feedforward
from core.training import choices
name, rate, batch, path = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
given = np.load(path + "/given.npz")
model = build_feedforward(2, (7, 5), 1, activations=("tanh", "relu"), output_activation="sigmoid", dropout=0.3, batch_norm=True,
                          regularizer=keras.regularizers.L2(0.03), seed=5)
model.compile(choices.optimizer(name, rate), keras.losses.BinaryCrossentropy())
for o in given["orders"]:
    model.fit(given["x"][o], given["y"][o], batch_size=batch, shuffle=False, verbose=0)
np.savez(path + "/found.npz", *model.get_weights())
"""


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_keras_out_of_the_box_ends_there_too(optimizer: str, tmp_path: Path) -> None:
    """`fit` in a new process with TensorFlow's own settings: threads, and graphs rewritten before they run.

    Rewriting changes the order in which some numbers are added, so bits differ: by at most 2e-7 here after 16 steps. The bias
    before a batch normalization is left out: its gradient is nothing but rounding, and Adam makes a full step of that.
    """
    v = VARIANTS["all"]
    x, y = data(v.points)
    np.savez(tmp_path / "given.npz", x=x, y=y, orders=orders(v))
    subprocess.run([sys.executable, "-c", PLAIN_FIT, optimizer, str(RATE), str(BATCH), str(tmp_path)], check=True,
                   cwd=Path(__file__).parent.parent, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    found, expected = np.load(tmp_path / "found.npz"), ours(v, optimizer)
    assert len(found.files) == len(expected)
    for i, w in enumerate(expected):
        if i not in (1, 4, 7, 10):  # biases before a batch normalization and the moving averages that follow them
            assert_allclose(w, found[f"arr_{i}"], rtol=0, atol=1e-5)


def convolutions() -> keras.Sequential:
    return keras.Sequential([
        keras.Input((8, 8, 1)), keras.layers.Conv2D(6, 3, activation="relu", kernel_initializer=keras.initializers.HeNormal(1)),
        keras.layers.MaxPooling2D(), keras.layers.Flatten(),
        keras.layers.Dense(4, activation="softmax", kernel_initializer=keras.initializers.GlorotUniform(2))])


@pytest.mark.parametrize("rewrite", [False, True])
def test_convolutions_end_where_fit_ends(rewrite: bool) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 1, (70, 8, 8, 1)).astype("float32"), np.eye(4, dtype="float32")[rng.integers(0, 4, 70)]
    batches = np.stack([order(1, epoch, 70) for epoch in range(3)])
    program = Program(convolutions(), choices.optimizer("adam"), keras.losses.CategoricalCrossentropy(), batch_size=16,
                      rewrite=rewrite)
    program.advance(tf.constant(x), tf.constant(y), tf.ones((2, 70)), batches, np.full((3, 5), 0.01, "float32"))
    assert tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"]  # as it was
    program.scatter()
    model = convolutions()
    model.compile(choices.optimizer("adam", 0.01), keras.losses.CategoricalCrossentropy())
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": not rewrite})
    try:
        for o in batches:
            model.fit(x[o], y[o], batch_size=16, shuffle=False, verbose=0)
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    for a, b in zip(program.model.get_weights(), model.get_weights(), strict=True):
        assert_allclose(a, b, rtol=0, atol=1e-6)
