"""Linear algebra: what a matrix does to the plane, and which vectors it does not turn."""

import streamlit as st

from core.data import pictures
from core.figures.linear_algebra import STUDY
from core.i18n import N_, _
from core.maths.symbolic import start_symbolic
from core.settings import settings
from core.ui import files, study, terms
from core.ui.state import State

PAGE = {"title": N_("Linear algebra"), "section": "foundations", "icon": ":material/grid_4x4:", "order": 10}


start_symbolic()  # SymPy is imported elsewhere, while the student reads


def idea() -> None:
    terms.markdown(_("A [[vector]] is an arrow, or a list of numbers: one sample, one word, one layer of neurons. A [[matrix]] takes every "
                     "vector "
                     "to another: its columns say where the unit vectors go, and all else follows."))
    st.latex(r"A x = x_1 a_1 + x_2 a_2, \qquad A v = \lambda v")
    terms.markdown(_("a₁ and a₂ are the columns of A. Most vectors are turned; those that only change their length are "
                     "[[eigenvectors|eigenvector]], and λ, the [[eigenvalue]], says how much. Every layer of a [[network]] is such a "
                     "matrix, so they "
                     "tell whether signals grow or die on their way through."))


def own_picture(state: State) -> None:
    """The upload of a picture of one's own, in the scene that takes pictures apart."""
    if state.spec.scene == "svd":
        files.own(state, "upload", lambda data: pictures.read_picture(data, settings.upload_mb, longest=213, shortest=142),
                  kind=_("PNG or JPEG"), limit_mb=settings.upload_mb, photo="upload")


study.page(
    STUDY, title=_("Linear algebra"), question=_("What does a matrix do to the plane, and which vectors does it not turn?"), idea=idea,
    deeper=[("https://www.3blue1brown.com/topics/linear-algebra", N_("Grant Sanderson, Essence of linear algebra: the same pictures as "
                                                                     "films")),
            ("https://www.deeplearningbook.org/contents/linear_algebra.html", N_("Goodfellow, Bengio and Courville, Deep Learning, chapter "
                                                                                 "2")),
            ("https://setosa.io/ev/eigenvectors-and-eigenvalues/", N_("Powell and Lehe, Eigenvectors and eigenvalues explained visually"))],
    leads=("calculus", "activations", "feedforward"), above=own_picture)
