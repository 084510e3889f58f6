"""The Spec: the one declaration from which come a lab's controls, its validation, its URL and its run key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic.fields import FieldInfo

from core.frame import Message
from core.i18n import N_

NUMBERS = re.compile("[0-9.eE+-]+")  # what Python takes beside it, "1_0" or digits of other scripts, is a mistake in an address


@dataclass(frozen=True)
class Control:
    """How a field is shown: texts are English and marked for translation.

    group: the heading it stands under; first: shown at first sight rather than behind "more"; log: a slider on a
    logarithmic scale; step: of a slider; choices: label of every allowed value; unit: shown behind the label;
    typed: a number in a box rather than on a slider.
    """

    label: str
    help: str
    group: str
    unit: str = ""
    first: bool = False
    log: bool = False
    step: float | None = None
    choices: Mapping[Any, str] | None = None
    typed: bool = False


@dataclass(frozen=True)
class Score:
    """The number that a run is judged by, always on validation: a metric of its rows, its marked name, and which end is better."""

    metric: str
    label: str
    higher_is_better: bool = True


def setting(default: Any, *, label: str, help: str, group: str, unit: str = "", first: bool = False,
            log: bool = False, step: float | None = None, choices: Mapping[Any, str] | None = None, typed: bool = False,
            **bounds: Any) -> Any:
    """Declare one field of a Spec. `bounds` are pydantic's: ge, le, min_length, max_length, pattern."""
    control = Control(label, help, group, unit, first, log, step, choices, typed)
    return Field(default, json_schema_extra={"control": control}, **bounds)  # type: ignore[dict-item]


@cache
def versions() -> dict[str, str]:
    """The versions that a run's numbers depend on, read without importing the packages."""
    found = {}
    for name, packages in {"tensorflow": ("tensorflow", "tensorflow-cpu"), "keras": ("keras",)}.items():
        for package in packages:
            try:
                found[name] = version(package)
                break
            except PackageNotFoundError:
                continue
        else:
            found[name] = "none"
    return found


class Spec(BaseModel):
    """Base of every lab's spec. Subclasses name the module that trains them and the version of its numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    lab: ClassVar[str] = ""  # a module with train(spec, ...), imported by workers only
    lab_version: ClassVar[int] = 1  # raise it when the same spec gives other numbers, or its run other sentences
    errand: ClassVar[bool] = False  # its run changes something outside: not kept, done again when asked for again, in its own time
    answers: ClassVar[tuple[str, ...]] = ()  # fields that hold what a person says about a trained network: no run depends on them

    @field_validator("*", mode="after")
    @classmethod
    def _no_minus_zero(cls, value: Any) -> Any:
        return value + 0.0 if isinstance(value, float) else value

    @property
    def key(self) -> str:
        """The run key: equal for equal specs, lab version and library versions. 32 hexadecimal digits."""
        what = [self.lab, self.lab_version, versions(), self._numbers()]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]

    def _numbers(self) -> dict[str, Any]:
        """What the numbers of a run follow from, as JSON values."""
        return self.model_dump(mode="json", exclude=set(self.answers))

    @property
    def parent(self) -> tuple[Any, int] | None:
        """The run that this one branches off, and its last epoch that they share; see `core.specs.branch`."""
        return None

    @property
    def brought(self) -> dict[str, Any]:
        """What says which file of this person's is on screen, and which of its columns: kept by presets that are about no dataset."""
        return {}

    @property
    def score(self) -> Score:
        """The number that runs of this spec are judged by."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its runs are judged by")

    @property
    def split(self) -> tuple[Any, ...]:
        """What decides which samples are set aside: runs with equal ones have the same sealed test set."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its test set depends on")

    @property
    def sealed(self) -> tuple[Any, ...]:
        """What the looks at a sealed test set are counted by: runs with equal ones share at least some of its samples. A subclass leaves
        out what only deals the same samples anew."""
        return self.split

    @classmethod
    def control(cls, name: str) -> Control:
        return cls.model_fields[name].json_schema_extra["control"]  # type: ignore[index,return-value]

    @classmethod
    def bounds(cls, name: str) -> tuple[Any, Any]:
        """The least and greatest value of a numeric field; None where there is no bound."""
        least = greatest = None
        for m in cls.model_fields[name].metadata:
            least, greatest = getattr(m, "ge", least), getattr(m, "le", greatest)
        return least, greatest

    def changed(self, **values: Any) -> Self:
        """Return a copy with other values, validated. ValidationError if one does not fit."""
        return type(self).model_validate({**self.model_dump(), **values})

    def revised(self, **values: Any) -> Self:
        """Like `changed`, for one that a person moves: a subclass lets give way what no longer fits."""
        return self.changed(**values)

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        """Like `bounds`, for this field now: a subclass narrows what no other setting leaves room for."""
        return self.bounds(name)

    def choices_of(self, name: str) -> tuple[Any, ...]:
        """The values a field with choices may take now, in the order they are shown."""
        return tuple(self.control(name).choices or ())

    def to_query(self) -> dict[str, str]:
        """The URL parameters of this spec: only what differs from the default."""
        query = {}
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if value != info.default:
                query[name] = write(value)
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[Message]]:
        """Read a spec from URL parameters. What is wrong takes its default and leaves a message naming it."""
        values: dict[str, Any] = {}
        problems = []
        for name, text in query.items():
            if name not in cls.model_fields:
                problems.append(Message(N_("The address names “{name}”, which this page does not have; it was ignored."),
                                        {"name": name[:40]}))
                continue
            info = cls.model_fields[name]
            try:
                values[name] = read(info, text)
            except (ValidationError, ValueError):
                problems.append(cls._wrong(name, text))
        misfits = cls._misfits(values)
        for name in misfits:
            problems.append(Message(
                N_("“{label}” cannot be “{text}” together with the other settings in the address. The default is shown."),
                {"label": ["_", cls.control(name).label], "text": query[name][:40]}))
        return cls.model_validate({k: v for k, v in values.items() if k not in misfits}), problems

    @classmethod
    def _misfits(cls, values: Mapping[str, Any]) -> list[str]:
        """The fields to give up, as few as it takes, where each value is allowed but not all together."""
        if cls._fits(values):
            return []
        for name in reversed(list(values)):  # what stands later gives way
            if cls._fits({k: v for k, v in values.items() if k != name}):
                return [name]
        kept: dict[str, Any] = {}
        for name, value in values.items():
            if cls._fits({**kept, name: value}):
                kept[name] = value
        return [name for name in values if name not in kept]

    @classmethod
    def _fits(cls, values: Mapping[str, Any]) -> bool:
        try:
            cls.model_validate(values)
        except ValidationError:
            return False
        return True

    @classmethod
    def _parts(cls, name: str) -> tuple[tuple[Any, Any] | None, Any]:
        """Of a field that holds several numbers the bounds of each, and how many there may be; None of any other."""
        info = cls.model_fields[name]
        part = (get_args(info.annotation) or (None,))[0]
        limits = [m for own in getattr(part, "__metadata__", ()) for m in getattr(own, "metadata", ())]
        least = next((m.ge for m in limits if hasattr(m, "ge")), None)
        greatest = next((m.le for m in limits if hasattr(m, "le")), None)
        most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
        return ((least, greatest) if None not in (least, greatest, most) else None), most

    @classmethod
    def too_long(cls, name: str, value: Any) -> Message | None:
        """What is wrong with a text that has more characters than its field takes; None if that is not so."""
        info = cls.model_fields[name]
        most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
        if info.annotation is not str or most is None or len(value) <= most:
            return None
        return Message(N_("“{label}” takes up to {most} characters; “{text}…” has {count}. A shorter text helps."),
                       {"label": ["_", cls.control(name).label], "most": most, "text": value[:40], "count": len(value)})

    @classmethod
    def _wrong(cls, name: str, text: str) -> Message:
        if long := cls.too_long(name, text):
            return long
        control, (least, greatest) = cls.control(name), cls.bounds(name)
        args: dict[str, Any] = {"label": ["_", control.label], "text": text[:40]}
        if least is not None and greatest is not None:
            return Message(N_("“{label}” cannot be “{text}”: it goes from {least:g} to {greatest:g}. The default is shown."),
                           {**args, "least": least, "greatest": greatest})
        each, most = cls._parts(name)
        if each is not None:
            return Message(N_("“{label}” cannot be “{text}”: it is at most {most} numbers from {least} to {greatest}, such as “{example}”. "
                              "The default is shown."), {**args, "most": most, "least": each[0], "greatest": each[1],
                                                         "example": write(cls.model_fields[name].default)})
        if control.choices:
            return Message(N_("“{label}” cannot be “{text}”: it is one of {choices}. The default is shown."),
                           {**args, "choices": ", ".join(map(str, control.choices))})
        return Message(N_("“{label}” cannot be “{text}”. The default is shown."), args)


def write(value: Any) -> str:
    """A value as it stands in an address."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "-".join(write(v) for v in value) or "none"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def read(info: FieldInfo, text: str) -> Any:
    """Read one field from its URL form and validate it. ValueError if it is none of its values."""
    value: Any = text
    kind = info.annotation
    if get_origin(kind) is tuple:
        value = () if text == "none" else tuple(text.split("-"))
    elif kind is bool and text not in ("0", "1"):
        raise ValueError(f"{text!r} is neither 0 nor 1")
    elif get_origin(kind) is Literal and get_args(kind) and isinstance(get_args(kind)[0], int):
        value = int(text)
    found = _adapter(info).validate_python(value)
    numbers = any(type(part) in (int, float) for part in (found if isinstance(found, tuple) else (found,)))
    if numbers and not NUMBERS.fullmatch(text):
        raise ValueError(f"{text!r} is not how a number is written here")
    return found


def _adapter(info: FieldInfo) -> TypeAdapter[Any]:
    kind: Any = info.annotation
    return TypeAdapter(Annotated[kind, *info.metadata] if info.metadata else kind)
