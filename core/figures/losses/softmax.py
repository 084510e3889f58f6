"""The softmax pipeline: logits, exp, normalised, and the gradient p - y."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.losses.common import code, rounded
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.activations import softmax
from core.maths.losses import categorical_crossentropy_logits, dcategorical_crossentropy_logits
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

NAMES = ("A", "B", "C")
COLOURS = ("class2", "class3", "class8")  # neither blue nor orange: those are the signs of the gradient


def logits(spec: LossesSpec) -> np.ndarray:
    return np.array([spec.logit_a, spec.logit_b, spec.logit_c])


def one_hot(spec: LossesSpec) -> np.ndarray:
    return np.eye(3)["abc".index(spec.truth)]


def bars(id: str, values: np.ndarray, form: str, colours: list[str], bounds: tuple[float, float], *, title: str, alt: str,
         across: str, truth: int, held: bool = False) -> Any:
    """Three bars with their numbers; held: with room for a handle at the end of each."""
    bar = {"type": "bar", "x": [0, 1, 2], "y": rounded(values), "text": [format(v, form).replace("-", "−") for v in values],
           "textposition": "outside", "cliponaxis": False, "textfont": {"size": 13, "color": colour("text")}, "width": 0.62,
           "marker": {"color": colours, "line": {"width": [3 if k == truth else 0 for k in range(3)], "color": colour("text")}},
           "customdata": list(NAMES), "hovertemplate": "%{customdata}: %{y:.4g}<extra></extra>"}
    data: list[dict[str, Any]] = [bar]
    if held:
        data = [{**bar, "textposition": "none"},
                {"type": "scatter", "mode": "text", "x": [0, 1, 2], "y": rounded(values + np.where(values >= 0, 0.7, -0.7)),
                 "text": bar["text"], "textfont": bar["textfont"], "hoverinfo": "skip"}]
    ticks = {"tickvals": [0, 1, 2], "ticktext": [_("{name}, true", name=n) if k == truth else n for k, n in enumerate(NAMES)],
             "tickfont": {"size": 12, "color": colour("text")}}
    return figure(id, data, layout(
        xaxis=axis(across, range=[-0.6, 2.6], fixedrange=True, **ticks), margin={"l": 36, "r": 8, "t": 10, "b": 42},
        yaxis=axis("", range=list(bounds), fixedrange=True, zeroline=True, zerolinecolor=colour("muted"), zerolinewidth=1)),
        title=title, alt=alt, height=370, span=3)


def draw(spec: LossesSpec) -> Picture:
    z, y = logits(spec), one_hot(spec)
    e, p = np.exp(z), softmax(z)
    gradient = dcategorical_crossentropy_logits(y, z)
    loss = float(categorical_crossentropy_logits(y, z))
    right = "abc".index(spec.truth)
    classes = [colour(token) for token in COLOURS]
    signs = [colour("positive" if g >= 0 else "negative") for g in gradient]
    listed = lambda values: {name: float(v) for name, v in zip("abc", values, strict=True)}  # noqa: E731
    figures = (
        bars("z", z, ".2f", classes, (-4.2, 4.2), held=True, title=_("1. Logits"), across=_("logit z: any number"), truth=right,
             alt=_("Logits: A {a:.2f}, B {b:.2f}, C {c:.2f}.", **listed(z))),
        bars("exp", e, ".3g", classes, (0, 23), title=_("2. exp, sum {s:.3g}", s=float(e.sum())),
             across=_("e to the z: positive"), truth=right, alt=_("e to the logit: A {a:.3g}, B {b:.3g}, C {c:.3g}.", **listed(e))),
        bars("p", p, ".3f", classes, (0, 1.12), title=_("3. Truth gets {p:.2g}", p=float(p[right])),
             across=_("probability p: divided by the sum"), truth=right,
             alt=_("Probabilities: A {a:.3f}, B {b:.3f}, C {c:.3f}; the loss is {loss:.3f}.", loss=loss, **listed(p))),
        bars("gradient", gradient, "+.3f", signs, (-1.15, 1.15), title=_("4. Gradient, sum 0"), across=_("p − y = ∂loss/∂z"),
             truth=right, alt=_("Gradient of the loss: A {a:+.3f}, B {b:+.3f}, C {c:+.3f}.", **listed(gradient))))
    places = np.linspace(-3, 3, 13).tolist()
    handles = tuple(Handle(f"logit_{k}", "z", _("logit of {name}", name=NAMES[i]), (float(i), float(z[i])), (f"logit_{k}",),
                           rail=tuple((v, float(i), v) for v in places), step=0.05, colour=COLOURS[i]) for i, k in enumerate("abc"))
    terms = " + ".join(f"e^{{{v:.2f}}}" for v in z)
    return Picture(figures, handles, notes=notes(spec, p, loss),
                   formulas=(("", rf"p_{NAMES[right]} = \frac{{e^{{{z[right]:.2f}}}}}{{{terms}}} = {p[right]:.5g}"),
                             (_("loss"), rf"-\ln p_{NAMES[right]} = -\ln {p[right]:.5g} = {loss:.3f}")),
                   numbers={"p": p.tolist(), "loss": loss, "gradient": gradient.tolist()})


def notes(spec: LossesSpec, p: np.ndarray, loss: float) -> tuple[Message, ...]:
    right, top = "abc".index(spec.truth), int(p.argmax())
    push = Message(N_("Descent goes against the gradient: {truth} is pushed up by {up:.2f}, and the others are pushed down by as much "
                      "together."), {"truth": NAMES[right], "up": float(1 - p[right])})
    if p.max() - p.min() < 1e-9:
        return (Message(N_("Equal logits are a pure guess: ⅓ each, loss ln 3 = 1.099. A new network begins near this loss.")), push)
    if top != right and p[top] - p[right] < 1e-9:
        other = Message(N_("{top} and {truth}, the truth, are level at {p:.2f}: a network that has to choose one can only toss a coin. The "
                           "loss is {loss:.2f}."), {"top": NAMES[top], "truth": NAMES[right], "p": float(p[right]), "loss": loss})
        return (other, push)
    if top != right:
        return (Message(N_("The network bets on {top} with {p:.2f}, but the truth is {truth}: the loss is −ln {right:.4g} = {loss:.2f}."),
                        {"top": NAMES[top], "p": float(p[top]), "truth": NAMES[right], "right": float(p[right]), "loss": loss}), push)
    level = [k for k in range(3) if k != right and p[top] - p[k] < 1e-9]
    if level:
        return (Message(N_("{top} and {truth}, the truth, are level at {p:.2f}: a network that has to choose one can only toss a coin. The "
                           "loss is {loss:.2f}."), {"top": NAMES[level[0]], "truth": NAMES[right], "p": float(p[right]), "loss": loss}),
                push)
    if p[right] > 0.95:
        return (Message(N_("Right and sure, {p:.3f}: the gradient has almost vanished, for little is left to learn here."),
                        {"p": float(p[right])}),)
    return (Message(N_("Right, but only with {p:.2f}: the loss is still {loss:.2f}, and {truth} is still pushed up."),
                    {"p": float(p[right]), "loss": loss, "truth": NAMES[right]}), push)


def program(spec: LossesSpec) -> str:
    largest, same = _("the largest is taken off first: the result is the same, and e to it cannot overflow"), _("prediction less label")
    return code(f"""
import numpy as np
z = np.array({logits(spec).tolist()})
y = np.array({one_hot(spec).tolist()})
e = np.exp(z - z.max())  # {largest}
p = e / e.sum()
loss = -np.log(p[y == 1][0])
gradient = p - y  # {same}
print("p", p)
print("loss", loss)
print("gradient", gradient)
""")


HERE = {"scene": "softmax"}
SCENE = Scene(
    "softmax", N_("Softmax, step by step"),
    N_("Drag the three [[logits]] on the left and follow them to the right: they become positive numbers, then [[probabilities]] "
       "and at last a gradient."),
    ("logit_a", "logit_b", "logit_c", "truth"), draw, program,
    presets=(Preset(N_("A wrong bet"), HERE), Preset(N_("A pure guess"), {**HERE, "logit_a": 0.0, "logit_b": 0.0, "logit_c": 0.0})),
    trials=(Trial(N_("Add 1 to all three"), N_("The middle bars grow, the [[probabilities]] do not change at all: only differences of "
                                               "logits "
                                               "count."), {**HERE, "logit_a": 3.0, "logit_b": 2.0, "logit_c": 0.0}),
            Trial(N_("Sure and right"), N_("The gradient all but vanishes: nothing left to learn."),
                  {**HERE, "logit_a": -2.0, "logit_b": 3.0}),
            Trial(N_("Sure and wrong"), N_("The [[gradient]] of the truth is almost −1, its greatest. No flat stretch, as MSE has."),
                  {**HERE, "logit_a": 3.0, "logit_b": -3.0})))
