"""The lab for images that are made up: a generator learns to fool a discriminator, and a judge says what has become of that.

`list(train(ImageGanSpec()))` runs it from a plain Python prompt. The arrays of its frames:

    fakes             (n, h, w, 1) uint8      what the generator makes of fixed noise, n = 64; where a class is said 60, ten a row of the
                                              same noise, one of each class; with fakes_ids (n,) int32: 0, 1, …; fakes_said (n,) int32,
                                              fakes_sure (n,) float32: what the judge takes each for, and how sure it is,
                                              and fakes_asked (n,) int32: the class asked for, where one is said
    fooled            (n,) float32            how likely the discriminator takes each to be real
    counts            (1, 10) int32           of 500 other fakes those that the judge is sure of, by class; where a class is said
                                              (10, 10): rows what was asked for
    real              (16, h, w, 1) uint8     real images that are learned from
    g0, …, d0, …, n0, …                       the weights, see `core.labs.imagining.Lab.weights`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data import images as data
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.labs import judge
from core.labs.course import Course, Row
from core.labs.imagining import MADE, PATH, SHOWN, Lab, between, rounded
from core.labs.saving import model_file
from core.maths.nearest import nearest
from core.models.gan_images import build_discriminator, build_generator
from core.specs.cnn import DATASETS
from core.specs.gan_images import CLASSES, COLUMNS, LEARNED, ImageGanSpec
from core.training.cache import Cache

NEAR = 10  # real images that a fake is compared with
MOST = 100  # images that are made at once
HELD = 200  # real images that were not learned from, for what is usual

_labs: Cache[Lab] = Cache(limit=6)
_samples: Cache[data.Images] = Cache(limit=2)
_tensors: Cache[tuple[tf.Tensor, tf.Tensor, tf.Tensor]] = Cache(limit=1)  # they are large
_usual: Cache[float] = Cache(limit=8)


def sample_of(spec: ImageGanSpec) -> data.Images:
    """The real images of a spec. Trouble if they are not on this machine."""
    how = {"points": spec.points, "seed": spec.seed, "train_share": LEARNED}
    return _samples.get((spec.source, *how.values()), lambda: data.load(spec.source, **how))  # type: ignore[arg-type]


def lab_of(spec: ImageGanSpec) -> Lab:
    """The built networks of a spec; the fields that do not change them share one."""
    return _labs.get(spec.step_key, lambda: Lab(spec))


def tensors(spec: ImageGanSpec, sample: data.Images) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, int]:
    """Images as they are, uint8, their classes (n, 1), the masks that a `Task` has, and how many there are to learn from: all of them."""
    def make() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        n = sample.train
        masks = np.stack([np.ones(n, np.float32), np.zeros(n, np.float32)])
        return tf.constant(sample.x[:n]), tf.constant(sample.y[:n, None].astype(np.int32)), tf.constant(masks)

    return *_tensors.get((spec.source, spec.points, spec.seed), make), sample.train


def train(spec: ImageGanSpec, *, resume: Checkpoint | None = None, uploads: Any = None) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train both networks of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    try:
        sample = sample_of(spec)
    except Trouble as missing:
        yield End("failed", error=missing.message, change={"source": "digits"})
        return
    here = sample.train + sample.validation
    if spec.source != "digits" and here < spec.points:
        said = N_("{dataset} has only {here:,} images for training and validation on this computer, not {points:,}.")
        yield End("failed", error=Message(said, {"dataset": ["_", DATASETS[spec.source]], "here": here, "points": spec.points}),
                  change={"points": here})
        return
    for item in judge.prepared(spec.source):
        yield item
        if isinstance(item, End):
            return

    def look(spec: ImageGanSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        def shown() -> dict[str, np.ndarray]:
            lab.looks += 1
            with lab.program.weights():
                return lab.look(sample, spec.shown)

        return shown

    course = Course(built=lab_of, prepare=lambda spec, lab: lab.program.begin(spec.seed, spec.smoothing),
                    data=lambda spec, lab: tensors(spec, sample), look=look, reset=lambda spec, lab: lab.reset(spec), reached=reached)
    yield from course.train(spec, resume)


def reached(spec: ImageGanSpec, rows: Sequence[Row]) -> list[Message]:
    """What has become of the fakes, in a sentence or two."""
    sure, classes, right = (rows[-1].get(name) for name in ("sure", "classes", "right"))
    if sure is None or classes is None:
        return []
    found = [Message(N_("A classifier that knows the real images is sure of {sure:.0%} of the fakes; they cover {classes:.0f} of {all} "
                        "classes."), {"sure": sure, "classes": classes, "all": CLASSES})]
    if right is not None:
        found.append(Message(N_("It takes {right:.0%} of them for the class that was asked for."), {"right": right}))
    return found


def ask(spec: ImageGanSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Any = None) -> dict[str, np.ndarray]:
    """Question the networks of a frame.

    probe "look", arguments {"image": i, "before": j}: of the fake with number i the real images nearest to it, among all that were learned
        from: near (10, h, w, 1) uint8 and near_far (10,) float32, how far each is, 1 being how far a new real image usually is from the
        nearest of them; and what lies between fake j (or the one behind i) and i: between (10, h, w, 1) uint8, the noise going from one to
        the other, with between_said (10,) int32, what the judge takes it for. Where a class is said, all of them are asked for that of i.
    probe "make", arguments {"count": n, "seed": s, "kind": k}: n new fakes, at most 100: made (n, h, w, 1) uint8, made_said (n,) int32,
        made_sure (n,) float32. kind: the class asked for, where one is said; the classes in turn without it.
    probe "model", arguments {"of": "generator" or "discriminator"}: file (bytes,) uint8: a network as a .keras file; the discriminator's
        ends in a sigmoid.
    ValueError for anything else; Trouble if the images are not on this machine.
    """
    if probe == "model":
        return {"file": np.frombuffer(model_file(network(spec, str(arguments.get("of", "generator")), arrays)), np.uint8)}
    lab = lab_of(spec)
    flat, others = lab.kept.back(arrays)
    with lab.program.weights(flat, others):
        if probe == "make":
            return _made(spec, lab, **arguments)
        if probe != "look":
            raise ValueError(f"probe {probe!r} is not one of look, make, model")
        return _compared(spec, lab, _number(spec, arguments.get("image", 0)), arguments.get("before"))


def _number(spec: ImageGanSpec, value: Any) -> int:
    """The number of a fake. ValueError if there is none of it."""
    if not isinstance(value, int) or not 0 <= value < spec.shown:
        raise ValueError(f"fake {value!r} is none of 0 to {spec.shown - 1}")
    return value


def _compared(spec: ImageGanSpec, lab: Lab, image: int, before: Any) -> dict[str, np.ndarray]:
    noise, kinds = (part.numpy() for part in lab.noise(SHOWN, spec.shown))
    step = COLUMNS if spec.conditional else 1  # the next that has another noise
    other = (image + step) % spec.shown if before is None else _number(spec, before)
    way = between(noise[other], noise[image], PATH)
    kind = tf.fill([PATH], int(kinds[image]))
    pixels = lab.pixels(lab.fakes(tf.constant(way), kind))
    said = lab.judge(pixels, training=False).numpy().argmax(1).astype(np.int32)
    sample = sample_of(spec)
    learned = sample.x[:sample.train]
    places, far = nearest(pixels.numpy()[-1:], learned, NEAR)
    held = sample.x[sample.train:sample.train + min(sample.validation, HELD)]
    usual = _usual.get((spec.source, spec.points, spec.seed), lambda: float(np.median(nearest(held, learned, 1)[1])))
    return {"near": learned[places[0]], "near_far": far[0] / np.float32(max(usual, 1e-9)), "between": rounded(pixels),
            "between_said": said}


def _made(spec: ImageGanSpec, lab: Lab, count: int = 1, seed: int = 0, kind: int | None = None) -> dict[str, np.ndarray]:
    if not 1 <= count <= MOST or not 0 <= seed < 1 << 31 or not (kind is None or 0 <= kind < CLASSES):
        raise ValueError(f"{count} fakes of class {kind} from seed {seed}: 1 to {MOST}, classes 0 to {CLASSES - 1}")
    noise, kinds = lab.noise(MADE, count, seed)
    if kind is not None:
        kinds = tf.fill([count], kind)
    pixels = lab.pixels(lab.fakes(noise, kinds))
    answers = lab.judge(pixels, training=False).numpy()
    return {"made": rounded(pixels), "made_said": answers.argmax(1).astype(np.int32), "made_sure": answers.max(1).astype(np.float32)}


def network(spec: ImageGanSpec, which: str, arrays: dict[str, np.ndarray]) -> keras.Model:
    """The generator or the discriminator of a frame, built anew. ValueError for another."""
    if which not in spec.models:
        raise ValueError(f"there is no {which!r} among {', '.join(spec.models)}")
    net = build_generator(spec) if which == "generator" else build_discriminator(spec)
    norms = [layer for layer in net.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for i, layer in enumerate(norms):
        layer.set_weights([part.astype(np.float32) for part in arrays[f"n{i}"]])
    within = {id(v) for layer in norms for v in layer.variables}
    for i, v in enumerate(v for v in net.trainable_variables if id(v) not in within):
        v.assign(arrays[f"{which[0]}{i}"].astype(np.float32))
    return net if which == "generator" else keras.Model(net.inputs, keras.layers.Activation("sigmoid")(net.output), name=which)
