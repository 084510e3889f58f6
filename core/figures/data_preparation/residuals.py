"""A line drawn by hand through real measurements, its residuals, and R²."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.data_preparation.marks import dots, line, neat, word
from core.figures.theme import axis, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import evaluation
from core.maths.tables import Array, table
from core.specs.data_preparation import MEASURES, DataPreparationSpec
from core.specs.examples import Preset, Trial

EDGES = {"bmi": (16.0, 44.0), "bp": (60.0, 135.0), "s5": (3.0, 6.4), "age": (15.0, 85.0)}
UNITS = {"bmi": "kg/m²", "bp": "mmHg", "s5": "ln(mg/dl)", "age": N_("years")}
SHOWN = 150  # patients that are drawn and judged


def patients(measure: str) -> tuple[Array, Array]:
    """One measurement and the progression after a year of the first 150 patients. Two (150,)."""
    diabetes = table("diabetes")
    return diabetes.x[:SHOWN, diabetes.names.index(measure)], diabetes.y[:SHOWN].astype(float)


def draw(spec: DataPreparationSpec) -> Picture:
    x, y = patients(spec.measure)
    left, right = EDGES[spec.measure]
    margin = 0.04 * (right - left)  # so that the ends of the line do not stand on the axis
    slope = (spec.line_right - spec.line_left) / (right - left)
    predicted = spec.line_left + slope * (x - left)
    residual = y - predicted
    share = evaluation.r_squared(y, predicted)
    shown = 0.0 if abs(share) < 0.005 else share  # no minus before 0.00
    a, b = evaluation.line(x, y)
    best = evaluation.r_squared(y, a + b * x)
    mae, rmse = float(np.abs(residual).mean()), float(np.sqrt((residual**2).mean()))
    sticks_x = np.column_stack([x, x, np.full(SHOWN, np.nan)]).ravel()
    sticks_y = np.column_stack([y, predicted, predicted]).ravel()
    unit = _(UNITS[spec.measure]) if spec.measure == "age" else UNITS[spec.measure]
    name = _(MEASURES[spec.measure])
    held = [None if i % 3 == 2 else v for i, v in enumerate(np.round(sticks_x, 3).tolist())]
    plane = figure("plane", [
        line(held, neat(sticks_y, 1), "layer1", width=0.8, opacity=0.5),
        line([left, right], [float(y.mean())] * 2, "baseline", dash="dot", width=1.6, hover=_("mean {mean:.0f}", mean=y.mean())),
        line([left, right], [a + b * left, a + b * right], "layer2", dash="dash", width=1.6, hover=_("least squares")),
        dots(neat(x, 2), y.tolist(), "layer0", size=6, opacity=0.75, hover="%{x:.4g}, %{y:.0f}"),
        line([left, right], [spec.line_left, spec.line_right], "text", width=3)],
        layout(xaxis=axis(f"{name} ({unit})", range=[left - margin, right + margin], fixedrange=True),
               yaxis=axis(_("progression after a year"), range=[0, 355], fixedrange=True),
               annotations=[word(right, float(y.mean()), _("mean"), "baseline", xanchor="right", yanchor="top"),
                            word(right, min(max(a + b * right, 20), 340), _("least squares"), "layer2", xanchor="right",
                                 yanchor="bottom" if b > 0 else "top")],
               uirevision=spec.measure, margin={"l": 46, "r": 12, "t": 6, "b": 36}),
        title=_("Your line explains R² = {share:.2f}; the best possible {best:.2f}", share=shown, best=best),
        alt=_("Progression of diabetes against {name} for 150 patients, a line from {left:.0f} to {right:.0f} with R² {share:.2f}, the "
              "mean, and the "
              "least-squares line with {best:.2f}.", name=name, left=spec.line_left, right=spec.line_right, share=share, best=best),
                   height=390, span=7)
    tilt = evaluation.line(x, residual)[1] * float(np.std(x))
    rest = figure("residuals", [line([left, right], [0, 0], "text", width=1.6),
                                line([left, right], [float(residual.mean() + tilt * (v - x.mean()) / np.std(x)) for v in (left, right)],
                                     "layer1", dash="dash", width=1.6),
                                dots(neat(x, 2), neat(residual, 1), "layer1", symbol="diamond", size=6, opacity=0.75, hover="%{y:+.0f}")],
                  layout(xaxis=axis(f"{name} ({unit})", range=[left - margin, right + margin], fixedrange=True),
                         yaxis=axis(_("residual: truth − line"), range=[-260, 260], fixedrange=True),
                         uirevision=spec.measure, margin={"l": 46, "r": 10, "t": 6, "b": 36}),
                  title=_("Residuals: off by {mae:.0f} on average", mae=mae),
                  alt=_("Residuals of 150 patients against {name}; mean {mean:+.0f}, mean size {mae:.0f}.", name=name, mean=residual.mean(),
                        mae=mae), height=390, span=5)
    total, left_over = float(((y - y.mean()) ** 2).sum()), float((residual**2).sum())
    values = {"share": share, "best": best, "mae": mae, "rmse": rmse, "mean": float(residual.mean())}
    if share < -0.005:
        note = Message(N_("R² is negative: your line is worse than saying the mean to everyone. R² is no square of anything here, it "
                          "compares with the mean."), values)
    elif share < 0.02 and abs(tilt) > 10:
        note = Message(N_("R² is near 0: your line says hardly more than the mean. Look at the residuals: they still rise or fall with "
                          "x, so there is something left to explain."), values)
    elif share < 0.02 and best - share > 0.02:
        note = Message(N_("R² is near 0 although the residuals have no tilt: all of them together lie {mean:+.0f} off zero. Lift or lower "
                          "the "
                          "line by that much."), values)
    elif share < 0.02:
        note = Message(N_("R² is near 0, and the residuals show no tilt: this measurement says next to nothing about the progression."),
                       values)
    elif best - share < 0.01:
        note = Message(N_("As good as a line can be: the residuals no longer rise or fall with x. What is left, {mae:.0f} on average, "
                          "a line through this one measurement cannot explain."), values)
    else:
        note = Message(N_("R² is {share:.2f}; {best:.2f} is possible. The residuals still have a tilt or lie to one side of zero: turn "
                          "or lift the line until they do not."),
                       values)
    rail = lambda at: ((0.0, at, 0.0), (350.0, at, 350.0))  # noqa: E731
    return Picture((plane, rest), notes=(note,), numbers={"r2": share, "mae": mae, "best": best},
                   handles=(Handle("left", "plane", _("Left end of the line"), (left, spec.line_left), ("line_left",), rail=rail(left),
                                   step=1),
                            Handle("right", "plane", _("Right end of the line"), (right, spec.line_right), ("line_right",),
                                   rail=rail(right), step=1)),
                   formulas=(("R²", r"1 - \frac{\sum (y - \hat y)^2}{\sum (y - \bar y)^2} = "
                             rf"1 - \frac{{{left_over:.0f}}}{{{total:.0f}}} = {shown:.2f}"),))


def program(spec: DataPreparationSpec) -> str:
    said = (_("the line drawn by hand"),
            _("least squares"))
    left, right = EDGES[spec.measure]
    return f"""from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score

data = load_diabetes(as_frame=True, scaled=False)
x, y = data.data["{spec.measure}"][:{SHOWN}], data.target[:{SHOWN}]

# {said[0]}
predicted = {spec.line_left:g} + ({spec.line_right:g} - {spec.line_left:g}) * (x - {left:g}) / ({right:g} - {left:g})
r2, mae = r2_score(y, predicted), mean_absolute_error(y, predicted)

# {said[1]}
best = LinearRegression().fit(x.to_frame(), y).score(x.to_frame(), y)
print(r2, mae, best)
"""


RESIDUALS = Scene(
    "residuals", N_("Residuals"), N_("Drag the two ends of the line through real patients. When is it as good as a line can be?"),
    ("measure", "line_left", "line_right"), draw, program,
    presets=(Preset(N_("The mean for everyone"), {"scene": "residuals"}),
             Preset(N_("Nearly the best line"), {"scene": "residuals", "line_left": 50.0, "line_right": 330.0}),
             Preset(N_("Age"), {"scene": "residuals", "measure": "age"})),
    trials=(Trial(N_("The wrong way"), N_("R² falls far below 0: it can be as negative as you like."),
                  {"scene": "residuals", "line_left": 300.0, "line_right": 20.0}),
            Trial(N_("Right slope, too high"), N_("The residuals have no tilt, but the dashed line through them lies below zero."),
                  {"scene": "residuals", "measure": "bmi", "line_left": 85.0, "line_right": 350.0}),
            Trial(N_("Another measurement: age"), N_("Try as you like: the best line through age explains next to nothing."),
                  {"scene": "residuals", "measure": "age"})))
