"""What every lab page has: its slot in the runner, the presets, the player, what to notice, and what to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

import streamlit as st

from core.data.about import About
from core.figures.pins import with_pins
from core.figures.template import Template
from core.frame import Message
from core.i18n import _, said, say
from core.insight.doctor import sentences
from core.runs.examined import diagnoses
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.specs.examples import Preset, Trial
from core.ui import guess, kept, mend, projector, terms
from core.ui.controls import allowed, bound, locked
from core.ui.player import base_path, player
from core.ui.session import session
from core.ui.state import State
from core.ui.text import plain
from core.ui.tools.compare import open_pins

LONG = 2.0  # seconds; a run that takes longer is announced


def open_run(state: State[Any, Any], uploads: Mapping[str, Any] | None = None) -> str:
    """Ask for the spec's run in the session's slot; what was in the slot before is cancelled. Returns the run key.

    A run that the person stopped stays stopped until another is asked for, or this one again. While the spec's run waits for a
    guess the one before stays, and its key is returned; so it does on a project's page, while a long one waits for “Train”
    (`core.ui.kept`).
    """
    spec = guess.on_screen(state)
    key, stopped = spec.key, f"{state.name}:stopped"
    if kept.on(state):
        return kept.open_run(state, spec, uploads)
    if st.session_state.get(stopped) == key:
        return key
    st.session_state[stopped] = None
    return get_runner().open(spec, session=session(), uploads=dict(uploads or {}))


def presets(state: State[Any, Any], chosen: Sequence[Preset]) -> None:
    """The presets as chips; the one that is on screen is marked. In a lesson those that keep to it, or none."""
    if state.lesson is not None and not state.lesson.presets:
        return
    specs = {p.name: _example(state, p) for p in chosen}
    specs = {name: spec for name, spec in specs.items() if allowed(state, spec)}
    if not specs:
        return
    current = next((name for name, spec in specs.items() if spec == state.spec), None)
    binding = bound(f"{state.name}:preset", current, lambda name: None if name is None else state.apply(specs[name]))
    st.pills(_("Presets"), list(specs), default=binding.pop("value"), format_func=_, label_visibility="collapsed", **binding)


def _example(state: State[Any, Any], chosen: Preset | Trial) -> Any:
    """The spec of a preset or a trial: the page's default but for its values, and for a file of one's own where it keeps that."""
    return type(state.spec)().revised(**{**(state.spec.brought if chosen.own else {}), **chosen.values})


def history(state: State[Any, Any]) -> None:
    """Undo and reset."""
    with st.container(horizontal=True):
        st.button(_("Undo"), icon=":material/undo:", key=f"{state.name}:undo", on_click=state.undo,
                  disabled=not state.can_undo, help=_("Back to the setting before the last change."))
        st.button(_("Reset"), icon=":material/restart_alt:", key=f"{state.name}:reset", on_click=state.reset,
                  disabled=state.spec == state.start and not state.wants_upload,
                  help=_("Back to the setting that the page opens with."))


def announce(spec: Spec) -> None:
    """Say how long a run of these settings takes, always in the same place, so that nothing moves."""
    seconds = get_runner().estimate(spec) or 0.0
    if seconds > LONG:
        st.caption(_(":material/schedule: A run takes about {seconds:.0f} s; it is drawn while it trains.", seconds=seconds))
    else:
        st.caption(_(":material/schedule: A run takes a moment."))


def play(state: State[Any, Any], key: str, templates: Sequence[Template], *, epochs: int,
         ask: Mapping[str, Mapping[str, Any]] | None = None, start: Literal["play", "end"] = "play", beside: Sequence[str] = ()) -> None:
    """Mount the player on a run, from its beginning or at its end, with the pinned runs and the guess in its curves; have it ask for a
    guess if the next run waits. beside: keys of other runs that the page draws from; when one of them ends, the page runs again."""
    pins = open_pins(state)
    pending = [run for run in (*(pin.run for pin in pins), *beside) if get_runner().result(run) is None]
    shown, question = guess.prepared(state, templates)
    player(key, projector.figures(with_pins(shown, pins)), key=f"{state.name}:player", epochs=epochs, ask=ask, pending=pending,
           steps=getattr(guess.on_screen(state), "batches", 0), start=start,
           base=base_path(), on_stop=lambda: _stop(state),
           again=st.session_state.get(f"{state.name}:agains", 0), show=st.session_state.get(f"{state.name}:shows", 0),
           on_popped=lambda: state.read(st.session_state[f"{state.name}:player"].popped), question=question,
           on_guess=lambda: guess.commit(state, st.session_state[f"{state.name}:player"].guess),
           on_painted=lambda: _paint(state, st.session_state[f"{state.name}:player"].painted))


def _paint(state: State[Any, Any], text: Any) -> None:
    """Take what was painted on the page's figures, a drawing to learn from or a kernel to compare; what is none changes nothing."""
    if isinstance(text, str):
        with suppress(ValueError):
            if "drawn" in type(state.spec).model_fields:
                state.change(drawn=text)
            else:
                state.show(painted=text)


def _train_again(state: State[Any, Any]) -> None:
    st.session_state[f"{state.name}:stopped"] = None
    st.session_state[f"{state.name}:agains"] = st.session_state.get(f"{state.name}:agains", 0) + 1


def retry(state: State[Any, Any]) -> None:
    """Have the run on screen, if it failed, trained after all when the page runs again: what it lacked is there now."""
    spec = guess.on_screen(state)
    end = get_runner().result(spec.key)
    if end is not None and end.state == "failed":
        get_runner().release(session(), lab=spec.lab, role=kept.role(state))
        _train_again(state)


def _stop(state: State[Any, Any]) -> None:
    """Stop the run on screen and no other; one that is pinned is not kept any longer. A project's may go on later."""
    spec = guess.on_screen(state)
    if kept.on(state):
        kept.stop(state, spec)
        return
    st.session_state[f"{state.name}:stopped"] = spec.key
    for letter in [letter for letter, pinned in state.pins.items() if pinned == spec]:
        state.unpin(letter)
    get_runner().release(session(), lab=spec.lab, role="main")


def branched(state: State[Any, Any]) -> None:
    """Say that the run on screen goes on from another one, as long as it does, and lead out of that."""
    spec = guess.on_screen(state)
    if spec.parent is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_(":material/call_split: A branch: up to epoch {epoch} this is another run; the settings hold from there on.",
                     epoch=spec.parent[1]))
        if not locked(state, "branch"):
            st.button(_("Train from zero instead"), key=f"{state.name}:unbranch", type="tertiary", on_click=lambda: state.change(branch=""))


def notice(state: State[Any, Any], key: str) -> None:
    """What to notice in the run on screen, or what went wrong with it and the change that helps. In a lesson without answers only that
    it was stopped, if it was, and the way back."""
    if state.lesson is not None and not state.lesson.answers:
        _again(state, key)
        return
    with st.container():  # one element, however many sentences: what follows keeps its place
        _notice(state, key)


def _notice(state: State[Any, Any], key: str) -> None:
    st.subheader(_("What to notice"))
    end, lost = get_runner().result(key), get_runner().not_kept(key)
    guessed = guess.sentence(state, key)
    if guessed:
        st.markdown(f":material/draw: {guessed}")
    if _again(state, key):
        return
    if end is None:
        st.caption(_("The sentences stand here as soon as the run has ended."))
    elif end.state == "failed":
        st.caption(_("The training broke off; what happened stands above."))
    else:
        spec = guess.on_screen(state)
        found = diagnoses(get_runner(), spec, key)
        for notes in [*sentences(found), *((note,) for note in end.notes)]:
            terms.markdown(f"- {said(notes)}")
        if found and found[0].name == "diverging":  # such a run is of no use; the cures of the others are the doctor's
            mend.button(state, spec, found[0].change, f"{state.name}:mend")
        if end.state == "cancelled":
            st.caption(_("The run was stopped before its end."))
        if lost is not None:
            st.warning(plain(say(lost)), icon=":material/save:")


def _again(state: State[Any, Any], key: str) -> bool:
    """Say that the run was stopped, if it was, with a button that trains it after all."""
    if st.session_state.get(f"{state.name}:stopped") != key:
        return False
    st.caption(_("The run was stopped before its end."))
    if kept.on(state):
        kept.go_on(state, "again")
        return True
    st.button(_("Train it again"), key=f"{state.name}:again", icon=":material/replay:", on_click=lambda: _train_again(state))
    return True


def failure(state: State[Any, Any], key: str) -> None:
    """Say why the run on screen failed, if it did, above the figures; offer the change that the failure names."""
    end = get_runner().result(key)
    if end is None or end.state != "failed":
        return
    if end.error is not None:
        st.error(plain(say(end.error)), icon=":material/error:")
    if state.lesson is None or state.lesson.answers:
        mend.button(state, guess.on_screen(state), end.change, f"{state.name}:mend")


def trials(state: State[Any, Any], chosen: Sequence[Trial], **view: Any) -> None:
    """Changes worth making, each one click, with what to look for. In a lesson those that keep to it, or none. view: what of the page's
    display changes with them."""
    if state.lesson is not None and not state.lesson.presets:
        return
    fitting = [trial for trial in chosen if allowed(state, _example(state, trial))]
    if fitting:
        st.subheader(_("Try this"))
    for i, trial in enumerate(fitting):
        st.button(_(trial.button), key=f"{state.name}:try{i}", icon=":material/play_arrow:",
                  on_click=lambda t=trial: _try(state, t, {**view, **t.view}))
        terms.markdown(_(trial.look), write=st.caption)


def _try(state: State[Any, Any], trial: Trial, view: Mapping[str, Any]) -> None:
    state.apply(_example(state, trial))
    if view:
        state.show(**view)
    st.session_state[f"{state.name}:shows"] = st.session_state.get(f"{state.name}:shows", 0) + 1  # what it does is further up


def heading(title: str, question: str, idea: Callable[[], None]) -> None:
    """The title, the question in one sentence, and the idea, folded."""
    st.title(title, anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(question, width="content")
        with st.popover(_("The idea"), type="tertiary", icon=":material/lightbulb:"):
            idea()


def about(data: About) -> None:
    """What the dataset on screen is, where it comes from and what one may do with it: one click away."""
    with st.popover(_("About this data"), type="tertiary", icon=":material/info:"):
        source, licence = _("Source"), _("Licence")
        st.markdown(f"{_(data.what)}\n\n**{source}**: {_(data.source)}\n\n**{licence}**: {_(data.licence)}")


def problems(found: Sequence[Message]) -> None:
    """What could not be taken from the URL or a file: a state's problems, until the next change, or the strays of a page without one."""
    for message in found:
        st.warning(plain(say(message)), icon=":material/link_off:")


@contextmanager
def more(label: str, key: str) -> Iterator[bool]:
    """A folded group of controls; what is in it is drawn only while it is open, so that a folded one costs nothing."""
    group = st.expander(label, key=key, on_change="rerun")
    with group:
        yield bool(group.open)


def deeper(references: Sequence[tuple[str, str]]) -> None:
    """Where to read on: addresses and marked titles."""
    st.subheader(_("Go deeper"))
    st.markdown("\n".join(f"- [{_(title)}]({address})" for address, title in references))
