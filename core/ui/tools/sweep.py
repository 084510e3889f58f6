"""Sweep: one hyperparameter over its range, the others held; and the learning-rate finder."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.figures import group as figures
from core.i18n import _, say
from core.insight import finder
from core.runs.runner import get_runner
from core.specs import sweep
from core.ui.controls import hidden, kept, locked, shown
from core.ui.group import Member, group
from core.ui.tools import Bench
from core.ui.tools.results import result
from core.ui.tools.seeds import seeds_of, stop, train

FINDER = "finder"


def draw(bench: Bench) -> None:
    spec = bench.spec
    fixed = {name for name in type(spec).model_fields if locked(bench.state, name) or hidden(bench.state, name)}  # by a lesson
    options = [*([FINDER] if finder.possible(spec) and "learning_rate" not in fixed else []),
               *(name for name in sweep.fields(spec) if name not in fixed)]
    if not options:
        st.caption(_("This lesson keeps everything that a sweep could vary."))
        return
    first = "learning_rate" if "learning_rate" in options else options[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        field = kept(st.selectbox, _("What to vary"), bench.key("sweep:field"), first, options=options, width=260,
                     format_func=lambda name: _("Learning-rate finder") if name == FINDER else _(spec.control(name).label),
                     help=_("Everything else stays as it is on screen."))
        count = kept(st.slider, _("Seeds per value"), bench.key("sweep:count"), 3, min_value=1, max_value=5, width=200,
                     help=_("Each value is trained with so many seeds; the band shows the best and the worst of them."))
        st.button(_("Train them"), key=bench.key("sweep:go"), icon=":material/timeline:", type="primary",
                  on_click=lambda: st.session_state.update({bench.key("sweep"): (spec, field, count)}))
    _announce(spec, field, count)
    asked = st.session_state.get(bench.key("sweep"))
    if asked is None:
        return
    asked = (_held(asked[0], asked[1], spec), *asked[1:])
    if asked[0] != spec:
        st.caption(_(":material/history: These runs are of the setting before the last change. “Train them” takes the one on screen."))
    if asked[1] == FINDER:
        _find_rate(bench, *asked)
    else:
        _sweep(bench, *asked)


def _held(asked: Any, field: str, now: Any) -> Any:
    """The setting that a sweep was asked for; the one on screen if that is another of its values, so that it is marked there."""
    if field == FINDER or getattr(now, field) not in sweep.values(asked, field):
        return asked
    return now if asked.revised(**{field: getattr(now, field)}) == now else asked


def _announce(spec: Any, field: str, count: int) -> None:
    runner = get_runner()
    specs = [finder.spec_of(spec)] if field == FINDER else [spec.revised(**{field: v}) for v in sweep.values(spec, field)]
    seconds = sum(runner.estimate(s) or 0 for s in specs) * count / max(runner.workers(), 1)
    st.caption(_(":material/schedule: {n} runs, about {seconds:.0f} s.", n=len(specs) * count, seconds=max(seconds, 1)))


def _sweep(bench: Bench, spec: Any, field: str, count: int) -> None:
    values = sweep.values(spec, field)
    if spec.parent is not None and field not in spec.free:  # a branch cannot have another network; all of them begin at zero
        spec = spec.changed(branch="")
        st.caption(_("The run on screen is a branch, and a branch keeps its network and its data. So here every run begins at zero."))
    elif spec.parent is not None:
        st.caption(_("The run on screen is a branch. Every run here goes on from epoch {epoch} of the run before it, too.",
                     epoch=spec.parent[1]))
    specs = [seeds_of(spec.revised(**{field: value}), count) for value in values]
    keys = train(bench, [s for those in specs for s in those], "sweep")
    members = [Member(key, 0, i // count) for i, key in enumerate(keys)]
    label = _(spec.control(field).label)
    template = figures.sweep(spec.score, label, [shown(s[0], field) for s in specs], now=values.index(getattr(spec, field)))
    group(members, [template], key=bench.key("sweep:figure"), metrics=[spec.score.metric])
    results = [[result(s) for s in those] for those in specs]
    stop(bench, "sweep", results)
    if any(r is None for those in results for r in those):
        return
    scores = [[r.score if r and r.state == "finished" else float("nan") for r in those] for those in results]
    note, best = finder.best_value(scores, spec.score, [shown(s[0], field) for s in specs], label, values.index(getattr(spec, field)))
    st.markdown(f"- {say(note)}")
    if values[best] != getattr(spec, field) and not locked(bench.state, field):
        st.button(_("Set “{label}” to {text}", label=label, text=shown(specs[best][0], field)), key=bench.key("sweep:take"),
                  on_click=lambda: bench.state.change(**{field: values[best]}))


def _find_rate(bench: Bench, spec: Any, field: str, count: int) -> None:
    specs = seeds_of(finder.spec_of(spec), count)
    keys = train(bench, specs, "sweep")
    rates = finder.rates(specs[0].epochs)
    group([Member(key) for key in keys], [figures.finder(spec.learning_rate)], key=bench.key("sweep:figure"), metrics=["loss"], rates=rates)
    stop(bench, "sweep", [[result(s) for s in specs]])
    if any(result(s) is None for s in specs):
        return
    found = finder.suggestion([get_runner().rows(key) for key in keys], rates)
    st.markdown(f"- {say(found.note)}")
    if found.rate is not None and not locked(bench.state, "learning_rate"):
        label = _(spec.control("learning_rate").label)
        st.button(_("Set “{label}” to {text}", label=label, text=shown(spec.changed(learning_rate=found.rate), "learning_rate")),
                  key=bench.key("sweep:take"), on_click=lambda: bench.state.change(learning_rate=found.rate))
