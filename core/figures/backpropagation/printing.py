"""A node's operation as a line of NumPy."""

from __future__ import annotations

from collections.abc import Mapping

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.tree import Binary, Call, Expression, Name, Number, Unary

NUMPY = {"asin": "np.arcsin", "acos": "np.arccos", "atan": "np.arctan", "ln": "np.log", "max": "np.maximum", "min": "np.minimum",
         **{name: f"np.{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log2", "log10", "sqrt", "abs", "sign")}}
WRITTEN = {"sigmoid": "(1 / (1 + np.exp(-{u})))", "relu": "np.maximum({u}, 0)", "step": "np.heaviside({u}, 0)",
           "softplus": "np.log1p(np.exp({u}))", "leaky_relu": "np.maximum({u}, 0.2 * {u})", "silu": "({u} / (1 + np.exp(-{u})))",
           "elu": "({u} if {u} > 0 else np.exp({u}) - 1)"}


def python(node: Expression, names: Mapping[str, str]) -> str:
    """The node in Python, u and v under the names given. Trouble for a function that NumPy lacks."""
    match node:
        case Number(value):
            return str(float(value)) if value.denominator > 1 else str(int(value))
        case Name("pi" | "e" as id):
            return f"np.{id}"
        case Name(id):
            return names[id]
        case Unary(_, u):
            return f"-{_held(u, names)}"
        case Binary("^", u, v):
            return f"{_held(u, names)}**{_held(v, names)}"
        case Binary(sign, u, v):
            return f"{_held(u, names)} {sign} {_held(v, names)}"
        case Call(function, arguments):
            inside = [python(a, names) for a in arguments]
            if function in NUMPY:
                return f"{NUMPY[function]}({', '.join(inside)})"
            if function in WRITTEN:
                return WRITTEN[function].replace("{u}", inside[0] if inside[0].isidentifier() else f"({inside[0]})")
            raise unknown(function)
    raise TypeError(f"{node!r} is no node")


def _held(node: Expression, names: Mapping[str, str]) -> str:
    text = python(node, names)
    return f"({text})" if isinstance(node, (Unary, Binary)) else text


def unknown(function: str) -> Trouble:
    return Trouble(Message(N_("“{function}” is not among the functions of this page. There are sin, cos, tan, exp, ln, sqrt, abs, tanh, "
                              "sigmoid, relu, max, min and some more."), {"function": function}))
