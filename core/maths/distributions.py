"""Random variables: probabilities or densities, cumulative probabilities, expectation, variance, and samples drawn with NumPy.

Formulas as in Johnson, Kemp, Kotz (univariate discrete) and Johnson, Kotz, Balakrishnan (continuous univariate distributions).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Function = Callable[[Array], Array]


@dataclass(frozen=True)
class Distribution:
    """One random variable.

    discrete: whether `mass` gives probabilities of whole numbers (else densities); cumulative: P(X ≤ x); both take arrays of any shape.
    expectation, variance: nan where there is none. span: the values (low, high) worth looking at; a discrete one has no others but those
    of negligible probability. call: how NumPy's generator draws it, with `{n}` where the size stands; law: the same as SciPy names it.
    """

    discrete: bool
    mass: Function
    cumulative: Function
    expectation: float
    variance: float
    span: tuple[float, float]
    call: str
    law: str
    sample: Callable[[np.random.Generator, int | tuple[int, ...]], Array]

    @property
    def deviation(self) -> float:
        """The standard deviation, nan where there is none."""
        return math.sqrt(self.variance)


def _lgamma(z: Array) -> Array:
    return np.vectorize(math.lgamma, otypes=[float])(z)


def _listed(low: int, probabilities: Array) -> tuple[Function, Function]:
    """Mass and cumulative probability of the whole numbers low, low + 1, …; the last one takes what rounding left of 1."""
    sums = np.append(0.0, np.cumsum(probabilities))
    last = len(probabilities)

    def mass(x: Array) -> Array:
        x = np.asarray(x, float)
        place = np.clip(np.floor(x) - low, 0, last - 1).astype(int)
        return np.where((x == np.floor(x)) & (x >= low) & (x < low + last), probabilities[place], 0.0)

    def cumulative(x: Array) -> Array:
        return np.minimum(sums[np.clip(np.floor(np.asarray(x, float)) - low + 1, 0, last).astype(int)], 1.0)

    return mass, cumulative


def bernoulli(p: float) -> Distribution:
    """1 with probability p (0 to 1), else 0."""
    return Distribution(True, *_listed(0, np.array([1 - p, p])), p, p * (1 - p), (0, 1), f"rng.binomial(1, {p!r}, {{n}})",
                        f"stats.bernoulli({p!r})",
                        lambda rng, size: rng.binomial(1, p, size))


def die(sides: int = 6) -> Distribution:
    """A fair die: 1 … sides."""
    return Distribution(True, *_listed(1, np.full(sides, 1 / sides)), (sides + 1) / 2, (sides**2 - 1) / 12, (1, sides),
                        f"rng.integers(1, {sides + 1}, {{n}})",
                        f"stats.randint(1, {sides + 1})", lambda rng, size: rng.integers(1, sides + 1, size))


def binomial(trials: int, p: float) -> Distribution:
    """Successes in so many independent trials, each with probability p: C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ."""
    k = np.arange(trials + 1)
    ways = np.array([float(math.comb(trials, i)) for i in k])
    return Distribution(True, *_listed(0, ways * float(p)**k * float(1 - p)**(trials - k)), trials * p, trials * p * (1 - p), (0, trials),
                        f"rng.binomial({trials}, {p!r}, {{n}})",
                        f"stats.binom({trials}, {p!r})", lambda rng, size: rng.binomial(trials, p, size))


def poisson(mean: float) -> Distribution:
    """Events in a stretch of time, if `mean` (above 0) are expected and none waits for another: e^(−λ) λᵏ / k!."""
    most = math.ceil(mean + 10 * math.sqrt(mean) + 10)  # beyond it less than 1e-12
    k = np.arange(most + 1)
    return Distribution(True, *_listed(0, np.exp(k * math.log(mean) - mean - _lgamma(k + 1))), mean, mean,
                        (0, math.ceil(mean + 4 * math.sqrt(mean) + 1)), f"rng.poisson({mean!r}, {{n}})",
                        f"stats.poisson({mean!r})",
                        lambda rng, size: rng.poisson(mean, size))


def uniform(low: float, high: float) -> Distribution:
    """Every value between low and high (low < high) is as likely as any other."""
    width = high - low
    return Distribution(False, lambda x: np.where((x >= low) & (x <= high), 1 / width, 0.0), lambda x: np.clip((x - low) / width, 0.0, 1.0),
                        (low + high) / 2, width**2 / 12, (low, high), f"rng.uniform({low!r}, {high!r}, {{n}})",
                        f"stats.uniform({low!r}, {width!r})",
                        lambda rng, size: rng.uniform(low, high, size))


def normal(mean: float, deviation: float) -> Distribution:
    """The bell: e^(−z²/2) / (σ √2π), z = (x − μ)/σ, σ > 0."""
    return Distribution(False, lambda x: bell(np.asarray(x), mean, deviation), lambda x: below((np.asarray(x) - mean) / deviation), mean,
                        deviation**2, (mean - 3.5 * deviation, mean + 3.5 * deviation), f"rng.normal({mean!r}, {deviation!r}, {{n}})",
                        f"stats.norm({mean!r}, {deviation!r})",
                        lambda rng, size: rng.normal(mean, deviation, size))


def bell(x: Array, mean: float = 0.0, deviation: float = 1.0) -> Array:
    """The normal density. x: any shape; deviation > 0."""
    return np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * math.sqrt(2 * math.pi))


def below(z: Array) -> Array:
    """Φ: the probability that a standard normal variable is at most z. z: any shape."""
    from core.maths.activations import erf

    return (1 + erf(np.asarray(z) / math.sqrt(2))) / 2


def exponential(rate: float) -> Distribution:
    """The wait for an event that comes `rate` times (above 0) in a unit of time: λ e^(−λx), x ≥ 0."""
    return Distribution(False, lambda x: np.where(x >= 0, rate * np.exp(-rate * np.maximum(x, 0)), 0.0),
                        lambda x: np.where(x >= 0, -np.expm1(-rate * np.maximum(x, 0)), 0.0), 1 / rate, 1 / rate**2, (0, 5 / rate),
                        f"rng.exponential(1 / {rate!r}, {{n}})",
                        f"stats.expon(scale=1 / {rate!r})", lambda rng, size: rng.exponential(1 / rate, size))


def beta(a: float, b: float) -> Distribution:
    """A share between 0 and 1, known from about a − 1 successes and b − 1 failures: x^(a−1) (1−x)^(b−1) / B(a, b); a, b > 0."""
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))

    def mass(x: Array) -> Array:
        x = np.asarray(x, float)
        within = (x > 0) & (x < 1)
        t = np.where(within, x, 0.5)
        return np.where(within, scale * t ** (a - 1) * (1 - t) ** (b - 1), 0.0)

    def cumulative(x: Array) -> Array:
        from scipy.special import betainc  # SciPy comes with scikit-learn; loaded when first asked for

        return betainc(a, b, np.clip(x, 0.0, 1.0))

    return Distribution(False, mass, cumulative, a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1)), (0, 1),
                        f"rng.beta({a!r}, {b!r}, {{n}})",
                        f"stats.beta({a!r}, {b!r})",
                        lambda rng, size: rng.beta(a, b, size))


def cauchy() -> Distribution:
    """Where the beam of a lamp turned to a random angle meets a wall: 1 / (π (1 + x²)). It has neither expectation nor variance."""
    return Distribution(False, lambda x: 1 / (math.pi * (1 + np.square(x))), lambda x: 0.5 + np.arctan(x) / math.pi, math.nan, math.nan,
                        (-8, 8), "rng.standard_cauchy({n})",
                        "stats.cauchy()", lambda rng, size: rng.standard_cauchy(size))


def running(sample: Array) -> tuple[Array, Array]:
    """Mean and variance (divided by n − 1) of the first 1, 2, … n of a sample, along the last axis; the first variance is nan.

    sample: (…, n) -> two of (…, n).
    """
    x = np.asarray(sample, float)
    shift = x[..., :1]  # without it, squares of large numbers would swallow a small variance
    n = np.arange(1, x.shape[-1] + 1)
    mean = np.cumsum(x - shift, axis=-1) / n
    squares = np.cumsum((x - shift) ** 2, axis=-1) - n * mean**2
    variance = np.divide(np.maximum(squares, 0), n - 1, out=np.full(x.shape, np.nan), where=n > 1)
    return mean + shift, variance


def farthest(sample: Array) -> float:
    """Kolmogorov's distance: the largest gap between a sample's cumulative shares and Φ. sample: (n,), standardized."""
    values, counts = np.unique(sample, return_counts=True)
    after = np.cumsum(counts) / sample.size
    phi = below(values)
    return float(max(np.abs(after - phi).max(), np.abs(after - counts / sample.size - phi).max()))
