"""A drawing or a picture from the player (core/ui/player/sketch.js), and how a network that has learnt a set would see it."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from math import prod
from typing import Any

import numpy as np

from core.data.handwriting import as_digits, as_mnist

SIDE = 56  # pixels a side of a drawing: twice MNIST's, so that its lines stay smooth when it is made smaller
FORMS = {"digits": as_digits, "mnist": as_mnist, "fashion": as_mnist}


def drawing_of(text: Any) -> np.ndarray:
    """The drawing (56, 56) uint8, 0 the ground, 255 ink, that a text holds: its rows as base64. ValueError for any other text."""
    return _bytes("drawing", text, (SIDE, SIDE))


def picture_of(text: Any, shape: tuple[int, int, int]) -> np.ndarray:
    """The picture (h, w, c) uint8 of a set's own shape that a text holds: its rows as base64. ValueError for any other text."""
    return _bytes("picture", text, shape)


def _bytes(name: str, text: Any, shape: tuple[int, ...]) -> np.ndarray:
    form = " × ".join(map(str, shape))
    if not isinstance(text, str):
        raise ValueError(f"“{name}” is {form} bytes in base64; it is {str(text)[:40]!r}")
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except (Error, UnicodeEncodeError) as problem:
        raise ValueError(f"“{name}” is {form} bytes in base64; “{text[:40]}” is not base64") from problem
    if len(data) != prod(shape):
        raise ValueError(f"“{name}” is {form} = {prod(shape)} bytes in base64; it has {len(data)}")
    return np.frombuffer(data, np.uint8).reshape(shape)


def as_image_of(dataset: str, drawing: np.ndarray) -> np.ndarray:
    """A drawing (56, 56) uint8 in the form of a set's images: (h, w, 1) uint8, bright on black, as `core.data.handwriting` brings it there.

    ValueError if nothing is drawn, or for a set in colour.
    """
    if dataset not in FORMS:
        raise ValueError(f"a drawing is grey; it cannot become an image of {dataset!r}, only of {', '.join(FORMS)}")
    if not drawing.any():
        raise ValueError("nothing is drawn: all of its pixels are 0")
    return FORMS[dataset](drawing)[..., None]
