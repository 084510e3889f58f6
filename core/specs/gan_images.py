"""The lab for images that are made up: a generator, a discriminator, and what they learn from."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs import training
from core.specs.base import Score, Spec, setting
from core.specs.branch import Branching
from core.specs.cnn import MOST, SHAPES
from core.specs.training import DATA, DISPLAY, NETWORK, TRAINING

SOURCES = {"digits": N_("digits, 8 × 8"), "mnist": "MNIST", "fashion": "Fashion-MNIST"}
MODELS = {"article": N_("dense, as in the articles"), "dcgan": N_("convolutions (DCGAN)")}
ANSWERS = {"logit": N_("a logit, as the loss takes it"), "sigmoid": N_("a sigmoid’s output, taken for a logit")}
SCALES = {"tanh": N_("−1 to 1, as tanh gives them"), "raw": N_("0 to 255, as files have them")}
USUAL = {"digits": 1797, "mnist": 12_000, "fashion": 12_000}  # images, where nothing is said
CLASSES = 10
SURE = 0.9  # how likely its answer has to be for the judge to be sure of a fake (`core.labs.judge`)
COVERED = 0.01  # of all fakes: a class is covered if the judge is sure of so many that they are of it
LEARNED = 0.9  # of the images: the others are only compared with, to tell whether a fake is memory
SHOWN, COLUMNS = 64, 10  # fakes of fixed noise in a frame; columns of them where each has its class
# Settings that have a name, as they differ from the defaults.
DCGAN: dict[str, Any] = {"model": "dcgan", "leak": 0.2, "learning_rate": 0.001, "epochs": 60}
# About four minutes on one core, as `benchmarks/gan_images.py` measures. Without the dense layers 0.55 of the fakes are clear after 4,000
# steps, with 128 neurons 0.65, with 256 neurons 0.75.
MNIST: dict[str, Any] = {"source": "mnist", "points": 12_000, "model": "dcgan", "leak": 0.2, "units": 256, "learning_rate": 0.0007,
                         "schedule": "cosine", "epochs": 18}
ARTICLE: dict[str, Any] = {"source": "mnist", "points": 12_000, "learning_rate": 0.0001, "beta": 0.9, "epochs": 60}
ASKED: dict[str, Any] = {"conditional": True, "epochs": 100}
SQUASHED: dict[str, Any] = {"answer": "sigmoid"}
COLLAPSE: dict[str, Any] = {"beta": 0.9, "learning_rate": 0.003}
RAW: dict[str, Any] = {"scale": "raw"}


class ImageGanSpec(Branching):
    """A generator and a discriminator for images; equal specs give equal numbers, bit for bit. The defaults are the articles' networks, on
    digits of 8 × 8 pixels, with larger steps than there (0.0001) and a shorter memory (β 0.5): one can look on."""

    lab: ClassVar[str] = "core.labs.gan_images"
    free: ClassVar[tuple[str, ...]] = ("learning_rate", "optimizer", "schedule", "batch_size", "smoothing", "epochs")
    usual_rates: ClassVar[dict[str, float]] = {"sgd": 0.01, "momentum": 0.003, "nesterov": 0.003, "rmsprop": 0.0003, "adagrad": 0.01,
                                               "adam": 0.0005, "adamw": 0.0005}
    models: ClassVar[tuple[str, ...]] = ("generator", "discriminator")  # that a run ends with

    source: Literal["digits", "mnist", "fashion"] = setting(
        "digits", label=N_("Real images"), group=DATA, first=True, choices=SOURCES,
        help=N_("What the generator is to imitate without ever seeing it. Digits are always here; the others where their files are."))
    model: Literal["article", "dcgan"] = setting(
        "article", label=N_("Networks"), group=NETWORK, first=True, choices=MODELS,
        help=N_("What both networks are made of: dense layers alone, which know nothing of neighbouring pixels, or convolutions."))
    conditional: bool = setting(
        False, label=N_("Say which class"), group=NETWORK, first=True,
        help=N_("Both networks are told the class: the generator which one to draw, the discriminator which one it is meant to be."))
    learning_rate: float = training.rate(0.0005)
    scale: Literal["tanh", "raw"] = setting(
        "tanh", label=N_("Pixels of real images"), group=DATA, first=True, choices=SCALES,
        help=N_("The generator ends in a tanh, which gives −1 to 1. Real images on another scale are told apart at a glance."))

    points: int = setting(
        1797, ge=200, le=60_000, label=N_("Images"), group=DATA, log=True,
        help=N_("How many real images there are. Nine in ten are learned from; the others tell how alike real ones are "
                "anyway."))
    seed: int = setting(
        0, ge=0, le=9999, step=1, label=N_("Seed"), group=TRAINING,
        help=N_("Fixes everything random: which images, the first weights, the noise, the order of the batches. The same seed gives the "
                "same run, bit for bit."))

    noise_size: int = setting(
        100, ge=1, le=200, step=1, label=N_("Noise"), group=NETWORK, unit=N_("numbers"),
        help=N_("How many random numbers, drawn from a normal distribution, each image is made from: the latent space’s dimensions."))
    units: int = setting(
        128, ge=8, le=512, step=8, label=N_("Neurons"), group=NETWORK,
        help=N_("How many neurons the dense layer of each network has. With convolutions it stands between those and the noise, or the "
                "answer."))
    filters: int = setting(
        16, ge=4, le=64, step=4, label=N_("Filters"), group=NETWORK,
        help=N_("How many filters the convolutions next to the image have; those further away have twice as many."))
    leak: float = setting(
        0.01, ge=0.0, le=0.5, step=0.01, label=N_("Leak"), group=NETWORK,
        help=N_("The slope of leaky ReLU below zero. Where it is 0 the discriminator passes less of its gradient on."))
    dropout: float = setting(
        0.0, ge=0.0, le=0.8, step=0.05, label=N_("Dropout in the discriminator"), group=NETWORK,
        help=N_("The share of its numbers that is switched off at random in every training step, so that it does not win too soon."))

    optimizer: training.Optimizer = training.OPTIMIZER
    beta: float = setting(
        0.5, ge=0.0, le=0.99, step=0.05, label=N_("Adam’s first β"), group=TRAINING,
        help=N_("How long Adam and AdamW go on in the direction of earlier steps; 0.9 is usual. GANs are calmer with 0.5: the opponent "
                "moves too."))
    answer: Literal["logit", "sigmoid"] = setting(
        "logit", label=N_("The discriminator’s answer"), group=TRAINING, choices=ANSWERS,
        help=N_("The loss turns a logit into a probability itself. If the answer has been through a sigmoid before, it is squashed twice: "
                "Keras notices and repairs that, by hand or elsewhere nobody does."))
    smoothing: float = setting(
        0.0, ge=0.0, le=0.3, step=0.05, label=N_("Label smoothing"), group=TRAINING,
        help=N_("How much less than 1 the discriminator is asked to say of real images, so that it is never quite sure."))
    schedule: training.Schedule = training.SCHEDULE
    batch_size: int = setting(
        32, ge=8, le=256, step=8, label=N_("Batch size"), group=TRAINING, unit=N_("images"),
        help=N_("How many real images, and as many fakes, one step looks at."))
    epochs: int = setting(
        60, ge=1, le=500, step=5, label=N_("Epochs"), group=TRAINING, first=True,
        help=N_("How many times the discriminator sees all real images."))
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> ImageGanSpec:
        if self.points > MOST[self.source]:
            raise ValueError(f"{self.points} images of {self.source}, which has {MOST[self.source]}")
        return self

    # ---- what it is about

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of an image: height, width, channels."""
        return SHAPES[self.source]

    @property
    def shown(self) -> int:
        """How many fakes a frame holds: where each has its class a column of each, a row of the same noise."""
        return 6 * COLUMNS if self.conditional else SHOWN

    @property
    def batches(self) -> int:
        """Of an epoch."""
        return -(-round(self.points * LEARNED) // self.batch_size)

    @property
    def idle(self) -> tuple[str, ...]:
        """The fields that have no say in a run of this spec: their controls need not be shown."""
        return (*(("filters",) if self.model == "article" else ()), *(() if self.optimizer in ("adam", "adamw") else ("beta",)))

    def _numbers(self) -> dict[str, Any]:
        return {name: value for name, value in super()._numbers().items() if name not in self.idle}

    @property
    def score(self) -> Score:
        return Score("sure", N_("share of fakes that the classifier is sure of"))

    @property
    def split(self) -> tuple[object, ...]:
        return (self.source,)

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        return (200, MOST[self.source]) if name == "points" else super().bounds_of(name)

    # ---- for the runner

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a traced step: the runner sends them to the worker that has it."""
        filters = 0 if "filters" in self.idle else self.filters
        return (self.lab, self.shape, self.source, self.model, self.conditional, self.scale, self.noise_size, self.units, filters,
                self.leak, self.dropout, self.answer, self.optimizer, self.beta if "beta" not in self.idle else 0, self.batch_size)

    @property
    def multiply_adds(self) -> int:
        """Of one image through both networks, forwards."""
        height, width, _channels = self.shape
        size = height * width
        if self.model == "article":
            return (self.noise_size + 2 * size + 1) * self.units
        inner = size // 16 * 2 * self.filters
        dense = (self.noise_size + 2 * inner) * self.units
        return dense + 2 * (inner * 16 * self.filters + size // 4 * 16 * self.filters)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        steps = self.epochs * self.batches
        return 3.0 + steps * (4e-3 + 6 * self.batch_size * self.multiply_adds * 1.2e-10)

    def revised(self, **values: object) -> ImageGanSpec:
        """A copy with other values; what no longer fits beside them gives way: the number of images of another source, the run of other
        networks branched off."""
        merged = {**self.model_dump(), **values}
        if merged["source"] != self.source and "points" not in values:
            merged["points"] = USUAL[merged["source"]]
        merged["points"] = min(merged["points"], MOST[merged["source"]])
        return self.settled(merged, values)


class ImageGanView(Spec):
    """How the lab is drawn, and what its generator is asked for; changes no number."""

    log_scale: bool = setting(
        False, label=N_("Loss on a log scale"), group=DISPLAY,
        help=N_("Shows what happens once the loss is small."))
    kind: int = setting(
        0, ge=0, le=CLASSES - 1, step=1, label=N_("Which class"), group=DISPLAY,
        help=N_("What the generator is asked for, where it was told the classes."))
