"""Check yourself on activation functions: twenty layers that stay alive, the same with sigmoid, and two questions.

The first asks which initialization suits which activation, so weights of one's own σ do not count: by trying, some σ is found for ReLU
(0.19) at which the answers grow by as much as their differences shrink, and just so in twenty layers. Nor does a function that hardly
bends: leaky ReLU with a large slope left of 0. Which settings pass (20 layers, no skip connections; signal and gradient on three
seeds): tanh with He's weights (0.55 to 0.58; 2.1 to 2.5), SELU with Xavier's (0.92 to 1.0; 1.8 to 2.3), ELU with He's (1.2 to 1.7; 3.7
to 4.9), and some α and leaks beside them. What fails: ReLU with He's weights (signal 0.12 to 0.38: the differences between inputs
shrink, though the answers keep their size), with Xavier's weights everything but SELU and ELU with α near 1.7. Sigmoid passes with
neither, and with skip connections with both.
"""

from __future__ import annotations

from functools import partial

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, Rule, at_least, rules, stays
from core.maths.depth import GRADIENT, SIGNAL, alive, journey
from core.specs.activations import ActivationsSpec

SEEDS = (101, 102, 103)  # which nobody can choose on the page
LAYERS = 20
STRAIGHT = 0.3  # leaky ReLU with a larger slope left of 0 hardly bends; this is the one of Keras' layer


def bends(spec: ActivationsSpec) -> Message | None:
    if spec.hidden_activation == "linear":
        return Message(N_("Linear layers are too easy: twenty of them are no more than one. Choose an activation that bends."))
    if spec.hidden_activation == "leaky_relu" and spec.negative_slope > STRAIGHT:
        return Message(N_("With a slope of {slope:g} left of 0 leaky ReLU is nearly a straight line. Here it counts up to {most:g}."),
                       {"slope": spec.negative_slope, "most": STRAIGHT})
    return None


def initialized(spec: ActivationsSpec) -> Message | None:
    return None if spec.initializer != "plain" else Message(
        N_("A σ of your own does not count here: by trying, one is found for twenty layers that fails for thirty. Choose Xavier or He."))


def no_skips(spec: ActivationsSpec) -> Message | None:
    return Message(N_("Skip connections must be off for this challenge.")) if spec.skip else None


def measured(spec: ActivationsSpec) -> list[tuple[float, float]]:
    """Signal and gradient of the spec's network on three seeds."""
    sigma = spec.sigma if spec.initializer == "plain" else 0.0
    ways = [journey(spec.hidden_activation, spec.initializer, sigma, spec.depth, spec.skip, seed,
                    **spec.parameters(spec.hidden_activation)) for seed in SEEDS]
    return [(way.kept, way.returned) for way in ways]


def both_alive(spec: ActivationsSpec) -> tuple[bool, Message]:
    found = measured(spec)
    passed = all(alive(signal, SIGNAL) and alive(gradient, GRADIENT) for signal, gradient in found)
    values = {"n": spec.depth, **{f"s{k}": f"{s:.2g}" for k, (s, _g) in enumerate(found)},
              **{f"g{k}": f"{g:.2g}" for k, (_s, g) in enumerate(found)}}
    said = N_("After {n} layers, on three seeds that nobody chose: signal {s0}, {s1} and {s2} (0.5 to 2 is asked), gradient {g0}, {g1} "
              "and {g2} (0.1 to 10 is asked).")
    if not passed and (spec.hidden_activation, spec.initializer, spec.skip) == ("relu", "he", False):
        said = N_("After {n} layers, on three seeds that nobody chose: signal {s0}, {s1} and {s2} (0.5 to 2 is asked), gradient {g0}, "
                  "{g1} and {g2} (0.1 to 10 is asked). He’s weights keep the answers as large as they were, but ReLU cuts off half of "
                  "each signal, all that is below 0: layer by layer the answers to different inputs become more alike.")
    return passed, Message(said, values)


def how(spec: ActivationsSpec, *, text: str) -> Message:
    return Message(text)


FAIR: Rule[ActivationsSpec] = rules(stays("scene", "deep"), at_least("depth", LAYERS), initialized)
DEEP = ActivationsSpec(scene="deep")

CHALLENGES: tuple[Challenge[ActivationsSpec], ...] = (
    Challenge(
        id="activations-alive-20",
        title=N_("Twenty layers that live"),
        text=N_("In “Many layers”: find an activation that bends and an initialization, Xavier or He, that suit each other. Without skip "
                "connections, after at least 20 layers, the signal is between 0.5 and 2, and between 0.1 and 10 times the last layer’s "
                "gradient comes back to layer 1."),
        hint=N_("Watch both curves. If they fall, the weights are too small for this activation; if they rise, too large. ReLU pushes all "
                "answers to one side, and the inputs become alike: try one that also answers below 0."),
        allows=rules(FAIR, no_skips, bends),
        state=both_alive,
        why=partial(how, text=N_("The weights make up for what the activation takes away: each layer passes on about as much as it gets.")),
        reference=DEEP.changed(hidden_activation="tanh", initializer="he"),
    ),
    Challenge(
        id="activations-sigmoid-20",
        title=N_("Sigmoid, rescued"),
        text=N_("The same with sigmoid: at least 20 layers, signal between 0.5 and 2, gradient between 0.1 and 10. Skip connections are "
                "allowed now, a σ of your own is not."),
        hint=N_("Sigmoid’s slope is 0.25 at most, and wider weights push it into its flat ends. No initialization makes up for that; "
                "something has to lead around it."),
        allows=rules(FAIR, stays("hidden_activation", "sigmoid")),
        state=both_alive,
        why=partial(how, text=N_("The skip connections do it: each layer only adds something to what passes it by, so nothing has to get "
                                 "through twenty slopes of at most 0.25.")),
        reference=DEEP.changed(hidden_activation="sigmoid", skip=True),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="activations-he",
        text=N_("A layer of ReLU neurons with 200 inputs each is to start with He’s weights. What is their standard deviation σ?"),
        answer=0.1, tolerance=0.001,
        right=N_("0.1 it is: √(2 / 200). The 2 makes up for the half that ReLU cuts off."),
        wrong=(
            (lambda n: abs(n - 0.01) < 1e-4, N_("0.01 is the variance, 2 / 200. The standard deviation is its root.")),
            (lambda n: abs(n - 0.0707) < 1e-3, N_("√(1 / 200) keeps the size of a plain weighted sum. ReLU then cuts off half of it: what "
                                                  "makes up for that?")),
            (lambda n: abs(n - 0.005) < 1e-4, N_("1 / 200 would be a variance, and one without the 2 that makes up for ReLU’s cut. He "
                                                 "takes the root of 2 / 200.")),
            (lambda n: n < 0, N_("A standard deviation is never negative: it is the root of a variance, here of 2 / 200.")),
            (lambda n: n >= 1, N_("That is far too wide: a sum of 200 such terms would be enormous. The variance is 2 divided by the "
                                  "number of inputs.")),
        ),
        otherwise=N_("Not that. He’s variance is 2 divided by the number of inputs, and σ is its root."),
    ),
    Choice(
        id="activations-dead",
        text=N_("After a step that was too large, a ReLU neuron’s sum is negative for every sample. What does further training do to its "
                "weights?"),
        options=(
            (N_("It raises them quickly, for the error is large"),
             N_("The error may be large, but it reaches the weights only through the slope, and left of 0 the slope is 0: error times 0.")),
            (N_("Nothing: no gradient comes to them"),
             N_("Yes. The slope is 0 for every sample, so every gradient of its weights is 0: the neuron is dead. Leaky ReLU keeps a "
                "small slope there, and could come back.")),
            (N_("It moves them slowly, as with a saturated sigmoid"),
             N_("A saturated sigmoid still has a slope, though a tiny one. ReLU’s is exactly 0 on the left, so there is not even a slow "
                "way back.")),
            (N_("It makes them ever more negative"),
             N_("For that a gradient would be needed, too. With slope 0 the weights get none, in neither direction.")),
        ),
        correct=1,
    ),
)
