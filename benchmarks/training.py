"""The training loop against `model.fit`: `python -m benchmarks.training [--json] [--only NAME,…]`.

Both sides run alternately in one process, under the thread counts of a worker (`core.training.warm`); `fit` with TensorFlow's
own graph rewriting, which a worker switches off for itself. The compiler's cache on disk is a folder of our own and is emptied
before every measurement that compiles: as on the first day of an installation.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import ROOT, Figure, Report, median, progress, run

if TYPE_CHECKING:
    from core.specs.feedforward import FeedforwardSpec

EPOCHS = 2000
FIT_EPOCHS = 60  # measured of `model.fit`; the rest is extrapolated: all its epochs after the first take the same time
REPEATS = 5
XLA = Path(tempfile.gettempdir()) / f"dashboard-bench-xla-{os.getpid()}"


def spec(batch_size: int = 32, **changes: object) -> FeedforwardSpec:
    """2-8-8-1 on 500 training points."""
    from core.specs.feedforward import FeedforwardSpec

    values = {"points": 1000, "train_share": 0.5, "hidden": (8, 8), "epochs": EPOCHS, "batch_size": batch_size, **changes}
    return FeedforwardSpec.model_validate(values)


@contextmanager
def defaults() -> Iterator[None]:
    """TensorFlow rewrites graphs again, as it does for whoever calls `model.fit`."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def fit(of: FeedforwardSpec, epochs: int = FIT_EPOCHS) -> tuple[float, float]:
    """Seconds that `model.fit` takes up to the end of its first epoch, building included; then seconds an epoch.

    No validation and no metric but the loss: less work than ours does.
    """
    import keras

    from core.data import points

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            ends.append(time.perf_counter())

    ends: list[float] = []
    sample = points.load(of.dataset, points=of.points, noise=of.noise, seed=of.seed, train_share=of.train_share)
    with defaults():
        begin = time.perf_counter()
        model = keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(n, "tanh") for n in of.hidden),
                                  keras.layers.Dense(1, "sigmoid")])
        model.compile(optimizer=keras.optimizers.Adam(of.learning_rate), loss="binary_crossentropy")
        model.fit(sample.x[:sample.train], sample.y[:sample.train, None], batch_size=of.batch_size, epochs=epochs, verbose=0,
                  callbacks=[Clock()])
    return ends[0] - begin, (ends[-1] - ends[0]) / (epochs - 1)


def ours(of: FeedforwardSpec) -> float:
    """Seconds from a spec to its last frame."""
    from core.labs.feedforward import train

    begin = time.perf_counter()
    last = list(train(of))[-1]
    assert getattr(last, "state", "") == "finished", last
    return time.perf_counter() - begin


def once(with_fit: bool) -> None:
    """In a process of its own, a worker that has trained something else: print the seconds of ours, then those of `fit`."""
    from core.training.warm import warm

    warm()
    small = spec(hidden=(3,), epochs=20)
    ours(small)
    fit(small, 2)
    found = [ours(spec())]
    if with_fit:
        first, each = fit(spec())
        found.append(first + each * (EPOCHS - 1))
    print(json.dumps(found))


def in_a_process(with_fit: bool) -> list[float]:
    code = f"from benchmarks.training import once; once({with_fit})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def playground(report: Report) -> None:
    """The whole of a run on a worker that never saw its architecture, compiling included."""
    fits, own, again = [], [], []
    for _ in range(REPEATS):
        shutil.rmtree(XLA, ignore_errors=True)
        seconds, fitted = in_a_process(True)
        own.append(seconds)
        fits.append(fitted)
        again += in_a_process(False)  # another worker, later: the disk knows the compiled step
    report.add(
        Figure("playground_vs_fit", median(fits) / median(own), ("≥", 30), [f / o for f, o in zip(fits, own, strict=True)],
               f"compiler's cache empty; fit measured over {FIT_EPOCHS} epochs, extrapolated to {EPOCHS}"),
        Figure("playground_s", median(own), None, own, "spec to last frame, compiling included"),
        Figure("playground_fit_s", median(fits), None, fits),
        Figure("playground_cached_vs_fit", median(fits) / median(again), None, [f / o for f, o in zip(fits, again, strict=True)],
               "the same with the step in the compiler's cache on disk"))


def xla(report: Report) -> None:
    """Epochs a second once compiled, metrics of training and validation after every epoch."""
    for key, batch_size, bar in (("xla_vs_fit", 32, 200), ("xla_small_batch_vs_fit", 10, 120)):
        one = spec(batch_size)
        ours(one)
        fits, own, drawn = [], [], []
        for _ in range(REPEATS):
            own.append(loop_only(one) / EPOCHS)
            fits.append(fit(one, 20 if batch_size < 32 else 30)[1])
            drawn.append(ours(one) / EPOCHS)
        report.add(
            Figure(key, median(fits) / median(own), ("≥", bar), [f / o for f, o in zip(fits, own, strict=True)],
                   "the loop with metrics every epoch, no pictures"),
            Figure(key.replace("_vs_fit", "_frames_vs_fit"), median(fits) / median(drawn), None,
                   [f / o for f, o in zip(fits, drawn, strict=True)], "the same with the run's 100 frames"),
            Figure(key.replace("_vs_fit", "_epoch_ms"), 1000 * median(own), None, [1000 * o for o in own]))


def loop_only(of: FeedforwardSpec) -> float:
    """Seconds of all epochs in the real loop, metrics included, pictures left out."""
    from core.labs import feedforward as lab
    from core.models.seeding import reseed
    from core.training.batches import learning_rates, stored_epochs
    from core.training.loop import Task, train

    sample = lab.sample_of(of, None)
    one = lab.lab_of(of, sample)
    assert one.program.jit
    reseed(one.model, of.initializer, of.seed)
    one.program.gather()
    one.program.reset_optimizer()
    steps = -(-sample.train // of.batch_size)
    task = Task(*lab.tensors(of, sample, one), sample.train, of.seed,
                learning_rates(of.schedule, of.learning_rate, of.epochs * steps), stored_epochs(of.epochs))
    begin = time.perf_counter()
    rows = sum(len(frame.rows) for frame in train(one.program, task, dict) if hasattr(frame, "rows"))
    assert rows == of.epochs + 1, rows
    return time.perf_counter() - begin


def main() -> None:
    os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={XLA}"
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    from benchmarks import convolution
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    try:
        run("The training loop ÷ model.fit", {"playground": playground, "xla": xla, "cnn": convolution.measure})
    finally:
        shutil.rmtree(XLA, ignore_errors=True)


if __name__ == "__main__":
    main()
