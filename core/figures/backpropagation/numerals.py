"""How numbers and names are written in the figures of this page: short, for there are many of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.specs.wiring import LOWER, UPPER

HIDDEN = "hkm"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = {ord(c): str(k) for k, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {ord("⁻"): "-"}


def short(value: float) -> str:
    """Two digits that mean something, and a true minus; what is exact to two decimals as it is; "0" only for zero itself."""
    size = abs(value)
    if size == 0:
        return "0"
    sign = "−" if value < 0 else ""
    if size < 1000 and size >= 0.01 and abs(round(size, 2) - size) < 1e-9:
        return sign + f"{size:.2f}".rstrip("0").rstrip(".")
    if size >= 1000 or size < 0.0005:
        mantissa, _e, power = f"{size:.0e}".partition("e")
        raised = "10" + str(int(power)).translate(RAISED)
        return sign + (raised if mantissa == "1" else f"{mantissa}·{raised}")
    digits = 0 if size >= 9.95 else 1 if size >= 0.995 else 2 if size >= 0.0995 else 3
    text = f"{size:.{digits}f}"
    return sign + (text.rstrip("0").rstrip(".") if digits == 3 else text)


def fine(value: float) -> str:
    """`short` with three digits: for a sum that is to come out right for whoever follows it by hand."""
    size = abs(value)
    if size < 0.0005 or size >= 100 or abs(round(size, 2) - size) < 1e-9:
        return short(value)
    digits = 1 if size >= 9.995 else 2 if size >= 0.9995 else 3 if size >= 0.09995 else 4
    return ("−" if value < 0 else "") + f"{size:.{digits}f}"


def typed(value: float) -> str:
    """A number that a person sets, as it is: 0.9, −0.15."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−") if abs(value) >= 0.005 else "0"


def closed(text: str) -> str:
    """In parentheses where it has a sign."""
    return f"({text})" if text.startswith("−") else text


def factor(value: float) -> str:
    return closed(short(value))


def added(terms: Sequence[str]) -> str:
    """A sum, in which what begins with a minus is taken off."""
    return "".join(term if not k else f" − {term[1:]}" if term.startswith("−") else f" + {term}" for k, term in enumerate(terms))


def neuron(layer: int, index: int, depth: int) -> str:
    """x₁ of the inputs, h₁ and k₁ of hidden layers, y₁ of the outputs; index counts from 0."""
    letter = "x" if layer == 0 else "y" if layer == depth else HIDDEN[layer - 1]
    return letter + LOWER[index + 1]


def in_latex(name: str) -> str:
    """w¹₂₃ or h₂ for a formula: a letter, what stands above, what stands below."""
    upper = "".join(str(UPPER.index(c)) for c in name if c in UPPER)
    lower = "".join(str(LOWER.index(c)) for c in name if c in LOWER)
    return name[0] + (f"^{{({upper})}}" if upper else "") + f"_{{{lower}}}"


def latex(value: float) -> str:
    """`short` for a formula."""
    text = short(value).replace("−", "-")
    if match := re.fullmatch(r"(-?)(?:([0-9])·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text):
        return match[1] + (rf"{match[2]}\cdot " if match[2] else "") + rf"10^{{{match[3].translate(LOWERED)}}}"
    return text


def latex_sum(terms: Sequence[str]) -> str:
    """`added` for a formula."""
    return "".join(term if not k else f" - {term[1:]}" if term.startswith("-") else f" + {term}" for k, term in enumerate(terms))


def stacked(left: str, *right: str) -> str:
    """An equation of several lines, one for each right side: on a phone there is room for some forty letters."""
    return rf"\begin{{aligned}}{left} &= " + r" \\ &= ".join(right) + r"\end{aligned}"


def latex_factor(value: float) -> str:
    return f"({latex(value)})" if value < 0 else latex(value)
