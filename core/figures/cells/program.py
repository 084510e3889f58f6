"""The program of a cell that is fed a sequence: its sums in NumPy, step by step, and the same from Keras' layer."""

from __future__ import annotations

from core.figures.cells.walk import Walk, walked
from core.i18n import _
from core.maths.cells import CELLS
from core.specs.cells import CellSpec

LAYERS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
STEP = {
    "rnn": ["h = np.tanh(x_t @ W + h @ U + b)"],
    "lstm": ["i, f, g, o = np.split(x_t @ W + h @ U + b, 4)", "i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)", "{held}",
             "c = f * c + i * g", "h = o * np.tanh(c)"],
    "gru": ["xz, xr, xg = np.split(x_t @ W + b[0], 3)", "hz, hr, hg = np.split(h @ U + b[1], 3)",
            "z, r = sigmoid(xz + hz), sigmoid(xr + hr)", "{held}", "g = np.tanh(xg + r * hg)  # {after}", "h = z * h + (1 - z) * g"],
}


def listed(array: object) -> str:
    import numpy as np

    return np.array2string(np.asarray(array), separator=", ", max_line_width=110, threshold=10_000,
                           floatmode="unique").replace("\n", "\n             ")


def weights(walk: Walk, spec: CellSpec) -> list[str]:
    """Lines that make W, U and b: drawn as here, or as they were typed."""
    if spec.weights == "own":
        return [f"{name} = np.array({listed(part)})" for name, part in zip("WUb", walk.weights, strict=True)]
    inputs, units = walk.weights.inputs, walk.weights.units
    wide = len(CELLS[walk.cell]) * units
    lines = [f"rng = np.random.default_rng({spec.seed})",
             f"reach = np.sqrt(6 / ({inputs} + {wide}))  # " + _("Glorot’s bound, for the kernel"),
             f"W = {spec.scale!r} * rng.uniform(-reach, reach, ({inputs}, {wide}))",
             f"q, r = np.linalg.qr(rng.normal(size=({wide}, {units})))",
             f"U = {spec.scale!r} * (q * np.sign(np.diag(r))).T  # " + _("its rows are orthogonal"),
             f"b = np.zeros({(2, wide) if walk.cell == 'gru' else wide})"]
    if walk.cell == "lstm":
        lines.append(f"b[{units}:{2 * units}] = 1  # " + _("unit_forget_bias=True: Keras begins with forget gates that are rather open"))
    return lines


def steps(cell: str, units: int, held: dict[str, float]) -> list[str]:
    """The loop over x: it leaves the states of all steps in `states`."""
    gates = [f"{name} = np.full({units}, {value!r})  # " + _("held") for name, value in held.items()]
    lines = []
    for code in STEP[cell]:
        lines += gates if code == "{held}" else [code.replace("{after}", _("the reset gate after the product with U: reset_after=True"))]
    start = [f"h = np.zeros({units})", *([f"c = np.zeros({units})"] if cell == "lstm" else []), "states = []"]
    return [*(["sigmoid = lambda v: 1 / (1 + np.exp(-v))"] if cell != "rnn" else []), *start, "for x_t in x:",
            *(f"    {code}" for code in lines), "    states.append(h)", "states = np.array(states)"]


def program(spec: CellSpec) -> str:
    walk = walked(spec)
    letters = ["# " + _("the letters {word}", word=" ".join(walk.feed.marks))] if spec.feed == "word" else []
    lines = ["import numpy as np", "", *letters, f"x = np.array({listed(walk.feed.x)})  # " + _("(steps, inputs)"),
             *weights(walk, spec), "", *steps(walk.cell, walk.weights.units, dict(walk.held)), "", "print(states.round(4))"]
    if walk.cell == "lstm":
        lines.append("print(c.round(4))")
    if not walk.held:
        lines += ["", "import keras  # " + _("the same from Keras’ layer, in double precision"), "",
                  f'layer = keras.layers.{LAYERS[walk.cell]}({walk.weights.units}, return_sequences=True, dtype="float64")',
                  f"layer.build((None, None, {walk.weights.inputs}))", "layer.set_weights([W, U, b])",
                  "told = np.asarray(layer(x[None]))[0]", "print(np.abs(told - states).max())"]
    return "\n".join(lines)
