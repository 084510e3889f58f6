"""One split or k folds: how far a score depends on which rows were held out."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Film, Picture, Scene, Track, figure
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import evaluation
from core.specs.data_preparation import DataPreparationSpec
from core.specs.examples import Preset, Trial


def _scheme(found: evaluation.Folded, k: int) -> tuple[Template, list[Any]]:
    """Rounds down, rows across: which rows are held out in which round; a step of the film is a round more."""
    rows = min(len(found.assigned), 60)
    held = np.array([[1.0 if fold == j else 0.0 for fold in found.assigned[:rows]] for j in range(k)])
    steps = [[line.tolist() if j <= step else [None] * rows for j, line in enumerate(held)] for step in range(k)]
    scale = [[0.0, colour("border")], [0.5, colour("border")], [0.5, colour("layer1")], [1.0, colour("layer1")]]
    number, place = list(range(1, rows + 1)), list(range(1, k + 1))  # counted as people count, on the axes and under the mouse
    trace = {"type": "heatmap", "x": number, "y": place, "z": held.tolist(), "colorscale": scale, "zmin": 0, "zmax": 1,
             "showscale": False, "xgap": 1, "ygap": 5,
             "hovertemplate": _("row %{x}, round %{y}") + "<extra></extra>"}
    scores = {"type": "scatter", "mode": "text", "x": [rows + 5.5] * k, "y": place, "text": [f"{s:.2f}" for s in found.scores[0]],
              "textfont": {"size": 12, "color": colour("text")}, "hoverinfo": "skip"}
    return figure("scheme", [trace, scores], layout(
        xaxis=axis(_("row (the first {rows})", rows=rows), range=[0, rows + 10], showgrid=False, fixedrange=True,
                   tickvals=[1, 20, 40, 60]),
        yaxis=axis(_("round"), range=[k + 0.6, 0.1], tickvals=place, showgrid=False, fixedrange=True),
        annotations=[word(rows + 5.5, 0.3, _("accuracy"), "muted"),
                     word(rows / 2 + 0.5, 0.3, _("orange: held out in this round"), "layer1")],
        margin={"l": 42, "r": 8, "t": 6, "b": 36}),
        title=_("{k} rounds: each row is held out once", k=k),
        alt=_("Which rows are held out in which of {k} rounds; the accuracies are {scores}.", k=k,
              scores=", ".join(f"{s:.2f}" for s in found.scores[0])),
        height=380, span=6), steps


def _spread(found: evaluation.Folded, k: int) -> Template:
    count = evaluation.REPEATS
    shift = (np.arange(count) - (count - 1) / 2) / count * 0.62
    data, notes = [line([found.truth] * 2, [-0.6, 1.6], "layer2", dash="dash")], []
    for up, scores, token, symbol in ((1, found.single, "layer1", "circle"), (0, found.folded, "layer0", "square")):
        data += [line([float(scores.min()), float(scores.max())], [up, up], token, width=12, opacity=0.18),
                 dots(neat(scores), neat(up + shift), token, symbol=symbol, size=7, hover="%{x:.3f}")]
        notes.append(word(float(scores.mean()), up + 0.43, _range(scores), token, bgcolor=colour("background")))
    least = min(0.8, float(found.scores[:, 0].min()) - 0.02)
    return figure("spread", data, layout(
        xaxis=axis(_("accuracy reported"), range=[least, 1.01], fixedrange=True),
        yaxis=axis(range=[-0.75, 1.75], tickvals=[0, 1], ticktext=[_("mean of {k} folds", k=k), _("one split")], showgrid=False,
                   fixedrange=True),
        annotations=[*notes, word(found.truth, -0.67, _("on all other tumours {truth:.3f}", truth=found.truth), "layer2",
                                  xanchor="right" if found.truth > 0.9 else "center")],
        margin={"l": 86, "r": 10, "t": 6, "b": 36}),
        title=_spreads(found, k),
        alt=_("Accuracies of 24 random splits: one split from {a:.2f} to {b:.2f}, the mean of the folds from {c:.2f} to {d:.2f}.",
              a=found.single.min(), b=found.single.max(), c=found.folded.min(), d=found.folded.max()), height=380, span=6)


def _spreads(found: evaluation.Folded, k: int) -> str:
    """From the least to the greatest accuracy, as both are drawn."""
    one, mean = float(np.ptp(found.single)), float(np.ptp(found.folded))
    if mean < 1e-9:
        return _("The mean of {k} folds does not spread at all", k=k)
    return _("One split spreads {times:.1f} times as wide as the mean of {k} folds", times=one / mean, k=k)


def _range(scores: np.ndarray) -> str:
    """From the least to the greatest accuracy; one number where both are written alike."""
    least, most = f"{scores.min():.3f}", f"{scores.max():.3f}"
    return least if least == most else f"{least} – {most}"


def _sizes(found: evaluation.Folded) -> str:
    """How many rows a fold holds: “20”, or “12–13” where they do not go into it evenly."""
    sizes = np.bincount(found.assigned)
    return f"{sizes.min()}" if sizes.min() == sizes.max() else f"{sizes.min()}–{sizes.max()}"


def draw(spec: DataPreparationSpec) -> Picture:
    found = evaluation.folded(spec.rows, spec.folds, spec.seed)
    scheme, steps = _scheme(found, spec.folds)
    held = int((found.assigned == 0).sum())  # one split is the first fold, and folds are not always of one size
    values = {"low": float(found.single.min()), "high": float(found.single.max()), "least": float(found.folded.min()),
              "most": float(found.folded.max()),
              "held": held, "sizes": _sizes(found), "k": spec.folds, "rows": spec.rows}
    level = "–" not in _range(found.folded)
    notes = [Message(N_("The same {rows} rows and the same model, split in 24 ways: one split reports anything from {low:.3f} to "
                        "{high:.3f}, depending on which {held} rows judge. The mean of {k} folds is {least:.3f} every time, since every "
                        "row judges once.") if level else
                     N_("The same {rows} rows and the same model, split in 24 ways: one split reports anything from {low:.3f} to "
                        "{high:.3f}, depending on which "
                        "{held} rows judge. The mean of {k} folds stays between {least:.3f} and {most:.3f}, since every row judges once."),
                     values)]
    if spec.folds == 2:
        notes.append(Message(N_("With two folds each model learns from half of the rows only; it may be worse than the one you will use.")))
    elif spec.folds >= 8:
        notes.append(Message(N_("More folds mean more models to train, {k} here, and each judged by only {sizes} rows. Five to ten are "
                                "usual."), values))
    elif spec.rows >= 250:
        notes.append(Message(N_("With so many rows one split is not bad either: its spread shrinks with the number of rows that judge.")))
    scores = found.scores[0]
    film = Film(tuple(_("round {j}: held out, accuracy {score:.2f}", j=j + 1, score=s) for j, s in enumerate(scores)),
                (Track("scheme", 0, {"z": steps}), Track("scheme", 1, {"text": [[f"{s:.2f}" if i <= j else "" for i, s in enumerate(scores)]
                                                                               for j in range(spec.folds)]})), seconds=3.0)
    sum_of = " + ".join(f"{s:.2f}" for s in scores)
    return Picture((scheme, _spread(found, spec.folds)), film=film, notes=tuple(notes),
                   formulas=((_("first seed"), rf"\frac{{{sum_of}}}{{{spec.folds}}} = {scores.mean():.3f}"),),
                   numbers={"single": float(found.single[0]), "folded": float(found.folded[0]), "truth": found.truth})


def program(spec: DataPreparationSpec) -> str:
    said = (_("one split: the first fold alone"),
            _("all other tumours"))
    return f"""from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.naive_bayes import GaussianNB

data = load_breast_cancer()
malignant = 1 - data.target
x, rest, y, y_rest = train_test_split(
    data.data, malignant, train_size={spec.rows}, stratify=malignant, random_state={spec.seed})

folds = StratifiedKFold({spec.folds}, shuffle=True, random_state={spec.seed * 1000})
scores = cross_val_score(GaussianNB(), x, y, cv=folds)
single = scores[0]  # {said[0]}
folded = scores.mean()
truth = GaussianNB().fit(x, y).score(rest, y_rest)  # {said[1]}
print(single, folded, truth)
"""


FOLDS = Scene(
    "folds", N_("Cross-validation"),
    N_("Is one split enough? Play the rounds, then compare 24 single splits with 24 times [[cross-validation]]."),
    ("folds", "rows", "seed"), draw, program,
    fits=True, presets=(Preset(N_("Five folds"), {"scene": "folds"}), Preset(N_("Ten folds"), {"scene": "folds", "folds": 10}),
             Preset(N_("400 rows"), {"scene": "folds", "rows": 400})),
    trials=(Trial(N_("Only 40 rows"), N_("Eight rows judge in one split: each of them is worth 0.125. Look how far the dots spread."),
                  {"scene": "folds", "rows": 40}),
            Trial(N_("400 rows"), N_("With more rows the two come closer; folds still spread less."), {"scene": "folds", "rows": 400})))
