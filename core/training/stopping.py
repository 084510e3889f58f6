"""Early stopping: training ends when the validation loss gets no smaller, with the weights of the epoch in which it was smallest.

As `keras.callbacks.EarlyStopping(patience=…, restore_best_weights=True)` does it; Prechelt (1998), Early Stopping, But When?
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from core.training.packing import pack, unpack
from core.training.program import Program

WATCHED = "val_loss"


@dataclass(frozen=True)
class Restored:
    """Training ended after `epoch`, and has the weights of epoch `best`."""

    epoch: int
    best: int


class Best:
    """The weights of the epoch with the smallest val_loss so far, of a program that has a column of this name."""

    def __init__(self, program: Program, patience: int) -> None:
        self.patience = patience
        self._column = program.columns.index(WATCHED)
        self._variables = [program.flat, *program.model.non_trainable_variables]
        self._loss, self._epoch = inf, 0
        self._values: list[np.ndarray] = []

    def waited_enough(self, row: np.ndarray, epoch: int) -> bool:
        """Take note of an epoch's columns; True if the smallest loss lies `patience` epochs back."""
        loss = float(row[self._column])
        if loss < self._loss or not self._values:
            self._loss, self._epoch = loss, epoch
            self._values = [v.numpy() for v in self._variables]
        return epoch - self._epoch >= self.patience

    def put_back(self, epoch: int) -> Restored:
        """Have the program go back to its best weights, after `epoch`."""
        for v, value in zip(self._variables, self._values, strict=True):
            v.assign(value)
        return Restored(epoch, self._epoch)

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint has to keep of it, in the forms of a record."""
        kept = {f"best{i}": pack(value) for i, value in enumerate(self._values)}
        return {**kept, "best_loss": np.array([self._loss], np.float32), "best_epoch": np.array([self._epoch], np.int32)}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Go on from what `state` gave. Nothing happens where there is nothing of it: at the beginning of a branch."""
        if "best_epoch" not in state:
            return
        self._loss, self._epoch = float(state["best_loss"][0]), int(state["best_epoch"][0])
        self._values = [unpack(state[f"best{i}"], v) for i, v in enumerate(self._variables) if self._epoch]
