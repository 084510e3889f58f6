"""A stack's maps drawn as large as they are, its last one to choose a unit on, and what that unit sees of the image."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Handle, figure
from core.figures.convolution.common import Array, box, frame, grid, outline, rectangle
from core.figures.convolution.tables import shape_of
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, colour, layout
from core.i18n import _
from core.specs.convolution import ConvolutionSpec
from core.specs.stack import Layer, Size

LOWER = 230


def boxes(spec: ConvolutionSpec, layers: tuple[Layer, ...], steps: list[Size]) -> Template:
    """The image and each layer's maps, as high as they are; numbers without rows as a thin bar."""
    shapes = [(spec.side, spec.side, spec.depth), *(step.shape for step in steps)]
    data: list[dict[str, Any]] = []
    x, middles = 0.0, []
    for i, shape in enumerate(shapes):
        whole = len(shape) == 3
        high = max(0.08, shape[0] / spec.side) if whole else min(1.0, 0.25 + 0.2 * np.log10(shape[0]))
        wide, deep = (high, min(4, shape[2])) if whole else (0.1, 1)
        token = "muted" if i == 0 else f"layer{('conv', 'depthwise', 'max', 'average', 'flatten', 'dense').index(steps[i - 1].layer.kind)}"
        for k in reversed(range(deep)):
            at = box(x + 0.5 + 0.05 * k, -0.05 * k, wide, high)
            at["y"] = [v + 0.5 - high / 2 for v in at["y"]]
            data.append(outline(at, token, 1.5, "background"))
        middles.append(x + wide / 2)
        x += wide + 0.05 * deep + 0.28
    data.append({"type": "scatter", "mode": "text", "x": middles, "y": [0.62 + 0.13 * (i % 2) for i in range(len(shapes))],
                 "hoverinfo": "skip", "text": [shape_of(shape) for shape in shapes],
                 "cliponaxis": False, "textfont": {"size": 11, "color": colour("text")}})
    still = {"visible": False, "fixedrange": True}
    plot = layout(xaxis={**still, "range": [-0.25, max(x, 3.0)]}, margin={"l": 4, "r": 4, "t": 4, "b": 4}, dragmode=False, hovermode=False,
                  yaxis={**still, "range": [0.85, -0.75], "scaleanchor": "x"})
    sides = [str(s[0]) for s in shapes if len(s) == 3]
    return figure("boxes", data, plot, title=_("The side: {sides}", sides=" → ".join(sides)), height=LOWER, span=5,
                  alt=_("The image and what each layer makes of it: {shapes}.", shapes=", ".join(map(shape_of, shapes))))


def units(side: int, y: int, x: int) -> tuple[Template, Handle]:
    """The last map, one unit of which is chosen."""
    lines = [{"type": "line", "x0": a, "x1": b, "y0": c, "y1": d, "line": {"color": colour("grid"), "width": 1}}
             for k in range(1, side) for a, b, c, d in ((k - 0.5, k - 0.5, -0.5, side - 0.5), (-0.5, side - 0.5, k - 0.5, k - 0.5))]
    data = [outline(box(x, y, 1, 1), "high", 2, "high")]
    picture = figure("unit", data, frame(0, side - 1, 0, side - 1, shapes=[*(lines if side <= 32 else []), rectangle(0, 0, side, side)]),
                     title=_("Unit: row {row}, column {column}", row=y + 1, column=x + 1), height=LOWER, span=3,
                     alt=_("The last map of {side} × {side} units; the one in row {row}, column {column} is chosen.", side=side, row=y + 1,
                           column=x + 1))
    return picture, Handle("unit", "unit", _("the unit"), (x, y), ("unit_x", "unit_y"), bounds=((0, side - 1), (0, side - 1)), step=1,
                           anywhere=True, colour="high", bare=True)


def extent(ways: Array) -> tuple[int, int]:
    """The first and the last pixel of a row that reach a unit; (0, -1) where it sees nothing but padding."""
    there = np.flatnonzero(ways)
    return (int(there[0]), int(there[-1])) if len(there) else (0, -1)


def field(spec: ConvolutionSpec, ways: list[Array], last: Size | None) -> Template:
    """The image, and on how many ways each pixel reaches the chosen unit."""
    counts = np.outer(*ways).astype(float)
    share = counts / max(counts.max(), 1.0)
    (top, foot), (left, right) = map(extent, ways)
    data = [grid(np.round(share, 3), 0, 1, SEQUENTIAL, hoverinfo="skip"),
            outline(box(left, top, right - left + 1, foot - top + 1) if counts.any() else {"x": [], "y": []}, "negative", 2.5)]
    side = spec.side
    whole = last.receptive if last else 1
    return figure("field", data, frame(0, side - 1, 0, side - 1, shapes=[rectangle(0, 0, side, side)]), height=LOWER, span=4,
                  title=_("It sees {rows} × {columns} of {side} × {side} pixels", rows=foot - top + 1, columns=right - left + 1, side=side),
                  alt=_("The chosen unit sees rows {top} to {foot} and columns {left} to {right} of the image; away from the edges it "
                        "would be {field} × {field}. The stronger a pixel’s colour, the more ways lead from it.",
                        top=top + 1, foot=foot + 1, left=left + 1,
                        right=right + 1, field=whole))
