"""Pictures of a run as files: side by side as a PNG, and epoch by epoch as an animated GIF; made with Pillow alone."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from core.export.animation import FRAMES, HOLD_MS, title
from core.export.tables import Row
from core.frame import Frame
from core.specs.base import Score

WIDE, GAP = 480, 1  # pixels of a sheet, about; of the line between two pictures, before they are enlarged


def sheet(pictures: np.ndarray, columns: int = 0) -> Image.Image:
    """Pictures (n, height, width, 1 or 3) uint8 side by side, enlarged by a whole number, so that every pixel is a square. columns: how
    many stand in a row; 0: about as many as there are rows."""
    count, height, width, channels = pictures.shape
    columns = columns or int(np.ceil(count**0.5))
    rows = -(-count // columns)
    whole = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 255, np.uint8)
    for i, picture in enumerate(pictures):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        whole[top:top + height, left:left + width] = picture
    image = Image.fromarray(whole[..., 0] if channels == 1 else whole)
    times = max(WIDE // image.width, 1)
    return image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)


def png(pictures: np.ndarray, columns: int = 0) -> bytes:
    """The same as a file."""
    file = io.BytesIO()
    sheet(pictures, columns).save(file, "PNG", optimize=True)
    return file.getvalue()


def gif(frames: Sequence[Frame], array: str, rows: Sequence[Row] = (), score: Score | None = None, *, columns: int = 0,
        seconds: float = 8.0) -> bytes:
    """The pictures of this array, frame by frame, in a film that plays for ever, under the epoch and the score. Of more than 64 frames 64
    are drawn, the first and the last among them. ValueError if no frame has them."""
    shown = [frame for frame in frames if array in frame.arrays]
    if not shown:
        raise ValueError(f"none of {len(frames)} frames has an array {array!r}")
    shown = [shown[round(i)] for i in np.linspace(0, len(shown) - 1, min(len(shown), FRAMES))]
    by_epoch: Mapping[float | None, Row] = {row["epoch"]: row for row in rows}
    pictures = [_titled(sheet(f.arrays[array], columns), f.epoch, by_epoch.get(f.epoch, {}), score) for f in shown]
    step = max(round(seconds * 100 / len(shown)), 2) * 10  # a GIF counts in hundredths of a second
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], loop=0, disposal=1,
                     duration=[*[step] * (len(pictures) - 1), step + HOLD_MS])
    return file.getvalue()


def _titled(image: Image.Image, epoch: int, row: Row, score: Score | None) -> Image.Image:
    size = max(round(image.width * 0.036), 11)
    text, font = title(epoch, row, score, size)
    whole = Image.new(image.mode, (image.width, image.height + 2 * size), 255 if image.mode == "L" else (255,) * 3)
    ImageDraw.Draw(whole).text((size // 2, size), text, 0 if image.mode == "L" else (0,) * 3, font=font, anchor="lm")
    whole.paste(image, (0, 2 * size))
    return whole
