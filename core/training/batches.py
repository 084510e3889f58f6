"""Which points make up which batch, and the learning rate of every step: functions of the spec, never of timing."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from core.specs.sweep import RATES


@lru_cache(maxsize=2)  # a long epoch is trained in many calls, each of which asks anew
def order(seed: int, epoch: int, points: int) -> np.ndarray:
    """The order in which one epoch (counted from 0) sees its points: (points,) int32."""
    return np.random.default_rng([seed, epoch]).permutation(points).astype(np.int32)


def learning_rates(schedule: str, rate: float, steps: int) -> np.ndarray:
    """The learning rate of every step of a run: (steps,) float32.

    constant; step: halved at each sixth of the run; cosine: rate · (1 + cos πt)/2, from the rate to almost zero; range: whatever
    the rate, from the least of RATES to the greatest by equal factors (the learning-rate finder).
    """
    t = np.arange(steps) / max(steps, 1)
    if schedule == "constant":
        factor = np.ones(steps)
    elif schedule == "step":
        factor = 0.5 ** np.floor(t * 6)
    elif schedule == "cosine":
        factor = (1 + np.cos(math.pi * t)) / 2
    elif schedule == "range":
        least, greatest = RATES
        return (least * (greatest / least) ** t).astype(np.float32)
    else:
        raise ValueError(f"schedule {schedule!r} is not one of constant, step, cosine, range")
    return (rate * factor).astype(np.float32)


def stored_epochs(epochs: int, limit: int = 64) -> list[int]:
    """The epochs that leave a stored frame: 0 and the last among them, at most `limit`, closer together at the start.

    A run is played in about two seconds; 64 pictures are what an eye and a browser make of that.
    """
    if epochs < limit:
        return list(range(epochs + 1))
    t = np.linspace(0, 1, limit)
    return sorted({round(float(e)) for e in epochs * t**1.4})


def padded(a: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """With zeros behind, which `np.pad` would take ten times as long for."""
    out = np.zeros(shape, a.dtype)
    out[:a.shape[0], :a.shape[1]] = a
    return out
