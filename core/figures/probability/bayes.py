"""A thousand people, some sick, and a test: what a positive answer is worth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.probability.common import key_words, rounded
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import bayes
from core.specs.examples import Preset, Trial
from core.specs.probability import ProbabilitySpec

PEOPLE, ROWS = 1000, 25
LEAST, MOST = ProbabilitySpec.bounds("prevalence")
HEIGHT = 400
# (row, column) of the joint table, how it is marked: those whom the test calls positive stand together, and so do the sick
GROUPS = ((0, 1, "square-open", "point0"), (0, 0, "square", "point0"), (1, 0, "circle", "point1"), (1, 1, "circle-open", "point1"))
WORDS = {(0, 0): N_("sick, positive"), (0, 1): N_("sick, negative"), (1, 0): N_("healthy, positive"), (1, 1): N_("healthy, negative")}


def per_cent(share: float) -> str:
    """A share as a person says it: 92%, 0.99%; never 100% of what is a little less; – where there is none."""
    if math.isnan(share):
        return "–"
    text = f"{100 * share:.{4 if share > 0.99 else 3}g}"
    return ">99.99%" if text == "100" and share < 1 else f"{text}%"


def people(heads: np.ndarray) -> Template:
    """The dots: truth is the shape and colour, a filled one was called positive."""
    data: list[dict[str, Any]] = []
    start = 0
    across = PEOPLE // ROWS
    for i, (row, column, symbol, token) in enumerate(GROUPS):
        place = np.arange(start, start + heads[row, column])
        start += int(heads[row, column])
        words = _(WORDS[row, column])
        positive = column == 0
        data.append({"type": "scatter", "mode": "markers", "x": (place // ROWS).tolist(), "y": (ROWS - 1 - place % ROWS).tolist(),
                     "name": words,
                     "marker": {"symbol": symbol, "size": 6, "color": colour(token), "opacity": 1 if positive else 0.8,
                                "line": {"width": 1, "color": colour(token)}}, "hovertemplate": words + "<extra></extra>"})
        data.append({"type": "scatter", "mode": "markers+text", "x": [(0, 0, 20.5, 20.5)[i]], "y": [(-4.4, -2.4, -2.4, -4.4)[i]],
                     "marker": {"symbol": symbol, "size": 9, "color": colour(token), "opacity": 1},
                     "text": [f" {heads[row, column]} {words}"], "textposition": "middle right", "hoverinfo": "skip",
                     "textfont": {"size": 12, "color": colour("text")}, "cliponaxis": False})
    hidden = {"visible": False, "fixedrange": True}
    true, positive_heads = int(heads[0, 0]), int(heads[:, 0].sum())
    return figure("people", data, layout(xaxis={**hidden, "range": [-0.9, across - 0.1]}, yaxis={**hidden, "range": [-5.4, ROWS - 0.3]},
                                         margin={"l": 6, "r": 6, "t": 4, "b": 4}),
                  title=_("Positive: {positive}, of them sick: {true}", positive=positive_heads, true=true) if positive_heads else
                  _("Among 1,000 people, hardly ever a positive"), height=HEIGHT, span=5,
                  alt=_("1,000 people as dots. Sick: {hit} positive, {missed} negative. Healthy: {alarm} positive, {clear} negative.",
                        hit=true, missed=int(heads[0, 1]), alarm=int(heads[1, 0]), clear=int(heads[1, 1])))


def areas(spec: ProbabilitySpec, table: np.ndarray) -> Template:
    """Everyone as a square: its width parts the sick from the healthy, its heights the positive from the negative."""
    p, sick_positive, healthy_positive = spec.prevalence, spec.sensitivity, 1 - spec.specificity

    def box(x0: float, x1: float, y0: float, y1: float, token: str, opacity: float) -> dict[str, Any]:
        return {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "fillcolor": colour(token),
                "opacity": opacity, "line": {"width": 1, "color": colour(token)}, "layer": "below"}

    shapes = [box(0, p, sick_positive, 1, "point0", 0.18), box(p, 1, healthy_positive, 1, "point1", 0.12),
              box(0, p, 0, sick_positive, "point0", 0.7), box(p, 1, 0, healthy_positive, "point1", 0.7)]
    middle = (1 + p) / 2
    words = [(middle, min((1 + healthy_positive) / 2, 0.95), _("healthy, negative"), table[1, 1], "text"),
             (middle, healthy_positive + 0.045 if healthy_positive < 0.7 else healthy_positive / 2, _("healthy, positive"), table[1, 0],
              "layer0" if healthy_positive < 0.7 else "text")]
    if p >= 0.42:
        words.append((p / 2, sick_positive / 2 if sick_positive > 0.2 else sick_positive + 0.08, _("sick, positive"), table[0, 0], "text"))
    data = [{"type": "scatter", "mode": "text", "x": [w[0] for w in words], "y": rounded([w[1] for w in words]), "hoverinfo": "skip",
             "text": [f"{w[2]} {per_cent(w[3])}" if i == 1 else f"{w[2]}<br>{per_cent(w[3])}" for i, w in enumerate(words)],
             "textfont": {"size": 11, "color": [colour(w[4]) for w in words]}}]
    found = float(bayes.after_positive(p, spec.sensitivity, spec.specificity))
    title = (_("No positive area: nobody is called sick") if math.isnan(found) else
             _("Of the positive area, {share} is sick", share=per_cent(found)))
    return figure("areas", data, layout(
        shapes=shapes, xaxis=axis(_("share of people: {share} sick", share=per_cent(p)), range=[-0.015, 1.015], fixedrange=True,
                                  tickvals=[0, 0.5, 1], showgrid=False),
        yaxis=axis(_("share called positive"), range=[-0.015, 1.03], fixedrange=True, tickvals=[0, 0.5, 1], showgrid=False),
        margin={"l": 40, "r": 12, "t": 8, "b": 34}), title=title, height=HEIGHT, span=4,
        alt=_("A square of all people. Called positive: sick {hit}, healthy {alarm}. Called negative: sick {missed}, healthy {clear}.",
              hit=per_cent(table[0, 0]), alarm=per_cent(table[1, 0]), missed=per_cent(table[0, 1]), clear=per_cent(table[1, 1])))


def worth(spec: ProbabilitySpec, found: float) -> Template:
    """What a positive answer is worth at every prevalence."""
    p = np.geomspace(LEAST, MOST, 90)
    after, missed = (f(p, spec.sensitivity, spec.specificity) for f in (bayes.after_positive, bayes.after_negative))
    x = rounded(np.log10(p))
    line = lambda y, token, dash, name: {"type": "scatter", "mode": "lines", "x": x, "y": rounded(y), "name": name,  # noqa: E731
                                         "line": {"color": colour(token), "width": 2, "dash": dash}, "customdata": rounded(p, 3),
                                         "hovertemplate": "%{customdata}: %{y:.3f}<extra>" + name + "</extra>"}
    data = [line(after, "layer0", "solid", _("after a positive")), line(p, "muted", "dot", _("before the test")),
            line(missed, "negative", "dash", _("after a negative"))]
    ticks = [0.001, 0.01, 0.1, 0.5]
    title = _("After a positive: no such answer") if math.isnan(found) else _("After a positive: {share} sick", share=per_cent(found))
    return figure("worth", data, layout(
        xaxis=axis(_("prevalence"), range=[-3.05, 0.05], fixedrange=True, tickvals=rounded(np.log10(ticks)),
                   ticktext=["0.1%", "1%", "10%", "50%"]),
        yaxis=axis(_("probability of being sick"), range=[-0.02, 1.04], fixedrange=True, tickvals=[0, 0.25, 0.5, 0.75, 1]),
        annotations=key_words([("―", _("after a positive"), "layer0"), ("···", _("before the test"), "muted"),
                               ("- -", _("after a negative"), "layer4")],
                              x=0, y=1.21, right=False), margin={"l": 44, "r": 8, "t": 66, "b": 34}), title=title, height=HEIGHT, span=3,
        alt=_("Probability of being sick against prevalence. At {prevalence}: {after} after a positive answer, {missed} after a negative "
              "one.",
              prevalence=per_cent(spec.prevalence), after=per_cent(found),
              missed=per_cent(float(bayes.after_negative(spec.prevalence, spec.sensitivity, spec.specificity)))))


def handles(spec: ProbabilitySpec, found: float) -> tuple[Handle, ...]:
    p, sensitivity, specificity = spec.prevalence, spec.sensitivity, spec.specificity
    made = [
        Handle("prevalence", "areas", _("Prevalence"), (p, 0.5), ("prevalence",), rail=((LEAST, LEAST, 0.5), (MOST, MOST, 0.5)),
               step=0.001),
        Handle("sensitivity", "areas", _("Sensitivity"), (0.0, sensitivity), ("sensitivity",), rail=((0.0, 0.0, 0.0), (1.0, 0.0, 1.0)),
               step=0.01,
               colour="negative"),
        Handle("specificity", "areas", _("Specificity"), (1.0, 1 - specificity), ("specificity",), rail=((0.0, 1.0, 1.0), (1.0, 1.0, 0.0)),
               step=0.01, colour="positive")]
    if not math.isnan(found):
        values = np.unique(np.append(np.round(np.geomspace(LEAST, MOST, 160), 5), p))
        rail = tuple(zip(values.tolist(), np.log10(values).tolist(),
                         np.atleast_1d(bayes.after_positive(values, sensitivity, specificity)).tolist(),
                         strict=True))
        made.append(Handle("worth", "worth", _("Prevalence, along the curve"), (math.log10(p), found), ("prevalence",), rail=rail,
                           step=0.0005,
                           colour="layer0"))
    return tuple(made)


def notes(spec: ProbabilitySpec, heads: np.ndarray, found: float) -> tuple[Message, ...]:
    said = {"hits": int(heads[0, 0]), "alarms": int(heads[1, 0]), "all": int(heads[:, 0].sum()),
            "share": per_cent(found), "prior": per_cent(spec.prevalence),
            "times": (1 - spec.prevalence) / spec.prevalence}
    informed = spec.sensitivity + spec.specificity - 1
    if math.isnan(found):
        return (Message(N_("This test never says “positive”, so it never raises a false alarm, and finds nobody either.")),)
    if abs(informed) < 1e-9:
        return (Message(N_("This test knows nothing: it says “positive” to the sick exactly as often as to the healthy. Before a positive "
                           "answer the probability was {prior}, and after it, it is {share}."), said),)
    if informed < 0:
        return (Message(N_("This test says “positive” more readily to the healthy than to the sick: a positive answer is good news. The "
                           "probability falls from {prior} to {share}."), said),)
    if not said["all"]:  # no whole person among the dots
        people = 1 / float(bayes.joint(spec.prevalence, spec.sensitivity, spec.specificity)[:, 0].sum())
        return (Message(N_("A positive answer lifts the probability from {prior} to {share}, but hardly anyone gets one: one person in "
                           "{people:,.0f}. Among the 1,000 dots there is none."),
                        {**said, "people": float(f"{people:.2g}")}),)
    if abs(found - 0.5) <= 0.02:
        first = Message(N_("Half of the positives are healthy. The healthy are {times:.3g} times as many as the sick, and that makes up "
                           "for how seldom the test errs. Positive among 1,000 people: {all}, of them healthy: {alarms}."), said)
    elif found < 0.5:
        first = Message(N_("Most positives are false alarms. Positive among 1,000 people: {all}, of them healthy: {alarms}. There are "
                           "{times:.3g} times as many healthy people as sick ones, and each of them is a chance to err."), said)
    else:
        first = Message(N_("A positive answer lifts the probability from {prior} to {share}. Positive among 1,000 people: {all}, of them "
                           "sick: {hits}."), said)
    again = float(bayes.after_positive(found, spec.sensitivity, spec.specificity))
    return (first, Message(N_("Test the positives once more, independently: {share} is now where they start, and a second positive answer "
                              "makes it {again}."), {**said, "again": per_cent(again)}))


def draw(spec: ProbabilitySpec) -> Picture:
    table = bayes.joint(spec.prevalence, spec.sensitivity, spec.specificity)
    found = float(bayes.after_positive(spec.prevalence, spec.sensitivity, spec.specificity))
    missed = float(bayes.after_negative(spec.prevalence, spec.sensitivity, spec.specificity))
    heads = bayes.heads(table.ravel(), PEOPLE).reshape(2, 2)
    hit, alarm = table[:, 0]
    line = r"\frac{0}{0}" if math.isnan(found) else rf"\frac{{{hit:.4g}}}{{{hit:.4g} + {alarm:.4g}}} = {found:.4g}"
    numbers = {name: value for name, value in (("after_positive", found), ("after_negative", missed)) if not math.isnan(value)}
    return Picture((people(heads), areas(spec, table), worth(spec, found)), handles(spec, found), notes=notes(spec, heads, found),
                   numbers=numbers,
                   formulas=((_("Bayes’ rule"), r"P(S \mid +) = \frac{P(S)\,P(+ \mid S)}{P(S)\,P(+ \mid S) + P(H)\,P(+ \mid H)} = " + line),
                             ))


def program(spec: ProbabilitySpec) -> str:
    shares, rule = _("shares of all people"), _("Bayes’ rule: among those with this answer, the share that is sick")
    counted = _("the same by counting a million people")
    return f"""import numpy as np

prevalence, sensitivity, specificity = {spec.prevalence!r}, {spec.sensitivity!r}, {spec.specificity!r}

# {shares}
hit = prevalence * sensitivity
missed = prevalence * (1 - sensitivity)
alarm = (1 - prevalence) * (1 - specificity)
clear = (1 - prevalence) * specificity

# {rule}
after_positive = hit / (hit + alarm) if hit + alarm else np.nan
after_negative = missed / (missed + clear) if missed + clear else np.nan
print("after_positive", after_positive)
print("after_negative", after_negative)

# {counted}
rng = np.random.default_rng(0)
sick = rng.random(1_000_000) < prevalence
positive = rng.random(sick.size) < np.where(sick, sensitivity, 1 - specificity)
print("counted", sick[positive].mean() if positive.any() else np.nan)
"""


SCENE = Scene(
    "bayes", N_("Sick or healthy?"),
    N_("Drag the prevalence down: the test stays as good as it is, and a positive answer is worth less and less."),
    ("prevalence", "sensitivity", "specificity"), draw, program,
    presets=(Preset(N_("A 99% test")), Preset(N_("A rare disease"), {"prevalence": 0.001}),
             Preset(N_("An infection going round"), {"prevalence": 0.3, "sensitivity": 0.8, "specificity": 0.98}),
             Preset(N_("Screening"), {"prevalence": 0.01, "sensitivity": 0.9, "specificity": 0.91})),
    trials=(Trial(N_("Make it rare"), N_("One in a thousand is sick. Count the filled dots: nearly all of them are healthy."),
                  {"prevalence": 0.001}),
            Trial(N_("Ask only those with symptoms"),
                  N_("Before the test it is half and half. The same test, and now a positive answer settles it."),
                  {"prevalence": 0.5}),
            Trial(N_("A test that tosses a coin"), N_("Sensitivity and specificity are ½: after the answer you know what you knew before."),
                  {"sensitivity": 0.5, "specificity": 0.5})))
