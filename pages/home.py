"""Home: one network, learning now; and the way to everything else."""

from dataclasses import replace

import streamlit as st

from core.data import points
from core.figures import curves
from core.figures.feedforward import answer, drawing
from core.i18n import N_, _
from core.specs.feedforward import FeedforwardSpec, FeedforwardView
from core.ui import lab
from core.ui.language import fragment
from core.ui.pages import SECTIONS, headers
from core.ui.state import State

PAGE = {"title": N_("Home"), "section": "", "icon": ":material/home:", "order": 0}

WORKS = {"dataset": "spiral", "hidden": (8, 8), "activation": "silu", "noise": 0.0, "points": 600, "epochs": 400,
         "learning_rate": 0.02, "schedule": "cosine", "batch_size": 16}
STATES = [
    (N_("It works"), WORKS, N_("Sixteen neurons cut and fold the plane until the two arms of the spiral come apart.")),
    (N_("Make it fail: no bend"), {**WORKS, "activation": "linear"},
     N_("Without a bend in its neurons the same network is one straight line, however long it learns.")),
    (N_("Make it fail: too fast"), {**WORKS, "learning_rate": 1.0},
     N_("Every step overshoots: the loss jumps up and down and nothing is learned.")),
    (N_("Make it fail: too slow"), {**WORKS, "learning_rate": 0.0001},
     N_("The steps are so small that after 400 epochs it has hardly left its start.")),
]


@fragment
def network() -> None:
    state = State("home", FeedforwardSpec, FeedforwardView, opening=FeedforwardSpec(**WORKS))
    spec = state.spec
    run = lab.open_run(state)
    lab.problems(state.problems)
    state.write_url()
    sample = points.load(spec.dataset, points=spec.points, noise=spec.noise, seed=spec.seed, train_share=spec.train_share)
    with st.container(horizontal=True):
        for i, (name, values, _look) in enumerate(STATES):
            chosen = FeedforwardSpec(**values)
            st.button(_(name), key=f"home:{i}", type="primary" if chosen == spec else "secondary",
                      on_click=lambda s=chosen: state.apply(s))
    lab.failure(state, run)
    st.markdown(_(next((look for _n, values, look in STATES if FeedforwardSpec(**values) == spec), STATES[0][2])))
    lab.play(state, run, [drawing(spec, sample), answer(spec, state.view, sample), replace(curves.loss(spec.epochs), span=6),
                          replace(curves.accuracy(spec.epochs), span=6)],
             epochs=spec.epochs)


st.title(_("Learn deep learning by touching it"), anchor=False)
st.markdown(_("This is a real Keras network, trained on this machine. No picture was prepared in advance: move anything, on any page, and "
              "it learns anew."))
network()
for section, name in SECTIONS.items():
    pages = [h for h in headers() if h.section == section and section]
    if pages:
        st.subheader(_(name))
        for header in pages:
            st.page_link(str(header.path), label=_(header.title), icon=header.icon)
