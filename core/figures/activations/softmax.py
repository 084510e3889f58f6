"""Softmax: four scores become probabilities; the temperature says how much the largest is preferred."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.figures.activations.common import line, remark
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.theme import DIVERGING, axis, colour, layout, width_of
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.activations import softmax
from core.specs.activations import LABELS, ActivationsSpec
from core.specs.examples import Preset, Trial

FIELDS = ("cat", "dog", "horse", "fish")
TOKENS = ("layer0", "layer1", "layer2", "layer3")
DASHES = ("solid", "dash", "dot", "dashdot")
COLD, HOT = 0.05, 20.0
TEMPERATURES = np.geomspace(COLD, HOT, 101)
HEIGHT = 250
ABOVE = 1.08  # where the handle of the temperature stands: above the curves, and off the numbers of the axis


def jacobian(p: np.ndarray, temperature: float) -> np.ndarray:
    """How every probability changes with every score: ∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ) / T. p: (n,); (n, n)."""
    return (np.diag(p) - np.outer(p, p)) / temperature


def entropy(p: np.ndarray) -> float:
    """In bits; 0 · log 0 is 0."""
    some = p[p > 0]
    return float(-(some * np.log2(some)).sum()) + 0.0


def _bars(values: Any, texts: list[str], low: float, high: float, title: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    names = [_(label) for label in LABELS]
    data = [{"type": "bar", "x": [0, 1, 2, 3], "y": numbers(values), "text": texts, "textposition": "outside", "width": 0.6,
             "cliponaxis": False,
             "textfont": {"size": 12, "color": colour("text")}, "marker": {"color": [colour(token) for token in TOKENS]},
             "hovertemplate": "%{y:.4g}<extra></extra>"}]
    return data, layout(xaxis=axis(range=[-0.6, 3.6], tickvals=[0, 1, 2, 3], ticktext=names, showgrid=False),
                        yaxis=axis(title, range=[low, high], nticks=6, zeroline=True, zerolinecolor=colour("border")),
                        margin={"l": 42, "r": 10, "t": 8, "b": 26})


def _by_temperature(spec: ActivationsSpec) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The axis is that of log₁₀ T with T written on it: a handle goes along a linear axis."""
    at, places = softmax(np.outer(1 / TEMPERATURES, spec.scores)), np.log10(TEMPERATURES)  # (temperatures, classes)
    data = [line(places, at[:, k], TOKENS[k], dash=DASHES[k], width=2, customdata=numbers(TEMPERATURES, 3),
                 hovertemplate=f"T = %{{customdata}}, {_(LABELS[k])}: %{{y:.3g}}<extra></extra>") for k in range(4)]
    labels: list[dict[str, Any]] = [{"trace": k, "text": _(LABELS[k]), "color": colour(TOKENS[k])} for k in range(4)]
    here, ticks = math.log10(spec.temperature), (0.1, 0.3, 1, 3, 10)
    mark = {"type": "line", "x0": here, "x1": here, "y0": 0, "y1": ABOVE, "line": {"color": colour("muted"), "width": 1.5, "dash": "dot"}}
    return data, layout(
        xaxis=axis(_("temperature T"), range=[math.log10(COLD), math.log10(HOT)], tickvals=[math.log10(t) for t in ticks],
                   ticktext=[f"{t:g}" for t in ticks]), shapes=[mark],
        yaxis=axis(_("probability"), range=[0, 1.16], tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1]), hovermode="closest", meta={"labels": labels},
        margin={"l": 42, "r": 12 + max(width_of(label["text"]) for label in labels), "t": 8, "b": 34})


def _slopes(p: np.ndarray, temperature: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    z, names = jacobian(p, temperature), [_(label) for label in LABELS]
    most = max(float(np.abs(z).max()), 0.02)
    data = [{"type": "heatmap", "z": numbers(z), "x": [0, 1, 2, 3], "y": [0, 1, 2, 3],
             "text": [[f"{v + 0.0:.2g}".replace("-", "−") for v in row] for row in z.round(4) + 0.0],
             "texttemplate": "%{text}", "textfont": {"size": 12, "color": colour("text")}, "zmin": -2 * most, "zmax": 2 * most,
             "colorscale": DIVERGING, "showscale": False, "xgap": 2, "ygap": 2, "hoverinfo": "skip"}]
    ticks = {"tickvals": [0, 1, 2, 3], "ticktext": names, "showgrid": False}
    return data, layout(xaxis=axis(_("score that moves"), **ticks), yaxis=axis(_("probability of"), autorange="reversed", **ticks),
                        margin={"l": 72, "r": 10, "t": 8, "b": 38})


def _notes(spec: ActivationsSpec, p: np.ndarray) -> tuple[Message, ...]:
    order = np.argsort(-np.array(spec.scores), kind="stable")
    first, second = int(order[0]), int(order[1])
    gap = spec.scores[first] - spec.scores[second]
    ratio = math.exp(min(gap / spec.temperature, 700))
    most = float(np.abs(jacobian(p, spec.temperature)).max())
    values = {"first": ["_", LABELS[first]], "second": ["_", LABELS[second]], "gap": gap, "t": spec.temperature, "ratio": f"{ratio:.3g}",
              "p": float(p[first]), "bits": entropy(p), "slope": most}
    notes = [N_("“{first}” leads “{second}” by {gap:.3g}: it is e to the power of {gap:.3g} / {t:.3g} = {ratio} times as probable. Only "
                "differences of scores count.") if gap > 0 else
             N_("“{first}” and “{second}” have the same score, and so the same probability, at every temperature.")]
    if p[first] > 0.99 and most > 0.02:
        notes.append(N_("At T = {t:.3g} the largest score takes {p:.1%}: softmax is almost a hard choice. Its largest slope is still "
                        "{slope:.2g}: divided by so low a temperature, a small change of a score is a large one."))
    elif p[first] > 0.99:
        notes.append(N_("At T = {t:.3g} the largest score takes {p:.1%}: softmax is almost a hard choice, and saturated: its slopes are "
                        "nearly 0."))
    elif p.max() < 1.5 * p.min():
        notes.append(N_("At T = {t:.3g} all four are nearly equal: the entropy is {bits:.2f} of at most 2 bits, almost a blind guess."))
    else:
        notes.append(N_("At T = {t:.3g} the entropy is {bits:.2f} bits: 0 would be certainty, 2 a blind guess among four."))
    return tuple(Message(note, values) for note in notes)


def draw(spec: ActivationsSpec) -> Picture:
    scores, temperature = np.array(spec.scores), spec.temperature
    p = softmax(scores, temperature)
    best = int(np.argmax(p))
    said = {"label": _(LABELS[best]), "p": float(p[best]), "t": temperature, "most": float(p.max()),
            "slope": float(jacobian(p, temperature)[best, best])}
    figures = (
        figure("scores", *_bars(scores, ["" for _score in scores], -5.6, 5.6, _("score (logit)")), height=HEIGHT,
               title=_("Scores: drag a bar up or down"),
               alt=_("Bars of the four scores; the largest is that of “{label}”.", **said)),
        figure("probabilities", *_bars(p, [f"{v:.1%}" for v in p], 0, 1.12, _("probability")), height=HEIGHT,
               title=_("Probabilities: “{label}” has {p:.1%}", **said),
               alt=_("Bars of the four probabilities at temperature {t:.3g}; the largest is “{label}” with {p:.1%}.", **said)),
        figure("temperature", *_by_temperature(spec), height=HEIGHT, title=_("At T = {t:.3g} the largest is {most:.3g}", **said),
               alt=_("The four probabilities over the temperature on a logarithmic axis; at {t:.3g} the largest is {most:.3g}.", **said)),
        figure("slopes", *_slopes(p, temperature), height=HEIGHT, title=_("Slopes: “{label}” by its own score {slope:.2g}", **said),
               alt=_("A table of how each probability changes with each score; “{label}” with its own: {slope:.2g}.", **said)),
    )
    handles = [Handle(field, "scores", _("the score of “{label}”", label=_(LABELS[k])), (float(k), spec.scores[k]), (field,), step=0.1,
                      rail=((-5.0, float(k), -5.0), (5.0, float(k), 5.0)), colour=TOKENS[k]) for k, field in enumerate(FIELDS)]
    handles.append(Handle("temperature", "temperature", _("the temperature"), (math.log10(temperature), ABOVE), ("temperature",), step=0.01,
                          anywhere=True, colour="text",
                          rail=tuple((float(t), math.log10(t), ABOVE) for t in np.geomspace(COLD, HOT, 121))))
    powers = [f"e^{{{score / temperature + 0.0:.3g}}}" for score in spec.scores]
    formulas = (("", rf"\begin{{aligned}}p_{{\text{{{_(LABELS[best])}}}}} &= \frac{{e^{{z/T}}}}{{\sum_j e^{{z_j/T}}}} \\[4pt] &= "
                 rf"\frac{{{powers[best]}}}{{{' + '.join(powers)}}} = {p[best]:.3g}\end{{aligned}}"),)
    return Picture(figures, tuple(handles), notes=_notes(spec, p), formulas=formulas,
                   numbers={"p": p.tolist(), "entropy": entropy(p), "slopes": jacobian(p, temperature).tolist()})


def program(spec: ActivationsSpec) -> str:
    return "\n".join([
        "import numpy as np", "",
        remark(f"scores = np.array({list(spec.scores)!r})", _("logits")),
        remark(f"T = {spec.temperature!r}", _("temperature")),
        "",
        remark("e = np.exp((scores - scores.max()) / T)", _("less the largest: the same result, and no overflow")),
        "p = e / e.sum()",
        remark("entropy = -(p[p > 0] * np.log2(p[p > 0])).sum()", _("in bits")),
        remark("slopes = (np.diag(p) - np.outer(p, p)) / T", _("how each probability changes with each score")),
        "print(p, entropy)",
        "print(slopes)", ""])


SOFTMAX = Scene(
    "softmax", N_("Softmax"),
    N_("[[Softmax]] makes [[probabilities|probability]] of a network’s scores, its [[logits]]. Drag the bars, then the [[temperature]]."),
    ("temperature", *FIELDS), draw, program,
    presets=(Preset(N_("Plain softmax"), {"scene": "softmax"}),
             Preset(N_("Cold: a hard choice"), {"scene": "softmax", "temperature": 0.2}),
             Preset(N_("Hot: nearly equal"), {"scene": "softmax", "temperature": 8.0})),
    trials=(Trial(N_("Add 2 to every score"), N_("Nothing happens to the probabilities: only the differences between scores count."),
                  {"scene": "softmax", "cat": 4.0, "dog": 3.0, "horse": 2.0, "fish": 1.0}),
            Trial(N_("Double every score"), N_("The same as half the temperature: the largest gains."),
                  {"scene": "softmax", "cat": 4.0, "dog": 2.0, "horse": 0.0, "fish": -2.0}),
            Trial(N_("A tie"), N_("Two equal scores share equally, however low the temperature."),
                  {"scene": "softmax", "temperature": 0.3, "dog": 2.0})))
