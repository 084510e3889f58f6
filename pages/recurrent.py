"""Recurrent networks that learn: a plain, an LSTM and a GRU network on tasks that want a memory, alone and side by side."""

import streamlit as st

from core.figures.recurrent import ask, facts, figures
from core.i18n import N_, _
from core.specs.examples import Preset, Trial
from core.specs.recurrent import GATES_DO_NOT, GATES_HELP, RecurrentSpec, RecurrentView
from core.ui import controls, foot, guess, lab, live, side, terms
from core.ui.language import fragment
from core.ui.state import State

PAGE = {"title": N_("Recurrent networks"), "section": "architectures", "icon": ":material/all_inclusive:", "order": 26}

PRESETS = [
    Preset(N_("The articles’ LSTM"), {}),
    Preset(N_("The articles’ SimpleRNN"), {"cell": "rnn"}),
    Preset(N_("The articles’ GRU"), {"cell": "gru"}),
    Preset(N_("Recall over a gap"), {"task": "recall", "cell": "gru", "length": 10, "units": 28, "learning_rate": 0.01, "points": 1000,
                                     "epochs": 20}),
    Preset(N_("Adding"), {"task": "adding", "cell": "gru", "units": 32, "learning_rate": 0.01, "epochs": 20}),
    Preset(N_("Parity"), {"task": "parity", "units": 16, "learning_rate": 0.01}),
    Preset(N_("A text of known entropy"), {"task": "text", "learning_rate": 0.005, "epochs": 20}),
    Preset(N_("The GRU’s gates help"), {**GATES_HELP, "cell": "gru"}),
    Preset(N_("Gates do not help"), {**GATES_DO_NOT, "cell": "rnn"}),
]
TRIALS = [
    Trial(N_("Let the gradient die"),
          N_("The recurrent weights begin at half their size: at every step back half of the gradient is lost. See how little of it "
             "arrives at the first step, which is the one to remember."),
          {"task": "recall", "cell": "rnn", "units": 32, "learning_rate": 0.001, "points": 1000, "epochs": 20, "initializer": "shrinking"}),
    Trial(N_("Begin with the forget gate half shut"),
          N_("Without its bias of 1 the forget gate keeps one half at every step: after 10 steps a thousandth is left. With the bias the "
             "same LSTM learns this within a few epochs."),
          {"task": "recall", "cell": "lstm", "length": 10, "units": 32, "learning_rate": 0.01, "points": 1000, "epochs": 15,
           "forget_bias": False}),
    Trial(N_("Let it explode"),
          N_("Recurrent weights one and a half times as large, and ReLU: go back to epoch 0 and see the gradient grow on its way back. "
             "Then set “Gradient clipping” to 1 under “More: training”: how far down does the loss go now?"),
          {"task": "adding", "length": 40, "cell": "rnn", "units": 32, "learning_rate": 0.01, "points": 1000, "epochs": 20,
           "initializer": "growing", "activation": "relu"}),
    Trial(N_("Where the GRU’s gates help"),
          N_("A gap of 40 and large steps: a learning rate of 0.04. Press “Side by side”. Of ten plain cells one learned it, of ten GRUs "
             "all ten. What an open update gate keeps stays, whatever other weights do; the plain cell keeps and writes with the same. "
             "The LSTM has gates, too, but at this rate none of ten learned it; at 0.01 about half of them do."),
          {**GATES_HELP, "cell": "gru"}),
    Trial(N_("Where gates do not help"),
          N_("The same gap with small steps, 0.001. The plain cell starts with orthogonal weights, which keep what they carry. Gates are "
             "half open at first and lose it on the way. Of ten plain cells all learned it within 11 epochs; of ten GRUs four and of "
             "ten LSTMs one, within 40."),
          {**GATES_DO_NOT, "cell": "rnn"}),
]


def idea() -> None:
    terms.markdown(_("A [[recurrent network|RNN]] reads a sequence step by step. What it has read so far it carries in its "
                     "[[hidden state]], and the same weights are used at every step."))
    st.latex(r"h_t = \tanh(W x_t + U h_{t-1} + b)")
    terms.markdown(_("To learn what the first step had to do with the answer, the gradient has to come back through all steps. Each one "
                     "multiplies it: by less than 1, and it [[vanishes|vanishing gradient]]; by more, and it "
                     "[[explodes|exploding gradient]]."))
    terms.markdown(_("[[LSTM]] and [[GRU]] put gates on the way, which can keep a state as it is. Whether that helps, and when, "
                     "you can see here: the three are trained side by side."))


def all_controls(state: State[RecurrentSpec, RecurrentView]) -> None:
    idle = set(state.spec.idle)

    def draw(*names: str) -> None:
        controls.draw(state, *(name for name in names if name not in idle))

    draw("task", "length", "cell", "units", "learning_rate")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: data"), "recurrent:data") as opened:
        if opened:
            draw("noise", "period", "waves", "language", "points", "seed")
    with lab.more(_("More: network"), "recurrent:network") as opened:
        if opened:
            draw("layers", "bidirectional", "activation", "initializer", "forget_bias", "dropout")
    with lab.more(_("More: training"), "recurrent:training") as opened:
        if opened:
            draw("clip", "optimizer", "schedule", "batch_size", "epochs")
    with lab.more(_("More: display"), "recurrent:display") as opened:
        if opened:
            draw("log_through", "log_scale")


@fragment
def page() -> None:
    state = State("recurrent", RecurrentSpec, RecurrentView)
    spec = guess.on_screen(state)
    run = lab.open_run(state)
    live.draw(state, run, figures(spec, state.view, facts(spec)), title=_("Recurrent networks"), ask=ask(spec), presets=PRESETS,
              controls=lambda: all_controls(state), below=lambda: side.draw(state))


lab.heading(_("Recurrent networks"), _("How does a network remember what it read long ago?"), idea)
page()
foot.draw(State("recurrent", RecurrentSpec, RecurrentView), TRIALS, [
    ("https://colah.github.io/posts/2015-08-Understanding-LSTMs/", N_("Christopher Olah, Understanding LSTM networks")),
    ("https://www.deeplearningbook.org/contents/rnn.html", N_("Goodfellow, Bengio and Courville, Deep Learning, chapter 10")),
    ("https://arxiv.org/abs/1211.5063", N_("Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks")),
    ("https://arxiv.org/abs/1412.3555", N_("Chung and others, Empirical evaluation of gated recurrent neural networks")),
], needs=("rnn", "lstm", "gru"), leads=("attention", "stock_project", "text_project"))
