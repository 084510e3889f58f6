"""What the doctor measures in a run: numbers computed from its metric rows and stored frames, NaN where there is nothing.

Every threshold was set on about 1,500 runs of the feedforward lab (60 to 400 points, 30 to 300 epochs, all
optimizers): 34 healthy ones, 204 made sick on purpose, 280 drawn at random, the rest single changes that might cure them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from core.frame import Frame

ROWS = 6  # of fewer nothing is said but that the loss or the gradients break
GOOD = 0.9  # training accuracy: healthy runs end at 0.97 to 1.00, underfitting ones below 0.9
POOR = 0.85  # what is below is worth a cure; between the two nothing is said for sure
# A regression by its error against how much its answers vary: fitted planes and hills 0.1 to 0.4, a straight fit of hills
# 3 to 10. Where no picture tells, by the error that is left of the untrained one.
GOOD_ERROR, POOR_ERROR = 0.5, 0.9
GOOD_REST, POOR_REST = 0.1, 0.5
HUGE = 1e150  # what is beyond is no number any more; its square still is one
HARD = 2  # of 255: an output so near its end has a slope of less than 1 % of its steepest
HARD_SURE = 253  # more than two classes: as sure as that


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def mean(values: np.ndarray) -> float:
    """The mean of what is there; NaN if nothing is."""
    there = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        return float(there.mean()) if len(there) else np.nan


class Signs:
    """One run, measured. rows, frames: see `core.insight.doctor.diagnose`; score: the judged metric, such as val_accuracy."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], frames: Sequence[Frame], score: str = "", rising: bool = True) -> None:
        self.rows, self.frames = [row for row in rows if isinstance(row, Mapping)], list(frames)
        self.metric, self.val_metric, self.rising = score.removeprefix("val_"), score, rising
        self.n = len(self.rows)
        self._columns: dict[str, np.ndarray] = {}
        self.names = [str(name) for name in dict.fromkeys(key for row in (*self.rows[:2], *self.rows[-1:]) for key in row)]
        epochs = self.column("epoch")
        self.epochs = np.where(np.abs(epochs) < 1e9, epochs, np.arange(self.n)).astype(int)
        self.length = int(self.epochs[-1] - self.epochs[0]) if self.n else 0  # a branch begins at its fork
        self.window = max(self.n // 20, 1)  # the rows that count as "the end"

    def column(self, name: str) -> np.ndarray:
        """One column of the rows (n,), NaN where there is no finite number."""
        if name not in self._columns:
            raw = [row.get(name) for row in self.rows]
            try:
                values = np.array(raw, float).reshape(self.n)
            except (TypeError, ValueError, OverflowError):
                values = np.array([_number(v) for v in raw])
            self._columns[name] = np.where(np.abs(values) < HUGE, values, np.nan)
        return self._columns[name]

    def layers(self, prefix: str) -> dict[int, np.ndarray]:
        """The columns prefix_1, prefix_2, … by layer."""
        numbers = [int(name[len(prefix) + 1:]) for name in self.names
                   if name.startswith(f"{prefix}_") and name[len(prefix) + 1:].isdecimal()]
        return {i: self.column(f"{prefix}_{i}") for i in sorted(numbers)}

    def last(self, values: np.ndarray) -> float:
        """The mean over the end of the run."""
        return mean(values[-self.window:])

    # ---- the curves

    @cached_property
    def loss(self) -> np.ndarray:
        return self.column("loss")

    @cached_property
    def val_loss(self) -> np.ndarray:
        return self.column("val_loss")

    @cached_property
    def start(self) -> float:
        """The training loss before training; the first that is there."""
        there = self.loss[np.isfinite(self.loss)]
        return float(there[0]) if len(there) else np.nan

    @cached_property
    def drop(self) -> float:
        """The share of its first training loss that is gone at the end."""
        return (self.start - self.last(self.loss)) / max(abs(self.start), 1e-9)

    @cached_property
    def falling(self) -> float:
        """The share of the training loss that the last quarter of the run took away."""
        quarter = max(self.n // 4, 1)
        before = mean(self.loss[max(self.n - quarter - self.window, 0):max(self.n - quarter, 1)])
        return (before - self.last(self.loss)) / max(abs(before), 1e-9)

    @cached_property
    def jumps(self) -> tuple[float, float, float]:
        """How far an epoch's loss lies from the middle of its neighbours, usually (median), in the second half of the run:
        as it is, as a share of the mean loss there, and as a share of the first loss. A slope does not count."""
        half = self.loss[self.n // 2:]
        off = np.abs(half[1:-1] - (half[:-2] + half[2:]) / 2)
        off = off[np.isfinite(off)]
        if len(off) < 8:
            return np.nan, np.nan, np.nan
        usual = float(np.median(off))
        return usual, usual / max(abs(mean(half)), 1e-9), usual / max(abs(self.start), 1e-9)

    @cached_property
    def path(self) -> float:
        """How far the weights have moved in all, epoch by epoch, as a multiple of their own size: the median layer."""
        return float(np.median([np.nansum(u) for u in self.updates.values()])) if self.updates else np.nan

    @cached_property
    def updates(self) -> dict[int, np.ndarray]:
        return {i: u for i, u in self.layers("update").items() if np.isfinite(u).any()}

    @cached_property
    def gradients(self) -> dict[int, np.ndarray]:
        return {i: g for i, g in self.layers("grad").items() if np.isfinite(g).any()}

    # ---- how good it is

    @cached_property
    def train(self) -> float:
        """The judged metric on training points, at the end."""
        return self.last(self.column(self.metric)) if self.metric else np.nan

    @cached_property
    def val(self) -> float:
        return self.last(self.column(self.val_metric)) if self.val_metric else np.nan

    @cached_property
    def spread(self) -> float:
        """A regression: how far its answers over the plane lie from their mean, in the units of [-1, 1]; NaN without picture."""
        surface = self.picture("surface")
        if self.rising or surface is None:
            return np.nan
        return float(np.abs(surface - surface.mean()).mean()) / 127.5

    @cached_property
    def good(self) -> bool:
        """It has learned its training points."""
        return self._is(GOOD, GOOD_ERROR, GOOD_REST)

    @cached_property
    def poor(self) -> bool:
        """It has not learned them."""
        return np.isfinite(self.train) and not self._is(POOR, POOR_ERROR, POOR_REST)

    def _is(self, accuracy: float, error: float, rest: float) -> bool:
        if self.rising:
            return bool(self.train >= accuracy)
        if np.isfinite(self.spread):
            return bool(self.train <= error * self.spread)
        first = self.column(self.metric)
        first = first[np.isfinite(first)]
        return bool(len(first) and self.train <= rest * first[0])

    # ---- the pictures

    def array(self, name: str, frame: int = -1) -> np.ndarray | None:
        """An array of a frame, by default of the last one."""
        found = self.frames[frame].arrays.get(name) if self.frames else None
        return found if isinstance(found, np.ndarray) and found.size else None

    def picture(self, name: str) -> np.ndarray | None:
        found = self.array(name)
        return found.astype(float) if found is not None and found.dtype == np.uint8 else None

    @cached_property
    def hard(self) -> float:
        """The share of the plane where the output sits at the very end of its range; NaN where there is no such picture."""
        sure, surface = self.picture("surface_p"), self.picture("surface")
        if sure is not None:
            return float(np.mean(sure >= HARD_SURE))
        return np.nan if surface is None else float(np.mean((surface <= HARD) | (surface >= 255 - HARD)))

    @cached_property
    def chance(self) -> float:
        """The accuracy of always naming the commonest class."""
        matrix = confusion(self.frames[-1]) if self.frames else None
        return np.nan if matrix is None else float(matrix.sum(1).max() / matrix.sum())

    @cached_property
    def asked(self) -> int:
        """How many validation points there are; 0 if nothing tells."""
        matrix = confusion(self.frames[-1]) if self.frames else None
        return 0 if matrix is None else int(matrix.sum())

    @cached_property
    def kernels(self) -> list[np.ndarray]:
        """The weights (in, out) of the layers in the last frame, first to last."""
        found = [self.array(f"w{i}") for i in range(64)]
        return [w.astype(float) for w in found if w is not None and w.ndim == 2]

    @cached_property
    def twins(self) -> bool:
        """All units of every hidden layer have the same weights, so that they compute the same."""
        hidden = [w for w in self.kernels[:-1] if w.shape[1] > 1]
        return bool(hidden) and all(np.isfinite(w).all() and np.ptp(w, axis=1).max() <= 1e-6 * max(np.abs(w).max(), 1e-3)
                                    for w in hidden)


def confusion(frame: Frame) -> np.ndarray | None:
    """The frame's confusion matrix (k, k), rows what the points are; None if it has none with points in it."""
    matrix = frame.arrays.get("confusion")
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not 0 < matrix.sum() < np.inf:
        return None
    return matrix.astype(float)


def since(holds: np.ndarray) -> int | None:
    """The index from which on all values of a boolean array (n,) are true; None if the last one is not."""
    if not len(holds) or not holds[-1]:
        return None
    broken = np.flatnonzero(~holds)
    return int(broken[-1]) + 1 if len(broken) else 0
