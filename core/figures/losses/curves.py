"""Each loss as a curve and its slope: of an error, of a probability, of a logit."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene
from core.figures.losses.common import LOOKS, code, dot, labels, name, plot, rounded, stroke, upright
from core.frame import Message
from core.i18n import N_, _
from core.maths import losses
from core.maths.activations import sigmoid
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

ERRORS, CHANCES, LOGITS = np.linspace(-4, 4, 81), np.linspace(0.01, 0.99, 99), np.linspace(-8, 8, 81)


def three(z: Any) -> Any:
    """Logits of three classes, of which the true one, the first, has z and the others 0: (…, 3)."""
    z = np.asarray(z, float)
    return np.stack([z, np.zeros_like(z), np.zeros_like(z)], axis=-1)


ONE_OF_THREE = np.array([1.0, 0.0, 0.0])


def shared(p: Any) -> Any:
    """Probabilities of three classes, of which the true one, the first, has p and the others share the rest evenly: (…, 3)."""
    p = np.asarray(p, float)
    return np.stack([p, (1 - p) / 2, (1 - p) / 2], axis=-1)


def tables(spec: LossesSpec) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Column → loss → (loss, slope), as functions of what moves in that column."""
    y, delta = spec.label, spec.delta
    return {
        "error": {"mse": (losses.squared, losses.dsquared), "mae": (losses.absolute, losses.dabsolute),
                  "huber": (lambda r: losses.huber(r, delta), lambda r: losses.dhuber(r, delta))},
        "probability": {"bce": (lambda p: losses.binary_crossentropy(y, p), lambda p: losses.dbinary_crossentropy(y, p)),
                        "kl": (lambda p: losses.kl(y, p), lambda p: losses.dbinary_crossentropy(y, p)),
                        "cce": (lambda p: losses.categorical_crossentropy(shared(y), shared(p)),
                                lambda p: losses.dbinary_crossentropy(y, p)),  # ln 2 (1 - y) higher, so the slope is the same
                        "mse": (lambda p: losses.squared(p - y), lambda p: losses.dsquared(p - y))},
        "logit": {"bce": (lambda z: losses.binary_crossentropy_logits(1.0, z), lambda z: losses.dbinary_crossentropy_logits(1.0, z)),
                  "cce": (lambda z: losses.categorical_crossentropy_logits(ONE_OF_THREE, three(z)),
                          lambda z: losses.dcategorical_crossentropy_logits(ONE_OF_THREE, three(z))[..., 0]),
                  "hinge": (lambda z: losses.hinge(1, z), lambda z: losses.dhinge(1, z))},
    }


COLUMNS = {  # grid, range of the loss, range of the slope, losses whose name stands at another height than their end
    "error": (ERRORS, (-0.3, 8.0), (-8.5, 8.5)),
    "probability": (CHANCES, (-0.2, 5.5), (-10.5, 10.5)),
    "logit": (LOGITS, (-0.3, 9.5), (-1.15, 0.35)),
}


def column(id: str, at: float, table: dict[str, tuple[Any, Any]], titles: tuple[str, str], across: str) -> list[Any]:
    """Two figures, the losses above their slopes, with a point on each line at the place that is moved."""
    grid, up, down = COLUMNS[id]
    made = []
    for part, (low, high) in enumerate((up, down)):
        lines = [stroke(loss, grid, both[part](grid)) for loss, both in table.items()]
        dots = [dot(loss, at, np.clip(both[part](np.asarray(at)), low, high), size=9) for loss, both in table.items()]
        ends = [(k, loss, float(np.clip(both[part](grid[-1:])[0], low, high))) for k, (loss, both) in enumerate(table.items())]
        shown = {loss: float(both[part](np.asarray(at))) for loss, both in table.items()}
        values = ", ".join(f"{name(loss)} {value:.3g}" for loss, value in shown.items())
        said = _("The losses at {at:.3g}: {values}.", at=at, values=values) if part == 0 else _(
            "The slopes at {at:.3g}: {values}.", at=at, values=values)
        made.append(plot(f"{id}_{'slope' if part else 'loss'}", [upright(at, low, high), *lines, *dots],
                         (across if part else "", float(grid[0]), float(grid[-1])), (_("slope") if part else _("loss"), low, high),
                         title=titles[part], alt=said, height=250 if part == 0 else 240, span=4,
                         **labels([(k + 1, loss, end) for k, loss, end in ends], narrow=True)))
    return made


def draw(spec: LossesSpec) -> Picture:
    every = tables(spec)
    r, p, z = spec.error, spec.probability, spec.logit
    value = {kind: {loss: (float(both[0](np.asarray(at))), float(both[1](np.asarray(at)))) for loss, both in every[kind].items()}
             for kind, at in (("error", r), ("probability", p), ("logit", z))}
    e, c, o = value["error"], value["probability"], value["logit"]
    columns = [
        column("error", r, every["error"], (_("Error {r:.3g}: MSE {mse:.3g}, MAE {mae:.3g}", r=r, mse=e["mse"][0], mae=e["mae"][0]),
                                            _("Slope: MSE {mse:.3g}, MAE {mae:.3g}, Huber {huber:.3g}",
                                              mse=e["mse"][1], mae=e["mae"][1], huber=e["huber"][1])),
               _("error ŷ − y")),
        column("probability", p, every["probability"], (_("p = {p:.2f}: cross-entropy {bce:.3g}", p=p, bce=c["bce"][0]),
                                                        _("Slope: {bce:.3g}, that of MSE {mse:.3g}", bce=c["bce"][1], mse=c["mse"][1])),
               _("probability p of class 1")),
        column("logit", z, every["logit"], (_("z = {z:.3g}: cross-entropy {bce:.3g}", z=z, bce=o["bce"][0]),
                                            _("Slope: {bce:.3g}, hinge {hinge:.3g}", bce=o["bce"][1], hinge=o["hinge"][1])),
               _("logit z of the true class"))]
    figures = tuple(pair[0] for pair in columns) + tuple(pair[1] for pair in columns)
    handles = tuple(rail(kind, field, at, every[kind][first][0]) for kind, field, at, first in (
        ("error", "error", r, "huber"), ("probability", "probability", p, "bce"), ("logit", "logit", z, "bce")))
    return Picture(figures, handles, notes=notes(spec, value),
                   formulas=((_("at this error"), rf"r^2 = {e['mse'][0]:.3g} \qquad |r| = {e['mae'][0]:.3g}"),
                             (_("at this probability"), rf"-y\ln p-(1-y)\ln(1-p) = {c['bce'][0]:.3g}"),
                             (_("at this logit"), rf"\ln(1+e^{{-z}}) = {o['bce'][0]:.3g} \qquad \max(0,\,1-z) = {o['hinge'][0]:.3g}")),
                   numbers={f"{kind}_{loss}": list(both) for kind, table in value.items() for loss, both in table.items()})


def rail(id: str, field: str, at: float, curve: Any) -> Handle:
    """A point to be dragged along the first curve of a column, as far as the column shows it."""
    grid, (low, high), _down = COLUMNS[id]
    places = np.union1d(grid, [at])
    heights = np.clip(curve(places), low, high)
    return Handle(f"on_{id}", f"{id}_loss", _("the prediction"), (at, float(np.clip(curve(np.asarray(at)), low, high))), (field,),
                  rail=tuple(zip(places.tolist(), places.tolist(), rounded(heights), strict=True)),
                  step=0.01 if field == "probability" else 0.05, anywhere=True,
                  colour=LOOKS["huber" if id == "error" else "bce"][1])


def notes(spec: LossesSpec, value: dict[str, dict[str, tuple[float, float]]]) -> tuple[Message, ...]:
    r, p, y, z = spec.error, spec.probability, spec.label, spec.logit
    found = []
    if r == 0:
        found.append(Message(N_("No error, no loss: all three are 0. On either side MAE pulls at once with a full 1, MSE and Huber hardly "
                                "at all.")))
    elif abs(r) > spec.delta:
        found.append(Message(N_("An error of {r:g} is beyond δ = {delta:g}: Huber pulls with {delta:g}, and no harder however far away. "
                                "MSE pulls {times:.3g} times as hard."),
                             {"r": abs(r), "delta": spec.delta, "times": 2 * abs(r) / spec.delta}))
    else:
        found.append(Message(N_("An error of {r:g} is within δ = {delta:g}: Huber is half of MSE here, and MAE still pulls with a full 1."),
                             {"r": abs(r), "delta": spec.delta}))
    if 0 < y < 1:
        found.append(Message(N_("The label is not certain: cross-entropy cannot fall below its entropy, {h:.3f}. KL takes exactly that "
                                "off and "
                                "is 0 at p = {y:g}; the slopes are the same."), {"h": float(losses.entropy(np.asarray(y))), "y": y}))
    elif abs(p - y) > 0.5:
        found.append(Message(N_("Sure and wrong: cross-entropy pulls with {pull:.3g}, and without end as p nears {end:g}. The squared "
                                "error "
                                "never pulls with more than 2.") if abs(p - y) > 0.8 else
                             N_("Wrong, but not sure: cross-entropy pulls with {pull:.3g}, and without end as p nears {end:g}. The squared "
                                "error never pulls with more than 2."), {"pull": abs(value["probability"]["bce"][1]), "end": 1 - y}))
    else:
        found.append(Message(N_("The label is certain, so KL and cross-entropy are one curve: −ln {right:.2f} = {bce:.3f}."),
                             {"right": p if y == 1 else 1 - p, "bce": value["probability"]["bce"][0]}))
    if y == 1:
        found.append(Message(N_("Of three classes categorical cross-entropy looks at the true one alone: −ln {p:.2f} = {cce:.3f}, however "
                                "the other two share the rest."), {"p": p, "cce": value["probability"]["cce"][0]}))
    else:
        found.append(Message(N_("“3 classes” is categorical cross-entropy where two other classes share evenly what is left of label "
                                "and probability: (1 − y) ln 2 = {more:.3f} higher, with the same slope."),
                             {"more": (1 - y) * float(np.log(2))}))
    if z >= 1:
        found.append(Message(N_("With z = {z:g} hinge is content and pulls no more. Cross-entropy still pulls, by 1 − σ(z) = {pull:.3g}."),
                             {"z": z, "pull": float(1 - sigmoid(np.asarray(z)))}))
    else:
        found.append(Message(N_("With z = {z:g} hinge pulls with 1, cross-entropy with 1 − σ(z) = {pull:.3g}: far on the wrong side both "
                                "are "
                                "straight lines."), {"z": z, "pull": float(1 - sigmoid(np.asarray(z)))}))
    return tuple(found)


def program(spec: LossesSpec) -> str:
    of_error, of_chance, of_logit = (_("of an error: loss and slope"), _("of a probability"),
                                     _("of a logit, true class 1; among three classes the others have logit 0"))
    of_three = _("three classes: the other two share the rest")
    return code(f"""
import numpy as np
r, delta = {spec.error!r}, {spec.delta!r}  # {of_error}
error_mse = [r**2, 2 * r]
error_mae = [abs(r), np.sign(r)]
error_huber = [r**2 / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2), np.clip(r, -delta, delta)]

p, y = {spec.probability!r}, {spec.label!r}  # {of_chance}
coins = [(w, q) for w, q in [(y, p), (1 - y, 1 - p)] if w > 0]
slope = (1 - y) / (1 - p) - y / p
probability_bce = [-sum(w * np.log(q) for w, q in coins), slope]
probability_kl = [sum(w * np.log(w / q) for w, q in coins), slope]
thirds = [(y, p)] + 2 * [((1 - y) / 2, (1 - p) / 2)]  # {of_three}
probability_cce = [-sum(w * np.log(q) for w, q in thirds if w > 0), slope]
probability_mse = [(p - y) ** 2, 2 * (p - y)]

z = {spec.logit!r}  # {of_logit}
logit_bce = [np.log(1 + np.exp(-z)), 1 / (1 + np.exp(-z)) - 1]
logit_cce = [np.log(np.exp(z) + 2) - z, np.exp(z) / (np.exp(z) + 2) - 1]
logit_hinge = [max(0, 1 - z), -1.0 if z < 1 else 0.0]
for loss in ("error_mse", "error_mae", "error_huber", "probability_bce", "probability_kl", "probability_cce",
             "probability_mse", "logit_bce", "logit_cce", "logit_hinge"):
    print(loss, *(float(v) for v in globals()[loss]))
""")


HERE = {"scene": "curves"}
SCENE = Scene(
    "curves", N_("Curves and slopes"),
    N_("Three kinds of [[loss]], above, and how hard each pulls, below. Drag the points: the slope is what training feels."),
    ("error", "probability", "logit", "label", "delta"), draw, program,
    presets=(Preset(N_("All losses"), HERE), Preset(N_("A small error"), {**HERE, "error": 0.4, "probability": 0.8, "logit": 2.0})),
    trials=(Trial(N_("A soft label"), N_("With y = 0.8 the [[cross-entropy]] has a floor, the [[entropy]] of the label. [[KL "
                                         "divergence]] is "
                                         "what lies above it."), {**HERE, "label": 0.8, "probability": 0.8}),
            Trial(N_("Almost certain, and wrong"), N_("At p = 0.01 the cross-entropy pulls with 100, the squared error with 2."),
                  {**HERE, "probability": 0.01, "logit": -8.0}),
            Trial(N_("Good enough for hinge"), N_("From z = 1 on [[hinge]] has no slope left: what is right by a margin teaches nothing "
                                                  "more."),
                  {**HERE, "logit": 1.5})))
