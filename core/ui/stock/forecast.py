"""Step 4: the forecast, shifted, and the verdict: on validation as often as you like, on the sealed test once."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from core.data.prices import Prices
from core.data.stock import outcome_of
from core.figures import stock as figures
from core.frame import Message
from core.i18n import N_, _, language, say
from core.insight.forecasts import BASELINES, Verdict, last, sentences
from core.maths.forecasting.measures import Scores, scores
from core.maths.forecasting.outcome import Outcome
from core.maths.forecasting.shifting import distance
from core.runs.runner import get_runner
from core.ui import controls, lab, parts
from core.ui.controls import bound, kept
from core.ui.evaluation import chart
from core.ui.stock import series
from core.ui.tools import Bench, sealed

PURPOSE = N_("How good is it? Look at the forecast, then **shift it back to the day on which it was made**. The verdict stands below.")


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "series", "target")
    lab.history(state)
    st.subheader(_("The sealed test"))
    parts.sealed_test(bench, lambda: series.asked(bench, bench.spec, "test"))
    with st.popover(_("Why sealed?"), type="tertiary", icon=":material/help:"):
        sealed.why()


def show(bench: Bench) -> bool:
    """The forecast, if the run has ended. Returns whether it is there; until then the page shows how it trains."""
    end = get_runner().result(bench.run)
    if end is None or end.state != "finished":
        return False
    whole = series.prepared_of(bench.spec)
    if isinstance(whole, Message):
        return False
    part = parts.part_of(bench)
    arrays = series.asked(bench, bench.spec, part)
    if isinstance(arrays, Message):
        parts.unanswered(bench, arrays)
        return True
    prices, found = whole[0], outcome_of(bench.spec, arrays)
    _shifted(bench, prices, found, arrays)
    verdict = series.verdict_of(bench.spec, prices, found, max(sealed.looks_at(bench.spec), 1) if part == "test" else 1)
    _verdict(verdict, part, len(found.days))
    _table(bench, found, arrays, verdict)
    _leftover(bench, prices, found)
    return True


def _shifted(bench: Bench, prices: Prices, found: Outcome, arrays: parts.Arrays) -> None:
    """The forecast beside the price, and the slider that shifts it back; the distances follow."""
    state, h = bench.state, found.horizon
    shift = min(state.view.shift, float(h))
    slider, numbers = st.columns([4, 6], gap="medium", vertical_alignment="center")
    with slider:
        binding = bound(f"{state.name}:shift:{h}.{language()}", shift, lambda now: state.show(shift=now))
        st.slider(_(state.view.control("shift").label), 0.0, float(h), step=0.25, value=binding.pop("value"),
                  help=_(state.view.control("shift").help), **binding)
    far, at_end, here = (distance(prices.close, found.days, found.forecast, h, s) for s in (0.0, float(h), shift))
    with numbers, st.container(horizontal=True):
        st.metric(_("Distance from the price"), f"{far:.4g}")
        nearer = here / far - 1 if far and shift else 0.0  # said at 0 as well, or all below would move while the slider is drawn
        st.metric(_("Shifted by {shift:g}", shift=shift), f"{here:.4g}", f"{nearer:+.0%}", delta_color="inverse" if nearer else "off",
                  delta_arrow="auto" if nearer else "off")
    names = [name for name in BASELINES if name in found.baselines]
    best = arrays.get("best")
    place = st.container()
    shown = kept(st.pills, _("Beside it"), bench.key("beside"), [], options=[*names, *(["possible"] if best is not None else [])],
                 selection_mode="multi", format_func=lambda name: _("best possible") if name == "possible" else _(BASELINES[name]))
    with place:
        chart(figures.forecast(found, prices, shift, shown, best if "possible" in shown else None), bench.key("forecast"),
              alt=_("The price and its forecast, shifted back by {shift:g}; on average they are {here:.4g} apart.", shift=shift, here=here))
    text, curve = st.columns([5, 4], gap="medium", vertical_alignment="center")
    with text:
        if shift < h:
            st.markdown(_("On average {far:.4g} from the price that it is about. How near will it be to the price of the day on which it "
                          "was **made**? Guess, then pull the slider to {horizon}.", far=far, horizon=h))
        elif state.lesson is None or state.lesson.answers:
            st.markdown(_moral(far, at_end))
    with curve:
        chart(figures.by_shift(found, prices, shift), bench.key("by_shift"),
              alt=_("Distance of the forecast from the price: {far:.4g} as it is, {here:.4g} shifted back by {shift:g}.", far=far,
                    here=here, shift=shift))


def _moral(far: float, at_end: float) -> str:
    """What the two distances say."""
    if at_end < far / 2:
        return _("Shifted to the day on which it was made, it lies on the price: {end:.4g} apart instead of {far:.4g}. **This forecast is "
                 "the last price**, drawn later. It looks splendid, and it says nothing but that the price stays.", end=at_end, far=far)
    if at_end < far:
        return _("Shifted back it comes nearer to the price, {end:.4g} instead of {far:.4g}: what it says fits the day on which it was "
                 "made better than the day that it is about.", end=at_end, far=far)
    return _("Shifted back it moves **away** from the price, {end:.4g} instead of {far:.4g}: this forecast knows something that the last "
             "price does not say. Whether it is enough stands below.", end=at_end, far=far)


def _verdict(verdict: Verdict, part: str, count: int) -> None:
    st.subheader(_("The verdict"))
    first, *rest = sentences(verdict)
    (st.success if verdict.justified else st.info)(f"**{say(first)}**", icon=":material/gavel:")
    st.markdown("\n".join(f"- {say(message)}" for message in rest))
    if part == "validation":
        st.caption(_("From {n} forecasts of validation. Whoever chooses settings by them gets numbers that are a little too good: the "
                     "sealed test tells.", n=count))
    else:
        st.caption(_("From {n} forecasts of the sealed test.", n=count))


def rows_of(found: Outcome, best: Any = None) -> dict[str, Scores]:
    """Scores of the network and of everything beside it, by name: "network", the baselines, "possible"."""
    made = {"network": found.forecast, **found.baselines, **({"possible": best} if best is not None else {})}
    return {name: scores(found.truth, forecast, found.origin, found.horizon) for name, forecast in made.items()}


def _table(bench: Bench, found: Outcome, arrays: parts.Arrays, verdict: Verdict) -> None:
    names = {"network": "**" + _("the network") + "**", "possible": _("best possible"),
             **{name: _(text) for name, text in BASELINES.items()}, "last": _(last(verdict)[1])}
    head = ["", "MAE", "RMSE", "MAPE", "MASE", _("direction right"), _("95% interval")]
    lines = [head, ["---", *["---:"] * 6]]
    for name, one in rows_of(found, arrays.get("best")).items():
        own = one.direction
        interval = "{:.0%} – {:.0%}".format(*own.interval) if own.count else "–"
        lines.append([names[name], f"{one.mae:.4g}", f"{one.rmse:.4g}", *("–" if math.isnan(v) else text for v, text in (
            (one.mape, f"{one.mape:.2%}"), (one.mase, f"{one.mase:.3f}"), (own.share, f"{own.share:.0%}"))), interval])
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))
    st.caption(_("MASE: the error as a multiple of that of the last price; below 1 is better. The last price names no direction."))
    if "best" in arrays:
        st.caption(_("“Best possible” is best on average over all series that this rule makes. On a single one another may be luckier."))


def _leftover(bench: Bench, prices: Prices, found: Outcome) -> None:
    with lab.more(_("What is left over"), bench.key("leftover")) as opened:
        if opened:
            one, other = st.columns(2, gap="medium")
            with one:
                chart(figures.residuals(found, prices), bench.key("residuals"), alt=_("Truth less forecast, over time."))
            with other:
                chart(figures.echoes(found), bench.key("echoes"), alt=_("Autocorrelation of the errors."))
                st.caption(_("Bars within the band could come from errors that have nothing to do with each other."))
