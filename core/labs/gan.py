"""The lab for generative adversarial networks in two dimensions.

`list(train(GanSpec()))` runs it from a plain Python prompt. Arrays are float32 unless they say otherwise.

Rows, of at most about `ROWS` epochs, the stored ones among them: epoch; averages over its steps: loss (the generator's), loss_d, d_real
and d_fake (the discriminator's mean verdict on real points and on the generator's, as it learns from them: a probability, of lsgan and
wgan_gp a score), grad_g and grad_d (the gradients' lengths); as it ends: distance (sliced Wasserstein), mmd, js (bits, on a grid of
24 × 24), floor (the distance of other real points: about what a perfect generator would reach) and, of data with clouds, modes (how
many are covered: `core.maths.distances`). Before training only those from distance on. Who has 0 updates a step is measured like the other.

The arrays of a frame:

    real      (400, 2)        real points, the same in every frame
    noise     (400, z)        noise, the same in every frame, and
    fake      (400, 2)        where the generator puts it
    arrows    (60, 2)         −∂loss/∂x of the generator's loss of a single point, at the first fakes
    surface   (40, 40) float16  what the discriminator says over [-3, 3]², row 0 at the lowest x₂: as d_real
    manifold  (21, 21, 2)     where a grid of noise goes: from −1 to 1, of normal noise from −2 to 2; for z = 1 (41, 1, 2)
    area      (20, 20)        how large its cells are; for z = 1 (40, 1), lengths
    floor     (3,)            distance, mmd and js of other real points: what a perfect generator would reach
    share     (k,)            of 2,000 fakes near each of the k clouds, where there are any, and
    covered   (k,) uint8      whether those are enough
    g_w1, g_b1, …, d_w1, …    weights (in, out) and biases of both networks
    g_memory, d_memory        (rows, weights): what the optimizers remember (`core.training.rules`)
    counts    (2,)            updates that generator and discriminator have had
    at        (2,) int32      epoch and step that come next, counted from 0

Probes (`ask`):

    "step", {"pair": k = 1}: the run's own next step from here, or the k-th next (1 … 25), and after its last epoch one more at the
        settings' rates, whatever the schedule; what all updates of the discriminator do, then all of the generator: surface_0, fake_0,
        manifold_0, area_0, arrows_0 before; surface_d, arrows_d after the discriminator's; fake_g, manifold_g, area_g, arrows_g after
        the generator's; numbers (15,): loss_d before and after, d_real before and after, d_fake before and after, all on the batch of
        its first update; the generator's loss before and after its own, d_fake before and after, on its first batch; the lengths of
        the gradients of D and of G, means over the updates; their learning rates; 1 where the step comes after the run's end, else 0;
        real_batch and fake_batch (batch, 2): what D was shown first. Both surfaces are float32: a step may be very small.
    "sample", {"n": 400, "seed": 0}: fake (n, 2), of fresh noise.
    "noise", {"z": [[…], …]}: fake (n, 2): where the generator puts noise of one's choice.
    "sealed": metrics (3,): distance from real points that nobody learned from, how many, distance from those that were learned from.
    "model", {"of": "generator"}: file (bytes,) uint8: the generator, or the "discriminator", as a .keras file.
    ValueError for anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from core.data import mixtures as data
from core.frame import Checkpoint, End, Frame, Status
from core.labs.course import Course
from core.labs.duelling import COMPARED, MEASURED, View, area, noise
from core.labs.notes import reached_gan
from core.labs.saving import model_file
from core.maths.distances import sliced_wasserstein
from core.models.gan import build, first_weights, nets
from core.specs.gan import GanSpec
from core.training.batches import learning_rates, stored_epochs
from core.training.bout import Bout
from core.training.cache import Cache
from core.training.duel import Duel
from core.training.rules import Rule

Arrays = dict[str, np.ndarray]
Uploads = dict[str, Arrays]
ROWS = 200  # measuring costs as much as an epoch
PAIRS, SAMPLES = 25, 2000  # that the probes take at most

_labs: Cache[Lab] = Cache(limit=48)
_samples: Cache[data.Mixture] = Cache(limit=32)


class Lab:
    """Two networks, ready to be trained. view is set before every run."""

    def __init__(self, spec: GanSpec) -> None:
        self.generator, self.discriminator = nets(spec)
        rules = Rule(spec.g_optimizer, spec.beta1), Rule(spec.d_optimizer, spec.beta1)
        self.bout = Bout(self.generator, self.discriminator, *rules, spec.loss, spec.batch_size, spec.noise_size, spec.d_steps,
                         spec.g_steps)
        self.columns = ["distance", "mmd", "js", "floor", *(["modes"] if spec.modes else [])]
        self.program = Duel(self.bout, self.columns, lambda g, d: self.view.measure(g, d))
        self.view: View
        self.looks = 0

    def look(self) -> Arrays:
        self.looks += 1
        return self.view.look(self.program.g[0], self.program.d[0])

    def weights(self) -> Arrays:
        """All that `restored` needs to go on from a frame."""
        found: Arrays = {}
        for name, net, whole in (("g", self.generator, self.program.g), ("d", self.discriminator, self.program.d)):
            plain = net.plain(whole[0])
            for i, (w, b) in enumerate(zip(plain.weights, plain.biases, strict=True), 1):
                found |= {f"{name}_w{i}": w, f"{name}_b{i}": b}
            found[f"{name}_memory"] = whole[1:]
        return found | {"counts": self.program.counts, "at": self.program.at}

    def restored(self, arrays: Arrays) -> tuple[np.ndarray, np.ndarray]:
        """Weights and memory of both networks, from a frame, one below the other. KeyError names what is missing."""
        found = []
        for name, net in (("g", self.generator), ("d", self.discriminator)):
            parts = [arrays[f"{name}_{kind}{i}"].ravel() for i in range(1, len(net.widths)) for kind in "wb"]
            found.append(np.concatenate([np.concatenate(parts)[None], arrays[f"{name}_memory"]]).astype(np.float32))
        return found[0], found[1]


def sample_of(spec: GanSpec, uploads: Uploads | None = None) -> data.Mixture:
    """The real points of a spec. KeyError if they were uploaded and are not here."""
    if spec.upload:  # not kept here: whoever deletes an upload deletes it everywhere
        return data.load("upload", points=0, seed=spec.seed, upload=(uploads or {})[spec.upload])
    return _samples.get(spec.split, lambda: data.load(spec.dataset, points=spec.points, seed=spec.seed, drawn=spec.drawn))


def lab_of(spec: GanSpec) -> Lab:
    """The networks of a spec; the fields that do not change what is compiled share one."""
    return _labs.get((*spec.step_key, bool(spec.modes)), lambda: Lab(spec))


def prepare(spec: GanSpec, lab: Lab, view: View) -> None:
    """Set what a run has of its own beside its weights."""
    lab.view = view
    duel = lab.program
    duel.instance_noise, duel.penalty, duel.d_rate, duel.noise = spec.instance_noise, spec.penalty, spec.d_rate, spec.noise


def train(spec: GanSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the networks of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    sample = sample_of(spec, uploads)
    nothing = tf.zeros((2, 0))

    def reset(spec: GanSpec, lab: Lab) -> None:
        lab.program.start = first_weights(spec)

    def look(spec: GanSpec, lab: Lab) -> Callable[[], Arrays]:
        return lab.look

    course = Course(built=lab_of, prepare=lambda spec, lab: prepare(spec, lab, View(spec, sample)),
                    data=lambda spec, lab: (tf.constant(sample.x), nothing, nothing, len(sample.x)), look=look, reset=reset,
                    reached=reached_gan, listed=lambda spec: frozenset(stored_epochs(spec.epochs, ROWS)))
    yield from course.train(spec, resume)


def ask(spec: GanSpec, probe: str, arrays: Arrays, arguments: dict[str, Any], uploads: Uploads | None = None) -> Arrays:
    """Question the networks of a frame: the probes are described above. ValueError for anything else."""
    if probe not in ("step", "sample", "noise", "sealed", "model"):
        raise ValueError(f"probe {probe!r} is not one of step, sample, noise, sealed, model")
    lab = lab_of(spec)
    g, d = lab.restored(arrays)
    if probe == "model":
        which = arguments.get("of", "generator")
        if which not in spec.models:
            raise ValueError(f"“of” is one of {', '.join(spec.models)}; it is {which!r}")
        sure = "sigmoid" if spec.loss in ("minimax", "nonsaturating") else "linear"
        made = build(lab.generator, g[0], which) if which == "generator" else build(lab.discriminator, d[0], which, sure)
        return {"file": np.frombuffer(model_file(made), np.uint8)}
    sample = sample_of(spec, uploads)
    view = View(spec, sample)
    if probe == "step":
        return _step(spec, lab, view, arrays, _whole(arguments.get("pair", 1), "pair", 1, PAIRS))
    if probe == "sample":
        n = _whole(arguments.get("n", 400), "n", 1, SAMPLES)
        luck = np.random.default_rng([_whole(arguments.get("seed", 0), "seed", 0, 2**31), 13])
        return {"fake": view.points(g[0], noise(spec, n, luck)).astype(np.float32)}
    if probe == "noise":
        return {"fake": view.points(g[0], _places(arguments.get("z"), spec.noise_size)).astype(np.float32)}
    made = view.points(g[0], view.z)
    fresh = sample.fresh if len(sample.fresh) else sample.x
    return {"metrics": np.array([sliced_wasserstein(made, fresh), len(fresh), sliced_wasserstein(made[:COMPARED], view.compared)],
                                np.float32)}


def _whole(value: Any, name: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"“{name}” is a whole number from {least} to {most}; it is {value!r}")
    return value


def _places(z: Any, size: int) -> np.ndarray:
    try:
        places = np.array(z, np.float32).reshape(-1, size)
    except (ValueError, TypeError):
        raise ValueError(f"“z” is a list of places of noise, {size} number(s) each; it is {z!r}") from None
    if not 1 <= len(places) <= MEASURED or not np.isfinite(places).all():
        raise ValueError(f"“z” is a list of 1 to {MEASURED} places of noise, finite numbers")
    return places


def _step(spec: GanSpec, lab: Lab, view: View, arrays: Arrays, pair: int) -> Arrays:
    """The run's own `pair`-th next step, taken operation by operation."""
    bout, duel = lab.bout, Duel(lab.bout, [], lambda g, d: np.zeros(0))
    duel.instance_noise, duel.noise = spec.instance_noise, spec.noise
    g, d = (tf.constant(whole) for whole in lab.restored(arrays))
    counts, (epoch, at) = tf.constant(arrays["counts"].astype(np.float32)), arrays["at"].tolist()
    x = view.sample.x
    steps = -(-len(x) // spec.batch_size)
    rates = learning_rates(spec.schedule, spec.learning_rate, spec.epochs * steps)
    penalty = tf.constant(spec.penalty, tf.float32)
    for left in reversed(range(pair)):
        beyond = epoch * steps + at >= len(rates)  # where the schedule, too, is at its end
        rate = spec.learning_rate if beyond else float(rates[epoch * steps + at])
        both = tf.constant([rate, rate * spec.d_rate], tf.float32)
        row = tf.constant(duel.rows(x, spec.seed, epoch)[at])
        if left:
            g, d, counts, _ = bout.step(g, d, counts, row, both, penalty)
        epoch, at = (epoch + 1, 0) if at + 1 == steps else (epoch, at + 1)
    batch = bout.unpack(row)
    first = {name: batch[name][0] for name in batch}
    fake = bout.generator.run(g[0], first["z_d"]) + first["blur_d"]
    new_g, new_d, _, said = bout.step(g, d, counts, row, both, penalty)

    def judged(d: Any) -> list[float]:
        loss, real, made = bout.judge(d, fake, first, penalty)
        return [float(loss), float(tf.reduce_mean(bout.shown(real))), float(tf.reduce_mean(bout.shown(made)))]

    def deceived(g: Any) -> list[float]:
        scores = bout.discriminator.run(new_d[0], bout.generator.run(g, first["z_g"]) + first["blur_g"])
        return [float(bout.deceiving(scores)), float(tf.reduce_mean(bout.shown(scores)))]

    turns = [pair for old, new in ((judged(d[0]), judged(new_d[0])), (deceived(g[0]), deceived(new_g[0])))
             for pair in zip(old, new, strict=True)]
    numbers = np.array([*(n for pair in turns for n in pair), float(said[5]), float(said[4]), rate * spec.d_rate, rate, beyond], np.float32)
    old_g, old_d, made_g, made_d = (a[0].numpy() for a in (g, d, new_g, new_d))
    before, after = view.manifold(old_g), view.manifold(made_g)
    return {"surface_0": view.verdict(old_d), "fake_0": view.fakes(old_g), "manifold_0": before, "area_0": area(before),
            "arrows_0": view.arrows(old_g, old_d), "surface_d": view.verdict(made_d), "arrows_d": view.arrows(old_g, made_d),
            "fake_g": view.fakes(made_g), "manifold_g": after, "area_g": area(after), "arrows_g": view.arrows(made_g, made_d),
            "numbers": numbers, "real_batch": first["real"].numpy(), "fake_batch": fake.numpy()}
