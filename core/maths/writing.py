"""A formula as text and as LaTeX. What a way of writing has of its own stands in a `Writer`; where brackets go is one matter for all.

`core.maths.source` writes formulas as Python.
"""

from __future__ import annotations

from fractions import Fraction

from core.maths.tree import FUNCTIONS, Binary, Call, Expression, Name, Number, Unary

SUM, MINUS, PRODUCT, POWER, ATOM = range(5)  # how tightly what is written holds together
GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "sigma", "phi", "omega", "pi")
POWERS = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
Written = tuple[str, int]


class Writer:
    """The normal form of a formula. Other ways of writing replace what they do differently; each part comes with how tightly it holds."""

    brackets = ("(", ")")
    signs = {"*": "*", "/": "/", "^": "^"}

    def write(self, node: Expression) -> Written:
        match node:
            case Number(value):
                return self.number(value)
            case Name(id):
                return self.name(id), ATOM
            case Unary(_, operand):
                return "-" + self.held(operand, PRODUCT), MINUS
            case Binary("+" | "-" as sign, left, right):
                return f"{self.held(left, SUM)} {sign} {self.held(right, PRODUCT)}", SUM
            case Binary("^", left, right):
                return self.power(left, right)
            case Binary(sign, left, right):
                return self.product(sign, left, right)
            case Call(function, arguments):
                return self.call(function, arguments)
        raise TypeError(f"{node!r} is no node")

    def held(self, part: Expression, least: int) -> str:
        """A part, in brackets unless it holds together at least as tightly as this."""
        text, level = self.write(part)
        return text if level >= least else self.bracketed(text)

    def bracketed(self, text: str) -> str:
        return text.join(self.brackets)

    def inside(self, arguments: tuple[Expression, ...]) -> str:
        return ", ".join(self.write(argument)[0] for argument in arguments)

    def number(self, value: Fraction) -> Written:
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
        return (str(value.numerator), ATOM) if value.denominator == 1 else self.quotient(value)

    def quotient(self, value: Fraction) -> Written:
        return f"{value.numerator}{self.signs['/']}{value.denominator}", PRODUCT

    def name(self, id: str) -> str:
        return id

    def power(self, left: Expression, right: Expression) -> Written:
        return f"{self.held(left, ATOM)}{self.signs['^']}{self.held(right, POWER)}", POWER

    def product(self, sign: str, left: Expression, right: Expression) -> Written:
        return f"{self.held(left, PRODUCT)}{self.signs[sign]}{self.held(right, POWER)}", PRODUCT

    def call(self, function: str, arguments: tuple[Expression, ...]) -> Written:
        inside = self.bracketed(self.inside(arguments))
        return (f"{inside}′" if function == "′" else f"{function}{inside}"), ATOM


class Latex(Writer):
    """A formula as it is set: quotients as fractions, letters and products without a sign where nothing is lost."""

    brackets = (r"\left(", r"\right)")

    def quotient(self, value: Fraction) -> Written:
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", PRODUCT

    def name(self, id: str) -> str:
        letters, digits = id.rstrip("0123456789"), id[len(id.rstrip("0123456789")):]
        letters = "\\" + letters if letters in GREEK else letters.replace("_", "")
        return f"{letters}_{{{digits}}}" if digits else letters

    def power(self, left: Expression, right: Expression) -> Written:
        match left:
            case Call(function, arguments) if function in POWERS:  # sin²(x)
                return f"{FUNCTIONS[function].latex}^{{{right.latex()}}}{self.bracketed(self.inside(arguments))}", POWER
        return f"{self.held(left, ATOM)}^{{{right.latex()}}}", POWER

    def product(self, sign: str, left: Expression, right: Expression) -> Written:
        if sign == "/":
            return rf"\frac{{{left.latex()}}}{{{right.latex()}}}", PRODUCT
        quotient = isinstance(right, Binary) and right.operator == "/"
        first = right
        while isinstance(first, Binary) and first.operator in "*^":
            first = first.left
        # a dot only where leaving it out would be read as something else: 2 · 3, or a quotient
        dot = r"\cdot " if isinstance(first, Number) or quotient else ""
        return f"{self.held(left, PRODUCT)} {dot}{self.held(right, PRODUCT if quotient else POWER)}", PRODUCT

    def call(self, function: str, arguments: tuple[Expression, ...]) -> Written:
        inside = self.inside(arguments)
        match function:
            case "′":
                return self.bracketed(inside) + "'", ATOM
            case "exp":
                return f"e^{{{inside}}}", POWER
            case "sqrt":
                return rf"\sqrt{{{inside}}}", ATOM
            case "abs":
                return rf"\left|{inside}\right|", ATOM
        return FUNCTIONS[function].latex + self.bracketed(inside), ATOM


TEXT, LATEX = Writer(), Latex()
