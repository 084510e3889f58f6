"""The layers of a convolutional network in numbers."""

from __future__ import annotations

from math import prod

import streamlit as st

from core.figures.cnn import named
from core.i18n import _
from core.specs.cnn import CnnSpec
from core.ui.lab import more


def numbers(spec: CnnSpec, key: str) -> None:
    """Shape, weights, memory, multiply-adds and receptive field of every layer, folded. key: of the fold."""
    with more(_("The layers in numbers: {weights:,} weights", weights=spec.weights), key) as opened:
        if opened:
            table(spec)


def table(spec: CnnSpec) -> None:
    """The same, unfolded."""
    sizes = [size for size in spec.sizes if size.layer.kind != "flatten"]
    head = [_("layer"), _("shape"), _("weights"), _("multiply-adds"), _("memory"), _("sees")]
    rows = [[named(size.layer.name), " × ".join(map(str, size.shape)), f"{size.weights:,}", f"{size.multiply_adds:,}",
             f"{prod(size.shape) * 4 / 1000:.3g} kB",
             f"{size.receptive} × {size.receptive}" if size.receptive else _("everything")] for size in sizes]
    weights, work = sum(size.weights for size in sizes), sum(size.multiply_adds for size in sizes)
    together = _("in all")
    rows.append([f"**{together}**", "", f"{weights:,}", f"{work:,}", "", ""])
    lines = (head, ["---", "---", "---:", "---:", "---:", "---:"], *rows)
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in lines))
    st.caption(_("For one image: what a layer keeps takes four bytes a number; “sees” is the receptive field, the square of pixels that "
                 "one place of a map depends on."))
    reached, shape = spec.reached, spec.shape
    if reached != shape[:2] and not spec.batch_norm and spec.augmentation == "none":  # which see all of it, or move it
        st.caption(_("Of {height} × {width} pixels only the first {rows} × {columns} reach the answer: pooling takes places in pairs, and "
                     "where their number is odd it leaves the last one over.", height=shape[0], width=shape[1], rows=reached[0],
                     columns=reached[1]))
