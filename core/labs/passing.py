"""Images on their way through a built network: the first times operation by operation, then traced, twice to five times as fast and to the
same bits, since nothing rewrites the graph (`core.training.warm`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.training import attribution

EAGER = 4  # calls before tracing, which takes as long as many of them
PIXELS = "pixels"  # what stands for the image itself where a layer is named


@dataclass(frozen=True)
class Passed:
    """What every layer passes on for one image, by name and without the axis of the batch, as `Lab.forward` names them; and the gradient of
    the logit of the network's answer with respect to the layer that the network was built to explain."""

    values: Mapping[str, np.ndarray]
    gradient: np.ndarray


class Traced:
    """A function of tensors, the first of them images (batch, height, width, channels), and of a model's variables as they are in the
    scope where it is called."""

    def __init__(self, model: keras.Model, function: Callable[..., Any]) -> None:
        self.model, self.function = model, function
        self.calls = 0
        self._graph: Any = None

    def __call__(self, *tensors: Any) -> Any:
        self.calls += 1
        if self.calls <= EAGER:
            return self.function(*tensors)
        variables = self.model.variables
        values = [tf.convert_to_tensor(v) for v in variables]
        if self._graph is None:
            def traced(*both: Any) -> Any:
                mapping = list(zip(variables, both[len(tensors):], strict=True))
                with keras.StatelessScope(state_mapping=mapping):
                    return self.function(*both[:len(tensors)])

            shapes = [(None, *tensors[0].shape[1:]), *(t.shape for t in (*tensors[1:], *values))]
            self._graph = tf.function(traced, autograph=False).get_concrete_function(
                *(tf.TensorSpec(shape, t.dtype) for shape, t in zip(shapes, (*tensors, *values), strict=True)))
        return self._graph(*tensors, *values)


class Passing:
    """forward(x, removed): of `core.labs.convolutional.Lab`; units: how many maps or neurons its layers have, by name, the output last;
    about: the layer whose gradient is wanted, or PIXELS; enough: with how many rows and columns its answer is the same; counted: how many
    of that layer's rows and columns the answer depends on."""

    def __init__(self, model: keras.Model, forward: Callable[..., Mapping[str, Any]], units: Mapping[str, int], about: str,
                 enough: tuple[int, int], counted: tuple[int, int]) -> None:
        self.forward, self.units, self.about, self.enough, self.counted = forward, units, about, enough, counted
        self.last = list(units)[-2:]
        self.ends = Traced(model, self.ends_of)
        self._whole = Traced(model, self._explained)

    def one(self, image: np.ndarray, removed: Mapping[str, np.ndarray]) -> Passed:
        """An image (height, width, channels) uint8, without these maps or neurons (see `Lab.forward`)."""
        keep = [tf.constant(removed[name]) if name in removed else tf.ones(n) for name, n in list(self.units.items())[:-1]]
        values, gradient = self._whole(tf.constant(image[None]), *keep)
        return Passed({name: value.numpy()[0] for name, value in values.items()}, gradient.numpy()[0])

    def cam(self, passed: Passed) -> np.ndarray:
        """Grad-CAM as coarse as the layer's maps, (h', w'); 0 at places that a pool leaves over, which speak for nothing."""
        found = attribution.weighted(passed.values[self.about], passed.gradient)
        rows, columns = self.counted
        found[rows:] = found[:, columns:] = 0
        return found

    def ends_of(self, x: Any, removed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the last two layers pass on for images, float32, and "logits", what the softmax is taken of: Keras notes it at the answer,
        and a note is lost where a graph ends."""
        rows, columns = self.enough
        seen = self.forward(x[:, :rows, :columns], removed)
        return {name: seen[name] for name in self.last} | {"logits": seen[self.last[-1]]._keras_logits}

    def _explained(self, x: Any, *keep: Any) -> tuple[Mapping[str, Any], Any]:
        x = tf.cast(x, tf.float32)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            values = self.forward(x, dict(zip(self.units, keep, strict=False)))
            output = values[self.last[-1]]
            score = attribution.logit(output, tf.argmax(output[0]))
        gradient = tape.gradient(score, x if self.about == PIXELS else values[self.about], unconnected_gradients="zero")
        return values, gradient


def image_losses(y: Any, ends: Mapping[str, Any]) -> Any:
    """The loss of each image, (batch,), from its class (batch, 1) and what `Passing.ends` says of it: from the logits, as `fit` takes it;
    from probabilities it would stop at 1e-7."""
    return keras.losses.sparse_categorical_crossentropy(y, ends["logits"], from_logits=True)
