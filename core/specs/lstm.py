"""The settings of the page on the LSTM, scene by scene."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.cells import DISPLAY, GATES, SEQUENCE, Hold, MemorySpec, gate, hold

SCENES = {"cell": N_("The cell, step by step"), "hold": N_("Gates held by hand"), "forget": N_("The forget bias")}
HELD = {"none": N_("none: all of them listen"), "forget": N_("the forget gate"), "all": N_("all three")}
COUNTER = "i 0 0 10; f 0 0 10; g 0.5 0 0; o 0 0 10"
LATCH = "i 12 0 -6; f -12 0 6; g 3 0 0; o 0 0 10"


class LstmSpec(MemorySpec):
    """The page opens with an untrained cell that reads a few numbers."""

    study: ClassVar[str] = "lstm"
    cell: ClassVar[str] = "lstm"

    scene: Literal["cell", "hold", "forget"] = setting("cell", choices=SCENES, label=N_("Scene"), help=N_("What the page shows."),
                                                       group=DISPLAY)
    own_weights: str = setting(COUNTER, label=N_("Your weights"), max_length=200, group=GATES,
                               help=N_("A row for each part, with a semicolon between them: i, f, g, o, and for each the weight of the "
                                       "input, the weight of the state before, the bias."))
    hold_f: Hold = hold(N_("Forget gate"))
    hold_i: Hold = hold(N_("Input gate"))
    hold_o: Hold = hold(N_("Output gate"))

    # a first symbol, then distractors
    held: Literal["none", "forget", "all"] = setting(
        "forget", choices=HELD, label=N_("Held by hand"), group=GATES,
        help=N_("A gate that is held has your value at every step. The others listen to the input and to the state before."))
    forget: float = gate(0.73, N_("Forget gate"), N_("What share of the cell state is kept from one step to the next. Drag it in the "
                                                     "figure, if you like."))
    input_first: float = gate(1.0, N_("Input gate at the symbol"), N_("How much of the first symbol is written into the cell."))
    input_after: float = gate(0.5, N_("Input gate afterwards"), N_("How much of each distractor is written into the cell."))
    output: float = gate(0.5, N_("Output gate"), N_("How much of the cell state shows as hidden state."))

    # the forget bias alone
    bias: float = setting(1.0, ge=-2, le=8, step=0.05, label=N_("Forget bias b"), group=GATES,
                          help=N_("Keras begins with 1 (unit_forget_bias=True), PyTorch with a random number near 0. Drag the point on "
                                  "the curve."))
    steps: int = setting(20, ge=2, le=100, label=N_("Steps to remember"), group=SEQUENCE,
                       help=N_("How long the cell has to remember."))
    log: bool = setting(False, label=N_("Powers of ten"), group=DISPLAY, help=N_("Draw what is left on a logarithmic axis."))

    @property
    def phases(self) -> tuple[dict[str, float], dict[str, float]]:
        if self.held == "none":
            return {}, {}
        if self.held == "forget":
            return {"f": self.forget}, {"f": self.forget}
        both = {"f": self.forget, "o": self.output}
        return {**both, "i": self.input_first}, {**both, "i": self.input_after}
