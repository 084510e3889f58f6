"""A network that forecasts prices, built and ready: its program, what it measures every epoch, and what it answers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.maths.forecasting.parts import Prepared
from core.models.recurrent import run
from core.models.stock import build_stock
from core.specs.stock import StockSpec
from core.training import choices
from core.training.program import Program


class OnFirst(keras.losses.Loss):
    """A loss that looks at the first column of the targets only; those behind it are for `Lab.price`."""

    def __init__(self, inner: keras.losses.Loss) -> None:
        super().__init__()
        self.inner = inner

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.inner.call(y_true[:, :1], y_pred)


class Lab:
    """One architecture, built and ready."""

    columns = ("loss", "val_loss", "mae", "val_mae")

    def __init__(self, spec: StockSpec) -> None:
        self.model = build_stock(spec)
        self.exponential = spec.target == "log-return"
        inner, _activation, _targets = choices.loss(spec.loss, 0)
        self.loss = OnFirst(inner)
        groups = [layer.trainable_variables for layer in self.model.layers if layer.trainable_variables]
        self.program = Program(self.model, choices.optimizer(spec.optimizer), self.loss, batch_size=spec.batch_size, columns=self.columns,
                               measure=self.measure, predict=lambda x: run(self.model, x, training=True), groups=groups)
        self.looks = 0
        self._traced: Any = None

    def tensors(self, prepared: Prepared) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, int]:
        """Windows, targets, masks of training and validation, and how many windows are trained on. The test is none of it.

        A row of the targets (n, 3) holds a scaled target and what makes a price of it: see `price`.
        """
        samples, split, scaler = prepared.samples, prepared.split, prepared.targets
        rows = np.concatenate([split.train, split.validation])
        origin = samples.origin[rows]
        zero = {"price": np.zeros(len(rows)), "difference": origin, "log-return": np.log(origin) if self.exponential else origin}
        shift = scaler.low + zero[samples.windowing.target]
        y = np.stack([prepared.y(rows), np.full(len(rows), scaler.width), shift], axis=1).astype(np.float32)
        masks = np.zeros((2, len(rows)), np.float32)
        masks[0, :len(split.train)] = masks[1, len(split.train):] = 1
        return tf.constant(prepared.x(rows)), tf.constant(y), tf.constant(masks), len(split.train)

    def price(self, scaled: Any, y: Any) -> Any:
        """Scaled targets (n,) as prices (n,); y: a row for each, as `tensors` makes them."""
        found = scaled * y[:, 1] + y[:, 2]
        return tf.exp(found) if self.exponential else found

    def measure(self, x: Any, y: Any, masks: Any) -> Any:
        """Loss and mean absolute error in prices, of training and of validation each."""
        answers = run(self.model, x)
        off = tf.abs(self.price(answers[:, 0], y) - self.price(y[:, 0], y))
        per_window = tf.stack([self.loss.call(y, answers), off])
        return tf.reshape(tf.matmul(per_window, masks, transpose_b=True) / tf.reduce_sum(masks, 1), [-1])

    def answers(self, flat: tf.Tensor, x: tf.Tensor) -> np.ndarray:
        """What the network with these weights answers to scaled windows: (n,) scaled targets."""
        with self.program.weights(flat):
            return run(self.model, x).numpy()[:, 0]

    def look(self, x: tf.Tensor) -> np.ndarray:
        """The same of the network as it is now. A new architecture is looked at twice before tracing the look would pay; the bits are the
        same."""
        self.looks += 1
        flat = tf.convert_to_tensor(self.program.flat)
        if self.looks <= 2:
            return self.answers(flat, x)
        if self._traced is None:
            def seen(flat: Any, x: Any) -> Any:
                with self.program.weights(flat):
                    return run(self.model, x)[:, 0]

            self._traced = tf.function(seen, autograph=False).get_concrete_function(
                tf.TensorSpec(flat.shape, tf.float32), tf.TensorSpec((None, *x.shape[1:]), tf.float32))
        return self._traced(flat, x).numpy()

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them."""
        return {"weights": self.program.flat.numpy()}

    def copy(self, spec: StockSpec, weights: np.ndarray) -> keras.Sequential:
        """The network of a frame, built anew with its weights (w,); the lab's own has them in another place."""
        network = build_stock(spec)
        for variable, value in zip(network.trainable_variables, self.program.parts(weights.astype(np.float32)), strict=True):
            variable.assign(value)
        return network
