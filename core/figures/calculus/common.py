"""What the scenes of this page share: typed formulas as curves, lines and windows that stay where they are while something is moved."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.values import numbers
from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.expressions import parse
from core.maths.onesided import SIDE, beside, breaks, noise, settled
from core.maths.rules import differentiate
from core.maths.tree import Call, Expression

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

    def there(self, x: Any) -> Array:
        """Whether it has a value. Same shape. Rounding may leave a number at a pole: tan(π/2) is 1.6·10¹⁶; beside it all are smaller."""
        here = np.abs(self(x))
        with np.errstate(all="ignore"):
            pole = here > 1e3 * np.fmax(np.abs(self(np.asarray(x) - SIDE)), np.abs(self(np.asarray(x) + SIDE)))
        return np.isfinite(here) & ~((here > 1e9) & pole)

    def by_rule(self, x: Any) -> Array:
        """What the rule gives, where there is a curve: that for ln(x) gives 1/x, left of 0 too. At a corner it follows a convention."""
        return np.where(self.there(x), self.slope.evaluate(**{self.name: x}), np.nan)

    def d(self, x: Any) -> Array:
        """The slope; at a corner what the rule gives. Where corners of its parts cancel it is that of both sides."""
        found = self.by_rule(x)
        if not breaks(self.slope):
            return found
        _low, _high, before, after = self._sides(x)
        return np.where(self.smooth(x) & np.isfinite(before + after + found), after, found)

    def written(self, *x: float) -> Expression:
        """The formula of the slope that gives `d` at these places."""
        found = (settled(self.slope, {self.name: place}) for place in x if self.smooth(place))
        return next((formula for formula in found if formula != self.slope), self.slope)

    def _sides(self, x: Any) -> tuple[Array, Array, Array, Array]:
        """Heights and slopes at x as they come from the left and from the right. Where one has no value there is no side."""
        at, left, right = ({self.name: np.asarray(x, dtype=float) + step} for step in (0.0, -SIDE, SIDE))
        heights = [np.where(np.isfinite(self(side[self.name])), beside(self.tree, at, side), np.nan) for side in (left, right)]
        slopes = [np.where(np.isfinite(height), beside(self.slope, at, side), np.nan)
                  for height, side in zip(heights, (left, right), strict=True)]
        return heights[0], heights[1], slopes[0], slopes[1]

    def _jumps(self, x: Any) -> Array:
        """Whether it breaks off there; beyond the edge of where there is a curve it does not. Same shape."""
        here = self(x)
        if not breaks(self.tree):
            return np.zeros(here.shape, dtype=bool)
        low, high, before, after = self._sides(x)
        with np.errstate(all="ignore"):
            far = np.fmax(np.abs(high - here), np.abs(here - low)) > noise(np.abs(low) + np.abs(high), np.fmax(np.abs(before),
                                                                                                               np.abs(after)), x)
        return far & np.isfinite(low + high + here)

    def _bends(self, x: Any) -> Array:
        """Whether the slopes on its two sides differ. Same shape."""
        if not breaks(self.slope):
            return np.zeros(np.shape(x), dtype=bool)
        _low, _high, before, after = self._sides(x)
        with np.errstate(all="ignore"):
            growth = np.fmax(*(np.abs(self.by_rule(np.asarray(x) + step) - slope) for step, slope in ((SIDE, after), (-SIDE, before))))
            return np.abs(after - before) > noise(np.abs(before) + np.abs(after), growth / SIDE, x)

    def smooth(self, x: Any) -> Array:
        """Whether it has neither a corner nor a jump there. Same shape."""
        return ~(self._jumps(x) | self._bends(x))

    def drawn(self, x: Array) -> Array:
        """The heights, with a gap at a jump."""
        return np.where(self._jumps(x), np.nan, self(x))

    def corner(self, x: float) -> tuple[float, float] | None:
        """The slopes to the left and to the right, where they differ: at a corner there is no tangent."""
        if self.jump(x) or not math.isfinite(float(self(x))) or not self._bends(x):
            return None
        _low, _high, left, right = map(float, self._sides(x))
        return left, right

    def jump(self, x: float) -> tuple[float, float] | None:
        """The heights to the left and to the right, where the curve breaks off: there is no tangent either."""
        if not self._jumps(x):
            return None
        low, high, _left, _right = map(float, self._sides(x))
        return low, high

    def lone(self, x: float) -> bool:
        """Whether the curve breaks off there and goes on at the same height: one point lies apart."""
        low, high, before, after = map(float, self._sides(x))
        return bool(self._jumps(x)) and abs(high - low) <= float(noise(abs(low) + abs(high), max(abs(before), abs(after)), x))

    def slopes(self, x: Any) -> Array:
        """The slope where there is one, nan at corners, jumps and where it is infinite: what is drawn."""
        slope = self.d(x)
        return np.where(self.smooth(x) & np.isfinite(slope), slope, np.nan)

    def shared(self, x: float) -> bool:
        """Whether a maximum or minimum of two equal values is taken there: frameworks do not agree on its slope."""
        return any(isinstance(part, Call) and part.function in ("max", "min") and abs(float(np.subtract(*(
            a.evaluate(**{self.name: x}) for a in part.arguments)))) < 1e-9 for part in self.tree.nodes())

    def at(self, x: float) -> tuple[float, float]:
        """Value and slope. Trouble where there is none."""
        value, slope = float(self(x)), float(self.d(x))
        if not (math.isfinite(value) and math.isfinite(slope)):
            raise Trouble(Message(N_("{formula} has no value or no slope at {name} = {x:.3g}. Move the point, or type another formula."),
                                  {"formula": self.tree.text()[:60], "name": self.name, "x": x}))
        return value, slope


def without_slope(f: Curve, x: float) -> Message | None:
    """Why there is no derivative at x, and what is taken instead; None where there is one."""
    found = f.corner(x) or f.jump(x)
    if found is None:
        return None
    left, right = apart(*found)
    said = {"name": f.name, "x": short(x), "left": left, "right": right, "here": short(float(f(x))), "slope": short(float(f.d(x)))}
    if f.corner(x):
        if f.shared(x):
            return Message(N_("At {name} = {x} the curve has a corner: its slope is {left} on the left and {right} on the right, so there "
                              "is no derivative. Where the two values of max or min are equal frameworks differ: TensorFlow takes the "
                              "slope of the first, PyTorch the mean of both."), said)
        return Message(N_("At {name} = {x} the curve has a corner: its slope is {left} on the left and {right} on the right, so there is "
                          "no derivative. By convention frameworks take {slope} there and go on."), said)
    if f.lone(x):
        return Message(N_("At {name} = {x} one point lies apart from the curve: on both sides of it the height is {left}, at the point "
                          "itself {here}, so there is no derivative. By convention frameworks take {slope} there."), said)
    return Message(N_("At {name} = {x} the curve jumps, from {left} to {right}: secants across the jump get steeper without end, so there "
                      "is no derivative. By convention frameworks take {slope} there, and a gradient says nothing of the jump."), said)


def cancelled(f: Curve, x: float) -> tuple[Message, ...]:
    """Where parts of a smooth curve have corners, so that a framework need not find its slope."""
    if f.written(x) == f.slope:
        return ()
    return (Message(N_("At {name} = {x} the corners of the formula’s parts cancel: the curve is smooth there, with slope {slope}. A "
                       "framework goes part by part and may take another value."),
                    {"name": f.name, "x": short(x), "slope": short(float(f.d(x)))}),)


def sides(f: Curve, x: float) -> str:
    """The two one-sided slopes, or heights, in LaTeX, where there is no derivative."""
    if corner := f.corner(x):
        left, right = apart(*corner, write=tex)
        return rf"f'_-({tex(x)}) = {left} \;\neq\; f'_+({tex(x)}) = {right}"
    low, high = f.jump(x) or (math.nan, math.nan)
    if f.lone(x):
        return rf"\lim_{{t \to {tex(x)}}} f(t) = {tex(low)} \;\neq\; f({tex(x)}) = {tex(float(f(x)))}"
    left, right = apart(low, high, write=tex)
    return rf"\lim_{{t \uparrow {tex(x)}}} f(t) = {left}, \quad \lim_{{t \downarrow {tex(x)}}} f(t) = {right}"


@lru_cache(maxsize=256)
def curve(text: str, name: str = "x") -> Curve:
    """A typed formula in one variable. Trouble if it is none."""
    tree = parse(text, (name,))
    return Curve(tree, differentiate(tree, name), name)


@lru_cache(maxsize=256)
def line_of(text: str, name: str = "x") -> tuple[tuple[float | None, ...], tuple[float, float]]:
    """The values of a formula over XS, ready to be drawn, and the window that shows them."""
    values = curve(text, name).drawn(XS)
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


def foot(low: float, high: float) -> float:
    """Where a handle stands that is moved along the axis below: so high that it covers none of its numbers."""
    return rounded(low + 0.035 * (high - low))


def _written(value: float, digits: int) -> str:
    """So many digits, with an exponent only for what is very large or very small."""
    text = f"{value:.{digits}g}"
    return f"{float(text):.{max(digits, 10)}g}" if 1e-4 <= abs(value) < 1e6 else text


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


def apart(left: float, right: float, write: Callable[..., str] = short) -> tuple[str, str]:
    """Two numbers with as many digits, from four on, as it takes to tell them apart."""
    digits = next((d for d in range(4, 16) if write(left, d) != write(right, d)), 4)
    return write(left, digits), write(right, digits)


def signed(value: float) -> str:
    """A number in LaTeX that may stand behind a sign: in brackets if it is negative."""
    return f"({tex(value)})" if value < 0 else tex(value)
