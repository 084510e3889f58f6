"""Recurrent networks by hand: a plain cell step by step, how far back a gradient reaches, truncation, and the cliff."""

import streamlit as st

from core.figures.rnn import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("RNN by hand"), "section": "architectures", "icon": ":material/replay:", "order": 20}


def idea() -> None:
    terms.markdown(_("A [[recurrent network|RNN]] reads a sequence one step at a time, and keeps a [[hidden state]]: a few numbers that "
                     "say "
                     "what it has read so far. Each new state is made of the new input and of the state before, with the same weights at "
                     "every step."))
    st.latex(r"h_t = \tanh(W x_t + U h_{t-1} + b)")
    terms.markdown(_("To learn, the error goes back the same way: [[back-propagation through time|bptt]]. At each step the [[gradient]] is "
                     "multiplied by U once more, and by the slope of tanh. Over many steps such a product [[vanishes|vanishing gradient]] "
                     "or [[explodes|exploding gradient]], and this is what LSTM and GRU were made for."))


study.page(
    STUDY, title=_("RNN by hand"), question=_("How far back can a recurrent network remember, and learn?"), idea=idea,
    deeper=[("https://proceedings.mlr.press/v28/pascanu13.html", N_("Pascanu, Mikolov and Bengio, On the difficulty of training recurrent "
                                                                    "neural networks (2013): the bound, the cliff, clipping")),
            ("https://arxiv.org/abs/1504.00941", N_("Le, Jaitly and Hinton, A simple way to initialize recurrent networks of rectified "
                                                    "linear units (2015)")),
            ("https://arxiv.org/abs/1804.11188", N_("Tallec and Ollivier, Can recurrent neural networks warp time? (2018): how long a gate "
                                                    "keeps, set by its bias")),
            ("https://www.deeplearningbook.org/contents/rnn.html", N_("Goodfellow, Bengio and Courville, Deep Learning, chapter 10"))],
    needs=("backpropagation", "feedforward"), leads=("lstm", "gru", "recurrent"))
