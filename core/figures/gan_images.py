"""The figures of the lab for images that are made up, for a spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.data.image_sets import entry
from core.figures import confusion, curves
from core.figures.images import gallery
from core.figures.template import Template
from core.figures.template import matrix as matrix_binding
from core.figures.theme import SEQUENTIAL, axis, layout
from core.i18n import _
from core.specs.gan_images import COLUMNS, ImageGanSpec, ImageGanView

TALL, BESIDE, STRIP = 436, 190, 84  # pixels: of the fakes, of the two figures beside them, of the way from one to another
# What the player may ask of the trained networks, and what an answer replaces (see `core.ui.lab.play`).
ASK = {"neurons": {"probe": "look", "metrics": [], "replaces": ["near", "near_far", "between", "between_said"]}}


def classes_of(spec: ImageGanSpec) -> list[str]:
    """The names of the classes of the real images, translated."""
    return [_(name) for name in entry(spec.source).classes]


def figures(spec: ImageGanSpec, view: ImageGanView) -> list[Template]:
    """All figures of the page, in the order in which they stand."""
    classes = classes_of(spec)
    return [fakes(spec, classes), near(), quality(spec), between(classes), loss(spec, view), verdicts(spec), counts(spec, classes),
            real(), gradients(spec), updates(spec)]


def fakes(spec: ImageGanSpec, classes: Sequence[str]) -> Template:
    """What the generator makes of noise that stays the same from epoch to epoch; a press on one asks what it is like."""
    told: dict[str, Any] = {}
    title = _("Fakes of the same noise: {sure:.0%} are clear to a classifier, and cover {classes:.0f} classes")
    if spec.conditional:
        told = {"caption": "{said}", "values": {"said": "fakes_said"}, "named": ["said"], "classes": classes,
                "wrong": ("fakes_asked", "fakes_said"), "columns": COLUMNS}
        title = _("A class a column, a noise a row: {right:.0%} of the fakes are what was asked for")
    return gallery(
        "fakes", "fakes", ids="fakes_ids", own=repr((*spec.split, spec.conditional)), pairs=True, span=7, height=TALL, **told,
        title=title, empty=_("What the generator makes"),
        alt=_("Made-up images at epoch {epoch}, each from the same noise as at the epochs before. A classifier of the real images is sure "
              "of {sure:.0%} of such fakes; they cover {classes:.0f} of 10 classes."))


def near() -> Template:
    """The real images nearest to the chosen fake: has it been learned by heart?"""
    return gallery(
        "near", "near", caption="{far:.0%}", values={"far": "near_far"}, columns=5, span=5, height=BESIDE,
        title=_("Nearest real images; 100%: as far as new ones"),
        empty=_("Press a fake: is it new, or learned by heart?"),
        alt=_("The real images nearest to the chosen fake at epoch {epoch}, and how far each is, in percent of how far a new real image "
              "usually is from the nearest one."))


def between(classes: Sequence[str]) -> Template:
    """From one noise to another, step by step."""
    title = _("From the noise of one chosen fake to that of another: press two")
    return gallery(
        "between", "between", caption="{said}", values={"said": "between_said"}, named=["said"], classes=classes, columns=10,
        area="curves", span=12, height=STRIP, title=title, empty=_("Press two fakes: what lies between them?"),
        alt=_("Ten fakes at epoch {epoch}, whose noise goes from that of one chosen fake to that of another in equal steps; below each "
              "what a classifier takes it for."))


def quality(spec: ImageGanSpec) -> Template:
    """What a classifier that knows the real images makes of fakes."""
    lines = [("sure", _("fakes"), "score", "solid"), ("sure_real", _("real images"), "baseline", "dot")]
    if spec.conditional:
        lines.append(("right", _("as asked"), "layer3", "dash"))
    return curves.chart(
        "quality", lines, spec.epochs, bounds=(0.0, 1.03), area="main", span=5, height=BESIDE, empty=_("How clear the fakes are"),
        title=_("Clear: {sure:.0%} of fakes, {sure_real:.0%} of real ones"),
        alt=_("The share of images of which a classifier is at least 90% sure, over the epochs. At epoch {epoch}: fakes {sure:.2f}, real "
              "images {sure_real:.2f}."))


def loss(spec: ImageGanSpec, view: ImageGanView) -> Template:
    """Both losses. Neither falls to the end as in other networks: what one gains the other loses."""
    lines = [("loss", _("generator"), "negative", "solid"), ("loss_d", _("discriminator"), "positive", "dash")]
    return curves.chart("loss", lines, spec.epochs, log=view.log_scale,
                        title=_("Losses: G {loss:.2f}, D {loss_d:.2f}"), empty=_("Both losses"),
                        alt=_("Both losses over the epochs. At epoch {epoch}: generator {loss:.3g}, discriminator {loss_d:.3g}."))


def verdicts(spec: ImageGanSpec) -> Template:
    """What the discriminator thinks of real images and of fakes, on average."""
    lines = [("d_real", _("real"), "positive", "dash"), ("d_fake", _("fake"), "negative", "solid")]
    squashed = spec.answer == "sigmoid"  # twice: between σ(0) and σ(1)
    return curves.chart("verdicts", lines, spec.epochs, bounds=(0.0, 1.03), marks={"½": 0.5, **({"σ(1)": 0.731} if squashed else {})},
                        empty=_("D(real) and D(fake)"),
                        title=_("D(real) {d_real:.2f}, D(fake) {d_fake:.2f}; two sigmoids") if squashed else
                        _("D(real) {d_real:.2f}, D(fake) {d_fake:.2f}; a draw is ½"),
                        alt=_("What the discriminator gives real images and fakes on average, over the epochs. At epoch {epoch}: real "
                              "{d_real:.2f}, fake {d_fake:.2f}. Through two sigmoids it can say no less than ½.") if squashed else
                        _("What the discriminator gives real images and fakes on average, over the epochs. At epoch {epoch}: real "
                          "{d_real:.2f}, fake {d_fake:.2f}. At ½ it can only guess."))


def counts(spec: ImageGanSpec, classes: Sequence[str]) -> Template:
    """How many of 500 fakes the classifier is sure are of each class; by what was asked for, where that is said."""
    alt = _("Of 500 fakes at epoch {epoch} those of which the classifier is sure, by class.")
    if spec.conditional:
        made = confusion.matrix([name[:4] for name in classes], array="counts", area="curves")
        made.figure["layout"]["yaxis"]["title"]["text"] = _("asked for")
        said = _("%{customdata[0]} asked for, %{customdata[1]} seen: %{text} (%{z:.0%})")
        made.figure["data"][0]["hovertemplate"] = f"{said}<extra></extra>"
        title = _("Asked for, and what it became")
        return replace(made, id="counts", title=title, alt=alt, height=curves.HEIGHT, empty=title)
    size, slanted = len(classes), spec.source == "fashion"  # whose classes have long names
    trace = {"type": "heatmap", "x": list(range(size)), "y": [0], "z": [[0] * size], "text": [[""] * size], "texttemplate": "%{text}",
             "colorscale": SEQUENTIAL, "zmin": 0, "zmax": 0.3, "showscale": False, "xgap": 1, "textfont": {"size": 11},
             "customdata": [list(classes)], "hovertemplate": "%{customdata}: %{text} (%{z:.0%})<extra></extra>"}
    figure = {"data": [trace], "layout": layout(
        xaxis=axis("", tickvals=list(range(size)), ticktext=list(classes), tickangle=-60 if slanted else 0, showgrid=False, showline=False,
                   fixedrange=True),
        yaxis={"visible": False, "fixedrange": True}, margin={"l": 8, "r": 8, "t": 10 if slanted else 40, "b": 76 if slanted else 60})}
    title = _("Classes of the clear fakes")
    return Template("counts", figure, (matrix_binding(0, "counts"),), title, alt, curves.HEIGHT, "curves", 4, title)


def real() -> Template:
    """Some of the real images, to compare with."""
    title = _("Real images")
    return gallery("real", "real", area="more", span=4, height=curves.HEIGHT, title=title, empty=title,
                   alt=_("Sixteen real images that the discriminator learns from."))


def gradients(spec: ImageGanSpec) -> Template:
    """How strongly each network is pulled."""
    lines = [("grad_g", _("generator"), "negative", "solid"), ("grad_d", _("discriminator"), "positive", "dash")]
    return curves.chart("gradients", lines, spec.epochs, log=True, area="more", empty=_("Gradient norms"),
                        title=_("Gradient norms: G {grad_g:.2g}, D {grad_d:.2g}"),
                        alt=_("The norm of each network’s gradient over the epochs. At epoch {epoch}: generator {grad_g:.3g}, "
                              "discriminator {grad_d:.3g}."))


def updates(spec: ImageGanSpec) -> Template:
    """How far each network moves."""
    lines = [("update_g", _("generator"), "negative", "solid"), ("update_d", _("discriminator"), "positive", "dash")]
    return curves.chart("updates", lines, spec.epochs, log=True, area="more", empty=_("How far the weights move in an epoch"),
                        title=_("How far the weights move in an epoch"),
                        alt=_("How far each network’s weights move in an epoch, relative to their size: generator {update_g:.3g}, "
                              "discriminator {update_d:.3g} at epoch {epoch}."))
