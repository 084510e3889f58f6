"""Forward and back propagation: an expression as a graph, a small network in numbers, gradients to guess, a step, and depth."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from core.frame import Trouble
from core.i18n import N_
from core.specs import wiring
from core.specs.base import setting
from core.specs.study import StudySpec

SCENES = {"graph": N_("A graph of plain numbers"), "network": N_("A small network"), "guess": N_("Guess the gradient"),
          "update": N_("One step"), "depth": N_("Many layers")}
GRAPH, NETWORK, GUESS, CHAIN, DISPLAY = N_("Expression"), N_("Network"), N_("Guess"), N_("Chain"), N_("Display")
ACTIVATIONS = {"tanh": "tanh", "sigmoid": "sigmoid", "relu": "ReLU", "linear": N_("linear")}
Squash = Literal["tanh", "sigmoid", "relu", "linear"]
GUESSES = ("guess1", "guess2", "guess3")
LARGEST_GUESS = 1.5


def _number(default: float, label: str, help: str, group: str = NETWORK, limit: float = 2.0, step: float = 0.05) -> Any:
    return setting(default, ge=-limit, le=limit, step=step, label=label, help=help, group=group)


class BackpropagationSpec(StudySpec):
    """The settings of all scenes. The weight or bias `edge` of the network is `weight`; all others are those of the seed or of `edits`."""

    study: ClassVar[str] = "backpropagation"

    scene: Literal["graph", "network", "guess", "update", "depth"] = setting(
        "graph", choices=SCENES, label=N_("Scene"), help=N_("Which part of this page is on screen."), group=DISPLAY)

    expression: str = setting(
        "(x + y) * z + x", label=N_("Expression"), group=GRAPH, max_length=80,
        help=N_("Of x, y and z, with + − * / ^, numbers, and functions such as sin, exp, log, tanh. A letter may stand in it twice."))
    x: float = _number(2.0, "x", N_("The number that x stands for."), GRAPH, 3.0, 0.1)
    y: float = _number(-1.0, "y", N_("The number that y stands for."), GRAPH, 3.0, 0.1)
    z: float = _number(3.0, "z", N_("The number that z stands for."), GRAPH, 3.0, 0.1)
    node: int = setting(1, ge=1, le=14, step=1, label=N_("Node"), group=GRAPH,
                        help=N_("Which node’s gradient is written out below, counted in the order in which the values are computed. "
                                "Or click a node."))

    shape: Literal["2-2-1", "2-2-2", "2-3-2", "2-2-2-1", "3-4-3-2"] = setting(
        "2-3-2", label=N_("Shape"), group=NETWORK, choices={name: name for name in wiring.SHAPES},
        help=N_("How many neurons each layer has: inputs first, outputs last."))
    activation: Squash = setting("tanh", label=N_("Activation"), group=NETWORK, choices=ACTIVATIONS,
                                 help=N_("What each hidden neuron does with its weighted sum. Going back, its slope is a factor."))
    last: Squash = setting("linear", label=N_("Output activation"), group=NETWORK, choices=ACTIVATIONS,
                           help=N_("What the output neurons do with their weighted sums."))
    seed: int = setting(0, ge=0, le=99, step=1, label=N_("Seed"), group=NETWORK,
                        help=N_("Draws all weights anew, rounded to one decimal. What you have set yourself is forgotten."))
    edge: str = setting("w1_11", label=N_("Weight to look at"), group=NETWORK, pattern=r"^[wb][1-3]_[1-4]{1,2}$",
                        choices={name: wiring.written(name) for name in wiring.ALL},
                        help=N_("w¹₂₃ is the weight of the first layer from neuron 2 to neuron 3, b a bias. Or click a number in the "
                                "network."))
    weight: float = setting(0.9, ge=-wiring.LARGEST, le=wiring.LARGEST, step=0.05, label=N_("Its value"), group=NETWORK,
                            help=N_("The weight or bias that you look at. Or drag the point along its curve."))
    edits: str = setting("", label=N_("Weights of your own"), group=NETWORK, max_length=800,
                         help=N_("Such as w1_11=0.5, b2_1=-1/3: the first digit is the layer, then come from which neuron and to which. A "
                                 "value is a number from −3 to 3, also sqrt(2) or pi/4, and is kept to six decimals."))
    x1: float = _number(1.0, "x₁", N_("The first number that goes in."))
    x2: float = _number(-0.5, "x₂", N_("The second number that goes in."))
    x3: float = _number(0.5, "x₃", N_("The third number that goes in, where there are three."))
    t1: float = _number(0.5, "t₁", N_("What the first output should be."))
    t2: float = _number(-0.5, "t₂", N_("What the second output should be, where there are two."))

    case: int = setting(1, ge=1, le=99, step=1, label=N_("Network number"), group=GUESS,
                        help=N_("Each number is another network to guess at, with other weights, inputs and targets."))
    guess1: float = _number(0.0, N_("Guess 1"), N_("The gradient of the weight marked 1: does the loss rise (+) or fall (−) with it, and "
                                                   "how steeply?"), GUESS, LARGEST_GUESS, 0.01)
    guess2: float = _number(0.0, N_("Guess 2"), N_("The gradient of the weight marked 2."), GUESS, LARGEST_GUESS, 0.01)
    guess3: float = _number(0.0, N_("Guess 3"), N_("The gradient of the weight marked 3."), GUESS, LARGEST_GUESS, 0.01)
    reveal: bool = setting(False, label=N_("Reveal"), group=GUESS,
                           help=N_("Shows the true gradients. When you hide them again, another network comes."))

    learning_rate: float = setting(0.1, ge=0.001, le=30.0, log=True, label=N_("Learning rate"), group=NETWORK,
                                   help=N_("How far the step goes along the negative gradient: w becomes w − η · gradient."))

    layers: int = setting(20, ge=2, le=60, step=1, label=N_("Layers"), group=CHAIN, help=N_("How many neurons stand one after the other."))
    gain: float = setting(1.0, ge=0.1, le=6.0, step=0.05, label=N_("Weight w"), group=CHAIN,
                          help=N_("The weight from each neuron to the next: the same one everywhere."))
    chain: Squash = setting("sigmoid", label=N_("Activation of the chain"), group=CHAIN, choices=ACTIVATIONS,
                            help=N_("What each neuron of the chain does. Going back, each layer multiplies by w times its slope."))
    start: float = _number(0.5, N_("Input"), N_("The number that enters the first neuron."), CHAIN)

    def choices_of(self, name: str) -> tuple[Any, ...]:
        return wiring.names(self.widths) if name == "edge" else super().choices_of(name)

    @property
    def widths(self) -> tuple[int, ...]:
        return wiring.SHAPES[self.shape]

    @property
    def looked_at(self) -> str:
        """The weight or bias that `weight` is: `edge`, or the first where the shape has none of that name."""
        return self.edge if self.edge in wiring.names(self.widths) else wiring.names(self.widths)[0]

    def weights(self) -> dict[str, float]:
        """All weights and biases by name. Trouble for `edits` that cannot be read or do not fit."""
        return {**wiring.drawn(self.widths, self.seed), **wiring.edits(self.edits, self.shape), self.looked_at: self.weight}

    def revised(self, **values: Any) -> Self:
        """Another weight to look at leaves the one before as it was set; another shape or seed, and all that was set is forgotten;
        hiding what was revealed, and another network to guess at, begin a new guess."""
        new = dict(values)
        if any(name in new and new[name] != getattr(self, name) for name in ("shape", "seed")):
            fresh = self.changed(**{name: value for name, value in new.items() if name in ("shape", "seed", "edge")})
            edge = fresh.looked_at
            new = {"edits": "", "weight": wiring.drawn(fresh.widths, fresh.seed)[edge], **new, "edge": edge}
        else:
            new |= self._set_apart(new)
        hides = self.reveal and new.get("reveal") is False
        if hides and "case" not in new:
            new["case"] = self.case % 99 + 1
        if any(name in new and new[name] != getattr(self, name) for name in ("case", "shape", "activation")):
            new |= {"reveal": False, **{name: 0.0 for name in GUESSES if name not in new}}
        return self.changed(**new)

    def _set_apart(self, new: dict[str, Any]) -> dict[str, Any]:
        """What follows for `edits` and `weight` from a change of edge, weight or edits."""
        try:
            kept = wiring.edits(new.get("edits", self.edits), self.shape)
            now = self.changed(edits=wiring.listed(kept)).weights()
        except Trouble:  # what cannot be read stays as it was typed; the picture says so
            return {}
        here, there = self.looked_at, new.get("edge", self.edge)
        if "edits" in new:
            return {"weight": kept[here]} if here in kept and "weight" not in new else {}
        if there != here and there in now:
            base = wiring.drawn(self.widths, self.seed)
            others = {name: value for name, value in now.items() if name != there and value != base[name]}
            return {"edits": wiring.listed(others), "weight": new.get("weight", now[there])}
        if "weight" in new and here in kept:
            return {"edits": wiring.listed({name: value for name, value in kept.items() if name != here})}
        return {}
