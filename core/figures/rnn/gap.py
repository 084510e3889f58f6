"""How far back a gradient reaches: the plain cell, the LSTM and the GRU before training, on one logarithmic axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.activations.common import line
from core.figures.backpropagation.numerals import latex, short
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.rnn.gap_program import program
from core.figures.rnn.gap_words import notes
from core.figures.template import Template
from core.figures.theme import axis, colour, layout, width_of
from core.figures.values import numbers
from core.i18n import N_, _
from core.maths import fading
from core.maths.cells import sigmoid
from core.maths.fading import DEAD, HIGH, LENGTH, LOW, Fade
from core.specs.examples import Preset, Trial
from core.specs.rnn import RnnSpec

NAMES = {"rnn": N_("plain"), "lstm": "LSTM", "gru": "GRU"}
TOKENS = {"rnn": "layer1", "lstm": "layer0", "gru": "layer2"}
DASHES = {"rnn": "solid", "lstm": "dash", "gru": "dashdot"}
FLOORS, TOPS = (-4, -8, -12), (1, 2, 4, 8, 16, 32)  # powers of ten at which the axis may end: a few, so that it seldom jumps
HEIGHT = 360


def measured(spec: RnnSpec) -> dict[str, Fade]:
    """The three kinds of network, by the names of their cells."""
    biases = {"rnn": 0.0, "lstm": spec.forget_bias, "gru": spec.update_bias}
    return {cell: fading.fading(cell, spec.network_units, spec.inputs, spec.strength, spec.initializer, spec.recurrent_scale, bias,
                                spec.seed) for cell, bias in biases.items()}


def bound(spec: RnnSpec) -> np.ndarray:
    """By how much each step back can multiply at most in the first plain network, (LENGTH,)."""
    return fading.bound(spec.network_units, spec.inputs, spec.strength, spec.initializer, spec.recurrent_scale, spec.seed)


def powers(values: Any) -> np.ndarray:
    """log10, and far below the axis for 0."""
    return np.log10(np.maximum(values, 1e-300))


def _said(sizes: np.ndarray) -> list[str]:
    return [short(float(v)) for v in sizes]


def chart(spec: RnnSpec, found: dict[str, Fade], most: np.ndarray) -> Template:
    """The gradient so many steps back: medians, bands, the plain cell's bound, and the gap."""
    back = np.arange(LENGTH + 1)
    middle = {cell: np.median(fade.carried, axis=0) for cell, fade in found.items()}
    all_of = powers(np.array(list(middle.values())))
    floor = next((f for f in FLOORS if all_of.min() >= f + 0.5), FLOORS[-1])
    top = next((t for t in TOPS if all_of.max() <= t - 0.5), TOPS[-1])
    clip = lambda exponents: numbers(np.clip(exponents, floor - 1, top + 1), 4)  # noqa: E731
    data: list[dict[str, Any]] = []
    for cell, fade in found.items():
        low, high = np.quantile(fade.carried, [LOW, HIGH], axis=0)
        data.append({"type": "scatter", "mode": "lines", "x": [*back.tolist(), *back[::-1].tolist()],
                     "y": clip(powers(np.concatenate([low, high[::-1]]))), "fill": "toself", "fillcolor": colour(TOKENS[cell]),
                     "opacity": 0.15, "line": {"width": 0, "color": colour(TOKENS[cell])}, "hoverinfo": "skip"})
    limits = powers(np.concatenate([[1.0], np.cumprod(most)]))
    inside = np.flatnonzero((limits >= floor - 1) & (limits <= top + 1))
    data.append(line(back[inside], limits[inside], TOKENS["rnn"], width=1.4, dash="dot",
                     customdata=_said(10.0 ** limits[inside]),
                     hovertemplate=_("plain, at most") + ": %{customdata}<extra></extra>"))
    state = np.median(found["lstm"].h, axis=0)
    data.append(line(back, np.clip(powers(state), floor - 1, top + 1), TOKENS["lstm"], width=1.2, dash="dot", customdata=_said(state),
                     hovertemplate=_("LSTM, hidden state") + ": %{customdata}<extra></extra>"))
    labels: list[dict[str, Any]] = []
    for cell, values in middle.items():
        name = _(NAMES[cell]) + (" (c)" if cell == "lstm" else "")
        labels.append({"trace": len(data), "text": name, "color": colour(TOKENS[cell])})
        data.append({**line(back, powers(values), TOKENS[cell], dash=DASHES[cell], customdata=_said(values),
                            hovertemplate=name + ": %{customdata}<extra></extra>"), "y": clip(powers(values))})
    data.append(line([spec.gap, spec.gap], [floor - 1, top + 1], "text", width=1.5, hoverinfo="skip"))
    at = np.array([values[spec.gap] for values in middle.values()])
    data.append({"type": "scatter", "mode": "markers", "x": [spec.gap] * 3, "y": clip(powers(at)), "hoverinfo": "skip",
                 "marker": {"size": 10, "color": [colour(TOKENS[cell]) for cell in found], "symbol": ["square", "circle", "diamond"],
                            "line": {"width": 1.5, "color": colour("background")}}})
    every = max(1, (top - floor) // 6)
    ticks = [power for power in range(floor, top + 1) if power % every == 0]
    said = {"gap": spec.gap, **{cell: short(float(v)) for cell, v in zip(found, at, strict=True)}}
    return figure("fade", data, layout(
        xaxis=axis(_("steps back from the loss"), range=[0, LENGTH], fixedrange=True, nticks=11),
        yaxis=axis(_("gradient, last state h = 1 (log scale)"), range=[floor, top], fixedrange=True, tickvals=ticks,
                   ticktext=[f"10<sup>{p}</sup>" if p else "1" for p in ticks]),
        shapes=[{"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": floor - 1, "y1": float(np.log10(DEAD)), "layer": "below",
                 "fillcolor": colour("grid"), "opacity": 0.7, "line": {"width": 0}}],
        annotations=[{"text": _("below a thousandth: too little to learn from"), "xref": "paper", "x": 0.01, "xanchor": "left",
                      "y": floor, "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": colour("muted")}}],
        hovermode="x unified", margin={"l": 52, "r": 14 + max(width_of(label["text"]) for label in labels), "t": 8, "b": 34},
        meta={"labels": labels}), height=HEIGHT, span=8,
        title=_("{gap} steps back: plain {rnn}, LSTM {lstm}, GRU {gru}", **said),
        alt=_("The gradient of a loss after the last step, against how many steps back it is asked for, on a logarithmic axis: medians of "
              "{count} networks of each kind. {gap} steps back it is {rnn} in the plain cell, {lstm} in the LSTM’s memory, {gru} in the "
              "GRU.", count=fading.NETWORKS, **said))


def eigenvalues(found: Fade) -> tuple[np.ndarray, np.ndarray, float]:
    """Of the first network's U, and of its last step diag(1 − h²)·U; and the largest singular value of U."""
    u = found.weights.recurrent[0]
    return np.linalg.eigvals(u), np.linalg.eigvals(u * (1 - found.states["h"][0, -1] ** 2)), float(np.linalg.norm(u, ord=2))


def spectrum(found: Fade) -> Template:
    """The eigenvalues of the plain cell's recurrent kernel in the plane of complex numbers, with the unit circle."""
    own, step, sigma = eigenvalues(found)
    radius = float(np.abs(own).max())
    around = np.linspace(0, 2 * np.pi, 73)
    ring = lambda size, token, dash: line(size * np.cos(around), size * np.sin(around), token, width=1.5, dash=dash, hoverinfo="skip")  # noqa: E731
    dots = lambda at, token, symbol: {  # noqa: E731
        "type": "scatter", "mode": "markers", "x": numbers(at.real, 4), "y": numbers(at.imag, 4),
        "marker": {"size": 8, "symbol": symbol, "color": colour(token)}, "hovertemplate": "%{x:.2f} + %{y:.2f} i<extra></extra>"}
    data = [ring(1.0, "text", "solid"), ring(sigma, TOKENS["rnn"], "dot"), dots(own, TOKENS["rnn"], "circle-open"),
            dots(step, "text", "x")]
    reach = 1.12 * max(1.0, sigma, radius)
    said = {"radius": f"{radius:.2f}", "sigma": f"{sigma:.2f}", "after": f"{np.abs(step).max():.2f}"}
    return figure("spectrum", data, layout(
        xaxis=axis(_("real part"), range=[-reach, reach], fixedrange=True, constrain="domain"),
        yaxis=axis(_("imaginary part"), range=[-reach, reach], fixedrange=True, scaleanchor="x", constrain="domain"),
        annotations=[{"text": _("○ of U   × of the last step   ⋯ largest singular value"), "xref": "paper", "x": 0.5, "yref": "paper",
                      "y": 1, "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": colour("muted")}}],
        margin={"l": 40, "r": 8, "t": 22, "b": 34}), height=HEIGHT, span=4,
        title=_("Plain U: spectral radius {radius}", **said),
        alt=_("Eigenvalues of the recurrent weights U of one plain network, circles, and of its last step diag(1 − h²)·U, crosses, beside "
              "the unit circle. Spectral radius {radius}, largest singular value {sigma}; of the last step {after}.", **said))


def steps(spec: RnnSpec, found: dict[str, Fade], most: np.ndarray) -> Template:
    """By how much each single step multiplies."""
    back = np.arange(1, LENGTH + 1)
    each = {cell: fading.per_step(fade.carried) for cell, fade in found.items()}
    top = 1.15 * max(1.0, float(most.max()), *(float(np.quantile(v[1:], 0.98)) for v in each.values()))
    data = [line([0, LENGTH], [1, 1], "baseline", width=1.4, hoverinfo="skip"),
            line(back, most, TOKENS["rnn"], width=1.4, dash="dot", hovertemplate=_("plain, at most") + ": × %{y:.2f}<extra></extra>")]
    labels: list[dict[str, Any]] = []
    for cell, values in each.items():
        name = _(NAMES[cell]) + (" (c)" if cell == "lstm" else "")
        labels.append({"trace": len(data), "text": name, "color": colour(TOKENS[cell])})
        data.append(line(back, np.minimum(values, 2 * top), TOKENS[cell], dash=DASHES[cell], width=2,
                         hovertemplate=name + ": × %{y:.2f}<extra></extra>"))
    data.append(line([spec.gap, spec.gap], [0, top], "text", width=1.2, hoverinfo="skip"))
    said = {"gap": spec.gap, **{cell: f"{fading.typical(fade.carried, spec.gap):.2f}" for cell, fade in found.items()}}
    return figure("steps", data, layout(
        xaxis=axis(_("steps back from the loss"), range=[0, LENGTH], fixedrange=True, nticks=11),
        yaxis=axis(_("one step multiplies by"), range=[0, top], fixedrange=True, nticks=5), hovermode="x unified",
        margin={"l": 52, "r": 14 + max(width_of(label["text"]) for label in labels), "t": 6, "b": 34}, meta={"labels": labels}),
        height=200, span=12, area="curves",
        title=_("On average a step multiplies by: plain {rnn}, LSTM {lstm}, GRU {gru}", **said),
        alt=_("By how much each step back multiplies the gradient, medians over the networks, and the most that the first plain network "
              "allows. Over the gap of {gap} steps a step multiplies by {rnn} in the plain cell, {lstm} in the LSTM’s memory and {gru} in "
              "the GRU on average.", **said))


def _power(base: float, n: int) -> str:
    return rf"{base:.2f}^{{{n}}} = {latex(base**n)}"


def formulas(spec: RnnSpec, most: np.ndarray) -> tuple[tuple[str, str], ...]:
    n = spec.gap
    kept, passed_on = (float(sigmoid(np.array(b))) for b in (spec.forget_bias, spec.update_bias))
    product = float(np.prod(most[:n]))
    return (
        (_("Plain cell"), rf"\left\|\frac{{\partial h_T}}{{\partial h_{{T-{n}}}}}\right\| \le "
                          rf"\prod_{{t=T-{n - 1}}}^{{T}} \left\|\mathrm{{diag}}(1-h_t^2)\,U\right\| = {latex(product)}"),
        (_("LSTM, through its memory"), rf"\prod_t f_t \approx \sigma({spec.forget_bias:g})^{{{n}}} = {_power(kept, n)}"),
        (_("GRU, through its state"), rf"\prod_t z_t \approx \sigma({spec.update_bias:g})^{{{n}}} = {_power(passed_on, n)}"),
    )


def draw(spec: RnnSpec) -> Picture:
    found, most = measured(spec), bound(spec)
    at = {cell: float(np.median(fade.carried[:, spec.gap])) for cell, fade in found.items()}
    handle = Handle("gap", "fade", _("the gap"), (spec.gap, 0), ("gap",), rail=tuple((k, k, 0.0) for k in range(1, LENGTH + 1)), step=1)
    own, _step, sigma = eigenvalues(found["rnn"])
    return Picture((chart(spec, found, most), spectrum(found["rnn"]), steps(spec, found, most)), handles=(handle,),
                   notes=notes(spec, found, most), formulas=formulas(spec, most),
                   numbers={"arrives": [at["rnn"], at["lstm"], at["gru"]], "radius": float(np.abs(own).max()), "largest": sigma})


SCENE = Scene(
    "gap", N_("Stretch the gap"),
    N_("Drag the line to the right: how many steps back does the [[gradient]] of a loss still reach? Then change how the weights are "
       "drawn, "
       "and open the gates with their bias."),
    ("gap", "initializer", "recurrent_scale", "forget_bias", "update_bias"), draw, program,
    more=("network_units", "inputs", "strength", "seed"),
    presets=(
        Preset(N_("As Keras draws them"), {"scene": "gap"}),
        Preset(N_("Gates open, for a long memory"), {"scene": "gap", "gap": 60, "forget_bias": 4.0, "update_bias": 4.0}),
        Preset(N_("Too large: the gradient explodes"), {"scene": "gap", "gap": 60, "recurrent_scale": 2.0}),
        Preset(N_("An identity, and no input"), {"scene": "gap", "gap": 60, "initializer": "identity", "strength": 0.0}),
    ),
    trials=(
        Trial(N_("Silence the inputs"), N_("The states stay at 0, where tanh has the slope 1, and an orthogonal U keeps every length: the "
                                           "plain cell’s gradient never fades. It is what the cell reads that makes it forget."),
              {"scene": "gap", "strength": 0.0}),
        Trial(N_("Take the forget bias away"), N_("σ(0) is 0.5: the LSTM’s memory halves at every step. This is why Keras begins with a "
                                                  "bias of 1."), {"scene": "gap", "forget_bias": 0.0}),
        Trial(N_("Open the GRU as well"), N_("With a bias of 3 its update gate keeps 0.95 of the state. Without one, z begins near 0.5, "
                                             "and "
                                             "of the three the GRU forgets fastest."),
              {"scene": "gap", "update_bias": 3.0, "forget_bias": 3.0}),
        Trial(N_("Draw U as Glorot does"), N_("Its spectral radius is near 1 as well, but its largest singular value is near 2: some "
                                              "directions grow first, and the bound says little."),
              {"scene": "gap", "initializer": "glorot"}),
    ))
