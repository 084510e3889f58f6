"""Probability: what a test is worth, what chance does in the long run, and how far apart two expectations are."""

import streamlit as st

from core.figures.probability import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Probability"), "section": "foundations", "icon": ":material/casino:", "order": 30}


def idea() -> None:
    terms.markdown(_("A [[probability]] says how large a share of all cases something is. Learn something, and only some cases are left: "
                     "the share among those is the new probability. That is **Bayes’ rule**."))
    st.latex(r"P(S \mid +) = \frac{P(S)\,P(+ \mid S)}{P(+)}")
    terms.markdown(_("A random variable is a number that chance draws; its [[expectation]] is the mean of very many draws, its "
                     "[[variance]] their mean squared distance from it. Networks need all of it: data are [[samples|sample]], outputs are "
                     "probabilities, and the usual [[loss]] is a [[cross-entropy]]."))


study.page(
    STUDY, title=_("Probability"), question=_("A test is right in 99 of 100 cases, and yours is positive. How worried should you be?"),
    idea=idea,
    deeper=[("https://www.deeplearningbook.org/contents/prob.html",
             N_("Goodfellow, Bengio, Courville: Deep Learning, chapter 3, on probability and information")),
            ("https://seeing-theory.brown.edu/", N_("Seeing Theory: probability in pictures that move")),
            ("https://www.inference.org.uk/mackay/itila/",
             N_("MacKay: Information Theory, Inference, and Learning Algorithms, free to read"))],
    needs=("calculus", "linear_algebra"), leads=("losses", "data_preparation", "feedforward"))
