"""Texts and Transformers: `python -m benchmarks.text [--json] [--only …]`. IMDB is read from DATA_DIR.

Accuracies are those of the whole published test set, by the network of the epoch that was best on validation; it is looked at once a run.
What is said of Transformers is measured by `benchmarks.transformer`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.common import Figure, Report, median, progress, run

if TYPE_CHECKING:
    from core.specs.text import TextSpec

REPEATS = 3
REVIEWS, LENGTH, CHECKED = 4000, 200, 500


def imdb_run(values: dict[str, Any], seed: int = 0) -> tuple[float, float, float, float, int]:
    """Train a preset on IMDB. Test accuracy, validation accuracy, seconds and processor's seconds from the start, the texts being read and
    numbered included, and the epoch whose network it is."""
    from core.data import imdb
    from core.frame import End, Frame
    from core.labs import text as lab
    from core.specs.text import TextSpec

    spec = TextSpec.model_validate({**values, "seed": seed})
    imdb._read.cache_clear()
    begin, used = time.perf_counter(), time.process_time()
    rows, arrays, end = [], dict[str, np.ndarray](), None
    for item in lab.train(spec):
        if isinstance(item, Frame):
            rows, arrays = [*rows, *item.rows], item.arrays
        elif isinstance(item, End):
            end = item
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    if end is None or end.state != "finished":
        raise RuntimeError(f"the training of {values} ended so: {end}")
    corpus = lab.corpus_of(spec)
    one = lab.lab_of(spec, len(corpus.words), len(corpus.classes))
    part = corpus.part("test")
    said = one.answers(one.kept.back(arrays)[0], corpus.table(part, spec)).argmax(1)
    row = end.own(rows)[-1]
    return float((said == corpus.labels[part]).mean()), float(row["val_accuracy"] or 0), seconds, used, int(row["epoch"] or 0)


def imdb(report: Report, key: str, values: dict[str, Any], accuracy: float, seconds: float) -> None:
    found = [imdb_run(values, seed) for seed in range(REPEATS)]
    for test, val, took, used, epoch in found:
        progress(f"{key}: test {test:.4f}, validation {val:.4f}, {took:.0f} s ({used:.0f} s of a processor), epoch {epoch}")
    tests, _vals, took, used, epochs = (list(each) for each in zip(*found, strict=True))
    busy = [round(each) for each in used]
    report.add(Figure(f"imdb_{key}_accuracy", median(tests), ("≥", accuracy), tests, f"{values['model']}, epochs {epochs}"),
               Figure(f"imdb_{key}_seconds", median(took), ("≤", seconds), took, f"the processor's seconds: {busy}"))


def imdb_avg(report: Report) -> None:
    """The average of the words."""
    from core.specs.text import AVERAGE

    imdb(report, "avg", AVERAGE, 0.875, 30)


def imdb_best(report: Report) -> None:
    """The best preset, of at most about ten minutes."""
    from core.specs.text import BEST

    imdb(report, "best", BEST, 0.885, 660)


def article() -> TextSpec:
    """The article's network on 4,000 reviews of 200 words."""
    from core.specs.text import ARTICLE, TextSpec

    return TextSpec.model_validate({**ARTICLE, "points": REVIEWS, "length": LENGTH, "epochs": 2})


def lstm_vs_fit(report: Report) -> None:
    """An epoch of the article's stacked LSTM. Ours measures 500 reviews of validation behind it; `fit` has TensorFlow's graph rewriting, no
    validation and no metric but the loss, and its first epoch is left out, as ours is, in which both trace."""
    import keras
    import tensorflow as tf

    from benchmarks.training import defaults
    from core.frame import Frame
    from core.labs import text as lab
    from core.models.text import Network
    from core.training.batches import learning_rates
    from core.training.loop import Task, train

    spec = article()
    corpus = lab.corpus_of(spec)
    rows = slice(0, REVIEWS + CHECKED)
    x, y = corpus.table(rows, spec), corpus.labels[rows, None].astype(np.float32)
    masks = np.stack([np.arange(len(x)) < REVIEWS, np.arange(len(x)) >= REVIEWS]).astype(np.float32)
    one = lab.lab_of(spec, len(corpus.words), 2)
    steps = -(-REVIEWS // spec.batch_size)
    own, fits = [], []

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            ends.append(time.perf_counter())

    for _ in range(REPEATS):
        task = Task(tf.constant(x), tf.constant(y), tf.constant(masks), REVIEWS, 0,
                    learning_rates("constant", spec.learning_rate, 2 * steps), [0, 1, 2])
        at = {f.epoch: time.perf_counter() for f in train(one.program, task, dict) if isinstance(f, Frame) and f.stored}
        own.append(at[2] - at[1])
        ends: list[float] = []
        with defaults():
            model = Network(spec, len(corpus.words), 2).model
            model.compile(keras.optimizers.Adam(spec.learning_rate), "binary_crossentropy")
            model.fit(x[:REVIEWS].astype(np.int32), y[:REVIEWS], batch_size=spec.batch_size, epochs=2, verbose=0, callbacks=[Clock()])
        fits.append(ends[1] - ends[0])
        progress(f"the article's LSTM: fit {fits[-1]:.1f} s, ours {own[-1]:.1f} s an epoch")
    report.add(Figure("imdb_lstm_vs_fit", median(fits) / median(own), ("≥", 1.0), [f / o for f, o in zip(fits, own, strict=True)],
                      "4,000 reviews of 200 words, batches of 64"),
               Figure("imdb_lstm_epoch_s", median(own), None, own))


def asking(report: Report) -> None:
    """How long the lab takes to read a typed review, with reasons, once it has been asked before."""
    from core.frame import Frame
    from core.labs import text as lab
    from core.specs.text import ARTICLE, MODELS, TextSpec

    text = "I had hoped for more. The acting was brilliant, but the plot was dull, and not even the music was worth it."
    specs = {model: TextSpec(model=model, length=250, epochs=1, points=200) for model in MODELS}
    specs["article_preset"] = TextSpec(**{**ARTICLE, "source": "reviews", "epochs": 1, "points": 200})
    for model, spec in specs.items():
        arrays = [item.arrays for item in lab.train(spec) if isinstance(item, Frame)][-1]
        took = []
        for _ in range(8):
            begin = time.perf_counter()
            lab.ask(spec, "read", arrays, {"text": text, "attention": True})
            took.append(1000 * (time.perf_counter() - begin))
        report.add(Figure(f"read_{model}_ms", median(took[1:]), ("≤", 300), took[1:],
                          f"{spec.length} places; the first time {took[0]:.0f} ms"))


def attention(report: Report) -> None:
    """The page on attention by hand: a moved slider to its picture, on the server."""
    from benchmarks.maths import answered

    answered(report, "attention")


PARTS = {"attention": attention, "imdb_avg": imdb_avg, "imdb_best": imdb_best, "imdb_lstm": lstm_vs_fit, "read": asking}


def main() -> None:
    from benchmarks import transformer
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    run("Texts and Transformers", {**PARTS, **transformer.PARTS})


if __name__ == "__main__":
    main()
