"""Arrays as figures take them."""

from __future__ import annotations

from typing import Any

import numpy as np


def numbers(values: Any, digits: int = 5) -> list[Any]:
    """An array as (nested) lists of numbers with so many significant digits: less to send; what is not finite is None, a gap."""
    array = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(np.where(array == 0, 1.0, array)))))
        rounded = np.round(array * power) / power
    if np.isfinite(rounded).all():
        return list(rounded.tolist())
    held = rounded.astype(object)
    held[~np.isfinite(rounded)] = None
    return list(held.tolist())
