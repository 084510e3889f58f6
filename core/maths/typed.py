"""A surface that a person types as f(x, y): its heights, its exact slopes, its lowest place, and itself as lines of NumPy."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.expressions import parse
from core.maths.rules import differentiate
from core.maths.surfaces import Box, Surface
from core.maths.tree import CONSTANTS, FUNCTIONS, Binary, Call, Expression, Name, Number, Unary

BOX: Box = ((-4.6, 4.6), (-3.3, 3.3))
WIDE = 50.0  # heights further apart than this are shown on a logarithmic scale
_SIGMOID = "(np.where({0} >= 0, 1.0, np.exp(-np.abs({0}))) / (1 + np.exp(-np.abs({0}))))"
# what NumPy calls them, operation by operation as core.maths.tree evaluates them; else under their own name
NUMPY = {"asin": "np.arcsin({0})", "acos": "np.arccos({0})", "atan": "np.arctan({0})", "ln": "np.log({0})", "max": "np.maximum({0}, {1})",
         "min": "np.minimum({0}, {1})", "sigmoid": _SIGMOID, "relu": "np.maximum({0}, 0)", "step": "np.where({0} > 0, 1.0, 0.0)",
         "softplus": "np.logaddexp(0, {0})", "silu": f"({{0}} * {_SIGMOID})"}
PLAIN = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log2", "log10", "sqrt", "abs", "sign")


def _read(formula: str) -> tuple[Expression, Expression, Expression]:
    """The formula and its two partial derivatives. Trouble if it cannot be read or uses what this page cannot write as a program."""
    tree = parse(formula, ("x", "y"))
    other = sorted({node.function for node in tree.nodes() if isinstance(node, Call)} - {*PLAIN, *NUMPY})
    if other:
        raise Trouble(Message(N_("“{name}” cannot be part of a surface here; sin, cos, exp, ln, sqrt, abs, tanh and sigmoid can."),
                              {"name": other[0]}))
    return tree, differentiate(tree, "x"), differentiate(tree, "y")


def typed(formula: str) -> Surface:
    """The surface of a formula in x and y. Trouble, in words, if there is none."""
    height, *slopes = _read(formula)
    f, slope = _function(height), _functions(*slopes)
    (left, right), (bottom, top) = BOX
    x, y = np.meshgrid(np.linspace(left, right, 97), np.linspace(bottom, top, 61))
    z = f(x, y)
    if not np.isfinite(z).any():
        raise Trouble(Message(N_("f(x, y) has no finite value between x = {left:g} and {right:g}. Try a formula such as x^2 + 3*sin(y)^2."),
                              {"left": left, "right": right}))
    z = np.where(np.isfinite(z), z, np.inf)
    k = int(z.argmin())
    place, width = np.array([x.flat[k], y.flat[k]]), np.array([0.1, 0.1])
    around = np.array([(i, j) for i in (0, -1, 1) for j in (0, -1, 1)], dtype=float)
    for _ in range(40):  # nearer to the lowest place, by halves
        near = np.clip(place + around * width, (left, bottom), (right, top))
        there = f(near[:, 0], near[:, 1])
        place, width = near[int(np.where(np.isfinite(there), there, np.inf).argmin())], width * 0.6
    lowest = float(f(place[:1], place[1:])[0])
    finite = z[np.isfinite(z)]
    return Surface(f, slope, BOX, ((float(place[0]), float(place[1])),), lowest, (-3.0, 2.0),
                   log=bool(np.quantile(finite, 0.95) - lowest > WIDE))


SIGNS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
                                               "^": np.float_power}
Values = Callable[[Any, Any], Any]


def _function(tree: Expression) -> Values:
    """The formula as a function of numbers or arrays x and y: what `tree.evaluate` gives, without looking at the tree every time."""
    inner = _functions(tree)
    return lambda x, y: inner(x, y)[0]


def _functions(*trees: Expression) -> Callable[[Any, Any], tuple[Any, ...]]:
    """The same of several formulas at once: what occurs in them more than once, as in a product and its slopes, is computed once."""
    held: list[Any] = [None, None]  # x, y, numbers and, where they are computed, None
    steps: list[tuple[int, Callable[..., Any], tuple[int, ...]]] = []
    known: dict[Any, int] = {"x": 0, "y": 1}

    def place(node: Expression) -> int:
        parts = tuple(map(place, node.children))
        if isinstance(node, Number) or isinstance(node, Name) and node.id in CONSTANTS:
            kind: Any = np.float64(float(node.value) if isinstance(node, Number) else CONSTANTS[node.id])
        else:
            kind = (node.id if isinstance(node, Name) else operator.neg if isinstance(node, Unary) else
                    SIGNS[node.operator] if isinstance(node, Binary) else FUNCTIONS[node.function].f if isinstance(node, Call) else None)
        if kind is None:
            raise TypeError(f"{type(node).__name__} is no part of a formula")
        key = (kind, parts) if parts else kind
        if key not in known:
            known[key] = len(held)
            held.append(None if parts else kind)
            if parts:
                steps.append((known[key], kind, parts))
        return known[key]

    ends = [place(tree) for tree in trees]

    def f(x: Any, y: Any) -> tuple[Any, ...]:
        x, y = np.asarray(x, dtype=float)[()], np.asarray(y, dtype=float)[()]
        values = [x, y, *held[2:]]
        with np.errstate(all="ignore"):
            for k, function, parts in steps:
                values[k] = function(*[values[part] for part in parts])
        return tuple(values[k] if values[k].shape == x.shape else np.broadcast_to(values[k], x.shape) for k in ends)

    return f


def source(formula: str) -> tuple[str, str, str]:
    """The formula and its two partial derivatives as NumPy expressions."""
    height, dx, dy = map(_numpy, _read(formula))
    return height, dx, dy


def _numpy(node: Expression) -> str:
    if isinstance(node, Number):
        return repr(float(node.value))
    if isinstance(node, Name):
        return f"np.{node.id}" if node.id in CONSTANTS else node.id
    if isinstance(node, Unary):
        return f"(-{_numpy(node.operand)})"
    if isinstance(node, Binary):
        left, right = _numpy(node.left), _numpy(node.right)
        return f"np.float_power({left}, {right})" if node.operator == "^" else f"({left} {node.operator} {right})"
    if isinstance(node, Call):
        return NUMPY.get(node.function, f"np.{node.function}({{0}})").format(*map(_numpy, node.arguments))
    raise TypeError(f"{type(node).__name__} is no part of a formula")
