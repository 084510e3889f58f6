"""One outlier to drag: the MSE line jumps, the MAE line stays."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.losses.common import LOOKS, code, labels, name, plot, rounded, stroke
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths.lines import INTERCEPT, NOISE, POINTS, SLOPE, fit, off, points
from core.maths.losses import dabsolute, dhuber, dsquared
from core.specs.examples import Preset, Trial
from core.specs.losses import LossesSpec

FITS = ("mse", "mae", "huber")
ENDS = np.array([-0.9, 10.9])  # eight outliers side by side may reach 10.7
LOW, HIGH = -4.0, 13.0
HARMLESS = 0.2  # a line that moves by less is hardly seen to move


def outliers(spec: LossesSpec) -> int:
    return round(spec.share * POINTS / 100)


def lines(spec: LossesSpec) -> dict[str, tuple[float, float]]:
    """Intercept and slope by each loss."""
    return _lines(spec.seed, outliers(spec), spec.outlier_x, spec.outlier_y, spec.delta)


@lru_cache(maxsize=256)
def _lines(seed: int, count: int, ox: float, oy: float, delta: float) -> dict[str, tuple[float, float]]:
    x, y, _far = points(seed, count, ox, oy)
    return {loss: fit(loss, x, y, delta) for loss in FITS}


def moved(spec: LossesSpec) -> dict[str, float]:
    """How far the outliers have moved each line at the place where they stand: with them against without them."""
    x, y, far = points(spec.seed, outliers(spec), spec.outlier_x, spec.outlier_y)
    found = {}
    for loss, (a, b) in lines(spec).items():
        c, d = fit(loss, x[~far], y[~far], spec.delta)
        found[loss] = abs(a - c + (b - d) * spec.outlier_x)
    return found


def say(spec: LossesSpec) -> dict[str, float]:
    """Share of all pull, Σ |∂loss/∂ŷ|, that comes from the outliers, for each loss at its own line."""
    x, y, far = points(spec.seed, outliers(spec), spec.outlier_x, spec.outlier_y)
    pulls: dict[str, Any] = {"mse": dsquared, "mae": dabsolute, "huber": lambda r: dhuber(r, spec.delta)}
    found = {}
    for loss, (a, b) in lines(spec).items():
        r = a + b * x - y
        pull = np.abs(pulls[loss](np.where(np.abs(r) < 1e-9, 0.0, r)))
        found[loss] = float(pull[far].sum() / pull.sum())
    return found


def draw(spec: LossesSpec) -> Picture:
    count = outliers(spec)
    x, y, far = points(spec.seed, count, spec.outlier_x, spec.outlier_y)
    found, went, share = lines(spec), moved(spec), say(spec)
    data = [{"type": "scatter", "mode": "lines", "x": ENDS.tolist(), "y": (INTERCEPT + SLOPE * ENDS).tolist(), "name": _("the truth"),
             "line": {"color": colour("baseline"), "width": 2, "dash": "dot"}, "hoverinfo": "skip"}]
    data += [stroke(loss, ENDS, a + b * ENDS, width=4.5 if loss == spec.fit else 1.8) for loss, (a, b) in found.items()]
    data += [{"type": "scatter", "mode": "markers", "x": rounded(x[~far]), "y": rounded(y[~far]), "name": _("data points"),
              "marker": {"color": colour("text"), "size": 7}, "hovertemplate": "(%{x:.3g}, %{y:.3g})<extra></extra>"},
             {"type": "scatter", "mode": "markers", "x": rounded(x[far]), "y": rounded(y[far]), "name": _("outliers"),
              "marker": {"color": colour("pin3"), "size": 11, "symbol": "diamond", "line": {"color": colour("ring"), "width": 1}},
              "hovertemplate": "(%{x:.3g}, %{y:.3g})<extra></extra>"}]
    form = labels([(0, "true", float(np.clip(INTERCEPT + SLOPE * ENDS[1], LOW, HIGH))),
                   *((i + 1, loss, float(np.clip(a + b * ENDS[1], LOW, HIGH))) for i, (loss, (a, b)) in enumerate(found.items()))])
    if count:
        title = _("MSE line moved by {mse:.2f}, MAE line by {mae:.2f}", **went)
    else:
        title = _("No outlier: three losses, much the same line")
    plane = plot("line", data, ("x", *ENDS.tolist()), ("y", LOW, HIGH), title=title, height=400, span=7,
                 alt=_("Points, the true line, and the lines that make MSE, MAE and Huber loss least: slopes {mse:.2f}, {mae:.2f} and "
                       "{huber:.2f}, the true one {true:.2f}.", **{loss: b for loss, (_a, b) in found.items()}, true=SLOPE), **form)
    handles = (Handle("outlier", "line", _("the outlier"), (spec.outlier_x, spec.outlier_y), ("outlier_x", "outlier_y"),
                      bounds=((0.5, 9.5), (-3.0, 12.0)), step=0.1, colour="pin3"),) if count else ()
    return Picture((plane, bars(share, spec)), handles, notes=notes(spec, went, share),
                   formulas=tuple((name(loss), rf"\hat y = {a:.2f} {b:+.2f}\,x") for loss, (a, b) in found.items()),
                   numbers={loss: [a, b] for loss, (a, b) in found.items()})


def bars(share: dict[str, float], spec: LossesSpec) -> Any:
    names = [name(loss) for loss in FITS[::-1]]
    values = [100 * share[loss] for loss in FITS[::-1]]
    equal = 100 * outliers(spec) / POINTS
    bar = {"type": "bar", "orientation": "h", "y": [0, 1, 2], "x": rounded(values), "text": [f"{v:.0f} %" for v in values],
           "textposition": "outside", "cliponaxis": False, "textfont": {"size": 14, "color": colour("text")},
           "marker": {"color": [colour(LOOKS[loss][1]) for loss in FITS[::-1]]}, "width": 0.55,
           "hovertemplate": "%{x:.3g} %<extra></extra>"}
    even = {"type": "scatter", "mode": "lines", "x": [equal, equal], "y": [-0.5, 2.5], "hoverinfo": "skip",
            "line": {"color": colour("baseline"), "width": 1.5, "dash": "dot"}}
    form = layout(xaxis=axis(_("share of all pull on the line (%), dotted: share of the points"), range=[0, 55], fixedrange=True),
                  yaxis=axis("", range=[-0.5, 2.5], fixedrange=True, showgrid=False, tickvals=[0, 1, 2], ticktext=names,
                              tickfont={"size": 13, "color": colour("text")}),
                  margin={"l": 58, "r": 44, "t": 8, "b": 34})
    return figure("say", [bar, even], form, height=400, span=5,
                  title=_("The outliers’ say: MSE {mse:.0f} %, MAE {mae:.0f} %", mse=100 * share["mse"], mae=100 * share["mae"]),
                  alt=_("Share of all pull on the line that comes from the outliers: MSE {mse:.0f} %, MAE {mae:.0f} %, Huber {huber:.0f} "
                        "%.",
                        **{loss: 100 * value for loss, value in share.items()}))


def notes(spec: LossesSpec, went: dict[str, float], share: dict[str, float]) -> tuple[Message, ...]:
    count, away = outliers(spec), spec.outlier_y - INTERCEPT - SLOPE * spec.outlier_x
    if not count:
        return (Message(N_("Without an outlier every loss does. Set “Outliers” to 5 % and drag the one point.")),)
    own = Message(N_("Your line, {loss}, has moved by {went:.2f} from where it lies without outliers, measured at x = {x:.3g}. It lies "
                     "{off:.2f} off the true one on average."),
                  {"loss": name(spec.fit), "went": went[spec.fit], "x": spec.outlier_x, "off": off(lines(spec)[spec.fit])})
    if abs(away) < 2:
        most = max(went.values())
        if most < HARMLESS:
            return (Message(N_("So near the line an outlier is harmless: it moves next to nothing, no line by more than {most:.2f}. Drag "
                               "it up or down."), {"most": most + 0.005}), own)
        return (Message(N_("Still near the line: the MSE line has moved by {mse:.2f}, the MAE line by {mae:.2f}. Drag further away: which "
                           "of them goes on?"), {"mse": went["mse"], "mae": went["mae"]}), own)
    if went["mae"] > 2:
        return (Message(N_("Now the MAE line gives way as well: {count} of {all} points stand together, and here that is too many "
                           "votes."), {"count": count, "all": POINTS}), own)
    x, y, _far = points(spec.seed, count, spec.outlier_x, spec.outlier_y)
    a, b = lines(spec)["mae"]
    voters = int((np.abs(a + b * x - y) >= 1e-9).sum())
    first = Message(N_("{share} % of the points make {say:.0f} % of the pull under MSE, because a pull there grows with the distance. "
                       "Under MAE each of the {voters} points that the line does not run through has one vote, near or far: "
                       "{votes:.0f} %."),
                    {"share": spec.share, "say": 100 * share["mse"], "votes": 100 * share["mae"], "voters": voters})
    a, b = lines(spec)["huber"]
    beyond = int((np.abs(a + b * x - y) > spec.delta).sum())
    if beyond == 0:
        return (first, Message(N_("With δ = {delta:g} no error is beyond δ: the Huber line is the MSE line."), {"delta": spec.delta}), own)
    return (first, Message(N_("Huber squares errors up to δ = {delta:g}; the points beyond it, {beyond} in all, pull with δ, no harder."),
                           {"delta": spec.delta, "beyond": beyond}), own)


def program(spec: LossesSpec) -> str:
    count = outliers(spec)
    moved_points, squared, absolute, said = (_("the outliers"), _("least squared errors"),
                                             _("least absolute errors: half of the points above, half below"), _("intercept and slope"))
    return code(f"""
import numpy as np
from scipy.optimize import least_squares
from sklearn.linear_model import LinearRegression, QuantileRegressor

rng = np.random.default_rng({spec.seed})
x = np.linspace(0.5, 9.5, {POINTS})
y = {INTERCEPT:g} + {SLOPE:g} * x + {NOISE:g} * rng.standard_normal({POINTS})
k = np.arange({count})  # {moved_points}
out = rng.permutation({POINTS})[:{count}]
x[out] = {spec.outlier_x!r} + 0.3 * ((k + 1) // 2 * np.where(k % 2, 1, -1))
y[out] = {spec.outlier_y!r} + 0.35 * (k % 3)

line = LinearRegression().fit(x[:, None], y)  # {squared}
mse = [line.intercept_, line.coef_[0]]
line = QuantileRegressor(quantile=0.5, alpha=0).fit(x[:, None], y)  # {absolute}
mae = [line.intercept_, line.coef_[0]]
huber = least_squares(lambda w: w[0] + w[1] * x - y, mse, loss="huber", f_scale={spec.delta!r},
                      xtol=1e-15, ftol=1e-15, gtol=1e-15).x
print("{said}:")
print("MSE", mse)
print("MAE", mae)
print("Huber", huber)
""")


DRAGGED = {"outlier_x": 8.5, "outlier_y": 12.0}
SCENE = Scene(
    "line", N_("One outlier"), N_("Drag the [[outlier]], the ring, up and down. Which line follows it, and which stays?"),
    ("fit", "delta", "share", "outlier_x", "outlier_y"), draw, program, more=("seed",),
    presets=(Preset(N_("The articles’ loss: MSE")), Preset(N_("MAE, for comparison"), {"fit": "mae"}),
             Preset(N_("Huber, in between"), {"fit": "huber", "delta": 0.6})),
    trials=(Trial(N_("Turn the outlier upside down"), N_("The MSE line swings from one side to the other. The MAE line hardly notices."),
                  DRAGGED),
            Trial(N_("Put it in the middle"), N_("In the middle an outlier lifts the MSE line; at the end it also turns it, like a lever."),
                  {"outlier_x": 5.0, "outlier_y": 12.0}),
            Trial(N_("Until MAE gives way"), N_("Eight outliers of twenty, all at one end: even [[MAE]] follows them now."),
                  {"share": 40})))
