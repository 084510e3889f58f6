"""What one step along the negative gradient does to the loss, at each learning rate, and what many such steps do."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.backpropagation.nets import listing, net_of, there
from core.figures.backpropagation.numerals import in_latex, latex, latex_factor, short
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.backpropagation import Sample, after_step, descent
from core.maths.dense import flat
from core.specs.backpropagation import BackpropagationSpec
from core.specs.examples import Preset, Trial
from core.specs.wiring import written

STEPS = 30
RATES = tuple(float(f"{rate:.4g}") for rate in np.geomspace(0.001, 30, 160))
TICKS = (0.001, 0.01, 0.1, 1.0, 10.0)


def _number(value: float) -> str:
    return f"{value:g}"


def _log(value: float) -> float:
    return round(float(np.log10(value)), 5)


def _step_figure(here: Sample, rate: float, after: float) -> tuple[Any, tuple[tuple[float, float, float], ...]]:
    """The loss after one step, against the learning rate; beside it what the slope at the start promises."""
    rates = np.array(sorted({*RATES, rate}))
    losses, top = after_step(here, rates), max(2.2 * here.loss, 0.05)
    reached = np.minimum(losses, top)  # how high the point goes; the curve leaves the picture
    shown = np.minimum(losses, 20 * top)
    promised = here.loss - rates * float((here.gradient**2).sum())
    inside = promised >= -0.06 * top
    x = [_log(r) for r in rates]
    promise = _("promised by the slope")
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": x, "y": shown.round(5).tolist(), "line": {"color": colour("loss"), "width": 2.4},
         "customdata": [_number(r) for r in rates], "hovertemplate": "η = %{customdata}: L = %{y:.4g}<extra></extra>"},
        {"type": "scatter", "mode": "lines", "x": [v for v, ok in zip(x, inside, strict=True) if ok],
         "y": promised[inside].round(5).tolist(),
         "line": {"color": colour("text"), "width": 1.6, "dash": "dash"}, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "lines", "x": [x[0], x[-1]], "y": [here.loss, here.loss],
         "line": {"color": colour("baseline"), "width": 1.6, "dash": "dot"}, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "text", "x": [x[0]] * 3, "y": [here.loss, 0.11 * top, 0.02 * top], "hoverinfo": "skip",
         "cliponaxis": False,
         "text": ["  ··· " + _("before the step"), "  — " + _("after the step"), "  – – " + promise], "textposition": "top right",
         "textfont": {"size": 12, "color": [colour("muted"), colour("loss"), colour("text")]}},
        {"type": "scatter", "mode": "markers", "x": [_log(rate)], "y": [round(min(after, top), 5)], "hoverinfo": "skip",
         "marker": {"size": 9, "color": colour("text")}}]
    title = (_("One step with η = {rate}: loss {before} → {after}", rate=_number(rate), before=short(here.loss), after=short(after)))
    plot = figure("step", data, layout(
        xaxis=axis(_("learning rate η (log scale)"), range=[x[0] - 0.05, x[-1] + 0.05], tickvals=[_log(v) for v in TICKS],
                   ticktext=[_number(v) for v in TICKS], fixedrange=True),
        yaxis=axis(_("loss"), range=[-0.06 * top, 1.04 * top], nticks=5, fixedrange=True), dragmode=False,
        margin={"l": 44, "r": 10, "t": 6, "b": 34}), title=title,
        alt=_("The loss after one step, against the learning rate. Before it is {before}; with {rate} it is {after} after.",
              before=short(here.loss), rate=_number(rate), after=short(after)), height=340, span=7)
    return plot, tuple((float(r), v, float(loss)) for r, v, loss in zip(rates, x, reached, strict=True))


def _many_figure(here: Sample, rate: float) -> tuple[Any, np.ndarray]:
    losses = descent(here, rate, STEPS)
    floor = 1e-12
    # what diverged is drawn up to where it left
    top = max(10 * here.loss, 1e-3)
    left = np.isnan(losses) | (losses > 50 * top)
    shown = [float(f"{max(v, floor):.5g}") for v in losses[:int(np.argmax(left)) if left.any() else None]]
    end = losses[-1]
    said = _("{steps} such steps: loss {end}", steps=STEPS, end=short(float(end))) if not np.isnan(end) else \
        _("{steps} such steps: it diverges", steps=STEPS)
    data = [{"type": "scatter", "mode": "lines+markers", "x": list(range(len(shown))), "y": shown,
             "line": {"color": colour("loss"), "width": 2},
             "marker": {"size": 5, "color": colour("loss")}, "hovertemplate": _("step") + " %{x}: L = %{y:.3g}<extra></extra>"},
            {"type": "scatter", "mode": "lines", "x": [0, STEPS], "y": [here.loss, here.loss], "hoverinfo": "skip",
             "line": {"color": colour("baseline"), "width": 1.6, "dash": "dot"}}]
    plot = figure("many", data, layout(
        xaxis=axis(_("step"), range=[-0.5, STEPS + 0.5], nticks=5, fixedrange=True),
        yaxis=axis(_("loss (log scale)"), type="log", range=[-10.3, max(_log(top), 1.3)], nticks=5, fixedrange=True,
                   exponentformat="power"), dragmode=False, margin={"l": 48, "r": 10, "t": 6, "b": 34}), title=said,
        alt=_("The loss over {steps} steps at this learning rate, each with a gradient of its own: {said}.", steps=STEPS, said=said),
        height=340, span=5)
    return plot, losses


@lru_cache(maxsize=64)
def _best(spec: BackpropagationSpec) -> float:
    """The learning rate, of those on the axis, after which the loss is least."""
    return RATES[int(np.argmin(after_step(net_of(spec), RATES)))]


def notes(here: Sample, rate: float, after: float, best: float, losses: np.ndarray) -> tuple[Message, ...]:
    size = float((here.gradient**2).sum())
    promise = here.loss - rate * size
    said = {"promise": short(promise), "after": short(after), "before": short(here.loss), "best": _number(float(f"{best:.2g}"))}
    if size == 0:
        return (Message(N_("Every gradient is 0 here: no learning rate moves anything.")),)
    if after > here.loss:
        first = Message(N_("The step went downhill and landed higher than it began: {before} → {after}. It was too long; the slope holds "
                           "only nearby. About {best} would be best for this one step."), said)
    elif promise - after > 0.15 * (here.loss - promise):
        first = Message(N_("The slope promised {promise}, and the loss fell further, to {after}: the curve gets steeper before it turns. "
                           "The best single step is about {best}.") if best < RATES[-1] else
                        N_("The slope promised {promise}, and the loss fell further, to {after}: the curve gets steeper, and is still "
                           "falling at the end of the axis."), said)
    elif best == RATES[-1]:
        first = Message(N_("The slope promised {promise}, and the loss became {after}. As far as the axis goes no single step is too long: "
                           "the best lies at its end or beyond."), said)
    elif promise < 0 or after - promise > 0.15 * (here.loss - promise):
        first = Message(N_("The slope promised {promise}; the loss became {after}. The longer the step, the less the slope at its start is "
                           "worth. The best single step is about {best}."), said)
    elif rate >= best:
        first = Message(N_("The slope promised {promise}, and the loss became {after}: the curve keeps falling almost straight as far as "
                           "this. The best single step is about {best}."), said)
    else:
        first = Message(N_("The step is short enough for the slope to hold: it promised {promise}, and the loss became {after}. The best "
                           "single step, about {best}, goes further."), said)
    second = Message(N_("Back-propagation has only computed the gradient. This step is the optimizer’s doing: it takes η times the "
                        "gradient off every weight, all at once."))
    if after < here.loss and (np.isnan(losses[-1]) or losses[-1] > here.loss):
        return (first, Message(N_("One step of this length helps; thirty do not: the loss ends higher than it began.")), second)
    return (first, second)


def draw(spec: BackpropagationSpec) -> Picture:
    here, rate = net_of(spec), spec.learning_rate
    after = float(after_step(here, [rate])[0])
    step, rail = _step_figure(here, rate, after)
    many, losses = _many_figure(here, rate)
    best = _best(spec.changed(scene="update", learning_rate=0.1))
    at = next((x, y) for value, x, y in rail if value == rate)
    handle = Handle("rate", "step", _("learning rate"), at, ("learning_rate",), rail=rail, step=0.001)
    name = spec.looked_at
    w, slope = here.values[name], here.slopes[name]
    rule = (rf"{in_latex(written(name))} \leftarrow w - \eta\,\frac{{\partial L}}{{\partial w}} = {latex(w)} - {latex(rate)}\cdot "
            rf"{latex_factor(slope)} = {latex(w - rate * slope)}")
    return Picture((step, many), (handle,), notes=notes(here, rate, after, best, losses), formulas=((_("the step"), rule),),
                   numbers={"before": here.loss, "after": after, "new": (flat(here.net) - rate * here.gradient).tolist()})


def program(spec: BackpropagationSpec) -> str:
    here = net_of(spec)
    return ("import keras\nimport numpy as np\nimport tensorflow as tf\n\n"
            f"{listing(here)}rate = {spec.learning_rate}\n\n"
            "weights = [tf.Variable(part) for pair in zip(W, b) for part in pair]\n"
            f"activations = [\"{spec.activation}\"] * (len(W) - 1) + [\"{spec.last}\"]\n\n"
            "def loss_now():\n"
            "    a = x[None]\n"
            "    for k, name in enumerate(activations):\n"
            "        a = keras.activations.get(name)(a @ weights[2 * k] + weights[2 * k + 1])\n"
            "    return tf.reduce_sum((a - t)**2) / 2\n\n"
            "with tf.GradientTape() as tape:\n"
            "    loss = loss_now()\n"
            "gradients = tape.gradient(loss, weights)  # " + _("back-propagation computes") + "\n"
            "keras.optimizers.SGD(rate).apply(gradients, weights)  # " + _("the optimizer updates") + "\n\n"
            "before, after = float(loss), float(loss_now())\n"
            "new = [float(v) for part in weights for v in tf.reshape(part, [-1])]\n"
            'print("before:", before)\nprint("after:", after)\nprint("new:", new)\n')


SCENE = Scene(
    "update", N_("One step"),
    N_("Drag the point along the curve: it is the loss after one step. Where is the best [[learning rate]], and from where on is a step "
       "worse than none?"),
    ("learning_rate", "shape", "activation", "seed"), draw, program, more=("last", "x1", "x2", "x3", "t1", "t2", "edge", "weight", "edits"),
    plays=there,
    presets=(
        Preset(N_("A step that works"), {"scene": "update"}),
        Preset(N_("Too small"), {"scene": "update", "learning_rate": 0.003}),
        Preset(N_("Too large"), {"scene": "update", "learning_rate": 1.0}),
    ),
    trials=(
        Trial(N_("Saturate the outputs"), N_("With a sigmoid at the output the slopes are small. The same learning rate hardly moves the "
                                             "loss; the best one lies far to the right."),
              {"scene": "update", "last": "sigmoid", "t1": 1.0, "t2": 0.0}),
        Trial(N_("A larger network"), N_("More weights move at once, so the step as a whole is longer: the best rate is smaller."),
              {"scene": "update", "shape": "3-4-3-2", "weight": -0.3}),
    ))
