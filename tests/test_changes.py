"""Pictures turned, shifted and made noisy, against a slow loop over their pixels."""

import math
import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.data.changes import BOUNDS, change_of, changed


def looped(image, turn=0.0, right=0.0, down=0.0):
    """Pixel by pixel: where each comes from, and the mean of the four around that place, the nearer the heavier."""
    h, w, c = image.shape
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    made = np.zeros(image.shape)

    def at(i, j, k):
        if c == 1 and not (0 <= i < h and 0 <= j < w):
            return 0.0
        return float(image[min(max(i, 0), h - 1), min(max(j, 0), w - 1), k])

    for i in range(h):
        for j in range(w):
            x, y = j - right * w - (w - 1) / 2, i - down * h - (h - 1) / 2
            u, v = cos * x + sin * y + (w - 1) / 2, -sin * x + cos * y + (h - 1) / 2
            left, top = math.floor(u), math.floor(v)
            a, b = u - left, v - top
            for k in range(c):
                made[i, j, k] = ((1 - b) * ((1 - a) * at(top, left, k) + a * at(top, left + 1, k))
                                 + b * ((1 - a) * at(top + 1, left, k) + a * at(top + 1, left + 1, k)))
    return made


@pytest.mark.parametrize("shape", [(8, 8, 1), (7, 10, 1), (9, 6, 3)])
def test_it_is_what_a_slow_loop_makes(shape):
    rng = np.random.default_rng(sum(shape))
    for _case in range(25):
        image = rng.integers(0, 256, shape, dtype=np.uint8)
        turn, right, down = rng.uniform(-180, 180), rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5)
        found = changed(image, turn, right, down)
        assert found.shape == shape and found.dtype == np.uint8
        assert np.abs(found - looped(image, turn, right, down)).max() <= 0.5 + 1e-6


def test_quarters_and_whole_pixels_are_exact():
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    assert_array_equal(changed(image), image)
    assert_array_equal(changed(image, turn=90), np.rot90(image, -1))  # clockwise
    assert_array_equal(changed(image, turn=-90), np.rot90(image))
    assert_array_equal(changed(image, turn=180), image[::-1, ::-1])
    gray = image[..., :1]
    assert_array_equal(changed(gray, right=0.25)[:, 2:], gray[:, :-2])
    assert_array_equal(changed(gray, down=-0.5)[:4], gray[4:])
    assert not changed(gray, right=0.25)[:, :2].any()  # the ground comes in
    assert_array_equal(changed(image, right=0.25)[:, :2], np.repeat(image[:, :1], 2, 1))  # in colour the edge goes on


def test_the_noise_has_its_spread_and_comes_from_its_seed():
    image = np.full((60, 50, 3), 128, np.uint8)
    for noise in (0.02, 0.1):
        found = changed(image, noise=noise).astype(float) - 128
        assert found.std() == pytest.approx(255 * noise, rel=0.05) and abs(found.mean()) < 3 * 255 * noise / math.sqrt(found.size) + 0.02
        assert abs(np.corrcoef(found[..., 0].ravel(), found[..., 1].ravel())[0, 1]) < 0.06  # each channel has its own
    assert_array_equal(changed(image, noise=0.1), changed(image, noise=0.1))
    assert not np.array_equal(changed(image, noise=0.1), changed(image, noise=0.1, seed=1))
    weak, strong = (changed(image, noise=noise).astype(float) - 128 for noise in (0.05, 0.1))
    assert np.corrcoef(weak.ravel(), strong.ravel())[0, 1] > 0.99  # the same noise, stronger
    extreme = changed(np.full((40, 40, 1), 250, np.uint8), noise=1.0)
    assert extreme.max() == 255 and extreme.min() == 0


def test_the_picture_itself_is_left_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 1), dtype=np.uint8)
    before = image.copy()
    image.setflags(write=False)
    changed(image, 20, 0.1, 0.1, 0.3)
    assert_array_equal(image, before)


@pytest.mark.parametrize("name", list(BOUNDS))
def test_what_is_out_of_range_is_quoted(name):
    image = np.zeros((8, 8, 1), np.uint8)
    for value in BOUNDS[name]:
        changed(image, **{name: value})
        assert change_of({name: value})[name] == value
    for value in (BOUNDS[name][1] + 0.25, BOUNDS[name][0] - 0.25, math.nan, math.inf):
        with pytest.raises(ValueError, match=re.escape(f"“{name}”") + ".*" + re.escape(str(value))):
            changed(image, **{name: value})


@pytest.mark.parametrize("image", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 1)), np.zeros((0, 8, 1), np.uint8)])
def test_another_kind_of_array_is_quoted(image):
    with pytest.raises(ValueError, match=re.escape(str(image.shape))):
        changed(image)


@pytest.mark.parametrize(("wrong", "said"), [
    (5, "5"), ([1], "[1]"), ({"spin": 1}, "spin"), ({"turn": "9"}, "9"), ({"turn": True}, "True"), ({"turn": None}, "None"),
    ({"turn": 10**400}, "1000")])
def test_a_change_from_a_browser_that_is_none_is_quoted(wrong, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        change_of(wrong)


def test_a_change_is_told_whole():
    assert change_of({}) == {"turn": 0, "right": 0, "down": 0, "noise": 0}
    assert change_of({"turn": -20, "noise": 0.5}) == {"turn": -20, "right": 0, "down": 0, "noise": 0.5}
