"""One-sided values of a formula: what it, or its slope, is just beside a point where it may have a corner, a crease or a jump.

Of the functions that we know only sign and step break off, and the slopes of abs, relu, leaky_relu, max and min are made of them. So the
side is chosen inside those two alone, and everything else is worked out at the point itself: however large a formula's numbers are and
however strongly it bends, both sides agree to the last digits unless it is really broken there.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from core.maths.tree import Binary, Call, Expression, Name, Number

Array = np.ndarray
SIDE = 1e-9  # how far beside a point a side is told from the other
BESIDE = " beside"  # of a variable's name: its value on the side, not at the point


@lru_cache(maxsize=512)
def sided(tree: Expression, names: tuple[str, ...]) -> Expression:
    """The formula with the variables inside sign and step replaced by those beside the point."""
    if isinstance(tree, Call) and tree.function in ("sign", "step"):
        for name in names:
            tree = tree.replaced(Name(name), Name(name + BESIDE))
        return tree
    return tree.of(*(sided(child, names) for child in tree.children))


def breaks(tree: Expression) -> bool:
    """Whether anything in a formula, or in a slope, can break off at all."""
    return not tree.functions.isdisjoint(("sign", "step"))


def beside(tree: Expression, at: dict[str, Any], side: dict[str, Any]) -> Array:
    """Its values at a point as they are on the side of another point, which lies near: the limit from there.

    at, side: the same variables; numbers or arrays that broadcast together.
    """
    return sided(tree, tuple(at)).evaluate(**at, **{name + BESIDE: value for name, value in side.items()})


def _around(tree: Expression, at: dict[str, float]) -> tuple[Array, float]:
    """Its values at a point as they are on both sides of it, or on 16 sides in the plane, and how far rounding may part them."""
    turn = np.radians(np.arange(11.25, 360, 22.5)) if len(at) == 2 else np.array([0, np.pi])
    side = {name: value + SIDE * way for (name, value), way in zip(at.items(), (np.cos(turn), np.sin(turn)), strict=False)}
    around = np.broadcast_to(beside(tree, at, side), turn.shape)
    growth = np.abs(tree.evaluate(**side) - around).max() / SIDE
    return around, float(noise(2 * np.abs(around).max(), growth, max(map(abs, at.values()))))


def agreed(tree: Expression, at: dict[str, float]) -> bool:
    """Whether a formula has the same value on all sides of a point, or none."""
    if not breaks(tree):
        return True
    around, slack = _around(tree, at)
    return not np.isfinite(around).all() or bool(np.ptp(around) <= slack)


def settled(tree: Expression, at: dict[str, float]) -> Expression:
    """The formula to work out at a point: itself, unless sign and step break off there and all sides agree on another value than theirs.

    So the rule's slope of relu(x) − relu(−x), which is x, is 0 at 0, by convention, and 1 on both sides. What is returned then has sign
    and step look a little to one side.
    """
    if not breaks(tree):
        return tree
    around, slack = _around(tree, at)
    if not np.isfinite(around).all() or np.ptp(around) > slack or np.abs(around - tree.evaluate(**at)).max() <= slack:
        return tree
    found = sided(tree, tuple(at))
    for k, name in enumerate(at):
        found = found.replaced(Name(name + BESIDE), Binary("+", Name(name), Number(Fraction(1, (1 + 4 * k) * 10**9))))
    return found


def noise(size: Any, growth: Any, place: Any) -> Array:
    """How far two numbers of this size may lie apart by rounding alone. growth: how fast they change with the place."""
    with np.errstate(all="ignore"):
        return np.asarray(1e-13 * np.asarray(size) + 1e-14 * np.maximum(1, np.abs(place)) * np.nan_to_num(np.abs(growth), posinf=0.0))
