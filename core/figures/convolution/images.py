"""The image that the window slides over, the kernel that it carries, and the programs' first lines that make both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data import classics, uploads
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.stacks import read_kernel
from core.specs.convolution import SOURCES, ConvolutionSpec


@dataclass(frozen=True)
class Image:
    """values: (rows, columns), brightnesses from 0 to `top`; name: translated."""

    values: np.ndarray
    top: float
    name: str

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]


def image_of(spec: ConvolutionSpec) -> Image:
    """The image of a spec. Trouble if it is one's own and not here."""
    name = _(SOURCES[spec.source])
    if spec.source == "digit":
        inputs, labels = classics.table("digits")
        return Image(inputs[spec.digit].reshape(8, 8), 16, _("A scanned {digit}", digit=int(labels[spec.digit])))
    if spec.source == "drawn":
        return Image(np.array(list(spec.bits), float).reshape(8, 8), 1, name)
    if spec.source == "upload":
        found = uploads.find(spec.upload)
        if found is None or "gray" not in found.arrays:
            raise Trouble(Message(N_("Your picture is not on this server (any more). Choose it again.")))
        return Image(found.arrays["gray"].astype(float), 255, name)
    return Image((classics.part(spec.source) @ np.array(classics.LUMINANCE)).round(), 255, name)


def kernel_of(spec: ConvolutionSpec) -> np.ndarray:
    """The kernel of a spec, (k, k). Trouble if its cells cannot be read or are not square."""
    return read_kernel(spec.weights)


def reading(spec: ConvolutionSpec) -> list[str]:
    """Lines of a program that make `image`, (rows, columns)."""
    if spec.source == "digit":
        return ["import numpy as np", "from sklearn.datasets import load_digits", "",
                f"image = load_digits().images[{spec.digit}]  # " + _("8×8, from 0 to 16")]
    if spec.source == "drawn":
        rows = [spec.bits[i:i + 8] for i in range(0, 64, 8)]
        return ["import numpy as np", "", f"rows = {rows}  # " + _("your drawing"),
                "image = np.array([[float(cell) for cell in row] for row in rows])"]
    if spec.source == "upload":
        rows_, columns = image_of(spec).shape
        return ["import numpy as np", "from PIL import Image", "", 'picture = Image.open("picture.png").convert("L")  # ' + _("your file"),
                f"image = np.asarray(picture.resize(({columns}, {rows_}), Image.Resampling.LANCZOS), float)"]
    return [*colours(spec.source), f"image = (picture @ np.array({list(classics.LUMINANCE)})).round()  # " + _("brightness")]


def colours(name: str) -> list[str]:
    """Lines of a program that make `picture`, (24, 24, 3), the part of a photograph."""
    row, column = classics.PARTS[name]
    side, by = classics.PART * classics.PART_SHRINK, classics.PART_SHRINK
    return ["import numpy as np", "from sklearn.datasets import load_sample_image", "",
            f'picture = load_sample_image("{name}.jpg")[{row}:{row + side}, {column}:{column + side}].astype(float)',
            f"picture = picture.reshape(24, {by}, 24, {by}, 3).mean(axis=(1, 3)).round()  # " + _("red, green and blue")]


def listing(kernel: np.ndarray) -> str:
    """A kernel as a program writes it."""
    if kernel.size > 1 and np.ptp(kernel) == 0 and not float(kernel[0, 0]).is_integer():
        return f"np.full({kernel.shape}, {float(kernel[0, 0])!r})"
    rows = [[int(v) if float(v).is_integer() else float(v) for v in row] for row in kernel]
    return f"np.array({rows})"
