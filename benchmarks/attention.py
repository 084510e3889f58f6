"""How long a block of attention and an LSTM take as the text grows, for the page on attention by hand.

`python -m benchmarks.attention [--json]`: one training step (loss, gradients; no update) of Keras' layers, traced, without XLA,
on one thread. It is processor time that is measured, the least of many steps: what else the machine does hardly matters.
`--only record` also writes the figures to core/figures/attention/measured.json, which the page draws.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.common import Figure, Report, machine, progress, run
from core.figures.attention.cost import FEED, MEASURED
from core.specs.base import versions

WIDTH, HEADS, BATCH = 32, 2, 8
LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
REPEATS = 15


def block() -> Any:
    """A post-norm block whose heads share the width, as a model of tokens of any number."""
    import keras

    x = tokens = keras.Input((None, WIDTH))
    x = keras.layers.LayerNormalization()(x + keras.layers.MultiHeadAttention(HEADS, key_dim=WIDTH // HEADS)(x, x))
    fed = keras.layers.Dense(WIDTH)(keras.layers.Dense(FEED * WIDTH, activation="relu")(x))
    return keras.Model(tokens, keras.layers.LayerNormalization()(x + fed))


def lstm() -> Any:
    import keras

    tokens = keras.Input((None, WIDTH))
    return keras.Model(tokens, keras.layers.LSTM(WIDTH, return_sequences=True)(tokens))


def step(model: Any, length: int) -> Callable[[], object]:
    """A training step on random tokens, traced and run twice."""
    import tensorflow as tf

    x = tf.constant(np.random.default_rng(length).normal(size=(BATCH, length, WIDTH)), tf.float32)

    @tf.function
    def taken() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True) - x))
        return tape.gradient(loss, model.trainable_variables)[0]

    for _ in range(2):
        taken().numpy()
    return lambda: taken().numpy()


def milliseconds(take: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(REPEATS):
        begin = time.process_time()
        take()
        found.append(1000 * (time.process_time() - begin))
    return found


def measured(report: Report) -> dict[str, list[float]]:
    """Both, at every length: the fastest of some steps each, in milliseconds, three digits."""
    told: dict[str, list[float]] = {"block": [], "lstm": []}
    from benchmarks.training import defaults
    from core.training.warm import warm

    warm()
    for length in LENGTHS:
        for name, make in (("block", block), ("lstm", lstm)):
            with defaults():
                values = milliseconds(step(make(), length))
            told[name].append(float(f"{min(values):.3g}"))
            report.add(Figure(f"{name}_{length}_ms", min(values), None, values, "the fastest of them"))
        progress(f"{length} tokens: block {told['block'][-1]:g} ms, LSTM {told['lstm'][-1]:g} ms")
    return told


def lengths(report: Report) -> None:
    """What is measured, for the table alone."""
    measured(report)


def record(report: Report) -> None:
    """The same, written down for the page."""
    told = measured(report)
    MEASURED.write_text(json.dumps({
        "width": WIDTH, "heads": HEADS, "batch": BATCH, "cpu": machine()["cpu"], **versions(), "tokens": list(LENGTHS),
        "block_ms": told["block"], "lstm_ms": told["lstm"]}, indent=1) + "\n", "utf-8")


def main() -> None:
    run("Attention and recurrence, by length", {"record": record} if "record" in sys.argv else {"lengths": lengths})


if __name__ == "__main__":
    main()
