"""Attention, layer normalization and the feed-forward part as Keras' layers compute them, in as few and as quick operations as they take:
with their weights, to their numbers up to rounding.

A step of a small Transformer is mostly the overhead of its operations, of turning arrays and of spreading a number over a row. So here:

- heads stand in front from the first product on, and no array of the size of the batch is turned;
- a mean over a row, spread over the row, is a product with a matrix of equal numbers;
- the scale and the shift of a norm are taken into the weights that come next, where nothing else reads what it gives;
- what is added to all keys alike changes no softmax, and is left out; what is added to all values is added to what is read of them, since
  a row of attention sums to 1.

x is (batch · T, width) throughout.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

FORBIDDEN = -1e9  # added to the score of what must not be seen, as in Keras


def attend(layer: keras.layers.MultiHeadAttention, x: Any, steps: int, causal: bool = False,
           norm: keras.layers.LayerNormalization | None = None) -> Any:
    """What the layer makes of x that looks at itself, sequences of so many steps; norm: one whose `even` x is."""
    heads, size, width = layer.num_heads, layer.key_dim, x.shape[1]
    dense, inside = (layer.query_dense, layer.key_dense, layer.value_dense), heads * size
    parts = [folded(tf.reshape(tf.convert_to_tensor(d.kernel), [width, inside]), tf.reshape(tf.convert_to_tensor(d.bias), [inside]), norm)
             for d in dense]
    scale = 1 / np.sqrt(np.float32(size))
    kernels = tf.concat([parts[0][0] * scale, parts[1][0], parts[2][0]], 1)
    kernels = tf.transpose(tf.reshape(kernels, [width, 3 * heads, size]), [1, 0, 2])
    q, k, v = tf.split(tf.matmul(x[None], kernels), 3)
    q += tf.reshape(parts[0][1] * scale, [heads, 1, size])
    q, k, v = (tf.reshape(part, [heads, -1, steps, size]) for part in (q, k, v))
    scores = tf.matmul(q, k, transpose_b=True)
    if causal:
        scores += np.triu(np.full((steps, steps), FORBIDDEN, np.float32), 1)
    mixed = tf.reshape(tf.nn.softmax(scores) @ v, [heads, -1, size])
    out = layer.output_dense
    kernel = tf.reshape(tf.convert_to_tensor(out.kernel), [inside, width])
    bias = tf.convert_to_tensor(out.bias) + (parts[2][1][None] @ kernel)[0]
    return tf.nn.bias_add(tf.concat(tf.unstack(mixed), -1) @ kernel, bias)


def feed(first: keras.layers.Dense, second: keras.layers.Dense, x: Any, norm: keras.layers.LayerNormalization | None = None) -> Any:
    """The two feed-forward layers, the first one with ReLU; norm: one whose `even` x is."""
    return linear(second, tf.nn.relu(linear(first, x, norm)))


def linear(layer: keras.layers.Dense, x: Any, norm: keras.layers.LayerNormalization | None = None) -> Any:
    """What a layer makes of x before its activation; norm: one whose `even` x is."""
    kernel, bias = folded(tf.convert_to_tensor(layer.kernel), tf.convert_to_tensor(layer.bias), norm)
    return tf.nn.bias_add(x @ kernel, bias)


def folded(kernel: Any, bias: Any, norm: keras.layers.LayerNormalization | None) -> tuple[Any, Any]:
    """The kernel (width, n) and bias (n,) that make of what `even` gives what the ones given make of what the norm gives."""
    if norm is None:
        return kernel, bias
    gamma, beta = tf.convert_to_tensor(norm.gamma), tf.convert_to_tensor(norm.beta)
    return gamma[:, None] * kernel, bias + (beta[None] @ kernel)[0]


def normalize(layer: keras.layers.LayerNormalization, x: Any) -> Any:
    """What the layer makes of x."""
    return even(layer, x) * tf.convert_to_tensor(layer.gamma) + tf.convert_to_tensor(layer.beta)


def even(layer: keras.layers.LayerNormalization, x: Any) -> Any:
    """What the layer makes of x before it scales and shifts: rows with a mean of 0 and a variance of nearly 1."""
    width, epsilon = x.shape[1], layer.epsilon
    mean = np.full((width, width), 1 / width, np.float32)
    centre = np.eye(width, dtype=np.float32) - mean

    @tf.custom_gradient
    def evened(x: Any) -> Any:
        away = x @ centre
        inverse = tf.math.rsqrt(tf.square(away) @ mean + epsilon)
        found = away * inverse
        return found, lambda upstream: inverse * (upstream @ centre - found * ((upstream * found) @ mean))

    return evened(x)
