"""Losses: what a network is told about its mistakes."""

import streamlit as st

from core.figures.losses import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Losses"), "section": "blocks", "icon": ":material/trending_down:", "order": 20}


def idea() -> None:
    terms.markdown(_("A [[loss]] makes one number of how wrong a [[prediction]] is. Training feels only its [[slope]]: how hard each "
                     "[[sample]] "
                     "pulls, and in which direction."))
    st.latex(r"\text{MSE: } (\hat y-y)^2 \qquad \text{MAE: } |\hat y-y| \qquad \text{CE: } -\ln p_{\text{true}}")
    terms.markdown(_("The [[MSE]] pulls harder the farther away a point lies, so one [[outlier]] can outvote many. The [[MAE]] gives "
                     "each point "
                     "one vote. For [[classes]] the [[cross-entropy]] fits: with [[softmax]] its slope is simply prediction minus "
                     "[[label]], and "
                     "it is largest where the network is most wrong."))


study.page(
    STUDY, title=_("Losses"), question=_("What does a network feel of its mistakes?"), idea=idea,
    deeper=[("https://www.deeplearningbook.org/contents/mlp.html",
             N_("Goodfellow, Bengio and Courville, Deep Learning, chapter 6.2: cost functions and output units")),
            ("http://neuralnetworksanddeeplearning.com/chap3.html", N_("Michael Nielsen, Improving the way neural networks learn: "
                                                                       "cross-entropy")),
            ("https://keras.io/api/losses/", N_("Keras: all losses"))],
    needs=("calculus", "probability", "activations"), leads=("backpropagation", "optimizers", "feedforward"))
