"""A single neuron on two inputs: its weights are an arrow, its bias shifts the line where its sum is 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.activations.common import band, dot, formula_of, function_of, has, line, marked, name, remark
from core.figures.board import Handle, Picture, Scene, figure, readable
from core.figures.nets import mesh
from core.figures.theme import DIVERGING, axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.activation_formulas import saturated
from core.specs.activations import PLANE, ActivationsSpec
from core.specs.examples import Preset, Trial

GRID = np.linspace(-PLANE, PLANE, 41)
SHEET = np.linspace(-PLANE, PLANE, 25)  # of the surface, which has to be drawn anew with every move
REACH = 8.0  # of the axis of z
HEIGHT, LOW_HEIGHT = 340, 250
CORNERS = ((-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0))  # no and no, yes and no, no and yes, yes and yes
WANTED = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "xor": (0, 1, 1, 0)}


def answer(spec: ActivationsSpec, x1: Any, x2: Any) -> np.ndarray:
    """What the neuron answers."""
    return np.asarray(function_of(spec, spec.activation).f(np.asarray(spec.w1 * x1 + spec.w2 * x2 + spec.bias, float)))


def parted(spec: ActivationsSpec) -> int:
    """How many of the gate's four points lie on their side of the line: yes where the sum is positive."""
    return sum((spec.w1 * x + spec.w2 * y + spec.bias > 0) == bool(yes) for (x, y), yes in zip(CORNERS, WANTED[spec.gate], strict=True))


def _colours(spec: ActivationsSpec) -> tuple[float, float]:
    """The answers that are fully orange and fully blue."""
    formula = formula_of(spec, spec.activation)
    return (formula.low, formula.high) if _bounded(spec) else (-4.0, 4.0)


def _bounded(spec: ActivationsSpec) -> bool:
    formula = formula_of(spec, spec.activation)
    return math.isfinite(formula.low) and math.isfinite(formula.high)


def _foot(spec: ActivationsSpec) -> tuple[float, float] | None:
    """The point of the line w·x + b = 0 that is nearest to the origin; None if there is no line, or not within the plane."""
    square = spec.w1**2 + spec.w2**2
    if square < 1e-9:
        return None
    foot = -spec.bias * spec.w1 / square, -spec.bias * spec.w2 / square
    return foot if max(map(abs, foot)) <= PLANE else None


def _border(spec: ActivationsSpec) -> tuple[list[float], list[float]]:
    """Two points of the line far outside; empty if there is no line."""
    square = spec.w1**2 + spec.w2**2
    if square < 1e-9:
        return [], []
    x, y = -spec.bias * spec.w1 / square, -spec.bias * spec.w2 / square
    along, far = (-spec.w2 / math.sqrt(square), spec.w1 / math.sqrt(square)), 12 * PLANE
    return [x - far * along[0], x + far * along[0]], [y - far * along[1], y + far * along[1]]


def _plane(spec: ActivationsSpec) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    low, high = _colours(spec)
    a, b = np.meshgrid(GRID, GRID)
    step = GRID[1] - GRID[0]
    data: list[dict[str, Any]] = [
        {"type": "heatmap", "z": numbers(answer(spec, a, b), 3), "x0": -PLANE, "dx": step, "y0": -PLANE, "dy": step,
         "zmin": low, "zmax": high,
         "colorscale": DIVERGING, "zsmooth": False if spec.activation == "step" else "fast", "opacity": 0.85,
         "colorbar": {"thickness": 9, "len": 0.9, "tickfont": {"size": 10, "color": colour("muted")}, "outlinewidth": 0, "nticks": 5},
         "hovertemplate": "x₁ %{x:.2f}, x₂ %{y:.2f}: %{z:.3g}<extra></extra>"},
        line(*_border(spec), "text", width=2, dash="dash", hoverinfo="skip")]
    if spec.gate != "none":
        for yes in (0, 1):
            those = [p for p, wanted in zip(CORNERS, WANTED[spec.gate], strict=True) if wanted == yes]
            data.append({"type": "scatter", "mode": "markers+text", "x": [p[0] for p in those], "y": [p[1] for p in those],
                         "text": [_("yes") if yes else _("no")] * len(those), "textposition": "top center", "hoverinfo": "skip",
                         "textfont": {"size": 12, "color": colour("text")},
                         "marker": {"size": 13, "symbol": "circle" if yes else "square", "color": colour("point1" if yes else "point0"),
                                    "line": {"width": 1.5, "color": colour("ring")}}})
    arrow = {"x": spec.w1, "y": spec.w2, "ax": 0, "ay": 0, "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "showarrow": True,
             "arrowhead": 2, "arrowsize": 1.2, "arrowwidth": 3, "arrowcolor": colour("text"), "text": ""}
    word = {"text": "<b>w</b>", "x": spec.w1, "y": spec.w2, "showarrow": False, "xshift": 16, "yshift": 10,
            "font": {"size": 14, "color": colour("text")}}
    foot = _foot(spec)
    letters = [{"text": f"<b>{letter}</b>", "x": x, "y": y, "showarrow": False, "xshift": 15, "yshift": -10,
                "font": {"size": 14, "color": colour("text")}}
               for letter, (x, y) in (("x", (spec.x1, spec.x2)), *([("b", foot)] if foot else []))]
    shown = layout(xaxis=axis("x₁", range=[-PLANE, PLANE], showgrid=False, nticks=7, constrain="domain"),
                   yaxis=axis("x₂", range=[-PLANE, PLANE], showgrid=False, nticks=7, scaleanchor="x", constrain="domain"),
                   annotations=[arrow, word, *letters], margin={"l": 38, "r": 8, "t": 6, "b": 34})
    return data, shown


def _surface(spec: ActivationsSpec, out: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The same answers as a height, in the same colours, with the same line and point."""
    low, high = _colours(spec)
    a, b = np.meshgrid(SHEET, SHEET)
    z = answer(spec, a, b)
    least, most = (low, high) if _bounded(spec) else (float(z.min()), float(z.max()))
    lift = 0.02 * max(most - least, 1.0)  # so that nothing sinks into the surface
    data: list[dict[str, Any]] = [
        mesh(SHEET, SHEET, z, cmin=low, cmax=high, colorscale=DIVERGING, showscale=False, opacity=0.9,
             lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
             hovertemplate="x₁ %{x:.2f}, x₂ %{y:.2f}: %{z:.3g}<extra></extra>")]
    ends = _inside(spec)
    zero = float(function_of(spec, spec.activation).f(np.array(0.0)))
    data.append({"type": "scatter3d", "mode": "lines", "x": numbers([p[0] for p in ends]), "y": numbers([p[1] for p in ends]),
                 "z": numbers([zero + lift] * len(ends)), "hoverinfo": "skip",
                 "line": {"color": colour("text"), "width": 5, "dash": "dash"}})
    data.append({"type": "scatter3d", "mode": "markers", "x": [spec.x1], "y": [spec.x2], "z": numbers([out + lift]), "hoverinfo": "skip",
                 "marker": {"size": 6, "color": colour("layer2"), "line": {"width": 1, "color": colour("ring")}}})
    quiet = {"gridcolor": colour("grid"), "color": colour("muted"), "tickfont": {"size": 9}, "showbackground": False, "zeroline": False,
             "showspikes": False}
    side = {"range": [-PLANE, PLANE], "dtick": 1.5}
    named = lambda text, **more: {**quiet, "title": {"text": text, "font": {"size": 11}}, **more}  # noqa: E731
    scene = {"xaxis": named("x₁", **side), "yaxis": named("x₂", **side),
             "zaxis": named("f(z)", range=[least - 2 * lift, most + 3 * lift], nticks=5), "aspectmode": "manual",
             "aspectratio": {"x": 1, "y": 1, "z": 0.7}, "uirevision": "keep", "dragmode": "orbit",
             "camera": {"eye": {"x": -0.68, "y": -1.7, "z": 0.9}, "center": {"x": 0, "y": 0, "z": -0.12}}}
    return data, layout(scene=scene, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def _inside(spec: ActivationsSpec) -> list[tuple[float, float]]:
    """The two points where the line of sum 0 leaves the plane; none if it lies outside."""
    if spec.w1**2 + spec.w2**2 < 1e-9:
        return []
    found = [(float(x), -(spec.bias + spec.w1 * x) / spec.w2) for x in (-PLANE, PLANE) if abs(spec.w2) > 1e-9]
    found += [(-(spec.bias + spec.w2 * y) / spec.w1, float(y)) for y in (-PLANE, PLANE) if abs(spec.w1) > 1e-9]
    there = sorted({(round(x, 6), round(y, 6)) for x, y in found if max(abs(x), abs(y)) <= PLANE + 1e-9})
    return [there[0], there[-1]] if len(there) > 1 else []


def _curve(spec: ActivationsSpec, z: float, out: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    places = np.linspace(-REACH, REACH, 161)
    bounded = _bounded(spec)
    shown = min(max(z, -REACH), REACH)
    chosen = function_of(spec, spec.activation)
    data = [line(places, chosen.f(places), "layer0", width=3, hovertemplate="f(%{x:.3g}) = %{y:.3g}<extra></extra>"),
            dot(shown, float(chosen.f(np.array(shown))), "layer2", size=12)]
    parts = [("w₁x₁", spec.w1 * spec.x1), ("w₂x₂", spec.w2 * spec.x2), ("b", spec.bias)]
    straight = spec.activation == "linear"
    start, low, high = 0.0, -8.4 if straight else -1.3 if bounded else -2.1, 1.7 if bounded else 8.4
    if not straight:  # the parts of the sum lie below the curve
        low = min(low, (float(data[0]["y"][0]) - 0.3 * high) / 0.7)
    rows = [low + (high - low) * share for share in (0.22, 0.14, 0.06)]
    for (_label, part), y in zip(parts, rows, strict=True):  # the sum, one part after the other
        data.append({"type": "scatter", "mode": "lines", "x": numbers([start, start + part]), "y": [y, y], "hoverinfo": "skip",
                     "line": {"color": colour("positive" if part >= 0 else "negative"), "width": 7}})
        start += part
    data.append({"type": "scatter", "mode": "text", "x": [REACH if straight else -REACH] * 3, "y": rows,
                 "text": [readable(f" {label} = {part:.3g} ") for label, part in parts],
                 "textposition": "middle left" if straight else "middle right", "hoverinfo": "skip",
                 "textfont": {"size": 11, "color": colour("text")}})
    shapes = [band(*stripe) for stripe in saturated(chosen, spec.flat, REACH)]
    shapes.append({"type": "line", "x0": shown, "x1": shown, "y0": rows[-1], "y1": out if z == shown else rows[0],
                   "line": {"color": colour("muted"), "width": 1, "dash": "dot"}})
    return data, layout(xaxis=axis(_("sum z"), range=[-REACH, REACH], nticks=9), shapes=shapes,
                        yaxis=axis(_("answer f(z)"), range=[low, high], nticks=7), margin={"l": 42, "r": 10, "t": 6, "b": 34})


def _rail(spec: ActivationsSpec) -> tuple[tuple[float, float, float], ...]:
    """Where the line's foot is for every bias that keeps it within the plane."""
    square = spec.w1**2 + spec.w2**2
    most = min(PLANE * square / max(abs(spec.w1), abs(spec.w2)), 6.0)
    values = np.linspace(-most, most, 3)
    return tuple((float(b), float(-b * spec.w1 / square), float(-b * spec.w2 / square)) for b in values)


def _notes(spec: ActivationsSpec, z: float, out: float, slope: float) -> tuple[Message, ...]:
    length = math.hypot(spec.w1, spec.w2)
    values = {"name": marked(spec.activation), "z": z, "out": out, "length": length, "slope": slope, "right": 0}
    notes = []
    if spec.gate != "none":
        right = parted(spec)
        values |= {"right": right, "gate": spec.gate.upper()}
        if right == 4:
            notes.append(N_("All four points of {gate} are on their side of the line: one neuron is enough for it."))
        elif spec.gate == "xor":
            notes.append(N_("{right} of 4 points of XOR are right, and more than 3 cannot be: no straight line parts them. It takes a "
                            "second layer."))
        else:
            notes.append(N_("{right} of 4 points of {gate} are on their side of the line. Turn the arrow towards the yes, then shift the "
                            "line."))
    if length < 1e-4:
        notes.append(N_("Both weights are 0: the neuron does not look at its inputs, and answers {out:.3g} to everything."))
    else:
        notes.append(N_("The arrow w points where the sum grows fastest; its length {length:.2g} says how steeply. The line where the sum "
                        "changes its sign lies outside of this picture.") if not _inside(spec) else
                     N_("The arrow w points where the sum grows fastest. Across the dashed line the sum changes its sign; the length "
                        "{length:.2g} of the arrow says how steeply."))
    if abs(slope) < spec.flat:
        notes.append(N_("For the input x the sum is {z:.3g}, where {name} is flat: its slope is {slope:.2g}, so this input hardly teaches "
                        "the neuron anything."))
    else:
        notes.append(N_("For the input x the sum is {z:.3g}, the answer {out:.3g} and the slope {slope:.2g}: from this input the neuron "
                        "can learn."))
    return tuple(Message(note, values) for note in notes)


def draw(spec: ActivationsSpec) -> Picture:
    z = spec.w1 * spec.x1 + spec.w2 * spec.x2 + spec.bias
    chosen = function_of(spec, spec.activation)
    out, slope = float(chosen.f(np.array(z))), float(chosen.df(np.array(z)))
    said = {"name": name(spec.activation), "z": z, "out": out, "w1": spec.w1, "w2": spec.w2, "b": spec.bias}
    figures = (
        figure("plane", *_plane(spec), height=HEIGHT, title=_("To the input x the neuron answers {out:.3g}", **said),
               alt=_("What the neuron answers over the plane of its inputs, with weights {w1:.3g} and {w2:.3g} and bias {b:.3g}; to the "
                     "input x it answers {out:.3g}. The dashed line is where its sum is 0.", **said)),
        figure("surface", *_surface(spec, out), height=HEIGHT, title=_("The same answers as a height; turn it"),
               alt=_("The answers of the neuron as a surface over the plane of its inputs; at the input x it is {out:.3g} high.", **said)),
        figure("sum", *_curve(spec, z, out), height=LOW_HEIGHT, span=12, title=_("Its sum there is {z:.3g}, bent to {out:.3g}", **said),
               alt=_("The curve of {name} with the sum of the parts, {z:.3g}, marked on it.", **said)))
    handles = [Handle("weights", "plane", _("the weights: tip of the arrow"), (spec.w1, spec.w2), ("w1", "w2"),
                      ((-PLANE, PLANE), (-PLANE, PLANE)), step=0.05, colour="text"),
               Handle("input", "plane", _("the input: the point x"), (spec.x1, spec.x2), ("x1", "x2"), ((-PLANE, PLANE), (-PLANE, PLANE)),
                      step=0.05, anywhere=True, colour="layer2")]
    if (foot := _foot(spec)) is not None:
        handles.append(Handle("bias", "plane", _("the bias: the line"), foot, ("bias",), rail=_rail(spec), step=0.05, colour="layer1"))
    filled = rf"{spec.w1:g} \cdot {_signed(spec.x1)} {_added(spec.w2)} \cdot {_signed(spec.x2)} {_added(spec.bias)}"
    formulas = ((_("Weighted sum"), rf"\begin{{aligned}}z &= w_1 x_1 + w_2 x_2 + b \\ &= {filled} \\ &= {z:.3g}\end{{aligned}}"),
                (_("Answer"), rf"f(z) = {formula_of(spec, spec.activation).latex} = {out:.3g}"))
    return Picture(figures, tuple(handles), notes=_notes(spec, z, out, slope), formulas=formulas,
                   numbers={"z": z, "answer": out, "slopes": [slope * spec.x1, slope * spec.x2, slope]})


def _added(value: float) -> str:
    return f"- {-value:g}" if value < 0 else f"+ {value:g}"


def _signed(value: float) -> str:
    return f"({value:g})" if value < 0 else f"{value:g}"


def program(spec: ActivationsSpec) -> str:
    formula = formula_of(spec, spec.activation)
    return "\n".join([
        "import numpy as np", *(["from scipy.special import erf"] if spec.activation == "gelu" else []), "",
        remark(f"w = np.array([{spec.w1!r}, {spec.w2!r}])", _("weights")),
        remark(f"b = {spec.bias!r}", _("bias")),
        remark(f"x = np.array([{spec.x1!r}, {spec.x2!r}])", _("the input")),
        "",
        "z = w @ x + b",
        f"answer = {formula.numpy}",
        f"slope = {formula.numpy_slope}",
        remark("slopes = np.array([slope * x[0], slope * x[1], slope])", _("how the answer changes with w₁, w₂ and b")),
        "print(z, answer, slopes)", ""])


def plays(spec: ActivationsSpec, field: str) -> bool:
    """A parameter has a part where its function is drawn, the limit of what counts as flat where it changes what is."""
    if field == "flat":
        least, most = (saturated(function_of(spec, spec.activation), limit, REACH) for limit in spec.bounds("flat"))
        return least != most
    return has(field, spec.activation)


NEURON = Scene(
    "neuron", N_("One neuron"),
    N_("Drag the tip of the arrow (the [[weights]]), the line (the [[bias]]) and the point x (the input). What does the neuron see?"),
    ("activation", "w1", "w2", "bias", "gate"), draw, program, more=("negative_slope", "alpha", "x1", "x2", "flat"),
    plays=plays,
    presets=(Preset(N_("The articles’ neuron: sigmoid"), {"scene": "neuron"}),
             Preset(N_("A fold: ReLU"), {"scene": "neuron", "activation": "relu"}),
             Preset(N_("A switch: step"), {"scene": "neuron", "activation": "step"})),
    trials=(Trial(N_("Can one neuron do AND?"), N_("Four points, one yes. Shift the line until only the yes lies on the side that the "
                                                   "arrow points to."),
                  {"scene": "neuron", "gate": "and", "w1": 1.5, "w2": 1.5, "bias": 1.0}),
            Trial(N_("Can one neuron do XOR?"), N_("Try as long as you like: three points of four is the best. This is why networks have "
                                                   "[[hidden layers|hidden layer]]."),
                  {"scene": "neuron", "gate": "xor", "w1": 1.5, "w2": 1.5, "bias": 1.0}),
            Trial(N_("Longer weights, sharper edge"), N_("Twice the arrow, the same line: the soft step becomes a cliff, and more of the "
                                                         "plane is flat."),
                  {"scene": "neuron", "w1": 3.0, "w2": 2.0, "bias": -1.0})))
