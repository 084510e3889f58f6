"""How good answers are that name a class: matrix, precision, recall, F1, ROC, and accuracy by how long a text is."""

from __future__ import annotations

import numpy as np

from core.maths.tables import Array

ROC_POINTS = 300
GROUPS = 5


def matrix(truth: Array, said: Array, classes: int) -> Array:
    """How many of each class (rows) are taken for each (columns): (classes, classes) int32."""
    return np.bincount(truth * classes + said, minlength=classes**2).reshape(classes, classes).astype(np.int32)


def by_class(confusion: Array) -> Array:
    """Precision, recall and F1 of every class, from a matrix as above: (classes, 3) float64, 0 where nothing is divided by nothing."""
    right, named, there = np.diag(confusion).astype(float), confusion.sum(0), confusion.sum(1)
    return np.stack([right / np.maximum(named, 1), right / np.maximum(there, 1), 2 * right / np.maximum(named + there, 1)], 1)


def roc(score: Array, truth: Array) -> tuple[Array, float]:
    """The ROC curve of scores (n,) for truths 1 or 0, and the area under it, nan if there is only one kind.

    The curve: (m, 2) float64, false positive rate and recall from (0, 0) to (1, 1), at every threshold if they are at most 300, else at
    places evenly chosen. Equal scores are one step.
    """
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order] == 1)
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True)) if len(score) else np.zeros(0, int)
    positive = int(hits[-1]) if len(hits) else 0
    negative = len(truth) - positive
    recall = np.concatenate([[0.0], hits[last] / max(positive, 1)])
    alarms = np.concatenate([[0.0], (last + 1 - hits[last]) / max(negative, 1)])
    area = float(np.trapezoid(recall, alarms)) if positive and negative else float("nan")
    chosen = np.unique(np.linspace(0, len(recall) - 1, min(len(recall), ROC_POINTS)).round().astype(int))
    return np.stack([alarms, recall], 1)[chosen], area


def by_size(sizes: Array, right: Array) -> Array:
    """Accuracy of groups of growing size, as equally many in each as goes without parting equal sizes, at most five: (groups, 4) float64:
    the least and the greatest size, how many, and the share that is right. sizes, right: (n,)."""
    order = np.argsort(sizes, kind="stable")
    ends = sorted({int(np.searchsorted(sizes[order], sizes[order[min(len(order) * (i + 1) // GROUPS, len(order)) - 1]], side="right"))
                   for i in range(GROUPS)}) if len(order) >= GROUPS else [len(order)] * (len(order) > 0)
    groups = [order[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return np.array([[sizes[g].min(), sizes[g].max(), len(g), right[g].mean()] for g in groups], float).reshape(-1, 4)
