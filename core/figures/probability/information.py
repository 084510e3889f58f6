"""Two distributions over five outcomes: entropy, cross-entropy and how far apart they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.probability.common import key_words, rounded
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import information
from core.specs.examples import Preset, Trial
from core.specs.probability import K, ProbabilitySpec

OUTCOMES = "ABCDE"
TOKENS = {"p": "loss", "q": "layer4"}
HOLLOW = "rgba(0, 0, 0, 0)"  # p is filled, q an outline: told apart without colours, and nothing flickers where they lie on each other
HEIGHT = 400


def shares(spec: ProbabilitySpec, letter: str) -> np.ndarray:
    """p or q, made to add up to 1. (5,). Trouble if all five are 0."""
    given = np.array([getattr(spec, f"{letter}{k}") for k in range(1, K + 1)])
    if given.sum() <= 0:
        raise Trouble(Message(N_("All five values of {letter} are 0, but something has to happen: make at least one of them larger."),
                              {"letter": letter}))
    return given / given.sum()


def amount(value: float) -> str:
    """A number of bits or nats as it is written in a figure."""
    return "∞" if math.isinf(value) else f"{value:.3g}" if value >= 0.001 else f"{value:.1g}"


def bars(p: np.ndarray, q: np.ndarray, apart: float, name: str) -> Template:
    x = np.arange(K)
    data = [{"type": "bar", "x": rounded(x + shift), "y": rounded(values), "width": 0.36, "name": letter,
             "hovertemplate": letter + " = %{y:.3f}<extra></extra>",
             "marker": {"color": colour(TOKENS["p"]), "opacity": 0.75, "line": {"width": 0}} if letter == "p" else
             {"color": HOLLOW, "line": {"width": 2, "color": colour(TOKENS["q"])}}}
            for letter, values, shift in (("p", p, -0.2), ("q", q, 0.2))]
    return figure("bars", data, layout(
        xaxis=axis(_("outcome"), tickvals=x.tolist(), ticktext=list(OUTCOMES), range=[-0.55, K - 0.45], fixedrange=True),
        yaxis=axis(_("probability"), range=[0, 1.05], fixedrange=True), bargap=0,
        annotations=key_words([("▮", _("p: what happens"), "loss"), ("▯", _("q: what is expected"), "layer4")]),
        margin={"l": 44, "r": 8, "t": 8, "b": 34}),
        title=_("Expecting q costs {extra} {unit} more", extra=amount(apart), unit=name) if apart > 0 else _("p and q are the same"),
                  height=HEIGHT, span=5,
        alt=_("Bars over A to E. p: {p}. q: {q}.", p=", ".join(f"{v:.3g}" for v in p), q=", ".join(f"{v:.3g}" for v in q)))


def surprises(spec: ProbabilitySpec, p: np.ndarray, q: np.ndarray, total: float, crossed: float) -> Template:
    """Boxes as wide as an outcome is frequent and as high as it is surprising: their areas are entropy and cross-entropy."""
    top = 7.0 if spec.unit == "bits" else 5.0
    own, other = information.surprise(p, spec.unit), information.surprise(q, spec.unit)
    left = np.append(0.0, np.cumsum(p))
    outline: dict[str, list[list[float | None]]] = {"p": [[], []], "q": [[], []]}
    words: list[tuple[float, float, str]] = []
    for i in np.flatnonzero(p > 0):
        x0, x1 = float(left[i]), float(left[i + 1])
        for letter, height in (("p", own[i]), ("q", other[i])):
            high = float(min(height, 2 * top))
            for old, new in zip(outline[letter], ([x0, x0, x1, x1, x0, None], [0.0, high, high, 0.0, 0.0, None]), strict=True):
                old.extend(new)
        middle = float(left[i] + left[i + 1]) / 2
        if p[i] >= 0.035:
            words.append((middle, 0.22 * top / 7, OUTCOMES[i]))
        if math.isinf(other[i]):
            words.append((middle, top * 0.9, "∞"))
    look: dict[str, dict[str, Any]] = {
        "p": {"opacity": 0.65, "fillcolor": colour("loss"), "line": {"width": 1.2, "color": colour("loss")}},
        "q": {"fillcolor": HOLLOW, "line": {"width": 2, "color": colour(TOKENS["q"]), "dash": "dash"}}}
    data = [{"type": "scatter", "mode": "lines", "fill": "toself", "x": [x if x is None else round(x, 5) for x in xs],
             "y": [y if y is None else round(y, 4) for y in ys], "hoverinfo": "skip", **look[letter]} for letter,
            (xs, ys) in outline.items()]
    data += [{"type": "scatter", "mode": "text", "x": rounded([w[0] for w in words]), "y": [w[1] for w in words],
              "text": [w[2] for w in words],
             "textfont": {"size": 13, "color": colour("text")}, "hoverinfo": "skip"}]
    name = _(_UNIT[spec.unit])
    return figure("surprises", data, layout(
        xaxis=axis(_("p: how often it happens"), range=[0, 1], fixedrange=True),
        yaxis=axis(_("surprise in {unit}", unit=name), range=[0, top], fixedrange=True, dtick=1),
        annotations=key_words([("▮", _("expecting p: −log p"), "loss"), ("▯", _("expecting q: −log q"), "layer4")], y=1.13),
        margin={"l": 40, "r": 10, "t": 46, "b": 34}),
        title=_("Area is mean surprise: {own}, {other} {unit}", own=amount(total), other=amount(crossed), unit=name), height=HEIGHT, span=4,
        alt=_("Boxes as wide as p and as high as the surprise. Their areas are the entropy {own} and the cross-entropy {other}, in {unit}.",
              own=amount(total), other=amount(crossed), unit=name))


_UNIT = {"bits": N_("bits"), "nats": N_("nats")}


def measures(spec: ProbabilitySpec, found: dict[str, float]) -> Template:
    """The five numbers as bars, the cross-entropy as the entropy and what comes on top."""
    top = 5.0 if spec.unit == "bits" else 3.5
    rows = (("entropy", "H(p)"), ("cross_entropy", "H(p, q)"), ("divergence", "KL(p‖q)"), ("reverse", "KL(q‖p)"),
            ("jensen_shannon", "JS(p, q)"))
    names = [label for _name, label in rows]
    cut = lambda value: round(min(value, top * 1.2), 5)  # noqa: E731
    base, extra = found["entropy"], found["divergence"]
    data = [{"type": "bar", "orientation": "h", "y": names[:2], "x": [cut(base)] * 2, "marker": {"color": colour("loss"), "opacity": 0.75},
             "width": 0.55,
             "hoverinfo": "skip"},
            {"type": "bar", "orientation": "h", "y": names[1:], "x": [cut(extra), *(cut(found[n]) for n, _l in rows[2:])], "width": 0.55,
             "hoverinfo": "skip",
             "marker": {"color": [HOLLOW, HOLLOW, colour("baseline"), colour("class3")],
                        "line": {"width": [2, 2, 0, 0], "color": [colour(t) for t in ("layer4", "layer4", "baseline", "class3")]}}},
            {"type": "scatter", "mode": "text", "y": names, "x": [round(min(found[n], top * 0.86) + 0.03 * top, 4) for n, _l in rows],
             "text": [amount(found[n]) for n, _l in rows], "textposition": "middle right",
             "textfont": {"size": 12, "color": colour("text")}, "hoverinfo": "skip",
             "cliponaxis": False}]
    name = _(_UNIT[spec.unit])
    return figure("measures", data, layout(
        barmode="stack", xaxis=axis(name, range=[0, top * 1.12], fixedrange=True, nticks=6),
        yaxis=axis("", range=[4.6, -0.6], fixedrange=True, tickfont={"size": 12, "color": colour("text")}),
        margin={"l": 64, "r": 12, "t": 8, "b": 34}),
                  title=_("{base} {unit}, and {extra} more", base=amount(base), extra=amount(extra), unit=name), height=HEIGHT, span=3,
        alt=_("Entropy {h}, cross-entropy {c}, KL(p‖q) {d}, KL(q‖p) {r}, Jensen–Shannon {j}, in {unit}.", h=amount(base),
              c=amount(found["cross_entropy"]),
              d=amount(extra), r=amount(found["reverse"]), j=amount(found["jensen_shannon"]), unit=name))


def notes(spec: ProbabilitySpec, p: np.ndarray, q: np.ndarray, found: dict[str, float]) -> tuple[Message, ...]:
    said: dict[str, Any] = {"h": amount(found["entropy"]), "c": amount(found["cross_entropy"]), "kl": amount(found["divergence"]),
                            "back": amount(found["reverse"]), "js": amount(found["jensen_shannon"]), "unit": ["_", _UNIT[spec.unit]],
                            "even": math.exp(found["entropy"] * math.log(information.BASES[spec.unit]))}
    ruled_out = [OUTCOMES[i] for i in range(K) if p[i] > 0 and q[i] == 0]
    if ruled_out:
        return (Message(N_("q rules out {outcomes}, and it happens: the surprise there is infinite, and so are cross-entropy and KL(p‖q). "
                           "JS compares both with their average, which rules out nothing: it is {js} "
                           "{unit}."), {**said, "outcomes": ", ".join(ruled_out)}),)
    if float(np.abs(p - q).max()) < 5e-4:
        return (Message(N_("q is p: the cross-entropy is as small as it can be, {h} {unit}, and that is the entropy. Nobody can expect "
                           "better than the truth."), said),)
    certain = np.flatnonzero(p == 1)
    if certain.size:
        return (Message(N_("p is certain of {outcome}, as a label is: its entropy is 0, and the cross-entropy is −log q({outcome}) = {c} "
                           "{unit} alone. That is the loss with which networks learn "
                           "classes."), {**said, "outcome": OUTCOMES[certain[0]]}),)
    first = Message(N_("Who expects p is surprised by {h} {unit} on average, as by a choice among {even:.2g} equal outcomes; who expects "
                       "q, by {c}. The difference, {kl}, is the price of expecting the wrong thing."), said)
    if math.isinf(found["reverse"]):
        return (first, Message(N_("The other way round KL is infinite: q expects something that p never does. KL has a direction.")))
    return (first,
            Message(N_("The other way round it is {back}: KL is no distance, it has a direction. JS, {js}, is the same both ways."), said))


def draw(spec: ProbabilitySpec) -> Picture:
    p, q, unit = shares(spec, "p"), shares(spec, "q"), spec.unit
    found = {"entropy": information.entropy(p, unit), "cross_entropy": information.cross_entropy(p, q, unit),
             "divergence": information.divergence(p, q, unit), "reverse": information.divergence(q, p, unit),
             "jensen_shannon": information.jensen_shannon(p, q, unit)}
    handles = []
    for letter, values, shift in (("p", p, -0.2), ("q", q, 0.2)):
        for i in range(K):
            x = round(i + shift, 1)
            handles.append(Handle(f"{letter}{i + 1}", "bars", _("{letter} of {outcome}", letter=letter, outcome=OUTCOMES[i]),
                                  (x, round(float(values[i]), 9)),
                                  (f"{letter}{i + 1}",), rail=((0.0, x, 0.0), (1.0, x, 1.0)), step=0.01, colour=TOKENS[letter]))
    log = r"\log_2" if unit == "bits" else r"\ln"
    number = lambda value: r"\infty" if math.isinf(value) else f"{value:.4g}"  # noqa: E731
    formulas = (
        (_("entropy"), rf"H(p) = -\textstyle\sum_i p_i {log} p_i = {number(found['entropy'])}"),
        (_("cross-entropy"), rf"H(p, q) = -\textstyle\sum_i p_i {log} q_i = {number(found['cross_entropy'])}"),
        (_("their difference"), rf"\mathrm{{KL}}(p \| q) = \textstyle\sum_i p_i {log} (p_i / q_i) = {number(found['divergence'])}"))
    return Picture((bars(p, q, found["divergence"], _(_UNIT[spec.unit])), surprises(spec, p, q, found["entropy"], found["cross_entropy"]),
                    measures(spec, found)), tuple(handles),
                   notes=notes(spec, p, q, found), formulas=formulas,
                   numbers={name: value for name, value in found.items() if math.isfinite(value)})


def program(spec: ProbabilitySpec) -> str:
    def written(letter: str) -> str:
        values: Sequence[float] = [getattr(spec, f"{letter}{k}") for k in range(1, K + 1)]
        return "[" + ", ".join(repr(v) for v in values) + "]"

    base = "2" if spec.unit == "bits" else "np.e"
    named = _("SciPy’s name for KL(p‖q); infinite where q rules out what happens")
    return f"""import numpy as np
from scipy.stats import entropy as scipy_entropy

p, q = np.array({written("p")}), np.array({written("q")})
p, q = p / p.sum(), q / q.sum()
base = {base}

entropy = scipy_entropy(p, base=base)
divergence = scipy_entropy(p, q, base=base)  # {named}
reverse = scipy_entropy(q, p, base=base)
cross_entropy = entropy + divergence
middle = (p + q) / 2
jensen_shannon = (scipy_entropy(p, middle, base=base) + scipy_entropy(q, middle, base=base)) / 2
for name in ("entropy", "cross_entropy", "divergence", "reverse", "jensen_shannon"):
    print(name, globals()[name])
"""


def _values(letter: str, *shares: float) -> dict[str, float]:
    return {f"{letter}{k}": value for k, value in enumerate(shares, 1)}


SAME = {**_values("p", 0.4, 0.3, 0.15, 0.1, 0.05), **_values("q", 0.4, 0.3, 0.15, 0.1, 0.05)}
LABEL = {"scene": "information", **_values("p", 1.0, 0.0, 0.0, 0.0, 0.0), **_values("q", 0.6, 0.2, 0.1, 0.06, 0.04)}
SCENE = Scene(
    "information", N_("Information"),
    N_("Drag the bars: p is what happens, q what somebody expects. What does it cost to expect the wrong thing?"),
    ("unit",), draw, program, more=tuple(f"{letter}{k}" for letter in "pq" for k in range(1, K + 1)),
    presets=(Preset(N_("Expecting all alike"), {"scene": "information"}),
             Preset(N_("A label and a network’s answer"), {**LABEL, "unit": "nats"}),
             Preset(N_("The same"), {"scene": "information", **{name: SAME[name] for name in SAME if name[0] == "q"}})),
    trials=(Trial(N_("Make p certain"), N_("One bar takes all, like a label. The [[entropy]] is 0, and what is left of the "
                                           "[[cross-entropy]] is −log of one bar of q."),
                  LABEL),
            Trial(N_("Rule out what happens"), N_("q gives E no chance, p does: one box grows without end. JS stays finite."),
                  {"scene": "information", **_values("q", 0.25, 0.25, 0.25, 0.25, 0.0)}),
            Trial(N_("Let q be p"),
                  N_("The boxes cover each other, and [[KL|KL divergence]] is 0. Now move any bar of q: it can only get worse."),
                  {"scene": "information", **{name: SAME[name] for name in SAME if name[0] == "q"}})))
