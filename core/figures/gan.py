"""The figures of the lab for generative adversarial networks in the plane, for a spec."""

from __future__ import annotations

from typing import Any

from core.data import mixtures
from core.figures import curves, duel
from core.figures.sequences import line
from core.figures.template import Template
from core.figures.theme import axis, colour, layout, width_of
from core.i18n import _, together
from core.maths.distances import COVERED, NEAR
from core.specs.gan import PARTS, SIDE, GanSpec, GanView

BESIDE = 162  # pixels of the two curves that stand beside the picture


def figures(spec: GanSpec, view: GanView) -> list[Template]:
    """All figures of the page, in the order in which they stand."""
    spread = [modes(spec)] if spec.modes else []
    return [arena(spec, view), loss(spec, view), verdicts(spec), distance(spec, view), *spread, gradients(spec, 4 if spread else 6)]


def ask() -> dict[str, dict[str, Any]]:
    """What the player may ask of the two networks."""
    return {"step": {"probe": "step"}}


# ---- the picture

def arena(spec: GanSpec, view: GanView) -> Template:
    """Real points and fakes, and what both networks make of the plane."""
    paint = None if spec.dataset != "drawn" else {
        "side": SIDE, "text": spec.drawn, "cells": "".join("1" if cell else "0" for cell in mixtures.cells(spec.drawn).ravel())}
    counted = _(" · {modes} of {count} modes", modes="{modes:d}", count=spec.modes) if spec.modes else ""
    return duel.picture(
        "arena", bound=mixtures.BOUND, critic=critic(spec), shown=view.shown, centres=mixtures.centres(spec.dataset),
        radius=NEAR * mixtures.SIGMA.get(spec.dataset, 0.0), paint=paint, rests=spec.rests, epochs=spec.epochs,
        words=words(spec),
        title=_("Real and fake: distance {distance:.2g}") + counted, empty=_("Real and fake"),
        alt=_("The plane at epoch {epoch}: real points, fakes, the discriminator’s verdict as shading, the generator’s bent noise, and "
              "arrows that show where each fake is pulled. The two clouds are {distance:.3g} apart."))


def critic(spec: GanSpec) -> bool:
    """Whether the verdict is a score without bounds rather than a probability."""
    return spec.loss == "wgan_gp"


def words(spec: GanSpec) -> dict[str, Any]:
    """What the player says of the picture and of a step in slow motion."""
    if critic(spec):
        judged = _("Now it scores real points {d_real_1:.2f} on average instead of {d_real_0:.2f}, and fakes {d_fake_1:.2f} instead of "
                   "{d_fake_0:.2f}.")
        fooled = _("The fakes of this batch the critic now scores {fooled_1:.3f} on average instead of {fooled_0:.3f}.")
    else:
        judged = _("Now it gives real points {d_real_1:.3f} on average instead of {d_real_0:.3f}, and fakes {d_fake_1:.3f} instead of "
                   "{d_fake_0:.3f}.")
        fooled = _("The fakes of this batch get {fooled_1:.3f} from the discriminator on average instead of {fooled_0:.3f}.")
    return {
        "parts": {name: _(text) for name, text in PARTS.items()}, "legend": _("In the picture"),
        "signs": {
            "surface": _("Blue: taken for real. Orange: taken for fake."),
            "grid": bent(spec),
            "real": _("Points of the data."), "fake": _("Points of the generator."),
            "arrows": _("Where a fake would have to go to lower the generator’s loss, and how strongly.")},
        "slow": _("Slow motion"), "d": _("Discriminator’s step"), "g": _("Generator’s step"), "back": _("Back to the run"),
        "hint": {"": _("The next two steps of this run, one at a time."),
                 "d": _("The generator’s next steps. The discriminator takes none: it has 0 updates."),
                 "g": _("The discriminator’s next steps. The generator takes none: it has 0 updates.")}[spec.rests],
        "ended": ended(spec),
        "beyond_d": together(_("This is after the run’s end, at a learning rate of {rate_d:.2g}."), ""),
        "beyond_g": together(_("This is after the run’s end, at a learning rate of {rate_g:.2g}."), ""),
        "asking": _("The networks are taking the step …"),
        "pair": _("Step {pair:d} after epoch {epoch:d}"),
        "said_d": together(
            _("Its loss on this batch goes from {loss_d_0:.4g} to {loss_d_1:.4g}; its gradient is {grad_d:.2g} long.")
            if spec.d_steps < 2 else
            _("It makes {updates} updates, each on a batch of its own. From before them to after them its loss on the first batch goes "
              "from {before} to {after}; its gradients are {length} long on average.",
              updates=spec.d_steps, before="{loss_d_0:.4g}", after="{loss_d_1:.4g}", length="{grad_d:.2g}"), judged,
            _("The shading shows what changed: blue where it believes more, at most by {most:.2g}. No fake has moved.")),
        "said_g": together(
            _("The generator’s loss on a new batch goes from {loss_0:.4g} to {loss_1:.4g}; its gradient is {grad_g:.2g} long.")
            if spec.g_steps < 2 else
            _("The generator makes {updates} updates, each on a new batch. From before them to after them its loss on the first batch goes "
              "from {before} to {after}; its gradients are {length} long on average.",
              updates=spec.g_steps, before="{loss_0:.4g}", after="{loss_1:.4g}", length="{grad_g:.2g}"), fooled,
            _("The fakes moved by {moved:.2g} on average; the lines show it {times:d} times as long. No real point was looked at.")),
        "still_d": _("Learning rate {rate_d:.2g}, gradient norm {grad_d:.2g}: the verdict changes too little to be drawn, and the shading "
                     "is the verdict itself. No fake has moved."),
        "still_g": _("Learning rate {rate_g:.2g}, gradient norm {grad_g:.2g}: on average the fakes move too little to be seen, even "
                     "drawn {times:d} times as long. No real point was looked at."),
        "paint": _("Paint"), "wipe": _("Wipe"), "grid": _("24 × 24 cells to paint the real data in"), "cell": _("{label}, cell {cell}"),
        "how": _("Paint where the real points are to lie: press, drag, or arrows and space.")}


def bent(spec: GanSpec) -> str:
    """What the bent noise is. A cell is as dark as it is small; only of uniform noise all cells get as much."""
    if spec.noise_size == 1:
        return _("The generator’s noise, a straight line, as it bends it into the plane.")
    if spec.noise == "uniform":
        return _("The generator’s noise, a straight grid, as it bends it into the plane. Each cell gets equally much of it: where cells "
                 "are small and dark, many fakes fall.")
    return _("The generator’s noise, a straight grid, as it bends it into the plane. The smaller a cell has become, the darker it is. Most "
             "fakes fall in cells from the grid’s middle, hardly any in those from its corners: normal noise is mostly near 0.")


def ended(spec: GanSpec) -> str:
    """What slow motion offers once there is no next step of the run."""
    g, d = f"{spec.learning_rate:.2g}", f"{spec.learning_rate * spec.d_rate:.2g}"
    if spec.rests == "d":
        return _("The run has ended. Steps of the generator after it, at a learning rate of {rate}. The discriminator takes none: it has 0 "
                 "updates.", rate=g)
    if spec.rests == "g":
        return _("The run has ended. Steps of the discriminator after it, at a learning rate of {rate}. The generator takes none: it has 0 "
                 "updates.", rate=d)
    if g == d:
        return _("The run has ended. Two steps more after it, one at a time, at a learning rate of {rate}.", rate=g)
    return _("The run has ended. Two steps more after it, one at a time, at learning rates of {rate_d} (discriminator) and {rate_g} "
             "(generator).", rate_d=d, rate_g=g)


# ---- curves

def loss(spec: GanSpec, view: GanView) -> Template:
    """Both losses. Neither falls to the end as in other networks: what one gains the other loses."""
    lines = [("loss", _("generator"), "layer4", "solid"), ("loss_d", _("discriminator"), "loss", "dash")]
    chart = curves.chart("loss", lines, spec.epochs, log=view.log_scale and spec.loss in ("nonsaturating", "lsgan"), title=_(
        "Losses: G {loss:.2f}, D {loss_d:.2f}"), empty=_("Both losses"), alt=_(
        "Both losses over the epochs. At epoch {epoch}: generator {loss:.3g}, discriminator {loss_d:.3g}."), area="main", span=4,
        height=BESIDE)
    if spec.loss in ("minimax", "wgan_gp"):  # which go below zero
        chart.figure["layout"]["yaxis"]["rangemode"] = "normal"
    return chart


def verdicts(spec: GanSpec) -> Template:
    """What the discriminator thinks of real points and of fakes, on average."""
    lines = [("d_real", _("real"), "loss", "dash"), ("d_fake", _("fake"), "layer4", "solid")]
    common: dict[str, Any] = {"area": "main", "span": 4, "height": BESIDE}
    if critic(spec):
        chart = curves.chart("verdicts", lines, spec.epochs, **common, empty=_("The critic’s scores"),
                             title=_("The critic’s scores: real {d_real:.2f}, fake {d_fake:.2f}"),
                             alt=_("The critic’s mean scores over the epochs. At epoch {epoch}: real {d_real:.2f}, fake {d_fake:.2f}."))
        chart.figure["layout"]["yaxis"]["rangemode"] = "normal"
        return chart
    common["bounds"] = None if spec.loss == "lsgan" else (0.0, 1.03)  # which may shoot beyond them
    return curves.chart("verdicts", lines, spec.epochs, **common, marks={"½": 0.5}, empty=_("D(real) and D(fake)"),
                        title=_("D(real) {d_real:.2f}, D(fake) {d_fake:.2f}; a draw is ½"),
                        alt=_("What the discriminator gives real points and fakes on average, over the epochs. At epoch {epoch}: real "
                              "{d_real:.2f}, fake {d_fake:.2f}. At ½ it can only guess."))


def distance(spec: GanSpec, view: GanView) -> Template:
    """How far the two clouds are apart, measured in three ways that neither network is told of."""
    lines = [("distance", _("Wasserstein"), "score", "solid"), ("mmd", "MMD", "layer3", "dash"), ("js", "JS", "layer1", "dot"),
             ("floor", _("new real"), "baseline", "dot")]
    chart = curves.chart("distance", lines, spec.epochs, log=view.log_scale, span=4 if spec.modes else 6,
                         title=_("How far apart: Wasserstein {distance:.2g}"), empty=_("How far real and fake are apart"),
                         alt=_("Distances between real points and fakes over the epochs. At epoch {epoch}: sliced Wasserstein "
                               "{distance:.3g}, MMD {mmd:.3g}, Jensen–Shannon on a grid {js:.3g} bits. New real points, which "
                               "nobody learned from, are {floor:.2g} away (Wasserstein)."))
    chart.figure["data"][3]["line"]["width"] = 1.2
    return chart


def gradients(spec: GanSpec, span: int) -> Template:
    lines = [("grad_g", _("generator"), "layer4", "solid"), ("grad_d", _("discriminator"), "loss", "dash")]
    return curves.chart("gradients", lines, spec.epochs, log=True, span=span, empty=_("Gradient norms"),
                        title=_("Gradient norms: generator {grad_g:.2g}"),
                        alt=_("How long both networks’ gradients are over the epochs. At epoch {epoch}: generator {grad_g:.2g}, "
                              "discriminator {grad_d:.2g}."))


def modes(spec: GanSpec) -> Template:
    """The share of the fakes that falls on each mode."""
    bars = {"type": "bar", "name": _("share"), "x": [], "y": [], "marker": {"color": colour("score")},
            "hovertemplate": "%{x}: %{y:.1%}<extra></extra>"}
    levels = {_("fair"): 1 / spec.modes, _("least"): COVERED}
    marks = [{"type": "scatter", "mode": "lines", "name": name, "x": [0.4, spec.modes + 0.6], "y": [value, value], "hoverinfo": "skip",
              "line": {"color": colour("baseline"), "width": 1.5, "dash": "dot"}} for name, value in levels.items()]
    labels = [{"trace": i, "text": name, "color": colour("baseline"), "value": value} for i, (name, value) in enumerate(levels.items(), 1)]
    figure = {"data": [bars, *marks], "layout": layout(
        xaxis=axis(_("mode"), range=[0.4, spec.modes + 0.6], fixedrange=True, showgrid=False, dtick=1 if spec.modes < 12 else 4, tick0=1),
        yaxis=axis("", tickformat=".0%", rangemode="tozero", nticks=4), bargap=0.25,
        margin={"l": 38, "r": 8 + max(map(width_of, levels)), "t": 8, "b": 30}, meta={"labels": labels})}
    title = _("Modes covered: {modes} of {count}", modes="{modes:d}", count=spec.modes)
    alt = _("The share of 2,000 fakes near each mode at epoch {epoch}. A mode is covered from 1% on: {modes:d} are.")
    return Template("modes", figure, (line(0, "share", first=1),), title, alt, curves.HEIGHT, "curves", 4, _("Modes covered"))
