"""A kernel slides over an image: pixels times weights, added up, cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Film, Paint, Picture, Press, Scene, Track, figure
from core.figures.convolution import sliding
from core.figures.convolution.common import (
    Array,
    box,
    cells,
    closed,
    frame,
    grey,
    ink,
    on_grey,
    outline,
    rectangle,
    said_at,
    short,
    signed,
    size_of,
    texts,
    weight,
)
from core.figures.convolution.images import image_of, kernel_of, listing, reading
from core.figures.convolution.sliding import HEIGHT, INPUT, Slide, arithmetic
from core.figures.template import Template
from core.figures.theme import colour
from core.frame import Message
from core.i18n import N_, _
from core.maths import convolution as maths
from core.specs.convolution import ConvolutionSpec
from core.specs.examples import Preset, Trial
from core.specs.stack import span

BRUSHES = (-2.0, -1.0, 0.0, 1.0, 2.0)
SUM, SUM_HEIGHT = "sum", 170
LONGEST = 9  # products that are written out; of more the first and the last
FACE = "0 1 0; 1 1 1; 0 1 0"


def draw(spec: ConvolutionSpec) -> Picture:
    image, kernel = image_of(spec), kernel_of(spec)
    here = sliding.slide(image, len(kernel), spec.stride, spec.dilation, spec.padding, spec.row, spec.column)
    output = maths.correlate(image.values, kernel, spec.stride, spec.dilation, spec.padding)
    rows, columns = output.shape
    first, moves = sliding.input_map(here, pad="0")
    second, weights = kernel_map(spec, kernel)
    third, grows = sliding.output_map(
        here, output, title=_("The output: {rows} × {columns}, from {low} to {high}", rows=rows, columns=columns, low=short(output.min()),
                              high=short(output.max())),
        alt=_("What comes out, {rows} × {columns}: blue is positive, orange negative, between {low} and {high}.", rows=rows,
              columns=columns, low=short(output.min()), high=short(output.max())))
    strip, titles, more = sum_strip(here, kernel, output)
    film = Film(sliding.labels(here, output), (*moves, *grows, *more), {SUM: titles}, seconds=max(4.0, 0.22 * len(titles)))
    drawn = spec.source == "drawn"
    bits = Paint(INPUT, "drawing", _("the drawing"), (0, 0), tuple(spec.bits), 8, "1", "0", ("", ""))
    return Picture((first, second, third, strip), sliding.handles(here, on_input=not drawn), (palette(len(kernel)),),
                   film, notes(spec, here, kernel, output), formulas(here, kernel, output),
                   {"output": output, "cell": output[here.row, here.column]}, (weights, *((bits,) if drawn else ())))


def kernel_map(spec: ConvolutionSpec, kernel: Array) -> tuple[Template, Paint]:
    """The kernel, whose cells are painted, above its palette."""
    k = len(kernel)
    reach, said = float(np.abs(kernel).max()), [weight(v) for v in kernel.ravel()]
    pixels = HEIGHT / (k + 1.6)
    data: list[dict[str, Any]] = [
        signed(kernel, reach, xgap=2, ygap=2, hoverinfo="skip"),
        texts(*cells(k, k), said, [ink(v, reach) for v in kernel.ravel()], size_of(said, pixels, 18))]
    x, y, room = palette_at(k)
    side = 0.8 * room
    for at, value in zip(x, BRUSHES, strict=True):
        near = box(at, y, 1, 1, grow=(side - 1) / 2)
        data.append(outline(near, "text" if value == spec.brush else "border", 3 if value == spec.brush else 1,
                            "positive" if value > 0 else "negative" if value < 0 else "middle"))
    data.append(texts(x, [y] * 5, [short(v) for v in BRUSHES], ["#FFFFFF" if v > 0 else "#111111" if v < 0 else colour("text")
                                                                for v in BRUSHES], 12))
    shape = frame(0, k - 1, 0, k - 1, shapes=[rectangle(0, 0, k, k)])
    shape["yaxis"]["range"] = [y + 0.6 * room, -0.55]
    shape["hovermode"] = False
    total = short(kernel.sum())
    picture = figure("kernel", data, shape, title=_("Paint the kernel: its weights sum to {total}", total=total), height=HEIGHT, span=4,
                     alt=_("The kernel of {k} × {k} weights, row by row: {cells}. Below it five brushes.", k=k, cells=", ".join(said)))
    now = tuple(spec.weights.replace(",", " ").replace(";", " ").split())
    return picture, Paint("kernel", "cells", _("the kernel"), (0, 0), now, k, f"{spec.brush:g}")


def palette_at(k: int) -> tuple[list[float], float, float]:
    """Where the brushes below a kernel of k × k cells stand: x of each, y of all, and how far apart."""
    room = k / 5
    return [-0.5 + (i + 0.5) * room for i in range(5)], k - 0.5 + 0.75 * room, room


def palette(k: int) -> Press:
    x, y, _room = palette_at(k)
    return Press("kernel", "brush", tuple((value, at, y, _("brush: {weight}", weight=short(value)))
                                          for at, value in zip(x, BRUSHES, strict=True)))


def written_sum(pixels: Array, kernel: Array, value: float) -> str:
    """3·1 + 5·(−2) + … = −7: products with a weight of 0 are left out; nan is a padded 0."""
    terms = [f"{short(p)}·{closed(weight(w))}" for p, w in zip(np.nan_to_num(pixels).ravel(), kernel.ravel(), strict=True) if w]
    if len(terms) > LONGEST:
        terms = [*terms[:5], "…", *terms[-2:]]
    return (" + ".join(terms) or "0") + f" = {short(value)}"


def sum_strip(here: Slide, kernel: Array, output: Array) -> tuple[Template, list[str], list[Track]]:
    """The pixels below the window, the weights, their products and the sum; its titles, step by step."""
    k, seen, top = here.kernel, here.seen(), here.image.top
    gap = 0.6 * k**0.5 + 0.5
    second, third, end = k + gap, 2 * (k + gap), 3 * (k + gap) - 0.3
    steps = [*((r, last) for r, _c, last in sliding.places(here)), (here.row, here.column)]
    pixels = [seen[r, c] for r, c in steps]
    products = [np.nan_to_num(p) * kernel for p in pixels]
    reach = float(np.abs(kernel).max())
    most = reach * top
    now, made = pixels[-1], products[-1]
    cell = min(0.94 * SUM_HEIGHT / k, 900 / (end + 3))
    said = [[short(v) if np.isfinite(v) else "0" for v in p.ravel()] for p in pixels]
    results = [[short(v) for v in p.ravel()] for p in products]
    factors = [weight(v) for v in kernel.ravel()]
    inks = [[on_grey(v, top) if np.isfinite(v) else colour("muted") for v in p.ravel()] for p in pixels]
    tints = [[ink(v, most) for v in p.ravel()] for p in products]
    fits = [size_of([t for step in part for t in step], cell) for part in (said, results)]
    x, y = cells(k, k)
    sums = [short(output[r, c]) for r, c in steps]
    data = [grey(now, top, hoverinfo="skip"), signed(kernel, reach, x0=second, dx=1, hoverinfo="skip"),
            signed(made, most, x0=third, dx=1, hoverinfo="skip"),
            texts(x, y, said[-1], inks[-1], fits[0]),
            texts([v + second for v in x], y, factors, [ink(v, reach) for v in kernel.ravel()], size_of(factors, cell)),
            texts([v + third for v in x], y, results[-1], tints[-1], fits[1]),
            texts([end + 0.8], [(k - 1) / 2], [sums[-1]], colour("text"), 20)]
    marks = [said_at(second - gap / 2 - 0.5, (k - 1) / 2, "×", "text", 20), said_at(third - gap / 2 - 0.5, (k - 1) / 2, "=", "text", 20),
             said_at(end - gap / 2 - 0.1, (k - 1) / 2, "Σ =", "text", 18)]
    shape = frame(-0.2, end + 1.6, 0, k - 1, annotations=marks,
                  shapes=[rectangle(at, 0, k, k) for at in (0, second, third)],
                  meta={"narrow": {"below": 600, "traces": {} if k < 4 else {i: {"visible": False} for i in (3, 4, 5)}}})
    titles = [written_sum(p, kernel, float(output[r, c])) for p, (r, c) in zip(pixels, steps, strict=True)]
    picture = figure(SUM, data, shape, title=titles[-1], height=SUM_HEIGHT, span=12, area="curves",
                     alt=_("Row {row}, column {column} of the output: {sum}", row=here.row + 1, column=here.column + 1, sum=titles[-1]))
    shown = [np.round(np.nan_to_num(p, nan=0.0), 6).tolist() for p in pixels]
    tracks = [Track(SUM, 0, {"z": shown}), Track(SUM, 2, {"z": [np.round(p, 4).tolist() for p in products]}), Track(SUM, 6, {
        "text": [[s] for s in sums]})]
    tracks += [Track(SUM, 3, {"text": said, "textfont.color": inks})] if fits[0] else []
    tracks += [Track(SUM, 5, {"text": results, "textfont.color": tints})] if fits[1] else []
    return picture, titles, tracks


def formulas(here: Slide, kernel: Array, output: Array) -> tuple[tuple[str, str], ...]:
    n, m = here.image.shape
    k = rf"\sum_{{u=0}}^{{{here.kernel - 1}}}\sum_{{v=0}}^{{{here.kernel - 1}}}"
    place = lambda name, index, p: (rf"{here.stride if here.stride > 1 else ''}{name} + {here.dilation if here.dilation > 1 else ''}{index}"  # noqa: E731
                                    + (f" - {p}" if p else ""))
    rule = rf"y_{{ij}} = {k}\, x_{{{place('i', 'u', here.margins[0][0])},\; {place('j', 'v', here.margins[1][0])}}}\; w_{{uv}}"
    found = [("", rule), (_("Rows"), arithmetic(n, here, 0))]
    return (*found, (_("Columns"), arithmetic(m, here, 1))) if n != m else tuple(found)


def notes(spec: ConvolutionSpec, here: Slide, kernel: Array, output: Array) -> tuple[Message, ...]:
    total, (up, _across) = float(kernel.sum()), here.margins
    if abs(total) < 1e-9:
        first = Message(N_("The weights sum to 0: where the image is plain the kernel answers 0, however bright it is. It answers where "
                           "brightness changes.") if np.abs(kernel).max() else
                        N_("All weights are 0, and so is every answer. Paint a cell of the kernel."))
    else:
        first = Message(N_("The weights sum to {total}: where the image is plain, the output is its brightness times {total}."),
                        {"total": short(total)})
    found = [first]
    least, most = (float(f(output)) for f in (np.min, np.max))
    if least < 0 < most:
        row, column = np.unravel_index(int(np.argmax(np.abs(output))), output.shape)
        value = {"value": short(output[row, column]), "row": int(row) + 1, "column": int(column) + 1}
        starts = [int(i) * here.stride - before for i, (before, _behind) in zip((row, column), here.margins, strict=True)]
        if any(i < 0 or i + span(here.kernel, here.dilation) > n for i, n in zip(starts, here.image.shape, strict=True)):
            why = N_("The strongest answer, {value}, stands in row {row}, column {column}, at the edge: part of its window lies on the "
                     "zeros of the padding.")
        elif output[row, column] > 0:
            why = N_("The strongest answer, {value}, stands in row {row}, column {column}: the image is bright there where the weights are "
                     "positive, and dark where they are negative.")
        else:
            why = N_("The strongest answer, {value}, stands in row {row}, column {column}: the image is dark there where the weights are "
                     "positive, and bright where they are negative.")
        found.append(Message(why, value))
    if here.padding == "same" and sum(up) % 2:
        found.append(Message(N_("Rows that the padding needs: {p}, an odd number; above: {before}, below: {after}. Keras puts the larger "
                                "half behind."), {"p": sum(up), "before": up[0], "after": up[1]}))
    if here.stride > 1 and here.dilation > 1:
        found.append(Message(N_("Keras refuses a stride above 1 together with a dilation above 1; PyTorch takes both. The sum is as clear "
                                "as ever, so it is shown here, and the program computes every place and keeps some.")))
    left = [(n + sum(p) - here.span) % here.stride for n, p in zip(here.image.shape, here.margins, strict=True)]
    if max(left):
        found.append(Message(N_("The windows do not come out even: rows or columns at the far edge that nobody looks at: {left}."),
                             {"left": max(left)}))
    if not np.allclose(kernel, kernel[::-1, ::-1]):
        turned = maths.correlate(here.image.values, kernel[::-1, ::-1], here.stride, here.dilation, here.padding)
        one, other = short(output[here.row, here.column]), short(turned[here.row, here.column])
        found.append(Message(N_("Networks lay the kernel on as it is, which is called cross-correlation. A mathematician’s convolution "
                                "turns it by 180° first, and would have {other} in the chosen cell, not {value}.") if one != other else
                             N_("Networks lay the kernel on as it is, which is called cross-correlation. A mathematician’s convolution "
                                "turns it by 180° first; in the chosen cell that happens to make no difference."),
                             {"other": other, "value": one}))
    return tuple(found)


def program(spec: ConvolutionSpec) -> str:
    image, kernel = image_of(spec), kernel_of(spec)
    here = sliding.slide(image, len(kernel), spec.stride, spec.dilation, spec.padding, spec.row, spec.column)
    lines = [*reading(spec), f"kernel = {listing(kernel)}", "", "import keras", "",
             "x = image[None, :, :, None].astype(\"float64\")  # " + _("(batch, rows, columns, channels)"),
             "w = kernel[:, :, None, None].astype(\"float64\")  # " + _("(rows, columns, channels, filters)")]
    if spec.stride > 1 and spec.dilation > 1:
        up, across = here.margins
        lines += ["# " + _("Keras takes no stride beside a dilation: every place is computed, and some are kept"),
                  f"x = np.pad(x, ((0, 0), {up}, {across}, (0, 0)))",
                  f"y = keras.ops.conv(x, w, dilation_rate={spec.dilation})[:, ::{spec.stride}, ::{spec.stride}]"]
    else:
        lines += [f'y = keras.ops.conv(x, w, strides={spec.stride}, padding="{spec.padding}", dilation_rate={spec.dilation})']
    return "\n".join([*lines, "output = keras.ops.convert_to_numpy(y)[0, :, :, 0]",
                      f"cell = output[{here.row}, {here.column}]", "", "print(output.shape)", "print(output)", "print(cell)"])


def there(spec: ConvolutionSpec, name: str) -> bool:
    """A digit's number belongs to a digit, a size to a kernel that may have another."""
    return {"digit": spec.source == "digit", "drawing": spec.source == "drawn",
            "size": spec.kernel in ("own", "blur"), "cells": spec.kernel == "own"}.get(name, True)


SCENE = Scene(
    "window", N_("Window"),
    N_("Paint the [[kernel|convolution kernel]]: choose a brush below it, then press or drag over its cells. Play the film to see the "
       "window slide, or drag the window."),
    ("source", "digit", "kernel", "size", "stride"), draw, program,
    more=("padding", "dilation", "row", "column", "brush", "cells", "drawing"), plays=there,
    presets=(
        Preset(N_("Upright edges of a digit"), {"scene": "window"}),
        Preset(N_("A palace, sharpened"), {"scene": "window", "source": "china", "kernel": "sharpen", "padding": "same", "row": 7,
                                           "column": 4}),
        Preset(N_("A flower’s edges"), {"scene": "window", "source": "flower", "kernel": "edge", "row": 9, "column": 10}),
        Preset(N_("Draw something"), {"scene": "window", "source": "drawn", "kernel": "sobel_y", "padding": "same", "row": 7,
                                         "column": 3}),
        Preset(N_("A blur of 5×5"), {"scene": "window", "source": "china", "kernel": "blur", "size": 5, "row": 7, "column": 4}),
    ),
    trials=(
        Trial(N_("Turn the kernel"), N_("Sobel y is Sobel x laid on its side: now level edges answer, upright ones do not."),
              {"scene": "window", "kernel": "sobel_y"}),
        Trial(N_("Find a template"), N_("A kernel that looks like a cross answers most strongly where the drawing has one: a filter is a "
                                        "small picture of what it looks for."),
              {"scene": "window", "source": "drawn", "drawing": "00081c0800002000", "kernel": "own", "size": 3, "cells": FACE,
               "row": 1, "column": 3}),
        Trial(N_("Stride 2"), N_("The window skips every second place: the output has half the rows and half the columns."),
              {"scene": "window", "stride": 2, "row": 1, "column": 0}),
        Trial(N_("Dilation 2"), N_("Nine weights now span 5 × 5 pixels, and the output shrinks by 4 instead of 2."),
              {"scene": "window", "dilation": 2, "row": 1, "column": 0}),
    ))
