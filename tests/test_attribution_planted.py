"""The maps of a network whose reason is known: pictures of noise, in some of which a small chequered patch is hidden.

A sanity check after Adebayo et al. 2018: the maps find the patch in a trained network, and not in one with random weights.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.labs.convolutional import Lab
from core.labs.passing import Passing
from core.training.attribution import grad_cam, integrated_gradients, occlusion, saliency, spread, upsample
from core.training.warm import warm
from tests.conftest import slow_after
from tests.test_attribution import forward_of

warm()

SIDE, PATCH, MARGIN, WINDOW = 12, 4, 1, 3


def pictures(n, seed):
    """x (n, 12, 12, 1): noise, in half of the pictures with a chequered patch at a random place, as bright and as rich in contrast as
    the noise, so that random weights do not see it; y: 1 with patch, else 0; places (n, 2).
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 255, (n, SIDE, SIDE, 1)).astype(np.float32)
    y = rng.integers(0, 2, n)
    places = rng.integers(0, SIDE - PATCH + 1, (n, 2))
    for i in np.flatnonzero(y):
        top, left = places[i]
        x[i, top:top + PATCH, left:left + PATCH, 0] = np.where(np.indices((PATCH, PATCH)).sum(0) % 2, 210, 45)
    return x, y, places


def build(seed):
    keras.utils.set_random_seed(seed)
    la = keras.layers
    return keras.Sequential([
        keras.Input((SIDE, SIDE, 1)), la.Rescaling(1 / 127.5, -1), la.Conv2D(8, 3, padding="same", activation="relu"),
        la.Conv2D(8, 3, padding="same", activation="relu", name="maps"), la.GlobalMaxPooling2D(name="top"),
        la.Dense(2, activation="softmax", name="output")])


@pytest.fixture(scope="module")
def trained():
    model = build(1)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    x, y, _ = pictures(1200, 0)
    model.fit(x, y, batch_size=50, epochs=10, verbose=0)
    return model


MAPS = {
    "saliency": lambda f, x: saliency(f, x, 1),
    "integrated_gradients": lambda f, x: np.abs(integrated_gradients(f, x, 1, baseline=127.5)).max(-1),
    "grad_cam": lambda f, x: upsample(grad_cam(f, x, 1, "maps"), (SIDE, SIDE)),
    "occlusion": lambda f, x: spread(occlusion(f, x, 1, window=WINDOW, stride=1, fill=127.5, score="logit"),
                                            (SIDE, SIDE), window=WINDOW, stride=1),
}


def found(model, name, n=50):
    """The model's accuracy on n test pictures; the share of maps that are greatest at the patch or a pixel beside it, one for every
    picture with a patch; and which of these pictures the model is right about.
    """
    x, y, places = pictures(n, 99)
    forward = forward_of(model)
    right = forward(x)["output"].numpy().argmax(1) == y
    hits = []
    for picture, place in zip(x[y == 1], places[y == 1], strict=True):
        top = np.unravel_index(MAPS[name](forward, picture).argmax(), (SIDE, SIDE))
        hits.append(all(p - MARGIN <= q < p + PATCH + MARGIN for p, q in zip(place, top, strict=True)))
    return right.mean(), np.array(hits), right[y == 1]


@pytest.mark.parametrize("name", MAPS)
def test_a_map_finds_the_patch_that_tells_the_classes_apart(trained, name):
    accuracy, hits, right = found(trained, name)
    assert accuracy >= 0.9
    assert hits[right].mean() >= 0.9


@pytest.mark.parametrize("seed", slow_after([2, 3, 4], 1))
@pytest.mark.parametrize("name", MAPS)
def test_a_map_of_random_weights_does_not(name, seed):
    """By chance it hits one place in four."""
    _, hits, _ = found(build(seed), name)
    assert hits.mean() <= 0.6


class Asked:
    """What `Lab.reasons` asks of its lab, by a network that is trained here: the page's own settings on pictures whose reason is known."""

    reach = [1, 1, 1, 2]  # pixels beside the patch that still count: a map of the second convolution sees two beyond its own place
    convolutions = ["maps"]

    def __init__(self, model):
        forward = forward_of(model)
        self.passing = Passing(model, lambda x, removed=None: forward(tf.cast(x, tf.float32)), {"maps": 8, "top": 8, "output": 2}, "maps",
                               model.input_shape[1:3], model.get_layer("maps").output.shape[1:3])

    def _ends(self, removed):
        return self.passing.ends

    def hits(self, n=40):
        """Of the pictures with a patch that are taken for one: the share at whose patch, or `reach` beside it, each of the reasons has its
        greatest 4 × 4 pixels. By chance it is one in nine, or one in four."""
        x, y, places = pictures(n, 99)
        found = []
        for image, place in zip(x[y == 1].round().astype(np.uint8), places[y == 1], strict=True):
            if self.passing.one(image, {}).values["output"].argmax() == 1:
                maps = Lab.reasons(self, image, {})[..., 0].astype(float) - 128
                sums = np.lib.stride_tricks.sliding_window_view(maps, (PATCH, PATCH), (1, 2)).sum((3, 4))
                tops = [np.unravel_index(one.argmax(), one.shape) for one in sums]
                found.append([np.abs(np.subtract(top, place)).max() <= reach for top, reach in zip(tops, self.reach, strict=True)])
        return np.mean(found, 0), len(found)


def test_the_reasons_on_the_page_find_the_patch(trained):
    hits, count = Asked(trained).hits()
    assert count >= 15 and hits.shape == (4,)
    assert (hits >= 0.9).all()
