"""Step 3: how it is trained."""

from __future__ import annotations

from core.i18n import N_, _
from core.ui import controls, guess, lab
from core.ui.tools import Bench

PURPOSE = N_("Train it, and watch the two curves: while both fall it learns; where only the training curve falls it memorises.")


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "learning_rate", "batch_size", "epochs", "patience", "augmentation")
    lab.history(state)
    guess.toggle(state)
    with lab.more(_("More: training"), f"{state.name}:training") as opened:
        if opened:
            controls.draw(state, "optimizer", "schedule", "dropout", "seed", "log_scale")
