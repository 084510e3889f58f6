"""Two networks trained against each other, many steps a call: a `Trainer` for small generators and discriminators.

Both live in flat vectors, and a step (`core.training.bout`) is compiled by XLA in a loop around it. Nothing random is drawn in there: real
points, noise and all else that a step needs are drawn by NumPy as a function of (seed, epoch), and handed over in rows. Drawing within the
loop costs fifteen times as much. So learning rates, data, their number, seeds, instance noise and the penalty change without compiling
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from core.training.bout import NUMBERS, Bout

if TYPE_CHECKING:
    from core.training.loop import Task

STEPS, ROOM = 64, 2_000_000  # steps a call has room for, and the numbers they may need together, where that are fewer
DRAWING = ThreadPoolExecutor(1, "drawing")
AHEAD = 1  # steps that every run takes operation by operation, for a picture before the rest is compiled


class Duel:
    """bout: the rules. columns, measure: a function of the generator's and the discriminator's weights that gives one number a column, for
    the epochs that leave a row. To be set before a run: `start`, the first weights of both, `instance_noise`, `penalty`, `d_rate`, `noise`.

    at (2,): epoch and step of it that come next, counted from 0.
    """

    eager_first, lingers = True, False
    running = None

    def __init__(self, bout: Bout, columns: list[str], measure: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
        self.bout, self.columns, self.measure = bout, columns, measure
        self.batch_size = bout.size
        self.room = int(min(max(ROOM // bout.numbers, 4), STEPS))
        self.start = np.zeros(bout.generator.size, np.float32), np.zeros(bout.discriminator.size, np.float32)
        self.instance_noise, self.penalty, self.d_rate, self.noise = 0.0, 1.0, 1.0, "uniform"
        self.at = np.zeros(2, np.int32)
        self._compiled: Any = None
        self._drawing: list[tuple[Any, Any, Future[np.ndarray]]] = []  # the epoch that is trained, and the next
        self.gather()
        self.reset_optimizer()

    # ---- state

    def gather(self) -> None:
        """Begin at the first weights."""
        self.g, self.d = (np.concatenate([w[None], np.zeros((len(rule.fresh(0)), len(w)), np.float32)]) for w, rule in
                          zip(self.start, (self.bout.g_rule, self.bout.d_rule), strict=True))
        self.at = np.zeros(2, np.int32)

    def reset_optimizer(self) -> None:
        self.g[1:], self.d[1:] = self.bout.g_rule.fresh(self.g.shape[1]), self.bout.d_rule.fresh(self.d.shape[1])
        self.counts = np.zeros(2, np.float32)

    def state(self) -> dict[str, np.ndarray]:
        """Weights with what their optimizers remember, updates so far, what comes next."""
        return {"g": self.g.copy(), "d": self.d.copy(), "counts": self.counts.copy(), "at": self.at.copy()}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Go on from what `state` gave, or from a frame with the same arrays."""
        self.g, self.d = (np.array(state[name], np.float32) for name in ("g", "d"))
        self.counts, self.at = np.array(state["counts"], np.float32), np.array(state["at"], np.int32)

    def take(self, other: Duel, *, optimizer: bool) -> None:
        """Go on from where another duel of the same networks is. What an optimizer remembers goes on where both have the same one, whatever
        `optimizer` says, which knows of one only."""
        if other is self:
            return
        rules = ((self.bout.g_rule, other.bout.g_rule), (self.bout.d_rule, other.bout.d_rule))
        counts = np.zeros(2, np.float32)
        for i, (mine, theirs) in enumerate(rules):
            name = "gd"[i]
            whole = getattr(other, name)
            if mine.name != theirs.name:
                whole = np.concatenate([whole[:1], mine.fresh(whole.shape[1])])
            else:
                counts[i] = other.counts[i]
            setattr(self, name, whole.copy())
        self.counts, self.at = counts, other.at.copy()

    @contextmanager
    def weights(self) -> Iterator[None]:
        """Nothing needs to be set: whoever measures is handed the weights."""
        yield

    # ---- what the steps are made of

    def steps_ahead(self, steps: int) -> int:
        return min(steps, AHEAD)

    def orders(self, task: Task, epoch: int, count: int) -> np.ndarray:
        """(count, 3) int64: seed, epoch, and whether it leaves a row."""
        return np.array([(task.seed, e, task.lists(e + 1)) for e in range(epoch, epoch + count)])

    def rows(self, x: Any, seed: int, epoch: int) -> np.ndarray:
        """What all steps of an epoch are made of: (steps, numbers) float32. Each of the discriminator's updates in a step has an order of
        the real points of its own; the last batch is filled from the order's beginning."""
        return self._drawn(x, seed, epoch)[:-self.room]

    def _drawn(self, x: Any, seed: int, epoch: int) -> np.ndarray:
        """`rows`, and `room` of nothing below them, so that as many follow wherever a call begins."""
        found = self._begun(x, seed, epoch).result()  # a long epoch is trained in many calls
        self._begun(x, seed, epoch + 1)
        return found

    def _begun(self, x: Any, seed: int, epoch: int) -> Future[np.ndarray]:
        """An epoch's numbers, drawn while the one before is being trained: that is an eighth of a small network's time."""
        key = (seed, epoch, self.noise, self.instance_noise)
        for points, drawing, future in self._drawing:
            if points is x and drawing == key:
                return future
        future = DRAWING.submit(self._draw, np.asarray(x), np.random.default_rng([seed, epoch, 11]), self.noise, self.instance_noise)
        self._drawing = [*self._drawing[-1:], (x, key, future)]
        return future

    def _draw(self, x: np.ndarray, rng: np.random.Generator, noise: str, instance_noise: float) -> np.ndarray:
        """noise, instance_noise: as they were when it was asked for. The duel may have got others by the time its thread comes to this."""
        steps, size = -(-len(x) // self.batch_size), self.batch_size
        padded = np.zeros((steps + self.room, self.bout.numbers), np.float32)
        found = padded[:steps]
        at = 0
        for name, shape in self.bout.shapes.items():
            many = int(np.prod(shape))
            part, whole = found[:, at:at + many].reshape(steps, *shape), (steps, *shape)
            if name == "real":
                for i in range(shape[0]):
                    part[:, i] = x[np.resize(rng.permutation(len(x)), steps * size)].reshape(steps, size, 2)
            elif name == "between":
                part[:] = rng.random(whole, np.float32)
            elif name.startswith("z"):
                part[:] = rng.standard_normal(whole, np.float32) if noise == "normal" else 2 * rng.random(whole, np.float32) - 1
            if instance_noise and name in ("real", "blur_d", "blur_g"):
                part += instance_noise * rng.standard_normal(whole, np.float32)
            found[:, at:at + many] = part.reshape(steps, many)
            at += many
        return padded

    # ---- one call

    def advance(self, x: Any, y: Any, masks: Any, order: np.ndarray, rates: np.ndarray, *, first: int = 0, until: int | None = None,
                eager: bool = False) -> tuple[np.ndarray, np.ndarray, int, bool]:
        """Train len(order) epochs, or steps `first` to `until` of a single one; x (n, 2): the real points; order: as `orders` gives it;
        rates (epochs, steps). eager: operation by operation, which ends in other bits. y and masks are for other trainers.

        Returns rows (epochs, columns), not numbers where an epoch leaves none; sums of NUMBERS and of steps, (epochs, 7); the steps done;
        and whether both losses stayed finite. It stops after the first step where one is not.
        """
        table = np.full((len(order), len(self.columns)), np.nan, np.float32)
        sums = np.zeros((len(order), len(NUMBERS) + 1), np.float32)
        done, finite = 0, True
        for i, (seed, epoch, listed) in enumerate(order.tolist()):
            rows = self._drawn(x, seed, epoch)
            steps = len(rows) - self.room
            at, end = first, steps if until is None else until
            while at < end and finite:
                stop = at + self.room
                taken, said, finite = (self._slowly if eager else self._call)(rows[at:stop], rates[i, at:min(stop, end)])
                sums[i] += [*said, taken]
                at, done = at + taken, done + taken
            over = at == steps
            self.at = np.array([epoch + over, 0 if over else at], np.int32)
            if listed and (over or not finite):
                table[i] = self.measure(self.g[0], self.d[0])
            if not finite:
                break
        return table, sums, done, finite

    def now(self, _x: Any, _y: Any, _masks: Any, _points: int) -> np.ndarray:
        """What `measure` says of both networks as they are."""
        return self.measure(self.g[0], self.d[0])

    def averages(self, sums: np.ndarray | float, i: int) -> dict[str, float]:
        """NUMBERS, averaged over an epoch's steps."""
        assert isinstance(sums, np.ndarray)
        return dict(zip(NUMBERS, (sums[i, :-1] / max(sums[i, -1], 1.0)).tolist(), strict=True))

    def _slowly(self, rows: np.ndarray, rates: np.ndarray) -> tuple[int, np.ndarray, bool]:
        """What `_call` does, operation by operation."""
        return self._taken(self._block(*self._arguments(rows, rates)))

    def _call(self, rows: np.ndarray, rates: np.ndarray) -> tuple[int, np.ndarray, bool]:
        """Take len(rates) steps, at most `room`, for which there are as many rows: how many were taken, sums of NUMBERS, whether all were
        finite."""
        arguments = self._arguments(rows, rates)
        if self._compiled is None:
            function = tf.function(self._block, autograph=False, jit_compile=True)
            self._compiled = function.get_concrete_function(*(tf.TensorSpec(a.shape, a.dtype) for a in arguments))
        return self._taken(self._compiled(*arguments))

    def _arguments(self, rows: np.ndarray, rates: np.ndarray) -> list[tf.Tensor]:
        both = np.zeros((self.room, 2), np.float32)
        both[:len(rates)] = np.stack([rates, rates * np.float32(self.d_rate)], 1)
        return [tf.constant(a) for a in (self.g, self.d, self.counts, rows, both, np.float32(self.penalty), np.int32(len(rates)))]

    def _taken(self, found: Any) -> tuple[int, np.ndarray, bool]:
        self.g, self.d, self.counts, sums, taken, finite = (a.numpy() for a in found)
        return int(taken), sums, bool(finite)

    def _block(self, g: Any, d: Any, counts: Any, rows: Any, rates: Any, penalty: Any, n: Any) -> tuple[Any, ...]:
        def one(i: Any, g: Any, d: Any, counts: Any, sums: Any, _finite: Any) -> tuple[Any, ...]:
            g, d, counts, said = self.bout.step(g, d, counts, rows[i], rates[i], penalty)
            return i + 1, g, d, counts, sums + said, tf.reduce_all(tf.math.is_finite(said[:2]))

        taken, g, d, counts, sums, finite = tf.while_loop(
            lambda i, g, d, counts, sums, finite: tf.logical_and(i < n, finite), one,
            (tf.constant(0), g, d, counts, tf.zeros(len(NUMBERS)), tf.constant(True)), parallel_iterations=1)
        return g, d, counts, sums, taken, finite
