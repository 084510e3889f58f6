"""Check yourself on generative adversarial networks: eight modes from a run that collapses, and four questions."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Goal, Number, Question, at_least, from_zero, rules, stays
from core.specs.gan import COLLAPSE, GanSpec

MODES, MOST = 8, 2  # to be covered; settings that may differ from the preset's
PRESET = GanSpec(**COLLAPSE)


def changed(spec: GanSpec) -> list[str]:
    """The settings that differ from the preset's and have a say; the seed is the judge's own."""
    plain = spec.changed(seed=PRESET.seed)
    names = [name for name in type(spec).model_fields if name not in ("branch", "seed")]
    return [name for name in names if getattr(plain, name) != getattr(PRESET, name) and name not in plain.idle]


def near(spec: GanSpec) -> Message | None:
    """At most MOST settings are others than the preset's."""
    found = changed(spec)
    if len(found) <= MOST:
        return None
    return Message(N_("{count} settings are others than in the preset that collapses; for this challenge at most {most} may be."),
                   {"count": len(found), "most": MOST})


def why(spec: GanSpec) -> Message:
    found = changed(spec)
    labels = {f"name{i}": ["_", spec.control(name).label] for i, name in enumerate(found)}
    if len(found) == 1:
        return Message(N_("“{name0}” alone made the difference: whoever stands still on one mode is found out there, and every mode stays "
                          "worth going to."), labels)
    return Message(N_("“{name0}” and “{name1}” made the difference: whoever stands still on one mode is found out there, and every mode "
                      "stays worth going to."), labels)


CHALLENGES: tuple[Challenge[GanSpec], ...] = (
    Challenge(
        id="gan-modes",
        title=N_("Eight modes from the collapse"),
        text=N_("Take the preset “Mode collapse”, leave its generator all of its ten updates, and change at most two other settings, so "
                "that at the end all 8 clouds are covered."),
        hint=N_("Look at the arrows: do all fakes run after the same cloud, together? A discriminator that knows more about each place, "
                "and one that has caught up before the generator moves on, give other arrows."),
        allows=rules(from_zero, stays("dataset", "ring8"), at_least("g_steps", PRESET.g_steps), near),
        goal=Goal(lambda _, rows: rows[-1].get("modes"), MODES, N_("modes covered")),
        why=why,
        reference=PRESET.changed(d_steps=10),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="gan-saturates",
        text=N_("The discriminator gives a fake D = 0.01. The generator’s loss is a function of the discriminator’s logit, D = σ(logit). "
                "How many times as steep is the non-saturating loss −log D there as the minimax loss log(1 − D)?"),
        answer=99, tolerance=0.5,
        right=N_("99 times: the slope of −log D is −(1 − D) = −0.99, that of log(1 − D) is −D = −0.01. The surer the discriminator is, the "
                 "less a minimax generator learns."),
        wrong=(
            (lambda n: abs(n - 100) <= 0.5, N_("Nearly: 1 ÷ D is what the two slopes have to do with each other as functions of D. As "
                                               "functions of the logit they are −(1 − D) and −D.")),
            (lambda n: abs(n - 1 / 99) < 1e-3 or abs(n - 0.01) < 1e-3, N_("The other way round: where D is near 0, the minimax loss is "
                                                                          "flat.")),
            (lambda n: abs(n - 0.99) < 1e-3, N_("That is the slope of the non-saturating loss. Divide it by that of the minimax loss.")),
            (lambda n: n == 1, N_("Both want D(fake) to rise, but not equally strongly. Take the derivatives: σ′ = σ(1 − σ).")),
        ),
        otherwise=N_("Take both derivatives with respect to the logit: σ′ = σ(1 − σ), so −log D has −(1 − D) and log(1 − D) has −D."),
    ),
    Number(
        id="gan-squashed",
        text=N_("A discriminator ends in a sigmoid, and its output p is then trained as if it were a logit: for label 1 the loss is −log "
                "σ(p). How small can that loss become at best?"),
        answer=0.3133, tolerance=0.002,
        right=N_("0.313: p is at most 1, and −log σ(1) = log(1 + e⁻¹). At worst, with p = 0, it is log 2 = 0.693. All verdicts lie between "
                 "these two, so the loss hardly tells a good one from a bad one."),
        wrong=(
            (lambda n: n == 0, N_("It would be so if the sigmoid were taken once. Its output never exceeds 1, and σ(1) is only 0.731.")),
            (lambda n: abs(n - 0.693) < 0.002, N_("That is the worst it can get, with p = 0. The best is p = 1.")),
            (lambda n: abs(n - 0.731) < 0.002, N_("That is σ(1). The loss is its negative logarithm.")),
            (lambda n: abs(n - 1.313) < 0.002, N_("That is the loss for label 0 at p = 1: −log(1 − σ(1)).")),
        ),
        otherwise=N_("What comes out of the first sigmoid lies between 0 and 1. Put its best value, 1, into −log σ(p)."),
    ),
    Choice(
        id="gan-apart",
        text=N_("All data lie on one line, all fakes on another, parallel to it. The generator moves its line slowly towards the data. "
                "Which number falls all the way?"),
        options=(
            (N_("KL divergence"), N_("As long as the lines do not touch, it divides by zero: infinite, and then suddenly 0.")),
            (N_("JS divergence"), N_("It is 1 bit as long as no place has both, however near they are, and then suddenly 0. (On a grid it "
                                     "falls once they share cells.)")),
            (N_("Wasserstein distance"), N_("Yes. It is how far the points have to be moved, so every step counts. That is why Wasserstein "
                                            "GANs learn even where the clouds do not overlap.")),
            (N_("How often a perfect discriminator is right"), N_("It is always right until the lines coincide: it can tell even "
                                                                  "neighbouring lines apart. So its gradient vanishes where it is most "
                                                                  "needed.")),
        ),
        correct=2,
    ),
    Choice(
        id="gan-draw",
        text=N_("D(real) and D(fake) have both settled at ½. What does that say?"),
        options=(
            (N_("The fakes are as good as real"), N_("Perhaps. But a discriminator without a hidden layer also says ½ if the middles of "
                                                     "both clouds are the same, whatever their forms.")),
            (N_("This discriminator can only guess: the fakes are right, or it cannot see what is wrong"),
             N_("Yes. Its verdict is as good as it is itself. So the distance is measured by something that plays no part in the game.")),
            (N_("Both networks have stopped learning"), N_("Their gradients are small, but each change of the one gives the other "
                                                           "something to learn. Runs often leave this point again.")),
            (N_("The generator has collapsed to one mode"), N_("Then the discriminator would soon give that mode less than ½: there are "
                                                               "far too many points in it.")),
        ),
        correct=1,
    ),
)
