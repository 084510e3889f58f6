"""What belongs to sequences in one figure: lines fed by arrays, states over time as a heat map, and a text. The player's strip.js is the
twin of the latter two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.figures.template import Binding, Template
from core.figures.theme import DIVERGING, SEQUENTIAL, axis, colour, layout, width_of
from core.frame import Frame

GAP = 5  # pixels between two blocks
SYMBOLS = 17  # pixels of the row of symbols


def line(trace: int, array: str, *over: str, first: int = 0, ratio: str = "", run: str = "", least: float = 0.0,
         mean: bool = False) -> Binding:
    """Feed a trace's y from an array (n,), its x from another one or with first, first + 1, ….

    ratio: what a title calls the first of its numbers ÷ the last; run: the key of another run than the page's, whose newest frame is shown;
    least: not the array is drawn, but its greatest number and so much of it, for a trace that nobody sees: a logarithmic axis has both;
    mean: an array (n, …) gives the means of its rows.
    """
    options = {"first": first, "ratio": ratio, "run": run, "least": least} | ({"mean": True} if mean else {})
    return Binding("line", trace, (array, *over), options)


@dataclass(frozen=True)
class Block:
    """Rows of a heat map of states: an array (T, rows).

    name: of the block; each: of one of its rows, with {k}, or the names of all; weight: how high it is beside others; signed: whether its
    numbers go from -1, or less, to 1, or more, on the scale of signs, rather than from 0 to 1; short: its name on a phone.
    """

    array: str
    name: str
    rows: int
    each: str | list[str] = "{k}"
    weight: float = 1.0
    signed: bool = True
    short: str = ""


def strip(id: str, steps: int, blocks: Sequence[Block], *, title: str, alt: str, empty: str, at: str, symbols: Sequence[str] = (),
          words: dict[str, Any] | None = None, area: str = "main", span: int = 8, height: int = 340) -> Template:
    """States over time: a column a step, a row a unit, a block an array.

    symbols: what the numbers of the array "tokens" (T,) stand for, which then stand above the columns; at: of a row "step {t}, {row}:
    {value:.2f}"; words: what the player says of choosing sequences and holding gates (`core.figures.recurrent`).
    """
    top = SYMBOLS if symbols else 0
    room = height - 40 - top - GAP * (len(blocks) - 1)
    placed, y = [], float(top)
    for block in blocks:
        high = room * block.weight / sum(other.weight for other in blocks)
        placed.append(asdict(block) | {"top": round(y, 1), "bottom": round(y + high, 1)})
        y += high + GAP
    names = [{"text": name, "xref": "paper", "x": 0, "xanchor": "right", "xshift": -4, "yref": "y", "y": (one["top"] + one["bottom"]) / 2,
              "yanchor": "middle", "showarrow": False, "font": {"size": 11, "color": colour("muted")}}
             for one in placed for name in [one["name"]]]
    short = [{**text, "text": one["short"] or one["name"]} for text, one in zip(names, placed, strict=True)]
    edges = sorted({float(edge) for one in placed for edge in np.linspace(one["top"], one["bottom"], one["rows"] + 1).round(3)})
    trace = {"type": "heatmap", "x0": 1, "dx": 1, "y": edges, "z": [[None] * steps] * (len(edges) - 1), "zmin": -1, "zmax": 1,
             "colorscale": DIVERGING, "showscale": False, "hoverinfo": "skip"}
    corner = {"type": "scatter", "x": [1], "y": [0], "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip"}
    left, narrow = (14 + max(width_of(text["text"]) for text in texts) for texts in (names, short))
    figure = {"data": [trace, corner], "layout": layout(
        xaxis=axis("", range=[0.5, steps + 0.5], fixedrange=True, showgrid=False, showline=False, nticks=min(steps, 12)),
        yaxis={"visible": False, "fixedrange": True, "range": [round(y - GAP, 1), 0]}, dragmode=False,
        margin={"l": left, "r": 8, "t": 4, "b": 26}, annotations=names,
        meta={"signed": DIVERGING, "share": SEQUENTIAL,
              "narrow": {"below": 460, "layout": {"annotations": short, "margin": {"l": narrow}}}})}
    options = {"blocks": placed, "steps": steps, "symbols": list(symbols), "at": at, "words": words or {}}
    return Template(id, figure, (Binding("strip", 0, tuple(block.array for block in blocks), options),), title, alt, height, area, span,
                    empty)


def said(id: str, array: str, symbols: Sequence[str], begun: int, *, title: str, alt: str, area: str = "curves", span: int = 4,
         height: int = 168) -> Template:
    """A text of symbols, the first `begun` of which were given: they are pale."""
    corner = {"type": "scatter", "x": [0], "y": [0], "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip"}
    hidden = {"visible": False, "fixedrange": True}
    figure = {"data": [corner], "layout": layout(xaxis=dict(hidden), yaxis=dict(hidden), dragmode=False,
                                                 margin={"l": 6, "r": 6, "t": 4, "b": 4})}
    return Template(id, figure, (Binding("said", 0, (array,), {"symbols": list(symbols), "begun": begun}),), title, alt, height, area, span,
                    title)


# ---- in Python, as the player does it

def draw_line(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    values = frame.arrays.get(binding.source[0])
    if values is None or binding.options["run"]:  # of another run, whose arrays are not here
        return
    if binding.options.get("mean"):
        values = values.reshape(len(values), -1).mean(1)
    if binding.options["least"]:
        values = values.max() * np.array([binding.options["least"], 1.0])
    over = frame.arrays.get(binding.source[1]) if len(binding.source) > 1 else None
    x = np.arange(len(values)) + binding.options["first"] if over is None else over
    figure["data"][binding.trace] |= {"x": x.tolist(), "y": values.tolist()}


def ratios(template: Template, frame: Frame) -> dict[str, float]:
    """What titles say of lines: their first number ÷ their last."""
    found = {}
    for binding in template.bindings:
        values = frame.arrays.get(binding.source[0])
        if binding.options.get("ratio") and values is not None and values[-1] > 0:
            found[binding.options["ratio"]] = float(values[0] / values[-1])
    return found


def _scaled(values: np.ndarray, signed: bool) -> np.ndarray:
    """On -1 … 1: signed numbers by the largest of them, if that is above 1; shares from 0 to 1 on the whole of it."""
    return values / max(1.0, float(np.abs(values).max(initial=0))) if signed else 2 * values - 1


def draw_strip(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    trace = figure["data"][binding.trace]
    edges, z = np.array(trace["y"]), [list(row) for row in trace["z"]]
    middles = (edges[1:] + edges[:-1]) / 2
    for block in binding.options["blocks"]:
        values = frame.arrays.get(block["array"])
        if values is None:
            continue
        rows = _scaled(np.asarray(values, float), block["signed"]).T
        for i, middle in enumerate(middles):
            if block["top"] < middle < block["bottom"]:
                share = (middle - block["top"]) / (block["bottom"] - block["top"])
                z[i] = rows[min(int(share * len(rows)), len(rows) - 1)].round(4).tolist()
    trace["z"] = z


def draw_said(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    tokens = frame.arrays.get(binding.source[0])
    if tokens is None:
        return
    text = "".join(binding.options["symbols"][k] for k in tokens)
    lines = "<br>".join(text[i:i + 40] for i in range(0, len(text), 40))
    figure["layout"]["annotations"] = [
        {"text": lines, "xref": "paper", "x": 0, "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "top", "align": "left",
         "showarrow": False, "font": {"size": 13, "color": colour("text")}}]
