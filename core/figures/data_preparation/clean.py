"""A real table with faults made on purpose: gaps, slipped decimal points, rows entered twice; and what repairs do to it."""

from __future__ import annotations

import math

import numpy as np

from core.figures.board import Picture, Scene, figure
from core.figures.data_preparation import own, own_clean
from core.figures.data_preparation.marks import FAR, GAP, TWICE, WHOLE, dots, line, neat, sheet, word
from core.figures.template import Template
from core.figures.theme import axis, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import tables
from core.specs.data_preparation import WINE, DataPreparationSpec
from core.specs.examples import Preset, Trial

ACROSS, UP = "flavanoids", "alcohol"
SHOWN = 16


def _place(name: str) -> int:
    return tables.table("wine").names.index(name)


def _cells(dirty: tables.Spoiled, done: tables.Cleaned) -> Template:
    """The first rows and the last (the copies), as they were typed; what is wrong is coloured and marked."""
    last = min(int(dirty.copy.sum()), 4)
    columns = [_place(name) for name in WINE]
    single = np.flatnonzero(~dirty.copy)  # first some with faults, since a table of 118 rows hides them well
    wrong = [*np.flatnonzero(dirty.slipped[single][:, columns].any(axis=1))[:4],
             *np.flatnonzero(dirty.missing[single][:, columns].any(axis=1))[:4]]
    some = sorted({int(row) for row in [*wrong, *(row for row in single if row not in wrong)][:SHOWN - last]})
    rows = [*some, *range(len(dirty.x) - last, len(dirty.x))]
    kept = set(done.rows.tolist())
    z, text = [], []
    for row in rows:
        kinds, words = [], []
        for column in columns:
            value = dirty.x[row, column]
            gap, slip = bool(dirty.missing[row, column]), bool(dirty.slipped[row, column])
            shown = "?" if gap else f"{value:.4g}" + (" !" if slip else "")
            kinds.append(GAP if gap else FAR if slip else TWICE if dirty.copy[row] else WHOLE)
            words.append(shown if row in kept else f"<s>{shown}</s>")
        z.append(kinds)
        text.append(words)
    return sheet(z, text, [_(name) for name in WINE.values()], [row + 1 for row in rows],
                 (_("complete"), _("missing"), _("slipped decimal point"), _("entered a second time")),
        title=_("All {columns} columns: gaps (?) {gaps}, slips (!) {slips}, copies {copies}", columns=dirty.x.shape[1],
                gaps=int(dirty.missing[:len(dirty.x) - int(dirty.copy.sum())].sum()),
                slips=int(dirty.slipped[~dirty.copy].sum()), copies=int(dirty.copy.sum())),
        alt=_("{shown} of {rows} rows and four of thirteen columns of the wine table, with missing cells as question marks, slipped "
              "decimal "
              "points marked by an exclamation mark, and the last rows being copies.", shown=len(rows), rows=len(dirty.x)))


def _plane(dirty: tables.Spoiled, done: tables.Cleaned) -> Template:
    """Two columns after the repair, and where the filled cells truly were."""
    a, b = _place(ACROSS), _place(UP)
    guessed = done.filled[:, a] | done.filled[:, b]
    slip = (dirty.slipped[done.rows][:, [a, b]].any(axis=1)) & ~guessed
    plain = ~guessed & ~slip
    true = dirty.truth[done.rows][guessed]
    made = done.x[guessed]
    x = np.column_stack([true[:, a], made[:, a], np.full(len(true), np.nan)]).ravel()
    y = np.column_stack([true[:, b], made[:, b], np.full(len(true), np.nan)]).ravel()
    gone = [[None if math.isnan(v) else round(v, 3) for v in side] for side in (x.tolist(), y.tolist())]
    names = (_(WINE[ACROSS]), _(WINE[UP]))
    data = [line(gone[0], gone[1], "border", width=1),
            dots(neat(true[:, a]), neat(true[:, b]), "baseline", symbol="circle-open", size=6, hover=_("true: %{x:.2f}, %{y:.2f}")),
            dots(neat(done.x[plain, a]), neat(done.x[plain, b]), "layer0", size=7, hover=_("as measured: %{x:.2f}, %{y:.2f}")),
            dots(neat(made[:, a]), neat(made[:, b]), "layer1", symbol="diamond", size=8, hover=_("filled in: %{x:.2f}, %{y:.2f}")),
            dots(neat(np.minimum(done.x[slip, a], 6.3)), neat(np.minimum(done.x[slip, b], 15.45)), "layer3", symbol="x", size=10,
                 hover=_("slipped, drawn at the edge"))]
    spread = float(np.std(done.x[:, a])) / float(np.std(tables.wine_split()[0][:, a]))
    return figure("plane", data, layout(
        xaxis=axis(names[0], range=[0, 6.5], fixedrange=True),
        yaxis=axis(names[1] + " (%)", range=[10.6, 15.9], fixedrange=True),
        annotations=[word(6.4, 15.75, _("◆ filled in   ○ its true place   ✖ slipped"), "muted", xanchor="right")],
        margin={"l": 44, "r": 10, "t": 6, "b": 36}),
        title=_("{rows} rows; spread of flavanoids {spread:.2f} times the true one", rows=len(done.x), spread=spread),
        alt=_("Alcohol against flavanoids after the repair: {measured} rows as measured, {filled} with a filled cell, tied to their "
              "true place by a line, "
              "{slips} still with a slip.", measured=int(plain.sum()), filled=int(guessed.sum()), slips=int(slip.sum())), height=400,
                  span=7)


def draw(spec: DataPreparationSpec) -> Picture:
    return own.drawn(spec, own_clean.draw, _wines)


def _wines(spec: DataPreparationSpec) -> Picture:
    dirty = tables.spoiled(spec.missing, spec.slips, spec.copies, spec.seed)
    done = tables.cleaned(dirty, fill=spec.fill, fence=spec.fence, deduplicate=spec.deduplicate)
    if len(done.x) < 10:
        raise Trouble(Message(N_("Only {rows} rows have no gap, too few to learn from. Fill the gaps instead of dropping rows, or knock "
                                 "out fewer cells."),
                              {"rows": len(done.x)}))
    x, y, x_test, y_test = tables.wine_split()
    score, ideal = tables.judged(done.x, done.y, x_test, y_test), tables.ideal()
    column = done.x[:, _place(ACROSS)]
    left = int((dirty.slipped[done.rows] & ~done.filled).sum())
    notes = []
    if spec.fill == "drop":
        notes.append(Message(N_("Dropping every row with a gap leaves {rows} of {all} rows: with thirteen columns a few gaps in each "
                                "are in nearly every row."),
                             {"rows": len(done.x), "all": len(dirty.x)}))
    elif spec.fill in ("mean", "median") and spec.missing > 0:
        notes.append(Message(N_("Every gap of a column gets the same number, so the diamonds stand on a cross: what was filled in knows "
                                "nothing "
                                "of the rest of its row.")))
    elif spec.missing > 0:
        notes.append(Message(N_("Rows that are alike lend the missing number, so the diamonds lie within the cloud, nearer to the truth.")))
    if left and spec.fence:
        notes.append(Message(N_("One slipped number is still in the table: it lies within the fences, no farther out than honest numbers "
                                "may. Its size does not give it away; whoever knows wines can.") if left == 1 else
                             N_("{left} slipped numbers are still in the table: they lie within the fences, no farther out than honest "
                                "numbers may. Their size does not give them away; whoever knows wines can."), {"left": left}))
    elif left:
        notes.append(Message(N_("One slipped number is still in the table. It pulls the mean and the spread of its column; “Remove "
                                "outliers” finds what lies far out.") if left == 1 else
                             N_("{left} slipped numbers are still in the table. They pull every mean and every spread of their columns; "
                                "“Remove outliers” finds what lies far out."), {"left": left}))
    elif spec.fence and spec.slips:
        honest = int(done_fenced(dirty, done).sum())
        notes.append(Message(N_("No slip is left in the table, but the fences took honest numbers with them that merely are unusual: "
                                "{honest} of "
                                "them. Look before you delete."), {"honest": honest}) if honest else
                     Message(N_("No slip is left in the table, and this time the fences took no honest number with them.")))
    notes.append(Message(N_("Nearest neighbours trained on this table get {score:.2f} of 60 untouched wines right (one wine is 0.02); "
                            "trained on the faultless table {ideal:.2f}."),
                         {"score": score, "ideal": ideal}))
    return Picture((_cells(dirty, done), _plane(dirty, done)), notes=tuple(notes),
                   numbers={"rows": len(done.x), "mean": float(column.mean()), "spread": float(column.std()), "accuracy": score},
                   formulas=((_("flavanoids: mean ± spread"), rf"{column.mean():.3g} \pm {column.std():.3g}"),
                             (_("true values"), rf"{x[:, _place(ACROSS)].mean():.3g} \pm {x[:, _place(ACROSS)].std():.3g}")))


def done_fenced(dirty: tables.Spoiled, done: tables.Cleaned) -> np.ndarray:
    """Cells that the fences took although nothing had slipped. (rows, columns) bool."""
    return done.fenced & ~dirty.slipped


def program(spec: DataPreparationSpec) -> str:
    brought = own.brought(spec)
    if brought is not None:
        return own_clean.program(spec, brought)
    said = (_("faults, made on purpose"),)
    repairs = {"drop": "table = table.dropna()",
               "mean": "table = table.fillna(table.mean())", "median": "table = table.fillna(table.median())",
               "neighbours": "mean, std = table.mean(), table.std(ddof=0)\n"
                             "table[:] = KNNImputer(n_neighbors=5).fit_transform((table - mean) / std) * std.values + mean.values"}
    imports = "from sklearn.impute import KNNImputer\n" if spec.fill == "neighbours" else ""
    steps = ["# " + _("repairs")]
    if spec.deduplicate:
        steps.append("table = table.drop_duplicates()")
    if spec.fence:
        steps += ["low, high = table.quantile(0.25), table.quantile(0.75)", "wide = 3 * (high - low)",
                  "table = table.where((table >= low - wide) & (table <= high + wide))"]
    steps.append(repairs[spec.fill])
    return f"""import numpy as np
import pandas as pd
from sklearn.datasets import load_wine
{imports}from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

wine = load_wine(as_frame=True)
x, x_test, y, y_test = train_test_split(
    wine.data, wine.target, train_size={tables.TRAIN}, stratify=wine.target, random_state=0)

# {said[0]}
rng = np.random.default_rng({spec.seed})
luck, order, again = rng.random(x.shape), rng.permutation(x.size), rng.permutation(len(x))
slipped = np.isin(np.arange(x.size), order[:{spec.slips}]).reshape(x.shape)
values = np.where(slipped, 10 * x, x)
values[(luck < {spec.missing:g}) & ~slipped] = np.nan
rows = np.concatenate([np.arange(len(x)), again[:{spec.copies}]])
table = pd.DataFrame(values[rows], columns=x.columns)

{chr(10).join(steps)}

labels = y.values[rows][table.index]
model = make_pipeline(StandardScaler(), KNeighborsClassifier(5)).fit(table.values, labels)
rows, mean, spread = len(table), table["{ACROSS}"].mean(), table["{ACROSS}"].std(ddof=0)
accuracy = model.score(x_test.values, y_test)
print(rows, mean, spread, accuracy)
"""


CLEAN = Scene(
    "clean", N_("Clean"), N_("A real table of wines with faults of our making, or a table of your own. Choose repairs and see what "
                               "they make of the cloud."),
    ("missing", "slips", "fill", "fence", "deduplicate"), draw, program, more=("copies", "seed"),
    plays=lambda spec, field: field not in ("missing", "slips", "copies", "seed") or own.brought(spec) is None,
    presets=(Preset(N_("As it was typed"), {"scene": "clean"}, own=True),
             Preset(N_("Repaired"), {"scene": "clean", "fill": "neighbours", "fence": True, "deduplicate": True}, own=True),
             Preset(N_("A third is missing"), {"scene": "clean", "missing": 0.35, "slips": 0, "copies": 0})),
    trials=(Trial(N_("Drop rows with a gap"), N_("How many rows are left? A row goes for a single gap, in whatever column."),
                  {"scene": "clean", "fill": "drop"}, own=True),
            Trial(N_("Fill with what is alike"), N_("Each diamond, a row with a gap that was filled, moves to where rows like it lie."),
                  {"scene": "clean", "fill": "neighbours", "fence": True}, own=True),
            Trial(N_("Remove outliers"), N_("What lies beyond the fences counts as a gap and is filled. They stand far out: a slip may "
                                               "well lie within them, and stays."),
                  {"scene": "clean", "fence": True}, own=True)))
