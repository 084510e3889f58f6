"""One hyperparameter over its range: which fields can be swept, and over which values."""

from __future__ import annotations

import math
from typing import Any, get_origin

from core.specs.base import Spec

RATES = (1e-5, 10.0)  # the learning rates that the schedule "range" runs through: the learning-rate finder
LEAST_LOG = 1e-5  # where a logarithmic range begins that has zero as its least value


def fields(spec: Spec) -> list[str]:
    """The fields that can be swept: choices, switches and numbers, as they are shown; not the seed, whose values have no order."""
    found = []
    for name, info in type(spec).model_fields.items():
        least, greatest = spec.bounds(name)
        tuples = get_origin(info.annotation) is tuple
        numeric = least is not None and greatest is not None and name != "seed"
        if not tuples and (numeric or info.annotation is bool or len(spec.choices_of(name)) > 1):
            found.append(name)
    return found


def values(spec: Spec, name: str, count: int = 7) -> list[Any]:
    """The values to try, ascending, that of the spec among them: all of a choice, about `count` of a number.

    Spaced by equal factors where the range is logarithmic or spans a factor of 100, else by equal steps. Values that do not fit
    beside the others of the spec are left out.
    """
    if type(spec).model_fields[name].annotation is bool:
        tried: list[Any] = [False, True]
    elif spec.control(name).choices:
        tried = list(spec.choices_of(name))
    else:
        tried = sorted({*_numbers(spec, name, count), getattr(spec, name)})
    return [value for value in tried if _fits(spec, name, value)]


def _numbers(spec: Spec, name: str, count: int) -> set[Any]:
    least, greatest = spec.bounds(name)
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
    try:
        spec.revised(**{name: value})
    except ValueError:
        return False
    return True
