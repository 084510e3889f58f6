"""One pass forward, neuron by neuron, and one back, edge by edge: the steps of a film, each with its sum in numbers."""

from __future__ import annotations

from core.figures.backpropagation.diagram import (
    Moment,
    Neuron,
    answered,
    deltas,
    ends,
    finished,
    inputs,
    largest,
    untouched,
)
from core.figures.backpropagation.numerals import added, closed, factor, neuron, short, typed
from core.i18n import _
from core.maths.activations import ACTIVATIONS
from core.maths.backpropagation import Sample
from core.specs.wiring import written

LONGEST = 64  # letters of a title
SHOWN = {"tanh": "tanh", "sigmoid": "σ", "relu": "ReLU"}


def slope_at(here: Sample, layer: int, index: int) -> float:
    """f′(z) of a neuron; layers count from 1."""
    return float(ACTIVATIONS[here.net.activations[layer - 1]].df(here.done.z[layer - 1])[0, index])


def _added(terms: list[str], before: str, after: str) -> str:
    """As many of the terms as there is room for."""
    whole = before + added(terms) + after
    if len(whole) <= LONGEST or len(terms) < 3:
        return whole
    return before + added([terms[0], "…", terms[-1]]) + after


def forward_title(here: Sample, layer: int, index: int) -> str:
    """h₁ = tanh(1·0.9 + … + 0.3) = 0.59."""
    write = typed if layer == 1 else short
    terms = [f"{write(a)}·{closed(typed(w))}" for a, w in zip(here.done.a[layer - 1][0], here.net.weights[layer - 1][:, index],
                                                              strict=True)]
    bias = float(here.net.biases[layer - 1][index])
    terms += [typed(bias)] if bias else []
    name = here.net.activations[layer - 1]
    wrapped = (f"{SHOWN[name]}(", ")") if name in SHOWN else ("", "")
    value = short(float(here.done.a[layer][0, index]))
    return _added(terms, f"{neuron(layer, index, here.net.depth)} = {wrapped[0]}", f"{wrapped[1]} = {value}")


def loss_title(here: Sample) -> str:
    terms = [f"({short(y)} − {closed(typed(t))})²" for y, t in zip(here.done.output[0], here.t[0], strict=True)]
    inner = " + ".join(terms)
    return f"L = ½·{inner if len(terms) == 1 else f'[{inner}]'} = {short(here.loss)}"


def delta_title(here: Sample, layer: int, index: int) -> str:
    """δ of a neuron: what comes back along its outgoing edges, summed, times its own slope."""
    slope, value = slope_at(here, layer, index), short(float(here.gradients.delta[layer - 1][0, index]))
    name = neuron(layer, index, here.net.depth)
    if layer == here.net.depth:
        y, t = float(here.done.output[0, index]), float(here.t[0, index])
        return f"δ({name}) = (y − t)·f′ = ({short(y)} − {closed(typed(t))})·{short(slope)} = {value}"
    terms = [f"{typed(w)}·{factor(d)}" for w, d in zip(here.net.weights[layer][index], here.gradients.delta[layer][0], strict=True)]
    inner = _added(terms, f"δ({name}) = (", f")·{short(slope)} = {value}")
    return inner if len(terms) > 1 else f"δ({name}) = {terms[0]}·{short(slope)} = {value}"


def edge_title(here: Sample, name: str) -> str:
    """The chain rule on one edge: what the weight was multiplied with, times δ at its end."""
    (k, i), (m, j) = ends(name)
    a = float(here.done.a[k][0, i])
    return f"∂L/∂{written(name)} = {short(a) if k else typed(a)}·{factor(float(here.gradients.delta[m - 1][0, j]))} = " \
           f"{short(here.slopes[name])}"


def moments(here: Sample, lit: str) -> list[Moment]:
    """All steps, in the order in which they are computed; at the end everything, and `lit` stands out."""
    depth, widths = here.net.depth, here.widths
    everything, values, slopes = answered(here), here.values, here.slopes
    weights = {name: v for name, v in values.items() if name[0] == "w"}
    shown: dict[Neuron, str] = dict(inputs(here))
    below = untouched(here)
    found = [Moment(_("what goes in"), ", ".join(f"{neuron(0, i, depth)} = {typed(v)}" for i, v in enumerate(here.x[0])), dict(shown),
                    below,
                    weights)]
    for k in range(1, depth + 1):
        for j in range(widths[k]):
            shown[k, j] = everything[k, j]
            lines = tuple(f"w{k}_{i + 1}{j + 1}" for i in range(widths[k - 1]))
            found.append(Moment(_("forward: {name}", name=neuron(k, j, depth)), forward_title(here, k, j), dict(shown), below, weights,
                                lit=lines, lit_neurons=((k, j),)))
    found.append(Moment(_("the loss"), loss_title(here), everything, below, weights,
                        lit_neurons=tuple((depth, j) for j in range(widths[-1]))))
    gradients: dict[str, str] = {}
    coloured: dict[str, float] = {}
    after, most = deltas(here), largest(here)
    for k in range(depth, 0, -1):
        for j in range(widths[k]):
            below = {**below, (k, j): after[k, j]}
            back = tuple(f"w{k + 1}_{j + 1}{m + 1}" for m in range(widths[k + 1])) if k < depth else ()
            found.append(Moment(_("back: δ of {name}", name=neuron(k, j, depth)), delta_title(here, k, j), everything, below,
                                dict(coloured), dict(gradients), back, ((k, j),), most))
        for j in range(widths[k]):
            for i in range(widths[k - 1]):
                name = f"w{k}_{i + 1}{j + 1}"
                gradients[name] = short(slopes[name])
                coloured[name] = slopes[name]
                found.append(Moment(_("back: {name}", name=written(name)), edge_title(here, name), everything, below, dict(coloured),
                                    dict(gradients), (name,), ((k - 1, i), (k, j)), most))
    title = _("One pass back: {count} gradients at loss {loss}", count=len(values), loss=short(here.loss))
    return [*found, finished(here, _("all gradients"), title, lit)]
