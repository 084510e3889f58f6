"""A dense network built and ready: its program, what it measures every epoch, and how it is looked at."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data import points as data
from core.labs.weights import Kept, kernels
from core.models.feedforward import build_feedforward
from core.specs.feedforward import FeedforwardSpec
from core.training import choices
from core.training.program import Program
from core.training.regularizers import ElasticNet

GRID, THUMB, SHOWN = 50, 20, 16
RECTIFIERS = ("relu",)  # a unit of these that is zero for every training point learns nothing more


class View:
    """The places at which the network is looked at, and the validation points."""

    def __init__(self, spec: FeedforwardSpec, sample: data.Points) -> None:
        def shown(plane: np.ndarray) -> tf.Tensor:
            return tf.constant(encode(spec, sample.inputs(plane.astype(np.float32))))

        part = slice(sample.train, sample.train + sample.validation)
        self.plane, self.small = shown(grid(GRID)), shown(grid(THUMB))
        self.validation = tf.constant(encode(spec, sample.x[part]))
        self.truth = sample.y[part].astype(np.int32)


def grid(n: int) -> np.ndarray:
    """n × n places that cover the picture, row by row from the lowest x₂: (n·n, 2)."""
    line = np.linspace(-data.DOMAIN, data.DOMAIN, n)
    return np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)


def encode(spec: FeedforwardSpec, x: np.ndarray) -> np.ndarray:
    """The network's inputs for points (n, d): the chosen features of the plane, or all d where there are more than two."""
    return data.features(x, spec.features) if x.shape[1] == 2 else x.astype(np.float32)


class Lab:
    """One architecture, built and ready: the program, what it measures and how it is looked at."""

    def __init__(self, spec: FeedforwardSpec, inputs: int, classes: int, jit: bool) -> None:
        self.classes = classes
        outputs = classes if classes > 2 else 1
        loss, output_activation, self.targets = choices.loss(spec.loss_name, classes)
        self.regularizer = ElasticNet(spec.l1, spec.l2) if spec.l1 or spec.l2 else None
        activations = [spec.activation_of(i) for i in range(len(spec.hidden))]
        self.model = build_feedforward(
            inputs, spec.hidden, outputs, activations=activations, output_activation=output_activation,
            initializer_name=spec.initializer, dropout=spec.dropout, batch_norm=spec.batch_norm,
            regularizer=self.regularizer, seed=spec.seed)
        self.dense = [layer for layer in self.model.layers if isinstance(layer, keras.layers.Dense)]
        self.norms = [layer for layer in self.model.layers if isinstance(layer, keras.layers.BatchNormalization)]
        self.neurons = {layer.name for layer in self.model.layers if layer.name.startswith(("hidden_", "output"))}
        self.rectified = [f"hidden_{i}" for i, name in enumerate(activations, 1) if name in RECTIFIERS]
        self.loss = loss
        metric = "accuracy" if classes else "mae"
        columns = ["loss", "val_loss", metric, f"val_{metric}", *(f"dead_{name[7:]}" for name in self.rectified)]
        self.program = Program(
            self.model, choices.optimizer(spec.optimizer), loss, batch_size=spec.batch_size, columns=columns,
            measure=self.measure, groups=[layer.trainable_variables for layer in self.dense], jit=jit)
        self.columns = columns
        self.kept = Kept(self.program, kernels(self.dense, "w"), self.norms)
        self.looks = 0
        self._traced: Any = None

    # ---- the network, layer by layer

    def forward(self, x: Any, removed: dict[str, Any] | None = None) -> dict[str, Any]:
        """The neurons' values, by layer name: inputs, hidden_1, …, output; each (batch, units).

        removed: for some of those names, a vector of ones, with zeros for neurons that are pulled out.
        """
        removed = removed or {}
        values = {"inputs": x * removed["inputs"] if "inputs" in removed else x}
        h = values["inputs"]
        for layer in self.model.layers:
            h = layer(h, training=False)
            if layer.name in self.neurons:
                h = h * removed[layer.name] if layer.name in removed else h
                values[layer.name] = h
        return values

    def correct(self, y: Any, output: Any) -> Any:
        """1.0 for every point whose class the network names, else 0.0; for a regression the absolute error."""
        if not self.classes:
            return tf.abs(output - y)[:, 0]
        return tf.cast(self.answer(y) == self.answer(output), tf.float32)

    def answer(self, output: Any) -> Any:
        """The class that an output (or a target) names: (batch,) int32."""
        if self.classes > 2:
            return tf.argmax(output, 1, output_type=tf.int32)
        return tf.cast(output[:, 0] > sum(self.targets) / 2, tf.int32)

    def measure(self, x: Any, y: Any, masks: Any) -> Any:
        """Loss and accuracy of training and validation, then the dead share of every ReLU layer."""
        values = self.forward(x)
        per_point = tf.stack([self.loss.call(y, values["output"]), self.correct(y, values["output"])])
        means = tf.matmul(per_point, masks, transpose_b=True) / tf.reduce_sum(masks, 1)  # (measure, part)
        dead = [tf.reduce_mean(tf.cast(tf.reduce_max(values[name] * masks[0][:, None], 0) <= 0, tf.float32))
                for name in self.rectified]
        return tf.concat([tf.reshape(means, [-1]), tf.stack(dead)], 0) if dead else tf.reshape(means, [-1])

    # ---- what a frame shows

    def _pictures(self, flat: Any, plane: Any, small: Any, x: Any, *others: Any,
                  removed: dict[str, Any] | None = None) -> dict[str, Any]:
        with self.program.weights(flat, others):
            return self._draw(plane, small, x, removed)

    def _draw(self, plane: Any, small: Any, x: Any, removed: dict[str, Any] | None) -> dict[str, Any]:
        size = tf.shape(plane)[0]
        output = self.forward(tf.concat([plane, x], 0), removed)["output"]
        shown, answers = output[:size], self.answer(output[size:]) if self.classes else None
        result = {}
        if self.classes > 2:
            p = shown if self.loss.name.endswith("hinge") is False else tf.nn.softmax(shown)
            result["surface"] = tf.cast(tf.argmax(p, 1), tf.uint8)
            result["surface_p"] = tf.cast(tf.clip_by_value(tf.reduce_max(p, 1), 0, 1) * 255, tf.uint8)
        else:
            low = -1.0 if not self.classes or self.targets[0] < 0 else 0.0
            share = (shown[:, 0] - low) / (1 - low)
            share = tf.where(tf.math.is_finite(share), share, 0.5)  # a network that broke answers nothing
            result["surface"] = tf.cast(tf.clip_by_value(share, 0, 1) * 255 + 0.5, tf.uint8)
        if answers is not None:
            result["answers"] = answers
        values = self.forward(small, removed)
        if self.classes == 2:  # as the plane shows it: the middle between "no" and "yes" is neutral
            values["output"] = values["output"] * 2 / (self.targets[1] - self.targets[0]) - sum(self.targets) / (
                self.targets[1] - self.targets[0])
        columns = tf.concat([v[:, :SHOWN] for v in values.values()], 1)  # (places, neurons)
        columns = tf.where(tf.math.is_finite(columns), columns, 0.0)
        scale = tf.maximum(tf.reduce_max(tf.abs(columns), 0), 1e-6)
        result["thumbs"] = tf.cast(tf.transpose(columns / scale) * 127 + 128.5, tf.uint8)
        return result

    def look(self, view: View, flat: Any = None, others: list[Any] | None = None,
             removed: dict[str, Any] | None = None) -> dict[str, np.ndarray]:
        """The pictures of the network: surface, thumbs and confusion; by default of the network as it is now.

        A new architecture is looked at twice before tracing the look would pay; the bits are the same.
        """
        flat = tf.convert_to_tensor(self.program.flat) if flat is None else flat
        others = [tf.convert_to_tensor(v) for v in self.model.non_trainable_variables] if others is None else others
        arguments = [flat, view.plane, view.small, view.validation, *others]
        self.looks += removed is None
        if removed is not None or self.looks <= 2:
            seen = self._pictures(*arguments, removed=removed)
        else:
            if self._traced is None:
                shapes = [flat.shape, *[(None, view.plane.shape[1])] * 3, *(o.shape for o in others)]
                self._traced = tf.function(lambda *a: self._pictures(*a), autograph=False).get_concrete_function(
                    *(tf.TensorSpec(s, a.dtype) for s, a in zip(shapes, arguments, strict=True)))
            seen = self._traced(*arguments)
        seen = {k: v.numpy() for k, v in seen.items()}
        seen["surface"] = seen["surface"].reshape(GRID, GRID)
        seen["thumbs"] = seen["thumbs"].reshape(-1, THUMB, THUMB)
        if "surface_p" in seen:
            seen["surface_p"] = seen["surface_p"].reshape(GRID, GRID)
        if self.classes:
            k = self.classes
            seen["confusion"] = np.bincount(view.truth * k + seen.pop("answers"), minlength=k * k).reshape(k, k).astype(np.int32)
        return seen

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them (`core.labs.weights.Kept`)."""
        return self.kept.out()

    def restore(self, arrays: dict[str, np.ndarray]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The flat weights and the other variables' values from what `weights` put into a frame. KeyError names what is missing."""
        return self.kept.back(arrays)
