"""As printed, what happens, repaired: a page's samples, each with its two programs side by side and what they print."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from core import samples
from core.i18n import _, say
from core.runs.runner import get_runner
from core.samples import SIDES, Sample, Side
from core.specs.sample import SampleSpec
from core.ui import crossing
from core.ui.group import Member, group
from core.ui.lab import more
from core.ui.language import fragment
from core.ui.session import session


@dataclass(frozen=True)
class Outcome:
    """What a program printed and the error it ended in; broken: why it could not be run at all, a sentence."""

    text: str = ""
    error: str = ""
    broken: str = ""


def printed(page: str) -> None:
    """Draw the samples of a page, each folded, under a heading, in a fragment of their own. Nothing if the page has none."""
    if samples.samples_of(page):
        fragment(lambda: _all(page))()


def _all(page: str) -> None:
    st.subheader(_("As printed, and repaired"))
    st.caption(_("Mistakes that tutorials make, each as small as it gets: run it, see what really happens, and what puts it right."))
    for sample in samples.samples_of(page):
        with more(_(sample.title), f"printed:{sample.id}") as opened:
            if opened:
                _draw(sample)


def _draw(sample: Sample) -> None:
    live = sample.framework != "torch"
    outcomes = _outcomes(sample) if live else {side: _recorded(sample, side) for side in SIDES}
    titles = {"printed": _("As printed"), "repaired": _("Repaired")}
    st.markdown(f":material/visibility: {_(sample.look)}")
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{titles[side]}**")
            st.code(sample.program(side).text(), language="python")
            if side in outcomes:
                _show(outcomes[side])
    if not live:
        st.caption(_(":material/history: Recorded with PyTorch {version}, which is not part of this app.",
                     version=samples.recorded(sample.id, "printed").version))
    elif not all(side in outcomes and not outcomes[side].broken for side in SIDES):
        _run(sample, broken=any(outcome.broken for outcome in outcomes.values()))
    if outcomes:  # first guess, then read
        st.markdown(f":material/lightbulb: {_(sample.lesson)}")
        if sample.leads:
            page, label, values = sample.leads
            crossing.link(page, _(label), values)


def _run(sample: Sample, *, broken: bool) -> None:
    """The button, and, once it was pressed, the two runs; the fragment runs again when they have ended."""
    asked = st.session_state.get(f"printed:{sample.id}:asked", False)
    st.button(_("Run both"), key=f"printed:{sample.id}:run", icon=":material/play_arrow:", type="primary", on_click=_ask, args=(sample,),
              disabled=asked and not broken)
    if asked:
        keys = get_runner().open_group(_specs(sample), session=session(), role=f"samples:{sample.id}")
        group([Member(key) for key in keys], [], key=f"printed:{sample.id}:runs", metrics=[])


def _ask(sample: Sample) -> None:
    get_runner().release(session(), role=f"samples:{sample.id}")  # so that one that broke off is tried again
    st.session_state[f"printed:{sample.id}:asked"] = True


def _specs(sample: Sample) -> list[SampleSpec]:
    return [SampleSpec(sample=sample.id, side=side) for side in SIDES]


def _outcomes(sample: Sample) -> dict[Side, Outcome]:
    """What is known of the two runs. What somebody ran before is in the store, and shown at once."""
    runner, specs = get_runner(), _specs(sample)
    if all(runner.store.has(spec.key) for spec in specs):
        runner.open_group(specs, session=session(), role=f"samples:{sample.id}")
    found: dict[Side, Outcome] = {}
    for spec in specs:
        end = runner.result(spec.key)
        if end is None or end.state == "cancelled":
            continue
        if end.error is not None:
            found[spec.side] = Outcome(broken=say(end.error))
            continue
        arrays = [record.arrays for record in runner.records(spec.key) if record.kind == "frame"][-1]
        found[spec.side] = Outcome(arrays["text"].tobytes().decode(), arrays["error"].tobytes().decode())
    return found


def _recorded(sample: Sample, side: Side) -> Outcome:
    recording = samples.recorded(sample.id, side)
    return Outcome(recording.text, recording.error)


def _show(outcome: Outcome) -> None:
    """What a program printed and its error, as text that is never markup."""
    if outcome.broken:
        st.warning(_plain(outcome.broken), icon=":material/error:")
        return
    if outcome.text:
        st.code(outcome.text, language=None, wrap_lines=True)
    elif not outcome.error:
        st.caption(_("(nothing was printed)"))
    if outcome.error:
        st.error(_plain(outcome.error), icon=":material/error:")


def _plain(text: str) -> str:
    """Text for a box, where every sign stands for itself: no markup, and no arrows or ≤ made of two signs."""
    text = re.sub(r"([<>~-])(?=[=>-])", "\\1\u2060", text)  # a word joiner
    return re.sub(r"([\\`*_{}\[\]()#+!|<>$:~&])", r"\\\1", text)
