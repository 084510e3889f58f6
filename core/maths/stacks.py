"""A kernel and a stack of layers as lines of text, "0 1 0; 1 -4 1; 0 1 0" and "conv 3 x32, pool 2, flatten": read, and written again."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import exact
from core.specs.stack import Kind, Layer, Padding

KINDS: dict[str, Kind] = {"conv": "conv", "depthwise": "depthwise", "pool": "max", "max": "max", "average": "average",
                          "avg": "average", "flatten": "flatten", "dense": "dense"}
NAMES = {"conv": "conv", "depthwise": "depthwise", "max": "pool", "average": "average", "flatten": "flatten", "dense": "dense"}
SHOWN = {"conv": N_("convolution"), "depthwise": N_("depthwise"), "max": N_("max pooling"), "average": N_("average pooling"),
         "flatten": N_("flatten"), "dense": N_("dense")}
LARGEST = 7  # the side of a kernel
MOST = 9  # layers
KERNELS, WINDOWS, STRIDES, DILATIONS, FILTERS = 11, 32, 4, 4, 512


def read_kernel(text: str) -> np.ndarray:
    """A square kernel from "1 0; 0 1", (k, k). Trouble if it is none, or larger than 7×7."""
    rows = exact.read_matrix(text, _("The kernel"), most=LARGEST)
    if len(rows) != len(rows[0]):
        raise Trouble(Message(N_("The kernel has {rows} rows and {columns} columns; here it is square, such as “0 1 0; 1 -4 1; 0 1 0”."),
                              {"rows": len(rows), "columns": len(rows[0])}))
    return np.array([[float(cell) for cell in row] for row in rows])


def parse(text: str) -> tuple[Layer, ...]:
    """The layers. Trouble for what cannot be read, for numbers out of bounds, and for what Keras refuses."""
    parts = [part.strip() for part in re.split(r"[,;\n]+", text.translate(exact.PLAIN).lower()) if part.strip()]
    if not 1 <= len(parts) <= MOST:
        raise Trouble(Message(N_("There are {count} layers; it takes 1 to {most}, with a comma between them: conv 3 x32, pool 2"),
                              {"count": len(parts), "most": MOST}))
    layers = tuple(_layer(part) for part in parts)
    flat = next((i for i, layer in enumerate(layers) if layer.kind == "flatten"), None)
    for i, layer in enumerate(layers):
        if flat is not None and i > flat and layer.kind != "dense":
            raise Trouble(Message(N_("After “flatten” there are no rows and columns any more: only dense layers can follow, not “{text}”."),
                                  {"text": parts[i][:30]}))
    return layers


def _layer(part: str) -> Layer:
    words = part.replace("×", "x").split()
    if words[0] not in KINDS:
        raise Trouble(Message(N_("“{text}” begins with no layer of these: conv, depthwise, pool, average, flatten, dense."),
                              {"text": part[:30]}))
    kind, values = KINDS[words[0]], {}
    padding: Padding = "valid"
    for word in words[1:]:
        match = re.fullmatch(r"([xsd]?)([0-9]{1,4})", word)
        if word in ("same", "valid"):
            padding = "same" if word == "same" else "valid"
        elif match:
            values[match[1] or "k"] = int(match[2])
        else:
            raise Trouble(Message(N_("“{word}” in “{text}” says nothing here. A number is the kernel, x32 the filters, s2 the stride, d2 "
                                     "the "
                                     "dilation; same is a padding."), {"word": word[:20], "text": part[:30]}))
    if kind == "flatten":
        return Layer("flatten")
    if kind == "dense":
        return Layer("dense", filters=_within(values.get("k", values.get("x", 10)), 1, 4096, part))
    pools = kind in ("max", "average")
    kernel = _within(values.get("k", 2 if pools else 3), 1, WINDOWS if pools else KERNELS, part)
    made = Layer(kind, kernel, _within(values.get("s", kernel if pools else 1), 1, WINDOWS if pools else STRIDES, part), padding,
                 1 if pools else _within(values.get("d", 1), 1, DILATIONS, part),
                 _within(values.get("x", 32), 1, FILTERS, part) if kind == "conv" else 1)
    if made.stride > 1 and made.dilation > 1:
        raise Trouble(Message(N_("“{text}” has a stride and a dilation above 1. The arithmetic would be clear, and PyTorch does it, but "
                                 "Keras refuses; so give one of them up here."), {"text": part[:30]}))
    return made


def _within(value: int, least: int, most: int, part: str) -> int:
    if not least <= value <= most:
        raise Trouble(Message(N_("{value} in “{text}” is out of bounds: here it goes from {least} to {most}."),
                              {"value": value, "text": part[:30], "least": least, "most": most}))
    return value


def written(layers: tuple[Layer, ...] | list[Layer]) -> str:
    """What `parse` reads."""
    return ", ".join(map(_written, layers))


def _written(layer: Layer) -> str:
    name = NAMES[layer.kind]
    if layer.kind == "flatten":
        return name
    if layer.kind == "dense":
        return f"{name} {layer.filters}"
    usual = layer.kernel if layer.pools else 1
    return " ".join([name, str(layer.kernel), *([f"x{layer.filters}"] if layer.kind == "conv" else []),
                     *([f"s{layer.stride}"] if layer.stride != usual else []), *([f"d{layer.dilation}"] if layer.dilation > 1 else []),
                     *(["same"] if layer.padding == "same" else [])])


def shown(layer: Layer) -> str:
    """Its name as it is shown."""
    return _(SHOWN[layer.kind])


def others(layers: tuple[Layer, ...], index: int) -> list[tuple[str, int, str, str]]:
    """What may be pressed in a layer's row: (column, −1 or 1, the stack that follows, what it is). Only what leads to a stack that can be
    read.
    """
    layer, found = layers[index], []
    changes: list[tuple[str, int, Layer, str]] = []
    if layer.slides:
        for way, sign in ((-1, "−"), (1, "+")):
            kernel = layer.kernel + way
            stride = kernel if layer.pools and layer.stride == layer.kernel else layer.stride
            changes += [("kernel", way, replace(layer, kernel=kernel, stride=stride), _("kernel {sign}", sign=sign)),
                        ("stride", way, replace(layer, stride=layer.stride + way), _("stride {sign}", sign=sign))]
            if not layer.pools:
                changes.append(("dilation", way, replace(layer, dilation=layer.dilation + way), _("dilation {sign}", sign=sign)))
        other: Padding = "valid" if layer.padding == "same" else "same"
        changes.append(("padding", 1, replace(layer, padding=other), _("padding: {padding}", padding=other)))
    if layer.kind in ("conv", "dense"):
        for way, count in ((-1, layer.filters // 2), (1, layer.filters * 2)):
            changes.append(("filters", way, replace(layer, filters=count), _("{count} filters", count=count)))
    for column, way, new, said in changes:
        if min(new.kernel, new.stride, new.dilation, new.filters) < 1:
            continue
        text = written((*layers[:index], new, *layers[index + 1:]))
        try:
            parse(text)
        except Trouble:
            continue
        found.append((column, way, text, f"{shown(layer)}: {said}"))
    if len(layers) > 1:
        found.append(("gone", 1, written((*layers[:index], *layers[index + 1:])), _("leave out: {layer}", layer=shown(layer))))
    return found


def more(layers: tuple[Layer, ...]) -> list[tuple[str, str]]:
    """Layers that may be put behind the last sliding one: (their name, the stack that follows)."""
    if len(layers) >= MOST:
        return []
    at = next((i for i, layer in enumerate(layers) if not layer.slides), len(layers))
    return [(shown(new), written((*layers[:at], new, *layers[at:]))) for new in
            (Layer("conv", 3, filters=32), Layer("max", 2, 2), Layer("depthwise", 3))]
