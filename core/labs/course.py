"""A run from its spec to its End, whatever the network: what it branches off, checkpoints, frames, how it ends."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import tensorflow as tf

from core.frame import Checkpoint, End, Frame, Message, Status
from core.i18n import N_
from core.labs.notes import put_back, too_high
from core.training.batches import learning_rates, stored_epochs
from core.training.loop import Diverged, Task
from core.training.loop import train as run
from core.training.stopping import Restored
from core.training.trainer import Trainer

Row = dict[str, float | None]
Arrays = dict[str, np.ndarray]
NOTHING = N_("The run that this one comes from diverged at epoch {at}, so there is no epoch {epoch} to go on from. Branch off earlier.")
FRAMES, ROOM = 64, 8e6  # stored frames of a run, and what they may hold together, in bytes, where that are fewer


class Built(Protocol):
    """An architecture, built and ready. columns: what is measured of a network at any time; looks: how often it has been looked at."""

    @property
    def program(self) -> Trainer: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def looks(self) -> int: ...
    def weights(self) -> Arrays: ...


S = TypeVar("S", bound=Any)  # a spec that may branch off another
L = TypeVar("L", bound=Built)


@dataclass(frozen=True)
class Course(Generic[S, L]):
    """What a run needs of its lab.

    built(spec): its architecture; prepare(spec, lab): what else is to be set before it begins; data(spec, lab): x, y and masks as `Task`
    has them, and how many points are trained on; look(spec, lab): a function that returns what a frame shows beside the weights;
    reset(spec, lab): gives the model its first weights; reached(spec, rows): what is said of a run at its end; listed(spec): the epochs
    that leave a row beside the stored ones, None for all.
    """

    built: Callable[[S], L]
    prepare: Callable[[S, L], None]
    data: Callable[[S, L], tuple[tf.Tensor, tf.Tensor, tf.Tensor, int]]
    look: Callable[[S, L], Callable[[], Arrays]]
    reset: Callable[[S, L], None]
    reached: Callable[[S, Sequence[Row]], list[Message]]
    listed: Callable[[S], frozenset[int]] | None = None

    def train(self, spec: S, resume: Checkpoint | None) -> Iterator[Status | Frame | Checkpoint | End]:
        """Train the network of a spec and yield what is to be seen; the last thing is an End.

        A run that branches off another first gets to where they part, without showing it. `resume` may be a checkpoint of its own, or
        of a run that it comes from: its epoch tells which.
        """
        rows: list[Row] = json.loads(zlib.decompress(resume.arrays["rows"].tobytes())) if resume else []
        point, before = resume, None
        for elder, until in spec.lineage:
            if point is not None and (point.epoch, point.part) > (until, 0):
                continue
            lab = self._begin(elder, before)
            if before is not None and point is not None:
                point = replace(point, arrays=lab.program.state())
            for item in self._drive(elder, lab, [until], point, rows, dict):
                if isinstance(item, Diverged):
                    yield End("failed", point.seconds if point else 0.0, error=Message(NOTHING, {"at": item.epoch, "epoch": until}))
                    return
                if isinstance(item, Frame):
                    point = Checkpoint(item.step, item.epoch, item.seconds, {})
                assert not isinstance(item, Restored)  # whoever leaves a run on its way has not waited for its end
                yield Status("resumed") if isinstance(item, Frame) else item  # a sign of life several times a second
            before = (elder, lab)

        lab = self._begin(spec, before)
        show = self.look(spec, lab)

        def look() -> Arrays:
            return {**show(), **lab.weights()}

        seconds, first = 0.0, spec.parent[1] if spec.parent else 0
        fresh = lab.looks == 0
        if before is not None and point is not None:
            point = replace(point, arrays=lab.program.state())
            yield Frame(point.step, point.epoch, point.seconds, rows[-1:], look())
        size = sum(array.nbytes for array in lab.weights().values())
        stored = stored_epochs(spec.epochs - first, int(min(max(ROOM / max(size, 1), 16), FRAMES)))
        best: Restored | None = None
        for item in self._drive(spec, lab, [first + e for e in stored], point, rows, look, getattr(spec, "patience", 0)):
            if isinstance(item, Diverged):
                yield too_high(spec, item, seconds)
                return
            if isinstance(item, Restored):
                best = item
                continue
            if isinstance(item, Frame):
                seconds = item.seconds
            yield item
            if fresh:
                yield Status("compiling")
                fresh = False
        end = End("finished", seconds, epoch=best.best if best and best.best < best.epoch else None)
        yield replace(end, notes=[*(put_back(spec, best) if best else ()), *self.reached(spec, end.own(rows))])

    def _begin(self, spec: S, before: tuple[S, L] | None) -> L:
        """The network of a spec as its run begins: with its first weights, or going on from the run that it branches off."""
        lab = self.built(spec)
        if before is None or before[1] is not lab:
            self.reset(spec, lab)
            lab.program.gather()
            lab.program.reset_optimizer()
        if before is not None:
            lab.program.take(before[1].program, optimizer=spec.optimizer == before[0].optimizer)
        self.prepare(spec, lab)
        return lab

    def _drive(self, spec: S, lab: L, stored: list[int], resume: Checkpoint | None, rows: list[Row],
               look: Callable[[], Arrays], patience: int = 0) -> Iterator[Frame | Status | Checkpoint | Diverged | Restored]:
        """Train up to the last of the stored epochs. `rows` grow with the frames, and go with the checkpoints: what is said of a run at
        its end is about all of it."""
        x, y, masks, points = self.data(spec, lab)
        steps = -(-points // spec.batch_size)
        rates = learning_rates(spec.schedule, spec.learning_rate, spec.epochs * steps, getattr(spec, "warmup", 0))
        listed = None if self.listed is None else self.listed(spec) | {*stored}
        task = Task(x, y, masks, points, spec.seed, rates, stored, patience, listed)
        for item in run(lab.program, task, look, known=lab.columns, resume=resume):
            if isinstance(item, Frame):
                rows += item.rows
            elif isinstance(item, Checkpoint):
                kept = np.frombuffer(zlib.compress(json.dumps(rows).encode(), 1), np.uint8)
                item = replace(item, arrays={**item.arrays, "rows": kept})
            yield item
