"""Three scalers on two columns, one of which has an outlier that is dragged."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.data_preparation import own, own_scale
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import CLASS_SYMBOLS, axis, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import tables
from core.specs.data_preparation import SCALERS, DataPreparationSpec
from core.specs.examples import Preset, Trial

COLUMNS = ("total_phenols", "proline")
PHENOLS = 2.9  # of the outlier, an ordinary value


def rows(spec: DataPreparationSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training x (119, 2), the outlier last (a wine of cultivar A), y, and the test rows."""
    places = [tables.table("wine").names.index(name) for name in COLUMNS]
    x, y, x_test, y_test = tables.wine_split()
    return np.vstack([x[:, places], [PHENOLS, spec.outlier]]), np.append(y, 0), x_test[:, places], y_test


def _cloud(z: np.ndarray, y: np.ndarray) -> list[dict]:
    inner = z[:-1]
    data = [dots(neat(inner[y[:-1] == k, 0]), neat(inner[y[:-1] == k, 1]), f"point{k}", symbol=CLASS_SYMBOLS[k], size=7,
                 hover=_("cultivar {name}", name="ABC"[k]) + ": %{x:.2f}, %{y:.2f}") for k in range(3)]
    return [*data, dots([float(z[-1, 0])], [float(z[-1, 1])], "layer1", symbol="star", size=15,
                        hover=_("the outlier") + ": %{x:.2f}, %{y:.2f}")]


def _strips(x: np.ndarray) -> tuple[Template, dict[str, float]]:
    """Where each scaler puts the middle half of proline, on one axis."""
    data, widths, notes = [], {}, []
    for i, name in enumerate(("robust", "minmax", "standard")):
        z = tables.scaler_of(name).fit_transform(x)[:, 1]
        low, high = np.quantile(z, [0.25, 0.75])
        widths[name] = float(high - low)
        data += [line([low, high], [i, i], "layer0", width=9, opacity=0.35),
                 dots(neat(z[:-1]), [i] * (len(z) - 1), "layer0", size=4, opacity=0.6),
                 dots([float(min(z[-1], 12))], [i], "layer1", symbol="star", size=12, hover=f"{z[-1]:.2f}")]
        notes.append(word(1.01, i, _("middle half {width:.2f} wide", width=widths[name]), "text", xanchor="left", xref="paper"))
    return figure("strips", data, layout(
        xaxis=axis(_("proline after scaling"), range=[-3, 12.4], fixedrange=True, dtick=1),
        yaxis=axis(range=[-0.6, 2.6], tickvals=[0, 1, 2], ticktext=[SCALERS[n] for n in ("robust", "minmax", "standard")], showgrid=False,
                   fixedrange=True),
        annotations=notes, margin={"l": 96, "r": 150, "t": 4, "b": 32}),
        title=_("With this outlier, MinMax leaves proline’s middle half {width:.2f} of its range", width=widths["minmax"]),
        alt=_("Proline after three scalers. Width of the middle half: {standard:.2f} standardized, {minmax:.2f} by minimum and maximum, "
              "{robust:.2f} robust.", **widths), height=160, span=12, area="curves"), widths


def draw(spec: DataPreparationSpec) -> Picture:
    return own.drawn(spec, own_scale.draw, _wines)


def _wines(spec: DataPreparationSpec) -> Picture:
    x, y, x_test, y_test = rows(spec)
    scaler = tables.scaler_of(spec.scaler).fit(x)
    z = scaler.transform(x)
    scores = {name: tables.judged(x, y, x_test, y_test, scaler=name) for name in SCALERS}
    strips, widths = _strips(x)
    labels = {"xaxis": axis(_("phenols"), range=[0.8, 4.0], fixedrange=True),
              "yaxis": axis(_("proline"), range=[0, 6200], fixedrange=True)}
    raw = figure("raw", _cloud(x, y), layout(**labels, margin={"l": 56, "r": 10, "t": 6, "b": 34}),
                 title=_("As measured: nearest neighbours {score:.2f} right", score=scores["none"]),
                 alt=_("Phenols and proline of 118 wines and an outlier at {x:.1f} and {y:.0f}.", x=PHENOLS, y=spec.outlier),
                 height=330, span=6)
    if spec.scaler == "none":  # one unit as long across as up: what a distance sees
        across, up = axis(_("phenols"), range=[-400, 1800], scaleanchor="y"), axis(_("proline"), range=[200, 1800])
    else:
        across = axis(_("phenols, scaled"), range={"standard": [-3, 4], "minmax": [-0.05, 1.1], "robust": [-1.8, 2.2]}[spec.scaler])
        up = axis(_("proline, scaled"), range={"standard": [-2.2, 3.5], "minmax": [-0.05, 1.1], "robust": [-1.5, 3]}[spec.scaler])
    top = up["range"][1]
    place = float(f"{z[-1, 1]:.3g}")
    away = [word(float(z[-1, 0]), top, _("★ above, at {place:g}", place=place), "layer1", yanchor="top")] if z[-1, 1] > top else []
    name = SCALERS[spec.scaler] if spec.scaler != "none" else _("Not scaled")
    scaled = figure("scaled", _cloud(z, y), layout(xaxis=across, yaxis=up, margin={"l": 50, "r": 10, "t": 6, "b": 34},
                                                   uirevision=spec.scaler,
                    annotations=away),
                    title=_("{scaler}: nearest neighbours {score:.2f} right", scaler=name, score=scores[spec.scaler]),
                    alt=_("The same wines after scaling; nearest neighbours get {score:.2f} of 60 other wines right.",
                          score=scores[spec.scaler]),
                    height=330, span=6)
    notes = [Message(N_("Without scaling, a step of 1 in proline counts as much as a step of 1 in phenols: nearest neighbours see "
                        "proline alone, {none:.2f} right. Standardized they see both: {standard:.2f}."), scores)]
    if widths["minmax"] < 0.25:
        notes.append(Message(N_("One outlier sets the maximum: MinMax presses the middle half of all wines into {width:.2f} of its range, "
                                "and proline hardly counts ({minmax:.2f} right). It swells the standard deviation as well "
                                "({standard:.2f}). Quartiles do not move for it: RobustScaler keeps {robust:.2f}."),
                             {"width": widths["minmax"], **scores}))
    else:
        notes.append(Message(N_("No value lies far out, so all three scalers tell nearly the same story. Drag the star upwards.")))
    mean, std, (q1, q2, q3) = x[:, 1].mean(), x[:, 1].std(), np.quantile(x[:, 1], [0.25, 0.5, 0.75])
    rule = {"none": ("", r"z = x"), "standard": (_("proline"), rf"z = \frac{{x - {mean:.4g}}}{{{std:.4g}}}"),
            "minmax": (_("proline"), rf"z = \frac{{x - {x[:, 1].min():.4g}}}{{{x[:, 1].max():.4g} - {x[:, 1].min():.4g}}}"),
            "robust": (_("proline"), rf"z = \frac{{x - {q2:.4g}}}{{{q3:.4g} - {q1:.4g}}}")}[spec.scaler]
    return Picture((raw, scaled, strips), notes=tuple(notes), formulas=(rule,),
                   numbers={"score": scores[spec.scaler], "low": float(z[:, 1].min()), "high": float(z[:, 1].max())},
                   handles=(Handle("outlier", "raw", _("The outlier"), (PHENOLS, spec.outlier), ("outlier",),
                                   rail=((0.0, PHENOLS, 0.0), (6000.0, PHENOLS, 6000.0)), step=100, anywhere=True, colour="layer1"),))


def program(spec: DataPreparationSpec) -> str:
    brought = own.brought(spec)
    if brought is not None:
        return own_scale.program(spec, brought)
    said = (_("the outlier comes last"),
            _("the pipeline fits the scaler on the training rows alone"))
    scaler = {"none": "FunctionTransformer", "standard": "StandardScaler", "minmax": "MinMaxScaler", "robust": "RobustScaler"}[spec.scaler]
    return f"""import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import {scaler}

wine = load_wine(as_frame=True)
x, x_test, y, y_test = train_test_split(
    wine.data, wine.target, train_size={tables.TRAIN}, stratify=wine.target, random_state=0)
columns = ["total_phenols", "proline"]
x = np.vstack([x[columns].values, [{PHENOLS:g}, {spec.outlier:g}]])  # {said[0]}
y = np.append(y, 0)

z = {scaler}().fit_transform(x)
low, high = z[:, 1].min(), z[:, 1].max()
# {said[1]}
model = make_pipeline({scaler}(), KNeighborsClassifier(5)).fit(x, y)
score = model.score(x_test[columns].values, y_test)
print(score, low, high)
"""


LOOK = N_("Drag the star, one odd wine, upwards. Which scaler lets it spoil all the others?")
THEIRS = N_("Two columns of your table before and after. Choose a scaler: who makes the distances, and what becomes of values far out?")
SCALE = Scene(
    "scale", N_("Scale"), LOOK,
    ("scaler", "outlier"), draw, program, plays=lambda spec, field: field != "outlier" or own.brought(spec) is None,
    look_at=own.look_at(LOOK, THEIRS),
    presets=(Preset("StandardScaler", {"scene": "scale"}, own=True),
             Preset(N_("Not scaled"), {"scene": "scale", "scaler": "none"}, own=True),
             Preset(N_("MinMax and an outlier"), {"scene": "scale", "scaler": "minmax", "outlier": 6000.0})),
    trials=(Trial(N_("MinMax, outlier far out"), N_("The cloud is pressed flat: the scaler has given all of its range to one wine."),
                  {"scene": "scale", "scaler": "minmax", "outlier": 6000.0}),
            Trial(N_("The same with RobustScaler"), N_("Median and quartiles take no notice of a single value: the cloud keeps its shape."),
                  {"scene": "scale", "scaler": "robust", "outlier": 6000.0}),
            Trial(N_("No scaler"), N_("One unit up is drawn as long as one across: this is what a distance sees."),
                  {"scene": "scale", "scaler": "none"}, own=True)))
