"""Recurrent networks: Keras' own layers, with every source of randomness seeded, and how they are run while they train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from core.models import recurrence
from core.models.seeding import DROPPED, layer_seed, restart

CELLS: dict[str, Any] = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
NAMES = {kind: name for name, kind in CELLS.items()}
RECURRENT, BACKWARDS = 300, 50  # the first place of recurrent kernels, and of the halves that read backwards, among the seeds
INITIALIZERS: dict[str, Any] = {
    "orthogonal": keras.initializers.Orthogonal, "glorot_uniform": keras.initializers.GlorotUniform,
    "identity": lambda seed: keras.initializers.Identity(),
    "shrinking": lambda seed: keras.initializers.Orthogonal(gain=0.5, seed=seed),
    "growing": lambda seed: keras.initializers.Orthogonal(gain=1.5, seed=seed)}


def _split(a: Any, sizes: Sequence[int]) -> list[Any]:
    return list(tf.split(a, [n * (a.shape[-1] // sum(sizes)) for n in sizes], -1))


TENSORFLOW = recurrence.Ops(
    tf.tanh, tf.sigmoid, lambda a, d: tf.raw_ops.TanhGrad(y=a, dy=d), lambda a, d: tf.raw_ops.SigmoidGrad(y=a, dy=d),
    tf.nn.relu, tf.sign, _split, tf.concat, tf.stack, tf.unstack, tf.zeros_like, tf.transpose)


def build_recurrent(shape: Sequence[int], outputs: int, *, cell: str, units: int, layers: int = 1, bidirectional: bool = False,
                    dropout: float = 0.0, activation: str = "tanh", initializer: str = "orthogonal", forget_bias: bool = True,
                    output_activation: str = "linear", seed: int = 0) -> keras.Sequential:
    """Build `layers` recurrent layers (each → Dropout) and a dense one of `outputs`, for sequences of this shape (steps, inputs).

    All but the last recurrent layer pass on their state after every step. activation: of the plain cell.
    """
    def half(i: int, place: int, **more: Any) -> keras.layers.Layer:
        own: dict[str, Any] = {"unit_forget_bias": forget_bias} if cell == "lstm" else {"activation": activation} if cell == "rnn" else {}
        return CELLS[cell](units, return_sequences=i < layers - 1, seed=layer_seed(seed, RECURRENT + place),
                           kernel_initializer=_kernel(seed, place),
                           recurrent_initializer=INITIALIZERS[initializer](seed=layer_seed(seed, RECURRENT + place)), **own, **more)

    stack: list[Any] = [keras.Input(tuple(shape))]
    for i in range(layers):
        if bidirectional:
            stack.append(keras.layers.Bidirectional(half(i, i), backward_layer=half(i, BACKWARDS + i, go_backwards=True)))
        else:
            stack.append(half(i, i))
        if dropout:
            stack.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, DROPPED + i)))
    return keras.Sequential([*stack, keras.layers.Dense(outputs, output_activation, kernel_initializer=_kernel(seed, layers))])


def _kernel(seed: int, place: int) -> keras.initializers.Initializer:
    return keras.initializers.GlorotUniform(seed=layer_seed(seed, place))


def halves(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The recurrent layers that a layer of a network consists of: itself, or the one that reads forwards and the one that reads
    backwards; none of another layer."""
    if isinstance(layer, keras.layers.Bidirectional):
        return [layer.forward_layer, layer.backward_layer]
    return [layer] if type(layer) in NAMES else []


def reseed_recurrent(model: keras.Model, *, initializer: str, forget_bias: bool, seed: int) -> None:
    """Give a built network the very weights and random states that its builder with these values gives a new one."""
    i = 0
    for layer in model.layers:
        for part, place in zip(halves(layer), (i, BACKWARDS + i), strict=False):
            cell = part.cell
            recurrent = INITIALIZERS[initializer](seed=layer_seed(seed, RECURRENT + place))
            cell.kernel.assign(_kernel(seed, place)(cell.kernel.shape))
            cell.recurrent_kernel.assign(recurrent(cell.recurrent_kernel.shape))
            bias = keras.ops.zeros(cell.bias.shape)
            if isinstance(part, keras.layers.LSTM):
                gates = [keras.ops.full((part.units,), float(gate == 1 and forget_bias)) for gate in range(4)]
                bias = keras.ops.concatenate(gates)
            cell.bias.assign(bias)
            restart(cell.seed_generator, layer_seed(seed, RECURRENT + place))  # never used, but part of a checkpoint
        if isinstance(layer, keras.layers.Dropout):
            restart(layer.seed_generator, layer_seed(seed, DROPPED + i - 1))
        elif isinstance(layer, keras.layers.Dense):
            layer.kernel.assign(_kernel(seed, i)(layer.kernel.shape))
            layer.bias.assign(keras.ops.zeros(layer.bias.shape))
        i += bool(halves(layer))


def named_weights(model: keras.Sequential) -> dict[str, Any]:
    """The trained variables by their names in a frame."""
    found: dict[str, Any] = {}
    i = 0
    for layer in model.layers:
        for part, back in zip(halves(layer), ("", "b"), strict=False):
            cell = part.cell
            found |= {f"k{i}{back}": cell.kernel, f"u{i}{back}": cell.recurrent_kernel, f"b{i}{back}": cell.bias}
        if isinstance(layer, keras.layers.Dense):
            found |= {f"k{i}": layer.kernel, f"b{i}": layer.bias}
        i += bool(halves(layer))
    return found


def run(model: keras.Sequential, x: Any, *, training: bool = False) -> Any:
    """What the network answers to x (batch, steps, inputs): as `model(x)`, with the recurrent layers computed by `core.models.recurrence`.
    The numbers are Keras' up to rounding."""
    for layer in model.layers:
        parts = halves(layer)
        if not parts:
            x = layer(x, training=training)
            continue
        whole = bool(parts[0].return_sequences)
        outputs = [_read(part, x, whole, backwards=n == 1) for n, part in enumerate(parts)]
        x = tf.concat(outputs, -1) if len(outputs) > 1 else outputs[0]
    return x


def _read(layer: keras.layers.Layer, x: Any, whole: bool, backwards: bool) -> Any:
    """The states of one layer: (batch, steps, units) in the order of the steps, or (batch, units) after the last one read."""
    kind, activation = NAMES[type(layer)], layer.cell.activation.__name__
    kernel, recurrent, bias = (tf.convert_to_tensor(v) for v in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias))
    inner = tf.zeros(())
    if kind == "gru":
        bias, inner = tf.unstack(bias)
    count = x.shape[1]
    rows = tf.concat(tf.unstack(x, axis=1), 0)
    rows = tf.concat([rows, tf.ones_like(rows[:, :1])], 1)  # for the bias, as one more row of the kernel: a product is cheaper than a sum
    parts = recurrence.cut(TENSORFLOW, kind, tf.concat([kernel, bias[None]], 0))

    @tf.custom_gradient
    def states(recurrent: Any, inner: Any, *xs: Any) -> Any:
        xs = tuple(tf.reverse(part, [0]) for part in xs) if backwards else xs
        start = tf.zeros_like(xs[-1][0, :, :layer.units])
        steps = recurrence.forward(TENSORFLOW, kind, activation, xs, start, recurrent, inner)
        output = tf.stack(steps["h"][::-1] if backwards else steps["h"]) if whole else steps["h"][-1]

        def gradient(upstream: Any) -> tuple[Any, ...]:
            incoming: list[Any] = [None] * (count - 1) + [upstream]
            if whole:
                incoming = tf.unstack(upstream)[::-1] if backwards else tf.unstack(upstream)
            back = recurrence.backward(TENSORFLOW, kind, activation, steps, start, recurrent, incoming)
            d_flat = tf.reshape(back.inner, [-1, recurrent.shape[1]])
            d_recurrent = tf.matmul(tf.reshape(back.before, [-1, layer.units]), d_flat, transpose_a=True)
            d_xs = [tf.reverse(part, [0]) for part in back.xs] if backwards else back.xs
            return d_recurrent, tf.reduce_sum(d_flat, 0) if kind == "gru" else tf.zeros(()), *d_xs

        return output, gradient

    output = states(recurrent, inner, *(tf.reshape(rows @ part, [count, -1, part.shape[1]]) for part in parts))
    return tf.transpose(output, [1, 0, 2]) if whole else output
