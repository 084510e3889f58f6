"""Optimizers at work: the path of one from a start, with its memory at every step; on a quadratic, direction by direction."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from core.maths.optimizers import RULES, Memory, Rule, begin, step

Array = np.ndarray


@dataclass(frozen=True)
class Path:
    """The places that an optimizer came to, and what it knew there. n steps in d dimensions.

    x: (n + 1, d); g: (n + 1, d), the gradient that it was given at each place, after which it left (the last one: at which it stopped);
    m, v: (n + 1, d), its memory on arrival (`core.maths.optimizers.Memory`); rates: (n,), of each step.
    end: "converged", "diverged" (the places after that are cut off), "stuck" (where the gradient is no number, or too long to be
    squared) or "running" (no steps left).
    evaluations: how often it asked for the gradient.
    """

    x: Array
    g: Array
    m: Array
    v: Array
    rates: Array
    end: Literal["converged", "diverged", "stuck", "running"]
    evaluations: int

    @property
    def steps(self) -> int:
        return len(self.rates)


@np.errstate(all="ignore")
def descend(rule: Rule, gradient: Callable[[Array], Array], start: Array, rates: Array, *, noise: Array | None = None,
            tolerance: float = 0.0, limit: float = 1e6) -> Path:
    """Let an optimizer run, one step for each of `rates` (steps,), until it converges, diverges or is stuck.

    start: (d,); gradient: (d,) → (d,); noise: (steps, d), added to the gradients. It has converged where the true gradient is no longer
    than `tolerance` and the step that led there is not either; it diverges where a coordinate leaves [-limit, limit].
    """
    x, memory = np.asarray(start, dtype=float), begin(rule, np.asarray(start, dtype=float))
    places, slopes, memories = [x], [], [memory]
    moved, end = np.inf, "running"
    for t, rate in enumerate(rates.tolist()):
        g = gradient(x)
        squared = float(g @ g)
        if not math.isfinite(squared) or moved <= tolerance and math.sqrt(squared) <= tolerance:
            end = "converged" if math.isfinite(squared) else "stuck"
            slopes.append(g)
            break
        if noise is not None:
            g = g + noise[t]
        slopes.append(g)
        new, memory = step(rule, x, g, rate, memory)
        if not np.abs(new).max() <= limit:  # NaN, too
            end = "diverged"
            break
        moved = float(np.sqrt((new - x) @ (new - x)))
        x = new
        places.append(x)
        memories.append(memory)
    if end == "running":
        slopes.append(gradient(x))
        if len(rates) and moved <= tolerance and np.sqrt(slopes[-1] @ slopes[-1]) <= tolerance:
            end = "converged"
    return Path(np.array(places), np.array(slopes), np.array([one.m for one in memories]), np.array([one.v for one in memories]),
                rates[:len(places) - 1], end, len(slopes))  # type: ignore[arg-type]


# ---- the quadratic, where every eigenvalue is a problem of its own

def turning(rate: Any, momentum: Any, eigenvalue: Any, nesterov: bool = False) -> Any:
    """The factor by which the distance along an eigenvector shrinks in the long run, step by step; above 1 it grows.

    The largest modulus of the roots of z² − (1 + β − ηλ(1 + β))z + β(1 − ηλ) for Keras' Nesterov, z² − (1 + β − ηλ)z + β for momentum,
    which for β = 0 is |1 − ηλ|. (Qian 1999; Goh 2017.) Arrays broadcast.
    """
    rate, momentum, eigenvalue = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (rate, momentum, eigenvalue)))
    push = rate * eigenvalue
    trace = 1 + momentum - push * (1 + momentum if nesterov else 1)
    product = momentum * (1 - push if nesterov else 1.0)
    root = np.sqrt((trace * trace - 4 * product).astype(complex))
    return np.maximum(np.abs(trace + root), np.abs(trace - root)) / 2


def highest_rate(momentum: Any, eigenvalue: float, nesterov: bool = False) -> Any:
    """Up to this learning rate the quadratic converges: 2(1 + β)/λ, for β = 0 the limit 2/λ; for Nesterov 2(1 + β)/(λ(1 + 2β))."""
    momentum = np.asarray(momentum, dtype=float)
    return 2 * (1 + momentum) / eigenvalue / (1 + 2 * momentum if nesterov else 1.0)


def best_rate(steep: float, flat: float) -> float:
    """The best learning rate of plain gradient descent: 2/(λmax + λmin)."""
    return 2 / (steep + flat)


def best_pair(steep: float, flat: float, nesterov: bool = False) -> tuple[float, float]:
    """The best learning rate and momentum on a quadratic: (2/(√λmax + √λmin))² and ((√λmax − √λmin)/(√λmax + √λmin))² (Polyak 1964).

    For Nesterov 4/(3λmax + λmin) and (√(3κ + 1) − 2)/(√(3κ + 1) + 2) with κ = λmax/λmin (Lessard, Recht and Packard 2016, proposition 1).
    """
    if nesterov:
        root = np.sqrt(3 * steep / flat + 1)
        return 4 / (3 * steep + flat), float((root - 2) / (root + 2))
    total = np.sqrt(steep) + np.sqrt(flat)
    return float((2 / total) ** 2), float(((np.sqrt(steep) - np.sqrt(flat)) / total) ** 2)


def steps_needed(rates: Array, momenta: Array, eigenvalues: Array, start: Array, *, nesterov: bool = False, share: float = 0.01,
                 most: int = 200) -> Array:
    """How many steps each pair of learning rate (columns) and momentum (rows) takes on a quadratic, run, not estimated.

    eigenvalues, start: (d,), the start in the directions of the eigenvectors. Counted until the distance from the minimum is at most
    `share` of the first and stays so to the end of `most` steps; NaN for a pair that does not get there. (momenta, rates).
    """
    shape = (len(momenta), len(rates), len(start))
    rule = replace(RULES["nesterov" if nesterov else "momentum"], momentum=momenta[:, None, None])
    x = np.broadcast_to(start, shape).astype(float)
    memory: Memory = begin(rule, x)
    last = np.zeros(shape[:2])
    goal = share**2 * float(start @ start)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, most + 1):
            x, memory = step(rule, x, eigenvalues * x, rates[:, None], memory)
            last[~((x * x).sum(axis=-1) <= goal)] = t
    return np.where(last < most, last + 1, np.nan)
