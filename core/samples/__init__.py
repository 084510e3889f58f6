"""Usual samples that fail or mislead, each with its repair: one module a page, named like it, with its SAMPLES.

Data only. `core.labs.sample` runs them, `core.ui.printed` shows them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from core.samples.base import SIDES, Framework, Program, Sample, Side

__all__ = ["RECORDED", "SIDES", "Framework", "Program", "Recording", "Sample", "Side", "all_samples", "pages", "recorded", "samples_of"]

RECORDED = Path(__file__).with_name("recorded.json")  # written by tests/test_samples_torch.py


@dataclass(frozen=True)
class Recording:
    """What a program printed, the error it ended in ("" for none), the version of PyTorch, and a digest of the program."""

    text: str
    error: str
    version: str
    program: str


def pages() -> list[str]:
    """The pages that have samples, by the stems of their files."""
    return sorted(module.name for module in iter_modules(__path__) if module.name != "base")


def samples_of(page: str) -> tuple[Sample, ...]:
    """The samples of a page, in the order they are shown; none if it has none."""
    return import_module(f"{__name__}.{page}").SAMPLES if page in pages() else ()


@cache
def all_samples() -> dict[str, Sample]:
    """Every sample by its id. ValueError if two share one, or one names another page than its module's."""
    found: dict[str, Sample] = {}
    for page in pages():
        for sample in samples_of(page):
            if sample.id in found or sample.page != page:
                raise ValueError(f"the sample {sample.id!r} of {page} is there twice, or names the page {sample.page!r}")
            found[sample.id] = sample
    return found


@cache
def _recordings() -> dict[str, dict[str, dict[str, str]]]:
    return json.loads(RECORDED.read_text("utf-8"))


def recorded(id: str, side: Side) -> Recording:
    """What a PyTorch program printed when it was recorded. KeyError if it was not."""
    return Recording(**_recordings()[id][side])
