"""Check yourself on calculus: how large a step may be, where smaller becomes worse, and three questions.

Both challenges are about eˣ at x = 1 in 64 bits. The forward difference is off by about h e / 2, so 0.001 is passed at h = 0.000736
(log₁₀ h = −3.13; of the slider's places −3.15 passes and −3.10 does not). From rounding it is off by about ε e / h, which is 0.001
near h = 10⁻¹²·⁵ to 10⁻¹³, where single places of the slider jump: half a decade of room.
"""

from __future__ import annotations

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, Rule, rules, stays
from core.maths.differences import forward
from core.maths.expressions import parse
from core.maths.rules import differentiate
from core.specs.calculus import CalculusSpec

TARGET, STEP = 1e-3, 0.05
HALF = -8.0  # log₁₀ h: between the two faults


def error(spec: CalculusSpec, log_h: float) -> float:
    """How far the forward difference is off at this step."""
    tree = parse(spec.checked)
    return abs(float(forward(tree, spec.x, 10**log_h)) - float(differentiate(tree, "x").evaluate(x=spec.x)))


def said(value: float) -> str:
    return f"{value:.2g}"


def largest(spec: CalculusSpec) -> tuple[bool, Message]:
    """Below the target, and one place further up no more."""
    now, next_up = error(spec, spec.log_step), error(spec, spec.log_step + STEP)
    values = {"error": said(now), "next": said(next_up), "h": said(10**spec.log_step)}
    if spec.log_step < HALF:
        return False, Message(N_("The slope is off by {error}, but because h is too small. The largest h is on the other "
                                 "side."), values)
    if now >= TARGET:
        return False, Message(N_("With h = {h} the slope is off by {error}; it must be less than 0.001. Make h smaller."), values)
    if next_up < TARGET:
        return False, Message(N_("With h = {h} the slope is off by {error}, which is less than 0.001. But h can be larger."), values)
    return True, Message(N_("h = {h}: off by {error}. One place further up it would be {next}, too much."), values)


def again(spec: CalculusSpec) -> tuple[bool, Message]:
    """On the side of small steps, the first place from above where the target is missed, give or take half a decade."""
    places = np.round(np.arange(HALF, -16.01, -STEP), 2)
    first = next(place for place in places if error(spec, place) >= TARGET)
    now = error(spec, spec.log_step)
    values = {"error": said(now), "h": said(10**spec.log_step)}
    if spec.log_step > HALF:
        return False, Message(N_("h = {h} is still on the side where smaller is better. Go past the lowest point."), values)
    if now < TARGET:
        return False, Message(N_("With h = {h} the slope is off by {error}: still less than 0.001. Make h smaller."), values)
    if spec.log_step < first - 0.5:
        return False, Message(N_("With h = {h} the slope is off by {error}, but it was worse than 0.001 before. Go back to where it "
                                 "begins."),
                              values)
    return True, Message(N_("Near h = {h} the error is back at 0.001 ({error}): below it too few digits are left."), values)


FAIR: Rule[CalculusSpec] = rules(stays("scene", "numeric"), stays("checked", "e^x"), stays("x", 1.0), stays("precision", "float64"))
START = CalculusSpec(scene="numeric")

CHALLENGES: tuple[Challenge[CalculusSpec], ...] = (
    Challenge(
        id="calculus-largest-step",
        title=N_("The largest step that will do"),
        text=N_("In “Numerical check”, for e^x at x = 1 in 64 bits: find the largest h, to the nearest step of the slider, with which the "
                "forward difference is off by less than 0.001."),
        hint=N_("Choose the preset eˣ. The dotted line is 0.001; the orange curve crosses it somewhere between h = 0.01 and h = 0.0001."),
        allows=FAIR, state=largest, reference=START.changed(log_step=-3.15),
        why=lambda spec: Message(N_("The error is about h · f″/2, so how large h may be is a question of how much the curve bends.")),
    ),
    Challenge(
        id="calculus-worse-again",
        title=N_("Where it gets worse again"),
        text=N_("The same e^x at x = 1: go on making h smaller, past the best place. Find where, coming from there, the forward "
                "difference is off by 0.001 or more again."),
        hint=N_("Follow the orange curve to the right of its lowest point. It is ragged there, because what is left are rounding "
                "errors; half a decade more or less does not matter."),
        allows=FAIR, state=again, reference=START.changed(log_step=-12.85),
        why=lambda spec: Message(N_("Rounding errors are about 10⁻¹⁶; divided by h they are 0.001 again near 10⁻¹³. Formulas have no "
                                    "such limit, which is why gradients are worked out by rule.")),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="calculus-secant",
        text=N_("f(x) = x². How steep is the secant from x = 3 to x = 3.5?"),
        answer=6.5, tolerance=0.001,
        right=N_("Yes: (12.25 − 9) / 0.5 = 6.5. For x² the secant is steeper than the tangent by exactly h."),
        wrong=(
            (lambda n: n == 6, N_("6 is the slope of the tangent at 3. The secant goes to 3.5, where the curve is steeper already.")),
            (lambda n: n == 7, N_("7 is the slope of the tangent at 3.5. The secant lies between the two tangents.")),
            (lambda n: abs(n - 3.25) < 1e-9, N_("3.25 is how far it climbs. Divide by how far it went to the right: 0.5.")),
            (lambda n: abs(n - 1.625) < 1e-9, N_("Divide by 0.5, which is the same as multiplying by 2; you multiplied by a half.")),
        ),
        otherwise=N_("Work out both heights, 3² and 3.5², and divide their difference by 0.5."),
    ),
    Choice(
        id="calculus-across",
        text=N_("You stand on a slope and walk along the contour line. What is the angle between your path and the gradient, and how "
                "steep is your path?"),
        options=(
            (N_("0°, and it is the steepest path"),
             N_("Along the gradient it is steepest. But a contour line is where the height stays the same, so your path cannot climb.")),
            (N_("90°, and it is level"),
             N_("Yes. The slope in a direction is ‖∇f‖ times the cosine of the angle to the gradient, and cos 90° = 0.")),
            (N_("45°, and it is half as steep"),
             N_("At 45° you would still climb, 0.71 times as steeply as along the gradient. On a contour line the height does not change "
                "at all.")),
            (N_("180°, and it goes down"),
             N_("180° is against the gradient: straight down, where gradient descent goes. The contour line lies across that.")),
        ),
        correct=1,
    ),
    Choice(
        id="calculus-chain",
        text=N_("u = 3x and y = u². At x = 2, by how much does y change when x is pushed by 0.01?"),
        options=(
            (N_("By about 0.04"),
             N_("That is 2 · 2 · 0.01, as if y were x². But u is 6 at x = 2, and u itself moves three times as far as x.")),
            (N_("By about 0.12"),
             N_("12 is the slope of u² at u = 6. One factor is missing: u moves by 0.03, not by 0.01.")),
            (N_("By about 0.36"),
             N_("Yes. The nudge is stretched by 3 on the way to u and by 2u = 12 on the way to y: 36 · 0.01.")),
            (N_("By about 0.15"),
             N_("3 + 12 is 15, but the factors of a chain are multiplied: a stretched nudge is stretched again.")),
        ),
        correct=2,
    ),
)
