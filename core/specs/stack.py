"""The layers of a convolutional network before it is built: shapes, weights, multiply-adds and receptive fields, by arithmetic alone.

A side of n pixels under a window that spans d(k − 1) + 1 of them (kernel k, dilation d, stride s, p zeros before and behind together)
leaves ⌊(n + p − d(k − 1) − 1) / s⌋ + 1 places; see Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning.
Receptive fields: Araujo, Norris and Sim (2019), Computing receptive fields of convolutional neural networks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from math import prod
from typing import Literal, NamedTuple

Kind = Literal["conv", "depthwise", "max", "average", "flatten", "global", "dense"]
Padding = Literal["valid", "same"]
SLIDING = ("conv", "depthwise", "max", "average")  # a window goes over rows and columns
BETWEEN = ("flatten", "global")  # from maps to the numbers that dense layers take


# ---- one axis

def span(kernel: int, dilation: int = 1) -> int:
    """Pixels from the first to the last that a kernel looks at: d(k − 1) + 1."""
    return dilation * (kernel - 1) + 1


def margins(n: int, kernel: int, stride: int = 1, dilation: int = 1, padding: str = "valid") -> tuple[int, int]:
    """Zeros that are put before and behind n: none for "valid". For "same" as many as ⌈n / s⌉ windows need; of an odd number the larger
    half stands behind, as Keras and TensorFlow have it. ValueError for another padding, and for numbers that no window has.
    """
    if min(kernel, stride, dilation) < 1:
        raise ValueError(f"kernel, stride and dilation are 1 at least, not {kernel}, {stride} and {dilation}")
    if padding == "valid":
        return 0, 0
    if padding != "same":
        raise ValueError(f"padding is “valid” or “same”, not {padding!r}")
    whole = max((-(-n // stride) - 1) * stride + span(kernel, dilation) - n, 0)
    return whole // 2, whole - whole // 2


def length(n: int, kernel: int, stride: int = 1, dilation: int = 1, padding: str = "valid") -> int:
    """How many places the window has along n; below 1 where it does not fit. ValueError as `margins`."""
    return (n + sum(margins(n, kernel, stride, dilation, padding)) - span(kernel, dilation)) // stride + 1


class Field(NamedTuple):
    """Receptive fields along one axis, in pixels: output i sees the pixels start + i · jump … start + i · jump + size − 1.

    Those below 0 or beyond the image are padding. By default a pixel's own.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def of(self, place: int) -> tuple[int, int]:
        """The first pixel that this output sees, and the first one that it sees no more; not cut off at the image's edges."""
        first = self.start + place * self.jump
        return first, first + self.size

    def under(self, layer: Layer, n: int) -> Field:
        """Those of a sliding layer's outputs, where these are its n inputs': size += (span − 1) · jump, start −= zeros before · jump,
        jump *= stride."""
        return Field(self.size + (span(layer.kernel, layer.dilation) - 1) * self.jump, self.jump * layer.stride,
                     self.start - layer.margins(n)[0] * self.jump)


# ---- a layer, and what it makes

@dataclass(frozen=True)
class Layer:
    """One layer. kind: "max" and "average" are pools, "global" is the average of each map; kernel: the side of a convolution's kernel or a
    pool's window; filters: of a convolution, or neurons of a dense layer; name: as in the built network; norm: followed by a batch
    normalization; activation: of its units, "" for none.
    """

    kind: Kind
    kernel: int = 1
    stride: int = 1
    padding: Padding = "valid"
    dilation: int = 1
    filters: int = 1
    _: KW_ONLY
    name: str = ""
    norm: bool = False
    activation: str = ""

    @property
    def slides(self) -> bool:
        return self.kind in SLIDING

    @property
    def pools(self) -> bool:
        return self.kind in ("max", "average")

    def margins(self, n: int) -> tuple[int, int]:
        """Zeros before and behind a side of n pixels."""
        return margins(n, self.kernel, self.stride, self.dilation, self.padding)

    def length(self, n: int) -> int:
        """How many places its window has along a side of n pixels; below 1 where it does not fit."""
        return length(n, self.kernel, self.stride, self.dilation, self.padding)

    def products(self, channels: int) -> int:
        """Its weights without biases, each of which is multiplied once at every place; 0 for a layer that has none."""
        return {"conv": self.kernel**2 * channels * self.filters, "depthwise": self.kernel**2 * channels,
                "dense": channels * self.filters}.get(self.kind, 0)


@dataclass(frozen=True)
class Size:
    """What a layer makes. shape: (height, width, channels) or (numbers,), without the batch; weights: all it has, with biases, trained or
    not; multiply_adds: for one image; fields: of its rows and of its columns, () where every output sees the whole image.
    """

    layer: Layer
    shape: tuple[int, ...]
    weights: int
    multiply_adds: int
    fields: tuple[Field, ...]

    @property
    def receptive(self) -> int:
        """The side of the square of pixels that one output sees; 0 for the whole image."""
        return self.fields[0].size if self.fields else 0

    @property
    def jump(self) -> int:
        """By how many pixels two neighbours' squares are apart; 0 where both see the whole image."""
        return self.fields[0].jump if self.fields else 0


class Misfit(ValueError):
    """A window that does not fit into what is left of the image: `size` pixels a side before `layer`."""

    def __init__(self, layer: Layer, size: int) -> None:
        reach = span(layer.kernel, layer.dilation)
        super().__init__(f"{layer.name or layer.kind}: a window of {reach} does not fit into {size} pixels")
        self.layer, self.size = layer, size


# ---- a stack of layers

def walk(shape: Sequence[int], layers: Sequence[Layer]) -> Iterator[Size]:
    """What each layer makes of images of this shape (height, width, channels), one after the other.

    Misfit where a window does not fit, ValueError for a layer that needs rows and columns where there are none any more. A flattened
    number sees what it saw before; behind it a dense layer sees everything. A dense layer on maps works at each place alone.
    """
    now: tuple[int, ...] = tuple(shape)
    fields: tuple[Field, ...] = (Field(), Field())
    for layer in layers:
        if len(now) != 3 and layer.kind not in ("flatten", "dense"):
            raise ValueError(f"a layer “{layer.kind}” takes (height, width, channels), not {now}")
        products = layer.products(now[-1])
        if layer.slides:
            *sides, channels = now
            places = [layer.length(n) for n in sides]
            if min(places) < 1:
                raise Misfit(layer, min(sides))
            fields = tuple(field.under(layer, n) for field, n in zip(fields, sides, strict=True))
            now = (*places, layer.filters if layer.kind == "conv" else channels)
        elif layer.kind == "flatten":
            now = (prod(now),)
        elif layer.kind == "global":
            now, fields = now[-1:], ()
        else:
            now, fields = (*now[:-1], layer.filters), fields if len(now) == 3 else ()
        weights = products + now[-1] * (bool(products) + 4 * layer.norm)  # biases; gamma, beta, moving mean and variance
        yield Size(layer, now, weights, products * prod(now[:-1]), fields)


def sizes(shape: Sequence[int], layers: Sequence[Layer]) -> list[Size]:
    """What all layers make. Misfit where a window does not fit; ValueError as `walk`."""
    return list(walk(shape, layers))


def until_misfit(shape: Sequence[int], layers: Sequence[Layer]) -> list[Size]:
    """What the layers make up to the first that does not fit: fewer sizes than layers then. ValueError as `walk`."""
    found: list[Size] = []
    try:
        for size in walk(shape, layers):
            found.append(size)
    except Misfit:
        pass
    return found


def reached(shape: Sequence[int], layers: Sequence[Layer]) -> tuple[int, int]:
    """How many of an image's rows and columns, counted from the first, what the layers make of it depends on. Fewer than there are where
    windows that go two places at a time leave the last one over: 28 pixels, less 2, halved, less 2, are 11 places; five pairs leave one,
    and the last two pixels of the image are in no window that is kept. Misfit and ValueError as `walk`.
    """
    def back(axis: int) -> int:
        """From the places that the last window has, layer by layer, to the last pixel that the last of them sees."""
        places = found[-1].shape[axis] if found else shape[axis]
        for size, n in zip(reversed(found), reversed(before[axis]), strict=True):
            layer = size.layer
            places = min((places - 1) * layer.stride + span(layer.kernel, layer.dilation) - layer.margins(n)[0], n)
        return places

    found = [size for size in walk(shape, layers) if size.layer.slides]
    before = [[shape[axis], *(size.shape[axis] for size in found[:-1])][:len(found)] for axis in (0, 1)]
    return back(0), back(1)


def counted(shape: Sequence[int], layers: Sequence[Layer]) -> tuple[int, int]:
    """`reached` of the last convolution's maps instead of the image, by the layers behind it; of the image where there is none."""
    last = max((i for i, layer in enumerate(layers) if layer.kind == "conv"), default=-1)
    return reached(sizes(shape, layers)[last].shape if last >= 0 else shape, layers[last + 1:])
