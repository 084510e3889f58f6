"""Check yourself on the stock project: a series on which “better” is justified, and three questions.

Why the target is what it is (error on the sealed test ÷ that of the last price): on random walks no setting gets below 0.97 but by luck of
one seed in hundreds, and the real series are no better; trend + season gets 0.6 with networks that forecast changes, and 2 with the
article's, which forecasts the price.
"""

from __future__ import annotations

import numpy as np

from core.data.stock import prepared_of, prices_of
from core.frame import Message, Trouble
from core.i18n import N_
from core.insight.challenges import SEALED, Challenge, Choice, Goal, Number, Question, Rows, from_zero, rules, stays
from core.specs.stock import StockSpec


def against_last(spec: StockSpec, rows: Rows) -> float | None:
    """The error on the sealed test as a multiple of that of the last price; None if there is none."""
    error = rows[-1].get(SEALED)
    try:
        prepared = prepared_of(spec, prices_of(spec))
    except Trouble:
        return None
    test, samples = prepared.split.test, prepared.samples
    naive = float(np.abs(samples.truth[test] - samples.origin[test]).mean())
    return error / naive if error and naive else None  # an error of 0 stands for answers that are no numbers


def drawn_anew(spec: StockSpec) -> Message | None:
    return None if spec.generated else Message(N_(
        "For this challenge the series is a generated one, which every seed draws anew. A real one has a single end, and each of the "
        "three runs would be a look at it."))


CHALLENGES: tuple[Challenge[StockSpec], ...] = (
    Challenge(
        id="stock_project-justified",
        title=N_("“Better”, justified"),
        text=N_("Find a generated series and a setting with which “better than the last price” is justified: on the sealed test the error "
                "is at most 0.8 times that of the last price, without a leak, one price ahead or more. Open the sealed test of your "
                "setting once, and three times at most."),
        hint=N_("What moves without a pattern cannot be foreseen, however large the network. One of the generated series has a pattern. "
                "And a network that has to give the price itself is lost where prices have never been: ask it for the change."),
        allows=rules(from_zero, drawn_anew, stays("leak", "none"), stays("fold", 0)),
        goal=Goal(against_last, 0.8, N_("error on the sealed test ÷ that of the last price"), higher_is_better=False, sealed=True),
        looks=3,
        reference=StockSpec(series="season"),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="stock_project-r2",
        text=N_("A forecast of tomorrow’s price has R² = 0.97 on days that it was not trained on. What does that show?"),
        options=(
            (N_("That it explains 97% of what will happen tomorrow"),
             N_("R² compares it with somebody who always says the mean of all prices, which nobody would. Against that, yesterday’s price "
                "does as well.")),
            (N_("Nothing yet: the last price has such an R², too"),
             N_("Yes. Prices wander far from their mean and change little from day to day, so whoever repeats the last price gets 0.97 as "
                "well. Compare with that: MASE below 1, and a test that says it is no luck.")),
            (N_("That there must be a leak"),
             N_("There may be one, but it takes none: repeating the last price gets 0.97, and is perfectly honest.")),
        ),
        correct=1,
    ),
    Number(
        id="stock_project-mase",
        text=N_("A network is off by 1.26 on average, and yesterday’s price by 1.20. What is its MASE?"),
        answer=1.05,
        tolerance=0.005,
        right=N_("1.05 it is: 1.26 / 1.20. Above 1, so repeating yesterday’s price would have been better."),
        wrong=(
            (lambda n: abs(n - 0.952) < 0.005, N_("That is the other way round: the network’s error goes above, that of the last price "
                                                  "below.")),
            (lambda n: abs(n - 0.06) < 0.005, N_("That is the difference. MASE is the ratio, so that it means the same for every series.")),
        ),
        otherwise=N_("Divide the network’s error by that of yesterday’s price."),
    ),
    Choice(
        id="stock_project-tried",
        text=N_("Twenty settings are tried on a random walk, each on the same test. The best has p = 0.03 against the last price. "
                "And now?"),
        options=(
            (N_("It is better: 0.03 is below 0.05"),
             N_("One in twenty such tests is below 0.05 by luck alone, and twenty were made. The luckiest of them was picked.")),
            (N_("Multiplied by twenty that is 0.60: nothing is shown"),
             N_("Yes. That is Bonferroni’s correction, and the page makes it, by the number of times that you have opened this test.")),
            (N_("Train the best one longer, and test it again"),
             N_("That would be the twenty-first try on the same test. It makes the luckiest result luckier still.")),
        ),
        correct=1,
    ),
)
