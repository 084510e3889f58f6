"""The stock project: where its reader is, and how it is drawn."""

from __future__ import annotations

from typing import Literal

from core.i18n import N_
from core.specs.base import Spec, setting
from core.specs.training import DISPLAY

STEPS = {"data": N_("1 Data"), "prepare": N_("2 Prepare"), "training": N_("3 Training"), "forecast": N_("4 Forecast"),
         "walk": N_("5 Walk forward"), "take": N_("6 Take away")}
Step = Literal["data", "prepare", "training", "forecast", "walk", "take"]


class StockView(Spec):
    """Which step of the project is on screen, and how it is drawn; changes no number. It opens where there is something to find out."""

    step: Step = setting("forecast", label=N_("Step"), group=DISPLAY, choices=STEPS,
                         help=N_("The steps of the project, from data to a verdict. You may go back at any time."))
    shift: float = setting(0.0, ge=0, le=20, step=0.25, label=N_("Shift the forecast back"), group=DISPLAY, unit=N_("prices"),
                           help=N_("Draws each forecast earlier than the day it is about. Where it then lies on the price, it says nothing "
                                   "but that the price stays."))
    log_scale: bool = setting(False, label=N_("Loss on a log scale"), group=DISPLAY, help=N_("Shows what happens once the loss is small."))
