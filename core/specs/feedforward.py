"""The feedforward lab: data in the plane, a network of dense layers, and how it is trained."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from core.i18n import N_
from core.specs import training
from core.specs.base import Score, Spec, setting
from core.specs.branch import Branching
from core.specs.training import DATA, DISPLAY, NETWORK, TRAINING

DATASETS = {
    "circles": N_("circles"), "xor": N_("xor"), "gaussians": N_("gaussians"), "spiral": N_("spiral"),
    "moons": N_("moons"), "blobs3": N_("three classes"), "blobs4": N_("four classes"),
    "plane": N_("regression: plane"), "hills": N_("regression: hills"),
    "features100": N_("100 features, 10 classes"), "upload": N_("your own points (CSV)"),
}
REGRESSION = ("plane", "hills")
FEATURES = {"x1": "x₁", "x2": "x₂", "x1²": "x₁²", "x2²": "x₂²", "x1x2": "x₁x₂", "sin x1": "sin x₁", "sin x2": "sin x₂"}
ACTIVATIONS = {"linear": N_("linear"), "tanh": "tanh", "sigmoid": "sigmoid", "relu": "ReLU", "leaky_relu": "leaky ReLU",
               "elu": "ELU", "gelu": "GELU", "silu": "SiLU (swish)"}
LOSSES = {"auto": N_("fits the task"), "mse": "MSE", "mae": "MAE", "huber": "Huber", "crossentropy": N_("cross-entropy"),
          "hinge": N_("hinge")}
INITIALIZERS = {"glorot_uniform": "Glorot", "he_normal": "He", "lecun_normal": "LeCun", "small": N_("normal, σ = 0.01"),
                "large": N_("normal, σ = 1"), "zeros": N_("zeros")}
REGRESSION_LOSSES = ("auto", "mse", "mae", "huber")
CLASS_LOSSES = ("auto", "crossentropy", "hinge", "mse")

Activation = Literal["linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu"]
Feature = Literal["x1", "x2", "x1²", "x2²", "x1x2", "sin x1", "sin x2"]


class FeedforwardSpec(Branching):
    """A dense network on a dataset; equal specs give equal numbers, bit for bit."""

    lab: ClassVar[str] = "core.labs.feedforward"
    lab_version: ClassVar[int] = 3
    free: ClassVar[tuple[str, ...]] = ("learning_rate", "optimizer", "schedule", "batch_size", "dropout", "l1", "l2", "epochs")

    dataset: Literal["circles", "xor", "gaussians", "spiral", "moons", "blobs3", "blobs4", "plane", "hills",
                     "features100", "upload"] = setting(
        "circles", label=N_("Data"), group=DATA, first=True, choices=DATASETS,
        help=N_("The points that the network learns from."))
    hidden: tuple[Annotated[int, Field(ge=1, le=64)], ...] = setting(
        (6, 4), label=N_("Hidden layers"), group=NETWORK, first=True, max_length=6,
        help=N_("How many layers lie between input and output, and how many neurons each has. "
                "More neurons make more folds; more layers fold the folds."))
    activation: Activation = setting(
        "tanh", label=N_("Activation"), group=NETWORK, first=True, choices=ACTIVATIONS,
        help=N_("What a neuron does with its weighted sum. With “linear” the whole network is one straight cut, "
                "however deep it is."))
    learning_rate: float = training.rate(0.01, most=10.0)

    noise: float = setting(
        0.1, ge=0.0, le=1.0, step=0.05, label=N_("Noise"), group=DATA,
        help=N_("How far the points are scattered around their true place: 0 is not at all, 1 a quarter of the picture."))
    points: int = setting(
        400, ge=20, le=2000, step=20, label=N_("Points"), group=DATA,
        help=N_("How many points there are: training, validation and test together."))
    train_share: float = setting(
        0.5, ge=0.1, le=0.9, step=0.1, label=N_("Share for training"), group=DATA,
        help=N_("This share trains the network. The rest is halved: validation, on which you tune the sliders, "
                "and a test set that stays sealed."))
    features: tuple[Feature, ...] = setting(
        ("x1", "x2"), label=N_("Input features"), group=DATA, min_length=1, max_length=7, choices=FEATURES,
        help=N_("What the network is shown of a point. The right feature can replace a whole layer."))
    seed: int = setting(
        0, ge=0, le=9999, step=1, label=N_("Seed"), group=TRAINING,
        help=N_("Fixes everything random: the points, the first weights, the order of the batches. "
                "The same seed gives the same run, bit for bit."))
    upload: str = setting(
        "", label=N_("Your own points"), group=DATA, pattern=r"^([0-9a-f]{32})?$",
        help=N_("A CSV with a header, two numeric columns and a label."))

    activations: tuple[Literal["same", "linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu"], ...] = setting(
        (), label=N_("Activation of each layer"), group=NETWORK, max_length=6, choices={"same": N_("as above"), **ACTIVATIONS},
        help=N_("Leave “as above” for the network’s activation, or give this layer one of its own."))
    initializer: Literal["glorot_uniform", "he_normal", "lecun_normal", "small", "large", "zeros"] = setting(
        "glorot_uniform", label=N_("Initialization"), group=NETWORK, choices=INITIALIZERS,
        help=N_("How the first weights are drawn. With zeros all neurons of a layer stay twins."))
    dropout: float = setting(
        0.0, ge=0.0, le=0.8, step=0.05, label=N_("Dropout"), group=NETWORK,
        help=N_("The share of each hidden layer that is switched off at random in every training step."))
    batch_norm: bool = setting(
        False, label=N_("Batch normalization"), group=NETWORK,
        help=N_("Standardizes what each hidden layer passes on, over the batch."))
    l1: float = setting(
        0.0, ge=0.0, le=1.0, log=True, label="L1", group=NETWORK,
        help=N_("Adds l1 · Σ|w| to the loss: pulls weights to exactly zero."))
    l2: float = setting(
        0.0, ge=0.0, le=1.0, log=True, label="L2", group=NETWORK,
        help=N_("Adds l2 · Σw² to the loss: keeps weights small."))

    optimizer: training.Optimizer = training.OPTIMIZER
    loss: Literal["auto", "mse", "mae", "huber", "crossentropy", "hinge"] = setting(
        "auto", label=N_("Loss"), group=TRAINING, choices=LOSSES,
        help=N_("What is made small. “Fits the task” is cross-entropy for classes and MSE for regression."))
    schedule: training.Schedule = training.SCHEDULE
    batch_size: int = setting(
        32, ge=1, le=256, step=1, label=N_("Batch size"), group=TRAINING, unit=N_("points"),
        help=N_("How many points one step looks at. Small batches are noisy and quick to learn; large ones are smooth."))
    epochs: int = setting(
        200, ge=1, le=2000, step=10, label=N_("Epochs"), group=TRAINING,
        help=N_("How many times the network sees all training points."))
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> FeedforwardSpec:
        if len(self.activations) > len(self.hidden):
            raise ValueError(f"{len(self.activations)} activations for {len(self.hidden)} hidden layers")
        if len(set(self.features)) != len(self.features):
            raise ValueError(f"a feature is named twice: {self.features}")
        if (self.dataset == "upload") != bool(self.upload):
            raise ValueError("the dataset “upload” and an uploaded file go together")
        allowed = REGRESSION_LOSSES if self.regression else CLASS_LOSSES
        if self.loss not in allowed:
            raise ValueError(f"loss {self.loss!r} does not fit; for this data it is one of {', '.join(allowed)}")
        return self

    @property
    def regression(self) -> bool:
        return self.dataset in REGRESSION

    @property
    def score(self) -> Score:
        if self.regression:
            return Score("val_mae", N_("validation error"), higher_is_better=False)
        return Score("val_accuracy", N_("validation accuracy"))

    @property
    def split(self) -> tuple[object, ...]:
        return (self.dataset, self.points, self.noise, self.seed, self.train_share, self.upload)

    @property
    def loss_name(self) -> str:
        """The loss with "auto" decided."""
        return self.loss if self.loss != "auto" else "mse" if self.regression else "crossentropy"

    def activation_of(self, layer: int) -> str:
        """The activation of hidden layer `layer`, counted from 0."""
        own = self.activations[layer] if layer < len(self.activations) else "same"
        return self.activation if own == "same" else own

    @property
    def straight(self) -> bool:
        """Whether it can only cut the picture's plane along straight lines: no layer bends, and neither do its inputs."""
        bends = any(self.activation_of(i) != "linear" for i in range(len(self.hidden)))
        return not bends and set(self.features) <= {"x1", "x2"} and self.dataset != "features100"

    def compiled(self, train: int) -> bool:
        """Whether a run with this many training points takes the XLA path: follows from the spec and its data alone.

        Compiling pays from about 20,000 steps on. Dropout and batch normalization see the batch as a whole, so a
        compiled program could not be shared by different numbers of points: they stay on the traced path.
        """
        return self.epochs * -(-train // self.batch_size) >= 20_000 and not self.dropout and not self.batch_norm

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a compiled step: the runner sends them to the worker that has it."""
        classes = {"features100": 10, "blobs3": 3, "blobs4": 4, "plane": 0, "hills": 0}.get(self.dataset, 2)
        return (self.lab, classes, self.upload, len(self.features), self.hidden, self.activation, self.activations,
                self.batch_norm, self.dropout, bool(self.l1), bool(self.l2), self.optimizer, self.loss, self.batch_size)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        train = max(round(self.points * self.train_share), 1)
        steps = self.epochs * -(-train // self.batch_size)
        sizes = [100 if self.dataset == "features100" else len(self.features), *self.hidden, 1]
        weights = sum(a * b for a, b in zip(sizes, sizes[1:], strict=False))
        work = weights * 6e-9 * (steps * min(self.batch_size, train) + self.epochs * self.points)  # multiply-adds
        frames = 100 * (0.002 + weights * 2e-6)
        if self.compiled(train):
            return 1.0 + 0.2 * len(self.hidden) + steps * 8e-6 + work + frames
        return 0.25 + steps * (5e-5 + 1e-5 * len(self.hidden)) + self.epochs * 2e-4 + work + frames

    def revised(self, **values: object) -> FeedforwardSpec:
        """A copy with other values; what no longer fits beside them gives way: a loss of the other kind of task,
        activations of layers that are gone, the uploaded file of another dataset, the run of another network branched off."""
        merged = {**self.model_dump(), **values}
        regression = merged["dataset"] in REGRESSION
        if merged["loss"] not in (REGRESSION_LOSSES if regression else CLASS_LOSSES):
            merged["loss"] = "auto"
        merged["activations"] = tuple(merged["activations"])[:len(merged["hidden"])]
        if merged["dataset"] != "upload":
            merged["upload"] = ""
        else:  # they have no say in points that are there: left alone, they would make another run of the same
            merged |= {name: FeedforwardSpec.model_fields[name].default for name in ("points", "noise")}
        return self.settled(merged, values)

    def choices_of(self, name: str) -> tuple[str, ...]:
        """The values of a field that fit the others."""
        if name == "loss":
            return REGRESSION_LOSSES if self.regression else CLASS_LOSSES
        return super().choices_of(name)


class FeedforwardView(Spec):
    """How the lab is drawn; changes no number."""

    discretize: bool = setting(
        False, label=N_("Hard edges"), group=DISPLAY,
        help=N_("Draw only what the network decides, not how sure it is."))
    log_scale: bool = setting(
        False, label=N_("Loss on a log scale"), group=DISPLAY,
        help=N_("Shows what happens once the loss is small."))
