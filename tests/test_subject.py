"""A picture from a camera, or a file, as an image of a set that a network has learnt."""

import io

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from core.data import images
from core.data.csv import UploadError
from core.data.handwriting import as_digits, as_mnist
from core.data.photos import square, subject_of, whole
from core.figures import cnn as figures
from core.figures.template import to_figure
from core.frame import Frame
from core.specs.cnn import SHAPES, CnnSpec, CnnView
from tests.test_handwriting import needs_mnist


def file(array, kind="PNG", **how):
    made = io.BytesIO()
    Image.fromarray(array).save(made, kind, **how)
    return made.getvalue()


def seven(height=300, width=420, at=(60, 30), paper=225, ink=40, shadow=0.0, noise=3.0, seed=0):
    """A 7 on paper, off the middle; a shadow darkens it to the right."""
    y, x = np.mgrid[:height, :width].astype(float)
    gray = paper * (1 - shadow * x / width) + np.random.default_rng(seed).normal(0, noise, (height, width))
    top, left = at
    u, v = x - left, y - top
    strokes = ((abs(v) < 7) & (u > 0) & (u < 90)) | ((abs(u - 90 + v * 0.4) < 9) & (v > 0) & (v < 150))
    gray[strokes] = ink
    return np.clip(gray, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["digits", "mnist", "fashion"])
@pytest.mark.parametrize("how", [{}, {"shadow": 0.5}, {"paper": 40, "ink": 220}, {"at": (120, 280)}])
def test_a_figure_on_paper_becomes_bright_on_black_in_the_form_of_the_set(name, how):
    gray = seven(**how)
    found = subject_of(name, "seven.png", file(np.repeat(gray[..., None], 3, 2)))
    form = as_digits if name == "digits" else as_mnist
    scale = 256 / max(gray.shape)
    smaller = np.asarray(Image.fromarray(gray).resize((256, round(gray.shape[0] * scale)), Image.Resampling.LANCZOS))
    assert found.shape == SHAPES[name] and found.dtype == np.uint8
    assert_array_equal(found[..., 0], form(smaller))
    plain = form(seven(noise=0.0)).astype(float).ravel()
    assert np.corrcoef(found.ravel(), plain)[0, 1] > 0.93


@needs_mnist
def test_a_digit_of_mnist_stays_what_it_is():
    sample = images.load("mnist", points=200, seed=0, train_share=0.5)
    for image in sample.x[:20]:
        assert np.corrcoef(subject_of("mnist", "a.png", file(image[..., 0])).ravel(), image.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("name", ["shapes", "cifar10", "upload"])
def test_for_a_set_in_colour_it_is_the_middle_square(name):
    array = np.random.default_rng(1).integers(0, 256, (40, 90, 3), dtype=np.uint8)
    assert_array_equal(subject_of(name, "a.png", file(array)), square("a.png", file(array), 32, 3))


def test_all_of_a_picture_is_kept_and_turned_as_its_camera_says():
    array = np.random.default_rng(2).integers(0, 256, (20, 30), dtype=np.uint8)
    assert_array_equal(whole("a.png", file(array), 256), array)
    assert whole("a.png", file(np.repeat(np.repeat(array, 20, 0), 20, 1)), 60).shape == (40, 60)
    exif = Image.Exif()
    exif[0x0112] = 6
    assert_array_equal(whole("a.png", file(array, exif=exif), 256), np.rot90(array, -1))


@pytest.mark.parametrize(("name", "data", "said"), [
    ("blank.png", file(np.full((200, 200), 240, np.uint8)), "no digit"), ("noise.png", file(seven(ink=225)), "no digit"),
    ("broken.png", file(seven())[:-400], "damaged"), ("text.png", b"hello", "not a picture"), ("small.png", file(seven()[:5]), "8 × 8"),
    ("huge.png", file(np.zeros((8000, 6000), np.uint8)), "million"), ("a.gif", file(seven()), "GIF|gif")])
def test_what_cannot_be_used_gets_a_sentence(name, data, said):
    with pytest.raises(UploadError, match=said):
        subject_of("mnist", name, data)


def test_the_card_takes_a_picture_of_its_set_and_no_other():
    classes = list("0123456789")
    for spec in (CnnSpec(), CnnSpec(dataset="shapes", points=300)):
        picture = np.random.default_rng(3).integers(0, 256, spec.shape, dtype=np.uint8)
        template = figures.sketch(spec, classes, change=True, picture=picture)
        (binding,) = template.bindings
        assert binding.options["picture"]["shape"] == list(spec.shape) and binding.options["draws"] == (spec.shape[-1] == 1)
        shown = to_figure(template, Frame(0, 1, 0.0, [], {"seen": picture})).data[0].z
        assert_array_equal(np.array(shown), np.broadcast_to(picture, (*spec.shape[:2], 3)))
        with pytest.raises(ValueError, match="uint8, not"):
            figures.sketch(spec, classes, change=True, picture=picture[:-1])
        with_it, without = ({t.id for t in figures.figures(spec, CnnView(change=change), classes)} for change in (True, False))
        assert "subject" in with_it and "sketch" not in with_it and "subject" not in without
