"""Clean, with a table that somebody brought: what is wrong with it, and what the repairs make of it. Nobody here knows the true values."""

from __future__ import annotations

import numpy as np

from core.data.tables import CATEGORY, NUMBER, Own
from core.figures.board import Picture, figure
from core.figures.data_preparation.marks import FAR, GAP, TWICE, WHOLE, dots, sheet, word
from core.figures.data_preparation.own import axes, plain, reading
from core.figures.template import Template
from core.figures.theme import axis, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths.own import Repaired, far_out, repaired
from core.specs.data_preparation import DataPreparationSpec

ROWS, COLUMNS, WIDE = 16, 5, 12  # of the cells shown; letters of one


def _cells(own: Own, found: Repaired, places: tuple[int | None, int]) -> Template:
    gaps = np.isnan(own.values)
    faults = gaps | found.fenced
    first = [place for place in places if place is not None]
    by_faults = [int(c) for c in np.argsort(-faults.sum(axis=0), kind="stable") if int(c) not in first]
    columns = sorted([*first, *by_faults][:COLUMNS])
    worst = [*np.flatnonzero(found.fenced[:, columns].any(axis=1))[:5], *np.flatnonzero(gaps[:, columns].any(axis=1))[:5],
             *np.flatnonzero(found.twice)[:3]]
    rows: list[int] = sorted(list(dict.fromkeys([*map(int, worst), *range(len(own.values))]))[:ROWS])
    kept, kinds, text = set(found.rows.tolist()), [], []
    for row in rows:
        kinds.append([GAP if gaps[row, c] else FAR if found.fenced[row, c] else TWICE if found.twice[row] else WHOLE for c in columns])
        shown = [plain(own.cell(row, c), WIDE) + (" !" if kind == FAR else "") or "?" for c, kind in zip(columns, kinds[-1], strict=True)]
        text.append([cell if row in kept else f"<s>{cell}</s>" for cell in shown])
    return sheet(kinds, text, [plain(own.names[c], WIDE) for c in columns], [row + 1 for row in rows],
                 (_("complete"), _("missing"), _("far out"), _("entered a second time")),
                 title=_("Gaps (?): {gaps} · far out (!): {far} · rows twice: {copies}", gaps=int(gaps.sum()), far=int(found.fenced.sum()),
                         copies=int(found.twice.sum())),
                 alt=_("{shown} of {rows} rows and {some} of {columns} columns of your table, with missing cells as question marks and "
                       "numbers far out marked by an exclamation mark.", shown=len(rows), rows=len(own.values), some=len(columns),
                       columns=len(own.names)))


def _range(values: np.ndarray) -> list[float]:
    """What an axis shows: all that does not lie far out."""
    near = values[~far_out(values[:, None])[:, 0] & ~np.isnan(values)]
    low, high = float(near.min()), float(near.max())
    room = 0.06 * (high - low) or max(abs(high), 1.0) * 0.1
    return [low - room, high + room]


def _plane(own: Own, found: Repaired, across: int | None, up: int) -> Template:
    """Two columns after the repair: as they were, filled in, and still far out, these at the edge."""
    place = np.arange(1.0, len(own.values) + 1) if across is None else own.values[:, across]
    x, y = place[found.rows] if across is None else found.values[:, across], found.values[:, up]
    columns = [up] if across is None else [across, up]
    made = found.filled[:, columns].any(axis=1)
    far = found.fenced[found.rows][:, columns].any(axis=1) & ~made
    wide, high = _range(place), _range(own.values[:, up])
    data = []
    for some, token, symbol, size, name in ((~made & ~far, "layer0", "circle", 6, _("as it was")),
                                            (made, "layer1", "diamond", 8, _("filled in")),
                                            (far, "layer3", "x", 10, _("far out, drawn at the edge"))):
        true = [[float(f"{v:.6g}") for v in pair] for pair in zip(x[some].tolist(), y[some].tolist(), strict=True)]
        data.append(dots([float(f"{min(max(v, wide[0]), wide[1]):.6g}") for v, _y in true],
                         [float(f"{min(max(v, high[0]), high[1]):.6g}") for _x, v in true], token, symbol=symbol, size=size,
                         hover=name + ": %{customdata[0]:.4g}, %{customdata[1]:.4g}", customdata=true))
    return figure("plane", data, layout(
        xaxis=axis(_("row") if across is None else plain(own.names[across]), range=wide, fixedrange=True),
        yaxis=axis(plain(own.names[up]), range=high, fixedrange=True), margin={"l": 56, "r": 10, "t": 24, "b": 36},
        annotations=[word(1, 1.005, _("● as it was   ◆ filled in   ✖ far out"), xref="paper", yref="paper", xanchor="right",
                          yanchor="bottom")]),
        title=_("After the repair {left} of {rows} rows, {filled} cells filled in", left=len(found.rows), rows=len(own.values),
                filled=int(found.filled.sum())),
        alt=_("Two columns of your table after the repair: {measured} rows as they were, {filled} with a cell filled in, {far} still "
              "far out.",
              measured=int((~made & ~far).sum()), filled=int(made.sum()), far=int(far.sum())), height=400, span=7)


def draw(spec: DataPreparationSpec, own: Own) -> Picture:
    numbers, categories = own.of(NUMBER), own.of(CATEGORY)
    found = repaired(own.values, numbers, categories, fill=spec.fill, fence=spec.fence, deduplicate=spec.deduplicate)
    if len(found.rows) < 2:
        raise Trouble(Message(N_("Only {rows} of {all} rows of your table have no gap, too few to draw. Fill the gaps instead of dropping "
                                 "rows."), {"rows": len(found.rows), "all": len(own.values)}))
    across, up = axes(spec, own)
    before, after = own.values[~np.isnan(own.values[:, up]), up], found.values[:, up]
    gaps, made, far = np.isnan(own.values), int(found.filled[:, up].sum()), int(found.fenced.sum())
    words = [len(own.words[column]) for column in categories]
    notes = [Message(N_("Missing cells: {gaps} of {cells}. Numbers more than three quartile ranges beyond the quartiles: {far}. Rows that "
                        "repeat an earlier one: {twice}."),
                     {"gaps": int(gaps.sum()), "cells": gaps.size, "far": far, "twice": int(found.twice.sum())})]
    if spec.fill == "drop" and gaps.any():
        notes.append(Message(N_("Dropping every row with a gap, in whatever column, leaves {left} of {all} rows."),
                             {"left": len(found.rows), "all": len(own.values)}))
    elif made and spec.fill != "neighbours":
        notes.append(Message(N_("Cells of “{name}” that were filled in: {made}, all with the same number. So their diamonds stand on one "
                                "level line, and the more of them, the smaller the spread."), {"made": made, "name": own.names[up]}))
    elif made:
        notes.append(Message(N_("Cells of “{name}” that were filled in: {made}, each with the mean of the five rows most alike in the "
                                "other numbers."),
                             {"made": made, "name": own.names[up]}))
    if far and not spec.fence:
        notes.append(Message(N_("Numbers far out are still in the table. They pull the mean, and what is filled in by it; the median they "
                                "hardly move.")))
    notes.append(Message(N_("Nobody here knows the true values of your table. Far out is not wrong, and a repair is a claim: look at where "
                            "the numbers come from before you believe it.")))
    columns = len(numbers) + sum(words)
    sums = [(_("upwards, as it came: mean ± spread"), rf"{before.mean():.4g} \pm {before.std():.4g}"),
            (_("after the repair"), rf"{after.mean():.4g} \pm {after.std():.4g}")]
    if words:
        sums.append((_("columns once numbers and one-hot categories stand side by side"),
                     f"{' + '.join(map(str, [len(numbers), *words]))} = {columns}"))
    return Picture((_cells(own, found, (across, up)), _plane(own, found, across, up)), notes=tuple(notes), formulas=tuple(sums),
                   numbers={"rows": len(found.rows), "mean": float(after.mean()), "spread": float(after.std()), "columns": columns})


def program(spec: DataPreparationSpec, own: Own) -> str:
    categories = own.of(CATEGORY)
    _across, up = axes(spec, own)
    neighbours = spec.fill == "neighbours"
    steps = ["table = table.drop_duplicates()"] if spec.deduplicate else []
    if spec.fence:
        steps += ["low, high = table[numbers].quantile(0.25), table[numbers].quantile(0.75)", "wide = 3 * (high - low)",
                  "near = (table[numbers] >= low - wide) & (table[numbers] <= high + wide) | (wide == 0)",
                  "table[numbers] = table[numbers].where(near)"]
    if spec.fill == "drop":
        steps.append("table = table.dropna()")
    else:
        steps += (["mean, std = table[numbers].mean(), table[numbers].std(ddof=0).replace(0, 1)",
                   "made = KNNImputer(n_neighbors=5).fit_transform((table[numbers] - mean) / std)",
                   "table[numbers] = made * std.values + mean.values"] if neighbours else
                  [f"table[numbers] = table[numbers].fillna(table[numbers].{spec.fill}())"])
        steps.append("for name in categories:\n    table[name] = table[name].fillna(table[name].mode()[0])")
    imports = "from sklearn.impute import KNNImputer\n" if neighbours else ""
    repairs, hot = _("repairs"), _("one-hot")
    return f"""{reading(own, imports)}categories = {[own.names[i] for i in categories]!r}

# {repairs}
{chr(10).join(steps)}

rows, mean, spread = len(table), table[{own.names[up]!r}].mean(), table[{own.names[up]!r}].std(ddof=0)
columns = len(numbers) + sum({[len(own.words[i]) for i in categories]!r})  # {hot}
print(rows, mean, spread, columns)
"""
