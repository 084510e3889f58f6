"""The lab for generative adversarial networks in two dimensions: real points, two networks against each other, and how they are trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs import training
from core.specs.base import Score, Spec, setting
from core.specs.branch import Branching
from core.specs.feedforward import ACTIVATIONS
from core.specs.training import DATA, DISPLAY, TRAINING

GENERATOR, DISCRIMINATOR = N_("Generator"), N_("Discriminator")
DATASETS = {"line": N_("a line"), "ring": N_("a ring"), "ring8": N_("8 clouds on a ring"), "grid25": N_("25 clouds on a grid"),
            "moons": N_("moons"), "spiral": N_("spiral"), "blobs": N_("three clouds far apart"), "drawn": N_("your own drawing"),
            "upload": N_("your own points (CSV)")}
MODES = {"ring8": 8, "grid25": 25, "blobs": 3}  # data with clouds that can be counted
LOSSES = {"minimax": N_("minimax"), "nonsaturating": N_("non-saturating"), "lsgan": N_("least squares"),
          "wgan_gp": N_("Wasserstein with gradient penalty")}
NOISES = {"uniform": N_("uniform"), "normal": N_("normal")}
PARTS = {"surface": N_("verdict"), "grid": N_("bent noise"), "real": N_("real"), "fake": N_("fake"), "arrows": N_("pull")}
SIDE = 24  # cells of a drawing's side: 576 bits, 4 to a hexadecimal digit
ADAMS = ("adam", "adamw")
OWN = ("dataset", "upload", "drawn")
# GAN Lab's networks and optimizers as they stand when it opens (it does not count its first hidden layer), and its batches of 150.
GANLAB: Mapping[str, Any] = {"g_units": 8, "d_units": 8, "g_optimizer": "sgd", "d_optimizer": "sgd", "learning_rate": 0.1}
# 8 of 8 clouds after 10,000 steps with 3 of 3 seeds.
GOOD: Mapping[str, Any] = {"dataset": "ring8", "g_units": 32, "d_units": 32, "noise": "normal", "schedule": "cosine"}
# A generator that learns ten times for each time that it is watched goes to wherever it is believed just now: 0, 1, 0 and 1 clouds of 8
# after 2,500 steps with 4 seeds; with one update a step 8, 8, 8 and 8.
COLLAPSE: Mapping[str, Any] = {"dataset": "ring8", "g_units": 32, "d_units": 32, "noise": "normal", "g_steps": 10, "epochs": 50}
# The discriminator is sure of everything (D(real) 1.00, D(fake) 0.00) from the first epochs on, and what the minimax loss leaves of the
# generator's gradient is below 0.001 with 2 of 2 seeds; with the non-saturating loss it is around 4.
STRONG: Mapping[str, Any] = {"dataset": "blobs", "loss": "minimax", "learning_rate": 0.0001, "d_rate": 10.0, "d_steps": 5, "d_units": 32,
                             "epochs": 40}
# A high rate, and an Adam that remembers long: the two run after each other in circles. With 3 of 3 seeds the distance swings to the end
# (0.3 … 0.5, 0.5 … 1.3, 0.2 … 0.3), 4, 2 and 8 clouds of 8 after 3,000 steps, others at every look; with a tenth of the rate it stands at
# 0.23, 0.20 and 0.29 with 7, 8 and 6. The losses with logarithms do not serve here: their generator's ReLUs die, and all stands still.
OSCILLATES: Mapping[str, Any] = {"dataset": "ring8", "loss": "lsgan", "g_units": 32, "d_units": 32, "noise": "normal",
                                 "learning_rate": 0.01, "beta1": 0.9, "epochs": 60}
RESCUES: Mapping[str, Mapping[str, Any]] = {"collapse": {"g_steps": 1}, "strong": {"loss": "nonsaturating"},
                                            "oscillates": {"learning_rate": 0.001}}

Activation = Literal["linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu"]


class GanSpec(Branching):
    """A generator and a discriminator on points of the plane; equal specs give equal numbers, bit for bit."""

    lab: ClassVar[str] = "core.labs.gan"
    lab_version: ClassVar[int] = 2
    models: ClassVar[tuple[str, ...]] = ("generator", "discriminator")
    free: ClassVar[tuple[str, ...]] = ("loss", "d_steps", "learning_rate", "d_rate", "g_optimizer", "d_optimizer", "beta1", "g_steps",
                                       "instance_noise", "penalty", "batch_size", "schedule", "epochs")
    usual_rates: ClassVar[Mapping[str, float]] = {"sgd": 0.1, "momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.001, "adagrad": 0.03,
                                                  "adam": 0.001, "adamw": 0.001}

    dataset: Literal["line", "ring", "ring8", "grid25", "moons", "spiral", "blobs", "drawn", "upload"] = setting(
        "ring", label=N_("Real data"), group=DATA, first=True, choices=DATASETS,
        help=N_("The points that the generator is to imitate. It never sees them: it only hears what the discriminator makes of its own."))
    loss: Literal["minimax", "nonsaturating", "lsgan", "wgan_gp"] = setting(
        "nonsaturating", label=N_("Loss"), group=TRAINING, first=True, choices=LOSSES,
        help=N_("What the two play for. With minimax the generator lowers the log-probability of being caught, and learns nothing as long "
                "as it always is; non-saturating raises that of passing for real. Least squares pulls scores to 0 and 1; Wasserstein’s "
                "critic gives scores without bounds, and its slope is held near 1."))
    d_steps: int = setting(
        1, ge=0, le=10, step=1, label=N_("Discriminator’s updates per step"), group=TRAINING, first=True,
        help=N_("How often the discriminator learns before it is the generator’s turn. With 0 it stays as it is, and only the generator "
                "learns."))
    learning_rate: float = training.rate(0.001)

    points: int = setting(
        7500, ge=150, le=20_000, step=150, label=N_("Real points"), group=DATA,
        help=N_("How many real points there are to learn from."))
    drawn: str = setting(
        "", label=N_("Your own drawing"), group=DATA, pattern=r"^([0-9a-f]{144})?$",
        help=N_("24 × 24 cells; the real points lie in those that are painted."))
    upload: str = setting(
        "", label=N_("Your own points"), group=DATA, pattern=r"^([0-9a-f]{32})?$",
        help=N_("A CSV with a header and two columns of numbers. A label beside them has no part in this."))
    seed: int = setting(
        0, ge=0, le=9999, step=1, label=N_("Seed"), group=TRAINING,
        help=N_("Fixes everything random: the points, the first weights, the noise, the order of the batches. "
                "The same seed gives the same run, bit for bit."))

    noise_size: Literal[1, 2] = setting(
        2, label=N_("Numbers of noise"), group=GENERATOR, choices={1: "1", 2: "2"},
        help=N_("What the generator makes a point of: one random number, or two. It bends a line or a sheet into the plane."))
    noise: Literal["uniform", "normal"] = setting(
        "uniform", label=N_("Noise"), group=GENERATOR, choices=NOISES,
        help=N_("Uniform: between −1 and 1, everything equally often. Normal: mostly near 0."))
    g_layers: int = setting(
        2, ge=0, le=5, step=1, label=N_("Generator’s layers"), group=GENERATOR,
        help=N_("Hidden layers between the noise and the point. Without any it can only stretch and turn its noise."))
    g_units: int = setting(
        14, ge=1, le=128, step=1, label=N_("Generator’s neurons"), group=GENERATOR,
        help=N_("How many neurons each of its hidden layers has."))
    g_activation: Activation = setting(
        "relu", label=N_("Generator’s activation"), group=GENERATOR, choices=ACTIVATIONS,
        help=N_("What its neurons do with their weighted sums. Its last layer has none: a point may lie anywhere."))
    d_layers: int = setting(
        2, ge=0, le=5, step=1, label=N_("Discriminator’s layers"), group=DISCRIMINATOR,
        help=N_("Hidden layers between the point and the verdict. Without any it can only cut the plane along a line."))
    d_units: int = setting(
        14, ge=1, le=128, step=1, label=N_("Discriminator’s neurons"), group=DISCRIMINATOR,
        help=N_("How many neurons each of its hidden layers has."))
    d_activation: Activation = setting(
        "relu", label=N_("Discriminator’s activation"), group=DISCRIMINATOR, choices=ACTIVATIONS,
        help=N_("What its neurons do with their weighted sums."))

    g_optimizer: training.Optimizer = setting(
        "adam", label=N_("Generator’s optimizer"), group=TRAINING, choices=training.OPTIMIZERS,
        help=N_("How a gradient becomes a step of the generator."))
    d_optimizer: training.Optimizer = setting(
        "adam", label=N_("Discriminator’s optimizer"), group=TRAINING, choices=training.OPTIMIZERS,
        help=N_("How a gradient becomes a step of the discriminator."))
    d_rate: float = setting(
        1.0, ge=0.01, le=100.0, log=True, label=N_("Discriminator’s rate"), group=TRAINING,
        help=N_("How many times the learning rate the discriminator’s own is."))
    beta1: float = setting(
        0.5, ge=0.0, le=0.99, step=0.05, label=N_("Adam’s momentum"), group=TRAINING,
        help=N_("How long Adam remembers directions. 0.9 is usual elsewhere; here the other side moves too, and old directions mislead: "
                "GANs mostly take 0.5."))
    g_steps: int = setting(
        1, ge=0, le=10, step=1, label=N_("Generator’s updates per step"), group=TRAINING,
        help=N_("How often the generator learns before it is the discriminator’s turn again. With 0 it stays as it is, and only the "
                "discriminator learns."))
    instance_noise: float = setting(
        0.0, ge=0.0, le=1.0, step=0.05, label=N_("Instance noise"), group=TRAINING,
        help=N_("Normal noise with this standard deviation is added to every point, real or not, that the discriminator is shown. Then the "
                "two clouds overlap, and it can no longer be sure."))
    penalty: float = setting(
        1.0, ge=0.1, le=100.0, log=True, label=N_("Gradient penalty"), group=TRAINING,
        help=N_("Wasserstein only: how strongly the critic’s slope between real points and others is held near 1."))
    batch_size: int = setting(
        150, ge=10, le=500, step=10, label=N_("Batch size"), group=TRAINING, unit=N_("points"),
        help=N_("How many real points, and how many of the generator’s, one update looks at."))
    schedule: training.Schedule = training.SCHEDULE
    epochs: int = setting(
        200, ge=1, le=5000, step=10, label=N_("Epochs"), group=TRAINING,
        help=N_("One epoch has as many steps as the real points make batches."))
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> GanSpec:
        if (self.dataset == "upload") != bool(self.upload):
            raise ValueError("the dataset “upload” and an uploaded file go together")
        if self.drawn and "1" not in f"{int(self.drawn, 16):b}":
            raise ValueError("a drawing needs a painted cell")
        if self.d_steps == self.g_steps == 0:
            raise ValueError("one of the two networks has to learn: d_steps or g_steps is 1 or more")
        return self

    # ---- what it is about

    @property
    def modes(self) -> int:
        """How many clouds the real data have; 0 where they cannot be counted."""
        return MODES.get(self.dataset, 0)

    @property
    def rests(self) -> str:
        """The side that never learns: "d", "g", or "" where both do."""
        return "" if self.d_steps and self.g_steps else "g" if self.d_steps else "d"

    @property
    def optimizer(self) -> str:
        """The generator's, which is what general tools know of."""
        return self.g_optimizer

    @property
    def idle(self) -> tuple[str, ...]:
        """The fields that have no say in a run of this spec: their controls need not be shown."""
        found = ["drawn"] * (self.dataset != "drawn") + ["points"] * (self.dataset == "upload")
        found += ["penalty"] * (self.loss != "wgan_gp") + ["beta1"] * (not {self.g_optimizer, self.d_optimizer} & {*ADAMS})
        for net in ("g", "d"):
            found += [f"{net}_units", f"{net}_activation"] * (getattr(self, f"{net}_layers") == 0)
        return tuple(found)

    @property
    def brought(self) -> dict[str, Any]:
        return {"dataset": self.dataset, "upload": self.upload} if self.upload else {}

    def _numbers(self) -> dict[str, Any]:
        return {name: value for name, value in super()._numbers().items() if name not in self.idle}

    @property
    def score(self) -> Score:
        return Score("distance", N_("distance"), higher_is_better=False)

    @property
    def split(self) -> tuple[object, ...]:
        own = () if self.dataset == "upload" else (self.points, self.drawn if self.dataset == "drawn" else "")
        return (self.dataset, self.upload, *own, self.seed)

    # ---- for the runner

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a compiled step: the runner sends them to the worker that has it."""
        nets = tuple((layers, units, activation) if layers else () for layers, units, activation in (
            (self.g_layers, self.g_units, self.g_activation), (self.d_layers, self.d_units, self.d_activation)))
        beta1 = self.beta1 if "beta1" not in self.idle else None
        return (self.lab, self.noise_size, nets, self.loss, self.g_optimizer, self.d_optimizer, beta1, self.d_steps, self.g_steps,
                self.batch_size)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        def weights(layers: int, units: int, ends: int) -> int:
            return ends * units + max(layers - 1, 0) * units * units

        updates = self.epochs * self.points / self.batch_size * (max(self.d_steps, 1) + max(self.g_steps, 1))  # who rests is measured
        work = weights(self.g_layers, self.g_units, 4) + 2 * weights(self.d_layers, self.d_units, 3)
        return 1.5 + updates * (2e-5 + 3e-10 * self.batch_size * work) + min(self.epochs, 200) * 5e-3

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        """One of the two networks has to learn."""
        least, greatest = super().bounds_of(name)
        return (1 if self.rests and name == ("d_steps" if self.rests == "g" else "g_steps") else least), greatest

    def revised(self, **values: object) -> GanSpec:
        """A copy with other values; what no longer fits beside them gives way: the uploaded file of other data, the run of other networks
        branched off, the rest of one network when the other is to rest."""
        merged = {**self.model_dump(), **values}
        if merged["dataset"] != "upload":
            merged["upload"] = ""
        else:  # it has no say in points that are there: left alone, it would make another run of the same
            merged["points"] = GanSpec.model_fields["points"].default
        if merged["d_steps"] == merged["g_steps"] == 0:  # who rested has to learn now
            merged |= {name: 1 for name in ("d_steps", "g_steps") if name not in values}
        return self.settled(merged, values)


class GanView(Spec):
    """How the lab is drawn; changes no number."""

    shown: tuple[Literal["surface", "grid", "real", "fake", "arrows"], ...] = setting(
        tuple(PARTS), label=N_("In the picture"), group=DISPLAY, choices=PARTS, min_length=1, max_length=len(PARTS),
        help=N_("The discriminator’s verdict as shading, the generator’s noise as it bends it, real points, fakes, and where each fake is "
                "pulled."))
    log_scale: bool = setting(
        False, label=N_("Losses and distances on a log scale"), group=DISPLAY,
        help=N_("Shows what happens once they are small. The losses of minimax and Wasserstein keep their straight scale: they may be "
                "negative."))
