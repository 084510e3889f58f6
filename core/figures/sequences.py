"""Lines that arrays of a frame feed."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.template import Binding
from core.frame import Frame


def line(trace: int, array: str, *over: str, first: int = 0) -> Binding:
    """Feed a trace's y from an array (n,), its x from another one or with first, first + 1, …."""
    return Binding("line", trace, (array, *over), {"first": first})


# ---- in Python, as the player does it

def draw_line(figure: dict[str, Any], binding: Binding, frame: Frame) -> None:
    values = frame.arrays.get(binding.source[0])
    if values is None:
        return
    over = frame.arrays.get(binding.source[1]) if len(binding.source) > 1 else None
    x = np.arange(len(values)) + binding.options["first"] if over is None else over
    figure["data"][binding.trace] |= {"x": x.tolist(), "y": values.tolist()}
