"""The figures of Transformers that were trained side by side: with and without positions, or as GPT and as BERT on one text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.figures import heads
from core.figures.template import Binding, Template
from core.figures.theme import axis, colour, layout, width_of
from core.figures.transformer import Facts
from core.i18n import N_, _
from core.specs.transformer import TEXTS, TransformerSpec

NAMES = {"sine": N_("sine waves"), "learned": N_("learned"), "none": N_("no positions"), "causal": N_("none, but a causal mask"),
         "text": "GPT", "masked": "BERT"}
TOKENS = ("layer0", "layer2", "layer1", "layer3")
DASHES = ("solid", "dash", "dot", "dashdot")
HEIGHT = 250


def variants(spec: TransformerSpec) -> dict[str, TransformerSpec]:
    """What is trained beside each other, from zero: on a text the two ways of hiding it, else the ways to know the order."""
    if spec.task in TEXTS:
        return {task: spec.revised(task=task, length=spec.length, branch="") for task in TEXTS}
    plain = spec.revised(mask="full", branch="")
    found = {name: plain.revised(positions=name) for name in ("sine", "learned", "none")}
    return found | {"causal": plain.revised(positions="none", mask="causal")}


def metric(spec: TransformerSpec) -> tuple[str, str]:
    """What they are compared by: a metric of their rows, and its name."""
    if spec.task in TEXTS:
        return "val_loss", _("Validation loss")
    return "val_accuracy", _("Validation accuracy")


def side(spec: TransformerSpec, runs: Mapping[str, str], known: Mapping[str, Facts]) -> list[Template]:
    """The curves of all, and on a text what each says of the same piece. runs: the key of each one's run; known: what is known of each."""
    name, label = metric(spec)
    names = [_(NAMES[one]) for one in runs]
    data = [{"type": "scatter", "mode": "lines", "name": text, "x": [], "y": [], "hovertemplate": f"{text}: %{{y:.3g}}<extra></extra>",
             "line": {"color": colour(token), "width": 1.8, "dash": dash}}
            for text, token, dash in zip(names, TOKENS, DASHES, strict=False)]
    labels = [{"trace": i, "text": text, "color": colour(token)} for i, (text, token) in enumerate(zip(names, TOKENS, strict=False))]
    bounds: dict[str, Any] = {"rangemode": "tozero"} if spec.task in TEXTS else {"range": [0, 1.03]}
    room = 8 + min(max(map(width_of, names)), 120)
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("epoch"), range=[0, spec.epochs], nticks=6), yaxis=axis(label, nticks=6, **bounds), hovermode="x unified",
        margin={"l": 52, "r": room, "t": 8, "b": 32}, meta={"labels": labels})}
    told = ", ".join(f"{_(NAMES[one])} {{median_{i}_{name}:.3g}}" for i, one in enumerate(runs))
    chart = Template("side", figure, tuple(Binding("curve", i, (f"{i}:median:{name}",)) for i in range(len(runs))),
                     _("{label}: {told}", label=label, told=told), _("{label} over the epochs: {told}", label=label, told=told), HEIGHT,
                     "curves", 12, label)
    return [chart, *(_read(spec, one, key, known[one]) for one, key in runs.items() if spec.task in TEXTS)]


def _read(spec: TransformerSpec, task: str, run: str, known: Facts) -> Template:
    """One piece of text as GPT or as BERT sees it, with what each answers."""
    words = {"upper": _("looked at"), "lower": _("who looks"), "wanted": _("should be"),
             "says": _("next") if task == "text" else _("hidden")}
    text = _("GPT: every place foretells the next character, and sees none that is later") if task == "text" else _(
        "BERT: hidden characters, found from both sides")
    return heads.flow(task, spec.layers, spec.heads, known.symbols, known.answers, pooled=False, words=words, title=text, alt=text,
                      empty=text, run=run, area="curves", span=12, height=240)


def arrays(spec: TransformerSpec) -> list[str]:
    """Which arrays of the runs' frames these figures draw."""
    return ["tokens", "truth", "said", "p", "hidden", *heads.attention(spec.layers)] if spec.task in TEXTS else []
