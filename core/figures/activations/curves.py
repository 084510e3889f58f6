"""A function and its slope, with a point to drag along both; where it is flat is shaded; others beside it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.activations.common import DASHES, TOKENS, band, line, marked, name, plain, remark
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.theme import axis, colour, layout, width_of
from core.frame import Message
from core.i18n import N_, _
from core.maths.activation_formulas import FORMULAS, saturated
from core.maths.activations import ACTIVATIONS
from core.specs.activations import REACH, ActivationsSpec
from core.specs.examples import Preset, Trial

GRID = np.linspace(-REACH, REACH, 161)
RAIL = np.round(np.linspace(-REACH, REACH, 241), 2)  # every value that z may take
LAYERS = 20  # that a gradient is imagined to pass
HEIGHT = 380


def _tall(spec: ActivationsSpec) -> tuple[float, float]:
    """The vertical axis: what the chosen function needs; those beside it may leave it."""
    formula = FORMULAS[spec.activation]
    if math.isfinite(formula.low) and math.isfinite(formula.high):
        return -1.3, 1.7
    return (-6.4, 6.4) if spec.activation == "linear" else (-2.1, 6.4)


def _steep(spec: ActivationsSpec) -> tuple[float, float]:
    return -0.25, (1.95 if "selu" in (spec.activation, *spec.beside) else 1.3)


def _of(function: str, slope: bool) -> Any:
    return ACTIVATIONS[function].df if slope else ACTIVATIONS[function].f


def _curves(spec: ActivationsSpec, slope: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines and their labels; the chosen function comes last, on top."""
    others = [function for function in spec.beside if function != spec.activation]
    looks = [(function, TOKENS[k], DASHES[k], 1.7) for k, function in enumerate(others)]
    drawn, labels = [], []
    for k, (function, token, dash, width) in enumerate([*looks, (spec.activation, "layer0", "solid", 3.2)]):
        z = np.insert(GRID, 81, 1e-9) if function in ("step", "relu", "leaky_relu", "elu", "selu") else GRID  # a jump stands upright
        drawn.append(line(z, _of(function, slope)(z), token, dash=dash, width=width, name=name(function),
                          hovertemplate=f"{name(function)}: %{{y:.4g}}<extra></extra>"))
        labels.append({"trace": k, "text": name(function), "color": colour(token)})
    return drawn, labels


def _plot(spec: ActivationsSpec, slope: bool, flat: list[tuple[float, float]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, labels = _curves(spec, slope)
    at = float(_of(spec.activation, slope)(np.array(spec.z)))
    low, high = _steep(spec) if slope else _tall(spec)
    shapes = [band(*stripe) for stripe in flat]
    shapes.append({"type": "line", "x0": spec.z, "x1": spec.z, "y0": 0, "y1": at,
                   "line": {"color": colour("muted"), "width": 1, "dash": "dot"}})
    if not slope:  # the tangent
        steep = float(ACTIVATIONS[spec.activation].df(np.array(spec.z)))
        half = 1.3 / math.hypot(1, steep)
        data.append(line([spec.z - half, spec.z + half], [at - half * steep, at + half * steep], "text", width=2, hoverinfo="skip"))
    names = [{"text": _("flat"), "x": (a + b) / 2, "y": 1, "yref": "paper", "yanchor": "top", "showarrow": False,
              "font": {"size": 11, "color": colour("muted")}} for a, b in flat if b - a > 1]
    shown = layout(
        xaxis=axis(_("sum z"), range=[-REACH, REACH], nticks=7), shapes=shapes, annotations=names, meta={"labels": labels},
        yaxis=axis(_("slope f′(z)") if slope else _("answer f(z)"), range=[low, high], nticks=7, zeroline=True,
                   zerolinecolor=colour("border")),
        margin={"l": 44, "r": 12 + max(width_of(label["text"]) for label in labels), "t": 8, "b": 34}, hovermode="x")
    return data, shown


def _handle(spec: ActivationsSpec, slope: bool) -> Handle:
    heights = _of(spec.activation, slope)(RAIL)
    at = float(_of(spec.activation, slope)(np.array(spec.z)))
    return Handle("slope" if slope else "point", "slope" if slope else "curve", _("the point on the slope’s curve") if slope else
                  _("the point on the curve"), (spec.z, at), ("z",), step=0.05, anywhere=True, colour="layer0",
                  rail=tuple((float(z), float(z), float(y)) for z, y in zip(RAIL, heights, strict=True)))


def _notes(spec: ActivationsSpec, slope: float, flat: list[tuple[float, float]]) -> tuple[Message, ...]:
    who = {"name": marked(spec.activation)}
    values = {**who, "z": spec.z, "slope": plain(slope, 3), "left": plain(abs(slope) ** LAYERS), "n": LAYERS}
    if slope == 0:
        first = Message(N_("At z = {z:.3g} the slope is exactly 0. Nothing of a gradient comes back through this neuron: for this input it "
                           "learns nothing."), values)
    elif abs(slope) < spec.flat:
        first = Message(N_("z = {z:.3g} lies where {name} is flat: of a gradient that comes back only {slope} passes. {n} such layers in "
                           "a row leave {left} of it."), values)
    elif slope < 0:
        first = Message(N_("At z = {z:.3g} the slope is negative, {slope}: a larger sum makes a smaller answer, and a gradient turns its "
                           "sign on the way back."), values)
    elif slope < 1:
        first = Message(N_("At z = {z:.3g} the slope is {slope}: that share of a gradient passes on its way back. {n} layers with this "
                           "slope in a row leave {left} of it."), values)
    elif slope == 1:
        first = Message(N_("At z = {z:.3g} the slope is exactly 1: a gradient passes undiminished, through however many layers."), values)
    else:
        first = Message(N_("At z = {z:.3g} the slope is {slope}: a gradient grows by it on its way back, in {n} layers to {left} times."),
                        values)
    left, right = [b for a, b in flat if a <= -REACH], [a for a, b in flat if b >= REACH]
    where = {**who, "flat": spec.flat, "left": left[0] if left else 0, "right": right[0] if right else 0}
    if left and left[0] >= REACH:
        second = Message(N_("{name} is flat everywhere: gradient descent cannot train through it at all."), where)
    elif left and right:
        second = Message(N_("{name} saturates on both sides: below z = {left:.2f} and above {right:.2f} its slope is less than "
                            "{flat:g}."), where)
    elif left:
        second = Message(N_("{name} is flat on one side only: below z = {left:.2f} its slope is less than {flat:g}. To the right it never "
                            "saturates."), where)
    else:
        second = Message(N_("{name} is flat nowhere: whatever the sum, some gradient comes back."), where)
    steepest = float(ACTIVATIONS[spec.activation].df(GRID).max())
    third = (Message(N_("Its steepest slope is {most:.3g}. Even there, {n} layers leave at most {left} of a gradient, unless the weights "
                        "make up for it."), {"most": steepest, "n": LAYERS, "left": plain(steepest**LAYERS)}),) \
        if 0 < steepest < 0.9 else ()
    return first, second, *third


def draw(spec: ActivationsSpec) -> Picture:
    formula, chosen = FORMULAS[spec.activation], ACTIVATIONS[spec.activation]
    value, slope = float(chosen.f(np.array(spec.z))), float(chosen.df(np.array(spec.z)))
    flat = saturated(spec.activation, spec.flat, REACH)
    said = {"name": name(spec.activation), "z": spec.z, "value": value, "slope": slope}
    left, right = _plot(spec, False, flat), _plot(spec, True, flat)
    figures = (
        figure("curve", *left, height=HEIGHT, title=_("{name} of {z:.3g} is {value:.3g}", **said),
               alt=_("The curve of {name}. At z = {z:.3g} it is {value:.3g}; shaded where it is flat.", **said)),
        figure("slope", *right, height=HEIGHT, title=_("Its slope there is {slope:.3g}", **said),
               alt=_("The derivative of {name}. At z = {z:.3g} it is {slope:.3g}; shaded where it is close to 0.", **said)),
    )
    shown = f"{spec.z:g}"
    formulas = ((_("Function"), rf"f(z) = {formula.latex}, \qquad f({shown}) = {value:.3g}"),
                (_("Derivative"), rf"f'(z) = {formula.slope}, \qquad f'({shown}) = {slope:.3g}"),
                (_("Range of values"), formula.range))
    return Picture(figures, (_handle(spec, False), _handle(spec, True)), notes=_notes(spec, slope, flat), formulas=formulas,
                   numbers={"value": value, "slope": slope})


def program(spec: ActivationsSpec) -> str:
    return "\n".join([
        "from sympy import Piecewise, diff, erf, exp, log, sqrt, symbols, tanh",
        "",
        'z = symbols("z", real=True)',
        f"f = {FORMULAS[spec.activation].sympy}",
        remark("derivative = diff(f, z)", _("SymPy differentiates the formula")),
        'print("f(z) =", f)',
        'print("f\'(z) =", derivative)',
        "",
        f"value = float(f.subs(z, {spec.z!r}))",
        f"slope = float(derivative.subs(z, {spec.z!r}))",
        "print(value, slope)", ""])


CURVES = Scene(
    "curves", N_("Curves and slopes"),
    N_("Pick an [[activation function]] and drag the point: left what the neuron answers, right how much of a [[gradient]] it lets back."),
    ("activation", "beside", "z"), draw, program, more=("flat",),
    presets=(Preset(N_("The articles’ three"), {}),
             Preset(N_("ReLU and its kin"), {"activation": "relu", "z": -1.0, "beside": ("leaky_relu", "elu", "selu")}),
             Preset(N_("Soft bends"), {"activation": "gelu", "z": -1.0, "beside": ("silu", "softplus", "relu")}),
             Preset(N_("The step"), {"activation": "step", "z": 0.5, "beside": ("sigmoid",)})),
    trials=(Trial(N_("Push sigmoid to z = 5"), N_("The answer hardly changes any more, and the slope is nearly 0: the neuron is "
                                                  "saturated."),
                  {"z": 5.0}),
            Trial(N_("A negative sum into ReLU"), N_("The slope is exactly 0. If this happens for every input, it is a [[dead neuron]]. "
                                                     "Leaky ReLU keeps a slope of 0.2."),
                  {"activation": "relu", "beside": ("leaky_relu",), "z": -2.0}),
            Trial(N_("GELU goes down first"), N_("Left of −0.75 its slope is negative: a larger sum makes a smaller answer. ReLU never "
                                                 "does that."),
                  {"activation": "gelu", "beside": ("relu",), "z": -1.25})))
