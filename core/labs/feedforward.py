"""The feedforward lab: a dense network on points in the plane.

`list(train(FeedforwardSpec()))` runs it from a plain Python prompt. The arrays of its frames:

    surface      (50, 50) uint8      the output over the plane, row 0 at the lowest x₂: 0 … 255 for its lowest to highest
                                     value, or, for more than two classes, the class that wins
    surface_p    (50, 50) uint8      more than two classes only: how sure the network is, 0 … 255
    thumbs       (m, 20, 20) uint8   the same for single neurons, at most 16 of a layer, inputs and outputs included, each
                                     scaled by its own largest value so that 128 is zero
    w0, b0, …    float16 or 32       kernels (in, out) and biases of the dense layers
    n0, …        (4, units)          batch normalization: gamma, beta, moving mean, moving variance
    confusion    (k, k) int32        validation points: rows what they are, columns what the network says
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from core.data import points as data
from core.frame import Checkpoint, End, Frame, Status
from core.labs.course import Course
from core.labs.dense import Lab, View, encode
from core.labs.notes import reached
from core.labs.saving import feedforward_model, model_file
from core.models.seeding import reseed
from core.specs.feedforward import FeedforwardSpec
from core.training.cache import Cache

Uploads = dict[str, dict[str, np.ndarray]]

_labs: Cache[Lab] = Cache(limit=48)
_samples: Cache[data.Points] = Cache(limit=32)


def sample_of(spec: FeedforwardSpec, uploads: Uploads | None) -> data.Points:
    """The points of a spec. KeyError if they were uploaded and are not here."""
    how = {"points": spec.points, "noise": spec.noise, "seed": spec.seed, "train_share": spec.train_share}
    if spec.upload:  # not kept here: whoever deletes an upload deletes it everywhere
        return data.load(spec.dataset, **how, upload=(uploads or {})[spec.upload])  # type: ignore[arg-type]
    return _samples.get((spec.dataset, *how.values()), lambda: data.load(spec.dataset, **how))  # type: ignore[arg-type]


def lab_of(spec: FeedforwardSpec, sample: data.Points) -> Lab:
    """The built architecture of a spec; the fields that do not change it share one."""
    inputs = len(spec.features) if sample.x.shape[1] == 2 else sample.x.shape[1]
    jit = spec.compiled(sample.train)
    room = _room(len(sample.x)) if jit else 0
    key = (inputs, spec.hidden, tuple(spec.activation_of(i) for i in range(len(spec.hidden))), spec.batch_norm, spec.dropout,
           bool(spec.l1), bool(spec.l2), spec.optimizer, spec.loss_name, sample.classes, spec.batch_size, jit, room)
    return _labs.get(key, lambda: Lab(spec, inputs, sample.classes, jit))


def _room(n: int) -> int:
    """How many points a compiled program has room for: their number may change within it. Two sizes, since every epoch
    measures all of it."""
    return 1024 if n <= 1024 else max(n, 2048)


def tensors(spec: FeedforwardSpec, sample: data.Points, lab: Lab) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Inputs, targets and the masks of training and validation, padded to the room of a compiled program."""
    n = len(sample.x)
    pad = _room(n) - n if lab.program.jit else 0
    x = np.pad(encode(spec, sample.x), ((0, pad), (0, 0)))
    no, yes = lab.targets
    if not sample.classes:
        y = sample.y[:, None]
    elif sample.classes == 2:
        y = np.where(sample.y[:, None] > 0.5, yes, no)
    else:
        y = np.eye(sample.classes)[sample.y.astype(int)]
    y = np.pad(y, ((0, pad), (0, 0))).astype(np.float32)
    masks = np.zeros((2, n + pad), np.float32)
    masks[0, :sample.train] = 1
    masks[1, sample.train:sample.train + sample.validation] = 1
    return tf.constant(x), tf.constant(y), tf.constant(masks)


def train(spec: FeedforwardSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the network of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    sample = sample_of(spec, uploads)

    def prepare(spec: FeedforwardSpec, lab: Lab) -> None:
        if lab.regularizer is not None:
            lab.regularizer.set(spec.l1, spec.l2)

    def look(spec: FeedforwardSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        view = View(spec, sample)
        return lambda: lab.look(view)

    course = Course(built=lambda spec: lab_of(spec, sample), prepare=prepare,
                    data=lambda spec, lab: (*tensors(spec, sample, lab), sample.train), look=look,
                    reset=lambda spec, lab: reseed(lab.model, spec.initializer, spec.seed), reached=reached)
    yield from course.train(spec, resume)


def ask(spec: FeedforwardSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Uploads | None = None) -> dict[str, np.ndarray]:
    """Question the network of a frame.

    probe "ablate", arguments {"removed": [[layer, unit], …]}, layer 0 being the inputs: what is left without these neurons:
        surface, surface_p, thumbs, confusion, and metrics (2,) float32: validation loss and accuracy (or absolute error).
    probe "sealed": metrics (3,) float32: accuracy (or absolute error) on the sealed test set, how many points that has, and the
        same on validation.
    probe "model": file (bytes,) uint8: the network as a .keras file, without its optimizer.
    probe "point", arguments {"x": [x₁, x₂]}: act_0, act_1, …: every neuron's value at this place, inputs first.
    ValueError for anything else.
    """
    sample = sample_of(spec, uploads)
    lab = lab_of(spec, sample)
    flat, others = lab.restore(arrays)
    if probe == "point":
        try:
            place = np.array(arguments.get("x"), np.float32).reshape(1, 2)
        except (ValueError, TypeError):
            raise ValueError(f"“x” is a place [x₁, x₂], two numbers; it is {arguments.get('x')!r}") from None
        if not np.isfinite(place).all():
            raise ValueError(f"“x” is a place [x₁, x₂], two finite numbers; it is {arguments.get('x')!r}")
        with lab.program.weights(flat, others):
            values = lab.forward(tf.constant(encode(spec, sample.inputs(place))))
        return {f"act_{i}": v.numpy()[0] for i, v in enumerate(values.values())}
    if probe == "model":
        return {"file": np.frombuffer(model_file(feedforward_model(spec, sample.classes, arrays)), np.uint8)}
    if probe == "sealed":
        x, y, _masks = tensors(spec, sample, lab)
        first, n = sample.train + sample.validation, len(sample.x)
        with lab.program.weights(flat, others):
            right = lab.correct(y, lab.forward(x)["output"]).numpy()
        return {"metrics": np.array([right[first:n].mean(), n - first, right[sample.train:first].mean()], np.float32)}
    if probe != "ablate":
        raise ValueError(f"probe {probe!r} is not one of ablate, model, point, sealed")
    removed = _removed(lab, arguments.get("removed"))
    result = lab.look(View(spec, sample), flat, others, removed)
    x, y, masks = tensors(spec, sample, lab)
    with lab.program.weights(flat, others):
        output = lab.forward(x, removed)["output"]
    per_point = tf.stack([lab.loss.call(y, output), lab.correct(y, output)])
    result["metrics"] = (tf.linalg.matvec(per_point, masks[1]) / tf.reduce_sum(masks[1])).numpy()
    return result


def _removed(lab: Lab, removed: Any) -> dict[str, np.ndarray]:
    pairs = removed if isinstance(removed, list) else [None]
    if not all(isinstance(p, list | tuple) and len(p) == 2 and all(type(n) is int for n in p) for p in pairs):
        raise ValueError(f"“removed” is a list of [layer, unit], whole numbers; it is {removed!r}")
    names = ["inputs", *(layer.name for layer in lab.model.layers if layer.name.startswith("hidden_"))]
    sizes = [lab.model.input_shape[1], *(layer.units for layer in lab.dense[:-1])]
    keep: dict[str, np.ndarray] = {}
    for layer, unit in removed:
        if not (0 <= layer < len(names) and 0 <= unit < sizes[layer]):
            raise ValueError(f"there is no neuron {unit} in layer {layer}: the layers have {sizes} neurons")
        keep.setdefault(names[layer], np.ones(sizes[layer], np.float32))[unit] = 0
    return keep
