"""What many layers do to a gradient: each multiplies it by w · f′(z), and a long product of such factors vanishes or explodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation.nets import IN_NUMPY
from core.figures.backpropagation.numerals import latex, short, stacked
from core.figures.board import Film, Picture, Scene, Track, figure
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.activations import ACTIVATIONS
from core.maths.backpropagation import Chain, chain
from core.specs.backpropagation import BackpropagationSpec
from core.specs.examples import Preset, Trial

FLOOR, TOP = -58.0, 58.0  # powers of ten on the axis
SPANS = (3.5, 7.0, 14.0, 28.0, 60.0)  # how many of them it shows: a few sizes, so that it seldom jumps
NEAR, FAR = -6.0, 6.0  # and of z
NEARLY = 0.85  # a slope of tanh above this is nearly 1
EVEN = 4.0  # a power less than this leaves a gradient that still teaches something


def _powers(values: np.ndarray) -> np.ndarray:
    """log10 of the sizes, kept on the axis."""
    with np.errstate(divide="ignore"):
        return np.clip(np.log10(np.abs(values)), FLOOR, TOP)


def _product(spec: BackpropagationSpec, found: Chain) -> tuple[Any, Film]:
    layers = np.arange(1, spec.layers + 1)
    powers = _powers(found.gradients)
    size = short(float(found.gradients[0]))
    span = next(s for s in SPANS if s > float(np.abs(powers).max()))
    ticks = max(1, round(span / 3.5))
    grid = [ticks * k for k in range(-3, 4)]
    back, rising = layers[::-1], powers[::-1].round(4)
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": [0.3, spec.layers + 0.7], "y": [0, 0], "hoverinfo": "skip",
         "line": {"color": colour("baseline"), "width": 1.6, "dash": "dot"}},
        {"type": "scatter", "mode": "lines+markers", "x": back.tolist(), "y": rising.tolist(),
         "customdata": [short(v) for v in found.gradients[::-1]],
         "line": {"color": colour("loss"), "width": 2}, "marker": {"size": 7, "color": colour("loss")},
         "hovertemplate": _("layer") + " %{x}: %{customdata}<extra></extra>"}]
    title = _("At layer {layer} the gradient is {size}", layer=1, size=size)
    plot = figure("product", data, layout(
        xaxis=axis(_("layer (the output is on the right)"), range=[0.3, spec.layers + 0.7], nticks=6, fixedrange=True),
        yaxis=axis(_("gradient, output = 1 (log scale)"), range=[-span, span], tickvals=grid,
                   ticktext=[f"10<sup>{g}</sup>" if g else "1" for g in grid],
                   fixedrange=True), dragmode=False, margin={"l": 54, "r": 10, "t": 6, "b": 34}), title=title,
        alt=_("The size of the gradient at each of {layers} layers, on a logarithmic axis, from the output back: at layer 1 it is {size}.",
              layers=spec.layers, size=size), height=340, span=7)
    steps = range(1, spec.layers + 1)
    titles = [_("At layer {layer} the gradient is {size}", layer=spec.layers + 1 - k, size=short(float(found.gradients[spec.layers - k])))
              for k in steps]
    film = Film(tuple(_("back at layer {layer}", layer=spec.layers + 1 - k) for k in steps), (Track("product", 1, reveal=tuple(steps)),),
                {"product": [*titles[:-1], title]}, seconds=3.0)
    return plot, film


def _slopes(spec: BackpropagationSpec, found: Chain) -> Any:
    """The slope of the activation, with a dot where each layer stands on it."""
    z = np.linspace(NEAR, FAR, 121)
    curve = ACTIVATIONS[spec.chain].df(z)
    data = [
        {"type": "scatter", "mode": "lines", "x": z.round(3).tolist(), "y": curve.round(5).tolist(), "hoverinfo": "skip",
         "line": {"color": colour("loss"), "width": 2}},
        {"type": "scatter", "mode": "markers", "x": np.clip(found.z, NEAR, FAR).round(4).tolist(), "y": found.slopes.round(5).tolist(),
         "marker": {"size": 9, "color": colour("layer1"), "opacity": 0.6, "symbol": "diamond"},
         "customdata": list(range(1, spec.layers + 1)), "hovertemplate": _("layer") + " %{customdata}: f′ = %{y:.3g}<extra></extra>"}]
    typical = _typical(found)
    return figure("slopes", data, layout(
        xaxis=axis(_("what enters a neuron, z"), range=[NEAR - 0.2, FAR + 0.2], fixedrange=True), dragmode=False,
        yaxis=axis(_("slope f′(z)"), range=[-0.05, 1.1], fixedrange=True), margin={"l": 44, "r": 10, "t": 6, "b": 34}),
        title=_("A layer multiplies by {factor}, typically", factor=short(typical)),
        alt=_("The slope of the activation against what enters, with a dot for each layer: together with w a layer multiplies the gradient "
              "by {factor}, typically.", factor=short(typical)), height=340, span=5)


def _typical(found: Chain) -> float:
    """The geometric mean of the factors' sizes."""
    sizes = np.abs(found.factors)
    return float(np.exp(np.log(sizes).mean())) if (sizes > 0).all() else 0.0


def notes(spec: BackpropagationSpec, found: Chain) -> tuple[Message, ...]:
    typical = _typical(found)
    said = {"factor": short(typical), "layers": spec.layers, "size": short(float(found.gradients[0])), "w": f"{spec.gain:g}"}
    if typical == 0:
        return (Message(N_("At least one layer answers with a slope of exactly 0. Nothing passes it: the product is 0, however large the "
                           "rest is.")),)
    power = float(np.log10(abs(found.gradients[0])))
    if power < -EVEN:
        first = Message(N_("{layers} factors of about {factor} multiply to {size}: the gradient vanishes. The first layers hardly learn, "
                           "while the last ones do."), said)
    elif power > EVEN:
        first = Message(N_("{layers} factors of about {factor} multiply to {size}: the gradient explodes. One step would throw the first "
                           "weights far off."), said)
    else:
        first = Message(N_("{layers} factors of about {factor} multiply to {size}. Only factors near 1 keep a gradient alive over many "
                           "layers."), said)
    if spec.chain == "sigmoid":
        second = Message(N_("The slope of the sigmoid is never more than 0.25, so with w = {w} a factor is at most {most:.3g}."),
                         {"w": f"{spec.gain:g}", "most": 0.25 * spec.gain})
    elif spec.chain == "tanh" and spec.gain > 1.2 and typical < 1:
        second = Message(N_("A larger w does not save tanh: it drives the neurons to where the curve is flat, and f′ falls faster than w "
                            "grows."))
    elif spec.chain in ("relu", "linear"):
        second = Message(N_("Its slope is 1, so the factor is w itself: {w} to the power {layers}."), said)
    elif typical >= 1 and typical < NEARLY * spec.gain:
        second = Message(N_("The slopes are well below 1 here, but w = {w} makes up for them. With more layers the neurons move on along "
                            "the curve, and the factors with them: see the dots."), {"w": f"{spec.gain:g}"})
    elif typical >= 1:
        second = Message(N_("These neurons are still near z = 0, where the slope of tanh is nearly 1: so w = {w} is almost the whole "
                            "factor. With another input or more layers they reach the flat part."), {"w": f"{spec.gain:g}"})
    else:
        second = Message(N_("The slope of tanh is 1 only at z = 0; each layer’s dot shows how far down the curve it stands."))
    return (first, second)


def draw(spec: BackpropagationSpec) -> Picture:
    found = chain(spec.layers, spec.gain, spec.chain, spec.start)
    plot, film = _product(spec, found)
    factors = [rf"({latex(float(f))})" for f in found.factors]
    written = r"\cdot ".join(factors if len(factors) <= 4 else [*factors[:2], r"\ldots", factors[-1]])
    rule = stacked(rf"\frac{{\partial a_{{{spec.layers}}}}}{{\partial a_0}}", r"\prod_k w\,f'(z_k)",
                   f"{written} = {latex(float(found.gradients[0]))}")
    return Picture((plot, _slopes(spec, found)), film=film, notes=notes(spec, found), formulas=((_("the product"), rule),),
                   numbers={"a": float(found.a[-1]), "gradient": float(found.gradients[0])})


def program(spec: BackpropagationSpec) -> str:
    f, df = IN_NUMPY[spec.chain]
    return (f"import numpy as np\n\nf, df = lambda z: {f}, lambda z: {df}\n"
            f"w, layers = {spec.gain}, {spec.layers}\n\n"
            f"a, gradient = {spec.start}, 1.0\n"
            "for k in range(layers):\n"
            "    z = w * a\n"
            "    a = f(z)\n"
            "    gradient *= w * df(z)  # " + _("each layer is one more factor") + "\n"
            'print("a:", a)\nprint("gradient:", gradient)\n')


SCENE = Scene(
    "depth", N_("Many layers"),
    N_("Play the film: the gradient goes back through the layers. Turn w until it neither [[vanishes]] nor explodes."),
    ("chain", "gain", "layers", "start"), draw, program,
    presets=(
        Preset(N_("It vanishes: sigmoid, w = 1"), {"scene": "depth"}),
        Preset(N_("It explodes: ReLU, w = 2"), {"scene": "depth", "chain": "relu", "gain": 2.0}),
        Preset(N_("It lasts: ReLU, w = 1"), {"scene": "depth", "chain": "relu"}),
    ),
    trials=(
        Trial(N_("Make up for it with w = 4"), N_("0.25 · 4 is 1, at z = 0 alone. The dots leave that place, and the product vanishes all "
                                                  "the same."),
              {"scene": "depth", "gain": 4.0}),
        Trial(N_("Go sixty layers deep"), N_("tanh with w = 1 fades slowly: its dots climb towards z = 0, where the slope is 1."),
              {"scene": "depth", "chain": "tanh", "layers": 60}),
        Trial(N_("One ReLU asleep"), N_("A negative input: the first neuron answers 0 with slope 0, and the whole product is 0."),
              {"scene": "depth", "chain": "relu", "start": -0.5}),
    ))
