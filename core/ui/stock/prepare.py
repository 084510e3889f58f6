"""Step 2: what the network is shown of the prices, and what it is asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.figures import stock as figures
from core.frame import Message
from core.i18n import N_, _, listed, say
from core.insight.forecasts import MISLEADING
from core.maths.forecasting.parts import Prepared, scaler
from core.specs.stock import StockSpec
from core.ui import controls, lab, terms
from core.ui.controls import bound
from core.ui.evaluation import chart
from core.ui.stock import series
from core.ui.text import plain
from core.ui.tools import Bench

PURPOSE = N_("Cut the past into windows: what the network sees, what it is asked for, and how both are scaled. Here most forecasts fool "
             "their makers.")
LENGTHS = (5, 10, 20, 50)
LEAKS = {
    "none": N_("No leak: on the day of a forecast everything in its window was known."),
    "centred average": N_("A **centred average** among the features: each day’s mean of the two days before, itself, and **the two days "
                          "after**. It looks like smoothing, and it holds the price that is asked for."),
    "shuffled": N_("The windows are **shuffled** before they are split. Neighbouring windows share all days but one, so almost every test "
                   "window has been seen in training."),
    "scaler": N_("The **scaler** has seen all prices, those of the test too. It is a mistake, and one that everybody warns of. See how "
                 "little it does."),
}


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "look_back", "horizon", "target", "scaler", "leak")
    lab.history(state)
    with lab.more(_("More: features"), f"{state.name}:features") as opened:
        if opened:
            spec = state.spec
            options = sorted({*LENGTHS, *spec.averages})
            binding = bound(f"{state.name}:averages", list(spec.averages),
                            lambda now: state.change(averages=tuple(sorted(now)[:3])), options)
            st.multiselect(_("Moving averages"), options, default=binding.pop("value"), max_selections=3,
                           help=_(spec.control("averages").help), **binding)
            if spec.series == "upload":
                controls.draw(state, "volume")


def show(bench: Bench) -> None:
    spec = bench.state.spec
    found = series.prepared_of(spec)
    if isinstance(found, Message):
        st.error(plain(say(found)), icon=":material/block:")
        return
    _prices, prepared = found
    features = listed(map(figures.feature, prepared.samples.names))
    st.markdown(_("**Windows, as the network sees them**: {look_back} values each ({features}), then the star, the next one, which it is "
                  "to answer.", look_back=spec.look_back, features=features) if spec.horizon == 1 else
                _("**Windows, as the network sees them**: {look_back} values each ({features}), then the star, {horizon} ahead, which it "
                  "is to answer.", look_back=spec.look_back, features=features, horizon=spec.horizon))
    chart(figures.windows(prepared), bench.key("windows"), alt=_("Some training windows, scaled, each with its target."))
    _numbers(spec, prepared)
    (st.warning if spec.leak in MISLEADING else st.info)(_(LEAKS[spec.leak]), icon=":material/water_drop:")
    for line in leak_numbers(spec, prepared):
        terms.markdown(f"- {line}")


def _numbers(spec: StockSpec, prepared: Prepared) -> None:
    low, width = float(prepared.targets.low), float(prepared.targets.width)
    a, b = _number(low), _number(low + width if spec.scaler == "min-max" else width)
    words = {"min-max": _("The target’s least and greatest value in training, {a} and {b}, become 0 and 1.", a=a, b=b),
             "standard": _("The target’s mean and standard deviation in training, {a} and {b}, become 0 and 1.", a=a, b=b)}
    y = prepared.y(prepared.split.test)
    st.caption(_("Windows (forecasts × days × features): {shape}.", shape=" × ".join(map(str, prepared.samples.x.shape))) + " "
               + words[spec.scaler] + " " + _("On the days of the test it goes from {low} to {high}.", low=_number(y.min(), ".2f"),
                                              high=_number(y.max(), ".2f")))


def _number(value: float, form: str = ".4g") -> str:
    """With the sign that print has for what is below zero."""
    return f"{float(value):{form}}".replace("-", "−")


def leak_numbers(spec: StockSpec, prepared: Prepared) -> list[str]:
    """What the leak that is on does here, in numbers."""
    found, split = prepared.samples, prepared.split
    if spec.leak == "centred average":
        day = int(found.origins[split.test[-1]])
        known, mean = found.price[day - 3:day + 1], float(found.price[day - 3:day + 2].mean())
        return [_("In the last test window the average around the day before the forecast is {mean:.9g}. Five times that, less the four "
                  "prices that are known ({known}), is {found:.6g}: **the next price**.", mean=mean,
                  known=listed(f"{price:.9g}" for price in known), found=5 * mean - float(known.sum()))]
    if spec.leak == "shuffled":
        known = np.isin(found.origins[split.test] - 1, found.origins[split.train]) | np.isin(found.origins[split.test] + 1,
                                                                                             found.origins[split.train])
        return [_("{share:.0%} of the test windows have a neighbour, a day earlier or later, among the training windows.",
                  share=float(known.mean()))]
    if spec.leak == "scaler":
        clean = scaler(found.y[split.train], spec.scaler)
        low, width = float(prepared.targets.low), float(prepared.targets.width)
        return [_("It maps {a} to 0, and {b} is one unit.", a=_number(low), b=_number(width)),
                _("From training alone these would be {a} and {b}.", a=_number(float(clean.low)), b=_number(float(clean.width)))]
    return []
