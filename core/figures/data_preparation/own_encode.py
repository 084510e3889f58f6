"""Encode, with a table that somebody brought: its categories as numbers in three orders, and one-hot."""

from __future__ import annotations

import numpy as np

from core.data.tables import Own
from core.figures.board import Picture, figure
from core.figures.data_preparation.marks import dots, line, neat
from core.figures.data_preparation.own import brief, category, plain, reading, room, target
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.own import Coded, coded
from core.specs.data_preparation import ORDERS, DataPreparationSpec

MOST, ROWS, COLUMNS = 600, 8, 12  # points drawn; rows and columns of the one-hot table


def _columns(spec: DataPreparationSpec, own: Own) -> tuple[int, int, np.ndarray]:
    """The column of categories, the one to be predicted, and the rows that have both."""
    place = category(spec, own)
    assert place is not None, "the scene shows its example instead"
    up = target(spec, own)
    return place, up, np.flatnonzero(~np.isnan(own.values[:, [place, up]]).any(axis=1))


def _plane(found: Coded, y: np.ndarray, words: list[str], names: tuple[str, str], share: float) -> Template:
    count = len(words)
    x = found.codes[found.places] + np.random.default_rng(0).uniform(-0.18, 0.18, len(y))  # so that points do not lie on one another
    some = np.linspace(0, len(y) - 1, min(len(y), MOST)).astype(int)
    a, b = found.line
    ends = [-0.5, count - 0.5]
    bars = np.array([[c - 0.3, c + 0.3, np.nan] for c in found.codes]).ravel()
    levels = [None if i % 3 == 2 else v for i, v in enumerate(brief(np.repeat(found.means, 3)))]
    data = [line(ends, brief(np.array([a + b * e for e in ends])), "text", width=2.4, hover=_("the line: %{y:.4g}")),
            dots(neat(x[some], 3), brief(y[some]), "layer0", size=5, opacity=0.5, hover="%{y:.4g}"),
            line([None if v != v else round(v, 2) for v in bars.tolist()], levels, "layer1", width=4, hover=_("mean: %{y:.4g}"))]
    order = np.argsort(found.codes)
    return figure("plane", data, layout(
        xaxis=axis(_("code of “{name}”", name=plain(names[0])), range=ends, tickvals=list(range(count)), fixedrange=True,
                   ticktext=[f"{k}: {plain(words[i], 10 if count < 9 else 6)}" for k, i in enumerate(order)]),
        yaxis=axis(plain(names[1]), range=room(y), fixedrange=True), margin={"l": 56, "r": 10, "t": 6, "b": 36 if count < 7 else 60}),
        title=_("A line through these codes explains {share:.0%} of the spread", share=share),
        alt=_("{rows} rows of your table by the code of their category, one of {count}, with a least-squares line; R² {share:.2f}.",
              rows=len(y), count=count, share=share), height=390, span=7)


def _orders(found: Coded, now: str) -> Template:
    names = [_(ORDERS[how]) for how in ORDERS] + [_("one-hot")]
    values = [*found.by_line.values(), found.one_hot]
    tokens = ["layer1" if how == now else "baseline" for how in ORDERS] + ["layer2"]
    bars = {"type": "bar", "orientation": "h", "y": [3, 2, 1, 0], "x": neat(values), "width": 0.55,
            "marker": {"color": [colour(t) for t in tokens]}, "text": [f"{v:.2f}" for v in values], "textposition": "outside",
            "cliponaxis": False, "textfont": {"color": colour("text")}, "hovertemplate": "%{x:.3f}<extra></extra>"}
    return figure("orders", [bars], layout(
        xaxis=axis("R²", range=[0, 1.12], fixedrange=True),
        yaxis=axis(range=[-0.6, 3.6], tickvals=[3, 2, 1, 0], ticktext=[name.replace(" ", "<br>", 1) for name in names], showgrid=False,
                   fixedrange=True), margin={"l": 96, "r": 12, "t": 6, "b": 36}),
        title=_("One-hot encoding: {share:.0%}, without any code", share=found.one_hot),
        alt=_("R² of a line through codes by alphabet {a:.2f}, by frequency {b:.2f}, by the mean {c:.2f}; one-hot {d:.2f}.",
              **dict(zip("abcd", values, strict=True))), height=390, span=5)


def _table(found: Coded, words: list[str], rows: np.ndarray) -> Template:
    """The first rows, one-hot: a column for each category, as many as there is room for."""
    shown, count = min(len(words), COLUMNS), min(len(rows), ROWS)
    z = [[int(found.places[r] == c) for c in range(shown)] for r in range(count)]
    trace = {"type": "heatmap", "z": z, "text": [[str(v) for v in row] for row in z], "texttemplate": "%{text}", "zmin": 0, "zmax": 1,
             "colorscale": [[0, colour("background")], [1, colour("pin0_band")]], "showscale": False, "xgap": 1, "ygap": 1,
             "textfont": {"size": 12, "color": colour("text")}, "hoverinfo": "skip"}
    heads = [plain(word, 10) for word in words[:shown]]
    return figure("onehot", [trace], layout(
        xaxis=axis(tickvals=list(range(shown)), ticktext=heads, side="top", showgrid=False, fixedrange=True),
        yaxis=axis(_("row"), tickvals=list(range(count)), ticktext=[str(int(r) + 1) for r in rows[:count]], autorange="reversed",
                   showgrid=False, fixedrange=True), margin={"l": 56, "r": 10, "t": 28, "b": 6}),
        title=_("One-hot: {count} columns", count=len(words)) if shown == len(words) else
        _("One-hot: {count} columns, the first {shown} of them", count=len(words), shown=shown),
        alt=_("The first {rows} rows as one-hot columns: a 1 in the column of their category, else 0.", rows=count), height=230, span=12,
        area="curves")


def draw(spec: DataPreparationSpec, own: Own) -> Picture:
    place, up, rows = _columns(spec, own)
    y = own.values[rows, up]
    names = (own.names[place], own.names[up])
    if len(rows) < 2:
        raise Trouble(Message(N_("Only {rows} rows of your table have both “{a}” and “{b}”. Choose other columns."),
                              {"rows": len(rows), "a": names[0], "b": names[1]}))
    if not np.ptp(y) > 0:
        raise Trouble(Message(N_("“{name}” has one value only, so there is nothing to explain. Choose another column to predict."),
                              {"name": names[1]}))
    classes = own.values[rows, place]
    words = [own.named(place, value) for value in np.unique(classes)]
    found = coded(classes, y, spec.order)
    share, best = found.by_line[spec.order], found.one_hot
    values = {"share": share, "one_hot": best, "name": names[0], "count": len(words), "left": len(own.values) - len(rows)}
    if share > best - 0.01:
        notes = [Message(N_("These codes do no harm here: the line explains {share:.2f} of the spread, and one-hot encoding, with a mean "
                            "for "
                            "each category, {one_hot:.2f}."), values)]
    else:
        notes = [Message(N_("A line takes the codes for amounts: each step of 1 counts the same, in one direction. That explains "
                            "{share:.2f} "
                            "of the spread; a mean for each category, {one_hot:.2f}."), values)]
    if spec.order == "mean":
        notes.append(Message(N_("This order has looked at the answers. Learn it from training rows alone, or it is a leak.")))
    if len(words) > 12:
        notes.append(Message(N_("“{name}” has {count} categories, and one-hot encoding a column for each: rare ones are better put "
                                "together "
                                "as “other”."), values))
    if values["left"]:
        notes.append(Message(N_("Rows left out because one of the two cells is missing: {left}."), values))
    a, b = found.line
    return Picture((_plane(found, y, words, names, share), _orders(found, spec.order), _table(found, words, rows)), notes=tuple(notes),
                   numbers={"line": share, "one_hot": best, "columns": len(words)},
                   formulas=((_("with a code"), rf"\hat y = {a:.4g} {b:+.4g} \cdot \mathrm{{code}}"),
                             (_("one-hot"), rf"\hat y = \mathrm{{mean}}_{{\mathrm{{category}}}},\quad {len(words)}\ \mathrm{{columns}}")))


def program(spec: DataPreparationSpec, own: Own) -> str:
    place, up, _rows = _columns(spec, own)
    said = (_("a number for each name"), _("a column for each name"))
    order = {"alphabet": "sorted(often.index)", "frequency": "sorted(often.index, key=lambda word: (-often[word], word))",
             "mean": "sorted(often.index, key=lambda word: (mean[word], word))"}[spec.order]
    imports = "from sklearn.linear_model import LinearRegression\nfrom sklearn.preprocessing import OneHotEncoder\n"
    return f"""{reading(own, imports)}
category, predicted = {own.names[place]!r}, {own.names[up]!r}
part = table[[category, predicted]].dropna()
y = part[predicted]
often, mean = part[category].value_counts(), part.groupby(category)[predicted].mean()
order = {order}

codes = part[[category]].map({{word: code for code, word in enumerate(order)}}.get)  # {said[0]}
line = LinearRegression().fit(codes, y).score(codes, y)

hot = OneHotEncoder(sparse_output=False).fit_transform(part[[category]])  # {said[1]}
one_hot = LinearRegression().fit(hot, y).score(hot, y)
columns = hot.shape[1]
print(line, one_hot, columns)
"""
