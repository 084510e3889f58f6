"""Check yourself on GANs for images: three questions."""

from __future__ import annotations

from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question
from core.specs.gan_images import ImageGanSpec

CHALLENGES: tuple[Challenge[ImageGanSpec], ...] = ()

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
