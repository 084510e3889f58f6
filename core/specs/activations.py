"""Activation functions: the curves, what many layers of one do to a signal, a single neuron, and softmax."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

FUNCTION, NETWORK, NEURON, SCORES, DISPLAY = N_("Function"), N_("Network"), N_("Neuron"), N_("Scores"), N_("Display")

SCENES = {"curves": N_("Curves and slopes"), "deep": N_("Many layers"), "neuron": N_("One neuron"), "softmax": "softmax"}
FUNCTIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "selu": "SELU",
             "gelu": "GELU", "silu": "SiLU (swish)", "softplus": "softplus", "step": N_("step function"), "linear": N_("linear")}
INITIALIZERS = {"xavier": "Xavier (Glorot)", "he": "He", "plain": N_("plain: your own σ")}
GATES = {"none": N_("none"), "and": "AND", "or": "OR", "xor": "XOR"}
LABELS = (N_("cat"), N_("dog"), N_("horse"), N_("fish"))  # of softmax's four scores

Function = Literal["sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "step", "linear"]
REACH = 6.0  # of the axis of z, to both sides
PLANE = 3.0  # of the neuron's inputs, to both sides
PARAMETERS = {"negative_slope": "leaky_relu", "alpha": "elu"}  # fields that belong to one function


class ActivationsSpec(StudySpec):
    """What is on screen on the page of activation functions."""

    study: ClassVar[str] = "activations"

    scene: Literal["curves", "deep", "neuron", "softmax"] = setting(
        "curves", choices=SCENES, label=N_("Scene"), group=DISPLAY,
        help=N_("The curve of a function, what many layers of it do, a single neuron, or softmax."))

    activation: Function = setting(
        "sigmoid", choices=FUNCTIONS, label=N_("Activation"), group=FUNCTION,
        help=N_("The function that bends the neuron’s sum z."))
    negative_slope: float = setting(
        0.2, ge=0.0, le=1.0, step=0.01, label=N_("Leaky ReLU: slope left of 0"), group=FUNCTION,
        help=N_("Keras calls it negative_slope: 0.2 unless you say otherwise, 0.3 in its layer LeakyReLU. At 0 it is ReLU, at 1 a "
                "straight line."))
    alpha: float = setting(
        1.0, ge=0.05, le=3.0, step=0.05, label=N_("ELU: α"), group=FUNCTION,
        help=N_("Left of 0 ELU runs down to −α. In Keras α is 1 unless you say otherwise."))
    z: float = setting(
        1.0, ge=-REACH, le=REACH, step=0.05, label=N_("Sum z"), group=FUNCTION,
        help=N_("The weighted sum that enters the function. Drag the point on the curve instead, if you like."))
    beside: tuple[Function, ...] = setting(
        ("tanh", "relu"), choices=FUNCTIONS, max_length=4, label=N_("Beside it"), group=FUNCTION,
        help=N_("Up to four other functions, drawn thin, to compare."))
    flat: float = setting(
        0.05, ge=0.01, le=0.25, step=0.01, label=N_("Flat below a slope of"), group=FUNCTION,
        help=N_("Where the slope is smaller than this, up or down, the function counts as saturated, and is shaded."))

    hidden_activation: Function = setting(
        "relu", choices=FUNCTIONS, label=N_("Activation of the layers"), group=NETWORK,
        help=N_("The function that every layer of the deep network uses."))
    initializer: Literal["xavier", "he", "plain"] = setting(
        "xavier", choices=INITIALIZERS, label=N_("Initialization"), group=NETWORK,
        help=N_("How widely the first weights are drawn: Xavier σ = 0.125 and He σ = 0.177 with 64 neurons a layer, or your own σ."))
    sigma: float = setting(
        0.05, ge=0.01, le=1.0, log=True, label=N_("Your own σ"), group=NETWORK,
        help=N_("The standard deviation of the weights where the initialization is “plain”; 0 is their mean."))
    depth: int = setting(
        20, ge=2, le=50, step=1, label=N_("Layers"), group=NETWORK,
        help=N_("How many layers of 64 neurons lie one behind the other."))
    skip: bool = setting(
        False, label=N_("Skip connections"), group=NETWORK,
        help=N_("Each layer’s input is added to its output, as in a residual network."))
    seed: int = setting(
        0, ge=0, le=99, step=1, label=N_("Seed"), group=NETWORK,
        help=N_("Fixes what is random: the inputs, the weights, the gradient that is sent back."))

    w1: float = setting(1.5, ge=-PLANE, le=PLANE, step=0.05, label=N_("Weight w₁"), group=NEURON,
                        help=N_("How much the first input counts. Drag the tip of the arrow."))
    w2: float = setting(1.0, ge=-PLANE, le=PLANE, step=0.05, label=N_("Weight w₂"), group=NEURON,
                        help=N_("How much the second input counts. Drag the tip of the arrow."))
    bias: float = setting(-0.5, ge=-6.0, le=6.0, step=0.05, label=N_("Bias b"), group=NEURON,
                          help=N_("Shifts the line where the sum is 0. Drag the point b on the line."))
    x1: float = setting(2.0, ge=-PLANE, le=PLANE, step=0.05, label=N_("Input x₁"), group=NEURON,
                        help=N_("The first coordinate of the point that the neuron is shown."))
    x2: float = setting(-1.0, ge=-PLANE, le=PLANE, step=0.05, label=N_("Input x₂"), group=NEURON,
                        help=N_("The second coordinate of the point that the neuron is shown."))
    gate: Literal["none", "and", "or", "xor"] = setting(
        "none", choices=GATES, label=N_("Four points to part"), group=NEURON,
        help=N_("Four points, each yes or no, as a logic gate has them. Find a line with every yes on the side where the sum is positive."))

    temperature: float = setting(
        1.0, ge=0.05, le=20.0, log=True, label=N_("Temperature T"), group=SCORES,
        help=N_("All scores are divided by it before softmax. Low: the largest takes all. High: all become equal."))
    cat: float = setting(2.0, ge=-5.0, le=5.0, step=0.1, label=N_("Score of “cat”"), group=SCORES,
                         help=N_("The network’s score, or logit, for this class. Drag the top of its bar."))
    dog: float = setting(1.0, ge=-5.0, le=5.0, step=0.1, label=N_("Score of “dog”"), group=SCORES,
                         help=N_("The network’s score, or logit, for this class. Drag the top of its bar."))
    horse: float = setting(0.0, ge=-5.0, le=5.0, step=0.1, label=N_("Score of “horse”"), group=SCORES,
                           help=N_("The network’s score, or logit, for this class. Drag the top of its bar."))
    fish: float = setting(-1.0, ge=-5.0, le=5.0, step=0.1, label=N_("Score of “fish”"), group=SCORES,
                          help=N_("The network’s score, or logit, for this class. Drag the top of its bar."))

    def revised(self, **values: Any) -> Self:
        """Whoever moves σ wants weights of that σ."""
        moved = values.get("sigma", self.sigma) != self.sigma and "initializer" not in values
        return self.changed(**values, **({"initializer": "plain"} if moved else {}))

    def parameters(self, function: str) -> dict[str, float]:
        """What a function has for a parameter, by its name."""
        return {field: getattr(self, field) for field, of in PARAMETERS.items() if of == function}

    @property
    def scores(self) -> tuple[float, float, float, float]:
        """The four logits, in the order of LABELS."""
        return self.cat, self.dog, self.horse, self.fish
