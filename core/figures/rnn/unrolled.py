"""Truncated back-propagation: the network unrolled over a short text, which steps a loss reaches, and what of the gradient is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.activations.common import line
from core.figures.backpropagation.numerals import latex, short
from core.figures.board import Film, Picture, Press, Scene, Track, figure
from core.figures.rnn.unrolled_parts import bars, grid, matrices
from core.figures.rnn.unrolled_words import notes, program
from core.figures.template import Template
from core.figures.theme import colour, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.through_time import firsts
from core.maths.unrolled import Guesses, Parts, alike, gradient, guessed
from core.specs.examples import Preset, Trial
from core.specs.rnn import RnnSpec

LEAST, MOST = 3, 13  # characters
NET = "net"
LETTER, STATE, GUESS = 0.0, 1.0, 2.0  # heights
BLANK = "\u00a0"


def read(spec: RnnSpec) -> Guesses:
    """Trouble for a text that is too short or too long, or has only one character in it."""
    text = spec.text.strip()
    if not LEAST <= len(text) <= MOST:
        raise Trouble(Message(N_("The text has {count} characters. From {least} to {most} can be drawn; try “hello hello”."),
                              {"count": len(text), "least": LEAST, "most": MOST}))
    if len(set(text)) < 2:
        raise Trouble(Message(N_("The text has the same character throughout, so there is nothing to guess. Two different ones are "
                                 "enough.")))
    return guessed(text, spec.text_units, spec.recurrent_scale, spec.seed)


def written(letter: str) -> str:
    """A character as it is shown: a blank would not be seen."""
    return "␣" if letter.isspace() else letter


def net(spec: RnnSpec, found: Guesses, whole: Parts, cut: Parts) -> tuple[Template, list[Track], list[str]]:
    """The network, once for each step, with the way back of one loss; its film: first forward, then back."""
    count, s = len(found.read), min(spec.at, len(found.read)) - 1
    first = int(firsts(count, spec.window, spec.cut)[s])
    steps = np.arange(count)
    wires: dict[str, list[float | None]] = {"x": [], "y": []}
    for t in range(count):
        x = float(t)
        ways = [((x, LETTER + 0.2), (x, STATE - 0.22)), ((x, STATE + 0.22), (x, GUESS - 0.2))]
        ways += [((x - 1, STATE), (x, STATE))] if t else []
        for (x0, y0), (x1, y1) in ways:
            wires["x"] += [x0, x1, None]
            wires["y"] += [y0, y1, None]
    sizes = cut.states[s]
    way = list(range(s, first - 1, -1))
    back: dict[str, list[float | None]] = {"x": [s, s], "y": [GUESS - 0.2, STATE]}
    for t in way[1:]:
        back["x"].append(t)
        back["y"].append(STATE)
    edges = sorted({k for k in range(1, count) if firsts(count, spec.window, spec.cut)[k] == k} if spec.cut == "pieces" else {first} - {0})
    fences = line([v for k in edges for v in (k - 0.5, k - 0.5, None)], [v for _k in edges for v in (-0.1, 2.3, None)], "negative",
                  width=2, dash="dash", hoverinfo="skip")
    most = float(whole.states[s].max())
    share = lambda t: float(np.sqrt(sizes[t] / most)) if most else 0.0  # noqa: E731
    right = found.chances[steps, found.told]
    texts = [f"{written(found.known[k])} {p:.2f}" for k, p in zip(found.told, right, strict=True)]
    few = [written(found.known[k]) for k in found.told]
    inks = [colour("text") if t == s else colour("muted") for t in range(count)]
    label = {"type": "scatter", "mode": "text", "hoverinfo": "skip", "cliponaxis": False}
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", **wires, "hoverinfo": "skip", "line": {"color": colour("muted"), "width": 1.3}},
        fences,
        {"type": "scatter", "mode": "lines", **back, "hoverinfo": "skip", "line": {"color": colour("layer1"), "width": 5}},
        {"type": "scatter", "mode": "markers", "x": steps.tolist(), "y": [STATE] * count, "hoverinfo": "text",
         "hovertext": [f"h = [{', '.join(short(float(v)) for v in h)}]" for h in found.states],
         "marker": {"size": 26, "color": colour("hollow"), "opacity": 1, "line": {"width": [3 if t == s else 1.3 for t in range(count)],
                                                                                "color": colour("text")}}},
        {"type": "scatter", "mode": "markers", "x": way, "y": [STATE] * len(way), "hoverinfo": "skip",
         "marker": {"size": [4 + 20 * share(t) for t in way], "color": colour("layer1"), "opacity": 1}},
        {**label, "x": steps.tolist(), "y": [LETTER] * count, "text": [written(found.known[k]) for k in found.read],
         "textfont": {"size": 17, "color": colour("text")}},
        {**label, "x": steps.tolist(), "y": [GUESS] * count, "text": texts, "textfont": {"size": 13, "color": inks}},
        {**label, "x": [t + 0.05 for t in way], "y": [STATE - 0.36] * len(way), "text": [f"<b>{short(float(sizes[t]))}</b>" for t in way],
         "textposition": "middle right", "textfont": {"size": 11, "color": colour("layer1")}},
        {"type": "scatter", "mode": "markers", "x": [s], "y": [GUESS], "hoverinfo": "skip",
         "marker": {"size": 46, "symbol": "square-open", "color": colour("layer1"), "line": {"width": 2}, "opacity": 1}},
        {"type": "scatter", "mode": "markers", "x": [t + 0.5 for t in way[1:]], "y": [STATE] * (len(way) - 1), "hoverinfo": "skip",
         "marker": {"size": 13, "symbol": "triangle-left", "color": colour("layer1"), "opacity": 1}}]
    reached = s - first + 1
    said = {"k": reached, "letter": written(found.known[found.told[s]]), "loss": f"{found.losses[s]:.2f}", "step": s + 1}
    title = _("The loss of step {step} reaches back over 1 step", **said) if reached == 1 else \
        _("The loss of step {step} reaches back over {k} steps", **said)
    hidden = {"visible": False, "fixedrange": True}
    words = [(LETTER, _("it reads")), (STATE, _("state h")), (GUESS, _("comes next, and its chance"))]
    shape = layout(xaxis={**hidden, "range": [-0.7, count - 0.3]}, yaxis={**hidden, "range": [-0.35, 2.75]}, hovermode="closest",
                   dragmode=False, margin={"l": 4, "r": 4, "t": 4, "b": 4},
                   annotations=[{"text": word, "xref": "paper", "x": 0, "xanchor": "left", "y": y + 0.42, "showarrow": False,
                                 "font": {"size": 11, "color": colour("muted")}} for y, word in words],
                   meta={"narrow": {"below": 640, "traces": {6: {"text": few}, 7: {"visible": False}, 8: {"marker": {"size": 26}},
                                                            9: {"marker": {"size": 7}}, 3: {"marker": {"size": 18}}},
                                    "layout": {"annotations": []}}})
    picture = figure(NET, data, shape, title=title, height=270, span=12,
                     alt=_("The network drawn once for each of {count} steps, the letter it reads below, the next letter and its chance "
                           "above. The loss of step {step} goes back over {k} steps; the gradient there: {sizes}.", count=count, **said,
                           sizes=", ".join(short(float(sizes[t])) for t in way)))
    tracks, labels = film(count, way, data)
    return picture, tracks, labels


def film(count: int, way: list[int], data: list[dict[str, Any]]) -> tuple[list[Track], list[str]]:
    """First the states and guesses, one step after the other, then the loss back along its way."""
    back = len(way)
    ahead, behind = list(range(1, count + 1)), list(range(1, back + 1))
    widths = data[3]["marker"]["line"]["width"]
    shown = lambda k: [1.0 if t < k else 0.15 for t in range(count)]  # noqa: E731
    opacity = [shown(k) for k in ahead] + [shown(count)] * back
    rings = [[3 if t == k - 1 else 1.3 for t in range(count)] for k in ahead] + [widths] * back
    guesses = [[data[6]["text"][t] if t < k else BLANK for t in range(count)] for k in ahead] + [data[6]["text"]] * back
    tracks = [Track(NET, 3, {"marker.opacity": opacity, "marker.line.width": rings}), Track(NET, 6, {"text": guesses}),
              Track(NET, 2, reveal=tuple([0] * count + [k + 1 for k in behind])),
              Track(NET, 4, reveal=tuple([0] * count + behind)), Track(NET, 7, reveal=tuple([0] * count + behind)),
              Track(NET, 9, reveal=tuple([0] * count + [k - 1 for k in behind]))]
    labels = [_("forward: step {t}", t=k) for k in ahead] + [_("back at step {t}", t=way[k - 1] + 1) for k in behind]
    return tracks, labels


def draw(spec: RnnSpec) -> Picture:
    found = read(spec)
    count = len(found.read)
    whole, cut = gradient(found, count, "window"), gradient(found, spec.window, spec.cut)
    picture, tracks, labels = net(spec, found, whole, cut)
    cosine, length = alike(whole.whole, cut.whole)
    press = Press(NET, "at", tuple((t + 1, t, GUESS, _("the loss of step {step}", step=t + 1)) for t in range(count)), radius=18)
    first = "s" if spec.window == 1 else rf"\max(1, s-{spec.window - 1})" if spec.cut == "window" else \
        rf"{spec.window}\lfloor (s-1)/{spec.window}\rfloor + 1"
    word = _("length")
    formulas = (
        (_("Whole"), r"\frac{\partial L}{\partial U} = \sum_{s}\sum_{t=1}^{s} h_{t-1}^{\top}\,"
                     r"\left(\frac{\partial L_s}{\partial h_t}\odot(1-h_t^2)\right)"),
        (_("Cut off"), rf"\sum_{{s}}\ \sum_{{t={first}}}^{{s}}\cdots \qquad \text{{{word}}}\ {latex(length)},\quad "
                       rf"\cos = {cosine:.2f}"))
    return Picture((picture, grid(spec, found, whole), bars(whole, cut), matrices(whole, cut)), presses=(press,),
                   film=Film(tuple(labels), tuple(tracks), seconds=0.4 * len(labels)), notes=notes(spec, found, whole, cut),
                   formulas=formulas, numbers={"whole": whole.whole, "cut": cut.whole, "cosine": cosine})


SCENE = Scene(
    "unrolled", N_("Unrolled and cut off"),
    N_("The network reads a text and is to guess each next character. Press one of its losses to see how far that one’s "
       "gradient goes back; then move k, the length of [[truncation|truncated-bptt]]."),
    ("text", "cut", "window", "at", "recurrent_scale"), draw, program, more=("text_units", "seed"),
    presets=(
        Preset(N_("A window of four steps"), {"scene": "unrolled"}),
        Preset(N_("Pieces of four steps"), {"scene": "unrolled", "cut": "pieces"}),
        Preset(N_("Back-propagation without time"), {"scene": "unrolled", "window": 1}),
    ),
    trials=(
        Trial(N_("All the way back"), N_("With k as long as the text nothing is cut: both gradients are the same. On a book that would "
                                         "take "
                                         "a memory as long as the book."), {"scene": "unrolled", "window": 10}),
        Trial(N_("Look at the first loss of a piece"), N_("It reaches no step but its own: what the piece before said is in the state, but "
                                                          "nothing is learned about how it got there."),
              {"scene": "unrolled", "cut": "pieces", "at": 9}),
        Trial(N_("Weights that remember longer"), N_("With a larger U the gradient reaches further, and the same window cuts off more of "
                                                     "it."),
              {"scene": "unrolled", "recurrent_scale": 1.6}),
    ))
