"""Taylor series by arithmetic on truncated power series: each node of a formula passes on n + 1 coefficients.

A few hundred multiplications instead of n ever longer derivatives. The recurrences are those of Griewank and Walther, Evaluating
Derivatives (2008), chapter 13; SymPy is the oracle (tests).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.making import value_of
from core.maths.tree import CONSTANTS, FUNCTIONS, Binary, Call, Expression, Name, Number, Unary

Array = np.ndarray


def taylor(expression: Expression, name: str, at: float, degree: int) -> Array:
    """The coefficients f⁽ᵏ⁾(at) / k! of a formula in one variable, k = 0 … degree. Trouble where one does not exist."""
    with np.errstate(all="ignore"):
        found = _series(expression, name, float(at), degree + 1)
    if not np.isfinite(found).all():
        raise Trouble(no_series(expression, name, float(at)))
    return found


def no_series(expression: Expression, name: str, at: float) -> Message:
    """The sum of its parts' series is all that is known: |x|³ has a derivative at 0, but |x| has none."""
    return Message(N_("No Taylor polynomial of {formula} can be worked out at {name} = {at:.3g}: it, or a part of it, has no value or no "
                      "derivatives there. Move the point."), {"formula": expression.text()[:60], "name": name, "at": at})


def _series(node: Expression, name: str, at: float, size: int) -> Array:
    def part(child: Expression) -> Array:
        return _series(child, name, at, size)

    constant = np.zeros(size)
    match node:
        case Number(value):
            constant[0] = float(value)
            return constant
        case Name(id):
            constant[0] = at if id == name else CONSTANTS.get(id, np.nan)
            if id == name and size > 1:
                constant[1] = 1.0
            return constant
        case Unary(_, u):
            return -part(u)
        case Binary("+", u, v):
            return part(u) + part(v)
        case Binary("-", u, v):
            return part(u) - part(v)
        case Binary("*", u, v):
            return times(part(u), part(v))
        case Binary("/", u, v):
            return quotient(part(u), part(v))
        case Binary("^", u, v):
            exponent = value_of(v)
            if exponent is not None:
                return power(part(u), float(exponent))
            if name not in v.names():
                return power(part(u), float(v.evaluate()))
            return exponential(times(part(v), logarithm(part(u))))
        case Call("max" | "min" as which, (u, v)):
            a, b = part(u), part(v)
            if a[0] == b[0] and (a != b).any():  # a kink: nothing beyond the value
                return np.append(a[:1], np.full(size - 1, np.nan))
            return a if (a[0] > b[0]) == (which == "max") else b
        case Call(function, (u,)):
            return function_of(function, part(u))
    raise TypeError(f"{node!r} is no node")


def times(a: Array, b: Array) -> Array:
    return np.convolve(a, b)[:len(a)]


def quotient(a: Array, b: Array) -> Array:
    found = np.zeros_like(a)
    for k in range(len(a)):
        found[k] = (a[k] - found[:k] @ b[k:0:-1]) / b[0]
    return found


def power(a: Array, exponent: float) -> Array:
    """aʳ. For whole r ≥ 0 by multiplication, which also holds where a is 0."""
    if exponent >= 0 and exponent == int(exponent):
        found, base, left = np.eye(1, len(a))[0], a, int(exponent)
        while left:
            if left & 1:
                found = times(found, base)
            base, left = times(base, base), left >> 1
        return found
    found = np.zeros_like(a)
    found[0] = np.float_power(a[0], exponent)
    for k in range(1, len(a)):
        j = np.arange(1, k + 1)
        found[k] = ((exponent * j - (k - j)) * a[1:k + 1]) @ found[k - 1::-1][:k] / (k * a[0])
    return found


def exponential(a: Array) -> Array:
    found = np.zeros_like(a)
    found[0] = np.exp(a[0])
    for k in range(1, len(a)):
        found[k] = (np.arange(1, k + 1) * a[1:k + 1]) @ found[k - 1::-1][:k] / k
    return found


def logarithm(a: Array) -> Array:
    return _integral(quotient(_slope(a), a), np.log(a[0]))


def _slope(a: Array) -> Array:
    return np.append(a[1:] * np.arange(1, len(a)), 0.0)


def _integral(a: Array, first: float) -> Array:
    return np.concatenate([[first], a[:-1] / np.arange(1, len(a))])


def _waves(a: Array, sign: float, s: float, c: float) -> tuple[Array, Array]:
    """sin and cos (sign −1), or sinh and cosh (sign 1), together: each is the other's derivative."""
    sine, cosine = np.zeros_like(a), np.zeros_like(a)
    sine[0], cosine[0] = s, c
    for k in range(1, len(a)):
        weights = np.arange(1, k + 1) * a[1:k + 1] / k
        sine[k], cosine[k] = weights @ cosine[k - 1::-1][:k], sign * (weights @ sine[k - 1::-1][:k])
    return sine, cosine


def _by_slope(slope: Callable[[Array], Array]) -> Callable[[Array, float], Array]:
    """A function whose derivative at a is slope(a)."""
    return lambda a, first: _integral(times(slope(a), _slope(a)), first)


def _sigmoid(a: Array) -> Array:
    return quotient(np.eye(1, len(a))[0], np.eye(1, len(a))[0] + exponential(-a))


def _one_plus(a: Array, sign: float, root: bool = False) -> Array:
    """1 / (1 ± a²), or 1 / √(1 ± a²)."""
    inside = np.eye(1, len(a))[0] + sign * times(a, a)
    return power(inside, -0.5 if root else -1.0)


def _bell(a: Array) -> Array:
    return 2 / np.sqrt(np.pi) * exponential(-times(a, a))


SLOPES: dict[str, Callable[[Array], Array]] = {
    "asin": lambda a: _one_plus(a, -1, True), "acos": lambda a: -_one_plus(a, -1, True), "atan": lambda a: _one_plus(a, 1),
    "softplus": _sigmoid, "erf": _bell,
}


def function_of(function: str, a: Array) -> Array:
    """The series of a function at a series. nan beyond the value where it has a kink."""
    first = float(FUNCTIONS[function].f(a[0]))
    match function:
        case "exp":
            return exponential(a)
        case "ln" | "log2" | "log10":
            return logarithm(a) / {"ln": 1.0, "log2": np.log(2), "log10": np.log(10)}[function]
        case "sqrt":
            return power(a, 0.5)
        case "sin" | "cos":
            return _waves(a, -1.0, np.sin(a[0]), np.cos(a[0]))[function == "cos"]
        case "tan":
            return quotient(*_waves(a, -1.0, np.sin(a[0]), np.cos(a[0])))
        case "sinh" | "cosh":
            return _waves(a, 1.0, np.sinh(a[0]), np.cosh(a[0]))[function == "cosh"]
        case "tanh":
            return 2 * _sigmoid(2 * a) - np.eye(1, len(a))[0]
        case "sigmoid":
            return _sigmoid(a)
        case "silu":
            return times(a, _sigmoid(a))
        case "gelu":
            return times(a, np.eye(1, len(a))[0] + function_of("erf", a / np.sqrt(2))) / 2
        case "elu":
            return a if a[0] > 0 else exponential(a) - np.eye(1, len(a))[0] if a[0] < 0 else _kink(a, first)
        case "abs" | "relu" | "leaky_relu" if a[0] != 0:
            slope = {"abs": -1.0, "relu": 0.0, "leaky_relu": 0.2}[function]
            return a * (1.0 if a[0] > 0 else slope)
        case "sign" | "step" if a[0] != 0:
            return first * np.eye(1, len(a))[0]
    if function in SLOPES:
        return _by_slope(SLOPES[function])(a, first)
    return _kink(a, first)


def _kink(a: Array, first: float) -> Array:
    found = np.full_like(a, np.nan)
    found[0] = first
    return found
