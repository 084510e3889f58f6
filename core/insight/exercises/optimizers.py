"""Check yourself on optimizers: out of the ravine with three of them at once, and two questions.

The ravine that the page opens with has eigenvalues 10 and 0.1, turned by 20°; from (−4, 2) its floor is 3 long. Plain gradient descent
ends no lower than 0.047 after 60 steps, at any rate. Momentum and Nesterov share a rate and a momentum, and want less than 0.9: at 0.1
and 0.8 they end at 0.0002 and 0.0003; RMSprop does at a rate of 0.3, Adam with β₂ = 0.9 at 0.5.
"""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_, _, listed
from core.insight.challenges import Challenge, Choice, Number, Question, Rule, at_most, rules, stays
from core.maths.race import heights, noise_of, path
from core.maths.surfaces import ravine
from core.specs.optimizers import RACERS, OptimizersSpec

START = OptimizersSpec()
STEPS, HEIGHT, MANY = 60, 0.01, 3


def same_ravine(spec: OptimizersSpec) -> Message | None:
    fields = ("steep", "flat", "angle", "start_x", "start_y")
    return None if all(getattr(spec, name) == getattr(START, name) for name in fields) else Message(
        N_("For this challenge the ravine and the start are those that the page opens with: λmax = 10, λmin = 0.1, 20°, from (−4, 2). "
           "“Reset” "
           "brings them back."))


def out(spec: OptimizersSpec) -> tuple[bool, Message]:
    """Whether at least three optimizers end low enough; what is another's twin (SGD without noise is gradient descent,
    AdamW without decay is Adam) counts with it."""
    surface = ravine(spec.steep, spec.flat, spec.angle)
    twins = {"sgd": "gd" if not noise_of(spec, "sgd") else "", "adamw": "adam" if not spec.weight_decay else "",
             "nesterov": "momentum" if not spec.momentum else ""}
    racers = [racer for racer in spec.racers if twins.get(racer, "") not in spec.racers]
    ends = {racer: float(heights(surface, one.x)[-1]) for racer in racers if (one := path(spec, racer)).end != "diverged"}
    there = [racer for racer in racers if ends.get(racer, 1.0) <= HEIGHT]
    if len(there) >= MANY:
        return True, Message(N_("Out of the ravine in {steps} steps, all with the same settings: {names}."),
                             {"steps": spec.steps, "names": listed(_(RACERS[racer]) for racer in there)})
    rest = sorted((racer for racer in ends if racer not in there), key=lambda racer: ends[racer])
    if not rest:
        return False, Message(N_("{count} of three are below {height:g} after {steps} steps. Let more of them race."),
                              {"count": len(there), "height": HEIGHT, "steps": spec.steps})
    return False, Message(N_("{count} of three are below {height:g} after {steps} steps. The next, {name}, is at {now:.2g}."),
                          {"count": len(there), "height": HEIGHT, "steps": spec.steps, "name": ["_", RACERS[rest[0]]],
                           "now": ends[rest[0]]})


RAVINE: Rule[OptimizersSpec] = rules(stays("scene", "race"), stays("surface", "ravine"), same_ravine, at_most("steps", STEPS))

CHALLENGES: tuple[Challenge[OptimizersSpec], ...] = (
    Challenge(
        id="optimizers-ravine",
        title=N_("Three out of the ravine"),
        text=N_("Bring three optimizers out of the ravine at once: after at most 60 steps each of them ends at a height of at most 0.01. "
                "All share "
                "the settings; the ravine and the start stay as they are when the page opens. Set “Number of steps” to 60 under “More”."),
        hint=N_("Plain gradient descent cannot do it, however you set its rate: count on the others. Momentum of 0.9 swings too long for "
                "60 steps; "
                "take less, and a higher rate. Nesterov has the lower limit of the two, 2(1 + β)/((1 + 2β)λmax). For a third, look at how "
                "far "
                "the adaptive ones have to walk."),
        allows=RAVINE,
        state=out,
        reference=START.changed(steps=60, racers=("gd", "momentum", "nesterov", "rmsprop"), learning_rate=0.1, momentum=0.8,
                                adaptive_rate=0.3),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="optimizers-limit",
        text=N_("A loss is curved most strongly in one direction, with an eigenvalue of 50. Above which learning rate does plain gradient "
                "descent "
                "diverge?"),
        answer=0.04,
        tolerance=1e-4,
        right=N_("2/50 = 0.04. There a step multiplies the distance by 1 − 0.04 · 50 = −1: it lands as far away on the other side."),
        wrong=(
            (lambda n: abs(n - 0.02) < 1e-6, N_("At 1/50 = 0.02 the factor 1 − ηλ is 0: in that direction it arrives in a single step. It "
                                                "may be twice "
                                                "as large before it diverges.")),
            (lambda n: abs(n - 25) < 1e-6, N_("25 is 50/2; turn it over. Steep ground needs small steps.")),
            (lambda n: abs(n - 50) < 1e-6, N_("50 is the eigenvalue. The steeper the curve, the smaller the rate has to be.")),
            (lambda n: n <= 0, N_("A learning rate is positive; otherwise it would walk uphill.")),
            (lambda n: n < 0.04, N_("It still converges there: the factor |1 − 50η| is below 1. Look for the rate at which it is 1 "
                                    "again.")),
        ),
        otherwise=N_("There it has long diverged. A step multiplies the distance by 1 − 50η; when is that −1?"),
    ),
    Choice(
        id="optimizers-first-step",
        text=N_("Adam starts with a learning rate of 0.1. The gradient of one weight is 1000, that of another 0.001. How far does each "
                "move in the "
                "first step?"),
        options=(
            (N_("The first by 100, the second by 0.0001"),
             N_("That is gradient descent: rate times gradient. Adam divides the mean of the gradients by their size, and after one step "
                "both are "
                "the gradient itself.")),
            (N_("Both by about 0.1"),
             N_("Yes. Corrected for their start at 0, the mean of g is g and its size is |g|, so the step is 0.1 · g/|g|: the rate, with "
                "the sign of the gradient.")),
            (N_("Both by about 0.01, since β₁ keeps nine tenths of the old mean, which is 0"),
             N_("So it would be without the correction of m; but Adam divides by 1 − β₁, and v is corrected as well. What is left is the "
                "rate.")),
            (N_("The second hardly at all: its gradient is too small"),
             N_("Its size is small, too, and that is what it is divided by. Only a gradient near ε = 10⁻⁷ would move less.")),
        ),
        correct=1,
    ),
)
