"""How far clouds of points are apart: the measures against SciPy's and scikit-learn's, and the data that networks are to imitate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance
from sklearn.metrics.pairwise import rbf_kernel

from core.data import mixtures
from core.maths import distances
from core.specs.gan import DATASETS, MODES

few = settings(max_examples=40, deadline=None, derandomize=True)
CLOUDS = st.tuples(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 60))


def clouds(case: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    seed, n, m = case
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 2)), rng.normal(rng.normal(), rng.uniform(0.1, 2), (m, 2))


@few
@given(CLOUDS)
def test_the_sliced_distance_is_scipys_along_every_direction(case: tuple[int, int, int]) -> None:
    a, b = clouds(case)
    along = distances.directions(7)
    assert_allclose(np.linalg.norm(along, axis=1), 1)
    theirs = np.mean([wasserstein_distance(a @ way, b @ way) for way in along])
    assert distances.sliced_wasserstein(a, b, along) == pytest.approx(theirs, rel=1e-9)
    assert distances.sliced_wasserstein(a, a[::-1], along) == pytest.approx(0, abs=1e-12)
    assert distances.sliced_wasserstein(a, a + [3, 4], distances.directions(400)) == pytest.approx(5 * 2 / np.pi, rel=1e-4)


def test_what_is_not_finite_is_infinitely_far_away() -> None:
    a = np.array([[np.nan, 0.0], [1.0, 1.0]])
    assert distances.sliced_wasserstein(a, np.zeros((3, 2))) == np.inf
    assert np.isnan(distances.mmd(a, np.zeros((3, 2))))
    assert distances.density(np.array([[np.inf, -np.inf]]), 3.0).sum() == 1


@few
@given(CLOUDS)
def test_mmd_is_that_of_scikit_learns_kernels(case: tuple[int, int, int]) -> None:
    a, b = clouds(case)

    def mean(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean([rbf_kernel(x, y, gamma=0.5 / w ** 2).mean() for w in distances.WIDTHS]))

    theirs = np.sqrt(max(mean(a, a) + mean(b, b) - 2 * mean(a, b), 0))
    assert distances.mmd(a, b) == pytest.approx(theirs, rel=1e-6, abs=1e-7)
    assert distances.mmd(a, b, distances.kernel(b, b)) == pytest.approx(theirs, rel=1e-6, abs=1e-7)
    assert distances.mmd(a, a + 100) <= np.sqrt(2) + 1e-9


@few
@given(CLOUDS, st.integers(1, 9))
def test_densities_are_numpys_histograms_and_js_is_scipys(case: tuple[int, int, int], cells: int) -> None:
    a, b = clouds(case)
    p, q = (distances.density(x, 3.0, cells) for x in (a, b))
    edges = np.linspace(-3, 3, cells + 1)
    theirs, *_ = np.histogram2d(*np.clip(a, -3, 3 - 1e-9).T[::-1], bins=(edges, edges))
    assert_allclose(p, theirs.ravel() / len(a), atol=1e-12)
    assert distances.jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q, base=2) ** 2, abs=1e-9)
    assert distances.jensen_shannon(p, p) == 0


def test_js_of_clouds_apart_is_one_bit_where_kl_is_infinite() -> None:
    p, q = np.eye(4)[0], np.eye(4)[3]
    assert distances.jensen_shannon(p, q) == 1
    with np.errstate(divide="ignore"):
        assert np.where(p > 0, np.log2(p / q), 0).sum() == np.inf


def test_a_mode_is_covered_by_a_hundredth_of_the_points_within_three_sigma() -> None:
    centres = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    a = np.zeros((2000, 2))
    a[:20] = [2.29, 0.0]
    a[20:39] = [0.0, 2.0]
    a[39:60] = [0.0, 2.31]
    share, covered = distances.modes(a, centres, 0.1)
    assert_allclose(share, [0.97, 0.01, 0.0095], atol=1e-6)
    assert_array_equal(covered, [1, 1, 0])


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "upload"])
def test_real_points_are_seeded_within_the_picture_and_fresh_ones_are_others(name: str) -> None:
    one = mixtures.load(name, points=600, seed=4)
    assert one.x.shape == (600, 2) and one.x.dtype == np.float32 and len(one.fresh) == mixtures.SET_ASIDE
    assert_array_equal(one.x, mixtures.load(name, points=600, seed=4).x)
    assert not np.array_equal(one.x, mixtures.load(name, points=600, seed=5).x)
    assert np.abs(one.x).max() < mixtures.BOUND and one.x.std(0).min() > 0.5
    assert not {*map(tuple, one.x.tolist())} & {*map(tuple, one.fresh.tolist())}
    assert len(one.centres) == MODES.get(name, 0)
    if len(one.centres):
        share, covered = distances.modes(one.fresh, one.centres, one.sigma)
        assert covered.all()
        assert_allclose(share.sum(), 1 - np.exp(-4.5), atol=0.01)  # of a normal cloud of the plane within 3 σ
        near = ((one.fresh[:, None] - one.centres) ** 2).sum(-1).min(1)
        assert_allclose(np.sqrt(near.mean() / 2), one.sigma, rtol=0.05)
        apart = np.linalg.norm(one.centres[:, None] - one.centres, axis=-1)[~np.eye(len(one.centres), dtype=bool)]
        assert apart.min() > 6 * one.sigma  # no point is near two


def test_a_drawing_comes_back_and_its_points_lie_in_its_cells() -> None:
    painted = np.zeros((24, 24), bool)
    painted[0, 23] = painted[23, 0] = painted[5, 7] = True  # top right, bottom left
    assert_array_equal(mixtures.cells(mixtures.written(painted)), painted)
    x = mixtures.load("drawn", points=900, seed=0, drawn=mixtures.written(painted)).x
    found = {(int((3 - b) // 0.25), int((a + 3) // 0.25)) for a, b in x.astype(float).tolist()}
    assert found == {(0, 23), (23, 0), (5, 7)}
    heart = mixtures.cells("")
    assert_array_equal(heart, heart[:, ::-1])
    assert 150 < heart.sum() < 350


def test_what_is_no_dataset_is_named() -> None:
    with pytest.raises(ValueError, match="'circle' is not one of"):
        mixtures.load("circle", points=10, seed=0)
    with pytest.raises(ValueError, match="not here"):
        mixtures.load("upload", points=10, seed=0)
