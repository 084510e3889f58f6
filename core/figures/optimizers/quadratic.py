"""The quadratic, one direction at a time: two parabolas, and the factor by which each step shrinks the way that is left."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, Track, figure
from core.figures.optimizers import code
from core.figures.optimizers.common import Line
from core.figures.optimizers.directions import FLAT, STEEP, Run, curves, eigenvalues, film, plane, run_of
from core.figures.optimizers.formulas import number
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.descent import best_rate, highest_rate, turning
from core.specs.examples import Preset, Trial
from core.specs.optimizers import OptimizersSpec

REACH = 5.2  # how far the parabolas are shown


def parabolas(spec: OptimizersSpec, run: Run) -> Template:
    """½λu² for both directions side by side, with the places that the path comes to."""
    data: list[Line] = []
    u = np.linspace(-REACH, REACH, 81)
    more: Line = {}
    notes: list[Line] = []
    for k, (token, dash, value) in enumerate(zip((STEEP, FLAT), ("dash", "solid"), eigenvalues(spec), strict=True)):
        suffix = "" if k == 0 else "2"
        data.append({"type": "scatter", "mode": "lines", "x": numbers(u), "y": numbers(0.5 * value * u * u), "hoverinfo": "skip",
                     "line": {"color": colour(token), "width": 2, "dash": dash}, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}"})
        places = run.along[:, k]
        data.append({"type": "scatter", "mode": "lines+markers", "x": numbers(places), "y": numbers(0.5 * value * places * places),
                     "line": {"color": colour("text"), "width": 1}, "marker": {"size": 6, "color": colour("text")},
                     "xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "hovertemplate": "%{x:.3g}<extra></extra>"})
        across = [0.0, 0.46] if k == 0 else [0.54, 1.0]
        more[f"xaxis{suffix}"] = axis(_("across") if k == 0 else _("along"), range=[-REACH, REACH], domain=across, anchor=f"y{suffix}",
                                      nticks=5)
        more[f"yaxis{suffix}"] = axis(range=[-0.04 * value * REACH**2 / 2, 0.5 * value * REACH**2], anchor=f"x{suffix}", nticks=4)
        notes.append({"text": f"λ = {value:g}", "xref": "paper", "yref": "paper", "x": sum(across) / 2, "y": 1, "xanchor": "center",
                      "yanchor": "bottom", "showarrow": False, "font": {"size": 12, "color": colour(token)}})
    return figure("parabolas", data, layout(**more, annotations=notes, margin={"l": 30, "r": 8, "t": 20, "b": 32}),
                  title=_("The same path in each direction"), height=370, span=4,
                  alt=_("Two parabolas, one for each eigenvalue, and the places on them that the path comes to."))


def shown_rates(spec: OptimizersSpec) -> float:
    """The highest rate on the axis: beyond the limit of any momentum."""
    return max(4.4 / spec.steep, 1.05 * spec.rate)


def factors(spec: OptimizersSpec) -> Template:
    """The factor of a step against the learning rate, for both eigenvalues; below 1 it converges."""
    most = shown_rates(spec)
    x = np.linspace(0, most, 160)
    data: list[Line] = [{"type": "scatter", "mode": "lines", "x": [0, most], "y": [1, 1], "hoverinfo": "skip",
                         "line": {"color": colour("muted"), "width": 1}}]
    for token, dash, value, name in zip((STEEP, FLAT), ("dash", "solid"), eigenvalues(spec), ("λmax", "λmin"), strict=True):
        data.append({"type": "scatter", "mode": "lines", "x": numbers(x), "y": numbers(turning(x, spec.friction, value, spec.nesterov), 4),
                     "line": {"color": colour(token), "width": 2, "dash": dash}, "name": name,
                     "hovertemplate": f"{name}: %{{y:.3f}}<extra></extra>"})
    limit = float(highest_rate(spec.friction, spec.steep, spec.nesterov))
    across = float(turning(spec.rate, spec.friction, spec.steep, spec.nesterov))
    along = float(turning(spec.rate, spec.friction, spec.flat, spec.nesterov))
    shapes = [{"type": "line", "xref": "x", "yref": "paper", "layer": "below", "x0": at, "x1": at, "y0": 0, "y1": 1,
               "line": {"color": colour(token), "width": 1.5, "dash": dash}}
              for at, token, dash in ((limit, STEEP, "dot"), (spec.rate, "text", "solid"))]
    shapes.append({"type": "rect", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": 1, "y1": 2, "fillcolor": colour("negative"),
                   "opacity": 0.08, "line": {"width": 0}, "layer": "below"})
    name = "2/λmax" if not spec.friction else "2(1+β)/λmax" if not spec.nesterov else "2(1+β)/((1+2β)λmax)"
    notes = [{"x": limit, "y": 1.45, "xref": "x", "yref": "y", "text": f"{name} = {limit:.3g}", "showarrow": False, "xanchor": "left",
              "xshift": 3,
              "font": {"size": 11, "color": colour(STEEP)}, "bgcolor": colour("background")},
             {"x": most, "y": 1, "xref": "x", "yref": "y", "text": _("above 1 it diverges"), "showarrow": False, "xanchor": "right",
              "yanchor": "bottom", "font": {"size": 11, "color": colour("muted")}}]
    marks: Line = {"type": "scatter", "mode": "markers", "x": [spec.rate, spec.rate], "y": numbers([across, along]), "hoverinfo": "skip",
                   "marker": {"size": 9, "color": [colour(STEEP), colour(FLAT)], "symbol": ["diamond", "circle"]}}
    return figure("factors", [*data, marks], layout(
        xaxis=axis(_("learning rate η"), range=[0, most]), yaxis=axis(_("factor of a step"), range=[0, 1.55]), shapes=shapes,
        annotations=notes,
        margin={"l": 42, "r": 8, "t": 6, "b": 34}),
        title=_("Across × {a:.3g}, along × {b:.3g} a step", a=across, b=along), height=370, span=4,
        alt=_("The factor by which a step shrinks the distance, against the learning rate, for both eigenvalues. At {rate:g} it is "
              "{a:.3g} across "
              "and {b:.3g} along; beyond {limit:.3g} it diverges.", rate=spec.rate, a=across, b=along, limit=limit))


def notes(spec: OptimizersSpec, run: Run) -> tuple[Message, ...]:
    limit = float(highest_rate(spec.friction, spec.steep, spec.nesterov))
    across, along = (float(turning(spec.rate, spec.friction, value, spec.nesterov)) for value in eigenvalues(spec))
    if spec.rate > limit:
        return (Message(N_("η = {rate:g} is above the limit {limit:.3g}: across, every step multiplies the distance by {factor:.3g}. The "
                           "steepest "
                           "direction alone decides how large a rate may be.") if spec.friction == 0 else
                        N_("η = {rate:g} is above the limit {limit:.3g}: across, a step multiplies the distance by {factor:.3g} in the "
                           "long run. The steepest direction alone decides how large a rate may be."),
                        {"rate": spec.rate, "limit": limit, "factor": across}),)
    slow = max(across, along)
    found = []
    if spec.friction == 0:
        swings = spec.rate * spec.steep > 1
        found.append(Message(N_("Across, a step multiplies the distance by 1 − ηλ = {factor:.3g}: it jumps to the other wall and back.")
                             if swings else
                             N_("Across, a step multiplies the distance by 1 − ηλ = {factor:.3g}: it walks down without changing sides."),
                             {"factor": 1 - spec.rate * spec.steep}))
        best = best_rate(spec.steep, spec.flat)
        least = needed(float(turning(best, 0.0, spec.flat)))
        said = {"steps": needed(slow), "best": best, "ratio": spec.steep / spec.flat, "least": least}
        found.append(Message(N_("One step brings the ball to within a hundredth: with equal eigenvalues the rate 1/λ suits both "
                                "directions.") if slow < 1 and said["steps"] == 1 else
                             N_("The slower direction needs {steps:.0f} steps for a hundredth. The best rate, 2/(λmax + λmin) = "
                                "{best:.3g}, needs "
                                "{least:.0f}; the ratio of the eigenvalues, {ratio:.3g}, sets that.") if slow < 1 else
                             N_("At the limit the distance stays as it is, for ever. The best rate, 1/λ = {best:.3g}, arrives in a single "
                                "step.") if least == 1 else
                             N_("At the limit the distance across stays as it is, for ever. The best rate, 2/(λmax + λmin) = {best:.3g}, "
                                "comes to a hundredth in {least:.0f} steps."), said))
    else:
        found.append(Message(N_("With momentum the limit is {limit:.3g} instead of {plain:.3g}. In the long run a step multiplies the "
                                "distance by "
                                "{across:.3g} across and {along:.3g} along."),
                             {"limit": limit, "plain": 2 / spec.steep, "across": across, "along": along}))
        if not spec.nesterov and max(abs(across - spec.friction**0.5), abs(along - spec.friction**0.5)) < 1e-9:
            found.append(Message(N_("Both directions now shrink by √β = {factor:.3g} a step: they swing, and neither holds the other up."),
                                 {"factor": across}))
    return tuple(found)


def needed(factor: float) -> float:
    """Whole steps for a hundredth at this factor a step, below 1."""
    return float(np.ceil(np.log(0.01) / np.log(factor) - 1e-9)) if 0 < factor < 1 else 1.0


def formulas(spec: OptimizersSpec) -> tuple[tuple[str, str], ...]:
    limit = float(highest_rate(spec.friction, spec.steep, spec.nesterov))
    if spec.friction == 0:
        lines = [(word, rf"u_{{t+1}} = (1 - \eta\lambda)\, u_t = (1 - {number(spec.rate)} \cdot {number(value)})\, u_t = "
                        rf"{number(1 - spec.rate * value)}\, u_t")
                 for word, value in zip((_("across"), _("along")), eigenvalues(spec), strict=True)]
        return (*lines, (_("limit"), rf"\eta < \frac{{2}}{{\lambda_{{\max}}}} = \frac{{2}}{{{number(spec.steep)}}} = {number(limit)}"))
    if spec.nesterov:
        return ((_("each direction"), r"v \leftarrow \beta v - \eta\lambda u, \quad u \leftarrow u + \beta v - \eta\lambda u"),
                (_("limit"), rf"\eta < \frac{{2(1 + \beta)}}{{(1 + 2\beta)\,\lambda_{{\max}}}} = {number(limit)}"))
    return ((_("each direction"), rf"v \leftarrow \beta v - \eta\lambda u, \quad u \leftarrow u + v \qquad \beta = "
                                  rf"{number(spec.friction)}"),
            (_("limit"), rf"\eta < \frac{{2(1 + \beta)}}{{\lambda_{{\max}}}} = "
                         rf"\frac{{2 \cdot {number(1 + spec.friction)}}}{{{number(spec.steep)}}} = {number(limit)}"))


def draw(spec: OptimizersSpec) -> Picture:
    run = run_of(spec)
    most = shown_rates(spec)
    rates = np.unique(np.append(np.linspace(0.005, min(most, 1.1), 120), spec.rate))
    worst = np.max([turning(rates, spec.friction, value, spec.nesterov) for value in eigenvalues(spec)], axis=0)
    rail = tuple((r, r, up) for r, up in zip(rates.tolist(), np.minimum(worst, 1.5).tolist(), strict=True))
    at = next((x, y) for r, x, y in rail if r == spec.rate)
    handles = (Handle("start", "plane", _("where the ball starts"), (spec.start_x, spec.start_y), ("start_x", "start_y"), run.surface.box,
                      step=0.05,
                      anywhere=True),
               Handle("rate", "factors", _("the learning rate"), at, ("rate",), rail=rail, step=0.005))
    shown = tuple(min(t + 1, len(run.along)) for t in range(max(run.path.steps, 1) + 1))
    factor = np.array([turning(spec.rate, spec.friction, value, spec.nesterov) for value in eigenvalues(spec)])
    return Picture((plane(run, height=370, span=4, title=_("The path in the plane")), parabolas(spec, run), factors(spec),
                    curves(spec, run)),
                   handles=handles, film=film(run, tuple(Track("parabolas", k, reveal=shown) for k in (1, 3))), notes=notes(spec, run),
                   formulas=formulas(spec),
                   numbers={"limit": float(highest_rate(spec.friction, spec.steep, spec.nesterov)), "factors": factor.tolist()})


def program(spec: OptimizersSpec) -> str:
    return code.quadratic(spec)


BASE = {"scene": "quadratic"}
SCENE = Scene(
    "quadratic", N_("One direction at a time"), N_("Drag the [[learning rate]] along the curve: how high can it go before the ball climbs "
                                                   "out?"),
    ("rate", "friction", "steep", "flat", "angle"), draw, program, more=("nesterov", "steps", "start_x", "start_y"),
    plays=lambda spec, field: field != "nesterov" or spec.friction > 0,  # without momentum there is nothing to look ahead with
    presets=(
        Preset(N_("Just below the limit"), BASE),
        Preset(N_("The best rate"), {**BASE, "rate": 0.2, "steep": 9.5, "flat": 0.5}),
        Preset(N_("With momentum"), {**BASE, "rate": 0.3, "friction": 0.7}),
    ),
    trials=(
        Trial(N_("Cross the limit"), N_("From 0.19 to 0.205: across, the factor passes 1 and the ball climbs out, however gentle the "
                                        "floor is."),
              {**BASE, "rate": 0.205}),
        Trial(N_("Make the ravine round"), N_("Equal [[eigenvalues|eigenvalue]]: one rate suits both directions, and 1/λ arrives in a "
                                              "single step."),
              {**BASE, "steep": 5.0, "flat": 5.0, "rate": 0.2}),
        Trial(N_("Turn the ravine"), N_("The path turns with it; the factors stay. Only the [[eigenvalues|eigenvalue]] count here, not "
                                        "the axes."),
              {**BASE, "angle": 65}),
    ))
