"""What the scenes of the page share: names, short lists of numbers, marks."""

from __future__ import annotations

from typing import Any

from core.figures.theme import colour
from core.figures.values import numbers
from core.i18n import _
from core.maths.activation_formulas import Formula, formula
from core.maths.activations import Activation, activation
from core.specs.activations import FUNCTIONS, PARAMETERS, ActivationsSpec

DASHES = ("dash", "dot", "dashdot", "longdash")
TOKENS = ("layer1", "layer2", "layer3", "layer5")  # of the functions beside the chosen one, which is blue


def name(function: str) -> str:
    """A function's name in the session's language."""
    return _(FUNCTIONS[function])


def marked(function: str) -> list[str]:
    """The same as an argument of a message."""
    return ["_", FUNCTIONS[function]]


def function_of(spec: ActivationsSpec, function: str) -> Activation:
    """A function with the parameter that is on screen."""
    return activation(function, **spec.parameters(function))


def formula_of(spec: ActivationsSpec, function: str) -> Formula:
    """Its formula, with the same parameter."""
    return formula(function, **spec.parameters(function))


def has(field: str, *functions: str) -> bool:
    """Whether a field plays a part where these functions are: one that is no function's parameter does."""
    return PARAMETERS.get(field, functions[0]) in functions


def power(value: float) -> str:
    """A number as LaTeX with three digits: 0.0123 or 1.23 \\cdot 10^{-9}."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(value: float, digits: int = 2) -> str:
    """A number for titles and notes: 0.012, 35, 1.2 × 10⁻⁹."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(RAISED)}"


def line(x: Any, y: Any, token: str, **more: Any) -> dict[str, Any]:
    """A line without hover marks; `more` replaces or adds."""
    style = {"color": colour(token), "width": more.pop("width", 2.4), "dash": more.pop("dash", "solid"),
             "simplify": False}
    return {"type": "scatter", "mode": "lines", "x": numbers(x), "y": numbers(y), "line": style, **more}


def dot(x: float, y: float, token: str, **more: Any) -> dict[str, Any]:
    """A single mark."""
    return {"type": "scatter", "mode": "markers", "x": numbers([x]), "y": numbers([y]), "hoverinfo": "skip",
            "marker": {"size": more.pop("size", 9), "color": colour(token), "symbol": more.pop("symbol", "circle"),
                       "line": {"width": 1.5, "color": colour("ring")}}, **more}


def band(left: float, right: float, *, horizontal: bool = False, token: str = "grid", opacity: float = 0.9) -> dict[str, Any]:
    """A shaded stripe over the whole height (or width) of a figure, behind its lines."""
    across, along = ("y", "x") if horizontal else ("x", "y")
    return {"type": "rect", f"{across}0": left, f"{across}1": right, f"{along}ref": "paper", f"{along}0": 0, f"{along}1": 1,
            "fillcolor": colour(token), "opacity": opacity, "line": {"width": 0}, "layer": "below"}


def remark(code: str, text: str) -> str:
    """A line of a program with what it is, translated."""
    return f"{code}  # {text}"
