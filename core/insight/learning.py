"""Illnesses of what a run learns: nothing, too little, too late, or its points by heart. Each gives its one diagnosis, or none.

What the thresholds were measured on stands in `core.insight.signs`.
"""

from __future__ import annotations

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.patient import Diagnosis, Patient
from core.insight.signs import confusion, since

NOTHING, LITTLE = 0.02, 0.1  # of the first loss. Runs that learn nothing: below 0.02; slow ones: 0.08 and more
CHANCE = 0.05  # above always naming the commonest class. Stuck networks: at most 0.03
SETTLED = 0.01  # of the loss, over the last quarter. Settled runs: -0.01 to 0.006; slow ones: 0.009 to 0.5
CREEPING = 0.005  # the same, where the weights have come a short way at the usual rate
STEADY = 0.1  # the same: so steep that the run is not done, however good it is already
FALLING = 0.05  # the same, where the weights have come far already: runs that more epochs help
SHORT = 1.0  # the way of the weights, in their own sizes. Too slow runs: 0.1 to 0.6; runs that learn: 0.6 to 5
STILL = 0.1  # the same: what has moved less has learned nothing; 0.006 at a rate of 0.00001
RISEN = 0.3  # of the least validation loss. Overfitting runs: 0.5 to 30; healthy ones with a little rise: 0.05 to 0.25
EARLY = 0.8  # the least validation loss lies in this first part of the run
FORGETS = 0.8  # while the training loss fell to this share of what it was then, or lower
GAP, ERROR_GAP = 0.05, 1.3  # accuracy of training less validation; error of validation over training. Healthy: 0.03; 1.25
FAR_GAP = 0.3  # one that tells whatever the training accuracy
WIDE_GAP = 0.15  # an accuracy gap that tells alone, if it is also twice its own uncertainty
NOISE, NOISE_OF_START = 0.2, 0.008  # see `Signs.jumps`. Small batches: 0.17 to 0.5, 0.008 to 0.05; healthy: 0.12, 0.0065
STRAIGHT = 0.75  # circles, xor and spirals by a straight line: 0.4 to 0.63. What is above may be noise
TIGHT, VERY_POOR = 3, 0.75  # units of a layer that are too few for most data; else only an accuracy so low tells
SMALL_BATCH = 16  # up to here a larger batch helped more than a lower rate
IGNORED = 5  # validation points of a class; of fewer a good network may get none
LOOKS = 3  # stored frames in a row without a class; a class may be lost for one
TWINS = Message(N_("All neurons of a hidden layer have the same weights, get the same [[gradient]] and never become different: a "
                   "layer works as one neuron."))
PENALTY = Message(N_("The [[penalty|regularization]] on the weights costs more than better answers would save, so training makes the "
                     "weights small instead of right."))


def not_learning(p: Patient) -> list[Diagnosis]:
    s, c = p.signs, p.cures
    guessing = s.rising and s.train <= s.chance + CHANCE
    constant = not s.rising and s.spread < s.train / 4
    still = s.path < STILL
    little = s.drop < NOTHING or still and s.drop < LITTLE
    if s.good or not (little or (guessing or constant) and s.falling < SETTLED):
        return []
    if c.straight() and not little:
        return []  # a straight line that has settled: it cannot learn more
    if little or not guessing:
        evidence = Message(N_("In {epochs} epochs the training loss went from {first:.3g} to {last:.3g}: almost nothing was learned."),
                           {"epochs": s.length, "first": s.start, "last": s.last(s.loss)})
        if constant and not little:
            evidence = Message(N_("Its answers over the whole plane lie only {spread:.2g} from their mean, and {train:.2g} from what is "
                                  "right, on average."), {"spread": s.spread, "train": s.train})
    else:
        evidence = Message(N_("{train:.0%} of the training points are right; always naming the commonest class would get about "
                              "{chance:.0%}."), {"train": s.train, "chance": s.chance})
    if s.twins:
        why, change = TWINS, c.fits({"initializer": "glorot_uniform"})
    elif getattr(p.spec, "initializer", "") == "zeros" and c.hidden:
        why = Message(N_("All weights started at zero: the hidden layers pass on nothing, and so get no gradient."))
        change = c.fits({"initializer": "glorot_uniform"})
    elif s.path < (STILL if c.penalty else SHORT) and c.faster():
        why = Message(N_("The steps are too small: all together they moved the weights by {path:.1%} of their size; in runs that learn it "
                         "is often several times their size."), {"path": s.path})
        change = c.fits(c.faster())
    elif c.penalty:
        why, change = PENALTY, c.fits(c.freed())
    elif c.rushed:
        why = Message(N_("Steps as large as these jump over every valley, so that the loss cannot settle in one."))
        change = c.fits(c.slower())
    else:
        why = Message(N_("The weights moved, but found no direction in which the loss falls for long."))
        change = c.fits(c.freed(), {"initializer": "glorot_uniform"}, c.bent("leaky_relu", ["sigmoid"]), c.grown())
    return [Diagnosis("not_learning", evidence, why, change)]


def ignored(p: Patient) -> list[Diagnosis]:
    s, c = p.signs, p.cures
    seen = [(frame.epoch, matrix) for frame in s.frames if (matrix := confusion(frame)) is not None]
    if not seen or any(len(matrix) != len(seen[-1][1]) for _, matrix in seen):
        return []
    never = np.array([(matrix.sum(0) == 0) & (matrix.sum(1) >= IGNORED) for _, matrix in seen])
    starts = {k: first for k in range(never.shape[1])
              if (first := since(never[:, k])) is not None and len(seen) - first >= min(len(seen), LOOKS)}
    if not starts:
        return []
    counts = seen[-1][1].sum(1)
    label = max(starts, key=lambda k: float(counts[k]))
    return [Diagnosis("class_ignored", Message(
        N_("No validation point has been named class {label} in any picture since epoch {epoch}, though {count} of {total} belong "
           "to it."), {"label": label, "epoch": int(seen[starts[label]][0]), "count": int(counts[label]), "total": int(counts.sum())}),
        Message(N_("The network has too little room, or is not let go far enough, to keep this class apart, and the loss is least if it "
                   "gives the whole region to a neighbour.")),
        c.fits(c.freed(), c.faster(), c.grown(), c.longer()))]


def overfitting(p: Patient) -> list[Diagnosis]:
    s, c = p.signs, p.cures
    why = Message(N_("The network has more freedom than these points need, and uses it to [[learn their noise by heart|overfitting]]."))
    change = c.fits(c.calmer(), c.more_points(), c.more_l2(), {"dropout": 0.2})
    gap = s.train - s.val
    if np.isfinite(s.val_loss).any():
        best = int(np.nanargmin(s.val_loss))
        least, end = float(s.val_loss[best]), s.last(s.val_loss)
        rises = end - least >= RISEN * abs(least) and best < EARLY * s.n
        behind = gap >= GAP if s.rising else s.val >= ERROR_GAP * s.train
        if rises and (behind or not np.isfinite(gap)) and s.last(s.loss) <= FORGETS * s.loss[best]:
            return [Diagnosis("overfitting", Message(
                N_("Since epoch {epoch} the validation loss rose from {least:.3g} to about {end:.3g}, while the training loss fell to "
                   "{train:.3g}."), {"epoch": int(s.epochs[best]), "least": least, "end": end, "train": s.last(s.loss)}), why, change)]
    doubt = 2 * np.sqrt(max(s.val * (1 - s.val), 0) / s.asked) if s.asked else 0.0
    if s.rising and gap >= max(WIDE_GAP if s.good else FAR_GAP, doubt):
        return [Diagnosis("overfitting", Message(
            N_("It gets {train:.0%} of its training points right, but only {val:.0%} of the validation points."),
            {"train": s.train, "val": s.val}), why, change)]
    return []


def noisy(p: Patient) -> list[Diagnosis]:
    s, c = p.signs, p.cures
    jump, share, of_start = s.jumps
    if not (share >= NOISE and of_start >= NOISE_OF_START):
        return []
    batch = c.number("batch_size")
    small = batch is not None and batch <= SMALL_BATCH
    why = (Message(N_("With a [[batch size]] of {batch}, each step follows the gradient of a few points, which leads elsewhere than "
                      "that of all of them."), {"batch": int(batch or 0)}) if small else
           Message(N_("The steps are too large to come to rest in the valley: they jump from one side to the other.")))
    return [Diagnosis("noisy", Message(
        N_("In the second half of the run the training loss of an epoch usually lies {jump:.2g} off the epochs before and after it, "
           "{share:.0%} of its size."), {"jump": jump, "share": share}), why,
        c.fits(c.larger_batch() if small else None, c.slower(3), c.larger_batch()))]


def too_slow(p: Patient) -> list[Diagnosis]:
    s, c = p.signs, p.cures
    small = s.path < SHORT
    enough = FALLING if not small else CREEPING / 2 if c.faster() else CREEPING
    if s.falling < s.jumps[1]:
        return []  # no more than it falls and rises from epoch to epoch
    if s.good or c.freed() or not s.falling >= (enough if s.poor else STEADY if small else np.inf):
        return []
    if c.straight() and not small:
        return []  # it falls, but not to where it should
    # Of 16 runs with Adam and large steps, smaller ones helped 10 and more epochs 5; with SGD 2 of 10, and 8.
    calmer = None if small or getattr(p.spec, "optimizer", "") not in ("adam", "adamw") else c.calmer()
    why = (Message(N_("The steps are small: all together they moved the weights by {path:.0%} of their size; in runs that learn "
                        "it is often several times their size."), {"path": s.path})
           if small else
           Message(N_("Steps as large as these jump over every valley, so that the loss cannot settle in one.")) if calmer else
           Message(N_("It is on its way, but the run ends before it is there.")))
    return [Diagnosis("too_slow", Message(
        N_("Over the last quarter of the run the training loss still fell by {falling:.1%}, to {last:.3g}."),
        {"falling": s.falling, "last": s.last(s.loss)}), why,
        c.fits(calmer, c.faster(), c.longer()))]


def underfitting(p: Patient) -> list[Diagnosis]:
    s, c = p.signs, p.cures
    if not s.poor or not np.isfinite(s.last(s.loss)):
        return []
    if s.twins:
        why, change = TWINS, c.fits({"initializer": "glorot_uniform"})
    elif c.straight():
        if s.rising and s.train >= STRAIGHT:
            return []
        why = Message(N_("Without a hidden layer that bends, a network draws straight lines only, however many layers it has."))
        change = c.fits(c.bent("tanh", ["linear"]) if c.hidden else c.grown())
    elif c.penalty:
        why, change = PENALTY, c.fits(c.freed())
    elif c.freed():
        why = Message(N_("[[Dropout]] switches so many units off at every step that what is left is too small for the task."))
        change = c.fits(c.freed())
    elif c.grown() and (min(c.hidden or (0,)) <= TIGHT or s.train < VERY_POOR and s.rising):
        why = Message(N_("A layer with so few units cuts the plane in too few places to follow the points."))
        change = c.fits(c.grown())
    else:
        return []  # large enough: then it is the points that cannot be told apart
    evidence = (Message(N_("Its training loss ends at {last:.3g}, and it gets only {train:.0%} of its own training points right."),
                        {"last": s.last(s.loss), "train": s.train}) if s.rising else
                Message(N_("Its training loss ends at {last:.3g}, and on its own training points it is {train:.3g} off on average."),
                        {"last": s.last(s.loss), "train": s.train}))
    return [Diagnosis("underfitting", evidence, why, change)]
