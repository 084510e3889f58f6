"""What to notice in how far back a gradient reaches."""

from __future__ import annotations

import numpy as np

from core.figures.backpropagation.numerals import short
from core.frame import Message
from core.i18n import N_
from core.maths import fading
from core.maths.cells import sigmoid
from core.maths.fading import LENGTH, Fade
from core.specs.rnn import RnnSpec

EXPLODES = 100.0
NEAR = 3.0  # times: closer than that two medians are alike


def plain(spec: RnnSpec, fade: Fade) -> Message:
    """Why the plain cell's gradient fades, lasts or explodes."""
    after, left = fading.passed(fade.h), float(np.median(fade.h[:, LENGTH]))
    said = {"factor": f"{fading.typical(fade.h, spec.gap):.2f}", "k": after, "left": short(left), "n": LENGTH}
    if after is not None:
        return Message(N_("Plain cell: below a thousandth {k} steps back. A step goes through U and through tanh’s slope 1 − h², which is "
                          "never more than 1; over the gap it multiplies by {factor} on average."), said)
    if left > EXPLODES:
        return Message(N_("Plain cell: the gradient explodes, to {left} after {n} steps. U stretches more than tanh’s slope takes back; "
                          "over the gap a step multiplies by {factor} on average."), said)
    if spec.strength == 0:
        return Message(N_("Plain cell: the states stay at 0, where tanh’s slope is 1, so a step back is U alone: {left} of the gradient is "
                          "left after {n} steps."), said)
    return Message(N_("Plain cell: {left} of the gradient is left after {n} steps. What U stretches and what tanh’s slope takes away "
                      "nearly "
                      "balance; a slightly different scale, or other inputs, and they do not."), said)


def gated(cell: str, fade: Fade, bias: float) -> Message:
    """How far a gate lets the gradient go."""
    after = fading.passed(fade.carried)
    said = {"bias": f"{bias:g}", "gate": f"{float(sigmoid(np.array(bias))):.2f}", "k": after, "n": LENGTH,
            "left": short(float(np.median(fade.carried[:, LENGTH])))}
    if cell == "lstm":
        return Message(N_("LSTM: beside the ways through U its memory c has one through the forget gate alone, which begins near "
                          "σ({bias}) = {gate}. Below a thousandth {k} steps back.") if after is not None else
                       N_("LSTM: beside the ways through U its memory c has one through the forget gate alone, which begins near "
                          "σ({bias}) = {gate}. After {n} steps {left} is left."), said)
    return Message(N_("GRU: beside the ways through U its state has one through the update gate alone, which begins near σ({bias}) = "
                      "{gate}. Below a thousandth {k} steps back.") if after is not None else
                   N_("GRU: beside the ways through U its state has one through the update gate alone, which begins near σ({bias}) = "
                      "{gate}. After {n} steps {left} is left."), said)


def begun(spec: RnnSpec, fade: Fade) -> Message:
    """Why the curve of the LSTM's memory does not begin with 1, and what that makes of its end."""
    start, end = np.median(fade.carried[:, [0, spec.gap]], axis=0)
    return Message(N_("The gradient is 1 at the last state h, which the loss pulls. From there it reaches the LSTM’s memory c through the "
                      "output gate and tanh: {start} of it arrives. Times {factor} for each of {gap} steps back, that makes {end}."),
                   {"start": short(float(start)), "factor": f"{fading.typical(fade.carried, spec.gap):.3f}", "gap": spec.gap,
                    "end": short(float(end))})


def compared(spec: RnnSpec, found: dict[str, Fade]) -> Message:
    """Whether gates help over this gap, before any training."""
    at = {cell: float(np.median(fade.carried[:, spec.gap])) for cell, fade in found.items()}
    said = {cell: short(value) for cell, value in at.items()}
    if at["rnn"] > EXPLODES:
        return Message(N_("A gradient of {rnn} is no more use than none: a step along it would throw the weights far off. See “The "
                          "cliff”."),
                       said)
    if at["rnn"] > NEAR * max(at["lstm"], at["gru"]):
        return Message(N_("Over this gap the plain cell keeps most: {rnn}, against {lstm} in the LSTM and {gru} in the GRU. Gates are no "
                          "cure by themselves. What they give is a way past U whose length can be set: by training, or here by a bias."),
                       said)
    if min(at["lstm"], at["gru"]) > NEAR * at["rnn"]:
        return Message(N_("Over this gap both gated cells keep more than the plain one: {lstm} and {gru} against {rnn}. Nothing is "
                          "trained yet: it is the biases of the gates that do it."), said)
    return Message(N_("Nothing is trained yet. Training moves the gates and U, and with them these curves; the page that trains the three "
                      "side by side draws the same gradient."))


def limited(spec: RnnSpec, fade: Fade, most: np.ndarray) -> Message:
    """The bound, and what it bounds, in the first network."""
    limit, own = float(np.prod(most[:spec.gap])), float(fade.h[0, spec.gap])
    return Message(N_("The dotted line is a bound: in the first plain network no direction can keep more than {limit} over the gap, the "
                      "product of ‖diag(1 − h²)·U‖ step by step. The loss’s own direction keeps {own}."),
                   {"limit": short(limit), "own": short(own)})


def notes(spec: RnnSpec, found: dict[str, Fade], most: np.ndarray) -> tuple[Message, ...]:
    return (plain(spec, found["rnn"]), gated("lstm", found["lstm"], spec.forget_bias), begun(spec, found["lstm"]),
            gated("gru", found["gru"], spec.update_bias), compared(spec, found), limited(spec, found["rnn"], most))
