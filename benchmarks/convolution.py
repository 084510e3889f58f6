"""A convolutional network, one epoch: our loop with frames streaming against `model.fit`. A part of benchmarks.training."""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import Figure, Report, median, progress

IMAGES, BATCH = 12_000, 32


@cache
def images() -> tuple[np.ndarray, np.ndarray, str]:
    """x (n, 28, 28, 1) float32 in [0, 1], labels (n,) int, and where they are from: MNIST, else noise of that shape."""
    for folder in (os.environ.get("DATA_DIR"), "../shared/datasets", Path.home() / ".keras" / "datasets"):
        path = Path(folder or "") / "mnist.npz"
        if folder and path.is_file():
            with np.load(path) as data:
                return data["x_train"][:IMAGES, ..., None].astype(np.float32) / 255, data["y_train"][:IMAGES].astype(int), "MNIST"
    rng = np.random.default_rng(0)
    return rng.random((IMAGES, 28, 28, 1), np.float32), rng.integers(0, 10, IMAGES), "generated images, MNIST is not here"


def build() -> Any:
    """The articles' network."""
    import keras

    layers = keras.layers
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])


def fit() -> list[float]:
    """Seconds that `model.fit` takes for a first epoch, building and tracing included, and for a second one."""
    import keras

    from benchmarks.training import defaults

    x, y, _ = images()
    with defaults():
        begin = time.perf_counter()
        keras.utils.set_random_seed(0)
        model = build()
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        seconds = []
        for _ in range(2):
            model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)
            seconds.append(time.perf_counter() - begin)
            begin = time.perf_counter()
    return seconds


def ours(rewrite: bool) -> tuple[list[float], int, float]:
    """The same of our loop, its frames encoded as a worker sends them; how many there were, and the last accuracy."""
    import keras
    import tensorflow as tf

    from core.frame import Frame, encode_frame
    from core.training.loop import Task, train
    from core.training.program import Program

    x, y, _ = images()
    begin = time.perf_counter()
    keras.utils.set_random_seed(0)
    model = build()
    program = Program(
        model, keras.optimizers.Adam(), keras.losses.CategoricalCrossentropy(), batch_size=BATCH, rewrite=rewrite,
        running=lambda y, p: tf.reduce_mean(tf.cast(tf.argmax(y, 1) == tf.argmax(p, 1), tf.float32))[None],
        groups=[layer.trainable_variables for layer in model.layers if layer.trainable_variables])
    tensors = tf.constant(x), tf.constant(np.eye(10, dtype=np.float32)[y]), tf.zeros((2, IMAGES))
    shown, first = tensors[0][:16], model.layers[0]

    def look() -> dict[str, np.ndarray]:
        """What a page would draw: how sure the network is of sixteen images, and the first one's feature maps."""
        with program.weights():
            sure, maps = model(shown, training=False), first(shown[:1])
        return {"sure": sure.numpy(), "maps": (np.clip(maps.numpy()[0], 0, 1) * 255).astype(np.uint8)}

    seconds, frames, accuracy = [], 0, 0.0
    for seed in range(2):
        rates = np.full(-(-IMAGES // BATCH), 0.001, np.float32)
        for item in train(program, Task(*tensors, IMAGES, seed, rates, [0, 1]), look):
            if isinstance(item, Frame):
                frames += len(encode_frame(item)) > 0
                accuracy = (item.rows[-1].get("accuracy") or accuracy) if item.rows else accuracy
        seconds.append(time.perf_counter() - begin)
        begin = time.perf_counter()
    return seconds, frames, accuracy


def measure(report: Report) -> None:
    """Never compiled by XLA, which is twenty times slower for convolutions on a processor."""
    fits: list[list[float]] = []
    own: dict[bool, list[list[float]]] = {False: [], True: []}
    frames, accuracy = {False: 0, True: 0}, 0.0
    for i in range(3):
        fits.append(fit())
        for rewrite in (False, True):
            seconds, frames[rewrite], accuracy = ours(rewrite)
            own[rewrite].append(seconds)
        progress(f"convolution {i + 1} of 3: fit {fits[-1]}, rewrite off {own[False][-1]}, on {own[True][-1]}")
    sides = {r: median(s[0] for s in own[r]) for r in own}
    best = min(sides, key=sides.__getitem__)
    base = median(f[0] for f in fits)
    report.add(
        Figure("cnn_vs_fit", base / sides[best], ("≥", 1.3), [f[0] / o[0] for f, o in zip(fits, own[best], strict=True)],
               f"{images()[2]}; rewrite={best}; {frames[best] // 2} frames an epoch; accuracy {accuracy:.3f} after two"),
        Figure("cnn_other_flag_vs_fit", base / sides[not best], None,
               [f[0] / o[0] for f, o in zip(fits, own[not best], strict=True)], f"rewrite={not best}"),
        Figure("cnn_second_epoch_vs_fit", median(f[1] for f in fits) / median(o[1] for o in own[best]), None,
               [f[1] / o[1] for f, o in zip(fits, own[best], strict=True)], "traced already, on both sides"),
        Figure("cnn_s", sides[best], None, [o[0] for o in own[best]]), Figure("cnn_fit_s", base, None, [f[0] for f in fits]))
