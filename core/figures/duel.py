"""A generator and a discriminator in one picture of the plane: real points and fakes, the verdict as shading, the noise as it is bent,
and where each fake is pulled. The player's duel.js and arena.js are the twins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.template import Binding, Template
from core.figures.theme import DIVERGING, axis, colour, layout
from core.frame import Frame

SOURCE = ("surface", "manifold", "real", "fake", "arrows")
LONGEST, USUAL = 0.42, 1.0  # of an arrow, in half sides of the picture; the pull at which it is half as long


def picture(id: str, *, bound: float, critic: bool, shown: Sequence[str], centres: np.ndarray, radius: float, paint: dict[str, Any] | None,
            rests: str, epochs: int, words: dict[str, Any], title: str, alt: str, empty: str, area: str = "main", span: int = 8,
            height: int = 372) -> Template:
    """The picture over [-bound, bound]².

    critic: whether the verdict has no bounds, and is shaded from its least to its greatest, rather than from 0 to 1; shown: which parts of
    `core.specs.gan.PARTS`; centres (k, 2): of the clouds that are counted, with rings of this radius; paint: what a person can paint, for
    the player; rests: the side that takes no steps, "d" or "g", or ""; epochs: of the run; words:
    what the player says (`core.figures.gan`).
    """
    trace = {"type": "heatmap", "z": [[None]], "zmin": 0, "zmax": 1, "colorscale": DIVERGING, "showscale": False, "opacity": 0.55,
             "hoverinfo": "skip"}
    grid = {"type": "scatter", "mode": "lines", "x": [], "y": [], "line": {"color": colour("class3"), "width": 1}, "hoverinfo": "skip"}
    arrows = {**grid, "line": {"color": colour("text"), "width": 1.2}}
    dots = [{"type": "scatter", "mode": "markers", "name": name, "x": [], "y": [], "hoverinfo": "skip",
             "marker": {"symbol": symbol, "size": 5, "color": colour(token), "line": {"width": 0.5, "color": colour("ring")}}}
            for name, symbol, token in ((words["parts"]["real"], "circle", "point1"), (words["parts"]["fake"], "square", "point0"))]
    reach = [-bound, bound]
    figure = {"data": [trace, grid, *dots, arrows], "layout": layout(
        xaxis=axis("x₁", range=reach, showgrid=False, fixedrange=True, nticks=7, constrain="domain", constraintoward="left"),
        yaxis=axis("x₂", range=reach, showgrid=False, fixedrange=True, nticks=7, scaleanchor="x", constrain="domain",
                   constraintoward="top"),
        dragmode=False, margin={"l": 34, "r": 8, "t": 4, "b": 32})}
    options = {"bound": bound, "critic": critic, "shown": list(shown), "centres": np.asarray(centres, float).round(4).tolist(),
               "radius": radius, "paint": paint, "rests": rests, "epochs": epochs, "words": words}
    return Template(id, figure, (Binding("duel", 0, SOURCE, options),), title, alt, height, area, span, empty)


# ---- in Python, as the player does it

def threads(manifold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lines of a grid (rows, columns, 2) along both directions, NaN between two: x and y."""
    gap = np.full((1, 2), np.nan)
    rows = [np.concatenate([line, gap]) for line in manifold if len(line) > 1]
    columns = [np.concatenate([line, gap]) for line in manifold.swapaxes(0, 1) if len(line) > 1]
    found = np.concatenate([*rows, *columns])
    return found[:, 0], found[:, 1]


def lengths(pull: np.ndarray, bound: float) -> np.ndarray:
    """Arrows for pulls (n, 2): in their direction, growing with them, never longer than LONGEST · bound. A pull that is nearly nothing is
    nearly no arrow."""
    size = np.linalg.norm(pull, axis=1, keepdims=True)
    return pull * (LONGEST * bound / (size + USUAL))


def draw(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    """Fill the figure's five traces; a part that is switched off stays empty."""
    surface, manifold, real, fake, arrows = (
        None if (array := frame.arrays.get(name)) is None else np.asarray(array, float) for name in binding.source)
    options, traces = binding.options, figure["data"]
    parts = set(options["shown"])
    if surface is not None and "surface" in parts:
        least, most = (float(np.nanmin(surface)), float(np.nanmax(surface))) if options["critic"] else (0.0, 1.0)
        step = 2 * options["bound"] / (len(surface) - 1)
        traces[0] |= {"z": _listed(surface), "zmin": least, "zmax": most if most > least else least + 1,
                      "x0": -options["bound"], "dx": step, "y0": -options["bound"], "dy": step}
    if manifold is not None and "grid" in parts:
        x, y = threads(manifold)
        traces[1] |= {"x": _listed(x), "y": _listed(y)}
    for trace, name, points in ((traces[2], "real", real), (traces[3], "fake", fake)):
        if points is not None and name in parts:
            trace |= {"x": _listed(points[:, 0]), "y": _listed(points[:, 1])}
    if arrows is not None and fake is not None and "arrows" in parts:
        start = fake[:len(arrows)]
        ends = np.stack([start, start + lengths(arrows, options["bound"]), np.full_like(start, np.nan)], 1).reshape(-1, 2)
        traces[4] |= {"x": _listed(ends[:, 0]), "y": _listed(ends[:, 1])}


def _listed(values: np.ndarray) -> Any:
    """As JSON has it: without what is no number."""
    found = values.round(4).astype(object)
    found[~np.isfinite(values)] = None
    return found.tolist()
