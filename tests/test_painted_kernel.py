"""A kernel that is painted on the CNN page: read from an address, brought to the size of the learned ones, drawn beside them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.ndimage import sobel as of_scipy
from scipy.signal import convolve2d

from core.figures import cnn as figures
from core.specs.cnn import CnnSpec, CnnView
from core.specs.kernels import FIXED, numbers, plain, resized, sobel

CLASSES = list("0123456789")


def painting(spec: CnnSpec, view: CnnView, paints: bool = True):
    found = next(t for t in figures.figures(spec, view, CLASSES, paints=paints) if t.id == "filters")
    return found.bindings[0].options


def test_the_sobel_kernels_are_scipys_and_smoothed_ones():
    spot = np.zeros((3, 3))
    spot[1, 1] = 1
    assert_allclose(sobel(3), -of_scipy(spot, axis=1, mode="constant"))  # a correlation's answer to a spot is its kernel, turned
    assert_allclose(numbers(FIXED["sobel_x"]), sobel(3))
    smooth = np.outer([1, 2, 1], [1, 2, 1])
    for size in (5, 7):
        assert_allclose(sobel(size), convolve2d(sobel(size - 2), smooth))


@pytest.mark.parametrize("seed", range(20))
def test_a_kernel_comes_back_from_an_address(seed):
    rng = np.random.default_rng(seed)
    side = int(rng.integers(1, 8))
    cells = rng.choice([-2, -1, 0, 1, 0.5, 1 / 9], (side, side))
    view = CnnView(painted=plain(cells.tolist()))
    again, problems = CnnView.from_query(view.to_query())
    assert again == view and not problems
    assert_allclose(numbers(again.painted), cells, atol=1e-5)
    for size in (3, 5, 7):
        assert_allclose(again.kernel(size), numbers(resized(view.painted, size)))


@pytest.mark.parametrize("text", ["1 0", "a", "1/0", "nan", "1 2; 3", "1e9", "inf", "; ".join([" ".join("0" * 8)] * 8), "-"])
def test_what_is_no_kernel_is_said_with_what_one_is(text):
    view, (problem,) = CnnView.from_query({"painted": text})
    assert view.painted == "" and "at most 7 × 7" in problem.id


def test_it_is_painted_where_there_are_kernels_with_a_pattern():
    view = CnnView(painted=FIXED["sobel_x"])
    for spec in (CnnSpec(), CnnSpec(kernel=5), CnnSpec().revised(dataset="shapes"), CnnSpec(kernel=7)):
        told = painting(spec, view)["paint"]
        assert told["columns"] == spec.kernel
        assert_allclose(np.array(told["cells"], float).reshape(spec.kernel, -1), numbers(resized(view.painted, spec.kernel)))
        assert all(len(preset["cells"]) == spec.kernel**2 for preset in told["presets"])
    for spec in (CnnSpec(kernel=1), CnnSpec(filters=())):
        assert painting(spec, view)["paint"] is None
    assert painting(CnnSpec(), view, paints=False)["paint"] is None
    assert all(painting(spec, view)["layer"] == 1 for spec in (CnnSpec(), CnnSpec(filters=()), CnnSpec(kernel=1)))
