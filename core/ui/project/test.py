"""Step 4: how good it is: on validation as often as you like, on the sealed test once."""

from __future__ import annotations

import streamlit as st

from core.frame import Message
from core.i18n import N_, _, language, say
from core.insight.verdicts import verdicts
from core.runs.questions import AskError
from core.runs.runner import get_runner
from core.ui import evaluation, own_pictures
from core.ui.controls import bound
from core.ui.text import plain
from core.ui.tools import Bench, sealed

PURPOSE = N_("Find out how good it is and where it errs: on validation as often as you like, on the sealed test once, when all is decided.")
NO_LOOK = N_("This network’s answers are no numbers any more, so there is nothing to be scored. This did not count as a look.")


def opened(bench: Bench) -> evaluation.Arrays | None:
    """What the sealed test has shown of the run on screen; None if it has not been opened for it."""
    return st.session_state.get(bench.key("opened"), {}).get(bench.run)


def _open(bench: Bench) -> None:
    """Look at the sealed test: one more look, if there is something to be seen and it was not seen before."""
    kept = st.session_state.setdefault(bench.key("opened"), {})
    try:
        found = dict(get_runner().ask(bench.run, "evaluate", arguments={"part": "test"}))
    except AskError as problem:
        st.session_state[bench.key("unopened")] = (bench.run, problem.message)
        return
    if verdicts(found) is None:
        st.session_state[bench.key("unopened")] = (bench.run, Message(NO_LOOK))
        return
    st.session_state.pop(bench.key("unopened"), None)
    sealed.count(bench.spec, bench.run)
    kept[bench.run] = found
    while len(kept) > 10:
        kept.pop(next(iter(kept)))
    st.session_state[bench.key("part")] = "test"


def left(bench: Bench) -> None:
    st.subheader(_("The sealed test"))
    sealed.why()
    end = get_runner().result(bench.run)
    if end is None or end.state != "finished":
        bench.later(_("The test set can be opened once the run has ended."))
        return
    sealed.button(bench.spec, bench.run, bench.key("sealed:open"), lambda: _open(bench))
    problem = st.session_state.get(bench.key("unopened"))
    if problem and problem[0] == bench.run:
        st.warning(plain(say(problem[1])), icon=":material/error:")
    found = opened(bench)
    if found is not None and (read := verdicts(found)) is not None:
        st.metric(_("Accuracy on the sealed test"), f"{read.accuracy:.3f}")
        st.caption(_("95% interval: {least:.3f} to {greatest:.3f}; pictures: {n:,}", least=read.interval[0], greatest=read.interval[1],
                     n=read.count))


def show(bench: Bench) -> bool:
    """The evaluation, if the run has ended. Returns whether it is there; until then the page shows how it trains."""
    end = get_runner().result(bench.run)
    if end is None or end.state != "finished":
        return False
    classes, part = own_pictures.classes_of(bench.spec), _part(bench)
    if part == "test" and (arrays := opened(bench)) is not None and (found := verdicts(arrays)) is not None:
        evaluation.draw(bench, part, arrays, found, classes)
        return True
    read = evaluation.read(bench, "validation")
    if isinstance(read, Message):
        st.warning(plain(say(read)), icon=":material/error:")
        st.button(_("Ask again"), key=bench.key("ask:again"), icon=":material/refresh:")  # which draws it anew
    else:
        evaluation.draw(bench, "validation", *read, classes)
    return True


def _part(bench: Bench) -> str:
    """Which part is shown: validation, until the sealed test was opened for this run; then as the person chooses."""
    if opened(bench) is None:
        return "validation"
    place = bench.key("part")
    binding = bound(f"{place}.{language()}", st.session_state.get(place, "validation"),
                    lambda part: st.session_state.update({place: part}), list(evaluation.PARTS))
    st.segmented_control(_("Part of the data"), list(evaluation.PARTS), default=binding.pop("value"),
                         format_func=lambda name: _(evaluation.PARTS[name]), label_visibility="collapsed", required=True, **binding)
    return st.session_state.get(place, "validation")
