"""Convolution as networks compute it, pooling, and what both cost: NumPy alone.

What deep learning calls a convolution is a cross-correlation: the kernel is laid on the image as it is, y[i, j] = Σ x[i·s + d·u − p,
j·s + d·v − p]·w[u, v]. The mathematician's convolution turns the kernel by 180° first. Sizes after Dumoulin and Visin, A guide to
convolution arithmetic for deep learning (2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


def span(kernel: int, dilation: int = 1) -> int:
    """Pixels from the first to the last that a kernel looks at: d(k − 1) + 1."""
    return dilation * (kernel - 1) + 1


def margins(n: int, kernel: int, stride: int = 1, dilation: int = 1, padding: str = "valid") -> tuple[int, int]:
    """Pixels that are put before and behind n: none for "valid". For "same" as many as ⌈n / s⌉ windows need; of an odd number the larger
    half stands behind, as Keras and TensorFlow have it. ValueError for another padding.
    """
    if padding == "valid":
        return 0, 0
    if padding != "same":
        raise ValueError(f"padding is “valid” or “same”, not {padding!r}")
    whole = max((-(-n // stride) - 1) * stride + span(kernel, dilation) - n, 0)
    return whole // 2, whole - whole // 2


def length(n: int, kernel: int, stride: int = 1, dilation: int = 1, padding: str = "valid") -> int:
    """How many places the window has along n: ⌊(n + p − d(k − 1) − 1)/s⌋ + 1, or 0 where it does not fit."""
    room = n + sum(margins(n, kernel, stride, dilation, padding)) - span(kernel, dilation)
    return room // stride + 1 if room >= 0 else 0


def windows(image: Array, kernel: int, stride: int = 1, dilation: int = 1, padding: str = "valid", fill: float = 0.0) -> Array:
    """What lies under the window at each of its places. (rows, columns, …) → (out rows, out columns, k, k, …), padded with `fill`.

    ValueError where the window does not fit at all.
    """
    sides = [margins(n, kernel, stride, dilation, padding) for n in image.shape[:2]]
    wide = np.pad(image, sides + [(0, 0)] * (image.ndim - 2), constant_values=fill)
    if min(wide.shape[:2]) < span(kernel, dilation):
        raise ValueError(f"a window of {span(kernel, dilation)} does not fit into {wide.shape[:2]}")
    reach = span(kernel, dilation)
    seen = np.lib.stride_tricks.sliding_window_view(wide, (reach, reach), axis=(0, 1))  # type: ignore[call-overload]
    seen = seen[::stride, ::stride, ..., ::dilation, ::dilation]
    return np.moveaxis(seen, (-2, -1), (2, 3))


def correlate(image: Array, kernel: Array, stride: int = 1, dilation: int = 1, padding: str = "valid") -> Array:
    """One channel, one filter. (rows, columns), (k, k) → (out rows, out columns). ValueError where the window does not fit."""
    return np.einsum("rcuv,uv->rc", windows(image, len(kernel), stride, dilation, padding), kernel)


def standard(image: Array, kernels: Array, stride: int = 1, dilation: int = 1, padding: str = "valid") -> Array:
    """All channels are filtered and added up, for each filter. (rows, columns, c), (k, k, c, filters) → (…, …, filters)."""
    return np.einsum("rcuvi,uvif->rcf", windows(image, len(kernels), stride, dilation, padding), kernels)


def depthwise(image: Array, kernels: Array, stride: int = 1, dilation: int = 1, padding: str = "valid") -> Array:
    """Each channel is filtered by a kernel of its own, nothing is added up. (rows, columns, c), (k, k, c) → (…, …, c)."""
    return np.einsum("rcuvi,uvi->rci", windows(image, len(kernels), stride, dilation, padding), kernels)


def pool(image: Array, window: int, stride: int, padding: str = "valid", kind: str = "max") -> Array:
    """The largest or the average of each window. (rows, columns) → (…, …). Padded cells count for neither, as in Keras."""
    seen = windows(image, window, stride, 1, padding, fill=np.nan)
    return np.nanmax(seen, axis=(2, 3)) if kind == "max" else np.nanmean(seen, axis=(2, 3))


# ---- a stack of layers

@dataclass(frozen=True)
class Layer:
    """One layer. kind: "conv", "depthwise", "max", "average", "flatten" or "dense"; filters: output maps, or units of "dense"."""

    kind: str
    kernel: int = 1
    stride: int = 1
    padding: str = "valid"
    dilation: int = 1
    filters: int = 1

    @property
    def slides(self) -> bool:
        return self.kind not in ("flatten", "dense")


@dataclass(frozen=True)
class Step:
    """What a layer makes. shape: (side, side, channels) or (numbers,); weights: with biases; adds: multiplications and additions for one
    image; field: side of the receptive field in pixels of the image; jump: pixels between neighbouring units.
    """

    layer: Layer
    shape: tuple[int, ...]
    weights: int
    adds: int
    field: int
    jump: int


def follow(layers: tuple[Layer, ...], side: int, channels: int) -> list[Step]:
    """All layers in turn, until one does not fit: fewer steps than layers then. After Flatten every number sees all that one unit saw and
    more; its receptive field is the whole image once a dense layer has mixed them.
    """
    shape: tuple[int, ...] = (side, side, channels)
    field, jump, found = 1, 1, []
    for layer in layers:
        if layer.slides:
            if len(shape) != 3:
                break
            n, _same, c = shape
            out = length(n, layer.kernel, layer.stride, layer.dilation, layer.padding)
            if out < 1:
                break
            maps = layer.filters if layer.kind == "conv" else c
            inside = {"conv": c, "depthwise": 1}.get(layer.kind, 0)  # channels that one output number is made of
            products = layer.kernel**2 * inside * maps
            field, jump = field + (layer.kernel - 1) * layer.dilation * jump, jump * layer.stride
            shape = (out, out, maps)
            found.append(Step(layer, shape, products + maps * bool(inside), products * out * out, field, jump))
        elif layer.kind == "flatten":
            shape = (int(np.prod(shape)),)
            found.append(Step(layer, shape, 0, 0, field, jump))
        else:
            n = shape[-1]
            places = int(np.prod(shape[:-1]))  # a dense layer before Flatten works at each place alone
            if len(shape) == 1:
                field = side if any(step.layer.kind == "flatten" for step in found) else field
            shape = (*shape[:-1], layer.filters)
            found.append(Step(layer, shape, n * layer.filters + layer.filters, n * layer.filters * places, field, jump))
    return found


def paths(layers: tuple[Layer, ...], side: int, unit: int) -> Array:
    """On how many ways a pixel of a row reaches one unit of the last sliding layer, (side,): 0 where it does not. Sliding layers only.

    In the plane it is the product of a row's and a column's. ValueError for a unit that there is not.
    """
    sides = [side]
    for layer in layers:
        sides.append(length(sides[-1], layer.kernel, layer.stride, layer.dilation, layer.padding))
    if not 0 <= unit < sides[-1]:
        raise ValueError(f"unit {unit} of {sides[-1]}")
    ways = np.zeros(sides[-1], np.int64)
    ways[unit] = 1
    for layer, n in zip(reversed(layers), reversed(sides[:-1]), strict=True):
        before, behind = margins(n, layer.kernel, layer.stride, layer.dilation, layer.padding)
        wide = np.zeros(n + before + behind, np.int64)
        places = np.arange(len(ways)) * layer.stride
        for tap in range(layer.kernel):
            wide[places + tap * layer.dilation] += ways
        ways = wide[before:before + n]
    return ways
