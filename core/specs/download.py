"""The download of a published dataset, as a run."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.specs.base import Spec


class DownloadSpec(Spec):
    """Fetch the files of a dataset into the data folder. It ends at once where they are there."""

    lab: ClassVar[str] = "core.labs.download"
    errand: ClassVar[bool] = True

    dataset: Literal["mnist", "fashion", "cifar10", "imdb"]
