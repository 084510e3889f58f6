"""The figures of the feedforward lab, for a spec and its points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data import points as data
from core.figures import confusion, curves, network, plane
from core.figures.template import Template
from core.i18n import _
from core.specs.feedforward import ACTIVATIONS, FEATURES, FeedforwardSpec, FeedforwardView

DOMAIN = (-data.DOMAIN, data.DOMAIN, -data.DOMAIN, data.DOMAIN)
HARMLESS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})


def class_names(sample: data.Points, names: Sequence[str] = ()) -> list[str]:
    """What the classes are called: as in an upload, else by number, from 0 as in the data. Plotly takes <…> for markup and %{…} for a
    value, and a file may be a stranger's.
    """
    return [names[k].translate(HARMLESS) if k < len(names) else str(k) for k in range(sample.classes)]


def answer(spec: FeedforwardSpec, view: FeedforwardView, sample: data.Points, names: Sequence[str] = (), *,
           span: int = 5, height: int = 316) -> Template:
    """The network's answer over the plane, with the training and validation points; the test set stays sealed."""
    shown = slice(0, sample.train + sample.validation)
    task: plane.Task = "regression" if not sample.classes else "binary" if sample.classes == 2 else "classes"
    axes = ("x₁", "x₂") if sample.axes is None else (_("1st component"), _("2nd component"))
    signed = task == "regression" or (task == "binary" and spec.loss_name in ("hinge", "mse"))
    return plane.surface(sample.plane[shown], sample.y[shown] if task == "regression" else sample.y[shown].astype(int),
                         np.arange(shown.stop) < sample.train, task=task, classes=class_names(sample, names), domain=DOMAIN,
                         names=axes, lo=-1.0 if signed else 0.0, hi=1.0, discretize=view.discretize, span=span, height=height)


def drawing(spec: FeedforwardSpec, sample: data.Points, names: Sequence[str] = ()) -> Template:
    """The network, every neuron a picture of the plane."""
    inputs = [FEATURES[f] for f in spec.features] if sample.axes is None else [f"x{i + 1}" for i in range(sample.x.shape[1])]
    outputs = class_names(sample, names) if sample.classes > 2 else [_("output")]
    labels = [_("inputs"),
              *(_("hidden {n} · {units} × {activation}", n=i + 1, units=units, activation=_(ACTIVATIONS[spec.activation_of(i)]))
                for i, units in enumerate(spec.hidden))]
    return network.diagram([len(inputs), *spec.hidden, len(outputs)], [*labels, _("output")], inputs, output_names=outputs)


def figures(spec: FeedforwardSpec, view: FeedforwardView, sample: data.Points, names: Sequence[str] = ()) -> list[Template]:
    """All figures of the page, in the order in which they stand."""
    layers = {i: _("layer {n}", n=i) for i in range(1, len(spec.hidden) + 1)} | {len(spec.hidden) + 1: _("output")}
    rectified = {i: layers[i] for i in range(1, len(spec.hidden) + 1) if spec.activation_of(i - 1) == "relu"}
    score = curves.accuracy if sample.classes else curves.error
    shown = [drawing(spec, sample, names), answer(spec, view, sample, names),
             curves.loss(spec.epochs, log=view.log_scale), score(spec.epochs, log=view.log_scale),
             curves.gradients(spec.epochs, layers, log=True),
             curves.updates(spec.epochs, layers, log=True)]
    if rectified:
        shown.append(curves.dead(spec.epochs, rectified))
    if sample.classes:
        shown.append(confusion.matrix(class_names(sample, names)))
    return shown
