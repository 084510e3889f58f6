"""Many optimizer steps per call: a built Keras model, its optimizer and its loss, fused into one compiled loop.

Two paths, chosen by whoever builds the Program, from the spec alone, since their bits differ:

- traced: ends in the weights of `model.fit`;
- XLA (`jit=True`): ends in the weights of `model.fit(jit_compile=True)`.

All trainable weights live in one flat variable while they are trained: the optimizer, which works element by element, then
is a dozen operations instead of a dozen for every weight matrix, which halves both the time to trace a step and the time to
take one, and changes no bit.

What may change between two runs of one Program without compiling again: weights, seeds, data (any number of points on the
traced path, up to a capacity on the XLA path), the order of the batches, learning rates (one per step), the strengths of
regularizers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.training.batches import padded
from core.training.packing import named, pack, unpack
from core.training.trainer import Epochs

EAGER_STEPS = 16  # a step taken operation by operation costs a twentieth of tracing it
FIRST_STEPS = 2  # of a longer epoch: enough for the picture to change
XLA_EPOCHS = 32  # epochs whose batches one call of the XLA path has room for


class Program(Epochs):
    """A model with the function that trains it.

    model: built, with outputs of shape (batch, k); optimizer, loss: Keras'; batch_size: points a step.
    columns, measure: measure(x, y, masks) is a traced function of all points (n, …), targets (n, k) and masks (2, n) of
        training and validation; its float32 vector, one number a column, is computed after every epoch.
    running(y, predicted): a traced function giving a vector that is averaged over the epoch, each batch by its size, as
        `fit` reports its metrics; for data too large to be measured whole. The loss stands before it; running_name: its column in the rows.
    predict(x): a traced function that computes what `model(x, training=True)` does, for a model that has a faster way.
    groups: lists of trainable variables, usually one a layer, whose gradient norm in the epoch's last step and relative
        change over the epoch are reported as grad_1, …, update_1, ….
    jit: the XLA path. Every batch then has `batch_size` rows and the last one is masked, which is right for a model that
        treats each point alone; with dropout or batch normalization give `last`, the number of rows in the last batch.
    rewrite: let TensorFlow rewrite the traced graph first. It pays for convolutions only: it costs a small network more time before
        its first step than it ever saves. It is off in `core.training.warm`, for eager calls to agree bit for bit.
    """

    def __init__(self, model: keras.Model, optimizer: keras.Optimizer, loss: keras.losses.Loss, *, batch_size: int,
                 columns: Sequence[str] = (), measure: Callable[..., Any] | None = None, running: Callable[..., Any] | None = None,
                 running_name: str = "accuracy", predict: Callable[[Any], Any] | None = None, groups: Sequence[Sequence[Any]] = (),
                 jit: bool = False, last: int | None = None, rewrite: bool = False) -> None:
        if optimizer.clipnorm:
            raise ValueError(f"clipnorm={optimizer.clipnorm} is per weight matrix; use global_clipnorm or clipvalue")
        self.model, self.optimizer, self.loss = model, optimizer, loss
        self.batch_size, self.jit, self.last, self.rewrite = batch_size, jit, last, rewrite
        self.measure, self.running, self.running_columns = measure, running, (running_name,)
        self.predict = predict or (lambda x: model(x, training=True))
        self.columns = [*columns, *(f"{name}_{i}" for name in ("grad", "update") for i, _ in enumerate(groups, 1))]
        self.trained = list(model.trainable_variables)
        self.sizes = [int(np.prod(v.shape)) for v in self.trained]
        place = {id(v): i for i, group in enumerate(groups) for v in group}  # the group of every weight; none: one past
        self.group_of = np.repeat([place.get(id(v), len(groups)) for v in self.trained], self.sizes).astype(np.int32)
        self.groups = len(groups)
        self.flat = keras.Variable(np.zeros(sum(self.sizes), np.float32), name="weights")
        self.start = keras.Variable(np.zeros(sum(self.sizes), np.float32), name="start")  # as the epoch began
        optimizer.build([self.flat])
        self.fresh_optimizer = [v.numpy() for v in optimizer.variables]
        self.gather()
        self._compiled: Any = None

    # ---- state

    def gather(self) -> None:
        """Take the model's weights over into the flat variable."""
        self.flat.assign(np.concatenate([v.numpy().ravel() for v in self.trained]))

    def scatter(self) -> None:
        """Give the trained weights back to the model."""
        for v, part in zip(self.trained, self.parts(self.flat.numpy()), strict=True):
            v.assign(part)

    def parts(self, flat: Any) -> list[Any]:
        """Cut flat weights (an array or a tensor) into those of the model's variables."""
        ends, reshape = np.cumsum(self.sizes), np.reshape if isinstance(flat, np.ndarray) else tf.reshape
        return [reshape(flat[end - size:end], v.shape)  # a slice, other than what `tf.split` gives, need not be a copy
                for end, size, v in zip(ends, self.sizes, self.trained, strict=True)]

    def reset_optimizer(self) -> None:
        """Forget momenta and the step count, as a new optimizer would."""
        for v, fresh in zip(self.optimizer.variables, self.fresh_optimizer, strict=True):
            v.assign(fresh)

    @property
    def variables(self) -> list[Any]:
        """Everything a run changes: weights, moving averages, seed generators, optimizer."""
        return [self.flat, self.start, *self.model.non_trainable_variables, *self.optimizer.variables]

    def state(self) -> dict[str, np.ndarray]:
        """Copy all variables out, by position; integers as int32, bit for bit, so that any of them fits a record."""
        return {f"v{i}": pack(v.numpy()) for i, v in enumerate(self.variables)}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Set all variables to what `state` returned. KeyError if they are another Program's."""
        for i, v in enumerate(self.variables):
            v.assign(unpack(state[f"v{i}"], v))
        self.scatter()

    def take(self, other: Program, *, optimizer: bool) -> None:
        """Go on from where another Program is, which may train other layers of the same network, or have fewer or more of them.

        What only this one has stays as it is. optimizer: its state goes on too, where both train a weight; both are of one kind.
        """
        if other is self:
            return
        other.scatter()
        mine, theirs = named(self.model), named(other.model)
        for name in mine.keys() & theirs.keys():
            mine[name].assign(theirs[name].numpy())
        self.gather()
        if not optimizer:
            return
        places = {id(v): name for name, v in mine.items()}, {id(v): name for name, v in theirs.items()}
        for v, w in zip(self.optimizer.variables, other.optimizer.variables, strict=True):
            if v.shape != self.flat.shape:
                v.assign(w.numpy())  # the count of steps, the rate
                continue
            known = {places[1][id(u)]: part for u, part in zip(other.trained, other.parts(w.numpy()), strict=True)}
            parts = [known.get(places[0][id(u)], part) for u, part in zip(self.trained, self.parts(v.numpy()), strict=True)]
            v.assign(np.concatenate([part.ravel() for part in parts]))

    @contextmanager
    def weights(self, flat: Any = None, others: Sequence[Any] | None = None, parts: Sequence[Any] | None = None,
                ) -> Iterator[keras.StatelessScope]:
        """Within this context the model computes with these flat weights, by default those in training, or with `parts`, cut already.

        others: values of the model's non-trainable variables; None leaves them as they are.
        """
        if parts is None:
            parts = self.parts(tf.convert_to_tensor(self.flat) if flat is None else flat)
        mapping = list(zip(self.trained, parts, strict=True))
        if others is not None:
            mapping += zip(self.model.non_trainable_variables, others, strict=True)
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
            yield scope

    # ---- one call

    @property
    def eager_first(self) -> bool:
        """Whether steps are best taken operation by operation as yet: they are not traced, and would end in the same bits if they were."""
        return self._compiled is None and not self.jit and not self.rewrite

    def steps_ahead(self, steps: int) -> int:
        """How many of a run's first epoch's steps go before its first picture: the first few of a long epoch, of a short one all that are
        taken operation by operation, for something to be seen before they are traced; 0 where the clock may decide."""
        if steps > EAGER_STEPS and not self.jit:
            return FIRST_STEPS
        return steps if self.eager_first else 0

    def advance(self, x: Any, y: Any, masks: Any, order: np.ndarray, rates: np.ndarray, *,
                first: int = 0, until: int | None = None, eager: bool = False) -> tuple[np.ndarray, np.ndarray, int, bool]:
        """Train len(order) epochs, or steps `first` to `until` of a single one.

        order: (epochs, points) int32, which points make up each epoch's batches; rates: (epochs, steps) float32.
        eager: operation by operation, without tracing; to the same bits, since nothing rewrites the traced graph.
        Returns the rows (epochs, columns), the running sums (loss and running metrics times points, then points), the steps
        done, and whether the loss stayed finite. It stops after the first step whose loss is not a finite number.
        """
        epochs, points = order.shape
        steps = -(-points // self.batch_size)
        if self.jit:  # shapes may not vary: pad to the capacity
            wide = -(-int(x.shape[0]) // self.batch_size)
            order = padded(order, (XLA_EPOCHS, wide * self.batch_size))
            rates = padded(rates, (XLA_EPOCHS, wide))
        arguments = [x, y, masks, tf.constant(order, tf.int32), tf.constant(rates, tf.float32),
                     tf.constant([points, epochs, first, steps if until is None else until], tf.int32)]
        if self.rewrite:
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
        try:
            rows, sums, done, finite = (self._block if eager else self.block(arguments))(*arguments)
        finally:
            if self.rewrite:
                tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        return rows.numpy()[:epochs], sums.numpy(), int(done), bool(finite)

    def now(self, x: Any, y: Any, masks: Any, points: int) -> np.ndarray:
        """What `measure` says of the weights in training: by the traced function where it gives the same bits, by a call that begins where
        an epoch ends."""
        assert self.measure is not None
        if self._compiled is None or self.jit or self.rewrite:
            with self.weights():
                return np.asarray(self.measure(x, y, masks))
        steps = -(-points // self.batch_size)
        return self.advance(x, y, masks, np.zeros((1, points), np.int32), np.zeros((1, steps), np.float32), first=steps)[0][0]

    def block(self, arguments: Sequence[Any]) -> Any:
        """The compiled function, made at the first call; calling it directly skips a millisecond of dispatch."""
        if self._compiled is None:
            function = tf.function(self._block, autograph=False, jit_compile=self.jit or None)
            shapes = [a.shape if self.jit else (2, None) if a is arguments[2] else (None, *a.shape[1:]) for a in arguments[:3]]
            shapes += [a.shape if self.jit else (None, None) for a in arguments[3:5]] + [(4,)]
            self._compiled = function.get_concrete_function(
                *(tf.TensorSpec(s, a.dtype) for s, a in zip(shapes, arguments, strict=True)))
        return self._compiled

    # ---- inside the compiled function

    def _step(self, x: Any, y: Any, weights: Any, rate: Any) -> tuple[Any, Any, Any]:
        """One optimizer step on one batch, as `keras.Model.train_step` takes it.

        Returns what it adds to the running sums, whether its loss is finite, and its gradient.
        """
        parts = self.parts(tf.convert_to_tensor(self.flat))  # before the tape: a slice's gradient would be as long as the whole
        with tf.GradientTape() as tape:
            tape.watch(parts)
            with self.weights(parts=parts) as scope:
                predicted = self.predict(x)
                penalties = self.model.losses  # of regularizers: computed when asked for, so ask within the scope
            if weights is None:
                loss = self.loss(y, predicted)
            else:
                loss = tf.reduce_sum(self.loss.call(y, predicted) * weights) / tf.reduce_sum(weights)
            if penalties:
                loss = tf.add_n([loss, *penalties])
        by_part = tape.gradient(loss, parts, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradient = tf.concat([tf.reshape(g, [size]) for g, size in zip(by_part, self.sizes, strict=True)], 0)
        for v in self.model.non_trainable_variables:  # moving averages, seed generators
            new = scope.get_current_value(v)
            if new is not None:
                v.assign(new)
        self.optimizer.learning_rate.assign(rate)
        self.optimizer.apply([gradient], [self.flat])
        count = tf.cast(tf.shape(x)[0], tf.float32) if weights is None else tf.reduce_sum(weights)
        metrics = [loss[None]] if self.running is None else [loss[None], self.running(y, predicted)]
        return tf.concat([*(m * count for m in metrics), count[None]], 0), tf.math.is_finite(loss), gradient

    def _block(self, x: Any, y: Any, masks: Any, order: Any, rates: Any, counts: Any) -> tuple[Any, Any, Any, Any]:
        size = self.batch_size
        points, epochs, first, until = tf.unstack(counts)
        steps = (points + size - 1) // size
        separate = self.jit and self.last is not None  # the last batch has a body of its own
        end = tf.minimum(until, steps - 1) if separate else until

        def batch(epoch: Any, i: Any) -> tuple[Any, Any, Any]:
            stop = i * size + size if self.jit else tf.minimum(i * size + size, points)
            index = tf.slice(order[epoch], [i * size], [size]) if self.jit else order[epoch, i * size:stop]
            weights = tf.cast(i * size + tf.range(size) < points, tf.float32) if self.jit and not separate else None
            return tf.gather(x, index), tf.gather(y, index), weights

        def one_step(epoch: Any, i: Any, sums: Any, _finite: Any, _gradient: Any) -> Any:
            more, finite, gradient = self._step(*batch(epoch, i), rates[epoch, i])
            return epoch, i + 1, sums + more, finite, gradient

        def last_step(epoch: Any, i: Any, sums: Any) -> Any:
            index = tf.slice(order[epoch], [(steps - 1) * size], [self.last])
            more, finite, gradient = self._step(tf.gather(x, index), tf.gather(y, index), None, rates[epoch, steps - 1])
            return i + 1, sums + more, finite, gradient

        def one_epoch(epoch: Any, done: Any, sums: Any, _finite: Any, rows: Any) -> Any:
            self.start.assign(tf.where(first == 0, tf.convert_to_tensor(self.flat), tf.convert_to_tensor(self.start)))
            _, i, sums, finite, gradient = tf.while_loop(
                lambda epoch, i, sums, finite, gradient: tf.logical_and(i < end, finite), one_step,
                (epoch, first, sums, tf.constant(True), tf.zeros(self.flat.shape)), parallel_iterations=1)
            if separate:
                i, sums, finite, gradient = tf.cond(tf.logical_and(until == steps, finite), lambda: last_step(epoch, i, sums),
                                                    lambda: (i, sums, finite, gradient))
            if self.columns:  # measuring everything takes as long as many a step: only where an epoch ends
                over = tf.logical_or(i == steps, tf.logical_not(finite))
                rows = rows.write(epoch, tf.cond(over, lambda: self._row(x, y, masks, gradient), lambda: tf.zeros((len(self.columns),))))
            return epoch + 1, done + i - first, sums, finite, rows

        zeros = tf.zeros((2 + (self._running_size(y) if self.running else 0),))
        rows = tf.TensorArray(tf.float32, XLA_EPOCHS if self.jit else tf.shape(order)[0],
                              element_shape=(len(self.columns),))
        _, done, sums, finite, rows = tf.while_loop(
            lambda epoch, done, sums, finite, rows: tf.logical_and(epoch < epochs, finite), one_epoch,
            (tf.constant(0), tf.constant(0), zeros, tf.constant(True), rows), parallel_iterations=1)
        table = rows.stack() if self.columns else tf.zeros((XLA_EPOCHS, 0))
        return table, sums, done, finite

    def _row(self, x: Any, y: Any, masks: Any, gradient: Any) -> Any:
        row = []
        if self.measure is not None:
            with self.weights():
                row.append(self.measure(x, y, masks))
        if self.groups:
            now, before = tf.convert_to_tensor(self.flat), tf.convert_to_tensor(self.start)
            squares = tf.stack([tf.square(gradient), tf.square(now - before), tf.square(before)], 1)
            by_group = tf.math.unsorted_segment_sum(squares, self.group_of, self.groups + 1)[:self.groups]
            row += [tf.sqrt(by_group[:, 0]), tf.sqrt(by_group[:, 1] / tf.maximum(by_group[:, 2], 1e-12))]
        return tf.concat(row, 0)

    def _running_size(self, y: Any) -> int:
        nothing = tf.zeros((1, *y.shape[1:]), y.dtype), tf.zeros((1, *self.model.output_shape[1:]))
        return int(self.running(*nothing).shape[0])  # type: ignore[misc]
