"""The CNN lab: a convolutional network on pictures, or one of dense layers only.

`list(train(CnnSpec()))` runs it from a plain Python prompt. The arrays of its frames:

    thumbs            (m, side, side) uint8   what the layers make of one image, see `core.labs.convolutional.Lab.maps`
    answer            (classes,) float32      how likely it takes each class to be for that image
    filters           (n, k, k, c) uint8      the first convolution's kernels, at most 32, 128 being zero; of a network without
                                              convolutions (n, h, w, c), what each neuron of the first dense layer weighs
    examples          (m, h, w, c) uint8      an image of each class that is there; with examples_ids, _truth, _said (m,) int32: the
                                              image's number among the validation images, what it is, what the network takes it for;
                                              examples_sure (m,) float32: how sure it is of that
    mistakes          the same of the validation images that it is most wrong about, at most 12
    confusion         (classes, classes) int32  at most 500 validation images: rows what they are, columns what the network says
    cloud             (n, 2) float32          where at most 300 validation images lie on a flat map (PCA) of what the last layer before the
                                              output makes of them, class 0 to the right; cloud_truth (n,) int32: what they are
    k0, b0, … n0, …   the weights, see `Lab.weights`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from core.data import images as data
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.labs import evaluation
from core.labs.convolutional import Lab, View, first_of, removed_of, unit_of
from core.labs.course import Course
from core.labs.notes import reached_images
from core.labs.saving import cnn_model, model_file
from core.labs.subject import cam, chosen, network_id
from core.models.seeding import reseed
from core.specs import stack
from core.specs.cnn import DATASETS, HEAVIEST, CnnSpec
from core.training.cache import Cache

Uploads = dict[str, dict[str, np.ndarray]]
MEASURED = 2000  # validation images up to which a network without some of its maps is measured on all of them, within 300 ms

_labs: Cache[Lab] = Cache(limit=12)
_samples: Cache[data.Images] = Cache(limit=2)
_around: Cache[dict[str, np.ndarray]] = Cache(limit=8)  # what does not change with the image that a question is about
_flat: Cache[dict[str, np.ndarray]] = Cache(limit=8)
_tensors: Cache[tuple[tf.Tensor, tf.Tensor, tf.Tensor]] = Cache(limit=1)  # they are large


def sample_of(spec: CnnSpec, uploads: Uploads | None = None) -> data.Images:
    """The images of a spec. Trouble if they are not on this machine, or are none of such classes."""
    how = {"points": spec.points, "seed": spec.seed, "train_share": spec.train_share}
    if spec.upload:  # not kept here: whoever deletes an upload deletes it everywhere
        sample = data.load(spec.dataset, **how, upload=(uploads or {}).get(spec.upload))  # type: ignore[arg-type]
        if sample.x.shape[1:] != spec.shape or len(sample.classes) != spec.classes:
            raise Trouble(Message(N_("The uploaded file does not hold pictures of {classes} classes. Please choose it again."),
                                  {"classes": spec.classes}))
        return sample
    return _samples.get((spec.dataset, *how.values()), lambda: data.load(spec.dataset, **how))  # type: ignore[arg-type]


def lab_of(spec: CnnSpec) -> Lab:
    """The built architecture of a spec; the fields that do not change it share one."""
    return _labs.get(spec.step_key, lambda: Lab(spec))


def tensors(spec: CnnSpec, sample: data.Images) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Images as they are, uint8, labels (n, 1), and the masks of training and validation; a person's own are not kept."""
    def make() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        n = sample.train + sample.validation
        masks = np.zeros((2, n), np.float32)
        masks[0, :sample.train] = masks[1, sample.train:] = 1
        return tf.constant(sample.x[:n]), tf.constant(sample.y[:n, None].astype(np.int32)), tf.constant(masks)

    return make() if spec.upload else _tensors.get(spec.split, make)


def misfit(spec: CnnSpec, found: stack.Misfit) -> End:
    """The end of a run whose network cannot be built, with the arithmetic and the change that helps."""
    layer = found.layer
    sides = [spec.shape[0], *(size.shape[0] for size in stack.until_misfit(spec.shape, spec.layers))]
    args = {"n": layer.name.partition("_")[2], "window": layer.kernel, "size": found.size, "sides": " → ".join(map(str, sides))}
    if layer.kind == "conv":
        said = N_("Convolution {n} has kernels of {window} × {window}, and only {size} × {size} pixels are left of the image by then: "
                  "{size} − {window} + 1 is less than 1. Its side was, layer by layer: {sides}. With padding “same” the "
                  "image keeps its size.")
    else:
        said = N_("Pooling {n} takes {window} × {window} places together, and only {size} × {size} pixels are left of the image by "
                  "then. Its side was, layer by layer: {sides}. With fewer blocks, or with padding where there is none, more is left.")
    return End("failed", error=Message(said, args), change=spec.nearest)


def unfit(spec: CnnSpec, sample: data.Images, uploads: Uploads) -> End | None:
    """The end of a run that is too much for a worker, or wants images that are not here; None if it can begin."""
    if spec.weights > HEAVIEST:
        said = N_("This network would have {weights:,} weights; up to {most:,} can be trained here. The average of each map, pooling or "
                  "smaller dense layers save most of them.")
        lighter = {"end": "average"} if spec.changed(end="average").weights <= HEAVIEST else {}
        return End("failed", error=Message(said, {"weights": spec.weights, "most": HEAVIEST}), change=lighter)
    here = sample.train + sample.validation
    if spec.dataset in ("mnist", "fashion", "cifar10") and here < spec.points:
        said = N_("{dataset} has only {here:,} images for training and validation on this computer, not {points:,}.")
        return End("failed", error=Message(said, {"dataset": ["_", DATASETS[spec.dataset]], "here": here, "points": spec.points}),
                   change={"points": here})
    if spec.upload and not (sample.validation and sample.test):
        said = N_("Of so few pictures none are left to check the network with. Use more of them.")
        return End("failed", error=Message(said), change={"points": len(uploads[spec.upload]["x"])})
    return None


def train(spec: CnnSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the network of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    try:
        stack.sizes(spec.shape, spec.layers)
        sample = sample_of(spec, uploads)
    except stack.Misfit as found:
        yield misfit(spec, found)
        return
    except Trouble as missing:
        yield End("failed", error=missing.message, change={"dataset": "digits"})
        return
    if (refused := unfit(spec, sample, uploads or {})) is not None:
        yield refused
        return

    def look(spec: CnnSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        view = View(sample)

        def shown() -> dict[str, np.ndarray]:
            lab.looks += 1
            with lab.program.weights():
                return {**lab.look(view), "filters": lab.filters()}

        return shown

    course = Course(built=lab_of, prepare=lambda spec, lab: None,
                    data=lambda spec, lab: (*tensors(spec, sample), sample.train), look=look,
                    reset=lambda spec, lab: reseed(lab.model, "glorot_uniform", spec.seed), reached=reached_images)
    yield from course.train(spec, resume)


def ask(spec: CnnSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Uploads | None = None) -> dict[str, np.ndarray]:
    """Question the network of a frame.

    probe "look", arguments {"removed": [[layer, map], …], "image": i, "reasons": true, "unit": [layer, map]}, all optional, layers counted
        as in the drawing, the image being 0: what is seen of validation image i, without these maps or neurons: thumbs, answer,
        examples_…, mistakes_…, confusion, cloud, and metrics (2,) float32: validation loss and accuracy, where there are at most 2,000
        validation images; of an image that goes through the whole network thumbs and answer alone, all else being as in the frame. For
        an image, if asked for, reasons (4, h, w, 1) uint8, see `Lab.reasons`, and reasons_ids (4,) int32, their
        numbers, three of each without a convolution; with "cam": true the fastest of them alone, see `core.labs.subject.cam`; for a unit
        exciting (9, side, side, c) uint8, see `Lab.exciting`. "first": [[layer, map], …]: thumbs of these layers begin with that map,
        counted from 0, see `first_of`. In the place of "image": "drawing", 56 × 56 bytes in base64, or "picture",
        h · w · c of them, see `core.data.drawing`; with "change": {"turn", "right", "down", "noise"}, see `core.data.changes`, it is that
        changed. Whenever there is one of these: seen (h, w, c) uint8, what the network saw. With "neighbours": true, the images of cloud
        on a map by t-SNE, neighbours (n, 2) float32 and neighbours_truth, of the whole network; about a second, the first time.
    probe "sealed": metrics (3,) float32: accuracy on the sealed test set, how many images that has, and accuracy on validation.
    probe "evaluate", arguments {"part": "validation" or "test"}: of all images of that part confusion (classes, classes) int32, rows what
        they are; summary (4,) float32: accuracy, how many images, mean cross-entropy, and expected calibration error; bins (10, 3)
        float32: for certainties up to 0.1, up to 0.2, … how many answers, their mean certainty and the share that is right, 0 where
        there are none; confident (m, h, w, c) uint8: at most 12 mistakes, those first that it is surest of, with confident_ids, _truth,
        _said (m,) int32, the ids being numbers within the part, and confident_sure (m,) float32.
    probe "cell", arguments {"part": as above, "truth": i, "said": j}: the images of a cell of that matrix, at most 24, those first that
        it is surest of: cell (m, h, w, c) uint8, cell_ids (m,) int32, cell_sure (m,) float32; and count (1,) int32: how many there are.
    probe "model": file (bytes,) uint8: the network as a .keras file, without its optimizer.
    ValueError for anything else; Trouble if the images are not on this machine.
    """
    sample, lab = sample_of(spec, uploads), lab_of(spec)
    if probe == "model":
        return {"file": np.frombuffer(model_file(cnn_model(spec, arrays)), np.uint8)}
    if probe in evaluation.PROBES:
        return evaluation.answer(spec, lab, sample, probe, arrays, arguments)
    flat, others = lab.restore(arrays)
    validation = slice(sample.train, sample.train + sample.validation)
    if probe == "sealed":
        with lab.program.weights(flat, others):
            right = [float((lab.answers(sample.x[part]).argmax(1) == sample.y[part]).mean())
                     for part in (slice(validation.stop, None), validation)]
        return {"metrics": np.array([right[0], len(sample.x) - validation.stop, right[1]], np.float32)}
    if probe != "look":
        raise ValueError(f"probe {probe!r} is not one of look, evaluate, cell, model, sealed")
    view, removed, first = View(sample), removed_of(lab, arguments.get("removed", [])), first_of(lab, arguments.get("first", []))
    image = chosen(spec, view, arguments)
    if image is None and first:
        image = view.x[view.chosen]
    with lab.program.weights(flat, others):
        def around() -> dict[str, np.ndarray]:
            found = lab.look(view, None, removed)
            if sample.validation <= MEASURED:
                x, y = tf.constant(sample.x[validation]), tf.constant(sample.y[validation, None].astype(np.int32))
                found["metrics"] = lab.measure(x, y, tf.ones((2, len(x))), removed).numpy()
            return found

        result: dict[str, np.ndarray] = {}
        if image is None or removed:
            result |= _around.get((spec.key, network_id(arrays), str(arguments.get("removed", []))), around)
        if image is not None:
            passed = lab.passing.one(image, removed)
            result |= {"seen": image, **lab.maps(passed.values, first)}
        if image is not None and arguments.get("reasons") is True:
            why = lab.reasons(image, removed)
            result |= {"reasons": why, "reasons_ids": np.arange(len(why), dtype=np.int32)}
        if image is not None and arguments.get("cam") is True:
            result |= cam(lab, passed)
        if arguments.get("unit") is not None:
            result["exciting"] = lab.exciting(view, *unit_of(lab, arguments["unit"]), removed)
        if arguments.get("neighbours") is True:
            result |= _flat.get((spec.key, arrays["k0"].tobytes()), lambda: lab.neighbours(view, spec.seed))
    return result
