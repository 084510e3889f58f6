"""A person's own picture: a PNG or JPEG, turned into grey values, with errors a person can use."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import TYPE_CHECKING

import numpy as np

from core.data.csv import UploadError
from core.frame import Message
from core.i18n import N_

if TYPE_CHECKING:
    from PIL import Image

PIXELS = 40_000_000  # of the file; a small file may unpack to far more
FORMATS = ("PNG", "JPEG")


def read_picture(data: bytes, limit_mb: float, *, longest: int = 256, shortest: int = 256) -> tuple[str, dict[str, np.ndarray], list[str]]:
    """Read a picture. Returns its content hash (32 hex digits), the array gray (height, width), uint8, and no names of classes.

    It is turned as its camera says and made smaller until its longer side has at most `longest` pixels and its
    shorter one at most `shortest`. UploadError for a file that is too
    large, has another format, or more than 40 million pixels, or fewer than 8 in one direction.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > limit_mb * 2**20:
        raise UploadError(Message(N_("The file has {size:.1f} MB; at most {limit:g} MB can be read."),
                                  {"size": len(data) / 2**20, "limit": limit_mb}))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > PIXELS:
                    raise Image.DecompressionBombError
                if min(image.size) < 8:
                    raise UploadError(Message(N_("The picture has {width} × {height} pixels; it needs at least 8 × 8."),
                                              {"width": image.width, "height": image.height}))
                image.draft("L", (longest, longest))
                small = plain(ImageOps.exif_transpose(image), 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadError(Message(N_("The picture has more than {most} million pixels. Make it smaller first."),
                                  {"most": PIXELS // 1_000_000})) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        if isinstance(problem, UploadError):
            raise
        raise UploadError(Message(N_("This is not a picture that can be read. It needs to be a whole PNG or JPEG file."))) from None
    scale = min(1.0, longest / max(small.size), shortest / min(small.size))
    small = small.resize((max(round(small.width * scale), 1), max(round(small.height * scale), 1)), Image.Resampling.LANCZOS)
    gray = np.asarray(small, dtype=np.uint8)
    return hashlib.sha256(repr(gray.shape).encode() + gray.tobytes()).hexdigest()[:32], {"gray": gray}, []


def plain(image: Image.Image, channels: int) -> Image.Image:
    """The picture in 8 bits of grey or of each colour, nothing of it transparent."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits; convert would cut off what is above 255
        image = Image.fromarray(np.rint(np.clip(np.asarray(image, np.float32), 0, 65535) / 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if channels == 1 else "RGB")
