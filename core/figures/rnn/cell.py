"""A plain recurrent cell of a few units, step by step."""

from __future__ import annotations

import numpy as np

from core.figures.backpropagation.numerals import latex, latex_factor, short
from core.figures.cells.cell import scene
from core.figures.cells.walk import Walk
from core.frame import Message
from core.i18n import N_, _
from core.specs.cells import CellSpec
from core.specs.examples import Preset, Trial

FAINT = 0.01  # a state below this is as good as forgotten
FLAT = 0.95  # a state beyond this hardly moves any more


def formulas(walk: Walk) -> tuple[tuple[str, str], ...]:
    last = walk.steps - 1
    part, u = walk.sums(last)["h"], walk.unit
    x, h, b = (float(v[u]) for v in (part.input, part.state, part.bias))
    total = x + h + b
    return (
        (_("Hidden state"), r"h_t = \tanh(W x_t + U h_{t-1} + b)"),
        (_("Last step, unit {unit}", unit=u + 1), rf"h = \tanh\left({latex(x)} + {latex_factor(h)} + {latex_factor(b)}\right) = "
                                                  rf"\tanh({latex(total)}) = {latex(walk.at('h', last))}"),
    )


def echo(walk: Walk) -> int | None:
    """For how many steps after the last input that is not 0 the state is still above a hundredth; None if the end is an input."""
    heard = np.flatnonzero(np.abs(walk.feed.x).max(axis=1) > 0)
    if not heard.size or heard[-1] == walk.steps - 1:
        return None
    after = np.abs(walk.found["h"][heard[-1]:]).max(axis=1)
    quiet = np.flatnonzero(after < FAINT)
    return int(quiet[0]) if quiet.size else walk.steps - 1 - int(heard[-1])


def notes(spec: CellSpec, walk: Walk) -> tuple[Message, ...]:
    weights, u, h = walk.weights, walk.unit, walk.found["h"]
    own = float(weights.recurrent[u, u])
    said = [Message(N_("The same {count} weights are used at each of the {steps} steps. What differs is the input, and the state that the "
                       "step before has left."), {"count": sum(part.size for part in weights), "steps": walk.steps})]
    if weights.units == 1:
        said.append(Message(N_("The unit feeds itself through the weight {own}: more than 1, so a state can keep itself alive for ever, "
                               "and "
                               "tanh keeps it below 1.") if own > 1 else
                            N_("The unit feeds itself through the weight {own}: not more than 1, so without input every state fades.")
                            if own > 0 else
                            N_("The unit feeds itself through the weight {own}: being negative, it turns the sign around at every step.")
                            if own < 0 else
                            N_("The weight from state to state is 0: the unit forgets everything at once, and is an ordinary neuron."),
                            {"own": short(own)}))
    else:
        radius = float(np.abs(np.linalg.eigvals(weights.recurrent)).max())
        said.append(Message(N_("Every unit hears all {units} states of the step before. The spectral radius of U, the size of its largest "
                               "eigenvalue, is {radius}: below 1, so without input small states fade.") if radius < 0.995 else
                            N_("Every unit hears all {units} states of the step before. The spectral radius of U, the size of its largest "
                               "eigenvalue, is {radius}: it is tanh alone that makes an echo fade.") if radius < 1.005 else
                            N_("Every unit hears all {units} states of the step before. The spectral radius of U, the size of its largest "
                               "eigenvalue, is {radius}: above 1, so states can keep themselves alive."),
                            {"units": weights.units, "radius": f"{radius:.2f}"}))
    lasting = echo(walk)
    if lasting is not None:
        said.append(Message(N_("After the last input that is not 0 the cell is left to itself; at the end its largest state "
                               "is still {left}.") if float(np.abs(h[-1]).max()) >= FAINT else
                            N_("After the last input that is not 0 the cell is left to itself; steps until all of its state is below a "
                               "hundredth: {steps}."), {"steps": lasting, "left": short(float(h[-1][np.abs(h[-1]).argmax()]))}))
    flat = int((np.abs(h[:, u]) > FLAT).sum())
    if flat:
        said.append(Message(N_("In {flat} of {steps} steps unit {unit} is beyond ±0.95, where tanh is flat: there it hardly listens, and "
                               "hardly any gradient passes."), {"flat": flat, "steps": walk.steps, "unit": u + 1}))
    return tuple(said)


SCENE = scene(
    formulas, notes,
    look=N_("Press play, or go step by step: what the cell reads is added to what it remembers, and tanh bends the sum to the new "
            "[[hidden state]]."),
    presets=(Preset(N_("A pulse and its echo"), {"scene": "cell", "numbers": "1 0 0 0 0 0 0 0", "scale": 1.0}),
             Preset(N_("A sine"), {"scene": "cell", "feed": "sine", "units": 3}),
             Preset(N_("The word “hello”"), {"scene": "cell", "feed": "word", "units": 4}),
             Preset(N_("A unit that fades"), {"scene": "cell", "weights": "own", "numbers": "1 0 0 0 0 0 0 0"}),
             Preset(N_("A unit that keeps"), {"scene": "cell", "weights": "own", "own_weights": "3 2 0", "numbers": "1 0 0 0 -1 0 0 0"})),
    trials=(Trial(N_("No way from state to state"), N_("With 0 in the middle nothing is remembered: the same input always gives the same "
                                                       "state."),
                  {"scene": "cell", "weights": "own", "own_weights": "1 0 0", "numbers": "1 0 0 -1 0 0.5 0 0"}),
            Trial(N_("A negative way"), N_("The state swings: its sign turns around at every step."),
                  {"scene": "cell", "weights": "own", "own_weights": "1 -0.9 0", "numbers": "1 0 0 0 0 0 0 0"}),
            Trial(N_("Add up and run full"), N_("Inputs of one sign add up, but tanh lets no state beyond 1: the third 1 changes hardly "
                                                "anything."),
                  {"scene": "cell", "weights": "own", "own_weights": "1 1.2 0", "numbers": "1 1 1 1 1 0 0 0"})))
