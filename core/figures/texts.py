"""The figures of a look at texts: how long they are, what the vocabulary knows, and how many there are for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.figures.counts import counts
from core.figures.sequences import line
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.i18n import _
from core.specs.text_project import TextsSpec

HEIGHT = 300


def data(spec: TextsSpec, classes: Sequence[str]) -> list[Template]:
    """What the first step shows. classes: translated, or as a person's file has them."""
    return [counts(classes, _("texts"), title=_("What each text is for"), span=5, height=HEIGHT,
                   alt=_("Of each class: how many texts are for training, for validation and for the sealed test.")),
            lengths(spec, span=7)]


def prepare(spec: TextsSpec) -> list[Template]:
    """What the second step shows."""
    return [lengths(spec, span=6, cut=True), coverage(spec)]


def _mark(at: float) -> dict[str, Any]:
    """A dotted line at a value of the horizontal axis."""
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
            "line": {"color": colour("text"), "width": 1.5, "dash": "dot"}}


def lengths(spec: TextsSpec, *, span: int, cut: bool = False) -> Template:
    """How many training texts have how many tokens, and where they are cut."""
    bars = {"type": "bar", "name": _("texts"), "x": [], "y": [], "marker": {"color": colour("loss"), "line": {"width": 0}},
            "hovertemplate": _("about %{x:.0f} tokens: %{y:,.0f} texts") + "<extra></extra>"}
    figure = {"data": [bars], "layout": layout(
        xaxis=axis(_("tokens of a text"), rangemode="tozero"), yaxis=axis(_("texts"), rangemode="tozero", nticks=5), bargap=0.06,
        shapes=[_mark(spec.length)] if cut else [], margin={"l": 46, "r": 10, "t": 8, "b": 34})}
    title = _("Longer than {length} tokens: {cut}", length=spec.length, cut="{cut:.0%}") if cut else _("How long the texts are")
    alt = _("How many of the training texts have how many tokens; half of them have at most {median:.0f}.")
    return Template("lengths", figure, (line(0, "lengths", "lengths_at"),), title, alt, HEIGHT, "main", span, _("How long the texts are"))


def coverage(spec: TextsSpec) -> Template:
    """Which share of all words of the validation texts a vocabulary of so many words knows."""
    curve = {"type": "scatter", "mode": "lines", "name": _("known"), "x": [], "y": [], "line": {"color": colour("score"), "width": 2},
             "hovertemplate": _("%{x:,.0f} words know %{y:.1%} of the text") + "<extra></extra>"}
    figure = {"data": [curve], "layout": layout(
        xaxis=axis(_("words in the vocabulary"), type="log", nticks=5), yaxis=axis(_("known"), tickformat=".0%", nticks=5),
        shapes=[_mark(spec.vocabulary)], margin={"l": 46, "r": 10, "t": 8, "b": 34})}
    title = _("A vocabulary of {n:,} knows {known} of the text", n=spec.vocabulary, known="{known:.1%}")
    return Template("coverage", figure, (line(0, "covered", "covered_at"),), title, title, HEIGHT, "main", 6,
                    _("What the vocabulary knows"))
