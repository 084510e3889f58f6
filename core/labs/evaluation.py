"""What a trained network makes of all images of a part: its matrix, how far it is to be believed, and the pictures behind a number."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
import tensorflow as tf

from core.data.images import Images
from core.labs.convolutional import Lab, confusion
from core.labs.passing import image_losses
from core.maths.calibration import calibration, expected_error
from core.specs.cnn import CnnSpec
from core.training.cache import Cache

PROBES = ("evaluate", "cell")
PARTS = ("validation", "test")
CONFIDENT, CELL = 12, 24  # pictures, at most
WEIGHTS = re.compile(r"[kbn]\d+")  # the arrays of a frame that decide the answers

Judged = tuple[np.ndarray, np.ndarray]
_judged: Cache[Judged] = Cache(limit=4)  # of 60,000 images 2.6 MB; the cells of one matrix are asked for one after the other


def answer(spec: CnnSpec, lab: Lab, sample: Images, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
           ) -> dict[str, np.ndarray]:
    """The answer to one of PROBES, see `core.labs.cnn.ask`. ValueError for arguments that are none."""
    part, x, truth = part_of(sample, arguments.get("part"))
    pair = [class_of(arguments.get(name), name, spec.classes) for name in ("truth", "said")] if probe == "cell" else []
    p, losses = _judged.get((spec.key, part, _fingerprint(arrays)), lambda: judged(lab, arrays, x, truth))
    return cell(x, truth, p, *pair) if probe == "cell" else evaluate(x, truth, p, losses)


def part_of(sample: Images, name: Any) -> tuple[str, np.ndarray, np.ndarray]:
    """A part's name, its images and what they are. ValueError for what is none."""
    if name not in PARTS:
        raise ValueError(f"“part” is one of {', '.join(PARTS)}; it is {name!r}")
    end = sample.train + sample.validation
    part = slice(sample.train, end) if name == "validation" else slice(end, None)
    return name, sample.x[part], sample.y[part].astype(np.int32)


def class_of(value: Any, name: str, classes: int) -> int:
    """The number of a class. ValueError for what is none."""
    if not (type(value) is int and 0 <= value < classes):
        raise ValueError(f"“{name}” is the number of a class, 0 … {classes - 1}; it is {value!r}")
    return value


def judged(lab: Lab, arrays: dict[str, np.ndarray], x: np.ndarray, truth: np.ndarray) -> Judged:
    """How likely the network of a frame takes each class to be, (n, classes) float32, and each image's loss (n,) float32."""
    answers, lost = [], []
    with lab.program.weights(*lab.restore(arrays)):
        for i in range(0, len(x), lab.chunk):
            ends = lab.passing.ends(tf.constant(x[i:i + lab.chunk], tf.float32))
            lost.append(image_losses(tf.constant(truth[i:i + lab.chunk, None]), ends).numpy())
            answers.append(ends["output"].numpy())
    return np.nan_to_num(np.concatenate(answers)), np.concatenate(lost)


def evaluate(x: np.ndarray, truth: np.ndarray, p: np.ndarray, losses: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of the probe “evaluate”, see `core.labs.cnn.ask`."""
    said, sure = p.argmax(1).astype(np.int32), p.max(1)
    bins = calibration(sure, said == truth)
    worst = np.flatnonzero(said != truth)
    worst = worst[np.argsort(-sure[worst], kind="stable")][:CONFIDENT]
    summary = [(said == truth).mean(), len(x), losses.mean(dtype=np.float64), expected_error(bins)]
    return {"confusion": confusion(truth, said, p.shape[1]), "summary": np.array(summary, np.float32), "bins": bins.astype(np.float32),
            "confident": x[worst], "confident_ids": worst.astype(np.int32), "confident_truth": truth[worst],
            "confident_said": said[worst], "confident_sure": sure[worst].astype(np.float32)}


def cell(x: np.ndarray, truth: np.ndarray, p: np.ndarray, true: int, said: int) -> dict[str, np.ndarray]:
    """The arrays of the probe “cell”, see `core.labs.cnn.ask`."""
    found = np.flatnonzero((truth == true) & (p.argmax(1) == said))
    shown = found[np.argsort(-p[found, said], kind="stable")][:CELL]
    return {"cell": x[shown], "cell_ids": shown.astype(np.int32), "cell_sure": p[shown, said].astype(np.float32),
            "count": np.array([len(found)], np.int32)}


def _fingerprint(arrays: dict[str, np.ndarray]) -> str:
    """Equal for frames of equal weights."""
    digest = hashlib.sha256()
    for name in sorted(filter(WEIGHTS.fullmatch, arrays)):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
