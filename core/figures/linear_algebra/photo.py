"""The picture that is written as a sum of layers: a photograph of scikit-learn's, or one's own."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

import numpy as np

from core.data import classics, uploads
from core.frame import Message, Trouble
from core.i18n import N_
from core.maths import linear
from core.specs.linear_algebra import LinearAlgebraSpec

Parts = tuple[np.ndarray, np.ndarray, np.ndarray]


def grey(spec: LinearAlgebraSpec) -> np.ndarray:
    """The brightnesses, (rows, columns), 0 to 255. Trouble if it is one's own and not here."""
    if spec.photo != "upload":
        return classics.photograph(spec.photo)
    found = uploads.find(spec.upload)
    if found is None or "gray" not in found.arrays:
        raise Trouble(Message(N_("Your picture is not on this server (any more). Choose it again.")))
    return found.arrays["gray"].astype(float)


def decomposed(spec: LinearAlgebraSpec) -> Parts:
    """Its singular value decomposition. That of one's own is not kept, so that what is deleted is gone."""
    return _known(spec.photo) if spec.photo != "upload" else _svd(grey(spec))


@lru_cache(maxsize=4)
def _known(photo: str) -> Parts:
    return _svd(classics.photograph(photo))


def _svd(values: np.ndarray) -> Parts:
    left, singular, right = np.linalg.svd(values, full_matrices=False)
    return left, np.maximum(singular, 1e-9), right  # a layer of a plain picture may have none, and is drawn on a logarithm


def rank(singular: np.ndarray, shape: tuple[int, ...]) -> int:
    """How many layers a picture of this shape has at all; the rest is rounding. 0: it is black."""
    return int((singular > max(1e-6, float(singular[0]) * max(shape) * np.finfo(float).eps)).sum())


def drawn(spec: LinearAlgebraSpec, rank: int) -> str:
    """The picture of this rank as a PNG in a data address; rank 0: the original."""
    if spec.photo != "upload":
        return _drawn(spec.photo, rank)
    return _png(linear.low_rank(decomposed(spec), rank) if rank else grey(spec))


@lru_cache(maxsize=64)
def _drawn(photo: str, rank: int) -> str:
    return _png(linear.low_rank(_known(photo), rank) if rank else classics.photograph(photo))


def _png(values: np.ndarray) -> str:
    from PIL import Image

    file = BytesIO()
    Image.fromarray(np.clip(np.round(values), 0, 255).astype(np.uint8)).save(file, "png", compress_level=6)
    return "data:image/png;base64," + b64encode(file.getvalue()).decode()
