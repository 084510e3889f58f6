"""Step 5: what the trained network says to a picture of yours, and what breaks it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data.csv import UploadError
from core.data.photos import subject_of
from core.figures import project
from core.figures.template import Template
from core.i18n import N_, _, language, say
from core.specs.cnn import CnnSpec
from core.specs.image_project import ImageView
from core.ui.text import plain
from core.ui.tools import Bench

PURPOSE = N_("Now it has to work outside: give it pictures of your own, see what it takes them for and why, and find out what breaks it.")
SUBJECT = "image_project:subject"  # (dataset, picture) of the person's own, in the session alone
REFUSED = "image_project:subject:refused"


def left(bench: Bench) -> None:
    if bench.spec.shape[-1] == 1:
        st.markdown(_("**Draw** in the black field with the mouse or a finger, then turn, shift and disturb it: when is it misread?"))
    else:
        st.markdown(_("**Press** a picture, or bring one, then turn, shift and disturb it: when is it misread?"))
    _place(bench, "file")
    if st.toggle(_("Take a picture"), key=f"{bench.state.name}:camera.{language()}", help=_("With the camera of this device. Nothing is "
                 "kept of it but the few pixels that the network gets.")):
        _place(bench, "photo")
    if refused := st.session_state.get(REFUSED):
        st.warning(plain(say(refused)), icon=":material/broken_image:")
    if bench.spec.shape[-1] == 1:
        st.caption(_("What you draw or bring is made like the pictures to learn from: centred, scaled, made small."))
    else:
        st.caption(_("Of a picture that you bring the middle square is taken and made small: put what is to be told apart in the middle."))
    st.caption(_("A network knows only what it was shown: upside down is new to it, and it answers all the same."))


def figures(spec: CnnSpec, view: ImageView, classes: Sequence[str]) -> list[Template]:
    """The figures of this step, with the person's own picture if it was made for this dataset."""
    dataset, picture = st.session_state.get(SUBJECT, ("", None))
    return project.use(spec, view, classes, picture if dataset == spec.dataset else None)


def _place(bench: Bench, kind: str) -> None:
    """A place for a picture: a file, or what the camera sees."""
    key, dataset = f"{bench.state.name}:subject:{kind}.{language()}", bench.spec.dataset
    if kind == "file":
        st.file_uploader(_("A picture of your own"), key=key, on_change=lambda: _take(key, dataset),
                         help=_("A photo or a scan: for a set in grey one dark figure on light paper, else the middle square is used."))
    else:
        st.camera_input(_("Camera"), key=key, on_change=lambda: _take(key, dataset), label_visibility="collapsed")


def _take(key: str, dataset: str) -> None:
    """Make what was brought an image of the dataset; what cannot be used is refused with its reason, and the one before stays."""
    file = st.session_state[key]
    if file is None:
        return
    try:
        st.session_state[SUBJECT] = (dataset, subject_of(dataset, file.name, file.getvalue()))
        st.session_state[REFUSED] = None
    except UploadError as error:
        st.session_state[REFUSED] = error.message
