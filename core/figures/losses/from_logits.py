"""The from_logits mistake: a sigmoid's output taken for a logit; what comes of it, and when Keras repairs it."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene
from core.figures.losses.common import LOOKS, code, dot, labels, plot, rounded, short_number, stroke, upright
from core.frame import Message
from core.i18n import N_, _
from core.maths.activations import sigmoid
from core.maths.losses import binary_crossentropy_logits, dbinary_crossentropy_logits, descent, dtwice, twice
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

GRID = np.linspace(-8, 8, 129)
STEPS = 100


def table(between: bool) -> dict[str, tuple[Any, Any]]:
    """What is computed → (loss, slope) of label and logit. Keras finds the logits behind a sigmoid if nothing stands in between."""
    right, wrong = (binary_crossentropy_logits, dbinary_crossentropy_logits), (twice, dtwice)
    return {"right": right, "mistake": wrong, "keras": wrong if between else right}


@lru_cache(maxsize=256)
def walks(y: int, z: float, between: bool) -> dict[str, np.ndarray]:
    """Where the logit stands after 0, 1, …, 100 steps of gradient descent with rate 1."""
    return {which: descent(partial(both[1], float(y)), z, 1.0, STEPS) for which, both in table(between).items()}


def draw(spec: LossesSpec) -> Picture:
    y, z = spec.answer, spec.logit
    every = table(spec.between)
    values = {which: float(both[0](float(y), np.asarray(z))) for which, both in every.items()}
    slopes = {which: float(both[1](float(y), np.asarray(z))) for which, both in every.items()}
    paths = walks(y, z, spec.between)
    p = float(sigmoid(np.asarray(z)))
    across = (_("logit z, before the sigmoid"), -8.0, 8.6)  # past the ends of the lines, so that a handle there does not lie on their names
    figures = []
    for part, (low, high) in enumerate(((-0.3, 8.6), (-1.1, 0.15) if y else (-0.15, 1.1))):
        now = (values, slopes)[part]
        data = [upright(z, low, high), *(stroke(which, GRID, both[part](float(y), GRID), width=3.2 if which == "keras" else 2.4)
                                         for which, both in every.items()),
                *(dot(which, z, now[which], size=9) for which in ("mistake", "right"))]
        last = {which: float(both[part](float(y), GRID[-1:])[0]) for which, both in every.items()}
        title = (_("Loss: correct {right:.3g}, with the mistake {mistake:.3g}", **values) if part == 0 else
                 _("Slope: correct {right:.2g}, with the mistake {mistake:.2g}", **slopes))
        said = (_("Three losses over the logit. At {z:.3g}: correct {right:.3g}, the mistake {mistake:.3g}, Keras {keras:.3g}.",
                  z=z, **values)
                if part == 0 else
                _("Three slopes over the logit. At {z:.3g}: correct {right:.3g}, the mistake {mistake:.3g}, Keras {keras:.3g}.",
                  z=z, **slopes))
        figures.append(plot("slopes" if part else "losses", data, across, (_("slope ∂loss/∂z") if part else _("loss"), low, high),
                            height=270, span=6, title=title, alt=said,
                            **labels([(k + 1, which, last[which]) for k, which in enumerate(every)])))
    steps = np.arange(STEPS + 1)
    ends = {which: float(sigmoid(path[-1:])[0]) for which, path in paths.items()}
    figures.append(plot(
        "walk", [stroke(which, steps, sigmoid(path), width=3.2 if which == "keras" else 2.4) for which, path in paths.items()],
        (_("step of gradient descent (learning rate 1)"), 0, STEPS), (_("output p of the sigmoid"), -0.03, 1.05), height=190, span=12,
        title=_("After 100 steps towards {y}: correct {right:.3f}, with the mistake {mistake:.3f}, Keras {keras:.3f}", y=y, **ends),
        alt=_("Output of the network over 100 steps: correct {right:.3f}, the mistake {mistake:.3f}, Keras {keras:.3f} at the end.",
              **ends),
        **labels([(k, which, ends[which]) for k, which in enumerate(paths)])))
    places = np.union1d(GRID, [z])
    rail = tuple(zip(places.tolist(), places.tolist(), rounded(every["right"][0](float(y), places)), strict=True))
    handle = Handle("logit", "losses", _("the logit"), (z, values["right"]), ("logit",), rail=rail, step=0.05, anywhere=True,
                    colour=LOOKS["right"][1])
    formulas = ((_("correct"), rf"-\ln \sigma({z if y else -z:.2f}) = {short_number(values['right']):g}"),
                (_("the mistake"), rf"p = \sigma({z:.2f}) = {p:.3f} \;\to\; -\ln \sigma({p if y else -p:.3f}) = {values['mistake']:.3f}"))
    return Picture(tuple(figures), (handle,), notes=notes(spec, values, slopes), formulas=formulas,
                   numbers={"keras_loss": values["keras"], "keras_slope": slopes["keras"],
                            "right": values["right"], "mistake": values["mistake"]})


def notes(spec: LossesSpec, values: dict[str, float], slopes: dict[str, float]) -> tuple[Message, ...]:
    low, high = (0.313, 0.693) if spec.answer else (0.693, 1.313)
    first = Message(N_("p lies between 0 and 1, and as a logit that means “hardly sure”. So the mistaken loss is stuck between {low} and "
                       "{high}, "
                       "however right or wrong the network is."), {"low": low, "high": high})
    if spec.between:
        second = Message(N_("With an operation in between Keras does not find the logits: it computes the mistake, {loss:.3f}, without a "
                            "word "
                            "of warning."), {"loss": values["keras"]})
    else:
        second = Message(N_("Keras remembers the logits behind a sigmoid’s output, takes them and warns: its loss is the right one, "
                            "{loss:g}. "
                            "PyTorch and plain arithmetic do not."), {"loss": short_number(values["keras"])})
    times = abs(slopes["right"] / slopes["mistake"])
    third = Message(N_("The right slope is {times:g} times as large as the mistaken one here."), {"times": short_number(times)})
    return (first, second, third)


def program(spec: LossesSpec) -> str:
    rescue = _("Keras finds the logits behind the sigmoid, and warns")
    lost = _("an operation in between: Keras does not find them")
    plain, twice_said = _("plain arithmetic: the right loss"), _("and the mistake")
    between = f"p = keras.ops.reshape(p, (1, 1))  # {lost}" if spec.between else f"# {rescue}"
    return code(f"""
import keras
import numpy as np
import tensorflow as tf

y, z = {float(spec.answer)!r}, {spec.logit!r}
loss = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
logits = tf.Variable([[z]], dtype="float64")
with tf.GradientTape() as tape:
    p = keras.activations.sigmoid(logits)
    {between}
    value = loss(tf.constant([[y]], dtype="float64"), p)
keras_slope = float(tape.gradient(value, logits)[0, 0])
keras_loss = float(value)

def bce(y, z):
    return np.log(1 + np.exp(-z)) if y == 1 else np.log(1 + np.exp(z))

right = float(bce(y, z))  # {plain}
mistake = float(bce(y, 1 / (1 + np.exp(-z))))  # {twice_said}
print("keras", keras_loss, keras_slope)
print("right", right, "mistake", mistake)
""")


HERE = {"scene": "from_logits"}
SCENE = Scene(
    "from_logits", N_("The from_logits mistake"),
    N_("A [[sigmoid]]’s output goes into a loss that expects [[logits]] (from_logits=True). Drag z: what does the mistaken loss still "
       "notice?"),
    ("logit", "answer", "between"), draw, program,
    presets=(Preset(N_("The articles’ GAN: sigmoid and from_logits=True"), HERE),
             Preset(N_("The same, for a fake"), {**HERE, "answer": 0, "logit": 4.0})),
    trials=(Trial(N_("Hide the sigmoid from Keras"), N_("One reshape in between, and Keras’ rescue is gone, and with it the warning."),
                  {**HERE, "between": True}),
            Trial(N_("As right as can be"), N_("At z = 8 the right loss is 0.0003. The mistaken one is 0.313 and can go no lower."),
                  {**HERE, "logit": 8.0})))
