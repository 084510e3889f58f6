"""The articles' block taken apart: what flows through its residual connections, how sizes grow block by block, and its weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.attention.common import Array, chosen, thousands
from core.figures.attention.order import bars
from core.figures.backpropagation.numerals import short
from core.figures.board import Picture, Press, Scene, figure
from core.figures.convolution.common import said_at
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths import attending, attention
from core.maths.attention import Block, Flow
from core.specs.attention import AttentionSpec
from core.specs.examples import Preset, Trial

WIDTH = 32  # of the articles' block
ARTICLE = 8416  # weights of its attention, with 32 numbers in each of two heads
STREAM = 11.0  # where the drawing ends


@dataclass(frozen=True)
class View:
    """flow: of the first block; stream: ‖x‖ before the first and after each half of each block, averaged over the tokens, (2·depth + 1,);
    added: ‖what each half adds‖, (2·depth,); other: the stream with the norms placed the other way."""

    words: tuple[str, ...]
    i: int
    flow: Flow
    stream: Array
    added: Array
    other: Array


@lru_cache(64)
def drawn(seed: int, depth: int, heads: int, size: int, feed: int) -> tuple[Block, ...]:
    rng = np.random.default_rng([seed, 7])
    return tuple(attention.draw_block(WIDTH, heads, size, feed, rng) for _block in range(depth))


def start(words: tuple[str, ...], seed: int) -> Array:
    """Embeddings as large as the paper's, times √32, and sines: (T, 32)."""
    return np.sqrt(WIDTH) * attending.vectors(words, seed, WIDTH) + attention.sine_positions(len(words), WIDTH)


def walked(spec: AttentionSpec, words: tuple[str, ...], norm: str) -> tuple[Flow, Array, Array]:
    """The first block's flow, the stream's sizes, and those of what is added."""
    x, first = start(words, spec.seed), None
    rng, rate = np.random.default_rng([spec.seed, 8]), spec.dropout if spec.training else 0.0
    stream, added = [x], []
    for weights in drawn(spec.seed, spec.depth, spec.block_heads, spec.head_size, spec.feed):
        dropped = tuple((rng.random(x.shape) >= rate) / (1 - rate) for _half in range(2))
        flow = attention.block(x, weights, norm, dropped=(dropped[0], dropped[1]))
        first = first or flow
        stream += [flow.middle, flow.output]
        added += [flow.seen.output, flow.added]
        x = flow.output
    assert first is not None
    sizes = lambda parts: np.array([float(np.linalg.norm(part, axis=1).mean()) for part in parts])  # noqa: E731
    return first, sizes(stream), sizes(added)


def read(spec: AttentionSpec) -> View:
    words = attending.tokens_of(spec.sentence)
    flow, stream, added = walked(spec, words, spec.norm)
    other = walked(spec, words, "pre" if spec.norm == "post" else "post")[1]
    return View(words, chosen(spec.token, words) - 1, flow, stream, added, other)


def counts(spec: AttentionSpec) -> tuple[int, int]:
    """Weights of the attention, and of the whole block."""
    return (attention.count_heads(WIDTH, spec.block_heads, spec.head_size),
            attention.count_block(WIDTH, spec.block_heads, spec.head_size, spec.feed))


def draw(spec: AttentionSpec) -> Picture:
    view = read(spec)
    own, all_ = counts(spec)
    made, press = diagram(spec, view)
    return Picture((made, sizes(spec, view), weights(spec)), presses=(press,), notes=notes(spec, view),
                   formulas=formulas(spec, len(view.words)),
                   numbers={"attention_weights": own, "weights": all_, "stream": view.stream, "added": view.added})


def diagram(spec: AttentionSpec, view: View) -> tuple[Template, Press]:
    """The block as a stream with two branches; wires are as thick as the token's vector is long."""
    flow, i, pre = view.flow, view.i, spec.norm == "pre"
    long = {name: float(np.linalg.norm(part[i])) for name, part in (
        ("x", flow.x), ("read", flow.read), ("attention", flow.seen.output), ("sum_1", flow.sum_1), ("middle", flow.middle),
        ("fed", flow.fed), ("added", flow.added), ("sum_2", flow.sum_2), ("output", flow.output))}
    most = max(long.values())
    wires: list[tuple[str, list[tuple[float, float]], str]] = [
        ("x", [(0, 0), (4, 0)], "layer0"), ("read" if pre else "x", [(1, 0), (1, -1), (2.6, -1)], "layer0"),
        ("attention", [(2.6, -1), (4, -1), (4, -0.1)], "layer1"), ("sum_1", [(4, 0), (5.2, 0)], "layer0"),
        ("middle", [(5.2, 0), (9, 0)], "layer0"), ("fed" if pre else "middle", [(6, 0), (6, -1), (7.6, -1)], "layer0"),
        ("added", [(7.6, -1), (9, -1), (9, -0.1)], "layer2"), ("sum_2", [(9, 0), (10.1, 0)], "layer0"),
        ("output", [(10.1, 0), (STREAM, 0)], "layer0")]
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": [p[0] for p in path], "y": [p[1] for p in path], "hoverinfo": "skip",
         "line": {"color": colour(token), "width": round(1.5 + 9 * long[name] / most, 1)}} for name, path, token in wires]
    boxes = [(2.6, -1, _("attention")), (7.6, -1, _("feed-forward"))]
    norms = [(1.55, -1), (6.55, -1)] if pre else [(5.2, 0), (10.1, 0)]
    boxes += [(x, y, _("norm")) for x, y in norms]
    shapes = [{"type": "rect", "x0": x - half, "x1": x + half, "y0": y - 0.24, "y1": y + 0.24, "fillcolor": colour("background"),
               "line": {"color": colour("text"), "width": 1.5}, "layer": "above"}
              for x, y, text in boxes for half in ((0.34,) if text == _("norm") else (0.62,))]
    shapes += [{"type": "circle", "x0": x - 0.17, "x1": x + 0.17, "y0": -0.17, "y1": 0.17, "fillcolor": colour("background"),
                "line": {"color": colour("text"), "width": 1.5}, "layer": "above"} for x in (4, 9)]
    marks = [said_at(x, y, text, "text", 12) for x, y, text in boxes] + [said_at(x, 0, "+", "text", 17) for x in (4, 9)]
    labels = [("x", 0.45, 0), ("attention", 3.5, -1), ("sum_1", 4.5 if not pre else 5, 0), ("added", 8.5, -1), ("sum_2", 9.5, 0)]
    labels += [("read", 2.0, -1), ("fed", 7.0, -1)] if pre else [("middle", 6.5, 0), ("output", 10.75, 0)]
    marks += [said_at(x, y + 0.27, short(long[name]), "muted", 12) for name, x, y in labels]
    slim = [{**one, "font": {**one["font"], "size": 9}} for one in marks]
    for one, (_x, y, text) in zip(slim, boxes, strict=False):  # on a phone a box is narrower than its name, which stands below it
        if text == _("norm"):
            one["font"]["size"] = 8
        else:
            one["y"] = y - 0.4
    count = len(view.words)
    step = STREAM / count
    places = [(j, (j - 0.5) * step, 0.78) for j in range(1, count + 1)]
    named = [said_at(x, y, f"<b>{view.words[j - 1]}</b>" if j == i + 1 else view.words[j - 1], "text" if j == i + 1 else "muted", 13)
             for j, x, y in places]
    still = {"visible": False, "fixedrange": True}
    shape = layout(xaxis={**still, "range": [-0.15, STREAM + 0.15]}, yaxis={**still, "range": [-1.4, 1]}, shapes=shapes,
                   annotations=[*marks, *named], margin={"l": 4, "r": 4, "t": 2, "b": 2}, dragmode=False, hovermode=False,
                   meta={"narrow": {"below": 560, "layout": {"annotations": [*slim, *({**one, "font": {**one["font"], "size": 9}}
                                                                                       for one in named)]}}})
    told = ("x", "attention", "sum_1", "added", "sum_2", "output")
    made = figure("block", data, shape, title=_("“{word}” goes through the block: how long its vector is", word=view.words[i]), span=12,
                  height=230, alt=_("In: {x}. Attention adds {attention}, sum {sum_1}. The feed-forward part adds {added}, sum {sum_2}. "
                                    "Out: "
                                    "{output}.", **{name: short(long[name]) for name in told}))
    return made, Press("block", "token", tuple((j, x, y, _("follow “{word}”", word=view.words[j - 1])) for j, x, y in places), 18)


def sizes(spec: AttentionSpec, view: View) -> Template:
    """The stream's size half block by half block, both ways to place the norms, and what is added."""
    half = np.arange(2 * spec.depth + 1) / 2
    line = lambda y, token, name, x=half, **more: {  # noqa: E731
        "type": "scatter", "mode": "lines+markers", "x": numbers(x, 3), "y": numbers(y, 4), "name": name, "marker": {"size": 5},
        "line": {"color": colour(token), "width": 2.5, **more}, "hovertemplate": f"{name}: %{{y}}<extra></extra>"}
    here, there = (_("pre-norm"), _("post-norm")) if spec.norm == "pre" else (_("post-norm"), _("pre-norm"))
    data = [line(view.stream, "layer0", here), line(view.other, "baseline", there, dash="dash"),
            line(view.added, "layer1", _("what each half adds"), x=half[1:])]
    top = 1.1 * float(max(view.stream.max(), view.other.max(), view.added.max()))
    ends = [said_at(float(half[-1]), float(y[-1]), name, token, 11, xanchor="right", yanchor="top" if token == "layer1" else "bottom")
            for y, name, token in ((view.stream, here, "layer0"), (view.other, there, "muted"), (view.added, _("added"), "layer1"))]
    shape = layout(xaxis={**axis(_("blocks")), "fixedrange": True}, yaxis={**axis(""), "range": [0, top], "fixedrange": True},
                   annotations=ends)
    return figure("sizes", data, shape, title=_("Length of a token’s vector, block by block"), span=6, height=280,
                  alt=_("{here}: from {first} to {last}; {there}: to {other}.", here=here, first=short(float(view.stream[0])),
                        last=short(float(view.stream[-1])), there=there, other=short(float(view.other[-1]))))


def weights(spec: AttentionSpec) -> Template:
    own, all_ = counts(spec)
    shared = attention.count_heads(WIDTH, spec.block_heads, max(1, WIDTH // spec.block_heads))
    names = [_("attention"), _("… if the heads shared the 32"), _("feed-forward"), _("two norms"), _("the block")]
    values = [own, shared, 2 * WIDTH * spec.feed + spec.feed + WIDTH, 4 * WIDTH, all_]
    made = bars("weights", names, [float(v) for v in values], _("Weights: {count} in the block", count=f"{all_:,}"), 0, 6)
    bar = made.figure["data"][0]
    bar["text"] = [f"{v:,}" for v in values]
    return figure("weights", [bar], made.figure["layout"], title=made.title, span=6, height=280,
                  alt=", ".join(f"{name}: {value:,}" for name, value in zip(names, values, strict=True)))


def formulas(spec: AttentionSpec, tokens: int) -> tuple[tuple[str, str], ...]:
    inner, own = spec.block_heads * spec.head_size, counts(spec)[0]
    times = sum(attention.products(tokens, WIDTH, spec.block_heads, spec.head_size, spec.feed).values())
    rule = (r"y = \operatorname{norm}(x + \operatorname{attention}(x)), \quad z = \operatorname{norm}(y + \operatorname{ff}(y))"
            if spec.norm == "post" else
            r"y = x + \operatorname{attention}(\operatorname{norm}(x)), \quad z = y + \operatorname{ff}(\operatorname{norm}(y))")
    return (("", rule), (_("Attention"), rf"3\,(32\cdot {inner} + {inner}) + {inner}\cdot 32 + 32 = {thousands(own)}"),
            (_("Feed-forward"), rf"32\cdot {spec.feed} + {spec.feed} + {spec.feed}\cdot 32 + 32 = "
                                + thousands(65 * spec.feed + 32)),
            (_("Multiplications, {n} tokens", n=tokens),
             rf"{tokens}\cdot 32\,(4\cdot {inner} + 2\cdot {spec.feed}) + 2\cdot {tokens}^2\cdot {inner} = " + thousands(times)))


def notes(spec: AttentionSpec, view: View) -> tuple[Message, ...]:
    own, _all = counts(spec)
    inner = spec.block_heads * spec.head_size
    stream = {"first": short(float(view.stream[0])), "last": short(float(view.stream[-1])), "depth": spec.depth}
    said = []
    if spec.norm == "post":
        said.append(Message(N_("Post-norm: each sum is brought back to length √32 = 5.7, so the stream neither grows nor shrinks. What "
                               "goes "
                               "straight on is scaled as well, in every block: no path runs through untouched.")))
    else:
        said.append(Message(N_("Pre-norm: nothing on the stream is scaled, so what is added piles up: from {first} to {last} after {depth} "
                               "blocks. The norms only tidy what attention and the feed-forward part read."), stream))
    share = float(view.added[0] / view.stream[0])
    said.append(Message(N_("In the first block attention adds {share:.0f}% of the stream’s length, on average over the tokens: a "
                           "block does not replace a token’s vector, it corrects it."), {"share": 100 * share}))
    if inner > WIDTH:
        said.append(Message(N_("{heads} heads of {size} numbers each are {inner} inside, wider than the tokens: {own} weights. In Keras "
                               "key_dim is the size of one head. Had the heads shared the 32, there would be {shared}."),
                            {"heads": spec.block_heads, "size": spec.head_size, "inner": inner, "own": f"{own:,}",
                             "shared": f"{attention.count_heads(WIDTH, spec.block_heads, WIDTH // spec.block_heads):,}"}))
    elif inner == WIDTH:
        said.append(Message(N_("The heads share the 32 numbers: {own} weights, as many as a single head of 32 would have."),
                            {"own": f"{own:,}"}))
    else:
        said.append(Message(N_("The heads are {inner} numbers wide together, narrower than the tokens: {own} weights."),
                            {"inner": inner, "own": f"{own:,}"}))
    if spec.training and spec.dropout:
        said.append(Message(N_("Dropout at {rate:.0f}%: that share of what is added is 0, the rest is divided by {keep}, so that the "
                               "average "
                               "stays. The stream itself is never dropped."),
                            {"rate": 100 * spec.dropout, "keep": f"{1 - spec.dropout:g}"}))
    return tuple(said)


def program(spec: AttentionSpec) -> str:
    words = attending.tokens_of(spec.sentence)
    rate = spec.dropout if spec.training else 0.0
    post = ["    x = norm_1(x + seen)", "    stream.append(x)", "    fed = dense_2(dense_1(x)) * drop()", "    x = norm_2(x + fed)"]
    pre = ["    x = x + seen", "    stream.append(x)", "    fed = dense_2(dense_1(norm_2(x))) * drop()", "    x = x + fed"]
    return "\n".join([
        "import zlib", "", "import keras", "import numpy as np", "", 'keras.config.set_floatx("float64")', f"tokens = {list(words)!r}",
        f"heads, size, feed = {spec.block_heads}, {spec.head_size}, {spec.feed}", "", "def vector(word):  # " + _("a direction of its own"),
        f"    rng = np.random.default_rng([{spec.seed}, zlib.crc32(word.lower().encode())])", "    v = rng.normal(size=32)",
        "    return np.round(v / np.linalg.norm(v), 2)", "", "angles = np.arange(len(tokens))[:, None] / 10000 ** (np.arange(16) / 16)",
        "places = np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(-1, 32)",
        "x = np.sqrt(32) * np.array([vector(word) for word in tokens]) + places", "",
        f"rng = np.random.default_rng([{spec.seed}, 7])  # " + _("the weights, as Keras draws them"),
        f"drops = np.random.default_rng([{spec.seed}, 8])  # " + _("what dropout keeps"),
        f"drop = lambda: (drops.random(x.shape) >= {rate!r}) / (1 - {rate!r})", "", "def glorot(rows, columns, *shape):",
        "    reach = np.sqrt(6 / (rows + columns))", "    return rng.uniform(-reach, reach, shape)", "",
        "stream, added = [x], []", f"for _block in range({spec.depth}):",
        "    layer = keras.layers.MultiHeadAttention(heads, key_dim=size)", "    layer.build((None, None, 32), (None, None, 32))",
        "    inner, zero = heads * size, np.zeros((heads, size))",
        "    q, k, v = (glorot(32, inner, 32, heads, size) for _part in range(3))",
        "    layer.set_weights([q, zero, k, zero, v, zero, glorot(inner, 32, heads, size, 32), np.zeros(32)])",
        '    dense_1, dense_2 = keras.layers.Dense(feed, activation="relu"), keras.layers.Dense(32)',
        "    dense_1.build((None, 32)), dense_2.build((None, feed))",
        "    dense_1.set_weights([glorot(32, feed, 32, feed), np.zeros(feed)])",
        "    dense_2.set_weights([glorot(32, feed, feed, 32), np.zeros(32)])",
        "    norm_1, norm_2 = keras.layers.LayerNormalization(), keras.layers.LayerNormalization()",
        *(["    read = x"] if spec.norm == "post" else ["    read = norm_1(x)"]),
        "    seen = layer(np.asarray(read)[None], np.asarray(read)[None])[0] * drop()",
        *(post if spec.norm == "post" else pre), "    stream.append(x)", "    added += [seen, fed]", "",
        "attention_weights = layer.count_params()",
        "norms = 4 * 32  # " + _("a scale and a shift for each number, twice"),
        "weights = attention_weights + dense_1.count_params() + dense_2.count_params() + norms",
        "length = lambda parts: np.array([np.linalg.norm(np.asarray(part), axis=1).mean() for part in parts])",
        "stream, added = length(stream), length(added)",
        "print(attention_weights, weights)", "print(stream.round(2))", "print(added.round(2))"])


def plays(spec: AttentionSpec, name: str) -> bool:
    return spec.training if name == "dropout" else True


SCENE = Scene(
    "block", N_("A block, taken apart"),
    N_("This is the articles’ block: width 32, two heads, 32 hidden units, two layer norms, and two [[residual connections|residual "
       "connection]]. Press a word to follow it. Then give each head 16 numbers, and look at the weights."),
    ("norm", "block_heads", "head_size", "feed", "depth"), draw, program, more=("sentence", "token", "training", "dropout", "seed"),
    plays=plays,
    presets=(Preset(N_("The articles’ block"), {"scene": "block"}),
             Preset(N_("The heads share the width"), {"scene": "block", "head_size": 16}),
             Preset(N_("Pre-norm, twelve blocks"), {"scene": "block", "norm": "pre", "depth": 12}),
             Preset(N_("While it trains"), {"scene": "block", "training": True})),
    trials=(Trial(N_("Eight heads of four"), N_("Eight questions instead of two for as many weights: together the heads are 32 wide "
                                                "again."),
                  {"scene": "block", "block_heads": 8, "head_size": 4}),
            Trial(N_("Pre-norm"), N_("The stream grows with every block; the post-norm one stays at 5.7."),
                  {"scene": "block", "norm": "pre"}),
            Trial(N_("Half dropped"), N_("What is added becomes longer, for what is left is doubled; on average it is the same."),
                  {"scene": "block", "training": True, "dropout": 0.5})))
