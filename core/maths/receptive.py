"""What a unit of a convolutional stack sees of the picture, and which pictures excite it most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

Array = np.ndarray


class Layer(NamedTuple):
    """A convolution or a pooling along one axis.

    padding: zeros before the first place, and as many behind the last; or Keras' "valid" (none) and "same" (an output for every
    `stride` inputs, ⌈n / stride⌉; the odd zero stands behind).
    """

    kernel: int
    stride: int = 1
    padding: int | Literal["valid", "same"] = "valid"
    dilation: int = 1

    def checked(self) -> Layer:
        """Itself; ValueError for numbers that no layer has."""
        if min(self.kernel, self.stride, self.dilation) < 1:
            raise ValueError(f"kernel, stride and dilation are 1 at least; it is {self}")
        if self.padding < 0 if not isinstance(self.padding, str) else self.padding not in ("valid", "same"):
            raise ValueError(f"padding is “valid”, “same” or a number of zeros; it is {self}")
        return self

    @property
    def span(self) -> int:
        """How far the kernel reaches: dilation · (kernel − 1) + 1 places."""
        return self.dilation * (self.kernel - 1) + 1

    def before(self, size: int | None) -> int:
        """The zeros before the first of `size` places."""
        if self.padding == "same":
            return self._zeros(size) // 2
        return 0 if self.padding == "valid" else self.padding

    def outputs(self, size: int) -> int:
        """How many outputs `size` places give: ⌊(n + zeros − span) / stride⌋ + 1, 0 where the kernel does not fit."""
        return max((size + self._zeros(size) - self.span) // self.stride + 1, 0)

    def _zeros(self, size: int | None) -> int:
        if self.padding != "same":
            return 0 if self.padding == "valid" else 2 * self.padding
        if size is None:
            raise ValueError(f"{self} pads as the size of its input demands: say how large the picture is")
        return max((-(-size // self.stride) - 1) * self.stride + self.span - size, 0)


class Field(NamedTuple):
    """Receptive fields along one axis, in pixels: output i sees the pixels start + i · jump … start + i · jump + size − 1.

    Those below 0 or beyond the picture are padding.
    """

    size: int
    jump: int
    start: int

    def of(self, place: int) -> tuple[int, int]:
        """The first pixel that this output sees, and the first one that it sees no more; not cut off at the picture's edges."""
        first = self.start + place * self.jump
        return first, first + self.size


def receptive_field(layers: Sequence[Layer | tuple], size: int | None = None) -> Field:
    """The receptive field of the last of these layers, along one axis (Araujo, Norris and Sim 2019, "Computing receptive fields").

    layers: (kernel, stride, padding, dilation) from the picture onwards, later ones of a tuple may be left out; no layers: a pixel.
    Layer by layer: size += (span − 1) · jump, start −= zeros before · jump, jump *= stride.
    size: the picture's side in pixels, which "same" needs to know. With it, ValueError where a kernel does not fit.
    """
    field, left = Field(1, 1, 0), size
    for layer in (Layer(*layer).checked() for layer in layers):
        start = field.start - layer.before(left) * field.jump
        field = Field(field.size + (layer.span - 1) * field.jump, field.jump * layer.stride, start)
        if left is not None:
            before, left = left, layer.outputs(left)
            if not left:
                raise ValueError(f"a kernel that reaches over {layer.span} does not fit into {before} places; it is {layer}")
    return field


def exciting(values: Array, count: int = 9) -> tuple[Array, Array]:
    """The pictures that excite one unit most, the most first, and where in each: of equals the first picture, the first place.

    values: (n, h', w'), the unit's map for every picture, or (n,) for a unit without places; a value that is no number excites least.
    -> indices (m,) int and places (m, 2) int, rows and columns (zeros for a unit without places), m = min(count, n).
    """
    values = np.asarray(values, np.float64)
    if values.ndim not in (1, 3) or 0 in values.shape[1:]:
        raise ValueError(f"a unit's values have the shape (n,) or (n, height, width), not {values.shape}")
    if count < 1:
        raise ValueError(f"count is 1 at least, not {count}")
    flat = np.where(np.isnan(values), -np.inf, values).reshape(len(values), int(np.prod(values.shape[1:])))
    places = flat.argmax(1)
    indices = np.argsort(-flat[np.arange(len(flat)), places], kind="stable")[:count]
    columns = values.shape[2] if values.ndim == 3 else 1
    return indices, np.stack(np.divmod(places[indices], columns), 1)


def patch(image: Array, place: tuple[int, int], field: Field | tuple[Field, Field], *, fill: float = 0) -> Array:
    """The part of a picture that the unit at a place (row, column) of its layer sees.

    image: (h, w, c) or (h, w); field: of rows and columns, or one for both. -> (size, size, c), padding shown as `fill`.
    """
    fields = field if isinstance(field[0], Field) else (field, field)
    spans = [f.of(int(i)) for f, i in zip(fields, place, strict=True)]  # type: ignore[union-attr]
    cut = np.full((*(stop - first for first, stop in spans), *image.shape[2:]), fill, image.dtype)
    inside = [(max(first, 0), min(stop, side)) for (first, stop), side in zip(spans, image.shape[:2], strict=True)]
    if all(first < stop for first, stop in inside):  # else it sees padding only
        there = tuple(slice(first - whole, stop - whole) for (first, stop), (whole, _) in zip(inside, spans, strict=True))
        cut[there] = image[tuple(slice(*part) for part in inside)]
    return cut
