"""The settings of the page on convolution by hand, scene by scene."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs.base import setting
from core.specs.kernels import LARGEST, resized, side_of, written
from core.specs.study import StudySpec

SCENES = {"window": N_("Window"), "pooling": N_("Pooling"), "channels": N_("Channels"), "shapes": N_("Shapes")}
SOURCES = {"digit": N_("A digit"), "china": N_("A palace"), "flower": N_("A flower"), "drawn": N_("your drawing"),
           "upload": N_("your own picture")}
KERNELS = {"sobel_x": N_("Sobel x"), "sobel_y": N_("Sobel y"), "edge": N_("Edges (Laplacian)"), "blur": N_("Blur"),
           "sharpen": N_("Sharpen"), "emboss": N_("Emboss"), "identity": N_("Identity"), "own": N_("your own")}
OF_CHANNELS = {name: label for name, label in KERNELS.items() if name != "own"}
OfChannel = Literal["sobel_x", "sobel_y", "edge", "blur", "sharpen", "emboss", "identity"]
PADDINGS = {"valid": N_("valid: none"), "same": N_("same: zeros around")}
POOL_PADDINGS = {"valid": N_("valid: none"), "same": N_("same: a margin that does not count")}
POOLS = {"max": N_("the largest"), "average": N_("the average")}
KINDS = {"standard": N_("Standard: filter, then sum"), "depthwise": N_("Depthwise: each channel alone"),
         "pointwise": N_("1×1: mix at one place")}
DEPTHS = {1: N_("1 (grey)"), 3: N_("3 (colour)")}
IMAGE, KERNEL, STEPS, OTHER = N_("Image"), N_("Kernel"), N_("Steps"), N_("Display")
BLANK = "0" * 16
DRAWN = "001818181818187e"  # a one with its foot: bright cells as bits, two hexadecimal digits a row
CELLS = "0 0 0; 0 1 0; 0 0 0"
ARTICLE = "conv 3 x32, pool 2, flatten, dense 10"
PIXELS = 24  # the side of a photograph's part, and the longest side of a picture of one's own


def packed(bits: str) -> str:
    """64 cells of a drawing, 0 or 1, row by row, as 16 hexadecimal digits."""
    return f"{int(bits, 2):016x}"


def channel_kernel(label: str, default: str) -> Any:
    return setting(default, choices=OF_CHANNELS, label=label, group=KERNEL, help=N_("The kernel that slides over this channel."))


def share(default: float, label: str) -> Any:
    return setting(default, label=label, help=N_("The 1×1 kernel’s weight for this channel."), group=KERNEL, ge=-2, le=2, step=0.1,
                   typed=True)


def unit(label: str) -> Any:
    return setting(6, label=label, help=N_("The output unit whose receptive field is shown."), group=OTHER, ge=0, le=63)


class ConvolutionSpec(StudySpec):
    """The page opens with a scanned digit under the Sobel kernel for upright edges."""

    study: ClassVar[str] = "convolution"
    own: ClassVar[str] = "gray"

    scene: Literal["window", "pooling", "channels", "shapes"] = setting(
        "window", choices=SCENES, label=N_("Scene"), help=N_("What the page shows."), group=OTHER)

    # the image that the window slides over
    source: Literal["digit", "china", "flower", "drawn", "upload"] = setting(
        "digit", choices=SOURCES, label=N_("Image"), group=IMAGE,
        help=N_("A scanned digit of 8×8 pixels, a part of a photograph in 24×24, what you draw, or a picture of your own."))
    digit: int = setting(0, label=N_("Which digit"), help=N_("One of the 1,797 digits that come with scikit-learn."), group=IMAGE,
                         ge=0, le=1796, typed=True)
    drawing: str = setting(DRAWN, label=N_("Drawing"), pattern="[0-9a-f]{16}", group=IMAGE,
                           help=N_("Eight rows of eight cells as bits, two hexadecimal digits a row. It is easier to press the cells."))
    upload: str = setting("", label=N_("Your own picture"), pattern="([0-9a-f]{32})?", group=IMAGE,
                          help=N_("A PNG or JPEG. It is made grey and at most 24 pixels long, and stays on the server for this session "
                                  "only."))

    # one kernel
    kernel: Literal["sobel_x", "sobel_y", "edge", "blur", "sharpen", "emboss", "identity", "own"] = setting(
        "sobel_x", choices=KERNELS, label=N_("Kernel"), group=KERNEL,
        help=N_("The weights that slide over the image. Press a cell of the kernel to make it your own."))
    size: int = setting(3, label=N_("Kernel size"), help=N_("Rows and columns of the kernel."), group=KERNEL, ge=1, le=LARGEST)
    cells: str = setting(CELLS, label=N_("Cells of the kernel"), max_length=400, group=KERNEL,
                         help=N_("Rows with a semicolon between them; decimals and fractions are welcome: 1/9 1/9 1/9; …"))
    brush: float = setting(1.0, label=N_("Brush"), group=KERNEL, ge=-9, le=9, step=0.5, typed=True,
                           help=N_("The weight that a pressed cell takes. Pressed once more it becomes 0."))
    stride: int = setting(1, label=N_("Stride"), help=N_("How many pixels the window moves at a time."), group=STEPS, ge=1, le=4)
    padding: Literal["valid", "same"] = setting(
        "valid", choices=PADDINGS, label=N_("Padding"), group=STEPS,
        help=N_("Valid: the window stays within the image. Same: zeros around, so that stride 1 keeps the size."))
    dilation: int = setting(1, label=N_("Dilation"), group=STEPS, ge=1, le=3,
                            help=N_("2: the kernel looks at every second pixel, and spans a wider area with as many weights."))
    row: int = setting(1, label=N_("Row"), help=N_("The row of the output that is written out."), group=STEPS, ge=0, le=PIXELS - 1)
    column: int = setting(0, label=N_("Column"), help=N_("The column of the output that is written out."), group=STEPS, ge=0,
                          le=PIXELS - 1)

    # pooling
    pool: Literal["max", "average"] = setting("max", choices=POOLS, label=N_("Of each window, take"), group=STEPS,
                                              help=N_("Pooling has no weights: it keeps one number of each window."))
    window: int = setting(2, label=N_("Window"), help=N_("Rows and columns of the window."), group=STEPS, ge=1, le=5)
    pool_stride: int = setting(2, label=N_("Stride"), group=STEPS, ge=1, le=4,
                               help=N_("How many pixels the window moves at a time. Mostly as many as the window is wide."))
    pool_padding: Literal["valid", "same"] = setting(
        "valid", choices=POOL_PADDINGS, label=N_("Padding"), group=STEPS,
        help=N_("Valid: what does not fill a window is left out. Same: it gets a smaller window."))

    # red, green, blue
    photo: Literal["china", "flower"] = setting("flower", choices={"china": SOURCES["china"], "flower": SOURCES["flower"]},
                                                label=N_("Picture"), group=IMAGE,
                                                help=N_("A part of a photograph, 24 × 24 pixels of red, green and blue."))
    kind: Literal["standard", "depthwise", "pointwise"] = setting(
        "standard", choices=KINDS, label=N_("Convolution"), group=KERNEL,
        help=N_("Whether channels are filtered, added up, or only mixed."))
    kernel_r: OfChannel = channel_kernel(N_("Kernel for red"), "sobel_x")
    kernel_g: OfChannel = channel_kernel(N_("Kernel for green"), "sobel_x")
    kernel_b: OfChannel = channel_kernel(N_("Kernel for blue"), "sobel_x")
    mix_r: float = share(1.0, N_("Weight of red"))
    mix_g: float = share(-0.5, N_("Weight of green"))
    mix_b: float = share(-0.5, N_("Weight of blue"))
    filters: int = setting(32, label=N_("Filters"), group=KERNEL, ge=1, le=256,
                           help=N_("How many output maps the layer has; what it costs is counted for all of them."))

    # a stack of layers
    stack: str = setting(ARTICLE, label=N_("Stack of layers"), max_length=300, group=STEPS,
                         help=N_("conv 3 x32: a kernel of 3×3 and 32 filters. Then also s2 for the stride, d2 for the dilation, or same. "
                                 "pool 2, average 2, depthwise 3, flatten, dense 10."))
    side: int = setting(28, label=N_("Side of the image"), help=N_("Rows and columns of what goes in."), group=IMAGE, ge=4, le=64)
    depth: Literal[1, 3] = setting(1, choices=DEPTHS, label=N_("Channels"), group=IMAGE, help=N_("Of the image that goes in."))
    unit_y: int = unit(N_("Row of the unit"))
    unit_x: int = unit(N_("Column of the unit"))

    @model_validator(mode="after")
    def _own(self) -> ConvolutionSpec:
        if (self.source == "upload") != bool(self.upload):
            raise ValueError("the image “upload” and an uploaded file go together")
        if self.kernel == "own" and side_of(self.cells) not in (None, self.size):
            raise ValueError(f"a kernel of size {self.size} does not have the cells {self.cells!r}")
        return self

    def revised(self, **values: Any) -> ConvolutionSpec:
        """With another image one's own picture is let go of. A painted or typed kernel is one's own, which begins with the cells of the
        one that was chosen before; it keeps its middle when its size changes.
        """
        if values.get("source", "upload") != "upload":
            values["upload"] = ""
        if re.fullmatch("[01]{64}", values.get("drawing", "")):  # as it was painted
            values["drawing"] = packed(values["drawing"])
        if "cells" in values:
            values.setdefault("kernel", "own")
        kernel = values.get("kernel", self.kernel)
        if kernel == "own":
            cells = values.get("cells", self.cells if self.kernel == "own" else written(self.kernel, self.size))
            found = side_of(cells)
            if found and "cells" in values and "size" not in values:
                values["size"] = found
            size = values.get("size", found or self.size)
            if found and isinstance(size, int) and 1 <= size <= LARGEST:
                values |= {"cells": cells if size == found else resized(cells, size), "size": size}
        elif "kernel" in values:
            values |= {"cells": CELLS} | ({} if kernel == "blur" or "size" in values else {"size": 3})
        return self.changed(**values)

    def choices_of(self, name: str) -> tuple[Any, ...]:
        own = super().choices_of(name)
        return tuple(one for one in own if one != "upload" or self.upload) if name == "source" else own

    @property
    def weights(self) -> str:
        """The kernel as text."""
        return self.cells if self.kernel == "own" else written(self.kernel, self.size)

    @property
    def bits(self) -> str:
        """The drawing, 64 cells, row by row."""
        return f"{int(self.drawing, 16):064b}"
