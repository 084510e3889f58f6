"""Check yourself on the LSTM: a symbol that survives 20 steps, a bias for a half-life, and three questions."""

from __future__ import annotations

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_least, rules, stays
from core.insight.remembering import percent, verdict
from core.maths import cells, holding
from core.specs.lstm import LstmSpec

HALF = (0.49, 0.51)  # what counts as half


def halved(spec: LstmSpec) -> tuple[bool, Message]:
    """Whether the bias leaves half of the cell state after so many steps."""
    left = float(holding.kept_by_bias(spec.bias, spec.steps)[-1])
    said = {"left": percent(left), "f": f"{float(cells.sigmoid(np.array(spec.bias))):.4f}", "steps": spec.steps}
    if not HALF[0] <= left <= HALF[1]:
        return False, Message(N_("With a forget gate of {f} there is {left} left after {steps} steps, not half."), said)
    return True, Message(N_("A forget gate of {f} leaves {left} after {steps} steps."), said)


CHALLENGES: tuple[Challenge[LstmSpec], ...] = (
    Challenge(
        id="lstm-survive",
        title=N_("Remember the first symbol"),
        text=N_("Hold the gates so that at least 90% of the first symbol is still in the cell state after 20 steps or more, and "
                "distractors of up to 0.5 or more have at most 10% beside it."),
        hint=N_("Hold all three gates. Who lets the symbol in? Who keeps it? And who must refuse what comes afterwards? 0.99 sounds like "
                "enough; 20 times in a row it is 0.82."),
        allows=rules(stays("scene", "hold"), at_least("gap", 20), at_least("noise", 0.5)),
        state=lambda spec: verdict(holding.read(**spec.task)),
        why=lambda spec: Message(N_("Written once, kept by an open forget gate, guarded by a shut input gate. Training has to find such "
                                    "gates by itself, opened and shut by what the cell reads.")),
        start=LstmSpec(scene="hold", held="all"),
        reference=LstmSpec(scene="hold", held="all", forget=1.0, input_first=1.0, input_after=0.0),
    ),
    Challenge(
        id="lstm-half-life",
        title=N_("Half after 20 steps"),
        text=N_("Choose the forget bias so that half of the cell state, 49% to 51%, is left after 20 steps."),
        hint=N_("The forget gate has to be the 20th root of 0.5, about 0.966. Which bias has this σ? ln(f / (1 − f)) tells you."),
        allows=rules(stays("scene", "forget"), stays("steps", 20)),
        state=halved,
        why=lambda spec: Message(N_("A bias a little above 3, where Keras begins with 1. If you know how far back a network has to "
                                    "remember, you can set its bias accordingly.")),
        reference=LstmSpec(scene="forget", bias=3.35),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="lstm-belt",
        text=N_("Why does a gradient come through many steps of an LSTM more easily than through a plain cell?"),
        options=(
            (N_("Because its gates have larger gradients"),
             N_("A gate’s slope is at most 0.25. The gates are not the way that the gradient takes.")),
            (N_("Because along the cell state it is only multiplied by the forget gate"),
             N_("Yes: no matrix and no tanh lies on that way. With a forget gate near 1 hardly anything is lost.")),
            (N_("Because an LSTM cannot lose its gradient"),
             N_("It can: with a forget gate of 0.5 a millionth is left after 20 steps. It mitigates the problem.")),
            (N_("Because it has four times as many weights"),
             N_("More weights make more terms, not longer ways. What counts is what each step multiplies with.")),
        ),
        correct=1,
    ),
    Number(
        id="lstm-weights",
        text=N_("How many weights has keras.layers.LSTM(3) on an input of 2 numbers a step, biases included?"),
        answer=72,
        right=N_("Yes: four sums, each for 3 units with 2 inputs, 3 states and a bias: 4·3·(2 + 3 + 1) = 72."),
        wrong=(
            (lambda n: n == 18, N_("That is one sum a unit. Three gates and the candidate make four.")),
            (lambda n: n == 54, N_("Three gates make 54, but the candidate has weights, too.")),
            (lambda n: n == 60, N_("The biases are missing: one for each unit and each of the four sums.")),
            (lambda n: n == 36, N_("Each unit also hears all 3 states of the step before.")),
            (lambda n: n == 84, N_("That would be with two biases, as PyTorch counts. Keras’ LSTM has one.")),
        ),
        otherwise=N_("Four sums (f, i, g, o); in each, every unit weighs all inputs and all states before, and adds a bias."),
    ),
    Choice(
        id="lstm-output",
        text=N_("The output gate is shut for ten steps. What happens to the cell state meanwhile?"),
        options=(
            (N_("It is lost"), N_("Only the forget gate takes something off the belt.")),
            (N_("It stays exactly as it is"),
             N_("Not quite: forget and input gate go on working. The output gate has no part in that.")),
            (N_("It goes on as the forget and input gate will have it; only h is 0"),
             N_("Yes. The cell can keep something that it does not show. But since h is 0, the gates hear nothing of the past.")),
            (N_("It becomes 0, like h"), N_("h = o·tanh(c) is 0 because o is. c is not changed by that.")),
        ),
        correct=2,
    ),
)
