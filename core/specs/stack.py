"""The layers of a convolutional network before it is built: shapes, weights, multiply-adds and receptive fields, by arithmetic alone.

A side of n pixels under a window of k (step s, padding p on both sides together) leaves ⌊(n + p − k) / s⌋ + 1; see Dumoulin and Visin
(2016), A guide to convolution arithmetic. Receptive fields: Araujo, Norris and Sim (2019), r ← r + (k − 1) · j, j ← j · s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

Kind = Literal["conv", "pool", "flatten", "average", "dense"]


@dataclass(frozen=True)
class Layer:
    """One layer. name: as in the built network; units: filters of a convolution, neurons of a dense layer; window: the side of a kernel or
    a pool; same: padded so that no pixel is lost; norm: followed by a batch normalization; activation: of its units, "" for none."""

    kind: Kind
    name: str
    units: int = 0
    window: int = 1
    stride: int = 1
    same: bool = False
    norm: bool = False
    activation: str = ""


@dataclass(frozen=True)
class Size:
    """A layer's output: shape (height, width, channels) or (units,), without the batch; weights: all it has, trained or not;
    multiply_adds: for one image; receptive: the side of the square of pixels that one output sees, and jump: by how many pixels two
    neighbours' squares are apart; 0 and 0 where an output sees the whole image."""

    layer: Layer
    shape: tuple[int, ...]
    weights: int
    multiply_adds: int
    receptive: int
    jump: int


class Misfit(ValueError):
    """A window that does not fit into what is left of the image: `size` pixels a side before `layer`."""

    def __init__(self, layer: Layer, size: int) -> None:
        super().__init__(f"{layer.name}: a window of {layer.window} does not fit into {size} pixels")
        self.layer, self.size = layer, size


def side(n: int, layer: Layer) -> int:
    """How many places a window takes along a side of n pixels; below 1 if it does not fit."""
    return -(-n // layer.stride) if layer.same else (n - layer.window) // layer.stride + 1


def sizes(shape: Sequence[int], layers: Sequence[Layer]) -> list[Size]:
    """What each layer makes of images of this shape (height, width, channels). Misfit where a window does not fit."""
    found: list[Size] = []
    now, receptive, jump = tuple(shape), 1, 1
    for layer in layers:
        weights = multiply_adds = 0
        if layer.kind in ("conv", "pool"):
            height, width, channels = now
            if not layer.same and layer.window > min(height, width):
                raise Misfit(layer, min(height, width))
            receptive, jump = receptive + (layer.window - 1) * jump, jump * layer.stride
            now = (side(height, layer), side(width, layer), layer.units if layer.kind == "conv" else channels)
            if layer.kind == "conv":
                weights = (layer.window**2 * channels + 1) * layer.units
                multiply_adds = prod(now) * layer.window**2 * channels
        elif layer.kind in ("flatten", "average"):
            now, receptive, jump = (prod(now) if layer.kind == "flatten" else now[-1],), 0, 0
        else:
            weights, multiply_adds = (now[0] + 1) * layer.units, now[0] * layer.units
            now, receptive, jump = (layer.units,), 0, 0
        found.append(Size(layer, now, weights + (4 * now[-1] if layer.norm else 0), multiply_adds, receptive, jump))
    return found
