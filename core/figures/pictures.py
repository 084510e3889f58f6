"""The figures of a look at the pictures: how many of each class are for what, and some of those to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.counts import counts
from core.figures.images import gallery
from core.figures.template import Template
from core.i18n import _
from core.specs.image_project import PicturesSpec

HEIGHT = 330


def figures(spec: PicturesSpec, classes: Sequence[str]) -> list[Template]:
    """All figures of the data's step. classes: translated."""
    augmented = spec.augmentation != "none"
    span = 4 if augmented else 7
    shown = gallery("pictures", "pictures", caption="{name}", values={"name": "pictures_truth"}, named=["name"], classes=classes, span=span,
                    height=HEIGHT, title=_("Some of the pictures to learn from"), empty=_("Some of the pictures to learn from"),
                    alt=_("Training pictures as the network gets them, some of each class."))
    found = [shown]
    if augmented:
        words = _("The same, changed as in one epoch")
        found.append(gallery("changed", "changed", span=4, height=HEIGHT, title=words, empty=words,
                             alt=_("The same training pictures, as data augmentation shows them once.")))
    return [*found, counts(classes, _("pictures"), title=_("What each picture is for"), span=4 if augmented else 5, height=HEIGHT,
                           alt=_("Of each class: how many pictures are for training, for validation and for the sealed test."))]
