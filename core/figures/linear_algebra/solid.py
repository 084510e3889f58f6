"""Lines, arrows and boxes in space."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.linear_algebra.parts import short
from core.figures.theme import colour, layout

Array = np.ndarray
CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
# a path along all 12 edges of the cube, by its corners (some edges twice): no gaps, so that it can be moved smoothly
EDGES = (0, 1, 3, 2, 0, 4, 5, 1, 5, 7, 3, 7, 6, 2, 6, 4)


def _lattice() -> Array:
    """A path along all lines of the grid of whole numbers in [-1, 1]³, (54, 3): no gaps either, every stretch of it on such a line."""
    square = [(a, b) for a in (-1, 0, 1) for b in ((-1, 0, 1) if a else (1, 0, -1))]
    forth = [(x, a, b) for k, (a, b) in enumerate(square) for x in ((-1, 1) if k % 2 == 0 else (1, -1))]
    first = np.array(forth, float)  # from (-1, -1, -1) to (1, 1, 1), along x; then back along y, and forth again along z
    return np.vstack([first, first[::-1, [2, 0, 1]], first[:, [1, 2, 0]]])


LATTICE = _lattice()
SIDES = ((0, 1, 3), (0, 3, 2), (4, 5, 7), (4, 7, 6), (0, 1, 5), (0, 5, 4), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 3, 7), (1, 7, 5))


def line3(points: Array, token: str, *, width: float = 4, dash: str = "solid", hover: str = "") -> dict[str, Any]:
    """A line through points (n, 3)."""
    trace: dict[str, Any] = {"type": "scatter3d", "mode": "lines", "line": {"color": colour(token), "width": width, "dash": dash},
                             **{name: short(points[:, i]) for i, name in enumerate("xyz")}}
    return trace | ({"hovertemplate": hover + "<extra></extra>"} if hover else {"hoverinfo": "skip"})


def tip3(tip: Array, name: str, token: str, *, width: float = 6) -> list[dict[str, Any]]:
    """A vector from the origin: its line, and a dot with its name at the tip."""
    head = {"type": "scatter3d", "mode": "markers+text", **{c: short([tip[i]]) for i, c in enumerate("xyz")}, "text": [name],
            "textposition": "top center", "textfont": {"color": colour(token), "size": 14}, "marker": {"size": 5, "color": colour(token)},
            "hovertemplate": f"{name} = (%{{x:.3g}}, %{{y:.3g}}, %{{z:.3g}})<extra></extra>"}
    return [line3(np.array([np.zeros(3), tip]), token, width=width), head]


def box3(corners: Array, token: str, *, opacity: float = 0.25) -> dict[str, Any]:
    """The sides of a box with eight corners, in the order of CORNERS."""
    return {"type": "mesh3d", **{c: short(corners[:, i]) for i, c in enumerate("xyz")}, "color": colour(token), "opacity": opacity,
            "hoverinfo": "skip", "flatshading": True, **{name: [side[k] for side in SIDES] for k, name in enumerate("ijk")}}


def spatial(reach: float, least: float | None = None) -> dict[str, Any]:
    """The layout of a space whose three axes go from least (-reach if None) to reach; it keeps the way it was turned."""
    axes = {f"{c}axis": {"range": [-reach if least is None else least, reach], "title": {"text": c}, "color": colour("muted"),
                         "gridcolor": colour("grid"), "zerolinecolor": colour("muted"), "backgroundcolor": "rgba(0,0,0,0)",
                         "showspikes": False, "nticks": 5, "tickfont": {"size": 9}} for c in "xyz"}
    return layout(margin={"l": 0, "r": 0, "t": 0, "b": 0},
                  scene={**axes, "aspectmode": "cube", "camera": {"eye": {"x": 1.05, "y": -1.2, "z": 0.62}}, "uirevision": "keep"})
