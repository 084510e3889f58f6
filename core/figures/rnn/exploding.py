"""A cliff in the loss of one unit that feeds itself, and gradient descent at its foot, with clipping and without."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.activations.common import line
from core.figures.backpropagation.numerals import latex, short
from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.nets import level_lines, mesh
from core.figures.optimizers.common import above, legend
from core.figures.rnn.exploding_words import notes, program
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout
from core.figures.values import numbers
from core.i18n import N_, _
from core.maths.cliff import Descent, descend, slope
from core.specs.examples import Preset, Trial
from core.specs.rnn import B, RnnSpec, W

COLUMNS, ROWS = 61, 49  # of the map
NET = (57, 49)  # of the landscape
PLANE, LAND, LOSS, LENGTH = "plane", "landscape", "losses", "lengths"
PATHS = (("free", "layer1", "square", "■", "dash"), ("clipped", "layer0", "circle", "●", "solid"))
NAMES = {"free": N_("not clipped"), "clipped": N_("clipped")}
HEIGHT = 360
LEAST = 1e-6  # of a logarithmic axis
LIFT = 0.02


def paths(spec: RnnSpec) -> dict[str, Descent]:
    """Both descents from the same start."""
    common = (spec.w, spec.b, spec.unrolled_steps, spec.start, spec.target, spec.rate, spec.updates)
    return {"free": descend(*common), "clipped": descend(*common, spec.clip)}


@lru_cache(8)
def ground(steps: int, start: float, target: float, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """w (columns,), b (rows,), the loss and the length of its gradient there, (rows, columns) each."""
    w, b = np.linspace(*W, columns), np.linspace(*B, rows)
    found = slope(*np.meshgrid(w, b), steps, start, target)
    return w, b, found.loss, found.norm


def _ground(spec: RnnSpec, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    return ground(spec.unrolled_steps, spec.start, spec.target, columns, rows)


def plane(spec: RnnSpec, both: dict[str, Descent]) -> Template:
    """The loss from above, with both ways down."""
    w, b, loss, _norm = _ground(spec, COLUMNS, ROWS)
    data: list[dict[str, Any]] = [
        {"type": "contour", "x": numbers(w), "y": numbers(b), "z": numbers(loss, 4), "colorscale": SEQUENTIAL, "showscale": False,
         "opacity": 0.5, "ncontours": 16, "line": {"width": 0.6, "color": colour("muted")},
         "hovertemplate": "w %{x:.2f}, b %{y:.2f}: %{z:.3g}<extra></extra>"}]
    for (name, token, symbol, _sign, dash), one in zip(PATHS, both.values(), strict=True):
        data.append({"type": "scatter", "mode": "lines+markers", "x": numbers(one.places[:, 0]), "y": numbers(one.places[:, 1]),
                     "name": _(NAMES[name]), "line": {"color": colour(token), "width": 2, "dash": dash},
                     "marker": {"size": 5, "symbol": symbol, "color": colour(token)}, "hovertemplate": "(%{x:.2f}, "
                                                                                                       "%{y:.2f})<extra></extra>"})
    ends = np.array([one.places[-1] for one in both.values()])
    data.append({"type": "scatter", "mode": "markers", "x": numbers(ends[:, 0]), "y": numbers(ends[:, 1]), "hoverinfo": "skip",
                 "marker": {"size": 13, "symbol": [p[2] for p in PATHS], "color": [colour(p[1]) for p in PATHS],
                            "line": {"width": 1.5, "color": colour("background")}}})
    marks = legend([(f"{sign} {_(NAMES[name])}", token) for name, token, _symbol, sign, _dash in PATHS])
    title = titles(spec, both)[-1]
    return figure(PLANE, data, layout(
        xaxis=axis(_("weight w"), range=list(W), fixedrange=True), yaxis=axis(_("bias b"), range=list(B), fixedrange=True),
        annotations=marks, margin={"l": 40, "r": 10, "t": above(marks), "b": 34}), height=HEIGHT, span=7, title=title,
        alt=_("The loss of one unit that feeds itself {n} times, over its weight w and its bias b, darker is higher, with two descents "
              "from "
              "w = {w}, b = {b}. {title}.", n=spec.unrolled_steps, w=f"{spec.w:g}", b=f"{spec.b:g}", title=title))


def landscape(spec: RnnSpec, both: dict[str, Descent]) -> Template:
    """The same in space."""
    w, b, loss, _norm = _ground(spec, *NET)
    low, high = float(loss.min()), float(loss.max())
    lines = level_lines(w, b, loss, np.linspace(low, high, 12)[1:-1], most=1500)
    data: list[dict[str, Any]] = [
        mesh(w, b, loss, colorscale=SEQUENTIAL, showscale=False, opacity=0.85, hoverinfo="skip",
             lighting={"ambient": 0.8, "diffuse": 0.6, "specular": 0.05, "roughness": 0.5}),
        {"type": "scatter3d", "mode": "lines", **dict(zip("xyz", lines, strict=True)), "hoverinfo": "skip",
         "line": {"color": colour("border"), "width": 1.5}}]
    lift = LIFT * (high - low)
    for (_name, token, _symbol, _sign, _dash), one in zip(PATHS, both.values(), strict=True):
        inside = _inside(one)
        data.append({"type": "scatter3d", "mode": "lines+markers", **{
            axis_name: numbers(np.where(inside, values, np.nan)) for axis_name, values in
            zip("xyz", (one.places[:, 0], one.places[:, 1], one.loss + lift), strict=True)},
            "marker": {"size": 3, "color": colour(token)}, "line": {"color": colour(token), "width": 6}, "hoverinfo": "skip"})
    flat = {"gridcolor": colour("grid"), "color": colour("muted"), "tickfont": {"size": 9}, "showbackground": False, "nticks": 4,
            "showspikes": False}
    scene = {"xaxis": {**flat, "title": {"text": "w"}, "range": list(W)}, "yaxis": {**flat, "title": {"text": "b"}, "range": list(B)},
             "zaxis": {**flat, "title": {"text": _("loss")}, "range": [0, high + 2 * lift]},
             "aspectmode": "manual", "aspectratio": {"x": 1.2, "y": 1.1, "z": 0.65}, "uirevision": "keep",
             "camera": {"eye": {"x": -1.0, "y": 1.95, "z": 1.34}, "center": {"x": 0, "y": 0, "z": -0.15}}}
    return figure(LAND, data, layout(scene=scene, margin={"l": 0, "r": 0, "t": 0, "b": 0}), height=HEIGHT, span=5,
                  title=_("The cliff; turn it"), alt=_("The loss as a landscape over w and b, with a cliff, and both descents on it."))


def _inside(one: Descent) -> np.ndarray:
    """Which places are on the map, (updates + 1,)."""
    x, y = one.places.T
    return (x >= W[0]) & (x <= W[1]) & (y >= B[0]) & (y <= B[1])


def curves(spec: RnnSpec, both: dict[str, Descent]) -> tuple[Template, Template]:
    """Loss and length of the gradient, update by update."""
    at = list(range(spec.updates + 1))
    found = []
    longest = max(float(one.norm.max()) for one in both.values())
    ends = {name: short(float(one.loss[-1])) for name, one in both.items()}
    for id, values, title, y_title in (  # noqa: A001
            (LOSS, {name: one.loss for name, one in both.items()}, _("At the end: {free} not clipped, {clipped} clipped", **ends),
             _("loss")),
            (LENGTH, {name: one.norm for name, one in both.items()}, _("Longest gradient: {size}", size=short(longest)),
             _("length of the gradient"))):
        data = []
        for (name, token, _symbol, _sign, dash), told in zip(PATHS, values.values(), strict=True):
            data.append(line(at, np.maximum(told, LEAST), token, dash=dash, width=2, customdata=[short(float(v)) for v in told],
                             hovertemplate=_(NAMES[name]) + ": %{customdata}<extra></extra>"))
        if id == LENGTH:
            data.append(line([0, spec.updates], [spec.clip] * 2, "text", width=1.3, dash="dot",
                             hovertemplate=_("clipped at") + " %{y:.3g}<extra></extra>"))
        low = max(LEAST, min(float(v[v > 0].min()) if (v > 0).any() else 1.0 for v in values.values()))
        high = max(float(v.max()) for v in values.values()) + LEAST
        if id == LENGTH:
            low, high = min(low, spec.clip), max(high, spec.clip)
        span = [np.floor(np.log10(low)) - 0.1, np.ceil(np.log10(high)) + 0.1]
        scale = {"type": "log", "range": span, "exponentformat": "power", "nticks": 5} if id == LENGTH else {
            "range": [-0.03 * high, 1.08 * high], "nticks": 5}
        found.append(figure(id, data, layout(xaxis=axis(_("update"), range=[0, spec.updates], fixedrange=True), hovermode="x unified",
                                             yaxis=axis(y_title, fixedrange=True, **scale), margin={"l": 50, "r": 10, "t": 6, "b": 34}),
                            height=190, span=6, area="curves", title=title,
                            alt=_("{what} at every update of both descents. {title}.", what=y_title, title=title)))
    return found[0], found[1]


def titles(spec: RnnSpec, both: dict[str, Descent]) -> list[str]:
    """Of the map, update by update."""
    said = []
    for k in range(spec.updates + 1):
        free, cut = (one.loss[k] for one in both.values())
        said.append(_("Update {k}: loss {free} not clipped, {clipped} clipped", k=k, free=short(float(free)), clipped=short(float(cut))))
    return said


def film(spec: RnnSpec, both: dict[str, Descent]) -> Film:
    shown = tuple(k + 1 for k in range(spec.updates + 1))
    tracks = [Track(place, first + k, reveal=shown) for place, first in ((PLANE, 1), (LAND, 2), (LOSS, 0), (LENGTH, 0)) for k in range(2)]
    heads = np.array([one.places for one in both.values()])  # (2, updates + 1, 2)
    tracks.append(Track(PLANE, 3, {"x": numbers(heads[:, :, 0].T), "y": numbers(heads[:, :, 1].T)}, smooth=True))
    return Film(tuple(_("update {k}", k=k) for k in range(spec.updates + 1)), tuple(tracks), {PLANE: titles(spec, both)},
                seconds=min(3 + spec.updates / 15, 9))


def formulas(spec: RnnSpec, both: dict[str, Descent]) -> tuple[tuple[str, str], ...]:
    k = int(np.argmax(both["clipped"].norm))
    size = float(both["clipped"].norm[k])
    share = min(1.0, spec.clip / size) if size > 0 else 1.0
    return (
        (_("Loss"), rf"h_t = \tanh(w\,h_{{t-1}} + b), \qquad L = (h_{{{spec.unrolled_steps}}} - {latex(spec.target)})^2"),
        (_("Clipping by the norm"), r"g \leftarrow g\cdot\min\left(1,\ \frac{c}{\|g\|}\right)"),
        (_("The longest one"), rf"\|g\| = {latex(size)}, \qquad \min\left(1,\ \frac{{{latex(spec.clip)}}}{{{latex(size)}}}\right) = "
                               rf"{latex(share)}" if size > 0 else r"\|g\| = 0"),
    )


def draw(spec: RnnSpec) -> Picture:
    both = paths(spec)
    handle = Handle("start", PLANE, _("where both begin"), (spec.w, spec.b), ("w", "b"), bounds=(W, B), step=0.05, anywhere=True)
    ends = {name: one.places[-1] for name, one in both.items()}
    return Picture((plane(spec, both), landscape(spec, both), *curves(spec, both)), handles=(handle,), film=film(spec, both),
                   notes=notes(spec, both, _ground(spec, COLUMNS, ROWS)), formulas=formulas(spec, both),
                   numbers={"clipped": [*ends["clipped"].tolist(), float(both["clipped"].loss[-1])],
                            "first": float(both["free"].norm[0])})


SCENE = Scene(
    "exploding", N_("The cliff"),
    N_("Drag the start, or press anywhere on the map, and play the descent. Where the [[gradient]] is huge, a step along it is a leap; "
       "[[gradient clipping]] shortens it."),
    ("clip", "rate", "unrolled_steps", "updates"), draw, program, more=("w", "b", "target", "start"),
    presets=(
        Preset(N_("Thrown off the cliff"), {"scene": "exploding"}),
        Preset(N_("A single step in time"), {"scene": "exploding", "unrolled_steps": 1}),
        Preset(N_("Clipped too tightly"), {"scene": "exploding", "clip": 0.1}),
    ),
    trials=(
        Trial(N_("Hardly clip"), N_("A limit of 100 is longer than nearly every gradient here: both go the same way, over the edge."),
              {"scene": "exploding", "clip": 100.0}),
        Trial(N_("A smaller rate"), N_("A tenth of the rate does not help without clipping: even so the one step at the cliff is too long, "
                                       "and ends on the high ground behind it, where all is flat."),
              {"scene": "exploding", "rate": 0.01, "updates": 120, "clip": 1.0}),
        Trial(N_("A larger rate"), N_("Now the leap without clipping happens to land well. Where a leap ends is a matter of luck: drag the "
                                      "start a little."), {"scene": "exploding", "rate": 0.2}),
        Trial(N_("Feed itself more often"), N_("The cliff gets steeper with every step in time: each multiplies the slope there once "
                                               "more."),
              {"scene": "exploding", "unrolled_steps": 30}),
    ))
