"""The figures of the image project: those of the CNN lab, each in the steps where it is of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.figures import cnn, curves
from core.figures.template import Template
from core.specs.cnn import CnnSpec, CnnView
from core.specs.image_project import ImageView

HEIGHT = 300  # of the two curves where they are what is looked at


def network(spec: CnnSpec, view: ImageView, classes: Sequence[str]) -> list[Template]:
    """What the layers make of a picture."""
    rest = [cnn.filters(spec), cnn.exciting(3, dense=not spec.filters), curves.loss(spec.epochs), curves.accuracy(spec.epochs)]
    return [cnn.maps(spec, classes), cnn.examples(spec, classes), *(replace(t, span=3) for t in rest)]


def training(spec: CnnSpec, view: ImageView, classes: Sequence[str]) -> list[Template]:
    """How it learns."""
    loss, accuracy = (replace(chart, area="main", span=6, height=HEIGHT) for chart in (
        curves.loss(spec.epochs, log=view.log_scale), curves.accuracy(spec.epochs)))
    own = [t for t in everything(spec, view, classes) if t.id in ("gradients", "updates")]
    return [loss, accuracy, cnn.filters(spec), *(replace(t, area="curves", span=4) for t in own),
            *(replace(t, area="more") for t in (cnn.maps(spec, classes), cnn.examples(spec, classes), cnn.exciting(
                4, dense=not spec.filters)))]


def use(spec: CnnSpec, view: ImageView, classes: Sequence[str], picture: np.ndarray | None = None) -> list[Template]:
    """What it says to a picture, and why; turned, shifted and disturbed, until it is misread. picture: a person's own, as
    `core.figures.cnn.sketch` takes it."""
    dense = not spec.filters
    return [replace(cnn.sketch(spec, classes, True, picture), area="main"), replace(cnn.examples(spec, classes), area="curves"),
            replace(cnn.reasons(8, dense=dense), height=316),
            replace(cnn.maps(spec, classes), area="more", span=9), replace(cnn.exciting(3, dense=dense), area="more")]


def everything(spec: CnnSpec, view: ImageView, classes: Sequence[str]) -> list[Template]:
    """All figures of a run, for what is taken away."""
    return cnn.figures(spec, CnnView(log_scale=view.log_scale), classes)
