"""The stock project: a series of prices, what a network is shown of it and asked for, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from core.i18n import N_
from core.specs import training
from core.specs.base import Score, setting
from core.specs.branch import Branching
from core.specs.training import DATA, NETWORK, TRAINING

FILE, SAMPLES = N_("How the file is read"), N_("Windows")

REAL = {"GOOG": "Google", "AAPL": "Apple", "AMZN": "Amazon", "FB": "Facebook", "NFLX": "Netflix", "MSFT": "Microsoft"}
GENERATED = {"walk": N_("a random walk"), "season": N_("trend + season"), "regimes": N_("calm and turbulent times")}
SERIES = {**REAL, **GENERATED, "upload": N_("your own prices (CSV), or a ticker")}
WEEKS = 105  # prices of a real series
TARGETS = {"price": N_("the price"), "difference": N_("how much it changes"), "log-return": N_("by what share it changes (log-return)")}
SCALERS = {"min-max": N_("to 0 … 1"), "standard": N_("to mean 0, deviation 1")}
LEAKS = {"none": N_("none"), "centred average": N_("an average that looks ahead"), "shuffled": N_("shuffled windows"),
         "scaler": N_("a scaler that has seen everything")}
MODELS = {"lstm": "LSTM", "gru": "GRU", "rnn": N_("plain (SimpleRNN)"), "dense": N_("dense layers"), "conv": N_("convolution over time")}
RECURRENT = ("lstm", "gru", "rnn")
KERNEL = 3  # days that a filter of the convolution sees
LOSSES = {"mse": "MSE", "mae": "MAE", "huber": "Huber"}
READING = ("date", "price", "names", "ticker", "date_order", "zone", "decimal", "order", "splits")  # as in `core.data.prices.Corrections`
ARTICLE = {"target": "price", "learning_rate": 0.001, "epochs": 10}
# With it a network finds a season and a trend, also beyond the prices it has learned from, and on a random walk that the price stays.
CHANGES = {"target": "log-return", "learning_rate": 0.003, "epochs": 30}

Length = Annotated[int, Field(ge=2, le=60)]


class StockSpec(Branching):
    """A network that forecasts prices; equal specs give equal numbers, bit for bit. By default the article's network, on a
    series of which all is known, which forecasts changes (`CHANGES`); the article's own setting is `ARTICLE`."""

    lab: ClassVar[str] = "core.labs.stock"
    free: ClassVar[tuple[str, ...]] = ("learning_rate", "optimizer", "schedule", "batch_size", "epochs")
    usual_rates: ClassVar[Mapping[str, float]] = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "rmsprop": 0.002, "adagrad": 0.05,
                                                  "adam": 0.003, "adamw": 0.003}
    dropout: ClassVar[float] = 0.0  # none in these networks; whoever writes a training as a program asks

    series: Literal["GOOG", "AAPL", "AMZN", "FB", "NFLX", "MSFT", "walk", "season", "regimes", "upload"] = setting(
        "walk", label=N_("Prices"), group=DATA, first=True, choices=SERIES,
        help=N_("Six real series, a price a week in 2018 and 2019; generated ones, of which the best possible forecast is known; or your "
                "own."))
    target: Literal["price", "difference", "log-return"] = setting(
        "log-return", label=N_("What is forecast"), group=SAMPLES, first=True, choices=TARGETS,
        help=N_("The price itself, or how it changes from the day of the forecast. A price may leave the range that the network has "
                "learned in; a change hardly does."))
    horizon: int = setting(
        1, ge=1, le=20, step=1, label=N_("Horizon, in prices"), group=SAMPLES, first=True,
        help=N_("How far ahead the forecast is: 1 is the next price."))
    model: Literal["lstm", "gru", "rnn", "dense", "conv"] = setting(
        "lstm", label=N_("Network"), group=NETWORK, first=True, choices=MODELS,
        help=N_("How the window is read: price by price with a memory, all at once, or three prices at a time."))
    epochs: int = setting(
        30, ge=1, le=500, step=5, label=N_("Epochs"), group=TRAINING, first=True,
        help=N_("How many times the network sees all training windows."))

    upload: str = setting(
        "", label=N_("Your own prices"), group=DATA, pattern=r"^([0-9a-f]{32})?$",
        help=N_("A CSV file with dates and prices, as it was downloaded."))
    points: int = setting(
        1000, ge=200, le=5000, step=100, label=N_("Prices to generate"), group=DATA,
        help=N_("How long a generated series is: training, validation and test together."))
    train_share: float = setting(
        0.67, ge=0.3, le=0.9, step=0.01, label=N_("Share before the test"), group=DATA,
        help=N_("The first days, this share of all, are for learning; of their windows the last are for validation. All later days are the "
                "test, which stays sealed."))
    folds: int = setting(
        5, ge=2, le=10, step=1, label=N_("Walk-forward folds"), group=DATA,
        help=N_("Into how many stretches the test is cut. Each is forecast by a network that has learned from all days before it."))
    fold: int = setting(
        0, ge=0, le=10, step=1, label=N_("Fold"), group=DATA,
        help=N_("Which of the stretches this run forecasts; 0 is the whole test at once."))
    seed: int = setting(
        0, ge=0, le=9999, step=1, label=N_("Seed"), group=TRAINING,
        help=N_("Fixes everything random: a generated series, the first weights, the order of the batches. The same seed gives the same "
                "run, bit for bit."))

    date: str = setting("", label=N_("Column of dates"), group=FILE, max_length=48,
                        help=N_("The name of the column that holds the dates, if another one was taken."))
    price: str = setting("", label=N_("Column of prices"), group=FILE, max_length=48,
                         help=N_("The name of the column that holds the prices, if another one was taken."))
    names: str = setting("", label=N_("Column of the series’ names"), group=FILE, max_length=48,
                         help=N_("If several series stand one below the other: the column that says which a row belongs to."))
    ticker: str = setting("", label=N_("Which series"), group=FILE, max_length=48,
                          help=N_("If there are several series in the file: the name of the one to forecast."))
    date_order: Literal["", "day", "month", "year"] = setting(
        "", label=N_("First in a date"), group=FILE,
        choices={"": N_("as the file suggests"), "day": N_("the day"), "month": N_("the month"), "year": N_("the year")},
        help=N_("What 03/04/2019 begins with."))
    zone: Literal["", "utc", "local"] = setting(
        "", label=N_("Day of a time in UTC"), group=FILE,
        choices={"": N_("as the file suggests"), "utc": N_("the day in UTC"), "local": N_("the day where it is midnight")},
        help=N_("Seconds since 1970 are in UTC, and times that end in Z. If all are at 16:00, that is midnight in Beijing, and the next "
                "day there."))
    decimal: Literal["", "point", "comma"] = setting(
        "", label=N_("Decimals"), group=FILE,
        choices={"": N_("as the file suggests"), "point": N_("behind a point"), "comma": N_("behind a comma")},
        help=N_("What parts the decimals of a price: 1.234 is a little more than one, or one thousand."))
    order: Literal["", "oldest", "newest"] = setting(
        "", label=N_("First row"), group=FILE,
        choices={"": N_("as the file suggests"), "oldest": N_("the oldest price"), "newest": N_("the newest price")},
        help=N_("Whether the file begins with the oldest price or with the newest."))
    splits: bool = setting(
        False, label=N_("Undo splits"), group=FILE,
        help=N_("Divides the prices before a split, so that the series does not jump where one share became several."))

    look_back: int = setting(
        10, ge=1, le=60, step=1, label=N_("Look-back"), group=SAMPLES, unit=N_("prices"),
        help=N_("How many prices the network sees before it answers."))
    averages: tuple[Length, ...] = setting(
        (), label=N_("Moving averages"), group=SAMPLES, max_length=3,
        help=N_("Features beside the price: its mean over so many days up to each day."))
    volume: bool = setting(
        False, label=N_("Volume"), group=SAMPLES,
        help=N_("How much was traded, as a feature beside the price; only for a file that has it."))
    scaler: Literal["min-max", "standard"] = setting(
        "min-max", label=N_("Scaling"), group=SAMPLES, choices=SCALERS,
        help=N_("How features and targets are brought to a common size, with what the training part knows."))
    leak: Literal["none", "centred average", "shuffled", "scaler"] = setting(
        "none", label=N_("Leak"), group=SAMPLES, choices=LEAKS,
        help=N_("A mistake that lets the network see what it is to foresee. Two of them make worthless forecasts look splendid; one "
                "changes next to nothing."))

    units: int = setting(
        32, ge=1, le=64, step=1, label=N_("Units"), group=NETWORK,
        help=N_("How many numbers a layer passes on: the state of a recurrent layer, neurons or filters."))
    layers: int = setting(
        1, ge=1, le=3, step=1, label=N_("Layers"), group=NETWORK,
        help=N_("Layers of this kind on top of each other, before the one output."))

    learning_rate: float = training.rate(0.003, first=False)
    optimizer: training.Optimizer = training.OPTIMIZER
    loss: Literal["mse", "mae", "huber"] = setting(
        "mse", label=N_("Loss"), group=TRAINING, choices=LOSSES,
        help=N_("What is made small. Squares care most about the largest errors, absolute errors about the usual ones."))
    schedule: training.Schedule = training.SCHEDULE
    batch_size: int = setting(
        64, ge=8, le=256, step=8, label=N_("Batch size"), group=TRAINING, unit=N_("windows"),
        help=N_("How many windows one step looks at. Small batches are noisy and quick to learn; large ones are smooth."))
    patience: int = training.patience(50)
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> StockSpec:
        if (self.series == "upload") != bool(self.upload):
            raise ValueError("the series “upload” and an uploaded file go together")
        if self.fold > self.folds:
            raise ValueError(f"fold {self.fold} of {self.folds}")
        if len(set(self.averages)) != len(self.averages):
            raise ValueError(f"a moving average is named twice: {self.averages}")
        return self

    # ---- what it is about

    @property
    def generated(self) -> bool:
        return self.series in GENERATED

    @property
    def reading(self) -> dict[str, Any]:
        """How the file is to be read: the arguments of `core.data.prices.Corrections`."""
        return {name: getattr(self, name) for name in READING}

    @property
    def brought(self) -> dict[str, Any]:
        return {"series": self.series, "upload": self.upload, **self.reading} if self.upload else {}

    @property
    def features(self) -> int:
        """How many numbers the network sees of each day."""
        return 1 + len(self.averages) + (self.volume and "volume" not in self.idle) + (self.leak == "centred average")

    @property
    def weights(self) -> int:
        """How many numbers the network has."""
        width, found, steps = self.features, 0, self.look_back
        if self.model == "dense":
            width *= steps
        for _ in range(self.layers):
            if self.model in RECURRENT:
                blocks, biases = {"lstm": (4, 1), "gru": (3, 2), "rnn": (1, 1)}[self.model]
                found += blocks * self.units * (width + self.units + biases)
            else:
                found += self.units * (width * (KERNEL if self.model == "conv" else 1) + 1)
            width = self.units
        return found + width * (steps if self.model == "conv" else 1) + 1

    @property
    def idle(self) -> tuple[str, ...]:
        """The fields that have no say in a run of this spec: their controls need not be shown."""
        found = [*READING, "volume"] if self.series != "upload" else []
        found += ["points"] * (not self.generated) + ["folds"] * (not self.fold)
        return tuple(found)

    def _numbers(self) -> dict[str, Any]:
        return {name: value for name, value in super()._numbers().items() if name not in self.idle}

    @property
    def score(self) -> Score:
        """In the unit of the prices."""
        return Score("val_mae", N_("validation error"), higher_is_better=False)

    @property
    def split(self) -> tuple[object, ...]:
        """Which days are forecast. A generated series follows from the seed, and so do shuffled windows."""
        chance = self.seed if self.generated or self.leak == "shuffled" else 0
        own = tuple(getattr(self, name) for name in ("points", *READING, "folds") if name not in self.idle)
        return (self.series, self.upload, self.train_share, self.horizon, self.leak == "shuffled", chance, self.fold, *own)

    @property
    def sealed(self) -> tuple[object, ...]:
        """A series has one end: however it is cut, read or windowed, its last days are in every test. Longer generated series of one seed
        begin with the shorter ones. Of a file with several series all count as one: who tries them until one works has tried them."""
        return (self.series, self.upload, self.seed if self.generated else 0)

    # ---- for the runner and the doctor

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a compiled step: the runner sends them to the worker that has it."""
        return (self.lab, self.model, self.units, self.layers, self.look_back, self.features, self.target == "log-return", self.optimizer,
                self.loss, self.batch_size)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        known = (self.points if self.generated else WEEKS) * self.train_share
        steps = self.epochs * -(-known // self.batch_size)
        depth = self.layers * (self.look_back if self.model in RECURRENT else 1)
        return 1.0 + steps * (1e-4 + depth * 2e-5) + self.epochs * known * self.weights * self.look_back * 1e-9

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        return (0, self.folds) if name == "fold" else super().bounds_of(name)

    def revised(self, **values: object) -> StockSpec:
        """A copy with other values; what no longer fits beside them gives way: a person's file and how it is read where another series is
        chosen, a fold that is gone, the run of another network branched off."""
        merged = {**self.model_dump(), **values}
        if merged["series"] != "upload":
            merged |= {name: StockSpec.model_fields[name].default for name in ("upload", *READING, "volume")}
        elif merged["upload"] != self.upload:  # another file has columns of its own
            merged |= {name: StockSpec.model_fields[name].default for name in READING if name not in values}
        elif values.get("names", self.names) != self.names and "ticker" not in values:  # another column has names of its own
            merged["ticker"] = ""
        merged["fold"] = min(merged["fold"], merged["folds"])
        return self.settled(merged, values)
