"""Points for the feedforward lab: shapes, splits and seeds; scikit-learn and the formulas themselves are the oracles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.datasets import make_moons
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from core.data.points import CLASSES, DOMAIN, Points, features, load
from core.specs.feedforward import DATASETS, FEATURES, REGRESSION

few = settings(max_examples=60, deadline=None, derandomize=True)
NAMES = [*CLASSES]
PLANE = [name for name in NAMES if name != "features100"]


def sample(name: str, **changes: Any) -> Points:
    return load(name, **{"points": 400, "noise": 0.0, "seed": 0, "train_share": 0.5, **changes})


def upload(n: int = 60, classes: int = 3, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"x": rng.uniform(-5, 5, (n, 2)).astype("float32"), "y": (np.arange(n) % classes).astype("float32")}


def same(a: Points, b: Points) -> bool:
    return all(np.array_equal(u, v) for u, v in ((a.x, b.x), (a.y, b.y), (a.plane, b.plane)))


def by_place(x: np.ndarray) -> np.ndarray:
    return x[np.lexsort(np.round(x, 4).T)]


# ---- shapes, ranges, splits, seeds

@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("points", [20, 401])
def test_shapes_types_and_classes(name: str, points: int) -> None:
    p = sample(name, points=points, noise=0.2)
    assert p.x.shape == (points, 100 if name == "features100" else 2) and p.y.shape == (points,)
    assert p.plane.shape == (points, 2)
    assert {a.dtype for a in (p.x, p.y, p.plane)} == {np.dtype("float32")}
    assert all(np.isfinite(a).all() for a in (p.x, p.y, p.plane))
    assert p.classes == CLASSES[name] and (p.axes is None) == (p.x.shape[1] == 2)
    if p.classes:
        assert set(p.y) == set(range(p.classes))


def test_the_spec_offers_what_is_here() -> None:
    assert set(DATASETS) == {*NAMES, "upload"}
    assert {name for name in NAMES if CLASSES[name] == 0} == set(REGRESSION)


@pytest.mark.parametrize("name", NAMES)
def test_classes_are_balanced(name: str) -> None:
    counts = np.bincount(sample(name, points=407).y.astype(int)) if CLASSES[name] else np.array([407])
    assert counts.max() - counts.min() <= 1


@few
@given(st.sampled_from(["circles", "plane"]), st.integers(20, 2000), st.floats(0.1, 0.9), st.integers(0, 9999))
def test_the_split_is_a_share_and_two_halves(name: str, points: int, share: float, seed: int) -> None:
    p = sample(name, points=points, train_share=share, seed=seed)
    assert p.train + p.validation + p.test == points == len(p.x)
    assert min(p.train, p.validation, p.test) >= 1
    assert abs(p.train - points * share) <= 1
    assert 0 <= p.test - p.validation <= 1


@pytest.mark.parametrize("name", NAMES)
def test_no_point_is_in_two_parts(name: str) -> None:
    p = sample(name, noise=0.1)
    assert len(np.unique(p.x, axis=0)) == len(p.x)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_holds_every_class_and_place(name: str) -> None:
    p = sample(name, points=800)
    parts = np.split(np.arange(800), [p.train, p.train + p.validation])
    for part in parts:
        if p.classes:
            share = np.bincount(p.y[part].astype(int), minlength=p.classes) / len(part)
            assert_allclose(share, 1 / p.classes, atol=0.13)
        assert np.abs(p.plane[part].mean(0) - p.plane.mean(0)).max() < 1


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides(name: str) -> None:
    a = sample(name, noise=0.1, seed=3)
    assert same(a, sample(name, noise=0.1, seed=3))
    assert not same(a, sample(name, noise=0.1, seed=4))


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides_the_split_even_without_noise(name: str) -> None:
    a, b = sample(name, seed=1), sample(name, seed=2)
    assert not np.array_equal(a.x[:a.train], b.x[:b.train])


@pytest.mark.parametrize("name", PLANE)
def test_without_noise_nearly_all_points_are_in_the_picture(name: str) -> None:
    inside = (np.abs(sample(name, points=2000).x) <= DOMAIN).all(1).mean()
    assert inside > (0.98 if name in ("gaussians", "blobs3", "blobs4") else 0.9999)


@pytest.mark.parametrize("name", [name for name in PLANE if CLASSES[name]])
@pytest.mark.parametrize("noise", [0.1, 0.7])
def test_noise_moves_every_coordinate_normally(name: str, noise: float) -> None:
    moved = (sample(name, points=2000, noise=noise).x - sample(name, points=2000).x) / (noise * DOMAIN / 2)
    assert stats.kstest(moved.ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.08


@pytest.mark.parametrize("name", REGRESSION)
def test_noise_of_a_regression_moves_the_targets_only(name: str) -> None:
    clean, noisy = sample(name, points=2000), sample(name, points=2000, noise=0.4)
    assert_array_equal(clean.x, noisy.x)
    middle = np.abs(clean.y) < 0.2  # elsewhere some are clipped
    assert (noisy.y - clean.y)[middle].std() == pytest.approx(0.2, rel=0.1)
    assert np.abs(sample(name, points=2000, noise=1.0).y).max() == 1


@pytest.mark.parametrize("name", ["mnist", "", "Circles"])
def test_an_unknown_name_is_quoted(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}'.*circles.*features100"):
        sample(name)


# ---- what each of them is

def test_circles_are_a_disc_in_a_ring() -> None:
    p = sample("circles", points=2000)
    radius = np.hypot(*p.x.T)
    assert radius[p.y == 0].max() <= 2.5 and radius[p.y == 1].min() >= 3.5 and radius.max() <= 5
    assert stats.kstest((radius[p.y == 0] / 2.5) ** 2, "uniform").pvalue > 0.001  # even over the disc
    angle = np.arctan2(*p.x.T) / (2 * np.pi) + 0.5
    assert stats.kstest(angle, "uniform").pvalue > 0.001


def test_opposite_quadrants_of_xor_share_a_class() -> None:
    p = sample("xor", points=2000)
    assert_array_equal(np.prod(p.x, 1) < 0, p.y == 1)
    assert np.abs(p.x).min() >= 0.299 and np.abs(p.x).max() <= 5
    counts = np.unique(np.sign(p.x), axis=0, return_counts=True)[1]
    assert len(counts) == 4 and counts.min() > 400


@pytest.mark.parametrize(("name", "centres", "spread"), [
    ("gaussians", [(-2, -2), (2, 2)], 1.0),
    ("blobs3", [(3.5 * np.cos(a), 3.5 * np.sin(a)) for a in np.pi * np.array([1, 5, 9]) / 6], 0.9),
    ("blobs4", [(3.5 * np.cos(a), 3.5 * np.sin(a)) for a in np.pi * np.array([1, 5, 9, 13]) / 8], 0.9)])
def test_clouds_are_normal_around_their_centres(name: str, centres: list[Any], spread: float) -> None:
    p = sample(name, points=2000)
    for i, centre in enumerate(centres):
        assert stats.kstest(((p.x[p.y == i] - centre) / spread).ravel(), "norm").pvalue > 0.001


def test_the_spiral_has_two_arms_of_one_and_three_quarter_turns() -> None:
    p = sample("spiral", points=1000)
    for i in (0, 1):
        arm = p.x[p.y == i][np.argsort(np.hypot(*p.x[p.y == i].T))]
        radius = np.hypot(*arm.T)
        angle = np.unwrap(np.arctan2(arm[1:, 0], arm[1:, 1]))
        assert_allclose(np.diff(angle), np.diff(angle).mean(), atol=1e-3)
        assert (angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(1.75, abs=0.01)
        assert_allclose(np.diff(radius), radius[-1] / (len(radius) - 1), atol=1e-4)
    assert_allclose(by_place(p.x[p.y == 0]), by_place(-p.x[p.y == 1]), atol=1e-5)


@pytest.mark.parametrize("points", [20, 400, 2000])
def test_moons_are_those_of_sklearn(points: int) -> None:
    p = sample("moons", points=points)
    x, y = make_moons(points, shuffle=False)
    for i in (0, 1):
        assert_allclose(by_place(p.x[p.y == i] / [3.2, 4.5] + [0.5, 0.25]), by_place(x[y == i]), atol=1e-4)


def test_plane_is_a_tenth_of_the_sum() -> None:
    p = sample("plane", points=1000)
    assert_allclose(p.y, np.clip((p.x[:, 0] + p.x[:, 1]) / 10, -1, 1), atol=1e-6)


def test_hills_are_two_up_and_two_down() -> None:
    p = sample("hills", points=1000)
    centres = (-3, 3), (3, -3), (3, 3), (-3, -3)
    bump = [stats.multivariate_normal(centre, 2.5).pdf(p.x) * 2 * np.pi * 2.5 for centre in centres]
    assert_allclose(p.y, bump[0] + bump[1] - bump[2] - bump[3], atol=1e-5)
    assert p.y.max() > 0.9 and p.y.min() < -0.9


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_learned(name: str) -> None:
    p = sample(name, points=1000 if name in PLANE else 2000, seed=1)
    model = (LogisticRegression(C=0.01) if p.x.shape[1] > 2 else KNeighborsClassifier(5) if p.classes
             else KNeighborsRegressor(5)).fit(p.x[:p.train], p.y[:p.train])
    part = slice(p.train, p.train + p.validation)
    assert model.score(p.x[part], p.y[part]) > 0.95


@pytest.mark.parametrize("seed", [0, 4, 7])
def test_the_ten_classes_of_features100_have_corners_of_their_own(seed: int) -> None:
    p = sample("features100", points=600, seed=seed)
    means = np.stack([p.x[p.y == i].mean(0) for i in range(10)])
    apart = [np.linalg.norm(means[i] - means[j]) for i in range(10) for j in range(i)]
    # The nearest corners differ in two places and are √32 apart, over 1.2; two means of the same cloud are about 1.5 apart.
    assert min(apart) > 3


def test_clouds_of_features100_are_normal_in_every_direction() -> None:
    p = sample("features100", points=2000, seed=1)
    within = np.concatenate([p.x[p.y == i] - p.x[p.y == i].mean(0) for i in range(10)])
    assert_allclose(np.linalg.eigvalsh(np.cov(within.T)) * 1.44, 1, atol=0.55)
    assert stats.kstest(within[:, 0] * 1.2, "norm").pvalue > 0.001


# ---- the plane of many features

@pytest.mark.parametrize("points", [400, 60])
def test_the_plane_is_that_of_principal_components_of_the_training_points(points: int) -> None:
    p = sample("features100", points=points, noise=0.1, seed=2)
    assert p.axes is not None
    pca = PCA(2, svd_solver="full").fit(p.x[:p.train].astype(float))
    expected = pca.transform(p.x.astype(float))
    scale = np.linalg.norm(p.axes[1], axis=1)
    assert_allclose(np.abs(p.plane * scale), np.abs(expected), atol=2e-4)
    assert_allclose(scale[0], scale[1], rtol=1e-5)  # a distance is a distance in both directions
    assert np.mean(np.abs(p.plane) <= DOMAIN) > 0.99
    assert np.abs(p.plane).max() > 0.8 * DOMAIN


def test_places_and_inputs_belong_together() -> None:
    p = sample("features100", noise=0.1, seed=2)
    pca = PCA(2, svd_solver="full").fit(p.x[:p.train].astype(float))
    assert_allclose(p.inputs(p.plane), pca.inverse_transform(pca.transform(p.x.astype(float))), atol=2e-4)
    assert p.inputs(p.plane).dtype == np.float32
    flat = sample("circles")
    assert_array_equal(flat.inputs(flat.plane), flat.x)


def test_the_plane_does_not_look_at_validation_or_test_points() -> None:
    p = sample("features100", points=200, train_share=0.5)
    q = sample("features100", points=200, train_share=0.9)
    assert p.axes is not None and q.axes is not None
    assert not np.allclose(p.axes[0], q.axes[0])
    assert_allclose(p.axes[0], p.x[:p.train].mean(0), atol=1e-5)


# ---- uploads

def test_an_upload_is_used_as_it_is_and_shuffled() -> None:
    own = upload(61, 4)
    p = load("upload", points=400, noise=0.0, seed=5, train_share=0.5, upload=own)
    assert (len(p.x), p.classes, p.train, p.validation, p.test) == (61, 4, 30, 15, 16)
    rows = np.column_stack([own["x"], own["y"]])
    assert_array_equal(by_place(np.column_stack([p.x, p.y])), by_place(rows))
    assert not np.array_equal(p.x, own["x"])


def test_noise_and_number_leave_an_upload_where_it_is() -> None:
    own = upload()
    still = load("upload", points=400, noise=0.0, seed=5, train_share=0.5, upload=own)
    assert same(still, load("upload", points=20, noise=0.9, seed=5, train_share=0.5, upload=own))
    assert_array_equal(own["x"], upload()["x"])  # what was uploaded is left alone


def test_an_upload_that_is_not_here_is_an_error() -> None:
    with pytest.raises(ValueError, match="not here"):
        load("upload", points=400, noise=0.0, seed=0, train_share=0.5)


# ---- features

@few
@given(st.lists(st.sampled_from([*FEATURES]), unique=True, min_size=1), st.integers(0, 10**6))
def test_features_are_their_formulas_in_the_order_asked_for(names: list[str], seed: int) -> None:
    x = np.random.default_rng(seed).uniform(-6, 6, (17, 2)).astype("float32")
    formulas = {"x1": lambda a, b: a, "x2": lambda a, b: b, "x1²": lambda a, b: a**2, "x2²": lambda a, b: b**2,
                "x1x2": lambda a, b: a * b, "sin x1": lambda a, b: np.sin(a), "sin x2": lambda a, b: np.sin(b)}
    found = features(x, tuple(names))
    assert found.shape == (17, len(names)) and found.dtype == np.float32
    for i, name in enumerate(names):
        assert_allclose(found[:, i], formulas[name](*x.astype(float).T), rtol=1e-5, atol=1e-6)
