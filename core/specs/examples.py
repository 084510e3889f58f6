"""Settings worth seeing, as data: a preset shows one, a trial changes something and says what to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Preset:
    """A setting worth seeing: a marked name and what differs from the default. own: whether it keeps a file that the person has brought;
    one that is about a dataset does not."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True)
class Trial:
    """A change worth making: marked texts for the button and for what to look for; the values to set; own: as of a preset; view: what of
    the page's display changes with them."""

    button: str
    look: str
    values: Mapping[str, Any]
    own: bool = False
    view: Mapping[str, Any] = field(default_factory=dict)
