"""Putting formulas together: numbers are worked out, 0 + u, 1 · u and minus minus u are written as u."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from core.maths.tree import Binary, Call, Expression, Number, Unary


def number(value: Fraction | int | str) -> Expression:
    exact = Fraction(value)
    return Number(exact) if exact >= 0 else Unary("-", Number(-exact))


ZERO, ONE, TWO = number(0), number(1), number(2)


def value_of(node: Expression) -> Fraction | None:
    """The number that a node is, with its sign."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Unary):
        value = value_of(node.operand)
        return None if value is None else -value
    if isinstance(node, Binary) and node.operator == "/" and isinstance(node.left, Number) and isinstance(node.right, Number):
        return node.left.value / node.right.value if node.right.value else None
    return None


def _small(value: Fraction) -> bool:
    return value.numerator.bit_length() < 60 and value.denominator.bit_length() < 60


def add(u: Expression, v: Expression) -> Expression:
    a, b = value_of(u), value_of(v)
    if a is not None and b is not None and _small(a + b):
        return number(a + b)
    if a == 0 or b == 0:
        return v if a == 0 else u
    return Binary("-", u, v.operand) if isinstance(v, Unary) else Binary("+", u, v)


def minus(u: Expression) -> Expression:
    a = value_of(u)
    if a is not None:
        return number(-a)
    return u.operand if isinstance(u, Unary) else Unary("-", u)


def subtract(u: Expression, v: Expression) -> Expression:
    a, b = value_of(u), value_of(v)
    if a is not None and b is not None and _small(a - b):
        return number(a - b)
    if a == 0 or b == 0:
        return minus(v) if a == 0 else u
    return Binary("+", u, v.operand) if isinstance(v, Unary) else Binary("-", u, v)


def times(u: Expression, v: Expression) -> Expression:
    a, b = value_of(u), value_of(v)
    if a is not None and b is not None and _small(a * b):
        return number(a * b)
    if a == 0 or b == 0:
        return ZERO
    if a == 1 or b == 1:
        return v if a == 1 else u
    if isinstance(u, Unary) or isinstance(v, Unary):
        plain = times(u.operand if isinstance(u, Unary) else u, v.operand if isinstance(v, Unary) else v)
        return plain if isinstance(u, Unary) and isinstance(v, Unary) else minus(plain)
    for one, other in ((u, v), (v, u)):  # 1/u times v is v/u
        if isinstance(one, Binary) and one.operator == "/" and isinstance(one.left, Number) and value_of(one) is None:
            return divide(times(one.left, other), one.right)
    (c, first), (d, second) = _factored(u), _factored(v)
    if not _small(c * d):
        return Binary("*", u, v)
    rest = first if second is None else second if first is None else _joined(first, second)
    return number(c * d) if rest is None else rest if c * d == 1 else _joined(number(c * d), rest)


def _factored(u: Expression) -> tuple[Fraction, Expression | None]:
    """The number in front of a product, and the rest (None: there is none)."""
    if (value := value_of(u)) is not None:
        return value, None
    if isinstance(u, Binary) and u.operator == "*":
        c, rest = _factored(u.left)
        return c, u.right if rest is None else (u if rest == u.left else Binary("*", rest, u.right))
    return Fraction(1), u


def _joined(u: Expression, v: Expression) -> Expression:
    """Their product, without brackets, and powers of one thing as one: 2 · (x · x) is 2 · x²."""
    if isinstance(v, Binary) and v.operator == "*":
        return _joined(_joined(u, v.left), v.right)
    front, last = (u.left, u.right) if isinstance(u, Binary) and u.operator == "*" else (None, u)
    (base, m), (other, n) = _based(last), _based(v)
    if base != other or value_of(base) is not None:
        return Binary("*", u, v)
    one = power(base, number(m + n))
    return one if front is None else Binary("*", front, one)


def _based(u: Expression) -> tuple[Expression, Fraction]:
    """A power with a constant exponent as base and exponent; anything else is its own first power."""
    if isinstance(u, Binary) and u.operator == "^" and (exponent := value_of(u.right)) is not None:
        return u.left, exponent
    return u, Fraction(1)


def divide(u: Expression, v: Expression) -> Expression:
    a, b = value_of(u), value_of(v)
    if b == 1 or (a == 0 and b != 0):
        return u if b == 1 else ZERO
    if a is not None and b and _small(a / b) and (a / b).denominator == 1:
        return number(a / b)
    if isinstance(u, Unary):
        return minus(divide(u.operand, v))
    (c, first), (d, second) = _factored(u), _factored(v)
    if d and d != 1 and c and (c / d).denominator == 1 and _small(c / d):  # 4x / 2y
        top = number(c / d) if first is None else times(number(c / d), first)
        return top if second is None else divide(top, second)
    return ONE if first is not None and u == v else Binary("/", u, v)


def power(u: Expression, v: Expression) -> Expression:
    exponent = value_of(v)
    if exponent == 1 or exponent == 0:
        return u if exponent == 1 else ONE
    return Binary("^", u, v)


def call(name: str, *arguments: Expression) -> Expression:
    return Call(name, arguments)


def tidy(node: Expression) -> Expression:
    """The same, put together anew from its leaves: 0 + u, 1 · u and numbers beside numbers are gone."""
    match node:
        case Unary(_, u):
            return minus(tidy(u))
        case Binary(operator, u, v):
            return MAKERS[operator](tidy(u), tidy(v))
        case Call(name, arguments):
            return Call(name, tuple(map(tidy, arguments)))
    return node


MAKERS: dict[str, Callable[[Expression, Expression], Expression]] = {"+": add, "-": subtract, "*": times, "/": divide, "^": power}
