"""A figure made once in Python, and what feeds its traces while a run goes on.

A `Template` is a Plotly figure (a plain dict: importing plotly costs the web process 30 MB that nothing else needs)
and bindings. The player in the browser applies them frame by frame; `apply` does the same in Python, so that tests
can look at it and an export can draw what is on screen.
"""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from core.figures import theme
from core.frame import Frame

Row = Mapping[str, float | None]

AREAS = ("main", "curves", "more")  # above the player's bar, below it, and below the fold


@dataclass(frozen=True)
class Binding:
    """What feeds a trace. kind: a key of `APPLY`; trace: its index in the figure;
    source: names of a frame's arrays (of a metric row, for "curve"), of which the first that is there is taken as
    the kind says; options: what else the kind needs, plain JSON.
    """

    kind: str
    trace: int
    source: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A figure on the page.

    title and alt may name a metric, "epoch" or "total" in {braces} with a format (.2f, .3g, d); height: of the plot
    in pixels, fixed before any data; area: one of AREAS; span: columns of twelve; empty: the title before there are
    numbers.
    """

    id: str
    figure: dict[str, Any]
    bindings: tuple[Binding, ...]
    title: str
    alt: str
    height: int
    area: str = "curves"
    span: int = 4
    empty: str = ""

    def __post_init__(self) -> None:
        if self.area not in AREAS or not 1 <= self.span <= 12:
            raise ValueError(f"figure {self.id!r}: area {self.area!r}, span {self.span}")
        traces = len(self.figure["data"])
        for b in self.bindings:
            if b.kind not in APPLY or not 0 <= b.trace < traces:
                raise ValueError(f"figure {self.id!r}: no binding {b.kind!r} on trace {b.trace} of {traces}")


def heatmap(trace: int, array: str, *, domain: Sequence[float], lo: float = 0.0, hi: float = 1.0,
            confidence: str | None = None, **options: Any) -> Binding:
    """Feed a heatmap from a uint8 array whose 0 and 255 stand for lo and hi, over the domain (left, right, bottom,
    top). With `confidence` the array holds class indices, and z = class + confidence.
    """
    source = (array, confidence) if confidence else (array,)
    return Binding("heatmap", trace, source, {"domain": list(domain), "lo": lo, "hi": hi, **options})


def curve(trace: int, metric: str) -> Binding:
    """Feed a line's x and y with epochs and one metric, all rows so far. The option "run" names another run than the page's."""
    return Binding("curve", trace, (metric,))


def matrix(trace: int, array: str) -> Binding:
    """Feed a small heatmap with the numbers themselves, coloured by each row's share."""
    return Binding("matrix", trace, (array,))


def to_json(templates: Sequence[Template]) -> list[dict[str, Any]]:
    """Describe templates for the player, as plain JSON values."""
    ids = [t.id for t in templates]
    if len(set(ids)) != len(ids):
        raise ValueError(f"two figures share an id: {ids}")
    return [{"id": t.id, "figure": t.figure, "title": t.title, "alt": t.alt, "empty": t.empty, "height": t.height,
             "area": t.area, "span": t.span,
             "bindings": [{"kind": b.kind, "trace": b.trace, "source": list(b.source), "options": b.options}
                          for b in t.bindings]} for t in templates]


def numbers(rows: Sequence[Row], epoch: int) -> dict[str, Any]:
    """What titles may name: the metrics of the last of some rows, the epoch, and the perplexity, e to the power of the validation loss."""
    found: dict[str, Any] = {**(rows[-1] if rows else {}), "epoch": epoch}
    loss = found.get("val_loss")
    return found if loss is None else {**found, "perplexity": math.exp(min(loss, 700.0))}


class _Missing(string.Formatter):
    """str.format for titles: a number that is not there is a dash, whatever its format."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Real) and format_spec.endswith("d"):
            value = round(value)  # counts are kept as floats, and shown by the player without a point
        return "–" if value is None else super().format_field(value, format_spec)


def text(template: str, values: Mapping[str, Any]) -> str:
    """Fill a title or an alt text."""
    return _Missing().format(template, **values)


def apply(template: Template, frame: Frame, rows: Sequence[Row] = (), *, mode: str = "light") -> dict[str, Any]:
    """Return the figure as the player shows it at this frame: rows up to its epoch, its arrays, its title."""
    figure = deepcopy(template.figure)
    known = [row for row in rows if (row["epoch"] or 0) <= frame.epoch]
    for binding in template.bindings:
        APPLY[binding.kind](figure, binding, frame, known)
    values = numbers(known, frame.epoch) | _ratios(template, frame)
    figure["layout"]["title"] = {"text": text(template.title, values)}
    return theme.resolve(figure, mode)


def to_figure(template: Template, frame: Frame, rows: Sequence[Row] = (), *, mode: str = "light") -> Any:
    """The same as a plotly Figure, validated by plotly."""
    import plotly.graph_objects as go

    return go.Figure(apply(template, frame, rows, mode=mode))


def _apply_heatmap(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    z = frame.arrays.get(binding.source[0])
    if z is None:
        return
    trace, options = figure["data"][binding.trace], binding.options
    if len(binding.source) > 1:  # winning class, and how sure: 0…255 becomes a fraction below one
        trace["text"] = [[options["classes"][k] for k in line] for line in z]
        trace["z"] = (z + frame.arrays[binding.source[1]] / 256).tolist()
    else:
        trace["z"] = (options["lo"] + z / 255 * (options["hi"] - options["lo"])).tolist()


def _apply_curve(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    if "run" in binding.options:  # of another run, whose rows are not here
        return
    metric = binding.source[0]
    points = [(row["epoch"], row[metric]) for row in rows if metric in row]
    if binding.options.get("exp"):
        points = [(epoch, None if value is None else math.exp(min(value, 700.0))) for epoch, value in points]
    trace = figure["data"][binding.trace]
    trace["x"], trace["y"] = [p[0] for p in points], [p[1] for p in points]


def shares(counts: np.ndarray) -> np.ndarray:
    """The share of each entry in its row, 0 in an empty row. (n, n) -> (n, n)."""
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)


def _apply_matrix(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    counts = frame.arrays.get(binding.source[0])
    if counts is not None:
        trace = figure["data"][binding.trace]
        trace["z"], trace["text"] = shares(counts).round(4).tolist(), counts.tolist()


def _apply_network(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    from core.figures import network

    network.draw(figure, binding, frame)


def _apply_images(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    from core.figures import images

    images.draw(figure, binding, frame)


def _apply_cloud(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    """The points (n, 2) of one array whose number in the other is that of the trace's class; all of them where there is no other."""
    places, *truth = (frame.arrays.get(name) for name in binding.source)
    if places is not None and all(which is not None for which in truth):
        mine = places[truth[0] == binding.options["class"]] if truth else places
        figure["data"][binding.trace] |= {"x": mine[:, 0].tolist(), "y": mine[:, 1].tolist()}


def _apply_sketch(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    """A drawing or picture (h, w, c) as the network sees it, which is in an answer only: a frame of a run has none."""
    seen = frame.arrays.get(binding.source[0])
    if seen is not None:
        figure["data"][binding.trace]["z"] = np.broadcast_to(seen, (*seen.shape[:2], 3)).tolist()
        figure["layout"]["yaxis"]["scaleanchor"] = "x"


def _apply_sequence(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    from core.figures import sequences

    draw = {"line": sequences.draw_line, "strip": sequences.draw_strip, "said": sequences.draw_said}
    draw[binding.kind](figure, binding, frame)


def _apply_attention(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    from core.figures import heads

    heads.DRAW[binding.kind](figure, binding, frame)


def _apply_duel(figure: dict[str, Any], binding: Binding, frame: Frame, rows: Sequence[Row]) -> None:
    from core.figures import duel

    duel.draw(figure, binding, frame)


def _ratios(template: Template, frame: Frame) -> dict[str, float]:
    from core.figures.sequences import ratios

    return ratios(template, frame)


APPLY = {"heatmap": _apply_heatmap, "curve": _apply_curve, "matrix": _apply_matrix, "network": _apply_network, "images": _apply_images,
         "cloud": _apply_cloud, "sketch": _apply_sketch,
         "line": _apply_sequence, "strip": _apply_sequence, "said": _apply_sequence,
         "heads": _apply_attention, "flow": _apply_attention, "writer": _apply_attention, "duel": _apply_duel}
