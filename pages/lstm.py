"""The LSTM by hand: its gates and its cell state, step by step, and what the gates are for."""

import streamlit as st

from core.figures.lstm import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("LSTM by hand"), "section": "architectures", "icon": ":material/conveyor_belt:", "order": 22}


def idea() -> None:
    terms.markdown(_("An [[LSTM]] has two states: a [[hidden state]] that it shows, and a [[cell state]] that it keeps. The cell state "
                     "runs through time like a conveyor belt. Three gates, numbers between 0 and 1, decide what happens on it."))
    st.latex(r"c_t = f \odot c_{t-1} + i \odot g, \qquad h_t = o \odot \tanh(c_t)")
    terms.markdown(_("The [[forget gate]] f says what stays, the [[input gate]] i what is added, the [[output gate]] o what is shown. "
                     "Along the belt there is one product a step and no squashing, so what is kept, and the [[gradient]] with it, can "
                     "last. That *mitigates* the [[vanishing gradient]]; it does not abolish it."))


study.page(
    STUDY, title=_("LSTM by hand"), question=_("How does a network decide what to keep, and for how long?"), idea=idea,
    deeper=[
        ("https://www.bioinf.jku.at/publications/older/2604.pdf", N_("Hochreiter and Schmidhuber (1997), Long short-term memory, "
                                                                     "still without a forget gate")),
        ("https://doi.org/10.1162/089976600300015015", N_("Gers, Schmidhuber and Cummins (2000), Learning to forget: the forget gate")),
        ("https://colah.github.io/posts/2015-08-Understanding-LSTMs/", N_("Christopher Olah, Understanding LSTM networks: the conveyor "
                                                                          "belt")),
        ("https://keras.io/api/layers/recurrent_layers/lstm/", N_("Keras, the LSTM layer: its settings and what they begin with")),
    ],
    needs=("rnn", "activations", "backpropagation"), leads=("gru", "recurrent"))
