"""For a teacher: a link that fixes the page for a lesson, the projector, and the check of a completion code."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.data import uploads
from core.i18n import _, language, said, say
from core.insight import challenges, completion
from core.insight.exercises import all_challenges, challenges_of
from core.runs.many import MOST
from core.runs.questions import AskError
from core.specs.base import Spec
from core.specs.lesson import PROMPT, Lesson
from core.ui import projector
from core.ui.address import link as address
from core.ui.controls import kept
from core.ui.group import Member, group
from core.ui.state import FIRST
from core.ui.text import plain
from core.ui.tools import Bench
from core.ui.tools.results import result, rows_to_judge
from core.ui.tools.seeds import stop, train


def banner(state: Any) -> None:
    """What the teacher asks, above the lab."""
    if state.lesson is None:
        return
    with st.container(border=True):
        if state.lesson.prompt:
            lines = "  \n".join(plain(line) for line in state.lesson.prompt.splitlines())  # as the teacher wrote them
            st.markdown(f":material/school: {lines}")
        else:
            st.caption(_(":material/school: This page is set up for a lesson."))


def draw(bench: Bench) -> None:
    link, code, screen = st.tabs([_("Lesson link"), _("Check a completion code"), _("Projector")])
    with link:
        _link(bench)
    with code:
        _check(bench)
    with screen:
        st.caption(_("Large type, thick lines, no sidebar. It stands in the address: the link opens it so."))
        toggle = bench.key("projector")
        st.session_state[toggle] = projector.on()  # it may have been left by the frame's own button
        st.toggle(_("Projector mode"), key=toggle, on_change=lambda: projector.switch(st.session_state[toggle]))
        projector.settle()


def _link(bench: Bench) -> None:
    state = bench.state
    spec = state.spec
    st.caption(_("Set the page up as your students are to find it, then make the link. It carries the setting on screen. It guides your "
                 "students, it does not guard: whoever edits the address can undo it."))
    prompt = kept(st.text_area, _("What you ask"), bench.key("lesson:prompt"), "", max_chars=PROMPT, height=80,
                  help=_("Stands above the lab."))
    fields = list(type(spec).model_fields)
    label = lambda name: _(spec.control(name).label)  # noqa: E731
    left, right = st.columns(2)
    asked = {c.id: _(c.title) for c in challenges_of(state.name)}
    with left:
        locked = kept(st.multiselect, _("Shown but locked"), bench.key("lesson:locked"), [], options=fields, format_func=label,
                      placeholder=_("Choose settings"))
        challenge = kept(st.selectbox, _("Challenge"), bench.key("lesson:challenge"), "", options=["", *asked],
                         format_func=lambda name: asked.get(name, _("all of the page’s")))
    with right:
        hidden = kept(st.multiselect, _("Hidden"), bench.key("lesson:hidden"), [], options=fields, format_func=label,
                      placeholder=_("Choose settings"))
        answers = kept(st.toggle, _("Show hints, diagnoses and what to notice"), bench.key("lesson:answers"), True)
        presets = kept(st.toggle, _("Show presets and things to try"), bench.key("lesson:presets"), True)
    if challenge and (refusal := all_challenges()[challenge].allows(spec)) is not None:
        warning = _("With the setting on screen it cannot be met; do not lock what stands in its way.")
        left.caption(f":material/warning: {warning} {say(refusal)}")
    lesson = Lesson(prompt.strip(), tuple(hidden), tuple(locked), challenge, answers, presets)
    query = {**spec.to_query(), **state.view.to_query(), "lesson": lesson.pack(), "lang": language(),
             **({FIRST: "1"} if state.guess_first else {})}
    if getattr(spec, "upload", "") and not uploads.shared(spec.upload):
        st.caption(_(":material/warning: The points on screen are your own and not shared: your students will not get them. "
                     "“Share by link” stands below them."))
    st.code(address(query), language=None, wrap_lines=True)
    if state.lesson is not None and st.button(_("Leave the lesson"), key=bench.key("lesson:leave"), icon=":material/logout:"):
        state.leave_lesson()
        st.rerun()  # what stands outside of the page's fragment, too


def _check(bench: Bench) -> None:
    st.caption(_("A student makes a code in “Check yourself”. Here it is read, and every solution in it is trained anew and judged."))
    text = kept(st.text_area, _("Completion code"), bench.key("code:text"), "", max_chars=completion.LONGEST, height=80)
    if not text.strip():
        return
    try:
        found = completion.decode(text)
    except completion.CodeError as problem:
        st.warning(plain(say(problem.message)), icon=":material/help:")
        return
    st.markdown(_("Name: **{name}**", name=plain(found.name) or "–"))
    for trouble in found.problems:
        st.caption(plain(say(trouble)))
    known = all_challenges()  # what breaks the rules is refused without a run
    runs = {key: [] if known[key].allows(spec) else challenges.runs_for(known[key], spec) for key, spec in found.solved.items()}
    st.button(_("Judge it"), key=bench.key("code:go"), icon=":material/gavel:", type="primary", disabled=not runs,
              on_click=lambda: st.session_state.update({bench.key("code"): text}))
    if st.session_state.get(bench.key("code")) != text:
        return
    specs: list[Spec] = [spec for those in runs.values() for spec in those]
    keys = train(bench, specs, "code") if specs else []
    for start in range(0, len(keys), MOST):
        group([Member(key) for key in keys[start:start + MOST]], [], key=bench.key(f"code:runs:{start}"), metrics=[])
    stop(bench, "code", [[result(spec) for spec in specs]])
    for key, those in runs.items():
        results = [result(spec) for spec in those]
        if any(r is None for r in results):
            continue
        try:
            rows = [rows_to_judge(known[key], s, r) for s, r in zip(those, results, strict=True)]
        except AskError as problem:
            st.warning(plain(say(problem.message)), icon=":material/error:")
            continue
        verdict = challenges.verdict(known[key], found.solved[key], rows)
        icon = ":material/check_circle:" if verdict.passed else ":material/cancel:"
        st.markdown(f"{icon} **{_(known[key].title)}** · {said(verdict.sentences)}")
