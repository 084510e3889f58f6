"""Transformers that learn: attention maps of every head as they form, heads that are switched off, a text that is written."""

import hashlib

import numpy as np
import streamlit as st

from core.data import owntext, uploads
from core.figures.transformer import ask, facts, figures
from core.i18n import N_, _
from core.settings import settings
from core.specs.examples import Preset, Trial
from core.specs.transformer import (
    ARTICLE,
    COLD,
    OVERFITS,
    REVERSES,
    SPECIALISES,
    TEXTS,
    WARM,
    WRITES,
    TransformerSpec,
    TransformerView,
)
from core.ui import beside, controls, files, finding, foot, guess, lab, live, terms
from core.ui.language import fragment
from core.ui.state import State

PAGE = {"title": N_("Transformers"), "section": "architectures", "icon": ":material/hub:", "order": 30}

PRESETS = [
    Preset(N_("Reverse a sequence"), REVERSES),
    Preset(N_("Order without positions"), {"positions": "none"}),
    Preset(N_("Heads that specialise"), SPECIALISES),
    Preset(N_("The articles’ block"), {**ARTICLE, "task": "reviews", "learning_rate": 0.001}),
    Preset(N_("A cold start"), COLD),
    Preset(N_("A text, as GPT"), WRITES, own=True),
    Preset(N_("A text, as BERT"), {**WRITES, "task": "masked"}, own=True),
    Preset(N_("A text too short"), OVERFITS, own=True),
]
TRIALS = [
    Trial(N_("Take the positions away"),
          N_("Without them all question marks are the same to the network, and so it gives each the same answer: look at the row of "
             "answers. Attention alone sees a set, not a sequence."), {"positions": "none"}),
    Trial(N_("Now hide what comes later"),
          N_("Still no positions, but a causal mask: each question mark sees one more than the one before it, and so they differ at last. "
             "In one run more than half of the answers were right after 15 epochs, without the mask a third: an order is learned from the "
             "mask alone, if slowly."), {"positions": "none", "mask": "causal", "epochs": 15}),
    Trial(N_("Find out what each head is for"),
          N_("Press the four heads off, one at a time. Are all worth the same? They are not, though nobody gave them different work. And a "
             "head with a clean map need not be the one that is missed most."), {"epochs": 10}),
    Trial(N_("Give it eight heads"),
          N_("Then press one off, and another. How many can you do without? Some may never be missed."), {"heads": 8}),
    Trial(N_("Warm it up"),
          N_("“A cold start” takes full steps from the first on: six layers in post-norm learn next to nothing. Here the learning rate "
             "grows for 200 steps, to the same value, and all is learned. Pre-norm (More: network) does without."), WARM),
    Trial(N_("Have it learn a short text by heart"),
          N_("Forty pieces only. The training loss falls below the entropy of the grammar, which is possible only by heart; the "
             "validation loss turns and rises."), OVERFITS),
    Trial(N_("See both sides"),
          N_("BERT’s task: a few characters are hidden, and the network may look at both sides of the gap. Point at a hidden place: whom "
             "does it ask?"), {**WRITES, "task": "masked"}),
]


def idea() -> None:
    terms.markdown(_("A [[Transformer]] reads all places of a sequence at once. In every layer each place asks the others: whom should I "
                     "look at? Its [[query]] is compared with the [[keys|key]] of all, and of those that fit it takes the "
                     "[[values|value]]."))
    st.latex(r"\text{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right) V")
    terms.markdown(_("Each row of that softmax is whom one place looks at: the pictures on this page. Each [[head|multi-head attention]] "
                     "has weights of its own, and so a picture of its own. Nobody tells a head what to look for; it finds out in "
                     "training, and here you watch it."))
    terms.markdown(_("What a head is for, you see when it is gone: press it, and the network goes on without it."))


def own_text(data: bytes) -> tuple[str, dict[str, np.ndarray], list[str]]:
    """A text file, as an upload is kept: its content hash, its characters, no names."""
    text = owntext.read(data)
    return hashlib.sha256(text.tobytes()).hexdigest()[:32], {"text": text}, []


def all_controls(state: State[TransformerSpec, TransformerView]) -> None:
    idle = set(state.spec.idle)

    def draw(*names: str) -> None:
        controls.draw(state, *(name for name in names if name not in idle))

    draw("task", "length", "layers", "heads", "learning_rate")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: data"), "transformer:data") as opened:
        if opened:
            draw("symbols", "language", "points", "seed")
            if state.spec.task in TEXTS:
                files.own(state, "upload", own_text, kind="TXT", limit_mb=settings.upload_mb)
                st.button(_("Back to the built-in text"), key="transformer:builtin", disabled=not state.spec.upload,
                          on_click=lambda: state.change(upload=""))
    with lab.more(_("More: network"), "transformer:network") as opened:
        if opened:
            draw("positions", "mask", "width", "head_size", "feed", "norm", "dropout")
    with lab.more(_("More: training"), "transformer:training") as opened:
        if opened:
            draw("optimizer", "schedule", "warmup", "clip", "batch_size", "epochs")
    with lab.more(_("More: display"), "transformer:display") as opened:
        if opened:
            draw("log_scale")


def below(state: State[TransformerSpec, TransformerView]) -> None:
    finding.draw(state)
    beside.draw(state)


@fragment
def page() -> None:
    state = State("transformer", TransformerSpec, TransformerView)
    digest = state.spec.upload
    if digest and (problem := files.missing(digest, state.spec.control("upload").label, "text")):
        state.drop("upload", problem)
    spec = guess.on_screen(state)
    found = uploads.find(spec.upload) if spec.upload else None
    own = {spec.upload: found.arrays} if found else {}
    if found:
        files.hold(spec.upload)
    run = lab.open_run(state, own)
    live.draw(state, run, figures(spec, state.view, facts(spec, own)), title=_("Transformers"), ask=ask(spec), presets=PRESETS,
              controls=lambda: all_controls(state), below=lambda: below(state))


lab.heading(_("Transformers"), _("Whom does each word look at, and how does a network learn that?"), idea)
page()
foot.draw(State("transformer", TransformerSpec, TransformerView), TRIALS, [
    ("https://arxiv.org/abs/1706.03762", N_("Vaswani and others, Attention is all you need")),
    ("https://transformer-circuits.pub/2022/in-context-learning-and-induction-heads/index.html",
     N_("Olsson and others, In-context learning and induction heads")),
    ("https://arxiv.org/abs/1905.10650", N_("Michel, Levy and Neubig, Are sixteen heads really better than one?")),
    ("https://jalammar.github.io/illustrated-transformer/", N_("Jay Alammar, The illustrated Transformer")),
], needs=("attention", "recurrent"), leads=("text_project", "gan"))
