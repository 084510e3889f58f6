"""What the forget bias does: the share of the cell state, and of its gradient, that is left after so many steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation.numerals import latex, short
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.theme import axis, colour, layout, width_of
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.insight.remembering import percent
from core.maths import cells, holding
from core.specs.examples import Preset, Trial
from core.specs.lstm import LstmSpec

LOW, HIGH = -2.0, 8.0  # of the bias
UNITS = 32  # of the untrained LSTM that is measured beside the formula
HEIGHT = 340
FLOOR = -8  # the lowest power of ten that is drawn
KNOWN = (0.0, 1.0)  # without and with Keras' unit_forget_bias


def draw(spec: LstmSpec) -> Picture:
    f = float(cells.sigmoid(np.array(spec.bias)))
    left, real = holding.kept_by_bias(spec.bias, spec.steps), holding.drawn_gates(spec.bias, spec.steps, UNITS, spec.seed)
    middle = np.median(real, axis=1)
    grid = np.linspace(LOW, HIGH, 81)
    rail = tuple((round(float(b), 6), round(float(b), 6), float(cells.sigmoid(np.array(b)))) for b in grid)
    curve: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": numbers(grid), "y": numbers(cells.sigmoid(grid)), "hoverinfo": "skip",
         "line": {"color": colour("layer0"), "width": 2.5}},
        {"type": "scatter", "mode": "markers+text", "x": list(KNOWN), "y": numbers(cells.sigmoid(np.array(KNOWN))), "hoverinfo": "skip",
         "text": ["b = 0: 0.5", "Keras, b = 1: 0.731"], "textposition": "bottom right", "textfont": {"color": colour("muted")},
         "marker": {"symbol": "diamond", "size": 9, "color": colour("muted")}}]
    handle = Handle("bias", "curve", _("the forget bias"), (spec.bias, f), ("bias",), rail=rail, step=0.05, anywhere=True, colour="layer1")
    first = figure("curve", curve, layout(
        xaxis=axis(_("forget bias b"), range=[LOW - 0.2, HIGH + 0.2], fixedrange=True),
        yaxis=axis(_("forget gate f"), range=[-0.03, 1.06], fixedrange=True), margin={"l": 42, "r": 10, "t": 6, "b": 34}),
        title=f"f = σ({short(spec.bias)}) = {f:.3f}", height=HEIGHT, span=5,
        alt=_("The forget gate against its bias, from 0.12 at −2 to nearly 1 at 8; at {bias} it is {f}.", bias=short(spec.bias),
              f=f"{f:.3f}"))
    steps = np.arange(spec.steps + 1)
    lines: list[tuple[Any, str, str, dict[str, Any]]] = [
        (left, f"b = {short(spec.bias)}", "layer1", {"width": 3}),
        (middle, _("drawn cell"), "text", {"width": 1.5, "dash": "dash"})]
    lines += [(holding.kept_by_bias(b, spec.steps), f"b = {short(b)}", "muted", {"width": 1.2, "dash": "dot"})
              for b in KNOWN if abs(b - spec.bias) > 1e-9]
    data = [{"type": "scatter", "mode": "lines", "x": steps.tolist(), "y": numbers(y), "name": name,
             "line": {"color": colour(token), **how}, "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>"}
            for y, name, token, how in lines]
    edge = {"type": "scatter", "mode": "lines", "x": steps.tolist(), "hoverinfo": "skip", "line": {"width": 0}}  # all units lie between
    data += [{**edge, "y": numbers(real.min(axis=1))},
             {**edge, "y": numbers(real.max(axis=1)), "fill": "tonexty", "fillcolor": colour("score_band")}]
    upright = {"type": "log", "range": [FLOOR, 0.1], "exponentformat": "power", "dtick": 2} if spec.log else {"range": [-0.03, 1.06]}
    labels = [{"trace": k, "text": name, "color": colour(token),
               "value": max(float(y[-1]), 10.0**FLOOR * (1 + 0.01 * k)) if spec.log else float(y[-1])}
              for k, (y, name, token, _how) in enumerate(lines)]
    second = figure("left", data, layout(
        xaxis=axis(_("steps"), range=[0, spec.steps]), yaxis=axis(_("share that is left"), **upright), hovermode="x",
        margin={"l": 48, "r": 14 + max(width_of(name) for _y, name, _t, _h in lines), "t": 8, "b": 34}, meta={"labels": labels}),
        title=_("After {steps} steps {left} of c is left, and of its gradient", steps=spec.steps, left=percent(float(left[-1]))),
        alt=_("The share of the cell state that is left over {steps} steps, with the bias {bias} and with 0 and 1; at the end {left}. "
              "An untrained cell of 32 units, the middle one: {real}.", steps=spec.steps, bias=short(spec.bias),
              left=percent(float(left[-1])), real=percent(float(middle[-1]))), height=HEIGHT, span=7)
    return Picture((first, second), (handle,), notes=notes(spec, f, float(left[-1]), float(middle[-1])), formulas=formulas(spec, f),
                   numbers={"f": f, "left": float(left[-1]), "half": holding.half_life(spec.bias), "middle": float(middle[-1])})


def formulas(spec: LstmSpec, f: float) -> tuple[tuple[str, str], ...]:
    power = latex(f**spec.steps)
    return (("", r"\frac{\partial c_T}{\partial c_t} = \prod_{j=t+1}^{T} f_j \approx \sigma(b)^{T-t}"),
            (_("Here"), rf"\sigma({latex(spec.bias)})^{{{spec.steps}}} = {f:.4g}^{{{spec.steps}}} = {power}"),
            (_("Half is left after"), rf"\frac{{\ln 0.5}}{{\ln {f:.4g}}} = {holding.half_life(spec.bias):.3g}"))


def notes(spec: LstmSpec, f: float, left: float, real: float) -> tuple[Message, ...]:
    values = {"f": f"{f:.3f}", "steps": spec.steps, "left": percent(left), "half": f"{holding.half_life(spec.bias):.3g}", "units": UNITS,
              "real": percent(real)}
    said = [Message(N_("A forget gate of {f} keeps that share at every step; over {steps} steps {left} is left. Steps until half is gone: "
                       "{half}."), values)]
    if abs(spec.bias - 1) < 1e-9:
        said.append(Message(N_("This is where Keras begins: unit_forget_bias=True sets the bias to 1, f to 0.731. Better than 0.5, and "
                               "still forgetful: 0.731 to the power of 20 is 0.002. For long gaps begin with 3 or more, or let training "
                               "find it.")))
    elif spec.bias >= 5:
        said.append(Message(N_("Now the belt hardly loses anything. The price: to forget, the gate has to overcome this bias, and an old "
                               "value stays where it is no longer wanted.")))
    elif spec.bias < 0:
        said.append(Message(N_("With a negative bias the cell begins by forgetting: hardly any gradient reaches the steps before, so "
                               "training "
                               "hears little of what would be worth keeping.")))
    said.append(Message(N_("Dashed: a real LSTM of {units} units with weights as Keras draws them and this bias, fed with noise; of its "
                           "middle unit {real} is left, and all its units lie within the band. Inputs and states move the gate up and "
                           "down around σ(b)."), values))
    said.append(Message(N_("This is the gradient along the belt alone. A little also flows through h and the gates, which grows when "
                           "weights "
                           "do.")))
    return tuple(said)


def program(spec: LstmSpec) -> str:
    return "\n".join([
        "import numpy as np", "", "sigmoid = lambda v: 1 / (1 + np.exp(-v))",
        f"f = sigmoid({spec.bias!r})", f"left = f ** {spec.steps}  # " + _("of the cell state, and of its gradient"),
        "half = np.log(0.5) / np.log(f)  # " + _("steps until half is gone"), "",
        f"rng = np.random.default_rng({spec.seed})  # " + _("an untrained LSTM, as Keras draws it, and its forget gates"),
        f"units = {UNITS}", "reach = np.sqrt(6 / (1 + 4 * units))", "W = rng.uniform(-reach, reach, (1, 4 * units))",
        "q, r = np.linalg.qr(rng.normal(size=(4 * units, units)))", "U = (q * np.sign(np.diag(r))).T", "b = np.zeros(4 * units)",
        f"b[units:2 * units] = {spec.bias!r}",
        f"x = np.random.default_rng({spec.seed + 100}).normal(size=({spec.steps}, 1))",
        "c, h, product = np.zeros(units), np.zeros(units), np.ones(units)",
        "for x_t in x:", "    i, f_t, g, o = np.split(x_t @ W + h @ U + b, 4)",
        "    c = sigmoid(f_t) * c + sigmoid(i) * np.tanh(g)", "    h = sigmoid(o) * np.tanh(c)", "    product *= sigmoid(f_t)",
        "middle = np.median(product)", "", "print(f, left, half)", "print(middle)"])


SCENE = Scene(
    "forget", N_("The forget bias"),
    N_("Drag the point along the curve: the bias alone decides how open the [[forget gate]] is before anything is learned, and so how far "
       "back a [[gradient]] can reach."),
    ("bias", "steps", "log"), draw, program, more=("seed",),
    presets=(Preset(N_("Keras: b = 1"), {"scene": "forget"}), Preset(N_("Without it: b = 0"), {"scene": "forget", "bias": 0.0}),
             Preset(N_("For long gaps: b = 5"), {"scene": "forget", "bias": 5.0, "steps": 100})),
    trials=(Trial(N_("100 steps"), N_("On an axis of powers of ten the curves are straight lines: each step takes the same share away."),
                  {"scene": "forget", "steps": 100, "log": True}),
            Trial(N_("A bias of 2"), N_("Double the bias, and the half-life grows from 2.2 to 5.5 steps."),
                  {"scene": "forget", "bias": 2.0})))
