"""The page on losses: what each scene moves."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

DATA, LOSS, OUTPUT, TRAINING, DISPLAY = N_("Data"), N_("Loss"), N_("Output of the network"), N_("Training"), N_("Display")

SCENES = {"line": N_("One outlier"), "curves": N_("Curves and slopes"), "logit": N_("Confidently wrong"),
          "softmax": N_("Softmax, step by step"),
          "lab": N_("Two losses, one network"), "noise": N_("The noise behind a loss"), "from_logits": N_("The from_logits mistake")}
FITS = {"mse": "MSE", "mae": "MAE", "huber": "Huber"}
PAIRS = {"mse_mae": N_("curve: MSE, MAE"), "mse_huber": N_("curve: MSE, Huber"),
         "bce_mse": N_("classes: CE, MSE"), "bce_hinge": N_("classes: CE, hinge")}
CLASSES = {"a": "A", "b": "B", "c": "C"}


class LossesSpec(StudySpec):
    """All that is moved on the page; each scene reads its own fields."""

    study: ClassVar[str] = "losses"

    scene: Literal["line", "curves", "logit", "softmax", "lab", "noise", "from_logits"] = setting(
        "line", choices=SCENES, label=N_("Scene"), group=DISPLAY, help=N_("What this page shows now."))

    # one outlier
    fit: Literal["mse", "mae", "huber"] = setting(
        "mse", choices=FITS, label=N_("Your loss"), group=LOSS, first=True,
        help=N_("The loss whose line is drawn thick. The other two stay beside it, thin."))
    delta: float = setting(
        1.0, ge=0.1, le=5.0, step=0.05, label=N_("Huber’s δ"), group=LOSS, first=True,
        help=N_("Up to an error of δ the Huber loss is a square, beyond it a straight line. Small δ: like MAE; large δ: like MSE."))
    share: int = setting(
        5, ge=0, le=40, step=5, label=N_("Outliers (%)"), group=DATA, first=True,
        help=N_("How many of the 20 points are outliers. They stand close together, where you drag them."))
    outlier_x: float = setting(
        8.5, ge=0.5, le=9.5, step=0.1, label=N_("Outlier, x"), group=DATA, first=True, help=N_("Where the outlier stands, from left to "
                                                                                               "right."))
    outlier_y: float = setting(
        -2.5, ge=-3.0, le=12.0, step=0.1, label=N_("Outlier, y"), group=DATA, first=True, help=N_("How high the outlier stands."))
    seed: int = setting(
        0, ge=0, le=999, label=N_("Random seed"), group=DATA, help=N_("Another seed draws other points of the same kind."))

    # curves and slopes; the logit is also that of “confidently wrong” and of the from_logits mistake
    error: float = setting(
        2.0, ge=-4.0, le=4.0, step=0.05, label=N_("Error ŷ − y"), group=OUTPUT, first=True,
        help=N_("How far a predicted number lies above the true one."))
    probability: float = setting(
        0.2, ge=0.01, le=0.99, step=0.01, label=N_("Probability p"), group=OUTPUT, first=True,
        help=N_("What the network gives class 1."))
    logit: float = setting(
        -4.0, ge=-8.0, le=8.0, step=0.05, label=N_("Logit z"), group=OUTPUT, first=True,
        help=N_("The network’s last number before the sigmoid. Here the true class is 1, so a high z is right and a low z is wrong."))
    label: float = setting(
        1.0, ge=0.0, le=1.0, step=0.05, label=N_("Label y"), group=DATA, first=True,
        help=N_("How surely the sample is of class 1. Between 0 and 1 it is a soft label: 0.8 means that 8 of 10 such samples are of "
                "class 1."))

    # confidently wrong
    rate: float = setting(
        1.0, ge=0.1, le=10.0, log=True, label=N_("Learning rate"), group=TRAINING, first=True,
        help=N_("How far a step of gradient descent goes, times the slope."))

    # softmax, step by step
    logit_a: float = setting(2.0, ge=-3.0, le=3.0, step=0.05, label=N_("Logit of A"), group=OUTPUT, first=True,
                            help=N_("The network’s score for class A."))
    logit_b: float = setting(1.0, ge=-3.0, le=3.0, step=0.05, label=N_("Logit of B"), group=OUTPUT, first=True,
                            help=N_("The network’s score for class B."))
    logit_c: float = setting(-1.0, ge=-3.0, le=3.0, step=0.05, label=N_("Logit of C"), group=OUTPUT, first=True,
                            help=N_("The network’s score for class C."))
    truth: Literal["a", "b", "c"] = setting(
        "b", choices=CLASSES, label=N_("True class"), group=DATA, first=True, help=N_("The class that the sample really has."))

    # two losses, one network
    pair: Literal["mse_mae", "mse_huber", "bce_mse", "bce_hinge"] = setting(
        "mse_mae", choices=PAIRS, label=N_("Two losses"), group=LOSS, first=True,
        help=N_("Two copies of one network, with the same first weights, learn from the same points, each by one of these "
                "losses. CE is cross-entropy."))
    wrong: int = setting(
        10, ge=0, le=30, step=5, label=N_("Outliers in the data (%)"), group=DATA, first=True,
        help=N_("Share of the points that are wrong: far too high on a curve, of the other class’s colour among classes."))
    rare: int = setting(
        50, ge=5, le=50, step=5, label=N_("Share of the rarer group (%)"), group=DATA, first=True,
        help=N_("50% is balanced. On a curve the rarer group are the points right of the middle, among classes it is class 1."))
    weighted: bool = setting(
        False, label=N_("Weigh groups alike"), group=LOSS, first=True,
        help=N_("Each point of the rarer group counts for more, so that both groups count the same in the loss."))
    lab_seed: int = setting(
        0, ge=0, le=99, label=N_("Seed of points and weights"), group=DATA, help=N_("Other points and other first weights."))

    # the noise behind a loss
    centre: float = setting(
        4.0, ge=-2.0, le=8.0, step=0.05, label=N_("Your guess"), group=OUTPUT, first=True,
        help=N_("One number that is to stand for all samples: the centre of the noise."))
    far: float = setting(
        6.5, ge=-2.0, le=8.0, step=0.1, label=N_("The farthest sample"), group=DATA, first=True,
        help=N_("Where the one sample stands that is drawn with a ring."))
    chance: float = setting(
        0.3, ge=0.02, le=0.98, step=0.01, label=N_("Your guess for the coin"), group=OUTPUT, first=True,
        help=N_("The probability of a one that is to stand for all throws."))
    ones: int = setting(
        7, ge=0, le=10, label=N_("Ones in ten throws"), group=DATA, first=True, help=N_("How often the coin showed a one."))

    # the from_logits mistake
    answer: Literal[1, 0] = setting(
        1, choices={1: "1", 0: "0"}, label=N_("True label"), group=DATA, first=True, help=N_("The class that the sample really has."))
    between: bool = setting(
        False, label=N_("Reshape in between"), group=LOSS, first=True,
        help=N_("Something stands between the sigmoid and the loss: a reshape, or joining real and fake samples as in a GAN. Then Keras "
                "does "
                "not find the logits any more."))
