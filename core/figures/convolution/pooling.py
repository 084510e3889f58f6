"""Pooling: a window slides as before, but has no weights; it keeps the largest number below it, or the average."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Film, Paint, Picture, Scene, Track, figure
from core.figures.convolution import sliding
from core.figures.convolution.common import (
    BLANK,
    Array,
    box,
    cells,
    closed,
    frame,
    grey,
    on_grey,
    outline,
    rectangle,
    said_at,
    short,
    size_of,
    texts,
)
from core.figures.convolution.images import image_of, reading
from core.figures.convolution.sliding import HEIGHT, INPUT, Slide, arithmetic
from core.figures.template import Template
from core.figures.theme import colour
from core.frame import Message
from core.i18n import N_, _
from core.maths import convolution as maths
from core.specs.convolution import PIXELS, ConvolutionSpec
from core.specs.examples import Preset, Trial
from core.specs.stack import margins

BELOW = "below"
LONGEST = 9


def draw(spec: ConvolutionSpec) -> Picture:
    image = image_of(spec)
    here = sliding.slide(image, spec.window, spec.pool_stride, 1, spec.pool_padding, spec.row, spec.column)
    output = maths.pool(image.values, spec.window, spec.pool_stride, spec.pool_padding, spec.pool)
    rows, columns = output.shape
    first, moves = sliding.input_map(here, pad="–")
    title = (_("The largest of each window: {rows} × {columns}", rows=rows, columns=columns) if spec.pool == "max" else
             _("The average of each window: {rows} × {columns}", rows=rows, columns=columns))
    last, grows = sliding.output_map(
        here, output, title=title, sequential=image.top,
        alt=_("What is kept, {rows} × {columns} numbers between {low} and {high}.", rows=rows, columns=columns, low=short(output.min()),
              high=short(output.max())))
    middle, titles, more = below(here, output, spec.pool)
    film = Film(sliding.labels(here, output), (*moves, *more, *grows), {BELOW: titles}, seconds=max(4.0, 0.25 * len(titles)))
    drawn = spec.source == "drawn"
    bits = (Paint(INPUT, "drawing", _("the drawing"), (0, 0), tuple(spec.bits), 8, "1", "0", ("", "")),) if drawn else ()
    n, m = image.shape
    lines = [(_("Rows"), arithmetic(n, here, 0))] + ([(_("Columns"), arithmetic(m, here, 1))] if n != m else [])
    return Picture((first, middle, last), sliding.handles(here, on_input=not drawn), paints=bits, film=film,
                   notes=notes(spec, here, output), formulas=tuple(lines),
                   numbers={"output": output, "cell": output[here.row, here.column]})


def written(pixels: Array, kind: str, value: float) -> str:
    """max(3, 5, 0, 8) = 8; (3 + 5 + 0 + 8)/4 = 4: what lies in the margin (nan) is left out."""
    there = [short(v) for v in pixels.ravel() if np.isfinite(v)]
    count = len(there)
    if count > LONGEST:
        there = [*there[:5], "…", *there[-2:]]
    if kind == "max":
        return f"max({', '.join(there)}) = {short(value)}"
    return f"({' + '.join(map(closed, there))})/{count} = {short(value)}"


def below(here: Slide, output: Array, kind: str) -> tuple[Template, list[str], list[Track]]:
    """What lies below the window, and what is kept of it; its titles, step by step."""
    k, seen, top = here.kernel, here.seen(), here.image.top
    steps = [*((r, last) for r, _c, last in sliding.places(here)), (here.row, here.column)]
    pixels = [seen[r, c] for r, c in steps]
    said = [[short(v) if np.isfinite(v) else "–" for v in p.ravel()] for p in pixels]
    inks = [[on_grey(v, top) if np.isfinite(v) else colour("muted") for v in p.ravel()] for p in pixels]
    size = size_of([t for step in said for t in step], 0.55 * HEIGHT / k, 18)
    largest = [divmod(int(np.nanargmax(p)), k) for p in pixels]
    kept = [box(column, row, 1, 1) if kind == "max" else box(0, 0, k, k) for row, column in largest]
    sums = [short(output[r, c]) for r, c in steps]
    shown: list[Any] = [[[None if np.isnan(v) else float(v) for v in row] for row in p] for p in pixels]
    x, y = cells(k, k)
    middle, foot = (k - 1) / 2, k - 0.5 + 0.28 * k
    data = [grey(pixels[-1], top, xgap=1, ygap=1, hoverinfo="skip"), texts(x, y, said[-1], inks[-1], size),
            outline(kept[-1], "negative", 3), texts([middle], [foot], [sums[-1]], colour("text"), 24)]
    data[0]["z"] = shown[-1]
    word = _("the largest") if kind == "max" else _("the average")
    shape = frame(-0.1, k - 0.9, 0, k - 1 + 0.45 * k, shapes=[rectangle(0, 0, k, k)],
                  annotations=[said_at(middle, k - 0.5 + 0.1 * k, "↓ " + word)])
    titles = [written(p, kind, float(output[r, c])) for p, (r, c) in zip(pixels, steps, strict=True)]
    picture = figure(BELOW, data, shape, title=titles[-1], height=HEIGHT, span=4,
                     alt=_("Row {row}, column {column} of the output: {sum}", row=here.row + 1, column=here.column + 1, sum=titles[-1]))
    tracks = [Track(BELOW, 0, {"z": shown}), Track(BELOW, 2, {name: [one[name] for one in kept] for name in "xy"}),
              Track(BELOW, 3, {"text": [[s or BLANK] for s in sums]})]
    tracks += [Track(BELOW, 1, {"text": said, "textfont.color": inks})] if size else []
    return picture, titles, tracks


def notes(spec: ConvolutionSpec, here: Slide, output: Array) -> tuple[Message, ...]:
    values = here.image.values
    found = [Message(N_("{before} numbers become {after}: {share:.0f}% are left, and pooling has no weights to learn."),
                     {"before": values.size, "after": output.size, "share": 100 * output.size / values.size})]
    if spec.pool == "max":
        moved = np.roll(values, 1, axis=1)
        moved[:, 0] = 0
        again = maths.pool(moved, spec.window, spec.pool_stride, spec.pool_padding, "max")
        shares = {"pixels": 100 * float(np.mean(moved != values)), "kept": 100 * float(np.mean(again != output))}
        found.append(Message(N_("Shift the image by one pixel to the right: {pixels:.0f}% of its pixels change, and nothing of what is "
                                "kept.") if shares["kept"] == 0 < shares["pixels"] else
                             N_("Shift the image by one pixel to the right: {pixels:.0f}% of its pixels change, but only {kept:.0f}% of "
                                "what is kept.") if shares["kept"] < 0.8 * shares["pixels"] else
                             N_("Shift the image by one pixel to the right: {pixels:.0f}% of its pixels change, and {kept:.0f}% of what is "
                                "kept. Pooling forgives a shift only where it stays within a window."), shares))
    else:
        found.append(Message(N_("The average of all pixels is {before:.3g}, that of the output {after:.3g}: averaging keeps brightness and "
                                "takes away contrast; the brightest number falls from {top} to {now}."),
                             {"before": float(values.mean()), "after": float(output.mean()), "top": short(values.max()),
                              "now": short(output.max())}))
    left = max((n + sum(p) - here.span) % here.stride for n, p in zip(here.image.shape, here.margins, strict=True))
    if left:
        found.append(Message(N_("The windows do not come out even: rows or columns at the far edge that nobody looks at: {left}."),
                             {"left": left}))
    if max(map(sum, here.margins)):
        found.append(Message(N_("Windows reach over the edge, where there is nothing: Keras counts only the pixels that are there, for the "
                                "largest as for the average.")))
    if spec.pool_stride < spec.window:
        found.append(Message(N_("The windows overlap by {n}: neighbouring outputs have seen the same pixels."),
                             {"n": spec.window - spec.pool_stride}))
    return tuple(found)


def program(spec: ConvolutionSpec) -> str:
    image = image_of(spec)
    here = sliding.slide(image, spec.window, spec.pool_stride, 1, spec.pool_padding, spec.row, spec.column)
    name = "max_pool" if spec.pool == "max" else "average_pool"
    return "\n".join([
        *reading(spec), "", "import keras", "",
        'x = image[None, :, :, None].astype("float64")  # ' + _("(batch, rows, columns, channels)"),
        f'y = keras.ops.{name}(x, pool_size={spec.window}, strides={spec.pool_stride}, padding="{spec.pool_padding}")',
        "output = keras.ops.convert_to_numpy(y)[0, :, :, 0]", f"cell = output[{here.row}, {here.column}]", "", "print(output.shape)",
        "print(output)", "print(cell)"])


def there(spec: ConvolutionSpec, name: str) -> bool:
    if name == "pool_padding" and spec.source != "upload":  # where windows come out even there is nothing to pad
        side = PIXELS if spec.source in ("china", "flower") else 8
        return sum(margins(side, spec.window, spec.pool_stride, 1, "same")) > 0
    return {"digit": spec.source == "digit", "drawing": spec.source == "drawn"}.get(name, True)


SCENE = Scene(
    "pooling", N_("Pooling"),
    N_("Play the film: of each window one number is kept. Change from the largest to the average, and look at what thin strokes become."),
    ("source", "digit", "pool", "window", "pool_stride"), draw, program, more=("pool_padding", "row", "column", "drawing"), plays=there,
    presets=(Preset(N_("2×2, the largest"), {"scene": "pooling"}),
             Preset(N_("2×2, the average"), {"scene": "pooling", "pool": "average"}),
             Preset(N_("Windows that overlap"), {"scene": "pooling", "source": "flower", "window": 3, "row": 4,
                                              "column": 5}),
             Preset(N_("Draw something"), {"scene": "pooling", "source": "drawn"})),
    trials=(Trial(N_("Average instead"), N_("Strokes become paler: their brightness is shared with the dark pixels beside them."),
                  {"scene": "pooling", "pool": "average"}),
            Trial(N_("A window of 3"), N_("8 = 2·3 + 2: the last two rows and columns fill no window and are left out. With the padding "
                                          "“same” they get a smaller one."), {"scene": "pooling", "window": 3, "pool_stride": 3,
                                                                              "row": 0, "column": 0}),
            Trial(N_("Draw one bright pixel"), N_("The largest keeps it at full strength, and forgets where in the window it was: "
                                                    "press the pixel to its right instead, and nothing changes."),
                  {"scene": "pooling", "source": "drawn", "drawing": "0000002000000000", "row": 1, "column": 1})))
