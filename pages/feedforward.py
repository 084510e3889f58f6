"""Feedforward networks: how a network bends the plane until two classes come apart."""

import streamlit as st

from core.data import csv, points, uploads
from core.data.about import about
from core.figures.feedforward import figures
from core.i18n import N_, _
from core.settings import settings
from core.specs.examples import Preset, Trial
from core.specs.feedforward import FeedforwardSpec, FeedforwardView
from core.ui import controls, files, foot, guess, lab, live, terms
from core.ui.language import fragment
from core.ui.state import State

PAGE = {"title": N_("Feedforward networks"), "section": "architectures", "icon": ":material/hub:", "order": 10}

ARTICLES = {"dataset": "features100", "hidden": (64, 64), "activation": "relu", "learning_rate": 0.001, "epochs": 10, "points": 2000}
SPIRAL = {"dataset": "spiral", "hidden": (8, 8), "activation": "silu", "noise": 0.0, "points": 600, "epochs": 600,
          "learning_rate": 0.02, "schedule": "cosine", "batch_size": 16}
OVERFIT = {"dataset": "moons", "hidden": (32, 32), "activation": "relu", "noise": 0.3, "points": 100, "train_share": 0.4,
           "epochs": 400, "learning_rate": 0.01, "seed": 3}
PRESETS = [
    Preset(N_("The articles’ network"), ARTICLES),
    Preset(N_("Circles"), {}),
    Preset(N_("XOR without a hidden layer"), {"dataset": "xor", "hidden": ()}),
    Preset(N_("A spiral that works"), SPIRAL),
    Preset(N_("Overfitting"), OVERFIT),
    Preset(N_("… and its cure: L2"), {**OVERFIT, "l2": 0.01}),
]
TRIALS = [
    Trial(N_("Give XOR a hidden layer"), N_("Four neurons are four straight cuts. Watch the output put them together, then click a neuron "
                                            "to pull it out: its fold vanishes."), {"dataset": "xor", "hidden": (4,)}),
    Trial(N_("Take the bend away"), N_("With a [[linear]] activation two layers are no better than none: a straight line on circles."),
          {"activation": "linear"}),
    Trial(N_("Learn a hundred times faster"), N_("The loss jumps instead of falling: each step [[overshoots]] the valley."),
          {"learning_rate": 1.0}),
]


def questions(spec: FeedforwardSpec) -> dict:
    """What a click in the figures asks of the network, and which arrays and numbers the answer replaces."""
    return {"neurons": {"probe": "ablate", "replaces": ["surface", "surface_p", "thumbs", "confusion"],
                        "metrics": ["val_loss", "val_mae" if spec.regression else "val_accuracy"]},
            "point": {"probe": "point"}}


def idea() -> None:
    terms.markdown(_("Each [[neuron]] adds up its inputs, weighted, and [[bends|activation function]] the sum: it cuts the plane "
                     "along a line, softly. The next layer adds up such cuts and bends again. A few layers of cuts make any shape."))
    st.latex(r"h = \sigma(W x + b), \qquad \hat y = \varphi(V h + c)")
    terms.markdown(_("x are the inputs, h is what the hidden layer passes on, σ its [[activation function]]; φ makes the last sum an "
                     "answer, ŷ."))
    terms.markdown(_("Training moves W, b, V and c a little along the [[negative gradient]] of the [[loss]], again and again. "
                     "**Blue** is what pushes the output up, **orange** what pushes it down. You tune the sliders on [[*validation* "
                     "points|validation set]], which the network never learns from; a [[test set]] stays sealed."))


def own_points(state: State) -> None:
    """The upload of one's own points."""
    file = files.chosen(_("Your own points (CSV)"), kind="CSV", limit_mb=settings.upload_mb, key="feedforward:file",
                        help=_(state.spec.control("upload").help))
    if file is None:
        if state.wants_upload:
            st.caption(_("Until there is a file, the data on screen stay."))
        return
    try:
        digest, arrays, classes = csv.read_points(file.getvalue(), settings.upload_mb)
    except csv.UploadError as error:
        state.problems = [error.message]
    else:
        uploads.keep(digest, arrays, classes)
        files.take(digest)
        state.change(dataset="upload", upload=digest)
    st.rerun(scope="fragment")


def all_controls(state: State) -> None:
    controls.draw(state, "dataset")
    lab.about(about(state.spec.dataset))
    if state.wants_upload or state.spec.dataset == "upload":
        own_points(state)
    if state.spec.upload:
        files.sharing(state.spec.upload, "feedforward:shared")
    controls.layers(state, most=6, widest=64)
    controls.draw(state, "activation", "learning_rate")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: data"), "feedforward:data") as opened:
        if opened:
            features = [] if state.spec.dataset == "features100" else ["features"]
            made = [] if state.spec.dataset == "upload" else ["noise", "points"]
            controls.draw(state, *made, "train_share", *features, "seed")
    with lab.more(_("More: network"), "feedforward:network") as opened:
        if opened:
            controls.each_layer(state)
            controls.draw(state, "initializer", "dropout", "batch_norm", "l1", "l2")
    with lab.more(_("More: training"), "feedforward:training") as opened:
        if opened:
            controls.draw(state, "optimizer", "loss", "schedule", "batch_size", "epochs")
    with lab.more(_("More: display"), "feedforward:display") as opened:
        if opened:
            controls.draw(state, "discretize", "log_scale")


@fragment
def page() -> None:
    state = State("feedforward", FeedforwardSpec, FeedforwardView)
    if state.spec.upload and (problem := files.missing(state.spec.upload, state.spec.control("upload").label)):
        state.drop("dataset", problem)
    spec = guess.on_screen(state)
    upload = uploads.find(spec.upload) if spec.upload else None
    own = {spec.upload: upload.arrays} if upload else {}
    if upload:
        files.hold(spec.upload)
    run = lab.open_run(state, own)
    sample = points.load(spec.dataset, points=spec.points, noise=spec.noise, seed=spec.seed, train_share=spec.train_share,
                         upload=own.get(spec.upload))
    shown = figures(spec, state.view, sample, upload.classes if upload else ())
    live.draw(state, run, shown, title=_("Feedforward networks"), ask=questions(spec), presets=PRESETS,
              controls=lambda: all_controls(state))


lab.heading(_("Feedforward networks"), _("How does a network bend the plane until the classes come apart?"), idea)
page()
foot.draw(State("feedforward", FeedforwardSpec, FeedforwardView), TRIALS, [
    ("http://neuralnetworksanddeeplearning.com/chap4.html",
     N_("Michael Nielsen, A visual proof that neural nets can compute any function")),
    ("https://www.deeplearningbook.org/contents/mlp.html", N_("Goodfellow, Bengio and Courville, Deep Learning, chapter 6")),
    ("https://playground.tensorflow.org", N_("TensorFlow Playground, where this lab’s idea comes from")),
], needs=("backpropagation", "losses", "optimizers"), leads=("cnn", "rnn", "image_project"))
