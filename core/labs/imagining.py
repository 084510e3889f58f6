"""Two networks that make and judge images, built and ready: their program, what is measured every epoch, how they are looked at."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data.images import Images
from core.labs.judge import judge_of
from core.labs.weights import Kept
from core.models.gan_images import build_discriminator, build_generator, given
from core.specs.gan_images import CLASSES, COLUMNS, COVERED, SURE, ImageGanSpec
from core.training import choices
from core.training.image_duel import ImageDuel, Pair

MEASURED = 500  # fakes that a row's figures are about
SHOWN, COUNTED, MADE = 1, 2, 3  # what noise is for, beside that of the steps: each is drawn from numbers of its own
REAL = 16  # real images in a frame
PATH = 10  # images from one noise to another


class Lab:
    """One architecture, built and ready; its judge is there already."""

    def __init__(self, spec: ImageGanSpec) -> None:
        self.spec = spec  # of whoever was first; only what belongs to `step_key` is asked of it
        self.model = Pair(build_generator(spec), build_discriminator(spec))
        trusted = judge_of(spec.source)
        self.judge, self.sure_of_real = trusted.model, trusted.sure
        self.columns = ["sure", "sure_real", "classes", *(["right"] if spec.conditional else [])]
        optimizer = choices.optimizer(spec.optimizer)
        if spec.optimizer in ("adam", "adamw"):
            optimizer.beta_1 = spec.beta
        self.program = ImageDuel(self.model, optimizer, noise_size=spec.noise_size, batch_size=spec.batch_size, real=self.real,
                                 told=spec.conditional, squashed=spec.answer == "sigmoid", columns=self.columns, measure=self.measure)
        norms = [layer for layer in self.model.generator.layers if isinstance(layer, keras.layers.BatchNormalization)]
        within = {id(v) for layer in norms for v in layer.variables}
        named = {f"{letter}{i}": v for letter, net in (("g", self.model.generator), ("d", self.model.discriminator))
                 for i, v in enumerate(v for v in net.trainable_variables if id(v) not in within)}
        self.kept = Kept(self.program, named, norms)
        self.looks = 0

    def reset(self, spec: ImageGanSpec) -> None:
        """Give both networks the first weights and random states of a spec."""
        for net, build in ((self.model.generator, build_generator), (self.model.discriminator, build_discriminator)):
            for v, fresh in zip(net.variables, build(spec).variables, strict=True):
                v.assign(fresh)

    # ---- scales

    def real(self, x: Any) -> Any:
        """Images uint8 as the discriminator sees them: −1 to 1, or as they are."""
        x = tf.cast(x, tf.float32)
        return x if self.spec.scale == "raw" else x / 127.5 - 1

    def pixels(self, fakes: Any) -> Any:
        """What the generator makes, −1 to 1, as the pixels that it stands for, float32, 0 to 255."""
        return tf.clip_by_value(fakes, 0.0, 255.0) if self.spec.scale == "raw" else (fakes + 1) * 127.5

    # ---- fakes

    def fakes(self, noise: Any, kinds: Any) -> Any:
        """What the generator makes of noise (n, noise_size) and classes (n,) int32, not as it does while it is trained: (n, height, width,
        1), on its own scale."""
        return self.model.generator(given(noise, kinds[:, None] if self.spec.conditional else None), training=False)

    def noise(self, purpose: int, count: int, seed: int = 0) -> tuple[Any, Any]:
        """Fixed noise (count, noise_size) for a purpose, and the classes (count,) asked for with it: the classes in turn; where they are
        said, a row of ten has the same noise."""
        kinds = tf.range(count) % CLASSES
        rows = -(-count // COLUMNS) if self.spec.conditional and purpose == SHOWN else count
        z = tf.random.stateless_normal((rows, self.spec.noise_size), [seed, -purpose])  # steps count from 0 up
        return (z if rows == count else tf.repeat(z, COLUMNS, 0)[:count]), kinds

    def measure(self, _x: Any, _y: Any, _masks: Any) -> Any:
        """Of 500 fakes: the share that the judge is sure of, beside that of real images; how many classes that covers; and, where a class
        is said, the share that it takes for that class."""
        noise, kinds = self.noise(COUNTED, MEASURED)
        answers = self.judge(self.pixels(self.fakes(noise, kinds)), training=False)
        said, sure = tf.argmax(answers, 1, tf.int32), tf.cast(tf.reduce_max(answers, 1) >= SURE, tf.float32)
        shares = tf.reduce_sum(tf.one_hot(said, CLASSES) * sure[:, None], 0) / MEASURED
        found = [tf.reduce_mean(sure), tf.constant(self.sure_of_real), tf.reduce_sum(tf.cast(shares >= COVERED, tf.float32))]
        if self.spec.conditional:
            found.append(tf.reduce_mean(tf.cast(said == kinds, tf.float32)))
        return tf.stack(found)

    def look(self, sample: Images, count: int) -> dict[str, np.ndarray]:
        """The pictures of both networks as they are, within `program.weights`: see `core.labs.gan_images`."""
        noise, kinds = self.noise(SHOWN, count)
        fakes = self.fakes(noise, kinds)
        pixels = self.pixels(fakes)
        answers = self.judge(pixels, training=False).numpy()
        fooled = tf.sigmoid(self.model.discriminator(given(fakes, kinds[:, None] if self.spec.conditional else None), training=False))
        of_all, asked = self.noise(COUNTED, MEASURED)
        said = self.judge(self.pixels(self.fakes(of_all, asked)), training=False).numpy()
        sure = said.max(1) >= SURE
        rows = asked.numpy()[sure] if self.spec.conditional else np.zeros(int(sure.sum()), np.int32)
        counts = np.zeros((CLASSES if self.spec.conditional else 1, CLASSES), np.int32)
        np.add.at(counts, (rows, said[sure].argmax(1)), 1)
        return {"fakes": rounded(pixels), "fakes_ids": np.arange(count, dtype=np.int32), "fakes_said": answers.argmax(1).astype(np.int32),
                "fakes_sure": answers.max(1).astype(np.float32), "fooled": fooled.numpy()[:, 0].astype(np.float32), "counts": counts,
                "fakes_asked": kinds.numpy().astype(np.int32), "real": sample.x[:REAL]}

    # ---- weights in and out

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them: g0, …, d0, … and batch normalizations n0, …"""
        return self.kept.out()


def rounded(pixels: Any) -> np.ndarray:
    """Pixels as a picture has them: uint8, 0 where there is no number."""
    return np.clip(np.nan_to_num(np.rint(np.asarray(pixels)), nan=0.0), 0, 255).astype(np.uint8)


def between(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    """Noise on the way from a to b (k,), both ends included: (count, k) float32, along the arc between them. A normal distribution of many
    numbers lies on a shell, and a straight line would cut through where it never is (White 2016, Sampling Generative Networks)."""
    t = np.linspace(0, 1, count)[:, None]
    cosine = float(a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-12))
    angle = np.arccos(np.clip(cosine, -1, 1))
    if np.sin(angle) < 1e-4:  # the same direction, or the opposite one, where no arc is meant
        return ((1 - t) * a + t * b).astype(np.float32)
    return ((np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)).astype(np.float32)
