"""Numbers p + q √r with fractions p, q and a whole r: eigenvalues of 2×2 matrices, their eigenvectors and their powers, exactly.

SymPy is the oracle (tests); its own arithmetic would take a second where this takes microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm, sqrt

from core.maths.exact import Matrix, square_root

LARGEST = 99_999  # of the whole numbers in a form that can still be read


@dataclass(frozen=True)
class Surd:
    """p + q √r; r without square factors, 1 only where q is 0. Numbers that are calculated with one another have the same r or q = 0."""

    p: Fraction
    q: Fraction = Fraction(0)
    r: int = 1

    def __float__(self) -> float:
        return float(self.p) + float(self.q) * sqrt(self.r)

    def __mul__(self, other: Surd) -> Surd:
        r = max(self.r, other.r)
        return _made(self.p * other.p + r * self.q * other.q, self.p * other.q + self.q * other.p, r)

    def minus(self, value: Fraction) -> Surd:
        return Surd(self.p - value, self.q, self.r)

    def over(self, value: Fraction) -> Surd:
        """Divided by a fraction that is not 0."""
        return Surd(self.p / value, self.q / value, self.r)

    def inverse(self) -> Surd:
        """1 / (p + q √r), rational below. ZeroDivisionError for 0."""
        norm = self.p * self.p - self.r * self.q * self.q
        return _made(self.p / norm, -self.q / norm, self.r)

    def power(self, exponent: int) -> Surd:
        """To a whole power from 0."""
        found = Surd(Fraction(1))
        for _time in range(exponent):
            found = found * self
        return found

    def negative(self) -> Surd:
        return Surd(-self.p, -self.q, self.r)

    @property
    def brief(self) -> bool:
        """Whether it is short enough to be read."""
        bottom = lcm(self.p.denominator, self.q.denominator)
        return all(abs(part) <= LARGEST for part in (int(self.p * bottom), int(self.q * bottom), bottom, self.r))

    def latex(self) -> str:
        r"""Over one line: "\\frac{1 - \\sqrt{5}}{2}"."""
        bottom = lcm(self.p.denominator, self.q.denominator)
        whole, times = int(self.p * bottom), int(self.q * bottom)
        root = ("" if abs(times) == 1 else str(abs(times))) + rf"\sqrt{{{self.r}}}"
        if not times:
            top = str(abs(whole))
        else:
            top = (str(whole) + (" - " if times < 0 else " + ") if whole else "-" if times < 0 else "") + root
        if not times or (not whole and times < 0):  # the sign stands before the fraction
            sign, top = ("-" if whole < 0 or times < 0 else ""), top.removeprefix("-")
        else:
            sign = ""
        return sign + (top if bottom == 1 else rf"\frac{{{top}}}{{{bottom}}}")


def _made(p: Fraction, q: Fraction, r: int) -> Surd:
    return Surd(p, q, r) if q else Surd(p)


def eigenvalues(matrix: Matrix) -> tuple[Surd, Surd] | None:
    """The real eigenvalues of a 2×2 matrix, the greater first; None where they are complex."""
    (a, b), (c, d) = matrix
    half, inside = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if inside < 0:
        return None
    factor, rest = square_root(inside)
    one, other = (Surd(half + s * factor) if rest == 1 else Surd(half, s * factor, rest) for s in (1, -1))
    return one, other


def eigenvector(matrix: Matrix, value: Surd, near: tuple[float, float]) -> tuple[Surd, Surd]:
    """The eigenvector of an eigenvalue that points where `near` (2,) does, its entry that is larger in size 1 or -1.

    near: an approximation, which also chooses among the vectors of an eigenvalue that has them all.
    """
    (a, b), (c, d) = matrix
    first = abs(near[0]) >= abs(near[1])
    one = Surd(Fraction(1 if (near[0] if first else near[1]) > 0 else -1))
    zero = Surd(Fraction(0))
    if not b and not c and a == d:  # every vector: an axis
        other = zero
    elif first:  # (a - λ) x + b y = 0 and c x + (d - λ) y = 0
        other = value.minus(a).over(b) if b else Surd(c) * value.minus(d).inverse()
    else:
        other = value.minus(d).over(c) if c else Surd(b) * value.minus(a).inverse()
    other = other if one.p > 0 else other.negative()
    return (one, other) if first else (other, one)
