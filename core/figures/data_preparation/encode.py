"""A category as a number: codes are dragged, the line follows; one-hot encoding needs none."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.data_preparation import own, own_encode
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import CLASS_SYMBOLS, axis, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import evaluation, splits
from core.specs.data_preparation import WINE, DataPreparationSpec
from core.specs.examples import Preset, Trial

RANGES = {"alcohol": (10.2, 15.0), "flavanoids": (-0.6, 5.4), "color_intensity": (-0.6, 13.5), "proline": (0.0, 1750.0)}
CODES = np.round(np.arange(0, 3.01, 0.05), 2)


def _line(codes: tuple[float, float, float], x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    return evaluation.line(x, y) if len(set(codes)) > 1 else (float(y.mean()), 0.0)


def _plane(spec: DataPreparationSpec, x: np.ndarray, y: np.ndarray, means: np.ndarray, by_line: float) -> tuple[Template, float]:
    codes = (spec.code_a, spec.code_b, spec.code_c)
    low, high = RANGES[spec.predicted]
    a, b = _line(codes, x, y)
    shift = np.random.default_rng(0).uniform(-0.07, 0.07, len(x))  # so that points do not lie on one another
    foot = low + 0.04 * (high - low)
    cultivar = evaluation.table("wine").y
    data = [line([-0.3, 3.3], [a - 0.3 * b, a + 3.3 * b], "text", width=2.4, hover=_("the line: %{y:.2f}"))]
    notes = []
    for k in range(3):
        mine = cultivar == k
        data += [dots(neat((x + shift)[mine], 3), neat(y[mine], 3), f"point{k}", symbol=CLASS_SYMBOLS[k], size=5, opacity=0.6,
                      hover="%{y:.4g}"),
                 line([codes[k] - 0.16, codes[k] + 0.16], [means[k]] * 2, f"point{k}", width=4,
                      hover=_("mean of {name}", name="ABC"[k]) + ": %{y:.4g}")]
        close = [j for j in range(3) if abs(codes[j] - codes[k]) < 0.1]  # their letters stand side by side
        notes.append(word(codes[k], foot + 0.065 * (high - low), "ABC"[k], f"point{k}", size=15,
                          xshift=14 * (close.index(k) - (len(close) - 1) / 2)))
    return figure("plane", data, layout(
        xaxis=axis(_("code of the cultivar"), range=[-0.3, 3.3], dtick=0.5, fixedrange=True),
        yaxis=axis(_(WINE[spec.predicted]), range=[low, high], fixedrange=True), annotations=notes, uirevision=spec.predicted,
        margin={"l": 50, "r": 10, "t": 6, "b": 36}),
        title=_("A line through these codes explains {share:.0%} of the spread", share=by_line),
        alt=_("{name} of 178 wines above the codes of three cultivars, {a:.2f}, {b:.2f} and {c:.2f}, with a least-squares line, R² "
              "{share:.2f}.",
              name=_(WINE[spec.predicted]), a=codes[0], b=codes[1], c=codes[2], share=by_line), height=390, span=7), foot


def _sweep(spec: DataPreparationSpec, one_hot: float, by_line: float) -> Template:
    """R² of the line by the code of B, A and C staying."""
    share = [splits.coded((spec.code_a, float(b), spec.code_c), spec.predicted)[3] for b in CODES[::2]]
    data = [line([0, 3], [one_hot, one_hot], "layer2", dash="dash", width=2.4, hover=_("one-hot: %{y:.2f}")),
            line(neat(CODES[::2]), neat(share), "text", hover="%{y:.2f}"),
            dots([spec.code_b], [by_line], "point1", size=13, hover="%{y:.2f}")]
    return figure("sweep", data, layout(
        xaxis=axis(_("code of B, the others staying"), range=[-0.1, 3.1], fixedrange=True),
        yaxis=axis("R²", range=[-0.02, 1.0], fixedrange=True),
        annotations=[word(1.5, one_hot + 0.045, _("one-hot: a mean for each, whatever their order"), "layer2")],
        margin={"l": 42, "r": 10, "t": 6, "b": 36}),
        title=_("One-hot encoding: {share:.0%}, without any code", share=one_hot),
        alt=_("R² of the line by the code of B, between {least:.2f} and {most:.2f}; one-hot encoding has {one_hot:.2f}.",
              least=min(share), most=max(share), one_hot=one_hot), height=390, span=5)


def draw(spec: DataPreparationSpec) -> Picture:
    return own.drawn(spec, own_encode.draw, _wines)


def _wines(spec: DataPreparationSpec) -> Picture:
    codes = (spec.code_a, spec.code_b, spec.code_c)
    x, y, means, by_line, one_hot = splits.coded(codes, spec.predicted)
    plane, foot = _plane(spec, x, y, means, by_line)
    rank = lambda values: [sorted(values).index(v) for v in values]  # noqa: E731
    values = {"share": by_line, "one_hot": one_hot, "name": ["_", WINE[spec.predicted]]}
    if by_line > one_hot - 0.01:
        note = Message(N_("These codes suit: the three means lie on a line, and {share:.2f} is all that the cultivar can say. That is "
                          "luck, or somebody has looked at the answers; one-hot encoding gets there by itself."), values)
    elif len(set(codes)) == 1:
        note = Message(N_("One code for all three: a line cannot tell them apart and says the mean to all. R² is {share:.2f} of a possible "
                          "{one_hot:.2f}."), values)
    elif len(set(codes)) == 2:
        note = Message(N_("Two of the three have the same code: a line gives both the same answer. R² is {share:.2f} of a possible "
                          "{one_hot:.2f}."), values)
    elif rank(codes) in (rank(list(means)), [2 - r for r in rank(list(means))]):
        note = Message(N_("The order of the codes suits, their distances do not: a step of 1 means the same everywhere on a line. R² is "
                          "{share:.2f} "
                          "of a possible {one_hot:.2f}."), values)
    else:
        note = Message(N_("The codes claim an order that {name} does not have: the line must pass the middle one by. R² is {share:.2f} "
                          "of a possible "
                          "{one_hot:.2f}. Names have no order; numbers always do."), values)
    handles = tuple(Handle(field, "plane", _("Code of {name}", name=name), (code, foot), (field,), step=0.05, colour=f"point{k}",
                           rail=((0.0, 0.0, foot), (3.0, 3.0, foot)))
                    for k, (field, name, code) in enumerate(zip(("code_a", "code_b", "code_c"), "ABC", codes, strict=True)))
    a, b = _line(codes, x, y)
    return Picture((plane, _sweep(spec, one_hot, by_line)), handles=handles, notes=(note,), numbers={"line": by_line, "one_hot": one_hot},
                   formulas=((_("with a code"), rf"\hat y = {a:.3g} {b:+.3g} \cdot \mathrm{{code}}"),
                             (_("one-hot"), rf"\hat y = {means[0]:.3g}\,[A] + {means[1]:.3g}\,[B] + {means[2]:.3g}\,[C]")))


def program(spec: DataPreparationSpec) -> str:
    brought = own.brought(spec)
    if brought is not None:
        return own_encode.program(spec, brought)
    said = (_("a number for each name"),
            _("a column for each name"))
    return f"""import numpy as np
from sklearn.datasets import load_wine
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder

wine = load_wine(as_frame=True)
y = wine.data["{spec.predicted}"].values
cultivar = wine.target.values.reshape(-1, 1)

codes = np.array([{spec.code_a:g}, {spec.code_b:g}, {spec.code_c:g}])[cultivar]  # {said[0]}
line = LinearRegression().fit(codes, y).score(codes, y)

columns = OneHotEncoder(sparse_output=False).fit_transform(cultivar)  # {said[1]}
one_hot = LinearRegression().fit(columns, y).score(columns, y)
print(columns[:2], columns[-2:])
print(line, one_hot)
"""


LOOK = N_("Three cultivars have names; a model wants numbers. Drag the codes under the cloud: what does the line "
                               "make of them?")
THEIRS = N_("Your categories have names; a model wants numbers. Give them codes in one order or another: what does a line make of them?")
ENCODE = Scene(
    "encode", N_("Encode"), LOOK,
    ("predicted", "code_a", "code_b", "code_c", "order"), draw, program,
    plays=lambda spec, field: (field == "order") == (own.brought(spec) is not None),
    look_at=own.look_at(LOOK, THEIRS),
    presets=(Preset("A = 0, B = 1, C = 2", {"scene": "encode"}),
             Preset("A = 0, B = 2, C = 1", {"scene": "encode", "code_b": 2.0, "code_c": 1.0}),
             Preset(N_("Predict flavanoids"), {"scene": "encode", "predicted": "flavanoids"})),
    trials=(Trial(N_("Swap the codes of B and C"), N_("The same wines, the same names, another line: five times as much is explained."),
                  {"scene": "encode", "code_b": 2.0, "code_c": 1.0}),
            Trial(N_("All the same code"), N_("A line cannot tell them apart any more: it says the mean of all, and R² is 0."),
                  {"scene": "encode", "code_a": 1.0, "code_b": 1.0, "code_c": 1.0}),
            Trial(N_("Flavanoids"), N_("Here the alphabet happens to be the right order, and the codes look harmless. That is luck."),
                  {"scene": "encode", "predicted": "flavanoids"})))
