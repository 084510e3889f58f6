"""Check yourself on recurrent networks: remember over a gap, do with fewer weights what an LSTM does, and three questions.

The second challenge trains the LSTM, too, on the same three seeds: what it reaches is measured there and then. Why its gap is 10: over that
the LSTM got 1.000 on each of four seeds; over 20 it got 0.456 on one, and it is no use to match a network that has learned nothing.
"""

from __future__ import annotations

from core.data.sequences import sizes
from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Goal, Number, Question, at_least, at_most, final, from_zero, rules, stays
from core.specs.recurrent import RecurrentSpec

GAP, SHORT, EPOCHS, SHARE = 20, 10, 60, 0.75  # steps; epochs at most; of the LSTM's weights
LSTM = RecurrentSpec(task="recall", length=SHORT, cell="lstm", units=32, learning_rate=0.01, points=1000, epochs=30)
SOLVES = RecurrentSpec(task="recall", length=GAP, cell="rnn", units=32, learning_rate=0.001, points=1000, epochs=20)
SCORE = SOLVES.score


def rival(spec: RecurrentSpec) -> RecurrentSpec:
    """The LSTM that a lighter network is measured against: on the same sequences, from the same seed."""
    return LSTM.changed(points=spec.points, seed=spec.seed)


def weights(spec: RecurrentSpec) -> int:
    return spec.weights(*sizes(spec.task))


MOST = int(SHARE * weights(LSTM))


def light(spec: RecurrentSpec) -> Message | None:
    return None if weights(spec) <= MOST else Message(
        N_("It has {weights:,} weights; the LSTM has {lstm:,}, and with a quarter fewer there are {most:,}."),
        {"weights": weights(spec), "lstm": weights(LSTM), "most": MOST})


CHALLENGES: tuple[Challenge[RecurrentSpec], ...] = (
    Challenge(
        id="recurrent-gap",
        title=N_("Remember over a gap"),
        text=N_("On “recall”: a gap of at least 20 distractors, and a validation accuracy of at least 0.95 after at most 60 epochs."),
        hint=N_("Look at the gradient through time before anything is learned, at epoch 0: of which cell does any of it reach the first "
                "step? Gates can keep a memory for long, but first they have to learn to. Press “Side by side” at a learning rate of "
                "0.001, then at 0.01: it is not always the same cell that wins."),
        allows=rules(from_zero, stays("task", "recall"), at_least("length", GAP), at_most("epochs", EPOCHS)),
        goal=final(SCORE, 0.95),
        why=lambda spec: Message(N_("What the first step showed was still there {length} steps later: enough of the gradient came back to "
                                    "it for the network to learn what to keep."), {"length": spec.length}),
        reference=SOLVES,
    ),
    Challenge(
        id="recurrent-lighter",
        title=N_("As good with fewer weights"),
        text=N_("On “recall” with a gap of 10: match an LSTM of 32 units within 0.01 of validation accuracy, with a quarter fewer weights. "
                "The LSTM (learning rate 0.01, 30 epochs) is trained beside yours, on the same sequences and seeds."),
        hint=N_("A GRU has three blocks of weights where the LSTM has four. That alone is not quite a quarter fewer: Keras gives it two "
                "rows of biases."),
        allows=rules(from_zero, stays("task", "recall"), at_least("length", SHORT), at_most("length", SHORT), at_most("epochs", EPOCHS),
                     light),
        goal=Goal(lambda _, rows: rows[-1].get(SCORE.metric), 0.01, N_("how far the LSTM is ahead in validation accuracy"),
                  higher_is_better=False),
        why=lambda spec: Message(N_("With {weights:,} weights it does what the LSTM does with {lstm:,}: one state and two gates are enough "
                                    "here."), {"weights": weights(spec), "lstm": weights(LSTM)}),
        reference=LSTM.changed(cell="gru", units=28),
        rival=rival,
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="recurrent-weights",
        text=N_("An LSTM of 50 units reads one number at each step. How many weights does it have, biases included, without the layer "
                "that answers?"),
        answer=10_400,
        right=N_("10,400 it is: four blocks, each of 50 units with 1 input, 50 states and a bias: 4 · 50 · (1 + 50 + 1). The length of the "
                 "sequence does not matter, because the same weights serve every step."),
        wrong=(
            (lambda n: n == 2600, N_("That is a plain cell: one block. An LSTM has four: three gates, and what is to be written.")),
            (lambda n: n == 10_200, N_("That is without the biases: each of the four blocks has 50 of them.")),
            (lambda n: n in (7800, 7950), N_("That is a GRU, with three blocks. An LSTM has four.")),
            (lambda n: n in (104_000, 26_000), N_("That counts every step of a window of 10. The same weights serve all of them.")),
            (lambda n: n == 400, N_("That leaves out the 50 states of the step before, which every unit reads, too.")),
        ),
        otherwise=N_("Count one block first: each of its 50 units reads 1 input and 50 states and has a bias. An LSTM has four such "
                     "blocks."),
    ),
    Number(
        id="recurrent-fade",
        text=N_("At every step back the gradient becomes 0.8 times as long. How much of it is left after 20 steps?"),
        answer=0.0115, tolerance=0.001,
        right=N_("About 0.012: 0.8 to the power of 20. Over 40 steps it would be 0.00013. It does not fade in proportion to the distance "
                 "but by a factor for each step."),
        wrong=(
            (lambda n: abs(n - 16) < 0.5, N_("That is 0.8 · 20. Each step multiplies what the one before has left: 0.8 · 0.8 · …")),
            (lambda n: abs(n - 0.04) < 0.005, N_("That is 0.8 ÷ 20. Each step multiplies what the one before has left: 0.8 · 0.8 · …")),
            (lambda n: 1 < n < 2 and abs(n - 1.15) < 0.1, N_("That is in percent: about 1 in 100 is left. As a number it is 0.012.")),
        ),
        otherwise=N_("Twenty steps, each of which multiplies by 0.8: 0.8 to the power of 20."),
    ),
    Choice(
        id="recurrent-entropy",
        text=N_("A generated text has an entropy of 0.32 nats a character. On fresh text of it a network ends at a loss of 0.25, over "
                "100,000 characters. What is to be thought of that?"),
        options=(
            (N_("The network is very good: the lower the loss, the better"),
             N_("Lower than the entropy nobody gets on fresh text, not even who knows the grammar: what is drawn at random cannot be "
                "foreseen.")),
            (N_("Something is wrong: on fresh text of that length no model comes so far below the entropy"),
             N_("Yes. The entropy is the mean loss of whoever knows the true odds, and over 100,000 characters luck is small. The text was "
                "not fresh, or the loss is not what it seems.")),
            (N_("It is normal: the entropy is an average that good networks beat"),
             N_("An average over the text, but not over models: it belongs to the best possible one.")),
            (N_("The grammar must be larger than the network thinks"),
             N_("That would make the loss higher, not lower.")),
        ),
        correct=1,
    ),
)
