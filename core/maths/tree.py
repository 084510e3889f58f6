"""A formula as a tree that can be walked: evaluated with NumPy, written as text and as LaTeX. Nothing in it is ever run as a program.

The nodes are frozen and hashable. `core.maths.expressions.parse` makes trees of what a person types, `core.maths.rules` their
derivatives, `core.maths.symbolic` has SymPy look at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from core.maths.activations import ACTIVATIONS, erf

SUM, MINUS, PRODUCT, POWER, ATOM = range(5)  # how tightly a node's text holds together


@dataclass(frozen=True)
class Expression:
    """A formula. Its nodes: Number, Name, Unary, Binary, Call."""

    @property
    def children(self) -> tuple[Expression, ...]:
        return ()

    def nodes(self) -> Iterator[Expression]:
        """All nodes, each after its children, as they are evaluated."""
        for child in self.children:
            yield from child.nodes()
        yield self

    def names(self) -> frozenset[str]:
        """The variables in it; π and e are none."""
        return frozenset(node.id for node in self.nodes() if isinstance(node, Name) and node.id not in CONSTANTS)

    def evaluate(self, **values: Any) -> np.ndarray:
        """Its values at those of its variables: numbers or arrays that broadcast together; nan and ±inf where it has none.

        ValueError if a variable has no value.
        """
        arrays = {name: np.asarray(value, dtype=float) for name, value in values.items()}
        if missing := self.names() - arrays.keys():
            raise ValueError(f"no value for {', '.join(sorted(missing))}")
        with np.errstate(all="ignore"):
            found = np.asarray(self._value(arrays), dtype=float)
        return np.broadcast_to(found, np.broadcast_shapes(found.shape, *(a.shape for a in arrays.values()))).copy()

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        raise NotImplementedError

    def text(self) -> str:
        """The normal form: what `parse` reads as a formula of the same value, with as few brackets as it takes."""
        return _text(self)[0]

    def latex(self) -> str:
        return _latex(self)[0]


@dataclass(frozen=True)
class Number(Expression):
    """A number, exactly; it is not negative (that is a Unary)."""

    value: Fraction

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        return float(self.value)


@dataclass(frozen=True)
class Name(Expression):
    """A variable, or one of CONSTANTS."""

    id: str

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        return CONSTANTS[self.id] if self.id in CONSTANTS else at[self.id]


@dataclass(frozen=True)
class Unary(Expression):
    """Minus something; `operator` is "-"."""

    operator: str
    operand: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        return -self.operand._value(at)


@dataclass(frozen=True)
class Binary(Expression):
    """Two things and one of + - * / ^ between them."""

    operator: str
    left: Expression
    right: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        return OPERATIONS[self.operator](self.left._value(at), self.right._value(at))


@dataclass(frozen=True)
class Call(Expression):
    """A function of FUNCTIONS and what it is applied to. The name "′" stands for a derivative still to be taken (`core.maths.rules`)."""

    function: str
    arguments: tuple[Expression, ...]

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        if self.function not in FUNCTIONS:
            raise ValueError(f"{self.function!r} has no values")
        return FUNCTIONS[self.function].f(*(a._value(at) for a in self.arguments))


@dataclass(frozen=True)
class Function:
    """f: arrays in, an array out; latex: its name; arguments: how many."""

    f: Callable[..., Any]
    latex: str
    arguments: int = 1


def _named(name: str) -> str:
    return rf"\operatorname{{{name}}}"


CONSTANTS = {"pi": float(np.pi), "e": float(np.e)}
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.float_power}
# At a kink the derivatives are those of core.maths.activations: step(0) = 0. sign(0) = 0.
FUNCTIONS: dict[str, Function] = {
    "sin": Function(np.sin, r"\sin"), "cos": Function(np.cos, r"\cos"), "tan": Function(np.tan, r"\tan"),
    "asin": Function(np.arcsin, r"\arcsin"), "acos": Function(np.arccos, r"\arccos"), "atan": Function(np.arctan, r"\arctan"),
    "sinh": Function(np.sinh, r"\sinh"), "cosh": Function(np.cosh, r"\cosh"), "tanh": Function(np.tanh, r"\tanh"),
    "exp": Function(np.exp, r"\exp"), "ln": Function(np.log, r"\ln"), "log2": Function(np.log2, r"\log_2"),
    "log10": Function(np.log10, r"\log_{10}"), "sqrt": Function(np.sqrt, r"\sqrt"), "abs": Function(np.abs, ""),
    "sign": Function(np.sign, _named("sign")), "erf": Function(erf, _named("erf")),
    "max": Function(np.maximum, r"\max", 2), "min": Function(np.minimum, r"\min", 2),
    "sigmoid": Function(ACTIVATIONS["sigmoid"].f, r"\sigma"), "relu": Function(ACTIVATIONS["relu"].f, _named("ReLU")),
    **{name: Function(ACTIVATIONS[name].f, _named(name.replace("_", r"\_")))
       for name in ("step", "leaky_relu", "elu", "silu", "softplus", "gelu")},
}
GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "sigma", "phi", "omega", "pi")


# ---- as text and as LaTeX: each with how tightly it holds together

def _number(value: Fraction) -> tuple[str, int]:
    """A terminating decimal as such, anything else as a quotient."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1 and value.denominator.bit_length() <= 50 and abs(value) < 10**15:
        digits, places = value.denominator, 0
        while 10**places % digits:
            places += 1
        whole = str(value.numerator * (10**places // digits)).rjust(places + 1, "0")
        return (f"{whole[:-places]}.{whole[-places:]}" if places else whole), ATOM
    if value.denominator == 1:
        return str(value.numerator), ATOM
    return f"{value.numerator}/{value.denominator}", PRODUCT


def _held(part: tuple[str, int], least: int, brackets: tuple[str, str]) -> str:
    return part[0] if part[1] >= least else brackets[0] + part[0] + brackets[1]


def _text(node: Expression) -> tuple[str, int]:
    def held(child: Expression, least: int) -> str:
        return _held(_text(child), least, ("(", ")"))

    match node:
        case Number(value):
            return _number(value)
        case Name(id):
            return id, ATOM
        case Unary(_, operand):
            return "-" + held(operand, PRODUCT), MINUS
        case Binary("+" | "-" as sign, left, right):
            return f"{held(left, SUM)} {sign} {held(right, PRODUCT)}", SUM
        case Binary("^", left, right):
            return f"{held(left, ATOM)}^{held(right, POWER)}", POWER
        case Binary(sign, left, right):
            return f"{held(left, PRODUCT)}{sign}{held(right, POWER)}", PRODUCT
        case Call(function, arguments):
            inside = ", ".join(a.text() for a in arguments)
            return (f"({inside})′" if function == "′" else f"{function}({inside})"), ATOM
    raise TypeError(f"{node!r} is no node")


ROUND = (r"\left(", r"\right)")


def _latex(node: Expression) -> tuple[str, int]:
    def held(child: Expression, least: int) -> str:
        return _held(_latex(child), least, ROUND)

    match node:
        case Number(value):
            text, level = _number(value)
            return (text, level) if level == ATOM else (rf"\frac{{{value.numerator}}}{{{value.denominator}}}", PRODUCT)
        case Name(id):
            return _name(id), ATOM
        case Unary(_, operand):
            return "-" + held(operand, PRODUCT), MINUS
        case Binary("+" | "-" as sign, left, right):
            return f"{held(left, SUM)} {sign} {held(right, PRODUCT)}", SUM
        case Binary("/", left, right):
            return rf"\frac{{{left.latex()}}}{{{right.latex()}}}", PRODUCT
        case Binary("^", Call(function, arguments), right) if function in POWERS:  # sin²(x)
            return rf"{FUNCTIONS[function].latex}^{{{right.latex()}}}{ROUND[0]}{arguments[0].latex()}{ROUND[1]}", POWER
        case Binary("^", left, right):
            return f"{held(left, ATOM)}^{{{right.latex()}}}", POWER
        case Binary(_, left, right):
            first, second = held(left, PRODUCT), held(right, POWER if not _is_quotient(right) else PRODUCT)
            return f"{first} {_times(left, right)}{second}", PRODUCT
        case Call(function, arguments):
            return _call(function, [a.latex() for a in arguments])
    raise TypeError(f"{node!r} is no node")


POWERS = ("sin", "cos", "tan", "sinh", "cosh", "tanh")


def _name(id: str) -> str:
    letters, digits = id.rstrip("0123456789"), id[len(id.rstrip("0123456789")):]
    letters = "\\" + letters if letters in GREEK else letters.replace("_", "")
    return f"{letters}_{{{digits}}}" if digits else letters


def _is_quotient(node: Expression) -> bool:
    return isinstance(node, Binary) and node.operator == "/"


def _times(left: Expression, right: Expression) -> str:
    """A dot only where leaving it out would be read as something else: 2 · 3, or a quotient."""
    first = right
    while isinstance(first, Binary) and first.operator in "*^":
        first = first.left
    return r"\cdot " if isinstance(first, Number) or _is_quotient(right) else ""


def _call(function: str, arguments: list[str]) -> tuple[str, int]:
    inside = ", ".join(arguments)
    if function == "′":
        return rf"{ROUND[0]}{inside}{ROUND[1]}'", ATOM
    if function == "exp":
        return f"e^{{{inside}}}", POWER
    if function == "sqrt":
        return rf"\sqrt{{{inside}}}", ATOM
    if function == "abs":
        return rf"\left|{inside}\right|", ATOM
    return rf"{FUNCTIONS[function].latex}{ROUND[0]}{inside}{ROUND[1]}", ATOM
