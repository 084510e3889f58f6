"""Activation functions: the bend after every sum, and what many of them do to a signal."""

import streamlit as st

from core.figures.activations import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Activation functions"), "section": "blocks", "icon": ":material/show_chart:", "order": 10}


def idea() -> None:
    terms.markdown(_("A [[neuron]] adds up its inputs and then bends the sum with an [[activation function]] f. Without the bend, any "
                     "number of layers would be no more than one."))
    st.latex(r"a = f(z), \qquad z = w \cdot x + b, \qquad \frac{\partial L}{\partial z} = \frac{\partial L}{\partial a}\, f'(z)")
    terms.markdown(_("On the way back every [[gradient]] is multiplied by the slope f′(z). Where f is flat, little comes back; over many "
                     "layers the slopes multiply. So a good activation and the right first [[weights]] belong together: the signal must "
                     "neither [[vanish|vanishing gradient]] nor [[explode|exploding gradient]]."))


study.page(STUDY, title=_("Activation functions"), question=_("What does the bend do to a signal, and to the gradient that comes back?"),
           idea=idea,
           deeper=[("https://proceedings.mlr.press/v9/glorot10a.html",
                    N_("Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks")),
                   ("https://arxiv.org/abs/1502.01852", N_("He and others, Delving Deep into Rectifiers: the weights that suit ReLU")),
                   ("https://keras.io/api/layers/activations/", N_("The activation functions of Keras"))],
           needs=("calculus", "linear_algebra"), leads=("losses", "backpropagation", "feedforward"))
