"""Derivatives by differences, with the rounding errors that a computer makes."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.maths.tree import Expression

Array = np.ndarray


def forward(tree: Expression, x: float, h: Any, dtype: Any = np.float64, name: str = "x") -> Array:
    """(f(x + h) − f(x)) / h, every operation in this precision. Its error is about h |f″| / 2 and, from rounding, ε |f| / h."""
    step = np.asarray(h, dtype=dtype)
    at = dtype(x)
    return (tree.evaluate(dtype, **{name: at + step}) - tree.evaluate(dtype, **{name: at})) / step


def central(tree: Expression, x: float, h: Any, dtype: Any = np.float64, name: str = "x") -> Array:
    """(f(x + h) − f(x − h)) / 2h. Its error is about h² |f‴| / 6 and, from rounding, ε |f| / 2h."""
    step = np.asarray(h, dtype=dtype)
    at = dtype(x)
    return (tree.evaluate(dtype, **{name: at + step}) - tree.evaluate(dtype, **{name: at - step})) / (dtype(2) * step)
