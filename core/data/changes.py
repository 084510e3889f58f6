"""A picture turned, shifted and made noisy: what a trained network is put to the test with."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np

BOUNDS = {"turn": (-180.0, 180.0), "right": (-0.5, 0.5), "down": (-0.5, 0.5), "noise": (0.0, 1.0)}


class Change(TypedDict):
    """See `changed`."""

    turn: float
    right: float
    down: float
    noise: float


def changed(image: np.ndarray, turn: float = 0.0, right: float = 0.0, down: float = 0.0, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """A changed copy of a picture (h, w, c) uint8, of the same shape and kind.

    turn: degrees about its middle, clockwise as it is seen, -180 … 180; right, down: shares of its width and height by which it is then
    shifted, -0.5 … 0.5, between the pixels by bilinear interpolation. Outside a grey picture (c = 1) the ground is black, as that of all
    grey sets is; outside one in colour its edge goes on. noise: at last, normal noise in every number, of this standard deviation as a
    share of 255, 0 … 1; equal seeds and shapes give the same noise, stronger or weaker. ValueError quotes what is out of range.
    """
    if image.ndim != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"a picture is (h, w, c) uint8, not {image.shape} {image.dtype}")
    change_of({"turn": turn, "right": right, "down": down, "noise": noise})
    values = _moved(image, turn, right, down) if turn or right or down else image.astype(np.float64)
    if noise:
        values = values + 255 * noise * np.random.default_rng(seed).standard_normal(image.shape)
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def _moved(image: np.ndarray, turn: float, right: float, down: float) -> np.ndarray:
    """Every place p shows what was at middle + R⁻¹ (p − shift − middle)."""
    from scipy import ndimage

    height, width, channels = image.shape
    angle = np.deg2rad(turn)
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])  # rows grow downwards: clockwise, undone
    middle = np.array([height - 1, width - 1]) / 2
    offset = middle - back @ (middle + np.array([down * height, right * width]))
    mode = "grid-constant" if channels == 1 else "nearest"
    return np.stack([ndimage.affine_transform(image[..., k].astype(np.float64), back, offset, order=1, mode=mode)
                     for k in range(channels)], -1)


def change_of(arguments: Any) -> Change:
    """The change that a browser asks for: a dict with some of turn, right, down and noise, the others being 0. ValueError quotes what
    is none."""
    if not isinstance(arguments, dict) or not set(arguments) <= set(BOUNDS):
        raise ValueError(f"a change is an object with some of {', '.join(BOUNDS)}; it is {str(arguments)[:80]}")
    for name, value in arguments.items():
        low, high = BOUNDS[name]
        if type(value) not in (int, float) or not low <= value <= high:
            raise ValueError(f"“{name}” is a number from {low:g} to {high:g}; it is {str(value)[:40]!r}")
    turn, right, down, noise = (float(arguments.get(name, 0.0)) for name in BOUNDS)
    return Change(turn=turn, right=right, down=down, noise=noise)
