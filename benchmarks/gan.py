"""Generative adversarial networks: steps against `model.fit`, how soon something is seen, what the presets reach.

`python -m benchmarks.gan [--json] [--only …]`. The parts on images are those of `benchmarks.gan_images`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import first_frame, gan_images
from benchmarks.common import Figure, Report, median, progress, run
from benchmarks.first_frame import WARM

if TYPE_CHECKING:
    from core.specs.gan import GanSpec

REPEATS = 7
FITTED, OURS = 4, 40  # epochs of 50 steps in one measurement
SERVED = 12
SEEDS = 3


def measured() -> GanSpec:
    """GAN Lab's networks and optimizers as they stand when it opens, on its ring: batches of 150."""
    from core.specs.gan import GANLAB, GanSpec

    return GanSpec(**{**GANLAB, "dataset": "ring"})


def keras_gan(spec: GanSpec) -> Any:
    """The same two networks as a Keras model with a `train_step` of its own, compiled as `compile` does by default, but not by XLA."""
    import keras
    import tensorflow as tf

    from core.models.gan import build, first_weights, nets
    from core.training import choices

    class Gan(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.generator, self.discriminator = (build(net, w, name) for net, w, name in
                                                  zip(nets(spec), first_weights(spec), spec.models, strict=True))
            self.bce = keras.losses.BinaryCrossentropy(from_logits=True)
            self.g_rule, self.d_rule = (choices.optimizer(name, spec.learning_rate) for name in (spec.g_optimizer, spec.d_optimizer))

        def train_step(self, real: Any) -> dict[str, Any]:
            size = tf.shape(real)[0]
            fake = self.generator(tf.random.uniform((size, spec.noise_size), -1, 1))
            with tf.GradientTape() as tape:
                scores = self.discriminator(tf.concat([real, fake], 0))
                loss_d = self.bce(tf.concat([tf.ones((size, 1)), tf.zeros((size, 1))], 0), scores)
            variables = self.discriminator.trainable_variables
            self.d_rule.apply(tape.gradient(loss_d, variables), variables)
            noise = tf.random.uniform((size, spec.noise_size), -1, 1)
            with tf.GradientTape() as tape:
                loss = self.bce(tf.ones((size, 1)), self.discriminator(self.generator(noise)))
            variables = self.generator.trainable_variables
            self.g_rule.apply(tape.gradient(loss, variables), variables)
            return {"loss": loss, "loss_d": loss_d}

    model = Gan()
    model.compile(jit_compile=False)
    return model


def fit(report: Report) -> None:
    """A step of both networks, batches drawn anew in each epoch: ours with its noise and its averages, `fit` with its own."""
    import tensorflow as tf

    from benchmarks.training import defaults
    from core.labs import gan as lab
    from core.training.loop import Task

    spec = measured()
    x = tf.constant(lab.sample_of(spec).x)
    steps = len(x) // spec.batch_size
    duel = lab.lab_of(spec).program
    lab.prepare(spec, lab.lab_of(spec), lab.View(spec, lab.sample_of(spec)))
    task = Task(x, x, x, len(x), spec.seed, np.zeros(0), [], listed=frozenset())
    rates = np.full((OURS, steps), spec.learning_rate, np.float32)
    own, fits = [], []
    with defaults():
        model = keras_gan(spec)
    for _ in range(REPEATS):  # each as it runs where it is used; the first calls after a switch prepare the graph, and do not count
        duel.advance(x, None, None, duel.orders(task, 0, 1), rates)
        begin = time.perf_counter()
        duel.advance(x, None, None, duel.orders(task, 0, OURS), rates)
        own.append((time.perf_counter() - begin) / (OURS * steps))
        with defaults():
            model.fit(x, batch_size=spec.batch_size, epochs=1, verbose=0)
            begin = time.perf_counter()
            model.fit(x, batch_size=spec.batch_size, epochs=FITTED, verbose=0)
            fits.append((time.perf_counter() - begin) / (FITTED * steps))
    report.add(Figure("gan_vs_fit", median(fits) / median(own), ("≥", 20), [f / o for f, o in zip(fits, own, strict=True)],
                      f"{spec.g_layers} × {spec.g_units} and {spec.d_layers} × {spec.d_units} neurons, batches of {spec.batch_size}, "
                      f"{spec.g_optimizer}; steps of both networks"),
               Figure("gan_steps_per_s", 1 / median(own), None, [1 / o for o in own]),
               Figure("gan_fit_steps_per_s", 1 / median(fits), None, [1 / f for f in fits]))


def server(report: Report) -> None:
    """How soon something is seen."""
    from core.specs.gan import GanSpec

    spec = GanSpec(epochs=10)
    rates = np.geomspace(3e-4, 3e-3, SERVED + WARM)
    changes: list[dict[str, Any]] = [({"learning_rate": float(f"{rate:.3g}")}, {"seed": i + 1}, {"points": 3000 + 150 * i},
                                      {"dataset": ("line", "moons", "spiral")[i % 3], "seed": i})[i % 4] for i, rate in enumerate(rates)]
    first_frame.report(
        report, [GanSpec(g_units=20 + i, epochs=2, points=300) for i in range(WARM)],
        [GanSpec(g_units=8 + i, d_layers=1 + i % 3, loss=("nonsaturating", "wgan_gp", "lsgan", "minimax")[i % 4]) for i in range(SERVED)],
        [spec.changed(**change) for change in changes], least=1500,
        notes=("another width, depth or loss each time", "another learning rate, seed, number of points or data"))


def run_of(spec: GanSpec) -> tuple[dict[str, Any], float, int]:
    """The last row of a whole run as the lab makes it, pictures included, its seconds and its steps."""
    from core.frame import Frame
    from core.labs.gan import train

    begin = time.perf_counter()
    row: dict[str, Any] = {}
    step = 0
    for item in train(spec):
        if isinstance(item, Frame):
            row, step = (item.rows or [row])[-1], item.step
    return row, time.perf_counter() - begin, step


def modes(report: Report) -> None:
    """Clouds covered at the end, with three seeds each."""
    from core.specs.gan import COLLAPSE, GOOD, GanSpec

    found = {}
    for name, values in (("8", GOOD), ("collapse", COLLAPSE)):
        found[name] = [run_of(GanSpec(**values, seed=seed)) for seed in range(SEEDS)]
        progress(f"{name}: {[row['modes'] for row, _seconds, _steps in found[name]]}")
    good, bad = ([row["modes"] for row, _seconds, _steps in found[name]] for name in ("8", "collapse"))
    seconds = [s for _row, s, _steps in found["8"]]
    report.add(Figure("modes_8", min(good), ("≥", 8), good, f"the worst of {SEEDS} seeds after {found['8'][0][2]:,} steps"),
               Figure("modes_8_seconds", median(seconds), None, seconds, "a whole run, pictures included"),
               Figure("modes_collapse", max(bad), ("≤", 3), bad, f"the best of {SEEDS} seeds after {found['collapse'][0][2]:,} steps"))


PARTS = {"gan_fit": fit, "gan_server": server, "gan_modes": modes, **gan_images.PARTS}


def main() -> None:
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    run("Generative adversarial networks", PARTS)


if __name__ == "__main__":
    main()
