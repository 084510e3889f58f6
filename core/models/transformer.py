"""Transformers: Keras' own layers, with every source of randomness seeded, and how they are run while they train."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from core.maths.attention import sine_positions
from core.models.attention import attend, even, feed, linear, normalize
from core.models.seeding import DROPPED, layer_seed, restart
from core.specs.transformer import TransformerSpec

EMBEDDED = 0.5  # the standard deviation of the first vectors, of the order of the sine waves'
SYMBOLS, PLACES, OUTPUT, BLOCKS, EACH = 0, 1, 2, 10, 8  # places among the seeds: a block's first one, and how many it takes
SUBLAYERS = ("attention", "feed")


def build_transformer(spec: TransformerSpec, letters: int, answers: int) -> keras.Model:
    """Build the network of a spec, which reads so many different symbols and knows so many answers: (batch, T) numbers of symbols in,
    (batch, a, answers) probabilities out, at the a places that are asked.

    Its layers are Keras' own: nothing of this project is needed to load it. Layers of block i, from 1, have names that end in _i.
    """
    def dropped(x: Any, name: str) -> Any:
        return layers.Dropout(spec.dropout, seed=0, name=f"dropout_{name}")(x) if spec.dropout else x

    def attention(x: Any, i: int) -> Any:
        return layers.MultiHeadAttention(spec.heads, spec.size, name=f"attention_{i}")(x, x, use_causal_mask=spec.causal)

    def feeds(x: Any, i: int) -> Any:
        return layers.Dense(spec.width, name=f"shrink_{i}")(layers.Dense(spec.feed, "relu", name=f"widen_{i}")(x))

    read = keras.Input((spec.steps,), dtype="int32")
    x = layers.Embedding(letters, spec.width, name="symbols")(read)
    if spec.positions != "none":
        places = ops.cumsum(ops.ones_like(read), axis=1) - 1
        x = x + layers.Embedding(spec.steps, spec.width, trainable=spec.positions == "learned", name="places")(places)
    for i in range(1, spec.layers + 1):
        for kind, sublayer in zip(SUBLAYERS, (attention, feeds), strict=True):
            norm = layers.LayerNormalization(name=f"norm_{kind}_{i}")
            if spec.norm == "post":
                x = norm(x + dropped(sublayer(x, i), f"{kind}_{i}"))
            else:
                x = x + dropped(sublayer(norm(x), i), f"{kind}_{i}")
    x = layers.LayerNormalization(name="norm")(x) if spec.norm == "pre" else x
    if spec.pooled:
        x = layers.Reshape((1, spec.width))(layers.GlobalAveragePooling1D()(x))
    elif spec.asked < spec.steps:
        x = layers.Cropping1D((spec.steps - spec.asked, 0))(x)
    model = keras.Model(read, layers.Dense(answers, "softmax", name="output")(x))
    reseed_transformer(model, spec)
    return model


def reseed_transformer(model: keras.Model, spec: TransformerSpec) -> None:
    """Give a built network the very weights and random states that it begins a run of this spec with.

    Kernels are drawn from Glorot's uniform distribution as matrices: Keras takes the three axes of attention's kernels for those of a
    convolution, and draws smaller ones; and would give queries, keys and values that share a seed the same weights.
    """
    for name, variable in named_weights(model, spec).items():
        letter, _, number = name.partition("_")
        if name in ("embed", "places"):
            seed = layer_seed(spec.seed, SYMBOLS if name == "embed" else PLACES)
            variable.assign(keras.initializers.RandomNormal(stddev=EMBEDDED, seed=seed)(variable.shape))
        elif letter in KERNELS or name == "out":
            place = OUTPUT if name == "out" else BLOCKS + EACH * (int(number) - 1) + KERNELS.index(letter)
            rows = {"o": spec.heads * spec.size, "g": spec.feed}.get(letter, spec.width)
            glorot = keras.initializers.GlorotUniform(seed=layer_seed(spec.seed, place))
            variable.assign(ops.reshape(glorot((rows, int(np.prod(variable.shape)) // rows)), variable.shape))
        else:
            variable.assign(ops.full(variable.shape, float(letter in ("n", "m"))))
    if spec.positions == "sine":
        model.get_layer("places").embeddings.assign(sine_positions(spec.steps, spec.width).astype(np.float32))
    if spec.dropout:
        for i in range(spec.layers):
            for j, kind in enumerate(SUBLAYERS):
                restart(model.get_layer(f"dropout_{kind}_{i + 1}").seed_generator, layer_seed(spec.seed, DROPPED + 2 * i + j))


KERNELS = ("q", "k", "v", "o", "f", "g")  # of a block, as a frame names them


def named_weights(model: keras.Model, spec: TransformerSpec) -> dict[str, Any]:
    """The trained variables by their names in a frame (`core.labs.transformer`), in the order of the network."""
    found = {"embed": model.get_layer("symbols").embeddings}
    if spec.positions == "learned":
        found["places"] = model.get_layer("places").embeddings
    for i in range(1, spec.layers + 1):
        one = model.get_layer(f"attention_{i}")
        dense = [one.query_dense, one.key_dense, one.value_dense, one.output_dense,
                 model.get_layer(f"widen_{i}"), model.get_layer(f"shrink_{i}")]
        for letter, layer in zip(KERNELS, dense, strict=True):
            found |= {f"{letter}_{i}": layer.kernel, f"{letter}b_{i}": layer.bias}
        for letter, kind in zip(("n", "m"), SUBLAYERS, strict=True):
            norm = model.get_layer(f"norm_{kind}_{i}")
            found |= {f"{letter}_{i}": norm.gamma, f"{letter}b_{i}": norm.beta}
    if spec.norm == "pre":
        norm = model.get_layer("norm")
        found |= {"n": norm.gamma, "nb": norm.beta}
    output = model.get_layer("output")
    return {**found, "out": output.kernel, "outb": output.bias}


def groups(named: dict[str, Any], spec: TransformerSpec) -> list[list[Any]]:
    """The variables of what is read, of each block, and of the output with the norm before it."""
    kinds = [["embed", "places"], *([name for name in named if name.endswith(f"_{i}")] for i in range(1, spec.layers + 1)),
             ["n", "nb", "out", "outb"]]
    return [[named[name] for name in kind if name in named] for kind in kinds]


def run(model: keras.Model, spec: TransformerSpec, x: Any, *, training: bool = False) -> Any:
    """The logits of what the network answers to x (batch, T) at the places that are asked, (batch, a, answers): those whose softmax is
    `model(x)`, up to rounding, in fewer operations (`core.models.attention`)."""
    z = tf.gather(tf.convert_to_tensor(model.get_layer("symbols").embeddings), x)
    if spec.positions != "none":
        z += tf.convert_to_tensor(model.get_layer("places").embeddings)
    z = tf.reshape(z, [-1, spec.width])
    pre = spec.norm == "pre"
    for i in range(1, spec.layers + 1):
        for kind in SUBLAYERS:
            norm = model.get_layer(f"norm_{kind}_{i}")
            into, behind = (even(norm, z), norm) if pre else (z, None)
            if kind == "attention":
                added = attend(model.get_layer(f"attention_{i}"), into, spec.steps, spec.causal, behind)
            else:
                added = feed(model.get_layer(f"widen_{i}"), model.get_layer(f"shrink_{i}"), into, behind)
            if spec.dropout:
                added = model.get_layer(f"dropout_{kind}_{i}")(added, training=training)
            z = z + added if pre else normalize(norm, z + added)
    if spec.asked < spec.steps and not spec.pooled:
        z = tf.reshape(tf.reshape(z, [-1, spec.steps, spec.width])[:, -spec.asked:], [-1, spec.width])
    last = model.get_layer("norm") if pre else None
    z = z if last is None else even(last, z)
    if spec.pooled:
        z = tf.reduce_mean(tf.reshape(z, [-1, spec.steps, spec.width]), 1)
    logits = linear(model.get_layer("output"), z, last)
    return tf.reshape(logits, [-1, spec.asked, logits.shape[1]])
