"""A stack of layers: how large the image is after each, what it costs, and how much of the image one unit sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.figures.board import Picture, Press, Scene
from core.figures.convolution.common import Array
from core.figures.convolution.maps import boxes, extent, field, units
from core.figures.convolution.tables import editor, results
from core.frame import Message
from core.i18n import N_, _
from core.maths.convolution import paths
from core.maths.stacks import SHOWN, parse, shown
from core.specs.convolution import ConvolutionSpec
from core.specs.examples import Preset, Trial
from core.specs.stack import Layer, Size, span, until_misfit

MOST = 3  # layers whose arithmetic is written out


def draw(spec: ConvolutionSpec) -> Picture:
    layers = parse(spec.stack)
    steps = followed(spec, layers)
    slides = [step.layer for step in steps if step.layer.slides]
    last = followed(spec, slides)[-1] if slides else None
    side = last.shape[0] if last else spec.side
    y, x = min(spec.unit_y, side - 1), min(spec.unit_x, side - 1)
    ways = [paths(slides, spec.side, unit) for unit in (y, x)]
    table, presses = editor(layers, len(steps))
    unit, handle = units(side, y, x)
    return Picture((table, results(spec, layers, steps), boxes(spec, layers, steps), unit, field(spec, ways, last)), (handle,),
                   (Press("layers", "stack", presses, radius=11),), notes=notes(spec, layers, steps, last, ways),
                   formulas=formulas(spec, layers, steps),
                   numbers={"sizes": [int(np.prod(step.shape)) for step in steps], "weights": sum(step.weights for step in steps),
                            "adds": sum(step.multiply_adds for step in steps), "field": last.receptive if last else 1,
                            "seen": [int(np.count_nonzero(w)) for w in ways]})


def followed(spec: ConvolutionSpec, layers: Sequence[Layer]) -> list[Size]:
    """What the layers make of the page's image, up to the first that does not fit."""
    return until_misfit((spec.side, spec.side, spec.depth), layers)


def formulas(spec: ConvolutionSpec, layers: tuple[Layer, ...], steps: list[Size]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    n, before = spec.side, None
    for i, layer in enumerate(layers[:len(steps) + 1]):
        if not layer.slides or len(found) == MOST and len(steps) == len(layers):
            break
        p = sum(layer.margins(n))
        inner = rf"{n} + {p} - {layer.dilation}\cdot({layer.kernel}-1) - 1"
        found.append((shown(layer), rf"\left\lfloor \frac{{{inner}}}{{{layer.stride}}} \right\rfloor + 1 = {layer.length(n)}"))
        if i < len(steps):
            n, before = steps[i].shape[0], steps[i]
    if before is not None and len(steps) > len(found) and steps[len(found)].layer.kind == "flatten" and len(before.shape) == 3:
        a, b, c = before.shape
        found.append((_("flatten"), rf"{a} \cdot {b} \cdot {c} = {a * b * c:,}".replace(",", r"\,")))
    return tuple(found[-MOST - 1:])  # of one that does not fit the last


def notes(spec: ConvolutionSpec, layers: tuple[Layer, ...], steps: list[Size], last: Size | None, ways: list[Array]) -> tuple[Message, ...]:
    if len(steps) < len(layers):
        layer = layers[len(steps)]
        before = steps[-1].shape if steps else (spec.side, spec.side, spec.depth)
        return (Message(N_("Layer {number} needs {span} pixels in a row, and only {n} are left: ⌊({n} − {span})/{s}⌋ + 1 is less than 1, "
                           "so "
                           "there is no place for its window. Keras stops here with an error. The padding “same” would let it fit, or a "
                           "larger image, or one layer less."),
                        {"number": len(steps) + 1, "span": span(layer.kernel, layer.dilation), "n": before[0], "s": layer.stride}),)
    found = []
    flat = next((i for i, step in enumerate(steps) if step.layer.kind == "flatten"), None)
    if flat is not None and flat:
        a, b, c = steps[flat - 1].shape
        found.append(Message(N_("Flatten makes {count} numbers of {a}×{b}×{c}. It is the output’s side that counts, not the image’s."),
                             {"count": f"{a * b * c:,}", "a": a, "b": b, "c": c}))
    total = sum(step.weights for step in steps)
    heavy = max(steps, key=lambda step: step.weights)
    if total and heavy.weights > 0.5 * total and len(steps) > 1:
        found.append(Message(N_("{share:.0f}% of all {total} weights stand in layer {number}, {name}."),
                             {"share": 100 * heavy.weights / total, "total": f"{total:,}", "number": steps.index(heavy) + 1,
                              "name": ["_", SHOWN[heavy.layer.kind]]}))
    if last is not None:
        seen = [int(np.count_nonzero(w)) for w in ways]
        ends = [extent(w) for w in ways]
        if not min(seen):
            found.append(Message(N_("The chosen unit sees nothing but padding: with so much dilation every pixel it looks at lies outside "
                                    "the image.")))
        elif all(count < end - begin + 1 for count, (begin, end) in zip(seen, ends, strict=True)):
            found.append(Message(N_("One unit spans {field}×{field} pixels, but looks at only {rows} rows and {columns} columns of them: "
                                    "dilation leaves gaps."), {"field": last.receptive, "rows": seen[0], "columns": seen[1]}))
        elif min(seen) < min(last.receptive, spec.side):
            found.append(Message(N_("Away from the edge a unit would see {field}×{field} pixels; the chosen one stands near it, and sees "
                                    "{rows}×{columns}."), {"field": last.receptive, "rows": seen[0], "columns": seen[1]}))
        elif last.shape[0] > 1:
            found.append(Message(N_("A unit of the last map sees {field}×{field} pixels, and its neighbour the same, {jump} further on."),
                                 {"field": last.receptive, "jump": last.jump}))
        else:
            found.append(Message(N_("The last map has one unit, which sees {field}×{field} pixels."), {"field": last.receptive}))
        middle, corner = (int(np.prod([w[at(*end)] for w, end in zip(ways, ends, strict=True)]))
                          for at in (lambda begin, end: (begin + end) // 2, lambda begin, end: begin))
        if min(seen) and middle > corner:
            found.append(Message(N_("The pixel in the middle of what it sees reaches it on {middle} ways, the one in the corner on "
                                    "{corner}: the middle has more say."), {"middle": middle, "corner": corner}))
    return tuple(found or [Message(N_("There are no rows and columns left to slide over: a dense layer sees everything at once."))])


MADE = {"conv": "Conv2D({filters}, {kernel}, strides={stride}, padding=\"{padding}\", dilation_rate={dilation})",
        "depthwise": "DepthwiseConv2D({kernel}, strides={stride}, padding=\"{padding}\", dilation_rate={dilation})",
        "max": "MaxPooling2D({kernel}, strides={stride}, padding=\"{padding}\")",
        "average": "AveragePooling2D({kernel}, strides={stride}, padding=\"{padding}\")", "flatten": "Flatten()",
        "dense": "Dense({filters})"}


def program(spec: ConvolutionSpec) -> str:
    layers = parse(spec.stack)
    steps = followed(spec, layers)
    made = ["keras.layers." + MADE[layer.kind].format(**vars(layer)) for layer in layers]
    lines = ["import keras", "import numpy as np", "", f"x = inputs = keras.Input(({spec.side}, {spec.side}, {spec.depth}))",
             *(f"x = {text}(x)" for text in made[:len(steps)]), "model = keras.Model(inputs, x)"]
    if len(steps) < len(layers):
        lines += ["try:", f"    {made[len(steps)]}(x)", "except ValueError as error:  # " + _("this layer does not fit"),
                  "    print(error)"]
    slides = [step.layer for step in steps if step.layer.slides]
    side = followed(spec, slides)[-1].shape[0] if slides else spec.side
    lines += ["sizes = [int(np.prod(layer.output.shape[1:])) for layer in model.layers[1:]]", "weights = model.count_params()",
              "adds = 0  # " + _("one for each weight but the biases, at each place"),
              "for layer in model.layers:", "    if layer.weights:",
              "        places = int(np.prod(layer.output.shape[1:-1]))  # " + _("of a dense layer behind flatten one"),
              "        adds += int(np.prod(layer.kernel.shape)) * places", "",
              "field, jump = 1, 1", f"slides = {[(layer.kernel, layer.stride, layer.dilation) for layer in slides]}  # " + _(
                  "kernel, stride, dilation"),
              "for kernel, stride, dilation in slides:", "    field += (kernel - 1) * dilation * jump", "    jump *= stride", "",
              "seen = []  # " + _("rows and columns that reach the chosen unit"),
              f"for unit in ({min(spec.unit_y, side - 1)}, {min(spec.unit_x, side - 1)}):", "    reached, n = {unit}, []",
              f"    for k, s, d, before, n in {rewound(slides, spec.side)}:  # " + _("from the last layer to the image"),
              "        reached = {i * s - before + d * t for i in reached for t in range(k)}",
              "        reached = {i for i in reached if 0 <= i < n}",
              "    seen.append(len(reached))", "", "print(sizes, weights, adds, field, seen)"]
    return "\n".join(lines)


def rewound(slides: list[Layer], side: int) -> list[tuple[int, int, int, int, int]]:
    """(kernel, stride, dilation, margin before, length of the input) of the sliding layers, the last first."""
    found, n = [], side
    for layer in slides:
        found.append((layer.kernel, layer.stride, layer.dilation, layer.margins(n)[0], n))
        n = layer.length(n)
    return found[::-1]


SCENE = Scene(
    "shapes", N_("Shapes"),
    N_("Press the signs in the table to change a layer, add one or take one away. Then choose a unit of the last map: what does it see of "
       "the image?"),
    ("stack", "side", "depth"), draw, program, more=("unit_y", "unit_x"),
    presets=(Preset(N_("The articles’ CNN"), {"scene": "shapes"}),
             Preset(N_("Two blocks"), {"scene": "shapes", "stack": "conv 3 x32, pool 2, conv 3 x64, pool 2, flatten, dense 10", "unit_y": 2,
                                       "unit_x": 2}),
             Preset(N_("The same on 8×8: it does not fit"), {"scene": "shapes", "side": 8,
                                                             "stack": "conv 3 x32, pool 2, conv 3 x64, pool 2, flatten, dense 10"}),
             Preset(N_("8×8 with “same”"), {"scene": "shapes", "side": 8, "unit_y": 0, "unit_x": 0,
                                            "stack": "conv 3 x32 same, pool 2, conv 3 x64 same, pool 2, flatten, dense 10"}),
             Preset(N_("Dilation 1, 2, 4"), {"scene": "shapes", "stack": "conv 3 x16, conv 3 x16 d2, conv 3 x16 d4"})),
    trials=(Trial(N_("Two kernels of 3, or one of 5?"), N_("Two layers of 3×3 see 5×5 as well, with 18 weights a pair of maps instead of "
                                                           "25, "
                                                           "and a bend in between."),
                  {"scene": "shapes", "stack": "conv 3 x32, conv 3 x32"}),
            Trial(N_("Without Flatten"), N_("Pool over the whole map instead: the average of 13×13, and the dense layer shrinks from "
                                            "54,090 "
                                            "weights to 330."),
                  {"scene": "shapes", "stack": "conv 3 x32, pool 2, average 13 s1, flatten, dense 10"}),
            Trial(N_("As many separable"), N_("Depthwise and then 1×1: nearly the same shapes from far fewer weights."),
                  {"scene": "shapes", "stack": "conv 3 x32, pool 2, depthwise 3, conv 1 x64, pool 2, flatten, dense 10"})))

