"""A symbol, then distractors: the GRU's update gate is held by hand, and what is left of the symbol is drawn."""

from __future__ import annotations

from core.figures.backpropagation.numerals import latex, latex_factor, short
from core.figures.board import Picture, Scene
from core.figures.cells import holding
from core.figures.cells.holding import Lane
from core.frame import Message
from core.i18n import N_, _
from core.insight.remembering import percent, survives
from core.maths.holding import Held
from core.specs.examples import Preset, Trial
from core.specs.gru import GruSpec


def draw(spec: GruSpec) -> Picture:
    held = holding.read(spec)
    update = (("update_first", _("the update gate at the symbol"), True, spec.update_first),
              ("update_after", _("the update gate afterwards"), False, spec.update_after)) if spec.held != "none" else ()
    reset = (("reset", _("the reset gate"), False, spec.reset),) if spec.held == "all" else ()
    gates, grips = holding.gates(held, (Lane("z", N_("update gate z"), "layer0", update), Lane("r", N_("reset gate r"), "layer3", reset)))
    return Picture((gates, holding.memory(held), holding.origins(held)), grips, notes=notes(spec, held), formulas=formulas(held),
                   numbers=holding.printed(held))


def formulas(held: Held) -> tuple[tuple[str, str], ...]:
    z, g = (float(held.found[name][0]) for name in "zg")
    return (("", r"h_T = \sum_{k=0}^{T} \Bigl(\prod_{j=k+1}^{T} z_j\Bigr)\, (1 - z_k)\, g_k"),
            (_("Of the symbol"), rf"\prod z \cdot (1 - z_0) \cdot g_0 = {latex(held.passed)} \cdot {latex(1 - z)} \cdot "
                                 rf"{latex_factor(g)} = {latex(float(held.parts[-1, 0]))}"))


def notes(spec: GruSpec, held: Held) -> tuple[Message, ...]:
    z = held.found["z"]
    values = {"left": percent(held.left), "i": short(1 - float(z[0])), "gap": held.gap, "product": short(held.passed),
              "others": percent(held.distractors), "low": short(float(z[1:].min())), "high": short(float(z[1:].max()))}
    said = [Message(N_("The update gate let 1 − z = {i} of the symbol in; since then it has kept its share {gap} times, together "
                       "{product}. "
                       "So {left} is left."), values)]
    if survives(held):
        said.append(Message(N_("One gate did both: open to what is old is shut to what is new. An LSTM needs a forget gate and an input "
                               "gate for that.")))
    elif held.distractors > max(abs(held.left), 0.1):
        said.append(Message(N_("What is in h now comes from distractors more than from the symbol: their parts, each without its sign, "
                               "add up to {others} of what the symbol offered."), values))
    if spec.held != "none" and abs(held.found["z"][1] - 1) > 1e-9:
        said.append(Message(N_("The two shares of a step sum to 1: a GRU cannot keep everything and add something as well, as an LSTM "
                               "can. So h stays between −1 and 1, and no count can grow in it.")))
    said.append(holding.gradient(held))
    return tuple(said)


def program(spec: GruSpec) -> str:
    return holding.code(spec)


def plays(spec: GruSpec, name: str) -> bool:
    return {"update_first": spec.held != "none", "update_after": spec.held != "none", "reset": spec.held == "all"}.get(name, True)


SCENE = Scene(
    "hold", N_("Gates held by hand"),
    N_("The same task as the LSTM’s: a symbol comes first, then distractors. Drag the [[update gate]]’s two discs, one for the symbol, one "
       "for all that follows. One gate is enough."),
    ("held", "update_first", "update_after", "reset"), draw, program, more=("symbol", "noise", "gap", "seed", "scale"), plays=plays,
    presets=(Preset(N_("As Keras begins"), {"scene": "hold"}),
             Preset(N_("All gates listen"), {"scene": "hold", "held": "none"}),
             Preset(N_("Nearly open"), {"scene": "hold", "update_after": 0.95})),
    trials=(Trial(N_("Update gate at 0.9"), N_("0.12 of what came in is left after 20 steps, as with an LSTM’s forget gate of 0.9."),
                  {"scene": "hold", "update_after": 0.9}),
            Trial(N_("Open from the start"), N_("Nothing is forgotten, but nothing came in either: h stays 0. The gate must shut for the "
                                                "symbol first."), {"scene": "hold", "update_first": 1.0, "update_after": 1.0}),
            Trial(N_("No reset"), N_("With the reset gate shut the candidate hears only the input. What is kept does not change: that "
                                     "is the update gate’s affair."), {"scene": "hold", "held": "all", "reset": 0.0})))
