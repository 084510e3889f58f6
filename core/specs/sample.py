"""One side of a sample, as a run: its id and side are all that a spec names, so no text from a person is ever run."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from pydantic import field_validator

from core.samples import Sample, Side, all_samples
from core.specs.base import Spec

SECONDS = {"numpy": 1.0, "keras": 4.0}  # roughly


class SampleSpec(Spec):
    """The printed or the repaired program of a sample that runs here. What it prints depends on nothing else."""

    lab: ClassVar[str] = "core.labs.sample"
    lab_version: ClassVar[int] = 1

    sample: str
    side: Side

    @field_validator("sample")
    @classmethod
    def _runs_here(cls, value: str) -> str:
        if value not in all_samples():
            raise ValueError(f"there is no sample {value[:40]!r}")
        if all_samples()[value].framework == "torch":
            raise ValueError(f"the sample {value!r} is for PyTorch: what it prints was recorded")
        return value

    @property
    def of(self) -> Sample:
        return all_samples()[self.sample]

    @property
    def code(self) -> str:
        return self.of.program(self.side).code

    @property
    def key(self) -> str:
        """The run key: also another one for another program text, or an old output would stand below a new program."""
        return hashlib.sha256(f"{super().key} {self.code}".encode()).hexdigest()[:32]

    @property
    def cost(self) -> float:
        return SECONDS[self.of.framework]
