"""What a person types as a formula, read by a small parser of our own: nothing of it is ever evaluated by Python or SymPy.

    parse("2x^2 + sin(x)").evaluate(x=[0.0, 1.0])
    parse("x*y", names=("x", "y"))

Only numbers, the variables in `names`, π and e, + - * / ^ and the functions of `core.maths.tree.FUNCTIONS` pass; all else is refused
with a sentence that quotes the character and its place. Length, nesting, numbers and powers are bounded, so that nothing typed can
take long. Accepted beside these: ** for ^, × · ÷ −, x², full-width characters, 2x and 2(x+1) and xy for products (of the same rank as
*: 1/2x is (1/2)x).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from core.frame import Message
from core.i18n import N_
from core.maths.bounds import ExpressionError, bounded
from core.maths.tree import CONSTANTS, FUNCTIONS, Binary, Call, Expression, Name, Number, Unary

LENGTH, NESTING = 200, 24
LARGEST = 10**12
ALIASES = {"log": "ln", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "ReLU": "relu", "√": "sqrt", "π": "pi"}
SAME = {**{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, 0x3000: " ", 0xA0: " ",  # full width
        **{ord(c): "*" for c in "×·⋅∙✕"}, **{ord(c): "/" for c in "÷∕"}, **{ord(c): "-" for c in "−–—"}}
RAISED = {c: str(i) for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
TOKEN = re.compile(r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
                   r"|(?P<word>[^\W\d_⁰¹²³⁴-⁹](?:[^\W\d⁰¹²³⁴-⁹]|[0-9])*|√)"
                   r"|(?P<raised>[⁰¹²³⁴-⁹]+)|(?P<sign>\*\*|[-+*/^(),]))")


@dataclass(frozen=True)
class Token:
    kind: str  # "number", "name", "function", "sign" or "end"
    text: str
    place: int  # from 1
    typed: str = ""  # where that is another name for the same: √, π, arcsin


def parse(text: str, names: Sequence[str] = ("x",)) -> Expression:
    """Read a formula in these variables. ExpressionError if it is none; milliseconds, whatever is typed."""
    if len(text) > LENGTH:
        raise ExpressionError(Message(N_("The formula has {length} characters; it may have at most {most}."),
                                      {"length": len(text), "most": LENGTH}))
    if wrong := [name for name in names if name in CONSTANTS or name in FUNCTIONS]:
        raise ValueError(f"no variable can be named {', '.join(wrong)}")
    return _parse(text, tuple(names))


@lru_cache(maxsize=2048)
def _parse(text: str, names: tuple[str, ...]) -> Expression:
    reader = _Reader(_tokens(text, names), names)
    if reader.next.kind == "end":
        raise ExpressionError(Message(N_("Type a formula first, such as {example}."), {"example": f"{names[0] if names else 2}^2"}))
    found = reader.sum()
    reader.finish()
    bounded(found, reader.places)
    return found


# ---- characters → tokens

def _tokens(text: str, names: tuple[str, ...]) -> list[Token]:
    plain = text.translate(SAME)
    found: list[Token] = []
    at = 0
    while plain[at:].strip():
        match = TOKEN.match(plain, at)
        if match is None:
            at += len(plain[at:]) - len(plain[at:].lstrip())
            raise _refused(N_("“{character}” at place {place} has no meaning in a formula. Numbers, {names}, + - * / ^, brackets and "
                              "functions such as sin({name}) have.") if names else
                           N_("“{character}” at place {place} has no meaning in a number. Digits, + - * / ^, brackets, pi and functions "
                              "such as sqrt(2) have."), text, at, names)
        kind, word = match.lastgroup or "", match[match.lastgroup or 0]
        at = match.end()
        start = at - len(word)
        if kind == "word":
            found += _words(word, start, text, names)
        elif kind == "raised":
            found += [Token("sign", "^", start + 1), Token("number", "".join(RAISED[c] for c in word), start + 1)]
        else:
            found.append(Token(kind, "^" if word == "**" else word, start + 1))
    return [*found, Token("end", "", len(text.rstrip()) + 1)]


def _words(word: str, start: int, text: str, names: tuple[str, ...]) -> list[Token]:
    """A word as one name, or as several in a row: xy is x times y."""
    known = {**{name: ("name", name) for name in (*CONSTANTS, *names)}, **{name: ("function", name) for name in FUNCTIONS}}
    known |= {alias: known[name] for alias, name in ALIASES.items()} | {name: ("name", name) for name in names}

    def cut(at: int) -> list[Token] | None:
        if at == len(word):
            return []
        for end in range(len(word), at, -1):
            if word[at:end] in known and at not in dead and (rest := cut(end)) is not None:
                return [Token(*known[word[at:end]], start + at + 1, word[at:end]), *rest]
        dead.add(at)
        return None

    dead: set[int] = set()
    if (found := cut(0)) is not None:
        return found
    if (digits := re.fullmatch(r"(.+?)([0-9]+)", word)) and digits[1] in known:
        raise _refused(N_("After “{word}” the number “{character}” at place {place} needs a sign before it: {word}^{character} for a "
                          "power, {character}{word} for a product.") if known[digits[1]][0] == "name" else
                       N_("“{word}{character}” is no function here: see place {place}. The logarithm to base {character} is "
                          "ln({name})/ln({character}).") if digits[1] in ("ln", "log") else
                       N_("“{word}{character}” is no function here: see place {place}. For a power write {word}({name})^{character}."),
                       text, start + len(digits[1]), names, word=digits[1], character=digits[2])
    raise _refused(N_("“{word}” at place {place} is not known here. Variables: {names}. Functions: sin, cos, tan, exp, ln, sqrt, "
                      "abs, tanh, sigmoid, relu and their like.") if names else
                   N_("“{word}” at place {place} is not known here, where a number stands. It may hold pi, e and functions: sqrt, sin, "
                      "cos, exp, ln and their like."), text, start, names, word=word[:40])


def _refused(message: str, text: str, at: int, names: Sequence[str], **more: object) -> ExpressionError:
    return ExpressionError(Message(message, {"character": text[at:at + 1], "place": at + 1, "names": ", ".join(names),
                                             "name": names[0] if names else "2", **more}))


# ---- tokens → tree

class _Reader:
    """Precedence by descent: sum, term, factor, power, atom."""

    def __init__(self, tokens: list[Token], names: Sequence[str]) -> None:
        self.tokens, self.names, self.at, self.depth = tokens, names, 0, 0
        self.places: dict[int, int] = {}  # by a node's id: the place of its sign or function

    def at_place(self, node: Expression, place: int) -> Expression:
        self.places[id(node)] = place
        return node

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self, *signs: str) -> Token | None:
        """The next token, if it is one of these signs."""
        token = self.next
        if token.kind != "sign" or token.text not in signs:
            return None
        self.at += 1
        return token

    def wrong(self, message: str, token: Token, **more: object) -> ExpressionError:
        return ExpressionError(Message(message, {"character": token.typed or token.text, "place": token.place, **more}))

    def finish(self) -> None:
        token = self.next
        if token.kind == "end":
            return
        if token.text == ")":
            raise self.wrong(N_("The bracket “{character}” at place {place} closes none: its “(” is missing."), token)
        if token.text == ",":
            raise self.wrong(N_("The comma at place {place} separates nothing. Write the decimal point as a dot, 0.5."), token)
        raise self.wrong(N_("Before “{character}” at place {place} a sign is missing, such as + or *."), token)

    def sum(self) -> Expression:
        negative = self.take("-", "+")
        found = self.term()
        found = Unary("-", found) if negative and negative.text == "-" else found
        while sign := self.take("+", "-"):
            found = self.at_place(Binary(sign.text, found, self.term()), sign.place)
        return found

    def term(self) -> Expression:
        found = self.factor()
        while True:
            if sign := self.take("*", "/"):
                found = self.at_place(Binary(sign.text, found, self.factor()), sign.place)
            elif self.next.kind in ("name", "function") or self.next.text == "(":
                found = self.at_place(Binary("*", found, self.factor()), self.next.place)
            else:
                return found

    def factor(self) -> Expression:
        if sign := self.take("-", "+"):
            self.deeper(sign)
            found = self.factor()
            self.depth -= 1
            return Unary("-", found) if sign.text == "-" else found
        base = self.atom()
        if not (sign := self.take("^")):
            return base
        self.deeper(sign)
        exponent = self.factor()  # from the right: 2^3^2 is 2^9
        self.depth -= 1
        return self.at_place(Binary("^", base, exponent), sign.place)

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > NESTING:
            raise self.wrong(N_("At “{character}”, place {place}, the formula is nested more than {most} deep; take it apart."), token,
                             most=NESTING)

    def atom(self) -> Expression:
        token = self.next
        self.at += token.kind != "end"
        if token.kind == "number":
            return _number(token)
        if token.kind == "name":
            return Name(token.text)
        if token.kind == "function":
            if self.next.text != "(":
                raise self.wrong(N_("“{character}” at place {place} needs brackets right after it, as in {character}({name})."), token,
                                 name=self.names[0] if self.names else "2")
            return self.at_place(Call(token.text, self.arguments(token)), token.place)
        if token.text == "(":
            return self.inside(token)[0]
        if token.kind == "end" and self.at:
            last = self.tokens[self.at - 1]
            raise self.wrong(N_("Something is missing after “{character}” at place {place}: the formula stops there."), last)
        raise self.wrong(N_("Something is missing before “{character}” at place {place}."), token)

    def inside(self, opening: Token) -> list[Expression]:
        """What stands in brackets, parts separated by commas where a function takes several."""
        self.deeper(opening)
        found = [self.sum()]
        while self.next.text == ",":
            if self.tokens[self.at - 1] is opening or opening.kind != "function":
                self.finish()
            self.at += 1
            found.append(self.sum())
        if not self.take(")"):
            if self.next.kind == "end":
                raise self.wrong(N_("The bracket “(” at place {place} is never closed: a “)” is missing."),
                                 Token("sign", "(", opening.place + (len(opening.text) if opening.kind == "function" else 0)))
            self.finish()
        self.depth -= 1
        return found

    def arguments(self, function: Token) -> tuple[Expression, ...]:
        self.at += 1
        found = self.inside(Token("function", "(", self.tokens[self.at - 1].place - 1))
        wanted = FUNCTIONS[function.text].arguments
        if len(found) != wanted:
            raise self.wrong(N_("In the brackets of “{character}” at place {place} there should be {wanted} thing(s), separated by commas, "
                                "not {count}."), function, wanted=wanted, count=len(found))
        return tuple(found)


def _number(token: Token) -> Number:
    if len(token.text) <= 20 and abs(int((re.split("[eE]", token.text) + ["0"])[1])) <= 20:
        value = Fraction(token.text)
        if value == 0 or 1 / Fraction(LARGEST) <= value <= LARGEST:
            return Number(value)
    raise ExpressionError(Message(N_("The number “{character}” at place {place} has too many digits, or is too large or too small: up to "
                                     "{most:.0e} they are read."),
                                  {"character": token.text[:20], "place": token.place, "most": float(LARGEST)}))
