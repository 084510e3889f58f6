"""Generated series whose best possible forecast is known, so that a model can be compared with it.

The best forecast of a price in the sense of the mean squared error is its expectation given all prices so far. With m = drift − σ²/2 a
step's log-return of N(m, σ²) multiplies a price by exp(drift) on average.

walk      x_t = x_{t−1} + m + σ e_t, x the log-price and e_t standard normal.
          Best h steps ahead: p_t exp(h drift); without drift the last price.
season    x_t = a + growth t + amplitude sin(2π t / period + phase) + n_t, with n_t = persistence n_{t−1} + σ e_t.
          Best: exp of what is known of x at t + h, plus persistence^h n_t, plus half the variance that n gathers in h steps.
regimes   a walk whose drift and σ are those of a hidden state, which stays with probability `stay`.
          Best: p_t times the expected growth from the states' probabilities given the prices so far; those are Hamilton's filter (1989,
          “A new approach to the economic analysis of nonstationary time series and the business cycle”, Econometrica 57).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.data.prices.series import Prices, frequency_of
from core.frame import Message
from core.i18n import N_

START = np.datetime64("2015-01-01")


@dataclass(frozen=True)
class Walk:
    """drift: growth of the expected price a step, as a logarithm; sigma: of a step's log-return."""

    drift: float = 0.0
    sigma: float = 0.015

    def log_prices(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n,) float64, the first 0."""
        steps = self.drift - self.sigma**2 / 2 + self.sigma * rng.standard_normal(n - 1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    def best(self, past: np.ndarray, horizon: int) -> np.ndarray:
        return past * np.exp(horizon * self.drift)


@dataclass(frozen=True)
class Season:
    """growth: of the log-price a step; amplitude, period (steps), phase (radians): of its season; persistence in [0, 1) and sigma: of the
    noise around both; start: the price that it swings around at first."""

    growth: float = 0.0005
    amplitude: float = 0.1
    period: float = 25.0
    phase: float = 0.0
    persistence: float = 0.5
    sigma: float = 0.01
    start: float = 100.0

    def known(self, t: np.ndarray) -> np.ndarray:
        """The part of the log-price that is no noise, at the steps t."""
        return np.log(self.start) + self.growth * t + self.amplitude * np.sin(2 * np.pi * t / self.period + self.phase)

    def spread(self, horizon: int) -> float:
        """The variance that the noise gathers in so many steps."""
        return self.sigma**2 * sum(self.persistence ** (2 * i) for i in range(horizon))

    def log_prices(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n,) float64; the noise starts as it goes on, with its stationary variance."""
        noise = np.empty(n)
        noise[0] = self.sigma / np.sqrt(1 - self.persistence**2) * rng.standard_normal()
        for t, e in enumerate(self.sigma * rng.standard_normal(n - 1), 1):
            noise[t] = self.persistence * noise[t - 1] + e
        return self.known(np.arange(n)) + noise

    def best(self, past: np.ndarray, horizon: int) -> np.ndarray:
        t = np.arange(len(past))
        noise = np.log(past) - self.known(t)
        return np.exp(self.known(t + horizon) + self.persistence**horizon * noise + self.spread(horizon) / 2)


@dataclass(frozen=True)
class Regimes:
    """drifts, sigmas: of a walk in each of two states; stay: the probability to be in the same state at the next step."""

    drifts: tuple[float, float] = (0.0015, -0.002)
    sigmas: tuple[float, float] = (0.008, 0.025)
    stay: float = 0.99

    @property
    def moves(self) -> np.ndarray:
        """(2, 2): from a state, the row, to another."""
        return np.array([[self.stay, 1 - self.stay], [1 - self.stay, self.stay]])

    def log_prices(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n,) float64, the first 0. The first state is either with equal probability."""
        changes = rng.random(n - 1) >= self.stay
        changes[:1] = rng.random() < 0.5
        state = np.cumsum(changes) % 2
        drift, sigma = np.take(self.drifts, state), np.take(self.sigmas, state)
        return np.concatenate([[0.0], np.cumsum(drift - sigma**2 / 2 + sigma * rng.standard_normal(n - 1))])

    def probabilities(self, past: np.ndarray) -> np.ndarray:
        """(n, 2): of the states that the next step starts from a move away, given the prices (n,) up to each; Hamilton's filter."""
        drifts, sigmas = np.array(self.drifts), np.array(self.sigmas)
        steps = np.diff(np.log(past))[:, None]
        likely = -((steps - drifts + sigmas**2 / 2) / sigmas) ** 2 / 2 - np.log(sigmas)
        likely = np.exp(likely - likely.max(axis=1, keepdims=True))
        found = np.full((len(past), 2), 0.5)
        ahead = found[0]
        for t, each in enumerate(likely, 1):
            found[t] = ahead * each / (ahead * each).sum()
            ahead = found[t] @ self.moves
        return found

    def best(self, past: np.ndarray, horizon: int) -> np.ndarray:
        growth = np.ones(2)  # expected, from a state that the last step had, over the steps to come
        for _step in range(horizon):
            growth = self.moves @ (np.exp(self.drifts) * growth)
        return past * (self.probabilities(past) @ growth)


PROCESSES: dict[str, Walk | Season | Regimes] = {"walk": Walk(), "season": Season(), "regimes": Regimes()}
SAID = {"walk": N_("A random walk: no forecast is better than the last price."),
        "season": N_("A trend with a season and noise around both: what comes back can be forecast."),
        "regimes": N_("A random walk that changes between calm growth and turbulent decline; nobody is told when.")}


def generated(kind: str, seed: int, n: int = 1000, start: float = 100.0, **changes: Any) -> Prices:
    """A series of n ≥ 2 prices on weekdays from 2015 on. kind: "walk", "season" or "regimes"; changes: of its parameters (`PROCESSES`).

    start: the first price, or what a season swings around. The same arguments give the same prices. KeyError for another kind, TypeError
    for a parameter that it has not.
    """
    process = replace(PROCESSES[kind], **changes)
    if isinstance(process, Season):
        process = replace(process, start=start)
    logs = process.log_prices(n, np.random.default_rng([seed, list(PROCESSES).index(kind)]))
    close = np.exp(logs) * (1.0 if isinstance(process, Season) else start)
    days = np.busday_offset(START, np.arange(n), roll="forward")
    drifts = isinstance(process, Walk) and process.drift != 0
    said = N_("A random walk with drift: the best forecast is the last price and its usual growth.") if drifts else SAID[kind]
    return Prices(kind, days, {"close": close}, frequency_of(days), (Message(said),), process=process)


def best(kind: str, past: np.ndarray, horizon: int, **parameters: Any) -> np.ndarray:
    """The best possible forecasts of a generated series: for each of the prices past (n,), from the first of the series on, the expectation
    of the price `horizon` ≥ 1 steps later, given all up to it: (n,). parameters: those that it was generated with."""
    return replace(PROCESSES[kind], **parameters).best(np.asarray(past, np.float64), horizon)
