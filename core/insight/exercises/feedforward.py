"""Check yourself on feedforward networks: the spiral with few neurons, with fewer, and three questions.

Why the rules are what they are (validation accuracies): with noise 0.1 the arms overlap so far that whoever knows the true
spiral gets 0.955, so noise may come down to 0.05 (0.985); without noise the preset "A spiral that works" would win with one
click. With 600 epochs it would still win with the noise moved one step (0.95 to 0.99); with 100 it gets 0.86 to 0.95, and what
is missing has to be found: more points, or smaller batches, which are more steps an epoch. Of ten seeds, the references end at
0.968 to 0.988 (16 neurons) and 0.932 to 0.992 (6 neurons; nine of ten reach 0.95).
"""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import (
    Challenge,
    Choice,
    Goal,
    Number,
    Question,
    Rule,
    at_least,
    at_most,
    final,
    from_zero,
    rules,
    stays,
)
from core.specs.feedforward import FEATURES, FeedforwardSpec

LEAST = 100  # validation points; with fewer, luck decides


def at_most_neurons(most: int) -> Rule[FeedforwardSpec]:
    return lambda spec: None if sum(spec.hidden) <= most else Message(
        N_("The network has {neurons} hidden neurons; for this challenge it may have at most {most}."),
        {"neurons": sum(spec.hidden), "most": most})


def only_coordinates(spec: FeedforwardSpec) -> Message | None:
    more = [FEATURES[name] for name in spec.features if name not in ("x1", "x2")]
    return Message(N_("Only x₁ and x₂ may go in for this challenge; the network is also shown {more}."),
                   {"more": ", ".join(more)}) if more else None


def enough_validation(spec: FeedforwardSpec) -> Message | None:
    rest = spec.points - max(round(spec.points * spec.train_share), 1)
    return None if rest // 2 >= LEAST else Message(
        N_("These settings leave {points} points for validation; with fewer than {least}, luck decides."),
        {"points": rest // 2, "least": LEAST})


FAIR: Rule[FeedforwardSpec] = rules(from_zero, stays("dataset", "spiral"), at_least("noise", 0.05), at_most("epochs", 100),
                                    enough_validation)
SPIRAL = FeedforwardSpec(dataset="spiral", noise=0.05, points=2000, epochs=100, activation="silu", learning_rate=0.02,
                         schedule="cosine", batch_size=16)
# The two runs of the question about validation: the numbers in its text are theirs.
MEMORISES = FeedforwardSpec(dataset="moons", noise=0.5, points=1000, train_share=0.1, hidden=(32, 32), activation="relu", epochs=400,
                            seed=1)
HELD_BACK = MEMORISES.changed(l2=0.02)
GOAL: Goal[FeedforwardSpec] = final(SPIRAL.score, 0.95)


def sizes(spec: FeedforwardSpec) -> str:
    return " + ".join(map(str, spec.hidden))


CHALLENGES: tuple[Challenge[FeedforwardSpec], ...] = (
    Challenge(
        id="feedforward-spiral-16",
        title=N_("The spiral with 16 neurons"),
        text=N_("Teach a network the spiral: a validation accuracy of at least 0.95, with at most 16 hidden neurons that are shown "
                "nothing but x₁ and x₂, in at most 100 epochs. The noise is 0.05 or more, and at least 100 points are for validation."),
        hint=N_("With noise 0.1 the arms overlap, and even the best of all boundaries gets only about 0.95: go down to 0.05. Two layers "
                "do better than one; try activations that bend softly. Is the loss still falling when the run ends? Smaller batches "
                "and more points are more steps an epoch, and more points are harder to memorise."),
        allows=rules(FAIR, only_coordinates, at_most_neurons(16)),
        goal=GOAL,
        why=lambda spec: Message(N_("From x₁ and x₂ alone, with {neurons} hidden neurons ({sizes}): every bend of that boundary "
                                    "was learned."), {"neurons": sum(spec.hidden), "sizes": sizes(spec)}),
        reference=SPIRAL.changed(hidden=(8, 8)),
    ),
    Challenge(
        id="feedforward-spiral-6",
        title=N_("The spiral with 6 neurons"),
        text=N_("Now with at most 6 hidden neurons. This time you choose what the network is shown: any of the input features. "
                "The rest is as before: 0.95 on validation, at most 100 epochs, noise of 0.05 or more, at least 100 points for "
                "validation."),
        hint=N_("What a feature bends, no neuron needs to bend. Show it several features, squares and sines too, and put all six "
                "neurons into one layer. If training is far better than validation, give it more points."),
        allows=rules(FAIR, at_most_neurons(6)),
        goal=GOAL,
        why=lambda spec: Message(N_("It has {neurons} hidden neurons and sees {features}: what a feature bends, the neurons "
                                    "did not have to learn."),
                                 {"neurons": sum(spec.hidden), "features": ", ".join(FEATURES[name] for name in spec.features)}),
        reference=SPIRAL.changed(hidden=(6,), features=("x1", "x2", "x1²", "x2²", "x1x2", "sin x1", "sin x2")),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="feedforward-count",
        text=N_("The page opens with two inputs, hidden layers of 6 and 4 neurons, and one output. How many numbers does training "
                "adjust, weights and biases together?"),
        answer=51,
        right=N_("51 it is: 2 × 6 + 6 × 4 + 4 × 1 = 40 weights, and a bias for each of the 6 + 4 + 1 neurons."),
        wrong=(
            (lambda n: n != int(n) or n < 0, N_("They are counted, so it is a whole number. Every connection has one weight, and every "
                                                "neuron one bias.")),
            (lambda n: n == 40, N_("40 are the weights alone. Each of the 6 + 4 + 1 neurons also has a bias, which moves its fold away "
                                   "from the origin.")),
            (lambda n: n == 11, N_("11 are the biases alone, one a neuron. Now add the weights: one for each connection between "
                                   "neighbouring layers.")),
            (lambda n: n == 13, N_("13 are the neurons in the picture, inputs included. Training adjusts the lines between them, and "
                                   "a bias in each neuron.")),
            (lambda n: n == 48, N_("48 is 2 × 6 × 4 × 1. Only neighbouring layers are connected, so multiply neighbours and add: "
                                   "2 × 6 + 6 × 4 + 4 × 1. Then come the biases.")),
            (lambda n: n == 53, N_("Almost: 53 gives the two inputs a bias as well. Inputs only pass on what they are shown; nothing "
                                   "in them is learned.")),
            (lambda n: n == 50, N_("Almost: 50 leaves out one bias. The output is a neuron too, and has its own.")),
            (lambda n: n in (46, 47), N_("The last layer is missing in part or in full: from 4 neurons to 1 output there are 4 weights, "
                                         "and the output has a bias.")),
            (lambda n: n < 51, N_("Some are missing. Go layer by layer: inputs × neurons is the number of weights, and every neuron has "
                                  "a bias; then add the three layers.")),
        ),
        otherwise=N_("That is too many. Only neighbouring layers are connected: inputs × neurons is the number of weights of a layer, and "
                     "every neuron has one bias; then add the three layers."),
    ),
    Choice(
        id="feedforward-linear",
        text=N_("Six hidden layers of 64 neurons each, and every activation is linear. What boundary can this network draw on the "
                "circles?"),
        options=(
            (N_("A closed curve around the inner disc; 384 neurons are plenty"),
             N_("Plenty, but none of them bends. A weighted sum of weighted sums is again one weighted sum, so 384 linear neurons do "
                "what a single one does. Try it: “Take the bend away”.")),
            (N_("A polygon, with one side for each neuron of a layer"),
             N_("That comes nearer to ReLU, where each neuron folds the plane along a line. A linear neuron has no fold, only a slope, and "
                "slopes add up to one slope.")),
            (N_("A straight line"),
             N_("Yes. W₂(W₁x + b₁) + b₂ is (W₂W₁)x + (W₂b₁ + b₂): two linear layers are one, and so are six. It is the bend between "
                "them that makes depth worth something.")),
            (N_("A line at first, which training slowly bends into a circle"),
             N_("Training moves and turns the line, as long as you like; it cannot bend it. What shapes are possible is settled by the "
                "network, before the first step.")),
        ),
        correct=2,
    ),
    Choice(
        id="feedforward-validation",
        text=N_("Two runs on noisy moons learned from the same 100 points. A ends with an accuracy of 0.98 on training and 0.79 on "
                "validation, B with 0.83 and 0.84. Which of them should judge new points?"),
        options=(
            (N_("A: it gets nearly all of its points right"),
             N_("It knows those 100 points almost by heart, with the noise in them. A new point brings other noise: of 450 points that "
                "neither had seen, A got 79 in a hundred right, B 84.")),
            (N_("B: it is better on points that neither learned from"),
             N_("Yes. Validation points stand in for new ones, since no step of training looked at them. B is A’s network, held back by "
                "L2; on the sealed test set B gets 0.87, A 0.81.")),
            (N_("A: its two numbers add up to more"),
             N_("Only one of the two says anything about new points. The training accuracy tells how well a network repeats what it was "
                "shown, and adding it in hides the difference that counts.")),
            (N_("B, and it will get 84 in a hundred right, no more and no fewer"),
             N_("B is right, but 0.84 is an estimate: another 450 points give about 0.02 more or less, and whoever picks the best of many "
                "runs by this number picks some luck with it. That is what the sealed test set is for: it says 0.87.")),
        ),
        correct=1,
    ),
)
