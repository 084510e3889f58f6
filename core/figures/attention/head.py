"""One head by hand: queries, keys and values, scores, mask, softmax, weighted sum, and the arithmetic of one cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures.attention import looking
from core.figures.attention.common import (
    HEIGHT,
    TWELFTH,
    Array,
    array,
    askers,
    chosen,
    looks,
    map_of,
    on_share,
    reading,
    share,
    strips,
)
from core.figures.backpropagation.numerals import latex, latex_factor, latex_sum, short
from core.figures.board import Handle, Paint, Picture, Press, Scene, figure
from core.figures.convolution.common import box, outline, size_of, texts
from core.figures.template import Template
from core.figures.theme import colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import attending, attention
from core.maths.attending import SIZE, WORD
from core.maths.attention import Heads
from core.specs.attention import AttentionSpec
from core.specs.examples import Preset, Trial

SIMILAR = 0.6  # the cosine of two words' vectors
CHINESE = "猫看见狗，狗看见猫"


@dataclass(frozen=True)
class View:
    """A sentence, read by one head. i, j: who looks and at whom, counted from 0; raw: q·k, (T, T); scores: as the spec has them divided,
    but for the temperature; weights: (T, T); output: (T, 4)."""

    words: tuple[str, ...]
    x: Array
    heads: Heads
    q: Array
    k: Array
    v: Array
    raw: Array
    scores: Array
    there: Array
    weights: Array
    output: Array
    i: int
    j: int


def seen(spec: AttentionSpec) -> View:
    """What the head does. Trouble for a sentence or weights that cannot be read."""
    words = attending.tokens_of(spec.sentence)
    x = attending.inputs(words, spec.seed)
    scale = 1.0 if spec.kind == "drawn" else spec.scale
    heads = attending.typed(spec.weights) if spec.kind == "own" else attending.head(spec.kind, scale, spec.seed)
    q, k, v = (attention.project(x, kernel, bias)[0] for kernel, bias in
               ((heads.query, heads.query_bias), (heads.key, heads.key_bias), (heads.value, heads.value_bias)))
    raw = q @ k.T
    scores = raw / np.sqrt(SIZE) if spec.scaled else raw
    there = attention.allowed(spec.mask, len(words))
    weights = attention.weigh(scores, there, spec.temperature)
    return View(words, x, heads, q, k, v, raw, scores, there, weights, weights @ v, chosen(spec.query, words) - 1,
                chosen(spec.whom, words) - 1)


def draw(spec: AttentionSpec) -> Picture:
    view = seen(spec)
    words, count, at = view.words, len(view.words), (view.i + 1, view.j + 1)
    who, whom = words[view.i], words[view.j]
    x = strips("x", ((_("word"), view.x[:, :WORD]), (_("place"), view.x[:, WORD:])), words, chosen=[at[0]],
               title=_("Tokens: word and place"), alt=_("Eight numbers for each of {count} tokens.", count=count))
    kernels = [(f"W<sub>{name}</sub>", part[:, 0]) for name, part in
               (("q", view.heads.query), ("k", view.heads.key), ("v", view.heads.value))]
    kernel = np.concatenate([part for _name, part in kernels], axis=1)
    rows = [*(f"w{i}" for i in range(1, 5)), *(f"p{i}" for i in range(1, 5))]
    weights = strips("kernels", kernels, rows, rules=[WORD], apart=0, span=8, title=_("Weights of query, key and value"),
                     alt=_("Eight rows of four weights each for the query, the key and the value; the upper rows read the word, the lower "
                           "ones the place."))
    asked = strips("qk", (("q", view.q), ("k", view.k)), words, together=True, chosen=[at[0]], title=_("Queries and keys"),
                   alt=_("A query and a key of four numbers for each token."))
    scores = map_of("scores", view.scores, words, shares=False, cell=at, allowed=view.there, hover=hovers(spec, view),
                    title=_("Scores: q · k / √d") if spec.scaled else _("Scores: q · k, not divided"),
                    alt=_("How well each query matches each key: “{who}” and “{whom}” {score}.", who=who, whom=whom,
                          score=short(float(view.scores[view.i, view.j]))))
    map_ = map_of("weights", view.weights, words, shares=True, cell=at, allowed=view.there, hover=hovers(spec, view),
                  title=_("Weights: each row sums to 1"),
                  alt=_("Whom each token looks at, row by row; “{who}” looks at “{whom}” with {share}.", who=who, whom=whom,
                        share=share(float(view.weights[view.i, view.j]))))
    mixed = strips("values", (("v", view.v), (_("output"), view.output)), words, together=True, chosen=[at[0]],
                   title=_("Values, and their mixture"), alt=_("A value of four numbers for each token, and what each row of weights mixes "
                                                               "of them."))
    handles = [Handle(f"cell_{name}", name, _("the cell"), (at[1], at[0]), ("whom", "query"), bounds=((1, count), (1, count)), step=1,
                      anywhere=True, bare=True) for name in ("weights", "scores")]
    presses = (askers("looks", words, view.weights),
               Press("looks", "whom", tuple((j, j, 0.04, _("at “{word}”", word=word)) for j, word in enumerate(words, 1)), 18))
    cells = tuple(f"{v:g}" for v in np.round(kernel, 3).ravel())
    grid = Paint("kernels", "weights", _("the weights"), (1, 1), cells, 3 * SIZE, f"{spec.brush:g}")
    return Picture((looks("looks", view.weights, words, at[0], title=_("“{word}” looks at", word=who)), x, weights, asked, scores, map_,
                    mixed, arithmetic(spec, view)), tuple(handles), presses, notes=notes(spec, view), formulas=formulas(spec, view),
                   numbers={"scores": view.scores, "weights": view.weights, "output": view.output, "told": view.output},
                   paints=(grid,))


def hovers(spec: AttentionSpec, view: View) -> list[list[str]]:
    """A sentence for each cell of the two maps."""
    by = "√4" if spec.scaled else "1"
    return [[_("{who} → {whom}: q·k = {raw}, ÷ {by} = {score}, weight {weight}", who=who, whom=whom, raw=short(float(view.raw[i, j])),
               by=by, score=short(float(view.scores[i, j])), weight=f"{view.weights[i, j]:.3f}")
             for j, whom in enumerate(view.words)] for i, who in enumerate(view.words)]


def arithmetic(spec: AttentionSpec, view: View) -> Template:
    """The row of who looks, step by step: one column for each token, the chosen one with a line around it."""
    count, i = len(view.words), view.i
    scores = np.where(view.there[i], view.scores[i] / spec.temperature, -np.inf)
    e = np.exp(scores - scores.max())
    by = (r"÷ √4" if spec.scaled else "") + (f" ÷ {spec.temperature:g}" if spec.temperature != 1 else "")
    lines = [("q · k", view.raw[i]), *([(by.strip(), view.raw[i] / (2 if spec.scaled else 1) / spec.temperature)] if by else []),
             (_("e to that − {most}", most=short(float(scores.max()))), e),
             (_("÷ {sum}: weight", sum=short(float(e.sum()))), view.weights[i])]
    last = len(lines)
    data: list[dict[str, Any]] = [outline(box(view.j + 1, 0, 1, last + 1), "text", 2)]
    for row, (_name, values) in enumerate(lines, 1):
        written = ["−∞" if by and row == last - 2 and not view.there[i, j] else share(float(v)) if row == last else short(float(v))
                   for j, v in enumerate(values)]
        if row == last:
            data.append({"type": "heatmap", "z": [values.round(3).tolist()], "x0": 1, "dx": 1, "y": [row], "zmin": 0, "zmax": 1,
                         "colorscale": [[0, "theme:low"], [1, "theme:high"]], "showscale": False, "hoverinfo": "skip", "xgap": 2})
        tints = [on_share(float(v)) for v in values] if row == last else colour("text")
        data.append(texts(list(range(1, count + 1)), [row] * count, written, tints, 12))
    size = size_of(view.words, (8 * TWELFTH - 92) / count, 12) or 8
    data.append(texts(list(range(1, count + 1)), [0] * count, view.words, colour("muted"), size))
    still = {"visible": False, "fixedrange": True}
    shape = layout(xaxis={**still, "range": [0.45, count + 0.55]}, dragmode=False, hovermode=False,
                   margin={"l": 92, "r": 4, "t": 2, "b": 2},
                   yaxis={"range": [last + 0.55, -0.6], "tickvals": list(range(1, last + 1)), "ticktext": [name for name, _v in lines],
                          "showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"size": 12, "color": colour("text")}},
                   meta={"narrow": {"below": 480, "traces": {k: {"textfont": {"size": 9}} for k in range(1, len(data))
                                                             if data[k]["type"] == "scatter"},
                                    "layout": {"yaxis": {"tickfont": {"size": 9}}}}})
    return figure("row", data, shape, title=_("The row of “{word}”, step by step", word=view.words[i]), span=8, height=HEIGHT,
                  alt="; ".join(f"{name}: " + ", ".join(short(float(v)) for v in values) for name, values in lines))


def formulas(spec: AttentionSpec, view: View) -> tuple[tuple[str, str], ...]:
    i, j = view.i, view.j
    products = [rf"{latex(float(a))}\cdot {latex_factor(float(b))}" for a, b in zip(view.q[i], view.k[j], strict=True) if a and b] or ["0"]
    product = rf"q \cdot k = {latex_sum(products)} = {latex(float(view.raw[i, j]))}"
    found = [("", r"y = \operatorname{softmax}\!\Bigl(\frac{q\,k^\top}{\sqrt{d}}\Bigr)\, v"),
             (_("“{who}” asks “{whom}”", who=view.words[i], whom=view.words[j]), product)]
    if view.there[i, j]:
        scores = np.where(view.there[i], view.scores[i] / spec.temperature, -np.inf)
        e = np.exp(scores - scores.max())
        found.append((_("Its weight"), rf"\frac{{{latex(float(e[j]))}}}{{{latex(float(e.sum()))}}} = {latex(float(view.weights[i, j]))}"))
    parts = [rf"{latex(float(w))}\cdot {latex_factor(float(v))}" for w, v in zip(view.weights[i], view.v[:, 0], strict=True) if w >= 0.005]
    found.append((_("First number of the output"), f"{latex_sum(parts)} = {latex(float(view.output[i, 0]))}"))
    return tuple(found)


def notes(spec: AttentionSpec, view: View) -> tuple[Message, ...]:
    i = view.i
    best = int(np.argmax(view.weights[i]))
    equal = [j + 1 for j, weight in enumerate(view.weights[i]) if abs(weight - view.weights[i, best]) < 1e-9]
    values = {"who": view.words[i], "whom": view.words[best], "share": f"{view.weights[i, best]:.2f}", "place": best + 1,
              "places": ", ".join(map(str, equal))}
    found = [Message(N_("“{who}” looks most at “{whom}”, token {place}, with a weight of {share}.") if len(equal) == 1 else
                     N_("“{who}” looks most, and equally, at the tokens {places}: {share} each."), values)]
    if len(equal) > 1 and len(equal) == view.there[i].sum():
        found = [Message(N_("“{who}” has the same score with all whom it may see, so all get the same weight, and the output is the plain "
                            "average of their values."), values)]
    found += looking.of_kind(spec.kind, view.words, view.weights, view.there)
    vectors = view.x[:, :WORD]
    near = vectors @ vectors[i] / np.linalg.norm(vectors, axis=1) / np.linalg.norm(vectors[i])
    others = [j for j, word in enumerate(view.words)
              if word.lower() != view.words[i].lower() and near[j] > SIMILAR and view.weights[i, j] > 0.05]
    if spec.kind == "same" and others:
        found.append(Message(N_("“{who}” and “{whom}” happen to have similar vectors, for four numbers have little room. A trained "
                                "embedding "
                                "makes similar what means something similar."),
                             {"who": view.words[i], "whom": view.words[others[int(np.argmax(view.weights[i, others]))]]}))
    if spec.mask == "causal":
        found.append(Message(N_("The mask puts −∞ in place of each score right of the diagonal; e to that is 0. The first token can look "
                                "only at itself.")))
        if spec.kind == "next":
            found.append(Message(N_("The word after is hidden by the mask. The nearest that a token may see, and so its largest weight, is "
                                    "itself.")))
    flat = all(np.ptp(row) < 1e-9 for row in looking.rows_of(view.weights, view.there))
    if not spec.scaled and not flat:
        found.append(Message(N_("Without ÷ √d the scores are twice as large, as with half the temperature: the softmax is sharper. With 64 "
                                "numbers a query it would be eightfold, and hardly any gradient would be left.")))
    top = float(np.median(view.weights.max(axis=1)))
    if spec.temperature != 1 and not flat:
        found.append(Message(N_("At temperature {t} the largest weight of a row is {top} in the median. The order of the scores stays; "
                                "only "
                                "how decided the head is changes."), {"t": f"{spec.temperature:g}", "top": f"{top:.2f}"}))
    return tuple(found)


def program(spec: AttentionSpec) -> str:
    view = seen(spec)
    h = view.heads
    root = "np.sqrt(4)" if spec.scaled else "1"
    factor = 1 / spec.temperature * (1 if spec.scaled else 2)
    return "\n".join([
        *reading(view.words, spec.seed), "", f"W_q, b_q = {array(h.query[:, 0])}, {array(h.query_bias[0])}", f"W_k = {array(h.key[:, 0])}",
        f"W_v = {array(h.value[:, 0])}", "", "q, k, v = x @ W_q + b_q, x @ W_k, x @ W_v", f"scores = q @ k.T / {root}",
        f"masked = scores / {spec.temperature!r}",
        *(["masked[~np.tri(len(tokens), dtype=bool)] = -np.inf  # " + _("nobody looks ahead")] if spec.mask == "causal" else []),
        "e = np.exp(masked - masked.max(axis=1, keepdims=True))", "weights = e / e.sum(axis=1, keepdims=True)", "output = weights @ v",
        "print(weights.round(2))", "print(output.round(2))", "", "import keras  # " + _("the same from Keras’ layer, in double precision"),
        "", 'layer = keras.layers.MultiHeadAttention(1, key_dim=4, dtype="float64")', "layer.build((None, None, 8), (None, None, 8))",
        *([f"factor = {factor!r}  # " + _("Keras has no temperature and always divides by √d: both can stand in the weights")]
          if factor != 1 else ["factor = 1"]),
        "one = lambda a: a[..., None, :]  # " + _("an axis for the heads"),
        "zero, out = np.zeros((1, 4)), np.eye(4, 8)[None]",
        "layer.set_weights([one(W_q) * factor, one(b_q) * factor, one(W_k), zero, one(W_v), zero, out, np.zeros(8)])",
        f"told = np.asarray(layer(x[None], x[None], use_causal_mask={spec.mask == 'causal'}))[0, :, :4]",
        "print(np.abs(told - output).max())"])


def plays(spec: AttentionSpec, name: str) -> bool:
    return {"scale": spec.kind in ("same", "previous", "next", "first"), "weights": spec.kind == "own"}.get(name, True)


SCENE = Scene(
    "head", N_("One head"),
    N_("Press a word to see whom it looks at, and a cell of the maps to see its arithmetic below. Each token asks a [[query]], offers a "
       "[[key]], and hands over a [[value]]. Paint cells of the weights to change what the head looks for."),
    ("sentence", "kind", "mask", "temperature"), draw, program, more=("query", "whom", "scale", "scaled", "brush", "weights", "seed"),
    plays=plays,
    presets=(Preset(N_("The same word"), {"scene": "head"}),
             Preset(N_("The word before"), {"scene": "head", "kind": "previous"}),
             Preset(N_("A sentence in Chinese"), {"scene": "head", "sentence": CHINESE, "query": 6}),
             Preset(N_("As Keras draws it"), {"scene": "head", "kind": "drawn"}),
             Preset(N_("Causal"), {"scene": "head", "kind": "even", "mask": "causal"})),
    trials=(Trial(N_("Temperature 10"), N_("The weights draw together: the head looks a little at everybody, and its output says "
                                           "less about any one word."),
                  {"scene": "head", "temperature": 10.0}),
            Trial(N_("Temperature 0.1"), N_("The best match takes all; with two equal words each gets half."),
                  {"scene": "head", "temperature": 0.1}),
            Trial(N_("Look back under a causal mask"), N_("Nothing changes but the first row: who looks back needs no future."),
                  {"scene": "head", "kind": "previous", "mask": "causal"})))
