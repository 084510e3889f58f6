"""What to notice at the cliff, and its program."""

from __future__ import annotations

import numpy as np

from core.figures.backpropagation.numerals import short
from core.frame import Message
from core.i18n import N_, _
from core.maths.cliff import Descent
from core.specs.rnn import RnnSpec

LEAP = 1.0  # a step longer than this leaves the neighbourhood that its gradient knows of
GOOD = 0.05  # a loss that one would call solved
DEAD = 1e-3
LAST = 10  # losses that tell whether a descent has settled


def swings(losses: np.ndarray) -> bool:
    """Whether a loss goes up and down, by more than is good, rather than one way."""
    turns = np.diff(np.sign(np.diff(losses)))
    return bool(np.ptp(losses) > GOOD and np.count_nonzero(turns) >= len(losses) // 2)


def notes(spec: RnnSpec, both: dict[str, Descent], ground: tuple[np.ndarray, ...]) -> tuple[Message, ...]:
    free, cut = both["free"], both["clipped"]
    said = {"free": short(float(free.loss[-1])), "clipped": short(float(cut.loss[-1])), "clip": f"{spec.clip:g}", "n": spec.unrolled_steps}
    leaps = spec.rate * free.norm[:-1]
    k = int(np.argmax(leaps))
    shortened = int((cut.norm[:-1] > spec.clip).sum())
    if leaps[k] > LEAP:
        flat = float(free.norm[-1]) < DEAD and float(free.loss[-1]) > GOOD
        one = Message(N_("Without clipping, update {k} meets a gradient of length {size} and leaps {leap} far. It lands where the ground "
                         "is "
                         "flat, and stays there with a loss of {free}.") if flat else
                      N_("Without clipping, update {k} meets a gradient of length {size} and leaps {leap} far. In the end its loss is "
                         "{free}."), {**said, "k": k + 1, "size": short(float(free.norm[k])), "leap": short(float(leaps[k]))})
    else:
        one = Message(N_("Without clipping no step is longer than {leap} on this way; in the end the loss is {free}."),
                      {**said, "leap": short(float(leaps[k]))})
    if not shortened:
        two = Message(N_("No gradient on the clipped way is longer than {clip}: nothing is clipped."), said)
    elif swings(cut.loss[-LAST:]):
        two = Message(N_("Clipped at {clip}, {count} of {all} steps are shortened. At the end the loss still swings between {low} and "
                         "{high}: "
                         "the steps are short, but all of one length, and cross the valley back and forth."),
                      {**said, "count": shortened, "all": spec.updates, "low": short(float(cut.loss[-LAST:].min())),
                       "high": short(float(cut.loss[-LAST:].max()))})
    else:
        two = Message(N_("Clipped at {clip}, {count} of {all} steps are shortened, and the loss ends at {clipped}. The direction stays; "
                         "only "
                         "the length is cut."), {**said, "count": shortened, "all": spec.updates})
    w, b, _loss, norm = ground
    i, j = np.unravel_index(int(np.argmax(norm)), norm.shape)
    three = Message(N_("Measured at {count} places of a grid over this map, the longest gradient is {size}, at w = {w}, b = {b}; at half "
                       "of them it is less than {middle}. Between two of them it may be longer still: the cliff is narrow. Its slope is a "
                       "product of {n} factors, one for each step in time."),
                    {**said, "count": f"{norm.size:,}", "size": short(float(norm[i, j])), "w": f"{w[j]:.1f}", "b": f"{b[i]:.1f}",
                     "middle": short(float(np.median(norm)))})
    return one, two, three


CODE = '''import math

import numpy as np

n, start, target = {n}, {start!r}, {target!r}


def slope(w, b):
    """{slope}"""
    h, by_w, by_b = start, 0.0, 0.0
    for t in range(n):
        new = math.tanh(w * h + b)
        bend = 1 - new * new
        h, by_w, by_b = new, bend * (h + w * by_w), bend * (1 + w * by_b)
    return (h - target) ** 2, 2 * (h - target) * np.array([by_w, by_b])


place = np.array([{w!r}, {b!r}])
first = float(np.linalg.norm(slope(*place)[1]))
for update in range({updates}):
    gradient = slope(*place)[1]
    gradient = gradient * min(1, {clip!r} / max(np.linalg.norm(gradient), 1e-300))  # {clipping}
    place = place - {rate!r} * gradient
clipped = [*place, slope(*place)[0]]
print(first, clipped)
'''


def program(spec: RnnSpec) -> str:
    return CODE.format(n=spec.unrolled_steps, start=spec.start, target=spec.target, w=spec.w, b=spec.b, updates=spec.updates,
                       clip=spec.clip, rate=spec.rate, slope=_("The loss after n steps, and its gradient by w and b."),
                       clipping=_("without this line it is not clipped"))
