"""The text lab: a network that tells texts apart.

`list(train(TextSpec()))` runs it from a plain Python prompt. The texts of a spec, their numbers and their parts are found without
TensorFlow (`core.data.corpus`), also on the page; text i of validation is text `corpus.train + i` there. k classes; of two the
second is “positive”.

Rows: epoch, loss, val_loss (cross-entropy, nats), accuracy, val_accuracy; grad_1, … and update_1, … of every layer with weights, the
embedding first, the answer last. loss and accuracy are averages over the epoch's batches, as `fit` reports them.

The arrays of a frame:

    confusion         (k, k) int32      at most 500 validation texts: rows what they are, columns what the network says
    worst             (m,) int32        at most 12 of those: the ones that it is most wrong about, numbers within validation; worst_p (m,)
                                        float32: how likely it takes what each really is to be
    map               (n, 2) float32    embeddings of at most 200 words on a flat map (PCA), turned so that words that stand for the last
                                        class lie to the right as well as that goes; map_ids (n,) int32: the words, half of them the most
                                        frequent, half those that tell the classes apart best; map_lean (n,) float32: the logarithm of how
                                        many times as often each is found in texts of the last class (`core.data.corpus.leaning`)
    vocabulary        (bytes,) uint8    the words of all ids in UTF-8, a line each; the first line is empty, the second <UNK>
    w0, w1, …         the weights in the order of the model's variables, the embedding (ids, width) first; float16 of a network of more than
                      4,096 weights

Probes (`ask`), of a network with a frame's weights:

    "read", {"text": a text, "label": a class, "attention": false}, label and attention optional: ids (T,) int32: the tokens that fit into
        the network's length, without padding; first (1,) int32: the first of these among the text's tokens (`core.data.words.placed`);
        p (k,) float32; label (1,) int32: the class that is explained, by default the second of two, or of more the one that it names;
        logit, base (1,) float32: of that class (two classes: log-odds; more: less the mean of all logits), for the text, and with
        padding in place of all its words; attributions (T,) float32: what each token adds, together logit − base; missing (1,)
        float32: how much of that no integration found, so that it was spread over them all; attention (heads, T, T) float32, if
        asked for and the network is a Transformer: rows who looks
    "compare", {"texts": at most 64 texts}: p (texts, k) float32
    "evaluate", {"part": "validation" or "test"}: see `core.labs.verdicts`. The test is sealed: whoever asks for it counts a look.
    "sealed": metrics (3,) float32: accuracy on the sealed test, how many texts that were, and accuracy on validation.
    "model": file (bytes,) uint8: the network as a .keras file that takes raw strings, of Keras' own layers.
    ValueError for anything else; Trouble if the texts are not here.

An upload is {"file": (bytes,) uint8}, the file as it is; the spec says how it is read. What is prepared of one is not kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from core.data import corpus as data
from core.data import words
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.labs import verdicts
from core.labs.course import Course
from core.labs.notes import reached_texts
from core.labs.reader import Lab, View
from core.labs.saving import model_file
from core.models.text import Network, whole
from core.specs.text import HEAVIEST, TextSpec
from core.specs.tfidf import TfidfSpec
from core.training.cache import Cache

Uploads = dict[str, dict[str, np.ndarray]]
COMPARED, LETTERS = 64, 20_000  # texts of one question; characters of each

_labs: Cache[Lab] = Cache(limit=12)
_corpora: Cache[data.Corpus] = Cache(limit=2)
_tensors: Cache[tuple[tf.Tensor, tf.Tensor, tf.Tensor]] = Cache(limit=1)


def corpus_of(spec: TextSpec | TfidfSpec, uploads: Uploads | None = None) -> data.Corpus:
    """The texts of a spec. Trouble if they are not here."""
    if spec.upload:  # not kept here: whoever deletes an upload deletes it everywhere
        return data.load(spec, uploads)
    return _corpora.get((spec.split, spec.points, spec.vocabulary), lambda: data.load(spec))


def lab_of(spec: TextSpec, vocabulary: int, classes: int) -> Lab:
    """The built architecture of a spec; the fields that do not change it share one."""
    return _labs.get((spec.step_key, vocabulary, classes), lambda: Lab(spec, vocabulary, classes))


def tensors(spec: TextSpec, corpus: data.Corpus) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Training and validation texts (n, length) uint16, their labels (n, 1), and the masks of both; a person's own are not kept."""
    def make() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        n = corpus.train + corpus.validation
        masks = np.zeros((2, n), np.float32)
        masks[0, :corpus.train] = masks[1, corpus.train:] = 1
        x = corpus.table(slice(0, n), spec)
        return tf.constant(x), tf.constant(corpus.labels[:n, None].astype(np.float32)), tf.constant(masks)

    key = (spec.split, spec.points, spec.vocabulary, spec.length, spec.keep, spec.padding)
    return make() if spec.upload else _tensors.get(key, make)


def train(spec: TextSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the network of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    try:
        corpus = corpus_of(spec, uploads)
    except Trouble as missing:
        yield End("failed", error=missing.message, change={"source": "reviews"})
        return
    weights = spec.weights(len(corpus.words), len(corpus.classes))
    if weights > HEAVIEST:
        said = N_("This network would have {weights:,} weights; up to {most:,} can be trained here. Most of them are in the embedding, "
                  "which has a row for each word: a smaller vocabulary, or fewer numbers for each word, save most.")
        yield End("failed", error=Message(said, {"weights": weights, "most": HEAVIEST}),
                  change={"width": max(min(spec.width // 2, HEAVIEST // (2 * len(corpus.words))), 2)})
        return
    view = View(spec, corpus)

    def look(spec: TextSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        return lambda: lab.look(view)

    course = Course(built=lambda spec: lab_of(spec, len(corpus.words), len(corpus.classes)), prepare=lambda spec, lab: None,
                    data=lambda spec, lab: (*tensors(spec, corpus), corpus.train), look=look, reset=lambda spec, lab: lab.begin(spec),
                    reached=reached_texts)
    yield from course.train(spec, resume)


def ask(spec: TextSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Uploads | None = None) -> dict[str, np.ndarray]:
    """Question the network of a frame; see above."""
    if probe not in ("read", "compare", "evaluate", "sealed", "model"):
        raise ValueError(f"probe {probe!r} is not one of read, compare, evaluate, sealed, model")
    known = arrays["vocabulary"].tobytes().decode().split("\n")
    outputs = arrays[f"w{sum(name[0] == 'w' and name[1:].isdigit() for name in arrays) - 1}"].shape[0]  # the last bias
    lab = lab_of(spec, len(known), max(outputs, 2))
    flat, _others = lab.kept.back(arrays)
    if probe in ("evaluate", "sealed"):
        return verdicts.answer(spec, lab, flat, corpus_of(spec, uploads), probe, arguments)
    how = data.tokens_of(spec, uploads)
    if probe == "model":
        network = Network(spec, len(known), lab.classes)
        for variable, value in zip(network.model.trainable_variables, lab.program.parts(flat.numpy()), strict=True):
            variable.assign(value)
        return {"file": np.frombuffer(model_file(whole(spec, network, known, how)), np.uint8)}
    numbers = words.numbered(known)
    if probe == "compare":
        texts = arguments.get("texts")
        if not isinstance(texts, list) or len(texts) > COMPARED:
            raise ValueError(f"“texts” is a list of at most {COMPARED} texts")
        rows = [words.ids(words.tokens(text_of(text), how), numbers) for text in texts]
        return {"p": lab.answers(flat, words.table(rows, spec.length, keep=spec.keep, pad=spec.padding))}
    return _read(spec, lab, flat, words.ids(words.tokens(text_of(arguments.get("text")), how), numbers), arguments)


def _read(spec: TextSpec, lab: Lab, flat: tf.Tensor, ids: np.ndarray, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    row = words.table([ids], spec.length, keep=spec.keep, pad=spec.padding)[0]
    kept = words.kept(len(ids), spec.length, spec.keep)
    read = ids[kept]
    places = slice(0, len(read)) if spec.padding == "back" else slice(spec.length - len(read), None)
    p = lab.answers(flat, row[None])[0]
    label = arguments.get("label")
    label = (1 if lab.classes == 2 else int(p.argmax())) if label is None else label
    if not (type(label) is int and 0 <= label < lab.classes):
        raise ValueError(f"“label” is the number of a class, 0 … {lab.classes - 1}; it is {label!r}")
    parts, logit, base, missing = lab.why(flat, row, label)
    found = {"ids": read, "first": np.array([kept.start], np.int32), "p": p, "label": np.array([label], np.int32),
             "logit": np.array([logit], np.float32), "base": np.array([base], np.float32), "attributions": parts[places].astype(np.float32),
             "missing": np.array([missing], np.float32)}
    if arguments.get("attention") is True and spec.model == "transformer":
        found["attention"] = lab.attention(flat, row)[:, places, places]
    return found


def text_of(value: Any) -> str:
    """A text of a question. ValueError for what is none."""
    if not isinstance(value, str) or len(value) > LETTERS:
        raise ValueError(f"a text has at most {LETTERS} characters")
    return value
