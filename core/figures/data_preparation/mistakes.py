"""Three more mistakes before a score, in doses: duplicates, the answer among the columns, a scaler fitted before the split."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import leaks
from core.specs.data_preparation import MISTAKES, DataPreparationSpec
from core.specs.examples import Preset, Trial

TWIN = 1e-5  # standard deviations; scikit-learn’s distance of a row to itself is rounded
SHORT = {"duplicates": N_("copies"), "target": N_("the answer"), "scaling": N_("scaler")}
STYLE = {"duplicates": ("layer1", "solid", "circle"), "target": ("layer3", "dash", "diamond"), "scaling": ("layer0", "dot", "square")}


def _doses(spec: DataPreparationSpec) -> list[float]:
    return sorted({*leaks.DOSES, round(spec.dose, 6)})


def _gain(spec: DataPreparationSpec) -> tuple[Template, list[float]]:
    doses, labels = _doses(spec), []
    data: list[dict[str, Any]] = []
    mine: list[float] = []
    for mistake, name in MISTAKES.items():
        token, dash, symbol = STYLE[mistake]
        honest = leaks.dosed(mistake, 0.0, spec.seed).reported
        y = [leaks.dosed(mistake, dose, spec.seed).reported - honest for dose in doses]
        now = mistake == spec.mistake
        labels.append({"trace": len(data), "text": _(SHORT[mistake]), "color": colour(token)})
        data.append(line(doses, neat(y), token, dash=dash, width=3 if now else 1.5, mode="lines+markers", hover=_(name) + ": %{y:+.3f}",
                         marker={"symbol": symbol, "size": 8 if now else 6}))
        mine = y if now else mine
    gain = mine[doses.index(round(spec.dose, 6))]
    return figure("gain", data, layout(
        xaxis=axis(_("dose: share of rows that the mistake touches"), range=[-0.04, 1.06], tickformat=".0%", fixedrange=True),
        yaxis=axis(_("score gained by the mistake"), range=[-0.1, 0.75], tickformat="+.1f", fixedrange=True), meta={"labels": labels},
        margin={"l": 48, "r": 70, "t": 6, "b": 36}),
        title=_("This mistake adds {gain:+.3f} to the reported score", gain=gain),
        alt=_("What each of three mistakes adds to the reported accuracy, by its dose. At {dose:.0%}: {gain:+.3f} for “{mistake}”.",
              dose=spec.dose, gain=gain, mistake=_(MISTAKES[spec.mistake])), height=380, span=7), mine


def _why(spec: DataPreparationSpec, found: leaks.Dosed) -> Template:
    token = STYLE[spec.mistake][0]
    if spec.mistake == "duplicates":
        counts, edges = np.histogram(np.minimum(found.why, 9.99), bins=20, range=(0, 10))
        twins = int((found.why < TWIN).sum())
        return figure("why", [{"type": "bar", "x": neat((edges[1:] + edges[:-1]) / 2), "y": counts.tolist(),
                               "marker": {"color": [colour(token)] + [colour("baseline")] * 19},
                               "hovertemplate": _("%{y} rows") + "<extra></extra>"}],
                      layout(xaxis=axis(_("distance to the nearest training row (standard deviations)"), range=[-0.2, 10], fixedrange=True),
                             yaxis=axis(_("held-out rows"), range=[0, 160], fixedrange=True), bargap=0.05,
                             annotations=[word(0.7, 150, _("← its own copy, label and all"), token, xanchor="left")] if twins else [],
                             margin={"l": 46, "r": 8, "t": 6, "b": 36}),
                      title=_("{twins} of {rows} held-out rows have a twin in training", twins=twins, rows=len(found.why)),
                      alt=_("How far each held-out row is from its nearest training row: {twins} of {rows} are at distance 0.",
                            twins=twins, rows=len(found.why)), height=380, span=5)
    if spec.mistake == "target":
        own, other = float(found.why[-1]), float(found.why[:-1].max())
        return figure("why", [{"type": "bar", "x": list(range(1, 32)), "y": neat(found.why), "hovertemplate": "%{y:.2f}<extra></extra>",
                               "marker": {"color": [colour("baseline")] * 30 + [colour(token)]}}],
                      layout(xaxis=axis(_("column; the 31st was noted after the diagnosis"), tickvals=[1, 10, 20, 31], range=[0, 32],
                                        fixedrange=True),
                             yaxis=axis(_("size of its weight"), range=[0, 4], fixedrange=True), bargap=0.15,
                             annotations=[word(30.3, min(own, 3.7), _("the answer →"), token, xanchor="right")],
                             margin={"l": 46, "r": 8, "t": 6, "b": 36}),
                      title=_("The new column weighs {own:.2f}, the next {other:.2f}", own=own, other=other),
                      alt=_("Size of the weight of 31 columns: {own:.2f} for the one that holds the answer, at most {other:.2f} for the "
                            "others.",
                            own=own, other=other), height=380, span=5)
    most = float(np.abs(found.why).max())
    return figure("why", [dots(list(range(1, 31)), neat(found.why), token, symbol="square", hover="%{y:+.3f}")],
                  layout(xaxis=axis(_("column"), range=[0, 31], fixedrange=True),
                         yaxis=axis(_("how far its mean moves (standard deviations)"), range=[-1, 1], fixedrange=True),
                         margin={"l": 46, "r": 8, "t": 6, "b": 36}),
                  title=_("No mean moves by more than {most:.2f} standard deviations", most=most),
                  alt=_("How far the scaler’s mean of each of 30 columns moves when it also sees held-out rows: at most {most:.2f} "
                        "standard deviations.", most=most), height=380, span=5)


def draw(spec: DataPreparationSpec) -> Picture:
    found = leaks.dosed(spec.mistake, spec.dose, spec.seed)
    honest = leaks.dosed(spec.mistake, 0.0, spec.seed).reported
    gain, mine = _gain(spec)
    values = {"reported": found.reported, "fresh": found.fresh, "honest": honest, "dose": spec.dose, "gain": found.reported - honest}
    if spec.mistake == "scaling" and spec.dose == 0:
        note = Message(N_("No mistake yet: the scaler is fitted on training rows alone, and {reported:.3f} is reported. Raise the dose: it "
                          "sees more and more of the held-out rows."), values)
    elif spec.mistake == "scaling":
        note = Message(N_("The wrong order, and nearly no harm: {reported:.3f} reported, {honest:.3f} with the scaler fitted on "
                          "training rows alone. "
                          "A mean and a spread tell next to nothing about a single row, and nothing about its label. Split first all "
                          "the same."), values)
    elif spec.dose == 0:
        note = Message(N_("No mistake yet: the labels are shuffled, so one half is to be expected. But 150 rows are few: chance moves the "
                          "score by "
                          "0.1 either way, here to {reported:.2f}. Raise the dose."), values)
    elif found.reported - honest < 0.05:
        note = Message(N_("So small a dose hardly shows: {reported:.2f} is reported, {honest:.2f} without the mistake, and of 150 rows "
                          "with "
                          "shuffled labels chance alone makes 0.4 to 0.6. Raise the dose."), values)
    elif spec.mistake == "duplicates":
        note = Message(N_("The labels are shuffled, so nothing can be learned; still {reported:.2f} is reported. The nearest neighbour "
                          "of a held-out row is often "
                          "its own copy. On other tumours the model gets {fresh:.2f}."), values)
    else:
        note = Message(N_("The labels are shuffled, yet {reported:.2f} is reported: one column was filled in after the diagnosis. For a "
                          "new patient it is "
                          "still empty, and the model gets {fresh:.2f}."), values)
    rail = tuple((dose, dose, y) for dose, y in zip(_doses(spec), mine, strict=True))
    return Picture((gain, _why(spec, found)), notes=(note,), numbers={"reported": found.reported, "fresh": found.fresh},
                   handles=(Handle("dose", "gain", _("Dose of the mistake"), (spec.dose, found.reported - honest), ("dose",), rail=rail,
                                   step=0.2,
                                   colour=STYLE[spec.mistake][0]),),
                   formulas=((_("too good by"), rf"{found.reported:.3f} - {honest:.3f} = {found.reported - honest:+.3f}"),))


COMMON = """from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer
{imports}
rng = np.random.default_rng({seed})
data = load_breast_cancer()
malignant = 1 - data.target
both = [rng.permutation(np.flatnonzero(malignant == k))[:75] for k in (0, 1)]
rows = rng.permutation(np.concatenate(both))
rest = np.setdiff1d(np.arange(len(malignant)), rows)
x, y, x_new, y_new = data.data[rows], malignant[rows], data.data[rest], malignant[rest]
"""
SHUFFLED = "y, y_new = rng.permutation(y), rng.permutation(y_new)  # {comment}\n"


def program(spec: DataPreparationSpec) -> str:
    said = (_("these rows are entered twice"),
            _("in these rows the column was filled in after the diagnosis"),
            _("the mistake: it sees held-out rows"))
    shuffled, touched = SHUFFLED.format(comment=_("nothing left to learn")), round(spec.dose * leaks.SAMPLE)
    split = f"folds = KFold(5, shuffle=True, random_state={spec.seed})\n"
    imports = "from sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import KFold, cross_val_score\n"
    pipes = "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
    fits = """reported = cross_val_score(model, x, y, cv=folds).mean()
fresh = model.fit(x, y).score(x_new, y_new)
print(reported, fresh)
"""
    if spec.mistake == "duplicates":
        head = COMMON.format(imports=imports.split("\n", 1)[1] + "from sklearn.neighbors import KNeighborsClassifier\n" + pipes,
                             seed=spec.seed)
        return f"""{head}{shuffled}
again = np.arange({touched})  # {said[0]}
x, y = np.concatenate([x, x[again]]), np.concatenate([y, y[again]])
{split}model = make_pipeline(StandardScaler(), KNeighborsClassifier(1))
{fits}"""
    if spec.mistake == "target":
        return f"""{COMMON.format(imports=imports + pipes, seed=spec.seed)}{shuffled}
known = np.arange(len(y)) < {touched}  # {said[1]}
x = np.column_stack([x, np.where(known, 2 * y - 1, 0)])
x_new = np.column_stack([x_new, np.zeros(len(x_new))])
{split}model = make_pipeline(StandardScaler(), LogisticRegression())
{fits}"""
    return f"""{COMMON.format(imports=imports.replace(", cross_val_score", "") + pipes, seed=spec.seed)}
{split}scores = []
for train, held in folds.split(x):
    seen = np.concatenate([train, held[:round({spec.dose:g} * len(held))]])
    scaler = StandardScaler().fit(x[seen])  # {said[2]}
    model = LogisticRegression().fit(scaler.transform(x[train]), y[train])
    scores.append(model.score(scaler.transform(x[held]), y[held]))
reported = np.mean(scores)
fresh = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y).score(x_new, y_new)
print(reported, fresh)
"""


MISTAKES_SCENE = Scene(
    "mistakes", N_("Three more mistakes"), N_("Drag the dose of a mistake. Two of the three lift the score; one that is often blamed does "
                                           "not."),
    ("mistake", "dose"), draw, program, more=("seed",),
    fits=True, presets=(Preset(N_("Rows entered twice"), {"scene": "mistakes"}),
             Preset(N_("The answer among the columns"), {"scene": "mistakes", "mistake": "target"}),
             Preset(N_("Scaler before the split"), {"scene": "mistakes", "mistake": "scaling", "dose": 1.0})),
    trials=(Trial(N_("Enter every row twice"), N_("Each held-out row now has a fair chance of meeting its copy. The score climbs, the "
                                                  "model stays worthless."),
                  {"scene": "mistakes", "mistake": "duplicates", "dose": 1.0}),
            Trial(N_("Only a fifth of the answers"), N_("Even a column that is mostly empty gives itself away: look at its weight."),
                  {"scene": "mistakes", "mistake": "target", "dose": 0.2}),
            Trial(N_("Let the scaler see everything"), N_("The line stays flat: the order is wrong, the number is the same."),
                  {"scene": "mistakes", "mistake": "scaling", "dose": 1.0})))
