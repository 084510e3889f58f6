"""The same task, fewer weights: how many the plain cell, the LSTM and the GRU have, and what their gates do on the same sequence."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation.numerals import short
from core.figures.board import Picture, Scene, figure
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths import cells
from core.maths.cells import CELLS, GATES, Array
from core.specs.examples import Preset, Trial
from core.specs.gru import GruSpec

STEPS, SHOWN = 24, 12  # of the sequence; units of each gate that are drawn
HEIGHT = 300


def waves(inputs: int, seed: int) -> Array:
    """Sines of periods from 4 to 16 steps at random phases, an input each: (STEPS, inputs)."""
    rng = np.random.default_rng(seed + 100)
    period, phase = rng.uniform(4, 16, inputs), rng.uniform(0, 2 * np.pi, inputs)
    return np.sin(2 * np.pi * np.arange(STEPS)[:, None] / period + phase)


def counts(spec: GruSpec) -> dict[str, int]:
    return {"rnn": cells.count("rnn", spec.inputs, spec.lstm_units), "gru": cells.count("gru", spec.inputs, spec.gru_units),
            "lstm": cells.count("lstm", spec.inputs, spec.lstm_units)}


def gates_of(spec: GruSpec, cell: str) -> dict[str, Array]:
    """The gates of an untrained cell on the waves, (STEPS, units) each."""
    units = spec.lstm_units if cell == "lstm" else spec.gru_units
    found = cells.forward(cell, cells.random(cell, spec.inputs, units, spec.seed, scale=spec.scale), waves(spec.inputs, spec.seed))
    return {name: found[name] for name in GATES[cell]}


def bars(spec: GruSpec, found: dict[str, int]) -> Template:
    names = [_("{name}, 1 unit", name=name) if units == 1 else _("{name}, {units} units", name=name, units=units) for name, units in
             ((_("plain"), spec.lstm_units), ("GRU", spec.gru_units), ("LSTM", spec.lstm_units))]
    values = list(found.values())
    data: list[dict[str, Any]] = [{
        "type": "bar", "orientation": "h", "y": names, "x": values, "text": [f"{v:,}" for v in values], "textposition": "outside",
        "cliponaxis": False, "hoverinfo": "skip", "textfont": {"size": 13, "color": colour("text")},
        "marker": {"color": [colour("baseline"), colour("layer0"), colour("layer1")]}}]
    shape = layout(xaxis={**axis(""), "visible": False, "range": [0, 1.25 * max(values)], "fixedrange": True},
                   yaxis={**axis(""), "autorange": "reversed", "showgrid": False, "fixedrange": True, "automargin": True,
                          "tickfont": {"size": 12, "color": colour("text")}}, margin={"l": 100, "r": 8, "t": 6, "b": 6}, bargap=0.4)
    return figure("counts", data, shape, title=_("The GRU has {share} of the LSTM’s weights", share=share(found)), height=190, span=12,
                  alt=", ".join(f"{name}: {value:,}" for name, value in zip(names, values, strict=True)))


def share(found: dict[str, int]) -> str:
    return f"{100 * found['gru'] / found['lstm']:.1f}%"


def gate_map(cell: str, gates: dict[str, Array]) -> Template:
    """The gates of some units over all steps, a block for each gate."""
    few = min(SHOWN, next(iter(gates.values())).shape[1])
    gap = np.full((1, STEPS), np.nan)
    blocks: list[Array] = []
    for values in gates.values():
        blocks += [values[:, :few].T, gap]
    z = np.concatenate(blocks[:-1])
    names, title = {"f": N_("forget"), "i": N_("input"), "o": N_("output"), "z": N_("update"), "r": N_("reset")}, \
        {"lstm": N_("The LSTM’s three gates"), "gru": N_("The GRU’s two gates")}
    data: list[dict[str, Any]] = [{"type": "heatmap", "z": numbers(z, 2), "zmin": 0, "zmax": 1, "colorscale": SEQUENTIAL,
                                   "showscale": False, "hovertemplate": _("step") + " %{x}: %{z}<extra></extra>"}]
    places = [k * (few + 1) + (few - 1) / 2 for k in range(len(gates))]
    shape = layout(xaxis=axis(_("step"), showgrid=False, fixedrange=True, nticks=6),
                   yaxis={**axis(""), "range": [len(z) - 0.5, -0.5], "tickvals": places, "ticktext": [_(names[name]) for name in gates],
                          "showgrid": False, "fixedrange": True, "automargin": True, "tickfont": {"size": 12, "color": colour("text")}},
                   margin={"l": 60, "r": 8, "t": 6, "b": 34})
    said = ", ".join(f"{_(names[name])} {short(float(v.mean()))}" for name, v in gates.items())
    return figure(f"gates_{cell}", data, shape, title=_(title[cell]), height=HEIGHT, span=6,
                  alt=_("Gates of {few} units over {steps} steps, the stronger the colour, the wider open. On average: {said}.", few=few,
                        steps=STEPS, said=said))


def draw(spec: GruSpec) -> Picture:
    found = counts(spec)
    lstm, gru = gates_of(spec, "lstm"), gates_of(spec, "gru")
    return Picture((bars(spec, found), gate_map("lstm", lstm), gate_map("gru", gru)), notes=notes(spec, found, lstm, gru),
                   formulas=formulas(spec, found),
                   numbers={**found, "gate_f": lstm["f"].mean(), "gate_z": gru["z"].mean()})


def formulas(spec: GruSpec, found: dict[str, int]) -> tuple[tuple[str, str], ...]:
    n, u, v = spec.inputs, spec.lstm_units, spec.gru_units
    big = lambda value: f"{value:,}".replace(",", r"\,")  # noqa: E731
    return ((_("Plain"), rf"u(n+u)+u = {u}\cdot({n}+{u})+{u} = {big(found['rnn'])}"),
            ("LSTM", rf"4\,(u(n+u)+u) = 4\cdot({u}\cdot({n}+{u})+{u}) = {big(found['lstm'])}"),
            ("GRU", rf"3\,(u(n+u)+2u) = 3\cdot({v}\cdot({n}+{v})+2\cdot {v}) = {big(found['gru'])}"))


def notes(spec: GruSpec, found: dict[str, int], lstm: dict[str, Array], gru: dict[str, Array]) -> tuple[Message, ...]:
    values = {"gru": f"{found['gru']:,}", "lstm": f"{found['lstm']:,}", "share": share(found), "u": spec.gru_units, "v": spec.lstm_units}
    said = [Message(N_("A GRU with units = {u} has {gru} weights, an LSTM with units = {v} has {lstm}: {share}."), values)]
    if spec.gru_units == spec.lstm_units:
        extra = 3 * spec.gru_units
        said.append(Message(N_("Three sums a unit instead of four would make 75.0%. Keras’ GRU has a second bias beside the state "
                               "(reset_after=True), {extra} numbers more; the smaller the layer, the more they count."), {"extra": extra}))
    elif found["gru"] >= found["lstm"]:
        said.append(Message(N_("With that many units the GRU has no fewer weights than the LSTM. Weights grow with the square of the "
                               "units.")))
    said.append(Message(N_("Untrained, on the same sequence: the LSTM’s forget gates are open to {f} on average, because their bias begins "
                           "with 1; the GRU’s update gates to {z}. Training has to find the rest."),
                        {"f": short(float(lstm["f"].mean())), "z": short(float(gru["z"].mean()))}))
    said.append(Message(N_("Fewer weights mean less work at every step and less to learn by heart with. Whether they do as well "
                           "depends on the task: train both side by side.")))
    return tuple(said)


def program(spec: GruSpec) -> str:
    lines = ["import keras", "import numpy as np", "",
             "def count(layer):", f"    layer.build((None, None, {spec.inputs}))  # " + _("(batch, steps, inputs)"),
             "    return layer.count_params()", "",
             f"rnn = count(keras.layers.SimpleRNN({spec.lstm_units}))",
             f"gru = count(keras.layers.GRU({spec.gru_units}))  # " + _("reset_after=True: two biases"),
             f"lstm = count(keras.layers.LSTM({spec.lstm_units}))", "print(rnn, gru, lstm, gru / lstm)", "",
             "# " + _("both cells untrained, on the same sines"),
             f"rng = np.random.default_rng({spec.seed + 100})",
             f"period, phase = rng.uniform(4, 16, {spec.inputs}), rng.uniform(0, 2 * np.pi, {spec.inputs})",
             f"x = np.sin(2 * np.pi * np.arange({STEPS})[:, None] / period + phase)",
             "sigmoid = lambda v: 1 / (1 + np.exp(-v))", "",
             "def drawn(blocks, units):", f"    rng = np.random.default_rng({spec.seed})",
             f"    reach = np.sqrt(6 / ({spec.inputs} + blocks * units))",
             f"    W = {spec.scale!r} * rng.uniform(-reach, reach, ({spec.inputs}, blocks * units))",
             "    q, r = np.linalg.qr(rng.normal(size=(blocks * units, units)))",
             f"    return W, {spec.scale!r} * (q * np.sign(np.diag(r))).T", "",
             f"units = {spec.lstm_units}", f"W, U = drawn({len(CELLS['lstm'])}, units)", "b = np.zeros(4 * units)", "b[units:2 * units] "
                                                                                                                    "= 1",
             "c, h, opened = np.zeros(units), np.zeros(units), []", "for x_t in x:",
             "    i, f, g, o = np.split(x_t @ W + h @ U + b, 4)", "    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)",
             "    h = sigmoid(o) * np.tanh(c)", "    opened.append(sigmoid(f))", "gate_f = np.mean(opened)", "",
             f"units = {spec.gru_units}", f"W, U = drawn({len(CELLS['gru'])}, units)", "h, opened = np.zeros(units), []", "for x_t in x:",
             "    xz, xr, xg = np.split(x_t @ W, 3)", "    hz, hr, hg = np.split(h @ U, 3)",
             "    z = sigmoid(xz + hz)", "    h = z * h + (1 - z) * np.tanh(xg + sigmoid(xr + hr) * hg)", "    opened.append(z)",
             "gate_z = np.mean(opened)", "print(gate_f, gate_z)"]
    return "\n".join(lines)


SCENE = Scene(
    "weights", N_("Fewer weights"),
    N_("Set inputs and units, and count: four sums a unit in an [[LSTM]], three in a [[GRU]], one in a plain cell. Below, the gates of "
       "both on the same sequence."),
    ("inputs", "lstm_units", "gru_units"), draw, program, more=("seed", "scale"),
    presets=(Preset(N_("50 and 50"), {"scene": "weights"}),
             Preset(N_("Many inputs"), {"scene": "weights", "inputs": 64}),
             Preset(N_("As many weights"), {"scene": "weights", "gru_units": 57})),
    trials=(Trial(N_("A small layer"), N_("With 4 units the second bias counts: the GRU has 84 weights, the LSTM 96."),
                  {"scene": "weights", "lstm_units": 4, "gru_units": 4}),
            Trial(N_("Larger weights"), N_("With a scale of 4 the gates swing between shut and open, as in a trained cell."),
                  {"scene": "weights", "scale": 4.0})))
