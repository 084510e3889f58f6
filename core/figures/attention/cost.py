"""What a block costs as the text grows, counted and measured, beside an LSTM of the same width."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from core.figures.attention.common import thousands
from core.figures.attention.order import bars
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.convolution.common import said_at
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths import attention
from core.specs.attention import AttentionSpec
from core.specs.examples import Preset, Trial

MEASURED = Path(__file__).with_name("measured.json")  # written by `python -m benchmarks.attention --only record`
LEAST, MOST = 8, 8192  # tokens
FEED = 4  # hidden units of the feed-forward part for each number of a token, as in the paper of 2017
SMALL = 4  # bytes of a number


def products(tokens: int, width: int) -> dict[str, int]:
    """Multiplications of a block whose heads share the width, part by part."""
    return attention.products(tokens, width, 1, width, FEED * width)


def lstm(tokens: int, width: int) -> int:
    """Those of an LSTM with as many units as inputs: four sums a unit and step, over all inputs and all states before."""
    return tokens * 4 * width * (width + width)


@cache
def measured() -> dict[str, Any]:
    """Milliseconds of processor time of a training step, by length; on which processor, with which versions."""
    found: dict[str, Any] = json.loads(MEASURED.read_text("utf-8"))
    return found


def draw(spec: AttentionSpec) -> Picture:
    n, d = spec.tokens, spec.cost_width
    parts = products(n, d)
    chart, handle = counted(spec)
    names = [_("queries, keys, values"), _("scores, q · k"), _("weighted sums"), _("output kernel"), _("feed-forward"),
             _("the block"), _("LSTM")]
    values = [*parts.values(), sum(parts.values()), lstm(n, d)]
    made = bars("parts", names, [v / 1e6 for v in values], _("{n} tokens: millions of multiplications", n=f"{n:,}"), None, 6)
    bar = {**made.figure["data"][0], "text": [millions(v) for v in values], "marker": {"color": [
        colour(token) for token in ("baseline", "negative", "negative", "baseline", "baseline", "layer0", "layer2")]}}
    table = figure("parts", [bar], made.figure["layout"], title=made.title, span=6, height=300,
                   alt=", ".join(f"{name}: {value:,}" for name, value in zip(names, values, strict=True)))
    return Picture((chart, table, timed()), (handle,), notes=notes(spec), formulas=formulas(spec),
                   numbers={"parts": list(parts.values()), "block": sum(parts.values()), "lstm": lstm(n, d)})


def millions(value: int) -> str:
    return f"{value / 1e6:,.3g}" if value < 1e9 else f"{value / 1e6:,.0f}"


def counted(spec: AttentionSpec) -> tuple[Template, Handle]:
    """Multiplications against the length, both logarithmic; the axis of the length has its exponents, that a handle may stand on it."""
    n, d = spec.tokens, spec.cost_width
    lengths = np.unique(np.geomspace(LEAST, MOST, 60).round().astype(int))
    found = [products(int(k), d) for k in lengths]
    lines = {"block": ([sum(parts.values()) for parts in found], "layer0", _("the block"), "solid"),
             "square": ([parts["scores"] + parts["mix"] for parts in found], "negative", _("its part that grows with n²"), "dot"),
             "lstm": ([lstm(int(k), d) for k in lengths], "layer2", _("LSTM"), "dash")}
    x = np.log2(lengths)
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": numbers(x, 4), "y": numbers(np.log10(values), 4), "name": name, "hoverinfo": "skip",
         "line": {"color": colour(token), "width": 2.5, "dash": dash}} for values, token, name, dash in lines.values()]
    spots = ((20, "right", "bottom"), (26, "left", "top"), (-1, "right", "top"))
    marks = [said_at(float(x[k]), float(np.log10(values[k])), name, token, 11, xanchor=side, yanchor=above)
             for (values, token, name, _dash), (k, side, above) in zip(lines.values(), spots, strict=True)]
    low, high = np.log10(min(v[0][0] for v in lines.values())), np.log10(max(v[0][-1] for v in lines.values()))
    ticks = list(range(int(np.ceil(low)), int(high) + 1, 2))
    shape = layout(xaxis={**axis(_("tokens n")), "range": [2.85, 13.15], "tickvals": list(range(3, 14, 2)),
                          "ticktext": [f"{2**k:,}" for k in range(3, 14, 2)], "fixedrange": True},
                   yaxis={**axis(""), "range": [low - 0.3, high + 0.5], "tickvals": ticks,
                          "ticktext": [f"10<sup>{k}</sup>" for k in ticks], "fixedrange": True},
                   annotations=marks, shapes=[{"type": "line", "x0": np.log2(n), "x1": np.log2(n), "y0": low - 0.3, "y1": high + 0.5,
                                               "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}])
    here = float(np.log10(sum(products(n, d).values())))
    made = figure("counted", data, shape, title=_("Multiplications, counted: width {d}", d=d), span=6, height=300,
                  alt=_("At {n} tokens the block takes {block}, the LSTM {lstm}.", n=n, block=f"{sum(products(n, d).values()):,}",
                        lstm=f"{lstm(n, d):,}"))
    rail = tuple((int(k), float(a), float(b)) for k, a, b in zip(lengths, x, np.log10(lines["block"][0]), strict=True))
    return made, Handle("n", "counted", _("the number of tokens"), (float(np.log2(n)), here), ("tokens",), rail=rail, step=1,
                        colour="layer0")


def timed() -> Template:
    """Milliseconds of processor time of a training step, as they were measured."""
    told = measured()
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines+markers", "x": told["tokens"], "y": told[key], "name": name,
         "line": {"color": colour(token), "width": 2.5, "dash": dash}, "marker": {"size": 7, "color": colour(token), "opacity": 1},
         "hovertemplate": name + ", %{x}: %{y} ms<extra></extra>"}
        for key, token, name, dash in (("block_ms", "layer0", _("the block"), "solid"), ("lstm_ms", "layer2", _("LSTM"), "dash"))]
    marks = [said_at(float(np.log10(told["tokens"][2])), float(np.log10(told[key][2])), name, token, 11, xanchor=side, yanchor=above)
             for key, name, token, side, above in (("block_ms", _("the block"), "layer0", "left", "top"),
                                                   ("lstm_ms", _("LSTM"), "layer2", "right", "bottom"))]
    shape = layout(xaxis={**axis(_("tokens n")), "type": "log", "tickvals": told["tokens"], "fixedrange": True},
                   yaxis={**axis("ms"), "type": "log", "fixedrange": True, "dtick": 1}, annotations=marks)
    return figure("timed", data, shape, span=12, height=230, area="curves",
                  title=_("Measured: processor time of a training step, width {width}, {batch} sequences, one thread",
                          width=told["width"], batch=told["batch"]),
                  alt="; ".join(f"{n}: {a} ms, {b} ms" for n, a, b in zip(told["tokens"], told["block_ms"], told["lstm_ms"], strict=True)))


def crossing() -> int | None:
    """The measured length from which on the block took longer than the LSTM; None if it never did, or only for a while."""
    told, found = measured(), None
    for n, block, other in zip(told["tokens"][::-1], told["block_ms"][::-1], told["lstm_ms"][::-1], strict=True):
        if block <= other:
            break
        found = n
    return found


def formulas(spec: AttentionSpec) -> tuple[tuple[str, str], ...]:
    n, d = spec.tokens, spec.cost_width
    block = sum(products(n, d).values())
    return ((_("Block"), rf"12\,n\,d^2 + 2\,n^2 d = {thousands(block)}"),
            (_("LSTM"), rf"8\,n\,d^2 = {thousands(lstm(n, d))}"),
            (_("The pairs cost as much as the rest"), rf"2\,n^2 d = 12\,n\,d^2 \;\Rightarrow\; n = 6\,d = {6 * d}"))


def notes(spec: AttentionSpec) -> tuple[Message, ...]:
    n, d, told = spec.tokens, spec.cost_width, measured()
    parts = products(n, d)
    square = (parts["scores"] + parts["mix"]) / sum(parts.values())
    said = [Message(N_("At {n} tokens {share:.0f}% of the block’s work is about pairs of tokens, the part that grows with n². Twice the "
                       "text costs {times:.1f} times as much; the LSTM’s work doubles."),
                    {"n": f"{n:,}", "share": 100 * square, "times": sum(products(2 * n, d).values()) / sum(parts.values())})]
    said.append(Message(N_("Multiplications are not time. The LSTM takes {n} steps one after the other; the block takes a handful of large "
                           "products, whatever the length, and those a processor does side by side."), {"n": f"{n:,}"}))
    ratios = [b / a for a, b in zip(told["block_ms"], told["lstm_ms"], strict=True)]
    k = int(np.argmax(ratios))
    said.append(Message(N_("Measured with Keras’ layers on one thread: at {n} tokens the LSTM’s training step took {lstm} ms, the "
                           "block’s {block} ms."),
                        {"n": told["tokens"][k], "lstm": f"{told['lstm_ms'][k]:g}", "block": f"{told['block_ms'][k]:g}"}))
    at = crossing()
    said.append(Message(N_("From {n} tokens on the block was the slower one: the pairs had caught up."), {"n": at}) if at else
                Message(N_("At {n} tokens, the most that were measured, the block was still the faster one."), {"n": told["tokens"][-1]}))
    said.append(Message(N_("A map of weights has {cells} numbers for each head and layer, {size}; the LSTM carries {state} numbers from "
                           "step "
                           "to step."), {"cells": f"{n * n:,}", "size": memory(n * n * SMALL), "state": 2 * d}))
    return tuple(said)


def memory(size: int) -> str:
    return f"{size / 1e6:.3g} MB" if size >= 1e6 else f"{size / 1e3:.3g} kB"


def program(spec: AttentionSpec) -> str:
    return "\n".join([
        f"n, d = {spec.tokens}, {spec.cost_width}", "",
        "parts = [3 * n * d * d,  # " + _("queries, keys and values of each token"),
        "         n * n * d,  # " + _("scores: each query meets each key"),
        "         n * n * d,  # " + _("each token mixes all values"),
        "         n * d * d,  # " + _("the output kernel"),
        f"         2 * n * d * {FEED} * d]  # " + _("the feed-forward part: four times as wide inside"),
        "block = sum(parts)", "lstm = n * 4 * d * (d + d)  # " + _("four sums a unit, over all inputs and all states"), "",
        'print(f"{block:,} {lstm:,}")'])


SCENE = Scene(
    "cost", N_("What it costs"),
    N_("Drag the disc to longer texts. Attention compares each token with each other one; an [[LSTM]] goes through them one by one. Which "
       "is dearer, and which is slower?"),
    ("tokens", "cost_width"), draw, program,
    presets=(Preset(N_("A paragraph"), {"scene": "cost"}), Preset(N_("A page"), {"scene": "cost", "tokens": 700}),
             Preset(N_("A chapter"), {"scene": "cost", "tokens": 8192})),
    trials=(Trial(N_("Width 512"), N_("Wide tokens put off the day: the pairs matter only from 3,072 tokens on."),
                  {"scene": "cost", "cost_width": 512}),
            Trial(N_("Eight tokens"), N_("So few pairs cost nearly nothing: the block’s work is that of a dense network."),
                  {"scene": "cost", "tokens": 8})))
