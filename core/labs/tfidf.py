"""TF-IDF and logistic regression (scikit-learn) on the texts of a spec: what a network has to beat.

How often a token stands in a text, times how rare it is among the training texts (idf), each text's vector of length 1; a weight for each
token, found by logistic regression. It sees each text whole, but no order of words. Trained in a second or few; one frame:

    vocabulary        (bytes,) uint8         as in `core.labs.text`; tokens that are no part of it are left out
    idf               (ids,) float32         ln((1 + texts) / (1 + texts that have it)) + 1
    weights           (ids, rows) float32    two classes: one row, above zero for the second; of more a row for each; bias (rows,)
    confusion         (k, k) int32           of all validation texts; rows what they are
    telling           (m, 2) int32           at most 20 tokens that speak most for the last class, and against it (of more than two classes:
                                             for the first one)

Its row: epoch 1, loss, val_loss (cross-entropy, nats), accuracy, val_accuracy. Probes: "read" {"text"}: ids (T,) of its tokens, p (k,), and
attributions (T,): what each adds to the logit of the last class (of two classes; else less the mean of all); "evaluate" and "sealed" as in
`core.labs.text`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from core.data import words
from core.data.corpus import tokens_of
from core.frame import Checkpoint, End, Frame, Status, Trouble
from core.labs import verdicts
from core.labs.text import corpus_of, text_of
from core.maths import classified
from core.maths.tables import one_thread
from core.specs.text import TfidfSpec

Uploads = dict[str, dict[str, np.ndarray]]
STRENGTH = 10.0  # scikit-learn's C: texts need less regularization than its usual 1
TELLING = 20


def train(spec: TfidfSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Fit and yield one frame, then an End."""
    from sklearn.linear_model import LogisticRegression

    start = time.perf_counter()
    try:
        corpus = corpus_of(spec, uploads)
    except Trouble as missing:
        yield End("failed", error=missing.message, change={"source": "reviews"})
        return
    yield Status("compiling")
    part, size = corpus.part("train"), len(corpus.words)
    counted = _counts(corpus.ids[part], size)
    idf = np.log((1 + counted.shape[0]) / (1 + np.diff(counted.tocsc().indptr))) + 1
    with one_thread():
        model = LogisticRegression(C=STRENGTH, max_iter=300).fit(_weighted(counted, idf), corpus.labels[part])
    classes = len(corpus.classes)
    weights, bias = np.zeros((size, len(model.coef_)), np.float32), model.intercept_.astype(np.float32)
    weights[:] = model.coef_.T
    found = {"idf": idf.astype(np.float32), "weights": weights, "bias": bias}
    row: dict[str, float | None] = {"epoch": 1}
    for name, prefix in (("train", ""), ("validation", "val_")):
        p, truth = _answers(found, corpus.ids[corpus.part(name)]), corpus.labels[corpus.part(name)]
        row |= {f"{prefix}loss": float(-np.log(np.maximum(p[np.arange(len(p)), truth], verdicts.TINY)).mean()),
                f"{prefix}accuracy": float((p.argmax(1) == truth).mean())}
    order = np.argsort(weights[:, -1], kind="stable")
    order = order[order >= len(words.SPECIAL)]
    against = order if classes == 2 else (first := np.argsort(-weights[:, 0], kind="stable"))[first >= len(words.SPECIAL)]
    telling = np.stack([order[::-1][:TELLING], against[:TELLING]], 1)
    arrays = {**found, "confusion": classified.matrix(truth, p.argmax(1), classes), "telling": telling.astype(np.int32),
              "vocabulary": np.frombuffer("\n".join(corpus.words).encode(), np.uint8)}
    seconds = time.perf_counter() - start
    yield Frame(1, 1, seconds, [row], arrays)
    yield End("finished", seconds)


def ask(spec: TfidfSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Uploads | None = None) -> dict[str, np.ndarray]:
    """Question the weights of a frame; see above."""
    if probe == "read":
        known = words.numbered(arrays["vocabulary"].tobytes().decode().split("\n"))
        ids = words.ids(words.tokens(text_of(arguments.get("text")), tokens_of(spec, uploads)), known)
        scale = float(np.sqrt(np.square(_counts([ids], len(arrays["idf"])).toarray()[0] * arrays["idf"]).sum())) or 1.0
        pull = arrays["weights"] - (arrays["weights"].mean(1, keepdims=True) if arrays["weights"].shape[1] > 1 else 0)
        known_ = ids >= len(words.SPECIAL)
        return {"ids": ids, "p": _answers(arrays, [ids])[0],
                "attributions": np.where(known_, arrays["idf"][ids] * pull[ids, -1] / scale, 0).astype(np.float32)}
    if probe not in ("evaluate", "sealed"):
        raise ValueError(f"probe {probe!r} is not one of read, evaluate, sealed")
    corpus = corpus_of(spec, uploads)

    def judged(name: str) -> dict[str, np.ndarray]:
        part = corpus.part(name)
        return verdicts.verdict(_answers(arrays, corpus.ids[part]), corpus.labels[part], corpus.lengths[part], len(corpus.labels[part]))

    if probe == "sealed":
        test, validation = judged("test")["summary"], judged("validation")["summary"]
        return {"metrics": np.array([test[0], test[1], validation[0]], np.float32)}
    return judged(verdicts.part_of(arguments))


def _counts(texts: Sequence[np.ndarray], size: int) -> Any:
    """How often each id stands in each text, those of padding and <UNK> left out: a sparse matrix (texts, ids)."""
    from scipy import sparse

    flat = np.concatenate([np.zeros(0, np.int32), *texts]).astype(np.int32)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    kept = flat >= len(words.SPECIAL)
    return sparse.csr_matrix((np.ones(int(kept.sum()), np.float32), (rows[kept], flat[kept])), (len(texts), size))


def _weighted(counts: Any, idf: np.ndarray) -> Any:
    """Times idf, each row of length 1."""
    from scipy import sparse

    found = counts @ sparse.diags(idf)
    length = np.sqrt(np.asarray(found.multiply(found).sum(1)).ravel())
    return sparse.diags(1 / np.where(length > 0, length, 1)) @ found


def _answers(arrays: dict[str, np.ndarray], texts: Sequence[np.ndarray]) -> np.ndarray:
    """How likely each class is: (texts, classes) float32."""
    rows = _weighted(_counts(texts, len(arrays["idf"])), arrays["idf"])
    logits = np.asarray(rows @ arrays["weights"].astype(np.float64)) + arrays["bias"]
    logits = np.concatenate([np.zeros_like(logits), logits], 1) if logits.shape[1] == 1 else logits
    e = np.exp(logits - logits.max(1, keepdims=True))
    return (e / e.sum(1, keepdims=True)).astype(np.float32)
