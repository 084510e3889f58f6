"""Recurrent networks: an epoch against `model.fit`, and how soon something is seen. `python -m benchmarks.recurrent [--json] [--only …]`.

`--only gates` trains the recall task with ten seeds in each cell, at the two settings that the page shows: one in which gates help, and
one in which they do not. It takes minutes and is no part of the rest.
What is said of forecasts of prices, and how files of them are read, is measured by `benchmarks.stock` and `benchmarks.prices`.
"""

from __future__ import annotations

import time
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import first_frame
from benchmarks.common import Figure, Report, median, progress, run
from benchmarks.first_frame import WARM

if TYPE_CHECKING:
    from core.specs.recurrent import RecurrentSpec

REPEATS = 7
EPOCHS = 5
BARS = {"lstm": 3, "gru": 6, "rnn": 4}
SERVED = 12
SEEDS = 10
SOLVED = 0.95


def fit_epoch(spec: RecurrentSpec) -> float:
    """Seconds an epoch of `model.fit` with Keras' own layers, TensorFlow's graph rewriting on, and as in the lab a validation after each;
    its first epoch is left out. No metric but the loss: less work than ours does."""
    import keras

    from benchmarks.training import defaults
    from core.labs.recurrent import sample_of

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            ends.append(time.perf_counter())

    ends: list[float] = []
    sample = sample_of(spec)
    layer = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[spec.cell]
    with defaults():
        model = keras.Sequential([keras.Input(sample.x.shape[1:]), layer(spec.units), keras.layers.Dense(1)])
        model.compile(optimizer=keras.optimizers.Adam(spec.learning_rate), loss="mse")
        model.fit(sample.x[:sample.train], sample.y[:sample.train], batch_size=spec.batch_size, epochs=EPOCHS, verbose=0,
                  validation_data=(sample.x[sample.validation], sample.y[sample.validation]), callbacks=[Clock()])
    return (ends[-1] - ends[0]) / (EPOCHS - 1)


def our_epoch(spec: RecurrentSpec) -> float:
    """Seconds an epoch of the real loop, validation after each included, pictures left out, the step traced before."""
    from core.frame import Frame
    from core.labs import recurrent as lab
    from core.training.batches import learning_rates
    from core.training.loop import Task, train

    sample, one = lab.sample_of(spec), lab.lab_of(spec)
    steps = -(-sample.train // spec.batch_size)
    rates = learning_rates(spec.schedule, spec.learning_rate, (EPOCHS + 1) * steps)
    task = Task(*lab.tensors(spec, sample), sample.train, spec.seed, rates, list(range(EPOCHS + 2)))
    ends = {f.epoch: time.perf_counter() for f in train(one.program, task, dict) if isinstance(f, Frame) and f.stored}
    return (ends[EPOCHS + 1] - ends[1]) / EPOCHS


def fit(report: Report) -> None:
    """The articles' networks: 50 units, 2,000 windows of 10."""
    from core.specs.recurrent import RecurrentSpec

    for cell, bar in BARS.items():
        spec = RecurrentSpec(cell=cell)
        our_epoch(spec)
        fits, own = [], []
        for _ in range(REPEATS):
            own.append(our_epoch(spec))
            fits.append(fit_epoch(spec))
        progress(f"{cell}: fit {1000 * median(fits):.0f} ms, ours {1000 * median(own):.0f} ms an epoch")
        report.add(Figure(f"{cell}_vs_fit", median(fits) / median(own), ("≥", bar), [f / o for f, o in zip(fits, own, strict=True)],
                          "50 units, 2,000 windows of 10, batches of 32; both with a validation on 500 after each epoch"),
                   Figure(f"{cell}_epoch_ms", 1000 * median(own), None, [1000 * o for o in own]))


def server(report: Report) -> None:
    """How soon something is seen."""
    from core.specs.recurrent import RecurrentSpec

    cells, spec = cycle(BARS), RecurrentSpec(epochs=3)
    rates = np.geomspace(1e-4, 1e-2, SERVED + WARM)
    changes = [({"learning_rate": float(f"{rate:.3g}")}, {"seed": i + 1}, {"noise": 0.01 * (1 + i)})[i % 3] for i, rate in enumerate(rates)]
    first_frame.report(
        report, [RecurrentSpec(cell=next(cells), units=7 + i, epochs=2) for i in range(WARM)],
        [RecurrentSpec(cell=next(cells), units=40 + i, length=10 + i % 3) for i in range(SERVED)],
        [spec.changed(**change) for change in changes], least=1500,
        notes=("another number of units, cell or length each time", "another learning rate, seed or noise each time"))


def gates(report: Report) -> None:
    """Recall in each cell with ten seeds, where gates help and where they do not."""
    from core.frame import Frame
    from core.labs import reading
    from core.labs.recurrent import train
    from core.specs.recurrent import CELLS, GATES_DO_NOT, GATES_HELP, RecurrentSpec

    reading.look = lambda *_what: {}  # no pictures: the weights are the same
    for name, values in (("gates_help", GATES_HELP), ("gates_do_not", GATES_DO_NOT)):
        for cell in CELLS:
            scores, seconds = [], []
            for seed in range(SEEDS):
                begin = time.perf_counter()
                rows = [row for item in train(RecurrentSpec.model_validate({**values, "cell": cell, "seed": seed}))
                        if isinstance(item, Frame) for row in item.rows]
                scores.append(rows[-1]["val_accuracy"] or 0.0)
                seconds.append(time.perf_counter() - begin)
            progress(f"{name}, {cell}: {[round(score, 3) for score in scores]}, {median(seconds):.0f} s each")
            report.add(Figure(f"{name}_{cell}_solved", sum(score >= SOLVED for score in scores), None, scores,
                              f"of {SEEDS} seeds reach {SOLVED}; {median(seconds):.0f} s a run"))


def main() -> None:
    import sys

    from benchmarks import prices, stock
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    parts = {"fit": fit, "server": server, **stock.PARTS, "csv_read": prices.csv_read}
    run("Recurrent networks", {**parts, "gates": gates} if "gates" in " ".join(sys.argv) else parts)


if __name__ == "__main__":
    main()
