"""Curves over the epochs: training solid, validation dashed, baseline dotted; one colour a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.figures.template import Binding, Template, curve
from core.figures.theme import LAYER_COLOURS, axis, colour, layout, width_of
from core.i18n import _

HEIGHT = 168


def _line(name: str, token: str, dash: str = "solid") -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "x": [], "y": [],
            "line": {"color": colour(token), "width": 1.8, "dash": dash},
            "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>"}


def chart(id: str, lines: Sequence[tuple[str, str, str, str]], epochs: int, *, title: str, empty: str, alt: str,
          log: bool = False, bounds: tuple[float, float] | None = None, marks: Mapping[str, float] | None = None,
          area: str = "curves", span: int = 4, height: int = HEIGHT) -> Template:
    """Curves of metrics. lines: (metric, name, colour token, dash); bounds: of the vertical axis, None to fit; marks: level lines, from
    their names to their heights."""
    marks = marks or {}
    data = [_line(name, token, dash) for _metric, name, token, dash in lines]
    bindings: list[Binding] = [curve(i, metric) for i, (metric, *_rest) in enumerate(lines)]
    data += [{**_line(name, "baseline", "dot"), "x": [0, epochs], "y": [value, value]} for name, value in marks.items()]
    # few on a logarithm: more than about two decades then show decades alone, without the small digits in between
    kind = "log" if log else "linear"
    zoom = f"{kind} {bounds}" if bounds and not log else kind  # of one kind of axis it is none of another
    vertical = axis(type=kind, uirevision=zoom, nticks=3 if log else 5, exponentformat="power", minexponent=4)
    if bounds and not log:
        vertical["range"] = list(bounds)
    else:
        vertical["autorange"] = True  # said, or Plotly keeps the bounds of the chart that stood here before, under least squares
        if not log:
            vertical["rangemode"] = "tozero"
    # a line's own name stands in the margin beside its end, in its colour: the player puts it there
    labels: list[dict[str, Any]] = [{"trace": i, "text": name, "color": colour(token)}
                                    for i, (_metric, name, token, _dash) in enumerate(lines)]
    labels += [{"trace": len(lines) + i, "text": name, "color": colour("baseline"), "value": value}
               for i, (name, value) in enumerate(marks.items())]
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("epoch"), range=[0, epochs], nticks=5), yaxis=vertical, hovermode="x unified",
        margin={"l": 38, "r": 8 + min(max(width_of(label["text"]) for label in labels), 64), "t": 8, "b": 30}, meta={"labels": labels})}
    return Template(id, figure, tuple(bindings), title, alt, height, area, span, empty)


def loss(epochs: int, *, log: bool = False, marks: Mapping[str, float] | None = None) -> Template:
    return chart("loss", [("loss", _("training"), "loss", "solid"), ("val_loss", _("validation"), "loss", "dash")],
                 epochs, log=log, marks=marks, empty=_("Loss"),
                 title=_("Loss: validation {val_loss:.3g} at epoch {epoch}"),
                 alt=_("Loss over the epochs. At epoch {epoch}: training {loss:.3g}, validation {val_loss:.3g}."))


def accuracy(epochs: int, *, log: bool = False, marks: Mapping[str, float] | None = None) -> Template:
    """Accuracy from 0 to 1; with `log`, the part that is wrong cannot be seen better, so the axis stays linear."""
    return chart("accuracy",
                 [("accuracy", _("training"), "score", "solid"), ("val_accuracy", _("validation"), "score", "dash")],
                 epochs, bounds=(0.0, 1.03), marks=marks, empty=_("Accuracy"),
                 title=_("Accuracy: validation {val_accuracy:.2f}"),
                 alt=_("Accuracy over the epochs. At epoch {epoch}: training {accuracy:.2f}, "
                       "validation {val_accuracy:.2f}."))


def error(epochs: int, *, log: bool = False, marks: Mapping[str, float] | None = None) -> Template:
    """Mean absolute error, the score of a regression."""
    return chart("mae", [("mae", _("training"), "score", "solid"), ("val_mae", _("validation"), "score", "dash")],
                 epochs, log=log, marks=marks, empty=_("Mean absolute error"),
                 title=_("Mean absolute error: validation {val_mae:.3g}"),
                 alt=_("Mean absolute error over the epochs. At epoch {epoch}: training {mae:.3g}, "
                       "validation {val_mae:.3g}."))


def _per_layer(id: str, metric: str, names: Mapping[int, str], epochs: int, **more: Any) -> Template:
    """One curve a layer; names: layer number in the metric's name -> label."""
    lines = [(f"{metric}_{k}", name, f"layer{(k - 1) % len(LAYER_COLOURS)}", "solid") for k, name in names.items()]
    return chart(id, lines, epochs, **more)


def gradients(epochs: int, names: Mapping[int, str], *, log: bool = False) -> Template:
    return _per_layer("gradients", "grad", names, epochs, log=log, empty=_("Gradient norm by layer"),
                      title=_("Gradient norm by layer"),
                      alt=_("Norm of the gradient of each layer’s weights over the epochs, up to epoch {epoch}."))


def updates(epochs: int, names: Mapping[int, str], *, log: bool = False) -> Template:
    return _per_layer("updates", "update", names, epochs, log=log, area="more", empty=_("Update size by layer"),
                      title=_("Update size by layer"),
                      alt=_("How far each layer’s weights moved in an epoch, relative to their size, up to epoch {epoch}."))


def dead(epochs: int, names: Mapping[int, str]) -> Template:
    """Share of each layer's neurons that answer 0 to every point."""
    return _per_layer("dead", "dead", names, epochs, bounds=(0.0, 1.03), area="more", empty=_("Dead neurons by layer"),
                      title=_("Dead neurons by layer"),
                      alt=_("Share of each layer’s neurons that answer 0 to every training point, up to epoch {epoch}."))
