"""Runs that branch off another: from an epoch of its run on, the same network goes on with the same data and other settings.

A spec says so in its field `branch`, which is short enough for an address. Where it comes from is a list of steps, the first run
first: an epoch, and the settings up to it, as far as they differ from the defaults:

    60~learning_rate~0.03                        up to epoch 60 with a learning rate of 0.03, then as the spec says
    60~learning_rate~0.03~~90~optimizer~sgd      that, and from epoch 60 to 90 with SGD, then as the spec says

Only `free` fields stand there. All others are the spec's own, so that a run cannot branch off one of another network or other data,
and what changes the spec as a whole (other seeds, a sweep) changes the runs it comes from with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import field_validator, model_validator

from core.specs.base import Spec, read, write

DEEPEST = 5  # steps
LONGEST = 1000  # characters; five steps in which all free fields of the feedforward lab have all their digits take 950
STEP = r"[1-9][0-9]{0,5}(~[a-z_0-9]+~[^~]+)*"
PATTERN = rf"^({STEP}(~~{STEP})*)?$"

Step = tuple[int, dict[str, Any]]  # the epoch it ends with; the free fields up to there that are not at their defaults


class Branching(Spec):
    """A spec with fields `branch` and `epochs`, whose runs may branch off another."""

    free: ClassVar[tuple[str, ...]] = ()  # fields that leave the same network and the same data; `epochs` among them
    if TYPE_CHECKING:
        branch: str
        epochs: int

    @field_validator("branch", check_fields=False)
    @classmethod
    def _in_one_way(cls, value: str) -> str:
        return _text(cls, _steps(cls, value))

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if (link := self.parent) is not None:  # which is validated by that
            parent, epoch = link
            if not epoch <= parent.epochs or not epoch < self.epochs:
                raise ValueError(f"a branch at epoch {epoch} of {parent.epochs}, to epoch {self.epochs}")
        return self

    @property
    def parent(self) -> tuple[Self, int] | None:
        """The run that this one branches off, and its last epoch that they share; None if this one begins at zero."""
        if not self.branch:
            return None
        *earlier, (epoch, settings) = _steps(type(self), self.branch)
        usual = {name: type(self).model_fields[name].default for name in self.free}
        return self.changed(**{**usual, **settings, "branch": _text(type(self), earlier)}), epoch

    @property
    def lineage(self) -> tuple[tuple[Self, int], ...]:
        """The runs that this one comes from, the first one first, each with the epoch at which the next left it."""
        link = self.parent
        return () if link is None else (*link[0].lineage, link)

    def fork(self, epoch: int, **changes: Any) -> Self:
        """A run that leaves this one after an epoch (1 … epochs) with some free fields changed; `epochs` counts from zero.

        ValueError for other fields, for epochs that do not fit, or more than DEEPEST steps.
        """
        fixed = sorted(changes.keys() - {*self.free})
        if fixed:
            raise ValueError(f"a branch keeps its network and its data: {', '.join(fixed)} cannot change")
        steps = [*_steps(type(self), self.branch), (epoch, {name: getattr(self, name) for name in self.free})]
        return self.changed(**changes, branch=_text(type(self), steps))

    def still(self, values: Mapping[str, Any]) -> bool:
        """Whether the run with these values of all fields goes on from where this one does."""
        fixed = type(self).model_fields.keys() - {*self.free, "branch"}
        link = self.parent
        return link is None or (link[1] < values["epochs"] and all(values[name] == getattr(self, name) for name in fixed))

    def settled(self, values: dict[str, Any], asked: Mapping[str, object]) -> Self:
        """A spec with these values of all fields. It goes on from where this one does if it still can, or if a branch was asked for."""
        if "branch" not in asked and not self.still(values):
            values["branch"] = ""
        return type(self).model_validate(values)

    def _numbers(self) -> dict[str, Any]:
        what = super()._numbers()
        del what["branch"]  # a spec without one has the key it had before there were any
        link = self.parent
        return what if link is None else {**what, "parent": [link[0].key, link[1]]}


@lru_cache(maxsize=512)
def _steps(kind: type[Branching], text: str) -> tuple[Step, ...]:
    """Read where a run comes from. ValueError if it is no such text."""
    found: list[Step] = []
    for part in text.split("~~") if text else ():
        if not re.fullmatch(STEP, part):
            raise ValueError(f"{part[:40]!r} is no step of a branch")
        epoch, *rest = part.split("~")
        names, values = rest[::2], rest[1::2]
        if len(set(names)) < len(names) or not {*names} <= {*kind.free}:
            raise ValueError(f"a branch changes each of {', '.join(kind.free)} once, and nothing else; not {', '.join(names)[:80]}")
        read_ = {name: read(kind.model_fields[name], value) for name, value in zip(names, values, strict=True)}
        found.append((int(epoch), read_))
    epochs = [epoch for epoch, _settings in found]
    if len(found) > DEEPEST or epochs != sorted(set(epochs)):
        raise ValueError(f"a branch has at most {DEEPEST} steps, each with a later epoch than the one before; not {epochs}")
    return tuple(found)


def _text(kind: type[Branching], steps: Sequence[Step]) -> str:
    """Write where a run comes from: equal steps in one way only."""
    parts = []
    for epoch, settings in steps:
        differing = [n for n in kind.free if n in settings and settings[n] != kind.model_fields[n].default]
        parts.append("~".join([str(epoch), *(part for n in differing for part in (n, write(settings[n])))]))
    return "~~".join(parts)


def family(spec: Branching, others: Iterable[Branching]) -> list[tuple[int, Branching]]:
    """The runs that come from the same first one as this, and all between: (how deep, spec), each followed by its branches."""
    def root(one: Branching) -> Branching:
        return one.lineage[0][0] if one.branch else one

    members = {spec, *(other for other in others if root(other) == root(spec))}
    members |= {elder for one in list(members) for elder, _epoch in one.lineage}

    def below(one: Branching, depth: int) -> Iterator[tuple[int, Branching]]:
        yield depth, one
        young = [(link[1], m.branch, m.key, m) for m in members if (link := m.parent) is not None and link[0] == one]
        for *_order, child in sorted(young, key=lambda item: item[:3]):
            yield from below(child, depth + 1)

    return list(below(root(spec), 0))
