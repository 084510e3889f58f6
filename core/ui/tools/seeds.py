"""Many seeds: the same setting several times, as a median and a band; and two settings told apart honestly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data import uploads
from core.figures import group as figures
from core.frame import Message
from core.i18n import N_, _, say
from core.insight import seeds
from core.runs.runner import get_runner
from core.specs.base import Spec
from core.ui.controls import kept
from core.ui.group import Member, group
from core.ui.session import session
from core.ui.tools import Bench
from core.ui.tools.results import Result, result

SEEDS = 10_000


def seeds_of(spec: Any, count: int) -> list[Any]:
    """The spec with its own seed and those that follow."""
    return [spec.changed(seed=(spec.seed + i) % SEEDS) for i in range(count)]


def train(bench: Bench, specs: Sequence[Spec], role: str) -> list[str]:
    """Ask for a group of runs; they replace what this tool asked for before."""
    arrays = {k: v for spec in specs for k, v in uploads.arrays(getattr(spec, "upload", "")).items()}
    return get_runner().open_group(specs, session=session(), role=f"{role}:{bench.state.name}", uploads=arrays)


def stop(bench: Bench, role: str, results: Sequence[Sequence[Result | None]]) -> None:
    """A button that gives up what is not trained yet, while there is something. role: of the group, and the name of what asked for it."""
    def give_up() -> None:
        get_runner().release(session(), lab=bench.spec.lab, role=f"{role}:{bench.state.name}")
        st.session_state.pop(bench.key(role), None)

    if any(found is None for those in results for found in those):
        st.button(_("Stop them"), key=bench.key(f"{role}:stop"), icon=":material/stop:", on_click=give_up)


def draw(bench: Bench) -> None:
    state = bench.state
    st.caption(_("One run is one throw of the dice: the seed draws the examples, the first weights and the order of the batches. "
                 "Several seeds show what is luck."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = kept(st.slider, _("Seeds"), bench.key("seeds:count"), 5, min_value=2, max_value=20, width=260,
                     help=_("How many times the setting is trained, each time with another seed."))
        alike = [name for name, pinned in state.pins.items() if pinned.score == bench.spec.score]  # accuracy is not error
        against = kept(st.selectbox, _("Compare with"), bench.key("seeds:against"), "", options=["", *alike], disabled=not alike, width=180,
                       format_func=lambda name: _("nothing") if not name else _("pinned run {name}", name=name),
                       help=_("Pin a run in “Compare” to have its setting trained on the same seeds."))
        st.button(_("Train them"), key=bench.key("seeds:go"), icon=":material/casino:", type="primary",
                  on_click=lambda: st.session_state.update({bench.key("seeds"): (bench.spec, count, against, state.pins.get(against))}))
    asked = st.session_state.get(bench.key("seeds"))
    if asked is None:
        return
    spec, count, name, other = asked
    if spec.changed(seed=bench.spec.seed) != bench.spec:
        st.caption(_(":material/history: These runs are of the setting before the last change. “Train them” takes the one on screen."))
    settings = [spec] if other is None else [spec, other.changed(seed=spec.seed)]  # on the same seeds
    if len(settings) == 2 and settings[0] == settings[1]:
        st.caption(_("But for the seed, {name} is the same setting: there is nothing to compare.", name=name))
        settings = [spec]
    specs = [seeds_of(setting, count) for setting in settings]
    keys = train(bench, [s for those in specs for s in those], "seeds")
    members = [Member(key, number) for number, those in enumerate(specs) for key in keys[number * count:(number + 1) * count]]
    names = [(_("this"), "score")] if len(settings) == 1 else [(_("this"), "score"), (name, f"pin{'ABCDEF'.index(name)}")]
    score = spec.score
    group(members, [figures.seeds(score, max(s.epochs for s in settings), names)], key=bench.key("seeds:figure"), metrics=[score.metric])
    results = [[result(s) for s in those] for those in specs]
    stop(bench, "seeds", results)
    if all(r is not None for those in results for r in those):
        for note in notes(spec, results, name):  # type: ignore[arg-type]
            st.markdown(f"- {say(note)}")


def notes(spec: Spec, results: Sequence[Sequence[Result]], name: str) -> list[Message]:
    """What there is to say once all runs have ended."""
    values = [[r.score if r.state == "finished" else float("nan") for r in those] for those in results]
    found = seeds.spread(values[0], spec.score)
    if len(values) > 1:
        failed = sum(r.state != "finished" for r in results[1])
        if 0 < failed < len(results[1]):  # of all the judgement tells
            found.append(Message(N_("{failed} of {n} runs of {name} broke off before their end."),
                                 {"failed": failed, "n": len(results[1]), "name": name}))
        found.append(seeds.judgement(values[0], values[1], spec.score, name))
    return found
