"""Scale, with a table that somebody brought: two of its columns before and after, and who makes the distances."""

from __future__ import annotations

import numpy as np

from core.data.tables import Own
from core.figures.board import Picture, figure
from core.figures.data_preparation.marks import dots, line, word
from core.figures.data_preparation.own import axes, brief, category, plain, reading, room
from core.figures.template import Template
from core.figures.theme import CLASS_SYMBOLS, axis, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import own as maths
from core.maths.tables import scaler_of
from core.specs.data_preparation import SCALERS, DataPreparationSpec

MOST, SETS = 400, 5  # points drawn; classes with a colour of their own
STRIPS, EDGES = ("robust", "minmax", "standard"), (-4.0, 12.0)


def _columns(spec: DataPreparationSpec, own: Own) -> tuple[list[int], np.ndarray]:
    """The columns that are scaled, the one drawn upwards last, and the rows without a gap in them."""
    across, up = axes(spec, own)
    columns = [up] if across is None else [across, up]
    return columns, np.flatnonzero(~np.isnan(own.values[:, columns]).any(axis=1))


def _class_of(spec: DataPreparationSpec, own: Own, columns: list[int]) -> int | None:
    """The column of classes for nearest neighbours, unless it is one of those that are scaled."""
    place = category(spec, own)
    return None if place in columns else place


def _cloud(x: np.ndarray, y: np.ndarray, classes: np.ndarray | None) -> list[dict]:
    some = np.linspace(0, len(x) - 1, min(len(x), MOST)).astype(int)
    if classes is None:
        return [dots(brief(x[some]), brief(y[some]), "layer0", size=6, opacity=0.8, hover="%{x:.4g}, %{y:.4g}")]
    seen, often = np.unique(classes[~np.isnan(classes)], return_counts=True)
    commonest = seen[np.argsort(-often, kind="stable")][:SETS]
    data = []
    for k in range(len(commonest) + 1):
        mine = [i for i in some if (classes[i] == commonest[k] if k < len(commonest) else classes[i] not in commonest)]
        if mine:
            token, symbol = (f"point{k}", CLASS_SYMBOLS[k]) if k < len(commonest) else ("baseline", "circle")
            data.append(dots(brief(x[mine]), brief(y[mine]), token, symbol=symbol, size=6, opacity=0.8, hover="%{x:.4g}, %{y:.4g}"))
    return data


def _strips(x: np.ndarray, name: str) -> tuple[Template, dict[str, float]]:
    """Where each scaler puts the middle half of one column, on one axis; what lies beyond it is drawn at its ends."""
    data, widths, notes = [], {}, []
    some = np.linspace(0, len(x) - 1, min(len(x), MOST)).astype(int)
    for i, scaler in enumerate(STRIPS):
        z = scaler_of(scaler).fit_transform(x[:, None])[:, 0]
        low, high = np.quantile(z, [0.25, 0.75])
        widths[scaler] = float(high - low)
        data += [line(brief(np.clip([low, high], *EDGES)), [i, i], "layer0", width=9, opacity=0.35),
                 dots(brief(np.clip(z[some], *EDGES)), [i] * len(some), "layer0", size=4, opacity=0.6)]
        notes.append(word(1.01, i, _("middle half {width:.2f} wide", width=widths[scaler]), "text", xanchor="left", xref="paper"))
    return figure("strips", data, layout(
        xaxis=axis(_("“{name}” after scaling", name=plain(name)), range=[EDGES[0] - 0.3, EDGES[1] + 0.3], fixedrange=True, dtick=2),
        yaxis=axis(range=[-0.6, 2.6], tickvals=[0, 1, 2], ticktext=[SCALERS[n] for n in STRIPS], showgrid=False, fixedrange=True),
        annotations=notes, margin={"l": 96, "r": 150, "t": 4, "b": 32}),
        title=_("MinMax leaves the middle half of “{name}” {width:.2f} of its range", name=plain(name), width=widths["minmax"]),
        alt=_("One column of your table after three scalers. Width of the middle half: {standard:.2f} standardized, {minmax:.2f} by "
              "minimum and maximum, {robust:.2f} robust.", **widths), height=170, span=12, area="curves"), widths


def draw(spec: DataPreparationSpec, own: Own) -> Picture:
    columns, rows = _columns(spec, own)
    names = [own.names[c] for c in columns]
    if len(rows) < 2:
        raise Trouble(Message(N_("Only {rows} rows of your table have a number in each of these columns. Choose others, or fill the gaps "
                                 "first."), {"rows": len(rows)}))
    x = own.values[np.ix_(rows, np.array(columns))]
    z = scaler_of(spec.scaler).fit_transform(x)
    place = _class_of(spec, own, columns)
    classes = None if place is None else own.values[rows, place]
    shares = {name: maths.distances(scaler_of(name).fit_transform(x)) for name in SCALERS}
    alone = len(columns) == 1
    beside = (rows + 1.0) if alone else None
    heads = [plain(name) for name in names]
    pictures = []
    for part, values, share, scaled in (("raw", x, shares["none"], False), ("scaled", z, shares[spec.scaler], spec.scaler != "none")):
        across = values[:, 0] if beside is None else beside
        up = values[:, -1]
        wide, high = room(across), room(up)
        if not scaled and part == "scaled" and not alone:  # one unit as long across as up: what a distance sees
            half = max(np.ptp(wide), np.ptp(high)) / 2
            wide, high = ([float(np.mean(side)) - half, float(np.mean(side)) + half] for side in (wide, high))
        who = SCALERS[spec.scaler] if scaled else _("Not scaled") if part == "scaled" else _("As they came")
        title = who if alone or np.isnan(share).any() else _("{who}: {share:.0%} of the distances come from “{name}”", who=who,
                                                             share=float(share[-1]), name=heads[-1])
        labels = [_("row") if alone else heads[0], heads[-1]]
        labels = [_("{name}, scaled", name=text) if scaled and not (alone and i == 0) else text for i, text in enumerate(labels)]
        pictures.append(figure(part, _cloud(across, up, classes), layout(
            xaxis=axis(labels[0], range=wide, fixedrange=True), yaxis=axis(labels[1], range=high, fixedrange=True),
            uirevision=f"{spec.upload}{spec.scaler}", margin={"l": 62, "r": 10, "t": 6, "b": 34}), title=title,
            alt=_("{rows} rows of your table: {names}.", rows=len(rows), names=", ".join(labels)), height=330, span=6))
    strips, widths = _strips(x[:, -1], names[-1])
    notes = _notes(spec, own, x, names, shares, widths, classes)
    mean, std, (q1, q2, q3) = x[:, -1].mean(), x[:, -1].std(), np.quantile(x[:, -1], [0.25, 0.5, 0.75])
    least, most = x[:, -1].min(), x[:, -1].max()
    over = {"standard": std, "minmax": most - least, "robust": q3 - q1}
    rule = {"none": r"z = x", "standard": rf"z = \frac{{x - {mean:.4g}}}{{{std:.4g}}}",
            "minmax": rf"z = \frac{{x - {least:.4g}}}{{{most:.4g} - {least:.4g}}}",
            "robust": rf"z = \frac{{x - {q2:.4g}}}{{{q3:.4g} - {q1:.4g}}}"}[spec.scaler]
    if over.get(spec.scaler, 1.0) == 0:  # scikit-learn divides by 1 then
        rule = rf"z = x - {x[:, -1].mean() if spec.scaler == 'standard' else q2 if spec.scaler == 'robust' else least:.4g}"
    numbers = {"rows": len(rows), "low": float(z[:, -1].min()), "high": float(z[:, -1].max())}
    if not alone and not np.isnan(shares[spec.scaler]).any():
        numbers["share"] = float(shares[spec.scaler][-1])
    return Picture((*pictures, strips), notes=tuple(notes), numbers=numbers, formulas=((_("upwards"), rule),))


def _notes(spec: DataPreparationSpec, own: Own, x: np.ndarray, names: list[str], shares: dict[str, np.ndarray], widths: dict[str, float],
           classes: np.ndarray | None) -> list[Message]:
    if not np.ptp(x[:, -1]) > 0:
        return [Message(N_("“{name}” has one value only: every scaler makes 0 of it, and no distance feels it."), {"name": names[-1]})]
    notes = []
    if len(names) == 1:
        notes.append(Message(N_("Your table has a single column of numbers, or only one is drawn: scaling changes its unit, not who is "
                                "near "
                                "whom. With a second column there are distances to settle.")))
    else:
        most = int(np.argmax(shares["none"]))
        notes.append(Message(N_("As the columns came, “{name}” makes {share:.1%} of the squared distance between two rows; standardized, "
                                "{standard:.1%}. A model that goes by distance or by the size of weights sees the difference."),
                             {"name": names[most], "share": float(shares["none"][most]), "standard": float(shares["standard"][most])}))
    far = int(maths.far_out(x[:, -1:]).sum())
    said = {"name": names[-1], "width": widths["minmax"], "far": far}
    if far:
        notes.append(Message(N_("Values of “{name}” more than three quartile ranges beyond the quartiles: {far}. MinMax stretches its "
                                "range to "
                                "the farthest of them and leaves the middle half of all rows {width:.2f} of it; quartiles hardly move for "
                                "them."), said))
    else:
        notes.append(Message(N_("No value of “{name}” lies more than three quartile ranges beyond the quartiles; MinMax leaves the middle "
                                "half "
                                "of all rows {width:.2f} of its range."), said))
    scores = _scores(x, classes)
    if scores:
        place = category(spec, own)
        assert place is not None
        notes.append(Message(N_("Five nearest neighbours guess “{label}” from what is drawn, a third of the rows held out: {none:.2f} "
                                "right "
                                "not scaled, {standard:.2f} standardized, {minmax:.2f} with MinMax, {robust:.2f} robust. The scaler is "
                                "fitted on the training rows alone."), {**scores, "label": own.names[place]}))
    return notes


def _scores(x: np.ndarray, classes: np.ndarray | None) -> dict[str, float]:
    """Scaler → the share of held-out rows that nearest neighbours get right; {} without classes or with too few rows."""
    if classes is None:
        return {}
    there = ~np.isnan(classes)
    found = {name: maths.neighbours(x[there], classes[there].astype(int), name) for name in SCALERS}
    return {name: score for name, score in found.items() if score is not None}


def program(spec: DataPreparationSpec, own: Own) -> str:
    columns, _rows = _columns(spec, own)
    scaler = {"none": "FunctionTransformer", "standard": "StandardScaler", "minmax": "MinMaxScaler", "robust": "RobustScaler"}[spec.scaler]
    squared = _("of the squared distance between two rows, on average")
    share = "" if len(columns) == 1 else f"share = z[:, -1].var() / z.var(axis=0).sum()  # {squared}\nprint(share)\n"
    return f"""{reading(own, f"from sklearn.preprocessing import {scaler}{chr(10)}")}
x = table[{[own.names[c] for c in columns]!r}].dropna().to_numpy()
rows = len(x)
z = {scaler}().fit_transform(x)
low, high = z[:, -1].min(), z[:, -1].max()
print(rows, low, high)
{share}"""
