"""Check yourself on probability: when half of the positives are healthy, and two questions on what chance does."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, rules, stays
from core.maths.bayes import after_positive, half_wrong
from core.specs.probability import ProbabilitySpec

NEAR = 0.03  # of one half: the slider's neighbours of 0.01, 0.007 and 0.015, are at 0.41 and 0.60


def wrong_half_the_time(spec: ProbabilitySpec) -> tuple[bool, Message]:
    sick = float(after_positive(spec.prevalence, spec.sensitivity, spec.specificity))
    said = {"prevalence": f"{100 * spec.prevalence:.3g}%", "sick": f"{100 * sick:.3g}%", "healthy": f"{100 * (1 - sick):.3g}%"}
    if abs(sick - 0.5) <= NEAR:
        return True, Message(N_("At a prevalence of {prevalence}, {healthy} of the positives are healthy: half of all alarms are false."),
                             said)
    if sick > 0.5:
        return False, Message(N_("At a prevalence of {prevalence}, {sick} of the positives are sick. The test is still right too often: "
                                 "make the disease rarer."), said)
    return False, Message(N_("At a prevalence of {prevalence}, only {sick} of the positives are sick: that is wrong more than half the "
                             "time. Make the disease more common."), said)


CHALLENGES: tuple[Challenge[ProbabilitySpec], ...] = (
    Challenge(
        id="probability-half-wrong",
        title=N_("Wrong half the time"),
        text=N_("A test is right for 99% of the sick and for 99% of the healthy. Find the prevalence at which half of its positives are "
                "wrong all the same."),
        hint=N_("Half are wrong when there are as many false alarms as sick people found. Of the sick nearly all are found, of the "
                "healthy one in a hundred is alarmed. So make the sick so rare that the two numbers are equal."),
        allows=rules(stays("scene", "bayes"), stays("sensitivity", 0.99), stays("specificity", 0.99)),
        state=wrong_half_the_time,
        why=lambda spec: Message(N_("With sensitivity = specificity the two are equal where the prevalence is the test’s own error, 1 − "
                                    "0.99 = {where:.2g}: a disease as rare as the test’s mistakes."),
                                 {"where": half_wrong(spec.sensitivity, spec.specificity)}),
        reference=ProbabilitySpec(prevalence=0.01),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="probability-screening",
        text=N_("Of 1,000 women, 10 have the disease. The test finds 9 of those 10, and it alarms 89 of the 990 healthy ones. A woman’s "
                "test is positive. What is the probability, in percent, that she has the disease?"),
        answer=100 * 9 / 98, tolerance=0.35, unit="%",
        right=N_("Yes: 98 women have a positive test, 9 of them the disease: 9 / 98 = 9.2%. Of 160 doctors asked in a study, most chose "
                 "81 or 90."),
        wrong=(
            (lambda n: abs(n - 90) < 1,
             N_("90% is the sensitivity: of the sick, the share that is positive. Asked is the share of the positive that is sick. Count "
                "the positives first: 9 + 89.")),
            (lambda n: abs(n - 91) < 1,
             N_("91% is the specificity: how often the healthy are left in peace. Asked is about those who are positive.")),
            (lambda n: abs(n - 1) < 0.2, N_("1% is what holds before the test. A positive answer is evidence: it raises the probability.")),
            (lambda n: abs(n - 0.9) < 0.05,
             N_("0.9% is the share of all 1,000 who are sick and positive. Divide by the positives alone, 9 + 89.")),
            (lambda n: abs(n - 10.1) < 0.3,
             N_("9 / 89 compares the sick with the healthy among the positives. The share is 9 of all positives, 9 + 89.")),
            (lambda n: abs(n - 0.092) < 0.004, N_("As a fraction that is right. In percent it is a hundred times that number.")),
        ),
        otherwise=N_("Count those with a positive test: 9 sick and 89 healthy. Which share of them is sick?"),
    ),
    Choice(
        id="probability-streak",
        text=N_("A fair coin has shown heads ten times in a row. By the law of large numbers the share of heads tends to one half. What "
                "about the next toss?"),
        options=(
            (N_("Tails is more likely: heads and tails have to even out"),
             N_("The coin remembers nothing. The law holds without evening out: after 10,000 more tosses ten extra heads shift the share "
                "by about 0.0005. They are not taken back, they are drowned.")),
            (N_("Heads is more likely: it is on a run"),
             N_("Ten heads would be evidence if you did not know the coin. This one is fair, and its tosses are independent of one "
                "another.")),
            (N_("Both are as likely as ever"),
             N_("Yes. The tosses are independent. The share tends to one half since ten heads weigh less and less among ever more tosses, "
                "not because tails catches up.")),
            (N_("Nothing can be said: ten tosses are too few for the law"),
             N_("The law speaks of averages of many tosses, and ten are few indeed. But of a single toss of a fair coin everything is "
                "known: one half.")),
        ),
        correct=2,
    ),
    Choice(
        id="probability-divergence",
        text=N_("In the scene on information, q gives one outcome no chance at all, and p gives it 5%. All others are possible in both. "
                "How large are KL(p‖q) and KL(q‖p)?"),
        options=(
            (N_("Both are infinite: the two no longer fit together"),
             N_("Only one direction is. KL(q‖p) averages over what q lets happen, and q never lets this outcome happen: it counts for "
                "nothing there.")),
            (N_("KL(p‖q) is infinite, KL(q‖p) is finite"),
             N_("Yes. Where p happens and q says “never”, the surprise −log 0 is infinite, and 5% of infinity is infinite. Averaged over "
                "q, the outcome has weight 0. That is why a network’s output must never be exactly 0.")),
            (N_("Both are finite: 5% is not much"),
             N_("However seldom it happens, when it does the surprise is −log 0. A small share of something infinite is infinite.")),
            (N_("They are equal, as distances are"),
             N_("KL is no distance: it is averaged over its first distribution, so its two directions differ. JS is the one that is "
                "symmetric.")),
        ),
        correct=1,
    ),
)
