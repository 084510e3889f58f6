"""What the projects' pages share: steps, of which one is on screen, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.figures.template import Template
from core.i18n import _, language
from core.runs.runner import get_runner
from core.specs.examples import Preset
from core.ui import guess, kept, lab
from core.ui.controls import bound
from core.ui.drawer import drawer
from core.ui.state import State
from core.ui.tools import Bench, lesson

ELSEWHERE = ("sealed", "code", "take")  # tools of the drawer that are steps of a project


@dataclass(frozen=True)
class Step:
    """purpose: marked, one sentence; left: draws the controls; figures: of the run, in the player; show: what stands above them, and
    whether it stands in their place; right: what stands below them."""

    purpose: str
    left: Callable[[Bench], None]
    figures: Callable[..., list[Template]] | None = None
    show: Callable[[Bench], bool | None] | None = None
    right: Callable[[Bench], None] | None = None


@dataclass(frozen=True)
class Project:
    """A project's steps by name, in their order. names: marked; presets, noticed, pausable: those steps that offer the presets, say what to
    notice, and have the buttons of a run that is kept (`core.ui.kept`); idle: those in which no run is opened."""

    steps: Mapping[str, Step]
    names: Mapping[str, str]
    presets: Collection[str]
    noticed: Collection[str] = ("training",)
    pausable: Collection[str] = ()
    idle: Collection[str] = ()

    def open_run(self, state: State[Any, Any], own: Mapping[str, Any]) -> str:
        """The project's run; while nothing is trained yet only its key."""
        return guess.on_screen(state).key if state.view.step in self.idle else lab.open_run(state, own)

    def draw(self, bench: Bench, presets: Sequence[Preset], said: str, play: Callable[[Step], None]) -> None:
        """Everything below the heading. Call it at the end of the page's fragment. said: `standing` of the run; play: mounts the player."""
        state, name = bench.state, bench.state.view.step
        step = self.steps[name]
        top = st.container()
        left, right = st.columns([2.2, 8.4], gap="medium")
        with right:  # first of all the picture
            instead = step.show(bench) if step.show else False
            if step.figures and not instead:
                play(step)
        with top:
            lab.problems(state.problems)
            lesson.banner(state)
            if name not in self.idle:
                lab.failure(state, bench.run)
            lab.branched(state)
            bar(state, self.names)
            st.markdown(f"{_(step.purpose)} {said}")
            if name in self.presets:
                lab.presets(state, presets)
        with left, st.container(key="settings"):  # a name for the style sheet
            step.left(bench)
            if name in self.pausable:
                kept.buttons(state)
            onward(state, self.names)
        with right:
            if step.right:
                step.right(bench)
            if name in self.noticed:
                lab.notice(state, bench.run)
            drawer(state, bench.run, bench.figures, bench.title, without=ELSEWHERE)
        state.write_url()


def bar(state: State[Any, Any], names: Mapping[str, str]) -> None:
    """The steps, of which one is on screen. names: marked, by step."""
    binding = bound(f"{state.name}:step.{language()}", state.view.step, lambda name: state.show(step=name), list(names))
    st.segmented_control(_("Step"), list(names), default=binding.pop("value"), format_func=lambda name: _(names[name]),
                         label_visibility="collapsed", required=True, wrap=True, **binding)


def onward(state: State[Any, Any], names: Mapping[str, str]) -> None:
    """The way to the steps before and after."""
    order = list(names)
    at = order.index(state.view.step)
    with st.container(horizontal=True):
        if at:
            st.button(_(names[order[at - 1]]), key=f"{state.name}:back", icon=":material/arrow_back:", on_click=_go,
                      args=(state, order[at - 1]))
        if at < len(order) - 1:
            st.button(_(names[order[at + 1]]), key=f"{state.name}:next", icon=":material/arrow_forward:", type="primary", on_click=_go,
                      args=(state, order[at + 1]))


def standing(bench: Bench, trained: Callable[[Mapping[str, Any]], str | None]) -> str:
    """The state of the project's run, in one sentence. trained: what is said of the row of the network that a run has at its end; None
    where the row says nothing."""
    runner = get_runner()
    end, rows = runner.result(bench.run), runner.rows(bench.run)
    own = end.own(rows)[-1] if end is not None and end.state == "finished" and rows else None
    said = trained({**own, "epoch": rows[-1]["epoch"]}) if own else None
    if own and said and own["epoch"] != rows[-1]["epoch"]:
        said += _(" It has the weights of epoch {epoch:.0f}.", epoch=own["epoch"])
    if bench.spec != bench.state.spec or (end is None and bench.state.view.step == "data" and kept.on(bench.state)):
        words = _("Not trained with these settings yet.")
    elif runner.paused(bench.run):
        words = _("It is stopped, and can go on.")  # at which epoch, the player tells: it may get there after this was written
    elif end is None:
        words = _("It is in training, or about to be.")
    elif said is not None:
        words = said
    else:
        words = _("With these settings nothing could be trained.") if len(rows) < 2 else _("Its training has stopped before its end.")
    return f":gray[{words}]"


def awaited(keys: Sequence[str]) -> None:
    """Have the page run again when one of these runs has ended, for a step without a player that would tell."""
    waiting = [key for key in keys if get_runner().result(key) is None]

    @st.fragment(run_every=1.0)
    def look() -> None:
        if any(get_runner().result(key) is not None for key in waiting):
            st.rerun()

    if waiting:
        look()


def _go(state: State[Any, Any], name: str) -> None:
    state.show(step=name)
