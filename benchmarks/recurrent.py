"""Recurrent networks: an epoch against `model.fit`, and how soon something is seen. `python -m benchmarks.recurrent [--json] [--only …]`.

`--only gates` trains the recall task with ten seeds in each cell, at the two settings that the page shows: one in which gates help, and
one in which they do not. It takes minutes and is no part of the rest.
What is said of forecasts of prices, and how files of them are read, is measured by `benchmarks.stock` and `benchmarks.prices`.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.common import Figure, Report, median, progress, run

if TYPE_CHECKING:
    from core.runs.runner import Runner
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
    """From the opening of a run to its first trained frame at the server, on workers that are warm and a compiler's cache that is empty."""
    from core.runs.runner import Runner
    from core.settings import settings

    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(replace(settings, store=Path(folder) / "runs"))
        runner.start()
        try:
            new, known = _served(runner)
        finally:
            runner.close()
    report.add(Figure("server_first_frame_new_ms", median(new), ("≤", 1500), new, "another number of units, cell or length each time"),
               Figure("server_first_frame_ms", median(known), ("≤", 200), known, "another learning rate, seed or noise each time"))


def _served(runner: Runner) -> tuple[list[float], list[float]]:
    from core.specs.recurrent import RecurrentSpec

    cells, new, known = cycle(BARS), list[float](), list[float]()
    for i in range(4):  # both workers have trained something else
        first_frame(runner, RecurrentSpec(cell=next(cells), units=7 + i, epochs=2))
    for i in range(SERVED):
        new.append(first_frame(runner, RecurrentSpec(cell=next(cells), units=40 + i, length=10 + i % 3)))
    rates, seeds = np.geomspace(1e-4, 1e-2, SERVED + 4), count(1)
    spec = RecurrentSpec(epochs=3)
    for i in range(SERVED + 4):
        change = ({"learning_rate": float(f"{rates[i]:.3g}")}, {"seed": next(seeds)}, {"noise": 0.01 * (1 + i)})[i % 3]
        milliseconds = first_frame(runner, spec.changed(**change), whole=i < 4)
        if i >= 4:  # the first ones trace the step on both workers
            known.append(milliseconds)
    return new, known


def first_frame(runner: Runner, spec: RecurrentSpec, whole: bool = False) -> float:
    """Milliseconds from opening a run to its first trained frame. whole: wait for its end."""
    from core.frame import decode

    async def watch() -> float:
        begin, found = time.perf_counter(), 0.0
        key = runner.open(spec, session="bench")
        stream = runner.stream(key)
        async for raw in stream:
            record = decode(raw)
            if not found and record.kind == "frame" and record.header["step"] > 0:
                found = 1000 * (time.perf_counter() - begin)
                if not whole:
                    break
        await stream.aclose()  # type: ignore[attr-defined]
        return found

    found = asyncio.run(asyncio.wait_for(watch(), 120))
    runner.release("bench")
    if not found:
        raise RuntimeError(f"no trained frame of {spec!r}")
    time.sleep(0.5)  # the worker has stopped by then
    return found


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
