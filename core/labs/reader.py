"""A network that reads texts, built and ready: its program, what it measures every epoch, and how it is looked at and questioned."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data.corpus import Corpus, leaning, telling
from core.labs.weights import Kept
from core.maths import classified
from core.maths.projections import components
from core.models.text import Network
from core.specs.text import LOOKED, TextSpec
from core.training import attribution, choices
from core.training.program import Program

NUMBERS = 1 << 24  # that may lie between two layers at once where nothing is trained: 64 MB
WORST = 12  # validation texts that the network is most wrong about
MAPPED = 200  # words of the map


class View:
    """What a frame looks at: the first validation texts, and the words of the map."""

    def __init__(self, spec: TextSpec, corpus: Corpus) -> None:
        part = slice(corpus.train, corpus.train + min(corpus.validation, LOOKED))
        self.x, self.y = tf.constant(corpus.table(part, spec)), corpus.labels[part]
        counts, leans = leaning(corpus)
        self.words = telling(counts, leans, MAPPED)
        leans = leans[self.words]
        common = -np.log(self.words + 1.0)  # the map is turned as near to this as it can be, so that it neither flips nor spins
        self.target = np.stack([_standard(leans), _standard(common)], 1)
        self.vocabulary = np.frombuffer("\n".join(corpus.words).encode(), np.uint8)
        self.leans = leans.astype(np.float32)


class Lab:
    """One architecture for a vocabulary of so many ids and so many classes."""

    def __init__(self, spec: TextSpec, vocabulary: int, classes: int) -> None:
        self.network = Network(spec, vocabulary, classes)
        self.model, self.classes, self.length = self.network.model, classes, spec.length
        self.first = (spec.seed, self.network.values)
        self.loss: keras.losses.Loss = (keras.losses.BinaryCrossentropy() if classes == 2 else keras.losses.SparseCategoricalCrossentropy())
        self.columns = ["val_loss", "val_accuracy"]
        trained = [layer for layer in self.model.layers if layer.trainable_variables]
        self.program = Program(
            self.model, choices.optimizer(spec.optimizer), self.loss, batch_size=spec.batch_size, columns=self.columns,
            measure=self.measure, predict=lambda x: self.network.run(x, training=True),
            running=lambda y, output: tf.reduce_mean(self.right(y, output))[None], groups=[layer.trainable_variables for layer in trained])
        self.kept = Kept(self.program, {f"w{i}": v for i, v in enumerate(self.program.trained)})
        self.chunk = max(min(NUMBERS // (spec.length * max(spec.width, 4 * spec.units)), 500), 8)
        self.looks = 0
        self._answers: Any = None
        self._slope: Any = None

    def begin(self, spec: TextSpec) -> None:
        """Give the model the first weights of the spec's seed."""
        if self.first[0] != spec.seed:
            self.first = (spec.seed, Network(spec, self.network.layers["embedding"].input_dim, self.classes).values)
        self.network.begin(self.first[1])

    # ---- measuring

    def right(self, y: Any, output: Any) -> Any:
        """1.0 for every text whose class the network names, else 0.0. y (batch, 1)."""
        said = output[:, 0] > 0.5 if self.classes == 2 else tf.argmax(output, 1, output_type=tf.int32)
        return tf.cast(tf.cast(y[:, 0], tf.int32) == tf.cast(said, tf.int32), tf.float32)

    def measure(self, x: Any, y: Any, masks: Any) -> Any:
        """Loss and accuracy of validation, some texts at a time. masks[1] says which they are: those in one row."""
        count = tf.cast(tf.reduce_sum(masks[1]), tf.int32)
        start = tf.argmax(masks[1], output_type=tf.int32)

        def more(i: Any, sums: Any) -> Any:
            end = tf.minimum(i + self.chunk, start + count)
            output = self.network.run(x[i:end], slope=False)
            return end, sums + tf.stack([tf.reduce_sum(self.loss.call(y[i:end], output)), tf.reduce_sum(self.right(y[i:end], output))])

        _, sums = tf.while_loop(lambda i, sums: i < start + count, more, (start, tf.zeros(2)), parallel_iterations=1)
        return sums / tf.cast(count, tf.float32)

    def answers(self, flat: Any, x: Any) -> np.ndarray:
        """How likely a network with these weights takes each class to be, for texts as ids: (texts, classes) float32."""
        if self._answers is None:
            def seen(flat: Any, x: Any) -> Any:
                with self.program.weights(flat):
                    return self.network.run(x, slope=False)

            self._answers = tf.function(seen, autograph=False).get_concrete_function(
                tf.TensorSpec(flat.shape, tf.float32), tf.TensorSpec((None, self.length), tf.uint16))
        return self._both(np.concatenate([self._answers(flat, tf.constant(x[i:i + self.chunk], tf.uint16)).numpy()
                                          for i in range(0, len(x), self.chunk)] or [np.zeros((0, 1), np.float32)]))

    def _both(self, output: np.ndarray) -> np.ndarray:
        """A network's answers as one probability a class."""
        output = np.nan_to_num(output)
        return np.concatenate([1 - output, output], 1) if self.classes == 2 else output

    def look(self, view: View) -> dict[str, np.ndarray]:
        """What a frame shows of the network in training, see `core.labs.text`. A new architecture is looked at twice before the look is
        traced; the bits are the same."""
        self.looks += 1
        flat = tf.convert_to_tensor(self.program.flat)
        if self.looks <= 2 and self._answers is None:
            with self.program.weights(flat):
                p = self._both(np.concatenate([self.network.run(view.x[i:i + self.chunk], slope=False).numpy()
                                               for i in range(0, len(view.x), self.chunk)]))
        else:
            p = self.answers(flat, view.x)
        said, own = p.argmax(1), p[np.arange(len(p)), view.y]
        worst = np.argsort(own, kind="stable")[:WORST]
        worst = worst[said[worst] != view.y[worst]]
        embedding = self.program.parts(self.program.flat.numpy())[0]
        rows = embedding[view.words]
        mapped = components(rows, view.target) if np.isfinite(rows).all() else np.zeros((len(rows), 2))
        return {"confusion": classified.matrix(view.y, said, self.classes), "worst": worst.astype(np.int32),
                "worst_p": own[worst].astype(np.float32), "map": mapped.astype(np.float32), "map_ids": view.words, "map_lean": view.leans,
                "vocabulary": view.vocabulary}

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them."""
        return self.kept.out()

    # ---- why

    def why(self, flat: Any, ids: np.ndarray, label: int) -> tuple[np.ndarray, float, float, float]:
        """What each place of a text adds to the logit of a class, from a text of padding at the same places on: integrated gradients along
        the embeddings, summed over each. ids (length,). Returns those (length,), the logit, that of the padding, and what was missing
        before it was spread (`attribution.along`). Of two classes the logit is the log-odds, of more the logit less the mean of all."""
        row = tf.constant(ids[None], tf.uint16)
        table = tf.reshape(flat[:self.program.sizes[0]], self.program.trained[0].shape)
        x, blank = (tf.gather(table, tf.constant(each, tf.int32)).numpy() for each in (ids.astype(np.int32), np.zeros(len(ids), np.int32)))
        parts, after, before, missing = attribution.along(lambda points: self._gradients(flat, row, points, label), x, blank)
        return parts.sum(-1), after, before, missing

    def _gradients(self, flat: Any, row: Any, points: np.ndarray, label: int) -> tuple[np.ndarray, np.ndarray]:
        if self._slope is None:
            def slope(flat: Any, row: Any, points: Any, label: Any) -> tuple[Any, Any]:
                with self.program.weights(flat), tf.GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch(points)
                    ids = tf.repeat(tf.cast(row, tf.int32), tf.shape(points)[0], 0)
                    logits = self.network.through(ids, points, quick=True, logits=True)
                    score = (logits[:, 0] * (2 * tf.cast(label, tf.float32) - 1) if self.classes == 2
                             else tf.gather(logits, label, axis=1) - tf.reduce_mean(logits, 1))
                return score, tape.gradient(score, points)

            shape = (None, self.length, self.program.trained[0].shape[1])
            self._slope = tf.function(slope, autograph=False).get_concrete_function(
                tf.TensorSpec(flat.shape, tf.float32), tf.TensorSpec((1, self.length), tf.uint16), tf.TensorSpec(shape, tf.float32),
                tf.TensorSpec((), tf.int32))
        found = self._slope(flat, row, tf.constant(points, tf.float32), tf.constant(label, tf.int32))
        return found[0].numpy(), found[1].numpy()

    def attention(self, flat: Any, ids: np.ndarray) -> np.ndarray:
        """What the Transformer's heads attend to in a text: (heads, length, length) float32, rows who looks."""
        seen: dict[str, Any] = {}
        row = tf.constant(ids[None].astype(np.int32))
        with self.program.weights(flat):
            self.network.through(row, self.network.layers["embedding"](row), seen=seen)
        return seen["attention"].numpy()[0]


def _standard(values: np.ndarray) -> np.ndarray:
    """With mean 0 and deviation 1, or all 0."""
    centred = values - values.mean() if len(values) else values
    return centred / max(float(centred.std()) if len(values) else 1.0, 1e-9)
