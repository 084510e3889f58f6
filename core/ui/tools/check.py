"""Check yourself: the page's challenges, judged on seeds that the student did not choose, and its questions."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.i18n import _, said, say
from core.insight import challenges, completion
from core.insight.challenges import Challenge, Choice, Question
from core.insight.exercises import all_challenges, challenges_of, questions_of
from core.runs.questions import AskError
from core.specs.base import Spec
from core.specs.study import StudySpec
from core.ui.controls import kept, locked
from core.ui.group import Member, group
from core.ui.memory import memory
from core.ui.text import plain
from core.ui.tools import Bench
from core.ui.tools.results import result, rows_to_judge
from core.ui.tools.sealed import looks_at
from core.ui.tools.seeds import train


def draw(bench: Bench) -> None:
    lesson = bench.state.lesson
    if lesson is not None and lesson.challenge not in ("", *(c.id for c in challenges_of(bench.state.name))):
        st.warning(_("The lesson names a challenge that this page does not have. Ask your teacher for a new link."), icon=":material/help:")
    for challenge in challenges_of(bench.state.name):
        if lesson is None or lesson.challenge in ("", challenge.id):
            _challenge(bench, challenge)
    _completion()
    questions = questions_of(bench.state.name)
    if questions:
        st.subheader(_("Questions"))
        for question in questions:
            _question(bench, question)


def _challenge(bench: Bench, challenge: Challenge[Any]) -> None:
    done = challenge.id in memory()["solved"]
    st.subheader(f"{':material/check_circle: ' if done else ''}{_(challenge.title)}")
    st.markdown(_(challenge.text))
    if challenge.state is None:  # a trained model is judged
        st.caption(_("Judged on {runs} seeds that you do not choose; {enough} must succeed.", runs=challenges.RUNS,
                     enough=challenges.ENOUGH))
    spec = challenge.made(bench.spec, bench.state.view) if challenge.made else bench.spec
    refusals = challenges.broken(challenge.allows, spec)
    if challenge.looks is not None and (refusal := challenges.too_many_looks(challenge, looks_at(bench.spec))) is not None:
        refusals.append(refusal)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Check the setting on screen"), key=bench.key(f"check:{challenge.id}"), type="primary", icon=":material/verified:",
                  disabled=bool(refusals), on_click=lambda: _ask(bench, challenge, spec))
        if bench.state.lesson is None or bench.state.lesson.answers:
            with st.popover(_("A hint"), type="tertiary", icon=":material/lightbulb:"):
                st.markdown(_(challenge.hint))
    for refusal in refusals:
        st.caption(f":material/block: {say(refusal)}")
    elsewhere = isinstance(bench.spec, StudySpec) and bench.spec.scene != challenge.reference.scene
    start = challenge.start if refusals else None
    if (elsewhere or start) and not locked(bench.state, "scene"):
        st.button(_("Go to its scene") if elsewhere else _("Set it up"), key=bench.key(f"go:{challenge.id}"),
                  icon=":material/arrow_forward:",
                  on_click=lambda: bench.state.apply(start) if start else bench.state.change(scene=challenge.reference.scene))
    asked = st.session_state.get(bench.key("checking"))
    if asked and asked[0] == challenge.id:
        _judge(bench, challenge, asked[1], spec)


def _completion() -> None:
    """The code that a student hands in: every solved challenge with the setting that solved it."""
    known = all_challenges()
    solved = {name: spec for name, query in memory()["solved"].items() if name in known
              for spec, wrong in [type(known[name].reference).from_query(query)] if not wrong}
    if not solved:
        return
    with st.popover(_("Completion code"), icon=":material/qr_code:"):
        st.caption(_("For your teacher: it carries your name and the settings that solved your challenges, {n} so far. Checking it "
                     "trains them anew.", n=len(solved)))
        name = st.text_input(_("Your name"), key="completion:name", max_chars=completion.NAME, persist_state="session")
        st.code(completion.encode(name, solved), language=None, wrap_lines=True)


def _ask(bench: Bench, challenge: Challenge[Any], spec: Spec) -> None:
    st.session_state[bench.key("checking")] = (challenge.id, spec)
    st.session_state[bench.key("checked")] = False


def _judge(bench: Bench, challenge: Challenge[Any], spec: Spec, now: Spec) -> None:
    """Judge what was asked for. now: what would be judged of what is on screen."""
    specs = challenges.runs_for(challenge, spec)
    if specs:
        keys = train(bench, specs, "check")
        group([Member(key) for key in keys], [], key=bench.key("check:runs"), metrics=[spec.score.metric])
    results = [result(s) for s in specs]
    if any(found is None for found in results):
        return
    try:
        rows = [rows_to_judge(challenge, s, found) for s, found in zip(specs, results, strict=True)]
    except AskError as problem:
        st.warning(plain(say(problem.message)), icon=":material/error:")
        return
    verdict = challenges.verdict(challenge, spec, rows)
    (st.success if verdict.passed else st.info)(said(verdict.sentences),
                                                icon=":material/celebration:" if verdict.passed else ":material/trending_up:")
    if spec != now:
        st.caption(_(":material/history: That was the setting before the last change."))
    if verdict.passed and not st.session_state.get(bench.key("checked")):
        st.session_state[bench.key("checked")] = True  # once: it may be deleted since
        memory()["solved"].setdefault(challenge.id, spec.to_query())
        st.rerun()  # the navigation says so, and it belongs to the frame


def _question(bench: Bench, question: Question) -> None:
    name = bench.key(f"question:{question.id}")
    if isinstance(question, Choice):
        answer: Any = kept(st.radio, _(question.text), name, None, options=range(len(question.options)),
                           format_func=lambda i: _(question.options[i][0]))
        if answer is None:
            return
    else:
        answer = kept(st.text_input, f"{_(question.text)}{f' ({_(question.unit)})' if question.unit else ''}", name, "", max_chars=40,
                      width=420)
        if not answer:
            return
    found = challenges.judge(question, answer)
    icon = ":material/check:" if found.correct else ":material/close:" if found.understood else ":material/help:"
    text = plain(say(found.message))  # it quotes what was typed
    if found.understood and bench.state.lesson is not None and not bench.state.lesson.answers:
        text = _("Right.") if found.correct else _("Not yet. Think again.")  # why gives the answer away
    (st.success if found.correct else st.info)(text, icon=icon)
