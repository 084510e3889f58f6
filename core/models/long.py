"""Recurrent layers over hundreds of steps: as `core.models.recurrent.run` computes them, in a loop over stretches of steps.

Unrolled, a text of 500 words would be a graph of tens of thousands of operations, which take seconds to trace. Here a loop goes over
stretches of `STRETCH` steps, each of which is unrolled, and back over them with a gradient of its own: what a step back needs was kept, and
all that does not depend on what comes back is computed for all steps at once (`core.models.recurrence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from core.models import recurrence
from core.models.recurrent import NAMES, TENSORFLOW, halves

STRETCH = 10  # steps that are unrolled; more trace longer and are no faster
OPS = TENSORFLOW


def read(layer: keras.layers.Layer, x: Any, *, slope: bool = True) -> Any:
    """What a recurrent layer, or a bidirectional one, makes of x (batch, steps, inputs): as `layer(x)`, up to rounding. slope: whether a
    gradient will be asked for; without one, only the states are kept."""
    parts = halves(layer)
    outputs = [_read(part, x, n == 1, slope) for n, part in enumerate(parts)]
    return tf.concat(outputs, -1) if len(outputs) > 1 else outputs[0]


def _read(layer: keras.layers.Layer, x: Any, backwards: bool, slope: bool) -> Any:
    """The states of one layer: (batch, steps, units) in the order of the steps, or (batch, units) after the last one read."""
    kind, activation, whole = NAMES[type(layer)], layer.cell.activation.__name__, bool(layer.return_sequences)
    kernel, recurrent, bias = (tf.convert_to_tensor(v) for v in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias))
    inner = tf.zeros(())
    if kind == "gru":
        bias, inner = bias[0], bias[1]
    count = x.shape[1]
    flat = tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, x.shape[2]]) @ kernel + bias
    xs = tf.reshape(flat, [count, -1, flat.shape[1]])

    def states(xs: Any, recurrent: Any, inner: Any) -> Any:
        xs = tf.reverse(xs, [0]) if backwards else xs
        kept = _forward(kind, activation, xs, recurrent, inner, recurrence.KEPT[kind] if slope else ("h",))
        output = (tf.reverse(kept["h"], [0]) if backwards else kept["h"]) if whole else kept["h"][-1]
        if not slope:
            return output

        def gradient(upstream: Any) -> tuple[Any, Any, Any]:
            if whole and backwards:
                upstream = tf.reverse(upstream, [0])
            d_x, d_inner, before = _backward(kind, activation, kept, recurrent, upstream, whole)
            d_flat = tf.reshape(d_inner, [-1, recurrent.shape[1]])
            d_recurrent = tf.matmul(tf.reshape(before, [-1, recurrent.shape[0]]), d_flat, transpose_a=True)
            return tf.reverse(d_x, [0]) if backwards else d_x, d_recurrent, tf.reduce_sum(d_flat, 0) if kind == "gru" else tf.zeros(())

        return output, gradient

    output = (tf.custom_gradient(states) if slope else states)(xs, recurrent, inner)
    return tf.transpose(output, [1, 0, 2]) if whole else output


def _forward(kind: str, activation: str, xs: Any, u: Any, inner: Any, names: Sequence[str]) -> dict[str, Any]:
    """What each step keeps under these names of `recurrence.KEPT`: (steps, batch, units) of each."""
    count, units = xs.shape[0], u.shape[0]
    rest, loops = count % STRETCH, count // STRETCH
    start = tf.zeros_like(xs[0, :, :units])

    def some(part: Any, h: Any, c: Any) -> tuple[list[Any], Any, Any]:
        steps = recurrence.forward(OPS, kind, activation, recurrence.cut(OPS, kind, part), h, u, inner, memory=c)
        return [tf.stack(steps[name]) for name in names], steps["h"][-1], steps["c"][-1] if kind == "lstm" else c

    head, h, c = some(xs[:rest], start, start) if rest else ([], start, start)
    if not loops:
        return dict(zip(names, head, strict=True))
    parts = tf.reshape(xs[rest:], [loops, STRETCH, -1, xs.shape[2]])
    arrays = [tf.TensorArray(tf.float32, loops, element_shape=(STRETCH, None, units)) for _name in names]

    def more(i: Any, h: Any, c: Any, arrays: list[Any]) -> Any:
        found, h, c = some(tf.ensure_shape(parts[i], (STRETCH, None, xs.shape[2])), h, c)
        return i + 1, h, c, [array.write(i, value) for array, value in zip(arrays, found, strict=True)]

    *_ends, arrays = tf.while_loop(lambda i, h, c, arrays: i < loops, more, (tf.constant(0), h, c, arrays), parallel_iterations=1)
    stacks = [tf.reshape(array.stack(), [loops * STRETCH, -1, units]) for array in arrays]
    if rest:
        stacks = [tf.concat(pair, 0) for pair in zip(head, stacks, strict=True)]
    return dict(zip(names, stacks, strict=True))


def _backward(kind: str, activation: str, kept: dict[str, Any], u: Any, upstream: Any, whole: bool) -> tuple[Any, Any, Any]:
    """The derivatives by xs and by h₋·U, and the states that each step began with, all (steps, batch, …).

    upstream: ∂loss/∂h of every step, or of the last one only.
    """
    count, units = kept["h"].shape[0], u.shape[0]
    rest, loops = count % STRETCH, count // STRETCH
    zeros = tf.zeros_like(kept["h"][:1])
    before = tf.concat([zeros, kept["h"][:-1]], 0)
    c_before = tf.concat([zeros, kept["c"][:-1]], 0) if kind == "lstm" else None
    back, into, written = recurrence.slopes(OPS, kind, activation, kept, c_before)
    turned, wide = tf.transpose(u), u.shape[1]
    steps = {"back": back, "into": into, "passed": kept.get(recurrence.PASSED[kind]), "upstream": upstream if whole else None}
    there = {name: value for name, value in steps.items() if value is not None}

    def some(part: dict[str, Any], length: int, dh: Any, dc: Any) -> tuple[Any, Any, Any, Any]:
        lists = {name: tf.unstack(value, length) for name, value in part.items()}
        inner, dhs, _dcs, dh, dc = recurrence.retrace(OPS, kind, turned, lists["back"], lists.get("into", []), lists.get("passed", []),
                                                      lists.get("upstream", [None] * length), dh, dc)
        return tf.stack(inner), tf.stack(dhs), dh, dc

    dh, dc = zeros[0] if whole else upstream, zeros[0]
    inner_parts, h_parts = [], []
    if loops:
        parts = {name: tf.reshape(value[rest:], [loops, STRETCH, -1, value.shape[2]]) for name, value in there.items()}
        arrays = [tf.TensorArray(tf.float32, loops, element_shape=(STRETCH, None, size)) for size in (wide, units)]

        def more(i: Any, dh: Any, dc: Any, arrays: list[Any]) -> Any:
            part = {name: tf.ensure_shape(value[i], (STRETCH, None, value.shape[3])) for name, value in parts.items()}
            inner, dhs, dh, dc = some(part, STRETCH, dh, dc)
            return i - 1, dh, dc, [arrays[0].write(i, inner), arrays[1].write(i, dhs)]

        _i, dh, dc, arrays = tf.while_loop(lambda i, dh, dc, arrays: i >= 0, more, (tf.constant(loops - 1), dh, dc, arrays),
                                           parallel_iterations=1)
        inner_parts, h_parts = ([tf.reshape(array.stack(), [loops * STRETCH, -1, size])] for array, size in
                                zip(arrays, (wide, units), strict=True))
    if rest:
        inner, dhs, *_ends = some({name: value[:rest] for name, value in there.items()}, rest, dh, dc)
        inner_parts, h_parts = [inner, *inner_parts], [dhs, *h_parts]
    d_inner, d_h = tf.concat(inner_parts, 0), tf.concat(h_parts, 0)
    return tf.concat(recurrence.by_inputs(kind, d_inner, d_h, written), -1), d_inner, before
