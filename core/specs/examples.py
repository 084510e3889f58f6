"""Settings worth seeing, as data: a preset shows one, a trial changes something and says what to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Preset:
    """A setting worth seeing: a marked name and what differs from the default."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """A change worth making: marked texts for the button and for what to look for; the values to set."""

    button: str
    look: str
    values: Mapping[str, Any]
