"""A lesson: a page as a teacher fixed it, in its address. It guides, it does not guard: whoever edits the address may do as they like."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from core.frame import Message
from core.i18n import N_
from core.specs import packed
from core.specs.base import Spec

PROMPT = 600  # characters
DAMAGED = N_("The lesson in the address cannot be read: part of it is missing or was changed. The page is shown as usual.")


@dataclass(frozen=True)
class Lesson:
    """prompt: what the teacher asks, shown above the lab; hidden, locked: fields of the spec; challenge: the one to be met, by its id,
    "" for all of the page's; answers: whether hints, what there is to notice and the doctor are shown; presets: whether presets and
    things to try are.
    """

    prompt: str = ""
    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    challenge: str = ""
    answers: bool = True
    presets: bool = True

    def pack(self) -> str:
        """The lesson as it stands in an address; only what differs from the default."""
        plain = Lesson()
        return packed.pack({name: value for name, value in asdict(self).items() if value != getattr(plain, name)})

    @property
    def fixed(self) -> tuple[str, ...]:
        """The fields that a student cannot change."""
        return (*self.locked, *self.hidden)


def unpack(kind: type[Spec], text: str) -> tuple[Lesson | None, list[Message]]:
    """Read a lesson for a page with this kind of spec. What is wrong gives none, and a message."""
    try:
        data = packed.unpack(text)
        if not isinstance(data, dict) or not all(_right(kind, name, value) for name, value in data.items()):
            raise ValueError("not a lesson of this page")
    except ValueError:
        return None, [Message(DAMAGED)]
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return Lesson(**values), []


def _right(kind: type[Spec], name: str, value: Any) -> bool:
    if name not in {field.name for field in fields(Lesson)}:
        return False
    if name in ("hidden", "locked"):
        return isinstance(value, list) and all(isinstance(v, str) and v in kind.model_fields for v in value)
    if name in ("answers", "presets"):
        return isinstance(value, bool)
    return isinstance(value, str) and len(value) <= (PROMPT if name == "prompt" else 80)
