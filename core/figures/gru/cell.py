"""A GRU cell of a few units, step by step, and where Keras puts its reset gate."""

from __future__ import annotations

import numpy as np

from core.figures.backpropagation.numerals import latex, latex_factor, short
from core.figures.cells.cell import scene
from core.figures.cells.walk import Walk
from core.frame import Message
from core.i18n import N_, _
from core.specs.cells import CellSpec
from core.specs.examples import Preset, Trial


def textbook(walk: Walk, t: int) -> float:
    """The candidate of step t with the reset gate before the product with U, as Cho et al. wrote it first and `reset_after=False` does."""
    part = walk.sums(t)["g"]
    units, u = walk.weights.units, walk.unit
    column = walk.weights.recurrent[:, 2 * units + u]
    inner = (walk.found["r"][t] * walk.before("h", t)) @ column
    return float(np.tanh(part.input[u] + part.bias[u] + inner + part.inner[u]))


def formulas(walk: Walk) -> tuple[tuple[str, str], ...]:
    last = walk.steps - 1
    z, g, h, before = walk.at("z", last), walk.at("g", last), walk.at("h", last), float(walk.before("h", last)[walk.unit])
    return (
        (_("Gates"), r"z, r = \sigma(W x_t + b_0 + U h_{t-1} + b_1)"),
        (_("Candidate, Keras"), r"g = \tanh\bigl(W x_t + b_0 + r \odot (U h_{t-1} + b_1)\bigr)"),
        (_("Candidate, textbook"), r"g = \tanh\bigl(W x_t + b + U (r \odot h_{t-1})\bigr)"),
        (_("Hidden state"), r"h_t = z \odot h_{t-1} + (1 - z) \odot g"),
        (_("Last step"), rf"h = {latex(z)}\cdot {latex_factor(before)} + {latex(1 - z)}\cdot {latex_factor(g)} = {latex(h)}"),
    )


def notes(spec: CellSpec, walk: Walk) -> tuple[Message, ...]:
    u, z = walk.unit, walk.found["z"][:, walk.unit]
    said = []
    if "z" in walk.held:
        said.append(Message(N_("You hold the update gate open: the state stays as it is, whatever comes. It began with 0, so it stays 0.")
                            if walk.held["z"] else
                            N_("You hold the update gate shut: nothing of the old state stays, h is the candidate of each step.")))
    elif z.max() - z.min() < 0.01:
        said.append(Message(N_("The update gate stays at {low} whatever comes: that share of the state stays at every step."),
                            {"low": short(float(z.min()))}))
    else:
        said.append(Message(N_("The update gate of unit {unit} lies between {low} and {high}: so much of the old state stays, and the "
                               "rest, "
                               "1 − z, comes from the candidate. One gate does what forget and input gate do in an LSTM."),
                            {"unit": u + 1, "low": short(float(z.min())), "high": short(float(z.max()))}))
    if walk.held.get("r") == 0:
        said.append(Message(N_("You hold the reset gate shut: the candidate hears nothing of the past, only the input.")))
    steps = [(abs(walk.at("g", t) - textbook(walk, t)), t) for t in range(walk.steps)]
    gap, t = max(steps)
    values = {"step": t + 1, "keras": short(walk.at("g", t)), "book": short(textbook(walk, t))}
    if gap > 1e-9:
        said.append(Message(N_("Keras multiplies with the reset gate after the product with U (reset_after=True, as cuDNN and PyTorch do); "
                               "the textbook’s form does it before. Here they differ most at step {step}: the candidate is {keras}, in "
                               "the textbook’s form {book}. Weights trained in one form do not fit the other."), values))
    else:
        said.append(Message(N_("Keras multiplies with the reset gate after the product with U (reset_after=True, as cuDNN and PyTorch do); "
                               "the textbook’s form does it before. Here both give the same; with several units, a reset gate that is "
                               "neither open nor shut and a state that is not 0 they differ.")))
    if spec.weights == "drawn" and not walk.held:
        said.append(Message(N_("Nothing is trained yet, and Keras begins with all biases 0: without an input both gates stand at 0.5, and "
                               "with one around it, so about half of the state is gone at a step. There is no forget bias of 1 here.")))
    return tuple(said)


SCENE = scene(
    formulas, notes,
    look=N_("Press play, or go step by step. There is one state and one belt: the [[update gate]] keeps z of it and takes 1 − z of the "
            "candidate; the [[reset gate]] says how much the candidate hears of the past."),
    holds=("hold_z", "hold_r"),
    presets=(Preset(N_("A pulse and its echo"), {"scene": "cell", "numbers": "1 0 0 0 0 0 0 0"}),
             Preset(N_("A sine"), {"scene": "cell", "feed": "sine", "units": 3}),
             Preset(N_("The word “hello”"), {"scene": "cell", "feed": "word", "units": 4}),
             Preset(N_("A cell that keeps"), {"scene": "cell", "weights": "own", "numbers": "1 0 0 0 0 1 0 0 0 0"})),
    trials=(Trial(N_("Hold the update gate shut"), N_("Nothing is kept: h is the candidate, and the cell is a plain one with a reset "
                                                      "gate."), {"scene": "cell", "hold_z": "shut"}),
            Trial(N_("Hold the update gate open"), N_("Everything is kept and nothing comes in: h stays 0 for ever."),
                  {"scene": "cell", "hold_z": "open"}),
            Trial(N_("Hold the reset gate shut"), N_("The candidate no longer depends on the past: the same input makes the same candidate "
                                                     "at every step."), {"scene": "cell", "hold_r": "shut"})))
