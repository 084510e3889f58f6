"""The derivative by rule, line by line, with the name of each rule; beside it the curve and its slope at a point."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.calculus import marks
from core.figures.calculus.common import (
    CURVE,
    EDGE,
    SUPERSCRIPTS,
    TANGENT,
    XS,
    Curve,
    apart,
    cancelled,
    clipped,
    curve,
    foot,
    line_of,
    short,
    sides,
    tex,
    without_slope,
)
from core.figures.theme import axis, layout
from core.figures.values import numbers
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.rules import PRIME, RULES, Step, steps
from core.maths.source import definitions, for_sympy, python
from core.maths.symbolic import simplified, soon
from core.maths.tree import Binary, Call, Expression, Name, Number, Unary
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

HEIGHT = 400
LINES = 14  # that fit the figure
WIDE = 62  # characters of a line at full size


def pretty(node: Expression, bold: Expression | None = None) -> str:
    """A formula as a line of Plotly's text: powers raised, the part that the next rule works on in bold."""
    return _pretty(node, bold)[0]


def _pretty(node: Expression, bold: Expression | None) -> tuple[str, int]:
    def held(part: Expression, least: int) -> str:
        text, level = _pretty(part, bold)
        return text if level >= least else f"({text})"

    if node == bold:
        text, level = _pretty(node, None)
        return f"<b>{text}</b>", level
    match node:
        case Number() | Name():
            return node.text().replace("pi", "π"), 4 if "/" not in node.text() else 2
        case Unary(_, u):
            return "−" + held(u, 2), 1
        case Binary("+" | "-" as sign, u, v):
            return f"{held(u, 0)} {'−' if sign == '-' else sign} {held(v, 2)}", 0
        case Binary("^", u, v):
            exponent = _pretty(v, bold)[0]
            simple = exponent.replace("−", "-")
            whole = simple.lstrip("-").isdigit()
            return held(u, 4) + (simple.translate(SUPERSCRIPTS) if whole else f"<sup>{exponent}</sup>"), 3
        case Binary("*", u, v):
            close = isinstance(u, Number) and isinstance(v.left if isinstance(v, Binary) and v.operator == "^" else v, Name)
            quotient = isinstance(u, Binary) and u.operator == "/"
            return f"{held(u, 3 if quotient else 2)}{'' if close else ' · '}{held(v, 3)}", 2
        case Binary(_, u, v):
            return f"{held(u, 2)} / {held(v, 3)}", 2
        case Call(function, arguments):
            inside = ", ".join(_pretty(a, bold)[0] for a in arguments)
            return (f"({inside}){PRIME}" if function == PRIME else f"{function}({inside})"), 4
    raise TypeError(f"{node!r} is no node")


def target(line: Expression) -> Expression | None:
    """The derivative that the next rule works on: the outermost, from left to right."""
    if isinstance(line, Call) and line.function == PRIME:
        return line
    return next((found for child in line.children if (found := target(child)) is not None), None)


@lru_cache(maxsize=256)
def derivation(text: str) -> tuple[Step, ...]:
    return steps(curve(text).tree, "x")


def shortest(text: str) -> Expression | None:
    """The derivative as SymPy writes it, if it can and if that is shorter."""
    slope = curve(text).slope
    try:
        found: Expression = soon(simplified, slope)
    except Trouble:
        return None
    return found if len(found.text()) < len(slope.text()) else None


def draw(spec: CalculusSpec) -> Picture:
    f, x = curve(spec.derived), spec.x
    value, slope = f.at(x)
    found = derivation(spec.derived)
    brief = shortest(spec.derived)
    text, film = _text(spec.derived, found)
    values, (low, high) = line_of(spec.derived)
    slopes, broken = f.slopes(XS), without_slope(f, x)
    with_slope = np.array([v for v in (*(w for w in values if w is not None), *slopes) if np.isfinite(v)])
    low, high = min(low, float(np.quantile(with_slope, 0.03))), max(high, float(np.quantile(with_slope, 0.97)))
    step = 0.7 / np.hypot(1, slope * (2 * EDGE) / (high - low))
    drawn = slope if broken is None else np.nan  # at a corner there is no tangent, and nothing to read off the derivative
    heights = [value, slope] if broken is None else [value, *(f.corner(x) or ())]
    plot = figure("both", [
        marks.line(numbers(XS), values, CURVE, width=2.6, name="f"),
        marks.line(numbers(XS), clipped(slopes, low, high), TANGENT, dash="dash", width=2.2, name="f′"),
        marks.line([x - step, x + step], numbers([value - step * drawn, value + step * drawn]), TANGENT, width=4, name=_("tangent")),
        marks.line([x, x], numbers([min(heights), max(heights)]), "border", dash="dot", width=1),
        marks.dots([x, x], [value, drawn], "text", size=8, name=_("the point")),
        marks.dots([x, x], list(f.corner(x) or (np.nan, np.nan)), TANGENT, size=9, symbol="circle-open", name=_("slope on one side")),
    ], layout(xaxis=marks.span("x", -EDGE, EDGE), yaxis=marks.span("", low, high), **marks.labels((0, "f", CURVE), (1, "f′", TANGENT))),
        title=_said(f, x, slope),
        alt=_("The curve {formula} and its derivative. At x = {x} the curve is at {value}, the derivative at {slope}.",
              formula=f.tree.text(), x=short(x), value=short(value), slope=short(slope)) if broken is None else
        _("The curve {formula} and its derivative. At x = {x} the curve is at {value} and has no derivative.",
          formula=f.tree.text(), x=short(x), value=short(value)), height=HEIGHT, span=5)
    formulas = [(_("Derivative"), f"f'(x) = {f.slope.latex()}")]
    if brief is not None:
        formulas.append((_("Shorter"), f"f'(x) = {brief.latex()}"))
    formulas.append((_("At the point"), f"f'({tex(x)}) = {tex(slope, 6)}") if broken is None else (_("No derivative here"), sides(f, x)))
    return Picture((text, plot), film=film,
                   handles=(Handle("point", "both", _("Point x"), (x, foot(low, high)), ("x",),
                                   rail=((-3.0, -3.0, foot(low, high)), (3.0, 3.0, foot(low, high))), step=0.05),),
                   notes=(*([broken] if broken else cancelled(f, x)), *_notes(found)), formulas=tuple(formulas),
                   numbers={"value": value, "slope": slope})


def _said(f: Curve, x: float, slope: float) -> str:
    """What there is to say of the slope at a point, as a title."""
    if corner := f.corner(x):
        left, right = apart(*corner)
        return _("At x = {x}: slope {left} on the left, {right} on the right", x=short(x), left=left, right=right)
    if f.jump(x):
        return _("At x = {x} the curve jumps: no slope", x=short(x))
    return _("At x = {x} the slope is {slope}", x=short(x), slope=short(slope))


def _text(text: str, found: tuple[Step, ...]):  # type: ignore[no-untyped-def]
    tree = curve(text).tree
    first = Call(PRIME, (tree,))
    lines = [pretty(first, first)] + ["= " + pretty(step.line, target(step.line)) for step in found]
    names = [""] + [_(RULES[step.rule]) for step in found]
    rows = list(range(len(lines)))
    longest = max(len(line.replace("<b>", "").replace("</b>", "").replace("<sup>", "").replace("</sup>", "")) for line in lines)
    size = int(np.clip(16 * min(1, WIDE / 1.15 / max(longest, 1), LINES / len(lines)), 7, 16))
    data = [marks.words([0] * len(rows), rows, lines, place="middle right", size=size),
            marks.words([1] * len(rows), rows, names, TANGENT, place="middle left", size=min(size + 1, 13))]
    for trace in data:  # it is revealed by the film, and Plotly wants at least the places
        trace["y"] = [float(y) for y in rows]
    blank = axis(visible=False, fixedrange=True)
    shown = figure("steps", data, layout(
        xaxis={**blank, "range": [0, 1]}, yaxis={**blank, "range": [max(len(lines), 6) - 0.4, -0.6]},
        margin={"l": 6, "r": 10, "t": 6, "b": 6}),
        title=_("Steps to the derivative: {count}", count=len(found)),
        alt=_("The derivative of {formula}, line by line, with the rule of each line at its right. It ends in {result}.",
              formula=tree.text(), result=found[-1].line.text()), height=HEIGHT, span=7)
    film = Film(tuple([_("to be derived")] + names[1:]), tuple(Track("steps", k, reveal=tuple(r + 1 for r in rows)) for k in (0, 1)),
                seconds=max(2.0, 1.1 * len(lines)))
    return shown, film if len(lines) >= 2 else None


def _notes(found: tuple[Step, ...]) -> tuple[Message, ...]:
    outermost = found[0].rule
    said = {"rule": ["_", RULES[outermost]], "part": found[0].part.text(), "count": len([s for s in found if s.rule != "tidy"])}
    reasons = {
        "product": N_("The last thing done in this formula is a multiplication, so the product rule comes first: each factor has its "
                      "turn, the other stays."),
        "quotient": N_("The last thing done is a division, so the quotient rule comes first: top′ times bottom, minus top times "
                       "bottom′, over the bottom squared."),
        "chain": N_("The last thing done is a function of something else, so the chain rule comes first: the slope of the outer at the "
                    "inner, times the slope of the inner."),
        "sum": N_("The last thing done is an addition: each part is derived alone."),
        "power": N_("A power of x alone: the exponent comes down as a factor, and one less stays up."),
        "multiple": N_("A constant factor waits in front while the rest is derived."),
        "general power": N_("x is in the base and in the exponent: take the logarithm first, then derive."),
    }
    first = (Message(reasons[outermost]) if outermost in reasons else
             Message(N_("One rule is enough here: {rule}.") if said["count"] == 1 else
                     N_("It begins with this rule: {rule}. More steps follow: {more}."), {**said, "more": len(found) - 1}))
    chains = sum(step.rule == "chain" for step in found)
    more = (Message(N_("Chain rule in use: {chains} times. Each time a factor for the inner function comes in; in a network every layer "
                       "adds one."),
                    {"chains": chains}),) if chains else ()
    return (first, *more)


def program(spec: CalculusSpec) -> str:
    f = curve(spec.derived)
    words = [_("by rule") if f.smooth(spec.x) else _("what the rule gives; there is no derivative here"), _("a check that knows no rule")]
    return f"""{definitions(f.tree, f.slope)}

def f(x):
    return {python(f.tree)}


x = {spec.x!r}
value = f(x)
slope = ({python(f.written(spec.x))}) + 0 * x  # {words[0]}
central = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5  # {words[1]}
print("f(x)", value)
print("f'(x)", slope, "≈", central){_own(f.tree)}"""


def _own(tree: Expression) -> str:
    """What SymPy makes of it, where it knows all of its functions."""
    source = for_sympy(tree)
    return f"""


import sympy

x = sympy.Symbol("x", real=True)
print("SymPy", sympy.diff({source}, x))""" if source else ""


SCENE = Scene(
    "rules", N_("Rule by rule"),
    N_("Type a function and play the derivation: the part in bold is what the next rule works on."),
    ("derived", "x"), draw, program,
    presets=(Preset("x² sin(x)", {"scene": "rules"}), Preset("x²", {"scene": "rules", "derived": "x^2"}),
             Preset("sin(x²)", {"scene": "rules", "derived": "sin(x^2)"}),
             Preset("1/(1 + e⁻ˣ)", {"scene": "rules", "derived": "1/(1 + e^(-x))"}),
             Preset("e^(−x²/2)", {"scene": "rules", "derived": "e^(-x^2/2)"}), Preset("ln(x)/x", {"scene": "rules", "derived": "ln(x)/x"})),
    trials=(Trial(N_("A product"), N_("Each factor is derived once while the other waits."), {"scene": "rules", "derived": "x*e^x"}),
            Trial(N_("Three functions in one another"), N_("Three links, three factors: the chain rule goes from the outside in."),
                  {"scene": "rules", "derived": "tanh(sin(x^2))"})),
)
