"""What there is to notice in a run of the feedforward lab: sentences computed from its metric rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.frame import End, Message
from core.i18n import N_
from core.insight.cures import USUAL
from core.specs.feedforward import OPTIMIZERS, FeedforwardSpec
from core.training.loop import Diverged

Rows = Sequence[dict[str, float | None]]


def too_high(spec: FeedforwardSpec, at: Diverged, seconds: float) -> End:
    """The end of a run whose loss is no longer a number, with the rate that is worth trying."""
    return End("failed", seconds, error=Message(
        N_("The training diverged at step {step} (epoch {epoch}): the loss is no longer a number. A learning rate of {rate:g} "
           "is too high for this network and {optimizer}."),
        {"step": at.step, "epoch": at.epoch, "rate": spec.learning_rate, "optimizer": ["_", OPTIMIZERS[spec.optimizer]]}),
        change={"learning_rate": lower_rate(spec)})


def lower_rate(spec: FeedforwardSpec) -> float:
    """A learning rate worth trying where this one is too high."""
    return float(f"{max(min(spec.learning_rate / 10, USUAL[spec.optimizer]), 1e-5):.2g}")


def overshoots(rows: Rows) -> bool:
    """Whether the training loss ended clearly above where it began."""
    loss = column(rows, "loss")
    return bool(loss[0] - np.nanmean(loss[-max(len(rows) // 20, 1):]) < -0.02 * abs(loss[0]))


def column(rows: Rows, name: str) -> np.ndarray:
    """One column of the metric rows; NaN where a value is missing."""
    return np.array([np.nan if row.get(name) is None else row[name] for row in rows], float)


def notice(spec: FeedforwardSpec, rows: Rows) -> list[Message]:
    """At most three sentences about a finished run, the most telling first."""
    notes = [*_learning(spec, rows), *_layers(spec, rows)]
    return notes[:3]


def _learning(spec: FeedforwardSpec, rows: Rows) -> list[Message]:
    loss, val_loss = column(rows, "loss"), column(rows, "val_loss")
    metric = "mae" if spec.regression else "accuracy"
    train, val = column(rows, metric)[-1], column(rows, f"val_{metric}")[-1]
    notes = []
    best = int(np.nanargmin(val_loss)) if np.isfinite(val_loss).any() else 0
    epochs = [row["epoch"] for row in rows]
    smooth = max(len(rows) // 20, 1)
    end, least = float(np.nanmean(val_loss[-smooth:])), float(np.nanmin(val_loss))
    drop = loss[0] - np.nanmean(loss[-smooth:])
    if spec.initializer == "zeros" and len(spec.hidden):
        notes.append(Message(N_("All weights start at zero, so the neurons of a layer are twins: they get the same [[gradient]] and "
                                "never become different. The network cannot use more than one of them.")))
        return notes
    last = float(np.nanmean(loss[-smooth:]))
    worse = end > 1.15 * least and end - least > 0.02 and best < len(rows) * 0.8
    if drop > 0.02 * abs(loss[0]) and worse and last < min(loss[best], 0.8 * end):
        notes.append(Message(
            N_("Since epoch {epoch} the validation loss rises, from {least:.3g} to about {end:.3g}, while the training loss is down to "
               "{train:.3g}: the network is [[memorising|overfitting]] its training points."),
            {"epoch": epochs[best], "least": least, "end": end, "train": float(loss[-1])}))
    elif overshoots(rows):
        notes.append(Message(
            N_("The training loss rose, from {first:.3g} to {last:.3g}: each step [[overshoots]]. Lower the [[learning rate]] of "
               "{rate:g}."),
            {"first": float(loss[0]), "last": float(loss[-1]), "rate": spec.learning_rate}))
    elif drop <= 0.02 * abs(loss[0]):
        notes.append(Message(
            N_("The training loss went from {first:.3g} to {last:.3g} in {epochs} epochs: almost nothing was learned. A [[learning rate]] "
               "of {rate:g} may be too small, or too large to settle."),
            {"first": float(loss[0]), "last": float(loss[-1]), "epochs": spec.epochs, "rate": spec.learning_rate}))
    jumps = np.abs(np.diff(loss[len(loss) // 2:]))
    if len(jumps) > 5 and drop > 0 and np.nanmean(jumps) > 0.1 * max(float(np.nanmean(loss[len(loss) // 2:])), 1e-3) \
            and np.nanmean(jumps) > 0.01:
        notes.append(Message(N_("The loss jumps by {jump:.2g} from [[epoch]] to epoch in the second half of the run: the steps are too "
                                "large to settle. Lower the learning rate or [[let it fall over time|schedule]]."),
                             {"jump": float(np.nanmean(jumps))}))
    if spec.regression:
        notes.append(Message(N_("On average its answer is {val:.3g} off on validation points, {train:.3g} on training points."),
                             {"val": float(val), "train": float(train)}))
        return notes
    bends = any(spec.activation_of(i) != "linear" for i in range(len(spec.hidden)))
    straight = not bends and set(spec.features) <= {"x1", "x2"} and spec.dataset != "features100"
    settled = loss[len(loss) * 3 // 4] - last < 0.1 * max(loss[0] - last, 0.0) or last > loss[0]
    if straight and settled and train < 0.85:
        notes.append(Message(N_("It gets {train:.0%} of its own training points right. Without a hidden layer that bends, a network draws "
                                "straight lines only, and these points are not to be told apart by straight lines."),
                             {"train": float(train)}))
    elif train < 0.85 and notes:  # what is wrong has been said
        pass
    elif train < 0.85 and not settled:
        notes.append(Message(N_("It gets {train:.0%} of its own training points right, and its loss was still falling when the run ended: "
                                "it has not learned long enough, or with too small steps."), {"train": float(train)}))
    elif train < 0.85:
        notes.append(Message(N_("It gets only {train:.0%} of its own training points right, and its loss has settled: the network is too "
                                "small, held back by [[dropout]] or [[L1]]/[[L2]], or the points are mixed up by noise."),
                                {"train": float(train)}))
    else:
        reached = next((row["epoch"] for row in rows if (row.get(f"val_{metric}") or 0) >= val - 0.01), epochs[-1])
        notes.append(Message(N_("It gets {val:.0%} of the validation points right, points that it never learned from. It was there by "
                                "[[epoch]] {epoch}."), {"val": float(val), "epoch": reached}))
    return notes


def _layers(spec: FeedforwardSpec, rows: Rows) -> list[Message]:
    notes = []
    last = rows[-1]
    dead = {int(name[5:]): value for name, value in last.items() if name.startswith("dead_") and value}
    if dead and max(dead.values()) >= 0.25:
        layer = max(dead, key=lambda i: dead[i])
        notes.append(Message(N_("{share:.0%} of the neurons in hidden layer {layer} are dead: they output zero for every training "
                                "point and get no [[gradient]] any more."), {"share": dead[layer], "layer": layer}))
    middle = rows[len(rows) // 2]
    norms = [middle.get(f"grad_{i + 1}") for i in range(len(spec.hidden) + 1)]
    if len(spec.hidden) >= 3 and all(n is not None for n in norms):
        first, final = float(norms[0] or 0), float(norms[-1] or 0)
        if first > 0 and final / first > 100:
            notes.append(Message(N_("Halfway through, the first layer’s gradient is {times:.0f} times smaller than the last layer’s: "
                                    "[[it vanishes|vanishing gradient]] on its way back."), {"times": final / first}))
    return notes
