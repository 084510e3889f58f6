"""The text project: from texts to an answer, and to the words that moved it, in six steps."""

import streamlit as st

from core.i18n import N_, _
from core.specs.examples import Preset, Trial
from core.specs.text import ARTICLE, AVERAGE, BEST, CONVOLUTION, TextSpec
from core.specs.text_project import TextView
from core.ui import foot, lab, terms
from core.ui.language import fragment
from core.ui.state import State
from core.ui.textual import page as project

PAGE = {"title": N_("The text project"), "section": "projects", "icon": ":material/rate_review:", "order": 20}

PRESETS = [
    Preset(N_("Generated reviews at once"), {}),
    Preset(N_("Chinese, character by character"), {"source": "reviews_zh"}),
    Preset(N_("An LSTM that heeds denials"), {"model": "lstm", "epochs": 20}),
    Preset(N_("A Transformer"), {"model": "transformer", "epochs": 20}),
    Preset(N_("IMDB, the average of the words"), AVERAGE),
    Preset(N_("IMDB, the average of whole reviews"), BEST),
    Preset(N_("IMDB, a convolution over words"), CONVOLUTION),
    Preset(N_("IMDB, the article’s network"), ARTICLE),
]
DENIAL = "The story was not boring."
LONG = ("A brilliant film. I really enjoyed it. It runs for about two hours, it was shown in three cinemas of our town last week, and "
        "every seat in the house was blue.")
TRIALS = [
    Trial(N_("Let it read in order"),
          N_("An average does not know where “not” stands. An LSTM does: once it is trained, take the “not” out of “was not boring”, and "
             "the probability turns round."), {"model": "lstm", "epochs": 20}, view={"review": DENIAL}),
    Trial(N_("Give it a hundred texts only"),
          N_("A network has to learn each word from examples. Compare it with counting words in step 4: with so few texts the simple model "
             "often wins."), {"points": 100}),
    Trial(N_("Cut the texts short"),
          N_("Only 20 tokens are read, the last ones. What stood at the beginning is struck out, however loud its praise."),
          {"source": "reviews", "length": 20}, view={"review": LONG}),
]


def idea() -> None:
    terms.markdown(_("A network reads numbers, so each word gets one, and each number a vector that is learned, its [[embedding]]. What is "
                     "made of these vectors, an average or a memory that goes from word to word, decides whether “not good” is more than "
                     "“not” and “good”."))
    st.latex(r"\text{logit}(x) - \text{logit}(\varnothing) = \sum_t a_t")
    terms.markdown(_("Which words moved the answer? [[Integrated gradients]] share the whole way from the [[logits|logit]] of mere padding "
                     "to that of this text among its words, a part aₜ for each. And beside every network stands the simple model: "
                     "[[TF-IDF]] with [[logistic regression]], which only counts words. Often it wins."))


@fragment
def page() -> None:
    project.draw(State("text_project", TextSpec, TextView), PRESETS, _("The text project"))


lab.heading(_("The text project"), _("What does a network make of your words, and which of them moved it?"), idea)
page()
foot.draw(State("text_project", TextSpec, TextView), TRIALS, [
    ("https://ai.stanford.edu/~amaas/data/sentiment/", N_("Maas and others (2011), Learning word vectors for sentiment analysis: the "
                                                          "IMDB reviews")),
    ("https://arxiv.org/abs/1703.01365", N_("Sundararajan, Taly and Yan (2017), Axiomatic attribution for deep networks")),
    ("https://arxiv.org/abs/1607.01759", N_("Joulin and others (2016), Bag of tricks for efficient text classification")),
    ("https://aclanthology.org/P12-2018/", N_("Wang and Manning (2012), Baselines and bigrams: simple, good sentiment and topic "
                                              "classification")),
], needs=("transformer", "recurrent", "data_preparation"), leads=("gan",), step="use")
