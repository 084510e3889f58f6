"""Pinned runs in the figures of another: thinner lines in colours of their own, each named by its letter."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from core.figures.template import Binding, Template
from core.figures.theme import colour
from core.i18n import _
from core.specs.links import LETTERS

SCORES = ("distance", "sure")  # what runs without a validation set are judged by


@dataclass(frozen=True)
class Pin:
    """A pinned run: its letter, its run key, and its number of epochs."""

    letter: str
    run: str
    epochs: int

    @property
    def colour(self) -> str:
        return colour(f"pin{LETTERS.index(self.letter)}")


def with_pins(templates: Sequence[Template], pins: Sequence[Pin]) -> list[Template]:
    """The same figures with the pins' curves in those that show training and validation, or what runs are judged by instead."""
    return [_added(t, pins) if pins and any(b.kind == "curve" and _judged(b.source[0]) for b in t.bindings) else t for t in templates]


def _judged(metric: str) -> bool:
    return metric.startswith("val_") or metric in SCORES


def _added(template: Template, pins: Sequence[Pin]) -> Template:
    figure, bindings = deepcopy(template.figure), list(template.bindings)
    labels, axis = figure["layout"]["meta"]["labels"], figure["layout"]["xaxis"]
    judged = {b.source[0] for b in template.bindings if _judged(b.source[0])}
    axis["range"] = [0, max(axis["range"][1], *(pin.epochs for pin in pins))]
    for pin in pins:
        for binding in template.bindings:
            metric = binding.source[0]
            if metric not in judged and f"val_{metric}" not in judged:
                continue  # of several ways to measure only the one that counts
            validation, alone = metric in judged, metric in SCORES
            part = _("validation") if validation else _("training")
            name = pin.letter if alone else f"{pin.letter} · {part}"
            figure["data"].append({
                "type": "scatter", "mode": "lines", "name": name, "x": [], "y": [], "opacity": 1 if validation else 0.55,
                "line": {"color": pin.colour, "width": 1.1, "dash": "dash" if validation and not alone else "solid"},
                "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>"})
            bindings.append(Binding("curve", len(figure["data"]) - 1, (metric,), {**binding.options, "run": pin.run}))
            if validation:
                labels.append({"trace": len(figure["data"]) - 1, "text": pin.letter, "color": pin.colour})
    return replace(template, figure=figure, bindings=tuple(bindings))
