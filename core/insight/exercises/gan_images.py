"""Check yourself on GANs for images: fakes that are clear and of every class, and three questions."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Goal, Number, Question, Rows, at_most, from_zero, rules, stays
from core.specs.gan_images import ImageGanSpec

CLEAR, CLASSES, EPOCHS = 0.7, 10, 60


def clear(_spec: ImageGanSpec, rows: Rows) -> float | None:
    """The share of clear fakes; 0 where classes are missing among them."""
    return rows[-1].get("sure") if rows[-1].get("classes") == CLASSES else 0.0


def why(spec: ImageGanSpec) -> Message:
    if spec.conditional:
        return Message(N_("Both networks are told the class. So the discriminator asks more than “is it a digit?”: it must be this one. "
                          "And the generator need not invent for itself which digits there are."))
    return Message(N_("Clear, and of every class, without being told which: the discriminator has been a good teacher all the way."))


CHALLENGES: tuple[Challenge[ImageGanSpec], ...] = (
    Challenge(
        id="gan-images-clear",
        title=N_("Clear, and of every class"),
        text=N_("On the digits, with dense networks and at most 60 epochs: have the classifier be sure of 70% of the fakes, with all ten "
                "classes among them."),
        hint=N_("Most unclear fakes lie between two digits: a bit of a 3, a bit of an 8. Look for what both networks could be told, so "
                "that such a fake is found out."),
        allows=rules(from_zero, stays("source", "digits"), stays("model", "article"), at_most("epochs", EPOCHS)),
        goal=Goal(clear, CLEAR, N_("share of clear fakes, if all ten classes are covered")),
        why=why,
        reference=ImageGanSpec(conditional=True),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="gan-images-judge",
        text=N_("A classifier is sure of 100% of a generator’s fakes, and all of them are sevens. How good is the generator?"),
        options=(
            (N_("Perfect: every fake is clear"),
             N_("Each alone may be. But a tenth of the real digits are sevens, not all of them: how clear fakes are says nothing of how "
                "varied they are.")),
            (N_("It has collapsed: the fakes are clear, but of one class only"),
             N_("Yes. So two numbers are measured, how many fakes are clear and how many classes they cover. Even both together do not "
                "tell whether all sevens are the same one.")),
            (N_("It cannot be: the discriminator would have noticed"),
             N_("The discriminator sees one image at a time. That all fakes are alike it only notices once it has learned to mistrust "
                "sevens, and then the generator moves on to another digit.")),
        ),
        correct=1,
    ),
    Choice(
        id="gan-images-memory",
        text=N_("Beside a fake stand the real images nearest to it. New real images usually have one at a distance of 100%. When do you "
                "suspect that the generator has learned by heart?"),
        options=(
            (N_("If the nearest is far below 100%, and so for many fakes"),
             N_("Yes. Then the fakes lie closer to what was learned from than real images lie to each other.")),
            (N_("If the nearest is far above 100%"),
             N_("Then the fake is like no real image at all: blurred, or no digit. That is the other failure.")),
            (N_("If all of the nearest are of the same class"), N_("They should be: a seven lies near other sevens, also if it is new.")),
            (N_("If the discriminator takes it for real"), N_("That is what the generator is for. It can be new all the same.")),
        ),
        correct=0,
    ),
    Number(
        id="gan-images-weights",
        text=N_("The article’s generator makes 28 × 28 pixels from 100 numbers, with one dense layer of 128 neurons between. How many "
                "weights does it have, biases included?"),
        answer=114_064,
        right=N_("114,064: 100 · 128 + 128 into the layer, 128 · 784 + 784 out of it."),
        wrong=(
            (lambda n: n == 113_152, N_("Those are the weights without biases: 128 + 784 are missing.")),
            (lambda n: n == 12_928, N_("That is the first layer alone. Each of the 784 pixels is a neuron, too.")),
            (lambda n: n == 101_136, N_("That is the last layer alone, from 128 neurons to 784 pixels.")),
        ),
        otherwise=N_("Each layer has inputs · neurons weights, and a bias for each neuron; the last one has a neuron for each pixel."),
    ),
)
