"""The race: all optimizers from one start, seen from above, as a landscape, and as heights against steps."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.nets import height_on, level_lines, mesh
from core.figures.optimizers import code
from core.figures.optimizers.common import MARKS, Line, contour, floored, grid, key, name_of, on_ground
from core.figures.optimizers.common import above as room_above
from core.figures.optimizers.words import sentences
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout, width_of
from core.figures.values import numbers
from core.i18n import N_, _
from core.maths.descent import Path
from core.maths.race import ground, heights, path
from core.maths.surfaces import Surface
from core.specs.examples import Preset, Trial
from core.specs.optimizers import SUITS, OptimizersSpec

FLOOR = 1e-10  # the lowest height that is shown on a logarithmic axis
MESH = (40, 32)  # columns and rows of the landscape
LEVELS = 14  # lines of equal height on it
MANY = 1500  # places that these may have together: they are sent with every picture
LIFT = 0.02  # how far above it the paths lie, so that they are seen
Paths = dict[str, Path]


def at(places: np.ndarray, t: int) -> np.ndarray:
    """The place at step t; who has stopped stays."""
    return places[min(t, len(places) - 1)]


def plane(spec: OptimizersSpec, surface: Surface, paths: Paths, title: str) -> Template:
    """From above: contours, the minima, each path and its head."""
    data: list[Line] = [contour(surface)]
    data.append({"type": "scatter", "mode": "markers", "x": [x for x, _y in surface.minima], "y": [y for _x, y in surface.minima],
                 "marker": {"symbol": "circle-open", "size": 13, "color": colour("text"), "line": {"width": 2}},
                 "hovertemplate": _("lowest place") + " (%{x:.3g}, %{y:.3g})<extra></extra>"})
    for racer, one in paths.items():
        token, _marker, _sign, dash = MARKS[racer]
        data.append({"type": "scatter", "mode": "lines+markers", "x": numbers(one.x[:, 0], 4), "y": numbers(one.x[:, 1], 4),
                     "name": name_of(racer), "line": {"color": colour(token), "width": 1.8, "dash": dash},
                     "marker": {"size": 4, "color": colour(token)},
                     "hovertemplate": f"{name_of(racer)}<br>(%{{x:.3g}}, %{{y:.3g}})<extra></extra>"})
    data.append(heads(paths))
    (left, right), (bottom, top) = surface.box
    notes = key(list(paths))
    return figure(
        "plane", data, layout(
            xaxis=axis("x", range=[left, right], constrain="domain"), yaxis=axis("y", range=[bottom, top], scaleanchor="x",
                                                                                 constrain="domain"),
            annotations=notes, margin={"l": 38, "r": 10, "t": room_above(notes), "b": 32}),
        title=title, height=380, span=7,
        alt=_("The surface from above, with the paths of {names} from ({x:.2g}, {y:.2g}). {title}.",
              names=", ".join(map(name_of, paths)), x=spec.start_x, y=spec.start_y, title=title))


def seen(places: np.ndarray) -> Line:
    """(…, 2) → x and y to a tenth of a pixel, about: there are thousands of them in a film, and no pointer asks for more."""
    return {"x": np.round(places[..., 0], 3).tolist(), "y": np.round(places[..., 1], 3).tolist()}


def heads(paths: Paths) -> Line:
    """Where each ball is at last: one trace, its markers in the order of the paths."""
    ends = np.array([one.x[-1] for one in paths.values()])
    return {"type": "scatter", "mode": "markers", **seen(ends), "hoverinfo": "skip",
            "marker": {"size": 12, "symbol": [MARKS[r][1] for r in paths], "color": [colour(MARKS[r][0]) for r in paths],
                       "line": {"width": 1.5, "color": colour("background")}}}


@lru_cache(16)
def sheet(surface: Surface) -> tuple[Line, Line]:
    """The surface itself, and its lines of equal height."""
    x, y, z = grid(surface, *MESH)
    levels = np.linspace(np.nanmin(z), np.nanmax(z), LEVELS + 2)[1:-1]
    every = 1
    while len((lines := level_lines(x, y, z, levels[every // 2::every]))[0]) > MANY:  # of an egg box a few show the form as well, or none
        every *= 2
    return (mesh(x, y, z, colorscale=SEQUENTIAL, showscale=False, opacity=0.85, hoverinfo="skip",
                 lighting={"ambient": 0.8, "diffuse": 0.6, "specular": 0.05, "roughness": 0.5}),
            {"type": "scatter3d", "mode": "lines", **dict(zip("xyz", lines, strict=True)), "hoverinfo": "skip",
             "line": {"color": colour("border"), "width": 1.5}})


def landscape(surface: Surface, paths: Paths) -> Template:
    """The same in three dimensions."""
    x, y, z = grid(surface, *MESH)
    low, high = float(np.nanmin(z)), float(np.nanmax(z))
    lift = LIFT * (high - low)
    data = list(sheet(surface))
    for racer, one in paths.items():
        up = above(x, y, z, one.x, surface) + lift
        data.append({"type": "scatter3d", "mode": "lines", **seen(one.x), "z": numbers(np.clip(up, low, high + lift), 3),
                     "line": {"color": colour(MARKS[racer][0]), "width": 6}, "hoverinfo": "skip"})
    ends = np.array([one.x[-1] for one in paths.values()])
    data.append({"type": "scatter3d", "mode": "markers", **seen(ends), "hoverinfo": "skip",
                 "z": numbers(np.clip(above(x, y, z, ends, surface) + lift, low, high + lift)),
                 "marker": {"size": 5, "color": [colour(MARKS[r][0]) for r in paths], "line": {"width": 1, "color": colour("background")}}})
    side = [list(limits) for limits in surface.box]
    flat = {"gridcolor": colour("grid"), "color": colour("muted"), "tickfont": {"size": 9}, "showbackground": False, "nticks": 4,
            "showticklabels": False, "showspikes": False}
    upward = _("log₁₀(1 + height)") if surface.log else _("height")
    scene = {"xaxis": {**flat, "title": {"text": "x"}, "range": side[0]}, "yaxis": {**flat, "title": {"text": "y"}, "range": side[1]},
             "zaxis": {**flat, "title": {"text": upward, "font": {"size": 10}}, "range": [low, high + 2 * lift]},
             "aspectmode": "manual", "aspectratio": {"x": 1.4, "y": 1.05, "z": 0.6}, "uirevision": "keep",
             "camera": {"eye": {"x": -0.45, "y": -1.3, "z": 1.45}, "center": {"x": 0, "y": 0, "z": -0.12}}}
    return figure("landscape", data, layout(scene=scene, margin={"l": 0, "r": 0, "t": 0, "b": 0}), height=380, span=5,
                  title=_("The same paths on the landscape; turn it"), alt=_("The surface as a landscape with the paths on it."))


def height_shown(surface: Surface, places: np.ndarray) -> np.ndarray:
    """(n, 2) → the heights as the landscape shows them."""
    return np.asarray(surface.shown(heights(surface, places) + surface.lowest), dtype=float)


def above(x: np.ndarray, y: np.ndarray, z: np.ndarray, places: np.ndarray, surface: Surface) -> np.ndarray:
    """(n, 2) → heights as the landscape shows them, but nowhere below the flat pieces that it is drawn with."""
    return np.fmax(height_shown(surface, places), height_on(x, y, z, places))


def curves(spec: OptimizersSpec, surface: Surface, paths: Paths, title: str) -> Template:
    """Heights above the lowest place against steps, on a logarithmic axis."""
    data: list[Line] = []
    labels: list[dict[str, Any]] = []
    top, least = 1e-9, np.inf
    for k, (racer, one) in enumerate(paths.items()):
        token, _marker, _sign, dash = MARKS[racer]
        true = heights(surface, one.x)
        up = np.maximum(true, FLOOR)
        top, least = max(top, float(up[0])), min(least, float(np.nanmin(up)))
        data.append({"type": "scatter", "mode": "lines", "x": list(range(len(up))), **floored(true, FLOOR, name_of(racer)),
                     "name": name_of(racer), "line": {"color": colour(token), "width": 2, "dash": dash}})
        labels.append({"trace": k, "text": name_of(racer), "color": colour(token)})
    bottom = min(np.floor(np.log10(least)), np.floor(np.log10(top)) - 2)
    data.append({"type": "scatter", "mode": "lines", "x": [spec.steps] * 2, "y": [10.0**bottom, 10.0 ** (np.log10(top) + 1)],
                 "hoverinfo": "skip",
                 "line": {"color": colour("muted"), "width": 1}})
    return figure(
        "curves", data, layout(
            xaxis=axis(_("step"), range=[0, spec.steps]), hovermode="x unified",
            yaxis=axis(_("height above the lowest place"), type="log", range=[bottom - 0.2, float(np.log10(top)) + 0.4],
                       exponentformat="power", nticks=5),
            margin={"l": 52, "r": 12 + max(width_of(label["text"]) for label in labels), "t": 6, "b": 32}, meta={"labels": labels}),
        title=title, height=190, span=12, area="curves",
        alt=_("Height above the lowest place against the step, on a logarithmic axis. {title}.", title=title))


def draw(spec: OptimizersSpec) -> Picture:
    surface = ground(spec)
    paths: Paths = {racer: path(spec, racer) for racer in spec.racers}
    longest = max(max(one.steps for one in paths.values()), 1)
    up = {racer: heights(surface, one.x) for racer, one in paths.items()}
    alive = [racer for racer, one in paths.items() if one.end != "diverged"]
    titles = []
    for t in range(longest + 1):
        running = [r for r in paths if r in alive or t < len(paths[r].x)]
        placed = [r for r in running if np.isfinite(at(up[r], t))]
        titles.append(title_at(t, min(placed, key=lambda r: float(at(up[r], t))), paths, up) if placed else
                      _("Step {step}: f(x, y) has no value where they are", step=t) if running else
                      _("Step {step}: all have diverged", step=t))
    left = [r for r in alive or paths if np.isfinite(up[r][-1])]
    best = min(left or paths, key=lambda r: float(up[r][-1]))
    lowest = {"name": name_of(best), "height": float(up[best][-1]), "step": paths[best].steps}
    result = (_("f(x, y) has no value where they end") if not left else
              _("{name} ends lowest, at {height:.2g}: it converged and stopped at step {step}", **lowest)
              if paths[best].end == "converged" and paths[best].steps < spec.steps else
              _("All have diverged in their very first step") if not any(one.steps for one in paths.values()) and not alive else
              _("All have diverged; {name} was lowest when it left, at {height:.2g}", **lowest) if not alive else
              _("After {step} steps {name} is lowest: {height:.2g}", **lowest))
    views = (plane(spec, surface, paths, titles[-1]), landscape(surface, paths), curves(spec, surface, paths, result))
    handle = Handle("ball", "plane", _("where the balls start"), (spec.start_x, spec.start_y), ("start_x", "start_y"), surface.box,
                    step=0.05,
                    anywhere=True)
    return Picture(views, handles=(handle,), film=film(surface, paths, longest, titles), notes=sentences(spec, surface, paths),
                   numbers={"ends": [one.x[-1].tolist() for one in paths.values()],
                            "heights": [float(surface.f(*one.x[-1])) for one in paths.values()]})


def title_at(t: int, best: str, paths: Paths, up: dict[str, np.ndarray]) -> str:
    """Who is lowest at step t, and whether it still rolls."""
    if t == 0:
        return _("Step {step}: all start here", step=0)
    said = {"step": t, "name": name_of(best), "height": float(at(up[best], t)), "end": paths[best].steps}
    if paths[best].end == "converged" and t > paths[best].steps:
        return _("Step {step}: {name} is lowest, at {height:.2g}; it stopped at step {end}", **said)
    return _("Step {step}: {name} is lowest, at {height:.2g}", **said)


def film(surface: Surface, paths: Paths, longest: int, titles: list[str]) -> Film:
    """Step by step: the paths grow, the balls roll, the line in the curves goes along."""
    tracks: list[Track] = []
    for k, one in enumerate(paths.values()):
        shown = tuple(min(t + 1, len(one.x)) for t in range(longest + 1))
        tracks += [Track("plane", 2 + k, reveal=shown), Track("landscape", 2 + k, reveal=shown)]
    places = np.array([[at(one.x, t) for one in paths.values()] for t in range(longest + 1)])  # (steps, racers, 2)
    net = grid(surface, *MESH)
    z = above(*net, places.reshape(-1, 2), surface).reshape(places.shape[:2]) + LIFT * np.ptp(net[2][np.isfinite(net[2])])
    tracks.append(Track("plane", 2 + len(paths), seen(places), smooth=True))
    tracks.append(Track("landscape", 2 + len(paths), {**seen(places), "z": numbers(z, 3)}, smooth=True))
    tracks.append(Track("curves", len(paths), {"x": [[t, t] for t in range(longest + 1)]}, smooth=True))
    return Film(tuple(_("step {step}", step=t) for t in range(longest + 1)), tuple(tracks), {"plane": titles},
                seconds=min(3 + longest / 25, 8))


def program(spec: OptimizersSpec) -> str:
    return code.race(spec, spec.racers)


SCENE = Scene(
    "race", N_("The race"), N_("Press anywhere in the picture to drop the balls there, then play the race, or scrub it."),
    ("surface", "racers", "learning_rate", "adaptive_rate", "momentum"), draw, program,
    more=("formula", "steps", "start_x", "start_y", "schedule", "beta_1", "beta_2", "rho", "weight_decay", "noise", "all_noisy", "seed",
          "steep", "flat", "angle"),
    plays=lambda spec, field: on_ground(spec, field, spec.racers),
    presets=(
        Preset(N_("A long ravine")),
        Preset(N_("Rosenbrock’s valley"), {**SUITS["rosenbrock"], "surface": "rosenbrock", "steps": 300,
                                           "racers": ("gd", "momentum", "nesterov", "adam")}),
        Preset(N_("Four pits"), {**SUITS["himmelblau"], "surface": "himmelblau"}),
        Preset(N_("Caught on a saddle"), {**SUITS["saddle"], "surface": "saddle", "racers": ("gd", "sgd", "momentum", "adam"),
                                          "noise": 0.5}),
        # Three pits for three rules, none of them chaotic: RMSprop would be, it hops about at any rate that leaves the first pit.
        Preset(N_("An egg box"), {**SUITS["rastrigin"], "surface": "rastrigin", "racers": ("gd", "momentum", "adam")}),
    ),
    trials=(
        Trial(N_("Cross the limit"), N_("2/λmax is 0.2. At 0.21 [[gradient descent]] leaves the picture, one wall higher at every step."),
              {"scene": "race", "surface": "ravine", "start_x": -4.0, "start_y": 2.0, "learning_rate": 0.21, "adaptive_rate": 0.1}),
        Trial(N_("Turn the ravine straight"), N_("Now it lies along the x axis, and who adjusts x and y one by one has it easier: "
                                                   "RMSprop needs half the steps, Adam arrives as well. [[Gradient descent]] gains "
                                                   "nothing."),
              {"scene": "race", "surface": "ravine", "start_x": -4.0, "start_y": 2.0, "angle": 0, "adaptive_rate": 0.1,
               "learning_rate": 0.03, "racers": ("gd", "momentum", "rmsprop", "adam")}),
        Trial(N_("Calm the swing"), N_("At a rate of 0.5 RMSprop jumps about the lowest place for ever. A [[schedule]] makes its last "
                                       "steps small, and it settles."),
              {"scene": "race", "surface": "ravine", "start_x": -4.0, "start_y": 2.0, "adaptive_rate": 0.5, "schedule": "cosine"}),
    ))
