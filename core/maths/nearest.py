"""Which of many pictures are most like one: is it new, or remembered?"""

from __future__ import annotations

import numpy as np

from core.maths.tables import Array, one_thread

CHUNK = 256  # pictures compared at once


def nearest(some: Array, table: Array, count: int) -> tuple[Array, Array]:
    """For each of some pictures (m, …) the nearest of a table (n, …) of the same kind, the nearest first: their places (m, count) int32,
    and how far they are (m, count) float32: the root of the mean squared difference of their numbers. count is at most n."""
    a, b = (np.asarray(part, np.float32).reshape(len(part), -1) for part in (some, table))
    count = min(count, len(b))
    squares = np.einsum("ij,ij->i", b, b)
    places = np.zeros((len(a), count), np.int32)
    far = np.zeros((len(a), count), np.float32)
    with one_thread():
        for i in range(0, len(a), CHUNK):
            part = a[i:i + CHUNK]
            found = squares - 2 * part @ b.T  # less the part's own squares, which change no order
            near = np.argpartition(found, count - 1, 1)[:, :count] if count < len(b) else np.tile(np.arange(len(b)), (len(part), 1))
            exact = np.sqrt(np.square(part[:, None] - b[near]).mean(-1))  # the difference of large sums says little of small distances
            order = np.argsort(exact, 1, kind="stable")
            places[i:i + CHUNK], far[i:i + CHUNK] = np.take_along_axis(near, order, 1), np.take_along_axis(exact, order, 1)
    return places, far
