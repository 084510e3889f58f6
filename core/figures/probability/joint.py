"""Two normal variables at once: a covariance is an ellipse, its axes are eigenvectors, and one variable tells of the other."""

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
from core.maths.distributions import bell
from core.maths.gaussians import Conditional, correlation, covariance, ellipse, given_x, inside, unit
from core.specs.examples import Preset, Trial
from core.specs.probability import ProbabilitySpec

EDGE = 4.2
SHORTEST = 0.05  # an axis dragged onto the centre keeps this much spread, so that there is a density
HEIGHT = 390
ORIGIN = np.zeros(2)


def shape(spec: ProbabilitySpec) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Covariance (2, 2), direction v of the first axis, its length, and the direction w at a right angle to it."""
    length = max(math.hypot(spec.axis_x, spec.axis_y), SHORTEST)
    v = unit((spec.axis_x, spec.axis_y))
    return covariance((spec.axis_x, spec.axis_y), length, spec.across), v, length, np.array([-v[1], v[0]])


def points(spec: ProbabilitySpec) -> np.ndarray:
    """Pairs drawn from it: standard normal numbers, stretched along the two axes. -> (pairs, 2)."""
    z = np.random.default_rng(spec.seed).standard_normal((spec.pairs, 2))
    _sigma, v, length, w = shape(spec)
    return z[:, :1] * length * v + z[:, 1:] * spec.across * w


def plane(spec: ProbabilitySpec, drawn: np.ndarray, told: Conditional) -> Template:
    sigma, v, length, w = shape(spec)
    rho = correlation(sigma)
    marks = {"size": 4.5, "color": colour("class5"), "opacity": 0.6, "line": {"width": 0}}
    data: list[dict[str, Any]] = [{"type": "scatter", "mode": "markers", "x": rounded(drawn[:, 0], 3), "y": rounded(drawn[:, 1], 3),
                                   "marker": marks,
                                   "hovertemplate": "(%{x:.2f}, %{y:.2f})<extra></extra>"}]
    for distance, width in ((1, 2.2), (2, 1.4)):
        rim = ellipse(ORIGIN, sigma, distance)
        data.append({"type": "scatter", "mode": "lines", "x": rounded(rim[:, 0], 4), "y": rounded(rim[:, 1], 4), "hoverinfo": "skip",
                     "line": {"color": colour("loss"), "width": width, "dash": "solid" if distance == 1 else "dash"}})
    ends = np.array([-EDGE, EDGE])
    data.append({"type": "scatter", "mode": "lines", "x": ends.tolist(), "y": rounded(told.slope * ends), "hoverinfo": "skip",
                 "line": {"color": colour("score"), "width": 1.4, "dash": "dot"}})
    data.append({"type": "scatter", "mode": "lines", "x": [spec.given] * 2, "y": [-EDGE, EDGE],
                 "line": {"color": colour("muted"), "width": 1.2}, "hoverinfo": "skip"})
    data.append({"type": "scatter", "mode": "lines+markers", "x": [spec.given] * 3,
                 "y": rounded([told.mean - told.deviation, told.mean, told.mean + told.deviation]),
                 "line": {"color": colour("score"), "width": 4},
                 "marker": {"size": [0, 9, 0], "color": colour("score")}, "hoverinfo": "skip"})

    def arrow(tip: np.ndarray) -> dict[str, Any]:
        return {"x": float(tip[0]), "y": float(tip[1]), "ax": 0.0, "ay": 0.0, "xref": "x", "yref": "y", "axref": "x", "ayref": "y",
                "text": "", "showarrow": True, "arrowhead": 2, "arrowwidth": 2.5, "arrowcolor": colour("layer1")}

    words = key_words([("→", _("eigenvectors × √eigenvalue"), "layer1"), ("―", _("1σ: {share:.0%} inside", share=inside(1)), "loss"),
                       ("- -", _("2σ: {share:.0%} inside", share=inside(2)), "loss"), ("···", _("expected y for every x"), "score")],
                      x=0.01, right=False)
    flat = {"range": [-EDGE, EDGE], "fixedrange": True, "dtick": 2}
    return figure("plane", data, layout(
        xaxis=axis("x", **flat), yaxis=axis("y", **flat, scaleanchor="x"),
        annotations=[arrow(length * v), arrow(spec.across * w), *words],
        margin={"l": 34, "r": 8, "t": 8, "b": 34}),
        title=_("Correlation ρ = {rho:.2f}: x explains {share:.0%} of how y varies", rho=rho, share=rho**2), height=HEIGHT, span=7,
        alt=_("{pairs} points and ellipses of a joint normal law: variances {vx:.3g} and {vy:.3g}, covariance {cov:.3g}, axes of length "
              "{long:.3g} and "
              "{short:.3g}.", pairs=spec.pairs, vx=sigma[0, 0], vy=sigma[1, 1], cov=sigma[0, 1], long=length, short=spec.across))


def slices(spec: ProbabilitySpec, sigma: np.ndarray, told: Conditional) -> Template:
    """The law of y, lying on its side beside the plane: before x is known, and after."""
    y = np.linspace(-EDGE, EDGE, 161)
    before, after = bell(y, 0.0, math.sqrt(sigma[1, 1])), bell(y, told.mean, max(told.deviation, 1e-6))
    top = next(t for t in (0.7, 1.4, 2.8, 5.6, 99.0) if max(before.max(), min(after.max(), 90.0)) * 1.05 <= t)
    data = [{"type": "scatter", "mode": "lines", "x": rounded(before), "y": rounded(y),
             "line": {"color": colour("muted"), "width": 2, "dash": "dash"},
             "hovertemplate": "y = %{y:.2f}: %{x:.3f}<extra></extra>"},
            {"type": "scatter", "mode": "lines", "x": rounded(after), "y": rounded(y), "line": {"color": colour("score"), "width": 2.4},
             "fill": "tozerox",
             "fillcolor": colour("score_band"), "hovertemplate": "y = %{y:.2f}: %{x:.3f}<extra></extra>"}]
    return figure("slices", data, layout(
        xaxis=axis(_("density"), range=[0, top], fixedrange=True, nticks=5), yaxis=axis("y", range=[-EDGE, EDGE], fixedrange=True, dtick=2),
        annotations=key_words([("- -", _("y, before x is known"), "muted"), ("―", _("y, given x = {x:.3g}", x=spec.given), "score")]),
        margin={"l": 34, "r": 8, "t": 8, "b": 34}),
        title=_("Given x = {x:.3g}: y = {mean:.2f} ± {deviation:.2f}", x=spec.given, mean=told.mean, deviation=told.deviation),
                  height=HEIGHT, span=5,
        alt=_("The density of y: before x is known its standard deviation is {before:.3g}; given x = {x:.3g} its mean is {mean:.3g} and "
              "its standard deviation {after:.3g}.", before=math.sqrt(sigma[1, 1]), x=spec.given, mean=told.mean, after=told.deviation))


def notes(spec: ProbabilitySpec, sigma: np.ndarray, told: Conditional, drawn: np.ndarray) -> tuple[Message, ...]:
    rho, sd = correlation(sigma), math.sqrt(sigma[1, 1])
    said = {"x": spec.given, "mean": told.mean, "after": told.deviation, "before": sd, "rho": rho, "explained": rho**2}
    if abs(rho) < 0.03:
        first = Message(N_("x and y know nothing of each other: whatever x is, y stays at {mean:.2f} ± {after:.2f}. The axes of the "
                           "ellipse lie along x and y, or it is a circle."), said)
    elif abs(rho) > 0.97:
        first = Message(N_("With ρ = {rho:.3f} the ellipse is nearly a line: whoever knows x knows y to within {after:.2f}."), said)
    else:
        first = Message(N_("Knowing x = {x:.3g} moves what is expected of y from 0 to {mean:.2f} and narrows it from ± {before:.2f} to ± "
                           "{after:.2f}: ρ² = {explained:.0%} of the variance of y is explained by x."), said)
    distance = np.einsum("ni,ij,nj->n", drawn, np.linalg.inv(sigma), drawn)
    return (first, Message(N_("Of {pairs} points drawn, {share:.0%} lie within the solid ellipse; {law:.0%} are expected. That is less "
                              "than the 68% of a single variable, as two have to be near at once."),
                           {"pairs": spec.pairs, "share": float(np.mean(distance <= 1)), "law": inside(1)}))


def draw(spec: ProbabilitySpec) -> Picture:
    sigma, v, length, w = shape(spec)
    told, drawn = given_x(ORIGIN, sigma, spec.given), points(spec)
    least, most = spec.bounds("across")
    left, right = spec.bounds("given")
    reach = (spec.bounds("axis_x"), spec.bounds("axis_y"))
    handles = (
        Handle("axis", "plane", _("First axis"), (spec.axis_x, spec.axis_y), ("axis_x", "axis_y"), bounds=reach, step=0.05,
               rays=((1, 0), (0, 1), (1, 1), (1, -1)), colour="layer1"),
        Handle("across", "plane", _("Second axis"), (spec.across * float(w[0]), spec.across * float(w[1])), ("across",),
               rail=((least, least * float(w[0]), least * float(w[1])), (most, most * float(w[0]), most * float(w[1]))), step=0.05,
               colour="layer1"),
        Handle("given", "plane", _("Known x"), (spec.given, -3.6), ("given",), rail=((left, left, -3.6), (right, right, -3.6)), step=0.05,
               colour="muted"))
    known = f"{spec.given:.3g}" if spec.given >= 0 else f"({spec.given:.3g})"
    low, high = sorted((length**2, spec.across**2))
    matrix = rf"\begin{{pmatrix}} {sigma[0, 0]:.3g} & {sigma[0, 1]:.3g} \\ {sigma[1, 0]:.3g} & {sigma[1, 1]:.3g} \end{{pmatrix}}"
    own = np.cov(drawn.T)
    sampled = rf"\begin{{pmatrix}} {own[0, 0]:.3g} & {own[0, 1]:.3g} \\ {own[1, 0]:.3g} & {own[1, 1]:.3g} \end{{pmatrix}}"
    return Picture((plane(spec, drawn, told), slices(spec, sigma, told)), handles, notes=notes(spec, sigma, told, drawn), formulas=(
        (_("covariance, its eigenvalues, and that of the points"),
         rf"\Sigma = {matrix}, \quad \lambda_1 = {high:.3g},\ \lambda_2 = {low:.3g}, \qquad \hat\Sigma = {sampled}"),
        (_("y, once x is known"),
         rf"E[y \mid x] = (\sigma_{{xy}} / \sigma_x^2)\, x = {told.slope:.3g} \cdot {known} = {told.mean:.3g}")),
        numbers={"smaller": low, "larger": high, "correlation": correlation(sigma), "conditional_mean": told.mean,
                 "conditional_deviation": told.deviation})


def program(spec: ProbabilitySpec) -> str:
    first, vectors = _("the first axis, and the standard deviation across it"), _("the eigenvectors are the axes")
    return f"""import numpy as np

# {first}
axis, across, x = np.array([{spec.axis_x!r}, {spec.axis_y!r}]), {spec.across!r}, {spec.given!r}
length = max(np.hypot(*axis), {SHORTEST})
v = axis / np.hypot(*axis) if axis.any() else np.array([1.0, 0.0])
w = np.array([-v[1], v[0]])
covariance = length**2 * np.outer(v, v) + across**2 * np.outer(w, w)

(smaller, larger), vectors = np.linalg.eigh(covariance)  # {vectors}
correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
conditional_mean = covariance[0, 1] / covariance[0, 0] * x
conditional_deviation = np.sqrt(np.linalg.det(covariance) / covariance[0, 0])
print("smaller", smaller)
print("larger", larger)
print("correlation", correlation)
print("conditional_mean", conditional_mean)
print("conditional_deviation", conditional_deviation)
"""


SCENE = Scene(
    "joint", N_("Two at once"),
    N_("The arrows are the [[eigenvectors]] of the covariance: drag them, and the line at x. What does knowing x tell of y?"),
    ("given", "axis_x", "axis_y", "across"), draw, program, more=("pairs", "seed"),
    presets=(Preset(N_("Correlated"), {"scene": "joint"}),
             Preset(N_("Independent"), {"scene": "joint", "axis_x": 1.5, "axis_y": 0.0}),
             Preset(N_("Almost a line"), {"scene": "joint", "across": 0.1}),
             Preset(N_("Falling"), {"scene": "joint", "axis_x": 1.4, "axis_y": -1.0})),
    trials=(Trial(N_("Turn the ellipse upright"),
                  N_("Its axes now lie along x and y: the [[covariance|variance]] off the diagonal is 0, and x tells nothing of y."),
                  {"scene": "joint", "axis_x": 0.0, "axis_y": 1.7}),
            Trial(N_("Make it a circle"), N_("Every direction is an [[eigenvector]] now. Turn the arrow as you like: nothing changes."),
                  {"scene": "joint", "axis_x": 1.0, "axis_y": 0.0, "across": 1.0}),
            Trial(N_("Draw a thousand points"), N_("The covariance of the points comes nearer to the true one. Compare the two matrices."),
                  {"scene": "joint", "pairs": 1000})))
