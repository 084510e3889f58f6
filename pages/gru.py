"""The GRU by hand: one state, two gates, step by step, and what it saves beside an LSTM."""

import streamlit as st

from core.figures.gru import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("GRU by hand"), "section": "architectures", "icon": ":material/merge:", "order": 24}


def idea() -> None:
    terms.markdown(_("A [[GRU]] asks whether an [[LSTM]] needs all its parts. It has one state and two gates. The [[update gate]] z mixes "
                     "the old state with a new candidate; what it keeps of one it does not take of the other."))
    st.latex(r"h_t = z \odot h_{t-1} + (1 - z) \odot g")
    terms.markdown(_("The [[reset gate]] r says how much of the old [[hidden state]] the candidate g hears. With three sums a unit instead "
                     "of four there are about a quarter fewer [[weights]]. Mind the letter z: with Cho, Keras and PyTorch z = 1 keeps "
                     "the old state; some papers write it the other way round."))


study.page(
    STUDY, title=_("GRU by hand"), question=_("Can one gate do the work of two?"), idea=idea,
    deeper=[
        ("https://arxiv.org/abs/1406.1078", N_("Cho et al. (2014), Learning phrase representations using RNN encoder–decoder: where the "
                                               "GRU "
                                               "comes from")),
        ("https://arxiv.org/abs/1412.3555", N_("Chung, Gulcehre, Cho and Bengio (2014), Empirical evaluation of gated recurrent neural "
                                               "networks: GRU beside LSTM")),
        ("https://colah.github.io/posts/2015-08-Understanding-LSTMs/", N_("Christopher Olah, Understanding LSTM networks: the conveyor "
                                                                          "belt")),
        ("https://keras.io/api/layers/recurrent_layers/gru/", N_("Keras, the GRU layer: reset_after and what it is for")),
    ],
    needs=("rnn", "lstm"), leads=("recurrent",))
