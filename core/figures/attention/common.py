"""What the scenes of attention share: matrices with words beside them, the lines from a word to those it looks at, lines of programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.backpropagation.numerals import short
from core.figures.board import Press, figure
from core.figures.cells.program import listed
from core.figures.convolution.common import box, cells, ink, outline, rectangle, said_at, signed, size_of, texts
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout, width_of
from core.figures.values import numbers
from core.i18n import _

Array = np.ndarray
HEIGHT = 290
APART = 0.7  # cells between two matrices that stand side by side
TWELFTH = 80  # pixels of a twelfth of a row, about
PHONE = 340  # pixels of a figure on a phone, about
LEAST = 0.005  # a share below this is not drawn as a line


def share(value: float) -> str:
    """A weight between 0 and 1 as it stands in a cell: 0 only where the mask has it so, or where it rounds to it."""
    return "1" if value > 0.995 else f"{value:.2f}".removeprefix("0") if value >= 0.005 else "0"


def on_share(value: float) -> str:
    return colour("background") if value > 0.55 else colour("text")


def room(rows: Sequence[str]) -> int:
    """Pixels for the words beside a matrix."""
    return max(map(width_of, rows), default=0) + 12


def words_axis(names: Sequence[str], **more: Any) -> dict[str, Any]:
    return {**axis(""), "tickvals": list(range(1, len(names) + 1)), "ticktext": list(names), "showgrid": False, "showline": False,
            "fixedrange": True, "constrain": "domain", "tickfont": {"size": 12, "color": colour("text")}, **more}


def strips(id: str, parts: Sequence[tuple[str, Array]], rows: Sequence[str], *, title: str, alt: str, span: int = 4, height: int = HEIGHT,
           chosen: Sequence[int] = (), together: bool = False, rules: Sequence[int] = (), apart: float = APART, tall: int = 1) -> Template:
    """Matrices (T, n) side by side over the same rows, each with its name above; numbers stand in the cells where there is room.

    chosen: rows with a line around them, counted from 1, and `tall` − 1 rows below each; together: whether all have one scale of colours;
    rules: rows with a line below them; apart: cells between two matrices.
    """
    data: list[dict[str, Any]] = []
    count, at, names, frames = len(rows), 1.0, [], []
    reaches = [float(np.abs(part).max()) for _name, part in parts]
    columns = sum(part.shape[1] for _name, part in parts) + apart * (len(parts) - 1)
    cell, slim = ((wide - room(rows) - 20) / columns for wide in (span * TWELFTH, PHONE))
    said = [[short(round(float(v), 2)) for v in part.ravel()] for _name, part in parts]
    above = 0.4 * max(count / 8, 1)  # rows between the first and the names over it
    size = size_of([text for one in said for text in one], min(cell, 1.6 * (height - 50) / count), 13)
    for (name, part), own, written in zip(parts, reaches, said, strict=True):
        reach, wide = max(reaches) if together else own, part.shape[1]
        data.append(signed(np.round(part, 4), reach, x0=at, dx=1, y0=1, dy=1, xgap=1, ygap=1, hovertemplate="%{z}<extra></extra>"))
        data.append(texts(*cells(count, wide, at, 1), written, [ink(float(v), reach) for v in part.ravel()], size))
        names.append(said_at(at + (wide - 1) / 2, 0.5 - above, name, "text", 13))
        frames.append(rectangle(at, 1, wide, count, "border"))
        for row in chosen:
            data.append(outline(box(at, row, wide, tall), "text", 2))
        at += wide + apart
    frames += [{"type": "line", "x0": 0.5, "x1": at - apart - 0.5, "y0": rule + 0.5, "y1": rule + 0.5,
                "line": {"color": colour("text"), "width": 1.5, "dash": "dot"}} for rule in rules]
    shape = layout(xaxis={"visible": False, "fixedrange": True, "range": [0.4, at - apart - 0.4]}, annotations=names, shapes=frames,
                   yaxis=words_axis(rows, range=[count + 0.55, 0.45 - 2 * above]), margin={"l": room(rows), "r": 4, "t": 2, "b": 2},
                   dragmode=False, hovermode="closest")
    if (less := max(size_of([text for one in said for text in one], slim, size), 7)) < size:
        small = {i: {"textfont": {"size": less}} for i, trace in enumerate(data) if trace.get("mode") == "text"}
        shape["meta"] = {"narrow": {"below": 420, "traces": small}}
    return figure(id, data, shape, title=title, alt=alt, span=span, height=height)


def map_of(id: str, values: Array, words: Sequence[str], *, title: str, alt: str, shares: bool, span: int = 4, height: int = HEIGHT,
           cell: tuple[int, int] | None = None, hover: Sequence[Sequence[str]] | None = None, allowed: Array | None = None,
           columns: Sequence[str] | None = None, column: int = 0) -> Template:
    """A matrix (T, T) with the words beside and above it: who looks stands on the left. shares: whether its numbers are weights from 0
    to 1, or scores. cell: (row, column) with a line around, and a paler one around its row; column: one with a line around it alone; hover:
    a sentence for each cell; allowed: False where nothing is drawn, for the mask forbids it.
    """
    count, above = len(words), list(columns or words)
    there = np.ones(values.shape, bool) if allowed is None else allowed
    z = np.where(there, values, np.nan)
    reach = float(np.abs(values[there]).max()) or 1.0
    written = [share(float(v)) if shares else short(float(v)) for v in values[there]]
    pixels = min((span * TWELFTH - room(words) - 10) / count, (height - 60) / count)
    inks = [on_share(float(v)) if shares else ink(float(v), reach) for v in values[there]]
    rows, places = np.nonzero(there)
    colours = {"zmin": 0, "zmax": 1, "colorscale": SEQUENTIAL} if shares else {}
    data: list[dict[str, Any]] = [
        {**signed(np.zeros((1, 1)), reach, x0=1, dx=1, y0=1, dy=1, xgap=1, ygap=1), **colours, "z": numbers(np.round(z, 6), 3),
         "hoverongaps": False,
         **({"text": [list(row) for row in hover], "hovertemplate": "%{text}<extra></extra>"} if hover else {})},
        texts((places + 1).tolist(), (rows + 1).tolist(), written, inks, size_of(written, pixels, 13))]
    if cell:
        data += [outline(box(1, cell[0], count, 1), "muted", 1.5), outline(box(cell[1], cell[0], 1, 1), "text", 3)]
    if column:
        data.append(outline(box(column, 1, 1, count), "negative", 2.5))
    shape = layout(xaxis=words_axis(above, range=[0.4, count + 0.6], side="top", tickangle=-40),
                   yaxis=words_axis(words, range=[count + 0.6, 0.4]),
                   margin={"l": room(words), "r": 6, "t": 10 + 0.7 * room(above), "b": 2},
                   shapes=[rectangle(1, 1, count, count, "border")], dragmode=False, hovermode="closest")
    return figure(id, data, shape, title=title, alt=alt, span=span, height=height)


def looks(id: str, weights: Array, words: Sequence[str], query: int, *, title: str, span: int = 12, height: int = 150) -> Template:
    """The sentence twice: lines from the word that looks, above, to those that it looks at, as thick as their share. query: from 1."""
    data: list[dict[str, Any]] = []
    row = weights[query - 1]
    for j, value in enumerate(row, 1):
        if value >= LEAST:
            data.append({"type": "scatter", "mode": "lines", "x": [query, j], "y": [0.82, 0.2], "hoverinfo": "skip",
                         "line": {"color": colour("high"), "width": round(1 + 11 * float(value), 1)},
                         "opacity": round(0.35 + 0.6 * float(value), 2)})
    named = [said_at(j, 1, f"<b>{word}</b>" if j == query else word, "text" if j == query else "muted", 14)
             for j, word in enumerate(words, 1)]
    seen = [said_at(j, 0.04, f"{word}<br>{share(float(v))}", "text" if v >= LEAST else "muted", 13)
            for j, (word, v) in enumerate(zip(words, row, strict=True), 1)]
    still = {"visible": False, "fixedrange": True}
    slim = [{**one, "font": {**one["font"], "size": 9}} for one in (*named, *seen)]
    shape = layout(xaxis={**still, "range": [0.4, len(words) + 0.6]}, yaxis={**still, "range": [-0.2, 1.15]}, annotations=[*named, *seen],
                   margin={"l": 4, "r": 4, "t": 2, "b": 2}, dragmode=False, hovermode=False,
                   meta={"narrow": {"below": 560, "layout": {"annotations": slim}}})
    return figure(id, data or [texts([1], [0], [""], "text", 8)], shape, title=title, span=span, height=height,
                  alt=told(words, weights, query))


def told(words: Sequence[str], weights: Array, query: int) -> str:
    """Whom a word looks at, as a sentence. query: its place, from 1."""
    shares = ", ".join(f"{word} {share(float(v))}" for word, v in zip(words, weights[query - 1], strict=True))
    return _("“{word}” looks at: {shares}", word=words[query - 1], shares=shares)


def askers(id: str, words: Sequence[str], weights: Array) -> Press:
    """The upper words of such a figure, to be pressed; a mouse that rests on one is told whom it looks at."""
    return Press(id, "query", tuple((j, j, 1, told(words, weights, j)) for j in range(1, len(words) + 1)), 18)


def thousands(value: int) -> str:
    """A whole number in a formula."""
    return f"{value:,}".replace(",", "{,}")


def chosen(place: int, words: Sequence[str]) -> int:
    """A place counted from 1, within the sentence."""
    return min(place, len(words))


# ---- lines of programs

def reading(words: Sequence[str], seed: int, positions: str = "sine", name: str = "x") -> list[str]:
    """Lines that make what attention reads, (T, 8), of `tokens`, in the arrays `words` and `places`."""
    lines = ["import zlib", "", "import numpy as np", "", f"tokens = {list(words)!r}", "",
             "def vector(word):  # " + _("a direction of its own"),
             f"    rng = np.random.default_rng([{seed}, zlib.crc32(word.lower().encode())])", "    v = rng.normal(size=4)",
             "    return np.round(v / np.linalg.norm(v), 2)", ""]
    if positions == "none":
        lines.append("places = np.zeros((len(tokens), 4))")
    elif positions == "learned":
        lines.append(f"places = np.round(np.random.default_rng([{seed}, 1]).normal(size=(10, 4)), 2)[:len(tokens)]  # " + _("a table"))
    else:
        lines += ["p = np.arange(len(tokens))  # " + _("two clocks: one turns by 1 a place, the other by ¼"),
                  "places = np.round(np.stack([np.sin(p), np.cos(p), np.sin(p / 4), np.cos(p / 4)], axis=1), 2)"]
    return [*lines, f"{name} = np.concatenate([[vector(word) for word in tokens], places], axis=1)"]


def array(values: Array) -> str:
    """An array as a program writes it."""
    return f"np.array({listed(np.asarray(values) + 0.0)})"


def softmax() -> list[str]:
    return ["def softmax(s):", "    e = np.exp(s - s.max(axis=-1, keepdims=True))", "    return e / e.sum(axis=-1, keepdims=True)", ""]


def mask_line(mask: str) -> list[str]:
    return ["scores[..., ~np.tri(len(tokens), dtype=bool)] = -np.inf  # " + _("nobody looks ahead")] if mask == "causal" else []
