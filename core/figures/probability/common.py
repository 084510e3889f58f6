"""What the scenes on probability share: the random variable that a spec names, how it is drawn, and small marks in figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import readable
from core.figures.theme import axis, colour
from core.i18n import _
from core.maths import distributions
from core.maths.distributions import Distribution
from core.specs.probability import ProbabilitySpec

Array = np.ndarray
# What each takes from the spec, in the order in which `core.maths.distributions` wants it.
PARAMETERS = {"coin": (), "die": (), "bernoulli": ("p",), "binomial": ("tries", "p"), "poisson": ("events",), "uniform": ("low", "width"),
              "normal": ("mean", "deviation"), "exponential": ("rate",), "beta": ("a", "b"), "cauchy": ()}
ALL_PARAMETERS = ("p", "tries", "events", "low", "width", "mean", "deviation", "rate", "a", "b")
BIN = {"uniform": 0.1, "normal": 0.25, "exponential": 0.25, "beta": 0.05, "cauchy": 0.5}
WINDOW = {"coin": (-0.7, 1.7), "die": (0.3, 6.7), "bernoulli": (-0.7, 1.7), "poisson": (-0.7, 28.7), "uniform": (-1.2, 2.2),
          "normal": (-6.0, 6.0), "exponential": (0.0, 10.0), "beta": (0.0, 1.0), "cauchy": (-10.0, 10.0)}
Key = tuple[str, tuple[float, ...]]


def key(spec: ProbabilitySpec) -> Key:
    """The random variable of a spec, as something that a cache can go by."""
    return spec.distribution, tuple(getattr(spec, name) for name in PARAMETERS[spec.distribution])


@lru_cache(maxsize=64)
def made(which: Key) -> Distribution:
    """The random variable of a key."""
    name, numbers = which
    if name == "coin":
        return distributions.bernoulli(0.5)
    if name == "binomial":
        return distributions.binomial(int(numbers[0]), numbers[1])
    if name == "uniform":
        return distributions.uniform(numbers[0], round(numbers[0] + numbers[1], 6))
    return getattr(distributions, name)(*numbers)


def of(spec: ProbabilitySpec) -> Distribution:
    return made(key(spec))


def window(spec: ProbabilitySpec) -> tuple[float, float]:
    """The values that a figure shows of it: the same however its parameters are dragged."""
    return (-0.7, spec.tries + 0.7) if spec.distribution == "binomial" else WINDOW[spec.distribution]


def places(spec: ProbabilitySpec) -> Array:
    """Where bars stand: whole numbers, or the middles of bins."""
    low, high = window(spec)
    if of(spec).discrete:
        return np.arange(math.ceil(low), math.floor(high) + 1).astype(float)
    wide = BIN[spec.distribution]
    return np.round(np.arange(low + wide / 2, high, wide), 6)


def heights(spec: ProbabilitySpec, sample: Array, counts: Sequence[int]) -> list[list[float]]:
    """Of the first n draws, what compares with `mass`: the share at every whole number, or a bin's share divided by its width.

    counts: the n, rising. -> for each of them, what is in the bars at `places`.
    """
    middles = places(spec)
    wide = 1.0 if of(spec).discrete else BIN[spec.distribution]
    edges = np.append(middles - wide / 2, middles[-1] + wide / 2)
    within = _grown(np.searchsorted(edges, sample, side="right"), len(edges) + 1, counts)[:, 1:-1]  # what is outside is in no bar
    return np.round(within / (np.array(counts)[:, None] * wide), 4).tolist()


def up_to(grid: Array, sample: Array, counts: Sequence[int]) -> list[list[float]]:
    """The share of the first n draws that is at most each place of a rising grid. -> for each n, (len(grid),)."""
    first = _grown(np.searchsorted(grid, sample, side="left"), len(grid) + 1, counts)
    return np.round(np.cumsum(first, axis=1)[:, :-1] / np.array(counts)[:, None], 4).tolist()


def _grown(bins: Array, number: int, counts: Sequence[int]) -> Array:
    """How many of the first n draws are in each bin. -> (len(counts), number)."""
    starts = [0, *counts[:-1]]
    return np.cumsum([np.bincount(bins[a:b], minlength=number) for a, b in zip(starts, counts, strict=True)], axis=0)


def curve(spec: ProbabilitySpec, points: int = 161) -> tuple[Array, Array]:
    """Places and probabilities (or densities) of the true law; a density that grows without bounds is shown up to its bins' edges."""
    law = of(spec)
    x = places(spec) if law.discrete else np.linspace(*window(spec), points)
    if spec.distribution == "uniform":  # its walls are upright
        low, high = law.span
        eps = 1e-9
        x = np.sort(np.concatenate([x, [low - eps, low, high, high + eps]]))
    if spec.distribution == "beta":
        x = np.clip(x, 0.002, 0.998)
    return x, law.mass(x)


def ceiling(value: float) -> float:
    """The end of an axis for values up to this: of a few that lie apart, so that the axis rests while something is dragged."""
    return next((top for top in (0.15, 0.3, 0.6, 1.1, 2.2, 4.5) if value <= top), 9.0)


def counts(size: int, steps: int = 48) -> list[int]:
    """How many draws a film's steps have seen: from 1 to all, evenly on a logarithm."""
    return sorted({round(n) for n in np.geomspace(1, size, steps)})


def decades(title: str, size: float, **more: Any) -> dict[str, Any]:
    """An axis of log₁₀ n that is labelled with n: handles stand on it as on any other."""
    powers = range(round(math.log10(size)) + 1)
    return axis(title, range=[-0.03, math.log10(size) * 1.03], tickvals=list(powers), ticktext=[f"{10**k:,}" for k in powers], **more)


def key_words(entries: Sequence[tuple[str, str, str]], *, x: float = 0.99, y: float = 0.99, right: bool = True) -> list[dict[str, Any]]:
    """What is what, written in a corner of a figure in the marks' own colours: (mark, words, colour token) from the top down."""
    return [{"xref": "paper", "yref": "paper", "x": x, "y": y - 0.065 * i, "xanchor": "right" if right else "left", "yanchor": "top",
             "showarrow": False, "text": readable(f"{mark} {words}"), "font": {"size": 11, "color": colour(token)}}
            for i, (mark, words, token) in enumerate(entries)]


def rounded(values: Any, digits: int = 5) -> list[Any]:
    """Numbers for a figure: few digits, None where there is none."""
    return [None if not math.isfinite(v) else float(f"{v:.{digits}g}") for v in np.asarray(values, float)]


def law_line(spec: ProbabilitySpec, name: str | None = None) -> dict[str, Any]:
    """The true law as a trace: a line, or a mark at every whole number."""
    law = of(spec)
    x, y = curve(spec)
    marks = {"mode": "markers", "marker": {"symbol": "line-ew-open", "color": colour("text"), "size": 13 if len(x) < 20 else 8,
                                           "line": {"width": 2.5, "color": colour("text")}}} if law.discrete else \
        {"mode": "lines", "line": {"color": colour("text"), "width": 2}}
    return {"type": "scatter", "x": rounded(x, 7), "y": rounded(y), "name": name or _("theory"), **marks,
            "hovertemplate": "%{x:.3g}: %{y:.3g}<extra>" + (name or _("theory")) + "</extra>"}


def plays(spec: ProbabilitySpec, field: str) -> bool:
    """Of the parameters only those have a part that the distribution on screen has."""
    return field not in ALL_PARAMETERS or field in PARAMETERS[spec.distribution]


def whole(spec: ProbabilitySpec) -> dict[str, Any]:
    """How an axis of few whole numbers is labelled: with each of them."""
    low, high = window(spec)
    return {"dtick": 1} if of(spec).discrete and high - low < 13 else {}
