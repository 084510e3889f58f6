"""Attention and layer normalization as Keras' layers compute them, in as few operations as they take: with their weights, to their numbers
up to rounding.

Keras' layer takes three products for queries, keys and values, by an einsum each, and a norm is differentiated operation by operation. A
step of a small Transformer is mostly the overhead of its operations; here it has about a third of them.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

FORBIDDEN = -1e9  # added to the score of what must not be seen, as in Keras


def attend(layer: keras.layers.MultiHeadAttention, x: Any, causal: bool = False) -> Any:
    """What the layer makes of x (batch, T, width) that looks at itself: the same shape."""
    heads, size, (steps, width) = layer.num_heads, layer.key_dim, x.shape[1:]
    inside = heads * size
    dense = layer.query_dense, layer.key_dense, layer.value_dense
    kernels = [tf.reshape(tf.convert_to_tensor(d.kernel), [width, inside]) for d in dense]
    biases = [tf.reshape(tf.convert_to_tensor(d.bias), [inside]) for d in dense]
    scale = 1 / np.sqrt(np.float32(size))
    kernel = tf.concat([kernels[0] * scale, *kernels[1:]], 1)
    bias = tf.concat([biases[0] * scale, *biases[1:]], 0)
    three = tf.nn.bias_add(tf.reshape(x, [-1, width]) @ kernel, bias)
    q, k, v = tf.unstack(tf.transpose(tf.reshape(three, [-1, steps, 3, heads, size]), [2, 0, 3, 1, 4]))
    scores = tf.matmul(q, k, transpose_b=True)
    if causal:
        scores += np.triu(np.full((steps, steps), FORBIDDEN, np.float32), 1)
    mixed = tf.transpose(tf.nn.softmax(scores) @ v, [0, 2, 1, 3])
    out = layer.output_dense
    kernel, bias = tf.reshape(tf.convert_to_tensor(out.kernel), [inside, width]), tf.convert_to_tensor(out.bias)
    return tf.reshape(tf.nn.bias_add(tf.reshape(mixed, [-1, inside]) @ kernel, bias), [-1, steps, width])


def normalize(layer: keras.layers.LayerNormalization, x: Any) -> Any:
    """What the layer makes of x (…, width), whose last axis it brings to a common size."""
    epsilon = layer.epsilon

    @tf.custom_gradient
    def norm(x: Any, gamma: Any, beta: Any) -> Any:
        away = x - tf.reduce_mean(x, -1, keepdims=True)
        inverse = tf.math.rsqrt(tf.reduce_mean(tf.square(away), -1, keepdims=True) + epsilon)
        even = away * inverse

        def gradient(upstream: Any) -> tuple[Any, Any, Any]:
            back, kept = upstream * gamma, upstream * even
            axes = list(range(len(x.shape) - 1))
            along = tf.reduce_mean(back * even, -1, keepdims=True)
            down = inverse * (back - tf.reduce_mean(back, -1, keepdims=True) - even * along)
            return down, tf.reduce_sum(kept, axes), tf.reduce_sum(upstream, axes)

        return even * gamma + beta, gradient

    return norm(x, tf.convert_to_tensor(layer.gamma), tf.convert_to_tensor(layer.beta))


def feed(first: keras.layers.Dense, second: keras.layers.Dense, x: Any) -> Any:
    """The two feed-forward layers, the first one with ReLU, on each place of x (batch, T, width)."""
    kernels = [tf.convert_to_tensor(layer.kernel) for layer in (first, second)]
    biases = [tf.convert_to_tensor(layer.bias) for layer in (first, second)]
    hidden = tf.nn.relu(tf.nn.bias_add(tf.reshape(x, [-1, x.shape[-1]]) @ kernels[0], biases[0]))
    return tf.reshape(tf.nn.bias_add(hidden @ kernels[1], biases[1]), [-1, *x.shape[1:]])
