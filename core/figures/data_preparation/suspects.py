"""Four teams report a score; fresh rows tell which of them leaks."""

from __future__ import annotations

from core.figures.board import Handle, Picture, Press, Scene, figure
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import suspects
from core.maths.suspects import TEAMS
from core.specs.data_preparation import DataPreparationSpec
from core.specs.examples import Preset, Trial


def _board(spec: DataPreparationSpec, seen: dict[str, suspects.Evidence]) -> Template:
    data = [line([0.5, 0.5], [-0.6, 3.6], "baseline", dash="dot", width=1.2)]
    notes = [word(0.5, 3.62, _("chance"), "baseline")]
    for i, team in enumerate(TEAMS):
        found = seen[team]
        for share, between, up, token, symbol in ((found.reported, found.reported_between, -0.14, "layer0", "square"),
                                                  (found.fresh, found.fresh_between, 0.14, "layer1", "circle")):
            if share is None:
                continue
            up = up if found.fresh is not None else 0.0  # alone it stands at its team's letter
            data += [line(neat(between), [i + up] * 2, token, width=3),
                     dots([share], [i + up], token, symbol=symbol, size=11, hover="%{x:.3f}")]
            if i == 0:
                notes.append(word(share, i + up + (0.22 if up > 0 else -0.2), _("on fresh rows") if up > 0 else _("reported"), token))
    here = TEAMS.index(spec.suspect)
    box = {"type": "rect", "x0": 0.22, "x1": 1.0, "y0": here - 0.46, "y1": here + 0.46, "fillcolor": colour("score_band"),
           "line": {"width": 0}, "layer": "below"}
    found = seen[spec.suspect]
    title = (_("Team {team}: reported {reported:.2f}, on fresh rows {fresh:.2f}", team=spec.suspect, reported=found.reported,
               fresh=found.fresh)
             if found.fresh is not None else _("Team {team}: reported {reported:.2f}, not tried on fresh rows yet", team=spec.suspect,
                                               reported=found.reported))
    return figure("teams", data, layout(
        xaxis=axis(_("share right, with its 95% interval"), range=[0.22, 1.0], fixedrange=True),
        yaxis=axis(_("team"), range=[3.75, -0.65], tickvals=[0, 1, 2, 3], ticktext=list(TEAMS), showgrid=False, fixedrange=True),
        shapes=[box], annotations=notes, margin={"l": 42, "r": 10, "t": 6, "b": 36}), title=title,
        alt="; ".join(_("team {team}: reported {reported:.2f}", team=team, reported=e.reported)
                      + ("" if e.fresh is None else _(", on fresh rows {fresh:.2f}", fresh=e.fresh)) for team, e in seen.items()),
        height=390, span=7)


def _running(spec: DataPreparationSpec, found: suspects.Evidence) -> Template:
    """The suspect's share right as the fresh rows come in, one after the other."""
    hits = suspects.teams(spec.case)[spec.suspect].fresh[:spec.fresh].cumsum()
    n = list(range(5, spec.fresh + 1, 5))
    between = [suspects.wilson(int(hits[k - 1]), k) for k in n]
    band = {"type": "scatter", "mode": "lines", "x": n + n[::-1], "y": neat([b[0] for b in between] + [b[1] for b in between][::-1]),
            "fill": "toself", "fillcolor": colour("pin0_band"), "line": {"width": 0}, "hoverinfo": "skip"}
    low = found.reported_between[0]
    data = [band, line([0, 200], [found.reported] * 2, "layer0", width=1.6, dash="dash"),
            line([0, 200], [low, low], "layer0", width=1, dash="dot"),
            line(n, neat([hits[k - 1] / k for k in n]), "layer1", width=2.4, hover=_("{n} rows", n="%{x}") + ": %{y:.2f}"),
            line([spec.fresh] * 2, [0, 1], "muted", width=1)]
    return figure("running", data, layout(
        xaxis=axis(_("fresh rows"), range=[-8, 208], fixedrange=True), yaxis=axis(_("share right"), range=[0, 1.03], fixedrange=True),
        annotations=[word(104, found.reported + 0.04, _("reported"), "layer0"),
                     word(104, low - 0.04, _("lower end of its interval"), "layer0", size=10)],
        margin={"l": 42, "r": 10, "t": 6, "b": 36}),
        title=_("Team {team} on {n} fresh rows", team=spec.suspect, n=spec.fresh),
        alt=_("Share right of team {team} as fresh rows come in, with its 95% interval, beside the reported {reported:.2f}.",
              team=spec.suspect, reported=found.reported), height=390, span=5)


def draw(spec: DataPreparationSpec) -> Picture:
    seen = {team: suspects.evidence(spec.case, team, spec.fresh) for team in TEAMS}
    found = seen[spec.suspect]
    values = {"team": spec.suspect, "reported": found.reported, "n": spec.fresh, "fresh": found.fresh,
              "low": found.reported_between[0], "high": found.fresh_between[1]}
    if found.fresh is None:
        note = Message(N_("All four reports lie between {least:.2f} and {most:.2f}: from the reports alone nobody can tell who leaks. "
                          "Collect fresh rows."),
                       {"least": min(e.reported for e in seen.values()), "most": max(e.reported for e in seen.values())})
    elif found.apart:
        note = Message(N_("On {n} fresh rows team {team} gets at most {high:.2f}; its report promised at least {low:.2f}. The two "
                          "intervals do not touch: "
                          "that is evidence."), values)
    elif found.fresh < found.reported - 0.03:
        note = Message(N_("Team {team} is worse on {n} fresh rows than reported, but the intervals overlap: it may be bad luck. "
                          "More rows would tell."), values)
    else:
        note = Message(N_("Team {team} does on {n} fresh rows about what it reported. Nothing speaks against it."), values)
    rail = tuple((float(n), float(n), 0.06) for n in (0, 200))
    return Picture((_board(spec, seen), _running(spec, found)), notes=(note,),
                   numbers={"low": found.reported_between[0], "high": found.fresh_between[1]},
                   handles=(Handle("fresh", "running", _("Number of fresh rows"), (float(spec.fresh), 0.06), ("fresh",), rail=rail, step=5),
                            ),
                   presses=(Press("teams", "suspect", tuple((team, 0.3, float(i), _("Team {team}", team=team)) for i,
                                                            team in enumerate(TEAMS)), 40),),
                   formulas=((_("Wilson’s interval"),
                              r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}"
                              r"{1 + \frac{z^2}{n}}, \quad z = 1.96"),))


def program(spec: DataPreparationSpec) -> str:
    team = suspects.teams(spec.case)[spec.suspect]
    said = (_("team {team}: rows right of {n}, in its report and among fresh rows", team=spec.suspect, n=len(team.right)),
            _("the intervals do not touch"))
    return f"""from scipy.stats import binomtest

# {said[0]}
report = binomtest({int(team.right.sum())}, {len(team.right)}).proportion_ci(0.95, method="wilson")
low, high = report.low, 1.0
right, rows = {int(team.fresh[:spec.fresh].sum())}, {spec.fresh}
if rows:
    high = binomtest(right, rows).proportion_ci(0.95, method="wilson").high
print(low, high)
print(high < low)  # {said[1]}
"""


SUSPECTS = Scene(
    "suspects", N_("Find the leak"), N_("Four teams, four good scores, one of them made by a [[leak|data leakage]]. Collect fresh rows, "
                                        "then name the team."),
    ("suspect", "fresh", "case"), draw, program,
    fits=True, presets=(Preset(N_("Four reports"), {"scene": "suspects"}), Preset(N_("40 fresh rows"), {"scene": "suspects", "fresh": 40}),
             Preset(N_("Another case"), {"scene": "suspects", "case": 2})),
    trials=(Trial(N_("Ten fresh rows"), N_("The intervals are so wide that everyone could be innocent, or guilty."),
                  {"scene": "suspects", "fresh": 10}),
            Trial(N_("100 fresh rows"), N_("Now press one team after the other: whose two intervals come apart?"),
                  {"scene": "suspects", "fresh": 100})))
