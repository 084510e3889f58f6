"""The noise that each loss assumes: the average loss is the negative logarithm of a likelihood."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene
from core.figures.losses.common import LOOKS, code, dot, plot, rounded, stroke, upright
from core.figures.theme import colour
from core.frame import Message
from core.i18n import N_, _
from core.maths.losses import bernoulli, binary_crossentropy, gaussian, laplace
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

SAMPLES, THROWS = 7, 10
GRID, CHANCES = np.linspace(-2, 8, 101), np.linspace(0.02, 0.98, 97)
FLOOR = {"mse": 0.5 * np.log(2 * np.pi), "mae": np.log(2.0)}  # what the density's own height adds


@lru_cache(maxsize=64)
def drawn(seed: int) -> np.ndarray:
    """Six samples about 2; the seventh is where a person puts it."""
    return np.round(2 + np.random.default_rng(117 + seed).laplace(size=SAMPLES - 1), 2).clip(-2, 8)


def samples(spec: LossesSpec) -> np.ndarray:
    return np.append(drawn(spec.seed), spec.far)


def likelihood(loss: str, x: np.ndarray, guess: Any) -> Any:
    """Average negative log-likelihood of samples for each guess, in nats: half the mean squared error plus ln √(2π), or the mean absolute
    error plus ln 2."""
    r = np.asarray(guess)[..., None] - x
    return (0.5 * np.square(r) if loss == "mse" else np.abs(r)).mean(axis=-1) + FLOOR[loss]


def coin(ones: int, p: Any) -> Any:
    return binary_crossentropy(ones / THROWS, p)


def draw(spec: LossesSpec) -> Picture:
    x, c, p = samples(spec), spec.centre, spec.chance
    mean, median, share = float(x.mean()), float(np.median(x)), spec.ones / THROWS
    bells, valleys, handles = [], [], []
    titles = {"mse": _("MSE ↔ Gaussian noise, centre {c:.2f}", c=c), "mae": _("MAE ↔ Laplace noise, centre {c:.2f}", c=c)}
    best = {"mse": (mean, _("Least at the mean, {best:.2f}", best=mean)),
            "mae": (median, _("Least at the median, {best:.2f}", best=median))}
    for loss, density in (("mse", gaussian), ("mae", laplace)):
        token = LOOKS[loss][1]
        bells.append(plot(f"{loss}_noise", [
            {**stroke(loss, GRID, density(GRID, c)), "fill": "tozeroy"}, upright(c, 0, 0.55),
            {"type": "scatter", "mode": "markers", "x": rounded(x), "y": [0.0] * SAMPLES, "cliponaxis": False, "name": _("samples"),
             "marker": {"color": colour("text"), "size": [8] * (SAMPLES - 1) + [13], "symbol": ["circle"] * (SAMPLES - 1) + ["circle-open"],
                        "line": {"width": [0] * (SAMPLES - 1) + [3], "color": colour("text")}},
             "hovertemplate": "%{x:.3g}<extra></extra>"}],
            ("", -2.0, 8.0), (_("assumed density"), 0.0, 0.55), title=titles[loss], height=215,
            alt=_("The samples and the density that the loss assumes around the guess {c:.2f}.", c=c)))
        value, (at, said) = float(likelihood(loss, x, c)), best[loss]
        high = 8.0 if loss == "mse" else 5.0
        valleys.append(plot(f"{loss}_loss", [
            stroke(loss, GRID, likelihood(loss, x, GRID)), upright(at, 0, high),
            dot(loss, at, likelihood(loss, x, at), size=9, marker={"color": colour(token), "size": 10, "symbol": "x"}),
            dot(loss, c, np.clip(value, 0, high), size=13)], (_("guess"), -2.0, 8.0), (_("average −ln likelihood"), 0.0, high),
            title=said, alt=_("Average negative log-likelihood over the guess: {value:.3f} at {c:.2f}, least at {at:.2f}.",
                              value=value, c=c, at=at), height=225))
        places = np.union1d(GRID, [c])
        handles.append(Handle(f"{loss}_guess", f"{loss}_loss", _("the guess"), (c, min(value, high)), ("centre",), step=0.05,
                              rail=tuple(zip(places.tolist(), places.tolist(), np.clip(likelihood(loss, x, places), 0, high).tolist(),
                                             strict=True)), anywhere=True, colour=token))
        handles.append(Handle(f"{loss}_far", f"{loss}_noise", _("the farthest sample"), (spec.far, 0.0), ("far",), step=0.1,
                              rail=((-2.0, -2.0, 0.0), (8.0, 8.0, 0.0)), colour="text"))
    tossed, loss_now = np.array([THROWS - spec.ones, spec.ones]), float(coin(spec.ones, p))
    bells.append(plot("bce_noise", [
        {"type": "bar", "x": [0, 1], "y": (tossed / THROWS).tolist(), "width": 0.3, "name": _("thrown"),
         "marker": {"color": colour("border")}, "hovertemplate": "%{y:.2f}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "x": [0, 1], "y": rounded(bernoulli(np.array([0, 1]), p)), "name": _("assumed"),
         "marker": {"symbol": "line-ew-open", "size": 46, "color": colour("layer0"), "line": {"width": 4, "color": colour("layer0")}},
         "hovertemplate": "%{y:.2f}<extra></extra>"}],
        (_("grey: thrown, line: assumed"), -0.6, 1.6), (_("probability"), 0.0, 1.05),
        title=_("Cross-entropy ↔ a coin, p = {p:.2f}", p=p), height=215,
        alt=_("Shares of zeros and ones thrown, {zeros:.1f} and {ones:.1f}, and the probabilities assumed, {q:.2f} and {p:.2f}.",
              zeros=1 - share, ones=share, q=1 - p, p=p)))
    least = float(coin(spec.ones, np.clip(share, 0.02, 0.98)))
    bells[-1].figure["layout"]["xaxis"]["tickvals"] = [0, 1]
    valleys.append(plot("bce_loss", [
        stroke("bce", CHANCES, coin(spec.ones, CHANCES)), upright(share, 0, 4),
        dot("bce", np.clip(share, 0.02, 0.98), least, marker={"color": colour("layer0"), "size": 10, "symbol": "x"}),
        dot("bce", p, loss_now, size=13)], (_("guess"), 0.0, 1.0), (_("average −ln likelihood"), 0.0, 4.0), height=225,
        title=_("Least at the share of ones, {share:.1f}", share=share),
        alt=_("Average negative log-likelihood over the guess: {value:.3f} at {c:.2f}, least at {at:.2f}.", value=loss_now, c=p, at=share)))
    places = np.union1d(CHANCES, [p])
    handles.append(Handle("bce_guess", "bce_loss", _("the guess"), (p, loss_now), ("chance",), step=0.01, anywhere=True, colour="layer0",
                          rail=tuple(zip(places.tolist(), places.tolist(), np.asarray(coin(spec.ones, places)).tolist(), strict=True))))
    return Picture((*bells, *valleys), tuple(handles), notes=notes(spec, mean, median, share), formulas=(
        (_("Gaussian"), rf"-\ln p(x) = \tfrac12 (x-{c:.2f})^2 + \ln\sqrt{{2\pi}}"),
        (_("Laplace"), rf"-\ln p(x) = |x-{c:.2f}| + \ln 2"),
        (_("coin"), rf"-\ln p(x) = -x\ln {p:.2f} - (1-x)\ln {1 - p:.2f}")),
        numbers={"mean": mean, "median": median, "gaussian": float(likelihood("mse", x, c)), "laplace": float(likelihood("mae", x, c)),
                 "coin": loss_now})


def notes(spec: LossesSpec, mean: float, median: float, share: float) -> tuple[Message, ...]:
    apart = Message(N_("Whoever believes in Gaussian noise answers {mean:.2f}, the mean; whoever believes in Laplace noise, whose tails "
                       "are "
                       "thicker, answers {median:.2f}, the median: one far sample does not surprise them."),
                    {"mean": mean, "median": median})
    if abs(mean - median) < 0.1:
        apart = Message(N_("Mean {mean:.2f} and median {median:.2f} nearly agree here. Drag the ringed sample from one end to the other: "
                           "which of them goes along?"), {"mean": mean, "median": median})
    if abs(spec.centre - mean) < 0.06:
        first = Message(N_("Your guess is the mean: of all guesses it makes these samples likeliest under Gaussian noise."))
    elif abs(spec.centre - median) < 0.06:
        first = Message(N_("Your guess is the median: of all guesses it makes these samples likeliest under Laplace noise."))
    else:
        first = Message(N_("Drag a point down its curve: the lowest loss is the guess under which the samples are likeliest."))
    if abs(spec.chance - share) < 0.006:
        return (apart, first, Message(N_("{ones} ones in ten throws are likeliest under p = {share:.1f}: cross-entropy makes a network "
                                         "answer with the share it has seen, a probability."), {"ones": spec.ones, "share": share}))
    return (apart, first)


def program(spec: LossesSpec) -> str:
    of_gauss, of_laplace, of_coin = (_("half the mean squared error and a constant"), _("the mean absolute error and a constant"),
                                     _("the binary cross-entropy"))
    return code(f"""
import numpy as np
from scipy.stats import bernoulli, laplace as laplacian, norm

x = np.array({samples(spec).tolist()})
thrown = np.array([1] * {spec.ones} + [0] * {THROWS - spec.ones})
mean, median = x.mean(), np.median(x)
gaussian = -norm.logpdf(x, loc={spec.centre!r}).mean()  # {of_gauss}
laplace = -laplacian.logpdf(x, loc={spec.centre!r}).mean()  # {of_laplace}
coin = -bernoulli.logpmf(thrown, {spec.chance!r}).mean()  # {of_coin}
print("mean", mean, "median", median)
print("gaussian", gaussian, "laplace", laplace)
print("coin", coin)
""")


HERE = {"scene": "noise"}
SCENE = Scene(
    "noise", N_("The noise behind a loss"),
    N_("Every [[loss]] believes in a kind of [[noise]]. Drag the guesses down into the valleys, then drag the ringed [[sample]] away."),
    ("centre", "far", "chance", "ones"), draw, program, more=("seed",),
    presets=(Preset(N_("Three kinds of noise"), HERE), Preset(N_("No sample far out"), {**HERE, "far": 2.5, "centre": 2.0})),
    trials=(Trial(N_("One sample far away"), N_("The valley of [[MSE]] moves after it, that of [[MAE]] does not."), {**HERE, "far": 8.0}),
            Trial(N_("Nine ones in ten"), N_("The valley of the [[cross-entropy]] lies at 0.9, and rises steeply towards 0."),
                  {**HERE, "ones": 9, "chance": 0.5})))
