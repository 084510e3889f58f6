"""Numbers that stand in a longer text, such as the entries of a matrix: each is read by the parser of formulas, without variables.

    [number(text, part) for part in cut("1/2, sqrt(2)  -pi", ",")]

A refusal gives the place in the whole text, not within the entry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from core.frame import Message
from core.i18n import N_, say
from core.maths.expressions import ExpressionError, parse
from core.maths.tree import Binary, Call, Expression, Number, Unary

SIGNS, MARKS = frozenset("+-−－＋"), frozenset("*/^×·÷＊／＾")
OPENING, CLOSING = "(（", ")）"


@dataclass(frozen=True)
class Part:
    """What stands in a text from `start` (counted from 0)."""

    text: str
    start: int


def cut(text: str, separators: str, start: int = 0, *, blanks: bool = True) -> list[Part]:
    """The parts between separators and, if so wished, between blanks; brackets keep together what stands in them. start: of the text in the
    whole.

    A blank beside an operator separates nothing, 1 + 1, but one before a sign with none after it does, as in MATLAB: 1 -1 are two.
    """
    found, depth, begin = [], 0, 0

    def close(end: int) -> None:
        part = text[begin:end]
        if part.strip():
            found.append(Part(part.strip(), start + begin + len(part) - len(part.lstrip())))

    for at, character in enumerate(text):
        depth = max(depth + (character in OPENING) - (character in CLOSING), 0)
        if depth == 0 and (character in separators or blanks and character.isspace() and not _joined(text, at)):
            close(at)
            begin = at + 1
    close(len(text))
    return found


def _joined(text: str, at: int) -> bool:
    """Whether the blank at this place stands beside an operator."""
    before, after = text[:at].rstrip(), text[at:].lstrip()
    return before[-1:] in SIGNS | MARKS or after[:1] in MARKS or after[:1] in SIGNS and after[1:2].isspace()


def number(part: Part) -> tuple[Fraction | None, float]:
    """What is typed as a number: as a fraction, if it is one that arithmetic finds, and in floating point.

    ExpressionError, with the place in the whole text, for what is none.
    """
    try:
        tree = parse(part.text, ())
    except ExpressionError as error:
        args = error.message.args
        raise ExpressionError(Message(error.message.id, {**args, "place": error.place + part.start} if error.place else args)) from None
    exact = _fraction(tree)
    return exact, float(tree.evaluate()) if exact is None else float(exact)


def within(name: str, error: ExpressionError) -> ExpressionError:
    """The same refusal, said to be of the field, matrix or weight of this name."""
    return ExpressionError(Message(N_("In {name}: {sentence}"), {**error.message.args, "name": name, "sentence": say(error.message)}))


def _fraction(node: Expression) -> Fraction | None:
    """The value of a formula without variables, where it is a fraction and arithmetic is enough to know it."""
    values = [_fraction(child) for child in node.children]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    match node:
        case Number(value):
            return value
        case Unary():
            return -known[0]
        case Binary(operator):
            return _calculated(operator, *known)
        case Call("sqrt"):
            return _root(known[0])
        case Call("abs"):
            return abs(known[0])
        case Call("max"):
            return max(known)
        case Call("min"):
            return min(known)
    return None


def _calculated(operator: str, a: Fraction, b: Fraction) -> Fraction | None:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b if b else None
    return a ** int(b) if b.denominator == 1 and (a or b >= 0) else _root(a) if b == Fraction(1, 2) else None


def _root(value: Fraction) -> Fraction | None:
    """√value, if that is a fraction."""
    if value < 0:
        return None
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    return Fraction(top, bottom) if (top * top, bottom * bottom) == (value.numerator, value.denominator) else None
