"""What may be said of forecasts: better than the last price, or not shown; how sure; and what misleads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.maths.forecasting.comparison import Comparison, compare, corrected
from core.maths.forecasting.measures import Scores, scores
from core.maths.forecasting.outcome import Outcome
from core.maths.forecasting.residuals import Echo, Whiteness, echo, whiteness

SHOWN = 0.05  # on both sides: on random walks “better” is then said in about 2% of all cases (see `compare`)
BASELINES = {"last": N_("the last price"), "drift": N_("the drift"), "average": N_("the moving average"),
             "seasonal": N_("the seasonal copy"), "ridge": N_("ridge regression"),
             "best": N_("the best baseline on each fold’s validation")}
LAST = {"day": N_("yesterday’s price"), "week": N_("last week’s price"), "month": N_("last month’s price")}
MISLEADING = ("centred average", "shuffled")  # leaks with which a verdict would be worth nothing


@dataclass(frozen=True)
class Verdict:
    """What follows from forecasts of a test part. last, best: against persistence, and against the baseline that was best on validation,
    `rival`. tried: settings that were looked at on this test. coverage: the share within the intervals of `level`, nan without; learned:
    of how many independent residuals, 0 for those of these very days. width:
    of the centred average in days; naive_r2: R² of persistence."""

    scores: Scores
    last: Comparison
    best: Comparison
    rival: str
    white: Whiteness
    echo: Echo
    coverage: float
    level: float
    learned: float
    horizon: int
    tried: int
    leak: str
    unit: str
    width: int
    naive_r2: float

    def p(self, found: Comparison) -> float:
        """Two-sided, corrected for the settings tried; nan for too few forecasts."""
        return corrected(found.differs, self.tried)

    def shown(self, found: Comparison) -> bool:
        """Is the model better than what `found` compares it with? Never where the figures are worth nothing."""
        return self.leak not in MISLEADING and found.difference < 0 and self.p(found) < SHOWN

    @property
    def justified(self) -> bool:
        """Better than the last price and than the best baseline of validation. Either alone is not enough: on a random walk that baseline
        is the luckiest of several, and often worse than the last price."""
        return self.shown(self.last) and self.shown(self.best)


def judge(outcome: Outcome, *, tried: int = 1, leak: str = "none", half_width: int = 2, unit: str = "day",
          loss: str = "absolute") -> Verdict:
    """tried: how many settings were looked at on this test, this one among them; leak, half_width: as in `Windowing`; unit: "day",
    "week", "month", or anything else; loss: one of `comparison.LOSSES`."""
    truth, forecast, origin, h = outcome.truth, outcome.forecast, outcome.origin, outcome.horizon
    return Verdict(scores=scores(truth, forecast, origin, h), last=compare(truth, forecast, origin, h, loss),
                   best=compare(truth, forecast, outcome.rival, h, loss),
                   rival=outcome.rivals[0] if len(outcome.rivals) == 1 else "best", white=whiteness(truth - forecast, h),
                   echo=echo(truth, forecast, origin), coverage=outcome.coverage, level=outcome.level, learned=outcome.learned, horizon=h,
                   tried=tried, leak=leak, unit=unit, width=2 * half_width + 1, naive_r2=scores(truth, origin, origin, h).r2)


def sentences(verdict: Verdict) -> list[Message]:
    """All there is to say, the verdict first. With a leak that makes it worthless, the leak instead."""
    if verdict.leak in MISLEADING:
        return [*leaks(verdict), figures(verdict)]
    return [*verdicts(verdict), figures(verdict), *direction(verdict), *shifted(verdict), *coverage(verdict), *left(verdict),
            *leaks(verdict)]


def verdicts(verdict: Verdict) -> list[Message]:
    """Against the last price, against the best baseline, and how often this test was looked at."""
    found = [against(verdict, verdict.last, last(verdict))]
    if verdict.rival == "last":
        found.append(Message(N_("On validation no baseline did better than {rival}."), {"rival": last(verdict)}))
    else:
        if verdict.rival != "best":
            found.append(Message(N_("The baseline that did best on validation: {rival}."), {"rival": ["_", BASELINES[verdict.rival]]}))
        found.append(against(verdict, verdict.best, ["_", BASELINES[verdict.rival]]))
        if verdict.shown(verdict.best) and not verdict.justified:
            found.append(Message(N_("That alone says little: the price to beat is {rival}."), {"rival": last(verdict)}))
    if verdict.tried > 1 and np.isfinite(verdict.last.differs):
        found.append(Message(
            N_("This test was looked at {tried} times: one look of several is lucky more easily than a single one, so p is "
               "multiplied by {tried}."), {"tried": verdict.tried}))
    return found


def against(verdict: Verdict, found: Comparison, rival: list[str]) -> Message:
    p = verdict.p(found)
    values = {"rival": rival, "p": probability(p)}
    if not np.isfinite(p):
        return Message(N_("Better than {rival}: cannot be told from {n} forecasts, {horizon} ahead."),
                       {"rival": rival, "n": found.count, "horizon": verdict.horizon})
    if p >= SHOWN:
        return Message(N_("Better than {rival}: not shown (p {p})."), values)
    if found.difference > 0:
        return Message(N_("Better than {rival}: not shown. Worse than it: shown (p {p})."), values)
    return Message(N_("Better than {rival}: shown (p {p})."), values)


def probability(p: float) -> str:
    """"= 0.43", "= 0.003" or "< 0.001"."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.095 else f"= {p:.2f}"


def last(verdict: Verdict) -> list[str]:
    """What the forecast of the last price is called: "yesterday's" only one day ahead."""
    return ["_", LAST.get(verdict.unit, BASELINES["last"]) if verdict.horizon == 1 else BASELINES["last"]]


def figures(verdict: Verdict) -> Message:
    values = {"mae": verdict.scores.mae, "mase": verdict.scores.mase, "rival": last(verdict)}
    if not np.isfinite(verdict.scores.mase):
        return Message(N_("On average the forecast is off by {mae:.4g}; {rival} is always right here."), values)
    return Message(N_("On average the forecast is off by {mae:.4g}, which is {mase:.3f} times the error of {rival}."), values)


def direction(verdict: Verdict) -> list[Message]:
    found = verdict.scores.direction
    if not found.count:
        return []
    return [Message(
        N_("Up or down: right in {share:.0%} of {count} forecasts. So few could as well come from a true share between {low:.0%} and "
           "{high:.0%}. Always saying “up” gets {up:.0%}."),
        {"share": found.share, "count": found.count, "low": found.interval[0], "high": found.interval[1], "up": found.up})]


def shifted(verdict: Verdict) -> list[Message]:
    """The sentence for a forecast that follows the last price, unless it is better nevertheless."""
    found = verdict.echo
    if not found.shifted or verdict.shown(verdict.last):
        return []
    said = (
        N_("The forecast is the last price, shifted: on average it lies {near:.4g} from the price of the day it was made on, and {far:.4g} "
           "from the price that it is about. Its changes go with those of the former (correlation {last:.2f}) rather than of the latter "
           "({truth:.2f}).") if found.to_last < found.to_truth / 2 else
        N_("The forecast follows the last price more than the one that it is about: on average it lies {near:.4g} from the price of "
           "the day it was made on, and {far:.4g} from the other. Its changes go with those of the former (correlation {last:.2f}) rather "
           "than of the latter ({truth:.2f})."))
    return [Message(said, {"near": found.to_last, "far": found.to_truth, "last": found.with_last, "truth": found.with_truth})]


def coverage(verdict: Verdict) -> list[Message]:
    """How many prices lie within the intervals, and whether that is what was promised, as far as so many can tell.

    An interval learned from m residuals holds a share of all to come that is itself drawn from Beta((m + 1) · level, (m + 1) · (1 − level))
    (Vovk, Conditional validity of inductive conformal predictors, 2012), so that the count of n is beta-binomial.
    """
    share, independent = verdict.coverage, round(verdict.last.count / verdict.horizon)
    if not np.isfinite(share):
        return [Message(N_("There are too few forecasts on validation to learn an interval from."))]
    values = {"share": share, "level": verdict.level}
    if not verdict.learned:
        return [Message(N_("{share:.0%} of the prices lie within the {level:.0%} interval, and could hardly do otherwise: it was learned "
                           "from these very errors. The test will tell what it is worth."), values)]
    from scipy import stats

    inside = stats.betabinom(independent, (verdict.learned + 1) * verdict.level, (verdict.learned + 1) * (1 - verdict.level))
    count = round(share * independent)
    if inside.cdf(count) < SHOWN / 2:
        return [Message(N_("{share:.0%} of the prices lie within the {level:.0%} interval, fewer than chance explains: the test days seem "
                           "to be unlike the validation days that it was learned from."), values)]
    if inside.sf(count - 1) < SHOWN / 2:
        return [Message(N_("{share:.0%} of the prices lie within the {level:.0%} interval, more than chance explains: the test days seem "
                           "to be calmer than the validation days that it was learned from."), values)]
    return [Message(N_("{share:.0%} of the prices lie within the {level:.0%} interval: as promised, as far as so few can tell. The errors "
                       "on validation that it was learned from are a sample, too."), values)]


def left(verdict: Verdict) -> list[Message]:
    """Whether errors hold something that could still be learned."""
    found = verdict.white
    if not np.isfinite(found.p):
        return []
    values = {"p": probability(found.p)}
    if found.p < SHOWN:
        return [Message(N_("An error tells something of the later ones (Ljung–Box: p {p}): there may be something left to learn, if only "
                           "the level. Of pure chance one series in twenty says so."), values)]
    return [Message(N_("No pattern is found in the errors (Ljung–Box: p {p})."), values)]


def leaks(verdict: Verdict) -> list[Message]:
    """What the leak that is switched on does; nothing without one."""
    if verdict.leak == "centred average":
        return [Message(
            N_("No verdict: the features see the future. An average of {width} prices, centred on its day, holds the {half} prices after "
               "it, and the model reads off what it should foresee. On the day of a real forecast nobody has them."),
            {"width": verdict.width, "half": verdict.width // 2})]
    if verdict.leak == "shuffled":
        return [Message(
            N_("No verdict: the windows were shuffled before they were split, so that the model has learned from days on both sides of "
               "every test day. Its R² of {r2:.3f} proves nothing: {rival} as a forecast has {naive:.3f}."),
            {"r2": verdict.scores.r2, "naive": verdict.naive_r2, "rival": last(verdict)})]
    if verdict.leak == "scaler":
        return [Message(
            N_("The scaler has seen the prices of the test. That is a mistake, though one that mostly changes next to nothing: switch it "
               "off, and compare."))]
    return []
