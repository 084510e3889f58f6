"""Step 3: which network reads the texts, how it learns, and what more texts would bring."""

from __future__ import annotations

import math

import streamlit as st

from core.figures.group import learning
from core.i18n import N_, _, language, say
from core.insight.texts import more_texts
from core.specs.text import MODELS, TextSpec
from core.ui import controls, guess, lab
from core.ui.controls import bound, hidden, locked
from core.ui.group import Member, group
from core.ui.textual import looked
from core.ui.tools import Bench
from core.ui.tools.results import result
from core.ui.tools.seeds import stop, train

PURPOSE = N_("Choose a network and train it. The dotted line in the accuracy is the simple model, which only counts words: that is the one "
             "to beat.")
SIZES = 4  # of the learning curve, each twice the one before


def left(bench: Bench) -> None:
    state = bench.state
    if not hidden(state, "model"):
        binding = bound(f"{state.name}:models.{language()}", state.spec.model, lambda name: state.change(model=name), list(MODELS))
        st.pills(_("Network"), list(MODELS), default=binding.pop("value"), format_func=lambda name: _(MODELS[name]), required=True,
                 wrap=True, disabled=locked(state, "model"), help=_(state.spec.control("model").help), **binding)
    row = looked.row_of(looked.look(state.spec))
    if row:
        st.caption(_("Weights: {n:,}", n=state.spec.weights(int(row["words"]), len(looked.classes_of(state.spec)))))
    controls.draw(state, "learning_rate", "epochs", "patience")
    lab.history(state)
    guess.toggle(state)
    with lab.more(_("More: training"), f"{state.name}:training") as opened:
        if opened:
            idle = state.spec.idle
            controls.draw(state, *(name for name in ("width", "units", "heads", "dropout", "l2", "batch_size", "optimizer", "schedule",
                                                     "seed", "log_scale") if name not in idle))


def sizes(spec: TextSpec, there: int) -> list[int]:
    """How many texts the runs of a learning curve learn from: half as many each time, the most last. there: how many there are."""
    least = spec.bounds("points")[0]
    return sorted({max(min(spec.points, there) // 2**k, least) for k in range(SIZES)})


def right(bench: Bench) -> None:
    """The learning curve, once it is asked for."""
    with lab.more(_("What would more texts bring?"), bench.key("learning")) as opened:
        if opened:
            _learning(bench)


def _learning(bench: Bench) -> None:
    st.caption(_("The same setting trained on fewer texts, each time half as many, and the simple model on the same ones. All are judged "
                 "on the same validation texts."))
    st.button(_("Draw the learning curve"), key=bench.key("learning:go"), icon=":material/show_chart:", type="primary",
              on_click=lambda: st.session_state.update({bench.key("curve"): bench.spec}))
    spec: TextSpec | None = st.session_state.get(bench.key("curve"))
    if spec is None:
        return
    if spec != bench.spec:
        st.caption(_(":material/history: These runs are of the setting before the last change. The button takes the one on screen."))
    seen = looked.arrays_of(looked.look(spec, "run"))
    if seen is None:
        return
    there, held = (int(seen["counts"][seen["counts_part"] == part, 1].sum()) for part in (0, 1))
    counts = sizes(spec, there)
    settings = [spec.revised(points=count, branch="") for count in counts]
    simple = [one.beside for one in settings]
    keys = (train(bench, settings, "curve"), train(bench, simple, "curve:simple"))
    members = [Member(key, number, count) for number, those in enumerate(keys) for key, count in zip(those, counts, strict=True)]
    group(members, [learning(spec.score, [(_("network"), "score"), (_("TF-IDF"), "layer1")], counts[-1])], key=bench.key("curve:figure"),
          metrics=[spec.score.metric])
    results = [[result(one) for one in those] for those in (settings, simple)]
    stop(bench, "curve", results)
    done = [[(count, found.score) for count, found in zip(counts, those, strict=True)
             if found is not None and found.state == "finished" and math.isfinite(found.score)] for those in results]
    if all(found is not None for those in results for found in those) and all(len(those) > 1 for those in done):
        st.markdown("\n".join(f"- {say(note)}" for note in more_texts(done[0], done[1], held)))
