"""A page that computes as it is moved, beat by beat: scenes, controls, the board, what to notice and to try, the drawer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.figures.board import Picture, Scene, Study, readable
from core.frame import Message, Trouble
from core.i18n import N_, _, language, say
from core.specs.study import NoView
from core.ui import controls, files, foot, lab, terms
from core.ui.board import board
from core.ui.controls import bound, locked
from core.ui.drawer import study_drawer
from core.ui.language import fragment
from core.ui.printed import printed
from core.ui.state import State
from core.ui.text import plain
from core.ui.tools import lesson

LOG = logging.getLogger(__name__)
FAULT = N_("This setting cannot be drawn, which is a fault of ours. Undo it, or move something.")


def page(study: Study, *, title: str, question: str, idea: Callable[[], None], deeper: Sequence[tuple[str, str]],
         needs: Sequence[str] = (), leads: Sequence[str] = (), above: Callable[[State[Any, Any]], None] | None = None,
         below: Callable[[State[Any, Any]], None] | None = None) -> None:
    """Draw a page. title, question: translated; idea: draws what is folded beside the question; deeper: addresses and marked titles;
    needs, leads: the pages that this one builds on and that build on it, by the stems of their files; above: draws controls of the
    page's own (an upload, say) above the scene's; below: what is the page's own below its figures.
    """
    lab.heading(title, question, idea)
    fragment(lambda: _lab(study, title, above, below))()
    links, read = st.columns(2, gap="medium")
    with read:
        lab.deeper(deeper)
    with links:
        foot.ways(needs, leads)
    printed(study.name)


def _lab(study: Study, title: str, above: Callable[[State[Any, Any]], None] | None,
         below: Callable[[State[Any, Any]], None] | None) -> None:
    state: State[Any, Any] = State(study.name, study.spec, NoView)
    _own_file(state)
    scene = study.scene(state.spec)
    picture, trouble = _drawn(state, scene)
    with st.container():  # always one element: what comes and goes in it does not have the browser make the board anew
        lab.problems(state.problems)
        if trouble:
            kept = _("The figures show what could be drawn last.")
            st.warning(f"{plain(say(trouble))} {kept}", icon=":material/edit:")
        lesson.banner(state)
        _scenes(state, study)
        if scene.presets:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(_("Examples"), width="content")
                lab.presets(state, scene.presets)
        terms.markdown(_(scene.look_at(state.spec) if scene.look_at else scene.look))
    with st.container(key="study"):  # a name for the style sheet: on a phone the figures stand above the controls
        left, right = st.columns([2.2, 8.4], gap="medium")
    with right:
        still = frozenset(name for name in study.spec.model_fields if locked(state, name) or controls.hidden(state, name))
        board(picture, key=f"{study.name}:board", film=scene.id, still=still, show=st.session_state.get(f"{state.name}:shows", 0),
              on_moved=lambda values, first, done: _moved(state, values, first, done))
    with left:
        if above is not None:
            above(state)
        shown, more = ([name for name in names if scene.plays(state.spec, name)] for names in (scene.controls, scene.more))
        controls.draw(state, *shown)
        _history(state)
        if more:
            with lab.more(_("More"), f"{study.name}:{scene.id}:more") as opened:
                if opened:
                    controls.draw(state, *more)
    with right:
        if below is not None:
            below(state)
        _notice(state, picture)
        study_drawer(state, title)
    lab.trials(state, scene.trials)
    if not state.held:  # the address follows a drag when it is over
        state.write_url()


def _own_file(state: State[Any, Any]) -> None:
    """A file that the spec names, in a field `upload`: kept for this session, or given up, in words and with what went with it, where it
    is not here or not this person's.
    """
    digest = getattr(state.spec, "upload", "")
    if not digest:
        return
    problem = files.missing(digest, state.spec.control("upload").label, state.spec.own)
    if problem is None:
        files.hold(digest)
        return
    query = {name: text for name, text in state.spec.to_query().items() if name != "upload" and text != "upload"}
    state.apply(type(state.spec).from_query(query)[0])
    state.problems = [problem]


def _moved(state: State[Any, Any], values: Mapping[str, Any], first: bool, done: bool) -> None:
    state.move(values, first=first, done=done)


def _drawn(state: State[Any, Any], scene: Scene) -> tuple[Picture, Any]:
    """The picture of what is on screen. If something typed cannot be drawn: the last that could, or the scene as it opens, and why."""
    good = f"{state.name}:{scene.id}:good"
    try:
        picture = scene.draw(state.spec)
    except Exception as error:
        if not isinstance(error, Trouble):  # a fault of ours takes nobody's controls, nor the way back
            LOG.exception("%s cannot draw %s", state.name, state.spec.to_query())
        before = st.session_state.get(good) or type(state.spec)(scene=scene.id)
        return scene.draw(before), error.message if isinstance(error, Trouble) else Message(FAULT)
    st.session_state[good] = state.spec
    return picture, None


def _scenes(state: State[Any, Any], study: Study) -> None:
    """What there is to see on this page; a lesson that fixes the scene shows no others."""
    if locked(state, "scene") or controls.hidden(state, "scene") or len(study.scenes) < 2:
        return
    titles = {scene.id: _(scene.title) for scene in study.scenes}
    binding = bound(f"{state.name}:scene:{language()}", state.spec.scene, lambda name: state.change(scene=name), list(titles))
    st.segmented_control(_("Scene"), list(titles), default=binding.pop("value"), format_func=titles.__getitem__,
                         label_visibility="collapsed", required=True, **binding)


def _history(state: State[Any, Any]) -> None:
    """Undo, and back to how the scene opens."""
    opening = state.start.revised(scene=state.spec.scene)
    with st.container(horizontal=True):
        st.button(_("Undo"), icon=":material/undo:", key=f"{state.name}:undo", on_click=state.undo, disabled=not state.can_undo,
                  help=_("Back to the setting before the last change."))
        st.button(_("Reset"), icon=":material/restart_alt:", key=f"{state.name}:reset", on_click=lambda: state.apply(opening),
                  disabled=state.spec == opening, help=_("Back to the setting that the page opens with."))


def _notice(state: State[Any, Any], picture: Picture) -> None:
    """The numbers on screen as formulas, and what to notice in them; in a lesson without answers the formulas alone."""
    if picture.formulas:
        with st.container(key="formulas"):  # a name for the style sheet: words and formulas in two columns
            for word, formula in picture.formulas:
                st.caption(word or "\u00a0")
                st.latex(formula)
    if picture.notes and (state.lesson is None or state.lesson.answers):
        with st.container():
            st.subheader(_("What to notice"))
            st.markdown("\n".join(f"- {plain(readable(say(note)))}" for note in picture.notes))
