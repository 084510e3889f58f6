"""What a run of the feedforward lab says at its end. What ailed it is the doctor's to say (`core.insight.doctor`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.frame import End, Message
from core.i18n import N_
from core.insight.cures import Cures
from core.specs.cnn import CnnSpec
from core.specs.feedforward import FeedforwardSpec
from core.specs.gan import GanSpec
from core.specs.recurrent import RecurrentSpec
from core.specs.text import TextSpec
from core.specs.training import OPTIMIZERS
from core.specs.transformer import TransformerSpec
from core.training.loop import Diverged
from core.training.stopping import Restored

THERE = 0.01  # of accuracy: how near to its last value counts as there
APART = 0.05  # training accuracy above validation: from here on it is worth a sentence
LEARNED = 0.85  # of the training points right: from here on "it was there by" is worth saying


def too_high(spec: Any, at: Diverged, seconds: float) -> End:
    """The end of a run whose loss is no longer a number, with the rate that is worth trying."""
    if getattr(spec, "d_rate", 1.0) != 1.0:  # nobody can tell whose rate it was
        return End("failed", seconds, error=Message(
            N_("The training diverged at step {step} (epoch {epoch}): a loss is no longer a number. Learning rates of {rate:g} for the "
               "generator and {other:g} for the discriminator are too high for these networks."),
            {"step": at.step, "epoch": at.epoch, "rate": spec.learning_rate, "other": float(f"{spec.learning_rate * spec.d_rate:.6g}")}),
            change=(({"d_rate": 1.0} if spec.d_rate > 1 else None) or Cures(spec).slower() or {}))
    return End("failed", seconds, error=Message(
        N_("The training diverged at step {step} (epoch {epoch}): the loss is no longer a number. A learning rate of {rate:g} "
           "is too high for this network and {optimizer}."),
        {"step": at.step, "epoch": at.epoch, "rate": spec.learning_rate, "optimizer": ["_", OPTIMIZERS[spec.optimizer]]}),
        change=Cures(spec).slower() or {})


def put_back(spec: CnnSpec, at: Restored) -> list[Message]:
    """What early stopping did to a run: nothing is said if its last epoch was the best."""
    if at.epoch < spec.epochs:
        return [Message(N_("[[Early stopping]]: the validation loss was smallest after epoch {best} and did not get smaller in the next "
                           "{patience}, so training ended after {epoch} of {epochs} epochs. The weights of epoch {best} were put back."),
                        {"best": at.best, "patience": spec.patience, "epoch": at.epoch, "epochs": spec.epochs})]
    return [] if at.best == at.epoch else [Message(
        N_("The validation loss was smallest after epoch {best} of {epochs}; the weights of that epoch were put back."),
        {"best": at.best, "epochs": spec.epochs})]


def reached(spec: FeedforwardSpec, rows: Sequence[dict[str, float | None]]) -> list[Message]:
    """How good a finished run is, in one sentence; none where a number is missing."""
    metric = spec.score.metric
    train, val = rows[-1].get(metric.removeprefix("val_")), rows[-1].get(metric)
    if train is None or val is None:
        return []
    if spec.regression:
        return [Message(N_("On average its answer is {val:.3g} off on validation points, {train:.3g} on training points."),
                        {"val": val, "train": train})]
    if train < LEARNED:
        return [Message(N_("It gets {val:.0%} of the validation points right, points that it never learned from."), {"val": val})]
    there = next(row["epoch"] for row in rows if (value := row.get(metric)) is not None and value >= val - THERE)
    return [Message(N_("It gets {val:.0%} of the validation points right, points that it never learned from. It was first that good at "
                       "[[epoch]] {epoch}."), {"val": val, "epoch": there})]


def reached_gan(spec: GanSpec, rows: Sequence[dict[str, float | None]]) -> list[Message]:
    """How near the generator came, in one sentence."""
    distance, modes = rows[-1].get("distance"), rows[-1].get("modes")
    if distance is None:
        return []
    if modes is None:
        return [Message(N_("The generator’s points are {distance:.2g} away from where the real ones lie (sliced Wasserstein distance)."),
                        {"distance": distance})]
    return [Message(N_("The generator covers {modes} of the {all} clouds, and its points are {distance:.2g} away from where the real ones "
                       "lie (sliced Wasserstein distance)."), {"modes": int(modes), "all": spec.modes, "distance": distance})]


def reached_images(spec: CnnSpec, rows: Sequence[dict[str, float | None]]) -> list[Message]:
    """The same of a run on images; an epoch's training accuracy is the average over its batches, while they change the network."""
    train, val = rows[-1].get("accuracy"), rows[-1].get("val_accuracy")
    if train is None or val is None:
        return []
    best = max((row for row in rows if row.get("val_accuracy") is not None), key=lambda row: row["val_accuracy"] or 0.0)
    if (most := best["val_accuracy"] or 0.0) > val + THERE:
        return [Message(N_("It gets {val:.1%} of the validation images right, images that it never learned from. It had been better: "
                           "{best:.1%} at [[epoch]] {epoch}."), {"val": val, "best": most, "epoch": best["epoch"]})]
    there = next(row["epoch"] for row in rows if (value := row.get("val_accuracy")) is not None and value >= val - THERE)
    return [Message(N_("It gets {val:.1%} of the validation images right, images that it never learned from. It was within 1% of that at "
                       "[[epoch]] {epoch}."), {"val": val, "epoch": there})]


def reached_texts(spec: TextSpec, rows: Sequence[dict[str, float | None]]) -> list[Message]:
    """The same of a run on texts."""
    train, val = rows[-1].get("accuracy"), rows[-1].get("val_accuracy")
    if val is None:
        return []
    found = [Message(N_("It gets {val:.1%} of the validation texts right, texts that it never learned from."), {"val": val})]
    if train is not None and train - val > APART:
        found.append(Message(N_("Of the training texts it gets {train:.1%} right in its last epoch: it has learned much of them by heart."),
                             {"train": train}))
    return found


def reached_sequences(spec: RecurrentSpec, rows: Sequence[dict[str, float | None]], floor: float) -> list[Message]:
    """The same of a run on sequences; floor: the least loss that can be hoped for."""
    loss, val = rows[-1].get("val_loss"), rows[-1].get("val_accuracy")
    if loss is None:
        return []
    if spec.regression and floor:
        return [Message(N_("Its mean squared error on validation sequences is {loss:.3g}; not even the best forecast is below {floor:.3g}, "
                           "the noise."), {"loss": loss, "floor": floor})]
    if spec.regression:
        return [Message(N_("Its mean squared error on validation sequences is {loss:.3g}."), {"loss": loss})]
    if spec.task == "text":
        return [Message(N_("It needs {loss:.3g} nats a character on text that it never read; with {steps} characters to go by, not even "
                           "the best reader is below {floor:.3g}."), {"loss": loss, "steps": spec.steps, "floor": floor})]
    return [Message(N_("It gets {val:.1%} of the validation sequences right, sequences that it never learned from."), {"val": val})]


def reached_transformer(spec: TransformerSpec, rows: Sequence[dict[str, float | None]], floor: float | None) -> list[Message]:
    """The same of a run on symbols or a text; floor: the least loss that can be hoped for, if that is known."""
    loss, val, exact = (rows[-1].get(name) for name in ("val_loss", "val_accuracy", "val_exact"))
    if loss is None or val is None:
        return []
    if spec.task == "text" and floor is not None:
        return [Message(N_("It needs {loss:.3g} nats a character on text that it never read; not even the best reader is below "
                           "{floor:.3g}."), {"loss": loss, "floor": floor})]
    if spec.task == "text":
        return [Message(N_("It needs {loss:.3g} nats a character on the end of the text, which it never read."), {"loss": loss})]
    if spec.task == "masked":
        return [Message(N_("It gets {val:.1%} of the hidden characters right, in text that it never read."), {"val": val})]
    if exact is not None:
        return [Message(N_("It gets {exact:.1%} of the validation sequences wholly right, and {val:.1%} of the single answers; it never "
                           "learned from them."), {"exact": exact, "val": val})]
    return [Message(N_("It gets {val:.1%} of the validation sequences right, sequences that it never learned from."), {"val": val})]
