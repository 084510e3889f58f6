"""An LSTM cell of a few units, step by step."""

from __future__ import annotations

from core.figures.backpropagation.numerals import latex, short
from core.figures.cells.cell import scene
from core.figures.cells.walk import Walk
from core.frame import Message
from core.i18n import N_, _
from core.specs.cells import CellSpec
from core.specs.examples import Preset, Trial
from core.specs.lstm import LATCH


def formulas(walk: Walk) -> tuple[tuple[str, str], ...]:
    last = walk.steps - 1
    f, i, g, o, c = (latex(walk.at(name, last)) for name in "figoc")
    before = float(walk.before("c", last)[walk.unit])
    closed = f"({latex(before)})" if before < 0 else latex(before)
    return (
        (_("Gates"), r"f, i, o = \sigma(W x_t + U h_{t-1} + b), \qquad g = \tanh(W x_t + U h_{t-1} + b)"),
        (_("Cell state"), r"c_t = f \odot c_{t-1} + i \odot g"),
        (_("Hidden state"), r"h_t = o \odot \tanh(c_t)"),
        (_("Last step"), rf"c = {f}\cdot {closed} + {i}\cdot {f'({g})' if g.startswith('-') else g} = {c}, \quad "
                         rf"h = {o}\cdot\tanh({c}) = {latex(walk.at('h', last))}"),
    )


def notes(spec: CellSpec, walk: Walk) -> tuple[Message, ...]:
    u, f, c, h = walk.unit, *(walk.found[name][:, walk.unit] for name in "fch")
    said = []
    if "f" in walk.held:
        said.append(Message(N_("You hold the forget gate open: nothing of the cell state is lost, whatever comes.") if walk.held["f"] else
                            N_("You hold the forget gate shut: at every step the cell begins with nothing.")))
    elif f.max() - f.min() < 0.01:
        said.append(Message(N_("The forget gate stays at {low} whatever comes: that share of the cell state stays on the belt from one "
                               "step "
                               "to the next."), {"low": short(float(f.min()))}))
    else:
        said.append(Message(N_("The forget gate of unit {unit} lies between {low} and {high}: so much of the cell state stays on the belt "
                               "from one step to the next."), {"unit": u + 1, "low": short(float(f.min())), "high": short(float(f.max()))}))
    if walk.held.get("i") == 0:
        said.append(Message(N_("You hold the input gate shut: nothing gets onto the belt, and c stays 0.")))
    if walk.held.get("o") == 0:
        said.append(Message(N_("You hold the output gate shut: the cell goes on remembering, but shows nothing. h is 0.")))
    most = float(abs(c).max())
    said.append(Message(N_("The cell state adds up and may leave −1 to 1 (here it reaches {c}); the hidden state passes through tanh and "
                           "the output gate, and cannot (here {h}).") if most > 1 else
                        N_("The cell state only ever loses a share and gets something added; here it reaches {c}. The hidden state is what "
                           "the output gate lets be seen of it, here up to {h}."),
                        {"c": short(most), "h": short(float(abs(h).max()))}))
    if spec.weights == "drawn" and not walk.held:
        said.append(Message(N_("Nothing is trained yet: input and output gates hover around σ(0) = 0.5, the forget gate around "
                               "σ(1) = 0.73, because Keras gives it a bias of 1. Training moves them to where they help.")))
    return tuple(said)


SCENE = scene(
    formulas, notes,
    look=N_("Press play, or go step by step. Follow the [[cell state]] along the belt: the [[forget gate]] narrows it, the [[input gate]] "
            "lets something new on, the [[output gate]] shows a part of it."),
    holds=("hold_f", "hold_i", "hold_o"),
    presets=(Preset(N_("A pulse and its echo"), {"scene": "cell", "numbers": "1 0 0 0 0 0 0 0"}),
             Preset(N_("A sine"), {"scene": "cell", "feed": "sine", "units": 3}),
             Preset(N_("The word “hello”"), {"scene": "cell", "feed": "word", "units": 4}),
             Preset(N_("A cell that counts"), {"scene": "cell", "weights": "own", "numbers": "1 0 1 1 0 1 0 1"}),
             Preset(N_("A cell that keeps"), {"scene": "cell", "weights": "own", "own_weights": LATCH,
                                              "numbers": "1 0 0 0 0 1 0 0 0 0"})),
    trials=(Trial(N_("Hold the forget gate open"), N_("The belt no longer narrows: every pulse stays in c, and what comes later is added "
                                                      "to it."), {"scene": "cell", "hold_f": "open"}),
            Trial(N_("Hold the forget gate shut"), N_("c is now only i·g of this very step: the LSTM has no memory on its belt."),
                  {"scene": "cell", "hold_f": "shut"}),
            Trial(N_("Hold the output gate shut"), N_("c lives on, h is 0. And since the gates listen to h, they now hear the input only."),
                  {"scene": "cell", "hold_o": "shut"})))
