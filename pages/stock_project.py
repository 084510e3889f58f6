"""The stock project: from prices to a verdict that does not fool itself, in six steps."""

import streamlit as st

from core.i18n import N_, _
from core.specs.examples import Preset, Trial
from core.specs.stock import ARTICLE, CHANGES, StockSpec
from core.specs.stock_project import StockView
from core.ui import foot, lab, terms
from core.ui.language import fragment
from core.ui.state import State
from core.ui.stock import page as project

PAGE = {"title": N_("The stock project"), "section": "projects", "icon": ":material/candlestick_chart:", "order": 30}

PRESETS = [
    Preset(N_("A random walk"), {}),
    Preset(N_("Trend + season"), {**CHANGES, "series": "season"}),
    Preset(N_("Calm and turbulent times"), {**CHANGES, "series": "regimes"}),
    Preset(N_("Google, the article’s network"), {**ARTICLE, "series": "GOOG"}),
    Preset(N_("Google, as changes"), {**CHANGES, "series": "GOOG"}),
]
TRIALS = [
    Trial(N_("Let it see the future"),
          N_("A centred average among the features: the error falls to an eighth of that of the last price. Look at what step 2 says of "
             "it."),
          {"leak": "centred average", "model": "dense", "scaler": "standard", "epochs": 200}),
    Trial(N_("Shuffle the windows"),
          N_("R² rises to 0.9 and more, on a series that nobody can forecast. Compare the error with that of the last price."),
          {"leak": "shuffled", "target": "price", "model": "dense", "epochs": 100}),
    Trial(N_("Forecast the price itself"),
          N_("The article’s target. On test days the price leaves the range that the network has learned in: watch the forecast stay "
             "behind."), {"target": "price"}),
    Trial(N_("Twenty days ahead"),
          N_("Forecasts overlap, so that a hundred of them say as much as five. See what is left of the verdict."), {"horizon": 20}),
]


def idea() -> None:
    terms.markdown(_("A network that has seen ten prices gives the next one. Drawn over the truth, almost any forecast looks good: prices "
                     "change little from day to day, and whoever repeats the last one is never far off. So that is what it has to beat."))
    st.latex(r"\hat p_{t+1} = p_t, \qquad \text{MASE} = \frac{\sum |p - \hat p_{\text{network}}|}{\sum |p - \hat p_{\text{last}}|}")
    terms.markdown(_("On a [[random walk]] nothing beats the last price, and no network can change that. On a series with a season it can "
                     "be done. The verdict asks the Diebold–Mariano test whether a difference is more than luck."))


@fragment
def page() -> None:
    project.draw(State("stock_project", StockSpec, StockView), PRESETS, _("The stock project"))


lab.heading(_("The stock project"), _("Can a network foresee prices, and how would you know?"), idea)
page()
foot.draw(State("stock_project", StockSpec, StockView), TRIALS, [
    ("https://otexts.com/fpp3/", N_("Hyndman and Athanasopoulos, Forecasting: Principles and Practice")),
    ("https://doi.org/10.1080/07350015.1995.10524599", N_("Diebold and Mariano (1995), Comparing predictive accuracy")),
    ("https://doi.org/10.1016/j.ijforecast.2006.03.001", N_("Hyndman and Koehler (2006), Another look at measures of forecast "
                                                            "accuracy")),
    ("https://doi.org/10.1016/S0169-2070(96)00719-4", N_("Harvey, Leybourne and Newbold (1997), Testing the equality of prediction "
                                                        "mean squared errors")),
], needs=("recurrent", "data_preparation"), leads=("text_project",), step="forecast")
