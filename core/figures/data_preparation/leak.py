"""98% on random labels: columns chosen before the split."""

from __future__ import annotations

import math

from core.figures.board import Picture, Press, Scene, figure
from core.figures.data_preparation.marks import HONEST, LEAKY, dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import leaks
from core.specs.data_preparation import DataPreparationSpec
from core.specs.examples import Preset, Trial

SIZES = (10, 100, 1000, 5000)


def _scores(found: leaks.Selection, before: bool) -> Template:
    """From what is reported to what is true."""
    data = [line([0, 1], [0.5, 0.5], "baseline", dash="dot", width=1.2)]
    for reported, token, symbol, dash, now in ((found.before, LEAKY, "circle", "solid", before),
                                               (found.after, HONEST, "square", "dash", not before)):
        data.append(line([0, 1], [reported, found.fresh], token, dash=dash, width=3.2 if now else 1.4))
        data.append(dots([0, 1], [reported, found.fresh], token, symbol=symbol, size=12 if now else 8, hover="%{y:.2f}"))
    reported = found.before if before else found.after
    notes = [word(-0.06, found.before, f"{found.before:.2f}", LEAKY, size=15 if before else 11, xanchor="right"),
             word(-0.06, found.after, f"{found.after:.2f}", HONEST, size=11 if before else 15, xanchor="right"),
             word(1.06, found.fresh, f"{found.fresh:.2f}", "text", size=15, xanchor="left"),
             word(0.12, found.before + 0.035, _("chosen before the split"), LEAKY, xanchor="left"),
             word(0.12, found.after - (0.055 if found.after <= found.fresh + 0.02 else -0.05), _("chosen after the split"), HONEST,
                  xanchor="left")]
    return figure("scores", data, layout(
        xaxis=axis(range=[-0.35, 1.35], tickvals=[0, 1], ticktext=[_("reported"), _("on 2,000 new rows")], showgrid=False, fixedrange=True),
        yaxis=axis(_("accuracy"), range=[0.22, 1.08], fixedrange=True), annotations=notes, margin={"l": 42, "r": 8, "t": 6, "b": 30}),
        title=_("Reported {reported:.2f}, in truth {fresh:.2f}", reported=reported, fresh=found.fresh),
        alt=_("Accuracy reported with columns chosen before the split: {before:.2f}; after the split: {after:.2f}; "
              "of the same model on 2,000 new rows: {fresh:.2f}.", before=found.before, after=found.after, fresh=found.fresh),
        height=380, span=4)


def _why(spec: DataPreparationSpec) -> tuple[Template, int]:
    """Of the chosen columns: do they go with the labels of rows they were not chosen on?"""
    before = spec.when == "before"
    seen, held = leaks.agreement(spec.columns, spec.chosen, spec.seed, before=before)
    same = int((seen * held > 0).sum())
    token, symbol = (LEAKY, "circle") if before else (HONEST, "square")
    shade = [{"type": "rect", "x0": a, "x1": b, "y0": a, "y1": b, "fillcolor": colour("score_band"), "line": {"width": 0}, "layer": "below"}
             for a, b in ((0, 1), (-1, 0))]
    return figure("why", [line([-1, 1], [0, 0], "border", width=1), line([0, 0], [-1, 1], "border", width=1),
                          dots(neat(seen), neat(held), token, symbol=symbol, size=8, opacity=0.85, hover=_("training %{x:.2f}, held out "
                                                                                                           "%{y:.2f}"))],
                  layout(xaxis=axis(_("correlation with the labels, training rows"), range=[-0.75, 0.75], fixedrange=True),
                         yaxis=axis(_("… on the rows held out"), range=[-1, 1], fixedrange=True), shapes=shade,
                         annotations=[word(0.03, 0.92, _("same sign"), "score", xanchor="left"),
                                      word(-0.03, -0.92, _("same sign"), "score", xanchor="right")],
                         margin={"l": 46, "r": 8, "t": 6, "b": 36}),
                  title=_("{same} of {kept} columns suit the held-out rows", same=same, kept=len(seen)),
                  alt=_("Each kept column’s correlation with the labels: across, on training rows; up, on held-out rows. "
                        "{same} of {kept} have the same sign on both.", same=same, kept=len(seen)), height=380, span=4), same


def _columns(spec: DataPreparationSpec) -> Template:
    """The score by how many columns there are to choose from."""
    at = sorted({*SIZES, spec.columns})
    found = [leaks.selection(n, spec.chosen, spec.seed) for n in at]
    x, here = [math.log10(n) for n in at], at.index(spec.columns)
    data = [line([1, 3.7], [0.5, 0.5], "baseline", dash="dot", width=1.2),
            line(neat(x), neat([f.before for f in found]), LEAKY, hover=_("before: %{y:.2f}"), mode="lines+markers"),
            line(neat(x), neat([f.after for f in found]), HONEST, dash="dash", hover=_("after: %{y:.2f}"), mode="lines+markers"),
            dots([x[here]] * 2, [found[here].before, found[here].after], "text", symbol="circle-open", size=15)]
    labels = [{"trace": 0, "text": _("chance"), "color": colour("baseline"), "value": 0.5},
              {"trace": 1, "text": _("before"), "color": colour(LEAKY)}, {"trace": 2, "text": _("after"), "color": colour(HONEST)}]
    return figure("columns", data, layout(
        xaxis=axis(_("columns of noise to choose from"), range=[0.85, 3.85], tickvals=[math.log10(n) for n in SIZES],
                   ticktext=[f"{n:,}" for n in SIZES], fixedrange=True),
        yaxis=axis(_("reported accuracy"), range=[0.22, 1.08], fixedrange=True), meta={"labels": labels},
        margin={"l": 42, "r": 52, "t": 6, "b": 36}),
        title=_("More noise, better report"),
        alt=_("Reported accuracy by the number of noise columns: with columns chosen before the split it grows to {most:.2f}, "
              "with columns chosen after it stays near one half.", most=found[-1].before), height=380, span=4)


def draw(spec: DataPreparationSpec) -> Picture:
    before = spec.when == "before"
    found = leaks.selection(spec.columns, spec.chosen, spec.seed)
    why, same = _why(spec)
    kept = min(spec.chosen, spec.columns)
    numbers = {"before": found.before, "after": found.after}
    notes = []
    if before and found.before - found.fresh > 0.1:
        notes.append(Message(N_("The labels are coin flips, yet {score:.0%} are “predicted”. Of {columns} columns of noise, {kept} fit "
                                "these labels by luck, "
                                "and they were picked for fitting the held-out rows too: {same} of {kept} have the same sign there."),
                             {"score": found.before, "columns": spec.columns, "kept": kept, "same": same}))
        notes.append(Message(N_("It is one and the same model either way: on new rows {fresh:.2f}. Only the report was wrong.")
                             , {"fresh": found.fresh}))
    elif before:
        notes.append(Message(N_("With only {columns} columns there is little luck to pick: the report of {score:.2f} is hardly too good. "
                                "Give it more columns."), {"columns": spec.columns, "score": found.before}))
    else:
        values = {"same": same, "kept": kept, "score": found.after}
        notes.append(Message(N_("Chosen on training rows alone, the columns know nothing of the held-out rows: {same} of {kept} have the "
                                "same "
                                "sign there, as with coins."), values))
        notes.append(Message(N_("Why {score:.2f} and not 0.50? 100 rows are few: from seed to seed chance moves the score between about "
                                "one "
                                "third and two thirds."), values) if abs(found.after - 0.5) > 0.02 else
                     Message(N_("{score:.2f} is what guessing gets. With other seeds it is not as near: of 100 rows chance makes anything "
                                "between about one third and two thirds."), values))
    reported = found.before if before else found.after
    return Picture((_scores(found, before), why, _columns(spec)), notes=tuple(notes), numbers=numbers,
                   presses=(Press("columns", "columns", tuple(
                       (n, math.log10(n), leaks.selection(n, spec.chosen, spec.seed).before, _("{n} columns", n=n)) for n in SIZES)),),
                   formulas=((_("reported"),
                              rf"\frac{{{reported * leaks.ROWS:.0f}}}{{{leaks.ROWS}}} = {reported:.2f}"),
                             (_("on new rows"), rf"\frac{{{found.fresh * leaks.FRESH:.0f}}}{{{leaks.FRESH}}} = {found.fresh:.2f}")))


def program(spec: DataPreparationSpec) -> str:
    said = (_("noise"),
            _("coin flips"),
            _("before the split: the choice has seen every label"),
            _("after the split: chosen anew within each training part"))
    return f"""import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

rng = np.random.default_rng({spec.seed})
x = rng.normal(size=({leaks.ROWS}, {spec.columns}))  # {said[0]}
y = rng.permutation({leaks.ROWS}) % 2  # {said[1]}
choice = SelectKBest(k={min(spec.chosen, spec.columns)})

# {said[2]}
kept = choice.fit_transform(x, y)
before = cross_val_score(LogisticRegression(), kept, y).mean()

# {said[3]}
model = make_pipeline(choice, LogisticRegression())
after = cross_val_score(model, x, y).mean()
print(before, after)
"""


LEAK = Scene(
    "leak", N_("98% on noise"), N_("A model is right on 98% of random labels. Move the choice of columns behind the split and watch "
                                    "its score."),
    ("when", "columns", "chosen", "seed"), draw, program,
    fits=True, presets=(Preset(N_("98% on random labels")), Preset(N_("The same, split first"), {"when": "after"}),
             Preset(N_("Only 50 columns"), {"columns": 50, "chosen": 10})),
    trials=(Trial(N_("Choose after the split"), N_("The score falls to about one half. Look at the middle picture: the columns no "
                                                   "longer suit the held-out rows."),
                  {"when": "after"}),
            Trial(N_("Only 10 columns"), N_("Where there is little to choose from, luck is small: both scores are near one half."),
                  {"columns": 10, "chosen": 5, "seed": 5}),
            Trial(N_("Other coin flips"), N_("Other labels, other noise, other columns: the report is just as good. So it cannot be the "
                                             "data."), {"seed": 5})))
