"""How far a classifier's confidence can be trusted: Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks."""

from __future__ import annotations

import numpy as np

BINS = 10  # equally wide


def calibration(sure: np.ndarray, right: np.ndarray) -> np.ndarray:
    """For BINS equal bins of certainty, each without its lower end and with its upper one: how many answers, how sure they are on average,
    and the share of them that is right: (BINS, 3) float64, zeros where there are none."""
    sure = sure.astype(np.float64)
    which = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)
    counts, *sums = (np.bincount(which, weights, BINS) for weights in (None, sure, right))
    return np.stack([counts, *(each / np.maximum(counts, 1) for each in sums)], 1)


def expected_error(bins: np.ndarray) -> float:
    """How far certainty and accuracy are apart on average over the answers: the expected calibration error. bins: as above."""
    return float((bins[:, 0] * np.abs(bins[:, 2] - bins[:, 1])).sum() / max(bins[:, 0].sum(), 1))
