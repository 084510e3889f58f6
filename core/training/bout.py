"""One step of two networks against each other: what each plays for, its gradient, its update. Pure functions of tensors.

Of scores r of real points and f of the generator's, before any sigmoid, each makes its own loss small:

| loss | discriminator | generator |
| --- | --- | --- |
| minimax | mean of −log σ(r), plus that of −log(1 − σ(f)) | mean of log(1 − σ(f)) |
| nonsaturating | the same | mean of −log σ(f) (both: Goodfellow et al., Generative adversarial nets, 2014) |
| lsgan | half the mean of (r − 1)², plus half that of f² | half the mean of (f − 1)² (Mao et al., Least squares GANs, 2017) |
| wgan_gp | mean f − mean r + λ · mean of (‖∇‖ − 1)², the slope at points between real ones and others | −mean f (Gulrajani et al., 2017) |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from core.models.gan import Net
from core.training.rules import Rule

NUMBERS = ("loss", "loss_d", "d_real", "d_fake", "grad_g", "grad_d")  # of a step, and of its row


@dataclass(frozen=True)
class Bout:
    """The rules of a step, which fix what is compiled. size: points a batch; d_steps, g_steps: updates a step; noise_size: numbers that the
    generator makes a point of. A side with 0 updates stays as it is; what it would say and feel on a batch is measured all the same."""

    generator: Net
    discriminator: Net
    g_rule: Rule
    d_rule: Rule
    loss: str
    size: int
    noise_size: int
    d_steps: int = 1
    g_steps: int = 1

    # ---- what a step needs

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The numbers of one step: real points; noise for the discriminator's updates and for the generator's; what is added to the points
        made of it (instance noise; real points have it already); where between real and made the slope is held."""
        d, g = (max(self.d_steps, 1), self.size), (max(self.g_steps, 1), self.size)
        between = {"between": (*d, 1)} if self.loss == "wgan_gp" else {}
        noise = self.noise_size
        return {"real": (*d, 2), "z_d": (*d, noise), "blur_d": (*d, 2), "z_g": (*g, noise), "blur_g": (*g, 2), **between}

    @property
    def numbers(self) -> int:
        """How many numbers that are."""
        return sum(int(np.prod(shape)) for shape in self.shapes.values())

    def unpack(self, row: Any) -> dict[str, Any]:
        """A row of so many numbers, by name and in shape."""
        parts = tf.split(row, [int(np.prod(shape)) for shape in self.shapes.values()])
        return {name: tf.reshape(part, shape) for (name, shape), part in zip(self.shapes.items(), parts, strict=True)}

    # ---- the two updates

    def shown(self, scores: Any) -> Any:
        """Scores as they are told: the probability of being real, or, where there is none (lsgan, wgan_gp), the score."""
        return tf.sigmoid(scores) if self.loss in ("minimax", "nonsaturating") else scores

    def against(self, real: Any, fake: Any) -> Any:
        """The discriminator's loss for scores (n, 1), without a penalty."""
        if self.loss == "lsgan":
            return (tf.reduce_mean(tf.square(real - 1)) + tf.reduce_mean(tf.square(fake))) / 2
        if self.loss == "wgan_gp":
            return tf.reduce_mean(fake) - tf.reduce_mean(real)
        return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))

    def deceiving(self, fake: Any) -> Any:
        """The generator's loss for the scores (n, 1) of its points."""
        if self.loss == "minimax":
            return -tf.reduce_mean(tf.nn.softplus(fake))
        if self.loss == "lsgan":
            return tf.reduce_mean(tf.square(fake - 1)) / 2
        return -tf.reduce_mean(fake) if self.loss == "wgan_gp" else tf.reduce_mean(tf.nn.softplus(-fake))

    def slope(self, d: Any, x: Any) -> Any:
        """The mean of (‖∇ score‖ − 1)² at points (n, 2)."""
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.reduce_sum(self.discriminator.run(d, x))
        length = tf.sqrt(tf.reduce_sum(tf.square(tape.gradient(score, x)), 1) + 1e-12)
        return tf.reduce_mean(tf.square(length - 1))

    def judge(self, d: Any, fake: Any, batch: dict[str, Any], penalty: Any) -> tuple[Any, Any, Any]:
        """The discriminator's loss on a batch, and the scores of both halves."""
        scores = self.discriminator.run(d, tf.concat([batch["real"], fake], 0))
        real, made = scores[:self.size], scores[self.size:]
        loss = self.against(real, made)
        if self.loss == "wgan_gp":
            loss += penalty * self.slope(d, batch["real"] + batch["between"] * (fake - batch["real"]))
        return loss, real, made

    def teach(self, g: Any, d: Any, memory: Any, t: Any, batch: dict[str, Any], rate: Any, penalty: Any) -> tuple[Any, Any, Any]:
        """One update of the discriminator. g, d: flat weights; t: which update it is, from 1; batch: real, z_d, blur_d, between,
        each (n, …). Returns weights, memory, and loss, d_real, d_fake, the gradient's length."""
        fake = self.generator.run(g, batch["z_d"]) + batch["blur_d"]
        with tf.GradientTape() as tape:
            tape.watch(d)
            loss, real, made = self.judge(d, fake, batch, penalty)
        gradient = tape.gradient(loss, d)
        d, memory = self.d_rule.step(d, memory, t, gradient, rate)
        said = tf.stack([loss, tf.reduce_mean(self.shown(real)), tf.reduce_mean(self.shown(made)), tf.norm(gradient)])
        return d, memory, said

    def fool(self, g: Any, d: Any, memory: Any, t: Any, batch: dict[str, Any], rate: Any) -> tuple[Any, Any, Any]:
        """One update of the generator; batch: z_g, blur_g. Returns weights, memory, and loss, the gradient's length."""
        with tf.GradientTape() as tape:
            tape.watch(g)
            made = self.generator.run(g, batch["z_g"]) + batch["blur_g"]
            loss = self.deceiving(self.discriminator.run(d, made))
        gradient = tape.gradient(loss, g)
        g, memory = self.g_rule.step(g, memory, t, gradient, rate)
        return g, memory, tf.stack([loss, tf.norm(gradient)])

    # ---- a step

    def step(self, g: Any, d: Any, counts: Any, row: Any, rates: Any, penalty: Any) -> tuple[Any, Any, Any, Any]:
        """All updates of a step. g, d: weights and memory, one below the other, (1 + rows, size); counts (2,): updates that each network
        has had; row: as `unpack` takes it; rates (2,): the generator's and the discriminator's. Returns g, d, counts and NUMBERS."""
        batch = self.unpack(row)
        updates = {"d": self.d_steps, "g": self.g_steps}

        def of(who: str, i: Any) -> dict[str, Any]:
            names = ("z_g", "blur_g") if who == "g" else tuple(n for n in batch if n not in ("z_g", "blur_g"))
            return {name: batch[name][i] for name in names}

        def again(who: str, update: Any, state: Any, zeros: Any) -> tuple[Any, Any]:
            """So many updates, one after the other; the mean of what they say."""
            if updates[who] <= 1:
                new, said = update(state, 0, of(who, 0))
                return (new if updates[who] else state), said
            _, state, said = tf.while_loop(
                lambda i, state, said: i < updates[who],
                lambda i, state, said: (i + 1, *(lambda new: (new[0], said + new[1]))(update(state, i, of(who, i)))),
                (tf.constant(0), state, zeros), parallel_iterations=1)
            return state, said / updates[who]

        def teach(state: Any, i: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
            w, memory, said = self.teach(g[0], state[0], state[1:], counts[1] + 1 + tf.cast(i, tf.float32), batch, rates[1], penalty)
            return tf.concat([w[None], memory], 0), said

        d, told = again("d", teach, d, tf.zeros(4))

        def fool(state: Any, i: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
            w, memory, said = self.fool(state[0], d[0], state[1:], counts[0] + 1 + tf.cast(i, tf.float32), batch, rates[0])
            return tf.concat([w[None], memory], 0), said

        g, heard = again("g", fool, g, tf.zeros(2))
        counts = counts + tf.constant([self.g_steps, self.d_steps], tf.float32)
        return g, d, counts, tf.stack([heard[0], told[0], told[1], told[2], heard[1], told[3]])
