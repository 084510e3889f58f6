"""Generator and discriminator for images in one traced loop: both take their step at once, on the same real images and fakes.

It is the step of TensorFlow's tutorial on DCGAN: the discriminator is asked once about real images and fakes, and its answers move both
networks from where they stand. So both lie in one flat variable, and one optimizer, which works element by element, is two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from core.models.gan_images import given
from core.training.program import Program


class Pair(keras.Model):
    """Both networks as one model: its trainable variables are the generator's, then the discriminator's."""

    def __init__(self, generator: keras.Model, discriminator: keras.Model) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator


class ImageDuel(Program):
    """A Program whose points are images x (n, height, width, 1) uint8 and classes y (n, 1) int32.

    real(x): images on the scale of the generator's, float32; told: whether both networks take the classes too. `begin` sets what a run
    brings along. Rows: loss and loss_d, mean cross-entropy of generator (non-saturating: −log D(fake)) and discriminator (the sum of that
    of real images and of fakes); d_real, d_fake: the discriminator's mean probability that they are real; grad_g, grad_d: norms of the
    epoch's last gradients; update_g, update_d: how far an epoch took each, relative to its weights.
    """

    def __init__(self, pair: Pair, optimizer: keras.Optimizer, *, noise_size: int, batch_size: int, real: Callable[[Any], Any],
                 told: bool, squashed: bool, columns: Sequence[str], measure: Callable[..., Any]) -> None:
        self.noise_size, self.real, self.told, self.squashed = noise_size, real, told, squashed
        self.seed = keras.Variable(0, dtype="int32", trainable=False, name="seed")
        self.smoothing = keras.Variable(0.0, trainable=False, name="smoothing")
        nets = pair.generator, pair.discriminator
        super().__init__(pair, optimizer, keras.losses.BinaryCrossentropy(from_logits=True), batch_size=batch_size, columns=columns,
                         measure=measure, running=lambda y, said: said, groups=[net.trainable_variables for net in nets])
        self.columns = [*columns, "grad_g", "grad_d", "update_g", "update_d"]
        self.running_columns = ("loss_d", "d_real", "d_fake")
        self.own = len(pair.generator.trainable_variables)

    def begin(self, seed: int, smoothing: float) -> None:
        """Set what the noise is drawn from, and how much less than 1 real images are to be given."""
        self.seed.assign(seed)
        self.smoothing.assign(smoothing)

    def noise(self, count: Any) -> Any:
        """This step's noise: (count, noise_size), standard normal, a function of the seed and the optimizer's count of steps alone."""
        step = tf.cast(tf.convert_to_tensor(self.optimizer.iterations), tf.int32)
        return tf.random.stateless_normal((count, self.noise_size), tf.stack([tf.convert_to_tensor(self.seed), step]))

    def verdict(self, images: Any, kind: Any) -> Any:
        """What the loss takes for the discriminator's logits: (batch, 1)."""
        logits = self.model.discriminator(given(images, kind), training=True)
        return tf.identity(tf.sigmoid(logits)) if self.squashed else logits  # Keras would look behind a bare sigmoid, and repair it

    def _step(self, x: Any, y: Any, weights: Any, rate: Any) -> tuple[Any, Any, Any]:
        """One step of both networks. `weights` is of the XLA path, which convolutions do not take."""
        count = tf.shape(x)[0]
        real, kind = self.real(x), y if self.told else None
        flat = tf.convert_to_tensor(self.flat)
        parts = self.parts(flat)
        mine, theirs = parts[:self.own], parts[self.own:]
        ones = tf.ones((count, 1)) * (1 - tf.convert_to_tensor(self.smoothing))
        with keras.StatelessScope(state_mapping=list(zip(self.trained, parts, strict=True))) as scope:
            with tf.GradientTape() as making:
                making.watch(mine)
                fakes = self.model.generator(given(self.noise(count), kind), training=True)
            with tf.GradientTape(persistent=True) as judging:
                judging.watch([*theirs, fakes])
                of_real, of_fakes = self.verdict(real, kind), self.verdict(fakes, kind)
                loss_d = self.loss(ones, of_real) + self.loss(tf.zeros_like(of_fakes), of_fakes)
                loss_g = self.loss(tf.ones_like(of_fakes), of_fakes)
        down = judging.gradient(loss_d, theirs)
        up = making.gradient(fakes, mine, output_gradients=judging.gradient(loss_g, fakes))
        gradient = tf.concat([tf.reshape(g, [-1]) for g in [*up, *down]], 0)
        for v in self.model.non_trainable_variables:  # moving averages, seed generators
            new = scope.get_current_value(v)
            if new is not None:
                v.assign(new)
        self.optimizer.learning_rate.assign(rate)
        self.optimizer.apply([gradient], [self.flat])
        means = tf.stack([loss_g, loss_d, tf.reduce_mean(tf.sigmoid(of_real)), tf.reduce_mean(tf.sigmoid(of_fakes))])
        size = tf.cast(count, tf.float32)
        return tf.concat([means * size, size[None]], 0), tf.math.is_finite(loss_g + loss_d), gradient

    def _running_size(self, y: Any) -> int:
        return len(self.running_columns)

