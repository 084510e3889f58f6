"""Data preparation and evaluation: from a raw table to a score that can be believed."""

import streamlit as st

from core.figures.data_preparation import STUDY
from core.i18n import N_, _
from core.ui import study, terms

PAGE = {"title": N_("Data preparation and evaluation"), "section": "blocks", "icon": ":material/fact_check:", "order": 50}


def idea() -> None:
    terms.markdown(_("A score is a promise about rows that nobody has seen. Clean the table, turn words into numbers, bring columns to "
                     "one scale, then "
                     "keep some rows back: a [[test set]] that only judges."))
    st.latex(r"R_{\mathrm{promised}} = \frac{1}{n}\sum_{i \in \mathrm{test}} \big[\hat y_i = y_i\big]")
    terms.markdown(_("The promise holds only if nothing that was learned, chosen or filled in has looked at the test rows. If something "
                     "has, that is a "
                     "[[leak|data leakage]]: the score rises, the model does not get better. So: **split first**, then learn every step, "
                     "the choice of columns too, from the training rows alone."))


study.page(
    STUDY, title=_("Data preparation and evaluation"), question=_("A model is right on 98 % of random labels. How can that be?"), idea=idea,
    needs=("probability", "losses"), leads=("feedforward",),
    deeper=[("https://scikit-learn.org/stable/common_pitfalls.html", N_("scikit-learn: common pitfalls, data leakage among them")),
            ("https://hastie.su.domains/ElemStatLearn/", N_("Hastie, Tibshirani and Friedman, chapter 7.10: the wrong and the right way "
                                                            "to cross-validate")),
            ("https://scikit-learn.org/stable/modules/model_evaluation.html", N_("scikit-learn: which score for which question"))])
