"""Exact matrices: typed by a person, calculated with fractions, written as LaTeX."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import gcd, isqrt, lcm

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.entries import Part, cut, number, within
from core.maths.expressions import ExpressionError

Matrix = tuple[tuple[Fraction, ...], ...]
DIVISORS = 10 ** 4  # the largest that is tried where a root is reduced
LARGEST, BOTTOM, PLACES = 9999, 10 ** 7, 4  # of an entry: its size; its denominator; the decimals of one that cannot be exact
PLAIN = {0x2212: "-", 0x3000: " ", 0xFF1B: ";", 0xFF0C: ",", 0x3001: ",", 0xFF0E: ".", 0x3010: "[", 0x3011: "]",
         **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code not in (0xFF1B, 0xFF0C, 0xFF0E)}}
APART = r"\\[0.4em]"  # between rows of a matrix with fractions, which would touch


def read_matrix(text: str, name: str, most: int = 4) -> Matrix:
    """Read a matrix from text such as "1 2; 3 4", its entries numbers as `core.maths.expressions` reads them, -0.5, 3/4 or sqrt(2)/2, with
    commas or blanks between them, full-width signs too. What is no short fraction is rounded to 4 decimals, and `rounded` says so.

    Trouble, naming it as `name`, if a row is of another length, an entry no number, or it is larger than most × most.
    """
    return tuple(tuple(value for value, _part in row) for row in _read(text, name, most))


def rounded(text: str, name: str, most: int = 4) -> tuple[Message, ...]:
    """What to say of the entries that `read_matrix` had to round."""
    found = [(part, value) for row in _read(text, name, most) for value, part in row if part is not None]
    return tuple(Message(N_("“{part}” in {name}, at place {place}, is no short fraction: {value} is taken for it, and what is called exact "
                            "is exact for that."),
                         {"part": part.text[:30], "name": name, "place": part.start + 1, "value": f"{float(value):.{PLACES + 5}g}"})
                 for part, value in found[:1])


def _read(text: str, name: str, most: int) -> list[list[tuple[Fraction, Part | None]]]:
    """Row by row each entry, and where it stands if it is rounded."""
    plain = text.translate(PLAIN)
    if plain.lstrip().startswith("["):  # as NumPy and Python write it; all keeps its place
        plain = re.sub(r"\]\s*,?\s*\[", lambda between: ";".ljust(len(between[0])), plain)
    plain = re.sub(r"^[\[;\s]+|[\];\s]+$", lambda end: " " * len(end[0]), plain.replace("\n", ";"))
    if not plain.strip(" \t\r,;"):
        raise Trouble(Message(N_("{name} is empty. Write its rows with a semicolon between them, such as “1 2; 3 4”."), {"name": name}))
    rows, start = [], 0
    for line in plain.split(";"):
        rows.append([replace(part, text=text[part.start:part.start + len(part.text)]) for part in cut(line, ",", start)])
        start += len(line) + 1
    width = len(rows[0])
    for number_, row in enumerate(rows, 1):
        if len(row) != width:
            raise Trouble(Message(N_("Row {row} of {name} has {found} numbers, the first row has {wanted}: all rows of a matrix "
                                     "are equally long."), {"row": number_, "name": name, "found": len(row), "wanted": width}))
    if max(len(rows), width) > most:
        raise Trouble(Message(N_("{name} is {rows}×{columns}; here there is room for {most}×{most}."),
                              {"name": name, "rows": len(rows), "columns": width, "most": most}))
    return [[_entry(part, name) for part in row] for row in rows]


def _entry(part: Part, name: str) -> tuple[Fraction, Part | None]:
    try:
        value, near = number(part)
    except ExpressionError as error:
        raise within(name, error) from None
    if abs(near) > LARGEST:
        raise Trouble(Message(N_("“{part}” in {name}, at place {place}, is too large: entries go up to {most}."),
                              {"part": part.text[:30], "name": name, "place": part.start + 1, "most": LARGEST}))
    if value is not None and value.denominator <= BOTTOM:
        return value, None
    instead = Fraction(str(round(near, PLACES)))
    return instead, part if value is not None or abs(near - float(instead)) > 1e-12 else None  # cos(0) is 1


def exact(value: float) -> Fraction:
    """The fraction that a number on a slider stands for: 0.35 is 7/20."""
    return Fraction(str(round(value, 6)))


def multiply(left: Matrix, right: Matrix) -> Matrix:
    """The product of two matrices whose shapes fit."""
    return tuple(tuple(sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in zip(*right, strict=True))
                 for row in left)


def determinant(matrix: Matrix) -> Fraction:
    """By expansion along the first row; a square matrix of any size (meant for small ones)."""
    if len(matrix) == 1:
        return matrix[0][0]
    return sum(((-1) ** j * entry * determinant(tuple(row[:j] + row[j + 1:] for row in matrix[1:]))
                for j, entry in enumerate(matrix[0])), Fraction(0))


def characteristic(matrix: Matrix) -> tuple[Fraction, ...]:
    """The coefficients of det(λI - A), the highest power's first (1), by Faddeev and LeVerrier."""
    n = len(matrix)
    identity = tuple(tuple(Fraction(i == j) for j in range(n)) for i in range(n))
    found, work = [Fraction(1)], identity
    for k in range(1, n + 1):
        product = multiply(matrix, work)
        found.append(-sum((product[i][i] for i in range(n)), Fraction(0)) / k)
        work = tuple(tuple(product[i][j] + found[-1] * identity[i][j] for j in range(n)) for i in range(n))
    return tuple(found)


def roots_of_quadratic(b: Fraction, c: Fraction) -> str:
    r"""LaTeX of the roots of λ² + bλ + c, reduced: "2,\; 1", "\frac{5 \pm \sqrt{17}}{4}", "1 \pm 2i"; "" if too long."""
    half, inside = -b / 2, b * b / 4 - c
    imaginary = "i" if inside < 0 else ""
    factor, rest = square_root(abs(inside))
    if factor == 0:
        return _short(latex(half))
    if rest == 1 and not imaginary:
        return _short(rf"{latex(half + factor)},\; {latex(half - factor)}")
    bottom = half.denominator * factor.denominator // gcd(half.denominator, factor.denominator)
    plain, times = half * bottom, factor * bottom
    common = gcd(int(plain), int(times), bottom)
    plain, times, bottom = plain / common, times / common, bottom // common
    part = ("" if times == 1 and (rest != 1 or imaginary) else str(times)) + (rf"\sqrt{{{rest}}}" if rest != 1 else "")
    part = (part + r"\," if part and imaginary and rest != 1 else part) + imaginary
    top = rf"{plain} \pm {part}" if plain else rf"\pm {part}"
    return _short(top if bottom == 1 else rf"\frac{{{top}}}{{{bottom}}}")


def square_root(value: Fraction) -> tuple[Fraction, int]:
    """√value = factor · √rest for a value that is not negative; (0, 1) for 0. rest: a whole number, 1 only where the root is a fraction.

    rest has no square factors where numerator and denominator are below 10¹²; of larger numbers only prime factors up to 10⁴ are looked
    for, which takes a millisecond.
    """
    if not value:
        return Fraction(0), 1
    (top, above), (bottom, below) = _square_free(value.numerator), _square_free(value.denominator)
    return Fraction(top, bottom * below), above * below  # √(a/b) = √(ab) / b


def _square_free(number: int) -> tuple[int, int]:
    """number = outside² · rest."""
    outside, rest, divisor = 1, 1, 2
    while divisor ** 3 <= number and divisor <= DIVISORS:
        while number % (divisor * divisor) == 0:
            number, outside = number // (divisor * divisor), outside * divisor
        if number % divisor == 0:
            number, rest = number // divisor, rest * divisor
        divisor += 1
    whole = isqrt(number)  # of a number below 10¹² at most two prime factors are left
    return (outside * whole, rest) if whole * whole == number else (outside, rest * number)


def _short(latex: str) -> str:
    """"" for what nobody would read."""
    return "" if re.search(r"\d{7}", latex) else latex


def fraction_among(matrix: Matrix) -> tuple[Fraction, Fraction, Fraction] | None:
    """An eigenvalue of a 3×3 matrix that is a fraction, and b and c of the others' λ² + bλ + c; None: no eigenvalue is a fraction."""
    import numpy as np

    _one, p, q, r = characteristic(matrix)
    bottom = lcm(*(entry.denominator for row in matrix for entry in row))  # it is a multiple of 1 / bottom
    for near in np.roots([1.0, float(p), float(q), float(r)]).real:
        for root in (Fraction(float(near)).limit_denominator(2000), Fraction(round(near * bottom), bottom)):
            b = p + root
            c = q + root * b
            if r + root * c == 0:  # divides without remainder
                return root, b, c
    return None


def eigenvalues(matrix: Matrix) -> str:
    """LaTeX of the exact eigenvalues of a 2×2 matrix, or of a 3×3 one of which one is a fraction; "" where there is no short form.

    Of a 3×3 matrix each as often as it counts; those of a 2×2 that coincide are written once.
    """
    if len(matrix) == 2:
        return roots_of_quadratic(*characteristic(matrix)[1:])
    if (found := fraction_among(matrix)) is None:
        return ""
    root, b, c = found
    if not (others := roots_of_quadratic(b, c)):
        return ""
    return _short(rf"{latex(root)},\; {others}" + (rf",\; {others}" if b * b == 4 * c else ""))


def surd(times: Fraction, square: Fraction) -> str:
    r"""LaTeX of times · √square, reduced: "\\frac{\\sqrt{2}}{2}"; square is not negative. "" if too long."""
    outside, rest = square_root(square)
    factor = times * outside
    if rest == 1 or not factor:
        return _short(latex(factor))
    top = ("" if abs(factor.numerator) == 1 else str(abs(factor.numerator))) + rf"\sqrt{{{rest}}}"
    return _short(("-" if factor < 0 else "") + (top if factor.denominator == 1 else rf"\frac{{{top}}}{{{factor.denominator}}}"))


def about(exact: str, near: str) -> str:
    """An exact form and its decimals; the decimals alone where they are exact themselves (3/2 is 1.5), or where there is no form ("")."""
    plain = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", lambda m: f"{int(m[1]) / int(m[2]):.10g}", exact).replace(APART, r"\\")
    return near if plain == near or not exact else rf"{exact} \approx {near}"


def solve(matrix: Matrix, right: Matrix) -> Matrix:
    """A⁻¹B for a 2×2 matrix A whose determinant is not 0, by Cramer's rule."""
    (a, b), (c, d) = matrix
    det = determinant(matrix)
    return multiply(((d / det, -b / det), (-c / det, a / det)), right)


def brief(rows: Matrix, most: int = 9999) -> bool:
    """Whether these fractions are short enough to be read."""
    return all(max(abs(entry.numerator), entry.denominator) <= most for row in rows for entry in row)


def latex(value: Fraction) -> str:
    """A fraction, or a whole number."""
    if value.denominator == 1:
        return str(value.numerator)
    return rf"{'-' if value < 0 else ''}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def pmatrix(rows: tuple[tuple[object, ...], ...]) -> str:
    """A matrix in round brackets; fractions are written exactly, other entries as they print."""
    shown = [" & ".join(latex(entry) if isinstance(entry, Fraction) else str(entry) for entry in row) for row in rows]
    gap = rf" {APART} " if any(r"\frac" in row for row in shown) else r" \\ "
    return r"\begin{pmatrix} " + gap.join(shown) + r" \end{pmatrix}"


def polynomial(coefficients: tuple[Fraction, ...], variable: str = r"\lambda") -> str:
    """A polynomial, the highest power's coefficient first."""
    degree = len(coefficients) - 1
    text = ""
    for k, coefficient in enumerate(coefficients):
        if not coefficient:
            continue
        power = degree - k
        factor = "" if abs(coefficient) == 1 and power else latex(abs(coefficient))
        sign = ("-" if coefficient < 0 else "") if not text else (" - " if coefficient < 0 else " + ")
        text += sign + factor + (variable if power else "") + (f"^{power}" if power > 1 else "")
    return text or "0"
