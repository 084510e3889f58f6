"""Optimizers: from a gradient to a step, and what each rule remembers on the way down."""

import streamlit as st

from core.figures.optimizers import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Optimizers"), "section": "blocks", "icon": ":material/downhill_skiing:", "order": 40}


def idea() -> None:
    terms.markdown(_("The [[gradient]] says which way is up. [[Gradient descent]] takes a step the other way, again and again: the "
                     "[[learning rate]] η "
                     "times the gradient g."))
    st.latex(r"p \leftarrow p - \eta\, g")
    terms.markdown(_("That is all it sees: the slope under its feet. So it zigzags between the walls of a ravine and creeps along its "
                     "floor. The "
                     "others remember. [[Momentum]] keeps a velocity; [[Adagrad]] and [[RMSprop]] keep the size of past gradients, and "
                     "divide by it; "
                     "[[Adam]] does both."))
    terms.markdown(_("[[Back-propagation]] finds the gradient; the [[optimizer]] makes a step of it."))


study.page(
    STUDY, title=_("Optimizers"), question=_("You feel only the slope under your feet. How do you get down fast?"), idea=idea,
    deeper=[
        ("https://distill.pub/2017/momentum/", N_("Gabriel Goh, Why Momentum Really Works")),
        ("https://arxiv.org/abs/1609.04747", N_("Sebastian Ruder, An overview of gradient descent optimization algorithms")),
        ("https://arxiv.org/abs/1412.6980", N_("Kingma and Ba, Adam: A Method for Stochastic Optimization")),
        ("https://keras.io/api/optimizers/", N_("Keras, Optimizers")),
    ],
    needs=("calculus", "linear_algebra", "backpropagation"), leads=("feedforward", "data_preparation"))
