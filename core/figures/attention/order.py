"""The words in another order: what changes in each word's output, with positions and without, with a mask and without."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.attention.common import Array, chosen
from core.figures.attention.masks import blocks_lines
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.convolution.common import said_at
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import attending
from core.specs.attention import AttentionSpec
from core.specs.examples import Preset, Trial

CASES = (("none", "full"), ("sine", "full"), ("none", "causal"), ("sine", "causal"))
FELT = 1e-9  # what is below is a rounding error


def read(spec: AttentionSpec) -> tuple[tuple[str, ...], list[int], Array]:
    """The words, their other order as old places, and how far each word's output moves."""
    words = attending.tokens_of(spec.sentence)
    order = attending.moved(len(words), spec.order, chosen(spec.word, words) - 1, chosen(spec.to, words) - 1, spec.seed)
    return words, order, away(spec, words, order, spec.positions, spec.mask)


def away(spec: AttentionSpec, words: tuple[str, ...], order: list[int], positions: str, mask: str) -> Array:
    found = attending.unlike(words, order, attending.stack(spec.layers, spec.seed), positions, mask, spec.seed)
    return np.where(found < FELT, 0.0, found)


def draw(spec: AttentionSpec) -> Picture:
    words, order, told = read(spec)
    count = len(words)
    handles = (Handle("to", "lines", _("the word that is moved"), (order.index(chosen(spec.word, words) - 1) + 1, 0), ("to",),
                      rail=tuple((p, p, 0) for p in (1, count)), step=1, colour="negative"),) if spec.order == "move" else ()
    return Picture((lines(spec, words, order, told), moved(words, told), cases(spec, words, order)), handles,
                   notes=notes(spec, words, order, told), formulas=formulas(), numbers={"moved": told})


def lines(spec: AttentionSpec, words: tuple[str, ...], order: list[int], told: Array) -> Template:
    """From each word's old place, above, to its new one; thick where its output moves."""
    most = float(told.max()) or 1.0
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": [i + 1, order.index(i) + 1], "y": [0.85, 0.15], "hoverinfo": "skip",
         "line": {"color": colour("negative" if told[i] else "baseline"), "width": round(1.5 + 7 * float(told[i]) / most, 1)}}
        for i in range(len(words))]
    marks = [said_at(i + 1, 1, word, "text", 14) for i, word in enumerate(words)]
    marks += [said_at(p, -0.13, words[i], "text", 14) for p, i in enumerate(order, 1)]
    slim = [{**one, "font": {**one["font"], "size": 9}} for one in marks]
    still = {"visible": False, "fixedrange": True}
    shape = layout(xaxis={**still, "range": [0.4, len(words) + 0.6]}, yaxis={**still, "range": [-0.3, 1.15]}, annotations=marks,
                   margin={"l": 4, "r": 4, "t": 2, "b": 2}, dragmode=False, hovermode=False,
                   meta={"narrow": {"below": 560, "layout": {"annotations": slim}}})
    felt = int(np.count_nonzero(told))
    title = (_("The order is the old one") if order == sorted(order) else
             _("The output of {felt} of {count} words moves", felt=felt, count=len(words)) if felt else
             _("No word’s output moves: the sentence reads as before") if reads_alike(words, order) else
             _("No word’s output moves: the order is not seen"))
    return figure("lines", data, shape, title=title, span=12, height=190,
                  alt=" ".join(words) + " → " + " ".join(words[i] for i in order))


def bars(id: str, names: list[str], values: list[float], title: str, lit: int | None, span: int) -> Template:
    said = ["0" if v == 0 else f"{100 * v:.0f}%" if v >= 0.1 else f"{100 * v:.1f}%" for v in values]
    data: list[dict[str, Any]] = [{
        "type": "bar", "orientation": "h", "y": list(range(len(names))), "x": [round(v, 5) for v in values], "text": said,
        "textposition": "outside", "cliponaxis": False, "hoverinfo": "skip", "textfont": {"size": 12, "color": colour("text")},
        "marker": {"color": [colour("negative" if lit is None or k == lit else "baseline") for k in range(len(names))]}}]
    shape = layout(xaxis={**axis(""), "visible": False, "range": [0, 1.25 * max(*values, 1e-3)], "fixedrange": True},
                   yaxis={**axis(""), "range": [len(names) - 0.4, -0.6], "tickvals": list(range(len(names))), "ticktext": names,
                          "showgrid": False, "fixedrange": True, "automargin": True, "tickfont": {"size": 12, "color": colour("text")}},
                   margin={"l": 90, "r": 8, "t": 4, "b": 4}, bargap=0.35, dragmode=False)
    return figure(id, data, shape, title=title, span=span, height=280,
                  alt=", ".join(f"{name}: {text}" for name, text in zip(names, said, strict=True)))


def moved(words: tuple[str, ...], told: Array) -> Template:
    return bars("moved", list(words), [float(v) for v in told], _("How far each word’s output moves"), None, 5)


def cases(spec: AttentionSpec, words: tuple[str, ...], order: list[int]) -> Template:
    """The average of the same for an encoder and a decoder, with positions and without."""
    names = [_("full mask, no positions"), _("full mask, sines"), _("causal mask, no positions"), _("causal mask, sines")]
    values = [float(away(spec, words, order, *case).mean()) for case in CASES]
    here = (spec.positions, spec.mask)
    return bars("cases", names, values, _("On average over all words"), CASES.index(here) if here in CASES else -1, 7)


def formulas() -> tuple[tuple[str, str], ...]:
    return ((_("Full, no positions"), r"f(P\,x) = P\,f(x) \quad \forall P"),
            (_("Averaged over the words"), r"\tfrac{1}{n}\textstyle\sum_t f(P\,x)_t = \tfrac{1}{n}\sum_t f(x)_t"))


def reads_alike(words: tuple[str, ...], order: list[int]) -> bool:
    """Whether only equal words have changed places."""
    return all(words[i].lower() == word.lower() for i, word in zip(order, words, strict=True))


def spared(words: tuple[str, ...], order: list[int], ordered: bool) -> list[int]:
    """The words, by their old places, that have the same words before them as ever; ordered: and in the same order."""
    old, how = [word.lower() for word in words], list if ordered else sorted
    return [i for i in range(len(words)) if how(old[:i]) == how(old[k] for k in order[:order.index(i)])]


def notes(spec: AttentionSpec, words: tuple[str, ...], order: list[int], told: Array) -> tuple[Message, ...]:
    felt, n = int(np.count_nonzero(told)), len(words)
    if order == list(range(n)):
        return (Message(N_("The order is the old one: move a word.")),)
    said = []
    if reads_alike(words, order):
        said.append(Message(N_("Only equal words have changed places: the sentence reads as before.")))
    if spec.positions == "none" and spec.mask == "full":
        said.append(Message(N_("Not one output moves: each word’s vector goes along with it. To an encoder without positions a sentence is "
                               "a bag of words, and “the cat saw the dog” is “the dog saw the cat”.")))
    elif spec.positions == "none" and felt:
        said.append(Message(N_("There are no positions, and yet {felt} of {n} outputs move: under a causal mask each token sees only those "
                               "before it, and which those are has changed. A decoder can learn the order from its mask alone."),
                            {"felt": felt, "n": n}))
        if spared(words, order, spec.layers > 1):
            said.append(Message(N_("Whoever has the same words before it as ever, in whatever order, notices nothing.")
                                if spec.layers == 1 else
                                N_("Whoever has the same words before it as ever, in the same order, notices nothing.")))
    elif felt:
        said.append(Message(N_("With positions a word is another vector at another place: {felt} of {n} outputs move."),
                            {"felt": felt, "n": n}))
    if spec.layers > 1:
        said.append(deeper(spec, words, order, told))
    if len({word.lower() for word in words}) < n:
        said.append(Message(N_("A word that occurs twice is the same vector twice; without positions and mask both have the same output.")))
    return tuple(said)


def deeper(spec: AttentionSpec, words: tuple[str, ...], order: list[int], told: Array) -> Message:
    """What more blocks change: under a causal mask without positions a second one sees more of the order than the first."""
    first = away(spec.changed(layers=1), words, order, spec.positions, spec.mask)
    if (first > 0).tolist() != (told > 0).tolist():
        return Message(N_("With one block only {first} would move: it takes in which words stand before, but not in what order. The second "
                          "block reads what the first has made of those words, and some of that has changed."),
                       {"first": int(np.count_nonzero(first))})
    if not told.any():
        return Message(N_("With {layers} blocks as with one, no output moves."), {"layers": spec.layers})
    return Message(N_("With {layers} blocks the same outputs move as with one."), {"layers": spec.layers})


def program(spec: AttentionSpec) -> str:
    words, order, _told = read(spec)
    first = ["import zlib", "", "import numpy as np", "", f"tokens = {list(words)!r}",
             f"order = {order}  # " + _("old places, in the new order"),
             "", "def vector(word):  # " + _("a direction of its own"),
             f"    rng = np.random.default_rng([{spec.seed}, zlib.crc32(word.lower().encode())])", "    v = rng.normal(size=4)",
             "    return np.round(v / np.linalg.norm(v), 2)", ""]
    places = {"none": "np.zeros((len(tokens), 4))",
              "learned": f"np.round(np.random.default_rng([{spec.seed}, 1]).normal(size=(10, 4)), 2)[:len(tokens)]",
              "sine": "np.round(np.stack([np.sin(p), np.cos(p), np.sin(p / 4), np.cos(p / 4)], axis=1), 2)"}[spec.positions]
    return "\n".join([
        *first, "p = np.arange(len(tokens))", f"places = {places}", "words = np.array([vector(word) for word in tokens])",
        "x = np.concatenate([words, places], axis=1)",
        "other = np.concatenate([words[order], places], axis=1)  # " + _("places stay where they are"), "",
        *blocks_lines(spec.layers, spec.seed),
        f"before, after = encoded(x, {spec.mask == 'causal'}), encoded(other, {spec.mask == 'causal'})",
        "moved = np.zeros(len(tokens))",
        "moved[order] = np.linalg.norm(after - before[order], axis=1) / np.linalg.norm(before[order], axis=1)",
        "moved[moved < 1e-9] = 0  # " + _("a rounding error"), "print(moved.round(3))"])


def plays(spec: AttentionSpec, name: str) -> bool:
    return spec.order == "move" if name in ("word", "to") else True


SCENE = Scene(
    "order", N_("Does order matter?"),
    N_("Drag a word to another place. Whose output moves? Try it without positions, then with a causal mask."),
    ("sentence", "positions", "mask", "order", "word"), draw, program, more=("to", "layers", "seed"), plays=plays,
    presets=(Preset(N_("With positions"), {"scene": "order"}), Preset(N_("An encoder without"), {"scene": "order", "positions": "none"}),
             Preset(N_("A decoder without"), {"scene": "order", "positions": "none", "mask": "causal"}),
             Preset(N_("A sentence in Chinese"), {"scene": "order", "sentence": "猫看见狗了", "positions": "none", "order": "reverse"})),
    trials=(Trial(N_("Reverse the sentence"), N_("Without positions an encoder does not notice even that."),
                  {"scene": "order", "positions": "none", "order": "reverse"}),
            Trial(N_("Move the last word to the front"), N_("Under a causal mask all others then have one more before them."),
                  {"scene": "order", "positions": "none", "mask": "causal", "word": 7, "to": 1})))
