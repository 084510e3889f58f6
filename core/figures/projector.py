"""Figures for the last row of a classroom: larger type, thicker lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.figures.template import Binding, Template

TYPE, LINES, HEIGHT = 1.4, 1.7, 1.25


def enlarge(templates: Sequence[Template]) -> list[Template]:
    """The same figures, larger. The network's drawing keeps its places: its letters and its lines grow."""
    return [replace(t, figure={"data": [_larger(trace) for trace in t.figure["data"]], "layout": _larger(t.figure["layout"])},
                    bindings=tuple(_thicker(b) for b in t.bindings),
                    height=t.height if any(b.kind == "network" for b in t.bindings) else round(t.height * HEIGHT))
            for t in templates]


def _thicker(binding: Binding) -> Binding:
    widths = binding.options.get("buckets")
    return binding if widths is None else replace(binding, options={**binding.options, "buckets": [round(w * LINES, 2) for w in widths]})


def _larger(value: Any, within: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _grown(name, part, within) for name, part in value.items()}
    return [_larger(part, within) for part in value] if isinstance(value, list | tuple) else value


def _grown(name: str, value: Any, within: str) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name == "size" and within in ("font", "tickfont", "textfont"):
            return round(value * TYPE, 1)
        if name == "width" and within == "line" or name == "size" and within == "marker":
            return round(value * LINES, 2)
        if within == "margin" and name in "lrb":
            return round(value * 1.3)
    return _larger(value, name)
