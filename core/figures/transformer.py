"""The figures of the lab for Transformers, for a spec and what is known of its task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from core.data import tasks
from core.figures import curves, heads, sequences
from core.figures.sequences import Block, line
from core.figures.template import Template, curve
from core.figures.theme import axis, colour, layout, width_of
from core.i18n import _
from core.specs.transformer import TEXTS, WHOLE, TransformerSpec, TransformerView

HEIGHT, HOLD = 316, 72  # of the maps, and of what stands below them
Uploads = Mapping[str, Mapping[str, np.ndarray]]


@dataclass(frozen=True)
class Facts:
    """What is known of a spec's task.

    symbols, answers: what the numbers that are read and answered stand for; guess: the loss of whoever does not look at the sequence;
    floor: the least possible one, None where nobody knows it; luck: the accuracy of whoever always gives the most frequent answer; count:
    sequences for validation.
    """

    symbols: tuple[str, ...]
    answers: tuple[str, ...]
    guess: float
    floor: float | None
    luck: float
    count: int


def facts(spec: TransformerSpec, uploads: Uploads | None = None) -> Facts:
    """What is known of a spec's task: its sequences are drawn once. Trouble if its own text is not here."""
    fields = ("task", "length", "points", "seed", "symbols", "language", "upload")
    plain = TransformerSpec(**{name: getattr(spec, name) for name in fields if name not in spec.idle})
    return _found(plain, uploads) if plain.upload else _known(plain)


def _found(spec: TransformerSpec, uploads: Uploads | None) -> Facts:
    sample = tasks.load(spec, uploads)
    return Facts(sample.symbols, sample.answers, sample.guess, sample.floor, sample.luck, sample.validation)


@lru_cache(maxsize=32)
def _known(spec: TransformerSpec) -> Facts:
    return _found(spec, None)


def metrics(spec: TransformerSpec) -> list[str]:
    """What is measured on validation, in the order of an answer's "metrics"."""
    return ["val_loss", "val_accuracy", *(["val_exact"] if exact(spec) else [])]


def exact(spec: TransformerSpec) -> bool:
    """Whether it is counted how many sequences are right as a whole."""
    return spec.task in WHOLE


def ask(spec: TransformerSpec) -> dict[str, dict[str, Any]]:
    """What the player may ask of the trained network, and what an answer replaces (see `core.ui.lab.play`)."""
    found: dict[str, dict[str, Any]] = {"neurons": {"probe": "look", "metrics": metrics(spec), "replaces": [
        "example", "tokens", "truth", "said", "p", "stream", "added", "hidden", "written", "logits", "begun",
        *heads.attention(spec.layers)]}}
    return found | ({"write": {"probe": "write"}} if spec.task == "text" else {})


def figures(spec: TransformerSpec, view: TransformerView, facts: Facts) -> list[Template]:
    """All figures of the page, in the order in which they stand."""
    names = {1: _("embedding"), **{i + 1: _("layer {n}", n=i) for i in range(1, spec.layers + 1)}, spec.layers + 2: _("output")}
    gradients, updates = (chart(spec.epochs, names, log=True) for chart in (curves.gradients, curves.updates))
    scores = perplexity(spec, facts) if spec.task in TEXTS else accuracy(spec, facts)
    written = [writer(spec, facts)] if spec.task == "text" else []
    places = [positions(spec)] if spec.positions != "none" else []
    return [maps(spec, facts), flow(spec, facts), *written, loss(spec, view, facts), scores, stream(spec), *places,
            replace(gradients, area="more", span=6), replace(updates, span=6)]


# ---- whom it looks at, and what comes out

def maps(spec: TransformerSpec, facts: Facts) -> Template:
    """The attention of every head, and what the player says of it."""
    if exact(spec):
        judged = _("Now {now:.0%} of unseen sequences are wholly right; with all heads on {before:.0%}.")
    elif spec.task in TEXTS:
        judged = _("Now the validation loss is {now:.3g}; with all heads on it was {before:.3g}.")
    else:
        judged = _("Now {now:.0%} of unseen sequences are right; with all heads on {before:.0%}.")
    metric = "val_exact" if exact(spec) else "val_loss" if spec.task in TEXTS else "val_accuracy"
    words = {
        "name": _("layer {layer}, head {head}"), "off": _("off"), "are_off": _("without {names}"), "all_on": _("All heads on"),
        "hint": _("Press a head to switch it off: what can the network still do? Point at a place to see whom it looks at. Keyboard: "
                  "arrows, Enter, Esc."),
        "switch": _("Layer {layer}, head {head}: a press switches it off."),
        "put_back": _("Layer {layer}, head {head} is off; a press switches it on again."),
        "cell": _("Layer {layer}, head {head}: {from} looks at {to} with {w:.0%} of its attention."),
        "looks": _("{place} looks at: {told}"), "looked": _("{place} is looked at by: {told}"), "each": _("{place} {w:.0%} (head {name})"),
        "count": facts.count, "number": "{n:d} / {count:d}", "sequence": _("sequence {n:d} of {count:d}"),
        "back": _("Previous sequence"), "forth": _("Next sequence"), "score": {"metric": metric, "text": judged}}
    title = _("Attention of every head · validation loss {val_loss:.3g}") if spec.task in TEXTS else _(
        "Attention of every head · {val_accuracy:.0%} of answers right")
    return heads.maps(
        spec.layers, spec.heads, causal=spec.causal, words=words, own=repr(spec.split), height=HEIGHT, title=title,
        empty=_("Attention of every head"), alt=_(
            "For every head a square picture at epoch {epoch}: rows are the places that look, columns those that are looked at; the "
            "darker, the more attention."))


def flow(spec: TransformerSpec, facts: Facts) -> Template:
    """One sequence, whom each place looks at, and what the network answers."""
    says = _("next") if spec.task == "text" else _("its answer")
    words = {"upper": _("looked at"), "lower": _("who looks"), "says": says, "wanted": _("should be")}
    plain = _("One sequence: whom each place looks at, and the answers")
    title = _("Unseen sequences wholly right: {val_exact:.0%}") if exact(spec) else _(
        "Unseen answers right: {val_accuracy:.0%}")
    return heads.flow(
        "flow", spec.layers, spec.heads, facts.symbols, facts.answers, pooled=spec.pooled, words=words, title=title, empty=plain,
        height=HEIGHT + HOLD, alt=_(
            "One validation sequence at epoch {epoch}: lines lead from each place to those that it looks at; below stand the network’s "
            "answers, wrong ones struck out with the right one beneath."))


def writer(spec: TransformerSpec, facts: Facts) -> Template:
    words = {"temperature": _("temperature"), "k": "top-k", "p": "top-p", "back": _("‹ Back"),
             "about": {"temperature": _("The logits are divided by it: low is careful, high is bold."),
                       "k": _("Only so many of the likeliest characters may be drawn."),
                       "p": _("Only the fewest likeliest characters that have this share together may be drawn.")},
             "step": _("Next character ›"), "anew": _("Write anew"), "next": _("After “{before}”"),
             "bar": _("{symbol}: {own:.1%} says the network, {p:.1%} with these settings")}
    text = _("What it writes, and what could have come next")
    return heads.writer(
        facts.symbols, spec.steps, words=words, title=text, alt=_(
            "A text: its pale beginning was given, the rest was drawn, character by character, from what the network at epoch {epoch} "
            "takes to be likely; beside it the likeliest characters at the marked place."))


# ---- curves

def loss(spec: TransformerSpec, view: TransformerView, facts: Facts) -> Template:
    """The loss, with that of whoever guesses, and of a text the least possible one: the entropy of its grammar."""
    floor = {_("entropy") if spec.task == "text" else _("at best"): facts.floor} if facts.floor else {}
    marks = {_("guessing"): facts.guess} | floor
    return curves.loss(spec.epochs, log=view.log_scale, marks=marks)


def accuracy(spec: TransformerSpec, facts: Facts) -> Template:
    lines = [("accuracy", _("training"), "score", "solid"), ("val_accuracy", _("validation"), "score", "dash")]
    title, alt = _("Accuracy: validation {val_accuracy:.2f}"), _(
        "Accuracy over the epochs. At epoch {epoch}: training {accuracy:.2f}, validation {val_accuracy:.2f}.")
    if exact(spec):
        lines.append(("val_exact", _("wholly right"), "loss", "solid"))
        title = _("Accuracy {val_accuracy:.2f}, wholly right {val_exact:.2f}")
        alt = _("Shares over the epochs. At epoch {epoch}: {val_accuracy:.2f} of the validation answers are right, and {val_exact:.2f} of "
                "the sequences as a whole.")
    return curves.chart("accuracy", lines, spec.epochs, bounds=(0.0, 1.03), marks={_("guessing"): facts.luck}, title=title, alt=alt,
                        empty=_("Accuracy"))


def perplexity(spec: TransformerSpec, facts: Facts) -> Template:
    """e to the power of the loss: among how many equally likely characters the network as good as guesses."""
    lines = [("loss", _("training"), "loss", "solid"), ("val_loss", _("validation"), "loss", "dash")]
    marks = {_("at best"): float(np.exp(facts.floor))} if facts.floor else {}
    chart = curves.chart("perplexity", lines, spec.epochs, marks=marks, log=True, empty=_("Perplexity"),
                         title=_("Perplexity: as {perplexity:.3g} even choices"),
                         alt=_("Perplexity over the epochs. At epoch {epoch}: {perplexity:.3g} on validation."))
    exps = tuple(replace(curve(i, metric), options={"exp": True}) for i, (metric, *_rest) in enumerate(lines))
    return replace(chart, bindings=exps)


def stream(spec: TransformerSpec) -> Template:
    """How long a place's vector is after the embedding and after each sublayer, and what each of those adds."""
    lines = [("stream", _("vector"), "loss", "solid"), ("added", _("added"), "negative", "dash")]
    data = [{"type": "scatter", "mode": "lines+markers", "name": name, "x": [], "y": [], "marker": {"size": 5, "color": colour(token)},
             "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>", "line": {"color": colour(token), "width": 1.8, "dash": dash}}
            for _array, name, token, dash in lines]
    labels = [{"trace": i, "text": name, "color": colour(token)} for i, (_array, name, token, _dash) in enumerate(lines)]
    ticks = [_("in"), *(f"{letter}{layer}" for layer in range(1, spec.layers + 1) for letter in "AF")]
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("A: after attention, F: after feed-forward"), tickvals=list(range(len(ticks))), ticktext=ticks,
                   range=[-0.3, len(ticks) - 0.7]),
        yaxis=axis("", rangemode="tozero", nticks=5), hovermode="x unified", meta={"labels": labels},
        margin={"l": 38, "r": 8 + min(max(width_of(name) for _array, name, *_rest in lines), 64), "t": 8, "b": 32})}
    bindings = (line(0, "stream", mean=True), line(1, "added", first=1, mean=True))
    text = _("The vectors on their way up: length")
    return Template("stream", figure, bindings, text, _(
        "Mean length of the places’ vectors after the embedding and after each sublayer at epoch {epoch}, and of what each sublayer adds."),
        curves.HEIGHT, "curves", 4, text)


def positions(spec: TransformerSpec) -> Template:
    """What is added to a symbol for its place: a column for each place, a row for each number."""
    block = Block("positions_", _("number"), spec.width, _("number {k}"))
    text = _("What is added for the place: sine waves") if spec.positions == "sine" else _("What is added for the place: learned")
    return sequences.strip("positions", spec.steps, [block], title=text, empty=text, at="", area="more", span=12, height=200, alt=_(
        "Heat map at epoch {epoch}: a column for every place, a row for every number that is added to its symbol; blue positive, orange "
        "negative."))
