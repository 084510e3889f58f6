"""Which pixels made a convolutional network say what it says: four maps of one picture, each from the network itself; and `along`, which
asks the same of anything that a score can be taken of, the words of a text, say.

`forward` is a network as these functions want it: a function that takes pictures, a float32 tensor (b, h, w, c) in [0, 255], and
returns the values of every layer by its name, with "output" (b, k) among them: class probabilities, or logits where the caller says
`softmax=False`. It is called eagerly, within whatever scope holds the weights.

The *score* of a label is what a map explains:

- "probability": softmax's number for it. It hardly moves any more where the network is certain, and so does its gradient.
- "logit": the label's logit. Behind a softmax the logits are lost but for a number added to all of them, so there it is
  log p − mean log p over all classes, which is the logit less the mean of the logits, exactly; its gradient has no other freedom.
  Where a probability underflows (logits 87 apart) it is taken for the least normal float32, and its gradient for zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import numpy as np
import tensorflow as tf

Array = np.ndarray
Forward = Callable[[Any], Mapping[str, Any]]
Score = Literal["probability", "logit"]

CHUNK = 64  # pictures in one call: more are no faster, and a layer of 32 maps of 64 × 64 takes 34 MB with them
TINY = float(np.finfo(np.float32).tiny)


def score_of(output: Any, label: int, score: Score = "logit", softmax: bool = True) -> Any:
    """The score of a class from a network's output (b, k), as the module says: (b,).

    softmax: the output has been through one. ValueError for a label or a kind of score that there is not.
    """
    if score not in get_args(Score):
        raise ValueError(f"a score is one of {', '.join(get_args(Score))}, not {score!r}")
    if len(output.shape) != 2:
        raise ValueError(f"an output has the shape (pictures, classes), not {tuple(output.shape)}")
    classes = int(output.shape[1])
    if isinstance(label, bool) or not isinstance(label, int | np.integer) or not 0 <= label < classes:
        raise ValueError(f"a label is a whole number from 0 to {classes - 1}, not {label!r}")
    if classes < 2 and (softmax or score == "probability"):
        raise ValueError("a probability among classes needs two of them at least; this output has one")
    if score == "probability":
        return (output if softmax else tf.nn.softmax(output))[:, label]
    return logit(output, label) if softmax else output[:, label]


def logit(output: Any, label: Any) -> Any:
    """A label's logit behind a softmax, as the module says, from its output (b, k): (b,). label: a number or a tensor of one."""
    logs = tf.math.log(tf.maximum(output, TINY))
    return logs[:, label] - tf.reduce_mean(logs, 1)


def scores(forward: Forward, x: Array, label: int, *, score: Score = "logit", softmax: bool = True) -> Array:
    """The score of a class for every picture: (n, h, w, c) in [0, 255] -> (n,) float32."""
    parts = [score_of(forward(tf.constant(x[i:i + CHUNK], tf.float32))["output"], label, score, softmax).numpy()
             for i in range(0, len(x), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _picture(x: Array) -> Array:
    x = np.asarray(x, np.float32)
    if x.ndim != 3 or not x.size:
        raise ValueError(f"a picture has the shape (height, width, channels), not {x.shape}")
    return x


def _like(value: Any, x: Array, name: str) -> Array:
    """A grey value, a colour (c,) or a picture, as a picture of x's shape."""
    value = np.asarray(value, np.float32)
    if value.shape not in ((), x.shape[2:], x.shape):
        raise ValueError(f"{name} is a number, a colour {x.shape[2:]} or a picture {x.shape}, not of the shape {value.shape}")
    return np.broadcast_to(value, x.shape)


def _gradient(forward: Forward, batch: Array, label: int, score: Score, softmax: bool) -> Array:
    x = tf.constant(batch, tf.float32)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        found = score_of(forward(x)["output"], label, score, softmax)
    return tape.gradient(found, x, unconnected_gradients="zero").numpy()


def saliency(forward: Forward, x: Array, label: int, *, score: Score = "logit", softmax: bool = True) -> Array:
    """How fast the score changes with a pixel: |∂ score / ∂ pixel|, the largest of its channels (Simonyan et al. 2013).

    x: (h, w, c) in [0, 255] -> (h, w) float32, in score per grey level.
    """
    return steepness(_gradient(forward, _picture(x)[None], label, score, softmax)[0])


def steepness(gradient: Array) -> Array:
    """A picture's saliency from its gradient: (h, w, c) -> (h, w)."""
    return np.abs(gradient).max(-1)


def integrated_gradients(forward: Forward, x: Array, label: int, *, baseline: Any = None, steps: int = 32, score: Score = "logit",
                         softmax: bool = True) -> Array:
    """What each number of a picture adds to the score on the straight way from a baseline (Sundararajan et al. 2017).

    (x − b) times the mean gradient at b + (i + ½) / steps · (x − b), i = 0 … steps − 1 (midpoint rule). The parts add up to
    score(x) − score(b), the more exactly the more steps ("completeness").
    x: (h, w, c) in [0, 255]; baseline: a grey value, a colour (c,) or a picture; black if None -> (h, w, c) float32.
    ValueError for a baseline of another shape or fewer steps than one.
    """
    x = _picture(x)
    start = _like(0.0 if baseline is None else baseline, x, "a baseline")
    if steps < 1:
        raise ValueError(f"integrated gradients take one step at least, not {steps}")
    way = ((np.arange(steps) + 0.5) / steps).astype(np.float32)[:, None, None, None]
    total = np.zeros(x.shape, np.float64)
    for i in range(0, steps, CHUNK):
        total += _gradient(forward, start + way[i:i + CHUNK] * (x - start), label, score, softmax).sum(0)
    return ((x - start) * total / steps).astype(np.float32)


def along(slope: Callable[[Array], tuple[Array, Array]], x: Array, start: Array, *, tolerance: float = 5e-4,
          nodes: tuple[int, ...] = (8, 24, 64)) -> tuple[Array, float, float, float]:
    """Integrated gradients of any score: what each number of x adds to it on the straight way from `start`.

    slope(points): the scores (m,) and their gradients (m, …) at points (m, …). Gauss-Legendre quadrature, with as many nodes as it takes,
    out of `nodes`, for the parts to add up to score(x) − score(start) within `tolerance` times what that is, or 1 if that is more; where
    even the last do not suffice (ReLU has corners), what is missing is spread over the parts in proportion to their size.
    Returns the parts, as x, float64; score(x); score(start); and what was missing in the parts as they were integrated: where that is no
    small share of the change, they are not to be trusted.
    """
    parts, before, after, missing = np.zeros(x.shape), 0.0, 0.0, 0.0
    for count in nodes:
        places, weights = np.polynomial.legendre.leggauss(count)
        way = ((places + 1) / 2).astype(np.float32).reshape(-1, *[1] * x.ndim)
        points = start + way * (x - start)
        if count == nodes[0]:  # the ends go along: a recurrent network reads ten texts in the time of two
            scores, gradients = slope(np.concatenate([points, np.stack([start, x])]))
            before, after = map(float, scores[count:])
        else:
            _scores, gradients = slope(points)
        parts = (x - start) * np.tensordot(weights / 2, gradients[:count].astype(np.float64), 1)
        missing = after - before - float(parts.sum())
        if abs(missing) <= tolerance * max(1.0, abs(after - before)):
            return parts, after, before, missing
    size = np.abs(parts).sum()
    return parts + (np.abs(parts) / size * missing if size else 0.0), after, before, missing


def grad_cam(forward: Forward, x: Array, label: int, layer: str, *, score: Score = "logit", softmax: bool = True) -> Array:
    """Where a convolutional layer's features speak for the label: relu(Σ α · map), α the mean gradient over a map (Selvaraju et al. 2017).

    x: (h, w, c) in [0, 255] -> (h', w') float32 ≥ 0, as coarse as the layer's maps; see `upsample`.
    ValueError for a layer that is not there, has no maps, or has no part in the output.
    """
    batch = tf.constant(_picture(x)[None], tf.float32)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(batch)
        values = forward(batch)
        found = score_of(values["output"], label, score, softmax)
    if layer not in values:
        raise ValueError(f"there is no layer {layer!r}; the layers are {', '.join(values)}")
    if len(values[layer].shape) != 4:
        raise ValueError(f"Grad-CAM needs a layer with maps (height, width, channels); {layer!r} gives {tuple(values[layer].shape[1:])}")
    gradient = tape.gradient(found, values[layer])
    if gradient is None:
        raise ValueError(f"the output does not depend on the layer {layer!r}")
    return weighted(values[layer][0], gradient[0])


def weighted(maps: Any, gradient: Any) -> Array:
    """A picture's Grad-CAM from a layer's maps and the score's gradient with respect to them, both (h', w', n) -> (h', w')."""
    alpha = tf.reduce_mean(gradient, (0, 1))  # (n,)
    return tf.nn.relu(tf.linalg.matvec(maps, alpha)).numpy()


def upsample(small: Array, size: tuple[int, int]) -> Array:
    """A coarse map (h', w') stretched over a picture of this (height, width), bilinear between the cells' centres -> (h, w) float32."""
    if np.ndim(small) != 2:
        raise ValueError(f"a map has the shape (height, width), not {np.shape(small)}")
    return tf.image.resize(tf.constant(small, tf.float32)[..., None], size, "bilinear").numpy()[..., 0]


def windows(size: int, window: int, stride: int) -> Array:
    """Where windows begin along a side: 0, stride, … and, where the last of these falls short of the end, one more that reaches it.

    ValueError unless 1 ≤ stride ≤ window ≤ size: a larger stride would leave pixels that nothing covers.
    """
    if not 1 <= stride <= window <= size:
        raise ValueError(f"1 ≤ stride ≤ window ≤ {size}, the picture's side; it is stride {stride}, window {window}")
    starts = np.arange(0, size - window + 1, stride)
    return starts if starts[-1] == size - window else np.append(starts, size - window)


def occlusion(forward: Forward, x: Array, label: int, *, window: int, stride: int, fill: Any, score: Score = "probability",
              softmax: bool = True) -> Array:
    """By how much the score drops where a square is covered (Zeiler and Fergus 2014); below zero where covering helps.

    x: (h, w, c) in [0, 255]; window, stride: pixels; the squares begin where `windows` says, on each axis.
    fill: what covers: a grey value, a colour (c,) or a picture. -> (rows, columns) float32; `spread` brings it onto the pixels.
    """
    x = _picture(x)
    cover = _like(fill, x, "a fill")
    tops, lefts = (windows(side, window, stride) for side in x.shape[:2])
    covered = np.repeat(x[None], len(tops) * len(lefts) + 1, 0)  # the last stays whole
    for picture, (top, left) in zip(covered, [(t, s) for t in tops for s in lefts], strict=False):
        place = np.s_[top:top + window, left:left + window]
        picture[place] = cover[place]
    found = scores(forward, covered, label, score=score, softmax=softmax)
    return (found[-1] - found[:-1]).reshape(len(tops), len(lefts))


def spread(drops: Array, size: tuple[int, int], *, window: int, stride: int) -> Array:
    """`occlusion`'s drops (rows, columns) on a picture of this (height, width): a pixel's is the mean of the squares that cover it.

    -> (h, w) float32. ValueError if the drops are not those of such windows.
    """
    rows, columns = (_covering(side, window, stride) for side in size)
    if np.shape(drops) != (len(rows), len(columns)):
        raise ValueError(f"windows of {window} by {stride} on {tuple(size)} give {(len(rows), len(columns))} drops, not {np.shape(drops)}")
    total = rows.T @ drops.astype(np.float64) @ columns
    return (total / np.outer(rows.sum(0), columns.sum(0))).astype(np.float32)


def _covering(side: int, window: int, stride: int) -> Array:
    """(windows, side) of ones where a window covers a place, else zeros."""
    starts, places = windows(side, window, stride)[:, None], np.arange(side)
    return ((places >= starts) & (places < starts + window)).astype(np.float64)
