"""A function and its slope, with a point to drag along both; where it is flat is shaded; others beside it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.activations.common import (
    DASHES,
    TOKENS,
    band,
    formula_of,
    function_of,
    has,
    line,
    name,
    plain,
    remark,
)
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.theme import axis, colour, layout, width_of
from core.frame import Message
from core.i18n import N_, _
from core.maths.activation_formulas import saturated
from core.maths.activations import SELU_ALPHA, SELU_SCALE
from core.specs.activations import REACH, ActivationsSpec
from core.specs.examples import Preset, Trial

GRID = np.linspace(-REACH, REACH, 161)
RAIL = np.round(np.linspace(-REACH, REACH, 241), 2)  # every value that z may take
FAR = 30.0  # to both sides: as far as it is looked where the function is flat
LAYERS = 20  # that a gradient is imagined to pass
HEIGHT = 380
DEPTHS = (-2.1, -3.4, -6.4)  # where the axis of f may end: a few places, so that it stays where it is while a parameter is moved
STEEPS = (1.3, 1.95, 3.2)  # and that of the slope


def _tall(spec: ActivationsSpec) -> tuple[float, float]:
    """The vertical axis: what the chosen function needs; those beside it may leave it."""
    formula = formula_of(spec, spec.activation)
    if math.isfinite(formula.low) and math.isfinite(formula.high):
        return -1.3, 1.7
    least = float(function_of(spec, spec.activation).f(np.array(-REACH)))
    return next(low for low in DEPTHS if low < 1.04 * least), 6.4


def _steep(spec: ActivationsSpec) -> tuple[float, float]:
    shown = (spec.activation, *spec.beside)
    most = max(spec.alpha if "elu" in shown else 1.0, SELU_ALPHA * SELU_SCALE if "selu" in shown else 1.0)
    return -0.25, next(high for high in STEEPS if high > most)


def _of(spec: ActivationsSpec, function: str, slope: bool) -> Any:
    chosen = function_of(spec, function)
    return chosen.df if slope else chosen.f


def _curves(spec: ActivationsSpec, slope: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines and their labels; the chosen function comes last, on top."""
    others = [function for function in spec.beside if function != spec.activation]
    looks = [(function, TOKENS[k], DASHES[k], 1.7) for k, function in enumerate(others)]
    drawn, labels = [], []
    for k, (function, token, dash, width) in enumerate([*looks, (spec.activation, "layer0", "solid", 3.2)]):
        z = np.insert(GRID, 81, 1e-9) if function in ("step", "relu", "leaky_relu", "elu", "selu") else GRID  # a jump stands upright
        drawn.append(line(z, _of(spec, function, slope)(z), token, dash=dash, width=width, name=name(function),
                          hovertemplate=f"{name(function)}: %{{y:.4g}}<extra></extra>"))
        labels.append({"trace": k, "text": name(function), "color": colour(token)})
    return drawn, labels


def _plot(spec: ActivationsSpec, slope: bool, flat: list[tuple[float, float]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, labels = _curves(spec, slope)
    at = float(_of(spec, spec.activation, slope)(np.array(spec.z)))
    low, high = _steep(spec) if slope else _tall(spec)
    shapes = [band(*stripe) for stripe in flat]
    shapes.append({"type": "line", "x0": spec.z, "x1": spec.z, "y0": 0, "y1": at,
                   "line": {"color": colour("muted"), "width": 1, "dash": "dot"}})
    if not slope:  # the tangent
        steep = float(function_of(spec, spec.activation).df(np.array(spec.z)))
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
    heights = _of(spec, spec.activation, slope)(RAIL)
    at = float(_of(spec, spec.activation, slope)(np.array(spec.z)))
    return Handle("slope" if slope else "point", "slope" if slope else "curve", _("the point on the slope’s curve") if slope else
                  _("the point on the curve"), (spec.z, at), ("z",), step=0.05, anywhere=True, colour="layer0",
                  rail=tuple((float(z), float(z), float(y)) for z, y in zip(RAIL, heights, strict=True)))


def _notes(spec: ActivationsSpec, slope: float, flat: list[tuple[float, float]]) -> tuple[Message, ...]:
    """flat: where the function is, as far as FAR."""
    shown = plain(abs(slope) if abs(slope) < spec.flat else slope, 3)
    values = {"z": spec.z, "slope": shown, "left": plain(abs(slope) ** LAYERS), "n": LAYERS}
    if slope == 0:
        first = Message(N_("At z = {z:.3g} the slope is exactly 0. Nothing of a gradient comes back through this neuron: for this input it "
                           "learns nothing."), values)
    elif -spec.flat < slope < 0:
        first = Message(N_("At z = {z:.3g} the chosen function is flat: of a gradient that comes back only {slope} passes, and with "
                           "the other sign. {n} such layers in a row leave {left} of it."), values)
    elif slope < spec.flat and slope >= 0:
        first = Message(N_("At z = {z:.3g} the chosen function is flat: of a gradient that comes back only {slope} passes. {n} such "
                           "layers in a row leave {left} of it."), values)
    elif slope < 0:
        first = Message(N_("At z = {z:.3g} the slope is negative, {slope}: a larger sum makes a smaller answer, and a gradient turns its "
                           "sign on the way back."), values)
    elif slope != 1 and abs(slope - 1) < 5e-4:
        first = Message(N_("At z = {z:.3g} the slope is 1, but for less than a thousandth: a gradient passes all but undiminished."),
                        values)
    elif slope < 1:
        first = Message(N_("At z = {z:.3g} the slope is {slope}: that share of a gradient passes on its way back. {n} layers with this "
                           "slope in a row leave {left} of it."), values)
    elif slope == 1:
        first = Message(N_("At z = {z:.3g} the slope is exactly 1: a gradient passes undiminished, through however many layers."), values)
    else:
        first = Message(N_("At z = {z:.3g} the slope is {slope}: a gradient grows by it on its way back, in {n} layers to {left} times."),
                        values)
    left, right = ([round(v, 2) + 0.0 for v in ends] for ends in ([b for a, b in flat if a <= -FAR], [a for a, b in flat if b >= FAR]))
    inner = [(a, b) for a, b in flat if a > -FAR and b < FAR]
    where = {"flat": spec.flat, "left": left[0] if left else 0, "right": right[0] if right else 0,
             "from": inner[0][0] if inner else 0, "to": inner[0][1] if inner else 0}
    if left and left[0] >= FAR:
        second = Message(N_("The chosen function is flat everywhere: gradient descent cannot train through it at all."), where)
    elif left and right:
        second = Message(N_("The chosen function saturates on both sides: below z = {left:.2f} and above {right:.2f} its slope is less "
                            "than {flat:g}."), where)
    elif left and inner:
        second = Message(N_("The chosen function is flat below z = {left:.2f}, and around its minimum, from {from:.2f} to {to:.2f}, where "
                            "its slope changes its sign: there it is smaller than {flat:g} in size. Further to the right "
                            "it never saturates."), where)
    elif left:
        second = Message(N_("The chosen function is flat on one side only: below z = {left:.2f} its slope is less than {flat:g}. To "
                            "the right it never saturates."), where)
    else:
        second = Message(N_("The chosen function is flat nowhere: whatever the sum, some gradient comes back."), where)
    steepest = float(function_of(spec, spec.activation).df(GRID).max())
    third = (Message(N_("Its steepest slope is {most:.3g}. Even there, {n} layers leave at most {left} of a gradient, unless the weights "
                        "make up for it."), {"most": steepest, "n": LAYERS, "left": plain(steepest**LAYERS)}),) \
        if 0 < steepest < 0.9 else ()
    return first, second, *third, *_parameter(spec)


def _parameter(spec: ActivationsSpec) -> tuple[Message, ...]:
    """What a function's own number does; that SELU's two are not to be chosen."""
    c, a = spec.negative_slope, spec.alpha
    if spec.activation == "selu":
        return (Message(N_("SELU’s two numbers, {scale:.4f} and α = {alpha:.4f}, are not there to be moved: they follow from a demand. "
                           "Of normally distributed sums with mean 0 and variance 1 its answers have mean 0 and variance 1 again "
                           "(Klambauer and others, 2017)."), {"scale": SELU_SCALE, "alpha": SELU_ALPHA}),)
    if spec.activation == "leaky_relu":
        text = (N_("With slope 0 left of 0 leaky ReLU is ReLU itself.") if c == 0 else
                N_("With slope 1 left of 0 it is a straight line: nothing bends any more.") if c == 1 else
                N_("Left of 0 the slope is {slope:g} everywhere: from a negative sum, too, that share of a gradient comes back, so that no "
                   "neuron is dead for good."))
        return (Message(text, {"slope": c}),)
    if spec.activation == "elu":
        text = (N_("Left of 0 ELU runs down to −α = −1. With this α alone its slope has no jump at 0: it is 1 on both sides.")
                if a == 1 else
                N_("Left of 0 ELU runs down to −α = −{alpha:g}. At 0 its slope jumps from α = {alpha:g} to 1; only α = 1 has no jump."))
        return (Message(text, {"alpha": a}),)
    return ()


def draw(spec: ActivationsSpec) -> Picture:
    formula, chosen = formula_of(spec, spec.activation), function_of(spec, spec.activation)
    value, slope = float(chosen.f(np.array(spec.z))), float(chosen.df(np.array(spec.z)))
    wide = saturated(chosen, spec.flat, FAR)
    flat = [(max(a, -REACH), min(b, REACH)) for a, b in wide if a < REACH and b > -REACH]
    said = {"name": name(spec.activation), "z": spec.z, "value": value, "slope": slope}
    left, right = _plot(spec, False, flat), _plot(spec, True, flat)
    figures = (
        figure("curve", *left, height=HEIGHT, title=_("{name} of {z:.3g} is {value:.3g}", **said),
               alt=_("The curve of {name}. At z = {z:.3g} it is {value:.3g}; shaded where it is flat.", **said)),
        figure("slope", *right, height=HEIGHT, title=_("Its slope there is {slope:.3g}", **said),
               alt=_("The derivative of {name}. At z = {z:.3g} it is {slope:.3g}; shaded where it is close to 0.", **said)),
    )
    shown = f"{spec.z:g}"
    formulas: tuple[tuple[str, str], ...] = (
        (_("Function"), rf"f(z) = {formula.latex}, \qquad f({shown}) = {value:.3g}"),
        (_("Derivative"), rf"f'(z) = {formula.slope}, \qquad f'({shown}) = {slope:.3g}"),
        (_("Range of values"), formula.range))
    if spec.activation == "selu":
        formulas += ((_("Why these numbers"), r"z \sim \mathcal{N}(0, 1):\quad \mathbb{E}[f(z)] = 0,\ \ \mathbb{E}[f(z)^2] = 1"),)
    return Picture(figures, (_handle(spec, False), _handle(spec, True)), notes=_notes(spec, slope, wide), formulas=formulas,
                   numbers={"value": value, "slope": slope})


def program(spec: ActivationsSpec) -> str:
    formula = formula_of(spec, spec.activation)
    return "\n".join([
        "from sympy import Piecewise, diff, erf, exp, log, sqrt, symbols, tanh",
        "",
        'z = symbols("z", real=True)',
        f"f = {formula.sympy}",
        *(["# " + _("in Keras") + f": {formula.keras}"] if formula.keras else []),
        remark("derivative = diff(f, z)", _("SymPy differentiates the formula")),
        'print("f(z) =", f)',
        'print("f\'(z) =", derivative)',
        "",
        f"value = float(f.subs(z, {spec.z!r}))",
        f"slope = float(derivative.subs(z, {spec.z!r}))",
        "print(value, slope)", ""])


def plays(spec: ActivationsSpec, field: str) -> bool:
    """A parameter has a part where its function is drawn, the limit of what counts as flat where a part of the function may be."""
    if field == "flat":
        widest = saturated(function_of(spec, spec.activation), spec.bounds("flat")[1], FAR)
        return bool(widest) and widest != [(-FAR, FAR)]
    return has(field, spec.activation, *spec.beside)


CURVES = Scene(
    "curves", N_("Curves and slopes"),
    N_("Pick an [[activation function]] and drag the point: left what the neuron answers, right how much of a [[gradient]] it lets back."),
    ("activation", "negative_slope", "alpha", "beside", "z"), draw, program, more=("flat",), plays=plays,
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
                  {"activation": "gelu", "beside": ("relu",), "z": -1.25}),
            Trial(N_("Choose ELU’s α"), N_("Turn α, and watch the slope left of 0: the further down the curve runs, the steeper it arrives "
                                           "at 0. Where does the jump at 0 close?"),
                  {"activation": "elu", "alpha": 0.3, "beside": ("relu", "selu"), "z": -0.5})))
