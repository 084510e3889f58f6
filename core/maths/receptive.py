"""Which pictures excite a unit of a convolutional stack most, and what it sees of them."""

from __future__ import annotations

import numpy as np

from core.specs.stack import Field

Array = np.ndarray


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
