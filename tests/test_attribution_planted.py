"""The maps of a network whose reason is known: pictures of noise, told apart by a small patch of stripes at a random place.

A sanity check after Adebayo et al. 2018: the maps find the patch in a trained network, and not in one with random weights.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core.training.attribution import grad_cam, integrated_gradients, occlusion, saliency, spread, upsample
from core.training.warm import warm
from tests.test_attribution import forward_of

warm()

SIDE, PATCH, MARGIN, WINDOW = 12, 4, 1, 3


def pictures(n, seed):
    """x (n, 12, 12, 1): noise with stripes at a random place, of the same mean and nearly the same spread; y: 0 lying, 1 upright."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 255, (n, SIDE, SIDE, 1)).astype(np.float32)
    y = rng.integers(0, 2, n)
    places = rng.integers(0, SIDE - PATCH + 1, (n, 2))
    stripes = np.where((np.arange(PATCH) + rng.integers(0, 2, (n, 1))) % 2, 200.0, 55.0)  # (n, 4)
    for i, (top, left) in enumerate(places):
        x[i, top:top + PATCH, left:left + PATCH, 0] = stripes[i][None] if y[i] else stripes[i][:, None]
    return x, y, places


def build(seed):
    keras.utils.set_random_seed(seed)
    la = keras.layers
    return keras.Sequential([
        keras.Input((SIDE, SIDE, 1)), la.Rescaling(1 / 127.5, -1), la.Conv2D(8, 3, padding="same", activation="relu"),
        la.Conv2D(8, 3, padding="same", activation="relu", name="maps"), la.GlobalMaxPooling2D(),
        la.Dense(2, activation="softmax", name="output")])


@pytest.fixture(scope="module")
def trained():
    model = build(1)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    x, y, _ = pictures(1500, 0)
    model.fit(x, y, batch_size=50, epochs=12, verbose=0)
    return model


MAPS = {
    "saliency": lambda f, x, label: saliency(f, x, label),
    "integrated_gradients": lambda f, x, label: np.abs(integrated_gradients(f, x, label, baseline=127.5)).max(-1),
    "grad_cam": lambda f, x, label: upsample(grad_cam(f, x, label, "maps"), (SIDE, SIDE)),
    "occlusion": lambda f, x, label: spread(occlusion(f, x, label, window=WINDOW, stride=1, fill=127.5, score="logit"),
                                            (SIDE, SIDE), window=WINDOW, stride=1),
}


def found(model, name, n=60):
    """Among test pictures that the network gets right, the share whose map is greatest at the patch, or a pixel beside it; their share."""
    x, y, places = pictures(n, 99)
    forward = forward_of(model)
    right = np.flatnonzero(forward(x)["output"].numpy().argmax(1) == y)
    hits = []
    for i in right:
        place = np.unravel_index(MAPS[name](forward, x[i], int(y[i])).argmax(), (SIDE, SIDE))
        hits.append(all(p - MARGIN <= q < p + PATCH + MARGIN for p, q in zip(places[i], place, strict=True)))
    return np.mean(hits), len(right) / n


@pytest.mark.parametrize("name", MAPS)
def test_a_map_finds_the_patch_that_tells_the_classes_apart(trained, name):
    share, accuracy = found(trained, name)
    assert accuracy >= 0.9
    assert share >= 0.9


@pytest.mark.parametrize("name", MAPS)
def test_a_map_of_random_weights_does_not(name):
    """By chance it hits one place in four."""
    assert found(build(2), name)[0] <= 0.6
