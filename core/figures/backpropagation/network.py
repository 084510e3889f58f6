"""A small network in numbers: forward, the loss, and back; one of its weights with the loss as a curve of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation import diagram, passes
from core.figures.backpropagation.nets import functions, listing, net_of, there
from core.figures.backpropagation.numerals import in_latex, latex, latex_factor, latex_sum, neuron, short, stacked, typed
from core.figures.board import Film, Handle, Picture, Press, Scene, figure
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.backpropagation import Sample, along, finite_difference
from core.specs.backpropagation import BackpropagationSpec
from core.specs.examples import Preset, Trial
from core.specs.wiring import LARGEST, written

STEP = 0.05
HALF_TANGENT = 0.9
H = 1e-3


def weight_curve(here: Sample, name: str) -> tuple[Template, tuple[tuple[float, float, float], ...]]:
    """The loss as this weight alone is turned, with its tangent; and the places that the point on it may take."""
    values = np.round(np.arange(-LARGEST, LARGEST + STEP / 2, STEP), 2)
    losses = along(here, name, values)
    at, slope = here.values[name], here.slopes[name]
    ends = np.array([at - HALF_TANGENT, at + HALF_TANGENT])
    top = max(float(losses.max()), 0.1) * 1.08
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": values.tolist(), "y": np.round(losses, 6).tolist(), "name": _("loss"),
         "line": {"color": colour("loss"), "width": 2.2}, "hovertemplate": "L(%{x:.2f}) = %{y:.4g}<extra></extra>"},
        {"type": "scatter", "mode": "lines", "x": ends.tolist(), "y": (here.loss + slope * (ends - at)).round(6).tolist(),
         "line": {"color": colour("text"), "width": 2, "dash": "dash"}, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "markers", "x": [at], "y": [round(here.loss, 6)], "hoverinfo": "skip",
         "marker": {"size": 9, "color": colour("text")}}]
    shown = written(name)
    plot = figure("curve", data, layout(xaxis=axis(_("value of {name}", name=shown), range=[-LARGEST - 0.1, LARGEST + 0.1],
                                                   fixedrange=True),
                                        yaxis=axis(_("loss"), range=[-0.04 * top, top], nticks=5, fixedrange=True), dragmode=False,
                                        margin={"l": 44, "r": 8, "t": 6, "b": 34}),
                  title=_("Slope at {name}: {slope}", name=shown, slope=short(slope)),
                  alt=_("The loss against the value of {name}, all other weights fixed. At {value} it is {loss}, and its tangent has the "
                        "slope {slope}.", name=shown, value=typed(at), loss=short(here.loss), slope=short(slope)),
                  height=340, span=4)
    rail = [(float(v), float(v), float(loss)) for v, loss in zip(values, losses, strict=True)]
    if at not in values:  # one that was typed, between two of them
        rail = sorted([*rail, (at, at, here.loss)])
    return plot, tuple(rail)


def formulas(here: Sample, name: str) -> tuple[tuple[str, str], ...]:
    """The chain rule on one edge, δ at its end, and what a nudge of the weight says."""
    (k, i), (m, j) = diagram.ends(name)
    depth, slope, w = here.net.depth, here.slopes[name], in_latex(written(name))
    delta = float(here.gradients.delta[m - 1][0, j])
    end, bend = in_latex(neuron(m, j, depth)), passes.slope_at(here, m, j)
    d = rf"\delta_{{{end}}}"
    if name[0] == "w":
        a, value = in_latex(neuron(k, i, depth)), latex(float(here.done.a[k][0, i]))
        rule = rf"\frac{{\partial L}}{{\partial {w}}} = {a}\cdot {d} = {value}\cdot {latex_factor(delta)} = {_four(slope)}"
    else:
        rule = rf"\frac{{\partial L}}{{\partial {w}}} = {d} = {_four(slope)}"
    if m == depth:
        y, t = float(here.done.output[0, j]), float(here.t[0, j])
        back = rf"{d} = (y-t)\cdot f'(z) = ({latex(y)} - {latex_factor(t)})\cdot {latex(bend)} = {latex(delta)}"
    else:
        terms = [rf"{latex(float(v))}\cdot {latex_factor(float(e))}"
                 for v, e in zip(here.net.weights[m][j], here.gradients.delta[m][0], strict=True)]
        inner = latex_sum(terms[:2])
        if len(terms) > 2:  # broken, for a phone
            inner += r" \\ &\qquad" + latex_sum(["", *terms[2:]])
        end_of_it = rf"({inner})\cdot {latex(bend)}"
        back = rf"{d} = {end_of_it} = {latex(delta)}" if len(terms) == 1 else stacked(d, end_of_it, latex(delta))
    nudge = rf"\frac{{L(w+h)-L(w-h)}}{{2h}} = {_four(finite_difference(here, name, H))}"
    return ((_("chain rule"), rule), (_("δ at its end"), back), (_("a nudge, h = {h}", h=f"{H:g}"), nudge))


def _four(value: float) -> str:
    """Four digits, to compare two ways to the same number."""
    return f"{value:.4f}" if abs(value) >= 0.01 or value == 0 else f"{value:.6f}" if abs(value) > 1e-4 else latex(value)


def notes(here: Sample, name: str) -> tuple[Message, ...]:
    slope, shown = here.slopes[name], written(name)
    found = []
    if slope == 0:
        (k, i), end = diagram.ends(name)
        silent = float(here.done.a[k][0, i]) == 0 and name[0] == "w"
        found.append(Message(N_("{name} has no gradient: the neuron it leaves passes on 0, so its weight is multiplied with nothing.")
                             if silent else
                             N_("{name} has no gradient: nothing comes back to its end, where the activation is flat. A step leaves it as "
                                "it is.") if passes.slope_at(here, end[0], end[1]) == 0 else
                             N_("{name} has no gradient: δ at its end is 0, for there is no error, or nothing of it comes back that far."),
                             {"name": shown}))
    else:
        found.append(Message(N_("A little more {name} and the loss rises, by {size} per unit. The gradient is positive, so a step makes it "
                                "smaller.") if slope > 0 else
                             N_("A little more {name} and the loss falls, by {size} per unit. The gradient is negative, so a step makes it "
                                "larger."), {"name": shown, "size": short(abs(slope))}))
    edges, neurons = len(diagram.edges(here.widths)), sum(here.widths[1:])
    found.append(Message(N_("{neurons} values of δ give all {weights} gradients: every weight that ends at a neuron uses that neuron’s δ "
                            "again. That is why one pass back is enough."), {"neurons": neurons, "weights": edges + neurons}))
    slopes = {key: v for key, v in here.slopes.items() if key[0] == "w"}
    most = max(slopes, key=lambda key: abs(slopes[key]))
    if most != name and slopes[most]:
        found.append(Message(N_("Of the weights between neurons, {name} moves the loss most: its gradient is {slope}."),
                             {"name": written(most), "slope": short(slopes[most])}))
    return tuple(found)


def draw(spec: BackpropagationSpec) -> Picture:
    here, name = net_of(spec), spec.looked_at
    steps = passes.moments(here, name)
    plot, rail = weight_curve(here, name)
    last = steps[-1]
    foot = _("on an edge: weight, then gradient · below a neuron: b, then δ")
    few = _("numbers: of this step only · below a neuron: b, then δ")
    net = figure("network", diagram.traces(here, last), diagram.frame(foot, diagram.on_a_phone(here, few)),
                 title=last.title,
                 alt=_("A network of {shape} neurons with inputs {inputs}. Its outputs are {outputs}, the loss is {loss}; on each edge "
                       "stands its gradient, below each neuron its δ.", shape=spec.shape, inputs=", ".join(typed(v) for v in here.x[0]),
                       outputs=", ".join(short(v) for v in here.done.output[0]), loss=short(here.loss)), height=340, span=8)
    film = Film(tuple(step.label for step in steps), diagram.tracks(here, steps), {"network": [step.title for step in steps]},
                seconds=0.45 * len(steps))
    handle = Handle("weight", "curve", _("the value of {name}", name=written(name)), (spec.weight, here.loss), ("weight",), rail=rail,
                    step=STEP)
    return Picture((net, plot), (handle,), (Press("network", "edge", diagram.presses(here)),),
                   film, notes(here, name), formulas(here, name),
                   {"loss": here.loss, "gradients": here.gradient.tolist()})


def program(spec: BackpropagationSpec) -> str:
    here = net_of(spec)
    return (f"import numpy as np\n\n{functions(spec.activation, spec.last)}{listing(here)}\n"
            "a, z = [x], []  # " + _("forward, layer by layer") + "\n"
            "for k in range(len(W)):\n"
            "    z.append(a[-1] @ W[k] + b[k])\n"
            "    a.append((g if k == len(W) - 1 else f)(z[-1]))\n"
            "loss = ((a[-1] - t)**2).sum() / 2\n\n"
            "gradients = []\n"
            "delta = (a[-1] - t) * dg(z[-1])  # " + _("back, from the last layer to the first") + "\n"
            "for k in reversed(range(len(W))):\n"
            "    # " + _("the δ of a neuron serves all its weights") + "\n"
            "    gradients = [*np.outer(a[k], delta).ravel().tolist(), *delta.tolist(), *gradients]\n"
            "    if k:\n"
            "        delta = (W[k] @ delta) * df(z[k - 1])\n"
            'print("loss:", loss)\n'
            'print("gradients:", gradients)\n')


MAZUR = {"shape": "2-2-2", "activation": "sigmoid", "last": "sigmoid", "x1": 0.05, "x2": 0.1, "t1": 0.01, "t2": 0.99, "edge": "w2_11",
         "weight": 0.4, "edits": "w1_11=0.15, w1_21=0.2, w1_12=0.25, w1_22=0.3, b1_1=0.35, b1_2=0.35, "
                                 "w2_21=0.45, w2_12=0.5, w2_22=0.55, b2_1=0.6, b2_2=0.6"}
LARGE = {"shape": "3-4-3-2", "weight": 0.1}
SCENE = Scene(
    "network", N_("A small network"),
    N_("Play the film: values go forward, then gradients come back, edge by edge. Click a number to look at that weight; drag the point on "
       "its curve."),
    ("shape", "edge", "weight", "activation", "seed"), draw, program, more=("last", "x1", "x2", "x3", "t1", "t2", "edits"),
    plays=there,
    presets=(
        Preset(N_("2-3-2 with tanh"), {"scene": "network"}),
        Preset(N_("A known example by hand"), {"scene": "network", **MAZUR}),
        Preset("3-4-3-2", {"scene": "network", **LARGE}),
    ),
    trials=(
        Trial(N_("Switch to ReLU"), N_("h₃ now answers 0. The gradients of both weights that enter it are 0 too: nothing can come back "
                                       "through it."), {"scene": "network", "activation": "relu"}),
        Trial(N_("Feed in a zero"), N_("x₂ is 0 now. Look at the weights that leave it: a·δ is 0 on every one."),
              {"scene": "network", "x2": 0.0, "edge": "w1_21", "weight": 1.1}),
        Trial(N_("Saturate the neurons"), N_("Sigmoid with large weights: f′ is nearly 0, so every δ of the hidden layer is tiny."),
              {"scene": "network", "activation": "sigmoid", "weight": 3.0, "edits": "w1_12=3, w1_13=-3, w1_21=-3, w1_22=-3, w1_23=3"}),
    ))
