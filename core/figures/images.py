"""Pictures side by side in one figure: photographs as they are, or kernels on the scale of signs. The player's images.js is its twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np

from core.figures.template import Binding, Template
from core.figures.theme import DIVERGING, LIGHT, layout
from core.frame import Frame

PAINTED = 130  # pixels at the left for a kernel that is painted


def gallery(id: str, array: str, *, title: str, alt: str, empty: str, caption: str = "", values: Mapping[str, str] | None = None,
            named: Sequence[str] = (), classes: Sequence[str] = (), wrong: tuple[str, str] | None = None, signed: bool = False,
            ids: str = "", own: str = "", pairs: bool = False, columns: int = 0, layer: int = 0, paint: Mapping[str, Any] | None = None,
            area: str = "main", span: int = 4, height: int = 316) -> Template:
    """The pictures of an array (n, height, width, channels) uint8, one or three channels.

    caption: what stands below each, with names in {braces}; values: such a name → the array (n,) that has it; named: those of them that
    are numbers of `classes`; wrong: two arrays; a picture for which they differ is marked as wrong. signed: 128 stands for zero, on the
    scale of signs, rather than 0 … 255 for black to white. ids: an array (n,) of the pictures' numbers, if a press on one chooses it;
    own: what these numbers are of; a choice ends when that is another. pairs: whether who asks about one also tells the one chosen before.
    columns: how many there are in any case; 0: whatever makes them largest. layer: which layer of the drawing the pictures are of, if a
    press on one asks what excites it. paint: a kernel to paint at their left and to find among them, see `core.figures.cnn.filters`.
    """
    hidden = {"visible": False, "fixedrange": True}
    picture = {"type": "image", "z": [[[255, 255, 255]]], "hoverinfo": "skip", "colormodel": "rgb"}
    corner = {"type": "scatter", "x": [0], "y": [0], "mode": "markers", "marker": {"opacity": 0},
              "hoverinfo": "skip"}  # keeps the axes there
    figure = {"data": [picture, corner],
              "layout": layout(xaxis=dict(hidden), yaxis={**hidden, "autorange": "reversed", "scaleanchor": False},
                               margin={"l": PAINTED if paint else 2, "r": 2, "t": 2, "b": 2},
                               dragmode=False, meta={"scale": DIVERGING if signed else None})}
    options = {"caption": caption, "values": dict(values or {}), "named": list(named), "classes": list(classes),
               "wrong": list(wrong or ()), "signed": signed, "ids": ids, "own": own, "pairs": pairs, "columns": columns, "layer": layer,
               "paint": paint and dict(paint)}
    return Template(id, figure, (Binding("images", 0, (array,), options),), title, alt, height, area, span, empty)


def draw(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    """Put one frame's pictures into a figure made by `gallery`: as many columns as rows, a white line between them."""
    pictures = frame.arrays.get(binding.source[0])
    if pictures is None or not len(pictures):
        return
    count, height, width, channels = pictures.shape
    columns = binding.options["columns"] or ceil(count**0.5)
    rows = -(-count // columns)
    z = np.full((rows * (height + 1), columns * (width + 1), 3), 255, np.uint8)
    for i, picture in enumerate(pictures):
        top, left = i // columns * (height + 1), i % columns * (width + 1)
        shown = _signs(picture[..., 0]) if binding.options["signed"] and channels == 1 else np.broadcast_to(picture, (height, width, 3))
        z[top:top + height, left:left + width] = shown
    figure["data"][binding.trace]["z"] = z.tolist()
    figure["layout"]["yaxis"]["scaleanchor"] = "x"


def _signs(values: np.ndarray) -> np.ndarray:
    """1 … 255 on the scale of signs, in the light theme's colours: (h, w) → (h, w, 3) uint8."""
    minus, middle, plus = (np.array([int(LIGHT[name][i:i + 2], 16) for i in (1, 3, 5)], float)
                           for name in ("negative", "middle", "positive"))
    share = ((values.astype(float) - 128) / 127)[..., None]
    return np.where(share < 0, middle + (minus - middle) * -share, middle + (plus - middle) * share).round().astype(np.uint8)
