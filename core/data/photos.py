"""One picture file of any usual kind → a small array. What cannot be used is refused with its reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from core.data.csv import UploadError
from core.data.drawing import FORMS
from core.data.handwriting import LONGEST
from core.data.pictures import PIXELS, plain
from core.frame import Message
from core.i18n import N_
from core.specs.cnn import SHAPES

if TYPE_CHECKING:
    from PIL import Image

Made = TypeVar("Made")

FORMATS = {"PNG": ("png", "apng"), "JPEG": ("jpg", "jpeg", "jpe", "jfif"), "BMP": ("bmp", "dib"), "WEBP": ("webp",), "GIF": ("gif",)}
DECODED = 25_000_000  # pixels of a picture that are unpacked; a JPEG of more is unpacked smaller
ENDINGS = {ending for endings in FORMATS.values() for ending in endings}
LEAST = 8  # pixels in each direction
TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"}


def square(name: str, data: bytes, side: int, channels: int) -> np.ndarray:
    """The middle square of a PNG, JPEG, BMP, WEBP or GIF as (side, side, channels) uint8; channels: 3 (red, green, blue) or 1 (grey).

    It is turned as its camera says, what is transparent becomes white, 16 bits of grey become 8, and it is made smaller or larger by
    Lanczos' filter. Of a moving picture the first image is taken.
    UploadError with the file's name for anything else, a name whose ending says another format, more than 25 million pixels (a JPEG, which
    can be unpacked at a smaller size: 40 million), fewer than 8 in one direction.
    """
    return _read(name, data, 2 * side, lambda image: _turned(_fit(_plain(image, channels), side), _turn(image)))


def unpacked(name: str, data: bytes, side: int) -> int:
    """How many pixels `square` unpacks for this side, told without unpacking them. UploadError for what its head shows to be unusable."""
    return _read(name, data, 2 * side, lambda image: image.width * image.height)


def whole(name: str, data: bytes, longest: int) -> np.ndarray:
    """All of such a picture in grey, (h, w) uint8, made smaller until no side is longer than `longest`. Errors as of `square`."""
    return _read(name, data, 2 * longest, lambda image: _turned(_within(_plain(image, 1), longest), _turn(image))[..., 0])


def subject_of(dataset: str, name: str, data: bytes) -> np.ndarray:
    """A camera's picture, or a file, as an image of a dataset's shape (h, w, c) uint8, for a network that has learnt this set.

    For a set in colour the middle square. For a grey one a figure on paper or on a board: found whatever the light, made bright on black,
    scaled and centred as that set's images are (`core.data.handwriting`). UploadError says what the picture lacks: see `square`, and where
    nothing stands out from the ground.
    """
    height, _width, channels = SHAPES[dataset]
    if channels > 1:
        return square(name, data, height, channels)
    return FORMS[dataset](whole(name, data, LONGEST))[..., None]


def _read(name: str, data: bytes, draft: int, make: Callable[[Image.Image], Made]) -> Made:
    """What is made of a picture that can be used, its pixels not yet unpacked; UploadError for one that cannot. draft: pixels a side that
    are enough."""
    from PIL import Image, UnidentifiedImageError

    shown = name[-60:]
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            _check_name(name, shown, "JPEG" if image.format == "MPO" else str(image.format))
            if image.width * image.height > PIXELS:
                raise _too_many(shown, PIXELS)
            if min(image.size) < LEAST:
                raise UploadError(Message(N_("“{file}” has {width} × {height} pixels; a picture needs at least 8 × 8."),
                                          {"file": shown, "width": image.width, "height": image.height}))
            if image.mode in ("L", "RGB"):  # a JPEG of many pixels is unpacked small at once
                image.draft(image.mode, (draft, draft))
            if image.width * image.height > DECODED:
                raise _too_many(shown, DECODED)
            return make(image)
    except UploadError:
        raise
    except Image.DecompressionBombError:
        raise _too_many(shown, PIXELS) from None
    except UnidentifiedImageError:
        raise UploadError(Message(N_("“{file}” is not a picture that can be read: it needs to be a PNG, JPEG, BMP, WEBP or GIF file."),
                                  {"file": shown})) from None
    except Exception:  # a broken file can make a decoder raise anything
        raise UploadError(Message(N_("“{file}” is damaged or not complete."), {"file": shown})) from None


def _too_many(shown: str, most: int) -> UploadError:
    return UploadError(Message(N_("“{file}” has more than {most} million pixels. Make it smaller first."),
                               {"file": shown, "most": most // 1_000_000}))


def _check_name(name: str, shown: str, kind: str) -> None:
    ending = name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
    if ending and ending not in FORMATS[kind]:
        raise UploadError(Message(N_("“{file}” is a {kind} picture by its content, but its name ends in .{ending}. "
                                     "Give it the right name."),
                                  {"file": shown, "kind": kind, "ending": ending[:10]}))


def _plain(image: Image.Image, channels: int) -> Image.Image:
    image.load()
    return plain(image, channels)


def _fit(image: Image.Image, side: int) -> Image.Image:
    from PIL import Image

    middle = min(image.size)
    left, top = (image.width - middle) / 2, (image.height - middle) / 2
    return image.resize((side, side), Image.Resampling.LANCZOS, box=(left, top, left + middle, top + middle))


def _within(image: Image.Image, longest: int) -> Image.Image:
    from PIL import Image

    scale = longest / max(image.size)
    return image if scale >= 1 else image.resize((max(round(image.width * scale), 1), max(round(image.height * scale), 1)),
                                                 Image.Resampling.LANCZOS)


def _turn(image: Image.Image) -> str | None:
    """How a picture has to be turned, as its camera says."""
    return TURNS.get(image.getexif().get(0x0112, 1))


def _turned(image: Image.Image, turn: str | None) -> np.ndarray:
    from PIL import Image

    if turn:
        image = image.transpose(Image.Transpose[turn])
    array = np.asarray(image, np.uint8)
    return array if array.ndim == 3 else array[..., None]
