"""Check yourself on convolutional networks: see far with few weights, and three questions.

Why the rules are what they are (validation accuracies of digits, three seeds): the articles' network gets 0.970 to 0.989 with 35,914
weights and a receptive field of 10. Two blocks of one 5 × 5 convolution see 16 pixels and get 0.970 to 0.978 with 3,110; the reference,
four of 3 × 3 with batch normalization and the average of each map, 0.989 to 0.996 with 4,366.
"""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_least, at_most, final, from_zero, rules, stays
from core.specs.cnn import CnnSpec

WIDE, MOST = 11, 5000  # pixels; weights


def weights(spec: CnnSpec) -> int:
    return sum(size.weights for size in spec.sizes)


def sees(spec: CnnSpec) -> int:
    """The receptive field of the last map; of a network without one a pixel's own."""
    return max((size.receptive for size in spec.sizes if size.receptive), default=1)


def far_with_few(spec: CnnSpec) -> Message | None:
    if not spec.fits:
        return Message(N_("This network cannot be built; the message above the figures says why."))
    if sees(spec) < WIDE:
        return Message(N_("A place of its last map sees {size} × {size} pixels; it should see at least {least} × {least}."),
                       {"size": sees(spec), "least": WIDE})
    return None if weights(spec) <= MOST else Message(
        N_("It has {weights:,} weights; for this challenge it may have at most {most:,}."), {"weights": weights(spec), "most": MOST})


CHALLENGES: tuple[Challenge[CnnSpec], ...] = (
    Challenge(
        id="cnn-far-with-few",
        title=N_("See far with few weights"),
        text=N_("On the digits: a network whose last map sees at least 11 × 11 pixels, with at most 5,000 weights, and a validation "
                "accuracy of at least 0.975 after at most 20 epochs. At least a tenth of all 1,797 images are for validation."),
        hint=N_("“The layers in numbers” below the figures counts for you. Nearly all of the articles’ weights are in its second "
                "convolution and its dense layer. A second "
                "convolution in a block lets it see farther for few weights, and the average of each map takes the fewest of all. Batch "
                "normalization allows a higher learning rate."),
        allows=rules(from_zero, stays("dataset", "digits"), at_least("points", 1797), at_most("train_share", 0.8), at_most("epochs", 20),
                     far_with_few),
        goal=final(CnnSpec().score, 0.975),
        why=lambda spec: Message(N_("With {weights:,} weights, the articles’ network has 35,914, it sees {size} × {size} pixels: small "
                                    "kernels one after the other see far, and the same few weights serve every place."),
                                 {"weights": weights(spec), "size": sees(spec)}),
        reference=CnnSpec(filters=(12, 12), repeat=2, end="average", dense=(), batch_norm=True, learning_rate=0.005),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="cnn-flatten",
        text=N_("An image of 28 × 28 goes through a convolution with 32 kernels of 3 × 3 without padding, then through pooling of 2 × 2. "
                "How many numbers come out of flatten?"),
        answer=5408,
        right=N_("5,408 it is: 28 − 3 + 1 = 26, half of that is 13, and 13 × 13 × 32 = 5,408."),
        wrong=(
            (lambda n: n in (20000, 18432), N_("That takes 25 or 24 for the side after the convolution. A kernel of 3 has 28 − 3 + 1 = 26 "
                                               "places along a side of 28; pooling halves that.")),
            (lambda n: n == 6272, N_("That is with padding “same”, where the convolution leaves 28. Without padding it leaves "
                                     "28 − 3 + 1.")),
            (lambda n: n == 21632, N_("That is before pooling: 26 × 26 × 32. Pooling halves both sides.")),
            (lambda n: n == 169, N_("That is one map: 13 × 13. There are 32 of them.")),
            (lambda n: n == 320, N_("Those are the weights of the convolution, (3 × 3 + 1) × 32. Asked for is what it puts out.")),
        ),
        otherwise=N_("Go step by step: a kernel of 3 has 28 − 3 + 1 places along a side, pooling by 2 halves the side, and there are 32 "
                     "maps."),
    ),
    Choice(
        id="cnn-move",
        text=N_("A network with padding “same” has learned to tell digits. The same digit is moved two pixels to the right. What do the "
                "maps of the first convolution do?"),
        options=(
            (N_("They stay as they are: a convolution does not care where something is"),
             N_("Not the convolution: it answers where the pattern is, so its answer moves along. Only the average of a whole map, or a "
                "maximum over it, no longer knows the place.")),
            (N_("They move two pixels to the right as well"),
             N_("Yes. The same weights look everywhere, so a shifted image gives shifted maps. Pooling then blurs small shifts, and the "
                "average of a map forgets the place altogether.")),
            (N_("They change in ways that nobody can foresee, as in a dense network"),
             N_("A dense layer has other weights for every pixel, so there it is so. A convolution has the same weights everywhere.")),
            (N_("They grow weaker, because the digit was learned in the middle"),
             N_("Every place of a map has the same weights: nothing was learned for the middle only. What the dense layer makes of it is "
                "another matter.")),
        ),
        correct=1,
    ),
    Choice(
        id="cnn-two-small",
        text=N_("Two convolutions of 3 × 3 one after the other, or one of 5 × 5, each with as many maps in as out. What is true?"),
        options=(
            (N_("Both see 5 × 5 pixels; the two small ones have fewer weights and bend twice"),
             N_("Yes: 3 + 3 − 1 = 5. They have 2 · 9 = 18 weights for every pair of maps where the large one has 25, and an activation "
                "in between.")),
            (N_("The two small ones see 6 × 6 pixels"),
             N_("The second sees three places of the first map, which are one pixel apart and each see three: 3 + (3 − 1) · 1 = 5.")),
            (N_("The two small ones see 9 × 9 pixels"),
             N_("Sizes do not multiply: neighbouring places see overlapping windows. 3 + (3 − 1) · 1 = 5.")),
            (N_("Both see 5 × 5 pixels, and both have the same number of weights"),
             N_("They see the same, but 2 · 9 = 18 is less than 25.")),
        ),
        correct=0,
    ),
)
