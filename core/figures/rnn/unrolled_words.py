"""What to notice in truncated back-propagation, and its program."""

from __future__ import annotations

from core.figures.backpropagation.numerals import short
from core.frame import Message
from core.i18n import N_, _
from core.maths.through_time import firsts
from core.maths.unrolled import Guesses, Parts, alike
from core.specs.rnn import RnnSpec


def notes(spec: RnnSpec, found: Guesses, whole: Parts, cut: Parts) -> tuple[Message, ...]:
    count, k = len(found.read), spec.window
    first, s = firsts(count, k, spec.cut), min(spec.at, count) - 1
    cosine, length = alike(whole.whole, cut.whole)
    said = {"k": k, "length": f"{length:.2f}", "cosine": f"{cosine:.2f}", "count": count, "pieces": -(-count // k)}
    if not first.any():
        one = Message(N_("Nothing is cut off: every loss reaches back to the first step, and the gradient is the whole one. All {count} "
                         "states "
                         "have to be kept for that."), said)
    elif k == 1:
        one = Message(N_("No gradient goes back in time at all: every loss reaches its own step alone. What is left of the gradient of U "
                         "is "
                         "{length} times as long as the whole one, cosine {cosine}: 1 would be the same direction."), said)
    elif spec.cut == "window":
        one = Message(N_("From every loss the gradient goes back {k} steps at most, its own included. What is left of the gradient of U is "
                         "{length} times as long as the whole one, cosine {cosine}: 1 would be the same direction."), said)
    else:
        one = Message(N_("{pieces} pieces of up to {k} steps: the state goes on from one to the next, the gradient does not. What is "
                         "left of "
                         "the gradient of U is {length} times as long as the whole one, cosine {cosine}. Keras calls it stateful=True; in "
                         "PyTorch one hands on h.detach()."), said)
    sizes = whole.states[s]
    two = Message(N_("The loss of step {s} is felt with {near} at its own state and with {far} at the first one, {back} steps earlier, if "
                     "nothing is cut. Where it fades by itself, little is lost by cutting."),
                  {"s": s + 1, "near": short(float(sizes[s])), "far": short(float(sizes[0])), "back": s}) if s else \
        Message(N_("The first loss has no step before its own, so no cut concerns it."))
    told = [one, two]
    if first.any():
        told.append(Message(N_("What a loss cannot reach it cannot teach: a truncated network may still use what is further back, for the "
                               "state carries it, but only by luck does it learn to carry it.")))
    told.append(Message(N_("Step 1 contributes nothing to U: the state before it is 0. Every other step adds its own part, for the same "
                           "U is "
                           "used at all of them.")))
    return tuple(told)


CODE = '''import numpy as np
import tensorflow as tf

text, k = {text!r}, {k}
units = {units}
known = "".join(dict.fromkeys(text))
places = [known.index(letter) for letter in text]

rng = np.random.default_rng({seed})
reach = np.sqrt(6 / (len(known) + units))
W = tf.constant(rng.uniform(-reach, reach, (len(known), units)))
q, r = np.linalg.qr(rng.normal(size=(units, units)))
U = tf.Variable({scale!r} * (q * np.sign(np.diag(r))).T)
V = tf.constant(np.random.default_rng([{seed}]).uniform(-reach, reach, (units, len(known))))

states = [tf.zeros((1, units), tf.float64)]  # {forward}
for place in places[:-1]:
    states.append(tf.tanh(W[place] + states[-1] @ U))


def gradient(first_of):
    """{gradient}"""
    total = 0
    for s in range(len(text) - 1):
        first = first_of(s)
        with tf.GradientTape() as tape:
            h = states[first]  # {constant}
            for t in range(first, s + 1):
                h = tf.tanh(W[places[t]] + h @ U)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits([places[s + 1]], h @ V)
        total += tape.gradient(loss, U).numpy()
    return total


whole = gradient(lambda s: 0)
cut = gradient(lambda s: {first})
cosine = float((whole * cut).sum() / np.linalg.norm(whole) / np.linalg.norm(cut)) if cut.any() else 0.0
print(whole.round(4), cut.round(4), cosine)
'''


def program(spec: RnnSpec) -> str:
    return CODE.format(text=spec.text.strip(), k=spec.window, units=spec.text_units, seed=spec.seed, scale=spec.recurrent_scale,
                       first="max(s - k + 1, 0)" if spec.cut == "window" else "s - s % k", forward=_("once forward, for the states"),
                       gradient=_("The gradient of U, summed over the losses; of each it begins at its own first step."),
                       constant=_("a constant: no gradient goes further back"))
