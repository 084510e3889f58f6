"""Derivatives by rule on our own trees: all at once, or step by step with the name of each rule. SymPy is the oracle (tests).

Powers are taken as a student does: (uⁿ)′ = n uⁿ⁻¹ u′ for a constant n, (aᵘ)′ = aᵘ ln a · u′ for a constant a, and
(uᵛ)′ = uᵛ (v′ ln u + v u′/u) for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.making import MAKERS, ONE, TWO, ZERO, add, call, divide, minus, number, power, subtract, tidy, times, value_of
from core.maths.tree import FUNCTIONS, Binary, Call, Expression, Name, Unary

RULES = {  # the names of the rules, marked
    "constant": N_("constant rule"), "variable": N_("the variable itself"), "sum": N_("sum rule"),
    "multiple": N_("constant factor"), "product": N_("product rule"), "quotient": N_("quotient rule"), "power": N_("power rule"),
    "exponential": N_("exponential rule"), "general power": N_("logarithmic differentiation"), "function": N_("table of derivatives"),
    "chain": N_("chain rule"), "tidy": N_("tidied up"),
}
STEPS = 60
LONGEST = 1500  # parts of a derivative; it is given up while it is put together, so that no formula keeps the process busy
PRIME = "′"


# u → derivative of the function at u
TABLE: dict[str, Callable[[Expression], Expression]] = {
    "sin": lambda u: call("cos", u), "cos": lambda u: minus(call("sin", u)), "tan": lambda u: divide(ONE, power(call("cos", u), TWO)),
    "asin": lambda u: divide(ONE, call("sqrt", subtract(ONE, power(u, TWO)))),
    "acos": lambda u: minus(divide(ONE, call("sqrt", subtract(ONE, power(u, TWO))))),
    "atan": lambda u: divide(ONE, add(ONE, power(u, TWO))),
    "sinh": lambda u: call("cosh", u), "cosh": lambda u: call("sinh", u), "tanh": lambda u: subtract(ONE, power(call("tanh", u), TWO)),
    "exp": lambda u: call("exp", u), "ln": lambda u: divide(ONE, u),
    "log2": lambda u: divide(ONE, times(u, call("ln", TWO))), "log10": lambda u: divide(ONE, times(u, call("ln", number(10)))),
    "sqrt": lambda u: divide(ONE, times(TWO, call("sqrt", u))), "abs": lambda u: call("sign", u), "sign": lambda u: ZERO,
    "step": lambda u: ZERO, "relu": lambda u: call("step", u),
    "sigmoid": lambda u: times(call("sigmoid", u), subtract(ONE, call("sigmoid", u))), "softplus": lambda u: call("sigmoid", u),
    "leaky_relu": lambda u: add(number("0.2"), times(number("0.8"), call("step", u))),
    "elu": lambda u: call("exp", call("min", u, ZERO)),
    "silu": lambda u: times(call("sigmoid", u), add(ONE, times(u, subtract(ONE, call("sigmoid", u))))),
    "erf": lambda u: divide(times(TWO, call("exp", minus(power(u, TWO)))), call("sqrt", Name("pi"))),
    "gelu": lambda u: add(divide(add(ONE, call("erf", divide(u, call("sqrt", TWO)))), TWO),
                          divide(times(u, call("exp", minus(divide(power(u, TWO), TWO)))), call("sqrt", times(TWO, Name("pi"))))),
}
assert {*TABLE, "max", "min"} == set(FUNCTIONS)


# ---- one rule, and all of them

def _outer(node: Expression, name: str) -> tuple[str, Expression]:
    """The rule for the derivative of a node, and what it makes of it: derivatives of smaller parts are left as Call("′", (part,))."""
    def d(part: Expression) -> Expression:
        return Call(PRIME, (part,))

    if name not in node.names():
        return "constant", ZERO
    match node:
        case Name():
            return "variable", ONE
        case Unary(_, u):
            return "multiple", minus(d(u))
        case Binary("+", u, v):
            return "sum", Binary("+", d(u), d(v))
        case Binary("-", u, v):
            return "sum", Binary("-", d(u), d(v))
        case Binary("*", u, v) if name not in u.names() or name not in v.names():
            return "multiple", times(u, d(v)) if name not in u.names() else times(v, d(u))
        case Binary("*", u, v):
            return "product", Binary("+", Binary("*", d(u), v), Binary("*", u, d(v)))
        case Binary("/", u, v) if name not in v.names():
            return "multiple", Binary("/", d(u), v)
        case Binary("/", u, v):
            return "quotient", Binary("/", Binary("-", Binary("*", d(u), v), Binary("*", u, d(v))), power(v, TWO))
        case Binary("^", u, n) if name not in n.names():
            exponent = value_of(n)
            less = number(exponent - 1) if exponent is not None else subtract(n, ONE)
            return _chained("power", times(n, power(u, less)), u, d)
        case Binary("^", a, u) if name not in a.names():
            outer = node if a == Name("e") else times(node, call("ln", a))
            return _chained("exponential", outer, u, d)
        case Binary("^", u, v):
            inner = Binary("+", times(d(v), call("ln", u)), divide(times(v, d(u)), u))
            return "general power", Binary("*", node, inner)
        case Call("max" | "min" as which, (u, v)):
            first = call("step", subtract(u, v) if which == "max" else subtract(v, u))
            return "function", Binary("+", Binary("*", first, d(u)), Binary("*", subtract(ONE, first), d(v)))
        case Call(function, (u,)):
            return _chained("function", TABLE[function](u), u, d)
    raise TypeError(f"{node!r} has no derivative")


def _chained(rule: str, outer: Expression, u: Expression, d: Callable[[Expression], Expression]) -> tuple[str, Expression]:
    """outer · u′, the factor being left out where u is the variable itself."""
    return (rule, outer) if isinstance(u, Name) else ("chain", times(outer, d(u)))


@lru_cache(maxsize=2048)
def differentiate(expression: Expression, name: str) -> Expression:
    """The derivative with respect to a variable, written as short as `tidy` makes it. Trouble if it grows beyond LONGEST parts."""
    return tidy(_resolved(expression, name))


@lru_cache(maxsize=2048)
def _resolved(node: Expression, name: str) -> Expression:
    """The derivative as the rules leave it."""
    def fill(part: Expression) -> Expression:
        match part:
            case Call("′", (u,)):
                return _resolved(u, name)
            case Unary(_, u):
                return minus(fill(u))
            case Binary(operator, u, v) if PRIME in part.functions:
                return MAKERS[operator](fill(u), fill(v))
        return part
    found = fill(_outer(node, name)[1])
    if found.size > LONGEST:
        raise Trouble(Message(N_("The derivative of this formula is too long to write down. Choose a shorter formula.")))
    return found


@dataclass(frozen=True)
class Step:
    """One line of a derivation. rule: of RULES; part: what it was applied to; line: the whole derivative by then."""

    rule: str
    part: Expression
    line: Expression

    @property
    def done(self) -> bool:
        return PRIME not in self.line.functions


def steps(expression: Expression, name: str) -> tuple[Step, ...]:
    """The derivative line by line, the outermost rule first, parts from left to right; the last line is `differentiate`'s.

    Trouble if it takes more than STEPS lines.
    """
    line: Expression = Call(PRIME, (expression,))
    found: list[Step] = []
    while PRIME in line.functions:
        part = next(n for n in _outside_in(line) if isinstance(n, Call) and n.function == PRIME)
        assert isinstance(part, Call)
        rule, instead = _outer(part.arguments[0], name)
        line = line.replaced(part, instead)  # equal parts have equal derivatives
        found.append(Step(rule, part.arguments[0], line))
        if len(found) > STEPS:
            raise Trouble(Message(N_("Step by step this would take more than {most} lines. Choose a shorter formula."), {"most": STEPS}))
    final = differentiate(expression, name)
    return (*found, Step("tidy", expression, final)) if final != line else tuple(found)


def _outside_in(node: Expression) -> list[Expression]:
    return [node, *(n for child in node.children for n in _outside_in(child))]
