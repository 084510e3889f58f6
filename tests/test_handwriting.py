"""A drawn or photographed digit as MNIST and scikit-learn would have it: their own digits are the oracle."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from core.data import handwriting
from core.data.csv import UploadError
from core.data.handwriting import as_digits, as_mnist, extract, otsu
from core.data.image_files import official
from core.data.published import available
from core.i18n import say
from core.settings import settings
from tests.conftest import slow_after

needs_mnist = pytest.mark.skipif(not available("mnist"), reason="mnist.npz is not in the data folder")
needs_pictures = pytest.mark.skipif(not (settings.data / "images").is_dir(), reason="the data folder has no images")


def images():
    return official("mnist").x_test[:200, :, :, 0]


def likeness(a, b):
    return float(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


def nearly(a, b):
    """The likeness of two pictures of which one may be moved by a pixel: a centre of mass at 13.49 is rounded otherwise than at 13.51."""
    return max(likeness(np.roll(a, (down, right), (0, 1)), b) for down in (-1, 0, 1) for right in (-1, 0, 1))


def stroke(size=28, thickness=2.2, seed=0):
    """A digit-like 7 of two strokes, bright on black, drawn by distances."""
    rng = np.random.default_rng(seed)
    corners = np.array([(0.28, 0.2), (0.75, 0.22), (0.42, 0.82)]) + rng.normal(0, 0.03, (3, 2))
    v, u = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5, indexing="ij")
    distance = np.full((size, size), np.inf)
    for (x0, y0), (x1, y1) in zip(corners[:-1] * size, corners[1:] * size, strict=True):
        along = np.clip(((u - x0) * (x1 - x0) + (v - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
        distance = np.minimum(distance, np.hypot(u - x0 - along * (x1 - x0), v - y0 - along * (y1 - y0)))
    return np.rint(255 * np.clip(thickness * size / 56 + 0.5 - distance, 0, 1)).astype(np.uint8)


def photographed(digit, seed, size=160, light=True, noise=3.0):
    """A bright digit on black as dark ink on paper, somewhere in a larger picture, under a light from one side."""
    rng = np.random.default_rng(seed)
    length = int(rng.integers(70, 110))
    ink = np.asarray(Image.fromarray(digit).resize((length, length), Image.Resampling.BICUBIC)) / 255
    page = np.zeros((size, size))
    top, left = rng.integers(5, size - length - 5, 2)
    page[top:top + length, left:left + length] = ink
    v, u = np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size), indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    paper = 200 + (35 * (u * np.cos(angle) + v * np.sin(angle)) - 15 * (u * u + v * v) if light else 0)
    return np.clip(paper - (paper - 50) * page + rng.normal(0, noise, (size, size)), 0, 255).astype(np.uint8)


@needs_mnist
def test_mnist_comes_back_nearly_unchanged():
    found = [likeness(image, as_mnist(image)) for image in images()]
    assert np.median(found) > 0.999 and min(found) > 0.95


@pytest.mark.slow
@needs_mnist
def test_shifted_turned_into_dark_on_light_and_paler_copies_are_the_same():
    for image in images()[:60]:
        want = as_mnist(image)
        rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
        moved = np.roll(image, (27 - rows[-1], -columns[0]), (0, 1))
        assert likeness(as_mnist(moved), want) > 0.98
        assert likeness(as_mnist(255 - image), want) > 0.999
        assert likeness(as_mnist((90 + image * 0.4).astype(np.uint8)), want) > 0.99
        assert likeness(as_mnist(np.pad(image, ((3, 40), (60, 8)))), want) > 0.98


@needs_mnist
@pytest.mark.parametrize("side", slow_after([20, 400, 56, 140], 2))
def test_scaled_copies_are_nearly_the_same(side):
    found = [nearly(as_mnist(np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))), as_mnist(image))
             for image in images()[:25]]
    assert np.median(found) > (0.93 if side > 28 else 0.87) and min(found) > (0.8 if side > 28 else 0.6)


@needs_mnist
@pytest.mark.parametrize("light", slow_after([True, False], 1))
def test_a_photograph_in_an_uneven_light_is_nearly_the_same(light):
    found = [nearly(as_mnist(photographed(image, i, light=light)), as_mnist(image)) for i, image in enumerate(images()[:30])]
    assert np.median(found) > 0.93 and min(found) > 0.8


def test_ink_is_found_whatever_its_place_size_and_light():
    """Without MNIST: strokes of our own."""
    for seed in range(12):
        want = as_mnist(stroke(28, seed=seed))
        assert want.shape == (28, 28) and want.dtype == np.uint8
        assert nearly(as_mnist(stroke(200, seed=seed)), want) > 0.9
        assert nearly(as_mnist(photographed(stroke(100, seed=seed), seed)), want) > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_it_has_the_form_of_mnist(seed):
    found = as_mnist(photographed(stroke(100, seed=seed), seed)).astype(float)
    rows, columns = np.flatnonzero((found > 25).any(1)), np.flatnonzero((found > 25).any(0))
    assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    assert ndimage.center_of_mass(found) == pytest.approx((14, 14), abs=0.6)
    assert found.max() > 230 and found[0].max() == found[:, 0].max() == 0


def test_thin_lines_are_made_thicker_and_others_left():
    thin = extract(stroke(256, thickness=0.35))
    thick = handwriting._thickened(thin, handwriting.THIN)
    assert thick.sum() > 2 * thin.sum()
    assert as_mnist(stroke(256, thickness=0.35)).max() > 200
    bold = extract(stroke(256, thickness=3))
    assert handwriting._thickened(bold, handwriting.THIN) is bold


def test_specks_do_not_count():
    clean = photographed(stroke(100), 1)
    dirty = clean.copy()
    for place in ((4, 4), (150, 8), (10, 140)):
        dirty[place[0]:place[0] + 3, place[1]:place[1] + 3] = 20
    assert likeness(as_mnist(dirty), as_mnist(clean)) > 0.99


@pytest.mark.parametrize("gray", [
    np.zeros((28, 28)), np.full((100, 80), 255), np.full((8, 8), 131), np.random.default_rng(0).normal(128, 12, (120, 90)),
    np.random.default_rng(1).integers(0, 256, (60, 60)), np.add.outer(np.arange(100), np.arange(100)), 128 + np.eye(40) * 5,
    np.full((1, 1), 7), np.clip(np.random.default_rng(2).normal(250, 6, (200, 200)), 0, 255)],
    ids=["black", "white", "grey", "noise", "strong noise", "light", "pale", "pixel", "paper"])
def test_an_empty_picture_gets_a_sentence(gray):
    for make in (as_mnist, as_digits):
        with pytest.raises(UploadError) as problem:
            make(gray.astype(np.uint8))
        assert "no digit" in say(problem.value.message)


@pytest.mark.parametrize("array", [np.zeros((28, 28)), np.zeros((28, 28, 3), np.uint8), np.zeros((0, 5), np.uint8)])
def test_another_kind_of_array_is_quoted(array):
    with pytest.raises(ValueError, match=str(array.shape).replace("(", r"\(").replace(")", r"\)")):
        as_mnist(array)


def test_otsu_leaves_the_least_variance_within():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        values = np.concatenate([rng.normal(50, 9, 400), rng.normal(rng.uniform(100, 180), 15, 150)])

        def within(t, values=values):
            return sum(part.var() * len(part) for part in (values[values <= t], values[values > t]) if len(part))

        best = min(within(t) for t in np.linspace(values.min(), values.max(), 600)[1:-1])
        assert within(otsu(values)) <= best * 1.01
    assert otsu(np.array([0, 0, 10, 10])) == pytest.approx(5, abs=0.1)


@pytest.mark.slow
def test_scikit_learns_digits_come_back_much_alike():
    x = np.rint(load_digits().images[:120] * (255 / 16)).astype(np.uint8)
    y = load_digits().target
    found = np.stack([as_digits(np.asarray(Image.fromarray(image).resize((64, 64), Image.Resampling.BILINEAR))) for image in x])
    assert found.shape == (120, 8, 8) and found.dtype == np.uint8
    assert set(np.unique(found)) <= set(np.rint(np.arange(17) * 255 / 16).astype(int))
    assert np.median([likeness(a, b) for a, b in zip(found, x, strict=True)]) > 0.9
    others = np.rint(load_digits().data[120:] * (255 / 16))
    assert KNeighborsClassifier(3).fit(others, y[120:]).score(found.reshape(120, -1), y[:120]) > 0.75


@pytest.mark.slow
@needs_mnist
def test_mnist_as_digits_is_read_by_who_has_learnt_those():
    """Other people, other pens: far from perfect, and far better than a picture that was merely made small."""
    x, y = images(), official("mnist").y_test[:200]
    model = KNeighborsClassifier(3).fit(np.rint(load_digits().data * (255 / 16)), load_digits().target)
    right = model.score([as_digits(image).ravel() for image in x], y)
    small = model.score([np.asarray(Image.fromarray(image).resize((8, 8), Image.Resampling.BOX)).ravel() for image in x], y)
    assert right > 0.58 and right > small + 0.1


@needs_mnist
@needs_pictures
def test_the_real_drawings_are_read_by_who_has_learnt_mnist():
    whole = official("mnist")
    model = KNeighborsClassifier(3).fit(whole.x_train[:6000].reshape(6000, -1) / 255, whole.y_train[:6000])
    right, count = 0, 0
    for path in sorted((settings.data / "images").glob("*_digit*.png")):
        with Image.open(path) as image:
            full = image.convert("RGBA")
        gray = np.asarray(Image.alpha_composite(Image.new("RGBA", full.size, "white"), full).convert("L"))
        label = int(path.name.split("digit")[1][0])
        right += int(model.predict(as_mnist(gray).reshape(1, -1) / 255)[0]) == label
        count += 1
        assert as_digits(gray).max() > 200
    assert count >= 13 and right >= count - 1


@pytest.mark.parametrize("shape", [(21, 18), (27, 2), (40, 40)])
def test_as_much_dark_as_bright_is_no_digit(shape):
    with pytest.raises(UploadError):
        as_mnist((np.indices(shape).sum(0) % 2 * 255).astype(np.uint8))
