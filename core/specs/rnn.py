"""The settings of the page on recurrent networks, scene by scene."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.cells import CELL, DISPLAY, SEQUENCE, CellSpec

SCENES = {"cell": N_("The cell, step by step"), "gap": N_("Stretch the gap"), "unrolled": N_("Unrolled and cut off"),
          "exploding": N_("The cliff")}
INITIALIZERS = {"orthogonal": N_("orthogonal (Keras)"), "glorot": N_("Glorot uniform"), "identity": N_("identity")}
CUTS = {"window": N_("a window behind every loss"), "pieces": N_("pieces of text")}
NETWORK, LOSS, DESCENT = N_("Network"), N_("Loss"), N_("Descent")
FARTHEST = 100  # steps back
W, B = (0.0, 4.0), (-2.0, 2.0)  # what is shown of the weight and the bias that feed a unit with itself
OWN = "1 0.8 0"


class RnnSpec(CellSpec):
    """The page opens with a plain cell that reads a few numbers."""

    study: ClassVar[str] = "rnn"
    cell: ClassVar[str] = "rnn"

    scene: Literal["cell", "gap", "unrolled", "exploding"] = setting(
        "cell", choices=SCENES, label=N_("Scene"), help=N_("What the page shows."), group=DISPLAY)
    own_weights: str = setting(OWN, label=N_("Your weights"), max_length=200, group=CELL,
                               help=N_("Three numbers: the weight of the input, the weight of the state before, the bias."))

    # how much of a gradient is left
    gap: int = setting(20, ge=1, le=FARTHEST, label=N_("Gap"), group=SEQUENCE,
                       help=N_("How many steps lie between what has to be remembered and the loss. Drag the line in the figure."))
    initializer: Literal["orthogonal", "glorot", "identity"] = setting(
        "orthogonal", choices=INITIALIZERS, label=N_("Recurrent initializer"), group=NETWORK,
        help=N_("How the weights from state to state are drawn. Keras takes an orthogonal matrix, which keeps every length."))
    recurrent_scale: float = setting(1.0, ge=0.1, le=2, step=0.02, label=N_("Recurrent scale"), group=NETWORK,
                                     help=N_("All weights from state to state are multiplied by this."))
    forget_bias: float = setting(1.0, ge=-2, le=6, step=0.1, label=N_("LSTM: forget bias"), group=NETWORK,
                                 help=N_("The bias of the LSTM’s forget gate. Keras begins with 1."))
    update_bias: float = setting(0.0, ge=-2, le=6, step=0.1, label=N_("GRU: update bias"), group=NETWORK,
                                 help=N_("The bias of the GRU’s update gate, which keeps the state where it is open. Keras begins with 0."))
    network_units: int = setting(32, ge=2, le=32, label=N_("Units of each network"), group=NETWORK,
                                 help=N_("How long the hidden state is, in all three networks."))
    inputs: int = setting(4, ge=1, le=16, label=N_("Inputs a step"), group=SEQUENCE, help=N_("How many random numbers are read at every "
                                                                                            "step."))
    strength: float = setting(1.0, ge=0, le=2, step=0.05, label=N_("Strength of the inputs"), group=SEQUENCE,
                              help=N_("The standard deviation of the inputs. At 0 the networks hear nothing."))

    # truncated back-propagation
    text: str = setting("hello hello", label=N_("Text"), max_length=40, group=SEQUENCE,
                        help=N_("From 3 to 13 characters. At each step the network is to guess the next one."))
    cut: Literal["window", "pieces"] = setting(
        "window", choices=CUTS, label=N_("Cut off by"), group=LOSS,
        help=N_("A window: from every loss the gradient goes back k steps. Pieces: the text is cut into pieces of k steps; the state goes "
                "on from piece to piece, the gradient does not."))
    window: int = setting(4, ge=1, le=12, label=N_("k, steps"), group=LOSS, help=N_("How many steps a gradient may go back, its own "
                                                                                      "included."))
    at: int = setting(9, ge=1, le=12, label=N_("Loss looked at"), group=LOSS, help=N_("Whose gradient the arrows show. Press a loss in the "
                                                                                      "figure."))
    text_units: int = setting(6, ge=1, le=8, label=N_("Units"), group=NETWORK, help=N_("How long the hidden state is."))

    # the cliff
    w: float = setting(2.0, ge=W[0], le=W[1], step=0.05, label=N_("Weight w"), group=DESCENT,
                       help=N_("What the state before is multiplied by. Drag the start in the figure."))
    b: float = setting(-0.25, ge=B[0], le=B[1], step=0.05, label=N_("Bias b"), group=DESCENT,
                       help=N_("What is added at every step. Drag the start in the figure."))
    rate: float = setting(0.1, ge=0.01, le=1, log=True, label=N_("Learning rate"), group=DESCENT,
                          help=N_("How far a step of gradient descent goes, for a gradient of length 1."))
    clip: float = setting(2.0, ge=0.01, le=100, log=True, label=N_("Clip at"), group=DESCENT,
                          help=N_("A longer gradient is shortened to this length, its direction kept. Keras: global_clipnorm."))
    unrolled_steps: int = setting(15, ge=1, le=50, label=N_("Time steps"), group=SEQUENCE,
                                  help=N_("How many times the unit feeds itself before the loss is measured."))
    updates: int = setting(60, ge=5, le=120, label=N_("Updates"), group=DESCENT, help=N_("How many steps gradient descent takes."))
    target: float = setting(0.2, ge=-0.9, le=0.9, step=0.05, label=N_("Target"), group=SEQUENCE, help=N_("What the last state should be."))
    start: float = setting(0.8, ge=-1, le=1, step=0.05, label=N_("First state"), group=SEQUENCE, help=N_("The state before the first "
                                                                                                       "step."))

    @property
    def letters(self) -> int:
        """How many losses the text has: one for each character that another one follows."""
        return max(len(self.text.strip()) - 1, 2)

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        return (1, min(self.letters, 12)) if name in ("at", "window") else super().bounds_of(name)

    def revised(self, **values: Any) -> Any:
        """A shorter text has fewer losses, and a window is no longer than it."""
        found = super().revised(**values)
        return found.changed(at=min(found.at, found.letters), window=min(found.window, found.letters))
