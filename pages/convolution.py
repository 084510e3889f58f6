"""Convolution by hand: a kernel slides over an image, pools it, mixes its channels, and what a stack of layers makes of its shape."""

from contextlib import suppress

import streamlit as st

from core.data import pictures
from core.figures.convolution import STUDY
from core.i18n import N_, _
from core.settings import settings
from core.specs.convolution import PIXELS
from core.specs.kernels import numbers, plain
from core.ui import crossing, files, study, terms
from core.ui.state import State

PAGE = {"title": N_("Convolution by hand"), "section": "architectures", "icon": ":material/filter_center_focus:", "order": 14}


def idea() -> None:
    terms.markdown(_("A small [[kernel|convolution kernel]] of weights slides over the image. Wherever it stands, each pixel below it is "
                     "multiplied with its weight, and the products are added up: one number of the output."))
    st.latex(r"y_{ij} = \sum_{u}\sum_{v} x_{\,s\,i+d\,u-p,\;\, s\,j+d\,v-p}\; w_{uv}")
    terms.markdown(_("s is the [[stride]], d the [[dilation]], p the [[padding]]. The same few weights are used at every place, so what "
                     "the "
                     "kernel looks for is found wherever it lies. A [[CNN]] learns these weights; here you set them yourself, and see what "
                     "each of them does."))


def own_picture(state: State) -> None:
    """The upload of a picture of one's own, where a window slides over it."""
    if state.spec.scene in ("window", "pooling"):
        files.own(state, "upload", lambda data: pictures.read_picture(data, settings.upload_mb, longest=PIXELS, shortest=PIXELS),
                  kind=_("PNG or JPEG"), limit_mb=settings.upload_mb, source="upload")


def find_it(state: State) -> None:
    """The way to the CNN page, with the kernel."""
    if state.spec.scene != "window":
        return
    with suppress(ValueError):  # what is typed wrong is said above, and not carried
        crossing.link("cnn", _("Find this kernel among those that a network has learned"), {"painted": plain(numbers(state.spec.weights))})


study.page(
    STUDY, title=_("Convolution by hand"), question=_("What does a small kernel make of a picture, and what shape comes out?"), idea=idea,
    deeper=[("https://arxiv.org/abs/1603.07285", N_("Dumoulin and Visin, A guide to convolution arithmetic for deep learning: all shapes, "
                                                    "drawn")),
            ("https://distill.pub/2019/computing-receptive-fields/", N_("Araujo, Norris and Sim, Computing receptive fields of "
                                                                        "convolutional neural networks")),
            ("https://www.deeplearningbook.org/contents/convnets.html", N_("Goodfellow, Bengio and Courville, Deep Learning, chapter 9"))],
    needs=("linear_algebra", "feedforward"), leads=("cnn",), above=own_picture, below=find_it)
