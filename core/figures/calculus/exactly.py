"""Exact forms beside the numbers: Taylor coefficients and second derivatives at a rational point, as LaTeX.

Where arithmetic with fractions is enough there is always one; where SymPy is asked (`core.maths.symbolic`), only of short formulas and at
quarters, that a point can be dragged past them without waiting. "" where there is no exact form, or no short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from core.figures.calculus.common import tex
from core.frame import Trouble
from core.maths import exact, symbolic
from core.maths.composition import substituted
from core.maths.making import add, call, divide, minus, number, tidy, value_of
from core.maths.tree import Binary, Call, Expression, Number, Unary

NODES, LONGEST, TERMS = 14, 260, 5  # of a formula for SymPy; characters of an answer; terms of a polynomial


def at_quarter(*values: float) -> bool:
    return all(float(4 * value).is_integer() for value in values)


def plain(node: Expression) -> Expression:
    """The same with σ(u) written as 1 / (1 + e^(−u)), which SymPy can work out."""
    match node:
        case Call("sigmoid", (u,)):
            return divide(number(1), add(number(1), call("exp", minus(plain(u)))))
        case Call(function, arguments):
            return Call(function, tuple(map(plain, arguments)))
        case Unary(operator, u):
            return Unary(operator, plain(u))
        case Binary(operator, u, v):
            return Binary(operator, plain(u), plain(v))
    return node


def small(node: Expression) -> bool:
    """Whether SymPy is quick with it: a function in a function takes it seconds to derive and to shorten."""
    nested = any(isinstance(part, Call) and any(isinstance(inner, Call) for child in part.children for inner in child.nodes())
                 for part in node.nodes())
    return not nested and sum(1 for _node in node.nodes()) <= NODES


def fraction(tree: Expression, **at: float) -> Fraction | None:
    """The value at these places where it is a fraction that arithmetic alone finds."""
    for name, value in at.items():
        tree = substituted(tree, name, Number(exact.exact(value)))
    return value_of(tidy(tree))


def coefficient(part: Expression) -> tuple[str, str]:
    """Sign and LaTeX without it."""
    if (value := value_of(part)) is not None:
        return ("-" if value < 0 else "+"), exact.latex(abs(value))
    text = part.latex()
    if isinstance(part, Binary) and part.operator in "+-":
        return "+", rf"\left({text}\right)"
    return ("-", text[1:].strip()) if text.startswith("-") else ("+", text)


@lru_cache(maxsize=256)
def polynomial(tree: Expression, a: float, known: tuple[float, ...]) -> str:
    """The first terms of the Taylor polynomial at a, whose coefficients are `known` in floating point."""
    there = [k for k, c in enumerate(known) if abs(c) > 1e-12][:TERMS]
    if not there or not at_quarter(a) or not small(tree) or there[-1] > 9:
        return ""
    if a and plain(tree) != tree:  # sigmoids elsewhere than at 0: long in the making, and long
        return ""
    try:
        found = symbolic.taylor(plain(tree), "x", str(exact.exact(a)), there[-1])
    except Trouble:
        return ""
    if any(abs(float(found[k].evaluate()) - known[k]) > 1e-6 * (1 + abs(known[k])) for k in there):
        return ""
    base = "x" if a == 0 else f"(x {'-' if a > 0 else '+'} {exact.latex(abs(exact.exact(a)))})"
    terms = []
    for k in there:
        sign, size = coefficient(found[k])
        power = "" if k == 0 else base if k == 1 else f"{base}^{{{k}}}"
        terms.append(f"{sign} {power if size == '1' and power else f'{size} {power}'.strip()}")
    more = r" + \cdots" if sum(abs(c) > 1e-12 for c in known) > len(there) else ""
    text = " ".join(terms).removeprefix("+ ") + more
    return text if len(text) <= LONGEST else ""


@lru_cache(maxsize=256)
def matrix(trees: Sequence[Sequence[Expression]], x: float, y: float) -> tuple[str, str]:
    """LaTeX of a symmetric matrix of formulas at (x, y), and of its eigenvalues."""
    values = [[fraction(tree, x=x, y=y) for tree in row] for row in trees]
    (a, b), (_same, d) = values
    if a is not None and b is not None and d is not None:
        rows = ((a, b), (b, d))
        return (exact.pmatrix(rows), exact.eigenvalues(rows)) if exact.brief(rows) else ("", "")
    parts = [tidy(trees[i][j]) for i, j in ((0, 0), (0, 1), (1, 1))]
    if not at_quarter(x, y) or not all(map(small, parts)):
        return "", ""
    try:
        first, side, last = (symbolic.exact(plain(part), x=str(exact.exact(x)), y=str(exact.exact(y))) for part in parts)
    except Trouble:
        return "", ""
    text = exact.pmatrix(((first, side), (side, last)))
    return (text, "") if len(text) <= LONGEST else ("", "")


def decimals(rows: np.ndarray) -> str:
    """A matrix of numbers in LaTeX."""
    return exact.pmatrix(tuple(tuple(tex(float(value)) for value in row) for row in rows))
