"""A formula as Python source for NumPy, for programs that a person reads and runs."""

from __future__ import annotations

import re
from fractions import Fraction

from core.maths.tree import CONSTANTS, Call, Expression
from core.maths.writing import ATOM, Writer, Written

NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "ln": "log", "max": "maximum", "min": "minimum"}
DEFINED = {  # what NumPy has not
    "sigmoid": "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))", "relu": "def relu(z):\n    return np.maximum(z, 0)",
    "step": "def step(z):\n    return np.where(z > 0, 1.0, 0.0)",
    "leaky_relu": "def leaky_relu(z):\n    return np.where(z > 0, z, 0.2 * z)",
    "elu": "def elu(z):\n    return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)",
    "silu": "def silu(z):\n    return z / (1 + np.exp(-z))", "softplus": "def softplus(z):\n    return np.logaddexp(0, z)",
    "erf": "from scipy.special import erf",
    "gelu": "from scipy.special import erf\n\n\ndef gelu(z):\n    return 0.5 * z * (1 + erf(z / np.sqrt(2)))",
}


def definitions(*expressions: Expression) -> str:
    """What stands above the formulas: imports, and functions that NumPy has not."""
    used = sorted({n.function for e in expressions for n in e.nodes() if isinstance(n, Call) and n.function in DEFINED})
    if "gelu" in used and "erf" in used:
        used.remove("erf")
    parts = ["import numpy as np", *(("\n" if DEFINED[name].startswith("def") else "") + DEFINED[name] for name in used)]
    return "\n".join(parts) + ("\n\n" if any(DEFINED[name].startswith("def") or name == "gelu" for name in used) else "")


def python(expression: Expression) -> str:
    """The formula in Python, its variables by their names, its functions from NumPy as np."""
    return _PYTHON.write(expression)[0]


SYMPY = {"sin", "cos", "tan", "exp", "ln", "sqrt", "asin", "acos", "atan", "sinh", "cosh", "tanh", "abs", "sign", "max", "min"}


def for_sympy(expression: Expression) -> str:
    """The formula in Python for SymPy; "" if it has functions that SymPy does not know by these names."""
    if not {n.function for n in expression.nodes() if isinstance(n, Call)} <= SYMPY:
        return ""
    source = python(expression).replace("np.arc", "np.a")
    for ours, theirs in (("np.maximum", "sympy.Max"), ("np.minimum", "sympy.Min"), ("np.abs", "sympy.Abs"), ("np.e", "sympy.E")):
        source = re.sub(re.escape(ours) + r"\b", theirs, source)
    return source.replace("np.", "sympy.")


class _Python(Writer):
    signs = {"*": " * ", "/": " / ", "^": "**"}

    def number(self, value: Fraction) -> Written:
        if value.denominator == 1:
            return str(value.numerator), ATOM
        return (repr(float(value)), ATOM) if Fraction(repr(float(value))) == value else self.quotient(value)

    def name(self, id: str) -> str:
        return f"np.{id}" if id in CONSTANTS else id

    def call(self, function: str, arguments: tuple[Expression, ...]) -> Written:
        name = function if function in DEFINED else f"np.{NUMPY.get(function, function)}"
        return name + self.bracketed(self.inside(arguments)), ATOM


_PYTHON = _Python()
