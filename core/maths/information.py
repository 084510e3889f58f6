"""Entropy, cross-entropy and the distances between two distributions over the same outcomes (Shannon 1948; Kullback and Leibler 1951)."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
BASES = {"bits": 2.0, "nats": np.e}  # a bit is one fair yes-or-no; nats are what Keras counts in


def surprise(p: Array, unit: str = "bits") -> Array:
    """−log p, inf where p is 0. p: any shape, 0 to 1."""
    p = np.asarray(p, float)
    return np.where(p > 0, -np.log(np.where(p > 0, p, 1.0)), np.inf) / np.log(BASES[unit]) + 0.0


def _mean(p: Array, of: Array) -> float:
    """Σ p · of, where outcomes that never happen count for nothing even if their surprise is infinite."""
    seen = np.asarray(p) > 0
    return float(np.sum(np.asarray(p)[seen] * of[seen]))


def entropy(p: Array, unit: str = "bits") -> float:
    """H(p) = −Σ p log p, from 0 to log(outcomes). p: (outcomes,), its sum is 1."""
    return _mean(p, surprise(p, unit))


def cross_entropy(p: Array, q: Array, unit: str = "bits") -> float:
    """H(p, q) = −Σ p log q: the mean surprise of who expects q where p holds; inf if q rules out what happens. p, q: (outcomes,)."""
    return _mean(p, surprise(q, unit))


def divergence(p: Array, q: Array, unit: str = "bits") -> float:
    """KL(p‖q) = Σ p log(p/q) = H(p, q) − H(p), at least 0, not symmetric; inf where q = 0 and p > 0. p, q: (outcomes,)."""
    p, q = np.asarray(p, float), np.asarray(q, float)
    seen = p > 0
    if np.any(q[seen] == 0):
        return float("inf")
    return max(float(np.sum(p[seen] * np.log(p[seen] / q[seen]))) / float(np.log(BASES[unit])), 0.0)


def jensen_shannon(p: Array, q: Array, unit: str = "bits") -> float:
    """JS(p, q) = ½ KL(p‖m) + ½ KL(q‖m), m = (p + q)/2: symmetric, never more than one bit. p, q: (outcomes,)."""
    middle = (np.asarray(p, float) + np.asarray(q, float)) / 2
    return (divergence(p, middle, unit) + divergence(q, middle, unit)) / 2
