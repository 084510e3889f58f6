"""The image project: where its reader is, and what is asked of the pictures before anything is trained on them."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.i18n import N_
from core.specs.base import Spec, setting
from core.specs.cnn import AUGMENTATIONS, DATASETS, CnnSpec
from core.specs.training import DATA, DISPLAY

STEPS = {"data": N_("1 Data"), "network": N_("2 Network"), "training": N_("3 Training"), "test": N_("4 Test"), "use": N_("5 Use"),
         "take": N_("6 Take away")}
Step = Literal["data", "network", "training", "test", "use", "take"]


class ImageView(Spec):
    """Which step of the project is on screen, and how it is drawn; changes no number."""

    step: Step = setting("data", label=N_("Step"), group=DISPLAY, choices=STEPS,
                         help=N_("The steps of the project, from data to an answer. You may go back at any time."))
    log_scale: bool = setting(False, label=N_("Loss on a log scale"), group=DISPLAY, help=N_("Shows what happens once the loss is small."))


class PicturesSpec(Spec):
    """A look at the pictures of a project, as they are split. Its fields are those of the same name in a `CnnSpec`."""

    lab: ClassVar[str] = "core.labs.pictures"
    lab_version: ClassVar[int] = 2

    dataset: Literal["digits", "shapes", "mnist", "fashion", "cifar10", "upload"] = setting(
        "digits", label=N_("Pictures"), group=DATA, choices=DATASETS, help=N_("What is looked at."))
    points: int = setting(1797, ge=8, le=60_000, label=N_("Images"), group=DATA, help=N_("How many images are used."))
    train_share: float = setting(0.7, ge=0.1, le=0.9, label=N_("Share for training"), group=DATA, help=N_("The rest is held back."))
    seed: int = setting(0, ge=0, le=9999, label=N_("Seed"), group=DATA, help=N_("Which images are for what."))
    upload: str = setting("", pattern=r"^([0-9a-f]{32})?$", label=N_("Your own pictures"), group=DATA, help=N_("Which files."))
    augmentation: Literal["none", "shift", "shift_flip", "shift_turn"] = setting(
        "none", label=N_("Data augmentation"), group=DATA, choices=AUGMENTATIONS, help=N_("How training images are changed."))

    @property
    def cost(self) -> float:
        return 0.3 if self.augmentation == "none" else 1.5


def pictures_of(spec: CnnSpec) -> PicturesSpec:
    """The look at the pictures that a network of this spec would learn from."""
    return PicturesSpec(**{name: getattr(spec, name) for name in PicturesSpec.model_fields})
