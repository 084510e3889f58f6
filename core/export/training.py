"""The part of a program that trains: settings, optimizer and fit, leg by leg.

A run without a branch is one leg. A branch has one for every forebear, up to the epoch at which it was left, and one of its own.
Each goes on with the weights, the seeds and the optimizer of the leg before, as `core.labs.course` does, and says only what is
different from then on: what stays needs no code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.i18n import N_, _
from core.specs.sweep import RATES

OPTIMIZERS = {
    "sgd": "SGD({rate})", "momentum": "SGD({rate}, momentum=0.9)", "nesterov": "SGD({rate}, momentum=0.9, nesterov=True)",
    "rmsprop": "RMSprop({rate})", "adagrad": "Adagrad({rate})", "adam": "Adam({rate})", "adamw": "AdamW({rate})",
}
Leg = Any  # a spec that may branch off another (`core.specs.branch`), with the usual settings of a training
PLANNED = N_("what the learning rate is planned for; the settings change before")
QUIET = ("shuffle=False", "verbose=0")
STOPPED = ("validation_data=(x_val, y_val)", "callbacks=[stopping]", *QUIET)
STEPS = "steps = int(np.ceil(len(x_train) / BATCH_SIZE))"


class Training:
    """The training of a spec, in legs that are asked for in their order: `first`, then `fork` for each of the others.

    classes: 0 for a regression; train: the number of training points; loss: Keras', as it is called; names: the settings that the program
    names, in the order in which they are used, and what each means; compiled: whether the training of a leg is compiled by XLA;
    measures: whether `fit` reports the accuracy or the mean absolute error.
    """

    def __init__(self, spec: Any, classes: int, train: int, *, loss: str, names: Mapping[str, str],
                 compiled: Callable[[Any], bool] = lambda leg: False, measures: bool = True) -> None:
        self.loss, self.names, self.measures = loss, names, measures
        ends = [*spec.lineage, (spec, spec.epochs)]
        self.legs, self.forks = [leg for leg, _epoch in ends], [epoch for _leg, epoch in ends[:-1]]
        self.classes, self.train = classes, train
        self.signs = classes == 2 and not loss.endswith("Crossentropy()")  # whether the targets are -1 and +1
        self.l1, self.l2 = (any(getattr(leg, name, 0) for leg in self.legs) for name in ("l1", "l2"))
        self.patience = getattr(spec, "patience", 0)
        self.compiled = [compiled(leg) for leg in self.legs]
        self.known: dict[str, Any] = {}  # the settings that the program has named so far
        self.taken = 0  # steps that the optimizer has counted before this leg
        self.variable = not _planned(self.legs[0])  # whether the optimizer keeps its rate where it can be set

    def settings(self, i: int) -> list[str]:
        """The settings of a leg that the program has not named yet, or that change."""
        leg, last = self.legs[i], i == len(self.forks)
        unused = {name for name, used in (("dropout", leg.dropout), ("l1", self.l1), ("l2", self.l2), ("patience", self.patience),
                                              ("clip", _clip(leg)), ("warmup", _warmup(leg))) if not used}
        unused |= {"learning_rate"} if leg.schedule == "range" else set()
        unused |= {"epochs"} if not last and leg.schedule == "constant" else set()
        lines = []
        for name, what in self.names.items():
            value = getattr(leg, name)
            if name not in unused and self.known.get(name) != value:
                self.known[name] = value
                lines.append(f"{name.upper()} = {value!r}  # {_(what if name != 'epochs' or last else PLANNED)}")
        if not last:
            after = _("the epoch after which other settings hold")
            lines.append(f"{'START, FORK = FORK,' if i else 'FORK ='} {self.forks[i]}  # {after}")
        return lines

    def batches(self) -> list[str]:
        first, which = ("first, last", "first, last") if self.forks else ("", "EPOCHS")
        return [note(_("Every epoch sees all training points, each time in a new order.")), f"""\
def batches({first}):
    for epoch in range({which}):
        order = np.random.default_rng([SEED, epoch]).permutation(len(x_train))
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            yield x_train[batch], y_train[batch]


{STEPS}  # """ + _("in an epoch")]

    def penalty(self) -> list[str]:
        """The regularizer of all layers: none if no leg has one. Its strengths can change."""
        if not (self.l1 or self.l2):
            return []
        made = "L1L2(l1=L1, l2=L2)" if self.l1 and self.l2 else "L1(L1)" if self.l1 else "L2(L2)"
        return [f"penalty = keras.regularizers.{made}"]

    def first(self) -> list[str]:
        """The optimizer and the loss that the run begins with."""
        spec, lines = self.legs[0], _schedule(self.legs[0])
        if self.signs:
            lines += [*([""] if lines else []), note(_("The share of points whose output has the sign of their target.")),
                      "def accuracy(y_true, y_pred):", "    return keras.ops.equal(y_true > 0, y_pred > 0)", "", ""]
        made = _made(spec, "LEARNING_RATE" if self.variable else "rate")
        return [*lines, note(_("What is made small, and how a gradient becomes a step.")),
                *self._compile(0, f"keras.optimizers.{made}")]

    def fit(self) -> list[str]:
        """The first leg's training."""
        of, epochs = ("0, FORK", "FORK") if self.forks else ("", "EPOCHS")
        says = note(_("Each step nudges the weights so that the loss on its batch becomes smaller."))
        if self.patience and not self.forks:
            return [*self._stopping(), says, *_call("model.fit", "batches()", "epochs=EPOCHS", "steps_per_epoch=steps", *STOPPED)]
        return [says, f"model.fit(batches({of}), epochs={epochs}, steps_per_epoch=steps, shuffle=False, verbose=0)"]

    def fork(self, i: int) -> list[str]:
        """What changes at the beginning of leg i (1 …), and its training."""
        before, leg = self.legs[i - 1], self.legs[i]
        first, last = ("FORK", "EPOCHS") if i == len(self.forks) else ("START", "FORK")
        fresh = leg.optimizer != before.optimizer
        epoch = self.forks[i - 1]
        says = (_("From epoch {epoch} on: same weights, and another optimizer, which remembers nothing yet.", epoch=epoch) if fresh else
                _("From epoch {epoch} on: same weights, same optimizer with all that it remembers, other settings.", epoch=epoch))
        lines = [note(says), *self.settings(i), *([STEPS] if leg.batch_size != before.batch_size else []), ""]
        self.taken += (epoch - (self.forks[i - 2] if i > 1 else 0)) * self._steps(before)
        was = self._rate(before, epoch * self._steps(before) - self.taken)
        self.taken = 0 if fresh else self.taken
        shift = epoch * self._steps(leg) - self.taken
        same_rate = not fresh and was == self._rate(leg, shift)
        clipped = not fresh and _clip(leg) != _clip(before)
        rest = ("dropout", *(name for name in ("l1", "l2", "smoothing") if name in self.names))
        if (not fresh and not clipped and (same_rate or (self.variable and not _planned(leg)))
                and self.compiled[i] == self.compiled[i - 1] and all(getattr(leg, n) == getattr(before, n) for n in rest)):
            lines += [] if same_rate else ["model.optimizer.learning_rate = LEARNING_RATE", ""]
        else:
            lines += [] if fresh else ["optimizer = model.optimizer"]
            lines += self._network(before, leg)
            lines += self._optimizer(leg, fresh, same_rate, shift, first, epoch)
            lines += [f"optimizer.global_clipnorm = {'CLIP' if _clip(leg) else None}"] if clipped else []
            lines += ["", note(_("Compiled again, for the changes to take effect.")), *self._compile(i, "optimizer"), ""]
        fit = (f"batches({first}, {last})", f"initial_epoch={first}", f"epochs={last}", "steps_per_epoch=steps")
        if self.patience and i == len(self.forks):
            return [*lines, *self._stopping(), *_call("model.fit", *fit, *STOPPED)]
        return [*lines, *_call("model.fit", *fit, *QUIET)]

    def _stopping(self) -> list[str]:
        """What ends the last leg early; those before it ended where they were left."""
        return [note(_("Too long without a smaller validation loss, and it ends; the best epoch’s weights are put back.")),
                *_call("stopping = keras.callbacks.EarlyStopping", 'monitor="val_loss"', "patience=PATIENCE", "restore_best_weights=True"),
                ""]

    def _network(self, before: Leg, leg: Leg) -> list[str]:
        """The changes of the network: strengths of the penalty, dropout."""
        lines = [f"penalty.{n} = {n.upper()}" for n in ("l1", "l2") if n in self.names and getattr(leg, n) != getattr(before, n)]
        if leg.dropout == before.dropout or not _depth(leg):
            return lines
        if leg.dropout and before.dropout:
            return [*lines, "for layer in model.layers:", "    if isinstance(layer, layers.Dropout):", "        layer.rate = DROPOUT"]
        each = 3 if getattr(leg, "batch_norm", False) else 1  # layers of a hidden layer
        stack, at = ["keras.Input(model.input_shape[1:])"], 0
        for hidden in range(_depth(leg)):
            stack += [f"model.layers[{at + j}]" for j in range(each)]
            at += each + bool(before.dropout)
            stack += [f"layers.Dropout(DROPOUT, seed=1009 * SEED + {100 + hidden})"] if leg.dropout else []
        stack.append(f"model.layers[{at}]")
        says = _("The same layers, with dropout behind each hidden one.") if leg.dropout else _("The same layers, without dropout.")
        return [*lines, note(says), "model = keras.Sequential(", "    [", *(f"        {layer}," for layer in stack), "    ]", ")"]

    def _optimizer(self, leg: Leg, fresh: bool, same_rate: bool, shift: int, first: str, epoch: int) -> list[str]:
        """The optimizer from here on, with its rate: new, or the one before. first: the program's name for the epoch of the fork."""
        if same_rate:
            return []
        lines, rate = list[str](), "LEARNING_RATE"
        if _planned(leg):
            lines, rate = _schedule(leg), "rate"
            if shift:
                lines += [note(_("Where this plan stands at epoch {epoch}; the optimizer has counted other steps.", epoch=epoch)),
                          f"shift = {first} * steps" + ("" if fresh else " - int(optimizer.iterations)"), "", "",
                          "def shifted_rate():", "    return rate(optimizer.iterations + shift)", "", ""]
                rate = "shifted_rate"
        elif not fresh and not self.variable:
            lines.append(note(_("A rate that has been a function stays one.")))
            rate = "lambda: LEARNING_RATE"
        self.variable = not _planned(leg) and (fresh or self.variable)
        return [*lines, f"optimizer = keras.optimizers.{_made(leg, rate)}" if fresh else
                f"optimizer.learning_rate = {rate}"]

    def _compile(self, i: int, optimizer: str) -> list[str]:
        jit = self.compiled[i]
        metric = "accuracy" if self.signs else '"accuracy"' if self.classes else '"mae"'
        why = _("with XLA, as in the lab: so long a training is worth compiling") if jit else _("without XLA, as in the lab")
        return ["model.compile(", f"    optimizer={optimizer},", f"    loss=keras.losses.{self.loss},",
                *([f"    metrics=[{metric}],"] if self.measures else []),
                f"    jit_compile={jit},  # {why}", ")"]

    def _steps(self, leg: Leg) -> int:
        return -(-self.train // leg.batch_size)

    def _rate(self, leg: Leg, shift: int) -> tuple[object, ...]:
        """Equal for legs whose optimizer takes its rate from its count of steps in the same way."""
        if not _planned(leg):
            return ("constant", leg.learning_rate)
        return leg.schedule, leg.schedule == "range" or leg.learning_rate, _warmup(leg), leg.epochs * self._steps(leg), shift


def _clip(leg: Leg) -> float:
    return getattr(leg, "clip", 0.0)


def _warmup(leg: Leg) -> int:
    return getattr(leg, "warmup", 0) if leg.schedule != "range" else 0


def _planned(leg: Leg) -> bool:
    """Whether the learning rate is a function of the step."""
    return bool(leg.schedule != "constant" or _warmup(leg))


def _depth(leg: Leg) -> int:
    """How many hidden layers may have dropout behind them."""
    return len(leg.hidden) if hasattr(leg, "hidden") else leg.layers


def _made(leg: Leg, rate: str) -> str:
    """A new optimizer; all gradients together are shortened to CLIP."""
    rate += ", beta_1=BETA" if hasattr(leg, "beta") and leg.optimizer in ("adam", "adamw") else ""
    return OPTIMIZERS[leg.optimizer].format(rate=f"{rate}, global_clipnorm=CLIP" if _clip(leg) else rate)


def _call(name: str, *arguments: str) -> list[str]:
    """A call with a line for each argument."""
    return [f"{name}(", *(f"    {argument}," for argument in arguments), ")"]


def _schedule(spec: Leg) -> list[str]:
    """The learning rate as a function of the step; nothing for a constant one."""
    lines = _plan(spec)
    if not _warmup(spec):
        return lines
    plan = [*lines[:-1], "plan = rate", ""] if lines else []
    later = 'keras.ops.cast(plan(step), "float64")' if lines else "LEARNING_RATE"
    says = _("Before that it grows in a straight line.") if lines else _("The learning rate grows in a straight line to its value.")
    return [*plan, note(says),
            "class WarmUp(keras.optimizers.schedules.LearningRateSchedule):", "    def __call__(self, step):",
            '        share = keras.ops.cast(step + 1, "float64") / WARMUP',
            f"        return {later} * keras.ops.minimum(share, 1)", "", "", "rate = WarmUp()", ""]


def _plan(spec: Leg) -> list[str]:
    if spec.schedule == "cosine":
        return [note(_("The learning rate falls along half a cosine, to zero at the end (in float64, as in the lab).")),
                "rate = keras.optimizers.schedules.CosineDecay(np.float64(LEARNING_RATE), EPOCHS * steps)", ""]
    if spec.schedule == "step":
        return [note(_("The learning rate is halved at each sixth of the training.")),
                "rate = keras.optimizers.schedules.PiecewiseConstantDecay(",
                "    boundaries=[int(np.ceil(EPOCHS * steps * i / 6)) - 1 for i in range(1, 6)],",
                "    values=[LEARNING_RATE / 2**i for i in range(6)],", ")", ""]
    if spec.schedule == "range":
        return [note(_("The learning rate grows by equal factors, to find out which work (in float64, as in the lab).")),
                "rate = keras.optimizers.schedules.ExponentialDecay(",
                f"    np.float64({RATES[0]!r}), decay_steps=EPOCHS * steps, decay_rate={RATES[1]!r} / {RATES[0]!r}", ")", ""]
    return []


def note(text: str) -> str:
    """A comment line."""
    return f"# {text}"
