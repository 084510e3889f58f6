"""The lab for recurrent networks: a plain, LSTM or GRU network on sequences.

`list(train(RecurrentSpec()))` runs it from a plain Python prompt. Letters: T steps (`RecurrentSpec.steps`), d inputs a step, k answers,
u ≤ 32 units shown of a layer; layers are counted from 1. Every array is float32 unless it says otherwise.

Rows: epoch, loss, val_loss, and mae, val_mae (wave, adding) or accuracy, val_accuracy (recall, parity, text); grad_1, … and update_1, …
of every recurrent layer and, last, the output layer. loss, mae and accuracy are averages over the epoch's batches, as `fit` reports them.
loss is the mean squared error, or cross-entropy in nats; what it can be at best, and for whoever does not look at the sequence, are
`core.data.sequences.Sequences.floor` and `.constant`.

The arrays of a frame. About one validation sequence, number 0 of them:

    example           (1,) int32     its number
    inputs            (T, d)         what the network reads
    tokens            (T,) uint8     recall, parity, text only: the same as symbols, places in `core.data.sequences.symbols(task)`
    truth             (1,)           the right answer, a number; of a class its place
    answer            (k,)           the network's: k = 1 for wave and adding, else how likely it takes each symbol to be
    sofar             (T, k)         what it would answer after each step; not of a bidirectional network, whose other half is at its end
    h_1, …            (T, u)         the state of each layer after each step
    c_1, …            (T, u)         LSTM: its cell state
    i_1 f_1 o_1, …    (T, u)         LSTM: input, forget and output gate, 0 … 1; GRU: z_1 r_1, update and reset gate
    g_1, …            (T, u)         LSTM and GRU: the candidate, what would be written
    h_1b, …           (T, u)         bidirectional: all of the above once more, of the half that reads backwards. Row t is where it has
                                     read the sequence from its end down to step t.

About many of them:

    through           (T,)           ‖∂loss/∂h_t‖ of the last layer, the loss being that of one sequence, averaged over the first 64
                                     validation sequences; row t is step t. Bidirectional: the half that reads forwards; through_b the other
    through_c         (T,)           LSTM: ‖∂loss/∂c_t‖ likewise, and bidirectional: through_cb of the other half
    confusion         (k, k) int32   recall, parity, text: at most 200 validation sequences, rows what they are, columns what the network
                                     says
    ahead             (n,)           wave: the first n = 100 windows of validation follow each other; the next value predicted for each
    ahead_truth       (n,)           wave: what came
    free              (n,)           wave: begun with the first of these windows, then fed on what it predicted itself
    off_said          (n,)           adding: answers for the first n = 100 validation sequences, and off_truth (n,): the right ones
    said              (T + 60,) uint8  text: the first T symbols are the example, the others were drawn one by one from what the network
                                     takes to be likely, each from the T before it
    k0 u0 b0, …       the weights: kernel (d, w), recurrent kernel (units, w) and bias of every recurrent layer, from 0, gates in Keras'
                      order; k0b u0b b0b, … of the half that reads backwards; then kernel and bias of the output layer, k1 b1 with one
                      recurrent layer. float16 of a network of more than 4,096 weights

Probes (`ask`), whose arrays are those of a frame with its weights:

    "look", {"example": i, "held": {"f_1": 0.0, …}}, both optional: everything above without the weights, about validation sequence i
        (0 … 499), while gates are held: a value from 0 to 1 for a layer's gate, such as "f_1" or "z_2b". metrics (2,): validation loss
        and mae or accuracy with the gates so held.
    "sealed": metrics (3,): mae or accuracy on the sealed test set, how many sequences that has, and the same on validation.
    "model": file (bytes,) uint8: the network as a .keras file of Keras' own layers, without its optimizer.
    ValueError for anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data import sequences as data
from core.frame import Checkpoint, End, Frame, Status
from core.labs import reading
from core.labs.course import Course
from core.labs.notes import reached_sequences
from core.labs.saving import model_file, recurrent_model
from core.labs.weights import Kept
from core.models.recurrent import build_recurrent, named_weights, reseed_recurrent, run
from core.specs.recurrent import VALIDATION, RecurrentSpec
from core.training import choices
from core.training.cache import Cache
from core.training.program import Program

_labs: Cache[Lab] = Cache(limit=24)
_samples: Cache[data.Sequences] = Cache(limit=8)
_tensors: Cache[tuple[tf.Tensor, tf.Tensor, tf.Tensor]] = Cache(limit=2)


class Lab:
    """One architecture, built and ready."""

    def __init__(self, spec: RecurrentSpec) -> None:
        inputs, outputs = data.sizes(spec.task, spec.language)
        self.model = build_recurrent(
            (spec.steps, inputs), outputs, cell=spec.cell, units=spec.units, layers=spec.layers, bidirectional=spec.bidirectional,
            dropout=spec.dropout, activation=spec.activation, initializer=spec.initializer, forget_bias=spec.forget_bias,
            output_activation="linear" if spec.regression else "softmax", seed=spec.seed)
        self.regression = spec.regression
        self.loss: keras.losses.Loss = (
            choices.SquaredError() if spec.regression else keras.losses.SparseCategoricalCrossentropy())
        self.metric = "mae" if spec.regression else "accuracy"
        self.columns = ["val_loss", f"val_{self.metric}"]
        trained = [layer for layer in self.model.layers if layer.trainable_variables]
        optimizer = choices.optimizer(spec.optimizer)
        optimizer.global_clipnorm = spec.clip or None
        self.program = Program(
            self.model, optimizer, self.loss, batch_size=spec.batch_size, columns=self.columns, measure=self.measure,
            predict=lambda x: run(self.model, x, training=True), running=lambda y, output: tf.reduce_mean(self.right(y, output))[None],
            running_name=self.metric, groups=[layer.trainable_variables for layer in trained])
        self.kept = Kept(self.program, named_weights(self.model))
        self.looks = 0

    def right(self, y: Any, output: Any) -> Any:
        """1 for every sequence whose class the network names, else 0; of numbers the absolute error: (batch,)."""
        if self.regression:
            return tf.abs(output - y)[:, 0]
        return tf.cast(tf.cast(y[:, 0], tf.int32) == tf.argmax(output, 1, output_type=tf.int32), tf.float32)

    def measure(self, x: Any, y: Any, _masks: Any) -> Any:
        """Loss and accuracy (or mean absolute error) of the validation sequences, which stand last."""
        x, y = x[-VALIDATION:], y[-VALIDATION:]
        output = run(self.model, x)
        return tf.stack([tf.reduce_mean(self.loss.call(y, output)), tf.reduce_mean(self.right(y, output))])

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them (`core.labs.weights.Kept`)."""
        return self.kept.out()


def sample_of(spec: RecurrentSpec) -> data.Sequences:
    """The sequences of a spec."""
    return _samples.get(spec.split, lambda: data.load(spec))


def lab_of(spec: RecurrentSpec) -> Lab:
    """The built architecture of a spec; the fields that do not change it share one."""
    return _labs.get(spec.step_key, lambda: Lab(spec))


def tensors(spec: RecurrentSpec, sample: data.Sequences) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Training and validation sequences, their answers, and the masks of both."""
    def make() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        n = sample.train + VALIDATION
        masks = np.zeros((2, n), np.float32)
        masks[0, :sample.train] = masks[1, sample.train:] = 1
        return tf.constant(sample.x[:n]), tf.constant(sample.y[:n]), tf.constant(masks)

    return _tensors.get(spec.split, make)


def train(spec: RecurrentSpec, *, resume: Checkpoint | None = None, uploads: object = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the network of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    sample = sample_of(spec)

    def reset(spec: RecurrentSpec, lab: Lab) -> None:
        reseed_recurrent(lab.model, initializer=spec.initializer, forget_bias=spec.forget_bias, seed=spec.seed)

    def look(spec: RecurrentSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        def shown() -> dict[str, np.ndarray]:
            lab.looks += 1
            return reading.look(spec, sample, reading.Network(spec, lab.kept.values()), 0)

        return shown

    course = Course(built=lab_of, prepare=lambda spec, lab: None, data=lambda spec, lab: (*tensors(spec, sample), sample.train), look=look,
                    reset=reset, reached=lambda spec, rows: reached_sequences(spec, rows, sample.floor))
    yield from course.train(spec, resume)


def ask(spec: RecurrentSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: object = None) -> dict[str, np.ndarray]:
    """Question the network of a frame: the probes are described above. ValueError for anything else."""
    if probe == "model":
        return {"file": np.frombuffer(model_file(recurrent_model(spec, arrays)), np.uint8)}
    if probe not in ("look", "sealed"):
        raise ValueError(f"probe {probe!r} is not one of look, model, sealed")
    held = reading.held_of(spec, arguments.get("held", {})) if probe == "look" else {}
    example = reading.example_of(arguments.get("example", 0)) if probe == "look" else 0
    sample = sample_of(spec)
    weights = {name: arrays[name] for name in named_weights(lab_of(spec).model)}
    network = reading.Network(spec, weights, held)
    validation = reading.measured(spec, sample, network, sample.validation)
    if probe == "look":
        return {**reading.look(spec, sample, network, example), "metrics": validation}
    test = reading.measured(spec, sample, network, sample.test)
    return {"metrics": np.array([test[1], len(sample.x[sample.test]), validation[1]], np.float32)}
