"""The law of large numbers: means of many draws come together at the expectation, like 1/√n."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.probability import common
from core.figures.probability.common import ALL_PARAMETERS, key_words, of, plays, rounded
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.distributions import running
from core.specs.examples import Preset, Trial
from core.specs.probability import ProbabilitySpec

WALKS, SHOWN = 60, 20
HEIGHT = 390


@lru_cache(maxsize=16)
def means(which: common.Key, size: int, seed: int) -> tuple[tuple[int, ...], np.ndarray]:
    """Numbers of draws n, and the means of the first n draws of every walk. -> (steps,), (walks, steps)."""
    draws = common.made(which).sample(np.random.default_rng(seed), (WALKS, size))
    steps = common.counts(size, 72)
    return tuple(steps), running(draws)[0][:, np.array(steps) - 1]


def scale(spec: ProbabilitySpec) -> tuple[float, float]:
    """The middle and the unit of the vertical axis: expectation and standard deviation; where there are none, 0 and 1."""
    law = of(spec)
    return (law.expectation, law.deviation) if math.isfinite(law.expectation) else (0.0, 1.0)


def draw(spec: ProbabilitySpec) -> Picture:
    steps, found = means(common.key(spec), spec.size, spec.seed)
    middle, sigma = scale(spec)
    lawful = math.isfinite(of(spec).expectation)
    n, band = np.array(steps), spec.tolerance * sigma
    logs, end = rounded(np.log10(n)), math.log10(spec.size)
    near = (np.abs(found - middle) <= band).mean(axis=0)
    reach = 1.7 * sigma if lawful else 8.0
    data = [{"type": "scatter", "mode": "lines", "x": logs, "y": rounded(walk, 4), "hoverinfo": "skip",
             "line": {"width": 1, "color": colour("class5" if i else "loss")}, "opacity": 0.75} for i, walk in enumerate(found[:SHOWN])]
    if lawful:
        for sign in (1, -1):
            data.append({"type": "scatter", "mode": "lines", "x": logs, "y": rounded(middle + sign * 1.96 * sigma / np.sqrt(n)),
                         "hoverinfo": "skip",
                         "line": {"width": 1.6, "dash": "dash", "color": colour("text")}})
    shapes = [{"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": middle - band, "y1": middle + band,
               "fillcolor": colour("score_band"),
               "line": {"width": 1, "color": colour("score"), "dash": "dot"}, "layer": "below"}]
    words = [("―", _("means of {shown} of {walks} samples", shown=SHOWN, walks=WALKS), "loss"), ("▮", _("the band"), "score")]
    words += [("- -", _("± 1.96 σ/√n: 95% are inside"), "text")] if lawful else []
    inside = [_("{near} of {walks} means are in the band", near=round(share * WALKS), walks=WALKS) for share in near]
    walks = figure("walks", data, layout(
        xaxis=common.decades(_("draws so far, n"), spec.size, fixedrange=True), shapes=shapes,
        yaxis=axis(_("mean of the first n draws"), range=[middle - reach, middle + reach], fixedrange=True),
        annotations=key_words(words), margin={"l": 50, "r": 10, "t": 8, "b": 34}), title=inside[-1], height=HEIGHT, span=7,
        alt=_("Means of the first n draws of {walks} samples. At n = {n:,}, {near} of them lie between {low:.3g} and {high:.3g}.",
              walks=WALKS,
              n=spec.size, near=round(near[-1] * WALKS), low=middle - band, high=middle + band))
    typical = np.sqrt(np.mean((found - middle) ** 2, axis=0)) if lawful else np.median(np.abs(found - middle), axis=0)
    lines = [{"type": "scatter", "mode": "lines", "x": logs, "y": rounded(np.log10(np.maximum(typical, 1e-12))),
              "line": {"color": colour("loss"), "width": 2.4},
              "customdata": rounded(typical, 3), "hovertemplate": "%{customdata}<extra></extra>"}]
    if lawful:
        lines.append({"type": "scatter", "mode": "lines", "x": [0, end], "y": rounded([math.log10(sigma), math.log10(sigma) - end / 2]),
                      "line": {"color": colour("text"), "width": 1.4, "dash": "dash"}, "hoverinfo": "skip"})
    top = math.ceil(math.log10(max(float(typical.max()), sigma)) + 0.05)
    floor = math.floor(math.log10(max(min(float(typical.min()), sigma / math.sqrt(spec.size)), 1e-9)) - 0.02)
    miss = [_("Typical miss {miss:.2g} at n = {n:,}", miss=value, n=count) for value, count in zip(typical, steps, strict=True)]
    error = figure("error", lines, layout(
        xaxis=common.decades(_("draws so far, n"), spec.size, fixedrange=True),
        yaxis=axis(_("typical distance from the expectation") if lawful else _("typical distance from 0 (median)"), range=[floor, top],
                   fixedrange=True,
                   tickvals=list(range(floor, top + 1)), ticktext=[f"{10.0**k:g}" for k in range(floor, top + 1)]),
        annotations=key_words([("―", _("measured on {walks} samples", walks=WALKS), "loss"),
                               *([("- -", "σ/√n", "text")] if lawful else [])]),
        margin={"l": 56, "r": 10, "t": 8, "b": 34}), title=miss[-1], height=HEIGHT, span=5,
        alt=_("Typical distance of the mean from the expectation against n, both logarithmic. At n = {n:,} it is {miss:.3g}.", n=spec.size,
              miss=typical[-1]))
    shown = tuple(range(1, len(steps) + 1))
    film = Film(tuple(f"n = {count:,}" for count in steps),
                (*(Track("walks", i, reveal=shown) for i in range(SHOWN)), Track("error", 0, reveal=shown)),
                titles={"walks": inside, "error": miss}, seconds=6.0)
    least, most = spec.bounds("tolerance")
    handle = Handle("tolerance", "walks", _("The band: drag its edge"), (end, middle + band), ("tolerance",),
                    rail=((least, end, middle + least * sigma), (most, end, middle + most * sigma)), step=0.01, colour="score")
    formulas = ((_("the law of large numbers"), r"P\big(|\bar X_n - \mu| > \varepsilon\big) \to 0, \qquad \sigma/\sqrt{n} = "
                 + f"{sigma / math.sqrt(spec.size):.3g}"),) if lawful else ()
    return Picture((walks, error), (handle,), film=film, notes=notes(spec, typical, near), formulas=formulas,
                   numbers={"typical": float(typical[-1]), "near": float(near[-1])})


def notes(spec: ProbabilitySpec, typical: np.ndarray, near: np.ndarray) -> tuple[Message, ...]:
    said = {"near": round(near[-1] * WALKS), "walks": WALKS, "n": spec.size, "miss": float(typical[-1])}
    if not math.isfinite(of(spec).expectation):
        return (Message(N_("After {n:,} draws the means are still {miss:.2g} away from 0, half of them farther: no nearer than single "
                           "draws. Without an expectation there is no law of large numbers, and more data do not help."), said),)
    wanted = math.ceil((1.96 / spec.tolerance) ** 2)
    first = Message(N_("A mean of {n:,} draws misses by {miss:.2g}. To halve that, it takes four times as many draws; for one more "
                       "decimal, a hundred times as many."), said)
    second = (Message(N_("{near} of {walks} means lie in the band. From about n = {wanted:,} on, 95% of all means do: (1.96/ε)² draws for "
                         "a band of ε standard deviations."), {**said, "wanted": wanted}) if wanted <= spec.size else
              Message(N_("The band is too narrow for {n:,} draws: {near} of {walks} means lie in it, and for 95% it would take about "
                         "{wanted:,} draws."),
                      {**said, "wanted": wanted}))
    return (first, second)


def program(spec: ProbabilitySpec) -> str:
    law = of(spec)
    lawful = math.isfinite(law.expectation)
    middle = "law.mean(), law.std()" if lawful else "0.0, 1.0"
    typical = "np.sqrt(np.mean((means - middle) ** 2))" if lawful else "np.median(np.abs(means - middle))"
    one, far, share = _("one mean a sample"), _("how far a mean lies from the expectation"), _("the share of means in the band")
    return f"""import numpy as np
from scipy import stats

n, samples = {spec.size}, {WALKS}
rng = np.random.default_rng({spec.seed})
law = {law.law}
means = {law.call.format(n="(samples, n)")}.mean(axis=1)  # {one}
middle, sigma = {middle}

typical = {typical}
near = np.mean(np.abs(means - middle) <= {spec.tolerance!r} * sigma)
print("typical", typical)  # {far}
print("near", near)  # {share}
"""


TOGETHER = N_("Play the film: twenty samples grow, and their means come together. Drag the band’s edge: how many draws until all are "
              "inside?")
NEVER = N_("Play the film: twenty samples grow, but their means do not come together: this law has no [[expectation]] to come to. Choose "
           "another distribution and compare.")
SCENE = Scene(
    "large_numbers", N_("Large numbers"), TOGETHER,
    ("distribution", *ALL_PARAMETERS, "size", "tolerance"), draw, program, more=("seed",), plays=plays,
    look_at=lambda spec: TOGETHER if math.isfinite(of(spec).expectation) else NEVER,
    presets=(Preset(N_("Rolls of a die"), {"scene": "large_numbers"}),
             Preset(N_("Tosses of a coin"), {"scene": "large_numbers", "distribution": "coin", "size": 10000, "tolerance": 0.04}),
             Preset(N_("Waiting times"), {"scene": "large_numbers", "distribution": "exponential"})),
    trials=(Trial(N_("A band five times as narrow"),
                  N_("The film ends before the means are in: a fifth of the width takes 25 times the draws."),
                  {"scene": "large_numbers", "tolerance": 0.04}),
            Trial(N_("Now 10,000 draws"), N_("The funnel of the dashed lines goes on narrowing: it is √10 times as thin as with 1,000."),
                  {"scene": "large_numbers", "tolerance": 0.04, "size": 10000}),
            Trial(N_("Where the law fails"), N_("Cauchy’s law has no [[expectation]]: the means jump for ever."),
                  {"scene": "large_numbers", "distribution": "cauchy", "size": 10000, "tolerance": 1.0})))
