"""Check yourself on the image project: little data, a result that sealed tests bear out, and three questions.

Why the rules are what they are (sealed test accuracies of digits on the three seeds of the challenge): with 70% of the images the
articles' network gets 0.974 to 0.985, so 0.96 would be no task. With 20%, 359 images, it gets 0.911 to 0.953; the reference, whose images
are shifted and turned, 0.967 to 0.986. Of 719 test images 0.96 to 0.97 is half an interval: fewer would not tell the two apart.
"""

from __future__ import annotations

from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_least, at_most, from_zero, on_sealed, rules, stays
from core.specs.cnn import CnnSpec

CHALLENGES: tuple[Challenge[CnnSpec], ...] = (
    Challenge(
        id="image_project-sealed",
        title=N_("A number that holds"),
        text=N_("On the digits, learn from at most a fifth of the images, 359 of them, and reach 0.96 on the sealed test after at most 40 "
                "epochs. Open the sealed test of the digits once, and three times at most, whatever the split: you are judged on splits "
                "that you have not seen."),
        hint=N_("Choose by validation alone, which is large here. With so few images the articles’ network learns them by heart: show each "
                "one shifted and turned. Batch normalization, small batches and a learning rate that falls to zero help, too."),
        allows=rules(from_zero, stays("dataset", "digits"), at_least("points", 1797), at_most("train_share", 0.2), at_most("epochs", 40)),
        goal=on_sealed(0.96),
        looks=3,
        reference=CnnSpec(train_share=0.2, batch_norm=True, augmentation="shift_turn", schedule="cosine", learning_rate=0.003, epochs=40,
                          batch_size=16),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="image_project-sealed-why",
        text=N_("Ten networks are compared on the validation set, and the best is taken: 0.981. On the sealed test it gets 0.967. What is "
                "the likeliest reason?"),
        options=(
            (N_("The best of ten is partly the luckiest, so its validation number is too good"),
             N_("Yes. Each number is off by chance, and whoever takes the greatest of ten takes the luck with it. The test was not chosen "
                "by, so its number is honest. That is why it stays sealed.")),
            (N_("The test pictures are harder than the validation pictures"),
             N_("Both were drawn from the same pictures by the same rule. One draw may be a little harder, but that would go either way, "
                "and here the way was to be expected.")),
            (N_("The network has memorised the validation pictures"),
             N_("It never learned from them: no gradient came from validation. It is you who chose by them, which does the same more "
                "gently.")),
            (N_("It has forgotten something between validation and test"),
             N_("The weights are the same at both. Only the pictures differ, and what was decided by them.")),
        ),
        correct=0,
    ),
    Number(
        id="image_project-interval",
        text=N_("Of 270 sealed test pictures a network reads 262: 0.970. About how many percentage points to either side does the 95% "
                "interval reach, by 2 √(p (1 − p) / n)?"),
        answer=2.1,
        tolerance=0.1,
        unit=N_("percentage points"),
        right=N_("2.1 it is: 2 √(0.97 · 0.03 / 270) = 0.021. So 0.970 and 0.955 on 270 pictures may well be the same quality; the Wilson "
                 "interval on the page, which is not symmetric, goes from 0.943 to 0.985."),
        wrong=(
            (lambda n: abs(n - 0.021) < 0.002, N_("That is the share, 0.021; a share of 0.01 is one percentage point.")),
            (lambda n: abs(n - 1.04) < 0.06, N_("That is one standard error, √(p (1 − p) / n). 95% of a normal distribution take two of "
                                                "them to either side.")),
            (lambda n: abs(n - 4.15) < 0.2, N_("That is the whole width of the interval. Asked for is how far it reaches to one side.")),
            (lambda n: abs(n - 34.1) < 0.6, N_("That is 2 √(p (1 − p)) without the n: it is divided by 270 under the root.")),
        ),
        otherwise=N_("Put in p = 0.97 and n = 270: p (1 − p) is 0.0291; divide by 270, take the root, double it, and write it in percent."),
    ),
    Number(
        id="image_project-batches",
        text=N_("The CIFAR article trains on 50,000 pictures in batches of 64. How many steps does an epoch have?"),
        answer=782,
        right=N_("782 it is: 50,000 / 64 = 781.25, and the last 16 pictures are a batch as well. A report “every 2,000 batches” therefore "
                 "never comes."),
        wrong=(
            (lambda n: n == 781, N_("781 full batches are 49,984 pictures. The 16 that are left make one more, smaller batch.")),
            (lambda n: abs(n - 781.25) < 0.01, N_("A quarter of a step there is not: the last batch is smaller, but it is a step.")),
            (lambda n: n == 12500, N_("That is for batches of 4. The article’s batches have 64 pictures.")),
            (lambda n: n in (938, 937), N_("That is for MNIST’s 60,000 pictures. CIFAR-10 has 50,000 for training.")),
        ),
        otherwise=N_("Divide 50,000 by 64 and round up: what is left over at the end makes a batch too."),
    ),
)
