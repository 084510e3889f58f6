"""Check yourself on losses: a line that ignores outliers without wasting good points, the steepest place of MSE, and three questions.

Of 40 sets of points, the mean distance from the true line (least squares / least absolute / Huber with δ = 0.5, 0.6, 0.8, 1, 1.2), with
two outliers of twenty where the page opens with them: 1.27 / 0.26 / 0.245, 0.249, 0.258, 0.273, 0.294; without outliers: 0.154 / 0.224 /
0.178, 0.172, 0.164, 0.159, 0.155. So MSE fails with outliers, MAE without, and Huber passes with δ from 0.6 to 1.
"""

from __future__ import annotations

from functools import lru_cache

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, Rule, at_least, rules, stays
from core.maths.lines import INTERCEPT, POINTS, SLOPE, off_on_average
from core.specs.losses import LossesSpec

SETS = range(1000, 1040)  # of points, none of them on screen
WITH, WITHOUT, FAR = 0.28, 0.175, 6.0


def far_out(spec: LossesSpec) -> Message | None:
    away = abs(spec.outlier_y - INTERCEPT - SLOPE * spec.outlier_x)
    return None if away >= FAR else Message(
        N_("The outliers stand {away:.1f} from the true line; for this challenge it must be at least {far:g}."), {"away": away, "far": FAR})


@lru_cache(maxsize=64)
def _off(loss: str, delta: float, outliers: int, x: float, y: float) -> float:
    return off_on_average(loss, delta, outliers, x, y, SETS)


def robust(spec: LossesSpec) -> tuple[bool, Message]:
    delta = spec.delta if spec.fit == "huber" else 1.0
    off = _off(spec.fit, delta, round(spec.share * POINTS / 100), spec.outlier_x, spec.outlier_y)
    clean = _off(spec.fit, delta, 0, 0.0, 0.0)
    said = {"off": off, "clean": clean, "most": WITH, "least": WITHOUT, "sets": len(SETS)}
    if off > WITH and clean > WITHOUT:
        return False, Message(N_("On {sets} sets of points your line is {off:.3f} off with outliers and {clean:.3f} without; at most "
                                 "{most:g} and "
                                 "{least:g} are asked for."), said)
    if off > WITH:
        return False, Message(N_("On {sets} sets of points your line is {off:.3f} off with outliers; at most {most:g} is asked for. They "
                                 "still pull "
                                 "too hard. Without outliers {clean:.3f} is good enough."), said)
    if clean > WITHOUT:
        return False, Message(N_("With outliers {off:.3f} is good enough. But without any your line is {clean:.3f} off, and at most "
                                 "{least:g} is "
                                 "asked for: it listens too little to how near the good points are."), said)
    return True, Message(N_("On {sets} sets of points that nobody chose your line is {off:.3f} off with outliers and {clean:.3f} "
                            "without."), said)


LINE: Rule[LossesSpec] = rules(stays("scene", "line"), at_least("share", 10), far_out)
STEEPEST = -0.6931471805599453  # -ln 2, where p = 1/3


def steepest(spec: LossesSpec) -> tuple[bool, Message]:
    if abs(spec.logit - STEEPEST) <= 0.06:
        return True, Message(N_("At z = {z:g} MSE pulls with 0.296, its most: p is about ⅓. Cross-entropy pulls with 0.67 there, and "
                                "with more "
                                "wherever the network is more wrong."), {"z": spec.logit})
    side = N_("further right") if spec.logit < STEEPEST else N_("further left")
    return False, Message(N_("At z = {z:g} the MSE’s slope is not yet at its greatest: look {side}."),
                          {"z": spec.logit, "side": ["_", side]})


CHALLENGES: tuple[Challenge[LossesSpec], ...] = (
    Challenge(
        id="losses-steepest",
        title=N_("Where MSE pulls hardest"),
        text=N_("In “Confidently wrong”: bring the logit to where the MSE’s slope is greatest, and see how wrong the network is there."),
        hint=N_("Follow the lower curve on the right to its top. It lies where the network is in doubt, not where it is most wrong."),
        allows=stays("scene", "logit"),
        state=steepest,
        reference=LossesSpec(scene="logit", logit=-0.7),
    ),
    Challenge(
        id="losses-outliers",
        title=N_("A line that ignores outliers"),
        text=N_("In “One outlier”: let at least 10% of the points be outliers, 6 or more from the true line. Choose your loss so that "
                "your line is "
                "at most 0.28 off the true one, on average over 40 sets of points, and without outliers at most 0.175 off (least squares "
                "reaches 0.154)."),
        hint=N_("MSE fails with outliers. MAE ignores them, but wastes good points: without outliers it is 0.22 off. Something in "
                "between has a "
                "δ: the points lie 0.6 from the line, give or take."),
        allows=LINE,
        state=robust,
        why=lambda spec: Message(N_("Errors up to δ = {delta:g} are averaged as MSE does it, larger ones have a bounded pull as in MAE: "
                                    "the best "
                                    "of both."), {"delta": spec.delta}),
        reference=LossesSpec(fit="huber", delta=0.8, share=10),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="losses-why-not-mse",
        text=N_("A network ends in a sigmoid, and for a sample of class 1 it answers 0.001. It learns by MSE. What happens?"),
        options=(
            (N_("It learns fast, for the error is almost 1"),
             N_("The error is almost 1, but the slope is not. On its way to the logit it is multiplied by the sigmoid’s slope p(1 − p) = "
                "0.001: "
                "about 0.002 is left.")),
            (N_("It hardly learns: where the sigmoid is flat, almost no gradient comes through"),
             N_("Yes. ∂MSE/∂z = 2(p − y)·p(1 − p) is about −0.002. Under cross-entropy it is p − y = −0.999: the sigmoid’s flatness "
                "cancels "
                "out.")),
            (N_("MSE cannot be computed for classes"),
             N_("It can: (0.001 − 1)² = 0.998. It even measures something sensible. It is its slope that fails.")),
            (N_("It learns as fast as under cross-entropy, since both losses are least at 1"),
             N_("They have the same lowest point, but not the same way there. Under MSE the start is a plateau; play “Confidently "
                "wrong”.")),
        ),
        correct=1,
    ),
    Number(
        id="losses-guess",
        text=N_("A new network tells ten classes apart and gives each the same probability. How large is its cross-entropy, in nats?"),
        answer=2.302585,
        tolerance=0.01,
        right=N_("Yes, −ln 0.1 = ln 10 = 2.303. If your first loss is far from it, something is wrong before training has begun."),
        wrong=(
            (lambda v: abs(v - 1) < 0.011, N_("1 is −log₁₀ 0.1. Losses use the natural logarithm: −ln 0.1.")),
            (lambda v: abs(v - 3.3219) < 0.011, N_("That is in bits, log₂ 10. In nats it is the natural logarithm: ln 10.")),
            (lambda v: abs(v - 0.1) < 0.001, N_("0.1 is the probability of the true class. The loss is minus its logarithm.")),
            (lambda v: v < 0, N_("Almost: the logarithm of 0.1 is negative, and the loss is minus that.")),
            (lambda v: abs(v - 23.02585) < 0.06, N_("Only the true class counts in the sum: its label is 1, those of the others are 0.")),
        ),
        otherwise=N_("Only the true class counts: its probability is 0.1, and the loss is −ln of that."),
    ),
    Choice(
        id="losses-from-logits",
        text=N_("Your network ends in a sigmoid. In PyTorch-like plain arithmetic you put its output into a cross-entropy that expects "
                "logits. The "
                "true label is 1. What do you see in training?"),
        options=(
            (N_("An error message: logits may be negative, probabilities may not"),
             N_("Every number between 0 and 1 is also a possible logit. Nothing complains, and that is what makes this mistake costly.")),
            (N_("The loss falls to 0, as usual, only more slowly"),
             N_("It cannot fall to 0. The best output, 1, is read as a logit, and σ(1) is only 0.73.")),
            (N_("The loss falls at first and then gets stuck above 0.31, however good the network is"),
             N_("Yes: −ln σ(1) = 0.313 is the least it can be. A loss that stops at such a strange number deserves a look at "
                "from_logits.")),
            (N_("Nothing unusual, for every framework finds the logits by itself"),
             N_("Keras does when nothing stands between sigmoid and loss, and then warns. After a reshape it does not, and PyTorch never "
                "does.")),
        ),
        correct=2,
    ),
)
