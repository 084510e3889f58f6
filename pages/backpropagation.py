"""Forward and back propagation: how one pass back gives the gradient of every weight."""

import streamlit as st

from core.figures.backpropagation import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Forward and back propagation"), "section": "blocks", "icon": ":material/sync_alt:", "order": 30}


def idea() -> None:
    terms.markdown(_("Forward, each neuron takes a [[weighted sum]] and bends it; at the end stands the [[loss]]. How much would the loss "
                     "change if one weight moved a little? That number is the weight’s [[gradient]]."))
    st.latex(r"\frac{\partial L}{\partial w_{ij}} = a_i\,\delta_j, \qquad \delta_j = f'(z_j)\sum_k w_{jk}\,\delta_k")
    terms.markdown(_("The [[chain rule]] gives it from the back: δ says how much the loss minds a neuron’s sum. Each δ is made of those "
                     "behind it and serves all weights that enter its neuron, so a single pass gives every gradient."))
    terms.markdown(_("[[Back-propagation]] only *computes* the gradient. The [[optimizer]] then takes the step, along the [[negative "
                     "gradient]]."))


study.page(
    STUDY, title=_("Forward and back propagation"), question=_("How does a network know which weight to blame, and how much?"), idea=idea,
    deeper=[
        ("http://neuralnetworksanddeeplearning.com/chap2.html", N_("Michael Nielsen, How the backpropagation algorithm works")),
        ("https://github.com/karpathy/micrograd", N_("Andrej Karpathy, micrograd: the same in a hundred lines of Python")),
        ("https://doi.org/10.1038/323533a0", N_("Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating "
                                                "errors")),
        ("https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/",
         N_("Matt Mazur, A step by step backpropagation example: the numbers of one preset")),
    ],
    needs=("calculus", "losses", "activations"), leads=("optimizers", "activations", "feedforward"))
