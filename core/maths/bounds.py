"""What a formula may be, once it is read: how many parts it has, how high its powers reach, how large its numbers are."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.tree import Binary, Expression, Name, Number

PARTS, POWER, HEIGHT = 150, 100, 400
HUGE = 1e50


class ExpressionError(Trouble):
    """A formula that cannot be read. place: of the character that is wrong, counted from 1; 0 where it is none in particular."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.place: int = message.args.get("place", 0)


def bounded(tree: Expression, places: Mapping[int, int]) -> None:
    """Refuse what would take long to work out: too many parts, and powers that reach too high, alone or one upon the other."""
    count = tree.size
    if count > PARTS:
        raise ExpressionError(Message(N_("The formula has {count} parts; it may have at most {most}."), {"count": count, "most": PARTS}))
    _height(tree, places)


def _height(node: Expression, places: Mapping[int, int]) -> float:
    """The highest power in it, powers of powers multiplied."""
    heights = [_height(child, places) for child in node.children]
    wrong = lambda message, **more: ExpressionError(  # noqa: E731
        Message(message, {"part": node.text()[:60], "place": places.get(id(node), 1), **more}))
    if not node.names() and not isinstance(node, (Number, Name)) and not abs(value := float(node.evaluate())) < HUGE:
        raise (wrong(N_("“{part}” at place {place} has no value.")) if _has_none(node, value) else
               wrong(N_("“{part}” at place {place} is too large a number: up to {most:.0e} they are read."), most=HUGE))
    if isinstance(node, Binary) and node.operator == "^" and not node.right.names():
        exponent = abs(float(node.right.evaluate()))
        height = max(exponent, 1) * heights[0]
        if exponent > POWER:
            raise wrong(N_("The power “{part}” at place {place} is too high: exponents go up to {most}."), most=POWER)
        if height > HEIGHT:
            raise wrong(N_("The power “{part}” at place {place} is too high: exponents of exponents multiply, here to {height:.4g}, and go "
                           "up to {most}."), height=height, most=HEIGHT)
        return height
    return max(heights, default=1.0)


def _has_none(node: Expression, value: float) -> bool:
    """Whether a constant that is not finite has no value, rather than one too large: 1/0, 0^(-1), ln(0), √−1."""
    match node:
        case Binary("/", _, right):
            return float(right.evaluate()) == 0
        case Binary("^", left, _):
            return math.isnan(value) or float(left.evaluate()) == 0
    return math.isnan(value) or value == -math.inf
