"""The settings of the page on the GRU, scene by scene."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.cells import CELL, DISPLAY, GATES, SEQUENCE, Hold, MemorySpec, gate, hold

SCENES = {"cell": N_("The cell, step by step"), "hold": N_("Gates held by hand"), "weights": N_("Fewer weights")}
HELD = {"none": N_("none: all of them listen"), "update": N_("the update gate"), "all": N_("both")}
KEEPER = "z -12 0 6; r 0 0 10; g 3 0 0"
WIDEST = 200  # units of a layer whose weights are counted


class GruSpec(MemorySpec):
    """The page opens with an untrained cell that reads a few numbers."""

    study: ClassVar[str] = "gru"
    cell: ClassVar[str] = "gru"

    scene: Literal["cell", "hold", "weights"] = setting("cell", choices=SCENES, label=N_("Scene"), help=N_("What the page shows."),
                                                        group=DISPLAY)
    own_weights: str = setting(KEEPER, label=N_("Your weights"), max_length=200, group=GATES,
                               help=N_("A row for each part, with a semicolon between them: z, r, g, and for each the weight of the "
                                       "input, the weight of the state before, the bias; a second bias, beside the state, if you like."))
    hold_z: Hold = hold(N_("Update gate"))
    hold_r: Hold = hold(N_("Reset gate"))

    # a first symbol, then distractors
    held: Literal["none", "update", "all"] = setting(
        "update", choices=HELD, label=N_("Held by hand"), group=GATES,
        help=N_("A gate that is held has your value at every step. The others listen to the input and to the state before."))
    update_first: float = gate(0.5, N_("Update gate at the symbol"), N_("How much of the old state stays as the symbol comes; the rest is "
                                                                        "the symbol’s."))
    update_after: float = gate(0.5, N_("Update gate afterwards"), N_("How much of the state is kept from one step to the next; the rest is "
                                                                     "a distractor’s."))
    reset: float = gate(0.5, N_("Reset gate"), N_("How much the candidate hears of the state before."))

    # how many weights
    inputs: int = setting(1, ge=1, le=64, label=N_("Inputs n"), group=SEQUENCE, help=N_("How many numbers come in at every step."))
    lstm_units: int = setting(50, ge=1, le=WIDEST, label=N_("Units of the LSTM"), group=CELL, help=N_("Each has four sums to weigh."))
    gru_units: int = setting(50, ge=1, le=WIDEST, label=N_("Units of the GRU"), group=CELL, help=N_("Each has three sums to weigh."))

    @property
    def phases(self) -> tuple[dict[str, float], dict[str, float]]:
        if self.held == "none":
            return {}, {}
        reset = {"r": self.reset} if self.held == "all" else {}
        return {**reset, "z": self.update_first}, {**reset, "z": self.update_after}
