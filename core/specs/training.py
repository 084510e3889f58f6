"""What all labs declare alike: the groups of their controls, and the fields of a training that mean the same whatever the network is."""

from __future__ import annotations

from typing import Any, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.branch import LONGEST, PATTERN

DATA, NETWORK, TRAINING, DISPLAY = N_("Data"), N_("Network"), N_("Training"), N_("Display")

OPTIMIZERS = {"sgd": "SGD", "momentum": N_("momentum"), "nesterov": "Nesterov", "rmsprop": "RMSprop",
              "adagrad": "Adagrad", "adam": "Adam", "adamw": "AdamW"}
SCHEDULES = {"constant": N_("constant"), "step": N_("step: halved five times"), "cosine": N_("cosine to zero"),
             "range": N_("finder: from 0.00001 to 10")}

Optimizer = Literal["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw"]
Schedule = Literal["constant", "step", "cosine", "range"]

OPTIMIZER = setting(
    "adam", label=N_("Optimizer"), group=TRAINING, choices=OPTIMIZERS,
    help=N_("How a gradient becomes a step. Momentum is 0.9 where there is one; AdamW decays weights by 0.004."))
SCHEDULE = setting(
    "constant", label=N_("Learning rate over time"), group=TRAINING, choices=SCHEDULES,
    help=N_("Start with large steps, end with small ones. The finder runs through all rates, to see which work."))
BRANCH = setting(
    "", label=N_("Branch"), group=TRAINING, max_length=LONGEST, pattern=PATTERN,
    help=N_("The run goes on from an epoch of another one. The tool “Branch” makes such runs."))


def rate(default: float, most: float = 1.0, first: bool = True) -> Any:
    """The field of the learning rate, from 0.00001 to `most`."""
    return setting(
        default, ge=1e-5, le=most, label=N_("Learning rate"), group=TRAINING, first=first, log=True,
        help=N_("How far each step goes along the negative gradient. Too small: nothing happens. Too large: it diverges."))


def patience(most: int) -> Any:
    """The field of early stopping: after how many epochs without a smaller validation loss, at most `most`; 0 is never."""
    return setting(
        0, ge=0, le=most, step=1, label=N_("Early stopping"), group=TRAINING, unit=N_("epochs"),
        help=N_("Training ends when the validation loss has not become smaller for so many epochs, and the weights of the best epoch are "
                "put back. With 0 it goes on to the end."))
