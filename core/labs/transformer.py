"""The lab for Transformers: blocks of attention on sequences of symbols.

`list(train(TransformerSpec()))` runs it from a plain Python prompt. Letters: T places of a sequence (`TransformerSpec.steps`), k answers
that the network knows, V symbols that it reads (`core.data.tasks.vocabulary`), D its width, H heads of d numbers each, F the feed-forward
width; layers and heads are counted from 1. Every array is float32 unless it says otherwise.

Rows: epoch, loss, val_loss, accuracy, val_accuracy, of tasks with several answers a sequence (`WHOLE`) also val_exact, the share of
sequences whose answers are all right; grad_1, … and update_1, … of the embedding (with learned places), then every block, then the output
(with the norm before it). loss is the cross-entropy in nats an answer; perplexity is its exponential. loss and accuracy are averages over
the epoch's batches, as `fit` reports them. What the loss can be at best, and for whoever does not look, are `core.data.tasks.Sample.floor`
and `.guess`.

The arrays of a frame, about one validation sequence, number 0 of them:

    example           (1,) int32     its number
    tokens            (T,) int32     what the network reads, places in `Sample.symbols`
    truth             (T,) int32     the right answers, places in `Sample.answers`, -1 where none is asked; of a pooled task (1,)
    said              (T,) int32     the likeliest answer at each place, or (1,)
    p                 (T, k)         how likely it takes each answer to be at each place, or (1, k). Places where no answer is asked, but of
                                     a text, were never trained to give one
    a_1, …            (H, T, T)      attention of each layer: row t is whom place t looks at, and sums to 1
    stream            (2·layers + 1, T)  ‖x‖ at each place: what goes into the first block, then after each sublayer and its norm, if
                                     there is one behind it (post-norm)
    added             (2·layers, T)  ‖what each sublayer adds‖: attention, feed-forward, attention, …
    positions_        (T, D)         what is added to each symbol for its place; zeros where nothing is
    begun             (1,) int32     text: how many characters of the example the sample begins with
    written           (n,) int32     text: those, and 60 that were drawn one by one from what the network takes to be likely
    logits            (n - begun, V) float16  text: row i is what written[begun + i] was drawn from
    hidden            (T,) uint8     masked: 1 where the character is hidden from the network

and the weights, float16 of a network of more than 4,096: embed (V, D); places (T, D) of learned positions; of each block i
q_i k_i v_i (D, H, d) with biases qb_i kb_i vb_i (H, d), o_i (H, d, D) and ob_i (D,), f_i (D, F) and fb_i (F,), g_i (F, D) and gb_i (D,),
gamma and beta n_i nb_i of the norm at attention, m_i mb_i of that at the feed-forward layers, (D,) each; n nb of the last norm (pre-norm);
out (D, k) and outb (k,).

Probes (`ask`), whose arrays are those of a frame with its weights:

    "look", {"example": i} or {"tokens": […]}, {"off": ["1.2", …]}, all optional: everything above without the weights, about validation
        sequence i, or about a sequence that somebody put together (T symbols; of a text 1 … T of them), without the heads that are off:
        layer.head. A sample is written for an example only. metrics (2,) or, of WHOLE, (3,): validation loss, accuracy and exact without
        these heads; measured (1,) int32: over how many validation sequences, all of them unless the network is large.
    "heads": metrics as above with all heads on, and lost (layers, H, 2 or 3): the same with each head off alone; measured (1,) int32.
    "write", {"before": […], "n": 60, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "seed": 0, "off": []}, text only, all but "before"
        optional: written (n,) int32 and logits (n, V), see `core.labs.transforming.draw`.
    "sealed": metrics (3,): score on the sealed test, how many sequences that has, and the same score on validation.
    "model": file (bytes,) uint8: the network as a .keras file of Keras' own layers, without its optimizer.
    ValueError for anything else; Trouble if an uploaded text is not here.

An upload is {"text": (n,) int32}, the numbers of its characters (`core.data.owntext`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data import tasks as data
from core.frame import Checkpoint, End, Frame, Status, Trouble
from core.labs import transforming as seen
from core.labs.course import Course
from core.labs.notes import reached_transformer
from core.labs.saving import model_file, transformer_model
from core.labs.weights import Kept
from core.models.transformer import build_transformer, groups, named_weights, reseed_transformer, run
from core.specs.transformer import TEXTS, WHOLE, TransformerSpec
from core.training import choices
from core.training.cache import Cache
from core.training.program import Program

Uploads = dict[str, dict[str, np.ndarray]]

_labs: Cache[Lab] = Cache(limit=16)
_samples: Cache[data.Sample] = Cache(limit=8)
_tensors: Cache[tuple[tf.Tensor, tf.Tensor, tf.Tensor]] = Cache(limit=2)


class Asked(keras.losses.Loss):
    """The cross-entropy of logits (batch, a, k) at the places whose answer (batch, a) is asked for, those with one ≥ 0, in nats."""

    def __init__(self, everywhere: bool) -> None:
        super().__init__()
        self.everywhere = everywhere

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return tf.reduce_mean(self.call(y_true, y_pred))

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The mean over each sequence's places, (batch,): all have equally many that are asked."""
        lost = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(y_true, 0), y_pred)
        return over_asked(lost, y_true, self.everywhere)


def over_asked(values: Any, y: Any, everywhere: bool) -> Any:
    """The mean of values (batch, a) over the places whose answer is asked for: (batch,)."""
    if everywhere:
        return tf.reduce_mean(values, 1)
    asked = tf.cast(y >= 0, tf.float32)
    return tf.reduce_sum(values * asked, 1) / tf.reduce_sum(asked, 1)


class Lab:
    """One architecture, built and ready. validation: how many sequences it is measured on."""

    def __init__(self, spec: TransformerSpec, sample: data.Sample) -> None:
        self.spec, self.validation = spec, sample.validation
        self.model = build_transformer(spec, len(sample.symbols), len(sample.answers))
        self.loss = Asked(spec.task != "masked")
        self.columns = ["val_loss", "val_accuracy", *(["val_exact"] if spec.task in WHOLE else [])]
        named = named_weights(self.model, spec)
        optimizer = choices.optimizer(spec.optimizer)
        optimizer.global_clipnorm = spec.clip or None
        self.program = Program(
            self.model, optimizer, self.loss, batch_size=spec.batch_size, columns=self.columns, measure=self.measure,
            predict=lambda x: run(self.model, spec, x, training=True),
            running=lambda y, output: tf.reduce_mean(over_asked(self.right(y, output), y, self.loss.everywhere))[None],
            groups=groups(named, spec))
        self.kept = Kept(self.program, named)
        self.looks = 0

    def right(self, y: Any, output: Any) -> Any:
        """1 at every place where the network names the answer, else 0: (batch, a)."""
        return tf.cast(tf.cast(y, tf.int32) == tf.argmax(output, -1, output_type=tf.int32), tf.float32)

    def measure(self, x: Any, y: Any, _masks: Any) -> Any:
        """Loss, accuracy and the share of wholly right sequences of validation, which stands last."""
        x, y = x[-self.validation:], y[-self.validation:]
        output = run(self.model, self.spec, x)
        right = self.right(y, output)
        found = [tf.reduce_mean(self.loss.call(y, output)), tf.reduce_mean(over_asked(right, y, self.loss.everywhere))]
        if self.spec.task in WHOLE:
            found.append(tf.reduce_mean(tf.reduce_min(right, 1)))
        return tf.stack(found)

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them (`core.labs.weights.Kept`)."""
        return self.kept.out()


def sample_of(spec: TransformerSpec, uploads: Uploads | None = None) -> data.Sample:
    """The sequences of a spec. Trouble if an uploaded text is not here."""
    return _samples.get(spec.split, lambda: data.load(spec, uploads))


def lab_of(spec: TransformerSpec, sample: data.Sample) -> Lab:
    """The built architecture of a spec; the fields that do not change it share one."""
    return _labs.get(spec.step_key, lambda: Lab(spec, sample))


def tensors(spec: TransformerSpec, sample: data.Sample) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Training and validation sequences, their answers, and the masks of both."""
    def make() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        x, y = sample.x[sample.known], sample.y[sample.known]
        masks = np.zeros((2, len(x)), np.float32)
        masks[0, :sample.train] = masks[1, sample.train:] = 1
        return tf.constant(x), tf.constant(y), tf.constant(masks)

    return _tensors.get(spec.split, make)


def train(spec: TransformerSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the network of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    try:
        sample = sample_of(spec, uploads)
    except Trouble as problem:
        yield End("failed", error=problem.message)
        return

    def look(spec: TransformerSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        def shown() -> dict[str, np.ndarray]:
            lab.looks += 1
            return seen.look(spec, sample, seen.Network(spec, lab.kept.values()), 0)

        return shown

    course = Course(built=lambda spec: lab_of(spec, sample), prepare=lambda spec, lab: None,
                    data=lambda spec, lab: (*tensors(spec, sample), sample.train), look=look,
                    reset=lambda spec, lab: reseed_transformer(lab.model, spec),
                    reached=lambda spec, rows: reached_transformer(spec, rows, sample.floor))
    yield from course.train(spec, resume)


def ask(spec: TransformerSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Uploads | None = None) -> dict[str, np.ndarray]:
    """Question the network of a frame: the probes are described above. ValueError for anything else."""
    if probe not in ("look", "heads", "write", "sealed", "model"):
        raise ValueError(f"probe {probe!r} is not one of look, heads, write, sealed, model")
    if probe == "write" and spec.task != "text":
        raise ValueError(f"only a network that foretells a text writes one; this one is for {spec.task!r}")
    sample = sample_of(spec, uploads)
    if probe == "model":
        return {"file": np.frombuffer(model_file(transformer_model(spec, sample, arrays)), np.uint8)}
    network = seen.Network(spec, arrays)
    if probe == "sealed":
        place = 0 if spec.task in TEXTS else 1
        test, validation = (seen.measured(spec, network, sample.x[part], sample.y[part])[place] for part in (sample.test, sample.asked))
        return {"metrics": np.array([test, len(sample.x[sample.test]), validation], np.float32)}
    if probe == "write":
        return _write(spec, sample, network, arguments)
    count = min(seen.few(spec, 1 if probe == "look" else 3 * spec.heads * spec.layers), sample.validation)
    part = slice(sample.train, sample.train + count)
    x, y, measured = sample.x[part], sample.y[part], np.array([count], np.int32)
    if probe == "heads":
        whole, lost = seen.each_off(spec, network, x, y)
        return {"metrics": whole, "lost": lost, "measured": measured}
    return {**_look(spec, sample, network, arguments), "measured": measured,
            "metrics": seen.measured(spec, network, x, y, seen.off_of(spec, arguments.get("off", [])))}


def _look(spec: TransformerSpec, sample: data.Sample, network: seen.Network, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    off = seen.off_of(spec, arguments.get("off", []))
    if "tokens" not in arguments:
        example = seen.number_of(arguments.get("example", 0), "example", 0, sample.validation - 1, whole=True)
        return seen.look(spec, sample, network, example, off)
    x = seen.tokens_of(spec, sample, arguments["tokens"], spec.steps)
    found = seen.about(spec, network, x, seen.answers_of(spec, x), off)
    if spec.task == "masked":
        found["hidden"] = (x == len(sample.answers)).astype(np.uint8)
    return found


def _write(spec: TransformerSpec, sample: data.Sample, network: seen.Network, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    before = seen.tokens_of(spec, sample, arguments.get("before"), 2000, "before")[-spec.steps:]
    n = seen.number_of(arguments.get("n", seen.WRITTEN), "n", 1, seen.MOST, whole=True)
    temperature = seen.number_of(arguments.get("temperature", 1.0), "temperature", 0, 10)
    top_k = seen.number_of(arguments.get("top_k", 0), "top_k", 0, len(sample.answers), whole=True)
    top_p = seen.number_of(arguments.get("top_p", 1.0), "top_p", 0, 1)
    luck = np.random.default_rng(seen.number_of(arguments.get("seed", 0), "seed", 0, 2**31, whole=True))
    off = seen.off_of(spec, arguments.get("off", []))
    written, logits = network.write(before, n, luck, temperature=temperature, top_k=top_k, top_p=top_p, off=off)
    return {"written": written, "logits": logits}
