"""Several heads over one sentence: each looks for something else, and the output kernel adds up what they hand over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures.attention import looking
from core.figures.attention.common import (
    Array,
    array,
    askers,
    chosen,
    looks,
    map_of,
    mask_line,
    reading,
    share,
    softmax,
    strips,
)
from core.figures.backpropagation.numerals import short
from core.figures.board import Handle, Picture, Press, Scene, figure
from core.figures.convolution.common import box, frame, outline, said_at, signed
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths import attending, attention
from core.maths.attending import KINDS, SIZE, WIDTH
from core.maths.attention import Heads, Seen
from core.specs.attention import KINDS as NAMES
from core.specs.attention import AttentionSpec
from core.specs.examples import Preset, Trial

ACROSS = 4  # maps in a row
LARGE, ROW = 380, 18  # pixels of a large figure, of a row of the output kernel


@dataclass(frozen=True)
class View:
    """seen: with some heads off; whole: with all on; added: what each head adds to the output of the token shown, (H, 8); i: that token,
    h: the head shown, counted from 0."""

    words: tuple[str, ...]
    x: Array
    heads: Heads
    mask: Array
    seen: Seen
    whole: Seen
    added: Array
    i: int
    h: int


def read(spec: AttentionSpec) -> View:
    words = attending.tokens_of(spec.sentence)
    x, heads = attending.inputs(words, spec.seed), attending.layer(spec.heads, spec.scale, spec.seed)
    mask = attention.allowed(spec.mask, len(words))
    whole = attention.multi_head(x, heads, mask)
    seen = attention.multi_head(x, heads, mask, off=spec.silent)
    i = chosen(spec.query, words) - 1
    return View(words, x, heads, mask, seen, whole, attention.shares(seen.mixed, heads)[:, i], i, spec.shown - 1)


def name_of(head: int) -> str:
    """What a head looks for."""
    return _(NAMES[KINDS[min(head, len(KINDS) - 1)]])


def draw(spec: AttentionSpec) -> Picture:
    view = read(spec)
    words, at = view.words, (view.i + 1, chosen(spec.whom, view.words))
    small, presses = maps(spec, view)
    weights = view.seen.weights[view.h]
    large = map_of("weights", weights, words, shares=True, cell=at, allowed=view.mask, span=5, height=LARGE,
                   title=_("Head {head}: {kind}", head=view.h + 1, kind=name_of(view.h)),
                   alt=_("Whom each token looks at with head {head}; “{who}” looks at “{whom}” with {share}.", head=view.h + 1,
                         who=words[view.i], whom=words[at[1] - 1], share=share(float(weights[view.i, at[1] - 1]))))
    handle = Handle("cell", "weights", _("the cell"), (at[1], at[0]), ("whom", "query"), bounds=((1, len(words)), (1, len(words))), step=1,
                    anywhere=True, bare=True)
    rows = [_("head {head}", head=h + 1) for h in range(spec.heads)]
    total = view.added.sum(axis=0, keepdims=True)
    table = strips("added", (("", np.concatenate([view.added, total])),), [*rows, _("output")], span=7, height=LARGE, rules=[spec.heads],
                   chosen=[view.h + 1],
                   title=_("What each head adds to the output of “{word}”", word=words[view.i]),
                   alt=_("Eight numbers from each head, and their sum, the output."))
    bars, switches = change(spec, view)
    handed = np.concatenate(view.seen.mixed[:, view.i])[:, None]
    kernel = strips("kernel", (("z", handed), ("W<sub>o</sub>", view.heads.output.reshape(-1, WIDTH))),
                    [_("head {head}", head=1 + k // SIZE) if k % SIZE == 0 else "" for k in range(SIZE * spec.heads)], span=7,
                    height=max(LARGE, 60 + ROW * SIZE * spec.heads), rules=[SIZE * h for h in range(1, spec.heads)],
                    chosen=[SIZE * view.h + 1], tall=SIZE,
                    title=_("What is handed over, and the output kernel"),
                    alt=_("Four numbers from each head for “{word}”, and beside them its four rows of the output kernel, of eight weights "
                          "each.",
                          word=words[view.i]))
    return Picture((small, looks("looks", weights, words, at[0], title=_("With head {head}, “{word}” looks at", head=view.h + 1,
                                                                         word=words[view.i])), large, kernel, table, bars),
                   (handle,), (presses, switches, askers("looks", words, weights)),
                   notes=notes(spec, view), formulas=formulas(spec),
                   numbers={"weights": view.whole.weights, "output": view.seen.output, "told": view.seen.output})


def maps(spec: AttentionSpec, view: View) -> tuple[Template, Press]:
    """All heads' maps, four in a row; those that are switched off are pale."""
    count, gap = len(view.words), 1.6
    across = min(ACROSS, spec.heads)
    rows = -(-spec.heads // across)
    data: list[dict[str, Any]] = []
    names, places = [], []
    for h in range(spec.heads):
        x, y = 1 + (h % across) * (count + gap), 1 + (h // across) * (count + gap + 1)
        z = np.where(view.mask, view.seen.weights[h], np.nan)
        data.append({**signed(np.zeros((1, 1)), 1, x0=x, dx=1, y0=y, dy=1, hoverinfo="skip"), "z": numbers(z, 3),
                     "zmin": 0, "zmax": 1, "colorscale": SEQUENTIAL, "opacity": 0.25 if h in spec.silent else 1})
        data.append(outline(box(x, y, count, count), "text" if h == view.h else "border", 3 if h == view.h else 1))
        middle = x + (count - 1) / 2
        off = _("off")
        text = f"{h + 1}: {off if h in spec.silent else name_of(h)}"
        names.append(said_at(middle, y - 1.3, text, "muted" if h in spec.silent else "text", 12))
        places.append((h + 1, middle, y + (count - 1) / 2, _("head {head}: {kind}", head=h + 1, kind=name_of(h))))
    right, foot = across * (count + gap) - gap, rows * (count + gap + 1) - gap - 1
    shape = frame(0.6, right + 0.4, -0.9, foot, annotations=names)
    slim = [{**one, "text": one["text"].split(":")[0], "font": {**one["font"], "size": 11}} for one in names]
    shape["meta"] = {"narrow": {"below": 560, "layout": {"yaxis": {"scaleanchor": False}, "annotations": slim}}}
    made = figure("maps", data, shape, title=_("{heads} heads: press one", heads=spec.heads) if spec.heads > 1 else _("One head"), span=12,
                  height=40 + 190 * rows, alt=", ".join(str(one["text"]) for one in names))
    return made, Press("maps", "shown", tuple(places), 44)


def away(view: View) -> list[float]:
    """How far the output would be from what it is with all heads, with each of them off alone, as a share of its length over all tokens."""
    whole = view.whole.output
    parts = attention.shares(view.whole.mixed, view.heads)
    return [float(np.linalg.norm(part) / np.linalg.norm(whole)) for part in parts]


def change(spec: AttentionSpec, view: View) -> tuple[Template, Press]:
    """What would be missing without each head, and what is missing now; a switch beside each."""
    found = away(view)
    switched = [" ".join(sorted({*map(str, (k + 1 for k in spec.silent))} ^ {str(h + 1)})) for h in range(spec.heads)]
    now = float(np.linalg.norm(view.whole.output - view.seen.output) / np.linalg.norm(view.whole.output))
    names = [*(_("without head {head}", head=h + 1) for h in range(spec.heads)), _("as it is now")]
    values = [*found, now]
    most = max(*values, 0.1)
    rows, at = list(range(spec.heads)), -0.06 * most
    data: list[dict[str, Any]] = [{
        "type": "bar", "orientation": "h", "y": [*rows, spec.heads], "x": values, "text": [f"{100 * v:.0f}%" for v in values],
        "textposition": "outside", "cliponaxis": False, "hoverinfo": "skip", "textfont": {"size": 12, "color": colour("text")},
        "marker": {"color": [*(colour("high") if h == view.h else colour("baseline") for h in rows), colour("negative")]}},
        {"type": "scatter", "mode": "markers", "x": [at] * spec.heads, "y": rows, "hoverinfo": "skip", "cliponaxis": False,
         "marker": {"size": 13, "opacity": 1, "symbol": ["circle-open" if h in spec.silent else "circle" for h in rows],
                    "color": colour("score"), "line": {"width": 2, "color": colour("score")}}}]
    shape = layout(xaxis={**axis(""), "visible": False, "range": [2 * at, 1.2 * most], "fixedrange": True},
                   yaxis={**axis(""), "range": [spec.heads + 0.6, -0.6], "tickvals": [*rows, spec.heads], "ticktext": names,
                          "showgrid": False, "showline": False, "fixedrange": True, "automargin": True,
                          "tickfont": {"size": 12, "color": colour("text")}},
                   margin={"l": 120, "r": 8, "t": 4, "b": 4}, bargap=0.35, dragmode=False)
    made = figure("change", data, shape, title=_("How far the output moves without a head"), span=5, height=LARGE,
                  alt=", ".join(f"{name}: {100 * value:.0f}%" for name, value in zip(names, values, strict=True)))
    return made, Press("change", "off", tuple((text, at, h, _("switch head {head}", head=h + 1)) for h, text in enumerate(switched)), 12)


def formulas(spec: AttentionSpec) -> tuple[tuple[str, str], ...]:
    h, weights = spec.heads, attention.count_heads(WIDTH, spec.heads, SIZE)
    return (("", r"y = \sum_{h} \operatorname{softmax}\!\Bigl(\frac{q_h k_h^\top}{\sqrt{d}}\Bigr)\, v_h\, W_h^{o} + b^{o}"),
            (_("Weights"), rf"3\,(8\cdot {h}\cdot 4 + {h}\cdot 4) + {h}\cdot 4\cdot 8 + 8 = {weights}"))


def notes(spec: AttentionSpec, view: View) -> tuple[Message, ...]:
    found = away(view)
    most = int(np.argmax(found))
    said = [Message(N_("Each head has queries, keys and values of its own, so one sentence is read with {heads} questions at once."),
                    {"heads": spec.heads}) if spec.heads > 1 else
            Message(N_("One head asks one question. A second one could ask another, at the cost of {more} weights."),
                    {"more": attention.count_heads(WIDTH, 2, SIZE) - attention.count_heads(WIDTH, 1, SIZE)})]
    alike = [h for h in range(len(found)) if round(100 * found[h]) == round(100 * found[most])]
    said.append(Message(N_("Switching off head {head} alone would move the output most: by {share:.0f}% of its length."),
                        {"head": most + 1, "share": 100 * found[most]}) if len(alike) == 1 else
                Message(N_("Switching off one of the heads {heads} would move the output most: by {share:.0f}% of its length."),
                        {"heads": ", ".join(str(h + 1) for h in alike), "share": 100 * found[most]}))
    if spec.silent:
        said.append(Message(N_("Off: {heads}. What such a head hands over is 0; the others do not notice, for no head hears another within "
                               "a layer."), {"heads": ", ".join(str(h + 1) for h in spec.silent)}))
    if spec.heads > 5:
        said.append(looking.of_drawn(view.seen.weights[5:], view.mask))
    length = short(float(np.linalg.norm(view.added.sum(axis=0))))
    said.append(Message(N_("The output kernel has four rows for each head: they make eight numbers of the four that it hands over, and the "
                           "eight of all heads are added up. The output of “{word}” has length {length}."),
                        {"word": view.words[view.i], "length": length}))
    return tuple(said)


def program(spec: AttentionSpec) -> str:
    view = read(spec)
    h = view.heads
    on = [float(k not in spec.silent) for k in range(spec.heads)]
    return "\n".join([
        *reading(view.words, spec.seed), "", *softmax(),
        "# " + _("(tokens’ numbers, heads, numbers of a query): the heads’ weights as Keras keeps them"),
        f"W_q, b_q = {array(h.query)}, {array(h.query_bias)}", f"W_k, W_v = {array(h.key)}, {array(h.value)}", f"W_o = {array(h.output)}",
        f"on = np.array({on})  # " + _("0: switched off"), "",
        'q = np.einsum("td,dhk->htk", x, W_q) + b_q[:, None]', 'k, v = (np.einsum("td,dhk->htk", x, W) for W in (W_k, W_v))',
        "scores = q @ k.swapaxes(1, 2) / np.sqrt(4)", *mask_line(spec.mask), "weights = softmax(scores)",
        "mixed = weights @ v * on[:, None, None]", 'output = np.einsum("htv,hvd->td", mixed, W_o)', "print(output.round(3))", "",
        "import keras  # " + _("the same from Keras’ layer, in double precision"), "",
        f'layer = keras.layers.MultiHeadAttention({spec.heads}, key_dim=4, dtype="float64")',
        "layer.build((None, None, 8), (None, None, 8))",
        f"zero = np.zeros(({spec.heads}, 4))",
        "layer.set_weights([W_q, b_q, W_k, zero, W_v, zero, W_o * on[:, None, None], np.zeros(8)])",
        f"told = np.asarray(layer(x[None], x[None], use_causal_mask={spec.mask == 'causal'}))[0]",
        "print(np.abs(told - output).max(), layer.count_params())"])


SCENE = Scene(
    "heads", N_("Several heads"),
    N_("Press a map to see that head in large. With [[multi-head attention]] each head looks for something else; what they hand over is "
       "added up. Switch heads off, by the green discs, and watch the output."),
    ("sentence", "heads", "off", "mask"), draw, program, more=("shown", "query", "whom", "scale", "seed"),
    presets=(Preset(N_("Four heads"), {"scene": "heads"}), Preset(N_("All eight"), {"scene": "heads", "heads": 8}),
             Preset(N_("A sentence in Chinese"), {"scene": "heads", "sentence": "猫看见狗，狗看见猫", "heads": 5}),
             Preset(N_("Only head 2"), {"scene": "heads", "off": "1 3 4", "shown": 2})),
    trials=(Trial(N_("Switch off the copying head"), N_("Head 1 hands over the word before. Without it the output no longer says which "
                                                        "word "
                                                        "came before."), {"scene": "heads", "off": "1"}),
            Trial(N_("A causal mask"),
                  N_("Head 3 looks for the word after and finds only itself. With head 2 the first “the” no longer sees the second."),
                  {"scene": "heads", "mask": "causal", "shown": 3}),
            Trial(N_("Eight heads"), N_("The last three are drawn: their maps are pale, and no two alike."),
                  {"scene": "heads", "heads": 8})))
