"""The lab for recurrent networks: a task on sequences, a plain, LSTM or GRU network, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs import sequences, training
from core.specs.base import Score, Spec, setting
from core.specs.branch import Branching
from core.specs.training import DATA, DISPLAY, NETWORK, TRAINING

TASKS = {"wave": N_("next value of a wave"), "recall": N_("recall: which symbol came first?"), "adding": N_("adding two marked numbers"),
         "parity": N_("parity: is the number of ones odd?"), "text": N_("next character of a text")}
CLASSES = ("recall", "parity", "text")  # tasks whose answer is one of several symbols
CELLS = {"rnn": N_("plain (SimpleRNN)"), "lstm": "LSTM", "gru": "GRU"}
GATES: Mapping[str, tuple[str, ...]] = {"rnn": (), "lstm": ("i", "f", "o"), "gru": ("z", "r")}  # as frames name them
WIDE: Mapping[str, int] = {"rnn": 1, "lstm": 4, "gru": 3}  # blocks of a kernel: the gates, and what is written
INITIALIZERS = {"orthogonal": N_("orthogonal"), "glorot_uniform": "Glorot", "identity": N_("identity"),
                "shrinking": N_("orthogonal × 0.5"), "growing": N_("orthogonal × 1.5")}
USUAL = {"wave": 10, "recall": 20, "adding": 20, "parity": 8, "text": 16}  # length, where nothing is said
VALIDATION, TEST = 500, 1000  # sequences, beside those to train on
SHOWN = 32  # units of a layer that a frame shows, at most
# One task, one budget of sequences, two learning rates; `python -m benchmarks.recurrent --only gates` trains both with ten seeds each.
# How many reach 0.95 on validation: at 0.04 the GRU 10, all by epoch 7; the plain cell 1 (the others 0.22 … 0.75); the LSTM 0 (0.20 …
# 0.75). At 0.01 the LSTM 6, from epoch 4 to 17, the plain cell 6, the GRU 4. At 0.001 within 40 epochs the plain cell 10, by epoch 4 to
# 11; the GRU 4, by epoch 22 to 38; the LSTM 1.
GATES_HELP = {"task": "recall", "length": 40, "units": 32, "learning_rate": 0.04, "points": 1000, "epochs": 20}
GATES_DO_NOT = {"task": "recall", "length": 40, "units": 32, "learning_rate": 0.001, "points": 1000, "epochs": 40}
OWN: Mapping[str, tuple[str, ...]] = {  # fields of some tasks only
    "noise": ("wave",), "period": ("wave",), "waves": ("wave",), "language": ("text",)}


class RecurrentSpec(Branching):
    """A recurrent network on sequences; equal specs give equal numbers, bit for bit. The defaults are the articles' network."""

    lab: ClassVar[str] = "core.labs.recurrent"
    free: ClassVar[tuple[str, ...]] = ("learning_rate", "optimizer", "schedule", "clip", "batch_size", "dropout", "epochs")
    usual_rates: ClassVar[Mapping[str, float]] = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "rmsprop": 0.002, "adagrad": 0.05,
                                                  "adam": 0.003, "adamw": 0.003}

    task: Literal["wave", "recall", "adding", "parity", "text"] = setting(
        "wave", label=N_("Task"), group=DATA, first=True, choices=TASKS,
        help=N_("What the network is to answer once it has read a sequence. Recall, adding and parity can only be solved with a memory."))
    length: int = setting(
        10, ge=2, le=100, step=1, label=N_("Length, or gap"), group=DATA, unit=N_("time steps"), first=True,
        help=N_("How many steps the network reads before it answers. In “recall” it is the gap: how many distractors come between the "
                "symbol and the question."))
    cell: Literal["rnn", "lstm", "gru"] = setting(
        "lstm", label=N_("Cell"), group=NETWORK, first=True, choices=CELLS,
        help=N_("How the state is carried from step to step: rewritten at every step, or changed through gates."))
    units: int = setting(
        50, ge=1, le=128, step=1, label=N_("Units"), group=NETWORK, first=True,
        help=N_("How many numbers the state of a layer has."))
    learning_rate: float = training.rate(0.001)

    noise: float = setting(
        0.1, ge=0.0, le=0.5, step=0.05, label=N_("Noise"), group=DATA,
        help=N_("How far each value of the wave is from where it should be, as a standard deviation. Nobody can foresee it: its square is "
                "the smallest mean squared error there is."))
    period: float = setting(
        20.0, ge=4.0, le=60.0, step=1.0, label=N_("Period"), group=DATA, unit=N_("time steps"),
        help=N_("After so many steps the slowest wave of the mixture begins anew."))
    waves: int = setting(
        2, ge=1, le=3, step=1, label=N_("Waves in the mixture"), group=DATA,
        help=N_("How many sines are added. Each next one is quicker and smaller, and their periods have no common multiple."))
    language: sequences.Language = sequences.LANGUAGE
    points: int = setting(
        2000, ge=100, le=5000, step=100, label=N_("Training sequences"), group=DATA,
        help=N_("How many sequences the network learns from. 500 more are for validation, 1,000 stay sealed."))
    seed: int = sequences.SEED

    layers: int = setting(
        1, ge=1, le=3, step=1, label=N_("Layers"), group=NETWORK,
        help=N_("Recurrent layers on top of each other: each reads the states of the one below."))
    bidirectional: bool = setting(
        False, label=N_("Bidirectional"), group=NETWORK,
        help=N_("Every layer reads the sequence twice, forwards and backwards, with weights of its own for each."))
    dropout: float = setting(
        0.0, ge=0.0, le=0.8, step=0.05, label=N_("Dropout"), group=NETWORK,
        help=N_("The share of each layer’s output that is switched off at random in every training step."))
    activation: Literal["tanh", "relu"] = setting(
        "tanh", label=N_("Activation of the plain cell"), group=NETWORK, choices={"tanh": "tanh", "relu": "ReLU"},
        help=N_("What the plain cell does with its weighted sum. With ReLU its state has no upper limit."))
    initializer: Literal["orthogonal", "glorot_uniform", "identity", "shrinking", "growing"] = setting(
        "orthogonal", label=N_("First recurrent weights"), group=NETWORK, choices=INITIALIZERS,
        help=N_("What the state is multiplied by from step to step, before anything is learned. An orthogonal matrix keeps its length; "
                "half of it makes it vanish, one and a half makes it explode."))
    forget_bias: bool = setting(
        True, label=N_("Forget gate begins open"), group=NETWORK,
        help=N_("The LSTM’s forget gate begins with a bias of 1, so that it keeps nearly three quarters of its memory at every "
                "step; without it a half."))

    optimizer: training.Optimizer = training.OPTIMIZER
    schedule: training.Schedule = training.SCHEDULE
    clip: float = sequences.CLIP
    batch_size: int = sequences.BATCH_SIZE
    epochs: int = setting(
        40, ge=1, le=500, step=5, label=N_("Epochs"), group=TRAINING,
        help=N_("How many times the network sees all training sequences."))
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> RecurrentSpec:
        if self.initializer not in self.choices_of("initializer"):
            raise ValueError(f"the recurrent weights of {self.cell!r} are no identity: that is for the plain cell")
        return self

    # ---- what it is about

    @property
    def steps(self) -> int:
        """How many steps a sequence has: in "recall" the symbol, the gap and the question."""
        return self.length + 2 if self.task == "recall" else self.length

    @property
    def batches(self) -> int:
        """Of an epoch."""
        return -(-self.points // self.batch_size)

    @property
    def regression(self) -> bool:
        return self.task not in CLASSES

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates of a layer by the letters that frames name them by; they can be held."""
        return GATES[self.cell]

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def weights(self, inputs: int, outputs: int) -> int:
        """How many numbers the network has, for sequences of so many inputs a step and so many answers (`core.data.sequences`)."""
        biases = 2 if self.cell == "gru" else 1
        width, found = inputs, 0
        for _ in range(self.layers):
            found += self.directions * WIDE[self.cell] * self.units * (width + self.units + biases)
            width = self.directions * self.units
        return found + (width + 1) * outputs

    @property
    def idle(self) -> tuple[str, ...]:
        """The fields that have no say in a run of this spec: their controls need not be shown."""
        found = [name for name, tasks in OWN.items() if self.task not in tasks]
        found += ["activation"] * (self.cell != "rnn") + ["forget_bias"] * (self.cell != "lstm")
        return tuple(found)

    def _numbers(self) -> dict[str, Any]:
        return {name: value for name, value in super()._numbers().items() if name not in self.idle}

    @property
    def score(self) -> Score:
        if self.regression:
            return Score("val_loss", N_("validation error (MSE)"), higher_is_better=False)
        return Score("val_accuracy", N_("validation accuracy"))

    @property
    def split(self) -> tuple[object, ...]:
        own = tuple(getattr(self, name) for name in OWN if name not in self.idle)
        return (self.task, self.length, self.points, self.seed, *own)

    # ---- for the runner and the doctor

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a traced step: the runner sends them to the worker that has it."""
        plain = self.activation if self.cell == "rnn" else ""
        language = self.language if self.task == "text" else ""
        return (self.lab, self.task, language, self.steps, self.cell, plain, self.units, self.layers, self.bidirectional, self.dropout,
                self.optimizer, self.clip, self.batch_size)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        cells = self.layers * self.directions * self.steps
        work = WIDE[self.cell] * self.units * (self.units + 10) * cells * 3  # multiply-adds of a sequence
        steps = self.epochs * -(-self.points // self.batch_size)
        return 1.0 + steps * cells * 2e-5 + self.epochs * (self.points + VALIDATION) * work * 2e-10

    def choices_of(self, name: str) -> tuple[Any, ...]:
        """The values of a field that fit the others."""
        if name == "initializer" and self.cell != "rnn":
            return tuple(key for key in INITIALIZERS if key != "identity")
        return super().choices_of(name)

    def revised(self, **values: object) -> RecurrentSpec:
        """A copy with other values; what no longer fits beside them gives way: the length of another task, an identity where there are
        gates, the run of another network branched off."""
        merged = {**self.model_dump(), **values}
        if merged["task"] != self.task and "length" not in values:
            merged["length"] = USUAL[merged["task"]]
        if merged["cell"] != "rnn" and merged["initializer"] == "identity":
            merged["initializer"] = "orthogonal"
        return self.settled(merged, values)


class RecurrentView(Spec):
    """How the lab is drawn; changes no number."""

    log_through: bool = setting(
        True, label=N_("Gradient on a log scale"), group=DISPLAY,
        help=N_("Shows by what factor the gradient shrinks or grows from step to step."))
    log_scale: bool = setting(
        False, label=N_("Loss on a log scale"), group=DISPLAY,
        help=N_("Shows what happens once the loss is small."))
