"""A digit that somebody drew or photographed, brought into the form that a network has learnt: MNIST's, or scikit-learn's digits.

MNIST (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist): bright on black, scaled into a box of 20 × 20 that keeps the ratio of
its sides, its centre of mass at the centre of 28 × 28. The digits of scikit-learn (Alpaydin and Kaynak, 1998): scaled to the height of
a bitmap of 32 × 32, of which the black pixels of each 4 × 4 block are counted. A network that sees a digit of another size or place
fails, and not because it has learnt badly.
"""

from __future__ import annotations

import numpy as np

from core.data.csv import UploadError
from core.frame import Message
from core.i18n import N_

LONGEST = 256  # pixels; a larger picture tells no more
FITTED = 64  # rows and columns are enough to find the ground from
CONTRAST = 20  # levels of grey that ink has to differ from its ground
NOISE = 3.5  # times the ground's spread that it has to differ: noise alone, parted into strong and weak, differs by about 2.3
WIDEST = 24  # columns of 32 that scikit-learn's digits fill at most; nearly all of them fill all rows
SPECK = 0.05  # a patch of less than this share of the largest one's ink is dirt
THIN = 1.5 / 20  # of the digit's length: a thinner line is thinner than nearly all of MNIST's and fades as it is made small
BOLD = 4.2 / 32  # the same for scikit-learn's digits, whose lines are bolder


def as_mnist(gray: np.ndarray) -> np.ndarray:
    """A picture (h, w) uint8 with one digit, dark on light or light on dark, as MNIST would have it: (28, 28) uint8, bright on black.

    What is transparent has to be put on white before. A light that changes slowly over the picture is taken out. UploadError if
    there is nothing to see, ValueError for an array of another kind.
    """
    ink = _thickened(extract(gray), THIN)
    height, width = ink.shape
    scale = 20 / max(height, width)
    small = _resized(ink, max(round(height * scale), 1), max(round(width * scale), 1))
    small *= 1 / max(float(np.quantile(small[small > small.max() / 2], 0.8)), 1e-6)
    return np.rint(255 * np.clip(_at_centre_of_mass(small, 28), 0, 1)).astype(np.uint8)


def as_digits(gray: np.ndarray) -> np.ndarray:
    """The same as scikit-learn's digits would have it: (8, 8) uint8, bright on black; 255 is a block whose 16 pixels are all ink."""
    ink = _thickened(extract(gray), BOLD)
    columns = min(max(round(ink.shape[1] * 32 / ink.shape[0]), 1), WIDEST)
    left = (33 - columns) // 2
    bitmap = np.zeros((32, 32), bool)
    bitmap[:, left:left + columns] = _resized(ink, 32, columns) > 0.4
    counts = bitmap.reshape(8, 4, 8, 4).sum(axis=(1, 3))
    return np.rint(counts * (255 / 16)).astype(np.uint8)


def extract(gray: np.ndarray) -> np.ndarray:
    """The ink of a picture, cut to the smallest box around it: (h, w) float32 from 0, ground, to 1, ink. Errors as of `as_mnist`."""
    if gray.ndim != 2 or gray.dtype != np.uint8 or not gray.size:
        raise ValueError(f"a picture has to be (h, w) uint8, not {gray.shape} {gray.dtype}")
    values = gray.astype(np.float32)
    if (scale := LONGEST / max(gray.shape)) < 1:
        values = _resized(values, max(round(gray.shape[0] * scale), 1), max(round(gray.shape[1] * scale), 1))
    if min(values.shape) < 8:
        values = np.pad(values, 4, mode="edge")
    difference, marked, strength, spread = max((_parted(values - ground) for ground in (_level(values), _ground(values))),
                                               key=lambda parted: parted[2] / max(parted[3], 1))
    signed = difference * np.sign(difference[marked].sum())
    sure = marked & (signed > 0)  # none, where as much is darker as is brighter
    if strength < max(CONTRAST, NOISE * spread) or not sure.any():
        raise UploadError(Message(N_("There is no digit to be seen in this picture. Draw one with a strong line, or take a picture on "
                                     "which it stands out from its ground.")))
    full = float(np.quantile(signed[sure], 0.75))
    least = min(3.5 * spread, full / 2)
    ink = np.clip((signed - least) / (full - least), 0, 1)
    return _cut(_without_specks(ink, sure))


def _parted(difference: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
    """A difference from the ground (h, w), where it is large, its mean size there, and its spread elsewhere."""
    size = np.abs(difference)
    marked = size > otsu(size)
    if not marked.any():
        return difference, marked, 0.0, 0.0
    spread = 1.4826 * float(np.median(size[~marked]))  # of normal noise by its median (Rousseeuw and Croux, 1993)
    return difference, marked, float(size[marked].mean()), spread


def otsu(values: np.ndarray) -> float:
    """The threshold that leaves the least variance within the two parts (Otsu, 1979), from 256 bins over the values' range."""
    counts, edges = np.histogram(values, 256)
    middles = (edges[1:] + edges[:-1]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    between = np.nan_to_num(between[:-1], nan=0.0, posinf=0.0)
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:-1][best].mean())  # where nothing lies between the parts, all thresholds there are as good


def _level(values: np.ndarray) -> np.ndarray:
    """The ground of a drawing, one brightness (h, w): that of most of the rim."""
    rim = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    return np.full_like(values, np.median(rim))


def _ground(values: np.ndarray) -> np.ndarray:
    """The ground of a photograph (h, w): the quadratic function of the place that most of the picture follows.

    Fitted first to the rim, where there is seldom ink, then to all that is near it; by least absolute differences (iteratively
    reweighted least squares), which a digit cannot bend as long as it is the smaller part.
    """
    every = -(-max(values.shape) // FITTED)
    few = values[::every, ::every].reshape(-1).astype(float)
    terms = _terms(*values.shape)
    fitted = terms[::every, ::every].reshape(-1, 6)
    chosen = np.abs(fitted[:, 1:3]).max(1) > 1 - 2.5 * max(1 / min(values.shape), 0.04)
    coefficients = np.zeros(6)
    for _ in range(3):
        coefficients = _least_absolute(fitted[chosen], few[chosen])
        size = np.abs(few - fitted @ coefficients)
        chosen = size <= otsu(size)
    return (terms @ coefficients).astype(np.float32)


def _terms(height: int, width: int) -> np.ndarray:
    """1, u, v, u², uv, v² at each place (h, w, 6), u and v from -1 to 1 across and down."""
    v, u = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], -1)


def _least_absolute(terms: np.ndarray, values: np.ndarray) -> np.ndarray:
    weights = np.ones(len(values))
    coefficients = np.zeros(terms.shape[1])
    for _ in range(12):
        weighted = terms * weights[:, None]
        ridge = np.diag([0, *[1e-3 * len(values)] * (terms.shape[1] - 1)]) * weights.mean()  # slopes need a reason
        coefficients = np.linalg.solve(terms.T @ weighted + ridge, weighted.T @ values)
        weights = 1 / np.maximum(np.abs(values - terms @ coefficients), 1)
    return coefficients


def _without_specks(ink: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """Only what is joined to a patch of sure ink, and no patch that is much smaller than the largest."""
    from scipy import ndimage

    patches, count = ndimage.label(ink > 0, np.ones((3, 3)))
    weight = ndimage.sum_labels(ink * sure, patches, np.arange(count + 1))
    weight[0] = 0
    return np.where((weight > SPECK * weight.max())[patches], ink, 0).astype(np.float32)


def _cut(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero((ink > 0.02).any(1)), np.flatnonzero((ink > 0.02).any(0))
    return ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


def _thickened(ink: np.ndarray, least: float) -> np.ndarray:
    """Ink whose lines would fade when it is made small gets thicker ones; a line's thickness is twice its area by its outline."""
    from scipy import ndimage

    drawn = np.pad(ink > 0.5, 1)
    outline = np.abs(np.diff(drawn.astype(np.int8), axis=0)).sum() + np.abs(np.diff(drawn.astype(np.int8), axis=1)).sum()
    thickness = 2 * drawn.sum() / max(float(outline) * 0.9, 1.0)  # counted along pixels, an outline is too long
    missing = round(least * max(ink.shape) - thickness)
    if missing < 1:
        return ink
    return ndimage.grey_dilation(np.pad(ink, missing), size=(missing + 1, missing + 1))


def _resized(values: np.ndarray, height: int, width: int) -> np.ndarray:
    from PIL import Image

    if values.shape == (height, width):
        return values.copy()
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC)).copy()


def _at_centre_of_mass(small: np.ndarray, side: int) -> np.ndarray:
    """A picture of at most 20 × 20 in one of side × side, moved by whole pixels until its centre of mass is at pixel
    side / 2 (counted from 0), as it is in MNIST: 14.0 in the mean of all its images."""
    mass = np.maximum(small, 0)
    places = [int(np.clip(round(side / 2 - float((mass.sum(1 - axis) * np.arange(mass.shape[axis])).sum() / mass.sum())),
                          0, side - mass.shape[axis])) for axis in (0, 1)]
    whole = np.zeros((side, side), np.float32)
    whole[places[0]:places[0] + small.shape[0], places[1]:places[1] + small.shape[1]] = small
    return whole
