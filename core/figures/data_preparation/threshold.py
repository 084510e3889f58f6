"""Where to say “malignant”: a threshold is dragged; the confusion matrix, ROC, precision and recall, and calibration follow."""

from __future__ import annotations

import math

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import evaluation
from core.specs.data_preparation import DataPreparationSpec
from core.specs.examples import Preset, Trial

BINS = np.linspace(0, 1, 26)


def _scores(p: np.ndarray, y: np.ndarray, found: evaluation.Counts, threshold: float) -> tuple[Template, float]:
    """Malignant upwards, benign downwards; right answers full, wrong ones pale."""
    up, down = np.histogram(p[y == 1], BINS)[0], np.histogram(p[y == 0], BINS)[0]
    top = 1.25 * max(up.max(), down.max())
    middle = (BINS[1:] + BINS[:-1]) / 2
    pale = [1.0 if m >= threshold else 0.35 for m in middle]
    bar = {"type": "bar", "x": neat(middle), "width": 0.036}
    data = [{**bar, "y": up.tolist(), "marker": {"color": colour("class0"), "opacity": pale},
             "hovertemplate": _("%{y} malignant") + "<extra></extra>"},
            {**bar, "y": (-down).tolist(), "customdata": down.tolist(), "hovertemplate": _("%{customdata} benign") + "<extra></extra>",
             "marker": {"color": colour("class1"), "opacity": [1.35 - o for o in pale]}},
            line([threshold, threshold], [-top, top], "text", width=2)]
    notes = [word(0.01, 0.9 * top, _("malignant ↑"), "layer4", xanchor="left", size=13),
             word(0.01, -0.9 * top, _("benign ↓"), "layer0", xanchor="left", size=13),
             word(max(threshold - 0.015, 0.3), 0.72 * top, _("missed: {n}", n=found.fn), "text", xanchor="right"),
             word(min(threshold + 0.015, 0.72), -0.72 * top, _("false alarms: {n}", n=found.fp), "text", xanchor="left")]
    return figure("scores", data, layout(
        xaxis=axis(_("probability of “malignant” that the model gives"), range=[-0.01, 1.01], fixedrange=True),
        yaxis=axis(_("tumours"), range=[-1.08 * top, 1.08 * top], fixedrange=True, showticklabels=False), barmode="relative",
        annotations=notes,
        margin={"l": 28, "r": 10, "t": 6, "b": 34}),
        title=_("From {threshold:.2f} on “malignant”: {fn} missed, {fp} false alarms", threshold=threshold, fn=found.fn, fp=found.fp),
        alt=_("Probabilities of 106 malignant and 179 benign tumours. At threshold {threshold:.2f}, {fn} malignant ones are missed and "
              "{fp} benign "
              "ones are called malignant.", threshold=threshold, fn=found.fn, fp=found.fp), height=310, span=8), top


def _matrix(found: evaluation.Counts) -> Template:
    z = np.array([[found.tp, found.fn], [found.fp, found.tn]])
    share = z / z.sum(axis=1, keepdims=True)
    names = [[_("found"), _("missed")], [_("false alarm"), _("let go, rightly")]]
    text = [[f"<b>{z[i, j]}</b><br>{names[i][j]}" for j in (0, 1)] for i in (0, 1)]
    trace = {"type": "heatmap", "z": neat(share), "text": text, "texttemplate": "%{text}", "colorscale": SEQUENTIAL, "zmin": 0, "zmax": 1,
             "showscale": False, "xgap": 2, "ygap": 2, "textfont": {"size": 14}, "hovertemplate": "%{text} (%{z:.0%})<extra></extra>"}
    ticks = {"tickvals": [0, 1], "ticktext": [_("malignant"), _("benign")], "showgrid": False, "showline": False, "fixedrange": True}
    return figure("matrix", [trace],
                  layout(xaxis=axis(_("answer"), **ticks), yaxis=axis(_("truth"), autorange="reversed", tickangle=-90, **ticks),
                                            margin={"l": 46, "r": 8, "t": 6, "b": 36}),
                  title=_("Accuracy {accuracy:.2f}, recall {recall:.2f}", accuracy=found.accuracy, recall=found.recall),
                  alt=_("Confusion matrix: {tp} found, {fn} missed, {fp} false alarms, {tn} rightly let go.", tp=found.tp, fn=found.fn,
                        fp=found.fp, tn=found.tn),
                  height=310, span=4)


def _curves(curves: evaluation.Curves, found: evaluation.Counts) -> tuple[Template, ...]:
    def small(id: str, data: list[dict], across: str, up: str, title: str, alt: str, notes: list[dict] | None = None) -> Template:
        return figure(id, data, layout(xaxis=axis(across, range=[-0.03, 1.03], fixedrange=True, dtick=0.5),
                                       yaxis=axis(up, range=[-0.03, 1.06], fixedrange=True, dtick=0.5),
                                       margin={"l": 40, "r": 8, "t": 4, "b": 34}, annotations=notes or []),
                      title=title, alt=alt, height=190, span=4, area="curves")

    size = 12
    roc = small("roc", [line([0, 1], [0, 1], "baseline", dash="dot", width=1),
                        line(neat(curves.roc[0]), neat(curves.roc[1]), "score", hover="%{x:.2f}, %{y:.2f}"),
                        dots([found.false_alarms], [found.recall], "text", size=size)], _("false alarm rate"), _("recall"),
                _("ROC: area {auc:.3f}", auc=curves.auc),
                _("ROC curve with area {auc:.3f}; now at false alarm rate {x:.2f} and recall {y:.2f}.", auc=curves.auc,
                  x=found.false_alarms, y=found.recall))
    known = not math.isnan(found.precision)
    pr = small("pr", [line([0, 1], [106 / 285] * 2, "baseline", dash="dot", width=1),
                      line(neat(curves.pr[0]), neat(curves.pr[1]), "score", hover="%{x:.2f}, %{y:.2f}"),
                      dots([found.recall] if known else [], [found.precision] if known else [], "text", size=size)], _("recall"),
               _("precision"),
               _("Precision and recall: {ap:.3f} on average", ap=curves.ap),
               _("Precision by recall, average precision {ap:.3f}.", ap=curves.ap))
    mean, share, rows = curves.calibration
    cal = small("calibration", [line([0, 1], [0, 1], "baseline", dash="dot", width=1),
                                dots(neat(mean), neat(share), "score", symbol="square", size=9, hover="%{x:.2f} → %{y:.2f} (%{customdata})",
                                     customdata=rows.tolist(),
                                     mode="lines+markers", line={"color": colour("score"), "width": 1})],
                _("probability given"), _("share malignant"), _("Calibration: Brier score {brier:.3f}", brier=curves.brier),
                _("Share of malignant tumours by the probability that the model gave, in ten bins; on the dotted line it keeps its word."))
    return roc, pr, cal


def draw(spec: DataPreparationSpec) -> Picture:
    p, y = evaluation.tumour_scores(spec.inputs)
    found, curves = evaluation.counts(p, y, spec.threshold), evaluation.curves(spec.inputs)
    scores, top = _scores(p, y, found, spec.threshold)
    positives = found.tp + found.fp
    values = {"tp": found.tp, "fn": found.fn, "fp": found.fp, "positives": positives, "recall": found.recall, "precision": found.precision,
              "benign": (found.fp + found.tn) / 285}
    notes = []
    if positives == 0:
        notes.append(Message(N_("Nobody is called malignant: no false alarm, and {fn} tumours missed. Still {benign:.0%} of the answers "
                                "are right. "
                                "So much for accuracy alone."), values))
    else:
        notes.append(Message(N_("Of {positives} called malignant {tp} are (precision {precision:.2f}); of 106 that are malignant {tp} "
                                "are found "
                                "(recall {recall:.2f})."), values))
        notes.append(Message(N_("{fn} are missed now, at the price of {fp} false alarms. Which is worse is no question of mathematics."),
                             values) if found.recall >= 0.9 and
                     found.fp > 20 else
                     Message(N_("{fn} of 106 malignant tumours are missed. Drag the threshold to the left: fewer missed, more false "
                                "alarms."), values)
                     if found.recall < 0.9 else
                     Message(N_("{fn} missed, {fp} false alarms: where the two groups come apart, the threshold matters little."), values))
    ratio = lambda a, b: rf"\frac{{{a}}}{{{a} + {b}}} = {a / (a + b):.2f}" if a + b else r"\frac{0}{0}"  # noqa: E731
    numbers = {"accuracy": found.accuracy, "recall": found.recall, "f1": found.f1, "auc": curves.auc, "brier": curves.brier}
    return Picture((scores, _matrix(found), *_curves(curves, found)), notes=tuple(notes), numbers=numbers,
                   handles=(Handle("threshold", "scores", _("Threshold"), (spec.threshold, -0.98 * top), ("threshold",), step=0.01,
                                   anywhere=True,
                                   rail=((0.01, 0.01, -0.98 * top), (0.99, 0.99, -0.98 * top))),),
                   formulas=((_("precision"), ratio(found.tp, found.fp)), (_("recall"), ratio(found.tp, found.fn)),
                             ("F1", rf"\frac{{2 \cdot {found.tp}}}{{2 \cdot {found.tp} + {found.fp} + {found.fn}}} = {found.f1:.2f}")))


def program(spec: DataPreparationSpec) -> str:
    said = (_("1: malignant"),)
    columns = "\nx = x[[\"mean texture\", \"mean smoothness\"]]" if spec.inputs == "weak" else ""
    return f"""from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (accuracy_score, brier_score_loss, confusion_matrix, f1_score,
                             recall_score, roc_auc_score)
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = load_breast_cancer(as_frame=True)
x, y = data.data, 1 - data.target  # {said[0]}{columns}
x, x_val, y, y_val = train_test_split(x, y, test_size=285, stratify=y, random_state=0)

p = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y).predict_proba(x_val)[:, 1]
answer = p >= {spec.threshold:g}
print(confusion_matrix(y_val, answer))
accuracy, recall = accuracy_score(y_val, answer), recall_score(y_val, answer)
f1, auc, brier = f1_score(y_val, answer), roc_auc_score(y_val, p), brier_score_loss(y_val, p)
print(accuracy, recall, f1, auc, brier)
"""


THRESHOLD = Scene(
    "threshold", N_("Threshold"), N_("The model gives a probability; somebody has to say from where on it counts. Drag the [[threshold]]."),
    ("threshold", "inputs"), draw, program,
    presets=(Preset(N_("Half"), {"scene": "threshold"}), Preset(N_("Miss hardly any"), {"scene": "threshold", "threshold": 0.15}),
             Preset(N_("All measurements"), {"scene": "threshold", "inputs": "all"})),
    trials=(Trial(N_("Miss hardly any"), N_("At 0.15 nearly every malignant tumour is found. Count the false alarms."),
                  {"scene": "threshold", "threshold": 0.15}),
            Trial(N_("Say nothing unless sure"), N_("At 0.9 there are 4 false alarms, and 94 of 106 tumours are missed. Two answers "
                                                    "out of three are right all the same: accuracy does not see the missed ones."),
                  {"scene": "threshold", "threshold": 0.9, "inputs": "weak"}),
            Trial(N_("A better model"), N_("With all thirty measurements the two groups come apart; the ROC curve goes into the corner."),
                  {"scene": "threshold", "inputs": "all"})))
