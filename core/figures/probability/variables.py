"""One random variable: its law, and a sample that comes to look like it as it grows."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

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

HEIGHT = 380
BEYOND = 4.89  # standard errors, which the mean of one sample in a million misses by


@lru_cache(maxsize=32)
def drawn(which: common.Key, size: int, seed: int) -> np.ndarray:
    """The sample of a random variable: `size` draws."""
    return np.asarray(common.made(which).sample(np.random.default_rng(seed), size), float)


def _steps(spec: ProbabilitySpec) -> list[int]:
    return common.counts(spec.size)


def law_and_sample(spec: ProbabilitySpec, x: np.ndarray) -> tuple[Any, list[list[Any]]]:
    law, middles = of(spec), common.places(spec)
    shares = common.heights(spec, x, _steps(spec))
    wide = 0.82 if law.discrete else common.BIN[spec.distribution]
    bars = {"type": "bar", "x": middles.tolist(), "y": shares[-1], "width": wide, "name": _("sample"),
            "marker": {"color": colour("score"), "opacity": 0.55, "line": {"width": 0}},
            "hovertemplate": "%{x:.4g}: %{y:.3g}<extra>" + _("sample") + "</extra>"}
    theory = common.law_line(spec)
    finite = [y for y in theory["y"] if y is not None]
    top = common.ceiling(max(finite) * 1.06) if spec.distribution != "beta" else 4.5
    word = _("probability") if law.discrete else _("density")
    built = figure("law", [bars, theory], layout(
        xaxis=axis(_("value x"), range=list(common.window(spec)), fixedrange=True, **common.whole(spec)),
        yaxis=axis(word, range=[0, top], fixedrange=True, nticks=6),
        annotations=key_words([("―", _("theory"), "text"), ("▮", _("sample"), "score")]), bargap=0,
        margin={"l": 44, "r": 8, "t": 8, "b": 34}),
        title=_("{n:,} draws beside their law", n=spec.size), height=HEIGHT, span=4,
        alt=_("Histogram of {n:,} draws beside the true {what}.", n=spec.size, what=word))
    return built, shares


def cumulative(spec: ProbabilitySpec, x: np.ndarray) -> tuple[Any, list[list[Any]], list[str]]:
    law = of(spec)
    low, high = common.window(spec)
    grid = np.concatenate([[low], common.places(spec), [high]]) if law.discrete else np.linspace(low, high, 121)
    shares = common.up_to(grid, x, _steps(spec))
    shape = {"shape": "hv"} if law.discrete else {}
    data = [{"type": "scatter", "mode": "lines", "x": rounded(grid), "y": rounded(law.cumulative(grid)), "name": _("theory"),
             "line": {"color": colour("text"), "width": 2, **shape}, "hovertemplate": "P(X ≤ %{x:.3g}) = %{y:.3f}<extra></extra>"},
            {"type": "scatter", "mode": "lines", "x": rounded(grid), "y": shares[-1], "name": _("sample"),
             "line": {"color": colour("score"), "width": 2, "dash": "dash", "shape": "hv" if law.discrete else "linear"},
             "hovertemplate": "≤ %{x:.3g}: %{y:.3f}<extra>" + _("sample") + "</extra>"}]
    gaps = np.abs(np.array(shares) - law.cumulative(grid)).max(axis=1)
    titles = [_("Added up: at most {gap:.2g} apart", gap=gap) for gap in gaps]
    built = figure("cumulative", data, layout(
        xaxis=axis(_("value x"), range=[low, high], fixedrange=True, **common.whole(spec)),
        yaxis=axis("P(X ≤ x)", range=[-0.02, 1.04], fixedrange=True),
        annotations=key_words([("―", _("theory"), "text"), ("- -", _("sample"), "score")], x=0.02, right=False),
        margin={"l": 44, "r": 8, "t": 8, "b": 34}), title=titles[-1], height=HEIGHT, span=4,
        alt=_("Probability of at most x, in theory and in the sample; the largest gap is {gap:.2g}.", gap=gaps[-1]))
    return built, shares, titles


def moments(spec: ProbabilitySpec, x: np.ndarray) -> Any:
    """The sample's own mean and variance as n grows, beside expectation and variance."""
    law, at = of(spec), np.array(_steps(spec)) - 1
    mean, variance = (values[at] for values in running(x))
    end = [1, spec.size]
    data = []
    for values, truth, token, dash, name in ((mean, law.expectation, "loss", "solid", _("mean")),
                                             (variance, law.variance, "score", "dash", _("variance"))):
        data.append({"type": "scatter", "mode": "lines", "x": (at + 1).tolist(), "y": rounded(values), "name": name,
                     "line": {"color": colour(token), "width": 2, "dash": dash},
                     "hovertemplate": "n = %{x}: %{y:.4g}<extra>" + name + "</extra>"})
        data.append({"type": "scatter", "mode": "lines", "x": end, "y": [truth if math.isfinite(truth) else None] * 2, "hoverinfo": "skip",
                     "line": {"color": colour(token), "width": 1.2, "dash": "dot"}})
    known = [v for v in (law.expectation, law.variance) if math.isfinite(v)]
    seen = np.concatenate([mean[at >= 9], variance[at >= 9], known])
    low, high = (float(np.nanmin(seen)), float(np.nanmax(seen))) if known else (-20.0, 40.0)
    pad = max((high - low) * 0.25, 0.1)
    title = (_("Mean {mean:.3g}, expected {expectation:.3g}", mean=mean[-1], expectation=law.expectation) if known else
             _("Mean {mean:.3g}, and it has no goal", mean=mean[-1]))
    return figure("moments", data, layout(
        xaxis=axis(_("draws so far, n"), type="log", range=[0, math.log10(spec.size)], fixedrange=True, dtick=1),
        yaxis=axis(_("of the sample"), range=[low - pad, high + 2 * pad], fixedrange=True),
        annotations=key_words([("―", _("mean"), "loss"), ("- -", _("variance"), "score"), ("···", _("theory"), "muted")]),
        margin={"l": 44, "r": 10, "t": 8, "b": 34}), title=title, height=HEIGHT, span=4,
        alt=_("Mean and variance of the first n draws. At n = {n:,}: mean {mean:.4g}, variance {variance:.4g}.", n=spec.size,
              mean=mean[-1], variance=variance[-1]))


def _rail(spec: ProbabilitySpec, field: str, place: Any, points: int = 120) -> tuple[tuple[float, float, float], ...]:
    """The places of a handle for all values of a field. place: another spec -> (x, y)."""
    least, greatest = spec.bounds(field)
    values = sorted({*np.round(np.linspace(least, greatest, points), 4).tolist(), getattr(spec, field)})
    return tuple((v, *place(spec.model_copy(update={field: v}))) for v in values)


def handles(spec: ProbabilitySpec) -> tuple[Handle, ...]:
    """Where the law is taken hold of: its expectation on the axis, and what else has a place in the figure."""
    foot = lambda s: (of(s).expectation, 0.0)  # noqa: E731
    shoulder = lambda s: (s.mean + s.deviation, float(of(s).mass(np.array(s.mean + s.deviation))))  # noqa: E731
    offered = {"bernoulli": (("p", foot, _("p: drag the expectation"), 0.01),),
               "binomial": (("p", foot, _("p: drag the expectation"), 0.01),),
               "poisson": (("events", foot, _("Events: drag the expectation"), 0.1),),
               "uniform": (("low", lambda s: (s.low, 0.0), _("From"), 0.05), ("width", lambda s: (s.low + s.width, 0.0), _("Width"), 0.05)),
               "normal": (("mean", foot, _("μ: drag the middle"), 0.05), ("deviation", shoulder, _("σ: drag the shoulder"), 0.05)),
               "exponential": (("rate", foot, _("λ: drag the expectation 1/λ"), 0.02),),
               "beta": (("a", foot, _("a: drag the expectation"), 0.1),)}.get(spec.distribution, ())
    made = []
    for field, place, label, step in offered:
        rail = _rail(spec, field, place)
        at = next((x, y) for v, x, y in rail if v == getattr(spec, field))
        made.append(Handle(field, "law", label, at, (field,), rail=rail, step=step))
    return tuple(made)


def notes(spec: ProbabilitySpec, x: np.ndarray) -> tuple[Message, ...]:
    law = of(spec)
    mean, variance = float(x.mean()), float(x.var(ddof=1))
    if not math.isfinite(law.expectation):
        far = float(np.abs(x).max())
        return (Message(N_("The largest of these {n:,} draws is {far:.3g} away from 0. Now and then one comes so far out that the mean "
                           "jumps to it: play the film and watch. This law has no expectation that the mean could settle at."),
                        {"n": spec.size, "far": far}),)
    error = law.deviation / math.sqrt(spec.size)
    off = abs(mean - law.expectation) / error if error else 0.0
    said = {"n": spec.size, "mean": mean, "expectation": law.expectation, "off": off, "error": error, "variance": variance,
            "truth": law.variance, "odds": float(f"{1 / max(math.erfc(off / math.sqrt(2)), 1e-300):.1g}")}
    first = (Message(N_("After {n:,} draws the mean is {mean:.4g}, and {expectation:.4g} is expected. The miss is {off:.2g} of the usual "
                        "size, which is σ/√n = {error:.2g}."), said) if off <= 2 else
             Message(N_("After {n:,} draws the mean is {mean:.4g}, and {expectation:.4g} is expected: {off:.2g} times the usual miss σ/√n "
                        "= {error:.2g}. By the bell curve about one sample in {odds:,.0f} misses by so much; try other seeds.")
                     if off < BEYOND else
                     N_("After {n:,} draws the mean is {mean:.4g}, and {expectation:.4g} is expected: {off:.2g} times the usual miss σ/√n "
                        "= {error:.2g}. By the bell curve not one sample in a million misses by so much; try other seeds."), said))
    if not law.discrete and float(np.max(law.mass(common.curve(spec)[0]))) > 1:
        return (first, Message(N_("The curve climbs above 1, and that is no mistake: a density is no probability. Only an area below it "
                                  "is one, and all of it has the area 1.")))
    if law.discrete and abs(law.expectation - round(law.expectation)) > 1e-9:
        return (first, Message(N_("No single draw is ever {expectation:.3g}: the expectation is the balance point of the law, not a value "
                                  "that comes."),
                               said))
    return (first, Message(N_("The variance of the draws is {variance:.3g}, the law’s {truth:.3g}: the more draws, the nearer they tend "
                              "to come."), said))


def draw(spec: ProbabilitySpec) -> Picture:
    x, law = drawn(common.key(spec), spec.size, spec.seed), of(spec)
    steps = _steps(spec)
    (first, bars), (second, stairs, gaps), third = law_and_sample(spec, x), cumulative(spec, x), moments(spec, x)
    mean, variance = running(x)
    shown = tuple(range(1, len(steps) + 1))
    titles = {"law": [_("{n:,} draws beside their law", n=n) for n in steps], "cumulative": gaps}
    if math.isfinite(law.expectation):
        titles["moments"] = [_("Mean {mean:.3g}, expected {expectation:.3g}", mean=mean[n - 1], expectation=law.expectation) for n in steps]
    film = Film(tuple(f"n = {n:,}" for n in steps), (
        Track("law", 0, {"y": bars}), Track("cumulative", 1, {"y": stairs}), Track("moments", 0, reveal=shown),
        Track("moments", 2, reveal=shown)),
        titles=titles, seconds=6.0)
    numbers = {"sample_mean": float(x.mean()), "sample_variance": float(x.var(ddof=1))}
    formulas: tuple[tuple[str, str], ...] = ()
    if math.isfinite(law.expectation):
        numbers |= {"expectation": law.expectation, "variance": law.variance}
        formulas = ((_("expectation and variance"),
                     rf"E[X] = {law.expectation:.4g}, \qquad \operatorname{{Var}}[X] = E\big[(X - E[X])^2\big] = {law.variance:.4g}"),)
    return Picture((first, second, third), handles(spec), film=film, notes=notes(spec, x), formulas=formulas, numbers=numbers)


def program(spec: ProbabilitySpec) -> str:
    law = of(spec)
    known, none, divided = _("the law, as SciPy knows it"), _("this law has neither expectation nor variance"), _("divided by n − 1")
    theory = f"""
# {known}
law = {law.law}
expectation, variance = law.mean(), law.var()
print("expectation", expectation)
print("variance", variance)
""" if math.isfinite(law.expectation) else f"\n# {none}\n"
    return f"""import numpy as np
from scipy import stats

rng = np.random.default_rng({spec.seed})
x = {law.call.format(n=spec.size)}
sample_mean = x.mean()
sample_variance = x.var(ddof=1)  # {divided}
print("sample_mean", sample_mean)
print("sample_variance", sample_variance)
{theory}""".rstrip() + "\n"


SCENE = Scene(
    "variables", N_("Random variables"),
    N_("Choose a law and play the film: draw by draw, the sample comes to look like it. Drag the law by its handles."),
    ("distribution", *ALL_PARAMETERS, "size"), draw, program, more=("seed",), plays=plays,
    presets=(Preset(N_("A coin"), {"scene": "variables", "distribution": "coin"}), Preset(N_("A die"), {"scene": "variables"}),
             Preset(N_("The bell"), {"scene": "variables", "distribution": "normal"}),
             Preset(N_("Waiting for the bus"), {"scene": "variables", "distribution": "exponential"})),
    trials=(Trial(N_("Draw only a hundred"), N_("The bars are ragged: with few draws, chance is all you see."),
                  {"scene": "variables", "size": 100}),
            Trial(N_("Count ten tries"),
                  N_("Ten tosses of a bent coin, counted together: most counts lie near the [[expectation]] 10 · p. Drag p."),
                  {"scene": "variables", "distribution": "binomial"}),
            Trial(N_("A law without expectation"),
                  N_("Play the film: the mean never settles, since single draws are as large as all others together."),
                  {"scene": "variables", "distribution": "cauchy", "size": 10000})))
