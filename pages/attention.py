"""Attention by hand: one head, several, masks, positions, a block taken apart, and what it costs."""

import streamlit as st

from core.figures.attention import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Attention by hand"), "section": "architectures", "icon": ":material/visibility:", "order": 28}


def idea() -> None:
    terms.markdown(_("A [[token]] that is to be understood needs others: “it” needs the word it stands for. In [[attention]] each token "
                     "asks "
                     "a [[query]] q, offers a [[key]] k, and hands over a [[value]] v. Where a query and a key have a large product, much "
                     "of that value is taken."))
    st.latex(r"\operatorname{attention}(q, k, v) = \operatorname{softmax}\!\Bigl(\frac{q\,k^\top}{\sqrt{d}}\Bigr)\, v")
    terms.markdown(_("All three are the token times a matrix of [[weights]]. Whatever a head looks for stands in those matrices, and "
                     "training finds them. Here you set them by hand, so that you can tell beforehand whom each word will look at."))


study.page(
    STUDY, title=_("Attention by hand"), question=_("How does a word know which others concern it?"), idea=idea,
    deeper=[
        ("https://arxiv.org/abs/1706.03762", N_("Vaswani et al. (2017), Attention is all you need: where the Transformer comes from")),
        ("https://arxiv.org/abs/1810.04805", N_("Devlin et al. (2018), BERT: words hidden and guessed from both sides")),
        ("https://arxiv.org/abs/2002.04745", N_("Xiong et al. (2020), On layer normalization in the Transformer architecture: pre and "
                                                "post")),
        ("https://jalammar.github.io/illustrated-transformer/", N_("Jay Alammar, The illustrated Transformer")),
        ("https://keras.io/api/layers/attention_layers/multi_head_attention/", N_("Keras, the MultiHeadAttention layer: key_dim is the "
                                                                                   "size of one head")),
    ],
    needs=("linear_algebra", "recurrent"), leads=("transformer",))
