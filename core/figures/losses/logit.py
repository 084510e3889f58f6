"""Why cross-entropy and not MSE for classification: the slope of each with respect to the logit, and where gradient descent gets by it."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track
from core.figures.losses.common import LOOKS, code, dot, labels, plot, rounded, short_number, stroke, upright
from core.frame import Message
from core.i18n import N_, _
from core.maths.activations import sigmoid
from core.maths.losses import binary_crossentropy_logits, dbinary_crossentropy_logits, descent, dsquared_logits, squared_logits
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

GRID = np.linspace(-8, 8, 129)
STEPS = 100
HALF = 0.5  # the probability from which on the sample is put into its own class
LOSSES = {"bce": (binary_crossentropy_logits, dbinary_crossentropy_logits), "mse": (squared_logits, dsquared_logits)}


@lru_cache(maxsize=256)
def walks(z: float, rate: float) -> dict[str, np.ndarray]:
    """Where the logit stands after 0, 1, …, 100 steps by each loss."""
    return {loss: descent(partial(both[1], 1.0), z, rate, STEPS) for loss, both in LOSSES.items()}


def arrival(path: np.ndarray) -> int | None:
    """The first step after which the probability of the true class is at least one half; None if none is."""
    there = np.flatnonzero(sigmoid(path) >= HALF)
    return int(there[0]) if len(there) else None


def draw(spec: LossesSpec) -> Picture:
    z = spec.logit
    p = float(sigmoid(np.asarray(z)))
    by_mse = 2 * (p - 1) * p * (1 - p)
    slopes = {loss: abs(float(both[1](1.0, np.asarray(z)))) for loss, both in LOSSES.items()}
    paths = walks(z, spec.rate)
    across = (_("logit z (true class: 1)"), -8.0, 8.0)
    hills = [upright(z, -0.3, 8.6), *(stroke(loss, GRID, both[0](1.0, GRID)) for loss, both in LOSSES.items()),
             *(dot(loss, z, both[0](1.0, np.asarray(z)), size=13) for loss, both in LOSSES.items())]
    above = plot("hills", hills, across, (_("loss"), -0.3, 8.6), height=290, span=6,
                 title=_("z = {z:.3g}: the true class gets p = {p:.2g}", z=z, p=p),
                 alt=_("Cross-entropy and squared error of the sigmoid over the logit. At {z:.3g} they are {bce:.3g} and {mse:.3g}.", z=z,
                       bce=float(LOSSES["bce"][0](1.0, np.asarray(z))), mse=float(LOSSES["mse"][0](1.0, np.asarray(z)))),
                 **labels([(1, "bce", 0.6), (2, "mse", -0.2)]))
    pulls = [upright(z, 0, 1.05), *(stroke(loss, GRID, np.abs(both[1](1.0, GRID))) for loss, both in LOSSES.items()),
             *(dot(loss, z, slopes[loss], size=11) for loss in LOSSES)]
    slope = plot("pulls", pulls, across, (_("size of the slope ∂loss/∂z"), -0.03, 1.05), height=290, span=6,
                 title=_("Cross-entropy pulls with {bce:.2g}, MSE with {mse:.2g}", **slopes),
                 alt=_("Size of the slope over the logit. At {z:.3g} that of the cross-entropy is {bce:.3g}, that of MSE {mse:.3g}.", z=z,
                       **slopes), **labels([(1, "bce", 0.1), (2, "mse", 0.0)]))
    steps = np.arange(STEPS + 1)
    climb = [{"type": "scatter", "mode": "lines", "x": [0, STEPS], "y": [HALF, HALF], "hoverinfo": "skip",
              "line": {"color": "theme:baseline", "width": 1, "dash": "dot"}},
             *(stroke(loss, steps, sigmoid(path)) for loss, path in paths.items()),
             *(dot(loss, steps[-1], sigmoid(path[-1:])) for loss, path in paths.items())]
    told = {loss: reached(path) for loss, path in paths.items()}
    walk = plot("climb", climb, (_("step of gradient descent from this logit"), 0, STEPS), (_("probability of the truth"), -0.03, 1.05),
                height=190, span=12, area="curves", title=_("Beyond one half: cross-entropy {bce}, MSE {mse}", **told),
                alt=_("Probability of the true class over 100 steps. Beyond one half: cross-entropy {bce}, MSE {mse}.", **told),
                **labels([(1, "bce", float(sigmoid(paths["bce"][-1:])[0])), (2, "mse", float(sigmoid(paths["mse"][-1:])[0]))]))
    tracks = []
    for k, (loss, path) in enumerate(paths.items()):
        shown = np.clip(path, -8, 8)
        tracks += [Track("climb", 3 + k, {"x": [[s] for s in steps.tolist()], "y": [[v] for v in rounded(sigmoid(path))]}),
                   Track("hills", 3 + k, {"x": [[v] for v in rounded(shown)], "y": [[v] for v in rounded(LOSSES[loss][0](1.0, shown))]}),
                   Track("pulls", 3 + k, {"x": [[v] for v in rounded(shown)],
                                          "y": [[v] for v in rounded(np.abs(LOSSES[loss][1](1.0, shown)))]})]
    film = Film(tuple(_("step {step}", step=s) for s in steps.tolist()), tuple(tracks), start=0, seconds=5.0)
    return Picture((above, slope, walk), (handle(z),), film=film, notes=notes(spec, p, slopes),
                   formulas=((_("cross-entropy"), rf"\frac{{\partial L_{{\mathrm{{CE}}}}}}{{\partial z}} = p - 1 = {p - 1:.4g}"),
                             ("MSE", rf"\frac{{\partial L_{{\mathrm{{MSE}}}}}}{{\partial z}} = 2\,(p-1)\;p\,(1-p) = {by_mse:.4g}")),
                   numbers={"p": p, "slope_bce": p - 1, "slope_mse": by_mse,
                            "path_bce": paths["bce"][[1, 10, 100]].tolist(), "path_mse": paths["mse"][[1, 10, 100]].tolist()})


def handle(z: float) -> Handle:
    places = np.union1d(GRID, [z])
    rail = tuple(zip(places.tolist(), places.tolist(), rounded(binary_crossentropy_logits(1.0, places)), strict=True))
    return Handle("logit", "hills", _("the logit"), (z, float(binary_crossentropy_logits(1.0, np.asarray(z)))), ("logit",), rail=rail,
                  step=0.05, anywhere=True, colour=LOOKS["bce"][1])


def reached(path: np.ndarray) -> str:
    at = arrival(path)
    if at is None:
        return _("not in 100 steps")
    return _("at step {step}", step=at) if at else _("from the start")


def notes(spec: LossesSpec, p: float, slopes: dict[str, float]) -> tuple[Message, ...]:
    times = short_number(slopes["bce"] / slopes["mse"])
    if p < 0.05:
        return (Message(N_("The network gives the true class only {p:.2g}: sure and wrong. Here it should learn most, and MSE pulls "
                           "{times:g} times "
                           "less than cross-entropy."), {"p": p, "times": times}),
                Message(N_("The sigmoid is flat here: its slope p(1 − p) = {flat:.2g} is a factor of the MSE’s gradient. In the "
                           "cross-entropy’s it cancels out, and p − 1 is left."), {"flat": p * (1 - p)}))
    if p > 0.95:
        return (Message(N_("Sure and right: now both slopes are small, {bce:.2g} and {mse:.2g}, and so they should be."),
                        {"bce": slopes["bce"], "mse": slopes["mse"]}),)
    if abs(p - 1 / 3) < 0.03:
        return (Message(N_("Near p = ⅓ MSE pulls hardest, with 8/27 = 0.296. Cross-entropy has {bce:.2g} here and comes up to 1 further "
                           "left."),
                        {"bce": slopes["bce"]}),)
    said = {"p": p, "times": times}
    if p < 0.2:
        return (Message(N_("Wrong, though not quite sure, p = {p:.2f}: cross-entropy pulls {times:.3g} times as hard as MSE. Drag z "
                           "further to the left."), said),)
    if p > 0.8:
        return (Message(N_("Right, though not quite sure, p = {p:.2f}: cross-entropy pulls {times:.3g} times as hard as MSE. Drag z to "
                           "the left."), said),)
    return (Message(N_("In doubt, p = {p:.2f}, both losses teach: cross-entropy pulls {times:.3g} times as hard as MSE. Drag z to the "
                       "left."), said),)


def program(spec: LossesSpec) -> str:
    why, by_ce, by_mse = _("the true class is 1"), _("nothing but prediction less label"), _("times the slope of the sigmoid")
    return code(f"""
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def bce(z):
    return sigmoid(z) - 1  # {by_ce}

def mse(z):
    return 2 * (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z))  # {by_mse}

def walk(slope, z, steps):
    for _ in range(steps):
        z = z - {spec.rate!r} * slope(z)
    return float(z)

z = {spec.logit!r}  # {why}
p, slope_bce, slope_mse = sigmoid(z), bce(z), mse(z)
path_bce = [walk(bce, z, steps) for steps in (1, 10, 100)]
path_mse = [walk(mse, z, steps) for steps in (1, 10, 100)]
print(p, slope_bce, slope_mse)
print(path_bce, path_mse)
""")


HERE = {"scene": "logit"}
SCENE = Scene(
    "logit", N_("Confidently wrong"),
    N_("Drag the [[logit]] to the left, where the network is sure and wrong, and compare the two pulls. Then play: who climbs out?"),
    ("logit", "rate"), draw, program,
    presets=(Preset(N_("Sure and wrong"), HERE), Preset(N_("In doubt"), {**HERE, "logit": 0.0})),
    trials=(Trial(N_("Surer still"), N_("At z = −7 the [[MSE]] has almost no slope left: a hundred steps bring it nowhere."),
                  {**HERE, "logit": -7.0}),
            Trial(N_("Ten times the learning rate"), N_("Does that rescue MSE? For how far a start?"),
                  {**HERE, "logit": -6.0, "rate": 10.0}),
            Trial(N_("Sure and right"), N_("Here a small slope is a good thing, and both losses have one."), {**HERE, "logit": 5.0})))
