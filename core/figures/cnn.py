"""The figures of the CNN lab, for a spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from core.figures import confusion, curves, network, subject
from core.figures.images import gallery
from core.figures.plane import key_to
from core.figures.template import Binding, Template
from core.figures.theme import CLASS_SYMBOLS, axis, colour, layout, width_of
from core.i18n import N_, _
from core.specs import kernels
from core.specs.cnn import CnnSpec, CnnView
from core.specs.convolution import KERNELS
from core.specs.stack import BETWEEN, Size

WIDTH = 560  # of the drawing, in its own pixels
FINDING = 208  # pixels: of the kernels where one is looked for, with what is said below them
PHONE = 0.6  # of that is the width of a phone
ROWS, SIDE, SMALL = 8, 29, 24  # maps below one another; pixels of a map, also where ten answers with names stand below one another
# What the player may ask of the trained network, and what an answer replaces (see `core.ui.lab.play`).
ASK = {"neurons": {"probe": "look", "metrics": ["val_loss", "val_accuracy"], "replaces": [
    "thumbs", "answer", "confusion", "cloud", "cloud_truth", "reasons", "reasons_ids", "exciting", "seen", "cam", "cam_ids",
    "neighbours", "neighbours_truth",
    *(f"{part}{what}" for part in ("examples", "mistakes") for what in ("", "_ids", "_truth", "_said", "_sure"))]}}
WORDS = {"conv": N_("convolution {n}"), "pool": N_("pooling {n}"), "dense": N_("dense {n}")}


def named(name: str) -> str:
    """A layer's name in words: "conv_1" → "convolution 1"."""
    kind, _line, n = name.partition("_")
    if name == "average":
        return _("average of each map")
    return _(WORDS[kind], n=n) if kind in WORDS else _("output")


def _measure(size: Size) -> str:
    """How large a layer's output is: "8 × 8 × 32", or "64"."""
    return " × ".join(map(str, size.shape))


def fitting(spec: CnnSpec) -> CnnSpec:
    """The spec, or the one nearest to it whose network can be built: for what is on screen while a run says why this one cannot."""
    return spec.changed(**spec.nearest, branch="") if spec.nearest else spec


def figures(spec: CnnSpec, view: CnnView, classes: Sequence[str], *, paints: bool = False) -> list[Template]:
    """All figures of the page, in the order in which they stand. classes: translated; paints: whether a kernel can be painted, and found
    among the learned ones. Misfit if the network cannot be built."""
    weighing = {i: named(size.layer.name) for i, size in enumerate((s for s in spec.sizes if s.layer.kind in ("conv", "dense")), 1)}
    gradients, updates = (chart(spec.epochs, weighing, log=True) for chart in (curves.gradients, curves.updates))
    grey = spec.shape[-1] == 1  # then it can be drawn
    dense = not spec.filters
    finds = paints and bool(spec.filters) and spec.kernel > 1
    narrow = grey and not view.change  # the surface to draw on
    why, what = (12, 5) if finds else (5, 3) if narrow else (6, 6)
    drawn = [sketch(spec, classes, view.change)] if grey or view.change else []
    learns = [replace(curve, span=6 if finds and not narrow else 4)
              for curve in (curves.loss(spec.epochs, log=view.log_scale), curves.accuracy(spec.epochs))]
    looks = [reasons(why, dense=dense), exciting(what, dense=dense)]
    found = [filters(spec), *looks]
    if finds:
        found = [*(replace(t, height=FINDING) for t in (filters(spec, view), looks[1])), looks[0]]
    return [maps(spec, classes), examples(spec, classes), *drawn, *learns, *found, mistakes(spec, classes), matrix(spec, classes),
            cloud(classes, view.flat), replace(gradients, area="more", span=6), replace(updates, span=6)]


def maps(spec: CnnSpec, classes: Sequence[str]) -> Template:
    """One image on its way through the network: what every layer makes of it, at most 16 maps each, and how sure it is of each class."""
    seen = [size for size in spec.sizes if size.layer.kind not in BETWEEN]
    counts = [1, *(size.shape[-1] for size in seen)]
    labels = [_("image"), *(named(size.layer.name) for size in seen)]
    neurons = [named(size.layer.name) for size in seen if size.layer.kind == "dense"]
    under = [" × ".join(map(str, spec.shape)), *map(_measure, seen)]
    layers: list[dict[str, Any]] = []
    names: list[str] = []
    each: list[str] = []
    annotations: list[dict[str, Any]] = []
    phone: list[dict[str, Any]] = []
    room = network.HEIGHT - network.LABELS
    wide = [0.7, *(1.0 for _size in seen[:-1]), 1.3]  # of the columns: the image is one tile, the answers have names
    tall = any(len(name) > 2 for name in classes)
    side = SMALL if tall else SIDE
    for i, (count, label) in enumerate(zip(counts, labels, strict=True)):
        last = i == len(counts) - 1
        here, column = count if last else min(count, spec.maps_shown), WIDTH * wide[i] / sum(wide)
        x, columns = WIDTH * (sum(wide[:i]) + wide[i] / 2) / sum(wide), 1 if last and tall else ceil(here / ROWS)
        rows, pitch, down = ceil(here / columns), side + (16 if last else 4), room / 10 if last and tall else side + 4
        middle = network.LABELS + room / 2
        left = 12 if last and tall else 6 if last else 0  # the names of the answers stand at their right
        spots = [(round(x + (k // rows - (columns - 1) / 2) * pitch - left, 1), round(middle + ((rows - 1) / 2 - k % rows) * down, 1))
                 for k in range(here)]
        layers.append({"x": round(x, 1), "size": count, "shown": here, "xs": [a for a, _b in spots], "ys": [b for _a, b in spots]})
        unit = N_("{layer}, neuron {k}") if label in neurons else N_("{layer}, map {k}")
        names += [classes[k] if last else _(unit, layer=label, k=k + 1) if count > 1 else label for k in range(here)]
        each.append(_(unit, layer=label, k="{k:d}"))
        for texts, room_for_it in ((annotations, column), (phone, column * PHONE)):
            texts.append(network.caption(_fitting(label, under[i], room_for_it), round(x, 1), 1, yanchor="bottom"))
        if last:
            words = [network.caption(_short(classes[k], 7), a + side / 2 + 3, b, xanchor="left") for k, (a, b) in enumerate(spots)]
            annotations += words
            phone += words
    title = _("One image on its way through the network: what every layer makes of it")
    alt = _("The network at epoch {epoch}: the maps of its layers for one image, blue positive, orange negative, and at the right how "
            "likely each class is. Layers: {sizes}.")
    drawn = network.drawn(layers, side, names, annotations, labels, [], title=title, alt=alt.replace("{sizes}", "; ".join(under)),
                          removable=range(1, len(layers) - 1), width=WIDTH, abreast=2 if spec.maps_shown > ROWS else 1, span=8,
                          hint=_("Press a map: what excites it most? With the keyboard: arrows, Enter.") if spec.filters else
                          _("Press a neuron: what excites it most? With the keyboard: arrows, Enter."), words=words_of(), each=each)
    drawn.figure["layout"]["meta"] = {**drawn.figure["layout"].get("meta", {}),
                                      "narrow": {"below": 0.75 * WIDTH, "layout": {"annotations": phone}}}
    return drawn


def words_of() -> dict[str, str]:
    """What the player says of maps and neurons that are looked at and switched off, and of those that are not drawn at first."""
    return {"off": _("Switch it off"), "off_key": _("Switch it off (Delete)"), "on": _("Switch it on again"),
            "all_on": _("All on again"), "all_on_key": _("All on again (Escape)"),
            "is_off": _("switched off"), "without": _("switched off: {n:d}"),
            "turn": _("{layer}: {first:d} to {last:d} of {size:d} are shown. Show the next")}


def _fitting(label: str, size: str, width: float) -> str:
    """What stands below a layer, in two lines: its name, and how large its output is, with as much as there is room for."""
    first, _space, number = label.rpartition(" ")
    names = (label, f"{first[:1].upper()}{number}")
    sizes = (size, size.replace(" ", ""), size.rpartition(" ")[2])
    fits = [next((text for text in texts if width_of(text) <= width), texts[-1]) for texts in (names, sizes)]
    return "<br>".join(fits)


def _short(name: str, most: int = 4) -> str:
    return name if len(name) <= most else name[:most - 1] + "…"


def examples(spec: CnnSpec, classes: Sequence[str]) -> Template:
    """An image of each class, and what the network takes it for; a press on one looks at the network with it."""
    return gallery(
        "examples", "examples", caption="{said} {sure:.0%}", values={"said": "examples_said", "sure": "examples_sure"}, named=["said"],
        classes=classes, wrong=("examples_truth", "examples_said"), ids="examples_ids", own=repr(spec.split), span=4,
        title=_("Press one to send it through"), empty=_("Images of each class"),
        alt=_("Validation images, one of each class, and what the network takes each for at epoch {epoch}."))


def sketch(spec: CnnSpec, classes: Sequence[str], change: bool = False, picture: np.ndarray | None = None, span: int = 12) -> Template:
    """A surface to draw on; the drawing goes through the network, and the title says what it is taken for.

    change: a wide card on which whatever is asked about can be turned, shifted and disturbed, with all that the network says of it: a
    drawing (of a grey set), the image chosen in a gallery, or a picture (h, w, c) uint8 of the set's shape, which stands on the surface
    from when it is new until something else is drawn or chosen.
    """
    if change:
        return subject.card(spec, classes, picture, span)
    empty = _("Draw a piece of clothing: what is it taken for?") if spec.dataset == "fashion" else _(
        "Draw a digit: can the network read it?")
    blank = gallery("sketch", "seen", area="curves", height=curves.HEIGHT, title=_("It takes it for {said}, {sure:.0%}"), empty=empty,
                    alt=_("A drawing, which the network at epoch {epoch} takes for {said}, {sure:.0%}."))
    words = {"surface": _("Drawing surface: draw with the mouse or a finger; with the keyboard arrows move the pen, space puts it down and "
                          "lifts it, Escape clears."),
             "keys": _("keys: arrows, space, Esc"), "undo": _("Undo stroke"), "clear": _("Clear"), "seen": _("as the network sees it")}
    options = {"classes": list(classes), "words": words, "draws": True, "change": False}
    return replace(blank, bindings=(Binding("sketch", 0, ("seen", "answer"), options),))


def reasons(span: int, *, dense: bool = False) -> Template:
    """Why the network takes the chosen image for what it does: four maps over its pixels, three for a network without convolutions."""
    names = [_("covered (occlusion)"), _("slope (saliency)"), _("integrated gradients"), *([] if dense else ["Grad-CAM"])]
    title = _("Why it says so: where the chosen image speaks for the answer")
    return gallery("reasons", "reasons", caption="{name}", values={"name": "reasons_ids"}, named=["name"], classes=names, signed=True,
                   area="curves", span=span, height=curves.HEIGHT, title=title, empty=title,
                   alt=_("Maps over the pixels of the chosen image at epoch {epoch}: blue speaks for the network’s answer, orange "
                         "against it. Saliency has no sign: it says how much a pixel matters."))


def exciting(span: int, *, dense: bool = False) -> Template:
    """The parts of validation images that excite the chosen map most; the images that excite a neuron."""
    title = _("What excites the chosen neuron most") if dense else _("What excites the chosen map most")
    empty = _("Press a neuron: what excites it most") if dense else _("Press a map or a kernel: what excites it most")
    alt = (_("The validation images to which the chosen neuron answers most strongly at epoch {epoch}.") if dense else
           _("The parts of validation images to which the chosen map answers most strongly at epoch {epoch}."))
    return gallery("exciting", "exciting", area="curves", span=span, height=curves.HEIGHT, title=title, empty=empty, alt=alt)


def cloud(classes: Sequence[str], kind: str = "pca") -> Template:
    """Validation images on a flat map, by what the last layer before the output makes of them: kind "pca" or "tsne"."""
    traces = [{"type": "scatter", "mode": "markers", "name": name, "x": [], "y": [], "hovertemplate": f"{name}<extra></extra>",
               "marker": {"size": 6, "color": colour(f"point{k}"), "symbol": CLASS_SYMBOLS[k]}} for k, name in enumerate(classes)]
    quiet = {"showticklabels": False, "zeroline": False}
    figure = {"data": traces, "layout": layout(xaxis=axis("", **quiet), yaxis=axis("", **quiet), hovermode="closest", uirevision=kind,
                                               margin={"l": 8, "r": 8, "t": 18, "b": 8}, annotations=key_to(classes))}
    source = ("cloud", "cloud_truth") if kind == "pca" else ("neighbours", "neighbours_truth")
    title, alt = _("How it sees them: validation images on a flat map (PCA)"), _(
        "Validation images at epoch {epoch}, as the last layer but one sees them: those it finds alike lie together.")
    if kind == "tsne":
        title = _("How it sees them: neighbours side by side (t-SNE)")
    bindings = tuple(Binding("cloud", k, source, {"class": k}) for k in range(len(classes)))
    return Template("cloud", figure, bindings, title, alt, 240, "more", 6, title)


def mistakes(spec: CnnSpec, classes: Sequence[str]) -> Template:
    """The validation images that it is most wrong about. How many there are of a person's own is not known here."""
    title, alt = _("Worst mistakes among {n} validation images: truth → answer", n=spec.looked), _(
        "Those of {n} validation images whose true class the network finds least likely at epoch {{epoch}}.", n=spec.looked)
    if spec.upload:
        title = _("Worst mistakes on validation: truth → answer")
        alt = _("The validation images whose true class the network finds least likely at epoch {epoch}.")
    return gallery(
        "mistakes", "mistakes", caption="{truth} → {said} {sure:.0%}",
        values={"truth": "mistakes_truth", "said": "mistakes_said", "sure": "mistakes_sure"}, named=["truth", "said"], classes=classes,
        ids="mistakes_ids", own=repr(spec.split), area="more", span=6, height=240,
        title=title, empty=_("Its worst mistakes on validation"), alt=alt)


def filters(spec: CnnSpec, view: CnnView | None = None) -> Template:
    """The kernels of the first convolution as they form; of a network without one what the first dense layer weighs. view: with its painted
    kernel at their left, those most like it being marked."""
    if not spec.filters:
        return _weighed(spec)
    count = min(spec.filters[0], 32)
    title = _("The kernels of convolution 1") if count == spec.filters[0] else _("Kernels of convolution 1, the first {n}", n=count)
    alt = (_("The kernels of the first convolution at epoch {epoch}: blue weights are positive, orange ones negative.")
           if spec.shape[-1] == 1 else _("The kernels of the first convolution at epoch {epoch}, in colours: grey is a weight of zero."))
    if view is not None:
        title = _("The kernels of convolution 1: which is like yours?") if count == spec.filters[0] else _(
            "Kernels of convolution 1, the first {n}: which is like yours?", n=count)
    return gallery("filters", "filters", signed=True, area="curves", span=4 if view is None else 7, height=curves.HEIGHT, title=title,
                   empty=title, alt=alt, layer=1, paint=None if view is None else _painting(view, spec.kernel))


def _painting(view: CnnView, size: int) -> dict[str, Any]:
    """What the player is told of a kernel to paint: its cells row by row, those that have names, and its words."""
    presets = {"sobel_x": kernels.sobel(size), "sobel_y": [list(row) for row in zip(*kernels.sobel(size), strict=True)],
               **{name: kernels.numbers(kernels.resized(kernels.FIXED[name], size)) for name in ("edge", "emboss")}}
    return {"cells": _cells(view.kernel(size)), "columns": size, "text": view.painted,
            "presets": [{"label": _(KERNELS[name]), "cells": _cells(rows)} for name, rows in presets.items()],
            "words": {"grid": _("your kernel"), "cell": _("{label}: paint with the mouse or a finger, or with arrow keys and space. "
                                                          "Here: {cell}"),
                      "presets": _("A kernel to begin with"), "none": _("empty"), "own": _("your own"),
                      "empty": _("Press cells: blue, orange, empty."), "flat": _("All its cells are alike: it has no pattern to find."),
                      "best": _("Most like it: no. {k:d}, {r:.2f}"), "turned": _("Most like it: no. {k:d}, {r:.2f}: its negative")}}


def _cells(rows: list[list[float]]) -> list[str]:
    return [f"{cell:g}" for row in rows for cell in row]


def _weighed(spec: CnnSpec) -> Template:
    count = min(spec.dense[0], 32)
    title = _("What each neuron of dense layer 1 weighs") if count == spec.dense[0] else _(
        "What each neuron of dense layer 1 weighs, the first {n}", n=count)
    alt = (_("What the neurons of dense layer 1 weigh at epoch {epoch}, each as a picture: blue weights are positive, orange ones "
             "negative.") if spec.shape[-1] == 1 else
           _("What the neurons of dense layer 1 weigh at epoch {epoch}, each as a picture in colours: grey is a weight of zero."))
    return gallery("filters", "filters", signed=True, area="curves", span=4, height=curves.HEIGHT, title=title, empty=title, alt=alt,
                   layer=1)


def matrix(spec: CnnSpec, classes: Sequence[str]) -> Template:
    made = confusion.matrix([_short(name) for name in classes], span=6, height=240)
    return made if spec.upload else replace(made, title=_("Confusion matrix, {n} validation images", n=spec.looked))
