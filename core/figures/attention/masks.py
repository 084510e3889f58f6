"""Causal against full: who may look at whom, who notices when a word is hidden, and what BERT and GPT each learn from a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.attention.common import HEIGHT, Array, chosen, map_of, reading, share, softmax
from core.figures.board import Picture, Press, Scene, figure
from core.figures.convolution.common import box, outline, said_at
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import attending, attention
from core.maths.attending import HIDDEN, SIZE, WIDTH
from core.specs.attention import AttentionSpec
from core.specs.examples import Preset, Trial

SIDES = ("causal", "full")
SHARE = 0.15  # of the words BERT hides (Devlin et al., 2018)


def draw(spec: AttentionSpec) -> Picture:
    words = attending.tokens_of(spec.sentence)
    at = chosen(spec.touched, words)
    blocks = attending.stack(spec.layers, spec.seed)
    veiled = [HIDDEN if i == at else word for i, word in enumerate(words, 1)]
    told = {side: attending.noticed(words, at - 1, blocks, side, spec.seed) for side in SIDES}
    x = attending.inputs(veiled, spec.seed)
    names = {"causal": _("Causal, as GPT: who looks at whom"), "full": _("Full, as BERT: who looks at whom")}
    found = []
    for side in SIDES:
        there = attention.allowed(side, len(words))
        weights = attention.multi_head(x, blocks[0].heads, there).weights[0]
        mine = weights[:, at - 1]
        found.append(map_of(f"map_{side}", weights, veiled, shares=True, span=6, height=HEIGHT + 20, allowed=there, column=at,
                            title=names[side],
                            alt=_("{name}; the hidden word gets {shares}.", name=names[side],
                                  shares=", ".join(share(float(v)) for v in mine))))
    places = lambda name, y: Press(name, "touched", tuple((j, j, y, _("hide “{word}”", word=word))  # noqa: E731
                                                       for j, word in enumerate(words, 1)), 16)
    return Picture((lessons(words, at), *found, *(noticing(side, told[side], veiled, at) for side in SIDES)),
                   presses=(places("lessons", 0), places("lessons", 1)), notes=notes(spec, words, at, told), formulas=formulas(words),
                   numbers={"causal": told["causal"], "full": told["full"]})


def lessons(words: tuple[str, ...], at: int) -> Template:
    """What each of the two may read to guess one word: the word itself is hidden from both."""
    count = len(words)
    data: list[dict[str, Any]] = []
    marks = []
    for row in range(2):
        for j, word in enumerate(words, 1):
            seen = j < at or row == 1 and j > at
            if seen:
                data.append(outline(box(j, row, 0.94, 0.6), "border", 1, "low"))
                for name in "xy":  # the box is narrower than a cell: its middle goes to the cell's
                    data[-1][name] = [v + (0.03 if name == "x" else 0.2) for v in data[-1][name]]
            marks.append(said_at(j, row, "?" if j == at else word, "negative" if j == at else "text" if seen else "border",
                                 18 if j == at else 14))
    names = [_("GPT reads"), _("BERT reads")]
    if not data:
        data.append(outline({"x": [at], "y": [0]}, "border", 1))
    slim = [{**one, "font": {**one["font"], "size": 9}} for one in marks]
    shape = layout(xaxis={"visible": False, "range": [0.4, count + 0.6], "fixedrange": True}, annotations=marks,
                   yaxis={**axis(""), "range": [1.5, -0.5], "tickvals": [0, 1], "ticktext": names, "showgrid": False, "showline": False,
                          "fixedrange": True, "tickfont": {"size": 12, "color": colour("text")}},
                   margin={"l": 86, "r": 4, "t": 2, "b": 2}, dragmode=False, hovermode=False,
                   meta={"narrow": {"below": 560, "layout": {"annotations": slim}}})
    told = "; ".join(f"{name}: " + " ".join("?" if j == at else word for j, word in enumerate(words, 1) if j <= at or row == 1)
                     for row, name in enumerate(names))
    return figure("lessons", data, shape, title=_("To guess word {place}: press another word", place=at), span=12, height=120, alt=told)


def noticing(side: str, told: Array, words: list[str], at: int) -> Template:
    """How far each token's output moves when one word is hidden."""
    title = _("GPT: who notices that a word is hidden") if side == "causal" else _("BERT: who notices that a word is hidden")
    said = [f"{100 * v:.0f}%" if v else "0" for v in told]
    data: list[dict[str, Any]] = [{
        "type": "bar", "x": list(range(1, len(words) + 1)), "y": [round(float(v), 5) for v in told], "text": said,
        "textposition": "outside", "cliponaxis": False, "hoverinfo": "skip", "textfont": {"size": 11, "color": colour("text")},
        "marker": {"color": [colour("negative" if j == at else "high") for j in range(1, len(words) + 1)]}}]
    shape = layout(xaxis={**axis(""), "tickvals": list(range(1, len(words) + 1)), "ticktext": words, "showgrid": False, "fixedrange": True,
                          "tickangle": -30, "tickfont": {"size": 12, "color": colour("text")}},
                   yaxis={**axis(""), "visible": False, "range": [0, 1.2 * max(float(told.max()), 0.01)], "fixedrange": True},
                   margin={"l": 6, "r": 6, "t": 8, "b": 44}, bargap=0.35, dragmode=False)
    return figure(f"notice_{side}", data, shape, title=title, height=200, span=6, area="curves",
                  alt=", ".join(f"{word} {text}" for word, text in zip(words, said, strict=True)))


def formulas(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    n = len(words)
    return ((_("GPT"), r"p(x_1, \dots, x_n) = \prod_{t} p(x_t \mid x_1, \dots, x_{t-1})"),
            (_("BERT"), r"p(x_m \mid x_1, \dots, x_{m-1}, \text{[MASK]}, x_{m+1}, \dots, x_n)"),
            (_("Words guessed at once"), rf"\text{{GPT}}: {n} - 1 = {n - 1} \qquad "
                                          rf"\text{{BERT}}: 15\%\cdot {n} \approx {max(1, round(SHARE * n))}"))


def notes(spec: AttentionSpec, words: tuple[str, ...], at: int, told: dict[str, Array]) -> tuple[Message, ...]:
    before, n = at - 1, len(words)
    noticed = {side: int(np.count_nonzero(told[side])) for side in SIDES}
    return (
        Message(N_("Causal: {before} tokens stand before the hidden word, and their outputs do not move at all, not by a rounding error. "
                   "{noticed} notice, the hidden place among them."), {"before": before, "noticed": noticed["causal"]}) if before else
        Message(N_("The first word is hidden: everybody stands behind it, so everybody notices, whatever the mask.")),
        Message(N_("Full: {noticed} of {n} outputs move, those before the hidden word too. That is why BERT can guess a word from both "
                   "sides, and why it cannot write: whatever comes next would change all that was computed before."),
                {"noticed": noticed["full"], "n": n}),
        Message(N_("GPT learns from every place of a sentence at once, here {gpt} guesses from one reading, because no output has seen "
                   "what "
                   "it is to guess. BERT hides about 15% of the words, here {bert}, and learns from those alone."),
                {"gpt": n - 1, "bert": max(1, round(SHARE * n))}),
        *((Message(N_("The word after a word comes to it only through others: with {layers} blocks as with one, what a causal mask hides "
                      "stays hidden."), {"layers": spec.layers}),) if spec.layers > 1 else ()))


def blocks_lines(layers: int, seed: int) -> list[str]:
    """Lines of a program that draw the blocks' weights and define what they make of x."""
    return [
        f"rng = np.random.default_rng([{seed}, 4])", "blocks = []",
        f"for _block in range({layers}):  # " + _("weights as Keras draws them"),
        f"    reach = np.sqrt(6 / ({WIDTH} + 2 * {SIZE}))",
        f"    q, k, v = (rng.uniform(-reach, reach, ({WIDTH}, 2, {SIZE})) for _part in range(3))",
        f"    o = rng.uniform(-reach, reach, (2, {SIZE}, {WIDTH}))",
        f"    reach = np.sqrt(6 / ({WIDTH} + {WIDTH}))",
        f"    blocks.append((q, k, v, o, *(rng.uniform(-reach, reach, ({WIDTH}, {WIDTH})) for _part in range(2))))", "",
        "def norm(x):", "    away = x - x.mean(axis=-1, keepdims=True)",
        "    return away / np.sqrt((away**2).mean(axis=-1, keepdims=True) + 1e-3)", "", *softmax(),
        "def encoded(x, causal):", "    for W_q, W_k, W_v, W_o, W_1, W_2 in blocks:",
        '        q, k, v = (np.einsum("td,dhk->htk", x, W) for W in (W_q, W_k, W_v))',
        f"        scores = q @ k.swapaxes(1, 2) / np.sqrt({SIZE})",
        "        if causal:", "            scores[:, ~np.tri(len(x), dtype=bool)] = -np.inf",
        '        x = norm(x + np.einsum("htv,hvd->td", softmax(scores) @ v, W_o))',
        "        x = norm(x + np.maximum(x @ W_1, 0) @ W_2)", "    return x", ""]


def program(spec: AttentionSpec) -> str:
    words = attending.tokens_of(spec.sentence)
    at = chosen(spec.touched, words)
    return "\n".join([
        *reading(words, spec.seed), "veiled = x.copy()",
        f"veiled[{at - 1}, :4] = vector({HIDDEN!r})  # " + _("the place stays, the word is hidden"),
        "", *blocks_lines(spec.layers, spec.seed),
        "def noticed(causal):", "    before, after = encoded(x, causal), encoded(veiled, causal)",
        "    return np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)", "",
        "causal, full = noticed(True), noticed(False)", "print(causal.round(3))", "print(full.round(3))"])


SCENE = Scene(
    "masks", N_("Masks: BERT and GPT"),
    N_("Press a word to hide it. With a [[causal mask]] only the tokens behind it notice; with a full one everybody does. That is the "
       "difference between GPT, which writes, and BERT, which reads."),
    ("sentence", "touched", "layers"), draw, program, more=("seed",),
    presets=(Preset(N_("A word in the middle"), {"scene": "masks"}), Preset(N_("The last word"), {"scene": "masks", "touched": 7}),
             Preset(N_("A sentence in Chinese"), {"scene": "masks", "sentence": "今天下雨我没带伞", "touched": 7})),
    trials=(Trial(N_("Hide the first word"), N_("Now both notice everywhere: nothing stands before it."), {"scene": "masks", "touched": 1}),
            Trial(N_("Four blocks"), N_("More blocks carry news further, but not to the left: the zeros under the causal mask stay exact "
                                        "zeros."), {"scene": "masks", "layers": 4})))
