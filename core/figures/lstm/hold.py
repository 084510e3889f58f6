"""A symbol, then distractors: the LSTM's gates are held by hand, and what is left of the symbol is drawn."""

from __future__ import annotations

from core.figures.backpropagation.numerals import latex, short
from core.figures.board import Picture, Scene
from core.figures.cells import holding
from core.figures.cells.holding import Lane
from core.frame import Message
from core.i18n import N_, _
from core.insight.remembering import percent, survives
from core.maths.holding import Held
from core.specs.examples import Preset, Trial
from core.specs.lstm import LstmSpec


def draw(spec: LstmSpec) -> Picture:
    held = holding.read(spec)
    forget = (("forget", _("the forget gate"), False, spec.forget),) if spec.held != "none" else ()
    every = spec.held == "all"
    entry = (("input_first", _("the input gate at the symbol"), True, spec.input_first),
             ("input_after", _("the input gate afterwards"), False, spec.input_after)) if every else ()
    out = (("output", _("the output gate"), False, spec.output),) if every else ()
    gates, grips = holding.gates(held, (Lane("i", N_("input gate i"), "layer2", entry), Lane("f", N_("forget gate f"), "layer0", forget),
                                        Lane("o", N_("output gate o"), "layer3", out)))
    return Picture((gates, holding.memory(held), holding.origins(held)), grips, notes=notes(spec, held), formulas=formulas(held),
                   numbers=holding.printed(held))


def formulas(held: Held) -> tuple[tuple[str, str], ...]:
    i, g = (float(held.found[name][0]) for name in "ig")
    inner = f"({latex(g)})" if g < 0 else latex(g)
    return (("", r"c_T = \sum_{k=0}^{T} \Bigl(\prod_{j=k+1}^{T} f_j\Bigr)\, i_k\, g_k, \qquad "
                 r"\frac{\partial c_T}{\partial c_0} = \prod_{j=1}^{T} f_j"),
            (_("Of the symbol"), rf"\prod f \cdot i_0 \cdot g_0 = {latex(held.passed)} \cdot {latex(i)} \cdot {inner} = "
                                 rf"{latex(float(held.parts[-1, 0]))}"))


def notes(spec: LstmSpec, held: Held) -> tuple[Message, ...]:
    i, f = float(held.found["i"][0]), held.found["f"]
    values = {"left": percent(held.left), "i": short(i), "gap": held.gap, "product": short(held.passed),
              "others": percent(held.distractors), "f": short(spec.forget), "low": short(float(f[1:].min())),
              "high": short(float(f[1:].max()))}
    said = [Message(N_("The input gate let {i} of the symbol in; since then the forget gate, {f} at every step, has been multiplied {gap} "
                       "times: {product}. So {left} is left.") if spec.held != "none" else
                    N_("The input gate let {i} of the symbol in; since then it has passed {gap} forget gates between {low} and {high}, "
                       "together {product}. So {left} is left."), values)]
    if survives(held):
        said.append(Message(N_("That is a memory: written once, then the belt runs on unchanged. The distractors knock in vain.")))
    elif held.distractors > max(abs(held.left), 0.1):
        said.append(Message(N_("Distractors have written {others} of what the symbol offered, each part counted without its sign: what is "
                               "kept is buried. Keeping is the forget gate’s task, refusing is the input gate’s.") if held.left > 0.5 else
                            N_("What is in c now comes from distractors more than from the symbol: their parts, each without its sign, "
                               "add up to {others} of what the symbol offered."), values))
    said.append(holding.gradient(held))
    if spec.held == "all":
        said.append(Message(N_("The output gate changes h, not c: what is kept may stay hidden until it is needed.")))
    return tuple(said)


def program(spec: LstmSpec) -> str:
    return holding.code(spec)


def plays(spec: LstmSpec, name: str) -> bool:
    return {"forget": spec.held != "none", "input_first": spec.held == "all", "input_after": spec.held == "all",
            "output": spec.held == "all"}.get(name, True)


SCENE = Scene(
    "hold", N_("Gates held by hand"),
    N_("A symbol comes first, then distractors. Hold the [[forget gate]]: drag its disc up and down, and see what is left of the symbol at "
       "the end. Then hold all three gates."),
    ("held", "forget", "input_first", "input_after", "output"), draw, program,
    more=("symbol", "noise", "gap", "seed", "scale"), plays=plays,
    presets=(Preset(N_("As Keras begins"), {"scene": "hold"}),
             Preset(N_("All gates listen"), {"scene": "hold", "held": "none"}),
             Preset(N_("All gates half open"), {"scene": "hold", "held": "all", "forget": 0.5, "input_first": 0.5}),
             Preset(N_("Nothing to distract"), {"scene": "hold", "forget": 0.9, "noise": 0.0})),
    trials=(Trial(N_("Forget gate at 0.9"), N_("0.9 sounds like much, but 20 times in a row it is 0.12."),
                  {"scene": "hold", "forget": 0.9}),
            Trial(N_("Forget gate wide open"), N_("The symbol’s part no longer shrinks. But look at the distractors: all of them stay, "
                                                  "too."), {"scene": "hold", "forget": 1.0}),
            Trial(N_("Forget everything"), N_("With the forget gate shut c is what this step has written, and nothing else."),
                  {"scene": "hold", "forget": 0.0})))
