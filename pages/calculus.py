"""Calculus: slopes, gradients and the chain rule, on whatever function is typed."""

import streamlit as st

from core.figures.calculus import STUDY
from core.i18n import N_, _
from core.maths.symbolic import start_symbolic
from core.ui import study, terms

PAGE = {"title": N_("Calculus"), "section": "foundations", "icon": ":material/show_chart:", "order": 20}


def idea() -> None:
    terms.markdown(_("A [[derivative]] says how far a result moves when an input is nudged. Zoom in on a smooth curve and it becomes a "
                     "line; the slope of that line is the derivative there."))
    st.latex(r"f'(x) = \lim_{h \to 0} \frac{f(x+h) - f(x)}{h}, \qquad \nabla f = \left(\frac{\partial f}{\partial x}, "
             r"\frac{\partial f}{\partial y}\right)")
    terms.markdown(_("With several inputs there is a slope for each, the [[partial derivatives|partial derivative]]; together they are the "
                     "[[gradient]], the direction in which the result grows fastest. Where functions follow one another their slopes "
                     "multiply: the [[chain rule]]. That is all a network needs to learn."))


start_symbolic()  # SymPy is imported elsewhere, while the student reads
study.page(STUDY, title=_("Calculus"), question=_("How does a result move when an input is nudged?"), idea=idea,
           needs=(), leads=("backpropagation", "optimizers", "activations"), deeper=[
               ("https://www.3blue1brown.com/topics/calculus", N_("3Blue1Brown, Essence of calculus")),
               ("https://d2l.ai/chapter_preliminaries/calculus.html", N_("Dive into Deep Learning, Calculus")),
               ("https://arxiv.org/abs/1802.01528", N_("Parr and Howard, The matrix calculus you need for deep learning")),
           ])
