"""Exact forms beside the numbers: Taylor coefficients, gradients, Jacobians and second derivatives at a rational point, as LaTeX.

Where arithmetic with fractions is enough there is always one; SymPy (`core.maths.symbolic`) is asked only of short formulas and at
quarters, once for all forms of a picture, and waited for a moment: what comes later is there with the next move, and a point can be
dragged past. "" where there is no exact form, no short one, or none yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from core.figures.calculus.common import tex
from core.frame import Trouble
from core.maths import exact, symbolic
from core.maths.making import add, call, divide, minus, number, power, subtract, tidy, times, value_of
from core.maths.tree import Binary, Call, Expression, Name, Number, Unary

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
    return node.size <= NODES and not any(isinstance(part, Call) and any(child.functions for child in part.children)
                                          for part in node.nodes())


def quick(node: Expression) -> bool:
    """Whether SymPy derives it in a moment elsewhere than at 0, too: with at most one function, which stands alone and is no tan."""
    calls = [part for part in node.nodes() if isinstance(part, Call)]
    joined = [part for part in node.nodes() if isinstance(part, Binary) and part.functions
              and (part.operator == "^" or part.operator in "*/" and part.left.names() and part.right.names())]
    return len(calls) <= 1 and not joined and not any(part.function in ("tan", "tanh", "sigmoid") for part in calls)


def fraction(tree: Expression, **at: float) -> Fraction | None:
    """The value at these places where it is a fraction that arithmetic alone finds."""
    for name, value in at.items():
        tree = tree.replaced(Name(name), Number(exact.exact(value)))
    return value_of(tidy(tree))


def coefficient(part: Expression) -> tuple[str, str]:
    """Sign and LaTeX without it."""
    if (value := value_of(part)) is not None:
        return ("-" if value < 0 else "+"), exact.latex(abs(value))
    text = part.latex()
    if isinstance(part, Binary) and part.operator in "+-":
        return "+", rf"\left({text}\right)"
    return ("-", text[1:].strip()) if text.startswith("-") else ("+", text)


def polynomial(tree: Expression, a: float, known: tuple[float, ...]) -> str:
    """The first terms of the Taylor polynomial at a, whose coefficients are `known` in floating point."""
    there = [k for k, c in enumerate(known) if abs(c) > 1e-12][:TERMS]
    if not there or not at_quarter(a) or not small(tree) or there[-1] > 9:
        return ""
    if a and not quick(tree):
        return ""
    try:
        found = symbolic.soon(symbolic.taylor, plain(tree), "x", str(exact.exact(a)), there[-1])
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


def entries(trees: tuple[Expression, ...], x: float, y: float) -> tuple[Fraction | str, ...]:
    """The values of formulas at (x, y): all as fractions, or all as LaTeX; () where there is no exact form, or no short one."""
    return _asked(trees, None, x, y)[0]


def _asked(trees: tuple[Expression, ...], whole: Expression | None, x: float, y: float) -> tuple[tuple[Fraction | str, ...], str]:
    """`entries`, and LaTeX of what is made of them all, asked for with them; "" for it where the entries are fractions."""
    values = [fraction(tree, x=x, y=y) for tree in trees]
    known = tuple(value for value in values if value is not None)
    if len(known) == len(trees):
        return (known if exact.brief((known,)) else ()), ""
    parts = [tidy(tree) for tree in trees]
    if not at_quarter(x, y) or not all(map(small, parts)):
        return (), ""
    last = [tidy(whole)] if whole is not None and small(tidy(whole)) else []
    try:
        found = symbolic.soon(symbolic.exact_all, tuple(map(plain, (*parts, *last))), x=str(exact.exact(x)), y=str(exact.exact(y)))
    except Trouble:
        return (), ""
    shown, made = found[:len(parts)], "".join(found[len(parts):])
    return (shown if all(shown) and sum(map(len, shown)) <= LONGEST else ()), made if len(made) <= LONGEST else ""


def matrix(trees: Sequence[Sequence[Expression]], x: float, y: float) -> tuple[str, str]:
    """LaTeX of a symmetric matrix of formulas at (x, y), and of its eigenvalues."""
    found = entries((trees[0][0], trees[0][1], trees[1][1]), x, y)
    if not found:
        return "", ""
    a, b, d = found
    known = _fractions(found)
    return exact.pmatrix(((a, b), (b, d))), exact.eigenvalues(((known[0], known[1]), (known[1], known[2]))) if known else ""


def vector(trees: tuple[Expression, ...], x: float, y: float) -> tuple[str, str]:
    """LaTeX of a vector of two formulas at (x, y), and of its length."""
    squares = [power(tidy(tree), number(2)) for tree in trees]
    found, length = _asked(trees, call("sqrt", add(squares[0], squares[1])), x, y)
    if not found:
        return "", ""
    shown = "(" + r",\; ".join(map(_written, found)) + ")"
    if known := _fractions(found):
        return shown, exact.surd(Fraction(1), sum((part * part for part in known), Fraction(0)))
    return shown, length


def determinant(trees: Sequence[Sequence[Expression]], x: float, y: float) -> tuple[str, str]:
    """LaTeX of a 2×2 matrix of formulas at (x, y), and of its determinant."""
    (a, b), (c, d) = trees
    found, det = _asked((a, b, c, d), subtract(times(a, d), times(b, c)), x, y)
    if not found:
        return "", ""
    shown = exact.pmatrix((found[:2], found[2:]))
    if known := _fractions(found):
        return shown, exact.latex(exact.determinant((known[:2], known[2:])))
    return shown, det


def _written(part: Fraction | str) -> str:
    return exact.latex(part) if isinstance(part, Fraction) else part


def _fractions(found: Sequence[Fraction | str]) -> tuple[Fraction, ...]:
    """The same where all are fractions; () where not."""
    known = tuple(part for part in found if isinstance(part, Fraction))
    return known if len(known) == len(found) else ()


def decimals(rows: np.ndarray) -> str:
    """A matrix of numbers in LaTeX."""
    return exact.pmatrix(tuple(tuple(tex(float(value)) for value in row) for row in rows))
