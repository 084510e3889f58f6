"""Attention, layer normalization and the Transformer's block in plain NumPy, in Keras' conventions.

For pages that compute as they are moved, and for what is drawn of a trained network. Values are those of
`keras.layers.MultiHeadAttention` and `LayerNormalization` (tests, to 1e-5), so weights may be taken from there as they are:
`Heads(*layer.get_weights())`. Of one head, with d numbers in a query (Vaswani et al., Attention is all you need, 2017):

    q, k, v = x·W + b  of each kind,   weights = softmax(q·kᵀ / √d),   mixed = weights · v

What the heads mixed is multiplied by the output kernel and added up. All functions take further axes in front (a batch) and keep the
precision of what they are given. T: tokens, D: width, H: heads, K: numbers of a query and of a key, V: of a value, F: hidden units of
the feed-forward part.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from core.maths.activations import softmax

Array = np.ndarray
EPSILON = 1e-3  # what Keras' LayerNormalization adds to the variance


class Heads(NamedTuple):
    """What `get_weights()` of a Keras MultiHeadAttention gives. query, key: (D, H, K), value: (D, H, V), their biases without the D;
    output: (H, V, D); output_bias: (D,)."""

    query: Array
    query_bias: Array
    key: Array
    key_bias: Array
    value: Array
    value_bias: Array
    output: Array
    output_bias: Array

    @property
    def size(self) -> int:
        """Numbers in a query, by whose root the scores are divided."""
        return int(self.query.shape[2])

    @property
    def parameters(self) -> int:
        """How many numbers these are."""
        return sum(part.size for part in self)


class Seen(NamedTuple):
    """What attention computes. q, k: (…, H, T, K); v: (…, H, T, V); scores: (…, H, T, T), divided by √K, before any mask; weights: the
    same after mask and softmax, rows are queries and sum to 1; mixed: (…, H, T, V); output: (…, T, D)."""

    q: Array
    k: Array
    v: Array
    scores: Array
    weights: Array
    mixed: Array
    output: Array


class Norm(NamedTuple):
    """Of a LayerNormalization: gamma, the scale, and beta, the shift, (D,) each."""

    gamma: Array
    beta: Array


class Block(NamedTuple):
    """A Transformer's block. feed_in: (D, F), feed_out: (F, D), their biases (F,) and (D,)."""

    heads: Heads
    norm_1: Norm
    feed_in: Array
    feed_in_bias: Array
    feed_out: Array
    feed_out_bias: Array
    norm_2: Norm

    @property
    def parameters(self) -> int:
        """How many numbers these are."""
        feed = self.feed_in, self.feed_in_bias, self.feed_out, self.feed_out_bias
        return self.heads.parameters + sum(part.size for part in (*self.norm_1, *feed, *self.norm_2))


class Flow(NamedTuple):
    """What goes through a block, (…, T, D) each but for hidden. read: what attention reads; seen: all of attention; sum_1: x and what
    attention adds; middle: where the second half starts; fed: what the feed-forward part reads; hidden: (…, T, F), after the ReLU;
    added: what the feed-forward part adds; sum_2: both; output: what the block hands on."""

    x: Array
    read: Array
    seen: Seen
    sum_1: Array
    middle: Array
    fed: Array
    hidden: Array
    added: Array
    sum_2: Array
    output: Array


def allowed(kind: str, tokens: int) -> Array:
    """Who may look at whom, (T, T) of bool, rows are queries: "full", everybody; "causal", each at itself and what stands before it."""
    full = np.ones((tokens, tokens), bool)
    return {"full": full, "causal": np.tril(full)}[kind]


def weigh(scores: Array, mask: Array | None = None, temperature: float = 1.0) -> Array:
    """Scores (…, T, T) → weights: what the mask forbids gets exactly 0, the rest of each row sums to 1. temperature > 0. Every row of
    the mask has to allow something."""
    return softmax(scores if mask is None else np.where(mask, scores, -np.inf), temperature)


def attention(q: Array, k: Array, v: Array, mask: Array | None = None, temperature: float = 1.0) -> tuple[Array, Array, Array]:
    """One head, or several in front. q, k: (…, T, K); v: (…, T, V); mask: of bool, (T, T) or with axes in front, True where a query may
    look. Scores divided by √K and before the mask, weights, (…, T, T) each, and mixed, (…, T, V)."""
    scores = q @ np.swapaxes(k, -1, -2) / float(np.sqrt(q.shape[-1]))
    weights = weigh(scores, mask, temperature)
    return scores, weights, weights @ v


def project(x: Array, kernel: Array, bias: Array) -> Array:
    """x (…, T, D) times a kernel (D, H, K), and a bias (H, K): what each head makes of each token, (…, H, T, K)."""
    return np.swapaxes(np.tensordot(x, kernel, 1) + bias, -2, -3)


def multi_head(x: Array, heads: Heads, mask: Array | None = None, temperature: float = 1.0, off: Collection[int] = (),
               memory: Array | None = None) -> Seen:
    """Attention of x (…, T, D) to itself, or to a memory of as many tokens and the same width. mask: as `attention` has it, with an axis
    for the heads if it has any in front. off: heads, counted from 0, whose values are taken as 0: they add nothing to the output."""
    source = x if memory is None else memory
    q = project(x, heads.query, heads.query_bias)
    k, v = project(source, heads.key, heads.key_bias), project(source, heads.value, heads.value_bias)
    scores, weights, mixed = attention(q, k, v, mask, temperature)
    if off:
        mixed[..., list(off), :, :] = 0
    return Seen(q, k, v, scores, weights, mixed, np.sum(shares(mixed, heads), axis=-3) + heads.output_bias)


def shares(mixed: Array, heads: Heads) -> Array:
    """What each head adds to the output, (…, H, T, D), of what it mixed, (…, H, T, V). With the output's bias they sum to the output."""
    return mixed @ heads.output


def layer_norm(x: Array, norm: Norm | None = None, epsilon: float = EPSILON) -> Array:
    """x (…, D) less its mean, divided by √(variance + ε), times gamma, plus beta (Ba, Kiros and Hinton, 2016); without them if None."""
    away = x - x.mean(axis=-1, keepdims=True)
    even = away / np.sqrt((away * away).mean(axis=-1, keepdims=True) + epsilon)
    return even if norm is None else even * norm.gamma + norm.beta


def block(x: Array, weights: Block, norm: str = "post", mask: Array | None = None, temperature: float = 1.0,
          off: Collection[int] = (), dropped: tuple[Array | float, Array | float] = (1.0, 1.0)) -> Flow:
    """One block. x: (…, T, D). norm: "post", after each sum, as in the paper of 2017, or "pre", before attention and before the
    feed-forward part, so that the sums go on untouched. mask, temperature, off: `multi_head`. dropped: what dropout multiplies onto what
    each half adds, (…, T, D), 0 or 1 / (1 − rate); 1 where nothing is trained. ValueError for another norm.
    """
    if norm not in ("post", "pre"):
        raise ValueError(f"norm is “post” or “pre”, not {norm!r}")
    post = norm == "post"
    read = x if post else layer_norm(x, weights.norm_1)
    seen = multi_head(read, weights.heads, mask, temperature, off)
    seen = seen._replace(output=seen.output * dropped[0])
    sum_1 = x + seen.output
    middle = layer_norm(sum_1, weights.norm_1) if post else sum_1
    fed = middle if post else layer_norm(middle, weights.norm_2)
    hidden = np.maximum(fed @ weights.feed_in + weights.feed_in_bias, 0)
    added = (hidden @ weights.feed_out + weights.feed_out_bias) * dropped[1]
    sum_2 = middle + added
    return Flow(x, read, seen, sum_1, middle, fed, hidden, added, sum_2, layer_norm(sum_2, weights.norm_2) if post else sum_2)


def speeds(width: int, base: float = 10000.0) -> Array:
    """By what angle each pair of numbers of a place turns from one place to the next: 1 / base^(2i/D), (⌈D/2⌉,)."""
    return np.asarray(base ** (-2 * np.arange((width + 1) // 2) / width))


def sine_positions(tokens: int, width: int, base: float = 10000.0) -> Array:
    """What is added for each place, (T, D): sin(p / base^(2i/D)) in number 2i, the cosine of the same in 2i + 1 (Vaswani et al., 2017)."""
    angle = np.arange(tokens)[:, None] * np.repeat(speeds(width, base), 2)[:width]
    return np.where(np.arange(width) % 2 == 0, np.sin(angle), np.cos(angle))


def turned(width: int, by: float, base: float = 10000.0) -> Array:
    """The matrix M, (D, D), with sine_positions(p) · M = sine_positions(p + by), whatever p: it turns each pair. D has to be even."""
    found = np.zeros((width, width))
    for i, angle in enumerate(by * speeds(width, base)):
        s, c = np.sin(angle), np.cos(angle)
        found[2 * i:2 * i + 2, 2 * i:2 * i + 2] = [[c, -s], [s, c]]
    return found


def draw_heads(width: int, heads: int, size: int, rng: np.random.Generator) -> Heads:
    """Weights as Keras draws them, from a generator of our own: uniform with Glorot's reach, biases 0."""
    def glorot(*shape: int) -> Array:
        reach = float(np.sqrt(6 / (width + heads * size)))
        return rng.uniform(-reach, reach, shape)

    zero, inward = np.zeros((heads, size)), (width, heads, size)
    return Heads(glorot(*inward), zero, glorot(*inward), zero, glorot(*inward), zero, glorot(heads, size, width), np.zeros(width))


def draw_block(width: int, heads: int, size: int, feed: int, rng: np.random.Generator) -> Block:
    """A block's weights as Keras draws them; the norms start at scale 1 and shift 0."""
    reach, norm = float(np.sqrt(6 / (width + feed))), Norm(np.ones(width), np.zeros(width))
    return Block(draw_heads(width, heads, size, rng), norm, rng.uniform(-reach, reach, (width, feed)), np.zeros(feed),
                 rng.uniform(-reach, reach, (feed, width)), np.zeros(width), norm)


def count_heads(width: int, heads: int, size: int) -> int:
    """Weights of MultiHeadAttention(heads, size) on tokens of this width: 3·(D·H·K + H·K) + H·K·D + D."""
    return 3 * (width * heads * size + heads * size) + heads * size * width + width


def count_block(width: int, heads: int, size: int, feed: int) -> int:
    """Weights of a block: its attention, its feed-forward part of two layers, two norms."""
    return count_heads(width, heads, size) + 2 * width * feed + feed + width + 4 * width


def products(tokens: int, width: int, heads: int, size: int, feed: int) -> dict[str, int]:
    """Multiplications of numbers by numbers in a block's matrix products, for one sequence: "project" (q, k, v), "scores" (q·kᵀ), "mix"
    (weights · v), "output", "feed". Those of scores and mix grow with the square of the length."""
    inner = heads * size
    return {"project": 3 * tokens * width * inner, "scores": tokens * tokens * inner, "mix": tokens * tokens * inner,
            "output": tokens * inner * width, "feed": 2 * tokens * width * feed}
