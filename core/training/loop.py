"""From a `Trainer` and its data to the frames of a run: chunks of a tenth of a second, metrics every epoch, checkpoints.

How a run is cut into calls follows the clock; what it computes does not: the batches are a function of (seed, epoch), and a
call of ten epochs ends in the same bits as ten calls of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import tensorflow as tf

from core.frame import Checkpoint, Frame, Status
from core.training import aside
from core.training.program import XLA_EPOCHS, Program
from core.training.stopping import Best, Restored
from core.training.trainer import Trainer

CHUNK_S = 0.1  # a call takes about this long, so that a run can be stopped, asked or looked at
SCREEN_S = 0.2  # a frame for the screen at least this often, whatever the epochs take
LOOKING = 30  # but training takes this many times as long as looking at the network for them
LINGER_S = 0.4  # tracing holds a worker for a second, and is for nothing if somebody who drags a slider has gone on: it waits so long
CHECKPOINT_S = 2.0


@dataclass(frozen=True)
class Task:
    """What is to be trained: data as tensors, and the plan.

    x (n, …), y (n, k), masks (2, n): all points; the first `points` are trained on. rates: (epochs · steps,) learning
    rates; stored: the epochs that leave a frame, ascending, the last being the number of epochs. patience: above 0 training
    ends after so many epochs without a smaller val_loss, and in any case with the weights of the best epoch (`Best`). listed: the epochs
    that leave a row, the stored ones among them; None is all.
    """

    x: tf.Tensor
    y: tf.Tensor
    masks: tf.Tensor
    points: int
    seed: int
    rates: np.ndarray
    stored: list[int]
    patience: int = 0
    listed: frozenset[int] | None = None

    def lists(self, epoch: int) -> bool:
        """Whether this epoch, counted from 1, leaves a row."""
        return self.listed is None or epoch in self.listed


@dataclass(frozen=True)
class Diverged:
    """The loss of this step was not a finite number; training ended there."""

    step: int
    epoch: int


def train(program: Trainer, task: Task, look: Callable[[], dict[str, np.ndarray]], *,
          known: Sequence[str] = (), resume: Checkpoint | None = None,
          ) -> Iterator[Frame | Status | Checkpoint | Diverged | Restored]:
    """Train and yield what is to be seen, or an empty Status after a call without; the caller has set the program's weights.

    look() returns the arrays of a frame. known: those of the first columns that are measured of the untrained network too, for frame 0.
    With `resume` it goes on from there, to the bit, and yields no frame for what was done before.
    """
    started = time.perf_counter()
    steps = -(-task.points // program.batch_size)
    epoch, part, step, spent = 0, 0, 0, 0.0
    sums: np.ndarray | float = 0.0
    best = Best(program, task.patience) if task.patience and isinstance(program, Program) else None
    if resume is None:
        before = program.now(task.x, task.y, task.masks, task.points).tolist() if known else []
        yield Frame(0, 0, 0.0, [_clean({"epoch": 0, **dict(zip(known, before, strict=False))})], look())
    else:
        program.load(resume.arrays)
        epoch, part, step, spent = resume.epoch, resume.part, resume.step, resume.seconds
        sums = resume.arrays["sums"] if part else 0.0
        if best:
            best.load(resume.arrays)
    offset = step - part - epoch * steps  # of a run that began with batches of another size
    upcoming = iter([e for e in task.stored if e > epoch])
    target = next(upcoming, None)
    rows: list[dict[str, float | None]] = []
    per_step = 0.0  # seconds, from the last call; nothing is known before the first
    last_frame = last_checkpoint = last_whole = time.perf_counter()
    looked = 0.0  # seconds that the last look for the screen took

    def seconds() -> float:
        return spent + time.perf_counter() - started

    while target is not None:
        ahead = program.steps_ahead(steps) if step == 0 else 0  # the first picture need not wait for a whole epoch, nor for tracing
        lingers = step > 0 and resume is None and program.lingers and seconds() < LINGER_S
        eager = lingers or (ahead > 0 and program.eager_first)
        fits = int(CHUNK_S / per_step) if per_step else min(steps, 64)  # steps a tenth of a second has room for
        if ahead:
            count, first, until = 1, 0, ahead
        elif lingers:
            count, first, until = 1, part, part + 1
        elif fits >= steps and part == 0:
            most = 1 if program.running or best else min(max(fits // steps, 1), XLA_EPOCHS)
            count, first, until = min(target - epoch, most), 0, steps
        else:
            count, first, until = 1, part, min(part + max(fits, 1), steps)
        begin = time.perf_counter()
        orders = program.orders(task, epoch, count)
        rates = task.rates[epoch * steps:(epoch + count) * steps].reshape(count, steps)
        table, more, done, finite = program.advance(task.x, task.y, task.masks, orders, rates, first=first, until=until,
                                                  eager=eager)
        step, sums = step + done, sums + more
        now = time.perf_counter()
        if not eager:  # the first other call traced and compiled; it says nothing about the next one either
            per_step = (now - begin) / max(done, 1) if per_step or now - begin < CHUNK_S else CHUNK_S / 10
        whole = finite and until == steps
        if whole or not finite:  # a run that broke leaves rows up to the epoch it broke in, and that one is over
            for i, row in enumerate(table[:count if whole else -(-(step - offset - epoch * steps) // steps)].tolist()):
                epoch += 1
                if task.lists(epoch):
                    measured = dict(zip(program.columns, row, strict=True))
                    rows.append(_clean({"epoch": epoch, **measured, **program.averages(sums, i)}))
            part, sums = 0, 0.0
            if epoch == task.stored[-1] and program.columns:  # the very last step may break what it leaves
                finite = finite and rows[-1].get("loss", 0.0) is not None
        else:
            part = until
        if not finite:
            yield Frame(step, epoch, seconds(), rows, look())
            yield Diverged(step, epoch)
            return
        if best and whole and (best.waited_enough(table[0], epoch) or epoch == task.stored[-1]):
            yield best.put_back(epoch)
            yield Frame(step, epoch, seconds(), rows, look())
            return
        if part == 0 and epoch == target:
            target = next(upcoming, None)
            yield Frame(step, epoch, seconds(), rows, look())
            rows, last_frame = [], now
        elif ahead or now - last_frame > max(SCREEN_S, LOOKING * looked):
            seen = look()
            looked = time.perf_counter() - now
            yield Frame(step, epoch, seconds(), rows, seen, stored=False)
            rows, last_frame = [], time.perf_counter()
        # Those between two epochs have a clock of their own: others branch off there, also where an epoch takes minutes.
        due = now - (last_checkpoint if part else last_whole) > CHECKPOINT_S
        if due or (aside.wanted.is_set() and target is not None):
            if rows:  # what was measured goes ahead: whoever goes on from here has seen it
                yield Frame(step, epoch, seconds(), rows, look(), stored=False)
                rows = []
            state = program.state()
            if isinstance(sums, np.ndarray):
                state["sums"] = sums
            yield Checkpoint(step, epoch, seconds(), state | (best.state() if best else {}), part)
            last_checkpoint = time.perf_counter()
            last_whole = last_whole if part else last_checkpoint
        else:
            yield Status("")  # who asks the network, stops it or wants its worker need not wait for the next picture


def _clean(row: dict[str, float | None]) -> dict[str, float | None]:
    """Six significant digits are enough for a curve; what is not a finite number is None."""
    return {k: v if v is None or v.__class__ is int else float(f"{v:.6g}") if isfinite(v) else None for k, v in row.items()}
