"""The image project: from pictures to an answer, in six steps."""

import streamlit as st

from core.i18n import N_, _
from core.specs.cnn import CnnSpec
from core.specs.cnn_presets import CIFAR, DIGIT, STRONG_CIFAR, STRONG_FEW
from core.specs.examples import Preset, Trial
from core.specs.image_project import ImageView
from core.ui import foot, lab, terms
from core.ui.language import fragment
from core.ui.project import page as project
from core.ui.state import State

PAGE = {"title": N_("The image project"), "section": "projects", "icon": ":material/photo_library:", "order": 10}

PRESETS = [
    Preset(N_("Digits at once"), {}),
    Preset(N_("MNIST, the digit article’s network"), {**DIGIT, "dataset": "mnist"}),
    Preset(N_("MNIST, the CNN article’s"), {"dataset": "mnist", "padding": "valid", "epochs": 5}),
    Preset(N_("CIFAR-10, the third article’s"), {**CIFAR, "dataset": "cifar10"}),
    Preset(N_("CIFAR-10, a strong small one"), STRONG_CIFAR),
    Preset(N_("Drawn shapes, a strong small one"), {**STRONG_FEW, "dataset": "shapes"}),
]
TRIALS = [
    Trial(N_("Leave the convolutions out"),
          N_("The digit article’s network sees a list of pixels. Compare its accuracy in step 4, then move a drawing to the side in step "
             "5: which of the two minds more? One drawing may deceive: of all validation digits, moved by a pixel, the network with "
             "convolutions gets about 70% right and this one about 42%."), {"filters": (), "dense": (64, 64)}),
    Trial(N_("Show each picture a little changed"),
          N_("Press “Train”. With [[data augmentation]] the training curve is worse: the pictures cannot be learned by heart any more. "
             "Does the validation curve gain by it? Twice as many epochs give it the time."),
          {"augmentation": "shift_turn", "epochs": 40}),
    Trial(N_("Stop when it has learned enough"),
          N_("[[Early stopping]]: when the validation loss has not fallen for three epochs, the weights of the best one are put back. How "
             "many of the 60 epochs does it need?"), {"epochs": 60, "patience": 3}),
]


def idea() -> None:
    terms.markdown(_("A network is only as good as the question it was asked. So a project goes in steps, and each can be gone back to: "
                     "look at the **data**, choose a **network**, **train** it, **test** it, **use** it."))
    st.latex(r"\hat p = \frac{\text{right}}{n}, \qquad \text{95 \%: about } \hat p \pm 2\sqrt{\frac{\hat p\,(1-\hat p)}{n}}")
    terms.markdown(_("You choose by the [[validation set]], as often as you like. Whatever was chosen by a number flatters that number; "
                     "so a [[test set]] stays sealed until nothing is left to decide. Its [[accuracy]] p̂ on n pictures is an estimate: the "
                     "[[confidence interval]] says how far it may be off."))


@fragment
def page() -> None:
    project.draw(State("image_project", CnnSpec, ImageView), PRESETS, _("The image project"))


lab.heading(_("The image project"), _("How do pictures become a network that answers, and how good is the answer?"), idea)
page()
foot.draw(State("image_project", CnnSpec, ImageView), TRIALS, [
    ("https://karpathy.github.io/2019/04/25/recipe/", N_("Andrej Karpathy, A recipe for training neural networks")),
    ("https://cs231n.github.io/", N_("Stanford CS231n, Deep learning for computer vision: course notes")),
    ("https://arxiv.org/abs/1706.04599", N_("Guo and others, On calibration of modern neural networks")),
], needs=("cnn", "data_preparation"), leads=("text_project",), step="training")
