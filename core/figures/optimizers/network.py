"""The same race on a real network's loss: curves, and a slice through its weights in which the paths can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Film, Picture, Scene, Track, figure, readable
from core.figures.optimizers import code
from core.figures.optimizers.common import MARKS, Line, above, floored, has, key, name_of
from core.figures.optimizers.learners import SAMPLES, Slice, batch_of, rate_of, slice_of, steps_of, trainings
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout, width_of
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _, listed
from core.maths.training import Training
from core.specs.examples import Preset, Trial
from core.specs.optimizers import OptimizersSpec

FLOOR = 1e-4
TICKS = [mantissa * 10.0**power for power in range(-4, 5) for mantissa in (1, 2, 5)]
Runs = dict[str, Training]


def curves(spec: OptimizersSpec, runs: Runs, title: str) -> Template:
    """Loss on all points against the step."""
    data: list[Line] = []
    labels: list[dict[str, Any]] = []
    for k, (racer, one) in enumerate(runs.items()):
        token, _marker, _sign, dash = MARKS[racer]
        data.append({"type": "scatter", "mode": "lines", "x": list(range(len(one.loss))), **floored(one.loss, FLOOR, name_of(racer)),
                     "line": {"color": colour(token), "width": 2, "dash": dash}, "name": name_of(racer)})
        labels.append({"trace": k, "text": name_of(racer), "color": colour(token)})
    every = np.concatenate([one.loss for one in runs.values()])
    every = np.clip(every[np.isfinite(every)], FLOOR, 1e4)
    low, high = float(np.log10(every.min())) - 0.15, float(np.log10(every.max())) + 0.15
    data.append({"type": "scatter", "mode": "lines", "x": [steps_of(spec)] * 2, "y": [10.0**low, 10.0**high], "hoverinfo": "skip",
                 "line": {"color": colour("muted"), "width": 1}})
    return figure("loss", data, layout(
        xaxis=axis(_("step"), range=[0, steps_of(spec)]), hovermode="x unified", yaxis=axis(_("loss"), type="log", range=[low, high],
                                                                                            tickvals=TICKS, ticktext=[f"{t:g}"
                                                                                                                      for t in TICKS]),
        margin={"l": 48, "r": 12 + max(width_of(label["text"]) for label in labels), "t": 6, "b": 34}, meta={"labels": labels}),
        title=title, height=400, span=6, alt=_("Cross-entropy on all points against the step, for {names}. {title}.",
                                               names=listed(map(name_of, runs)), title=title))


def slice_chart(spec: OptimizersSpec, runs: Runs, cut: Slice) -> Template:
    """The loss on a plane through the weights, and the paths as they lie above it."""
    shown = np.log10(np.clip(cut.loss, FLOOR, 1e4))
    data: list[Line] = [{"type": "contour", "x": numbers(cut.x), "y": numbers(cut.y), "z": numbers(shown, 4), "colorscale": SEQUENTIAL,
                         "showscale": False,
                         "opacity": 0.5, "ncontours": 16, "line": {"width": 0.6, "color": colour("muted")}, "hoverinfo": "skip"}]
    for (racer, _one), places in zip(runs.items(), cut.paths, strict=True):
        token, _marker, _sign, dash = MARKS[racer]
        data.append({"type": "scatter", "mode": "lines", "x": numbers(places[:, 0]), "y": numbers(places[:, 1]), "name": name_of(racer),
                     "line": {"color": colour(token), "width": 2.2, "dash": dash}, "hoverinfo": "name"})
    ends = np.array([places[-1] for places in cut.paths])
    data.append({"type": "scatter", "mode": "markers", "x": numbers(ends[:, 0]), "y": numbers(ends[:, 1]), "hoverinfo": "skip",
                 "marker": {"size": 12, "symbol": [MARKS[r][1] for r in runs], "color": [colour(MARKS[r][0]) for r in runs],
                            "line": {"width": 1.5, "color": colour("background")}}})
    notes = key(list(runs))
    weights = len(next(iter(runs.values())).weights[0])
    return figure("slice", data, layout(
        xaxis=axis(_("first main direction of the weights"), range=[float(cut.x[0]), float(cut.x[-1])]),
        yaxis=axis(_("second main direction"), range=[float(cut.y[0]), float(cut.y[-1])]),
        annotations=notes, margin={"l": 44, "r": 8, "t": above(notes), "b": 34}),
        title=_("A slice through the {weights} weights holds {share:.0%} of the spread", weights=weights, share=cut.share), height=400,
        span=6,
        alt=_("The loss on a plane through the space of {weights} weights, with the paths projected on it. The plane holds {share:.0%} of "
              "how far "
              "the paths spread.", weights=weights, share=cut.share))


def film(runs: Runs, cut: Slice, steps: int, titles: list[str]) -> Film:
    tracks = [Track("slice", 1 + k, reveal=tuple(min(t + 1, len(places)) for t in range(steps + 1))) for k, places in enumerate(cut.paths)]
    places = np.array([[one[min(t, len(one) - 1)] for one in cut.paths] for t in range(steps + 1)])
    tracks.append(Track("slice", 1 + len(runs), {"x": numbers(places[..., 0]), "y": numbers(places[..., 1])}, smooth=True))
    tracks.append(Track("loss", len(runs), {"x": [[t, t] for t in range(steps + 1)]}, smooth=True))
    return Film(tuple(_("step {step}", step=t) for t in range(steps + 1)), tuple(tracks), {"loss": titles}, seconds=min(3 + steps / 25, 8))


def lost(spec: OptimizersSpec, runs: Runs) -> list[str]:
    """Whose weights have left all bounds before the last step."""
    return [racer for racer, one in runs.items() if len(one.loss) <= steps_of(spec)]


def notes(spec: OptimizersSpec, runs: Runs, cut: Slice) -> tuple[Message, ...]:
    """How everybody ends, and what is to be known of batches and of the slice."""
    gone = lost(spec, runs)
    order = sorted((racer for racer in runs if racer not in gone), key=lambda racer: float(runs[racer].loss[-1]))
    found = []
    if gone:
        found.append(Message(N_("Lost on the way, their weights beyond all bounds: {names}. Their steps are too long for this network; try "
                                "a lower rate."), {"names": listed(map(name_of, gone))}))
    if order:
        losses = listed(readable(_("{name} {loss:.3g}", name=name_of(racer), loss=float(runs[racer].loss[-1]))) for racer in order)
        found.append(Message(N_("The loss after {steps} steps: {losses}. It began at {start:.3g}, with the same network, points and first "
                                "weights for all."),
                             {"steps": steps_of(spec), "losses": losses, "start": float(runs[order[0]].loss[0])}))
    some = [racer for racer in runs if batch_of(spec, racer) < SAMPLES]
    if some:
        found.append(Message(N_("{names} sees {batch} of the {samples} points in a step: its curve shakes, but each step costs less.")
                             if len(some) == 1 else
                             N_("{names} see {batch} of the {samples} points in a step: their curves shake, but each step costs less."),
                             {"names": listed(map(name_of, some)), "batch": batch_of(spec, some[0]), "samples": SAMPLES}))
    found.append(Message(N_("The slice shows two directions out of {weights}; it holds {share:.0%} of how far the paths spread. A path "
                            "lies above or "
                            "below it elsewhere."), {"weights": len(next(iter(runs.values())).weights[0]), "share": cut.share}))
    return tuple(found)


def draw(spec: OptimizersSpec) -> Picture:
    runs: Runs = trainings(spec)
    cut = slice_of(spec, runs)
    steps = max(max(len(one.loss) for one in runs.values()) - 1, 1)
    titles = [title_at(t, runs) for t in range(steps + 1)]
    return Picture((curves(spec, runs, titles[-1]), slice_chart(spec, runs, cut)), film=film(runs, cut, steps, titles),
                   notes=notes(spec, runs, cut),
                   numbers={"start": float(runs[lowest(runs)].loss[0])})  # later ones agree to about 1e-6: Keras rounds rates to 32 bits


def title_at(t: int, runs: Runs) -> str:
    """Who is lowest at step t, of those that are not lost by then."""
    left = [racer for racer, one in runs.items() if t < len(one.loss)]
    best = min(left or runs, key=lambda racer: float(runs[racer].loss[min(t, len(runs[racer].loss) - 1)]))
    return _("Step {step}: {name} is lowest, loss {loss:.3g}", step=t, name=name_of(best),
             loss=float(runs[best].loss[min(t, len(runs[best].loss) - 1)]))


def lowest(runs: Runs) -> str:
    """Who ends lowest: whose program is shown."""
    return min(runs, key=lambda racer: float(runs[racer].loss[-1]))


def program(spec: OptimizersSpec) -> str:
    racer = lowest(trainings(spec))
    return code.network(spec, racer, rate_of(spec, racer), batch_of(spec, racer), steps_of(spec))


BASE = {"scene": "network"}
SCENE = Scene(
    "network", N_("A real network"), N_("The ground is now the [[loss]] of a network with one hidden layer. Change a rate and compare the "
                                        "curves."),
    ("racers", "network_rate", "network_adaptive_rate", "batch", "dataset"), draw, program,
    more=("units", "steps", "momentum", "beta_1", "beta_2", "rho", "weight_decay", "schedule", "seed"),
    plays=lambda spec, field: has(field, spec.racers),
    presets=(
        Preset(N_("Circles"), BASE),
        Preset(N_("Batches of ten"), {**BASE, "batch": 10}),
        Preset(N_("Caught for a while"), {**BASE, "dataset": "moons", "network_rate": 0.2, "network_adaptive_rate": 0.1}),
        Preset(N_("Adam alone, at Keras’ default rate"), {**BASE, "racers": ("adam",), "network_adaptive_rate": 0.001}),
    ),
    trials=(
        Trial(N_("Ten times the rates"), N_("The curves jump. [[Gradient descent]] goes up in almost every second step, and RMSprop’s "
                                            "loss is at times eight times what it began with."),
              {**BASE, "network_rate": 5.0, "network_adaptive_rate": 1.0}),
        Trial(N_("All eight"), N_("Not one wins everywhere: look at another seed, other data, other rates before you believe in a "
                                  "favourite."),
              {**BASE, "racers": ("gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")}),
    ))
