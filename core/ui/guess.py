"""Predict, run, compare: with “guess first” on, the next run waits for the student's guess and is then drawn over it.

Two things lie in the session: `<page>:shown`, the spec whose run is on screen, only while “guess first” is on, and `<page>:guess`, the
last guess with the key of the run it is for. While `shown` differs from the page's spec the next run is held: it is not opened.
Both stand in the address, so that a reload and a link keep them.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.figures.template import Template
from core.figures.theme import colour
from core.i18n import _, language, say
from core.insight.guesses import CHOICES, GRID, Guess, margin, verdict
from core.insight.seeds import final
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.ui import files, kept
from core.ui.controls import bound

if TYPE_CHECKING:
    from core.ui.state import State

INK = "text"  # what a person draws has the colour of ink; what a run draws has those of the figures


def toggle(state: State[Any, Any]) -> None:
    """The switch that has the next run wait for a guess."""
    binding = bound(f"{state.name}.guess_first.{language()}", state.guess_first, lambda on: _switch(state, on))
    st.toggle(_("Guess first"), help=_("The next run waits until you have guessed what comes of it: sketch its curve, give a number, or "
                                       "choose. Then it is drawn over your guess."), **binding)


def _switch(state: State[Any, Any], on: bool) -> None:
    if on:
        st.session_state[f"{state.name}:shown"] = state.spec
    else:
        st.session_state.pop(f"{state.name}:shown", None)


def on_screen(state: State[Any, Any]) -> Any:
    """The spec whose run the page shows: its own, or, while that waits for a guess or for “Train” to be pressed, the one before."""
    return kept.on_screen(state, _guessed(state))


def _guessed(state: State[Any, Any]) -> Any:
    """The page's spec, or, while it waits for a guess, the one before."""
    shown, spec = st.session_state.get(f"{state.name}:shown"), state.spec
    if shown is None or shown == spec:
        return spec
    digest = getattr(shown, "upload", "")
    refused = files.missing(digest, shown.control("upload").label) if digest else None
    if refused is not None:
        state.problems = [*state.problems, refused]
    if guess_of(state, spec) or refused is not None:  # guessed already, or its points are not for this person (any more)
        st.session_state[f"{state.name}:shown"] = spec
        return spec
    return shown


def guess_of(state: State[Any, Any], spec: Spec) -> Guess | None:
    """The guess that was made at this spec's run."""
    made = st.session_state.get(f"{state.name}:guess")
    return made[1] if made and made[0] == spec.key else None


def commit(state: State[Any, Any], value: Any) -> None:
    """Take what the player sends: {"for": run key, "kind", "values", "choice"}, "kind" being "" for a wave of the hand; then the run
    may start. What does not fit, or was meant for a run that is no longer wanted, changes nothing.
    """
    shown, spec = st.session_state.get(f"{state.name}:shown"), state.spec
    if not isinstance(value, dict) or value.get("for") != spec.key or shown in (None, spec):
        return
    guess = None
    if value.get("kind"):
        try:
            choice = str(value.get("choice") or "")
            values = (_before(shown, spec),) if choice else tuple(float(v) for v in value.get("values") or ())
            guess = Guess(str(value["kind"]), values, choice)
        except (TypeError, ValueError):
            return
    st.session_state[f"{state.name}:guess"] = (spec.key, guess) if guess else None
    st.session_state[f"{state.name}:shown"] = spec


def _before(shown: Spec, spec: Spec) -> float:
    """What the run on screen has come to by now, by the score of the next; NaN if the two are judged by different ones."""
    same = shown.score.metric == spec.score.metric
    rows, end = get_runner().rows(shown.key), get_runner().result(shown.key)
    return final(end.own(rows) if end else rows, spec.score.metric) if same else float("nan")


def prepared(state: State[Any, Any], templates: Sequence[Template]) -> tuple[Sequence[Template], dict[str, Any] | None]:
    """The figures with what the guess adds to them, and, while the run waits, what the player asks for. Costs two look-ups where
    nobody guesses.
    """
    made = st.session_state.get(f"{state.name}:guess")
    guessed = _guessed(state)
    if guessed is not state.spec:
        return _asked(state.spec, guessed, templates)
    return (with_guess(templates, made[1], guessed) if made and made[0] == on_screen(state).key else templates), None


def _asked(spec: Any, shown: Any, templates: Sequence[Template]) -> tuple[Sequence[Template], dict[str, Any]]:
    """The old run's figures, its score over the epochs of the next, and the question."""
    before = _before(shown, spec)
    same = shown.score.metric == spec.score.metric
    at = _place(templates, shown.score.metric)
    kinds = ["sketch", "number"] if same and at is not None else ["number"]  # the curve of another score is not on screen
    if before == before:
        kinds.append("choice")
    label = _(spec.score.label)
    question = {
        "for": spec.key, "figure": templates[-1 if at is None else at].id, "epochs": spec.epochs, "kinds": kinds, "grid": list(GRID),
        "bounds": [0.0, 1.0] if "accuracy" in spec.score.metric else [0.0, None],
        "strings": {
            "question": _("The next run waits for you. What will its {label} be?", label=label), "kinds": _("Kind of guess"),
            "sketch": _("Sketch"), "number": _("Number"), "choice": _("Better or worse"),
            "hint_sketch": _("Draw its curve in the figure. With the keyboard: Tab, then the arrows."),
            "hint_number": _("At the end of the run. Type it, or drag in the figure.") if "sketch" in kinds else
            _("At the end of the run."),
            "hint_choice": _("At the end, beside {before:.3f} now; within {margin:.2g} is about the same.", before=before,
                             margin=margin(spec.score, before)),
            "handle": _("Sketch, epoch {epoch:d}"), "run": _("Run it"), "none": _("No guess"), "call": _("Your guess"),
            **{name: _(text) for name, text in CHOICES.items()}}}
    if not same or shown.epochs == spec.epochs:
        return templates, question
    return [_stretched(t, spec.epochs) if i == at else t for i, t in enumerate(templates)], question


def _place(templates: Sequence[Template], metric: str) -> int | None:
    """Which figure shows a metric of the page's run."""
    for i, template in enumerate(templates):
        if any(b.kind == "curve" and b.source[0] == metric and "run" not in b.options for b in template.bindings):
            return i
    return None


def _stretched(template: Template, epochs: int) -> Template:
    figure = deepcopy(template.figure)
    figure["layout"]["xaxis"]["range"] = [0, epochs]
    return replace(template, figure=figure)


def with_guess(templates: Sequence[Template], guess: Guess, spec: Any) -> Sequence[Template]:
    """The same figures with the guess as a dotted line in the one that shows the score."""
    at = _place(templates, spec.score.metric)
    if at is None:
        return templates
    figure = deepcopy(templates[at].figure)
    name, (first, *_rest) = _("before") if guess.choice else _("guess"), guess.values
    shares = GRID if guess.kind == "sketch" else (0.75, 1.0) if guess.kind == "number" else (0.0, 1.0)
    values = list(guess.values) if guess.kind == "sketch" else [first, first]
    figure["data"].append({
        "type": "scatter", "mode": "lines", "name": name, "x": [share * spec.epochs for share in shares], "y": values,
        "line": {"color": colour(INK), "width": 2.4, "dash": "dot"}, "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>"})
    figure["layout"]["meta"]["labels"].append(
        {"trace": len(figure["data"]) - 1, "text": name, "color": colour(INK), "value": values[-1]})
    return [replace(t, figure=figure) if i == at else t for i, t in enumerate(templates)]


def sentence(state: State[Any, Any], key: str) -> str:
    """How close the guess at the run on screen was, once it has ended; "" without a guess."""
    made = st.session_state.get(f"{state.name}:guess")
    if not made or made[0] != key:
        return ""
    end, spec = get_runner().result(key), on_screen(state)
    if end is None or spec.key != key:
        return ""
    rows = get_runner().rows(key)  # a sketch is held against the whole curve, any other guess against the network that there is
    return say(verdict(made[1], rows if made[1].kind == "sketch" else end.own(rows), spec.score, spec.epochs, state=end.state))
