"""The spec of a page that computes as it is moved: its field `scene` says which scene is on screen, the others belong to scenes."""

from __future__ import annotations

from typing import Any, ClassVar

from core.specs.base import Spec


class StudySpec(Spec):
    """A page's settings. Subclasses name their page, declare `scene` with its choices, and a field for all that is moved or typed."""

    study: ClassVar[str] = ""  # the page, by the stem of its file
    own: ClassVar[str] = ""  # the array that a file of one's own has to hold, if the page takes any: in its field `upload`

    scene: Any

    @property
    def cost(self) -> float:
        return 0.0


class NoView(Spec):
    """The display options of a page that has none."""
