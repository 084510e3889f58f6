"""Illnesses that break a run, or keep the gradient from its weights. Each function gives its one diagnosis, or none.

What the thresholds were measured on stands in `core.insight.signs`.
"""

from __future__ import annotations

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.patient import Diagnosis, Patient
from core.insight.signs import POOR, ROWS, since

RISE = 0.02  # of the first loss. Diverging runs end 5 % above it or more; runs that learn nothing stay within 1 %
STEEP = 100.0  # an untrained loss, and a gradient's length. Healthy runs: at most 50; exploding ones: 100 to 7,000,000. A large
# gradient alone may come from large steps, or from squared features, which need no cure.
DEAD = 0.5  # of a layer's units. Healthy ReLU layers end with a third dead or less, runs with ten times the usual rate 0.5 to 1
FLAT = 0.01  # first layer's gradient over the last's, usually. Networks that learn: 0.07 to 10; deep sigmoid ones: 0.001
HARD = 0.75  # of the plane. Learned networks are as hard, but right; what is stuck has 0.8 to 1.0 and accuracy 0.4 to 0.8

OVERSHOT = Message(N_("Each step [[overshoots]] the valley and lands higher on its other side, and from there the next one overshoots "
                      "again."))


def exploding(p: Patient) -> list[Diagnosis]:
    s, change = p.signs, p.cures.fits({"initializer": "glorot_uniform"}, p.cures.slower())
    if len(s.layers("grad")) < 3 or not s.start >= STEEP:
        return []
    why = Message(N_("Every layer multiplies what it passes on, and the gradient on its way back: first weights that are too "
                     "large for the width of the layers make both grow from layer to layer."))
    soon = max(s.n // 10, 2)
    lengths = {i: np.nan_to_num(g[:soon]) for i, g in s.gradients.items()}
    layer = max(lengths, key=lambda i: float(lengths[i].max()), default=0)
    if layer and lengths[layer].max() >= STEEP:
        at = int(np.argmax(lengths[layer]))
        return [Diagnosis("exploding_gradients", Message(
            N_("At epoch {epoch} the gradient of layer {layer} is {length:.3g} long; usually it stays below {usual:.0f}."),
            {"epoch": int(s.epochs[at]), "layer": layer, "length": float(lengths[layer][at]), "usual": STEEP / 2}), why, change)]
    return [Diagnosis("exploding_gradients", Message(
        N_("Before the first step the loss is already {first:.3g}."), {"first": s.start}), why, change)]


def no_number(p: Patient) -> list[Diagnosis]:
    """The loss is no number any more."""
    s = p.signs
    gone = since(~np.isfinite(s.loss))
    if gone is not None and "loss" in s.rows[-1] and (gone > 0 or p.end is not None and p.end.state == "failed"):
        return [Diagnosis("diverging", Message(N_("Since epoch {epoch} the loss is no longer a number."),
                                               {"epoch": int(s.epochs[gone])}), OVERSHOT, p.cures.fits(p.cures.slower()))]
    return []


def diverging(p: Patient) -> list[Diagnosis]:
    s = p.signs
    if gone := no_number(p):
        return gone
    if s.n >= ROWS and -s.drop > RISE and not p.cures.penalty:
        return [Diagnosis("diverging", Message(
            N_("The training loss rose from {first:.3g} to about {last:.3g} in {epochs} epochs."),
            {"first": s.start, "last": s.last(s.loss), "epochs": s.length}), OVERSHOT, p.cures.fits(p.cures.slower()))]
    return []


def dead(p: Patient) -> list[Diagnosis]:
    s = p.signs
    shares = {i: d for i, d in s.layers("dead").items() if np.isfinite(d[-1]) and d[-1] > DEAD}
    if not shares:
        return []
    layer = max(shares, key=lambda i: float(shares[i][-1]))
    share = shares[layer]
    first = since(share >= share[-1]) or 0
    return [Diagnosis("dead_relus", Message(
        N_("{share:.0%} of the units in hidden layer {layer} have been zero for every training point since epoch {epoch}."),
        {"share": float(share[-1]), "layer": layer, "epoch": int(s.epochs[first])}),
        Message(N_("A large step pushed their weights to where the weighted sum is negative for every point; there a ReLU is flat, "
                   "so no [[gradient]] brings them back.") if first else
                N_("With the weights that they were given, the weighted sum is negative for every point; there a ReLU is flat, so no "
                   "[[gradient]] wakes them.")),
        p.cures.fits(p.cures.calmer(), p.cures.bent("leaky_relu", ["relu"]), p.cures.slower()))]


def vanishing(p: Patient) -> list[Diagnosis]:
    s = p.signs
    if len(s.gradients) < 3 or s.good or p.cures.penalty or s.twins:
        return []
    half = {i: float(np.nanmedian(g[: s.n // 2 + 1])) for i, g in s.gradients.items() if np.isfinite(g[: s.n // 2 + 1]).any()}
    if len(half) < 3 or not half[max(half)] > 0 or half[min(half)] >= FLAT * half[max(half)]:
        return []
    small = getattr(p.spec, "initializer", "") in ("small", "zeros")
    why = (N_("The gradient is multiplied by every layer’s weights on its way back, and these are so small that "
              "[[little of it is left|vanishing gradient]] for the first ones.") if small else
           N_("Steps as large as these have pushed the weighted sums to where every activation is flat, and there "
              "[[little of the gradient is left|vanishing gradient]] for the first layers.") if p.cures.calmer() else
           N_("On its way back the [[gradient]] is multiplied by the slope of every activation; where those are flat, "
              "[[little of it is left|vanishing gradient]] for the first layers."))
    return [Diagnosis("vanishing_gradients", Message(
        N_("In the first half of the run the gradient of the first layer is usually {small:.2g} long, and that of the last {large:.2g}."),
        {"first": min(half), "last": max(half), "small": half[min(half)], "large": half[max(half)]}), Message(why),
        p.cures.fits(p.cures.calmer(), p.cures.freed(), {"initializer": "glorot_uniform"} if small else None,
                  p.cures.bent("leaky_relu", ["sigmoid", "tanh"]), {"batch_norm": True}))]


def saturated(p: Patient) -> list[Diagnosis]:
    s = p.signs
    loss = str(getattr(p.spec, "loss_name", getattr(p.spec, "loss", "")))
    if not s.rising or "hinge" in loss or not (s.hard >= HARD and s.train < POOR):
        return []
    why = (N_("Steps as large as these have made the weights so large that the output lies far out on the flat end of its curve, where it "
              "is slow to turn back.") if p.cures.calmer() else
           N_("At the end of its range the output’s curve is flat, and the squared error passes that slope on: a wrong answer that "
              "is so sure gets no gradient.") if loss == "mse" else
           N_("The weights are so large that the output lies far out on the flat end of its curve, where it is slow to turn back."))
    return [Diagnosis("saturated_outputs", Message(
        N_("On {hard:.0%} of the plane the output is at the very end of its range, yet only {train:.0%} of the training points are "
           "right."), {"hard": s.hard, "train": s.train}), Message(why),
        p.cures.fits(p.cures.calmer(), {"loss": "auto"}, {"initializer": "glorot_uniform"}, p.cures.slower()))]
