"""Small series of prices for tests."""

from __future__ import annotations

import numpy as np

from core.maths.forecasting import baselines, parts, windows
from core.maths.forecasting.parts import Prepared
from core.maths.forecasting.windows import Array, Windowing


def walk(n: int, seed: int) -> Array:
    """A random walk: nothing beats the last price."""
    return 500 + np.cumsum(np.random.default_rng(seed).normal(size=n))


def season(n: int, seed: int, noise: float = 1.0, period: int = 25) -> Array:
    """A trend, a season and noise."""
    t = np.arange(n)
    return 100 + 0.05 * t + 10 * np.sin(2 * np.pi * t / period) + np.random.default_rng(seed).normal(0, noise, n)


def prepared(price: Array, windowing: Windowing, **how: float) -> Prepared:
    """The whole way to what a network would get."""
    samples = windows.samples(price, windowing)
    return parts.prepared(samples, parts.split(samples, **how))


def own_ridge(prices: Prepared) -> tuple[Array, Array, dict[str, Array]]:
    """Ridge regression as the model: its forecasts on validation and test, and the other baselines."""
    made = baselines.forecasts(prices)
    ridge = made.pop("ridge")
    return ridge[prices.split.validation], ridge[prices.split.test], made
