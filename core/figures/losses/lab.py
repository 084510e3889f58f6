"""The loss lab: one small network, taught by two losses on the same points, with outliers and a rare group."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import Film, Picture, Scene, Track
from core.figures.losses.common import LOOKS, dot, labels, name, plot, rounded, stroke
from core.figures.losses.lab_program import write
from core.figures.template import Template
from core.figures.theme import CLASS_SYMBOLS, DIVERGING, colour
from core.frame import Message
from core.i18n import N_, _
from core.maths.loss_lab import EVERY, LIMIT, PAIRS, STEPS, answers, points, scores, task, train, truth
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

LINE = np.linspace(-2.2, 2.2, 89)
SIDE = np.linspace(-LIMIT, LIMIT, 25)
PLANE = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2)
LOOKED = list(range(0, STEPS + 1, EVERY))


@lru_cache(maxsize=32)
def _seen(pair: str, wrong: int, rare: int, weighted: bool, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scores of both trainings, and what they answer on the grid of the figure, by the names under which the losses are drawn."""
    kind = task(pair)
    both = dict(zip(drawn(pair), train(PAIRS[pair], kind, wrong, rare, weighted, seed), strict=True))
    grid = LINE[:, None] if kind == "curve" else PLANE
    return {k: scores(c, kind) for k, c in both.items()}, {k: answers(c, kind, grid) for k, c in both.items()}


def drawn(pair: str) -> tuple[str, ...]:
    return tuple("mse" if loss == "class_mse" else loss for loss in PAIRS[pair])


def draw(spec: LossesSpec) -> Picture:
    kind = task(spec.pair)
    score, answer = _seen(spec.pair, spec.wrong, spec.rare, spec.weighted, spec.lab_seed)
    a, b = score
    tracks: list[Track] = []
    titles: dict[str, list[str]] = {}
    figures = [*(curve if kind == "curve" else classes)(spec, answer, tracks, titles)]
    for group in (0, 1):
        figures.append(ruler(spec, kind, score, group, tracks, titles))
    film = Film(tuple(_("step {step}", step=s) for s in LOOKED), tuple(tracks), titles, start=-1, seconds=4.0)
    ends = {"a": score[a][-1], "b": score[b][-1]}
    return Picture(tuple(figures), film=film, notes=notes(spec, score), formulas=formulas(spec),
                   numbers={"first": ends["a"].tolist(), "second": ends["b"].tolist()})


def formulas(spec: LossesSpec) -> tuple[tuple[str, str], ...]:
    """The two losses, of an output o."""
    written = {"mse": r"(o-y)^2" if task(spec.pair) == "curve" else r"(\sigma(o)-y)^2", "mae": r"|o-y|",
               "huber": r"\tfrac12 (o-y)^2 \text{ if } |o-y|\le\tfrac12,\ \ \tfrac12|o-y|-\tfrac18 \text{ if not}",
               "bce": r"-y\ln\sigma(o)-(1-y)\ln(1-\sigma(o))", "hinge": r"\max(0,\ 1-(2y-1)\,o)"}
    return tuple((name(loss), written[loss]) for loss in drawn(spec.pair))


def curve(spec: LossesSpec, answer: dict[str, Any], tracks: list[Track], titles: dict[str, list[str]]) -> list[Template]:
    """The points, the true curve, and the two that were learned."""
    found = points("curve", spec.wrong, spec.rare, spec.lab_seed)
    x, y = found.x[:, 0], found.y[:, 0]
    data: list[dict[str, Any]] = [{"type": "scatter", "mode": "lines", "x": rounded(LINE), "y": rounded(truth(LINE)), "hoverinfo": "skip",
                                   "line": {"color": colour("baseline"), "width": 2, "dash": "dot"}}]
    data += [stroke(loss, LINE, lines[-1], width=3) for loss, lines in answer.items()]
    data += [{"type": "scatter", "mode": "markers", "x": rounded(x[~found.wrong]), "y": rounded(y[~found.wrong]), "name": _("data points"),
              "marker": {"color": colour("text"), "size": 6}, "hovertemplate": "(%{x:.3g}, %{y:.3g})<extra></extra>"},
             {"type": "scatter", "mode": "markers", "x": rounded(x[found.wrong]), "y": rounded(y[found.wrong]), "name": _("outliers"),
              "marker": {"color": colour("pin3"), "size": 10, "symbol": "diamond"},
              "hovertemplate": "(%{x:.3g}, %{y:.3g})<extra></extra>"}]
    tracks += [Track("fits", k + 1, {"y": [rounded(line) for line in lines]}, smooth=True) for k, lines in enumerate(answer.values())]
    a, b = answer
    said = [_("Step {step}: {a} and {b}, both from the same first weights", step=s, a=name(a), b=name(b)) for s in LOOKED]
    titles["fits"] = said
    ends = [(0, "true", float(truth(LINE[-1:])[0])), *((k + 1, loss, float(np.clip(v[-1, -1], -2, 4))) for k, (loss, v) in
                                                      enumerate(answer.items()))]
    return [plot("fits", data, ("x", -2.2, 2.2), ("y", -2.0, 4.0), title=said[-1], height=300, span=12,
                 alt=_("Points, the true curve, and the curves that the network has learned by {a} and by {b}.", a=name(a), b=name(b)),
                 **labels(ends))]


def classes(spec: LossesSpec, answer: dict[str, Any], tracks: list[Track], titles: dict[str, list[str]]) -> list[Template]:
    """For each loss the plane as its network sees it, with the points on it."""
    found = points("classes", spec.wrong, spec.rare, spec.lab_seed)
    made = []
    for loss, surfaces in answer.items():
        shots = [np.round(s.reshape(len(SIDE), len(SIDE)), 2).tolist() for s in surfaces]
        data: list[dict[str, Any]] = [
            {"type": "contour", "x": rounded(SIDE), "y": rounded(SIDE), "z": shots[-1], "zmin": 0, "zmax": 1, "colorscale": DIVERGING,
             "showscale": False, "opacity": 0.8, "contours": {"start": 0.5, "end": 0.5, "size": 1, "coloring": "heatmap"},
             "line": {"width": 2.5, "color": colour("text")}, "hovertemplate": "σ(o) = %{z:.2f}<extra></extra>"}]
        for label in (0, 1):
            for wrong in (False, True):
                some = (found.y[:, 0] == label) & (found.wrong == wrong)
                data.append({"type": "scatter", "mode": "markers", "x": rounded(found.x[some, 0]), "y": rounded(found.x[some, 1]),
                             "name": _("class {label}", label=label), "hovertemplate": "%{fullData.name}<extra></extra>",
                             "marker": {"color": colour(f"point{label}"), "size": 11 if wrong else 7,
                                        "symbol": f"{CLASS_SYMBOLS[label]}-{'open' if wrong else 'dot'}",
                                        "line": {"width": 3 if wrong else 1, "color": colour(f"point{label}" if wrong else "ring")}}})
        tracks.append(Track(f"plane_{loss}", 0, {"z": shots}))
        said = [_("{loss}, step {step}", loss=name(loss), step=s) for s in LOOKED]
        titles[f"plane_{loss}"] = said
        made.append(plot(f"plane_{loss}", data, ("x₁", -LIMIT, LIMIT), ("x₂", -LIMIT, LIMIT), title=said[-1], height=300, span=6,
                         alt=_("The plane as the network sees it that has learned by {loss}, its boundary and the points.",
                               loss=name(loss))))
    return made


def ruler(spec: LossesSpec, kind: str, score: dict[str, Any], group: int, tracks: list[Track], titles: dict[str, list[str]]) -> Template:
    """How good both networks are for one group, over the steps, on what neither has learned from."""
    figure_id, (a, b) = f"score_{group}", score
    data = [stroke(loss, LOOKED, found[:, group]) for loss, found in score.items()]
    data += [dot(loss, LOOKED[-1], found[-1, group]) for loss, found in score.items()]
    texts = {("curve", 0): N_("Left of the middle: off the truth by {a} {x:.2f}, {b} {y:.2f}"),
             ("curve", 1): N_("Right of it ({rare}% of points): {a} {x:.2f}, {b} {y:.2f}"),
             ("classes", 0): N_("Class 0, fresh points: {a} {x:.2f}, {b} {y:.2f}"),
             ("classes", 1): N_("Class 1 ({rare}% in training): {a} {x:.2f}, {b} {y:.2f}")}
    said = [_(texts[kind, group], a=name(a), b=name(b), rare=spec.rare, x=float(score[a][k, group]), y=float(score[b][k, group]))
            for k in range(len(LOOKED))]
    titles[figure_id] = said
    tracks += [Track(figure_id, k, reveal=tuple(range(1, len(LOOKED) + 1))) for k in (0, 1)]
    tracks += [Track(figure_id, 2 + k, {"x": [[s] for s in LOOKED], "y": [[v] for v in rounded(score[loss][:, group])]})
               for k, loss in enumerate(score)]
    high = 1.5 if kind == "curve" else 1.03
    upwards = _("distance") if kind == "curve" else _("share told rightly")
    return plot(figure_id, data, (_("step"), 0, STEPS), (upwards, 0.0, high), title=said[-1], height=190, span=6, area="curves",
                alt=_("Over the steps; at the end: {said}.", said=said[-1]),
                **labels([(k, loss, float(min(score[loss][-1, group], high))) for k, loss in enumerate(score)]))


def notes(spec: LossesSpec, score: dict[str, Any]) -> tuple[Message, ...]:
    a, b = score
    x, y = score[a][-1], score[b][-1]
    names = {"a": ["_", LOOKS[a][0]], "b": ["_", LOOKS[b][0]]}
    found = []
    if task(spec.pair) == "curve":
        x, y = float(np.hypot(*x) / np.sqrt(2)), float(np.hypot(*y) / np.sqrt(2))
        numbers = {**names, "x": x, "y": y, "wrong": spec.wrong}
        if spec.wrong and x > 1.5 * y:
            found.append(Message(N_("{wrong}% of the points are too high. They pull the curve learned by {a} {x:.2f} off the true one, "
                                    "the "
                                    "curve learned by {b} only {y:.2f}."), numbers))
        elif spec.wrong and x > y + 0.02:
            found.append(Message(N_("{b} holds on a little better: it ends {y:.2f} off the true curve, {a} {x:.2f}."), numbers))
        elif spec.wrong:
            found.append(Message(N_("With these points {b} does no better: {a} ends {x:.2f} off the true curve, {b} {y:.2f}. Try "
                                    "another seed."), numbers))
        elif max(x, y) < 0.25:
            found.append(Message(N_("Without outliers both end near the truth: {a} {x:.2f} off, {b} {y:.2f}."), numbers))
        else:
            found.append(Message(N_("No outliers, and yet not near the truth everywhere: {a} ends {x:.2f} off, {b} {y:.2f}."), numbers))
    else:
        numbers = {**names, "x": float(x.mean()), "y": float(y.mean()), "wrong": spec.wrong}
        found.append(Message(N_("Both classes taken alike, {a} tells {x:.3f} of fresh points rightly, {b} {y:.3f}; {wrong}% of the "
                                "training "
                                "labels are wrong."), numbers))
        if abs(x.mean() - y.mean()) < 0.02:
            found.append(Message(N_("The difference is within chance: try other seeds. Adam divides every gradient by its usual size, so "
                                    "a loss "
                                    "with small slopes is not as slow here as in “Confidently wrong”.") if spec.pair == "bce_mse" else
                                 N_("The difference is within chance: try other seeds.")))
    if spec.rare <= 20:
        sign = 1 if task(spec.pair) == "curve" else -1  # a distance or a share
        worse = [sign * one[-1, 1] > sign * one[-1, 0] for one in score.values()]
        said = {"rare": spec.rare}
        if spec.weighted:
            found.append(Message(N_("Each of the few points, {rare}% of all, now counts for more, a wrong one among them too.")
                                 if spec.wrong else
                                 N_("Each of the few points, {rare}% of all, now counts for more: both groups weigh the same."), said))
        elif all(worse):
            found.append(Message(N_("The rarer group, {rare}% of the points, comes off worse under both losses: a mean over all points "
                                    "hardly "
                                    "hears it. Weigh both groups alike."), said))
        elif any(worse):
            found.append(Message(N_("The rarer group, {rare}% of the points, comes off worse under one of the losses only. Try another "
                                    "seed."), said))
        else:
            found.append(Message(N_("{rare}% of the points are of the rarer group, and these few happen to be enough here. Try another "
                                    "seed."),
                                 said))
    return tuple(found)


HERE = {"scene": "lab"}
SCENE = Scene(
    "lab", N_("Two losses, one network"),
    N_("The same network learns the same points twice, by two [[losses|loss]]. Add [[outliers]], make one group rare, and play the "
       "training."),
    ("pair", "wrong", "rare", "weighted"), draw, write, more=("lab_seed",),
    plays=lambda spec, field: field != "weighted" or spec.rare != 50,  # groups of one size weigh the same
    presets=(Preset(N_("MSE and MAE with outliers"), HERE), Preset(N_("Cross-entropy and MSE"), {**HERE, "pair": "bce_mse", "wrong": 0}),
             Preset(N_("A rare class"), {**HERE, "pair": "bce_hinge", "wrong": 0, "rare": 5})),
    trials=(Trial(N_("Clean data"), N_("Without [[outliers]] the two hardly differ, with most seeds: which loss you choose matters when "
                                       "the data are not perfect."),
                  {**HERE, "wrong": 0, "lab_seed": 13}),
            Trial(N_("A quarter of outliers"), N_("[[MAE]] still holds on to the curve; [[MSE]] hangs in between."), {**HERE, "wrong": 25}),
            Trial(N_("A rare class, weighed"), N_("With weights the rare class is found again, and some of the others are lost."),
                  {**HERE, "pair": "bce_hinge", "wrong": 0, "rare": 5, "weighted": True})))
