"""The side of `core.maths.symbolic` that runs in the helper process: our trees → SymPy and back, node by node.

Functions that SymPy lacks, or whose derivatives it gives in other terms than ours (a Dirac delta for |x|), are SymPy functions of our
own, whose derivatives are those of `core.maths.rules`.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import re
import sys
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.making import add, call, divide, minus, number, power, times
from core.maths.rules import TABLE
from core.maths.symbolic import LIMIT, PATIENCE, from_json, to_json
from core.maths.tree import Binary, Call, Expression, Name, Number, Unary

MEMORY = 2 << 30  # bytes that the helper may take, where the system can be told
LONGEST, DIGITS, PARTS = 160, 40, 3000  # characters of an eigenvalue; digits of a number; parts of an answer
OWN = ("abs", "sign", "step", "relu", "leaky_relu", "elu", "sigmoid", "softplus", "silu", "gelu", "max", "min")
THEIRS = {"sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan", "sinh": "sinh", "cosh": "cosh",
          "tanh": "tanh", "exp": "exp", "ln": "log", "sqrt": "sqrt", "erf": "erf"}


@cache
def _own(name: str) -> Any:
    """A function of ours for SymPy: it keeps what it is applied to, and has our derivative."""
    import sympy

    def fdiff(self: Any, argindex: int = 1) -> Any:
        if name in ("max", "min"):
            u, v = self.args if name == "max" else self.args[::-1]
            first = _own("step")(u - v)
            return first if argindex == 1 else 1 - first
        inner = sympy.Dummy("u", real=True)
        slope = to_sympy(TABLE[name](Name("u")), {"u": inner})
        return slope.subs(inner, self.args[0])

    return type(name, (sympy.Function,), {"nargs": 2 if name in ("max", "min") else 1, "fdiff": fdiff, "is_real": True})


def to_sympy(node: Expression, symbols: dict[str, Any] | None = None) -> Any:
    """A tree as a SymPy expression in real symbols."""
    import sympy

    def made(part: Expression) -> Any:
        return to_sympy(part, symbols)

    match node:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name("pi"):
            return sympy.pi
        case Name("e"):
            return sympy.E
        case Name(id):
            return symbols[id] if symbols and id in symbols else sympy.Symbol(id, real=True)
        case Unary(_, u):
            return -made(u)
        case Binary(operator, u, v):
            a, b = made(u), made(v)
            return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "^": lambda: a**b}[operator]()
        case Call("log2" | "log10" as name, (u,)):
            return sympy.log(made(u)) / sympy.log(int(name[3:]))
        case Call(name, arguments):
            function = getattr(sympy, THEIRS[name]) if name in THEIRS else _own(name)
            return function(*map(made, arguments))
    raise TypeError(f"{node!r} is no node")


def of_sympy(found: Any) -> Expression:
    """A SymPy expression as a tree. Trouble for what is no real formula in our functions."""
    import sympy

    names = {theirs: ours for ours, theirs in THEIRS.items()} | {name: name for name in OWN} | {"Abs": "abs"}
    if found.is_Rational:
        if len(str(found.p)) > DIGITS or len(str(found.q)) > DIGITS:
            raise Trouble(Message(N_("The result has numbers with more than {most} digits. Choose smaller powers."), {"most": DIGITS}))
        return number(Fraction(int(found.p), int(found.q)))
    if found.is_Symbol:
        return Name(found.name)
    if found is sympy.pi or found is sympy.E:
        return Name("pi" if found is sympy.pi else "e")
    if found.is_Add:
        whole: Expression = number(0)
        for term in found.as_ordered_terms():
            whole = add(whole, of_sympy(term))
        return whole
    if found.is_Mul or (found.is_Pow and found.exp.is_Rational and found.exp.is_negative):
        return _product(found)
    if isinstance(found, sympy.exp):
        return call("exp", of_sympy(found.args[0]))
    if found.is_Pow:
        if found.exp == sympy.Rational(1, 2):
            return call("sqrt", of_sympy(found.base))
        return power(of_sympy(found.base), of_sympy(found.exp))
    if (ours := names.get(type(found).__name__)) and len(found.args) in (1, 2):
        return Call(ours, tuple(map(of_sympy, found.args)))
    raise Trouble(Message(N_("SymPy’s result is not a real formula that can be shown here.")))


def _product(found: Any) -> Expression:
    from sympy import fraction

    coefficient, rest = found.as_coeff_Mul()
    top, bottom = fraction(rest)
    if top == found and not found.is_Mul:
        raise Trouble(Message(N_("SymPy’s result is not a real formula that can be shown here.")))

    def multiplied(part: Any, first: int) -> Expression:
        whole = number(first)
        for factor in (part.as_ordered_factors() if part.is_Mul else [part]):
            whole = times(whole, of_sympy(factor))
        return whole

    p, q = abs(int(coefficient.p)), int(coefficient.q)
    if len(str(p)) > DIGITS or len(str(q)) > DIGITS:
        return of_sympy(coefficient)
    whole = divide(multiplied(top, p), multiplied(bottom, q))
    return minus(whole) if coefficient.is_negative else whole


# ---- what can be asked

def _symbol(name: str) -> Any:
    import sympy

    return sympy.Symbol(name, real=True)


def _derivative(ask: dict[str, Any]) -> Any:
    import sympy

    return to_json(of_sympy(sympy.diff(to_sympy(from_json(ask["tree"])), _symbol(ask["names"][0]))))


def _simplified(ask: dict[str, Any]) -> Any:
    import sympy

    return to_json(of_sympy(sympy.simplify(to_sympy(from_json(ask["tree"])))))


def _exact(ask: dict[str, Any]) -> Any:
    import sympy

    whole = to_sympy(from_json(ask["tree"]))
    found = sympy.simplify(whole.subs({_symbol(name): sympy.Rational(value) for name, value in ask["values"].items()}))
    return of_sympy(found).latex()


def _exact_all(ask: dict[str, Any]) -> list[str]:
    """As `_exact`, with "" for a form that there is none of, and for those that the first ones left no time for."""
    found, began = [], time.process_time()
    for tree in ask["trees"]:
        try:
            found.append(_exact({"tree": tree, "values": ask["values"]}) if time.process_time() - began < LIMIT / 2 else "")
        except Trouble:
            found.append("")
    return found


def _taylor(ask: dict[str, Any]) -> Any:
    import sympy

    x, at = _symbol(ask["names"][0]), sympy.Rational(ask["at"])
    slope, found = to_sympy(from_json(ask["tree"])), []
    for k in range(min(int(ask["degree"]), 20) + 1):
        found.append(to_json(of_sympy(sympy.simplify(slope.subs(x, at)) / sympy.factorial(k))))
        slope = sympy.diff(slope, x)
    return found


def _eigenvalues(ask: dict[str, Any]) -> list[str]:
    import sympy

    matrix = sympy.Matrix([[sympy.Rational(entry) for entry in row] for row in ask["rows"]])
    variable = sympy.Symbol("lambda")
    factors = sympy.factor_list(matrix.charpoly(variable).as_expr(), variable)[1]
    found: list[tuple[float, float, str]] = []
    for factor, times_ in factors:
        poly = sympy.Poly(factor, variable)
        # cosines where a cubic has three real roots: radicals would need complex numbers there
        roots = sympy.roots(poly, trig=True) if poly.degree() <= 3 else {}
        shorter = sympy.simplify if poly.degree() <= 2 else lambda root: root  # it takes its time over cube roots
        written = [(complex(root.evalf()), sympy.latex(shorter(root)).replace(r"\operatorname{acos}", r"\arccos"))
                   for root, many in roots.items() for _ in range(many)]
        written = written or [(complex(root), "") for root in poly.nroots(n=15)]
        found += [(-value.real, -value.imag, text if len(text) <= LONGEST and not re.search(r"\d{7}", text) else "")
                  for value, text in written for _ in range(times_)]
    return [text for _real, _imag, text in sorted(found)]


ASKED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "derivative": _derivative, "simplified": _simplified, "exact": _exact, "exact_all": _exact_all, "taylor": _taylor,
    "eigenvalues": _eigenvalues}


def _answer(line: str) -> dict[str, Any]:
    try:
        ask = json.loads(line)
        return {"value": ASKED[ask["what"]](ask)}
    except Trouble as problem:
        return {"message": problem.message.id, "args": problem.message.args}
    except Exception:  # SymPy fails in many ways, and a formula that it cannot do is no reason to end
        return {"message": N_("SymPy cannot work this formula out.")}


def main() -> None:
    """Answer line by line until standard input closes, which it does when the app ends, however it ends."""
    speak = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what SymPy prints is no answer
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass
    import sympy

    sympy.simplify(sympy.diff(sympy.exp(sympy.Symbol("x", real=True) / 2)))  # what is loaded at the first use
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    print(json.dumps({"ready": True}), file=speak, flush=True)
    while True:
        line = lines.get()
        # Some computations let no other thread speak; this one needs no interpreter to end the process.
        faulthandler.dump_traceback_later(3 * PATIENCE * LIMIT, exit=True)
        found = json.dumps(_answer(line))
        faulthandler.cancel_dump_traceback_later()
        print(found, file=speak, flush=True)
