"""The network as a diagram: every neuron a small picture of its answer over the plane, every weight a curve.

The diagram's coordinates are pixels of a nominal size; the player stretches them to the width there is. All
pictures are one trace, and all weights of one sign and similar size are one shape, so a frame costs the browser a
handful of operations however large the network is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.figures.template import Binding, Template
from core.figures.theme import DIVERGING, colour, layout, width_of
from core.frame import Frame
from core.i18n import _

WIDTH, HEIGHT, LABELS = 520, 300, 34  # nominal pixels; the layers' labels stand in the lowest of them
BUCKETS = (0.5, 1.0, 1.8, 2.8, 4.0, 5.4)  # line widths, by growing weight
HALF_WEIGHT = 1.5  # a weight of this size reaches half the greatest width: widths can be compared between frames
STRONGEST = 240  # more edges than this hide each other; the weakest are left out


def places(layer_sizes: Sequence[int], shown: int) -> tuple[list[dict[str, Any]], int]:
    """Where the neurons stand: one dict a layer with x, ys, size and shown; and the thumbnails' side in pixels."""
    most = max(min(size, shown) for size in layer_sizes)
    room = HEIGHT - LABELS
    side = int(min(36, room / most - 4, WIDTH / len(layer_sizes) * 0.6))
    layers = []
    for i, size in enumerate(layer_sizes):
        here = min(size, shown)
        x = WIDTH * (i + 0.5) / len(layer_sizes)
        pitch = min(room / here, side * 1.55 + 8)
        middle = LABELS + room / 2
        layers.append({"x": round(x, 1), "size": int(size), "shown": here,
                       "ys": [round(middle + (here - 1) / 2 * pitch - k * pitch, 1) for k in range(here)]})
    return layers, side


def diagram(layer_sizes: Sequence[int], layer_labels: Sequence[str], input_names: Sequence[str] = (), *,
            output_names: Sequence[str] = (), shown: int = 16, removable: Sequence[int] | None = None,
            span: int = 7, height: int = 316) -> Template:
    """The network of these layers, inputs and outputs included (layer 0 is the inputs).

    layer_labels: "name · units × activation", written in two lines; either may be missing.
    removable: layers whose neurons can be pulled out; the hidden ones unless told otherwise.
    """
    if len(layer_sizes) != len(layer_labels) or len(layer_sizes) < 2 or min(layer_sizes) < 1:
        raise ValueError(f"{len(layer_sizes)} layers {tuple(layer_sizes)} with {len(layer_labels)} labels")
    layers, side = places(layer_sizes, shown)
    named = {0: list(input_names), len(layers) - 1: list(output_names)}
    room = max(map(width_of, input_names), default=0) + side / 2 + 7  # for the names before the first layer
    layers[0]["x"] = round(max(layers[0]["x"], room), 1)
    neurons = [(i, k) for i, layer in enumerate(layers) for k in range(layer["shown"])]
    names = [_neuron(_name(layer_labels[i], i), named.get(i, []), k) for i, k in neurons]
    annotations = [caption(_short(label, layer, WIDTH / len(layers)), layer["x"], 1, yanchor="bottom")
                   for label, layer in zip(layer_labels, layers, strict=True)]
    if input_names and len(input_names) <= shown:
        annotations += [caption(name, layers[0]["x"] - side / 2 - 5, y, xanchor="right")
                        for name, y in zip(input_names, layers[0]["ys"], strict=False)]
    title = _("The network, every neuron’s view of the plane")
    alt = _("The network at epoch {epoch}: layers of {sizes} neurons, each with its answer over the plane; "
            "blue is positive, orange negative; thick lines are large weights.")
    sizes = ", ".join(str(n) for n in layer_sizes)
    return drawn(layers, side, names, annotations, layer_labels, input_names, title=title, alt=alt.replace("{sizes}", sizes),
                 removable=range(1, len(layers) - 1) if removable is None else removable, span=span, height=height)


def drawn(layers: list[dict[str, Any]], side: int, names: Sequence[str], annotations: Sequence[dict[str, Any]],
          layer_labels: Sequence[str], input_names: Sequence[str], *, title: str, alt: str, removable: Sequence[int], width: int = WIDTH,
          abreast: int = 1, hint: str = "", words: Mapping[str, str] | None = None, each: Sequence[str] = (), span: int = 7,
          height: int = 316) -> Template:
    """A network whose neurons have their places: layers as `places` gives them, with `xs` where they stand in several columns.

    side: of a thumbnail; names: of all neurons, in order; abreast: columns of the widest layer, for narrow screens; hint: what can be
    done with them, where they are maps of pixels rather than neurons; such are looked at before they are switched off, and words are what
    the player says of that; each: the name of any map of a layer, with {k} for its number.
    """
    picture = {"type": "heatmap", "z": [[None] * 2] * 2, "x0": 0, "dx": 1, "y0": 0, "dy": 1, "zmin": 0, "zmax": 255,
               "colorscale": DIVERGING, "showscale": False, "hoverinfo": "skip"}
    marks = {"type": "scatter", "mode": "markers", "x": [x for layer in layers for x, _y in spots(layer)],
             "y": [y for layer in layers for _x, y in spots(layer)], "text": list(names),
             "marker": {"symbol": "square", "size": side, "opacity": 0, "color": colour("muted")},
             "hoverinfo": "skip"}  # the line below the network says it
    hidden_axis = {"visible": False, "fixedrange": True}
    figure = {"data": [picture, marks], "layout": layout(
        xaxis={**hidden_axis, "range": [0, width]}, yaxis={**hidden_axis, "range": [0, HEIGHT]},
        margin={"l": 0, "r": 0, "t": 0, "b": 0}, annotations=list(annotations), shapes=[], dragmode=False,
        hovermode="closest")}
    options = {"layers": layers, "side": side, "width": width, "height": HEIGHT, "buckets": list(BUCKETS),
               "half": HALF_WEIGHT, "strongest": STRONGEST, "names": list(names), "marks": 1, "abreast": abreast, "hint": hint,
               "words": dict(words or {}), "each": list(each),
               "labels": list(layer_labels), "inputs": list(input_names), "removable": list(removable),
               "colours": {"plus": colour("positive"), "minus": colour("negative"), "out": colour("muted")}}
    binding = Binding("network", 0, ("thumbs",), options)
    return Template("network", figure, (binding,), title, alt, height, "main", span, title)


def spots(layer: dict[str, Any]) -> list[tuple[float, float]]:
    """Where the neurons of a layer stand: (x, y)."""
    return list(zip(layer.get("xs", [layer["x"]] * len(layer["ys"])), layer["ys"], strict=True))


def _neuron(layer: str, names: Sequence[str], k: int) -> str:
    return names[k] if k < len(names) else _("{layer}, neuron {k}", layer=layer, k=k + 1)


def _name(label: str, i: int) -> str:
    name, dot, _rest = label.partition(" · ")
    return name if dot or " × " not in name else _("layer {n}", n=i)


def _short(label: str, layer: dict[str, Any], width: float) -> str:
    """A layer's label in two lines that fit its column; "16/64" where not all neurons are drawn."""
    name, dot, rest = label.partition(" · ")
    if not dot and " × " in name:
        name, rest = "", name
    if layer["size"] > layer["shown"]:
        count = f"{layer['shown']}/{layer['size']}"
        rest = rest.replace(str(layer["size"]), count, 1) if rest else count
    if width_of(rest) > width:
        rest = rest.partition(" × ")[0]
    return "<br>".join(filter(None, (name, rest)))


def caption(text: str, x: float, y: float, xanchor: str = "center", yanchor: str = "middle") -> dict[str, Any]:
    return {"text": text, "x": x, "y": y, "xanchor": xanchor, "yanchor": yanchor, "showarrow": False,
            "font": {"size": 11, "color": colour("muted")}}


def edges(options: dict[str, Any], arrays: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """The weights as Plotly shapes: one path for every sign and width. The player's network.js is its twin."""
    found: list[tuple[float, tuple[float, float], tuple[float, float]]] = []  # (weight, from, to)
    layers = options["layers"]
    for i, (left, right) in enumerate(zip(layers, layers[1:], strict=False)):
        w = arrays.get(f"w{i}")
        if w is None:
            continue
        for a in range(left["shown"]):
            for b in range(right["shown"]):
                found.append((float(w[a, b]), (left["x"], left["ys"][a]), (right["x"], right["ys"][b])))
    found = sorted(found, key=lambda e: -abs(e[0]))[:options["strongest"]]
    steps = len(options["buckets"])
    paths = [""] * (2 * steps)
    for weight, (x0, y0), (x1, y1) in found:
        size = min(int(abs(weight) / (abs(weight) + options["half"]) * steps), steps - 1)
        half = (x1 - x0) / 2
        paths[size + (steps if weight < 0 else 0)] += f"M{x0:g},{y0:g}C{x0 + half:g},{y0:g},{x1 - half:g},{y1:g},{x1:g},{y1:g}"
    return [{"type": "path", "path": path or "M0,0", "layer": "below", "opacity": 0.6, "line": {
        "width": options["buckets"][i % steps], "color": options["colours"]["plus" if i < steps else "minus"]}}
        for i, path in enumerate(paths)]


def draw(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    """Put one frame's weights and thumbnails into a figure made by `diagram`."""
    options = binding.options
    figure["layout"]["shapes"] = edges(options, dict(frame.arrays))
    thumbs = frame.arrays.get("thumbs")
    if thumbs is None:
        return
    grid = thumbs.shape[1]
    pixel = options["side"] / grid
    columns, rows = round(options["width"] / pixel), round(options["height"] / pixel)
    canvas = np.full((rows, columns), np.nan)
    centres = [spot for layer in options["layers"] for spot in spots(layer)]
    for picture, (x, y) in zip(thumbs, centres, strict=True):
        left, bottom = round(x / pixel - grid / 2), round(y / pixel - grid / 2)
        canvas[bottom:bottom + grid, left:left + grid] = picture
    figure["data"][binding.trace] |= {"z": [[None if np.isnan(v) else v for v in row] for row in canvas],
                                      "x0": pixel / 2, "dx": pixel, "y0": pixel / 2, "dy": pixel}
