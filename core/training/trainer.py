"""What the loop (`core.training.loop`) and a run's course (`core.labs.course`) need of whatever trains, such as `Program` and `Duel`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.training.batches import order

if TYPE_CHECKING:
    from core.training.loop import Task

Arrays = dict[str, np.ndarray]


class Trainer(Protocol):
    """batch_size: points a step; columns: what `advance` measures after an epoch; running: not None where each epoch needs a call of its
    own; eager_first: whether the first steps are best taken operation by operation; lingers: whether any may be, to the same bits."""

    batch_size: int
    columns: list[str]
    running: Any

    @property
    def eager_first(self) -> bool: ...
    @property
    def lingers(self) -> bool: ...
    def steps_ahead(self, steps: int) -> int:
        """How many of the first epoch's steps go before the first picture; 0 where the clock may decide."""
    def gather(self) -> None:
        """Take the weights over from the Keras models."""
    def reset_optimizer(self) -> None:
        """Forget what the optimizers remember."""
    def take(self, other: Any, *, optimizer: bool) -> None:
        """Go on from where another of its kind is."""
    def weights(self) -> AbstractContextManager[Any]:
        """Within it the models compute with the weights in training."""
    def state(self) -> Arrays:
        """All that training needs to go on."""
    def load(self, state: Arrays) -> None:
        """Go on from what `state` gave."""
    def orders(self, task: Task, epoch: int, count: int) -> np.ndarray:
        """(count, …): what decides the batches of `count` epochs from `epoch` on, counted from 0."""
    def advance(self, x: Any, y: Any, masks: Any, order: np.ndarray, rates: np.ndarray, *, first: int = 0, until: int | None = None,
                eager: bool = False) -> tuple[np.ndarray, np.ndarray, int, bool]:
        """Train len(order) epochs, or steps `first` to `until` of a single one: rows (epochs, columns), sums for `averages`, the steps
        done, whether all losses were finite."""
    def now(self, x: Any, y: Any, masks: Any, points: int) -> np.ndarray:
        """What is measured of the weights in training as they stand: the first of `columns`."""
    def averages(self, sums: np.ndarray | float, _i: int) -> dict[str, float]:
        """What a row says of the steps of epoch `_i` of a call, whose sums, with those of earlier calls for a part of it, these are."""



class Epochs:
    """Orders and averages of a trainer whose batches are rows of one table, and that keeps one vector of running sums: those of the loss,
    of metrics of these names, and of points."""

    running: Any
    running_columns: tuple[str, ...]
    eager_first: Any

    @property
    def lingers(self) -> bool:
        return bool(self.eager_first)

    def orders(self, task: Task, epoch: int, count: int) -> np.ndarray:
        """The order in which each of `count` epochs sees its points: (count, points) int32."""
        return np.stack([order(task.seed, epoch + i, task.points) for i in range(count)])

    def averages(self, sums: np.ndarray | float, _i: int) -> dict[str, float]:
        """The running metrics of an epoch, where they are kept."""
        if self.running is None or not isinstance(sums, np.ndarray):
            return {}
        means = sums[:-1] / max(float(sums[-1]), 1.0)
        return {"loss": float(means[0]), **dict(zip(self.running_columns, map(float, means[1:]), strict=False))}
