"""Real points and a generator's, over what the discriminator makes of the plane: as a PNG, and frame by frame as an animated GIF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from core.export import animation
from core.export.tables import Row
from core.figures import duel, theme
from core.figures.template import Template, heatmap
from core.frame import Frame
from core.specs.base import Score

WIDTH = 720  # pixels of a PNG
DRAWN = ("surface", "real", "fake")  # whatever is shown on the page


class Clouds(animation.Stage):
    """The plane of `core.figures.duel.picture`, whose points move from frame to frame."""

    fine = 2  # all 800 points are drawn for each frame

    def __init__(self, template: Template, width: int) -> None:
        own = template.bindings[0]
        self.filling = replace(own, options={**own.options, "shown": list(DRAWN)})
        bound = own.options["bound"]
        self.empty = theme.resolve(template.figure["data"])
        surface, _grid, real, fake, _arrows = self.empty
        plain = {"data": [surface, real, fake], "layout": template.figure["layout"]}
        super().__init__(replace(template, figure=plain, bindings=(heatmap(0, own.source[0], domain=(-bound, bound) * 2),)), width)

    def picture(self, frame: Frame, titled: tuple[str, Any]) -> Image.Image:
        """One frame: the title, the verdict as shading, both clouds."""
        data = [dict(trace) for trace in self.empty]
        duel.draw({"data": data}, self.filling, frame)
        surface, _grid, *traces, _arrows = data
        self.surface = surface | {"zsmooth": "best"}
        self._place(self._dots([_seen(trace, self.span) for trace in traces])[0])
        return super().picture(frame, titled)

    def _shades(self, frame: Frame) -> np.ndarray:
        least, most = self.surface["zmin"], self.surface["zmax"]
        z = np.array(self.surface["z"], np.float32)
        return np.nan_to_num(((z - least) / (most - least)).clip(0, 1) * 255, nan=127.5)  # of a network that broke nothing is known


def _seen(trace: dict[str, Any], span: Sequence[float]) -> dict[str, Any]:
    """The same trace without the points that lie nowhere, or outside the picture: left, right, bottom, top."""
    left, right, bottom, top = span
    inside = [(x, y) for x, y in zip(trace["x"], trace["y"], strict=True)
              if x is not None and y is not None and left <= x <= right and bottom <= y <= top]
    return {**trace, "x": [x for x, _y in inside], "y": [y for _x, y in inside]}


def png(frame: Frame, template: Template, rows: Sequence[Row] = (), score: Score | None = None) -> bytes:
    """A frame as a picture, under its epoch and its score. rows: those that tell it."""
    stage, file = Clouds(template, WIDTH), io.BytesIO()
    row = next((row for row in rows if row["epoch"] == frame.epoch), {})
    stage.picture(frame, animation.title(frame.epoch, row, score, stage.font_size)).save(file, "PNG", optimize=True)
    return file.getvalue()


def gif(frames: Sequence[Frame], template: Template, rows: Sequence[Row] = (), score: Score | None = None, *, width: int = 400,
        seconds: float = 8.0) -> bytes:
    """A run as a film: `core.export.animation.gif` for two clouds. ValueError as there."""
    return animation.gif(frames, template, rows, score, width=width, seconds=seconds, stage=Clouds)
