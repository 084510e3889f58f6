"""The layers of a stack as two tables whose rows stand side by side: what they are, to be changed, and what they make."""

from __future__ import annotations

from typing import Any

from core.figures.board import figure
from core.figures.convolution.common import rectangle
from core.figures.template import Template
from core.figures.theme import colour, layout
from core.i18n import _
from core.maths.stacks import more, others, shown
from core.specs.convolution import ConvolutionSpec
from core.specs.stack import Layer, Size

ROWS = 8  # of the two tables at least: a head, the layers, and what may be added or all of them in sum
TABLE = 270
COLUMNS = {"layer": 0.9, "kernel": 2.75, "stride": 4.05, "padding": 5.3, "dilation": 6.55, "filters": 7.9, "gone": 9.0}
RESULTS = {"layer": 1.2, "output": 3.5, "weights": 5.3, "adds": 7.2, "field": 9.0}
APART = 0.42  # − and + from the number between them


def written_at(columns: dict[str, float], lines: list[dict[str, str]], tokens: dict[str, str]) -> list[dict[str, Any]]:
    """Texts in columns, one trace for each token."""
    found: dict[str, dict[str, list[Any]]] = {}
    for row, line in enumerate(lines):
        for name, text in line.items():
            token = "muted" if row == 0 else tokens.get(f"{row} {name}", tokens.get(name, "text"))
            trace = found.setdefault(token, {"x": [], "y": [], "text": []})
            trace["x"].append(columns[name])
            trace["y"].append(row)
            trace["text"].append(text)
    return [{"type": "scatter", "mode": "text", **trace, "hoverinfo": "skip", "cliponaxis": False,
             "textfont": {"size": 13, "color": colour(token)}} for token, trace in found.items()]


def tabled(layers: int, bad: int | None) -> dict[str, Any]:
    """The layout of a table of so many layers. bad: the row of the one that does not fit."""
    rows = layers + 1
    lines = [{"type": "line", "x0": 0, "x1": 9.6, "y0": r + 0.5, "y1": r + 0.5, "line": {"color": colour("border"), "width": 1}}
             for r in range(rows)]
    if bad is not None:
        lines.append({**rectangle(0.5, bad, 9, 1, "negative"), "x0": 0, "x1": 9.6, "line": {"color": colour("negative"), "width": 2}})
    still = {"visible": False, "fixedrange": True}
    return layout(xaxis={**still, "range": [0, 9.6]},
                  yaxis={**still, "range": [max(ROWS, layers + 2) - 0.5, -0.5]}, shapes=lines, dragmode=False,
                  margin={"l": 2, "r": 2, "t": 2, "b": 2}, hovermode=False,
                  meta={"narrow": {"below": 370, "traces": {i: {"textfont": {"size": 9}} for i in range(4)}}})


def editor(layers: tuple[Layer, ...], fit: int) -> tuple[Template, tuple[tuple[Any, float, float, str], ...]]:
    """The layers with what may be pressed: numbers down and up, paddings, layers gone or added."""
    lines = [{"layer": _("layer"), "kernel": _("kernel"), "stride": _("stride"), "padding": _("padding"), "dilation": _("dilation"),
              "filters": _("filters")}]
    presses: list[tuple[Any, float, float, str]] = []
    signs: list[tuple[float, float, str]] = []
    for i, layer in enumerate(layers):
        row = i + 1
        line = {"layer": shown(layer)}
        if layer.slides:
            line |= {"kernel": f"{layer.kernel}×{layer.kernel}", "stride": str(layer.stride), "padding": layer.padding}
            line |= {"dilation": str(layer.dilation)} if layer.kind in ("conv", "depthwise") else {}
        line |= {"filters": str(layer.filters)} if layer.kind in ("conv", "dense") else {}
        lines.append(line)
        for column, way, text, said in others(layers, i):
            at = COLUMNS[column] + (0 if column in ("padding", "gone") else way * (APART + 0.08 * (column in ("kernel", "filters"))))
            presses.append((text, at, row, said))
            if column != "padding":
                signs.append((at, row, "✕" if column == "gone" else "−" if way < 0 else "+"))
    row = len(layers) + 1
    for k, (name, text) in enumerate(more(layers)):
        at = 1.4 + 3 * k
        signs.append((at, row, f"+ {name}"))
        presses.append((text, at, row, _("add: {layer}", layer=name)))
    data = written_at(COLUMNS, lines, {"padding": "loss"})
    data.append({"type": "scatter", "mode": "text", "x": [s[0] for s in signs], "y": [s[1] for s in signs], "text": [s[2] for s in signs],
                 "hoverinfo": "skip", "cliponaxis": False, "textfont": {"size": 15, "color": colour("loss")}})
    bad = fit + 1 if fit < len(layers) else None
    picture = figure("layers", data, tabled(len(layers), bad), title=_("The layers: press a sign to change them"), height=TABLE, span=6,
                     alt="; ".join(", ".join(line.values()) for line in lines[1:]))
    return picture, tuple(presses)


def shape_of(shape: tuple[int, ...]) -> str:
    return "×".join(f"{n:,}" for n in shape)


def results(spec: ConvolutionSpec, layers: tuple[Layer, ...], steps: list[Size]) -> Template:
    lines = [{"layer": _("goes in: {shape}", shape=shape_of((spec.side, spec.side, spec.depth))), "output": _("comes out"),
              "weights": _("weights"), "adds": _("multiply-adds"), "field": _("sees")}]
    for step in steps:
        seen = step.receptive or spec.side  # behind flatten a dense layer sees everything
        lines.append({"layer": shown(step.layer), "output": shape_of(step.shape), "weights": f"{step.weights:,}",
                      "adds": f"{step.multiply_adds:,}", "field": f"{seen}×{seen}"})
    if len(steps) < len(layers):
        lines.append({"layer": shown(layers[len(steps)]), "output": _("does not fit")})
    total, adds = sum(step.weights for step in steps), sum(step.multiply_adds for step in steps)
    lines += [{"layer": _("not reached")} for _layer in layers[len(steps) + 1:]]
    lines.append({"layer": _("in all"), "weights": f"{total:,}", "adds": f"{adds:,}"})
    bad = len(steps) + 1 if len(steps) < len(layers) else None
    data = written_at(RESULTS, lines, {f"{bad} output": "negative", f"{bad} layer": "negative"})
    end = shape_of(steps[-1].shape) if steps else shape_of((spec.side, spec.side, spec.depth))
    title = (_("Comes out: {shape}, from {weights} weights", shape=end, weights=f"{total:,}") if bad is None else
             _("Layer {number} does not fit", number=bad))
    return figure("results", data, tabled(len(layers), bad), title=title, height=TABLE, span=6,
                  alt="; ".join(", ".join(line.values()) for line in lines[1:]))
