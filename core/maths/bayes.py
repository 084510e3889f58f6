"""Conditional probability with a test: who is sick, whom the test calls sick, and what a positive answer is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Array = np.ndarray


def joint(prevalence: float, sensitivity: float, specificity: float) -> Array:
    """The shares of all people, each from 0 to 1. -> (2, 2): rows sick, healthy; columns positive, negative; the sum is 1."""
    sick, healthy = prevalence, 1 - prevalence
    return np.array([[sick * sensitivity, sick * (1 - sensitivity)], [healthy * (1 - specificity), healthy * specificity]])


def after_positive(prevalence: Array | float, sensitivity: float, specificity: float) -> Array | float:
    """P(sick | positive), Bayes' rule; nan where nobody is positive. prevalence: any shape, 0 to 1."""
    true, false = np.multiply(prevalence, sensitivity), np.subtract(1, prevalence) * (1 - specificity)
    return _share(true, true + false)


def after_negative(prevalence: Array | float, sensitivity: float, specificity: float) -> Array | float:
    """P(sick | negative); nan where nobody is negative. prevalence: any shape, 0 to 1."""
    missed, cleared = np.multiply(prevalence, 1 - sensitivity), np.subtract(1, prevalence) * specificity
    return _share(missed, missed + cleared)


def _share(part: Array, whole: Array) -> Array | float:
    share = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return float(share) if np.ndim(share) == 0 else share


def half_wrong(sensitivity: float, specificity: float) -> float:
    """The prevalence at which half of the positives are healthy: where p · sensitivity = (1 − p) · (1 − specificity).

    ValueError for a test that is never positive.
    """
    false = 1 - specificity
    if sensitivity + false == 0:
        raise ValueError("a test that is never positive has no positives to be wrong about")
    return false / (sensitivity + false)


def heads(shares: Sequence[float] | Array, people: int) -> Array:
    """So many people in groups of these shares, as whole people: the largest remainders are rounded up (Hamilton's method).

    shares: (groups,), their sum is 1. -> (groups,) whole numbers whose sum is `people`.
    """
    exact = np.asarray(shares, float) * people
    whole = np.floor(exact + 1e-9).astype(int)
    left = people - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:left]] += 1
    return whole
