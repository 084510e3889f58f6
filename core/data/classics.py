"""Small real data that come with scikit-learn: Fisher's irises, scanned digits, two photographs. Nothing is downloaded.

| name | shape | what | licence |
| --- | --- | --- | --- |
| iris | (150, 4) float64, cm, 0.1 to 7.9 | flowers of three species (Fisher, 1936) | public domain |
| digits | (1797, 64) float64, 0 to 16 | handwritten digits, 8×8 (Alpaydin and Kaynak, 1998) | CC BY 4.0 |
| china, flower | (142, 213) float64, 0 to 255 | brightness of sample photographs, averaged over 3×3 pixels | CC BY, see scikit-learn |
| parts of them | (24, 24, 3) float64, whole numbers, 0 to 255 | red, green and blue of `PARTS`, averaged over 13×13 pixels | the same |

scikit-learn is loaded when the first of them is asked for.
"""

from __future__ import annotations

from functools import cache

import numpy as np

SHRINK = 3  # a photograph of 427 × 640 would be a matrix whose decomposition takes half a second
PARTS = {"china": (24, 50), "flower": (68, 152)}  # the first row and column of a square part of 312 pixels
PART, PART_SHRINK = 24, 13
LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue (ITU-R BT.601)


@cache
def table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """(x, y) of "iris" or "digits": features (samples, features) and class indices (samples,). Not to be written to."""
    from sklearn.datasets import load_digits, load_iris

    loaded = load_iris() if name == "iris" else load_digits()
    return _frozen(loaded.data.astype(float)), _frozen(loaded.target)


@cache
def photograph(name: str) -> np.ndarray:
    """The brightness of "china" or "flower", (142, 213) in [0, 255]. Not to be written to."""
    from sklearn.datasets import load_sample_image

    grey = load_sample_image(f"{name}.jpg") @ np.array(LUMINANCE)
    height, width = grey.shape[0] // SHRINK, grey.shape[1] // SHRINK
    blocks = grey[:height * SHRINK, :width * SHRINK].reshape(height, SHRINK, width, SHRINK)
    return _frozen(blocks.mean(axis=(1, 3)))


@cache
def part(name: str) -> np.ndarray:
    """Red, green and blue of a part of "china" or "flower", (24, 24, 3), whole numbers in [0, 255]. Not to be written to."""
    from sklearn.datasets import load_sample_image

    row, column = PARTS[name]
    side = PART * PART_SHRINK
    piece = load_sample_image(f"{name}.jpg")[row:row + side, column:column + side].astype(float)
    return _frozen(piece.reshape(PART, PART_SHRINK, PART, PART_SHRINK, 3).mean(axis=(1, 3)).round())


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
