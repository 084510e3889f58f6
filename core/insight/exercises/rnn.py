"""Check yourself on recurrent networks: a gradient that survives sixty steps, a limit that saves descents from a cliff, and questions.

Which settings pass the first (32 units, 4 inputs of strength 1; networks of 22 that stay between 0.01 and 100): orthogonal with a scale
from 1.5 to 1.8 (21 or 22), Glorot from 1.5 or 1.6 to 1.8 (17 to 22). What fails: Keras' own scale 1 (none), 2 (3), an identity of any scale
(1 at most), as it leaves no room between fading and full states. The second, of seven starts: limits from 1.5 to 7 bring six or seven
down to 0.05 within 120 updates; 1 and less four or five, 20 and more two.
"""

from __future__ import annotations

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_least, at_most, rules, stays
from core.maths import fading
from core.maths.cliff import descend
from core.specs.rnn import RnnSpec

SEEDS = (101, 102)  # which nobody can choose on the page
GAP, LOW, HIGH, ENOUGH = 60, 0.01, 100.0, 16
STARTS = ((2.0, -0.25), (2.2, -0.3), (1.8, 0.1), (2.5, -0.5), (1.5, 0.2), (2.4, -0.4), (1.7, 0.0))
RATE, SOLVED, DOWN = 0.1, 0.05, 6


def survives(spec: RnnSpec) -> tuple[bool, Message]:
    """Whether the plain cell's gradient is neither lost nor huge after the gap, in most networks of seeds that nobody chose."""
    of = (spec.network_units, spec.inputs, spec.strength, spec.initializer, spec.recurrent_scale, 0.0)
    sizes = np.concatenate([fading.fading("rnn", *of, seed).h[:, spec.gap] for seed in SEEDS])
    inside = int(((sizes >= LOW) & (sizes <= HIGH)).sum())
    said = {"gap": spec.gap, "inside": inside, "all": len(sizes), "lost": int((sizes < LOW).sum()), "huge": int((sizes > HIGH).sum())}
    return inside >= ENOUGH, Message(N_("{gap} steps back the gradient is between 0.01 and 100 in {inside} of {all} plain networks that "
                                        "nobody "
                                        "chose; in {lost} it is smaller, in {huge} larger. 16 are asked."), said)


def gets_down(spec: RnnSpec) -> tuple[bool, Message]:
    """Whether clipped descents from places that nobody chose end low."""
    ends = {limit: sum(descend(w, b, spec.unrolled_steps, 0.8, 0.2, spec.rate, spec.updates, limit).loss[-1] <= SOLVED for w, b in STARTS)
            for limit in (spec.clip, np.inf)}
    return ends[spec.clip] >= DOWN, Message(N_("Of 7 descents that begin elsewhere {clipped} end with a loss of at most 0.05, without "
                                               "clipping "
                                               "{free}. 6 are asked."), {"clipped": ends[spec.clip], "free": ends[np.inf]})


CHALLENGES: tuple[Challenge[RnnSpec], ...] = (
    Challenge(
        id="rnn-sixty",
        title=N_("Alive after sixty steps"),
        text=N_("In “Stretch the gap”: find a recurrent initializer and scale with which between 0.01 and 100 of the plain cell’s "
                "gradient is "
                "left 60 steps back, in most networks. At least 16 units and 4 inputs of strength 1 or more."),
        hint=N_("Set the gap to 60 and watch the plain cell’s line. With scale 1 it falls, for tanh’s slope takes a part at every step; "
                "with 2 "
                "it rises. An identity leaves hardly any room between the two."),
        allows=rules(stays("scene", "gap"), at_least("gap", GAP), at_least("network_units", 16), at_least("inputs", 4),
                     at_least("strength", 1)),
        state=survives,
        why=lambda spec: Message(N_("What U stretches at each step, tanh’s slope takes back. It is a balance for this input only, and "
                                    "before "
                                    "training: a gate’s way past U does not hang on it.")),
        start=RnnSpec(scene="gap", gap=GAP),
        reference=RnnSpec(scene="gap", gap=GAP, recurrent_scale=1.6),
    ),
    Challenge(
        id="rnn-cliff",
        title=N_("Down in one piece"),
        text=N_("In “The cliff”, at a learning rate of 0.1 and 15 time steps or more: find a limit and a number of updates with which "
                "descents "
                "from other places, too, end with a loss of at most 0.05."),
        hint=N_("Too tight a limit, and they crawl and zigzag across the valley; too loose, and one leap ends on flat ground. Take all the "
                "updates there are."),
        allows=rules(stays("scene", "exploding"), at_least("rate", RATE), at_most("rate", RATE), at_least("unrolled_steps", 15)),
        state=gets_down,
        why=lambda spec: Message(N_("The limit lies above most gradients of the valley and far below those of the cliff: it shortens "
                                    "only the "
                                    "steps that would be leaps.")),
        start=RnnSpec(scene="exploding", clip=0.5),
        reference=RnnSpec(scene="exploding", clip=2.0, updates=120),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="rnn-nine-tenths",
        text=N_("Each step back multiplies a gradient by 0.9. After how many steps is less than a thousandth of it left?"),
        answer=66,
        right=N_("Yes: 0.9⁶⁵ is 0.00106, 0.9⁶⁶ is 0.00096. Even a mild factor is fatal over a hundred steps."),
        wrong=(
            (lambda n: n == 65, N_("Very nearly: 0.9⁶⁵ is 0.00106, still a little more than a thousandth.")),
            (lambda n: n in (9, 10), N_("Taking off a tenth of the first value each time would end after ten steps. Here each step takes a "
                                        "tenth of what is left.")),
            (lambda n: 0 < n < 65, N_("Not so soon: 0.9 to that power is still more than 0.001. Divide ln 0.001 by ln 0.9.")),
        ),
        otherwise=N_("It is the first whole number above ln 0.001 divided by ln 0.9."),
    ),
    Choice(
        id="rnn-clipping",
        text=N_("A gradient has the length 50, and it is clipped by its norm to 1. What of it stays as it was?"),
        options=(
            (N_("Its direction: all its numbers are divided by 50"),
             N_("Yes. This is global_clipnorm. Cutting each number by itself (clipvalue) would turn the gradient.")),
            (N_("Its smallest numbers; only those above 1 are cut"),
             N_("That is clipping by value. It changes the direction.")),
            (N_("Its length; the learning rate is lowered instead"),
             N_("The learning rate stays. The step gets shorter because the gradient does.")),
            (N_("Nothing: it is set to 0, and the step is left out"),
             N_("The step is taken, in the same direction, but no further than a gradient of length 1 would go.")),
        ),
        correct=0,
    ),
    Choice(
        id="rnn-stateful",
        text=N_("A long text is learned in pieces of 50 characters, and the state is handed on from piece to piece (stateful=True). What "
                "can the "
                "network not learn from?"),
        options=(
            (N_("Anything of an earlier piece: it starts each piece from zero"),
             N_("It does hear of earlier pieces, through the state that is handed on.")),
            (N_("How an earlier piece should have been kept in the state"),
             N_("Yes. The state crosses the border, the gradient does not: nothing tells the earlier steps what would have been worth "
                "keeping.")),
            (N_("The last characters of a piece, for no loss comes after them"),
             N_("Every step has a loss of its own, the last one as well.")),
            (N_("Nothing: it is the same as learning from the whole text"),
             N_("The values are the same, the gradient is not: it ends where the piece begins.")),
        ),
        correct=1,
    ),
)
