"""The settings of the page on optimizers: where the balls start, who races, and what each of them is told."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

RACE, RULE, RAVINE, DATA, DISPLAY = N_("The race"), N_("Update rules"), N_("The ravine"), N_("Data"), N_("Display")
SCENES = {"race": N_("The race"), "memory": N_("What each remembers"), "quadratic": N_("One direction at a time"),
          "map": N_("Rate and momentum"), "network": N_("A real network")}
SURFACES = {"ravine": N_("ravine"), "rosenbrock": N_("Rosenbrock’s valley"), "himmelblau": N_("Himmelblau’s four pits"),
            "saddle": N_("saddle"), "rastrigin": N_("Rastrigin’s egg box"), "own": N_("your own f(x, y)")}
RACERS = {"gd": N_("Gradient descent"), "sgd": "SGD", "momentum": N_("Momentum"), "nesterov": "Nesterov",
          "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
SCHEDULES = {"constant": N_("constant"), "step": N_("steps: a tenth after each third"), "exponential": N_("exponential: to a hundredth"),
             "inverse": N_("1/t: to a tenth"), "cosine": N_("cosine to zero"), "warmup": N_("warm-up, then cosine")}
NETWORK_DATA = {"circles": N_("circles"), "xor": "XOR", "moons": N_("moons"), "gaussians": N_("gaussians")}
ADAPTIVE = ("adagrad", "rmsprop", "adam", "adamw")

Racer = Literal["gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
# What suits a surface: a start, a learning rate, and one of the adaptive rules.
SUITS: dict[str, dict[str, float]] = {
    "ravine": {"start_x": -4.0, "start_y": 2.0, "learning_rate": 0.03, "adaptive_rate": 0.1},
    "rosenbrock": {"start_x": -1.2, "start_y": 1.0, "learning_rate": 0.001, "adaptive_rate": 0.3},
    "himmelblau": {"start_x": 0.0, "start_y": -0.5, "learning_rate": 0.01, "adaptive_rate": 0.1},
    "saddle": {"start_x": -2.8, "start_y": 0.0, "learning_rate": 0.1, "adaptive_rate": 0.1},
    "rastrigin": {"start_x": -3.5, "start_y": 2.2, "learning_rate": 0.004, "adaptive_rate": 0.75},
    "own": {"start_x": -3.0, "start_y": 2.0, "learning_rate": 0.05, "adaptive_rate": 0.2},
}


class OptimizersSpec(StudySpec):
    """A race of optimizers; equal specs give equal paths."""

    study: ClassVar[str] = "optimizers"

    scene: Literal["race", "memory", "quadratic", "map", "network"] = setting(
        "race", choices=SCENES, label=N_("Scene"), group=DISPLAY, help=N_("What of optimizers is on screen."))
    surface: Literal["ravine", "rosenbrock", "himmelblau", "saddle", "rastrigin", "own"] = setting(
        "ravine", choices=SURFACES, label=N_("Surface"), group=RACE,
        help=N_("The ground that the balls roll on. A new one comes with a start and learning rates that suit it. Your own you type under "
                "“More”."))
    formula: str = setting(
        "x^2/4 + y^2 + 2*sin(3*x)*cos(2*y)", label="f(x, y)", group=RACE, max_length=80,
        help=N_("Your own surface, such as x^2 + 3*sin(y)^2. It may use sin, cos, exp, log, sqrt, abs and more."))
    start_x: float = setting(
        -4.0, ge=-7.0, le=7.0, step=0.05, label=N_("Start x"), group=RACE, help=N_("Where the balls start. Or press in the figure."))
    start_y: float = setting(
        2.0, ge=-4.4, le=4.4, step=0.05, label=N_("Start y"), group=RACE, help=N_("Where the balls start. Or press in the figure."))
    racers: tuple[Racer, ...] = setting(
        ("gd", "momentum", "rmsprop", "adam"), label=N_("Who races"), group=RACE, min_length=1, max_length=8, choices=RACERS,
        help=N_("All start at the same place and take one step each at the same time."))
    steps: int = setting(
        100, ge=10, le=300, step=10, label=N_("Number of steps"), group=RACE, help=N_("After how many steps the race ends."))

    learning_rate: float = setting(
        0.03, ge=1e-4, le=2.0, log=True, label=N_("Learning rate"), group=RULE,
        help=N_("Of gradient descent, SGD, momentum and Nesterov: a step is the rate times the gradient, so steep ground makes long "
                "steps."))
    adaptive_rate: float = setting(
        0.1, ge=1e-3, le=2.0, log=True, label=N_("Rate of the adaptive ones"), group=RULE,
        help=N_("Of Adagrad, RMSprop, Adam and AdamW. They divide by the size of past gradients, so the rate is about the length of a "
                "step."))
    momentum: float = setting(
        0.9, ge=0.0, le=0.99, step=0.01, label=N_("Momentum β"), group=RULE,
        help=N_("Which share of its velocity a ball keeps from step to step. For momentum and Nesterov."))
    beta_1: float = setting(
        0.9, ge=0.0, le=0.99, step=0.01, label=N_("Adam’s β₁"), group=RULE,
        help=N_("How slowly Adam’s mean of gradients changes: 0.9 remembers about ten steps."))
    beta_2: float = setting(
        0.999, ge=0.5, le=0.999, step=0.001, label=N_("Adam’s β₂"), group=RULE,
        help=N_("How slowly Adam’s mean of squared gradients changes: 0.999 remembers about a thousand steps."))
    rho: float = setting(
        0.9, ge=0.0, le=0.99, step=0.01, label=N_("RMSprop’s ρ"), group=RULE,
        help=N_("How slowly RMSprop’s mean of squared gradients changes: 0.9 remembers about ten steps."))
    weight_decay: float = setting(
        0.05, ge=0.0, le=0.5, step=0.005, label=N_("AdamW’s weight decay"), group=RULE,
        help=N_("At every step AdamW also shrinks x and y by this share of the rate: it pulls towards (0, 0)."))
    schedule: Literal["constant", "step", "exponential", "inverse", "cosine", "warmup"] = setting(
        "constant", choices=SCHEDULES, label=N_("Learning rate over time"), group=RULE,
        help=N_("How the learning rates change from the first step to the last."))
    noise: float = setting(
        2.0, ge=0.0, le=20.0, step=0.5, label=N_("Noise in SGD’s gradient"), group=RULE,
        help=N_("SGD sees the gradient of a few samples only: the true one and a random arrow, about this long in each direction."))
    all_noisy: bool = setting(
        False, label=N_("Noise for all"), group=RULE, help=N_("Every optimizer is given the noisy gradient, the same one at the same "
                                                              "step."))
    seed: int = setting(0, ge=0, le=99, step=1, label=N_("Seed"), group=RULE,
                        help=N_("Fixes the noise and, for the network, the first weights."))

    optimizer: Racer = setting(
        "adam", choices=RACERS, label=N_("Optimizer"), group=RULE, help=N_("Whose memory is on screen."))
    step: int = setting(
        13, ge=1, le=300, step=1, label=N_("Step"), group=RACE, help=N_("Which step is looked at. Or drag the ball along its path."))

    steep: float = setting(
        10.0, ge=4.0, le=20.0, step=0.5, label=N_("Steepness across λmax"), group=RAVINE,
        help=N_("The larger eigenvalue: how strongly the ravine curves from wall to wall."))
    flat: float = setting(
        0.1, ge=0.1, le=5.0, step=0.1, label=N_("Steepness along λmin"), group=RAVINE,
        help=N_("The smaller eigenvalue: how strongly the floor of the ravine curves."))
    angle: int = setting(
        20, ge=0, le=90, step=5, label=N_("Turn of the ravine"), unit="°", group=RAVINE,
        help=N_("At 0° and 90° the ravine lies along an axis, and rules that adjust x and y one by one have it easy."))
    rate: float = setting(
        0.19, ge=0.005, le=1.1, step=0.005, label=N_("Learning rate η"), group=RAVINE,
        help=N_("How far each step goes along the negative gradient."))
    friction: float = setting(
        0.0, ge=0.0, le=0.98, step=0.01, label=N_("Momentum β"), group=RAVINE,
        help=N_("Which share of its velocity the ball keeps from step to step. 0 is plain gradient descent."))
    nesterov: bool = setting(
        False, label=N_("Nesterov’s momentum"), group=RAVINE, help=N_("The step looks ahead: it uses the velocity that the ball is going "
                                                                      "to have."))

    dataset: Literal["circles", "xor", "moons", "gaussians"] = setting(
        "circles", choices=NETWORK_DATA, label=N_("Data"), group=DATA, help=N_("The 100 points that the network learns from."))
    units: int = setting(6, ge=2, le=12, step=1, label=N_("Hidden neurons"), group=DATA, help=N_("How many neurons the hidden layer has."))
    batch: Literal[0, 10, 25, 50] = setting(
        0, choices={0: N_("all 100 points"), 10: "10", 25: "25", 50: "50"}, label=N_("Batch size"), group=DATA,
        help=N_("How many points a step looks at. Fewer are quicker and noisier."))
    network_rate: float = setting(
        0.5, ge=1e-3, le=5.0, log=True, label=N_("Learning rate"), group=DATA,
        help=N_("Of gradient descent, momentum and Nesterov, on the network."))
    network_adaptive_rate: float = setting(
        0.05, ge=1e-3, le=1.0, log=True, label=N_("Rate of the adaptive ones"), group=DATA,
        help=N_("Of Adagrad, RMSprop, Adam and AdamW, on the network."))

    @model_validator(mode="after")
    def _steeper_across(self) -> OptimizersSpec:
        if self.flat > self.steep:
            raise ValueError(f"λmin {self.flat} is larger than λmax {self.steep}")
        return self

    def revised(self, **values: Any) -> OptimizersSpec:
        """A new surface brings a start and rates that suit it, unless they are set with it, a new formula makes it the typed one; λmin and
        λmax keep their order."""
        if "formula" in values and values["formula"] != self.formula:
            values = {"surface": "own", **values}
        if values.get("surface", self.surface) != self.surface:
            values = {**SUITS[values["surface"]], **values}
        if "steep" in values and "flat" not in values:
            values["flat"] = min(self.flat, values["steep"])
        elif "flat" in values and "steep" not in values:
            values["steep"] = max(self.steep, values["flat"])
        return self.changed(**values)
