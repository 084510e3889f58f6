"""The figures of a look at the pictures: how many of each class are for what, and some of those to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.images import gallery
from core.figures.template import Binding, Template
from core.figures.theme import axis, colour, layout
from core.i18n import _
from core.specs.image_project import PicturesSpec

HEIGHT = 330


def figures(spec: PicturesSpec, classes: Sequence[str]) -> list[Template]:
    """All figures of the data's step. classes: translated."""
    augmented = spec.augmentation != "none"
    span = 4 if augmented else 7
    shown = gallery("pictures", "pictures", caption="{name}", values={"name": "pictures_truth"}, named=["name"], classes=classes, span=span,
                    height=HEIGHT, title=_("Some of the pictures to learn from"), empty=_("Some of the pictures to learn from"),
                    alt=_("Training pictures as the network gets them, some of each class."))
    found = [shown]
    if augmented:
        words = _("The same, changed as in one epoch")
        found.append(gallery("changed", "changed", span=4, height=HEIGHT, title=words, empty=words,
                             alt=_("The same training pictures, as data augmentation shows them once.")))
    return [*found, counts(classes, span=4 if augmented else 5)]


def counts(classes: Sequence[str], *, span: int) -> Template:
    """Stacked bars: of each class, how many pictures are for training, for validation and for the sealed test."""
    parts = ((_("training"), "loss", ""), (_("validation"), "score", "/"), (_("sealed test"), "baseline", "x"))
    traces = [{"type": "bar", "name": name, "x": [], "y": [], "marker": {"color": colour(token), "pattern": {
        "shape": shape, "fgcolor": colour("background"), "size": 5, "solidity": 0.25,
        "fillmode": "overlay"}},
        "hovertemplate": f"{name}: %{{y:,.0f}}<extra>%{{x}}</extra>"} for name, token, shape in parts]
    short = [name if len(name) < 8 else name[:6] + "…" for name in classes]
    figure = {"data": traces, "layout": layout(
        barmode="stack", bargap=0.25, showlegend=True, margin={"l": 44, "r": 6, "t": 26, "b": 34},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 11}},
        xaxis=axis(_("class"), tickvals=list(range(len(short))), ticktext=short, range=[-0.6, len(short) - 0.4], fixedrange=True),
        yaxis=axis(_("pictures"), rangemode="tozero", fixedrange=True))}
    bindings = tuple(Binding("cloud", k, ("counts", "counts_part"), {"class": k}) for k in range(len(parts)))
    words = _("What each picture is for")
    return Template("counts", figure, bindings, words,
                    _("Of each class: how many pictures are for training, for validation and for the sealed test."), HEIGHT, "main", span,
                    words)
