"""Step 5: walk forward: the test in stretches, each forecast by a network that has learned from all days before it."""

from __future__ import annotations

import streamlit as st

from core.data.stock import outcome_of, prepared_of
from core.figures import stock as figures
from core.frame import Message, Trouble
from core.i18n import N_, _, say
from core.insight.forecasts import sentences
from core.maths.forecasting.outcome import Outcome, joined
from core.runs.runner import get_runner
from core.specs.stock import StockSpec
from core.ui import controls, lab, steps
from core.ui.evaluation import chart
from core.ui.group import Member, group
from core.ui.stock import series
from core.ui.text import plain
from core.ui.tools import Bench, sealed
from core.ui.tools.results import result
from core.ui.tools.seeds import stop, train

PURPOSE = N_("As it would have been used: train, forecast a stretch, wait until it has happened, train again with it. Each fold is a "
             "network of its own.")


def specs_of(spec: StockSpec) -> list[StockSpec]:
    """The runs of the folds."""
    return [spec.revised(fold=k + 1, branch="") for k in range(spec.folds)]


def _whole(spec: StockSpec) -> StockSpec:
    return spec.revised(fold=0, branch="")


def left(bench: Bench) -> None:
    state = bench.state
    binding = controls.bound(f"{state.name}.folds", state.spec.folds, lambda n: state.change(folds=n))
    control = state.spec.control("folds")
    st.slider(_(control.label), *state.spec.bounds("folds"), value=binding.pop("value"), help=_(control.help), **binding)
    lab.history(state)
    st.button(_("Walk forward"), key=bench.key("walk:go"), icon=":material/directions_walk:", type="primary", on_click=lambda: _go(bench))
    st.caption(_("This opens the sealed test, stretch by stretch: it counts as one look."))
    st.caption(sealed.said(sealed.looks_at(bench.state.spec)))


def _go(bench: Bench) -> None:
    spec = bench.state.spec
    st.session_state[bench.key("walk")] = spec
    sealed.count(spec, specs_of(spec)[0].key)


def show(bench: Bench) -> bool:
    spec: StockSpec | None = st.session_state.get(bench.key("walk"))
    asked = spec is not None and _whole(spec) == _whole(bench.state.spec)
    if asked:
        folds(bench, bench.state.spec)
        return True
    whole = series.prepared_of(bench.state.spec)
    if isinstance(whole, Message):
        st.error(plain(say(whole)), icon=":material/block:")
        return True
    _chart(bench, bench.state.spec, [None] * bench.state.spec.folds)
    return True


def folds(bench: Bench, spec: StockSpec) -> None:
    """The folds, as far as they are trained; the verdict on all of them once they are."""
    specs = specs_of(spec)
    keys = train(bench, specs, "walk")
    results = [result(one) for one in specs]
    parts: list[Outcome | None] = []
    for one, found in zip(specs, results, strict=True):
        arrays = series.asked(bench, one, "test") if found is not None and found.state == "finished" else None
        parts.append(outcome_of(one, arrays) if isinstance(arrays, dict) else None)
    if not _chart(bench, spec, parts):
        return
    group([Member(key) for key in keys], [], key=bench.key("walk:runs"), metrics=[spec.score.metric])
    stop(bench, "walk", [results])
    if any(found is None for found in results):
        steps.awaited(keys)
        return
    whole = [part for part in parts if part is not None]
    if len(whole) < len(parts):
        for key in keys:
            end = get_runner().result(key)
            if end is not None and end.error is not None:
                st.warning(plain(say(end.error)), icon=":material/error:")
                break
        return
    together = joined(whole)
    st.subheader(_("The verdict on all folds"))
    verdict = series.verdict_of(spec, series.prices_of(spec), together, max(sealed.looks_at(spec), 1))
    first, *rest = sentences(verdict)
    (st.success if verdict.justified else st.info)(f"**{say(first)}**", icon=":material/gavel:")
    st.markdown("\n".join(f"- {say(message)}" for message in rest))


def _chart(bench: Bench, spec: StockSpec, parts: list[Outcome | None]) -> bool:
    """The folds over the price. Returns whether there are any."""
    try:
        prices = series.prices_of(spec)
        prepared = [prepared_of(one, prices) for one in specs_of(spec)]
    except Trouble as trouble:
        st.error(plain(say(trouble.message)), icon=":material/block:")
        return False
    done = sum(part is not None for part in parts)
    chart(figures.folds(parts, prices, prepared), bench.key("folds"),
          alt=_("The price, and the forecasts of {done} of {n} folds.", done=done, n=len(parts)))
    return True
