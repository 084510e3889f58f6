"""One hyperparameter over its range: which fields can be swept, and over which values."""

from __future__ import annotations

import math
from typing import Any, get_args, get_origin

from core.specs.base import Spec

RATES = (1e-5, 10.0)  # the learning rates that the schedule "range" runs through: the learning-rate finder
WIDTHS = (1, 2, 4, 8, 16, 32, 64)
LEAST_LOG = 1e-5  # where a logarithmic range begins that has zero as its least value


def fields(spec: Spec) -> list[str]:
    """The fields that can be swept: choices, switches, numbers, and the widths of layers, as they are shown; not the seed, whose values
    have no order, and nothing that has one value only beside the others of the spec."""
    found = []
    for name, info in type(spec).model_fields.items():
        least, greatest = spec.bounds_of(name)
        tuples = get_origin(info.annotation) is tuple and not _widths(spec, name)
        numeric = least is not None and greatest is not None and name != "seed"
        some = numeric or info.annotation is bool or len(spec.choices_of(name)) > 1 or _widths(spec, name)
        if some and not tuples and len(values(spec, name)) > 1:
            found.append(name)
    return found


def _widths(spec: Spec, name: str) -> bool:
    """Whether a field holds how many units each layer has: then all layers are swept together."""
    first, *_more = get_args(type(spec).model_fields[name].annotation) or (None,)
    return isinstance(getattr(spec, name), tuple) and getattr(first, "__origin__", first) is int


def values(spec: Spec, name: str, count: int = 7) -> list[Any]:
    """The values to try, ascending, that of the spec among them: all of a choice, about `count` of a number.

    Spaced by equal factors where the range is logarithmic or spans a factor of 100, else by equal steps. Values that do not fit
    beside the others of the spec are left out.
    """
    if type(spec).model_fields[name].annotation is bool:
        tried: list[Any] = [False, True]
    elif spec.control(name).choices:
        tried = list(spec.choices_of(name))
    elif _widths(spec, name):
        depth = max(len(getattr(spec, name)), 1)
        tried = sorted({getattr(spec, name), *((w,) * depth for w in WIDTHS)}, key=sum)
    else:
        tried = sorted({*_numbers(spec, name, count), getattr(spec, name)})
    return [value for value in tried if _fits(spec, name, value)]


def _numbers(spec: Spec, name: str, count: int) -> set[Any]:
    least, greatest = spec.bounds_of(name)
    whole = isinstance(least, int) and isinstance(getattr(spec, name), int)
    by_factors = spec.control(name).log or (least > 0 and greatest / least >= 100)
    zero = {least} if by_factors and least == 0 else set()
    first = LEAST_LOG if zero else least
    found = []
    for i in range(count - len(zero)):
        share = i / max(count - len(zero) - 1, 1)
        raw = first * math.exp(share * math.log(greatest / first)) if by_factors else first + share * (greatest - first)
        step = spec.control(name).step or 1
        if whole:
            raw = min(max(int(round(raw / step) * step) if raw >= step else round(raw), least), greatest)
        else:
            raw = min(max(float(f"{raw:.2g}"), least), greatest)
        found.append(raw)
    return {*found, *zero}


def _fits(spec: Spec, name: str, value: Any) -> bool:
    """Whether the spec may have this value, keeps it, and is judged as before: accuracy and error are not to be mixed. A branch that is
    to go on with another value must still be one."""
    try:
        revised = spec.revised(**{name: value})
    except ValueError:
        return False
    leaves = name in getattr(spec, "free", ()) and getattr(revised, "branch", "") != getattr(spec, "branch", "")
    return bool(getattr(revised, name) == value and revised.score == spec.score and not leaves)
