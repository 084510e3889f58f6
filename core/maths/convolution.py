"""Convolution as networks compute it, pooling, and on how many ways a pixel reaches a unit: NumPy alone.

What deep learning calls a convolution is a cross-correlation: the kernel is laid on the image as it is, y[i, j] = Σ x[i·s + d·u − p,
j·s + d·v − p]·w[u, v]. The mathematician's convolution turns the kernel by 180° first. Sizes after Dumoulin and Visin, A guide to
convolution arithmetic for deep learning (2016).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.specs.stack import Layer, margins, span

Array = np.ndarray


def windows(image: Array, kernel: int, stride: int = 1, dilation: int = 1, padding: str = "valid", fill: float = 0.0) -> Array:
    """What lies under the window at each of its places. (rows, columns, …) → (out rows, out columns, k, k, …), padded with `fill`.

    ValueError where the window does not fit at all.
    """
    sides = [margins(n, kernel, stride, dilation, padding) for n in image.shape[:2]]
    wide = np.pad(image, sides + [(0, 0)] * (image.ndim - 2), constant_values=fill)
    reach = span(kernel, dilation)
    if min(wide.shape[:2]) < reach:
        raise ValueError(f"a window of {reach} does not fit into {wide.shape[:2]}")
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


def paths(layers: Sequence[Layer], side: int, unit: int) -> Array:
    """On how many ways a pixel of a row reaches one unit of the last sliding layer, (side,): 0 where it does not. Sliding layers only.

    In the plane it is the product of a row's and a column's. ValueError for a unit that there is not.
    """
    sides = [side]
    for layer in layers:
        sides.append(layer.length(sides[-1]))
    if not 0 <= unit < sides[-1]:
        raise ValueError(f"unit {unit} of {sides[-1]}")
    ways = np.zeros(sides[-1], np.int64)
    ways[unit] = 1
    for layer, n in zip(reversed(layers), reversed(sides[:-1]), strict=True):
        before, behind = layer.margins(n)
        wide = np.zeros(n + before + behind, np.int64)
        places = np.arange(len(ways)) * layer.stride
        for tap in range(layer.kernel):
            wide[places + tap * layer.dilation] += ways
        ways = wide[before:before + n]
    return ways
