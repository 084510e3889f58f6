"""The CNN lab: pictures, a network of convolutions, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from core.frame import Message
from core.i18n import N_
from core.specs import kernels, training
from core.specs.base import Score, Spec, setting
from core.specs.branch import Branching
from core.specs.feedforward import ACTIVATIONS, Activation
from core.specs.stack import BETWEEN, Layer, Misfit, Size, reached, sizes
from core.specs.training import DATA, DISPLAY, NETWORK, TRAINING

DATASETS = {"digits": N_("digits, 8 × 8"), "shapes": N_("drawn shapes, 32 × 32 in colour"), "mnist": "MNIST", "fashion": "Fashion-MNIST",
            "cifar10": "CIFAR-10", "upload": N_("your own pictures")}
SHAPES = {"digits": (8, 8, 1), "shapes": (32, 32, 3), "mnist": (28, 28, 1), "fashion": (28, 28, 1), "cifar10": (32, 32, 3),
          "upload": (32, 32, 3)}
MOST = {"digits": 1797, "shapes": 5000, "mnist": 60_000, "fashion": 60_000, "cifar10": 50_000, "upload": 2000}  # images to train and tune
USUAL = {"digits": 1797, "shapes": 2000, "mnist": 6000, "fashion": 6000, "cifar10": 6000, "upload": 2000}  # of them, where nothing is said
LEAST, FEWEST = 200, 8  # of them; of a person's own
CLASSES = 10  # of all of them but a person's own, which have at most as many
LOOKED = 500  # validation images that a frame's matrix and mistakes are about; all of them would take longer than an epoch
HEAVIEST = 2_000_000  # weights: a frame holds them, and a browser keeps the frames
POOLING = {"max": N_("the greatest"), "average": N_("the average"), "none": N_("no pooling")}
PADDINGS = {"same": N_("same: the image keeps its size"), "valid": N_("valid: the image loses its edge")}
ENDS = {"flatten": N_("flatten: all places"), "average": N_("average of each map")}
AUGMENTATIONS = {
    "none": N_("none"), "shift": N_("shifted"), "shift_flip": N_("shifted and mirrored"), "shift_turn": N_("shifted and turned")}
FLAT = {"pca": N_("PCA, every epoch"), "tsne": N_("t-SNE, at the end")}
KERNELS = {1: "1 × 1", 3: "3 × 3", 5: "5 × 5", 7: "7 × 7"}


class CnnSpec(Branching):
    """A convolutional network on a set of pictures; equal specs give equal numbers, bit for bit. The defaults are the articles' network,
    on digits of 8 × 8 pixels, for which its convolutions have to be padded."""

    lab: ClassVar[str] = "core.labs.cnn"
    free: ClassVar[tuple[str, ...]] = ("learning_rate", "optimizer", "schedule", "batch_size", "epochs")
    usual_rates: ClassVar[Mapping[str, float]] = {"sgd": 0.05, "momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.001, "adagrad": 0.02,
                                                  "adam": 0.001, "adamw": 0.001}

    dataset: Literal["digits", "shapes", "mnist", "fashion", "cifar10", "upload"] = setting(
        "digits", label=N_("Pictures"), group=DATA, first=True, choices=DATASETS,
        help=N_("What the network learns to tell apart. Digits and drawn shapes are always here; the others where their files are."))
    filters: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (32, 64), label=N_("Convolution blocks"), group=NETWORK, first=True, max_length=4,
        help=N_("How many blocks of convolution and pooling there are, and how many filters each has. Every filter looks for one pattern. "
                "Without any it is a network of dense layers."))
    kernel: Literal[1, 3, 5, 7] = setting(
        3, label=N_("Kernel size"), group=NETWORK, first=True, choices=KERNELS,
        help=N_("How many pixels a filter sees at once. Two layers of 3 × 3 see as far as one of 5 × 5, with fewer weights."))
    learning_rate: float = training.rate(0.001)

    points: int = setting(
        1797, ge=FEWEST, le=60_000, label=N_("Images"), group=DATA, log=True,
        help=N_("How many images are used. Digits and shapes: training, validation and test together; of the others the official test "
                "set comes on top."))
    train_share: float = setting(
        0.7, ge=0.1, le=0.9, step=0.1, label=N_("Share for training"), group=DATA,
        help=N_("This share trains the network. The rest is for validation, on which you tune the sliders; a test set stays sealed."))
    augmentation: Literal["none", "shift", "shift_flip", "shift_turn"] = setting(
        "none", label=N_("Data augmentation"), group=DATA, choices=AUGMENTATIONS,
        help=N_("Each training image is shown a little changed each time: shifted by up to a tenth, mirrored, or turned by up to 18°."))
    seed: int = setting(
        0, ge=0, le=9999, step=1, label=N_("Seed"), group=TRAINING,
        help=N_("Fixes everything random: which images are for what, the first weights, the order of the batches. The same seed gives the "
                "same run, bit for bit."))

    upload: str = setting(
        "", label=N_("Your own pictures"), group=DATA, pattern=r"^([0-9a-f]{32})?$",
        help=N_("A ZIP with a folder of pictures for each class, or files whose names say the class: cat_01.jpg, dog_01.jpg."))
    classes: int = setting(
        CLASSES, ge=2, le=CLASSES, label=N_("Classes"), group=DATA,
        help=N_("How many kinds of pictures there are. Your own may have fewer than ten."))

    repeat: int = setting(
        1, ge=1, le=2, step=1, label=N_("Convolutions in a block"), group=NETWORK,
        help=N_("How many convolutions come before each pooling."))
    padding: Literal["same", "valid"] = setting(
        "same", label=N_("Padding"), group=NETWORK, choices=PADDINGS,
        help=N_("What happens at the edge: zeros around the image, or a window that stays within it."))
    pooling: Literal["max", "average", "none"] = setting(
        "max", label=N_("Pooling"), group=NETWORK, choices=POOLING,
        help=N_("What is kept of every 2 × 2 places. It halves the image and makes the network care less where exactly something is."))
    end: Literal["flatten", "average"] = setting(
        "flatten", label=N_("From maps to numbers"), group=NETWORK, choices=ENDS,
        help=N_("What the dense layers are given: every place of every map, or one number for each map (global average pooling)."))
    dense: tuple[Annotated[int, Field(ge=4, le=256)], ...] = setting(
        (64,), label=N_("Dense layers"), group=NETWORK, max_length=3,
        help=N_("Layers between the maps and the answer, each of whose neurons sees everything before it."))
    activation: Activation = setting(
        "relu", label=N_("Activation"), group=NETWORK, choices=ACTIVATIONS,
        help=N_("What every filter and neuron does with its weighted sum."))
    batch_norm: bool = setting(
        False, label=N_("Batch normalization"), group=NETWORK,
        help=N_("Standardizes what each convolution passes on, over the batch."))
    dropout: float = setting(
        0.0, ge=0.0, le=0.8, step=0.05, label=N_("Dropout"), group=NETWORK,
        help=N_("The share of numbers behind each block and each dense layer that is switched off at random in every training step."))

    optimizer: training.Optimizer = training.OPTIMIZER
    schedule: training.Schedule = training.SCHEDULE
    batch_size: int = setting(
        32, ge=8, le=256, step=8, label=N_("Batch size"), group=TRAINING, unit=N_("images"),
        help=N_("How many images one step looks at. Small batches are noisy and quick to learn; large ones are smooth."))
    epochs: int = setting(
        20, ge=1, le=100, step=5, label=N_("Epochs"), group=TRAINING,
        help=N_("How many times the network sees all training images."))
    patience: int = training.patience(20)
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> CnnSpec:
        if self.points > MOST[self.dataset]:
            raise ValueError(f"{self.points} images of {self.dataset}, which has {MOST[self.dataset]}")
        if (self.dataset == "upload") != bool(self.upload):
            raise ValueError("the dataset “upload” and uploaded pictures go together")
        if self.dataset != "upload" and (self.classes != CLASSES or self.points < LEAST):
            raise ValueError(f"{self.dataset} has {CLASSES} classes, and {LEAST} images are used at least; not {self.classes} and "
                             f"{self.points}")
        if not self.filters and not self.dense:
            raise ValueError("a network has a convolution block or a dense layer; this one has neither")
        return self

    # ---- what it is about

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of an image: height, width, channels."""
        return SHAPES[self.dataset]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The network, layer by layer, the output among them; without augmentation, scaling and dropout, which change no shape."""
        found: list[Layer] = []
        convolutions = 0
        for block, filters in enumerate(self.filters, 1):
            for _ in range(self.repeat):
                convolutions += 1
                found.append(Layer("conv", self.kernel, padding=self.padding, filters=filters, name=f"conv_{convolutions}",
                                   norm=self.batch_norm, activation=self.activation))
            if self.pooling != "none":
                found.append(Layer(self.pooling, 2, 2, name=f"pool_{block}"))
        found.append(Layer("flatten" if self.end == "flatten" else "global", name=self.end))
        found += [Layer("dense", filters=units, name=f"dense_{i}", activation=self.activation) for i, units in enumerate(self.dense, 1)]
        return (*found, Layer("dense", filters=self.classes, name="output", activation="softmax"))

    def drops(self, layer: Layer) -> bool:
        """Whether dropout, where there is any, stands behind this layer: behind each pool, or convolution without one, and dense layer."""
        return layer.name != "output" and layer.kind in ("dense", "conv" if self.pooling == "none" else self.pooling)

    @property
    def sizes(self) -> list[Size]:
        """What each layer makes of an image. Misfit if a window does not fit into what is left of it."""
        return sizes(self.shape, self.layers)

    @property
    def reached(self) -> tuple[int, int]:
        """How many rows and columns of an image, counted from the first, the answer depends on. Misfit as `sizes`."""
        return reached(self.shape, self.layers)

    @property
    def enough(self) -> tuple[int, int]:
        """With how many rows and columns of its images, from the first on, the network computes the same: those that the answer depends on;
        all where an edge is padded, where batch normalization averages over whole maps, and where dropout draws a number a place."""
        whole = self.padding == "same" or self.batch_norm or self.dropout
        # else the order in which oneDNN adds up a slope may follow from how many places there are
        even = self.kernel > 1 and not any(n % 16 for n in self.filters)
        return self.reached if even and not whole else self.shape[:2]

    @property
    def batches(self) -> int:
        """Batches of an epoch; of a person's own pictures about so many."""
        return -(-round(self.points * self.train_share) // self.batch_size)

    @property
    def weights(self) -> int:
        """How many numbers the network has, trained or not. Misfit as `sizes`."""
        return sum(size.weights for size in self.sizes)

    @property
    def maps_shown(self) -> int:
        """How many maps or neurons of a layer are drawn: two columns of eight where the layers have room for that, else one."""
        return 16 if sum(layer.kind not in BETWEEN for layer in self.layers) < 8 else 8

    @property
    def looked(self) -> int:
        """How many validation images a frame's matrix and mistakes are about; of a person's own pictures roughly, since their classes
        decide how many are for what."""
        rest = self.points - round(self.points * self.train_share)
        return min(LOOKED, rest // 2 if self.dataset in ("digits", "shapes", "upload") else rest)

    @property
    def nearest(self) -> dict[str, object]:
        """The smallest change with which every window fits; empty if all do."""
        padded: list[dict[str, object]] = [{"padding": "same"}] if self.padding == "valid" else []
        fewer: list[dict[str, object]] = [{"filters": self.filters[:n]} for n in range(len(self.filters) - 1, 0, -1)]
        both: list[dict[str, object]] = [{**one, "padding": "same"} for one in fewer]
        unpooled: dict[str, object] = {"pooling": "none", "padding": "same"}  # which always fits
        return {} if self.fits else next(change for change in [*padded, *fewer, *both, unpooled] if self.changed(**change).fits)

    @property
    def fits(self) -> bool:
        """Whether every window fits into what is left of the image."""
        try:
            return bool(self.sizes)
        except Misfit:
            return False

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        if name == "points":
            return (FEWEST if self.dataset == "upload" else LEAST), MOST[self.dataset]
        return super().bounds_of(name)

    @property
    def score(self) -> Score:
        return Score("val_accuracy", N_("validation accuracy"))

    @property
    def split(self) -> tuple[object, ...]:
        return (self.dataset, self.points, self.seed, self.train_share, self.upload)

    @property
    def sealed(self) -> tuple[object, ...]:
        """MNIST, Fashion-MNIST and CIFAR-10 have one test set, whatever the split; the digits and a person's own pictures are dealt anew by
        every split, so that their test sets overlap. Drawn shapes follow from the seed: with another one all are new, while 300 and 301 of
        one seed may have most in common."""
        return (self.dataset, self.seed) if self.dataset == "shapes" else (self.dataset, self.upload)

    # ---- for the runner and the doctor

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a traced step: the runner sends them to the worker that has it."""
        return (self.lab, self.shape, self.classes, self.filters, self.kernel, self.repeat, self.padding, self.pooling, self.end,
                self.dense, self.activation, self.batch_norm, self.dropout, self.augmentation, self.optimizer, self.batch_size)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        if not self.fits:
            return 0.1
        work = sum(size.multiply_adds for size in self.sizes) + 10_000
        train = self.points * self.train_share
        steps = self.epochs * -(-train // self.batch_size)
        changed = 1.5 if self.augmentation != "none" else 1.0
        seen = self.points - train + LOOKED  # images that an epoch only looks at
        return 0.6 + steps * (1e-3 + self.weights * 2e-9) + self.epochs * (train * work * 3 * changed + seen * work) * 1e-10

    def revised(self, **values: object) -> CnnSpec:
        """A copy with other values; what no longer fits beside them gives way: the number of images of another set, a person's own files
        where another set is chosen, the run of another network branched off."""
        merged = {**self.model_dump(), **values}
        if merged["dataset"] != "upload":
            merged |= {"upload": "", "classes": CLASSES}
        if merged["dataset"] != self.dataset and "points" not in values:
            merged["points"] = USUAL[merged["dataset"]]
        merged["points"] = max(min(merged["points"], MOST[merged["dataset"]]), FEWEST if merged["dataset"] == "upload" else LEAST)
        return self.settled(merged, values)


def _kernel(text: str) -> str:
    """A painted kernel in decimals; "" for none. ValueError if it is none."""
    return kernels.plain(kernels.numbers(text)) if text else text


class CnnView(Spec):
    """How the lab is drawn; changes no number."""

    flat: Literal["pca", "tsne"] = setting(
        "pca", label=N_("Flat map"), group=DISPLAY, choices=FLAT,
        help=N_("How images of many numbers are laid out on two axes: PCA keeps the directions in which they differ most, at every epoch; "
                "t-SNE puts neighbours side by side, at the end of the run."))
    log_scale: bool = setting(
        False, label=N_("Loss on a log scale"), group=DISPLAY,
        help=N_("Shows what happens once the loss is small."))
    change: bool = setting(
        False, label=N_("Put it to the test"), group=DISPLAY,
        help=N_("Turn, shift and disturb what the network looks at, and see when it is misread."))
    painted: Annotated[str, AfterValidator(_kernel)] = setting(
        "", max_length=400, label=N_("Painted kernel"), group=DISPLAY,
        help=N_("The kernel that is looked for among the learned ones: rows with a semicolon between them, such as -1 0 1; -2 0 2; "
                "-1 0 1."))

    @classmethod
    def _wrong(cls, name: str, text: str) -> Message:
        if name != "painted" or cls.too_long(name, text):
            return super()._wrong(name, text)
        return Message(N_("“{label}” cannot be “{text}”: it is a square of numbers, at most 7 × 7, such as “-1 0 1; -2 0 2; -1 0 1”. "
                          "The default is shown."), {"label": ["_", cls.control(name).label], "text": text[:40]})

    def kernel(self, size: int) -> list[list[float]]:
        """The painted kernel within another size, rows of cells; zeros where none is painted."""
        return kernels.numbers(kernels.resized(self.painted or "0", size))
