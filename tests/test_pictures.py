"""A person's own picture, whole or broken."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.data.csv import UploadError
from core.data.pictures import read_picture
from core.i18n import say


def file_of(array, kind="PNG", **more):
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **more)
    return out.getvalue()


def test_a_gray_picture_comes_back_as_it_was():
    gray = np.random.default_rng(0).integers(0, 256, (40, 60), dtype=np.uint8)
    digest, arrays, classes = read_picture(file_of(gray), 2)
    assert np.array_equal(arrays["gray"], gray) and classes == [] and len(digest) == 32
    assert read_picture(file_of(gray), 2)[0] == digest != read_picture(file_of(gray.T.copy()), 2)[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_coloured_picture_is_made_small_and_keeps_its_shape(kind):
    colours = np.zeros((600, 1000, 3), np.uint8)
    colours[:, 500:] = 255
    gray = read_picture(file_of(colours, kind), 2)[1]["gray"]
    assert max(gray.shape) == 256 and abs(gray.shape[0] / gray.shape[1] - 0.6) < 0.01
    assert gray[:, :100].max() < 20 and gray[:, -100:].min() > 235


def test_a_picture_stands_as_its_camera_says():
    exif = Image.Exif()
    exif[274] = 6  # turned by a quarter
    assert read_picture(file_of(np.zeros((20, 50), np.uint8), "JPEG", exif=exif), 2)[1]["gray"].shape == (50, 20)


def test_sixteen_bits_of_grey_become_eight():
    deep = np.linspace(0, 65535, 40 * 60).reshape(40, 60).astype(np.uint16)
    gray = read_picture(file_of(deep), 2)[1]["gray"]
    np.testing.assert_allclose(gray, deep / 257, atol=0.51)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_is_transparent_is_white_paper(mode):
    ink = np.zeros((20, 20, len(mode)), np.uint8)  # black everywhere, and seen in one corner only
    ink[:5, :5, -1] = 255
    gray = read_picture(file_of(ink), 2)[1]["gray"]
    assert (gray[:5, :5] == 0).all() and (gray[5:] == 255).all() and (gray[:, 5:] == 255).all()


def bomb():
    """A PNG that claims 100,000 × 100,000 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)


NOISE = file_of(np.random.default_rng(1).integers(0, 256, (60, 60), dtype=np.uint8))


@pytest.mark.parametrize("data, said", [
    (b"", "not a picture"), (b"x" * 100, "not a picture"), (b"x" * (3 << 20), "3.0 MB"), (bomb(), "million pixels"),
    (NOISE[:1500], "not a picture"), (file_of(np.zeros((20, 20), np.uint8), "GIF"), "not a picture"),
    (file_of(np.zeros((4, 20), np.uint8)), "20 × 4"), (file_of(np.zeros((20, 20), np.uint8), "JPEG")[:-200], "not a picture")],
    ids=["empty", "letters", "too long", "bomb", "cut png", "gif", "tiny", "cut jpeg"])
def test_what_is_no_picture_gets_a_sentence(data, said):
    with pytest.raises(UploadError) as problem:
        read_picture(data, 2)
    assert said in say(problem.value.message)
