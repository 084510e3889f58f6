"""The central limit theorem: whatever is averaged, the mean's histogram becomes the bell."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from core.figures.board import Film, Picture, Scene, Track, figure
from core.figures.probability import common
from core.figures.probability.common import ALL_PARAMETERS, key_words, of, plays, rounded
from core.figures.probability.variables import handles
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.distributions import bell, farthest
from core.specs.examples import Preset, Trial
from core.specs.probability import ProbabilitySpec

MEANS, MOST = 2000, 100
GRID = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100)
EDGE = 4.0
MORE = 1.2  # times half a step: what is more is not due to steps alone
HEIGHT = 380
Bars = tuple[list[float], list[float], list[float]]  # middles, heights, widths


@lru_cache(maxsize=8)
def sums(which: common.Key, seed: int) -> np.ndarray:
    """The sums of the first 1, 2, … draws of many samples. -> (samples, MOST)."""
    return np.cumsum(common.made(which).sample(np.random.default_rng(seed), (MEANS, MOST)), axis=1, dtype=float)


def standardized(which: common.Key, seed: int, n: int) -> np.ndarray:
    """(mean of n − μ) / (σ/√n), many times over; the mean itself where there is no μ. -> (samples,)."""
    law, total = common.made(which), sums(which, seed)[:, n - 1]
    if not math.isfinite(law.expectation):
        return total / n
    return (total - n * law.expectation) / (law.deviation * math.sqrt(n))


@lru_cache(maxsize=512)
def step(which: common.Key, seed: int, n: int) -> tuple[Bars, float]:
    """The bars of one histogram, and its largest distance from the bell. Bars stand where values can lie, or chance would comb them."""
    law, z = common.made(which), standardized(which, seed, n)
    if law.discrete:
        lattice = 1 / (law.deviation * math.sqrt(n))
        wide = lattice * max(1, math.ceil(0.2 / lattice))
        first = (law.span[0] - law.expectation) * n * lattice - lattice / 2  # half a place below the least sum
        start = first + wide * math.floor((-EDGE - first) / wide)
    else:
        wide, start = 0.2, -EDGE
    edges = start + wide * np.arange(math.ceil((EDGE - start) / wide) + 1)
    counts = np.histogram(z, edges)[0]
    bars = (rounded((edges[:-1] + edges[1:]) / 2, 4), rounded(counts / (len(z) * wide), 4), [round(0.94 * wide, 4)] * len(counts))
    return bars, farthest(z)


def draw(spec: ProbabilitySpec) -> Picture:
    which, law = common.key(spec), of(spec)
    lawful = math.isfinite(law.expectation)
    ns = [*(n for n in GRID if n < spec.together), spec.together]  # of the film; what comes after is in the curve alone
    done = [step(which, spec.seed, n) for n in ns]
    distances = [distance for _bars, distance in done]
    beyond = [n for n in GRID if n > spec.together]
    later = [step(which, spec.seed, n)[1] for n in beyond]
    line = common.law_line(spec)
    top = common.ceiling(max(y for y in line["y"] if y is not None) * 1.06) if spec.distribution != "beta" else 4.5
    fill = {} if law.discrete else {"fill": "tozeroy", "fillcolor": colour("score_band")}
    one = figure("one", [{**line, **fill}], layout(
        xaxis=axis(_("value of one draw"), range=list(common.window(spec)), fixedrange=True, **common.whole(spec)),
        yaxis=axis(_("probability") if law.discrete else _("density"), range=[0, top], fixedrange=True, nticks=6),
        margin={"l": 44, "r": 8, "t": 8, "b": 34}), title=_("One draw"), height=HEIGHT, span=3,
        alt=_("The law of a single draw, with expectation {expectation:.3g} and standard deviation {deviation:.3g}.",
              expectation=law.expectation, deviation=law.deviation) if lawful else _("The law of a single draw, which has no expectation."))
    x, y, width = done[-1][0]
    grid = np.linspace(-EDGE, EDGE, 121)
    data = [{"type": "bar", "x": x, "y": y, "width": width, "marker": {"color": colour("loss"), "opacity": 0.6, "line": {"width": 0}},
             "hovertemplate": "%{x:.2f}: %{y:.3f}<extra></extra>"},
            {"type": "scatter", "mode": "lines", "x": rounded(grid), "y": rounded(bell(grid)),
             "line": {"color": colour("text"), "width": 2, "dash": "dash"},
             "hoverinfo": "skip"}]
    said = [_("{means:,} means of {n} draws each", means=MEANS, n=n) for n in ns]
    means = figure("means", data, layout(
        xaxis=axis(_("mean, in standard errors from μ") if lawful else _("mean"), range=[-EDGE, EDGE], fixedrange=True),
        yaxis=axis(_("density"), range=[0, common.ceiling(1.05 * max(max(bars[1]) for bars, _distance in done))], fixedrange=True),
        annotations=key_words([("▮", _("means"), "loss"), ("- -", _("the bell"), "text")]), margin={"l": 40, "r": 8, "t": 8, "b": 34}),
        title=said[-1], height=HEIGHT, span=5,
        alt=_("Histogram of {means:,} standardized means of {n} draws beside the standard normal density; cumulated, they differ by at "
              "most {distance:.2g}.", means=MEANS, n=spec.together, distance=distances[-1]))
    gaps = [_("Largest gap to the bell: {distance:.2g}", distance=distance) for distance in distances]
    chance = 1.36 / math.sqrt(MEANS)  # Kolmogorov's 5% limit
    dots = {"size": 9, "color": colour("loss")}
    gap = figure("gap", [
        {"type": "scatter", "mode": "lines", "x": [*ns, *beyond], "y": rounded([*distances, *later], 4),
         "line": {"color": colour("loss"), "width": 2},
         "hovertemplate": "n = %{x}: %{y:.3f}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "x": [spec.together], "y": rounded([distances[-1]], 4), "marker": dots, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "lines", "x": [1, MOST], "y": [round(chance, 4)] * 2,
         "line": {"color": colour("baseline"), "width": 1.4, "dash": "dot"},
         "hoverinfo": "skip"}], layout(
        xaxis=axis(_("draws in a mean, n"), type="log", range=[-0.05, 2.05], fixedrange=True, dtick=1),
        yaxis=axis(_("largest gap to the bell, cumulated"), type="log", range=[-2.3, 0], fixedrange=True,
                   tickvals=[0.01, 0.03, 0.1, 0.3, 1]),
        annotations=key_words([("···", _("what chance alone leaves"), "muted")]), margin={"l": 48, "r": 10, "t": 8, "b": 34}),
        title=gaps[-1], height=HEIGHT, span=4,
        alt=_("Largest gap between the cumulated means and the bell against n. At n = {n} it is {distance:.2g}.", n=spec.together,
              distance=distances[-1]))
    bars = [bars for bars, _distance in done]
    film = Film(tuple(f"n = {n}" for n in ns), (
        Track("means", 0, {"x": [b[0] for b in bars], "y": [b[1] for b in bars], "width": [b[2] for b in bars]}),
        Track("gap", 1, {"x": [[n] for n in ns], "y": [rounded([d], 4) for d in distances]})),
        titles={"means": said, "gap": gaps}, seconds=6.0)
    error = law.deviation / math.sqrt(spec.together)
    formulas = ((_("the central limit theorem"), r"(\bar X_n - \mu) \,/\, (\sigma/\sqrt{n}) \;\longrightarrow\; \mathcal{N}(0, 1), \qquad "
                 rf"\sigma/\sqrt{{{spec.together}}} = {error:.3g}"),) if lawful else ()
    return Picture((one, means, gap), tuple(replace(handle, figure="one") for handle in handles(spec)), film=film,
                   notes=notes(spec, distances[-1], distances[0], chance), formulas=formulas,
                   numbers={"distance": distances[-1]})


def notes(spec: ProbabilitySpec, distance: float, alone: float, chance: float) -> tuple[Message, ...]:
    said = {"n": spec.together, "distance": distance, "alone": alone, "chance": chance}
    if not math.isfinite(of(spec).expectation):
        return (Message(N_("Averaging {n} of these draws does nothing: the mean is spread exactly as one draw is. The theorem asks for a "
                           "variance, and this law has none."), said),)
    if distance <= chance:
        return (Message(N_("With {n} draws in a mean the gap is {distance:.2g}: as little as chance leaves between any 2,000 draws and "
                           "their own law. What was averaged can no longer be told."), said),)
    half = 1 / (2 * math.sqrt(2 * math.pi * spec.together) * of(spec).deviation)  # of the largest jump of a sum of whole numbers
    if of(spec).discrete and distance > MORE * half:
        return (Message(N_("The gap is {distance:.2g}; with one draw it was {alone:.2g}. Sums of whole numbers go in steps, and half a "
                           "step, {half:.2g}, is left of it by that alone; the rest is how lopsided the law is. Both shrink like "
                           "1/√n."),
                        {**said, "half": half}),)
    if of(spec).discrete:
        return (Message(N_("The gap is {distance:.2g}; with one draw it was {alone:.2g}. Sums of whole numbers go in steps, and half a "
                           "step is what is left of the gap: it shrinks like 1/√n."), said),)
    if spec.distribution in ("uniform", "normal") or (spec.distribution == "beta" and spec.a == spec.b):
        return (Message(N_("The gap is {distance:.2g}; with one draw it was {alone:.2g}. This law is symmetric, and for such it shrinks "
                           "like 1/n: a few draws are enough."), said),)
    return (Message(N_("The gap is {distance:.2g}; with one draw it was {alone:.2g}. The more lopsided the law, the longer it takes: the "
                       "gap shrinks like 1/√n."), said),)


def program(spec: ProbabilitySpec) -> str:
    law = of(spec)
    lawful = math.isfinite(law.expectation)
    z = "(means - law.mean()) / (law.std() / np.sqrt(n))" if lawful else "means  # " + _("no expectation, nothing to divide by")
    gap = _("the largest gap between the shares cumulated and the bell’s probabilities (Kolmogorov)")
    return f"""import numpy as np
from scipy import stats

n, most = {spec.together}, {MOST}
rng = np.random.default_rng({spec.seed})
law = {law.law}
draws = {law.call.format(n=f"({MEANS}, most)")}
means = draws[:, :n].mean(axis=1)
z = {z}

# {gap}
distance = stats.kstest(z, "norm").statistic
print("distance", distance)
"""


SCENE = Scene(
    "central_limit", N_("Central limit"),
    N_("Play the film: more and more draws go into each mean. Choose a law as crooked as you like: if it has a variance, the bell comes."),
    ("distribution", *ALL_PARAMETERS, "together"), draw, program, more=("seed",), plays=plays,
    presets=(Preset(N_("Rolls of a die"), {"scene": "central_limit"}),
             Preset(N_("Tosses of a coin"), {"scene": "central_limit", "distribution": "coin", "together": 100}),
             Preset(N_("Waiting times"), {"scene": "central_limit", "distribution": "exponential"})),
    trials=(Trial(N_("Only two dice"),
                  N_("A triangle: with two dice a 7 has six ways to come, a 12 one. Already it leans towards the middle."),
                  {"scene": "central_limit", "together": 2}),
            Trial(N_("A very bent coin"), N_("With p = 0.05, thirty tosses are not enough: the histogram leans. How many does it take?"),
                  {"scene": "central_limit", "distribution": "bernoulli", "p": 0.05}),
            Trial(N_("Where it fails"), N_("Cauchy’s law has no [[variance]]. Average a hundred draws, and nothing has become narrower."),
                  {"scene": "central_limit", "distribution": "cauchy", "together": 100})))
