"""Bias and variance: one polynomial fitted to many samples, degree by degree; and how errors fall as points are added."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import capacity
from core.maths.capacity import GRID
from core.specs.data_preparation import DataPreparationSpec
from core.specs.examples import Preset, Trial

TOP = 1.2
NEAR = 1.25  # times the best degree's bias² and variance: a good degree


def _fits(spec: DataPreparationSpec, found: capacity.Fits) -> Template:
    many = np.clip(found.curves[:20], -9, 9)
    x = neat(np.tile(np.append(GRID, np.nan), 20), 3)
    y = np.column_stack([many, np.full(20, np.nan)]).ravel().round(3).tolist()
    gone = [[None if v != v else v for v in side] for side in (x, y)]
    data = [line(gone[0], gone[1], "layer1", width=1, opacity=0.4),
            dots(neat(found.x, 3), neat(found.y[0], 3), "layer1", size=6, hover=_("one sample: %{y:.2f}")),
            line(neat(GRID, 3), neat(capacity.truth(GRID), 3), "text", width=3, hover=_("truth: %{y:.2f}")),
            line(neat(GRID, 3), neat(found.curves.mean(axis=0), 3), "layer0", dash="dash", width=3, hover=_("mean of 60 fits: %{y:.2f}"))]
    return figure("fits", data, layout(
        xaxis=axis("x", range=[-1.04, 1.04], fixedrange=True), yaxis=axis("y", range=[-2.6, 2.6], fixedrange=True),
        annotations=[word(-0.97, 2.4, _("— truth"), "text", xanchor="left"),
                     word(-0.97, 2.1, _("- - mean of 60 fits"), "layer0", xanchor="left"),
                     word(-0.97, 1.8, _("— 20 fits, one to each sample"), "layer1", xanchor="left")],
        margin={"l": 40, "r": 10, "t": 6, "b": 34}),
        title=_("Degree {degree}: bias² {bias:.3f}, variance {variance:.3f}", degree=spec.degree, bias=found.bias, variance=found.variance),
        alt=_("Polynomials of degree {degree} fitted to 20 samples of {points} points, their mean, and the true curve.", degree=spec.degree,
              points=spec.points),
        height=340, span=6)


def _trade(spec: DataPreparationSpec) -> tuple[Template, capacity.Fits, int]:
    """Also the fits of the best degree, and that degree."""
    degrees = list(range(capacity.MOST + 1))
    all_fits = [capacity.fits(d, spec.points, spec.noise, spec.seed) for d in degrees]
    lines = {_("training error"): ("baseline", "dot", [f.training for f in all_fits]),
             _("bias²"): ("layer0", "dash", [f.bias for f in all_fits]),
             _("variance"): ("layer1", "dashdot", [f.variance for f in all_fits]),
             _("error on new data"): ("text", "solid", [f.fresh for f in all_fits])}
    best = int(np.argmin([f.fresh for f in all_fits]))
    data = [line(degrees, neat(np.minimum(y, 9)), token, dash=dash, mode="lines+markers", marker={"size": 5},
                 hover=name + ": %{customdata:.3g}",
                 customdata=neat(y)) for name, (token, dash, y) in lines.items()]
    data += [line([spec.degree] * 2, [0, TOP], "muted", width=1), dots([spec.degree], [min(all_fits[spec.degree].fresh, TOP)], "text",
                                                                       size=11)]
    keys = [word(6.2, TOP * (0.97 - 0.075 * i), ("— ", "- - ", "-·- ", "··· ")[i] + name, lines[name][0], xanchor="left")
            for i, name in enumerate((_("error on new data"), _("bias²"), _("variance"), _("training error")))]
    return figure("trade", data, layout(
        xaxis=axis(_("degree"), range=[-0.4, 15.4], dtick=1, fixedrange=True),
        yaxis=axis(_("mean squared error"), range=[0, TOP], fixedrange=True),
        annotations=keys, margin={"l": 42, "r": 10, "t": 6, "b": 34}),
        title=_("On new data degree {best} is best: {error:.3f}", best=best, error=all_fits[best].fresh),
        alt=_("Bias squared, variance and error on new data by degree; the error is least, {error:.3f}, at degree {best}.",
              error=all_fits[best].fresh, best=best),
        height=340, span=6), all_fits[best], best


def _learning(spec: DataPreparationSpec) -> Template:
    sizes = capacity.sizes(spec.degree)
    found = [capacity.fits(spec.degree, n, spec.noise, spec.seed) for n in sizes]
    x = np.log10(sizes)
    data = [line([0.55, 2.35], [spec.noise**2] * 2, "baseline", dash="dot", width=1.2),
            line(neat(x), neat([f.training for f in found]), "loss", mode="lines+markers", hover=_("training: %{y:.3f}")),
            line(neat(x), neat(np.minimum([f.fresh for f in found], 9)), "loss", dash="dash", mode="lines+markers",
                 hover=_("new data: %{y:.3f}"))]
    labels = [{"trace": 0, "text": _("noise alone"), "color": colour("baseline"), "value": spec.noise**2},
              {"trace": 1, "text": _("training"), "color": colour("loss")}, {"trace": 2, "text": _("new data"), "color": colour("loss")}]
    ticks = [4, 10, 20, 40, 80, 200]
    return figure("learning", data, layout(
        xaxis=axis(_("points to learn from"), range=[0.55, 2.35], tickvals=np.log10(ticks).tolist(), ticktext=list(map(str, ticks)),
                   fixedrange=True),
        yaxis=axis(_("mean squared error"), range=[0, TOP], fixedrange=True), meta={"labels": labels},
        margin={"l": 42, "r": 84, "t": 4, "b": 34}),
        title=_("Learning curve of degree {degree}: on new data still {fresh:.3f} with 200 points", degree=spec.degree,
                fresh=found[-1].fresh),
        alt=_("Training error and error on new data by the number of points, from {few} to 200.", few=sizes[0]), height=180,
        span=12, area="curves")


def _verdict(spec: DataPreparationSpec, found: capacity.Fits, least: capacity.Fits, best: int) -> Message:
    """What is wrong with this degree, if anything: judged by what could be saved, bias² and variance, beside the best degree's."""
    mine, theirs = found.bias + found.variance, least.bias + least.variance
    values = {"bias": found.bias, "variance": found.variance, "training": found.training, "fresh": found.fresh, "best": best,
              "mine": mine, "theirs": theirs, "least": least.fresh, "noise": spec.noise**2}
    if mine <= NEAR * theirs + 0.003:
        if spec.noise == 0:
            return Message(N_("A good degree, and no noise: all 60 fits are one and the same curve, and bias², {bias:.3f}, is all that is "
                              "left."), values)
        return Message(N_("A good middle: bias² {bias:.3f} and variance {variance:.3f}, together {mine:.3f}; no degree gets below "
                          "{theirs:.3f}. "
                          "The rest of {fresh:.3f} is noise that nobody can predict, {noise:.3f}."), values)
    if spec.degree < best:
        if found.bias > 2 * found.variance:
            return Message(N_("Underfitting: the 20 curves agree with one another and are wrong together. Bias² is {bias:.3f}, variance "
                              "{variance:.3f}; more points would hardly help, a higher degree would: with degree {best} the two are "
                              "{theirs:.3f} "
                              "together."), values)
        return Message(N_("Too stiff, and the noise is great: bias² {bias:.3f} comes on top of a variance of {variance:.3f}. With degree "
                          "{best} "
                          "the two are {theirs:.3f} together instead of {mine:.3f}."), values)
    if found.bias <= 2 * least.bias + 0.02:
        return Message(N_("Overfitting: on average the curves are nearly right (bias² {bias:.3f}), but each follows the noise of its own "
                          "sample. "
                          "Training error {training:.3f}, on new data {fresh:.3f}. More points or a lower degree would help."), values)
    return Message(N_("Overfitting: each curve follows the noise of its own sample, and they thrash so far apart (variance "
                      "{variance:.3g}) that "
                      "even the mean of 60 of them is off (bias² {bias:.3g}). Training error {training:.3f}, on new data {fresh:.3g}. "
                      "More points "
                      "or a lower degree would help."), values)


def draw(spec: DataPreparationSpec) -> Picture:
    found = capacity.fits(spec.degree, spec.points, spec.noise, spec.seed)
    trade, least, best = _trade(spec)
    notes = [_verdict(spec, found, least, best)]
    if spec.degree >= 3:
        notes.append(Message(N_("The training error only ever falls as the degree rises. It cannot tell you where to stop; new data can.")))
    return Picture((_fits(spec, found), trade, _learning(spec)), notes=tuple(notes),
                   numbers={"bias": found.bias, "variance": found.variance, "training": found.training},
                   handles=(Handle("degree", "trade", _("Degree"), (float(spec.degree), 0.0), ("degree",), step=1, anywhere=True,
                                   rail=((0.0, 0.0, 0.0), (15.0, 15.0, 0.0))),),
                   formulas=((_("error on new data"),
                              rf"\underbrace{{{found.bias:.3f}}}_{{\mathrm{{bias}}^2}}"
                              rf" + \underbrace{{{found.variance:.3f}}}_{{\mathrm{{variance}}}}"
                              rf" + \underbrace{{{spec.noise**2:.3f}}}_{{\sigma^2}} \approx {found.fresh:.3f}"),))


def program(spec: DataPreparationSpec) -> str:
    said = (_("least squares, one fit a sample"),
            _("how far the mean curve is off"),
            _("how far the curves are apart"))
    return f"""import numpy as np
from numpy.polynomial import Legendre

rng = np.random.default_rng({spec.seed})
x, grid = np.linspace(-1, 1, {spec.points}), np.linspace(-1, 1, {len(GRID)})
def truth(x):
    return np.sin(3 * x) + x / 2
samples = truth(x) + {spec.noise:g} * rng.normal(size=({capacity.SAMPLES}, {spec.points}))

fits = [Legendre.fit(x, y, {spec.degree}, domain=[-1, 1]) for y in samples]  # {said[0]}
curves = np.array([fit(grid) for fit in fits])
bias = np.mean((curves.mean(axis=0) - truth(grid)) ** 2)  # {said[1]}
variance = np.mean(curves.var(axis=0))  # {said[2]}
training = np.mean([(fit(x) - y) ** 2 for fit, y in zip(fits, samples)])
print(bias, variance, training)
"""


CAPACITY = Scene(
    "capacity", N_("Bias and variance"), N_("Drag the degree. Stiff curves are wrong together, supple ones each in their own way."),
    ("degree", "points", "noise"), draw, program, more=("seed",),
    presets=(Preset(N_("A straight line"), {"scene": "capacity"}), Preset(N_("Degree 3"), {"scene": "capacity", "degree": 3}),
             Preset(N_("Degree 14"), {"scene": "capacity", "degree": 14})),
    trials=(Trial(N_("Degree 14"), N_("The thin curves thrash at the edges; their mean hardly does. That is variance without bias."),
                  {"scene": "capacity", "degree": 14}),
            Trial(N_("Degree 14, 80 points"), N_("The same freedom, held by more points: variance is what data cure."),
                  {"scene": "capacity", "degree": 14, "points": 80}),
            Trial(N_("A line, 80 points"), N_("Four times the points, and as wrong as before: data do not cure bias."),
                  {"scene": "capacity", "points": 80})))
