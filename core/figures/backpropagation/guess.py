"""Guess the gradients of three weights of a network, whose values are all on screen; then see the loss as a curve of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation import diagram
from core.figures.backpropagation.nets import functions, listing
from core.figures.backpropagation.numerals import short
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.backpropagation import Case, Sample, along, case, fits
from core.specs.backpropagation import ACTIVATIONS, GUESSES, LARGEST_GUESS, BackpropagationSpec
from core.specs.examples import Preset, Trial
from core.specs.wiring import written

REACH = 0.8  # how far from the point the line's handle is, in the weight's units
HALF = 1.0
SIGNS = ("1", "2", "3")


def case_of(spec: BackpropagationSpec) -> Case:
    return case(spec.shape, spec.activation, spec.case)


def guesses(spec: BackpropagationSpec) -> tuple[float, ...]:
    return tuple(getattr(spec, name) for name in GUESSES)


def _chart(here: Sample, k: int, name: str, guess: float, answer: float, reveal: bool) -> tuple[Template, Handle]:
    """The loss around one weight: only its point and the guessed line, until it is revealed."""
    w, loss = here.values[name], here.loss
    high = REACH * LARGEST_GUESS + 0.15
    x = np.array([-HALF, HALF])
    curve: dict[str, Any] = {"x": [], "y": []}
    if reveal:
        values = np.linspace(w - HALF, w + HALF, 61)
        curve = {"x": values.round(4).tolist(), "y": along(here, name, values).round(5).tolist()}
    data = [
        {"type": "scatter", "mode": "lines", **curve, "line": {"color": colour("loss"), "width": 2.4}, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "lines", "x": (w + x).tolist() if reveal else [],
         "y": (loss + answer * x).round(5).tolist() if reveal else [],
         "line": {"color": colour("text"), "width": 2, "dash": "dash"}, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "lines", "x": (w + x).round(4).tolist(), "y": (loss + guess * x).round(5).tolist(), "hoverinfo": "skip",
         "line": {"color": colour("layer1"), "width": 2.4}},
        {"type": "scatter", "mode": "markers+text", "x": [w], "y": [round(loss, 5)], "text": [SIGNS[k]], "hoverinfo": "skip",
         "textfont": {"size": 12, "color": colour("background")}, "marker": {"size": 18, "color": colour("text")}},
        {"type": "scatter", "mode": "markers", "x": [w + REACH], "y": [round(loss + guess * REACH, 5)], "hoverinfo": "skip",
         "marker": {"size": 9, "symbol": "diamond", "color": colour("layer1")}}]
    shown = written(name)
    title = (_("{name}: you {guess}, true {answer}", name=shown, guess=short(guess), answer=short(answer)) if reveal
             else _("Guess {n}: slope {guess} at {name}", n=k + 1, guess=short(guess), name=shown))
    alt = (_("The loss against {name}: its true slope is {answer}, the guess was {guess}.", name=shown, answer=short(answer),
             guess=short(guess))
           if reveal else _("A line of slope {guess} through the loss at the present value of {name}: the guess, which is dragged.",
                            guess=short(guess), name=shown))
    plot = figure(f"guess{k + 1}", data, layout(
        xaxis=axis(_("value of {name}", name=shown), range=[w - HALF, w + HALF], fixedrange=True, nticks=5),
        yaxis=axis(_("loss"), range=[loss - high, loss + high], fixedrange=True, nticks=5), dragmode=False, uirevision=f"{name}{w}{loss}",
        margin={"l": 40, "r": 8, "t": 4, "b": 32}), title=title, alt=alt, height=196, span=4)
    rail = tuple((g, w + REACH, loss + g * REACH) for g in (-LARGEST_GUESS, 0.0, LARGEST_GUESS))
    handle = Handle(f"guess{k + 1}", f"guess{k + 1}", _("guess {n}", n=k + 1), (w + REACH, loss + guess * REACH), (GUESSES[k],), rail=rail,
                    step=0.01, colour="layer1", anywhere=True)
    return plot, handle


def verdict(found: tuple[tuple[bool, bool], ...]) -> Message:
    """How many signs and sizes fit, but not which."""
    return Message(N_("Of three signs {signs} are right; of three sizes {sizes} are within 20% of the true one."),
                   {"signs": sum(sign for sign, _size in found), "sizes": sum(size for _sign, size in found)})


def notes(spec: BackpropagationSpec, asked: Case) -> tuple[Message, ...]:
    if not spec.reveal:
        return (Message(N_("Begin with 1. The gradient of a weight is what its neuron passes on, times δ at its other end; at an output δ "
                           "is y − t.")),
                Message(N_("Then 2 and 3: carry δ back along the edges. Multiply it by the weight, add up where edges meet, times the "
                           "slope f′ of {activation}: {slope}."), {"activation": ["_", ACTIVATIONS[spec.activation]],
                                                              "slope": ["_", SLOPES[spec.activation]]}))
    guessed = guesses(spec)
    found = [fits(guess, answer) for guess, answer in zip(guessed, asked.answers, strict=True)]
    level = [str(k + 1) for k, guess in enumerate(guessed) if guess == 0]
    wrong = [str(k + 1) for k, (sign, _size) in enumerate(found) if not sign and guessed[k]]
    said = []
    if wrong:
        said.append(Message(N_("Where the sign is wrong ({which}), a step would have gone uphill."), {"which": ", ".join(wrong)}))
    if level:
        said.append(Message(N_("A guess of 0 has no sign ({which}): it says that the loss does not feel the weight, and the weight would "
                               "have stayed."), {"which": ", ".join(level)}))
    return (verdict(tuple(found)), *said) if said else (
        verdict(tuple(found)),
        Message(N_("All three signs are right: a step along your guesses lowers the loss if it is small enough.")))


SLOPES = {"tanh": "1 − a²", "sigmoid": "a · (1 − a)", "relu": N_("1 where it answers, else 0"), "linear": "1"}


def draw(spec: BackpropagationSpec) -> Picture:
    asked = case_of(spec)
    here = asked.sample
    loss = short(here.loss)
    moment = (diagram.finished(here, "", _("Revealed: the true gradient on every edge")) if spec.reveal
              else diagram.forwarded(here, "", _("Loss {loss}. What are the gradients of weights 1, 2 and 3?", loss=loss)))
    foot = _("on an edge: gradient · below a neuron: δ") if spec.reveal else _("on an edge: weight · below a neuron: bias b")
    marks = dict(zip(asked.asked, SIGNS, strict=True))
    needed = {*asked.asked, *(name for name in diagram.edges(here.widths) if name[1] != "1")}  # no δ is carried back through layer 1
    net = figure("network", diagram.traces(here, moment, marks), diagram.frame(foot, diagram.on_a_phone(here, shown=needed)),
                 title=moment.title,
                 alt=_("A network of {shape} neurons with all its weights and values, loss {loss}. The weights 1, 2 and 3 are {names}.",
                       shape=spec.shape, loss=loss, names=", ".join(written(name) for name in asked.asked)), height=290, span=12)
    charts = [_chart(here, k, name, guess, answer, spec.reveal)
              for k, (name, guess, answer) in enumerate(zip(asked.asked, guesses(spec), asked.answers, strict=True))]
    numbers: dict[str, Any] = {"output": here.done.output[0].tolist(), "loss": here.loss}
    if spec.reveal:
        numbers["gradients"] = list(asked.answers)
    return Picture((net, *(plot for plot, _handle in charts)), tuple(handle for _plot, handle in charts), notes=notes(spec, asked),
                   formulas=_formulas(asked) if spec.reveal else (), numbers=numbers)


def _formulas(asked: Case) -> tuple[tuple[str, str], ...]:
    from core.figures.backpropagation.network import formulas

    return tuple((f"{sign}", formulas(asked.sample, name)[0][1]) for sign, name in zip(SIGNS, asked.asked, strict=True))


def program(spec: BackpropagationSpec) -> str:
    asked = case_of(spec)
    here = asked.sample
    text = (f"import numpy as np\n\n{functions(spec.activation, 'linear')}{listing(here)}\n"
            "def pass_forward(W):\n"
            "    a = x\n"
            "    for k in range(len(W)):\n"
            "        a = (g if k == len(W) - 1 else f)(a @ W[k] + b[k])\n"
            "    return a\n\n"
            "output = pass_forward(W).tolist()\n"
            "loss = ((pass_forward(W) - t)**2).sum() / 2\n"
            'print("output:", output)\nprint("loss:", loss)\n')
    if not spec.reveal:
        return text
    places = [(int(name[1]) - 1, int(name[3]) - 1, int(name[4]) - 1) for name in asked.asked]
    return text + ("\ngradients = []  # " + _("by a nudge of each weight, up and down") + "\n"
                   f"for k, i, j in {places}:\n"
                   "    ends = []\n"
                   "    for h in (1e-5, -1e-5):\n"
                   "        nudged = [rows.copy() for rows in W]\n"
                   "        nudged[k][i, j] += h\n"
                   "        ends.append(((pass_forward(nudged) - t)**2).sum() / 2)\n"
                   "    gradients.append((ends[0] - ends[1]) / 2e-5)\n"
                   'print("gradients:", gradients)\n')


SCENE = Scene(
    "guess", N_("Guess the gradient"),
    N_("Drag each line to the slope that you expect: up if the loss rises with the weight, down if it falls. Then reveal."),
    ("case", "guess1", "guess2", "guess3", "reveal"), draw, program, more=("shape", "activation"),
    presets=(
        Preset(N_("Guess at 2-3-2"), {"scene": "guess"}),
        Preset(N_("Small: 2-2-1"), {"scene": "guess", "shape": "2-2-1", "weight": -0.6}),
        Preset(N_("Three layers: 2-2-2-1"), {"scene": "guess", "shape": "2-2-2-1", "weight": 0.1}),
    ),
    trials=(
        Trial(N_("Take the bends away"), N_("With linear neurons every f′ is 1. A gradient is then what goes in, times the error, times "
                                            "the weights between."), {"scene": "guess", "activation": "linear"}),
        Trial(N_("Look at the answers"), N_("The curves appear. A guess is good where your line touches its curve."),
              {"scene": "guess", "reveal": True}),
    ))
