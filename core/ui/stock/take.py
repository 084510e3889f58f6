"""Step 6: what the project leaves: the forecasts, the model, and the program that makes it again."""

from __future__ import annotations

import streamlit as st

from core.data.stock import outcome_of
from core.export.stock import forecast_csv
from core.frame import Message
from core.i18n import N_, _
from core.runs.runner import get_runner
from core.ui.parts import opened
from core.ui.stock import series
from core.ui.tools import Bench, code, take

PURPOSE = N_("Take it with you: the forecasts, the trained model, and the program that makes it again.")


def show(bench: Bench) -> None:
    end = get_runner().result(bench.run)
    whole = series.prepared_of(bench.spec)
    if end is not None and end.state == "finished" and not isinstance(whole, Message):
        st.subheader(_("The forecasts"))
        st.caption(_("A line a forecast: the day on which it was made, the day that it is about, both prices, the forecast, its interval, "
                     "and the baselines. Of the sealed test only if it was opened for this run."))
        answers = {"validation": series.asked(bench, bench.spec, "validation"), "test": opened(bench).get(bench.run)}
        labels = {"validation": _("Forecasts of validation (CSV)"), "test": _("Forecasts of the test (CSV)")}
        with st.container(horizontal=True):
            for part, arrays in answers.items():
                if isinstance(arrays, dict):
                    text = forecast_csv(whole[0].dates, outcome_of(bench.spec, arrays))
                    st.download_button(labels[part], text, f"{bench.state.name}_{part}.csv", "text/csv", key=bench.key(f"take:{part}"),
                                       icon=":material/table:", on_click="ignore")
    st.subheader(_("Model and run"))
    take.draw(bench)
    st.subheader(_("The program"))
    code.draw(bench)
