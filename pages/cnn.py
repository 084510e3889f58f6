"""Convolutional networks: filters that slide over a picture, and learn what to look for."""

import streamlit as st

from core.data.image_sets import entry
from core.figures.cnn import ASK, figures, fitting
from core.i18n import N_, _
from core.specs.cnn import CnnSpec, CnnView
from core.specs.cnn_presets import CIFAR, STRONG_FEW
from core.specs.examples import Preset, Trial
from core.specs.kernels import FIXED
from core.ui import controls, crossing, download, foot, guess, lab, layers, live, own_pictures, terms
from core.ui.language import fragment
from core.ui.state import State

PAGE = {"title": N_("Convolutional networks"), "section": "architectures", "icon": ":material/grid_on:", "order": 16}

PRESETS = [
    Preset(N_("The articles’ network"), {}),
    Preset(N_("The articles’, on MNIST"), {"dataset": "mnist", "padding": "valid", "epochs": 5}),
    Preset(N_("The articles’, on CIFAR-10"), {**CIFAR, "dataset": "cifar10"}),
    Preset(N_("Four filters"), {"filters": (4,), "dense": (), "kernel": 5}),
    Preset(N_("A strong small network"), {**STRONG_FEW, "dataset": "shapes"}),
    Preset(N_("Hardly any data"), {"points": 200, "epochs": 60, "train_share": 0.5}),
]
TRIALS = [
    Trial(N_("Find Sobel’s kernel"),
          N_("Sobel’s kernel for upright edges is painted beside the learned ones. Before training the best of 32 random kernels is "
             "alike by 0.73: chance. After 20 epochs one of them is nearly its negative, −0.98, which sees the same edges (other seeds: "
             "0.83 and 0.86). Then choose the Laplacian: its best falls from 0.58 to 0.45. The network has learned edges, not spots."),
          {"seed": 1}, view={"painted": FIXED["sobel_x"]}),
    Trial(N_("Look at single pixels"),
          N_("Kernels of 1 × 1 see no neighbours: no edge, no stroke. Only the dense layer can put a shape together. Compare the maps, "
             "then the accuracy."), {"kernel": 1}),
    Trial(N_("Lose the edge"),
          N_("Without padding a kernel of 3 takes one pixel off every edge: 8 → 6 → 3 → 1, and nothing is left to pool."),
          {"padding": "valid"}),
    Trial(N_("One number for each map"),
          N_("The average of each map instead of every place of it: far fewer weights, and the place of a pattern no longer counts."),
          {"end": "average", "dense": ()}),
]


def idea() -> None:
    terms.markdown(_("A [[filter|convolution kernel]] is a small window of weights. It slides over the picture, and wherever what lies "
                     "under it looks like the filter, it answers: that is its [[feature map]]."))
    st.latex(r"y_{i,j} = \sigma\Big(\sum_{u,v,c} w_{u,v,c}\; x_{i+u,\,j+v,\,c} + b\Big)")
    terms.markdown(_("The same few weights everywhere: what is learned in one corner holds in all of them. [[Pooling]] halves the map, so "
                     "the next filters see more of the picture at once: edges, then corners, then strokes. At the end a dense layer "
                     "weighs up what was found."))
    terms.markdown(_("**Blue** is positive, **orange** negative. Press a map or a kernel to see what excites it most, a picture to send it "
                     "through. Paint a kernel, and find it among the learned ones."))


def all_controls(state: State[CnnSpec, CnnView]) -> None:
    controls.draw(state, "dataset")
    lab.about(entry(state.spec.dataset).about)
    download.offer(state.spec.dataset, retry=lambda: lab.retry(state))
    own_pictures.draw(state)
    controls.layers(state, name="filters", least=1, most=4, widest=128, each=(N_("Filters in block {layer}"), N_("How many filters each "
                    "convolution of this block has.")))
    controls.draw(state, "kernel", "learning_rate")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: data"), "cnn:data") as opened:
        if opened:
            controls.draw(state, "points", "train_share", "augmentation", "seed")
    with lab.more(_("More: network"), "cnn:network") as opened:
        if opened:
            controls.draw(state, "repeat", "padding", "pooling", "end")
            controls.layers(state, name="dense", most=3, widest=256, narrowest=4, usual=64,
                            each=(N_("Neurons in dense layer {layer}"), N_("How many neurons this dense layer has.")))
            controls.draw(state, "activation", "batch_norm", "dropout")
    with lab.more(_("More: training"), "cnn:training") as opened:
        if opened:
            controls.draw(state, "optimizer", "schedule", "batch_size", "epochs")
    with lab.more(_("More: display"), "cnn:display") as opened:
        if opened:
            controls.draw(state, "change", "flat", "log_scale")


def below(state: State[CnnSpec, CnnView], seen: CnnSpec) -> None:
    layers.numbers(seen, "cnn:sizes")
    painted = state.view.painted
    if painted:
        crossing.link("convolution", _("Slide your kernel over a picture"), {"scene": "window", "kernel": "own", "cells": painted,
                                                                             "size": str(len(painted.split(";")))})


@fragment
def page() -> None:
    state = State("cnn", CnnSpec, CnnView)
    own = own_pictures.found(state)
    spec = guess.on_screen(state)
    run = lab.open_run(state, own)
    seen = fitting(spec)
    shown = figures(seen, state.view, own_pictures.classes_of(spec), paints=True)
    live.draw(state, run, shown, title=_("Convolutional networks"), ask=ASK, presets=PRESETS, controls=lambda: all_controls(state),
              below=lambda: below(state, seen))


lab.heading(_("Convolutional networks"), _("How does a network learn to see, from pixels to an answer?"), idea)
page()
foot.draw(State("cnn", CnnSpec, CnnView), TRIALS, [
    ("https://poloclub.github.io/cnn-explainer/", N_("Wang and others, CNN Explainer: every number of a small network")),
    ("https://www.deeplearningbook.org/contents/convnets.html", N_("Goodfellow, Bengio and Courville, Deep Learning, chapter 9")),
    ("https://arxiv.org/abs/1603.07285", N_("Dumoulin and Visin, A guide to convolution arithmetic for deep learning")),
], needs=("feedforward", "convolution"), leads=("image_project", "transformer"))
