"""Many features of many samples on a flat map: principal components that keep still from epoch to epoch, and t-SNE."""

from __future__ import annotations

import numpy as np

from core.maths.tables import Array, one_thread

MOST = 500  # points of a t-SNE: it compares all with all, some 1,000 times


def _table(features: Array) -> Array:
    features = np.asarray(features)
    if features.ndim != 2:
        raise ValueError(f"features have the shape (samples, features), not {features.shape}")
    if not np.isfinite(features).all():
        raise ValueError(f"features are finite numbers; {int((~np.isfinite(features)).sum())} of {features.size} are not")
    return features.astype(np.float64)


def components(features: Array, previous: Array | None = None) -> Array:
    """The two principal components of features, (n, d) -> (n, 2) float64: the flat map that keeps most of their variance.

    Without `previous` the first axis is the one of the greater variance, and the feature with the greatest weight on an axis counts
    as positive there. previous: a map (n, 2) of the same samples, usually of the epoch before; the new one is then turned and
    mirrored, nothing else, to lie as close to it as it can (orthogonal Procrustes, Schönemann 1966), so that a film neither flips
    nor spins. The distances on the map stay; its axes are then no longer the components themselves.
    Where there is no second component its column is zero. ValueError for another shape, or features that are no numbers.
    """
    x = _table(features)
    n, d = x.shape
    if previous is not None and np.shape(previous) != (n, 2):
        raise ValueError(f"the previous map of {n} samples has the shape {(n, 2)}, not {np.shape(previous)}")
    if not n or not d:
        return np.zeros((n, 2))
    x = x - x.mean(0)
    if d <= n:  # the smaller of two equal problems
        axes = np.linalg.eigh(x.T @ x)[1][:, ::-1][:, :2]
    else:
        left = np.linalg.eigh(x @ x.T)[1][:, ::-1][:, :2]
        axes = x.T @ left
        length = np.linalg.norm(axes, axis=0)
        axes = axes / np.where(length > 1e-12 * max(length.max(), 1e-300), length, np.inf)
    axes = axes * np.where(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    found = np.zeros((n, 2))
    found[:, :axes.shape[1]] = x @ axes
    if previous is None:
        return found
    old = np.asarray(previous, np.float64)
    u, _, v = np.linalg.svd(found.T @ (old - old.mean(0)))
    return found @ (u @ v)


def neighbours_map(features: Array, seed: int) -> Array:
    """A map on which samples that are alike lie together, (n, d) -> (n, 2) float32: t-SNE (van der Maaten and Hinton 2008).

    scikit-learn's, from the principal components on and with a fixed seed, which matters little from there; the perplexity, the
    number of neighbours that count, is 30, or (n − 1) / 3 of few samples. Distances between groups, and their sizes, say nothing.
    Samples that are all the same lie at 0. Some seconds for 500 samples, which is the most: ValueError for more, and for features
    that are no numbers.
    """
    x = _table(features)
    n = len(x)
    if n > MOST:
        raise ValueError(f"t-SNE compares all with all: it takes {MOST} samples at most, not {n}")
    x = x - x.mean(0) if n else x
    scale = np.abs(x).max(initial=0.0)
    if n < 4 or x.shape[1] < 2 or scale == 0:  # too few for neighbours, one axis is enough, or nothing to tell them apart
        return components(x).astype(np.float32)
    from sklearn.manifold import TSNE

    with one_thread():
        return TSNE(init="pca", perplexity=min(30.0, (n - 1) / 3), random_state=seed, n_jobs=1).fit_transform(
            (x / scale).astype(np.float32))
