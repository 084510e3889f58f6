"""What belongs to attention in one figure: the maps of all heads, one sequence with lines to whom its places look, and a written text with
what could have come next. The player's heads.js, flow.js and writer.js are the twins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.template import Binding, Template
from core.figures.theme import SEQUENTIAL, colour, layout
from core.frame import Frame

LEAST = 0.03  # a weaker line is not drawn


def _empty() -> dict[str, Any]:
    """A figure without axes, whose trace 0 stands for what the player paints; trace 1 keeps the axes there."""
    hidden = {"visible": False, "fixedrange": True}
    trace = {"type": "heatmap", "z": [[None]], "zmin": 0, "zmax": 1, "colorscale": SEQUENTIAL, "showscale": False, "hoverinfo": "skip"}
    corner = {"type": "scatter", "x": [0], "y": [0], "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip"}
    return {"data": [trace, corner], "layout": layout(
        xaxis=dict(hidden), yaxis={**hidden, "autorange": "reversed"}, dragmode=False, margin={"l": 4, "r": 4, "t": 2, "b": 2})}


def attention(layers: int) -> tuple[str, ...]:
    """The arrays of attention that frames have: a_1, a_2, …, (heads, T, T) each."""
    return tuple(f"a_{layer}" for layer in range(1, layers + 1))


def maps(layers: int, heads: int, *, causal: bool, words: dict[str, Any], own: str, title: str, alt: str, empty: str, area: str = "main",
         span: int = 6, height: int = 316) -> Template:
    """The attention of every head as a picture: rows are those who look, columns those who are looked at, dark where much.

    causal: whether what lies later is left out; own: what the numbers of sequences are of; words: what the player says of pointing,
    choosing and switching off (`core.figures.transformer`).
    """
    options = {"layers": layers, "heads": heads, "causal": causal, "words": words, "own": own}
    return Template("heads", _empty(), (Binding("heads", 0, attention(layers), options),), title, alt, height, area, span, empty)


def flow(id: str, layers: int, every: int, symbols: Sequence[str], answers: Sequence[str], *, pooled: bool, words: dict[str, str],
         title: str, alt: str, empty: str, run: str = "", area: str = "main", span: int = 6, height: int = 316) -> Template:
    """One sequence twice, lines between those who look and those who are looked at, and the answers below, right or wrong.

    every: heads of a layer; symbols: what the numbers of "tokens" stand for; answers: those of "truth" and "said"; pooled: whether there
    is one answer for all; run: the key of another run than the page's, whose newest frame is shown.
    """
    options = {"layers": layers, "heads": every, "symbols": list(symbols), "answers": list(answers), "pooled": pooled, "words": words,
               "run": run}
    source = ("tokens", "truth", "said", "p", *attention(layers))
    return Template(id, _empty(), (Binding("flow", 0, source, options),), title, alt, height, area, span, empty)


def writer(symbols: Sequence[str], size: int, *, words: dict[str, Any], title: str, alt: str, area: str = "curves",
           span: int = 12, height: int = 272) -> Template:
    """A written text, the first symbols of which were given, and for each place what could have come there.

    size: so many symbols at most are shown to a network that goes on from another text.
    """
    options = {"symbols": list(symbols), "size": size, "words": words}
    binding = Binding("writer", 0, ("written", "logits", "begun"), options)
    return Template("writer", _empty(), (binding,), title, alt, height, area, span, title)


# ---- in Python, as the player does it

def draw_heads(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    """The maps of a layer beside one another, layers below one another, a gap between; colours by the root of a weight."""
    found = [frame.arrays.get(name) for name in binding.source]
    if any(a is None for a in found):
        return
    every = [np.asarray(a, float) for a in found]
    heads, n = every[0].shape[:2]
    z = np.full((len(every) * (n + 1) - 1, heads * (n + 1) - 1), np.nan)
    for row, layer in enumerate(every):
        for column, one in enumerate(layer):
            z[row * (n + 1):row * (n + 1) + n, column * (n + 1):column * (n + 1) + n] = np.sqrt(np.clip(one, 0, 1))
    figure["data"][0]["z"] = [[None if np.isnan(v) else round(v, 4) for v in row] for row in z]
    figure["layout"]["yaxis"]["scaleanchor"] = "x"


def said(binding: Binding, frame: Frame) -> list[tuple[str, bool, str]]:
    """What a network answers where it is asked: (answer, whether it is right, the right one)."""
    truth, answered = frame.arrays.get("truth"), frame.arrays.get("said")
    if truth is None or answered is None:
        return []
    names = binding.options["answers"]
    return [(names[a], bool(a == t), names[t]) for t, a in zip(truth, answered, strict=True) if t >= 0]


def draw_flow(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    """Lines of all heads from below to above, symbols at their ends, answers underneath."""
    tokens = frame.arrays.get("tokens")
    if tokens is None:
        return
    n = len(tokens)
    names = [binding.options["symbols"][k] for k in tokens]
    truth, answered = frame.arrays.get("truth"), frame.arrays.get("said")
    shapes = []
    for name in binding.source[4:]:
        values = frame.arrays.get(name)
        for head in () if values is None else np.asarray(values):
            for i, j in np.argwhere(head >= LEAST):
                shapes.append({"type": "line", "x0": int(i), "x1": int(j), "y0": 1, "y1": 0, "opacity": min(float(head[i, j]), 1.0),
                               "line": {"width": 1, "color": colour("loss")}})
    rows = [(names, -0.08, "text"), (names, 1.08, "text")]
    marks = [{"text": text, "x": i, "y": y, "showarrow": False, "font": {"size": 11, "color": colour(token)}}
             for texts, y, token in rows for i, text in enumerate(texts)]
    if truth is not None and answered is not None:
        asked = [i for i in range(len(truth)) if truth[i] >= 0]
        marks += [{"text": text, "x": (n - 1) / 2 if binding.options["pooled"] else i, "y": 1.25, "showarrow": False,
                   "font": {"size": 11, "color": colour("score" if right else "pin0")}}
                  for i, (text, right, _wanted) in zip(asked, said(binding, frame), strict=True)]
    figure["layout"] |= {"shapes": shapes, "annotations": marks}
    figure["layout"]["xaxis"]["range"], figure["layout"]["yaxis"]["range"] = [-0.7, n - 0.3], [1.4, -0.2]
    figure["data"][0]["visible"] = False


def draw_writer(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    written = frame.arrays.get("written")
    if written is None:
        return
    text = "".join(binding.options["symbols"][k] for k in written)
    lines = "<br>".join(text[i:i + 60] for i in range(0, len(text), 60))
    figure["data"][0]["visible"] = False
    figure["layout"]["annotations"] = [
        {"text": lines, "xref": "paper", "x": 0, "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "top", "align": "left",
         "showarrow": False, "font": {"size": 13, "color": colour("text")}}]


DRAW = {"heads": draw_heads, "flow": draw_flow, "writer": draw_writer}
