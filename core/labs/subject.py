"""What a question to a network on pictures is about: an image of its set, a drawing, or a picture from a camera, changed or as it is."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from core.data.changes import change_of, changed
from core.data.drawing import as_image_of, drawing_of, picture_of
from core.labs.convolutional import Lab, View
from core.labs.passing import Passed
from core.specs.cnn import CnnSpec
from core.training import attribution

SUBJECTS = ("image", "drawing", "picture")
SALIENCY, GRAD_CAM = 1, 3  # their numbers among the reasons, see `Lab.reasons`


def chosen(spec: CnnSpec, view: View, arguments: dict[str, Any]) -> np.ndarray | None:
    """The image (h, w, c) uint8 that a question is about, None for the view's own.

    One of "image", the number of a validation image, "drawing" and "picture" (see `core.data.drawing`) names it; "change" (see
    `core.data.changes`) turns, shifts and disturbs it, or the view's own where none is named. ValueError for what is none of these.
    """
    given = {name: arguments[name] for name in SUBJECTS if arguments.get(name) is not None}
    if len(given) > 1:
        values = ", ".join(f"{name} {str(value)[:20]}" for name, value in given.items())
        raise ValueError(f"a question is about one of {', '.join(SUBJECTS)}, not about several at once: {values}")
    change = arguments.get("change")
    if not given and change is None:
        return None
    image = _subject(spec, view, **given)
    return image if change is None else changed(image, **change_of(change))


def _subject(spec: CnnSpec, view: View, image: Any = None, drawing: Any = None, picture: Any = None) -> np.ndarray:
    if drawing is not None:
        return as_image_of(spec.dataset, drawing_of(drawing))
    if picture is not None:
        return picture_of(picture, spec.shape)
    number = view.chosen if image is None else image
    if not (type(number) is int and 0 <= number < len(view.x)):
        raise ValueError(f"“image” is the number of a validation image, 0 … {len(view.x) - 1}; it is {number!r}")
    return view.x[number]


def network_id(arrays: dict[str, np.ndarray]) -> bytes:
    """What tells the network of one frame from that of another."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        digest.update(arrays[name].tobytes())
    return digest.digest()


def cam(lab: Lab, passed: Passed) -> dict[str, np.ndarray]:
    """Where an image speaks for its answer, quickly, as the same map of `Lab.reasons`: cam (1, h, w, 1) uint8, 128 being zero, and cam_ids
    (1,) int32, which of the reasons it is: Grad-CAM of the last convolution, or the saliency of a network that has none."""
    if lab.convolutions:
        found = attribution.upsample(lab.passing.cam(passed), lab.pixels[:2])
    else:
        found = attribution.steepness(passed.gradient)
    share = np.nan_to_num(found / max(float(found.max()), 1e-9), nan=0.0, posinf=1.0)  # none is below zero
    return {"cam": (np.clip(share, 0, 1) * 127 + 128.5).astype(np.uint8)[None, ..., None],
            "cam_ids": np.array([GRAD_CAM if lab.convolutions else SALIENCY], np.int32)}
