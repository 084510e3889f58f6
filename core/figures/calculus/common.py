"""What the scenes of this page share: typed formulas as curves, lines and windows that stay where they are while something is moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.expressions import parse
from core.maths.rules import differentiate
from core.maths.tree import Expression

Array = np.ndarray
EDGE = 3.3  # of the axes; points go to ±3
XS = np.linspace(-EDGE, EDGE, 199)
CURVE, SECANT, TANGENT = "layer0", "layer1", "layer2"  # one meaning, one colour, on all scenes
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Curve:
    """A formula in one variable and its derivative."""

    tree: Expression
    slope: Expression
    name: str = "x"

    def __call__(self, x: Any) -> Array:
        return self.tree.evaluate(**{self.name: x})

    def d(self, x: Any) -> Array:
        """The slope, where there is a curve: the rule for ln(x) gives 1/x, left of 0 too."""
        return np.where(np.isfinite(self(x)), self.slope.evaluate(**{self.name: x}), np.nan)

    def corner(self, x: float) -> tuple[float, float] | None:
        """The slopes to the left and to the right, where they differ: at a corner there is no tangent."""
        left, right = (float(self.d(x + side)) for side in (-1e-9, 1e-9))
        return (left, right) if math.isfinite(left + right) and abs(left - right) > 1e-3 * (1 + abs(left)) else None

    def at(self, x: float) -> tuple[float, float]:
        """Value and slope. Trouble where there is none."""
        value, slope = float(self(x)), float(self.d(x))
        if not (math.isfinite(value) and math.isfinite(slope)):
            raise Trouble(Message(N_("{formula} has no value or no slope at {name} = {x:.3g}. Move the point, or type another formula."),
                                  {"formula": self.tree.text()[:60], "name": self.name, "x": x}))
        return value, slope


@lru_cache(maxsize=256)
def curve(text: str, name: str = "x") -> Curve:
    """A typed formula in one variable. Trouble if it is none."""
    tree = parse(text, (name,))
    return Curve(tree, differentiate(tree, name), name)


@lru_cache(maxsize=256)
def line_of(text: str, name: str = "x") -> tuple[tuple[float | None, ...], tuple[float, float]]:
    """The values of a formula over XS, ready to be drawn, and the window that shows them."""
    values = curve(text, name)(XS)
    low, high = window(values)
    return tuple(clipped(values, low, high)), (low, high)


def clipped(values: Array, low: float, high: float) -> list[float | None]:
    """Values to draw: far outside the window there is a gap, so that no line runs across a pole."""
    far = 2 * (high - low)
    return numbers(np.where((values < low - far) | (values > high + far), np.nan, values))


def window(values: Array, *, zero: bool = False, least: float = 1.0) -> tuple[float, float]:
    """What of an axis to show: all values, or, where a few run away, most of them. zero: always with 0; least: its least height."""
    known = values[np.isfinite(values)]
    if not known.size:
        return -1.0, 1.0
    low, high = float(known.min()), float(known.max())
    inner = np.quantile(known, [0.1, 0.9])
    if high - low > 12 * max(inner[1] - inner[0], 1e-9):
        low, high = float(inner[0]), float(inner[1])
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    pad = 0.08 * (high - low)
    return rounded(low - pad), rounded(high + pad)


def rounded(value: float, digits: int = 5) -> float:
    return float(f"{value:.{digits}g}")


def numbers(values: Any) -> list[Any]:
    """An array as JSON values: five digits, None where there is none."""
    array = np.asarray(values, dtype=float)
    if array.ndim > 1:
        return [numbers(row) for row in array]
    return [float(f"{v:.5g}") if math.isfinite(v) else None for v in array.tolist()]


def _written(value: float, digits: int) -> str:
    """So many digits, with an exponent only for what is very large or very small."""
    text = f"{value:.{digits}g}"
    return f"{float(text):.10g}" if 1e-4 <= abs(value) < 1e6 else text


def short(value: float, digits: int = 4) -> str:
    """A number in a sentence or a title: four digits, a true minus sign, 3·10⁻⁸ rather than 3e-08."""
    text = _written(value, digits)
    if "e" in text:
        head, power = text.split("e")
        head = "" if head == "1" else "−" if head == "-1" else f"{head}·"
        return (f"{head}10{str(int(power)).translate(SUPERSCRIPTS)}").replace("-", "−")
    return ("0" if text == "-0" else text).replace("-", "−")


def tex(value: float, digits: int = 4) -> str:
    """The same in LaTeX."""
    text = _written(value, digits)
    if "e" in text:
        head, power = text.split("e")
        return (f"{head} \\cdot " if head not in ("1", "-1") else head[:-1]) + f"10^{{{int(power)}}}"
    return "0" if text == "-0" else text


def signed(value: float) -> str:
    """A number in LaTeX that may stand behind a sign: in brackets if it is negative."""
    return f"({tex(value)})" if value < 0 else tex(value)
