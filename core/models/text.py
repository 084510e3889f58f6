"""Networks that read texts: Keras' own layers, with every source of randomness seeded, and how they are run while they train.

ids (texts, length) → embeddings → what the spec names → one probability, or one for each of three classes or more. Padding is id 0. The
average and the Transformer leave it out; recurrent layers and the convolution read it like any word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from core.data.words import PADDING
from core.models.long import read
from core.models.recurrent import CELLS as KINDS
from core.models.recurrent import INITIALIZERS as RECURRENT_INITIALIZERS
from core.models.recurrent import RECURRENT
from core.models.seeding import DROPPED, initializer, layer_seed
from core.specs.text import CELLS, DENSE, KERNEL, TextSpec

LEAST = 1e-9  # the weight of padding in an average: none beside a word, and equal shares where there is no word at all
ATTENDING = 10  # the first place of the kernels of attention among the seeds


class Network:
    """A network of a spec, for a vocabulary of so many ids and so many classes, with the first weights of the spec's seed.

    model: Keras' own, (texts, length) ids → (texts, 1) or (texts, classes); what `run` gives, up to rounding.
    """

    def __init__(self, spec: TextSpec, vocabulary: int, classes: int) -> None:
        self.kind, self.length, self.seed = spec.model, spec.length, spec.seed
        self.layers = _layers(spec, vocabulary, 1 if classes == 2 else classes)
        ids = keras.Input((spec.length,), dtype="int32", name="ids")
        self.model = keras.Model(ids, self.through(ids, self.layers["embedding"](ids)))
        if self.kind == "transformer":  # Keras would give all of them the same first weights
            for place, kernel in enumerate(v for v in self.layers["attention"].trainable_variables if len(v.shape) == 3):
                kernel.assign(initializer("glorot_uniform", spec.seed, ATTENDING + place)(kernel.shape))

    def run(self, ids: Any, *, training: bool = False, slope: bool = True) -> Any:
        """What `model(ids)` answers; ids (texts, length) of any whole type. slope: whether a gradient will be asked for."""
        ids = ops.cast(ids, "int32")
        return self.through(ids, self.layers["embedding"](ids), training=training, quick=True, slope=slope)

    def through(self, ids: Any, embedded: Any, *, training: bool = False, quick: bool = False, slope: bool = True, logits: bool = False,
                seen: dict[str, Any] | None = None) -> Any:
        """From the embeddings (texts, length, width) of ids on. quick: recurrent layers as `core.models.long` has them; logits: before the
        last activation; seen: takes what the Transformer's heads attend to, "attention" (texts, heads, length, length), rows who looks."""
        there, h = self.layers, embedded if self.kind == "average" else self.layers["dropped"](embedded, training=training)
        real = ops.cast(ops.not_equal(ids, PADDING), "float32")
        if self.kind == "average":
            h = _mean(h, real)
        elif self.kind == "conv":
            h = there["pooled"](there["convolution"](h))
        elif self.kind == "transformer":
            h = h + there["positions"](ops.cumsum(ops.ones_like(ids), 1) - 1)
            h = _mean(self._block(h, real, training, seen), real)
        else:
            for name in ("first", "second"):
                if name in there:
                    h = read(there[name], h, slope=slope) if quick else there[name](h)
            h = there["dense"](h) if "dense" in there else h
        h = there["thinned"](h, training=training)
        answer = there["answer"]
        return ops.matmul(h, answer.kernel) + answer.bias if logits else answer(h)

    def _block(self, h: Any, real: Any, training: bool, seen: dict[str, Any] | None) -> Any:
        there, mask = self.layers, ops.cast(real[:, None, :], "bool")
        if seen is None:
            looked = there["attention"](h, h, attention_mask=mask, training=training)
        else:
            looked, seen["attention"] = there["attention"](h, h, attention_mask=mask, return_attention_scores=True, training=training)
        h = there["norm_1"](h + looked)
        return there["norm_2"](h + there["narrow"](there["wide"](h)))

    def begin(self, values: Sequence[Any]) -> None:
        """Give the model these values of its variables, as `first` has them."""
        for variable, value in zip(self.model.variables, values, strict=True):
            variable.assign(value)

    @property
    def values(self) -> list[Any]:
        """The values of all the model's variables: weights, and the states of what draws random numbers."""
        return [variable.numpy() for variable in self.model.variables]


def _mean(h: Any, real: Any) -> Any:
    """The mean over the places that hold a word; over all where none does. h (texts, length, n), real (texts, length) of ones and zeros."""
    share = real + LEAST
    return ops.matmul((share / ops.sum(share, 1, keepdims=True))[:, None], h)[:, 0]


def _layers(spec: TextSpec, vocabulary: int, outputs: int) -> dict[str, Any]:
    small = keras.regularizers.L2(spec.l2) if spec.l2 else None

    def drawn(place: int) -> Any:
        return initializer("glorot_uniform", spec.seed, place)

    def even(place: int) -> Any:
        return keras.initializers.RandomUniform(-0.05, 0.05, seed=layer_seed(spec.seed, place))

    def cell(name: str, place: int, whole: bool, **more: Any) -> Any:
        return KINDS[CELLS[spec.model]](
            spec.units, return_sequences=whole, kernel_initializer=drawn(place), kernel_regularizer=small, recurrent_regularizer=small,
            recurrent_initializer=RECURRENT_INITIALIZERS["orthogonal"](seed=layer_seed(spec.seed, RECURRENT + place)),
            seed=layer_seed(spec.seed, RECURRENT + place), name=name, **more)

    def dense(name: str, units: int, place: int, activation: str) -> Any:
        return layers.Dense(units, activation, kernel_initializer=drawn(place), kernel_regularizer=small, name=name)

    found: dict[str, Any] = {
        "embedding": layers.Embedding(vocabulary, spec.width, embeddings_initializer=even(0), embeddings_regularizer=small,
                                      name="embedding")}
    if spec.model != "average":  # of which the mean hardly notices: too many words are averaged
        found["dropped"] = layers.Dropout(spec.dropout, seed=layer_seed(spec.seed, DROPPED), name="dropped")
    if spec.model == "article":
        found |= {"first": cell("first", 1, True), "second": cell("second", 2, False), "dense": dense("dense", DENSE, 3, "relu")}
    elif spec.model in ("lstm", "gru"):
        found["first"] = cell("first", 1, False)
    elif spec.model == "bilstm":
        found["first"] = layers.Bidirectional(cell("forwards", 1, False), backward_layer=cell("backwards", 2, False, go_backwards=True),
                                              name="first")
    elif spec.model == "conv":
        found |= {"convolution": layers.Conv1D(spec.units, KERNEL, padding="same", activation="relu", kernel_initializer=drawn(1),
                                               kernel_regularizer=small, name="convolution"),
                  "pooled": layers.GlobalMaxPooling1D(name="pooled")}
    elif spec.model == "transformer":
        found |= {"positions": layers.Embedding(spec.length, spec.width, embeddings_initializer=even(1), embeddings_regularizer=small,
                                             name="positions"),
                  "attention": layers.MultiHeadAttention(spec.heads, max(spec.width // spec.heads, 1), kernel_initializer=drawn(2),
                                                         seed=layer_seed(spec.seed, DROPPED + 1), name="attention"),
                  "norm_1": layers.LayerNormalization(epsilon=1e-6, name="norm_1"),
                  "wide": dense("wide", spec.units, 3, "relu"), "narrow": dense("narrow", spec.width, 4, "linear"),
                  "norm_2": layers.LayerNormalization(epsilon=1e-6, name="norm_2")}
    return {**found, "thinned": layers.Dropout(spec.dropout, seed=layer_seed(spec.seed, DROPPED + 2), name="thinned"),
            "answer": dense("answer", outputs, 5, "sigmoid" if outputs == 1 else "softmax")}


def whole(spec: TextSpec, network: Network, words: Sequence[str], how: str) -> keras.Model:
    """The network behind a layer that turns raw strings into its ids, as a model of Keras' own layers: (texts,) strings → its answers.

    Keras' `TextVectorization` puts padding behind; what follows brings each text to the end or the beginning of `length` places, as the
    spec says. Id `length` zeros behind all texts make sure that there is something to take.
    """
    strings = keras.Input((), dtype="string", name="text")
    parted = "whitespace" if how == "words" else "character"
    ids = layers.TextVectorization(split=parted, vocabulary=list(words[2:]), name="tokens")(strings)
    ids = ops.cast(ops.pad(ids, [[0, 0], [0, spec.length]]), "int32")
    count = ops.sum(ops.cast(ops.not_equal(ids, PADDING), "int32"), 1, keepdims=True)
    kept = ops.minimum(count, spec.length)
    places = ops.cumsum(ops.ones_like(ids[:, :spec.length]), 1) - 1
    places = places if spec.padding == "back" else places - (spec.length - kept)  # among the tokens that are kept
    fits = ops.logical_and(places >= 0, places < kept)
    places = places if spec.keep == "beginning" else places + count - kept
    rows = ops.where(fits, ops.take_along_axis(ids, ops.minimum(ops.maximum(places, 0), count), 1), PADDING)
    return keras.Model(strings, network.through(rows, network.layers["embedding"](rows)))
