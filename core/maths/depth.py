"""What many dense layers do to a signal on its way forward and to a gradient on its way back, before any training.

The network has WIDTH inputs and `depth` layers of WIDTH neurons without biases. The signal of a layer is how much its neurons'
answers still differ from input to input: their standard deviation over the batch, as a root mean square over the neurons. The mean
answer is no signal: sigmoid layers answer about 0.5 to everything. The gradient of a layer is that of a random linear loss with
respect to what the layer puts out, as a root mean square. (That of the weights would not tell: it is the product of signal and
gradient, and where both die it is as small in the last layer as in the first.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.activations import ALPHA, LEAK, activation

Array = np.ndarray
WIDTH, BATCH = 64, 100
SIGNAL, GRADIENT = (0.5, 2.0), (0.1, 10.0)  # shares between which they are alive, on the page and in its challenges
ROUNDING = 1e-14  # a signal below this share of the input's is rounding error of 64-bit numbers


@dataclass(frozen=True)
class Journey:
    """outputs, gradients: of the input and every layer, (BATCH, WIDTH) each; signal, gradient: one number each for them.

    signal[0] is 1, for it is relative to the input's; gradient[-1] is 1, for it is relative to the last layer's, and gradient[0] is
    the input's. slope: the mean square of the activation's derivative in every layer; weights: (WIDTH, WIDTH) each.
    """

    outputs: tuple[Array, ...]
    gradients: tuple[Array, ...]
    signal: Array
    gradient: Array
    slope: Array
    weights: tuple[Array, ...]

    @property
    def kept(self) -> float:
        """The last layer's signal, as a share of the input's."""
        return float(self.signal[-1])

    @property
    def returned(self) -> float:
        """The first layer's gradient, as a share of the last layer's."""
        return float(self.gradient[1])


def deviation(initializer: str, sigma: float) -> float:
    """The standard deviation of the weights: √(2 / (64 + 64)) (Glorot and Bengio 2010), √(2 / 64) (He et al. 2015) or sigma."""
    return {"xavier": np.sqrt(2 / (WIDTH + WIDTH)), "he": np.sqrt(2 / WIDTH), "plain": sigma}[initializer]


@lru_cache(8)
def _drawn(seed: int, depth: int) -> tuple[Array, Array, tuple[Array, ...]]:
    """Inputs, the gradient at the output, and standard normal weights; the first layers are the same for every depth."""
    rng = np.random.default_rng(seed)
    x, back = rng.normal(size=(BATCH, WIDTH)), rng.normal(size=(BATCH, WIDTH))
    return x, back, tuple(rng.normal(size=(WIDTH, WIDTH)) for _ in range(depth))


def spread(a: Array) -> float:
    """How much the columns' answers differ from row to row: the root of their mean variance. (rows, columns) → a number."""
    return float(np.sqrt(a.var(axis=0).mean()))


def size(a: Array) -> float:
    """The root mean square."""
    return float(np.sqrt((a**2).mean()))


@lru_cache(8)
def journey(function: str, initializer: str, sigma: float, depth: int, skip: bool, seed: int, negative_slope: float = LEAK,
            alpha: float = ALPHA) -> Journey:
    """The signal's way forward and the gradient's way back; the arrays are shared, and are not to be changed."""
    x, back, normal = _drawn(seed, depth)
    chosen, scale = activation(function, negative_slope, alpha), deviation(initializer, sigma)
    weights = tuple(scale * w for w in normal)
    outputs, slopes = [x], []
    for w in weights:
        z = outputs[-1] @ w  # (BATCH, WIDTH)
        slopes.append(chosen.df(z))
        a = chosen.f(z)
        outputs.append(outputs[-1] + a if skip else a)
    gradients = [back]
    for w, slope in zip(weights[::-1], slopes[::-1], strict=True):
        g = (gradients[-1] * slope) @ w.T
        gradients.append(gradients[-1] + g if skip else g)
    gradients.reverse()
    return Journey(tuple(outputs), tuple(gradients), np.array([spread(a) for a in outputs]) / spread(x),
                   np.array([size(g) for g in gradients]) / size(back), np.array([float((s**2).mean()) for s in slopes]), weights)


def verdict(share: float, limits: tuple[float, float]) -> str:
    """What becomes of a signal or gradient of which this share is left: "alive" from one of its limits to the other, "dead" below a
    thousandth and "fading" from there on, "growing" up to a thousand and "exploding" above."""
    low, high = limits
    for name, end in (("dead", 1e-3), ("fading", low), ("alive", high), ("growing", 1e3)):
        if share < end or (name == "alive" and share <= end):
            return name
    return "exploding"


def alive(share: float, limits: tuple[float, float]) -> bool:
    return verdict(share, limits) == "alive"
