"""How good a model is: what follows from a threshold, from folds, from a line; scikit-learn's fits, made once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.maths.tables import Array, one_thread, table

WEAK = ("mean texture", "mean smoothness")  # two of thirty measurements, neither of which says much


@lru_cache(8)
def tumour_scores(inputs: str) -> tuple[Array, Array]:
    """The probability of "malignant" for 285 tumours that logistic regression on the other 284 has not seen, and the truth (1: malignant).

    inputs: "weak", the two measurements of WEAK; "all", thirty.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    cancer = table("breast_cancer")
    x = cancer.x[:, [cancer.names.index(name) for name in WEAK]] if inputs == "weak" else cancer.x
    x, x_val, y, y_val = train_test_split(x, cancer.y, test_size=285, stratify=cancer.y, random_state=0)
    with one_thread():
        p = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y).predict_proba(x_val)[:, 1]
    return p, y_val


@dataclass(frozen=True)
class Counts:
    """The confusion matrix of two classes at a threshold, and what is computed from it (nan where nothing is divided by nothing)."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else float("nan")

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else float("nan")

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else float("nan")

    @property
    def false_alarms(self) -> float:
        """The false positive rate."""
        return self.fp / (self.fp + self.tn) if self.fp + self.tn else float("nan")

    @property
    def accuracy(self) -> float:
        return (self.tp + self.tn) / (self.tp + self.fp + self.fn + self.tn)


def counts(p: Array, y: Array, threshold: float) -> Counts:
    """Positive is whoever reaches the threshold: p ≥ threshold. p, y: (rows,)."""
    said = p >= threshold
    return Counts(int((said & (y == 1)).sum()), int((said & (y == 0)).sum()), int((~said & (y == 1)).sum()), int((~said & (y == 0)).sum()))


@dataclass(frozen=True)
class Curves:
    """ROC (false positive rate, recall), precision-recall (recall, precision), calibration (mean probability, share positive, rows a bin)
    in ten bins of equal width; auc: area under the ROC; ap: average precision; brier: mean squared error of the probabilities.
    """

    roc: tuple[Array, Array]
    pr: tuple[Array, Array]
    calibration: tuple[Array, Array, Array]
    auc: float
    ap: float
    brier: float


@lru_cache(8)
def curves(inputs: str) -> Curves:
    """Of the scores above, by scikit-learn's metrics."""
    from sklearn import metrics

    p, y = tumour_scores(inputs)
    fpr, tpr, _ = metrics.roc_curve(y, p)
    precision, recall, _ = metrics.precision_recall_curve(y, p)
    place = np.minimum((p * 10).astype(int), 9)
    rows = np.bincount(place, minlength=10)
    full = rows > 0
    mean, share = np.bincount(place, p, 10)[full] / rows[full], np.bincount(place, y, 10)[full] / rows[full]
    return Curves((fpr, tpr), (recall, precision), (mean, share, rows[full]), float(metrics.roc_auc_score(y, p)),
                  float(metrics.average_precision_score(y, p)), float(metrics.brier_score_loss(y, p)))


# ---- one split or k folds

REPEATS = 24


@dataclass(frozen=True)
class Folded:
    """scores: (24 seeds, k) accuracy of every fold; assigned: (rows,) the fold of each row at the first seed; truth: the accuracy on all
    other rows of a model trained on all of these."""

    scores: Array
    assigned: Array
    truth: float

    @property
    def single(self) -> Array:
        """One split: the first fold alone. (24,)"""
        return self.scores[:, 0]

    @property
    def folded(self) -> Array:
        """The mean over the k folds. (24,)"""
        return self.scores.mean(axis=1)


@lru_cache(64)
def folded(rows: int, k: int, seed: int) -> Folded:
    """Gaussian naive Bayes on `rows` tumours drawn with the seed, judged by k stratified folds, shuffled in 24 ways."""
    from sklearn.model_selection import StratifiedKFold, train_test_split
    from sklearn.naive_bayes import GaussianNB

    cancer = table("breast_cancer")
    x, rest, y, y_rest = train_test_split(cancer.x, cancer.y, train_size=rows, stratify=cancer.y, random_state=seed)
    scores, assigned = np.zeros((REPEATS, k)), np.zeros(rows, int)
    model = GaussianNB()
    with one_thread():
        for i in range(REPEATS):
            for j, (train, held) in enumerate(StratifiedKFold(k, shuffle=True, random_state=seed * 1000 + i).split(x, y)):
                scores[i, j] = np.mean(model.fit(x[train], y[train]).predict(x[held]) == y[held])
                if i == 0:
                    assigned[held] = j
        return Folded(scores, assigned, float(model.fit(x, y).score(rest, y_rest)))


# ---- a line and its residuals

def line(x: Array, y: Array) -> tuple[float, float]:
    """Intercept and slope of least squares. (rows,), (rows,)."""
    dx = x - x.mean()
    slope = float(dx @ (y - y.mean()) / (dx @ dx))
    return float(y.mean() - slope * x.mean()), slope


def r_squared(y: Array, predicted: Array) -> float:
    """1 − Σ(y − ŷ)² / Σ(y − ȳ)²: the share of the spread that is explained; negative for worse than the mean."""
    return float(1 - ((y - predicted) ** 2).sum() / ((y - y.mean()) ** 2).sum())
