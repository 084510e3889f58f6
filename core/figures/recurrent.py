"""The figures of the lab for recurrent networks, for a spec and what is known of its task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from core.data.sequences import load as sequences_of
from core.figures import confusion, curves, sequences
from core.figures.sequences import Block, line
from core.figures.template import Binding, Template
from core.figures.theme import axis, colour, layout, width_of
from core.i18n import N_, _
from core.specs.recurrent import CELLS, OWN, SHOWN, VALIDATION, RecurrentSpec, RecurrentView

HEIGHT, HOLD = 330, 54  # of the figures above the player's bar, and of what stands below the states
GATES = {"i": N_("input gate"), "f": N_("forget gate"), "o": N_("output gate"), "z": N_("update gate"), "r": N_("reset gate")}
TOKENS = {"rnn": "layer1", "lstm": "layer0", "gru": "layer2"}  # colours of the three, side by side
DASHES = {"rnn": "solid", "lstm": "dash", "gru": "dashdot"}


@dataclass(frozen=True)
class Facts:
    """What is known of a spec's task.

    inputs: numbers a step; symbols: what tokens stand for, of which the first `classes` may be answers, none of a task on numbers; guess:
    the loss of whoever does not look at the sequence; floor: the least possible one; last: of a wave that of whoever answers with the last
    value, else 0; luck: the accuracy of whoever always gives the most frequent answer.
    """

    inputs: int
    symbols: tuple[str, ...]
    classes: int
    guess: float
    floor: float
    last: float = 0.0
    luck: float = 0.0

    @property
    def names(self) -> list[str]:
        """The answers, as they can be seen on an axis."""
        return ["␣" if name == " " else name for name in self.symbols[:self.classes]]


def facts(spec: RecurrentSpec) -> Facts:
    """What is known of a spec's task: its sequences are drawn once."""
    fields = ("task", "length", "points", "seed", *OWN)
    return _facts(RecurrentSpec(**{name: getattr(spec, name) for name in fields if name not in spec.idle}))


@lru_cache(maxsize=32)
def _facts(spec: RecurrentSpec) -> Facts:
    sample = sequences_of(spec)
    return Facts(sample.x.shape[2], tuple(sample.symbols), sample.classes, sample.constant, sample.floor,
                 sample.last if spec.task == "wave" else 0.0, sample.luck)


def name_of(cell: str) -> str:
    """A cell's name: "plain", "LSTM", "GRU"."""
    return _("plain") if cell == "rnn" else CELLS[cell]


def layers_of(spec: RecurrentSpec) -> list[str]:
    """What frames put behind the letter of a state or gate, for every layer and direction: "1", "1b", "2", …"""
    return [f"{layer}{back}" for layer in range(1, spec.layers + 1) for back in ("", "b")[:spec.directions]]


def ask(spec: RecurrentSpec) -> dict[str, dict[str, Any]]:
    """What the player may ask of the trained network, and what an answer replaces (see `core.ui.lab.play`)."""
    states = [f"{letter}_{layer}" for layer in layers_of(spec) for letter in ("h", "c", "g", *spec.gates)]
    return {"neurons": {
        "probe": "look", "metrics": ["val_loss", "val_mae" if spec.regression else "val_accuracy"],
        "replaces": ["example", "inputs", "tokens", "truth", "answer", "sofar", "through", "through_b", "through_c", "through_cb",
                     "confusion", "ahead", "ahead_truth", "free", "off_said", "off_truth", "said", *states]}}


def figures(spec: RecurrentSpec, view: RecurrentView, facts: Facts) -> list[Template]:
    """All figures of the page, in the order in which they stand."""
    names = {i: _("recurrent {n}", n=i) if spec.layers > 1 else _("recurrent") for i in range(1, spec.layers + 1)}
    names[spec.layers + 1] = _("output")
    gradients, updates = (chart(spec.epochs, names, log=True) for chart in (curves.gradients, curves.updates))
    more = [] if spec.regression or spec.task != "text" else [confusion.matrix(facts.names, span=6, height=330)]
    return [task(spec, facts), states(spec, facts), through(spec, view), loss(spec, view, facts), score(spec, facts), *more,
            replace(gradients, area="more", span=6), replace(updates, span=6)]


# ---- what the task is about

def task(spec: RecurrentSpec, facts: Facts) -> Template:
    if spec.task == "wave":
        return wave()
    if spec.task == "adding":
        return adding()
    if spec.task == "text":
        return sequences.said(
            "said", "said", facts.symbols, spec.length, title=_("A text that it goes on with by itself"), area="main", height=HEIGHT + HOLD,
            alt=_("A text: its pale beginning was given, the rest was drawn, one character after the other, from what the network at epoch "
                  "{epoch} takes to be likely."))
    found = confusion.matrix(facts.names, area="main", height=HEIGHT + HOLD)
    title = _("Its answers: {val_accuracy:.0%} of validation right")
    return replace(found, title=title, empty=_("Its answers"), alt=_(
        "Confusion matrix of the validation sequences at epoch {epoch}, of which {val_accuracy:.0%} are right: rows are true answers, "
        "columns the network’s."))


def _lines(lines: Sequence[tuple[str, str, str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Empty lines and the names beside their ends. lines: (name, colour token, dash)."""
    data = [{"type": "scatter", "mode": "lines", "name": name, "x": [], "y": [], "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
             "line": {"color": colour(token), "width": 1.8, "dash": dash}} for name, token, dash in lines]
    return data, [{"trace": i, "text": name, "color": colour(token)} for i, (name, token, _dash) in enumerate(lines)]


def _room(labels: Sequence[dict[str, Any]]) -> int:
    return 8 + min(max(width_of(label["text"]) for label in labels), 64)


def wave() -> Template:
    """A stretch of validation: what came, what was predicted one step ahead, and what a network makes of it that is fed on its own
    predictions."""
    data, labels = _lines([(_("the truth"), "muted", "solid"), (_("one step ahead"), "loss", "solid"),
                           (_("on its own"), "negative", "solid")])
    data[0]["line"]["width"] = 4
    data[0]["opacity"] = 0.45
    keys = [{"text": f"━ {label['text']}", "xref": "paper", "x": 0, "xshift": shift, "xanchor": "left", "yref": "paper", "y": 1,
             "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": label["color"]}}
            for label, shift in zip(labels, _shifts([label["text"] for label in labels]), strict=True)]
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("step"), nticks=6), yaxis=axis("", nticks=5, autorangeoptions={"include": [-1.5, 1.5]}), hovermode="x unified",
        margin={"l": 30, "r": 8, "t": 20, "b": 30}, annotations=keys)}
    return Template("wave", figure, (line(0, "ahead_truth"), line(1, "ahead"), line(2, "free")),
                    _("The next value: off by {val_mae:.2g} on average"),
                    _("A stretch of the wave that the network was not trained on, at epoch {epoch}: the truth, the prediction one step "
                      "ahead, off by {val_mae:.2g} on average, and what comes of it when the network is fed on its own predictions."),
                    HEIGHT + HOLD, "main", 4, _("The next value of a wave"))


def _shifts(names: Sequence[str]) -> list[int]:
    """Where the entries of a key begin, in pixels."""
    return [sum(width_of(name) + 26 for name in names[:i]) for i in range(len(names))]


def adding() -> Template:
    """The answers to validation sequences against the right ones: on the diagonal they are the same."""
    dots = {"type": "scatter", "mode": "markers", "name": _("answer"), "x": [], "y": [], "marker": {"size": 6, "color": colour("loss")},
            "hovertemplate": _("right %{x:.2f}, said %{y:.2f}") + "<extra></extra>"}
    right = {"type": "scatter", "mode": "lines", "name": _("right"), "x": [0, 2], "y": [0, 2], "hoverinfo": "skip",
             "line": {"color": colour("baseline"), "width": 1.5, "dash": "dot"}}
    figure = {"data": [dots, right], "layout": layout(
        xaxis=axis(_("right answer"), range=[-0.1, 2.1], nticks=5), yaxis=axis(_("the network’s"), range=[-0.4, 2.4], nticks=5),
        margin={"l": 42, "r": 8, "t": 6, "b": 32}, hovermode="closest")}
    return Template("adding", figure, (line(0, "off_said", "off_truth"),), _("The sum: off by {val_mae:.2g} on average"),
                    _("Its answers for 100 validation sequences at epoch {epoch} against the right ones; off by {val_mae:.2g} on average."),
                    HEIGHT + HOLD, "main", 4, _("The sum"))


# ---- what goes on inside

def states(spec: RecurrentSpec, facts: Facts) -> Template:
    """One sequence on its way through the network: what it reads, the states and gates after every step, and what it would answer."""
    units, last = min(spec.units, SHOWN), spec.layers
    several = spec.layers > 1 or spec.bidirectional
    blocks = []
    if spec.regression:
        rows = [_("value"), _("mark")] if spec.task == "adding" else [""]
        blocks.append(Block("inputs", _("input"), facts.inputs, rows[:facts.inputs], 0.22 * facts.inputs))

    def block(letter: str, layer: str, name: str, signed: bool = True) -> Block:
        said = _("{name} {letter}, layer {layer}", name=name, letter=letter, layer=layer.replace("b", "←")) if several else _(
            "{name} {letter}", name=name, letter=letter)
        mark = f"{letter} {layer.replace('b', '←')}" if several else letter
        return Block(f"{letter}_{layer}", mark if several else said, units, _("{said}, unit {{k}}", said=said), signed=signed, short=mark)

    blocks += [block("h", layer, _("hidden state")) for layer in layers_of(spec)]
    if spec.cell == "lstm":
        blocks.append(block("c", str(last), _("cell state")))
    blocks += [block(gate, str(last), _(GATES[gate]), signed=False) for gate in spec.gates]
    if not spec.bidirectional:
        each: str | list[str] = [_("so far")] if spec.regression else facts.names
        blocks.append(Block("sofar", _("its answer"), len(each), each, 0.22 if spec.regression else min(0.25 * len(each), 1.3),
                            signed=spec.regression))
    shown = [] if spec.regression else facts.symbols
    gates = [{"id": gate, "name": _(GATES[gate]), "arrays": [f"{gate}_{layer}" for layer in layers_of(spec)]} for gate in spec.gates]
    metric = "val_mae" if spec.regression else "val_accuracy"
    judged = _("With the {held} it is off by {now:.2g} on average, without that by {before:.2g}.") if spec.regression else _(
        "With the {held} {now:.0%} of validation are right, without that {before:.0%}.")
    hint = _("Point at a cell to read its number. Hold a gate at 0, shut, or at 1, open: what can the network still do?") if gates else _(
        "Point at a cell to read its number; with the keyboard: arrows.")
    words = {"gates": gates, "own": repr(spec.split), "count": VALIDATION, "sequence": _("sequence {n:d} of {count:d}"),
             "number": "{n:d} / {count:d}", "back": _("Previous sequence"), "forth": _("Next sequence"), "shut": _("shut"),
             "open": _("open"), "is_open": _("{name} open"), "is_shut": _("{name} shut"), "hint": hint,
             "score": {"metric": metric, "text": judged}}
    return sequences.strip(
        "states", spec.steps, blocks, symbols=shown, words=words, at=_("step {t:d} · {row}: {value:.2f}"), height=HEIGHT,
        title=_("One sequence, step by step, on its way through the network"), empty=_("One sequence, step by step"),
        alt=_("Heat map of a validation sequence at epoch {epoch}: a column for every step; rows are the units’ states, blue positive and "
              "orange negative, the gates, dark where open, and the answer so far."))


def through(spec: RecurrentSpec, view: RecurrentView) -> Template:
    """How long the gradient of the loss is at every step: what is left of it on its way back to the first one."""
    lines = [("through", _("state h"), "loss", "solid")]
    if spec.bidirectional:
        lines.append(("through_b", _("backwards"), "score", "dot"))
    if spec.cell == "lstm":
        lines.append(("through_c", _("cell c"), "negative", "dash"))
    data, labels = _lines([named for _array, *named in lines])  # type: ignore[misc]
    kind = "log" if view.log_through else "linear"
    vertical = axis(type=kind, uirevision=kind, nticks=4, exponentformat="power", minexponent=3)
    vertical |= {} if view.log_through else {"rangemode": "tozero"}
    if view.log_through:
        data.append({"type": "scatter", "mode": "markers", "x": [], "y": [], "marker": {"opacity": 0}, "hoverinfo": "skip"})
    figure = {"data": data, "layout": layout(
        xaxis=axis(_("step of the sequence"), range=[1, spec.steps], nticks=6), yaxis=vertical, hovermode="x unified",
        margin={"l": 42, "r": _room(labels), "t": 8, "b": 30}, meta={"labels": labels})}
    bindings = tuple(line(i, array, first=1, ratio="" if i else "ratio") for i, (array, *_rest) in enumerate(lines))
    if view.log_through:  # at least two decades are shown, or every small difference would look like a cliff
        bindings = (*bindings, line(len(lines), "through", first=1, least=0.01))
    return Template("through", figure, bindings, _("Gradient back to step 1: × {ratio:.2g}"),
                    _("Length of the loss’s gradient with respect to the state at every step, at epoch {epoch}, averaged over 64 "
                      "sequences. At the first step it is {ratio:.2g} times what it is at the last."),
                    curves.HEIGHT, "curves", 4, _("Gradient through time"))


# ---- curves

def loss(spec: RecurrentSpec, view: RecurrentView, facts: Facts) -> Template:
    levels = {_("guessing"): facts.guess, _("last value"): facts.last, _("at best"): facts.floor}
    marks = {name: level for name, level in levels.items() if level > 0}
    return curves.loss(spec.epochs, log=view.log_scale, marks=marks)


def score(spec: RecurrentSpec, facts: Facts) -> Template:
    return curves.error(spec.epochs) if spec.regression else curves.accuracy(spec.epochs, marks={_("guessing"): facts.luck})


# ---- three cells side by side

def side(spec: RecurrentSpec, view: RecurrentView, runs: dict[str, str]) -> list[Template]:
    """Validation score over the epochs, and the gradient through time, of three cells. runs: the key of each cell's run."""
    lines = [(name_of(cell), TOKENS[cell], DASHES[cell]) for cell in runs]
    data, labels = _lines(lines)
    metric = spec.score.metric
    label = _(spec.score.label)
    bounds = {"range": [0, 1.03]} if spec.score.higher_is_better else {"type": "log", "exponentformat": "power"}
    vertical = axis(label, nticks=6, **bounds)
    scores = {"data": data, "layout": layout(
        xaxis=axis(_("epoch"), range=[0, spec.epochs], nticks=6), yaxis=vertical, hovermode="x unified",
        margin={"l": 52, "r": _room(labels), "t": 8, "b": 32}, meta={"labels": labels})}
    digits = ".3f" if spec.score.higher_is_better else ".3g"
    told = ", ".join(f"{name} {{median_{i}_{metric}:{digits}}}" for i, (name, *_rest) in enumerate(lines))
    shown = through(spec, view)
    data, labels = _lines(lines)
    slopes = {"data": data, "layout": {**shown.figure["layout"], "meta": {"labels": labels},
                                       "margin": {"l": 46, "r": _room(labels), "t": 8, "b": 30}}}
    title = _("Gradient through time, of the three")
    return [
        Template("side", scores, tuple(Binding("curve", i, (f"{i}:median:{metric}",)) for i in range(len(runs))),
                 _("{label}: {told}", label=label[:1].upper() + label[1:], told=told),
                 _("{label} over the epochs, of three cells: {told}", label=label[:1].upper() + label[1:], told=told), 250, "curves", 6,
                 label[:1].upper() + label[1:]),
        Template("slopes", slopes, tuple(line(i, "through", first=1, run=key) for i, key in enumerate(runs.values())), title,
                 _("Length of the loss’s gradient with respect to the hidden state at every step, of the three cells."), 250, "curves", 6,
                 title)]
