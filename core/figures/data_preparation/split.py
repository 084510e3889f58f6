"""Training, validation and test rows: at random, stratified, by time."""

from __future__ import annotations

import numpy as np

from core.figures.board import Picture, Scene, figure
from core.figures.data_preparation import own, own_split
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import splits
from core.specs.data_preparation import DataPreparationSpec
from core.specs.examples import Preset, Trial

SETS = (N_("training"), N_("validation"), N_("test"))
STOCK = "AAPL"


def _waffle(y: np.ndarray, sets: np.ndarray) -> Template:
    """Every row a mark, in three blocks of columns of ten; the rare ones stand out."""
    data, notes, left = [], [], 0.0
    for k, name in enumerate(SETS):
        mine = np.flatnonzero(sets == k)
        mine = mine[np.argsort(-y[mine], kind="stable")]
        x, up = left + np.arange(len(mine)) // 10, np.arange(len(mine)) % 10
        for label, token, symbol, size in ((0, "baseline", "circle", 11), (1, "layer1", "diamond", 14)):
            these = y[mine] == label
            data.append(dots(x[these].tolist(), up[these].tolist(), token, symbol=symbol, size=size,
                             hover=_(name) + ", " + (_("malignant") if label else _("benign"))))
        wide = max((len(mine) - 1) // 10, 0)
        notes.append(word(left + wide / 2, 10.35 + 0.9 * (wide < 1 and k == 1), f"{_(name)} {int(y[mine].sum())}/{len(mine)}", "text"))
        left += wide + 2.2
    return figure("rows", data, layout(
        xaxis=axis(range=[-0.8, left - 1.2], showgrid=False, showticklabels=False, showline=False, fixedrange=True),
        yaxis=axis(range=[-0.8, 11.8], showgrid=False, showticklabels=False, showline=False, fixedrange=True), annotations=notes,
        margin={"l": 10, "r": 10, "t": 6, "b": 10}),
        title=_("Malignant: {a} in training, {b} in validation, {c} in the test set", a=int(y[sets == 0].sum()), b=int(y[sets == 1].sum()),
                c=int(y[sets == 2].sum())),
        alt=_("100 tumours in three blocks, training, validation and test; the malignant ones are diamonds."), height=380, span=6)


def _chances(spec: DataPreparationSpec, y: np.ndarray, sets: np.ndarray) -> tuple[Template, np.ndarray]:
    """How many malignant tumours a random test set of this size gets."""
    test = int((sets == 2).sum())
    chances, here = splits.chances(spec.rare, test), int(y[sets == 2].sum())
    fair = spec.rare * test / 100
    top = float(chances.max()) * 1.25
    tokens = [colour("layer1") if k == here else colour("baseline") for k in range(len(chances))]
    bars = {"type": "bar", "x": list(range(len(chances))), "y": neat(chances), "marker": {"color": tokens},
            "hovertemplate": "%{x}: %{y:.1%}<extra></extra>"}
    return figure("chances", [bars, line([fair, fair], [0, top], "layer2", dash="dash")], layout(
        xaxis=axis(_("malignant tumours in a random test set"), range=[-0.7, max(min(spec.rare, 3 * fair + 3), 4) + 0.7], fixedrange=True),
        yaxis=axis(_("how often"), range=[0, top], tickformat=".0%", fixedrange=True),
        annotations=[word(fair, 0.95 * top, _("fair share {fair:.1f}", fair=fair), "layer2", xanchor="left", xshift=5),
                     word(here, float(chances[here]) + 0.04 * top, _("here"), "layer1")], bargap=0.15,
        margin={"l": 46, "r": 10, "t": 6, "b": 36}),
        title=_("A random test set gets none in {none:.1%} of all cases", none=float(chances[0])),
        alt=_("Probability of each number of malignant tumours in a random test set of {test}; the fair share is {fair:.1f}, here there "
              "are {here}.",
              test=test, fair=fair, here=here), height=380, span=6), chances


def _tumours(spec: DataPreparationSpec) -> Picture:
    try:
        y, sets = splits.shares(spec.train, spec.validation, spec.rare, spec.seed, stratified=spec.kind == "stratified")
    except ValueError:  # a share of a few is less than one
        raise Trouble(Message(N_("{rare} malignant tumours are too few for a share of each of three sets so small. Raise their number, or "
                                 "keep more rows for validation and test."), {"rare": spec.rare})) from None
    chances, exact = _chances(spec, y, sets)
    counts = [int(y[sets == k].sum()) for k in range(3)]
    sizes = [int((sets == k).sum()) for k in range(3)]
    values = {"here": counts[2], "test": sizes[2], "share": counts[2] / sizes[2], "all": spec.rare / 100, "none": float(exact[0])}
    if spec.kind == "stratified":
        note = Message(N_("Stratified: each set gets its fair share of the malignant tumours, {here} of {test} in the test set, "
                          "whatever the seed."), values)
    elif counts[2] == 0:
        note = Message(N_("Not one of the {rare} malignant tumours is in this test set: no model can be caught missing one. Move the "
                          "seed, or "
                          "split stratified."), {"rare": spec.rare})
    elif abs(values["share"] - values["all"]) > 0.04:
        note = Message(N_("{share:.0%} of this test set are malignant, {all:.0%} of all rows. A score on it answers for another "
                          "mixture. Move the seed, "
                          "or split stratified."), values)
    else:
        note = Message(N_("This time chance was fair: {share:.0%} malignant in the test set, {all:.0%} of all. Move the seed a few "
                          "times: it need not be."), values)
    return Picture((_waffle(y, sets), chances), notes=(note,),
                   numbers={"train": counts[0], "validation": counts[1], "test": counts[2], "none": float(exact[0])},
                   formulas=((_("none in the test set"),
                              rf"P(0) = \binom{{{100 - spec.rare}}}{{{sizes[2]}}} \Big/ \binom{{100}}{{{sizes[2]}}} = {exact[0]:.3g}"),))


def _weeks(spec: DataPreparationSpec) -> Picture:
    dates, close = splits.stock(STOCK)
    count = round((100 - spec.train) / 100 * len(close))
    held = splits.split_weeks(len(close), count, spec.seed, by_time=spec.kind == "time")
    forecast = splits.neighbours_in_time(close, held)
    error = float(np.abs(forecast - close[held]).mean())
    both = {kind: splits.split_weeks(len(close), count, spec.seed, by_time=kind == "time") for kind in ("weeks", "time")}
    errors = {kind: float(np.abs(splits.neighbours_in_time(close, out) - close[out]).mean()) for kind, out in both.items()}
    place = np.flatnonzero(held)
    week = list(range(len(close)))
    series = figure("series", [
        line(week, neat(close), "grid", width=1.5),
        line(neat(np.repeat(place, 3)),
             [v if i % 3 < 2 else None for i, v in enumerate(np.column_stack([close[held], forecast, forecast]).round(4).ravel().tolist())],
             "layer1", width=1),
        dots(np.flatnonzero(~held).tolist(), neat(close[~held]), "layer0", size=6, hover=_("training") + ", %{y:.3f}"),
        dots(place.tolist(), neat(close[held]), "layer1", symbol="circle-open", size=8, hover=_("held out") + ", %{y:.3f}"),
        dots(place.tolist(), neat(forecast), "layer1", symbol="x", size=6, hover=_("predicted") + ", %{y:.3f}")],
        layout(xaxis=axis(_("week"), range=[-2, 106], tickvals=[0, 26, 52, 78, 104], ticktext=[dates[i] for i in (0, 26, 52, 78, 104)],
                          fixedrange=True),
               yaxis=axis(_("price (first week = 1)"), range=[0.75, 1.78], fixedrange=True), margin={"l": 46, "r": 22, "t": 6, "b": 36},
               annotations=[word(1, 1.7, _("● training  ○ held out  × predicted"), "muted", xanchor="left")]),
        title=_("Weeks held out {how}: off by {error:.3f}", how=_("at the end") if spec.kind == "time" else _("at random"), error=error),
        alt=_("105 weekly closes of a share; {count} are held out and predicted from the two nearest training weeks, with a mean error "
              "of {error:.3f}.",
              count=count, error=error), height=380, span=8)
    now = list(errors).index(spec.kind)
    bars = figure("errors",
                  [{"type": "bar", "x": [0, 1], "y": neat(list(errors.values())), "width": 0.55, "hovertemplate": "%{y:.3f}<extra></extra>",
                              "marker": {"color": [colour("layer1") if k == now else colour("baseline") for k in (0, 1)]}}],
                  layout(xaxis=axis(range=[-0.6, 1.6], tickvals=[0, 1], ticktext=[_("at random"), _("by time")], fixedrange=True),
                         yaxis=axis(_("mean absolute error"), range=[0, 0.42], fixedrange=True), margin={"l": 46, "r": 10, "t": 6, "b": 36},
                         annotations=[word(k, value + 0.014, f"{value:.3f}", "text") for k, value in enumerate(errors.values())]),
                  title=_("By time {times:.1f} times the error", times=errors["time"] / errors["weeks"]),
                  alt=_("Mean error {random:.3f} with weeks held out at random, {time:.3f} with the last weeks held out.",
                        random=errors["weeks"], time=errors["time"]), height=380, span=4)
    values = {"random": errors["weeks"], "time": errors["time"], "count": count}
    note = (Message(N_("Each held-out week lies between training weeks: the model reads off what came before and after, and is off by "
                       "{random:.3f}. "
                       "Nobody who forecasts has next week’s price. Split by time."), values) if spec.kind == "weeks" else
            Message(N_("The last {count} weeks are held out, as in life: the two nearest known weeks are always the last two. Off by "
                       "{time:.3f}; the split at random "
                       "promised {random:.3f}."), values))
    return Picture((series, bars), notes=(note,), numbers={"error": error})


def draw(spec: DataPreparationSpec) -> Picture:
    return own.drawn(spec, own_split.draw, _example)


def _example(spec: DataPreparationSpec) -> Picture:
    return _tumours(spec) if spec.kind in ("random", "stratified") else _weeks(spec)


def program(spec: DataPreparationSpec) -> str:
    brought = own.brought(spec)
    if brought is not None:
        return own_split.program(spec, brought)
    said = (_("1: malignant"),
            _("no malignant one in a random test set"))
    if spec.kind in ("random", "stratified"):
        first, second = (", stratify=y", ", stratify=y[rest]") if spec.kind == "stratified" else ("", "")
        return f"""from math import comb

import numpy as np
from sklearn.model_selection import train_test_split

y = (np.arange(100) < {spec.rare}).astype(int)  # {said[0]}
rows = np.arange(100)
train, rest = train_test_split(rows, train_size={spec.train}, random_state={spec.seed}{first})
validation, test = train_test_split(rest, train_size={spec.validation}, random_state={spec.seed}{second})

none = comb(100 - {spec.rare}, len(test)) / comb(100, len(test))  # {said[1]}
train, validation, test = y[train].sum(), y[validation].sum(), y[test].sum()
print(train, validation, test, none)
"""
    held = ("held[-count:] = True  # " + _("the last weeks") if spec.kind == "time"
            else f"held[np.random.default_rng({spec.seed}).permutation(len(close))[:count]] = True")
    return f"""import numpy as np
import plotly.data
from sklearn.neighbors import KNeighborsRegressor

close = plotly.data.stocks()["{STOCK}"].to_numpy()
week = np.arange(len(close), dtype=float).reshape(-1, 1)
count = round({(100 - spec.train) / 100:g} * len(close))
held = np.zeros(len(close), bool)
{held}

model = KNeighborsRegressor(2).fit(week[~held], close[~held])
error = np.abs(model.predict(week[held]) - close[held]).mean()
print(error)
"""


LOOK = N_("Who is learned from, and who judges? Few of 100 tumours are malignant: move the seed and count them in "
                             "the [[test set]].")
THEIRS = N_("Who is learned from, and who judges? Split your rows at random, by their classes or by time, and move the seed.")
SPLIT = Scene(
    "split", N_("Split"), LOOK,
    ("kind", "train", "validation", "rare", "seed"), draw, program,
    plays=lambda spec, field: (spec.kind in ("random", "stratified") or field not in ("validation", "rare")) and (
        field != "rare" or own.brought(spec) is None),
    look_at=own.look_at(LOOK, THEIRS),
    presets=(Preset(N_("At random"), {"scene": "split"}, own=True),
             Preset(N_("Stratified"), {"scene": "split", "kind": "stratified"}, own=True),
             Preset(N_("A share price, at random"), {"scene": "split", "kind": "weeks", "train": 80, "validation": 10})),
    trials=(Trial(N_("Split stratified"), N_("Every set has its fair share now, whatever the seed."),
                  {"scene": "split", "kind": "stratified"}, own=True),
            Trial(N_("A share price, by time"), N_("The last weeks are held out: the error is ten times what the split at random "
                                                   "promised."),
                  {"scene": "split", "kind": "time", "train": 80, "validation": 10}),
            Trial(N_("Only four malignant"), N_("How often does a random test set have none at all? Then no model can be caught missing "
                                                "them."),
                  {"scene": "split", "rare": 4})))
