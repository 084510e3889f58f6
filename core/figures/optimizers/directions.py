"""What the scenes on the quadratic share: its path, seen in the directions of its eigenvectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import Film, Track
from core.figures.optimizers.common import Line, contour, floored
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.figures.values import numbers
from core.i18n import _
from core.maths.descent import Path, descend
from core.maths.optimizers import RULES, rates
from core.maths.race import TOLERANCE, limit_of
from core.maths.surfaces import Surface, ravine
from core.specs.optimizers import OptimizersSpec

STEEP, FLAT = "layer1", "layer0"  # the colours of the two directions: across and along
BOX = ((-4.4, 4.4), (-4.4, 4.4))  # what is shown of the ravine
LOWEST = 1e-8  # the axis ends here; what is said of a distance is true


@dataclass(frozen=True)
class Run:
    """A path on the ravine. axes: (2, 2), the eigenvectors as rows, across and along; along: (n + 1, 2), its places in them."""

    surface: Surface
    path: Path
    axes: np.ndarray
    along: np.ndarray


@lru_cache(maxsize=64)
def _run(steep: float, flat: float, angle: float, start: tuple[float, float], rate: float, momentum: float, nesterov: bool,
         steps: int) -> Run:
    surface = ravine(steep, flat, angle)
    rule = replace(RULES["nesterov" if nesterov else "momentum"], momentum=momentum)
    path = descend(rule, surface.gradient, np.array(start), rates("constant", rate, steps), tolerance=TOLERANCE, limit=limit_of(surface))
    a = np.radians(angle)
    axes = np.array([[-np.sin(a), np.cos(a)], [np.cos(a), np.sin(a)]])
    return Run(replace(surface, box=BOX), path, axes, path.x @ axes.T)


def run_of(spec: OptimizersSpec) -> Run:
    return _run(spec.steep, spec.flat, spec.angle, (spec.start_x, spec.start_y), spec.rate, spec.friction, spec.nesterov, spec.steps)


def eigenvalues(spec: OptimizersSpec) -> tuple[float, float]:
    """Across and along."""
    return spec.steep, spec.flat


def plane(run: Run, *, height: int, span: int, title: str) -> Template:
    """The path from above, with the two directions drawn through the lowest place."""
    (left, right), (bottom, top) = run.surface.box
    data: list[Line] = [contour(run.surface, columns=48, rows=48)]
    for token, dash, way in zip((STEEP, FLAT), ("dash", "solid"), run.axes, strict=True):
        data.append({"type": "scatter", "mode": "lines", "x": numbers([-9 * way[0], 9 * way[0]]), "y": numbers([-9 * way[1], 9 * way[1]]),
                     "line": {"color": colour(token), "width": 1.5, "dash": dash}, "hoverinfo": "skip"})
    data.append({"type": "scatter", "mode": "lines+markers", "x": numbers(run.path.x[:, 0]), "y": numbers(run.path.x[:, 1]),
                 "line": {"color": colour("text"), "width": 1}, "marker": {"size": 4, "color": colour("text")}, "hoverinfo": "skip"})
    end = run.path.x[-1]
    data.append({"type": "scatter", "mode": "markers", "x": [float(end[0])], "y": [float(end[1])], "hoverinfo": "skip",
                 "marker": {"size": 11, "color": colour("text"), "line": {"width": 1.5, "color": colour("background")}}})
    return figure_plane(data, (left, right), (bottom, top), height, span, title)


def figure_plane(data: list[Line], horizontal: tuple[float, float], vertical: tuple[float, float], height: int, span: int, title: str
                 ) -> Template:
    from core.figures.board import figure

    return figure("plane", data, layout(
        xaxis=axis("x", range=list(horizontal), constrain="domain"), yaxis=axis("y", range=list(vertical), scaleanchor="x",
                                                                                constrain="domain"),
        margin={"l": 36, "r": 8, "t": 6, "b": 32}), title=title, height=height, span=span,
        alt=_("The ravine from above with the path and its two directions. {title}.", title=title))


def distances(run: Run) -> np.ndarray:
    """How far from the lowest place, at every step, in both directions: (n + 1, 2)."""
    return np.abs(run.along)


def curves(spec: OptimizersSpec, run: Run, *, span: int = 12) -> Template:
    """Distance in each direction against the step, on a logarithmic axis."""
    from core.figures.board import figure

    true = distances(run)
    far = np.maximum(true, LOWEST)
    steps = list(range(len(far)))
    data: list[Line] = []
    labels: list[dict[str, Any]] = []
    names = (_("across"), _("along"))
    for k, (token, dash) in enumerate(((STEEP, "dash"), (FLAT, "solid"))):
        data.append({"type": "scatter", "mode": "lines", "x": steps, **floored(true[:, k], LOWEST, names[k]), "name": names[k],
                     "line": {"color": colour(token), "width": 2, "dash": dash}})
        labels.append({"trace": k, "text": names[k], "color": colour(token)})
    low = max(float(np.floor(np.log10(far.min()))), -8.0)
    high = float(np.log10(far.max())) + 0.3
    data.append({"type": "scatter", "mode": "lines", "x": [len(far) - 1] * 2, "y": [10.0**low, 10.0**high], "hoverinfo": "skip",
                 "line": {"color": colour("muted"), "width": 1}})
    return figure(
        "curves", data, layout(
            xaxis=axis(_("step"), range=[0, spec.steps]), hovermode="x unified",
            yaxis=axis(_("distance"), type="log", range=[min(low, high - 2), high], exponentformat="power", nticks=5),
            margin={"l": 52, "r": 56, "t": 6, "b": 32}, meta={"labels": labels}),
        title=_("After {step} steps: {a:.2g} from the lowest place across, {b:.2g} along", step=run.path.steps, a=float(true[-1, 0]),
                b=float(true[-1, 1])),
        height=180, span=span, area="curves", alt=_("Distance from the lowest place in both directions against the step, on a logarithmic "
                                                    "axis."))


def film(run: Run, more: tuple[Track, ...] = ()) -> Film:
    """The path grows; the line in the curves goes along."""
    n = max(run.path.steps, 1)
    place = [run.path.x[min(t, len(run.path.x) - 1)] for t in range(n + 1)]
    tracks = (Track("plane", 3, reveal=tuple(min(t + 1, len(run.path.x)) for t in range(n + 1))),
              Track("plane", 4, {"x": [numbers(p[:1]) for p in place], "y": [numbers(p[1:]) for p in place]}, smooth=True),
              Track("curves", 2, {"x": [[t, t] for t in range(n + 1)]}, smooth=True), *more)
    return Film(tuple(_("step {step}", step=t) for t in range(n + 1)), tracks, seconds=min(3 + n / 25, 8))
