"""A formula as a tree that can be walked: evaluated with NumPy, written as text and as LaTeX. Nothing in it is ever run as a program.

The nodes are frozen and hashable. `core.maths.expressions.parse` makes trees of what a person types, `core.maths.rules` their
derivatives, `core.maths.symbolic` has SymPy look at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from core.maths.activations import ACTIVATIONS, erf


@dataclass(frozen=True)
class Expression:
    """A formula. Its nodes: Number, Name, Unary, Binary, Call."""

    @property
    def children(self) -> tuple[Expression, ...]:
        return ()

    def of(self, *children: Expression) -> Expression:
        """The same node with other children, as many as it has."""
        return self

    def replaced(self, part: Expression, instead: Expression) -> Expression:
        """The formula with something else wherever this part of it stands."""
        if self.size <= part.size or not part.functions <= self.functions:
            return instead if self == part else self
        return self.of(*(child.replaced(part, instead) for child in self.children))

    def nodes(self) -> Iterator[Expression]:
        """All nodes, each after its children, as they are evaluated."""
        for child in self.children:
            yield from child.nodes()
        yield self

    def names(self) -> frozenset[str]:
        """The variables in it; π and e are none."""
        return self._names

    # Each node knows what is in it from its children: derivatives share their parts, and may have thousands of them.

    @cached_property
    def size(self) -> int:
        """How many nodes it has."""
        return 1 + sum(child.size for child in self.children)

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions in it."""
        return frozenset().union(*(child.functions for child in self.children))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset().union(*(child.names() for child in self.children))

    def evaluate(self, _dtype: Any = np.float64, /, **values: Any) -> np.ndarray:
        """Its values at those of its variables: numbers or arrays that broadcast together; nan and ±inf where it has none.

        All of it is worked out in the precision of _dtype. ValueError if a variable has no value.
        """
        arrays = {name: np.asarray(value, dtype=_dtype) for name, value in values.items()}
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(self._value(arrays), dtype=_dtype)
        except KeyError:  # not looked for beforehand: that takes longer than working out a long formula
            raise ValueError(f"no value for {', '.join(sorted(self.names() - arrays.keys()))}") from None
        return np.broadcast_to(found, np.broadcast_shapes(found.shape, *(a.shape for a in arrays.values()))).copy()

    def _value(self, at: dict[str, np.ndarray]) -> Any:
        raise NotImplementedError

    def text(self) -> str:
        """The normal form: what `parse` reads as a formula of the same value, with as few brackets as it takes."""
        from core.maths.writing import TEXT  # which knows the nodes
        return TEXT.write(self)[0]

    def latex(self) -> str:
        from core.maths.writing import LATEX
        return LATEX.write(self)[0]


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

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset() if self.id in CONSTANTS else frozenset((self.id,))

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

    def of(self, *children: Expression) -> Expression:
        return Unary(self.operator, *children)

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

    def of(self, *children: Expression) -> Expression:
        return Binary(self.operator, *children)

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

    @cached_property
    def functions(self) -> frozenset[str]:
        return frozenset((self.function,)).union(*(child.functions for child in self.children))

    def of(self, *children: Expression) -> Expression:
        return Call(self.function, children)

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


def _power(a: Any, b: Any) -> Any:
    """aᵇ in the precision of its arguments; np.float_power alone is always of 64 bits."""
    found = np.float_power(a, b)
    return found.astype(np.float32) if np.float32 in (getattr(a, "dtype", None), getattr(b, "dtype", None)) else found


CONSTANTS = {"pi": float(np.pi), "e": float(np.e)}
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": _power}
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
