"""Transformers: an epoch against `model.fit`, how soon something is seen, and what the presets reach. Part of `python -m benchmarks.text`,
and by itself `python -m benchmarks.transformer [--json] [--only …]`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import first_frame
from benchmarks.common import Figure, Report, median, progress, run
from benchmarks.first_frame import WARM

if TYPE_CHECKING:
    from core.specs.transformer import TransformerSpec

REPEATS = 7
EPOCHS = 3
SERVED = 12
SEEDS = 3


def measured() -> TransformerSpec:
    """Two blocks of width 32 on 2,000 sequences of 32."""
    from core.specs.transformer import TransformerSpec

    return TransformerSpec(task="text", length=32, layers=2, heads=2, width=32, feed=32, points=2000, batch_size=32)


def fit_epoch(spec: TransformerSpec) -> float:
    """Seconds an epoch of `model.fit` with Keras' own layers, TensorFlow's graph rewriting on, and as in the lab a validation after each;
    its first epoch is left out. No metric but the loss: less work than ours does."""
    import keras

    from benchmarks.training import defaults
    from core.labs.transformer import sample_of
    from core.models.transformer import build_transformer

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            ends.append(time.perf_counter())

    ends: list[float] = []
    sample = sample_of(spec)
    held = slice(sample.train, sample.train + sample.validation)
    with defaults():
        model = build_transformer(spec, len(sample.symbols), len(sample.answers))
        model.compile(optimizer=keras.optimizers.Adam(spec.learning_rate), loss="sparse_categorical_crossentropy")
        model.fit(sample.x[:sample.train], sample.y[:sample.train], batch_size=spec.batch_size, epochs=EPOCHS + 1, verbose=0,
                  validation_data=(sample.x[held], sample.y[held]), callbacks=[Clock()])
    return (ends[-1] - ends[0]) / EPOCHS


def our_epoch(spec: TransformerSpec) -> float:
    """Seconds an epoch of the real loop, validation after each included, pictures left out, the step traced before."""
    from core.frame import Frame
    from core.labs import transformer as lab
    from core.training.batches import learning_rates
    from core.training.loop import Task, train

    sample = lab.sample_of(spec)
    one = lab.lab_of(spec, sample)
    steps = -(-sample.train // spec.batch_size)
    rates = learning_rates(spec.schedule, spec.learning_rate, (EPOCHS + 1) * steps)
    task = Task(*lab.tensors(spec, sample), sample.train, spec.seed, rates, list(range(EPOCHS + 2)))
    ends = {f.epoch: time.perf_counter() for f in train(one.program, task, dict) if isinstance(f, Frame) and f.stored}
    return (ends[EPOCHS + 1] - ends[1]) / EPOCHS


def fit(report: Report) -> None:
    """The network and the data of the bar."""
    spec = measured()
    our_epoch(spec)
    fits, own = [], []
    for _ in range(REPEATS):
        own.append(our_epoch(spec))
        fits.append(fit_epoch(spec))
    report.add(Figure("transformer_vs_fit", median(fits) / median(own), ("≥", 2), [f / o for f, o in zip(fits, own, strict=True)],
                      "2 blocks, width 32, 2 heads, 2,000 sequences of 32, batches of 32; both with a validation after each epoch"),
               Figure("transformer_epoch_ms", 1000 * median(own), None, [1000 * o for o in own]),
               Figure("transformer_fit_ms", 1000 * median(fits), None, [1000 * o for o in fits]))


def server(report: Report) -> None:
    """How soon something is seen."""
    from core.specs.transformer import TransformerSpec

    spec = TransformerSpec(epochs=3)
    rates = np.geomspace(1e-4, 1e-2, SERVED + WARM)
    changes: list[dict[str, Any]] = [({"learning_rate": float(f"{rate:.3g}")}, {"seed": i + 1}, {"points": 1000 + 100 * i})[i % 3]
                                     for i, rate in enumerate(rates)]
    first_frame.report(
        report, [TransformerSpec(width=12 + 4 * i, epochs=2, points=200) for i in range(WARM)],
        [TransformerSpec(width=32 + 4 * (i % 3), length=6 + i, heads=1 + i % 4) for i in range(SERVED)],
        [spec.changed(**change) for change in changes], least=2500,
        notes=("another width, length or number of heads each time", "another learning rate, seed or number of sequences"))


def run_of(spec: TransformerSpec) -> tuple[list[dict[str, Any]], list[float]]:
    """The rows of a whole run as the lab makes it, pictures included, and the seconds from its beginning at which each was there."""
    from core.frame import Frame
    from core.labs.transformer import train

    begin = time.perf_counter()
    rows: list[dict[str, Any]] = []
    at: list[float] = []
    for item in train(spec):
        if isinstance(item, Frame):
            rows += item.rows
            at += [time.perf_counter() - begin] * len(item.rows)
    return rows, at


def reverse(report: Report) -> None:
    """Eight symbols in reverse, on sequences that the network never saw."""
    from core.specs.transformer import REVERSES, TransformerSpec

    runs = [run_of(TransformerSpec(**REVERSES, seed=seed)) for seed in range(SEEDS)]
    exact, seconds = [rows[-1]["val_exact"] for rows, _at in runs], [at[-1] for _rows, at in runs]
    report.add(Figure("reverse_exact", min(exact), ("≥", 0.99), exact, f"the worst of {SEEDS} seeds, of sequences of 8 wholly right"),
               Figure("reverse_seconds", max(seconds), ("≤", 60), seconds, "the longest run, from its beginning"))


def gpt(report: Report) -> None:
    """The built-in text, character by character: until the validation loss is within 1.3 times the text's own entropy."""
    from core.data.grammar import entropy
    from core.specs.transformer import WRITES, TransformerSpec

    seconds, least = [], []
    for seed in range(SEEDS):
        spec = TransformerSpec(**WRITES, seed=seed)
        rows, at = run_of(spec)
        bar = 1.3 * entropy(spec.language)
        seconds.append(next((s for row, s in zip(rows, at, strict=True) if (row["val_loss"] or 9) <= bar), float("inf")))
        least.append(min(row["val_loss"] for row in rows) / entropy(spec.language))
        progress(f"seed {seed}: {seconds[-1]:.0f} s, in the end {least[-1]:.2f} times the entropy")
    report.add(Figure("gpt_seconds", max(seconds), ("≤", 120), seconds, f"the slowest of {SEEDS} seeds; in the end "
                      f"{max(least):.2f} times the entropy of {entropy('english'):.3f} nats a character"))


PARTS = {"transformer_fit": fit, "transformer_server": server, "transformer_reverse": reverse, "transformer_gpt": gpt}


def main() -> None:
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    run("Transformers", PARTS)


if __name__ == "__main__":
    main()
