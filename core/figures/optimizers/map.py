"""The map of learning rate and momentum: how many steps each pair takes on the ravine; press anywhere to run it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.optimizers import code
from core.figures.optimizers.common import Line
from core.figures.optimizers.directions import Run, curves, eigenvalues, film, plane, run_of
from core.figures.optimizers.formulas import number
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.descent import best_pair, best_rate, highest_rate, steps_needed, turning
from core.specs.examples import Preset, Trial
from core.specs.optimizers import OptimizersSpec

MOST, SHARE = 200, 0.01  # as many steps are tried; this share of the first distance counts as there
COLUMNS, ROWS = 56, 40


@lru_cache(maxsize=32)
def needed(steep: float, flat: float, most: float, along: tuple[float, float], nesterov: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rates, momenta, and the steps that each pair takes."""
    rates, momenta = np.linspace(most / COLUMNS, most, COLUMNS), np.linspace(0, 0.98, ROWS)
    return rates, momenta, steps_needed(rates, momenta, np.array([steep, flat]), np.array(along), nesterov=nesterov, share=SHARE, most=MOST)


def steps_of(spec: OptimizersSpec, run: Run) -> float:
    """The same for the pair of the spec; NaN if it does not get there."""
    found = steps_needed(np.array([spec.rate]), np.array([spec.friction]), np.array(eigenvalues(spec)), run.along[0],
                         nesterov=spec.nesterov,
                         share=SHARE, most=MOST)
    return float(found[0, 0])


def chart(spec: OptimizersSpec, run: Run, steps: float) -> Template:
    most = max(4.2 / spec.steep, 1.02 * spec.rate)
    rates, momenta, z = needed(spec.steep, spec.flat, most, (float(run.along[0, 0]), float(run.along[0, 1])), spec.nesterov)
    edge = np.linspace(0, 0.98, 60)
    limit = highest_rate(edge, spec.steep, spec.nesterov)
    ticks = [15, 20, 30, 50, 100, 200]
    data: list[Line] = [
        {"type": "heatmap", "x": numbers(rates), "y": numbers(momenta), "z": numbers(-np.log10(z), 4), "colorscale": SEQUENTIAL,
         "zmin": -np.log10(MOST), "zmax": -np.log10(12), "hoverongaps": False, "customdata": numbers(z, 4),
         "hovertemplate": "η %{x:.3g}, β %{y:.2f}: %{customdata:.0f}<extra></extra>",
         "colorbar": {"title": {"text": _("steps"), "font": {"size": 11}}, "tickvals": [-float(np.log10(t)) for t in ticks],
                      "ticktext": [str(t) for t in ticks], "thickness": 10, "len": 0.9, "outlinewidth": 0, "tickfont": {"size": 10}}},
        {"type": "scatter", "mode": "lines", "x": numbers(np.minimum(limit, 2 * most)), "y": numbers(edge), "hoverinfo": "skip",
         "line": {"color": colour("text"), "width": 1.8, "dash": "dash"}}]
    notes: list[Line] = []
    pair = best_pair(spec.steep, spec.flat, spec.nesterov)
    data.append({"type": "scatter", "mode": "markers", "x": [pair[0]], "y": [pair[1]], "marker": {
        "symbol": "star", "size": 14, "color": colour("negative"), "line": {"width": 1, "color": colour("text")}}, "hoverinfo": "skip"})
    notes.append({"x": pair[0], "y": pair[1], "xref": "x", "yref": "y", "text": _("best in theory"), "showarrow": False,
                  "yshift": 22 if spec.friction <= pair[1] else -22,  # away from the handle
                  "font": {"size": 11, "color": colour("text")}, "bgcolor": colour("background"), "opacity": 0.85})
    notes.append({"x": 0.98, "y": 0.06, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "showarrow": False,
                  "text": _("right of the dashed line: diverges"), "font": {"size": 11, "color": colour("muted")}})
    title = (_("η = {rate:.3g}, β = {beta:.2f}: distance below {share:.0%} after a single step", rate=spec.rate, beta=spec.friction,
               share=SHARE) if steps == 1 else
             _("η = {rate:.3g}, β = {beta:.2f}: distance below {share:.0%} after {steps:.0f} steps", rate=spec.rate, beta=spec.friction,
               share=SHARE, steps=steps) if np.isfinite(steps) else
             _("η = {rate:.3g}, β = {beta:.2f}: distance still above {share:.0%} after {most} steps", rate=spec.rate, beta=spec.friction,
               share=SHARE, most=MOST))
    return figure("map", data, layout(
        xaxis=axis(_("learning rate η"), range=[0, most]), yaxis=axis(_("momentum β"), range=[0, 0.98]), annotations=notes,
        margin={"l": 44, "r": 8, "t": 6, "b": 34}), title=title, height=380, span=7,
        alt=_("A map of learning rate and momentum, the stronger the colour, the fewer steps; the dashed line is the limit of convergence. "
              "{title}.",
              title=title))


def notes(spec: OptimizersSpec, steps: float) -> tuple[Message, ...]:
    limit = float(highest_rate(spec.friction, spec.steep, spec.nesterov))
    factor = max(float(turning(spec.rate, spec.friction, value, spec.nesterov)) for value in eigenvalues(spec))
    if spec.rate > limit:
        return (Message(N_("Right of the dashed line: η = {rate:.3g} is above {limit:.3g}, and each step makes it worse. More momentum "
                           "moves the line "
                           "to the right.") if not spec.nesterov else
                        N_("Right of the dashed line: η = {rate:.3g} is above {limit:.3g}, and each step makes it worse. Nesterov’s line "
                           "bends left as "
                           "momentum grows."), {"rate": spec.rate, "limit": limit}),)
    pair = best_pair(spec.steep, spec.flat, spec.nesterov)
    plain = best_rate(spec.steep, spec.flat)
    slow = (float(turning(plain, 0.0, spec.steep)),
            max(float(turning(*pair, value, spec.nesterov)) for value in eigenvalues(spec)))
    best_here = max(float(turning(spec.rate, pair[1], value, spec.nesterov)) for value in eigenvalues(spec))
    found = [Message(N_("In the long run every step here leaves {share:.3g} of the distance. The best without momentum leaves "
                        "{plain:.3g}, the best with "
                        "momentum {best:.3g}."), {"share": factor, "plain": slow[0], "best": slow[1]})]
    if np.isfinite(steps) and spec.friction > pair[1] + 0.05 and swings(spec):
        found.append(Message(N_("So much momentum swings: past the lowest place and back, again and again. The star has less, {beta:.2f}."),
                             {"beta": pair[1]}))
    elif spec.friction < pair[1] - 0.05 and best_here < 0.999 * factor:
        found.append(Message(N_("There is too little momentum to hurry along the floor: with β = {beta:.2f} the ball would be quicker."),
                             {"beta": pair[1]}))
    return tuple(found)


def swings(spec: OptimizersSpec) -> bool:
    """Whether the ball passes the lowest place again and again along the floor: whether the roots of that direction are complex."""
    push = spec.rate * spec.flat
    trace = 1 + spec.friction - push * (1 + spec.friction if spec.nesterov else 1)
    return trace * trace < 4 * spec.friction * (1 - push if spec.nesterov else 1)


def draw(spec: OptimizersSpec) -> Picture:
    run = run_of(spec)
    steps = steps_of(spec, run)
    pair = best_pair(spec.steep, spec.flat, spec.nesterov)
    most = max(4.2 / spec.steep, 1.02 * spec.rate)
    handle = Handle("pair", "map", _("learning rate and momentum"), (spec.rate, spec.friction), ("rate", "friction"),
                    ((0.005, min(most, 1.1)), (0.0, 0.98)), step=0.005, anywhere=True)
    start = Handle("start", "plane", _("where the ball starts"), (spec.start_x, spec.start_y), ("start_x", "start_y"), run.surface.box,
                   step=0.05)
    high, low, kappa = r"\lambda_{\max}", r"\lambda_{\min}", r"\sqrt{3\lambda_{\max}/\lambda_{\min} + 1}"
    formulas = ((_("best pair"), rf"\eta = \tfrac{{4}}{{3{high} + {low}}} = {number(pair[0])}, \quad "
                                 rf"\beta = \tfrac{{{kappa} - 2}}{{{kappa} + 2}} = {number(pair[1])}" if spec.nesterov else
                                 rf"\eta = \left(\tfrac{{2}}{{\sqrt{{\lambda_{{\max}}}} + \sqrt{{\lambda_{{\min}}}}}}\right)^2 = "
                                 rf"{number(pair[0])}, \quad "
                                 rf"\beta = "
                                 rf"\left(\tfrac{{\sqrt{{\lambda_{{\max}}}} - \sqrt{{\lambda_{{\min}}}}}}{{\sqrt{{\lambda_{{\max}}}} + "
                                 rf"\sqrt{{\lambda_{{\min}}}}}}\right)^2 = {number(pair[1])}"),)
    return Picture((chart(spec, run, steps), plane(run, height=380, span=5, title=_("The run at this pair")), curves(spec, run)),
                   handles=(handle, start), film=film(run), notes=notes(spec, steps), formulas=formulas,
                   numbers={"steps": steps if np.isfinite(steps) else -1.0, "best": list(pair)})


def program(spec: OptimizersSpec) -> str:
    return code.pair(spec, MOST, SHARE)


BASE = {"scene": "map"}
LONG = {**BASE, "steep": 10.0, "flat": 0.1, "angle": 20, "start_x": -4.0, "start_y": 2.0, "steps": 100, "nesterov": False}  # a long ravine
SCENE = Scene(
    "map", N_("Rate and momentum"), N_("Press anywhere in the map: each place is a [[learning rate]] and a [[momentum]], and it is run at "
                                       "once."),
    ("rate", "friction", "nesterov", "steep", "flat"), draw, program, more=("angle", "steps", "start_x", "start_y"),
    presets=(
        Preset(N_("Without momentum"), BASE),
        Preset(N_("Near the star"), {**BASE, "rate": 0.33, "friction": 0.67}),
        Preset(N_("Too much momentum"), {**BASE, "rate": 0.1, "friction": 0.95}),
    ),
    trials=(
        Trial(N_("Look for the fewest steps"), N_("They are not at the right edge, and not at the top: rate and momentum belong together."),
              {**LONG, "rate": 0.25, "friction": 0.6}),
        Trial(N_("Nesterov’s map"), N_("It allows smaller rates only, but forgives more momentum: the look ahead damps the swing."),
              {**LONG, "nesterov": True, "rate": 0.1, "friction": 0.8}),
    ))
