"""Probability: a test and who is sick, random variables, large numbers, the central limit, two variables at once, information."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

DISPLAY, TEST, VARIABLE, SAMPLE = N_("Display"), N_("The test"), N_("Random variable"), N_("Sample")
ELLIPSE, OUTCOMES = N_("Two variables"), N_("Outcomes")
SCENES = {"bayes": N_("Sick or healthy?"), "variables": N_("Random variables"), "large_numbers": N_("Large numbers"),
          "central_limit": N_("Central limit"), "joint": N_("Two at once"), "information": N_("Information")}
DISTRIBUTIONS = {"coin": N_("coin: 0 or 1"), "die": N_("die: 1 to 6"), "bernoulli": N_("Bernoulli: a bent coin"),
                 "binomial": N_("binomial: hits in n tries"), "poisson": N_("Poisson: events in an hour"),
                 "uniform": N_("uniform: all alike"), "normal": N_("normal: the bell"), "exponential": N_("exponential: waiting"),
                 "beta": N_("beta: an unknown share"), "cauchy": N_("Cauchy: no expectation")}
SIZES = {100: "100", 1000: "1,000", 10000: "10,000"}
UNITS = {"bits": N_("bits (log₂)"), "nats": N_("nats (ln, as in Keras)")}
K = 5  # outcomes in the scene on information


def share(who: str, label: str, default: float) -> Any:
    """One of five probabilities of p or q."""
    told = (N_("How often this outcome really comes. The others make room: all five add up to 1.") if who == "p" else
            N_("How often the model says this outcome comes. The others make room: all five add up to 1."))
    return setting(default, ge=0.0, le=1.0, step=0.01, label=label, group=OUTCOMES, help=told)


class ProbabilitySpec(StudySpec):
    """Everything on the page of probability."""

    study: ClassVar[str] = "probability"

    scene: Literal["bayes", "variables", "large_numbers", "central_limit", "joint", "information"] = setting(
        "bayes", choices=SCENES, label=N_("Scene"), help=N_("Which part of probability is on screen."), group=DISPLAY)

    # a test
    prevalence: float = setting(
        0.1, ge=0.001, le=0.9, log=True, label=N_("Prevalence"), group=TEST, first=True,
        help=N_("The share of all people who are sick, before anyone is tested. 0.01 is one in a hundred."))
    sensitivity: float = setting(
        0.99, ge=0.0, le=1.0, step=0.01, label=N_("Sensitivity"), group=TEST, first=True,
        help=N_("Of the sick, the share whom the test calls positive."))
    specificity: float = setting(
        0.99, ge=0.0, le=1.0, step=0.01, label=N_("Specificity"), group=TEST, first=True,
        help=N_("Of the healthy, the share whom the test calls negative."))

    # a random variable
    distribution: Literal["coin", "die", "bernoulli", "binomial", "poisson", "uniform", "normal", "exponential", "beta",
                          "cauchy"] = setting(
        "die", choices=DISTRIBUTIONS, label=N_("Distribution"), group=VARIABLE, first=True,
        help=N_("Where the numbers come from. Its parameters stand below; most have a handle in the figure, too."))
    p: float = setting(
        0.3, ge=0.01, le=0.99, step=0.01, label=N_("p (Bernoulli, binomial)"), group=VARIABLE,
        help=N_("The probability of a 1 in a single try."))
    tries: int = setting(
        10, ge=1, le=40, label=N_("Tries (binomial)"), group=VARIABLE, help=N_("How many tries are counted together."))
    events: float = setting(
        4.0, ge=0.5, le=16.0, step=0.1, label=N_("Events an hour (Poisson)"), group=VARIABLE,
        help=N_("How many events are expected; each comes without waiting for the others."))
    low: float = setting(
        0.0, ge=-1.0, le=0.5, step=0.1, label=N_("From (uniform)"), group=VARIABLE, help=N_("The least value."))
    width: float = setting(
        1.0, ge=0.2, le=1.5, step=0.1, label=N_("Width (uniform)"), group=VARIABLE,
        help=N_("How far it is from the least value to the greatest."))
    mean: float = setting(
        0.0, ge=-2.0, le=2.0, step=0.1, label=N_("μ (normal)"), group=VARIABLE, help=N_("The middle of the bell."))
    deviation: float = setting(
        1.0, ge=0.3, le=2.0, step=0.1, label=N_("σ (normal)"), group=VARIABLE,
        help=N_("The standard deviation: how wide the bell is."))
    rate: float = setting(
        1.0, ge=0.2, le=3.0, step=0.1, label=N_("λ (exponential)"), group=VARIABLE,
        help=N_("How many events come in a unit of time; the wait for the next is 1/λ on average."))
    a: float = setting(
        2.0, ge=0.5, le=10.0, step=0.1, label=N_("a (beta)"), group=VARIABLE,
        help=N_("Pulls the share towards 1: successes seen, plus one."))
    b: float = setting(
        5.0, ge=0.5, le=10.0, step=0.1, label=N_("b (beta)"), group=VARIABLE,
        help=N_("Pulls the share towards 0: failures seen, plus one."))

    # samples of it
    size: Literal[100, 1000, 10000] = setting(
        1000, choices=SIZES, label=N_("Draws"), group=SAMPLE, first=True, help=N_("How many numbers are drawn, one after the other."))
    tolerance: float = setting(
        0.2, ge=0.02, le=1.0, step=0.01, label=N_("Band around the expectation, in σ"), group=SAMPLE,
        help=N_("How near to the expectation counts as near: so many standard deviations of one draw."))
    together: int = setting(
        30, ge=2, le=100, label=N_("Draws in one mean"), group=SAMPLE, first=True,
        help=N_("How many draws are averaged into each mean whose histogram is shown."))
    seed: int = setting(3, ge=0, le=99, label=N_("Random seed"), group=SAMPLE, help=N_("The same seed draws the same numbers."))

    # two variables
    axis_x: float = setting(
        1.4, ge=-2.5, le=2.5, step=0.1, label=N_("First axis: x"), group=ELLIPSE,
        help=N_("Along x, how far the arrow of the ellipse’s first axis reaches: one standard deviation in that direction."))
    axis_y: float = setting(
        1.0, ge=-2.5, le=2.5, step=0.1, label=N_("First axis: y"), group=ELLIPSE,
        help=N_("Along y, how far the arrow of the ellipse’s first axis reaches."))
    across: float = setting(
        0.6, ge=0.1, le=2.5, step=0.1, label=N_("Width across it"), group=ELLIPSE,
        help=N_("The standard deviation at a right angle to the first axis."))
    given: float = setting(
        1.0, ge=-3.0, le=3.0, step=0.1, label=N_("Known: x ="), group=ELLIPSE, first=True,
        help=N_("The value of x that somebody has told you. What do you now expect of y?"))
    pairs: int = setting(
        300, ge=10, le=1000, step=10, label=N_("Points drawn"), group=SAMPLE, help=N_("How many pairs (x, y) are drawn."))

    # information
    unit: Literal["bits", "nats"] = setting(
        "bits", choices=UNITS, label=N_("Unit"), group=DISPLAY, first=True,
        help=N_("A bit is the surprise of a fair coin. Loss functions count in nats: 1 nat = 1.44 bits."))
    p1: float = share("p", N_("p of A"), 0.4)
    p2: float = share("p", N_("p of B"), 0.3)
    p3: float = share("p", N_("p of C"), 0.15)
    p4: float = share("p", N_("p of D"), 0.1)
    p5: float = share("p", N_("p of E"), 0.05)
    q1: float = share("q", N_("q of A"), 0.2)
    q2: float = share("q", N_("q of B"), 0.2)
    q3: float = share("q", N_("q of C"), 0.2)
    q4: float = share("q", N_("q of D"), 0.2)
    q5: float = share("q", N_("q of E"), 0.2)

    def revised(self, **values: Any) -> Self:
        """Where one probability is moved, the others of its distribution shrink or grow in proportion, so that all add up to 1."""
        for letter in "pq":
            names = [f"{letter}{k}" for k in range(1, K + 1)]
            moved = [name for name in names if name in values]
            if len(moved) == 1:
                values |= self._made_room(names, moved[0], values[moved[0]])
        return self.changed(**values)

    def _made_room(self, names: list[str], moved: str, value: Any) -> dict[str, float]:
        value = type(self).model_validate({moved: value}).model_dump()[moved]
        others = [name for name in names if name != moved]
        now = {name: getattr(self, name) for name in others}
        total = sum(now.values())
        shares = {name: round((part / total if total > 0 else 1 / len(others)) * (1 - value), 4) for name, part in now.items()}
        largest = max(shares, key=lambda name: shares[name])
        shares[largest] = round(shares[largest] + 1 - value - sum(shares.values()), 6)  # what rounding left over
        return {moved: value, **shares}
