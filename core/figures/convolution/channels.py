"""Red, green and blue: a convolution over all channels, one for each channel, and one that only mixes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data import classics
from core.figures.board import Picture, Scene, figure
from core.figures.convolution.common import Array, frame, grid, short, signed
from core.figures.convolution.images import colours, listing
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import convolution as maths
from core.maths.stacks import read_kernel
from core.specs.convolution import KERNELS, SOURCES, ConvolutionSpec
from core.specs.examples import Preset, Trial
from core.specs.kernels import written
from core.specs.stack import Layer

HEIGHT, LOWER = 215, 190
CHANNELS = (N_("red"), N_("green"), N_("blue"))
TINTS = ("#FF5A4D", "#4FD06B", "#5B9BFF")
SIDE = 3  # of a channel's kernel
INSIDE = 64  # channels and filters of a layer within a network, to compare


def kernels_of(spec: ConvolutionSpec) -> Array:
    """The three channels' kernels, (3, 3, channels)."""
    return np.stack([read_kernel(written(name, SIDE)) for name in (spec.kernel_r, spec.kernel_g, spec.kernel_b)], axis=-1)


def mixed(spec: ConvolutionSpec) -> Array:
    return np.array([spec.mix_r, spec.mix_g, spec.mix_b])


def costs(channels: int, filters: int, side: int, places: int) -> dict[str, tuple[int, int]]:
    """Weights without biases, and multiplications with additions, of a layer whose output has so many places."""
    layers = {"standard": Layer("conv", side, filters=filters), "depthwise": Layer("depthwise", side),
              "pointwise": Layer("conv", filters=filters)}
    counts = {name: layer.products(channels) for name, layer in layers.items()}
    return {name: (count, count * places) for name, count in
            {**counts, "both": counts["depthwise"] + counts["pointwise"]}.items()}


def computed(spec: ConvolutionSpec) -> tuple[Array, Array | None]:
    """What each channel makes, (rows, columns, 3), and their sum, which a depthwise convolution does not have."""
    picture = classics.part(spec.photo)
    if spec.kind == "pointwise":
        parts = picture * mixed(spec)
        return parts, parts.sum(axis=-1)
    parts = maths.depthwise(picture, kernels_of(spec))
    return parts, parts.sum(axis=-1) if spec.kind == "standard" else None


def draw(spec: ConvolutionSpec) -> Picture:
    picture = classics.part(spec.photo)
    parts, total = computed(spec)
    rows, columns, _channels = picture.shape
    names = [_(name) for name in CHANNELS]
    figures = [photo(picture, _(SOURCES[spec.photo]))]
    figures += [figure(f"channel{i}", [grid(picture[..., i], 0, 255, [[0, "#000000"], [1, TINTS[i]]])], frame(0, columns - 1, 0, rows - 1),
                       title=names[i], alt=_("How much {colour} there is: on average {mean} of 255.", colour=names[i],
                                             mean=short(round(picture[..., i].mean()))), height=HEIGHT, span=3) for i in range(3)]
    reach = float(np.abs(parts).max())
    span = 4 if total is None else 3
    labels = [short(w) for w in mixed(spec)] if spec.kind == "pointwise" else [
        _(KERNELS[name]) for name in (spec.kernel_r, spec.kernel_g, spec.kernel_b)]
    figures += [mapped(f"part{i}", parts[..., i], reach, f"{names[i]} × {labels[i]}" if spec.kind == "pointwise" else
                       f"{names[i]}: {labels[i]}", span) for i in range(3)]
    if total is not None:
        figures.append(mapped("total", total, float(np.abs(total).max()),
                              _("sum: {low} to {high}", low=short(total.min()), high=short(total.max())), 3))
    places = int(np.prod(parts.shape[:2]))
    found = costs(3, spec.filters, SIDE, places)
    figures += [bars("weights", [count for count, _adds in found.values()], _("Weights"), spec),
                bars("adds", [adds for _count, adds in found.values()], _("Multiply-adds"), spec)]
    count, adds = found[spec.kind]
    return Picture(tuple(figures), notes=notes(spec, found, places), formulas=formulas(spec, parts.shape, found),
                   numbers={"parts": parts, "weights": count, "adds": adds} | ({} if total is None else {"total": total}))


def photo(picture: Array, name: str) -> Template:
    data = [{"type": "image", "z": picture.astype(int).tolist(), "hovertemplate": "%{z}<extra></extra>"}]
    rows, columns, channels = picture.shape
    return figure("photo", data, frame(0, columns - 1, 0, rows - 1),
                  title=_("{rows} × {columns} × {channels} numbers", rows=rows, columns=columns, channels=channels),
                  alt=_("{name} in {rows} × {columns} pixels.", name=name, rows=rows, columns=columns), height=HEIGHT, span=3)


def mapped(id: str, values: Array, reach: float, title: str, span: int) -> Template:
    return figure(id, [signed(np.round(values, 3), reach)], frame(0, values.shape[1] - 1, 0, values.shape[0] - 1), title=title,
                  alt=_("{title}: blue is positive, orange negative, between {low} and {high}.", title=title, low=short(values.min()),
                        high=short(values.max())), height=HEIGHT, span=span)


def bars(id: str, values: list[int], title: str, spec: ConvolutionSpec) -> Template:
    """What the kinds cost, the chosen one dark."""
    names = [_("standard"), _("depthwise"), "1×1", _("depthwise, 1×1")]
    chosen = ("standard", "depthwise", "pointwise").index(spec.kind)
    data: list[dict[str, Any]] = [{
        "type": "bar", "orientation": "h", "y": names, "x": values, "text": [f"{v:,}" for v in values], "textposition": "outside",
        "cliponaxis": False, "hoverinfo": "skip", "textfont": {"size": 12, "color": colour("text")},
        "marker": {"color": [colour("high") if i == chosen else colour("border") for i in range(4)]}}]
    shape = layout(xaxis={**axis(""), "visible": False, "range": [0, 1.25 * max(values)], "fixedrange": True},
                   yaxis={**axis(""), "autorange": "reversed", "showgrid": False, "fixedrange": True, "automargin": True,
                          "tickfont": {"size": 12, "color": colour("text")}}, margin={"l": 90, "r": 8, "t": 6, "b": 6}, bargap=0.35)
    return figure(id, data, shape, title=_("{what} for {filters} filters", what=title, filters=spec.filters),
                  alt=", ".join(f"{name}: {value:,}" for name, value in zip(names, values, strict=True)), height=LOWER, span=6,
                  area="curves")


def formulas(spec: ConvolutionSpec, shape: tuple[int, ...], found: dict[str, tuple[int, int]]) -> tuple[tuple[str, str], ...]:
    rows, columns, f = shape[0], shape[1], spec.filters
    rule = {"standard": r"y_{ijf} = \sum_{c}\sum_{u,v} x_{i+u,\,j+v,\,c}\; w_{uvcf}",
            "depthwise": r"y_{ijc} = \sum_{u,v} x_{i+u,\,j+v,\,c}\; w_{uvc}",
            "pointwise": r"y_{ijf} = \sum_{c} x_{ijc}\; w_{cf}"}[spec.kind]
    product = {"standard": rf"{SIDE}\cdot{SIDE}\cdot 3\cdot {f}", "depthwise": rf"{SIDE}\cdot{SIDE}\cdot 3", "pointwise": rf"3\cdot {f}"}
    count, adds = found[spec.kind]
    return (("", rule), (_("Weights"), f"{product[spec.kind]} = {count:,}".replace(",", r"\,")),
            (_("Multiply-adds"), rf"{count:,}\cdot {rows}\cdot {columns} = {adds:,}".replace(",", r"\,")))


def notes(spec: ConvolutionSpec, found: dict[str, tuple[int, int]], places: int) -> tuple[Message, ...]:
    first = {
        "standard": N_("Each channel has a kernel of its own, and what they find is added up: one filter is 3 × 3 × 3 = 27 weights and "
                       "makes one map. {filters} filters make {filters} maps from {weights} weights."),
        "depthwise": N_("Each channel keeps to itself: three kernels, three maps, and 27 weights in all. What is red never meets what is "
                        "blue."),
        "pointwise": N_("A 1×1 kernel sees one pixel and no neighbour: it is a weighted sum of red, green and blue, the same everywhere. "
                        "{filters} filters take {weights} weights."),
    }[spec.kind]
    inside = costs(INSIDE, INSIDE, SIDE, places)
    said = [Message(first, {"filters": spec.filters, "weights": found[spec.kind][0]})]
    if spec.kind == "pointwise" and abs(mixed(spec).sum()) < 1e-9:
        said.append(Message(N_("The three weights sum to 0: grey, in which red, green and blue are equal, becomes 0. What is left is "
                               "colour.")))
    said.append(Message(N_("First depthwise, then 1×1: space and channels one after the other, {both} weights instead of {standard}. "
                           "Within "
                           "a network, with {n} channels and {n} filters, it is {few} instead of {many}, {times:.1f} times fewer."),
                        {"both": found["both"][0], "standard": found["standard"][0], "n": INSIDE, "few": f"{inside['both'][0]:,}",
                         "many": f"{inside['standard'][0]:,}", "times": inside["standard"][0] / inside["both"][0]}))
    return tuple(said)


def program(spec: ConvolutionSpec) -> str:
    head = [*colours(spec.photo), "", "import keras", "", "x = picture[None]  # " + _("(batch, rows, columns, channels)")]
    if spec.kind == "pointwise":
        lines = [f"w = np.array({mixed(spec).tolist()}).reshape(1, 1, 3, 1)  # " + _("(rows, columns, channels, filters)"),
                 "parts = picture * w[0, 0, :, 0]  # " + _("what each channel adds"),
                 "total = keras.ops.convert_to_numpy(keras.ops.conv(x, w))[0, :, :, 0]"]
        count = "w[..., 0].size"
    else:
        kernels = kernels_of(spec)
        lines = [*(f"{name} = {listing(kernels[..., i])}" for i, name in enumerate(("red", "green", "blue"))),
                 'w = np.stack([red, green, blue], axis=-1)[..., None].astype("float64")  # ' + _("(rows, columns, channels, filters)"),
                 "parts = keras.ops.convert_to_numpy(keras.ops.depthwise_conv(x, w))[0]  # " + _("each channel alone")]
        if spec.kind == "standard":
            lines.append("total = keras.ops.convert_to_numpy(keras.ops.conv(x, w))[0, :, :, 0]  # " + _("filtered and added up"))
        count = "w.size"
    times = f" * {spec.filters}" if spec.kind != "depthwise" else ""
    return "\n".join([*head, *lines, "", f"weights = {count}{times}",
                      "adds = weights * parts.shape[0] * parts.shape[1]  # " + _("each weight is used at every place"), "",
                      *(["print(total)"] if spec.kind != "depthwise" else ["print(parts)"]), "print(weights, adds)"])


def there(spec: ConvolutionSpec, name: str) -> bool:
    return (spec.kind == "pointwise") == name.startswith("mix") if name.startswith(("mix", "kernel")) else True


SCENE = Scene(
    "channels", N_("Channels"),
    N_("A colour picture has three channels. Compare what is done with them: filter and add up, filter each alone, or only mix. Give each "
       "channel another kernel."),
    ("kind", "kernel_r", "kernel_g", "kernel_b", "mix_r", "mix_g", "mix_b", "filters"), draw, program, more=("photo",), plays=there,
    presets=(Preset(N_("One filter over three channels"), {"scene": "channels"}),
             Preset(N_("Each channel alone"), {"scene": "channels", "kind": "depthwise", "kernel_r": "edge", "kernel_g": "blur",
                                               "kernel_b": "emboss"}),
             Preset(N_("How red is it?"), {"scene": "channels", "kind": "pointwise"}),
             Preset(N_("Brightness, as 1×1"), {"scene": "channels", "kind": "pointwise", "mix_r": 0.3, "mix_g": 0.6, "mix_b": 0.1})),
    trials=(Trial(N_("Identity on all three"), N_("The filter finds nothing any more: it adds red, green and blue up, and its map is a "
                                                  "grey "
                                                  "picture."),
                  {"scene": "channels", "kernel_r": "identity", "kernel_g": "identity", "kernel_b": "identity"}),
            Trial(N_("256 filters"), N_("The standard layer’s weights grow with every filter, the depthwise ones stay at 27."),
                  {"scene": "channels", "filters": 256})))
