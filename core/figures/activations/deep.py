"""Many layers of one activation: what becomes of a signal on its way forward, and of a gradient on its way back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.activations.common import band, formula_of, has, line, marked, name, plain, power, remark
from core.figures.board import Film, Picture, Scene, Track, figure
from core.figures.theme import DIVERGING, SEQUENTIAL, axis, colour, layout, width_of
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.depth import BATCH, GRADIENT, ROUNDING, SIGNAL, WIDTH, Journey, deviation, journey, verdict
from core.specs.activations import ActivationsSpec
from core.specs.examples import Preset, Trial

INPUTS, NEURONS = 10, 32  # shown of the batch and of every layer
FINE = 50  # parts of 1 in which answers are sent to the browser
SPAN, BINS = 2.5, 41  # of the histograms
LOW, HIGH = -8, 4  # powers of ten
HEIGHT = 390
WORDS = {"dead": N_("dead"), "fading": N_("fading"), "alive": N_("alive"), "growing": N_("growing"), "exploding": N_("exploding")}


def travelled(spec: ActivationsSpec) -> Journey:
    return journey(spec.hidden_activation, spec.initializer, spec.sigma if spec.initializer == "plain" else 0.0, spec.depth, spec.skip,
                   spec.seed, **spec.parameters(spec.hidden_activation))


def _tile(values: np.ndarray) -> list[list[int]]:
    """A corner of an array of answers, in whole parts of `FINE`."""
    return np.clip(np.round(values[:INPUTS, :NEURONS] * FINE), -2 * FINE, 2 * FINE).astype(int).tolist()


def histograms(way: Journey) -> np.ndarray:
    """The share of a layer's answers in every bin, relative to its fullest bin; answers beyond the axis are in the outermost bins.
    (BINS, layers + 1)."""
    columns = []
    for a in way.outputs:
        place = np.clip((a.ravel() + SPAN) * (BINS / (2 * SPAN)), 0, BINS - 1).astype(int)
        count = np.bincount(place, minlength=BINS)
        columns.append(count / count.max())
    return np.array(columns).T


def _tiles(way: Journey, depth: int) -> tuple[list[dict[str, Any]], dict[str, Any], list[Track]]:
    """Some neurons' answers to some inputs: above at the start of the way, below at the layer that the film is at."""
    def tile(values: np.ndarray, y0: int) -> dict[str, Any]:
        return {"type": "heatmap", "z": _tile(values), "x0": 1, "dx": 1, "y0": y0, "dy": 1, "zmin": -2 * FINE, "zmax": 2 * FINE,
                "colorscale": DIVERGING, "showscale": False, "hoverinfo": "skip"}

    last = _("layer {k}", k=depth)
    names = {"type": "scatter", "mode": "text", "x": [1, 1], "y": [2 * INPUTS + 3.2, INPUTS + 0.7], "hoverinfo": "skip",
             "text": [_("input"), last], "textposition": "middle right", "textfont": {"size": 12, "color": colour("text")}}
    shown = layout(xaxis=axis(_("neuron"), range=[0.5, NEURONS + 0.5], showgrid=False, nticks=5),
                   yaxis=axis(_("input no."), range=[0, 2 * INPUTS + 4], showgrid=False, showticklabels=False),
                   margin={"l": 24, "r": 8, "t": 4, "b": 34})
    forward, backward = list(way.outputs), list(way.gradients[1:][::-1])
    ahead = [1.0] * len(forward) + [0.0] * len(backward) + [1.0]  # above stands the input, on the way back the gradient at the end
    below = [*map(_tile, forward), *map(_tile, backward), _tile(way.outputs[-1])]
    source = _("gradient at layer {k}", k=depth)
    texts = [[_("input"), _("layer {k}", k=k) if k else _("input")] for k in range(depth + 1)]
    texts += [[source, _("gradient at layer {k}", k=k)] for k in range(depth, 0, -1)] + [[_("input"), last]]
    tracks = [Track("tiles", 0, {"opacity": ahead}), Track("tiles", 1, {"z": below}), Track("tiles", 2, {"text": texts}),
              Track("tiles", 3, {"opacity": [1.0 - now for now in ahead]})]
    return [tile(way.outputs[0], INPUTS + 3), tile(way.outputs[-1], 1), names, {**tile(way.gradients[-1], INPUTS + 3), "opacity": 0.0}], \
        shown, tracks


def _histogram(way: Journey, depth: int) -> tuple[list[dict[str, Any]], dict[str, Any], list[Track]]:
    width = 2 * SPAN / BINS
    data = [{"type": "heatmap", "z": numbers(np.sqrt(histograms(way)), 2), "x0": 0, "dx": 1, "y0": -SPAN + width / 2, "dy": width,
             "zmin": 0, "zmax": 1, "colorscale": SEQUENTIAL, "showscale": False, "hoverinfo": "skip"},
            line([depth, depth], [-SPAN, SPAN], "layer1", width=1.5, dash="dot", hoverinfo="skip")]
    shown = layout(xaxis=axis(_("layer"), range=[-0.5, depth + 0.5], showgrid=False, nticks=6),
                   yaxis=axis(_("answer (edges: and beyond)"), range=[-SPAN, SPAN], showgrid=False, nticks=6),
                   margin={"l": 40, "r": 8, "t": 4, "b": 34})
    at = [*range(depth + 1), *range(depth, 0, -1), depth]
    return data, shown, [Track("histograms", 1, {"x": [[k, k] for k in at]}, smooth=True)]


def _shares(way: Journey, depth: int) -> tuple[list[dict[str, Any]], dict[str, Any], list[Track]]:
    """Signal and gradient by layer on a logarithmic axis; a zero is a gap."""
    layers = np.arange(depth + 1)
    back = layers[:0:-1]
    marks = {"mode": "lines+markers", "marker": {"size": 6}}
    signal = line(layers, np.where(way.signal > 0, way.signal, np.nan), "layer0", name=_("signal"),
                  hovertemplate=_("signal") + " %{y:.3g}<extra></extra>", **marks)
    gradient = line(back, np.where(way.gradient > 0, way.gradient, np.nan)[back], "layer1", dash="dash", name=_("gradient"),
                    hovertemplate=_("gradient") + " %{y:.3g}<extra></extra>", **{**marks, "marker": {"size": 6, "symbol": "diamond"}})
    labels: list[dict[str, Any]] = [{"trace": 0, "text": _("signal →"), "color": colour("layer0"), "value": max(way.kept, 10.0**LOW)},
              {"trace": 1, "text": _("← gradient"), "color": colour("layer1"), "value": 1.0}]
    shown = layout(xaxis=axis(_("layer"), range=[-0.5, depth + 0.5], nticks=6),
                   yaxis=axis(_("relative size"), type="log", range=[LOW, HIGH], dtick=2, exponentformat="power"),
                   shapes=[band(*GRADIENT, horizontal=True, token="score_band", opacity=0.5),
                           band(*SIGNAL, horizontal=True, token="score_band", opacity=1.0)],
                   annotations=[{"text": _("alive: signal 0.5 to 2,<br>gradient 0.1 to 10"), "x": 1, "y": 1, "yref": "y", "xref": "paper",
                                 "xanchor": "right", "align": "right", "showarrow": False, "font": {"size": 11, "color": colour("score")},
                                 "yanchor": "bottom"}],
                   margin={"l": 48, "r": 12 + max(width_of(label["text"]) for label in labels), "t": 8, "b": 34}, hovermode="x",
                   meta={"labels": labels})
    forward, return_ = range(1, depth + 2), range(1, depth + 1)
    tracks = [Track("shares", 0, reveal=(*forward, *[depth + 1] * (depth + 1))),
              Track("shares", 1, reveal=(*[0] * (depth + 1), *return_, depth))]
    return [signal, gradient], shown, tracks


def _notes(spec: ActivationsSpec, way: Journey) -> tuple[Message, ...]:
    n, kept, returned = spec.depth, way.kept, way.returned
    values = {"n": n, "kept": plain(kept), "returned": plain(returned), "batch": BATCH, "name": marked(spec.hidden_activation),
              "factor": plain(kept ** (1 / n)), "times": plain(1 / returned) if returned else "∞"}
    first = {
        "dead": N_("The signal is dead: of the differences between the {batch} inputs, {kept} is left after {n} layers. Whatever goes in, "
                   "the same comes out."),
        "fading": N_("The signal fades: {kept} of the differences between the inputs is left after {n} layers, about {factor} from each "
                     "layer to the next."),
        "alive": N_("The signal lives: after {n} layers the answers differ from input to input {kept} times as much as the inputs "
                    "themselves."),
        "growing": N_("The signal grows: after {n} layers the differences between the inputs are {kept} times as large."),
        "exploding": N_("The signal explodes: after {n} layers the differences are {kept} times as large as in the input, about {factor} "
                        "times more with each layer."),
    }[verdict(kept, SIGNAL)]
    if kept < ROUNDING:
        first = N_("The signal is dead: what is left after {n} layers, {kept}, is no more than rounding error. Whatever goes in, the same "
                   "comes out.")
    second = {
        "dead": N_("The gradient is dead: of what layer {n} gets, {returned} reaches layer 1. What it should change it hears {times} times "
                   "more faintly."),
        "fading": N_("The gradient fades: of what layer {n} gets, {returned} reaches layer 1, which hears {times} times more faintly what "
                     "it should change."),
        "alive": N_("The gradient lives: layer 1 gets {returned} times what layer {n} gets, so the first and the last layer hear about "
                    "as much of what they should change."),
        "growing": N_("The gradient grows on its way back: layer 1 gets {returned} times what layer {n} gets. Over more layers this "
                      "builds up."),
        "exploding": N_("The gradient explodes: layer 1 gets {returned} times what layer {n} gets. One training step would throw its "
                        "weights far off."),
    }[verdict(returned, GRADIENT)]
    if returned == 0:
        second = N_("No gradient at all comes back: the slope of {name} is 0 for every sum, so nothing can be learned here by descent.")
    if spec.skip and not way.slope.any():
        second = N_("Layer 1 gets {returned} times what layer {n} gets, along the skip connections.")
    gain, slope = deviation(spec.initializer, spec.sigma) * math.sqrt(WIDTH), float(np.sqrt(way.slope.mean()))
    why = {**values, "gain": gain, "slope": slope, "both": plain(gain * slope, 3)}
    third = (N_("Only the skip connections carry the gradient: the slope of {name} is 0, so the weights themselves get none.") if spec.skip
             and slope == 0 else
             N_("Why: besides what a layer makes of it, the skip connection hands the signal, and the gradient, straight on. So neither "
                "can die; but what the layers add piles up.") if spec.skip else
             N_("Why: on its way back each layer multiplies the gradient by σ·√64 = {gain:.3g} (the weights) times {slope:.3g} (the "
                "typical slope of {name}), together about {both}. Above 1 it grows, below 1 it shrinks."))
    return Message(first, values), Message(second, values), Message(third, why)


def draw(spec: ActivationsSpec) -> Picture:
    way, n = travelled(spec), spec.depth
    said = {"n": n, "kept": plain(way.kept), "returned": plain(way.returned), "signal": _(WORDS[verdict(way.kept, SIGNAL)]),
            "gradient": _(WORDS[verdict(way.returned, GRADIENT)]), "name": name(spec.hidden_activation)}
    tiles, bars, shares = _tiles(way, n), _histogram(way, n), _shares(way, n)
    end = _("After {n} layers: signal {kept}", **said)
    forward = [_("Layer {k}: signal {share}", k=k, share=plain(float(way.signal[k]))) if k else _("The input: signal 1")
               for k in range(n + 1)]
    backward = [_("Layer {k}: gradient {share}", k=k, share=plain(float(way.gradient[k]))) for k in range(n, 0, -1)]
    labels = (*[_("forward: layer {k}", k=k) if k else _("the input") for k in range(n + 1)],
              *[_("back: layer {k}", k=k) for k in range(n, 0, -1)], _("both ways"))
    figures = (
        figure("tiles", *tiles[:2], height=HEIGHT, span=4, title=end,
               alt=_("What 32 neurons answer to 10 inputs, above in the input, below in layer {n}: blue positive, orange negative. Of the "
                     "differences between the inputs {kept} is left.", **said)),
        figure("histograms", *bars[:2], height=HEIGHT, span=3, title=_("Histograms, layer by layer"),
               alt=_("A histogram of the answers of each of the {n} layers of {name}, as a column: dark where many answers lie.", **said)),
        figure("shares", *shares[:2], height=HEIGHT, span=5, title=_("Signal {kept}: {signal}. Gradient {returned}: {gradient}.", **said),
               alt=_("Signal and gradient of every layer on a logarithmic axis. Signal after {n} layers: {kept}, {signal}. Gradient in "
                     "layer 1: {returned}, {gradient}.", **said)),
    )
    film = Film(labels, (*tiles[2], *bars[2], *shares[2]), {"tiles": [*forward, *backward, end]}, seconds=min(3 + n / 5, 10))
    sigma, slope = deviation(spec.initializer, spec.sigma), float(np.sqrt(way.slope.mean()))
    how = {"xavier": r"\sqrt{\tfrac{2}{64 + 64}} = ", "he": r"\sqrt{\tfrac{2}{64}} = ", "plain": ""}[spec.initializer]
    formulas: tuple[tuple[str, str], ...] = ((_("Weights"), rf"w \sim \mathcal{{N}}(0,\ \sigma^2), \qquad \sigma = {how}{sigma:.3g}"),)
    if not spec.skip:
        both = power(sigma * 8 * slope)
        formulas += ((_("Gradient, per layer"),
                      rf"\sigma\sqrt{{64}} \cdot \sqrt{{\overline{{f'^2}}}} = {sigma * 8:.3g} \cdot {slope:.3g} = {both}"),)
    return Picture(figures, film=film, notes=_notes(spec, way), formulas=formulas,
                   numbers={"signal": round(way.kept, 9), "gradient": way.returned})


def program(spec: ActivationsSpec) -> str:
    formula = formula_of(spec, spec.hidden_activation)
    sigma = {"xavier": "np.sqrt(2 / (64 + 64))", "he": "np.sqrt(2 / 64)", "plain": repr(spec.sigma)}[spec.initializer]
    lines = ["import numpy as np", *(["from scipy.special import erf"] if spec.hidden_activation == "gelu" else []), "",
             f"rng = np.random.default_rng({spec.seed})",
             remark(f"a = rng.normal(size=({BATCH}, {WIDTH}))", _("inputs")),
             remark(f"gradient = rng.normal(size=({BATCH}, {WIDTH}))", _("what a loss would send back")),
             f"sigma = {sigma}",
             "start, end, slopes, weights = a, gradient, [], []",
             remark(f"for layer in range({spec.depth}):", _("forward")),
             f"    w = sigma * rng.normal(size=({WIDTH}, {WIDTH}))",
             "    z = a @ w",
             f"    f = {formula.numpy}",
             f"    slopes.append({formula.numpy_slope})",
             "    weights.append(w)",
             "    a = a + f" if spec.skip else "    a = f",
             remark(f"for layer in reversed(range(1, {spec.depth})):", _("back, to what the first layer puts out")),
             "    back = (gradient * slopes[layer]) @ weights[layer].T",
             "    gradient = gradient + back" if spec.skip else "    gradient = back",
             "",
             remark("signal = np.sqrt(a.var(axis=0).mean() / start.var(axis=0).mean())", _("do answers still differ from input to input?")),
             "signal = round(float(signal), 9)",
             "gradient = float(np.sqrt((gradient**2).mean() / (end**2).mean()))",
             "print(signal, gradient)", ""]
    return "\n".join(lines)


def plays(spec: ActivationsSpec, field: str) -> bool:
    """Your own σ has a part only where the weights are drawn with it, a parameter only where its function is."""
    return has(field, spec.hidden_activation) and (field != "sigma" or spec.initializer == "plain")


DEEP = Scene(
    "deep", N_("Many layers"),
    N_("One hundred inputs go through the layers, a [[gradient]] comes back. Play it, then swap the [[initialization]]: what keeps both "
       "alive?"),
    ("hidden_activation", "initializer", "sigma", "depth", "skip"), draw, program, more=("negative_slope", "alpha", "seed"), plays=plays,
    presets=(Preset(N_("The articles’ ReLU layers, twenty of them"), {"scene": "deep"}),
             Preset(N_("Twenty layers of sigmoid"), {"scene": "deep", "hidden_activation": "sigmoid"}),
             Preset(N_("Small random weights"), {"scene": "deep", "hidden_activation": "tanh", "initializer": "plain"}),
             Preset(N_("Fifty layers with skips"), {"scene": "deep", "hidden_activation": "tanh", "initializer": "plain", "depth": 50,
                                                    "skip": True, "sigma": 0.02})),
    trials=(Trial(N_("Give ReLU He’s weights"), N_("ReLU cuts off half of every sum. He’s weights are √2 wider to make up for it: the "
                                                   "gradient now arrives whole."),
                  {"scene": "deep", "initializer": "he"}),
            Trial(N_("Weights a little too large"), N_("σ = 0.3 instead of 0.177, and every layer makes everything larger. See how little "
                                                       "it takes."),
                  {"scene": "deep", "initializer": "plain", "sigma": 0.3}),
            Trial(N_("Lead around the layers"), N_("Weights so small that everything would die, but each layer’s input is "
                                                   "[[added|residual connection]] to its output: signal and gradient arrive."),
                  {"scene": "deep", "hidden_activation": "tanh", "initializer": "plain", "sigma": 0.03, "skip": True}),
            Trial(N_("Leak a little more"), N_("Leaky ReLU with He’s weights, and half of every negative sum comes through: now the signal "
                                               "grows. The √2 was made for ReLU, which cuts all of it off."),
                  {"scene": "deep", "hidden_activation": "leaky_relu", "negative_slope": 0.5, "initializer": "he"})))
