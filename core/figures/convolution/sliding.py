"""A window that slides over an image: where it stands, what lies below it, and the film in which the output grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures.board import Handle, Track, figure
from core.figures.convolution.common import (
    Array,
    box,
    cells,
    frame,
    grey,
    ink,
    on_grey,
    outline,
    rectangle,
    short,
    signed,
    size_of,
    texts,
)
from core.figures.convolution.images import Image
from core.figures.template import Template
from core.figures.theme import colour
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.convolution import windows
from core.specs.stack import length, margins, span

HEIGHT = 310
CELL_BY_CELL = 100  # outputs; of a larger one two rows are shown cell by cell, the others row by row
INPUT, OUTPUT = "input", "output"


@dataclass(frozen=True)
class Slide:
    """A window of `kernel` × `kernel` on an image. row, column: the output cell that is written out, within the output."""

    image: Image
    kernel: int
    stride: int
    dilation: int
    padding: str
    row: int
    column: int

    @property
    def margins(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows above and below, columns left and right."""
        up, across = (margins(n, self.kernel, self.stride, self.dilation, self.padding) for n in self.image.shape)
        return up, across

    @property
    def span(self) -> int:
        return span(self.kernel, self.dilation)

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = (length(n, self.kernel, self.stride, self.dilation, self.padding) for n in self.image.shape)
        return rows, columns

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Row and column of the image where the window's first pixel stands; negative in the margin."""
        return row * self.stride - self.margins[0][0], column * self.stride - self.margins[1][0]

    def seen(self) -> Array:
        """The pixels below the window at every place, (rows, columns, k, k); nan in the margin."""
        return windows(self.image.values, self.kernel, self.stride, self.dilation, self.padding, fill=np.nan)


def slide(image: Image, kernel: int, stride: int, dilation: int, padding: str, row: int, column: int) -> Slide:
    """Trouble, with the arithmetic, where the window does not fit."""
    made = Slide(image, kernel, stride, dilation, padding, 0, 0)
    rows, columns = made.shape
    if min(rows, columns) < 1:
        raise Trouble(Message(
            N_("The window has no place to stand: a kernel of {k} with dilation {d} spans {d}·({k} − 1) + 1 = {span} pixels, and the image "
               "has {n}. So the output would be ⌊({n} + 0 − {span})/{s}⌋ + 1 = {out} long. Take a smaller kernel or dilation, or the "
               "padding “same”, which puts zeros around."),
            {"k": kernel, "d": dilation, "span": made.span, "n": min(image.shape), "s": stride,
             "out": short(min(made.shape))}))
    return Slide(image, kernel, stride, dilation, padding, min(row, rows - 1), min(column, columns - 1))


def places(here: Slide) -> list[tuple[int, int, int]]:
    """The film's steps before the last: the output's cells (row, first column, last column) that are computed in each."""
    rows, columns = here.shape
    single = rows if rows * columns <= CELL_BY_CELL else 2
    return [(r, c, c) for r in range(min(single, rows)) for c in range(columns)] + [(r, 0, columns - 1) for r in range(single, rows)]


def window_at(here: Slide, row: int, column: int, last: int | None = None) -> dict[str, list[float]]:
    """The outline of the window on the image; of all windows up to column `last`."""
    top, left = here.corner(row, column)
    return box(left, top, here.span + ((last or column) - column) * here.stride, here.span)


def taps(here: Slide, row: int, column: int) -> dict[str, list[float]]:
    """The pixels that a dilated kernel looks at."""
    top, left = here.corner(row, column)
    x, y = cells(here.kernel, here.kernel)
    return {"x": [left + here.dilation * v for v in x], "y": [top + here.dilation * v for v in y]}


def hidden(here: Slide, row: int, column: int) -> dict[str, list[float]]:
    """The part of the output that is not computed yet, as a polygon."""
    rows, columns = here.shape
    right, foot = columns - 0.48, rows - 0.48
    if column == columns - 1:
        row, column = row + 1, -1
    if row >= rows:
        return {"x": [right] * 7, "y": [foot] * 7}
    edge, top, left = column + 0.5 - 0.02 * (column < 0), row - 0.5, -0.52
    return {"x": [edge, right, right, left, left, edge, edge], "y": [top, top, foot, foot, top + 1, top + 1, top]}


def input_map(here: Slide, *, pad: str) -> tuple[Template, list[Track]]:
    """The image with the window on it. pad: what stands in a padded cell."""
    (rows, columns), (up, across) = here.image.shape, here.margins
    values, top = here.image.values, here.image.top
    wide = max(rows + sum(up), columns + sum(across))
    said = [short(v) for v in values.ravel()]
    size = size_of(said, HEIGHT / wide)
    data: list[dict[str, Any]] = [
        grey(values, top),
        texts(*cells(rows, columns), said, [on_grey(v, top) for v in values.ravel()], size)]
    ring = [(r, c) for r in range(-up[0], rows + up[1]) for c in range(-across[0], columns + across[1])
            if not (0 <= r < rows and 0 <= c < columns)]
    data.append(texts([c for _r, c in ring], [r for r, _c in ring], [pad] * len(ring), colour("muted"),
                      min(11, max(7, int(0.5 * HEIGHT / wide)))))
    data.append(outline(window_at(here, here.row, here.column), "negative", 3))
    data.append({"type": "scatter", "mode": "markers", **taps(here, here.row, here.column), "hoverinfo": "skip", "cliponaxis": False,
                 "visible": here.dilation > 1,
                 "marker": {"symbol": "square-open", "size": max(5, 0.62 * HEIGHT / wide), "color": colour("negative"), "opacity": 1,
                            "line": {"width": 2}}})
    shape = frame(-across[0], columns - 1 + across[1], -up[0], rows - 1 + up[1], shapes=[rectangle(0, 0, columns, rows)])
    title = _("{name}: {rows} × {columns}", name=here.image.name, rows=rows, columns=columns)
    picture = figure(INPUT, data, shape, title=title, height=HEIGHT, span=4,
                     alt=_("{name}, {rows} × {columns} pixels, with the window of {k} × {k} at row {row}, column {column} of the output.",
                           name=here.image.name, rows=rows, columns=columns, k=here.kernel, row=here.row + 1, column=here.column + 1))
    steps = [*places(here), (here.row, here.column, here.column)]
    tracks = [Track(INPUT, 3, _turned([window_at(here, *step) for step in steps]))]
    if here.dilation > 1:
        tracks.append(Track(INPUT, 4, _turned([taps(here, r, c) for r, c, _last in steps])))
    return picture, tracks


def _turned(steps: list[dict[str, list[float]]]) -> dict[str, list[Any]]:
    return {name: [step[name] for step in steps] for name in steps[0]}


def output_map(here: Slide, output: Array, *, title: str, alt: str, sequential: float = 0.0) -> tuple[Template, list[Track]]:
    """What comes out, with the cell that is written out. sequential: the largest brightness, for what has no sign (0: it has)."""
    rows, columns = output.shape
    said, reach = [short(v) for v in output.ravel()], float(np.abs(output).max())
    inks = [on_grey(v, sequential) if sequential else ink(v, reach) for v in output.ravel()]
    data = [grey(output, sequential) if sequential else signed(output, reach),
            texts(*cells(rows, columns), said, inks, size_of(said, HEIGHT / max(rows, columns))),
            outline(hidden(here, rows - 1, columns - 1), "background", 0, fill="background"),
            outline(box(here.column, here.row, 1, 1), "negative" if sequential else "text", 3)]
    picture = figure(OUTPUT, data, frame(0, columns - 1, 0, rows - 1, shapes=[rectangle(0, 0, columns, rows)]), title=title, alt=alt,
                     height=HEIGHT, span=4)
    steps = places(here)
    tracks = [Track(OUTPUT, 2, _turned([*(hidden(here, r, last) for r, _c, last in steps), hidden(here, rows - 1, columns - 1)])),
              Track(OUTPUT, 3, _turned([*(box(c, r, last - c + 1, 1) for r, c, last in steps), box(here.column, here.row, 1, 1)]))]
    return picture, tracks


def handles(here: Slide, *, on_input: bool) -> tuple[Handle, ...]:
    """The cell that is written out is chosen on the output, or by dragging the window where it moves pixel by pixel."""
    rows, columns = here.shape
    found = [Handle("cell", OUTPUT, _("the cell of the output"), (here.column, here.row), ("column", "row"),
                    bounds=((0, columns - 1), (0, rows - 1)), step=1, anywhere=True, colour="negative", bare=True)]
    if on_input and here.stride == 1:
        middle = (here.span - 1) / 2
        x, y = middle - here.margins[1][0], middle - here.margins[0][0]
        found.append(Handle("window", INPUT, _("the window"), (here.column + x, here.row + y), ("column", "row"), offset=(x, y),
                            bounds=((x, x + columns - 1), (y, y + rows - 1)), step=1, anywhere=True, colour="negative", bare=True))
    return tuple(found)


def labels(here: Slide, output: Array) -> tuple[str, ...]:
    """What each step of the film is."""
    found = [_("row {row}, column {column}: {value}", row=r + 1, column=c + 1, value=short(output[r, c])) if c == last else
             _("row {row}", row=r + 1) for r, c, last in places(here)]
    return (*found, _("all cells: {count}", count=output.size))


def arithmetic(n: int, here: Slide, which: int) -> str:
    """The output's length with numbers filled in, in LaTeX. which: 0 for rows, 1 for columns."""
    p = sum(here.margins[which])
    return (rf"\left\lfloor \frac{{{n} + {p} - {here.dilation}\cdot({here.kernel}-1) - 1}}{{{here.stride}}} \right\rfloor + 1 = "
            rf"{here.shape[which]}")
